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

/// Least isolation of a 400 V system at 100 Ω/V (UN Regulation No. 100, 5.1.3), in kilo-ohms.
const LEAST_ISOLATION_KOHM: f64 = 40.0;

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

/// Whether a statement suspends a certificate. Reads what is disclosed; the fields it needs are never personal.
pub fn trigger(typ: StatementType, body: &Map<String, Value>) -> Option<Trigger> {
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
            if names_battery(remedy) && names_exchange(remedy) {
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
            if isolation < LEAST_ISOLATION_KOHM {
                return found(
                    Cause::HighVoltageFault,
                    &format!("isolation {isolation} kΩ, less than {LEAST_ISOLATION_KOHM}"),
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
    if let Some(text) = jobs
        .iter()
        .find(|text| names_battery(text) && names_exchange(text))
    {
        return Some(of(Cause::PackSwap, text));
    }
    parts
        .iter()
        .find(|text| names_battery(text))
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

fn names_exchange(text: &str) -> bool {
    const EXCHANGE: [&str; 6] = ["replac", "exchang", "swap", "renewed", "교환", "교체"];
    let text = text.to_lowercase();
    EXCHANGE.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cause(typ: StatementType, body: Value) -> Option<Cause> {
        trigger(typ, body.as_object().unwrap()).map(|t| t.cause)
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
}
