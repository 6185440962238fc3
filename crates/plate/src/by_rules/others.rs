//! How far a plate lies from the run's other complete plates.

use super::{Bench, RunStanding};
use crate::measures::{Distances, MEASURES, Measures, OtherPlates};
use crate::standing::PlateStanding;

/// What the plates of a run measured that are complete, by headline feature and pair of a card: worked out once, until that
/// changes for one of them ([`RunStanding::forget_compared`]).
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    card: Option<usize>,
    /// The one that is compared, where it is complete itself.
    but: Option<usize>,
    /// Known before this record, some of them would not have been complete.
    since_seq: i64,
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
    let nothing = || vec![([None; MEASURES], 0); measures.len()];
    let (Some(plate), true) = (plates.get(index), bench.set.compares) else { return nothing() };
    let Some(run) = runs.get_mut(plate.run) else { return nothing() };
    let but = Some(index).filter(|_| !plate.settled.is_empty());
    let fits = |known: &Compared| known.card == plate.card() && known.but == but && known.since_seq <= seq;
    if !run.compared.as_ref().is_some_and(fits) {
        run.compared = Some(compare(plates, &run.plates, (index, but), measures.len(), bench, seq));
    }
    let by_place = run.compared.as_ref().map_or(&[][..], |known| &known.by_place);
    let of = |(place, own): (usize, &Option<Measures>)| match own {
        Some(own) => {
            let others = by_place.get(place).unwrap_or(&OtherPlates::NONE);
            (own.distances(others), others.n)
        }
        None => ([None; MEASURES], 0),
    };
    let distances = measures.iter().enumerate().map(of).collect();
    // Where some others are further on already, what they measured before is of this record alone.
    if run.compared.as_ref().is_some_and(|known| known.since_seq > seq) {
        run.forget_compared();
    }
    distances
}

fn compare(
    plates: &[PlateStanding],
    of_run: &[usize],
    (index, but): (usize, Option<usize>),
    places: usize,
    bench: &Bench<'_>,
    seq: i64,
) -> Compared {
    let card = plates.get(index).and_then(PlateStanding::card);
    let others: Vec<&PlateStanding> = of_run
        .iter()
        .filter(|at| **at != index)
        .filter_map(|at| plates.get(*at))
        .filter(|other| other.card() == card && !other.settled.is_empty())
        .collect();
    let since_seq = others.iter().filter_map(|other| Some(other.settled.last()?.seq)).max().unwrap_or(i64::MIN);
    let of_place = |place: usize| {
        let measured = others.iter().filter_map(move |other| other.settled_at(seq)?.measures.get(place));
        OtherPlates::of(measured, &bench.set.compared)
    };
    Compared { card, but, since_seq, by_place: (0..places).map(of_place).collect() }
}
