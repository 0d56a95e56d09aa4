//! A file that proves a history offline.
