//! What lies where in the directory of a witness or an auditor.
//!
//! ```text
//! keys/witness.key     secret: what a witness signs with; an auditor has keys/auditor.key instead
//! logs.txt             the logs it knows: lines `log <vkey> [<url>]`, as in c2sp.org/tlog-policy
//! memory/              what it cosigned last, a file per log; never restore these from a backup
//! evidence/            what logs were caught at (spec/evidence.md)
//! mirror/              auditor: the entries, as tlog-tiles lays them out; can be fetched again
//! snapshot.bin         auditor: the replay so far; can be made again
//! ```

use std::path::{Path, PathBuf};

use desk::DeskError;
use desk::data_dir::{self, Passphrase};
use sha2::{Digest as _, Sha256};
use statement::key_file::Purpose;
use store::Memory;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Vkey};
use tlog::policy::{Log, Policy};

/// What a cosigner's signature means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The log only grew since this cosigner signed last.
    Witness,
    /// And every entry and the index were replayed.
    Auditor,
}

impl Role {
    /// The word for it, which is also the name of its key file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Witness => "witness",
            Self::Auditor => "auditor",
        }
    }
}

/// The directory of one cosigner.
#[derive(Clone, Debug)]
pub struct CosignerDir {
    root: PathBuf,
}

impl CosignerDir {
    /// The directory at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn key(&self, role: Role) -> PathBuf {
        self.root.join("keys").join(format!("{}.key", role.as_str()))
    }

    /// The list of logs.
    pub fn log_list(&self) -> PathBuf {
        self.root.join("logs.txt")
    }

    /// What is remembered of a log.
    pub fn memory(&self, origin: &str) -> Memory {
        Memory::new(
            self.root
                .join("memory")
                .join(format!("{}.json", origin_hash(origin))),
        )
    }

    /// Where evidence goes.
    pub fn evidence(&self) -> PathBuf {
        self.root.join("evidence")
    }

    /// An auditor's copy of the entries.
    pub fn mirror(&self) -> PathBuf {
        self.root.join("mirror")
    }

    /// An auditor's replay, put down.
    pub fn snapshot(&self) -> PathBuf {
        self.root.join("snapshot.bin")
    }

    /// Makes the directory and a new key named `name`, and says with which key others verify it.
    ///
    /// # Errors
    /// There is a cosigner here already, the name cannot be one, or the disk refused.
    pub fn init(&self, role: Role, name: &str, passphrase: &Passphrase) -> Result<Vkey, DeskError> {
        let name = KeyName::new(name).map_err(|_| DeskError::Value {
            what: "name",
            value: name.to_owned(),
            problem: "a cosigner is named by a host and a path, without spaces and '+', such as witness.example.org/w1"
                .to_owned(),
        })?;
        self.not_a_log()?;
        if let Some(other) = [Role::Witness, Role::Auditor]
            .into_iter()
            .find(|role| self.key(*role).exists())
        {
            return Err(DeskError::Key {
                path: self.key(other),
                problem: format!(
                    "there is the key of {} {} here already; a cosigner has a directory of its own, name another with --data",
                    if other == Role::Auditor { "an" } else { "a" },
                    other.as_str()
                ),
            });
        }
        for folder in ["", "keys", "memory", "evidence"] {
            make_private(&self.root.join(folder))?;
        }
        let stored = desk::ed25519_key(Purpose::Cosigner, name.as_str().to_owned())?;
        let key = CosigningKey::new(name, &stored.secret);
        data_dir::write_key(&self.key(role), &stored, passphrase)?;
        if !self.log_list().exists() {
            data_dir::write(&self.log_list(), LIST_HEAD.as_bytes(), 0o644)?;
        }
        Ok(key.vkey().clone())
    }

    /// The key to sign with.
    ///
    /// # Errors
    /// No such cosigner here, or its key is sealed, readable by others, or malformed.
    pub fn read_key(&self, role: Role, passphrase: &Passphrase) -> Result<CosigningKey, DeskError> {
        self.not_a_log()?;
        let path = self.key(role);
        if !path.exists() {
            return Err(DeskError::Key {
                path,
                problem: format!(
                    "there is no {role} here; name the right directory with --data, or make one with `carnet {command} init \
                     --name NAME`",
                    role = role.as_str(),
                    command = if role == Role::Auditor { "audit" } else { "witness" },
                ),
            });
        }
        let stored = data_dir::read_key(&path, Purpose::Cosigner, passphrase)?;
        let name = KeyName::new(&stored.name).map_err(|e| DeskError::Key {
            path,
            problem: e.to_string(),
        })?;
        Ok(CosigningKey::new(name, &stored.secret))
    }

    /// The keys of a log's own cosigners are used by the log, with a memory of their own. Two memories for one key is how forks
    /// get cosigned.
    fn not_a_log(&self) -> Result<(), DeskError> {
        // Its database may lie elsewhere; its key is always here.
        let signs = self.root.join("keys").join("log.key");
        if !signs.exists() {
            return Ok(());
        }
        Err(DeskError::Malformed {
            path: signs,
            problem: "this is the directory of a log, whose own cosigners the log itself runs; name a directory of its own for \
                      this one with --data"
                .to_owned(),
        })
    }

    /// The logs this cosigner knows, read anew: one added while it runs is known at once.
    ///
    /// # Errors
    /// The list is missing or malformed; the message names the line.
    pub fn logs(&self) -> Result<Vec<Log>, DeskError> {
        let path = self.log_list();
        let mut text = data_dir::read(&path)?;
        // The list is a policy without a rule.
        text.extend_from_slice(b"\nquorum none\n");
        let policy = Policy::parse(text).map_err(|e| DeskError::Malformed {
            path,
            problem: e.to_string(),
        })?;
        Ok(policy.logs().to_vec())
    }

    /// Adds a log by its key, whose name is the log's.
    ///
    /// # Errors
    /// Not a log's key, the key is there already, or the disk refused.
    pub fn add_log(&self, vkey: &str) -> Result<Log, DeskError> {
        let path = self.log_list();
        let mut text = String::from_utf8_lossy(&data_dir::read(&path)?).into_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&format!("log {vkey}\n"));
        let value = |problem: String| DeskError::Value {
            what: "log key",
            value: vkey.to_owned(),
            problem,
        };
        let policy = Policy::parse(format!("{text}quorum none\n"))
            .map_err(|e| value(format!("{e}; it is the word after `log` in the log's policy.txt")))?;
        data_dir::write(&path, text.as_bytes(), 0o644)?;
        policy
            .logs()
            .last()
            .cloned()
            .ok_or_else(|| value("is not the key of a log".to_owned()))
    }
}

const LIST_HEAD: &str = "\
# The logs this cosigner knows: `log <vkey> [<url>]` (c2sp.org/tlog-policy). The key's name is the log's name.
# `carnet witness add` and `carnet audit init` write here; a line added by hand is known at once.
";

/// What stands for a log in file names and in the paths of the monitoring interface: SHA-256 of its name, in hexadecimal.
pub fn origin_hash(origin: &str) -> String {
    hex::encode(Sha256::digest(origin))
}

fn make_private(path: &Path) -> Result<(), DeskError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(path).map_err(DeskError::file(path))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(DeskError::file(path))
}
