//! The state of health on a scale: the zones of the grades, the interval as a bar, the value as a mark, the legal minimum as
//! a line.

use crate::RenderError;
use crate::draft::{Frame, Mark, Role};
use crate::ink::Ink;
use crate::press::Press;
use crate::sheet::Unit;
use crate::text::{Align, Face};

/// Zone colours from E to A.
const ZONES: [(&str, Ink); 5] = [
    ("E", Ink(0xE3, 0xC4, 0xBE)),
    ("D", Ink(0xEB, 0xD9, 0xBB)),
    ("C", Ink(0xE9, 0xE5, 0xC3)),
    ("B", Ink(0xCF, 0xE3, 0xCB)),
    ("A", Ink(0xAF, 0xD6, 0xC0)),
];

/// The gauge, set.
pub(crate) struct Gauge {
    marks: Vec<Mark>,
    alt: String,
    frame: Frame,
    pub(crate) height: f32,
}

/// Percent on a line.
#[derive(Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    x: f32,
    width: f32,
}

impl Scale {
    fn at(self, percent: f64) -> f32 {
        let share = ((percent - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.x + self.width * share as f32
    }
}

impl Press<'_> {
    pub(crate) fn set_gauge(&mut self, x: f32, y: f32, width: f32) -> Result<Gauge, RenderError> {
        let words = self.words;
        let health = &self.sheet.health;
        let low = (((health.lower_percent - 12.0) / 10.0).floor() * 10.0).clamp(0.0, 50.0);
        let high = ((health.upper_percent + 8.0) / 10.0).ceil().max(10.0) * 10.0;
        let scale = Scale { low, high, x, width };
        let percent = |value: f64| words.quantity(value, 1, Unit::Percent);
        let whole = |value: f64| words.quantity(value, 0, Unit::Percent);

        let bar_height = self.scaled(9.0);
        let zone_height = self.scaled(15.0);
        let bar_y = y + self.scaled(5.0);
        let zone_y = bar_y + bar_height + self.scaled(4.0);
        let ticks_y = zone_y + zone_height + self.scaled(2.0);
        let mut marks = Vec::new();

        // The zones.
        let mut from = low;
        let mut floors = health.grade_floors;
        floors.reverse();
        let ends = floors.into_iter().chain([high]);
        for ((letter, fill), until) in ZONES.into_iter().zip(ends) {
            let until = until.clamp(low, high);
            if until <= from {
                continue;
            }
            let frame = Frame::new(
                scale.at(from),
                zone_y,
                scale.at(until) - scale.at(from),
                zone_height,
            );
            marks.push(Mark::Panel {
                frame,
                fill: Some(fill),
                stroke: None,
                corner: 0.0,
            });
            let block = self.set(
                letter,
                Face::new(8.0, Ink::BLACK).bold().align(Align::Centre),
                frame.width,
            )?;
            if block.longest + 2.0 < frame.width {
                let y = zone_y + (zone_height - block.height) / 2.0;
                marks.push(Mark::Text { block, x: frame.x, y });
            }
            from = until;
        }

        // Ticks, each ten percent.
        let minimum = health.curve.map(|curve| scale.at(curve.required_percent));
        let mut tick_height = 0.0_f32;
        let tick_face = Face::new(7.0, Ink::GREY).align(Align::Centre);
        let steps = ((high - low) / 10.0).round() as u32;
        for step in 0..=steps {
            let value = low + 10.0 * f64::from(step);
            let at = scale.at(value);
            // The line of the minimum takes the place of the figure it would cross; its label says the value.
            if minimum.is_some_and(|minimum| (minimum - at).abs() < 9.0) {
                continue;
            }
            let text = if step == steps {
                whole(value)
            } else {
                words.number(value, 0)
            };
            let column = 30.0;
            let block = self.set(&text, tick_face, column)?;
            tick_height = tick_height.max(block.height);
            // The outermost numbers stay inside the gauge.
            let left = (at - column / 2.0)
                .max(x - (column - block.longest) / 2.0)
                .min(x + width - (column + block.longest) / 2.0);
            marks.push(Mark::Text {
                block,
                x: left,
                y: ticks_y,
            });
        }

        // The interval, with its ends in figures, and the value.
        let (left, right) = (scale.at(health.lower_percent), scale.at(health.upper_percent));
        marks.push(Mark::Panel {
            frame: Frame::new(left, bar_y, (right - left).max(1.0), bar_height),
            fill: Some(Ink::TEAL),
            stroke: None,
            corner: 2.0,
        });
        for (end, align) in [
            (health.lower_percent, Align::End),
            (health.upper_percent, Align::Start),
        ] {
            let block = self.set(&percent(end), Face::new(7.6, Ink::BLACK).align(align), 50.0)?;
            let at = if align == Align::End {
                left - 54.0
            } else {
                right + 4.0
            };
            let y = bar_y + (bar_height - block.height) / 2.0;
            marks.push(Mark::Text { block, x: at, y });
        }
        let at = scale.at(health.soh_percent);
        let half = self.scaled(4.6);
        let middle = bar_y + bar_height / 2.0;
        marks.push(Mark::Area {
            corners: vec![
                (at, middle - half - 1.5),
                (at + half, middle),
                (at, middle + half + 1.5),
                (at - half, middle),
            ],
            fill: Ink::WHITE,
        });

        let mut bottom = ticks_y + tick_height;
        // The legal minimum, with its label below the ticks.
        if let Some(curve) = health.curve {
            let required = whole(curve.required_percent);
            let text = words.tell("gauge-minimum", &[("required", &required)])?;
            let block = self.set(&text, Face::new(7.4, Ink::BLACK).align(Align::Centre), width)?;
            let at = scale.at(curve.required_percent);
            marks.push(Mark::Rule {
                from: (at, zone_y - self.scaled(2.0)),
                to: (at, ticks_y + tick_height + self.scaled(1.0)),
                ink: Ink::BLACK,
                width: 1.1,
                dashed: true,
            });
            let half = block.longest / 2.0;
            let centre = at.max(x + half).min(x + width - half);
            bottom += self.scaled(1.0) + block.height;
            marks.push(Mark::Text {
                block,
                x: centre - width / 2.0,
                y: ticks_y + tick_height + self.scaled(1.0),
            });
        }

        let alt = words.tell(
            "gauge-alt",
            &[
                ("low", &whole(low)),
                ("high", &whole(high)),
                ("value", &percent(health.soh_percent)),
                ("lower", &percent(health.lower_percent)),
                ("upper", &percent(health.upper_percent)),
            ],
        )?;
        Ok(Gauge {
            marks,
            alt,
            frame: Frame::new(x, y, width, bottom - y),
            height: bottom - y,
        })
    }

    pub(crate) fn gauge(&mut self, gauge: Gauge) {
        self.draft.open(Role::Figure {
            alt: gauge.alt,
            frame: gauge.frame,
        });
        self.draft.draw(gauge.marks);
        self.draft.close();
    }
}
