//! Mapping files: which column of a logger is which quantity, in which unit, with which sign and clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use battery::{Channel, SocDefinition};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use crate::clock::{self, DateOrder};
use crate::error::TelemetryError;
use crate::unit::Unit;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../mappings");

/// The version of the mapping format.
const VERSION: u32 = 1;

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The time of the row.
    Time,
    /// The vehicle the row is from.
    Vehicle,
    /// The logger's number or name of the session.
    Session,
    /// One of several cell voltages, of which highest, lowest and mean are taken.
    Cell,
    /// One of several temperatures in the battery, of which highest and lowest are taken.
    Temp,
    /// A channel of its own.
    Channel(Channel),
}

impl Target {
    /// The name in mapping files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Vehicle => "vehicle",
            Self::Session => "session",
            Self::Cell => "cell",
            Self::Temp => "temp",
            Self::Channel(channel) => channel.name(),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Time, Self::Vehicle, Self::Session, Self::Cell, Self::Temp]
            .into_iter()
            .chain(Channel::ALL.map(Self::Channel))
            .find(|target| target.name() == name)
    }
}

/// How the time column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// By its size a number of seconds, milliseconds … since 1970, or a text with date and time of day.
    #[default]
    Recognise,
    /// Seconds since 1970.
    EpochS,
    /// Milliseconds since 1970.
    EpochMs,
    /// Microseconds since 1970.
    EpochUs,
    /// Seconds since some start.
    RelativeS,
    /// Milliseconds since some start.
    RelativeMs,
    /// Hours since some start.
    RelativeH,
}

/// Which offset from UTC a time has that does not say one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// Nobody knows: it is asked for.
    #[default]
    Ask,
    /// So many seconds east of UTC.
    Offset(i32),
}

/// Which direction of current is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Current into the battery.
    ChargePositive,
    /// Current out of the battery.
    DischargePositive,
}

/// How a cell's number becomes the channel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// As it stands.
    #[default]
    Value,
    /// Its size without its sign, where the logger marks something by the sign.
    Magnitude,
    /// 1 where it is not zero.
    NotZero,
    /// 1 where it is zero.
    IsZero,
}

/// One way in which a logger writes a quantity.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What the column may be called; the first that is there is taken. `{n}` stands for digits and makes a family of columns.
    #[serde(deserialize_with = "one_or_many")]
    pub from: Vec<String>,
    /// The unit; absent if the header or the values have to say it.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// What the number is multiplied with to be in that unit.
    #[serde(default = "one")]
    pub scale: f64,
    /// What 100 % means; only for `soc`.
    #[serde(default)]
    pub definition: Option<SocDefinition>,
    /// How the number is to be taken.
    #[serde(default)]
    pub reading: Reading,
    /// Numbers that mean "not measured".
    #[serde(default)]
    pub missing: Vec<f64>,
}

fn one() -> f64 {
    1.0
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(deserializer)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}

/// A mapping, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Its name, as in `--mapping leaf-spy` and reports.
    pub name: String,
    /// What it reads, in words.
    pub title: String,
    /// Where the names and conventions come from.
    pub source: String,
    /// Headers that must all be there for the mapping to be tried by itself; with none it is used only when named.
    pub recognise: Vec<String>,
    /// How time is written.
    pub time_form: TimeForm,
    /// The offset of times without one.
    pub zone: Zone,
    /// Whether seconds since 1970 are counted in local time, so that the offset must be known to make UTC of them.
    pub epoch_is_local: bool,
    /// How dates are written that could be read two ways.
    pub date_order: Option<DateOrder>,
    /// Which current is positive; `None` if the values have to say it.
    pub current: Option<Sign>,
    /// The rules of each quantity, the preferred one first.
    pub columns: Vec<(Target, Vec<Rule>)>,
    /// Headers that are known and not needed.
    pub leave_out: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    name: String,
    title: String,
    source: String,
    #[serde(default)]
    recognise: Vec<String>,
    #[serde(default)]
    clock: WrittenClock,
    #[serde(default)]
    current: WrittenCurrent,
    columns: BTreeMap<String, Rules>,
    #[serde(default)]
    leave_out: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WrittenClock {
    #[serde(default)]
    form: TimeForm,
    #[serde(default)]
    epoch_is_local: bool,
    zone: Option<String>,
    date_order: Option<DateOrder>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WrittenCurrent {
    positive: Option<Positive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Positive {
    Charge,
    Discharge,
    Evidence,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    Names(String),
    One(Rule),
    Many(Vec<Rule>),
}

impl Mapping {
    /// Reads a mapping file's text; `name` is used in messages.
    pub fn parse(text: &str, name: &str) -> Result<Self, TelemetryError> {
        let wrong = |problem: String| TelemetryError::Mapping {
            name: name.to_owned(),
            problem,
        };
        let written: Written =
            toml::from_str(text).map_err(|e| wrong(e.to_string().trim_end().to_owned()))?;
        if written.version != VERSION {
            return Err(wrong(format!(
                "version = {}: this program reads version = {VERSION}",
                written.version
            )));
        }
        let zone = match written.clock.zone.as_deref() {
            None | Some("ask") => Zone::Ask,
            Some("utc") => Zone::Offset(0),
            Some(text) => Zone::Offset(clock::offset(text).ok_or_else(|| {
                wrong(format!(
                    "clock.zone = {text:?}: write \"utc\", \"ask\" or an offset such as \"+09:00\""
                ))
            })?),
        };
        let mut columns = Vec::new();
        for (key, rules) in written.columns {
            let target = Target::parse(&key).ok_or_else(|| {
                let channels = Channel::ALL.map(Channel::name).join(", ");
                wrong(format!(
                    "[columns] {key}: no such quantity; there are time, vehicle, session, cell, temp, {channels}"
                ))
            })?;
            let rules = match rules {
                Rules::Names(header) => vec![Rule {
                    from: vec![header],
                    unit: None,
                    scale: 1.0,
                    definition: None,
                    reading: Reading::Value,
                    missing: Vec::new(),
                }],
                Rules::One(rule) => vec![rule],
                Rules::Many(rules) => rules,
            };
            for rule in &rules {
                if rule.from.iter().any(|header| header.trim().is_empty()) || rule.from.is_empty() {
                    return Err(wrong(format!("[columns] {key}: from must name a column")));
                }
                if !(rule.scale.is_finite() && rule.scale != 0.0) {
                    return Err(wrong(format!(
                        "[columns] {key}: scale must be a number other than 0"
                    )));
                }
                if rule.definition.is_some() && target != Target::Channel(Channel::Soc) {
                    return Err(wrong(format!("[columns] {key}: only soc has a definition")));
                }
                if let Some(unit) = rule.unit
                    && !unit.fits(target)
                {
                    return Err(wrong(format!(
                        "[columns] {key}: {} is no unit of it",
                        unit.name()
                    )));
                }
            }
            columns.push((target, rules));
        }
        Ok(Self {
            name: written.name,
            title: written.title,
            source: written.source,
            recognise: written.recognise,
            time_form: written.clock.form,
            zone,
            epoch_is_local: written.clock.epoch_is_local,
            date_order: written.clock.date_order,
            current: match written.current.positive {
                Some(Positive::Charge) => Some(Sign::ChargePositive),
                Some(Positive::Discharge) => Some(Sign::DischargePositive),
                Some(Positive::Evidence) | None => None,
            },
            columns,
            leave_out: written.leave_out,
        })
    }

    /// Reads a mapping file.
    pub fn load(path: &Path) -> Result<Self, TelemetryError> {
        let text = std::fs::read_to_string(path).map_err(|source| TelemetryError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// The mappings that come with the program, in the order of their names.
    pub fn shipped() -> Result<&'static [Self], TelemetryError> {
        static READ: OnceLock<Vec<Mapping>> = OnceLock::new();
        if let Some(read) = READ.get() {
            return Ok(read);
        }
        let mut found: Vec<Self> = Vec::new();
        for file in SHIPPED.files() {
            let name = file.path().display().to_string();
            if !name.ends_with(".toml") {
                continue;
            }
            let text = file.contents_utf8().ok_or_else(|| TelemetryError::Mapping {
                name: name.clone(),
                problem: "not UTF-8".into(),
            })?;
            found.push(Self::parse(text, &name)?);
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(READ.get_or_init(|| found))
    }

    /// Which columns of a header are what.
    pub fn resolve(&self, headers: &[Header]) -> Resolved {
        let mut taken = vec![false; headers.len()];
        let mut columns = Vec::new();
        for (target, rules) in &self.columns {
            for rule in rules {
                let found = rule
                    .from
                    .iter()
                    .map(|pattern| matching(headers, pattern, &taken))
                    .find(|found| !found.is_empty());
                let Some(mut found) = found else { continue };
                if !matches!(target, Target::Cell | Target::Temp) {
                    found.truncate(1);
                }
                for &field in &found {
                    if let Some(slot) = taken.get_mut(field) {
                        *slot = true;
                    }
                }
                columns.push(Found {
                    target: *target,
                    fields: found,
                    rule: rule.clone(),
                });
                // A family may be written in several ways at once (a pack's sensors); anything else only once.
                if !matches!(target, Target::Temp) {
                    break;
                }
            }
        }
        let (mut left_out, mut unknown) = (Vec::new(), Vec::new());
        for (field, header) in headers.iter().enumerate() {
            if taken.get(field).copied().unwrap_or(false) || header.written.trim().is_empty() {
                continue;
            }
            let known = self
                .leave_out
                .iter()
                .any(|pattern| header.matches(&pattern.to_lowercase()));
            if known {
                left_out.push(header.written.trim().to_owned());
            } else {
                unknown.push(header.written.trim().to_owned());
            }
        }
        Resolved {
            columns,
            left_out,
            unknown,
        }
    }

    /// Whether the headers that show this mapping to be the right one are all there.
    pub fn recognises(&self, headers: &[Header]) -> bool {
        !self.recognise.is_empty() && self.misses(headers).is_empty()
    }

    /// The headers by which it recognises a file, and which are not there.
    pub fn misses(&self, headers: &[Header]) -> Vec<&str> {
        self.recognise
            .iter()
            .filter(|pattern| {
                // `a | b` is either.
                !pattern.split(" | ").any(|either| {
                    let either = either.trim().to_lowercase();
                    headers.iter().any(|h| h.matches(&either))
                })
            })
            .map(String::as_str)
            .collect()
    }
}

/// The columns a mapping found.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// What was found.
    pub columns: Vec<Found>,
    /// Headers left out on purpose.
    pub left_out: Vec<String>,
    /// Headers it does not know.
    pub unknown: Vec<String>,
}

/// A quantity and its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The quantity.
    pub target: Target,
    /// Places in the row, from 0; several only for a family.
    pub fields: Vec<usize>,
    /// The rule that found it.
    pub rule: Rule,
}

fn matching(headers: &[Header], pattern: &str, taken: &[bool]) -> Vec<usize> {
    let pattern = pattern.trim().to_lowercase();
    headers
        .iter()
        .enumerate()
        .filter(|(field, header)| !taken.get(*field).copied().unwrap_or(true) && header.matches(&pattern))
        .map(|(field, _)| field)
        .collect()
}

/// A column's heading, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// As it is written.
    pub written: String,
    full: String,
    name: String,
    /// The unit it says, as in `Voltage [V]`, `SOC(%)`, `Current / A`.
    pub unit: Option<Unit>,
}

impl Header {
    /// Takes a heading apart.
    pub fn new(written: &str) -> Self {
        let clean = written
            .trim()
            .trim_start_matches('\u{feff}')
            .trim_matches('"')
            .trim();
        let full = clean
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        let (name, unit) = split_unit(&full);
        // Torque sorts its sensors by a number in front of their names: `000_State of Charge BMS`.
        let bare = name.trim_start_matches(|c: char| c.is_ascii_digit());
        let name = match bare.strip_prefix('_') {
            Some(rest) if bare.len() < name.len() => rest.to_owned(),
            _ => name,
        };
        Self {
            written: clean.to_owned(),
            full,
            name,
            unit,
        }
    }

    /// Whether a name of a rule means this heading.
    pub fn is(&self, name: &str) -> bool {
        self.matches(&name.trim().to_lowercase())
    }

    /// Whether a pattern in lower case means this heading, with its unit or without.
    fn matches(&self, pattern: &str) -> bool {
        same(&self.full, pattern) || same(&self.name, pattern)
    }
}

/// `{n}` in a pattern stands for one or more digits.
fn same(text: &str, pattern: &str) -> bool {
    match pattern.split_once("{n}") {
        None => text == pattern,
        Some((before, after)) => text
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())),
    }
}

fn split_unit(full: &str) -> (String, Option<Unit>) {
    for (open, close) in [('[', "]"), ('(', ")")] {
        if let Some(inside) = full.strip_suffix(close)
            && let Some((name, unit)) = inside.rsplit_once(open)
        {
            return (name.trim().to_owned(), Unit::parse(unit.trim()));
        }
    }
    match full.rsplit_once(" / ") {
        Some((name, unit)) => (name.trim().to_owned(), Unit::parse(unit.trim())),
        None => (full.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_mapping_is_right_and_says_where_its_names_come_from() {
        let shipped = Mapping::shipped().unwrap();
        assert!(shipped.len() >= 10, "{} mappings", shipped.len());
        for mapping in shipped {
            assert!(mapping.source.len() > 20, "{}", mapping.name);
            assert!(
                mapping.columns.iter().any(|(t, _)| *t == Target::Time),
                "{}",
                mapping.name
            );
        }
    }

    #[test]
    fn a_heading_says_its_unit_in_three_ways() {
        for (written, name, unit) in [
            ("Voltage [V]", "voltage", Unit::Volt),
            ("000_State of Charge BMS(%)", "state of charge bms", Unit::Percent),
            ("Current / A", "current", Unit::Ampere),
            (
                " Battery Max Temperature(°C)",
                "battery max temperature",
                Unit::Celsius,
            ),
        ] {
            let header = Header::new(written);
            assert_eq!(
                (header.name.as_str(), header.unit),
                (name, Some(unit)),
                "{written}"
            );
        }
        assert_eq!(Header::new("Date/Time").unit, None);
    }

    #[test]
    fn a_mapping_with_a_mistake_names_the_place() {
        let head = "version = 1\nname = \"x\"\ntitle = \"x\"\nsource = \"x\"\n";
        for (text, says) in [
            ("[columns]\nvoltage = \"V\"", "no such quantity"),
            (
                "[columns]\npack_current = { from = \"I\", unit = \"mV\" }",
                "no unit of it",
            ),
            ("[columns]\npack_current = { from = \"I\", scale = 0 }", "scale"),
            ("[clock]\nzone = \"Seoul\"\n[columns]", "offset such as"),
            (
                "[columns]\npack_voltage = { from = \"U\", definition = \"bms\" }",
                "only soc",
            ),
            ("[colums]", "colums"),
        ] {
            let error = Mapping::parse(&format!("{head}{text}"), "x.toml")
                .unwrap_err()
                .to_string();
            assert!(error.contains(says) && error.contains("x.toml"), "{error}");
        }
    }
}
