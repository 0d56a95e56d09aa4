//! What is admitted about one car fits into one dossier, however it is handed in.

use store::{Foresight, Options, Room, Store, Submission, Submitted};

use crate::test_log::{TestLog, car, record, statement, statement_by};

/// Room for ten statements of 135 bytes by one key.
const ROOM: Room = Room {
    total: 2_450,
    statement: 100,
    key: 100,
    content: 135,
};

async fn small() -> (TestLog, Store) {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let options = Options {
        room: ROOM,
        ..log.options()
    };
    let store = Store::open(options).await.unwrap();
    (log, store)
}

/// About car 0, with a content of exactly 101 bytes as it lies in the database: encryption adds 40 and packing one. Most
/// that lies there stands for four characters with three bytes, so that it counts as 135.
fn by(issuer: u64, n: u64) -> Submission {
    let small = statement_by(issuer, n);
    Submission {
        label: car(0),
        content: format!("{:<60}", small.content),
        ..small
    }
}

fn accepted(answers: &[Submitted]) -> usize {
    answers
        .iter()
        .filter(|answer| **answer == Submitted::Accepted)
        .count()
}

#[tokio::test]
async fn a_car_takes_as_many_statements_as_fit_and_no_more() {
    let (log, store) = small().await;
    let mut taken = 0;
    for n in 0..30 {
        taken += accepted(&store.submit(&[by(0, n)]).await.unwrap());
        if n % 7 == 0 {
            store.seal().await.unwrap();
        }
    }
    assert_eq!(taken, 10);
    assert_eq!(store.submit(&[by(0, 31)]).await.unwrap(), [Submitted::NoRoom]);
    assert_eq!(
        store.submit(&[by(0, 3)]).await.unwrap().len(),
        1,
        "what is known is still known"
    );
    assert!(matches!(
        store.submit(&[by(0, 3)]).await.unwrap()[0],
        Submitted::Sealed(_)
    ));
    record(&store, &[statement(40)]).await;
    store.seal().await.unwrap();
    log.assert_sound(&store, &[]).await;
}

/// The first that does not fit is refused, and a smaller one after it may fit still.
#[tokio::test]
async fn statements_handed_in_together_are_counted_together() {
    let (_log, store) = small().await;
    let many: Vec<_> = (0..30).map(|n| by(0, n)).collect();
    let answers = store.submit(&many).await.unwrap();
    // Not encrypted yet, a content counts as handed in: 60 bytes and not 135.
    assert_eq!(accepted(&answers), 14);
    assert!(answers[14..].iter().all(|answer| *answer == Submitted::NoRoom));
}

#[tokio::test]
async fn every_further_key_takes_room_of_its_own() {
    let (_log, store) = small().await;
    for n in 0..9 {
        assert_eq!(store.submit(&[by(0, n)]).await.unwrap(), [Submitted::Accepted]);
    }
    // Room is left for one more statement, and not for a key as well.
    assert_eq!(
        store.submit(&[by(1, 9), by(0, 9)]).await.unwrap(),
        [Submitted::NoRoom, Submitted::Accepted]
    );
}

/// A file is read in parts; in a dry run nothing of the parts before is there to be counted.
#[tokio::test]
async fn a_dry_run_foresees_what_would_not_fit() {
    let (_log, store) = small().await;
    store.submit(&[by(0, 0)]).await.unwrap();
    let file: Vec<_> = (0..30).map(|n| by(n % 2, n / 2)).collect();
    let (mut foreseen, mut answers) = (Foresight::default(), Vec::new());
    for part in file.chunks(4) {
        answers.extend(store.foresee(part, &mut foreseen).await.unwrap());
    }
    assert_eq!(store.status().await.unwrap().waiting, 1, "nothing was accepted");

    let mut real = Vec::new();
    for part in file.chunks(4) {
        real.extend(store.submit(part).await.unwrap());
    }
    assert_eq!(answers, real);
    assert_eq!(answers[0], Submitted::Waiting);
    assert!(answers.contains(&Submitted::NoRoom));
}

#[tokio::test]
async fn a_dry_run_knows_a_statement_that_comes_twice() {
    let (_log, store) = small().await;
    let mut foreseen = Foresight::default();
    for expected in [Submitted::Accepted, Submitted::Waiting] {
        let answer = store.foresee(&[by(0, 1)], &mut foreseen).await.unwrap();
        assert_eq!(answer, [expected]);
    }
}

#[tokio::test]
async fn erased_contents_make_room() {
    let (log, store) = small().await;
    for n in 0..10 {
        store.submit(&[by(0, n)]).await.unwrap();
    }
    store.seal().await.unwrap();
    assert_eq!(store.submit(&[by(0, 10)]).await.unwrap(), [Submitted::NoRoom]);
    let last = store
        .statements(&car(0), 1000)
        .await
        .unwrap()
        .pop()
        .unwrap()
        .log_index;
    store.erase(&car(0), last, b"notice", &[]).await.unwrap();
    assert_eq!(store.submit(&[by(0, 10)]).await.unwrap(), [Submitted::Accepted]);
    store.seal().await.unwrap();
    log.assert_sound(&store, &[]).await;
}
