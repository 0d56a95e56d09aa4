//! Draws the marks of a draft on a page of the PDF, mirrored where the page is read from right to left.

use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::Font;

use crate::RenderError;
use crate::draft::{Frame, Leaf, Mark, PAGE_HEIGHT, PAGE_WIDTH};
use crate::ink::Ink;
use crate::sheet::Outcome;
use crate::text::{Block, Line};

/// How far along the tangent the control points of a quarter circle lie.
const QUARTER: f32 = 0.552_284_8;
/// The watermark is seen, and what it covers is read.
const WATERMARK_OPACITY: f32 = 0.12;
const WATERMARK_DEGREES: f32 = -52.0;

/// Draws on one page.
pub(crate) struct Pen<'a, 'b> {
    pub(crate) surface: &'a mut Surface<'b>,
    pub(crate) fonts: &'a [Font],
    pub(crate) mirrored: bool,
}

impl Pen<'_, '_> {
    /// Draws a leaf and returns what it is called in the file: each line of a text for itself, a picture as one; nothing for
    /// what is not read out.
    pub(crate) fn leaf(&mut self, leaf: &Leaf) -> Result<Vec<Identifier>, RenderError> {
        let mut identifiers = Vec::new();
        if leaf.artifact {
            let kind = artifact(&leaf.marks);
            self.surface
                .start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
            self.marks(&leaf.marks)?;
            self.surface.end_tagged();
        } else if let [Mark::Text { block, x, y }] = leaf.marks.as_slice() {
            for line in &block.lines {
                identifiers.push(self.surface.start_tagged(ContentTag::Span(SpanTag::empty())));
                self.line(block, line, *x, *y)?;
                self.surface.end_tagged();
            }
        } else {
            identifiers.push(self.surface.start_tagged(ContentTag::Other));
            self.marks(&leaf.marks)?;
            self.surface.end_tagged();
        }
        Ok(identifiers)
    }

    fn marks(&mut self, marks: &[Mark]) -> Result<(), RenderError> {
        marks.iter().try_for_each(|mark| self.mark(mark))
    }

    fn mark(&mut self, mark: &Mark) -> Result<(), RenderError> {
        match mark {
            Mark::Text { block, x, y } => block
                .lines
                .iter()
                .try_for_each(|line| self.line(block, line, *x, *y)),
            Mark::Panel {
                frame,
                fill,
                stroke,
                corner,
            } => {
                let path = rounded(self.place(*frame), *corner)?;
                self.fill(*fill);
                self.stroke(*stroke, 0.6, false);
                self.surface.draw_path(&path);
                Ok(())
            }
            Mark::Rule {
                from,
                to,
                ink,
                width,
                dashed,
            } => {
                let path = self.polygon(&[*from, *to], false)?;
                self.fill(None);
                self.stroke(Some(*ink), *width, *dashed);
                self.surface.draw_path(&path);
                Ok(())
            }
            Mark::Area { corners, fill } => {
                let path = self.polygon(corners, true)?;
                self.fill(Some(*fill));
                self.stroke(None, 0.0, false);
                self.surface.draw_path(&path);
                Ok(())
            }
            Mark::Dot {
                centre,
                radius,
                fill,
                stroke,
            } => {
                let frame = Frame::new(centre.0 - radius, centre.1 - radius, 2.0 * radius, 2.0 * radius);
                let path = rounded(self.place(frame), *radius)?;
                self.fill(Some(*fill));
                self.stroke(Some(*stroke), 1.0, false);
                self.surface.draw_path(&path);
                Ok(())
            }
            Mark::Sign { outcome, frame } => self.sign(*outcome, self.place(*frame)),
            Mark::Modules { frame, rows } => self.modules(self.place(*frame), rows),
            Mark::Watermark { block } => self.watermark(block),
        }
    }

    fn line(&mut self, block: &Block, line: &Line, x: f32, y: f32) -> Result<(), RenderError> {
        let left = self.place(Frame::new(x, y, block.width, block.height)).x;
        self.fill(Some(block.ink));
        self.stroke(None, 0.0, false);
        for run in &line.runs {
            let font = self.fonts.get(run.font).ok_or(RenderError::Font)?;
            self.surface.draw_glyphs(
                Point::from_xy(left + run.x, y + line.baseline),
                &run.glyphs,
                font.clone(),
                &block.text,
                run.size,
                false,
            );
        }
        Ok(())
    }

    /// A tick, a triangle, a cross, a dash or a dot, inside its frame.
    fn sign(&mut self, outcome: Outcome, frame: Frame) -> Result<(), RenderError> {
        let at = |x: f32, y: f32| (frame.x + x * frame.width, frame.y + y * frame.height);
        let (ink, strokes, closed): (Ink, Vec<Vec<(f32, f32)>>, bool) = match outcome {
            Outcome::Pass => (
                Ink::GREEN,
                vec![vec![at(0.08, 0.55), at(0.38, 0.85), at(0.94, 0.15)]],
                false,
            ),
            Outcome::Watch => (
                Ink::AMBER,
                vec![vec![at(0.5, 0.05), at(1.0, 0.92), at(0.0, 0.92)]],
                true,
            ),
            Outcome::Fail => (
                Ink::RED,
                vec![
                    vec![at(0.12, 0.12), at(0.88, 0.88)],
                    vec![at(0.88, 0.12), at(0.12, 0.88)],
                ],
                false,
            ),
            Outcome::NotMeasured => (Ink::GREY, vec![vec![at(0.1, 0.5), at(0.9, 0.5)]], false),
            Outcome::Stated => (
                Ink::GREY,
                vec![vec![
                    at(0.35, 0.35),
                    at(0.65, 0.35),
                    at(0.65, 0.65),
                    at(0.35, 0.65),
                ]],
                true,
            ),
        };
        for points in strokes {
            let path = path(&points, closed)?;
            self.fill(closed.then_some(ink));
            self.stroke((!closed).then_some(ink), frame.width * 0.2, false);
            self.surface.draw_path(&path);
        }
        Ok(())
    }

    fn modules(&mut self, frame: Frame, rows: &[Vec<bool>]) -> Result<(), RenderError> {
        let module = frame.width / rows.len().max(1) as f32;
        let mut builder = PathBuilder::new();
        for (row, modules) in rows.iter().enumerate() {
            // Neighbours in a row are drawn as one, so that no viewer leaves hairlines between them.
            let mut column = 0;
            while column < modules.len() {
                let run = modules[column..].iter().take_while(|dark| **dark).count();
                if run > 0 {
                    builder.push_rect(rect(Frame::new(
                        frame.x + column as f32 * module,
                        frame.y + row as f32 * module,
                        run as f32 * module,
                        module,
                    ))?);
                }
                column += run.max(1);
            }
        }
        let path = builder.finish().ok_or_else(|| drawn("QR code"))?;
        self.fill(Some(Ink(0, 0, 0)));
        self.stroke(None, 0.0, false);
        self.surface.draw_path(&path);
        Ok(())
    }

    fn watermark(&mut self, block: &Block) -> Result<(), RenderError> {
        let left = block
            .lines
            .iter()
            .flat_map(|line| &line.runs)
            .map(|run| run.x)
            .fold(f32::INFINITY, f32::min);
        let opacity = NormalizedF32::new(WATERMARK_OPACITY).ok_or_else(|| drawn("watermark"))?;
        self.surface.push_transform(&Transform::from_rotate_at(
            WATERMARK_DEGREES,
            PAGE_WIDTH / 2.0,
            PAGE_HEIGHT / 2.0,
        ));
        self.surface.push_opacity(opacity);
        let x = (PAGE_WIDTH - block.longest) / 2.0 - left;
        let y = (PAGE_HEIGHT - block.height) / 2.0;
        // The rotated page is not mirrored: undo what `line` does.
        let x = if self.mirrored {
            PAGE_WIDTH - x - block.width
        } else {
            x
        };
        for line in &block.lines {
            self.line(block, line, x, y)?;
        }
        self.surface.pop();
        self.surface.pop();
        Ok(())
    }

    fn place(&self, frame: Frame) -> Frame {
        if self.mirrored { frame.mirrored() } else { frame }
    }

    fn polygon(&self, points: &[(f32, f32)], closed: bool) -> Result<Path, RenderError> {
        let placed: Vec<(f32, f32)> = points
            .iter()
            .map(|&(x, y)| (if self.mirrored { PAGE_WIDTH - x } else { x }, y))
            .collect();
        path(&placed, closed)
    }

    fn fill(&mut self, ink: Option<Ink>) {
        self.surface.set_fill(ink.map(|ink| Fill {
            paint: ink.paint().into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    fn stroke(&mut self, ink: Option<Ink>, width: f32, dashed: bool) {
        self.surface.set_stroke(ink.map(|ink| Stroke {
            paint: ink.paint().into(),
            width,
            miter_limit: 10.0,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Miter,
            opacity: NormalizedF32::ONE,
            dash: dashed.then(|| StrokeDash {
                array: vec![3.0, 2.0],
                offset: 0.0,
            }),
        }));
    }
}

/// What decoration is called: a text that repeats at the edge of pages, a watermark, or plain layout.
fn artifact(marks: &[Mark]) -> ArtifactType {
    let is_text = |mark: &Mark| matches!(mark, Mark::Text { .. });
    match marks {
        [Mark::Watermark { .. }] => ArtifactType::Watermark,
        marks if marks.iter().any(is_text) => ArtifactType::PaginationOther,
        _ => ArtifactType::Layout,
    }
}

/// A rectangle as the writer of the file knows it.
pub(crate) fn rect(frame: Frame) -> Result<Rect, RenderError> {
    Rect::from_xywh(frame.x, frame.y, frame.width, frame.height).ok_or_else(|| drawn("rectangle"))
}

fn drawn(what: &str) -> RenderError {
    RenderError::Pdf(format!("a {what} has no size"))
}

fn path(points: &[(f32, f32)], closed: bool) -> Result<Path, RenderError> {
    let mut builder = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        if i == 0 {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
    }
    if closed {
        builder.close();
    }
    builder.finish().ok_or_else(|| drawn("line"))
}

/// A rectangle with round corners.
fn rounded(frame: Frame, corner: f32) -> Result<Path, RenderError> {
    let radius = corner.min(frame.width / 2.0).min(frame.height / 2.0);
    let mut builder = PathBuilder::new();
    if radius <= 0.0 {
        builder.push_rect(rect(frame)?);
        return builder.finish().ok_or_else(|| drawn("panel"));
    }
    let (left, top, right, bottom) = (frame.x, frame.y, frame.right(), frame.bottom());
    let near = radius * (1.0 - QUARTER);
    builder.move_to(left + radius, top);
    builder.line_to(right - radius, top);
    builder.cubic_to(right - near, top, right, top + near, right, top + radius);
    builder.line_to(right, bottom - radius);
    builder.cubic_to(right, bottom - near, right - near, bottom, right - radius, bottom);
    builder.line_to(left + radius, bottom);
    builder.cubic_to(left + near, bottom, left, bottom - near, left, bottom - radius);
    builder.line_to(left, top + radius);
    builder.cubic_to(left, top + near, left + near, top, left + radius, top);
    builder.close();
    builder.finish().ok_or_else(|| drawn("panel"))
}
