//! Signed statements about a vehicle.
