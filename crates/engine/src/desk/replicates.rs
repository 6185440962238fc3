//! A plate beside its replicates: plates of the same run with the same compounds in the same wells.

use std::sync::Arc;

use plate::agreement::{Agreement, agreement};
use plate::normalise::Scale;
use plate::{Board, Layout, PlateKey, PlateStanding};

use super::Desk;
use super::compared::{CompareArgs, Replicate, Replicates};
use super::failure::{Answer, Failure};
use super::showing::Showing;

/// Replicates that are compared.
pub(super) const MOST_REPLICATES: usize = 24;

impl Desk {
    /// How well a plate agrees with its replicates.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `invalid`, `unscaled`, `session`.
    pub async fn replicates(&self, args: CompareArgs) -> Answer<Replicates> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let scale = scale(&args.scale)?;
        let (others, left_out, why) = showing.replicates_of(&key).await?;
        let own = showing.scaled_column(&key, &args.feature, scale).await?;
        let counted = |values: &[Option<f64>], excluded: &[bool]| -> Vec<Option<f64>> {
            values.iter().zip(excluded).map(|(value, excluded)| value.filter(|_| !excluded)).collect()
        };
        let first = counted(&own.shown, &own.excluded);
        let mut plates = Vec::with_capacity(others.len());
        for other in others {
            let found = match showing.scaled_column(&other, &args.feature, scale).await {
                Ok(column) => Ok(agreement(&first, &counted(&column.shown, &column.excluded))),
                Err(failure) if failure.code == "unscaled" => Err(failure.message),
                Err(failure) => return Err(failure),
            };
            plates.push(replicate(&showing, &other, found));
        }
        Ok(Replicates { plates, left_out, why })
    }
}

impl Showing {
    /// A plate's replicates in order of arrival, how many more there are, and why there are none.
    pub(super) async fn replicates_of(&self, key: &Arc<PlateKey>) -> Answer<(Vec<Arc<PlateKey>>, u32, Option<String>)> {
        let asked = Arc::clone(key);
        type Found = (Vec<Arc<PlateKey>>, Option<String>);
        let question = move |board: &Board| -> Answer<Found> {
            let plate = board.plate(&asked).ok_or_else(Failure::no_such_plate)?;
            let Some(layout) = plate.layout() else {
                return Ok((Vec::new(), Some("No layout has been received for this plate.".to_owned())));
            };
            let is_replicate = |other: &&PlateStanding| {
                other.key().run == asked.run
                    && other.key() != &asked
                    && other.layout().is_some_and(|theirs| is_same_treatment(layout, theirs))
            };
            let found: Vec<Arc<PlateKey>> =
                board.plates().filter(is_replicate).map(|other| Arc::clone(other.key())).collect();
            let why = "No other plate of this run has the same compounds in the same wells.";
            let why = found.is_empty().then(|| why.to_owned());
            Ok((found, why))
        };
        let (mut found, why) = self.look(question).await??;
        let left_out = u32::try_from(found.len().saturating_sub(MOST_REPLICATES)).unwrap_or(u32::MAX);
        found.truncate(MOST_REPLICATES);
        Ok((found, left_out, why))
    }
}

/// The same roles, compounds and doses in the same wells; which replicate it is may differ.
fn is_same_treatment(one: &Arc<Layout>, other: &Arc<Layout>) -> bool {
    let of = |layout: &Arc<Layout>| layout.format;
    Arc::ptr_eq(one, other)
        || of(one) == of(other)
            && one.wells.len() == other.wells.len()
            && one.wells.iter().zip(&other.wells).all(|(a, b)| {
                (a.well, a.role, &a.compound, &a.concentration) == (b.well, b.role, &b.compound, &b.concentration)
            })
}

fn replicate(showing: &Showing, key: &Arc<PlateKey>, found: Result<Agreement, String>) -> Replicate {
    let (n, pearson, spearman, undefined) = match found {
        Ok(found) => {
            let reason = found.pearson.err().or(found.spearman.err()).map(|reason| reason.to_string());
            (found.n, found.pearson.ok(), found.spearman.ok(), reason)
        }
        Err(reason) => (0, None, None, Some(reason)),
    };
    Replicate {
        plate: showing.handle(key),
        run: key.run.to_string(),
        barcode: key.barcode.to_string(),
        n,
        pearson,
        spearman,
        undefined,
    }
}

/// A scale by its name.
pub(super) fn scale(name: &str) -> Answer<Scale> {
    Scale::from_name(name).ok_or_else(|| Failure::new("invalid", format!("There is no scale {name:?}.")))
}
