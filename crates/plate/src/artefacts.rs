//! The third table of `QC.md`: what the plate's geometry did to its values. Samples only; excluded wells count nowhere.
//!
//! Like the first table, an artefact that cannot be had says why: it is never 0, infinite or NaN instead.

mod draws;
mod edge;
mod gradient;
mod lines;
mod morans;

pub use lines::{Line, LinePercents, line_percents};
pub use morans::{Moran, PERMUTATIONS};

pub(crate) use draws::Draws;
pub(crate) use edge::{edge, present};
pub(crate) use gradient::theil_sen_percent;
pub(crate) use lines::LineMeans;
pub(crate) use morans::{Correlation, Shuffled, spatial, standardise};

use crate::statistics::{Statistic, Undefined};

/// What the artefacts of one feature of one plate were computed from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ArtefactCounts {
    /// Samples with a value.
    pub sample: u32,
    /// Of these, in the first or last row or column.
    pub outer: u32,
    /// The others.
    pub inner: u32,
    /// Rows that have one.
    pub rows: u32,
    /// Columns that have one.
    pub columns: u32,
    /// Pairs of neighbours in a row or column, both with a value.
    pub neighbour_pairs: u32,
}

/// The third table of `QC.md` for one feature of one plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Artefacts {
    /// What it was computed from.
    pub counts: ArtefactCounts,
    /// 100 (median outer ring - median inner) / abs(median inner).
    pub edge_effect_percent: Statistic,
    /// (median outer - median inner) / MAD inner.
    pub edge_strength: Statistic,
    /// 100 x Theil-Sen slope of row medians x (rows - 1) / abs(plate median).
    pub row_gradient_percent: Statistic,
    /// The same of columns.
    pub column_gradient_percent: Statistic,
    /// The row whose mean is farthest from the plate's mean.
    pub worst_row: Result<Line, Undefined>,
    /// The column whose mean is farthest from the plate's mean.
    pub worst_column: Result<Line, Undefined>,
    /// Moran's I with its p.
    pub morans_i: Result<Moran, Undefined>,
}

impl Artefacts {
    /// Every artefact that `qc` prints, under its stable name (`CLI.md`), in the table's order. `morans_i` is I; its p
    /// is defined where I is.
    pub fn named(&self) -> [(&'static str, Statistic); 5] {
        [
            ("edge_effect_percent", self.edge_effect_percent),
            ("edge_strength", self.edge_strength),
            ("row_gradient_percent", self.row_gradient_percent),
            ("column_gradient_percent", self.column_gradient_percent),
            ("morans_i", self.morans_i.map(|moran| moran.i)),
        ]
    }
}
