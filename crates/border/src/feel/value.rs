//! What expressions give: exact numbers or ranges of them, texts, dates, truth values, and the unknown.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::number::Number;
use crate::decimal::{Short, order, product, sum};

/// The place of a name in a pack's table of names.
pub(crate) type Slot = u16;

/// A number that is known exactly (`low == high`) or lies somewhere between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The least it may be.
    pub low: Decimal,
    /// The most it may be.
    pub high: Decimal,
}

impl Span {
    /// A number known exactly.
    pub const fn exact(number: Decimal) -> Self {
        Span {
            low: number,
            high: number,
        }
    }

    pub(crate) fn between(low: Short, high: Short) -> Self {
        Span {
            low: low.decimal(),
            high: high.decimal(),
        }
    }

    /// The number, if it is known exactly.
    pub fn single(&self) -> Option<Decimal> {
        self.is_exact().then_some(self.low)
    }

    /// The smallest span that holds both.
    pub fn hull(self, other: Span) -> Span {
        Span {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// Whether the number is known exactly.
    pub fn is_exact(&self) -> bool {
        // Nearly always the two are one and the same.
        self.low.serialize() == self.high.serialize() || order(self.low, self.high) == Ordering::Equal
    }

    /// What a function that never falls makes of both ends.
    pub(crate) fn each(self, f: impl Fn(Decimal) -> Decimal) -> Span {
        let low = f(self.low);
        let high = if self.is_exact() { low } else { f(self.high) };
        Span { low, high }
    }

    /// What such a function makes of both ends, if it has a value there.
    pub(crate) fn try_each(self, f: impl Fn(Decimal) -> Option<Decimal>) -> Option<Span> {
        let low = f(self.low)?;
        let high = if self.is_exact() { low } else { f(self.high)? };
        Some(Span { low, high })
    }

    /// Both ends added to both ends; `None` beyond 28 digits.
    pub fn plus(self, other: Span) -> Option<Span> {
        if self.is_exact() && other.is_exact() {
            return Some(Span::exact(sum(self.low, other.low)?));
        }
        Some(Span {
            low: self.low.checked_add(other.low)?,
            high: self.high.checked_add(other.high)?,
        })
    }

    pub(crate) fn minus(self, other: Span) -> Option<Span> {
        Some(Span {
            low: self.low.checked_sub(other.high)?,
            high: self.high.checked_sub(other.low)?,
        })
    }

    pub(crate) fn times(self, other: Span) -> Option<Span> {
        self.corners(other, product)
    }

    /// `None` if the divisor may be zero, or beyond 28 digits.
    pub(crate) fn over(self, other: Span) -> Option<Span> {
        if other.low <= Decimal::ZERO && other.high >= Decimal::ZERO {
            return None;
        }
        self.corners(other, Decimal::checked_div)
    }

    fn corners(self, other: Span, f: impl Fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Span> {
        if self.is_exact() && other.is_exact() {
            return Some(Span::exact(f(self.low, other.low)?));
        }
        let corners = [
            f(self.low, other.low)?,
            f(self.low, other.high)?,
            f(self.high, other.low)?,
            f(self.high, other.high)?,
        ];
        let (mut low, mut high) = (corners[0], corners[0]);
        for corner in &corners[1..] {
            low = low.min(*corner);
            high = high.max(*corner);
        }
        Some(Span { low, high })
    }
}

/// Three-valued truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tri {
    Yes,
    No,
    /// Not known, for want of what the slot names.
    Unknown(Slot),
}

impl Tri {
    pub(crate) fn of(value: bool) -> Self {
        if value { Tri::Yes } else { Tri::No }
    }

    pub(crate) fn and(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::No, _) | (_, Tri::No) => Tri::No,
            (Tri::Unknown(slot), _) | (_, Tri::Unknown(slot)) => Tri::Unknown(slot),
            (Tri::Yes, Tri::Yes) => Tri::Yes,
        }
    }

    pub(crate) fn or(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::Yes, _) | (_, Tri::Yes) => Tri::Yes,
            (Tri::Unknown(slot), _) | (_, Tri::Unknown(slot)) => Tri::Unknown(slot),
            (Tri::No, Tri::No) => Tri::No,
        }
    }

    pub(crate) fn not(self) -> Tri {
        match self {
            Tri::Yes => Tri::No,
            Tri::No => Tri::Yes,
            unknown => unknown,
        }
    }
}

/// The value of an expression or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Not known, for want of what the slot names.
    Unknown(Slot),
    /// Known not to exist, as the displacement of an electric car: no comparison with it is true, no sum has a value.
    Null,
    Bool(bool),
    Number(Number),
    Text(&'a str),
    List(&'a [String]),
    Date(Date),
}

impl Value<'_> {
    #[inline]
    pub(crate) fn number(number: Decimal) -> Self {
        Value::Number(number.into())
    }
}
