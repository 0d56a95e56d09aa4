//! What is known of a car before any country's rules are looked at: worked out once, whatever number of markets is asked.

use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Question, category, total};
use crate::date::years;
use crate::decimal::Short;
use crate::fact::{Car, Categories, FactValue, Fault, KW_PER_MECHANICAL_HP, KW_PER_METRIC_HP, place};
use crate::feel::{Number, Slot, Value};
use crate::pack::{Pack, UNKNOWN, slot, slot_of_fact};
use crate::verdict::Given;

/// A question whose facts are possible, with ages, horsepowers and the like worked out. It serves every market.
#[derive(Clone, Debug)]
pub struct Prepared<'a> {
    pub(super) question: Question<'a>,
    /// The day as of which export control is judged.
    pub(super) departure: Date,
    pub(super) scenarios: Vec<Scenario<'a>>,
    /// Dates of the car that are known to the month or year only.
    pub(super) inexact: Vec<&'static str>,
    /// Whether a country on the way was named, which few controls look at.
    pub(crate) way_named: bool,
    /// The categories of vehicles that it may be of. Rules are about passenger cars unless they say otherwise.
    pub(super) categories: Categories,
    /// Price, freight and insurance in the currency of the price.
    pub(super) paid: Option<Decimal>,
}

/// One case of the days on which the car may have been made and registered, with the value of every name that no country
/// changes.
#[derive(Clone, Debug)]
pub(super) struct Scenario<'a> {
    pub(super) names: Vec<Value<'a>>,
}

impl<'a> Question<'a> {
    /// Works out what no market changes.
    ///
    /// # Errors
    /// The facts cannot be: each with its field, value and fix.
    pub fn prepare(&self) -> Result<Prepared<'a>, Vec<Fault>> {
        self.prepare_for(0)
    }

    /// As [`Question::prepare`], with room for so many names of a country's own.
    pub(super) fn prepare_for(&self, own: usize) -> Result<Prepared<'a>, Vec<Fault>> {
        let mut faults = self.car.faults(self.arrival);
        if let Some(departure) = self.departure
            && let Some(problem) = self.never_left_on(departure)
        {
            faults.push(Fault::new("departure", departure, problem));
        }
        if faults.is_empty() {
            Ok(Prepared::with_room(self, own))
        } else {
            Err(faults)
        }
    }
}

/// The longest voyage that is taken for one, in days. The longest regular ones from Korea take 50 days; a change of ships adds up to
/// 21, a strait that is closed up to 60. Who could name any day would choose one before export control began.
const LONGEST_VOYAGE: i64 = 180;

impl Question<'_> {
    /// Why the car that arrives cannot have left on a day.
    fn never_left_on(&self, departure: Date) -> Option<String> {
        let arrival = self.arrival;
        if departure > arrival {
            return Some(format!("after the arrival on {arrival}; check both days"));
        }
        for (what, at) in [
            ("manufacture", place::MANUFACTURED),
            ("first registration", place::FIRST_REGISTRATION),
        ] {
            if let Some(day) = self.car.date_at(at)
                && departure < day.first()
            {
                return Some(format!("before the {what} in {day}; check both dates"));
            }
        }
        if departure < arrival.saturating_sub(LONGEST_VOYAGE.days()) {
            return Some(format!(
                "more than {LONGEST_VOYAGE} days before the arrival on {arrival}, and no voyage takes so long; give the day of the \
                 bill of lading, or leave it out: export control then goes by the day of arrival"
            ));
        }
        None
    }

    /// Whether what was given is what these markets know by its name: the part of the country, and values of steps.
    ///
    /// # Errors
    /// Some of them have parts, and none has this one; a value is below zero, or is no share where the law has one.
    pub fn fits<'p>(&self, markets: impl IntoIterator<Item = &'p Pack> + Clone) -> Result<(), Vec<Fault>> {
        self.region(markets.clone())?;
        let mut faults: Vec<Fault> = Vec::new();
        for (name, given) in &self.values.given {
            let fault = match given {
                Given::Number(number) if *number < Decimal::ZERO => {
                    Some(Fault::new(name, number, "less than zero; no value is"))
                }
                _ => {
                    let mut packs = markets.clone().into_iter();
                    packs.find_map(|pack| pack.is_no_share(name, *given))
                }
            };
            faults.extend(fault);
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Whether one of these markets has the part of the country that was named. Misspelled, it would pass by that part's rules.
    ///
    /// # Errors
    /// Some of them have parts, and none has this one.
    fn region<'p>(&self, markets: impl IntoIterator<Item = &'p Pack>) -> Result<(), Vec<Fault>> {
        let Some(region) = self.car.text_at(place::REGION) else {
            return Ok(());
        };
        let mut known: Vec<String> = Vec::new();
        for pack in markets {
            if pack.region_of(Value::Text(region)).is_some() {
                return Ok(());
            }
            known.extend(
                pack.regions
                    .iter()
                    .map(|part| format!("{part} ({})", pack.country)),
            );
        }
        if known.is_empty() {
            return Ok(());
        }
        let problem = format!(
            "none of the countries asked for has this part; there are {}",
            known.join(", ")
        );
        Err(vec![Fault::new("region", region, problem)])
    }
}

impl<'a> Prepared<'a> {
    /// Facts that are known to be possible.
    pub(crate) fn of(question: &Question<'a>) -> Self {
        Self::with_room(question, 0)
    }

    fn with_room(question: &Question<'a>, own: usize) -> Self {
        let categories = question.car.categories();
        let facts = facts(question, categories, own);
        let days = days(question.car, question.arrival);
        let mut scenarios = Vec::with_capacity(days.len());
        let scenario = |days: &Days, mut names: Vec<Value<'a>>| {
            ages(question, *days, &mut names);
            Scenario { names }
        };
        if let Some((last, others)) = days.split_last() {
            scenarios.extend(others.iter().map(|days| scenario(days, facts.clone())));
            scenarios.push(scenario(last, facts));
        }
        let seller = question.values.price.map(|price| price.currency);
        Prepared {
            way_named: matches!(question.car.at(place::ROUTE), Some(FactValue::List(route)) if !route.is_empty()),
            categories,
            paid: seller.and_then(|to| total::paid(question, to)),
            question: *question,
            departure: question.departure.unwrap_or(question.arrival),
            scenarios,
            inexact: [
                ("manufactured", place::MANUFACTURED),
                ("first_registration", place::FIRST_REGISTRATION),
            ]
            .into_iter()
            .filter(|(_, at)| question.car.date_at(*at).is_some_and(|date| !date.is_exact()))
            .map(|(name, _)| name)
            .collect(),
        }
    }

    /// The same question for another day. Nothing is checked again: on a later day no more facts are impossible.
    pub(crate) fn on(&mut self, departure: Option<Date>, arrival: Date) {
        let question = Question {
            departure,
            arrival,
            ..self.question
        };
        match self.scenarios.as_mut_slice() {
            [only] if self.inexact.is_empty() => {
                let exact = |at| question.car.date_at(at).map(|date| date.first());
                let days = Days {
                    manufactured: exact(place::MANUFACTURED),
                    registered: exact(place::FIRST_REGISTRATION),
                };
                only.names[slot::ARRIVAL] = Value::Date(arrival);
                ages(&question, days, &mut only.names);
                self.departure = departure.unwrap_or(arrival);
                self.question = question;
            }
            _ => *self = Prepared::of(&question),
        }
    }

    /// The values of all names that no market changes, if there is but one case.
    pub(crate) fn names(&self) -> Option<&[Value<'a>]> {
        match self.scenarios.as_slice() {
            [only] if self.inexact.is_empty() => Some(&only.names),
            _ => None,
        }
    }
}

/// The place of a slot's blame.
fn unknown<'a>(at: usize) -> Value<'a> {
    Value::Unknown(Slot::try_from(at).unwrap_or(Slot::MAX))
}

/// The values of all facts but dates and horsepower, with room for so many names of a country's own.
fn facts<'a>(question: &Question<'a>, categories: Categories, own: usize) -> Vec<Value<'a>> {
    let mut names: Vec<Value<'a>> = Vec::with_capacity(UNKNOWN.len() + own);
    names.extend_from_slice(&UNKNOWN);
    for (index, value) in question.car.placed() {
        names[slot_of_fact(index)] = match value {
            FactValue::Number(number) => Value::number(*number),
            FactValue::Text(text) => Value::Text(text),
            FactValue::List(list) => Value::List(list),
            FactValue::Flag(flag) => Value::Bool(*flag),
            // Dates come from the case.
            FactValue::Date(_) => continue,
        };
    }
    let absent: &[usize] = match question.car.text_at(place::FUEL) {
        Some("electric" | "hydrogen") => &[slot::CC, slot::ENGINE_KW, slot::ENGINE_FUEL],
        Some("petrol" | "diesel" | "lpg" | "cng") => &[slot::MOTOR_KW, slot::KW_30MIN],
        _ => &[],
    };
    for at in absent {
        names[*at] = Value::Null;
    }
    // A car that comes from outside the customs union was not cleared in it, unless somebody says so.
    if let Value::Unknown(_) = names[slot::CLEARED_IN] {
        names[slot::CLEARED_IN] = Value::Text("none");
    }
    category::settle(categories, &mut names);
    names[slot::ROUTE_NAMED] = match names[slot::ROUTE] {
        Value::List(route) => Value::List(route),
        _ => Value::List(&[]),
    };
    names[slot::ARRIVAL] = Value::Date(question.arrival);
    names
}

/// Adds the engine's power in those horsepowers that a country looks at, which few do.
pub(super) fn horsepowers(pack: &Pack, car: &Car, names: &mut [Value<'_>]) {
    let electric = matches!(car.text_at(place::FUEL), Some("electric" | "hydrogen"));
    for (at, per) in [
        (slot::METRIC_HP, KW_PER_METRIC_HP),
        (slot::MECHANICAL_HP, KW_PER_MECHANICAL_HP),
    ] {
        if !pack.horsepower.contains(&at) {
            continue;
        }
        names[at] = match car.number_at(place::ENGINE_KW) {
            Some(kw) => kw.checked_div(per).map_or(unknown(at), Value::number),
            None if electric => Value::Null,
            None => unknown(slot::ENGINE_KW),
        };
    }
}

/// The ages of one case.
fn ages<'a>(question: &Question<'a>, days: Days, names: &mut [Value<'a>]) {
    let arrival = question.arrival;
    let whole = |years: i16| Number::Short(Short::new(years.into(), 0));
    let calendar = |from: Date| Value::Number(whole(arrival.year() - from.year()));
    match days.manufactured {
        Some(made) => {
            names[slot::AGE] = Value::Number(Number::Short(years(made, arrival)));
            names[slot::AGE_CALENDAR] = calendar(made);
            names[slot::MANUFACTURED_YEAR] = Value::Number(whole(made.year()));
            names[slot::MANUFACTURED] = Value::Date(made);
        }
        None => {
            for at in [slot::AGE, slot::AGE_CALENDAR, slot::MANUFACTURED_YEAR] {
                names[at] = unknown(slot::MANUFACTURED);
            }
        }
    }
    match days.registered {
        Some(registered) => {
            names[slot::AGE_REGISTERED] = Value::Number(Number::Short(years(registered, arrival)));
            names[slot::AGE_CALENDAR_REGISTERED] = calendar(registered);
            names[slot::FIRST_REGISTRATION] = Value::Date(registered);
        }
        None => {
            for at in [slot::AGE_REGISTERED, slot::AGE_CALENDAR_REGISTERED] {
                names[at] = unknown(slot::FIRST_REGISTRATION);
            }
        }
    }
    let by_model_year =
        (question.car.number_at(place::MODEL_YEAR)).and_then(|year| whole(arrival.year()).minus(year.into()));
    names[slot::AGE_MODEL_YEAR] = by_model_year.map_or(unknown(slot::MODEL_YEAR), Value::Number);
    let mut any: Option<(Number, Number)> = None;
    for at in [slot::AGE, slot::AGE_REGISTERED, slot::AGE_MODEL_YEAR] {
        if let Value::Number(age) = names[at] {
            any = Some(any.map_or((age, age), |(low, high)| (low.min(age), high.max(age))));
        }
    }
    names[slot::AGE_ANY] = any.map_or(unknown(slot::MANUFACTURED), |(low, high)| {
        Value::Number(low.hull(high))
    });
}

/// Days on which the car may have been made and registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    manufactured: Option<Date>,
    registered: Option<Date>,
}

/// The ends of what is known. Bands of age are at least as wide as a year but for the first, which ends at the younger end; so
/// the ends reach every band in between.
fn days(car: &Car, arrival: Date) -> Vec<Days> {
    let ends = |at: usize| -> [Option<Option<Date>>; 2] {
        match car.date_at(at) {
            None => [Some(None), None],
            Some(date) => {
                let (first, last) = (date.first(), date.last().min(arrival));
                [Some(Some(first)), (first != last).then_some(Some(last))]
            }
        }
    };
    let registrations = ends(place::FIRST_REGISTRATION);
    let mut found = Vec::with_capacity(1);
    for manufactured in ends(place::MANUFACTURED).into_iter().flatten() {
        for registered in registrations.iter().flatten().copied() {
            if let (Some(made), Some(registered)) = (manufactured, registered)
                && registered < made
            {
                continue;
            }
            found.push(Days {
                manufactured,
                registered,
            });
        }
    }
    if found.is_empty() {
        // Both lie in one month: made at its beginning, registered at its end.
        found.push(Days {
            manufactured: car.date_at(place::MANUFACTURED).map(|d| d.first()),
            registered: car
                .date_at(place::FIRST_REGISTRATION)
                .map(|d| d.last().min(arrival)),
        });
    }
    found
}
