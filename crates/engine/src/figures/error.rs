//! Why there is no figure.

use std::path::PathBuf;

use figure::FigureError;
use plate::normalise::Unscaled;

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
    /// There is no replicate to draw it against.
    #[error("plate {plate:?} has no replicate to be drawn against: {why}")]
    NoReplicate {
        /// The plate.
        plate: String,
        /// Why, as a sentence.
        why: String,
    },
    /// The other plate is no replicate.
    #[error("plate {other:?} is no replicate of {plate:?}: it does not have the same compounds in the same wells")]
    NotAlike {
        /// The plate.
        plate: String,
        /// As asked.
        other: String,
    },
    /// No compound has doses.
    #[error("plate {plate:?} has no doses to draw {feature:?} over: {why}")]
    NoDoses {
        /// The plate.
        plate: String,
        /// The feature.
        feature: String,
        /// Why, as a sentence.
        why: String,
    },
    /// No such compound.
    #[error("the layout of plate {plate:?} gives no compound {asked:?} a dose ({found})")]
    NoCompound {
        /// The plate.
        plate: String,
        /// As asked.
        asked: String,
        /// What there is.
        found: String,
    },
    /// No such statistic.
    #[error("{asked:?} is no statistic of a plate ({found})")]
    NoStatistic {
        /// As asked.
        asked: String,
        /// What there is.
        found: String,
    },
    /// Too few plates of the run are complete.
    #[error("the run of plate {plate:?} makes no control chart of {statistic} of {feature:?}: {why}")]
    NoChart {
        /// The plate.
        plate: String,
        /// The feature.
        feature: String,
        /// The statistic's name.
        statistic: String,
        /// Why.
        why: String,
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
    /// A thread that worked something out ended unexpectedly.
    #[error("the figure could not be worked out: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}
