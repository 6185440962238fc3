//! What other rules would have said of a session: its records judged again, with nothing written.

use std::path::Path;
use std::sync::Arc;

use plate::rules::Rules;
use plate::{Alert, Board, LocalBody, LocalRecord, Record};
use session::{Reader, StoredBody};

use crate::rebuild;

/// Records read at a time.
const PAGE: usize = 4096;

/// What came of it.
#[derive(Debug, Clone)]
pub struct DryRun {
    /// Alerts with the `seq` of their cause, in order.
    pub alerts: Vec<Alert>,
    /// Those that the session holds, for comparison.
    pub recorded: Vec<Alert>,
    /// Records that were judged.
    pub records: u64,
    /// The digest of rules and cards that judged at the end.
    pub judged_by: Box<str>,
}

/// Judges a session by `rules` from its first record on.
///
/// # Errors
/// [`session::Error`] where the session cannot be read.
pub async fn dry_run(dir: &Path, rules: &Arc<Rules>) -> Result<DryRun, session::Error> {
    let mut reader = Reader::open(dir).await?;
    let (mut board, mut changes, mut after) = (Board::new(), Vec::new(), 0);
    let mut time = Time::default();
    let mut run = DryRun { alerts: Vec::new(), recorded: Vec::new(), records: 0, judged_by: "".into() };
    loop {
        let entries = reader.entries(after, PAGE).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        let mut entries = entries.into_iter().peekable();
        while let Some(entry) = entries.next() {
            run.records += 1;
            match entry.body {
                StoredBody::Stream { origin, record } => {
                    if matches!(record, Record::Result(_)) {
                        run.alerts.extend(time.pass(&mut board, origin.timestamp_ms, entry.seq - 1));
                    }
                    drop(board.apply(&origin, &record, &mut changes));
                }
                StoredBody::Undecoded => board.hear_undecoded(),
                StoredBody::Local(record) => {
                    board.apply_local(&under(rules, record), &mut changes);
                    rebuild::tell(&mut reader, &mut board, entry.seq).await?;
                }
                StoredBody::Alert(alert) => run.recorded.push(alert),
            }
            if entries.peek().is_none_or(|next| next.seq != entry.seq) {
                run.alerts.extend(board.judge(entry.seq));
            }
            changes.clear();
        }
    }
    run.judged_by = board.judged_by().into();
    Ok(run)
}

/// How often a recording looks whether a rule waits for time alone.
const LOOK_MS: i64 = 1000;
/// Nobody waits any more after an hour.
const LONGEST_MS: i64 = 3_600_000;

/// The time between messages: the session's own records of it are those that its own rules waited for.
#[derive(Debug, Default)]
struct Time {
    newest_ms: Option<i64>,
}

impl Time {
    /// Lets it be `to_ms`, as results say it, looking on the way as a recording does; what the rules say then, caused by what
    /// came before.
    fn pass(&mut self, board: &mut Board, to_ms: i64, cause_seq: i64) -> Vec<Alert> {
        let from = self.newest_ms.unwrap_or(to_ms);
        self.newest_ms = Some(from.max(to_ms));
        let upto = to_ms.min(from.saturating_add(LONGEST_MS));
        let (mut alerts, mut at) = (Vec::new(), from.saturating_add(LOOK_MS));
        while at < upto {
            if board.is_time_due(at) {
                let body = LocalBody::Clock { stream_ms: at };
                board.apply_local(&LocalRecord { at_ms: at, by: "plateside".into(), body }, &mut Vec::new());
                alerts.extend(board.judge(cause_seq));
            }
            at += LOOK_MS;
        }
        alerts
    }
}

/// A record as it would have been under other rules.
fn under(rules: &Arc<Rules>, record: LocalRecord) -> LocalRecord {
    match record.body {
        LocalBody::Profile { name, cards, .. } => {
            LocalRecord { body: LocalBody::Profile { name, cards, rules: Some(Arc::clone(rules)) }, ..record }
        }
        // The alerts that it speaks of are those of the session's own rules.
        LocalBody::Acknowledgement { .. } => LocalRecord { body: LocalBody::Note { text: "".into() }, ..record },
        _ => record,
    }
}

#[cfg(test)]
mod tests {
    use plate::{Alert, FeatureList, Features, Format, Origin, PlateKey, ResultRecord, Source, Value};

    use super::*;

    /// A well every five seconds, then none for two minutes while another plate is read; then one again.
    fn alerts(rules: &str) -> Vec<(i64, Box<str>)> {
        let rules = crate::rules::read(rules).map(|(_, rules)| Arc::new(rules)).unwrap();
        let (mut board, mut time, mut alerts) = (Board::new(), Time::default(), Vec::<Alert>::new());
        let profile = LocalBody::Profile { name: "p".into(), cards: Vec::new().into(), rules: Some(rules) };
        board.apply_local(&LocalRecord { at_ms: 0, by: "test".into(), body: profile }, &mut Vec::new());
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let list = Arc::new(FeatureList::new(vec!["f".into()]));
        let wells = [("P1", "A01", 0), ("P1", "A02", 5), ("P2", "A01", 6), ("P2", "A02", 126), ("P1", "A03", 127)];
        for (seq, (plate, well, seconds)) in (1..).zip(wells) {
            let features = Features::new(Arc::clone(&list), [Value::Number(1.0)]).unwrap();
            let (plate, well, format) = (Arc::new(PlateKey::new("", plate)), well.parse().unwrap(), Format::F96);
            let record = Record::Result(ResultRecord { plate, format, well, site: None, read_at_ms: None, features });
            let timestamp_ms = 1_795_000_000_000 + seconds * 1000;
            let origin = Origin { source: Arc::clone(&source), partition: 0, offset: seq, timestamp_ms };
            alerts.extend(time.pass(&mut board, timestamp_ms, seq - 1));
            board.apply(&origin, &record, &mut Vec::new()).unwrap();
            alerts.extend(board.judge(seq));
        }
        let raised = alerts.iter().filter(|alert| alert.level != plate::AlertLevel::Cleared);
        raised.map(|alert| (alert.cause_seq, alert.plate.barcode.clone())).collect()
    }

    #[test]
    fn rules_that_wait_for_time_are_asked_between_the_messages() {
        let silent = |seconds: u32| {
            format!(
                "[[rule]]\nid = 'silence'\ntitle = 'Silent'\nscope = 'plate'\nper_feature = false\nwhen = 'plate.silent_s >= {seconds}.0'\nseverity = 'warning'\nguidance = 'Look.'\nopens = 'plate'\n"
            )
        };
        assert_eq!(alerts(&silent(60)), [(3, "P1".into()), (3, "P2".into())], "both, while nothing came");
        assert_eq!(alerts(&silent(120)), [(3, "P1".into())], "P2 was heard of again in time");
        assert_eq!(alerts(&silent(600)), []);
    }
}
