//! From rows to an [`Assessment`]: the order of the method.

mod estimate;
mod refusals;

use crate::assessment::{
    Assessment, CheckResult, Diagnostics, Estimate, Evidence, Exclusion, ExclusionCode, Group, Notice,
    Refusal, RefusalCode, Session,
};
use crate::charge::{Charge, ChargeFinder, Holes};
use crate::checks::{self, Findings};
use crate::decimal::Decimal;
use crate::fit::{self, Fusion, GroupFit, Observation, Systematic};
use crate::judge::{Ground, Judged, judge};
use crate::ocv;
use crate::offset::Offset;
use crate::pack::{Chemistry, Class, Facts, Pack};
use crate::sample::{Clock, Samples, SocDefinition, Source};
use crate::{METHOD_VERSION, transport};

/// Conformal factor on the interval, found on the development packs; see docs/method/soh.md. Never below 1.
const CONFORMAL: f64 = 1.0;
/// Spread of echo sessions below which the management system counts coulombs.
const COUNTS_COULOMBS: f64 = 0.3;
/// Relative standard uncertainty of capacity where the definition is known at the upper end only.
const UNKNOWN_DEFINITION: f64 = 0.02;

/// Reads the telemetry of one vehicle and assesses its battery. Memory does not grow with the number of rows.
#[derive(Debug, Clone)]
pub struct Assessor {
    pack: Pack,
    facts: Facts,
    class: Class,
    /// Ah that scale every limit of current.
    scale: f64,
    answers: Vec<String>,
    sources: Vec<Source>,
    meters: Vec<Source>,
    current: usize,
    finder: ChargeFinder,
}

impl Assessor {
    /// Begins an assessment of a battery as described.
    pub fn new(mut pack: Pack, facts: Facts, class: Class) -> Self {
        /// Where neither capacity nor energy is rated, limits of current are scaled as for a common car.
        const COMMON_AH: f64 = 100.0;
        let positive = |value: Option<f64>| value.filter(|v| v.is_finite() && *v > 0.0 && *v < 1e6);
        pack.rated_ah = positive(pack.rated_ah);
        pack.rated_kwh = positive(pack.rated_kwh);
        pack.end_voltage = positive(pack.end_voltage);
        let nominal = f64::from(pack.n_series.max(1)) * ocv::mean_voltage(pack.chemistry, 0.0, 1.0);
        let scale = pack
            .rated_ah
            .or(pack.rated_kwh.map(|kwh| 1000.0 * kwh / nominal))
            .unwrap_or(COMMON_AH);
        let finder = ChargeFinder::new(scale, pack.n_series.max(1));
        Self {
            pack,
            facts,
            class,
            scale,
            answers: Vec::new(),
            sources: Vec::new(),
            meters: Vec::new(),
            current: 0,
            finder,
        }
    }

    /// Keeps what the operator answered where the files do not speak, so that they can be read the same way again.
    pub fn answers(&mut self, answers: Vec<String>) {
        self.answers = answers;
    }

    /// Begins a file; rows pushed from now on belong to it. A file that goes back and forth between vehicles is kept once for
    /// each.
    pub fn source(&mut self, source: Source) {
        /// Enough for any test; a file of more vehicles is refused long before.
        const MOST: usize = 1000;
        self.finder.begin(source.clock);
        let same = |known: &Source| known.name == source.name && known.vehicle == source.vehicle;
        self.current = match self.sources.iter().position(same) {
            Some(place) => place,
            None if self.sources.len() < MOST => {
                self.sources.push(source);
                self.sources.len() - 1
            }
            None => MOST - 1,
        };
    }

    /// Keeps the log of a second meter, whose current the caller writes into [`crate::Channel::MeterCurrent`] of the rows.
    pub fn meter(&mut self, source: Source) {
        self.meters.push(source);
    }

    /// Adds what is known of the current file only after its last row: its SHA-256 (hexadecimal), and further corrections.
    pub fn end_source(&mut self, sha256: String, corrections: Vec<String>) {
        if let Some(source) = self.sources.get_mut(self.current) {
            if !sha256.is_empty() {
                source.sha256 = sha256;
            }
            for correction in corrections {
                if !source.corrections.contains(&correction) {
                    source.corrections.push(correction);
                }
            }
        }
    }

    /// Reads rows. How they are divided over calls makes no difference.
    pub fn push(&mut self, samples: &Samples) {
        self.finder.push(samples);
    }

    /// The assessment of everything read.
    pub fn finish(mut self) -> Assessment {
        self.finder.cut();
        Conclusion::new(&self).assessment()
    }

    fn dated(&self) -> bool {
        self.finder.watch.from_s.is_finite()
    }
}

/// Holes inside charges, in a sentence.
fn hole_told(holes: &Holes) -> String {
    let longest = format!("{:.0} min", holes.longest_s / 60.0);
    let place = match holes.count {
        1 => format!("for {longest} inside a charge"),
        n => format!("in {n} places inside charges, the longest for {longest}"),
    };
    let session = holes
        .session
        .map_or_else(String::new, |id| format!(" of the logger's session {id}"));
    /// Less is written as 0.0, pp.
    const ROUNDED: f64 = 0.05;
    let change = match 100.0 * holes.rise {
        pp if pp.is_nan() => String::new(),
        pp if pp >= ROUNDED => format!(", over which the state of charge rose by {pp:.1} pp"),
        pp if pp <= -ROUNDED => format!(", over which the state of charge fell by {:.1} pp", -pp),
        _ => ", over which the state of charge did not change".into(),
    };
    let taken = match holes.one_sided {
        0 => "what lies before and after is taken as two charges, each with its own states of charge",
        n if n == holes.count => "the charge is taken as far as its rows go",
        _ => "what is left of each charge is taken as far as its rows go, with its own states of charge",
    };
    format!("samples are missing {place}{session}{change}; {taken}")
}

/// The groups as fitted.
struct Fitted {
    /// Places of sessions, by group: anchored, echo.
    members: [Vec<usize>; 2],
    fits: Vec<(Group, GroupFit, Vec<Observation>)>,
    fusion: Option<Fusion>,
    echo_spread: Option<f64>,
    counts_coulombs: bool,
}

/// Everything between the last row and the assessment.
struct Conclusion<'a> {
    assessor: &'a Assessor,
    /// Charges that took charge; discharges with a turned sign are dropped.
    charges: Vec<Charge>,
    judged: Vec<Judged>,
    turned: bool,
    mixed_signs: bool,
    offset: Offset,
    refusals: Vec<Refusal>,
    notices: Vec<Notice>,
}

impl<'a> Conclusion<'a> {
    fn new(assessor: &'a Assessor) -> Self {
        let worth = |c: &&Charge| c.soc_end - c.soc_start >= 0.10;
        let all = &assessor.finder.charges;
        let reversed = all.iter().filter(worth).filter(|c| c.reversed).count();
        let forward = all.iter().filter(worth).filter(|c| !c.reversed).count();
        let turned = reversed > forward;
        let charges: Vec<Charge> = all
            .iter()
            .filter(|c| !turned || c.reversed || c.soc_end - c.soc_start >= 0.02)
            .cloned()
            .collect();
        let offset = assessor.finder.rest_currents.offset(assessor.scale);
        let watch = &assessor.finder.watch;
        let ground = Ground {
            pack: &assessor.pack,
            rated: assessor.scale,
            offset: offset.taken_off,
            turned,
            soc_step: if watch.soc_step.is_nan() {
                0.0
            } else {
                watch.soc_step
            },
            cell_step: if watch.cell_step.is_nan() {
                0.0
            } else {
                watch.cell_step
            },
        };
        let judged = charges
            .iter()
            .enumerate()
            .map(|(place, charge)| judge(place + 1, charge, &ground))
            .collect();
        Self {
            assessor,
            charges,
            judged,
            turned,
            mixed_signs: reversed > 0 && forward > 0,
            offset,
            refusals: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn notice(&mut self, code: &str, text: impl Into<String>) {
        self.notices.push(Notice {
            code: code.into(),
            text: text.into(),
        });
    }

    fn exclude(&mut self, place: usize, code: ExclusionCode, text: String) {
        let judged = &mut self.judged[place];
        judged.session.excluded.push(Exclusion { code, text });
        judged.session.group = None;
        judged.charge = None;
        judged.energy = None;
    }

    fn used(&self, group: Group) -> Vec<usize> {
        (0..self.judged.len())
            .filter(|&place| self.judged[place].session.group == Some(group))
            .collect()
    }

    fn observations(&self, places: &[usize]) -> Vec<Observation> {
        places
            .iter()
            .filter_map(|&place| self.judged[place].charge)
            .collect()
    }

    fn assessment(mut self) -> Assessment {
        self.drop_duplicates();
        let fitted = self.fit_without_outliers();
        self.weigh(&fitted);
        self.remark();
        let meter_ratio = self.meter_ratio();
        let definition = self.definition(fitted.counts_coulombs);
        self.refuse_what_was_read();
        self.refuse_the_history(meter_ratio);
        self.refuse_too_little();
        self.refuse_the_fit(&fitted);
        let mut capacity = self.capacity(&fitted);
        let only_rating_missing = self
            .refusals
            .iter()
            .all(|r| r.code == RefusalCode::RatedCapacityUnknown);
        if !only_rating_missing {
            capacity = None;
        }
        let energy = capacity.as_ref().and_then(|_| self.energy(&fitted));
        self.conclude(&fitted, capacity, energy, definition, meter_ratio)
    }

    /// Leaves out charges that are in the files twice.
    fn drop_duplicates(&mut self) {
        let mut kept: Vec<usize> = Vec::new();
        for place in 0..self.judged.len() {
            if self.judged[place].session.group.is_none() {
                continue;
            }
            let this = &self.charges[place];
            let twin = kept.iter().copied().find(|&other| {
                let that = &self.charges[other];
                let same = this.coulombs == that.coulombs
                    && this.seconds == that.seconds
                    && this.soc_start == that.soc_start;
                let overlap = this.date_s.zip(that.date_s).is_some_and(|(this_s, that_s)| {
                    this_s < that_s + that.seconds && that_s < this_s + this.seconds
                });
                same || overlap
            });
            match twin {
                Some(other) => {
                    let text = format!("the same charge as session {}, or at the same time", other + 1);
                    self.exclude(place, ExclusionCode::Duplicate, text);
                }
                None => kept.push(place),
            }
        }
    }

    /// Fits; leaves out, one by one, sessions that no other supports, as long as they are few.
    fn fit_without_outliers(&mut self) -> Fitted {
        let sessions = self.judged.iter().filter(|j| j.session.group.is_some()).count();
        let mut allowed = (sessions / 4).max(1);
        loop {
            let fitted = self.fit();
            let farthest = fitted
                .fits
                .iter()
                .filter_map(|(group, found, _)| {
                    let place = fit::outlier(found)?;
                    let members = &fitted.members[usize::from(*group == Group::Echo)];
                    Some((members[place], found.residuals[place]))
                })
                .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            match farthest {
                Some((place, size)) if allowed > 0 => {
                    allowed -= 1;
                    let text = format!("its capacity is {size:+.1} standard deviations off the others'");
                    self.exclude(place, ExclusionCode::Outlier, text);
                }
                _ => return fitted,
            }
        }
    }

    fn fit(&self) -> Fitted {
        let members = [self.used(Group::Anchored), self.used(Group::Echo)];
        let [anchored, echo] = [self.observations(&members[0]), self.observations(&members[1])];
        let echo_spread = fit::spread(&echo);
        let counts_coulombs = echo_spread.is_some_and(|s| s < COUNTS_COULOMBS);
        let sigma = fit::CHARGE * self.assessor.scale;
        let mut fits = Vec::new();
        if let Some(found) = fit::fit(&anchored, sigma, 0.0) {
            fits.push((Group::Anchored, found, anchored));
        }
        // A Guided test was made to be anchored; and an echo of the vehicle's own belief is no evidence.
        let echo_counts = self.assessor.class == Class::Field && (!counts_coulombs || fits.is_empty());
        if echo_counts && let Some(found) = fit::fit(&echo, sigma, fit::ECHO) {
            fits.push((Group::Echo, found, echo));
        }
        let systematic = self.systematic(if self.definition_known() {
            0.0
        } else {
            UNKNOWN_DEFINITION
        });
        let groups: Vec<_> = fits.iter().map(|(_, fit, all)| (fit, all.as_slice())).collect();
        let fusion = fit::fuse(&groups, &systematic);
        Fitted {
            members,
            fits,
            fusion,
            echo_spread,
            counts_coulombs,
        }
    }

    fn systematic(&self, scale: f64) -> Systematic {
        /// Where nobody measured it: half of the accepted range, as a standard uncertainty.
        const UNKNOWN_KELVIN: f64 = 12.0;
        Systematic {
            offset_a: self.offset.uncertainty,
            gain: fit::GAIN,
            scale,
            kelvin: UNKNOWN_KELVIN,
        }
    }

    /// Writes each session's weight into the table.
    fn weigh(&mut self, fitted: &Fitted) {
        let Some(fusion) = &fitted.fusion else {
            return;
        };
        for ((group, found, all), share) in fitted.fits.iter().zip(&fusion.shares) {
            let members = &fitted.members[usize::from(*group == Group::Echo)];
            for ((&place, weight), observation) in members.iter().zip(&found.weights).zip(all) {
                let percent = 100.0 * share * weight * observation.x;
                self.judged[place].session.weight_pct = Decimal::new(percent, 1).unwrap_or(Decimal::ZERO);
            }
        }
    }

    /// What was corrected or could not be known.
    fn remark(&mut self) {
        for source in &self.assessor.sources {
            for correction in &source.corrections {
                self.notices.push(Notice {
                    code: "reader".into(),
                    text: format!("{}: {correction}", source.name),
                });
            }
        }
        let watch = &self.assessor.finder.watch;
        if self.turned {
            self.notice(
                "sign_turned",
                "the current is negative while the state of charge rises: its sign was turned",
            );
        }
        if self.mixed_signs {
            self.notice(
                "sign_mixed",
                "sessions disagree on the sign of current; the fewer were left out",
            );
        }
        if watch.clock_unset {
            self.notice(
                "clock_unset",
                "the logger's clock was not set (dates before 2010 or after 2100): durations are used, dates are not known",
            );
        }
        if watch.time_backwards > 0 && self.assessor.sources.iter().any(|s| s.clock == Clock::Utc) {
            let text = format!(
                "time runs backwards in {} places; each begins anew",
                watch.time_backwards
            );
            self.notice("time_backwards", text);
        }
        /// Half of what is shown is taken off from here on with words, A.
        const TOLD: f64 = 0.01;
        if let Some(shown) = self.offset.shown
            && shown.abs() > TOLD
        {
            let text = format!(
                "the current sensor shows {shown:+.3} A at rest; half of it was taken off, for a small load looks the same as an \
                 offset of the sensor, and the interval holds both"
            );
            self.notice("offset", text);
        }
        if watch.soc_outside > 0 {
            let text = format!(
                "{} states of charge outside 0 to 100 % were not used",
                watch.soc_outside
            );
            self.notice("soc_outside", text);
        }
        let holes = watch.holes[usize::from(self.turned)];
        if holes.count > 0 {
            self.notice("hole_in_charge", hole_told(&holes));
        }
        if watch.charges_not_kept > 0 {
            let text = format!("{} further charges were not looked at", watch.charges_not_kept);
            self.notice("charges_not_kept", text);
        }
        if !self.definition_known() {
            self.notice(
                "soc_definition",
                "nobody said what 100 % state of charge means; 2 % are added to the uncertainty",
            );
        }
        if self.assessor.pack.chemistry == Chemistry::Lfp && !self.assessor.dated() {
            self.notice(
                "lfp_age_unknown",
                "without dates it is not known how long ago the battery was last charged full",
            );
        }
    }

    /// Ratio of the vehicle's current to a second meter's, where one ran along for a tenth of an hour's rating or more.
    fn meter_ratio(&self) -> Option<f64> {
        let used = || {
            self.judged
                .iter()
                .zip(&self.charges)
                .filter(|(j, _)| j.session.group.is_some())
                .map(|(_, c)| c)
        };
        let metered: f64 = used().map(|c| c.metered_coulombs).sum();
        let meter: f64 = used().map(|c| c.meter_coulombs).sum();
        (meter >= 360.0 * self.assessor.scale && metered > 0.0).then(|| metered / meter)
    }

    fn definition_known(&self) -> bool {
        self.assessor
            .sources
            .iter()
            .all(|s| s.soc_definition != SocDefinition::Unknown)
            && !self.assessor.sources.is_empty()
    }

    fn conclude(
        self,
        fitted: &Fitted,
        capacity: Option<Estimate>,
        energy: Option<Estimate>,
        definition: (String, CheckResult),
        meter_ratio: Option<f64>,
    ) -> Assessment {
        let Assessor {
            pack,
            facts,
            class,
            answers,
            sources,
            meters,
            finder,
            ..
        } = self.assessor;
        let watch = &finder.watch;
        let dated = self.assessor.dated();
        let sampling: Vec<f64> = self
            .judged
            .iter()
            .zip(&self.charges)
            .filter(|(j, _)| j.session.group.is_some())
            .map(|(_, c)| c.sampling())
            .filter(|s| s.is_finite())
            .collect();
        let chi2 = |wanted: Group| {
            let (_, found, all) = fitted.fits.iter().find(|(group, _, _)| *group == wanted)?;
            (all.len() > 1).then(|| Decimal::new(found.chi2red, 2)).flatten()
        };
        let size = |wanted: Group| {
            let group = fitted.fits.iter().find(|(group, _, _)| *group == wanted);
            group.map_or(0, |(_, _, all)| u32::try_from(all.len()).unwrap_or(u32::MAX))
        };
        let known = |value: f64, places| Decimal::new(value, places);
        let diagnostics = Diagnostics {
            n_anchored: size(Group::Anchored),
            n_echo: size(Group::Echo),
            chi2red_anchored: chi2(Group::Anchored),
            chi2red_echo: chi2(Group::Echo),
            z: fitted.fusion.as_ref().and_then(|f| f.z).and_then(|z| known(z, 2)),
            k: known(CONFORMAL, 3).unwrap_or(Decimal::ZERO),
            offset_a: self.offset.shown.and_then(|_| known(self.offset.taken_off, 4)),
            offset_u_a: known(self.offset.uncertainty, 4).unwrap_or(Decimal::ZERO),
            bms_counts_coulombs: fitted.counts_coulombs,
            echo_spread: fitted.echo_spread.and_then(|s| known(s, 2)),
            soc_step_pp: known(100.0 * watch.soc_step, 3),
            cell_step_v: known(watch.cell_step, 4),
            sampling_s: known(fit::median(&mut sampling.clone()), 1),
        };
        let sessions: Vec<Session> = self.judged.iter().map(|j| j.session.clone()).collect();
        let full: Vec<usize> = (0..self.judged.len())
            .filter(|&place| self.judged[place].full)
            .collect();
        let soh = capacity
            .as_ref()
            .and_then(|c| c.soh.as_ref())
            .map(|soh| soh.percent.value());
        let checks = checks::all(&Findings {
            pack,
            facts,
            watch,
            charges: &self.charges,
            sessions: &sessions,
            sources,
            full: &full,
            soc_definition: &definition.0,
            soc_definition_result: definition.1,
            soh,
            meter_ratio,
            sign_turned: self.turned,
            holes: watch.holes[usize::from(self.turned)],
        });
        let (soc, measured) = checks::soc_now(facts, watch, dated);
        let transport = transport::judge(facts, soc, measured, &checks);
        Assessment {
            method: METHOD_VERSION.into(),
            class: *class,
            pack: pack.clone(),
            facts: facts.clone(),
            vehicle: sources.iter().find_map(|s| s.vehicle.clone()),
            evidence: Evidence {
                answers: answers.clone(),
                sources: sources.clone(),
                meters: meters.clone(),
                rows: watch.rows,
                rows_unused: watch.rows_unused,
                from_s: dated.then_some(watch.from_s as i64),
                to_s: dated.then_some(watch.to_s as i64),
                odometer_km: checks::odometer(facts, watch),
            },
            capacity,
            energy,
            refusals: self.refusals,
            notices: self.notices,
            diagnostics,
            sessions,
            checks,
            transport,
        }
    }
}
