//! A plate beside its replicates: plates of the same run with the same compounds in the same wells.

use std::sync::Arc;

use plate::agreement::{Agreement, agreement};
use plate::normalise::Scale;
use plate::{Board, PlateKey};

use super::Desk;
use super::column::ScaledColumn;
use super::compared::{CompareArgs, Replicate, Replicates};
use super::failure::{Answer, Failure};
use super::showing::Showing;
use crate::across::{
    self,
    replicates::{counted, replicates},
};

impl Desk {
    /// How well a plate agrees with its replicates.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `invalid`, `unscaled`, `session`.
    pub async fn replicates(&self, args: CompareArgs) -> Answer<Replicates> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let scale = scale(&args.scale)?;
        let found = showing.replicates_of(&key).await?;
        let own = showing.scaled_column(&key, &args.feature, scale).await?;
        let of = |column: &ScaledColumn| counted(&column.shown, |at| column.excluded.get(at) == Some(&true));
        let first = of(&own);
        let mut plates = Vec::with_capacity(found.plates.len());
        for other in found.plates {
            let found = match showing.scaled_column(&other, &args.feature, scale).await {
                Ok(column) => Ok(agreement(&first, &of(&column))),
                Err(failure) if failure.code == "unscaled" => Err(failure.message),
                Err(failure) => return Err(failure),
            };
            plates.push(replicate(&showing, &other, found));
        }
        Ok(Replicates { plates, left_out: found.left_out, why: found.why.map(str::to_owned) })
    }
}

impl Showing {
    /// A plate's replicates.
    pub(super) async fn replicates_of(&self, key: &Arc<PlateKey>) -> Answer<across::replicates::Replicates> {
        let asked = Arc::clone(key);
        let of = move |board: &Board| board.plate(&asked).map(|plate| replicates(board, plate));
        self.look(of).await?.ok_or_else(Failure::no_such_plate)
    }
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
