//! The statement most tests are about, and a way to sign what `issue` would refuse to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use statement::{Claims, IssuerSigningKey, SdJwt, issue};

pub const SEED: [u8; 32] = [7; 32];

pub fn key() -> IssuerSigningKey {
    IssuerSigningKey::from_seed(&SEED)
}

pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([42; 32])
}

/// A change of owner, with four personal fields: `from`, `to`, `price`, `plate`.
pub fn transfer_json() -> Value {
    json!({
        "iss": "Example Vehicle Register",
        "iat": 1_715_930_000,
        "typ": "registration.transferred",
        "vid": "vin:KMHJ381ABMU123456",
        "event_time": "2024-05-17T10:20:00+09:00[Asia/Seoul]",
        "place": "KRSEL",
        "body": {
            "date": "2024-05-17",
            "from": "Hong Gildong",
            "odometer": {"value": 48210, "unit": "km", "instrument_state": "working", "method": "document"},
            "plate": "12가3456",
            "price": {"minor": 23_500_000, "currency": "KRW"},
            "to": "Example Motors",
        },
        "evidence": [{"sha256": "c1".repeat(32), "kind": "document", "page": 2}],
        "confidence": "A",
    })
}

pub fn claims(json: &Value) -> Claims {
    Claims::from_json(json.as_object().unwrap().clone()).unwrap()
}

pub fn transfer() -> SdJwt {
    issue(&claims(&transfer_json()), &key(), &mut rng()).unwrap()
}

pub fn base64url(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

pub fn header() -> Value {
    json!({"alg": "EdDSA", "kid": key().key_id(), "typ": "carnet+sd-jwt"})
}

/// The payload of [`transfer_json`] with the body replaced.
pub fn payload_with_body(body: Value) -> Value {
    let mut payload = transfer_json();
    payload["body"] = body;
    payload["_sd_alg"] = json!("sha-256");
    payload
}

/// Signs any header and payload text, well-formed or not.
pub fn sign(header: &str, payload: &str, disclosures: &[&str]) -> String {
    sign_encoded(&base64url(header), &base64url(payload), disclosures)
}

/// Signs any two texts as if they were an encoded header and payload.
pub fn sign_encoded(header: &str, payload: &str, disclosures: &[&str]) -> String {
    let signed = format!("{header}.{payload}");
    let signature = SigningKey::from_bytes(&SEED).sign(signed.as_bytes());
    let mut compact = format!("{signed}.{}~", base64url(signature.to_bytes()));
    for disclosure in disclosures {
        compact.push_str(disclosure);
        compact.push('~');
    }
    compact
}

/// A disclosure with a fixed salt, and its digest.
pub fn disclosure(salt_end: char, rest: &str) -> (String, String) {
    let encoded = base64url(format!(r#"["0123456789abcdefghijk{salt_end}",{rest}]"#));
    let digest = base64url(Sha256::digest(encoded.as_bytes()));
    (encoded, digest)
}
