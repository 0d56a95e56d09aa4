//! Cells of decision tables: FEEL's unary tests.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::eval::{NO_NUMBER, OVERLAP};
use super::number::Number;
use super::parse::date;
use super::value::{Tri, Value};
use crate::decimal::Short;

/// A test of one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// `-` or an empty cell: passes always, even when the value is not known.
    Any,
    /// A number or day between bounds, each with whether it belongs.
    Between(Option<(Bound, bool)>, Option<(Bound, bool)>),
    /// One word, or `true` and `false`.
    Word(String),
    /// One of several.
    OneOf(Vec<Test>),
    /// None of them.
    Not(Box<Test>),
}

/// What a bound may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    Number(Number),
    Day(Date),
}

impl Bound {
    /// How it lies to another; none if one is a number and one a day.
    fn order(self, other: Bound) -> Option<Ordering> {
        match (self, other) {
            (Bound::Number(a), Bound::Number(b)) => Some(a.decimal().cmp(&b.decimal())),
            (Bound::Day(a), Bound::Day(b)) => Some(a.cmp(&b)),
            _ => None,
        }
    }
}

/// Parses a cell.
///
/// # Errors
/// In words, what is wrong.
pub(crate) fn parse_test(cell: &str) -> Result<Test, String> {
    let cell = cell.trim();
    if cell.is_empty() || cell == "-" {
        return Ok(Test::Any);
    }
    if let Some(inner) = cell.strip_prefix("not(").and_then(|rest| rest.strip_suffix(')')) {
        return Ok(Test::Not(Box::new(parse_test(inner)?)));
    }
    let parts: Vec<&str> = cell.split(',').map(str::trim).collect();
    let mut tests = parts
        .iter()
        .map(|part| single(part))
        .collect::<Result<Vec<_>, _>>()?;
    if tests.len() == 1 {
        return Ok(tests.swap_remove(0));
    }
    Ok(Test::OneOf(tests))
}

fn single(text: &str) -> Result<Test, String> {
    for (sign, low, belongs) in [
        ("<=", false, true),
        (">=", true, true),
        ("<", false, false),
        (">", true, false),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            let bound = Some((bound(rest.trim())?, belongs));
            return Ok(if low {
                Test::Between(bound, None)
            } else {
                Test::Between(None, bound)
            });
        }
    }
    if let Some((low, high)) = text.split_once("..") {
        let low_belongs = match low.chars().next() {
            Some('[') => true,
            Some('(' | ']') => false,
            _ => return Err(format!("{text:?}: a range begins with [ or (")),
        };
        let high_belongs = match high.chars().last() {
            Some(']') => true,
            Some(')' | '[') => false,
            _ => return Err(format!("{text:?}: a range ends with ] or )")),
        };
        let low_bound = bound(low[1..].trim())?;
        let high_bound = bound(high[..high.len() - 1].trim())?;
        let empty = match low_bound.order(high_bound) {
            Some(Ordering::Less) => false,
            Some(Ordering::Equal) => !(low_belongs && high_belongs),
            _ => true,
        };
        if empty {
            return Err(format!("{text:?}: nothing lies in this range"));
        }
        return Ok(Test::Between(
            Some((low_bound, low_belongs)),
            Some((high_bound, high_belongs)),
        ));
    }
    if let Ok(bound) = bound(text) {
        return Ok(Test::Between(Some((bound, true)), Some((bound, true))));
    }
    let word = text.trim_matches('"');
    if word.is_empty() || word.contains(['"', '(', ')', '[', ']', '<', '>', '=']) {
        return Err(format!(
            "{text:?} is no test; write <= 1500, (1500..2000], a word, or -"
        ));
    }
    Ok(Test::Word(word.to_owned()))
}

fn bound(text: &str) -> Result<Bound, String> {
    if text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') {
        return date(text).map(Bound::Day);
    }
    Decimal::from_str_exact(text)
        .map(|number| Bound::Number(number.into()))
        .map_err(|_| format!("{text:?} is no number and no day"))
}

impl Test {
    /// Whether a value passes.
    // Most cells are empty, or hold a number.
    #[inline(always)]
    pub(crate) fn passes(&self, value: &Value<'_>) -> Tri {
        match (self, value) {
            (Test::Any, _) => Tri::Yes,
            (Test::Between(low, high), Value::Number(number)) => within(*number, low.as_ref(), high.as_ref()),
            _ => self.passes_of_any_kind(value),
        }
    }

    #[inline(never)]
    fn passes_of_any_kind(&self, value: &Value<'_>) -> Tri {
        match self {
            Test::Any => Tri::Yes,
            Test::Not(inner) => inner.passes(value).not(),
            Test::OneOf(tests) => tests
                .iter()
                .fold(Tri::No, |sofar, test| sofar.or(test.passes(value))),
            Test::Word(word) => match *value {
                Value::Text(text) => Tri::of(text == word),
                Value::List(list) => Tri::of(list.iter().any(|item| item == word)),
                Value::Bool(truth) => {
                    Tri::of((word == "true") == truth && (word == "true" || word == "false"))
                }
                Value::Unknown(slot) => Tri::Unknown(slot),
                Value::Null => Tri::No,
                _ => Tri::Unknown(NO_NUMBER),
            },
            Test::Between(low, high) => match value {
                Value::Number(number) => within(*number, low.as_ref(), high.as_ref()),
                Value::Date(day) => {
                    let above = low.is_none_or(|(bound, belongs)| match bound {
                        Bound::Day(bound) => *day > bound || (belongs && *day == bound),
                        Bound::Number(_) => false,
                    });
                    let below = high.is_none_or(|(bound, belongs)| match bound {
                        Bound::Day(bound) => *day < bound || (belongs && *day == bound),
                        Bound::Number(_) => false,
                    });
                    Tri::of(above && below)
                }
                Value::Unknown(slot) => Tri::Unknown(*slot),
                Value::Null => Tri::No,
                _ => Tri::Unknown(NO_NUMBER),
            },
        }
    }

    /// Every bound in the test, for checking tables at their edges.
    pub(crate) fn bounds(&self, found: &mut Vec<Bound>) {
        match self {
            Test::Between(low, high) => found.extend(low.iter().chain(high).map(|(bound, _)| *bound)),
            Test::OneOf(tests) => tests.iter().for_each(|test| test.bounds(found)),
            Test::Not(inner) => inner.bounds(found),
            Test::Any | Test::Word(_) => {}
        }
    }

    /// Whether words other than those in the test pass.
    pub(crate) fn excludes(&self) -> bool {
        match self {
            Test::Not(_) => true,
            Test::OneOf(tests) => tests.iter().any(Test::excludes),
            Test::Any | Test::Between(..) | Test::Word(_) => false,
        }
    }

    /// Whether something is so of every word in the test.
    pub(crate) fn every_word(&self, is_so: &impl Fn(&str) -> bool) -> bool {
        match self {
            Test::Word(word) => is_so(word),
            Test::OneOf(tests) => tests.iter().all(|test| test.every_word(is_so)),
            Test::Not(inner) => inner.every_word(is_so),
            Test::Any | Test::Between(..) => true,
        }
    }

    /// Every word in the test.
    pub(crate) fn words<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Test::Word(word) => found.push(word),
            Test::OneOf(tests) => tests.iter().for_each(|test| test.words(found)),
            Test::Not(inner) => inner.words(found),
            Test::Any | Test::Between(..) => {}
        }
    }
}

/// Whether a number lies between two bounds, each with whether it belongs.
fn within(number: Number, low: Option<&(Bound, bool)>, high: Option<&(Bound, bool)>) -> Tri {
    if let Number::Short(short) = number
        && let (Some(above), Some(below)) = (
            lies(short, low, Ordering::Greater),
            lies(short, high, Ordering::Less),
        )
    {
        return Tri::of(above && below);
    }
    let above = low.map_or(Tri::Yes, |(bound, belongs)| {
        against(*bound, number, |order| {
            order.is_gt() || (*belongs && order.is_eq())
        })
    });
    if above == Tri::No {
        return Tri::No;
    }
    let below = high.map_or(Tri::Yes, |(bound, belongs)| {
        against(*bound, number, |order| {
            order.is_lt() || (*belongs && order.is_eq())
        })
    });
    above.and(below)
}

/// Whether a number lies on this side of a bound; none if that takes more than short numbers to tell.
#[inline]
fn lies(number: Short, bound: Option<&(Bound, bool)>, side: Ordering) -> Option<bool> {
    match bound {
        None => Some(true),
        Some((Bound::Number(Number::Short(bound)), belongs)) => {
            let order = number.order(*bound)?;
            Some(order == side || (*belongs && order.is_eq()))
        }
        Some(_) => None,
    }
}

fn against(bound: Bound, number: Number, passes: impl Fn(Ordering) -> bool) -> Tri {
    let Bound::Number(bound) = bound else {
        return Tri::Unknown(NO_NUMBER);
    };
    let (low, high) = number.against(bound);
    match (passes(low), high.map(passes)) {
        (low, None) => Tri::of(low),
        (true, Some(true)) => Tri::Yes,
        (false, Some(false)) => Tri::No,
        _ => Tri::Unknown(OVERLAP),
    }
}
