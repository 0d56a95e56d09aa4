//! A witness is killed with SIGKILL at any moment, started again, and tempted with a fork each time.

use std::collections::BTreeMap;
use std::time::Duration;

use tlog::witness::parse_cosignatures_body;

use crate::made_log::MadeLog;
use crate::process::{Service, ask};
use crate::protocol::TestWitness;

const KILLS: u64 = 60;

/// Where the two histories part.
const COMMON: u64 = 3;

#[test]
fn a_witness_killed_at_any_moment_never_cosigns_two_histories() {
    let mut witness = TestWitness::start();
    let honest = MadeLog::of_leaves("a", 400);
    let mut forked = honest.clone();
    for (n, entry) in forked.entries.iter_mut().enumerate().skip(COMMON as usize) {
        *entry = format!("forked {n}").into_bytes();
    }
    assert_eq!(witness.post(&honest.request(0, COMMON)).status, 200);

    // Everything the witness ever signed, by size: the name of the history.
    let mut signed: BTreeMap<u64, &str> = BTreeMap::new();
    let mut answered = 0;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..KILLS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let address = witness.service.address();
        let killer = std::thread::scope(|scope| {
            // Both histories ask as fast as they can, each with the old size it is told.
            let asking: Vec<_> = [("honest", &honest), ("forked", &forked)]
                .into_iter()
                .map(|(name, log)| {
                    scope.spawn(move || {
                        let mut got = Vec::new();
                        let mut old = 0;
                        loop {
                            let size = (old + 1).clamp(COMMON + 1, 399);
                            let Some(answer) = ask(
                                address,
                                "POST",
                                "/add-checkpoint",
                                &log.request(old.min(size), size),
                            ) else {
                                return got;
                            };
                            match answer.status {
                                200 => {
                                    parse_cosignatures_body(answer.body.as_bytes()).unwrap();
                                    got.push((size, name));
                                    old = size;
                                }
                                409 => old = answer.body.trim().parse().unwrap(),
                                422 => std::thread::sleep(Duration::from_millis(2)),
                                status => panic!("status {status}: {}", answer.body),
                            }
                        }
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_micros(random % 40_000));
            witness.service.kill();
            asking
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect::<Vec<_>>()
        });
        for (size, name) in killer {
            answered += 1;
            let before = signed.insert(size, name);
            assert!(
                before.is_none_or(|before| before == name),
                "size {size} was cosigned in two histories"
            );
        }
        witness.service = Service::start(witness.data.path(), &["witness", "--listen", "127.0.0.1:0"]);
    }
    let histories: std::collections::BTreeSet<_> = signed.values().collect();
    assert_eq!(histories.len(), 1, "cosignatures in both histories: {signed:?}");
    assert!(
        answered > 20,
        "the witness was killed before it did anything: {answered} answers"
    );
}
