//! Times as loggers write them, and what has to be known to make seconds of 1970 UTC of them.

use serde::{Deserialize, Serialize};

/// In which order a date with slashes or dots is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2026, 31.12.2026.
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
}

/// A date and time of day, read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Civil {
    /// Seconds since 1970-01-01 as if the clock showed UTC, or truly UTC where the text has an offset.
    pub seconds: f64,
    /// Whether the text says its offset from UTC.
    pub zoned: bool,
}

/// A date with its time of day cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTime {
    /// It is not a date with a time of day in any of the known forms.
    Unreadable,
    /// Day and month can be told apart only by someone who knows the logger.
    Ambiguous,
}

/// Seconds below which a clock that should show a date was never set: the end of 1 January 1980, which is where GPS receivers and
/// FAT file systems begin; others begin in 1970.
pub const NEVER_SET_S: f64 = 315_619_200.0;

/// Reads `2026-05-16 11:44:36.8+00:00`, `05/13/2017 12:57:17`, `13.05.2017 12:57`, `22-May-2015 07:00:25.730` and their kin.
pub fn civil(text: &[u8], order: Option<DateOrder>) -> Result<Civil, NoTime> {
    let mut scan = Scan(text.trim_ascii());
    let (first, first_len) = scan.number().ok_or(NoTime::Unreadable)?;
    let separator = scan.take_any(b"-/.").ok_or(NoTime::Unreadable)?;
    let month_name = scan.month();
    let second = match month_name {
        Some(month) => month,
        None => scan.number().ok_or(NoTime::Unreadable)?.0,
    };
    if scan.take_any(&[separator]).is_none() {
        return Err(NoTime::Unreadable);
    }
    let (third, third_len) = scan.number().ok_or(NoTime::Unreadable)?;
    let (year, year_len, month, day) = if first_len == 4 {
        (first, 4, second, third)
    } else if month_name.is_some() {
        (third, third_len, second, first)
    } else {
        let order = match order {
            Some(order) => order,
            None if first > 12 && second <= 12 => DateOrder::DayFirst,
            None if second > 12 && first <= 12 => DateOrder::MonthFirst,
            None if first == second => DateOrder::DayFirst,
            None => return Err(NoTime::Ambiguous),
        };
        match order {
            DateOrder::DayFirst => (third, third_len, second, first),
            DateOrder::MonthFirst => (third, third_len, first, second),
        }
    };
    let year = match year_len {
        4 => year,
        2 => 2000 + year,
        _ => return Err(NoTime::Unreadable),
    };
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return Err(NoTime::Unreadable);
    }
    let mut seconds = days_since_1970(year, month, day) as f64 * 86_400.0;
    scan.take_any(b"T ,");
    scan.skip_spaces();
    let (mut hour, _) = scan.number().ok_or(NoTime::Unreadable)?;
    scan.take_any(b":").ok_or(NoTime::Unreadable)?;
    let (minute, _) = scan.number().ok_or(NoTime::Unreadable)?;
    let mut second = 0.0;
    if scan.take_any(b":").is_some() {
        let (whole, _) = scan.number().ok_or(NoTime::Unreadable)?;
        second = whole as f64;
        if scan.take_any(b".,").is_some() {
            let (part, len) = scan.number().ok_or(NoTime::Unreadable)?;
            second += part as f64 / 10_f64.powi(len as i32);
        }
    }
    scan.skip_spaces();
    if let Some(afternoon) = scan.half_of_day() {
        if !(1..=12).contains(&hour) {
            return Err(NoTime::Unreadable);
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
        scan.skip_spaces();
    }
    if hour > 23 || minute > 59 || second >= 61.0 {
        return Err(NoTime::Unreadable);
    }
    seconds += (hour * 3600 + minute * 60) as f64 + second;
    let offset = scan.offset()?;
    Ok(Civil {
        seconds: seconds - f64::from(offset.unwrap_or(0)),
        zoned: offset.is_some(),
    })
}

/// Reads dates as [`civil`] does, and those of the minute it read last without working the date out again.
#[derive(Debug, Clone, Default)]
pub struct Minutes {
    /// The last minute as it was written, `2026-05-16T11:44`, and what its day and its time of day are in seconds.
    last: Option<([u8; 16], f64, f64)>,
}

impl Minutes {
    /// Reads a date with its time of day.
    #[inline]
    pub fn civil(&mut self, text: &[u8], order: Option<DateOrder>) -> Result<Civil, NoTime> {
        let text = text.trim_ascii();
        let Some((minute, rest)) = text.split_first_chunk::<16>() else {
            return civil(text, order);
        };
        if let Some((known, day, time)) = &self.last
            && known == minute
            && let Some((second, zoned)) = second_of_minute(rest)
        {
            return Ok(Civil {
                seconds: day + (time + second),
                zoned,
            });
        }
        let read = civil(text, order)?;
        self.last = whole_minute(minute).map(|(day, time)| (*minute, day, time));
        Ok(read)
    }
}

/// The day and the time of day, in seconds, of a minute written `2026-05-16T11:44`, with a blank for the T or slashes for the
/// dashes; `None` if it is written otherwise.
fn whole_minute(text: &[u8; 16]) -> Option<(f64, f64)> {
    let [
        y1,
        y2,
        y3,
        y4,
        first,
        m1,
        m2,
        second,
        d1,
        d2,
        b'T' | b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
    ] = *text
    else {
        return None;
    };
    if first != second || !b"-/.".contains(&first) {
        return None;
    }
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i64, |value, byte| {
            byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute) = (number(&[h1, h2])?, number(&[n1, n2])?);
    Some((
        days_since_1970(year, month, day) as f64 * 86_400.0,
        (hour * 3600 + minute * 60) as f64,
    ))
}

/// The second behind a minute, `:36`, `:36.8`, `:36.8Z`, `:36+00:00`, and whether it says that it is in UTC; `None` for any other
/// text, which may still be one.
#[inline]
fn second_of_minute(text: &[u8]) -> Option<(f64, bool)> {
    let (&[b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9'], mut rest) = text.split_first_chunk::<3>()? else {
        return None;
    };
    let mut second = f64::from((tens - b'0') * 10 + (ones - b'0'));
    if let [b'.', after @ ..] = rest {
        let len = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&len) {
            return None;
        }
        let (digits, after) = after.split_at(len);
        let part = digits
            .iter()
            .fold(0, |value, byte| value * 10 + i64::from(byte - b'0'));
        second += part as f64 / 10_f64.powi(len as i32);
        rest = after;
    }
    match rest {
        [] => Some((second, false)),
        b"Z" | b"+00:00" => Some((second, true)),
        _ => None,
    }
}

/// An offset from UTC such as `+09:00`, `-0530`, `Z`, in seconds.
pub fn offset(text: &str) -> Option<i32> {
    Scan(text.trim().as_bytes()).offset().ok().flatten()
}

/// A reader of small pieces of text.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    /// Up to nine digits and how many they are.
    fn number(&mut self) -> Option<(i64, usize)> {
        let len = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        if len == 0 || len > 9 {
            return None;
        }
        let (digits, rest) = self.0.split_at(len);
        self.0 = rest;
        let value = digits
            .iter()
            .fold(0_i64, |value, b| value * 10 + i64::from(b - b'0'));
        Some((value, len))
    }

    fn take_any(&mut self, of: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        of.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self
            .0
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        if found {
            self.0 = &self.0[word.len()..];
        }
        found
    }

    fn month(&mut self) -> Option<i64> {
        const MONTHS: [&str; 12] = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ];
        let place = MONTHS.iter().position(|name| self.word(name))?;
        Some(place as i64 + 1)
    }

    /// Whether it says PM; `None` if it says neither.
    fn half_of_day(&mut self) -> Option<bool> {
        if self.word("pm") {
            Some(true)
        } else {
            self.word("am").then_some(false)
        }
    }

    /// What is left must be nothing or an offset from UTC, in seconds.
    fn offset(&mut self) -> Result<Option<i32>, NoTime> {
        if self.0.is_empty() {
            return Ok(None);
        }
        if self.word("utc") || self.word("gmt") || self.word("z") {
            return if self.0.is_empty() {
                Ok(Some(0))
            } else {
                Err(NoTime::Unreadable)
            };
        }
        let sign = match self.take_any(b"+-") {
            Some(b'-') => -1,
            Some(_) => 1,
            None => return Err(NoTime::Unreadable),
        };
        let (hours, len) = self.number().ok_or(NoTime::Unreadable)?;
        let (hours, minutes) = match len {
            4 => (hours / 100, hours % 100),
            1 | 2 => {
                self.take_any(b":");
                (hours, self.number().map_or(0, |(minutes, _)| minutes))
            }
            _ => return Err(NoTime::Unreadable),
        };
        if !self.0.is_empty() || hours > 14 || minutes > 59 {
            return Err(NoTime::Unreadable);
        }
        Ok(Some(sign * (hours * 3600 + minutes * 60) as i32))
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Civil {
        civil(text.as_bytes(), None).unwrap_or_else(|e| panic!("{text}: {e:?}"))
    }

    #[test]
    fn the_same_moment_is_read_from_every_form() {
        let moment = 1_494_701_837.0;
        for text in [
            "2017-05-13T18:57:17Z",
            "2017-05-13 18:57:17+00:00",
            "2017-05-13 12:57:17 -06:00",
            "2017/05/13 12:57:17-0600",
            "13-May-2017 18:57:17.000 UTC",
            "05/13/2017 06:57:17 PM GMT",
            "13.05.2017 18:57:17Z",
        ] {
            assert_eq!(
                read(text),
                Civil {
                    seconds: moment,
                    zoned: true
                },
                "{text}"
            );
        }
        assert_eq!(
            read("05/13/2017 18:57:17"),
            Civil {
                seconds: moment,
                zoned: false
            }
        );
        assert_eq!(read("2023-05-16 11:44:36.800000+00:00").seconds, 1_684_237_476.8);
    }

    #[test]
    fn day_and_month_are_not_guessed() {
        assert_eq!(civil(b"05/06/2017 10:00", None), Err(NoTime::Ambiguous));
        let day_first = civil(b"05/06/2017 10:00", Some(DateOrder::DayFirst)).unwrap();
        let month_first = civil(b"05/06/2017 10:00", Some(DateOrder::MonthFirst)).unwrap();
        assert_eq!(
            day_first.seconds - month_first.seconds,
            30.0 * 86_400.0 + 86_400.0 - 86_400.0
        );
    }

    #[test]
    fn no_such_day_or_hour_is_no_time() {
        for text in [
            "2026-02-29 10:00",
            "2026-13-01 10:00",
            "2026-01-01 24:00",
            "2026-01-01",
            "43:52.7",
            "12:00:00",
            "-",
        ] {
            assert_eq!(civil(text.as_bytes(), None), Err(NoTime::Unreadable), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_second_of_four_hundred_years_is_read_as_jiff_writes_it(seconds in -6_311_433_600_i64..6_311_433_600) {
            let text = Timestamp::from_second(seconds).unwrap().to_string();
            prop_assert_eq!(read(&text), Civil { seconds: seconds as f64, zoned: true });
        }

        #[test]
        fn a_minute_read_before_changes_nothing(
            minutes in prop::collection::vec("20[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9][T ][0-2][0-9]:[0-5][0-9]", 1..3),
            tails in prop::collection::vec((any::<prop::sample::Index>(), "|:[0-6][0-9]([.,][0-9]{0,10})?( ?PM)?( ?Z|[+-]00:00|\\+09:00)?"), 1..12),
        ) {
            let mut read = Minutes::default();
            for (place, tail) in tails {
                let text = format!("{}{tail}", minutes[place.index(minutes.len())]);
                for order in [None, Some(DateOrder::DayFirst)] {
                    let bits = |civil: Result<Civil, NoTime>| civil.map(|c| (c.seconds.to_bits(), c.zoned));
                    prop_assert_eq!(bits(read.civil(text.as_bytes(), order)), bits(civil(text.as_bytes(), order)), "{}", text);
                }
            }
        }

        #[test]
        fn any_bytes_are_a_time_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = civil(&bytes, Some(DateOrder::DayFirst));
            let _ = civil(&bytes, None);
        }

        #[test]
        fn anything_that_looks_like_a_date_is_a_time_or_not(text in "[0-9]{1,9}[-/.]([0-9]{1,9}|May)[-/.][0-9]{1,9}[T ][0-9]{1,9}:[0-9]{1,9}(:[0-9]{1,9})?([.,][0-9]{0,9})?( ?[AP]M)?([+-][0-9]{1,4}|Z)?") {
            let _ = civil(text.as_bytes(), None);
        }
    }
}
