//! The pages as a list of what stands where, and as a tree of what it means. Sections write it, `write.rs` makes a PDF of it,
//! tests look for overlaps in it.
//!
//! All positions are in points from the top left of an A4 page, for reading from left to right. For reading from right to left
//! the writer mirrors every position; texts, signs and the QR code keep their own direction.

use crate::ink::Ink;
use crate::sheet::Outcome;
use crate::text::Block;

/// A4.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
/// A4.
pub(crate) const PAGE_HEIGHT: f32 = 841.89;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Frame {
    pub(crate) const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub(crate) fn bottom(self) -> f32 {
        self.y + self.height
    }

    pub(crate) fn right(self) -> f32 {
        self.x + self.width
    }

    /// The same rectangle on a page that is read from right to left.
    pub(crate) fn mirrored(self) -> Self {
        Self {
            x: PAGE_WIDTH - self.x - self.width,
            ..self
        }
    }
}

/// Something drawn.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    Text {
        block: Block,
        x: f32,
        y: f32,
    },
    Panel {
        frame: Frame,
        fill: Option<Ink>,
        stroke: Option<Ink>,
        corner: f32,
    },
    Rule {
        from: (f32, f32),
        to: (f32, f32),
        ink: Ink,
        width: f32,
        dashed: bool,
    },
    Area {
        corners: Vec<(f32, f32)>,
        fill: Ink,
    },
    Dot {
        centre: (f32, f32),
        radius: f32,
        fill: Ink,
        stroke: Ink,
    },
    /// A tick, a triangle, a cross, a dash or a dot.
    Sign {
        outcome: Outcome,
        frame: Frame,
    },
    /// The dark modules of a QR code, row by row.
    Modules {
        frame: Frame,
        rows: Vec<Vec<bool>>,
    },
    /// A faint text across the page.
    Watermark {
        block: Block,
    },
}

/// Marks that are one thing to somebody who hears the page read out.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// Decoration, or a repetition at the foot of the page: not read out.
    pub(crate) artifact: bool,
    pub(crate) marks: Vec<Mark>,
}

/// What a part of the page is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Role {
    Document,
    Section,
    Heading { level: u16, title: String },
    Paragraph,
    Table,
    TableHead,
    TableBody,
    Row,
    ColumnHead,
    RowHead,
    Cell,
    List,
    Item,
    ItemLabel,
    ItemBody,
    Figure { alt: String, frame: Frame },
    Link { url: String, frame: Frame },
}

/// A part of the page, with its parts.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) role: Role,
    pub(crate) children: Vec<Child>,
}

/// A part of a part.
#[derive(Debug, Clone)]
pub(crate) enum Child {
    Group(Group),
    /// The leaf with this number on this page, both from 0.
    Leaf {
        page: usize,
        leaf: usize,
    },
}

/// The pages being written.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) pages: Vec<Vec<Leaf>>,
    /// The document, and within it the groups that are not closed yet.
    open: Vec<Group>,
}

impl Draft {
    pub(crate) fn new() -> Self {
        Self {
            pages: Vec::new(),
            open: vec![Group {
                role: Role::Document,
                children: Vec::new(),
            }],
        }
    }

    pub(crate) fn page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// What is drawn from here on belongs to a new part, until it is closed.
    pub(crate) fn open(&mut self, role: Role) {
        self.open.push(Group {
            role,
            children: Vec::new(),
        });
    }

    /// Closes the part opened last; the document itself stays open.
    pub(crate) fn close(&mut self) {
        if self.open.len() > 1
            && let Some(group) = self.open.pop()
            && let Some(parent) = self.open.last_mut()
        {
            parent.children.push(Child::Group(group));
        }
    }

    /// Draws what is read out.
    pub(crate) fn draw(&mut self, marks: Vec<Mark>) {
        let Some(page) = self.pages.len().checked_sub(1) else {
            return;
        };
        let leaf = self.pages[page].len();
        self.pages[page].push(Leaf {
            artifact: false,
            marks,
        });
        if let Some(group) = self.open.last_mut() {
            group.children.push(Child::Leaf { page, leaf });
        }
    }

    /// Draws what is not read out.
    pub(crate) fn decorate(&mut self, marks: Vec<Mark>) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Leaf {
                artifact: true,
                marks,
            });
        }
    }

    /// Draws a text as a part of its own.
    pub(crate) fn text(&mut self, role: Role, block: Block, x: f32, y: f32) {
        self.open(role);
        self.draw(vec![Mark::Text { block, x, y }]);
        self.close();
    }

    /// The document as a tree; parts left open are closed.
    pub(crate) fn tree(&mut self) -> Group {
        while self.open.len() > 1 {
            self.close();
        }
        self.open.pop().unwrap_or(Group {
            role: Role::Document,
            children: Vec::new(),
        })
    }
}
