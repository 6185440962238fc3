//! What there is to review in a session: flags of pipelines, models, people and rules, and what people decided about them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use plate::review::{Annotation, ReviewBody, Verdict};
use plate::{
    Alert, AlertLevel, FlagEvent, FlagRecord, LocalBody, LocalRecord, PlateKey, Record, ReviewRecord, Severity, Spot,
    SpotCheckRecord, Well,
};
use session::{Reader, StoredBody, What};

/// Entries that are read at a time.
const PAGE: usize = 2048;
/// Flags that are held; older ones that are settled go first.
const MOST_FLAGS: usize = 50_000;

/// Clocks of a lab differ by at most so much.
const MOST_SKEW_MS: i64 = 2 * 60_000;

/// Names a flag: its plate, and its id there.
pub type FlagKey = (Arc<PlateKey>, Box<str>);
/// A site of a well of a plate, or less.
type Place = (Arc<PlateKey>, Option<Well>, Option<u16>);

/// A flag that was raised.
#[derive(Debug, Clone, PartialEq)]
pub struct Flagged {
    /// What was raised.
    pub flag: Arc<FlagRecord>,
    /// Where the session has it.
    pub seq: i64,
    /// It was cleared since.
    pub is_cleared: bool,
}

/// Whether somebody is to look at a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has decided.
    Waiting,
    /// A second person is to look.
    SecondReader,
    /// It is decided.
    Decided,
    /// Whoever raised it has cleared it.
    Cleared,
}

/// An event about a place, made here or read.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The event.
    pub event: Arc<ReviewRecord>,
    /// Where the session has it first.
    pub seq: i64,
    /// It was made in this session.
    pub is_ours: bool,
}

impl Said {
    /// Whether it was said after the flag was raised. Of what was made here the session's order says so; what was read came
    /// in the order of its topics, and only its time can tell.
    fn is_about(&self, flagged: &Flagged) -> bool {
        if self.is_ours { self.seq > flagged.seq } else { self.event.at_ms + MOST_SKEW_MS >= flagged.flag.at_ms }
    }
}

/// All of it, up to a `seq`.
#[derive(Debug, Default)]
pub struct FlagBook {
    upto: i64,
    flags: BTreeMap<FlagKey, Flagged>,
    events: HashMap<Place, Vec<Said>>,
    checks: HashMap<Place, Vec<(i64, i64, Arc<SpotCheckRecord>)>>,
    /// Alerts of this session: where, of which plate and rule.
    alerts: HashSet<(i64, Arc<PlateKey>, Box<str>)>,
    seen: HashSet<Box<str>>,
    superseded: HashSet<Box<str>>,
}

impl FlagBook {
    /// Reads what came since; begins anew where `upto` lies before what it has.
    ///
    /// # Errors
    /// [`session::Error`].
    pub async fn advance(&mut self, reader: &mut Reader, upto: i64) -> Result<(), session::Error> {
        if upto < self.upto {
            *self = FlagBook::default();
        }
        let what = What { said: true, alerts: true, locals: true, ..What::NONE };
        while self.upto < upto {
            let entries = reader.entries_of(what, self.upto, PAGE).await?;
            let Some(last) = entries.last().map(|entry| entry.seq) else { break };
            for entry in entries {
                // An alert has the time of its receipt.
                let at_ms = match (&entry.body, entry.seq <= upto) {
                    (_, false) => continue,
                    (StoredBody::Alert(_), true) => reader.time_of_seq(entry.seq).await?.unwrap_or(0) / 1000,
                    (_, true) => 0,
                };
                self.take(entry.seq, at_ms, entry.body);
            }
            self.upto = last.min(upto);
        }
        self.upto = upto;
        self.forget();
        Ok(())
    }

    fn take(&mut self, seq: i64, received_ms: i64, body: StoredBody) {
        match body {
            StoredBody::Stream { record: Record::Flag(flag), .. } => {
                // An alert of this session that went to the lab's topic comes back: it waits here already.
                let known = |seq| self.alerts.contains(&(seq, Arc::clone(&flag.plate), flag.reason.clone()));
                if !flag.alert_seq().is_some_and(known) {
                    self.flag(seq, Arc::new(flag));
                }
            }
            StoredBody::Stream { record: Record::Review(event), .. } => self.event(seq, Arc::new(event), false),
            StoredBody::Local(LocalRecord { body: LocalBody::Flag(flag), .. }) => self.flag(seq, flag),
            StoredBody::Local(LocalRecord { body: LocalBody::Event(event), .. }) => self.event(seq, event, true),
            StoredBody::Local(LocalRecord { body: LocalBody::SpotCheck(check), at_ms, .. }) => {
                self.checks.entry(place(&check.plate, &check.spot)).or_default().push((seq, at_ms, check));
            }
            StoredBody::Alert(alert) => self.alert(seq, received_ms, &alert),
            _ => {}
        }
    }

    fn flag(&mut self, seq: i64, flag: Arc<FlagRecord>) {
        let key = (Arc::clone(&flag.plate), flag.id.clone());
        match flag.event {
            FlagEvent::Raised => {
                self.flags.insert(key, Flagged { flag, seq, is_cleared: false });
            }
            FlagEvent::Cleared => {
                if let Some(known) = self.flags.get_mut(&key) {
                    known.is_cleared = true;
                }
            }
        }
    }

    /// A rule's state is a flag on its plate, one a feature, rule and pair of controls.
    fn alert(&mut self, seq: i64, at_ms: i64, alert: &Alert) {
        self.alerts.insert((seq, Arc::clone(&alert.plate), alert.rule.clone()));
        let id =
            format!("rule {} {} {} {}", alert.rule, alert.feature, alert.positive.as_str(), alert.negative.as_str());
        let (event, severity) = match alert.level {
            AlertLevel::Cleared => (FlagEvent::Cleared, Severity::Info),
            AlertLevel::Info => (FlagEvent::Raised, Severity::Info),
            AlertLevel::Attention => (FlagEvent::Raised, Severity::Warning),
            AlertLevel::Fail => (FlagEvent::Raised, Severity::Error),
        };
        self.flag(
            seq,
            Arc::new(FlagRecord {
                plate: Arc::clone(&alert.plate),
                spot: alert.spot.clone(),
                id: id.into(),
                event,
                reason: alert.rule.clone(),
                severity,
                score: alert.value,
                source: "rule".into(),
                at_ms,
                guidance: Some(crate::rules::words(None, &alert.rule).guidance.into()),
            }),
        );
    }

    fn event(&mut self, seq: i64, event: Arc<ReviewRecord>, is_ours: bool) {
        // Read twice, as our own are, it is one.
        if !self.seen.insert(event.id.clone()) {
            return;
        }
        self.superseded.extend(event.supersedes.clone());
        self.events.entry(place(&event.plate, &event.spot)).or_default().push(Said { event, seq, is_ours });
    }

    fn forget(&mut self) {
        if self.flags.len() <= MOST_FLAGS {
            return;
        }
        let mut settled: Vec<(i64, FlagKey)> = self
            .flags
            .iter()
            .filter(|(_, flagged)| !matches!(self.standing(flagged).0, Standing::Waiting | Standing::SecondReader))
            .map(|(key, flagged)| (flagged.seq, key.clone()))
            .collect();
        settled.sort();
        for (_, key) in settled.into_iter().take(self.flags.len() - MOST_FLAGS) {
            self.flags.remove(&key);
        }
    }

    /// All flags that are held.
    pub fn flags(&self) -> impl Iterator<Item = &Flagged> {
        self.flags.values()
    }

    /// A flag by its plate and id.
    #[must_use]
    pub fn flag_of(&self, key: &FlagKey) -> Option<&Flagged> {
        self.flags.get(key)
    }

    /// How a flag stands, and the decision that made it so.
    #[must_use]
    pub fn standing(&self, flagged: &Flagged) -> (Standing, Option<&Said>) {
        let decision = self.decisions(&flagged.flag.plate, &flagged.flag.spot).filter(|said| said.is_about(flagged));
        let newest = decision.max_by_key(|said| (said.event.at_ms, said.seq));
        let standing = match newest.map(|said| &said.event.body) {
            Some(ReviewBody::Decision(decision)) if decision.verdict == Verdict::SecondReader => Standing::SecondReader,
            Some(_) => Standing::Decided,
            None if flagged.is_cleared => Standing::Cleared,
            None => Standing::Waiting,
        };
        (standing, newest)
    }

    /// How far it has read.
    #[must_use]
    pub fn upto(&self) -> i64 {
        self.upto
    }

    /// Flags of a plate that people raised, or anybody about the plate as a whole, and that nobody has settled: those that wait
    /// for somebody, a second reader too. What pipelines and models find in single images waits in the queue and is not counted
    /// here: nearly every plate has some. Nor is what rules find: alerts are told as such, also where a lab's topic brings them
    /// back.
    #[must_use]
    pub fn open_of(&self, plate: &Arc<PlateKey>) -> u32 {
        let first: FlagKey = (Arc::clone(plate), Box::default());
        let of_plate = self.flags.range(first..).map_while(|((of, _), flagged)| (of == plate).then_some(flagged));
        let open = of_plate.filter(|flagged| {
            let source = &*flagged.flag.source;
            (source == "person" || flagged.flag.spot.well.is_none())
                && source != "rule"
                && matches!(self.standing(flagged).0, Standing::Waiting | Standing::SecondReader)
        });
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    }

    /// How many flags wait for somebody.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.flags.values().filter(|flagged| self.standing(flagged).0 == Standing::Waiting).count()
    }

    /// Whether another event stands instead of this one.
    #[must_use]
    pub fn is_superseded(&self, event: &str) -> bool {
        self.superseded.contains(event)
    }

    /// Everything that people said of a site or well, superseded or not, in the order of arrival.
    pub fn events(&self, plate: &Arc<PlateKey>, spot: &Spot) -> impl Iterator<Item = &Said> {
        self.events.get(&place(plate, spot)).into_iter().flatten()
    }

    /// Decisions about a site that nothing stands instead of.
    fn decisions(&self, plate: &Arc<PlateKey>, spot: &Spot) -> impl Iterator<Item = &Said> {
        self.events(plate, spot).filter(|said| {
            matches!(said.event.body, ReviewBody::Decision(_)) && !self.superseded.contains(&said.event.id)
        })
    }

    /// Annotations of a site as they stand: of each the newest word, without those that were taken away.
    #[must_use]
    pub fn annotations(&self, plate: &Arc<PlateKey>, spot: &Spot) -> Vec<(&Said, &Annotation)> {
        let mut newest: BTreeMap<&str, (&Said, &Annotation)> = BTreeMap::new();
        for said in self.events(plate, spot) {
            let ReviewBody::Annotation(annotation) = &said.event.body else { continue };
            let is_newer =
                |(known, _): &(&Said, &Annotation)| (known.event.at_ms, known.seq) < (said.event.at_ms, said.seq);
            if newest.get(&*annotation.annotation).is_none_or(is_newer) {
                newest.insert(&annotation.annotation, (said, annotation));
            }
        }
        newest.into_values().filter(|(_, annotation)| !annotation.is_deleted).collect()
    }

    /// What local models said of a site: `seq`, time, and the record; in order.
    pub fn checks(
        &self,
        plate: &Arc<PlateKey>,
        spot: &Spot,
    ) -> impl Iterator<Item = &(i64, i64, Arc<SpotCheckRecord>)> {
        self.checks.get(&place(plate, spot)).into_iter().flatten()
    }
}

fn place(plate: &Arc<PlateKey>, spot: &Spot) -> Place {
    (Arc::clone(plate), spot.well, spot.site)
}

#[cfg(test)]
mod tests {
    use plate::review::{Decision, Shape};

    use super::*;

    fn spot(site: u16) -> Spot {
        Spot { well: Some("B10".parse().unwrap()), site: Some(site), channel: Some("DNA".into()) }
    }

    fn flag(id: &str, site: u16, event: FlagEvent) -> StoredBody {
        let flag = FlagRecord {
            plate: Arc::new(PlateKey::new("r", "p")),
            spot: spot(site),
            id: id.into(),
            event,
            reason: "out_of_focus".into(),
            severity: Severity::Warning,
            score: None,
            source: "model".into(),
            at_ms: 5,
            guidance: None,
        };
        StoredBody::Local(LocalRecord { at_ms: 5, by: "plateside".into(), body: LocalBody::Flag(Arc::new(flag)) })
    }

    fn event(id: &str, site: u16, at_ms: i64, supersedes: Option<&str>, body: ReviewBody) -> ReviewRecord {
        ReviewRecord {
            plate: Arc::new(PlateKey::new("r", "p")),
            spot: Spot { channel: None, ..spot(site) },
            id: id.into(),
            source: "plateside/x/y".into(),
            at_ms,
            sequence: None,
            correlation: None,
            supersedes: supersedes.map(Into::into),
            by: None,
            body,
        }
    }

    fn decided(verdict: Verdict) -> ReviewBody {
        let (reasons, comment, confidence, seen_seq, task) = (Box::default(), None, None, None, None);
        ReviewBody::Decision(Decision { verdict, reasons, comment, confidence, seen_seq, task })
    }

    fn ours(event: ReviewRecord) -> StoredBody {
        StoredBody::Local(LocalRecord { at_ms: 0, by: "u".into(), body: LocalBody::Event(Arc::new(event)) })
    }

    #[test]
    fn a_flag_waits_until_somebody_decides_and_again_when_it_is_raised_anew() {
        let mut book = FlagBook::default();
        book.take(1, 0, flag("a", 3, FlagEvent::Raised));
        book.take(2, 0, flag("b", 4, FlagEvent::Raised));
        assert_eq!(book.waiting(), 2);
        book.take(3, 0, ours(event("e1", 3, 10, None, decided(Verdict::SecondReader))));
        let key: FlagKey = (Arc::new(PlateKey::new("r", "p")), "a".into());
        let standing = |book: &FlagBook| book.standing(book.flag_of(&key).unwrap()).0;
        assert_eq!((standing(&book), book.waiting()), (Standing::SecondReader, 1));
        book.take(4, 0, ours(event("e2", 3, 11, Some("e1"), decided(Verdict::Reimage))));
        assert_eq!(standing(&book), Standing::Decided);
        // Our own event, read back, changes nothing; an older one of another person neither.
        book.take(5, 0, ours(event("e2", 3, 11, None, decided(Verdict::Pass))));
        book.take(6, 0, ours(event("e0", 3, 2, None, decided(Verdict::SecondReader))));
        assert_eq!(standing(&book), Standing::Decided);
        book.take(7, 0, flag("a", 3, FlagEvent::Raised));
        assert_eq!(standing(&book), Standing::Waiting, "raised again after the decision");
        book.take(8, 0, flag("b", 4, FlagEvent::Cleared));
        assert_eq!(book.waiting(), 1, "cleared by whoever raised it");
    }

    #[test]
    fn a_plate_counts_the_flags_that_nobody_has_settled_and_no_alerts() {
        let mut book = FlagBook::default();
        let on = |barcode: &str, id: &str, source: &str, site| {
            let StoredBody::Local(LocalRecord { body: LocalBody::Flag(made), .. }) = flag(id, site, FlagEvent::Raised)
            else {
                unreachable!()
            };
            let plate = Arc::new(PlateKey::new("r", barcode));
            let spot = if site == 0 { plate::Spot::default() } else { made.spot.clone() };
            let made = FlagRecord { plate, spot, source: source.into(), ..(*made).clone() };
            StoredBody::Local(LocalRecord { at_ms: 5, by: "u".into(), body: LocalBody::Flag(Arc::new(made)) })
        };
        book.take(1, 0, on("p", "a", "person", 3));
        book.take(2, 0, on("p", "b", "pipeline", 0));
        book.take(3, 0, on("p", "c", "rule", 0));
        book.take(4, 0, on("o", "a", "person", 3));
        book.take(5, 0, on("q", "a", "model", 0));
        book.take(5, 0, on("q", "b", "pipeline", 4));
        let open = |book: &FlagBook| ["o", "p", "q", "r"].map(|name| book.open_of(&Arc::new(PlateKey::new("r", name))));
        assert_eq!(open(&book), [1, 2, 1, 0], "an alert that a topic brings back is counted as an alert");
        book.take(6, 0, ours(event("e1", 3, 10, None, decided(Verdict::SecondReader))));
        assert_eq!(open(&book), [1, 2, 1, 0], "a second reader is to look");
        book.take(7, 0, ours(event("e2", 3, 11, Some("e1"), decided(Verdict::Pass))));
        assert_eq!(open(&book), [1, 1, 1, 0]);
        let StoredBody::Local(LocalRecord { body: LocalBody::Flag(raised), .. }) = on("p", "b", "pipeline", 0) else {
            unreachable!()
        };
        let cleared = FlagRecord { event: FlagEvent::Cleared, ..(*raised).clone() };
        let body = LocalBody::Flag(Arc::new(cleared));
        book.take(8, 0, StoredBody::Local(LocalRecord { at_ms: 6, by: "u".into(), body }));
        assert_eq!(open(&book), [1, 0, 1, 0]);
    }

    #[test]
    fn what_others_decided_counts_whichever_topic_was_read_first() {
        let mut book = FlagBook::default();
        let theirs = |id: &str, at_ms| StoredBody::Stream {
            origin: plate::Origin {
                source: Arc::new(plate::Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 }),
                partition: 0,
                offset: 0,
                timestamp_ms: 0,
            },
            record: Record::Review(event(id, 3, at_ms, None, decided(Verdict::Pass))),
        };
        book.take(1, 0, theirs("e1", 10));
        book.take(2, 0, flag("a", 3, FlagEvent::Raised));
        assert_eq!(book.waiting(), 0, "decided after it was raised, read before it");
        let mut book = FlagBook::default();
        book.take(1, 0, theirs("e1", 5 - MOST_SKEW_MS - 1));
        book.take(2, 0, flag("a", 3, FlagEvent::Raised));
        assert_eq!(book.waiting(), 1, "decided long before it was raised");
    }

    #[test]
    fn an_alert_that_comes_back_from_the_labs_topic_waits_once() {
        let mut book = FlagBook::default();
        let raised = Alert {
            plate: Arc::new(PlateKey::new("r", "p")),
            spot: Spot::default(),
            feature: "f".into(),
            rule: "z_prime".into(),
            positive: plate::Role::Positive,
            negative: plate::Role::Negative,
            level: AlertLevel::Fail,
            value: None,
            limit: None,
            counts: (3, 3),
            cause_seq: 4,
            rules: "0".into(),
        };
        book.take(5, 0, StoredBody::Alert(raised.clone()));
        let read = |of: i64| {
            let flag = FlagRecord {
                plate: Arc::clone(&raised.plate),
                spot: Spot::default(),
                id: FlagRecord::id_of_alert("i", "s", of),
                event: FlagEvent::Raised,
                reason: raised.rule.clone(),
                severity: Severity::Error,
                score: None,
                source: "rule".into(),
                at_ms: 5,
                guidance: None,
            };
            let source = Arc::new(plate::Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
            let origin = plate::Origin { source, partition: 0, offset: of, timestamp_ms: 0 };
            StoredBody::Stream { origin, record: Record::Flag(flag) }
        };
        book.take(6, 0, read(5));
        assert_eq!(book.waiting(), 1, "it is the same");
        book.take(7, 0, read(77));
        assert_eq!(book.waiting(), 2, "another recorder's alert");
    }

    #[test]
    fn of_an_annotation_the_newest_word_counts() {
        let mut book = FlagBook::default();
        let shape = |label: &str, is_deleted| {
            let shape = Shape::Point([1.0, 2.0]);
            ReviewBody::Annotation(Annotation { annotation: "s1".into(), shape, label: label.into(), is_deleted })
        };
        book.take(1, 0, ours(event("e1", 3, 10, None, shape("old", false))));
        book.take(2, 0, ours(event("e2", 3, 12, None, shape("new", false))));
        book.take(3, 0, ours(event("e3", 3, 11, None, shape("between", false))));
        let plate = Arc::new(PlateKey::new("r", "p"));
        let labels = |book: &FlagBook| -> Vec<String> {
            book.annotations(&plate, &spot(3)).iter().map(|(_, annotation)| annotation.label.to_string()).collect()
        };
        assert_eq!(labels(&book), ["new"]);
        book.take(4, 0, ours(event("e4", 3, 13, None, shape("new", true))));
        assert!(labels(&book).is_empty());
    }
}
