//! The evidence as a picture: each session's charge over the share of the battery it filled. The slope is the capacity.

use crate::RenderError;
use crate::draft::{Frame, Mark, Role};
use crate::ink::Ink;
use crate::press::Press;
use crate::sheet::Unit;
use crate::text::{Align, Face};

const AXIS: Face = Face::new(7.0, Ink::GREY);

impl Press<'_> {
    /// `counts`: all sessions, and those anchored, as printed.
    pub(crate) fn plot(&mut self, frame: Frame, counts: (&str, &str)) -> Result<(), RenderError> {
        let words = self.words;
        let health = &self.sheet.health;
        let sessions = &self.sheet.evidence.sessions;
        let rated = self.sheet.battery.rated_ah;
        let mut marks = Vec::new();

        let charge = words.say("axis-charge")?;
        let charge = self.set(&charge, AXIS, frame.width * 0.5)?;
        let filled = self.say("axis-filled", AXIS.align(Align::End), frame.width)?;
        let number_width = 32.0;
        let tick_height = self.set("0", AXIS, number_width)?.height;
        let left = frame.x + number_width + 4.0;
        let top = frame.y + charge.height + tick_height / 2.0 + 1.0;
        let right = frame.right() - 8.0;
        let bottom = frame.bottom() - tick_height - filled.height - 3.0;
        marks.push(Mark::Text {
            block: charge,
            x: frame.x,
            y: frame.y,
        });
        marks.push(Mark::Text {
            x: frame.x,
            y: frame.bottom() - filled.height,
            block: filled,
        });

        let most = sessions
            .iter()
            .map(|session| session.charge_ah)
            .fold(rated.max(health.capacity_ah), f64::max);
        let step = step(most);
        let steps = (most / step).ceil().max(1.0);
        let high = steps * step;
        let x = |percent: f64| left + (right - left) * (percent / 100.0) as f32;
        let y = |ah: f64| bottom - (bottom - top) * (ah / high) as f32;

        // The grid, with its figures.
        for i in 0..=steps as u32 {
            let value = step * f64::from(i);
            let last = i == steps as u32;
            let text = if last {
                words.quantity(value, 0, Unit::AmpHour)
            } else {
                words.number(value, if step < 1.0 { 1 } else { 0 })
            };
            marks.push(grid((left, y(value)), (right, y(value)), i == 0));
            let block = self.set(&text, AXIS.align(Align::End), number_width + 1.0)?;
            let middle = y(value) - block.height / 2.0;
            marks.push(Mark::Text {
                block,
                x: frame.x,
                y: middle,
            });
        }
        for percent in [0.0, 20.0, 40.0, 60.0, 80.0, 100.0] {
            let text = if percent == 100.0 {
                words.quantity(percent, 0, Unit::Percent)
            } else {
                words.number(percent, 0)
            };
            marks.push(grid((x(percent), top), (x(percent), bottom), percent == 0.0));
            let column = 32.0;
            let block = self.set(&text, AXIS.align(Align::Centre), column)?;
            let at = (x(percent) - column / 2.0).min(frame.right() - (column + block.longest) / 2.0);
            marks.push(Mark::Text {
                block,
                x: at,
                y: bottom + 2.0,
            });
        }

        // What a new battery would do, and what this one does.
        let of_interval = |percent: f64| health.capacity_ah * percent / health.soh_percent;
        let origin = (x(0.0), y(0.0));
        marks.push(Mark::Area {
            corners: vec![
                origin,
                (x(100.0), y(of_interval(health.upper_percent).min(high))),
                (x(100.0), y(of_interval(health.lower_percent))),
            ],
            fill: Ink::PALE_TEAL,
        });
        marks.push(line(origin, (x(100.0), y(rated)), Ink::GREY, true));
        marks.push(line(origin, (x(100.0), y(health.capacity_ah)), Ink::TEAL, false));
        let radius = 2.1;
        for session in sessions {
            marks.push(Mark::Dot {
                centre: (x(session.delta_soc_percent), y(session.charge_ah)),
                radius,
                fill: if session.anchored { Ink::TEAL } else { Ink::WHITE },
                stroke: Ink::TEAL,
            });
        }

        // The legend, in the corner that no point can reach.
        let mut legend_y = top + 4.0;
        let sample = left + 8.0;
        for (id, kind) in [
            ("legend-new", 0),
            ("legend-this", 1),
            ("legend-anchored", 2),
            ("legend-other", 3),
        ] {
            let block = self.say(id, Face::new(7.0, Ink::BLACK), (right - left) * 0.62)?;
            let middle = legend_y + block.height / 2.0;
            let height = block.height;
            let (from, to) = ((sample, middle), (sample + 14.0, middle));
            if kind < 2 {
                if kind == 1 {
                    marks.push(Mark::Panel {
                        frame: Frame::new(sample, middle - 2.5, 14.0, 5.0),
                        fill: Some(Ink::PALE_TEAL),
                        stroke: None,
                        corner: 0.0,
                    });
                }
                let ink = if kind == 0 { Ink::GREY } else { Ink::TEAL };
                marks.push(line(from, to, ink, kind == 0));
            } else {
                marks.push(Mark::Dot {
                    centre: (sample + 7.0, middle),
                    radius,
                    fill: if kind == 2 { Ink::TEAL } else { Ink::WHITE },
                    stroke: Ink::TEAL,
                });
            }
            marks.push(Mark::Text {
                block,
                x: sample + 18.0,
                y: legend_y,
            });
            legend_y += height;
        }

        let alt = words.tell(
            "plot-alt",
            &[
                ("all", counts.0),
                ("anchored", counts.1),
                ("capacity", &words.quantity(health.capacity_ah, 1, Unit::AmpHour)),
                ("rated", &words.quantity(rated, 1, Unit::AmpHour)),
            ],
        )?;
        self.draft.open(Role::Figure { alt, frame });
        self.draft.draw(marks);
        self.draft.close();
        Ok(())
    }
}

/// A round distance between the figures of an axis that reaches to `most`: 1, 2 or 5 times a power of ten, three to six of
/// them.
fn step(most: f64) -> f64 {
    let rough = most / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= rough)
        .unwrap_or(rough);
    if step.is_finite() && step > 0.0 { step } else { 1.0 }
}

fn grid(from: (f32, f32), to: (f32, f32), axis: bool) -> Mark {
    Mark::Rule {
        from,
        to,
        ink: if axis { Ink::GREY } else { Ink::RULE },
        width: if axis { 0.8 } else { 0.5 },
        dashed: false,
    }
}

fn line(from: (f32, f32), to: (f32, f32), ink: Ink, dashed: bool) -> Mark {
    Mark::Rule {
        from,
        to,
        ink,
        width: 1.2,
        dashed,
    }
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn an_axis_has_few_round_figures() {
        assert_eq!(step(65.3), 20.0);
        assert_eq!(step(180.0), 50.0);
        assert_eq!(step(2.1), 0.5);
        for most in [0.01, 0.7, 3.0, 9.9, 64.0, 111.0, 999.0] {
            let figures = (most / step(most)).ceil();
            assert!((2.0..=5.0).contains(&figures), "{most}: {figures}");
        }
    }
}
