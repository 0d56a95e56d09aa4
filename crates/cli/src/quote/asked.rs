//! What is asked, by `quote` and by `rules explain`: read from arguments, a car's history, and files of rates.

use std::path::PathBuf;

use border::{Car, Fault, Rates, RuleSet, Values};
use clap::Args;
use desk::quote::{self, Known};
use jiff::civil::Date;
use vehicle::VehicleId;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// What is asked, by `quote` and by `rules explain`.
#[derive(Debug, Args)]
pub struct About {
    /// A car the log knows.
    #[arg(long, value_name = "VIN", conflicts_with = "car")]
    pub vin: Option<String>,
    /// A file of cars: .csv or .jsonl.
    #[arg(long, value_name = "FILE")]
    pub car: Option<PathBuf>,
    /// A fact, as cc=1998. Repeatable; `carnet quote --facts` lists them.
    #[arg(long, value_name = "NAME=VALUE")]
    pub fact: Vec<String>,
    /// List every fact that rules ask for, and stop.
    #[arg(long)]
    pub facts: bool,
    /// Countries, as JO,AE,GH; or all.
    #[arg(long, value_delimiter = ',', default_value = "all", value_name = "COUNTRIES")]
    pub to: Vec<String>,
    /// The day of arrival; today if not given.
    #[arg(long, value_name = "DATE")]
    pub arrive: Option<String>,
    /// The day on which it leaves Korea, as of which export control is judged; the day of arrival if not given.
    #[arg(long, value_name = "DATE")]
    pub depart: Option<String>,
    /// Who imports: person or company.
    #[arg(long, value_name = "WHO")]
    pub importer: Option<String>,
    /// Price of the car, free on board, as '12000 USD'.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub price: Option<String>,
    /// Freight to the port of entry or border.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub freight: Option<String>,
    /// Insurance of the carriage.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub insurance: Option<String>,
    /// A value that only you know, as crsp='1872000 KES' or customs_value='9000 USD'. Repeatable.
    #[arg(long, value_name = "NAME=AMOUNT")]
    pub value: Vec<String>,
    /// Exchange rates: a file of the European Central Bank, or date,from,to,rate,source. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub rates: Vec<PathBuf>,
    /// A folder of rule packs to use instead of those in the program.
    #[arg(long, env = "CARNET_RULES", value_name = "DIR")]
    pub rules: Option<PathBuf>,
}

/// What was asked, read.
pub struct Asked {
    pub set: RuleSet,
    pub car: Car,
    pub values: Values,
    pub departure: Option<Date>,
    pub arrival: Date,
    pub to: Vec<String>,
    pub rates: Rates,
    pub known: Option<Known>,
    pub name: String,
}

pub(super) fn faults(faults: Vec<Fault>) -> Failure {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Failure::Value(lines.join("\n        "))
}

pub(super) fn pair(text: &str, flag: &str) -> Result<(String, String), Failure> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| Failure::Value(format!("--{flag} {text:?}: write NAME=VALUE")))
}

impl About {
    /// Reads everything but a file of cars.
    pub async fn read(&self, global: &Global) -> Result<Asked, Failure> {
        let book = crate::rules::open(self.rules.as_deref())?;
        let today = clock::day(clock::now())?;
        let arrival = match &self.arrive {
            None => today,
            Some(text) => text
                .parse()
                .map_err(|_| Failure::Value(format!("--arrive {text:?}: no day; write it as 2026-03-10")))?,
        };
        if let Some(fault) = border::arrival_fault(arrival) {
            return Err(Failure::Value(format!("--arrive {arrival}: {}", fault.problem)));
        }
        let departure = self
            .depart
            .as_ref()
            .map(|text| {
                text.parse::<Date>()
                    .map_err(|_| Failure::Value(format!("--depart {text:?}: no day; write it as 2026-02-10")))
            })
            .transpose()?;
        let to = quote::markets(&book.set, &self.to).map_err(faults)?;
        let rates = quote::read_rates(&self.rates)?.on(arrival)?;
        let mut known = match &self.vin {
            None => None,
            Some(text) => Some(history(global, text, today).await?),
        };
        let (mut car, mut values) = (Car::new(), Values::default());
        let mut wrong = Vec::new();
        let mut given: Vec<String> = Vec::new();
        for text in &self.fact {
            let (name, value) = pair(text, "fact")?;
            let what = match name.as_str() {
                "engine_ps" | "engine_hp" => "engine_kw",
                name => name,
            };
            if given.iter().any(|known| known == what) {
                return Err(Failure::Value(format!(
                    "--fact {text:?}: {what} is given twice; keep one of them"
                )));
            }
            given.push(what.to_owned());
            let set = match &mut known {
                Some(known) => known.add(&name, &value),
                None => quote::set_fact(&mut car, &mut values, &name, &value),
            };
            wrong.extend(set.err());
        }
        if let Some(known) = &known {
            car = known.car.clone();
        }
        if let Some(importer) = &self.importer {
            if given.iter().any(|known| known == "importer") {
                return Err(Failure::Value(format!(
                    "--importer {importer:?}: importer is given twice; keep one of them"
                )));
            }
            wrong.extend(car.set("importer", importer).err());
        }
        for (name, text) in [
            ("price", &self.price),
            ("freight", &self.freight),
            ("insurance", &self.insurance),
        ] {
            if let Some(text) = text {
                wrong.extend(quote::set_value(&mut values, name, text).err());
            }
        }
        for text in &self.value {
            let (name, value) = pair(text, "value")?;
            wrong.extend(quote::set_value(&mut values, &name, &value).err());
        }
        if !wrong.is_empty() {
            return Err(faults(wrong));
        }
        quote::check_values(&book.set, &to, &values).map_err(faults)?;
        let name = self.vin.clone().unwrap_or_else(|| {
            ["make", "model"]
                .iter()
                .filter_map(|name| car.text(name))
                .collect::<Vec<_>>()
                .join(" ")
        });
        Ok(Asked {
            set: book.set,
            car,
            values,
            departure,
            arrival,
            to,
            rates,
            known,
            name,
        })
    }
}

async fn history(global: &Global, text: &str, today: Date) -> Result<Known, Failure> {
    let vehicle =
        VehicleId::parse_loose(text).map_err(|error| Failure::Value(format!("--vin {text:?}: {error}")))?;
    let desk = output::open(global).await?;
    let now = clock::unsigned(clock::now());
    let known = desk.facts(&vehicle, now, today).await?;
    desk.close().await?;
    known.ok_or_else(|| {
        Failure::Value(format!(
            "--vin {text}: the log knows nothing of this car; give its facts with --fact or in a file with --car"
        ))
    })
}
