//! For each route a request that says enough, and names what is there: who is let in gets what was asked for.

use std::borrow::Cow;

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::certification::{self, at, description, wanted};
use crate::client::{Answer, request};
use crate::people::{PASSWORD, Person};
use crate::running::{CAR, registration};
use crate::stage::{BATTERY, BODY, CERTIFIED, LOG, SPARE, Stage, UNCERTIFIED, charged};

const ANOTHER_PASSWORD: &str = "green-otter-quay-77";

/// What is sent with a request.
pub enum Sent {
    Nothing,
    Json(Value),
    Bytes(Vec<u8>),
    /// A form of a page.
    Form(Vec<(&'static str, String)>),
    /// A form with files: field, name of the file, and what it holds.
    Files(Vec<(&'static str, Option<&'static str>, Vec<u8>)>),
}

/// A request that says enough.
pub struct Ask {
    pub path: String,
    pub sent: Sent,
    /// Whether it names what is one organisation's or one account's.
    pub names_own: bool,
    /// Where a success leads, if to the login.
    pub to_login: bool,
}

impl Ask {
    fn of(path: impl Into<String>, sent: Sent) -> Self {
        Self {
            path: path.into(),
            sent,
            names_own: false,
            to_login: false,
        }
    }

    fn bare(path: impl Into<String>) -> Self {
        Self::of(path, Sent::Nothing)
    }

    fn json(path: impl Into<String>, body: Value) -> Self {
        Self::of(path, Sent::Json(body))
    }

    fn form(path: impl Into<String>, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self::of(path, Sent::Form(fields.collect()))
    }

    fn own(mut self) -> Self {
        self.names_own = true;
        self
    }
}

/// By whose word somebody is known.
pub enum By<'p> {
    Nobody,
    Session(&'p Person),
    Token(&'p str),
}

impl Ask {
    /// Sends it.
    pub async fn send(&self, stage: &Stage, method: &str, by: By<'_>) -> Answer {
        let mut headers = Vec::new();
        let mut csrf = None;
        match by {
            By::Nobody => {}
            By::Session(person) => {
                headers.push(format!("cookie: {}", person.cookie));
                headers.push("sec-fetch-site: same-origin".to_owned());
                csrf = Some(person.csrf.as_str());
            }
            By::Token(token) => headers.push(format!("authorization: Bearer {token}")),
        }
        let body = match &self.sent {
            Sent::Nothing => Vec::new(),
            Sent::Bytes(bytes) => bytes.clone(),
            Sent::Json(value) => {
                headers.push("content-type: application/json".to_owned());
                serde_json::to_vec(value).unwrap()
            }
            Sent::Form(fields) => {
                headers.push("content-type: application/x-www-form-urlencoded".to_owned());
                let mut form = Serializer::new(String::new());
                form.extend_pairs(csrf.map(|csrf| ("csrf", csrf)));
                form.extend_pairs(fields);
                form.finish().into_bytes()
            }
            Sent::Files(fields) => {
                headers.push(certification::form_type());
                let mut parts: Vec<certification::Part<'_>> = Vec::new();
                // Pages have the word of the session in the form, first; the interface has it in a header.
                if let (Some(csrf), false) = (csrf, self.path.starts_with("/api/")) {
                    parts.push(("csrf", None, csrf.as_bytes()));
                }
                parts.extend(
                    fields
                        .iter()
                        .map(|(name, file, bytes)| (*name, *file, bytes.as_slice())),
                );
                certification::form(&parts)
            }
        };
        if let Some(csrf) = csrf {
            headers.push(format!("x-carnet-csrf: {csrf}"));
        }
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        request(stage.service.address, method, &self.path, &headers, &body).await
    }
}

/// A car to apply for; the body's accounts name the client who came to them.
fn application(by_body: bool) -> Value {
    let mut wanted = wanted("application.json");
    if by_body {
        wanted["client"] = json!("Mr. Walk-in");
    }
    wanted
}

/// The same as the form of a page has it.
fn application_form(by_body: bool) -> Sent {
    let fields = [
        ("vehicle", "KMHKN81ABMU000005"),
        ("make", "Hyundai"),
        ("model", "Ioniq 5"),
        ("category", "M1"),
        ("registered", "2021-06-08"),
        ("chemistry", "NMC"),
        ("series", "180"),
        ("rated", "111.2"),
        ("source", "sample data sheet"),
        ("client", if by_body { "Mr. Walk-in" } else { "" }),
    ];
    Sent::Form(fields.map(|(name, value)| (name, value.to_owned())).into())
}

fn logs(vin: &str) -> Vec<(&'static str, Option<&'static str>, Vec<u8>)> {
    vec![
        ("battery", Some(BATTERY), description(BATTERY)),
        ("telemetry", Some(LOG), charged(vin)),
    ]
}

/// Logs with the certificate that was computed from them.
async fn logs_with_certificate(stage: &Stage) -> Sent {
    let path = at(&stage.in_force.case, "/credential");
    let credential = stage.person("ann").get(&path).await;
    assert_eq!(credential.status, 200, "{credential:?}");
    let mut fields = vec![("certificate", Some("c.json"), credential.body)];
    fields.extend(logs(CERTIFIED));
    Sent::Files(fields)
}

fn quotes() -> Value {
    json!({
        "cars": [{"name": "A1", "fuel": "petrol", "cc": 1598, "manufactured": "2022-05-10", "importer": "person",
            "price": "9000 USD", "freight": "1200 USD", "insurance": "60 USD"}],
        "to": ["JO"], "arrive": "2026-03-10",
        "rates": {"date": "2026-03-09", "source": "ECB", "pairs": [{"from": "USD", "to": "JOD", "rate": "0.709"}]},
    })
}

fn credential() -> Value {
    json!({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
        "credentialSubject": {"name": "a test"}})
}

/// Of which case a step is tried; one who is not let in need not have one that waits for it.
struct Case<'a> {
    let_in: bool,
    else_this: &'a str,
}

impl<'a> Case<'a> {
    async fn or(&self, made: impl Future<Output = String>) -> Cow<'a, str> {
        match self.let_in {
            true => Cow::Owned(made.await),
            false => Cow::Borrowed(self.else_this),
        }
    }
}

/// What is asked of a route. What is named belongs to `holder` where it belongs to anybody: cases and yard are those of its
/// organisation, and links, tokens and keys are made for it. `let_in` says whether somebody is asked who gets it.
pub async fn ask(stage: &Stage, method: &str, path: &str, holder: &'static str, let_in: bool) -> Ask {
    let by_body = ["kim", "lee", "park", "rho", "otto"].contains(&holder);
    // Of each organisation one who may make links and change the yard.
    let keeper = if by_body { "otto" } else { "ann" };
    let number = stage.number();
    let case = &stage.in_force.case;
    let of = Case {
        let_in,
        else_this: case,
    };
    let agree = json!({"agrees": true, "remarks": "known"});
    let reason = json!({"reason": "the number of the pack was misread", "dry_run": true});
    match (method, path) {
        ("POST", "/api/statements") => {
            let statement = registration(CAR, 1000 + number);
            Ask::json(path, json!({"statements": [statement.as_str()]}))
        }
        ("GET", "/api/tickets/{ticket}") => Ask::bare(path.replace("{ticket}", &stage.ticket)),
        (
            "GET",
            "/api/vehicles/{vehicle}/label"
            | "/api/vehicles/{vehicle}/history"
            | "/api/vehicles/{vehicle}/dossier",
        ) => Ask::bare(path.replace("{vehicle}", CAR)),
        ("GET", "/d/{vehicle}") => Ask::bare(path.replace("{vehicle}", CAR)),
        ("GET", "/api/shared/{token}" | "/d/share/{token}") => {
            Ask::bare(path.replace("{token}", &stage.link(keeper).await.1))
        }
        ("POST", "/api/issuers") => {
            let public = hex::encode(stage.key().public());
            Ask::json(
                path,
                json!({"issuer": "shop", "name": "Shop", "roles": ["workshop"], "public_key": public}),
            )
        }
        ("POST", "/api/issuers/{issuer}/revocation") => {
            let id = stage.issuer_key(BODY, "certification_body").await;
            Ask::json(path.replace("{issuer}", &id), json!({"reason": "key lost"})).own()
        }
        ("POST", "/issuers/revoke") => {
            let id = stage.issuer_key(BODY, "certification_body").await;
            Ask::form(path, &[("key", &id), ("reason", "key lost")]).own()
        }
        ("GET", "/status/{list}") => Ask::bare(path.replace("{list}", "suspension-1.json")),
        (
            "GET",
            "/api/certificates/{certificate}"
            | "/certificates/{certificate}"
            | "/certificates/{certificate}.json",
        ) => Ask::bare(path.replace("{certificate}", &stage.in_force.number)),
        ("POST", "/api/certification/applications") => Ask::json(path, application(by_body)),
        ("POST", "/certification") => Ask::of(path, application_form(by_body)),
        ("GET", "/certification/{case}") => Ask::bare(path.replace("{case}", case)).own(),
        ("POST", "/certification/{case}") => {
            let fields = [("step", "complained"), ("text", "nobody answers")];
            let case = of.or(stage.applied()).await;
            Ask::form(path.replace("{case}", &case), &fields).own()
        }
        ("GET", _) if path.starts_with("/api/certification/applications/{case}") => {
            let path = path
                .replace("{case}", case)
                .replace("{sha256}", &stage.in_force.sha256);
            Ask::bare(path).own()
        }
        ("POST", "/certification/{case}/telemetry" | "/api/certification/applications/{case}/telemetry") => {
            let case = of.or(stage.applied()).await;
            Ask::of(path.replace("{case}", &case), Sent::Files(logs(UNCERTIFIED))).own()
        }
        ("POST", "/api/certification/applications/{case}/complaints") => {
            let case = of.or(stage.applied()).await;
            Ask::json(at(&case, "/complaints"), json!({"text": "nobody answers"})).own()
        }
        ("POST", "/api/certification/applications/{case}/appeals") => {
            let appeal = json!({"against": stage.suspended.last, "text": "look again"});
            Ask::json(at(&stage.suspended.case, "/appeals"), appeal).own()
        }
        ("POST", "/api/certification/applications/{case}/review") => {
            Ask::json(at(&of.or(stage.applied()).await, "/review"), agree).own()
        }
        ("POST", "/api/certification/applications/{case}/evaluation") => {
            let (case, sha256) = match let_in {
                true => stage.handed_in().await,
                false => (case.clone(), stage.in_force.sha256.clone()),
            };
            Ask::json(at(&case, "/evaluation"), json!({"assessment": sha256})).own()
        }
        ("POST", "/api/certification/applications/{case}/decision") => {
            let case = of.or(stage.reviewed()).await;
            Ask::json(
                at(&case, "/decision"),
                json!({"grant": true, "reasons": "all limits kept"}),
            )
            .own()
        }
        ("POST", "/api/certification/applications/{case}/certificate") => {
            let case = of.or(stage.granted()).await;
            Ask::json(at(&case, "/certificate"), json!({"dry_run": true})).own()
        }
        ("POST", "/api/certification/applications/{case}/surveillance") => {
            Ask::json(at(case, "/surveillance"), json!({"remarks": "nothing found"})).own()
        }
        ("POST", "/api/certification/applications/{case}/change") => Ask::json(
            at(case, "/change"),
            json!({"what": "another data sheet, the same figures"}),
        )
        .own(),
        ("POST", "/api/certification/applications/{case}/suspension") => {
            Ask::json(at(case, "/suspension"), reason).own()
        }
        ("POST", "/api/certification/applications/{case}/withdrawal") => {
            Ask::json(at(case, "/withdrawal"), reason).own()
        }
        ("POST", "/api/certification/applications/{case}/reinstatement") => {
            Ask::json(at(&stage.suspended.case, "/reinstatement"), reason).own()
        }
        ("POST", "/api/certification/applications/{case}/resolution") => {
            let (case, record) = stage.disputed().await;
            Ask::json(
                at(&case, "/resolution"),
                json!({"dispute": record, "upheld": true, "text": "he was right"}),
            )
            .own()
        }
        ("POST", "/api/certification/inspection" | "/certification/inspect") => {
            Ask::of(path, Sent::Files(logs(CERTIFIED)))
        }
        ("POST", "/api/certification/recomputation" | "/certification/recompute") => {
            Ask::of(path, logs_with_certificate(stage).await)
        }
        ("POST", "/api/certification/surveillance") => Ask::json(path, json!({"dry_run": true})),
        ("GET", "/api/rules/changes" | "/api/rules/changes.atom") => {
            Ask::bare(format!("{path}?since=2026-01-01"))
        }
        ("GET", "/api/rules/{country}") => Ask::bare("/api/rules/jo"),
        ("POST", "/api/quotes") => Ask::json(path, quotes()),
        ("POST", "/api/setup") => {
            let token = stage.setup_token().await;
            let name = format!("first-{number}");
            Ask::json(
                path,
                json!({"token": token, "organisation": "association", "organisation_name": "The association",
                "name": name, "display_name": "First", "password": PASSWORD}),
            )
        }
        ("POST", "/setup") => {
            let (token, name) = (stage.setup_token().await, format!("first-{number}"));
            let fields = [
                ("token", token.as_str()),
                ("organisation", "association"),
                ("organisation_name", "The association"),
                ("name", &name),
                ("display_name", "First"),
                ("password", PASSWORD),
            ];
            let mut ask = Ask::form(path, &fields);
            ask.to_login = true;
            ask
        }
        ("POST", "/api/session") => Ask::json(path, json!({"name": holder, "password": PASSWORD})),
        ("POST", "/login") => Ask::form(path, &[("name", holder), ("password", PASSWORD)]),
        // The same one: whoever comes later in these tests knows no other.
        ("POST", "/api/me/password") => Ask::json(path, json!({"old": PASSWORD, "new": PASSWORD})),
        ("POST", "/me/password") => Ask::form(path, &[("old", PASSWORD), ("new", PASSWORD)]),
        ("POST", "/api/organisations") => Ask::json(
            path,
            json!({"id": format!("yard-{number}"), "name": "Another yard"}),
        ),
        ("POST", "/organisations") => Ask::form(
            path,
            &[
                ("organisation", &format!("yard-{number}")),
                ("organisation_name", "Another yard"),
            ],
        ),
        ("PUT", "/api/organisations/{organisation}/yard/{vehicle}") => {
            Ask::bare(path.replace("{organisation}", "lab").replace("{vehicle}", CAR))
        }
        ("POST", "/organisations/confirm") => Ask::form(path, &[("of", "lab"), ("vehicle", CAR)]),
        ("POST", "/api/accounts") => Ask::json(
            path,
            json!({"name": format!("new-{number}"), "display_name": "New", "organisation": "yard-b",
                "role": "viewer", "password": PASSWORD}),
        ),
        ("POST", "/accounts") => {
            let name = format!("new-{number}");
            Ask::form(
                path,
                &[
                    ("of", "yard-b"),
                    ("display_name", "New"),
                    ("name", &name),
                    ("role", "viewer"),
                    ("password", PASSWORD),
                ],
            )
        }
        ("PATCH", "/api/accounts/{name}") => {
            Ask::json(path.replace("{name}", SPARE), json!({"display_name": "Another"}))
        }
        ("PUT", "/api/accounts/{name}/password") => Ask::json(
            path.replace("{name}", SPARE),
            json!({"password": ANOTHER_PASSWORD}),
        ),
        ("GET", "/accounts/{name}") => Ask::bare(path.replace("{name}", SPARE)),
        ("POST", "/accounts/{name}/role") => {
            Ask::form(path.replace("{name}", SPARE), &[("role", "exporter")])
        }
        ("POST", "/accounts/{name}/standing") => {
            Ask::form(path.replace("{name}", SPARE), &[("disabled", "true")])
        }
        ("POST", "/accounts/{name}/password") => {
            Ask::form(path.replace("{name}", SPARE), &[("password", ANOTHER_PASSWORD)])
        }
        ("POST", "/api/tokens") => Ask::json(path, json!({"name": "test", "scopes": ["trail"]})),
        ("POST", "/me/tokens") => Ask::form(path, &[("name", "test"), ("scope", "trail"), ("days", "30")]),
        ("DELETE", "/api/tokens/{id}") => Ask::bare(path.replace("{id}", &stage.token(holder).await)).own(),
        ("POST", "/me/tokens/revoke") => Ask::form(path, &[("token", &stage.token(holder).await)]).own(),
        ("PUT", "/api/yard/{vehicle}") => Ask::json(path.replace("{vehicle}", CAR), json!({"lot": "7"})),
        ("POST", "/yard") => Ask::form(path, &[("vehicle", CAR), ("lot", "7")]),
        ("DELETE", "/api/yard/{vehicle}") => {
            Ask::bare(path.replace("{vehicle}", &stage.bought(keeper).await)).own()
        }
        ("POST", "/yard/remove") => Ask::form(path, &[("vehicle", &stage.bought(keeper).await)]).own(),
        ("POST", "/api/shares") => Ask::json(path, json!({"vehicle": CAR})).own(),
        ("POST", "/yard/link") => Ask::form(path, &[("vehicle", CAR), ("days", "2")]).own(),
        ("DELETE", "/api/shares/{id}") => Ask::bare(path.replace("{id}", &stage.link(keeper).await.0)).own(),
        ("POST", "/yard/withdraw") => Ask::form(path, &[("link", &stage.link(keeper).await.0)]).own(),
        ("GET", "/log/tile/{*path}") => {
            let checkpoint = stage.service.get("/log/checkpoint").await;
            let size: u64 = checkpoint.text().lines().nth(1).unwrap().parse().unwrap();
            assert!(size < 256, "name a full tile");
            Ask::bare(format!("/log/tile/0/000.p/{size}"))
        }
        ("GET", "/assets/{name}") => {
            let page = stage.service.get("/").await;
            let (_, rest) = page.text().split_once("/assets/").unwrap();
            Ask::bare(format!("/assets/{}", rest.split('"').next().unwrap()))
        }
        ("POST", "/add") => Ask::of(path, Sent::Bytes(format!("leaf {number}").into_bytes())),
        ("POST", "/credentials/issue") => Ask::json(path, json!({"credential": credential()})),
        ("POST", "/credentials/verify") => {
            let issue = Ask::json("/credentials/issue", json!({"credential": credential()}));
            let issued = issue.send(stage, "POST", By::Nobody).await.json();
            Ask::json(
                path,
                json!({"verifiableCredential": issued["verifiableCredential"]}),
            )
        }
        ("POST", "/logout") => Ask::form(path, &[]),
        // What is left asks for nothing but itself.
        ("GET" | "DELETE", _) if !path.contains('{') => Ask::bare(path),
        _ => panic!("say in this test what is enough for {method} {path}"),
    }
}
