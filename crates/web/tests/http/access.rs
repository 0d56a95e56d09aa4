//! The table in docs/access.md, walked: every route as every role, with tokens of every scope, and for what others have.

use std::collections::BTreeSet;

use desk::access::Scope;
use serde_json::Value;

use crate::client::Answer;
use crate::people::Person;
use crate::stage::Stage;
use crate::sufficient::{Ask, By, ask};

const PAGE: &str = include_str!("../../../../docs/access.md");

/// A line of the table.
pub struct Line {
    pub method: String,
    pub path: String,
    /// Anonymous, viewer, exporter, issuer, operator.
    cells: Vec<String>,
    scope: String,
}

pub fn table() -> Vec<Line> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
    let lines: Vec<Line> = rows
        .filter_map(|row| {
            let (route, cells) = row.split_once("` |")?;
            let (method, path) = route.split_once(' ')?;
            let mut cells: Vec<String> = cells
                .trim_end_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect();
            (cells.len() == 6).then(|| Line {
                method: method.to_owned(),
                path: path.to_owned(),
                scope: cells.pop().unwrap_or_default(),
                cells,
            })
        })
        .collect();
    assert!(
        lines.len() > 30,
        "docs/access.md has a table of {} lines",
        lines.len()
    );
    lines
}

/// The routes there are: those of the description, and those that the router adds to them.
fn routes() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(web::description()).unwrap();
    let mut routes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                routes.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    for source in [
        include_str!("../../src/router.rs"),
        include_str!("../../src/pages/mod.rs"),
        include_str!("../../src/vc_api.rs"),
    ] {
        for added in source.split(".route(").skip(1) {
            let (address, rest) = added.split_once(',').unwrap();
            let address = match address.trim().split_once("::") {
                Some((module, name)) => constant(module, name),
                None => address.trim().trim_matches('"').to_owned(),
            };
            assert!(
                address.starts_with('/'),
                "tell this test which address {address} is"
            );
            let call = rest.split('\n').next().unwrap_or_default();
            for method in ["get", "post"] {
                if call.contains(&format!("{method}(")) || call.contains("tiles") && method == "get" {
                    routes.insert((method.to_uppercase(), address.clone()));
                }
            }
        }
    }
    routes
}

/// An address that a module has as a constant.
fn constant(module: &str, name: &str) -> String {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let found = [
        format!("{source}/{module}.rs"),
        format!("{source}/pages/{module}.rs"),
    ];
    let found = found
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok())
        .unwrap();
    let (_, value) = found.split_once(&format!("const {name}: &str = \"")).unwrap();
    value.split('"').next().unwrap().to_owned()
}

/// Whether an answer is as a cell says: a status; or `yes`, where whoever asks gets what was asked for.
fn agrees(cell: &str, answer: &Answer, ask: &Ask) -> bool {
    let to_login = answer
        .header("location")
        .is_some_and(|to| to.starts_with("/login"));
    match cell {
        "yes" => matches!(answer.status, 200..=399) && to_login == ask.to_login,
        "login" => answer.status == 303 && to_login,
        // For who asks, and not for the form of the request.
        "403" => answer.status == 403 && answer.text().contains("may not"),
        status => answer.status.to_string() == status,
    }
}

#[test]
fn every_route_is_in_the_table_once_and_the_table_has_no_other() {
    let mut listed: Vec<(String, String)> =
        table().into_iter().map(|line| (line.method, line.path)).collect();
    listed.sort();
    let mut once = listed.clone();
    once.dedup();
    assert_eq!(listed, once, "a route is there twice");
    let there: Vec<(String, String)> = routes().into_iter().collect();
    let missing: Vec<_> = there.iter().filter(|route| !listed.contains(route)).collect();
    let invented: Vec<_> = listed.iter().filter(|route| !there.contains(route)).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "not in docs/access.md: {missing:?}; not a route: {invented:?}"
    );
}

/// Who asks in the name of a role: nobody, a viewer and an exporter of a yard, and an issuer and an operator of the
/// certification body, each of whom acts as a person of the scheme who may take the step.
fn who(column: usize, path: &str) -> Option<&'static str> {
    match column {
        0 => None,
        1 => Some("vic"),
        2 => Some("ann"),
        3 if path.ends_with("/resolution") => Some("rho"),
        3 if PARKS.iter().any(|step| path.ends_with(step)) => Some("park"),
        3 => Some("kim"),
        _ => Some("otto"),
    }
}

/// The steps of those who decide, of whom none evaluates.
const PARKS: [&str; 7] = [
    "/decision",
    "/certificate",
    "/surveillance",
    "/change",
    "/suspension",
    "/reinstatement",
    "/withdrawal",
];

/// What ends a session gets one of its own.
const ENDING: [(&str, &str); 4] = [
    ("POST", "/logout"),
    ("POST", "/login"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_as_the_table_says() {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for Line {
        method, path, cells, ..
    } in &table()
    {
        for (column, cell) in cells.iter().enumerate() {
            let name = who(column, path);
            let ask = ask(&stage, method, path, name.unwrap_or("ann"), cell == "yes").await;
            let ends = ENDING.contains(&(method.as_str(), path.as_str()));
            let own = match name.filter(|_| ends) {
                Some(name) => Some(Person::logged_in(&stage.service, name).await),
                None => None,
            };
            let by = match (&own, name) {
                (Some(own), _) => By::Session(own),
                (None, Some(name)) => By::Session(stage.person(name)),
                (None, None) => By::Nobody,
            };
            let answer = ask.send(&stage, method, by).await;
            if !agrees(cell, &answer, &ask) {
                wrong.push(format!(
                    "{method} {path} as {name:?}: {} where the table says {cell}: {}",
                    answer.status,
                    said(&answer)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The beginning of what an answer says.
fn said(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).chars().take(300).collect()
}

/// Routes that name something without asking whose it is, and why that is so.
const OPEN: [(&str, &str, &str); 24] = [
    ("GET", "/api/tickets/{ticket}", "who holds the ticket"),
    ("GET", "/api/vehicles/{vehicle}/label", "who knows the number"),
    ("GET", "/api/vehicles/{vehicle}/history", "who knows the number"),
    ("GET", "/api/vehicles/{vehicle}/dossier", "who knows the number"),
    ("GET", "/d/{vehicle}", "who knows the number"),
    ("GET", "/api/shared/{token}", "who has the link"),
    ("GET", "/d/share/{token}", "who has the link"),
    (
        "GET",
        "/api/certificates/{certificate}",
        "the directory is public",
    ),
    ("GET", "/certificates/{certificate}", "the directory is public"),
    (
        "GET",
        "/certificates/{certificate}.json",
        "the directory is public",
    ),
    ("GET", "/status/{list}", "the status of certificates is public"),
    ("GET", "/api/rules/{country}", "rules are public"),
    ("GET", "/log/tile/{*path}", "the log is public"),
    ("GET", "/assets/{name}", "stylesheet and scripts"),
    ("PUT", "/api/yard/{vehicle}", "one's own yard takes any car"),
    (
        "PUT",
        "/api/organisations/{organisation}/yard/{vehicle}",
        "operators alone",
    ),
    ("PATCH", "/api/accounts/{name}", "operators alone"),
    ("PUT", "/api/accounts/{name}/password", "operators alone"),
    ("GET", "/accounts/{name}", "operators alone"),
    ("POST", "/accounts/{name}/role", "operators alone"),
    ("POST", "/accounts/{name}/standing", "operators alone"),
    ("POST", "/accounts/{name}/password", "operators alone"),
    // The keys of every issuer are the operator's to revoke; those of others are not an issuer's.
    ("POST", "/api/issuers/{issuer}/revocation", "operators"),
    ("POST", "/issuers/revoke", "operators"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_another_organisation_has_is_there_for_nobody() {
    let stage = Stage::new().await;
    let (ann, own) = (stage.person("ann"), ["/api/yard", "/api/shares", "/api/tokens"]);
    let before = [
        ann.get(own[0]).await,
        ann.get(own[1]).await,
        ann.get(own[2]).await,
    ];
    let case = format!("/api/certification/applications/{}", stage.in_force.case);
    let records = ann.get(&case).await.json()["records"].clone();
    let mut wrong = Vec::new();
    for Line {
        method, path, cells, ..
    } in &table()
    {
        let open = OPEN.iter().find(|open| (open.0, open.1) == (method, path));
        for (column, name) in [
            (0, None),
            (1, Some("val")),
            (2, Some("bob")),
            (3, Some("ivy")),
            (4, Some("olga")),
        ] {
            let ask = ask(&stage, method, path, "ann", false).await;
            let operators = open.is_some_and(|open| open.2 == "operators");
            match (ask.names_own, open) {
                (false, None) if path.contains('{') => {
                    wrong.push(format!("{method} {path}: whose is what it names?"))
                }
                (false, _) => continue,
                (true, Some(_)) if !operators => {
                    wrong.push(format!("{method} {path} is both one's own and open"))
                }
                (true, _) => {}
            }
            let by = name.map_or(By::Nobody, |name| By::Session(stage.person(name)));
            let answer = ask.send(&stage, method, by).await;
            let as_it_should = match cells[column].as_str() {
                "yes" if operators && name == Some("olga") => matches!(answer.status, 200..=399),
                // Another's issuer key is known to all and not one's own; everything else is not there.
                "yes" => answer.status == if operators { 403 } else { 404 },
                cell => agrees(cell, &answer, &ask),
            };
            if !as_it_should {
                wrong.push(format!(
                    "{method} {path} as {name:?}: {}: {}",
                    answer.status,
                    said(&answer)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The links and tokens that the walk made are there, and so is everything that was there before.
    for (path, before) in own.iter().zip(before) {
        let after = ann.get(path).await.json();
        let list = |of: &Value| {
            of.as_object()
                .unwrap()
                .values()
                .next()
                .unwrap()
                .as_array()
                .unwrap()
                .clone()
        };
        for thing in list(&before.json()) {
            assert!(list(&after).contains(&thing), "{path}: {thing} is not in {after}");
        }
        for thing in list(&after) {
            assert!(
                thing["withdrawn"].is_null() && thing["revoked"].is_null(),
                "{path}: {thing}"
            );
        }
    }
    assert_eq!(ann.get(&case).await.json()["records"], records);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_scope_says_and_nothing_else() {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for line in table() {
        if matches!(line.scope.as_str(), "public" | "page") {
            continue;
        }
        for (scope, token) in stage.tokens {
            let opens = match line.scope.as_str() {
                "any" => true,
                "session" => false,
                some => some
                    .split(", ")
                    .any(|name| Some(name) == scope.map(Scope::as_str)),
            };
            let ask = ask(&stage, &line.method, &line.path, "otto", opens).await;
            let answer = ask.send(&stage, &line.method, By::Token(token)).await;
            let expected = if opens { "yes" } else { "403" };
            if !agrees(expected, &answer, &ask) {
                wrong.push(format!(
                    "{} {} with {scope:?}: {}, expected {expected}: {}",
                    line.method,
                    line.path,
                    answer.status,
                    said(&answer)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_names_every_scope_and_every_role() {
    for word in Scope::ALL
        .map(Scope::as_str)
        .into_iter()
        .chain(desk::access::Role::ALL.map(|role| role.as_str()))
    {
        assert!(PAGE.contains(&format!("`{word}`")), "{word}");
    }
}
