//! Accounts at the command line, and what they open in the service beside it.

use serde_json::Value;
use test_servers::LogFolder;

use crate::process::{CAR, Serving, ask, carnet, log, registration, submit};

/// What a command prints as JSON; it must succeed.
fn told(data: &LogFolder, arguments: &[&str]) -> Value {
    let ran = carnet(data, &[&["--json"][..], arguments].concat());
    assert!(
        ran.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// What a command says when it refuses.
fn refused(data: &LogFolder, arguments: &[&str]) -> String {
    let ran = carnet(data, arguments);
    assert_eq!(ran.status.code(), Some(1), "{arguments:?}");
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

/// A log with an exporter whose password is in a file.
fn with_exporter(data: &LogFolder) -> String {
    log(data);
    let password = data.path().join("password");
    std::fs::write(&password, "blue-heron-ferry-41\n").unwrap();
    let password = password.to_string_lossy().into_owned();
    let made = told(
        data,
        &[
            "account",
            "add",
            "Kim@yard.example",
            "--role",
            "exporter",
            "--organisation",
            "yard-incheon",
            "--organisation-name",
            "Yard Incheon",
            "--password-file",
            &password,
        ],
    );
    assert_eq!(made["name"], "kim@yard.example");
    password
}

#[test]
fn a_token_and_a_link_made_at_the_machine_open_the_service() {
    let data = LogFolder::new();
    with_exporter(&data);
    let serving = Serving::start(&data, &[]);
    assert_eq!(submit(&serving.address, &registration(1)).unwrap().0, 200);
    // Beside the running service.
    let made = told(
        &data,
        &[
            "token",
            "new",
            "kim@yard.example",
            "--name",
            "stock",
            "--scope",
            "yard:write",
        ],
    );
    let token = format!("authorization: Bearer {}\r\n", made["secret"].as_str().unwrap());
    let json = format!("{token}content-type: application/json\r\n");
    let yard = format!("/api/yard/{CAR}");
    assert_eq!(
        ask(&serving.address, "PUT", &yard, &json, "{\"lot\": \"7\"}")
            .unwrap()
            .0,
        200
    );
    let cars = told(&data, &["yard", "list", "yard-incheon"]);
    assert_eq!(
        (&cars[0]["lot"], &cars[0]["confirmed"]),
        (&"7".into(), &Value::Null)
    );
    told(&data, &["yard", "confirm", "yard-incheon", CAR]);

    let link = told(
        &data,
        &[
            "share",
            "new",
            CAR,
            "--organisation",
            "yard-incheon",
            "--show",
            "plate",
        ],
    );
    let path = format!("/api/shared/{}", link["secret"].as_str().unwrap());
    assert_eq!(ask(&serving.address, "GET", &path, "", "").unwrap().0, 200);
    let id = link["share"]["id"].as_str().unwrap();
    told(
        &data,
        &["share", "withdraw", id, "--organisation", "yard-incheon"],
    );
    assert_eq!(ask(&serving.address, "GET", &path, "", "").unwrap().0, 410);
    let id = made["token"]["id"].as_str().unwrap();
    told(&data, &["token", "revoke", id]);
    assert_eq!(
        ask(&serving.address, "GET", "/api/yard", &token, "").unwrap().0,
        401
    );

    let trail = told(&data, &["trail"]);
    let acts: Vec<&str> = trail
        .as_array()
        .unwrap()
        .iter()
        .map(|act| act["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        acts,
        [
            "revoke token",
            "withdraw link",
            "make link",
            "confirm in yard",
            "put into yard",
            "make token",
            "make account",
            "make organisation",
            "enrol issuer"
        ]
    );
}

#[test]
fn wrong_input_is_answered_with_value_and_fix() {
    let data = LogFolder::new();
    let password = with_exporter(&data);
    let add = |name: &'static str, more: &[&str]| {
        let file = ["--password-file", password.as_str()];
        refused(&data, &[&["account", "add", name][..], more, &file[..]].concat())
    };
    let said = add("lee", &["--role", "boss", "--organisation", "yard-incheon"]);
    assert!(
        said.contains("\"boss\"") && said.contains("viewer, exporter"),
        "{said}"
    );
    let said = add("lee", &["--role", "viewer", "--organisation", "nowhere"]);
    assert!(
        said.contains("\"nowhere\"") && said.contains("--organisation-name"),
        "{said}"
    );
    let said = add(
        "kim@yard.example",
        &["--role", "viewer", "--organisation", "yard-incheon"],
    );
    assert!(said.contains("already"), "{said}");
    let said = refused(&data, &["account", "password", "kim@yard.example"]);
    assert!(said.contains("--password-file"), "there is no terminal: {said}");
    let said = refused(
        &data,
        &[
            "token",
            "new",
            "kim@yard.example",
            "--name",
            "x",
            "--scope",
            "all",
        ],
    );
    assert!(said.contains("\"all\"") && said.contains("yard:read"), "{said}");
    let said = refused(&data, &["token", "revoke", "none"]);
    assert!(said.contains("there is no token \"none\""), "{said}");
    let said = refused(&data, &["share", "list", "--organisation", "none"]);
    assert!(said.contains("there is no organisation \"none\""), "{said}");
    assert!(
        said.contains("`carnet account add"),
        "it says how to make one: {said}"
    );
    std::fs::write(data.path().join("weak"), "123456789012\n").unwrap();
    let weak = data.path().join("weak").to_string_lossy().into_owned();
    let said = refused(
        &data,
        &[
            "account",
            "password",
            "kim@yard.example",
            "--password-file",
            &weak,
        ],
    );
    assert!(
        said.contains("pattern") && !said.contains("123456789012"),
        "{said}"
    );
}

#[test]
fn a_disabled_account_is_listed_as_such_and_can_be_enabled() {
    let data = LogFolder::new();
    with_exporter(&data);
    let disabled = told(&data, &["account", "disable", "kim@yard.example"]);
    assert!(disabled["disabled"].is_string());
    let listed = told(&data, &["account", "list"]);
    assert!(listed[0]["disabled"].is_string() && listed[0].get("password").is_none());
    let enabled = told(&data, &["account", "enable", "kim@yard.example"]);
    assert_eq!(enabled["disabled"], Value::Null);
}
