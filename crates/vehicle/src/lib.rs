//! What a vehicle is called: VIN, frame number, model year, units.
