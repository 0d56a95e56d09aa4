//! What a pack is checked for beyond being readable: bands that overlap or leave gaps, rules that contradict each other
//! unsaid, times without a rule, age of the research, and examples.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::law::{Force, Law, Standing};
use super::problem::{Problem, Problems};
use super::{Effect, NOT_FOUND, Pack, Row, Rule, RuleSet, Side, Step, StepKind};
use crate::fact::slot;
use crate::feel::{Expr, Slot, Test, Tri, Value, eval};

/// How strictly packs are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Well-formed, with export control.
    Load,
    /// Everything, examples included.
    Full {
        /// The day of the check, for the age of the research; none if that does not matter.
        today: Option<Date>,
    },
}

/// After how many days research is old.
const STALE_DAYS: i64 = 180;

/// The most points at which a table is tried.
const MAX_POINTS: usize = 100_000;

/// The most gaps of one table that are reported.
const MAX_GAPS: usize = 3;

impl Pack {
    pub(crate) fn check(&self, how: &Strictness, problems: &mut Problems) {
        let Strictness::Full { today } = how else {
            return;
        };
        let file = "country.toml";
        if let Some(today) = today
            && let Ok(span) = self.as_of.until(*today)
            && i64::from(span.get_days()) > STALE_DAYS
        {
            let text = format!(
                "as_of {} is {} days ago; look for changes since",
                self.as_of,
                span.get_days()
            );
            problems.warn(file, 0, text);
        }
        if let Some(today) = today
            && self.as_of > *today
        {
            let text = format!(
                "as_of {} is yet to come; write the day on which the research ended, at most {today}",
                self.as_of
            );
            problems.error(file, 0, text);
        }
        for (what, text) in [("name", &self.name), ("headline", &self.headline)] {
            if text.trim().is_empty() || text.starts_with('(') {
                problems.warn(
                    file,
                    0,
                    format!("{what} {text:?} is that of the skeleton; write its own"),
                );
            }
        }
        let mut placeholders = BTreeSet::new();
        for law in self.laws() {
            for source in law.sources.iter().filter(|source| is_placeholder(source)) {
                if placeholders.insert(source.as_str()) {
                    let text =
                        format!("source {source:?} is that of the skeleton; write where the rule was read");
                    problems.warn(&law.file, law.line, text);
                }
            }
        }
        if self.side == Side::Export
            && self
                .steps
                .iter()
                .any(|step| !matches!(step.kind, StepKind::Value | StepKind::Condition))
        {
            problems.error(
                file,
                0,
                "a pack of export control charges nothing; remove its charges",
            );
        }
        if self.side == Side::Import && self.checks.is_empty() {
            problems.warn(
                file,
                0,
                "no rule of admissibility: every verdict will be `unknown`",
            );
        }
        let ids: BTreeSet<&str> = self.laws().map(|law| law.id.as_str()).collect();
        for law in self.laws() {
            for other in &law.disputes {
                if !ids.contains(other.as_str()) {
                    problems.error(
                        &law.file,
                        law.line,
                        format!("disputes {other:?}, and no rule has this id"),
                    );
                }
            }
        }
        for step in &self.steps {
            self.check_bands(step, problems);
            for rule in step.rules.iter().filter(|rule| rule.is_empty()) {
                let text = format!(
                    "{:?} has neither a value nor rows in {}.csv; write {NOT_FOUND:?} as its value if no source has one",
                    rule.law.id, step.name
                );
                problems.warn(&rule.law.file, rule.law.line, text);
            }
            if step.otherwise.is_none() {
                self.check_gaps(step, problems);
            }
            check_times(
                &step.name,
                &step
                    .rules
                    .iter()
                    .map(|r| (&r.law, r.when_text.as_str()))
                    .collect::<Vec<_>>(),
                problems,
            );
        }
        let keys: BTreeSet<&str> = self.checks.iter().map(|check| check.key.as_str()).collect();
        for key in keys {
            let laws: Vec<(&Law, &str)> = self
                .checks
                .iter()
                .filter(|check| check.key == key && check.effect != Effect::Waive)
                .map(|check| (&check.law, ""))
                .collect();
            check_times(key, &laws, problems);
        }
    }

    /// Tries a step's rows at every combination of edges.
    fn check_bands(&self, step: &Step, problems: &mut Problems) {
        let rows: Vec<(&Rule, &Row)> = step
            .rules
            .iter()
            .flat_map(|rule| rule.rows.iter().map(move |row| (rule, row)))
            .collect();
        let axes: Vec<Vec<Point<'_>>> = (0..step.tests.len())
            .map(|column| axis(rows.iter().map(|(_, row)| &row.tests[column])))
            .collect();
        let points: usize = axes.iter().map(Vec::len).product();
        if points > MAX_POINTS {
            let text = format!(
                "{} has {points} combinations of edges; overlaps and gaps are not checked",
                step.name
            );
            problems.warn("country.toml", 0, text);
            return;
        }
        let mut reported = BTreeSet::new();
        let mut reached = vec![false; rows.len()];
        for point in (0..points).map(|number| combination(&axes, number)) {
            let here: Vec<usize> = (0..rows.len())
                .filter(|at| {
                    rows[*at]
                        .1
                        .tests
                        .iter()
                        .zip(&point)
                        .all(|(test, p)| test.passes(&p.value) == Tri::Yes)
                })
                .collect();
            for at in &here {
                reached[*at] = true;
            }
            for (i, first) in here.iter().enumerate() {
                for second in &here[i + 1..] {
                    self.check_pair(step, rows[*first], rows[*second], &point, &mut reported, problems);
                }
            }
        }
        for ((rule, row), reached) in rows.iter().zip(reached) {
            if !reached {
                let text = format!("no car ever reaches this row of {:?}", rule.law.id);
                problems.error(&row.file, row.line, text);
            }
        }
    }

    /// Tries the rows of rules with the same condition, which must leave no car without a value, on the day of the research and on
    /// each day on which one of them begins. What rows of other conditions cover is theirs: a wide one would hide every gap.
    fn check_gaps(&self, step: &Step, problems: &mut Problems) {
        let conditions: BTreeSet<&str> = step.rules.iter().map(Rule::condition).collect();
        for condition in conditions {
            let same = || step.rules.iter().filter(|rule| rule.when_text == condition);
            let begins = same().filter_map(|rule| rule.law.from.map(|from| from.last()));
            let days: BTreeSet<Date> = begins.chain([self.as_of]).collect();
            let mut told = BTreeSet::new();
            for day in days {
                let here: Vec<&Rule> = same().filter(|rule| rule.law.on(day) != Force::No).collect();
                self.check_gaps_on(day, step, &here, &mut told, problems);
            }
        }
    }

    /// As [`Pack::check_gaps`], of the rules with one condition that hold on one day.
    fn check_gaps_on(
        &self,
        day: Date,
        step: &Step,
        rules: &[&Rule],
        told: &mut BTreeSet<String>,
        problems: &mut Problems,
    ) {
        let rows = || rules.iter().flat_map(|rule| &rule.rows);
        let (Some(rule), Some(first)) = (rules.first(), rows().next()) else {
            return;
        };
        let axes: Vec<Vec<Point<'_>>> = (0..step.tests.len())
            .map(|column| axis(rows().map(|row| &row.tests[column])))
            .collect();
        let points: usize = axes.iter().map(Vec::len).product();
        if points > MAX_POINTS {
            // The whole step has more of them still, and that is told.
            return;
        }
        // Of two accounts of one case either may say less than the other.
        let disputes = |other: &Rule| {
            other.law.on(day) != Force::No
                && rules.iter().any(|rule| {
                    rule.law.disputes.contains(&other.law.id) || other.law.disputes.contains(&rule.law.id)
                })
        };
        let accounts: Vec<&Row> = (step.rules.iter().filter(|other| disputes(other)))
            .flat_map(|other| &other.rows)
            .collect();
        for point in (0..points).map(|number| combination(&axes, number)) {
            if told.len() == MAX_GAPS {
                return;
            }
            let covers = |row: &Row| {
                let mut cells = row.tests.iter().zip(&point);
                cells.all(|(test, p)| test.passes(&p.value) == Tri::Yes)
            };
            if rows().chain(accounts.iter().copied()).any(covers)
                || self.excludes(day, step, rule.when.as_ref(), &point)
            {
                continue;
            }
            let at = place(step, &point);
            if told.insert(at.clone()) {
                let text = format!(
                    "{}: no row for {at} on {day}, by rules such as {:?}",
                    step.name, rule.law.id
                );
                problems.warn(&first.file, 0, text);
            }
        }
    }

    /// Whether the condition of a step or of its rules says that no car of this place is meant on a day.
    fn excludes(&self, day: Date, step: &Step, when: Option<&Expr>, point: &[&Point<'_>]) -> bool {
        let mut names: Vec<Value<'_>> = (0..self.names.len())
            .map(|at| Value::Unknown(Slot::try_from(at).unwrap_or(Slot::MAX)))
            .collect();
        if let Some(name) = names.get_mut(slot::ARRIVAL) {
            *name = Value::Date(day);
        }
        for ((_, test), point) in step.tests.iter().zip(point) {
            if let Expr::Name(slot) = test
                && let Some(name) = names.get_mut(usize::from(*slot))
            {
                *name = point.value;
            }
        }
        for condition in self.steps.iter().filter(|step| step.kind == StepKind::Condition) {
            let truth = eval(&condition.formula, &names);
            if let Some(name) = names.get_mut(usize::from(condition.slot)) {
                *name = truth;
            }
        }
        let conditions = [step.when.as_ref(), when];
        (conditions.into_iter().flatten()).any(|condition| condition.holds(&names) == Tri::No)
    }

    fn check_pair(
        &self,
        step: &Step,
        (first_rule, first): (&Rule, &Row),
        (second_rule, second): (&Rule, &Row),
        point: &[&Point<'_>],
        reported: &mut BTreeSet<(String, String)>,
        problems: &mut Problems,
    ) {
        let (a, b) = (&first_rule.law, &second_rule.law);
        if std::ptr::eq(first_rule, second_rule) {
            if reported.insert((
                format!("{}:{}", first.file, first.line),
                format!("{}", second.line),
            )) {
                let text = format!(
                    "overlaps with line {} of the same rule {:?} at {}",
                    first.line,
                    a.id,
                    place(step, point)
                );
                problems.error(&second.file, second.line, text);
            }
            return;
        }
        let same_case = first_rule.when_text == second_rule.when_text
            || first_rule.when_text.is_empty()
            || second_rule.when_text.is_empty();
        let said = a.disputes.contains(&b.id) || b.disputes.contains(&a.id);
        let plain = a.standing == Standing::InForce && b.standing == Standing::InForce;
        let same = first.values == second.values;
        if same_case && plain && !said && !same && a.meets(b) && reported.insert((a.id.clone(), b.id.clone()))
        {
            let text = format!(
                "{:?} and {:?} both hold{}; give the earlier a `to`, or say in `disputes` that they disagree",
                a.id,
                b.id,
                if point.is_empty() {
                    String::new()
                } else {
                    format!(" at {}", place(step, point))
                },
            );
            problems.error(&b.file, b.line, text);
        }
    }
}

/// Whether an address leads nowhere: that of the skeleton, and others under the names kept for examples (RFC 2606).
fn is_placeholder(source: &str) -> bool {
    let host = source.split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    ["example.org", "example.com", "example.net", "example"]
        .iter()
        .any(|name| host == *name || host.ends_with(&format!(".{name}")))
}

/// A value at which a table is tried, with how it is shown.
struct Point<'a> {
    value: Value<'a>,
    shown: String,
}

/// The values of one column that matter: each edge, a little below and above it, and each word.
fn axis<'a>(tests: impl Iterator<Item = &'a Test>) -> Vec<Point<'a>> {
    use crate::feel::Bound;
    let step = Decimal::new(1, 4);
    let mut numbers = BTreeSet::new();
    let mut days = BTreeSet::new();
    let mut words = BTreeSet::new();
    let mut excludes = false;
    for test in tests {
        excludes |= test.excludes();
        let mut bounds = Vec::new();
        test.bounds(&mut bounds);
        for bound in bounds {
            match bound {
                Bound::Number(number) => {
                    let number = number.decimal();
                    numbers.extend([number - step, number, number + step]);
                }
                Bound::Day(day) => days.extend(
                    [day.yesterday().ok(), Some(day), day.tomorrow().ok()]
                        .into_iter()
                        .flatten(),
                ),
            }
        }
        let mut here = Vec::new();
        test.words(&mut here);
        words.extend(here);
    }
    let mut points: Vec<Point<'a>> = numbers
        .into_iter()
        .filter(|number| *number >= Decimal::ZERO)
        .map(|number| Point {
            value: Value::number(number),
            shown: number.normalize().to_string(),
        })
        .collect();
    points.extend(days.into_iter().map(|day| Point {
        value: Value::Date(day),
        shown: day.to_string(),
    }));
    points.extend(words.into_iter().map(|word: &'a str| Point {
        value: match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            word => Value::Text(word),
        },
        shown: word.to_owned(),
    }));
    if excludes {
        points.push(Point {
            value: Value::Text(""),
            shown: "any other".to_owned(),
        });
    }
    if points.is_empty() {
        points.push(Point {
            value: Value::Bool(false),
            shown: "anything".to_owned(),
        });
    }
    points
}

/// One of all combinations of the axes' values, by its number.
fn combination<'p, 'a>(axes: &'p [Vec<Point<'a>>], number: usize) -> Vec<&'p Point<'a>> {
    let mut rest = number;
    axes.iter()
        .map(|axis| {
            let at = &axis[rest % axis.len()];
            rest /= axis.len();
            at
        })
        .collect()
}

fn place(step: &Step, point: &[&Point<'_>]) -> String {
    let parts: Vec<String> = step
        .tests
        .iter()
        .zip(point)
        .map(|((text, _), point)| format!("{text} = {}", point.shown))
        .collect();
    parts.join(", ")
}

/// Warns of days between two rules about the same thing on which neither holds.
fn check_times(about: &str, laws: &[(&Law, &str)], problems: &mut Problems) {
    for (law, when) in laws {
        let Some(to) = law.to else { continue };
        let next = to.last().tomorrow().unwrap_or(Date::MAX);
        let same = || {
            laws.iter()
                .filter(|(other, their)| their == when && !std::ptr::eq(*other, *law))
        };
        if same().any(|(other, _)| other.on(next) != Force::No) {
            continue;
        }
        let later = same()
            .filter_map(|(other, _)| other.from)
            .map(|from| from.first())
            .filter(|from| *from > next)
            .min();
        if let Some(later) = later {
            let text =
                format!("{about}: no rule from {next} until {later}; a quote for a day between will say so");
            problems.warn(&law.file, law.line, text);
        }
    }
}

impl RuleSet {
    pub(crate) fn check_examples(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for pack in self.packs() {
            let mut problems = Problems::of(&pack.country.to_ascii_lowercase());
            for result in self.run_examples(pack) {
                if let Some(problem) = result.problem {
                    problems.error("examples.csv", result.line, format!("{}: {problem}", result.id));
                }
            }
            found.append(&mut problems.found);
        }
        found
    }
}
