//! Decentralised identifiers of issuers: [`did:key`] and [`did:web`], with Ed25519 keys as Multikey
//! ([Controlled Identifiers 1.0], 2.2.2).
//!
//! Nothing is fetched. A verifier brings the DID documents of the issuers it trusts, as it brings a log's policy.
//!
//! [`did:key`]: https://w3c-ccg.github.io/did-key-spec/
//! [`did:web`]: https://w3c-ccg.github.io/did-method-web/
//! [Controlled Identifiers 1.0]: https://www.w3.org/TR/cid-1.0/

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::jcs;

/// Multicodec prefix of an Ed25519 public key.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];

/// Most verification methods read of one document.
const MOST_METHODS: usize = 100;

/// What is wrong with a DID or its document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// The document is not JSON.
    #[error("the DID document {0}")]
    Json(#[from] jcs::JsonError),
    /// The document has not the form of one.
    #[error("the DID document: {0}")]
    Form(String),
    /// Not a `did:key` of an Ed25519 key.
    #[error("{0:?} is not a did:key of an Ed25519 key, which begins with did:key:z6Mk")]
    NotKey(String),
    /// Not a `did:web`.
    #[error("{0:?} is not a did:web such as did:web:certs.example.org or did:web:example.org:certs")]
    NotWeb(String),
}

/// A key that may sign in the name of a DID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its absolute URL.
    pub id: String,
    /// The Ed25519 public key.
    pub public: [u8; 32],
    /// From when on it must not be used any more: `revoked` or `expires`, whichever is earlier.
    pub ends: Option<Timestamp>,
}

/// The part of a DID document that a verifier of credentials needs: who, and which keys may assert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDocument {
    /// The DID.
    pub id: String,
    /// The Ed25519 keys under `assertionMethod`.
    pub methods: Vec<Method>,
}

/// An Ed25519 public key as Multikey: `z6Mk…`.
pub fn multikey(public: &[u8; 32]) -> String {
    format!(
        "z{}",
        bs58::encode([&ED25519_PUB[..], public].concat()).into_string()
    )
}

/// The key in a Multikey, if it is an Ed25519 key.
pub fn from_multikey(text: &str) -> Option<[u8; 32]> {
    // 34 bytes have at most 47 base58 digits; longer texts are not decoded, which takes quadratic time.
    let digits = text.strip_prefix('z').filter(|digits| digits.len() <= 48)?;
    let bytes = bs58::decode(digits).into_vec().ok()?;
    bytes.strip_prefix(&ED25519_PUB)?.try_into().ok()
}

/// The `did:key` of a key.
pub fn did_key(public: &[u8; 32]) -> String {
    format!("did:key:{}", multikey(public))
}

/// Where the document of a `did:web` lies.
///
/// # Errors
/// It is no `did:web`.
pub fn web_url(did: &str) -> Result<String, DidError> {
    let wrong = || DidError::NotWeb(did.chars().take(120).collect());
    let name = did.strip_prefix("did:web:").ok_or_else(wrong)?;
    let mut parts = name.split(':');
    let host = parts.next().unwrap_or_default();
    let plain = |part: &str, also: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c) || also.contains(c))
            && part != "."
            && part != ".."
    };
    // A port is written %3A; nothing else is escaped in a host.
    if name.len() > 200 || !plain(&host.replace("%3A", ""), "") {
        return Err(wrong());
    }
    let path: Vec<&str> = parts.collect();
    if path.iter().any(|part| !plain(part, "~")) {
        return Err(wrong());
    }
    let host = host.replace("%3A", ":");
    Ok(if path.is_empty() {
        format!("https://{host}/.well-known/did.json")
    } else {
        format!("https://{host}/{}/did.json", path.join("/"))
    })
}

impl DidDocument {
    /// The document of a `did:key`, which needs none.
    ///
    /// # Errors
    /// It is not the `did:key` of an Ed25519 key.
    pub fn of_key(did: &str) -> Result<Self, DidError> {
        let wrong = || DidError::NotKey(did.chars().take(120).collect());
        let key = did.strip_prefix("did:key:").ok_or_else(wrong)?;
        let public = from_multikey(key).ok_or_else(wrong)?;
        Ok(Self {
            id: did.to_owned(),
            methods: vec![Method {
                id: format!("{did}#{key}"),
                public,
                ends: None,
            }],
        })
    }

    /// A document for these keys of a DID, named by their Multikey.
    pub fn with_keys(did: &str, keys: &[[u8; 32]]) -> Self {
        Self {
            id: did.to_owned(),
            methods: keys
                .iter()
                .map(|public| Method {
                    id: format!("{did}#{}", multikey(public)),
                    public: *public,
                    ends: None,
                })
                .collect(),
        }
    }

    /// Reads a document. Methods of other kinds than Multikey with Ed25519, and keys that are not for assertions, are left
    /// out: they can sign no credential here.
    ///
    /// # Errors
    /// Not JSON, or not of the form.
    pub fn parse(text: &[u8]) -> Result<Self, DidError> {
        let document = jcs::read(text)?;
        let form = |problem: &str| DidError::Form(problem.to_owned());
        let id = document
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| id.starts_with("did:") && !id.contains('#'))
            .ok_or_else(|| form("`id` must be a DID"))?
            .to_owned();
        let list = |name: &str| match document.get(name) {
            None => Ok(&[][..]),
            Some(Value::Array(items)) if items.len() <= MOST_METHODS => Ok(items.as_slice()),
            Some(_) => Err(DidError::Form(format!(
                "`{name}` must be an array of at most {MOST_METHODS}"
            ))),
        };
        let absolute = |url: &str| match url.strip_prefix('#') {
            Some(fragment) => format!("{id}#{fragment}"),
            None => url.to_owned(),
        };
        let mut known = Vec::new();
        for method in list("verificationMethod")?.iter().filter_map(Value::as_object) {
            known.extend(read_method(&id, method, absolute)?);
        }
        let mut methods = Vec::new();
        for item in list("assertionMethod")? {
            match item {
                Value::String(url) => {
                    let url = absolute(url);
                    methods.extend(known.iter().find(|method| method.id == url).cloned());
                }
                Value::Object(embedded) => methods.extend(read_method(&id, embedded, absolute)?),
                _ => return Err(form("`assertionMethod` holds URLs or objects")),
            }
        }
        Ok(Self { id, methods })
    }

    /// The document as JSON, to be served at [`web_url`].
    pub fn to_json(&self) -> Value {
        let methods: Vec<Value> = self
            .methods
            .iter()
            .map(|method| {
                let mut value = json!({
                    "id": method.id,
                    "type": "Multikey",
                    "controller": self.id,
                    "publicKeyMultibase": multikey(&method.public),
                });
                if let (Some(ends), Some(object)) = (method.ends, value.as_object_mut()) {
                    object.insert("revoked".to_owned(), json!(ends));
                }
                value
            })
            .collect();
        let ids: Vec<&str> = self.methods.iter().map(|method| method.id.as_str()).collect();
        json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": self.id,
            "verificationMethod": methods,
            "assertionMethod": ids,
        })
    }

    /// The key with this URL.
    pub fn method(&self, url: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.id == url)
    }
}

fn read_method(
    did: &str,
    method: &Map<String, Value>,
    absolute: impl Fn(&str) -> String,
) -> Result<Option<Method>, DidError> {
    let text = |name: &str| method.get(name).and_then(Value::as_str);
    let time = |name: &str| {
        let read = |text: &str| {
            text.parse::<Timestamp>()
                .map_err(|_| DidError::Form(format!("`{name}` must be a time, not {text:?}")))
        };
        match method.get(name) {
            None => Ok(None),
            Some(value) => read(value.as_str().unwrap_or_default()).map(Some),
        }
    };
    let ends = [time("revoked")?, time("expires")?].into_iter().flatten().min();
    let key = text("publicKeyMultibase").and_then(from_multikey);
    Ok(match (text("type"), text("id"), text("controller"), key) {
        (Some("Multikey"), Some(id), Some(controller), Some(public)) if controller == did => Some(Method {
            id: absolute(id),
            public,
            ends,
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_a_did_web_lies_where_its_method_says() {
        for (did, url) in [
            (
                "did:web:w3c-ccg.github.io",
                "https://w3c-ccg.github.io/.well-known/did.json",
            ),
            (
                "did:web:w3c-ccg.github.io:user:alice",
                "https://w3c-ccg.github.io/user/alice/did.json",
            ),
            (
                "did:web:example.com%3A3000:user:alice",
                "https://example.com:3000/user/alice/did.json",
            ),
        ] {
            assert_eq!(web_url(did).unwrap(), url);
        }
        for did in [
            "did:web:",
            "did:key:z6Mk",
            "did:web:a/b",
            "did:web:a:..:b",
            "did:web:a::b",
            "did:web:a b",
        ] {
            assert!(web_url(did).is_err(), "{did}");
        }
    }

    #[test]
    fn a_document_reads_back_with_the_keys_it_lets_assert() {
        let mut document = DidDocument::with_keys("did:web:certs.example", &[[7; 32], [8; 32]]);
        document.methods[1].ends = Some("2026-01-01T00:00:00Z".parse().unwrap());
        let json = document.to_json();
        assert_eq!(DidDocument::parse(json.to_string().as_bytes()).unwrap(), document);

        let mut not_asserting = json.clone();
        not_asserting["assertionMethod"] = json!([]);
        let read = DidDocument::parse(not_asserting.to_string().as_bytes()).unwrap();
        assert_eq!(read.methods, []);

        let mut of_another = json;
        of_another["verificationMethod"][0]["controller"] = json!("did:web:other.example");
        let read = DidDocument::parse(of_another.to_string().as_bytes()).unwrap();
        assert_eq!(read.methods.len(), 1);
    }

    #[test]
    fn a_key_of_another_kind_is_no_did_key() {
        // X25519, from the did:key specification.
        let did = "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc";
        assert!(matches!(DidDocument::of_key(did), Err(DidError::NotKey(_))));
        assert_eq!(from_multikey(&format!("z{}", "1".repeat(100_000))), None);
    }
}
