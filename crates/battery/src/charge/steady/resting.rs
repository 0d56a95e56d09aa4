//! A stretch of rest between charges.

use super::Stretch;
use crate::charge::{ChargeFinder, LONG_REST, REST, Rest, SETTLED};
use crate::columns::range;
use crate::sample::Channel;

impl ChargeFinder {
    /// What [`ChargeFinder::flow`] and [`ChargeFinder::rest`] do at rows of rest while no charge is open.
    pub(super) fn rest_stretch(&mut self, part: &Stretch<'_>, mean: &[f64]) {
        let (Some(&first), Some(&last), Some(&first_mean), Some(&last_mean)) =
            (part.time.first(), part.time.last(), mean.first(), mean.last())
        else {
            return;
        };
        // Times rise, and so does what has passed since.
        let reached = |since: f64, seconds: f64| part.time.partition_point(|time| time - since < seconds);
        if self.quiet_since.is_nan() {
            self.quiet_since = first;
        }
        let quiet = reached(self.quiet_since, REST);
        let parked = part.known(Channel::Parked);
        for (row, current) in part.of(Channel::PackCurrent).iter().enumerate().skip(quiet) {
            if parked.is_none_or(|parked| parked[row] != 0.0) {
                self.rest_currents.add(*current);
            }
        }
        let soc = part.known(Channel::Soc);
        if let Some(soc) = soc.and_then(<[f64]>::last) {
            self.soc_at = Some((*soc, last, 0.0));
        }

        let rest = self.rest.get_or_insert(Rest {
            since: first,
            lowest: first_mean,
            highest: first_mean,
            mean_volt: first_mean,
            spread_early: None,
        });
        if !last_mean.is_nan() {
            let (lowest, highest) = range(mean);
            rest.lowest = rest.lowest.min(lowest);
            rest.highest = rest.highest.max(highest);
            rest.mean_volt = last_mean;
        }
        let settled = reached(rest.since, SETTLED);
        if let (Some(high), Some(low)) = (part.known(Channel::CellMax), part.known(Channel::CellMin)) {
            let spread = |row: usize| high[row] - low[row];
            let hour = reached(rest.since, 3600.0);
            if rest.spread_early.is_none() && hour < part.time.len() {
                rest.spread_early = Some((spread(hour), part.time[hour]));
            }
            if let Some((early, at)) = rest.spread_early {
                for row in reached(at, LONG_REST)..part.time.len() {
                    let growth = (spread(row) - early) / (part.time[row] - at) * 86_400.0;
                    self.watch.self_discharge = self.watch.self_discharge.max(growth);
                }
            }
            for (row, soc) in soc.unwrap_or_default().iter().enumerate().skip(settled) {
                if (0.20..=0.80).contains(soc) {
                    self.watch.spread_sum += spread(row);
                    self.watch.spread_rows += 1;
                }
            }
        }
        if let (Some(hot), Some(cold)) = (part.known(Channel::TempMax), part.known(Channel::TempMin)) {
            for (hot, cold) in hot.iter().zip(cold).skip(settled) {
                self.watch.temp_spread_sum += hot - cold;
                self.watch.temp_spread_rows += 1;
            }
        }
        if last - rest.since >= REST
            && let Some(charge) = self.resting.and_then(|place| self.charges.get_mut(place))
        {
            charge.rest_after = last_mean;
        }
        self.idle_soc = None;
    }
}
