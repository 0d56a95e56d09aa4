//! The Korean performance-and-condition record (Form 82).
