//! What a dossier says, as a buyer reads it. It is made of what verified and of nothing else; the findings are the desk's.
//!
//! The page that is saved says the same with JavaScript (`verifier/page/`): the words, the classes of style, and the order of
//! the sections are shared.

mod battery;
mod car;
mod chart;
mod checked;
mod documents;
mod fields;
mod findings;
mod odometer;
mod outcome;
mod sources;
mod timeline;
mod who;
mod written;

pub use car::{headline, number};
pub use outcome::{outcome, outcomes};
pub use written::moment;

use std::collections::BTreeMap;

use desk::lookup::History;
use dossier::VerifiedStatement;
use maud::{Markup, html};
use statement::vocabulary::StatementType;

use crate::pages::foreign::{code, foreign};
use crate::pages::language::Words;

/// The addresses of certificates' pages in this log's directory, by number; other bodies' certificates have none here.
pub type Directory = BTreeMap<String, String>;

/// All sections below the outcome.
pub fn sections(words: &Words, history: &History, directory: &Directory) -> Markup {
    let report = &history.report;
    html! {
        @if !report.is_absent() {
            (findings::section(words, history))
            (car::section(words, report))
            (odometer::section(words, history))
            @if let Some(battery) = battery::section(words, report, directory) { (battery) }
            (timeline::section(words, report))
            (who::section(words, report))
            (documents::section(words, report))
            (sources::section(words, &history.findings.coverage))
        }
        (checked::section(words, report))
    }
}

/// A section with a heading. Ids are for links within the page, and for whoever reads it aloud.
fn titled(words: &Words, id: &str, heading: &str, content: Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (words.say(heading)) }
            (content)
        }
    }
}

/// A name and a value in a list of them.
fn row(name: impl maud::Render, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A table with these headings; wide ones scroll, also by keyboard.
fn table(words: &Words, section: &str, headings: &[&str], rows: Markup) -> Markup {
    html! {
        div .scroll role="group" tabindex="0" aria-labelledby={ (section) "-title" } {
            table {
                thead { tr { @for heading in headings { th scope="col" { (words.say(heading)) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// A type by its name.
fn type_name(words: &Words, typ: StatementType) -> Markup {
    let message = format!("type-{}", typ.as_str().replace('.', "-"));
    if words.has(&message) {
        html! { (words.say(&message)) }
    } else {
        code(words, typ.as_str())
    }
}

/// Roles by their names.
pub fn role_names<'r>(words: &Words, roles: impl IntoIterator<Item = &'r str>) -> String {
    let names: Vec<String> = roles
        .into_iter()
        .map(|role| words.say(&format!("role-{role}")))
        .collect();
    names.join(", ")
}

/// The issuer's name, which it chose itself.
fn issuer_name(words: &Words, issuer: &dossier::Issuer) -> Markup {
    foreign(words, &issuer.name, 80)
}

/// Statements by the time of what they state, then by their place in the log.
fn in_time(report: &dossier::Report) -> Vec<&VerifiedStatement> {
    let mut statements: Vec<&VerifiedStatement> = report.statements.iter().collect();
    statements.sort_by_key(|statement| (statement.claims.event_time.instant(), statement.log_index));
    statements
}

#[cfg(test)]
mod tests;
