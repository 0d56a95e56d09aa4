//! What lies where in a data directory, and how secrets are written.
//!
//! ```text
//! carnet.sqlite        private: contents (encrypted per vehicle), issuers, the waiting room
//! log/                 public: tiles, bundles and checkpoint, as tlog-tiles lays them out
//! policy.txt           public: whom a verifier of this log trusts (tlog-policy)
//! witnesses.txt        whom the log asks to cosign, and where (tlog-policy lines with URLs); need not exist
//! vrf.txt              public: the key labels are checked with
//! certificates/        public: DID document, status lists, directory, as `carnet certify publish` writes them
//! keys/                secret: log, vrf, content, witness, auditor
//! issuers/             secret: signing keys of issuers that sign on this machine
//! cosigners/           what the local witness and auditor remember; never restore these from a backup
//! ```
//!
//! Past one machine the first two lie in PostgreSQL and in an object store ([`Places`]); the rest stays here.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use statement::key_file::{self, DecodeError, Purpose, StoredKey};
use zeroize::Zeroizing;

use crate::error::DeskError;

/// The largest file that [`read`] reads: keys, policies, mappings, lists of issuers are far smaller.
pub const MAX_FILE: u64 = 8 << 20;

/// A passphrase for key files; `None` where keys lie in plain.
pub type Passphrase = Option<Zeroizing<String>>;

/// The paths of one data directory, and where the log lies whose keys are in it.
#[derive(Clone, Debug)]
pub struct DataDir {
    root: PathBuf,
    places: Places,
}

/// Where a log's database and public files lie; each in the data directory where it is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// `postgres://user:password@host/database`, or `sqlite:///path`.
    pub database: Option<String>,
    /// `s3://bucket/prefix?endpoint=…&region=…`, or `file:///folder`.
    pub objects: Option<String>,
}

impl DataDir {
    /// The directory at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            places: Places::default(),
        }
    }

    /// The same directory, its log lying elsewhere.
    #[must_use]
    pub fn with(self, places: Places) -> Self {
        Self { places, ..self }
    }

    /// Whether the database is the file in this directory.
    pub(crate) fn has_database(&self) -> bool {
        self.places.database.is_none()
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.root.join("carnet.sqlite")
    }

    /// The database as the store wants it named.
    pub(crate) fn database_url(&self) -> String {
        let here = || format!("sqlite://{}", self.database().display());
        self.places.database.clone().unwrap_or_else(here)
    }

    /// The public files as the store wants them.
    pub(crate) fn objects(&self) -> Result<Arc<dyn ObjectStore>, DeskError> {
        match &self.places.objects {
            Some(url) => Ok(store::open_objects(url)?),
            None => {
                let files = LocalFileSystem::new_with_prefix(self.log())
                    .map_err(|e| DeskError::malformed(&self.log(), e))?;
                Ok(Arc::new(files.with_fsync(true)))
            }
        }
    }

    /// What tells this database from others, however its place is written: two of one place are the same.
    pub(crate) fn database_place(&self) -> String {
        let url = self.database_url();
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"));
        match path {
            Some(path) => resolved(Path::new(path.split('?').next().unwrap_or(path))),
            None => server_place(&url),
        }
    }

    /// What tells these public files from others, however their place is written.
    pub(crate) fn objects_place(&self) -> String {
        match &self.places.objects {
            None => resolved(&self.log()),
            Some(url) => match url.strip_prefix("file://") {
                Some(path) => resolved(Path::new(path)),
                None => store::without_password(url).trim_end_matches('/').to_owned(),
            },
        }
    }

    /// Where the database is, for people.
    pub fn database_shown(&self) -> String {
        match &self.places.database {
            Some(url) => store::without_password(url),
            None => self.database().display().to_string(),
        }
    }

    /// Where the public files are, for people.
    pub fn objects_shown(&self) -> String {
        match &self.places.objects {
            Some(url) => store::without_password(url),
            None => self.log().display().to_string(),
        }
    }

    /// The public files.
    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// The trust policy.
    pub fn policy(&self) -> PathBuf {
        self.root.join("policy.txt")
    }

    /// The witnesses and auditors elsewhere that the log asks.
    pub fn witnesses(&self) -> PathBuf {
        self.root.join("witnesses.txt")
    }

    /// The VRF public key.
    pub fn vrf(&self) -> PathBuf {
        self.root.join("vrf.txt")
    }

    /// One of the log's own keys.
    pub fn key(&self, name: &str) -> PathBuf {
        self.root.join("keys").join(format!("{name}.key"))
    }

    /// Signing keys of issuers on this machine.
    pub fn issuers(&self) -> PathBuf {
        self.root.join("issuers")
    }

    /// What is public of certificates: DID document, status lists, directory.
    pub fn certificates(&self) -> PathBuf {
        self.root.join("certificates")
    }

    /// What a local cosigner remembers.
    pub fn cosigner(&self, name: &str) -> PathBuf {
        self.root.join("cosigners").join(format!("{name}.json"))
    }

    /// Creates the directory, private to its owner, with its folders.
    pub(crate) fn create(&self) -> Result<(), DeskError> {
        for folder in ["", "log", "keys", "issuers", "cosigners"] {
            let path = if folder.is_empty() {
                self.root.clone()
            } else {
                self.root.join(folder)
            };
            std::fs::create_dir_all(&path).map_err(DeskError::file(&path))?;
            let private = folder != "log" && !folder.is_empty();
            set_mode(&path, if private { 0o700 } else { 0o755 })?;
        }
        Ok(())
    }

    /// Creates the folder for what the local cosigners remember, where it is not there: a machine that is to take over has a copy of
    /// keys and policy, and its cosigners remember from their first signature on.
    pub(crate) fn create_cosigners(&self) -> Result<(), DeskError> {
        let path = self.root.join("cosigners");
        if path.exists() {
            return Ok(());
        }
        std::fs::create_dir(&path).map_err(DeskError::file(&path))?;
        set_mode(&path, 0o700)
    }
}

/// A path with every link followed; of a file that is not there yet, that of its folder.
fn resolved(path: &Path) -> String {
    let whole = std::fs::canonicalize(path).or_else(|_| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = std::fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
        Ok::<_, std::io::Error>(folder.join(path.file_name().unwrap_or_default()))
    });
    whole.unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// Host, port and name of a PostgreSQL database: neither who logs in nor how is part of the place.
fn server_place(url: &str) -> String {
    let shown = store::without_password(url);
    let (_, place) = shown.split_once("://").unwrap_or(("", &shown));
    let (place, parameters) = place.split_once('?').unwrap_or((place, ""));
    let (host, name) = place.split_once('/').unwrap_or((place, ""));
    let host = host.strip_suffix(":5432").unwrap_or(host);
    let places = ["host=", "hostaddr=", "port=", "dbname="];
    let mut parameters: Vec<&str> = parameters
        .split('&')
        .filter(|parameter| places.iter().any(|place| parameter.starts_with(place)))
        .collect();
    parameters.sort_unstable();
    format!(
        "postgres://{}/{name}?{}",
        host.to_ascii_lowercase(),
        parameters.join("&")
    )
}

/// Reads a whole file, but not one that would fill the memory.
///
/// # Errors
/// Missing, unreadable, or larger than [`MAX_FILE`].
pub fn read(path: &Path) -> Result<Vec<u8>, DeskError> {
    read_up_to(path, MAX_FILE, "is this the right file?")
}

/// As [`read`], with a limit of its own. What the file says of its size is not believed: a device says nothing.
pub(crate) fn read_up_to(path: &Path, limit: u64, fix: &'static str) -> Result<Vec<u8>, DeskError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(DeskError::file(path))?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(DeskError::file(path))?;
    if bytes.len() as u64 > limit {
        return Err(DeskError::TooLarge {
            path: path.to_owned(),
            limit,
            fix,
        });
    }
    Ok(bytes)
}

/// Whether a file begins with these bytes; no more of it is read.
pub(crate) fn begins_with(path: &Path, start: &[u8]) -> Result<bool, DeskError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(DeskError::file(path))?;
    file.take(start.len() as u64)
        .read_to_end(&mut bytes)
        .map_err(DeskError::file(path))?;
    Ok(bytes == start)
}

/// Writes a file whole or not at all, durable on return.
///
/// # Errors
/// The system's, with the path.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), DeskError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // What is put in the place of a device takes it away from everybody.
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let problem = "is a device or a pipe, and would be replaced; name a file";
        return Err(DeskError::malformed(path, problem));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let written = (|| {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => std::fs::File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    })();
    written.map_err(DeskError::file(path))
}

/// Writes a key, readable by its owner only, sealed where there is a passphrase. Never over another key.
///
/// # Errors
/// There is a file already, or it cannot be written.
pub fn write_key(path: &Path, key: &StoredKey, passphrase: &Passphrase) -> Result<(), DeskError> {
    let refuse = |problem: String| DeskError::Key {
        path: path.to_owned(),
        problem,
    };
    if path.exists() {
        return Err(refuse(
            "exists already; a key is never overwritten: use this one, or move the file away first"
                .to_owned(),
        ));
    }
    let bytes = match passphrase {
        Some(passphrase) => key_file::encode_encrypted(key, passphrase, &mut rng()),
        None => key_file::encode_plain(key),
    };
    write(path, &bytes.map_err(|e| refuse(e.to_string()))?, 0o600)
}

/// Reads a key of the given purpose.
///
/// # Errors
/// Readable by others, malformed, for another purpose, or sealed under another passphrase.
pub fn read_key(path: &Path, purpose: Purpose, passphrase: &Passphrase) -> Result<StoredKey, DeskError> {
    use std::os::unix::fs::PermissionsExt as _;
    let refuse = |problem: String| DeskError::Key {
        path: path.to_owned(),
        problem,
    };
    let mode = match std::fs::metadata(path) {
        Ok(found) => found.permissions().mode(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(refuse(format!(
                "the key for {purpose} is missing; restore it from your copy of the keys"
            )));
        }
        Err(e) => return Err(DeskError::file(path)(e)),
    };
    if mode & 0o077 != 0 {
        let fix = format!(
            "others may read it (mode {:03o}); run `chmod 600 {}`",
            mode & 0o777,
            path.display()
        );
        return Err(refuse(fix));
    }
    let bytes = Zeroizing::new(read(path)?);
    let key = key_file::decode(&bytes, passphrase.as_ref().map(|p| p.as_str())).map_err(|e| match e {
        DecodeError::PassphraseNeeded => {
            refuse(format!("{e}; set CARNET_PASSPHRASE or use --passphrase-file"))
        }
        e => refuse(e.to_string()),
    })?;
    if key.purpose != purpose {
        return Err(refuse(format!("is a key for {}, not for {purpose}", key.purpose)));
    }
    Ok(key)
}

/// The operating system's random source.
pub(crate) fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), DeskError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(DeskError::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(database: &str) -> String {
        let places = Places {
            database: Some(database.to_owned()),
            objects: None,
        };
        DataDir::new("data").with(places).database_place()
    }

    #[test]
    fn who_logs_in_and_how_does_not_make_another_database() {
        let one = place("postgres://carnet:secret@DB.example/carnet?sslmode=require");
        assert_eq!(one, place("postgresql://olga@db.example:5432/carnet"));
        assert_ne!(one, place("postgres://carnet:secret@db.example/other"));
        assert_ne!(one, place("postgres://carnet:secret@db.example:5433/carnet"));
    }

    #[test]
    fn servers_at_other_sockets_are_other_places() {
        let one = place("postgres:///carnet?host=/run/a");
        assert_ne!(one, place("postgres:///carnet?host=/run/b"));
        assert_eq!(one, place("postgres:///carnet?user=olga&host=/run/a"));
    }

    #[test]
    fn a_file_is_the_same_by_whatever_path() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::new(folder.path());
        let named = format!(
            "sqlite://{}/../{}/carnet.sqlite",
            folder.path().display(),
            folder.path().file_name().unwrap().display()
        );
        assert_eq!(place(&named), dir.database_place());
    }
}
