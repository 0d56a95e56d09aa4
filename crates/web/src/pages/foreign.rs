//! Text that anybody may have written: cut where it is long, and kept from turning around what stands beside it.

use fluent_bundle::FluentValue;
use maud::{Markup, html};

use crate::pages::language::Words;

/// The most characters of a text that are shown, where a place does not ask for fewer.
pub const USUAL: usize = 300;

/// Whether a character is not seen, or changes the direction of those around it: controls, what Unicode calls default ignorable,
/// and blanks that are no spaces, such as the fillers of Hangul. The joiners that Persian and other scripts need, and the
/// selectors that choose a shape of the character before them, are none of these.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// The text in a `bdi`, with unseen characters named, cut after `limit` characters with a word of how many are missing.
pub fn foreign(words: &Words, text: &str, limit: usize) -> Markup {
    let end = text.char_indices().nth(limit).map_or(text.len(), |(at, _)| at);
    let (shown, rest) = text.split_at(end);
    let missing = rest.chars().count();
    html! {
        bdi {
            @for run in shown.split_inclusive(is_unseen) {
                @match run.char_indices().next_back().filter(|&(_, c)| is_unseen(c)) {
                    Some((at, c)) => { (run[..at]) span .unseen { (format!("U+{:04X}", u32::from(c))) } }
                    None => (run),
                }
            }
            @if missing > 0 {
                span .cut { " … " (words.tell("more-characters", &[("count", FluentValue::from(missing))])) }
            }
        }
    }
}

/// The text for places that hold no elements, such as a title: without what is unseen, and cut after `limit` characters.
pub fn plain(text: &str, limit: usize) -> String {
    text.chars().filter(|&c| !is_unseen(c)).take(limit).collect()
}

/// A number, digest or key: left to right in every language, and breakable.
pub fn code(words: &Words, text: &str) -> Markup {
    html! { span .code dir="ltr" { (foreign(words, text, USUAL)) } }
}

#[cfg(test)]
mod tests {
    use desk::words::Language;
    use proptest::prelude::*;

    use super::*;
    use crate::pages::language::words;

    fn shown(text: &str, limit: usize) -> String {
        foreign(words(Language::En), text, limit).into_string()
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(
            shown("<img src=x onerror=\"f()\">", 99),
            "<bdi>&lt;img src=x onerror=&quot;f()&quot;&gt;</bdi>"
        );
    }

    #[test]
    fn what_turns_text_around_is_named() {
        assert_eq!(
            shown("a\u{202e}b\u{7}", 99),
            "<bdi>a<span class=\"unseen\">U+202E</span>b<span class=\"unseen\">U+0007</span></bdi>"
        );
    }

    #[test]
    fn what_looks_like_nothing_is_named_in_every_script() {
        for (text, name) in [
            ("12\u{3164}가", "U+3164"),
            ("\u{115f}\u{1160}", "U+1160"),
            ("\u{ffa0}", "U+FFA0"),
            ("\u{2800}", "U+2800"),
            ("Hyun\u{ad}dai", "U+00AD"),
            ("a\u{34f}b", "U+034F"),
            ("\u{180e}", "U+180E"),
            ("a\u{e0041}", "U+E0041"),
        ] {
            assert!(shown(text, 99).contains(name), "{name}: {}", shown(text, 99));
        }
        for text in ["می\u{200c}خواهم", "\u{2764}\u{fe0f}", "a\u{a0}b", "가"] {
            assert!(!shown(text, 99).contains("U+"), "{text}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_how_much_is_missing() {
        let cut = shown(&"가".repeat(1_000_000), 3).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(
            cut,
            "<bdi>가가가<span class=\"cut\"> … (and 999997 more characters)</span></bdi>"
        );
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup_or_unseen(text in any::<String>(), limit in 0usize..50) {
            let shown = shown(&text, limit).replace("\u{2068}", "").replace("\u{2069}", "");
            let ours = shown.replace("<bdi>", "").replace("</bdi>", "").replace("<span class=\"unseen\">", "")
                .replace("<span class=\"cut\">", "").replace("</span>", "");
            prop_assert!(!ours.contains('<') && !ours.contains('>'), "{shown}");
            prop_assert!(!ours.chars().any(is_unseen), "{shown}");
        }
    }
}
