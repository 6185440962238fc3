//! What if some wells did not count: quality and hits side by side, before anything is written.

use std::sync::Arc;

use plate::normalise::Scale;
use plate::{Board, Direction, PlateStanding, Well};

use super::Desk;
use super::column::{ScaledColumn, scaled_column};
use super::compared::{WhatIf, WhatIfArgs, WhatIfSide};
use super::failure::{Answer, Failure};
use super::plates::no_such_well;
use super::quality::Judged;

impl Desk {
    /// A plate as it is and as it would be without some wells. Nothing is written.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `no_format`, `session`.
    pub async fn what_if(&self, args: WhatIfArgs) -> Answer<WhatIf> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let values = showing.feature_values(&key, &args.feature).await?;
        let asked = Arc::clone(&key);
        let question = move |board: &Board| {
            let plate = board.plate(&asked)?;
            let judged = Judged::of(board, plate);
            Some((plate.clone(), judged))
        };
        let (plate, judged) = showing.look(question).await?.ok_or_else(Failure::no_such_plate)?;
        let wells: Option<Vec<Well>> =
            args.exclude.iter().map(|at| Well::at_index(usize::from(*at), plate.format()?)).collect();
        let wells = wells.ok_or_else(no_such_well)?;
        let direction = judged.as_ref().and_then(|judged| {
            let headline = judged.card.headline.iter().find(|headline| headline.feature == args.feature)?;
            headline.direction
        });
        let side = |plate: &PlateStanding, judged: Option<Judged>| -> Answer<WhatIfSide> {
            let column = scaled_column(plate, values.clone(), Scale::Raw)?;
            Ok(WhatIfSide {
                qc: judged.map_or_else(Vec::new, |judged| judged.of_feature(&args.feature, 0)),
                hits: hits(&column, args.threshold, direction),
                samples: samples(&column).count().try_into().unwrap_or(u32::MAX),
                excluded: plate.excluded_wells(),
            })
        };
        let without = plate.without(&wells);
        let judged_without = judged.as_ref().map(|judged| judged.without(&wells));
        Ok(WhatIf { before: side(&plate, judged)?, after: side(&without, judged_without)? })
    }
}

/// Places of samples with a value.
fn samples(column: &ScaledColumn) -> impl Iterator<Item = usize> {
    let has_value = |at: &usize| column.values.get(*at).copied().flatten().is_some();
    (0..column.values.len()).filter(|at| column.is_sample(*at)).filter(has_value)
}

/// Samples whose robust z lies at or beyond the threshold, on the side where positives lie; on either where that is not said.
fn hits(column: &ScaledColumn, threshold: f64, direction: Option<Direction>) -> u32 {
    let is_far = |at: &usize| {
        column.robust_z.get(*at).copied().flatten().is_some_and(|z| match direction {
            Some(Direction::Up) => z >= threshold,
            Some(Direction::Down) => -z >= threshold,
            None => z.abs() >= threshold,
        })
    };
    samples(column).filter(is_far).count().try_into().unwrap_or(u32::MAX)
}
