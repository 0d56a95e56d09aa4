//! Open-circuit voltage of fresh cells, and what may be read from it.
//!
//! The curves are slow charges of fresh cells computed with PyBaMM (parameter sets Chen2020 for NMC 811, Prada2013 for LFP). An aged
//! cell's curve differs: at mid range a fresh curve errs by up to 7 pp at a state of health of 85 %, so there it is never an anchor
//! (docs/method/soh.md).

use crate::pack::Chemistry;

/// Lowest state of charge at which an NMC curve is steep and hardly moves with age, from the lower side: an anchor up to here.
const NMC_LOW: f64 = 0.12;
/// And from here up.
const NMC_HIGH: f64 = 0.93;
/// The same for LFP, which has no such place at the top but full itself.
const LFP_LOW: f64 = 0.08;
/// Standard uncertainty of a state of charge read where the curve may be trusted, for the cell being aged.
const AGED: f64 = 0.010;
/// Standard uncertainty of the mean cell voltage, V.
const VOLTAGE: f64 = 0.003;

/// A state of charge read from the voltage of rested cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// State of charge, a fraction.
    pub soc: f64,
    /// Its variance.
    pub variance: f64,
}

/// State of charge at which a fresh rested cell has this voltage; `None` outside the curve.
pub fn state_of_charge(chemistry: Chemistry, volt: f64) -> Option<f64> {
    let curve = curve(chemistry);
    let after = curve.partition_point(|&v| v < volt);
    if !volt.is_finite() || after == 0 || after == curve.len() {
        return None;
    }
    let (low, high) = (curve[after - 1], curve[after]);
    Some((after as f64 - 1.0 + (volt - low) / (high - low)) * STEP)
}

/// The reading as an anchor, where the curve may be trusted; `step` is the resolution of cell voltage, V.
pub fn anchor(chemistry: Chemistry, volt: f64, step: f64) -> Option<Reading> {
    let soc = state_of_charge(chemistry, volt)?;
    let trusted = match chemistry {
        Chemistry::Nmc => soc <= NMC_LOW || soc >= NMC_HIGH,
        Chemistry::Lfp => soc <= LFP_LOW,
    };
    let curve = curve(chemistry);
    let place = ((soc / STEP) as usize).min(curve.len() - 2);
    let slope = (curve[place + 1] - curve[place]) / STEP;
    let variance = (VOLTAGE * VOLTAGE + step * step / 12.0) / (slope * slope) + AGED * AGED;
    trusted.then_some(Reading { soc, variance })
}

/// Mean open-circuit voltage between two states of charge, V.
pub fn mean_voltage(chemistry: Chemistry, from: f64, to: f64) -> f64 {
    let curve = curve(chemistry);
    let place = |soc: f64| ((soc.clamp(0.0, 1.0) / STEP).round() as usize).min(curve.len() - 1);
    let (from, to) = (place(from.min(to)), place(from.max(to)));
    let part = &curve[from..=to];
    part.iter().sum::<f64>() / part.len() as f64
}

fn curve(chemistry: Chemistry) -> &'static [f64] {
    match chemistry {
        Chemistry::Nmc => &NMC,
        Chemistry::Lfp => &LFP,
    }
}

/// Distance of the points below, as a fraction of full.
const STEP: f64 = 0.005;

/// V, from empty to full.
#[rustfmt::skip]
const NMC: [f64; 201] = [
    2.50000, 2.61464, 2.71143, 2.79324, 2.86249, 2.92123, 2.97119, 3.01383, 3.05040, 3.08196, 3.10945, 3.13365,
    3.15529, 3.17498, 3.19328, 3.21069, 3.22763, 3.24443, 3.26135, 3.27851, 3.29591, 3.31340, 3.33074, 3.34761,
    3.36368, 3.37868, 3.39241, 3.40476, 3.41573, 3.42540, 3.43389, 3.44137, 3.44798, 3.45388, 3.45922, 3.46412,
    3.46868, 3.47300, 3.47715, 3.48120, 3.48519, 3.48917, 3.49317, 3.49723, 3.50136, 3.50559, 3.50993, 3.51439,
    3.51898, 3.52371, 3.52856, 3.53354, 3.53864, 3.54384, 3.54913, 3.55448, 3.55988, 3.56530, 3.57072, 3.57611,
    3.58145, 3.58672, 3.59190, 3.59697, 3.60193, 3.60677, 3.61148, 3.61606, 3.62051, 3.62484, 3.62905, 3.63315,
    3.63715, 3.64107, 3.64490, 3.64868, 3.65240, 3.65608, 3.65973, 3.66337, 3.66701, 3.67065, 3.67431, 3.67800,
    3.68174, 3.68552, 3.68935, 3.69325, 3.69722, 3.70127, 3.70540, 3.70961, 3.71390, 3.71828, 3.72274, 3.72727,
    3.73188, 3.73655, 3.74128, 3.74606, 3.75087, 3.75571, 3.76056, 3.76540, 3.77024, 3.77504, 3.77981, 3.78453,
    3.78920, 3.79381, 3.79835, 3.80282, 3.80722, 3.81155, 3.81581, 3.82002, 3.82417, 3.82829, 3.83238, 3.83647,
    3.84058, 3.84473, 3.84895, 3.85329, 3.85777, 3.86244, 3.86734, 3.87250, 3.87793, 3.88363, 3.88959, 3.89574,
    3.90201, 3.90831, 3.91455, 3.92065, 3.92655, 3.93223, 3.93766, 3.94288, 3.94791, 3.95277, 3.95751, 3.96216,
    3.96676, 3.97132, 3.97588, 3.98044, 3.98503, 3.98965, 3.99430, 3.99900, 4.00373, 4.00850, 4.01330, 4.01812,
    4.02296, 4.02778, 4.03259, 4.03736, 4.04208, 4.04672, 4.05125, 4.05566, 4.05991, 4.06399, 4.06786, 4.07151,
    4.07491, 4.07805, 4.08091, 4.08349, 4.08578, 4.08780, 4.08955, 4.09107, 4.09239, 4.09355, 4.09461, 4.09562,
    4.09666, 4.09779, 4.09909, 4.10064, 4.10250, 4.10475, 4.10745, 4.11064, 4.11437, 4.11867, 4.12355, 4.12902,
    4.13507, 4.14168, 4.14881, 4.15643, 4.16449, 4.17293, 4.18170, 4.19075, 4.20000,
];

/// V, from empty to full.
#[rustfmt::skip]
const LFP: [f64; 201] = [
    2.00000, 2.14304, 2.26547, 2.37028, 2.46002, 2.53689, 2.60276, 2.65925, 2.70773, 2.74942, 2.78532, 2.81634,
    2.84325, 2.86672, 2.88737, 2.90572, 2.92225, 2.93739, 2.95152, 2.96499, 2.97809, 2.99108, 3.00414, 3.01738,
    3.03082, 3.04441, 3.05799, 3.07138, 3.08433, 3.09661, 3.10803, 3.11843, 3.12773, 3.13592, 3.14303, 3.14914,
    3.15436, 3.15878, 3.16254, 3.16574, 3.16849, 3.17087, 3.17296, 3.17483, 3.17654, 3.17814, 3.17967, 3.18116,
    3.18265, 3.18416, 3.18570, 3.18731, 3.18898, 3.19074, 3.19259, 3.19454, 3.19660, 3.19875, 3.20101, 3.20337,
    3.20582, 3.20835, 3.21095, 3.21361, 3.21630, 3.21903, 3.22175, 3.22447, 3.22715, 3.22979, 3.23236, 3.23486,
    3.23727, 3.23958, 3.24178, 3.24386, 3.24583, 3.24767, 3.24940, 3.25101, 3.25250, 3.25388, 3.25515, 3.25632,
    3.25739, 3.25837, 3.25927, 3.26009, 3.26084, 3.26152, 3.26214, 3.26271, 3.26323, 3.26370, 3.26413, 3.26452,
    3.26487, 3.26520, 3.26550, 3.26578, 3.26603, 3.26626, 3.26648, 3.26668, 3.26687, 3.26704, 3.26720, 3.26736,
    3.26750, 3.26764, 3.26776, 3.26789, 3.26800, 3.26812, 3.26823, 3.26833, 3.26843, 3.26853, 3.26863, 3.26873,
    3.26882, 3.26892, 3.26901, 3.26911, 3.26921, 3.26932, 3.26942, 3.26954, 3.26967, 3.26980, 3.26996, 3.27013,
    3.27033, 3.27056, 3.27083, 3.27115, 3.27153, 3.27199, 3.27255, 3.27322, 3.27403, 3.27500, 3.27615, 3.27750,
    3.27908, 3.28089, 3.28291, 3.28514, 3.28753, 3.29003, 3.29257, 3.29509, 3.29750, 3.29976, 3.30183, 3.30367,
    3.30529, 3.30668, 3.30786, 3.30886, 3.30969, 3.31038, 3.31095, 3.31143, 3.31182, 3.31215, 3.31242, 3.31266,
    3.31286, 3.31303, 3.31318, 3.31331, 3.31343, 3.31355, 3.31365, 3.31374, 3.31383, 3.31392, 3.31400, 3.31409,
    3.31417, 3.31425, 3.31433, 3.31442, 3.31452, 3.31464, 3.31479, 3.31499, 3.31527, 3.31571, 3.31639, 3.31749,
    3.31931, 3.32233, 3.32738, 3.33587, 3.35017, 3.37430, 3.41502, 3.48380, 3.60000,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_read_back_where_it_was_written() {
        for chemistry in [Chemistry::Nmc, Chemistry::Lfp] {
            for place in 1..200 {
                let soc = state_of_charge(chemistry, curve(chemistry)[place]).unwrap();
                assert!((soc - place as f64 * STEP).abs() < 1e-9);
            }
            assert_eq!(state_of_charge(chemistry, 1.0), None);
            assert_eq!(state_of_charge(chemistry, f64::NAN), None);
        }
    }

    #[test]
    fn mid_range_is_never_an_anchor() {
        assert_eq!(anchor(Chemistry::Nmc, 3.75, 0.001), None);
        assert_eq!(anchor(Chemistry::Lfp, 3.30, 0.001), None);
        assert_eq!(anchor(Chemistry::Lfp, 3.58, 0.001), None);
        let low = anchor(Chemistry::Nmc, 3.30, 0.001).unwrap();
        assert!((0.09..0.11).contains(&low.soc) && low.variance.sqrt() < 0.011);
    }
}
