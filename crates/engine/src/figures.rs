//! Figures of a session's plates: the values, roles and figures of merit out of the session, the picture out of `figure`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use figure::{FigureError, Kind, LEAST_DPI, MOST_DPI, USUAL_DPI};
use figure::{FigureWell, PlateFigure, Quality};
use plate::normalise::{self, Scale, Unscaled};
use plate::{Board, CountedWells, Format, PlateStanding, Role, Transform, Well};
use session::Reader;

use crate::files::put_whole;
use crate::nearest::nearest;
use crate::plate_columns::PlateColumns;
use crate::qc::{self, QcQuestion};
use crate::{columns, rebuild};

/// Which figure.
#[derive(Debug, Clone)]
pub struct FigureQuestion {
    /// The run; `None` where the barcode alone says which plate.
    pub run: Option<String>,
    /// The plate's barcode.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// How values are scaled.
    pub scale: Scale,
    /// Heatmap or histogram.
    pub kind: Kind,
    /// Vector or pixels.
    pub form: Form,
    /// Plateside's version, for the caption.
    pub version: String,
}

/// How a figure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An SVG document.
    Svg,
    /// A PNG at so many dots per inch.
    Png {
        /// [`LEAST_DPI`] to [`MOST_DPI`].
        dpi: u32,
    },
}

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// The session cannot be read.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// No such plate.
    #[error("there is no plate {asked:?} in this session ({found})")]
    NoPlate {
        /// As asked.
        asked: String,
        /// What there is.
        found: String,
    },
    /// No such run of this plate.
    #[error("plate {plate:?} is not in a run {run:?}: it is in {found}")]
    NoRun {
        /// The plate.
        plate: String,
        /// As asked.
        run: String,
        /// Its runs.
        found: String,
    },
    /// The barcode is in several runs.
    #[error("plate {plate:?} is in {n} runs: say which with --run (there is: {found})")]
    SeveralRuns {
        /// The plate.
        plate: String,
        /// How many.
        n: usize,
        /// Which.
        found: String,
    },
    /// No such feature.
    #[error("plate {plate:?} has no feature {asked:?} ({found})")]
    NoFeature {
        /// The plate.
        plate: String,
        /// As asked.
        asked: String,
        /// What there is.
        found: String,
    },
    /// Only stages or images came: nobody knows how many wells it has.
    #[error("no message of plate {0:?} says its format yet: there is nothing to draw")]
    NoFormat(String),
    /// The scale cannot be had.
    #[error("{feature:?} cannot be scaled so on plate {plate:?}: {why}; --method raw always can be drawn")]
    Unscaled {
        /// The plate.
        plate: String,
        /// The feature.
        feature: String,
        /// Why.
        why: Unscaled,
    },
    /// The picture cannot be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// The file cannot be written.
    #[error("{path} cannot be written: {source}; what was there is as it was", path = .path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A figure of one plate, as the bytes of its file. The same session and question give the same bytes.
///
/// # Errors
/// [`FiguresError`].
pub async fn draw(dir: &Path, question: &FigureQuestion) -> Result<Vec<u8>, FiguresError> {
    let mut reader = Reader::open(dir).await?;
    let began_at = reader.last_seq().await?;
    let board = rebuild::board(dir).await?;
    let plate = find(&board, question)?;
    let format = plate.format().ok_or_else(|| FiguresError::NoFormat(question.plate.clone()))?;
    let wanted: Box<str> = question.feature.as_str().into();
    let columns = PlateColumns::read(&mut reader, plate.key(), Some(std::slice::from_ref(&wanted))).await?;
    let headline = plate
        .card()
        .and_then(|card| board.cards().get(card))
        .and_then(|card| card.headline.iter().find(|headline| headline.feature == question.feature));
    // A headline feature of which nothing came yet is drawn as what it is: not there.
    if columns.column(&wanted).is_none() && headline.is_none() {
        let all = PlateColumns::read(&mut reader, plate.key(), None).await?;
        return Err(FiguresError::NoFeature {
            plate: question.plate.clone(),
            asked: question.feature.clone(),
            found: nearest(&question.feature, all.features().map(str::to_owned)),
        });
    }
    let aggregate = columns::aggregate(&board, plate.key(), &question.feature);
    let mut values = vec![None; usize::from(format.wells())];
    for (well, number) in columns.column(&wanted).into_iter().flat_map(|column| column.numbers(aggregate)) {
        if let Some(value) = well.index_in(format).and_then(|at| values.get_mut(at)) {
            *value = Some(number);
        }
    }
    let figure = PlateFigure {
        key: (**plate.key()).clone(),
        format,
        feature: question.feature.clone(),
        unit: headline.and_then(|headline| headline.unit.clone()),
        scale: question.scale,
        wells: wells(plate, format, &values, question)?,
        read: plate.wells_in(),
        expected: plate.wells_expected(),
        quality: quality(&board, plate, &columns, &wanted),
        content: reader.content_digest().await?,
        is_growing: reader.last_seq().await? != began_at,
        version: question.version.clone(),
    };
    Ok(match question.form {
        Form::Svg => figure::svg(&figure, question.kind)?.into_bytes(),
        Form::Png { dpi } => figure::png(&figure, question.kind, dpi)?,
    })
}

/// The one plate that is asked for.
fn find<'b>(board: &'b Board, question: &FigureQuestion) -> Result<&'b PlateStanding, FiguresError> {
    let named = board.plates().filter(|plate| *plate.key().barcode == *question.plate);
    let mut named: Vec<&PlateStanding> = named.collect();
    named.sort_by(|a, b| a.key().cmp(b.key()));
    let runs = || named.iter().map(|plate| format!("{:?}", plate.key().run)).collect::<Vec<_>>().join(", ");
    let plate = || question.plate.clone();
    match (named.as_slice(), &question.run) {
        ([], _) => {
            // A barcode in several runs is one name.
            let all: BTreeSet<String> = board.plates().map(|plate| plate.key().barcode.to_string()).collect();
            Err(FiguresError::NoPlate { asked: plate(), found: nearest(&question.plate, all.into_iter()) })
        }
        (_, Some(run)) => match named.iter().find(|plate| *plate.key().run == **run) {
            Some(found) => Ok(found),
            None => Err(FiguresError::NoRun { plate: plate(), run: run.clone(), found: runs() }),
        },
        ([only], None) => Ok(only),
        (several, None) => Err(FiguresError::SeveralRuns { plate: plate(), n: several.len(), found: runs() }),
    }
}

/// Scaled values with what is known of each well; scaled as the window does it.
fn wells(
    plate: &PlateStanding,
    format: Format,
    values: &[Option<f64>],
    question: &FigureQuestion,
) -> Result<Vec<FigureWell>, FiguresError> {
    let places: Vec<Well> = (0..values.len()).filter_map(|at| Well::at_index(at, format)).collect();
    let nobody = || CountedWells::new(format, &[], &[], qc::PLAIN_PAIR);
    let counted = plate.counted_wells(qc::PLAIN_PAIR).unwrap_or_else(nobody);
    let scaled = normalise::on_scale(question.scale, values, &counted);
    let scaled = scaled.map_err(|why| FiguresError::Unscaled {
        plate: question.plate.clone(),
        feature: question.feature.clone(),
        why,
    })?;
    let has_layout = plate.layout().is_some();
    let one = |(well, value): (&Well, Option<f64>)| FigureWell {
        value,
        is_read: plate.has_result(*well),
        is_excluded: plate.is_excluded(*well),
        role: plate.role(*well).filter(|_| has_layout),
    };
    Ok(places.iter().zip(scaled).map(one).collect())
}

/// What `qc` says of this feature; of the card's first pair.
fn quality(board: &Board, plate: &PlateStanding, columns: &PlateColumns, feature: &str) -> Quality {
    let card = plate.card().and_then(|index| board.cards().get(index));
    let everything = QcQuestion { run: None, plate: None, feature: None, minimum_n: None, replicates: None };
    let rows = qc::of_plate(plate, card, Some(vec![feature.into()]), columns, &everything);
    let headline = card.and_then(|card| card.headline.iter().find(|headline| headline.feature == feature));
    let is_log2 = headline.is_some_and(|headline| headline.transform == Transform::Log2);
    let (has_card, nothing) = (card.is_some(), plate::Undefined::TooFew { role: Role::Positive, n: 0, minimum: 2 });
    match rows.first() {
        Some(row) => {
            let table = &row.quality.table;
            Quality { z_prime: table.z_prime, counts: table.counts, pair: row.pair, has_card, is_log2 }
        }
        // A card without a pair of controls.
        None => {
            Quality { z_prime: Err(nothing), counts: plate::Counts::default(), pair: qc::PLAIN_PAIR, has_card, is_log2 }
        }
    }
}

/// Writes a figure's file, whole or not at all; one that is there is replaced.
///
/// # Errors
/// [`FiguresError::Unwritable`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FiguresError> {
    put(path, bytes).map_err(|source| FiguresError::Unwritable { path: path.to_owned(), source })
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "its folder is not there"));
    }
    let mut builder = tempfile::Builder::new();
    // A picture is for others too: the usual rights of a new file, where settings keep theirs to themselves.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    put_whole(&builder, folder, path, bytes)
}
