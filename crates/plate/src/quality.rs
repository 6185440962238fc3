//! All statistics and artefacts of a plate: of one feature, or of thousands at once.
//!
//! A feature's numbers are the same bits whether it is computed alone, beside others or on any number of threads.

mod bench;

pub use bench::Bench;

use crate::abreast::{Pattern, by_pattern};
use crate::artefacts::{Artefacts, PERMUTATIONS};
use crate::counted::CountedWells;
use crate::statistics::{FirstTable, Statistic};

/// The first and the third table of `QC.md` for one feature of one plate.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateQuality {
    /// How well the controls stand apart.
    pub table: FirstTable,
    /// What the plate's geometry did.
    pub artefacts: Artefacts,
}

impl PlateQuality {
    /// Every statistic and artefact under its stable name (`CLI.md`), in the tables' order.
    pub fn named(&self) -> [(&'static str, Statistic); 16] {
        let mut all = [("", Ok(0.0)); 16];
        let named = self.table.named().into_iter().chain(self.artefacts.named());
        all.iter_mut().zip(named).for_each(|(slot, named)| *slot = named);
        all
    }
}

/// How statistics and artefacts are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Wells that each group needs (at least 2): of a role, of the outer ring, of the inside.
    pub minimum_n: u32,
    /// Replicates per compound in production, for the signal window.
    pub replicates: u32,
    /// Permutations for the p of Moran's I; 0 leaves Moran's I out, which takes most of the time.
    pub permutations: usize,
}

impl Default for Terms {
    /// Those of an assay card that says nothing (`DATA.md` 13).
    fn default() -> Terms {
        Terms { minimum_n: 3, replicates: 1, permutations: PERMUTATIONS }
    }
}

/// Features that go abreast where there are enough.
const ABREAST: usize = 16;
/// Where there are fewer.
const FEW_ABREAST: usize = 4;

impl PlateQuality {
    /// Of one feature. `values` are in row-major well order; infinite ones count as missing, as do those that are absent
    /// at the end.
    #[must_use]
    pub fn of(values: &[Option<f64>], wells: &CountedWells, terms: Terms) -> PlateQuality {
        Bench::default().quality(values, wells, terms)
    }
}

/// Of many features of one plate, in order. `values` holds one feature after the other, each in row-major well order; NaN
/// and infinities are missing. A last feature that is not whole is left out. `threads` only says how quickly.
#[must_use]
pub fn quality_of_all(values: &[f64], wells: &CountedWells, terms: Terms, threads: usize) -> Vec<PlateQuality> {
    let groups = by_pattern(values, wells.sample(), wells.format());
    let units: Vec<Unit<'_>> = groups
        .iter()
        .flat_map(|(pattern, features)| features.chunks(ABREAST).map(move |features| (pattern, features)))
        .collect();
    let share = units.len().div_ceil(threads.max(1)).max(1);
    let mut found = Vec::with_capacity(values.len() / usize::from(wells.format().wells()));
    std::thread::scope(|scope| {
        let mut shares = units.chunks(share);
        let own = shares.next().unwrap_or_default();
        let others: Vec<_> = shares.map(|units| scope.spawn(|| work(units, values, wells, terms))).collect();
        found.extend(work(own, values, wells, terms));
        for other in others {
            // A thread that panicked has said so; nothing in it can.
            found.extend(other.join().unwrap_or_default());
        }
    });
    found.sort_unstable_by_key(|(feature, _)| *feature);
    found.into_iter().map(|(_, quality)| quality).collect()
}

/// Features of one pattern that go abreast.
type Unit<'a> = (&'a Pattern, &'a [usize]);

fn work(units: &[Unit<'_>], values: &[f64], wells: &CountedWells, terms: Terms) -> Vec<(usize, PlateQuality)> {
    let (mut bench, mut found) = (Bench::default(), Vec::new());
    for (pattern, features) in units {
        bench.lay_out(pattern, wells.format(), terms);
        match features.len() {
            1 => bench.unit::<1, 4>(values, wells, pattern, features, terms, &mut found),
            2..=FEW_ABREAST => bench.unit::<FEW_ABREAST, 2>(values, wells, pattern, features, terms, &mut found),
            _ => bench.unit::<ABREAST, 1>(values, wells, pattern, features, terms, &mut found),
        }
    }
    found
}
