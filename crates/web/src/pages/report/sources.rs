//! Which sources spoke, and what none of them can show. Without it "nothing found" would be a claim nobody can make.

use history::findings::Coverage;
use maud::{Markup, html};

use super::findings::told;
use super::written::{day, number};
use super::{role_names, table, titled};
use crate::pages::foreign::foreign;
use crate::pages::language::Words;

/// The section.
pub fn section(words: &Words, coverage: &Coverage) -> Markup {
    let rows = html! {
        @for source in &coverage.sources {
            tr {
                th scope="row" {
                    (role_names(words, [source.role]))
                    div .hint { @for (at, issuer) in source.issuers.iter().enumerate() {
                        @if at > 0 { ", " }
                        (foreign(words, issuer, 80))
                    } }
                }
                td .number { (number(words, source.statements)) }
                td { bdi { (day(words, source.first)) } @if source.first != source.last { " – " bdi { (day(words, source.last)) } } }
                td { (told(words, &source.not_covered)) }
            }
        }
    };
    titled(
        words,
        "sources",
        "sources",
        html! {
            (table(words, "sources", &["roles", "statements", "period", "sources-blind"], rows))
            @if !coverage.silent.is_empty() {
                h3 { (words.say("sources-silent")) }
                ul { @for silent in &coverage.silent { li { (told(words, silent)) } } }
            }
        },
    )
}
