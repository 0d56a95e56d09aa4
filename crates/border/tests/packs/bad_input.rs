//! What cannot be is refused with its field; what is wrong in a pack is refused with its line.

use border::{Money, PackSource, Question, RuleSet, Severity, Strictness, Why};

use crate::{ask, set, sources};

#[test]
fn an_unknown_country_and_a_small_letter_are_told_apart() {
    for (given, hint) in [
        ("XX", "there are"),
        ("jo", "did you mean \"JO\"?"),
        ("KR", "there are"),
    ] {
        let asked = ask(given, "2026-03-10", "fuel=petrol");
        let faults = set().evaluate(&asked.question()).unwrap_err();
        assert_eq!((faults.len(), faults[0].field.as_str()), (1, "destination"));
        assert!(faults[0].problem.contains(hint), "{}", faults[0]);
    }
}

#[test]
fn an_arrival_before_manufacture_is_refused() {
    let asked = ask("JO", "2026-03-10", "manufactured=2026-03-11");
    let faults = set().evaluate(&asked.question()).unwrap_err();
    assert_eq!(faults[0].field, "manufactured");
}

#[test]
fn what_the_skeleton_left_open_is_warned_of() {
    let mut packs = crate::sources();
    for source in packs.iter_mut().filter(|source| source.name == "om") {
        let toml = String::from_utf8(source.files["country.toml"].clone()).unwrap();
        let (before, sources) = toml.split_once("[sources]\n").unwrap();
        let (key, _) = sources.split_once(" = ").unwrap();
        let rest = sources.split_once('\n').map_or("", |(_, rest)| rest);
        let toml = format!("{before}[sources]\n{key} = \"https://example.org/where\"\n{rest}")
            .replace("name = \"Oman\"", "name = \"(name of the country)\"");
        source.files.insert("country.toml".into(), toml.into_bytes());
    }
    let (_, problems) = RuleSet::read(&packs, &Strictness::Full { today: None });
    let warned = |text: &str| {
        problems
            .iter()
            .any(|p| p.pack == "om" && p.severity == Severity::Warning && p.text.contains(text))
    };
    assert!(warned("example.org"), "{problems:#?}");
    assert!(warned("name of the country"));
}

#[test]
fn rates_of_a_day_far_from_the_arrival_are_told() {
    let mut asked = ask("JO", "2026-03-10", "fuel=petrol").priced("9000 USD", "1 USD", "1 USD");
    let told = |asked: &crate::Ask| {
        let verdict = asked.verdict();
        verdict
            .cautions
            .iter()
            .any(|caution| matches!(caution, border::Caution::RatesFar { .. }))
    };
    assert!(!told(&asked));
    asked.on = "2026-06-01".parse().unwrap();
    assert!(told(&asked));
    asked.on = "2026-03-09".parse().unwrap();
    assert!(told(&asked), "rates of a day to come");
}

#[test]
fn a_part_that_no_market_has_is_refused_and_that_of_another_lifts_nothing() {
    let asked = ask("IQ", "2026-03-10", "region=mars");
    let faults = set().evaluate(&asked.question()).unwrap_err();
    assert_eq!(faults[0].field, "region");
    assert!(faults[0].problem.contains("kurdistan (IQ)"), "{}", faults[0]);
    // In Jordan there are no parts: what was said for Iraq does no harm.
    ask("JO", "2026-03-10", "region=kurdistan").verdict();
}

#[test]
fn a_price_in_a_currency_without_a_rate_is_missing_not_zero() {
    let mut asked = ask("JO", "2026-03-10", "fuel=petrol").priced("9000 CHF", "1 CHF", "1 CHF");
    asked.values.price = Some("9000 CHF".parse::<Money>().unwrap());
    let verdict = asked.verdict();
    assert_eq!(verdict.total, None);
    assert!(
        verdict
            .asks
            .iter()
            .any(|why| matches!(why, border::Why::NoRate { .. })),
        "{:?}",
        verdict.asks
    );
}

#[test]
fn the_largest_prices_do_not_overflow_in_silence() {
    let asked = ask(
        "RU",
        "2026-03-10",
        "importer=company; fuel=petrol; cc=20000; engine_kw=2000; manufactured=2000-01-01",
    )
    .priced(
        "1000000000000000 USD",
        "1000000000000000 USD",
        "1000000000000000 USD",
    );
    let question = Question {
        workings: true,
        ..asked.question()
    };
    let verdict = set().evaluate(&question).unwrap();
    assert!(
        verdict
            .total
            .is_none_or(|total| total.low >= rust_decimal::Decimal::ZERO)
    );
}

fn broken(file: &str, change: impl Fn(String) -> String) -> Vec<String> {
    let mut packs: Vec<PackSource> = sources()
        .into_iter()
        .filter(|source| matches!(source.name.as_str(), "jo" | "kr"))
        .collect();
    for source in packs.iter_mut().filter(|source| source.name == "jo") {
        let text = String::from_utf8(source.files.get(file).cloned().unwrap_or_default()).unwrap();
        source.files.insert(file.to_owned(), change(text).into_bytes());
    }
    let (set, problems) = RuleSet::read(&packs, &Strictness::Full { today: None });
    let errors: Vec<String> = problems
        .iter()
        .filter(|p| p.severity == Severity::Error && p.pack == "jo")
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty() || set.is_none_or(|set| set.pack("JO").is_none()) || file == "examples.csv");
    errors
}

#[test]
fn mistakes_in_a_pack_are_named_with_file_and_line() {
    type Change = fn(String) -> String;
    let cases: [(&str, Change, &str); 12] = [
        (
            "country.toml",
            |t| t.replace("currency", "curency"),
            "jo/country.toml:4",
        ),
        (
            "country.toml",
            |t| t.replace("customs_value\"", "custom_value\""),
            "is not known here",
        ),
        (
            "rules.csv",
            |t| t.replace(",0.51,", ",0.51 +,"),
            "a value is missing at the end",
        ),
        (
            "rules.csv",
            |t| t.replace("2025-06-29", "2025-06-31"),
            "is no date",
        ),
        ("rules.csv", |t| t.replace(",high,", ",hihg,"), "confidence"),
        ("rules.csv", |t| t.replace("fraction", "percents"), "unit"),
        (
            "rules.csv",
            |t| t.replace("2025-06-28", "2025-07-28"),
            "both hold",
        ),
        (
            "annual_licence.csv",
            |t| t.replace("(10000..25000]", "[10000..25000]"),
            "overlaps",
        ),
        (
            "annual_licence.csv",
            |t| t.replace("not(hybrid, electric)", "not(hybrid, eletric)"),
            "did you mean \"electric\"?",
        ),
        ("checks.csv", |t| t.replace(",deny,", ",forbid,"), "effect"),
        (
            "checks.csv",
            |t| t.replace("taxi, police", "taxi, polce"),
            "prior_use is never",
        ),
        ("examples.csv", |t| t.replace("denied", "passed"), "is denied"),
    ];
    for (file, change, expected) in cases {
        let errors = broken(file, change);
        assert!(
            errors.iter().any(|error| error.contains(expected)),
            "{file} {expected}: {errors:?}"
        );
    }
}

#[test]
fn any_bytes_in_any_file_are_read_or_refused() {
    use proptest::prelude::*;
    let files = [
        "country.toml",
        "rules.csv",
        "checks.csv",
        "annual_licence.csv",
        "examples.csv",
        "notes.csv",
    ];
    let base = sources();
    proptest!(ProptestConfig::with_cases(60), |(file in 0..files.len(), at in 0.0..1.0_f64, bytes in proptest::collection::vec(any::<u8>(), 0..24))| {
        let mut packs: Vec<PackSource> = base.iter().filter(|s| matches!(s.name.as_str(), "jo" | "kr")).cloned().collect();
        for source in packs.iter_mut().filter(|source| source.name == "jo") {
            let content = source.files.get_mut(files[file]).unwrap();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let place = (content.len() as f64 * at) as usize;
            content.splice(place..place, bytes.iter().copied());
        }
        let _ = RuleSet::read(&packs, &Strictness::Full { today: None });
    });
}

const TO_KENYA: &str = "fuel=petrol; cc=1360; first_registration=2020-05-01; steering=right";

#[test]
fn a_share_that_is_none_is_refused_with_the_number_that_was_meant() {
    for (text, problem) in [
        ("65", "no share; one is between 0 and 1, so write 0.65 for 65 %"),
        (
            "700",
            "no share; one is a number between 0 and 1, such as 0.65 for 65 %",
        ),
        (
            "65 KES",
            "no share; one is a number between 0 and 1, such as 0.65 for 65 %",
        ),
        ("-0.1", "less than zero; no value is"),
    ] {
        let asked = ask("KE", "2026-03-10", TO_KENYA).given("depreciation", text);
        let faults = set().evaluate(&asked.question()).unwrap_err();
        let found = (faults[0].field.as_str(), faults[0].value.as_str());
        assert_eq!(
            (found, faults[0].problem.as_str()),
            (("depreciation", text), problem)
        );
    }
    for share in ["0", "0.65", "1"] {
        ask("KE", "2026-03-10", TO_KENYA)
            .given("depreciation", share)
            .verdict();
    }
    // A duty may be more than its base, and what is given for it is an amount.
    ask("EG", "2026-03-10", "fuel=petrol")
        .given("customs_duty", "350000")
        .verdict();
}

#[test]
fn a_plain_number_has_the_limit_that_an_amount_has() {
    let given = |text: &str| ask("EG", "2026-03-10", "fuel=petrol").given("customs_duty", text);
    given("1000000000000000").verdict();
    let asked = given("1000000000000000.01");
    let fault = &set().evaluate(&asked.question()).unwrap_err()[0];
    assert_eq!(fault.field, "customs_duty");
    assert_eq!(fault.value, "1000000000000000.01");
    assert!(fault.problem.contains("1,000,000,000,000,000"), "{fault}");
}

#[test]
fn days_on_which_no_car_arrives_are_refused_as_model_years_are() {
    for day in ["1899-12-31", "2101-01-01", "9999-12-31"] {
        let asked = ask("JO", day, "fuel=petrol");
        let fault = &set().evaluate(&asked.question()).unwrap_err()[0];
        assert_eq!((fault.field.as_str(), fault.value.as_str()), ("arrival", day));
        assert!(fault.problem.contains("1900"), "{fault}");
        assert!(fault.problem.contains("2100"), "{fault}");
        assert!(set().outlook(&asked.question(), 730).is_err());
    }
    // What is looked at ahead ends there too.
    let asked = ask("JO", "2100-12-01", "fuel=petrol; manufactured=2099-01-01");
    let outlook = set().outlook(&asked.question(), 730).unwrap();
    assert_eq!(outlook.horizon, jiff::civil::date(2100, 12, 31));
}

/// What is wrong with a question of a car at 1,000 USD, as fields and problems.
fn faults_with(values: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut asked = ask("JO", "2026-03-10", "fuel=petrol; cc=1598").priced("1000 USD", "90 USD", "5 USD");
    for (name, text) in values {
        asked = asked.given(name, text);
    }
    let faults = set().evaluate(&asked.question()).err().unwrap_or_default();
    faults
        .into_iter()
        .map(|fault| (fault.field, fault.problem))
        .collect()
}

#[test]
fn a_price_free_on_board_that_is_not_the_price_is_refused_with_both() {
    for fob in ["2000 USD", "999.99 USD", "2000", "600 EUR", "1000 JOD"] {
        let faults = faults_with(&[("fob", fob)]);
        assert_eq!((faults.len(), faults[0].0.as_str()), (1, "fob"), "{fob}");
        assert!(faults[0].1.contains("the price is 1000 USD"), "{faults:?}");
    }
    // 0.7 JOD and 0.9 EUR are a dollar in these tests; an invoice is converted at a rate of its own day.
    for fob in ["1000 USD", "1000.00 USD", "700", "905 EUR"] {
        assert_eq!(faults_with(&[("fob", fob)]), [], "{fob}");
    }
}

#[test]
fn a_price_with_freight_below_the_price_without_is_refused_with_both() {
    for (values, part) in [
        (&[("cif", "100 USD")][..], "the price of 1000 USD"),
        (&[("cif", "600")], "the price of 1000 USD"),
        (
            &[("cif", "950 USD"), ("fob", "1000 USD")],
            "the price of 1000 USD",
        ),
    ] {
        let faults = faults_with(values);
        assert_eq!((faults.len(), faults[0].0.as_str()), (1, "cif"), "{values:?}");
        assert!(faults[0].1.contains(part), "{faults:?}");
    }
    for cif in ["1000 USD", "1095 USD", "770", "700"] {
        assert_eq!(faults_with(&[("cif", cif)]), [], "{cif}");
    }
    // Without a price, one contradicts the other.
    let mut asked = ask("JO", "2026-03-10", "fuel=petrol").given("cif", "100 USD");
    asked = asked.given("fob", "200 USD");
    let faults = set().evaluate(&asked.question()).unwrap_err();
    assert!(faults[0].problem.contains("the fob of 200 USD"), "{faults:?}");
}

#[test]
fn what_a_formula_makes_less_than_zero_is_missing_and_says_so() {
    let mut packs = sources();
    for source in packs.iter_mut().filter(|source| source.name == "jo") {
        let toml = String::from_utf8(source.files["country.toml"].clone()).unwrap();
        let turned = toml.replacen("formula = \"cif\"", "formula = \"cif * -1\"", 1);
        assert_ne!(turned, toml);
        source.files.insert("country.toml".into(), turned.into_bytes());
    }
    let set = RuleSet::load(&packs).unwrap();
    let asked = ask("JO", "2026-03-10", "fuel=petrol; cc=1598").priced("9000 USD", "900 USD", "50 USD");
    let verdict = set.evaluate(&asked.question()).unwrap();
    let value = verdict.line("customs_value").unwrap();
    assert_eq!(
        (value.amount(), value.why.as_slice()),
        (None, &[Why::BelowZero][..])
    );
    assert_eq!(verdict.total, None);
}

/// The problems of a full check on a day, of the packs with one file changed.
fn problems_of(pack: &str, file: &str, change: impl Fn(String) -> String) -> Vec<border::Problem> {
    let mut packs = sources();
    for source in packs.iter_mut().filter(|source| source.name == pack) {
        let text = String::from_utf8(source.files[file].clone()).unwrap();
        source.files.insert(file.into(), change(text).into_bytes());
    }
    let today = Some("2026-11-26".parse().unwrap());
    RuleSet::read(&packs, &Strictness::Full { today }).1
}

#[test]
fn a_file_that_a_spreadsheet_saved_has_the_same_line_numbers() {
    let broken = |text: String| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[3] = lines[3].replacen(',', ",,,", 1);
        lines.join("\r\n")
    };
    let found = problems_of("jo", "checks.csv", broken);
    let lines: Vec<u64> = (found.iter())
        .filter(|p| p.pack == "jo" && p.severity == Severity::Error)
        .map(|p| p.line)
        .collect();
    assert_eq!(lines, [4], "{found:#?}");
}

#[test]
fn research_that_ends_on_a_day_to_come_is_refused() {
    let later = |text: String| text.replace("as_of = 2026-", "as_of = 2030-");
    let found = problems_of("jo", "country.toml", later);
    assert!(
        found
            .iter()
            .any(|p| p.severity == Severity::Error && p.text.contains("is yet to come")),
        "{found:#?}"
    );
}

#[test]
fn one_short_name_for_two_addresses_is_refused_with_both_places() {
    let twice = |text: String| text.replace("[sources]\n", "[sources]\nwiki = \"https://example.org/own\"\n");
    let mut packs = sources();
    for source in packs.iter_mut() {
        let (file, address) = match source.name.as_str() {
            "am" => ("country.toml", "https://example.org/own"),
            "eaeu" => ("shared.toml", "https://example.org/shared"),
            _ => continue,
        };
        let text = String::from_utf8(source.files[file].clone()).unwrap();
        let text = twice(text).replace("https://example.org/own", address);
        source.files.insert(file.to_owned(), text.into_bytes());
    }
    let (_, problems) = RuleSet::read(&packs, &Strictness::Load);
    let named = problems
        .iter()
        .find(|p| p.severity == Severity::Error && p.pack == "am");
    let named = named.expect("the two names are told").to_string();
    for said in [
        "am/country.toml:",
        "../eaeu/shared.toml:",
        "/own",
        "/shared",
        "rename one",
    ] {
        assert!(named.contains(said), "{said}: {named}");
    }
    // Who takes the part and has no name of its own for it has no fault.
    assert!(
        problems
            .iter()
            .all(|p| p.severity != Severity::Error || p.pack == "am")
    );
}

#[test]
fn a_misspelt_word_for_a_day_that_no_act_names_is_refused_and_free_words_are_not() {
    let with = |basis: &str| {
        let change = |text: String| text.replacen(",observed,", &format!(",{basis},"), 1);
        let found = problems_of("kz", "rules.csv", change);
        let error = found.into_iter().find(|p| p.severity == Severity::Error);
        error.map(|p| p.text)
    };
    for basis in [
        "start asumed",
        "Start assumed",
        "assumed start",
        "end-assumed",
        "assumend",
        "end  assumed",
    ] {
        let said = with(basis).unwrap_or_else(|| panic!("{basis} passes"));
        assert!(said.contains("assumed\","), "{basis}: {said}");
    }
    for basis in [
        "observed",
        "start assumed",
        "assumed",
        "assumed start of the fiscal year",
        "computed",
        "month reported",
    ] {
        assert_eq!(with(basis), None, "{basis}");
    }
}
