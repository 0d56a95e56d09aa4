//! Messages at a length a person reads. What a message quotes comes from files of any size, and its last words are the fix:
//! so the quoted values are cut, and not the message. A path is what somebody must act on: it is left whole.

/// A value between quotation marks, or a word, up to this many characters is shown whole; of a longer one the first half.
const VALUE: usize = 160;

/// The longest line that is shown, paths apart.
const LINE: usize = 2000;

/// The longest path that systems take, in bytes, and the longest name in it.
const PATH: usize = 4096;
const NAME: usize = 255;

/// As many long paths of a message are left whole; the others are values like any.
const PATHS: usize = 4;

/// The message with its long values cut, each marked with an ellipsis.
pub fn legible(message: &str) -> String {
    if message.len() <= VALUE {
        return message.to_owned();
    }
    let values_cut = cut_quoted(message);
    let mut paths = PATHS;
    let lines: Vec<String> = values_cut
        .split('\n')
        .map(|line| legible_line(line, &mut paths))
        .collect();
    lines.join("\n")
}

/// What stands between two quotation marks is a value as `{:?}` writes it: a backslash takes the next character along.
fn cut_quoted(message: &str) -> String {
    let mut cut = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('"') {
        let Some(end) = closing_quote(after) else { break };
        let (value, tail) = after.split_at(end);
        cut.push_str(before);
        cut.push('"');
        if is_path(value) {
            cut.push_str(value);
        } else {
            cut.push_str(&shortened(value, VALUE, VALUE / 2));
        }
        cut.push('"');
        rest = tail.strip_prefix('"').unwrap_or(tail);
    }
    cut.push_str(rest);
    cut
}

fn legible_line(line: &str, paths: &mut usize) -> String {
    let mut shown = String::new();
    let mut room = LINE;
    for (number, word) in line.split(' ').enumerate() {
        if number > 0 {
            shown.push(' ');
        }
        if word.len() > VALUE && *paths > 0 && is_path(word) {
            *paths -= 1;
            shown.push_str(word);
            continue;
        }
        let word = shortened(word, VALUE, VALUE / 2);
        let length = word.chars().count() + 1;
        let Some(left) = room.checked_sub(length) else {
            shown.truncate(shown.trim_end().len());
            shown.push('…');
            break;
        };
        room = left;
        shown.push_str(&word);
    }
    shown
}

/// Whether this can be the path of a file.
fn is_path(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '\'', '`', '(']);
    let begins = ["/", "./", "../"].iter().any(|begin| text.starts_with(begin));
    begins && text.len() <= PATH && text.split('/').all(|name| name.len() <= NAME)
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// The first `kept` characters of a text of more than `whole`.
fn shortened(text: &str, whole: usize, kept: usize) -> String {
    if text.chars().nth(whole).is_none() {
        return text.to_owned();
    }
    let begin: String = text.chars().take(kept).collect();
    format!("{begin}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_usual_length_stays_as_it_is() {
        let message = format!(
            "column \"x\": \"{}\": is not a number; write 12.5",
            "y".repeat(100)
        );
        assert_eq!(legible(&message), message);
    }

    #[test]
    fn a_long_value_is_cut_and_the_fix_after_it_is_kept() {
        let message = format!("vid: {:?}: a VIN has 17 characters", "K \"\\".repeat(100_000));
        let said = legible(&message);
        assert!(said.len() < 200, "{said}");
        assert!(said.ends_with("…\": a VIN has 17 characters"), "{said}");
    }

    #[test]
    fn a_long_path_is_left_whole() {
        let path = format!("/srv/{}/{}.csv", "a".repeat(200), "b".repeat(200));
        for message in [
            format!("{path}: there is no such file or folder; check the path"),
            format!("{path:?}: there is no such file or folder; check the path"),
            format!("holds no log; run `carnet --data {path} init --origin NAME` first"),
        ] {
            assert_eq!(legible(&message), message);
        }
    }

    #[test]
    fn what_only_begins_like_a_path_is_cut() {
        for value in [
            format!("/{}", "a".repeat(300_000)),
            "/a".repeat(150_000),
            "/a".repeat(1000) + " ",
        ] {
            let said = legible(&format!("{} x", value.repeat(20)));
            assert!(said.len() < 20_000, "{} bytes", said.len());
        }
    }

    #[test]
    fn a_long_word_without_quotes_and_a_long_line_are_cut() {
        let said = legible(&format!(
            "line 1: {} = 1\n{}^",
            "k".repeat(300_000),
            " ".repeat(300_000)
        ));
        assert!(said.len() < 3000, "{} bytes", said.len());
        assert!(said.contains("… = 1\n"), "{said}");
    }
}
