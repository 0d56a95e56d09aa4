//! Whoever does something: a person at a session, a program with a token, or whoever sits at the log's own machine.

use std::collections::BTreeSet;

use store::{Deed, StoredAccount};

use super::error::AccessError;
use super::permission::{Act, Role, Scope};
use super::secret;
use crate::error::DeskError;

/// Whoever does something.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Whoever has the data directory, at the command line: has the keys, and so may do everything.
    Machine,
    /// An account.
    Account(Box<Known>),
}

/// An account that does something.
#[derive(Clone, Debug)]
pub struct Known {
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of its organisation.
    pub organisation: String,
    /// Its role.
    pub role: Role,
    /// How it is known.
    pub by: By,
}

/// How an account is known.
#[derive(Clone, Debug)]
pub enum By {
    /// By a session.
    Session {
        /// Finds the session.
        hash: [u8; 32],
        /// What a page of this session sends along to change something.
        csrf: String,
        /// When it ends, in Unix seconds.
        expires: i64,
    },
    /// By a token.
    Token {
        /// Its id.
        id: String,
        /// What it may be used for.
        scopes: BTreeSet<Scope>,
    },
}

impl Known {
    pub(super) fn of(account: StoredAccount, by: By) -> Result<Self, DeskError> {
        let role = account
            .role
            .parse()
            .map_err(|e| DeskError::value("role", &account.role, e))?;
        Ok(Self {
            name: account.name,
            display_name: account.display_name,
            organisation: account.organisation,
            role,
            by,
        })
    }

    /// Whether what a page sent along is what a page of this session sends. A token has no pages.
    pub fn is_csrf_token(&self, sent: &str) -> bool {
        match &self.by {
            By::Session { csrf, .. } => secret::same(csrf, sent),
            By::Token { .. } => false,
        }
    }
}

impl Actor {
    /// Whether it may do this, by its role and, for a token, its scopes.
    ///
    /// # Errors
    /// Says which of them is missing.
    pub fn may(&self, act: Act) -> Result<(), AccessError> {
        let Self::Account(known) = self else { return Ok(()) };
        if !known.role.may(act) {
            return Err(AccessError::Forbidden {
                role: known.role,
                act,
            });
        }
        match &known.by {
            By::Token { scopes, .. } if !act.is_within(scopes) => Err(AccessError::OutOfScope { act }),
            _ => Ok(()),
        }
    }

    /// The account, where it is one.
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Machine => None,
            Self::Account(known) => Some(known),
        }
    }

    /// Whose matters it acts in: its own organisation, or at the machine the one that is named.
    ///
    /// # Errors
    /// Another organisation than its own, or none named at the machine.
    pub(super) fn organisation(&self, named: Option<&str>) -> Result<String, DeskError> {
        match (self, named) {
            (Self::Account(known), None) => Ok(known.organisation.clone()),
            (Self::Account(known), Some(named)) if known.organisation == named => Ok(named.to_owned()),
            // Whether there is such an organisation is not this account's business.
            (Self::Account(_), Some(named)) => Err(AccessError::Unknown {
                what: "organisation",
                name: named.to_owned(),
            }
            .into()),
            (Self::Machine, Some(named)) => Ok(named.to_owned()),
            (Self::Machine, None) => Err(DeskError::value(
                "organisation",
                "",
                "name one; `carnet account list` shows them",
            )),
        }
    }

    /// An act for the trail.
    pub(crate) fn deed(
        &self,
        act: &'static str,
        subject: impl Into<String>,
        organisation: Option<&str>,
        now: i64,
    ) -> Deed {
        let known = self.known();
        let own = known.map(|known| known.organisation.clone());
        Deed {
            at: now,
            account: known.map(|known| known.name.clone()),
            token: known.and_then(|known| match &known.by {
                By::Token { id, .. } => Some(id.clone()),
                By::Session { .. } => None,
            }),
            organisation: organisation.map(str::to_owned).or(own),
            act,
            subject: subject.into(),
            done: true,
        }
    }
}
