//! Any bytes as a dossier, against a fixed trust: refused or verified, never a panic.
#![no_main]

use std::sync::LazyLock;

use dossier::{Trust, verify};
use libfuzzer_sys::fuzz_target;

/// The trust of the published kit, so that its files can be the seeds.
const KIT: &str = include_str!("../../spec/vectors/dossier/kit.json");
/// 2026-11-23T10:00:00Z, as in the kit.
const NOW: u64 = 1_795_428_000;

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let kit: serde_json::Value = serde_json::from_str(KIT).expect("the kit is JSON");
    let trust = &kit["trusts"][0];
    let text = |field: &str| trust[field].as_str().expect("the kit names its trust");
    Trust {
        policy: tlog::policy::Policy::parse(text("policy")).expect("the kit's policy is sound"),
        vrf_key: text("vrf_key").parse().expect("the kit's VRF key is sound"),
        max_age: 7 * 86_400,
    }
});

fuzz_target!(|bytes: &[u8]| {
    let _ = verify(bytes, &TRUST, None, NOW);
});
