//! Any bytes as a dossier, against a fixed trust: refused or verified, never a panic.
//!
//! The trust is that of the published kit, so its files can be the seeds.
#![no_main]

use std::sync::LazyLock;

use dossier::{Trust, verify};
use libfuzzer_sys::fuzz_target;

/// 2026-11-23T10:00:00Z, as in the kit.
const NOW: u64 = 1_795_428_000;

static TRUST: LazyLock<Trust> = LazyLock::new(|| Trust {
    policy: tlog::policy::Policy::parse(include_str!("../../spec/vectors/dossier/policy.txt"))
        .expect("the kit's policy is sound"),
    vrf_key: include_str!("../../spec/vectors/dossier/vrf_key.txt")
        .trim_end()
        .parse()
        .expect("the kit's VRF key is sound"),
    max_age: 7 * 86_400,
});

fuzz_target!(|bytes: &[u8]| {
    let _ = verify(bytes, &TRUST, None, NOW);
});
