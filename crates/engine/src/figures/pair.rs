//! A plate against a replicate of it.

use std::sync::Arc;

use figure::{Agreement, Matched, Scatter};
use plate::agreement::{self, agreement};
use plate::{PlateKey, Well};

use super::opened::{Opened, Scaled};
use super::{FigureQuestion, FiguresError, PlateName};
use crate::across::replicates::{are_treated_alike, counted, replicates};

impl Opened {
    /// The plate to the right, the other one upwards: the one that is named, else the one that agrees best.
    pub(super) async fn pair(
        &mut self,
        question: &FigureQuestion,
        other: Option<&PlateName>,
    ) -> Result<Scatter, FiguresError> {
        let key = self.find(&question.plate)?;
        let candidates = match other {
            Some(other) => vec![self.named_replicate(&key, other)?],
            None => self.replicates_of(&key)?,
        };
        let first = self.scaled(&key, &question.feature, question.scale).await?;
        let mut best: Option<(Arc<PlateKey>, Scaled, agreement::Agreement)> = None;
        let mut refused = None;
        for candidate in candidates {
            let second = match self.scaled(&candidate, &question.feature, question.scale).await {
                Ok(second) => second,
                Err(error @ FiguresError::Session(_)) => return Err(error),
                // One that cannot be drawn is no better than none; the first says why if all are so.
                Err(error) => {
                    refused.get_or_insert(error);
                    continue;
                }
            };
            let found = agreement(&of(&first), &of(&second));
            let size = |found: &agreement::Agreement| found.pearson.unwrap_or(f64::NEG_INFINITY);
            if best.as_ref().is_none_or(|(_, _, best)| size(&found) > size(best)) {
                best = Some((candidate, second, found));
            }
        }
        let Some((other, second, found)) = best else {
            let why = "none has values".to_owned();
            return Err(refused.unwrap_or(FiguresError::NoReplicate { plate: key.barcode.to_string(), why }));
        };
        let matched = |(well, (x, y)): (Well, (&figure::FigureWell, &figure::FigureWell))| Matched {
            well,
            x: x.value,
            y: y.value,
            role: x.role,
            is_excluded: x.is_excluded || y.is_excluded,
        };
        Ok(Scatter {
            quantity: self.quantity(&key, question),
            x: (*key).clone(),
            y: (*other).clone(),
            format: first.format,
            wells: Well::all_of(first.format).zip(first.wells.iter().zip(&second.wells)).map(matched).collect(),
            agreement: Agreement {
                pearson: found.pearson.map_err(|why| why.to_string()),
                spearman: found.spearman.map_err(|why| why.to_string()),
                n: found.n,
            },
            provenance: self.provenance(question).await?,
        })
    }

    fn replicates_of(&self, key: &PlateKey) -> Result<Vec<Arc<PlateKey>>, FiguresError> {
        let found = self.board.plate(key).map(|plate| replicates(&self.board, plate));
        match found {
            Some(found) if found.why.is_none() => Ok(found.plates),
            found => {
                let why = found.and_then(|found| found.why).unwrap_or_default();
                Err(FiguresError::NoReplicate { plate: key.barcode.to_string(), why: sentence_within(why) })
            }
        }
    }

    /// The plate of that name, of the same run where it does not say which.
    fn named_replicate(&self, key: &PlateKey, asked: &PlateName) -> Result<Arc<PlateKey>, FiguresError> {
        let of_run = PlateName { run: Some(key.run.to_string()), barcode: asked.barcode.clone() };
        let other = match asked.run {
            None => self.find(&of_run).or_else(|_| self.find(asked))?,
            Some(_) => self.find(asked)?,
        };
        let alike = |one, other| are_treated_alike(self.board.plate(one)?, self.board.plate(other)?).then_some(());
        match alike(key, &other) {
            Some(()) if *other != *key => Ok(other),
            _ => {
                let (plate, other) = (key.barcode.to_string(), other.barcode.to_string());
                Err(FiguresError::NotAlike { plate, other })
            }
        }
    }
}

/// The values that count.
fn of(scaled: &Scaled) -> Vec<Option<f64>> {
    counted(&scaled.shown(), |at| scaled.is_excluded(at))
}

/// A sentence as the end of another: without its capital and its full stop.
pub(super) fn sentence_within(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
