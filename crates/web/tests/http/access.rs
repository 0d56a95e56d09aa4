//! The table in docs/access.md, walked: every route as every role, and with tokens of every scope.

use std::collections::BTreeSet;

use desk::access::Scope;
use serde_json::{Value, json};

use crate::client::{Answer, request};
use crate::people::{LAB, Person, operator_tokens, service_with, with_token};
use crate::running::{CAR, Running, options};

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

/// An address of this route at which nothing of the test's own is harmed, and whether all that it names is there.
fn address(method: &str, path: &str) -> (String, bool) {
    let read = |path: &str| match method {
        "GET" => path.replace("{name}", "bob").replace("{issuer}", LAB),
        _ => path.to_owned(),
    };
    let real = read(path)
        .replace("{vehicle}", CAR)
        .replace("{organisation}", "yard-a")
        .replace("{country}", "jo");
    let is_there = !real.contains('{') && !real.starts_with("/assets/");
    let address = real
        .replace("{*path}", "0/000")
        .replace("{case}", "none")
        .replace("{sha256}", "none")
        .replace("{name}", "nobody-here")
        .replace("{issuer}", "nobody-here")
        .replace("{certificate}", "none")
        .replace("{ticket}", "none")
        .replace("{token}", "none")
        .replace("{id}", "none");
    (address, is_there)
}

fn body(method: &str) -> Option<Value> {
    matches!(method, "POST" | "PUT" | "PATCH").then(|| json!({}))
}

/// Whether an answer is as a cell says: a status, or `yes` for any that is not a refusal for who asks. What is there is then found,
/// and in no case does the service fail.
fn agrees(cell: &str, answer: &Answer, is_there: bool) -> bool {
    let to_login = answer
        .header("location")
        .is_some_and(|to| to.starts_with("/login"));
    match cell {
        "yes" => match answer.status {
            401 | 403 | 405 | 500.. => false,
            404 => !is_there,
            _ => !to_login,
        },
        "login" => answer.status == 303 && to_login,
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

/// A service with every route there is, those under test flags too.
async fn service_with_all() -> Running {
    let mut options = options();
    options.test_add = true;
    options.test_vc_api = true;
    service_with(options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_as_the_table_says() {
    let service = service_with_all().await;
    let mut wrong = Vec::new();
    for (column, name) in [None, Some("vic"), Some("ann"), Some("ivy"), Some("olga")]
        .into_iter()
        .enumerate()
    {
        let person = match name {
            Some(name) => Some(Person::logged_in(&service, name).await),
            None => None,
        };
        for line in &table() {
            let ((path, is_there), body) = (address(&line.method, &line.path), body(&line.method));
            // What ends a session gets one of its own.
            let ends = line.path == "/logout" || (line.method == "DELETE" && line.path == "/api/session");
            let other = match name {
                Some(name) if ends => Some(Person::logged_in(&service, name).await),
                _ => None,
            };
            let answer = match other.as_ref().or(person.as_ref()) {
                Some(person) if line.scope == "page" && line.method == "POST" => {
                    person.send_form(&path, &[]).await
                }
                Some(person) => person.ask(&line.method, &path, body.as_ref()).await,
                None => anonymous(&service, &line.method, &path, body.as_ref()).await,
            };
            let cell = &line.cells[column];
            // What a form is about stands in the form, which is empty here.
            let is_there = is_there && (line.method == "GET" || line.scope != "page");
            if !agrees(cell, &answer, is_there) {
                wrong.push(format!(
                    "{} {} as {name:?}: {} where the table says {cell}",
                    line.method, line.path, answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn anonymous(service: &Running, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let headers: &[&str] = match body {
        Some(_) => &["content-type: application/json"],
        None => &[],
    };
    let body = body
        .map(|body| serde_json::to_vec(body).unwrap())
        .unwrap_or_default();
    request(service.address, method, path, headers, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_scope_says_and_nothing_else() {
    let service = service_with_all().await;
    let mut wrong = Vec::new();
    for line in table() {
        if matches!(line.scope.as_str(), "public" | "page") {
            continue;
        }
        for (scope, token) in operator_tokens() {
            let opens = match line.scope.as_str() {
                "any" => true,
                "session" => false,
                some => some
                    .split(", ")
                    .any(|name| Some(name) == scope.map(Scope::as_str)),
            };
            let body = body(&line.method);
            let (path, is_there) = address(&line.method, &line.path);
            let answer = with_token(&service, token, &line.method, &path, body.as_ref()).await;
            let expected = if opens { "yes" } else { "403" };
            if !agrees(expected, &answer, is_there) {
                wrong.push(format!(
                    "{} {} with {scope:?}: {}, expected {expected}",
                    line.method, line.path, answer.status
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
