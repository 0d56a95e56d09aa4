//! The second page: checks, transport, people, and how to check the certificate.

use crate::RenderError;
use crate::draft::{Frame, Mark, Role};
use crate::ink::Ink;
use crate::phrases;
use crate::press::{BODY, CONTENT, HEADING, LABEL, LEFT, Press, REMARK, grouped};
use crate::sheet::{Check, Limit, Outcome, Reading, Unit};
use crate::text::{Block, Face};

const PADDING: f32 = 10.0;
const BETWEEN: f32 = 10.0;
/// Widths of the columns of the table of checks; the last takes what is left.
const COLUMNS: [f32; 3] = [196.0, 86.0, 146.0];
const SIGN: f32 = 9.0;
/// What to do about a check: small, and as dark as what was found.
const ADVICE: Face = Face {
    ink: Ink::BLACK,
    ..REMARK
};
/// Characters; a longer reading stands below the name of its check.
const LONGEST_IN_COLUMN: usize = 26;

impl Press<'_> {
    /// Writes the second page.
    pub(crate) fn back(&mut self) -> Result<(), RenderError> {
        let gap = self.scaled(BETWEEN);
        let y = self.head(false)?;
        let y = self.checks(y)? + gap;
        let y = self.transport_and_people(y)? + gap;
        let y = self.verifying(y)? + gap;
        let y = self.says_not(y)?;
        self.fits(2, y)?;
        self.foot(2)
    }

    fn checks(&mut self, y: f32) -> Result<f32, RenderError> {
        let mut y = self.section("checks", LEFT, y, CONTENT)?;
        let columns = columns();
        let space = self.scaled(2.6);

        self.draft.open(Role::Table);
        self.draft.open(Role::TableHead);
        self.draft.open(Role::Row);
        let mut heads = Vec::new();
        let mut height = 0.0_f32;
        for (id, (x, width)) in ["check", "found", "limit", "result"].into_iter().zip(columns) {
            let block = self.say(id, LABEL.bold(), width - 8.0)?;
            height = height.max(block.height);
            heads.push((block, x));
        }
        for (block, x) in heads {
            self.draft.text(Role::ColumnHead, block, x, y);
        }
        self.draft.close();
        self.draft.close();
        y += height + space;
        self.rule(y, Ink::GREY);

        self.draft.open(Role::TableBody);
        let checks = &self.sheet.checks;
        for check in checks {
            y = self.check(check, y + space)? + space;
            self.rule(y, Ink::RULE);
        }
        self.draft.close();
        self.draft.close();
        self.draft.close();
        Ok(y)
    }

    fn check(&mut self, check: &Check, y: f32) -> Result<f32, RenderError> {
        let [first, second, third, fourth] = columns();
        let key = check.kind.key();
        let name = self.say(&format!("check-{key}"), BODY.bold(), first.1 - 8.0)?;
        let found = self.reading(&check.value)?;
        let (found, aside) = if found.chars().count() > LONGEST_IN_COLUMN {
            ("—".to_owned(), Some(found))
        } else {
            (found, None)
        };
        let found = self.set(&found, BODY, second.1 - 8.0)?;
        // What stands below the name runs on below what was found, where there is room.
        let wide = first.1 + second.1 - 8.0;
        let mut remarks = Vec::new();
        if let Some(aside) = aside {
            remarks.push(self.set(&aside, REMARK, wide)?);
        }
        let advice = match (phrases::advice(check.kind, check.outcome), &check.action) {
            (Some(id), _) => Some(self.words.say(&id)?),
            (None, Some(action)) => Some(self.words.isolated(action)),
            (None, None) => None,
        };
        let advice = match advice {
            Some(text) => Some(self.set(&text, ADVICE, wide)?),
            None => None,
        };
        let limit = self.limit(&check.limit)?;
        let limit = self.set(&limit, BODY, third.1 - 8.0)?;
        let mut sources = Vec::new();
        if !check.source.is_empty() {
            let source = self.words.phrased(&check.source)?;
            sources.push(self.set(&source, REMARK, third.1 - 8.0)?);
        }
        let (word, ink) = match check.outcome {
            Outcome::Pass => ("outcome-pass", Ink::GREEN),
            Outcome::Watch => ("outcome-watch", Ink::AMBER),
            Outcome::Fail => ("outcome-fail", Ink::RED),
            Outcome::NotMeasured => ("outcome-not-measured", Ink::GREY),
            Outcome::Stated => ("outcome-stated", Ink::GREY),
        };
        let sign = self.scaled(SIGN);
        let word = self.say(word, Face { ink, ..BODY }.bold(), fourth.1 - sign - 5.0)?;

        let with = |block: &Block, below: &[Block]| {
            block.height + below.iter().map(|block| block.height).sum::<f32>()
        };
        let below = y + with(&name, &remarks).max(found.height);
        let height = (below - y + advice.as_ref().map_or(0.0, |advice| advice.height))
            .max(with(&limit, &sources))
            .max(word.height);
        let line = word.height / word.lines.len().max(1) as f32;

        self.draft.open(Role::Row);
        self.stacked(Role::RowHead, name, remarks, first.0, y);
        self.draft.text(Role::Cell, found, second.0, y);
        self.stacked(Role::Cell, limit, sources, third.0, y);
        self.draft.decorate(vec![Mark::Sign {
            outcome: check.outcome,
            frame: Frame::new(fourth.0, y + (line - sign) / 2.0, sign, sign),
        }]);
        // What to do is read out with the outcome that it follows from.
        self.draft.open(Role::Cell);
        let x = fourth.0 + sign + 5.0;
        self.draft.draw(vec![Mark::Text { block: word, x, y }]);
        if let Some(block) = advice {
            let (x, y) = (first.0, below);
            self.draft.draw(vec![Mark::Text { block, x, y }]);
        }
        self.draft.close();
        self.draft.close();
        Ok(y + height)
    }

    /// Texts of one cell, one below the other.
    fn stacked(&mut self, role: Role, block: Block, below: Vec<Block>, x: f32, y: f32) {
        let mut y = y;
        self.draft.open(role);
        for block in std::iter::once(block).chain(below) {
            let height = block.height;
            self.draft.draw(vec![Mark::Text { block, x, y }]);
            y += height;
        }
        self.draft.close();
    }

    fn reading(&self, reading: &Reading) -> Result<String, RenderError> {
        Ok(match reading {
            &Reading::Number {
                value,
                decimals,
                unit,
            } => self.words.quantity(value, decimals, unit),
            &Reading::Range {
                low,
                high,
                decimals,
                unit,
            } => self.words.range(low, high, decimals, unit),
            Reading::Count(0) => self.words.say("found-none")?,
            Reading::Count(count) => count.to_string(),
            Reading::Text(text) => self.words.phrased(text)?,
            Reading::Missing => self.words.say("missing")?,
        })
    }

    fn limit(&self, limit: &Limit) -> Result<String, RenderError> {
        let words = self.words;
        match *limit {
            Limit::AtMost {
                value,
                decimals,
                unit,
            } => words.tell("at-most", &[("value", &words.quantity(value, decimals, unit))]),
            Limit::AtLeast {
                value,
                decimals,
                unit,
            } => words.tell("at-least", &[("value", &words.quantity(value, decimals, unit))]),
            Limit::Within {
                low,
                high,
                decimals,
                unit,
            } => words.tell("within", &[("range", &words.range(low, high, decimals, unit))]),
            Limit::Zero => words.say("zero"),
            Limit::Text(ref text) => words.phrased(text),
            Limit::None => words.say("no-limit"),
        }
    }

    fn transport_and_people(&mut self, y: f32) -> Result<f32, RenderError> {
        let words = self.words;
        let sheet = self.sheet;
        let transport = &sheet.transport;
        let width = (CONTENT - BETWEEN) / 2.0;
        let inner = width - 2.0 * PADDING;
        let pad = self.scaled(8.0);
        let space = self.scaled(3.0);

        let (state, ink, outcome) = if transport.ready {
            ("transport-ready", Ink::GREEN, Outcome::Pass)
        } else {
            ("transport-not-ready", Ink::RED, Outcome::Fail)
        };
        let sign = self.scaled(SIGN);
        let state = self.say(state, Face::new(9.6, ink).bold(), inner - sign - 5.0)?;
        // With the tenths that decide whether it is inside a window: 50.4 % is not 50 %.
        let tenths = u8::from((transport.soc_percent - transport.soc_percent.round()).abs() >= 0.05);
        let percent = words.quantity(transport.soc_percent, tenths, Unit::Percent);
        let soc = match transport.soc_measured_at {
            Some(day) => words.tell("soc-value", &[("soc", &percent), ("date", &words.date(day)?)])?,
            None => words.tell("soc-value-undated", &[("soc", &percent)])?,
        };
        let facts = [("un-number", words.isolated(&transport.un_number)), ("soc", soc)];
        let facts = self.set_facts(&facts, inner, 0.38)?;
        let mut lines = Vec::new();
        for window in &transport.windows {
            let range = words.range(window.min_percent, window.max_percent, 0, Unit::Percent);
            let named = words.tell(
                "window",
                &[("carrier", &words.phrased(&window.carrier)?), ("range", &range)],
            )?;
            let inside = (window.min_percent..=window.max_percent).contains(&transport.soc_percent);
            let verdict = words.say(if inside { "window-inside" } else { "window-outside" })?;
            lines.push(self.set(&format!("{named} ({verdict})"), BODY, inner)?);
        }
        for obstacle in &transport.obstacles {
            let face = Face {
                ink: Ink::RED,
                ..BODY
            };
            lines.push(self.say(&format!("obstacle-{}", obstacle.key()), face, inner)?);
        }

        let people = &sheet.people;
        let mut steps = Vec::new();
        for (id, step) in [
            ("evaluated", &people.evaluated),
            ("reviewed", &people.reviewed),
            ("decided", &people.decided),
        ] {
            let name = words.isolated(&step.name);
            let text = words.tell("person", &[("name", &name), ("date", &words.date(step.on)?)])?;
            steps.push((id, text));
        }
        steps.push(("issued-by", words.isolated(&sheet.issuer.name)));
        let steps = self.set_facts(&steps, inner, 0.3)?;
        let note = self.say("people-note", REMARK, inner)?;

        let heading = self.say("transport", HEADING, inner)?.height + self.scaled(3.0);
        let left =
            state.height + space + facts.height + lines.iter().map(|block| block.height + space).sum::<f32>();
        let right = steps.height + space + note.height;
        let height = heading + left.max(right) + 2.0 * pad;

        let x = LEFT + PADDING;
        self.card(Frame::new(LEFT, y, width, height));
        let below = self.section("transport", x, y + pad, inner)?;
        self.draft.decorate(vec![Mark::Sign {
            outcome,
            frame: Frame::new(x, below + (state.height - sign) / 2.0, sign, sign),
        }]);
        let below = self.paragraph(state, x + sign + 5.0, below) + space;
        let mut next = below + facts.height + space;
        self.facts(facts, x, below);
        for line in lines {
            next = self.paragraph(line, x, next) + space;
        }
        self.draft.close();

        let x = LEFT + width + BETWEEN + PADDING;
        self.card(Frame::new(LEFT + width + BETWEEN, y, width, height));
        let below = self.section("people", x, y + pad, inner)?;
        let next = below + steps.height + space;
        self.facts(steps, x, below);
        self.paragraph(note, x, next);
        self.draft.close();
        Ok(y + height)
    }

    fn verifying(&mut self, y: f32) -> Result<f32, RenderError> {
        let words = self.words;
        let pad = self.scaled(8.0);
        let space = self.scaled(3.0);
        let inner = CONTENT - 2.0 * PADDING;
        let label_width = 14.0;
        let x = LEFT + PADDING;
        let offline = words.tell(
            "verify-offline",
            &[
                ("command", &words.isolated("carnet verify")),
                ("issuer", &words.isolated(&self.sheet.issuer.id)),
            ],
        )?;
        let steps = [words.say("verify-scan")?, words.say("verify-hash")?, offline];
        let mut set = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            let label = self.set(&(i + 1).to_string(), BODY.bold(), label_width)?;
            set.push((label, self.set(step, BODY, inner - label_width)?));
        }
        let hash = grouped(self.credential_sha256);
        let share = 0.24;
        let facts = self.set_facts(&[("credential-hash", words.isolated(&hash))], inner, share)?;
        let address = self.say("address", LABEL, inner * share - 8.0)?;
        let url = self.sheet.verify_url.clone();
        let link = self.verbatim(
            &url,
            Face {
                ink: Ink::TEAL,
                ..BODY
            },
            inner * (1.0 - share),
        )?;
        let heading = self.say("verify", HEADING, inner)?.height + self.scaled(3.0);
        let height = heading
            + set.iter().map(|(_, step)| step.height + space).sum::<f32>()
            + address.height.max(link.height)
            + space
            + facts.height
            + 2.0 * pad;

        self.card(Frame::new(LEFT, y, CONTENT, height));
        let mut below = self.section("verify", x, y + pad, inner)?;
        self.draft.open(Role::List);
        for (label, step) in set {
            let height = step.height;
            self.draft.open(Role::Item);
            self.draft.text(Role::ItemLabel, label, x, below);
            self.draft.text(Role::ItemBody, step, x + label_width, below);
            self.draft.close();
            below += height + space;
        }
        self.draft.close();
        let next = below + address.height.max(link.height) + space;
        self.paragraph(address, x, below);
        self.link(link, &url, x + inner * share, below);
        self.facts(facts, x, next);
        self.draft.close();
        Ok(y + height)
    }

    fn says_not(&mut self, y: f32) -> Result<f32, RenderError> {
        let below = self.section("says-not", LEFT, y, CONTENT)?;
        let text = self.say("says-not-text", BODY, CONTENT)?;
        let below = self.paragraph(text, LEFT, below);
        self.draft.close();
        Ok(below)
    }

    fn rule(&mut self, y: f32, ink: Ink) {
        self.draft.decorate(vec![Mark::Rule {
            from: (LEFT, y),
            to: (LEFT + CONTENT, y),
            ink,
            width: 0.6,
            dashed: false,
        }]);
    }
}

/// Where each column of the table of checks begins, and how wide it is.
fn columns() -> [(f32, f32); 4] {
    let [first, second, third] = COLUMNS;
    let used = first + second + third;
    [
        (LEFT, first),
        (LEFT + first, second),
        (LEFT + first + second, third),
        (LEFT + used, CONTENT - used),
    ]
}
