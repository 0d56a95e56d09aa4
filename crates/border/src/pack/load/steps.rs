//! The steps of the calculation, with their rules and tables of bands.

use std::collections::BTreeMap;

use super::Reading;
use super::country::StepToml;
use super::law::LAW;
use crate::feel::{Slot, Test, parse};
use crate::pack::text::Sheet;
use crate::pack::{Input, NOT_FOUND, PackSource, Row, Rule, Sieve, Step, StepKind, by_length, table};

impl Reading<'_> {
    pub(super) fn rule_lines(&mut self, prefix: &str, part: &PackSource, steps: &[String]) {
        let file = format!("{prefix}rules.csv");
        let Some(bytes) = part.files.get("rules.csv") else {
            return;
        };
        let Some(sheet) = Sheet::read(&file, bytes, &mut self.problems) else {
            return;
        };
        let known: Vec<&str> = LAW.iter().copied().chain(["for", "value"]).collect();
        sheet.only(&file, &known, &mut self.problems);
        for record in &sheet.records {
            let of = sheet.cell(record, "for").to_owned();
            if !steps.contains(&of) {
                // A shared part may say more than this country uses.
                if prefix.is_empty() {
                    let hint = crate::fact::nearest(&of, steps.iter().map(String::as_str));
                    self.error(
                        &file,
                        record.line,
                        format!("for {of:?}: no step in country.toml has this name; {hint}"),
                    );
                }
                continue;
            }
            let Some(law) = self.law(&file, &sheet, record) else {
                continue;
            };
            let value = sheet.cell(record, "value").to_owned();
            let when_text = sheet.cell(record, "when").to_owned();
            let rule = Rule {
                law,
                when_text,
                value_text: value.clone(),
                when: None,
                rows: Vec::new(),
            };
            self.rules.push((of, rule, value));
        }
    }

    pub(super) fn band_files(&mut self, prefix: &str, part: &PackSource, steps: &[String]) {
        for (name, bytes) in &part.files {
            let Some(step) = name.strip_suffix(".csv") else {
                continue;
            };
            if matches!(step, "rules" | "checks" | "notes" | "examples") {
                continue;
            }
            if !prefix.is_empty() && !steps.iter().any(|known| known == step) {
                continue;
            }
            let file = format!("{prefix}{name}");
            if let Some(sheet) = Sheet::read(&file, bytes, &mut self.problems) {
                self.bands.entry(step.to_owned()).or_default().push((file, sheet));
            }
        }
    }

    pub(super) fn steps(&mut self, steps: Vec<StepToml>, round: u32) -> Vec<Step> {
        let mut made = Vec::new();
        for step in steps {
            let context = format!("step {:?}: ", step.name);
            self.table.local.clear();
            let compiled = self.step(step, round);
            match compiled {
                Ok(step) => made.push(step),
                Err(problem) => self.error("country.toml", 0, format!("{context}{problem}")),
            }
        }
        self.table.local.clear();
        for at in 1..made.len() {
            let (earlier, rest) = made.split_at_mut(at);
            if let Some(step) = rest.first_mut() {
                let used = step.names();
                step.rests_on = (0..at).filter(|at| used.contains(&earlier[*at].slot)).collect();
            }
        }
        made
    }

    /// The slots of what a user may give, in the order of their names: prices, inputs, and any step.
    pub(super) fn givens(&self, inputs: &[Input], steps: &[Step]) -> Vec<(String, Slot)> {
        let prices = ["price", "freight", "insurance", "fob", "cif"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), self.table.find(name)?)));
        let inputs = inputs.iter().map(|input| (input.name.clone(), input.slot));
        let steps = steps.iter().map(|step| (step.name.clone(), step.slot));
        let mut givens: Vec<(String, Slot)> = prices.chain(inputs).chain(steps).collect();
        givens.sort_unstable_by(|(a, _), (b, _)| by_length(a, b));
        givens
    }

    fn step(&mut self, step: StepToml, round: u32) -> Result<Step, String> {
        let when = step
            .when
            .as_deref()
            .map(|text| parse(text, &mut self.table))
            .transpose()?;
        let base = step
            .base
            .as_deref()
            .map(|text| parse(text, &mut self.table))
            .transpose()?;
        let base_slot = self.table.add_local("base")?;
        let value = self.table.add_local("value")?;
        let mut columns = vec![("value".to_owned(), value)];
        let mut tests = Vec::new();
        let mut rules = Vec::new();
        let mine: Vec<(String, Rule, String)> = {
            let (mine, rest) = std::mem::take(&mut self.rules)
                .into_iter()
                .partition(|(of, ..)| *of == step.name);
            self.rules = rest;
            mine
        };
        let sheets = self.bands.remove(&step.name).unwrap_or_default();
        let mut bands: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for (at, (file, sheet)) in sheets.iter().enumerate() {
            if let Some((first, earlier)) = sheets.first().filter(|(_, first)| first.columns != sheet.columns)
            {
                let text = format!(
                    "adds to the bands of {first}, so it must have the same columns: {}",
                    earlier.columns.join(",")
                );
                self.error(file, 1, text);
                continue;
            }
            let own = table::read(file, sheet, &mut self.table, &mut self.problems);
            if at == 0 {
                tests = own.tests;
                columns.extend(own.columns);
            }
            for (rule, mut rows) in own.rows {
                bands.entry(rule).or_default().append(&mut rows);
            }
        }
        for (_, mut rule, value) in mine {
            let (file, line) = (rule.law.file.clone(), rule.law.line);
            if !rule.when_text.is_empty() {
                match parse(&rule.when_text, &mut self.table) {
                    Ok(expr) => rule.when = Some(expr),
                    Err(problem) => self.error(&file, line, format!("when: {problem}")),
                }
            }
            rule.rows = bands.remove(&rule.law.id).unwrap_or_default();
            if !value.is_empty() && !rule.rows.is_empty() {
                self.error(
                    &file,
                    line,
                    "has a value here and rows in a table; keep one of them",
                );
            }
            if rule.rows.is_empty() {
                let mut values = vec![None; columns.len()];
                let is_known = !value.is_empty() && value != NOT_FOUND;
                if is_known {
                    match parse(&value, &mut self.table) {
                        Ok(expr) => values[0] = Some(expr),
                        Err(problem) => self.error(&file, line, format!("value: {problem}")),
                    }
                }
                rule.rows.push(Row {
                    file,
                    line,
                    tests: vec![Test::Any; tests.len()],
                    values,
                    note: String::new(),
                    text: if is_known {
                        format!("value {value}")
                    } else {
                        format!("value {NOT_FOUND}")
                    },
                });
            }
            rules.push(rule);
        }
        for (id, rows) in bands {
            if let Some(row) = rows.first() {
                let text = format!("rule {id:?} is not in rules.csv for {:?}", step.name);
                self.error(&row.file, row.line, text);
            }
        }
        let formula_text = match (&step.formula, &step.base) {
            (Some(text), _) => text.clone(),
            (None, Some(_)) => "value * base".to_owned(),
            (None, None) => "value".to_owned(),
        };
        let formula = parse(&formula_text, &mut self.table)?;
        let otherwise = step
            .otherwise
            .as_deref()
            .map(|text| parse(text, &mut self.table))
            .transpose()?;
        let uses_value = {
            let mut names = Vec::new();
            formula.names(&mut names);
            columns.iter().any(|(_, slot)| names.contains(slot))
        };
        if step.kind == StepKind::Condition
            && (!rules.is_empty() || step.when.is_some() || step.base.is_some())
        {
            return Err("a condition has a formula and nothing else".to_owned());
        }
        if uses_value && rules.is_empty() {
            return Err(
                "its formula needs a value of the law, and no line of rules.csv is for it".to_owned(),
            );
        }
        let local = std::mem::take(&mut self.table.local);
        let slot = self.table.add(&step.name)?;
        self.table.local = local;
        let is_value = step.kind == StepKind::Value;
        Ok(Step {
            slot,
            name: step.name,
            title: step.title,
            kind: step.kind,
            base_text: step.base,
            formula_text,
            rules,
            when,
            condition: None,
            base,
            base_slot,
            formula,
            rests_on: Vec::new(),
            basis: Vec::new(),
            by_category: false,
            otherwise,
            is_share: false,
            // An index or a share is not money: it keeps its digits unless told otherwise.
            round: step.round.unwrap_or(if is_value { 28 } else { round }).min(28),
            tests,
            sieve: Sieve::default(),
            terms: Vec::new(),
            columns,
        })
    }
}
