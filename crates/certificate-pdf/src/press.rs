//! What both pages share: margins, head and foot, headings, cards, lists of facts.

use crate::RenderError;
use crate::draft::{Draft, Frame, Mark, PAGE_HEIGHT, PAGE_WIDTH, Role};
use crate::ink::Ink;
use crate::language::Words;
use crate::sheet::Sheet;
use crate::text::{Align, Block, Face, Typesetter};

pub(crate) const MARGIN: f32 = 40.0;
pub(crate) const LEFT: f32 = MARGIN;
pub(crate) const CONTENT: f32 = PAGE_WIDTH - 2.0 * MARGIN;
pub(crate) const RIGHT: f32 = LEFT + CONTENT;
/// Where the foot begins; nothing else reaches below.
pub(crate) const FOOT: f32 = PAGE_HEIGHT - 36.0;
const PAGES: usize = 2;
const MM_PER_POINT: f32 = 25.4 / 72.0;

pub(crate) const BODY: Face = Face::new(9.2, Ink::BLACK);
pub(crate) const LABEL: Face = Face::new(8.7, Ink::GREY);
pub(crate) const REMARK: Face = Face::new(7.8, Ink::GREY);
pub(crate) const HEADING: Face = Face::new(11.2, Ink::TEAL).bold();

/// One attempt at printing a sheet, at one scale.
pub(crate) struct Press<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) words: &'a Words,
    pub(crate) setter: &'a mut Typesetter,
    pub(crate) draft: Draft,
    /// SHA-256 of the credential, in hex.
    pub(crate) credential_sha256: &'a str,
}

/// Labels and values, set and ready to be drawn.
pub(crate) struct Facts {
    rows: Vec<(Block, Block)>,
    split: f32,
    gap: f32,
    pub(crate) height: f32,
}

impl Press<'_> {
    /// A distance that shrinks with the type.
    pub(crate) fn scaled(&self, distance: f32) -> f32 {
        distance * self.setter.scale
    }

    pub(crate) fn set(&mut self, text: &str, face: Face, width: f32) -> Result<Block, RenderError> {
        self.setter.set(text, face, width)
    }

    /// A message, set.
    pub(crate) fn say(&mut self, id: &str, face: Face, width: f32) -> Result<Block, RenderError> {
        let text = self.words.say(id)?;
        self.set(&text, face, width)
    }

    /// A name, number or code of the sheet, which keeps its own direction.
    pub(crate) fn verbatim(&mut self, text: &str, face: Face, width: f32) -> Result<Block, RenderError> {
        let text = self.words.isolated(text);
        self.set(&text, face, width)
    }

    /// Begins a section with its heading, and returns where the section goes on.
    pub(crate) fn section(&mut self, id: &str, x: f32, y: f32, width: f32) -> Result<f32, RenderError> {
        self.draft.open(Role::Section);
        let title = self.words.say(id)?;
        let block = self.set(&title, HEADING, width)?;
        let below = y + block.height + self.scaled(3.0);
        self.draft.text(Role::Heading { level: 2, title }, block, x, y);
        Ok(below)
    }

    pub(crate) fn card(&mut self, frame: Frame) {
        self.draft.decorate(vec![Mark::Panel {
            frame,
            fill: Some(Ink::PANEL),
            stroke: Some(Ink::RULE),
            corner: 4.0,
        }]);
    }

    /// Draws a paragraph and returns the position below it.
    pub(crate) fn paragraph(&mut self, block: Block, x: f32, y: f32) -> f32 {
        let below = y + block.height;
        self.draft.text(Role::Paragraph, block, x, y);
        below
    }

    /// Sets labels beside values; the labels take `share` of the width.
    pub(crate) fn set_facts(
        &mut self,
        rows: &[(&str, String)],
        width: f32,
        share: f32,
    ) -> Result<Facts, RenderError> {
        let gutter = 8.0;
        let split = width * share;
        let gap = self.scaled(2.6);
        let mut set = Vec::new();
        let mut height = 0.0;
        for (label, value) in rows {
            let label = self.say(label, LABEL, split - gutter)?;
            let value = self.set(value, BODY, width - split)?;
            height += label.height.max(value.height) + gap;
            set.push((label, value));
        }
        Ok(Facts {
            rows: set,
            split,
            gap,
            height: (height - gap).max(0.0),
        })
    }

    pub(crate) fn facts(&mut self, facts: Facts, x: f32, y: f32) {
        self.draft.open(Role::Table);
        let mut y = y;
        for (label, value) in facts.rows {
            let height = label.height.max(value.height);
            self.draft.open(Role::Row);
            self.draft.text(Role::RowHead, label, x, y);
            self.draft.text(Role::Cell, value, x + facts.split, y);
            self.draft.close();
            y += height + facts.gap;
        }
        self.draft.close();
    }

    /// The head of a page; large on the first. Returns where the content begins.
    pub(crate) fn head(&mut self, first: bool) -> Result<f32, RenderError> {
        self.draft.page();
        self.draft.decorate(vec![Mark::Panel {
            frame: Frame::new(0.0, 0.0, PAGE_WIDTH, 7.0),
            fill: Some(Ink::TEAL),
            stroke: None,
            corner: 0.0,
        }]);
        let side = 176.0;
        let title = self.words.say("title")?;
        let top = if first { 26.0 } else { 20.0 };
        let size = if first { 21.0 } else { 12.0 };
        let block = self.set(&title, Face::new(size, Ink::TEAL).bold(), CONTENT - side - 16.0)?;
        let mut y = top + block.height;
        if first {
            self.draft
                .text(Role::Heading { level: 1, title }, block, LEFT, top);
            let subtitle = self.say("subtitle", Face::new(9.5, Ink::GREY), CONTENT - side - 16.0)?;
            y = self.paragraph(subtitle, LEFT, y) + self.scaled(3.0);
            let issuer = self.words.isolated(&self.sheet.issuer.name);
            let issuer = self.words.tell("issuer", &[("name", &issuer)])?;
            let issuer = self.set(&issuer, Face::new(9.5, Ink::BLACK).bold(), CONTENT - side - 16.0)?;
            y = self.paragraph(issuer, LEFT, y);
        } else {
            self.draft.decorate(vec![Mark::Text {
                block,
                x: LEFT,
                y: top,
            }]);
        }

        let x = RIGHT - side;
        let face = LABEL.align(Align::End);
        let mut beside = top + if first { 3.0 } else { 1.0 };
        let number = self.sheet.number.clone();
        let block = self.verbatim(
            &number,
            Face::new(11.0, Ink::BLACK).bold().align(Align::End),
            side,
        )?;
        if first {
            let label = self.say("number", face, side)?;
            beside = self.paragraph(label, x, beside);
            beside = self.paragraph(block, x, beside);
            let issued = format!(
                "{} {}",
                self.words.say("issued")?,
                self.words.date(day(self.sheet.issued_at))?
            );
            let issued = self.set(&issued, face, side)?;
            beside = self.paragraph(issued, x, beside);
        } else {
            let height = block.height;
            self.draft.decorate(vec![Mark::Text { block, x, y: beside }]);
            beside += height;
        }
        Ok(y.max(beside) + self.scaled(if first { 9.0 } else { 8.0 }))
    }

    /// The foot of a page, and the watermark over it.
    pub(crate) fn foot(&mut self, page: usize) -> Result<(), RenderError> {
        let line = self.words.tell(
            "page",
            &[("page", &page.to_string()), ("pages", &PAGES.to_string())],
        )?;
        let number = self.set(&line, REMARK.align(Align::End), 120.0)?;
        let issuer = self.sheet.issuer.name.clone();
        let issuer = self.verbatim(&issuer, REMARK, CONTENT - 130.0)?;
        // A long name may take two lines; the foot has room for them.
        self.draft.decorate(vec![
            Mark::Rule {
                from: (LEFT, FOOT + 4.0),
                to: (RIGHT, FOOT + 4.0),
                ink: Ink::RULE,
                width: 0.6,
                dashed: false,
            },
            Mark::Text {
                block: issuer,
                x: LEFT,
                y: FOOT + 7.0,
            },
            Mark::Text {
                block: number,
                x: RIGHT - 120.0,
                y: FOOT + 7.0,
            },
        ]);
        if self.sheet.specimen {
            let block = self.say("specimen", Face::new(96.0, Ink::RED).bold(), 2_000.0)?;
            self.draft.decorate(vec![Mark::Watermark { block }]);
        }
        Ok(())
    }

    /// Refuses what reaches into the foot.
    pub(crate) fn fits(&self, page: usize, bottom: f32) -> Result<(), RenderError> {
        if bottom <= FOOT {
            return Ok(());
        }
        Err(RenderError::DoesNotFit {
            page,
            over_mm: (bottom - FOOT) * MM_PER_POINT,
        })
    }
}

/// The day of an instant, in UTC.
fn day(at: jiff::Timestamp) -> jiff::civil::Date {
    at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

/// Hex digits in groups of eight, which eyes can compare.
pub(crate) fn grouped(hex: &str) -> String {
    let mut text = String::new();
    for (i, digit) in hex.chars().enumerate() {
        if i > 0 && i % 8 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
