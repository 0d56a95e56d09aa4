//! The form for one car.

use border::FUELS;
use desk::rules::Rulebook;
use desk::words::Words as Terms;
use maud::{Markup, html};

use super::asked::Fields;
use crate::pages::visit::Visit;

/// What most often is or is not against a car; packs know more words, which the command line takes.
const BODY: [&str; 7] = [
    "none",
    "minor_accident",
    "accident",
    "total_loss",
    "flood",
    "salvage",
    "rebuilt",
];

/// What a field is called; a name that has no message stays as it is.
fn label(visit: &Visit, name: &str) -> String {
    let id = format!("market-{}", name.replace('_', "-"));
    if visit.words.has(&id) {
        visit.say(&id)
    } else {
        name.to_owned()
    }
}

/// A fact by its label in the form; one that the form does not ask for by what quotes call it, or by their question.
pub fn fact(visit: &Visit, terms: &Terms, name: &str) -> String {
    let id = |of: &str| format!("{of}-{}", name.replace('_', "-"));
    let asked = || terms.perhaps(&id("fact")).or_else(|| terms.perhaps(&id("ask")));
    let label = label(visit, name);
    if label == name {
        asked().unwrap_or(label)
    } else {
        label
    }
}

/// A country by its name.
pub fn country(visit: &Visit, code: &str) -> String {
    let id = format!("country-{code}");
    if visit.words.has(&id) {
        visit.say(&id)
    } else {
        code.to_owned()
    }
}

/// The markets by their names, in the order of the alphabet.
fn destinations<'b>(visit: &Visit, book: &'b Rulebook) -> Vec<(String, &'b str)> {
    let named = |code: &'b String| (country(visit, code), code.as_str());
    let mut all: Vec<_> = book.set.destinations().map(|pack| named(&pack.country)).collect();
    all.sort_by_cached_key(|(name, _)| in_order(name));
    all
}

/// A name without what the order of these six languages' alphabets passes over: accents and capitals.
fn in_order(name: &str) -> String {
    let plain = |c| match c {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' | 'î' => 'i',
        'ó' | 'ô' => 'o',
        'ú' | 'û' => 'u',
        'ç' => 'c',
        'ё' => 'е',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).collect()
}

/// A choice of words; each has a message where it is more than a name.
fn choice(visit: &Visit, fields: &Fields, name: &str, words: &[&str]) -> Markup {
    let chosen = fields.get(name);
    html! {
        div .field {
            label for=(name) { (label(visit, name)) }
            select id=(name) name=(name) {
                option value="" { (visit.say("market-not-known")) }
                @for word in words {
                    option value=(word) selected[chosen == Some(word)] { (label(visit, &format!("{name}-{word}"))) }
                }
            }
        }
    }
}

/// A field to write into. Numbers and days are read left to right in every language.
fn text(visit: &Visit, fields: &Fields, name: &str, kind: &str, example: &str) -> Markup {
    html! {
        div .field {
            label for=(name) { (label(visit, name)) }
            input id=(name) name=(name) type="text" dir="ltr" inputmode=(kind) autocomplete="off" maxlength="60"
                placeholder=(example) value=(fields.get(name).unwrap_or_default());
        }
    }
}

/// The form; open where there is no answer yet.
pub fn form(visit: &Visit, book: &Rulebook, fields: &Fields, open: bool) -> Markup {
    let arrive = super::today().to_string();
    html! {
        details .market-form open[open] {
            summary { h2 { (visit.say("market-form")) } }
            form action="/market" method="get" {
                (visit.chosen_field())
                fieldset {
                    legend { (visit.say("market-the-car")) }
                    p .hint { (visit.say("market-hint")) }
                    div .fields {
                        (text(visit, fields, "vehicle", "text", "KMHXX00XXXX000001"))
                        (choice(visit, fields, "category", &["M1", "N1", "M2", "M3", "N2", "N3"]))
                        (choice(visit, fields, "fuel", FUELS))
                        (text(visit, fields, "cc", "numeric", "1598"))
                        (text(visit, fields, "engine_kw", "decimal", "90"))
                        (text(visit, fields, "motor_kw", "decimal", ""))
                        (text(visit, fields, "kw_30min", "decimal", ""))
                        (text(visit, fields, "manufactured", "text", "2022-05-10"))
                        (text(visit, fields, "first_registration", "text", "2022-06-01"))
                        (text(visit, fields, "model_year", "numeric", "2022"))
                        (text(visit, fields, "odometer_km", "numeric", "60000"))
                        (choice(visit, fields, "steering", &["left", "right"]))
                        (choice(visit, fields, "title", &BODY))
                        (choice(visit, fields, "used", &["true", "false"]))
                    }
                }
                fieldset {
                    legend { (visit.say("market-the-buyer")) }
                    p #depart-hint .hint { (visit.say("market-departure-hint")) }
                    div .fields {
                        (choice(visit, fields, "importer", &["person", "company"]))
                        (choice(visit, fields, "personal_use", &["true", "false"]))
                        div .field {
                            label for="depart" { (visit.say("market-departure")) }
                            input #depart name="depart" type="date" aria-describedby="depart-hint"
                                value=(fields.get("depart").unwrap_or_default());
                        }
                        div .field {
                            label for="arrive" { (visit.say("market-arrive")) }
                            input #arrive name="arrive" type="date" value=(fields.get("arrive").unwrap_or(&arrive));
                        }
                    }
                }
                fieldset {
                    legend { (visit.say("market-prices")) }
                    div .fields {
                        (text(visit, fields, "price", "decimal", "9000"))
                        (text(visit, fields, "freight", "decimal", "1200"))
                        (text(visit, fields, "insurance", "decimal", "60"))
                        div .field {
                            label for="currency" { (visit.say("market-currency")) }
                            select #currency name="currency" {
                                @for code in ["USD", "EUR", "KRW"] {
                                    option value=(code) selected[fields.get("currency") == Some(code)] { (code) }
                                }
                            }
                        }
                    }
                }
                fieldset {
                    legend { (visit.say("market-to")) }
                    p .hint { (visit.say("market-to-hint")) }
                    div .markets {
                        @for (name, code) in destinations(visit, book) {
                            label {
                                input type="checkbox" name="to" value=(code) checked[fields.every("to").flat_map(|to| to.split(',')).any(|to| to.trim().eq_ignore_ascii_case(code))];
                                span { (name) }
                            }
                        }
                    }
                }
                button .button.primary type="submit" { (visit.say("market-ask")) }
            }
        }
    }
}
