//! The same program on PostgreSQL and S3, and a log that moves between a directory and those. Runs where
//! `scripts/with-postgres-and-s3` has started both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A car of the sample yard.
const CAR: &str = "KMHDG41CBFU000007";

struct Servers {
    database: String,
    objects: String,
}

fn servers() -> Option<Servers> {
    let (Ok(database), Ok(objects)) = (
        std::env::var("CARNET_TEST_DATABASE_EMPTY"),
        std::env::var("CARNET_TEST_OBJECTS_URL"),
    ) else {
        println!("SKIPPED: no PostgreSQL and S3 to run on (scripts/with-postgres-and-s3 starts them)");
        return None;
    };
    let (bucket, parameters) = objects.split_once('?').unwrap();
    Some(Servers {
        database,
        objects: format!("{bucket}/program?{parameters}"),
    })
}

/// `carnet` in a folder, with or without the servers.
struct Program<'s> {
    folder: &'s Path,
    servers: Option<&'s Servers>,
}

impl Program<'_> {
    fn output(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carnet"));
        command.current_dir(self.folder).args(args);
        command
            .env_remove("CARNET_DATABASE_URL")
            .env_remove("CARNET_OBJECTS_URL");
        if let Some(servers) = self.servers {
            command
                .env("CARNET_DATABASE_URL", &servers.database)
                .env("CARNET_OBJECTS_URL", &servers.objects);
        }
        command.output().unwrap()
    }

    fn run(&self, args: &[&str]) -> String {
        let output = self.output(args);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "carnet {}: {said}{wrong}",
            args.join(" ")
        );
        said
    }

    fn refused(&self, args: &[&str]) -> String {
        let output = self.output(args);
        assert!(
            !output.status.success(),
            "carnet {} was not refused",
            args.join(" ")
        );
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/yard")
}

#[test]
fn a_log_begins_in_a_directory_moves_to_servers_and_back() {
    let Some(servers) = servers() else { return };
    let folder = tempfile::tempdir().unwrap();
    let here = Program {
        folder: folder.path(),
        servers: None,
    };
    let there = Program {
        servers: Some(&servers),
        ..here
    };
    let (yard, issuers) = (samples(), samples().join("issuers.json"));
    here.run(&["init", "--origin", "log.example.org/carnet"]);
    here.run(&["issuer", "enrol", "--file", issuers.to_str().unwrap()]);
    // The yard holds lines that are to be refused, hence the exit code.
    here.output(&["record", yard.to_str().unwrap()]);
    here.run(&["seal"]);
    let before = here.run(&["log", "status", "--json"]);
    here.run(&["dossier", CAR, "--out", "before.carnet"]);

    let mv = [
        "move",
        "--to-database",
        &servers.database,
        "--to-objects",
        &servers.objects,
    ];
    let said = here.run(&[&mv[..], &["--dry-run"][..]].concat());
    assert!(said.contains("Would move log.example.org/carnet"), "{said}");
    let said = here.run(&mv);
    assert!(
        said.contains("verified") && said.contains("marked as left"),
        "{said}"
    );

    // There: the same log, and it goes on.
    assert_eq!(there.run(&["log", "status", "--json"]), before);
    there.run(&["issuer", "new", "late"]);
    there.run(&["issuer", "enrol", "late", "--name", "Late", "--role", "workshop"]);
    there.run(&["dossier", CAR, "--out", "there.carnet"]);
    there.run(&["verify", "there.carnet"]);
    there.run(&[
        "erase",
        CAR,
        "--asked-by",
        "the keeper",
        "--reason",
        "asked for",
        "--yes",
    ]);
    there.run(&["seal"]);
    assert!(there.run(&["log", "fsck"]).contains("The log is sound"));
    there.run(&[
        "verify",
        "before.carnet",
        "--policy",
        "carnet-data/policy.txt",
        "--vrf-key",
        "carnet-data/vrf.txt",
    ]);
    // Here: not any more.
    let refused = here.refused(&["seal"]);
    assert!(
        refused.contains("has moved to postgres://localhost/empty"),
        "{refused}"
    );
    let refused = here.refused(&mv);
    assert!(refused.contains("has moved to"), "{refused}");

    // And back, once the old file is out of the way.
    let back = [
        "move",
        "--from-database",
        &servers.database,
        "--from-objects",
        &servers.objects,
    ];
    let refused = here.refused(&back);
    assert!(refused.contains("move it aside"), "{refused}");
    for file in ["carnet.sqlite", "carnet.sqlite-wal", "carnet.sqlite-shm"] {
        let _ = std::fs::rename(
            folder.path().join("carnet-data").join(file),
            folder.path().join(file),
        );
    }
    here.run(&back);
    assert!(here.run(&["log", "fsck"]).contains("The log is sound"));
    here.run(&["issuer", "revoke", "late", "--reason", "closed down"]);
    here.run(&["history", CAR]);
    let refused = there.refused(&["seal"]);
    assert!(refused.contains("has moved to sqlite://"), "{refused}");
}

#[test]
fn a_server_that_is_not_there_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers {
        database: "postgres://carnet:secret@127.0.0.1:1/carnet".to_owned(),
        objects: format!("file://{}", folder.path().display()),
    };
    let program = Program {
        folder: folder.path(),
        servers: Some(&servers),
    };

    let refused = program.refused(&["init", "--origin", "log.example.org/carnet"]);

    assert!(refused.contains("postgres://127.0.0.1:1/carnet"), "{refused}");
    assert!(
        refused.contains("CARNET_DATABASE_URL") && !refused.contains("secret"),
        "{refused}"
    );
}
