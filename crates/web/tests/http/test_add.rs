use crate::client::request;
use crate::running::{Running, log_of, options};

async fn with_add() -> Running {
    let mut options = options();
    options.test_add = true;
    Running::with(options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn any_body_becomes_an_entry_at_the_index_answered() {
    let service = with_add().await;
    let answer = request(service.address, "POST", "/add", &[], b"\x00\xff anything").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/plain; charset=utf-8"))
    );
    let index: usize = answer.text().parse().unwrap();
    let size = index + 2;
    let entries = service.get(&format!("/log/tile/entries/000.p/{size}")).await;
    let entries = tlog::tile::decode_bundle(&entries.body).unwrap();
    let entry = history::entry::Entry::decode(entries[index]).unwrap();
    assert!(matches!(entry, history::entry::Entry::Statement(_)), "{entry:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_sound_after_it() {
    let service = with_add().await;
    for n in 0..20_u8 {
        request(service.address, "POST", "/add", &[], &[n]).await;
    }
    let data = service.stop().await;
    let desk = desk::Desk::inspect(log_of(&data), None).await.unwrap();
    let fsck = desk.store().fsck(|_, _| {}).await.unwrap();
    assert!(fsck.complaints.is_empty(), "{:?}", fsck.complaints);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_flag_there_is_no_such_address() {
    let service = Running::new().await;
    let answer = request(service.address, "POST", "/add", &[], b"x").await;
    assert_eq!(answer.status, 404);
}
