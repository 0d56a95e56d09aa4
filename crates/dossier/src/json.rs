//! How bytes and numbers stand in the file, each with one accepted spelling.
//!
//! serde would take an array of values for an object, a missing field for null, and any number of hashes for a proof; the
//! functions here do not.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that is written as a JSON object, and read from nothing else.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FromMap<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for FromMap<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(FromMap(PhantomData)).map(Self)
    }
}

/// A string in base64.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FromText;

        impl Visitor<'_> for FromText {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string of padded base64")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bytes, E> {
                STANDARD
                    .decode(text)
                    .map(Bytes)
                    .map_err(|e| E::custom(format_args!("not padded base64: {e}")))
            }
        }

        deserializer.deserialize_str(FromText)
    }
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes
        .try_into()
        .map_err(|_| format!("{} bytes where {N} are expected", bytes.len()))
}

pub(crate) mod bytes {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Bytes::deserialize(deserializer).map(|bytes| bytes.0)
    }
}

pub(crate) mod object {
    use super::*;

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        Object::deserialize(deserializer).map(|object| object.0)
    }
}

pub(crate) mod objects {
    use super::*;

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        values.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        Ok(Vec::<Object<T>>::deserialize(deserializer)?
            .into_iter()
            .map(|object| object.0)
            .collect())
    }
}

pub(crate) mod number {
    use super::*;
    use crate::file::MAX_NUMBER;

    pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        if *number > MAX_NUMBER {
            return Err(serde::ser::Error::custom(format_args!(
                "{number} is beyond 2^53 - 1"
            )));
        }
        serializer.serialize_u64(*number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        match u64::deserialize(deserializer)? {
            number if number <= MAX_NUMBER => Ok(number),
            number => Err(D::Error::custom(format_args!("{number} is beyond 2^53 - 1"))),
        }
    }
}

pub(crate) mod log_index {
    use super::*;
    use tlog::LeafIndex;

    pub(crate) fn serialize<S: Serializer>(at: &LeafIndex, serializer: S) -> Result<S::Ok, S::Error> {
        number::serialize(&at.0, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LeafIndex, D::Error> {
        number::deserialize(deserializer).map(LeafIndex)
    }
}

pub(crate) mod inclusion {
    use super::*;
    use crate::file::MAX_INCLUSION;
    use tlog::Hash;

    pub(crate) fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(hashes.iter().map(Hash::to_base64))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        deserializer.deserialize_seq(AtMost::new(MAX_INCLUSION, |Bytes(bytes)| {
            exactly(&bytes).map(Hash)
        }))
    }
}

pub(crate) mod notices {
    use super::*;
    use crate::file::MAX_ERASURES;

    pub(crate) fn serialize<S: Serializer>(notices: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        notices.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        deserializer.deserialize_seq(AtMost::new(MAX_ERASURES, Ok::<String, String>))
    }
}

/// Reads an array, and stops when it is longer than it may be.
struct AtMost<T, F> {
    limit: usize,
    convert: F,
    from: PhantomData<T>,
}

impl<T, F> AtMost<T, F> {
    fn new(limit: usize, convert: F) -> Self {
        Self {
            limit,
            convert,
            from: PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de>, U, F: Fn(T) -> Result<U, String>> Visitor<'de> for AtMost<T, F> {
    type Value = Vec<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of at most {}", self.limit)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<U>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element::<T>()? {
            if values.len() == self.limit {
                return Err(A::Error::custom(format_args!(
                    "an array of more than {}",
                    self.limit
                )));
            }
            values.push((self.convert)(value).map_err(A::Error::custom)?);
        }
        Ok(values)
    }
}

pub(crate) mod version {
    use super::*;
    use crate::file::Version1;

    const TEXT: &str = "dossier/v1";

    pub(crate) fn serialize<S: Serializer>(_: &Version1, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(TEXT)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Version1, D::Error> {
        match String::deserialize(deserializer)? {
            text if text == TEXT => Ok(Version1),
            other => {
                let shown: String = other.chars().take(40).collect();
                Err(D::Error::custom(format_args!(
                    "`carnet` is {shown:?}; this program reads {TEXT:?}"
                )))
            }
        }
    }
}

pub(crate) mod chain {
    use super::*;
    use history::map::ChainHead;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(with = "number")]
        count: u64,
        #[serde(with = "bytes")]
        head: Vec<u8>,
    }

    pub(crate) fn serialize<S: Serializer>(
        chain: &Option<ChainHead>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        chain
            .map(|c| Form {
                count: c.count,
                head: c.head.to_vec(),
            })
            .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<ChainHead>, D::Error> {
        match Option::<Object<Form>>::deserialize(deserializer)? {
            None => Ok(None),
            Some(Object(form)) => Ok(Some(ChainHead {
                count: form.count,
                head: exactly(&form.head).map_err(D::Error::custom)?,
            })),
        }
    }
}

pub(crate) mod content {
    use super::*;
    use crate::file::Content;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
        statement: Option<String>,
        #[serde(
            default,
            deserialize_with = "position",
            skip_serializing_if = "Option::is_none"
        )]
        erased: Option<u64>,
    }

    /// Where the field is there, it holds a value and not null.
    fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        String::deserialize(deserializer).map(Some)
    }

    fn position<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        number::deserialize(deserializer).map(Some)
    }

    pub(crate) fn serialize<S: Serializer>(content: &Content, serializer: S) -> Result<S::Ok, S::Error> {
        match content {
            Content::Statement(text) => Form {
                statement: Some(text.clone()),
                erased: None,
            },
            Content::Erased(position) => Form {
                statement: None,
                erased: Some(*position),
            },
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Content, D::Error> {
        match Object::<Form>::deserialize(deserializer)?.0 {
            Form {
                statement: Some(text),
                erased: None,
            } => Ok(Content::Statement(text)),
            Form {
                statement: None,
                erased: Some(position),
            } => Ok(Content::Erased(position)),
            _ => Err(D::Error::custom("a content has either `statement` or `erased`")),
        }
    }
}
