//! The files of `docs/samples/`: the service behind nginx with exactly that configuration, and the unit for systemd. Only places and
//! ports are put in.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use test_servers::LogFolder;

use crate::process::{CAR, Serving, carnet, log, registration, submit};

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/samples")
        .join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The program of this name; `None`, said aloud, where there is none.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        // Where Debian has nginx, which is not on everybody's path.
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: the samples for operators: there is no {name}");
    }
    found
}

/// nginx with the sample, before a service.
struct Nginx {
    child: Child,
    folder: tempfile::TempDir,
    https: u16,
    http: u16,
}

/// An answer without what differs from one answer to the next.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

impl Nginx {
    fn before(serving: &Serving) -> Option<Self> {
        let (nginx, openssl) = (installed("nginx")?, installed("openssl")?);
        installed("curl")?;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let made = Command::new(openssl)
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ])
            .args(["-days", "2", "-subj", "/CN=log.example.org"])
            .args(["-addext", "subjectAltName=DNS:log.example.org"])
            .args(["-keyout", &at("privkey.pem"), "-out", &at("fullchain.pem")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let (https, http) = (free_port(), free_port());
        let mut config = sample("nginx.conf");
        for (there, here) in [
            ("server 127.0.0.1:7878;", format!("server {};", serving.address)),
            ("listen 80;", format!("listen 127.0.0.1:{http};")),
            ("listen [::]:80;", String::new()),
            (
                "listen 443 ssl http2;",
                format!("listen 127.0.0.1:{https} ssl http2;"),
            ),
            ("listen [::]:443 ssl http2;", String::new()),
            ("/etc/ssl/carnet/fullchain.pem", at("fullchain.pem")),
            ("/etc/ssl/carnet/privkey.pem", at("privkey.pem")),
            ("/var/log/nginx/carnet.log", at("carnet.log")),
            ("/var/log/nginx/carnet.error.log", at("carnet.error.log")),
        ] {
            assert_eq!(config.matches(there).count(), 1, "{there}");
            config = config.replace(there, &here);
        }
        std::fs::write(folder.path().join("carnet.conf"), config).unwrap();
        // Around it what Debian's own configuration says, compression included.
        let home = folder.path().display();
        let around = format!(
            "daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;\n\
             events {{ worker_connections 768; }}\n\
             http {{ sendfile on; tcp_nopush on; gzip on; access_log {home}/access.log;\n\
             client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u;\n\
             scgi_temp_path {home}/s; include {home}/carnet.conf; }}\n"
        );
        let main = folder.path().join("nginx.conf");
        std::fs::write(&main, around).unwrap();
        let mut child = Command::new(nginx)
            .arg("-c")
            .arg(&main)
            .stderr(File::create(folder.path().join("said")).unwrap())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", https)).is_ok() {
                return Some(Self {
                    child,
                    folder,
                    https,
                    http,
                });
            }
            assert!(
                child.try_wait().unwrap().is_none(),
                "{}",
                read(folder.path(), "said")
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nginx does not listen: {}", read(folder.path(), "said"));
    }

    /// Asks over TLS, from an address of this machine.
    fn ask_from(&self, client: &str, path: &str, more: &[&str]) -> Answer {
        let connect = format!("log.example.org:443:127.0.0.1:{}", self.https);
        let certificate = self.folder.path().join("fullchain.pem");
        let mut with = vec!["--interface", client, "--cacert", certificate.to_str().unwrap()];
        with.extend(["--connect-to", &connect]);
        with.extend(more);
        curl(&format!("https://log.example.org{path}"), &with)
    }

    fn ask(&self, path: &str, more: &[&str]) -> Answer {
        self.ask_from("127.0.0.1", path, more)
    }

    /// Everything that nginx has written down.
    fn logs(&self) -> String {
        [
            "access.log",
            "error.log",
            "carnet.log",
            "carnet.error.log",
            "said",
        ]
        .map(|name| read(self.folder.path(), name))
        .concat()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The service itself, without nginx.
fn directly(serving: &Serving, path: &str, more: &[&str]) -> Answer {
    curl(&format!("http://{}{path}", serving.address), more)
}

fn curl(url: &str, with: &[&str]) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let (head, body) = (folder.path().join("head"), folder.path().join("body"));
    let ran = Command::new("curl")
        .args(["--silent", "--show-error", "--path-as-is", "--max-time", "60"])
        .arg("--dump-header")
        .arg(&head)
        .arg("--output")
        .arg(&body)
        .args(with)
        .arg(url)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{url} {with:?}: {ran:?}");
    let head = std::fs::read_to_string(head).unwrap();
    // The last one: a 100 may come before it.
    let head = head.trim_end().rsplit("\r\n\r\n").next().unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    headers.sort();
    // With --head it writes the head where the body would be.
    let body = match with.contains(&"--head") {
        true => Vec::new(),
        false => std::fs::read(body).unwrap_or_default(),
    };
    Answer {
        status,
        headers,
        body,
    }
}

/// Without what belongs to one connection or one answer, and what nginx adds on purpose.
fn lasting(mut answer: Answer) -> Answer {
    let of_the_moment = [
        "date",
        "x-request-id",
        "connection",
        "transfer-encoding",
        "server",
        "strict-transport-security",
    ];
    answer
        .headers
        .retain(|(name, _)| !of_the_moment.contains(&name.as_str()));
    answer
}

const BEHIND: [&str; 2] = ["--trusted-proxy", "127.0.0.1"];

#[test]
fn behind_nginx_the_log_is_answered_as_without_it() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &BEHIND);
    let Some(nginx) = Nginx::before(&serving) else {
        return;
    };
    assert_eq!(submit(&serving.address, &registration(1)).unwrap().0, 200);
    let checkpoint = directly(&serving, "/log/checkpoint", &[]);
    let size = String::from_utf8_lossy(&checkpoint.body)
        .lines()
        .nth(1)
        .unwrap()
        .to_owned();
    let tile = format!("/log/tile/0/000.p/{size}");
    let entries = format!("/log/tile/entries/000.p/{size}");
    let tag = directly(&serving, &tile, &[]).header("etag").unwrap().to_owned();
    let unchanged = format!("if-none-match: {tag}");
    let history = format!("/api/vehicles/{CAR}/history");
    for (path, more) in [
        (tile.as_str(), vec![]),
        (&tile, vec!["--header", "range: bytes=0-9"]),
        (&tile, vec!["--header", &unchanged]),
        (&tile, vec!["--head"]),
        (&entries, vec![]),
        (&entries, vec!["--header", "accept-encoding: gzip"]),
        (&entries, vec!["--header", "accept-encoding: br, gzip;q=0"]),
        (&history, vec!["--header", "accept-encoding: gzip"]),
        ("/", vec!["--header", "accept-encoding: gzip"]),
        ("/version", vec!["--header", "accept-encoding: gzip"]),
        // What is not there, and what is no address of a tile.
        ("/log/tile/0/999", vec![]),
        ("/log/tile/0/0", vec![]),
        ("/log/tile/0/000.p/0", vec![]),
        ("/log/tile/0/%30%30%30", vec![]),
        ("/log/tile//0/000", vec![]),
        ("/log/tile/../tile/0/000", vec![]),
        ("/log/tile/0/000?x", vec![]),
        ("/log/", vec![]),
        ("/nowhere", vec!["--header", "accept: text/html"]),
    ] {
        let (with, without) = (nginx.ask(path, &more), directly(&serving, path, &more));
        assert!(
            with.header("x-request-id").is_some(),
            "{path}: nginx answered: {with:?}"
        );
        assert_eq!(lasting(with), lasting(without), "{path} {more:?}");
    }
    let over_tls = nginx.ask(&tile, &[]);
    assert!(over_tls.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(
        over_tls.header("strict-transport-security"),
        Some("max-age=31536000")
    );
    // The checkpoint is renewed now and then.
    let checkpoint = nginx.ask("/log/checkpoint", &[]);
    assert_eq!(
        checkpoint.header("cache-control"),
        Some("public, max-age=1, must-revalidate")
    );
}

#[test]
fn behind_nginx_the_body_s_address_is_served() {
    let data = LogFolder::new();
    log(&data);
    let address = "https://log.example.org";
    for arguments in [
        &["issuer", "new", "certifier"][..],
        &[
            "issuer",
            "enrol",
            "certifier",
            "--name",
            "Body",
            "--role",
            "certification_body",
        ],
        &[
            "certify",
            "setup",
            "--did",
            "did:web:log.example.org",
            "--name",
            "Body",
            "--issuer",
            "certifier",
            "--address",
            address,
        ],
    ] {
        let ran = carnet(&data, arguments);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    let serving = Serving::start(&data, &BEHIND);
    let Some(nginx) = Nginx::before(&serving) else {
        return;
    };
    for path in [
        "/.well-known/did.json",
        "/did.json",
        "/status/revocation-1.json",
        "/status/suspension-1.json",
        "/contexts/carnet-v1.jsonld",
        "/certificate.schema.json",
    ] {
        for more in [&[][..], &["--head"], &["--header", "accept-encoding: gzip"]] {
            let (with, without) = (nginx.ask(path, more), directly(&serving, path, more));
            assert_eq!(with.status, 200, "{path}: {with:?}");
            assert_eq!(with.header("access-control-allow-origin"), Some("*"), "{path}");
            assert_eq!(lasting(with), lasting(without), "{path} {more:?}");
        }
    }
    let directory = nginx.ask("/directory.json", &[]).json();
    assert_eq!(directory["issuer"], "did:web:log.example.org");
    let list = nginx.ask("/status/revocation-1.json", &[]).json();
    assert_eq!(list["id"], format!("{address}/status/revocation-1.json"));
}

#[test]
fn behind_nginx_clients_are_told_apart_by_their_own_addresses() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &[&BEHIND[..], &["--rate", "1", "--burst", "3"]].concat());
    let Some(nginx) = Nginx::before(&serving) else {
        return;
    };
    let as_another = |n: u8| format!("x-forwarded-for: 192.0.2.{n}");
    let statuses: Vec<u16> = (0..8)
        .map(|n| {
            nginx
                .ask_from("127.0.0.2", "/version", &["--header", &as_another(n)])
                .status
        })
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    let refused = (0..8)
        .map(|_| nginx.ask_from("127.0.0.2", "/version", &[]))
        .find(|answer| answer.status == 429)
        .unwrap();
    assert!(refused.header("retry-after").is_some());
    assert_eq!(nginx.ask_from("127.0.0.3", "/version", &[]).status, 200);
}

#[test]
fn behind_nginx_as_much_is_taken_as_without_it() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &BEHIND);
    let Some(nginx) = Nginx::before(&serving) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let of = |bytes: u64| {
        let path = folder.path().join(bytes.to_string());
        File::create(&path).unwrap().set_len(bytes).unwrap();
        format!("@{}", path.display())
    };
    let json = "content-type: application/json";
    let post = |path: &str, bytes: u64| {
        let body = of(bytes);
        let with = ["--header", json, "--header", "expect:", "--data-binary", &body];
        (nginx.ask(path, &with), directly(&serving, path, &with))
    };
    // Zeros are no JSON, which is said by who has read them.
    let (with, without) = post("/api/statements", 2 << 20);
    assert_eq!(
        (with.status, with.json()["type"].clone()),
        (400, without.json()["type"].clone())
    );
    let (with, without) = post("/api/statements", (2 << 20) + 1);
    for name in ["type", "title", "status"] {
        assert_eq!(with.json()[name], without.json()[name]);
    }
    assert_eq!((with.status, without.status), (413, 413));
    assert_eq!(with.header("content-type"), Some("application/problem+json"));
    // Charging logs are larger. Who is not logged in is told so, and not that they are too large.
    let telemetry = "/api/certification/applications/C-000001/telemetry";
    let (with, without) = post(telemetry, 3 << 20);
    assert_eq!((with.status, without.status), (401, 401));
    let too_large = of((256 << 20) + 1);
    let with = [
        "--header",
        "expect: 100-continue",
        "--request",
        "POST",
        "--upload-file",
    ];
    let refused = nginx.ask(
        telemetry,
        &[&with[..], &[too_large.trim_start_matches('@')]].concat(),
    );
    assert_eq!(refused.json()["type"], "urn:carnet:problem:body-too-large");
}

#[test]
fn behind_nginx_only_pages_of_the_service_itself_log_people_in() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &BEHIND);
    let Some(nginx) = Nginx::before(&serving) else {
        return;
    };
    let login = |origin: &str| {
        let origin = format!("origin: {origin}");
        let json = "content-type: application/json";
        let body = r#"{"name":"nobody","password":"blue-heron-ferry-41"}"#;
        let with = ["--header", json, "--header", &origin, "--data", body];
        nginx.ask("/api/session", &with).json()["type"].clone()
    };
    assert_eq!(login("https://log.example.org"), "urn:carnet:problem:wrong-login");
    assert_eq!(login("https://evil.example"), "urn:carnet:problem:forbidden");
}

#[test]
fn nginx_keeps_metrics_to_the_machine_and_paths_out_of_its_logs() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &BEHIND);
    let Some(nginx) = Nginx::before(&serving) else {
        return;
    };
    assert_eq!(nginx.ask("/metrics", &[]).status, 200);
    for path in ["/metrics", "/%6detrics", "//metrics", "/x/../metrics"] {
        let answer = nginx.ask_from("127.0.0.2", path, &[]);
        assert!(matches!(answer.status, 403 | 404), "{path}: {}", answer.status);
    }
    let plain = curl(
        &format!("http://127.0.0.1:{}/d/share/cns_x?a=b", nginx.http),
        &["--request", "POST"],
    );
    assert_eq!(
        (plain.status, plain.header("location")),
        (308, Some("https://log.example.org/d/share/cns_x?a=b"))
    );
    nginx.ask(&format!("/d/{CAR}"), &[]);
    serving.kill();
    let away = nginx.ask("/d/share/cns_x", &[]);
    assert_eq!((away.status, away.header("retry-after")), (503, Some("5")));
    assert_eq!(away.json()["type"], "urn:carnet:problem:overloaded");
    let logs = nginx.logs();
    assert!(logs.contains(" GET 503 "), "{logs}");
    for private in [CAR, "cns_x", "/d/", "127.0.0.2"] {
        assert!(!logs.contains(private), "{private}: {logs}");
    }
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let Some(systemd) = installed("systemd-analyze") else {
        return;
    };
    let program = "/usr/local/bin/carnet";
    let unit = sample("carnet.service");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carnet.service");
    let starts = format!("ExecStart={program} ");
    assert_eq!(unit.matches(&starts).count(), 1);
    let here = format!("ExecStart={} ", env!("CARGO_BIN_EXE_carnet"));
    std::fs::write(&path, unit.replace(&starts, &here)).unwrap();
    let verified = Command::new(systemd)
        .arg("verify")
        .arg("--man=no")
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(
        verified.status.success() && !said.contains("carnet.service"),
        "{said}"
    );
}

#[test]
fn the_command_of_the_unit_starts_a_service() {
    let data = LogFolder::new();
    log(&data);
    let unit = sample("carnet.service");
    let command = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .unwrap();
    let options = command
        .strip_prefix("/usr/local/bin/carnet serve --listen 127.0.0.1:7878 ")
        .unwrap();
    let serving = Serving::start(&data, &options.split(' ').collect::<Vec<_>>());
    let health = directly(&serving, "/healthz", &[]);
    assert_eq!(health.json()["status"], "ok", "{health:?}");
}
