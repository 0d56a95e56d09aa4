//! From rows to an [`Assessment`]: the order of the method, and every reason to refuse.

use crate::assessment::{
    Assessment, BudgetTerm, Diagnostics, Estimate, Evidence, Exclusion, ExclusionCode, Group, Notice,
    Refusal, RefusalCode, Session, Soh,
};
use crate::charge::{Charge, ChargeFinder};
use crate::checks::{self, Findings};
use crate::decimal::Decimal;
use crate::fit::{self, Fusion, GroupFit, Observation, Systematic};
use crate::judge::{Ground, Judged, judge};
use crate::ocv;
use crate::offset::Offset;
use crate::pack::{BatteryEventKind, Chemistry, Class, Facts, Pack};
use crate::quantile::Level;
use crate::sample::{Clock, Samples, SocDefinition, Source};
use crate::{METHOD_VERSION, transport};

/// Conformal factor on the interval, found on the development packs; see docs/method/soh.md. Never below 1.
const CONFORMAL: f64 = 1.0;
/// Sessions a Field test needs.
const FIELD_SESSIONS: usize = 3;
/// State of charge at or below which a Guided charge starts, with the uncertainty of reading it.
const GUIDED_START: f64 = 0.115;
/// Half-widths of the 95 % interval beyond which no number is issued, as parts of rated capacity.
const WIDEST: [f64; 2] = [0.040, 0.035];
/// The same for energy.
const WIDEST_ENERGY: f64 = 0.050;
const CHI2_LIMIT: f64 = 4.0;
const Z_LIMIT: f64 = 3.0;
/// Offset beyond which the sensor is not believed, per hour of rated capacity.
const OFFSET_LIMIT: f64 = 0.01;
/// Rise of the state of charge that small steady currents must add up to before they are judged.
const IDLE_ENOUGH: f64 = 0.02;
/// Spread of echo sessions below which the management system counts coulombs.
const COUNTS_COULOMBS: f64 = 0.3;
/// Charge taken after the state of charge shows full, as a part of rated capacity, that no definition from empty to full allows.
const PAST_FULL: f64 = 0.03;
/// Difference of state of charge and rested cell voltage where the curve is sound.
const LOW_END: f64 = 0.045;
/// Relative standard uncertainty of capacity where the definition is known at the upper end only.
const UNKNOWN_DEFINITION: f64 = 0.02;
/// Relative standard uncertainty of carrying energy over to the whole range by a fresh curve.
const ENERGY_SHAPE: f64 = 0.015;
/// Deviation of a second meter beyond which the current is not believed.
const METER_LIMIT: f64 = 0.025;
/// Age of the last full charge of an LFP battery beyond which its state of charge has drifted, s.
const LFP_FULL_AGE: f64 = 30.0 * 86_400.0;
/// Health outside of which it is another battery, or another unit.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.30..=1.15;

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
            offset: offset.value.unwrap_or(0.0),
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

    fn refuse(&mut self, code: RefusalCode, text: impl Into<String>, fix: &str) {
        if !self.refusals.iter().any(|r| r.code == code) {
            self.refusals.push(Refusal {
                code,
                text: text.into(),
                fix: fix.into(),
            });
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
        if let Some(value) = self.offset.value
            && value.abs() > 2.0 * self.offset.uncertainty
        {
            let text = format!("the current sensor shows {value:+.3} A at rest; that was taken off");
            self.notice("offset", text);
        }
        if watch.soc_outside > 0 {
            let text = format!(
                "{} states of charge outside 0 to 100 % were not used",
                watch.soc_outside
            );
            self.notice("soc_outside", text);
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

    /// Whether the state of charge is what it is said to be; in words, and whether it is sound.
    fn definition(&mut self, counts_coulombs: bool) -> (String, bool) {
        const FIX: &str = "log the management system's state of charge (BMS), not the display's";
        let words = match self.assessor.sources.first().map(|s| s.soc_definition) {
            Some(SocDefinition::Bms) => "management system's own",
            Some(SocDefinition::Display) => "display",
            _ => "not stated",
        };
        if self
            .assessor
            .sources
            .iter()
            .any(|s| s.soc_definition == SocDefinition::Display)
        {
            self.refuse(
                RefusalCode::SocDefinition,
                "the state of charge is the display's; its window is not known",
                FIX,
            );
            return (words.into(), false);
        }
        let full = self.charges.iter().zip(&self.judged).filter(|(_, j)| j.full);
        let mut past: Vec<f64> = full
            .map(|(c, _)| (c.coulombs_at_last - c.coulombs_at_top) / 3600.0 / self.assessor.scale)
            .map(|past| if past.is_nan() { 0.0 } else { past })
            .collect();
        let past = fit::median(&mut past);
        // A management system that counts with too small a capacity reaches 100 % early as well; that is known by its echo.
        if past > PAST_FULL && !counts_coulombs {
            let text = format!(
                "the battery took another {:.1} % of its rated capacity after the state of charge showed 100 %",
                100.0 * past
            );
            self.refuse(RefusalCode::SocDefinition, text, FIX);
            return (format!("{words}; 100 % is shown before full"), false);
        }
        let chemistry = self.assessor.pack.chemistry;
        let mut apart: Vec<f64> = self
            .charges
            .iter()
            .filter_map(|c| {
                let volt = if c.rest_before.is_nan() {
                    c.settled_before
                } else {
                    c.rest_before
                };
                let seen = ocv::anchor(chemistry, volt, 0.0).filter(|r| r.soc < 0.5)?.soc;
                Some(seen - c.soc_start).filter(|d| d.is_finite())
            })
            .collect();
        let apart = fit::median(&mut apart);
        if apart.abs() > LOW_END {
            let text = format!(
                "at low charge the rested cells say {:.1} pp {} than the state of charge",
                100.0 * apart.abs(),
                if apart > 0.0 { "more" } else { "less" }
            );
            self.refuse(RefusalCode::SocDefinition, text, FIX);
            return (format!("{words}; contradicted by cell voltage near empty"), false);
        }
        if past.is_finite() {
            (format!("{words}; agrees with cell voltage at full"), true)
        } else {
            (words.into(), self.definition_known())
        }
    }

    fn refuse_what_was_read(&mut self) {
        let watch = &self.assessor.finder.watch;
        if watch.rows_with_current == 0 {
            let text = format!("none of {} rows has both a time and a current", watch.rows);
            self.refuse(
                RefusalCode::NoTelemetry,
                text,
                "give a file with time and pack current, or a mapping that names their columns",
            );
        }
        let mut vehicles: Vec<String> = self
            .assessor
            .sources
            .iter()
            .filter_map(|s| s.vehicle.as_deref())
            .map(|v| v.trim().to_ascii_uppercase())
            .filter(|v| !v.is_empty())
            .collect();
        vehicles.sort();
        vehicles.dedup();
        if vehicles.len() > 1 {
            let shown = vehicles.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            let text = format!("the files come from {} vehicles ({shown})", vehicles.len());
            self.refuse(
                RefusalCode::SeveralVehicles,
                text,
                "give the files of one vehicle, or say which with --vehicle",
            );
        }
        if self.assessor.pack.n_series == 0 {
            self.refuse(
                RefusalCode::PackDescription,
                "the battery is said to have no cells in series",
                "give the number of cells in series of the variant",
            );
        }
        let watch = &self.assessor.finder.watch;
        let disordered = watch.time_backwards + watch.rows_backwards;
        if watch.intervals_long + watch.breaks > watch.intervals_short {
            self.refuse(
                RefusalCode::SamplingTooSlow,
                "most samples are more than 60 s apart",
                "log at least one sample per minute, better one in ten seconds; check the unit of time",
            );
        }
        if disordered * 20 > watch.rows {
            let text = format!("time runs backwards at {disordered} of {} rows", watch.rows);
            self.refuse(
                RefusalCode::TimeDisordered,
                text,
                "sort the rows of each file by time",
            );
        }
        let watch = &self.assessor.finder.watch;
        if watch.current_absurd * 20 > watch.rows {
            let text = format!(
                "{} of {} currents are beyond 5000 A",
                watch.current_absurd, watch.rows
            );
            self.refuse(RefusalCode::Implausible, text, "check the unit of current");
        }
        let (sum, rows) = self
            .charges
            .iter()
            .fold((0.0, 0), |(s, n), c| (s + c.middle_sum, n + c.middle_rows));
        let middle = sum / rows as f64;
        let expected = match self.assessor.pack.chemistry {
            Chemistry::Nmc => 3.45..=4.30,
            Chemistry::Lfp => 3.15..=3.46,
        };
        if rows > 0 && !expected.contains(&middle) {
            let text = format!(
                "cells charge at {middle:.2} V in mid range; {} cells do so at {:.2} to {:.2} V",
                self.assessor.pack.chemistry.name(),
                expected.start(),
                expected.end()
            );
            self.refuse(
                RefusalCode::PackDescription,
                text,
                "check chemistry, cells in series, and the unit of voltage",
            );
        }
        let mismatched =
            self.excluded_by(ExclusionCode::VoltageMismatch) + self.excluded_by(ExclusionCode::CellVoltage);
        if mismatched > 0 && 2 * mismatched >= self.judged.len() {
            let text = format!(
                "pack and cell voltage do not fit together in {mismatched} of {} sessions",
                self.judged.len()
            );
            self.refuse(
                RefusalCode::VoltageMismatch,
                text,
                "check the number of cells in series and the unit of cell voltage",
            );
        }
        if let Some(offset) = self.offset.value
            && offset.abs() > OFFSET_LIMIT * self.assessor.scale
        {
            let text = format!(
                "the current sensor shows {offset:+.2} A at rest; at most {:.2} A (1 % C) are accepted",
                OFFSET_LIMIT * self.assessor.scale
            );
            self.refuse(
                RefusalCode::CurrentOffset,
                text,
                "switch off what draws current at rest, or have the sensor checked",
            );
        }
        let watch = &self.assessor.finder.watch;
        if watch.idle_expected > IDLE_ENOUGH && watch.idle_observed < 0.25 * watch.idle_expected {
            let text = format!(
                "the current sensor shows up to {:+.2} A for long without the state of charge rising: that is no charge",
                watch.idle_current
            );
            self.refuse(
                RefusalCode::CurrentOffset,
                text,
                "have the current sensor checked",
            );
        }
    }

    fn refuse_the_history(&mut self, meter_ratio: Option<f64>) {
        let watch = &self.assessor.finder.watch;
        let (from, to, dated) = (watch.from_s, watch.to_s, self.assessor.dated());
        for event in &self.assessor.facts.battery_events {
            let inside = event
                .time_s
                .is_none_or(|time| !dated || (from..=to).contains(&(time as f64)));
            if !inside {
                continue;
            }
            let (code, what) = match event.kind {
                BatteryEventKind::BmsReset => (RefusalCode::BmsReset, "the management system was reset"),
                BatteryEventKind::PackSwap => (RefusalCode::PackSwap, "the pack was replaced"),
                BatteryEventKind::ModuleSwap => (RefusalCode::PackSwap, "a module was replaced"),
            };
            let when = if event.time_s.is_some() && dated {
                "inside the test period"
            } else {
                "at a time that cannot be placed outside the test period"
            };
            self.refuse(
                code,
                format!("{what} {when}"),
                "test again with sessions after the event only",
            );
        }
        let watch = &self.assessor.finder.watch;
        if watch.reported_soh_rose > 0.03 {
            let text = format!(
                "the reported state of health rose by {:.1} pp inside the test period",
                100.0 * watch.reported_soh_rose
            );
            self.refuse(
                RefusalCode::BmsReset,
                text,
                "test again with sessions after the reset only",
            );
        }
        if let Some(ratio) = meter_ratio
            && (ratio - 1.0).abs() > METER_LIMIT
        {
            let text = format!(
                "the vehicle's current is {:+.1} % off the second meter's; 2.5 % are accepted",
                100.0 * (ratio - 1.0)
            );
            self.refuse(
                RefusalCode::CurrentGain,
                text,
                "have the current sensor or the meter checked",
            );
        }
        let last_full = self
            .judged
            .iter()
            .zip(&self.charges)
            .filter(|(j, _)| j.full)
            .filter_map(|(_, c)| c.date_s.map(|s| s + c.seconds))
            .fold(f64::NAN, f64::max);
        let watch = &self.assessor.finder.watch;
        if self.assessor.pack.chemistry == Chemistry::Lfp && watch.to_s - last_full > LFP_FULL_AGE {
            let text = format!(
                "the last full charge was {:.0} days before the last sample; 30 are accepted",
                (watch.to_s - last_full) / 86_400.0
            );
            self.refuse(RefusalCode::LfpNoRecentFull, text, "charge to full and log it");
        }
    }

    fn excluded_by(&self, code: ExclusionCode) -> usize {
        self.judged
            .iter()
            .filter(|j| j.session.excluded.iter().any(|e| e.code == code))
            .count()
    }

    fn refuse_too_little(&mut self) {
        let watch = &self.assessor.finder.watch;
        if watch.rows_with_current == 0 {
            return;
        }
        let longer = |j: &&Judged| {
            !j.session
                .excluded
                .iter()
                .any(|e| e.code == ExclusionCode::TooShort)
        };
        if self.judged.iter().filter(longer).count() == 0 {
            if watch.rows_discharging * 5 > watch.rows_with_current {
                self.refuse(
                    RefusalCode::DrivingOnly,
                    "the files hold driving and no charge; capacity is never taken from driving",
                    "log charge sessions",
                );
            } else {
                let text = format!("no charge by 10 pp or more among {} found", self.judged.len());
                self.refuse(
                    RefusalCode::NoChargeSession,
                    text,
                    "log whole charge sessions with state of charge at both ends",
                );
            }
            return;
        }
        let anchored = self.used(Group::Anchored);
        let used = anchored.len() + self.used(Group::Echo).len();
        let needed = match self.assessor.class {
            Class::Field => FIELD_SESSIONS,
            Class::Guided => 1,
        };
        if used < needed {
            let text = format!(
                "{used} usable sessions of {}; {needed} are needed",
                self.judged.len()
            );
            self.refuse(
                RefusalCode::TooFewSessions,
                text,
                "log more charge sessions, or make a Guided test: from 10 % or less to full",
            );
        }
        if anchored.is_empty() {
            self.refuse(
                RefusalCode::NoAnchor,
                "no usable session ends at full: nothing fixes the state of charge but the vehicle's own word",
                "charge to full until the current falls, and log to the end",
            );
        }
        let guided = |&place: &usize| self.judged[place].full && self.judged[place].soc_start <= GUIDED_START;
        if self.assessor.class == Class::Guided && !anchored.iter().any(guided) {
            self.refuse(
                RefusalCode::NotGuided,
                "no usable session runs from 10 % or less to full",
                "discharge to 10 % or less, then charge until the current falls",
            );
        }
        // What was left out, where it would have been enough.
        for (code, refusal, text, fix) in [
            (
                ExclusionCode::Temperature,
                RefusalCode::Temperature,
                "were too cold or too hot (5 to 45 °C)",
                "charge at 5 to 45 °C",
            ),
            (
                ExclusionCode::SocJump,
                RefusalCode::SocJump,
                "have a jump of state of charge",
                "charge to full twice so that the management system settles, then test again",
            ),
            (
                ExclusionCode::Gap,
                RefusalCode::SamplingTooSlow,
                "have gaps above 60 s or miss more than 5 %",
                "log at least one sample per minute without interruption",
            ),
        ] {
            let lost = self.excluded_by(code);
            let full_lost = self
                .judged
                .iter()
                .any(|j| j.full && j.session.excluded.iter().any(|e| e.code == code));
            if lost > 0 && ((used < needed && used + lost >= needed) || (anchored.is_empty() && full_lost)) {
                let text = format!("{lost} of {} sessions {text}", self.judged.len());
                self.refuse(refusal, text, fix);
            }
        }
    }

    fn refuse_the_fit(&mut self, fitted: &Fitted) {
        if self.assessor.pack.rated_ah.is_none() {
            self.refuse(
                RefusalCode::RatedCapacityUnknown,
                "the rated capacity of the exact variant is not known: Ah only, no state of health",
                "give rated Ah with its source",
            );
        }
        let Some(fusion) = &fitted.fusion else {
            if self.refusals.is_empty() {
                self.refuse(
                    RefusalCode::Implausible,
                    "the sessions give no capacity",
                    "check units and sign of current",
                );
            }
            return;
        };
        for (group, found, _) in &fitted.fits {
            if found.chi2red > CHI2_LIMIT {
                let which = match group {
                    Group::Anchored => "anchored",
                    Group::Echo => "echo",
                };
                let text = format!(
                    "the {which} sessions contradict each other: reduced chi-square {:.1}, at most 4 is accepted",
                    found.chi2red
                );
                self.refuse(
                    RefusalCode::SessionsDisagree,
                    text,
                    "check that all files are of this vehicle; log more sessions",
                );
            }
        }
        if let Some(z) = fusion.z.filter(|z| *z > Z_LIMIT) {
            let text = format!(
                "anchored and echo sessions differ by {z:.1} standard deviations; at most 3 are accepted"
            );
            self.refuse(
                RefusalCode::GroupsDisagree,
                text,
                "check that all files are of this vehicle; make a Guided test",
            );
        }
        let Some(rated) = self.assessor.pack.rated_ah else {
            return;
        };
        let half = CONFORMAL * fusion.half_width(Level::NineteenTwentieths) / rated;
        let widest = WIDEST[usize::from(self.assessor.class == Class::Guided)];
        // Without an anchor the width only repeats that reason.
        let anchored = fitted.fits.iter().any(|(group, _, _)| *group == Group::Anchored);
        if half > widest && anchored {
            let text = format!(
                "the 95 % interval is ±{:.1} pp; at most ±{:.1} pp are issued",
                100.0 * half,
                100.0 * widest
            );
            self.refuse(
                RefusalCode::TooWide,
                text,
                "log more sessions that start low and end at full",
            );
        }
        let soh = fusion.q / rated;
        if anchored && !PLAUSIBLE.contains(&soh) {
            let text = format!(
                "{:.1} Ah would be {:.0} % of rated capacity",
                fusion.q,
                100.0 * soh
            );
            self.refuse(
                RefusalCode::Implausible,
                text,
                "check the variant's rated capacity, and unit and gain of current",
            );
        }
    }

    fn capacity(&self, fitted: &Fitted) -> Option<Estimate> {
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
                "scatter at rest",
            ),
            (
                "temperature",
                "temperature of the battery",
                "0.15 %/K from 25 °C, no correction",
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
    fn energy(&self, fitted: &Fitted) -> Option<Estimate> {
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

    fn conclude(
        self,
        fitted: &Fitted,
        capacity: Option<Estimate>,
        energy: Option<Estimate>,
        definition: (String, bool),
        meter_ratio: Option<f64>,
    ) -> Assessment {
        let Assessor {
            pack,
            facts,
            class,
            answers,
            sources,
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
            offset_a: self.offset.value.and_then(|v| known(v, 4)),
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
            full: &full,
            soc_definition: &definition.0,
            soc_definition_sound: definition.1,
            soh,
            meter_ratio,
            sign_turned: self.turned,
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
