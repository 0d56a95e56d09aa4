//! Rule packs: those in the program, and those of a folder that replace them one by one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use border::{PackSource, Problem, RuleSet, Severity, Strictness};
use include_dir::{Dir, include_dir};
use jiff::civil::Date;

use crate::data_dir;
use crate::error::DeskError;

mod atom;
mod coverage;
mod show;
mod skeleton;

pub use atom::atom;
pub use coverage::{Coverage, coverage, coverages};
pub use show::{Shown, ShownCheck, ShownRow, ShownRule, ShownStep, difference, show};
pub use skeleton::{is_known, skeleton};

/// The packs that travel in the program.
static PACKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules");

/// The most files that are read of one folder, and of the whole.
const MAX_FILES: usize = 2_000;

/// The largest file of a pack, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Rules to work with, and what became of packs that were given.
#[derive(Debug)]
pub struct Rulebook {
    /// The rules.
    pub set: RuleSet,
    /// Folders whose packs replaced those in the program, or were added.
    pub replaced: Vec<String>,
    /// Folders that were refused; the pack in the program stays.
    pub refused: Vec<String>,
    /// What is wrong with the refused ones, and warnings.
    pub problems: Vec<Problem>,
    /// The packs of the folder that are in force.
    taken: Vec<PackSource>,
}

/// The packs in the program.
pub fn embedded() -> Vec<PackSource> {
    PACKS
        .dirs()
        .map(|dir| PackSource {
            name: name(dir.path()),
            files: dir
                .files()
                .map(|file| (name(file.path()), file.contents().to_vec()))
                .collect(),
        })
        .collect()
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Reads the packs of a folder.
///
/// # Errors
/// The folder cannot be read, or is larger than packs are.
pub fn folder(path: &Path) -> Result<Vec<PackSource>, DeskError> {
    let mut sources = Vec::new();
    let mut count = 0;
    for entry in sorted(path)? {
        if !entry.is_dir() {
            continue;
        }
        let mut files = BTreeMap::new();
        for file in sorted(&entry)? {
            if !file.is_file() {
                continue;
            }
            count += 1;
            if count > MAX_FILES {
                return Err(DeskError::malformed(
                    path,
                    format!("more than {MAX_FILES} files; is this a folder of rule packs?"),
                ));
            }
            let bytes = data_dir::read_up_to(&file, MAX_FILE, "no table of a rule pack is that large")?;
            files.insert(name(&file), bytes);
        }
        sources.push(PackSource {
            name: name(&entry),
            files,
        });
    }
    if sources.is_empty() {
        return Err(DeskError::malformed(
            path,
            "holds no rule pack; each is a folder named by its country, such as jo",
        ));
    }
    Ok(sources)
}

fn sorted(path: &Path) -> Result<Vec<PathBuf>, DeskError> {
    let mut found = std::fs::read_dir(path)
        .map_err(DeskError::file(path))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(DeskError::file(path))?;
    found.sort();
    Ok(found)
}

/// The rules in the program, with packs of a folder in place of those of the same name. A pack that does not pass the full
/// check is refused, and the one in the program stays.
///
/// # Errors
/// The folder cannot be read, or the program's own packs are damaged.
pub fn open(path: Option<&Path>) -> Result<Rulebook, DeskError> {
    let Some(path) = path else {
        return Ok(Rulebook {
            set: RuleSet::load(&embedded()).map_err(damaged)?,
            replaced: Vec::new(),
            refused: Vec::new(),
            problems: Vec::new(),
            taken: Vec::new(),
        });
    };
    over(path, &[])
}

impl Rulebook {
    /// The same with the folder as it is now. A pack that does not pass the check is refused, and the one in force stays; a
    /// pack that is gone from the folder gives way to the one in the program.
    ///
    /// # Errors
    /// As [`open`].
    pub fn again(&self, path: &Path) -> Result<Rulebook, DeskError> {
        over(path, &self.taken)
    }
}

/// Packs of a folder over those of it that are in force, over those in the program.
fn over(path: &Path, before: &[PackSource]) -> Result<Rulebook, DeskError> {
    let given = folder(path)?;
    let is_given = |source: &&PackSource| given.iter().any(|given| given.name == source.name);
    let kept: Vec<PackSource> = before.iter().filter(is_given).cloned().collect();
    let base = overlay(&embedded(), kept.iter());
    let (_, mut problems) = RuleSet::read(&overlay(&base, given.iter()), &Strictness::Full { today: None });
    let wrong: Vec<&str> = problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.pack.as_str())
        .collect();
    let (refused, mut taken): (Vec<PackSource>, Vec<PackSource>) = given
        .into_iter()
        .partition(|source| wrong.contains(&source.name.as_str()));
    let mut refused: Vec<String> = refused.into_iter().map(|source| source.name).collect();
    let mut replaced: Vec<String> = taken.iter().map(|source| source.name.clone()).collect();
    let set = match RuleSet::load(&overlay(&base, taken.iter())) {
        Ok(set) => {
            taken.extend(kept.into_iter().filter(|source| refused.contains(&source.name)));
            set
        }
        // A shared part that pleases itself can still break a pack that stays; then nothing of the folder is taken.
        Err(found) => {
            problems.extend(found);
            refused.append(&mut replaced);
            taken = kept;
            RuleSet::load(&base).map_err(damaged)?
        }
    };
    problems.retain(|problem| replaced.contains(&problem.pack) || refused.contains(&problem.pack));
    Ok(Rulebook {
        set,
        replaced,
        refused,
        problems,
        taken,
    })
}

fn overlay<'a>(own: &'a [PackSource], over: impl Iterator<Item = &'a PackSource> + Clone) -> Vec<PackSource> {
    let names: Vec<&str> = over.clone().map(|source| source.name.as_str()).collect();
    own.iter()
        .filter(|source| !names.contains(&source.name.as_str()))
        .chain(over)
        .cloned()
        .collect()
}

fn damaged(problems: Vec<Problem>) -> DeskError {
    let first = problems
        .into_iter()
        .find(|problem| problem.severity == Severity::Error);
    DeskError::malformed(
        Path::new("(rules in the program)"),
        first.map_or_else(|| "cannot be loaded".to_owned(), |problem| problem.to_string()),
    )
}

/// Checks packs as strictly as can be: those of a folder over those in the program, or the latter alone.
///
/// # Errors
/// The folder cannot be read.
pub fn check(path: Option<&Path>, today: Date) -> Result<Checked, DeskError> {
    let own = embedded();
    let given = path.map(folder).transpose()?;
    let sources = match &given {
        Some(given) => overlay(&own, given.iter()),
        None => own,
    };
    let (set, mut problems) = RuleSet::read(&sources, &Strictness::Full { today: Some(today) });
    let mut names: Vec<String> = given
        .unwrap_or_else(|| sources.clone())
        .into_iter()
        .map(|s| s.name)
        .collect();
    names.sort();
    if path.is_some() {
        problems.retain(|problem| names.contains(&problem.pack));
    }
    let examples = set.as_ref().map_or(0, |set| {
        set.packs()
            .filter(|pack| names.contains(&pack.country.to_ascii_lowercase()))
            .map(|pack| pack.examples.len())
            .sum()
    });
    let rules = set.as_ref().map_or(0, |set| {
        set.packs()
            .filter(|pack| names.contains(&pack.country.to_ascii_lowercase()))
            .map(|pack| pack.laws().count())
            .sum()
    });
    Ok(Checked {
        packs: names,
        rules,
        examples,
        problems,
    })
}

/// What a check found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Checked {
    /// The folders that were checked.
    pub packs: Vec<String>,
    /// How many rules they hold.
    pub rules: usize,
    /// How many examples were run or listed.
    pub examples: usize,
    /// What was found, by folder, file and line.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// How many problems are errors.
    pub fn errors(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count()
    }
}
