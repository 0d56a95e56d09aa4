//! The one place that reads the clock, and the words for ages.

use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};

use crate::failure::Failure;

/// Seconds since 1970, now.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// An age such as `12h`, `7d` or `4w`, in seconds.
pub fn age(text: &str) -> Result<u64, Failure> {
    let wrong = || {
        Failure::Value(format!(
            "--max-age {text:?}: write a number and s, m, h, d or w, such as 7d"
        ))
    };
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(wrong()),
    };
    let number: u64 = text
        .strip_suffix(unit)
        .unwrap_or_default()
        .parse()
        .map_err(|_| wrong())?;
    number.checked_mul(seconds).ok_or_else(wrong)
}

/// A time given on the command line, or now.
pub fn at(text: Option<&str>) -> Result<i64, Failure> {
    match text {
        None => Ok(now()),
        Some(text) => text.parse::<Timestamp>().map(Timestamp::as_second).map_err(|_| {
            Failure::Value(format!(
                "--now {text:?}: not a time; write it like 2026-11-23T10:00:00Z"
            ))
        }),
    }
}

/// Seconds for the verifier, whose clock does not go below 1970.
pub fn unsigned(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0)
}

/// A day in Coordinated Universal Time.
pub fn day(seconds: i64) -> Result<jiff::civil::Date, Failure> {
    let time = Timestamp::from_second(seconds).map_err(|e| Failure::Value(e.to_string()))?;
    Ok(time.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
}

/// How long something took, for people.
pub fn took(since: std::time::Instant) -> String {
    let elapsed = SignedDuration::try_from(since.elapsed()).unwrap_or_default();
    match elapsed.as_millis() {
        ms @ 0..10 => format!("{ms}.{} ms", (elapsed.as_micros() % 1000) / 100),
        ms @ 10..10_000 => format!("{ms} ms"),
        ms => format!("{} s", ms / 1000),
    }
}

/// Success or the exit code for "some lines were refused".
pub fn code(all_well: bool) -> ExitCode {
    if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

/// A moment for people.
pub fn shown(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}
