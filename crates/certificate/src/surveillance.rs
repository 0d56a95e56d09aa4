//! Surveillance (ISO/IEC 17065, 7.9): which statements about a car suspend its certificate by themselves.
//!
//! A certificate speaks of a battery as it was when it was evaluated. A new high-voltage fault, an open recall, another
//! pack, flood, fire or a total loss end that, whoever states it. The suspension is a precaution without a judgement: a
//! person with a mandate lifts it, or withdraws.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use statement::vocabulary::StatementType;
use vehicle::trouble_code::of_high_voltage;

/// Least isolation of a high-voltage system, in ohms for each volt of its highest voltage (UN Regulation No. 100, 5.1.3).
const LEAST_OHM_PER_VOLT: f64 = 100.0;

/// Why a certificate is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A fault of the high-voltage system.
    HighVoltageFault,
    /// A recall was opened.
    Recall,
    /// The pack or a part of it was exchanged.
    PackSwap,
    /// Flood, fire or total loss.
    Damage,
}

impl Cause {
    /// The word used in statements and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HighVoltageFault => "high_voltage_fault",
            Self::Recall => "recall",
            Self::PackSwap => "pack_swap",
            Self::Damage => "damage",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HighVoltageFault => "high-voltage fault",
            Self::Recall => "recall",
            Self::PackSwap => "pack swap",
            Self::Damage => "damage",
        })
    }
}

/// What a statement sets off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Why.
    pub cause: Cause,
    /// What the statement says, shortened.
    pub said: String,
}

/// Whether a statement suspends the certificate of a car whose pack has at most `highest_volt` (V). Reads what is disclosed; the
/// fields it needs are never personal.
pub fn trigger(typ: StatementType, body: &Map<String, Value>, highest_volt: f64) -> Option<Trigger> {
    let found = |cause, said: &str| {
        Some(Trigger {
            cause,
            said: said.chars().take(200).collect(),
        })
    };
    match typ {
        StatementType::RecallOpened => found(
            Cause::Recall,
            body.get("component")
                .and_then(Value::as_str)
                .unwrap_or("recall opened"),
        ),
        StatementType::RecallClosed => {
            let remedy = body.get("remedy").and_then(Value::as_str)?;
            if exchanges_pack(remedy) {
                return found(Cause::PackSwap, remedy);
            }
            None
        }
        StatementType::HazardFlood | StatementType::HazardFire | StatementType::ClaimTotalLoss => {
            found(Cause::Damage, typ.label_en())
        }
        StatementType::ServicePerformed => serviced(body),
        StatementType::InspectionPeriodic => texts(body, "defects")
            .into_iter()
            .find(|text| has_high_voltage_code(text))
            .and_then(|text| found(Cause::HighVoltageFault, text)),
        StatementType::InspectionCondition => {
            let items = body.get("high_voltage").and_then(Value::as_object)?;
            let (item, _) = items.iter().find(|(_, state)| *state == "bad")?;
            found(Cause::HighVoltageFault, &format!("{item} is bad"))
        }
        StatementType::BatteryHealth => {
            let isolation = body.get("insulation_kohm").and_then(Value::as_f64)?;
            if 1000.0 * isolation < LEAST_OHM_PER_VOLT * highest_volt {
                return found(
                    Cause::HighVoltageFault,
                    &format!(
                        "isolation {isolation} kΩ, less than {LEAST_OHM_PER_VOLT} Ω/V of {highest_volt:.0} V"
                    ),
                );
            }
            None
        }
        _ => None,
    }
}

/// Whether an opened recall is one of the traction battery, or asks to keep the car away from buildings. A recall of another part
/// suspends as well, until somebody has looked at it; it stands in nobody's way who evaluated the battery with it in view.
pub fn recall_of_battery(body: &Map<String, Value>) -> bool {
    let of_battery = |text: &str| {
        let text = text.to_lowercase();
        names_battery(&text)
            || ["battery management", "battery cell"]
                .iter()
                .any(|w| text.contains(w))
    };
    body.get("park_outside").and_then(Value::as_bool) == Some(true)
        || ["component", "summary"]
            .iter()
            .filter_map(|field| body.get(*field)?.as_str())
            .any(of_battery)
}

/// Work on a car: a fault code of the high-voltage system, or another pack.
fn serviced(body: &Map<String, Value>) -> Option<Trigger> {
    let jobs = texts(body, "jobs");
    let parts = texts(body, "parts");
    let of = |cause, said: &str| Trigger {
        cause,
        said: said.chars().take(200).collect(),
    };
    if let Some(text) = jobs.iter().find(|text| has_high_voltage_code(text)) {
        return Some(of(Cause::HighVoltageFault, text));
    }
    if let Some(text) = jobs.iter().find(|text| exchanges_pack(text)) {
        return Some(of(Cause::PackSwap, text));
    }
    parts
        .iter()
        .find(|text| names_battery(text) && speaks_of_pack(&words(text)))
        .map(|text| of(Cause::PackSwap, text))
}

/// Every string in the objects of an array.
fn texts<'b>(body: &'b Map<String, Value>, field: &str) -> Vec<&'b str> {
    let items = body.get(field).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|item| item.values().filter_map(Value::as_str))
        .collect()
}

/// Whether a text names a diagnostic trouble code of the high-voltage system.
fn has_high_voltage_code(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(of_high_voltage)
}

fn names_battery(text: &str) -> bool {
    const BATTERY: [&str; 11] = [
        "traction battery",
        "high-voltage battery",
        "high voltage battery",
        "hv battery",
        "battery pack",
        "battery module",
        "battery system",
        "구동축전지",
        "구동 축전지",
        "고전압 배터리",
        "고전압배터리",
    ];
    let text = text.to_lowercase();
    BATTERY.iter().any(|word| text.contains(word))
}

/// Whether a text says that the pack or modules of it were exchanged, and not only something on it.
fn exchanges_pack(text: &str) -> bool {
    let words = words(text);
    names_battery(text) && words.iter().any(is_exchange) && speaks_of_pack(&words)
}

/// A word of a text about a battery, as far as it tells the pack from what is on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// The pack, or modules of it.
    Pack,
    /// Something on the pack that can be exchanged without changing how much it holds.
    Part,
    /// An exchange: "battery *replacement*", "to *replace*".
    Exchange,
    /// That something was exchanged: "cover of the battery *replaced*".
    Exchanged,
    /// What joins the part to the pack: "fuse *of* the battery".
    Of,
    /// What stands between that and the pack, or between the pack and its part: "battery *cooling* fan".
    Adjective,
    /// A colon or a dash: what stands before it is a heading, or ends here.
    Colon,
    /// Here something else begins.
    Break,
    /// Any other.
    Other,
}

/// Korean words, which are written together and with particles, and names of more than one word; the longer before those that they
/// contain.
const NAMES: [(&str, Word); 47] = [
    ("control module", Word::Part),
    ("control unit", Word::Part),
    ("management module", Word::Part),
    ("management unit", Word::Part),
    ("management system", Word::Part),
    ("제어 모듈", Word::Part),
    ("제어모듈", Word::Part),
    ("관리 모듈", Word::Part),
    ("관리모듈", Word::Part),
    ("관리 시스템", Word::Part),
    ("관리시스템", Word::Part),
    ("제어기", Word::Part),
    ("bms", Word::Part),
    ("구동축전지", Word::Pack),
    ("축전지", Word::Pack),
    ("배터리", Word::Pack),
    ("모듈", Word::Pack),
    ("냉각수", Word::Part),
    ("부동액", Word::Part),
    ("커버", Word::Part),
    ("덮개", Word::Part),
    ("퓨즈", Word::Part),
    ("필터", Word::Part),
    ("케이블", Word::Part),
    ("배선", Word::Part),
    ("와이어링", Word::Part),
    ("하네스", Word::Part),
    ("라벨", Word::Part),
    ("스티커", Word::Part),
    ("펌프", Word::Part),
    ("가스켓", Word::Part),
    ("가스킷", Word::Part),
    ("개스킷", Word::Part),
    ("호스", Word::Part),
    ("센서", Word::Part),
    ("볼트", Word::Part),
    ("교환", Word::Exchange),
    ("교체", Word::Exchange),
    ("고전압", Word::Adjective),
    ("그리고", Word::Break),
    ("하고", Word::Break),
    // No particle of what goes before, though it ends as one does.
    ("결과", Word::Other),
    ("경과", Word::Other),
    ("및", Word::Break),
    ("팩", Word::Pack),
    ("팬", Word::Part),
    ("의", Word::Other),
];

/// "And" in Korean, where a word ends with it. Within a word it is a syllable as any other: 과전류, 와이퍼.
const AND_PARTICLES: [char; 2] = ['와', '과'];

/// The words of a text, in order.
fn words(text: &str) -> Vec<Word> {
    // A hyphen that stands alone is a dash.
    let mut spaced = text.to_lowercase().replace(" - ", " – ");
    for (at, (name, _)) in NAMES.iter().enumerate() {
        // Set aside under a number, so that no shorter one is found in it.
        spaced = spaced.replace(name, &format!(" \u{1}{at} "));
    }
    let mut words = Vec::new();
    for token in spaced.split_inclusive(|c: char| !c.is_alphanumeric() && c != '\u{1}') {
        let end = token.chars().last().unwrap_or(' ');
        let word = token.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '\u{1}');
        if let Some(joined) = word.strip_suffix(AND_PARTICLES) {
            if !joined.is_empty() {
                words.push(word_of(joined));
            }
            words.push(Word::Break);
        } else if !word.is_empty() {
            words.push(word_of(word));
        }
        match end {
            ',' | ';' | '.' | '/' | '+' | '&' | '\n' | '·' | '、' | '(' | ')' | '[' | ']' | '（' | '）' =>
            {
                words.push(Word::Break);
            }
            ':' | '：' | '–' | '—' => words.push(Word::Colon),
            _ => {}
        }
    }
    words
}

fn word_of(word: &str) -> Word {
    let name = word.strip_prefix('\u{1}').and_then(|at| at.parse::<usize>().ok());
    if let Some((_, word)) = name.and_then(|at| NAMES.get(at)) {
        return *word;
    }
    let exchange = ["replac", "exchang", "swap", "renew"];
    if exchange.iter().any(|begin| word.starts_with(begin)) {
        return if word.ends_with("ed") {
            Word::Exchanged
        } else {
            Word::Exchange
        };
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        // The number of a module.
        return Word::Adjective;
    }
    match word {
        "battery" | "batteries" | "pack" | "packs" | "module" | "modules" => Word::Pack,
        "coolant" | "cover" | "covers" | "lid" | "fuse" | "fuses" | "filter" | "filters" | "cable"
        | "cables" | "wiring" | "harness" | "harnesses" | "label" | "labels" | "sticker" | "fan" | "fans"
        | "pump" | "pumps" | "gasket" | "gaskets" | "seal" | "seals" | "hose" | "hoses" | "sensor"
        | "sensors" | "bolt" | "bolts" | "controller" => Word::Part,
        "of" | "for" | "on" | "in" | "at" | "from" | "to" => Word::Of,
        "the" | "a" | "this" | "s" | "traction" | "high" | "voltage" | "hv" | "system" | "assembly"
        | "assy" | "cooling" | "temperature" | "current" | "pressure" | "service" | "disconnect"
        | "safety" | "main" | "warning" | "upper" | "lower" | "top" | "bottom" | "front" | "rear"
        | "left" | "right" | "inner" | "outer" => Word::Adjective,
        "and" | "with" | "using" | "incl" | "including" | "plus" | "under" | "after" => Word::Break,
        _ => Word::Other,
    }
}

fn is_exchange(word: &Word) -> bool {
    matches!(word, Word::Exchange | Word::Exchanged)
}

/// Whether a pack or module is spoken of at least once for itself: neither as that of a part which follows ("battery coolant"), nor
/// as that of one which goes before ("coolant of the battery").
fn speaks_of_pack(words: &[Word]) -> bool {
    (0..words.len()).any(|at| words.get(at) == Some(&Word::Pack) && stands_for_itself(words, at))
}

/// The same of the pack at one place. In doubt it does: a suspension too many is a precaution, one too few is none.
fn stands_for_itself(words: &[Word], at: usize) -> bool {
    use Word::{Adjective, Break, Colon, Exchange, Exchanged, Of, Pack, Part};
    let (before, after) = words.split_at(at);
    let is_other = |word: &Word| !matches!(word, Adjective | Pack);
    let before = before
        .iter()
        .rposition(is_other)
        .and_then(|last| before.get(..=last))
        .unwrap_or_default();
    let after = after
        .iter()
        .position(is_other)
        .and_then(|first| after.get(first..))
        .unwrap_or_default();
    if matches!(
        before,
        [.., Exchange | Exchanged] | [.., Exchange | Exchanged, Colon]
    ) {
        // "Replaced battery fuse", but "replaced battery, bled coolant" with whatever between.
        return after.first() != Some(&Part);
    }
    // "Cover removed for battery replacement" says what the battery's own exchange needed.
    let preceded =
        matches!(before, [.., Part, Of] | [.., Part, Exchanged, Of]) && after.first() != Some(&Exchange);
    let clause = before.rsplit(|word| *word == Break).next().unwrap_or_default();
    let is_heading = matches!(clause, [] | [.., Colon]) && !clause.iter().any(is_exchange);
    let told = match after {
        // "Battery: coolant replaced" tells of the coolant.
        [Colon, told @ ..] if is_heading => told,
        _ => after,
    };
    let followed = told
        .iter()
        .take_while(|word| !matches!(word, Exchange | Exchanged | Break | Colon | Of))
        .any(|word| *word == Part);
    !(preceded || followed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cause(typ: StatementType, body: Value) -> Option<Cause> {
        cause_at(400.0, typ, body)
    }

    fn cause_at(highest_volt: f64, typ: StatementType, body: Value) -> Option<Cause> {
        trigger(typ, body.as_object().unwrap(), highest_volt).map(|t| t.cause)
    }

    #[test]
    fn isolation_is_judged_by_the_voltage_of_the_car() {
        for (volt, kohm, expected) in [
            (400.0, 40.0, None),
            (400.0, 39.9, Some(Cause::HighVoltageFault)),
            (756.0, 60.0, Some(Cause::HighVoltageFault)),
            (756.0, 75.6, None),
            (300.0, 35.0, None),
        ] {
            let body = json!({"insulation_kohm": kohm});
            assert_eq!(
                cause_at(volt, StatementType::BatteryHealth, body),
                expected,
                "{kohm} kΩ at {volt} V"
            );
        }
    }

    #[test]
    fn a_new_fault_a_recall_and_another_pack_suspend() {
        use StatementType as T;
        let suspends = [
            (T::RecallOpened, json!({"component": "ICCU"}), Cause::Recall),
            (
                T::RecallClosed,
                json!({"remedy": "Battery system replaced"}),
                Cause::PackSwap,
            ),
            (
                T::ServicePerformed,
                json!({"jobs": [{"text": "Traction battery assembly replaced under recall"}]}),
                Cause::PackSwap,
            ),
            (
                T::ServicePerformed,
                json!({"jobs": [{"text": "고전압 배터리 모듈 교환"}]}),
                Cause::PackSwap,
            ),
            (
                T::ServicePerformed,
                json!({"jobs": [{"text": "Fault P0DE6 read, cleared"}]}),
                Cause::HighVoltageFault,
            ),
            (
                T::InspectionPeriodic,
                json!({"defects": [{"code": "P1B77", "severity": "major"}]}),
                Cause::HighVoltageFault,
            ),
            (
                T::InspectionCondition,
                json!({"high_voltage": {"high_voltage_wiring": "bad"}}),
                Cause::HighVoltageFault,
            ),
            (
                T::BatteryHealth,
                json!({"insulation_kohm": 12}),
                Cause::HighVoltageFault,
            ),
            (T::HazardFlood, json!({"extent": "interior"}), Cause::Damage),
        ];
        for (typ, body, expected) in suspends {
            assert_eq!(cause(typ, body.clone()), Some(expected), "{typ} {body}");
        }
    }

    #[test]
    fn a_recall_of_the_battery_is_told_from_one_of_another_part() {
        for (body, of_battery) in [
            (json!({"component": "traction battery"}), true),
            (json!({"component": "고전압 배터리"}), true),
            (
                json!({"component": "controller", "summary": "Battery management software"}),
                true,
            ),
            (json!({"component": "harness", "park_outside": true}), true),
            (
                json!({"component": "charging control unit", "summary": "The 12 V battery may not be charged"}),
                false,
            ),
            (json!({}), false),
        ] {
            assert_eq!(recall_of_battery(body.as_object().unwrap()), of_battery, "{body}");
        }
    }

    #[test]
    fn ordinary_work_does_not() {
        use StatementType as T;
        for (typ, body) in [
            (
                T::ServicePerformed,
                json!({"jobs": [{"text": "Cabin filter changed"}]}),
            ),
            (
                T::ServicePerformed,
                json!({"jobs": [{"text": "12 V battery replaced"}]}),
            ),
            (
                T::ServicePerformed,
                json!({"jobs": [{"text": "Traction battery inspected"}]}),
            ),
            (T::ServicePerformed, json!({"jobs": [{"text": "P0420 catalyst"}]})),
            (T::RecallClosed, json!({"remedy": "Software updated"})),
            (T::BatteryHealth, json!({"insulation_kohm": 3100})),
            (
                T::InspectionCondition,
                json!({"high_voltage": {"high_voltage_wiring": "good"}}),
            ),
            (T::OdometerRead, json!({})),
        ] {
            assert_eq!(cause(typ, body.clone()), None, "{typ} {body}");
        }
    }

    #[test]
    fn work_on_a_part_of_the_pack_is_no_swap_of_it() {
        let of = |text: &str| cause(StatementType::ServicePerformed, json!({"jobs": [{"text": text}]}));
        let on_a_part = [
            "High-voltage battery coolant replaced",
            "고전압 배터리 냉각수 교환",
            "고전압배터리 냉각수를 교환",
            "구동축전지냉각수교체",
            "Traction battery cover and gasket replaced",
            "구동 축전지 커버 가스켓 교환",
            "HV battery fuse exchanged",
            "고전압 배터리 퓨즈 교체",
            "Replaced the filter of the high voltage battery",
            "고전압 배터리 필터 교환",
            "HV battery cables swapped",
            "고전압 배터리 케이블 교환",
            "Warning label on the traction battery renewed",
            "고전압 배터리 라벨 교체",
            "Battery pack cooling fan replaced",
            "고전압 배터리 냉각팬 교환",
            "Coolant pump for the battery system replaced",
            "고전압 배터리 냉각수 펌프 교환",
            "High-voltage battery: coolant replaced",
            "Battery module gasket replaced",
            "HV battery - coolant replaced",
            "고전압 배터리: 냉각수 교환",
            "Replaced HV battery coolant",
            "Replaced battery pack cooling fan",
            "Replaced HV battery disconnect fuse",
            "Replaced the HV battery's lower cover",
            "Replaced battery module 3 fuse",
            "Coolant replaced in high-voltage battery",
            "고전압 배터리 과전류 퓨즈 교환",
            "고전압 배터리 와이어링 교환",
            "고전압 배터리 하네스 교체",
            "고전압 배터리 점검 결과 퓨즈 교환",
            "HV battery wiring harness replaced",
            "Traction battery control module replaced",
            "Replaced the control module of the traction battery",
            "HV battery management system exchanged",
            "High-voltage battery BMS replaced",
            "고전압 배터리 제어 모듈 교환",
            "고전압 배터리 BMS를 교체",
            "구동축전지 관리 시스템 교체",
        ];
        let of_the_pack = [
            "High-voltage battery replaced",
            "고전압 배터리 교환",
            "고전압 배터리 팩 교체",
            "구동축전지 모듈 2개 교환",
            "Traction battery and coolant replaced",
            "고전압 배터리와 냉각수 교환",
            "고전압 배터리 및 냉각수 교환",
            "High-voltage battery replaced, coolant filled up",
            "High-voltage battery cover taken off, module replaced",
            "고전압 배터리 커버 탈거, 모듈 교환",
            "Cover removed for exchange of traction battery",
            "Cover removed for traction battery exchange",
            "Replaced battery modules 3 and 4",
            "Battery pack with cooling plate and cover exchanged",
            "Battery system replaced",
            "Replaced HV battery (coolant refilled)",
            "Replaced HV battery [coolant refilled]",
            "Replaced traction battery - new coolant",
            "Replaced traction battery – new coolant",
            "Traction battery replaced — new coolant",
            "New traction battery - coolant replaced",
            "Replaced high-voltage battery pack using new seals",
            "Replaced: traction battery - new coolant",
            "HV battery: replaced, coolant filled",
            "교환: 고전압 배터리 (냉각수 포함)",
            "고전압 배터리(냉각수 포함) 교환",
            "Removed cover for HV battery replacement",
            "Removed cover for traction battery assembly exchange",
            "고전압 배터리 어셈블리와 냉각수 교환",
            "고전압 배터리와냉각수 교환",
            "고전압 배터리 팩과 퓨즈 교체",
            "Traction battery and its control module replaced",
            "BMS 및 고전압 배터리 모듈 교환",
        ];
        let read_wrong = |texts: &[&'static str], expected: Option<Cause>| -> Vec<&str> {
            texts
                .iter()
                .copied()
                .filter(|text| of(text) != expected)
                .collect()
        };
        let taken_for_a_swap = read_wrong(&on_a_part, None);
        let overlooked = read_wrong(&of_the_pack, Some(Cause::PackSwap));
        assert_eq!((taken_for_a_swap, overlooked), (Vec::new(), Vec::new()));
        let parts = |text: &str| {
            cause(
                StatementType::ServicePerformed,
                json!({"parts": [{"name": text}]}),
            )
        };
        assert_eq!(parts("High-voltage battery coolant, 5 l"), None);
        assert_eq!(parts("고전압 배터리 퓨즈"), None);
        assert_eq!(parts("High-voltage battery – fuse"), None);
        assert_eq!(
            parts("HV battery (reconditioned, with cover)"),
            Some(Cause::PackSwap)
        );
        assert_eq!(parts("High-voltage battery"), Some(Cause::PackSwap));
        assert_eq!(parts("고전압 배터리 모듈"), Some(Cause::PackSwap));
    }
}
