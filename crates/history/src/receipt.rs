//! Receipts: what a submitter keeps to show that the log took its statement, under the right vehicle.
//!
//! A receipt is a [tlog-proof](https://c2sp.org/tlog-proof) of the `S` entry whose `extra` data is the VRF proof of the
//! vehicle's label (80 bytes). The entry is not in it: whoever verifies rebuilds it from what they know they submitted,
//! and so a log cannot answer with a receipt for something else. In particular the label is recomputed from the vehicle
//! id, so a statement that the log filed under another vehicle has no receipt.

use index::id_input;
use index::vrf::{Proof as VrfProof, PublicKey, VrfError};
use statement::{Digest, KeyId};
use tlog::note::Note;
use tlog::policy::Policy;
use tlog::proof::{ProofError, TlogProof, VerifyError};
use tlog::{Hash, LeafIndex, leaf_hash};
use vehicle::VehicleId;

use crate::entry::{EPOCH, Entry, EntryError, StatementEntry};

/// Why a receipt is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not a tlog-proof.
    #[error(transparent)]
    Form(#[from] ProofError),
    /// No `extra` line, which carries the VRF proof.
    #[error("the receipt has no extra line with the VRF proof")]
    NoVrfProof,
    /// The VRF proof does not show this vehicle's label.
    #[error("the label's proof does not hold for this vehicle: {0}")]
    Vrf(#[from] VrfError),
    /// The entry cannot be rebuilt.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The policy refuses the checkpoint, or the statement is not in the log at this place.
    #[error(transparent)]
    NotInLog(#[from] VerifyError),
}

/// The receipt for the `S` entry at `at`, with its inclusion proof for the checkpoint's size.
pub fn make(at: LeafIndex, inclusion: Vec<Hash>, checkpoint: Note, vrf_proof: &VrfProof) -> Vec<u8> {
    TlogProof {
        extra: Some(vrf_proof.to_bytes().to_vec()),
        index: at,
        hashes: inclusion,
        checkpoint,
    }
    .to_bytes()
}

/// What a receipt shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The statement's place in the log.
    pub at: LeafIndex,
    /// The log. Whose VRF key the caller has pinned is for the caller to compare with it.
    pub origin: String,
    /// When the policy's quorum had cosigned a checkpoint that holds it, in POSIX seconds; `None` where the policy asks for
    /// no cosignature.
    pub as_of: Option<u64>,
}

/// Whether the log holds, as `policy` wants it cosigned, exactly this statement of this vehicle; and where.
///
/// `vrf_key` is the log's pinned VRF key, `key_id` the key that signed, `digest` that of the statement submitted.
///
/// # Errors
/// The receipt is not one for this statement.
pub fn verify(
    receipt: &[u8],
    policy: &Policy,
    vrf_key: &PublicKey,
    vehicle: &VehicleId,
    key_id: KeyId,
    digest: Digest,
) -> Result<Held, ReceiptError> {
    let proof = TlogProof::parse(receipt)?;
    let vrf_proof = VrfProof::from_bytes(proof.extra.as_deref().ok_or(ReceiptError::NoVrfProof)?)?;
    let label = vrf_key
        .verify(&id_input(&vehicle.to_string()), &vrf_proof)?
        .label();
    let entry = Entry::Statement(StatementEntry {
        vrf_epoch: EPOCH,
        label,
        key_id,
        digest,
    });
    let accepted = proof.verify(policy, &leaf_hash(&entry.encode()?))?;
    Ok(Held {
        at: proof.index,
        origin: accepted.checkpoint.origin,
        as_of: accepted.as_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{KeyEntry, MAP_VERSION, Params};
    use crate::sequence::{LogState, sequence};
    use index::vrf::SecretKey;
    use statement::vocabulary::Role;
    use std::collections::HashMap;
    use tlog::TreeSize;
    use tlog::checkpoint::Checkpoint;
    use tlog::cosignature::CosigningKey;
    use tlog::note::{KeyName, SigningKey};
    use tlog::tile::TileId;
    use tlog::tree::inclusion_proof;

    const ORIGIN: &str = "log.example/carnet";
    /// After `P` and `K`.
    const PLACE: LeafIndex = LeafIndex(2);

    /// A submitter with a receipt in hand.
    struct Submitter {
        policy: Policy,
        vrf_key: PublicKey,
        vehicle: VehicleId,
        key_id: KeyId,
        digest: Digest,
        receipt: Vec<u8>,
    }

    impl Submitter {
        fn verify(&self, receipt: &[u8]) -> Result<LeafIndex, ReceiptError> {
            verify(
                receipt,
                &self.policy,
                &self.vrf_key,
                &self.vehicle,
                self.key_id,
                self.digest,
            )
            .map(|held| held.at)
        }
    }

    /// A log that filed the statement under `filed_as`.
    fn submitted(filed_as: &str) -> Submitter {
        let vrf = SecretKey::from_bytes(&[7; 32].map(|b| b & 0x0f)).unwrap();
        let public_key = [9; 32];
        let (key_id, digest) = (KeyId::of(&public_key), Digest([5; 32]));
        let vrf_proof = vrf.prove(&id_input(filed_as));
        let label = vrf
            .public()
            .verify(&id_input(filed_as), &vrf_proof)
            .unwrap()
            .label();
        let batch = [
            Entry::Params(Params {
                map_version: MAP_VERSION,
                vrf_epoch: EPOCH,
                vrf_key: vrf.public().to_bytes(),
            }),
            Entry::Key(KeyEntry::Enrolled {
                key_id,
                public_key,
                roles: vec![Role::Workshop],
                issuer: "workshop.example".to_owned(),
                name: "A workshop".to_owned(),
            }),
            Entry::Statement(StatementEntry {
                vrf_epoch: EPOCH,
                label,
                key_id,
                digest,
            }),
        ];
        let sealed = sequence(&mut LogState::empty(), &batch).unwrap();
        let tiles: HashMap<TileId, Vec<u8>> = sealed.tiles.into_iter().collect();

        let log_key = SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[1; 32]);
        let witness = CosigningKey::new(KeyName::new("witness.example").unwrap(), &[2; 32]);
        let mut note = Note::new(Checkpoint::new(ORIGIN, sealed.size, sealed.root).to_string()).unwrap();
        note.signatures.push(log_key.sign(&note.text));
        note.signatures
            .push(witness.cosign(&note, 1_795_428_000).unwrap());
        let policy = format!("log {}\nwitness w {}\nquorum w\n", log_key.vkey(), witness.vkey());

        let inclusion = inclusion_proof(sealed.size, PLACE, &tiles).unwrap();
        assert_eq!(sealed.size, TreeSize(4));
        Submitter {
            policy: Policy::parse(policy).unwrap(),
            vrf_key: vrf.public(),
            vehicle: "vin:KMTG341ABLU064324".parse().unwrap(),
            key_id,
            digest,
            receipt: make(PLACE, inclusion, note, &vrf_proof),
        }
    }

    #[test]
    fn a_receipt_says_where_the_statement_stands() {
        let submitter = submitted("vin:KMTG341ABLU064324");
        assert_eq!(submitter.verify(&submitter.receipt), Ok(PLACE));
    }

    #[test]
    fn a_statement_filed_under_another_vehicle_has_no_receipt() {
        let submitter = submitted("vin:KMTG341ABLU064325");
        assert_eq!(
            submitter.verify(&submitter.receipt),
            Err(ReceiptError::Vrf(VrfError::Mismatch))
        );
    }

    #[test]
    fn a_receipt_for_another_statement_is_refused() {
        let submitter = submitted("vin:KMTG341ABLU064324");
        let other = Submitter {
            digest: Digest([6; 32]),
            ..submitter
        };
        assert!(matches!(
            other.verify(&other.receipt),
            Err(ReceiptError::NotInLog(VerifyError::Inclusion(_)))
        ));
    }

    #[test]
    fn a_receipt_without_quorum_is_refused() {
        let submitter = submitted("vin:KMTG341ABLU064324");
        let text = String::from_utf8(submitter.receipt.clone()).unwrap();
        let without_witness: String = text
            .split_inclusive('\n')
            .filter(|line| !line.contains("witness.example"))
            .collect();
        assert!(matches!(
            submitter.verify(without_witness.as_bytes()),
            Err(ReceiptError::NotInLog(VerifyError::Policy(_)))
        ));
    }

    #[test]
    fn a_receipt_without_vrf_proof_is_refused() {
        let submitter = submitted("vin:KMTG341ABLU064324");
        let text = String::from_utf8(submitter.receipt.clone()).unwrap();
        let without_extra: String = text
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("extra "))
            .collect();
        assert_eq!(
            submitter.verify(without_extra.as_bytes()),
            Err(ReceiptError::NoVrfProof)
        );
    }

    /// A further signature line of a key nobody knows is the only change that may pass, and no single byte makes one.
    #[test]
    fn no_single_bit_of_a_receipt_can_be_changed() {
        let submitter = submitted("vin:KMTG341ABLU064324");
        for at in 0..submitter.receipt.len() {
            for bit in 0..8 {
                let mut changed = submitter.receipt.clone();
                changed[at] ^= 1 << bit;
                assert!(submitter.verify(&changed).is_err(), "byte {at}, bit {bit}");
            }
        }
    }
}
