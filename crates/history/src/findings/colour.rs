//! Seen in another colour than the maker, the register or the last repaint on record gives it.
//!
//! Cars are painted, and people have many words for one shade. So a colour is compared only where both words are in the
//! table below, and grey and silver, which one eye calls this and another that, count as one.

use statement::vocabulary::StatementType as T;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Innocent, Level, Message, Outcome, Settles};

/// Words for a colour, in English and Korean, by family. A longer name counts by the word it contains ("pearl white").
const FAMILIES: [(&str, &[&str]); 11] = [
    (
        "white",
        &["white", "ivory", "흰색", "백색", "하양", "화이트", "진주"],
    ),
    ("black", &["black", "검정", "검은", "흑색", "블랙"]),
    (
        "grey",
        &[
            "grey",
            "gray",
            "silver",
            "회색",
            "쥐색",
            "은색",
            "은회",
            "실버",
            "그레이",
        ],
    ),
    (
        "blue",
        &["blue", "navy", "파랑", "파란", "청색", "남색", "하늘색", "블루"],
    ),
    (
        "red",
        &["red", "burgundy", "maroon", "빨강", "빨간", "적색", "레드"],
    ),
    ("green", &["green", "초록", "녹색", "그린"]),
    ("yellow", &["yellow", "노랑", "노란", "황색", "옐로우"]),
    ("brown", &["brown", "beige", "갈색", "밤색", "베이지", "브라운"]),
    ("orange", &["orange", "주황", "오렌지"]),
    ("purple", &["purple", "violet", "보라", "자주"]),
    ("gold", &["gold", "금색", "골드"]),
];

/// The family of a colour's name; `None` where it names none of them, or several.
fn family(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    // English words as words ("red" is not in "coloured"); Korean ones anywhere, because they take endings.
    let has = |word: &&str| {
        if word.is_ascii() {
            name.split(|c: char| !c.is_alphanumeric())
                .any(|part| part == *word)
        } else {
            name.contains(*word)
        }
    };
    let mut found = FAMILIES.iter().filter(|(_, words)| words.iter().any(&has));
    match (found.next(), found.next()) {
        (Some((family, _)), None) => Some(family),
        _ => None,
    }
}

/// Whether the statement puts a repaint in another colour on record.
fn repainted(event: &Event) -> bool {
    match event.typ {
        T::RegistrationChanged => event.text("colour").is_some(),
        T::InspectionCondition => event.text("repaint") == Some("colour_changed"),
        _ => false,
    }
}

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // What the car's colour is on record: statement, word, family.
    let mut on_record: Option<(&Event, &str, &str)> = None;
    for event in timeline.live.iter().copied() {
        let Some(word) = event.text("colour") else {
            continue;
        };
        let Some(seen) = family(word) else { continue };
        let register = matches!(event.typ, T::IdentityManufactured | T::RegistrationFirst);
        if repainted(event) {
            on_record = Some((event, word, seen));
            continue;
        }
        let Some((recorded, recorded_word, expected)) = on_record else {
            if register {
                on_record = Some((event, word, seen));
            }
            continue;
        };
        if seen == expected {
            continue;
        }
        let explanation = Message::new(
            "identity-colour-differs",
            "{issuer} has the car in {recorded} on {day}; {observer} saw it in {seen} on {seen_day}, and no repaint between \
             the two is on record",
            [
                ("issuer", recorded.issuer.clone()),
                ("recorded", recorded_word.to_owned()),
                ("day", recorded.day().to_string()),
                ("observer", event.issuer.clone()),
                ("seen", word.to_owned()),
                ("seen_day", event.day().to_string()),
            ],
        );
        // A car does not go back to its old colour unseen: whoever saw the old one afterwards speaks for a second car.
        let seen_again = timeline.live.iter().any(|later| {
            later.instant > event.instant && later.text("colour").and_then(family) == Some(expected)
        });
        let unrecorded = if seen_again {
            Outcome::DoesNotFit
        } else {
            Outcome::Possible
        };
        findings.push(
            Finding::new(
                Code::IdentityColourDiffers,
                if seen_again { Level::Warn } else { Level::Ask },
                explanation,
                [recorded.reference, event.reference],
            )
            .settled_by([
                Settles::MarkInspection,
                Settles::RegisterExtract,
                Settles::BothIssuersConfirm,
            ])
            .not_covering([Blind::ColourWords, Blind::VisualOnly])
            .trying([
                (Innocent::DocumentedRepaint, Outcome::DoesNotFit),
                (Innocent::UndocumentedRepaint, unrecorded),
            ]),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn a_colour_is_known_by_a_word_in_either_language() {
        for (name, expected) in [
            ("Pearl White", Some("white")),
            ("흰색", Some("white")),
            ("matte grey", Some("grey")),
            ("은색(메탈릭)", Some("grey")),
            ("two-tone black/red", None),
            ("noir", None),
            ("coloured", None),
        ] {
            assert_eq!(family(name), expected, "{name}");
        }
    }
}
