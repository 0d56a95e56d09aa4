//! Organisations and accounts: for operators.

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;
use desk::access::{AccountView, Changed, NewAccount, NewOrganisation, OrganisationView, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::access::{May, act};
use crate::clock;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::App;

/// An organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// Its name, as people read it.
    pub name: String,
    /// The issuer id under which it signs statements, where it does.
    pub issuer: Option<String>,
    /// When it was made.
    pub created: String,
}

impl From<OrganisationView> for Organisation {
    fn from(view: OrganisationView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            issuer: view.issuer,
            created: view.created,
        }
    }
}

/// All organisations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Organisations {
    /// By id.
    pub organisations: Vec<Organisation>,
}

/// All organisations.
#[utoipa::path(get, path = "/api/organisations", tag = "access",
    security(("session" = []), ("token" = [])),
    responses(
        (status = 200, body = Organisations),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn organisations(
    State(app): State<App>,
    May(actor, _): May<act::ManageOrganisations>,
) -> Result<Answered<Organisations>, Problem> {
    let all = app.desk.organisations(&actor).await?;
    Ok(Answered(Organisations {
        organisations: all.into_iter().map(Organisation::from).collect(),
    }))
}

/// An organisation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToMake {
    /// Its id: 1 to 40 of a-z, 0-9, `-` and `.`.
    pub id: String,
    /// Its name, as people read it.
    pub name: String,
    /// The issuer id under which it signs statements; must be enrolled.
    pub issuer: Option<String>,
}

/// Makes an organisation.
#[utoipa::path(post, path = "/api/organisations", tag = "access",
    security(("session" = []), ("token" = [])),
    request_body = ToMake,
    responses(
        (status = 201, body = Organisation),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such issuer", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The id is taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn make_organisation(
    State(app): State<App>,
    May(actor, _): May<act::ManageOrganisations>,
    Json { value, room }: Json<ToMake>,
) -> Result<(StatusCode, Answered<Organisation>), Problem> {
    let new = NewOrganisation {
        id: value.id,
        name: value.name,
        issuer: value.issuer,
    };
    let made = app.desk.make_organisation(&actor, &new, clock::now()).await?;
    drop(room);
    Ok((StatusCode::CREATED, Answered(made.into())))
}

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of its organisation.
    pub organisation: String,
    /// `viewer`, `exporter`, `issuer` or `operator`.
    pub role: String,
    /// When it was made.
    pub created: String,
    /// Since when it may not be used.
    pub disabled: Option<String>,
}

impl From<AccountView> for Account {
    fn from(view: AccountView) -> Self {
        Self {
            name: view.name,
            display_name: view.display_name,
            organisation: view.organisation,
            role: view.role,
            created: view.created,
            disabled: view.disabled,
        }
    }
}

/// All accounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Accounts {
    /// By name.
    pub accounts: Vec<Account>,
}

/// All accounts.
#[utoipa::path(get, path = "/api/accounts", tag = "access",
    security(("session" = []), ("token" = [])),
    responses(
        (status = 200, body = Accounts),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn accounts(
    State(app): State<App>,
    May(actor, _): May<act::SeeAccounts>,
) -> Result<Answered<Accounts>, Problem> {
    let all = app.desk.accounts(&actor).await?;
    Ok(Answered(Accounts {
        accounts: all.into_iter().map(Account::from).collect(),
    }))
}

/// What an account may do.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoleName {
    /// Looks.
    Viewer,
    /// Keeps a yard and makes links.
    Exporter,
    /// Works for an organisation that signs statements.
    Issuer,
    /// Runs the log.
    Operator,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Viewer => Self::Viewer,
            RoleName::Exporter => Self::Exporter,
            RoleName::Issuer => Self::Issuer,
            RoleName::Operator => Self::Operator,
        }
    }
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountToMake {
    /// What is typed at login, such as an e-mail address.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of its organisation.
    pub organisation: String,
    /// Its role.
    pub role: RoleName,
    /// A first password, which its owner changes: at least 12 characters.
    #[schema(value_type = String)]
    pub password: Zeroizing<String>,
}

/// Makes an account.
#[utoipa::path(post, path = "/api/accounts", tag = "access",
    security(("session" = []), ("token" = [])),
    request_body = AccountToMake,
    responses(
        (status = 201, body = Account),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such organisation", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn make_account(
    State(app): State<App>,
    May(actor, _): May<act::ManageAccounts>,
    Json { value, room }: Json<AccountToMake>,
) -> Result<(StatusCode, Answered<Account>), Problem> {
    let new = NewAccount {
        name: value.name,
        display_name: value.display_name,
        organisation: value.organisation,
        role: value.role.into(),
    };
    let made = app
        .desk
        .make_account(&actor, &new, &value.password, clock::now())
        .await?;
    drop(room);
    Ok((StatusCode::CREATED, Answered(made.into())))
}

/// What changes of an account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Another role.
    pub role: Option<RoleName>,
    /// Whether it may not be used.
    pub disabled: Option<bool>,
    /// Another name for people to read.
    pub display_name: Option<String>,
}

/// Changes an account's role or name, disables it, or lets it be used again. With another role, or disabled, its sessions end.
#[utoipa::path(patch, path = "/api/accounts/{name}", tag = "access",
    params(("name" = String, Path, description = "The account's name")),
    security(("session" = []), ("token" = [])),
    request_body = Change,
    responses(
        (status = 200, body = Account),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is the last operator that can log in", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn change_account(
    State(app): State<App>,
    May(actor, _): May<act::ManageAccounts>,
    Path(name): Path<String>,
    Json { value, room }: Json<Change>,
) -> Result<Answered<Account>, Problem> {
    let change = Changed {
        role: value.role.map(Role::from),
        disabled: value.disabled,
        display_name: value.display_name,
    };
    let changed = app
        .desk
        .change_account(&actor, &name, &change, clock::now())
        .await?;
    drop(room);
    Ok(Answered(changed.into()))
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenPassword {
    /// At least 12 characters; the owner changes it.
    #[schema(value_type = String)]
    pub password: Zeroizing<String>,
}

/// Gives somebody who has lost the password another one. All sessions of the account end. One's own is changed with the old one.
#[utoipa::path(put, path = "/api/accounts/{name}/password", tag = "access",
    params(("name" = String, Path, description = "The account's name")),
    security(("session" = [])),
    request_body = GivenPassword,
    responses(
        (status = 204, description = "Given"),
        (status = 400, description = "It is not taken as a password", body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is one's own, or the account acts as a person of the certification body", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn give_password(
    State(app): State<App>,
    May(actor, _): May<act::ManageAccounts>,
    Path(name): Path<String>,
    Json { value, room }: Json<GivenPassword>,
) -> Result<StatusCode, Problem> {
    app.desk
        .reset_password(&actor, &name, &value.password, clock::now())
        .await?;
    drop(room);
    Ok(StatusCode::NO_CONTENT)
}
