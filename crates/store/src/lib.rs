//! SQL, objects and the life of a batch.
