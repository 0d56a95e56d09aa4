//! Stories that could have produced the readings, and how well each fits.
//!
//! A story keeps most readings as true, explains the left-out ones as slips, and may contain one kind of break: the
//! instrument wound back, replaced without papers, rolled over at 99,999, or read in the other unit from some day on.
//! For each kind the best story is found by dynamic programming over the visits; comparing them is what the tiers rest
//! on. This generalises the longest consistent subsequence: with all slips equally likely and no breaks it is that.

use vehicle::units::KM_PER_MILE;

use super::mistake::{self, Mistake};
use super::reading::{Reading, Setting};

/// A visit: readings close together in time and value, so one witness. A failed inspection and its repeat are one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Visit {
    /// The reading that speaks for the visit: the last of them.
    pub(super) reading: Reading,
    /// All readings of the visit.
    pub(super) all: Vec<Reading>,
    /// Kilometres, after documented replacements are added back.
    pub(super) km: f64,
    /// Days since 1970.
    pub(super) days: f64,
}

/// What may have happened to the instrument between two kept visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// Nothing: one instrument, always counting up.
    None,
    /// Turned back.
    WoundBack,
    /// Another instrument, nobody said so.
    Replaced,
    /// Five digits, passed 99,999.
    RolledOver,
    /// Read in miles but written as kilometres from then on.
    MilesAsKm,
    /// Read in kilometres but written as miles from then on.
    KmAsMiles,
}

/// The best account of the readings with a given kind of break.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// Natural logarithm of its likelihood.
    pub(super) log_likelihood: f64,
    /// Visits taken as true, in order.
    pub(super) kept: Vec<usize>,
    /// Visits taken as slips.
    pub(super) slips: Vec<(usize, Mistake)>,
    /// The kept visits before and after each break.
    pub(super) breaks: Vec<(usize, usize)>,
}

/// What is known beside the readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// First registration or manufacture.
    pub first_use: Option<jiff::civil::Date>,
    /// Days on which the car was sold or changed owner.
    pub sales: Vec<jiff::civil::Date>,
    /// The car came out of rental, taxi or other commercial use.
    pub was_commercial: bool,
}

/// Faster than this is no car (km a year; a taxi in two shifts comes near).
const FASTEST: f64 = 110_000.0;
/// A distance that needs no time at all: moving about, rounding, a journey the same week (km).
const FREE: f64 = 1_000.0;
/// More than most cars drive: how far the truth may have gone where nothing bounds it (km a year).
const BRISK: f64 = 40_000.0;
/// The usual distance, before a car's own readings say otherwise (km a year).
const USUAL: f64 = 13_000.0;
/// Spread of the logarithm of the distance between two visits around the car's own usual.
const SPREAD: f64 = 0.65;
/// Share of intervals that follow no habit (parked, sold, lent).
const IRREGULAR: f64 = 0.1;
/// At most this many consecutive visits are taken as slips.
const MOST_SLIPS_IN_A_ROW: usize = 6;
/// Chance per car of a break of each kind, before looking. Settings of ours: no base rate is known for export cars.
const CHANCE_WOUND_BACK: f64 = 0.02;
const CHANCE_REPLACED: f64 = 0.003;
const CHANCE_ROLLED_OVER: f64 = 0.2;
const CHANCE_UNIT: f64 = 0.003;
/// Days around a sale in which winding back pays.
const NEAR_A_SALE: f64 = 90.0;

pub(super) struct Teller<'a> {
    visits: &'a [Visit],
    usual: f64,
    first_use: Option<f64>,
    sales: Vec<f64>,
    was_commercial: bool,
}

impl<'a> Teller<'a> {
    pub(super) fn new(visits: &'a [Visit], circumstances: &Circumstances) -> Self {
        let days = |day: &jiff::civil::Date| {
            f64::from(
                day.since(jiff::civil::date(1970, 1, 1))
                    .map_or(0, |span| span.get_days()),
            )
        };
        Teller {
            visits,
            usual: usual_distance(visits),
            first_use: circumstances.first_use.as_ref().map(days),
            sales: circumstances.sales.iter().map(days).collect(),
            was_commercial: circumstances.was_commercial,
        }
    }

    /// The best story with this kind of break, `None` when there is none.
    pub(super) fn best(&self, kind: Break) -> Option<Story> {
        let count = self.visits.len();
        // Two layers: before the first break, and after it. `came_from` remembers the best way in.
        let layers = if kind == Break::None { 1 } else { 2 };
        let mut best = vec![vec![f64::NEG_INFINITY; layers]; count];
        let mut came_from: Vec<Vec<Option<(usize, usize)>>> = vec![vec![None; layers]; count];
        for (index, visit) in self.visits.iter().enumerate() {
            if index <= MOST_SLIPS_IN_A_ROW {
                let start = self.start_density(visit) + self.slips_between(None, Some(index), 0..index);
                offer(&mut best, &mut came_from, (index, 0), start, None);
            }
            for from in index.saturating_sub(MOST_SLIPS_IN_A_ROW + 1)..index {
                for layer in 0..layers {
                    let so_far = at(&best, (from, layer));
                    if so_far == f64::NEG_INFINITY {
                        continue;
                    }
                    let changed = layer == 1;
                    let step = self.drive(from, index, |km| transformed(kind, km, changed));
                    let steady = so_far + step + self.slips_between(Some(from), Some(index), from + 1..index);
                    offer(
                        &mut best,
                        &mut came_from,
                        (index, layer),
                        steady,
                        Some((from, layer)),
                    );
                    // A second break of the same kind is only told for winding back.
                    if kind != Break::None && (layer == 0 || kind == Break::WoundBack) {
                        let broken = so_far
                            + self.break_density(kind, from, index)
                            + self.slips_between(Some(from), None, from + 1..index);
                        offer(&mut best, &mut came_from, (index, 1), broken, Some((from, layer)));
                    }
                }
            }
        }
        let mut end: Option<(f64, usize)> = None;
        for last in count.saturating_sub(MOST_SLIPS_IN_A_ROW + 1)..count {
            let total = at(&best, (last, layers - 1)) + self.slips_between(Some(last), None, last + 1..count);
            if total > f64::NEG_INFINITY && end.is_none_or(|(sum, _)| total > sum) {
                end = Some((total, last));
            }
        }
        let (log_likelihood, last) = end?;
        Some(self.trace(log_likelihood, (last, layers - 1), &came_from))
    }

    fn trace(
        &self,
        log_likelihood: f64,
        end: (usize, usize),
        came_from: &[Vec<Option<(usize, usize)>>],
    ) -> Story {
        let mut kept = vec![end.0];
        let mut breaks = Vec::new();
        let mut here = end;
        while let Some(from) = came_from
            .get(here.0)
            .and_then(|layers| layers.get(here.1))
            .copied()
            .flatten()
        {
            if from.1 != here.1 || (from.1 == 1 && self.km(here.0) < self.km(from.0) - self.tolerance(here.0))
            {
                breaks.push((from.0, here.0));
            }
            kept.push(from.0);
            here = from;
        }
        kept.reverse();
        breaks.reverse();
        let slips = (0..self.visits.len())
            .filter(|index| !kept.contains(index))
            .filter_map(|index| {
                let before = kept.iter().rev().find(|k| **k < index).copied();
                let after = kept.iter().find(|k| **k > index).copied();
                let (low, high) = self.room(before, after, index);
                Some((index, mistake::slip(&self.visits.get(index)?.reading, low, high)))
            })
            .collect();
        Story {
            log_likelihood,
            kept,
            slips,
            breaks,
        }
    }

    /// Where the truth lay at `index`, given the nearest visits believed and how fast a car can be.
    pub(super) fn room(&self, before: Option<usize>, after: Option<usize>, index: usize) -> (f64, f64) {
        let here = self.days(index);
        let years = |other: usize| (here - self.days(other)).abs() / 365.25;
        match (before, after) {
            (Some(b), Some(a)) if self.km(a) >= self.km(b) => {
                let earliest = (self.km(a) - FASTEST * years(a) - FREE).max(self.km(b));
                let latest = (self.km(b) + FASTEST * years(b) + FREE).min(self.km(a));
                (earliest.min(latest), latest.max(earliest))
            }
            (Some(b), _) => (self.km(b), self.km(b) + BRISK * years(b) + 2.0 * FREE),
            (None, Some(a)) => ((self.km(a) - BRISK * years(a)).max(0.0), self.km(a)),
            (None, None) => (0.0, 400_000.0),
        }
    }

    fn km(&self, index: usize) -> f64 {
        self.visits.get(index).map_or(0.0, |visit| visit.km)
    }

    fn days(&self, index: usize) -> f64 {
        self.visits.get(index).map_or(0.0, |visit| visit.days)
    }

    fn tolerance(&self, index: usize) -> f64 {
        self.visits
            .get(index)
            .map_or(50.0, |visit| visit.reading.tolerance())
    }

    /// Where the car would stand at `to` if it went on from `from` as usual.
    fn expected(&self, from: usize, to: usize) -> f64 {
        self.km(from) + self.usual * (self.days(to) - self.days(from)) / 365.25
    }

    fn slips_between(
        &self,
        before: Option<usize>,
        after: Option<usize>,
        range: std::ops::Range<usize>,
    ) -> f64 {
        range
            .filter_map(|index| {
                let (low, high) = self.room(before, after, index);
                Some(mistake::slip(&self.visits.get(index)?.reading, low, high).log_density)
            })
            .sum()
    }

    /// Density of the first reading believed: by age where known, else any number.
    fn start_density(&self, visit: &Visit) -> f64 {
        match self.first_use {
            Some(born) if visit.days > born => distance_density(visit.km, visit.days - born, USUAL, 1.0),
            _ => (1.0f64 / 250_000.0).ln(),
        }
    }

    /// Density of driving from one visit to the other with one instrument.
    fn drive(&self, from: usize, to: usize, change: impl Fn(f64) -> f64) -> f64 {
        let (start, end) = (change(self.km(from)), change(self.km(to)));
        let driven = end - start;
        if driven < -self.tolerance(to) {
            return f64::NEG_INFINITY;
        }
        distance_density(
            driven.max(0.0),
            self.days(to) - self.days(from),
            self.usual,
            SPREAD,
        )
    }

    fn break_density(&self, kind: Break, from: usize, to: usize) -> f64 {
        let places = (self.visits.len().saturating_sub(1)).max(1) as f64;
        let (start, end, truth) = (self.km(from), self.km(to), self.expected(from, to));
        match kind {
            Break::None => f64::NEG_INFINITY,
            Break::WoundBack => {
                // Less is neither worth the trouble nor tellable from a misreading.
                let worthwhile =
                    end < start - self.tolerance(to) && end < truth - 5_000.0 && end > 0.1 * truth;
                if !worthwhile {
                    return f64::NEG_INFINITY;
                }
                (CHANCE_WOUND_BACK / places * self.motive(from, to) / (0.8 * truth)).ln()
            }
            Break::Replaced => {
                let since = self.days(to) - self.days(from);
                let reach = 3.0 * self.usual * since / 365.25 + 3_000.0;
                let from_zero = if end <= reach { 0.5 / reach } else { 0.0 };
                let from_another_car = if end <= 200_000.0 { 0.5 / 200_000.0 } else { 0.0 };
                (CHANCE_REPLACED / places * (from_zero + from_another_car)).ln()
            }
            Break::RolledOver => {
                let unit = self.visits.get(to).map_or(1.0, |visit| visit.reading.km_per_unit);
                let never_six_digits = self.visits.iter().all(|v| v.reading.shown < 100_000);
                let old_enough = self.first_use.is_none_or(|born| born < 9_500.0);
                if !never_six_digits || !old_enough || end >= start {
                    return f64::NEG_INFINITY;
                }
                let certainty = if self.first_use.is_some() {
                    CHANCE_ROLLED_OVER
                } else {
                    CHANCE_ROLLED_OVER / 100.0
                };
                (certainty / places).ln() + self.drive_to(from, to, end + 100_000.0 * unit)
            }
            Break::MilesAsKm | Break::KmAsMiles => {
                (CHANCE_UNIT / places).ln() + self.drive_to(from, to, transformed(kind, end, true))
            }
        }
    }

    fn drive_to(&self, from: usize, to: usize, end: f64) -> f64 {
        let driven = end - self.km(from);
        if driven < -self.tolerance(to) {
            return f64::NEG_INFINITY;
        }
        distance_density(
            driven.max(0.0),
            self.days(to) - self.days(from),
            self.usual,
            SPREAD,
        )
    }

    /// How much more, or less, winding back is to be expected here: it pays before a sale, and after commercial use.
    fn motive(&self, from: usize, to: usize) -> f64 {
        let (start, end) = (self.days(from), self.days(to));
        let at_a_sale = self
            .visits
            .get(to)
            .is_some_and(|visit| visit.all.iter().any(|reading| reading.setting == Setting::Sale));
        let near = at_a_sale
            || self
                .sales
                .iter()
                .any(|day| *day > start - NEAR_A_SALE && *day < end + NEAR_A_SALE);
        let sale = if near {
            1.6
        } else if self.sales.is_empty() {
            // Nothing is known of sales, so nothing can be concluded from there being none.
            1.0
        } else {
            0.5
        };
        if self.was_commercial { sale * 1.5 } else { sale }
    }
}

fn transformed(kind: Break, km: f64, changed: bool) -> f64 {
    match kind {
        Break::MilesAsKm if changed => km * KM_PER_MILE,
        Break::KmAsMiles if changed => km / KM_PER_MILE,
        _ => km,
    }
}

/// Density per kilometre of driving `driven` km in so many days, for a car that usually drives `usual` km a year.
fn distance_density(driven: f64, days: f64, usual: f64, spread: f64) -> f64 {
    let years = (days / 365.25).max(1.0 / 365.25);
    if driven > FASTEST * years + FREE {
        return f64::NEG_INFINITY;
    }
    // Short intervals follow the habit less.
    let spread = spread + 0.8 * (-years / 0.3).exp();
    let mean = (usual * years).max(1.0);
    let z = (driven.max(1.0) / mean).ln() / spread;
    let habit = (-0.5 * z * z).exp() / (driven.max(1.0) * spread * (2.0 * std::f64::consts::PI).sqrt());
    let any = 1.0 / (FASTEST * years + FREE);
    ((1.0 - IRREGULAR) * habit + IRREGULAR * any).ln()
}

/// The car's usual distance a year: the median over its intervals, pulled towards what is usual for cars.
fn usual_distance(visits: &[Visit]) -> f64 {
    let mut rates: Vec<f64> = visits
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if b.days - a.days >= 60.0 && b.km > a.km => {
                Some((b.km - a.km) / ((b.days - a.days) / 365.25))
            }
            _ => None,
        })
        .filter(|rate| *rate <= FASTEST)
        .collect();
    rates.push(USUAL);
    rates.sort_by(f64::total_cmp);
    let middle = rates.len() / 2;
    let upper = rates.get(middle).copied().unwrap_or(USUAL);
    if rates.len().is_multiple_of(2) {
        let lower = rates.get(middle.saturating_sub(1)).copied().unwrap_or(upper);
        (lower * upper).sqrt()
    } else {
        upper
    }
}

fn at(table: &[Vec<f64>], (index, layer): (usize, usize)) -> f64 {
    table
        .get(index)
        .and_then(|layers| layers.get(layer))
        .copied()
        .unwrap_or(f64::NEG_INFINITY)
}

fn offer(
    best: &mut [Vec<f64>],
    came_from: &mut [Vec<Option<(usize, usize)>>],
    (index, layer): (usize, usize),
    value: f64,
    from: Option<(usize, usize)>,
) {
    let score = best.get_mut(index).and_then(|layers| layers.get_mut(layer));
    let origin = came_from.get_mut(index).and_then(|layers| layers.get_mut(layer));
    if let (Some(score), Some(origin)) = (score, origin)
        && value > *score
    {
        *score = value;
        *origin = from;
    }
}
