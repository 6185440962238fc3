//! The edge: samples of the outer ring against those inside it.

use crate::counted::CountedWells;
use crate::middle::Middle;
use crate::statistics::{Part, Statistic, Undefined, finite};

/// Edge effect and strength, and how many wells they were computed from.
pub(crate) struct Edge {
    pub(crate) outer: u32,
    pub(crate) inner: u32,
    pub(crate) effect_percent: Statistic,
    pub(crate) strength: Statistic,
}

/// Of one feature's values in row-major order; both parts need `minimum_n` wells (at least 2).
pub(crate) fn edge(values: &[f64], wells: &CountedWells, minimum_n: u32, middle: &mut Middle) -> Edge {
    let (outer, inner) = (present(values, wells.outer()), present(values, wells.inner()));
    let mut edge =
        Edge { outer: count(outer.clone()), inner: count(inner.clone()), effect_percent: Ok(0.0), strength: Ok(0.0) };
    let medians = enough(Part::Outer, edge.outer, minimum_n)
        .and_then(|()| enough(Part::Inner, edge.inner, minimum_n))
        .map(|()| (middle.median(outer).unwrap_or_default(), middle.median(inner.clone()).unwrap_or_default()));
    edge.effect_percent = medians.and_then(|(outer, inner)| match inner {
        0.0 => Err(Undefined::ZeroMedianOf(Part::Inner)),
        _ => finite(100.0 * (outer - inner) / inner.abs()),
    });
    edge.strength = medians.and_then(|(outer, centre)| match middle.mad(inner, centre).unwrap_or_default() {
        0.0 => Err(Undefined::NoScatterIn(Part::Inner)),
        mad => finite((outer - centre) / mad),
    });
    edge
}

/// The finite values of some wells, in well order.
pub(crate) fn present<'a>(values: &'a [f64], wells: &'a [u16]) -> impl Iterator<Item = f64> + Clone + 'a {
    wells.iter().filter_map(|well| values.get(usize::from(*well)).copied().filter(|value| value.is_finite()))
}

fn count(values: impl Iterator<Item = f64>) -> u32 {
    u32::try_from(values.count()).unwrap_or(u32::MAX)
}

fn enough(part: Part, n: u32, minimum_n: u32) -> Result<(), Undefined> {
    let minimum = minimum_n.max(2);
    if n < minimum { Err(Undefined::TooFewIn { part, n, minimum }) } else { Ok(()) }
}
