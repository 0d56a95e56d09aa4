//! Values in the commands that messages propose: as a POSIX shell reads them, so that what is shown can be copied and run.

use std::path::Path;

/// A path as one word of a command.
pub fn path(path: &Path) -> String {
    let text = path.display().to_string();
    // What begins with a hyphen would be read as an option.
    match text.strip_prefix('-') {
        Some(_) => word(&format!("./{text}")),
        None => word(&text),
    }
}

/// A text as one word of a command: as it is where a shell takes it for one, otherwise quoted.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    // A control character shown as itself would do something to the terminal.
    let mut quoted = "$'".to_owned();
    for c in text.chars() {
        match c {
            '\\' | '\'' => quoted.extend(['\\', c]),
            _ if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    quoted.push_str(&format!("\\{byte:03o}"));
                }
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_usual_path_stays_as_it_is() {
        assert_eq!(
            path(Path::new("/srv/carnet/2026-11/차.csv")),
            "/srv/carnet/2026-11/차.csv"
        );
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(path(Path::new("My Cars/a.csv")), "'My Cars/a.csv'");
        assert_eq!(path(Path::new("-rf")), "./-rf");
        assert_eq!(word(""), "''");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("a\nb\u{1b}"), r"$'a\012b\033'");
    }

    #[test]
    fn a_shell_reads_back_what_was_meant() {
        for text in [
            "a b", "it's", "$HOME", "`id`", "a;b", "*", "\"", "~", "#", "!", "\\", "a&b|c>d", "차 1",
        ] {
            let read = Command::new("sh")
                .args(["-c", &format!("printf %s {}", word(text))])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8_lossy(&read.stdout), text);
        }
    }
}
