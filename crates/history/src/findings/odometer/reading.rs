//! Readings as the odometer rules see them: kilometres to compare, the number as shown to look for slips in.

use jiff::civil::Date;
use statement::vocabulary::EvidenceClass;

/// In what situation a reading was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// An inspection or an authority.
    Inspection,
    /// A workshop or battery assessor.
    Service,
    /// A sale, auction, advert, transfer of ownership.
    Sale,
    /// Anything else.
    Other,
}

/// One odometer reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Log index of the statement it comes from.
    pub reference: u64,
    /// The day it was taken.
    pub day: Date,
    /// The number as shown.
    pub shown: u64,
    /// 1 for a reading in kilometres, 1.609344 for one in miles.
    pub km_per_unit: f64,
    /// How much its issuer's word weighs.
    pub class: EvidenceClass,
    /// Where it was taken.
    pub setting: Setting,
}

impl Reading {
    /// The reading in kilometres.
    pub fn km(&self) -> f64 {
        self.shown as f64 * self.km_per_unit
    }

    /// `62931 mi` or `101278 km`, as read.
    pub fn as_read(&self) -> String {
        format!(
            "{} {}",
            self.shown,
            if self.km_per_unit == 1.0 { "km" } else { "mi" }
        )
    }

    pub(super) fn days(&self) -> f64 {
        f64::from(
            self.day
                .since(jiff::civil::date(1970, 1, 1))
                .map_or(0, |span| span.get_days()),
        )
    }

    /// The chance that the number written is not the number on the instrument. Our setting.
    pub(super) fn slip_chance(&self) -> f64 {
        match self.class {
            EvidenceClass::A => 0.012,
            EvidenceClass::B => 0.015,
            EvidenceClass::C => 0.02,
            EvidenceClass::D => 0.03,
        }
    }

    /// How far below the truth an honest reading may lie: instruments are read within 50 km, and adverts are rounded down
    /// to the thousand.
    pub(super) fn tolerance(&self) -> f64 {
        let rounded = self.is_rounded();
        50.0 + if rounded { 1_000.0 * self.km_per_unit } else { 0.0 }
    }

    /// A figure in full thousands from a sale or an owner.
    pub(super) fn is_rounded(&self) -> bool {
        self.shown.is_multiple_of(1_000) && (self.setting == Setting::Sale || self.class >= EvidenceClass::C)
    }

    /// A filler or an impossible number: five or more equal digits, or 900,000 and more.
    pub(super) fn is_placeholder(&self) -> bool {
        is_filler(self.shown)
    }
}

/// Whether a number, as shown, is a filler or impossible: five or more equal digits, or 900,000 and more.
pub fn is_filler(shown: u64) -> bool {
    let digits = shown.to_string();
    let all_equal = digits.bytes().all(|b| digits.bytes().next() == Some(b));
    shown >= 900_000 || (digits.len() >= 5 && all_equal)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A reading in km at an inspection.
    pub(in crate::findings::odometer) fn km(day: &str, shown: u64) -> Reading {
        Reading {
            reference: shown,
            day: day.parse().unwrap(),
            shown,
            km_per_unit: 1.0,
            class: EvidenceClass::A,
            setting: Setting::Inspection,
        }
    }

    #[test]
    fn fillers_are_not_readings() {
        assert!(km("2021-01-08", 999_999).is_placeholder());
        assert!(km("2021-01-08", 11_111).is_placeholder());
        assert!(km("2021-01-08", 902_476).is_placeholder());
        assert!(!km("2021-01-08", 0).is_placeholder());
        assert!(!km("2021-01-08", 120_000).is_placeholder());
    }
}
