//! The packs of this repository: the full check with every example, the known errors of public calculators, and what must
//! hold of every pack on every day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bad_input;
mod category;
mod doubt;
mod export_control;
mod inventory;
mod lost;
mod outlook;
mod properties;
mod traps;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use border::{Car, Currency, PackSource, Question, Rates, RuleSet, Severity, Strictness, Values, Verdict};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The folders of `rules/`.
pub fn sources() -> Vec<PackSource> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let files: BTreeMap<String, Vec<u8>> = fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .map(|file| {
                (
                    file.file_name().unwrap().to_string_lossy().into_owned(),
                    fs::read(&file).unwrap(),
                )
            })
            .collect();
        found.push(PackSource {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            files,
        });
    }
    found
}

/// The rule set of this repository, read once.
pub fn set() -> &'static RuleSet {
    static SET: OnceLock<RuleSet> = OnceLock::new();
    SET.get_or_init(|| RuleSet::load(&sources()).unwrap())
}

/// A question with everything that a test may want to say.
pub struct Ask {
    pub car: Car,
    pub values: Values,
    pub rates: Rates,
    pub to: String,
    pub departure: Option<Date>,
    pub on: Date,
}

/// A car to a country, arriving on a day: `ask("RU", "2026-07-01", "fuel=petrol; cc=1998")`.
pub fn ask(to: &str, on: &str, facts: &str) -> Ask {
    let mut car = Car::new();
    for part in facts.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, text) = part.split_once('=').unwrap();
        car.set(name.trim(), text.trim()).unwrap();
    }
    let on: Date = on.parse().unwrap();
    let mut rates = Rates::new(on, "test");
    let usd: Currency = "USD".parse().unwrap();
    // Round figures: what is tested is the arithmetic, not the market.
    for (currency, rate) in [
        ("RUB", "90"),
        ("JOD", "0.7"),
        ("GHS", "12"),
        ("KES", "130"),
        ("EUR", "0.9"),
        ("KRW", "1400"),
    ] {
        rates
            .add(usd, currency.parse().unwrap(), rate.parse().unwrap())
            .unwrap();
    }
    for pack in set().packs() {
        if rates.rate(usd, pack.currency).is_none() {
            rates.add(usd, pack.currency, Decimal::from(100)).unwrap();
        }
    }
    Ask {
        car,
        values: Values::default(),
        rates,
        to: to.to_owned(),
        departure: None,
        on,
    }
}

impl Ask {
    /// Adds price, freight and insurance.
    pub fn priced(mut self, price: &str, freight: &str, insurance: &str) -> Self {
        self.values.price = Some(price.parse().unwrap());
        self.values.freight = Some(freight.parse().unwrap());
        self.values.insurance = Some(insurance.parse().unwrap());
        self
    }

    /// Adds a value by name, in money or as a number.
    pub fn given(mut self, name: &str, text: &str) -> Self {
        let given = match text.parse() {
            Ok(money) => border::Given::Money(money),
            Err(_) => border::Given::Number(text.parse().unwrap()),
        };
        self.values.given.insert(name.to_owned(), given);
        self
    }

    pub fn question(&self) -> Question<'_> {
        Question {
            car: &self.car,
            destination: &self.to,
            departure: self.departure,
            arrival: self.on,
            values: &self.values,
            rates: &self.rates,
            workings: false,
        }
    }

    pub fn verdict(&self) -> Verdict<'_> {
        set().evaluate(&self.question()).unwrap()
    }

    /// The amount of a line, which must be single.
    pub fn amount(&self, line: &str) -> Decimal {
        let verdict = self.verdict();
        let line = verdict.line(line).unwrap_or_else(|| panic!("no line {line}"));
        line.amount()
            .and_then(|span| span.single())
            .unwrap_or_else(|| panic!("{} is {:?}: {:?}", line.name(), line.amount(), line.why))
    }
}

#[test]
fn every_pack_passes_the_full_check_with_its_examples() {
    let (set, problems) = RuleSet::read(&sources(), &Strictness::Full { today: None });
    for problem in problems.iter().filter(|p| p.severity == Severity::Warning) {
        println!("{problem}");
    }
    let errors: Vec<String> = problems
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(set.unwrap().packs().count() >= 5);
}
