//! The rules in force: those in the program, with packs of a folder in place of some, which may be replaced while the service
//! runs. A pack that fails the check is refused, and the one in force stays. Beside them the exchange rates of the operator's
//! files, which are followed in the same way.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use border::{Rates, Severity};
use desk::DeskError;
use desk::quote::RateBook;
use desk::rules::{self, Rulebook};
use jiff::civil::Date;

/// The rules in force.
pub struct Rules {
    folder: Option<PathBuf>,
    /// None until somebody asks, where there is no folder to check at the start.
    book: RwLock<Option<Arc<Rulebook>>>,
    /// Why the folder as it is now is not in force.
    trouble: RwLock<Vec<String>>,
    rate_files: Vec<PathBuf>,
    rates: RwLock<Arc<RateBook>>,
    /// Why the files of rates as they are now are not in force.
    stale: RwLock<Option<String>>,
}

/// The files of a folder with their sizes and times, by which a change is noticed.
type Seen = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Rules {
    /// The rules in the program, and of the folder if there is one; the rates of the files.
    ///
    /// # Errors
    /// The folder or a file cannot be read at the start, or the program's own packs are damaged.
    pub fn open(folder: Option<PathBuf>, rate_files: Vec<PathBuf>) -> Result<Self, DeskError> {
        let rates = desk::quote::read_rates(&rate_files)?;
        let book = folder
            .as_deref()
            .map(|folder| rules::open(Some(folder)))
            .transpose()?;
        Ok(Self {
            folder,
            trouble: RwLock::new(book.as_ref().map_or_else(Vec::new, troubles)),
            book: RwLock::new(book.map(Arc::new)),
            rate_files,
            rates: RwLock::new(Arc::new(rates)),
            stale: RwLock::new(None),
        })
    }

    /// The exchange rates for an arrival; none where no file was given.
    ///
    /// # Errors
    /// A rate is beyond what numbers here hold.
    pub fn exchange(&self, arrival: Date) -> Result<Rates, DeskError> {
        self.rate_book().on(arrival)
    }

    fn rate_book(&self) -> Arc<RateBook> {
        self.rates.read().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// Looks every so often whether the folder or the files have changed, and takes what can be taken. Ends only if there are
    /// none.
    pub async fn follow(self: Arc<Self>, every: Duration) {
        if self.folder.is_none() && self.rate_files.is_empty() {
            return;
        }
        let (mut folder, mut files) = self.look();
        loop {
            tokio::time::sleep(every).await;
            let (new_folder, new_files) = self.look();
            let (take_folder, take_files) = (new_folder != folder, new_files != files);
            (folder, files) = (new_folder, new_files);
            if !take_folder && !take_files {
                continue;
            }
            let rules = self.clone();
            // The check runs every example: that is not for the threads that answer.
            let taken = tokio::task::spawn_blocking(move || {
                if let (true, Some(folder)) = (take_folder, &rules.folder) {
                    rules.take(folder);
                }
                if take_files {
                    rules.take_rates();
                }
            });
            if let Err(error) = taken.await {
                tracing::error!(error = %error, "the check of the rules came to a bad end");
            }
        }
    }

    fn look(&self) -> (Seen, Seen) {
        let folder = self.folder.as_deref().map_or_else(Vec::new, look);
        let files = self.rate_files.iter().map(|file| seen(file.clone())).collect();
        (folder, files)
    }

    fn take_rates(&self) {
        let stale = match desk::quote::read_rates(&self.rate_files) {
            Ok(rates) => {
                tracing::info!(date = %newest(&rates), "exchange rates read anew");
                *self.rates.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rates);
                None
            }
            Err(error) => {
                tracing::warn!(error = %error, "the exchange rates cannot be read; those in force stay");
                Some(format!(
                    "the exchange rates cannot be read; those of {} stay in force",
                    newest(&self.rate_book())
                ))
            }
        };
        *self.stale.write().unwrap_or_else(PoisonError::into_inner) = stale;
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

/// The newest day of the rates, in words.
fn newest(rates: &RateBook) -> String {
    rates
        .newest()
        .map_or_else(|| "no day".to_owned(), |day| day.to_string())
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
    let mut all = Vec::new();
    let Ok(packs) = std::fs::read_dir(folder) else {
        return all;
    };
    for pack in packs.flatten().filter(|entry| entry.path().is_dir()) {
        if let Ok(files) = std::fs::read_dir(pack.path()) {
            all.extend(files.flatten().map(|file| seen(file.path())));
        }
    }
    all.sort();
    all
}

fn seen(file: PathBuf) -> (PathBuf, u64, Option<SystemTime>) {
    let (size, time) = std::fs::metadata(&file).map_or((0, None), |data| (data.len(), data.modified().ok()));
    (file, size, time)
}
