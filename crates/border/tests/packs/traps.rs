//! Ten errors met in public calculators, and the fees of Russia by date.

use border::{Outcome, Status, Why};
use rust_decimal::Decimal;

use crate::{ask, set};

const PERSON: &str = "importer=person; personal_use=true; ";

fn fee(on: &str, facts: &str) -> Decimal {
    ask("RU", on, &format!("{PERSON}{facts}")).amount("recycling_fee")
}

#[test]
fn the_same_car_pays_three_fees_in_russia_by_its_day_of_arrival() {
    let camry = "fuel=petrol; cc=1998; engine_ps=173; manufactured=2023-06-01";
    assert_eq!(fee("2025-11-30", camry), Decimal::from(3_400));
    assert_eq!(fee("2025-12-01", camry), Decimal::from(750_000));
    assert_eq!(fee("2026-01-01", camry), Decimal::from(900_000));
}

#[test]
fn trap_1_the_column_of_2027_is_not_that_of_2026() {
    let old = "fuel=petrol; cc=1598; engine_ps=180; manufactured=2020-01-01";
    assert_eq!(fee("2026-07-01", old), Decimal::from(1_492_800));
    assert_eq!(fee("2027-07-01", old), Decimal::from(1_642_000));
}

#[test]
fn trap_2_new_and_old_are_taken_from_the_same_month() {
    let new = "fuel=petrol; cc=1598; engine_ps=180; manufactured=2024-01-01";
    let old = "fuel=petrol; cc=1598; engine_ps=180; manufactured=2020-01-01";
    assert_eq!(
        (fee("2025-12-15", new), fee("2025-12-15", old)),
        (750_000.into(), 1_244_000.into())
    );
    assert_eq!(
        (fee("2026-01-15", new), fee("2026-01-15", old)),
        (900_000.into(), 1_492_800.into())
    );
}

#[test]
fn trap_3_a_petrol_car_does_not_pay_by_the_electric_row() {
    assert_eq!(
        fee(
            "2026-07-01",
            "fuel=petrol; cc=1598; engine_kw=139; manufactured=2024-01-01"
        ),
        900_000.into()
    );
    assert_eq!(
        fee(
            "2026-07-01",
            "fuel=electric; motor_kw=160; kw_30min=139; manufactured=2024-01-01"
        ),
        1_848_000.into()
    );
}

#[test]
fn trap_4_a_series_hybrid_pays_the_electric_fee_and_the_duty_of_its_engine() {
    let car = format!(
        "{PERSON}fuel=series_hybrid; cc=1496; engine_kw=110; motor_kw=200; kw_30min=90; manufactured=2022-01-01"
    );
    let asked = ask("RU", "2026-07-01", &car).given("customs_value", "2000000 RUB");
    assert_eq!(asked.amount("recycling_fee"), Decimal::from(1_912_800));
    // 1.7 EUR a cc at 100 RUB (90 ÷ 0.9).
    assert_eq!(asked.amount("personal_duty"), Decimal::from(254_320));
    assert!(asked.verdict().line("import_duty").is_none());
}

#[test]
fn trap_5_thirty_minute_power_counts_and_peak_power_never_stands_in_for_it() {
    let known = "fuel=electric; motor_kw=150; kw_30min=60; manufactured=2024-01-01";
    assert_eq!(fee("2026-07-01", known), Decimal::from(991_200));
    let asked = ask(
        "RU",
        "2026-07-01",
        &format!("{PERSON}fuel=electric; motor_kw=150; manufactured=2024-01-01"),
    );
    let verdict = asked.verdict();
    let line = verdict.line("recycling_fee").unwrap();
    let span = line.amount().unwrap();
    assert_eq!((span.low, span.high), (3_400.into(), 3_648_000.into()));
    assert!(
        verdict
            .asks
            .iter()
            .any(|why| matches!(why, Why::NotGiven { name, .. } if *name == "kw_30min"))
    );
}

#[test]
fn trap_6_the_clearance_scale_of_2025_ended_with_2025() {
    let fee = |on: &str| {
        ask("RU", on, PERSON)
            .given("customs_value", "2000000 RUB")
            .amount("clearance_fee")
    };
    assert_eq!(
        (fee("2025-12-31"), fee("2026-01-01")),
        (11_746.into(), 13_541.into())
    );
}

#[test]
fn trap_7_excise_goes_by_horsepower_of_750_watts_not_metric() {
    let asked = ask(
        "RU",
        "2026-07-01",
        "importer=company; fuel=petrol; cc=1998; engine_ps=150; manufactured=2024-01-01",
    );
    // 110.3248125 kW are 147.09975 such horsepower, at 64 RUB each.
    assert_eq!(asked.amount("excise"), "9414.38".parse().unwrap());
}

#[test]
fn trap_8_the_reduced_fee_of_electric_cars_ends_at_58_84_kilowatts() {
    let at = |kw: &str| {
        fee(
            "2025-12-01",
            &format!("fuel=electric; motor_kw=100; kw_30min={kw}; manufactured=2024-01-01"),
        )
    };
    assert_eq!((at("58.84"), at("58.85")), (3_400.into(), 826_000.into()));
    assert_eq!(
        fee(
            "2025-11-30",
            "fuel=electric; motor_kw=300; kw_30min=120; manufactured=2024-01-01"
        ),
        3_400.into()
    );
}

#[test]
fn trap_9_a_small_engine_in_kazakhstan_is_in_the_lowest_row() {
    if set().pack("KZ").is_none() {
        println!("SKIPPED: there is no pack of Kazakhstan here");
        return;
    }
    let asked = ask(
        "KZ",
        "2026-03-01",
        "fuel=petrol; cc=1000; manufactured=2024-01-01; importer=person; personal_use=true",
    );
    let verdict = asked.verdict();
    let amounts: Vec<Decimal> = verdict
        .charges()
        .filter_map(|line| line.amount()?.single())
        .collect();
    assert!(amounts.contains(&324_375.into()), "{amounts:?}");
    assert!(!amounts.contains(&2_486_875.into()), "{amounts:?}");
}

#[test]
fn trap_10_the_kyrgyz_table_of_2018_is_history() {
    if set().pack("KG").is_none() {
        println!("SKIPPED: there is no pack of the Kyrgyz Republic here");
        return;
    }
    let asked = ask(
        "KG",
        "2026-03-01",
        "fuel=petrol; cc=1998; manufactured=2022-01-01; importer=person; personal_use=true",
    );
    let verdict = asked.verdict();
    let used: Vec<&str> = verdict
        .lines
        .iter()
        .flat_map(|line| &line.rules)
        .map(|rule| rule.law().id.as_str())
        .collect();
    assert!(used.iter().any(|id| id.starts_with("eaeu.personal.")), "{used:?}");
    assert!(!used.iter().any(|id| id.contains("2018")), "{used:?}");
}

#[test]
fn the_exact_anniversary_stays_in_the_younger_band() {
    let made = "fuel=petrol; cc=1598; engine_ps=180; manufactured=2023-03-10";
    assert_eq!(fee("2026-03-10", made), 900_000.into());
    assert_eq!(fee("2026-03-11", made), 1_492_800.into());
}

#[test]
fn power_is_compared_in_kilowatts_bounds_included() {
    let at = |kw: &str| {
        fee(
            "2026-03-10",
            &format!("fuel=petrol; cc=1999; engine_kw={kw}; manufactured=2024-01-01"),
        )
    };
    assert_eq!((at("117.68"), at("117.69")), (3_400.into(), 900_000.into()));
    let asked = ask(
        "RU",
        "2026-03-10",
        &format!("{PERSON}fuel=petrol; cc=1999; engine_ps=160; manufactured=2024-01-01"),
    );
    assert_eq!(asked.amount("recycling_fee"), 3_400.into());
    assert!(
        !asked.verdict().cautions.is_empty(),
        "horsepower was converted, and nobody says so"
    );
}

#[test]
fn jordan_counts_calendar_years_with_the_year_of_clearance() {
    let denied = |on: &str, made: &str| {
        let facts = format!("category=M1; fuel=electric; manufactured={made}");
        let asked = ask("JO", on, &facts);
        let verdict = asked.verdict();
        verdict
            .findings
            .iter()
            .any(|f| f.key() == "ev_max_age_years" && f.outcome == Outcome::Denied)
    };
    assert!(!denied("2025-10-31", "2021"));
    assert!(denied("2025-11-01", "2022-12-31"));
    assert!(!denied("2025-11-01", "2023-01-01"));
    assert!(denied("2026-01-01", "2023-12-31"));
}

#[test]
fn disputed_rules_give_a_range_that_names_both() {
    let asked = ask(
        "KE",
        "2026-03-01",
        "fuel=petrol; cc=1300; first_registration=2022-03-01; steering=right",
    )
    .given("crsp", "1872000 KES");
    let verdict = asked.verdict();
    let span = verdict.total.unwrap();
    assert!(span.low < span.high);
    let divisor = verdict.line("divisor").unwrap();
    assert!(
        divisor
            .why
            .iter()
            .any(|why| matches!(why, Why::Disagree { rules } if rules.len() == 2))
    );
    assert_eq!(verdict.status, Status::Conditional);
}

#[test]
fn a_missing_value_withholds_the_total_and_is_asked_for_by_name() {
    let asked = ask(
        "GH",
        "2026-03-01",
        "fuel=petrol; cc=1998; manufactured=2022-03-01; steering=left",
    )
    .priced("10000 USD", "1500 USD", "100 USD");
    let verdict = asked.verdict();
    assert_eq!(verdict.total, None);
    assert!(
        verdict
            .asks
            .iter()
            .any(|why| matches!(why, Why::NotGiven { name, .. } if *name == "hdv")),
        "{:?}",
        verdict.asks
    );
    let electric = ask(
        "GH",
        "2026-03-01",
        "fuel=electric; manufactured=2022-03-01; steering=left",
    )
    .priced("10000 USD", "1500 USD", "100 USD")
    .given("hdv", "30000 USD");
    let verdict = electric.verdict();
    assert!(
        verdict.missing_lines.contains(&"import_duty"),
        "an electric car has no displacement"
    );
    assert_eq!(verdict.total, None);
}

#[test]
fn a_fee_that_is_a_product_of_values_names_the_rules_behind_it() {
    let asked = ask(
        "RU",
        "2026-07-01",
        "importer=person; personal_use=true; fuel=petrol; cc=1998; engine_kw=120; manufactured=2024-01-01",
    );
    let verdict = asked.verdict();
    let fee = verdict.line("recycling_fee").unwrap();
    let of: Vec<&str> = verdict.basis(fee).map(|(line, _)| line.name()).collect();
    assert_eq!(of, ["recycling_base", "recycling_coefficient"]);
    assert!(verdict.basis(fee).all(|(_, used)| !used.law().act.is_empty()));
    let json = serde_json::to_value(&verdict).unwrap();
    let shown = json["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["name"] == "recycling_fee")
        .unwrap();
    assert_eq!(shown["basis"][0]["of"], "recycling_base");
    assert!(shown["basis"][0]["act"].as_str().unwrap().contains("1291"));
}
