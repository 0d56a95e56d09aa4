//! What is wrong with a fact, and what was meant.

use std::fmt;

use serde::Serialize;

/// How much of a wrong value is repeated, in characters.
const SHOWN: usize = 80;

/// A fact that cannot be, with the field, the value and the fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field} {value:?}: {problem}")]
pub struct Fault {
    /// Which field.
    pub field: String,
    /// What was given.
    pub value: String,
    /// What is wrong, and the fix.
    pub problem: String,
}

impl Fault {
    /// A fault; field and value are shown as far as they fit a message.
    // Few questions have one, and what makes it should not lie between what every question goes through.
    #[cold]
    pub fn new(field: &str, value: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Fault {
            field: shortened(field),
            value: shortened(&value.to_string()),
            problem: problem.to_string(),
        }
    }
}

/// A text from outside, as much of it as fits a message.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A hint at what was meant: the nearest of the names, or all of them.
pub(crate) fn nearest<'a>(given: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let best = names
        .clone()
        .map(|name| (distance(given, name), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4);
    match best {
        Some((_, name)) => format!("did you mean {name:?}?"),
        None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// How many letters must change to make one word of another (Levenshtein).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(40).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != *y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}
