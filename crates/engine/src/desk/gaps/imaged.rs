//! Images that wells lack. Nobody says which wells a lab images: it is taken from what its other plates have.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use plate::{Format, PlateKey, Well};
use session::Reader;

use super::Missing;

/// Plates of one run, format and assay.
type Alike<'a> = (&'a str, Format, Option<&'a str>);

/// The images of a plate, as of so many planes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Imaged {
    /// Planes that were looked at: what is known stands until there are others.
    planes: u64,
    /// Wells with an image, in the order of rows.
    wells: Vec<Well>,
    /// Those of them that lack a site or channel that most of them have, in the order of rows.
    partial: Vec<Well>,
}

/// The images of every plate that was asked for.
#[derive(Debug, Default)]
pub(super) struct Images(HashMap<Arc<PlateKey>, Arc<Imaged>>);

/// How many wells of a plate have images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Wells with a result of which an image is expected; 0 on a plate that is not imaged.
    pub(super) expected: u32,
    /// Those of them with an image.
    pub(super) imaged: u32,
    /// Those of them that lack a site or channel that most wells of the plate have.
    pub(super) partial: u32,
}

impl Images {
    /// A plate's images; read again only where others have come.
    pub(super) async fn of(
        &mut self,
        reader: &tokio::sync::Mutex<Reader>,
        plate: &Missing,
        upto: i64,
    ) -> Result<Arc<Imaged>, session::Error> {
        if plate.images == 0 {
            return Ok(Arc::default());
        }
        if let Some(known) = self.0.get(&plate.key).filter(|known| known.planes == plate.images) {
            return Ok(Arc::clone(known));
        }
        let mut found = Found::default();
        let mut reader = reader.lock().await;
        let planes = reader.imaged_sites(&plate.key, plate.format, upto, |well, site, channel| {
            found.take(well, site, channel);
        });
        let planes = planes.await?;
        let imaged = Arc::new(found.imaged(planes));
        self.0.insert(Arc::clone(&plate.key), Arc::clone(&imaged));
        Ok(imaged)
    }
}

/// Sites and channels of wells while they are read.
#[derive(Debug, Default)]
struct Found {
    channels: Vec<Box<str>>,
    wells: BTreeMap<Well, BTreeSet<(u16, usize)>>,
}

impl Found {
    fn take(&mut self, well: Well, site: u16, channel: &str) {
        let known = self.channels.iter().position(|known| **known == *channel);
        let channel = known.unwrap_or_else(|| {
            self.channels.push(channel.into());
            self.channels.len() - 1
        });
        self.wells.entry(well).or_default().insert((site, channel));
    }

    /// A site in a channel is usual that more than half of the imaged wells have: wells of which more was imaged make no
    /// others lack it.
    fn imaged(&self, planes: u64) -> Imaged {
        let mut counts: HashMap<(u16, usize), usize> = HashMap::new();
        for of_well in self.wells.values().flatten() {
            *counts.entry(*of_well).or_default() += 1;
        }
        let usual: Vec<(u16, usize)> =
            counts.into_iter().filter(|(_, wells)| wells * 2 > self.wells.len()).map(|(place, _)| place).collect();
        let lacks = |of_well: &BTreeSet<(u16, usize)>| usual.iter().any(|place| !of_well.contains(place));
        let partial = self.wells.iter().filter(|(_, of_well)| lacks(of_well)).map(|(well, _)| *well);
        Imaged { planes, wells: self.wells.keys().copied().collect(), partial: partial.collect() }
    }
}

/// How many wells of each plate have images, in the order of the plates.
///
/// Of a plate no well of which is imaged none is expected: not every plate is. Once one is, every well with a result is
/// expected to be, so that images that end after 150 of 384 wells are not taken for all there are. But labs that image a
/// selection are not to be told so for ever: where more than half of the complete plates of a run with images, and at least
/// two, have images of the very same wells, these are the lab's selection ([`selection`]), and of plates of this run, format
/// and assay only they are expected (and what a plate has besides).
pub(super) fn counted(plates: &[Missing], imaged: &[Arc<Imaged>]) -> Vec<Count> {
    let mut groups: HashMap<Alike<'_>, Vec<(&Missing, &Imaged)>> = HashMap::new();
    let of = |plate: &Missing| (plate.key.run.to_string(), plate.format, plate.assay.clone());
    let mut selections = HashMap::new();
    for (plate, imaged) in plates.iter().zip(imaged) {
        if plate.wells.is_empty() && !imaged.wells.is_empty() {
            let group = (&*plate.key.run, plate.format, plate.assay.as_deref());
            groups.entry(group).or_default().push((plate, &**imaged));
        }
    }
    for group in groups.into_values() {
        if let (Some((first, _)), Some(selection)) = (group.first(), selection(&group)) {
            selections.insert(of(first), selection);
        }
    }
    plates.iter().zip(imaged).map(|(plate, imaged)| count(plate, imaged, selections.get(&of(plate)).copied())).collect()
}

/// The wells that more than half of these plates, and at least two, have images of. What a path that broke leaves behind is
/// none: it images wells in their order and ends within a row, or within a column.
fn selection<'a>(complete: &[(&Missing, &'a Imaged)]) -> Option<&'a [Well]> {
    let mut plates: HashMap<&[Well], usize> = HashMap::new();
    for (_, imaged) in complete {
        *plates.entry(&imaged.wells).or_default() += 1;
    }
    let is_of_most = |count: usize| count >= 2 && count * 2 > complete.len();
    let (wells, _) = plates.into_iter().find(|(_, count)| is_of_most(*count))?;
    let is_cut_short = complete.iter().any(|(plate, imaged)| *imaged.wells == *wells && ends_within(plate, wells));
    (!is_cut_short).then_some(wells)
}

/// Whether these are the first of the plate's wells, by rows or by columns, up to the middle of a row or column.
fn ends_within(plate: &Missing, imaged: &[Well]) -> bool {
    let ends = |line: fn(Well) -> u8, across: fn(Well) -> u8| {
        let mut order = plate.with_result.clone();
        order.sort_by_key(|well| (line(*well), across(*well)));
        let first = order.iter().take_while(|well| imaged.binary_search(well).is_ok()).count();
        let are_all = order.iter().filter(|well| imaged.binary_search(well).is_ok()).count() == first;
        let before = first.checked_sub(1).and_then(|at| order.get(at));
        let within = before.zip(order.get(first)).is_some_and(|(last, next)| line(*last) == line(*next));
        are_all && within
    };
    ends(Well::row, Well::column) || ends(Well::column, Well::row)
}

fn count(plate: &Missing, imaged: &Imaged, selection: Option<&[Well]>) -> Count {
    if imaged.wells.is_empty() {
        return Count::default();
    }
    let mut count = Count::default();
    for well in &plate.with_result {
        let is_imaged = imaged.wells.binary_search(well).is_ok();
        if !is_imaged && selection.is_some_and(|selection| selection.binary_search(well).is_err()) {
            continue;
        }
        count.expected += 1;
        count.imaged += u32::from(is_imaged);
        count.partial += u32::from(imaged.partial.binary_search(well).is_ok());
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A complete plate of 24 wells.
    fn plate(barcode: &str) -> Missing {
        let with_result: Vec<Well> = Well::all_of(Format::F24).collect();
        Missing {
            key: Arc::new(PlateKey::new("run", barcode)),
            format: Format::F24,
            assay: Some("Cell Painting".into()),
            expected: 24,
            wells: Vec::new(),
            with_result,
            images: 0,
            last_result_ms: None,
        }
    }

    fn imaged(indices: impl IntoIterator<Item = usize>) -> Arc<Imaged> {
        let mut found = Found::default();
        for well in indices.into_iter().filter_map(|at| Well::at_index(at, Format::F24)) {
            found.take(well, 1, "DNA");
        }
        Arc::new(found.imaged(0))
    }

    /// Expected and imaged wells of a run's plates.
    fn counts(plates: &[Missing], images: &[Arc<Imaged>]) -> Vec<(u32, u32)> {
        counted(plates, images).iter().map(|count| (count.expected, count.imaged)).collect()
    }

    #[test]
    fn a_path_that_dies_is_told_whatever_it_had_imaged() {
        let plates = [plate("a"), plate("b"), plate("c")];
        let images = [imaged([]), imaged(0..1), imaged(0..20)];
        assert_eq!(counts(&plates, &images), [(0, 0), (24, 1), (24, 20)], "one that is not imaged lacks nothing");
        // On each plate at the same well: nobody images wells up to the middle of a row, or of a column.
        let images = [imaged(0..10), imaged(0..10), imaged(0..10)];
        assert_eq!(counts(&plates, &images), [(24, 10); 3]);
        let by_columns = || imaged([0, 6, 12, 18, 1]);
        assert_eq!(counts(&plates, &[by_columns(), by_columns(), by_columns()]), [(24, 5); 3]);
    }

    #[test]
    fn a_selection_is_what_most_complete_plates_have() {
        let mut plates = vec![plate("a"), plate("b"), plate("c"), plate("d")];
        // Two columns: a prefix of wells too, and one that people choose.
        let chosen = || imaged((0..4).flat_map(|row| [row * 6, row * 6 + 1]));
        assert_eq!(counts(&plates[..1], &[chosen()]), [(24, 8)], "one plate shows no rule");
        assert_eq!(counts(&plates[..2], &[chosen(), chosen()]), [(8, 8); 2]);
        // Of one that is read the selected wells that have a result are expected; what it has besides is no fault.
        let first = plates[2].with_result.split_off(9);
        plates[2].wells = first;
        let images = [chosen(), chosen(), imaged([0, 5]), imaged([0, 1, 6, 7])];
        assert_eq!(counts(&plates, &images), [(8, 8), (8, 8), (5, 2), (8, 4)]);
        let all = [chosen(), chosen(), imaged(0..24), imaged(0..24)];
        let complete = [plate("a"), plate("b"), plate("c"), plate("d")];
        assert_eq!(counts(&complete, &all), [(24, 8), (24, 8), (24, 24), (24, 24)], "half of them is no most");
        plates[3].assay = None;
        let images = [chosen(), chosen(), imaged([]), imaged(0..3)];
        assert_eq!(counts(&plates, &images)[3], (24, 3), "of another assay nothing is known");
    }

    #[test]
    fn a_well_that_lacks_sites_or_channels_that_others_have_is_partial() {
        let mut found = Found::default();
        for well in Well::all_of(Format::F24) {
            for (site, channel) in [(1, "DNA"), (1, "ER"), (2, "DNA"), (2, "ER")] {
                let dropped = matches!((well.to_string().as_str(), site, channel), ("A01", 2, _) | ("B02", 1, "ER"));
                if !dropped {
                    found.take(well, site, channel);
                }
            }
        }
        // Of one well more was imaged: the others lack nothing by that.
        found.take("C03".parse().unwrap(), 3, "DNA");
        let imaged = found.imaged(96);
        let names: Vec<String> = imaged.partial.iter().map(Well::to_string).collect();
        assert_eq!(names, ["A01", "B02"]);
        let counts = counted(&[plate("a")], &[Arc::new(imaged)]);
        assert_eq!(counts, [Count { expected: 24, imaged: 24, partial: 2 }]);
    }
}
