//! Days, months and years as they were read, and how old a car is on a day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decimal::Short;

/// The first year that is believed of a car.
pub(crate) const FIRST_YEAR: i16 = 1900;

/// The last year that is believed of a car.
pub(crate) const LAST_YEAR: i16 = 2100;

/// Whether a car may have been made, registered or have arrived on a day.
pub(crate) fn is_believed(day: Date) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&day.year())
}

/// A day, or only the month or year it lies in: `2022-07-15`, `2022-07`, `2022`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date; write 2022-07-15, or 2022-07 or 2022 if that is all that is known")]
pub struct DateError(String);

impl PartialDate {
    /// A day known exactly.
    pub fn day(date: Date) -> Self {
        PartialDate {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }

    /// The first day it may be.
    pub fn first(&self) -> Date {
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        Date::new(self.year, month, day).unwrap_or(Date::MIN)
    }

    /// The last day it may be.
    pub fn last(&self) -> Date {
        match (self.month, self.day) {
            (Some(_), Some(_)) => self.first(),
            (Some(_), None) => self.first().last_of_month(),
            _ => Date::new(self.year, 12, 31).unwrap_or(Date::MAX),
        }
    }

    /// The year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// Whether the day is known.
    pub fn is_exact(&self) -> bool {
        self.day.is_some()
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let wrong = || DateError(text.to_owned());
        let shape = text
            .bytes()
            .map(|b| if b.is_ascii_digit() { b'0' } else { b })
            .collect::<Vec<_>>();
        let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<i16>().ok());
        let small = |n: i16| i8::try_from(n).ok();
        let (month, day) = match shape.as_slice() {
            b"0000" => (None, None),
            b"0000-00" => (part(5..7).and_then(small), None),
            b"0000-00-00" => (part(5..7).and_then(small), part(8..10).and_then(small)),
            _ => return Err(wrong()),
        };
        let year = part(0..4).ok_or_else(wrong)?;
        Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).map_err(|_| wrong())?;
        Ok(PartialDate { year, month, day })
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// Years from a day to a later one: whole on the exact anniversary, a fraction more on the day after, so that "not over
/// three years" still holds on the third anniversary. Months count as twelfths, days as 32nds of a month; to six decimals.
/// Negative if the first day is the later one.
#[inline(never)]
pub(crate) fn years(from: Date, to: Date) -> Short {
    if to < from {
        return years(to, from).negative();
    }
    let mut months = (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month())
        - i64::from(from.month());
    // A month is complete on the day of the same number, or on its last day where it is shorter.
    let due = from.day().min(to.last_of_month().day());
    let days = if to.day() >= due {
        i64::from(to.day() - due)
    } else {
        months -= 1;
        let before = to.first_of_month().yesterday().unwrap_or(to);
        let since = from.day().min(before.day());
        i64::from(before.day() - since) + i64::from(to.day())
    };
    // In 384ths of a year, so that a whole or half year is one to the last digit.
    let parts = months * 32 + days;
    if parts % 384 == 0 {
        return Short::new(parts / 384, 0);
    }
    Short::new((parts * 1_000_000 + 192) / 384, 6)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn years(from: Date, to: Date) -> Decimal {
        super::years(from, to).decimal()
    }

    #[test]
    fn the_anniversary_is_a_whole_number_and_the_day_after_is_more() {
        assert_eq!(years(date(2023, 3, 10), date(2026, 3, 10)), Decimal::from(3));
        assert!(years(date(2023, 3, 10), date(2026, 3, 11)) > Decimal::from(3));
        assert!(years(date(2023, 3, 10), date(2026, 3, 9)) < Decimal::from(3));
        assert_eq!(years(date(2025, 1, 31), date(2025, 7, 31)), Decimal::new(5, 1));
    }

    #[test]
    fn a_car_of_29_february_comes_of_age_on_28_february() {
        assert_eq!(years(date(2024, 2, 29), date(2027, 2, 28)), Decimal::from(3));
    }

    #[test]
    fn a_month_or_a_year_spans_its_days() {
        let month: PartialDate = "2024-02".parse().unwrap();
        assert_eq!(
            (month.first(), month.last()),
            (date(2024, 2, 1), date(2024, 2, 29))
        );
        let year: PartialDate = "2024".parse().unwrap();
        assert_eq!(
            (year.first(), year.last()),
            (date(2024, 1, 1), date(2024, 12, 31))
        );
        for wrong in ["", "24", "2024-13", "2024-02-30", "2024-2", "two", "２０２４"] {
            assert!(wrong.parse::<PartialDate>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn age_never_falls_from_one_day_to_the_next(start in 0_i64..20_000, after in 0_i64..12_000) {
            let from = date(1990, 1, 1).saturating_add(jiff::Span::new().days(start));
            let to = from.saturating_add(jiff::Span::new().days(after));
            prop_assert!(years(from, to.tomorrow().unwrap()) >= years(from, to));
        }

        #[test]
        fn any_text_is_a_date_that_prints_back_or_refused(text in "\\PC{0,12}") {
            if let Ok(date) = text.parse::<PartialDate>() {
                prop_assert_eq!(date.to_string(), text);
            }
        }
    }
}
