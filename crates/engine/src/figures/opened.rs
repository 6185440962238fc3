//! A session as figures read it: its board at its end, and values of any feature.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use figure::{Figure, FigureWell, Kind, PlateFigure, Provenance, Quality, Quantity};
use plate::normalise::{self, Scale};
use plate::{Board, CountedWells, Format, Headline, Pair, PlateKey, PlateStanding, Role, Transform, Well};
use session::Reader;

use super::{FigureQuestion, FiguresError, PlateName, Shows};
use crate::nearest::nearest;
use crate::plate_columns::PlateColumns;
use crate::qc::{self, FeatureOfPlate, QcQuestion};
use crate::{columns, rebuild};

/// An open session, for any number of figures of it.
#[derive(Debug)]
pub struct Opened {
    pub(super) board: Board,
    reader: Reader,
    began_at: i64,
}

/// A feature of one plate.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) format: Format,
    /// As received, row-major.
    pub(super) values: Vec<Option<f64>>,
}

/// The same on a scale, with what is known of each well.
#[derive(Debug, Clone)]
pub(super) struct Scaled {
    pub(super) format: Format,
    pub(super) values: Vec<Option<f64>>,
    pub(super) wells: Vec<FigureWell>,
}

impl Scaled {
    /// The values on the scale.
    pub(super) fn shown(&self) -> Vec<Option<f64>> {
        self.wells.iter().map(|well| well.value).collect()
    }

    /// Whether a person excluded a well.
    pub(super) fn is_excluded(&self, at: usize) -> bool {
        self.wells.get(at).is_some_and(|well| well.is_excluded)
    }
}

impl Opened {
    /// Opens a session and rebuilds its board.
    ///
    /// # Errors
    /// [`FiguresError::Session`].
    pub async fn open(dir: &Path) -> Result<Opened, FiguresError> {
        let mut reader = Reader::open(dir).await?;
        let began_at = reader.last_seq().await?;
        Ok(Opened { board: rebuild::board(dir).await?, reader, began_at })
    }

    /// A figure's data.
    ///
    /// # Errors
    /// [`FiguresError`], but for those of drawing and writing.
    pub async fn figure(&mut self, question: &FigureQuestion) -> Result<Figure, FiguresError> {
        match &question.shows {
            Shows::Plate(kind) => Ok(Figure::Plate(self.plate(question).await?, *kind)),
            Shows::Multiples { has_one_scale } => self.sheet(question, *has_one_scale).await.map(Figure::Multiples),
            Shows::Replicates { other } => self.pair(question, other.as_ref()).await.map(Figure::Scatter),
            Shows::Doses { compounds } => self.curves(question, compounds).await.map(Figure::DoseCurves),
            Shows::ControlChart { statistic } => self.chart(question, statistic).await.map(Figure::ControlChart),
        }
    }

    async fn plate(&mut self, question: &FigureQuestion) -> Result<PlateFigure, FiguresError> {
        let key = self.find(&question.plate)?;
        let scaled = self.scaled(&key, &question.feature, question.scale).await?;
        let quality = self.quality(&key, &question.feature, &scaled.values);
        let Provenance { content, is_growing, version } = self.provenance(question).await?;
        let (read, expected) = self.wells_in(&key);
        Ok(PlateFigure {
            unit: self.unit(&key, &question.feature),
            format: scaled.format,
            feature: question.feature.clone(),
            scale: question.scale,
            wells: scaled.wells,
            key: (*key).clone(),
            read,
            expected,
            quality,
            content,
            is_growing,
            version,
        })
    }

    /// The one plate that is asked for.
    pub(super) fn find(&self, asked: &PlateName) -> Result<Arc<PlateKey>, FiguresError> {
        let named = self.board.plates().map(PlateStanding::key).filter(|key| *key.barcode == *asked.barcode);
        let mut named: Vec<&Arc<PlateKey>> = named.collect();
        named.sort();
        let runs = || named.iter().map(|key| format!("{:?}", key.run)).collect::<Vec<_>>().join(", ");
        let plate = || asked.barcode.clone();
        match (named.as_slice(), &asked.run) {
            ([], _) => {
                // A barcode in several runs is one name.
                let all: BTreeSet<String> = self.board.plates().map(|plate| plate.key().barcode.to_string()).collect();
                Err(FiguresError::NoPlate { asked: plate(), found: nearest(&asked.barcode, all.into_iter()) })
            }
            (_, Some(run)) => match named.iter().find(|key| *key.run == **run) {
                Some(found) => Ok(Arc::clone(found)),
                None => Err(FiguresError::NoRun { plate: plate(), run: run.clone(), found: runs() }),
            },
            ([only], None) => Ok(Arc::clone(only)),
            (several, None) => Err(FiguresError::SeveralRuns { plate: plate(), n: several.len(), found: runs() }),
        }
    }

    /// Keys of the plates of a run, in order of arrival.
    pub(super) fn of_run(&self, run: &str) -> Vec<Arc<PlateKey>> {
        let of_run = self.board.plates().filter(|plate| *plate.key().run == *run);
        of_run.map(|plate| Arc::clone(plate.key())).collect()
    }

    fn headline(&self, key: &PlateKey, feature: &str) -> Option<&Headline> {
        let card = self.board.cards().get(self.board.plate(key)?.card()?)?;
        card.headline.iter().find(|headline| headline.feature == feature)
    }

    /// The unit of a feature, where a card says it.
    fn unit(&self, key: &PlateKey, feature: &str) -> Option<String> {
        self.headline(key, feature)?.unit.clone()
    }

    /// What the values of a figure are.
    pub(super) fn quantity(&self, key: &PlateKey, question: &FigureQuestion) -> Quantity {
        let (feature, unit) = (question.feature.clone(), self.unit(key, &question.feature));
        Quantity { feature, unit, scale: question.scale }
    }

    /// What the values are that statistics are made of.
    pub(super) fn quantity_of_statistics(&self, key: &PlateKey, feature: &str) -> Quantity {
        let is_log2 = self.headline(key, feature).is_some_and(|headline| headline.transform == Transform::Log2);
        let (unit, scale) = if is_log2 { (None, Scale::Log2) } else { (self.unit(key, feature), Scale::Raw) };
        Quantity { feature: feature.to_owned(), unit, scale }
    }

    /// Expected wells with a result, and all of them.
    pub(super) fn wells_in(&self, key: &PlateKey) -> (u32, u32) {
        self.board.plate(key).map_or((0, 0), |plate| (plate.wells_in(), plate.wells_expected()))
    }

    /// Where the values come from, as it stands now.
    pub(super) async fn provenance(&mut self, question: &FigureQuestion) -> Result<Provenance, FiguresError> {
        let content = self.reader.content_digest().await?;
        let is_growing = self.reader.last_seq().await? != self.began_at;
        Ok(Provenance { content, is_growing, version: question.version.clone() })
    }

    /// A feature's values, out of the board where it is tracked, else out of the session.
    ///
    /// # Errors
    /// [`FiguresError::NoFormat`], [`FiguresError::NoFeature`], [`FiguresError::Session`].
    pub(super) async fn column(&mut self, key: &PlateKey, feature: &str) -> Result<Column, FiguresError> {
        let plate = self.board.plate(key);
        let no_format = || FiguresError::NoFormat(key.barcode.to_string());
        let format = plate.and_then(PlateStanding::format).ok_or_else(no_format)?;
        let aggregate = columns::aggregate(&self.board, key, feature);
        let tracked = self.board.tracked().iter().position(|name| **name == *feature);
        if let (Some(plate), Some(column)) = (plate, tracked) {
            let values: Vec<Option<f64>> =
                Well::all_of(format).map(|well| plate.value(column, well, aggregate)).collect();
            // A headline feature of which nothing came yet is drawn as what it is: not there.
            if self.headline(key, feature).is_some() || values.iter().any(Option::is_some) {
                return Ok(Column { format, values });
            }
        }
        let wanted: Box<str> = feature.into();
        let columns = PlateColumns::read(&mut self.reader, key, Some(std::slice::from_ref(&wanted))).await?;
        let Some(column) = columns.column(feature) else {
            let all = PlateColumns::read(&mut self.reader, key, None).await?;
            return Err(FiguresError::NoFeature {
                plate: key.barcode.to_string(),
                asked: feature.to_owned(),
                found: nearest(feature, all.features().map(str::to_owned)),
            });
        };
        let mut values = vec![None; usize::from(format.wells())];
        for (well, number) in column.numbers(aggregate) {
            if let Some(value) = well.index_in(format).and_then(|at| values.get_mut(at)) {
                *value = Some(number);
            }
        }
        Ok(Column { format, values })
    }

    /// A feature on a scale, as the window has it.
    ///
    /// # Errors
    /// As [`Opened::column`]; [`FiguresError::Unscaled`].
    pub(super) async fn scaled(&mut self, key: &PlateKey, feature: &str, scale: Scale) -> Result<Scaled, FiguresError> {
        let Column { format, values } = self.column(key, feature).await?;
        let plate = self.board.plate(key).ok_or_else(|| FiguresError::NoFormat(key.barcode.to_string()))?;
        let nobody = || CountedWells::new(format, &[], &[], qc::PLAIN_PAIR);
        let counted = plate.counted_wells(qc::PLAIN_PAIR).unwrap_or_else(nobody);
        let scaled = normalise::on_scale(scale, &values, &counted);
        let (name, feature) = (key.barcode.to_string(), feature.to_owned());
        let scaled = scaled.map_err(|why| FiguresError::Unscaled { plate: name, feature, why })?;
        let one = |(well, value): (Well, Option<f64>)| FigureWell {
            value,
            is_read: plate.has_result(well),
            is_excluded: plate.is_excluded(well),
            role: plate.role(well).filter(|_| plate.layout().is_some()),
        };
        let wells = Well::all_of(format).zip(scaled).map(one).collect();
        Ok(Scaled { format, values, wells })
    }

    /// What `qc` says of a feature's values, of the card's first pair; `None` where the card has no pair.
    pub(super) fn of_statistics(
        &self,
        key: &PlateKey,
        feature: &str,
        values: &[Option<f64>],
    ) -> Option<FeatureOfPlate> {
        let plate = self.board.plate(key)?;
        let (card, format) = (plate.card().and_then(|card| self.board.cards().get(card)), plate.format()?);
        let transform = self.headline(key, feature).map(|headline| headline.transform).unwrap_or_default();
        let value = |(well, value): (Well, &Option<f64>)| Some((well, transform.apply((*value)?)?));
        let values = Well::all_of(format).zip(values).filter_map(value).collect();
        let everything = QcQuestion { run: None, plate: None, feature: None, minimum_n: None, replicates: None };
        qc::pairs_of(plate, card, feature, values, &everything).into_iter().next()
    }

    /// The roles that stand against each other: the first pair of its card, else positives against negatives.
    pub(super) fn pair_of(&self, key: &PlateKey) -> Pair {
        let card = self.board.plate(key).and_then(|plate| self.board.cards().get(plate.card()?));
        card.and_then(|card| card.pair.first()).copied().unwrap_or(qc::PLAIN_PAIR)
    }

    /// How the controls stand apart.
    pub(super) fn quality(&self, key: &PlateKey, feature: &str, values: &[Option<f64>]) -> Quality {
        let has_card = self.board.plate(key).is_some_and(|plate| plate.card().is_some());
        let is_log2 = self.headline(key, feature).is_some_and(|headline| headline.transform == Transform::Log2);
        match self.of_statistics(key, feature, values) {
            Some(of) => {
                let table = of.quality(0).table;
                Quality { z_prime: table.z_prime, counts: table.counts, pair: of.pair, has_card, is_log2 }
            }
            // A card without a pair of controls.
            None => {
                let nothing = plate::Undefined::TooFew { role: Role::Positive, n: 0, minimum: 2 };
                let counts = plate::Counts::default();
                Quality { z_prime: Err(nothing), counts, pair: qc::PLAIN_PAIR, has_card, is_log2 }
            }
        }
    }
}

/// Every kind of the plate's own pictures by its name in the window.
pub(crate) fn plate_kind(name: &str) -> Option<Kind> {
    match name {
        "heatmap" => Some(Kind::Heatmap),
        "histogram" => Some(Kind::Histogram),
        "heatmap_and_histogram" => Some(Kind::HeatmapAndHistogram),
        _ => None,
    }
}
