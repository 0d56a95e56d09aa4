//! Documents that statements name, by their digest.

use dossier::Report;
use fluent_bundle::FluentValue;
use maud::{Markup, html};

use super::written::day;
use super::{in_time, table, titled, type_name};
use crate::pages::foreign::code;
use crate::pages::language::Words;

/// The section.
pub fn section(words: &Words, report: &Report) -> Markup {
    let statements = in_time(report);
    let named: Vec<_> = statements
        .iter()
        .flat_map(|statement| {
            statement
                .claims
                .evidence
                .iter()
                .map(move |piece| (statement, piece))
        })
        .collect();
    let content = if named.is_empty() {
        html! { p { (words.say("documents-none")) } }
    } else {
        let count = named.len();
        let rows = html! {
            @for (statement, piece) in named {
                tr {
                    th scope="row" {
                        (code(words, piece.kind.as_str()))
                        @if let Some(page) = piece.page {
                            ", " (words.tell("page", &[("number", FluentValue::from(u64::from(page)))]))
                        }
                    }
                    td { (type_name(words, statement.claims.typ)) ", " (day(words, statement.claims.event_time.local().date())) }
                    td { (code(words, &hex::encode(piece.sha256))) }
                }
            }
        };
        html! {
            p .hint { (words.say("documents-named")) }
            details {
                summary { (words.weave("documents-list", &[("count", &count)])) }
                (table(words, "documents", &["document-kind", "statements", "digest"], rows))
            }
        }
    };
    titled(words, "documents", "documents", content)
}
