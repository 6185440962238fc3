//! The tables of `QC.md` against other people's arithmetic, and what must hold of any plate.

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod real_plates;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod spatial;
