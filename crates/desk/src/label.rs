//! From a vehicle to its label, remembered: the VRF costs more than everything else done to a statement but its signature.

use std::collections::HashMap;
use std::sync::Mutex;

use index::Label;
use index::vrf::{Proof, SecretKey};
use vehicle::VehicleId;

/// How many vehicles are remembered; about 100 bytes each.
const REMEMBERED: usize = 1 << 20;

/// The log's VRF key and the labels computed so far.
pub(crate) struct Labels {
    key: SecretKey,
    known: Mutex<HashMap<VehicleId, Label>>,
}

impl Labels {
    pub(crate) fn new(key: SecretKey) -> Self {
        Self {
            key,
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The vehicle's label.
    pub(crate) fn label(&self, vehicle: &VehicleId) -> Label {
        if let Ok(known) = self.known.lock()
            && let Some(label) = known.get(vehicle)
        {
            return *label;
        }
        let label = self.key.output(&index::id_input(&vehicle.to_string())).label();
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(vehicle.clone(), label);
        }
        label
    }

    /// The proof that the label is the vehicle's.
    pub(crate) fn prove(&self, vehicle: &VehicleId) -> Proof {
        self.key.prove(&index::id_input(&vehicle.to_string()))
    }

    /// The public key proofs are checked with.
    pub(crate) fn public(&self) -> index::vrf::PublicKey {
        self.key.public()
    }
}
