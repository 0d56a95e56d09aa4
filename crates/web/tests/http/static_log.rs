use std::io::Read as _;

use crate::client::{Answer, request};
use crate::running::{CAR, Running, registration};

/// A service whose log has more than one bundle of entries.
async fn with_full_tile() -> Running {
    let service = Running::new().await;
    for chunk in 0..3 {
        let statements: Vec<_> = (0..100).map(|n| registration(CAR, chunk * 100 + n)).collect();
        let compact: Vec<&str> = statements.iter().map(|s| s.as_str()).collect();
        assert_eq!(service.submit(&compact).await.status, 200);
    }
    service
}

fn immutable(answer: &Answer) -> bool {
    answer.header("cache-control").unwrap().contains("immutable")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_tiled_logs_can_verify_the_whole_tree() {
    let service = with_full_tile().await;
    let checkpoint = service.get("/log/checkpoint").await;
    assert_eq!(
        checkpoint.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert!(!immutable(&checkpoint));
    let mut lines = checkpoint.text().lines();
    assert_eq!(lines.next(), Some(crate::running::ORIGIN));
    let size: u64 = lines.next().unwrap().parse().unwrap();

    let tile = service.get("/log/tile/0/000").await;
    assert_eq!((tile.status, tile.body.len()), (200, 256 * 32));
    assert_eq!(tile.header("content-type"), Some("application/octet-stream"));
    assert!(immutable(&tile));
    let entries = service.get("/log/tile/entries/000").await;
    let entries = tlog::tile::decode_bundle(&entries.body)
        .unwrap()
        .iter()
        .map(|e| e.to_vec())
        .collect::<Vec<_>>();
    for (entry, hash) in entries.iter().zip(tile.body.chunks(32)) {
        assert_eq!(tlog::leaf_hash(entry).0, hash);
    }
    let partial = service.get(&format!("/log/tile/0/001.p/{}", size - 256)).await;
    assert_eq!(partial.body.len() as u64, (size - 256) * 32);
    assert!(immutable(&partial));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_tile_that_was_tidied_away_is_cut_from_the_full_one() {
    let service = with_full_tile().await;
    let full = service.get("/log/tile/0/000").await;
    if let Some(files) = service.data.objects() {
        assert!(!files.join("tile/0/000.p/7").exists());
    }
    let partial = service.get("/log/tile/0/000.p/7").await;
    assert_eq!(partial.body, full.body[..7 * 32]);
    let entries = service.get("/log/tile/entries/000.p/7").await;
    assert_eq!(tlog::tile::decode_bundle(&entries.body).unwrap().len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_one_spelling_of_a_path_is_an_address() {
    let service = with_full_tile().await;
    for path in [
        "/log/tile/0/001",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/0/000.p/07",
        "/log/tile/0/0",
        "/log/tile/0/x000/000",
        "/log/tile/00/000",
        "/log/tile/64/000",
        "/log/tile/0/000/",
        "/log/tile/0//000",
        "/log//tile/0/000",
        "/log/tile/0/%30%30%30",
        "/log/tile/0/000?x=1",
        "/log/tile/0/../0/000",
        "/log/tile/../checkpoint",
        "/log/tile/%2e%2e/checkpoint",
        "/log/../carnet.db",
        "/log/%2e%2e/keys/log.key",
        "/log/tile/..%2f..%2f..%2fkeys/log.key",
        "/log/staging/1",
        "/log/tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
        "/log/tile/0/\u{0}",
        "/log/",
        "/log",
    ] {
        let bytes = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        if let Some(answer) = crate::client::raw(service.address, bytes.as_bytes()).await {
            assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        }
    }
    let long = format!("/log/tile/0/{}000", "x001/".repeat(1000));
    assert_eq!(service.get(&long).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_yet_is_not_remembered_by_caches() {
    let service = Running::new().await;
    let answer = service.get("/log/tile/0/000").await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (404, Some("no-store"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_the_same_head_without_a_body() {
    let service = with_full_tile().await;
    let answer = request(service.address, "HEAD", "/log/tile/0/000", &[], &[]).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("content-length"), Some("8192"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cache_still_has_is_not_sent_again() {
    let service = Running::new().await;
    // The service may cosign the log anew between two requests (it does soon after its start), and
    // then another checkpoint is the right answer; it never is under the same tag.
    let mut tag = service
        .get("/log/checkpoint")
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    for _ in 0..5 {
        let known = format!("if-none-match: {tag}");
        let again = request(service.address, "GET", "/log/checkpoint", &[&known], &[]).await;
        if again.status == 304 {
            assert_eq!(again.body.len(), 0);
            return;
        }
        let newer = again.header("etag").unwrap();
        assert_ne!((again.status, newer), (200, tag.as_str()));
        tag = newer.to_owned();
    }
    panic!("every answer was a whole checkpoint");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_that_it_takes_nothing_is_answered_all_the_same() {
    // A refusal under an address that never changes is what a cache on the way would keep.
    let service = Running::new().await;
    for path in ["/log/checkpoint", "/log/tile/0/000.p/1", "/version"] {
        // The checkpoint may be cosigned anew between two requests: then it is asked for again.
        let mut same = false;
        for _ in 0..5 {
            let plain = service.get(path).await;
            let nothing = ["accept-encoding: identity;q=0"];
            let answer = request(service.address, "GET", path, &nothing, &[]).await;
            assert_eq!(answer.status, plain.status, "{path}");
            same = answer.body == plain.body;
            if same {
                break;
            }
        }
        assert!(same, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_compressed_to_who_takes_them_so() {
    let service = with_full_tile().await;
    let plain = service.get("/log/tile/entries/000").await;
    let gzip = request(
        service.address,
        "GET",
        "/log/tile/entries/000",
        &["accept-encoding: gzip"],
        &[],
    )
    .await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(gzip.body.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
}
