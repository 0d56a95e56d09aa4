//! Pages for people, in six languages, that work without scripts.
//!
//! To add a page:
//! 1. put its words into `messages/<area>/{en,ko,ru,ar,es,fr}.ftl`, and the folder into `language::AREAS`;
//! 2. write `pub async fn page(visit: Visit, …) -> Result<Page, Problem>` in a file of its own here, with
//!    `Ok(visit.page(visit.say("my-title"), html! { h1 { (visit.say("my-title")) } … }))`;
//! 3. add its route to [`routes`];
//! 4. link with `visit.href("/path")`, which keeps the chosen language; send forms with `(visit.chosen_field())`;
//! 5. add it to the lists in `tests/http/pages.rs`, and its rules of style to `assets/style.css`: nothing may be inline.
//!
//! A `Problem` needs no care: whoever accepts HTML gets it as a page. Text that others wrote goes through `(…)`, which
//! escapes, and through `foreign`, which keeps it from turning around what stands beside it.

mod accounts;
pub mod assets;
mod certificates;
mod dossier;
mod find;
mod foreign;
mod form;
mod home;
mod issuers;
mod lab;
pub mod language;
pub mod layout;
mod login;
mod market;
mod me;
mod places;
mod posted;
pub mod problem;
mod report;
mod trail;
mod verify;
pub mod visit;
mod vocabulary;
mod yard;

use axum::Router;
use axum::routing::{get, post};
use lab::logs;

use crate::state::App;
use crate::upload;

/// The addresses of pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::page))
        .route("/d", get(find::page))
        .route("/login", get(login::login).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/setup", get(login::setup).post(login::set_up))
        .route("/yard", get(yard::page).post(yard::add))
        .route("/yard/remove", post(yard::remove))
        .route("/yard/link", post(yard::link))
        .route("/yard/withdraw", post(yard::withdraw))
        .route("/accounts", get(accounts::page).post(accounts::add))
        .route("/accounts/{name}", get(accounts::account))
        .route("/accounts/{name}/role", post(accounts::role))
        .route("/accounts/{name}/standing", post(accounts::standing))
        .route("/accounts/{name}/password", post(accounts::password))
        .route("/organisations", post(accounts::add_organisation))
        .route("/organisations/confirm", post(accounts::confirm))
        .route("/issuers", get(issuers::page))
        .route("/issuers/revoke", post(issuers::revoke))
        .route("/me", get(me::page))
        .route("/me/password", post(me::password))
        .route("/me/tokens", post(me::make_token))
        .route("/me/tokens/revoke", post(me::revoke_token))
        .route("/trail", get(trail::page))
        .route("/d/{vehicle}", get(dossier::page))
        .route("/d/share/{token}", get(dossier::shared))
        .route("/market", get(market::page))
        .route("/verify", get(verify::page))
        .route(verify::SAVED, get(verify::saved))
        .route(verify::WORKER, get(verify::worker))
        .route("/certificates", get(certificates::directory))
        .route("/certificates/{certificate}", get(certificates::certificate))
        .route("/certification", get(lab::page).post(lab::apply))
        .route("/certification/{case}", get(lab::application).post(lab::step))
        .route(upload::PAGE, post(lab::telemetry))
        .route(upload::INSPECT_PAGE, get(logs::page).post(logs::inspect))
        .route(upload::RECOMPUTE_PAGE, get(logs::proof).post(logs::prove))
        .route(assets::ASSETS, get(assets::asset))
}
