//! Finds charges in a stream of rows and sums each up, in memory that does not grow with the rows.
//!
//! Nothing is judged here: a [`Charge`] holds the facts, and [`crate::judge`] says what they are worth.

mod steady;

use crate::offset::RestCurrents;
use crate::sample::{Channel, Clock, Samples};

/// Current from which a battery counts as charged, as a part of rated capacity per hour.
const CHARGING: f64 = 0.02;
/// Current small enough to show an offset that adds nothing to the state of charge.
const SMALL_CURRENT: f64 = 0.05;
/// Current below which a battery counts as rested.
const RESTED: f64 = 0.0075;
/// Current below which a charge tapers.
pub(crate) const TAPER: f64 = 0.08;
/// Time between samples above which something is missing, s.
pub(crate) const GAP: f64 = 60.0;
/// Time without samples that ends a charge, s.
const BREAK: f64 = 600.0;
/// Time without current that ends a charge, s.
const PAUSE: f64 = 300.0;
/// Rest after which a voltage is an open-circuit voltage, and no tail of a charge is left in the current, s.
const REST: f64 = 1800.0;
/// Rest after which the spread of cells is read, and the voltage if it stands still, s.
const SETTLED: f64 = 240.0;
/// Change of current up to which it counts as steady, as a part of rated capacity per hour.
const STEADY: f64 = 0.05;
/// Step of the state of charge, beyond what current explains, that is a jump.
pub(crate) const JUMP: f64 = 0.03;
/// Rest over which self-discharge shows, s.
const LONG_REST: f64 = 6.0 * 3600.0;
/// Differences of the state of charge, and of cell voltages (V), that are no step of theirs but rounding.
const SOC_STEP: f64 = 1e-5;
const CELL_STEP: f64 = 1e-4;
/// Rows that must go together before they are taken together.
const WORTHWHILE: usize = 16;
/// Charges kept. More is no telemetry of one vehicle; the rest is counted.
const MOST: usize = 10_000;
/// Clocks before 2010 or after 2100 were never set.
const SET: std::ops::Range<f64> = 1_262_304_000.0..4_102_444_800.0;

/// A charge as summed up. Times in s, charge in As, energy in J; currents and voltages as measured, NaN where unknown.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    /// Current as measured was negative while the battery took charge.
    pub reversed: bool,
    pub logger_id: Option<i64>,
    /// Seconds since 1970 where the clock is set.
    pub date_s: Option<f64>,
    /// Last sample with charging current.
    pub last_s: f64,
    pub rows: u64,
    pub seconds: f64,
    pub coulombs: f64,
    pub joules: f64,
    /// Integral of the voltage, Vs: what an ampere of offset adds to the energy.
    pub volt_seconds: f64,
    pub seconds_without_voltage: f64,
    /// Integral of temperature by charge, and the charge it covers.
    pub kelvin_coulombs: f64,
    pub coulombs_with_temperature: f64,
    pub temp_max: f64,
    pub soc_start: f64,
    /// Last state of charge while current flowed or shortly after.
    pub soc_end: f64,
    pub soc_max: f64,
    pub soc_fell: f64,
    pub jump: f64,
    pub jump_after: f64,
    /// Charge counted when the state of charge first showed full.
    pub coulombs_at_top: f64,
    pub coulombs_at_last: f64,
    pub current_max: f64,
    pub current_last: f64,
    /// Highest cell voltage while the current tapered.
    pub taper_volt: f64,
    pub spread_last: f64,
    pub volt_jump: f64,
    pub unsteady: u64,
    pub time_wrong: u64,
    pub gap_longest: f64,
    /// Counts of times between samples, by second up to 60.
    pub intervals: [u32; 61],
    pub seconds_unplugged: f64,
    pub seconds_moving: f64,
    /// Sums over rows with all of cell_min, cell_max and pack voltage.
    pub cells_rows: u64,
    pub cell_min_sum: f64,
    pub cell_max_sum: f64,
    pub pack_sum: f64,
    pub cell_highest: f64,
    pub cell_lowest: f64,
    pub cells_absurd: u64,
    /// Mean cell voltage between 40 and 80 %, charge flowing.
    pub middle_sum: f64,
    pub middle_rows: u64,
    /// Mean cell voltage after a rest before, and after it.
    pub rest_before: f64,
    pub settled_before: f64,
    pub rest_after: f64,
    pub meter_coulombs: f64,
    pub metered_coulombs: f64,
}

impl Charge {
    fn new(reversed: bool, logger_id: Option<i64>, time: f64, dated: bool) -> Self {
        const NO: f64 = f64::NAN;
        Self {
            reversed,
            logger_id,
            date_s: dated.then_some(time),
            last_s: time,
            rows: 0,
            seconds: 0.0,
            coulombs: 0.0,
            joules: 0.0,
            volt_seconds: 0.0,
            seconds_without_voltage: 0.0,
            kelvin_coulombs: 0.0,
            coulombs_with_temperature: 0.0,
            temp_max: NO,
            soc_start: NO,
            soc_end: NO,
            soc_max: NO,
            soc_fell: 0.0,
            jump: 0.0,
            jump_after: 0.0,
            coulombs_at_top: NO,
            coulombs_at_last: 0.0,
            current_max: 0.0,
            current_last: 0.0,
            taper_volt: NO,
            spread_last: NO,
            volt_jump: 0.0,
            unsteady: 0,
            time_wrong: 0,
            gap_longest: 0.0,
            intervals: [0; 61],
            seconds_unplugged: 0.0,
            seconds_moving: 0.0,
            cells_rows: 0,
            cell_min_sum: 0.0,
            cell_max_sum: 0.0,
            pack_sum: 0.0,
            cell_highest: NO,
            cell_lowest: NO,
            cells_absurd: 0,
            middle_sum: 0.0,
            middle_rows: 0,
            rest_before: NO,
            settled_before: NO,
            rest_after: NO,
            meter_coulombs: 0.0,
            metered_coulombs: 0.0,
        }
    }

    /// Median time between samples, s; NaN for fewer than two.
    pub fn sampling(&self) -> f64 {
        let total: u32 = self.intervals.iter().sum();
        let mut seen = 0;
        self.intervals
            .iter()
            .position(|&count| {
                seen += count;
                total > 0 && 2 * seen >= total
            })
            .map_or(f64::NAN, |second| second as f64)
    }

    /// Seconds in intervals well above the usual one: samples are missing there.
    pub fn seconds_missing(&self) -> f64 {
        let usual = self.sampling().max(1.0);
        self.intervals
            .iter()
            .enumerate()
            .map(|(second, &count)| (second as f64, f64::from(count)))
            .filter(|(second, _)| *second > 2.5 * usual)
            .map(|(second, count)| second * count)
            .sum()
    }
}

/// What the rows say beside charges.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub rows: u64,
    pub rows_unused: u64,
    pub rows_with_current: u64,
    pub rows_discharging: u64,
    pub time_backwards: u64,
    /// Rows dropped because their time is before the row before them.
    pub rows_backwards: u64,
    pub breaks: u64,
    pub current_absurd: u64,
    /// Rise of the state of charge that small steady currents should have made, and did; and the highest of them, A.
    pub idle_expected: f64,
    pub idle_observed: f64,
    pub idle_current: f64,
    pub clock_unset: bool,
    pub from_s: f64,
    pub to_s: f64,
    pub soc_last: f64,
    pub soc_last_s: f64,
    pub soc_step: f64,
    pub soc_outside: u64,
    pub cell_step: f64,
    pub odometer_last: f64,
    pub odometer_fell: f64,
    pub isolation_min: f64,
    pub reported_soh: f64,
    pub reported_soh_rose: f64,
    pub pack_highest: f64,
    pub cell_highest: f64,
    pub cell_lowest: f64,
    pub temp_highest: f64,
    pub temp_lowest: f64,
    /// Whether highest and lowest ever differed: where one column stands for both, there is no spread to be read.
    pub cells_apart: bool,
    pub temps_apart: bool,
    /// Rested between 20 and 80 %.
    pub spread_sum: f64,
    pub spread_rows: u64,
    pub temp_spread_sum: f64,
    pub temp_spread_rows: u64,
    /// Growth of the spread of cells in long rests, V per day.
    pub self_discharge: f64,
    pub charges_not_kept: u64,
    /// Holes inside charges, beside which they go on as charges of their own: of charges, and of those whose current is negative.
    pub holes: [Holes; 2],
    /// Times between rows with a current, up to 60 s and above.
    pub intervals_short: u64,
    pub intervals_long: u64,
}

/// Holes inside charges.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Holes {
    pub count: u64,
    /// The longest, s.
    pub longest_s: f64,
    /// Those of them beside which current flows on one side only: a charge lost its beginning or its end.
    pub one_sided: u64,
    /// The logger's number of the session in which the longest is, and the rise of the state of charge over it.
    pub session: Option<i64>,
    pub rise: f64,
}

impl Watch {
    fn odometer(&mut self, km: f64) {
        if !km.is_nan() {
            self.odometer_fell = self.odometer_fell.max(self.odometer_last - km);
            self.odometer_last = km;
        }
    }

    fn isolation(&mut self, kiloohm: f64) {
        self.isolation_min = self.isolation_min.min(kiloohm);
    }

    fn reported_soh(&mut self, soh: f64) {
        if !soh.is_nan() {
            self.reported_soh_rose = self.reported_soh_rose.max(soh - self.reported_soh);
            self.reported_soh = soh;
        }
    }
}

/// A value that stays known for a while after its row: loggers poll signals in turn.
#[derive(Debug, Clone, Copy)]
struct Held {
    value: f64,
    time: f64,
}

impl Held {
    const NONE: Self = Self {
        value: f64::NAN,
        time: f64::NEG_INFINITY,
    };

    fn set(&mut self, value: f64, time: f64) {
        if !value.is_nan() {
            *self = Self { value, time };
        }
    }

    fn at(self, time: f64) -> f64 {
        if time - self.time <= GAP {
            self.value
        } else {
            f64::NAN
        }
    }
}

/// From which channels a mean cell voltage is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Mean,
    Pack,
    Ends,
}

/// A mean cell voltage as read, when, and the least and most current from the row at or before it on.
#[derive(Debug, Clone, Copy)]
struct Level {
    volt: f64,
    time: f64,
    origin: Origin,
    low: f64,
    high: f64,
}

/// Rows to be read, column by column; a column is empty where the file does not have it.
struct Rows<'a> {
    time: &'a [f64],
    session: &'a [i64],
    columns: [&'a [f64]; Channel::ALL.len()],
}

/// What was known where rows end, or another session begins.
#[derive(Debug, Clone, Copy)]
struct Left {
    time: f64,
    current: f64,
    soc: f64,
    /// Known only while rows of the same file follow.
    session: Option<i64>,
    /// The first row with a current thereafter.
    resumed_s: f64,
}

/// Rest as it goes on.
#[derive(Debug, Clone, Copy)]
struct Rest {
    since: f64,
    lowest: f64,
    highest: f64,
    mean_volt: f64,
    /// Spread of cells one hour into the rest, with its time.
    spread_early: Option<(f64, f64)>,
}

/// The stream of rows of one vehicle, as far as it has been read.
#[derive(Debug, Clone)]
pub(crate) struct ChargeFinder {
    rated: f64,
    n_series: f64,
    clock: Clock,
    pub charges: Vec<Charge>,
    pub watch: Watch,
    pub rest_currents: RestCurrents,
    charge: Option<Box<Charge>>,
    /// The last closed charge still rests: its place.
    resting: Option<usize>,
    rest: Option<Rest>,
    session: Option<i64>,
    time: f64,
    /// The last row with a current.
    current: f64,
    current_s: f64,
    current_volt: f64,
    /// The last reading of cell voltage, to tell a jump from a step of current.
    level: Option<Level>,
    quiet_since: f64,
    soc_at: Option<(f64, f64, f64)>,
    last_cell: f64,
    /// State of charge at the last row of a small steady current.
    idle_soc: Option<f64>,
    /// Before the last cut, until it is known what came after it.
    left: Option<Left>,
    held: [Held; Channel::ALL.len()],
}

/// What a channel can show; anything else is taken as missing.
const fn limits(channel: Channel) -> (f64, f64) {
    match channel {
        Channel::PackVoltage => (0.5, 2000.0),
        Channel::PackCurrent | Channel::MeterCurrent => (-5000.0, 5000.0),
        Channel::Soc => (-0.02, 1.05),
        Channel::CellMax | Channel::CellMin | Channel::CellMean => (0.5, 6.0),
        Channel::TempMin | Channel::TempMax => (-60.0, 150.0),
        Channel::Plugged | Channel::Parked => (f64::NEG_INFINITY, f64::INFINITY),
        Channel::Odometer => (0.0, 5e6),
        Channel::Isolation => (0.0, 1e9),
        Channel::ReportedSoh => (0.0, 1.5),
    }
}

/// The value, or NaN where its channel cannot show it.
fn sound(channel: Channel, value: f64) -> f64 {
    let (low, high) = limits(channel);
    if value >= low && value <= high {
        value
    } else {
        f64::NAN
    }
}

impl ChargeFinder {
    /// `rated` in Ah scales the limits of current.
    pub fn new(rated: f64, n_series: u32) -> Self {
        const NO: f64 = f64::NAN;
        Self {
            rated,
            n_series: f64::from(n_series),
            clock: Clock::Relative,
            charges: Vec::new(),
            watch: Watch {
                rows: 0,
                rows_unused: 0,
                rows_with_current: 0,
                rows_discharging: 0,
                time_backwards: 0,
                rows_backwards: 0,
                breaks: 0,
                current_absurd: 0,
                idle_expected: 0.0,
                idle_observed: 0.0,
                idle_current: NO,
                clock_unset: false,
                from_s: NO,
                to_s: NO,
                soc_last: NO,
                soc_last_s: NO,
                soc_step: NO,
                soc_outside: 0,
                cell_step: NO,
                odometer_last: NO,
                odometer_fell: 0.0,
                isolation_min: NO,
                reported_soh: NO,
                reported_soh_rose: 0.0,
                pack_highest: NO,
                cell_highest: NO,
                cell_lowest: NO,
                temp_highest: NO,
                temp_lowest: NO,
                cells_apart: false,
                temps_apart: false,
                spread_sum: 0.0,
                spread_rows: 0,
                temp_spread_sum: 0.0,
                temp_spread_rows: 0,
                self_discharge: NO,
                charges_not_kept: 0,
                holes: [Holes::default(); 2],
                intervals_short: 0,
                intervals_long: 0,
            },
            rest_currents: RestCurrents::new(CHARGING * rated),
            charge: None,
            resting: None,
            rest: None,
            session: None,
            time: NO,
            current: NO,
            current_s: NO,
            current_volt: NO,
            level: None,
            quiet_since: NO,
            soc_at: None,
            last_cell: NO,
            idle_soc: None,
            left: None,
            held: [Held::NONE; Channel::ALL.len()],
        }
    }

    /// Begins a file with a clock of its own.
    pub fn begin(&mut self, clock: Clock) {
        self.cut();
        if self.clock != Clock::Utc || clock != Clock::Utc {
            self.left = None;
        }
        // Each file numbers its own sessions: the same number in two of them says nothing.
        if let Some(left) = &mut self.left {
            left.session = None;
        }
        self.clock = clock;
    }

    /// Reads rows.
    pub fn push(&mut self, samples: &Samples) {
        let columns: [&[f64]; Channel::ALL.len()] = std::array::from_fn(|c| samples.column(Channel::ALL[c]));
        let rows = Rows {
            time: &samples.time_s,
            session: &samples.session,
            columns,
        };
        // After looking in vain, so many rows are taken singly before the next look.
        let (mut place, mut singly, mut wait) = (0, 0, 1);
        while place < rows.time.len() {
            if place >= singly {
                let end = self.steady(&rows, place);
                if end - place >= WORTHWHILE {
                    self.stretch(&rows, place, end);
                    place = end;
                    wait = 1;
                    continue;
                }
                singly = end + wait;
                wait = WORTHWHILE.min(2 * wait);
            }
            self.push_row(&rows, place);
            place += 1;
        }
    }

    fn push_row(&mut self, rows: &Rows<'_>, place: usize) {
        let Some(&time) = rows.time.get(place) else {
            return;
        };
        let row = rows
            .columns
            .map(|column| column.get(place).copied().unwrap_or(f64::NAN));
        self.row(time, rows.session.get(place).copied(), &row);
    }

    /// The end of what belongs together: nothing is carried over.
    pub fn cut(&mut self) {
        if self.time.is_finite() {
            self.left = Some(Left {
                time: self.time,
                current: self.current,
                soc: self.at(Channel::Soc),
                session: self.session,
                resumed_s: f64::NAN,
            });
        }
        self.close();
        self.end_rest();
        self.resting = None;
        self.session = None;
        self.time = f64::NAN;
        self.forget_current();
        self.soc_at = None;
        self.last_cell = f64::NAN;
        self.idle_soc = None;
        self.held = [Held::NONE; Channel::ALL.len()];
    }

    fn forget_current(&mut self) {
        self.current = f64::NAN;
        self.current_s = f64::NAN;
        self.quiet_since = f64::NAN;
        self.rest_currents.end();
        self.level = None;
    }

    fn row(&mut self, time: f64, session: Option<i64>, row: &[f64; Channel::ALL.len()]) {
        self.watch.rows += 1;
        if !time.is_finite() || time.abs() > 1e11 {
            self.watch.rows_unused += 1;
            if let Some(charge) = &mut self.charge {
                charge.time_wrong += 1;
            }
            return;
        }
        if session != self.session && self.session.is_some() {
            self.cut();
        }
        self.session = session;
        let passed = time - self.time;
        if passed.is_finite() && !(-GAP..=BREAK).contains(&passed) {
            self.watch.time_backwards += u64::from(passed < 0.0);
            self.watch.breaks += u64::from(passed > 0.0);
            self.cut();
            self.session = session;
        } else if passed < 0.0 {
            self.watch.rows_unused += 1;
            self.watch.rows_backwards += 1;
            if let Some(charge) = &mut self.charge {
                charge.time_wrong += 1;
            }
            return;
        }
        self.time = time;
        if self.clock == Clock::Utc {
            if SET.contains(&time) {
                self.watch.from_s = self.watch.from_s.min(time);
                self.watch.to_s = self.watch.to_s.max(time);
            } else {
                self.watch.clock_unset = true;
            }
        }
        self.hold(time, row);
        let current = sound(Channel::PackCurrent, row[Channel::PackCurrent as usize]);
        if current.is_nan() {
            self.watch.current_absurd += u64::from(!row[Channel::PackCurrent as usize].is_nan());
            self.watch.rows_unused += u64::from(row.iter().all(|v| v.is_nan()));
            return;
        }
        if time == self.current_s {
            // A clock of whole seconds under a faster logger; or two rows that contradict each other.
            self.watch.rows_unused += 1;
            if let Some(charge) = &mut self.charge
                && (current - self.current).abs() > 0.1 * self.rated
            {
                charge.time_wrong += 1;
            }
            return;
        }
        self.flow(time, current);
    }

    /// Takes over what a row says beside current.
    fn hold(&mut self, time: f64, row: &[f64; Channel::ALL.len()]) {
        let watch = &mut self.watch;
        let get = |channel: Channel| row[channel as usize];
        let mut keep = |channel: Channel, value: f64| self.held[channel as usize].set(value, time);
        let soc = sound(Channel::Soc, get(Channel::Soc));
        watch.soc_outside += u64::from(get(Channel::Soc).is_finite() && soc.is_nan());
        if !soc.is_nan() {
            let step = (soc - watch.soc_last).abs();
            if step > SOC_STEP {
                watch.soc_step = watch.soc_step.min(step);
            }
            (watch.soc_last, watch.soc_last_s) = (soc, time);
        }
        keep(Channel::Soc, soc);
        let pack = sound(Channel::PackVoltage, get(Channel::PackVoltage));
        watch.pack_highest = watch.pack_highest.max(pack);
        keep(Channel::PackVoltage, pack);
        for channel in [Channel::CellMax, Channel::CellMin, Channel::CellMean] {
            let volt = sound(channel, get(channel));
            if get(channel).is_finite()
                && volt.is_nan()
                && let Some(charge) = &mut self.charge
            {
                charge.cells_absurd += 1;
            }
            watch.cell_highest = watch.cell_highest.max(volt);
            watch.cell_lowest = watch.cell_lowest.min(volt);
            keep(channel, volt);
        }
        let cell = sound(Channel::CellMin, get(Channel::CellMin));
        let step = (cell - self.last_cell).abs();
        if step > CELL_STEP {
            watch.cell_step = watch.cell_step.min(step);
        }
        if !cell.is_nan() {
            self.last_cell = cell;
        }
        for channel in [Channel::TempMin, Channel::TempMax] {
            let celsius = sound(channel, get(channel));
            watch.temp_highest = watch.temp_highest.max(celsius);
            watch.temp_lowest = watch.temp_lowest.min(celsius);
            keep(channel, celsius);
        }
        for channel in [Channel::Plugged, Channel::Parked, Channel::MeterCurrent] {
            keep(channel, sound(channel, get(channel)));
        }
        // Of what is known at this moment: signals that are polled in turn never share a row.
        let held = |channel: Channel| self.held[channel as usize].at(time);
        let apart = |high, low| (held(high) - held(low)).abs() > 0.0;
        watch.cells_apart |= apart(Channel::CellMax, Channel::CellMin);
        watch.temps_apart |= apart(Channel::TempMax, Channel::TempMin);
        watch.odometer(sound(Channel::Odometer, get(Channel::Odometer)));
        watch.isolation(sound(Channel::Isolation, get(Channel::Isolation)));
        watch.reported_soh(sound(Channel::ReportedSoh, get(Channel::ReportedSoh)));
    }

    fn at(&self, channel: Channel) -> f64 {
        self.held[channel as usize].at(self.time)
    }

    fn mean_cell(&self) -> f64 {
        self.reading().map_or(f64::NAN, |(volt, ..)| volt)
    }

    /// The mean cell voltage that is known, when it was read, and from what.
    fn reading(&self) -> Option<(f64, f64, Origin)> {
        let when = |channel: Channel| self.held[channel as usize].time;
        let mean = self.at(Channel::CellMean);
        if !mean.is_nan() {
            return Some((mean, when(Channel::CellMean), Origin::Mean));
        }
        // The middle of highest and lowest would follow one weak cell.
        let mean = self.at(Channel::PackVoltage) / self.n_series;
        if !mean.is_nan() {
            return Some((mean, when(Channel::PackVoltage), Origin::Pack));
        }
        let mean = 0.5 * (self.at(Channel::CellMax) + self.at(Channel::CellMin));
        let time = when(Channel::CellMax).min(when(Channel::CellMin));
        (!mean.is_nan()).then_some((mean, time, Origin::Ends))
    }

    /// Step of the cell voltage since it was read last, where the current has been steady since then; NaN otherwise. A voltage that
    /// is only held from an earlier row is no reading: it belongs to the current of that row.
    fn voltage_step(&mut self, time: f64, current: f64) -> f64 {
        if let Some(level) = &mut self.level {
            level.low = level.low.min(current);
            level.high = level.high.max(current);
        }
        let Some((volt, at, origin)) = self.reading() else {
            return f64::NAN;
        };
        let since = if at < time { self.current } else { current };
        let read = Level {
            volt,
            time: at,
            origin,
            low: since.min(current),
            high: since.max(current),
        };
        match self.level {
            Some(before) if at <= before.time && origin == before.origin => f64::NAN,
            before => {
                self.level = Some(read);
                let steady = |before: &Level| {
                    before.origin == origin
                        && at - before.time <= GAP
                        && before.high - before.low < STEADY * self.rated
                };
                before
                    .filter(steady)
                    .map_or(f64::NAN, |before| (volt - before.volt).abs())
            }
        }
    }

    /// A row with a current.
    fn flow(&mut self, time: f64, current: f64) {
        let threshold = CHARGING * self.rated;
        self.watch.rows_with_current += 1;
        self.watch.rows_discharging += u64::from(current < -threshold);
        let passed = time - self.current_s;
        self.look_across(time, current);
        if passed.is_finite() {
            self.watch.intervals_long += u64::from(passed > GAP);
            self.watch.intervals_short += u64::from(passed <= GAP);
        }
        let mean = self.mean_cell();
        let voltage_step = self.voltage_step(time, current);
        let flowing = current.abs() > threshold;
        if let Some(charge) = &self.charge {
            let against = flowing && (current < 0.0) != charge.reversed;
            if against || (!flowing && time - charge.last_s >= PAUSE) {
                self.close();
            }
        }
        if flowing && self.charge.is_none() {
            self.open(time, current);
        }
        if self.charge.is_some() {
            self.sum(time, current, mean, voltage_step);
        }
        if flowing {
            self.quiet_since = f64::NAN;
            self.rest_currents.end();
        } else {
            if self.quiet_since.is_nan() {
                // At the start of a file nothing is known to have flowed before.
                self.quiet_since = if passed.is_nan() { time - REST } else { time };
            }
            // The tail of a charge is a real current; and a vehicle that moves draws some.
            if time - self.quiet_since >= REST && self.at(Channel::Parked) != 0.0 {
                self.rest_currents.add(current);
            }
        }
        self.rest(time, current, mean);
        if flowing {
            self.watch_idle(
                time - self.current_s,
                self.current,
                current,
                self.at(Channel::Soc),
            );
        } else {
            self.idle_soc = None;
        }
        self.current = current;
        self.current_s = time;
        self.current_volt = self.at(Channel::PackVoltage);
    }

    /// Notes rows that are missing inside a charge: what is left of it goes on as another one.
    fn look_across(&mut self, time: f64, current: f64) {
        /// Rises of the state of charge that are more than its rounding: where current flows on both sides, and on one.
        const LEAST: [f64; 2] = [0.005, 0.010];
        /// Rise over what the current beside the hole would make, where it counts as made by that current.
        const EXPLAINED: std::ops::RangeInclusive<f64> = 0.5..=1.5;
        let Some(mut left) = self.left.take() else {
            return;
        };
        left.resumed_s = left.resumed_s.min(time);
        let soc = self.at(Channel::Soc);
        if soc.is_nan() && time - left.resumed_s <= GAP {
            self.left = Some(left);
            return;
        }
        let missing = left.resumed_s - left.time;
        if missing.is_nan() || missing <= GAP {
            return;
        }
        let flows = [left.current, current].map(|i| i.abs() > CHARGING * self.rated);
        let one_session = left.session.is_some() && left.session == self.session;
        let rise = soc - left.soc;
        let inside = match flows {
            [true, true] if left.current * current < 0.0 => false,
            // The logger says itself that it is one session; no vehicle was driven in between.
            [true, true] if one_session => rise.is_nan() || rise > -LEAST[0],
            [true, true] => {
                let made = 0.5 * (left.current + current).abs() * missing / 3600.0 / self.rated;
                // Without dates another session has a clock of its own; rows without a number are of one file and its clock.
                let comparable = self.clock == Clock::Utc || left.session == self.session;
                comparable && rise >= LEAST[0] && EXPLAINED.contains(&(rise / made))
            }
            [false, false] => false,
            _ => one_session && rise >= LEAST[1],
        };
        if !inside {
            return;
        }
        let flowed = if flows[0] { left.current } else { current };
        let holes = &mut self.watch.holes[usize::from(flowed < 0.0)];
        holes.count += 1;
        holes.one_sided += u64::from(flows != [true, true]);
        if missing > holes.longest_s {
            (holes.longest_s, holes.rise) = (missing, rise);
            holes.session = left.session.filter(|_| one_session);
        }
    }

    fn open(&mut self, time: f64, current: f64) {
        let dated = self.clock == Clock::Utc && SET.contains(&time);
        let mut charge = Charge::new(current < 0.0, self.session, time, dated);
        if let Some(rest) = self.rest {
            if time - rest.since >= REST {
                charge.rest_before = rest.mean_volt;
            }
            let step = if self.watch.cell_step.is_nan() {
                0.0
            } else {
                self.watch.cell_step
            };
            if time - rest.since >= SETTLED && rest.highest - rest.lowest <= (2.0 * step).max(0.006) {
                charge.settled_before = rest.mean_volt;
            }
        }
        // The state of charge before the first charging row, if a row was there to show it.
        charge.soc_start = match self.soc_at {
            Some((soc, at, _)) if time - at <= GAP => soc,
            _ => self.at(Channel::Soc),
        };
        self.soc_at = self.soc_at.map(|(soc, at, _)| (soc, at, 0.0));
        self.end_rest();
        self.resting = None;
        self.charge = Some(Box::new(charge));
    }

    /// Adds the interval up to this row to the open charge.
    fn sum(&mut self, time: f64, current: f64, mean: f64, voltage_step: f64) {
        let (volt, soc) = (self.at(Channel::PackVoltage), self.at(Channel::Soc));
        let (low, high) = (self.at(Channel::CellMin), self.at(Channel::CellMax));
        let celsius = 0.5 * (self.at(Channel::TempMin) + self.at(Channel::TempMax));
        let celsius = if celsius.is_nan() {
            self.at(Channel::TempMax).max(self.at(Channel::TempMin))
        } else {
            celsius
        };
        let meter = self.at(Channel::MeterCurrent);
        let (plugged, parked) = (self.at(Channel::Plugged), self.at(Channel::Parked));
        let hottest = self.at(Channel::TempMax).max(self.at(Channel::TempMin));
        let Some(charge) = &mut self.charge else {
            return;
        };
        let sign = if charge.reversed { -1.0 } else { 1.0 };
        let taken = sign * current;
        let charging = taken > CHARGING * self.rated;
        let passed = time - self.current_s;
        charge.rows += 1;
        // Also where rows are there and only their current is missing; but a long time before the first row is not inside.
        if passed > GAP && (passed <= BREAK || charge.rows > 1) {
            charge.gap_longest = charge.gap_longest.max(passed);
        }
        if passed > 0.0 && passed <= BREAK {
            let coulombs = 0.5 * (self.current + current) * sign * passed;
            charge.coulombs += coulombs;
            charge.seconds += passed;
            let before = if self.current_volt.is_nan() {
                volt
            } else {
                self.current_volt
            };
            if volt.is_nan() {
                charge.seconds_without_voltage += passed;
            } else {
                charge.joules += 0.5 * (self.current * before + current * volt) * sign * passed;
                charge.volt_seconds += 0.5 * (before + volt) * passed;
            }
            if !celsius.is_nan() {
                charge.kelvin_coulombs += celsius * coulombs;
                charge.coulombs_with_temperature += coulombs;
            }
            // Where one of the two does not flow yet, or any more, their clocks differ and not their gains.
            if charging && meter.abs() > CHARGING * self.rated {
                charge.meter_coulombs += meter.abs() * passed;
                charge.metered_coulombs += taken * passed;
            }
            charge.intervals[(passed.round() as usize).min(60)] += 1;
            charge.seconds_unplugged += if plugged == 0.0 { passed } else { 0.0 };
            charge.seconds_moving += if parked == 0.0 { passed } else { 0.0 };
            let step = current - self.current;
            charge.unsteady += u64::from(charging && step.abs() > 0.1 * self.rated);
            if passed <= GAP && (0.15..0.90).contains(&soc) && voltage_step > charge.volt_jump {
                charge.volt_jump = voltage_step;
            }
        }
        charge.temp_max = charge.temp_max.max(hottest);
        charge.cell_highest = charge.cell_highest.max(high);
        charge.cell_lowest = charge.cell_lowest.min(low);
        if !(low + high + volt).is_nan() {
            charge.cells_rows += 1;
            charge.cell_min_sum += low;
            charge.cell_max_sum += high;
            charge.pack_sum += volt;
        }
        if !soc.is_nan() {
            if charge.soc_start.is_nan() {
                charge.soc_start = soc;
            }
            charge.soc_fell = charge.soc_fell.max(charge.soc_max - soc);
            charge.soc_max = charge.soc_max.max(soc);
            charge.soc_end = soc;
            if soc >= 0.995 && charge.coulombs_at_top.is_nan() {
                charge.coulombs_at_top = charge.coulombs;
            }
            if let Some((before, at, coulombs)) = self.soc_at
                && time - at <= 2.0 * GAP
            {
                let explained = (charge.coulombs - coulombs) / 3600.0 / self.rated;
                let jump = (soc - before - explained).abs();
                if charging {
                    charge.jump = charge.jump.max(jump);
                } else {
                    charge.jump_after = charge.jump_after.max(jump);
                }
            }
            self.soc_at = Some((soc, time, charge.coulombs));
        }
        if charging {
            charge.last_s = time;
            charge.coulombs_at_last = charge.coulombs;
            charge.current_max = charge.current_max.max(taken);
            charge.current_last = taken;
            charge.spread_last = high - low;
            if taken < TAPER * self.rated {
                charge.taper_volt = charge.taper_volt.max(if high.is_nan() { mean } else { high });
            }
            if (0.40..=0.80).contains(&soc) && !mean.is_nan() {
                charge.middle_sum += mean;
                charge.middle_rows += 1;
            }
        }
    }

    /// Sums up what a small steady current should have added to the state of charge, and what it did: a current that adds
    /// nothing is the sensor's offset. Near full the state of charge stands still for other reasons.
    fn watch_idle(&mut self, passed: f64, before: f64, current: f64, soc: f64) {
        const STEADY: f64 = 0.01;
        const NEAR_FULL: f64 = 0.97;
        let steady = (current - before).abs() < STEADY * self.rated
            && (0.0..SMALL_CURRENT * self.rated).contains(&current);
        if !steady || soc.is_nan() || soc >= NEAR_FULL {
            self.idle_soc = None;
            return;
        }
        if let Some(soc_before) = self.idle_soc {
            self.watch.idle_expected += current * passed / 3600.0 / self.rated;
            self.watch.idle_observed += soc - soc_before;
            self.watch.idle_current = self.watch.idle_current.max(current);
        }
        self.idle_soc = Some(soc);
    }

    /// Follows rest.
    fn rest(&mut self, time: f64, current: f64, mean: f64) {
        let soc = self.at(Channel::Soc);
        if self.charge.is_none() && !soc.is_nan() {
            self.soc_at = Some((soc, time, 0.0));
        }
        if current.abs() > RESTED * self.rated {
            self.end_rest();
            if self.charge.is_none() {
                self.resting = None;
            }
            return;
        }
        let spread = self.at(Channel::CellMax) - self.at(Channel::CellMin);
        let temp_spread = self.at(Channel::TempMax) - self.at(Channel::TempMin);
        let rest = self.rest.get_or_insert(Rest {
            since: time,
            lowest: mean,
            highest: mean,
            mean_volt: mean,
            spread_early: None,
        });
        rest.lowest = rest.lowest.min(mean);
        rest.highest = rest.highest.max(mean);
        if !mean.is_nan() {
            rest.mean_volt = mean;
        }
        let rested = time - rest.since;
        if rested >= 3600.0 && rest.spread_early.is_none() && !spread.is_nan() {
            rest.spread_early = Some((spread, time));
        }
        if let Some((early, at)) = rest.spread_early
            && time - at >= LONG_REST
            && !spread.is_nan()
        {
            let growth = (spread - early) / (time - at) * 86_400.0;
            self.watch.self_discharge = self.watch.self_discharge.max(growth);
        }
        if rested >= SETTLED {
            if (0.20..=0.80).contains(&soc) && !spread.is_nan() {
                self.watch.spread_sum += spread;
                self.watch.spread_rows += 1;
            }
            if !temp_spread.is_nan() {
                self.watch.temp_spread_sum += temp_spread;
                self.watch.temp_spread_rows += 1;
            }
        }
        if rested >= REST
            && let Some(place) = self.resting
            && let Some(charge) = self.charges.get_mut(place)
        {
            charge.rest_after = mean;
        }
    }

    fn end_rest(&mut self) {
        self.rest = None;
    }

    /// Ends the open charge and keeps it if it may be one.
    fn close(&mut self) {
        let Some(charge) = self.charge.take() else {
            return;
        };
        let rose = charge.soc_end - charge.soc_start;
        // Driving makes thousands of short runs of current; what is kept is what someone might call a charge.
        let worth = rose >= 0.02 || (rose.is_nan() && charge.coulombs / 3600.0 >= 0.05 * self.rated);
        let charge_lost = !charge.reversed && charge.coulombs / 3600.0 >= 0.05 * self.rated;
        if !(worth || charge_lost) {
            return;
        }
        if self.charges.len() < MOST {
            self.resting = Some(self.charges.len());
            self.charges.push(*charge);
        } else {
            self.watch.charges_not_kept += 1;
        }
    }
}
