//! What a command that was cut short leaves, and that the same command finishes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use desk::data_dir::{DataDir, Places};
use desk::issuer::Issuer;
use desk::record::RecordOptions;
use desk::{Desk, DeskError, InitOptions};
use jiff::Timestamp;
use sqlx::Connection as _;
use statement::vocabulary::Role;
use store::StoreError;
use test_servers::LogFolder;
use zeroize::Zeroizing;

const NOW: i64 = 1_795_000_000;
const VIN: &str = "vin:KNAPH81ABHK000003";

fn options() -> InitOptions {
    InitOptions {
        origin: "log.example.org/carnet".to_owned(),
        passphrase: None,
    }
}

/// What `init` writes, in its order; the last, on one machine, is the database before it has a table.
const WRITTEN: [&str; 8] = [
    "keys/vrf.key",
    "keys/content.key",
    "keys/witness.key",
    "keys/auditor.key",
    "keys/log.key",
    "policy.txt",
    "vrf.txt",
    "carnet.sqlite",
];

fn written() -> &'static [&'static str] {
    match test_servers::past_one_machine() {
        true => &WRITTEN[..7],
        false => &WRITTEN,
    }
}

/// The log of a folder, wherever it lies.
fn log_of(log: &LogFolder) -> DataDir {
    let place = log.place();
    DataDir::new(log.path()).with(Places {
        database: place.as_ref().map(|place| place.database()),
        objects: place.as_ref().map(|place| place.objects()),
    })
}

/// A directory in which an `init` got as far as the first `count` files.
fn begun(whole: &LogFolder, count: usize) -> LogFolder {
    let left = LogFolder::new();
    for name in &written()[..count] {
        let to = left.path().join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        if *name == "carnet.sqlite" {
            std::fs::write(to, b"").unwrap();
        } else {
            std::fs::copy(whole.path().join(name), to).unwrap();
        }
    }
    left
}

async fn refusal(log: &LogFolder, options: InitOptions) -> String {
    match Desk::init(log_of(log), options).await {
        Ok(_) => panic!("{} was set up", log.path().display()),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn an_init_cut_short_after_any_file_is_finished_by_the_next() {
    let whole = LogFolder::new();
    Desk::init(log_of(&whole), options()).await.unwrap();
    for count in 0..=written().len() {
        let left = begun(&whole, count);
        let desk = Desk::init(log_of(&left), options())
            .await
            .unwrap_or_else(|e| panic!("after {count} files: {e}"));
        assert!(desk.store().fsck(|_, _| {}).await.unwrap().is_sound());
        desk.close().await.unwrap();
        for name in written()[..count].iter().filter(|name| name.ends_with(".key")) {
            let kept = std::fs::read(left.path().join(name)).unwrap();
            assert_eq!(
                kept,
                std::fs::read(whole.path().join(name)).unwrap(),
                "{name} is kept"
            );
        }
        Desk::open(log_of(&left), None).await.unwrap();
        let again = refusal(&left, options()).await;
        assert!(again.contains("holds a log already"), "{again}");
    }
}

/// Cut short after the log had its row: with nothing sealed, with entry 0 sealed, and with entry 0 cosigned.
#[tokio::test]
async fn an_init_cut_short_before_the_checkpoint_is_shown_is_finished_by_the_next() {
    let unsealed = "UPDATE log SET size = 0, checkpoint = x'', staging = NULL,
                    root = x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'";
    // What is a string of bytes to one is a string of bits to the other.
    let in_postgres = unsealed.replace("x'", "'\\x");
    for (sealed, cosigned) in [(false, false), (true, false), (true, true)] {
        let dir = LogFolder::new();
        let desk = Desk::init(log_of(&dir), options()).await.unwrap();
        desk.close().await.unwrap();
        std::fs::remove_file(dir.objects().unwrap().join("checkpoint")).unwrap();
        if !cosigned {
            for name in ["witness", "auditor"] {
                std::fs::remove_file(dir.path().join(format!("cosigners/{name}.json"))).unwrap();
            }
        }
        if !sealed {
            std::fs::remove_dir_all(dir.objects().unwrap().join("tile")).unwrap();
            if let Some(place) = dir.place() {
                place.run(&in_postgres);
            } else {
                let url = format!("sqlite://{}", dir.path().join("carnet.sqlite").display());
                let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
                sqlx::query(unsealed).execute(&mut db).await.unwrap();
                db.close().await.unwrap();
            }
        }
        let other = InitOptions {
            origin: "other.example.org/carnet".to_owned(),
            ..options()
        };
        let copy = dir.copy();
        let said = refusal(&copy, other).await;
        assert!(said.contains("holds a log already"), "{said}");

        let desk = Desk::init(log_of(&dir), options()).await.unwrap();

        let status = desk.store().status().await.unwrap();
        assert_eq!((status.size, status.published), (2, 2));
        assert!(desk.store().fsck(|_, _| {}).await.unwrap().is_sound());
    }
}

#[tokio::test]
async fn what_was_begun_for_another_log_is_not_finished_as_this_one() {
    let whole = LogFolder::new();
    Desk::init(log_of(&whole), options()).await.unwrap();
    let left = begun(&whole, 3);
    let other = InitOptions {
        origin: "other.example.org/carnet".to_owned(),
        ..options()
    };
    let said = refusal(&left, other).await;
    assert!(
        said.contains("vrf.key") && said.contains("it is of \"log.example.org/carnet\""),
        "{said}"
    );
}

#[tokio::test]
async fn what_was_begun_with_a_passphrase_is_finished_with_it() {
    let with = |word: &str| InitOptions {
        passphrase: Some(Zeroizing::new(word.to_owned())),
        ..options()
    };
    let whole = LogFolder::new();
    Desk::init(log_of(&whole), with("correct horse")).await.unwrap();
    let left = begun(&whole, 1);
    let said = refusal(&left, options()).await;
    assert!(
        said.contains("--passphrase-file") && said.contains("--protect-keys"),
        "{said}"
    );
    let said = refusal(&left, with("wrong horse")).await;
    assert!(said.contains("vrf.key"), "{said}");
    Desk::init(log_of(&left), with("correct horse")).await.unwrap();
}

/// Set up anew under the same keys, it would fork what was published.
#[tokio::test]
async fn a_log_that_lost_its_database_is_not_set_up_anew() {
    for also_lost in ["checkpoint", "cosigners/witness.json", "cosigners/auditor.json"] {
        let dir = LogFolder::new();
        let desk = Desk::init(log_of(&dir), options()).await.unwrap();
        desk.close().await.unwrap();
        match dir.place() {
            Some(place) => place.empty_database(),
            None => std::fs::remove_file(dir.path().join("carnet.sqlite")).unwrap(),
        }
        let lies_in = match also_lost {
            "checkpoint" => dir.objects().unwrap(),
            _ => dir.path().to_owned(),
        };
        std::fs::remove_file(lies_in.join(also_lost)).unwrap();
        let said = refusal(&dir, options()).await;
        // Of a database elsewhere nobody sees from here whether it was emptied.
        let expected = match dir.place() {
            Some(_) => "holds a log already",
            None => "the database is missing",
        };
        assert!(said.contains(expected), "{also_lost}: {said}");
    }
}

/// Somebody read the database while contents were erased, so their encrypted bytes stayed in the write-ahead log. The error
/// says to run the same command again; that has to help.
#[tokio::test]
async fn on_one_machine_an_erasure_asked_for_again_is_finished() {
    if test_servers::is_left_out("it reads SQLite's write-ahead log") {
        return;
    }
    let dir = LogFolder::new();
    let desk = Desk::init(log_of(&dir), options()).await.unwrap();
    desk.new_issuer_key("workshop").unwrap();
    let workshop = Issuer {
        id: "workshop".to_owned(),
        name: "Workshop".to_owned(),
        roles: vec![Role::Workshop],
    };
    let public = desk.issuer_signing_key("workshop").unwrap().public();
    desk.enrol(&[(workshop, public)], NOW).await.unwrap();
    let file = dir.path().join("one.jsonl");
    std::fs::write(
        &file,
        format!(
            r#"{{"issuer": "workshop", "typ": "service.performed", "vid": "{VIN}", "event_time": "2025-05-01T10:00:00+09:00",
                "confidence": "B", "body": {{"jobs": [{{"text": "oil"}}], "odometer": {{"value": 99600, "unit": "km",
                "instrument_state": "working", "method": "seen"}}}}}}"#
        )
        .replace('\n', " "),
    )
    .unwrap();
    let recorded = desk
        .record(&file, &RecordOptions::default(), NOW, |_| {})
        .await
        .unwrap();
    assert_eq!(recorded.accepted, 1, "{:?}", recorded.refused);
    desk.store().seal().await.unwrap();
    let vehicle = VIN.parse().unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    let erase = async || desk.erase(&vehicle, "the keeper", "on request", now, false).await;

    let url = format!("sqlite://{}", dir.path().join("carnet.sqlite").display());
    let mut reader = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for sql in ["BEGIN", "SELECT count(*) FROM statement"] {
        sqlx::query(sql).execute(&mut reader).await.unwrap();
    }
    for _ in 0..2 {
        let held_up = erase().await.unwrap_err();
        assert!(
            matches!(held_up, DeskError::Store(StoreError::NotScrubbed)),
            "{held_up}"
        );
    }
    let wal = dir.path().join("carnet.sqlite-wal");
    assert!(std::fs::metadata(&wal).unwrap().len() > 0);
    sqlx::query("COMMIT").execute(&mut reader).await.unwrap();

    let erased = erase().await.unwrap();

    assert_eq!((erased.statements, erased.before), (0, 1));
    assert_eq!(std::fs::metadata(&wal).unwrap().len(), 0, "the log was cut");
    reader.close().await.unwrap();
}
