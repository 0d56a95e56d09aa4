//! Why somebody was not let in, or not let do it.

use super::permission::{Act, Role, Scope};

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Nobody in particular asks.
    #[error("this is for those who are logged in")]
    Anonymous,
    /// The role does not allow it.
    #[error("an account of role {role} may not {}", act.words())]
    Forbidden {
        /// The role.
        role: Role,
        /// What was to be done.
        act: Act,
    },
    /// The token's scopes do not allow it.
    #[error("this token may not be used to {}", act.words())]
    OutOfScope {
        /// What was to be done.
        act: Act,
    },
    /// The role does not allow what a token is to be used for.
    #[error(
        "an account of role {role} may not {}, so no token of it has scope {scope}; leave {scope} out",
        scope.opens().words()
    )]
    BeyondRole {
        /// The role.
        role: Role,
        /// What the token was to be used for.
        scope: Scope,
    },
    /// The organisation does not hold the car.
    #[error("your organisation is not confirmed as holding this car, so personal fields are not shown to it")]
    NotHeld,
    /// The account does not belong to the certification body.
    #[error("this is for those who work for the certification body")]
    NotOfBody,
    /// Nobody certifies here.
    #[error("no certification body is set up with this log")]
    NoBody,
    /// The account belongs to the body and is nobody's there.
    #[error("account {0:?} acts as no person of the certification body")]
    NoPerson(String),
    /// No such account, no such password, or disabled: which of them is not said.
    #[error("no account of this name has this password")]
    WrongLogin,
    /// Too many attempts at this name or from this client.
    #[error("too many attempts; the next one is in {0} s")]
    TooManyAttempts(u64),
    /// As many passwords as are checked at a time are being checked.
    #[error("as many people as can log in at a time are doing so; try again in a moment")]
    Busy,
    /// A password could not be hashed.
    #[error("a password could not be hashed; there may be too little memory")]
    Hashing,
    /// No such setup token, or it has expired or was used.
    #[error(
        "no setup token of this kind waits to be used; `carnet account setup-token` on the log's machine makes one"
    )]
    SetupToken,
    /// Something of this name is there already.
    #[error("{what} {name:?} is there already; choose another name")]
    Taken {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Another organisation signs as this issuer.
    #[error(
        "another organisation signs as issuer {0:?} already, and an issuer is one organisation's; name another issuer, or leave it out"
    )]
    IssuerTaken(String),
    /// Nothing of this name is there, as far as the asker may see.
    #[error("there is no {what} {name:?}{}", fix(what))]
    Unknown {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Nobody could run the log over the network any more.
    #[error("{0:?} is the last operator that can log in; make another one first")]
    LastOperator(String),
    /// Whoever finds a session open must not be able to keep the account.
    #[error("your own password is changed with the old one: on the page /me, or with POST /api/me/password")]
    OwnPassword,
    /// An account with duties in certification gets another password at the log's machine only.
    #[error(
        "account {0:?} acts as a person of the certification body; `carnet account password` on the log's machine gives it another password"
    )]
    CertifiersPassword(String),
    /// The log holds a statement once, and this step would say the same as one before, in the same second.
    #[error(
        "this step was taken on application {0} with the same words in the same second; it is done already"
    )]
    DoneAlready(String),
    /// A form that was filled in before something else happened.
    #[error("something happened on application {0} meanwhile; look again")]
    Meanwhile(String),
    /// As many as there may be.
    #[error("there are {most} {what} already, as many as there may be; some of them have to go first")]
    TooMany {
        /// What.
        what: &'static str,
        /// How many there may be.
        most: u64,
    },
}

/// What to do where there is none, at the log's own machine.
fn fix(what: &str) -> &'static str {
    match what {
        "organisation" => {
            "; `carnet account list` shows those there are, `carnet account add NAME --organisation ID --organisation-name NAME` \
             makes one with its first account"
        }
        "account" => "; `carnet account list` shows those there are, `carnet account add` makes one",
        "link" => "; `carnet share list` shows those there are",
        "token" => "; `carnet token list` shows those there are",
        "car in your yard" => "; `carnet yard list` shows those there are",
        _ => "",
    }
}

/// Why a link opens no dossier.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// No link has this secret.
    #[error("no dossier answers to this link; ask whoever sent it for a new one")]
    NotFound,
    /// It has ended.
    #[error("this link has expired; ask whoever sent it for a new one")]
    Expired,
    /// Who made it has withdrawn it.
    #[error("this link was withdrawn by whoever made it")]
    Withdrawn,
    /// The log failed.
    #[error(transparent)]
    Desk(#[from] crate::error::DeskError),
}
