//! A table or a band that was lost from a pack is warned of by the full check, before a quote lacks it.

use border::{PackSource, RuleSet, Severity, Strictness};

use crate::sources;

/// The warnings about one pack, of the packs with a change.
fn warnings(pack: &str, change: impl Fn(&mut PackSource)) -> Vec<String> {
    let mut packs = sources();
    packs
        .iter_mut()
        .filter(|source| source.name == pack)
        .for_each(change);
    let (_, problems) = RuleSet::read(&packs, &Strictness::Full { today: None });
    problems
        .iter()
        .filter(|p| p.pack == pack && p.severity == Severity::Warning)
        .map(ToString::to_string)
        .collect()
}

/// What is warned of only with the change.
fn new_warnings(pack: &str, change: impl Fn(&mut PackSource)) -> Vec<String> {
    let before = warnings(pack, |_| {});
    let mut after = warnings(pack, change);
    after.retain(|warning| !before.contains(warning));
    after
}

fn edit(source: &mut PackSource, file: &str, change: impl Fn(&str) -> String) {
    let text = String::from_utf8(source.files[file].clone()).unwrap();
    let changed = change(&text);
    assert_ne!(changed, text);
    source.files.insert(file.to_owned(), changed.into_bytes());
}

fn without(file: &str) -> impl Fn(&mut PackSource) {
    move |source| {
        source.files.remove(file).unwrap();
    }
}

fn has(found: &[String], parts: &[&str]) {
    assert!(
        found
            .iter()
            .any(|warning| parts.iter().all(|part| warning.contains(part))),
        "{parts:?}: {found:#?}"
    );
}

#[test]
fn a_band_that_another_condition_s_wide_rows_cover_is_missed() {
    let band = "ru.util.com.2026.1000-2000,(1000..2000],(139.75..161.81]";
    let found = new_warnings("ru", |source| {
        edit(source, "recycling_coefficient.csv", |text| {
            let left: Vec<&str> = text.lines().filter(|line| !line.starts_with(band)).collect();
            assert_eq!(text.lines().count() - left.len(), 2);
            left.join("\n") + "\n"
        });
    });
    has(
        &found,
        &[
            "recycling_coefficient.csv",
            "no row for",
            "cc = 2000, recycling_kw = 139.7501,",
            "on 2026-01-01",
            "ru.util.com.2026",
        ],
    );
}

#[test]
fn a_band_of_a_year_to_come_is_missed_too() {
    let found = new_warnings("ru", |source| {
        edit(source, "recycling_coefficient.csv", |text| {
            let mut gone = false;
            let keep = |line: &&str| {
                let drop = !gone && line.starts_with("ru.util.com.2027.ev,");
                gone |= drop;
                !drop
            };
            text.lines().filter(keep).collect::<Vec<_>>().join("\n") + "\n"
        });
    });
    has(
        &found,
        &["recycling_coefficient", "on 2027-01-01", "ru.util.com.2027.ev"],
    );
}

#[test]
fn a_table_that_is_gone_leaves_rules_with_neither_value_nor_rows() {
    let found = new_warnings("ke", without("depreciation.csv"));
    has(
        &found,
        &["ke/rules.csv:2", "ke.depreciation", "neither a value nor rows"],
    );
    let found = new_warnings("ru", without("import_duty.csv"));
    has(&found, &["ru.legal.ev", "neither a value nor rows"]);
    has(&found, &["ru.personal.ev", "neither a value nor rows"]);
}

#[test]
fn no_table_of_any_pack_is_lost_unseen() {
    let all = sources();
    for source in &all {
        let others = ["rules.csv", "checks.csv", "notes.csv", "examples.csv"];
        let tables = source.files.keys().filter(|name| name.ends_with(".csv"));
        for table in tables.filter(|name| !others.contains(&name.as_str())) {
            // Of a shared part, each pack that uses it; the examples of others cost time and say nothing here.
            let is_shared = |part: &PackSource| part.files.contains_key("shared.toml");
            let mut packs = all.clone();
            packs.retain(|part| {
                is_shared(source) || is_shared(part) || part.name == "kr" || part.name == source.name
            });
            for part in packs.iter_mut() {
                part.files.remove("examples.csv");
                if part.name == source.name {
                    part.files.remove(table).unwrap();
                }
            }
            let (_, problems) = RuleSet::read(&packs, &Strictness::Full { today: None });
            // A formula that uses a column of the table is an error besides.
            let step = table.trim_end_matches(".csv");
            let told = problems.iter().any(|p| {
                (p.text.contains("neither a value nor rows") && p.text.contains(table.as_str()))
                    || (p.severity == Severity::Error && p.text.contains(&format!("step {step:?}")))
            });
            assert!(told, "{}/{table}: {problems:#?}", source.name);
        }
    }
}

#[test]
fn a_value_that_is_said_not_to_have_been_found_is_no_loss() {
    let found = warnings("kz", |_| {});
    assert!(
        !found.iter().any(|warning| warning.contains("neither")),
        "{found:#?}"
    );
    let found = new_warnings("kz", |source| {
        edit(source, "rules.csv", |text| text.replace(",not found,", ",,"));
    });
    has(&found, &["kz.vat.2026", "write \"not found\""]);
}
