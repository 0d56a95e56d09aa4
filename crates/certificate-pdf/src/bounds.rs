//! What a sheet may hold. Checked before anything is set, so that what is printed is what was meant.

use crate::RenderError;
use crate::sheet::{Grade, Health, LONGEST_ACTION, Limit, Reading, Sheet, Standing};

const MOST_CHECKS: usize = 16;
const MOST_SESSIONS: usize = 200;
const MOST_WINDOWS: usize = 4;
const MOST_OBSTACLES: usize = 8;
const LONGEST_NAME: usize = 120;
const LONGEST_READING: usize = 400;
const LONGEST_URL: usize = 200;
/// A credential with forty sessions and its proof has some 6 kB.
pub(crate) const LARGEST_CREDENTIAL: usize = 1 << 20;

/// Refuses a sheet that must not, or cannot, be printed.
pub(crate) fn check(sheet: &Sheet) -> Result<(), RenderError> {
    if sheet.standing != Standing::InForce {
        return Err(RenderError::NotInForce(sheet.standing));
    }
    texts(sheet)?;
    count("checks", sheet.checks.len(), 1, MOST_CHECKS)?;
    count(
        "evidence.sessions",
        sheet.evidence.sessions.len(),
        1,
        MOST_SESSIONS,
    )?;
    count(
        "transport.windows",
        sheet.transport.windows.len(),
        0,
        MOST_WINDOWS,
    )?;
    count(
        "transport.obstacles",
        sheet.transport.obstacles.len(),
        0,
        MOST_OBSTACLES,
    )?;
    count("credential", sheet.credential.len(), 1, LARGEST_CREDENTIAL)?;

    number("battery.rated_ah", sheet.battery.rated_ah, 0.1, 10_000.0)?;
    if let Some(percent) = sheet.battery.reported_soh_percent {
        number("battery.reported_soh_percent", percent, 0.0, 200.0)?;
    }
    health(&sheet.health)?;
    for session in &sheet.evidence.sessions {
        number(
            "evidence.sessions.delta_soc_percent",
            session.delta_soc_percent,
            0.0,
            100.0,
        )?;
        number("evidence.sessions.charge_ah", session.charge_ah, 0.0, 10_000.0)?;
    }
    for check in &sheet.checks {
        reading(&check.value)?;
        limit(&check.limit)?;
    }
    number("transport.soc_percent", sheet.transport.soc_percent, 0.0, 100.0)?;
    for window in &sheet.transport.windows {
        number("transport.windows.min_percent", window.min_percent, 0.0, 100.0)?;
        number("transport.windows.max_percent", window.max_percent, 0.0, 100.0)?;
    }
    Ok(())
}

fn health(health: &Health) -> Result<(), RenderError> {
    let Health {
        soh_percent: value,
        lower_percent: lower,
        upper_percent: upper,
        ..
    } = *health;
    number("health.soh_percent", value, 1.0, 130.0)?;
    number("health.lower_percent", lower, 0.0, 130.0)?;
    number("health.upper_percent", upper, 0.0, 150.0)?;
    number("health.capacity_ah", health.capacity_ah, 0.1, 10_000.0)?;
    if !(lower <= value && value <= upper) {
        return Err(RenderError::Interval { value, lower, upper });
    }
    let mut above = 100.0;
    for floor in health.grade_floors {
        number("health.grade_floors", floor, 0.0, above)?;
        above = floor;
    }
    if health.grade != grade(lower, health.grade_floors) {
        return Err(RenderError::Grade {
            grade: health.grade.letter(),
            lower,
        });
    }
    if let Some(curve) = health.curve {
        number(
            "health.curve.required_percent",
            curve.required_percent,
            0.0,
            100.0,
        )?;
    }
    Ok(())
}

/// The grade of a lower end.
fn grade(lower: f64, floors: [f64; 4]) -> Grade {
    [Grade::A, Grade::B, Grade::C, Grade::D]
        .into_iter()
        .zip(floors)
        .find(|&(_, floor)| lower >= floor)
        .map_or(Grade::E, |(grade, _)| grade)
}

fn reading(reading: &Reading) -> Result<(), RenderError> {
    const FIELD: &str = "checks.value";
    match *reading {
        Reading::Number { value, decimals, .. } => {
            decimal_places(FIELD, decimals)?;
            number(FIELD, value, -1e9, 1e9)
        }
        Reading::Range {
            low, high, decimals, ..
        } => {
            decimal_places(FIELD, decimals)?;
            number(FIELD, high, -1e9, 1e9)?;
            number(FIELD, low, -1e9, high)
        }
        Reading::Count(_) | Reading::Text(_) | Reading::Missing => Ok(()),
    }
}

fn limit(limit: &Limit) -> Result<(), RenderError> {
    const FIELD: &str = "checks.limit";
    match *limit {
        Limit::AtMost { value, decimals, .. } | Limit::AtLeast { value, decimals, .. } => {
            decimal_places(FIELD, decimals)?;
            number(FIELD, value, -1e9, 1e9)
        }
        Limit::Within {
            low, high, decimals, ..
        } => {
            decimal_places(FIELD, decimals)?;
            number(FIELD, high, -1e9, 1e9)?;
            number(FIELD, low, -1e9, high)
        }
        Limit::Zero | Limit::Text(_) | Limit::None => Ok(()),
    }
}

fn texts(sheet: &Sheet) -> Result<(), RenderError> {
    let name = |field, value: &str| text(field, value, LONGEST_NAME);
    name("number", &sheet.number)?;
    name("issuer.name", &sheet.issuer.name)?;
    text("issuer.id", &sheet.issuer.id, LONGEST_URL)?;
    name("vehicle.make", &sheet.vehicle.make)?;
    name("vehicle.model", &sheet.vehicle.model)?;
    for (field, value) in [
        ("vehicle.vin", &sheet.vehicle.vin),
        ("vehicle.variant", &sheet.vehicle.variant),
        ("battery.id", &sheet.battery.id),
    ] {
        if let Some(value) = value {
            name(field, value)?;
        }
    }
    name("battery.chemistry", &sheet.battery.chemistry)?;
    name("battery.rated_source", &sheet.battery.rated_source)?;
    name("health.method", &sheet.health.method)?;
    name("evidence.assessment_sha256", &sheet.evidence.assessment_sha256)?;
    for hash in &sheet.evidence.data_sha256 {
        name("evidence.data_sha256", hash)?;
    }
    for check in &sheet.checks {
        if !check.source.is_empty() {
            name("checks.source", &check.source)?;
        }
        if let Some(action) = &check.action {
            text("checks.action", action, LONGEST_ACTION)?;
        }
        if let Reading::Text(value) = &check.value {
            text("checks.value", value, LONGEST_READING)?;
        }
        if let Limit::Text(value) = &check.limit {
            name("checks.limit", value)?;
        }
    }
    name("transport.un_number", &sheet.transport.un_number)?;
    for window in &sheet.transport.windows {
        name("transport.windows.carrier", &window.carrier)?;
    }
    name("people.evaluated.name", &sheet.people.evaluated.name)?;
    name("people.reviewed.name", &sheet.people.reviewed.name)?;
    name("people.decided.name", &sheet.people.decided.name)?;
    text("verify_url", &sheet.verify_url, LONGEST_URL)
}

fn text(field: &'static str, value: &str, most: usize) -> Result<(), RenderError> {
    let length = value.chars().count();
    if length == 0 || length > most {
        return Err(RenderError::Length { field, length, most });
    }
    match value.chars().find(|&c| is_invisible(c)) {
        None => Ok(()),
        Some(c) => Err(RenderError::Invisible {
            field,
            code: u32::from(c),
        }),
    }
}

/// Control characters, and the format characters that turn the direction of writing or hide (Unicode Bidi_Control, zero
/// width space, word joiner, byte order mark, soft hyphen). Joiners stay: Arabic script writes with them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}

fn count(field: &'static str, count: usize, least: usize, most: usize) -> Result<(), RenderError> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(RenderError::Count {
        field,
        count,
        least,
        most,
    })
}

fn decimal_places(field: &'static str, decimals: u8) -> Result<(), RenderError> {
    number(field, f64::from(decimals), 0.0, 3.0)
}

fn number(field: &'static str, value: f64, low: f64, high: f64) -> Result<(), RenderError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(RenderError::Number {
        field,
        value,
        low,
        high,
    })
}
