//! A well's planes: which message wins for each, and the file that it brought, put together from its pieces where it came in
//! several.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use plate::offers::{Offers, Streams};
use plate::{Format, ImageRecord, Pixels, PlateKey, Well};

use crate::content::read_origin;
use crate::previews::PreviewFile;
use crate::raw::Bound;
use crate::reader::Reader;
use crate::table::{self, last_id, split_id};
use crate::{Error, messages, previews};

/// A plane of a well, as the winning message says (`DATA.md` 8).
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPlane {
    /// Its message; of a file in pieces the newest of them.
    pub seq: i64,
    /// What the message says.
    pub image: ImageRecord,
    /// Messages of the pieces that have come, in the order of the file; one where it came whole, none where it lies elsewhere.
    pub pieces: Vec<i64>,
    /// How many pieces there are; 1 where it came whole.
    pub wanted: u32,
}

impl StoredPlane {
    /// Whether its bytes are in the session, all of them.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.image.pixels, Pixels::Inline { .. }) && self.pieces.len() as u64 == u64::from(self.wanted)
    }
}

/// Pieces of one file that have come: their messages by index, and what one of them says.
type Pieces = BTreeMap<u32, (i64, ImageRecord)>;

#[derive(Debug)]
struct Candidates {
    whole: Offers<(i64, ImageRecord)>,
    /// By the file's id.
    in_pieces: BTreeMap<Box<str>, Pieces>,
}

impl Reader {
    /// The planes of a well after the entry `upto` (`i64::MAX` for now), by site, channel, z and t.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn planes(&mut self, plate: &PlateKey, well: Well, upto: i64) -> Result<Vec<StoredPlane>, Error> {
        self.look(|raw, names, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(Vec::new()) };
            let (sources, last) = (table::source::load(raw)?, last_id(upto));
            let mut streams = Streams::default();
            let mut planes: BTreeMap<(u16, Box<str>, u16, u32), Candidates> = BTreeMap::new();
            let mut statement = raw.prepare(table::image::OF_WELL)?;
            let mut rows = statement.rows(&[Bound::Int(id), Bound::Int(well.packed().into())])?;
            while let Some(row) = rows.next()? {
                if row.int(0) > last {
                    continue;
                }
                let (id, image) = table::image::read(raw, names, &row)?;
                let seq = split_id(id).0;
                let candidates = planes
                    .entry((image.site, image.channel.clone(), image.z, image.t))
                    .or_insert_with(|| Candidates { whole: Offers::none(), in_pieces: BTreeMap::new() });
                if let Some(chunk) = &image.chunk {
                    let (name, index) = (chunk.id.clone(), chunk.index);
                    candidates.in_pieces.entry(name).or_default().insert(index, (seq, image));
                } else {
                    let origin = read_origin(&row, 19, &sources)?;
                    let stream = streams.number(&origin);
                    candidates.whole.offer(&streams, stream, &origin, (seq, image));
                }
            }
            Ok(planes.into_values().filter_map(best).collect())
        })
    }

    /// The wells of a plate that have images after the entry `upto`, in the order of rows.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn imaged_wells(&mut self, plate: &PlateKey, format: Format, upto: i64) -> Result<Vec<Well>, Error> {
        self.look(|raw, _, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(Vec::new()) };
            let mut statement =
                raw.prepare("SELECT DISTINCT well FROM image WHERE plate = ? AND id <= ? ORDER BY well")?;
            let mut rows = statement.rows(&[Bound::Int(id), Bound::Int(last_id(upto))])?;
            let mut wells = Vec::new();
            while let Some(row) = rows.next()? {
                let well = table::well(row.int(0), "image", row.int(0))?;
                if well.index_in(format).is_some() {
                    wells.push(well);
                }
            }
            Ok(wells)
        })
    }

    /// Calls `each` with every site and channel of a plate that has an image after the entry `upto`, in the order of wells;
    /// returns how many planes these are.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn imaged_sites(
        &mut self,
        plate: &PlateKey,
        format: Format,
        upto: i64,
        mut each: impl FnMut(Well, u16, &str),
    ) -> Result<u64, Error> {
        self.look(|raw, _, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(0) };
            let mut statement = raw.prepare(table::image::SITES)?;
            let mut rows = statement.rows(&[Bound::Int(id), Bound::Int(last_id(upto))])?;
            let mut planes = 0;
            while let Some(row) = rows.next()? {
                let well = table::well(row.int(0), "image", row.int(0))?;
                planes += row.int(3).unsigned_abs();
                if well.index_in(format).is_some() {
                    each(
                        well,
                        table::number(row.int(1), "image", row.int(0), "site")?,
                        row.text(2).unwrap_or_default(),
                    );
                }
            }
            Ok(planes)
        })
    }

    /// Every channel of a plate with the number of wells that have it, in the order in which they first came.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn channels(&mut self, plate: &PlateKey, upto: i64) -> Result<Vec<(Box<str>, u32)>, Error> {
        self.look(|raw, _, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(Vec::new()) };
            let mut statement =
                raw.prepare("SELECT channel, count(DISTINCT well) FROM image WHERE plate = ? AND id <= ? GROUP BY channel ORDER BY min(id)")?;
            let mut rows = statement.rows(&[Bound::Int(id), Bound::Int(last_id(upto))])?;
            let mut channels = Vec::new();
            while let Some(row) = rows.next()? {
                channels.push((row.text(0).unwrap_or_default().into(), u32::try_from(row.int(1)).unwrap_or(u32::MAX)));
            }
            Ok(channels)
        })
    }

    /// The file of a plane that [`StoredPlane::is_whole`], at most `most_bytes` of it in memory.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`] (the file of a body or of a preview may be gone).
    pub async fn file_of(&mut self, plane: &StoredPlane, most_bytes: usize) -> Result<PlaneFile, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            let mut file = BytesMut::new();
            for seq in &plane.pieces {
                let Some(message) = messages::one_message(raw, &sources, folder, *seq)? else {
                    return Ok(PlaneFile::LeftOut);
                };
                let Some(piece) = message.envelope.body else {
                    let (Some((_, body)), 1) = (message.in_file, plane.pieces.len()) else {
                        return Ok(PlaneFile::LeftOut);
                    };
                    let preview = previews::of_page(raw, folder, &body, plane.image.page)?;
                    return Ok(preview.map_or(PlaneFile::LeftOut, |preview| PlaneFile::Preview(Box::new(preview))));
                };
                if file.len() + piece.len() > most_bytes {
                    return Ok(PlaneFile::TooLarge);
                }
                if plane.pieces.len() == 1 {
                    return Ok(PlaneFile::Here(piece));
                }
                file.extend_from_slice(&piece);
            }
            Ok(PlaneFile::Here(file.freeze()))
        })
    }
}

/// The file of a plane.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaneFile {
    /// Its bytes.
    Here(Bytes),
    /// The session came in a bundle without it, and with a preview of the plane's page.
    Preview(Box<PreviewFile>),
    /// The session came in a bundle without it.
    LeftOut,
    /// It has more bytes than were allowed.
    TooLarge,
}

/// The whole file that wins; without one the newest that is complete in pieces; without that the newest beginning of one.
fn best(candidates: Candidates) -> Option<StoredPlane> {
    if let Some((seq, image)) = candidates.whole.value() {
        let is_here = matches!(image.pixels, Pixels::Inline { .. });
        let pieces = if is_here { vec![*seq] } else { Vec::new() };
        return Some(StoredPlane { seq: *seq, image: image.clone(), pieces, wanted: 1 });
    }
    let of_file = |pieces: Pieces| {
        let (seq, image) = pieces.values().max_by_key(|(seq, _)| *seq)?.clone();
        let wanted = image.chunk.as_ref().map_or(1, |chunk| chunk.count);
        let pieces = pieces.into_iter().filter(|(index, _)| *index < wanted).map(|(_, (seq, _))| seq).collect();
        Some(StoredPlane { seq, image, pieces, wanted })
    };
    let files = candidates.in_pieces.into_values().filter_map(of_file);
    files.max_by_key(|plane| (plane.is_whole(), plane.seq))
}
