//! What can be known about a car and its importer: names, kinds, words, bounds, and how to ask for what is missing.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::date::PartialDate;

/// What sort of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number between two bounds, in the unit named.
    Number {
        /// The least that is believed.
        least: i64,
        /// The most that is believed.
        most: i64,
        /// The unit.
        unit: &'static str,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any of these words, separated by commas; `none` says that none applies.
    Words(&'static [&'static str]),
    /// Any texts, separated by commas; `none` says that there are none.
    Texts,
    /// One text.
    Text,
    /// A day, month or year.
    Date,
    /// `true` or `false`.
    Flag,
}

/// A fact that can be given.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its name in packs, files and questions.
    pub name: &'static str,
    /// Its sort.
    pub kind: Kind,
    /// The question when it is missing.
    pub ask: &'static str,
    /// Whether it is about the importer or the way, not the car.
    pub about_importer: bool,
}

const fn car(name: &'static str, kind: Kind, ask: &'static str) -> Fact {
    Fact {
        name,
        kind,
        ask,
        about_importer: false,
    }
}

const fn importer(name: &'static str, kind: Kind, ask: &'static str) -> Fact {
    Fact {
        name,
        kind,
        ask,
        about_importer: true,
    }
}

const fn number(least: i64, most: i64, unit: &'static str) -> Kind {
    Kind::Number { least, most, unit }
}

/// Kinds of propulsion. `hybrid` charges itself from fuel and can drive on either; `series_hybrid` drives by motor alone
/// and has an engine to charge; `mild_hybrid` never drives by motor alone.
pub const FUELS: &[&str] = &[
    "petrol",
    "diesel",
    "lpg",
    "cng",
    "mild_hybrid",
    "hybrid",
    "plug_in_hybrid",
    "series_hybrid",
    "electric",
    "hydrogen",
];

/// What may be known against a car's body and title. `none` says: a clean title.
pub const TITLES: &[&str] = &[
    "salvage",
    "junk",
    "rebuilt",
    "non_repairable",
    "irreparable",
    "destroyed",
    "total_loss",
    "partial_loss",
    "fire",
    "flood",
    "cyclone",
    "rollover",
    "major_accident",
    "accident",
    "minor_accident",
    "body_damage",
    "cut_chassis",
    "rebuilt_chassis",
    "manufacturing_defect",
    "stolen",
    "does_not_start",
];

const USES: &[&str] = &[
    "private",
    "rental",
    "lease",
    "business",
    "taxi",
    "police",
    "government",
    "school_transport",
    "driving_school",
    "ambulance",
    "armoured",
];

const CHANGES: &[&str] = &[
    "altered_vin",
    "altered_body",
    "gas_conversion",
    "gas_to_petrol_or_diesel",
    "steering_converted",
    "engine_swapped",
];

const IMPORTER: &[&str] = &[
    "vat_registered",
    "national",
    "resident",
    "non_national",
    "returning_national",
    "returning_student",
    "disabled",
    "large_family",
    "diplomat",
    "dealer",
    "official_dealer",
    "free_zone",
    "employer_sponsored",
    "contract_before_control",
    "own_subsidiary",
];

/// Every fact that can be given, in the order in which they are asked for.
pub const FACTS: &[Fact] = &[
    car(
        "category",
        Kind::Word(&["M1", "N1", "M2", "M3", "N2", "N3"]),
        "vehicle category (M1 for passenger cars)",
    ),
    car(
        "body",
        Kind::Word(&[
            "sedan",
            "hatchback",
            "wagon",
            "suv",
            "coupe",
            "convertible",
            "van",
            "minibus",
            "pickup",
            "truck",
            "bus",
        ]),
        "body style",
    ),
    car("make", Kind::Text, "make, as in the registration certificate"),
    car("model", Kind::Text, "model, as in the registration certificate"),
    car(
        "used",
        Kind::Flag,
        "whether the car has been used (true or false)",
    ),
    car("fuel", Kind::Word(FUELS), "kind of propulsion"),
    car(
        "engine_fuel",
        Kind::Word(&["petrol", "diesel", "lpg", "cng"]),
        "fuel of a hybrid's engine",
    ),
    car(
        "cc",
        number(0, 20_000, "cc"),
        "displacement in cc, from the registration certificate",
    ),
    car(
        "engine_kw",
        number(0, 2_000, "kW"),
        "power of the combustion engine in kW, from the papers",
    ),
    car(
        "motor_kw",
        number(0, 2_000, "kW"),
        "peak power of all traction motors in kW",
    ),
    car(
        "kw_30min",
        number(0, 2_000, "kW"),
        "30-minute power of all traction motors in kW, from the conformity document",
    ),
    car("battery_kwh", number(0, 1_000, "kWh"), "battery capacity in kWh"),
    car("fiscal_hp", number(0, 100, "fiscal hp"), "fiscal horsepower"),
    car("model_year", number(1900, 2100, "year"), "model year"),
    car("manufactured", Kind::Date, "day, month or year of manufacture"),
    car("first_registration", Kind::Date, "day of first registration"),
    car(
        "steering",
        Kind::Word(&["left", "right"]),
        "side of the steering wheel",
    ),
    car("drive", Kind::Word(&["front", "rear", "all"]), "driven wheels"),
    car("odometer_km", number(0, 3_000_000, "km"), "odometer in km"),
    car("seats", number(1, 100, "seats"), "number of seats"),
    car("mass_kg", number(200, 60_000, "kg"), "gross mass in kg"),
    car(
        "euro",
        number(0, 9, "Euro class"),
        "Euro emission class (a number)",
    ),
    car("co2", number(0, 1_000, "g/km"), "CO2 emission in g/km"),
    car(
        "title",
        Kind::Words(TITLES),
        "damage and title: none, or what applies",
    ),
    car("prior_use", Kind::Words(USES), "what the car was used for"),
    car(
        "modifications",
        Kind::Words(CHANGES),
        "alterations: none, or what applies",
    ),
    car("built_in", Kind::Text, "country of manufacture (two letters)"),
    car("documents", Kind::Texts, "documents at hand"),
    importer(
        "importer",
        Kind::Word(&["person", "company"]),
        "who imports: person or company",
    ),
    importer(
        "importer_is",
        Kind::Words(IMPORTER),
        "what applies to the importer: none, or what",
    ),
    importer(
        "personal_use",
        Kind::Flag,
        "whether for the importer's own use, one car a year, not for resale",
    ),
    importer("region", Kind::Text, "part of the country"),
    importer(
        "route",
        Kind::Texts,
        "countries passed on the way (two letters each), or none",
    ),
    importer(
        "cleared_in",
        Kind::Text,
        "country of an earlier clearance in the same customs union, or none",
    ),
    importer(
        "consignee_known",
        Kind::Flag,
        "whether the final user is named and proven",
    ),
];

/// Names that are worked out, not given, with what they are worked out from and what they mean.
pub(crate) const COMPUTED: &[(&str, &str, &str)] = &[
    (
        "age",
        "manufactured",
        "years since manufacture; whole on the exact anniversary",
    ),
    (
        "age_registered",
        "first_registration",
        "years since first registration",
    ),
    (
        "age_calendar",
        "manufactured",
        "calendar year of arrival less that of manufacture",
    ),
    (
        "age_calendar_registered",
        "first_registration",
        "calendar year of arrival less that of first registration",
    ),
    (
        "age_model_year",
        "model_year",
        "calendar year of arrival less the model year",
    ),
    (
        "age_any",
        "manufactured",
        "age where the source does not say from when: between the least and the greatest of the ages known",
    ),
    ("manufactured_year", "manufactured", "year of manufacture"),
    (
        "metric_hp",
        "engine_kw",
        "engine power in metric horsepower, 0.73549875 kW each",
    ),
    (
        "mechanical_hp",
        "engine_kw",
        "engine power in mechanical horsepower, 0.74569987 kW each",
    ),
    ("arrival", "arrival", "day of arrival"),
    ("destination", "destination", "country of destination"),
    ("price", "price", "price of the car"),
    ("freight", "freight", "freight to the border or port of entry"),
    ("insurance", "insurance", "insurance of the carriage"),
    ("fob", "price", "price free on board"),
    ("cif", "price", "price with freight and insurance"),
];

/// The places in [`FACTS`] of those that the calculation itself looks at, found when the program is compiled.
pub(crate) mod place {
    use super::{FACTS, is_same};

    /// The program does not compile if there is no such fact.
    const fn of(name: &str) -> usize {
        let mut at = 0;
        while at < FACTS.len() {
            if is_same(FACTS[at].name, name) {
                return at;
            }
            at += 1;
        }
        assert!(at == 0, "no such fact");
        0
    }

    pub(crate) const USED: usize = of("used");
    pub(crate) const FUEL: usize = of("fuel");
    pub(crate) const CC: usize = of("cc");
    pub(crate) const ENGINE_KW: usize = of("engine_kw");
    pub(crate) const MOTOR_KW: usize = of("motor_kw");
    pub(crate) const KW_30MIN: usize = of("kw_30min");
    pub(crate) const MODEL_YEAR: usize = of("model_year");
    pub(crate) const MANUFACTURED: usize = of("manufactured");
    pub(crate) const FIRST_REGISTRATION: usize = of("first_registration");
    pub(crate) const DOCUMENTS: usize = of("documents");
    pub(crate) const REGION: usize = of("region");
}

/// Whether two texts are the same, also while compiling.
pub(crate) const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// The place of a fact in [`FACTS`].
pub(crate) fn fact(name: &str) -> Option<usize> {
    FACTS.iter().position(|fact| fact.name == name)
}

/// A value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FactValue {
    /// A number in the fact's unit.
    Number(Decimal),
    /// A word or text.
    Text(String),
    /// Words or texts; empty if it is known that there are none.
    List(Vec<String>),
    /// A day, month or year.
    Date(PartialDate),
    /// Yes or no.
    Flag(bool),
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactValue::Number(number) => write!(f, "{number}"),
            FactValue::Text(text) => f.write_str(text),
            FactValue::List(list) if list.is_empty() => f.write_str("none"),
            FactValue::List(list) => f.write_str(&list.join(", ")),
            FactValue::Date(date) => write!(f, "{date}"),
            FactValue::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// A fact that cannot be, with the field, the value and the fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field} {value:?}: {problem}")]
pub struct Fault {
    /// Which field.
    pub field: String,
    /// What was given.
    pub value: String,
    /// What is wrong, and the fix.
    pub problem: String,
}

impl Fault {
    pub(crate) fn new(field: &str, value: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Fault {
            field: field.to_owned(),
            value: value.to_string(),
            problem: problem.to_string(),
        }
    }
}

/// The longest text of a fact, in bytes.
const LONGEST: usize = 200;

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
}

impl Default for Car {
    fn default() -> Self {
        Car {
            values: vec![None; FACTS.len()],
            power_from: None,
        }
    }
}

pub(crate) const KW_PER_METRIC_HP: Decimal = Decimal::from_parts(73_549_875, 0, 0, false, 8);
/// 550 ft·lbf/s to 17 digits: 0.74569987158227022 kW.
pub(crate) const KW_PER_MECHANICAL_HP: Decimal = Decimal::from_parts(0x1B78_B84E, 0x0108_ED02, 0, false, 17);

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

    /// The number at a place in [`FACTS`], if it is known.
    pub(crate) fn number_at(&self, index: usize) -> Option<Decimal> {
        match self.at(index)? {
            FactValue::Number(number) => Some(*number),
            _ => None,
        }
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
            self.values[index] = Some(value);
        }
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
        self.values[index] = Some(parse(&FACTS[index], text)?);
        Ok(())
    }

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
            _ => {}
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
        if let (Some(year), Some(manufactured)) = (self.number_at(place::MODEL_YEAR), manufactured) {
            let made = Decimal::from(manufactured.year());
            if (year - made).abs() > Decimal::TWO {
                let problem = format!(
                    "does not go with a manufacture in {manufactured}: model years begin at most two years before or after"
                );
                faults.push(Fault::new("model_year", year, problem));
            }
        }
        if let (Some(FactValue::Flag(false)), Some(registered)) = (self.at(place::USED), registered) {
            let problem = format!("a car registered in {registered} has been used");
            faults.push(Fault::new("used", "false", problem));
        }
        faults
    }
}

fn parse(fact: &Fact, text: &str) -> Result<FactValue, Fault> {
    let fault = |problem: String| Fault::new(fact.name, text, problem);
    if text.len() > LONGEST {
        return Err(Fault::new(
            fact.name,
            text.chars().take(40).collect::<String>(),
            format!("longer than {LONGEST} bytes"),
        ));
    }
    if text.is_empty() {
        return Err(fault(format!(
            "empty; leave the field out if it is not known ({})",
            fact.ask
        )));
    }
    let list = || -> Vec<String> {
        if text == "none" || text == "clean" {
            return Vec::new();
        }
        text.split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    };
    match fact.kind {
        Kind::Number { least, most, unit } => {
            parse_number(fact.name, text, least, most, unit).map(FactValue::Number)
        }
        Kind::Word(words) if words.contains(&text) => Ok(FactValue::Text(text.to_owned())),
        Kind::Word(words) => Err(fault(format!("not one of {}", words.join(", ")))),
        Kind::Words(words) => {
            let list = list();
            match list.iter().find(|word| !words.contains(&word.as_str())) {
                Some(word) => Err(fault(format!(
                    "{word:?} is not one of none, {}",
                    words.join(", ")
                ))),
                None => Ok(FactValue::List(list)),
            }
        }
        Kind::Texts => Ok(FactValue::List(list())),
        Kind::Text => Ok(FactValue::Text(text.to_owned())),
        Kind::Date => text
            .parse()
            .map(FactValue::Date)
            .map_err(|e: crate::date::DateError| fault(e.to_string())),
        Kind::Flag => match text {
            "true" | "yes" => Ok(FactValue::Flag(true)),
            "false" | "no" => Ok(FactValue::Flag(false)),
            _ => Err(fault("neither true nor false".to_owned())),
        },
    }
}

fn parse_number(name: &str, text: &str, least: i64, most: i64, unit: &str) -> Result<Decimal, Fault> {
    let fault = |problem: String| Fault::new(name, text, problem);
    let number = Decimal::from_str_exact(text)
        .map_err(|_| fault("no number; write digits with a point, without separators or unit".to_owned()))?;
    if number < Decimal::from(least) || number > Decimal::from(most) {
        return Err(fault(format!(
            "no car has this; {name} is between {least} and {most} {unit}"
        )));
    }
    Ok(number.normalize())
}

/// A hint at what was meant: the nearest of the names, or all of them.
pub(crate) fn nearest<'a>(given: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let best = names
        .clone()
        .map(|name| (distance(given, name), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4);
    match best {
        Some((_, name)) => format!("did you mean {name:?}?"),
        None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// How many letters must change to make one word of another (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(40).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != *y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}

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
    fn the_two_horsepowers_become_different_kilowatts_and_say_so() {
        let metric = car(&[("engine_ps", "160")]);
        assert_eq!(
            metric.number_at(place::ENGINE_KW),
            Some("117.6798".parse().unwrap())
        );
        assert_eq!(metric.power_from(), Some(PowerUnit::MetricHorsepower));
        let mechanical = car(&[("engine_hp", "200")]).number_at(place::ENGINE_KW).unwrap();
        assert_eq!(mechanical.round_dp(6), "149.139974".parse().unwrap());
    }

    #[test]
    fn impossible_cars_are_refused_by_field_and_value() {
        let arrival = date(2026, 3, 10);
        for (facts, field) in [
            (&[("fuel", "petrol"), ("cc", "0")][..], "cc"),
            (&[("fuel", "electric"), ("cc", "1998")], "cc"),
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
            (&[("used", "false"), ("first_registration", "2022-01-01")], "used"),
        ] {
            let faults = car(facts).faults(arrival);
            assert_eq!(
                faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(),
                [field],
                "{facts:?}"
            );
        }
    }

    #[test]
    fn what_no_car_has_is_no_value() {
        let mut car = Car::new();
        for (name, text) in [
            ("engine_kw", "9999"),
            ("cc", "-5"),
            ("cc", "2,000"),
            ("fuel", "gasoline"),
            ("title", "fine"),
            ("manufactured", "2022-13"),
            ("colour", "red"),
            ("cc", ""),
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
