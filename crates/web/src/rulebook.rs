//! The rules in force: those in the program, with packs of a folder in place of some, which may be replaced while the service
//! runs. A pack that fails the check is refused, and the one in force stays.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use border::Severity;
use desk::DeskError;
use desk::rules::{self, Rulebook};

/// The rules in force.
pub struct Rules {
    folder: Option<PathBuf>,
    /// None until somebody asks, where there is no folder to check at the start.
    book: RwLock<Option<Arc<Rulebook>>>,
    /// Why the folder as it is now is not in force.
    trouble: RwLock<Vec<String>>,
}

/// The files of a folder with their sizes and times, by which a change is noticed.
type Seen = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Rules {
    /// The rules in the program, and of the folder if there is one.
    ///
    /// # Errors
    /// The folder cannot be read at the start, or the program's own packs are damaged.
    pub fn open(folder: Option<PathBuf>) -> Result<Self, DeskError> {
        let book = folder
            .as_deref()
            .map(|folder| rules::open(Some(folder)))
            .transpose()?;
        Ok(Self {
            folder,
            trouble: RwLock::new(book.as_ref().map_or_else(Vec::new, troubles)),
            book: RwLock::new(book.map(Arc::new)),
        })
    }

    /// The rules as they are now; a request keeps those it began with.
    ///
    /// # Errors
    /// The program's own packs are damaged.
    pub fn book(&self) -> Result<Arc<Rulebook>, DeskError> {
        let now = self.book.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(book) = now {
            return Ok(book);
        }
        let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(book) = &*book {
            return Ok(book.clone());
        }
        let own = Arc::new(rules::open(None)?);
        *book = Some(own.clone());
        Ok(own)
    }

    /// What is wrong with the folder, in words; empty when all of it is in force.
    pub fn troubles(&self) -> Vec<String> {
        self.trouble
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Looks every so often whether the folder has changed, and takes what passes the check. Ends only if there is no folder.
    pub async fn follow(self: Arc<Self>, every: Duration) {
        let Some(folder) = self.folder.clone() else {
            return;
        };
        let mut seen = look(&folder);
        loop {
            tokio::time::sleep(every).await;
            let now = look(&folder);
            if now == seen {
                continue;
            }
            seen = now;
            let (rules, folder) = (self.clone(), folder.clone());
            // The check runs every example: that is not for the threads that answer.
            if let Err(error) = tokio::task::spawn_blocking(move || rules.take(&folder)).await {
                tracing::error!(error = %error, "the check of the rules came to a bad end");
            }
        }
    }

    fn take(&self, folder: &Path) {
        let trouble = match self.book().and_then(|book| book.again(folder)) {
            Ok(book) => {
                tracing::info!(
                    replaced = book.replaced.join(" "),
                    refused = book.refused.join(" "),
                    "rules read anew"
                );
                let trouble = troubles(&book);
                *self.book.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(book));
                trouble
            }
            Err(error) => {
                tracing::warn!(error = %error, "the folder of rules cannot be read; those in force stay");
                vec!["the folder of rules cannot be read; those in force stay".to_owned()]
            }
        };
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// What was refused, in words, with the first problem of each pack; all of them are in the service's log.
fn troubles(book: &Rulebook) -> Vec<String> {
    for problem in &book.problems {
        tracing::warn!(problem = %problem, "rules");
    }
    book.refused
        .iter()
        .map(|name| {
            let first = book
                .problems
                .iter()
                .find(|problem| problem.pack == *name && problem.severity == Severity::Error);
            let first = first.map_or_else(String::new, |problem| format!(": {problem}"));
            format!("the rules of {name} in the folder are refused, and those in force stay{first}")
        })
        .collect()
}

fn look(folder: &Path) -> Seen {
    let mut seen = Vec::new();
    let Ok(packs) = std::fs::read_dir(folder) else {
        return seen;
    };
    for pack in packs.flatten().filter(|entry| entry.path().is_dir()) {
        let Ok(files) = std::fs::read_dir(pack.path()) else {
            continue;
        };
        for file in files.flatten() {
            let (size, time) = file
                .metadata()
                .map_or((0, None), |data| (data.len(), data.modified().ok()));
            seen.push((file.path(), size, time));
        }
    }
    seen.sort();
    seen
}
