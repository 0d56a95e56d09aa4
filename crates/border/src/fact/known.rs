//! What follows from a car's facts whatever is asked of it. It is worked out as they are set, and every question begins with it.

use jiff::civil::Date;

use super::car::{KW_PER_MECHANICAL_HP, KW_PER_METRIC_HP};
use super::slots::{UNKNOWN, slot, slot_of_fact};
use super::{Car, Categories, FACTS, FactValue, Kind, place};
use crate::date::PartialDate;
use crate::feel::Value;

/// The values of names, as far as the question does not say them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// By slot.
    values: Vec<Value<'static>>,
    /// The places of facts whose words are the car's own, in order: makes and models, not the words that facts are chosen from.
    own: Vec<u8>,
}

impl Names {
    /// Of a car of which nothing is known.
    pub(super) fn new() -> Self {
        let mut values = UNKNOWN.to_vec();
        // A car that comes from outside the customs union was not cleared in it, unless somebody says so.
        values[slot::CLEARED_IN] = Value::Text("none");
        values[slot::ROUTE_NAMED] = Value::List(&[]);
        // An age is not known for want of the day from which it counts.
        for (age, from) in [
            (slot::AGE, slot::MANUFACTURED),
            (slot::AGE_CALENDAR, slot::MANUFACTURED),
            (slot::AGE_ANY, slot::MANUFACTURED),
            (slot::MANUFACTURED_YEAR, slot::MANUFACTURED),
            (slot::AGE_REGISTERED, slot::FIRST_REGISTRATION),
            (slot::AGE_CALENDAR_REGISTERED, slot::FIRST_REGISTRATION),
            (slot::AGE_MODEL_YEAR, slot::MODEL_YEAR),
            (slot::METRIC_HP, slot::ENGINE_KW),
            (slot::MECHANICAL_HP, slot::ENGINE_KW),
        ] {
            values[age] = UNKNOWN[from];
        }
        Names {
            values,
            own: Vec::new(),
        }
    }

    /// Takes note of a fact.
    pub(super) fn set(&mut self, index: usize, value: &FactValue) {
        let known = match value {
            FactValue::Number(number) => Some(Value::number(*number)),
            FactValue::Flag(flag) => Some(Value::Bool(*flag)),
            FactValue::List(list) if list.is_empty() => Some(Value::List(&[])),
            FactValue::Text(text) => chosen(index, text).map(Value::Text),
            FactValue::List(_) => None,
            // Dates come from the case.
            FactValue::Date(_) => return,
        };
        let at = u8::try_from(index).unwrap_or(u8::MAX);
        match (known, self.own.binary_search(&at)) {
            (None, Err(before)) => self.own.insert(before, at),
            (Some(_), Ok(known)) => {
                self.own.remove(known);
            }
            _ => {}
        }
        let slot = slot_of_fact(index);
        self.values[slot] = known.unwrap_or(UNKNOWN[slot]);
        if let (place::ENGINE_KW, FactValue::Number(kw)) = (index, value) {
            for (hp, kw_per_hp) in [
                (slot::METRIC_HP, KW_PER_METRIC_HP),
                (slot::MECHANICAL_HP, KW_PER_MECHANICAL_HP),
            ] {
                self.values[hp] = kw.checked_div(kw_per_hp).map_or(UNKNOWN[hp], Value::number);
            }
        }
    }
}

/// The word of a fact that is chosen from some.
fn chosen(index: usize, text: &str) -> Option<&'static str> {
    match FACTS.get(index)?.kind {
        Kind::Word(words) => words.iter().copied().find(|word| *word == text),
        _ => None,
    }
}

/// What the facts say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Together {
    /// The slots of what a car of this propulsion does not have.
    absent: &'static [usize],
    categories: Categories,
    manufactured: Option<Birth>,
    registered: Option<Birth>,
    model_year: Option<i64>,
    /// The first day on which such a car can arrive; none if its facts cannot be so on any.
    arrives_from: Option<Date>,
}

/// The days of which one is that of a car's manufacture, or of its registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Birth {
    /// The first.
    pub(crate) first: Date,
    /// The last.
    pub(crate) last: Date,
}

impl Birth {
    fn of(date: PartialDate) -> Self {
        Birth {
            first: date.first(),
            last: date.last(),
        }
    }
}

impl Together {
    /// Of a car of which nothing is known.
    pub(super) const NOTHING: Together = Together {
        absent: &[],
        categories: Categories::PASSENGER_CAR,
        manufactured: None,
        registered: None,
        model_year: None,
        arrives_from: Some(Date::MIN),
    };

    pub(super) fn of(car: &Car) -> Self {
        let birth = |at: usize| car.date_at(at).map(Birth::of);
        let manufactured = birth(place::MANUFACTURED);
        let registered = birth(place::FIRST_REGISTRATION);
        let model_year = car.whole_at(place::MODEL_YEAR);
        let sold_from = model_year.map(|year| {
            let year = i16::try_from(year - super::possible::MODEL_YEAR_AHEAD).unwrap_or(i16::MAX);
            Date::new(year, 1, 1).unwrap_or(Date::MAX)
        });
        let days = [
            manufactured.map(|b| b.first),
            registered.map(|b| b.first),
            sold_from,
        ];
        Together {
            absent: match car.text_at(place::FUEL) {
                Some("electric" | "hydrogen") if car.number_at(place::ENGINE_KW).is_none() => &[
                    slot::CC,
                    slot::ENGINE_KW,
                    slot::ENGINE_FUEL,
                    slot::METRIC_HP,
                    slot::MECHANICAL_HP,
                ],
                // A power of zero was given for the engine it does not have: the horsepowers that follow from it, zero too, stay.
                Some("electric" | "hydrogen") => &[slot::CC, slot::ENGINE_KW, slot::ENGINE_FUEL],
                Some("petrol" | "diesel" | "lpg" | "cng") => &[slot::MOTOR_KW, slot::KW_30MIN],
                _ => &[],
            },
            categories: car.find_categories(),
            manufactured,
            registered,
            model_year,
            // On a later day no more is impossible.
            arrives_from: (car.faults(Date::MAX).is_empty())
                .then(|| days.into_iter().flatten().max().unwrap_or(Date::MIN)),
        }
    }
}

impl Car {
    /// Whether [`Car::faults`] finds none.
    pub(crate) fn is_possible(&self, arrival: Date) -> bool {
        self.together.arrives_from.is_some_and(|from| arrival >= from)
    }

    /// The categories that it may be of: the one that was given, or those that body, seats and masses leave open. A car of
    /// which nothing speaks against it counts as a passenger car, as in all papers about cars.
    pub(crate) fn categories(&self) -> Categories {
        self.together.categories
    }

    /// When it was made.
    pub(crate) fn manufactured(&self) -> Option<Birth> {
        self.together.manufactured
    }

    /// When it was first registered.
    pub(crate) fn registered(&self) -> Option<Birth> {
        self.together.registered
    }

    /// Its model year.
    pub(crate) fn model_year(&self) -> Option<i64> {
        self.together.model_year
    }

    /// The values of names but of days, ages and prices, with room for so many more.
    pub(crate) fn names(&self, more: usize) -> Vec<Value<'_>> {
        let mut names: Vec<Value<'_>> = Vec::with_capacity(self.names.values.len() + more);
        names.extend_from_slice(&self.names.values);
        for index in self.names.own.iter().map(|at| usize::from(*at)) {
            names[slot_of_fact(index)] = match self.at(index) {
                Some(FactValue::Text(text)) => Value::Text(text),
                Some(FactValue::List(list)) => Value::List(list),
                _ => continue,
            };
        }
        for at in self.together.absent {
            names[*at] = Value::Null;
        }
        // It stays unknown where body, seats and masses leave several open.
        if let Some(category) = self.together.categories.only() {
            names[slot::CATEGORY] = Value::Text(category);
        }
        if let Value::List(route) = names[slot::ROUTE] {
            names[slot::ROUTE_NAMED] = Value::List(route);
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn any_fact() -> impl Strategy<Value = (&'static str, String)> {
        let text = |name, texts: &'static [&'static str]| {
            prop::sample::select(texts).prop_map(move |text| (name, text.to_owned()))
        };
        let day = |name| (2020_i16..2024, 1_i8..13).prop_map(move |(y, m)| (name, format!("{y}-{m:02}")));
        prop_oneof![
            text("fuel", &["petrol", "hybrid", "electric"]),
            text("cc", &["0", "1998"]),
            text("body", &["sedan", "truck", "bus"]),
            text("category", &["M1", "N1"]),
            text("seats", &["5", "12"]),
            text("used", &["true", "false"]),
            text("route", &["none", "CN, KZ"]),
            text("cleared_in", &["none", "KG"]),
            text("make", &["Hyundai", "Kia"]),
            day("manufactured"),
            day("first_registration"),
            (2018_i16..2028).prop_map(|year| ("model_year", year.to_string())),
        ]
    }

    proptest! {
        #[test]
        fn a_car_may_arrive_on_the_days_on_which_no_fault_is_found(
            facts in prop::collection::vec(any_fact(), 0..8),
            year in 2019_i16..2027,
            month in 1_i8..13,
        ) {
            let mut car = Car::new();
            for (name, text) in &facts {
                car.set(name, text).unwrap();
            }
            let arrival = date(year, month, 1);
            prop_assert_eq!(car.is_possible(arrival), car.faults(arrival).is_empty(), "{:?}", facts);
        }

        #[test]
        fn in_whatever_order_facts_were_set_and_corrected_the_last_of_each_counts(
            facts in prop::collection::vec(any_fact(), 0..12),
        ) {
            let mut corrected = Car::new();
            for (name, text) in &facts {
                corrected.set(name, text).unwrap();
            }
            let mut anew = Car::new();
            for (fact, value) in corrected.known() {
                anew.set(fact.name, &value.to_string()).unwrap();
            }
            prop_assert_eq!(corrected.names(0), anew.names(0));
            prop_assert_eq!(corrected, anew);
        }
    }

    #[test]
    fn what_a_car_of_its_fuel_does_not_have_is_known_not_to_be() {
        let mut car = Car::new();
        car.set("fuel", "electric").unwrap();
        assert_eq!(car.names(0)[slot::CC], Value::Null);
        car.set("fuel", "hybrid").unwrap();
        assert_eq!(car.names(0)[slot::CC], UNKNOWN[slot::CC]);
    }
}
