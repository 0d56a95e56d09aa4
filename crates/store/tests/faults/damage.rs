//! Bytes on the disk are not what was written. `fsck` names the object or table; what relies on it refuses.

use std::collections::BTreeSet;
use std::path::Path;

use store::{Fsck, Options, Severity, Store, StoreError};

use crate::faulty::{Failure, FaultyFiles};
use crate::test_log::{TestLog, car, dialect, past_one_machine, record, statements};

/// A closed log of 566 entries: full tiles, partial tiles, two levels, bundles, chains, keys, contents, an erasure.
async fn healthy() -> TestLog {
    let (log, store) = TestLog::create().await;
    for numbers in [0..10, 10..500, 500..558] {
        record(&store, &statements(numbers)).await;
    }
    let last = store
        .statements(&car(6), u64::MAX >> 1)
        .await
        .unwrap()
        .pop()
        .unwrap();
    store
        .erase(&car(6), last.log_index, b"notice", &[])
        .await
        .unwrap();
    store.close().await.unwrap();
    assert_eq!(fsck(&log).await.complaints, []);
    log
}

async fn fsck(log: &TestLog) -> Fsck {
    let store = Store::inspect(log.options()).await.unwrap();
    let report = store.fsck(|_, _| {}).await.unwrap();
    store.close().await.unwrap();
    report
}

/// What is damaged, without saying why, and expects that there is no litter.
async fn damaged(log: &TestLog) -> Vec<String> {
    let report = fsck(log).await;
    assert!(
        report.complaints.iter().all(|c| c.severity == Severity::Damage),
        "{:?}",
        report.complaints
    );
    assert!(report.complaints.is_empty() || !report.is_sound());
    report
        .complaints
        .into_iter()
        .map(|complaint| complaint.what)
        .collect()
}

fn flip(path: &Path, byte: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[byte] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

fn truncate(path: &Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(file.metadata().unwrap().len() - 1).unwrap();
}

/// The files a log of 566 entries needs, apart from older partial tiles.
const NEEDED: [&str; 8] = [
    "checkpoint",
    "tile/0/000",
    "tile/0/001",
    "tile/0/002.p/54",
    "tile/1/000.p/2",
    "tile/entries/000",
    "tile/entries/001",
    "tile/entries/002.p/54",
];

#[tokio::test]
async fn a_flipped_byte_anywhere_is_found_and_the_object_named() {
    let log = healthy().await;
    for path in NEEDED {
        let file = log.object(path);
        let healthy = std::fs::read(&file).unwrap();
        let step = (healthy.len() / 5).max(1);
        for byte in (0..healthy.len()).step_by(step) {
            flip(&file, byte);
            assert_eq!(damaged(&log).await, [path], "byte {byte} of {path}");
            std::fs::write(&file, &healthy).unwrap();
        }
    }
    assert_eq!(damaged(&log).await, Vec::<String>::new());
}

/// The checkpoint is small: here every byte of it.
#[tokio::test]
async fn a_flipped_byte_of_the_checkpoint_is_found_wherever_it_is() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let file = log.object("checkpoint");
    let healthy = std::fs::read(&file).unwrap();
    for byte in 0..healthy.len() {
        flip(&file, byte);
        assert_eq!(damaged(&log).await, ["checkpoint"], "byte {byte}");
        std::fs::write(&file, &healthy).unwrap();
    }
}

#[tokio::test]
async fn a_truncated_object_is_found_and_named() {
    let log = healthy().await;
    for path in NEEDED {
        let file = log.object(path);
        let healthy = std::fs::read(&file).unwrap();
        truncate(&file);
        assert_eq!(damaged(&log).await, [path]);
        std::fs::write(&file, []).unwrap();
        assert_eq!(damaged(&log).await, [path]);
        std::fs::write(&file, &healthy).unwrap();
    }
}

#[tokio::test]
async fn a_missing_object_is_found_and_named() {
    let log = healthy().await;
    for path in NEEDED {
        let file = log.object(path);
        let healthy = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(damaged(&log).await, [path]);
        std::fs::write(&file, &healthy).unwrap();
    }
}

/// tlog-tiles has a log serve them until the full one is there: whoever holds an older checkpoint asks for them.
#[tokio::test]
async fn damage_to_an_older_partial_object_that_is_still_shown_is_found_and_named() {
    let log = healthy().await;
    let store = log.open().await;
    record(&store, &statements(558..560)).await;
    store.close().await.unwrap();
    for path in ["tile/0/002.p/54", "tile/1/000.p/1", "tile/entries/002.p/54"] {
        let file = log.object(path);
        let healthy = std::fs::read(&file).unwrap();
        for byte in (0..healthy.len()).step_by((healthy.len() / 5).max(1)) {
            flip(&file, byte);
            assert_eq!(damaged(&log).await, [path], "byte {byte} of {path}");
            std::fs::write(&file, &healthy).unwrap();
        }
        truncate(&file);
        assert_eq!(damaged(&log).await, [path]);
        std::fs::write(&file, []).unwrap();
        assert_eq!(damaged(&log).await, [path]);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(damaged(&log).await, Vec::<String>::new(), "it may be tidied away");
    }
}

/// SQLite's way of writing bytes, in the dialect of the database that the tests run on.
fn spelled(sql: &str) -> String {
    if !past_one_machine() {
        return sql.to_owned();
    }
    sql.split("zeroblob(")
        .enumerate()
        .map(|(at, part)| match (at, part.split_once(')')) {
            (0, _) | (_, None) => part.to_owned(),
            (_, Some((number, rest))) => format!("decode(repeat('00', {number}), 'hex'){rest}"),
        })
        .collect::<String>()
        .replace("x''", "''::bytea")
}

#[tokio::test]
async fn a_damaged_row_is_found_and_its_table_named() {
    let log = healthy().await;
    let blob = "zeroblob(32)";
    for (table, damage) in [
        ("table chain", format!("UPDATE chain SET head = {blob} WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)")),
        ("table chain", "UPDATE chain SET count = count + 1 WHERE label = (SELECT label FROM chain ORDER BY label DESC LIMIT 1)".to_owned()),
        ("table chain", "DELETE FROM chain WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)".to_owned()),
        ("table chain", format!("INSERT INTO chain VALUES ({blob}, 1, {blob})")),
        ("table statement", format!("UPDATE statement SET digest = {blob} WHERE id = 3")),
        // The row then is about a vehicle that nobody erased.
        ("table statement, table erasure", format!("UPDATE statement SET label = {blob} WHERE id = 7")),
        ("table statement", format!("UPDATE statement SET key_id = {blob} WHERE id = 5")),
        ("table statement", "UPDATE statement SET log_index = 6000 WHERE id = 5".to_owned()),
        ("table statement", "UPDATE content SET sealed = zeroblob(80) WHERE statement = 5".to_owned()),
        ("table erasure", "DELETE FROM content WHERE statement = 5".to_owned()),
        ("table vehicle_key", "INSERT INTO content VALUES (7, zeroblob(80))".to_owned()),
        ("table statement, table content", "DELETE FROM statement WHERE id = 9".to_owned()),
        ("table vehicle_key", "DELETE FROM vehicle_key WHERE label = (SELECT label FROM statement WHERE id = 1)".to_owned()),
        ("table vehicle_key", "UPDATE vehicle_key SET wrapped = zeroblob(72) WHERE label = (SELECT label FROM statement WHERE id = 1)".to_owned()),
        ("table erasure", "DELETE FROM erasure".to_owned()),
        ("table issuer_key", "UPDATE issuer_key SET enrolled_at = enrolled_at + 1".to_owned()),
        ("table issuer_key", "DELETE FROM issuer_key WHERE enrolled_at = 3".to_owned()),
        // Rows that no program of ours ever wrote.
        ("table chain", "UPDATE chain SET head = zeroblob(3) WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)".to_owned()),
        ("table chain", "UPDATE chain SET count = -1 WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)".to_owned()),
        ("table chain", "UPDATE chain SET count = 'many' WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)".to_owned()),
        ("table statement", "UPDATE statement SET digest = zeroblob(3) WHERE id = 3".to_owned()),
        ("table statement", "UPDATE statement SET label = x'' WHERE id = 3".to_owned()),
        ("table issuer_key", "UPDATE issuer_key SET enrolled = zeroblob(3)".to_owned()),
        ("table log", format!("UPDATE log SET root = {blob}")),
        ("table log", "UPDATE log SET checkpoint = zeroblob(100)".to_owned()),
    ] {
        // PostgreSQL keeps text out of a number's column.
        if past_one_machine() && damage.contains("'many'") {
            continue;
        }
        let damage = spelled(&damage);
        let copy = log.copy();
        assert!(copy.sql(Box::leak(damage.clone().into_boxed_str())).await > 0, "{damage}");
        let mut tables = damaged(&copy).await;
        tables.dedup();
        assert_eq!(tables.join(", "), table, "{damage}");
    }
}

/// A disk that does not answer is not a damaged log: fsck says which object it could not read, and does not judge.
#[tokio::test]
async fn an_object_that_cannot_be_read_ends_the_check_with_its_name() {
    let log = healthy().await;
    let mut named = BTreeSet::new();
    for n in 0.. {
        let files = FaultyFiles::over(log.files());
        let options = Options {
            objects: files.clone(),
            ..log.options()
        };
        let store = Store::inspect(options).await.unwrap();
        files.fail(n, Failure::DidNotHappen);
        let checked = store.fsck(|_, _| {}).await;
        let Some(failed) = files.failed() else { break };
        let error = checked.expect_err(&failed).to_string();
        let path = failed.split(' ').nth(1).unwrap();
        assert!(error.contains(path), "{failed}: {error}");
        named.insert(path.to_owned());
    }
    for path in NEEDED {
        assert!(named.contains(path), "{path} was read");
    }
}

#[tokio::test]
async fn what_should_have_been_tidied_away_is_named_as_litter_and_is_no_damage() {
    let log = healthy().await;
    let litter = [
        "notes.txt",
        "staging/9-00",
        "tile/0/000.p/5",
        "tile/entries/001.p/255",
    ];
    for path in litter {
        let file = log.object(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, b"litter").unwrap();
    }

    let report = fsck(&log).await;

    assert!(report.is_sound());
    assert!(report.complaints.iter().all(|c| c.severity == Severity::Litter));
    let named: Vec<_> = report.complaints.iter().map(|c| c.what.as_str()).collect();
    assert_eq!(named, litter);
}

#[tokio::test]
async fn nothing_is_sealed_on_top_of_a_damaged_right_edge() {
    let log = healthy().await;
    for (path, named) in [
        ("tile/0/002.p/54", "tile/"),
        ("tile/1/000.p/2", "tile/"),
        ("tile/entries/002.p/54", "tile/entries/002.p/54"),
    ] {
        for damage in [
            |file: &Path| flip(file, 40),
            |file: &Path| truncate(file),
            |file: &Path| std::fs::remove_file(file).unwrap(),
        ] {
            let log = log.copy();
            damage(&log.object(path));
            let published = log.published().unwrap();
            let store = log.open().await;
            store.submit(&statements(600..601)).await.unwrap();

            let error = store.seal().await.unwrap_err().to_string();

            assert!(error.contains(named), "{path}: {error}");
            assert_eq!(log.published().unwrap(), published);
            assert_eq!(store.status().await.unwrap().waiting, 1, "it still waits");
        }
    }
}

/// What is sealed on wrong rows would stay wrong for ever: no auditor could cosign it.
#[tokio::test]
async fn nothing_is_sealed_on_top_of_damaged_rows() {
    let log = healthy().await;
    for (table, damage) in [
        (
            "table chain",
            dialect(
                "UPDATE chain SET head = zeroblob(32) WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)",
                "UPDATE chain SET head = decode(repeat('00', 32), 'hex') WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)",
            ),
        ),
        (
            "table chain",
            "DELETE FROM chain WHERE label = (SELECT label FROM chain ORDER BY label LIMIT 1)",
        ),
        ("table issuer_key", "UPDATE issuer_key SET enrolled_at = 0"),
    ] {
        let log = log.copy();
        log.sql(damage).await;
        let store = log.open().await;
        store.submit(&statements(600..601)).await.unwrap();

        let error = store.seal().await.unwrap_err().to_string();

        assert!(error.contains(table), "{damage}: {error}");
        let status = store.status().await.unwrap();
        assert_eq!((status.size, status.waiting), (566, 1), "it still waits");
    }
}

#[tokio::test]
async fn a_damaged_checkpoint_is_refused_at_the_door_and_named() {
    let log = healthy().await;
    flip(&log.object("checkpoint"), 20);
    match Store::open(log.options()).await {
        Err(StoreError::ObjectDamaged { path, .. }) => assert_eq!(path, "checkpoint"),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[tokio::test]
async fn a_missing_checkpoint_is_published_again_by_sealing() {
    let log = healthy().await;
    std::fs::remove_file(log.object("checkpoint")).unwrap();

    let store = log.open().await;

    assert_eq!(store.status().await.unwrap().published, 566);
    log.assert_sound(&store, &[]).await;
}

/// An immutable object with other bytes than this log's is never overwritten.
#[tokio::test]
async fn a_foreign_object_in_the_way_stops_the_batch_after_its_commit_and_is_named() {
    let (log, store) = TestLog::create().await;
    std::fs::create_dir_all(log.object("tile/0/000.p")).unwrap();
    std::fs::write(log.object("tile/0/000.p/9"), b"foreign").unwrap();
    store.submit(&statements(0..3)).await.unwrap();

    let error = store.seal().await.unwrap_err();

    assert!(
        matches!(&error, StoreError::ObjectDiffers(path) if path == "tile/0/000.p/9"),
        "{error}"
    );
    assert!(matches!(store.seal().await, Err(StoreError::Stopped)));
    std::fs::remove_file(log.object("tile/0/000.p/9")).unwrap();
    store.close().await.unwrap();
    let store = log.open().await;
    assert_eq!(log.assert_sound(&store, &[]).await.len(), 3);
}
