//! A large upload that is refused before it was read: the client, which sends to the end and only then reads, hears why.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use test_servers::LogFolder;

use crate::process::{Serving, log};

const MIB: usize = 1 << 20;

/// Sends 8 MiB in one go, then reads to the end; the status, or what went wrong.
fn upload(address: &str, path: &str) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        8 * MIB
    );
    stream.write_all(head.as_bytes())?;
    let part = vec![b' '; MIB];
    for _ in 0..8 {
        stream.write_all(&part)?;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(status.unwrap_or_else(|| panic!("no answer: {answer:?}")))
}

#[test]
fn a_client_that_sends_too_much_hears_so_however_much_it_still_sends() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &[]);
    for n in 0..20 {
        let status = upload(&serving.address, "/api/statements");
        assert_eq!(status.map_err(|e| format!("upload {n}: {e}")), Ok(413));
    }
}

#[test]
fn a_client_that_is_not_logged_in_hears_so_however_much_it_still_sends() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &[]);
    for n in 0..20 {
        let status = upload(
            &serving.address,
            "/api/certification/applications/C-000001/telemetry",
        );
        assert_eq!(status.map_err(|e| format!("upload {n}: {e}")), Ok(401));
    }
}

#[test]
fn a_service_that_ends_does_not_wait_for_who_was_answered_or_never_asked() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &[]);
    // As a browser connects that may want something later. They are accepted before those that are answered.
    let silent: Vec<TcpStream> = (0..4)
        .map(|_| TcpStream::connect(&serving.address).unwrap())
        .collect();
    // Their requests were read to the end, and they keep their connections.
    let ask = "GET /version HTTP/1.1\r\nhost: t\r\n\r\n";
    let held: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(&serving.address).unwrap();
            stream.write_all(ask.as_bytes()).unwrap();
            let mut begin = [0; 12];
            stream.read_exact(&mut begin).unwrap();
            assert_eq!(&begin, b"HTTP/1.1 200");
            stream
        })
        .collect();
    let begin = Instant::now();
    serving.ask_to_end();
    let (status, said) = serving.ended();
    assert!(status.success(), "{said}");
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    drop((held, silent));
}
