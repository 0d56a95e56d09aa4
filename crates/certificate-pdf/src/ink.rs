//! The colours. Nothing is told by colour alone: every outcome has a word and a sign.

use krilla::color::rgb;

/// A colour of the palette, in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ink(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Ink {
    /// Text.
    pub(crate) const BLACK: Self = Self(0x17, 0x20, 0x2B);
    /// Labels and remarks; 5.9 to 1 on white.
    pub(crate) const GREY: Self = Self(0x55, 0x61, 0x6D);
    /// Rules.
    pub(crate) const RULE: Self = Self(0xD3, 0xDA, 0xE0);
    /// Panels.
    pub(crate) const PANEL: Self = Self(0xF3, 0xF6, 0xF8);
    /// Headings, and what is ours in the pictures.
    pub(crate) const TEAL: Self = Self(0x0B, 0x4F, 0x5C);
    /// The interval behind the line.
    pub(crate) const PALE_TEAL: Self = Self(0xC4, 0xDF, 0xE2);
    pub(crate) const WHITE: Self = Self(0xFF, 0xFF, 0xFF);
    pub(crate) const GREEN: Self = Self(0x1B, 0x72, 0x47);
    pub(crate) const AMBER: Self = Self(0x9A, 0x5B, 0x00);
    pub(crate) const RED: Self = Self(0xA8, 0x22, 0x1C);

    pub(crate) fn paint(self) -> rgb::Color {
        rgb::Color::new(self.0, self.1, self.2)
    }
}
