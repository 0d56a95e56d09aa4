//! What a dossier that verified says.

use index::Label;
use jiff::Timestamp;
use statement::vocabulary::Role;
use statement::{Claims, Digest, KeyId};
use tlog::{LeafIndex, TreeSize};
use vehicle::VehicleId;

use crate::erasure::Notice;

/// Everything the log knew about a vehicle as of [`Report::as_of`]: complete, and unaltered.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Whether the asker named it. Otherwise it is only the vehicle the file names, and the car at hand may be another.
    pub asked: bool,
    /// The log.
    pub origin: String,
    /// The log's size at the checkpoint.
    pub size: TreeSize,
    /// T: as of when this is complete.
    pub as_of: Timestamp,
    /// Every witness and auditor of the policy that cosigned, in the order of the policy.
    pub cosigners: Vec<Cosigner>,
    /// The vehicle's label in the index.
    pub label: Label,
    /// Statements whose content is there, in the order of the log.
    pub statements: Vec<VerifiedStatement>,
    /// Statements whose content was erased, in the order of the log.
    pub erased: Vec<ErasedStatement>,
}

impl Report {
    /// Whether the log knows nothing of the vehicle.
    pub fn is_absent(&self) -> bool {
        self.statements.is_empty() && self.erased.is_empty()
    }
}

/// A witness or auditor that cosigned the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigner {
    /// What the policy calls it.
    pub name: String,
    /// When it last said that this checkpoint is the newest.
    pub time: Timestamp,
}

/// Who signed a statement, as the log enrolled them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The issuer id, which statements carry as `iss`.
    pub id: String,
    /// The name a person reads.
    pub name: String,
    /// What the issuer may state.
    pub roles: Vec<Role>,
    /// The key that signed.
    pub key_id: KeyId,
    /// Where the key was revoked later, and why. A statement from before stays valid, and is worth a second look.
    pub revoked_at: Option<(LeafIndex, String)>,
}

/// A statement that is in the log, signed by an issuer who was entitled to make it.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedStatement {
    /// Where its entry stands in the log.
    pub log_index: LeafIndex,
    /// Identifies it.
    pub digest: Digest,
    /// Who signed it.
    pub issuer: Issuer,
    /// What it says, with the fields that are disclosed.
    pub claims: Claims,
    /// How many fields are withheld.
    pub hidden: usize,
    /// Later statements that correct this one, by its issuer or a dispute panel. It stays nevertheless.
    pub superseded_by: Vec<LeafIndex>,
    /// Later statements by others that say they supersede this one. They may not: this one stands.
    pub contested_by: Vec<LeafIndex>,
}

/// A statement that existed, whose content the log has erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasedStatement {
    /// Where its entry stands in the log.
    pub log_index: LeafIndex,
    /// Identifies it.
    pub digest: Digest,
    /// Who signed it.
    pub issuer: Issuer,
    /// Who had it erased, when and why.
    pub notice: Notice,
    /// Later statements that correct this one, by its issuer or a dispute panel.
    pub superseded_by: Vec<LeafIndex>,
    /// Later statements by others that say they supersede this one.
    pub contested_by: Vec<LeafIndex>,
}
