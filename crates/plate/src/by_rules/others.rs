//! How far a plate lies from the run's other complete plates.

use super::{Bench, RunStanding};
use crate::measures::{Distances, MEASURES, Measures, OtherPlates};
use crate::standing::PlateStanding;

/// What the plates of a run measured that are complete, by headline feature and pair of a card: worked out once, until
/// another plate is complete.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    card: Option<usize>,
    /// Which plate was judged complete when, in the order of the run.
    who: Vec<(usize, i64)>,
    by_place: Vec<OtherPlates>,
}

/// For every measure of a plate, how far it lies from the others', and how many those are.
pub(super) fn distances(
    plates: &[PlateStanding],
    runs: &mut [RunStanding],
    index: usize,
    measures: &[Option<Measures>],
    bench: &Bench<'_>,
    seq: i64,
) -> Vec<(Distances, usize)> {
    let (Some(plate), true) = (plates.get(index), bench.set.compares) else {
        return vec![([None; MEASURES], 0); measures.len()];
    };
    let Some(run) = runs.get_mut(plate.run) else { return vec![([None; MEASURES], 0); measures.len()] };
    let is_other = |at: &usize| *at != index && plates.get(*at).is_some_and(|other| other.card() == plate.card());
    let complete_at = |at: usize| Some((at, plates.get(at)?.settled_at(seq)?.seq));
    let others = || run.plates.iter().copied().filter(is_other).filter_map(complete_at);
    let is_known = run.compared.as_ref().is_some_and(|known| {
        known.card == plate.card() && known.by_place.len() == measures.len() && others().eq(known.who.iter().copied())
    });
    if !is_known {
        let who: Vec<(usize, i64)> = others().collect();
        let of_place = |place: usize| {
            let measured = who.iter().filter_map(move |(at, _)| plates.get(*at)?.settled_at(seq)?.measures.get(place));
            OtherPlates::of(measured, &bench.set.compared)
        };
        let by_place = (0..measures.len()).map(of_place).collect();
        run.compared = Some(Compared { card: plate.card(), who, by_place });
    }
    let by_place = run.compared.as_ref().map_or(&[][..], |known| &known.by_place);
    let of = |(place, own): (usize, &Option<Measures>)| match own {
        Some(own) => {
            let others = by_place.get(place).unwrap_or(&OtherPlates::NONE);
            (own.distances(others), others.n)
        }
        None => ([None; MEASURES], 0),
    };
    measures.iter().enumerate().map(of).collect()
}
