//! Verification: the session's own (rows, files, chains, gaps) and the road's (the board and its alerts made again).

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;

use plate::{Alert, Board};
use session::{Counts, Error, PartitionOffsets, Reader, StoredBody, StoredEntry};

use crate::digests::{Digests, digests};
use crate::rebuild;

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
    /// Who made the alerts.
    pub judged: Judged,
}

/// Who made a session's alerts, by the stamps that they bear: the cards and rules that a stamp names are in the session, so a
/// stamp that is not the board's is that of another version of the judging, or was changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Judged {
    /// There are none: any version may have judged.
    #[default]
    Unknown,
    /// This version of the judging.
    Here,
    /// Earlier versions made so many; whether those follow from the records is not known here.
    Earlier(u64),
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
        let judged = again.judged();
        Ok((digests(dir, &again.board).await?, again.wrong, judged))
    };
    let mut judged = Judged::Unknown;
    let digests = match again.await {
        Ok((digests, wrong, by)) => {
            judged = by;
            if let Judged::Earlier(alerts) = by {
                notes.push(earlier_said(alerts));
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
    Ok(Verified { counts, digests, offsets, problems, notes, first_bad, judged })
}

fn earlier_said(alerts: u64) -> String {
    let (were, they) = if alerts == 1 { ("1 alert was", "it follows") } else { ("alerts were", "they follow") };
    let count = if alerts == 1 { String::new() } else { format!("{alerts} ") };
    format!(
        "{count}{were} judged by an earlier version of Plateside, which judged otherwise: whether {they} from the records \
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
        for entry in entries {
            let seq = entry.seq;
            again.take(entry);
            rebuild::tell(reader, &mut again.board, seq).await?;
        }
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
    /// Alerts that earlier versions of the judging made.
    earlier: u64,
    /// This version has made one.
    is_here: bool,
    /// Alerts that are missing before the first one that is there: nobody knows yet who judged.
    unattributed: Vec<String>,
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
            // A session that this version has gone on with stays with it.
            StoredBody::Alert(alert)
                if !self.is_here && self.board.earlier_stamps().any(|stamp| stamp == alert.rules) =>
            {
                self.earlier += 1;
                self.unattributed.clear();
                self.due.clear();
            }
            StoredBody::Alert(alert) => {
                self.is_here = true;
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
            let missing = self.due.drain(..).map(|alert| described(&alert));
            if self.is_here {
                self.wrong.extend(missing.map(|alert| format!("an alert is missing: {alert}")));
            } else if self.earlier == 0 {
                let unless = "an alert is missing, unless an earlier version of Plateside judged and raised none";
                self.unattributed.extend(missing.map(|alert| format!("{unless}: {alert}")));
            }
        }
    }

    fn judged(&self) -> Judged {
        match (self.earlier, self.is_here) {
            (0, false) => Judged::Unknown,
            (0, true) => Judged::Here,
            (alerts, _) => Judged::Earlier(alerts),
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
        assert!(missing[0].starts_with("an alert is missing, unless an earlier version of Plateside judged and raised none: attention cv_negative of f on P"), "{missing:?}");

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

    /// Alerts behind the entries, which another version raised or this one.
    fn with(alerts: &[&Alert]) -> Again {
        let alerts = (6..).zip(alerts).map(|(seq, alert)| (seq, StoredBody::Alert((*alert).clone())));
        taken(entries().into_iter().chain(alerts.map(|(seq, body)| StoredEntry { seq, index: 0, body })).collect())
    }

    #[test]
    fn what_an_earlier_version_judged_is_said_and_is_no_sign_of_a_changed_session() {
        let mut board = Again::default();
        entries().into_iter().for_each(|entry| board.take(entry));
        board.judge();
        let ours = board.due.pop_front().unwrap();
        let stamp = board.board.earlier_stamps().next().unwrap();
        assert_ne!(ours.rules, stamp);
        let theirs = Alert { rules: stamp, value: Some(1.0), ..ours.clone() };
        for alerts in [vec![&theirs], vec![&theirs, &theirs]] {
            let again = with(&alerts);
            assert_eq!((again.wrong.as_slice(), again.judged()), (&[][..], Judged::Earlier(alerts.len() as u64)));
        }
        // What this version made after it is held against the records again, and an earlier one does not come back.
        for alerts in [vec![&theirs, &ours], vec![&ours, &theirs]] {
            let again = with(&alerts);
            assert_eq!(again.wrong.len(), 1, "{:?}", again.wrong);
            assert!(again.wrong[0].contains("does not follow from the records"), "{:?}", again.wrong);
        }
        // A stamp of no version is a changed one.
        let again = with(&[&Alert { rules: "0123456789abcdef".into(), ..ours.clone() }]);
        assert_eq!((again.wrong.len(), again.judged()), (1, Judged::Here), "{:?}", again.wrong);
        assert_eq!(with(&[&ours]).judged(), Judged::Here);
        assert_eq!(with(&[]).judged(), Judged::Unknown);
        assert!(earlier_said(1).starts_with("1 alert was judged by an earlier version"), "{}", earlier_said(1));
        assert!(earlier_said(2).starts_with("2 alerts were judged by an earlier version"), "{}", earlier_said(2));
    }
}
