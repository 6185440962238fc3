//! Decoded planes of one session, kept under a budget of bytes: what the Images screen, figures and models look at.
//!
//! A message never changes, so a plane is known by its message and its page in the file. Planes are decoded once however many
//! ask at the same time, by at most two threads, off the threads that answer the window.

mod decoded;
mod kept;
pub(crate) mod preview;

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use plate::{Format, Pixels as Where, PlateKey, Well};
use session::{PlaneFile, Preview, Reader, StoredPlane};
use tokio::sync::{OnceCell, Semaphore};

pub use decoded::{DecodedPlane, MOST_LEVELS};
use kept::{Kept, Key};

/// Bytes of decoded planes that are kept beside those in use.
const BUDGET_BYTES: usize = 96 << 20;
/// Bytes of one image file.
pub(crate) const MOST_FILE_BYTES: usize = 1 << 30;
/// Threads of one decoding.
const THREADS: usize = 2;
/// Planes that are decoded at a time: one may be small and one large.
const AT_A_TIME: usize = 2;

/// Why a plane has no pixels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaneProblem {
    /// No message named it.
    #[error("No image of this channel has arrived for the site.")]
    Missing,
    /// Its pixels lie elsewhere.
    #[error("The message only says where the pixels lie ({place}); this version does not fetch them.")]
    Reference {
        /// Where, without a signed query.
        place: String,
    },
    /// The session came in a bundle without it.
    #[error("This bundle was made without these pixels: they are in the session that it was made of.")]
    LeftOut,
    /// Pieces of its file have not come.
    #[error("{have} of {wanted} pieces of the file have arrived.")]
    Incomplete {
        /// Pieces that are here.
        have: usize,
        /// Pieces there are.
        wanted: u32,
    },
    /// The file holds no pixels that can be read.
    #[error("The image cannot be decoded: {reason}.")]
    Undecodable {
        /// Why.
        reason: String,
    },
    /// The session cannot be read.
    #[error("The session cannot be read: {reason}")]
    Session {
        /// Why.
        reason: String,
    },
    /// Whoever asked has asked for something else since.
    #[error("A newer question took this one's place.")]
    Superseded,
}

impl From<session::Error> for PlaneProblem {
    fn from(error: session::Error) -> PlaneProblem {
        PlaneProblem::Session { reason: error.to_string() }
    }
}

/// A plane of a site, as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaneWanted {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Which well.
    pub well: Well,
    /// Which site, from 1.
    pub site: u16,
    /// The channel's name.
    pub channel: Box<str>,
    /// Focus position; `None`: the brightest of all of them, pixel by pixel.
    pub z: Option<u16>,
    /// Time point.
    pub t: u32,
    /// The last entry of the session that may be seen.
    pub upto: i64,
}

/// The planes of one session.
pub struct PlaneStore {
    reader: tokio::sync::Mutex<Reader>,
    kept: Mutex<Kept>,
    turns: Semaphore,
}

impl PlaneStore {
    /// Opens a session's planes.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn open(dir: &Path) -> Result<PlaneStore, session::Error> {
        let reader = tokio::sync::Mutex::new(Reader::open(dir).await?);
        Ok(PlaneStore { reader, kept: Mutex::new(Kept::new(BUDGET_BYTES)), turns: Semaphore::new(AT_A_TIME) })
    }

    /// What was imaged of a well, by site, channel, z and t.
    ///
    /// # Errors
    /// [`session::Error`].
    pub async fn planes(&self, plate: &PlateKey, well: Well, upto: i64) -> Result<Vec<StoredPlane>, session::Error> {
        self.reader.lock().await.planes(plate, well, upto).await
    }

    /// The previews of planes, one a plane: `None` where its pixels are there, or where there is no preview either.
    ///
    /// # Errors
    /// [`session::Error`].
    pub async fn previews_of(&self, planes: &[StoredPlane]) -> Result<Vec<Option<Preview>>, session::Error> {
        self.reader.lock().await.previews_of(planes).await
    }

    /// The wells of a plate that have images, in the order of rows.
    ///
    /// # Errors
    /// [`session::Error`].
    pub async fn imaged_wells(&self, plate: &PlateKey, format: Format, upto: i64) -> Result<Vec<Well>, session::Error> {
        self.reader.lock().await.imaged_wells(plate, format, upto).await
    }

    /// The channels of a plate with the number of wells that have each, in the order in which they first came.
    ///
    /// # Errors
    /// [`session::Error`].
    pub async fn channels(&self, plate: &PlateKey, upto: i64) -> Result<Vec<(Box<str>, u32)>, session::Error> {
        self.reader.lock().await.channels(plate, upto).await
    }

    /// One plane, decoded. `is_wanted` is asked before each costly step.
    ///
    /// # Errors
    /// [`PlaneProblem`].
    pub async fn plane(
        &self,
        wanted: &PlaneWanted,
        is_wanted: impl Fn() -> bool + Send + Sync,
    ) -> Result<Arc<DecodedPlane>, PlaneProblem> {
        let stored = self.planes(&wanted.plate, wanted.well, wanted.upto).await?;
        self.plane_of(&stored, wanted, is_wanted).await
    }

    /// The same out of a list that [`PlaneStore::planes`] gave.
    ///
    /// # Errors
    /// [`PlaneProblem`].
    pub async fn plane_of(
        &self,
        stored: &[StoredPlane],
        wanted: &PlaneWanted,
        is_wanted: impl Fn() -> bool + Send + Sync,
    ) -> Result<Arc<DecodedPlane>, PlaneProblem> {
        let of_channel = stored.iter().filter(|plane| {
            let image = &plane.image;
            (image.site, image.t) == (wanted.site, wanted.t)
                && *image.channel == *wanted.channel
                && wanted.z.is_none_or(|z| z == image.z)
        });
        let planes: Vec<&StoredPlane> = of_channel.collect();
        let (Some(first), rest) = (planes.first(), planes.get(1..).unwrap_or_default()) else {
            return Err(PlaneProblem::Missing);
        };
        if rest.is_empty() {
            return self.one(first, &is_wanted).await;
        }
        let key: Key = planes.iter().map(|plane| (plane.seq, plane.image.page)).collect();
        let cell = self.cell(key.clone());
        let projected = cell.get_or_try_init(|| async {
            let mut brightest = self.one(first, &is_wanted).await?;
            for plane in rest {
                let (so_far, next) = (brightest, self.one(plane, &is_wanted).await?);
                let joined = tokio::task::spawn_blocking(move || so_far.brightest_with(&next)).await;
                brightest = Arc::new(joined.map_err(failed)?);
            }
            Ok::<_, PlaneProblem>(brightest)
        });
        let found = Arc::clone(projected.await?);
        self.weigh(key, &found);
        Ok(found)
    }

    async fn one(
        &self,
        plane: &StoredPlane,
        is_wanted: &(impl Fn() -> bool + Send + Sync),
    ) -> Result<Arc<DecodedPlane>, PlaneProblem> {
        match &plane.image.pixels {
            Where::Linked { link } => return Err(PlaneProblem::Reference { place: shown_link(link).into_owned() }),
            Where::Inline { .. } if !plane.is_whole() => {
                return Err(PlaneProblem::Incomplete { have: plane.pieces.len(), wanted: plane.wanted });
            }
            Where::Inline { .. } => {}
        }
        let key: Key = vec![(plane.seq, plane.image.page)];
        let cell = self.cell(key.clone());
        let decode = cell.get_or_try_init(|| async {
            if !is_wanted() {
                return Err(PlaneProblem::Superseded);
            }
            // It is never closed.
            let _turn = self.turns.acquire().await.map_err(|_| PlaneProblem::Superseded)?;
            if !is_wanted() {
                return Err(PlaneProblem::Superseded);
            }
            let file = match self.reader.lock().await.file_of(plane, MOST_FILE_BYTES).await? {
                PlaneFile::Here(file) => file,
                PlaneFile::Preview(found) => {
                    let (stated, seq) = (plane.image.sha256, plane.seq);
                    let decoded = tokio::task::spawn_blocking(move || DecodedPlane::of_preview(&found, stated, seq));
                    return decoded.await.map_err(failed)?.map(Arc::new);
                }
                PlaneFile::LeftOut => return Err(PlaneProblem::LeftOut),
                PlaneFile::TooLarge => {
                    let reason = format!("its file has more than {} MiB", MOST_FILE_BYTES >> 20);
                    return Err(PlaneProblem::Undecodable { reason });
                }
            };
            let (page, stated, seq) = (plane.image.page, plane.image.sha256, plane.seq);
            let decoded = tokio::task::spawn_blocking(move || DecodedPlane::of(&file, page, stated, seq, THREADS));
            decoded.await.map_err(failed)?.map(Arc::new)
        });
        let found = Arc::clone(decode.await?);
        self.weigh(key, &found);
        Ok(found)
    }

    fn cell(&self, key: Key) -> Arc<OnceCell<Arc<DecodedPlane>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).cell(key)
    }

    fn weigh(&self, key: Key, plane: &DecodedPlane) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).weigh(&key, plane.bytes());
    }
}

/// A decoding that did not end.
fn failed(error: tokio::task::JoinError) -> PlaneProblem {
    PlaneProblem::Undecodable { reason: error.to_string() }
}

/// A link as it may be shown: a query may hold a signature, and what stands before an @ a password.
#[must_use]
pub fn shown_link(link: &str) -> Cow<'_, str> {
    let plain = link.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = plain.split_once("://") else { return plain.into() };
    let host = rest.get(..rest.find('/').unwrap_or(rest.len())).unwrap_or_default();
    match host.rfind('@') {
        Some(at) => format!("{scheme}://{}", rest.get(at + 1..).unwrap_or_default()).into(),
        None => plain.into(),
    }
}
