//! The methods that ours is compared with.

use std::collections::BTreeMap;

use battery::reliability::LEVELS;
use battery::{Channel, Samples};

/// Mean of charge over change of state of charge, with Student's interval of the mean.
pub fn naive(pairs: &[(f64, f64)]) -> Option<(f64, [f64; 3])> {
    let all: Vec<f64> = pairs.iter().map(|(y, x)| y / x).collect();
    if all.len() < 2 {
        return None;
    }
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let variance = all.iter().map(|q| (q - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    Some((
        mean,
        LEVELS.map(|level| level.student(all.len() as u32 - 1) * error),
    ))
}

/// Approximate weighted total least squares (Plett, Journal of Power Sources 196 (2011), eq. for unequal variances): minimises
/// sum (y - Qx)² / (1 + Q²)² · (Q²/σy² + 1/σx²), after scaling y to equal mean variances. Interval from the curvature.
pub fn awtls(pairs: &[(f64, f64)], step: f64, rated: f64) -> Option<(f64, [f64; 3])> {
    let sx2 = 2.0 * (0.010_f64.powi(2) + step * step / 12.0);
    let sy2 = (0.001 * rated).powi(2);
    let k = (sx2 / sy2).sqrt();
    let cost = |q: f64| -> f64 {
        pairs
            .iter()
            .map(|&(y, x)| {
                // In scaled units y' = k y has the variance of x.
                let (y, q) = (k * y, k * q);
                (y - q * x).powi(2) / (1.0 + q * q).powi(2) * (q * q / sx2 + 1.0 / sx2)
            })
            .sum()
    };
    let (mut low, mut high) = (0.2 * rated, 2.0 * rated);
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..120 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if cost(a) < cost(b) { high = b } else { low = a }
    }
    let q = 0.5 * (low + high);
    let h = 1e-4 * q;
    let curvature = (cost(q + h) - 2.0 * cost(q) + cost(q - h)) / (h * h);
    let sigma = (2.0 / curvature).sqrt();
    (sigma.is_finite() && !pairs.is_empty()).then(|| (q, LEVELS.map(|level| level.normal() * sigma)))
}

/// Charge and change of state of charge of each session as the vehicle says, with nothing corrected.
pub fn pairs(kept: &[Samples]) -> Vec<(f64, f64)> {
    /// Charge so far in Ah, first and last state of charge, and the row before: its time and current.
    type Open = (f64, f64, f64, Option<(f64, f64)>);
    let mut sessions: BTreeMap<i64, Open> = BTreeMap::new();
    for samples in kept {
        for row in 0..samples.len() {
            let (time, current) = (samples.time_s[row], samples.at(Channel::PackCurrent, row));
            let soc = samples.at(Channel::Soc, row);
            let entry = sessions
                .entry(samples.session[row])
                .or_insert((0.0, soc, soc, None));
            if let Some((before, last)) = entry.3 {
                entry.0 += 0.5 * (current + last) * (time - before) / 3600.0;
            }
            entry.2 = soc;
            entry.3 = Some((time, current));
        }
    }
    let all = sessions
        .into_values()
        .map(|(y, first, last, _)| (y, last - first));
    all.filter(|(_, x)| *x >= 0.10).collect()
}
