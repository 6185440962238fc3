//! The tables of `QC.md` against other people's arithmetic, and what must hold of any plate.

mod examples;
mod properties;
mod reference;
mod spatial;
