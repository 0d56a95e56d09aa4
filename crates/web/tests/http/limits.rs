use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{get, raw, read, request};
use crate::running::{CAR, Running, options, registration};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let mut options = options();
    options.limits.head = Duration::from_millis(300);
    let service = Running::with(options).await;
    let begin = Instant::now();
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: t")
        .await
        .unwrap();
    assert!(read(&mut stream).await.is_none_or(|answer| answer.status == 408));
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_idles_is_closed() {
    let mut options = options();
    options.limits.head = Duration::from_millis(300);
    let service = Running::with(options).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    stream
        .write_all(b"GET /version HTTP/1.1\r\nhost: t\r\n\r\n")
        .await
        .unwrap();
    let begin = Instant::now();
    assert_eq!(read(&mut stream).await.unwrap().status, 200);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_trickles_its_body_is_answered_with_a_timeout() {
    let mut options = options();
    options.limits.request = Duration::from_millis(300);
    let service = Running::with(options).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let head = "POST /api/statements HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read(&mut stream).await.unwrap();
    assert_eq!((answer.status, answer.problem().as_str()), (408, "timeout"));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_do_not_keep_others_from_being_served() {
    let mut options = options();
    options.limits.connections_per_client = 1000;
    let service = Running::with(options).await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        stream
            .write_all(b"POST /api/statements HTTP/1.1\r\n")
            .await
            .unwrap();
        slow.push(stream);
    }
    assert_eq!(service.get("/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stops_reading_is_let_go() {
    let mut options = options();
    options.limits.stalled = Duration::from_millis(300);
    options.limits.connections = 1;
    let service = Running::with(options).await;
    let many: Vec<_> = (0..100).map(|n| registration(CAR, n)).collect();
    let compact: Vec<&str> = many.iter().map(|s| s.as_str()).collect();
    assert_eq!(service.submit(&compact).await.status, 200);
    let stalled = TcpStream::connect(service.address).await.unwrap();
    let ask = format!("GET /api/vehicles/{CAR}/dossier HTTP/1.1\r\nhost: t\r\n\r\n").repeat(40);
    let (_reads_nothing, mut writes) = stalled.into_split();
    let _until_it_is_cut =
        tokio::time::timeout(Duration::from_secs(20), writes.write_all(ask.as_bytes())).await;
    let begin = Instant::now();
    while get(service.address, "/version").await.status != 200 {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "the stalled connection keeps its place"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_told_when_to_come_again() {
    let mut options = options();
    options.limits.connections = 2;
    let service = Running::with(options).await;
    let first = TcpStream::connect(service.address).await.unwrap();
    let second = TcpStream::connect(service.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = get(service.address, "/healthz").await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    drop((first, second));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(get(service.address, "/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_too_many_at_once_each_is_told_when_to_come_again() {
    let mut options = options();
    options.limits.connections = 2;
    let service = Running::with(options).await;
    let _held = [
        TcpStream::connect(service.address).await.unwrap(),
        TcpStream::connect(service.address).await.unwrap(),
    ];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut many = Vec::new();
    for _ in 0..200 {
        many.push(TcpStream::connect(service.address).await.unwrap());
    }
    for stream in &mut many {
        stream
            .write_all(b"GET /version HTTP/1.1\r\nhost: t\r\n\r\n")
            .await
            .unwrap();
    }
    for stream in &mut many {
        let answer = read(stream).await.unwrap();
        assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_too_many_than_are_kept_waiting_are_told_as_well() {
    let mut options = options();
    options.limits.connections = 1;
    let service = Running::with(options).await;
    let _held = TcpStream::connect(service.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = (0..600).map(|_| get(service.address, "/version"));
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_cannot_take_all_connections() {
    let mut options = options();
    options.limits.connections_per_client = 2;
    let service = Running::with(options).await;
    let _held = [
        TcpStream::connect(service.address).await.unwrap(),
        TcpStream::connect(service.address).await.unwrap(),
    ];
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(get(service.address, "/healthz").await.status, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_may_hold_as_many_connections_as_there_are() {
    let mut options = options();
    options.limits.connections_per_client = 2;
    options.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let service = Running::with(options).await;
    let _held = [
        TcpStream::connect(service.address).await.unwrap(),
        TcpStream::connect(service.address).await.unwrap(),
    ];
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(get(service.address, "/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let mut options = options();
    options.limits.rate = 1.try_into().unwrap();
    options.limits.burst = 3.try_into().unwrap();
    let service = Running::with(options).await;
    for _ in 0..3 {
        assert_eq!(service.get("/version").await.status, 200);
    }
    let answer = service.get("/version").await;
    assert_eq!((answer.status, answer.problem().as_str()), (429, "rate-limited"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(
        service.get("/healthz").await.status,
        200,
        "whoever watches the service is not limited"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_each_client_has_its_own_limit() {
    let mut options = options();
    options.limits.rate = 1.try_into().unwrap();
    options.limits.burst = 1.try_into().unwrap();
    options.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let service = Running::with(options).await;
    for client in ["192.0.2.1", "192.0.2.2"] {
        let header = format!("x-forwarded-for: {client}");
        let first = request(service.address, "GET", "/version", &[&header], &[]).await;
        let second = request(service.address, "GET", "/version", &[&header], &[]).await;
        assert_eq!((first.status, second.status), (200, 429), "{client}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_says_it_is_too_large_is_refused_unread() {
    let service = Running::new().await;
    let head = "POST /api/statements HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 3000000000\r\n\r\n";
    let answer = raw(service.address, head.as_bytes()).await.unwrap();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (413, "body-too-large")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_say_how_long_it_is_may_not_be_longer() {
    let service = Running::new().await;
    let mut bytes = b"POST /api/statements HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..40 {
        bytes.extend_from_slice(b"10000\r\n");
        bytes.extend_from_slice(&[b' '; 0x10000]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    if let Some(answer) = raw(service.address, &bytes).await {
        assert_eq!(answer.status, 413);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_turned_away_before_they_fill_the_memory() {
    let mut options = options();
    options.limits.bodies = 3 << 20;
    let service = Running::with(options).await;
    let mut slow = TcpStream::connect(service.address).await.unwrap();
    let head = "POST /api/statements HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 2000000\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&[b' '; 1_900_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = raw(service.address, &[head.as_bytes(), &[b' '; 1_900_000]].concat()).await;
    if let Some(answer) = answer {
        assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
        assert!(answer.header("retry-after").is_some());
    }
    let small = service.submit(&[registration(CAR, 1).as_str()]).await;
    assert_eq!(small.status, 200, "what still fits is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_announces_much_and_sends_nothing_takes_no_room_from_others() {
    let mut options = options();
    options.limits.bodies = 3 << 20;
    let service = Running::with(options).await;
    let head = "POST /api/statements HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 2000000\r\n\r\n";
    let mut announcing = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        announcing.push(stream);
    }
    assert_eq!(service.submit(&[registration(CAR, 1).as_str()]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_not_made_to_wait_in_memory_without_bound() {
    let mut options = options();
    options.limits.answers = 1024;
    let service = Running::with(options).await;
    assert_eq!(service.submit(&[registration(CAR, 1).as_str()]).await.status, 200);
    let answer = service.get(&format!("/api/vehicles/{CAR}/dossier")).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_answers_503() {
    let mut options = options();
    options.limits.queue = 5;
    let service = Running::with(options).await;
    let statements: Vec<_> = (0..6).map(|n| registration(CAR, n)).collect();
    let compact: Vec<&str> = statements.iter().map(|s| s.as_str()).collect();
    let answer = service.submit(&compact).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_too_much_waits_for_sealing_nothing_more_is_taken() {
    let mut options = options();
    options.limits.waiting = 0;
    let service = Running::with(options).await;
    let answer = service.submit(&[registration(CAR, 1).as_str()]).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_of_too_many_bytes_or_fields_is_refused() {
    let service = Running::new().await;
    let long = format!(
        "GET /version HTTP/1.1\r\nhost: t\r\nx: {}\r\n\r\n",
        "y".repeat(100_000)
    );
    let many = format!(
        "GET /version HTTP/1.1\r\nhost: t\r\n{}\r\n",
        "x: y\r\n".repeat(1000)
    );
    for bytes in [long, many] {
        if let Some(answer) = raw(service.address, bytes.as_bytes()).await {
            assert!(matches!(answer.status, 400 | 414 | 431), "{}", answer.status);
        }
    }
    assert_eq!(service.get("/version").await.status, 200);
}

/// A request that is refused before its body was read, of which so much is sent, and no more.
async fn refused_in_the_middle(service: &Running) -> TcpStream {
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let head = "POST /api/statements HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 8388608\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_refused_and_never_ends_its_body_is_let_go() {
    let mut options = options();
    options.limits.stalled = Duration::from_millis(300);
    options.limits.connections = 1;
    let service = Running::with(options).await;
    let mut stream = refused_in_the_middle(&service).await;
    assert_eq!(read(&mut stream).await.unwrap().status, 413);
    let begin = Instant::now();
    while get(service.address, "/version").await.status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(20), "it keeps its place");
        // It sends on, and not even that keeps it.
        let _until_it_is_cut = stream.write_all(b" ").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_refused_and_still_sends_keeps_its_place_among_the_connections() {
    let mut options = options();
    options.limits.connections = 1;
    let service = Running::with(options).await;
    let mut stream = refused_in_the_middle(&service).await;
    assert_eq!(read(&mut stream).await.unwrap().status, 413);
    assert_eq!(get(service.address, "/version").await.status, 503);
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(get(service.address, "/version").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_answered_and_sends_no_more_gives_its_place_back_at_once() {
    let mut options = options();
    options.limits.connections = 1;
    let service = Running::with(options).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let whole = "POST /api/statements HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(whole.as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().status, 400);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(get(service.address, "/version").await.status, 200);
    drop(stream);
}
