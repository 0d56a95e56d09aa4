//! The timeline: every statement, who made it, and what became of it.

use dossier::{ErasedStatement, Issuer, Report, VerifiedStatement};
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use tlog::LeafIndex;

use super::odometer::{as_read, reading};
use super::written::{day, moment, number, place};
use super::{fields, in_time, issuer_name, role_names, row, titled, type_name};
use crate::pages::foreign::{USUAL, code, foreign};
use crate::pages::language::Words;

/// The section.
pub fn section(words: &Words, report: &Report) -> Markup {
    titled(
        words,
        "timeline",
        "timeline",
        html! {
            p .hint { (words.say("timeline-hint")) }
            ol .timeline {
                @for statement in in_time(report) { (item(words, statement)) }
                @for statement in &report.erased { (erased(words, statement)) }
            }
        },
    )
}

/// The anchor of a statement, for what rests on it.
pub fn anchor(log_index: u64) -> String {
    format!("s{log_index}")
}

fn item(words: &Words, statement: &VerifiedStatement) -> Markup {
    let VerifiedStatement { claims, issuer, .. } = statement;
    let class = (!statement.superseded_by.is_empty()).then_some("superseded");
    html! {
        li id=(anchor(statement.log_index.0)) class=[class] data-digest=(statement.digest) {
            p .when { time datetime=(claims.event_time.local()) { (day(words, claims.event_time.local().date())) } }
            h3 { (type_name(words, claims.typ)) }
            @if let Some((value, unit)) = reading(statement) { p .reading { bdi { (as_read(words, value, unit)) } } }
            p .by {
                (issuer_name(words, issuer)) " · " (role_names(words, issuer.roles.iter().map(|role| role.as_str())))
                @if let Some(at) = &claims.place { " · " bdi { (place(words, at)) } }
            }
            (notes(words, &statement.superseded_by, &statement.contested_by, issuer))
            @if claims.supersedes.is_some() { p .note { (words.say("corrects")) } }
            @if statement.hidden > 0 {
                p .note.withheld { (words.tell("withheld", &[("count", FluentValue::from(statement.hidden))])) }
            }
            details { summary { (words.say("details")) } (details(words, statement)) }
        }
    }
}

fn notes(words: &Words, superseded: &[LeafIndex], contested: &[LeafIndex], issuer: &Issuer) -> Markup {
    html! {
        @for index in superseded { p .note.strong { (words.weave("superseded", &[("index", &number(words, index.0))])) } }
        @for index in contested { p .note { (words.weave("contested", &[("index", &number(words, index.0))])) } }
        @if let Some((_, reason)) = &issuer.revoked_at {
            p .note { (words.weave("key-revoked", &[("reason", &foreign(words, reason, USUAL))])) }
        }
    }
}

fn details(words: &Words, statement: &VerifiedStatement) -> Markup {
    let claims = &statement.claims;
    let personal: Vec<&str> = claims
        .typ
        .personal_fields()
        .iter()
        .copied()
        .filter(|field| !claims.body.contains_key(*field))
        .collect();
    let signed = Timestamp::from_second(claims.iat).ok();
    html! {
        div .details {
            (fields::list(words, claims.typ, &claims.body))
            @if statement.hidden > 0 && !personal.is_empty() {
                p .note.withheld {
                    (words.weave("withheld-may", &[("fields", &fields::names(words, claims.typ, &personal))]))
                }
            }
            dl .meta {
                (row(words.say("issuer"), foreign(words, &statement.issuer.id, USUAL)))
                (row(words.say("confidence"),
                    html! { (words.say(&format!("confidence-{}", claims.confidence.as_str().to_lowercase()))) }))
                @if let Some(signed) = signed { (row(words.say("signed"), moment(words, signed))) }
                @if let Some(recorded) = &claims.recorded_at { (row(words.say("recorded"), code(words, recorded.as_str()))) }
                (row(words.say("log-index"), html! { (number(words, statement.log_index.0)) }))
                (row(words.say("digest"), code(words, &statement.digest.to_string())))
            }
        }
    }
}

fn erased(words: &Words, statement: &ErasedStatement) -> Markup {
    let notice = &statement.notice;
    let on = day(words, notice.time.to_zoned_datetime(TimeZone::UTC).date());
    html! {
        li .erased id=(anchor(statement.log_index.0)) data-digest=(statement.digest) {
            p .when { (words.say("log-index")) " " (number(words, statement.log_index.0)) }
            h3 { (words.say("erased")) }
            p .by {
                (issuer_name(words, &statement.issuer)) " · "
                (role_names(words, statement.issuer.roles.iter().map(|role| role.as_str())))
            }
            p {
                (words.weave("erased-text", &[
                    ("date", &on),
                    ("who", &foreign(words, &notice.asked_by, USUAL)),
                    ("why", &foreign(words, &notice.reason, USUAL)),
                ]))
            }
            (notes(words, &statement.superseded_by, &statement.contested_by, &statement.issuer))
        }
    }
}
