//! What a certificate says, as plain values. Whoever calls fills this from the credential and from nothing else, so that the
//! pages can be made again from the credential and compared.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::Language;

/// Everything that is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The language of the pages.
    pub language: Language,
    /// Where the certificate stands. Only one in force is printed.
    pub standing: Standing,
    /// Print SPECIMEN across the pages.
    pub specimen: bool,
    /// The certificate's number, as in the issuer's directory.
    pub number: String,
    /// Who issues.
    pub issuer: Issuer,
    /// When it was issued; also the date of the document.
    pub issued_at: Timestamp,
    /// How long it counts.
    pub validity: Validity,
    /// The car.
    pub vehicle: Vehicle,
    /// Its battery.
    pub battery: Battery,
    /// The estimate, with its interval.
    pub health: Health,
    /// What the estimate rests on.
    pub evidence: Evidence,
    /// The checks, in the order to be printed; at most 16.
    pub checks: Vec<Check>,
    /// May it go on a ship.
    pub transport: Transport,
    /// Who did which step.
    pub people: People,
    /// The https address of the certificate in the directory, at most 200 characters. The QR code holds it together with
    /// the credential's SHA-256.
    pub verify_url: String,
    /// The signed credential. It is embedded byte for byte.
    pub credential: Vec<u8>,
}

/// Where a certificate stands in its scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Issued, not suspended, not withdrawn, not expired.
    InForce,
    /// Not to be relied on until the suspension is lifted.
    Suspended,
    /// Ended before its time.
    Withdrawn,
    /// Past its date or kilometres.
    Expired,
    /// Never issued.
    Refused,
}

/// Who issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The name as registered.
    pub name: String,
    /// The decentralised identifier that signed the credential, such as `did:web:lab.example.org`.
    pub id: String,
}

/// How long a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// It also ends when the odometer passes this, in km.
    pub odometer_limit_km: u32,
}

/// The car.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// Its VIN; none in the redacted twin of a certificate.
    pub vin: Option<String>,
    /// Who made it.
    pub make: String,
    /// Which model.
    pub model: String,
    /// Which variant.
    pub variant: Option<String>,
    /// First registration anywhere.
    pub first_registration: Option<Date>,
    /// Odometer at the test, in km.
    pub odometer_km: u32,
}

/// The traction battery.
#[derive(Debug, Clone, PartialEq)]
pub struct Battery {
    /// Its serial or identification number.
    pub id: Option<String>,
    /// Chemistry in its usual letters: NMC, LFP.
    pub chemistry: String,
    /// Cell groups in series.
    pub cells_in_series: u16,
    /// Rated capacity of exactly this variant, in Ah: what the state of health is a percentage of.
    pub rated_ah: f64,
    /// Where the rating is taken from.
    pub rated_source: String,
    /// State of health that the car itself shows, in percent; printed beside ours, never used for it.
    pub reported_soh_percent: Option<f64>,
}

/// The estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// State of health in percent of the rated capacity.
    pub soh_percent: f64,
    /// Lower end of the 95 % interval, in percent.
    pub lower_percent: f64,
    /// Upper end of the 95 % interval, in percent.
    pub upper_percent: f64,
    /// Capacity today, in Ah.
    pub capacity_ah: f64,
    /// How the telemetry was obtained.
    pub class: Class,
    /// Grade, on the lower end of the interval.
    pub grade: Grade,
    /// The least lower end for the grades A, B, C and D, in percent, falling: 90, 80, 72, 60 for cars of category M1.
    pub grade_floors: [f64; 4],
    /// The legal minimum at this age and distance; none where no curve applies.
    pub curve: Option<Curve>,
    /// Method and its version.
    pub method: String,
}

/// How the telemetry was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// From charging as it happened.
    Field,
    /// From charges that the lab guided from nearly empty to full.
    Guided,
}

/// Grade, on the lower end of the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// 90 % or more.
    A,
    /// 80 % or more.
    B,
    /// At or above the Euro 7 minimum at eight years.
    C,
    /// 60 % or more.
    D,
    /// Less.
    E,
}

impl Grade {
    /// The letter that is printed.
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }
}

/// The minimum that Euro 7, Regulation (EU) 2024/1257, sets for this age and distance, and whether the lower end of the
/// interval reaches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// The minimum in percent.
    pub required_percent: f64,
    /// Shown to meet it. When false, it is not shown to meet it, which is not the same as shown to miss it.
    pub met: bool,
}

/// What the estimate rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// First day of the test period.
    pub from: Date,
    /// Last day of the test period.
    pub until: Date,
    /// The charging sessions used, 1 to 200 of them.
    pub sessions: Vec<Session>,
    /// SHA-256 of the assessment that was made of the charging logs, in hex.
    pub assessment_sha256: String,
    /// SHA-256 of each charging log as it was handed in, in hex; none where the evaluation names none.
    pub data_sha256: Vec<String>,
}

/// One charging session as a point of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Session {
    /// Share of the battery that was filled, in percentage points of its state of charge, above 0 and at most 100.
    pub delta_soc_percent: f64,
    /// Charge that went in, in Ah.
    pub charge_ah: f64,
    /// Begins or ends at a point that does not rest on the car's own gauge.
    pub anchored: bool,
}

/// One line of the table of checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// What was found.
    pub value: Reading,
    /// What it was held against.
    pub limit: Limit,
    /// Where the limit comes from; may be empty when there is none.
    pub source: String,
    /// What follows.
    pub outcome: Outcome,
    /// What to do, in the assessment's own words, at most [`LONGEST_ACTION`] characters. Printed where `messages/` has no words
    /// for this check and outcome ([`crate::phrases::advice`]).
    pub action: Option<String>,
}

/// Characters of an action: with more in every row the checks would not fit on their page.
pub const LONGEST_ACTION: usize = 160;

/// What was checked. Names, and what to do about most results, are in `messages/` in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckKind {
    /// Spread between cell voltages.
    CellSpread,
    /// Spread between temperatures inside the pack.
    TemperatureSpread,
    /// Highest temperature inside the pack.
    HighestTemperature,
    /// Isolation resistance against the body.
    Isolation,
    /// Loss of charge of a cell group at rest.
    SelfDischarge,
    /// Cell voltages inside their limits.
    CellLimits,
    /// Open fault codes of the high-voltage system.
    HighVoltageFaults,
    /// Open recalls.
    Recalls,
    /// Whether the state of charge is the battery's or the display's.
    SocDefinition,
    /// State of health that the car shows.
    ReportedHealth,
    /// Resets of the battery management system, swapped packs and modules.
    BatteryHistory,
    /// Signs that the telemetry was altered.
    Tampering,
    /// Current sensor against a second meter.
    SecondMeter,
    /// Whether the issuer computed the figures from the data.
    Computation,
}

impl CheckKind {
    /// The part of message identifiers that names it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::CellSpread => "cell-spread",
            Self::TemperatureSpread => "temperature-spread",
            Self::HighestTemperature => "highest-temperature",
            Self::Isolation => "isolation",
            Self::SelfDischarge => "self-discharge",
            Self::CellLimits => "cell-limits",
            Self::HighVoltageFaults => "high-voltage-faults",
            Self::Recalls => "recalls",
            Self::SocDefinition => "soc-definition",
            Self::ReportedHealth => "reported-health",
            Self::BatteryHistory => "battery-history",
            Self::Tampering => "tampering",
            Self::SecondMeter => "second-meter",
            Self::Computation => "computation",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A quantity.
    Number {
        /// In the unit.
        value: f64,
        /// Digits after the decimal mark, at most 3.
        decimals: u8,
        /// Its unit.
        unit: Unit,
    },
    /// From here to there.
    Range {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Digits after the decimal mark, at most 3.
        decimals: u8,
        /// Unit of both.
        unit: Unit,
    },
    /// So many.
    Count(u32),
    /// Words as the assessment has them, such as fault codes; at most 400 characters. Longer ones stand below the name of
    /// the check.
    Text(String),
    /// Not measured.
    Missing,
}

/// What a reading was held against.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// Not more than.
    AtMost {
        /// In the unit.
        value: f64,
        /// Digits after the decimal mark, at most 3.
        decimals: u8,
        /// Its unit.
        unit: Unit,
    },
    /// Not less than.
    AtLeast {
        /// In the unit.
        value: f64,
        /// Digits after the decimal mark, at most 3.
        decimals: u8,
        /// Its unit.
        unit: Unit,
    },
    /// Between these.
    Within {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Digits after the decimal mark, at most 3.
        decimals: u8,
        /// Unit of both.
        unit: Unit,
    },
    /// There must be none.
    Zero,
    /// Words as the assessment has them, at most 120 characters.
    Text(String),
    /// No limit: stated for information.
    None,
}

/// Units, printed as their symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// mV
    Millivolt,
    /// V
    Volt,
    /// K
    Kelvin,
    /// °C
    Celsius,
    /// Ω/V
    OhmPerVolt,
    /// kΩ
    Kiloohm,
    /// mV a day
    MillivoltPerDay,
    /// %
    Percent,
    /// Percentage points
    PercentagePoint,
    /// Ah
    AmpHour,
    /// kWh
    KilowattHour,
    /// km
    Kilometre,
}

/// What follows from a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Inside the limit.
    Pass,
    /// Inside, but near it: something to keep an eye on.
    Watch,
    /// Outside.
    Fail,
    /// No data.
    NotMeasured,
    /// Stated, with no limit.
    Stated,
}

/// May it go on a ship.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport {
    /// Classification, such as `UN 3556`.
    pub un_number: String,
    /// State of charge when last measured, in percent.
    pub soc_percent: f64,
    /// When that was; `None` where nobody said so.
    pub soc_measured_at: Option<Date>,
    /// The windows carriers or routes set, at most 4. Whether the state of charge lies inside is worked out here.
    pub windows: Vec<SocWindow>,
    /// Ready to be handed over.
    pub ready: bool,
    /// What stands in the way; empty when ready.
    pub obstacles: Vec<Obstacle>,
}

/// State of charge that a carrier takes aboard.
#[derive(Debug, Clone, PartialEq)]
pub struct SocWindow {
    /// Carrier, route or rule.
    pub carrier: String,
    /// Least, in percent.
    pub min_percent: f64,
    /// Most, in percent.
    pub max_percent: f64,
}

/// What stands in the way of transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Above every window.
    SocTooHigh,
    /// Below every window.
    SocTooLow,
    /// Damaged or defective.
    Damaged,
    /// Open fault of the high-voltage system.
    HighVoltageFault,
    /// Isolation below its limit.
    IsolationTooLow,
    /// No UN 38.3 test summary.
    TestSummaryMissing,
    /// Something that must be measured was not.
    NotMeasured,
    /// A check whose advice is not to ship yet.
    Watched,
}

impl Obstacle {
    /// The part of message identifiers that names it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::SocTooHigh => "soc-too-high",
            Self::SocTooLow => "soc-too-low",
            Self::Damaged => "damaged",
            Self::HighVoltageFault => "high-voltage-fault",
            Self::IsolationTooLow => "isolation-too-low",
            Self::TestSummaryMissing => "test-summary-missing",
            Self::NotMeasured => "not-measured",
            Self::Watched => "watched",
        }
    }
}

/// Who did which step (ISO/IEC 17065, 7.4 to 7.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// Evaluated the telemetry.
    pub evaluated: Step,
    /// Reviewed the evaluation.
    pub reviewed: Step,
    /// Decided on the certificate.
    pub decided: Step,
}

/// One step by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The person.
    pub name: String,
    /// The day.
    pub on: Date,
}
