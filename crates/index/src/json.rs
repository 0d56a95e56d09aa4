//! How labels, keys and proofs stand in a JSON document (`spec/index.md`, "JSON"): bytes as lower-case hex, and nothing
//! that reads the same in two ways.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::vrf;
use crate::{Label, TrieProof};

/// 32 bytes as 64 hex digits.
struct Hex32([u8; 32]);

impl Serialize for Hex32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Hex32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bytes(deserializer).map(Self)
    }
}

fn bytes<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut bytes = [0; N];
    let lower_case = !text.bytes().any(|c| c.is_ascii_uppercase());
    match hex::decode_to_slice(&text, &mut bytes) {
        Ok(()) if lower_case => Ok(bytes),
        _ => Err(D::Error::custom(format_args!(
            "expected {} lower-case hex digits",
            2 * N
        ))),
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Hex32(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bytes(deserializer).map(Self)
    }
}

impl Serialize for vrf::PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Hex32(self.to_bytes()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for vrf::PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_bytes(&bytes(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for vrf::Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.to_bytes()))
    }
}

impl<'de> Deserialize<'de> for vrf::Proof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_bytes(&bytes::<D, 80>(deserializer)?).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofForm {
    steps: Vec<(u16, Hex32)>,
    /// Named, so that serde does not take a missing field for null: a proof has one form.
    #[serde(deserialize_with = "Option::deserialize")]
    terminal: Option<TerminalForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TerminalForm {
    label: Label,
    value: Hex32,
}

impl Serialize for TrieProof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ProofForm {
            steps: self
                .steps()
                .iter()
                .map(|&(bit, sibling)| (bit, Hex32(sibling)))
                .collect(),
            terminal: self.terminal().map(|&(label, value)| TerminalForm {
                label,
                value: Hex32(value),
            }),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TrieProof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = ProofForm::deserialize(deserializer)?;
        let steps = form
            .steps
            .into_iter()
            .map(|(bit, sibling)| (bit, sibling.0))
            .collect();
        let terminal = form.terminal.map(|terminal| (terminal.label, terminal.value.0));
        Self::new(steps, terminal).map_err(D::Error::custom)
    }
}
