//! What Korea stops comes first, and cannot be left out.

use border::{Outcome, PackSource, RuleSet, Severity, Status, Strictness};

use crate::{ask, sources};

fn first(to: &str, facts: &str) -> (Status, String, Outcome) {
    let asked = ask(to, "2026-03-10", facts).priced("12000 USD", "1500 USD", "60 USD");
    let verdict = asked.verdict();
    let finding = &verdict.findings[0];
    assert_eq!(finding.country, "KR", "export control comes first");
    (verdict.status, finding.law.id.clone(), finding.outcome)
}

#[test]
fn over_2000_cc_to_russia_needs_a_permit_and_exactly_2000_does_not() {
    let car = |cc: &str| {
        format!("fuel=petrol; cc={cc}; manufactured=2022-07-01; importer=person; personal_use=true")
    };
    assert_eq!(
        first("RU", &car("2001")),
        (Status::NotAdmissible, "kr.permit.2024".into(), Outcome::Denied)
    );
    let (status, _, outcome) = first("RU", &car("2000"));
    assert_ne!(status, Status::NotAdmissible);
    assert!(outcome < Outcome::Condition);
}

#[test]
fn a_permit_satisfies_it_only_by_being_named() {
    let with = |documents: &str| {
        first(
            "RU",
            &format!("fuel=petrol; cc=2199; manufactured=2022-07-01; documents={documents}"),
        )
        .0
    };
    assert_eq!(with("invoice"), Status::NotAdmissible);
    assert_ne!(with("situational permit"), Status::NotAdmissible);
}

#[test]
fn unknown_displacement_and_electric_cars_are_held_not_passed() {
    let (status, _, outcome) = first("RU", "fuel=petrol; manufactured=2022-07-01");
    assert_eq!((status, outcome), (Status::Conditional, Outcome::Condition));
    let (status, rule, outcome) = first("RU", "fuel=electric; kw_30min=50; manufactured=2022-07-01");
    assert_eq!(
        (status, rule.as_str(), outcome),
        (Status::Conditional, "kr.permit.ev", Outcome::Condition)
    );
}

#[test]
fn a_rule_set_without_export_control_is_refused() {
    let without: Vec<PackSource> = sources()
        .into_iter()
        .filter(|source| source.name != "kr")
        .collect();
    assert!(RuleSet::load(&without).is_err());
}

#[test]
fn export_control_that_lets_everything_through_is_refused() {
    let mut tampered = sources();
    for source in tampered.iter_mut().filter(|source| source.name == "kr") {
        let checks = String::from_utf8(source.files["checks.csv"].clone()).unwrap();
        source.files.insert(
            "checks.csv".into(),
            checks.replace(",permit,", ",warn,").into_bytes(),
        );
    }
    let (set, problems) = RuleSet::read(&tampered, &Strictness::Load);
    assert!(set.is_none());
    assert!(
        problems
            .iter()
            .any(|p| p.pack == "kr" && p.severity == Severity::Error && p.text.contains("export"))
    );
}
