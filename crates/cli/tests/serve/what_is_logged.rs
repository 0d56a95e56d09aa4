use test_servers::LogFolder;

use crate::process::{CAR, Serving, ask, log, registration, submit};

#[test]
fn the_log_names_no_car_no_person_and_nothing_that_was_sent() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &[]);
    let address = serving.address.as_str();
    let statement = registration(1);
    assert_eq!(submit(address, &statement).unwrap().0, 200);
    let digest = statement.digest();
    for (method, path, headers, body) in [
        ("GET", format!("/api/vehicles/{CAR}/history"), "", ""),
        (
            "GET",
            format!("/api/vehicles/{CAR}/dossier?show=secret-query"),
            "",
            "",
        ),
        ("GET", format!("/api/vehicles/{CAR}x/label"), "", ""),
        ("GET", format!("/nowhere/{CAR}"), "", ""),
        ("GET", format!("/api/tickets/{digest}.{}", "0".repeat(32)), "", ""),
        (
            "GET",
            "/version".to_owned(),
            "x-request-id: secret-header\r\nuser-agent: secret-agent\r\n",
            "",
        ),
        (
            "POST",
            "/api/statements".to_owned(),
            "content-type: application/json\r\n",
            "{\"secret-body\":1}",
        ),
        ("SECRETMETHOD", "/version".to_owned(), "", ""),
    ] {
        assert!(
            ask(address, method, &path, headers, body).is_some(),
            "{method} {path}"
        );
    }
    serving.ask_to_end();
    let (status, log) = serving.ended();
    assert!(status.success(), "{log}");
    assert!(log.lines().count() > 8, "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(
            line["timestamp"].is_string() && line["level"].is_string(),
            "{line}"
        );
    }
    assert!(log.contains("/api/vehicles/{vehicle}/history"), "{log}");
    let jwt = statement.as_str().split('~').next().unwrap();
    for secret in [CAR, "Hong", "00가", "secret", "SECRETMETHOD", "127.0.0.1", jwt] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[test]
fn the_log_has_no_password_and_no_secret() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &[]);
    let address = serving.address.as_str();
    let setup = serving.setup_token.clone().unwrap();
    let password = "blue-heron-ferry-41";
    let json = "content-type: application/json\r\n";
    let first = format!(
        "{{\"token\": \"{setup}\", \"organisation\": \"association\", \"organisation_name\": \"Association\", \
         \"name\": \"olga.secret\", \"display_name\": \"Olga\", \"password\": \"{password}\"}}"
    );
    assert_eq!(ask(address, "POST", "/api/setup", json, &first).unwrap().0, 204);
    let login = format!("{{\"name\": \"olga.secret\", \"password\": \"{password}\"}}");
    let (status, me) = ask(address, "POST", "/api/session", json, &login).unwrap();
    assert_eq!(status, 200, "{me}");
    let csrf = serde_json::from_str::<serde_json::Value>(&me).unwrap()["csrf"].to_string();
    let wrong = login.replace(password, "wrong-secret-password");
    assert_eq!(ask(address, "POST", "/api/session", json, &wrong).unwrap().0, 401);
    let link = format!("/api/shared/cnd_{}", "L".repeat(43));
    assert_eq!(ask(address, "GET", &link, "", "").unwrap().0, 404);
    let token = format!("authorization: Bearer cnt_{}\r\n", "T".repeat(43));
    assert_eq!(ask(address, "GET", "/api/me", &token, "").unwrap().0, 401);
    serving.ask_to_end();
    let (ended, log) = serving.ended();
    assert!(ended.success(), "{log}");
    assert!(
        log.contains("/api/session") && log.contains("/api/shared/{token}"),
        "{log}"
    );
    for secret in [
        &setup,
        password,
        csrf.trim_matches('"'),
        "secret",
        "LLLL",
        "TTTT",
        "cns_",
        "olga",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    // Somebody has an account now, so nobody is offered to set up.
    let again = Serving::start(&data, &[]);
    assert_eq!(again.setup_token, None);
}
