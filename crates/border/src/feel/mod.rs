//! The part of FEEL (the expression language of DMN 1.5, chapter 10) that rule packs are written in.
//!
//! Formulas use numbers, texts, dates, names, `+ - * /`, comparisons, `and`, `or`, `not(…)`, `in`, `if … then … else …`
//! and a few of FEEL's own functions. Cells of decision tables use its unary tests: `<= 1500`, `(1500..2000]`,
//! `hybrid, plug_in_hybrid`, `not(electric)`, `-`. Numbers are exact decimals. Two things are ours: a number may be a
//! [`Span`], because sources disagree; and whatever depends on something unknown is unknown, never false and never zero.

mod eval;
mod number;
mod parse;
mod unary;
mod value;

pub(crate) use eval::{Expr, Function, OVERLAP, Op, eval, looked_up, short};
pub(crate) use number::Number;
pub(crate) use parse::{Names, parse};
pub(crate) use unary::{Bound, Test, parse_test};
pub use value::Span;
pub(crate) use value::{Slot, Tri, Value};
