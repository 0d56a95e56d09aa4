//! A fusion of groups in words and numbers: capacity, energy, and the budget of each.

use super::{CONFORMAL, Conclusion, Fitted, UNKNOWN_DEFINITION};
use crate::assessment::{BudgetTerm, Estimate, Group, Soh};
use crate::decimal::Decimal;
use crate::fit::{self, Fusion, Observation};
use crate::ocv;
use crate::quantile::Level;

/// The same for energy.
const WIDEST_ENERGY: f64 = 0.050;
/// Relative standard uncertainty of carrying energy over to the whole range by a fresh curve.
const ENERGY_SHAPE: f64 = 0.015;

impl Conclusion<'_> {
    pub(super) fn capacity(&self, fitted: &Fitted) -> Option<Estimate> {
        let rated = self.assessor.pack.rated_ah;
        let reference = rated.map(|ah| format!("rated {ah} Ah of the variant ({})", self.rated_source()));
        let terms = [
            (
                "soc_scatter",
                "states of charge, scatter between sessions",
                "1 pp per reading, 0.5 pp at full, step; widened by scatter",
            ),
            (
                "soc_bias",
                "states of charge, shared bias",
                "0.6 pp, Carnet method",
            ),
            (
                "echo",
                "capacity the vehicle may only echo",
                "5 % of echo sessions, Carnet method",
            ),
            (
                "disagreement",
                "disagreement of anchored and echo sessions",
                "found, z²/4",
            ),
            (
                "current_gain",
                "gain of the current sensor",
                "0.6 %, Carnet method",
            ),
            (
                "current_offset",
                "offset of the current sensor",
                "half of what is shown at rest, a load or an offset",
            ),
            (
                "temperature",
                "temperature of the battery",
                "0.08 %/K from 25 °C, no correction",
            ),
            (
                "soc_definition",
                "what 100 % state of charge means",
                "2 % where not stated",
            ),
        ];
        estimate(fitted.fusion.as_ref()?, "Ah", 2, rated, reference, &terms)
    }

    fn rated_source(&self) -> &str {
        match self.assessor.pack.rated_source.trim() {
            "" => "source not given",
            source => source,
        }
    }

    /// Energy the same way, from the sessions the capacity rests on.
    pub(super) fn energy(&self, fitted: &Fitted) -> Option<Estimate> {
        let nominal = f64::from(self.assessor.pack.n_series)
            * ocv::mean_voltage(self.assessor.pack.chemistry, 0.0, 1.0);
        let sigma = fit::CHARGE * self.assessor.scale * nominal / 1000.0;
        let mut groups = Vec::new();
        for (group, _, _) in &fitted.fits {
            let members = &fitted.members[usize::from(*group == Group::Echo)];
            let all: Vec<Observation> = members
                .iter()
                .filter_map(|&place| self.judged[place].energy)
                .collect();
            if all.len() < members.len() {
                return None;
            }
            let echo = if *group == Group::Echo { fit::ECHO } else { 0.0 };
            groups.push((fit::fit(&all, sigma, echo)?, all));
        }
        let shape = if self.definition_known() {
            ENERGY_SHAPE
        } else {
            ENERGY_SHAPE.hypot(UNKNOWN_DEFINITION)
        };
        let borrowed: Vec<_> = groups.iter().map(|(fit, all)| (fit, all.as_slice())).collect();
        let fusion = fit::fuse(&borrowed, &self.systematic(shape))?;
        if fusion.half_width(Level::NineteenTwentieths) > WIDEST_ENERGY * fusion.q {
            return None;
        }
        let rated = self.assessor.pack.rated_kwh;
        let reference = rated.map(|kwh| {
            format!(
                "rated {kwh} kWh of the variant ({}); energy taken up at the terminals while charging, not SOCE",
                self.rated_source()
            )
        });
        let terms = [
            (
                "soc_scatter",
                "states of charge, scatter between sessions",
                "as for capacity",
            ),
            ("soc_bias", "states of charge, shared bias", "as for capacity"),
            ("echo", "energy the vehicle may only echo", "as for capacity"),
            (
                "disagreement",
                "disagreement of anchored and echo sessions",
                "found, z²/4",
            ),
            ("current_gain", "gain of the current sensor", "as for capacity"),
            (
                "current_offset",
                "offset of the current sensor",
                "as for capacity",
            ),
            ("temperature", "temperature of the battery", "as for capacity"),
            (
                "voltage_shape",
                "carrying energy over to the whole range",
                "1.5 %, fresh open-circuit curve",
            ),
        ];
        estimate(&fusion, "kWh", 3, rated, reference, &terms)
    }
}

/// Puts a fusion into words. `terms` name the parts in the order of [`Fusion`]'s fields.
fn estimate(
    fusion: &Fusion,
    unit: &str,
    places: u8,
    rated: Option<f64>,
    reference: Option<String>,
    terms: &[(&str, &str, &str); 8],
) -> Option<Estimate> {
    let half = |level| CONFORMAL * fusion.half_width(level);
    let half95 = half(Level::NineteenTwentieths);
    let whole = rated.unwrap_or(fusion.q);
    let percent = |value: f64| Decimal::new(100.0 * value / whole, 2);
    let parts = [
        fusion.scatter,
        fusion.bias,
        fusion.echo,
        fusion.disagreement,
        fusion.gain,
        fusion.offset,
        fusion.temperature,
        fusion.scale,
    ];
    let budget = terms
        .iter()
        .zip(parts)
        .filter_map(|(&(id, text, source), part)| {
            Some(BudgetTerm {
                id: id.into(),
                text: text.into(),
                u_pp: percent(part)?,
                source: source.into(),
            })
        })
        .collect();
    let soh = match reference {
        Some(reference) => Some(Soh {
            percent: percent(fusion.q)?,
            lower95: percent(fusion.q - half95)?,
            upper95: percent(fusion.q + half95)?,
            half_width50: percent(half(Level::Half))?,
            half_width80: percent(half(Level::FourFifths))?,
            half_width95: percent(half95)?,
            reference,
        }),
        None => None,
    };
    Some(Estimate {
        amount: Decimal::new(fusion.q, places)?,
        unit: unit.into(),
        half_width95: Decimal::new(half95, places)?,
        soh,
        budget,
    })
}
