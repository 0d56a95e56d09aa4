//! Expression to value.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::number::Number;
use super::value::{Slot, Tri, Value};
use crate::decimal::{Short, order};

/// An expression whose names are slots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Number(Number),
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
    // A [`Tri`] stays in a register, which a [`Value`] does not: so what is true or not is worked out here, and `eval` asks.
    #[inline(always)]
    pub(crate) fn holds(&self, names: &[Value<'_>]) -> Tri {
        match self {
            Expr::Name(slot) => match names.get(usize::from(*slot)) {
                Some(value) => truth(value),
                None => Tri::Unknown(*slot),
            },
            _ => self.formula_holds(names),
        }
    }

    #[inline(never)]
    fn formula_holds(&self, names: &[Value<'_>]) -> Tri {
        match self {
            Expr::Binary(Op::And, both) => match both[0].holds(names) {
                Tri::No => Tri::No,
                left => left.and(both[1].holds(names)),
            },
            Expr::Binary(Op::Or, both) => match both[0].holds(names) {
                Tri::Yes => Tri::Yes,
                left => left.or(both[1].holds(names)),
            },
            Expr::Binary(op, both) => compare(*op, &both[0], &both[1], names),
            Expr::In(one, of) => is_in(one, of, names),
            Expr::Call(Function::Not, arguments) => match arguments.first() {
                Some(argument) => argument.holds(names).not(),
                None => Tri::Unknown(NO_NUMBER),
            },
            Expr::Call(Function::ListContains, arguments) => contains(arguments, names),
            _ => truth(&eval(self, names)),
        }
    }
}

/// The value of an expression that is but a name, where it lies.
#[inline]
pub(crate) fn looked_up<'n, 'a>(expr: &Expr, names: &'n [Value<'a>]) -> Option<&'n Value<'a>> {
    match expr {
        Expr::Name(slot) => names.get(usize::from(*slot)),
        _ => None,
    }
}

/// The value of an expression, given the values of all names.
pub(crate) fn eval<'a>(expr: &'a Expr, names: &[Value<'a>]) -> Value<'a> {
    match expr {
        Expr::Number(number) => Value::Number(*number),
        Expr::Text(text) => Value::Text(text),
        Expr::Bool(truth) => Value::Bool(*truth),
        Expr::Date(date) => Value::Date(*date),
        Expr::Name(slot) => names
            .get(usize::from(*slot))
            .copied()
            .unwrap_or(Value::Unknown(*slot)),
        Expr::Negative(inner) => match eval(inner, names) {
            Value::Number(span) => number(Number::Short(Short::ZERO).minus(span)),
            nothing @ (Value::Unknown(_) | Value::Null) => nothing,
            _ => Value::Unknown(NO_NUMBER),
        },
        Expr::Binary(op @ (Op::Plus | Op::Minus | Op::Times | Op::Over), both) => {
            reckon(*op, operand(&both[0], names), operand(&both[1], names))
        }
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
        Expr::Call(
            function @ (Function::Max | Function::Min | Function::Floor | Function::Ceiling),
            arguments,
        ) => call(*function, arguments, names),
        Expr::Binary(..) | Expr::In(..) | Expr::Call(..) => from_truth(expr.holds(names)),
    }
}

/// The value of an expression if it is a short number, as of nearly every formula about money; what is none is left to [`eval`].
/// Such a number stays in registers, which a [`Value`] does not.
// Of two calls out of three the expression is a name or a number, and calling takes longer than reading it.
#[inline(always)]
pub(crate) fn short(expr: &Expr, names: &[Value<'_>]) -> Option<Short> {
    match expr {
        Expr::Number(Number::Short(number)) => Some(*number),
        Expr::Name(slot) => match names.get(usize::from(*slot)) {
            Some(Value::Number(Number::Short(number))) => Some(*number),
            _ => None,
        },
        _ => short_formula(expr, names),
    }
}

#[inline(never)]
fn short_formula(expr: &Expr, names: &[Value<'_>]) -> Option<Short> {
    match expr {
        Expr::Binary(op, both) => {
            let reckon = match op {
                Op::Times => Short::times,
                Op::Plus => Short::plus,
                Op::Minus => Short::minus,
                _ => return None,
            };
            reckon(short(&both[0], names)?, short(&both[1], names)?)
        }
        Expr::If(three) => match three[0].holds(names) {
            Tri::Yes => short(&three[1], names),
            Tri::No => short(&three[2], names),
            Tri::Unknown(_) => None,
        },
        Expr::Call(function @ (Function::Max | Function::Min), arguments) => {
            let (first, rest) = arguments.split_first()?;
            let mut sofar = short(first, names)?;
            for argument in rest {
                let next = short(argument, names)?;
                let is_greater = sofar.order(next)?.is_gt();
                if is_greater != (*function == Function::Max) {
                    sofar = next;
                }
            }
            Some(sofar)
        }
        _ => None,
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
        Expr::Number(number) => Value::Number(*number),
        Expr::Text(text) => Value::Text(text),
        _ => eval(expr, names),
    }
}

fn number(span: Option<Number>) -> Value<'static> {
    span.map_or(Value::Unknown(NO_NUMBER), Value::Number)
}

#[inline]
fn truth(value: &Value<'_>) -> Tri {
    match value {
        Value::Bool(truth) => Tri::of(*truth),
        Value::Null => Tri::No,
        Value::Unknown(slot) => Tri::Unknown(*slot),
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

/// The sum, difference, product or quotient.
fn reckon<'a>(op: Op, left: Value<'a>, right: Value<'a>) -> Value<'a> {
    match (op, left, right) {
        (_, Value::Unknown(_), _) => left,
        (_, _, Value::Unknown(_)) => right,
        (_, Value::Null, _) | (_, _, Value::Null) => Value::Null,
        (Op::Plus, Value::Number(a), Value::Number(b)) => number(a.plus(b)),
        (Op::Minus, Value::Number(a), Value::Number(b)) => number(a.minus(b)),
        (Op::Times, Value::Number(a), Value::Number(b)) => number(a.times(b)),
        (Op::Over, Value::Number(a), Value::Number(b)) => number(a.over(b)),
        _ => Value::Unknown(NO_NUMBER),
    }
}

/// Whether a comparison is true.
#[inline]
fn compare(op: Op, left: &Expr, right: &Expr, names: &[Value<'_>]) -> Tri {
    // Nearly all are of a name with a word or a number, which are looked at where they lie.
    if let Expr::Name(slot) = left
        && let Some(value) = names.get(usize::from(*slot))
    {
        match (value, right) {
            (Value::Text(a), Expr::Text(b)) if op == Op::Equals => return Tri::of(a == b),
            (Value::Text(a), Expr::Text(b)) if op == Op::Differs => return Tri::of(a != b),
            (Value::Number(Number::Short(a)), Expr::Number(Number::Short(b))) => {
                if let Some(order) = a.order(*b) {
                    return op.is_of(order);
                }
            }
            _ => {}
        }
    }
    compare_values(op, operand(left, names), operand(right, names))
}

#[inline(never)]
fn compare_values(op: Op, left: Value<'_>, right: Value<'_>) -> Tri {
    match (op, left, right) {
        (_, Value::Unknown(slot), _) | (_, _, Value::Unknown(slot)) => Tri::Unknown(slot),
        (Op::Equals, a, b) => equal(a, b),
        (Op::Differs, a, b) => equal(a, b).not(),
        (_, Value::Null, _) | (_, _, Value::Null) => Tri::No,
        (Op::Below, a, b) => at_least(a, b).not(),
        (Op::AtLeast, a, b) => at_least(a, b),
        (Op::AtMost, a, b) => at_least(b, a),
        (Op::Above, a, b) => at_least(b, a).not(),
        // A number is not true.
        _ => Tri::Unknown(NO_NUMBER),
    }
}

impl Op {
    /// Whether a comparison of two numbers in this order is true.
    #[inline]
    fn is_of(self, order: Ordering) -> Tri {
        Tri::of(match self {
            Op::Below => order.is_lt(),
            Op::AtMost => order.is_le(),
            Op::Above => order.is_gt(),
            Op::AtLeast => order.is_ge(),
            Op::Equals => order.is_eq(),
            Op::Differs => order.is_ne(),
            Op::Plus | Op::Minus | Op::Times | Op::Over | Op::And | Op::Or => return Tri::Unknown(NO_NUMBER),
        })
    }
}

/// Whether a value is one of several.
fn is_in(one: &Expr, of: &[Expr], names: &[Value<'_>]) -> Tri {
    let one = operand(one, names);
    let mut sofar = Tri::No;
    for other in of {
        sofar = sofar.or(match (one, other) {
            (Value::Text(a), Expr::Text(b)) => Tri::of(a == b),
            _ => equal(one, operand(other, names)),
        });
        if sofar == Tri::Yes {
            break;
        }
    }
    sofar
}

/// Whether a list has a text.
fn contains(arguments: &[Expr], names: &[Value<'_>]) -> Tri {
    let [list, texts @ ..] = arguments else {
        return Tri::Unknown(NO_NUMBER);
    };
    match operand(list, names) {
        Value::Unknown(slot) => Tri::Unknown(slot),
        Value::Null => Tri::No,
        Value::List(list) => match texts.first().map(|text| operand(text, names)) {
            Some(Value::Text(text)) => Tri::of(list.iter().any(|item| item == text)),
            Some(Value::Unknown(slot)) => Tri::Unknown(slot),
            _ => Tri::Unknown(NO_NUMBER),
        },
        _ => Tri::Unknown(NO_NUMBER),
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
        _ => Value::Unknown(NO_NUMBER),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::feel::Span;

    fn any_formula() -> impl Strategy<Value = Expr> {
        let number =
            (-2_000_i64..2_000, 0_u32..3).prop_map(|(n, scale)| Expr::Number(Decimal::new(n, scale).into()));
        let leaf = prop_oneof![number, (0_u16..8).prop_map(Expr::Name)];
        leaf.prop_recursive(4, 24, 3, |inner| {
            let two = (inner.clone(), inner.clone()).prop_map(|(a, b)| Box::new([a, b]));
            let reckoned = prop::sample::select(vec![Op::Plus, Op::Minus, Op::Times, Op::Over]);
            let compared = prop::sample::select(vec![
                Op::Below,
                Op::AtMost,
                Op::Above,
                Op::AtLeast,
                Op::Equals,
                Op::Differs,
            ]);
            let condition = (compared, two.clone()).prop_map(|(op, both)| Expr::Binary(op, both));
            let extreme = prop::sample::select(vec![Function::Max, Function::Min]);
            prop_oneof![
                (reckoned, two).prop_map(|(op, both)| Expr::Binary(op, both)),
                (condition, inner.clone(), inner.clone())
                    .prop_map(|(when, yes, no)| Expr::If(Box::new([when, yes, no]))),
                (extreme, prop::collection::vec(inner.clone(), 2..4)).prop_map(|(f, of)| Expr::Call(f, of)),
                inner.prop_map(|inner| Expr::Negative(Box::new(inner))),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_short_number_is_what_the_formula_gives_and_as_it_is_written(
            formula in any_formula(),
            digits in prop::array::uniform4(-100_000_i64..100_000),
        ) {
            let [a, b, c, d] = digits;
            let span = Span { low: Decimal::new(a.min(b), 2), high: Decimal::new(a.max(b), 2) };
            let names = [
                Value::Unknown(0),
                Value::number(Decimal::new(a, 0)),
                Value::number(Decimal::new(b, 2)),
                Value::number(Decimal::new(c, 6)),
                Value::number(Decimal::new(d, 17)),
                Value::Null,
                Value::Number(span.into()),
            ];
            if let Some(number) = short(&formula, &names) {
                let Value::Number(known) = eval(&formula, &names) else {
                    return Err(TestCaseError::fail("no number"));
                };
                prop_assert_eq!(known.span().low.to_string(), number.decimal().to_string());
                prop_assert!(known.is_exact());
            }
        }
    }
}
