//! What an evaluator found about one battery (ISO/IEC 17065, 7.4), and what of it stands in the way of a certificate.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Decimal;
use crate::application::{Application, Implausible, line};

/// What the state of health is called everywhere: not SOCE, which needs certified energy and the conditions of GTR 22.
pub const SOH_NAME: &str = "SoH (capacity, Carnet method)";

/// The widest half of the 95 % interval that is certified, in percentage points.
const WIDEST: Decimal = Decimal::whole(4);

/// Days after the last measurement on which a certificate may still be granted and issued: the scheme's own rule, see
/// docs/decisions/0026-how-old-the-data-may-be.md.
pub const FRESH_DAYS: i32 = 30;

/// Days from the first to the last measurement of one evaluation: what is older speaks of another battery.
pub const SPAN_DAYS: i32 = 365;

/// Most characters of a value in words.
pub const TEXT: usize = 300;

/// A text that is at most so many characters long, cut after a word where it is longer, and marked so.
pub fn shortened(text: &str, longest: usize) -> String {
    const MARK: &str = " …";
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept = longest.saturating_sub(MARK.chars().count());
    let end = text.char_indices().nth(kept).map_or(text.len(), |(at, _)| at);
    let (head, rest) = text.split_at(end);
    let word = match head.rfind(char::is_whitespace) {
        // The cut is behind a word already, or in one that fills more than half of the room: then it is cut itself.
        _ if rest.starts_with(char::is_whitespace) => head,
        Some(at) if at * 2 > head.len() => head.get(..at).unwrap_or(head),
        _ => head,
    };
    format!("{}{MARK}", word.trim_end_matches([' ', ',', ';', '(', '·']))
}

/// Checks without which nobody can say that a car is ready for transport.
pub const NEEDED_FOR_TRANSPORT: [&str; 3] = ["isolation", "hv_dtcs", "recalls"];

/// Most sessions, checks and files listed.
const MOST: usize = 200;

/// How the battery was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// From a history of charge sessions in use.
    Field,
    /// From charges done for the purpose, from nearly empty to full.
    Guided,
}

/// One term of the error budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetTerm {
    /// Where the error comes from.
    pub source: String,
    /// Its half-width at 95 %, in percentage points of rated capacity.
    pub half_width_pp: Decimal,
}

/// State of health: capacity as a percentage of rated capacity, with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Soh {
    /// Always [`SOH_NAME`].
    pub name: String,
    /// Percent of rated capacity.
    pub value_pct: Decimal,
    /// Lower end of the 95 % interval, rounded down.
    pub lower95_pct: Decimal,
    /// Upper end, rounded up.
    pub upper95_pct: Decimal,
    /// Always `capacity`.
    pub basis: String,
    /// What the percentage is of.
    pub reference: String,
    /// Capacity, in ampere-hours.
    pub capacity_ah: Decimal,
    /// Energy, in kilowatt-hours, where it was estimated. Kept apart: it is no part of the percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_kwh: Option<Decimal>,
    /// How it was measured.
    pub class: Class,
    /// Name and version of the method.
    pub method_version: String,
    /// Sessions whose ends are tied to voltage.
    pub n_anchored: u32,
    /// Sessions that rest on the car's own state of charge.
    pub n_echo: u32,
    /// What the interval is made of.
    pub error_budget: Vec<BudgetTerm>,
    /// What the car says of itself, in percent. Stated beside, never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_by_vehicle_pct: Option<Decimal>,
}

/// Why no number is given, or what was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The method's code for it.
    pub code: String,
    /// In words.
    pub text: String,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// Within the limit.
    Pass,
    /// Within it, and near.
    Watch,
    /// Outside it. No certificate.
    Fail,
    /// Not measured. Said, never guessed.
    NotMeasured,
    /// Stated without a limit.
    Stated,
}

/// A value as measured, or a limit: exactly the fields that its kind needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quantity {
    /// A measured number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Decimal>,
    /// The least of a range, or the least that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Decimal>,
    /// The most of a range, or the most that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Decimal>,
    /// What has no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Unit of the numbers, such as `mV`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// As an assessment words it: `12 mV`, `3.214 to 4.183 V`, `at most 5 K`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number, self.at_least, self.at_most, &self.text) {
            (Some(number), ..) => write!(f, "{number}")?,
            (_, Some(low), Some(high), _) => write!(f, "{low} to {high}")?,
            (_, Some(low), None, _) => write!(f, "at least {low}")?,
            (_, None, Some(high), _) => write!(f, "at most {high}")?,
            (.., Some(text)) => return f.write_str(text),
            (None, None, None, None) => return Ok(()),
        }
        match self.unit.as_deref() {
            Some(unit) if !unit.is_empty() => write!(f, " {unit}"),
            _ => Ok(()),
        }
    }
}

/// One check of the battery or the car.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Check {
    /// Which, such as `cell_spread`.
    pub id: String,
    /// What was found.
    pub result: CheckResult,
    /// The value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Quantity>,
    /// The limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Quantity>,
    /// Who set the limit: a regulation, or Carnet.
    pub limit_source: String,
    /// What to do, where something is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// The state of charge that one carrier accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SocWindow {
    /// The carrier, or the guidance.
    pub carrier: String,
    /// Least, in percent.
    pub min_pct: Decimal,
    /// Most, in percent.
    pub max_pct: Decimal,
}

/// Readiness for sea transport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transport {
    /// `UN 3556` for a lithium-ion vehicle (IMDG Code, amendment 42-24).
    pub un_number: String,
    /// State of charge, in percent, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soc_pct: Option<Decimal>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soc_measured_on: Option<Date>,
    /// What carriers accept.
    pub windows: Vec<SocWindow>,
    /// Whether nothing stands in the way.
    pub ready: bool,
    /// What does.
    pub obstacles: Vec<String>,
}

/// One session, for the picture on the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Session {
    /// Rise of the state of charge, in percentage points.
    pub delta_soc_pct: Decimal,
    /// Charge, in ampere-hours.
    pub charge_ah: Decimal,
    /// Whether its ends are tied to voltage.
    pub anchored: bool,
}

/// What the numbers rest on. The data itself stays with whoever measured; its hash commits to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    /// First day of the data.
    pub from: Date,
    /// Last day of the data.
    pub until: Date,
    /// SHA-256 of the assessment, hex. Whoever has the raw files makes the same bytes again with `carnet battery recompute`.
    pub assessment_sha256: String,
    /// SHA-256 of each raw file, hex.
    pub raw_sha256: Vec<String>,
    /// The sessions.
    pub sessions: Vec<Session>,
}

/// What a car's history says of its battery that stands in nobody's way, each with its day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Background {
    /// Open recalls of other parts.
    pub open_recalls: Vec<(String, Date)>,
    /// Exchanges of the pack before it was measured.
    pub exchanges: Vec<(String, Date)>,
}

impl Background {
    /// In words, by the check that says it.
    fn by_check(&self) -> Vec<(&'static str, String)> {
        /// What fits on a page.
        const MOST: usize = 3;
        /// Characters of all that is told, so that room is left for what the check itself found.
        const TOLD: usize = 190;
        /// Characters of a day with its brackets, and of what stands between two.
        const AROUND: usize = 15;
        [
            ("recalls", &self.open_recalls),
            ("battery_history", &self.exchanges),
        ]
        .into_iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(id, all)| {
            let each = TOLD / all.len().min(MOST) - AROUND;
            let mut words: Vec<String> = all
                .iter()
                .take(MOST)
                .map(|(said, day)| format!("{} ({day})", shortened(said, each)))
                .collect();
            if all.len() > MOST {
                words.push(format!("+ {}", all.len() - MOST));
            }
            (id, words.join("; "))
        })
        .collect()
    }
}

/// An evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evaluation {
    /// The state of health; absent where the method refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soh: Option<Soh>,
    /// Why the method refused, where it did.
    pub refused: Vec<Reason>,
    /// The checks.
    pub checks: Vec<Check>,
    /// Readiness for transport.
    pub transport: Transport,
    /// What it rests on.
    pub evidence: Evidence,
    /// The odometer when the car was evaluated, in kilometres.
    pub odometer_km: u32,
    /// Full cycles so far, where a counter says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_cycles: Option<u32>,
}

impl Evaluation {
    /// Refuses what no evaluation can say.
    ///
    /// # Errors
    /// The first field that contradicts itself or is outside what can be.
    pub fn check(&self) -> Result<(), Implausible> {
        let wrong = |field, problem: String| Err(Implausible { field, problem });
        if let Some(soh) = &self.soh {
            if soh.name != SOH_NAME || soh.basis != "capacity" {
                return wrong(
                    "soh.name",
                    format!("must be {SOH_NAME:?} with the basis \"capacity\"; it is not SOCE"),
                );
            }
            if !(soh.lower95_pct <= soh.value_pct && soh.value_pct <= soh.upper95_pct) {
                return wrong(
                    "soh.lower95Pct",
                    format!(
                        "the interval {} to {} does not hold the value {}",
                        soh.lower95_pct, soh.upper95_pct, soh.value_pct
                    ),
                );
            }
            if soh.lower95_pct < Decimal::whole(0) || soh.upper95_pct > Decimal::whole(150) {
                return wrong(
                    "soh.valuePct",
                    "a battery has 0 to 150 % of its rated capacity".to_owned(),
                );
            }
            line("soh.reference", &soh.reference, 120)?;
            line("soh.methodVersion", &soh.method_version, 60)?;
        } else if self.refused.is_empty() {
            return wrong(
                "soh",
                "is absent, and no reason says why; give one or the other".to_owned(),
            );
        }
        if self.evidence.from > self.evidence.until {
            return wrong(
                "evidence.from",
                format!("{} lies after {}", self.evidence.from, self.evidence.until),
            );
        }
        let hex = |text: &String| {
            text.len() == 64
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        if !hex(&self.evidence.assessment_sha256) || !self.evidence.raw_sha256.iter().all(hex) {
            return wrong(
                "evidence.assessmentSha256",
                "hashes are SHA-256 in 64 lower-case hex digits".to_owned(),
            );
        }
        for (field, length) in [
            ("evidence.sessions", self.evidence.sessions.len()),
            ("evidence.rawSha256", self.evidence.raw_sha256.len()),
            ("checks", self.checks.len()),
            ("refused", self.refused.len()),
            ("transport.windows", self.transport.windows.len()),
            ("transport.obstacles", self.transport.obstacles.len()),
        ] {
            if length > MOST {
                return wrong(field, format!("{length} entries; at most {MOST} are kept"));
            }
        }
        if self.transport.ready
            && let Some(open) = self.not_looked_at()
        {
            return wrong(
                "transport.ready",
                format!("is true, and nobody measured {open}; measure it, or say false"),
            );
        }
        for check in &self.checks {
            line("checks.id", &check.id, 40)?;
            line("checks.limitSource", &check.limit_source, 200)?;
        }
        if self.odometer_km > 3_000_000 {
            return wrong(
                "odometerKm",
                format!("{} km is more than any car has run", self.odometer_km),
            );
        }
        Ok(())
    }

    /// The first check that readiness for transport needs and that was not made.
    pub fn not_looked_at(&self) -> Option<&'static str> {
        NEEDED_FOR_TRANSPORT.into_iter().find(|needed| {
            !self
                .checks
                .iter()
                .any(|check| check.id == *needed && check.result != CheckResult::NotMeasured)
        })
    }

    /// Refuses an evaluation that contradicts the application it is for.
    ///
    /// # Errors
    /// The percentage is not that of the capacity and the rated capacity, or the car was measured before it was registered.
    pub fn fits(&self, application: &Application) -> Result<(), Implausible> {
        let wrong = |field, problem: String| Err(Implausible { field, problem });
        if let Some(soh) = &self.soh {
            let rated = application.battery.rated_ah;
            let of_rated = 100.0 * soh.capacity_ah.to_f64() / rated.to_f64();
            // Both are written to their last digit, and the percentage may have been rounded twice.
            let rounding =
                0.55 * soh.value_pct.last_place() + 50.0 * soh.capacity_ah.last_place() / rated.to_f64();
            let apart = (soh.value_pct.to_f64() - of_rated).abs();
            if apart.is_nan() || apart > rounding + 1e-9 {
                return wrong(
                    "soh.valuePct",
                    format!(
                        "is {} %, and {} Ah of the {rated} Ah rated are {of_rated:.2} %; compute it again from the telemetry",
                        soh.value_pct, soh.capacity_ah
                    ),
                );
            }
        }
        let (registered, until) = (application.vehicle.first_registration, self.evidence.until);
        if registered > until {
            return wrong(
                "evidence.until",
                format!(
                    "the last measurement, {until}, lies before the first registration of the car, {registered}; \
                     one of the two is wrong: apply again with the day from the car's papers, or set the clock of the logger"
                ),
            );
        }
        Ok(())
    }

    /// Adds to the checks what the car's history says beside them, and what to do about it: no obstacle, and nothing that "none"
    /// could stand for.
    pub fn tell(&mut self, background: &Background) {
        for (id, told) in background.by_check() {
            let action = match id {
                "recalls" => "have the recall done and show the record",
                _ => "show the work order",
            };
            for check in self.checks.iter_mut().filter(|check| check.id == id) {
                let found = [CheckResult::Watch, CheckResult::Fail].contains(&check.result);
                if !found || check.action.is_none() {
                    // What was to be done while nothing was known ("ask the maker") is done.
                    check.action = Some(action.to_owned());
                }
                let before = check.value.as_ref().and_then(|value| value.text.as_deref());
                let text = match before {
                    // What the history says stands whole: whoever decides looks for it.
                    Some(before) if found => {
                        let room = TEXT.saturating_sub(told.chars().count() + 2);
                        format!("{}; {told}", shortened(before, room))
                    }
                    _ => told.clone(),
                };
                check.value = Some(Quantity {
                    text: Some(text),
                    ..Quantity::default()
                });
                if check.result != CheckResult::Fail {
                    check.result = CheckResult::Watch;
                }
            }
        }
    }

    /// What the car's history says and the checks do not; `None` where they say it.
    pub fn untold(&self, background: &Background) -> Option<String> {
        let says = |id: &str, told: &str| {
            self.checks
                .iter()
                .filter(|check| check.id == id)
                .filter_map(|check| check.value.as_ref()?.text.as_deref())
                .any(|text| text.contains(told))
        };
        background
            .by_check()
            .into_iter()
            .find_map(|(id, told)| (!says(id, &told)).then_some(told))
    }

    /// Why the data is too old for a certificate on a day, or too new to be true; `None` where it is neither.
    pub fn out_of_date(&self, on: Date) -> Option<String> {
        let until = self.evidence.until;
        let days = days_between(until, on);
        if days < 0 {
            return Some(format!(
                "the data ends on {until}, after {on}; set the clock of the logger or of this machine"
            ));
        }
        (days > FRESH_DAYS).then(|| {
            format!(
                "the data ends on {until}, {days} days before {on}; at most {FRESH_DAYS} are allowed: measure again"
            )
        })
    }

    /// What stands in the way of a certificate; empty where nothing does. Nobody in the scheme can grant past these. How old the
    /// data is depends on the day, and is asked of [`Evaluation::out_of_date`].
    pub fn obstacles(&self) -> Vec<String> {
        let mut obstacles: Vec<String> = self
            .refused
            .iter()
            .map(|reason| format!("the method refused: {} ({})", reason.text, reason.code))
            .collect();
        match &self.soh {
            None if obstacles.is_empty() => obstacles.push("there is no state of health".to_owned()),
            Some(soh) => {
                let widths = [
                    soh.lower95_pct.less_than_by(soh.value_pct),
                    soh.value_pct.less_than_by(soh.upper95_pct),
                ];
                // Both ends were rounded outwards to a tenth, and the value to its nearest: up to 0.15 of that is ours.
                if widths
                    .into_iter()
                    .any(|width| width.is_none_or(|w| w.to_f64() > WIDEST.to_f64() + 0.15))
                {
                    obstacles.push(format!(
                        "the interval {} to {} % is wider than ± {WIDEST} percentage points",
                        soh.lower95_pct, soh.upper95_pct
                    ));
                }
                if soh.n_anchored == 0 {
                    obstacles
                        .push("no session is anchored: the car's own counter only echoes itself".to_owned());
                }
            }
            None => {}
        }
        let span = days_between(self.evidence.from, self.evidence.until);
        if span > SPAN_DAYS {
            obstacles.push(format!(
                "the data spans {span} days; at most {SPAN_DAYS} speak of one battery: leave out the older sessions"
            ));
        }
        obstacles.extend(
            self.checks
                .iter()
                .filter(|check| check.result == CheckResult::Fail)
                .map(|check| format!("check {} failed ({})", check.id, check.limit_source)),
        );
        obstacles
    }
}

/// Days from one day to another; negative where it lies before.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, result: CheckResult, action: Option<&str>) -> Check {
        Check {
            id: id.to_owned(),
            result,
            value: None,
            limit: None,
            limit_source: "maker".to_owned(),
            action: action.map(str::to_owned),
        }
    }

    fn with(checks: Vec<Check>) -> Evaluation {
        let day = jiff::civil::date(2026, 3, 1);
        Evaluation {
            soh: None,
            refused: Vec::new(),
            checks,
            transport: Transport {
                un_number: "UN 3556".to_owned(),
                soc_pct: None,
                soc_measured_on: None,
                windows: Vec::new(),
                ready: false,
                obstacles: Vec::new(),
            },
            evidence: Evidence {
                from: day,
                until: day,
                assessment_sha256: String::new(),
                raw_sha256: Vec::new(),
                sessions: Vec::new(),
            },
            odometer_km: 0,
            full_cycles: None,
        }
    }

    #[test]
    fn a_text_is_cut_after_a_word_and_says_so() {
        assert_eq!(
            shortened("traction battery module", 40),
            "traction battery module"
        );
        assert_eq!(shortened("traction battery module", 20), "traction battery …");
        assert_eq!(shortened("traction battery module", 18), "traction battery …");
        assert_eq!(shortened("P0AA6, P0DE6, P0A1F", 15), "P0AA6, P0DE6 …");
        assert_eq!(shortened(&"고전압배터리".repeat(9), 20).chars().count(), 20);
        for longest in 0..40 {
            let short = shortened("a recall of the high-voltage battery pack", longest);
            assert!(short.chars().count() <= longest.max(2), "{longest}: {short}");
        }
    }

    #[test]
    fn what_the_history_says_stands_whole_beside_a_shortened_finding() {
        let day = jiff::civil::date(2026, 3, 1);
        let recall = "the parking brake cable may loosen and the car roll away while it charges on a slope of more than 8 %";
        let background = Background {
            open_recalls: (0..5).map(|n| (format!("{n}: {recall}"), day)).collect(),
            exchanges: Vec::new(),
        };
        let found = "SAMPLE-2026-11: the traction battery may overheat; ".repeat(6);
        let mut evaluation = with(vec![Check {
            value: Some(Quantity {
                text: Some(found.chars().take(TEXT).collect()),
                ..Quantity::default()
            }),
            ..check("recalls", CheckResult::Fail, None)
        }]);
        assert!(evaluation.untold(&background).is_some());
        evaluation.tell(&background);
        let text = evaluation.checks[0].value.as_ref().unwrap().text.clone().unwrap();
        assert!(text.chars().count() <= TEXT, "{}", text.chars().count());
        assert_eq!(evaluation.untold(&background), None);
        assert!(
            text.starts_with("SAMPLE-2026-11: the traction battery may overheat"),
            "{text}"
        );
        assert!(
            text.ends_with("+ 2") && text.matches("(2026-03-01)").count() == 3,
            "{text}"
        );
        assert_eq!(evaluation.checks[0].result, CheckResult::Fail);
    }
    #[test]
    fn what_the_history_says_has_an_action_and_the_checks_own_stays_where_it_found_something() {
        let day = jiff::civil::date(2026, 3, 1);
        let background = Background {
            open_recalls: vec![("Charging control unit".to_owned(), day)],
            exchanges: vec![("Battery system replaced".to_owned(), day)],
        };
        let recall = "have the recall done and show the record";
        let order = "show the work order";
        use CheckResult as R;
        for (id, result, action, expected) in [
            ("recalls", R::Pass, None, recall),
            ("recalls", R::NotMeasured, Some("ask the maker"), recall),
            ("recalls", R::Watch, None, recall),
            ("recalls", R::Fail, Some("have both done"), "have both done"),
            ("battery_history", R::Stated, Some("ask the owner"), order),
            ("battery_history", R::Watch, Some("test again"), "test again"),
        ] {
            let mut evaluation = with(vec![check(id, result, action)]);
            evaluation.tell(&background);
            let told = evaluation.checks[0].action.as_deref();
            assert_eq!(told, Some(expected), "{id} {result:?}");
        }
        let mut evaluation = with(vec![check("isolation", R::Pass, None)]);
        evaluation.tell(&background);
        assert_eq!(evaluation.checks[0].action, None);
    }
}
