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
                if let Some(from) = rule.law.from.filter(|_| !rule.law.assumes_start()) {
                    let text = succession(step, rule).unwrap_or_else(|| contents(step, rule));
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
                if let Some((date, to)) = ends(&rule.law).filter(|_| !replaced && !rule.law.assumes_end()) {
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
            if let Some(from) = law.from.filter(|_| !law.assumes_start()) {
                add(law, about, text.clone(), ChangeKind::Begins, from.first(), from);
            }
            if let Some((date, to)) = ends(law).filter(|_| !law.assumes_end()) {
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

/// What of the tables before is otherwise, if there are any: `Base: cc (1000..2000]: 62.2 → 74.64 (+20 %)`. Of several tables that
/// end on one day, and several that begin on the next, each row is told beside that of the same cells, whichever table that is in.
fn succession(step: &Step, new: &Rule) -> Option<String> {
    let before: Vec<&Rule> = step.rules.iter().filter(|old| follows(old, new)).collect();
    let mut told = Vec::new();
    let mut replaced: Vec<&str> = Vec::new();
    for row in &new.rows {
        let same = before.iter().find_map(|old| {
            let same = old.rows.iter().find(|other| other.tests == row.tests)?;
            Some((old, same))
        });
        let Some((old, same)) = same else {
            told.push(format!("new: {}", row.text));
            continue;
        };
        if !replaced.contains(&old.law.id.as_str()) {
            replaced.push(&old.law.id);
        }
        if same.values != row.values {
            told.push(turn(&same.text, &row.text, number(same).zip(number(row))));
        }
    }
    for old in before.iter().filter(|old| is_heir(step, old, new)) {
        if !replaced.contains(&old.law.id.as_str()) {
            replaced.push(&old.law.id);
        }
        for row in &old.rows {
            let goes_on = heirs(step, old)
                .flat_map(|heir| &heir.rows)
                .any(|other| other.tests == row.tests);
            if !goes_on {
                told.push(format!("gone: {}", row.text));
            }
        }
    }
    if replaced.is_empty() {
        return None;
    }
    let replaced = replaced.join(", ");
    if told.is_empty() {
        return Some(format!("{}: as under {replaced}", step.title));
    }
    Some(format!(
        "{}: {} (in place of {replaced})",
        step.title,
        joined(told)
    ))
}

/// The rules that take a rule's place.
fn heirs<'s>(step: &'s Step, old: &'s Rule) -> impl Iterator<Item = &'s Rule> {
    step.rules.iter().filter(move |new| follows(old, new))
}

/// Whether, of the rules that take a rule's place, this one has most of its rows: the one that tells which of them are gone.
fn is_heir(step: &Step, old: &Rule, new: &Rule) -> bool {
    let shared = |rule: &Rule| {
        let goes_on = |row: &&Row| old.rows.iter().any(|other| other.tests == row.tests);
        rule.rows.iter().filter(goes_on).count()
    };
    // Of equals the first.
    let heir = heirs(step, old).reduce(|best, next| if shared(next) > shared(best) { next } else { best });
    heir.is_some_and(|heir| std::ptr::eq(heir, new))
}

/// The only value of a row, if it is a plain number.
fn number(row: &Row) -> Option<Decimal> {
    match row.values.iter().flatten().collect::<Vec<_>>().as_slice() {
        [Expr::Number(number)] => Some(number.decimal()),
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
