//! Vehicles that are no passenger cars: only what a rule says of them counts.

use border::{Caution, Outcome, Status, Why};
use rust_decimal::Decimal;

use crate::{ask, set};

fn barred(to: &str, facts: &str) -> Status {
    ask(to, "2026-03-10", facts).verdict().status
}

#[test]
fn peru_counts_kilometres_by_category() {
    let car = |category: &str, km: &str| {
        let facts = format!(
            "category={category}; odometer_km={km}; model_year=2025; steering=left; title=none; fuel=petrol"
        );
        barred("PE", &facts)
    };
    for (category, km) in [
        ("M1", "32000"),
        ("N1", "36000"),
        ("N2", "120000"),
        ("N3", "240000"),
    ] {
        assert_ne!(car(category, km), Status::NotAdmissible, "{category}");
        let more = (km.parse::<u32>().unwrap() + 1).to_string();
        assert_eq!(car(category, &more), Status::NotAdmissible, "{category}");
    }
    // Who does not say what it is brings a passenger car.
    assert_eq!(
        barred("PE", "odometer_km=33000; model_year=2025; fuel=petrol"),
        Status::NotAdmissible
    );
}

#[test]
fn trucks_may_be_older_where_the_sources_say_so() {
    for (to, category, model_year, made, bars) in [
        ("BO", "N2", "2023", "2023-01", false),
        ("BO", "N2", "2022", "2022-01", true),
        ("SA", "N3", "2016", "2016-01", false),
        ("SA", "N1", "2020", "2020-01", true),
        ("KW", "N2", "2018", "2018-01", false),
        ("AL", "N2", "2013", "2013-01", false),
        ("SN", "N2", "2013", "2013-01", false),
        ("CI", "N1", "2015", "2015-01", true),
    ] {
        let status = barred(
            to,
            &format!(
                "category={category}; model_year={model_year}; manufactured={made}; steering=left; importer_is=none"
            ),
        );
        assert_eq!(
            status == Status::NotAdmissible,
            bars,
            "{to} {category} {made}: {status:?}"
        );
    }
}

#[test]
fn what_is_said_of_passenger_cars_neither_admits_nor_bars_nor_charges_a_truck() {
    let facts = "category=N1; fuel=diesel; cc=2199; engine_kw=100; manufactured=2024-01-01; model_year=2024; steering=left; \
                 title=none; importer=company";
    for pack in set().destinations() {
        let asked = ask(&pack.country, "2026-03-10", facts).priced("12000 USD", "1500 USD", "60 USD");
        let verdict = asked.verdict();
        assert!(verdict.status >= Status::Unknown, "{}", pack.country);
        assert!(
            verdict
                .cautions
                .contains(&Caution::PassengerCars { category: Some("N1") })
        );
        let by_category = ["UG"].contains(&pack.country.as_str());
        for line in verdict.charges().filter(|_| !by_category) {
            assert_eq!(line.amount(), None, "{} {}", pack.country, line.name());
            assert!(line.why.contains(&Why::PassengerCars));
        }
    }
    // A bar that names no category is a doubt.
    let old = ask("UG", "2026-03-10", "category=N1; manufactured=2005-01-01");
    let verdict = old.verdict();
    assert_eq!(verdict.status, Status::Unknown);
    assert!(
        verdict
            .findings
            .iter()
            .any(|finding| finding.outcome == Outcome::Doubtful)
    );
}

#[test]
fn goods_vehicles_pay_the_lower_environmental_levy_in_uganda() {
    let levy = |category: &str| {
        let facts = format!("category={category}; manufactured=2013-01-01");
        ask("UG", "2026-03-10", &facts)
            .given("guide_value", "10000000 UGX")
            .amount("environmental_levy")
    };
    assert_eq!(levy("M1"), Decimal::from(5_000_000));
    assert_eq!(levy("N2"), Decimal::from(2_000_000));
}

#[test]
fn a_van_that_may_carry_goods_or_people_is_asked_for_its_category_and_not_quoted_as_a_car() {
    let starex = "body=van; fuel=diesel; cc=2497; engine_kw=129; manufactured=2024-01-06; model_year=2024; steering=left; \
                  title=none; importer=company";
    for pack in set().destinations() {
        let asked = ask(&pack.country, "2026-03-10", starex).priced("12000 USD", "1500 USD", "60 USD");
        let verdict = asked.verdict();
        assert!(verdict.status >= Status::Unknown, "{}", pack.country);
        assert_eq!(verdict.total, None, "{}", pack.country);
        assert!(
            verdict
                .cautions
                .contains(&Caution::PassengerCars { category: None })
        );
        assert!(
            verdict
                .asks
                .iter()
                .any(|why| matches!(why, Why::NotGiven { name: "category", .. })),
            "{}: {:?}",
            pack.country,
            verdict.asks
        );
    }
    // Its papers settle it: five seats and 600 kg of goods, or nine seats.
    let as_goods = ask(
        "JO",
        "2026-03-10",
        &format!("{starex}; seats=5; mass_kg=3000; payload_kg=600"),
    );
    assert!((as_goods.verdict().cautions).contains(&Caution::PassengerCars { category: Some("N1") }));
    let as_car = ask("JO", "2026-03-10", &format!("{starex}; seats=9; mass_kg=3000"));
    let as_m1 = ask("JO", "2026-03-10", &format!("{starex}; category=M1"));
    assert_eq!(as_car.verdict().total, as_m1.verdict().total);
    assert_eq!(as_car.verdict().status, as_m1.verdict().status);
}

#[test]
fn a_truck_of_known_mass_is_of_the_category_that_the_mass_says() {
    let porter = "body=truck; mass_kg=2960; fuel=diesel; cc=2497; manufactured=2016-01-11; model_year=2016";
    let verdict = |to: &str, facts: &str| barred(to, facts);
    for to in ["SA", "CI", "PE"] {
        let as_n1 = porter.replace("body=truck; mass_kg=2960", "category=N1");
        assert_eq!(verdict(to, porter), verdict(to, &as_n1), "{to}");
    }
    let levy = |facts: &str| {
        ask("UG", "2026-03-10", facts)
            .given("guide_value", "10000000 UGX")
            .amount("environmental_levy")
    };
    assert_eq!(
        levy("body=truck; mass_kg=2960; manufactured=2013-01-01"),
        levy("category=N1; manufactured=2013-01-01")
    );
}
