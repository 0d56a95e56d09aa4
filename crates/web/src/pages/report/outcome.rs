//! What the buyer's browser found when it checked the page. The server says none of it: it hands over every outcome as a
//! template, in the language of the page, and the script shows the one that is true. Until then stands that nothing is checked.

use maud::{Markup, Render, html};

use crate::pages::language::Words;

/// The reasons of a refusal, in groups that a buyer can tell apart, as `verifier/page/why.js` names them.
const WHY: [&str; 18] = [
    "why-file",
    "why-unknown-log",
    "why-signatures",
    "why-quorum",
    "why-no-freshness",
    "why-from-future",
    "why-index",
    "why-other-vehicle",
    "why-vrf-key",
    "why-label",
    "why-trie",
    "why-count",
    "why-not-in-log",
    "why-key",
    "why-notice",
    "why-statement",
    "why-statement-other",
    "why-issuer",
];

/// The path in a circle of 24 units that stands beside each outcome.
fn drawing(kind: &str) -> &'static str {
    match kind {
        "verified" => "M5 13l4 4L19 7",
        "stale" => "M12 6v6l4 3",
        "refused" => "M7 7l10 10M17 7L7 17",
        _ => "M6 12h12",
    }
}

fn panel(kind: &str, title: &str, content: Markup) -> Markup {
    html! {
        svg viewBox="0 0 24 24" aria-hidden="true" {
            circle cx="12" cy="12" r="11" {}
            path d=(drawing(kind)) {}
        }
        div { p .outcome-title { (title) } (content) }
    }
}

/// Where the outcome is shown.
pub fn outcome(words: &Words) -> Markup {
    let text = html! {
        p { (words.say("unchecked-text")) }
        noscript { p .note { (words.say("unchecked-no-script")) } }
    };
    html! {
        section #outcome .verdict.unchecked data-verdict="unchecked" role="status" {
            (panel("unchecked", &words.say("unchecked"), text))
        }
    }
}

/// A place that the script fills.
fn slot(name: &str) -> Markup {
    html! { span data-slot=(name) {} }
}

/// Every outcome there can be.
pub fn outcomes(words: &Words) -> Markup {
    let by_browser = html! {
        p .hint { (words.weave("outcome-by-browser", &[("ms", &slot("ms")), ("log", &slot("log"))])) }
        p .hint data-own-code { (words.say("outcome-own-code")) }
    };
    let refused = html! {
        p .reason data-slot="why" {}
        p { (words.weave("verdict-refused-where", &[("step", &slot("step")), ("name", &slot("step-name"))])) }
        p data-slot="item" {}
        p { (words.say("verdict-refused-text")) }
    };
    let technical = html! {
        details { summary { (words.say("technical")) } p lang="en" dir="ltr" data-slot="detail" {} }
    };
    let checking = html! {};
    let outcomes = [
        ("checking", "checking", checking),
        (
            "verified",
            "verdict-verified",
            html! {
                p { (words.weave("verdict-verified-text", &[("count", &slot("count"))])) }
                p .warning data-erased { (words.weave("verdict-erased-text", &[("erased", &slot("erased"))])) }
                (by_browser)
            },
        ),
        (
            "absent",
            "verdict-absent",
            html! { p { (words.say("verdict-absent-text")) } (by_browser) },
        ),
        (
            "stale",
            "verdict-stale",
            html! { p { (words.weave("verdict-stale-text", &[("days", &slot("days"))])) } },
        ),
        ("refused", "verdict-refused", html! { (refused) (technical) }),
        (
            "differs",
            "outcome-differs",
            html! { p { (words.say("outcome-differs-text")) } },
        ),
        ("cannot", "outcome-failed", html! { p { (words.say("cannot")) } }),
        (
            "failed",
            "outcome-failed",
            html! { p { (words.say("failed")) } (technical) },
        ),
    ];
    html! {
        @for (kind, title, content) in outcomes {
            template id={ "outcome-" (kind) } { (panel(kind, &words.say(title), content)) }
        }
        template #reasons {
            @for why in WHY { p data-why=(why) { (words.say(why)) } }
            @for item in ["item-statement", "item-key", "item-notice"] {
                @let values = ["number", "count", "index"].map(|name| (name, slot(name)));
                p data-item=(item) { (words.weave(item, &values.each_ref().map(|(name, value)| (*name, value as &dyn Render)))) }
            }
            @for step in 0..=5 { p data-step=(step) { (words.say(&format!("step-{step}"))) } }
        }
    }
}
