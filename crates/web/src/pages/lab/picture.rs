//! An assessment as a picture: what each charge says of the capacity, and the interval that all of them together leave.

use battery::Assessment;
use battery::assessment::Group;
use maud::{Markup, html};

use crate::pages::visit::Visit;

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 170.0;
const LEFT: f64 = 34.0;
const BOTTOM: f64 = 20.0;
/// The most charges drawn; those beyond would be one grey line.
const MOST: usize = 400;

/// Nothing where no charge says anything, or the rated capacity is not known.
pub fn picture(visit: &Visit, found: &Assessment, id: &str) -> Markup {
    let Some(rated) = found.pack.rated_ah.filter(|rated| *rated > 0.0) else {
        return html! {};
    };
    let points: Vec<(f64, Option<Group>)> = found
        .sessions
        .iter()
        .filter_map(|session| Some((session.capacity_ah?.value() / rated * 100.0, session.group)))
        .filter(|(percent, _)| (0.0..=200.0).contains(percent))
        .take(MOST)
        .collect();
    if points.is_empty() {
        return html! {};
    }
    let band = found.soh().map(|soh| (soh.lower95.value(), soh.upper95.value()));
    let ends = band.into_iter().flat_map(|(low, high)| [low, high]);
    let all = points.iter().map(|(percent, _)| *percent).chain(ends);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    let (low, high) = ((low / 5.0).floor() * 5.0, (high / 5.0).ceil() * 5.0);
    let high = if high > low { high } else { low + 5.0 };
    let y = |percent: f64| (high - percent) / (high - low) * (HEIGHT - BOTTOM - 8.0) + 8.0;
    let step = (WIDTH - LEFT - 12.0) / points.len() as f64;
    let x = |at: usize| LEFT + step * (at as f64 + 0.5);
    html! {
        figure .chart.assessed {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" direction="ltr" aria-labelledby=(id) {
                title id=(id) { (visit.say("lab-picture")) }
                @if let Some((from, to)) = band {
                    rect .band x=(LEFT) y=(at(y(to))) width=(at(WIDTH - LEFT)) height=(at((y(from) - y(to)).max(1.0))) {}
                }
                @for percent in [low, high] {
                    line .grid x1=(LEFT) x2=(WIDTH) y1=(at(y(percent))) y2=(at(y(percent))) {}
                    text x=(at(LEFT - 4.0)) y=(at(y(percent) + 4.0)) text-anchor="end" { (format!("{percent:.0} %")) }
                }
                @for (place, (percent, group)) in points.iter().enumerate() {
                    circle class=(match group { Some(Group::Anchored) => "anchored", Some(Group::Echo) => "echo", None => "left-out" })
                        cx=(at(x(place))) cy=(at(y(*percent))) r="4" {}
                }
            }
            figcaption { (visit.say("lab-picture-how")) }
        }
    }
}

/// Half a unit is finer than any screen.
fn at(value: f64) -> String {
    format!("{value:.1}")
}
