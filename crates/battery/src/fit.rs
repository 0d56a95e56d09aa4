//! Capacity from pairs of charge and change of state of charge: robust total least squares per group, fusion of groups, and the
//! interval (docs/method/soh.md, sections 4 to 6).

use crate::quantile::Level;

/// Degrees of freedom of the Student weights.
const NU: f64 = 4.0;
/// Standard uncertainty of a bias that all states of charge of one vehicle share.
pub const SOC_BIAS: f64 = 0.006;
/// Standard uncertainty, relative, of a capacity that the management system may only echo.
pub const ECHO: f64 = 0.05;
/// Standard uncertainty, relative, of the current sensor's gain.
pub const GAIN: f64 = 0.006;
/// Standard uncertainty, per kelvin from 25 °C, of the charge between two anchors: what is left at the end of a taper (1 % of
/// capacity at 25 °C) moves with diffusion and kinetics by 4.7 % of itself per kelvin at an activation energy of 35 kJ/mol, and
/// doubles again towards the cold; a current sensor adds 0.01 %/K. No correction is made for temperature
/// (docs/decisions/0010-temperature-is-budgeted-not-corrected.md).
pub const TEMPERATURE: f64 = 0.0008;
/// Standard uncertainty of a session's charge beside gain and offset, as a part of rated capacity.
pub const CHARGE: f64 = 0.001;
/// Degrees of freedom with which the supposed sizes of errors weigh against what sessions show.
const SUPPOSED: u32 = 4;
/// Standardised residual from which a session is an outlier.
const OUTLIER: f64 = 4.0;

/// One session as the fit sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Charge (Ah) or energy (kWh).
    pub y: f64,
    /// Change of state of charge, a fraction.
    pub x: f64,
    /// Variance of `x`.
    pub x_variance: f64,
    /// What one ampere of offset adds to `y`: hours, or kWh per ampere.
    pub per_ampere: f64,
    /// Temperature from 25 °C, K.
    pub kelvin: f64,
}

/// The fit of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupFit {
    /// Capacity.
    pub q: f64,
    /// Variance from the scatter of states of charge.
    pub scatter: f64,
    /// Variance from the shared bias of states of charge.
    pub bias: f64,
    /// Variance from circular counting.
    pub echo: f64,
    /// Derivative of the capacity by each session's charge.
    pub weights: Vec<f64>,
    /// Reduced chi-square; 0 for one session.
    pub chi2red: f64,
    /// Standardised residuals.
    pub residuals: Vec<f64>,
}

impl GroupFit {
    /// Variance of the group's capacity.
    pub fn variance(&self) -> f64 {
        self.scatter + self.bias + self.echo
    }
}

/// The middle of some numbers; NaN for none.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => 0.5 * (values[n / 2 - 1] + values[n / 2]),
    }
}

/// Fits one group: the straight line through the origin with errors in both coordinates (York et al., Am. J. Phys. 72, 367 (2004),
/// eq. 13b without intercept), reweighted by Student's distribution with ν = 4 (Lange, Little and Taylor, J. Am. Stat. Assoc. 84,
/// 881 (1989): weights (ν+1)/(ν+r²)). The scatter is widened by the ratio of Birge (Phys. Rev. 40, 207 (1932)) with a prior of four
/// degrees of freedom, which is Carnet's, as is the cap of a session's information at that of a normal one. `y_sigma` is the standard uncertainty of every `y`; `echo` the relative one of a group that may only echo.
/// `None` for no session, or where the numbers give no positive capacity.
pub fn fit(observations: &[Observation], y_sigma: f64, echo: f64) -> Option<GroupFit> {
    let sy2 = y_sigma * y_sigma;
    let mut q = median(&mut observations.iter().map(|o| o.y / o.x).collect::<Vec<_>>());
    for _ in 0..200 {
        let (mut above, mut below) = (0.0, 0.0);
        for o in observations {
            let v = q * q * o.x_variance + sy2;
            let r = o.y - q * o.x;
            let w = (NU + 1.0) / (NU + r * r / v) / v;
            let x = (o.x * sy2 + q * o.y * o.x_variance) / v;
            above += w * x * o.y;
            below += w * x * o.x;
        }
        let next = above / below;
        let done = (next - q).abs() < 1e-10 * q.abs();
        q = next;
        if done {
            break;
        }
    }
    if !(q.is_finite() && q > 0.0) {
        return None;
    }
    let mut chi2 = 0.0;
    let mut information = 0.0;
    let mut weights = Vec::with_capacity(observations.len());
    let mut residuals = Vec::with_capacity(observations.len());
    for o in observations {
        let v = q * q * o.x_variance + sy2;
        let r = o.y - q * o.x;
        let m = ((NU + 1.0) / (NU + r * r / v)).min(1.0) / v;
        chi2 += r * r / v;
        information += m * o.x * o.x;
        weights.push(m * o.x);
        residuals.push(r / v.sqrt());
    }
    weights.iter_mut().for_each(|w| *w /= information);
    let n = observations.len() as f64;
    let chi2red = if n > 1.0 { chi2 / (n - 1.0) } else { 0.0 };
    let birge = ((4.0 + (n - 1.0) * chi2red) / (n + 3.0)).max(1.0);
    let sum: f64 = weights.iter().sum();
    let found = GroupFit {
        q,
        scatter: birge / information,
        bias: (SOC_BIAS * q * sum).powi(2),
        echo: (echo * q).powi(2),
        weights,
        chi2red,
        residuals,
    };
    found.variance().is_finite().then_some(found)
}

/// The session that no other supports, if the group is large enough to say so: the farthest beyond four standard deviations. The rule
/// is Carnet's.
pub fn outlier(fit: &GroupFit) -> Option<usize> {
    const ENOUGH: usize = 3;
    let (place, size) = fit
        .residuals
        .iter()
        .map(|r| r.abs())
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    (fit.residuals.len() >= ENOUGH && size > OUTLIER).then_some(place)
}

/// Spread of the sessions of a group about their median, relative to what the noise of states of charge would give; `None`
/// below three. A management system that counts coulombs with a capacity of its own has almost none. The figure is the square root of the
/// reduced chi-square; that it tells an echo is Carnet's.
pub fn spread(observations: &[Observation]) -> Option<f64> {
    if observations.len() < 3 {
        return None;
    }
    let middle = median(&mut observations.iter().map(|o| o.y / o.x).collect::<Vec<_>>());
    let sum: f64 = observations
        .iter()
        .map(|o| (o.y - middle * o.x).powi(2) / (middle * middle * o.x_variance))
        .sum();
    let spread = (sum / (observations.len() - 1) as f64).sqrt();
    spread.is_finite().then_some(spread)
}

/// Uncertainties that no number of sessions averages away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Systematic {
    /// Standard uncertainty of the current offset, A.
    pub offset_a: f64,
    /// Relative standard uncertainty of gain.
    pub gain: f64,
    /// Relative standard uncertainty of what else applies to the whole (definition of the state of charge, shape of the voltage).
    pub scale: f64,
    /// Standard uncertainty of mean temperature where it was not measured, K.
    pub kelvin: f64,
}

/// The fused capacity with every part of its uncertainty, as standard uncertainties in the unit of `q`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fusion {
    /// Capacity.
    pub q: f64,
    /// Share of each group.
    pub shares: Vec<f64>,
    /// Difference of two groups in standard deviations; `None` for one group.
    pub z: Option<f64>,
    /// Scatter of states of charge.
    pub scatter: f64,
    /// Shared bias of states of charge.
    pub bias: f64,
    /// Circular counting.
    pub echo: f64,
    /// What disagreement of the groups adds.
    pub disagreement: f64,
    /// Gain of the current sensor.
    pub gain: f64,
    /// Its offset.
    pub offset: f64,
    /// Temperature.
    pub temperature: f64,
    /// [`Systematic::scale`].
    pub scale: f64,
    degrees: u32,
}

impl Fusion {
    /// Half-width of the interval, before the conformal factor: Student's quantile at the effective degrees of freedom, times
    /// the combined standard uncertainty (JCGM 100:2008, G.4, Welch-Satterthwaite). Only what is judged by the scatter of sessions
    /// has few degrees of freedom; the other terms are known from elsewhere.
    pub fn half_width(&self, level: Level) -> f64 {
        let square = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        let scattered = square(&[self.scatter, self.disagreement]);
        let known = square(&[
            self.bias,
            self.echo,
            self.gain,
            self.offset,
            self.temperature,
            self.scale,
        ]);
        let combined = scattered + known;
        let effective = f64::from(self.degrees) * (combined / scattered).powi(2);
        // Cut down to a whole number, as the guide asks; infinite where nothing scatters.
        level.student(effective.min(f64::from(u32::MAX)) as u32) * combined.sqrt()
    }
}

/// Fuses groups by their variances: the weighted mean of least variance (Aitken, Proc. R. Soc. Edinb. 55, 42 (1935)). Groups that
/// disagree widen it by z²/4 from z = 2 on, in the manner of Birge; that threshold is Carnet's. `None` without a group.
pub fn fuse(groups: &[(&GroupFit, &[Observation])], systematic: &Systematic) -> Option<Fusion> {
    let total: f64 = groups.iter().map(|(g, _)| 1.0 / g.variance()).sum();
    if groups.is_empty() || !total.is_finite() {
        return None;
    }
    let shares: Vec<f64> = groups.iter().map(|(g, _)| 1.0 / g.variance() / total).collect();
    let q = shares.iter().zip(groups).map(|(o, (g, _))| o * g.q).sum::<f64>();
    let z = match groups {
        [(a, _), (b, _)] => Some((a.q - b.q).abs() / (a.variance() + b.variance()).sqrt()),
        _ => None,
    };
    let part = |of: fn(&GroupFit) -> f64| -> f64 {
        shares
            .iter()
            .zip(groups)
            .map(|(o, (g, _))| o * o * of(g))
            .sum::<f64>()
    };
    let (scatter, bias, echo) = (part(|g| g.scatter), part(|g| g.bias), part(|g| g.echo));
    let inflation = z.map_or(1.0, |z| (z * z / 4.0).max(1.0));
    // What one unit per session of some quantity does to the capacity.
    let through = |of: &dyn Fn(&Observation) -> f64| -> f64 {
        shares
            .iter()
            .zip(groups)
            .map(|(o, (g, all))| o * g.weights.iter().zip(*all).map(|(w, s)| w * of(s)).sum::<f64>())
            .sum::<f64>()
    };
    let known = through(&|s| s.y * if s.kelvin.is_finite() { s.kelvin } else { 0.0 });
    let unknown = through(&|s| {
        s.y * if s.kelvin.is_finite() {
            0.0
        } else {
            systematic.kelvin
        }
    });
    let sessions: usize = groups.iter().map(|(_, all)| all.len()).sum();
    Some(Fusion {
        q,
        z,
        scatter: scatter.sqrt(),
        bias: bias.sqrt(),
        echo: echo.sqrt(),
        disagreement: ((scatter + bias + echo) * (inflation - 1.0)).sqrt(),
        gain: systematic.gain * q,
        offset: systematic.offset_a * through(&|s| s.per_ampere).abs(),
        temperature: TEMPERATURE * known.hypot(unknown),
        scale: systematic.scale * q,
        degrees: u32::try_from(sessions)
            .unwrap_or(u32::MAX)
            .saturating_add(SUPPOSED - 1),
        shares,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(y: f64, x: f64) -> Observation {
        Observation {
            y,
            x,
            x_variance: 0.010_f64.powi(2) + 0.005_f64.powi(2),
            per_ampere: 5.0,
            kelvin: 0.0,
        }
    }

    #[test]
    fn sessions_without_noise_give_their_capacity_exactly() {
        let all = [session(50.0, 0.5), session(80.0, 0.8), session(30.0, 0.3)];
        let found = fit(&all, 0.1, 0.0).unwrap();
        assert!((found.q - 100.0).abs() < 1e-9);
        assert!(found.chi2red < 1e-12);
        // The derivative by a charge, tested by hand: sum of w x = 1.
        let through: f64 = found.weights.iter().zip(&all).map(|(w, o)| w * o.x).sum();
        assert!((through - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_session_has_the_variance_of_its_ends() {
        let one = [session(50.0, 0.5)];
        let found = fit(&one, 0.1, 0.0).unwrap();
        let by_hand = (100.0_f64.powi(2) * one[0].x_variance + 0.01) / 0.25;
        assert!((found.scatter - by_hand).abs() < 1e-9 * by_hand);
        assert!((found.bias.sqrt() - 0.006 * 100.0 / 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_one_session_cannot_show_has_no_few_degrees_either() {
        let all = [session(90.0, 0.9)];
        let systematic = Systematic {
            offset_a: 0.0,
            gain: GAIN,
            scale: 0.0,
            kelvin: 0.0,
        };
        let fit = fit(&all, 0.1, 0.0).unwrap();
        let found = fuse(&[(&fit, &all)], &systematic).unwrap();
        // By hand: u² of the ends is 1.556, of bias and gain 0.444 and 0.360; 4 (2.360/1.556)² is 9.2, cut down to nine degrees.
        let combined = (found.scatter.powi(2) + found.bias.powi(2) + found.gain.powi(2)).sqrt();
        assert!((combined - 1.536).abs() < 0.001, "{combined}");
        let half = found.half_width(Level::NineteenTwentieths);
        assert!((half - 2.262 * combined).abs() < 0.001 * half, "{half}");
    }

    #[test]
    fn a_spliced_session_hardly_moves_the_capacity_and_is_named() {
        let all = [
            session(50.0, 0.5),
            session(80.0, 0.8),
            session(30.0, 0.3),
            session(60.0, 0.6),
            session(48.0, 0.8),
        ];
        let found = fit(&all, 0.1, 0.0).unwrap();
        assert!((found.q - 100.0).abs() < 2.0, "{}", found.q);
        assert_eq!(outlier(&found), Some(4));
    }

    #[test]
    fn groups_that_disagree_widen_the_interval() {
        let anchored = [session(50.0, 0.5), session(80.0, 0.8), session(60.0, 0.6)];
        let echo: Vec<_> = anchored.iter().map(|o| session(o.y * 1.25, o.x)).collect();
        let systematic = Systematic {
            offset_a: 0.0,
            gain: GAIN,
            scale: 0.0,
            kelvin: 0.0,
        };
        let a = fit(&anchored, 0.1, 0.0).unwrap();
        let e = fit(&echo, 0.1, ECHO).unwrap();
        let alone = fuse(&[(&a, &anchored)], &systematic).unwrap();
        let both = fuse(&[(&a, &anchored), (&e, &echo)], &systematic).unwrap();
        assert!(both.z.unwrap() > 3.0);
        assert!(both.half_width(Level::NineteenTwentieths) > alone.half_width(Level::NineteenTwentieths));
        assert!((both.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
