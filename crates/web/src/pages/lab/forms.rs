//! The forms of an application: telemetry, and each step that whoever looks may take. Where one may not, it says why.

use certificate::people::Activity;
use desk::assessing::QUESTIONS;
use desk::certify::applications::{ApplicationView, HandedIn};
use desk::certify::offers::{Offer, WhyNot};
use maud::{Markup, html};

use super::address;
use crate::pages::foreign::{code, foreign};
use crate::pages::posted::CSRF;
use crate::pages::visit::Visit;
use crate::upload::{INSPECT_PAGE, RECOMPUTE_PAGE};

/// What no log shows, as the form asks for it.
const FACTS: [&str; 6] = [
    "dtcs",
    "recalls",
    "isolation-kohm",
    "reported-soh",
    "soc-now",
    "soc-now-on",
];

/// The forms of a page, for whoever looks.
pub struct Form<'v> {
    pub visit: &'v Visit,
    pub csrf: &'v str,
    pub case: &'v str,
    /// The last record on the page; a step is refused where there is another one by then.
    pub seen: Option<u32>,
}

/// A field with its label above.
pub fn field(id: &str, label: &str, input: Markup) -> Markup {
    html! { div .field { label for=(id) { (label) } (input) } }
}

/// A choice with its label above.
pub fn select(id: &str, label: &str, choices: &[(&str, String)]) -> Markup {
    field(
        id,
        label,
        html! { select id=(id) name=(id) { @for (value, name) in choices { option value=(value) { (name) } } } },
    )
}

impl Form<'_> {
    /// What every form carries.
    pub fn own(&self) -> Markup {
        html! { input type="hidden" name=(CSRF) value=(self.csrf); }
    }

    /// What every form of a step carries besides.
    fn seen(&self) -> Markup {
        html! { @if let Some(seen) = self.seen { input type="hidden" name="seen" value=(seen); } }
    }

    fn word(&self, id: &str) -> String {
        self.visit.say(&format!("lab-{id}"))
    }

    fn action(&self) -> String {
        self.visit.href(&address(self.case))
    }

    /// Hands telemetry in. The session's word stands first: it is looked at before anything is written to disk.
    pub fn telemetry(&self, mappings: &[String]) -> Markup {
        let action = self.visit.href(&format!("{}/telemetry", address(self.case)));
        html! {
            form .sheet method="post" action=(action) enctype="multipart/form-data" {
                h3 { (self.word("hand-in")) }
                (self.own())
                p .hint { (self.word("hand-in-hint")) }
                label for="telemetry" { (self.word("files")) }
                input #telemetry type="file" name="telemetry" multiple required;
                label for="battery" { (self.word("description")) }
                input #battery type="file" name="battery" accept=".toml";
                (self.facts())
                (self.reading(mappings, html! {
                    (self.meter())
                    label for="class" { (self.word("class")) }
                    select #class name="class" {
                        option value="field" { (self.word("class-field")) }
                        option value="guided" { (self.word("class-guided")) }
                    }
                }))
                button .button.primary type="submit" { (self.word("hand-in-send")) }
            }
        }
    }

    /// Asks what is understood of charging logs.
    pub fn inspect(&self, mappings: &[String]) -> Markup {
        html! {
            form .sheet method="post" action=(self.visit.href(INSPECT_PAGE)) enctype="multipart/form-data" {
                h2 { (self.word("look-form")) }
                (self.own())
                p .hint { (self.word("look-hint")) }
                label for="telemetry" { (self.word("files")) }
                input #telemetry type="file" name="telemetry" multiple required;
                label for="battery" { (self.word("description")) }
                input #battery type="file" name="battery" accept=".toml";
                (self.reading(mappings, html! {}))
                button .button.primary type="submit" { (self.word("look-send")) }
            }
        }
    }

    /// Has a certificate computed again.
    pub fn again(&self, mappings: &[String]) -> Markup {
        html! {
            form .sheet method="post" action=(self.visit.href(RECOMPUTE_PAGE)) enctype="multipart/form-data" {
                h2 { (self.word("again-form")) }
                (self.own())
                p .hint { (self.word("again-hint")) }
                label for="certificate" { (self.word("again-certificate")) }
                input #certificate type="file" name="certificate" required;
                label for="telemetry" { (self.word("files")) }
                input #telemetry type="file" name="telemetry" multiple required;
                label for="battery" { (self.word("description")) }
                input #battery type="file" name="battery" accept=".toml";
                (self.facts())
                (self.reading(mappings, self.meter()))
                button .button.primary type="submit" { (self.word("again-send")) }
            }
        }
    }

    /// What no log shows.
    fn facts(&self) -> Markup {
        html! {
            details {
                summary { (self.word("facts")) }
                p .hint { (self.word("facts-hint")) }
                @for fact in FACTS {
                    @let id = format!("f-{fact}");
                    label for=(id) { (self.word(&id)) }
                    input id=(id) type="text" name=(fact) dir="ltr" maxlength="200" autocomplete="off";
                }
                label for="damaged" { (self.word("f-damaged")) }
                select #damaged name="damaged" {
                    option value="" { (self.word("not-looked")) }
                    option value="no" { (self.word("no")) }
                    option value="yes" { (self.word("yes")) }
                }
            }
        }
    }

    /// How the files are to be read, and what else `more` asks.
    fn reading(&self, mappings: &[String], more: Markup) -> Markup {
        html! {
            details {
                summary { (self.word("reading")) }
                p .hint { (self.word("reading-hint")) }
                @for (question, answers) in QUESTIONS {
                    @let id = format!("q-{question}");
                    label for=(id) { (self.word(&format!("q-{question}"))) }
                    @if question == "mapping" {
                        select id=(id) name="mapping" {
                            option value="" { (self.word("recognise")) }
                            @for mapping in mappings { option value=(mapping) dir="ltr" { (mapping) } }
                        }
                    } @else if answers.is_empty() {
                        input id=(id) type="text" name=(question) dir="ltr" maxlength="60" autocomplete="off";
                    } @else {
                        select id=(id) name=(question) {
                            option value="" { (self.word("recognise")) }
                            @for answer in answers { option value=(answer) dir="ltr" { (answer) } }
                        }
                    }
                }
                label for="mapping-file" { (self.word("mapping-file")) }
                input #mapping-file type="file" name="mapping-file" accept=".toml";
                (more)
            }
        }
    }

    fn meter(&self) -> Markup {
        html! {
            label for="meter" { (self.word("meter")) }
            input #meter type="file" name="meter";
        }
    }

    /// Makes an evaluation of an assessment.
    pub fn evaluate(&self, handed: &HandedIn) -> Markup {
        let id = format!("odometer-{}", handed.sha256.get(..12).unwrap_or_default());
        html! {
            form method="post" action=(self.action()) {
                (self.own())
                (self.seen())
                input type="hidden" name="step" value="evaluated";
                input type="hidden" name="assessment" value=(handed.sha256);
                label for=(id) { (self.word("odometer")) }
                input id=(id) type="number" name="odometer" min="0" max="3000000";
                p .hint { (self.word("odometer-hint")) }
                button .button.primary type="submit" { (self.word("do-evaluated")) }
            }
        }
    }

    /// The steps there are, each as a form or with the reason why it is not this one's.
    pub fn steps(&self, view: &ApplicationView) -> Markup {
        html! {
            @for offer in &view.next {
                @match &offer.why_not {
                    // An evaluation begins with the assessment it is made of, which has its own button.
                    None if offer.step == "evaluated" => {
                        section .car {
                            h3 { (self.word("do-evaluated")) }
                            p { (self.word(if view.assessments.is_empty() { "evaluate-first" } else { "evaluate-below" })) }
                        }
                    }
                    None => { (self.step(offer, view)) }
                    Some(why) => { (self.refused(offer, why)) }
                }
            }
        }
    }

    fn step(&self, offer: &Offer, view: &ApplicationView) -> Markup {
        let step = offer.step;
        let id = format!("text-{step}");
        let final_one = matches!(step, "issued" | "withdrawn");
        let rare = matches!(
            step,
            "complained" | "appealed" | "surveilled" | "changed" | "suspended" | "withdrawn"
        );
        let form = html! {
            form method="post" action=(self.action()) {
                (self.own())
                (self.seen())
                input type="hidden" name="step" value=(step);
                @if matches!(step, "appealed" | "resolved") {
                    input type="hidden" name="record" value=(record(view, step));
                }
                @if view.of_body && matches!(step, "complained" | "appealed") {
                    label for=(format!("from-{step}")) { (self.word("from")) }
                    input id=(format!("from-{step}")) type="text" name="from" required maxlength="120";
                }
                @if step != "issued" {
                    label for=(id) { (self.word(if step == "reviewed" { "remarks" } else { "reason" })) }
                    textarea id=(id) name="text" rows="3" maxlength="2000" required {}
                }
                @if final_one {
                    p { label .check { input type="checkbox" name="sure" required; " " (self.word("sure")) } }
                }
                @if matches!(step, "reviewed" | "resolved") {
                    div .buttons {
                        button .button.primary type="submit" name="agrees" value="true" { (self.word(&format!("{step}-yes"))) }
                        button .button type="submit" name="agrees" value="false" { (self.word(&format!("{step}-no"))) }
                    }
                } @else {
                    div .buttons {
                        button .button.primary type="submit" { (self.word(&format!("do-{step}"))) }
                        @if step == "issued" {
                            button .button type="submit" name="try" value="true" formnovalidate { (self.word("try")) }
                        }
                    }
                }
            }
        };
        html! {
            section .car {
                @if rare {
                    details { summary { (self.word(&format!("do-{step}"))) } (form) }
                } @else {
                    h3 { (self.word(&format!("do-{step}"))) }
                    (form)
                }
            }
        }
    }

    fn refused(&self, offer: &Offer, why: &WhyNot) -> Markup {
        let did = why
            .did
            .map(|did| self.word(&format!("duty-{}", Activity::as_str(did))));
        let words = self.visit.words;
        html! {
            section .car.notyours {
                h3 { (self.word(&format!("do-{}", offer.step))) }
                p {
                    @match did {
                        Some(did) => { (words.weave("lab-why-same_person", &[("duty", &did)])) }
                        None => { (self.word(&format!("why-{}", why.code))) }
                    }
                }
                @if matches!(why.code, "obstacles" | "too_old" | "history" | "history_forbids") {
                    p .hint lang="en" dir="ltr" { (foreign(words, &why.detail, 600)) }
                }
                @if !offer.people.is_empty() {
                    p .hint { (self.word("who-may")) " " (code(words, &offer.people.join(", "))) }
                }
            }
        }
    }
}

/// The record that an appeal is against, or that is resolved.
fn record(view: &ApplicationView, step: &str) -> u32 {
    if step == "resolved" {
        return view.case.open_disputes.first().copied().unwrap_or_default();
    }
    let appealable = ["application_declined", "refused", "suspended", "withdrawn"];
    let last = view.case.records.iter().rev();
    last.map(|record| &record.record)
        .find(|record| appealable.contains(&record.step.kind()))
        .map_or(0, |record| record.number)
}
