//! Any bytes as a VRF public key, a proof and an input: refused or canonical, and never verified, because nobody finds a
//! proof for a fixed key by chance; and any 32 bytes as a secret key, whose own proofs must hold.
#![no_main]

use std::sync::LazyLock;

use index::vrf::{Proof, PublicKey, SecretKey};
use libfuzzer_sys::fuzz_target;

/// A key whose secret is in no seed the fuzzer starts from.
static PUBLIC: LazyLock<Option<PublicKey>> =
    LazyLock::new(|| SecretKey::from_bytes(&[7; 32]).ok().map(|key| key.public()));

fuzz_target!(|input: &[u8]| {
    if let Some((proof, alpha)) = input.split_first_chunk::<80>()
        && let Ok(proof) = Proof::from_bytes(proof)
    {
        assert_eq!(proof.to_bytes(), input[..80], "a proof has one encoding");
        if let Some(public) = *PUBLIC {
            assert!(public.verify(alpha, &proof).is_err(), "a forged proof");
        }
    }
    if let Some((key, alpha)) = input.split_first_chunk::<32>() {
        if let Ok(public) = PublicKey::from_bytes(key) {
            assert_eq!(public.to_bytes(), *key, "a key has one encoding");
        }
        if let Ok(secret) = SecretKey::from_bytes(key) {
            assert_eq!(*secret.to_bytes(), *key, "a key has one encoding");
            assert!(secret.public().verify(alpha, &secret.prove(alpha)).is_ok());
        }
    }
});
