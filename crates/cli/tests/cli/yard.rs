//! A log with the sample yard in it, made once for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;
use test_servers::Place;

use crate::program::carnet;

/// The samples of this repository.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples")
        .canonicalize()
        .expect("the samples are there")
}

/// A folder of its own with a copy of the sealed yard in `carnet-data`, and a link to the samples.
pub fn folder() -> Folder {
    let folder = empty_folder();
    let copied = Command::new("cp")
        .arg("-a")
        .arg(sealed())
        .arg(folder.path().join("carnet-data"))
        .status();
    assert!(copied.expect("cp runs").success());
    if let (Some(to), Some(from)) = (Place::of(&folder.path().join("carnet-data")), Place::of(sealed())) {
        to.copy(&from);
    }
    folder
}

/// A folder of its own with nothing but a link to the samples.
pub fn empty_folder() -> Folder {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::os::unix::fs::symlink(samples(), folder.path().join("samples")).expect("a link");
    Folder(folder)
}

/// A folder in which the program works; what its log has on servers goes with it.
pub struct Folder(TempDir);

impl Folder {
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(place) = Place::of(&self.path().join("carnet-data")) {
            place.remove();
        }
    }
}

/// The shared data directory. Read only.
pub fn sealed() -> &'static Path {
    static SEALED: OnceLock<PathBuf> = OnceLock::new();
    SEALED.get_or_init(|| {
        // Statics are not dropped: the folder lies in the build's own, and the next run makes it anew.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sealed-yard");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("the last run's yard goes");
        }
        std::fs::create_dir_all(&folder).expect("a folder");
        std::os::unix::fs::symlink(samples(), folder.join("samples")).expect("a link");
        if let Some(place) = Place::of(&folder.join("carnet-data")) {
            place.remove();
        }
        for command in [
            "init --origin log.example.org/carnet",
            "issuer enrol --file samples/yard/issuers.json",
            "record samples/yard",
            "seal",
        ] {
            let arguments: Vec<&str> = command.split(' ').collect();
            let ran = carnet(&folder, &arguments);
            assert_eq!(ran.code, 0, "carnet {command}: {ran:?}");
        }
        folder.join("carnet-data")
    })
}
