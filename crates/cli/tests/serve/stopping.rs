use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use test_servers::LogFolder;

use crate::process::{Serving, carnet, log, registration, submit};

#[test]
fn ending_the_process_under_load_loses_nothing_it_acknowledged() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &["--rate", "100000", "--burst", "100000"]);
    let (next, acknowledged, turned_away) = (AtomicU64::new(0), Mutex::new(Vec::new()), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let statement = registration(number);
                    match submit(&serving.address, &statement) {
                        Some((200 | 202, answer)) => {
                            let digest = statement.digest().to_string();
                            let sealed = answer["results"][0]["log_index"].as_u64();
                            acknowledged.lock().unwrap().push((digest, sealed));
                        }
                        Some((503, _)) => {
                            turned_away.fetch_add(1, Ordering::Relaxed);
                        }
                        Some((status, answer)) => panic!("{status}: {answer}"),
                        // The socket is closed: the process is gone.
                        None => return,
                    }
                }
            });
        }
        while acknowledged.lock().unwrap().len() < 60 {
            std::thread::sleep(Duration::from_millis(10));
        }
        serving.ask_to_end();
    });
    let (status, said) = serving.ended();
    assert!(status.success(), "{said}");

    // A process after it finds each of them in the log, at the place that was answered, and nothing left over.
    let ran = carnet(&data, &["--json", "log", "status"]);
    let log_status: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(log_status["waiting"], 0, "{log_status}");
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(log_status["statements"].as_u64().unwrap() >= acknowledged.len() as u64);
    for (digest, sealed) in acknowledged
        .iter()
        .take(30)
        .chain(acknowledged.iter().rev().take(30))
    {
        let ran = carnet(&data, &["receipt", digest]);
        assert!(
            ran.status.success(),
            "{digest} was acknowledged: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        if let Some(at) = sealed {
            assert!(String::from_utf8_lossy(&ran.stdout).contains(&format!("index {at}\n")));
        }
    }
    let ran = carnet(&data, &["log", "fsck"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}

#[test]
fn an_address_that_others_reach_must_be_meant() {
    let data = LogFolder::new();
    log(&data);
    let ran = carnet(&data, &["serve", "--listen", "0.0.0.0:0"]);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(1));
    assert!(
        said.contains("--open-to-network") && said.contains("TLS"),
        "{said}"
    );
    let ran = carnet(
        &data,
        &[
            "serve",
            "--listen",
            "0.0.0.0:0",
            "--open-to-network",
            "--test-add",
        ],
    );
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn an_address_that_is_taken_is_named_with_the_way_out() {
    let data = LogFolder::new();
    log(&data);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = carnet(&data, &["serve", "--listen", &address]);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
}

#[test]
fn the_description_needs_no_log() {
    let nothing = LogFolder::new();
    let ran = carnet(&nothing, &["serve", "--print-openapi"]);
    let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert!(document["paths"]["/api/statements"]["post"].is_object());
}
