//! Everything recomputed from the public files and compared: tiles, bundles, index, checkpoint, database.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use history::audit::Auditor;
use history::entry::{Entry, KeyEntry};
use sqlx::Row as _;
use tlog::tile::{BundleId, TileId, decode_bundle};
use tlog::tree::RightEdge;
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash};

use crate::error::StoreError;
use crate::log_row::{LogRow, bytes32, unsigned};
use crate::objects::{CHECKPOINT, Objects};
use crate::open::Store;

/// How bad a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something that should have been tidied away; nothing depends on it.
    Litter,
    /// Something that others rely on is missing or wrong.
    Damage,
}

/// One thing that is wrong, with the object or table it is wrong in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// How bad it is.
    pub severity: Severity,
    /// Path of the object, or name of the table.
    pub what: String,
    /// What is wrong with it.
    pub problem: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.problem)
    }
}

/// What was checked, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fsck {
    /// Entries replayed.
    pub entries: u64,
    /// Objects read and compared.
    pub objects: u64,
    /// Statement rows compared with their entries.
    pub statements: u64,
    /// Empty when all is well.
    pub complaints: Vec<Complaint>,
}

impl Fsck {
    /// Whether everything others rely on is there and right.
    pub fn is_sound(&self) -> bool {
        self.complaints.iter().all(|c| c.severity == Severity::Litter)
    }

    fn complain(&mut self, what: impl Into<String>, problem: impl Into<String>) {
        let severity = Severity::Damage;
        self.complaints.push(Complaint { severity, what: what.into(), problem: problem.into() });
    }

    fn litter(&mut self, what: impl Into<String>, problem: impl Into<String>) {
        let severity = Severity::Litter;
        self.complaints.push(Complaint { severity, what: what.into(), problem: problem.into() });
    }
}

/// What a bundle object turned out to hold.
enum BundleFile {
    Good(Bytes),
    Bad,
}

impl Store {
    /// Recomputes the log from its public files and compares everything derived with it. Reads only. `progress` is told
    /// how many of how many entries have been replayed.
    ///
    /// # Errors
    /// Storage failed. Damage is not an error but a [`Complaint`] that names the object.
    pub async fn fsck(&self, mut progress: impl FnMut(u64, u64)) -> Result<Fsck, StoreError> {
        let mut report = Fsck::default();
        let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
        let paths: HashSet<String> = self.objects.list("").await?.into_iter().collect();

        // The entries, replayed: this gives the true leaf hashes, tree and index.
        let mut auditor = Auditor::default();
        let mut leaves: Vec<Hash> = Vec::new();
        let mut statements = HashMap::new();
        let mut keys: BTreeMap<u64, KeyEntry> = BTreeMap::new();
        let mut whole = true;
        'bundles: for id in Objects::bundles_of(row.size) {
            let BundleFile::Good(bytes) = self.read_bundle(&id, &mut report).await? else {
                whole = false;
                break;
            };
            let entries = decode_bundle(&bytes).map_err(StoreError::format)?;
            for (bytes, at) in entries.into_iter().take(usize::from(id.width)).zip(id.index * 256..) {
                match auditor.replay(bytes) {
                    Ok(Entry::Statement(s)) => {
                        statements.insert(at, (s.digest.0, s.label.0, s.key_id.0));
                    }
                    Ok(Entry::Key(k)) => {
                        keys.insert(at, k);
                    }
                    Ok(Entry::Params(p)) if p != self.params => {
                        report.complain(id.path(), "entry 0 is not the parameters the database has");
                    }
                    Ok(_) => {}
                    Err(error) => {
                        report.complain(id.path(), error.to_string());
                        whole = false;
                        break 'bundles;
                    }
                }
                leaves.push(leaf_hash(bytes));
            }
            report.entries = auditor.size();
            progress(report.entries, row.size.0);
        }

        self.check_tiles(&leaves, row.size, &mut report).await?;
        self.check_checkpoint(&row, &mut auditor, whole, &mut report).await?;
        if whole {
            self.check_rows(&row, &auditor, &statements, &keys, &mut report).await?;
        }
        self.check_litter(&row, &paths, &mut report);
        Ok(report)
    }

    /// The bundle's bytes, from the partial or the full object; damage is reported under the object's own path.
    async fn read_bundle(&self, id: &BundleId, report: &mut Fsck) -> Result<BundleFile, StoreError> {
        for candidate in [*id, id.full()] {
            let path = candidate.path();
            let Some(bytes) = self.objects.get(&path).await? else { continue };
            report.objects += 1;
            let problem = match decode_bundle(&bytes) {
                Ok(entries) if entries.len() == usize::from(candidate.width) => return Ok(BundleFile::Good(bytes)),
                Ok(entries) => format!("{} entries, must be {}", entries.len(), candidate.width),
                Err(error) => error.to_string(),
            };
            report.complain(path, problem);
            return Ok(BundleFile::Bad);
        }
        report.complain(id.path(), "missing");
        Ok(BundleFile::Bad)
    }

    /// Every tile the leaves imply, byte for byte.
    async fn check_tiles(&self, leaves: &[Hash], size: TreeSize, report: &mut Fsck) -> Result<(), StoreError> {
        let mut edge = RightEdge::empty();
        for (id, expected) in edge.append_all(leaves) {
            // With the replay cut short by damage, the tiles at the cut are not ones the log ever wrote.
            if !id.is_full() && leaves.len() as u64 != size.0 {
                continue;
            }
            let mut found = None;
            for candidate in [id, id.full()] {
                if let Some(bytes) = self.objects.get(&candidate.path()).await? {
                    found = Some((candidate.path(), bytes));
                    break;
                }
            }
            let Some((path, bytes)) = found else {
                report.complain(id.path(), "missing");
                continue;
            };
            report.objects += 1;
            if bytes.get(..expected.len()) != Some(&expected[..]) || (path == id.path() && bytes.len() != expected.len()) {
                let problem = match bytes.iter().zip(&expected).position(|(a, b)| a != b) {
                    Some(at) => format!("hash {} is not what the entries give", at / 32),
                    None => format!("{} bytes, must be {}", bytes.len(), expected.len()),
                };
                report.complain(path, problem);
            }
        }
        Ok(())
    }

    async fn check_checkpoint(
        &self,
        row: &LogRow,
        auditor: &mut Auditor,
        whole: bool,
        report: &mut Fsck,
    ) -> Result<(), StoreError> {
        let Some(bytes) = self.objects.get(CHECKPOINT).await? else {
            report.complain(CHECKPOINT, "missing; `carnet seal` publishes it again");
            return Ok(());
        };
        report.objects += 1;
        let checkpoint = match self.read_checkpoint(&bytes) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                report.complain(CHECKPOINT, error.to_string());
                return Ok(());
            }
        };
        if checkpoint.size != row.size {
            report.complain(
                CHECKPOINT,
                format!("size {} is published, size {} is sealed; run `carnet seal`", checkpoint.size.0, row.size.0),
            );
        } else if whole && let Err(error) = auditor.agrees(&checkpoint) {
            report.complain(CHECKPOINT, error.to_string());
        }
        Ok(())
    }

    /// The database's derived rows against the replay.
    async fn check_rows(
        &self,
        row: &LogRow,
        auditor: &Auditor,
        statements: &HashMap<u64, ([u8; 32], [u8; 32], [u8; 32])>,
        keys: &BTreeMap<u64, KeyEntry>,
        report: &mut Fsck,
    ) -> Result<(), StoreError> {
        let index = auditor.index();
        let mut chains = 0_u64;
        {
            let mut rows = sqlx::query("SELECT label, count, head FROM chain").fetch(&self.db);
            while let Some(found) = rows.try_next().await? {
                let label = index::Label(bytes32("chain", found.try_get("label")?)?);
                let expected = index.chain(&label);
                let count = unsigned("chain", found.try_get("count")?)?;
                if expected.count != count || expected.head != bytes32("chain", found.try_get("head")?)? {
                    report.complain("table chain", format!("label {label} is not what the log gives"));
                }
                chains += 1;
            }
        }
        if chains != index.len() {
            report.complain("table chain", format!("{chains} labels, the log has {}", index.len()));
        }
        let mut seen = 0_u64;
        {
            let mut rows =
                sqlx::query("SELECT log_index, digest, label, key_id FROM statement WHERE log_index IS NOT NULL")
                    .fetch(&self.db);
            while let Some(found) = rows.try_next().await? {
                let at = unsigned("statement", found.try_get("log_index")?)?;
                let here = (
                    bytes32("statement", found.try_get("digest")?)?,
                    bytes32("statement", found.try_get("label")?)?,
                    bytes32("statement", found.try_get("key_id")?)?,
                );
                if statements.get(&at) != Some(&here) {
                    report.complain("table statement", format!("the row for entry {at} is not what the entry says"));
                }
                seen += 1;
            }
        }
        report.statements = seen;
        if seen != statements.len() as u64 {
            report.complain("table statement", format!("{seen} sealed statements, the log has {}", statements.len()));
        }
        let stored: BTreeMap<u64, KeyEntry> = self
            .key_entries(None)
            .await?
            .into_iter()
            .flat_map(|(_, entries)| entries)
            .map(|(LeafIndex(at), entry)| (at, entry))
            .collect();
        if stored != *keys {
            report.complain("table issuer_key", "is not what the log's K entries say");
        }
        if auditor.size() != row.size.0 {
            report.complain("table log", format!("size {}, replay has {}", row.size.0, auditor.size()));
        }
        Ok(())
    }

    /// Objects that should have been tidied away.
    fn check_litter(&self, row: &LogRow, paths: &HashSet<String>, report: &mut Fsck) {
        let mut sorted: Vec<&String> = paths.iter().collect();
        sorted.sort();
        for path in sorted {
            if path.starts_with("staging/") && row.staging.as_ref() != Some(path) {
                report.litter(path.clone(), "left over from a batch that was not committed; may be deleted");
            } else if let Some((whole, _)) = path.rsplit_once(".p/")
                && paths.contains(whole)
            {
                report.litter(path.clone(), "partial, although the full one exists; may be deleted");
            } else if !is_log_path(path) && !path.starts_with("staging/") {
                report.litter(path.clone(), "does not belong to a log");
            }
        }
    }
}

fn is_log_path(path: &str) -> bool {
    path == CHECKPOINT || TileId::parse(path).is_ok() || BundleId::parse(path).is_ok()
}
