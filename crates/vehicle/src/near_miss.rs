//! What a mistyped or misread VIN may have meant. Suggestions only: an identifier is never repaired in silence.

use crate::check_digit::{CheckDigit, CheckDigitDuty};
use crate::vin::{Vin, in_alphabet};

/// One character put in place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Position from 1.
    pub position: usize,
    /// What was written.
    pub from: char,
    /// What may have been meant.
    pub to: char,
}

/// A VIN the writer may have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The suggested VIN: always well-formed.
    pub vin: Vin,
    /// How it differs from what was written, apart from letter case, spaces and punctuation.
    pub changes: Vec<Change>,
    /// Whether position 9 holds as a check digit. Required in North America, a welcome sign elsewhere.
    pub check_digit_holds: bool,
}

/// More than this many is no help to anyone.
const MOST: usize = 5;

/// The VINs `text` may have meant, best first: those whose check digit holds, then those with fewer changes. Empty when
/// nothing plausible is near.
pub(crate) fn suggest(text: &str) -> Vec<Suggestion> {
    let Some((base, forced)) = respell(text) else {
        return Vec::new();
    };
    let mut found = vec![suggestion(base, forced.clone())];
    // Where a check digit is due (or position 9 looks like one) it can tell which look-alike was misread.
    if base.check_digit() != CheckDigit::Valid
        && (base.check_digit_duty(None) == CheckDigitDuty::Required || base.stray_check_digit().is_some())
    {
        for (position, from, to) in look_alikes(&base) {
            let Some(swapped) = with(&base, position, to) else {
                continue;
            };
            if swapped.computed_check_digit_holds() {
                let mut changes = forced.clone();
                changes.push(Change { position, from, to });
                found.push(suggestion(swapped, changes));
            }
        }
    }
    found.retain(|s| s.vin.as_str() != text);
    found.sort_by_key(|s| (!s.check_digit_holds, s.changes.len()));
    found.truncate(MOST);
    found
}

/// `; did you mean A or B?`, or nothing.
pub(crate) fn meant(suggestions: &[Suggestion]) -> String {
    let list: Vec<String> = suggestions.iter().map(named).collect();
    if list.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", list.join(" or "))
    }
}

fn named(suggestion: &Suggestion) -> String {
    let vin = suggestion.vin;
    if matches!(vin.check_digit(), CheckDigit::Invalid { .. }) {
        format!("{vin} (whose check digit still fails)")
    } else {
        vin.to_string()
    }
}

fn suggestion(vin: Vin, changes: Vec<Change>) -> Suggestion {
    Suggestion {
        vin,
        changes,
        check_digit_holds: vin.computed_check_digit_holds(),
    }
}

impl Vin {
    fn computed_check_digit_holds(&self) -> bool {
        self.check_digit() == CheckDigit::Valid
    }
}

/// `text` in the alphabet of a VIN, if 17 characters remain once white space and the asterisks and hyphens people put
/// around a stamped number are gone, and each can be read as one of the alphabet.
fn respell(text: &str) -> Option<(Vin, Vec<Change>)> {
    let mut spelled = String::with_capacity(17);
    let mut changes = Vec::new();
    for written in text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '-' | '.' | '/'))
    {
        if spelled.len() == 17 {
            return None;
        }
        let meant = alike(written)?;
        spelled.push(meant);
        if !written.eq_ignore_ascii_case(&meant) {
            changes.push(Change {
                position: spelled.len(),
                from: written,
                to: meant,
            });
        }
    }
    Some((spelled.parse().ok()?, changes))
}

/// The character of the VIN alphabet that `written` looks like or is a form of.
fn alike(written: char) -> Option<char> {
    let upper = match written {
        // Full-width forms, as East Asian input methods produce them.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(written) - 0xFEE0)?,
        other => other,
    }
    .to_uppercase()
    .next()?;
    let meant = match upper {
        'I' => '1',
        // Cyrillic О counts as the letter O, which no VIN has.
        'O' | 'Q' | 'О' => '0',
        // Cyrillic capitals that look Latin: half the buyers type on such a keyboard.
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'У' => 'Y',
        'Х' => 'X',
        other => other,
    };
    in_alphabet(meant).then_some(meant)
}

/// Every place where a legal character is easily taken for another legal one.
fn look_alikes(vin: &Vin) -> impl Iterator<Item = (usize, char, char)> {
    vin.as_str().chars().enumerate().filter_map(|(index, from)| {
        let to = match from {
            'S' => '5',
            '5' => 'S',
            'B' => '8',
            '8' => 'B',
            'Z' => '2',
            '2' => 'Z',
            _ => return None,
        };
        Some((index + 1, from, to))
    })
}

fn with(vin: &Vin, position: usize, to: char) -> Option<Vin> {
    vin.as_str()
        .chars()
        .enumerate()
        .map(|(index, c)| if index + 1 == position { to } else { c })
        .collect::<String>()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VehicleId;

    fn vins(text: &str) -> Vec<String> {
        suggest(text).iter().map(|s| s.vin.to_string()).collect()
    }

    #[test]
    fn a_misread_two_is_found_through_the_check_digit_where_one_is_due() {
        let error = VehicleId::parse_loose("1M8GDM9AXKP04Z788").unwrap_err();
        assert!(
            error.to_string().ends_with("did you mean 1M8GDM9AXKP042788?"),
            "{error}"
        );
    }

    #[test]
    fn cyrillic_letters_and_full_width_digits_are_named_for_what_they_are() {
        let suggestions = suggest("КМTG341ABLU06432４");
        assert_eq!(suggestions[0].vin.as_str(), "KMTG341ABLU064324");
        assert_eq!(suggestions[0].changes.len(), 3);
    }

    #[test]
    fn a_valid_vin_needs_no_suggestion() {
        assert!(vins("1M8GDM9AXKP042788").is_empty());
        assert!(vins("KMTG341ABLU064324").is_empty());
    }

    #[test]
    fn nothing_is_invented_for_hopeless_input() {
        assert!(vins("").is_empty());
        assert!(vins("HELLO").is_empty());
        assert!(vins("한국자동차").is_empty());
    }
}
