//! What changed in the law between two days, from the dates of the rules.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::date::PartialDate;
use crate::feel::Expr;
use crate::pack::{Law, Pack, Row, Rule, RuleSet, Standing, Step};

/// What happened to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The day before was its last.
    Ends,
    /// It entered, or enters, into force.
    Begins,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Change<'p> {
    /// The first day of the new state; the earliest possible where the day was not read.
    pub date: Date,
    /// The date as it was read.
    pub read: PartialDate,
    /// The day on which its pack was read.
    pub as_of: Date,
    /// The country.
    pub country: &'p str,
    /// The step or check.
    pub about: &'p str,
    /// What it is, in words.
    pub text: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The rule.
    #[serde(flatten)]
    pub law: &'p Law,
}

impl RuleSet {
    /// The changes from one day (exclusive) to another (inclusive), by date and country.
    pub fn changes(&self, after: Date, until: Date) -> Vec<Change<'_>> {
        let mut changes: Vec<Change<'_>> = self.packs().flat_map(|pack| pack.changes(after, until)).collect();
        changes.sort_by(|a, b| {
            (a.date, a.country, a.kind, &a.law.id).cmp(&(b.date, b.country, b.kind, &b.law.id))
        });
        changes
    }
}

/// Topics of remarks that say what happened in a market, and are no law.
const NO_LAW: [&str; 2] = ["statistic", "logistics"];

/// The most rows of a table that are told one by one.
const ROWS: usize = 60;

impl Pack {
    /// The changes in one country from one day (exclusive) to another (inclusive). A rule that takes another's place on one day
    /// is one change, which says what of it is otherwise.
    pub fn changes(&self, after: Date, until: Date) -> Vec<Change<'_>> {
        let mut changes = Vec::new();
        let mut add = |law, about, text: String, kind, date: Date, read| {
            if date > after && date <= until {
                changes.push(Change {
                    date,
                    read,
                    as_of: self.as_of,
                    country: &self.country,
                    about,
                    text,
                    kind,
                    law,
                });
            }
        };
        for step in &self.steps {
            for rule in step.rules.iter().filter(|rule| is_used(&rule.law)) {
                let before = step.rules.iter().find(|old| follows(old, rule));
                if let Some(from) = rule.law.from {
                    let text = match before {
                        Some(old) => succession(step, old, rule),
                        None => contents(step, rule),
                    };
                    add(
                        &rule.law,
                        step.name.as_str(),
                        text,
                        ChangeKind::Begins,
                        from.first(),
                        from,
                    );
                }
                let replaced = step.rules.iter().any(|new| follows(rule, new));
                if let Some((date, to)) = ends(&rule.law).filter(|_| !replaced) {
                    add(
                        &rule.law,
                        &step.name,
                        contents(step, rule),
                        ChangeKind::Ends,
                        date,
                        to,
                    );
                }
            }
        }
        let checks = self
            .checks
            .iter()
            .map(|check| (&check.law, check.key.as_str(), &check.reason));
        let remarks = self
            .remarks
            .iter()
            .filter(|remark| !NO_LAW.contains(&remark.topic.as_str()))
            .map(|remark| (&remark.law, remark.topic.as_str(), &remark.text));
        for (law, about, text) in checks.chain(remarks).filter(|(law, ..)| is_used(law)) {
            if let Some(from) = law.from {
                add(law, about, text.clone(), ChangeKind::Begins, from.first(), from);
            }
            if let Some((date, to)) = ends(law) {
                add(law, about, text.clone(), ChangeKind::Ends, date, to);
            }
        }
        changes
    }
}

fn is_used(law: &Law) -> bool {
    law.standing != Standing::Superseded
}

/// The first day without a rule, and its last as it was read.
fn ends(law: &Law) -> Option<(Date, PartialDate)> {
    let to = law.to?;
    Some((to.last().tomorrow().ok()?, to))
}

/// Whether a rule takes the place of another the day after that one's last: of the same step, on the same condition.
fn follows(old: &Rule, new: &Rule) -> bool {
    let begins = new.law.from.map(|from| from.first());
    is_used(&old.law)
        && is_used(&new.law)
        && !std::ptr::eq(old, new)
        && old.when_text == new.when_text
        && begins.is_some()
        && ends(&old.law).map(|(day, _)| day) == begins
}

/// What of a table is otherwise: `Base: cc (1000..2000]: 62.2 → 74.64 (+20 %)`.
fn succession(step: &Step, old: &Rule, new: &Rule) -> String {
    let mut told = Vec::new();
    for row in &new.rows {
        match old.rows.iter().find(|other| other.tests == row.tests) {
            Some(same) if same.values == row.values => {}
            Some(other) => told.push(turn(&other.text, &row.text, number(other).zip(number(row)))),
            None => told.push(format!("new: {}", row.text)),
        }
    }
    for row in &old.rows {
        if !new.rows.iter().any(|other| other.tests == row.tests) {
            told.push(format!("gone: {}", row.text));
        }
    }
    if told.is_empty() {
        return format!("{}: as under {}", step.title, old.law.id);
    }
    format!("{}: {} (in place of {})", step.title, joined(told), old.law.id)
}

/// The only value of a row, if it is a plain number.
fn number(row: &Row) -> Option<Decimal> {
    match row.values.iter().flatten().collect::<Vec<_>>().as_slice() {
        [Expr::Number(number)] => Some(*number),
        _ => None,
    }
}

/// One row before and after. What both say of when they apply is said once.
fn turn(old: &str, new: &str, numbers: Option<(Decimal, Decimal)>) -> String {
    let parts = |text: &'_ str| -> (String, String) {
        match text.rsplit_once(": ") {
            Some((when, then)) => (format!("{when}: "), then.to_owned()),
            None => (String::new(), text.to_owned()),
        }
    };
    let ((when, before), (_, after)) = (parts(old), parts(new));
    let Some((from, to)) = numbers else {
        return format!("{when}{before} → {after}");
    };
    let share = to
        .checked_sub(from)
        .and_then(|more| more.checked_div(from))
        .and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED))
        .map(|percent| percent.round_dp(1).normalize())
        .filter(|percent| !percent.is_zero());
    let share = match share {
        Some(percent) if percent > Decimal::ZERO => format!(" (+{percent} %)"),
        Some(percent) => format!(" (−{} %)", percent.abs()),
        None => String::new(),
    };
    format!("{when}{} → {}{share}", from.normalize(), to.normalize())
}

/// A rule without one before or after it: its rows.
fn contents(step: &Step, rule: &Rule) -> String {
    match rule.rows.as_slice() {
        [] => step.title.clone(),
        rows => format!(
            "{}: {}",
            step.title,
            joined(rows.iter().map(|row| row.text.clone()).collect())
        ),
    }
}

fn joined(mut told: Vec<String>) -> String {
    let more = told.len().saturating_sub(ROWS);
    told.truncate(ROWS);
    let mut text = told.join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} rows more"));
    }
    text
}
