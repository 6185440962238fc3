//! Bytes to records and back: the native contract of `WIRE.md`.

pub mod envelope;
