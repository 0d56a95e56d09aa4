//! The tables of both databases, as the steps that make them.
//!
//! The steps are listed here rather than found by `sqlx::migrate!`, because the macros of sqlx bring the whole of sqlx and
//! SQLite a second time, built for the compiler's own use.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, what it is about, and its text.
type Step = (i64, &'static str, &'static str);

const SQLITE: [Step; 7] = [
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
        46,
        "certification_limits",
        include_str!("../migrations/0046_certification_limits.sql"),
    ),
];

const POSTGRES: [Step; 6] = [
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
        46,
        "certification_limits",
        include_str!("../migrations/postgres/0046_certification_limits.sql"),
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

    #[test]
    fn every_file_of_the_folders_is_a_step() {
        assert_eq!(listed(&SQLITE), files("migrations"));
        assert_eq!(listed(&POSTGRES), files("migrations/postgres"));
    }
}
