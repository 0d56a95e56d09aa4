//! The keys of busy issuers, prepared once and remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use history::map::KeyRecord;
use statement::{KeyId, PreparedKey, SdJwt};

/// Statements of one key in one call from which on preparing it saves time: it costs as much as some thirty checks.
const WORTH: usize = 128;

/// How many prepared keys are remembered; 640 kB each.
const REMEMBERED: usize = 64;

/// ByKeyId keys by their identifier.
pub(crate) type ByKeyId = HashMap<KeyId, Arc<PreparedKey>>;

/// The keys prepared so far.
#[derive(Default)]
pub(crate) struct PreparedKeys(Mutex<ByKeyId>);

impl PreparedKeys {
    /// The prepared keys for these statements: those remembered, and those that sign enough of them.
    pub(crate) fn of(&self, statements: &[SdJwt], keys: &HashMap<KeyId, KeyRecord>) -> ByKeyId {
        let mut counts: HashMap<KeyId, usize> = HashMap::new();
        for statement in statements {
            *counts.entry(statement.key_id()).or_default() += 1;
        }
        let Ok(mut known) = self.0.lock() else {
            return ByKeyId::new();
        };
        let mut prepared = ByKeyId::new();
        for (id, count) in counts {
            if let Some(key) = known.get(&id) {
                prepared.insert(id, key.clone());
            } else if count >= WORTH
                && let Some(key) = keys
                    .get(&id)
                    .and_then(|record| PreparedKey::new(&record.public_key))
            {
                if known.len() >= REMEMBERED {
                    known.clear();
                }
                let key = Arc::new(key);
                known.insert(id, key.clone());
                prepared.insert(id, key);
            }
        }
        prepared
    }
}
