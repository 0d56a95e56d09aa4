//! Under an answer: a field for each thing that the market asks, and for the price the car sells for there. What was said before
//! goes along.

use border::{FACTS, Kind, Verdict, Why};
use desk::words::Words as Terms;
use maud::{Markup, html};

use super::asked::Fields;
use crate::pages::visit::Visit;

/// One field: its name in the address, and the question.
struct Question {
    name: String,
    ask: String,
    kind: Option<Kind>,
}

/// What a market asks that a field can answer.
fn questions(terms: &Terms, verdict: &Verdict<'_>) -> Vec<Question> {
    let mut found: Vec<Question> = Vec::new();
    for why in &verdict.asks {
        let (name, ask) = match why {
            Why::NotGiven { name, ask } => (*name, *ask),
            Why::DateNotExact { name } => (*name, ""),
            _ => continue,
        };
        let fact = FACTS.iter().find(|fact| fact.name == name);
        let field = field(name);
        let is_price = matches!(name, "price" | "freight" | "insurance");
        // A price is asked for above, in the currency chosen there.
        if is_price || found.iter().any(|known| known.name == field) {
            continue;
        }
        let ask = terms
            .perhaps(&format!("ask-{}", name.replace('_', "-")))
            .or_else(|| fact.map(|fact| fact.ask.to_owned()))
            .unwrap_or_else(|| ask.to_owned());
        found.push(Question {
            name: field,
            ask,
            kind: fact.map(|fact| fact.kind),
        });
    }
    found
}

/// What an asked-for name is called in the address: facts by their own, all else behind `value.`.
fn field(name: &str) -> String {
    if FACTS.iter().any(|fact| fact.name == name) {
        name.to_owned()
    } else {
        format!("value.{name}")
    }
}

/// The fields, with a button that asks again.
pub fn form(visit: &Visit, terms: &Terms, fields: &Fields, verdict: &Verdict<'_>) -> Markup {
    let questions = questions(terms, verdict);
    let retail = format!("retail.{}", verdict.country);
    let left_out: Vec<String> = questions
        .iter()
        .map(|question| question.name.clone())
        .chain([retail.clone()])
        .collect();
    let id = |name: &str| format!("{}-{}", verdict.country, name.replace('.', "-"));
    html! {
        form .ask action="/market" method="get" {
            (visit.chosen_field())
            @for (name, value) in fields.but(&left_out) { input type="hidden" name=(name) value=(value); }
            div .fields {
                @for question in &questions {
                    div .field {
                        label for=(id(&question.name)) { (question.ask) }
                        @match question.kind {
                            Some(Kind::Word(words)) => { (choice(visit, terms, &id(&question.name), &question.name, words)) }
                            // One that applies is enough for most cars; several, with commas, are for the address and the command line.
                            Some(Kind::Words(words)) => { (choice(visit, terms, &id(&question.name), &question.name, &[&["none"], words].concat())) }
                            Some(Kind::Flag) => { (choice(visit, terms, &id(&question.name), &question.name, &["true", "false"])) }
                            _ => {
                                input id=(id(&question.name)) name=(question.name) type="text" dir="ltr" autocomplete="off"
                                    maxlength="120" value=(fields.get(&question.name).unwrap_or_default());
                            }
                        }
                    }
                }
                div .field {
                    label for=(id(&retail)) { (visit.say("market-retail")) }
                    input id=(id(&retail)) name=(retail) type="text" dir="ltr" autocomplete="off" maxlength="60"
                        value=(fields.get(&retail).unwrap_or_default());
                }
            }
            button .button type="submit" { (visit.say("market-answer")) }
        }
    }
}

fn choice(visit: &Visit, terms: &Terms, id: &str, name: &str, words: &[&str]) -> Markup {
    html! {
        select id=(id) name=(name) {
            option value="" { (visit.say("market-not-known")) }
            @for word in words { option value=(word) { (terms.fact_value(name, word)) } }
        }
    }
}
