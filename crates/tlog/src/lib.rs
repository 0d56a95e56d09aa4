//! C2SP transparency log formats.
