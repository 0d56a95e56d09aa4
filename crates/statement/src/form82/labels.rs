//! The words of the form in Korean and English: one embedded table, read once, used for printing and for reading.

use std::sync::LazyLock;

/// One word of the form and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which set the word belongs to: the name of its field, `state` for item states, `part` for panel numbers.
    pub set: String,
    /// The word in a statement's body.
    pub word: String,
    /// Korean label, as the form prints it.
    pub ko: String,
    /// English label.
    pub en: String,
    also: Vec<String>,
}

static TABLE: LazyLock<Vec<Label>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("labels.csv").as_bytes())
        .records()
        .filter_map(Result::ok)
        .map(|row| {
            let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let also = cell(4)
                .split('|')
                .filter(|a| !a.is_empty())
                .map(str::to_owned)
                .collect();
            Label {
                set: cell(0),
                word: cell(1),
                ko: cell(2),
                en: cell(3),
                also,
            }
        })
        .collect()
});

/// Every label, in the order of the form.
pub fn labels() -> &'static [Label] {
    &TABLE
}

/// The label of a word in its set.
pub fn label(set: &str, word: &str) -> Option<&'static Label> {
    TABLE.iter().find(|label| label.set == set && label.word == word)
}

/// The word a text stands for among those a field allows: the word itself, a label in either language, or a known other
/// spelling.
pub(super) fn word_for(set: &str, allowed: &[&str], text: &str) -> Option<&'static str> {
    let text = plain(text);
    let candidates = || {
        TABLE
            .iter()
            .filter(|label| label.set == set && allowed.contains(&label.word.as_str()))
    };
    candidates()
        .find(|label| plain(&label.word) == text)
        .or_else(|| candidates().find(|label| plain(&label.ko) == text || plain(&label.en) == text))
        .or_else(|| candidates().find(|label| label.also.iter().any(|also| plain(also) == text)))
        .map(|label| label.word.as_str())
}

/// A text without spaces and punctuation and in lower case: people write 프론트휀더 and 프론트 휀더 for the same part.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '·' | ',' | '/' | '(' | ')' | '.' | ':'))
        .flat_map(char::to_lowercase)
        .collect()
}
