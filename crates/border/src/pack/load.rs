//! Files to packs. Everything is read and every problem is reported; a pack with an error is not made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use serde::Deserialize;

use super::check::Strictness;
use super::example;
use super::law::{Confidence, Days, Law, Standing};
use super::names::Table;
use super::problem::{Problem, Problems, Severity};
use super::table;
use super::text::{Record, Sheet};
use super::{Check, Effect, Input, Pack, PackSource, Remark, Row, Rule, RuleSet, Side, Step, StepKind};
use crate::feel::{Slot, Test, parse, parse_test};

/// The only format there is.
const FORMAT: &str = "carnet-rules/1";

/// The columns that say where a rule comes from, in every file that has rules.
const LAW: [&str; 12] = [
    "id",
    "from",
    "to",
    "basis",
    "act",
    "source",
    "confidence",
    "status",
    "disputes",
    "unit",
    "note",
    "when",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CountryToml {
    format: String,
    country: String,
    name: String,
    currency: String,
    #[serde(default = "import")]
    side: Side,
    as_of: toml::value::Datetime,
    verdict: String,
    headline: String,
    #[serde(default)]
    steering: String,
    #[serde(default)]
    ports: Vec<String>,
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    gaps: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    uses: Vec<String>,
    #[serde(default = "two")]
    round: u32,
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    input: Vec<InputToml>,
    #[serde(default)]
    step: Vec<StepToml>,
}

fn import() -> Side {
    Side::Import
}

fn two() -> u32 {
    2
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedToml {
    format: String,
    #[serde(default)]
    sources: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InputToml {
    name: String,
    ask: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepToml {
    name: String,
    title: String,
    kind: StepKind,
    when: Option<String>,
    base: Option<String>,
    formula: Option<String>,
    otherwise: Option<String>,
    round: Option<u32>,
}

impl RuleSet {
    /// Reads packs.
    ///
    /// # Errors
    /// Every problem found, warnings among them, if one of them is an error; among the errors is a rule set without the
    /// export control of Korea, which cannot be left out.
    pub fn load(sources: &[PackSource]) -> Result<RuleSet, Vec<Problem>> {
        let (set, problems) = Self::read(sources, &Strictness::Load);
        match set {
            Some(set) if problems.iter().all(|p| p.severity != Severity::Error) => Ok(set),
            _ => Err(problems),
        }
    }

    /// Reads packs and checks them as strictly as asked. The set holds the packs that are free of errors; it is missing
    /// if the export control is.
    pub fn read(sources: &[PackSource], how: &Strictness) -> (Option<RuleSet>, Vec<Problem>) {
        let shared: BTreeMap<&str, &PackSource> = sources
            .iter()
            .filter(|source| source.files.contains_key("shared.toml"))
            .map(|source| (source.name.as_str(), source))
            .collect();
        let mut packs = BTreeMap::new();
        let mut all = Vec::new();
        for source in sources {
            if !source.files.contains_key("country.toml") {
                if !source.files.contains_key("shared.toml") {
                    let mut problems = Problems::of(&source.name);
                    problems.error("country.toml", 0, "missing; `carnet rules new XX` makes one");
                    all.append(&mut problems.found);
                }
                continue;
            }
            let (pack, mut problems) = read_pack(source, &shared);
            if let Some(pack) = pack {
                pack.check(how, &mut problems);
                if problems.found.iter().all(|p| p.severity != Severity::Error) {
                    packs.insert(pack.country.clone(), pack);
                }
            }
            all.append(&mut problems.found);
        }
        let set = RuleSet::of(packs);
        let mut problems = Problems::of("kr");
        set.check_export_control(&mut problems);
        let guarded = problems.found.is_empty();
        all.append(&mut problems.found);
        all.sort();
        if guarded && matches!(how, Strictness::Full { .. }) {
            let mut problems = set.check_examples();
            all.append(&mut problems);
        }
        (guarded.then_some(set), all)
    }
}

/// What is gathered of one pack before it is put together.
struct Reading<'a> {
    problems: Problems,
    sources: BTreeMap<String, String>,
    used_sources: BTreeSet<String>,
    table: Table,
    /// Rules of steps with the step's name, in the order of the files.
    rules: Vec<(String, Rule, String)>,
    ids: BTreeMap<String, String>,
    /// Band tables by step name, with the files they are in: those of shared parts, then the pack's own.
    bands: BTreeMap<String, Vec<(String, Sheet)>>,
    source: &'a PackSource,
}

fn read_pack(source: &PackSource, shared: &BTreeMap<&str, &PackSource>) -> (Option<Pack>, Problems) {
    let mut reading = Reading {
        problems: Problems::of(&source.name),
        sources: BTreeMap::new(),
        used_sources: BTreeSet::new(),
        table: Table::new(),
        rules: Vec::new(),
        ids: BTreeMap::new(),
        bands: BTreeMap::new(),
        source,
    };
    let Some(toml) = reading.toml::<CountryToml>(source, "country.toml") else {
        return (None, reading.problems);
    };
    let pack = reading.pack(toml, shared);
    (pack, reading.problems)
}

impl Reading<'_> {
    fn error(&mut self, file: &str, line: u64, text: impl Into<String>) {
        self.problems.error(file, line, text);
    }

    fn toml<T: serde::de::DeserializeOwned>(&mut self, source: &PackSource, file: &str) -> Option<T> {
        let bytes = source.files.get(file)?;
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.error(file, 0, format!("not UTF-8 from byte {} on", error.valid_up_to()));
                return None;
            }
        };
        match toml::from_str(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = error.span().map_or(0, |span| {
                    text.get(..span.start)
                        .map_or(0, |before| before.matches('\n').count() as u64 + 1)
                });
                self.error(file, line, error.message().to_owned());
                None
            }
        }
    }

    fn pack(&mut self, toml: CountryToml, shared: &BTreeMap<&str, &PackSource>) -> Option<Pack> {
        let file = "country.toml";
        if toml.format != FORMAT {
            self.error(file, 0, format!("format {:?} is not {FORMAT:?}", toml.format));
        }
        if !is_country(&toml.country) || toml.country.to_ascii_lowercase() != self.source.name {
            let text = format!(
                "country {:?} must be two capital letters, and the folder {:?} the same in small ones",
                toml.country, self.source.name
            );
            self.error(file, 0, text);
        }
        let currency = match toml.currency.parse() {
            Ok(currency) => Some(currency),
            Err(error) => {
                self.error(file, 0, format!("currency: {error}"));
                None
            }
        };
        let as_of = match toml.as_of.date {
            Some(date) => Date::new(
                i16::try_from(date.year).unwrap_or(0),
                i8::try_from(date.month).unwrap_or(0),
                i8::try_from(date.day).unwrap_or(0),
            )
            .ok(),
            None => None,
        };
        if as_of.is_none() {
            self.error(file, 0, "as_of must be a day such as 2026-11-23");
        }
        if toml.round > 6 {
            self.error(file, 0, "round: at most 6 decimals");
        }
        self.sources.clone_from(&toml.sources);
        let mut parts = Vec::new();
        for name in &toml.uses {
            match shared.get(name.as_str()) {
                Some(part) => {
                    let part: &PackSource = part;
                    if let Some(shared) = self.toml::<SharedToml>(part, "shared.toml") {
                        if shared.format != FORMAT {
                            self.error("shared.toml", 0, format!("format is not {FORMAT:?}"));
                        }
                        self.sources.extend(shared.sources);
                    }
                    parts.push((format!("../{name}/"), part));
                }
                None => self.error(
                    file,
                    0,
                    format!("uses {name:?}, and there is no folder of that name with a shared.toml"),
                ),
            }
        }
        let mut inputs = Vec::new();
        for input in toml.input {
            match self.table.add(&input.name) {
                Ok(slot) => inputs.push(Input {
                    name: input.name,
                    ask: input.ask,
                    slot,
                }),
                Err(problem) => self.error(file, 0, problem),
            }
        }
        let own = self.source;
        let steps: Vec<String> = toml.step.iter().map(|step| step.name.clone()).collect();
        for (prefix, part) in parts.iter().map(|(p, s)| (p.as_str(), *s)).chain([("", own)]) {
            self.rule_lines(prefix, part, &steps);
            self.band_files(prefix, part, &steps);
        }
        let steps = self.steps(toml.step, toml.round);
        let given = self.givens(&inputs, &steps);
        let checks = self.checks();
        let remarks = self.remarks();
        let examples = match self.source.files.get("examples.csv") {
            Some(bytes) => match Sheet::read("examples.csv", bytes, &mut self.problems) {
                Some(sheet) => example::read(&sheet, &mut self.problems),
                None => Vec::new(),
            },
            None => Vec::new(),
        };
        self.names_of_files();
        for key in toml.sources.keys() {
            if !self.used_sources.contains(key) {
                self.problems
                    .warn(file, 0, format!("source {key:?} is used by no rule"));
            }
        }
        Some(Pack {
            country: toml.country,
            name: toml.name,
            side: toml.side,
            currency: currency?,
            as_of: as_of?,
            verdict: toml.verdict,
            headline: toml.headline,
            steering: toml.steering,
            ports: toml.ports,
            regions: toml.regions,
            gaps: toml.gaps,
            notes: toml.notes,
            steps,
            checks,
            remarks,
            inputs,
            examples,
            names: std::mem::take(&mut self.table.names),
            currencies: std::mem::take(&mut self.table.currencies),
            given,
            barring: Vec::new(),
            horsepower: false,
            blank: Vec::new(),
            widest: [0; 3],
        })
    }

    /// Files that no step answers to are spelling mistakes, and their bands would be lost.
    fn names_of_files(&mut self) {
        let known = [
            "country.toml",
            "rules.csv",
            "checks.csv",
            "notes.csv",
            "examples.csv",
        ];
        let left: Vec<String> = self
            .bands
            .values()
            .flatten()
            .map(|(file, _)| file.clone())
            .collect();
        for file in left {
            self.error(&file, 0, "no step in country.toml has the name of this file");
        }
        for name in self.source.files.keys() {
            if !known.contains(&name.as_str()) && !name.ends_with(".csv") && !name.ends_with(".md") {
                self.problems
                    .warn(name, 0, "not a file of a pack; it is not read");
            }
        }
    }

    fn rule_lines(&mut self, prefix: &str, part: &PackSource, steps: &[String]) {
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
                condition: None,
                rows: Vec::new(),
            };
            self.rules.push((of, rule, value));
        }
    }

    fn band_files(&mut self, prefix: &str, part: &PackSource, steps: &[String]) {
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

    fn steps(&mut self, steps: Vec<StepToml>, round: u32) -> Vec<Step> {
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
        made.iter_mut().for_each(Step::number_cells);
        for at in 1..made.len() {
            let (earlier, rest) = made.split_at_mut(at);
            if let Some(step) = rest.first_mut() {
                let used = step.names();
                step.rests_on = (0..at).filter(|at| used.contains(&earlier[*at].slot)).collect();
            }
        }
        made
    }

    /// The slots of what a user may give: prices, inputs, and any step.
    fn givens(&self, inputs: &[Input], steps: &[Step]) -> HashMap<String, Slot> {
        let prices = ["price", "freight", "insurance", "fob", "cif"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), self.table.find(name)?)));
        let inputs = inputs.iter().map(|input| (input.name.clone(), input.slot));
        let steps = steps.iter().map(|step| (step.name.clone(), step.slot));
        prices.chain(inputs).chain(steps).collect()
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
                if !value.is_empty() {
                    match parse(&value, &mut self.table) {
                        Ok(expr) => values[0] = Some(expr),
                        Err(problem) => self.error(&file, line, format!("value: {problem}")),
                    }
                }
                rule.rows.push(Row {
                    file,
                    line,
                    tests: vec![Test::Any; tests.len()],
                    cells: Vec::new(),
                    values,
                    note: String::new(),
                    text: if value.is_empty() {
                        "value not found".to_owned()
                    } else {
                        format!("value {value}")
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
            base,
            base_slot,
            formula,
            rests_on: Vec::new(),
            otherwise,
            // An index or a share is not money: it keeps its digits unless told otherwise.
            round: step.round.unwrap_or(if is_value { 28 } else { round }).min(28),
            tests,
            cells: Vec::new(),
            conditions: Vec::new(),
            columns,
        })
    }

    fn checks(&mut self) -> Vec<Check> {
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

    fn remarks(&mut self) -> Vec<Remark> {
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

    fn sheet(&mut self, file: &str) -> Option<Sheet> {
        let bytes = self.source.files.get(file)?;
        Sheet::read(file, bytes, &mut self.problems)
    }

    fn law(&mut self, file: &str, sheet: &Sheet, record: &Record) -> Option<Law> {
        let line = record.line;
        let cell = |name: &str| sheet.cell(record, name);
        let before = self.problems.found.len();
        let id = cell("id").to_owned();
        if id.is_empty() {
            self.error(file, line, "id must be given");
        } else if let Some(other) = self.ids.insert(id.clone(), format!("{file}:{line}")) {
            self.error(file, line, format!("id {id:?} is taken by {other}"));
        }
        let mut date = |name: &str| match cell(name) {
            "" => None,
            text => match text.parse() {
                Ok(date) => Some(date),
                Err(error) => {
                    self.problems.error(file, line, format!("{name}: {error}"));
                    None
                }
            },
        };
        let (from, to): (Option<crate::date::PartialDate>, Option<crate::date::PartialDate>) =
            (date("from"), date("to"));
        if let (Some(from), Some(to)) = (from, to)
            && to.last() < from.first()
        {
            self.error(
                file,
                line,
                format!("ends on {to}, before it begins on {from}: it would never hold"),
            );
        }
        let confidence = match cell("confidence") {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            "low" => Confidence::Low,
            other => {
                self.error(
                    file,
                    line,
                    format!("confidence {other:?} is not one of high, medium, low"),
                );
                Confidence::Low
            }
        };
        let standing = match cell("status") {
            "" => Standing::InForce,
            "proposed" => Standing::Proposed,
            "quota" => Standing::Quota,
            "suspended" => Standing::Suspended,
            "superseded" => Standing::Superseded,
            "unverified" => Standing::Unverified,
            other => {
                let text = format!(
                    "status {other:?} is not one of proposed, quota, suspended, superseded, unverified; leave it empty for the law in force"
                );
                self.error(file, line, text);
                Standing::InForce
            }
        };
        let unit = cell("unit");
        if !unit.is_empty() && !is_unit(unit) {
            self.error(file, line, format!("unit {unit:?} is not known; {UNITS}"));
        }
        let mut sources = Vec::new();
        for word in cell("source").split_whitespace() {
            if let Some(full) = self.sources.get(word) {
                self.used_sources.insert(word.to_owned());
                sources.push(full.clone());
            } else if word.contains("://") || word.starts_with("public-code-index:") {
                sources.push(word.to_owned());
            } else {
                self.problems.error(
                    file,
                    line,
                    format!("source {word:?} is neither an address nor a name in [sources] of country.toml"),
                );
            }
        }
        if sources.is_empty() {
            self.error(file, line, "no source; every rule names where it was read");
        }
        if self.problems.found[before..]
            .iter()
            .any(|p| p.severity == Severity::Error)
        {
            return None;
        }
        Some(Law {
            id,
            from,
            to,
            basis: cell("basis").to_owned(),
            act: cell("act").to_owned(),
            sources,
            confidence,
            standing,
            disputes: cell("disputes").split_whitespace().map(str::to_owned).collect(),
            unit: unit.to_owned(),
            note: cell("note").to_owned(),
            file: file.to_owned(),
            line,
            days: Days::of(from, to),
        })
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Two capital letters.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// What a unit may be, for the message that one is not.
const UNITS: &str = "write fraction, coefficient, years, months, year, date, cc, kW, hp, km, units, text, code, \
    condition, procedure, index (such as MRP or BRV), a currency, or a currency per cc, hp, g/km or vehicle (EUR/cc)";

fn is_unit(text: &str) -> bool {
    const PLAIN: [&str; 17] = [
        "fraction",
        "coefficient",
        "factor",
        "years",
        "months",
        "year",
        "date",
        "cc",
        "kW",
        "hp",
        "km",
        "units",
        "text",
        "code",
        "condition",
        "procedure",
        "words",
    ];
    let money = |text: &str| {
        let index = matches!(text, "MRP" | "BRV");
        index || text.parse::<crate::money::Currency>().is_ok()
    };
    PLAIN.contains(&text)
        || money(text)
        || text.split_once('/').is_some_and(|(money_of, per)| {
            money(money_of) && matches!(per, "cc" | "hp" | "kW" | "g/km" | "vehicle")
        })
}
