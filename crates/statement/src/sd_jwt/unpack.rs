//! Putting disclosed values back in place of their digests (RFC 9901, section 7.1, step 3).
//!
//! Nothing here looks at a signature, so that the published examples, which are signed with other algorithms, can
//! be run through the same code.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::base64url;
use super::disclosure::Disclosure;
use super::error::ParseError;
use super::json::MAX_DEPTH;

/// The key under which an object lists the digests of its concealed properties.
pub(super) const SD: &str = "_sd";
/// The key of the object that stands for a concealed array element.
pub(super) const ELLIPSIS: &str = "...";
/// The key that names the hash function, allowed only at the top of the payload.
pub(super) const SD_ALG: &str = "_sd_alg";

/// A payload with its disclosures in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Unpacked {
    /// The object without digests.
    pub object: Map<String, Value>,
    /// Where each disclosure went, in the order given.
    pub placed: Vec<Placement>,
    /// How many digests have no disclosure. Decoys are counted too: they cannot be told from withheld values.
    pub hidden: usize,
}

/// Where a disclosure went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Names joined by dots; an element of an array has its signed position (counted from 0) as its name.
    pub path: String,
    /// The disclosure in whose value this one lies.
    pub parent: Option<usize>,
}

/// Puts `disclosures` in place in a whole payload: takes out `_sd_alg`, which must be `sha-256` or absent, and all
/// digests. Refuses whatever section 7.1 of RFC 9901 refuses.
pub fn unpack_payload(
    mut payload: Map<String, Value>,
    disclosures: &[Disclosure],
) -> Result<Unpacked, ParseError> {
    take_hash_algorithm(&mut payload)?;
    unpack(payload, disclosures)
}

/// RFC 9901, section 4.1.1: absent means `sha-256`.
pub(super) fn take_hash_algorithm(payload: &mut Map<String, Value>) -> Result<(), ParseError> {
    match payload.remove(SD_ALG) {
        None => Ok(()),
        Some(name) if name == "sha-256" => Ok(()),
        Some(_) => Err(ParseError::HashAlgorithm),
    }
}

pub(super) fn unpack(object: Map<String, Value>, disclosures: &[Disclosure]) -> Result<Unpacked, ParseError> {
    let mut positions = HashMap::new();
    for (position, disclosure) in disclosures.iter().enumerate() {
        if positions.insert(disclosure.digest(), position).is_some() {
            return Err(ParseError::DisclosureTwice(position));
        }
    }
    let mut unpacker = Unpacker {
        disclosures,
        positions,
        seen: HashSet::new(),
        placed: vec![None; disclosures.len()],
        hidden: 0,
    };
    let object = unpacker.object(object, &Here::top())?;
    let Unpacker { placed, hidden, .. } = unpacker;
    let placed = placed
        .into_iter()
        .enumerate()
        .map(|(position, placement)| placement.ok_or(ParseError::Unreferenced(position)))
        .collect::<Result<_, _>>()?;
    Ok(Unpacked {
        object,
        placed,
        hidden,
    })
}

struct Unpacker<'a> {
    disclosures: &'a [Disclosure],
    positions: HashMap<&'a str, usize>,
    /// Every digest met so far, disclosed or not.
    seen: HashSet<String>,
    placed: Vec<Option<Placement>>,
    hidden: usize,
}

/// Where in the tree the unpacker stands.
struct Here {
    path: String,
    depth: usize,
    inside: Option<usize>,
}

impl Here {
    fn top() -> Self {
        Self {
            path: String::new(),
            depth: 1,
            inside: None,
        }
    }

    fn child(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            path,
            depth: self.depth + 1,
            inside: self.inside,
        }
    }

    fn describe(&self) -> String {
        if self.path.is_empty() {
            "the top".to_owned()
        } else {
            self.path.clone()
        }
    }
}

impl<'a> Unpacker<'a> {
    fn value(&mut self, value: Value, here: &Here) -> Result<Value, ParseError> {
        // Disclosures nest in disclosures, each within the depth limit of its own text; the sum needs a limit too.
        if here.depth > MAX_DEPTH {
            return match value {
                Value::Array(_) | Value::Object(_) => Err(ParseError::TooDeep),
                scalar => Ok(scalar),
            };
        }
        match value {
            Value::Object(object) => self.object(object, here).map(Value::Object),
            Value::Array(array) => self.array(array, here).map(Value::Array),
            scalar => Ok(scalar),
        }
    }

    fn object(
        &mut self,
        mut object: Map<String, Value>,
        here: &Here,
    ) -> Result<Map<String, Value>, ParseError> {
        let digests = object.remove(SD);
        let mut opened = Map::new();
        for (name, value) in object {
            if is_reserved(&name) {
                return Err(ParseError::ReservedName(here.describe()));
            }
            let value = self.value(value, &here.child(&name))?;
            opened.insert(name, value);
        }
        for digest in digests
            .map(|digests| digest_list(digests, here))
            .transpose()?
            .unwrap_or_default()
        {
            let Some((position, disclosure)) = self.look_up(digest)? else {
                continue;
            };
            let name = disclosure
                .name()
                .ok_or_else(|| ParseError::DisclosureKind(here.describe()))?;
            let mut there = here.child(name);
            if is_reserved(name) {
                return Err(ParseError::ReservedName(here.describe()));
            }
            if opened.contains_key(name) {
                return Err(ParseError::NameCollision(there.path));
            }
            let value = self.place(position, disclosure, &mut there)?;
            opened.insert(name.to_owned(), value);
        }
        Ok(opened)
    }

    fn array(&mut self, array: Vec<Value>, here: &Here) -> Result<Vec<Value>, ParseError> {
        let mut opened = Vec::with_capacity(array.len());
        for (index, element) in array.into_iter().enumerate() {
            let mut there = here.child(&index.to_string());
            let digest = match element {
                Value::Object(mut object) if object.contains_key(ELLIPSIS) => {
                    match (object.remove(ELLIPSIS), object.is_empty()) {
                        (Some(Value::String(digest)), true) if is_digest(&digest) => digest,
                        _ => return Err(ParseError::DigestShape(there.path)),
                    }
                }
                other => {
                    opened.push(self.value(other, &there)?);
                    continue;
                }
            };
            let Some((position, disclosure)) = self.look_up(digest)? else {
                continue;
            };
            if disclosure.name().is_some() {
                return Err(ParseError::DisclosureKind(there.path));
            }
            opened.push(self.place(position, disclosure, &mut there)?);
        }
        Ok(opened)
    }

    /// The disclosure of a digest, if it was given. A digest may be met once only.
    fn look_up(&mut self, digest: String) -> Result<Option<(usize, &'a Disclosure)>, ParseError> {
        let found = self.positions.get(digest.as_str()).and_then(|&position| {
            self.disclosures
                .get(position)
                .map(|disclosure| (position, disclosure))
        });
        if found.is_none() {
            self.hidden += 1;
        }
        match self.seen.replace(digest) {
            Some(twice) => Err(ParseError::DigestTwice(twice)),
            None => Ok(found),
        }
    }

    fn place(
        &mut self,
        position: usize,
        disclosure: &Disclosure,
        there: &mut Here,
    ) -> Result<Value, ParseError> {
        let placement = Placement {
            path: there.path.clone(),
            parent: there.inside.replace(position),
        };
        if let Some(slot) = self.placed.get_mut(position) {
            *slot = Some(placement);
        }
        self.value(disclosure.value().clone(), there)
    }
}

fn is_reserved(name: &str) -> bool {
    [SD, ELLIPSIS, SD_ALG].contains(&name)
}

/// Whether a body has a field with a name the format needs for itself, anywhere.
pub(super) fn has_reserved_name(value: &Value) -> bool {
    match value {
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| is_reserved(name) || has_reserved_name(value)),
        Value::Array(array) => array.iter().any(has_reserved_name),
        _ => false,
    }
}

fn digest_list(digests: Value, here: &Here) -> Result<Vec<String>, ParseError> {
    let Value::Array(digests) = digests else {
        return Err(ParseError::DigestShape(here.describe()));
    };
    digests
        .into_iter()
        .map(|digest| match digest {
            Value::String(digest) if is_digest(&digest) => Ok(digest),
            _ => Err(ParseError::DigestShape(here.describe())),
        })
        .collect()
}

fn is_digest(text: &str) -> bool {
    base64url::decode(text).is_some_and(|bytes| bytes.len() == 32)
}
