//! `/`: what this log is, and a field for a number.

use axum::extract::State;
use maud::html;

use crate::pages::find;
use crate::pages::foreign::foreign;
use crate::pages::layout::Page;
use crate::pages::visit::Visit;
use crate::state::App;

/// The page.
pub async fn page(State(app): State<App>, visit: Visit) -> Page {
    let origin = foreign(visit.words, app.desk.store().origin(), 120);
    let body = html! {
        h1 { (visit.say("home-title")) }
        p .lead { (visit.say("home-lead")) }
        (find::field(&visit, "", None))
        p { (visit.words.weave("home-log", &[("log", &origin)])) }
        div .cards {
            @for (path, name) in [("/verify", "verify"), ("/certificates", "certificates"), ("/market", "market")] {
                section {
                    h2 { a href=(visit.href(path)) { (visit.say(&format!("nav-{name}"))) } }
                    p { (visit.say(&format!("home-{name}"))) }
                }
            }
        }
        section {
            h2 { (visit.say("home-how")) }
            ol .steps {
                li { (visit.say("home-how-sign")) }
                li { (visit.say("home-how-seal")) }
                li { (visit.say("home-how-check")) }
            }
            p { (visit.say("home-limits")) }
        }
    };
    visit.page(visit.say("home-title"), body).public()
}
