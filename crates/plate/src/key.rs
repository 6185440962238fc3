//! Who a plate is: (run, barcode) (`DATA.md` 1).

use std::fmt;

/// A plate's identity. The run `""` means "no run"; the same barcode in two runs is two plates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlateKey {
    /// The run, `""` where the message named none.
    pub run: Box<str>,
    /// The barcode as received.
    pub barcode: Box<str>,
}

impl PlateKey {
    /// A key from its two parts.
    #[must_use]
    pub fn new(run: &str, barcode: &str) -> PlateKey {
        PlateKey { run: run.into(), barcode: barcode.into() }
    }
}

impl fmt::Display for PlateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.run {
            "" => write!(f, "{}", self.barcode),
            run => write!(f, "{run}/{}", self.barcode),
        }
    }
}
