//! The VRF against its specification's vector, against the published crate, and against an adversary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use index::vrf::{Proof, PublicKey, SecretKey, VrfError};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

/// The group's order, little-endian (RFC 9496, section 4).
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

#[test]
fn the_key_holder_s_output_is_the_one_its_proof_shows() {
    let key = SecretKey::from_bytes(&[9; 32].map(|b: u8| b & 0x0f)).unwrap();
    for alpha in [&b""[..], b"carnet", &[0xff; 100]] {
        assert_eq!(
            key.public().verify(alpha, &key.prove(alpha)),
            Ok(key.output(alpha))
        );
    }
}

#[test]
fn the_vector_of_the_specification_comes_out() {
    let secret = SecretKey::from_bytes(&hex(
        "3431c2b03533e280b23232e280b34e2c3132c2b03238e280b23131e280b34500",
    ))
    .unwrap();
    let alpha = b"c2sp.org/vrf-r255";
    let proof = secret.prove(alpha);

    assert_eq!(
        secret.public().to_bytes(),
        hex("54136cd90d99fbd1d4e855d9556efea87ba0337f2a6ce22028d0f5726fcb854e")
    );
    assert_eq!(
        hex::encode(proof.to_bytes()),
        "0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff9265c805525233e2284dbed45e593b8eea31d5ca9734d72bcbba\
         9738d5237f955f3b2422351149d1312503b6441a47c940c"
    );
    let output = secret.public().verify(alpha, &proof).unwrap();
    assert_eq!(
        hex::encode(output.0),
        "dd653f0879b48c3ef69e13551239bec4cbcc1c18fe8894de2e9e1c790e18273603bf1c6c25d7a797aeff3c43fd32b974d3fcbd4bcce916007\
         097922a3ea3a794"
    );
    assert_eq!(output.label().0, output.0[..32]);
}

proptest! {
    #[test]
    fn what_we_prove_the_published_crate_verifies(seed: [u8; 32], alpha: Vec<u8>) {
        let ours = SecretKey::generate(&mut ChaCha20Rng::from_seed(seed));
        let proof = ours.prove(&alpha);
        let output = ours.public().verify(&alpha, &proof).unwrap();

        let theirs = vrf_r255::PublicKey::from_bytes(ours.public().to_bytes()).unwrap();
        let their_proof = vrf_r255::Proof::from_bytes(proof.to_bytes()).unwrap();
        prop_assert_eq!(Option::<[u8; 64]>::from(theirs.verify(&alpha, &their_proof)), Some(output.0));
    }

    #[test]
    fn what_the_published_crate_proves_we_verify(mut secret: [u8; 32], alpha: Vec<u8>) {
        // Below the group's order, and not zero.
        secret[31] &= 0x0f;
        secret[0] |= 1;
        let theirs = Option::<vrf_r255::SecretKey>::from(vrf_r255::SecretKey::from_bytes(secret)).unwrap();
        let their_proof = theirs.prove(&alpha);
        let their_output =
            Option::<[u8; 64]>::from(vrf_r255::PublicKey::from(theirs).verify(&alpha, &their_proof));

        let public = PublicKey::from_bytes(&vrf_r255::PublicKey::from(theirs).to_bytes()).unwrap();
        let proof = Proof::from_bytes(&their_proof.to_bytes()).unwrap();
        prop_assert_eq!(Some(public.verify(&alpha, &proof).unwrap().0), their_output);
        // The nonce is specified too, so both write the same proof.
        prop_assert_eq!(SecretKey::from_bytes(&secret).unwrap().prove(&alpha), proof);
    }

    #[test]
    fn any_bytes_are_a_key_to_us_iff_they_are_to_the_published_crate(bytes: [u8; 32]) {
        let theirs = vrf_r255::PublicKey::from_bytes(bytes).map(|key| key.to_bytes());
        prop_assert_eq!(PublicKey::from_bytes(&bytes).ok().map(|key| key.to_bytes()), theirs);
    }

    #[test]
    fn any_bytes_are_a_proof_to_us_iff_they_are_to_the_published_crate(bytes: [[u8; 16]; 5]) {
        let bytes: [u8; 80] = bytes.concat().try_into().unwrap();
        let theirs = vrf_r255::Proof::from_bytes(bytes).map(|proof| proof.to_bytes());
        prop_assert_eq!(Proof::from_bytes(&bytes).ok().map(|proof| proof.to_bytes()), theirs);
    }

    #[test]
    fn bytes_of_any_length_are_read_without_panic(bytes: Vec<u8>) {
        if bytes.len() != 80 {
            prop_assert_eq!(Proof::from_bytes(&bytes), Err(VrfError::ProofLength(bytes.len())));
        }
    }
}

#[test]
fn a_proof_with_any_one_bit_flipped_is_refused() {
    let secret = SecretKey::generate(&mut ChaCha20Rng::from_seed([7; 32]));
    let alpha = index::id_input("vin:KMHJ3813MBU123456");
    let good = secret.prove(&alpha).to_bytes();
    assert!(
        secret
            .public()
            .verify(&alpha, &Proof::from_bytes(&good).unwrap())
            .is_ok()
    );

    for bit in 0..good.len() * 8 {
        let mut bad = good;
        bad[bit / 8] ^= 1 << (bit % 8);
        let verdict = Proof::from_bytes(&bad).and_then(|proof| secret.public().verify(&alpha, &proof));
        assert!(
            matches!(verdict, Err(VrfError::ProofEncoding | VrfError::Mismatch)),
            "bit {bit} flipped, and the proof gave {verdict:?}"
        );
    }
}

#[test]
fn a_proof_for_another_vehicle_or_key_is_refused() {
    let secret = SecretKey::generate(&mut ChaCha20Rng::from_seed([7; 32]));
    let other = SecretKey::generate(&mut ChaCha20Rng::from_seed([8; 32]));
    let proof = secret.prove(b"one car");

    assert_eq!(
        secret.public().verify(b"another car", &proof),
        Err(VrfError::Mismatch)
    );
    assert_eq!(other.public().verify(b"one car", &proof), Err(VrfError::Mismatch));
}

#[test]
fn the_identity_is_refused_as_a_key() {
    assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(VrfError::PublicKeyIdentity));
}

#[test]
fn encodings_that_are_not_canonical_are_refused_as_keys() {
    // RFC 9496, appendix A.2: two not reduced modulo the field's prime, one negative, one off the curve.
    for bytes in [
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    ] {
        assert_eq!(
            PublicKey::from_bytes(&hex(bytes)),
            Err(VrfError::PublicKeyEncoding),
            "{bytes}"
        );
    }
}

#[test]
fn zero_and_the_groups_order_are_refused_as_secret_keys() {
    assert_eq!(SecretKey::from_bytes(&[0; 32]).err(), Some(VrfError::SecretKey));
    assert_eq!(
        SecretKey::from_bytes(&hex(ORDER)).err(),
        Some(VrfError::SecretKey)
    );
}

#[test]
fn a_response_with_the_groups_order_added_is_refused() {
    // The same number modulo the order, so a careless verifier would take it as a second encoding of one proof.
    let secret = SecretKey::generate(&mut ChaCha20Rng::from_seed([7; 32]));
    let mut bytes = secret.prove(b"a car").to_bytes();
    let mut carry = 0;
    for (byte, order) in bytes[48..].iter_mut().zip(hex::<32>(ORDER)) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(Proof::from_bytes(&bytes), Err(VrfError::ProofEncoding));
}

#[test]
fn a_secret_key_comes_back_from_its_bytes() {
    let secret = SecretKey::generate(&mut ChaCha20Rng::from_seed([9; 32]));
    let again = SecretKey::from_bytes(&secret.to_bytes()).unwrap();
    assert_eq!(again.public(), secret.public());
}
