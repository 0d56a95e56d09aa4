//! Files to packs. Everything is read and every problem is reported; a pack with an error is not made.
//!
//! [`country`] is what `country.toml` may say; [`steps`] makes the calculation of it, with `rules.csv` and the tables of bands;
//! [`checks`] reads `checks.csv` and `notes.csv`; [`law`] is what every line of a rule says of where it comes from; [`guard`] holds the
//! rule set to the export control in the program.

mod checks;
mod country;
mod guard;
mod law;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::check::Strictness;
use super::example;
use super::names::Table;
use super::problem::{Problem, Problems, Severity};
use super::text::Sheet;
use super::{Input, Pack, PackSource, Passing, Rule, RuleSet};
use crate::country::is_country;
use country::{CountryToml, SharedToml};

/// The only format there is.
const FORMAT: &str = "carnet-rules/1";

impl RuleSet {
    /// Reads packs.
    ///
    /// # Errors
    /// Every problem found, warnings among them, if one of them is an error; among the errors is a rule set in which a rule of
    /// Korea's export control is missing, altered or lifted.
    pub fn load(sources: &[PackSource]) -> Result<RuleSet, Vec<Problem>> {
        let (set, problems) = Self::read(sources, &Strictness::Load);
        match set {
            Some(set) if problems.iter().all(|p| p.severity != Severity::Error) => Ok(set),
            _ => Err(problems),
        }
    }

    /// Reads packs and checks them as strictly as asked. The set holds the packs that are free of errors; it is missing
    /// if the export control is not whole.
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
        guard::check(&set, &mut problems);
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
    /// Those of shared parts, with the place of each.
    shared_sources: BTreeMap<String, (String, String)>,
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
        shared_sources: BTreeMap::new(),
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
                "country {:?} must be the code of a country (ISO 3166, two capital letters), and the folder {:?} the same in small ones",
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
                        self.share_sources(name, part, shared.sources);
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
            prices: true,
            looks_at: Vec::new(),
            blank: Vec::new(),
            passing: Passing::default(),
            conditions: Vec::new(),
            widest: 0,
        })
    }

    /// Adds the short names of a shared part. One name for two addresses would put rules under a source that they are not from.
    fn share_sources(&mut self, part: &str, files: &PackSource, sources: BTreeMap<String, String>) {
        let place = format!("../{part}/shared.toml");
        for (key, address) in sources {
            let line = line_of(files, "shared.toml", &key);
            let here = format!("{place}:{line}");
            if let Some((other, before)) = self.shared_sources.get(&key)
                && *before != address
            {
                let text =
                    format!("source {key:?} is {address} here and {before} in {other}; rename one of them");
                self.error(&place, line, text);
            } else if let Some(before) = self.sources.get(&key)
                && *before != address
                && !self.shared_sources.contains_key(&key)
            {
                let own = line_of(self.source, "country.toml", &key);
                let text =
                    format!("source {key:?} is {before} here and {address} in {here}; rename one of them");
                self.error("country.toml", own, text);
            }
            self.shared_sources.insert(key.clone(), (here, address.clone()));
            self.sources.insert(key, address);
        }
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

    fn sheet(&mut self, file: &str) -> Option<Sheet> {
        let bytes = self.source.files.get(file)?;
        Sheet::read(file, bytes, &mut self.problems)
    }
}

/// The line on which a file gives a key, from 1; 0 where it is not written as a key usually is.
fn line_of(source: &PackSource, file: &str, key: &str) -> u64 {
    let text = source.files.get(file).map(|bytes| String::from_utf8_lossy(bytes));
    let is_key = |line: &str| {
        let rest = line
            .trim_start()
            .trim_start_matches(['"', '\''])
            .strip_prefix(key);
        rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with('='))
    };
    let at = text.and_then(|text| text.lines().position(is_key));
    at.map_or(0, |at| at as u64 + 1)
}
