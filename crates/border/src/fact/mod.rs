//! What can be known about a car and its importer: names, kinds, words, bounds, and how to ask for what is missing.
//!
//! [`value`] is one fact as it was given, [`car`] all that is known of one car, [`category`] what kind of vehicle that may be,
//! [`possible`] what cannot be so together, [`fault`] how that is said, [`known`] what follows from all of it whatever is asked,
//! and [`slots`] where formulas look it up.

use crate::date::{FIRST_YEAR, LAST_YEAR};

mod car;
mod category;
mod fault;
mod known;
mod possible;
mod slots;
mod value;

pub use car::{Car, PowerUnit, is_same_power};
pub(crate) use category::Categories;
pub use fault::Fault;
pub(crate) use fault::{distance, nearest, shortened};
pub(crate) use known::Birth;
pub(crate) use slots::{FIRST_OWN, RESERVED, UNKNOWN, slot};
pub use value::FactValue;

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
    /// A country by its code of two letters (ISO 3166).
    Country,
    /// A country by its code, or `none`.
    CountryOrNone,
    /// Countries by their codes, separated by commas; `none` says that there are none.
    Countries,
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
        Kind::Word(&category::ALL),
        "vehicle category: M1 passenger car of up to 9 seats, M2 or M3 bus, N1 goods vehicle of up to 3500 kg, N2 or N3 heavier",
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
    car(
        "model_year",
        number(FIRST_YEAR as i64, LAST_YEAR as i64, "year"),
        "model year",
    ),
    car("manufactured", Kind::Date, "day, month or year of manufacture"),
    car("first_registration", Kind::Date, "day of first registration"),
    car(
        "steering",
        Kind::Word(&["left", "right"]),
        "side of the steering wheel",
    ),
    car("drive", Kind::Word(&["front", "rear", "all"]), "driven wheels"),
    car("odometer_km", number(0, 3_000_000, "km"), "odometer in km"),
    car(
        "seats",
        number(1, 100, "seats"),
        "number of seats, the driver's included",
    ),
    car("mass_kg", number(200, 60_000, "kg"), "gross mass in kg"),
    car(
        "payload_kg",
        number(0, 50_000, "kg"),
        "goods it may carry with all seats taken, in kg, from the registration certificate",
    ),
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
    car("built_in", Kind::Country, "country of manufacture (two letters)"),
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
        Kind::Countries,
        "countries passed on the way (two letters each), or none",
    ),
    importer(
        "cleared_in",
        Kind::CountryOrNone,
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
    (
        "route_named",
        "route",
        "countries passed on the way, as far as they were said; none if nothing was said",
    ),
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
    pub(crate) const ENGINE_FUEL: usize = of("engine_fuel");
    pub(crate) const CC: usize = of("cc");
    pub(crate) const ENGINE_KW: usize = of("engine_kw");
    pub(crate) const MOTOR_KW: usize = of("motor_kw");
    pub(crate) const BATTERY_KWH: usize = of("battery_kwh");
    pub(crate) const BODY: usize = of("body");
    pub(crate) const CATEGORY: usize = of("category");
    pub(crate) const SEATS: usize = of("seats");
    pub(crate) const MASS_KG: usize = of("mass_kg");
    pub(crate) const PAYLOAD_KG: usize = of("payload_kg");
    pub(crate) const ODOMETER_KM: usize = of("odometer_km");
    pub(crate) const TITLE: usize = of("title");
    pub(crate) const PRIOR_USE: usize = of("prior_use");
    pub(crate) const KW_30MIN: usize = of("kw_30min");
    pub(crate) const MODEL_YEAR: usize = of("model_year");
    pub(crate) const MANUFACTURED: usize = of("manufactured");
    pub(crate) const FIRST_REGISTRATION: usize = of("first_registration");
    pub(crate) const DOCUMENTS: usize = of("documents");
    pub(crate) const REGION: usize = of("region");
    pub(crate) const ROUTE: usize = of("route");
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
