//! Who may do what: accounts, sessions, tokens, yards, and links that open one dossier.
//!
//! | module | what it owns |
//! |---|---|
//! | `permission` | the table of roles and acts, and the scopes of tokens; pure |
//! | `actor` | whoever does something |
//! | `login` | setting up the first account, logging in and out, knowing a session or a token again |
//! | `accounts` | organisations and accounts |
//! | `tokens` | API tokens |
//! | `yard` | which organisation has which car, and when that entitles it to personal fields |
//! | `shares` | links to dossiers |
//! | `issuers` | enrolling and revoking issuers' keys over the network |
//! | `trail` | what was done |
//! | `secret`, `password`, `attempts` | what must not be guessed |
//!
//! Every operation asks the table itself, whoever calls it: a shell that forgets to ask is refused here.
//! [Why so](../../../../docs/decisions/0035-sessions-and-tokens.md), and [for people](../../../../docs/access.md).

mod accounts;
mod actor;
mod attempts;
mod error;
mod issuers;
mod login;
mod password;
mod permission;
mod secret;
mod shares;
mod tokens;
mod trail;
mod yard;

pub use accounts::{AccountView, Changed, NewAccount, NewOrganisation, OrganisationView};
pub use actor::{Actor, By, Known};
pub use error::{AccessError, ShareError};
pub use issuers::KeyChange;
pub use login::{FirstAccount, LoggedIn, SetupToken};
pub use permission::{Act, Needs, Role, Scope, UnknownRole, UnknownScope};
pub use secret::Secret;
pub use shares::{NewShare, Opened, ShareView, Shared};
pub use tokens::{MadeToken, NewToken, TokenView};
pub use trail::DeedView;
pub use yard::{YardCar, YardNote};

/// What is remembered between one attempt to get in and the next.
#[derive(Default)]
pub(crate) struct Doors {
    passwords: password::Passwords,
    attempts: attempts::Attempts,
}

/// A moment as it is shown.
fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |t| t.to_string())
}

/// A name, lot or note as people type it: not empty where it must not be, not too long, nothing that breaks a line or a table.
pub(crate) fn plain_text(
    what: &'static str,
    text: &str,
    least: usize,
    most: usize,
) -> Result<String, crate::DeskError> {
    let text = text.trim();
    let length = text.chars().count();
    if length < least || length > most || text.chars().any(char::is_control) {
        let shown: String = text.chars().take(80).collect();
        let fix = format!("write {least} to {most} characters on one line");
        return Err(crate::DeskError::value(what, shown, fix));
    }
    Ok(text.to_owned())
}
