//! The verifiable index by vehicle.
