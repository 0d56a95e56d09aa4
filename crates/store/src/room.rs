//! How much the statements about one vehicle may come to: what is admitted must fit into the file that proves it.
//!
//! Nearly all cars have a few dozen statements and need no counting. Only where a submission would bring a car to more than a
//! hundred or so is the database asked for sums, in the same transaction that admits.

use std::collections::{HashMap, HashSet};

use crate::db::{Connection, QueryBuilder, query};
use crate::error::StoreError;
use crate::log_row::{bytes32, unsigned};
use crate::packing;
use crate::records::Submission;
use crate::vault;

/// The room that one vehicle's statements have together, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// All there is.
    pub total: u64,
    /// What each statement takes besides its content.
    pub statement: u64,
    /// What each different issuer key takes.
    pub key: u64,
    /// The most that a content has.
    pub content: u64,
}

impl Room {
    /// No bounds.
    pub const UNBOUNDED: Self = Self {
        total: u64::MAX,
        statement: 0,
        key: 0,
        content: 0,
    };

    /// How many statements fit whatever they are like.
    fn always_fit(&self) -> u64 {
        let largest = self
            .content
            .saturating_add(self.statement)
            .saturating_add(self.key);
        self.total.checked_div(largest).unwrap_or(u64::MAX)
    }
}

/// What was foreseen to be accepted, and is not stored: by [`crate::Store::foresee`], from one part of a file to the next.
#[derive(Clone, Debug, Default)]
pub struct Foresight {
    digests: HashSet<[u8; 32]>,
    /// By label and key.
    cars: HashMap<[u8; 32], HashMap<[u8; 32], Lain>>,
}

/// Statements as they lie in the database.
#[derive(Clone, Copy, Debug, Default)]
struct Lain {
    statements: u64,
    bytes: u64,
}

impl Foresight {
    /// Whether this statement was foreseen already.
    pub(crate) fn knows(&self, submission: &Submission) -> bool {
        self.digests.contains(&submission.digest.0)
    }

    /// This statement would be accepted.
    pub(crate) fn add(&mut self, submission: &Submission) {
        self.digests.insert(submission.digest.0);
        let keys = self.cars.entry(submission.label.0).or_default();
        let lain = keys.entry(submission.key_id.0).or_default();
        lain.statements += 1;
        lain.bytes += vault::sealed_length(&submission.content);
    }

    fn statements(&self, label: &[u8; 32]) -> u64 {
        let keys = self.cars.get(label);
        keys.into_iter()
            .flat_map(HashMap::values)
            .map(|lain| lain.statements)
            .sum()
    }
}

/// What a vehicle has taken of its room.
#[derive(Default)]
struct Taken {
    bytes: u64,
    keys: HashSet<[u8; 32]>,
}

impl Taken {
    fn of(room: &Room, keys: HashMap<[u8; 32], Lain>) -> Self {
        let bytes = keys.values().fold(0_u64, |sum, lain| {
            sum.saturating_add(room.key)
                .saturating_add(room.statement.saturating_mul(lain.statements))
                .saturating_add(packing::most_characters(lain.bytes))
        });
        Self {
            bytes,
            keys: keys.into_keys().collect(),
        }
    }

    fn add(&mut self, room: &Room, key: [u8; 32], content: u64) -> bool {
        let key_bytes = if self.keys.contains(&key) { 0 } else { room.key };
        let bytes = [room.statement, key_bytes, content]
            .iter()
            .fold(self.bytes, |sum, more| sum.saturating_add(*more));
        let fits = bytes <= room.total;
        if fits {
            self.bytes = bytes;
            self.keys.insert(key);
        }
        fits
    }
}

/// Which of the submissions, by digest, do not fit any more, taken in their order, after those `foreseen`.
pub(crate) async fn without_room(
    tx: &mut Connection,
    room: &Room,
    foreseen: &Foresight,
    submissions: &[&Submission],
) -> Result<HashSet<[u8; 32]>, StoreError> {
    let mut full = HashSet::new();
    let mut counted = crowded(tx, room, foreseen, submissions).await?;
    for submission in submissions {
        let Some(taken) = counted.get_mut(&submission.label.0) else {
            continue;
        };
        let content = u64::try_from(submission.content.len()).unwrap_or(u64::MAX);
        if !taken.add(room, submission.key_id.0, content) {
            full.insert(submission.digest.0);
        }
    }
    Ok(full)
}

/// The vehicles among the submissions' that need counting, and what they have taken.
async fn crowded(
    tx: &mut Connection,
    room: &Room,
    foreseen: &Foresight,
    submissions: &[&Submission],
) -> Result<HashMap<[u8; 32], Taken>, StoreError> {
    // Half of what always fits may be there, and half may come: then nobody need count.
    let few = room.always_fit() / 2;
    if few == u64::MAX / 2 || submissions.is_empty() {
        return Ok(HashMap::new());
    }
    let mut coming: HashMap<[u8; 32], u64> = HashMap::new();
    for submission in submissions {
        *coming.entry(submission.label.0).or_default() += 1;
    }
    let mut crowded: HashMap<[u8; 32], Taken> = coming
        .iter()
        .filter(|(label, count)| count.saturating_add(foreseen.statements(label)) > few)
        .map(|(label, _)| (*label, Taken::default()))
        .collect();
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT v.column1 AS label FROM (");
    sql.push_values(coming.keys(), |row, label| {
        row.push_bind(label.to_vec());
    });
    sql.push(
        ") AS v WHERE EXISTS (SELECT 1 FROM statement AS s
              WHERE substr(s.label, 1, 8) = substr(v.column1, 1, 8) AND s.label = v.column1 LIMIT 1 OFFSET ",
    );
    sql.push_bind(i64::try_from(few).unwrap_or(i64::MAX));
    sql.push(")");
    for row in sql.build().fetch_all(&mut *tx).await? {
        crowded.insert(bytes32("statement", row.try_get("label")?)?, Taken::default());
    }
    for (label, taken) in &mut crowded {
        let rows = query(
            "SELECT s.key_id, count(*) AS statements, coalesce(sum(length(c.sealed)), 0) AS bytes
             FROM statement s LEFT JOIN content c ON c.statement = s.id
             WHERE substr(s.label, 1, 8) = substr($1, 1, 8) AND s.label = $1 AND s.refused IS NULL GROUP BY s.key_id",
        )
        .bind(label.to_vec())
        .fetch_all(&mut *tx)
        .await?;
        let mut keys = foreseen.cars.get(label).cloned().unwrap_or_default();
        for row in rows {
            let lain = keys
                .entry(bytes32("statement", row.try_get("key_id")?)?)
                .or_default();
            lain.statements += unsigned("statement", row.try_get("statements")?)?;
            lain.bytes += unsigned("statement", row.try_get("bytes")?)?;
        }
        *taken = Taken::of(room, keys);
    }
    Ok(crowded)
}
