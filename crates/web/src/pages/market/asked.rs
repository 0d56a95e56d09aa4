//! What was asked: the fields of the form as they came, and what they mean.

use std::collections::BTreeMap;

use border::{Car, FACTS, Fault, Money, Rates, Values};
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

/// Fields beside facts, prices, `value.NAME` and `retail.COUNTRY`.
const OTHERS: [&str; 5] = ["vehicle", "arrive", "depart", "currency", "to"];

/// The most unknown fields that are named.
const UNKNOWN: usize = 20;

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

    /// Every field that is not among these names.
    pub fn but<'a>(&'a self, left_out: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all
            .iter()
            .filter(|(name, _)| !left_out.contains(name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What stands behind a prefix, with its value: `value.` or `retail.`.
    fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// Fields that nobody would read: a misspelled one must not be passed over.
    fn unknown(&self) -> Vec<Fault> {
        let is_known = |name: &str| {
            // What sites append to links that are followed from them.
            name.starts_with("utm_")
                || matches!(name, "fbclid" | "gclid")
                || OTHERS.contains(&name)
                || PRICES.contains(&name)
                || is_fact(name)
                || name.starts_with("value.")
                || name.starts_with("retail.")
        };
        let unknown = self.all.iter().filter(|(name, _)| !is_known(name));
        unknown
            .take(UNKNOWN)
            .map(|(name, value)| {
                Fault::new(
                    name,
                    value,
                    "no such field; facts are named as `carnet quote --facts` lists them",
                )
            })
            .collect()
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
        let mut faults = fields.unknown();
        let mut known = None;
        if let Some(typed) = fields.get("vehicle") {
            match history(app, typed).await? {
                Ok(found) => known = Some(found),
                Err(fault) => faults.push(fault),
            }
        }
        let mut car = Car::new();
        for (name, text) in fields.but(&[]).filter(|(name, _)| is_fact(name)) {
            faults.extend(
                match &mut known {
                    Some(known) => known.add(name, text),
                    None => car.set(name, text),
                }
                .err(),
            );
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
        for (name, text) in fields.under("value.") {
            faults.extend(quote::set_value(&mut values, name, text).err());
        }
        let arrival = day(fields, "arrive", "arrive", &mut faults).unwrap_or_else(clock::today);
        let departure = day(fields, "depart", "departure", &mut faults);
        let to: Vec<String> = fields
            .every("to")
            .flat_map(|to| to.split(','))
            .map(|to| to.trim().to_ascii_uppercase())
            .filter(|to| !to.is_empty())
            .collect();
        let to = quote::markets(&book.set, &to).unwrap_or_else(|mut wrong| {
            faults.append(&mut wrong);
            Vec::new()
        });
        let mut retail = BTreeMap::new();
        for (country, text) in fields.under("retail.") {
            match text.parse::<Money>() {
                Ok(_) if !to.contains(&country.to_ascii_uppercase()) => {
                    let problem = "not among the markets asked for";
                    faults.push(Fault::new(&format!("retail.{country}"), text, problem));
                }
                Ok(money) => {
                    retail.insert(country.to_ascii_uppercase(), money);
                }
                Err(error) => faults.push(Fault::new(&format!("retail.{country}"), text, error)),
            }
        }
        faults.extend(
            quote::check_values(&book.set, &to, &values)
                .err()
                .unwrap_or_default(),
        );
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        Ok(Ok(Asked {
            car,
            values,
            to,
            departure,
            arrival,
            rates: app.rules.exchange(arrival)?,
            retail,
            known,
        }))
    }
}

/// Whether a field is a fact of the car or its importer.
fn is_fact(name: &str) -> bool {
    matches!(name, "engine_ps" | "engine_hp") || FACTS.iter().any(|fact| fact.name == name)
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
