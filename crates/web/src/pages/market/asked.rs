//! What was asked: the fields of the form as they came, and what they mean.

use std::collections::BTreeMap;

use border::{Car, Fault, Money, Rates, Values};
use desk::quote::{self, Known};
use desk::rules::Rulebook;
use jiff::civil::Date;
use url::form_urlencoded::parse;
use vehicle::VehicleId;

use crate::clock;
use crate::problem::Problem;
use crate::state::App;

/// The most fields that are read, and the most characters of each.
const MOST: usize = 200;
const LONGEST: usize = 120;

/// The fields of the form that are facts of the car or its importer.
pub const FACTS: [&str; 14] = [
    "category",
    "fuel",
    "cc",
    "engine_kw",
    "motor_kw",
    "kw_30min",
    "manufactured",
    "first_registration",
    "model_year",
    "steering",
    "title",
    "used",
    "importer",
    "personal_use",
];

/// The prices, each an amount in the currency of the form.
pub const PRICES: [&str; 3] = ["price", "freight", "insurance"];

/// The fields as they came.
pub struct Fields {
    all: Vec<(String, String)>,
}

impl Fields {
    /// Reads a query. Empty fields are as if they were not there.
    pub fn of(query: &str) -> Self {
        let all = parse(query.as_bytes())
            .take(MOST)
            .map(|(name, value)| {
                (
                    name.into_owned(),
                    value.trim().chars().take(LONGEST).collect::<String>(),
                )
            })
            .filter(|(name, value)| name != "lang" && !value.is_empty())
            .collect();
        Fields { all }
    }

    /// Whether nothing is asked yet.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.all.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All values of a field.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.all
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What they mean.
pub struct Asked {
    pub car: Car,
    pub values: Values,
    pub to: Vec<String>,
    pub departure: Option<Date>,
    pub arrival: Date,
    pub rates: Rates,
    pub retail: BTreeMap<String, Money>,
    pub known: Option<Known>,
}

impl Asked {
    /// Reads the fields; where a vehicle is named, its facts come from its history in the log.
    pub async fn read(
        app: &App,
        book: &Rulebook,
        fields: &Fields,
    ) -> Result<Result<Self, Vec<Fault>>, Problem> {
        let mut faults = Vec::new();
        let mut known = None;
        if let Some(typed) = fields.get("vehicle") {
            match history(app, typed).await? {
                Ok(found) => known = Some(found),
                Err(fault) => faults.push(fault),
            }
        }
        let mut car = Car::new();
        for name in FACTS {
            if let Some(text) = fields.get(name) {
                faults.extend(
                    match &mut known {
                        Some(known) => known.add(name, text),
                        None => car.set(name, text),
                    }
                    .err(),
                );
            }
        }
        if let Some(known) = &known {
            car = known.car.clone();
        }
        let currency = fields.get("currency").unwrap_or("USD").to_ascii_uppercase();
        let mut values = Values::default();
        for name in PRICES {
            if let Some(amount) = fields.get(name) {
                faults.extend(quote::set_value(&mut values, name, &format!("{amount} {currency}")).err());
            }
        }
        let arrival = day(fields, "arrive", "arrive", &mut faults).unwrap_or_else(clock::today);
        let departure = day(fields, "depart", "departure", &mut faults);
        let to: Vec<String> = fields.every("to").map(str::to_ascii_uppercase).collect();
        let to = quote::markets(&book.set, &to).unwrap_or_else(|mut wrong| {
            faults.append(&mut wrong);
            Vec::new()
        });
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        Ok(Ok(Asked {
            car,
            values,
            to,
            departure,
            arrival,
            rates: Rates::clone(&*app.rules.exchange()),
            retail: BTreeMap::new(),
            known,
        }))
    }
}

/// A field that is a day, under the name by which faults know it. What is none is a fault.
fn day(fields: &Fields, name: &str, called: &str, faults: &mut Vec<Fault>) -> Option<Date> {
    let text = fields.get(name)?;
    let day = text.parse().ok();
    if day.is_none() {
        faults.push(Fault {
            field: called.to_owned(),
            value: text.to_owned(),
            problem: "no day; write it as 2026-03-10".to_owned(),
        });
    }
    day
}

async fn history(app: &App, typed: &str) -> Result<Result<Known, Fault>, Problem> {
    let fault = |problem: String| Fault {
        field: "vehicle".to_owned(),
        value: typed.to_owned(),
        problem,
    };
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let id = match VehicleId::parse_loose(&text.to_uppercase()) {
        Ok(id) => id,
        Err(error) => return Ok(Err(fault(error.to_string()))),
    };
    let known = app.desk.facts(&id, clock::unsigned(), clock::today()).await?;
    Ok(known.ok_or_else(|| {
        fault("the log knows nothing of this car; leave the number out and give its facts".to_owned())
    }))
}
