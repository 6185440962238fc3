//! Every plate of a run on one sheet.

use figure::{MOST_PLATES, Multiples, Span, Tile};

use super::opened::Opened;
use super::{FigureQuestion, FiguresError};

impl Opened {
    /// The plates of the run in order of arrival; those that cannot be drawn are named with the reason.
    pub(super) async fn sheet(
        &mut self,
        question: &FigureQuestion,
        has_one_scale: bool,
    ) -> Result<Multiples, FiguresError> {
        let key = self.find(&question.plate)?;
        let (mut plates, mut left_out) = (Vec::new(), Vec::new());
        for other in self.of_run(&key.run) {
            let why = match self.scaled(&other, &question.feature, question.scale).await {
                Ok(_) if plates.len() == MOST_PLATES => format!("a sheet has at most {MOST_PLATES} plates"),
                Ok(scaled) => {
                    let (read, expected) = self.wells_in(&other);
                    plates.push(Tile {
                        key: (*other).clone(),
                        format: scaled.format,
                        quality: self.quality(&other, &question.feature, &scaled.values),
                        wells: scaled.wells,
                        read,
                        expected,
                    });
                    continue;
                }
                // The plate that is asked for says why itself.
                Err(error) if other == key => return Err(error),
                Err(FiguresError::NoFormat(_)) => "no message says its format yet".to_owned(),
                Err(FiguresError::NoFeature { .. }) => "it has no such feature".to_owned(),
                Err(FiguresError::Unscaled { why, .. }) => why.to_string(),
                Err(error) => return Err(error),
            };
            left_out.push(((*other).clone(), why));
        }
        Ok(Multiples {
            quantity: self.quantity(&key, question),
            plates,
            span: if has_one_scale { Span::All } else { Span::Each },
            left_out,
            provenance: self.provenance(question).await?,
        })
    }
}
