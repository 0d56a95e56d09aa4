//! Expression to value.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::number::Number;
use super::value::{Slot, Tri, Value};
use crate::decimal::order;

/// An expression whose names are slots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Number(Decimal),
    Text(String),
    Bool(bool),
    Date(Date),
    Name(Slot),
    Negative(Box<Expr>),
    Binary(Op, Box<[Expr; 2]>),
    If(Box<[Expr; 3]>),
    In(Box<Expr>, Vec<Expr>),
    Call(Function, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Plus,
    Minus,
    Times,
    Over,
    Below,
    AtMost,
    Above,
    AtLeast,
    Equals,
    Differs,
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Max,
    Min,
    Floor,
    Ceiling,
    Not,
    ListContains,
}

/// The slot that is blamed for what no fact is to blame for: two numbers whose ranges overlap.
pub(crate) const OVERLAP: Slot = 0;
/// The slot that is blamed for a number beyond 28 digits, a division by zero, or kinds that do not compare.
pub(crate) const NO_NUMBER: Slot = 1;

impl Expr {
    /// Every name in the expression, each once.
    pub(crate) fn names(&self, found: &mut Vec<Slot>) {
        match self {
            Expr::Name(slot) => {
                if !found.contains(slot) {
                    found.push(*slot);
                }
            }
            Expr::Negative(inner) => inner.names(found),
            Expr::Binary(_, both) => both.iter().for_each(|e| e.names(found)),
            Expr::If(three) => three.iter().for_each(|e| e.names(found)),
            Expr::In(one, of) => {
                one.names(found);
                of.iter().for_each(|e| e.names(found));
            }
            Expr::Call(_, arguments) => arguments.iter().for_each(|e| e.names(found)),
            Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Date(_) => {}
        }
    }

    /// Every day that is written in the expression.
    pub(crate) fn days(&self, found: &mut Vec<Date>) {
        match self {
            Expr::Date(day) => found.push(*day),
            Expr::Negative(inner) => inner.days(found),
            Expr::Binary(_, both) => both.iter().for_each(|e| e.days(found)),
            Expr::If(three) => three.iter().for_each(|e| e.days(found)),
            Expr::In(one, of) => {
                one.days(found);
                of.iter().for_each(|e| e.days(found));
            }
            Expr::Call(_, arguments) => arguments.iter().for_each(|e| e.days(found)),
            Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Name(_) => {}
        }
    }

    /// Whether the expression is true.
    pub(crate) fn holds(&self, names: &[Value<'_>]) -> Tri {
        truth(eval(self, names))
    }
}

/// The value of an expression, given the values of all names.
pub(crate) fn eval<'a>(expr: &'a Expr, names: &[Value<'a>]) -> Value<'a> {
    match expr {
        Expr::Number(number) => Value::number(*number),
        Expr::Text(text) => Value::Text(text),
        Expr::Bool(truth) => Value::Bool(*truth),
        Expr::Date(date) => Value::Date(*date),
        Expr::Name(slot) => names
            .get(usize::from(*slot))
            .copied()
            .unwrap_or(Value::Unknown(*slot)),
        Expr::Negative(inner) => match eval(inner, names) {
            Value::Number(span) => number(Number::from(Decimal::ZERO).minus(span)),
            nothing @ (Value::Unknown(_) | Value::Null) => nothing,
            _ => Value::Unknown(NO_NUMBER),
        },
        Expr::Binary(op, both) => binary(*op, &both[0], &both[1], names),
        Expr::If(three) => {
            let [condition, yes, no] = &**three;
            match condition.holds(names) {
                Tri::Yes => eval(yes, names),
                Tri::No => eval(no, names),
                Tri::Unknown(slot) => match (eval(yes, names), eval(no, names)) {
                    (Value::Number(a), Value::Number(b)) => Value::Number(a.hull(b)),
                    (a, b) if a == b => a,
                    _ => Value::Unknown(slot),
                },
            }
        }
        Expr::In(one, of) => {
            let one = operand(one, names);
            let mut sofar = Tri::No;
            for other in of {
                sofar = sofar.or(equal(one, operand(other, names)));
                if sofar == Tri::Yes {
                    break;
                }
            }
            from_truth(sofar)
        }
        Expr::Call(function, arguments) => call(*function, arguments, names),
    }
}

/// As [`eval`], quick for what is no formula itself.
#[inline]
fn operand<'a>(expr: &'a Expr, names: &[Value<'a>]) -> Value<'a> {
    match expr {
        Expr::Name(slot) => names
            .get(usize::from(*slot))
            .copied()
            .unwrap_or(Value::Unknown(*slot)),
        Expr::Number(number) => Value::number(*number),
        Expr::Text(text) => Value::Text(text),
        _ => eval(expr, names),
    }
}

fn number(span: Option<Number>) -> Value<'static> {
    span.map_or(Value::Unknown(NO_NUMBER), Value::Number)
}

fn truth(value: Value<'_>) -> Tri {
    match value {
        Value::Bool(truth) => Tri::of(truth),
        Value::Null => Tri::No,
        Value::Unknown(slot) => Tri::Unknown(slot),
        _ => Tri::Unknown(NO_NUMBER),
    }
}

fn from_truth<'a>(tri: Tri) -> Value<'a> {
    match tri {
        Tri::Yes => Value::Bool(true),
        Tri::No => Value::Bool(false),
        Tri::Unknown(slot) => Value::Unknown(slot),
    }
}

fn binary<'a>(op: Op, left: &'a Expr, right: &'a Expr, names: &[Value<'a>]) -> Value<'a> {
    match op {
        Op::And => {
            let left = left.holds(names);
            return match left {
                Tri::No => Value::Bool(false),
                _ => from_truth(left.and(right.holds(names))),
            };
        }
        Op::Or => {
            let left = left.holds(names);
            return match left {
                Tri::Yes => Value::Bool(true),
                _ => from_truth(left.or(right.holds(names))),
            };
        }
        _ => {}
    }
    let (left, right) = (operand(left, names), operand(right, names));
    if let Value::Unknown(_) = left {
        return left;
    }
    if let Value::Unknown(_) = right {
        return right;
    }
    match (op, left, right) {
        (Op::Equals, a, b) => from_truth(equal(a, b)),
        (Op::Differs, a, b) => from_truth(equal(a, b).not()),
        (Op::Below | Op::AtMost | Op::Above | Op::AtLeast, Value::Null, _)
        | (Op::Below | Op::AtMost | Op::Above | Op::AtLeast, _, Value::Null) => Value::Bool(false),
        (_, Value::Null, _) | (_, _, Value::Null) => Value::Null,
        (Op::Plus, Value::Number(a), Value::Number(b)) => number(a.plus(b)),
        (Op::Minus, Value::Number(a), Value::Number(b)) => number(a.minus(b)),
        (Op::Times, Value::Number(a), Value::Number(b)) => number(a.times(b)),
        (Op::Over, Value::Number(a), Value::Number(b)) => number(a.over(b)),
        (Op::Below, a, b) => from_truth(at_least(a, b).not()),
        (Op::AtLeast, a, b) => from_truth(at_least(a, b)),
        (Op::AtMost, a, b) => from_truth(at_least(b, a)),
        (Op::Above, a, b) => from_truth(at_least(b, a).not()),
        _ => Value::Unknown(NO_NUMBER),
    }
}

/// Whether the first is equal to or greater than the second.
fn at_least(a: Value<'_>, b: Value<'_>) -> Tri {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            if let Some(order) = a.short_order(b) {
                return Tri::of(order.is_ge());
            }
            let (a, b) = (a.span(), b.span());
            if order(a.low, b.high).is_ge() {
                Tri::Yes
            } else if order(a.high, b.low).is_lt() {
                Tri::No
            } else {
                Tri::Unknown(OVERLAP)
            }
        }
        (Value::Date(a), Value::Date(b)) => Tri::of(a >= b),
        _ => Tri::Unknown(NO_NUMBER),
    }
}

fn equal(a: Value<'_>, b: Value<'_>) -> Tri {
    match (a, b) {
        (Value::Unknown(slot), _) | (_, Value::Unknown(slot)) => Tri::Unknown(slot),
        (Value::Null, _) | (_, Value::Null) => Tri::No,
        (Value::Number(a), Value::Number(b)) => {
            if let Some(order) = a.short_order(b) {
                return Tri::of(order.is_eq());
            }
            let (a, b) = (a.span(), b.span());
            match (a.single(), b.single()) {
                (Some(a), Some(b)) => Tri::of(order(a, b).is_eq()),
                _ if a.high < b.low || a.low > b.high => Tri::No,
                _ => Tri::Unknown(OVERLAP),
            }
        }
        (Value::Text(a), Value::Text(b)) => Tri::of(a == b),
        (Value::Bool(a), Value::Bool(b)) => Tri::of(a == b),
        (Value::Date(a), Value::Date(b)) => Tri::of(a == b),
        _ => Tri::Unknown(NO_NUMBER),
    }
}

fn call<'a>(function: Function, arguments: &'a [Expr], names: &[Value<'a>]) -> Value<'a> {
    let mut values = arguments.iter().map(|argument| eval(argument, names));
    let Some(first) = values.next() else {
        return Value::Unknown(NO_NUMBER);
    };
    match (function, first) {
        (_, Value::Unknown(_)) => first,
        (Function::Not, Value::Null) => Value::Bool(true),
        (Function::ListContains, Value::Null) => Value::Bool(false),
        (_, Value::Null) => Value::Null,
        (Function::Max | Function::Min, Value::Number(mut sofar)) => {
            for value in values {
                match value {
                    Value::Number(next) if function == Function::Max => sofar = sofar.max(next),
                    Value::Number(next) => sofar = sofar.min(next),
                    Value::Unknown(_) | Value::Null => return value,
                    _ => return Value::Unknown(NO_NUMBER),
                }
            }
            Value::Number(sofar)
        }
        (Function::Floor, Value::Number(span)) => Value::Number(span.each(|n| n.floor())),
        (Function::Ceiling, Value::Number(span)) => Value::Number(span.each(|n| n.ceil())),
        (Function::Not, value) => from_truth(truth(value).not()),
        (Function::ListContains, Value::List(list)) => match values.next() {
            Some(Value::Text(text)) => Value::Bool(list.iter().any(|item| item == text)),
            Some(unknown @ Value::Unknown(_)) => unknown,
            _ => Value::Unknown(NO_NUMBER),
        },
        _ => Value::Unknown(NO_NUMBER),
    }
}
