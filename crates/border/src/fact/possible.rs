//! Facts that cannot be so, alone or together.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Car, FactValue, Fault, place};
use crate::date::PartialDate;

impl Car {
    /// What cannot be, or contradicts itself.
    pub fn faults(&self, arrival: Date) -> Vec<Fault> {
        let mut faults = Vec::new();
        let fuel = self.text_at(place::FUEL);
        let cc = self.number_at(place::CC);
        match (fuel, cc) {
            (Some("electric" | "hydrogen"), Some(cc)) if !cc.is_zero() => faults.push(Fault::new(
                "cc",
                cc,
                "an electric car has no displacement; leave cc empty, or say which hybrid it is in fuel",
            )),
            (Some(fuel), Some(cc)) if cc.is_zero() && !matches!(fuel, "electric" | "hydrogen") => faults
                .push(Fault::new(
                    "cc",
                    cc,
                    format!(
                        "a {fuel} car has an engine; give its displacement from the registration certificate"
                    ),
                )),
            (_, Some(cc)) if !cc.is_zero() && cc < LEAST_CC => faults.push(Fault::new(
                "cc",
                cc,
                format!("no car's engine is smaller than {LEAST_CC} cc; give it in cc, not in litres"),
            )),
            _ => {}
        }
        let has_motor = matches!(
            fuel,
            Some("electric" | "hydrogen" | "mild_hybrid" | "hybrid" | "plug_in_hybrid" | "series_hybrid")
        );
        let has_engine = matches!(fuel, Some(fuel) if !matches!(fuel, "electric" | "hydrogen"));
        for (name, at, has) in [
            ("engine_kw", place::ENGINE_KW, has_engine),
            ("motor_kw", place::MOTOR_KW, has_motor),
            ("kw_30min", place::KW_30MIN, has_motor),
        ] {
            if has && self.number_at(at).is_some_and(|kw| kw.is_zero()) {
                let problem = "what drives a car has more than no power; leave it out if it is not known";
                faults.push(Fault::new(name, 0, problem));
            }
        }
        if let (Some(cc), Some((name, power)), Some(kw)) = (
            cc.filter(|cc| *cc >= LEAST_CC),
            self.power_as_given(),
            self.number_at(place::ENGINE_KW),
        ) && kw > cc
        {
            let problem = format!("no engine of {cc} cc has this; check both");
            faults.push(Fault::new(name, power, problem));
        }
        let peak = self.number_at(place::MOTOR_KW);
        if let (Some(continuous), Some(peak)) = (self.number_at(place::KW_30MIN), peak)
            && continuous > peak
        {
            faults.push(Fault::new(
                "kw_30min",
                continuous,
                format!("more than the peak power of {peak} kW; 30-minute power is what the motors hold, and is less"),
            ));
        }
        let motor_alone = matches!(fuel, Some("electric" | "hydrogen"));
        if let (true, Some((name, power))) = (motor_alone, self.power_as_given())
            && !power.is_zero()
        {
            let problem = "an electric car has no combustion engine; give the power of its motors as motor_kw and kw_30min";
            faults.push(Fault::new(name, power, problem));
        }
        if let (Some(fuel), Some(engine)) = (fuel, self.text_at(place::ENGINE_FUEL))
            && (motor_alone || (matches!(fuel, "petrol" | "diesel" | "lpg" | "cng") && engine != fuel))
        {
            let problem = format!("does not go with fuel {fuel}; engine_fuel is for hybrids");
            faults.push(Fault::new("engine_fuel", engine, problem));
        }
        let combustion = matches!(fuel, Some("petrol" | "diesel" | "lpg" | "cng"));
        for (name, at) in [("motor_kw", place::MOTOR_KW), ("kw_30min", place::KW_30MIN)] {
            if let (true, Some(kw)) = (combustion, self.number_at(at))
                && !kw.is_zero()
            {
                let problem = format!(
                    "a {} car has no traction motor; say which hybrid it is in fuel",
                    fuel.unwrap_or_default()
                );
                faults.push(Fault::new(name, kw, problem));
            }
        }
        if let (true, Some(kwh)) = (combustion, self.number_at(place::BATTERY_KWH))
            && !kwh.is_zero()
        {
            let problem = format!(
                "a {} car has no traction battery; say which hybrid it is in fuel",
                fuel.unwrap_or_default()
            );
            faults.push(Fault::new("battery_kwh", kwh, problem));
        }
        let manufactured = self.date_at(place::MANUFACTURED);
        let registered = self.date_at(place::FIRST_REGISTRATION);
        for (name, date) in [("manufactured", manufactured), ("first_registration", registered)] {
            if let Some(date) = date
                && date.first() > arrival
            {
                faults.push(Fault::new(
                    name,
                    date,
                    format!("after the arrival on {arrival}; check both dates"),
                ));
            }
        }
        if let (Some(manufactured), Some(registered)) = (manufactured, registered)
            && registered.last() < manufactured.first()
        {
            let problem = format!("before the manufacture in {manufactured}; check both dates");
            faults.push(Fault::new("first_registration", registered, problem));
        }
        if let Some(year) = self.whole_at(place::MODEL_YEAR) {
            let apart = |date: PartialDate| year - i64::from(date.year());
            if let Some(manufactured) = manufactured.filter(|date| apart(*date).abs() > MODEL_YEAR_AHEAD) {
                let problem = format!(
                    "does not go with a manufacture in {manufactured}: model years begin at most two years before or after"
                );
                faults.push(Fault::new("model_year", year, problem));
            } else if let Some(registered) = registered.filter(|date| apart(*date) > MODEL_YEAR_AHEAD) {
                let problem = format!("a car of this model year cannot have been registered in {registered}");
                faults.push(Fault::new("model_year", year, problem));
            } else if apart(PartialDate::day(arrival)) > MODEL_YEAR_AHEAD {
                let problem = format!("not made yet on the arrival on {arrival}; check both");
                faults.push(Fault::new("model_year", year, problem));
            }
        }
        if let Some(category) = self.text_at(place::CATEGORY)
            && self.contradicts_category(category)
        {
            let known: Vec<String> = [
                ("body", place::BODY),
                ("seats", place::SEATS),
                ("mass_kg", place::MASS_KG),
            ]
            .into_iter()
            .filter_map(|(name, at)| Some(format!("{name} {}", self.at(at)?)))
            .collect();
            let problem = format!(
                "does not go with {}: M1 has at most 9 seats, M2 more, M3 over 5000 kg too; N1 weighs at most 3500 kg, N2 12000 kg, \
                 N3 more; buses are M, trucks N",
                known.join(", ")
            );
            faults.push(Fault::new("category", category, problem));
        }
        if let Some(FactValue::Flag(false)) = self.at(place::USED)
            && let Some(problem) = self.shows_use()
        {
            faults.push(Fault::new("used", "false", problem));
        }
        faults
    }

    /// By what it is plain that a car has been used.
    fn shows_use(&self) -> Option<String> {
        if let Some(registered) = self.date_at(place::FIRST_REGISTRATION) {
            return Some(format!("a car registered in {registered} has been used"));
        }
        if let Some(km) = self.number_at(place::ODOMETER_KM).filter(|km| *km > NEW_KM) {
            return Some(format!("a car that has run {km} km has been used"));
        }
        let words = |at| match self.at(at) {
            Some(FactValue::List(words)) => words.as_slice(),
            _ => &[],
        };
        if let Some(word) = words(place::PRIOR_USE).first() {
            return Some(format!("a car whose prior_use is {word} has been used"));
        }
        let word = words(place::TITLE)
            .iter()
            .find(|word| AFTER_USE.contains(&word.as_str()))?;
        Some(format!("a car whose title is {word} has been used"))
    }
}

/// The smallest engine that a car is taken to have: mopeds have up to 50 cc (Regulation (EU) 168/2013, category L1e).
const LEAST_CC: Decimal = Decimal::from_parts(50, 0, 0, false, 0);

/// How many calendar years before that of its name a model year may begin.
pub(super) const MODEL_YEAR_AHEAD: i64 = 2;

/// Up to here a car may have been driven and still be new: the line of the European Union's law on VAT (Directive 2006/112/EC,
/// article 2(2)(b)).
const NEW_KM: Decimal = Decimal::from_parts(6_000, 0, 0, false, 0);

/// What happens to cars on the road, or stands in a title that only a registered car has. A new car can burn or be flooded too.
const AFTER_USE: &[&str] = &[
    "salvage",
    "junk",
    "rebuilt",
    "non_repairable",
    "irreparable",
    "total_loss",
    "partial_loss",
    "rollover",
    "major_accident",
    "accident",
    "minor_accident",
    "cut_chassis",
    "rebuilt_chassis",
];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn car(facts: &[(&str, &str)]) -> Car {
        let mut car = Car::new();
        for (name, text) in facts {
            car.set(name, text).unwrap();
        }
        car
    }

    #[test]
    fn impossible_cars_are_refused_by_field_and_value() {
        let arrival = date(2026, 3, 10);
        for (facts, field) in [
            (&[("fuel", "petrol"), ("cc", "0")][..], "cc"),
            (&[("fuel", "electric"), ("cc", "1998")], "cc"),
            (&[("fuel", "petrol"), ("cc", "0.5")], "cc"),
            (&[("cc", "1.6")], "cc"),
            (
                &[("fuel", "petrol"), ("cc", "660"), ("engine_kw", "1999")],
                "engine_kw",
            ),
            (&[("fuel", "hybrid"), ("engine_kw", "0")], "engine_kw"),
            (&[("fuel", "petrol"), ("engine_ps", "0")], "engine_kw"),
            (&[("fuel", "electric"), ("motor_kw", "0")], "motor_kw"),
            (&[("fuel", "electric"), ("kw_30min", "0")], "kw_30min"),
            (&[("manufactured", "2026-04")], "manufactured"),
            (
                &[("manufactured", "2022-05"), ("first_registration", "2022-04-30")],
                "first_registration",
            ),
            (
                &[("fuel", "electric"), ("motor_kw", "150"), ("kw_30min", "151")],
                "kw_30min",
            ),
            (&[("fuel", "diesel"), ("kw_30min", "40")], "kw_30min"),
            (
                &[("model_year", "2019"), ("manufactured", "2022-01")],
                "model_year",
            ),
            (&[("model_year", "2029")], "model_year"),
            (
                &[("model_year", "2023"), ("first_registration", "2019-05-02")],
                "model_year",
            ),
            (&[("fuel", "electric"), ("engine_kw", "150")], "engine_kw"),
            (&[("fuel", "electric"), ("engine_ps", "200")], "engine_ps"),
            (&[("fuel", "electric"), ("engine_hp", "200")], "engine_hp"),
            (&[("fuel", "petrol"), ("engine_fuel", "diesel")], "engine_fuel"),
            (&[("fuel", "electric"), ("engine_fuel", "petrol")], "engine_fuel"),
            (&[("used", "false"), ("first_registration", "2022-01-01")], "used"),
            (&[("used", "false"), ("odometer_km", "90000")], "used"),
            (&[("used", "false"), ("prior_use", "taxi")], "used"),
            (&[("used", "false"), ("title", "flood, total_loss")], "used"),
            (&[("fuel", "petrol"), ("battery_kwh", "60")], "battery_kwh"),
            (&[("category", "M1"), ("body", "truck")], "category"),
            (&[("category", "M1"), ("seats", "12")], "category"),
            (&[("category", "M2"), ("seats", "9")], "category"),
            (&[("category", "N1"), ("mass_kg", "3501")], "category"),
            (&[("category", "N1"), ("body", "bus")], "category"),
        ] {
            let faults = car(facts).faults(arrival);
            assert_eq!(
                faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(),
                [field],
                "{facts:?}"
            );
        }
    }
}
