//! The result: everything a certificate, a table or a sceptic needs, and nothing that depends on when or where it was computed.

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::pack::{Class, Facts, Pack};
use crate::sample::Source;

/// What telemetry says about one battery. The same input and [`Assessment::method`] give the same bytes of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Name and version of the method, as `carnet-soh/6`. Any change of a number changes it.
    pub method: String,
    /// How the battery came to the test.
    pub class: Class,
    /// The battery as described.
    pub pack: Pack,
    /// What was found outside the telemetry.
    pub facts: Facts,
    /// The vehicle the files say they come from; `None` if none of them names one.
    pub vehicle: Option<String>,
    /// What was read.
    pub evidence: Evidence,
    /// Capacity from charge; `None` if refused.
    pub capacity: Option<Estimate>,
    /// Energy taken up while charging, computed the same way and kept apart; `None` if it cannot be said. It is neither usable
    /// energy nor SOCE.
    pub energy: Option<Estimate>,
    /// Why no number is issued; empty if one is.
    pub refusals: Vec<Refusal>,
    /// What was corrected or left out, in sentences for the reader of the certificate.
    pub notices: Vec<Notice>,
    /// How the number came about.
    pub diagnostics: Diagnostics,
    /// Charge sessions in the order of the files.
    pub sessions: Vec<Session>,
    /// The checks beside the capacity.
    pub checks: Vec<Check>,
    /// Readiness for sea transport.
    pub transport: Transport,
}

/// What was read, so that it can be read again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What the operator answered where the files do not speak, as options of the command line; needed to read them again.
    pub answers: Vec<String>,
    /// The files.
    pub sources: Vec<Source>,
    /// Logs of second meters that were laid beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meters: Vec<Source>,
    /// Rows in the files.
    pub rows: u64,
    /// Rows that could not be used, because time or current was missing, repeated or ran backwards.
    pub rows_unused: u64,
    /// First sample, seconds since 1970-01-01 UTC; `None` where the clock shows no date.
    pub from_s: Option<i64>,
    /// Last sample, likewise.
    pub to_s: Option<i64>,
    /// Distance driven at the last sample, km.
    pub odometer_km: Option<Decimal>,
}

/// A capacity or an energy with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The amount, in [`Estimate::unit`].
    pub amount: Decimal,
    /// `Ah` or `kWh`.
    pub unit: String,
    /// Half of the 95 % interval, in the same unit.
    pub half_width95: Decimal,
    /// The same as a percentage of what the maker rates; `None` where that is unknown.
    pub soh: Option<Soh>,
    /// Every part of the uncertainty.
    pub budget: Vec<BudgetTerm>,
}

/// State of health, all values in percent of [`Soh::reference`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Soh {
    /// The value.
    pub percent: Decimal,
    /// Lower end of the 95 % interval.
    pub lower95: Decimal,
    /// Upper end of the 95 % interval.
    pub upper95: Decimal,
    /// Half of the 50 % interval.
    pub half_width50: Decimal,
    /// Half of the 80 % interval.
    pub half_width80: Decimal,
    /// Half of the 95 % interval.
    pub half_width95: Decimal,
    /// What 100 % is: `rated 154.6 Ah of the variant (source)`.
    pub reference: String,
}

/// One part of the uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BudgetTerm {
    /// What is uncertain, as `soc_bias`.
    pub id: String,
    /// In words.
    pub text: String,
    /// Standard uncertainty, percentage points of the estimate's reference (of the estimate itself where none is known).
    pub u_pp: Decimal,
    /// Where the assumed size comes from.
    pub source: String,
}

/// Numbers behind the estimate of capacity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Anchored sessions used.
    pub n_anchored: u32,
    /// Echo sessions used.
    pub n_echo: u32,
    /// Reduced chi-square of the anchored sessions; `None` below two.
    pub chi2red_anchored: Option<Decimal>,
    /// Reduced chi-square of the echo sessions; `None` below two.
    pub chi2red_echo: Option<Decimal>,
    /// Difference of the two groups in standard deviations; `None` if there is one group.
    pub z: Option<Decimal>,
    /// Conformal factor on the interval; at least 1.
    pub k: Decimal,
    /// Current the sensor shows at rest, A, and its standard uncertainty.
    pub offset_a: Option<Decimal>,
    /// Standard uncertainty of the offset, A.
    pub offset_u_a: Decimal,
    /// Whether the management system seems to count coulombs with a capacity of its own, so that echo sessions say nothing.
    pub bms_counts_coulombs: bool,
    /// Spread of echo sessions relative to what noise would give; below 0.3 the management system counts coulombs.
    pub echo_spread: Option<Decimal>,
    /// Smallest step of the state of charge, percentage points.
    pub soc_step_pp: Option<Decimal>,
    /// Smallest step of cell voltage, V.
    pub cell_step_v: Option<Decimal>,
    /// Median time between samples while charging, s.
    pub sampling_s: Option<Decimal>,
}

/// One charge session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its place among the sessions found, from 1.
    pub number: u32,
    /// The logger's own number of it.
    pub logger_id: Option<i64>,
    /// Start, seconds since 1970-01-01 UTC; `None` where the clock shows no date.
    pub start_s: Option<i64>,
    /// How long current flowed, s.
    pub duration_s: Decimal,
    /// State of charge at the start, percent; `None` where it is not known.
    pub soc_start_pct: Option<Decimal>,
    /// State of charge at the end, percent, as used; `None` where it is not known.
    pub soc_end_pct: Option<Decimal>,
    /// How the two were found.
    pub anchors: [Anchor; 2],
    /// Charge, Ah, offset taken off.
    pub charge_ah: Decimal,
    /// Energy at the terminals, kWh.
    pub energy_kwh: Option<Decimal>,
    /// Mean temperature, weighted by charge, °C.
    pub temperature_c: Option<Decimal>,
    /// Highest current, A.
    pub current_max_a: Decimal,
    /// `anchored`, `echo`, or `None` if left out.
    pub group: Option<Group>,
    /// Its own capacity, Ah: charge over change of state of charge; `None` where that is no number.
    pub capacity_ah: Option<Decimal>,
    /// Its weight in the result, percent.
    pub weight_pct: Decimal,
    /// Why it was left out; empty if used.
    pub excluded: Vec<Exclusion>,
}

/// How a state of charge was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// As the management system says.
    Bms,
    /// Full: the current fell at the end voltage.
    Full,
    /// From the voltage of rested cells, where that is sound.
    Ocv,
}

/// Which sessions may speak for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The state of charge at the end was seen independently of the management system.
    Anchored,
    /// It rests on the management system at both ends.
    Echo,
}

/// Why a session was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The reason's code.
    pub code: ExclusionCode,
    /// In words, with the values.
    pub text: String,
}

/// Reasons to leave a session out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExclusionCode {
    /// State of charge rose by less than 10 pp.
    TooShort,
    /// Time between samples above 60 s, or too much of the session missing.
    Gap,
    /// Mean or extreme temperature outside 5 to 45 °C.
    Temperature,
    /// State of charge jumped by more than 3 pp within 60 s.
    SocJump,
    /// State of charge missing at an end, or outside 0 to 100 %.
    SocMissing,
    /// State of charge stood still or fell while charge flowed, or rose without it.
    SocAgainstCharge,
    /// Current flows against the sign of all other sessions.
    CurrentSign,
    /// Cell or pack voltage jumped without a step in current.
    VoltageJump,
    /// Pack voltage and cells in series times cell voltage differ by more than 1 %.
    VoltageMismatch,
    /// Cell voltages outside what the chemistry can have, or in another unit.
    CellVoltage,
    /// Time ran backwards or repeated in more than 5 % of its rows.
    Time,
    /// Not plugged in, or the vehicle moved.
    NotCharging,
    /// Current too unsteady: polled while driving.
    Unsteady,
    /// Says a capacity no other session supports.
    Outlier,
    /// The same charge is in the files twice, or two overlap in time.
    Duplicate,
}

/// Why no number is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason's code.
    pub code: RefusalCode,
    /// In words, with value and limit.
    pub text: String,
    /// What would help.
    pub fix: String,
}

/// Reasons to refuse (docs/method/soh.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    /// No usable row at all, or time or current is missing.
    NoTelemetry,
    /// The files come from more than one vehicle.
    SeveralVehicles,
    /// Time runs backwards or is shuffled in too many rows.
    TimeDisordered,
    /// No charge session was found.
    NoChargeSession,
    /// Only driving data.
    DrivingOnly,
    /// Time between samples above 60 s.
    SamplingTooSlow,
    /// No session ends at an anchor.
    NoAnchor,
    /// Fewer than three sessions in the Field class.
    TooFewSessions,
    /// No session from 10 % or less to full in the Guided class.
    NotGuided,
    /// The 95 % interval is wider than the class allows.
    TooWide,
    /// Sessions contradict each other: reduced chi-square above 4.
    SessionsDisagree,
    /// Anchored and echo sessions contradict each other: more than three standard deviations.
    GroupsDisagree,
    /// Current at rest above 1 % of rated capacity per hour.
    CurrentOffset,
    /// A second meter shows another current.
    CurrentGain,
    /// Sessions outside 5 to 45 °C left too few.
    Temperature,
    /// Sessions with a jump of state of charge left too few.
    SocJump,
    /// It is not known what 100 % state of charge means.
    SocDefinition,
    /// The rated capacity of the exact variant is not known: Ah only.
    RatedCapacityUnknown,
    /// The management system was reset inside the test period.
    BmsReset,
    /// Pack or module replaced inside the test period.
    PackSwap,
    /// Pack and cell voltage differ by more than 1 %.
    VoltageMismatch,
    /// LFP without a full charge in the last 30 days.
    LfpNoRecentFull,
    /// A capacity no battery of this description has.
    Implausible,
    /// Description of the battery contradicts itself or the telemetry.
    PackDescription,
}

impl RefusalCode {
    /// The code as in JSON.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }
}

/// Something corrected or left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Short code in `snake_case`, stable.
    pub code: String,
    /// In words.
    pub text: String,
}

/// One check beside the capacity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Stable id in `snake_case`.
    pub id: String,
    /// What was checked, in words.
    pub name: String,
    /// What was found, with unit; `None` if it was not measured.
    pub value: Option<String>,
    /// The limit, with unit.
    pub limit: String,
    /// Which rule sets the limit.
    pub limit_source: String,
    /// The outcome.
    pub result: CheckResult,
    /// What to do about it; empty for a pass.
    pub advice: String,
}

/// Outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// Within the limit.
    Pass,
    /// Shown for comparison; no limit applies.
    Info,
    /// Not measured.
    NotMeasured,
    /// Worth a look.
    Warn,
    /// Beyond the limit.
    Fail,
}

/// Readiness of the vehicle for carriage by sea as UN 3556.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transport {
    /// `UN 3556`.
    pub un_number: String,
    /// State of charge, percent; `None` if unknown.
    pub soc_pct: Option<Decimal>,
    /// When it was measured, seconds since 1970-01-01 UTC.
    pub soc_measured_s: Option<i64>,
    /// The rule applied.
    pub rule: CarrierRule,
    /// Whether everything known allows carriage; `None` if something needed is unknown.
    pub ready: Option<bool>,
    /// Why not, or what is unknown.
    pub reasons: Vec<String>,
}

/// A row of the carrier table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CarrierRule {
    /// Key, as `default`.
    pub key: String,
    /// Route or carrier in words.
    pub name: String,
    /// Lowest state of charge accepted, percent.
    pub min_soc_pct: f64,
    /// Highest state of charge accepted, percent.
    pub max_soc_pct: f64,
    /// State of charge above which a warning is printed, percent.
    pub warn_soc_pct: f64,
    /// Where the rule is published.
    pub source: String,
}

impl Session {
    /// State of charge at start and end in percent, a dash where one is not known, each with what the caller says behind it, as `35.00 – 100.00 full`.
    pub fn soc_range(&self, said: [&str; 2]) -> String {
        match (self.soc_start_pct, self.soc_end_pct) {
            (None, None) => "–".into(),
            (start, end) => {
                let shown = |soc: Option<Decimal>| soc.map_or_else(|| "?".into(), |soc| soc.to_string());
                let [first, last] = said;
                format!("{}{first} – {}{last}", shown(start), shown(end))
            }
        }
    }
}

impl Assessment {
    /// The capacity as state of health, if one is issued.
    pub fn soh(&self) -> Option<&Soh> {
        self.capacity.as_ref()?.soh.as_ref()
    }
}
