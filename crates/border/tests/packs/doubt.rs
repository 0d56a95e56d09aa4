//! What a check says where the law is doubtful, or what it looks at is not known (`spec/rule-pack.md`, checks.csv).

use border::{Outcome, RuleSet, Status, Verdict, Why};

use crate::{ask, sources};

/// How a rule about the steering of a car comes out, and whether the steering is asked for.
fn steering(to: &str, rule: &str, facts: &str) -> (Outcome, Status, bool) {
    let asked = ask(to, "2026-03-10", facts);
    said(&asked.verdict(), rule)
}

fn said(verdict: &Verdict<'_>, rule: &str) -> (Outcome, Status, bool) {
    let finding = verdict.findings.iter().find(|finding| finding.law().id == rule);
    let is_asked = verdict
        .asks
        .iter()
        .any(|why| matches!(why, Why::NotGiven { name: "steering", .. }));
    (finding.unwrap().outcome, verdict.status, is_asked)
}

#[test]
fn a_bar_of_low_confidence_is_only_noted_where_its_fact_is_not_known() {
    let weak = |facts: &str| steering("GT", "gt.steering", facts);
    let (outcome, status, is_asked) = weak("");
    assert_eq!((outcome, is_asked), (Outcome::Warning, false));
    assert_eq!(weak("steering=left").0, Outcome::Passed);
    assert_eq!(weak("steering=left").1, status, "the verdict stays what it is");
    assert_eq!(weak("steering=right").0, Outcome::Doubtful);
    assert_eq!(weak("steering=right").1, Status::Unknown);
}

#[test]
fn a_sure_bar_holds_a_car_until_its_fact_is_known_and_asks_for_it() {
    let sure = |facts: &str| steering("GH", "gh.steering", facts);
    let (outcome, status, is_asked) = sure("");
    assert_eq!((outcome, is_asked), (Outcome::Condition, true));
    assert_eq!(status, Status::Conditional);
    assert_eq!(sure("steering=right").1, Status::NotAdmissible);
}

/// The rules with another row for the steering of cars to Jordan.
fn jordan(steering: &str) -> RuleSet {
    let mut packs = sources();
    for source in packs.iter_mut().filter(|source| source.name == "jo") {
        let text = String::from_utf8(source.files["checks.csv"].clone()).unwrap();
        let rows = text.lines().map(|row| match row.starts_with("jo.steering,") {
            true => steering,
            false => row,
        });
        let text = rows.collect::<Vec<_>>().join("\n") + "\n";
        source.files.insert("checks.csv".into(), text.into_bytes());
    }
    RuleSet::load(&packs).unwrap()
}

/// A row about the steering of a car to Jordan.
fn steering_row(effect: &str, from: &str, when: &str, confidence: &str, status: &str) -> String {
    let (fact, test) = match effect {
        "none" => ("", ""),
        "require" => ("steering", "left"),
        _ => ("steering", "right"),
    };
    format!(
        "jo.steering,steering,{effect},{from},,,{when},{fact},{test},The wheel is on the left,,,,alwakeelnews,{confidence},{status},,"
    )
}

#[test]
fn a_sure_bar_that_may_not_have_begun_holds_a_car_whose_fact_is_not_known_and_asks_for_it() {
    let of = |from: &str, confidence: &str, status: &str, facts: &str| {
        let set = jordan(&steering_row("require", from, "", confidence, status));
        let asked = ask("JO", "2026-03-10", facts);
        let verdict = set.evaluate(&asked.question()).unwrap();
        let (outcome, _, is_asked) = said(&verdict, "jo.steering");
        (outcome, is_asked)
    };
    for from in ["2026", "2026-03", "2025-11-01"] {
        assert_eq!(of(from, "high", "", ""), (Outcome::Condition, true), "{from}");
        assert_eq!(of(from, "low", "", ""), (Outcome::Warning, false), "{from}");
        assert_eq!(
            of(from, "high", "proposed", ""),
            (Outcome::Warning, false),
            "{from}"
        );
        assert_eq!(
            of(from, "high", "unverified", ""),
            (Outcome::Warning, false),
            "{from}"
        );
    }
    assert_eq!(
        of("2026", "high", "", "steering=right"),
        (Outcome::Condition, false)
    );
}

#[test]
fn a_bar_under_a_quota_is_a_doubt_and_asks_for_a_fact_that_is_not_known() {
    let set = jordan(&steering_row("require", "2025-11-01", "", "high", "quota"));
    let of = |facts: &str| {
        let asked = ask("JO", "2026-03-10", facts);
        said(&set.evaluate(&asked.question()).unwrap(), "jo.steering")
    };
    assert_eq!(of("steering=right").0, Outcome::Doubtful);
    let (outcome, _, is_asked) = of("");
    assert_eq!((outcome, is_asked), (Outcome::Condition, true));
}

/// How a rule for cars of over three years comes out for a car with its wheel on the right, made on a day or in a month.
fn over_three(effect: &str, made: &str) -> Option<(Outcome, Status, bool)> {
    let set = jordan(&steering_row(effect, "2025-11-01", "age > 3", "high", ""));
    let facts = format!(
        "fuel=petrol; cc=1598; steering=right; title=none; prior_use=private; documents=SASO type approval; manufactured={made}"
    );
    let asked = ask("JO", "2026-03-20", &facts);
    let verdict = set.evaluate(&asked.question()).unwrap();
    let finding = verdict
        .findings
        .iter()
        .find(|finding| finding.law().id == "jo.steering")?;
    let is_told = finding.why.contains(&Why::DateNotExact { name: "manufactured" });
    Some((finding.outcome, verdict.status, is_told))
}

#[test]
fn a_bar_that_applies_at_one_end_of_a_month_only_is_a_condition() {
    let (outcome, status, is_told) = over_three("require", "2023-03").unwrap();
    assert_eq!((outcome, is_told), (Outcome::Condition, true));
    assert_eq!(status, Status::Conditional);
    // On its days it is what it is, and passes where it does not apply.
    let (outcome, status, is_told) = over_three("require", "2023-03-01").unwrap();
    assert_eq!((outcome, is_told), (Outcome::Denied, false));
    assert_eq!(status, Status::NotAdmissible);
    assert_eq!(over_three("require", "2023-03-31"), None);
    // At both ends it applies, so the month does not matter.
    let (outcome, _, is_told) = over_three("require", "2022-03").unwrap();
    assert_eq!((outcome, is_told), (Outcome::Denied, false));
}

#[test]
fn what_bars_nobody_bars_nobody_for_want_of_the_day_of_manufacture() {
    let (outcome, status, _) = over_three("warn", "2023-03").unwrap();
    assert_eq!(outcome, Outcome::Warning);
    assert_eq!(
        Some(status),
        over_three("warn", "2023-03-01").map(|(_, status, _)| status)
    );
    assert_eq!(over_three("none", "2023-03").unwrap().0, Outcome::NoLimit);
}

/// Why a line is a range or missing.
fn line_whys<'v>(verdict: &'v Verdict<'_>, name: &str) -> &'v [Why<'v>] {
    let line = verdict.lines.iter().find(|line| line.name() == name);
    &line.unwrap_or_else(|| panic!("no line {name}")).why
}

#[test]
fn a_line_that_turns_on_an_earlier_one_that_is_not_settled_names_it() {
    // Whether the flat amount of the amnesty is due turns on the model year.
    let asked = ask("HN", "2026-03-10", "fuel=petrol; cc=1598").priced("9000 USD", "1000 USD", "50 USD");
    let verdict = asked.verdict();
    let whys = line_whys(&verdict, "amnesty_flat");
    assert_eq!(whys, [Why::DependsOn { step: "amnesty" }]);
    let of_the_step = line_whys(&verdict, "amnesty");
    assert!(
        matches!(
            of_the_step,
            [Why::NotGiven {
                name: "model_year",
                ..
            }]
        ),
        "{of_the_step:?}"
    );
}

#[test]
fn a_number_that_may_lie_on_either_side_of_a_limit_is_named() {
    // The table goes by age, and from when age counts was not read.
    let facts = "fuel=diesel; cc=3342; first_registration=2019-05-02; model_year=2019";
    let asked = ask("MN", "2026-03-10", facts).priced("9000 USD", "1000 USD", "50 USD");
    let verdict = asked.verdict();
    let whys = line_whys(&verdict, "excise");
    assert!(whys.contains(&Why::Between { name: "age_any" }), "{whys:?}");
    assert!(!whys.contains(&Why::Arithmetic), "{whys:?}");
}

#[test]
fn a_fixed_charge_that_no_rate_turns_into_the_seller_s_currency_names_the_rate() {
    let facts =
        "fuel=diesel; cc=3342; manufactured=2019-05-02; first_registration=2019-05-02; model_year=2019";
    let mut asked = ask("MN", "2026-03-10", facts).priced("9000 CHF", "1000 CHF", "50 CHF");
    let of = |asked: &crate::Ask| {
        let verdict = asked.verdict();
        let line = verdict.lines.iter().find(|line| line.name() == "excise").unwrap();
        assert!(line.amount().is_some());
        (
            line.seller_amount().is_some(),
            line.why.iter().any(|why| matches!(why, Why::NoRate { .. })),
        )
    };
    assert_eq!(of(&asked), (false, true));
    let verdict = asked.verdict();
    let (from, to) = ("CHF".parse().unwrap(), "MNT".parse().unwrap());
    assert!(line_whys(&verdict, "excise").contains(&Why::NoRate { from, to }));
    assert!(verdict.asks.contains(&Why::NoRate { from, to }));
    drop(verdict);
    asked
        .rates
        .add(from, "USD".parse().unwrap(), "1.1".parse().unwrap())
        .unwrap();
    assert_eq!(of(&asked), (true, false));
}
