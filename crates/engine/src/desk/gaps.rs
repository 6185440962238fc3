//! The gap ledger: wells that layouts expect and that have not been received, by the likeliest cause.
//!
//! A missing well has no message that could say why, so its cause is an account: messages that could not be decoded and
//! whose key names the plate come first, then what the broker holds and was not read yet (the plates that were heard of
//! last are taken to be in it), and what is left was not sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use plate::{Board, Format, PlateKey, PlateStanding, Role, Well};
use serde::Serialize;
use ts_rs::TS;
use wire::Kind;

use super::Desk;
use super::chosen::NoArgs;
use super::failure::Answer;
use super::showing::Showing;

/// Plates with gaps that are listed.
const ROWS: usize = 500;
/// Characters of the list of missing wells.
const WELLS: usize = 200;
/// Keys of undecoded messages that are told apart.
const KEYS: usize = 4096;

/// What is missing.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct GapLedger {
    /// Plates with gaps, the most first, at most 500.
    pub rows: Vec<GapRow>,
    /// Plates with gaps that are not in the list.
    pub left_out: u32,
    /// Plates with a layout.
    pub plates: u32,
    /// Wells that their layouts expect.
    pub expected: u64,
    /// Wells of them with a result.
    pub received: u64,
    /// Results messages behind; `null` while unknown.
    pub lag: Option<u64>,
}

/// What is missing of one plate: `not_sent + behind + undecodable` is `expected - received`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct GapRow {
    /// Its handle.
    pub plate: String,
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Wells that its layout expects.
    pub expected: u32,
    /// Wells of them with a result.
    pub received: u32,
    /// No message of them is known.
    pub not_sent: u32,
    /// The broker may hold them: that many messages were not read yet.
    pub behind: u32,
    /// Messages with the plate's key could not be decoded.
    pub undecodable: u32,
    /// Wells with a result and without an image, on a plate most of whose wells have one.
    pub image_missing: u32,
    /// The missing wells in the well syntax, at most 200 characters.
    pub wells: String,
    /// The newest Kafka timestamp of its messages.
    pub last_ms: Option<i64>,
    /// Every expected well has a result.
    pub complete: bool,
}

/// A plate's part of the account, before causes are known.
struct Missing {
    key: Arc<PlateKey>,
    format: Format,
    expected: u32,
    wells: Vec<Well>,
    with_result: Vec<Well>,
    images: u64,
    last_ms: Option<i64>,
}

impl Desk {
    /// What is missing, by cause.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn gaps(&self, _: NoArgs) -> Answer<GapLedger> {
        let showing = self.showing()?;
        let upto = showing.upto();
        let plates = showing.look(|board: &Board| board.plates().filter_map(missing).collect::<Vec<_>>()).await?;
        let undecoded = showing.undecoded_by_key(upto).await?;
        let lag = if showing.at_live_edge() { self.results_lag().await } else { None };
        let mut ledger = GapLedger {
            plates: u32::try_from(plates.len()).unwrap_or(u32::MAX),
            expected: plates.iter().map(|plate| u64::from(plate.expected)).sum(),
            received: plates.iter().map(|plate| u64::from(plate.expected) - plate.wells.len() as u64).sum(),
            lag,
            rows: Vec::new(),
            left_out: 0,
        };
        for plate in &plates {
            let image_missing = showing.wells_without_image(plate, upto).await?;
            if plate.wells.is_empty() && image_missing == 0 {
                continue;
            }
            let undecodable = undecoded.get(wire::encode::message_key(&plate.key).as_bytes()).copied().unwrap_or(0);
            ledger.rows.push(row(plate, &showing, undecodable, image_missing));
        }
        share_lag(&mut ledger.rows, lag.unwrap_or(0));
        ledger.rows.sort_by_key(|row| std::cmp::Reverse((row.expected - row.received, row.image_missing)));
        ledger.left_out = u32::try_from(ledger.rows.len().saturating_sub(ROWS)).unwrap_or(u32::MAX);
        ledger.rows.truncate(ROWS);
        Ok(ledger)
    }

    /// Messages with results that the broker has and we have not; `None` where that is not known.
    async fn results_lag(&self) -> Option<u64> {
        let source = self.source().await?;
        let behind = source.topics.iter().filter(|topic| topic.kind == Kind::Results.as_str());
        behind.map(|topic| topic.lag).sum()
    }
}

impl Showing {
    /// Undecoded results by the key of their message.
    async fn undecoded_by_key(&self, upto: i64) -> Answer<BTreeMap<Box<[u8]>, u64>> {
        let mut reader = self.reader.lock().await;
        Ok(reader.undecoded_keys(Kind::Results, (0, upto), KEYS).await?.into_iter().collect())
    }

    /// Wells with a result and without an image; 0 where most have none, as on plates that are not imaged.
    async fn wells_without_image(&self, plate: &Missing, upto: i64) -> Answer<u32> {
        if plate.images < plate.with_result.len() as u64 / 2 || plate.images == 0 {
            return Ok(0);
        }
        let imaged = self.reader.lock().await.imaged_wells(&plate.key, plate.format, upto).await?;
        let without = plate.with_result.iter().filter(|well| imaged.binary_search(well).is_err()).count();
        let most_have_one = without * 2 < plate.with_result.len();
        Ok(if most_have_one { u32::try_from(without).unwrap_or(u32::MAX) } else { 0 })
    }
}

/// What a plate lacks; `None` without a layout: then nobody knows what is expected.
fn missing(plate: &PlateStanding) -> Option<Missing> {
    let (format, _) = (plate.format()?, plate.layout()?);
    let expected: Vec<Well> = Well::all_of(format).filter(|well| plate.role(*well) != Some(Role::Empty)).collect();
    let (with_result, wells) = expected.iter().copied().partition(|well| plate.has_result(*well));
    Some(Missing {
        key: Arc::clone(plate.key()),
        format,
        expected: u32::try_from(expected.len()).unwrap_or(u32::MAX),
        wells,
        with_result,
        images: plate.arrivals().1,
        last_ms: plate.last_ms(),
    })
}

fn row(plate: &Missing, showing: &Showing, undecodable: u64, image_missing: u32) -> GapRow {
    let gap = u32::try_from(plate.wells.len()).unwrap_or(u32::MAX);
    let undecodable = gap.min(u32::try_from(undecodable).unwrap_or(u32::MAX));
    GapRow {
        plate: showing.handle(&plate.key),
        run: plate.key.run.to_string(),
        barcode: plate.key.barcode.to_string(),
        expected: plate.expected,
        received: plate.expected - gap,
        not_sent: gap - undecodable,
        behind: 0,
        undecodable,
        image_missing,
        wells: cut(&plate::well_list::write(&plate.wells, plate.format)),
        last_ms: plate.last_ms,
        complete: gap == 0,
    }
}

/// Whole parts of a list, and that there are more.
fn cut(text: &str) -> String {
    if text.len() <= WELLS {
        return text.to_owned();
    }
    let kept = text[..WELLS - 2].rsplit_once(',').map_or("", |(kept, _)| kept);
    format!("{kept}, …")
}

/// Takes what is behind from what was not sent: first of the plates that were heard of last.
fn share_lag(rows: &mut [GapRow], lag: u64) {
    let mut left = u32::try_from(lag).unwrap_or(u32::MAX);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(rows[*at].last_ms));
    for at in order {
        let row = &mut rows[at];
        row.behind = row.not_sent.min(left);
        row.not_sent -= row.behind;
        left -= row.behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(not_sent: u32, last_ms: Option<i64>) -> GapRow {
        GapRow {
            plate: String::new(),
            run: String::new(),
            barcode: String::new(),
            expected: 384,
            received: 384 - not_sent,
            not_sent,
            behind: 0,
            undecodable: 0,
            image_missing: 0,
            wells: String::new(),
            last_ms,
            complete: false,
        }
    }

    #[test]
    fn what_is_behind_is_of_the_plates_that_were_heard_of_last() {
        let mut rows = [gap(10, Some(1)), gap(5, Some(3)), gap(7, None)];
        share_lag(&mut rows, 9);
        assert_eq!(rows.each_ref().map(|row| (row.not_sent, row.behind)), [(6, 4), (0, 5), (7, 0)]);
        share_lag(&mut rows[..0], 9);
        let mut rows = [gap(10, Some(1))];
        share_lag(&mut rows, u64::MAX);
        assert_eq!((rows[0].not_sent, rows[0].behind), (0, 10));
    }

    #[test]
    fn a_long_list_of_wells_ends_at_a_comma() {
        assert_eq!(cut("A01, B02"), "A01, B02");
        let long = (1..=80).map(|n| format!("A{n:02}")).collect::<Vec<_>>().join(", ");
        let short = cut(&long);
        assert!(
            short.len() <= WELLS + 2 && short.ends_with(", …") && long.starts_with(&short[..short.len() - 5]),
            "{short}"
        );
    }
}
