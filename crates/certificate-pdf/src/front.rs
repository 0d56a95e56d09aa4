//! The first page: car and battery, state of health, evidence, validity.

use crate::RenderError;
use crate::draft::{Frame, Mark, Role};
use crate::ink::Ink;
use crate::press::{BODY, CONTENT, FOOT, HEADING, LABEL, LEFT, Press, REMARK, RIGHT, grouped};
use crate::sheet::{Class, Unit};
use crate::text::{Align, Block, Face};

const PADDING: f32 = 10.0;
const BETWEEN: f32 = 10.0;
/// The QR code with its quiet zone, at every scale: a code that shrinks is a code that phones miss.
const QR: f32 = 96.0;

impl Press<'_> {
    /// Writes the first page.
    pub(crate) fn front(&mut self) -> Result<(), RenderError> {
        let gap = self.scaled(BETWEEN);
        let y = self.head(true)?;
        let y = self.car_and_battery(y)? + gap;
        let y = self.health(y)? + gap;
        let strip = self.set_strip()?;
        let top_of_strip = FOOT - strip.height;
        let bottom = self.evidence(y, top_of_strip - gap - y)?;
        self.fits(1, bottom + gap + strip.height)?;
        self.strip(strip, top_of_strip)?;
        self.foot(1)
    }

    fn car_and_battery(&mut self, y: f32) -> Result<f32, RenderError> {
        let sheet = self.sheet;
        let words = self.words;
        let own = |text: &str| words.isolated(text);
        let or_not_stated = |text: &Option<String>| match text {
            Some(text) => Ok(own(text)),
            None => words.say("not-stated"),
        };
        let vehicle = &sheet.vehicle;
        let car = [
            (
                "make-and-model",
                own(&format!("{} {}", vehicle.make, vehicle.model)),
            ),
            ("variant", or_not_stated(&vehicle.variant)?),
            (
                "vin",
                match &vehicle.vin {
                    Some(vin) => own(vin),
                    None => words.say("vin-withheld")?,
                },
            ),
            (
                "first-registration",
                match vehicle.first_registration {
                    Some(date) => words.date(date)?,
                    None => words.say("not-stated")?,
                },
            ),
            (
                "odometer",
                words.quantity(f64::from(vehicle.odometer_km), 0, Unit::Kilometre),
            ),
        ];
        let battery = &sheet.battery;
        let pack = [
            ("battery-id", or_not_stated(&battery.id)?),
            ("chemistry", own(&battery.chemistry)),
            ("cells", battery.cells_in_series.to_string()),
            ("rated", words.quantity(battery.rated_ah, 1, Unit::AmpHour)),
            ("rated-source", own(&battery.rated_source)),
            (
                "reported",
                match battery.reported_soh_percent {
                    Some(percent) => words.quantity(percent, 1, Unit::Percent),
                    None => words.say("not-stated")?,
                },
            ),
        ];
        let width = (CONTENT - BETWEEN) / 2.0;
        let inner = width - 2.0 * PADDING;
        let left = self.set_facts(&car, inner, 0.43)?;
        let right = self.set_facts(&pack, inner, 0.43)?;
        let heading = self.say("car", HEADING, inner)?.height + self.scaled(3.0);
        let pad = self.scaled(7.0);
        let height = heading + left.height.max(right.height) + 2.0 * pad;
        for (id, facts, x) in [("car", left, LEFT), ("battery", right, LEFT + width + BETWEEN)] {
            self.card(Frame::new(x, y, width, height));
            let below = self.section(id, x + PADDING, y + pad, inner)?;
            self.facts(facts, x + PADDING, below);
            self.draft.close();
        }
        Ok(y + height)
    }

    fn health(&mut self, y: f32) -> Result<f32, RenderError> {
        let words = self.words;
        let health = &self.sheet.health;
        let percent = |value: f64| words.quantity(value, 1, Unit::Percent);
        let value = percent(health.soh_percent);
        let interval = words.tell(
            "interval",
            &[
                ("lower", &percent(health.lower_percent)),
                ("upper", &percent(health.upper_percent)),
            ],
        )?;
        let of_what = words.tell(
            "of-what",
            &[
                ("capacity", &words.quantity(health.capacity_ah, 1, Unit::AmpHour)),
                (
                    "rated",
                    &words.quantity(self.sheet.battery.rated_ah, 1, Unit::AmpHour),
                ),
            ],
        )?;
        let curve = match health.curve {
            Some(curve) => words.tell(
                if curve.met { "curve-met" } else { "curve-not-shown" },
                &[(
                    "required",
                    &words.quantity(curve.required_percent, 0, Unit::Percent),
                )],
            )?,
            None => words.say("curve-none")?,
        };
        let class = match health.class {
            Class::Field => "class-field",
            Class::Guided => "class-guided",
        };

        let pad = self.scaled(9.0);
        let left_width = 196.0;
        let badge = self.scaled(44.0);
        let number_width = left_width - badge - 8.0;
        let right_x = LEFT + PADDING + left_width + 18.0;
        let right_width = RIGHT - PADDING - right_x;

        let heading = self.say("health", HEADING, left_width)?.height + self.scaled(3.0);
        let name = self.say("health-name", LABEL, number_width)?;
        let number = self.set(&value, Face::new(33.0, Ink::BLACK).bold(), number_width)?;
        let interval = self.set(&interval, Face::new(9.6, Ink::BLACK).bold(), left_width)?;
        let of_what = self.set(&of_what, BODY, left_width)?;
        let grade_word = self.say("grade", REMARK.align(Align::Centre), badge)?;
        let letter = self.set(
            health.grade.letter(),
            Face::new(27.0, Ink::WHITE).bold().align(Align::Centre),
            badge,
        )?;
        let remarks = [
            self.set(&curve, BODY, right_width)?,
            self.say(class, LABEL, right_width)?,
            self.say("grade-basis", LABEL, right_width)?,
        ];

        let space = self.scaled(3.0);
        let left_height =
            heading + name.height + number.height + interval.height + of_what.height + 2.0 * space;
        let gauge = self.set_gauge(right_x, y + pad, right_width)?;
        let right_height =
            gauge.height + self.scaled(5.0) + remarks.iter().map(|block| block.height + space).sum::<f32>()
                - space;
        let height = left_height.max(right_height) + 2.0 * pad;

        self.card(Frame::new(LEFT, y, CONTENT, height));
        let x = LEFT + PADDING;
        let below = self.section("health", x, y + pad, left_width)?;
        let below = self.paragraph(name, x, below);
        let beside = below + (number.height - badge) / 2.0;
        let below = self.paragraph(number, x, below);
        self.badge(
            letter,
            grade_word,
            Frame::new(x + left_width - badge, beside, badge, badge),
        )?;
        let below = self.paragraph(interval, x, below) + space;
        self.paragraph(of_what, x, below);

        let mut below = y + pad + gauge.height + self.scaled(5.0);
        self.gauge(gauge);
        for remark in remarks {
            below = self.paragraph(remark, right_x, below) + space;
        }
        self.draft.close();
        Ok(y + height)
    }

    /// The grade as a letter on a square, with the word above it.
    fn badge(&mut self, letter: Block, word: Block, frame: Frame) -> Result<(), RenderError> {
        let alt = format!("{} {}", self.words.say("grade")?, letter.text);
        let above = frame.y - word.height;
        let letter_y = frame.y + (frame.height - letter.height) / 2.0;
        self.draft.open(Role::Figure {
            alt,
            frame: Frame::new(frame.x, above, frame.width, frame.height + word.height),
        });
        self.draft.draw(vec![
            Mark::Text {
                block: word,
                x: frame.x,
                y: above,
            },
            Mark::Panel {
                frame,
                fill: Some(Ink::TEAL),
                stroke: None,
                corner: 6.0,
            },
            Mark::Text {
                block: letter,
                x: frame.x,
                y: letter_y,
            },
        ]);
        self.draft.close();
        Ok(())
    }

    /// The picture takes what height is left; returns where the section ends.
    fn evidence(&mut self, y: f32, height: f32) -> Result<f32, RenderError> {
        let words = self.words;
        let evidence = &self.sheet.evidence;
        let all = evidence.sessions.len().to_string();
        let anchored = evidence
            .sessions
            .iter()
            .filter(|session| session.anchored)
            .count()
            .to_string();
        let mut facts = vec![
            (
                "sessions",
                words.tell("sessions-value", &[("all", &all), ("anchored", &anchored)])?,
            ),
            (
                "period",
                words.tell(
                    "period-value",
                    &[
                        ("from", &words.date(evidence.from)?),
                        ("until", &words.date(evidence.until)?),
                    ],
                )?,
            ),
            ("method", words.isolated(&self.sheet.health.method)),
            (
                "assessment-hash",
                words.isolated(&grouped(&evidence.assessment_sha256)),
            ),
        ];
        // Of several logs there is no room for the hashes.
        match evidence.data_sha256.as_slice() {
            [] => {}
            [one] => facts.push(("data-hash", words.isolated(&grouped(one)))),
            several => {
                let count = several.len().to_string();
                facts.push((
                    "data-hash",
                    words.tell("data-hash-several", &[("count", &count)])?,
                ));
            }
        }
        let pad = self.scaled(9.0);
        let plot_width = 276.0;
        let text_x = LEFT + PADDING + plot_width + 16.0;
        let text_width = RIGHT - PADDING - text_x;
        let facts = self.set_facts(&facts, text_width, 0.36)?;
        let how = self.say("evidence-how", BODY, text_width)?;
        let anchors = self.say("evidence-anchored", BODY, text_width)?;
        let heading = self.say("evidence", HEADING, text_width)?.height + self.scaled(3.0);
        let space = self.scaled(5.0);
        let text_height = heading + how.height + anchors.height + facts.height + 2.0 * space;
        let least = text_height.max(self.scaled(140.0)) + 2.0 * pad;
        let height = height.max(least);

        self.card(Frame::new(LEFT, y, CONTENT, height));
        let below = self.section("evidence", text_x, y + pad, text_width)?;
        let below = self.paragraph(how, text_x, below) + space;
        let below = self.paragraph(anchors, text_x, below) + space;
        self.plot(
            Frame::new(LEFT + PADDING, y + pad, plot_width, height - 2.0 * pad),
            (&all, &anchored),
        )?;
        self.facts(facts, text_x, below);
        self.draft.close();
        Ok(y + height)
    }

    fn set_strip(&mut self) -> Result<Strip, RenderError> {
        let words = self.words;
        let validity = self.sheet.validity;
        let pad = self.scaled(9.0);
        let left_width = 196.0;
        let middle_width = CONTENT - 2.0 * PADDING - left_width - 18.0 - QR - 14.0;
        let until = words.tell("valid-until", &[("date", &words.date(validity.until)?)])?;
        let distance = words.quantity(f64::from(validity.odometer_limit_km), 0, Unit::Kilometre);
        let distance = words.tell("valid-distance", &[("distance", &distance)])?;
        let from = words.tell("valid-from", &[("date", &words.date(validity.from)?)])?;
        let heading = self.say("validity", HEADING, left_width)?.height + self.scaled(3.0);
        let left = vec![
            self.set(&until, Face::new(10.5, Ink::BLACK).bold(), left_width)?,
            self.set(&distance, BODY, left_width)?,
            self.set(&from, LABEL, left_width)?,
        ];
        let url = self.sheet.verify_url.clone();
        let middle = vec![
            self.say("scan-why", BODY, middle_width)?,
            self.verbatim(&url, Face::new(7.4, Ink::TEAL), middle_width)?,
        ];
        let space = self.scaled(3.0);
        let tallest = |blocks: &[Block]| blocks.iter().map(|block| block.height + space).sum::<f32>();
        let height = (heading + tallest(&left).max(tallest(&middle))).max(QR) + 2.0 * pad;
        Ok(Strip {
            left,
            middle,
            middle_x: LEFT + PADDING + left_width + 18.0,
            middle_width,
            height,
        })
    }

    /// Validity and the QR code, at the bottom of the page.
    fn strip(&mut self, strip: Strip, y: f32) -> Result<(), RenderError> {
        let pad = self.scaled(9.0);
        let space = self.scaled(3.0);
        self.card(Frame::new(LEFT, y, CONTENT, strip.height));
        let x = LEFT + PADDING;
        let mut below = self.section("validity", x, y + pad, 196.0)?;
        for block in strip.left {
            below = self.paragraph(block, x, below) + space;
        }
        self.draft.close();

        let mut below = self.section("scan", strip.middle_x, y + pad, strip.middle_width)?;
        let url = self.sheet.verify_url.clone();
        let last = strip.middle.len().saturating_sub(1);
        for (i, block) in strip.middle.into_iter().enumerate() {
            if i == last {
                self.link(block, &url, strip.middle_x, below);
                break;
            }
            below = self.paragraph(block, strip.middle_x, below) + space;
        }
        let frame = Frame::new(RIGHT - PADDING - QR, y + (strip.height - QR) / 2.0, QR, QR);
        self.qr(frame)?;
        self.draft.close();
        Ok(())
    }

    /// An address that can be followed.
    pub(crate) fn link(&mut self, block: Block, url: &str, x: f32, y: f32) {
        let frame = Frame::new(x, y, block.width, block.height);
        self.draft.open(Role::Paragraph);
        self.draft.text(
            Role::Link {
                url: url.to_owned(),
                frame,
            },
            block,
            x,
            y,
        );
        self.draft.close();
    }
}

/// The texts of the strip at the bottom, set.
struct Strip {
    left: Vec<Block>,
    middle: Vec<Block>,
    middle_x: f32,
    middle_width: f32,
    height: f32,
}
