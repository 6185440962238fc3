//! What follows from a plate's layout, exclusions and values, kept so that it is not worked out at every judgement.

use std::sync::Arc;

use super::PlateStanding;
use crate::card::{Headline, Pair};
use crate::counted::CountedWells;
use crate::measures::SampleMeasures;

/// What follows from the rest, kept so that it is not worked out at every judgement; it is in no snapshot.
#[derive(Debug, Clone, Default)]
pub(crate) struct WorkedOut {
    counted: Vec<(Pair, Arc<CountedWells>)>,
    /// Grows with every change of what samples measure.
    pub(super) samples_revision: u64,
    /// By headline feature of the card.
    pub(crate) samples: Vec<Option<SampleMeasures>>,
}

impl WorkedOut {
    /// Other wells count, or count as something else.
    pub(super) fn forget_wells(&mut self) {
        self.counted.clear();
        self.samples_revision += 1;
    }
}

impl PlateStanding {
    /// The finite number of a headline feature at a row-major position, after the transform; excluded wells have theirs too.
    pub(crate) fn number_at(&self, column: usize, at: usize, headline: &Headline) -> Option<f64> {
        let value = self.value_at(column, at, headline.aggregate)?;
        headline.transform.apply(value).filter(|number| number.is_finite())
    }

    /// Grows whenever samples may measure something else.
    pub(crate) fn samples_revision(&self) -> u64 {
        self.worked_out.samples_revision
    }

    /// As [`PlateStanding::counted_wells`], worked out once.
    pub(crate) fn counted(&mut self, pair: Pair) -> Option<Arc<CountedWells>> {
        if let Some((_, wells)) = self.worked_out.counted.iter().find(|(of, _)| *of == pair) {
            return Some(Arc::clone(wells));
        }
        let wells = Arc::new(self.counted_wells(pair)?);
        self.worked_out.counted.push((pair, Arc::clone(&wells)));
        Some(wells)
    }
}
