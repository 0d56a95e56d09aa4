//! What the current sensor shows when no current should flow, and how much of that is its offset.

use crate::fit;

/// Samples below which rest says nothing.
const ENOUGH: u64 = 20;
/// Samples of a rest that is compared with others.
const COMPARED: u64 = 5;
/// Current from which a rest is none, A: something draws it, or charges.
pub(crate) const LOAD: f64 = 1.0;
/// Rests kept. More is no telemetry of one vehicle; the first speak for the others.
const MOST: usize = 10_000;
/// Differences of currents that are rounding, A.
const ROUNDING: f64 = 1e-6;
/// Standard uncertainty of the offset without rest, as a part of rated capacity per hour (docs/method/soh.md).
const WITHOUT_REST: f64 = 0.001;
/// Median deviation of a normal distribution to its standard deviation.
const MAD: f64 = 1.48;

/// One rest, summed up.
#[derive(Debug, Clone, Copy, Default)]
struct Rest {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Rest {
    fn mean(self) -> f64 {
        self.sum / self.count as f64
    }

    fn deviation(self) -> f64 {
        (self.squares - self.sum * self.mean()).max(0.0)
    }
}

/// Currents at rest, summed up rest by rest.
#[derive(Debug, Clone)]
pub struct RestCurrents {
    limit: f64,
    rests: Vec<Rest>,
    open: Rest,
    count: u64,
    zeros: u64,
    last: f64,
    step: f64,
}

/// Offset of the current sensor with its standard uncertainty, A.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offset {
    /// What the sensor shows at rest; `None` where rest said nothing.
    pub shown: Option<f64>,
    /// What is taken off; 0 where rest said nothing.
    pub taken_off: f64,
    /// Standard uncertainty of what is taken off.
    pub uncertainty: f64,
}

impl RestCurrents {
    /// Rest is a current below `limit`, A.
    pub fn new(limit: f64) -> Self {
        Self {
            limit,
            rests: Vec::new(),
            open: Rest::default(),
            count: 0,
            zeros: 0,
            last: f64::NAN,
            step: f64::INFINITY,
        }
    }

    /// Counts a current at rest, A.
    pub fn add(&mut self, current: f64) {
        if current.abs() <= self.limit {
            self.open.count += 1;
            self.open.sum += current;
            self.open.squares += current * current;
            self.count += 1;
            self.zeros += u64::from(current == 0.0);
            let step = (current - self.last).abs();
            if step > ROUNDING && step < self.step {
                self.step = step;
            }
            self.last = current;
        }
    }

    /// The rest is over.
    pub fn end(&mut self) {
        if self.open.count > 0 {
            if self.rests.len() < MOST {
                self.rests.push(self.open);
            }
            self.open = Rest::default();
        }
    }

    /// The offset, for a battery of `rated` Ah. A logger that writes nothing but zeros at rest has its contactors open or hides
    /// the offset: that counts as no rest.
    ///
    /// What a sensor shows at rest is its offset, or a small load, or both, and no log tells them apart. So the offset lies anywhere
    /// between zero and what is shown: half is taken off, with the standard uncertainty of a rectangular distribution
    /// (JCGM 100:2008, 4.3.7). Taking more rows does not make that smaller.
    pub fn offset(&self, rated: f64) -> Offset {
        let unknown = Offset {
            shown: None,
            taken_off: 0.0,
            uncertainty: WITHOUT_REST * rated,
        };
        if self.count < ENOUGH || self.zeros == self.count {
            return unknown;
        }
        let all = || self.rests.iter().chain(Some(&self.open));
        // Where no rest is long enough to be compared, they speak together.
        let whole = all().fold(Rest::default(), |sum, rest| Rest {
            count: sum.count + rest.count,
            sum: sum.sum + rest.sum,
            squares: sum.squares + rest.squares,
        });
        let mut rests: Vec<Rest> = all().copied().filter(|r| r.count >= COMPARED).collect();
        if rests.is_empty() {
            rests.push(whole);
        }
        let middle = |rests: &[Rest]| fit::median(&mut rests.iter().map(|r| r.mean()).collect::<Vec<_>>());
        let mut shown = middle(&rests);
        let is_rest = |rest: &Rest| rest.mean().abs() < LOAD;
        // The middle of two loads of opposite sign is no rest: there must be one.
        if shown.abs() < LOAD && rests.iter().any(is_rest) {
            // A load in the fewer rests is known for one by its size.
            rests.retain(is_rest);
            shown = middle(&rests);
        }
        let count: u64 = rests.iter().map(|rest| rest.count).sum();
        let within: f64 = rests.iter().map(|rest| rest.deviation()).sum();
        let noise = within / (count - rests.len() as u64).max(1) as f64;
        // What rests differ by beyond the noise of their means is load that comes and goes.
        let mut apart: Vec<f64> = rests.iter().map(|rest| (rest.mean() - shown).abs()).collect();
        let expected = rests.iter().map(|rest| noise / rest.count as f64).sum::<f64>() / rests.len() as f64;
        let load = ((MAD * fit::median(&mut apart)).powi(2) - expected).max(0.0);
        // Without noise a mean is no finer than the sensor's step.
        let step = if self.step.is_finite() { self.step } else { 0.0 };
        let coarse = if noise < step * step / 4.0 {
            step * step / 12.0
        } else {
            0.0
        };
        let ambiguous = shown * shown / 12.0;
        Offset {
            shown: Some(shown),
            taken_off: 0.5 * shown,
            uncertainty: (ambiguous + load + coarse + noise / count as f64).sqrt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rests of thirty samples about each of these currents, one sensor step to both sides.
    fn rests(around: &[f64]) -> RestCurrents {
        let mut found = RestCurrents::new(2.2);
        for current in around {
            (0..30).for_each(|n| found.add(current + 0.1 * (f64::from(n % 3) - 1.0)));
            found.end();
        }
        found
    }

    fn holds(found: Offset, truth: f64) -> bool {
        (found.taken_off - truth).abs() <= 1.96 * found.uncertainty
    }

    #[test]
    fn a_steady_load_and_an_offset_are_both_held_because_no_log_tells_them_apart() {
        let found = rests(&[-0.6; 8]).offset(111.0);
        assert!((found.shown.unwrap() + 0.6).abs() < 1e-9);
        assert!(holds(found, -0.6) && holds(found, 0.0), "{found:?}");
        assert!(found.uncertainty > 0.17, "{found:?}");
    }

    #[test]
    fn a_trickle_after_some_charges_does_not_move_the_offset() {
        let found = rests(&[0.0, 0.02, 0.0, 0.9, 0.0, 0.02, 0.9, 0.02]).offset(111.0);
        assert!(found.shown.unwrap().abs() < 0.03, "{found:?}");
        assert!(holds(found, 0.0));
    }

    #[test]
    fn a_rest_with_more_than_an_ampere_is_none_while_others_are_there() {
        let found = rests(&[0.0, 2.0, 0.0, 2.0, 0.0]).offset(111.0);
        assert!(found.shown.unwrap().abs() < 1e-9, "{found:?}");
        assert!(rests(&[1.5; 5]).offset(111.0).shown.unwrap() > LOAD);
    }

    #[test]
    fn two_rests_of_opposite_loads_are_no_rest_without_any() {
        let found = rests(&[-1.5, 1.5]).offset(111.0);
        assert!(found.uncertainty > LOAD, "{found:?}");
    }

    #[test]
    fn rests_that_differ_widen_the_offset() {
        let alike = rests(&[0.1; 8]).offset(111.0).uncertainty;
        let apart = rests(&[-0.2, 0.4, -0.2, 0.4, -0.2, 0.4, -0.2, 0.4]).offset(111.0);
        assert!(apart.uncertainty > 0.3 && alike < 0.05, "{apart:?} {alike}");
    }

    #[test]
    fn an_offset_below_the_step_of_the_sensor_is_held() {
        let mut rest = RestCurrents::new(3.0);
        // A sensor that shows tenths, a true offset of 0.04 A: four in ten samples show 0.1.
        (0..500).for_each(|sample| rest.add(if sample % 10 < 4 { 0.1 } else { 0.0 }));
        let found = rest.offset(150.0);
        assert!((found.shown.unwrap() - 0.04).abs() < 0.002, "{found:?}");
        assert!(holds(found, 0.04) && found.uncertainty < 0.04);
    }

    #[test]
    fn a_logger_that_writes_zeros_at_rest_says_nothing_about_the_offset() {
        let mut rest = RestCurrents::new(3.0);
        (0..500).for_each(|_| rest.add(0.0));
        assert_eq!(rest.offset(150.0).shown, None);
        assert!((rest.offset(150.0).uncertainty - 0.15).abs() < 1e-12);
    }

    #[test]
    fn a_sensor_that_never_leaves_its_step_is_no_finer_than_it() {
        let mut rest = RestCurrents::new(3.0);
        (0..1000).for_each(|n| rest.add(if n == 500 { 1.0 } else { 0.0 }));
        assert!(rest.offset(150.0).uncertainty > 0.28);
    }

    #[test]
    fn what_is_no_current_does_not_move_the_offset() {
        let mut rest = rests(&[0.2; 3]);
        rest.add(f64::NAN);
        rest.add(f64::INFINITY);
        rest.add(2.5);
        assert!((rest.offset(150.0).shown.unwrap() - 0.2).abs() < 1e-9);
    }
}
