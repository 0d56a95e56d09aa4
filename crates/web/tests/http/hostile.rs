//! What somebody sends who wants the log to take what it must not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::client::{Answer, raw, request};
use crate::running::{CAR, REGISTER, Running, key, registration, registration_by, registration_saying};

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A statement's parts: header and payload as text, signature and disclosures as they stand.
fn parts(compact: &str) -> (String, String, String, String) {
    let (jwt, disclosures) = compact.split_once('~').unwrap();
    let mut jwt = jwt.split('.');
    let mut text = || String::from_utf8(URL_SAFE_NO_PAD.decode(jwt.next().unwrap()).unwrap()).unwrap();
    let (header, payload) = (text(), text());
    (
        header,
        payload,
        jwt.next().unwrap().to_owned(),
        disclosures.to_owned(),
    )
}

async fn refused(service: &Running, compact: &str) -> String {
    let answer = service.submit(&[compact]).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (422, "statements-refused"),
        "{answer:?}"
    );
    answer.json()["errors"][0].as_str().unwrap().to_owned()
}

async fn nothing_sealed(service: &Running) {
    let history = service.get(&format!("/api/vehicles/{CAR}/history")).await.json();
    assert_eq!(history["absent"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_says_it_needs_no_signature_is_refused() {
    let service = Running::new().await;
    let good = registration(CAR, 1);
    let (header, payload, signature, disclosures) = parts(good.as_str());
    for algorithm in ["none", "None", "HS256", "ES256", "EdDSA "] {
        let mut header: Value = serde_json::from_str(&header).unwrap();
        header["alg"] = json!(algorithm);
        for signature in ["", &signature] {
            let token = format!(
                "{}.{}.{signature}~{disclosures}",
                encode(&header.to_string()),
                encode(&payload)
            );
            refused(&service, &token).await;
        }
    }
    nothing_sealed(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_with_the_token_is_not_believed() {
    let service = Running::new().await;
    let mine = registration_by(&key(66), REGISTER, CAR, 1);
    let (header, payload, signature, disclosures) = parts(mine.as_str());
    let fault = refused(&service, mine.as_str()).await;
    assert!(fault.contains("not enrolled"), "{fault}");

    let real = registration(CAR, 1);
    let (real_header, ..) = parts(real.as_str());
    let under_the_real_key = format!(
        "{}.{}.{signature}~{disclosures}",
        encode(&real_header),
        encode(&payload)
    );
    refused(&service, &under_the_real_key).await;
    let mut with_jwk: Value = serde_json::from_str(&header).unwrap();
    with_jwk["jwk"] = json!({"kty": "OKP", "crv": "Ed25519", "x": encode("x")});
    let embedded = format!(
        "{}.{}.{signature}~{disclosures}",
        encode(&with_jwk.to_string()),
        encode(&payload)
    );
    refused(&service, &embedded).await;
    nothing_sealed(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_stand_there_twice_are_refused() {
    let service = Running::new().await;
    let good = registration(CAR, 1);
    let (header, payload, signature, disclosures) = parts(good.as_str());
    let twice = payload.replacen('{', &format!("{{\"iss\":\"{REGISTER}\","), 1);
    let token = format!("{}.{}.{signature}~{disclosures}", encode(&header), encode(&twice));
    refused(&service, &token).await;
    let twice = header.replacen('{', "{\"alg\":\"none\",", 1);
    let token = format!(
        "{}.{}.{signature}~{disclosures}",
        encode(&twice),
        encode(&payload)
    );
    refused(&service, &token).await;
    nothing_sealed(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_type_is_refused() {
    let service = Running::new().await;
    let good = registration(CAR, 1);
    let (header, payload, signature, disclosures) = parts(good.as_str());
    for typ in [json!("JWT"), json!("vc+sd-jwt"), json!(null), json!(7)] {
        let mut header: Value = serde_json::from_str(&header).unwrap();
        header["typ"] = typ;
        let token = format!(
            "{}.{}.{signature}~{disclosures}",
            encode(&header.to_string()),
            encode(&payload)
        );
        refused(&service, &token).await;
    }
    nothing_sealed(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_for_which_its_issuer_has_no_role_is_refused() {
    let service = Running::new().await;
    let other = registration_by(&key(7), "somebody-else", CAR, 1);
    let fault = refused(&service, other.as_str()).await;
    assert!(fault.contains("iss"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_and_direction_marks_come_back_as_data() {
    let service = Running::new().await;
    let owner = "\u{202e}<script>alert(1)</script>\u{2066}";
    let body = json!({"date": "2020-03-04", "use": "private", "model": owner});
    let statement = registration_saying(&key(7), REGISTER, CAR, 1, body);
    let answer = service.submit(&[statement.as_str()]).await;
    // Taken or refused is the vocabulary's matter; what counts is how it is answered.
    assert!(matches!(answer.status, 200 | 422), "{answer:?}");
    let history = service.get(&format!("/api/vehicles/{CAR}/history")).await;
    for answer in [answer, history] {
        assert!(answer.header("content-type").unwrap().contains("json"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_megabyte_of_text_is_refused_with_a_short_answer() {
    let service = Running::new().await;
    let long = "x".repeat(1 << 20);
    let answer = service.submit(&[&long]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.len() < 2000, "{} bytes", answer.body.len());
    let answer = service
        .get(&format!("/api/vehicles/{}/history", "y".repeat(8000)))
        .await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.len() < 4000, "{} bytes", answer.body.len());
}

async fn posted(service: &Running, body: &[u8]) -> Answer {
    let headers = ["content-type: application/json"];
    request(service.address, "POST", "/api/statements", &headers, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn json_of_any_depth_is_refused_without_harm() {
    let service = Running::new().await;
    let deep = format!("{{\"statements\":{}", "[".repeat(1_000_000));
    let answer = posted(&service, deep.as_bytes()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "malformed-request")
    );
    let header = format!("{{\"alg\":{}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let token = format!("{}.{}.{}~", encode(&header), encode("{}"), encode("x"));
    refused(&service, &token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_utf8_or_not_the_shape_is_malformed() {
    let service = Running::new().await;
    for body in [
        b"{\"statements\":[\"\xff\xfe\"]}".as_slice(),
        b"{\"statements\":[\"\\ud800\"]}",
        b"{\"statements\":[1]}",
        b"{\"statements\":[],\"statements\":[]}",
        b"{\"statements\":[]}",
        b"{\"other\":[]}",
        b"null",
        b"[",
        b"",
    ] {
        let answer = posted(&service, body).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "malformed-request"),
            "{body:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_two_servers_could_read_differently_is_refused() {
    let service = Running::new().await;
    for bytes in [
        "POST /api/statements HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "POST /api/statements HTTP/1.1\r\nhost: t\r\ncontent-length: +5\r\n\r\nhello",
        "POST /api/statements HTTP/1.1\r\nhost: t\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET /version HTTP/1.1\r\nhost : t\r\n\r\n",
        "GET /version HTTP/1.1\r\n host: t\r\n\r\n",
    ] {
        if let Some(answer) = crate::client::raw(service.address, bytes.as_bytes()).await {
            assert!(
                (400..500).contains(&answer.status),
                "{bytes:?}: {}",
                answer.status
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_chunks_come_with_a_length_no_second_request_is_read() {
    let service = Running::new().await;
    let bytes = "POST /api/statements HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\
                 transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /version HTTP/1.1\r\nhost: t\r\n\r\n";
    let answer = raw(service.address, bytes.as_bytes()).await.unwrap();
    assert_eq!(answer.status, 400, "{answer:?}");
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(
        !body.contains("HTTP/1.1"),
        "the smuggled request was answered: {body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_its_host_once() {
    let service = Running::new().await;
    let ask = async |head: &str| {
        let bytes = format!("{head}connection: close\r\n\r\n");
        raw(service.address, bytes.as_bytes()).await.unwrap()
    };
    for head in [
        "GET /version HTTP/1.1\r\n",
        "GET /version HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
        "GET /version HTTP/1.1\r\nhost: a\r\nhost: a\r\n",
        "GET /version HTTP/1.0\r\nhost: a\r\nhost: b\r\n",
    ] {
        let answer = ask(head).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "malformed-request"),
            "{head:?}"
        );
    }
    for head in [
        "GET /version HTTP/1.1\r\nhost: a\r\n",
        "GET /version HTTP/1.0\r\n",
        "GET /version HTTP/1.0\r\nhost: a\r\n",
    ] {
        assert_eq!(ask(head).await.status, 200, "{head:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_what_stands_there_and_what_to_do() {
    let service = Running::new().await;
    let good = registration(CAR, 1);
    let (header, payload, signature, disclosures) = parts(good.as_str());
    let with = |name: &str, value: Value| {
        let mut header: Value = serde_json::from_str(&header).unwrap();
        header[name] = value;
        let header = encode(&header.to_string());
        format!("{header}.{}.{signature}~{disclosures}", encode(&payload))
    };
    for (statement, said) in [
        (with("alg", json!("none")), ["\"none\"", "Ed25519"]),
        (with("typ", json!("JWT")), ["\"JWT\"", "carnet+sd-jwt"]),
        (with("typ", json!("x".repeat(500))), ["xxx…", "carnet+sd-jwt"]),
    ] {
        let fault = refused(&service, &statement).await;
        assert!(said.iter().all(|said| fault.contains(said)), "{fault}");
        assert!(fault.len() < 200, "{fault}");
    }
    let other = registration(CAR, 2);
    let (_, _, other_signature, _) = parts(other.as_str());
    let swapped = good.as_str().replace(&signature, &other_signature);
    let fault = refused(&service, &swapped).await;
    assert!(
        fault.contains("not valid under key") && fault.contains("sign again"),
        "{fault}"
    );

    let nothing = json!({"statements": []});
    let answer = crate::client::post_json(service.address, "/api/statements", &nothing).await;
    assert_eq!(answer.json()["fix"], "put signed statements into `statements`");
}
