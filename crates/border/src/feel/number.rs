//! Numbers as a calculation holds them: nearly always one short decimal, sometimes a span.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::value::Span;
use crate::decimal::{Short, converted, order, rounded};

/// A number that is known exactly and short, or else a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Short(Short),
    Long(Span),
}

impl From<Decimal> for Number {
    #[inline]
    fn from(number: Decimal) -> Self {
        match Short::of(number) {
            Some(short) => Number::Short(short),
            None => Number::Long(Span::exact(number)),
        }
    }
}

impl From<Span> for Number {
    fn from(span: Span) -> Self {
        match Short::of(span.low) {
            Some(short) if span.low.serialize() == span.high.serialize() => Number::Short(short),
            _ => Number::Long(span),
        }
    }
}

impl Number {
    /// The number as others see it.
    #[inline]
    pub(crate) fn span(self) -> Span {
        match self {
            Number::Short(short) => Span::exact(short.decimal()),
            Number::Long(span) => span,
        }
    }

    /// A number that is one and no span: of a pack's formula or test, or a rate.
    pub(crate) fn decimal(self) -> Decimal {
        self.span().low
    }

    pub(crate) fn is_exact(self) -> bool {
        match self {
            Number::Short(_) => true,
            Number::Long(span) => span.is_exact(),
        }
    }

    /// The smallest span that holds both.
    pub(crate) fn hull(self, other: Number) -> Number {
        match (self, other) {
            (Number::Short(a), Number::Short(b)) if a == b => self,
            (Number::Short(a), Number::Short(b)) => match a.order(b) {
                Some(Ordering::Greater) => Number::Long(Span::between(b, a)),
                Some(_) => Number::Long(Span::between(a, b)),
                None => self.long_hull(other),
            },
            _ => self.long_hull(other),
        }
    }

    fn long_hull(self, other: Number) -> Number {
        self.span().hull(other.span()).into()
    }

    #[inline]
    pub(crate) fn plus(self, other: Number) -> Option<Number> {
        self.both(other, Short::plus, Span::plus)
    }

    #[inline]
    pub(crate) fn minus(self, other: Number) -> Option<Number> {
        self.both(other, Short::minus, Span::minus)
    }

    #[inline]
    pub(crate) fn times(self, other: Number) -> Option<Number> {
        self.both(other, Short::times, Span::times)
    }

    /// `None` if the divisor may be zero, or beyond 28 digits.
    pub(crate) fn over(self, other: Number) -> Option<Number> {
        self.span().over(other.span()).map(Number::from)
    }

    /// The short way if there is one, else the long one.
    #[inline]
    fn both(
        self,
        other: Number,
        short: fn(Short, Short) -> Option<Short>,
        long: fn(Span, Span) -> Option<Span>,
    ) -> Option<Number> {
        if let (Number::Short(a), Number::Short(b)) = (self, other)
            && let Some(result) = short(a, b)
        {
            return Some(Number::Short(result));
        }
        self.long_way(other, long)
    }

    #[cold]
    fn long_way(self, other: Number, long: fn(Span, Span) -> Option<Span>) -> Option<Number> {
        long(self.span(), other.span()).map(Number::from)
    }

    /// The greater of both ends.
    pub(crate) fn max(self, other: Number) -> Number {
        match self.short_order(other) {
            Some(Ordering::Greater) => self,
            Some(_) => other,
            None => {
                let (a, b) = (self.span(), other.span());
                let (low, high) = (a.low.max(b.low), a.high.max(b.high));
                Span { low, high }.into()
            }
        }
    }

    /// The lesser of both ends.
    pub(crate) fn min(self, other: Number) -> Number {
        match self.short_order(other) {
            Some(Ordering::Greater) => other,
            Some(_) => self,
            None => {
                let (a, b) = (self.span(), other.span());
                let (low, high) = (a.low.min(b.low), a.high.min(b.high));
                Span { low, high }.into()
            }
        }
    }

    /// The order of two numbers that are both short.
    #[inline]
    pub(crate) fn short_order(self, other: Number) -> Option<Ordering> {
        match (self, other) {
            (Number::Short(a), Number::Short(b)) => a.order(b),
            _ => None,
        }
    }

    /// How both ends lie to a bound: the lower, and the upper unless it is the same number.
    #[inline]
    pub(crate) fn against(self, bound: Number) -> (Ordering, Option<Ordering>) {
        if let Some(order) = self.short_order(bound) {
            return (order, None);
        }
        let (span, bound) = (self.span(), bound.decimal());
        let high = (!span.is_exact()).then(|| order(span.high, bound));
        (order(span.low, bound), high)
    }

    /// Both ends in another currency, half up to so many decimals; `None` beyond 28 digits.
    #[inline]
    pub(crate) fn converted(self, rate: Number, decimals: u32) -> Option<Number> {
        if let (Number::Short(amount), Number::Short(rate)) = (self, rate)
            && let Some(converted) = amount.converted(rate, decimals)
        {
            return Some(Number::Short(converted));
        }
        self.converted_the_long_way(rate, decimals)
    }

    #[cold]
    fn converted_the_long_way(self, rate: Number, decimals: u32) -> Option<Number> {
        let rate = rate.decimal();
        let ends = self.span();
        ends.try_each(|end| converted(end, rate, decimals))
            .map(Number::from)
    }

    /// Both ends half up, away from zero, to so many decimals.
    // Of one place for all: what rounds is long.
    #[inline(never)]
    pub(crate) fn rounded(self, decimals: u32) -> Number {
        match self {
            Number::Short(short) => Number::Short(short.rounded(decimals)),
            Number::Long(_) => self.each(|end| rounded(end, decimals)),
        }
    }

    /// What a function that never falls makes of both ends.
    pub(crate) fn each(self, f: impl Fn(Decimal) -> Decimal) -> Number {
        self.span().each(f).into()
    }
}
