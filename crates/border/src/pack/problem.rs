//! What is wrong with a pack, and where.

use std::fmt;

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be looked at.
    Warning,
    /// The pack is refused.
    Error,
}

/// A problem with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The folder.
    pub pack: String,
    /// The file in it.
    pub file: String,
    /// The line, from 1; 0 if it is about the whole file.
    pub line: u64,
    /// What is wrong, and the fix.
    pub text: String,
    /// How bad it is.
    pub severity: Severity,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{}/{}", self.pack, self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {severity}: {}", self.text)
    }
}

/// Collects the problems of one pack.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) pack: String,
    pub(crate) found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn of(pack: &str) -> Self {
        Problems {
            pack: pack.to_owned(),
            found: Vec::new(),
        }
    }

    pub(crate) fn error(&mut self, file: &str, line: u64, text: impl Into<String>) {
        self.push(file, line, text.into(), Severity::Error);
    }

    pub(crate) fn warn(&mut self, file: &str, line: u64, text: impl Into<String>) {
        self.push(file, line, text.into(), Severity::Warning);
    }

    fn push(&mut self, file: &str, line: u64, text: String, severity: Severity) {
        self.found.push(Problem {
            pack: self.pack.clone(),
            file: file.to_owned(),
            line,
            text,
            severity,
        });
    }
}
