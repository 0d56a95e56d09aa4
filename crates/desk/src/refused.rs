//! The lines that were not recorded, written to files that can be mended and recorded again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::error::DeskError;
use crate::input::{self, Line};

/// Where refused lines go: drafts and signed statements to one `.jsonl` file, the rows of each table to a `.csv` file of
/// their own under the table's header.
pub(crate) struct RefusedFiles {
    path: PathBuf,
    /// Whether a single table is recorded, so that its rows go to `path` itself.
    table: bool,
    /// The mapping of all tables, if one was named.
    mapping: Option<PathBuf>,
    /// Refused rows → the mapping they are recorded with.
    mappings: BTreeMap<PathBuf, PathBuf>,
    open: Vec<(PathBuf, BufWriter<File>)>,
}

impl RefusedFiles {
    /// Files at `path` and beside it, for what is refused of `files`, which `recorded` stands for. None is made before a
    /// line is refused, and none is ever written over another: it may hold what is still to be mended, or be recorded.
    pub(crate) fn new<'f>(
        path: &Path,
        recorded: &Path,
        mapping: Option<&Path>,
        files: impl Iterator<Item = &'f Path>,
    ) -> Result<Self, DeskError> {
        let is_csv = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        let table = recorded.is_file() && is_csv(recorded);
        let fits = if table {
            is_csv(path)
        } else {
            path.extension().is_some_and(|e| e == "jsonl")
        };
        if !fits {
            let ending = if table { ".csv" } else { ".jsonl" };
            let fix =
                format!("give it the ending {ending}, so that what is mended in it can be recorded again");
            return Err(DeskError::malformed(path, fix));
        }
        let refused = Self {
            path: path.to_owned(),
            table,
            mapping: mapping.map(Path::to_owned),
            mappings: BTreeMap::new(),
            open: Vec::new(),
        };
        let tables = files
            .filter(|file| is_csv(file))
            .map(|table| refused.of_table(table));
        for path in tables.chain([refused.path.clone()]) {
            if path.exists() {
                return Err(DeskError::malformed(
                    &path,
                    "exists already; name another file or move this one away",
                ));
            }
        }
        Ok(refused)
    }

    /// Where the rows of a table go.
    fn of_table(&self, table: &Path) -> PathBuf {
        match table.file_name() {
            Some(name) if !self.table => {
                let mut beside = self.path.with_extension("").into_os_string();
                beside.push(".");
                beside.push(name);
                PathBuf::from(beside)
            }
            _ => self.path.clone(),
        }
    }

    /// Writes a line.
    pub(crate) fn add(&mut self, line: &Line, text: &str) -> Result<(), DeskError> {
        if text.is_empty() {
            return Ok(());
        }
        let path = if line.header.is_some() {
            self.of_table(&line.file)
        } else {
            self.path.clone()
        };
        let at = match self.open.iter().position(|(open, _)| *open == path) {
            Some(at) => at,
            None => {
                let mut file = BufWriter::new(private(&path).map_err(DeskError::file(&path))?);
                if let Some(header) = &line.header {
                    writeln!(file, "{header}").map_err(DeskError::file(&path))?;
                    let mapping = self.mapping.clone().unwrap_or_else(|| input::beside(&line.file));
                    self.mappings.insert(path.clone(), mapping);
                }
                self.open.push((path.clone(), file));
                self.open.len() - 1
            }
        };
        match self.open.get_mut(at) {
            Some((path, file)) => writeln!(file, "{text}").map_err(DeskError::file(path)),
            None => Ok(()),
        }
    }

    /// The files that were written, durable on return, and the mappings of those that are tables.
    pub(crate) fn finish(self) -> Result<(Vec<PathBuf>, BTreeMap<PathBuf, PathBuf>), DeskError> {
        let written: Result<Vec<PathBuf>, DeskError> = self
            .open
            .into_iter()
            .map(|(path, file)| {
                let written = file
                    .into_inner()
                    .map_err(std::io::IntoInnerError::into_error)
                    .and_then(|f| f.sync_all());
                written.map_err(DeskError::file(&path))?;
                Ok(path)
            })
            .collect();
        Ok((written?, self.mappings))
    }
}

/// A file for its owner only: drafts hold personal fields.
fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}
