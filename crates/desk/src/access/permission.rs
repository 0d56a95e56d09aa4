//! Who may do what: a table of roles and acts, and what a token's scopes leave of it. Pure.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks at what its organisation has.
    Viewer,
    /// Keeps a yard and shows dossiers to buyers.
    Exporter,
    /// Works for an organisation that signs statements; looks, and revokes its own organisation's keys.
    Issuer,
    /// Runs the log: organisations, accounts, issuers, the whole trail.
    Operator,
}

/// Something that is not for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// See one's own account.
    SeeSelf,
    /// Change one's own password.
    ChangePassword,
    /// List, make and revoke one's own API tokens.
    ManageTokens,
    /// See the yard of one's organisation.
    SeeYard,
    /// Add cars to it and remove them.
    ChangeYard,
    /// Put a car into any organisation's yard, confirmed as held by it.
    ConfirmYard,
    /// See the links that one's organisation has made.
    SeeShares,
    /// Make and withdraw them.
    Share,
    /// See personal fields of cars that one's organisation holds.
    Disclose,
    /// List and make organisations.
    ManageOrganisations,
    /// See organisations' accounts.
    SeeAccounts,
    /// Make, disable and change accounts.
    ManageAccounts,
    /// See what was done in the matters of one's organisation.
    SeeTrail,
    /// See what was done in anybody's.
    SeeWholeTrail,
    /// Enrol and revoke issuers' keys.
    ManageIssuers,
    /// Revoke the keys of one's own organisation.
    RevokeOwnKey,
    /// See applications for certification: those of one's organisation, or all where it is the certification body.
    SeeApplications,
    /// Apply, hand telemetry in, complain and appeal.
    Apply,
    /// Take the steps of the certification body, as the person that the account acts as.
    Certify,
    /// See who works for the certification body, with mandates.
    SeeCertifiers,
}

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// See the yard.
    YardRead,
    /// See and change the yard.
    YardWrite,
    /// See, make and withdraw links.
    Shares,
    /// See personal fields.
    Disclose,
    /// Organisations, and seeing accounts.
    Accounts,
    /// See the trail.
    Trail,
    /// Issuers' keys.
    Issuers,
    /// Applications for certification: see, apply, hand telemetry in.
    Certification,
}

/// What a token needs for an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// No scope: every token that is valid.
    Nothing,
    /// One of these.
    OneOf(&'static [Scope]),
    /// A person at a session; no token does it.
    Session,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Exporter, Self::Issuer, Self::Operator];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Exporter => "exporter",
            Self::Issuer => "issuer",
            Self::Operator => "operator",
        }
    }

    /// The table: whether an account of this role may do this at all.
    pub fn may(self, act: Act) -> bool {
        use Role::{Exporter, Issuer, Operator};
        match act {
            Act::SeeSelf
            | Act::ChangePassword
            | Act::ManageTokens
            | Act::SeeYard
            | Act::SeeShares
            | Act::SeeTrail
            | Act::SeeApplications => true,
            Act::ChangeYard | Act::Share | Act::Disclose => matches!(self, Exporter | Operator),
            Act::RevokeOwnKey | Act::Certify | Act::SeeCertifiers => matches!(self, Issuer | Operator),
            Act::Apply => matches!(self, Exporter | Issuer | Operator),
            Act::ConfirmYard
            | Act::ManageOrganisations
            | Act::SeeAccounts
            | Act::ManageAccounts
            | Act::SeeWholeTrail
            | Act::ManageIssuers => self == Operator,
        }
    }
}

impl Act {
    /// What a token needs for it.
    pub fn needs(self) -> Needs {
        match self {
            Self::SeeSelf => Needs::Nothing,
            // A stolen token must not be able to outlive its revocation.
            Self::ChangePassword | Self::ManageTokens | Self::ManageAccounts => Needs::Session,
            // What stands under a person's name is done by that person, and by no program.
            Self::Certify => Needs::Session,
            Self::SeeApplications | Self::Apply | Self::SeeCertifiers => {
                Needs::OneOf(&[Scope::Certification])
            }
            Self::SeeYard => Needs::OneOf(&[Scope::YardRead, Scope::YardWrite]),
            Self::ChangeYard | Self::ConfirmYard => Needs::OneOf(&[Scope::YardWrite]),
            Self::SeeShares | Self::Share => Needs::OneOf(&[Scope::Shares]),
            Self::Disclose => Needs::OneOf(&[Scope::Disclose]),
            Self::ManageOrganisations | Self::SeeAccounts => Needs::OneOf(&[Scope::Accounts]),
            Self::SeeTrail | Self::SeeWholeTrail => Needs::OneOf(&[Scope::Trail]),
            Self::ManageIssuers | Self::RevokeOwnKey => Needs::OneOf(&[Scope::Issuers]),
        }
    }

    /// Whether a token with these scopes may be used for it, as far as the scopes go.
    pub fn is_within(self, scopes: &BTreeSet<Scope>) -> bool {
        match self.needs() {
            Needs::Nothing => true,
            Needs::OneOf(some) => some.iter().any(|scope| scopes.contains(scope)),
            Needs::Session => false,
        }
    }

    /// What it is, to follow "may not".
    pub fn words(self) -> &'static str {
        match self {
            Self::SeeSelf => "see this account",
            Self::ChangePassword => "change a password",
            Self::ManageTokens => "manage tokens",
            Self::SeeYard => "see the yard",
            Self::ChangeYard => "change the yard",
            Self::ConfirmYard => "confirm what others hold",
            Self::SeeShares => "see links",
            Self::Share => "make and withdraw links",
            Self::Disclose => "see personal fields",
            Self::ManageOrganisations => "manage organisations",
            Self::SeeAccounts => "see accounts",
            Self::ManageAccounts => "manage accounts",
            Self::SeeTrail => "see the trail",
            Self::SeeWholeTrail => "see the whole trail",
            Self::ManageIssuers => "manage issuers",
            Self::RevokeOwnKey => "revoke the keys of an organisation",
            Self::SeeApplications => "see applications for certification",
            Self::Apply => "apply for certification",
            Self::Certify => "take steps of the certification body",
            Self::SeeCertifiers => "see who works for the certification body",
        }
    }
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 8] = [
        Self::YardRead,
        Self::YardWrite,
        Self::Shares,
        Self::Disclose,
        Self::Accounts,
        Self::Trail,
        Self::Issuers,
        Self::Certification,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::YardRead => "yard:read",
            Self::YardWrite => "yard:write",
            Self::Shares => "shares",
            Self::Disclose => "disclose",
            Self::Accounts => "accounts",
            Self::Trail => "trail",
            Self::Issuers => "issuers",
            Self::Certification => "certification",
        }
    }

    /// The least that it is for: of no use to an account whose role may not do it.
    pub fn opens(self) -> Act {
        match self {
            Self::YardRead => Act::SeeYard,
            Self::YardWrite => Act::ChangeYard,
            Self::Shares => Act::SeeShares,
            Self::Disclose => Act::Disclose,
            Self::Accounts => Act::SeeAccounts,
            Self::Trail => Act::SeeTrail,
            Self::Issuers => Act::RevokeOwnKey,
            Self::Certification => Act::SeeApplications,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no role; roles are viewer, exporter, issuer and operator")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// A word that is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no scope; scopes are yard:read, yard:write, shares, disclose, accounts, trail, issuers and certification"
)]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Act; 20] = [
        Act::SeeSelf,
        Act::ChangePassword,
        Act::ManageTokens,
        Act::SeeYard,
        Act::ChangeYard,
        Act::ConfirmYard,
        Act::SeeShares,
        Act::Share,
        Act::Disclose,
        Act::ManageOrganisations,
        Act::SeeAccounts,
        Act::ManageAccounts,
        Act::SeeTrail,
        Act::SeeWholeTrail,
        Act::ManageIssuers,
        Act::RevokeOwnKey,
        Act::SeeApplications,
        Act::Apply,
        Act::Certify,
        Act::SeeCertifiers,
    ];

    #[test]
    fn a_token_with_every_scope_does_no_more_than_a_person_makes_no_tokens_or_accounts_and_certifies_nothing()
    {
        let all: BTreeSet<Scope> = Scope::ALL.into_iter().collect();
        let beyond: Vec<Act> = ACTS.into_iter().filter(|act| !act.is_within(&all)).collect();
        assert_eq!(
            beyond,
            [
                Act::ChangePassword,
                Act::ManageTokens,
                Act::ManageAccounts,
                Act::Certify
            ]
        );
    }

    #[test]
    fn a_token_without_scopes_knows_only_whose_it_is() {
        let within: Vec<Act> = ACTS
            .into_iter()
            .filter(|act| act.is_within(&BTreeSet::new()))
            .collect();
        assert_eq!(within, [Act::SeeSelf]);
    }

    #[test]
    fn what_a_scope_opens_is_within_it() {
        for scope in Scope::ALL {
            assert!(scope.opens().is_within(&[scope].into()), "{scope}");
        }
    }

    #[test]
    fn every_role_and_scope_is_read_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
    }
}
