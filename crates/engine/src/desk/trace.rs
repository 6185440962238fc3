//! From a number to the messages that made it: every value that a message gave a feature of a well, replaced ones included.

use std::collections::BTreeSet;

use plate::{Board, PlateStanding, Value, Well};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Desk;
use super::failure::Answer;
use super::messages::message_row;
use super::plates::no_such_well;
use super::shown::MessageRow;

/// Steps that are listed; the newest.
const STEPS: usize = 200;

/// Names a number.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TraceArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number.
    pub well: u16,
    /// The feature.
    pub feature: String,
}

/// What made a number.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Trace {
    /// In the order in which they were received, at most the last 200.
    pub steps: Vec<TraceStep>,
    /// Steps before those.
    pub left_out: u32,
}

/// One message that spoke of the feature.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TraceStep {
    /// The message; `wins` where its value counts.
    pub message: MessageRow,
    /// Which site; `null` for the whole well.
    pub site: Option<u16>,
    /// The value; `null` where the message gave none.
    pub value: Option<f64>,
    /// Why there is none: `cleared`, `not a number`, `infinite`.
    pub missing: Option<String>,
    /// An earlier message had spoken of the same: this one corrects it.
    pub corrects: bool,
}

impl Desk {
    /// Every message that gave a feature of a well a value.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `session`.
    pub async fn trace(&self, args: TraceArgs) -> Answer<Trace> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let asked = std::sync::Arc::clone(&key);
        let format = showing.look(move |board: &Board| board.plate(&asked).and_then(PlateStanding::format)).await?;
        let well = format.and_then(|format| Well::at_index(usize::from(args.well), format)).ok_or_else(no_such_well)?;
        let upto = showing.upto();
        let mut reader = showing.reader.lock().await;
        let behind = reader.behind(&key, well, upto, 1).await?;
        let wins: BTreeSet<(Option<u16>, i64)> = behind
            .rows
            .iter()
            .flat_map(|row| row.values.iter().map(move |value| (row.site, value)))
            .filter(|(_, value)| value.name() == args.feature)
            .map(|(site, value)| (site, value.seq))
            .collect();
        let mut said: Vec<(i64, Option<u16>, Value)> = Vec::new();
        let each = |result: session::ColumnResult<'_>| {
            if let (true, Some(value)) = (result.well == well, result.values.first().copied().flatten()) {
                said.push((result.seq, result.site, value));
            }
        };
        reader.results_of(&key, &[&args.feature], 0, upto, each).await?;
        let left_out = said.len().saturating_sub(STEPS);
        let (mut steps, mut seen) = (Vec::new(), BTreeSet::new());
        for (at, (seq, site, value)) in said.into_iter().enumerate() {
            let corrects = !seen.insert(site);
            if at < left_out {
                continue;
            }
            let Some(line) = reader.message_line(seq).await? else { continue };
            steps.push(TraceStep {
                message: MessageRow { wins: wins.contains(&(site, seq)), ..message_row(&line) },
                site,
                value: value.number(),
                missing: missing(value).map(str::to_owned),
                corrects,
            });
        }
        Ok(Trace { steps, left_out: u32::try_from(left_out).unwrap_or(u32::MAX) })
    }
}

fn missing(value: Value) -> Option<&'static str> {
    match value {
        Value::Number(_) => None,
        Value::Cleared => Some("cleared"),
        Value::NotANumber => Some("not a number"),
        Value::Infinite => Some("infinite"),
    }
}
