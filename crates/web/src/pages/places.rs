//! The pages of somebody who is logged in, one beside the other, and the way out.

use desk::access::{Act, Actor, Known};
use maud::{Markup, html};

use crate::pages::posted::{CSRF, csrf};
use crate::pages::visit::Visit;

/// The pages this account may see; where it is, is marked.
pub fn places(visit: &Visit, actor: &Actor, known: &Known, here: &str) -> Markup {
    let mut places = vec![("/yard", visit.say("nav-yard"))];
    if actor.may(Act::SeeAccounts).is_ok() {
        places.push(("/accounts", visit.say("place-accounts")));
    }
    if actor.may(Act::RevokeOwnKey).is_ok() {
        places.push(("/issuers", visit.say("footer-issuers")));
    }
    places.push(("/trail", visit.say("place-trail")));
    places.push(("/me", visit.say("place-me")));
    html! {
        nav .places aria-label=(visit.say("place-label")) {
            ul {
                @for (path, name) in places {
                    li { a href=(visit.href(path)) aria-current=[(path == here).then_some("page")] { (name) } }
                }
            }
            form method="post" action=(visit.href("/logout")) {
                input type="hidden" name=(CSRF) value=(csrf(known));
                button .link type="submit" { (visit.say("logout-submit")) }
            }
        }
    }
}
