//! A service with accounts: an association that runs the log, two exporters who must not see each other, a viewer, a lab.
//!
//! Hashing a password takes a while on purpose, so the log with its accounts is made once and copied for each test.

use std::sync::OnceLock;

use desk::access::{Actor, NewAccount, NewOrganisation, NewToken, Role, Scope};
use desk::issuer::Issuer;
use desk::{Desk, InitOptions};
use serde_json::{Value, json};
use test_servers::LogFolder;
use web::Options;

use crate::client::{Answer, request};
use crate::running::{ORIGIN, REGISTER, Running, key, log_of, options};

/// Everybody's.
pub const PASSWORD: &str = "blue-heron-ferry-41";

/// Name, role, organisation.
pub const PEOPLE: [(&str, Role, &str); 6] = [
    ("olga", Role::Operator, "association"),
    ("ann", Role::Exporter, "yard-a"),
    ("vic", Role::Viewer, "yard-a"),
    ("bob", Role::Exporter, "yard-b"),
    ("ivy", Role::Issuer, "lab"),
    ("max", Role::Operator, "association"),
];

/// The lab's issuer id.
pub const LAB: &str = "lab-test";

struct Made {
    data: LogFolder,
    tokens: Vec<(Option<Scope>, String)>,
}

/// Made on a thread of its own: tests bring runtimes of their own.
pub fn on_a_thread<T: Send + 'static>(making: impl Future<Output = T> + Send + 'static) -> T {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(making)
    })
    .join()
    .unwrap()
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| on_a_thread(make()))
}

async fn make() -> Made {
    let data = LogFolder::new();
    let init = InitOptions {
        origin: ORIGIN.to_owned(),
        passphrase: None,
    };
    let desk = Desk::init(log_of(&data), init).await.unwrap();
    for (id, seed, role) in [(REGISTER, 7, "register"), (LAB, 8, "workshop")] {
        let issuer = Issuer {
            id: id.to_owned(),
            name: format!("{id} (test)"),
            roles: vec![role.parse().unwrap()],
        };
        desk.enrol(
            &[(issuer, key(seed).public())],
            jiff::Timestamp::now().as_second(),
        )
        .await
        .unwrap();
    }
    let now = jiff::Timestamp::now().as_second();
    for (id, issuer) in [
        ("association", None),
        ("yard-a", None),
        ("yard-b", None),
        ("lab", Some(LAB)),
    ] {
        let organisation = NewOrganisation {
            id: id.to_owned(),
            name: format!("The {id}"),
            issuer: issuer.map(str::to_owned),
        };
        desk.make_organisation(&Actor::Machine, &organisation, now)
            .await
            .unwrap();
    }
    for (name, role, organisation) in PEOPLE {
        let account = NewAccount {
            name: name.to_owned(),
            display_name: name.to_uppercase(),
            organisation: organisation.to_owned(),
            role,
        };
        desk.make_account(&Actor::Machine, &account, PASSWORD, now)
            .await
            .unwrap();
    }
    let mut tokens = Vec::new();
    for scope in std::iter::once(None).chain(Scope::ALL.map(Some)) {
        let token = NewToken {
            name: "test".to_owned(),
            scopes: scope.into_iter().collect(),
            days: 30,
        };
        let made = desk
            .make_token(&Actor::Machine, Some("olga"), &token, now)
            .await
            .unwrap();
        tokens.push((scope, made.secret.reveal().to_owned()));
    }
    desk.close().await.unwrap();
    Made { data, tokens }
}

/// The operator's tokens, each with one scope, and one with none.
pub fn operator_tokens() -> &'static [(Option<Scope>, String)] {
    &made().tokens
}

/// A copy of the log with its accounts.
pub fn data() -> LogFolder {
    made().data.copy()
}

/// A service over a copy of the log with its accounts.
pub async fn service() -> Running {
    service_with(options()).await
}

pub async fn service_with(options: Options) -> Running {
    Running::again(data(), options).await
}

/// Somebody with a browser.
pub struct Person {
    pub address: std::net::SocketAddr,
    pub cookie: String,
    pub csrf: String,
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie_of(answer: &Answer) -> String {
    let set = answer
        .header("set-cookie")
        .unwrap_or_else(|| panic!("{answer:?}"));
    set.split(';').next().unwrap().to_owned()
}

pub async fn log_in(service: &Running, name: &str, password: &str) -> Answer {
    let body = json!({"name": name, "password": password});
    crate::client::post_json(service.address, "/api/session", &body).await
}

impl Person {
    pub async fn logged_in(service: &Running, name: &str) -> Self {
        let answer = log_in(service, name, PASSWORD).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        Self {
            address: service.address,
            cookie: cookie_of(&answer),
            csrf: answer.json()["csrf"].as_str().unwrap().to_owned(),
        }
    }

    /// As a page of the service would send it.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let cookie = format!("cookie: {}", self.cookie);
        let csrf = format!("x-carnet-csrf: {}", self.csrf);
        let mut headers = vec![cookie.as_str(), csrf.as_str(), "sec-fetch-site: same-origin"];
        let body = body
            .map(|body| serde_json::to_vec(body).unwrap())
            .unwrap_or_default();
        if !body.is_empty() {
            headers.push("content-type: application/json");
        }
        request(self.address, method, path, &headers, &body).await
    }

    /// A form of a page, filled in.
    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let cookie = format!("cookie: {}", self.cookie);
        let headers = [
            cookie.as_str(),
            "content-type: application/x-www-form-urlencoded",
            "sec-fetch-site: same-origin",
        ];
        let mut body = format!("csrf={}", self.csrf);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={value}"));
        }
        request(self.address, "POST", path, &headers, body.as_bytes()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body)).await
    }
}

/// A program with a token.
pub async fn with_token(
    service: &Running,
    token: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let authorization = format!("authorization: Bearer {token}");
    let mut headers = vec![authorization.as_str()];
    let body = body
        .map(|body| serde_json::to_vec(body).unwrap())
        .unwrap_or_default();
    if !body.is_empty() {
        headers.push("content-type: application/json");
    }
    request(service.address, method, path, &headers, &body).await
}
