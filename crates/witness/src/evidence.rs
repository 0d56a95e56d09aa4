//! What is kept when a log is caught: a folder with a readable explanation and the files to check it with
//! (`spec/evidence.md`).

use std::path::{Path, PathBuf};

use desk::DeskError;
use desk::data_dir;
use serde_json::{Value, json};
use tlog::Hash;
use tlog::note::Note;

/// What was caught, and where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// One sentence.
    pub summary: String,
    /// The folder.
    pub folder: PathBuf,
}

/// What a log can be caught at.
#[derive(Clone, Debug)]
pub enum Caught {
    /// Two signed checkpoints of one size with different roots.
    Fork {
        /// The one cosigned before, if this memory is new enough to have it whole.
        before: Option<Note>,
        /// Its size and root.
        recorded: (u64, Hash),
        /// The other.
        now: Note,
    },
    /// A signed checkpoint for which the log has shown no valid proof that it continues the one cosigned before. Weaker than a
    /// fork: anybody can send a wrong proof along with a good checkpoint.
    Unproven {
        /// As above.
        before: Option<Note>,
        /// As above.
        recorded: (u64, Hash),
        /// The newer checkpoint.
        now: Note,
        /// The request as it came.
        request: Vec<u8>,
    },
    /// The entries are those of the signed checkpoint, and one of them is not what the entries before it amount to, or may not
    /// stand where it stands.
    WrongEntry {
        /// The checkpoint that commits to the entry.
        checkpoint: Note,
        /// Its place.
        at: u64,
        /// The entry's bytes.
        entry: Vec<u8>,
        /// What is wrong with it.
        problem: String,
        /// What the entry says and what replay says of the index, where it is about that.
        roots: Option<(String, String)>,
    },
    /// What is served as the log's entries is not what the checkpoint commits to.
    WrongRoot {
        /// The checkpoint.
        checkpoint: Note,
        /// Its size and root.
        claimed: (u64, Hash),
        /// The root over the entries served.
        replayed: Hash,
        /// Where they were served.
        place: String,
    },
}

impl Caught {
    fn kind(&self) -> &'static str {
        match self {
            Self::Fork { .. } => "fork",
            Self::Unproven { .. } => "unproven",
            Self::WrongEntry { .. } => "wrong-entry",
            Self::WrongRoot { .. } => "wrong-root",
        }
    }

    /// One sentence.
    pub fn summary(&self, origin: &str) -> String {
        match self {
            Self::Fork { recorded, .. } => {
                format!(
                    "the log {origin} has signed two different trees of {} entries",
                    recorded.0
                )
            }
            Self::Unproven { recorded, .. } => format!(
                "no proof was shown that the newer checkpoint of {origin} continues its {} entries cosigned before",
                recorded.0
            ),
            Self::WrongEntry { at, problem, .. } => {
                format!("the log {origin} has sealed entry {at}, which is wrong: {problem}")
            }
            Self::WrongRoot { claimed, place, .. } => format!(
                "{place} does not serve the {} entries that the checkpoint of {origin} commits to",
                claimed.0
            ),
        }
    }

    fn explanation(&self) -> &'static str {
        match self {
            Self::Fork { .. } => {
                "Both checkpoints carry the log's signature. An honest log never signs two trees of one size: whoever was shown one\n\
                 of them may have been shown another history than everybody else. Nothing more is needed to prove it than the\n\
                 two files checkpoint-before and checkpoint-now and the log's public key.\n\
                 The common accident behind it: the log was restored from a backup and went on."
            }
            Self::Unproven { .. } => {
                "The request in the file `request` carries a checkpoint with the log's signature, and a proof that does not show\n\
                 that it continues checkpoint-before. That alone proves nothing: anybody can send a good checkpoint with a wrong\n\
                 proof. If the log cannot show a valid proof when asked, the two checkpoints are a fork."
            }
            Self::WrongEntry { .. } => {
                "The entries that were served hash to the root in the file `checkpoint`, which the log has signed; so these are the\n\
                 log's entries. One of them (file `entry`) contradicts those before it. If it is an index entry, the index that\n\
                 dossiers are checked against does not follow from the entries: a statement was left out, changed or added.\n\
                 Anybody can repeat this: replay the entries in mirror/ (or at the log) with `carnet audit`."
            }
            Self::WrongRoot { .. } => {
                "The file `checkpoint` is signed by the log. The entries served under its name give another root; they were\n\
                 fetched twice, the second time without anything kept before. Either the log signed a root that its entries do not\n\
                 have, or whoever serves the files serves others. Ask the log's operator for the entries of this checkpoint: a log\n\
                 that cannot show them is as bad as one that lies."
            }
        }
    }

    fn report(&self) -> Value {
        let tree = |tree: &(u64, Hash)| json!({"size": tree.0, "root": tree.1.to_base64()});
        match self {
            Self::Fork { recorded, now, .. } | Self::Unproven { recorded, now, .. } => json!({
                "before": tree(recorded), "now": now.text,
            }),
            Self::WrongEntry {
                at,
                problem,
                roots,
                entry,
                ..
            } => json!({
                "entry": at, "problem": problem, "bytes": hex::encode(entry),
                "index_claimed": roots.as_ref().map(|r| &r.0), "index_replayed": roots.as_ref().map(|r| &r.1),
            }),
            Self::WrongRoot {
                claimed,
                replayed,
                place,
                ..
            } => json!({
                "claimed": tree(claimed), "replayed_root": replayed.to_base64(), "place": place,
            }),
        }
    }

    fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let before =
            |before: &Option<Note>| before.as_ref().map(|note| ("checkpoint-before", note.to_bytes()));
        match self {
            Self::Fork { before: b, now, .. } => {
                let mut files = vec![("checkpoint-now", now.to_bytes())];
                files.extend(before(b));
                files
            }
            Self::Unproven {
                before: b,
                now,
                request,
                ..
            } => {
                let mut files = vec![("checkpoint-now", now.to_bytes()), ("request", request.clone())];
                files.extend(before(b));
                files
            }
            Self::WrongEntry {
                checkpoint, entry, ..
            } => {
                vec![("checkpoint", checkpoint.to_bytes()), ("entry", entry.clone())]
            }
            Self::WrongRoot { checkpoint, .. } => vec![("checkpoint", checkpoint.to_bytes())],
        }
    }

    /// Keeps it below `evidence`, durable on return.
    ///
    /// # Errors
    /// The disk refused.
    pub fn keep(&self, evidence: &Path, origin: &str, cosigner: &str) -> Result<Evidence, DeskError> {
        let now = jiff::Timestamp::now();
        let summary = self.summary(origin);
        let mut folder = evidence.join(format!("{}-{}", now.strftime("%Y%m%dT%H%M%SZ"), self.kind()));
        for n in 2..1000 {
            if !folder.exists() {
                break;
            }
            folder = evidence.join(format!("{}-{}-{n}", now.strftime("%Y%m%dT%H%M%SZ"), self.kind()));
        }
        std::fs::create_dir_all(&folder).map_err(DeskError::file(&folder))?;
        for (name, bytes) in self.files() {
            data_dir::write(&folder.join(name), &bytes, 0o644)?;
        }
        let mut report = self.report();
        if let Some(report) = report.as_object_mut() {
            report.insert("kind".to_owned(), json!(self.kind()));
            report.insert("origin".to_owned(), json!(origin));
            report.insert("cosigner".to_owned(), json!(cosigner));
            report.insert("found".to_owned(), json!(now.to_string()));
            report.insert("summary".to_owned(), json!(summary));
        }
        data_dir::write(
            &folder.join("report.json"),
            format!("{report:#}\n").as_bytes(),
            0o644,
        )?;
        let readme = format!(
            "Evidence against the log {origin}\nfound by {cosigner} at {now}\n\n{summary}.\n\n{explanation}\n\n\
             The cosigner {cosigner} has not cosigned what is described here. Keep this folder, and tell those who rely on the\n\
             log: other cosigners first, because they can compare.\n\nFiles: report.json says the same for programs; {files}.\n",
            explanation = self.explanation(),
            files = self
                .files()
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join(", "),
        );
        data_dir::write(&folder.join("README.txt"), readme.as_bytes(), 0o644)?;
        Ok(Evidence { summary, folder })
    }
}

/// How many folders of evidence there are.
///
/// # Errors
/// The folder cannot be read.
pub fn count(evidence: &Path) -> Result<usize, DeskError> {
    match std::fs::read_dir(evidence) {
        Ok(entries) => Ok(entries.count()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(DeskError::file(evidence)(e)),
    }
}
