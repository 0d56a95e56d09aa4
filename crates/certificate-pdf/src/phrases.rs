//! What an assessment always says in the same English words, so that every language can say it in its own. Words that are not
//! among them, such as fault codes or names, stay as they are.

use crate::RenderError;
use crate::assessed;
use crate::language::Words;
use crate::sheet::{CheckKind, Outcome};

/// Words of an assessment, and the message that says the same.
const PHRASES: [(&str, &str); 21] = [
    ("Carnet method (no public law fixes it)", "source-ours"),
    ("SAE J2012; maker's repair guides", "source-repair-guides"),
    ("maker, national recall register", "source-recall-register"),
    (
        "Carnet method: display and BMS definitions were seen to differ by 19 % of capacity",
        "source-soc-definition",
    ),
    (
        "for comparison; UN GTR 22 Part A allows 5 pp",
        "source-reported-health",
    ),
    ("none known", "phrase-none-known"),
    ("none stated", "phrase-none-stated"),
    ("Carnet scheme, evaluation", "source-scheme"),
    ("yes", "phrase-computed"),
    (
        "no: taken from an assessment as it was handed in",
        "phrase-from-assessment",
    ),
    ("no: found by a method of another house", "phrase-other-method"),
    (
        "the management system's own, agreeing with cell voltage at full",
        "phrase-soc-limit",
    ),
    (
        "the management system's own, agreeing with cell voltage at full and near empty",
        "phrase-soc-limit-both",
    ),
    ("management system's own", "phrase-soc-own"),
    ("not stated", "phrase-soc-not-stated"),
    ("agrees with cell voltage at full", "phrase-soc-agrees"),
    ("agrees with cell voltage near empty", "phrase-soc-agrees-empty"),
    (
        "agrees with cell voltage at full and near empty",
        "phrase-soc-agrees-both",
    ),
    (
        "Ro-Ro, guidance where the carrier says nothing else",
        "carrier-default",
    ),
    ("Greek ferries", "carrier-greece"),
    ("Carrier that asks for at most 30 %", "carrier-strict"),
];

/// The message for words of an assessment, if they are among those that have one.
pub fn phrase(words: &str) -> Option<&'static str> {
    PHRASES
        .into_iter()
        .find(|(known, _)| *known == words)
        .map(|(_, id)| id)
}

/// The message that says what to do about an outcome of a check, if there is one. It says what an assessment's own action says;
/// of outcomes that no assessment has, the pages know none.
pub fn advice(kind: CheckKind, outcome: Outcome) -> Option<String> {
    use CheckKind::{
        BatteryHistory, Computation, HighVoltageFaults, HighestTemperature, Isolation, SelfDischarge,
        Tampering,
    };
    let about = match (kind, outcome) {
        // What nobody was asked about is stated as such by older certificates.
        (BatteryHistory, Outcome::Stated) => "measure",
        (_, Outcome::Pass | Outcome::Stated) | (Tampering | Computation, Outcome::NotMeasured) => {
            return None;
        }
        (_, Outcome::NotMeasured) => "measure",
        // Here a warning asks for less than a failure.
        (
            HighestTemperature | Isolation | SelfDischarge | HighVoltageFaults | BatteryHistory,
            Outcome::Watch,
        ) => "watch",
        (_, Outcome::Watch | Outcome::Fail) => "advice",
    };
    Some(format!("{about}-{}", kind.key()))
}

impl Words {
    /// Words of an assessment in this language: a phrase, two of them, or a comparison; anything else as it is.
    pub(crate) fn phrased(&self, words: &str) -> Result<String, RenderError> {
        if let Some(id) = phrase(words) {
            return self.say(id);
        }
        if let Some((one, other)) = words.split_once("; ")
            && let (Some(one), Some(other)) = (phrase(one), phrase(other))
        {
            return self.tell(
                "phrases",
                &[("one", &self.say(one)?), ("other", &self.say(other)?)],
            );
        }
        match assessed::compared(words) {
            Some(quantities) => {
                let [own, ours, difference] =
                    quantities.map(|(value, decimals, unit)| self.quantity(value, decimals, unit));
                let places = [
                    ("own", own.as_str()),
                    ("ours", ours.as_str()),
                    ("difference", difference.as_str()),
                ];
                self.tell("found-compared", &places)
            }
            None => Ok(self.isolated(words)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]

    use super::*;
    use crate::Language;

    fn said(language: Language, words: &str) -> String {
        let text = Words::new(language).expect("messages parse").phrased(words);
        text.expect("words").replace('\u{a0}', " ")
    }

    #[test]
    fn what_every_assessment_says_is_said_in_each_language() {
        for (words, _) in PHRASES {
            let all: Vec<String> = Language::ALL.into_iter().map(|l| said(l, words)).collect();
            for (language, text) in Language::ALL.into_iter().zip(&all) {
                let same = all.iter().filter(|other| *other == text).count();
                assert_eq!(same, 1, "{language:?}: {text}");
            }
        }
        assert_eq!(
            said(
                Language::French,
                "management system's own; agrees with cell voltage at full"
            ),
            "celle du BMS même ; en accord avec la tension des cellules à pleine charge"
        );
    }

    #[test]
    fn a_comparison_keeps_its_figures() {
        let words = "97.0 % (ours 93.3 %, difference +3.7 pp)";
        assert_eq!(
            said(Language::Spanish, words),
            "97,0 % (la nuestra 93,3 %, diferencia 3,7 pp)"
        );
        assert_eq!(
            said(Language::English, "91.0 % (ours 93.3 %, difference -2.3 pp)"),
            "91.0 % (ours 93.3 %, difference -2.3 pp)"
        );
    }

    #[test]
    fn what_is_no_phrase_stays_as_it_was_written() {
        for words in [
            "P0DE6, P1B77",
            "none known to us",
            "1 % (ours 2 %, difference)",
            "; ",
        ] {
            assert_eq!(said(Language::Korean, words), words);
        }
    }
}
