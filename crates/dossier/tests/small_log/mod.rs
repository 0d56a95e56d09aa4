//! A small real log in memory, with fixed keys, and the dossiers it makes.
//!
//! It applies none of the rules by which an honest sequencer refuses entries, so that tests can also build what only a
//! dishonest log would sign. [`SmallLog::audited`] replays it with the auditor's code and says whether it is honest.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dossier::erasure::Notice;
use dossier::{Dossier, IssuerPart, Logged, Parts, StatementPart, Trust, VrfVerifierKey, assemble};
use history::audit::{AuditError, Auditor};
use history::entry::{
    Entry, EpochRoot, IndexEntry, KeyEntry, MAP_VERSION, Params, StatementEntry, key_label,
};
use history::map::ChainHead;
use index::vrf::SecretKey;
use index::{Label, Trie, id_input};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, IssuerSigningKey, KeyId, SdJwt, issue};
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Note, SigningKey};
use tlog::policy::Policy;
use tlog::tile::TileId;
use tlog::tree::{RightEdge, inclusion_proof};
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash};
use vehicle::VehicleId;

pub const ORIGIN: &str = "log.example/carnet";
pub const EPOCH: u32 = 1;
/// 2026-11-23T10:00:00Z.
pub const NOW: u64 = 1_795_428_000;
pub const DAY: u64 = 86_400;
/// How old a dossier may be in these tests.
pub const MAX_AGE: u64 = 7 * DAY;
/// When the cosigners last looked, in the order of [`cosigners`].
pub const TIMES: [u64; 4] = [NOW - 7200, NOW - 3600, NOW - 5400, NOW - 1800];

pub fn id(text: &str) -> VehicleId {
    text.parse().unwrap()
}

pub fn log_key() -> SigningKey {
    SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[1; 32])
}

/// Three witnesses and an auditor.
pub fn cosigners() -> [CosigningKey; 4] {
    [
        ("alpha.example", 11),
        ("beta.example", 12),
        ("gamma.example", 13),
        ("auditor.example", 14),
    ]
    .map(|(name, seed)| CosigningKey::new(KeyName::new(name).unwrap(), &[seed; 32]))
}

/// A policy file: two of three witnesses, and the auditor.
pub fn policy_text() -> String {
    let [alpha, beta, gamma, auditor] = cosigners().map(|key| key.vkey().to_string());
    format!(
        "log {}\nwitness alpha {alpha}\nwitness beta {beta}\nwitness gamma {gamma}\nwitness auditor {auditor}\n\
         group witnesses 2 alpha beta gamma\ngroup both all witnesses auditor\nquorum both\n",
        log_key().vkey()
    )
}

pub fn vrf_secret() -> SecretKey {
    SecretKey::from_bytes(&[5; 32]).unwrap()
}

pub fn vrf_key() -> VrfVerifierKey {
    VrfVerifierKey {
        origin: KeyName::new(ORIGIN).unwrap(),
        key: vrf_secret().public(),
    }
}

pub fn trust() -> Trust {
    Trust {
        policy: Policy::parse(policy_text()).unwrap(),
        vrf_key: vrf_key(),
        max_age: MAX_AGE,
    }
}

/// The label of a vehicle in this log.
pub fn label(vehicle: &VehicleId) -> Label {
    let input = id_input(&vehicle.to_string());
    let secret = vrf_secret();
    secret
        .public()
        .verify(&input, &secret.prove(&input))
        .unwrap()
        .label()
}

/// An issuer and its key.
pub struct Author {
    pub key: IssuerSigningKey,
    pub issuer: String,
    pub name: String,
    pub roles: Vec<Role>,
}

impl Author {
    pub fn new(seed: u8, issuer: &str, name: &str, roles: &[Role]) -> Self {
        Self {
            key: IssuerSigningKey::from_seed(&[seed; 32]),
            issuer: issuer.to_owned(),
            name: name.to_owned(),
            roles: roles.to_vec(),
        }
    }

    pub fn enrolled(&self) -> Entry {
        Entry::Key(KeyEntry::Enrolled {
            key_id: self.key.key_id(),
            public_key: self.key.public(),
            roles: self.roles.clone(),
            issuer: self.issuer.clone(),
            name: self.name.clone(),
        })
    }

    pub fn revoked(&self, reason: &str) -> Entry {
        Entry::Key(KeyEntry::Revoked {
            key_id: self.key.key_id(),
            reason: reason.to_owned(),
        })
    }

    /// What this issuer says about `vehicle`. The day makes times and salts differ.
    pub fn states(&self, vehicle: &VehicleId, typ: StatementType, day: u8, body: Value) -> SdJwt {
        let claims = self.claims(vehicle, typ, day, body);
        self.signs(&claims)
    }

    pub fn claims(&self, vehicle: &VehicleId, typ: StatementType, day: u8, body: Value) -> Claims {
        let Value::Object(body) = body else {
            panic!("a body is an object")
        };
        Claims {
            iss: self.issuer.clone(),
            iat: i64::try_from(NOW - 60 * DAY + u64::from(day) * DAY).unwrap(),
            typ,
            vid: vehicle.clone(),
            event_time: format!("2026-10-{day:02}T09:30:00+09:00").parse().unwrap(),
            recorded_at: None,
            place: Some("KRINC".parse().unwrap()),
            body,
            evidence: Vec::new(),
            confidence: Confidence::Professional,
            supersedes: None,
        }
    }

    pub fn signs(&self, claims: &Claims) -> SdJwt {
        let salts = u64::try_from(claims.iat).unwrap();
        issue(claims, &self.key, &mut ChaCha20Rng::seed_from_u64(salts)).unwrap()
    }
}

#[derive(Default)]
pub struct SmallLog {
    pub entries: Vec<Vec<u8>>,
    edge: Option<RightEdge>,
    tiles: HashMap<TileId, Vec<u8>>,
    trie: Trie<ChainHead>,
    contents: BTreeMap<u64, SdJwt>,
}

impl SmallLog {
    /// A log with its parameters.
    pub fn new() -> Self {
        let mut log = Self::default();
        log.push(&Entry::Params(Params {
            map_version: MAP_VERSION,
            vrf_epoch: EPOCH,
            vrf_key: vrf_secret().public().to_bytes(),
        }));
        log
    }

    pub fn size(&self) -> TreeSize {
        TreeSize(self.entries.len() as u64)
    }

    /// Appends an entry and indexes it as the map function says.
    pub fn push(&mut self, entry: &Entry) -> LeafIndex {
        let label = match entry {
            Entry::Statement(s) => Some(s.label),
            Entry::Key(k) => Some(key_label(&k.key_id())),
            Entry::Params(_) | Entry::Index(_) => None,
        };
        self.push_indexed_as(entry, label)
    }

    /// Appends an entry and indexes it as told.
    pub fn push_indexed_as(&mut self, entry: &Entry, label: Option<Label>) -> LeafIndex {
        let bytes = entry.encode().unwrap();
        let (at, leaf) = (LeafIndex(self.size().0), leaf_hash(&bytes));
        if let Some(label) = label {
            let chain = self.chain(&label).extended(&label, at, &leaf);
            self.trie.set(label, chain);
        }
        let edge = self.edge.get_or_insert_with(RightEdge::empty);
        self.tiles.extend(edge.append_all(&[leaf]));
        self.entries.push(bytes);
        at
    }

    /// Appends the `S` entry of a statement about the vehicle it names.
    pub fn record(&mut self, statement: &SdJwt) -> LeafIndex {
        let vehicle = statement.claims_unverified().vid.clone();
        self.record_under(&vehicle, statement)
    }

    /// Appends the `S` entry of a statement under the label of `vehicle`.
    pub fn record_under(&mut self, vehicle: &VehicleId, statement: &SdJwt) -> LeafIndex {
        let entry = StatementEntry {
            vrf_epoch: EPOCH,
            label: label(vehicle),
            key_id: statement.key_id(),
            digest: statement.digest(),
        };
        self.record_as(statement, entry)
    }

    /// Appends an `S` entry, whatever it says, as that of a statement.
    pub fn record_as(&mut self, statement: &SdJwt, entry: StatementEntry) -> LeafIndex {
        let at = self.push(&Entry::Statement(entry));
        self.contents.insert(at.0, statement.clone());
        at
    }

    /// The content of a statement, for tests that put it elsewhere.
    pub fn content(&self, at: LeafIndex) -> SdJwt {
        self.contents[&at.0].clone()
    }

    /// Destroys the contents of a vehicle, and says so in a signed notice.
    pub fn erase(&mut self, vehicle: &VehicleId) -> String {
        let mine = label(vehicle);
        let through = self.positions(&mine).last().copied().unwrap();
        for at in self.positions(&mine) {
            self.contents.remove(&at.0);
        }
        notice(mine, through).sign(&log_key()).unwrap()
    }

    /// Ends the batch with the index entry that covers it.
    pub fn seal(&mut self) {
        let entry = self.index_entry();
        self.push(&Entry::Index(entry));
    }

    pub fn index_entry(&mut self) -> IndexEntry {
        IndexEntry {
            tree_size: self.size().0,
            epochs: vec![EpochRoot {
                epoch: EPOCH,
                vrf_key: vrf_secret().public().to_bytes(),
                keys: self.trie.len() as u64,
                root: self.trie.root(),
            }],
        }
    }

    /// Whether an auditor would cosign this log.
    pub fn audited(&self) -> Result<(), AuditError> {
        let mut auditor = Auditor::default();
        for entry in &self.entries {
            auditor.replay(entry)?;
        }
        auditor.agrees(&self.checkpoint())
    }

    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(ORIGIN, self.size(), self.edge.as_ref().unwrap().root())
    }

    /// The checkpoint, signed by the log and cosigned by all at [`TIMES`].
    pub fn note(&self) -> Note {
        cosigned(&self.checkpoint(), &TIMES.map(Some))
    }

    pub fn chain(&self, label: &Label) -> ChainHead {
        self.trie.get(label).copied().unwrap_or(ChainHead::EMPTY)
    }

    /// Puts something into the index that no entry amounts to.
    pub fn set_chain(&mut self, label: Label, chain: ChainHead) {
        self.trie.set(label, chain);
    }

    pub fn prove(&mut self, label: &Label) -> index::TrieProof {
        self.trie.prove(label)
    }

    pub fn inclusion(&self, at: LeafIndex) -> Vec<Hash> {
        inclusion_proof(self.size(), at, &self.tiles).unwrap()
    }

    pub fn logged(&self, at: LeafIndex) -> Logged {
        Logged {
            log_index: at,
            entry: self.entries[usize::try_from(at.0).unwrap()].clone(),
            inclusion: self.inclusion(at),
        }
    }

    /// Where the entries with this label stand.
    pub fn positions(&self, wanted: &Label) -> Vec<LeafIndex> {
        let label_of = |bytes: &Vec<u8>| match Entry::decode(bytes).unwrap() {
            Entry::Statement(s) => Some(s.label),
            Entry::Key(k) => Some(key_label(&k.key_id())),
            _ => None,
        };
        let at = |position: usize| LeafIndex(position as u64);
        (0..self.entries.len())
            .filter(|i| label_of(&self.entries[*i]) == Some(*wanted))
            .map(at)
            .collect()
    }

    /// All entries of a key, with proof.
    pub fn issuer(&mut self, key_id: &KeyId) -> IssuerPart {
        let label = key_label(key_id);
        let entries = self
            .positions(&label)
            .into_iter()
            .map(|at| self.logged(at))
            .collect();
        IssuerPart {
            entries,
            trie_proof: self.trie.prove(&label),
        }
    }

    /// Everything an honest export gathers about a vehicle.
    pub fn parts(&mut self, vehicle: &VehicleId, erasures: Vec<String>) -> Parts {
        let mine = label(vehicle);
        let positions = self.positions(&mine);
        let mut keys = BTreeSet::new();
        for at in &positions {
            if let Ok(Entry::Statement(s)) = Entry::decode(&self.logged(*at).entry) {
                keys.insert(s.key_id);
            }
        }
        Parts {
            vehicle: vehicle.clone(),
            checkpoint: self.note().to_bytes(),
            index: self.logged(LeafIndex(self.size().0 - 1)),
            vrf_proof: vrf_secret().prove(&id_input(&vehicle.to_string())),
            trie_proof: self.trie.prove(&mine),
            chain: self.chain(&mine),
            statements: positions
                .iter()
                .map(|at| StatementPart {
                    logged: self.logged(*at),
                    content: self.contents.get(&at.0).cloned(),
                })
                .collect(),
            issuers: keys.iter().map(|key| self.issuer(key)).collect(),
            erasures,
        }
    }

    /// The dossier of a vehicle with everything disclosed.
    pub fn dossier(&mut self, vehicle: &VehicleId) -> Dossier {
        assemble(self.parts(vehicle, Vec::new()), |_, _| true).unwrap()
    }
}

/// A checkpoint signed by the log, and cosigned by those that have a time.
pub fn cosigned(checkpoint: &Checkpoint, times: &[Option<u64>; 4]) -> Note {
    let mut note = Note::new(checkpoint.to_string()).unwrap();
    note.signatures.push(log_key().sign(&note.text));
    for (cosigner, time) in cosigners().iter().zip(times) {
        if let Some(time) = time {
            note.signatures.push(cosigner.cosign(&note, *time).unwrap());
        }
    }
    note
}

pub fn notice(label: Label, through: LeafIndex) -> Notice {
    Notice {
        origin: ORIGIN.to_owned(),
        label,
        through,
        time: "2026-11-20T08:00:00Z".parse().unwrap(),
        asked_by: "the keeper".to_owned(),
        reason: "erasure request under PIPA art. 36".to_owned(),
    }
}

/// The subject of most tests: three statements, by an authority, a workshop whose key was revoked later, and a dealer.
pub const SUBJECT: &str = "vin:KMTG341ABLU064324";
/// Another car of the same log.
pub const NEIGHBOUR: &str = "vin:KMHK281HGNU123456";
/// A car with a wrong reading and its correction.
pub const CORRECTED: &str = "vin:KNAPX81GBNK012345";
/// A car whose contents were erased, and which had a statement since.
pub const ERASED: &str = "frame:ZVW30-1234567";
/// A car nobody has stated anything about.
pub const UNKNOWN: &str = "vin:KMHJ3813KMU000001";

/// The issuers of the honest log.
pub struct Cast {
    pub register: Author,
    pub workshop: Author,
    pub insurer: Author,
    pub dealer: Author,
    /// A workshop whose key is revoked near the end.
    pub garage: Author,
}

pub fn cast() -> Cast {
    Cast {
        register: Author::new(
            21,
            "https://register.example",
            "Vehicle register",
            &[Role::Register],
        ),
        workshop: Author::new(22, "https://workshop.example", "Workshop Kim", &[Role::Workshop]),
        insurer: Author::new(23, "https://insurer.example", "Han Insurance", &[Role::Insurer]),
        dealer: Author::new(24, "https://dealer.example", "Incheon Cars", &[Role::Dealer]),
        garage: Author::new(25, "https://garage.example", "Garage Park", &[Role::Workshop]),
    }
}

pub fn odometer(km: u32) -> Value {
    serde_json::json!({"value": km, "unit": "km", "instrument_state": "working", "method": "seen"})
}

pub fn first_registration() -> Value {
    serde_json::json!({
        "date": "2021-03-04", "use": "private", "plate": "12가3456", "owner": "Hong Gil-dong", "fuel": "electric"
    })
}

pub fn service(km: u32) -> Value {
    serde_json::json!({
        "reason": "maintenance", "jobs": [{"text": "brake fluid"}], "odometer": odometer(km),
        "total": {"minor": 180_000, "currency": "KRW"}
    })
}

pub fn sale(km: u32) -> Value {
    serde_json::json!({
        "channel": "export", "odometer": odometer(km), "stated_accident_free": true, "buyer": "Amman Motors",
        "price": {"minor": 14_500_000, "currency": "KRW"}
    })
}

pub fn reading(km: u32) -> Value {
    serde_json::json!({"odometer": odometer(km), "context": "service"})
}

pub fn correction(km: u32) -> Value {
    serde_json::json!({
        "reason": "typing_error", "explanation": "A digit was doubled.", "accepted_by": "issuer",
        "odometer": odometer(km)
    })
}

/// An honest log about the four known cars, and the erasure notice of [`ERASED`].
pub struct Honest {
    pub log: SmallLog,
    pub cast: Cast,
    pub erasure: String,
    /// The log as it was before its last two batches, in which the subject had only two statements.
    pub earlier: SmallLog,
}

pub fn honest() -> Honest {
    let erased_then = build(2);
    let earlier = erased_then.log;
    let Built { log, erasure } = build(4);
    Honest {
        log,
        cast: cast(),
        erasure,
        earlier,
    }
}

struct Built {
    log: SmallLog,
    erasure: String,
}

fn build(batches: usize) -> Built {
    let cast = cast();
    let [subject, neighbour, corrected, erased] = [SUBJECT, NEIGHBOUR, CORRECTED, ERASED].map(id);
    let mut log = SmallLog::new();
    for author in [
        &cast.register,
        &cast.workshop,
        &cast.insurer,
        &cast.dealer,
        &cast.garage,
    ] {
        log.push(&author.enrolled());
    }
    log.seal();

    log.record(&cast.register.states(
        &subject,
        StatementType::RegistrationFirst,
        1,
        first_registration(),
    ));
    log.record(&cast.register.states(
        &neighbour,
        StatementType::RegistrationFirst,
        2,
        first_registration(),
    ));
    log.record(
        &cast
            .workshop
            .states(&erased, StatementType::ServicePerformed, 3, service(91_000)),
    );
    log.record(
        &cast
            .garage
            .states(&subject, StatementType::ServicePerformed, 4, service(41_200)),
    );
    let wrong = cast
        .workshop
        .states(&corrected, StatementType::OdometerRead, 5, reading(522_000));
    log.record(&wrong);
    log.seal();

    let mut erasure = String::new();
    if batches > 2 {
        log.push(&cast.garage.revoked("key lost"));
        log.record(&cast.insurer.states(
            &neighbour,
            StatementType::ClaimDamage,
            6,
            serde_json::json!({"date": "2026-10-06", "side": "own", "status": "settled"}),
        ));
        log.record(
            &cast
                .dealer
                .states(&erased, StatementType::OdometerRead, 7, reading(91_500)),
        );
        let right = Claims {
            supersedes: Some(wrong.digest()),
            ..cast
                .workshop
                .claims(&corrected, StatementType::RecordCorrected, 8, correction(52_200))
        };
        log.record(&cast.workshop.signs(&right));
        log.seal();
        erasure = log.erase(&erased);
    }
    if batches > 3 {
        log.record(
            &cast
                .dealer
                .states(&subject, StatementType::SaleSold, 9, sale(43_900)),
        );
        log.record(
            &cast
                .workshop
                .states(&erased, StatementType::OdometerRead, 10, reading(93_000)),
        );
        log.record(
            &cast
                .workshop
                .states(&neighbour, StatementType::ServicePerformed, 11, service(8_000)),
        );
        log.seal();
    }
    Built { log, erasure }
}
