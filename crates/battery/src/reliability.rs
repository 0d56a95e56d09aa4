//! Holding the method to account: estimates against a known truth, coverage of the intervals, and a picture of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::assessment::{Assessment, Refusal};
use crate::quantile::Level;

/// The three levels at which coverage is counted.
pub const LEVELS: [Level; 3] = [Level::Half, Level::FourFifths, Level::NineteenTwentieths];

/// Error and half-widths, percentage points.
type Case = (f64, [f64; 3]);

/// What came of one vehicle whose capacity is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The vehicle.
    pub vehicle: String,
    /// True state of health, percent.
    pub truth_pct: f64,
    /// Estimate, percent; `None` if refused.
    pub estimate_pct: Option<f64>,
    /// Half-widths of the 50, 80 and 95 % intervals, percentage points; zero if refused.
    pub half_widths_pp: [f64; 3],
    /// Reasons, if refused.
    pub refusals: Vec<Refusal>,
}

impl Outcome {
    /// Compares an assessment with the true state of health, percent.
    pub fn new(vehicle: &str, truth_pct: f64, assessment: &Assessment) -> Self {
        let soh = assessment.soh();
        Self {
            vehicle: vehicle.to_owned(),
            truth_pct,
            estimate_pct: soh.map(|s| s.percent.value()),
            half_widths_pp: soh.map_or([0.0; 3], |s| {
                [
                    s.half_width50.value(),
                    s.half_width80.value(),
                    s.half_width95.value(),
                ]
            }),
            refusals: assessment.refusals.clone(),
        }
    }

    /// Error of the estimate, percentage points.
    pub fn error_pp(&self) -> Option<f64> {
        Some(self.estimate_pct? - self.truth_pct)
    }
}

/// The account over many vehicles. Names of fields are the JSON of `carnet battery validate`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Vehicles with an estimate.
    pub n: usize,
    /// Vehicles looked at.
    pub vehicles: usize,
    /// Vehicles without one, with reasons.
    pub refused: Vec<Refused>,
    /// How often each reason was given.
    pub refusals_by_code: BTreeMap<String, usize>,
    /// Mean absolute error, percentage points; `None` without an estimate, as all below.
    pub mae_pp: Option<f64>,
    /// Mean error, percentage points.
    pub bias_pp: Option<f64>,
    /// Largest absolute error, percentage points.
    pub max_error_pp: Option<f64>,
    /// Share of vehicles whose truth lies in the 50 % interval.
    pub coverage50: Option<f64>,
    /// The same for 80 %.
    pub coverage80: Option<f64>,
    /// The same for 95 %.
    pub coverage95: Option<f64>,
    /// Mean half-width of the 95 % interval, percentage points.
    pub mean_half_width_pp: Option<f64>,
}

/// A vehicle without an estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refused {
    /// The vehicle.
    pub vehicle: String,
    /// Why.
    pub reasons: Vec<Refusal>,
}

impl Reliability {
    /// Counts up outcomes.
    pub fn of(outcomes: &[Outcome]) -> Self {
        let errors: Vec<Case> = outcomes
            .iter()
            .filter_map(|o| Some((o.error_pp()?, o.half_widths_pp)))
            .collect();
        let mean = |of: &dyn Fn(&Case) -> f64| {
            (!errors.is_empty()).then(|| errors.iter().map(of).sum::<f64>() / errors.len() as f64)
        };
        let coverage = |level: usize| mean(&|(error, half)| f64::from(u8::from(error.abs() <= half[level])));
        let mut refusals_by_code = BTreeMap::new();
        for refusal in outcomes.iter().flat_map(|o| &o.refusals) {
            *refusals_by_code.entry(refusal.code.name()).or_insert(0) += 1;
        }
        Self {
            n: errors.len(),
            vehicles: outcomes.len(),
            refused: outcomes
                .iter()
                .filter(|o| o.estimate_pct.is_none())
                .map(|o| Refused {
                    vehicle: o.vehicle.clone(),
                    reasons: o.refusals.clone(),
                })
                .collect(),
            refusals_by_code,
            mae_pp: mean(&|(error, _)| error.abs()),
            bias_pp: mean(&|(error, _)| *error),
            max_error_pp: errors.iter().map(|(e, _)| e.abs()).reduce(f64::max),
            coverage50: coverage(0),
            coverage80: coverage(1),
            coverage95: coverage(2),
            mean_half_width_pp: mean(&|(_, half)| half[2]),
        }
    }

    fn coverages(&self) -> Option<[f64; 3]> {
        Some([self.coverage50?, self.coverage80?, self.coverage95?])
    }
}

/// One curve of the picture: a name, coverage at the three levels, and the number of cases behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What is drawn.
    pub name: String,
    /// Coverage found at 50, 80 and 95 %.
    pub coverages: [f64; 3],
    /// Cases.
    pub n: usize,
}

impl Curve {
    /// The curve of an account; `None` without an estimate.
    pub fn of(name: &str, reliability: &Reliability) -> Option<Self> {
        Some(Self {
            name: name.to_owned(),
            coverages: reliability.coverages()?,
            n: reliability.n,
        })
    }
}

/// The reliability picture as SVG: coverage found against coverage claimed. On the diagonal an interval does what it says; below
/// it claims too much. Bars show the 95 % range that chance alone allows around the first curve.
pub fn picture(title: &str, curves: &[Curve]) -> String {
    const SIZE: f64 = 320.0;
    const LEFT: f64 = 56.0;
    const TOP: f64 = 40.0;
    // Colours that colour-blind readers tell apart (Okabe and Ito), and dashes for print.
    const STYLES: [(&str, &str); 5] = [
        ("#0072B2", ""),
        ("#D55E00", "6 3"),
        ("#009E73", "2 3"),
        ("#CC79A7", "8 2 2 2"),
        ("#000000", "1 2"),
    ];
    let x = |p: f64| LEFT + SIZE * p;
    let y = |p: f64| TOP + SIZE * (1.0 - p);
    let mut svg = String::new();
    let height = TOP + SIZE + 60.0 + 18.0 * curves.len() as f64;
    let width = LEFT + SIZE + 24.0;
    // Writing into a String cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\"><title>{t}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{t}</text>",
        t = escaped(title)
    );
    for p in [0.0, 0.25, 0.5, 0.8, 0.95] {
        let _ = write!(
            svg,
            "<line x1=\"{a:.1}\" y1=\"{t:.1}\" x2=\"{a:.1}\" y2=\"{b:.1}\" stroke=\"#ddd\"/>\
             <line x1=\"{l:.1}\" y1=\"{c:.1}\" x2=\"{r:.1}\" y2=\"{c:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{a:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{percent:.0}</text>\
             <text x=\"{beside:.1}\" y=\"{d:.1}\" text-anchor=\"end\">{percent:.0}</text>",
            a = x(p),
            t = y(1.0),
            b = y(0.0),
            l = x(0.0),
            r = x(1.0),
            c = y(p),
            d = y(p) + 4.0,
            below = y(0.0) + 16.0,
            beside = LEFT - 6.0,
            percent = 100.0 * p
        );
    }
    let _ = write!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#888\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">claimed, %</text>\
         <text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">found, %</text>",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
        x(0.5),
        y(0.0) + 34.0,
        y(0.5)
    );
    for (place, curve) in curves.iter().enumerate() {
        let (colour, dash) = STYLES[place % STYLES.len()];
        let mut points = String::new();
        for (level, found) in LEVELS.iter().zip(curve.coverages) {
            let p = level.probability();
            let _ = write!(points, "{:.1},{:.1} ", x(p), y(found));
            let _ = write!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"{colour}\"/>",
                x(p),
                y(found)
            );
            if place == 0 && curve.n > 0 {
                let chance = 1.96 * (p * (1.0 - p) / curve.n as f64).sqrt();
                let _ = write!(
                    svg,
                    "<line x1=\"{a:.1}\" y1=\"{b:.1}\" x2=\"{a:.1}\" y2=\"{c:.1}\" stroke=\"{colour}\" stroke-width=\"1\" opacity=\"0.6\"/>",
                    a = x(p),
                    b = y((p - chance).max(0.0)),
                    c = y((p + chance).min(1.0))
                );
            }
        }
        let legend = y(0.0) + 56.0 + 18.0 * place as f64;
        let _ = write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
             <line x1=\"{LEFT}\" y1=\"{a:.1}\" x2=\"{b:.1}\" y2=\"{a:.1}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
             <text x=\"{c:.1}\" y=\"{d:.1}\">{name} (n = {n})</text>",
            points.trim_end(),
            a = legend - 4.0,
            b = LEFT + 30.0,
            c = LEFT + 38.0,
            d = legend,
            name = escaped(&curve.name),
            n = curve.n
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(truth: f64, estimate: Option<f64>) -> Outcome {
        Outcome {
            vehicle: "A".into(),
            truth_pct: truth,
            estimate_pct: estimate,
            half_widths_pp: [0.5, 1.5, 3.0],
            refusals: Vec::new(),
        }
    }

    #[test]
    fn coverage_counts_the_truths_inside_each_interval() {
        let all = [
            outcome(90.0, Some(90.4)),
            outcome(90.0, Some(91.0)),
            outcome(90.0, Some(88.0)),
            outcome(90.0, Some(94.0)),
            outcome(90.0, None),
        ];
        let found = Reliability::of(&all);
        assert_eq!((found.n, found.vehicles, found.refused.len()), (4, 5, 1));
        assert_eq!(found.coverages(), Some([0.25, 0.5, 0.75]));
        assert!((found.mae_pp.unwrap() - 1.85).abs() < 1e-9);
        assert!((found.bias_pp.unwrap() - 0.85).abs() < 1e-9);
        assert_eq!(found.max_error_pp, Some(4.0));
    }

    #[test]
    fn without_an_estimate_there_is_no_coverage_to_boast_of() {
        let found = Reliability::of(&[outcome(90.0, None)]);
        assert_eq!((found.n, found.mae_pp, found.coverage95), (0, None, None));
        assert_eq!(Curve::of("ours", &found), None);
    }

    #[test]
    fn the_picture_shows_every_curve_with_its_number_and_no_foreign_markup() {
        let curve = Curve {
            name: "a<b>".into(),
            coverages: [0.5, 0.8, 0.95],
            n: 30,
        };
        let svg = picture("t & t", &[curve]);
        assert!(
            svg.contains("a&lt;b&gt; (n = 30)") && svg.contains("t &amp; t") && svg.ends_with("</svg>\n")
        );
    }
}
