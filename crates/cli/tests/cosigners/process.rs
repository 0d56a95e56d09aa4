//! Running `carnet`, as commands and as services, and talking HTTP to the services.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use test_servers::Place;

/// What a command gave back.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carnet"));
    command.arg("--data").arg(data).stdin(Stdio::null());
    for name in [
        "CARNET_DATA",
        "CARNET_PASSPHRASE",
        "CARNET_LOG",
        "COLUMNS",
        "RUST_BACKTRACE",
    ] {
        command.env_remove(name);
    }
    if let Some(place) = Place::of(data) {
        place.make();
        command
            .env("CARNET_DATABASE_URL", place.database())
            .env("CARNET_OBJECTS_URL", place.objects());
    }
    command
}

/// `carnet --data DATA ARGUMENTS`, to its end.
pub fn carnet(data: &Path, arguments: &[&str]) -> Ran {
    let output = command(data).args(arguments).output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The same, expected to succeed.
pub fn done(data: &Path, arguments: &[&str]) -> Ran {
    let ran = carnet(data, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    ran
}

/// A service that is killed when this is dropped.
pub struct Service {
    child: Child,
    pub url: String,
}

impl Service {
    /// Starts `carnet --data DATA ARGUMENTS`, which must say where it listens.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut child = command(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the service says where it listens").unwrap();
            if let Some(at) = line.find("http://") {
                let url = line[at..].split([' ', '"']).next().unwrap();
                break url.trim_end_matches('/').to_owned();
            }
        };
        // The pipe must not fill up.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    pub fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// SIGKILL, and waits for the end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for it to end by itself.
    pub fn code(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

/// Sends a request in one write; `None` where no whole answer in UTF-8 came.
pub fn ask(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Option<Answer> {
    let (head, body) = exchange(address, method, path, body)?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        content_type: header(&head, "content-type").unwrap_or_default(),
        body: String::from_utf8(body).ok()?,
    })
}

/// A file that is there.
pub fn fetch(address: SocketAddr, path: &str) -> Vec<u8> {
    let (head, body) = exchange(address, "GET", path, b"").expect("an answer");
    assert_eq!(head.split(' ').nth(1), Some("200"), "{path}: {head}");
    body
}

fn exchange(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // A server may answer and close before it has read all of a body that is too long.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let body = answer.split_off(end + 4);
    let head = String::from_utf8(answer).ok()?;
    let cut_short = header(&head, "content-length").is_some_and(|length| length != body.len().to_string());
    (!cut_short).then_some((head, body))
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
}
