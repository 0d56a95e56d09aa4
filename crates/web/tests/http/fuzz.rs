//! Requests nobody would send by intention, and those nearly right: whatever comes, the service answers or closes, no answer is
//! a 5xx but 503, and afterwards it serves as before.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::client::raw;
use crate::running::{CAR, Running};

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

#[test]
fn no_request_makes_the_service_fail() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let service = runtime.block_on(async {
        let mut options = crate::running::options();
        // A request that promises more than it sends is given up on soon.
        options.limits.head = std::time::Duration::from_millis(50);
        options.limits.request = std::time::Duration::from_millis(50);
        options.limits.connections_per_client = 1000;
        Running::with(options).await
    });
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&request(), |bytes| {
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
    let well = runtime.block_on(service.get("/healthz"));
    assert_eq!((well.status, well.json()["status"].as_str()), (200, Some("ok")));
    runtime.block_on(service.stop());
}
