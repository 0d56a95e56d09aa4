//! An auditor of honest logs and of logs that lie.

use std::path::{Path, PathBuf};

use history::entry::Entry;
use tempfile::TempDir;
use test_servers::LogFolder;
use tlog::Hash;

use crate::made_log::{MadeLog, log_key, signed, statement, statements, write};
use crate::process::{Ran, Service, ask, carnet, done};

/// The folders of evidence in a cosigner's directory.
pub fn evidence(data: &Path) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(data.join("evidence")).unwrap();
    let mut found: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

struct Auditor {
    data: TempDir,
    files: TempDir,
}

impl Auditor {
    fn of_made_log() -> Self {
        let data = tempfile::tempdir().unwrap();
        let key = log_key().vkey().to_string();
        done(
            data.path(),
            &["audit", "init", "--name", "audit.test/a1", "--log", &key],
        );
        Self {
            data,
            files: tempfile::tempdir().unwrap(),
        }
    }

    fn once(&self) -> Ran {
        carnet(
            self.data.path(),
            &["--json", "audit", self.files.path().to_str().unwrap(), "--once"],
        )
    }

    fn agrees(&self, log: &MadeLog) -> serde_json::Value {
        log.publish(self.files.path());
        let ran = self.once();
        assert_eq!(ran.code, 0, "{ran:?}");
        let said = ran.json();
        assert_eq!(
            (said["agrees"].as_bool(), said["size"].as_u64()),
            (Some(true), Some(log.size()))
        );
        said
    }

    /// Expects to be caught, and returns the kind and the explanation.
    fn catches(&self) -> (String, String) {
        let ran = self.once();
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.err.contains("THE LOG WAS CAUGHT"), "{ran:?}");
        let [folder] = &evidence(self.data.path())[..] else {
            panic!("one folder of evidence")
        };
        let report = std::fs::read(folder.join("report.json")).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        let readme = std::fs::read_to_string(folder.join("README.txt")).unwrap();
        // It does not go on as if nothing had been.
        let again = self.once();
        assert_eq!(again.code, 1);
        assert!(again.err.contains("this auditor has stopped"), "{again:?}");
        (report["kind"].as_str().unwrap().to_owned(), readme)
    }
}

fn honest(statement_count: u64) -> MadeLog {
    let mut log = MadeLog::with_issuer();
    for first in (0..statement_count).step_by(100) {
        log.seal(&statements(first..(first + 100).min(statement_count)));
    }
    log
}

#[test]
fn an_honest_log_is_cosigned_and_the_next_look_goes_on_from_the_snapshot() {
    let auditor = Auditor::of_made_log();
    let mut log = honest(700);
    assert_eq!(auditor.agrees(&log)["replayed"].as_u64(), Some(log.size()));
    log.seal(&statements(700..720));
    assert_eq!(auditor.agrees(&log)["replayed"].as_u64(), Some(21));
    let listed = done(auditor.data.path(), &["--json", "audit", "list"]).json();
    assert_eq!(listed["logs"][0]["size"].as_u64(), Some(log.size()));
}

#[test]
fn a_damaged_snapshot_costs_a_replay_and_accuses_nobody() {
    let auditor = Auditor::of_made_log();
    let log = honest(300);
    auditor.agrees(&log);
    let path = auditor.data.path().join("snapshot.bin");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(auditor.agrees(&log)["replayed"].as_u64(), Some(log.size()));
}

#[test]
fn an_auditor_whose_clock_went_backwards_does_not_sign() {
    let auditor = Auditor::of_made_log();
    let mut log = honest(10);
    auditor.agrees(&log);
    let memory = std::fs::read_dir(auditor.data.path().join("memory")).unwrap();
    let memory = memory
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "json"))
        .unwrap();
    let mut content: serde_json::Value = serde_json::from_slice(&std::fs::read(&memory).unwrap()).unwrap();
    content["time"] = (content["time"].as_u64().unwrap() + 3600).into();
    std::fs::write(&memory, content.to_string()).unwrap();
    log.seal(&statements(10..12));
    log.publish(auditor.files.path());

    let ran = auditor.once();

    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("the clock went back"), "{ran:?}");
}

#[test]
fn a_statement_left_out_of_the_index_is_caught() {
    let auditor = Auditor::of_made_log();
    let mut log = honest(300);
    auditor.agrees(&log);
    log.push(&statements(300..310));
    let hidden = log.entries.len() - 4;
    let index = log.right_index(|at| at != hidden);
    log.push(&[Entry::Index(index)]);
    log.publish(auditor.files.path());

    let (kind, readme) = auditor.catches();

    assert_eq!(kind, "wrong-entry");
    assert!(
        readme.contains("a statement was left out, changed or added"),
        "{readme}"
    );
}

#[test]
fn a_wrong_index_root_is_caught() {
    let auditor = Auditor::of_made_log();
    let mut log = MadeLog::with_issuer();
    log.push(&statements(0..5));
    let mut index = log.right_index(|_| true);
    index.epochs[0].root[0] ^= 1;
    log.push(&[Entry::Index(index)]);
    log.publish(auditor.files.path());
    assert_eq!(auditor.catches().0, "wrong-entry");
}

#[test]
fn a_statement_sealed_twice_is_caught() {
    let auditor = Auditor::of_made_log();
    let mut log = honest(10);
    log.seal(&[statement(3)]);
    log.publish(auditor.files.path());
    assert_eq!(auditor.catches().0, "wrong-entry");
}

#[test]
fn a_log_that_ends_without_an_index_entry_is_caught() {
    let auditor = Auditor::of_made_log();
    let mut log = honest(10);
    log.push(&[statement(10)]);
    log.publish(auditor.files.path());
    assert_eq!(auditor.catches().0, "wrong-entry");
}

#[test]
fn a_root_that_the_entries_do_not_have_is_caught() {
    let auditor = Auditor::of_made_log();
    let log = honest(300);
    log.publish(auditor.files.path());
    let note = signed(log.size(), Hash([9; 32]));
    write(&auditor.files.path().join("checkpoint"), &note.to_bytes());
    assert_eq!(auditor.catches().0, "wrong-root");
}

#[test]
fn a_fork_of_what_was_cosigned_is_caught() {
    let auditor = Auditor::of_made_log();
    let log = honest(300);
    auditor.agrees(&log);
    let mut other = honest(200);
    other.seal(&statements(900..1000));
    assert_eq!(other.size(), log.size());
    other.publish(auditor.files.path());

    let (kind, readme) = auditor.catches();

    assert_eq!(kind, "fork");
    assert!(readme.contains("two different trees"), "{readme}");
}

#[test]
fn a_log_that_went_back_is_not_cosigned_and_not_accused() {
    let auditor = Auditor::of_made_log();
    auditor.agrees(&honest(300));
    honest(200).publish(auditor.files.path());
    let ran = auditor.once();
    assert_eq!(ran.code, 1);
    assert!(evidence(auditor.data.path()).is_empty());
}

#[test]
fn a_damaged_file_of_an_honest_log_accuses_nobody() {
    let auditor = Auditor::of_made_log();
    let log = honest(300);
    log.publish(auditor.files.path());
    std::fs::write(auditor.files.path().join("tile/entries/000"), b"torn").unwrap();
    let ran = auditor.once();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("tile/entries/000"), "{ran:?}");
    assert!(evidence(auditor.data.path()).is_empty());
}

#[test]
fn an_auditor_answers_a_log_that_asks_when_it_has_replayed() {
    let auditor = Auditor::of_made_log();
    let mut log = honest(300);
    log.publish(auditor.files.path());
    let files = auditor.files.path().to_str().unwrap();
    let service = Service::start(auditor.data.path(), &["audit", files, "--listen", "127.0.0.1:0"]);
    let ask_for = |log: &MadeLog, old: u64| {
        let body = log.request(old, log.size());
        ask(service.address(), "POST", "/add-checkpoint", &body)
    };
    // It looks at the log by itself too. Whichever comes first, the log hears where it stands.
    let cosigns = |log: &MadeLog, old: u64| {
        let answer = ask_for(log, old).unwrap();
        if answer.status == 409 {
            assert_eq!(answer.body, format!("{}\n", log.size()));
            return ask_for(log, log.size()).unwrap().status == 200;
        }
        answer.status == 200
    };
    assert!(cosigns(&log, 0));
    let old = log.size();
    log.seal(&statements(300..310));
    log.publish(auditor.files.path());
    assert!(cosigns(&log, old));

    // A lie is answered, kept, and the end; no answer came if it saw the lie by itself.
    let old = log.size();
    log.push(&statements(310..320));
    let hidden = log.entries.len() - 4;
    let index = log.right_index(|at| at != hidden);
    log.push(&[Entry::Index(index)]);
    log.publish(auditor.files.path());
    assert!(ask_for(&log, old).is_none_or(|answer| answer.status == 422));
    assert_eq!(service.code(), 4);
    assert_eq!(evidence(auditor.data.path()).len(), 1);
}

#[test]
fn an_auditor_killed_while_it_replays_starts_again() {
    let auditor = Auditor::of_made_log();
    let log = honest(3000);
    log.publish(auditor.files.path());
    let files = auditor.files.path().to_str().unwrap();
    for milliseconds in [0, 5, 20, 60] {
        let mut service = Service::start(auditor.data.path(), &["audit", files, "--listen", "127.0.0.1:0"]);
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        service.kill();
    }
    auditor.agrees(&log);
}

#[test]
fn a_running_log_is_audited_over_http() {
    let log = LogFolder::new();
    done(log.path(), &["init", "--origin", "log.test/served"]);
    done(log.path(), &["issuer", "new", "workshop"]);
    done(
        log.path(),
        &["issuer", "enrol", "workshop", "--name", "W", "--role", "workshop"],
    );
    let key = crate::log_asks::log_vkey(log.path());
    let data = tempfile::tempdir().unwrap();
    done(
        data.path(),
        &["audit", "init", "--name", "audit.test/a1", "--log", &key],
    );
    let service = Service::start(log.path(), &["serve", "--listen", "127.0.0.1:0"]);

    let url = format!("{}/log", service.url);
    let said = done(data.path(), &["--json", "audit", &url, "--once"]).json();

    assert_eq!(
        (said["agrees"].as_bool(), said["size"].as_u64()),
        (Some(true), Some(4))
    );
}

#[test]
fn an_auditor_and_a_log_work_together() {
    let log = LogFolder::new();
    done(log.path(), &["init", "--origin", "log.test/together"]);
    let policy = std::fs::read_to_string(log.path().join("policy.txt")).unwrap();
    let key = policy.lines().find_map(|line| line.strip_prefix("log ")).unwrap();
    let data = tempfile::tempdir().unwrap();
    let init = ["--json", "audit", "init", "--name", "audit.test/a1", "--log", key];
    let vkey = done(data.path(), &init).json()["auditor"]
        .as_str()
        .unwrap()
        .to_owned();
    let files = log.objects().expect("files of the log that can be got at");
    let service = Service::start(
        data.path(),
        &["audit", files.to_str().unwrap(), "--listen", "127.0.0.1:0"],
    );
    done(
        log.path(),
        &["log", "witness", "add", &service.url, &vkey, "--name", "a1"],
    );
    let needed = policy.replace(
        "group auditors any auditor",
        &format!("witness a1 {vkey}\ngroup auditors all auditor a1"),
    );
    std::fs::write(log.path().join("policy.txt"), needed).unwrap();

    done(log.path(), &["issuer", "new", "workshop"]);
    done(
        log.path(),
        &["issuer", "enrol", "workshop", "--name", "W", "--role", "workshop"],
    );

    let status = done(log.path(), &["--json", "log", "status"]).json();
    assert_eq!(status["size"], status["published"]);
    let a1 = status["witnesses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|w| w["name"] == "a1")
        .unwrap();
    assert!(a1["cosigned"].is_string(), "{status}");
}
