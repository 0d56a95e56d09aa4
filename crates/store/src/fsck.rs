//! Everything recomputed from the public files and compared: tiles, bundles, index, checkpoint, database.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use history::audit::Auditor;
use history::entry::{Entry, KeyEntry, StatementEntry};
use history::map::ChainHead;
use index::Label;
use statement::{Digest, KeyId};
use tlog::checkpoint::Checkpoint;
use tlog::note::Note;
use tlog::tile::{BundleId, TileId, decode_bundle};
use tlog::tree::RightEdge;
use tlog::{Hash, LeafIndex, leaf_hash};

use crate::db::{Row, query, query_scalar};
use crate::error::StoreError;
use crate::log_row::{LogRow, bytes32, unsigned};
use crate::objects::{CHECKPOINT, Objects};
use crate::open::Store;
use crate::vault;

/// How bad a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something that should have been tidied away; nothing depends on it.
    Litter,
    /// The log is as it should be, and what is handed out with it says less than it could.
    Warning,
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
        self.complaints.iter().all(|c| c.severity < Severity::Damage)
    }

    fn complain(&mut self, what: impl Into<String>, problem: impl Into<String>) {
        let severity = Severity::Damage;
        self.complaints.push(Complaint {
            severity,
            what: what.into(),
            problem: problem.into(),
        });
    }

    fn litter(&mut self, what: impl Into<String>, problem: impl Into<String>) {
        let severity = Severity::Litter;
        self.complaints.push(Complaint {
            severity,
            what: what.into(),
            problem: problem.into(),
        });
    }
}

/// The leaf hashes below one level 0 tile, as two objects give them.
struct Leaves {
    /// From the entries in the bundle; `None` where it cannot be read, which was complained of.
    entries: Option<(String, Vec<Hash>)>,
    /// From the tile; `None` where it cannot be read.
    tile: Option<Vec<Hash>>,
}

impl Leaves {
    fn of_entries(&self) -> Option<&Vec<Hash>> {
        self.entries.as_ref().map(|(_, hashes)| hashes)
    }
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
        let mut leaves: Vec<Leaves> = Vec::new();
        let mut statements = HashMap::new();
        let mut keys: BTreeMap<u64, KeyEntry> = BTreeMap::new();
        let mut broken = None;
        for id in Objects::bundles_of(row.size) {
            let tile = TileId {
                level: 0,
                index: id.index,
                width: id.width,
            };
            // Damage to the tile is complained of below, where the true hashes are known. That it cannot be read is not damage.
            let tile = match self.objects.tile(&tile).await {
                Ok(bytes) => Some(bytes),
                Err(StoreError::ObjectMissing(_) | StoreError::ObjectDamaged { .. }) => None,
                Err(error) => return Err(error),
            };
            let tile = tile.map(|bytes| bytes.chunks(Hash::LEN).filter_map(Hash::from_slice).collect());
            let Some((path, entries)) = self.read_bundle(&id, &mut report).await? else {
                leaves.push(Leaves { entries: None, tile });
                broken.get_or_insert(None);
                continue;
            };
            for (bytes, at) in entries.iter().zip(id.index * 256..) {
                if broken.is_some() {
                    break;
                }
                match auditor.replay(bytes) {
                    Ok(Entry::Statement(s)) => {
                        statements.insert(at, s);
                    }
                    Ok(Entry::Key(k)) => {
                        keys.insert(at, k);
                    }
                    Ok(Entry::Params(p)) if p != self.params => {
                        broken = Some(Some((
                            path.clone(),
                            "entry 0 is not the parameters the database has".to_owned(),
                        )));
                    }
                    Ok(_) => {}
                    Err(error) => broken = Some(Some((path.clone(), error.to_string()))),
                }
            }
            let hashes = entries.iter().map(|entry| leaf_hash(entry)).collect();
            leaves.push(Leaves {
                entries: Some((path, hashes)),
                tile,
            });
            report.entries = auditor.size();
            progress(report.entries, row.size.0);
        }
        let whole = broken.is_none();

        let leaves = self.arbitrate(&row, leaves, &mut report).await?;
        // Where an entry was changed, replay stumbles too, often far from it. The tree knows where.
        if let Some(Some((path, problem))) = broken
            && report.complaints.is_empty()
        {
            report.complain(path, problem);
        }
        let tiles = RightEdge::empty().append_all(&leaves);
        self.check_tiles(&tiles, leaves.len() as u64 == row.size.0, &mut report)
            .await?;
        if leaves.len() as u64 == row.size.0 {
            self.check_older_partials(&leaves, &tiles, &paths, &mut report)
                .await?;
        }
        self.check_checkpoint(&row, &mut auditor, whole, &mut report)
            .await?;
        if whole {
            self.check_rows(&row, &mut auditor, &statements, &keys, &mut report)
                .await?;
        }
        self.check_litter(&row, &paths, &mut report);
        Ok(report)
    }

    /// The entries of a bundle, from the partial or the full object, and that object's path; damage is reported under it.
    async fn read_bundle(
        &self,
        id: &BundleId,
        report: &mut Fsck,
    ) -> Result<Option<(String, Vec<Vec<u8>>)>, StoreError> {
        for candidate in [*id, id.full()] {
            let path = candidate.path();
            let Some(bytes) = self.objects.get(&path).await? else {
                continue;
            };
            report.objects += 1;
            let problem = match decode_bundle(&bytes) {
                Ok(entries) if entries.len() == usize::from(candidate.width) => {
                    let entries = entries
                        .into_iter()
                        .take(usize::from(id.width))
                        .map(<[u8]>::to_vec)
                        .collect();
                    return Ok(Some((path, entries)));
                }
                Ok(entries) => format!("{} entries, must be {}", entries.len(), candidate.width),
                Err(error) => error.to_string(),
            };
            report.complain(path, problem);
            return Ok(None);
        }
        report.complain(id.path(), "missing");
        Ok(None)
    }

    /// Where bundle and tile disagree about a leaf, the signed root knows who is right. Returns the leaves it vouches for,
    /// as far as they are known, and complains of bundles that hold others.
    async fn arbitrate(
        &self,
        row: &LogRow,
        leaves: Vec<Leaves>,
        report: &mut Fsck,
    ) -> Result<Vec<Hash>, StoreError> {
        let mut roots = vec![row.root];
        let published = self
            .objects
            .get(CHECKPOINT)
            .await?
            .and_then(|bytes| self.read_checkpoint(&bytes).ok());
        roots.extend(published.filter(|c| c.size == row.size).map(|c| c.root));
        let vouched = |choice: &dyn Fn(&Leaves) -> Option<&Vec<Hash>>| {
            let chosen: Option<Vec<&Vec<Hash>>> = leaves.iter().map(choice).collect();
            let chosen: Vec<Hash> = chosen?.into_iter().flatten().copied().collect();
            let mut edge = RightEdge::empty();
            edge.append_all(&chosen);
            roots.contains(&edge.root()).then_some(chosen)
        };
        // Entries are what all else is made from: they are believed where nothing speaks against them.
        if let Some(right) = vouched(&|leaves| leaves.of_entries().or(leaves.tile.as_ref())) {
            return Ok(right);
        }
        let right = vouched(&|leaves| leaves.tile.as_ref().or(leaves.of_entries()));
        for (index, leaves) in leaves.iter().enumerate() {
            let (Some((path, entries)), Some(tile)) = (&leaves.entries, &leaves.tile) else {
                continue;
            };
            if let Some(at) = entries.iter().zip(tile).position(|(entry, leaf)| entry != leaf) {
                let at = index * 256 + at;
                let problem = match right {
                    Some(_) => format!("entry {at} is not the one the tree has"),
                    None => format!(
                        "entry {at} and its hash in the tile disagree, and the signed root fits neither"
                    ),
                };
                report.complain(path.clone(), problem);
            }
        }
        Ok(right.unwrap_or_else(|| {
            leaves
                .iter()
                .map_while(Leaves::of_entries)
                .flatten()
                .copied()
                .collect()
        }))
    }

    /// Every tile the leaves imply, byte for byte; `all` where no leaf is missing.
    async fn check_tiles(
        &self,
        tiles: &[(TileId, Vec<u8>)],
        all: bool,
        report: &mut Fsck,
    ) -> Result<(), StoreError> {
        for (id, expected) in tiles {
            // With the replay cut short by damage, the tiles at the cut are not ones the log ever wrote.
            if !id.is_full() && !all {
                continue;
            }
            let mut found = None;
            for candidate in [*id, id.full()] {
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
            if bytes.get(..expected.len()) != Some(&expected[..])
                || (path == id.path() && bytes.len() != expected.len())
            {
                report.complain(path, tile_problem(&bytes, expected));
            }
        }
        Ok(())
    }

    /// Partial tiles and bundles of sizes that the log had before. They may be tidied away once the full one is there; until
    /// then whoever holds a checkpoint of that size asks for them.
    async fn check_older_partials(
        &self,
        leaves: &[Hash],
        tiles: &[(TileId, Vec<u8>)],
        paths: &HashSet<String>,
        report: &mut Fsck,
    ) -> Result<(), StoreError> {
        let newest: HashMap<(u8, u64), &[u8]> = tiles
            .iter()
            .map(|(id, bytes)| ((id.level, id.index), bytes.as_slice()))
            .collect();
        let mut partials: Vec<&String> = paths
            .iter()
            .filter(|path| {
                let full = path.rsplit_once(".p/").map(|(full, _)| full);
                full.is_some_and(|full| !paths.contains(full))
            })
            .collect();
        partials.sort();
        for path in partials {
            let problem = if let Ok(id) = BundleId::parse(path) {
                let first = id
                    .index
                    .checked_mul(256)
                    .and_then(|first| usize::try_from(first).ok());
                let first = first.unwrap_or(usize::MAX);
                let below = leaves.get(first..).unwrap_or_default();
                let Some(expected) = below.get(..usize::from(id.width)) else {
                    continue;
                };
                // The newest one was read with the entries.
                if expected.len() == below.len() {
                    continue;
                }
                // Tidied away since the paths were listed.
                let Some(bytes) = self.objects.get(path).await? else {
                    continue;
                };
                bundle_problem(&bytes, first, expected)
            } else if let Ok(id) = TileId::parse(path) {
                let newest = newest.get(&(id.level, id.index)).copied().unwrap_or_default();
                let Some(expected) = newest.get(..usize::from(id.width) * Hash::LEN) else {
                    continue;
                };
                if expected.len() == newest.len() {
                    continue;
                }
                let Some(bytes) = self.objects.get(path).await? else {
                    continue;
                };
                (bytes != expected).then(|| tile_problem(&bytes, expected))
            } else {
                continue;
            };
            report.objects += 1;
            if let Some(problem) = problem {
                report.complain(path.clone(), problem);
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
        let note = Note::parse(&bytes).map_err(|e| e.to_string());
        let accepted = note.and_then(|note| {
            let accepted = self.policy.evaluate(&note).map_err(|e| e.to_string())?;
            if note.to_bytes() == bytes {
                Ok(accepted.checkpoint)
            } else {
                Err("not in canonical form".to_owned())
            }
        });
        let checkpoint = match accepted {
            Ok(checkpoint) => checkpoint,
            Err(problem) => {
                report.complain(CHECKPOINT, problem);
                return Ok(());
            }
        };
        if checkpoint.size > row.size {
            let behind = StoreError::DatabaseBehind {
                database: row.size.0,
                published: checkpoint.size.0,
            };
            report.complain(CHECKPOINT, behind.to_string());
        } else if checkpoint.size < row.size {
            report.complain(
                CHECKPOINT,
                format!(
                    "size {} is published, size {} is sealed; run `carnet seal`",
                    checkpoint.size.0, row.size.0
                ),
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
        auditor: &mut Auditor,
        statements: &HashMap<u64, StatementEntry>,
        keys: &BTreeMap<u64, KeyEntry>,
        report: &mut Fsck,
    ) -> Result<(), StoreError> {
        let committed = Checkpoint::new(self.origin(), row.size, row.root);
        if let Err(error) = auditor.agrees(&committed) {
            report.complain("table log", error.to_string());
        }
        if self.read_checkpoint(&Bytes::from(row.checkpoint.clone())).ok() != Some(committed) {
            report.complain(
                "table log",
                "the signed checkpoint is not that of the committed size and root",
            );
        }
        let index = auditor.index();
        let mut chains = 0_u64;
        {
            let mut rows = query("SELECT label, count, head FROM chain").fetch(&self.db);
            while let Some(found) = rows.try_next().await? {
                chains += 1;
                match chain_row(&found) {
                    Ok((label, chain)) if index.chain(&label) != chain => {
                        report.complain("table chain", format!("label {label} is not what the log gives"));
                    }
                    Ok(_) => {}
                    Err(odd) => report.complain("table chain", odd),
                }
            }
        }
        if chains != index.len() {
            report.complain(
                "table chain",
                format!("{chains} labels, the log has {}", index.len()),
            );
        }
        let mut seen = 0_u64;
        {
            let mut rows =
                query("SELECT log_index, digest, label, key_id FROM statement WHERE log_index IS NOT NULL")
                    .fetch(&self.db);
            while let Some(found) = rows.try_next().await? {
                seen += 1;
                match statement_row(&found, self.params.vrf_epoch) {
                    Ok((at, here)) if statements.get(&at) != Some(&here) => report.complain(
                        "table statement",
                        format!("the row for entry {at} is not what the entry says"),
                    ),
                    Ok(_) => {}
                    Err(odd) => report.complain("table statement", odd),
                }
            }
        }
        report.statements = seen;
        if seen != statements.len() as u64 {
            report.complain(
                "table statement",
                format!("{seen} sealed statements, the log has {}", statements.len()),
            );
        }
        match self.key_entries(None).await {
            Ok(stored) => {
                let stored: BTreeMap<u64, KeyEntry> = stored
                    .into_iter()
                    .flat_map(|(_, entries)| entries)
                    .map(|(LeafIndex(at), entry)| (at, entry))
                    .collect();
                if stored != *keys {
                    report.complain("table issuer_key", "is not what the log's K entries say");
                }
            }
            Err(error) => report.complain("table issuer_key", odd(error)?),
        }
        self.check_contents(report).await
    }

    /// Whether the content key opens none of the vehicles' keys, though there are some: then it is another log's.
    async fn content_key_is_wrong(&self) -> Result<bool, StoreError> {
        let mut rows = query("SELECT label, wrapped FROM vehicle_key").fetch(&self.db);
        let mut any = false;
        while let Some(row) = rows.try_next().await? {
            any = true;
            let Ok(label) = bytes32("vehicle_key", row.try_get("label")?) else {
                continue;
            };
            if self
                .vault
                .unwrap(&Label(label), row.try_get("wrapped")?)
                .is_some()
            {
                return Ok(false);
            }
        }
        Ok(any)
    }

    /// Every content opens with its vehicle's key, and is missing only where the log has said that it was erased.
    async fn check_contents(&self, report: &mut Fsck) -> Result<(), StoreError> {
        let wrong_key = self.content_key_is_wrong().await?;
        if wrong_key {
            report.complain(
                "keys/content.key",
                "opens no content of this log, so it is another log's; put it back from your copy of the keys, and leave the \
                 database as it is",
            );
        }
        let mut rows = query(
            "SELECT s.id, s.digest, s.label, c.sealed, k.wrapped,
                    (SELECT max(e.through) FROM erasure e WHERE e.label = s.label) >= s.log_index AS erased
             FROM statement s LEFT JOIN content c ON c.statement = s.id
                              LEFT JOIN vehicle_key k ON k.label = s.label",
        )
        .fetch(&self.db);
        let mut unnoticed = 0_u64;
        let mut without_key = HashSet::new();
        while let Some(row) = rows.try_next().await? {
            let id: i64 = row.try_get("id")?;
            let (digest, label) = match content_row(&row) {
                Ok(found) => found,
                Err(odd) => {
                    report.complain("table statement", format!("row {id}: {odd}"));
                    continue;
                }
            };
            let erased: Option<bool> = row.try_get("erased")?;
            let wrapped: Option<&[u8]> = row.try_get("wrapped")?;
            match row.try_get::<Option<&[u8]>>("sealed")? {
                None if erased == Some(true) => {}
                None => unnoticed += 1,
                Some(_) if wrong_key => {}
                Some(sealed) => match wrapped.and_then(|wrapped| self.vault.unwrap(&label, wrapped)) {
                    Some(key) if vault::open(&key, &digest, sealed).is_ok() => {}
                    Some(_) => report.complain(
                        "table statement",
                        format!("the content of row {id} does not open"),
                    ),
                    None => {
                        without_key.insert(label.0);
                    }
                },
            }
        }
        for label in without_key {
            let label = Label(label);
            report.complain(
                "table vehicle_key",
                format!("no key opens the contents of label {label}"),
            );
        }
        if unnoticed > 0 {
            let problem =
                format!("{unnoticed} statements have no content, and no notice of erasure covers them");
            report.complain("table erasure", problem);
        }
        let orphans: i64 =
            query_scalar("SELECT count(*) FROM content WHERE statement NOT IN (SELECT id FROM statement)")
                .fetch_one(&self.db)
                .await?;
        if orphans > 0 {
            report.complain(
                "table content",
                format!("{orphans} contents belong to no statement"),
            );
        }
        Ok(())
    }

    /// Objects that should have been tidied away.
    fn check_litter(&self, row: &LogRow, paths: &HashSet<String>, report: &mut Fsck) {
        let mut sorted: Vec<&String> = paths.iter().collect();
        sorted.sort();
        for path in sorted {
            if path.starts_with("staging/") && row.staging.as_ref() != Some(path) {
                report.litter(
                    path.clone(),
                    "left over from a batch that was not committed; may be deleted",
                );
            } else if let Some((whole, _)) = path.rsplit_once(".p/")
                && paths.contains(whole)
            {
                report.litter(
                    path.clone(),
                    "partial, although the full one exists; may be deleted",
                );
            } else if !is_log_path(path) && !path.starts_with("staging/") {
                report.litter(path.clone(), "does not belong to a log");
            }
        }
    }
}

/// How a tile's bytes differ from those it must have.
fn tile_problem(bytes: &[u8], expected: &[u8]) -> String {
    match bytes.iter().zip(expected).position(|(a, b)| a != b) {
        Some(at) => format!("hash {} is not what the entries give", at / Hash::LEN),
        None => format!("{} bytes, must be {}", bytes.len(), expected.len()),
    }
}

/// What is wrong with a bundle whose entries, from `first` on, must have these hashes.
fn bundle_problem(bytes: &[u8], first: usize, expected: &[Hash]) -> Option<String> {
    let entries = match decode_bundle(bytes) {
        Ok(entries) => entries,
        Err(error) => return Some(error.to_string()),
    };
    if entries.len() != expected.len() {
        return Some(format!("{} entries, must be {}", entries.len(), expected.len()));
    }
    let differs = |(entry, hash): (&&[u8], &Hash)| leaf_hash(entry) != *hash;
    let at = entries.iter().zip(expected).position(differs)?;
    Some(format!("entry {} is not the one the tree has", first + at))
}

fn is_log_path(path: &str) -> bool {
    path == CHECKPOINT || TileId::parse(path).is_ok() || BundleId::parse(path).is_ok()
}

/// What is odd about a row, for an error that says so; any other error means that storage failed, and stays one.
fn odd(error: StoreError) -> Result<String, StoreError> {
    match error {
        StoreError::Row { problem, .. } => Ok(problem),
        StoreError::Sql(sqlx::Error::ColumnDecode { index, source }) => {
            Ok(format!("column {index}: {source}"))
        }
        error => Err(error),
    }
}

/// The same for a row that was read already: nothing but the row itself can be wrong.
fn row_problem(error: StoreError) -> String {
    odd(error).unwrap_or_else(|error| error.to_string())
}

/// A row of the table `chain`, or what is odd about it.
fn chain_row(row: &Row) -> Result<(Label, ChainHead), String> {
    let read = || {
        let label = Label(bytes32("chain", row.try_get("label")?)?);
        let count = unsigned("chain", row.try_get("count")?)?;
        let head = bytes32("chain", row.try_get("head")?)?;
        Ok((label, ChainHead { count, head }))
    };
    read().map_err(row_problem)
}

/// A sealed row of the table `statement` as the entry it should be, with its place; or what is odd about it.
fn statement_row(row: &Row, vrf_epoch: u32) -> Result<(u64, StatementEntry), String> {
    let read = || {
        let at = unsigned("statement", row.try_get("log_index")?)?;
        let entry = StatementEntry {
            vrf_epoch,
            label: Label(bytes32("statement", row.try_get("label")?)?),
            key_id: KeyId(bytes32("statement", row.try_get("key_id")?)?),
            digest: Digest(bytes32("statement", row.try_get("digest")?)?),
        };
        Ok((at, entry))
    };
    read().map_err(row_problem)
}

/// What a content is bound to, or what is odd about it.
fn content_row(row: &Row) -> Result<(Digest, Label), String> {
    let read = || {
        let digest = Digest(bytes32("statement", row.try_get("digest")?)?);
        Ok((digest, Label(bytes32("statement", row.try_get("label")?)?)))
    };
    read().map_err(row_problem)
}
