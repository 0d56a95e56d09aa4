//! Readiness for carriage by sea as UN 3556, lithium-ion battery powered vehicle (IMDG Code 42-24, mandatory from 1 January
//! 2026), with a table of what carriers ask of the state of charge.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::assessment::{CarrierRule, Check, CheckResult, Transport};
use crate::decimal::Decimal;
use crate::pack::Facts;

/// How the reason begins that a battery is damaged or defective.
pub const DAMAGED: &str = "damaged or defective";

/// The reason why a state of charge says nothing.
pub const UNDATED: &str = "it is not known when the state of charge was measured";

/// Checks whose failure stops carriage.
const STOPS: [&str; 7] = [
    "isolation",
    "hv_dtcs",
    "recalls",
    "cell_limits",
    "cell_spread",
    "self_discharge",
    "temperature_highest",
];
/// Checks that leave it open as soon as they are to be watched.
const ASKS: [&str; 2] = ["isolation", "self_discharge"];

/// Checks that must have been made before anybody says that the vehicle is ready.
const NEEDS: [&str; 3] = ["isolation", "hv_dtcs", "recalls"];

/// The table, as text that a shipping clerk can read and edit.
const CARRIERS: &str = include_str!("../data/carriers.toml");

#[derive(Deserialize)]
struct Table {
    rule: Vec<CarrierRule>,
}

/// Every rule of the table; `default` first.
pub fn rules() -> &'static [CarrierRule] {
    static RULES: LazyLock<Vec<CarrierRule>> =
        LazyLock::new(|| toml::from_str::<Table>(CARRIERS).map_or_else(|_| Vec::new(), |table| table.rule));
    &RULES
}

/// Judges readiness from the state of charge (a fraction, with its time), open faults and facts.
pub(crate) fn judge(facts: &Facts, soc: Option<f64>, measured_s: Option<i64>, checks: &[Check]) -> Transport {
    let mut reasons = Vec::new();
    let mut ready = Some(true);
    let asked = facts.carrier.as_deref().unwrap_or("default");
    let known = rules().iter().find(|rule| rule.key == asked);
    if known.is_none() {
        reasons.push(format!(
            "there is no carrier rule `{asked}`: the default was used"
        ));
    }
    // The embedded table is tested to parse; with nothing to judge by, nothing is ready.
    let nothing = || CarrierRule {
        key: asked.to_owned(),
        name: String::new(),
        min_soc_pct: 0.0,
        max_soc_pct: 0.0,
        warn_soc_pct: 0.0,
        source: String::new(),
    };
    let rule = known.or(rules().first()).cloned().unwrap_or_else(nothing);
    let percent = soc.map(|soc| 100.0 * soc);
    match percent {
        None => {
            ready = None;
            reasons.push("the state of charge is not known".into());
        }
        Some(percent) if percent < rule.min_soc_pct || percent > rule.max_soc_pct => {
            ready = Some(false);
            reasons.push(format!(
                "state of charge {percent:.1} % is outside {} to {} % ({})",
                rule.min_soc_pct, rule.max_soc_pct, rule.source
            ));
        }
        Some(percent) if percent > rule.warn_soc_pct => {
            reasons.push(format!(
                "state of charge {percent:.0} % is allowed, but above the {} % that carriers prefer",
                rule.warn_soc_pct
            ));
        }
        Some(_) => {}
    }
    // What it was at some time says nothing of what it is on board.
    if percent.is_some() && measured_s.is_none() {
        ready = ready.filter(|ready| !ready);
        reasons.push(UNDATED.into());
    }
    for check in checks {
        let id = check.id.as_str();
        match check.result {
            CheckResult::Fail if STOPS.contains(&id) => ready = Some(false),
            // Its own advice is not to ship before somebody has looked.
            CheckResult::NotMeasured if NEEDS.contains(&id) => {
                ready = ready.filter(|ready| !ready);
                reasons.push(format!("{}: nobody has looked", check.name));
                continue;
            }
            CheckResult::Warn if ASKS.contains(&id) => ready = ready.filter(|ready| !ready),
            _ => continue,
        }
        reasons.push(format!(
            "{}: {}",
            check.name,
            check.value.as_deref().unwrap_or("failed")
        ));
    }
    match facts.damaged {
        Some(true) => {
            ready = Some(false);
            reasons.push(format!(
                "{DAMAGED}: the battery is removed, or carriage is approved under SP 376"
            ));
        }
        Some(false) => {}
        None => {
            ready = ready.and_then(|ready| if ready { None } else { Some(false) });
            reasons.push("nobody has stated whether the battery is damaged or defective".into());
        }
    }
    Transport {
        un_number: "UN 3556".into(),
        soc_pct: percent.and_then(|p| Decimal::new(p, 1)),
        soc_measured_s: measured_s,
        rule,
        ready,
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(soc: f64, carrier: &str) -> Option<bool> {
        let facts = Facts {
            damaged: Some(false),
            carrier: Some(carrier.into()),
            ..Facts::default()
        };
        judge(&facts, Some(soc), Some(1_754_265_600), &[]).ready
    }

    #[test]
    fn the_table_of_carriers_is_sound() {
        let rules = rules();
        assert_eq!(rules[0].key, "default");
        for rule in rules {
            assert!(
                rule.min_soc_pct < rule.max_soc_pct && rule.warn_soc_pct <= rule.max_soc_pct,
                "{rule:?}"
            );
            assert!(!rule.source.is_empty());
        }
    }

    #[test]
    fn a_state_of_charge_outside_the_window_is_not_ready() {
        assert_eq!(ready(0.25, "default"), Some(true));
        assert_eq!(ready(0.45, "greece"), Some(false));
        assert_eq!(ready(0.45, "default"), Some(true));
        assert_eq!(ready(0.80, "default"), Some(false));
    }

    #[test]
    fn what_nobody_looked_at_is_not_ready_either() {
        let judged = judge(&Facts::default(), Some(0.3), Some(1_754_265_600), &[]);
        assert_eq!(judged.ready, None);
    }
}
