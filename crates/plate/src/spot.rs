//! Where on a plate something is said about: as deep as its parts go.

use crate::well::Well;

/// A plate, a well of it, a site of that, a channel of that.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Which well; `None`: the whole plate.
    pub well: Option<Well>,
    /// Which site, from 1; never without a well.
    pub site: Option<u16>,
    /// Which channel, by its name.
    pub channel: Option<Box<str>>,
}
