//! Verification: the session's own (rows, files, chains, gaps) and the road's (the board and its alerts made again).

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;

use plate::{Alert, Board};
use session::{Counts, Error, PartitionOffsets, Reader, StoredBody, StoredEntry};

use crate::digests::{Digests, digests};

/// What a verification found.
#[derive(Debug, Clone)]
pub struct Verified {
    /// How much there is.
    pub counts: Counts,
    /// The three digests, computed from what is on disk; `None` where it is too damaged for that.
    pub digests: Option<Digests>,
    /// Where each partition begins and ends, and how many offsets are missing between.
    pub offsets: Vec<PartitionOffsets>,
    /// What is wrong; without any the session is whole and unchanged.
    pub problems: Vec<String>,
    /// What is worth knowing and harmless.
    pub notes: Vec<String>,
    /// As the session's [`first_bad`](session::Verification::first_bad).
    pub first_bad: Option<i64>,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Entries read at a time.
const PAGE: usize = 4096;
/// So many alerts that differ are named.
const NAMED_ALERTS: usize = 20;

/// How far a verification is: it walks over the session twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyProgress {
    /// What is being looked at.
    pub part: VerifyPart,
    /// The last `seq` that was looked at.
    pub seq: i64,
    /// The last of all.
    pub last_seq: i64,
}

/// The two parts of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyPart {
    /// Rows, files, chains and offsets.
    RowsAndFiles,
    /// The board and its alerts, made again.
    Judgement,
}

/// Reads everything in `dir` again and judges it again.
///
/// # Errors
/// [`Error`] where the session cannot be looked at; what is wrong inside is in the result.
pub async fn verify(dir: &Path) -> Result<Verified, Error> {
    verify_telling(dir, |_| {}).await
}

/// As [`verify`]; `tell` hears how far it is.
///
/// # Errors
/// As [`verify`].
pub async fn verify_telling(dir: &Path, mut tell: impl FnMut(VerifyProgress) + Send) -> Result<Verified, Error> {
    let go_on = move |at| {
        tell(at);
        ControlFlow::Continue(())
    };
    verify_reader(&mut Reader::open(dir).await?, dir, go_on).await
}

/// As [`verify_telling`], of a reader whose rows lie in `dir` and whose files may lie elsewhere; `tell` says whether to go on.
///
/// # Errors
/// As [`verify`], and [`Error::Stopped`].
pub(crate) async fn verify_reader(
    reader: &mut Reader,
    dir: &Path,
    mut tell: impl FnMut(VerifyProgress) -> ControlFlow<()> + Send,
) -> Result<Verified, Error> {
    let mut of_part = |part, seq, last_seq| tell(VerifyProgress { part, seq, last_seq });
    let verification = reader.verify_telling(&mut |seq, last| of_part(VerifyPart::RowsAndFiles, seq, last)).await?;
    let session::Verification { counts, offsets, mut problems, mut notes, first_bad, .. } = verification;
    let again = async {
        let again = judge_again(reader, |seq, last| of_part(VerifyPart::Judgement, seq, last)).await?;
        Ok((digests(dir, &again.board).await?, again.wrong, again.by_others))
    };
    let digests = match again.await {
        Ok((digests, wrong, by_others)) => {
            if by_others > 0 {
                notes.push(by_others_said(by_others));
            }
            let more = wrong.len().saturating_sub(NAMED_ALERTS);
            problems.extend(wrong.into_iter().take(NAMED_ALERTS));
            if more > 0 {
                problems.push(format!("{more} more alerts differ"));
            }
            Some(digests)
        }
        // Damage is a finding, and nearly always one that the session has named already.
        Err(damaged @ Error::Damaged { .. }) => {
            let sentence = damaged.to_string();
            if !problems.contains(&sentence) {
                problems.push(sentence);
            }
            None
        }
        Err(error) => return Err(error),
    };
    Ok(Verified { counts, digests, offsets, problems, notes, first_bad })
}

fn by_others_said(alerts: u64) -> String {
    let (what, they) = if alerts == 1 { ("1 alert was", "it follows") } else { ("alerts were", "they follow") };
    let count = if alerts == 1 { String::new() } else { format!("{alerts} ") };
    format!(
        "{count}{what} judged by another version of Plateside, which may judge otherwise: whether {they} from the records \
         was not looked at, and the judgement digest compares with none of that version"
    )
}

/// The board from disk, and where the alerts in the session are not those that its records give (`DATA.md` 15).
async fn judge_again(reader: &mut Reader, mut tell: impl FnMut(i64, i64) -> ControlFlow<()>) -> Result<Again, Error> {
    let mut again = Again::default();
    let (mut after, last_seq) = (0, reader.last_seq().await?);
    loop {
        if tell(after, last_seq).is_break() {
            return Err(Error::Stopped);
        }
        let entries = reader.entries(after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(again.end()) };
        after = last.seq;
        entries.into_iter().for_each(|entry| again.take(entry));
    }
}

/// The road's part of a session, made again beside the stored one.
#[derive(Debug, Default)]
struct Again {
    board: Board,
    /// The message that is being applied: it is judged after its last record.
    open: Option<i64>,
    /// Alerts that should come next.
    due: VecDeque<Alert>,
    wrong: Vec<String>,
    /// Alerts that another version of the judging made.
    by_others: u64,
    /// Who made the last alert; before the first one nobody knows who judged.
    judge: Option<Judge>,
    /// Alerts that are missing before the first one that is there.
    unattributed: Vec<String>,
}

/// Who made an alert, by the stamp that it bears: the cards and rules that it names are in the session, so where the stamp is
/// not the board's, the version of the judging is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// This version of the judging.
    We,
    /// Another version.
    Another,
}

impl Again {
    fn take(&mut self, entry: StoredEntry) {
        let (seq, mut changes) = (entry.seq, Vec::new());
        if self.open.is_some_and(|open| open != seq) {
            self.judge();
        }
        match entry.body {
            StoredBody::Stream { origin, record } => {
                self.nothing_is_due();
                if let Err(conflict) = self.board.apply(&origin, &record, &mut changes) {
                    self.wrong.push(format!("entry {seq}: {conflict}, yet it was stored as a record"));
                }
                self.open = Some(seq);
            }
            StoredBody::Undecoded => {
                self.nothing_is_due();
                self.board.hear_undecoded();
                self.open = Some(seq);
            }
            StoredBody::Local(record) => {
                self.nothing_is_due();
                self.board.apply_local(&record, &mut changes);
                self.open = Some(seq);
            }
            StoredBody::Alert(alert) if *alert.rules != *self.board.judged_by() => {
                self.by_others += 1;
                self.judge = Some(Judge::Another);
                self.unattributed.clear();
                self.due.clear();
            }
            StoredBody::Alert(alert) => {
                self.judge = Some(Judge::We);
                self.wrong.append(&mut self.unattributed);
                match self.due.pop_front() {
                    Some(due) if due == alert => {}
                    Some(due) => {
                        let (says, gives) = (described(&alert), described(&due));
                        self.wrong.push(format!("alert {seq} says {says}, the records give {gives}"));
                    }
                    None => {
                        self.wrong.push(format!("alert {seq} ({}) does not follow from the records", described(&alert)))
                    }
                }
            }
        }
    }

    fn judge(&mut self) {
        if let Some(seq) = self.open.take() {
            self.due.extend(self.board.judge(seq));
        }
    }

    fn nothing_is_due(&mut self) {
        if self.open.is_none() {
            let missing = self.due.drain(..).map(|alert| format!("an alert is missing: {}", described(&alert)));
            match self.judge {
                None => self.unattributed.extend(missing),
                Some(Judge::We) => self.wrong.extend(missing),
                Some(Judge::Another) => {}
            }
        }
    }

    fn end(mut self) -> Again {
        self.judge();
        self.nothing_is_due();
        self.wrong.append(&mut self.unattributed);
        self
    }
}

fn described(alert: &Alert) -> String {
    let value = alert.value.map_or_else(|| "undefined".to_owned(), |value| value.to_string());
    format!(
        "{} {} of {} on {} (value {value}, caused by entry {}, rules {})",
        alert.level.as_str(),
        alert.rule,
        alert.feature,
        alert.plate,
        alert.cause_seq,
        alert.rules
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plate::{
        FeatureList, Features, Format, Layout, LayoutRecord, LayoutWell, LocalBody, LocalRecord, Origin, PlateKey,
        Record, ResultRecord, Role, Source, Value,
    };

    use super::*;
    use crate::profile::Profile;

    const PROFILE: &str = "[[assay]]\nname = 'A'\n[[assay.headline]]\nfeature = 'f'";

    /// A card, a layout of three negatives, and results so wide that the third raises an alert.
    fn entries() -> Vec<StoredEntry> {
        let cards = Profile::parse(PROFILE, Path::new("p.toml")).unwrap().assay.into();
        let body = LocalBody::Profile { name: "p".into(), cards, rules: None };
        let local = StoredBody::Local(LocalRecord { at_ms: 0, by: "plateside".into(), body });
        let plate = Arc::new(PlateKey::new("", "P"));
        let wells = ["A01", "A02", "A03"].map(|well| well.parse().unwrap());
        let named =
            |well| LayoutWell { well, role: Role::Negative, compound: None, concentration: None, replicate: None };
        let layout = Layout::new(Format::F96, Some("A".into()), None, wells.map(named).to_vec()).unwrap();
        let mut records = vec![Record::Layout(LayoutRecord { plate: Arc::clone(&plate), layout: Arc::new(layout) })];
        let list = Arc::new(FeatureList::new(vec!["f".into()]));
        for (well, number) in wells.into_iter().zip([1.0, 5.0, 9.0]) {
            let features = Features::new(Arc::clone(&list), [Value::Number(number)]).unwrap();
            let (plate, format) = (Arc::clone(&plate), Format::F96);
            records.push(Record::Result(ResultRecord { plate, format, well, site: None, read_at_ms: None, features }));
        }
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let stream = (0..).zip(records).map(|(offset, record)| {
            let origin = Origin { source: Arc::clone(&source), partition: 0, offset, timestamp_ms: offset };
            StoredBody::Stream { origin, record }
        });
        let bodies = std::iter::once(local).chain(stream);
        (1..).zip(bodies).map(|(seq, body)| StoredEntry { seq, index: 0, body }).collect()
    }

    fn taken(entries: Vec<StoredEntry>) -> Again {
        let mut again = Again::default();
        entries.into_iter().for_each(|entry| again.take(entry));
        again.end()
    }

    fn judged(entries: Vec<StoredEntry>) -> Vec<String> {
        taken(entries).wrong
    }

    #[test]
    fn an_alert_that_is_missing_changed_or_made_up_is_a_problem() {
        let missing = judged(entries());
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert!(missing[0].starts_with("an alert is missing: attention cv_negative of f on P"), "{missing:?}");

        let mut board = Again::default();
        entries().into_iter().for_each(|entry| board.take(entry));
        board.judge();
        let alert = board.due.pop_front().unwrap();
        let with = |alert: &Alert| {
            let body = StoredBody::Alert(alert.clone());
            entries().into_iter().chain([StoredEntry { seq: 6, index: 0, body }]).collect::<Vec<_>>()
        };
        assert_eq!(judged(with(&alert)), Vec::<String>::new(), "as it was recorded");
        let changed = judged(with(&Alert { value: Some(1.0), ..alert.clone() }));
        assert!(changed.len() == 1 && changed[0].contains("the records give"), "{changed:?}");
        let mut twice = with(&alert);
        twice.push(StoredEntry { seq: 7, index: 0, body: StoredBody::Alert(alert) });
        let made_up = judged(twice);
        assert!(made_up.len() == 1 && made_up[0].contains("does not follow from the records"), "{made_up:?}");
    }

    #[test]
    fn what_another_version_judged_is_said_and_is_no_sign_of_a_changed_session() {
        let mut board = Again::default();
        entries().into_iter().for_each(|entry| board.take(entry));
        board.judge();
        let ours = board.due.pop_front().unwrap();
        let theirs = Alert { rules: "0123456789abcdef".into(), value: Some(1.0), ..ours.clone() };
        let alert = |seq, alert: &Alert| StoredEntry { seq, index: 0, body: StoredBody::Alert(alert.clone()) };
        // In the place of ours; and as the first of all, where ours, that follows from the records, was never made.
        for alerts in [vec![alert(6, &theirs)], vec![alert(6, &theirs), alert(7, &theirs)]] {
            let count = alerts.len() as u64;
            let again = taken(entries().into_iter().chain(alerts).collect());
            assert_eq!((again.wrong.as_slice(), again.by_others), (&[][..], count));
        }
        // What we judged after it is held against the records again.
        let again = taken(entries().into_iter().chain([alert(6, &theirs), alert(7, &ours)]).collect());
        assert_eq!((again.wrong.len(), again.by_others), (1, 1), "{:?}", again.wrong);
        assert!(by_others_said(1).starts_with("1 alert was judged by another version"), "{}", by_others_said(1));
        assert!(by_others_said(2).starts_with("2 alerts were judged by another version"), "{}", by_others_said(2));
    }
}
