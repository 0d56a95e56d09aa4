//! Starting the program, talking to it, and ending it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};
use statement::vocabulary::StatementType;
use statement::{Claims, Confidence, IssuerSigningKey, SdJwt, issue};

/// A car that no maker built.
pub const CAR: &str = "KMHXX00XXXX000001";

/// Who signs in these tests; enrolled by [`log`].
fn register() -> IssuerSigningKey {
    IssuerSigningKey::from_seed(&[7; 32])
}

/// Runs the program to its end.
pub fn carnet(data: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_carnet"))
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env_remove("CARNET_DATA")
        .env_remove("CARNET_PASSPHRASE")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A log with one issuer.
pub fn log(data: &Path) {
    let public = hex::encode(register().public());
    for arguments in [
        vec!["init", "--origin", "log.example/carnet"],
        vec![
            "issuer",
            "enrol",
            "register-test",
            "--name",
            "Register",
            "--role",
            "register",
            "--public-key",
            &public,
        ],
    ] {
        let ran = carnet(data, &arguments);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// The first registration of the car, with personal fields; another one for each number.
pub fn registration(number: u64) -> SdJwt {
    let Value::Object(body) = json!({
        "date": "2020-03-04", "use": "private", "plate": format!("00가{number:04}"), "owner": "Hong Gildong",
    }) else {
        unreachable!()
    };
    let claims = Claims {
        iss: "register-test".to_owned(),
        iat: 1_700_000_000 + i64::try_from(number).unwrap(),
        typ: StatementType::RegistrationFirst,
        vid: desk::check::parse_vehicle(CAR).unwrap(),
        event_time: "2020-03-04T10:00:00+09:00".parse().unwrap(),
        recorded_at: None,
        place: None,
        body,
        evidence: Vec::new(),
        confidence: Confidence::Authority,
        supersedes: None,
    };
    issue(&claims, &register(), &mut ChaCha20Rng::seed_from_u64(number)).unwrap()
}

/// A service in a process of its own.
pub struct Serving {
    child: Child,
    pub address: String,
    /// On a log where nobody has an account.
    pub setup_token: Option<String>,
    log: Option<JoinHandle<String>>,
}

impl Serving {
    pub fn start(data: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_carnet"))
            .arg("--data")
            .arg(data)
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .env_remove("CARNET_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        while !said.contains("}\n") {
            assert!(
                out.read_line(&mut said).unwrap() > 0,
                "{said}{}",
                log.join().unwrap()
            );
        }
        let said: Value = serde_json::from_str(&said).unwrap();
        let address = said["url"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap()
            .to_owned();
        let setup_token = said["setup_token"].as_str().map(str::to_owned);
        Self {
            child,
            address,
            setup_token,
            log: Some(log),
        }
    }

    pub fn ask_to_end(&self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end; how it ended, and its log.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.child.kill();
    }
}

/// Sends a request; status and body, or `None` where the connection was refused or cut.
pub fn ask(address: &str, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some((status, body.to_owned()))
}

/// Hands a statement in.
pub fn submit(address: &str, statement: &SdJwt) -> Option<(u16, Value)> {
    let body = json!({"statements": [statement.as_str()]}).to_string();
    let (status, body) = ask(
        address,
        "POST",
        "/api/statements",
        "content-type: application/json\r\n",
        &body,
    )?;
    Some((status, serde_json::from_str(&body).ok()?))
}
