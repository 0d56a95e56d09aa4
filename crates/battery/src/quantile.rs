//! Quantiles of Student's t and of the normal distribution, for the three levels the method reports.

use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::OnceLock;

/// Degrees of freedom from which on four terms of Fisher's expansion (Abramowitz and Stegun 26.7.5) are right to a millionth.
const EXPANDED_FROM: u32 = 60;

/// Quantiles as they were found, by level and degrees of freedom.
static KNOWN: [[OnceLock<f64>; EXPANDED_FROM as usize]; 3] =
    [const { [const { OnceLock::new() }; EXPANDED_FROM as usize] }; 3];

/// A two-sided level of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 50 %.
    Half,
    /// 80 %.
    FourFifths,
    /// 95 %.
    NineteenTwentieths,
}

impl Level {
    /// The probability inside the interval.
    pub fn probability(self) -> f64 {
        match self {
            Self::Half => 0.50,
            Self::FourFifths => 0.80,
            Self::NineteenTwentieths => 0.95,
        }
    }

    /// Half-width of the interval of a standard normal variable.
    pub fn normal(self) -> f64 {
        match self {
            Self::Half => 0.674_489_750_196_081_7,
            Self::FourFifths => 1.281_551_565_544_600_4,
            Self::NineteenTwentieths => 1.959_963_984_540_054,
        }
    }

    /// Half-width of the interval of Student's t with `degrees` degrees of freedom (at least 1).
    pub fn student(self, degrees: u32) -> f64 {
        if degrees >= EXPANDED_FROM {
            let (z, n) = (self.normal(), f64::from(degrees));
            return z
                + (z.powi(3) + z) / (4.0 * n)
                + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * n.powi(2))
                + (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / (384.0 * n.powi(3));
        }
        // A fleet asks for the same few again and again.
        let known = KNOWN.get(self as usize).and_then(|of| of.get(degrees as usize));
        known.map_or_else(
            || self.sought(degrees),
            |known| *known.get_or_init(|| self.sought(degrees)),
        )
    }

    /// By halving.
    fn sought(self, degrees: u32) -> f64 {
        let wanted = self.probability();
        let (mut low, mut high) = (0.0, 1000.0);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if inside(middle, degrees.max(1)) < wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

/// Probability that |t| stays below `t` (Abramowitz and Stegun 26.7.3 and 26.7.4, exact for whole degrees of freedom).
fn inside(t: f64, degrees: u32) -> f64 {
    let n = f64::from(degrees);
    let theta = (t / n.sqrt()).atan();
    let (sin, cos) = theta.sin_cos();
    let mut sum = 0.0;
    if degrees.is_multiple_of(2) {
        let mut term = 1.0;
        for j in 0..degrees / 2 {
            sum += term;
            let j = f64::from(j);
            term *= cos * cos * (2.0 * j + 1.0) / (2.0 * j + 2.0);
        }
        sin * sum
    } else {
        let mut term = cos;
        for j in 0..(degrees - 1) / 2 {
            sum += term;
            let j = f64::from(j);
            term *= cos * cos * (2.0 * j + 2.0) / (2.0 * j + 3.0);
        }
        (theta.min(FRAC_PI_2) + sin * sum) * 2.0 / PI
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        // Abramowitz and Stegun, table 26.10.
        for (degrees, printed) in [
            (1, 12.706),
            (4, 2.776),
            (5, 2.571),
            (11, 2.201),
            (30, 2.042),
            (120, 1.980),
        ] {
            let found = Level::NineteenTwentieths.student(degrees);
            assert!((found - printed).abs() < 6e-4, "{degrees}: {found}");
        }
        for (degrees, printed) in [(4, 0.741), (5, 0.727), (30, 0.683)] {
            let found = Level::Half.student(degrees);
            assert!((found - printed).abs() < 6e-4, "{degrees}: {found}");
        }
        for (degrees, printed) in [(4, 1.533), (9, 1.383)] {
            let found = Level::FourFifths.student(degrees);
            assert!((found - printed).abs() < 6e-4, "{degrees}: {found}");
        }
    }
}
