//! Requests nobody would send by intention, and those nearly right: whatever comes, the service answers or closes, no answer is
//! a 5xx but 503, and afterwards it serves as before.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::access::table;
use crate::client::raw;
use crate::people::{self, Person};
use crate::running::{CAR, Running, options};

/// Cases, each a connection; some seconds in all.
const CASES: u32 = 600;

fn path() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("api".to_owned()),
        Just("log".to_owned()),
        Just("tile".to_owned()),
        Just("entries".to_owned()),
        Just("statements".to_owned()),
        Just("tickets".to_owned()),
        Just("vehicles".to_owned()),
        Just("history".to_owned()),
        Just("dossier".to_owned()),
        Just("label".to_owned()),
        Just("openapi.json".to_owned()),
        Just("000".to_owned()),
        Just("0".to_owned()),
        Just("000.p".to_owned()),
        Just("..".to_owned()),
        Just(CAR.to_owned()),
        Just("%00".to_owned()),
        Just("%ff%fe".to_owned()),
        "[a-zA-Z0-9%.:~_-]{0,40}",
    ];
    (
        proptest::collection::vec(part, 0..7),
        proptest::option::of("[a-z=&%+,0-9]{0,20}"),
    )
        .prop_map(|(parts, query)| {
            let query = query.map(|q| format!("?{q}")).unwrap_or_default();
            format!("/{}{query}", parts.join("/"))
        })
}

fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("content-type: application/json".to_owned()),
        Just("transfer-encoding: chunked".to_owned()),
        Just("expect: 100-continue".to_owned()),
        Just("prefer: respond-async".to_owned()),
        Just("prefer: wait=99999999999999999999".to_owned()),
        Just("if-none-match: *".to_owned()),
        Just("accept-encoding: gzip, br;q=0, *".to_owned()),
        Just("range: bytes=0-".to_owned()),
        Just("connection: upgrade".to_owned()),
        "[a-z-]{1,12}: [ -~]{0,40}",
        "[ -~]{0,30}",
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        proptest::collection::vec(any::<u8>(), 0..200),
        "[\\[\\]{}\":,a-z0-9~.]{0,200}".prop_map(String::into_bytes),
        "[A-Za-z0-9_~.-]{0,200}".prop_map(|s| format!("{{\"statements\":[\"{s}\"]}}").into_bytes()),
    ]
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let method = prop_oneof![
        4 => Just("GET".to_owned()),
        4 => Just("POST".to_owned()),
        1 => Just("HEAD".to_owned()),
        1 => Just("OPTIONS".to_owned()),
        1 => "[A-Z]{1,10}",
    ];
    let nearly = (
        method,
        path(),
        proptest::collection::vec(header(), 0..5),
        body(),
        any::<bool>(),
    )
        .prop_map(|(method, path, headers, body, honest)| {
            let mut head = format!("{method} {path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n");
            for header in headers {
                head.push_str(&header);
                head.push_str("\r\n");
            }
            if honest {
                head.push_str(&format!("content-length: {}\r\n", body.len()));
            }
            head.push_str("\r\n");
            [head.into_bytes(), body].concat()
        });
    prop_oneof![9 => nearly, 1 => proptest::collection::vec(any::<u8>(), 0..300)]
}

/// What is sent to an address that takes JSON, a form or files: of the right kind, with names that mean something somewhere.
fn meant_body() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "name",
            "id",
            "password",
            "role",
            "organisation",
            "issuer",
            "roles",
            "public_key",
            "reason",
            "vehicle",
            "scopes",
            "days",
            "statements",
            "cars",
            "to",
            "facts",
            "arrive",
            "price",
            "csrf",
            "display_name",
            "lot",
            "note",
            "disclose",
            "outcome",
            "odometer",
            "step",
            "state",
            "given",
            "hours",
            "token",
            "disabled",
        ])
        .prop_map(str::to_owned),
        "[a-z_]{1,10}",
    ];
    let value = prop_oneof![
        Just(CAR.to_owned()),
        Just("operator".to_owned()),
        Just("2026-03-10".to_owned()),
        Just("-1".to_owned()),
        Just("9".repeat(30)),
        "[ -~]{0,20}",
        "\\PC{0,20}",
    ];
    let fields = proptest::collection::vec((name, value), 0..6);
    (fields, 0_u8..4).prop_map(|(fields, kind)| match kind {
        0 | 1 => {
            let object: serde_json::Map<_, _> = fields
                .into_iter()
                .map(|(name, value)| {
                    let json = serde_json::from_str(&value).unwrap_or(serde_json::Value::String(value));
                    (name, if kind == 0 { json } else { serde_json::json!([json]) })
                })
                .collect();
            let json = serde_json::Value::Object(object).to_string();
            ("application/json".to_owned(), json.into_bytes())
        }
        2 => {
            let encoded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}={}", encoded(value)))
                .collect();
            let kind = "application/x-www-form-urlencoded".to_owned();
            (kind, fields.join("&").into_bytes())
        }
        _ => {
            let parts: String = fields
                .iter()
                .map(|(name, value)| {
                    format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{name}.csv\"\r\n\r\n{value}\r\n")
                })
                .collect();
            ("multipart/form-data; boundary=b".to_owned(), format!("{parts}--b--\r\n").into_bytes())
        }
    })
}

/// A request to an address of the table in docs/access.md, by somebody who is known.
fn known_request(callers: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(CAR.to_owned()),
        Just("olga".to_owned()),
        Just("yard-a".to_owned()),
        Just("jo".to_owned()),
        Just("C-000001".to_owned()),
        "[a-zA-Z0-9%._~-]{1,20}",
    ];
    let lines: Vec<(String, String)> = table()
        .into_iter()
        // What ends the session or locks the name would leave the rest to strangers.
        .filter(|line| !matches!(line.path.as_str(), "/logout" | "/api/session" | "/login"))
        .map(|line| (line.method, line.path))
        .collect();
    (
        prop::sample::select(lines),
        prop::sample::select(callers),
        proptest::collection::vec(part, 3),
        proptest::option::of("[a-z]{1,8}=[a-z0-9%-]{0,12}"),
        meant_body(),
    )
        .prop_map(|((method, pattern), caller, parts, query, (kind, body))| {
            let mut parts = parts.into_iter();
            let path: Vec<String> = pattern
                .split('/')
                .map(|part| match part.starts_with('{') {
                    true => parts.next().unwrap_or_default(),
                    false => part.to_owned(),
                })
                .collect();
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let head = format!(
                "{method} {}{query} HTTP/1.1\r\nhost: t\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n{caller}\r\n\
                 content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
                path.join("/"),
                body.len()
            );
            [head.into_bytes(), body].concat()
        })
}

#[test]
fn no_request_makes_the_service_fail() {
    let runtime = runtime();
    let service = runtime.block_on(async {
        let mut options = options();
        // A request that promises more than it sends is given up on soon.
        options.limits.head = std::time::Duration::from_millis(50);
        options.limits.request = std::time::Duration::from_millis(50);
        options.limits.connections_per_client = 1000;
        Running::with(options).await
    });
    bear(&runtime, service, &request());
}

#[test]
fn no_request_of_somebody_who_is_known_makes_the_service_fail() {
    let runtime = runtime();
    let (service, callers) = runtime.block_on(async {
        let service = people::service().await;
        let mut callers = Vec::new();
        for name in ["olga", "ann", "ivy"] {
            let Person { cookie, csrf, .. } = Person::logged_in(&service, name).await;
            callers.push(format!("cookie: {cookie}\r\nx-carnet-csrf: {csrf}"));
        }
        for (_, token) in people::operator_tokens() {
            callers.push(format!("authorization: Bearer {token}"));
        }
        (service, callers)
    });
    bear(&runtime, service, &known_request(callers));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The service bears all of these, and is well afterwards.
fn bear(runtime: &tokio::runtime::Runtime, service: Running, requests: &impl Strategy<Value = Vec<u8>>) {
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(requests, |bytes| {
        let answer = runtime.block_on(raw(service.address, &bytes));
        if let Some(answer) = answer {
            let allowed = answer.status < 500 || answer.status == 503;
            prop_assert!(
                allowed,
                "{} to {:?}",
                answer.status,
                String::from_utf8_lossy(&bytes)
            );
        }
        Ok(())
    });
    outcome.unwrap();
    // What is given up on soon may be this question, on a busy machine.
    let asked = b"GET /healthz HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
    let well = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let answer = runtime.block_on(raw(service.address, asked));
        answer.is_some_and(|answer| answer.status == 200 && answer.json()["status"] == "ok")
    });
    assert!(well, "the service is not well afterwards");
    runtime.block_on(service.stop());
}
