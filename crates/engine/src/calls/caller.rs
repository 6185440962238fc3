//! A recording's caller: looks what alerts came, lets them wait where they must, and sends them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use plate::rules::Rules;
use plate::{Alert, FlagRecord};
use session::Reader;

use super::flags::{Lab, Open};
use super::{Call, Calls, is_call};
use crate::clock::now_us;
use crate::road::{Progress, Road};
use crate::rules::words;

/// Alerts that come together are one call.
const GATHERED: Duration = Duration::from_secs(1);
/// A rule calls at most once in so long.
const PAUSE: Duration = Duration::from_secs(10);
/// Alerts that wait; of more the oldest are only counted.
const MOST_WAITING: usize = 5_000;

/// A recording's caller; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Caller(tokio::task::JoinHandle<()>);

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Caller {
    pub(crate) fn start(road: &Arc<Road>, calls: &Arc<Calls>, lab: Lab) -> Caller {
        let (dir, looked) = (road.dir().to_owned(), Looked::at(&road.progress().borrow()));
        Caller(tokio::spawn(run(Arc::downgrade(road), Arc::clone(calls), lab, dir, looked)))
    }
}

/// How far a session was looked through: a place, and the alerts that had been counted there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Looked {
    seq: i64,
    alerts: u64,
}

impl Looked {
    fn at(progress: &Progress) -> Looked {
        Looked { seq: progress.seq, alerts: progress.alerts }
    }

    /// Whether alerts came since; where none did it goes on there. Where some did it stays until they were read.
    fn has_news(&mut self, now: &Progress) -> bool {
        let has_news = now.alerts != self.alerts;
        if !has_news {
            self.seq = self.seq.max(now.seq);
        }
        has_news
    }
}

/// What one alert brings.
#[derive(Debug)]
struct News {
    rule: Box<str>,
    /// The alert, where it calls people.
    raised: Option<Alert>,
    /// What the lab's flags topic is told.
    flags: Vec<FlagRecord>,
}

/// What goes out together.
#[derive(Debug, Default)]
struct Gathered {
    /// Oldest first.
    alerts: Vec<Alert>,
    /// With those for which there was no room.
    count: usize,
    flags: Vec<FlagRecord>,
}

/// News that has not gone out, oldest first.
#[derive(Debug, Default)]
struct Waiting {
    news: VecDeque<News>,
    /// Alerts for which there was no room, by their rules.
    dropped: BTreeMap<Box<str>, usize>,
}

impl Waiting {
    fn take(&mut self, found: Vec<News>) {
        self.news.extend(found);
        let too_many = self.news.len().saturating_sub(MOST_WAITING);
        for oldest in self.news.drain(..too_many).filter(|news| news.raised.is_some()) {
            *self.dropped.entry(oldest.rule).or_default() += 1;
        }
    }

    /// Alerts that call, with those for which there was no room.
    fn count(&self) -> usize {
        self.news.iter().filter(|news| news.raised.is_some()).count() + self.dropped.values().sum::<usize>()
    }

    fn rules(&self) -> BTreeSet<Box<str>> {
        self.news.iter().map(|news| news.rule.clone()).collect()
    }

    /// Lets go what is of such rules.
    fn let_go(&mut self, is_due: impl Fn(&str) -> bool) -> Gathered {
        let mut gathered = Gathered::default();
        let (due, left): (VecDeque<News>, VecDeque<News>) =
            std::mem::take(&mut self.news).into_iter().partition(|news| is_due(&news.rule));
        self.news = left;
        for News { raised, flags, .. } in due {
            gathered.alerts.extend(raised);
            gathered.flags.extend(flags);
        }
        gathered.count = gathered.alerts.len();
        self.dropped.retain(|rule, dropped| {
            let stays = !is_due(rule);
            gathered.count += if stays { 0 } else { *dropped };
            stays
        });
        gathered
    }
}

/// One call for all that came in the quiet hours; `None` where nothing did.
fn after_quiet(alerts: Vec<Alert>, count: usize) -> Option<Call> {
    let title = match count {
        0 => return None,
        1 => "1 alert in the quiet hours".to_owned(),
        count => format!("{count} alerts in the quiet hours"),
    };
    let guidance = "What still holds is listed on the Live screen.".to_owned();
    Some(Call { rule: "quiet_hours".to_owned(), title, guidance, alerts, count })
}

async fn run(road: Weak<Road>, calls: Arc<Calls>, lab: Lab, dir: PathBuf, mut looked: Looked) {
    let held = |count: usize| calls.note(|known| known.held = u32::try_from(count).unwrap_or(u32::MAX));
    held(0);
    let Ok(mut reader) = Reader::open(&dir).await else { return };
    let Some(mut progress) = road.upgrade().map(|road| road.progress()) else { return };
    let (mut waiting, mut open) = (Waiting::default(), Open::default());
    let mut sent: BTreeMap<Box<str>, Instant> = BTreeMap::new();
    let mut was_quiet = false;
    loop {
        tokio::time::sleep(GATHERED).await;
        let now = progress.borrow_and_update().clone();
        // What cannot be read now is read with the next look.
        if looked.has_news(&now)
            && let Some(found) = news(&road, &mut reader, &mut open, &lab, (looked.seq, now.seq)).await
        {
            waiting.take(found);
            looked = Looked::at(&now);
        }
        if road.strong_count() == 0 {
            return;
        }
        if calls.is_quiet() {
            held(waiting.count());
            was_quiet = true;
            continue;
        }
        if std::mem::take(&mut was_quiet) {
            held(0);
            let Gathered { alerts, count, flags } = waiting.let_go(|_| true);
            deliver(&calls, after_quiet(alerts, count), flags, &lab).await;
        }
        let mut due = waiting.rules();
        due.retain(|rule| sent.get(rule).is_none_or(|last| last.elapsed() >= PAUSE));
        for rule in due {
            let Gathered { alerts, count, flags } = waiting.let_go(|of| *of == *rule);
            let mut call = None;
            if count > 0 {
                let words = words(rules_of(&road).await.as_deref(), &rule);
                call =
                    Some(Call { rule: rule.to_string(), title: words.title, guidance: words.guidance, alerts, count });
                sent.insert(rule, Instant::now());
            }
            deliver(&calls, call, flags, &lab).await;
        }
    }
}

async fn rules_of(road: &Weak<Road>) -> Option<Arc<Rules>> {
    // The road is asked and let go at once: whoever ends it waits for that.
    let road = road.upgrade()?;
    road.look(|board| board.rules_in_force().cloned()).await.ok()?
}

/// What the alerts between two places bring; `None` where it cannot be read now, and then nothing has changed.
async fn news(
    road: &Weak<Road>,
    reader: &mut Reader,
    open: &mut Open,
    lab: &Lab,
    (after, upto): (i64, i64),
) -> Option<Vec<News>> {
    let rules = rules_of(road).await;
    let rules = rules.as_deref();
    open.catch_up(reader, rules, after).await.ok()?;
    let alerts = reader.alerts_between(after, upto).await.ok()?;
    let causes: Vec<i64> = alerts.iter().map(|(_, alert)| alert.cause_seq).collect();
    let ages = reader.ages_ms(&causes).await.ok()?;
    Some(sifted(rules, alerts, &ages, open, lab))
}

/// Of alerts in their order, with the ages of their causes, what goes out.
fn sifted(
    rules: Option<&Rules>,
    alerts: Vec<(i64, Alert)>,
    ages_ms: &[Option<i64>],
    open: &mut Open,
    lab: &Lab,
) -> Vec<News> {
    let at_ms = now_us() / 1000;
    let mut found = Vec::new();
    for ((seq, alert), age_ms) in alerts.into_iter().zip(ages_ms) {
        let calls = is_call(rules, &alert, *age_ms);
        let before = open.take(seq, &alert, calls);
        let flags = lab.flags_of(rules, (seq, &alert), (calls, before), at_ms);
        if calls || !flags.is_empty() {
            found.push(News { rule: alert.rule.clone(), raised: calls.then_some(alert), flags });
        }
    }
    found
}

async fn deliver(calls: &Arc<Calls>, call: Option<Call>, flags: Vec<FlagRecord>, lab: &Lab) {
    if call.is_none() && flags.is_empty() {
        return;
    }
    let (calls, lab) = (Arc::clone(calls), lab.clone());
    // However it ends, the next call is made.
    let _ = tokio::task::spawn_blocking(move || calls.deliver(call.as_ref(), &flags, &lab)).await;
}

#[cfg(test)]
mod tests {
    use plate::{AlertLevel, FlagEvent};

    use super::*;
    use crate::calls::tests::alert;

    fn at(seq: i64, alerts: u64) -> Progress {
        Progress { seq, alerts, ..Progress::default() }
    }

    /// Alerts as they come, young, of the rules that are shipped.
    fn found(alerts: Vec<(i64, Alert)>, open: &mut Open) -> Vec<News> {
        let ages = vec![Some(0); alerts.len()];
        sifted(None, alerts, &ages, open, &Lab::default())
    }

    #[test]
    fn what_could_not_be_read_stays_news_until_it_was() {
        // The count is that of the place where it began: an alert before the first look is one too many.
        let mut looked = Looked::at(&at(10, 3));
        assert!(!looked.has_news(&at(12, 3)) && looked.seq == 12, "nothing to read up to there");
        assert!(looked.has_news(&at(20, 4)));
        // The read failed: nothing more came, and still there is something to read, from the same place.
        assert!(looked.has_news(&at(20, 4)) && looked.seq == 12);
        looked = Looked::at(&at(20, 4));
        assert!(!looked.has_news(&at(20, 4)));
    }

    #[test]
    fn what_came_in_the_quiet_hours_goes_out_whole_when_they_end() {
        let (mut waiting, mut open) = (Waiting::default(), Open::default());
        let other = Alert { rule: "edge_effect".into(), ..alert("P2", AlertLevel::Attention) };
        waiting.take(found(vec![(5, alert("P1", AlertLevel::Fail))], &mut open));
        waiting.take(found(vec![(6, other), (8, alert("P1", AlertLevel::Cleared))], &mut open));
        assert_eq!(waiting.count(), 2, "what is over does not call");
        let Gathered { alerts, count, flags } = waiting.let_go(|_| true);
        assert_eq!((alerts.len(), count, waiting.count()), (2, 2, 0));
        assert_eq!(
            flags.iter().map(|flag| (flag.event, flag.alert_seq())).collect::<Vec<_>>(),
            [(FlagEvent::Raised, Some(5)), (FlagEvent::Raised, Some(6)), (FlagEvent::Cleared, Some(5))]
        );
        let (title, body) = after_quiet(alerts, count).unwrap().says();
        assert_eq!(title, "■ 2 alerts in the quiet hours");
        assert!(body.starts_with("P1, P2. "), "{body}");
        assert_eq!(after_quiet(Vec::new(), 0), None);
    }

    #[test]
    fn the_newest_are_kept_and_the_others_counted() {
        let (mut waiting, mut open) = (Waiting::default(), Open::default());
        let many = (0..MOST_WAITING + 30).map(|n| (n as i64 + 1, alert(&format!("P{n}"), AlertLevel::Fail))).collect();
        waiting.take(found(many, &mut open));
        assert_eq!((waiting.news.len(), waiting.count()), (MOST_WAITING, MOST_WAITING + 30));
        assert_eq!(waiting.let_go(|rule| rule == "another").count, 0);
        let gathered = waiting.let_go(|rule| rule == "z_prime");
        assert_eq!((gathered.alerts.len(), gathered.count), (MOST_WAITING, MOST_WAITING + 30));
        assert_eq!(&*gathered.alerts[0].plate.barcode, "P30");
        assert_eq!(waiting.count(), 0);
    }
}
