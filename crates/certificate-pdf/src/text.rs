//! Setting text: shaping, direction, line breaking. A set text is a block of lines of placed glyphs that no longer depends on
//! how it was made.

use krilla::text::{GlyphId, KrillaGlyph};
use parley::layout::{Alignment, AlignmentOptions, Run};
use parley::style::{FontWeight, LineHeight, OverflowWrap, StyleProperty, WordBreak};
use parley::{BaseDirection, Layout, LayoutContext};

use crate::RenderError;
use crate::fonts::{FAMILIES, Shelf};
use crate::ink::Ink;

/// Where lines stand in their column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Where reading begins.
    Start,
    Centre,
    /// Where reading ends.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Face {
    /// In points, before scaling.
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) ink: Ink,
    pub(crate) align: Align,
}

impl Face {
    pub(crate) const fn new(size: f32, ink: Ink) -> Self {
        Self {
            size,
            bold: false,
            ink,
            align: Align::Start,
        }
    }

    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) const fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }
}

/// A set text.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) text: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) ink: Ink,
    /// The width it was set into, in points.
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// The width of its longest line.
    pub(crate) longest: f32,
}

/// One line of a block.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Below the top of the block.
    pub(crate) baseline: f32,
    pub(crate) runs: Vec<SetRun>,
}

/// Glyphs of one font in the order in which they stand on paper.
#[derive(Debug, Clone)]
pub(crate) struct SetRun {
    /// Right of the left edge of the block.
    pub(crate) x: f32,
    /// Which of the shipped fonts.
    pub(crate) font: usize,
    pub(crate) size: f32,
    pub(crate) glyphs: Vec<KrillaGlyph>,
}

/// Sets text in one direction at one scale.
pub(crate) struct Typesetter {
    shelf: Shelf,
    layouts: LayoutContext<()>,
    right_to_left: bool,
    /// All sizes are multiplied by this; below 1 when there is much to say.
    pub(crate) scale: f32,
}

impl Typesetter {
    pub(crate) fn new(right_to_left: bool) -> Self {
        Self {
            shelf: Shelf::new(),
            layouts: LayoutContext::new(),
            right_to_left,
            scale: 1.0,
        }
    }

    /// Sets a text into a column. Words break only where nothing else helps, so that no line is wider than the column.
    pub(crate) fn set(&mut self, text: &str, face: Face, width: f32) -> Result<Block, RenderError> {
        let size = face.size * self.scale;
        let weight = if face.bold {
            FontWeight::BOLD
        } else {
            FontWeight::NORMAL
        };
        // Arabic letters reach further up and down than Latin ones.
        let leading = if self.right_to_left { 1.5 } else { 1.34 };
        let mut builder = self
            .layouts
            .ranged_builder(&mut self.shelf.context, text, 1.0, false);
        builder.set_base_direction(if self.right_to_left {
            BaseDirection::Rtl
        } else {
            BaseDirection::Ltr
        });
        builder.push_default(StyleProperty::FontFamily(FAMILIES));
        builder.push_default(StyleProperty::FontSize(size));
        builder.push_default(StyleProperty::FontWeight(weight));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(leading)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        // Korean is read more easily when lines end between words than between any two syllables.
        builder.push_default(StyleProperty::WordBreak(WordBreak::KeepAll));
        let mut layout: Layout<()> = builder.build(text);
        layout.break_all_lines(Some(width));
        let alignment = match face.align {
            Align::Start => Alignment::Start,
            Align::Centre => Alignment::Center,
            Align::End => Alignment::End,
        };
        layout.align(alignment, AlignmentOptions::default());

        let mut missing = String::new();
        let mut lines = Vec::new();
        for line in layout.lines() {
            let metrics = line.metrics();
            let mut x = metrics.inline_min_coord + metrics.offset;
            let mut runs = Vec::new();
            for run in line.runs() {
                let font = self.shelf.index(run.font().data.id()).ok_or(RenderError::Font)?;
                let glyphs = glyphs(&run, text, &mut missing);
                if !glyphs.is_empty() {
                    runs.push(SetRun {
                        x,
                        font,
                        size: run.font_size(),
                        glyphs,
                    });
                }
                x += run.advance();
            }
            lines.push(Line {
                baseline: metrics.baseline,
                runs,
            });
        }
        if !missing.is_empty() {
            return Err(RenderError::MissingGlyphs {
                characters: named(&missing),
                text: text.to_owned(),
            });
        }
        Ok(Block {
            text: text.to_owned(),
            lines,
            ink: face.ink,
            width,
            height: layout.height(),
            longest: layout.width(),
        })
    }
}

/// The glyphs of a run from left to right. Characters that no font has are added to `missing`.
fn glyphs(run: &Run<'_, ()>, text: &str, missing: &mut String) -> Vec<KrillaGlyph> {
    let size = run.font_size();
    let mut glyphs: Vec<KrillaGlyph> = Vec::new();
    // A ligature is drawn by the first of its characters. From right to left the others are met before it.
    let mut ligature_end = None;
    for cluster in run.visual_clusters() {
        let range = cluster.text_range();
        if cluster.is_ligature_continuation() {
            if cluster.is_rtl() {
                ligature_end = ligature_end.or(Some(range.end));
            } else if let Some(first) = glyphs.last_mut() {
                first.text_range.end = range.end;
            }
            continue;
        }
        let range = range.start..ligature_end.take().unwrap_or(range.end);
        let characters = text.get(range.clone()).unwrap_or_default();
        // Isolates have done their work once the order is known; no font draws them.
        if characters.chars().all(is_isolate) {
            continue;
        }
        for glyph in cluster.glyphs() {
            if glyph.id == 0 {
                missing.push_str(characters);
            }
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(glyph.id),
                glyph.advance / size,
                glyph.x / size,
                // Up is positive in a PDF, down in a layout.
                -glyph.y / size,
                0.0,
                range.clone(),
                None,
            ));
        }
    }
    glyphs
}

/// First strong isolate, and pop directional isolate: the two that are put around quantities.
fn is_isolate(c: char) -> bool {
    matches!(c, '\u{2068}' | '\u{2069}')
}

/// Each character once, with its code point.
fn named(characters: &str) -> String {
    let mut named: Vec<String> = Vec::new();
    for c in characters.chars() {
        let name = format!("{c} (U+{:04X})", u32::from(c));
        if !named.contains(&name) {
            named.push(name);
        }
    }
    named.join(", ")
}
