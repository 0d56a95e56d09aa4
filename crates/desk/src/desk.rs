//! Setting up a log in a data directory, and opening it.

use std::path::Path;

use dossier::{Trust, VrfVerifierKey};
use history::entry::{MAP_VERSION, Params};
use index::vrf;
use object_store::ObjectStoreExt as _;
use statement::key_file::{Purpose, StoredKey};
use store::{LocalCosigner, Options, RemoteWitness, Room, Store, StoreError, Vault};
use tlog::cosignature::CosigningKey;
use tlog::note::Vkey;
use tlog::note::{KeyName, SigningKey};
use tlog::policy::Policy;
use zeroize::Zeroizing;

use crate::access::Doors;
use crate::checkers;
use crate::data_dir::{self, DataDir, Passphrase};
use crate::error::DeskError;
use crate::label::Labels;
use crate::prepared::PreparedKeys;

/// What a new log is set up with.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// The log's name for ever: a host and path the operator controls, such as `log.example.org/carnet`.
    pub origin: String,
    /// Seals the key files; `None` leaves them readable to whoever reads the disk.
    pub passphrase: Passphrase,
}

/// A log and everything needed to work with it on this machine.
pub struct Desk {
    pub(crate) dir: DataDir,
    pub(crate) store: Store,
    pub(crate) labels: Labels,
    pub(crate) prepared: PreparedKeys,
    pub(crate) checkers: rayon::ThreadPool,
    pub(crate) log_key: SigningKey,
    pub(crate) passphrase: Passphrase,
    pub(crate) doors: Doors,
    /// Whoever takes a step of a case: between looking at it and writing, nobody else does.
    pub(crate) certifying: tokio::sync::Mutex<()>,
    /// What was found of the distance that certified cars ran.
    pub(crate) overruns: tokio::sync::Mutex<crate::certify::expiry::Found>,
    pub(crate) vrf_key: VrfVerifierKey,
    pub(crate) policy: Policy,
    /// The cosigners that live beside the log, by the names that `init` gives them in the policy.
    pub(crate) beside: [(&'static str, Vkey); 2],
}

/// The two cosigners that live beside an embedded log.
const WITNESS: &str = "witness";
const AUDITOR: &str = "auditor";

impl Desk {
    /// Sets up a log: keys, policy, database, entry 0. Nothing is overwritten. What an interrupted `init` left is finished:
    /// its keys are kept, since nobody can tell here who has seen them.
    ///
    /// # Errors
    /// There is a log already, what was begun is of another name or passphrase, the origin is not a name, or the disk
    /// refused.
    pub async fn init(dir: DataDir, options: InitOptions) -> Result<Self, DeskError> {
        if let Err(lost @ DeskError::NoDatabase(_)) = there(&dir) {
            return Err(lost);
        }
        match found(&dir).await? {
            Found::Nothing => {}
            Found::Unpublished => return Self::finish(dir, options).await,
            Found::Log => return Err(DeskError::LogExists(dir.root().to_owned())),
        }
        let origin = key_name(&options.origin)?;
        dir.create()?;

        let passphrase = options.passphrase;
        let mut rng = data_dir::rng();
        let vrf_secret = vrf::SecretKey::generate(&mut rng);
        let write = |name: &str, key: StoredKey| {
            if dir.key(name).exists() {
                return begun(&dir, name, &key, &passphrase);
            }
            data_dir::write_key(&dir.key(name), &key, &passphrase)
        };
        write(
            "vrf",
            StoredKey {
                purpose: Purpose::Vrf,
                name: options.origin.clone(),
                public: Some(vrf_secret.public().to_bytes()),
                secret: vrf_secret.to_bytes(),
            },
        )?;
        write(
            "content",
            StoredKey {
                purpose: Purpose::Content,
                name: options.origin.clone(),
                public: None,
                secret: random_secret()?,
            },
        )?;
        for name in [WITNESS, AUDITOR] {
            write(
                name,
                ed25519_key(Purpose::Cosigner, format!("{}/{name}", options.origin))?,
            )?;
        }
        write("log", ed25519_key(Purpose::Log, options.origin.clone())?)?;

        let keys = Keys::read(&dir, &passphrase)?;
        let policy = format!(
            "# Whom a verifier of this log trusts (c2sp.org/tlog-policy).\n\
             # Both cosigners run beside the log and are held by its operator. They catch accidents, not a dishonest\n\
             # operator: before strangers rely on this log, add witnesses and auditors run by others.\n\
             log {log}\n\
             witness {WITNESS} {witness}\n\
             witness {AUDITOR} {auditor}\n\
             group witnesses any {WITNESS}\n\
             group auditors any {AUDITOR}\n\
             group both all witnesses auditors\n\
             quorum both\n",
            log = keys.log.vkey(),
            witness = keys.witness.vkey(),
            auditor = keys.auditor.vkey(),
        );
        data_dir::write(&dir.policy(), policy.as_bytes(), 0o644)?;
        let vrf_key = VrfVerifierKey {
            origin,
            key: keys.vrf.public(),
        };
        data_dir::write(&dir.vrf(), format!("{vrf_key}\n").as_bytes(), 0o644)?;
        if dir.has_database() && !dir.database().exists() {
            data_dir::write(&dir.database(), b"", 0o600)?;
        }

        let params = Params {
            map_version: MAP_VERSION,
            vrf_epoch: 1,
            vrf_key: keys.vrf.public().to_bytes(),
        };
        let store = Store::create(keys.options(&dir)?, params).await?;
        Self::assemble(dir, store, passphrase)
    }

    /// The rest of an `init` that was interrupted after the log had its row in the database.
    async fn finish(dir: DataDir, options: InitOptions) -> Result<Self, DeskError> {
        let desk = Self::open(dir.clone(), options.passphrase).await?;
        let status = desk.store.status().await?;
        // Entry 0 and its index entry are all that `init` makes; a longer log lost its checkpoint some other way.
        if status.origin != options.origin || status.size > 2 {
            desk.close().await?;
            return Err(DeskError::LogExists(dir.root().to_owned()));
        }
        desk.store.seal().await?;
        Ok(desk)
    }

    /// Opens the log and finishes what an interrupted command may have left.
    ///
    /// # Errors
    /// No log here, a key is missing or sealed, or the store refuses (a database older than what was published).
    pub async fn open(dir: DataDir, passphrase: Passphrase) -> Result<Self, DeskError> {
        there(&dir)?;
        if dir.has_database() {
            let writable = std::fs::OpenOptions::new()
                .read(true)
                .write(true)
                .open(dir.database());
            writable.map_err(DeskError::file(dir.database()))?;
        }
        let keys = Keys::read(&dir, &passphrase)?;
        dir.create_cosigners()?;
        let store = Store::open(keys.options(&dir)?).await;
        let store = store.map_err(|e| unreadable(&dir, e))?;
        Self::assemble(dir, store, passphrase)
    }

    /// Opens the log as it lies, to look for damage; finishes nothing.
    ///
    /// # Errors
    /// No log here, or a key is missing or sealed.
    pub async fn inspect(dir: DataDir, passphrase: Passphrase) -> Result<Self, DeskError> {
        there(&dir)?;
        let store = Store::inspect(Keys::read(&dir, &passphrase)?.options(&dir)?).await;
        let store = store.map_err(|e| unreadable(&dir, e))?;
        Self::assemble(dir, store, passphrase)
    }

    /// The same, and asks none of the witnesses that the log's lists name: for mending a list that cannot be read.
    ///
    /// # Errors
    /// As [`Desk::inspect`].
    pub async fn inspect_asking_nobody(dir: DataDir, passphrase: Passphrase) -> Result<Self, DeskError> {
        there(&dir)?;
        let options = Keys::read(&dir, &passphrase)?.options_asking(&dir, Vec::new())?;
        let store = Store::inspect(options).await;
        let store = store.map_err(|e| unreadable(&dir, e))?;
        Self::assemble(dir, store, passphrase)
    }

    fn assemble(dir: DataDir, store: Store, passphrase: Passphrase) -> Result<Self, DeskError> {
        let keys = Keys::read(&dir, &passphrase)?;
        let vrf_key = VrfVerifierKey {
            origin: key_name(store.origin())?,
            key: keys.vrf.public(),
        };
        if store.params().vrf_key != vrf_key.key.to_bytes() {
            return Err(DeskError::Key {
                path: dir.key("vrf"),
                problem: "is not the key this log was set up with".to_owned(),
            });
        }
        let policy = read_policy(&dir.policy())?;
        Ok(Self {
            dir,
            store,
            labels: Labels::new(keys.vrf),
            prepared: PreparedKeys::default(),
            checkers: checkers::pool()?,
            log_key: keys.log,
            passphrase,
            doors: Doors::default(),
            certifying: tokio::sync::Mutex::default(),
            overruns: tokio::sync::Mutex::default(),
            vrf_key,
            policy,
            beside: [
                (WITNESS, keys.witness.vkey().clone()),
                (AUDITOR, keys.auditor.vkey().clone()),
            ],
        })
    }

    /// The data directory.
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// The log underneath.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What a verifier of this log needs, with the age it tolerates.
    pub fn trust(&self, max_age: u64) -> Trust {
        Trust {
            policy: self.policy.clone(),
            vrf_key: self.vrf_key.clone(),
            max_age,
        }
    }

    /// Closes the log, so that the next command need not wait.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close(self) -> Result<(), DeskError> {
        Ok(self.store.close().await?)
    }
}

/// Refuses a directory without a database, by what else is in it.
fn there(dir: &DataDir) -> Result<(), DeskError> {
    if !dir.has_database() {
        return Ok(());
    }
    let database = dir.database();
    let published = dir.log().join("checkpoint").exists()
        || [WITNESS, AUDITOR].iter().any(|name| dir.cosigner(name).exists());
    match std::fs::metadata(&database) {
        Ok(file) if file.len() > 0 || !published => Ok(()),
        Ok(_) => Err(DeskError::NoDatabase(database)),
        Err(_) if published => Err(DeskError::NoDatabase(database)),
        Err(_) => Err(DeskError::NoLog(dir.root().to_owned())),
    }
}

/// What there is of a log in a directory.
enum Found {
    /// At most files that an interrupted `init` left, which nobody can have relied on.
    Nothing,
    /// A log that has shown no checkpoint.
    Unpublished,
    /// A log, or what is left of one: where a checkpoint was published or cosigned and the database is gone, it must be
    /// restored and not set up anew.
    Log,
}

async fn found(dir: &DataDir) -> Result<Found, DeskError> {
    let published = match dir.objects() {
        Ok(objects) => match objects.head(&object_store::path::Path::from("checkpoint")).await {
            Ok(_) => true,
            Err(object_store::Error::NotFound { .. }) => false,
            Err(e) => return Err(DeskError::malformed(Path::new(&dir.objects_shown()), e)),
        },
        // The folder is made later.
        Err(_) if !dir.log().exists() => false,
        Err(error) => return Err(error),
    };
    let cosigned = [WITNESS, AUDITOR].iter().any(|name| dir.cosigner(name).exists());
    let row = (!dir.has_database() || dir.database().exists())
        && Store::holds_log(&dir.database_url())
            .await
            .map_err(|e| unreadable(dir, e))?;
    Ok(match (row, published || cosigned) {
        (true, _) if !published => Found::Unpublished,
        (false, false) => Found::Nothing,
        _ => Found::Log,
    })
}

/// A key that an interrupted `init` left: it must be of the log that is being set up.
fn begun(dir: &DataDir, name: &str, wanted: &StoredKey, passphrase: &Passphrase) -> Result<(), DeskError> {
    let path = dir.key(name);
    let refuse = |problem: String| DeskError::Key {
        path: path.clone(),
        problem: format!(
            "left by an `init` that was interrupted: {problem}; or name another directory with --data"
        ),
    };
    let left = data_dir::read_key(&path, wanted.purpose, passphrase).map_err(|e| match e {
        DeskError::Key { problem, .. } => refuse(format!("{problem}, with --protect-keys")),
        e => e,
    })?;
    if left.name != wanted.name {
        let fix = format!(
            "it is of {:?}, not of {:?}; finish that log",
            left.name, wanted.name
        );
        return Err(refuse(fix));
    }
    Ok(())
}

/// What the database says when it cannot be opened, with the file and the fix.
fn unreadable(dir: &DataDir, error: StoreError) -> DeskError {
    match error {
        error if error.is_disk_full() => error.into(),
        StoreError::Sql(e) if !dir.has_database() => {
            let fix = "check CARNET_DATABASE_URL, and that the server runs and lets this user in";
            DeskError::malformed(Path::new(&dir.database_shown()), format!("{e}; {fix}"))
        }
        StoreError::Sql(e) => {
            let fix = "make sure that you may write to this file and its folder; if it is damaged, restore it from a \
                       backup that is not older than the published checkpoint";
            DeskError::malformed(&dir.database(), format!("{e}; {fix}"))
        }
        error => error.into(),
    }
}

/// The log's own keys, read.
pub(crate) struct Keys {
    log: SigningKey,
    vrf: vrf::SecretKey,
    content: Zeroizing<[u8; 32]>,
    witness: CosigningKey,
    auditor: CosigningKey,
}

impl Keys {
    pub(crate) fn read(dir: &DataDir, passphrase: &Passphrase) -> Result<Self, DeskError> {
        let read = |name: &str, purpose| data_dir::read_key(&dir.key(name), purpose, passphrase);
        let cosigner = |name: &str| {
            let key = read(name, Purpose::Cosigner)?;
            Ok::<_, DeskError>(CosigningKey::new(key_name(&key.name)?, &key.secret))
        };
        let log = read("log", Purpose::Log)?;
        let vrf = read("vrf", Purpose::Vrf)?;
        Ok(Self {
            log: SigningKey::new(key_name(&log.name)?, &log.secret),
            vrf: vrf::SecretKey::from_bytes(&vrf.secret).map_err(|e| DeskError::Key {
                path: dir.key("vrf"),
                problem: e.to_string(),
            })?,
            content: read("content", Purpose::Content)?.secret,
            witness: cosigner(WITNESS)?,
            auditor: cosigner(AUDITOR)?,
        })
    }

    pub(crate) fn options(self, dir: &DataDir) -> Result<Options, DeskError> {
        let policy = read_policy(&dir.policy())?;
        let here = [self.witness.vkey(), self.auditor.vkey()];
        let remote = crate::witnesses::remote(dir, &policy, here)?;
        self.options_asking(dir, remote)
    }

    fn options_asking(self, dir: &DataDir, remote: Vec<RemoteWitness>) -> Result<Options, DeskError> {
        let objects = dir.objects()?;
        let database = dir.database_url();
        let log_vkey = self.log.vkey().clone();
        let policy = read_policy(&dir.policy())?;
        // Before anything is said of what this key did not sign.
        if !policy.logs().iter().any(|log| log.vkey == log_vkey) {
            let named: Vec<String> = policy.logs().iter().map(|log| log.vkey.to_string()).collect();
            return Err(DeskError::Key {
                path: dir.key("log"),
                problem: format!(
                    "is the key {log_vkey}, and {} names {}: put that key back, or the policy that belongs to this one",
                    dir.policy().display(),
                    named.join(" and ")
                ),
            });
        }
        let mut options = Options::new(database, objects, self.log, policy, Vault::new(self.content));
        options.room = Room {
            total: dossier::file::MAX_BYTES as u64 - dossier::file::FRAME_BYTES,
            statement: dossier::file::STATEMENT_BYTES,
            key: dossier::file::KEY_BYTES,
            content: statement::sd_jwt::MAX_BYTES as u64,
        };
        options.cosigners = vec![
            Box::new(LocalCosigner::witness(
                self.witness,
                log_vkey.clone(),
                dir.cosigner(WITNESS),
            )),
            Box::new(LocalCosigner::auditor(
                self.auditor,
                log_vkey,
                dir.cosigner(AUDITOR),
            )),
        ];
        for witness in remote {
            options.cosigners.push(Box::new(witness));
        }
        Ok(options)
    }
}

fn key_name(name: &str) -> Result<KeyName, DeskError> {
    KeyName::new(name).map_err(|_| {
        let fix =
            "a log is named by a host and a path, without spaces and '+', such as log.example.org/carnet";
        DeskError::value("log name", name, fix)
    })
}

/// Reads a trust policy.
pub(crate) fn read_policy(path: &std::path::Path) -> Result<Policy, DeskError> {
    Policy::parse(data_dir::read(path)?).map_err(|e| DeskError::malformed(path, e))
}

/// A fresh Ed25519 key for a key file.
///
/// # Errors
/// The operating system's random source failed.
pub fn ed25519_key(purpose: Purpose, name: String) -> Result<StoredKey, DeskError> {
    let secret = random_secret()?;
    let public = statement::IssuerSigningKey::from_seed(&secret).public();
    Ok(StoredKey {
        purpose,
        name,
        public: Some(public),
        secret,
    })
}

fn random_secret() -> Result<Zeroizing<[u8; 32]>, DeskError> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut()).map_err(|e| DeskError::Random(e.to_string()))?;
    Ok(secret)
}
