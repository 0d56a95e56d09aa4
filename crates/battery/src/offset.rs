//! What the current sensor shows when no current flows.

/// Bins on each side of zero.
const BINS: usize = 2048;
/// Samples below which rest says nothing.
const ENOUGH: u64 = 20;
/// Standard uncertainty of the offset without rest, as a part of rated capacity per hour (docs/method/soh.md).
const WITHOUT_REST: f64 = 0.001;

/// Currents at rest, counted in bins so that any number of them takes the same memory.
#[derive(Debug, Clone)]
pub struct RestCurrents {
    limit: f64,
    bins: Vec<u64>,
    count: u64,
    zeros: u64,
}

/// Offset of the current sensor with its standard uncertainty, A.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offset {
    /// `None` where rest said nothing; then no correction is made.
    pub value: Option<f64>,
    /// Standard uncertainty.
    pub uncertainty: f64,
}

impl RestCurrents {
    /// Rest is a current below `limit`, A.
    pub fn new(limit: f64) -> Self {
        Self {
            limit,
            bins: vec![0; 2 * BINS + 1],
            count: 0,
            zeros: 0,
        }
    }

    /// Counts a current at rest, A.
    pub fn add(&mut self, current: f64) {
        let place = (current / self.limit * BINS as f64).round();
        if place.abs() <= BINS as f64 {
            self.bins[(place + BINS as f64) as usize] += 1;
            self.count += 1;
            self.zeros += u64::from(current == 0.0);
        }
    }

    /// The offset, for a battery of `rated` Ah. A logger that writes nothing but zeros at rest has its contactors open or hides
    /// the offset: that counts as no rest.
    pub fn offset(&self, rated: f64) -> Offset {
        if self.count < ENOUGH || self.zeros == self.count {
            return Offset {
                value: None,
                uncertainty: WITHOUT_REST * rated,
            };
        }
        let median = self.quantile(|bin| bin as f64 - BINS as f64);
        // Distances from the median, in the same bins.
        let mut distances = vec![0_u64; 2 * BINS + 1];
        for (bin, &count) in self.bins.iter().enumerate() {
            distances[((bin as f64 - BINS as f64) - median).abs() as usize] += count;
        }
        let mut seen = 0;
        let mad = distances
            .iter()
            .position(|&count| {
                seen += count;
                2 * seen >= self.count
            })
            .unwrap_or(0);
        let width = self.limit / BINS as f64;
        let step = self.step();
        let sigma = (1.48 * mad as f64 * width).max(step / 12.0_f64.sqrt());
        // The median of a coarse sensor is one of its steps; the mean around it resolves finer.
        let (mut sum, mut near) = (0.0, 0_u64);
        for (bin, &count) in self.bins.iter().enumerate() {
            let place = bin as f64 - BINS as f64;
            if (place - median).abs() * width <= 4.0 * sigma + step {
                sum += place * count as f64;
                near += count;
            }
        }
        Offset {
            value: Some(sum / near as f64 * width),
            uncertainty: sigma / (near as f64).sqrt(),
        }
    }

    fn quantile(&self, of: impl Fn(usize) -> f64) -> f64 {
        let mut seen = 0;
        let half = self.bins.iter().position(|&count| {
            seen += count;
            2 * seen >= self.count
        });
        of(half.unwrap_or(BINS))
    }

    /// Smallest distance of two currents seen, A.
    fn step(&self) -> f64 {
        let width = self.limit / BINS as f64;
        let mut before = None;
        let mut step = usize::MAX;
        for (bin, _) in self.bins.iter().enumerate().filter(|(_, count)| **count > 0) {
            if let Some(before) = before {
                step = step.min(bin - before);
            }
            before = Some(bin);
        }
        if step == usize::MAX {
            width
        } else {
            step as f64 * width
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_below_the_step_of_the_sensor_is_found() {
        let mut rest = RestCurrents::new(3.0);
        // A sensor that shows tenths, a true offset of 0.04 A: four in ten samples show 0.1.
        for sample in 0..500 {
            rest.add(if sample % 10 < 4 { 0.1 } else { 0.0 });
        }
        let found = rest.offset(150.0);
        assert!((found.value.unwrap() - 0.04).abs() < 0.002, "{found:?}");
        assert!(found.uncertainty < 0.005);
    }

    #[test]
    fn a_logger_that_writes_zeros_at_rest_says_nothing_about_the_offset() {
        let mut rest = RestCurrents::new(3.0);
        (0..500).for_each(|_| rest.add(0.0));
        assert_eq!(rest.offset(150.0).value, None);
        assert!((rest.offset(150.0).uncertainty - 0.15).abs() < 1e-12);
    }

    #[test]
    fn currents_that_are_no_rest_do_not_move_the_offset() {
        let mut rest = RestCurrents::new(3.0);
        (0..100).for_each(|n| rest.add(0.2 + 0.01 * f64::from(n % 3)));
        (0..10).for_each(|_| rest.add(2.5));
        rest.add(f64::NAN);
        rest.add(f64::INFINITY);
        assert!((rest.offset(150.0).value.unwrap() - 0.21).abs() < 0.01);
    }
}
