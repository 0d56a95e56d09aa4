//! Published results of others that a pack must reproduce.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::problem::Problems;
use super::text::Sheet;
use super::{Pack, RuleSet};
use crate::evaluate::Question;
use crate::fact::Car;
use crate::feel::Span;
use crate::money::{Currency, Money, Rates};
use crate::verdict::{Given, Line, Status, Values, Verdict};

/// What must come of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// The published result, within the tolerance.
    Reproduced,
    /// Something else: the published result is known to be wrong.
    Refused,
    /// It is not tried; the note says why.
    Listed,
}

/// One example.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its id.
    pub id: String,
    /// The day on which the rules are applied.
    pub date: Date,
    /// What must come of it.
    pub expectation: Expectation,
    /// Where it was published.
    pub source: String,
    /// What else is known of it.
    pub note: String,
    /// What it is: a real assessment, a calculator, an illustration; with its confidence or quality.
    pub kind: String,
    car: Car,
    values: Values,
    rates: Rates,
    expect: Vec<(String, String)>,
    unit: Option<Currency>,
    tolerance: Decimal,
    line: u64,
}

/// What became of an example.
#[derive(Clone, Debug, Serialize)]
pub struct ExampleResult {
    /// Its id.
    pub id: String,
    /// Its line in `examples.csv`.
    pub line: u64,
    /// What must come of it.
    pub expectation: Expectation,
    /// What was compared.
    pub outcomes: Vec<Outcome>,
    /// What is wrong; none if all is as it must be.
    pub problem: Option<String>,
}

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What was compared.
    pub what: String,
    /// What was published.
    pub expected: String,
    /// What the pack says.
    pub found: String,
    /// Whether they agree within the tolerance.
    pub agrees: bool,
}

const COLUMNS: [&str; 12] = [
    "id",
    "date",
    "facts",
    "values",
    "rates",
    "expect",
    "unit",
    "tolerance",
    "outcome",
    "kind",
    "source",
    "note",
];

/// Reads `examples.csv`.
pub(crate) fn read(sheet: &Sheet, problems: &mut Problems) -> Vec<Example> {
    let file = "examples.csv";
    sheet.only(file, &COLUMNS, problems);
    let mut examples = Vec::new();
    for record in &sheet.records {
        let cell = |name: &str| sheet.cell(record, name);
        match example(&cell, record.line) {
            Ok(example) => examples.push(example),
            Err(found) => {
                for problem in found {
                    problems.error(file, record.line, problem);
                }
            }
        }
    }
    examples
}

fn example<'s>(cell: &dyn Fn(&str) -> &'s str, line: u64) -> Result<Example, Vec<String>> {
    let mut problems = Vec::new();
    let date: Option<Date> = cell("date").parse().ok();
    if date.is_none() {
        problems.push(format!("date {:?} is no day", cell("date")));
    }
    let date = date.unwrap_or(Date::MIN);
    let mut car = Car::new();
    for (name, text) in pairs(cell("facts"), &mut problems) {
        if let Err(fault) = car.set(&name, &text) {
            problems.push(fault.to_string());
        }
    }
    let mut values = Values::default();
    for (name, text) in pairs(cell("values"), &mut problems) {
        if let Err(problem) = set_value(&mut values, &name, &text) {
            problems.push(problem);
        }
    }
    let mut rates = Rates::new(date, "the example");
    for (name, text) in pairs(cell("rates"), &mut problems) {
        let parsed = name.split_once('/').and_then(|(from, to)| {
            Some((
                from.parse().ok()?,
                to.parse().ok()?,
                Decimal::from_str_exact(&text).ok()?,
            ))
        });
        match parsed.map(|(from, to, rate)| rates.add(from, to, rate)) {
            Some(Ok(())) => {}
            Some(Err(error)) => problems.push(error.to_string()),
            None => problems.push(format!(
                "rate {name}={text}: write EUR/RUB=100 for 1 EUR = 100 RUB"
            )),
        }
    }
    let expect = pairs(cell("expect"), &mut problems);
    let expectation = match cell("outcome") {
        "" | "reproduced" => Expectation::Reproduced,
        "refused" => Expectation::Refused,
        "listed" => Expectation::Listed,
        other => {
            problems.push(format!(
                "outcome {other:?} is not one of reproduced, refused, listed"
            ));
            Expectation::Listed
        }
    };
    if expectation != Expectation::Reproduced && cell("note").is_empty() {
        problems.push("the note must say why it is refused or only listed".to_owned());
    }
    if expect.is_empty() {
        problems.push("expect is empty".to_owned());
    }
    if cell("source").is_empty() {
        problems.push("no source".to_owned());
    }
    let unit = match cell("unit") {
        "" => None,
        text => text.parse().map_err(|e| problems.push(format!("unit: {e}"))).ok(),
    };
    let tolerance = match cell("tolerance") {
        "" => Decimal::ZERO,
        text => Decimal::from_str_exact(text).unwrap_or_else(|_| {
            problems.push(format!("tolerance {text:?} is no number"));
            Decimal::ZERO
        }),
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Example {
        id: cell("id").to_owned(),
        date,
        expectation,
        source: cell("source").to_owned(),
        note: cell("note").to_owned(),
        kind: cell("kind").to_owned(),
        car,
        values,
        rates,
        expect,
        unit,
        tolerance,
        line,
    })
}

/// `a=1; b=2`.
fn pairs(text: &str, problems: &mut Vec<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some((name, value)) => found.push((name.trim().to_owned(), value.trim().to_owned())),
            None => problems.push(format!("{part:?}: write name=value, several with ; between")),
        }
    }
    found
}

/// Sets a price or a value by name.
fn set_value(values: &mut Values, name: &str, text: &str) -> Result<(), String> {
    let money = || text.parse::<Money>().map_err(|e| format!("{name}: {e}"));
    match name {
        "price" => values.price = Some(money()?),
        "freight" => values.freight = Some(money()?),
        "insurance" => values.insurance = Some(money()?),
        _ => {
            let given = match Decimal::from_str_exact(text) {
                Ok(number) => Given::Number(number),
                Err(_) => Given::Money(money()?),
            };
            values.given.insert(name.to_owned(), given);
        }
    }
    Ok(())
}

impl RuleSet {
    /// Runs the examples of a pack.
    pub fn run_examples<'p>(&'p self, pack: &'p Pack) -> Vec<ExampleResult> {
        pack.examples
            .iter()
            .map(|example| self.run(pack, example))
            .collect()
    }

    fn run(&self, pack: &Pack, example: &Example) -> ExampleResult {
        let mut result = ExampleResult {
            id: example.id.clone(),
            line: example.line,
            expectation: example.expectation,
            outcomes: Vec::new(),
            problem: None,
        };
        if example.expectation == Expectation::Listed {
            return result;
        }
        for name in example.values.given.keys() {
            let known = matches!(name.as_str(), "cif" | "fob")
                || pack.inputs.iter().any(|input| input.name == *name)
                || pack.steps.iter().any(|step| step.name == *name);
            if !known {
                result.problem = Some(format!("there is no value {name:?} in this pack"));
                return result;
            }
        }
        let question = Question {
            car: &example.car,
            destination: &pack.country,
            departure: None,
            arrival: example.date,
            values: &example.values,
            rates: &example.rates,
            workings: false,
        };
        let prepared = match question.prepare() {
            Ok(prepared) => prepared,
            Err(faults) => {
                result.problem = faults.first().map(ToString::to_string);
                return result;
            }
        };
        let verdict = self.judge(pack, &prepared, &mut Vec::new());
        result.outcomes = example
            .expect
            .iter()
            .map(|(what, expected)| compare(example, &verdict, what, expected))
            .collect();
        let agrees = result.outcomes.iter().all(|outcome| outcome.agrees);
        result.problem = match (example.expectation, agrees) {
            (Expectation::Reproduced, false) => {
                let off: Vec<String> = result
                    .outcomes
                    .iter()
                    .filter(|outcome| !outcome.agrees)
                    .map(|outcome| {
                        format!(
                            "{} is {}, published {}",
                            outcome.what, outcome.found, outcome.expected
                        )
                    })
                    .collect();
                Some(off.join("; "))
            }
            (Expectation::Refused, true) => Some(
                "known to be wrong, and the pack reproduces it; find out which of the two has changed"
                    .to_owned(),
            ),
            _ => None,
        };
        result
    }
}

fn compare(example: &Example, verdict: &Verdict<'_>, what: &str, expected: &str) -> Outcome {
    let (found, agrees) = if what == "status" {
        let found = status_word(verdict.status);
        (found.to_owned(), found == expected)
    } else if let Some(key) = what.strip_prefix("finding ") {
        let outcomes: Vec<String> = verdict
            .findings
            .iter()
            .filter(|finding| finding.key() == key)
            .map(|finding| format!("{:?}", finding.outcome).to_ascii_lowercase())
            .collect();
        let agrees = match expected {
            "none" => outcomes.is_empty(),
            "not_denied" => outcomes.iter().all(|outcome| outcome != "denied"),
            _ => outcomes.iter().any(|outcome| outcome == expected),
        };
        let found = if outcomes.is_empty() {
            "none".to_owned()
        } else {
            outcomes.join(", ")
        };
        (found, agrees)
    } else {
        amount(example, verdict, what, expected)
    };
    Outcome {
        what: what.to_owned(),
        expected: expected.to_owned(),
        found,
        agrees,
    }
}

/// The word for a status in files.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Admissible => "admissible",
        Status::Conditional => "conditional",
        Status::Unknown => "unknown",
        Status::NotAdmissible => "not_admissible",
    }
}

fn amount(example: &Example, verdict: &Verdict<'_>, what: &str, expected: &str) -> (String, bool) {
    let (name, end) = match what.rsplit_once('.') {
        Some((name, end @ ("low" | "high"))) => (name, Some(end)),
        _ => (what, None),
    };
    let span = match name {
        "total" => verdict.total,
        "known" => Some(verdict.known),
        "landed" => verdict.landed,
        _ => verdict.line(name).and_then(Line::amount),
    };
    let Some(span) = span else {
        return ("missing".to_owned(), expected == "missing");
    };
    let rate = match example.unit {
        Some(unit) => example.rates.rate(verdict.currency, unit),
        None => Some(Decimal::ONE),
    };
    let Some(rate) = rate else {
        return ("no rate for the unit".to_owned(), false);
    };
    // The rate may be the inverse of a published one, and have no last digit.
    let one = |amount: Decimal| {
        amount
            .checked_mul(rate)
            .map_or(Decimal::MAX, |converted| converted.round_dp(6))
    };
    let span = Span {
        low: one(span.low),
        high: one(span.high),
    };
    let Ok(wanted) = Decimal::from_str_exact(expected) else {
        return (format!("{}", span.low.round_dp(4).normalize()), false);
    };
    let near = |number: Decimal| (number - wanted).abs() <= example.tolerance;
    let shown = |number: Decimal| number.round_dp(4).normalize().to_string();
    match end {
        Some("low") => (shown(span.low), near(span.low)),
        Some(_) => (shown(span.high), near(span.high)),
        None if span.low == span.high => (shown(span.low), near(span.low)),
        None => (
            format!("{} to {}", shown(span.low), shown(span.high)),
            near(span.low) && near(span.high),
        ),
    }
}
