//! Text to expression.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::eval::{Expr, Function, Op};
use super::value::Slot;

/// How a parser finds the slot of a name, or says why there is none.
pub(crate) trait Names {
    fn slot(&mut self, name: &str) -> Result<Slot, String>;
}

/// How deep an expression may nest.
const MAX_DEPTH: usize = 40;

/// The longest expression that is read, in bytes.
const MAX_LENGTH: usize = 4_000;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(Decimal),
    Text(String),
    Name(String),
    Sign(&'static str),
}

/// The signs of the language, longer ones first.
const SIGNS: [&str; 16] = [
    "<=", ">=", "!=", "..", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", "[", "]",
];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("longer than {MAX_LENGTH} bytes"));
    }
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            let end = number_length(rest);
            let digits = &rest[..end];
            let number = Decimal::from_str_exact(digits).map_err(|_| format!("{digits:?} is no number"))?;
            found.push(Token::Number(number));
            end
        } else if first == '"' {
            let end = rest[1..]
                .find('"')
                .ok_or("a text that does not end: close the quotes")?;
            found.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            found.push(Token::Name(rest[..end].to_owned()));
            end
        } else {
            let sign = SIGNS
                .iter()
                .find(|sign| rest.starts_with(**sign))
                .ok_or_else(|| format!("{first:?} means nothing in a formula"))?;
            found.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

/// Digits with at most one point; `1..5` is the number 1 and a range.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut point = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {}
            b'.' if !point && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => point = true,
            _ => break,
        }
        at += 1;
    }
    at
}

/// Parses an expression.
///
/// # Errors
/// In words, what is wrong.
pub(crate) fn parse(text: &str, names: &mut dyn Names) -> Result<Expr, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        names,
    };
    let expr = parser.expression()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(format!("{} is left over at the end", shown(token))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Number(number) => format!("{number}"),
        Token::Text(text) => format!("\"{text}\""),
        Token::Name(name) => format!("{name:?}"),
        Token::Sign(sign) => format!("{sign:?}"),
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    names: &'a mut dyn Names,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(n)) if n == word);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        match self.peek() {
            Some(token) => Err(format!("{sign:?} is needed where {} stands", shown(token))),
            None => Err(format!("{sign:?} is missing at the end")),
        }
    }

    fn need_word(&mut self, word: &str) -> Result<(), String> {
        if self.take_word(word) {
            return Ok(());
        }
        Err(format!("`if` needs `then` and `else`: {word:?} is missing"))
    }

    fn expression(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH}"));
        }
        let found = if self.take_word("if") {
            let condition = self.expression()?;
            self.need_word("then")?;
            let yes = self.expression()?;
            self.need_word("else")?;
            let no = self.expression()?;
            Ok(Expr::If(Box::new([condition, yes, no])))
        } else {
            self.either()
        };
        self.depth -= 1;
        found
    }

    fn either(&mut self) -> Result<Expr, String> {
        let mut left = self.both()?;
        while self.take_word("or") {
            left = Expr::Binary(Op::Or, Box::new([left, self.both()?]));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expr, String> {
        let mut left = self.comparison()?;
        while self.take_word("and") {
            left = Expr::Binary(Op::And, Box::new([left, self.comparison()?]));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expr, String> {
        let left = self.sum()?;
        for (sign, op) in [
            ("<=", Op::AtMost),
            (">=", Op::AtLeast),
            ("!=", Op::Differs),
            ("<", Op::Below),
            (">", Op::Above),
            ("=", Op::Equals),
        ] {
            if self.take(sign) {
                return Ok(Expr::Binary(op, Box::new([left, self.sum()?])));
            }
        }
        if self.take_word("in") {
            self.need("(")?;
            let mut of = vec![self.sum()?];
            while self.take(",") {
                of.push(self.sum()?);
            }
            self.need(")")?;
            return Ok(Expr::In(Box::new(left), of));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expr, String> {
        let mut left = self.product()?;
        loop {
            let op = if self.take("+") {
                Op::Plus
            } else if self.take("-") {
                Op::Minus
            } else {
                return Ok(left);
            };
            left = Expr::Binary(op, Box::new([left, self.product()?]));
        }
    }

    fn product(&mut self) -> Result<Expr, String> {
        let mut left = self.factor()?;
        loop {
            let op = if self.take("*") {
                Op::Times
            } else if self.take("/") {
                Op::Over
            } else {
                return Ok(left);
            };
            left = Expr::Binary(op, Box::new([left, self.factor()?]));
        }
    }

    fn factor(&mut self) -> Result<Expr, String> {
        match self.next() {
            Some(Token::Number(number)) => Ok(Expr::Number(number.into())),
            Some(Token::Text(text)) => Ok(Expr::Text(text)),
            Some(Token::Sign("-")) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(format!("nested deeper than {MAX_DEPTH}"));
                }
                let inner = self.factor()?;
                self.depth -= 1;
                Ok(Expr::Negative(Box::new(inner)))
            }
            Some(Token::Sign("(")) => {
                let inner = self.expression()?;
                self.need(")")?;
                Ok(inner)
            }
            Some(Token::Name(name)) => self.name(name),
            Some(token) => Err(format!("a value is needed where {} stands", shown(&token))),
            None => Err("a value is missing at the end".to_owned()),
        }
    }

    fn name(&mut self, name: String) -> Result<Expr, String> {
        match name.as_str() {
            "true" => return Ok(Expr::Bool(true)),
            "false" => return Ok(Expr::Bool(false)),
            "then" | "else" | "and" | "or" | "in" | "if" => {
                return Err(format!("a value is needed where {name:?} stands"));
            }
            _ => {}
        }
        // The one function of FEEL with a blank in its name that packs need.
        let name = if name == "list" && self.take_word("contains") {
            "list contains".to_owned()
        } else {
            name
        };
        if !matches!(self.peek(), Some(Token::Sign("("))) {
            return self.names.slot(&name).map(Expr::Name);
        }
        self.need("(")?;
        let mut arguments = vec![self.expression()?];
        while self.take(",") {
            arguments.push(self.expression()?);
        }
        self.need(")")?;
        let several = arguments.len();
        let function = match (name.as_str(), several) {
            ("max", 2..) => Function::Max,
            ("min", 2..) => Function::Min,
            ("floor", 1) => Function::Floor,
            ("ceiling", 1) => Function::Ceiling,
            ("not", 1) => Function::Not,
            ("list contains", 2) => Function::ListContains,
            ("date", 1) => {
                let Some(Expr::Text(text)) = arguments.first() else {
                    return Err("date(…) takes a text such as \"2026-01-31\"".to_owned());
                };
                return date(text).map(Expr::Date);
            }
            ("max" | "min", _) => return Err(format!("{name}(…) takes two values or more")),
            ("floor" | "ceiling" | "not" | "date", _) => return Err(format!("{name}(…) takes one value")),
            ("list contains", _) => return Err("list contains(…) takes a list and a text".to_owned()),
            _ => {
                return Err(format!(
                    "there is no function {name:?}; there are max, min, floor, ceiling, not, date and list contains"
                ));
            }
        };
        Ok(Expr::Call(function, arguments))
    }
}

/// Reads a day.
pub(super) fn date(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no day; write it as 2026-01-31"))
}
