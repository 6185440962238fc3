//! The gap ledger: wells that layouts expect and that have not been received, by the likeliest cause.
//!
//! A missing well has no message that could say why, so its cause is an account: messages that could not be decoded, whose key
//! names the plate and whose body still names the well, come first; then what the broker holds and was not read yet (the
//! plates of which results came last are taken to be in it); what is left was not sent. Where nobody knows how much the broker
//! holds, what is left is either of these: unknown is not zero.

mod imaged;
mod unread;

use std::sync::Arc;

use plate::{Board, Format, PlateKey, PlateStanding, Role, Well};
use serde::Serialize;
use ts_rs::TS;

use self::imaged::{Count, Images};
use self::unread::{OfKey, Unread};
use super::Desk;
use super::chosen::NoArgs;
use super::failure::Answer;

/// Plates with gaps that are listed.
const ROWS: usize = 500;
/// Characters of the list of missing wells.
const WELLS: usize = 200;

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
    /// Results messages behind; `null` while unknown, and for a session that is not recorded here.
    pub lag: Option<u64>,
}

/// What is missing of one plate: `not_sent + behind + undecodable + unknown` is `expected - received`.
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
    /// Messages with the plate's key name them and could not be decoded.
    pub undecodable: u32,
    /// They were not sent or not read: the lag is not known.
    pub unknown: u32,
    /// Messages with the plate's key that could not be decoded and name no well: they may be of any of these wells.
    pub unreadable: u32,
    /// Wells with a result of which an image is expected: all of them once one has one, or those that the lab images on the
    /// run's other plates; 0 on a plate that is not imaged.
    pub image_expected: u32,
    /// Those of them with an image.
    pub imaged: u32,
    /// Those of them that lack a site or channel that most wells of the plate have.
    pub image_partial: u32,
    /// Those of them without an image or with such a part of it.
    pub image_missing: u32,
    /// The missing wells in the well syntax, at most 200 characters.
    pub wells: String,
    /// The newest Kafka timestamp of its results.
    pub last_ms: Option<i64>,
    /// Every expected well has a result.
    pub complete: bool,
}

/// A plate's part of the account, before causes are known.
struct Missing {
    key: Arc<PlateKey>,
    format: Format,
    assay: Option<Box<str>>,
    expected: u32,
    /// Wells without a result, and those with one, each in the order of rows.
    wells: Vec<Well>,
    with_result: Vec<Well>,
    /// Planes so far.
    images: u64,
    last_result_ms: Option<i64>,
}

/// What was read of a session, so that each question reads only what is new.
#[derive(Debug, Default)]
pub(super) struct Known {
    unread: Unread,
    images: Images,
}

impl Desk {
    /// What is missing, by cause.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn gaps(&self, _: NoArgs) -> Answer<GapLedger> {
        let showing = self.showing()?;
        let plates = showing.look(|board: &Board| board.plates().filter_map(missing).collect::<Vec<_>>()).await?;
        let upto = showing.upto();
        let mut known = showing.gaps.lock().await;
        known.unread.advance(&showing.reader, upto).await?;
        let mut images = Vec::with_capacity(plates.len());
        for plate in &plates {
            images.push(known.images.of(&showing.reader, plate, upto).await?);
        }
        let lag = self.results_lag(&showing).await;
        let mut ledger = GapLedger {
            plates: u32::try_from(plates.len()).unwrap_or(u32::MAX),
            expected: plates.iter().map(|plate| u64::from(plate.expected)).sum(),
            received: plates.iter().map(|plate| u64::from(plate.expected) - plate.wells.len() as u64).sum(),
            lag,
            rows: Vec::new(),
            left_out: 0,
        };
        for (plate, count) in plates.iter().zip(imaged::counted(&plates, &images)) {
            if plate.wells.is_empty() && count.expected == count.imaged && count.partial == 0 {
                continue;
            }
            let unread = known.unread.of(wire::encode::message_key(&plate.key).as_bytes());
            ledger.rows.push(row(plate, showing.handle(&plate.key), unread, count));
        }
        share_lag(&mut ledger.rows, lag);
        ledger.rows.sort_by_key(|row| std::cmp::Reverse((row.expected - row.received, row.image_missing)));
        ledger.left_out = u32::try_from(ledger.rows.len().saturating_sub(ROWS)).unwrap_or(u32::MAX);
        ledger.rows.truncate(ROWS);
        Ok(ledger)
    }
}

/// What a plate lacks; `None` without a layout: then nobody knows what is expected.
fn missing(plate: &PlateStanding) -> Option<Missing> {
    let (format, layout) = (plate.format()?, plate.layout()?);
    let expected: Vec<Well> = Well::all_of(format).filter(|well| plate.role(*well) != Some(Role::Empty)).collect();
    let (with_result, wells) = expected.iter().copied().partition(|well| plate.has_result(*well));
    Some(Missing {
        key: Arc::clone(plate.key()),
        format,
        assay: layout.assay.clone(),
        expected: u32::try_from(expected.len()).unwrap_or(u32::MAX),
        wells,
        with_result,
        images: plate.arrivals().1,
        last_result_ms: plate.last_result_ms(),
    })
}

/// What was sent again and read is no gap: of messages that could not be decoded only those of missing wells count.
fn row(plate: &Missing, handle: String, unread: Option<&OfKey>, images: Count) -> GapRow {
    let gap = u32::try_from(plate.wells.len()).unwrap_or(u32::MAX);
    let of_gap = |unread: &OfKey| plate.wells.iter().filter(|well| unread.wells.contains(*well)).count();
    let undecodable = u32::try_from(unread.map_or(0, of_gap)).unwrap_or(u32::MAX);
    GapRow {
        plate: handle,
        run: plate.key.run.to_string(),
        barcode: plate.key.barcode.to_string(),
        expected: plate.expected,
        received: plate.expected - gap,
        not_sent: gap - undecodable,
        behind: 0,
        undecodable,
        unknown: 0,
        unreadable: unread.map_or(0, |unread| unread.unknown),
        image_expected: images.expected,
        imaged: images.imaged,
        image_partial: images.partial,
        image_missing: images.expected - images.imaged + images.partial,
        wells: cut(&plate::well_list::write(&plate.wells, plate.format)),
        last_ms: plate.last_result_ms,
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

/// Takes what is behind from what was not sent: first of the plates of which results came last. Where it is not known, nor is
/// what was not sent.
fn share_lag(rows: &mut [GapRow], lag: Option<u64>) {
    let Some(lag) = lag else {
        rows.iter_mut().for_each(|row| row.unknown = std::mem::take(&mut row.not_sent));
        return;
    };
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
            unknown: 0,
            unreadable: 0,
            image_expected: 0,
            imaged: 0,
            image_partial: 0,
            image_missing: 0,
            wells: String::new(),
            last_ms,
            complete: false,
        }
    }

    #[test]
    fn what_is_behind_is_of_the_plates_of_which_results_came_last() {
        let mut rows = [gap(10, Some(1)), gap(5, Some(3)), gap(7, None)];
        share_lag(&mut rows, Some(9));
        assert_eq!(rows.each_ref().map(|row| (row.not_sent, row.behind)), [(6, 4), (0, 5), (7, 0)]);
        share_lag(&mut rows[..0], Some(9));
        let mut rows = [gap(10, Some(1))];
        share_lag(&mut rows, Some(u64::MAX));
        assert_eq!((rows[0].not_sent, rows[0].behind), (0, 10));
        let mut rows = [gap(10, Some(1))];
        share_lag(&mut rows, Some(0));
        assert_eq!((rows[0].not_sent, rows[0].behind, rows[0].unknown), (10, 0, 0));
    }

    #[test]
    fn without_a_known_lag_nothing_is_said_to_be_not_sent() {
        let mut rows = [GapRow { undecodable: 2, ..gap(10, Some(1)) }, gap(0, None)];
        share_lag(&mut rows, None);
        let causes = rows.each_ref().map(|row| (row.not_sent, row.behind, row.undecodable, row.unknown));
        assert_eq!(causes, [(0, 0, 2, 10), (0, 0, 0, 0)]);
    }

    #[test]
    fn a_message_that_could_not_be_decoded_is_of_a_missing_well_or_of_nobody() {
        let wells = |list: &str| plate::well_list::parse(list, Format::F24).unwrap();
        let plate = Missing {
            key: Arc::new(plate::PlateKey::new("run", "P1")),
            format: Format::F24,
            assay: None,
            expected: 24,
            wells: wells("A01-A03"),
            with_result: wells("A04-D06"),
            images: 0,
            last_result_ms: Some(3),
        };
        // One of a missing well, one of a well that was sent again and read, nine of which nobody knows the well.
        let unread = OfKey { wells: wells("A02, C01").into_iter().collect(), unknown: 9 };
        let images = Count { expected: 21, imaged: 15, partial: 2 };
        let row = row(&plate, "h".into(), Some(&unread), images);
        assert_eq!((row.undecodable, row.unreadable, row.not_sent), (1, 9, 2));
        assert_eq!((row.imaged, row.image_expected, row.image_partial, row.image_missing), (15, 21, 2, 8));
        assert_eq!((row.expected, row.received, row.last_ms, row.complete), (24, 21, Some(3), false));
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
