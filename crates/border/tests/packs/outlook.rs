//! What would break a verdict, and until when it holds.

use border::{Cause, Outcome, RuleSet, Status};
use jiff::civil::date;

use jiff::{ToSpan as _, civil::Date};
use proptest::prelude::*;

use crate::{Ask, ask, set, sources};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The outlook passes over days that cannot differ; judged one by one, they do not.
    #[test]
    fn no_birthday_no_new_year_and_no_day_that_rules_name_between_two_breaks_differs(
        market in any::<prop::sample::Index>(),
        made in 0_i64..4000,
        after in 0_i64..300,
        arrives in 0_i64..1200,
        cc in prop::sample::select(vec!["998", "1500", "1999", "2199", "3470"]),
        fuel in prop::sample::select(vec!["petrol", "diesel", "hybrid"]),
        cleared_in in prop::sample::select(vec!["none", "RU"]),
    ) {
        let markets: Vec<&str> = set().destinations().map(|pack| pack.country.as_str()).collect();
        let arrival = date(2024, 6, 1).saturating_add(arrives.days());
        let made = arrival.saturating_sub(made.days()).saturating_sub(after.days());
        let registered = made.saturating_add(after.days());
        let facts = format!(
            "fuel={fuel}; cc={cc}; engine_kw=110; cleared_in={cleared_in}; manufactured={made}; first_registration={registered}; model_year={}; \
             importer=person; personal_use=true; steering=left; title=none",
            made.year()
        );
        let mut asked = ask(market.get::<&str>(&markets), &arrival.to_string(), &facts)
            .priced("12000 USD", "1500 USD", "60 USD");
        let outlook = set().outlook(&asked.question(), 500).unwrap();
        let today = asked.verdict();
        let mut state = (today.status, today.total);
        let half_years = |born: Date| (1..40).map(move |n| born.saturating_add((n * 6).months()));
        let mut days: Vec<Date> = half_years(made)
            .chain(half_years(registered))
            .flat_map(|day| [day, day.tomorrow().unwrap()])
            .chain((2024..2030).map(|year| date(year, 1, 1)))
            // The days that tables and conditions compare the arrival with: of Egypt, of Kazakhstan.
            .chain((2024..2030).map(|year| date(year, 10, 1)))
            .chain([date(2026, 2, 3), date(2026, 2, 4)])
            .filter(|day| *day > arrival && *day <= outlook.horizon)
            .collect();
        days.sort_unstable();
        drop(today);
        for day in days {
            if let Some(last) = outlook.breaks.iter().rfind(|b| b.date <= day) {
                state = (last.status, last.total);
            }
            asked.on = day;
            let then = asked.verdict();
            prop_assert_eq!((then.status, then.total), state, "{} on {}", facts, day);
        }
    }
}

/// The break of an outlook on a day.
fn on(outlook: &border::Outlook, day: Date) -> &border::Break {
    let found = outlook.breaks.iter().find(|b| b.date == day);
    found.unwrap_or_else(|| panic!("nothing on {day}: {:?}", outlook.breaks))
}

#[test]
fn a_day_on_which_a_table_turns_is_found_with_the_rule_that_names_it() {
    let asked = ask(
        "EG",
        "2026-09-15",
        "fuel=hybrid; used=true; cc=1580; engine_kw=77; motor_kw=32; model_year=2024; manufactured=2024-05-10",
    )
    .priced("12000 USD", "1500 USD", "100 USD");
    let outlook = set().outlook(&asked.question(), 100).unwrap();
    let discount = on(&outlook, date(2026, 10, 1));
    let rule = "eg.discount_year".to_owned();
    assert_eq!(discount.causes, [Cause::Day { about: rule }]);
    assert!(discount.lines.iter().any(|line| line.before != line.after));
    assert_eq!(outlook.total_holds_until, Some(date(2026, 9, 30)));
    assert!(
        outlook.breaks.iter().all(|b| b.date != date(2026, 11, 10)),
        "the car's half birthday changes nothing"
    );
}

#[test]
fn a_day_that_a_condition_names_is_found_with_its_rule() {
    let asked = ask(
        "KZ",
        "2026-02-01",
        "fuel=petrol; cc=1598; engine_kw=90; manufactured=2022-05-10; cleared_in=RU; importer=person; personal_use=true",
    )
    .priced("12000 USD", "1500 USD", "60 USD");
    let outlook = set().outlook(&asked.question(), 30).unwrap();
    let rule = "kz.util.ru_by".to_owned();
    assert_eq!(
        on(&outlook, date(2026, 2, 4)).causes,
        [Cause::Day { about: rule }]
    );
}

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

#[test]
fn a_rule_that_takes_the_place_of_another_is_one_change_with_old_and_new() {
    let changes = set().changes(date(2025, 12, 31), date(2026, 1, 1));
    let vat = changes.iter().find(|c| c.law.id == "ru.vat.22").unwrap();
    assert!(vat.text.contains("0.2 → 0.22 (+10 %)"), "{}", vat.text);
    assert!(changes.iter().all(|c| c.law.id != "ru.vat.20"), "told once");
    assert!(
        changes
            .iter()
            .any(|c| c.country == "RU" && c.text.contains("23.69 → 28.43 (+20 %)")),
        "{changes:#?}"
    );
    let ever = set().changes(Date::MIN, Date::MAX);
    assert!(
        ever.iter().all(|change| change.about != "statistic"),
        "numbers of cars are no law"
    );
}

#[test]
fn of_several_tables_that_turn_on_one_day_each_row_is_told_beside_that_of_the_same_cells() {
    let changes = set().changes(date(2025, 12, 31), date(2026, 1, 1));
    let of = |id: &str| &changes.iter().find(|change| change.law.id == id).unwrap().text;
    for band in ["0-1000", "1000-2000", "2000-3000", "3000-3500", "3500+"] {
        let text = of(&format!("ru.util.com.2026.{band}"));
        assert!(text.contains("(+20 %)"), "{text}");
        assert!(!text.contains("new:") && !text.contains("gone:"), "{text}");
        let before = format!("(in place of ru.util.com.2025-12.{band})");
        assert!(text.ends_with(&before), "{text}");
    }
}

#[test]
fn days_that_no_act_names_are_no_news() {
    let ever = set().changes(Date::MIN, Date::MAX);
    for id in ["by.util.2026", "by.util.personal.2026"] {
        assert!(ever.iter().all(|change| change.law.id != id), "{id}");
    }
    let quotas = |change: &&border::Change<'_>| change.law.id.ends_with(".ev.quota.2026");
    assert!(ever.iter().any(|change| quotas(&change)));
    let end = ever
        .iter()
        .filter(quotas)
        .find(|change| matches!(change.country, "AM" | "BY") && change.date == date(2027, 1, 1));
    assert!(end.is_none(), "{end:?}");
}

#[test]
fn a_day_that_no_act_names_may_break_a_verdict_and_is_told_as_assumed() {
    let asked = ask(
        "BY",
        "2025-12-01",
        "importer=person; personal_use=true; fuel=petrol; cc=1998; manufactured=2023-06-01",
    );
    let outlook = set().outlook(&asked.question(), 60).unwrap();
    let turn = outlook
        .breaks
        .iter()
        .find(|b| b.date == date(2026, 1, 1))
        .unwrap();
    for cause in [
        Cause::Ends {
            rule: "by.util.personal".into(),
            assumed: false,
        },
        Cause::Begins {
            rule: "by.util.personal.2026".into(),
            assumed: true,
        },
    ] {
        assert!(turn.causes.contains(&cause), "{:?}", turn.causes);
    }
}

#[test]
fn of_a_day_only_the_causes_that_touch_the_car_are_told_with_the_charges_that_turn() {
    let asked = ask(
        "RU",
        "2025-11-20",
        "importer=person; personal_use=true; fuel=petrol; cc=1998; engine_ps=173; manufactured=2023-06-01",
    )
    .given("customs_value", "1500000 RUB");
    let outlook = set().outlook(&asked.question(), 60).unwrap();
    let december = &outlook.breaks[0];
    assert_eq!(december.date, date(2025, 12, 1));
    assert_eq!(december.lines.len(), 1, "{:?}", december.lines);
    let fee = &december.lines[0];
    assert_eq!(fee.step, "recycling_fee");
    let single = |span: Option<border::Span>| span.unwrap().single().unwrap();
    assert_eq!(
        (single(fee.before), single(fee.after)),
        (3_400.into(), 750_000.into())
    );
    assert_eq!(
        december.causes,
        [
            Cause::Ends {
                rule: "ru.util.personal.pre2025-12".into(),
                assumed: false,
            },
            Cause::Begins {
                rule: "ru.util.com.2025-12.1000-2000".into(),
                assumed: false,
            },
        ],
        "not the other tables that turn on that day"
    );
}

#[test]
fn export_control_goes_by_the_day_of_departure_and_the_outlook_by_the_same_voyage() {
    let mut asked = ask(
        "RU",
        "2024-03-20",
        "fuel=petrol; cc=2199; manufactured=2022-07-01",
    )
    .priced("12000 USD", "1500 USD", "60 USD");
    let permit = |asked: &crate::Ask| {
        asked
            .verdict()
            .findings
            .iter()
            .any(|finding| finding.law().id == "kr.permit.2024")
    };
    assert!(permit(&asked), "without a departure, the day of arrival counts");
    asked.departure = Some(date(2024, 2, 20));
    assert!(!permit(&asked), "it left before the notice");
    assert_eq!(asked.verdict().departure, date(2024, 2, 20));
    let outlook = set().outlook(&asked.question(), 10).unwrap();
    let notice = outlook
        .breaks
        .iter()
        .find(|b| {
            b.causes.contains(&Cause::Begins {
                rule: "kr.permit.2024".into(),
                assumed: false,
            })
        })
        .unwrap();
    assert_eq!(
        notice.date,
        date(2024, 3, 24),
        "the first arrival of a car that left on 24 February"
    );
}

/// The rule set of this repository, and that no car of less than five years leaves for Poland from April 2026 on.
fn with_export_rule_by_age() -> RuleSet {
    let mut sources = sources();
    for source in sources.iter_mut().filter(|source| source.name == "kr") {
        let checks = source.files.get_mut("checks.csv").unwrap();
        if checks.last() != Some(&b'\n') {
            checks.push(b'\n');
        }
        checks.extend_from_slice(
            b"kr.young,young,deny,2026-04-01,,,\"destination = \"\"PL\"\"\",age,< 5,Too young to leave,,,An act,co,high,,,\n",
        );
    }
    RuleSet::load(&sources).unwrap()
}

/// Arrives on 10 March 2026 after a voyage of thirty days.
fn shipped(to: &str, facts: &str) -> Ask {
    let mut asked = ask(to, "2026-03-10", facts).priced("12000 USD", "1500 USD", "60 USD");
    asked.departure = Some(date(2026, 2, 8));
    asked
}

const TO_POLAND: &str = "fuel=petrol; cc=1591; manufactured=2021-07-15";

#[test]
fn a_birthday_on_which_only_an_export_rule_turns_is_found() {
    let set = with_export_rule_by_age();
    let asked = shipped("PL", TO_POLAND);
    let outlook = set.outlook(&asked.question(), 400).unwrap();
    let found: Vec<_> = outlook.breaks.iter().map(|b| (b.date, b.status)).collect();
    assert_eq!(
        found,
        [
            // The first arrival of a car that left on 1 April.
            (date(2026, 5, 1), Status::NotAdmissible),
            (date(2026, 7, 15), Status::Unknown),
        ]
    );
    assert!(outlook.breaks[1].causes.contains(&Cause::Birthday {
        fact: "manufactured".into()
    }));
}

#[test]
fn judged_day_by_day_a_car_fares_as_the_outlook_says() {
    let set = with_export_rule_by_age();
    for (to, facts) in [
        ("PL", TO_POLAND),
        (
            "RU",
            "importer=person; personal_use=true; fuel=petrol; cc=1598; engine_kw=110; manufactured=2022-07-01; \
             first_registration=2022-08-03; model_year=2022; steering=left; title=none",
        ),
    ] {
        let mut asked = shipped(to, facts);
        let outlook = set.outlook(&asked.question(), 730).unwrap();
        let judged = |asked: &Ask| {
            let verdict = set.evaluate(&asked.question()).unwrap();
            (verdict.status, verdict.total)
        };
        let mut state = judged(&asked);
        let mut breaks = outlook.breaks.iter().peekable();
        assert!(breaks.peek().is_some(), "something changes for {to}");
        while asked.on < outlook.horizon {
            asked.on = asked.on.tomorrow().unwrap();
            asked.departure = Some(asked.on.saturating_sub(30.days()));
            if let Some(next) = breaks.next_if(|next| next.date == asked.on) {
                state = (next.status, next.total);
            }
            assert_eq!(judged(&asked), state, "{to} on {}", asked.on);
        }
        assert!(breaks.next().is_none(), "a day was passed over");
    }
}
