//! Formulas with their numbers, for people who check a line by hand.

use crate::feel::{Expr, Function, Op, Span, Value, eval};
use crate::pack::Pack;

/// Spells a formula out: names become their values, texts and conditions stay.
pub(crate) fn spell(formula: &Expr, names: &[Value<'_>], pack: &Pack) -> String {
    let mut text = String::new();
    write(formula, names, pack, 0, &mut text);
    text
}

fn write(expr: &Expr, names: &[Value<'_>], pack: &Pack, binding: u8, text: &mut String) {
    match expr {
        Expr::Number(number) => text.push_str(&number.decimal().to_string()),
        Expr::Text(word) => {
            text.push('"');
            text.push_str(word);
            text.push('"');
        }
        Expr::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Expr::Date(date) => text.push_str(&date.to_string()),
        Expr::Name(slot) => match eval(expr, names) {
            Value::Number(span) => text.push_str(&number(span.span())),
            Value::Text(word) => text.push_str(word),
            Value::Bool(truth) => text.push_str(if truth { "true" } else { "false" }),
            Value::Date(date) => text.push_str(&date.to_string()),
            Value::List(list) => text.push_str(&list.join(", ")),
            Value::Null => text.push_str("none"),
            Value::Unknown(_) => {
                text.push_str(pack.name_of(*slot));
                text.push('?');
            }
        },
        Expr::Negative(inner) => {
            text.push('-');
            write(inner, names, pack, 9, text);
        }
        Expr::Binary(op, both) => {
            let (sign, level) = match op {
                Op::Or => (" or ", 1),
                Op::And => (" and ", 2),
                Op::Below => (" < ", 3),
                Op::AtMost => (" ≤ ", 3),
                Op::Above => (" > ", 3),
                Op::AtLeast => (" ≥ ", 3),
                Op::Equals => (" = ", 3),
                Op::Differs => (" ≠ ", 3),
                Op::Plus => (" + ", 4),
                Op::Minus => (" − ", 4),
                Op::Times => (" × ", 5),
                Op::Over => (" ÷ ", 5),
            };
            let open = level < binding;
            if open {
                text.push('(');
            }
            write(&both[0], names, pack, level, text);
            text.push_str(sign);
            write(&both[1], names, pack, level + 1, text);
            if open {
                text.push(')');
            }
        }
        Expr::If(three) => {
            // Only the branch that was taken explains the figure.
            let taken = match eval(&three[0], names) {
                Value::Bool(true) => &three[1],
                Value::Bool(false) => &three[2],
                _ => {
                    text.push_str("either ");
                    write(&three[1], names, pack, 9, text);
                    text.push_str(" or ");
                    &three[2]
                }
            };
            write(taken, names, pack, binding, text);
        }
        Expr::In(one, of) => {
            write(one, names, pack, 9, text);
            text.push_str(" in ");
            list(of, names, pack, text);
        }
        Expr::Call(function, arguments) => {
            text.push_str(match function {
                Function::Max => "max",
                Function::Min => "min",
                Function::Floor => "floor",
                Function::Ceiling => "ceiling",
                Function::Not => "not",
                Function::ListContains => "list contains",
            });
            list(arguments, names, pack, text);
        }
    }
}

fn list(of: &[Expr], names: &[Value<'_>], pack: &Pack, text: &mut String) {
    text.push('(');
    for (at, item) in of.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        write(item, names, pack, 0, text);
    }
    text.push(')');
}

fn number(span: Span) -> String {
    match span.single() {
        Some(number) => number.normalize().to_string(),
        None => format!("{} to {}", span.low.normalize(), span.high.normalize()),
    }
}
