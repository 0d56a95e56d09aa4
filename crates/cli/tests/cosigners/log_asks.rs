//! A log and the witnesses it asks: all there, some away, none there, slow ones, and ones that answer garbage.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use test_servers::LogFolder;
use tlog::note::{Note, Vkey};

use crate::process::{Ran, Service, carnet, done};
use crate::protocol::set_up;

/// A log with two witnesses elsewhere.
pub struct Asking {
    pub log: LogFolder,
    witnesses: Vec<Away>,
}

/// A witness in a process of its own.
struct Away {
    data: TempDir,
    vkey: Vkey,
    service: Service,
}

impl Away {
    fn start_again(&mut self) {
        let address = self.service.address().to_string();
        self.service = Service::start(self.data.path(), &["witness", "--listen", &address]);
    }
}

impl Asking {
    /// A log that asks two witnesses, under a policy with these last lines.
    pub fn with_policy(rules: &str) -> Self {
        let log = LogFolder::new();
        done(log.path(), &["init", "--origin", "log.test/asking"]);
        let key = log_vkey(log.path());
        let witnesses: Vec<Away> = ["w1", "w2"]
            .into_iter()
            .map(|name| {
                let data = tempfile::tempdir().unwrap();
                let vkey = set_up(data.path(), &format!("witness.test/{name}"), &key);
                let service = Service::start(data.path(), &["witness", "--listen", "127.0.0.1:0"]);
                let add = [
                    "log",
                    "witness",
                    "add",
                    &service.url,
                    &vkey.to_string(),
                    "--name",
                    name,
                ];
                done(log.path(), &add);
                Away { data, vkey, service }
            })
            .collect();
        let path = log.path().join("policy.txt");
        let old = std::fs::read_to_string(&path).unwrap();
        let kept = old
            .lines()
            .filter(|line| !line.starts_with("group") && !line.starts_with("quorum"));
        let mut policy: String = kept.map(|line| format!("{line}\n")).collect();
        for (witness, name) in witnesses.iter().zip(["w1", "w2"]) {
            policy.push_str(&format!("witness {name} {}\n", witness.vkey));
        }
        std::fs::write(&path, policy + rules).unwrap();
        Self { log, witnesses }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        carnet(self.log.path(), arguments)
    }

    /// Seals one more entry.
    pub fn grow(&self, issuer: &str) -> Ran {
        done(self.log.path(), &["issuer", "new", issuer]);
        self.run(&["issuer", "enrol", issuer, "--name", issuer, "--role", "workshop"])
    }

    /// The keys of the witnesses elsewhere.
    pub fn vkeys(&self) -> Vec<String> {
        self.witnesses
            .iter()
            .map(|witness| witness.vkey.to_string())
            .collect()
    }

    fn published(&self) -> Note {
        let files = self.log.objects().expect("files of the log that can be got at");
        Note::parse(&std::fs::read(files.join("checkpoint")).unwrap()).unwrap()
    }

    /// When this witness cosigned the published checkpoint.
    fn time_of(&self, witness: usize) -> Option<u64> {
        let note = self.published();
        let vkey = &self.witnesses[witness].vkey;
        let times = note.signatures.iter();
        times
            .filter_map(|line| tlog::cosignature::verify(&note.text, line, vkey).ok())
            .max()
    }
}

/// The log's key, as its policy has it.
pub fn log_vkey(log: &Path) -> String {
    let policy = std::fs::read_to_string(log.join("policy.txt")).unwrap();
    let line = policy.lines().find_map(|line| line.strip_prefix("log "));
    line.unwrap().split(' ').next().unwrap().to_owned()
}

/// Both witnesses elsewhere must have cosigned.
pub const BOTH: &str =
    "group away all w1 w2\ngroup here all witness auditor\ngroup all all away here\nquorum all\n";
const ONE_OF_TWO: &str =
    "group away any w1 w2\ngroup here all witness auditor\ngroup all all away here\nquorum all\n";

#[test]
fn what_is_sealed_is_published_with_the_cosignatures_of_all() {
    let asking = Asking::with_policy(BOTH);
    let ran = asking.grow("w-a");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(asking.time_of(0).is_some() && asking.time_of(1).is_some());
    let status = done(asking.log.path(), &["--json", "log", "status"]).json();
    assert!(status["complete_as_of"].is_string());
    let cosigned = status["witnesses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| &w["cosigned"]);
    assert_eq!(cosigned.filter(|time| time.is_string()).count(), 4, "{status}");
}

#[test]
fn a_minority_that_is_down_is_named_and_does_not_stop_the_log() {
    let mut asking = Asking::with_policy(ONE_OF_TWO);
    asking.grow("w-a");
    asking.witnesses[1].service.kill();

    let ran = asking.grow("w-b");

    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(asking.time_of(0).is_some());
    let shown = done(asking.log.path(), &["log", "status"]).out;
    assert!(shown.contains("w2: NOT COSIGNED"), "{shown}");
    let sealed = done(asking.log.path(), &["seal"]).out;
    assert!(
        sealed.contains("without cosigner witness.test/w2") && sealed.contains("Connection refused"),
        "{sealed}"
    );

    // Back again, it is brought up to date. The log need not wait for it, so it may take a few looks.
    asking.witnesses[1].start_again();
    asking.grow("w-c");
    let back = (0..50).any(|_| {
        done(asking.log.path(), &["log", "refresh"]);
        asking.time_of(1).is_some()
    });
    assert!(back);
}

#[test]
fn without_the_quorum_nothing_is_published_until_it_is_back() {
    let mut asking = Asking::with_policy(BOTH);
    asking.grow("w-a");
    let before = asking.published();
    asking.witnesses[0].service.kill();

    let ran = asking.grow("w-b");

    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("sealed but not published"), "{ran:?}");
    assert_eq!(asking.published(), before);
    let status = done(asking.log.path(), &["--json", "log", "status"]).json();
    assert!(status["size"].as_u64() > status["published"].as_u64(), "{status}");

    asking.witnesses[0].start_again();
    let ran = asking.run(&["seal"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_ne!(asking.published(), before);
    let status = done(asking.log.path(), &["--json", "log", "status"]).json();
    assert_eq!(status["size"], status["published"]);
    assert!(done(asking.log.path(), &["log", "fsck"]).out.contains("sound"));
}

#[test]
fn cosignatures_are_renewed_without_a_new_entry() {
    let asking = Asking::with_policy(BOTH);
    asking.grow("w-a");
    let before = asking.published();
    let times = [asking.time_of(0), asking.time_of(1)];
    std::thread::sleep(Duration::from_millis(1100));

    let ran = done(asking.log.path(), &["--json", "log", "refresh"]).json();

    assert_eq!(ran["renewed"], true);
    assert_eq!(asking.published().text, before.text, "no new entry");
    assert!(asking.time_of(0) > times[0] && asking.time_of(1) > times[1]);
}

#[test]
fn who_is_away_while_cosignatures_are_renewed_keeps_the_one_it_gave() {
    let mut asking = Asking::with_policy(BOTH);
    asking.grow("w-a");
    let times = [asking.time_of(0), asking.time_of(1)];
    asking.witnesses[1].service.kill();
    std::thread::sleep(Duration::from_millis(1100));

    let ran = carnet(asking.log.path(), &["--json", "log", "refresh"]);

    // The quorum of both is as old as its older half: that is said, and nothing is lost.
    assert_eq!((ran.code, &ran.json()["renewed"]), (1, &false.into()));
    assert!(
        ran.json()["missing_cosigners"][0]
            .as_str()
            .unwrap()
            .contains("witness.test/w2")
    );
    assert!(asking.time_of(0) > times[0]);
    assert_eq!(asking.time_of(1), times[1]);
    assert!(asking.run(&["log", "refresh"]).out.contains("as before"));
}

#[test]
fn a_log_put_back_from_a_backup_is_not_cosigned() {
    let asking = Asking::with_policy(BOTH);
    asking.grow("w-a");
    let backup = asking.log.copy();
    asking.grow("w-b");

    // Everything of the log goes back, its own cosigners' memories too; only those elsewhere remember.
    let restored = backup.copy();
    done(restored.path(), &["issuer", "new", "w-x"]);
    let ran = carnet(
        restored.path(),
        &["issuer", "enrol", "w-x", "--name", "X", "--role", "workshop"],
    );

    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("witness.test/w1") && ran.err.contains("backup"),
        "{ran:?}"
    );
    let kinds = crate::audit::evidence(asking.witnesses[0].data.path());
    assert!(
        kinds
            .iter()
            .any(|folder| folder.display().to_string().ends_with("-fork")),
        "{kinds:?}"
    );
}

/// A server that treats each connection as told.
fn server(treat: impl Fn(std::net::TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let treat = std::sync::Arc::new(treat);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let treat = treat.clone();
            std::thread::spawn(move || treat(stream));
        }
    });
    url
}

/// Replaces the second witness by a server that treats the log badly.
fn instead_of_w2(asking: &Asking, url: &str) {
    done(asking.log.path(), &["log", "witness", "remove", "w2"]);
    let vkey = asking.witnesses[1].vkey.to_string();
    done(
        asking.log.path(),
        &["log", "witness", "add", url, &vkey, "--name", "w2"],
    );
}

#[test]
fn a_witness_that_never_answers_is_not_waited_for_where_it_is_not_needed() {
    let asking = Asking::with_policy(ONE_OF_TWO);
    asking.grow("w-a");
    let url = server(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    instead_of_w2(&asking, &url);

    let sealed = done(asking.log.path(), &["--json", "seal"]).json();

    // Its deadline would have been said otherwise.
    assert_eq!(
        sealed["missing_cosigners"],
        serde_json::json!(["cosigner witness.test/w2: has not answered yet"])
    );
}

#[test]
fn a_witness_that_never_answers_is_given_up_after_its_deadline_where_it_is_needed() {
    let asking = Asking::with_policy(BOTH);
    asking.grow("w-a");
    let url = server(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    instead_of_w2(&asking, &url);

    let since = Instant::now();
    let ran = asking.grow("w-b");

    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("no answer in time"), "{ran:?}");
    assert!(since.elapsed() < Duration::from_secs(30), "{:?}", since.elapsed());
}

#[test]
fn an_answer_without_end_and_one_without_sense_are_no_cosignature() {
    let asking = Asking::with_policy(ONE_OF_TWO);
    asking.grow("w-a");
    let endless = server(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        let chunk = vec![b'x'; 1 << 20];
        while stream.write_all(&chunk).is_ok() {}
    });
    instead_of_w2(&asking, &endless);
    let ran = asking.run(&["seal"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // The quorum holds without it, and the log need not wait until it has understood that this is no answer.
    assert!(ran.out.contains("without cosigner witness.test/w2"), "{ran:?}");

    for garbage in ["", "\u{2014} nonsense\n", "\u{2014} witness.test/w2 AAAAAAAA\n"] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{garbage}",
            garbage.len()
        );
        let url = server(move |mut stream| {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        });
        instead_of_w2(&asking, &url);
        let ran = asking.run(&["seal"]);
        assert_eq!(ran.code, 0, "{garbage:?}: {ran:?}");
        assert!(
            ran.out.contains("without cosigner witness.test/w2"),
            "{garbage:?}: {ran:?}"
        );
    }
}

#[test]
fn a_line_that_keeps_the_log_from_being_opened_is_removed_by_its_name() {
    let log = LogFolder::new();
    done(log.path(), &["init", "--origin", "log.test/mends"]);
    let list = log.path().join("witnesses.txt");
    let key = log_vkey(log.path());
    for line in [
        "witness w1 nonsense https://w.example.org".to_owned(),
        format!("witness w1 {key} https://w.example.org"),
        "witness w1".to_owned(),
    ] {
        std::fs::write(&list, format!("# Asked.\n{line}\n")).unwrap();
        let refused = carnet(log.path(), &["log", "status"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains("witnesses.txt"), "{refused:?}");
        assert!(refused.err.contains("carnet log witness remove"), "{refused:?}");

        done(log.path(), &["log", "witness", "remove", "w1"]);

        assert_eq!(std::fs::read_to_string(&list).unwrap(), "# Asked.\n");
        done(log.path(), &["log", "status"]);
    }
    let trail = done(log.path(), &["--json", "trail"]);
    assert_eq!(trail.out.matches("ask witness no more").count(), 3, "{trail:?}");
}

#[test]
fn a_witness_is_added_once_and_only_with_a_key_and_a_place() {
    let log = LogFolder::new();
    done(log.path(), &["init", "--origin", "log.test/adds"]);
    let vkey = set_up(
        tempfile::tempdir().unwrap().path(),
        "witness.test/w1",
        &log_vkey(log.path()),
    )
    .to_string();
    for (arguments, says) in [
        (["http://w.example.org", vkey.as_str()], "use https"),
        (["https://w.example.org", "witness.test/w1"], "vkey"),
        (["https://w.example.org", &log_vkey(log.path())], "0x04"),
    ] {
        let ran = carnet(log.path(), &["log", "witness", "add", arguments[0], arguments[1]]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains(says), "{says}: {ran:?}");
    }
    done(
        log.path(),
        &["log", "witness", "add", "https://w.example.org", &vkey],
    );
    let again = carnet(
        log.path(),
        &["log", "witness", "add", "https://w.example.org", &vkey],
    );
    assert_eq!(again.code, 1);
    done(log.path(), &["log", "witness", "remove", "witness.test/w1"]);
    let listed = done(log.path(), &["--json", "log", "witness", "list"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "the log's own two");
}
