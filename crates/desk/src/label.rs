//! From a vehicle to its label, remembered: the VRF costs more than everything else done to a statement but its signature.

use std::collections::HashMap;
use std::sync::Mutex;

use index::Label;
use index::vrf::{Proof, SecretKey};
use vehicle::VehicleId;

/// How many vehicles are remembered; about 100 bytes each.
const REMEMBERED: usize = 1 << 20;

/// How many proofs are remembered; about 150 bytes each. Fewer, because they are asked for only while a vehicle is talked about.
const PROVED: usize = 1 << 16;

/// The log's VRF key and the labels and proofs computed so far.
pub(crate) struct Labels {
    key: SecretKey,
    known: Mutex<HashMap<VehicleId, Label>>,
    proved: Mutex<HashMap<VehicleId, Proof>>,
}

impl Labels {
    pub(crate) fn new(key: SecretKey) -> Self {
        Self {
            key,
            known: Mutex::new(HashMap::new()),
            proved: Mutex::new(HashMap::new()),
        }
    }

    /// The vehicle's label.
    pub(crate) fn label(&self, vehicle: &VehicleId) -> Label {
        remembered(&self.known, REMEMBERED, vehicle, |input| {
            self.key.output(input).label()
        })
    }

    /// The proof that the label is the vehicle's.
    pub(crate) fn prove(&self, vehicle: &VehicleId) -> Proof {
        remembered(&self.proved, PROVED, vehicle, |input| self.key.prove(input))
    }

    /// The public key proofs are checked with.
    pub(crate) fn public(&self) -> index::vrf::PublicKey {
        self.key.public()
    }
}

/// What is remembered of a vehicle, or is now, computed from its VRF input.
fn remembered<T: Clone>(
    memory: &Mutex<HashMap<VehicleId, T>>,
    most: usize,
    vehicle: &VehicleId,
    compute: impl FnOnce(&[u8]) -> T,
) -> T {
    if let Ok(memory) = memory.lock()
        && let Some(known) = memory.get(vehicle)
    {
        return known.clone();
    }
    let computed = compute(&index::id_input(&vehicle.to_string()));
    if let Ok(mut memory) = memory.lock() {
        if memory.len() >= most {
            memory.clear();
        }
        memory.insert(vehicle.clone(), computed.clone());
    }
    computed
}
