//! Checks of admissibility and of export control, and remarks.

use std::collections::BTreeSet;

use super::Reading;
use super::law::LAW;
use crate::feel::{Test, parse, parse_test};
use crate::pack::{Check, Effect, Remark, table};

impl Reading<'_> {
    pub(super) fn checks(&mut self) -> Vec<Check> {
        let file = "checks.csv";
        let Some(sheet) = self.sheet(file) else {
            return Vec::new();
        };
        let known: Vec<&str> = LAW
            .iter()
            .copied()
            .chain(["key", "effect", "fact", "test", "reason", "evidence", "authority"])
            .collect();
        sheet.only(file, &known, &mut self.problems);
        let mut checks = Vec::new();
        for record in &sheet.records {
            let Some(law) = self.law(file, &sheet, record) else {
                continue;
            };
            let line = record.line;
            let cell = |name: &str| sheet.cell(record, name);
            let effect = match cell("effect") {
                "deny" => Effect::Deny,
                "require" => Effect::Require,
                "require_all" => Effect::RequireAll,
                "permit" => Effect::Permit,
                "hold" => Effect::Hold,
                "warn" => Effect::Warn,
                "waive" => Effect::Waive,
                "limit" => Effect::Limit,
                "none" => Effect::None,
                other => {
                    let text = format!(
                        "effect {other:?} is not one of deny, require, require_all, permit, hold, warn, waive, limit, none"
                    );
                    self.error(file, line, text);
                    continue;
                }
            };
            let mut expr = |what: &str, text: &str| match text {
                "" => None,
                text => match parse(text, &mut self.table) {
                    Ok(expr) => Some(expr),
                    Err(problem) => {
                        self.problems.error(file, line, format!("{what}: {problem}"));
                        None
                    }
                },
            };
            let when = expr("when", cell("when"));
            let fact = expr("fact", cell("fact"));
            let test = match parse_test(cell("test")) {
                Ok(test) => test,
                Err(problem) => {
                    self.error(file, line, format!("test: {problem}"));
                    Test::Any
                }
            };
            if fact.is_none() != (test == Test::Any) {
                self.error(file, line, "fact and test go together: give both or neither");
            }
            if fact.is_none() && matches!(effect, Effect::Require | Effect::RequireAll) {
                self.error(
                    file,
                    line,
                    "a requirement needs a fact and a test, such as documents and the name of one",
                );
            }
            if let Some(expr) = &fact {
                table::check_words(cell("fact"), expr, &test, file, line, &mut self.problems);
            }
            if cell("key").is_empty() || cell("reason").is_empty() {
                self.error(file, line, "key and reason must be given");
            }
            checks.push(Check {
                law,
                key: cell("key").to_owned(),
                effect,
                reason: cell("reason").to_owned(),
                evidence: list(cell("evidence")),
                authority: cell("authority").to_owned(),
                when,
                fact,
                fact_text: cell("fact").to_owned(),
                when_text: cell("when").to_owned(),
                test,
                test_text: cell("test").to_owned(),
                waivers: Vec::new(),
                by_category: false,
            });
        }
        let denied: BTreeSet<&str> = checks
            .iter()
            .filter(|check| check.effect != Effect::Waive)
            .map(|check| check.key.as_str())
            .collect();
        let idle: Vec<(u64, String)> = checks
            .iter()
            .filter(|check| check.effect == Effect::Waive && !denied.contains(check.key.as_str()))
            .map(|check| (check.law.line, check.key.clone()))
            .collect();
        for (line, key) in idle {
            self.error(file, line, format!("waives {key:?}, and no check has this key"));
        }
        checks
    }

    pub(super) fn remarks(&mut self) -> Vec<Remark> {
        let file = "notes.csv";
        let Some(sheet) = self.sheet(file) else {
            return Vec::new();
        };
        let known: Vec<&str> = LAW.iter().copied().chain(["topic", "text"]).collect();
        sheet.only(file, &known, &mut self.problems);
        let mut remarks = Vec::new();
        for record in &sheet.records {
            let Some(law) = self.law(file, &sheet, record) else {
                continue;
            };
            let (topic, text) = (sheet.cell(record, "topic"), sheet.cell(record, "text"));
            if topic.is_empty() || text.is_empty() {
                self.error(file, record.line, "topic and text must be given");
            }
            remarks.push(Remark {
                law,
                topic: topic.to_owned(),
                text: text.to_owned(),
            });
        }
        remarks
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}
