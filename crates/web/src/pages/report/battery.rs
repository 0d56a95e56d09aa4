//! The battery of an electric car: its certificates, and whether they are in force.

use desk::certify::check::{CertificateInDossier, certificates};
use desk::certify::expiry::Expired;
use dossier::Report;
use maud::{Markup, html};
use serde_json::Value;

use super::car::is_electric;
use super::written::{moment, number, signed_number, written_day};
use super::{Directory, row, titled};
use crate::pages::certificates::past_its_distance;
use crate::pages::foreign::{code, foreign};
use crate::pages::language::Words;

/// The section; none for a car that has no battery to drive with, as far as anybody said.
pub fn section(words: &Words, report: &Report, directory: &Directory) -> Option<Markup> {
    let certificates = certificates(report, report.as_of);
    if certificates.is_empty() && !is_electric(report) {
        return None;
    }
    let content = html! {
        @if certificates.is_empty() { p { (words.say("battery-none")) } }
        // The newest first: it is the one that counts.
        @for certificate in certificates.iter().rev() { (card(words, report, certificate, directory)) }
    };
    Some(titled(words, "battery", "battery", content))
}

fn card(words: &Words, report: &Report, certificate: &CertificateInDossier, directory: &Directory) -> Markup {
    let named = code(words, &certificate.certificate);
    let named = match directory.get(&certificate.certificate) {
        Some(address) => html! { a href=(address) { (named) } },
        None => named,
    };
    let issued = report
        .statements
        .iter()
        .find(|statement| statement.log_index.0 == certificate.log_index);
    let figure = |name: &str| match issued.and_then(|statement| statement.claims.body.get(name)) {
        Some(Value::Number(number)) => Some(signed_number(words, number, 1)),
        _ => None,
    };
    let soh = (
        figure("soh_percent"),
        figure("soh_lower_percent"),
        figure("soh_upper_percent"),
    );
    html! {
        div .certificate data-standing=(certificate.standing) {
            h3 { (words.weave("battery-certificate", &[("number", &named)])) }
            dl {
                (row(words.say("standing"), html! {
                    strong .standing { (words.say(&format!("standing-{}", certificate.standing))) } ", "
                    (words.weave("standing-as-of", &[
                        ("time", &moment(words, report.as_of)),
                        ("index", &number(words, certificate.said_at)),
                    ]))
                    @if let Some(Expired::Kilometres(overrun)) = &certificate.expired {
                        ". " (past_its_distance(words, overrun))
                    }
                }))
                @if let (Some(value), Some(low), Some(high)) = &soh {
                    (row(words.say("soh"), words.weave("soh-range", &[("value", value), ("low", low), ("high", high)])))
                }
                (row(words.say("grade"), foreign(words, &certificate.grade, 8)))
                (row(words.say("valid-until"), html! {
                    @match written_day(words, &certificate.valid_until) {
                        Some(day) => bdi { (day) },
                        None => (foreign(words, &certificate.valid_until, 40)),
                    }
                    ", " (words.say("odometer-limit")) " " bdi { (number(words, certificate.odometer_limit_km)) "\u{a0}km" }
                }))
            }
            @match certificate.credential {
                Some("matches") => p .hint { (words.say("credential-matches")) },
                Some(_) => p .problem { (words.say("credential-differs")) },
                None => {},
            }
        }
    }
}
