//! Log entries, the map function, sequencing and findings.
