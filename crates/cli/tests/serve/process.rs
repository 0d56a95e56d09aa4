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
use test_servers::LogFolder;

/// A car that no maker built.
pub const CAR: &str = "KMHXX00XXXX000001";

/// Who signs in these tests; enrolled by [`log`].
fn register() -> IssuerSigningKey {
    IssuerSigningKey::from_seed(&[7; 32])
}

/// Runs the program to its end.
pub fn carnet(data: &LogFolder, arguments: &[&str]) -> std::process::Output {
    program(data.path(), data)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The program with keys and policy from this directory, on the log of that folder.
pub fn program(keys: &Path, log: &LogFolder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carnet"));
    command.arg("--data").arg(keys);
    for name in [
        "CARNET_DATA",
        "CARNET_DATABASE_URL",
        "CARNET_OBJECTS_URL",
        "CARNET_PASSPHRASE",
        "CARNET_LOG",
    ] {
        command.env_remove(name);
    }
    if let Some(place) = log.place() {
        command
            .env("CARNET_DATABASE_URL", place.database())
            .env("CARNET_OBJECTS_URL", place.objects());
    }
    command
}

/// A log with one issuer.
pub fn log(data: &LogFolder) {
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
    registration_of(CAR, number)
}

/// The same, of another car.
pub fn registration_of(car: &str, number: u64) -> SdJwt {
    let Value::Object(body) = json!({
        "date": "2020-03-04", "use": "private", "plate": format!("00가{number:04}"), "owner": "Hong Gildong",
    }) else {
        unreachable!()
    };
    let claims = Claims {
        iss: "register-test".to_owned(),
        iat: 1_700_000_000 + i64::try_from(number).unwrap(),
        typ: StatementType::RegistrationFirst,
        vid: desk::check::parse_vehicle(car).unwrap(),
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
    pub fn start(data: &LogFolder, options: &[&str]) -> Self {
        Self::with_keys(data.path(), data, options)
    }

    /// A service with a directory of its own for keys and policy, on the log of that folder.
    pub fn with_keys(keys: &Path, log: &LogFolder, options: &[&str]) -> Self {
        let mut child = program(keys, log)
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .args(options)
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

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
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
    let (status, body) = exchange(address, method, path, headers, body)?;
    Some((status, String::from_utf8(body).unwrap()))
}

/// What is at an address of the service, byte for byte.
pub fn download(address: &str, path: &str) -> Vec<u8> {
    let (status, body) = exchange(address, "GET", path, "", "").unwrap();
    assert_eq!(status, 200, "{path}");
    body
}

fn exchange(address: &str, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let body = answer.split_off(end + 4);
    let status = String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()?;
    // Cut off in the middle: the process died over it.
    let whole = String::from_utf8_lossy(&answer)
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    if whole.is_some_and(|whole| whole != body.len()) {
        return None;
    }
    Some((status, body))
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
