//! A database of an older version, brought up to date by whoever opens it.

use std::path::Path;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr as _};

use crate::test_log::{TestLog, past_one_machine};

/// The steps up to and including one, as they lie beside the program.
fn steps_to(last: i64) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let folder = match past_one_machine() {
        true => folder.join("postgres"),
        false => folder,
    };
    let mut steps = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (number, about) = name.split_once('_').unwrap();
        let number = number.parse().unwrap();
        if number <= last {
            let text = AssertSqlSafe(std::fs::read_to_string(&path).unwrap()).into_sql_str();
            let kind = MigrationType::Simple;
            steps.push(Migration::new(number, about.to_owned().into(), kind, text, false));
        }
    }
    steps.sort_by_key(|step| step.version);
    assert_eq!(steps.last().unwrap().version, last);
    Migrator::with_migrations(steps)
}

/// A database as a version left it whose last step was this one.
async fn as_of(log: &TestLog, last: i64) {
    let steps = steps_to(last);
    if past_one_machine() {
        let mut db = sqlx::PgConnection::connect(&log.database_url()).await.unwrap();
        steps.run_direct(None, &mut db, false).await.unwrap();
        db.close().await.unwrap();
    } else {
        let url = format!("{}?mode=rwc", log.database_url());
        let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
        steps.run_direct(None, &mut db, false).await.unwrap();
        db.close().await.unwrap();
    }
}

#[tokio::test]
async fn of_organisations_that_were_made_with_one_issuer_the_first_keeps_it() {
    let log = TestLog::empty();
    as_of(&log, 48).await;
    log.sql(
        "INSERT INTO organisation (id, name, issuer, created) VALUES
         ('late', 'Late', 'workshop-a', 300), ('early', 'Early', 'workshop-a', 100), ('later', 'Later', 'workshop-a', 400),
         ('twin-b', 'Twin B', 'workshop-b', 200), ('twin-a', 'Twin A', 'workshop-b', 200),
         ('alone', 'Alone', 'workshop-c', 500), ('none-a', 'None A', NULL, 100), ('none-b', 'None B', NULL, 100)",
    )
    .await;

    let store = log.found().await;

    for (id, issuer) in [
        ("early", Some("workshop-a")),
        ("late", None),
        ("later", None),
        // Made in the same second: the ids decide, the same way on every machine.
        ("twin-a", Some("workshop-b")),
        ("twin-b", None),
        ("alone", Some("workshop-c")),
        ("none-a", None),
        ("none-b", None),
    ] {
        let found = store.organisation(id).await.unwrap().unwrap();
        assert_eq!(found.issuer.as_deref(), issuer, "{id}");
    }
    let second = "UPDATE organisation SET issuer = 'workshop-a' WHERE id = 'late'";
    assert!(
        log.try_sql_all(&[second]).await.is_err(),
        "nobody gets it a second time"
    );
}
