//! The languages of the pages, and how each writes numbers and dates. Every word is in `messages/*.ftl`.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use jiff::civil::Date;
use unic_langid::LanguageIdentifier;

use crate::RenderError;
use crate::sheet::Unit;

/// A language that certificates are printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 한국어
    Korean,
    /// English
    English,
    /// Русский
    Russian,
    /// العربية, right to left
    Arabic,
    /// Español
    Spanish,
    /// Français
    French,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Korean,
        Self::English,
        Self::Russian,
        Self::Arabic,
        Self::Spanish,
        Self::French,
    ];

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
            Self::Russian => "ru",
            Self::Arabic => "ar",
            Self::Spanish => "es",
            Self::French => "fr",
        }
    }

    /// The language of a tag such as `ko` or `ko-KR`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    pub(crate) fn is_right_to_left(self) -> bool {
        self == Self::Arabic
    }

    fn messages(self) -> &'static str {
        match self {
            Self::Korean => include_str!("../messages/ko.ftl"),
            Self::English => include_str!("../messages/en.ftl"),
            Self::Russian => include_str!("../messages/ru.ftl"),
            Self::Arabic => include_str!("../messages/ar.ftl"),
            Self::Spanish => include_str!("../messages/es.ftl"),
            Self::French => include_str!("../messages/fr.ftl"),
        }
    }

    /// Decimal mark, and what separates groups of three digits. Arabic certificates use European digits, because they are
    /// compared with the VIN, the odometer and the credential.
    fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Korean | Self::English | Self::Arabic => (".", ","),
            Self::Russian | Self::Spanish | Self::French => (",", NO_BREAK_SPACE),
        }
    }
}

const NO_BREAK_SPACE: &str = "\u{a0}";
const WORD_JOINER: &str = "\u{2060}";

/// The words of one language.
pub(crate) struct Words {
    pub(crate) language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    pub(crate) fn new(language: Language) -> Result<Self, RenderError> {
        let broken = |problem: String| RenderError::Message {
            language,
            id: format!("messages/{}.ftl", language.tag()),
            problem,
        };
        let resource = FluentResource::try_new(language.messages().to_owned())
            .map_err(|(_, errors)| broken(format!("{errors:?}")))?;
        let identifier: LanguageIdentifier = language
            .tag()
            .parse()
            .map_err(|e| broken(format!("language tag: {e}")))?;
        let mut bundle = FluentBundle::new(vec![identifier]);
        // Quantities, dates and names come isolated where it matters; see `isolated`.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .map_err(|errors| broken(format!("{errors:?}")))?;
        Ok(Self { language, bundle })
    }

    /// The message as it stands.
    pub(crate) fn say(&self, id: &str) -> Result<String, RenderError> {
        self.tell(id, &[])
    }

    /// The message with its places filled.
    pub(crate) fn tell(&self, id: &str, values: &[(&str, &str)]) -> Result<String, RenderError> {
        let mut args = FluentArgs::new();
        for &(name, value) in values {
            args.set(name, FluentValue::from(value));
        }
        self.format(id, &args)
    }

    fn format(&self, id: &str, args: &FluentArgs<'_>) -> Result<String, RenderError> {
        let broken = |problem: &str| RenderError::Message {
            language: self.language,
            id: id.to_owned(),
            problem: problem.to_owned(),
        };
        let pattern = self
            .bundle
            .get_message(id)
            .and_then(|message| message.value())
            .ok_or_else(|| broken("missing"))?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
        match errors.first() {
            None => Ok(text.into_owned()),
            Some(error) => Err(broken(&error.to_string())),
        }
    }

    /// A date in words.
    pub(crate) fn date(&self, date: Date) -> Result<String, RenderError> {
        let mut args = FluentArgs::new();
        args.set("day", FluentValue::from(i64::from(date.day())));
        args.set("month", FluentValue::from(i64::from(date.month())));
        args.set("year", FluentValue::from(date.year().to_string()));
        let text = self.format("date", &args)?;
        // A date is one piece: it neither breaks nor lets its numbers wander.
        Ok(self.isolated(&text.replace(' ', NO_BREAK_SPACE)))
    }

    /// A number in the manner of the language.
    pub(crate) fn number(&self, value: f64, decimals: u8) -> String {
        let (decimal_mark, group_mark) = self.language.marks();
        let plain = format!("{:.*}", usize::from(decimals), value.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        // Spanish groups from five digits on.
        let grouped = whole.len() > if self.language == Language::Spanish { 4 } else { 3 };
        let mut text = String::new();
        if value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            text.push('-');
        }
        for (i, digit) in whole.chars().enumerate() {
            let left = whole.len() - i;
            if i > 0 && left.is_multiple_of(3) && grouped {
                text.push_str(group_mark);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push_str(decimal_mark);
            text.push_str(fraction);
        }
        text
    }

    /// A quantity with its unit, which never part.
    pub(crate) fn quantity(&self, value: f64, decimals: u8, unit: Unit) -> String {
        let number = self.number(value, decimals);
        self.isolated(&join_unit(&number, self.symbol(unit)))
    }

    /// From one quantity to another, with the unit once. A line may not end within it: on a page that runs to the left the
    /// two halves would change places. After a dash a no-break space alone does not forbid it (UAX #14, LB12a), a word
    /// joiner does.
    pub(crate) fn range(&self, low: f64, high: f64, decimals: u8, unit: Unit) -> String {
        let numbers = format!(
            "{} –{WORD_JOINER} {}",
            self.number(low, decimals),
            self.number(high, decimals)
        );
        self.isolated(&join_unit(
            &numbers.replace(' ', NO_BREAK_SPACE),
            self.symbol(unit),
        ))
    }

    /// A piece of text that keeps its own direction inside a page that runs the other way.
    pub(crate) fn isolated(&self, text: &str) -> String {
        if self.language.is_right_to_left() {
            format!("\u{2068}{text}\u{2069}")
        } else {
            text.to_owned()
        }
    }

    /// Symbols of the International System do not change with the language; customs around them do.
    fn symbol(&self, unit: Unit) -> &'static str {
        let russian = self.language == Language::Russian;
        match unit {
            Unit::Millivolt => pick(russian, "мВ", "mV"),
            Unit::Volt => pick(russian, "В", "V"),
            Unit::Kelvin => pick(russian, "К", "K"),
            Unit::Celsius => "°C",
            Unit::OhmPerVolt => pick(russian, "Ом/В", "Ω/V"),
            Unit::Kiloohm => pick(russian, "кОм", "kΩ"),
            Unit::MillivoltPerDay => match self.language {
                Language::Russian => "мВ/сут",
                Language::Spanish => "mV/día",
                Language::French => "mV/j",
                Language::Korean => "mV/일",
                Language::English | Language::Arabic => "mV/d",
            },
            Unit::Percent => "%",
            Unit::PercentagePoint => match self.language {
                Language::Russian => "п. п.",
                Language::Korean => "%p",
                Language::English | Language::Arabic => "pp",
                Language::Spanish => "pp",
                Language::French => "pts",
            },
            Unit::AmpHour => pick(russian, "А·ч", "Ah"),
            Unit::KilowattHour => pick(russian, "кВт·ч", "kWh"),
            Unit::Kilometre => pick(russian, "км", "km"),
        }
    }
}

fn pick(first: bool, yes: &'static str, no: &'static str) -> &'static str {
    if first { yes } else { no }
}

fn join_unit(number: &str, symbol: &str) -> String {
    format!("{number}{NO_BREAK_SPACE}{}", symbol.replace(' ', NO_BREAK_SPACE))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]

    use super::*;

    fn words(language: Language) -> Words {
        Words::new(language).expect("messages parse")
    }

    #[test]
    fn a_range_stays_on_one_line() {
        assert_eq!(
            words(Language::English).range(20.0, 50.0, 0, Unit::Percent),
            "20\u{a0}–\u{2060}\u{a0}50\u{a0}%"
        );
    }

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        assert_eq!(words(Language::English).number(48_213.0, 0), "48,213");
        assert_eq!(words(Language::Russian).number(48_213.5, 1), "48\u{a0}213,5");
        assert_eq!(words(Language::Spanish).number(4_821.0, 0), "4821");
        assert_eq!(words(Language::Korean).number(-0.04, 1), "0.0");
        assert_eq!(words(Language::French).number(-1.25, 2), "-1,25");
        assert_eq!(words(Language::English).number(1_234_567.0, 0), "1,234,567");
    }

    #[test]
    fn a_date_is_written_in_words() {
        let date = jiff::civil::date(2026, 3, 1);
        let written: Vec<String> = Language::ALL
            .into_iter()
            .map(|language| words(language).date(date).expect("a date"))
            .map(|text| text.replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " "))
            .collect();
        assert_eq!(
            written,
            [
                "2026년 3월 1일",
                "1 March 2026",
                "1 марта 2026 г.",
                "1 مارس 2026",
                "1 de marzo de 2026",
                "1er mars 2026"
            ]
        );
    }

    #[test]
    fn a_tag_with_a_region_is_understood() {
        assert_eq!(Language::from_tag("ko-KR"), Some(Language::Korean));
        assert_eq!(Language::from_tag("AR"), Some(Language::Arabic));
        assert_eq!(Language::from_tag("de"), None);
    }
}
