//! A small electric car that charges: enough physics that a test reads as a story, and a truth to compare with.

use battery::ocv::mean_voltage;
use battery::{
    Assessment, Assessor, Channel, Chemistry, Class, Clock, Facts, Pack, Samples, SocDefinition, Source,
};

/// What a test says about the car.
#[derive(Clone)]
pub struct Car {
    pub chemistry: Chemistry,
    pub capacity_ah: f64,
    pub sampling_s: f64,
    pub celsius: f64,
    pub current_a: f64,
    pub offset_a: f64,
    /// Rest before each charge, s.
    pub rest_s: f64,
}

pub const RATED_AH: f64 = 150.0;
pub const CELLS: u32 = 96;

impl Car {
    pub fn new() -> Self {
        Self {
            chemistry: Chemistry::Nmc,
            capacity_ah: 135.0,
            sampling_s: 30.0,
            celsius: 22.0,
            current_a: 40.0,
            offset_a: 0.0,
            rest_s: 600.0,
        }
    }

    pub fn pack(&self) -> Pack {
        Pack {
            chemistry: self.chemistry,
            n_series: CELLS,
            rated_ah: Some(RATED_AH),
            rated_kwh: Some(54.0),
            rated_source: "data sheet".into(),
            end_voltage: None,
        }
    }

    /// A charge from one state of charge to another (1.0: to the taper), with rest before and ten minutes of it after.
    pub fn charge(&self, session: i64, from: f64, to: f64) -> Samples {
        let mut rows = Samples::default();
        let (mut soc, mut time) = (from, 0.0);
        for _ in 0..(self.rest_s / self.sampling_s) as usize {
            self.row(&mut rows, session, time, soc, 0.0);
            time += self.sampling_s;
        }
        while soc < to {
            // The taper decays with a quarter of an hour, as the method assumes for NMC.
            let left_ah = (1.0 - soc) * self.capacity_ah;
            let current = self.current_a.min(left_ah / 0.25);
            if current < 0.04 * RATED_AH {
                break;
            }
            self.row(&mut rows, session, time, soc, current);
            soc += current * self.sampling_s / 3600.0 / self.capacity_ah;
            time += self.sampling_s;
        }
        for _ in 0..(600.0 / self.sampling_s) as usize {
            self.row(&mut rows, session, time, soc, 0.0);
            time += self.sampling_s;
        }
        rows
    }

    fn row(&self, rows: &mut Samples, session: i64, time: f64, soc: f64, current: f64) {
        let open = mean_voltage(self.chemistry, soc, soc);
        let tapers = current > 0.0 && current < self.current_a;
        let cell = if tapers {
            self.chemistry.end_voltage()
        } else {
            (open + 0.0006 * current).min(self.chemistry.end_voltage())
        };
        // The current sensor of a car shows tenths; a little unrest keeps it from showing nothing but zeros.
        let unrest = if ((time / self.sampling_s) as u64).is_multiple_of(2) {
            0.1
        } else {
            -0.1
        };
        rows.time_s.push(time);
        rows.session.push(session);
        for (channel, value) in [
            (Channel::PackVoltage, cell * f64::from(CELLS)),
            (Channel::PackCurrent, current + self.offset_a + unrest),
            (Channel::Soc, (soc * 200.0).round() / 200.0),
            (Channel::CellMax, cell + 0.004),
            (Channel::CellMin, cell - 0.004),
            (Channel::TempMin, self.celsius - 1.0),
            (Channel::TempMax, self.celsius + 1.0),
        ] {
            rows.column_mut(channel).push(value);
        }
    }

    /// Eight ordinary charges, four of them to full.
    pub fn history(&self) -> Vec<Samples> {
        [
            (0.10, 1.0),
            (0.30, 0.80),
            (0.20, 1.0),
            (0.45, 0.75),
            (0.15, 1.0),
            (0.25, 0.70),
            (0.40, 0.90),
            (0.12, 1.0),
        ]
        .iter()
        .enumerate()
        .map(|(place, &(from, to))| self.charge(place as i64, from, to))
        .collect()
    }

    pub fn assess(&self, sessions: &[Samples]) -> Assessment {
        self.assess_with(sessions, Facts::default(), Class::Field)
    }

    pub fn assess_with(&self, sessions: &[Samples], facts: Facts, class: Class) -> Assessment {
        let mut assessor = Assessor::new(self.pack(), facts, class);
        assessor.source(source());
        sessions.iter().for_each(|rows| assessor.push(rows));
        assessor.finish()
    }
}

pub fn source() -> Source {
    Source {
        name: "log.csv".into(),
        soc_definition: SocDefinition::Bms,
        clock: Clock::Relative,
        ..Source::default()
    }
}

/// Changes one column of some rows.
pub fn change(rows: &mut Samples, channel: Channel, how: impl Fn(usize, f64) -> f64) {
    for (row, value) in rows.column_mut(channel).iter_mut().enumerate() {
        *value = how(row, *value);
    }
}

/// Moves a session to a date, as a logger with a set clock would write it.
pub fn dated(mut rows: Samples, start_s: f64) -> Samples {
    rows.time_s.iter_mut().for_each(|t| *t += start_s);
    rows
}

/// Some rows of a session, in the given order.
pub fn pick(rows: &Samples, order: impl IntoIterator<Item = usize>) -> Samples {
    let mut picked = Samples::default();
    for row in order {
        picked.time_s.push(rows.time_s[row]);
        picked.session.push(rows.session[row]);
        for channel in Channel::ALL {
            if let Some(&value) = rows.column(channel).get(row) {
                picked.column_mut(channel).push(value);
            }
        }
    }
    picked
}
