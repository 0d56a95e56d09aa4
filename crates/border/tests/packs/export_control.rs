//! What Korea stops comes first, and cannot be left out.

use border::{Outcome, PackSource, RuleSet, Severity, Status, Strictness};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::{ask, set, sources};

fn first(to: &str, facts: &str) -> (Status, String, Outcome) {
    let asked = ask(to, "2026-03-10", facts).priced("12000 USD", "1500 USD", "60 USD");
    let verdict = asked.verdict();
    let finding = &verdict.findings[0];
    assert_eq!(finding.country(), "KR", "export control comes first");
    (verdict.status, finding.law().id.clone(), finding.outcome)
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

/// The packs with a text of Korea's checks replaced by another.
fn with(from: &str, to: &str) -> Vec<PackSource> {
    let mut packs = sources();
    for source in packs.iter_mut().filter(|source| source.name == "kr") {
        let checks = String::from_utf8(source.files["checks.csv"].clone()).unwrap();
        assert!(checks.contains(from), "{from}");
        source
            .files
            .insert("checks.csv".into(), checks.replace(from, to).into_bytes());
    }
    packs
}

#[test]
fn export_control_that_is_weaker_in_any_rule_is_refused() {
    let checks = sources()
        .into_iter()
        .find(|source| source.name == "kr")
        .map(|source| String::from_utf8(source.files["checks.csv"].clone()).unwrap())
        .unwrap();
    let row = |id: &str| -> String {
        let line = checks.lines().find(|line| line.starts_with(&format!("{id},")));
        format!("{}\n", line.unwrap())
    };
    for id in [
        "kr.transit.2023",
        "kr.transit.value",
        "kr.transit.route",
        "kr.transit.way",
        "kr.permit.ev",
        "kr.permit.2023",
    ] {
        assert!(RuleSet::load(&with(&row(id), "")).is_err(), "{id} deleted");
    }
    for (from, to) in [
        (",cc,> 2000,", ",cc,> 2000.5,"),
        (
            "\"destination in (\"\"RU\"\", \"\"BY\"\")\",cc",
            "\"destination in (\"\"RU\"\", \"\"BY\"\") and fuel = \"\"petrol\"\"\",cc",
        ),
        (",2024-02-24,,,", ",2024-02-24,2025-12-31,,"),
        (",high,,,", ",low,,,"),
        (",high,,,", ",high,suspended,,"),
        ("transit document; proof of arrival", "invoice"),
    ] {
        assert!(RuleSet::load(&with(from, to)).is_err(), "{from} -> {to}");
    }
}

#[test]
fn a_rule_that_lifts_export_control_is_refused_and_one_that_adds_to_it_is_taken() {
    let add = |row: &str| {
        let end = ",,Control criteria go by the 6-digit HS code. EVs have no displacement.\n";
        RuleSet::load(&with(end, &format!("{end}{row}")))
    };
    assert!(add("kr.own,export_permit,waive,2024-02-24,,,,fuel,diesel,ours,,,own,co,high,,,\n").is_err());
    assert!(add("kr.own,own,none,2024-02-24,,,,,,ours,,,own,co,high,,kr.permit.2024,\n").is_err());
    assert!(add("kr.own,own,hold,2024-02-24,,,,cc,> 1600,ours,invoice,,own,co,high,,,\n").is_ok());
}

#[test]
fn a_car_of_over_2000_cc_through_russia_is_held_wherever_it_goes() {
    let car = |cc: &str, route: &str| format!("fuel=petrol; cc={cc}; manufactured=2022-07-01{route}");
    for to in ["AL", "CL", "GE", "KG"] {
        let (_, _, outcome) = first(to, &car("2199", "; route=CN, RU"));
        assert_eq!(outcome, Outcome::Condition, "{to}");
    }
    let (_, rule, outcome) = first("AL", &car("2199", "; route=RU"));
    assert_eq!((rule.as_str(), outcome), ("kr.transit.way", Outcome::Condition));
    let shown = "; route=RU; documents=transit document, proof of arrival";
    assert_eq!(first("AL", &car("2199", shown)).2, Outcome::Passed);
    for facts in [
        car("1999", "; route=RU"),
        car("2199", "; route=CN"),
        car("2199", ""),
    ] {
        let asked = ask("AL", "2026-03-10", &facts);
        let verdict = asked.verdict();
        assert!(
            verdict
                .findings
                .iter()
                .all(|finding| finding.country() != "KR" || finding.outcome < Outcome::Condition),
            "{facts}"
        );
    }
}

/// What is wrong with a departure, if it is refused.
fn refused(arrival: &str, departure: Date, facts: &str) -> Option<String> {
    let mut asked = ask("RU", arrival, facts).priced("12000 USD", "1500 USD", "60 USD");
    asked.departure = Some(departure);
    let faults = set().evaluate(&asked.question()).err()?;
    assert!(
        faults
            .iter()
            .all(|fault| fault.field == "departure" && fault.value == departure.to_string()),
        "{faults:?}"
    );
    Some(faults[0].problem.clone())
}

#[test]
fn a_car_does_not_leave_before_it_is_made_or_registered() {
    let facts = "fuel=petrol; cc=2999; manufactured=2026-01-10; first_registration=2026-02-01";
    let problem = refused("2026-03-10", date(2026, 1, 9), facts).unwrap();
    assert!(
        problem.starts_with("before the manufacture in 2026-01-10"),
        "{problem}"
    );
    let problem = refused("2026-03-10", date(2026, 1, 31), facts).unwrap();
    assert!(
        problem.starts_with("before the first registration in 2026-02-01"),
        "{problem}"
    );
    assert_eq!(refused("2026-03-10", date(2026, 2, 1), facts), None);
    let month = "fuel=petrol; cc=2999; manufactured=2026-02";
    assert_eq!(
        refused("2026-03-10", date(2026, 2, 1), month),
        None,
        "it may have been"
    );
}

#[test]
fn no_voyage_takes_longer_than_180_days() {
    let facts = "fuel=petrol; cc=2999; manufactured=2018-07-10";
    assert_eq!(refused("2026-03-10", date(2025, 9, 11), facts), None);
    for departure in [date(2025, 9, 10), date(2023, 5, 1), date(2020, 1, 1)] {
        let problem = refused("2026-03-10", departure, facts).unwrap();
        assert!(
            problem.contains("more than 180 days before the arrival"),
            "{problem}"
        );
        assert!(problem.contains("leave it out"), "{problem}");
    }
}

#[test]
fn no_departure_leaves_control_behind_but_that_of_a_car_that_left_before_it_began() {
    let began = date(2024, 2, 24);
    let facts = "fuel=petrol; cc=2999; manufactured=2018-07-10";
    let mut asked = ask("RU", "2024-01-01", facts).priced("12000 USD", "1500 USD", "60 USD");
    for arrives in (0..1_500).step_by(7) {
        let arrival = date(2024, 1, 1).saturating_add(arrives.days());
        asked.on = arrival;
        for voyage in (0..900).step_by(10) {
            let departure = arrival.saturating_sub(voyage.days());
            asked.departure = Some(departure);
            let Ok(verdict) = set().evaluate(&asked.question()) else {
                assert!(voyage > 180, "{departure} to {arrival}");
                continue;
            };
            let stopped = verdict.findings[0].outcome == Outcome::Denied;
            assert_eq!(stopped, departure >= began, "{departure} to {arrival}");
            assert!(
                stopped || arrival <= began.saturating_add(180.days()),
                "{arrival}"
            );
        }
    }
}
