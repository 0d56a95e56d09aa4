//! What the program says of the log itself: how fresh it is, and what is wrong with it.

use std::path::Path;

use serde_json::Value;

use crate::program::{Ran, carnet};
use crate::yard;

fn ran(folder: &Path, command: &str, code: i32) -> Ran {
    let arguments: Vec<&str> = command.split(' ').collect();
    let ran = carnet(folder, &arguments);
    assert_eq!(ran.code, code, "{command}: {ran:?}");
    ran
}

fn json(folder: &Path, command: &str, code: i32) -> Value {
    let said = ran(folder, &format!("--json {command}"), code).out;
    serde_json::from_str(&said).unwrap_or_else(|e| panic!("{command}: {e}: {said}"))
}

#[test]
fn seal_claims_no_freshness_that_it_did_not_get() {
    let folder = yard::folder();
    let at = folder.path();
    let before = json(at, "log status", 0)["complete_as_of"].clone();
    std::fs::write(at.join("carnet-data/cosigners/auditor.json"), "{}").unwrap();

    let sealed = json(at, "seal", 1);
    let said = ran(at, "seal", 1).out;

    assert_eq!(sealed["complete_as_of"], before);
    assert_eq!(sealed["renewed"], false);
    assert!(
        said.contains("as before") && said.contains(before.as_str().unwrap()),
        "{said}"
    );
    assert!(
        !said.contains("the quorum holds") && said.contains("auditor"),
        "{said}"
    );
}

#[test]
fn seal_says_as_of_when_dossiers_are_complete() {
    let folder = yard::folder();
    let at = folder.path();

    let sealed = json(at, "seal", 0);

    assert_eq!(sealed["renewed"], true);
    assert_eq!(
        sealed["complete_as_of"],
        json(at, "log status", 0)["complete_as_of"]
    );
}

/// Verifiers get this file from the operator; with another key in it every dossier of this log is refused.
#[test]
fn fsck_names_a_vrf_key_that_is_not_the_log_s() {
    let folder = yard::folder();
    let at = folder.path();
    ran(at, "--data other init --origin log.example.org/carnet", 0);
    let path = at.join("carnet-data/vrf.txt");
    let line = std::fs::read_to_string(&path).unwrap();
    for damage in [
        Some(std::fs::read_to_string(at.join("other/vrf.txt")).unwrap()),
        Some("junk".to_owned()),
        None,
    ] {
        match &damage {
            Some(text) => std::fs::write(&path, text).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }

        let found = json(at, "log fsck", 1);

        let complaint = &found["complaints"][0];
        assert_eq!(complaint["what"], "./carnet-data/vrf.txt", "{found}");
        let problem = complaint["problem"].as_str().unwrap();
        assert!(problem.contains(line.trim()), "the right line: {problem}");
    }
    std::fs::write(&path, line).unwrap();
    assert_eq!(json(at, "log fsck", 0)["sound"], true);
}

/// Nothing of the log is damaged, so the exit code is that of a sound one.
#[test]
fn fsck_warns_of_a_policy_that_asks_for_nobody_or_for_somebody_whom_nobody_asks() {
    let folder = yard::folder();
    let at = folder.path();
    ran(at, "--data other init --origin other.example.org/carnet", 0);
    let path = at.join("carnet-data/policy.txt");
    let policy = std::fs::read_to_string(&path).unwrap();
    let key = |policy: &str| {
        let line = policy
            .lines()
            .find(|line| line.starts_with("witness witness "))
            .unwrap();
        line.split(' ').nth(2).unwrap().to_owned()
    };
    let own = key(&policy);
    let others = key(&std::fs::read_to_string(at.join("other/policy.txt")).unwrap());
    let (start, _) = policy.split_once("quorum").unwrap();
    for (changed, says, fix) in [
        (
            format!("{start}quorum none\n"),
            "quorum none",
            "such as `quorum both`",
        ),
        (
            policy
                .lines()
                .filter(|line| line.starts_with("log "))
                .collect::<String>()
                + "\nquorum none\n",
            "quorum none",
            own.as_str(),
        ),
        (
            policy.replacen(
                "witness witness",
                &format!("witness far {others}\nwitness witness"),
                1,
            ),
            "nobody asks far",
            "carnet log witness add URL",
        ),
    ] {
        std::fs::write(&path, changed).unwrap();

        let found = json(at, "log fsck", 0);

        assert_eq!(found["sound"], true, "{found}");
        let complaints = found["complaints"].as_array().unwrap();
        assert_eq!(complaints.len(), 1, "{found}");
        assert_eq!(
            (&complaints[0]["severity"], &complaints[0]["what"]),
            (&"warning".into(), &"./carnet-data/policy.txt".into())
        );
        let problem = complaints[0]["problem"].as_str().unwrap();
        assert!(problem.contains(says) && problem.contains(fix), "{problem}");
        let told = ran(at, "log fsck", 0).out;
        assert!(
            told.contains("warning: ") && told.contains("The log is sound"),
            "{told}"
        );
    }
    // In the place of its own, the checkpoint lacks what verifiers ask for, and it is said why.
    std::fs::write(&path, policy.replace(&own, &others)).unwrap();
    let found = json(at, "log fsck", 1);
    let problem = found["complaints"][1]["problem"].as_str().unwrap();
    assert!(problem.contains(&others) && problem.contains(&own), "{found}");
    // Whom the log asks by its own list is asked.
    let far = policy.replacen(
        "witness witness",
        &format!("witness far {others}\nwitness witness"),
        1,
    );
    std::fs::write(&path, far).unwrap();
    let asked = format!("log witness add https://witness.example.org {others} --name far");
    ran(at, &asked, 0);
    assert_eq!(json(at, "log fsck", 0)["complaints"], serde_json::json!([]));
}

#[test]
fn a_witness_that_no_list_names_cannot_be_taken_off() {
    let folder = yard::folder();

    let said = ran(folder.path(), "log witness remove w1", 1).err;

    assert!(said.contains("\"w1\": there is none of that name"), "{said}");
}

/// Whoever restored the database instead would get into the danger of a fork for nothing.
#[test]
fn a_wrong_content_key_is_called_that() {
    let folder = yard::folder();
    let at = folder.path();
    ran(at, "--data other init --origin log.example.org/carnet", 0);
    let path = at.join("carnet-data/keys/content.key");
    let right = std::fs::read(&path).unwrap();
    std::fs::copy(at.join("other/keys/content.key"), &path).unwrap();

    let found = json(at, "log fsck", 1);
    let history = ran(at, "history KNAPH81ABHK000003", 1).err;
    let recorded = ran(at, "record samples/yard", 1).err;

    let complaints = found["complaints"].as_array().unwrap();
    assert_eq!(complaints.len(), 1, "{found}");
    assert!(
        complaints[0]["what"]
            .as_str()
            .unwrap()
            .contains("keys/content.key"),
        "{found}"
    );
    for said in [history, recorded] {
        assert!(
            said.contains("keys/content.key") && !said.contains("restore the database"),
            "{said}"
        );
    }
    std::fs::write(&path, right).unwrap();
    assert_eq!(json(at, "log fsck", 0)["sound"], true);
}

/// With another log's key nothing that is published looks signed, and what belongs to it would be "mended" to fit.
#[test]
fn another_log_s_key_is_called_that_before_anything_else_is_doubted() {
    let folder = yard::folder();
    let at = folder.path();
    ran(at, "--data other init --origin other.example.org/carnet", 0);
    std::fs::copy(at.join("other/keys/log.key"), at.join("carnet-data/keys/log.key")).unwrap();
    for command in ["log fsck", "log status", "seal"] {
        let said = ran(at, command, 1).err;

        assert!(
            said.contains("carnet-data/keys/log.key")
                && said.contains("policy.txt")
                && said.contains("put that key back"),
            "{command}: {said}"
        );
    }
}

#[test]
fn a_lost_database_is_to_be_put_back_and_not_begun_anew() {
    let folder = yard::folder();
    let at = folder.path();
    let database = at.join("carnet-data/carnet.sqlite");
    if !database.exists() {
        eprintln!("SKIPPED: the database is no file here");
        return;
    }
    for lost in ["empty", "gone"] {
        match lost {
            "empty" => std::fs::write(&database, "").unwrap(),
            _ => std::fs::remove_file(&database).unwrap(),
        }
        for command in [
            "log status",
            "seal",
            "log fsck",
            "init --origin log.example.org/carnet",
        ] {
            let said = ran(at, command, 1).err;

            assert!(
                said.contains("carnet-data/carnet.sqlite: the database is missing or empty")
                    && said.contains("backup"),
                "{lost}, {command}: {said}"
            );
        }
    }
}

#[test]
fn a_dossier_is_not_put_in_the_place_of_a_device() {
    let folder = yard::folder();
    let at = folder.path();
    let _socket = std::os::unix::net::UnixListener::bind(at.join("socket")).unwrap();

    let said = ran(at, "dossier KMHDG41CBFU000007 --out socket", 1).err;

    assert!(said.contains("socket: is a device or a pipe"), "{said}");
}
