//! What is known of a car before any country's rules are looked at: worked out once, whatever number of markets is asked.

use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Question, total};
use crate::date::{FIRST_YEAR, LAST_YEAR, is_believed, years};
use crate::decimal::Short;
use crate::fact::{Birth, Car, Categories, FactValue, Fault, place, slot};
use crate::feel::{Number, Value};
use crate::money::Money;
use crate::pack::Pack;
use crate::verdict::Given;

/// A question whose facts are possible, with ages and the like worked out. It serves every market.
#[derive(Clone, Debug)]
pub struct Prepared<'a> {
    pub(super) question: Question<'a>,
    /// The day as of which export control is judged.
    pub(super) departure: Date,
    /// The only case, unless a date of the car is known to the month or year only.
    pub(super) first: Scenario<'a>,
    pub(super) others: Vec<Scenario<'a>>,
    /// Dates of the car that are known to the month or year only.
    pub(super) inexact: Vec<&'static str>,
    /// Whether a country on the way was named, which few controls look at.
    pub(crate) way_named: bool,
    /// The categories of vehicles that it may be of. Rules are about passenger cars unless they say otherwise.
    pub(super) categories: Categories,
    /// Price, freight and insurance in the currency of the price.
    pub(super) paid: Option<Number>,
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
        let left = self.departure.is_none_or(|day| self.never_left_on(day).is_none());
        if left && is_believed(self.arrival) && self.car.is_possible(self.arrival) {
            Ok(Prepared::with_room(self, own))
        } else {
            Err(self.faults())
        }
    }

    #[cold]
    fn faults(&self) -> Vec<Fault> {
        if let Some(fault) = arrival_fault(self.arrival) {
            return vec![fault];
        }
        let mut faults = self.car.faults(self.arrival);
        if let Some(departure) = self.departure
            && let Some(problem) = self.never_left_on(departure)
        {
            faults.push(Fault::new("departure", departure, problem));
        }
        faults
    }
}

/// Why no car arrives on a day, if it is in no year that is believed.
pub fn arrival_fault(arrival: Date) -> Option<Fault> {
    let problem = || format!("no car arrives then; the year is between {FIRST_YEAR} and {LAST_YEAR}");
    (!is_believed(arrival)).then(|| Fault::new("arrival", arrival, problem()))
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
    /// Some of them have parts, and none has this one; a value is below zero, above 10^15, or is no share where the law has one; `fob` or `cif`
    /// contradicts the price.
    pub fn fits<'p>(&self, markets: impl IntoIterator<Item = &'p Pack> + Clone) -> Result<(), Vec<Fault>> {
        self.region(markets.clone())?;
        let mut faults = self.contradictions(markets.clone().into_iter());
        for (name, given) in &self.values.given {
            let fault = match given {
                Given::Number(number) if *number < Decimal::ZERO => {
                    Some(Fault::new(name, number, "less than zero; no value is"))
                }
                Given::Number(number) if *number > Money::MOST => Some(Given::too_large(name, number)),
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

impl<'a> Scenario<'a> {
    /// With room for so many names of a country's own.
    fn of(question: &Question<'a>, days: Days, own: usize) -> Self {
        let names = question.car.names(own);
        let mut scenario = Scenario { names };
        scenario.set(question, days);
        scenario
    }

    /// Puts in what the day of arrival changes.
    fn set(&mut self, question: &Question<'a>, days: Days) {
        self.names[slot::ARRIVAL] = Value::Date(question.arrival);
        ages(question, days, &mut self.names);
    }
}

impl<'a> Prepared<'a> {
    /// Facts that are known to be possible.
    pub(crate) fn of(question: &Question<'a>) -> Self {
        Self::with_room(question, 0)
    }

    fn with_room(question: &Question<'a>, own: usize) -> Self {
        let car = question.car;
        let (days, others) = cases(car, question.arrival);
        let others = others
            .into_iter()
            .map(|days| Scenario::of(question, days, 0))
            .collect();
        let seller = question.values.price.map(|price| price.currency);
        Prepared {
            way_named: matches!(car.at(place::ROUTE), Some(FactValue::List(route)) if !route.is_empty()),
            categories: car.categories(),
            paid: seller.and_then(|to| total::paid(question, to, &[])),
            question: *question,
            departure: question.departure.unwrap_or(question.arrival),
            first: Scenario::of(question, days, own),
            others,
            inexact: [
                ("manufactured", car.manufactured()),
                ("first_registration", car.registered()),
            ]
            .into_iter()
            .filter(|(_, birth)| birth.is_some_and(|birth| birth.first != birth.last))
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
        if self.is_only_case() {
            let days = Days {
                manufactured: question.car.manufactured().map(|birth| birth.first),
                registered: question.car.registered().map(|birth| birth.first),
            };
            self.first.set(&question, days);
            self.departure = departure.unwrap_or(arrival);
            self.question = question;
        } else {
            *self = Prepared::of(&question);
        }
    }

    /// The values of all names that no market changes, if there is but one case.
    pub(crate) fn names(&self) -> Option<&[Value<'a>]> {
        self.is_only_case().then_some(self.first.names.as_slice())
    }

    /// Whether there is but one case on any day.
    fn is_only_case(&self) -> bool {
        self.others.is_empty() && self.inexact.is_empty()
    }
}

/// The ages of one case, as far as the days are known; the car's names blame for the others what is missing.
fn ages<'a>(question: &Question<'a>, days: Days, names: &mut [Value<'a>]) {
    let arrival = question.arrival;
    let whole = |years: i64| Short::new(years, 0);
    let this_year = i64::from(arrival.year());
    let mut any: Option<(Short, Short)> = None;
    let mut put = |at: usize, age: Short| {
        names[at] = Value::Number(Number::Short(age));
        any = Some(any.map_or((age, age), |(low, high)| (low.lesser(age), high.greater(age))));
    };
    if let Some(made) = days.manufactured {
        put(slot::AGE, years(made, arrival));
    }
    if let Some(registered) = days.registered {
        put(slot::AGE_REGISTERED, years(registered, arrival));
    }
    if let Some(year) = question.car.model_year() {
        put(slot::AGE_MODEL_YEAR, whole(this_year - year));
    }
    if let Some((low, high)) = any {
        names[slot::AGE_ANY] = Value::Number(Number::Short(low).hull(Number::Short(high)));
    }
    let number = |years: i64| Value::Number(Number::Short(whole(years)));
    if let Some(made) = days.manufactured {
        let year = i64::from(made.year());
        names[slot::AGE_CALENDAR] = number(this_year - year);
        names[slot::MANUFACTURED_YEAR] = number(year);
        names[slot::MANUFACTURED] = Value::Date(made);
    }
    if let Some(registered) = days.registered {
        names[slot::AGE_CALENDAR_REGISTERED] = number(this_year - i64::from(registered.year()));
        names[slot::FIRST_REGISTRATION] = Value::Date(registered);
    }
}

/// Days on which the car may have been made and registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    manufactured: Option<Date>,
    registered: Option<Date>,
}

/// The days of the first case and of the others; there are none where all days are known or nothing is known of them.
fn cases(car: &Car, arrival: Date) -> (Days, Vec<Days>) {
    let (made, registered) = (car.manufactured(), car.registered());
    let is_one = |birth: Option<Birth>| birth.is_none_or(|birth| birth.first == birth.last.min(arrival));
    if is_one(made) && is_one(registered) {
        let days = Days {
            manufactured: made.map(|birth| birth.first),
            registered: registered.map(|birth| birth.first),
        };
        return (days, Vec::new());
    }
    several(made, registered, arrival)
}

/// The ends of what is known. Bands of age are at least as wide as a year but for the first, which ends at the younger end; so
/// the ends reach every band in between.
#[cold]
fn several(made: Option<Birth>, registered: Option<Birth>, arrival: Date) -> (Days, Vec<Days>) {
    let ends = |birth: Option<Birth>| -> [Option<Option<Date>>; 2] {
        match birth {
            None => [Some(None), None],
            Some(Birth { first, last }) => {
                let last = last.min(arrival);
                [Some(Some(first)), (first != last).then_some(Some(last))]
            }
        }
    };
    let registrations = ends(registered);
    let mut found = Vec::new();
    for manufactured in ends(made).into_iter().flatten() {
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
        let days = Days {
            manufactured: made.map(|birth| birth.first),
            registered: registered.map(|birth| birth.last.min(arrival)),
        };
        return (days, Vec::new());
    }
    (found.remove(0), found)
}
