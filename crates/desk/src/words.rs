//! Words for people in six languages, from Fluent files, and numbers as each language writes them.

use border::{Caution, Confidence, Line, Outcome, PowerUnit, Span, Status, Why};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use jiff::civil::Date;
use rust_decimal::Decimal;
use unic_langid::LanguageIdentifier;

use crate::quote::{LeftOpen, Open};

/// A language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Korean.
    Ko,
    /// Russian.
    Ru,
    /// Arabic, written from right to left.
    Ar,
    /// Spanish.
    Es,
    /// French.
    Fr,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 6] = [
        Language::En,
        Language::Ko,
        Language::Ru,
        Language::Ar,
        Language::Es,
        Language::Fr,
    ];

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ko => "ko",
            Language::Ru => "ru",
            Language::Ar => "ar",
            Language::Es => "es",
            Language::Fr => "fr",
        }
    }

    /// The language of a tag.
    pub fn of(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// `rtl` or `ltr`.
    pub fn direction(self) -> &'static str {
        if self == Language::Ar { "rtl" } else { "ltr" }
    }

    /// A number with separators of thousands and so many decimals at most.
    pub fn number(self, number: Decimal, decimals: u32) -> String {
        let (thousands, point) = self.separators();
        let rounded =
            number.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        let text = if rounded.is_integer() {
            rounded.trunc().to_string()
        } else {
            format!("{rounded:.*}", usize::try_from(decimals).unwrap_or(2))
        };
        let (whole, rest) = text
            .split_once('.')
            .map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
        let (sign, digits) = whole
            .strip_prefix('-')
            .map_or(("", whole), |digits| ("-", digits));
        let mut shown = String::from(sign);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                shown.push_str(thousands);
            }
            shown.push(digit);
        }
        if let Some(rest) = rest {
            shown.push_str(point);
            shown.push_str(rest);
        }
        shown
    }

    fn source(self) -> &'static str {
        match self {
            Language::En => include_str!("../locales/en.ftl"),
            Language::Ko => include_str!("../locales/ko.ftl"),
            Language::Ru => include_str!("../locales/ru.ftl"),
            Language::Ar => include_str!("../locales/ar.ftl"),
            Language::Es => include_str!("../locales/es.ftl"),
            Language::Fr => include_str!("../locales/fr.ftl"),
        }
    }

    /// The names of countries, of the Unicode CLDR.
    fn countries(self) -> &'static str {
        match self {
            Language::En => include_str!("../locales/countries/en.ftl"),
            Language::Ko => include_str!("../locales/countries/ko.ftl"),
            Language::Ru => include_str!("../locales/countries/ru.ftl"),
            Language::Ar => include_str!("../locales/countries/ar.ftl"),
            Language::Es => include_str!("../locales/countries/es.ftl"),
            Language::Fr => include_str!("../locales/countries/fr.ftl"),
        }
    }

    /// What stands between thousands, and before decimals.
    fn separators(self) -> (&'static str, &'static str) {
        match self {
            Language::En | Language::Ko | Language::Ar => (",", "."),
            Language::Ru | Language::Fr => ("\u{202f}", ","),
            Language::Es => (".", ","),
        }
    }
}

/// Unicode's marks around a text that keeps its direction: by its first letter, from left to right, and the end of either.
const FIRST_STRONG: char = '\u{2068}';
const LEFT_TO_RIGHT: char = '\u{2066}';
const POP: char = '\u{2069}';

/// The words of one language; English stands in for what it lacks.
pub struct Words {
    /// The language.
    pub language: Language,
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> Self {
        let mut languages = vec![language];
        if language != Language::En {
            languages.push(Language::En);
        }
        let bundles = languages
            .into_iter()
            .map(|language| {
                let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
                let mut bundle = FluentBundle::new(vec![tag]);
                // `isolated` does it where it is needed; elsewhere plain text must stay plain.
                bundle.set_use_isolating(false);
                for source in [language.source(), language.countries()] {
                    // A resource with an error still holds its other messages; a test reads them all.
                    let resource = match FluentResource::try_new(source.to_owned()) {
                        Ok(resource) | Err((resource, _)) => resource,
                    };
                    bundle.add_resource_overriding(resource);
                }
                bundle
            })
            .collect();
        Words { language, bundles }
    }

    /// A message without arguments.
    pub fn say(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A message with arguments, which keep their own direction.
    pub fn with(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in arguments {
            args.set(*name, self.isolated(value));
        }
        self.find(id, &args).unwrap_or_else(|| id.to_owned())
    }

    /// A text that keeps its own direction within a sentence. In a language that is written from right to left a day such as
    /// `2026-03-10` would turn around after a letter, and so would an amount with its currency; marks of Unicode hold them. Other
    /// languages need none, and plain text stays plain.
    pub fn isolated(&self, text: &str) -> String {
        if self.language.direction() == "ltr" || text.is_empty() {
            return text.to_owned();
        }
        let turns =
            |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
        // What has a word of its own decides by that; what has only figures and Latin letters goes from left to right.
        let open = if text.contains(turns) {
            FIRST_STRONG
        } else {
            LEFT_TO_RIGHT
        };
        format!("{open}{text}{POP}")
    }

    /// A message that may not exist.
    pub fn perhaps(&self, id: &str) -> Option<String> {
        self.find(id, &FluentArgs::new())
    }

    fn find(&self, id: &str, args: &FluentArgs<'_>) -> Option<String> {
        self.bundles.iter().find_map(|bundle| {
            let pattern = bundle.get_message(id)?.value()?;
            let mut errors = Vec::new();
            Some(
                bundle
                    .format_pattern(pattern, Some(args), &mut errors)
                    .into_owned(),
            )
        })
    }

    /// A number with separators of thousands and so many decimals at most.
    pub fn number(&self, number: Decimal, decimals: u32) -> String {
        self.language.number(number, decimals)
    }

    /// A number or a range.
    pub fn span(&self, span: Span, decimals: u32) -> String {
        let (low, high) = (span.low.min(span.high), span.low.max(span.high));
        if low == high {
            return self.number(low, decimals);
        }
        let (low, high) = (self.number(low, decimals), self.number(high, decimals));
        self.with("span", &[("low", &low), ("high", &high)])
    }

    /// A status.
    pub fn status(&self, status: Status) -> String {
        self.say(match status {
            Status::Admissible => "status-admissible",
            Status::Conditional => "status-conditional",
            Status::Unknown => "status-unknown",
            Status::NotAdmissible => "status-not-admissible",
        })
    }

    /// How a check came out.
    pub fn outcome(&self, outcome: Outcome) -> String {
        self.say(match outcome {
            Outcome::Passed => "outcome-passed",
            Outcome::NoLimit => "outcome-no-limit",
            Outcome::Waived => "outcome-waived",
            Outcome::Warning => "outcome-warning",
            Outcome::Condition => "outcome-condition",
            Outcome::Doubtful => "outcome-doubtful",
            Outcome::Denied => "outcome-denied",
        })
    }

    /// Why a figure is a range or missing.
    pub fn why(&self, why: &Why<'_>) -> String {
        match why {
            Why::NotGiven { name, ask } => {
                // The question is in the language where it has one.
                let ask = self
                    .perhaps(&format!("ask-{}", name.replace('_', "-")))
                    .unwrap_or_else(|| (*ask).to_owned());
                self.with("why-not-given", &[("name", name), ("ask", &ask)])
            }
            Why::NoRate { from, to } => {
                self.with("why-no-rate", &[("from", from.as_str()), ("to", to.as_str())])
            }
            Why::NoValue { rule } => self.with("why-no-value", &[("rule", rule)]),
            Why::NoRule { step } => self.with("why-no-rule", &[("step", &self.step(step))]),
            Why::DependsOn { step } => self.with("why-depends-on", &[("step", &self.step(step))]),
            Why::Disagree { rules } => self.with("why-disagree", &[("rules", &rules.join(", "))]),
            Why::Quota { rule } => self.with("why-quota", &[("rule", rule)]),
            Why::Proposed { rule } => self.with("why-proposed", &[("rule", rule)]),
            Why::DayNotRead { rule } => self.with("why-day-not-read", &[("rule", rule)]),
            Why::DateNotExact { name } => self.with("why-date-not-exact", &[("name", name)]),
            Why::Between { name } => self.with("why-between", &[("name", name)]),
            Why::DoesNotApply => self.say("why-does-not-apply"),
            Why::PassengerCars => self.say("why-passenger-cars"),
            Why::BelowZero => self.say("why-below-zero"),
            Why::Arithmetic => self.say("why-arithmetic"),
        }
    }

    /// Why a line is a range or missing. A range is worked out, whatever could not be decided on the way to it.
    pub fn line_why(&self, line: &Line<'_>) -> Vec<String> {
        let said = |why: &Why<'_>| match why {
            Why::Arithmetic if line.amount().is_some() => self.say("why-arithmetic-in-part"),
            why => self.why(why),
        };
        line.why.iter().map(said).collect()
    }

    /// How sure a rule is.
    pub fn confidence(&self, confidence: Confidence) -> String {
        self.say(match confidence {
            Confidence::High => "confidence-high",
            Confidence::Medium => "confidence-medium",
            Confidence::Low => "confidence-low",
        })
    }

    /// What a step is called in a sentence: its name in the pack where this language has no other.
    fn step(&self, name: &str) -> String {
        self.charge(name).unwrap_or_else(|| name.to_owned())
    }

    /// What a fact is called in this language; its name where it has no other. Where the question explains too much to be a
    /// name, there is a `fact-` beside it.
    pub fn fact(&self, name: &str) -> String {
        let id = |of: &str| format!("{of}-{}", name.replace('_', "-"));
        match self.language {
            Language::En => name.to_owned(),
            _ => self
                .perhaps(&id("fact"))
                .or_else(|| self.perhaps(&id("ask")))
                .unwrap_or_else(|| name.to_owned()),
        }
    }

    /// Why a history does not settle a fact.
    pub fn left_open(&self, left: &LeftOpen) -> String {
        let entries: Vec<String> = left.log_indices.iter().map(u64::to_string).collect();
        let id = match left.why {
            Open::Odometer => "left-open-odometer",
            Open::OnlyInspected => "left-open-title",
        };
        self.with(id, &[("entries", &entries.join(", "))])
    }

    /// What a country is called in this language, by its ISO 3166-1 code; none for codes that are no country's.
    pub fn country(&self, code: &str) -> Option<String> {
        self.perhaps(&format!("country-{code}"))
    }

    /// A fact's value in this language: each of its words that has one here. Numbers, days and names stay as they are.
    pub fn fact_value(&self, name: &str, value: &str) -> String {
        let word = |word: &str| {
            let id = |of: &str| format!("{of}-{}", word.replace('_', "-"));
            self.perhaps(&id(&format!("value-{}", name.replace('_', "-"))))
                .or_else(|| self.perhaps(&id("value")))
                .unwrap_or_else(|| word.to_owned())
        };
        value.split(", ").map(word).collect::<Vec<_>>().join(", ")
    }

    /// What a charge is called in this language, by its step's name; none for a name of a pack of somebody's own, and in English,
    /// where the pack says it better.
    pub fn charge(&self, step: &str) -> Option<String> {
        if self.language == Language::En {
            return None;
        }
        self.perhaps(&format!("charge-{}", step.replace('_', "-")))
    }

    /// What a check is about in this language, by its key; none for a key of a pack of somebody's own.
    pub fn check(&self, key: &str) -> Option<String> {
        self.perhaps(&format!("check-{}", key.replace('_', "-")))
    }

    /// A caution about a quote for an arrival.
    pub fn caution(&self, caution: &Caution<'_>, arrival: Date) -> String {
        match caution {
            Caution::PowerConverted { from } => self.say(match from {
                PowerUnit::MetricHorsepower => "caution-metric-horsepower",
                PowerUnit::MechanicalHorsepower => "caution-mechanical-horsepower",
            }),
            Caution::RegionAssumed { region } => self.with("caution-region", &[("region", region)]),
            Caution::PassengerCars {
                category: Some(category),
            } => self.with("caution-passenger-cars", &[("category", category)]),
            Caution::PassengerCars { category: None } => self.say("caution-category-open"),
            Caution::RatesFar { date } => {
                let id = if *date > arrival {
                    "caution-rates-later"
                } else {
                    "caution-rates-old"
                };
                self.with(id, &[("date", &date.to_string())])
            }
            Caution::Undated { rules } => self.with("caution-undated", &[("rules", &rules.join(", "))]),
            Caution::Weak { rules } => self.with("caution-weak", &[("rules", &rules.join(", "))]),
        }
    }

    /// The sentence that stands on every quote.
    pub fn disclaimer(&self, as_of: &str) -> String {
        self.with("disclaimer", &[("date", as_of)])
    }
}

/// Text as it may stand in XML and HTML, also between quotes. What XML forbids is left out.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use border::StepKind;

    use super::*;

    #[test]
    fn every_language_has_every_message_with_the_same_arguments() {
        let messages = |language: Language| -> std::collections::BTreeMap<String, Vec<String>> {
            let resource = FluentResource::try_new(language.source().to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
            drop(resource);
            language
                .source()
                .lines()
                .filter_map(|line| line.split_once(" = "))
                .map(|(id, text)| {
                    let mut arguments: Vec<String> = text
                        .split("{ $")
                        .skip(1)
                        .filter_map(|rest| Some(rest.split_once(" }")?.0.to_owned()))
                        .collect();
                    arguments.sort();
                    (id.to_owned(), arguments)
                })
                .collect()
        };
        let english = messages(Language::En);
        assert!(english.len() > 60);
        for language in Language::ALL {
            assert_eq!(messages(language), english, "{}", language.tag());
        }
    }

    #[test]
    fn every_fact_has_a_question_and_every_word_it_may_have_a_name_in_every_language() {
        let mut needed: Vec<String> = Vec::new();
        for fact in border::FACTS {
            let id = |word: &str| format!("value-{}-{word}", fact.name).replace('_', "-");
            needed.push(format!("ask-{}", fact.name.replace('_', "-")));
            if let border::Kind::Word(words) | border::Kind::Words(words) = fact.kind {
                needed.extend(words.iter().map(|word| id(word)));
            }
        }
        assert!(needed.len() > 120, "{}", needed.len());
        // What these languages write as English does: abbreviations, and words that French and Spanish have letter by letter.
        let is_the_same = |language: Language, text: &str| match text {
            "LPG" => language == Language::Ko,
            "Accident" | "Diesel" | "taxi" | "Taxi" => matches!(language, Language::Es | Language::Fr),
            _ => false,
        };
        let said = |language: Language, id: &str| {
            let start = format!("{id} = ");
            let mut lines = language.source().lines();
            lines.find_map(|line| line.strip_prefix(&start))
        };
        for language in Language::ALL {
            for id in &needed {
                let text = said(language, id).unwrap_or_else(|| panic!("{id} in {}", language.tag()));
                let english = language != Language::En && said(Language::En, id) == Some(text);
                assert!(
                    !english || is_the_same(language, text),
                    "{id} is English in {}",
                    language.tag()
                );
            }
        }
        let arabic = Words::of(Language::Ar);
        assert_eq!(
            arabic.fact_value("importer_is", "resident, disabled"),
            "مقيم, من ذوي الإعاقة"
        );
    }

    #[test]
    fn every_market_and_korea_have_a_name_in_every_language() {
        let set = crate::rules::open(None).unwrap().set;
        let mut codes: Vec<&str> = set.destinations().map(|pack| pack.country.as_str()).collect();
        assert!(codes.len() >= 48, "{}", codes.len());
        codes.push("KR");
        for language in Language::ALL {
            let names = language.countries();
            FluentResource::try_new(names.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
            for code in &codes {
                // The file is asked, because English would stand in.
                assert!(
                    names
                        .lines()
                        .any(|line| line.starts_with(&format!("country-{code} = "))),
                    "{code} in {}",
                    language.tag()
                );
            }
        }
        assert_eq!(Words::of(Language::Ko).country("JO").as_deref(), Some("요르단"));
        assert_eq!(Words::of(Language::Ru).country("QQ"), None);
    }

    #[test]
    fn every_charge_and_check_of_every_pack_has_a_name_in_every_language() {
        let set = crate::rules::open(None).unwrap().set;
        for language in Language::ALL {
            let source = language.source();
            // The file is asked, because English would stand in.
            let has =
                |of: &str, name: &str| source.contains(&format!("\n{of}-{} = ", name.replace('_', "-")));
            for pack in set.packs() {
                let due = pack
                    .steps
                    .iter()
                    .filter(|step| matches!(step.kind, StepKind::Charge | StepKind::Upside));
                for step in due {
                    assert!(
                        has("charge", &step.name),
                        "{} {} in {}",
                        pack.country,
                        step.name,
                        language.tag()
                    );
                }
                for check in &pack.checks {
                    // What holds in one part of one country only has no name that others could have.
                    let of_a_part = check.key.starts_with("kurdistan_");
                    assert!(
                        of_a_part || has("check", &check.key),
                        "{} {} in {}",
                        pack.country,
                        check.key,
                        language.tag()
                    );
                }
            }
        }
    }

    #[test]
    fn a_reason_names_the_charge_that_it_is_about_in_the_language() {
        let why = Why::DependsOn {
            step: "customs_value",
        };
        assert_eq!(Words::of(Language::En).why(&why), "rests on customs_value");
        assert!(Words::of(Language::Ko).why(&why).contains("과세가격"));
        let own = Why::NoRule {
            step: "levy_of_my_own",
        };
        assert!(Words::of(Language::Ko).why(&own).contains("levy_of_my_own"));
    }

    #[test]
    fn in_arabic_a_day_and_an_amount_keep_their_direction_and_elsewhere_text_stays_plain() {
        let arabic = Words::of(Language::Ar).with("holds-until", &[("date", "2026-03-10")]);
        assert!(arabic.ends_with(" \u{2066}2026-03-10\u{2069}"), "{arabic:?}");
        let ask = Words::of(Language::Ar).with("why-not-given", &[("name", "cc"), ("ask", "سعة المحرك")]);
        assert!(
            ask.contains("\u{2068}سعة المحرك\u{2069} (\u{2066}cc\u{2069})"),
            "{ask:?}"
        );
        for language in Language::ALL.into_iter().filter(|l| l.direction() == "ltr") {
            let plain = Words::of(language).with("holds-until", &[("date", "2026-03-10")]);
            assert!(!plain.contains(['\u{2066}', '\u{2068}', '\u{2069}']), "{plain:?}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let number: Decimal = "1234567.5".parse().unwrap();
        assert_eq!(Words::of(Language::En).number(number, 2), "1,234,567.50");
        assert_eq!(
            Words::of(Language::Ru).number(number, 2),
            "1\u{202f}234\u{202f}567,50"
        );
        assert_eq!(Words::of(Language::Es).number(number, 0), "1.234.568");
        assert_eq!(Words::of(Language::Ko).number(Decimal::ZERO, 2), "0");
    }
}
