//! The first table of `QC.md`.
