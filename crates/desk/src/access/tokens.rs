//! API tokens: a program acts as the account that made its token, within the token's scopes, until it ends.

use std::collections::BTreeSet;

use serde::Serialize;
use store::StoredToken;

use super::actor::Actor;
use super::error::AccessError;
use super::permission::{Act, Role, Scope};
use super::secret::{self, Purpose, Secret};
use super::{moment, plain_text};
use crate::desk::Desk;
use crate::error::DeskError;

/// The longest that a token lasts, in days.
const LONGEST_DAYS: u32 = 366;

/// Tokens of one account that may be used.
const MOST: usize = 50;

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What to call it, such as the program that will have it.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// How many days it lasts, 1 to 366.
    pub days: u32,
}

/// A token that was made.
#[derive(Clone, Debug)]
pub struct MadeToken {
    /// The token as it is listed.
    pub token: TokenView,
    /// Its secret, which is shown once.
    pub secret: Secret,
}

/// A token as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct TokenView {
    /// Names it; opens nothing.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose.
    pub account: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: String,
    /// When it ends.
    pub expires: String,
    /// When it was revoked.
    pub revoked: Option<String>,
    /// When it was used last, to within some minutes.
    pub last_used: Option<String>,
    /// `valid`, `expired` or `revoked`.
    pub standing: &'static str,
}

impl Desk {
    /// Makes a token for an account: one's own, or at the machine any.
    ///
    /// # Errors
    /// A token cannot make tokens; there is no such account; too long, too many, or for something its role may not do.
    pub async fn make_token(
        &self,
        actor: &Actor,
        account: Option<&str>,
        token: &NewToken,
        now: i64,
    ) -> Result<MadeToken, DeskError> {
        actor.may(Act::ManageTokens)?;
        let account = self.own_or_named(actor, account).await?;
        if !(1..=LONGEST_DAYS).contains(&token.days) {
            let fix = format!("a token lasts 1 to {LONGEST_DAYS} days");
            return Err(DeskError::value("days", token.days.to_string(), fix));
        }
        let role: Role = account
            .role
            .parse()
            .map_err(|e| DeskError::value("role", &account.role, e))?;
        if let Some(&scope) = token.scopes.iter().find(|scope| !role.may(scope.opens())) {
            return Err(AccessError::BeyondRole { role, scope }.into());
        }
        let valid = |token: &StoredToken| token.revoked.is_none() && token.expires > now;
        let there = self.store.tokens(Some(&account.name)).await?;
        if there.iter().filter(|token| valid(token)).count() >= MOST {
            return Err(AccessError::TooMany {
                what: "tokens",
                most: MOST as u64,
            }
            .into());
        }
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        let secret = Secret::new(Purpose::Token)?;
        let stored = StoredToken {
            id: secret::name()?,
            name: plain_text("token name", &token.name, 1, 80)?,
            account: account.name,
            scopes: scopes.join(","),
            created: now,
            expires: now + i64::from(token.days) * 86_400,
            revoked: None,
            last_used: None,
        };
        let subject = format!("{} for {}: {}", stored.id, stored.account, stored.scopes);
        let deed = actor.deed("make token", subject, Some(&account.organisation), now);
        self.store.add_token(&stored, &secret.hash(), &deed).await?;
        Ok(MadeToken {
            token: view(stored, now),
            secret,
        })
    }

    /// The tokens of an account, newest first; at the machine of everybody where none is named.
    ///
    /// # Errors
    /// A token cannot list tokens, or the database failed.
    pub async fn tokens(
        &self,
        actor: &Actor,
        account: Option<&str>,
        now: i64,
    ) -> Result<Vec<TokenView>, DeskError> {
        actor.may(Act::ManageTokens)?;
        let account = match (actor.known(), account) {
            (Some(known), _) => Some(known.name.as_str()),
            (None, account) => account,
        };
        let tokens = self.store.tokens(account).await?;
        Ok(tokens.into_iter().map(|token| view(token, now)).collect())
    }

    /// Revokes a token, at once and for good: one of one's own, or at the machine any.
    ///
    /// # Errors
    /// A token cannot revoke tokens, there is none of this id that is not revoked, or the database failed.
    pub async fn revoke_token(&self, actor: &Actor, id: &str, now: i64) -> Result<(), DeskError> {
        actor.may(Act::ManageTokens)?;
        let own = actor.known().map(|known| known.name.as_str());
        let deed = actor.deed("revoke token", id, None, now);
        if self.store.revoke_token(id, own, &deed).await? {
            return Ok(());
        }
        Err(AccessError::Unknown {
            what: "token",
            name: id.chars().take(40).collect(),
        }
        .into())
    }
}

fn view(token: StoredToken, now: i64) -> TokenView {
    let standing = match token.revoked {
        Some(_) => "revoked",
        None if token.expires <= now => "expired",
        None => "valid",
    };
    TokenView {
        id: token.id,
        name: token.name,
        account: token.account,
        scopes: token
            .scopes
            .split(',')
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect(),
        created: moment(token.created),
        expires: moment(token.expires),
        revoked: token.revoked.map(moment),
        last_used: token.last_used.map(moment),
        standing,
    }
}
