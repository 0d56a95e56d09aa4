//! A service over a log of its own, in this process.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use desk::data_dir::{DataDir, Places};
use desk::issuer::Issuer;
use desk::{Desk, InitOptions};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};
use sqlx::Connection as _;
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, IssuerSigningKey, SdJwt, issue};
use test_servers::LogFolder;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use web::{Options, ServeError, Service};

use crate::client;

pub const ORIGIN: &str = "log.example/carnet";

/// A car that no maker built.
pub const CAR: &str = "KMHXX00XXXX000001";

/// The register that signs in these tests.
pub const REGISTER: &str = "register-test";

/// A service that runs.
pub struct Running {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), ServeError>>,
    pub data: LogFolder,
}

/// As tests like it: fast, patient where a machine is busy, and with no limit on the rate that a test does not set.
pub fn options() -> Options {
    let mut options = Options {
        window: Duration::from_millis(2),
        answer_within: Duration::from_secs(100),
        ..Options::default()
    };
    options.limits.request = Duration::from_secs(120);
    options.limits.rate = 100_000.try_into().unwrap();
    options.limits.burst = 100_000.try_into().unwrap();
    options.limits.tile_rate = 100_000.try_into().unwrap();
    options.limits.tile_burst = 100_000.try_into().unwrap();
    options
}

pub fn key(seed: u8) -> IssuerSigningKey {
    IssuerSigningKey::from_seed(&[seed; 32])
}

/// The log of a folder, wherever it lies.
pub fn log_of(data: &LogFolder) -> DataDir {
    let place = data.place();
    DataDir::new(data.path()).with(Places {
        database: place.as_ref().map(|place| place.database()),
        objects: place.as_ref().map(|place| place.objects()),
    })
}

impl Running {
    pub async fn new() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: Options) -> Self {
        let data = LogFolder::new();
        let register = key(7);
        let init = InitOptions {
            origin: ORIGIN.to_owned(),
            passphrase: None,
        };
        let desk = Desk::init(log_of(&data), init).await.unwrap();
        let issuer = Issuer {
            id: REGISTER.to_owned(),
            name: "Register (test)".to_owned(),
            roles: vec![Role::Register],
        };
        desk.enrol(&[(issuer, register.public())], jiff::Timestamp::now().as_second())
            .await
            .unwrap();
        Self::over(data, desk, options).await
    }

    /// Another service over the same log.
    pub async fn beside(&self, options: Options) -> Self {
        let desk = Desk::open(log_of(&self.data), None).await.unwrap();
        Self::over(LogFolder::new(), desk, options).await
    }

    async fn over(data: LogFolder, desk: Desk, options: Options) -> Self {
        let service = Service::bind(desk, "127.0.0.1:0".parse().unwrap(), options)
            .await
            .unwrap();
        let address = service.address().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(service.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop,
            ended,
            data,
        }
    }

    /// Stops in order; gives the data back.
    pub async fn stop(self) -> LogFolder {
        let _ = self.stop.send(());
        self.ended.await.unwrap().unwrap();
        self.data
    }

    /// A service whose log's policy asks for a witness that does not answer.
    pub async fn without_quorum(options: Options) -> Self {
        let data = Self::new().await.stop().await;
        Self::again_without_quorum(data, options).await
    }

    /// The same log served again, with a witness more that does not answer.
    pub async fn again_without_quorum(data: LogFolder, options: Options) -> Self {
        let policy = DataDir::new(data.path()).policy();
        let name = tlog::note::KeyName::new("witness.example/absent").unwrap();
        let absent = tlog::cosignature::CosigningKey::new(name, &[9; 32]);
        let text = std::fs::read_to_string(&policy).unwrap();
        let more = format!(
            "witness absent {}\ngroup three all both absent\nquorum three",
            absent.vkey()
        );
        std::fs::write(&policy, text.replace("quorum both", &more)).unwrap();
        Self::again(data, options).await
    }

    /// The same log served again.
    pub async fn again(data: LogFolder, options: Options) -> Self {
        let desk = Desk::open(log_of(&data), None).await.unwrap();
        Self::over(data, desk, options).await
    }

    pub async fn get(&self, path: &str) -> client::Answer {
        client::get(self.address, path).await
    }

    /// The value of a counter or gauge that has no labels.
    pub async fn metric(&self, name: &str) -> f64 {
        let metrics = self.get("/metrics").await;
        let line = metrics
            .text()
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    }

    /// Waits until the service's health is as wanted.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) {
        let mut health = Value::Null;
        for _ in 0..200 {
            health = self.get("/healthz").await.json();
            if is_so(&health) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what}: {health}");
    }

    /// Hands statements in.
    pub async fn submit(&self, statements: &[&str]) -> client::Answer {
        client::post_json(
            self.address,
            "/api/statements",
            &json!({"statements": statements}),
        )
        .await
    }
}

/// Runs SQL beside a service, in the words of SQLite. What a disk does asks no trigger, so tests of damage drop it first.
pub async fn sql(data: &Path, statement: &'static str) {
    let url = format!("sqlite://{}", data.join("carnet.sqlite").display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// The first registration of a car, with personal fields; another one for each number.
pub fn registration(vehicle: &str, number: u64) -> SdJwt {
    registration_by(&key(7), REGISTER, vehicle, number)
}

pub fn registration_by(key: &IssuerSigningKey, issuer: &str, vehicle: &str, number: u64) -> SdJwt {
    let body = json!({
        "date": "2020-03-04", "use": "private", "plate": format!("00가{number:04}"), "owner": format!("owner-{number}"),
        "owner_kind": "person",
    });
    registration_saying(key, issuer, vehicle, number, body)
}

/// The same registration once more, in place of another statement.
pub fn correcting(wrong: &SdJwt, number: u64) -> SdJwt {
    let mut claims = wrong.claims_unverified().clone();
    claims.supersedes = Some(wrong.digest());
    issue(&claims, &key(7), &mut ChaCha20Rng::seed_from_u64(number)).unwrap()
}

/// What a car's odometer showed on 4 March of a year, as the register read it.
pub fn reading(vehicle: &str, number: u64, year: i16, km: u64) -> SdJwt {
    let body =
        json!({"odometer": {"value": km, "unit": "km", "instrument_state": "working", "method": "seen"}});
    let time = format!("{year}-03-04T10:00:00+09:00");
    saying(
        &key(7),
        REGISTER,
        StatementType::OdometerRead,
        vehicle,
        &time,
        number,
        body,
    )
}

pub fn registration_saying(
    key: &IssuerSigningKey,
    issuer: &str,
    vehicle: &str,
    number: u64,
    body: Value,
) -> SdJwt {
    let time = "2020-03-04T10:00:00+09:00";
    saying(
        key,
        issuer,
        StatementType::RegistrationFirst,
        vehicle,
        time,
        number,
        body,
    )
}

fn saying(
    key: &IssuerSigningKey,
    issuer: &str,
    typ: StatementType,
    vehicle: &str,
    time: &str,
    number: u64,
    body: Value,
) -> SdJwt {
    let Value::Object(body) = body else {
        panic!("a body is an object")
    };
    let claims = Claims {
        iss: issuer.to_owned(),
        iat: 1_700_000_000 + i64::try_from(number).unwrap(),
        typ,
        vid: desk::check::parse_vehicle(vehicle).unwrap(),
        event_time: time.parse().unwrap(),
        recorded_at: None,
        place: None,
        body,
        evidence: Vec::new(),
        confidence: Confidence::Authority,
        supersedes: None,
    };
    issue(&claims, key, &mut ChaCha20Rng::seed_from_u64(number)).unwrap()
}
