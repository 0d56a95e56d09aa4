//! All that is known of one car, its importer and its way.

use rust_decimal::Decimal;
use serde::Serialize;

use super::known::{Names, Together};
use super::value::{parse, parse_number};
use super::{FACTS, Fact, FactValue, Fault, fact, nearest, place};
use crate::date::PartialDate;

/// How a power was given when it was not given in kW.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerUnit {
    /// Metric horsepower (PS) of 0.73549875 kW.
    MetricHorsepower,
    /// Mechanical horsepower of 0.74569987158227022 kW.
    MechanicalHorsepower,
}

/// What is known of a car, its importer and its way. Fields are named as in [`FACTS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Car {
    values: Vec<Option<FactValue>>,
    power_from: Option<PowerUnit>,
    pub(super) names: Names,
    pub(super) together: Together,
}

impl Default for Car {
    fn default() -> Self {
        Car {
            values: vec![None; FACTS.len()],
            power_from: None,
            names: Names::new(),
            together: Together::NOTHING,
        }
    }
}

pub(super) const KW_PER_METRIC_HP: Decimal = Decimal::from_parts(73_549_875, 0, 0, false, 8);
/// 550 ft·lbf/s to 17 digits: 0.74569987158227022 kW.
pub(super) const KW_PER_MECHANICAL_HP: Decimal = Decimal::from_parts(0x1B78_B84E, 0x0108_ED02, 0, false, 17);

impl Car {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a fact, if it is known.
    pub fn get(&self, name: &str) -> Option<&FactValue> {
        self.values.get(fact(name)?)?.as_ref()
    }

    pub(crate) fn at(&self, index: usize) -> Option<&FactValue> {
        self.values.get(index)?.as_ref()
    }

    /// Every fact known, in the order of [`FACTS`].
    pub fn known(&self) -> impl Iterator<Item = (&'static Fact, &FactValue)> {
        FACTS
            .iter()
            .zip(&self.values)
            .filter_map(|(fact, value)| Some((fact, value.as_ref()?)))
    }

    /// The unit the engine's power was given in, if not kW.
    pub fn power_from(&self) -> Option<PowerUnit> {
        self.power_from
    }

    /// The engine's power under the name and in the unit in which it was given.
    pub(super) fn power_as_given(&self) -> Option<(&'static str, Decimal)> {
        let kw = self.number_at(place::ENGINE_KW)?;
        let (name, factor) = match self.power_from {
            None => return Some(("engine_kw", kw)),
            Some(PowerUnit::MetricHorsepower) => ("engine_ps", KW_PER_METRIC_HP),
            Some(PowerUnit::MechanicalHorsepower) => ("engine_hp", KW_PER_MECHANICAL_HP),
        };
        Some((name, kw.checked_div(factor)?.round_dp(6).normalize()))
    }

    /// The number at a place in [`FACTS`], if it is known.
    pub(crate) fn number_at(&self, index: usize) -> Option<Decimal> {
        match self.at(index)? {
            FactValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The whole number at a place in [`FACTS`] that has no other, if it is known.
    pub(super) fn whole_at(&self, index: usize) -> Option<i64> {
        self.number_at(index)
            .and_then(|number| i64::try_from(number).ok())
    }

    /// The word or text at a place in [`FACTS`], if it is known.
    pub(crate) fn text_at(&self, index: usize) -> Option<&str> {
        match self.at(index)? {
            FactValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The date at a place in [`FACTS`], if it is known.
    pub(crate) fn date_at(&self, index: usize) -> Option<PartialDate> {
        match self.at(index)? {
            FactValue::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// A word or text, if it is known.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.text_at(fact(name)?)
    }

    /// A date, if it is known.
    pub fn date(&self, name: &str) -> Option<PartialDate> {
        self.date_at(fact(name)?)
    }

    pub(crate) fn put(&mut self, name: &str, value: FactValue) {
        if let Some(index) = fact(name) {
            self.place(index, value);
        }
    }

    fn place(&mut self, index: usize, value: FactValue) {
        self.names.set(index, &value);
        self.values[index] = Some(value);
        self.together = Together::of(self);
    }

    /// Sets a fact from its text. Power may also be given as `engine_ps` (metric) or `engine_hp` (mechanical horsepower).
    ///
    /// # Errors
    /// There is no such fact, or the text is no value of it.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        let text = text.trim();
        let horsepower = match name {
            "engine_ps" => Some((PowerUnit::MetricHorsepower, KW_PER_METRIC_HP)),
            "engine_hp" => Some((PowerUnit::MechanicalHorsepower, KW_PER_MECHANICAL_HP)),
            _ => None,
        };
        if let Some((unit, factor)) = horsepower {
            let hp = parse_number(name, text, 0, 2_700, "hp")?;
            self.power_from = Some(unit);
            self.put("engine_kw", FactValue::Number((hp * factor).normalize()));
            return Ok(());
        }
        let Some(index) = fact(name) else {
            let names = FACTS.iter().map(|fact| fact.name);
            let problem = format!("no such fact; {}", nearest(name, names));
            return Err(Fault::new(name, text, problem));
        };
        self.place(index, parse(&FACTS[index], text)?);
        if name == "engine_kw" {
            self.power_from = None;
        }
        Ok(())
    }
}

/// Whether two figures of an engine's power, each as the name under which it was given and its text, may be of one engine: whether
/// one power, rounded to the digits in which each is written, gives both. So 137 kW and 186 PS (136.8 kW) are the same, since
/// papers round either way, and 137 kW and 136 kW are not. The figures may be apart by less than half the sum of their last
/// digits, which is at most one unit of the coarser. What is no figure of a power is the same as nothing.
pub fn is_same_power(a: (&str, &str), b: (&str, &str)) -> bool {
    let (Some((a, a_unit)), Some((b, b_unit))) = (rounded_kw(a), rounded_kw(b)) else {
        return false;
    };
    let apart = a
        .checked_sub(b)
        .and_then(|apart| apart.abs().checked_mul(Decimal::TWO));
    a == b
        || apart
            .zip(a_unit.checked_add(b_unit))
            .is_some_and(|(apart, units)| apart < units)
}

/// A power in kW with what one unit of its last digit is, in kW.
fn rounded_kw((name, text): (&str, &str)) -> Option<(Decimal, Decimal)> {
    let factor = match name {
        "engine_kw" => Decimal::ONE,
        "engine_ps" => KW_PER_METRIC_HP,
        "engine_hp" => KW_PER_MECHANICAL_HP,
        _ => return None,
    };
    // As it is written: 137.0 says more than 137.
    let number = Decimal::from_str_exact(text.trim()).ok()?;
    let unit = Decimal::try_new(1, number.scale()).ok()?;
    Some((number.checked_mul(factor)?, unit.checked_mul(factor)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn car(facts: &[(&str, &str)]) -> Car {
        let mut car = Car::new();
        for (name, text) in facts {
            car.set(name, text).unwrap();
        }
        car
    }

    #[test]
    fn the_two_horsepowers_become_different_kilowatts_and_say_so() {
        let metric = car(&[("engine_ps", "160")]);
        assert_eq!(
            metric.number_at(place::ENGINE_KW),
            Some("117.6798".parse().unwrap())
        );
        assert_eq!(metric.power_from(), Some(PowerUnit::MetricHorsepower));
        let mechanical = car(&[("engine_hp", "200")]).number_at(place::ENGINE_KW).unwrap();
        assert_eq!(mechanical.round_dp(6), "149.139974".parse().unwrap());
        let corrected = car(&[("engine_ps", "160"), ("engine_kw", "118")]);
        assert_eq!(corrected.power_from(), None, "what counts was given in kW");
    }

    #[test]
    fn figures_of_a_power_are_the_same_where_rounding_explains_the_difference() {
        let kw = |text| ("engine_kw", text);
        for same in [
            ("engine_ps", "186"),
            ("engine_ps", "186.3"),
            ("engine_hp", "184"),
            ("engine_kw", "137.0"),
            ("engine_kw", "136.8"),
        ] {
            assert!(is_same_power(kw("137"), same), "{same:?}");
            assert!(is_same_power(same, kw("137")), "{same:?}");
        }
        for other in [
            ("engine_ps", "185"),
            ("engine_ps", "188"),
            ("engine_hp", "186"),
            ("engine_kw", "136"),
            ("engine_kw", "136.4"),
            ("motor_kw", "137"),
            ("engine_kw", "strong"),
        ] {
            assert!(!is_same_power(kw("137"), other), "{other:?}");
        }
        // What was written more exactly must agree more exactly.
        assert!(!is_same_power(kw("137.0"), ("engine_ps", "186.0")));
        assert!(is_same_power(kw("136.8"), ("engine_ps", "186")));
    }

    #[test]
    fn what_no_car_has_is_no_value() {
        let mut car = Car::new();
        for (name, text) in [
            ("engine_kw", "9999"),
            ("cc", "-5"),
            ("cc", "2,000"),
            ("model_year", "2020.5"),
            ("fuel", "gasoline"),
            ("title", "fine"),
            ("manufactured", "2022-13"),
            ("manufactured", "1899-12-31"),
            ("manufactured", "2101"),
            ("first_registration", "0001-01-01"),
            ("first_registration", "9999-12"),
            ("colour", "red"),
            ("cc", ""),
            ("built_in", "Korea"),
            ("cleared_in", "ZZ"),
            ("route", "CN, Russia"),
        ] {
            let fault = car.set(name, text).unwrap_err();
            assert_eq!((fault.field.as_str(), fault.value.as_str()), (name, text));
        }
        assert!(
            car.set("mdel_year", "2020")
                .unwrap_err()
                .to_string()
                .contains("model_year")
        );
    }
}
