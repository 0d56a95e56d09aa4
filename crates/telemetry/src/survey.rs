//! What the values themselves show: units, the sign of the current, the clock. A bounded look at the beginning of a file.

use battery::columns::range;
use battery::sample::UNIT_CONTRADICTED;
use battery::{Channel, Clock, SocDefinition};

use crate::block::{Block, Layout};
use crate::clock::NEVER_SET_S;
use crate::delimited::TimeRead;
use crate::mapping::{Mapping, Sign, TimeForm, Zone};
use crate::report::{Question, SaidBy, Statement};
use crate::unit::{Conversion, Unit};

/// Rows after which a look is enough if nothing is open.
pub const ENOUGH_ROWS: u64 = 20_000;
/// Rows after which it ends in any case.
pub const MOST_ROWS: u64 = 1_000_000;
/// Values kept of a column to find its median.
const KEPT: usize = 4096;

/// Answers of somebody who knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// Which current is positive.
    pub current: Option<Sign>,
    /// What 100 % state of charge means.
    pub soc: Option<SocDefinition>,
    /// Seconds the logger's clock was ahead of UTC.
    pub utc_offset_s: Option<i32>,
    /// The unit of the current.
    pub current_unit: Option<Unit>,
    /// The unit of cell voltages.
    pub cell_unit: Option<Unit>,
    /// The unit of temperatures.
    pub temp_unit: Option<Unit>,
    /// The unit of the state of charge.
    pub soc_unit: Option<Unit>,
    /// In which order dates are written.
    pub date_order: Option<crate::clock::DateOrder>,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: Option<bool>,
    /// The only vehicle to read.
    pub vehicle: Option<String>,
}

/// What was seen of one column.
#[derive(Debug, Clone)]
struct Seen {
    values: Vec<f64>,
    count: u64,
    min: f64,
    max: f64,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            count: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Seen {
    fn take(&mut self, values: &[f64]) {
        let (low, high) = range(values);
        self.min = self.min.min(low);
        self.max = self.max.max(high);
        let known = values.iter().copied().filter(|value| !value.is_nan());
        self.count += known.clone().count() as u64;
        self.values
            .extend(known.take(KEPT.saturating_sub(self.values.len())));
    }

    /// The size that all but one in a hundred of the first values stay below, and at least one does not reach: a row of 65535 is
    /// the logger's way to say nothing, and decides nothing. NaN if there is no value.
    fn largest(&self) -> f64 {
        let mut sizes: Vec<f64> = self.values.iter().map(|value| value.abs()).collect();
        if sizes.is_empty() {
            return f64::NAN;
        }
        let place = (sizes.len() - 1) * 99 / 100;
        *sizes.select_nth_unstable_by(place, f64::total_cmp).1
    }

    /// The median of the first values; NaN if there is none.
    fn median(&self) -> f64 {
        let mut values = self.values.clone();
        let middle = values.len() / 2;
        if values.is_empty() {
            return f64::NAN;
        }
        *values.select_nth_unstable_by(middle, f64::total_cmp).1
    }
}

/// A look at a file's rows.
#[derive(Debug, Default)]
pub struct Survey {
    /// Rows seen.
    pub rows: u64,
    /// Vehicles seen, in the order of the rows, at most a hundred.
    pub vehicles: Vec<String>,
    columns: Vec<Seen>,
    time: Seen,
    zoned: u64,
    first_time: Option<f64>,
    sign: SignEvidence,
}

/// Whether charge or discharge is positive, by two independent effects.
#[derive(Debug, Default)]
struct SignEvidence {
    last: Option<(f64, f64, f64)>,
    last_soc: Option<f64>,
    charge_since: f64,
    /// Change of state of charge with and against the sign of the current, in the file's unit.
    with: f64,
    against: f64,
    changes: u32,
    /// Voltage follows a step of current at once, through the resistance of the battery.
    step_product: f64,
    step_current: f64,
    step_voltage: f64,
    steps: u32,
}

impl SignEvidence {
    fn row(&mut self, time: f64, current: f64, voltage: f64, soc: f64) {
        if current.is_nan() {
            return;
        }
        if let Some((before, i, v)) = self.last {
            let seconds = time - before;
            if seconds > 0.0 && seconds < 600.0 {
                self.charge_since += current * seconds;
                let (di, dv) = (current - i, voltage - v);
                if !dv.is_nan() && di.abs() > 0.2 * current.abs().max(i.abs()) && di.abs() > 0.2 {
                    self.step_product += di * dv;
                    self.step_current += di * di;
                    self.step_voltage += dv * dv;
                    self.steps += 1;
                }
            } else {
                self.last_soc = None;
                self.charge_since = 0.0;
            }
        }
        self.last = Some((time, current, voltage));
        if soc.is_nan() {
            return;
        }
        if let Some(before) = self.last_soc {
            let change = soc - before;
            if change != 0.0 {
                if self.charge_since != 0.0 {
                    if (change > 0.0) == (self.charge_since > 0.0) {
                        self.with += change.abs();
                    } else {
                        self.against += change.abs();
                    }
                    self.changes += 1;
                }
                self.charge_since = 0.0;
                self.last_soc = Some(soc);
            }
        } else {
            self.last_soc = Some(soc);
            self.charge_since = 0.0;
        }
    }

    /// The sign and in words why, if one of the effects is clear and the other does not contradict it.
    fn verdict(&self) -> Option<(Sign, String)> {
        let total = self.with + self.against;
        let by_soc = (self.changes >= 5 && total > 0.0)
            .then(|| self.with / total)
            .and_then(|share| match share {
                0.8..=1.0 => Some((Sign::ChargePositive, share)),
                0.0..=0.2 => Some((Sign::DischargePositive, 1.0 - share)),
                _ => None,
            });
        let size = (self.step_current * self.step_voltage).sqrt();
        let correlation = if self.steps >= 5 && size > 0.0 {
            self.step_product / size
        } else {
            0.0
        };
        let by_step = match correlation {
            0.3.. => Some(Sign::ChargePositive),
            ..-0.3 => Some(Sign::DischargePositive),
            _ => None,
        };
        match (by_soc, by_step) {
            (Some((sign, _)), Some(other)) if sign != other => None,
            (Some((sign, share)), _) => Some((
                sign,
                format!(
                    "in {:.0} % of its changes the state of charge moves {} the sign of the current",
                    share * 100.0,
                    match sign {
                        Sign::ChargePositive => "with",
                        Sign::DischargePositive => "against",
                    }
                ),
            )),
            (None, Some(sign)) => Some((
                sign,
                format!(
                    "voltage {} with every step of current (correlation {correlation:.2} over {} steps)",
                    match sign {
                        Sign::ChargePositive => "rises",
                        Sign::DischargePositive => "falls",
                    },
                    self.steps
                ),
            )),
            (None, None) => None,
        }
    }
}

/// How raw numbers become those of the channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Per slot: what makes the channel's unit of it.
    pub convert: Vec<Conversion>,
    /// Seconds per unit of the time.
    pub tick: f64,
    /// Seconds taken off to make UTC of it.
    pub ahead_s: f64,
    /// What the clock shows.
    pub clock: Clock,
    /// Whether rows before the clock was set are left out.
    pub drop_unset: bool,
    /// Whether the only voltage is that of a single cell.
    pub single_cell: bool,
    /// What 100 % state of charge means.
    pub soc_definition: SocDefinition,
}

/// A plan, and what is to be said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// The plan.
    pub plan: Plan,
    /// The unit of each slot and who says so.
    pub units: Vec<(Unit, SaidBy)>,
    /// What was understood.
    pub statements: Vec<Statement>,
    /// What is open.
    pub questions: Vec<Question>,
    /// The first time, as the plan reads it.
    pub first_s: Option<f64>,
}

/// What is known about how time is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeKind {
    /// A number whose meaning its size or the mapping says.
    Number,
    /// Seconds of a calendar date; UTC only where the text or the type says so.
    Calendar,
    /// A date of which day and month cannot be told apart.
    Ambiguous,
}

impl TimeKind {
    /// Of a text table's reading.
    pub fn of(read: Option<TimeRead>) -> Self {
        match read {
            None => Self::Ambiguous,
            Some(TimeRead::Number) => Self::Number,
            Some(TimeRead::Text(_)) => Self::Calendar,
        }
    }
}

impl Survey {
    /// Looks at a block.
    pub fn take(&mut self, layout: &Layout, block: &Block) {
        self.columns.resize_with(layout.slots.len(), Seen::default);
        self.rows += block.len() as u64;
        self.zoned += block.zoned as u64;
        self.first_time = self.first_time.or_else(|| block.time.first().copied());
        self.time.take(&block.time);
        for (seen, column) in self.columns.iter_mut().zip(&block.columns) {
            seen.take(column);
        }
        if let Some(vehicle) = &block.vehicle
            && self.vehicles.len() < 100
            && !self.vehicles.contains(vehicle)
        {
            self.vehicles.push(vehicle.clone());
        }
        let column = |channel: Channel| {
            layout
                .place(channel)
                .and_then(|place| block.columns.get(place))
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        let (current, soc) = (column(Channel::PackCurrent), column(Channel::Soc));
        let voltage = match column(Channel::PackVoltage) {
            [] => column(Channel::CellMax),
            voltage => voltage,
        };
        let at = |column: &[f64], row: usize| column.get(row).copied().unwrap_or(f64::NAN);
        self.sign.last = None;
        self.sign.last_soc = None;
        for (row, time) in block.time.iter().enumerate() {
            self.sign
                .row(*time, at(current, row), at(voltage, row), at(soc, row));
        }
    }

    /// Whether nothing would be learnt by looking further.
    pub fn enough(&self, mapping: &Mapping, answers: &Answers) -> bool {
        let sign_open = answers.current.or(mapping.current).is_none() && self.sign.verdict().is_none();
        self.rows >= MOST_ROWS || (self.rows >= ENOUGH_ROWS && !sign_open)
    }

    /// Decides how the file is to be read.
    pub fn understand(
        &self,
        layout: &Layout,
        mapping: &Mapping,
        answers: &Answers,
        time: TimeKind,
    ) -> Understood {
        let mut said = Understood {
            plan: Plan {
                convert: Vec::new(),
                tick: 1.0,
                ahead_s: 0.0,
                clock: Clock::Relative,
                drop_unset: false,
                single_cell: false,
                soc_definition: SocDefinition::Unknown,
            },
            units: Vec::new(),
            statements: Vec::new(),
            questions: Vec::new(),
            first_s: None,
        };
        self.units(layout, answers, &mut said);
        self.current_sign(layout, mapping, answers, &mut said);
        self.clock(mapping, answers, time, &mut said);
        soc_definition(layout, mapping, answers, &mut said);
        if layout.place(Channel::PackVoltage).is_some() && layout.place(Channel::CellMax).is_none() {
            let place = layout.place(Channel::PackVoltage).unwrap_or_default();
            let median = self.seen(place).median();
            if said
                .plan
                .convert
                .get(place)
                .is_some_and(|convert| convert.apply(median) < 6.0)
            {
                said.plan.single_cell = true;
                said.state(
                    "pack_voltage",
                    "below 6 V: a single cell, so its voltage is the cell voltage too".into(),
                    SaidBy::Evidence,
                );
            }
        }
        if self.rows == 0 {
            said.ask(
                "rows",
                "There is no row with a time below the header.",
                "a file with rows",
                true,
            );
        }
        said
    }

    fn seen(&self, place: usize) -> Seen {
        self.columns.get(place).cloned().unwrap_or_default()
    }

    fn units(&self, layout: &Layout, answers: &Answers, said: &mut Understood) {
        for (place, slot) in layout.slots.iter().enumerate() {
            let seen = self.seen(place);
            let stated = option_unit(slot.channel, answers)
                .map(|unit| (unit, SaidBy::Option))
                .or(slot.unit);
            let of_a_pack = layout
                .place(Channel::PackVoltage)
                .is_some_and(|place| self.seen(place).median() > 50.0);
            let shown = shown_unit(slot.channel, &seen, of_a_pack);
            let name = slot.channel.name();
            let (unit, by) = match (stated, shown) {
                (Some((unit, by)), Some(other))
                    if by != SaidBy::Option && unit != other && seen.count > 0 =>
                {
                    said.state(
                        name,
                        format!(
                            "{} {UNIT_CONTRADICTED} {} by the {}, but values around {} can only be {}: read as {}",
                            slot.header,
                            unit.name(),
                            by.name(),
                            round(seen.median()),
                            other.name(),
                            other.name()
                        ),
                        SaidBy::Evidence,
                    );
                    (other, SaidBy::Evidence)
                }
                (Some(stated), _) => stated,
                (None, Some(unit)) => {
                    said.state(
                        name,
                        format!(
                            "values around {} can only be {}",
                            round(seen.median()),
                            unit.name()
                        ),
                        SaidBy::Evidence,
                    );
                    (unit, SaidBy::Evidence)
                }
                (None, None) if seen.count == 0 => (default_unit(slot.channel), SaidBy::Evidence),
                (None, None) => {
                    let text = format!(
                        "The unit of {:?} is not known; its values are around {}.",
                        slot.header,
                        round(seen.median())
                    );
                    let needed = !matches!(
                        slot.channel,
                        Channel::Odometer | Channel::Isolation | Channel::ReportedSoh
                    );
                    said.ask(name, &text, unit_flag(slot.channel), needed);
                    said.plan.convert.push(Conversion::UNKNOWN);
                    said.units.push((default_unit(slot.channel), SaidBy::Evidence));
                    continue;
                }
            };
            said.plan.convert.push(unit.conversion());
            said.units.push((unit, by));
        }
    }

    fn current_sign(&self, layout: &Layout, mapping: &Mapping, answers: &Answers, said: &mut Understood) {
        let evidence = self.sign.verdict();
        let words = |sign: Sign| match sign {
            Sign::ChargePositive => "charging is positive",
            Sign::DischargePositive => "discharging is positive, so every sign is turned round",
        };
        const FLAG: &str = "--current-sign charge-positive or --current-sign discharge-positive";
        let sign = match (answers.current, mapping.current, evidence) {
            (Some(sign), _, evidence) => {
                let doubt = evidence.filter(|(other, _)| *other != sign).map(|(_, why)| why);
                said.state(
                    "pack_current",
                    match doubt {
                        None => words(sign).to_owned(),
                        Some(why) => format!("{}; but {why}", words(sign)),
                    },
                    SaidBy::Option,
                );
                Some(sign)
            }
            (None, Some(sign), Some((other, why))) if other != sign => {
                said.ask(
                    "pack_current",
                    &format!(
                        "By the mapping {:?} {}, but {why}: the sign was changed, or this is another logger.",
                        mapping.name,
                        words(sign)
                    ),
                    FLAG,
                    true,
                );
                None
            }
            (None, Some(sign), confirmed) => {
                let text = match confirmed {
                    Some((_, why)) => format!("{}, and {why}", words(sign)),
                    None => words(sign).to_owned(),
                };
                said.state("pack_current", text, SaidBy::Mapping);
                Some(sign)
            }
            (None, None, Some((sign, why))) => {
                said.state(
                    "pack_current",
                    format!("{}: {why}", words(sign)),
                    SaidBy::Evidence,
                );
                Some(sign)
            }
            (None, None, None) => {
                said.ask(
                    "pack_current",
                    "Nothing says whether charging or discharging current is positive, and the values do not show it.",
                    FLAG,
                    true,
                );
                None
            }
        };
        if sign == Some(Sign::DischargePositive)
            && let Some(place) = layout.place(Channel::PackCurrent)
            && let Some(convert) = said.plan.convert.get_mut(place)
        {
            convert.factor = -convert.factor;
        }
    }

    fn clock(&self, mapping: &Mapping, answers: &Answers, kind: TimeKind, said: &mut Understood) {
        let first = self.first_time.unwrap_or(0.0);
        let (tick, form, by) = match (kind, mapping.time_form) {
            (TimeKind::Ambiguous, _) => {
                said.ask(
                    "time",
                    "Dates can be read with the day or the month first.",
                    "--date-order day-first or --date-order month-first",
                    true,
                );
                return;
            }
            (TimeKind::Calendar, _) => (1.0, Form::Calendar, SaidBy::File),
            (TimeKind::Number, TimeForm::RelativeS) => (1.0, Form::Relative, SaidBy::Mapping),
            (TimeKind::Number, TimeForm::RelativeMs) => (1e-3, Form::Relative, SaidBy::Mapping),
            (TimeKind::Number, TimeForm::RelativeH) => (3600.0, Form::Relative, SaidBy::Mapping),
            (TimeKind::Number, TimeForm::EpochS) => (1.0, Form::Epoch, SaidBy::Mapping),
            (TimeKind::Number, TimeForm::EpochMs) => (1e-3, Form::Epoch, SaidBy::Mapping),
            (TimeKind::Number, TimeForm::EpochUs) => (1e-6, Form::Epoch, SaidBy::Mapping),
            (TimeKind::Number, TimeForm::Recognise) => match self.time.median().abs() {
                1e8..1e11 => (1.0, Form::Epoch, SaidBy::Evidence),
                1e11..1e14 => (1e-3, Form::Epoch, SaidBy::Evidence),
                1e14..1e17 => (1e-6, Form::Epoch, SaidBy::Evidence),
                1e17.. => (1e-9, Form::Epoch, SaidBy::Evidence),
                _ => (1.0, Form::Relative, SaidBy::Evidence),
            },
        };
        said.plan.tick = tick;
        let unit = match tick {
            1e-3 => "milliseconds",
            1e-6 => "microseconds",
            1e-9 => "nanoseconds",
            3600.0 => "hours",
            _ => "seconds",
        };
        let never_set = form != Form::Relative && self.time.max * tick < NEVER_SET_S && self.rows > 0;
        if never_set {
            said.state(
                "time",
                "the clock was never set, it shows 1970 to 1980: durations are used, dates are not".into(),
                SaidBy::Evidence,
            );
        } else if form == Form::Relative {
            said.state("time", format!("{unit} since a start, no date"), by);
        } else {
            said.plan.clock = Clock::Utc;
            said.plan.drop_unset = true;
            let text_is_utc = form == Form::Calendar && self.zoned == self.rows;
            let number_is_utc = form == Form::Epoch && !mapping.epoch_is_local;
            let what = match form {
                Form::Calendar => "dates".to_owned(),
                _ => format!("{unit} since 1970"),
            };
            match (answers.utc_offset_s, text_is_utc || number_is_utc, mapping.zone) {
                (Some(ahead), utc, _) => {
                    said.plan.ahead_s = f64::from(ahead);
                    let against = if utc { ", whatever the file says" } else { "" };
                    said.state(
                        "time",
                        format!("{what} of a clock {} of UTC{against}", ahead_in_words(ahead)),
                        SaidBy::Option,
                    );
                }
                (None, true, _) => said.state("time", format!("{what}, UTC"), by),
                (None, false, Zone::Offset(ahead)) => {
                    said.plan.ahead_s = f64::from(ahead);
                    said.state(
                        "time",
                        format!("{what} of a clock {} of UTC", ahead_in_words(ahead)),
                        SaidBy::Mapping,
                    );
                }
                (None, false, Zone::Ask) => {
                    let some = if self.zoned > 0 {
                        "Only some times say"
                    } else {
                        "The times do not say"
                    };
                    said.ask(
                        "time",
                        &format!("{some} how far the clock was ahead of UTC."),
                        "--utc-offset, as in --utc-offset +09:00 for Korea",
                        true,
                    );
                }
            }
        }
        said.first_s = self
            .first_time
            .map(|_| first * said.plan.tick - said.plan.ahead_s);
    }
}

/// What kind of time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Calendar,
    Epoch,
    Relative,
}

impl Understood {
    /// Asks whether `3,725` is 3.725 or 3725.
    pub fn ask_decimal(&mut self) {
        self.ask(
            "numbers",
            "Every comma in a number has three digits behind it: it may be a decimal comma or group thousands.",
            "--decimal comma or --decimal point",
            true,
        );
    }

    fn state(&mut self, about: &str, text: String, by: SaidBy) {
        self.statements.push(Statement {
            about: about.to_owned(),
            text,
            by,
        });
    }

    fn ask(&mut self, about: &str, text: &str, flag: &str, blocks: bool) {
        // One column may stand for two channels, and is asked about once.
        let same = |asked: &&mut Question| asked.text == text && asked.flag == flag;
        if let Some(asked) = self.questions.iter_mut().find(same) {
            asked.blocks |= blocks;
            return;
        }
        self.questions.push(Question {
            about: about.to_owned(),
            text: text.to_owned(),
            flag: flag.to_owned(),
            blocks,
        });
    }
}

fn soc_definition(layout: &Layout, mapping: &Mapping, answers: &Answers, said: &mut Understood) {
    if layout.place(Channel::Soc).is_none() {
        said.ask(
            "soc",
            "No column is the state of charge: sessions can be seen, but capacity cannot be estimated from them.",
            "a mapping that names the column (--mapping FILE)",
            false,
        );
        return;
    }
    let words = |definition: SocDefinition| match definition {
        SocDefinition::Bms => "of the battery management system",
        SocDefinition::Display => "as the driver sees it",
        SocDefinition::Unknown => "of an unknown definition",
    };
    // The rule that was taken is the first whose column is there: its heading says which.
    let of_mapping = mapping
        .columns
        .iter()
        .filter(|(target, _)| target.name() == Channel::Soc.name())
        .flat_map(|(_, rules)| rules)
        .find(|rule| {
            layout
                .place(Channel::Soc)
                .and_then(|place| layout.slots.get(place))
                .is_some_and(|slot| {
                    let header = crate::mapping::Header::new(&slot.header);
                    rule.from.iter().any(|name| header.is(name))
                })
        })
        .and_then(|rule| rule.definition)
        .filter(|definition| *definition != SocDefinition::Unknown);
    match (answers.soc, of_mapping) {
        (Some(definition), _) => {
            said.plan.soc_definition = definition;
            said.state("soc", words(definition).to_owned(), SaidBy::Option);
        }
        (None, Some(definition)) => {
            said.plan.soc_definition = definition;
            said.state("soc", words(definition).to_owned(), SaidBy::Mapping);
        }
        (None, None) => said.ask(
            "soc",
            "Nothing says whether the state of charge is the battery management system's or the displayed one; the two may \
             make 19 % of difference in capacity.",
            "--soc bms or --soc display",
            false,
        ),
    }
}

fn option_unit(channel: Channel, answers: &Answers) -> Option<Unit> {
    match channel {
        Channel::CellMax | Channel::CellMin | Channel::CellMean => answers.cell_unit,
        Channel::TempMin | Channel::TempMax => answers.temp_unit,
        Channel::Soc => answers.soc_unit,
        Channel::PackCurrent | Channel::MeterCurrent => answers.current_unit,
        _ => None,
    }
}

fn unit_flag(channel: Channel) -> &'static str {
    match channel {
        Channel::CellMax | Channel::CellMin | Channel::CellMean => "--cell-unit V or --cell-unit mV",
        Channel::TempMin | Channel::TempMax => "--temp-unit C, --temp-unit F or --temp-unit K",
        Channel::Soc => "--soc-unit % or --soc-unit fraction",
        Channel::PackCurrent | Channel::MeterCurrent => "--current-unit A or --current-unit mA",
        _ => "a mapping of your own that says it (--mapping FILE)",
    }
}

fn default_unit(channel: Channel) -> Unit {
    match channel {
        Channel::PackVoltage | Channel::CellMax | Channel::CellMin | Channel::CellMean => Unit::Volt,
        Channel::PackCurrent | Channel::MeterCurrent => Unit::Ampere,
        Channel::Soc | Channel::ReportedSoh => Unit::Percent,
        Channel::TempMin | Channel::TempMax => Unit::Celsius,
        Channel::Plugged | Channel::Parked => Unit::Flag,
        Channel::Odometer => Unit::Kilometre,
        Channel::Isolation => Unit::Kiloohm,
    }
}

/// The one unit that values can be in, where the sizes of a battery leave only one.
fn shown_unit(channel: Channel, seen: &Seen, of_a_pack: bool) -> Option<Unit> {
    if seen.count == 0 {
        return None;
    }
    let median = seen.median();
    match channel {
        Channel::CellMax | Channel::CellMin | Channel::CellMean => match median {
            1.0..6.0 => Some(Unit::Volt),
            1000.0..6000.0 => Some(Unit::Millivolt),
            _ => None,
        },
        // A pack is 10 to 1500 V, a single cell 2 to 5 V; in millivolts neither is below 1900.
        Channel::PackVoltage => match median {
            1.0..1800.0 => Some(Unit::Volt),
            1900.0..1_500_000.0 => Some(Unit::Millivolt),
            _ => None,
        },
        // No road vehicle takes or gives 5 kA, and none charges with less than the 1.7 A that 6 A from the mains are at 800 V; in a
        // small cell amperes and milliamperes look alike.
        Channel::PackCurrent | Channel::MeterCurrent => match seen.largest() {
            5000.0.. => Some(Unit::Milliampere),
            1.5..1200.0 if of_a_pack => Some(Unit::Ampere),
            _ => None,
        },
        // A log in which the car never had more than 1 % would be no use anyway.
        Channel::Soc | Channel::ReportedSoh => {
            let largest = seen.largest();
            if largest > 1.5 {
                Some(Unit::Percent)
            } else if largest <= 1.05 && largest > 0.1 && seen.values.iter().any(|v| v.fract() != 0.0) {
                Some(Unit::Fraction)
            } else {
                None
            }
        }
        Channel::TempMin | Channel::TempMax => (median > 200.0).then_some(Unit::Kelvin),
        Channel::Plugged | Channel::Parked => Some(Unit::Flag),
        Channel::Odometer | Channel::Isolation => None,
    }
}

fn round(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn ahead_in_words(seconds: i32) -> String {
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    let side = if seconds < 0 { "behind" } else { "ahead" };
    format!("{hours}:{minutes:02} h {side}")
}
