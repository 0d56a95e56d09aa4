//! What a browser, or anybody, checks the page with.

use dossier::Report;
use maud::{Markup, html};

use super::written::{moment, number};
use super::{row, titled};
use crate::pages::foreign::{code, foreign};
use crate::pages::language::Words;

/// The section.
pub fn section(words: &Words, report: &Report) -> Markup {
    titled(
        words,
        "checked",
        "checked",
        html! {
            dl {
                (row(words.say("log"), code(words, &report.origin)))
                (row(words.say("log-size"), html! { (number(words, report.size.0)) }))
                (row(words.say("cosigners"), html! {
                    ul .plain {
                        @for cosigner in &report.cosigners {
                            li { (foreign(words, &cosigner.name, 80)) ", " (moment(words, cosigner.time)) }
                        }
                    }
                }))
                (row(words.say("label"), code(words, &hex::encode(report.label.0))))
            }
        },
    )
}
