//! Every reason to give no number, in the order in which they are looked for (docs/method/soh.md, section 7).

use super::{CONFORMAL, Conclusion, Fitted};
use crate::assessment::{CheckResult, ExclusionCode, Group, Refusal, RefusalCode};
use crate::fit;
use crate::judge::Judged;
use crate::ocv;
use crate::offset::LOAD;
use crate::pack::{BatteryEventKind, Chemistry, Class};
use crate::quantile::Level;
use crate::sample::SocDefinition;

/// Sessions a Field test needs.
const FIELD_SESSIONS: usize = 3;
/// State of charge at or below which a Guided charge starts, with the uncertainty of reading it.
const GUIDED_START: f64 = 0.115;
/// Half-widths of the 95 % interval beyond which no number is issued, as parts of rated capacity.
const WIDEST: [f64; 2] = [0.040, 0.035];
const CHI2_LIMIT: f64 = 4.0;
const Z_LIMIT: f64 = 3.0;
/// Offset beyond which the sensor is not believed, per hour of rated capacity.
const OFFSET_LIMIT: f64 = 0.01;
/// Rise of the state of charge that small steady currents must add up to before they are judged.
const IDLE_ENOUGH: f64 = 0.02;
/// Charge taken after the state of charge shows full, as a part of rated capacity, that no definition from empty to full allows.
const PAST_FULL: f64 = 0.03;
/// Difference of state of charge and rested cell voltage where the curve is sound.
const LOW_END: f64 = 0.045;
/// The same from which on it is said: more than an aged cell's curve and a settled voltage explain.
const LOW_END_DOUBTFUL: f64 = 0.025;
/// Deviation of a second meter beyond which the current is not believed.
const METER_LIMIT: f64 = 0.025;
/// Age of the last full charge of an LFP battery beyond which its state of charge has drifted, s.
const LFP_FULL_AGE: f64 = 30.0 * 86_400.0;
/// Health outside of which it is another battery, or another unit.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.30..=1.15;

impl Conclusion<'_> {
    pub(super) fn refuse(&mut self, code: RefusalCode, text: impl Into<String>, fix: &str) {
        if !self.refusals.iter().any(|r| r.code == code) {
            self.refusals.push(Refusal {
                code,
                text: text.into(),
                fix: fix.into(),
            });
        }
    }

    /// Whether the state of charge is what it is said to be: in words, and as a check. It passes only where the cells were seen to
    /// agree at both ends; a window cut off at the lower end shows at full in nothing.
    pub(super) fn definition(&mut self, counts_coulombs: bool) -> (String, CheckResult) {
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
            return (words.into(), CheckResult::Fail);
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
            return (format!("{words}; 100 % is shown before full"), CheckResult::Fail);
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
            return (
                format!("{words}; contradicted by cell voltage near empty"),
                CheckResult::Fail,
            );
        }
        if apart.abs() > LOW_END_DOUBTFUL {
            let (more, low) = if apart > 0.0 {
                ("more", "low")
            } else {
                ("less", "high")
            };
            let said = format!(
                "near empty the rested cells say {:.1} pp {more}",
                100.0 * apart.abs()
            );
            self.notice(
                "soc_low_end",
                format!("{said} than the state of charge: if it leaves out that end, capacity reads as much too {low}"),
            );
            return (format!("{words}; {said}"), CheckResult::Warn);
        }
        let agrees = match (past.is_finite(), apart.is_finite()) {
            (true, true) => "agrees with cell voltage at full and near empty",
            (true, false) => "agrees with cell voltage at full",
            (false, true) => "agrees with cell voltage near empty",
            (false, false) => return (words.into(), CheckResult::NotMeasured),
        };
        let result = if past.is_finite() && apart.is_finite() {
            CheckResult::Pass
        } else {
            CheckResult::NotMeasured
        };
        (format!("{words}; {agrees}"), result)
    }

    pub(super) fn refuse_what_was_read(&mut self) {
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
                "check the number of cells in series, the unit of cell voltage, and which column is the highest cell's",
            );
        }
        let most = (OFFSET_LIMIT * self.assessor.scale).min(LOAD);
        if let Some(shown) = self.offset.shown
            && shown.abs() > most
        {
            let text = format!(
                "the current sensor shows {shown:+.2} A at rest; at most {most:.2} A (1 % C, and 1 A) are accepted"
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

    pub(super) fn refuse_the_history(&mut self, meter_ratio: Option<f64>) {
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
            let when = match (event.time_s.is_some(), dated) {
                (true, true) => "inside the test period",
                (true, false) => "on a day that a log without dates does not place outside the test period",
                (false, _) => "at a time that cannot be placed outside the test period",
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

    pub(super) fn refuse_too_little(&mut self) {
        let watch = &self.assessor.finder.watch;
        if watch.rows_with_current == 0 {
            return;
        }
        if watch.soc_last.is_nan() {
            self.refuse(
                RefusalCode::NoTelemetry,
                format!("none of {} rows has a state of charge", watch.rows),
                "log the management system's state of charge, or name its column in a mapping",
            );
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

    pub(super) fn refuse_the_fit(&mut self, fitted: &Fitted) {
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
}
