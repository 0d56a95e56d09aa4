//! A log as a picture: voltage, current and state of charge over the time that was logged, as SVG and in the terminal.
//!
//! Memory does not grow with the log: it is kept as the range of each quantity in at most [`MOST`] stretches of equal length,
//! which double in length when they run out.

use std::fmt::Write as _;

use battery::{Channel, Samples};

/// The most stretches kept.
const MOST: usize = 1440;
/// A pause longer than this, in seconds, is drawn as a break of fixed width.
const PAUSE_S: f64 = 600.0;
/// The width of a break, as seconds of logged time.
const BREAK_S: f64 = 120.0;
/// The most breaks that are drawn.
const MOST_BREAKS: usize = 400;

/// What is drawn, from top to bottom.
const DRAWN: [(Channel, &str, &str, &str, f64); 3] = [
    (Channel::PackVoltage, "Voltage", "V", "#1f5fa8", 1.0),
    (Channel::PackCurrent, "Current", "A", "#a8481f", 1.0),
    (Channel::Soc, "State of charge", "%", "#2f7a3a", 100.0),
];

/// What is written in a picture besides its title.
#[derive(Debug, Clone)]
pub struct Words {
    /// Voltage, current and state of charge.
    pub quantities: [String; DRAWN.len()],
    /// Beside a quantity that no row has.
    pub not_measured: String,
    /// What a dashed line is, after the hours that were logged.
    pub dashed: String,
}

impl Default for Words {
    /// In English.
    fn default() -> Self {
        Self {
            quantities: DRAWN.map(|(_, name, _, _, _)| name.to_owned()),
            not_measured: NOT_MEASURED.to_owned(),
            dashed: "logged; a dashed line is a pause or a new session".to_owned(),
        }
    }
}

/// Of a quantity that no row has.
const NOT_MEASURED: &str = "not measured";

/// The lowest and highest value in a stretch; the first NaN if there was none.
type Range = [f64; 2];

/// A log, drawn as it is read.
#[derive(Debug, Clone)]
pub struct Trace {
    stretch_s: f64,
    at_s: f64,
    last: Option<(f64, i64)>,
    stretches: Vec<[Range; DRAWN.len()]>,
    breaks: Vec<f64>,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            stretch_s: 1.0,
            at_s: 0.0,
            last: None,
            stretches: Vec::new(),
            breaks: Vec::new(),
        }
    }
}

impl Trace {
    /// Draws rows.
    pub fn push(&mut self, samples: &Samples) {
        for (row, &time) in samples.time_s.iter().enumerate() {
            let session = samples.session.get(row).copied().unwrap_or(0);
            if let Some((before, last)) = self.last {
                let seconds = time - before;
                if session != last || !(0.0..=PAUSE_S).contains(&seconds) {
                    self.at_s += BREAK_S;
                    if self.breaks.len() < MOST_BREAKS {
                        self.breaks.push(self.at_s - BREAK_S / 2.0);
                    }
                } else {
                    self.at_s += seconds;
                }
            }
            self.last = Some((time, session));
            while self.at_s / self.stretch_s >= MOST as f64 {
                self.double();
            }
            let place = (self.at_s / self.stretch_s) as usize;
            if self.stretches.len() <= place {
                self.stretches.resize(place + 1, [[f64::NAN; 2]; DRAWN.len()]);
            }
            let Some(stretch) = self.stretches.get_mut(place) else {
                continue;
            };
            for (range, (channel, _, _, _, factor)) in stretch.iter_mut().zip(DRAWN) {
                let value = samples.at(channel, row) * factor;
                widen(range, [value, value]);
            }
        }
    }

    /// Halves the number of stretches.
    fn double(&mut self) {
        self.stretch_s *= 2.0;
        self.stretches = self
            .stretches
            .chunks(2)
            .map(|pair| {
                let mut both = [[f64::NAN; 2]; DRAWN.len()];
                for stretch in pair {
                    for (range, more) in both.iter_mut().zip(stretch) {
                        widen(range, *more);
                    }
                }
                both
            })
            .collect();
    }

    /// The range of a quantity over the whole log; `None` if it was never measured.
    fn range(&self, quantity: usize) -> Option<Range> {
        let mut whole = [f64::NAN; 2];
        for range in self.stretches.iter().filter_map(|s| s.get(quantity)) {
            widen(&mut whole, *range);
        }
        (!whole[0].is_nan()).then_some(whole)
    }

    /// A line of blocks per quantity, at most so many columns wide.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let mut lines = Vec::new();
        for (quantity, (_, name, unit, _, _)) in DRAWN.iter().enumerate() {
            let Some([low, high]) = self.range(quantity) else {
                lines.push(format!("{name:<16}{NOT_MEASURED}"));
                continue;
            };
            let shown = columns.min(self.stretches.len()).max(1);
            let blocks: String = (0..shown)
                .map(|column| {
                    let from = column * self.stretches.len() / shown;
                    let to = ((column + 1) * self.stretches.len() / shown).max(from + 1);
                    let mut range = [f64::NAN; 2];
                    for stretch in self.stretches.iter().take(to).skip(from) {
                        widen(&mut range, stretch[quantity]);
                    }
                    let middle = (range[0] + range[1]) / 2.0;
                    if middle.is_nan() {
                        return ' ';
                    }
                    let share = if high > low {
                        (middle - low) / (high - low)
                    } else {
                        0.5
                    };
                    BLOCKS[((share * 7.0).round() as usize).min(7)]
                })
                .collect();
            lines.push(format!(
                "{name:<16}{blocks}  {} to {} {unit}",
                short(low),
                short(high)
            ));
        }
        lines
    }

    /// The picture. `title` stands above it.
    pub fn svg(&self, title: &str, words: &Words) -> String {
        const WIDTH: f64 = 960.0;
        const LEFT: f64 = 64.0;
        const RIGHT: f64 = 16.0;
        const TOP: f64 = 40.0;
        const PANEL: f64 = 150.0;
        const GAP: f64 = 26.0;
        let height = TOP + DRAWN.len() as f64 * (PANEL + GAP) + 24.0;
        let span = (self.stretches.len().max(1) as f64) * self.stretch_s;
        let x = |seconds: f64| LEFT + seconds / span * (WIDTH - LEFT - RIGHT);
        let mut svg = String::new();
        // Writing to a string does not fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" direction=\"ltr\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{}</text>\n",
            escaped(title)
        );
        for (quantity, ((_, _, unit, colour, _), name)) in DRAWN.iter().zip(&words.quantities).enumerate() {
            let top = TOP + quantity as f64 * (PANEL + GAP);
            let bottom = top + PANEL;
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{}\" height=\"{PANEL}\" fill=\"none\" stroke=\"#c8c8c8\"/>\n\
                 <text x=\"{LEFT}\" y=\"{}\" fill=\"{colour}\">{}, {unit}</text>",
                WIDTH - LEFT - RIGHT,
                top - 5.0,
                escaped(name)
            );
            for seconds in &self.breaks {
                let _ = writeln!(
                    svg,
                    "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{top}\" y2=\"{bottom}\" stroke=\"#b0b0b0\" stroke-dasharray=\"3 3\"/>",
                    x(*seconds)
                );
            }
            let Some([low, high]) = self.range(quantity) else {
                let _ = writeln!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" fill=\"#707070\">{}</text>",
                    LEFT + 12.0,
                    top + PANEL / 2.0,
                    escaped(&words.not_measured)
                );
                continue;
            };
            let room = if high > low { (high - low) * 0.05 } else { 1.0 };
            let (low, high) = (low - room, high + room);
            let y = |value: f64| bottom - (value - low) / (high - low) * PANEL;
            for tick in ticks(low, high) {
                let _ = writeln!(
                    svg,
                    "<line x1=\"{}\" x2=\"{LEFT}\" y1=\"{1:.1}\" y2=\"{1:.1}\" stroke=\"#707070\"/>\
                     <text x=\"{2}\" y=\"{3:.1}\" text-anchor=\"end\" fill=\"#404040\">{4}</text>",
                    LEFT - 4.0,
                    y(tick),
                    LEFT - 7.0,
                    y(tick) + 4.0,
                    short(tick)
                );
            }
            for run in self
                .stretches
                .iter()
                .enumerate()
                .collect::<Vec<_>>()
                .split(|(_, stretch)| stretch[quantity][0].is_nan())
                .filter(|run| !run.is_empty())
            {
                let at = |place: usize| x((place as f64 + 0.5) * self.stretch_s);
                let upper = run.iter().map(|(place, s)| (at(*place), y(s[quantity][1])));
                let lower = run.iter().rev().map(|(place, s)| (at(*place), y(s[quantity][0])));
                let points: Vec<String> = upper
                    .chain(lower)
                    .map(|(x, y)| format!("{x:.1},{y:.1}"))
                    .collect();
                let _ = writeln!(
                    svg,
                    "<polygon points=\"{}\" fill=\"{colour}\" fill-opacity=\"0.25\" stroke=\"{colour}\" stroke-width=\"1\" stroke-linejoin=\"round\"/>",
                    points.join(" ")
                );
            }
        }
        let _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"{0:.1}\" fill=\"#404040\">0 h</text>\
             <text x=\"{1}\" y=\"{0:.1}\" text-anchor=\"end\" fill=\"#404040\">{2} h {3}</text>\n</svg>",
            height - 14.0,
            WIDTH - RIGHT,
            short(span / 3600.0),
            escaped(&words.dashed)
        );
        svg
    }
}

fn widen(range: &mut Range, more: Range) {
    // `min` and `max` pass over a NaN.
    range[0] = range[0].min(more[0]);
    range[1] = range[1].max(more[1]);
}

/// Three to six round numbers between two.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 4.0;
    if !(rough.is_finite() && rough > 0.0) {
        return Vec::new();
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step = match rough / power {
        ..1.5 => power,
        ..3.5 => 2.0 * power,
        ..7.5 => 5.0 * power,
        _ => 10.0 * power,
    };
    let first = (low / step).ceil();
    (0..8)
        .map(|k| (first + f64::from(k)) * step)
        .take_while(|tick| *tick <= high)
        .collect()
}

/// A number as one would say it.
pub fn short(value: f64) -> String {
    let places = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    let text = format!("{value:.places$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    match text {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '&' => "&amp;".to_owned(),
            c if c.is_control() => " ".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charge(rows: usize) -> Samples {
        let mut samples = Samples::default();
        for row in 0..rows {
            samples.time_s.push(row as f64);
            samples
                .column_mut(Channel::PackVoltage)
                .push(350.0 + row as f64 / rows as f64 * 50.0);
            samples.column_mut(Channel::PackCurrent).push(60.0);
        }
        samples
    }

    #[test]
    fn a_picture_of_a_long_log_is_no_larger_than_that_of_a_short_one() {
        let mut trace = Trace::default();
        let mut samples = charge(100_000);
        for day in 0..20 {
            for time in &mut samples.time_s {
                *time += f64::from(day) * 1e6;
            }
            trace.push(&samples);
        }
        assert!(
            trace.stretches.len() <= MOST && trace.stretches.len() > MOST / 3,
            "{}",
            trace.stretches.len()
        );
        assert_eq!(trace.breaks.len(), 19);
        assert!(trace.svg("x", &Words::default()).len() < 400_000);
    }

    #[test]
    fn a_rising_voltage_rises_and_what_was_not_measured_is_said() {
        let mut trace = Trace::default();
        trace.push(&charge(800));
        let lines = trace.lines(8);
        assert!(
            lines[0].starts_with("Voltage         ▁▂▃▄▅▆▇█  350 to 400 V"),
            "{}",
            lines[0]
        );
        assert_eq!(lines[2], "State of charge not measured");
        let svg = trace.svg("a <b> & c", &Words::default());
        assert!(
            svg.contains("a &lt;b&gt; &amp; c") && svg.contains("not measured") && svg.ends_with("</svg>\n")
        );
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(ticks(343.0, 402.0), [350.0, 360.0, 370.0, 380.0, 390.0, 400.0]);
        assert!(ticks(1.0, 1.0).is_empty());
    }
}
