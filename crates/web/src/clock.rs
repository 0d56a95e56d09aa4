//! The one place of this crate that reads the clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// The moment.
pub fn moment() -> Timestamp {
    Timestamp::now()
}

/// The same for those who count from 1970 only.
pub fn unsigned() -> u64 {
    u64::try_from(now()).unwrap_or_default()
}

/// The day in UTC.
pub fn today() -> Date {
    Timestamp::now().to_zoned_datetime(TimeZone::UTC).date()
}
