//! What would break a verdict, and until when it holds.

use border::{Cause, Outcome, Status};
use jiff::civil::date;

use crate::{ask, set};

#[test]
fn an_electric_car_may_enter_jordan_until_the_year_turns() {
    let asked = ask(
        "JO",
        "2026-11-24",
        "category=M1; fuel=electric; manufactured=2024-05-01; steering=left; title=none; prior_use=private; \
         modifications=none; documents=GSO",
    );
    assert_eq!(asked.verdict().status, Status::Admissible);
    let outlook = set().outlook(&asked.question(), 400).unwrap();
    assert_eq!(outlook.admission_holds_until, Some(date(2026, 12, 31)));
    let first = &outlook.breaks[0];
    assert_eq!(
        (first.date, first.status),
        (date(2027, 1, 1), Status::NotAdmissible)
    );
    assert!(first.causes.contains(&Cause::NewYear));
    assert!(
        first
            .findings
            .contains(&("ev_max_age_years".into(), Outcome::Denied))
    );
}

#[test]
fn a_fee_that_rises_and_a_birthday_are_found_with_their_dates() {
    let asked = ask(
        "RU",
        "2025-11-20",
        "importer=person; personal_use=true; fuel=petrol; cc=1998; engine_ps=173; manufactured=2023-03-10",
    )
    .given("customs_value", "1500000 RUB");
    let outlook = set().outlook(&asked.question(), 200).unwrap();
    let days: Vec<_> = outlook.breaks.iter().map(|b| b.date).collect();
    assert_eq!(days, [date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 11)]);
    assert_eq!(outlook.total_holds_until, Some(date(2025, 11, 30)));
    assert!(outlook.breaks[2].causes.contains(&Cause::Birthday {
        fact: "manufactured".into()
    }));
}

#[test]
fn changes_between_two_days_name_the_rules() {
    let changes = set().changes(date(2025, 11, 30), date(2026, 1, 1));
    let russian: Vec<&str> = changes
        .iter()
        .filter(|c| c.country == "RU")
        .map(|c| c.law.id.as_str())
        .collect();
    assert!(
        russian.contains(&"ru.vat.22") && russian.contains(&"ru.util.personal.2025-12"),
        "{russian:?}"
    );
    assert!(!russian.contains(&"ru.util.com.2027.ev"), "{russian:?}");
}
