//! Telemetry of one vehicle after normalisation: columns of finite or missing numbers, in one unit each.
//!
//! Whoever reads files turns their columns into [`Channel`]s: units converted, charging current positive, time in UTC. What it
//! had to correct or could not know it says in [`Source`]; nothing is assumed here.

use serde::{Deserialize, Serialize};

/// A measured quantity. Names follow the Battery Data Format and COVESA VSS where those have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Pack voltage at the terminals, V.
    PackVoltage,
    /// Pack current, A; positive charges the battery.
    PackCurrent,
    /// State of charge as a fraction, 0 to 1, in the definition [`Source::soc_definition`] names.
    Soc,
    /// Highest cell voltage, V.
    CellMax,
    /// Lowest cell voltage, V.
    CellMin,
    /// Mean cell voltage, V.
    CellMean,
    /// Lowest battery temperature, °C.
    TempMin,
    /// Highest battery temperature, °C.
    TempMax,
    /// 1 while a charging cable is connected, else 0.
    Plugged,
    /// 1 while the vehicle stands still, else 0.
    Parked,
    /// Distance driven in its life, km.
    Odometer,
    /// Isolation resistance as the vehicle reports it, kΩ.
    Isolation,
    /// State of health as the vehicle reports it, as a fraction.
    ReportedSoh,
    /// Direct current measured by a second meter (the charger), A; positive charges the battery.
    MeterCurrent,
}

impl Channel {
    /// Every channel, in the order in which [`Samples`] stores them.
    pub const ALL: [Self; 14] = [
        Self::PackVoltage,
        Self::PackCurrent,
        Self::Soc,
        Self::CellMax,
        Self::CellMin,
        Self::CellMean,
        Self::TempMin,
        Self::TempMax,
        Self::Plugged,
        Self::Parked,
        Self::Odometer,
        Self::Isolation,
        Self::ReportedSoh,
        Self::MeterCurrent,
    ];

    /// The name in mapping files, JSON and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::PackVoltage => "pack_voltage",
            Self::PackCurrent => "pack_current",
            Self::Soc => "soc",
            Self::CellMax => "cell_max",
            Self::CellMin => "cell_min",
            Self::CellMean => "cell_mean",
            Self::TempMin => "temp_min",
            Self::TempMax => "temp_max",
            Self::Plugged => "plugged",
            Self::Parked => "parked",
            Self::Odometer => "odometer",
            Self::Isolation => "isolation",
            Self::ReportedSoh => "reported_soh",
            Self::MeterCurrent => "meter_current",
        }
    }

    /// The unit of the column, as printed.
    pub fn unit(self) -> &'static str {
        match self {
            Self::PackVoltage | Self::CellMax | Self::CellMin | Self::CellMean => "V",
            Self::PackCurrent | Self::MeterCurrent => "A",
            Self::Soc | Self::ReportedSoh => "fraction",
            Self::TempMin | Self::TempMax => "°C",
            Self::Plugged | Self::Parked => "0/1",
            Self::Odometer => "km",
            Self::Isolation => "kΩ",
        }
    }
}

/// A run of rows of one vehicle from one file, in the order of the file.
///
/// A column is empty when the file does not have it, and as long as [`Samples::time_s`] otherwise; a missing cell is NaN.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// Seconds since 1970-01-01 UTC, or since any start where [`Source::clock`] says so.
    pub time_s: Vec<f64>,
    /// The logger's own number of the session each row belongs to; empty if it has none. A change ends a session.
    pub session: Vec<i64>,
    columns: [Vec<f64>; Channel::ALL.len()],
}

impl Samples {
    /// Rows in this run.
    pub fn len(&self) -> usize {
        self.time_s.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.time_s.is_empty()
    }

    /// The column of a channel; empty if absent.
    pub fn column(&self, channel: Channel) -> &[f64] {
        &self.columns[channel as usize]
    }

    /// The column of a channel, to be filled.
    pub fn column_mut(&mut self, channel: Channel) -> &mut Vec<f64> {
        &mut self.columns[channel as usize]
    }

    /// The value in a row; NaN if the column is absent or too short.
    #[inline]
    pub fn at(&self, channel: Channel, row: usize) -> f64 {
        self.columns[channel as usize]
            .get(row)
            .copied()
            .unwrap_or(f64::NAN)
    }

    /// Empties every column and keeps the memory.
    pub fn clear(&mut self) {
        self.time_s.clear();
        self.session.clear();
        self.columns.iter_mut().for_each(Vec::clear);
    }
}

/// What a file's clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Seconds since 1970-01-01 UTC.
    Utc,
    /// Seconds since some start, possibly a new one in every session: durations are known, dates are not.
    #[default]
    Relative,
}

/// What 100 % state of charge means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocDefinition {
    /// The battery management system's own, from empty to full cell.
    Bms,
    /// What the driver sees; scaled to a usable window nobody outside the maker knows.
    Display,
    /// Nobody said.
    #[default]
    Unknown,
}

/// How a reader says in [`Source::corrections`] that the values contradict the unit that the file or its mapping gives.
pub const UNIT_CONTRADICTED: &str = "is said to be in";

/// One file as its reader understood it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Source {
    /// The file's name without its folder.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal; empty where the caller does not commit to files.
    pub sha256: String,
    /// The vehicle it says it comes from: VIN, or the logger's own number.
    pub vehicle: Option<String>,
    /// What its clock shows.
    pub clock: Clock,
    /// What its state of charge means.
    pub soc_definition: SocDefinition,
    /// What the reader converted or repaired, one sentence each; repeated in the assessment.
    pub corrections: Vec<String>,
}
