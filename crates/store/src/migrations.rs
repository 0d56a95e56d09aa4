//! The tables of both databases, as the steps that make them.
//!
//! The steps are listed here rather than found by `sqlx::migrate!`, because the macros of sqlx bring the whole of sqlx and
//! SQLite a second time, built for the compiler's own use.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, what it is about, and its text.
type Step = (i64, &'static str, &'static str);

const SQLITE: [Step; 11] = [
    (1, "log", include_str!("../migrations/0001_log.sql")),
    (2, "content", include_str!("../migrations/0002_content.sql")),
    (
        10,
        "certification",
        include_str!("../migrations/0010_certification.sql"),
    ),
    (30, "moved", include_str!("../migrations/0030_moved.sql")),
    (40, "accounts", include_str!("../migrations/0040_accounts.sql")),
    (
        43,
        "certification_accounts",
        include_str!("../migrations/0043_certification_accounts.sql"),
    ),
    (
        44,
        "assessment_summary",
        include_str!("../migrations/0044_assessment_summary.sql"),
    ),
    (
        46,
        "certification_limits",
        include_str!("../migrations/0046_certification_limits.sql"),
    ),
    (
        47,
        "drafts_once",
        include_str!("../migrations/0047_drafts_once.sql"),
    ),
    (
        48,
        "certification_kept",
        include_str!("../migrations/0048_certification_kept.sql"),
    ),
    (
        49,
        "issuer_once",
        include_str!("../migrations/0049_issuer_once.sql"),
    ),
];

const POSTGRES: [Step; 10] = [
    (1, "log", include_str!("../migrations/postgres/0001_log.sql")),
    (
        10,
        "certification",
        include_str!("../migrations/postgres/0010_certification.sql"),
    ),
    (30, "moved", include_str!("../migrations/postgres/0030_moved.sql")),
    (
        40,
        "accounts",
        include_str!("../migrations/postgres/0040_accounts.sql"),
    ),
    (
        43,
        "certification_accounts",
        include_str!("../migrations/postgres/0043_certification_accounts.sql"),
    ),
    (
        44,
        "assessment_summary",
        include_str!("../migrations/postgres/0044_assessment_summary.sql"),
    ),
    (
        46,
        "certification_limits",
        include_str!("../migrations/postgres/0046_certification_limits.sql"),
    ),
    (
        47,
        "drafts_once",
        include_str!("../migrations/postgres/0047_drafts_once.sql"),
    ),
    (
        48,
        "certification_kept",
        include_str!("../migrations/postgres/0048_certification_kept.sql"),
    ),
    (
        49,
        "issuer_once",
        include_str!("../migrations/postgres/0049_issuer_once.sql"),
    ),
];

/// What brings an SQLite database up to date.
pub(crate) fn sqlite() -> Migrator {
    migrator(&SQLITE)
}

/// What brings a PostgreSQL database up to date.
pub(crate) fn postgres() -> Migrator {
    migrator(&POSTGRES)
}

fn migrator(steps: &[Step]) -> Migrator {
    let migration = |&(number, about, text): &Step| {
        Migration::new(
            number,
            about.into(),
            MigrationType::Simple,
            text.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(steps.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of a folder that hold steps, by name.
    fn files(folder: &str) -> Vec<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        names.sort();
        names
    }

    fn listed(steps: &[Step]) -> Vec<String> {
        let name = |(number, about, _): &Step| format!("{number:04}_{about}.sql");
        steps.iter().map(name).collect()
    }

    /// Two processes could record one draft at the same moment. Such a database is brought up to date all the same.
    #[tokio::test]
    async fn of_two_statements_that_were_signed_from_one_draft_the_first_stays_known_by_it() {
        // A database in memory is that of one connection.
        let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
        let pool = one.connect("sqlite::memory:").await.unwrap();
        let before: Vec<Step> = SQLITE.into_iter().filter(|(number, ..)| *number < 47).collect();
        migrator(&before).run(&pool).await.unwrap();
        sqlx::query(
            "INSERT INTO statement (id, digest, label, key_id, draft) VALUES
             (1, x'01', x'0a', x'0b', x'0c'), (2, x'02', x'0a', x'0b', x'0c'), (3, x'03', x'0a', x'0b', x'0d'),
             (4, x'04', x'0a', x'0b', x'0c'), (5, x'05', x'0a', x'0b', NULL), (6, x'06', x'0a', x'0b', NULL)",
        )
        .execute(&pool)
        .await
        .unwrap();

        sqlite().run(&pool).await.unwrap();

        let known: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM statement WHERE draft IS NOT NULL ORDER BY id")
                .fetch_all(&pool)
                .await
                .unwrap();
        assert_eq!(known, [1, 3]);
    }

    #[test]
    fn every_file_of_the_folders_is_a_step() {
        assert_eq!(listed(&SQLITE), files("migrations"));
        assert_eq!(listed(&POSTGRES), files("migrations/postgres"));
    }
}
