//! The JSON-LD contexts of our credentials, shipped and pinned.
//!
//! JCS signs the list of contexts, not what they say; so a verifier that let a context be fetched would let others say what
//! the words mean. Ours accepts exactly these lists, and compares the shipped bytes with the hashes below.

/// A context document, with its hash.
#[derive(Clone, Copy, Debug)]
pub struct Pinned {
    /// The URL under which credentials name it.
    pub url: &'static str,
    /// The document.
    pub document: &'static [u8],
    /// SHA-256 of the document, hex.
    pub sha256: &'static str,
}

/// The W3C's context of credentials, in the edition that `@digitalbazaar/credentials-context` 3.2.0 distributes.
pub const CREDENTIALS: Pinned = Pinned {
    url: "https://www.w3.org/ns/credentials/v2",
    document: include_bytes!("../../../../spec/credential/contexts/credentials-v2.jsonld"),
    sha256: "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
};

/// Our own.
pub const CARNET: Pinned = Pinned {
    url: "https://carnet.invalid/credentials/v1",
    document: include_bytes!("../../../../spec/credential/contexts/carnet-v1.jsonld"),
    sha256: "a4c11ce4d377c55819f9d12364947201f34a253f0331addd13b20815e5da8fab",
};

/// The contexts of a certificate, in this order.
pub const OF_CERTIFICATES: [&str; 2] = [CREDENTIALS.url, CARNET.url];

/// The contexts of a status list.
pub const OF_STATUS_LISTS: [&str; 1] = [CREDENTIALS.url];
