//! What a session says in the end, whatever the order of arrival: winning values, layouts and images (`DATA.md` 8, 17).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plate::digest::{FieldHasher, feed_layout};
use plate::offers::{Offers, Streams};
use plate::{ImageRecord, Layout, Origin, Pixels, PlateKey, Value};

use crate::fault::Fault;
use crate::names::Names;
use crate::raw::{Bound, Raw, Row, Statement};
use crate::reader::at_one_moment;
use crate::sweep;
use crate::table;
use crate::table::source::SourceRow;
use crate::window;
use crate::winners::{PlateSites, Winners};

/// Plates that are looked up at a time.
const PLATES: i64 = 256;

/// The content digest: over all plates in the order of (run, barcode), each with its winning layout, values and images. A
/// winner that clears a value, or carries NaN, counts as what it is. Memory holds
/// the places of the results of the plates that were under way together, and a digest a plate.
pub(crate) fn digest(raw: &Raw) -> Result<[u8; 32], Fault> {
    at_one_moment(raw, || {
        let sources = table::source::load(raw)?;
        let mut names = Names::default();
        let mut results = HashMap::new();
        let mut winners = Winners::new(raw)?;
        sweep::all_plates(raw, sweep::HELD, |plate, sites| {
            results.insert(plate, results_digest(&mut winners, &mut names, &sources, &sites)?);
            Ok(())
        })?;
        let mut hasher = FieldHasher::new("plateside content 1");
        let mut after: Option<Arc<PlateKey>> = None;
        loop {
            let plates = table::plate::page(raw, after.as_deref(), PLATES)?;
            for (id, plate) in &plates {
                if let Some(digest) = plate_digest(raw, &mut names, &sources, *id, results.get(id))? {
                    hasher.text(&plate.run);
                    hasher.text(&plate.barcode);
                    hasher.fixed(&digest);
                }
            }
            match plates.into_iter().next_back() {
                Some((_, last)) => after = Some(last),
                None => return Ok(hasher.finish()),
            }
        }
    })
}

/// `None` for a plate of which nothing is known but its name.
fn plate_digest(
    raw: &Raw,
    names: &mut Names,
    sources: &[SourceRow],
    plate: i64,
    results: Option<&[u8; 32]>,
) -> Result<Option<[u8; 32]>, Fault> {
    let mut hasher = FieldHasher::default();
    let mut is_empty = true;
    if let Some((_, layout)) = layout_of(raw, names, sources, plate)? {
        is_empty = false;
        hasher.text("layout");
        feed_layout(&mut hasher, &layout);
    }
    if let Some(results) = results {
        is_empty = false;
        hasher.text("results");
        hasher.fixed(results);
    }
    let mut of_well = raw.prepare(table::image::OF_WELL)?;
    for well in table::image::wells_of(raw, plate)? {
        for (key, content) in images_of_well(raw, names, sources, &mut of_well, plate, well)? {
            is_empty = false;
            hasher.text("image");
            let (site, channel, z, t, chunk) = key;
            for number in [well, site.into(), z.into(), t.into(), chunk] {
                hasher.number(number);
            }
            hasher.text(&channel);
            hasher.fixed(&content);
        }
    }
    Ok((!is_empty).then(|| hasher.finish()))
}

/// The winning values of a plate's wells and sites, by well, format, site and name.
fn results_digest(
    winners: &mut Winners<'_>,
    names: &mut Names,
    sources: &[SourceRow],
    sites: &PlateSites,
) -> Result<[u8; 32], Fault> {
    let mut hasher = FieldHasher::default();
    for (key, candidates) in sites {
        for number in [key.well, key.format, key.site.unwrap_or(-1)] {
            hasher.number(number);
        }
        winners.of_site(names, sources, candidates, |winning| {
            hasher.number(1);
            hasher.text(&winning.features.list().names()[winning.position as usize]);
            hasher.bits(Value::from_bits(winning.bits).to_bits());
        })?;
        hasher.number(0); // no value follows
    }
    Ok(hasher.finish())
}

/// A plane, or a piece of one, within a well: site, channel, z, t, and the piece's index or -1.
type PlaneKey = (u16, Box<str>, u16, u32, i64);

/// What wins for each plane of a well, by digest.
fn images_of_well(
    raw: &Raw,
    names: &mut Names,
    sources: &[SourceRow],
    of_well: &mut Statement<'_>,
    plate: i64,
    well: i64,
) -> Result<Vec<(PlaneKey, [u8; 32])>, Fault> {
    let mut streams = Streams::default();
    let mut planes: BTreeMap<PlaneKey, Offers<[u8; 32]>> = BTreeMap::new();
    let mut rows = of_well.rows(&[Bound::Int(plate), Bound::Int(well)])?;
    while let Some(row) = rows.next()? {
        let (_, image) = table::image::read(raw, names, &row)?;
        let origin = read_origin(&row, 19, sources)?;
        let content = image_content(&image, table::image::read_piece(&row)?);
        let chunk = image.chunk.as_ref().map_or(-1, |chunk| chunk.index.into());
        let stream = streams.number(&origin);
        let plane = planes.entry((image.site, image.channel, image.z, image.t, chunk)).or_insert_with(Offers::none);
        plane.offer(&streams, stream, &origin, content);
    }
    Ok(planes.into_iter().filter_map(|(key, offers)| Some((key, *offers.value()?))).collect())
}

fn image_content(image: &ImageRecord, piece: Option<[u8; 32]>) -> [u8; 32] {
    let mut hasher = FieldHasher::default();
    hasher.number(image.format.wells().into());
    hasher.number(image.page.into());
    hasher.optional(image.sha256.as_ref().map(|sha| sha.as_slice()));
    hasher.optional(match &image.pixels {
        Pixels::Linked { link } => Some(link.as_bytes()),
        Pixels::Inline { .. } => None,
    });
    hasher.optional(image.chunk.as_ref().map(|chunk| chunk.id.as_bytes()));
    hasher.number(image.chunk.as_ref().map_or(-1, |chunk| chunk.count.into()));
    hasher.optional(piece.as_ref().map(|sha| sha.as_slice()));
    hasher.finish()
}

/// The layout that wins for a plate.
pub(crate) fn layout_of(
    raw: &Raw,
    names: &mut Names,
    sources: &[SourceRow],
    plate: i64,
) -> Result<Option<(Origin, Arc<Layout>)>, Fault> {
    let (mut streams, mut offers) = (Streams::default(), Offers::none());
    let mut statement = raw.prepare(table::layout::OF_PLATE)?;
    let mut rows = statement.rows(&[Bound::Int(plate)])?;
    while let Some(row) = rows.next()? {
        let (_, record) = table::layout::read(raw, names, &row)?;
        let origin = read_origin(&row, 3, sources)?;
        let stream = streams.number(&origin);
        offers.offer(&streams, stream, &origin.clone(), (origin, record.layout));
    }
    Ok(offers.value().cloned())
}

/// A message's place out of the columns `source, partition, offset, timestamp_ms` from `first` on.
pub(crate) fn read_origin(row: &Row<'_>, first: std::ffi::c_int, sources: &[SourceRow]) -> Result<Origin, Fault> {
    Ok(Origin {
        source: Arc::clone(window::source(sources, row.int(first))?),
        partition: table::number(row.int(first + 1), "message", row.int(0) >> 16, "partition")?,
        offset: row.int(first + 2),
        timestamp_ms: row.int(first + 3),
    })
}
