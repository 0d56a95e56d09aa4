//! The odometer readings over time as a drawing. It shows what was stated, superseded readings hollow, doubted ones marked.
//! Text in a drawing grows and shrinks with it, so there is one for phones and one for the desk; the stylesheet shows either.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::odometer::{Reading, as_read};
use super::written::{day, number};
use crate::pages::language::Words;

/// What is drawn.
pub struct Drawn<'d> {
    /// The words.
    pub words: &'d Words,
    /// At least one reading, in order of time.
    pub readings: &'d [Reading<'d>],
    /// When the odometer was serviced, in order of time.
    pub services: &'d [Timestamp],
}

/// A size of the drawing, in the units of its own coordinates.
#[derive(Clone, Copy)]
pub struct Size {
    name: &'static str,
    width: f64,
}

/// For a phone.
pub const NARROW: Size = Size {
    name: "narrow",
    width: 350.0,
};
/// For a desk.
pub const WIDE: Size = Size {
    name: "wide",
    width: 800.0,
};

const HEIGHT: f64 = 240.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 30.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const RADIUS: f64 = 4.5;

/// Seconds in a year.
const YEAR: f64 = 365.2425 * 86_400.0;
/// Room for the figure of a year.
const YEAR_WIDTH: f64 = 48.0;

/// Where things are.
struct Plane {
    width: f64,
    from: f64,
    to: f64,
    most: f64,
    step: f64,
}

impl Plane {
    fn of(drawn: &Drawn<'_>, width: f64) -> Self {
        let readings = drawn.readings;
        let highest = readings.iter().map(|reading| reading.km).fold(1000.0, f64::max);
        let step = nice_step(highest / 4.0);
        // Services are drawn too, and may be before the first reading or after the last.
        let times = || {
            let read = readings.iter().map(|reading| reading.at);
            read.chain(drawn.services.iter().copied())
        };
        let first = times().min().map_or(0.0, seconds);
        let last = times().max().map_or(0.0, seconds);
        // A little more than what is drawn takes, and never less than two years.
        let margin = ((2.0 * YEAR - (last - first)) / 2.0).max((last - first) * 0.04);
        Self {
            width,
            from: first - margin,
            to: last + margin,
            most: step * (highest / step).ceil(),
            step,
        }
    }

    fn x(&self, at: Timestamp) -> f64 {
        LEFT + (seconds(at) - self.from) / (self.to - self.from) * (self.width - LEFT - RIGHT)
    }

    fn y(&self, km: f64) -> f64 {
        TOP + (1.0 - km / self.most) * (HEIGHT - TOP - BOTTOM)
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

/// A tenth of a unit is finer than any screen.
fn at(value: f64) -> String {
    format!("{value:.1}")
}

/// The least of 1, 2 and 5 times a power of ten that is not less than `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|factor| factor * power);
    steps
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power)
}

/// The drawing in one size.
pub fn drawing(drawn: &Drawn<'_>, size: Size) -> Markup {
    let plane = Plane::of(drawn, size.width);
    let words = drawn.words;
    let title = format!("chart-title-{}", size.name);
    let desc = format!("chart-desc-{}", size.name);
    html! {
        svg .(size.name) viewBox={ "0 0 " (size.width) " " (HEIGHT) } role="img" direction="ltr"
            aria-labelledby={ (title) " " (desc) } {
            title id=(title) { (words.say("odometer")) }
            desc id=(desc) { (described(drawn)) }
            (kilometre_axis(words, &plane))
            (year_axis(&plane))
            @for service in drawn.services {
                @let x = at(plane.x(*service));
                line .service x1=(x) x2=(x) y1=(TOP) y2=(HEIGHT - BOTTOM) {}
            }
            @for stretch in stretches(drawn) {
                polyline .line points=(stretch.iter().map(|r| format!("{},{}", at(plane.x(r.at)), at(plane.y(r.km))))
                    .collect::<Vec<_>>().join(" ")) {}
            }
            @for reading in drawn.readings { (mark(words, &plane, reading)) }
        }
    }
}

/// The drawing in words: what the first and the last reading are, for whoever does not see it. The table has each.
fn described(drawn: &Drawn<'_>) -> String {
    let say = |reading: &Reading<'_>| {
        let local = reading.statement.claims.event_time.local().date();
        format!(
            "{}: {}",
            day(drawn.words, local),
            as_read(drawn.words, reading.value, reading.unit)
        )
    };
    let ends: Vec<String> = drawn
        .readings
        .first()
        .into_iter()
        .chain(drawn.readings.last())
        .map(say)
        .collect();
    ends.join(" – ")
}

/// The readings between two services of the odometer belong together.
fn stretches<'d>(drawn: &'d Drawn<'_>) -> Vec<Vec<&'d Reading<'d>>> {
    let mut stretches: Vec<Vec<&Reading<'_>>> = vec![Vec::new(); drawn.services.len() + 1];
    for reading in drawn.readings.iter().filter(|reading| !reading.superseded()) {
        let before = drawn.services.partition_point(|service| *service <= reading.at);
        if let Some(stretch) = stretches.get_mut(before) {
            stretch.push(reading);
        }
    }
    stretches.retain(|stretch| stretch.len() > 1);
    stretches
}

fn mark(words: &Words, plane: &Plane, reading: &Reading<'_>) -> Markup {
    let local = reading.statement.claims.event_time.local().date();
    let class = match (reading.superseded(), reading.doubted) {
        (true, _) => "mark superseded",
        (false, true) => "mark doubted",
        (false, false) => "mark",
    };
    html! {
        circle class=(class) cx=(at(plane.x(reading.at))) cy=(at(plane.y(reading.km))) r=(RADIUS) {
            title { (day(words, local)) ": " (as_read(words, reading.value, reading.unit)) }
        }
    }
}

fn kilometre_axis(words: &Words, plane: &Plane) -> Markup {
    let lines = (plane.most / plane.step).round() as u64;
    html! {
        @for n in 0..=lines {
            @let km = n as f64 * plane.step;
            @let y = plane.y(km);
            line class=(if n == 0 { "axis" } else { "grid" }) x1=(LEFT) x2=(plane.width - RIGHT) y1=(at(y)) y2=(at(y)) {}
            text x=(LEFT - 8.0) y=(at(y + 4.0)) text-anchor="end" { (number(words, km.round() as u64)) }
        }
        text x=(LEFT - 8.0) y="16" text-anchor="end" { "km" }
    }
}

fn year_axis(plane: &Plane) -> Markup {
    let year = |at: f64| {
        Timestamp::from_second(at as i64).map_or(0, |time| time.to_zoned_datetime(TimeZone::UTC).year())
    };
    let (first, last) = (year(plane.from), year(plane.to));
    let many = f64::from(last) - f64::from(first) + 1.0;
    let every = (many * YEAR_WIDTH / (plane.width - LEFT - RIGHT)).ceil().max(1.0) as i16;
    let bottom = HEIGHT - BOTTOM;
    html! {
        @for year in (first..=last).filter(|year| year % every == 0) {
            @if let Ok(begin) = TimeZone::UTC.to_timestamp(date(year, 1, 1).at(0, 0, 0, 0)) {
                @if (plane.from..=plane.to).contains(&seconds(begin)) {
                    @let x = plane.x(begin);
                    line .axis x1=(at(x)) x2=(at(x)) y1=(bottom) y2=(bottom + 5.0) {}
                    text x=(at(x)) y=(bottom + 20.0) text-anchor="middle" { (year) }
                }
            }
        }
    }
}

/// What the marks mean, as far as there are any.
pub fn key(drawn: &Drawn<'_>) -> Markup {
    let words = drawn.words;
    let sample = |class: &str| {
        html! {
            svg .key-mark viewBox="0 0 12 12" aria-hidden="true" { circle class=(class) cx="6" cy="6" r=(RADIUS) {} }
        }
    };
    html! {
        @if drawn.readings.iter().any(|reading| !reading.superseded() && reading.doubted) {
            span .key { " " (sample("mark doubted")) " " (words.say("chart-doubted")) }
        }
        @if drawn.readings.iter().any(Reading::superseded) {
            span .key { " " (sample("mark superseded")) " " (words.say("chart-superseded")) }
        }
        @if !drawn.services.is_empty() {
            span .key {
                " " svg .key-mark viewBox="0 0 12 12" aria-hidden="true" { line .service x1="6" x2="6" y1="0" y2="12" {} }
                " " (words.say("type-odometer-serviced"))
            }
        }
        @if drawn.readings.iter().any(|reading| reading.unit == "mi") { " " (words.say("chart-miles")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_the_axis_are_round() {
        assert_eq!(
            [250.0, 1_100.0, 23_000.0, 61_000.0].map(nice_step),
            [500.0, 2_000.0, 50_000.0, 100_000.0]
        );
    }
}
