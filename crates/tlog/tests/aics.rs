//! A stranger's verifier accepts our log: the Python package `aics-tlog` checks a log directory written with this crate.
//!
//! It needs Python 3.12 or newer and the package registry; where either is missing the test says so and passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod aics_tool;
mod grown;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use aics_tool::{PACKAGE, tool};
use grown::{Grown, entry};
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Note, SignatureLine, SigningKey};
use tlog::tile::{BundleId, encode_bundle};
use tlog::tree;
use tlog::{Hash, LeafIndex, TreeSize};

const ORIGIN: &str = "log.example/aics";

struct LogDirectory {
    path: PathBuf,
    log: Grown,
    key: SigningKey,
    witnesses: [CosigningKey; 2],
}

impl LogDirectory {
    fn create(path: &Path) -> Self {
        let witness = |number: u8| {
            CosigningKey::new(
                KeyName::new(&format!("w{number}.example")).unwrap(),
                &[number; 32],
            )
        };
        let key = SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[9; 32]);
        Self {
            path: path.to_owned(),
            log: Grown::empty(),
            key,
            witnesses: [witness(1), witness(2)],
        }
    }

    /// Grows the log to `size` and publishes tiles, bundles and a cosigned checkpoint.
    fn publish(&mut self, size: u64, now: u64) {
        let old = self.log.edge.size().0;
        for id in self
            .log
            .append(&(old..size).map(grown::entry_hash).collect::<Vec<_>>())
        {
            self.write(&id.path(), &self.log.tiles[&id]);
        }
        let first_bundle = old / 256 * 256;
        for start in (first_bundle..size).step_by(256) {
            let id = BundleId::containing(start, TreeSize(size)).unwrap();
            let entries: Vec<Vec<u8>> = (start..start + u64::from(id.width)).map(entry).collect();
            self.write(&id.path(), &encode_bundle(&entries).unwrap());
        }
        self.write("checkpoint", &self.checkpoint(now).to_bytes());
    }

    fn checkpoint(&self, now: u64) -> Note {
        let checkpoint = Checkpoint::new(ORIGIN, self.log.edge.size(), self.log.edge.root());
        let mut note = Note::new(checkpoint.to_string()).unwrap();
        let grease = |name| SignatureLine {
            name: KeyName::new(name).unwrap(),
            key_id: [7; 4],
            signature: vec![7; 2_428],
        };
        note.signatures.push(grease("grease.example/before"));
        note.signatures.push(self.key.sign(&note.text));
        for witness in &self.witnesses {
            note.signatures.push(witness.cosign(&note, now).unwrap());
        }
        note.signatures.push(grease("grease.example/after"));
        note
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// What every command needs to know out of band.
    fn trust(&self) -> Vec<String> {
        let mut arguments = vec![
            "--log-key".to_owned(),
            self.key.vkey().to_string(),
            "--origin".to_owned(),
            ORIGIN.to_owned(),
        ];
        for witness in &self.witnesses {
            arguments.extend(["--witness-key".to_owned(), witness.vkey().to_string()]);
        }
        arguments.extend(["--quorum".to_owned(), "2".to_owned()]);
        arguments
    }

    fn tiles(&self) -> [String; 2] {
        ["--tiles".to_owned(), self.path.display().to_string()]
    }
}

/// The tool, or the word on standard error that nothing was checked.
fn tool_or_skipped() -> Option<PathBuf> {
    // Both tests may be the first to install it.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().unwrap();
    match tool() {
        Ok(tool) => Some(tool),
        Err(reason) => {
            // Not eprintln!, which the test harness swallows where a test passes.
            writeln!(
                std::io::stderr(),
                "SKIPPED: {PACKAGE} did not check our log: {reason}"
            )
            .expect("standard error can be written to");
            None
        }
    }
}

/// Sizes 0 to 1,100: all tiles and bundles, the roots, and our proofs, in one Python process.
#[test]
fn a_python_verifier_accepts_our_log_at_every_size() {
    let Some(tool) = tool_or_skipped() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut log = LogDirectory::create(folder.path());
    let mut said = String::new();
    let hashes = |proof: Vec<Hash>| proof.iter().map(|hash| format!(" {hash}")).collect::<String>();
    for size in 0..=1_100 {
        log.publish(size, 1_700_000_000);
        let (now, tiles) = (TreeSize(size), &log.log.tiles);
        said.push_str(&format!("{size} {}", log.log.edge.root()));
        if size > 0 {
            let index = size * 2 / 3;
            let proof = tree::inclusion_proof(now, LeafIndex(index), tiles).unwrap();
            said.push_str(&format!(" {index}{}", hashes(proof)));
            for old in [size / 2, size - 1].into_iter().filter(|old| *old > 0) {
                let proof = tree::consistency_proof(TreeSize(old), now, tiles).unwrap();
                said.push_str(&format!(" | {old}{}", hashes(proof)));
            }
        }
        said.push('\n');
    }
    let heads = folder.path().join("heads");
    fs::write(&heads, said).unwrap();
    let output = Command::new(tool.with_file_name("python"))
        .args(["-c", include_str!("aics_tool/every_size.py")])
        .arg(folder.path())
        .stdin(fs::File::open(&heads).unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1101");
}

#[test]
fn a_python_verifier_accepts_our_log() {
    let Some(tool) = tool_or_skipped() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut log = LogDirectory::create(&folder.path().join("log"));
    let call = |log: &LogDirectory, arguments: &[&str]| -> Output {
        let (command, options) = arguments.split_first().unwrap();
        // Of an option given twice the last counts, so that a call can ask for more than the usual quorum.
        Command::new(&tool)
            .arg(command)
            .args(log.trust())
            .args(options)
            .output()
            .unwrap()
    };
    let accepts = |log: &LogDirectory, arguments: &[&str]| {
        let output = call(log, arguments);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.status.success(), "{arguments:?}\n{said}");
    };
    let refuses = |log: &LogDirectory, arguments: &[&str]| {
        assert!(!call(log, arguments).status.success(), "{arguments:?}");
    };

    log.publish(300, now);
    let [tiles, directory] = &log.tiles();
    accepts(
        &log,
        &[
            "verify-checkpoint",
            tiles,
            directory,
            "--max-age",
            "600",
            "--save-checkpoint",
            &at("old"),
        ],
    );
    refuses(&log, &["verify-checkpoint", tiles, directory, "--quorum", "3"]);

    log.publish(1_000, now);
    accepts(&log, &["verify-checkpoint", tiles, directory, "--max-age", "600"]);
    accepts(
        &log,
        &[
            "verify-consistency",
            tiles,
            directory,
            "--old-checkpoint",
            &at("old"),
        ],
    );
    for index in [0, 255, 256, 299, 300, 767, 768, 999] {
        fs::write(at("leaf"), entry(index)).unwrap();
        let number = index.to_string();
        let bundle = at("bundle");
        accepts(
            &log,
            &[
                "verify-inclusion",
                tiles,
                directory,
                "--leaf",
                &at("leaf"),
                "--index",
                &number,
                "--bundle-out",
                &bundle,
            ],
        );
        accepts(&log, &["verify-bundle", "--bundle", &bundle, "--offline"]);
        let other = (index + 1).to_string();
        refuses(
            &log,
            &[
                "verify-inclusion",
                tiles,
                directory,
                "--leaf",
                &at("leaf"),
                "--index",
                &other,
            ],
        );
    }

    // The verifier is not merely agreeable.
    let tile = "tile/0/002";
    let sound = fs::read(log.path.join(tile)).unwrap();
    let mut damaged = sound.clone();
    damaged[17] ^= 1;
    fs::write(at("leaf"), entry(700)).unwrap();
    let inclusion = [
        "verify-inclusion",
        tiles,
        directory,
        "--leaf",
        &at("leaf"),
        "--index",
        "700",
    ];
    log.write(tile, &damaged);
    refuses(&log, &inclusion);
    log.write(tile, &sound);
    accepts(&log, &inclusion);

    // And proofs, made by us from tiles, in files.
    let (size, root) = (log.log.edge.size(), log.log.edge.root());
    let proof = tree::inclusion_proof(size, LeafIndex(513), &log.log.tiles).unwrap();
    let lines: String = proof
        .iter()
        .map(|hash| format!("{}\n", hash.to_base64()))
        .collect();
    fs::write(at("proof"), lines).unwrap();
    let output = Command::new(&tool)
        .args([
            "verify-inclusion",
            "--leaf-hash",
            &grown::entry_hash(513).to_string(),
            "--index",
            "513",
        ])
        .args([
            "--size",
            &size.to_string(),
            "--root",
            &root.to_base64(),
            "--proof",
            &at("proof"),
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
