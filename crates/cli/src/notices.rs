//! What happens, in words: one line an event, naming the thing and the way out.

use std::collections::{BTreeMap, BTreeSet};

use engine::feed::FeedEvent;
use engine::plate::{Alert, AlertLevel, Undefined};
use engine::rules::{place, words};
use engine::{HeadlineSummary, Notice};

use crate::output::rounded;
use crate::report::Node;
use crate::terminal::plain;

/// A stranger's text in a line is cut after so many characters.
const LONGEST: usize = 400;
/// librdkafka's lines above this syslog level (4 is a warning) are for its developers.
const LOUDEST_LOG: u8 = 4;

/// Turns notices into lines, each thing once.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    /// Topics that nobody named: their absence is mentioned once, briefly.
    defaults: BTreeSet<String>,
    /// The broker's words about topics that are not to be seen.
    reasons: BTreeMap<String, String>,
    told_missing: BTreeSet<String>,
    /// The last line that may come again and again.
    repeated: String,
}

impl Notices {
    /// `defaults` are the topics that nobody asked for by name.
    pub(crate) fn new(defaults: impl IntoIterator<Item = String>) -> Notices {
        Notices { defaults: defaults.into_iter().collect(), ..Notices::default() }
    }

    /// The line for a notice; `None` where it is said elsewhere or just was.
    pub(crate) fn line(&mut self, notice: &Notice) -> Option<String> {
        let line = match notice {
            Notice::Feed(event) => self.event(event)?,
            Notice::Note { run, text } if run.is_empty() => format!("note: {}", plain(text, LONGEST)),
            Notice::Note { run, text } => format!("note on run {}: {}", plain(run, 60), plain(text, LONGEST)),
            Notice::DiskLow { free_bytes } => {
                format!("little room: {} MB are left on the session's disk", free_bytes >> 20)
            }
            Notice::Waiting { reason } => format!("waiting: {}", plain(reason, LONGEST)),
            Notice::GoesOn => "going on: everything that waited is stored".to_owned(),
        };
        if line == self.repeated {
            return None;
        }
        self.repeated.clone_from(&line);
        Some(line)
    }

    fn event(&mut self, event: &FeedEvent) -> Option<String> {
        match event {
            // Told from the status, where nothing is missed.
            FeedEvent::TopicMissing { topic, reason } => {
                self.reasons.insert(topic.clone(), reason.clone());
                None
            }
            FeedEvent::TopicAppeared { topic } => {
                self.told_missing.remove(topic);
                Some(plain(&event.to_string(), LONGEST))
            }
            FeedEvent::Started { source, partitions } => {
                let n = partitions.len();
                Some(format!("reading {} ({n} partition{})", source.topic, if n == 1 { "" } else { "s" }))
            }
            FeedEvent::CaughtUp => None,
            FeedEvent::Log { level, .. } if *level > LOUDEST_LOG => None,
            FeedEvent::BrokerDown { reason } => Some(format!(
                "no broker can be reached: {}; it is tried again until it answers",
                plain(reason, LONGEST)
            )),
            _ => Some(plain(&event.to_string(), LONGEST)),
        }
    }

    /// Lines about topics that are missing now and were not told yet.
    pub(crate) fn missing(&mut self, missing: &[String]) -> Vec<String> {
        let news: Vec<&String> = missing.iter().filter(|topic| !self.told_missing.contains(*topic)).collect();
        let (usual, named): (Vec<&String>, Vec<&String>) =
            news.iter().partition(|topic| self.defaults.contains(**topic));
        let mut lines = Vec::new();
        for topic in named {
            let reason =
                self.reasons.get(topic).map_or_else(String::new, |reason| format!(" ({})", plain(reason, LONGEST)));
            lines.push(format!(
                "topic \"{}\" is not there{reason}: create it, or name another with --topic KIND=TOPIC; it is read as soon as it appears",
                plain(topic, 250)
            ));
        }
        if !usual.is_empty() {
            let names: Vec<&str> = usual.iter().map(|topic| topic.as_str()).collect();
            lines.push(format!(
                "not there, read as soon as they appear: {} (default names; see --topic)",
                names.join(", ")
            ));
        }
        self.told_missing.extend(news.into_iter().cloned().collect::<Vec<_>>());
        lines
    }
}

/// One line an alert: plate, level, rule, value, limit, counts, and what to do.
pub(crate) fn alert(alert: &Alert) -> String {
    let plate = plain(&alert.plate.to_string(), 80);
    let words = words(None, &alert.rule);
    let rule = plain(&alert.rule, 64);
    let mut measured = words.title;
    if !alert.feature.is_empty() {
        measured.push_str(&format!(", {}", plain(&alert.feature, 80)));
    }
    measured.push_str(&format!(": {}", alert.value.map_or_else(|| "undefined".to_owned(), number)));
    let limit = alert.limit.map(|limit| format!("limit {}", number(limit)));
    let place = place(alert);
    if !place.is_empty() {
        measured.push_str(&format!(" ({place})"));
    }
    let (positive, negative) = alert.counts;
    let counts = (!alert.feature.is_empty() && place.is_empty())
        .then(|| format!("{positive} {} and {negative} {} wells in", alert.positive, alert.negative));
    let beside: Vec<String> = limit.into_iter().chain(counts).collect();
    if !beside.is_empty() {
        measured.push_str(&format!(" ({})", beside.join("; ")));
    }
    match alert.level {
        AlertLevel::Cleared => format!("plate {plate}: cleared ({rule}): {measured}"),
        level => format!("plate {plate}: {} ({rule}): {measured}. {}", level.as_str(), words.guidance),
    }
}

/// "Z' 0.52 (14 of 32 controls)".
pub(crate) fn headline(headline: &HeadlineSummary) -> String {
    let value = headline.z_prime.map_or_else(|_: Undefined| "n/a".to_owned(), |z| format!("{z:.2}"));
    format!("Z' {value} ({} of {} controls)", headline.controls_in, headline.controls_expected)
}

fn number(number: f64) -> String {
    rounded(&Node::from(number))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::plate::{PlateKey, Role, Spot, Well};

    use super::*;

    #[test]
    fn absent_default_topics_are_mentioned_once_and_named_ones_with_the_way_out() {
        let mut notices = Notices::new(["plateside.flags".to_owned(), "plateside.tasks".to_owned()]);
        let missing = ["plateside.flags", "plateside.tasks", "lab.results"].map(str::to_owned);
        let gone = FeedEvent::TopicMissing { topic: "lab.results".to_owned(), reason: "Unknown topic".to_owned() };
        assert_eq!(notices.line(&Notice::Feed(gone)), None);
        let lines = notices.missing(&missing);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(
            lines[0].contains("\"lab.results\" is not there (Unknown topic): create it, or name another"),
            "{lines:?}"
        );
        assert!(lines[1].contains("plateside.flags, plateside.tasks"), "{lines:?}");
        assert!(notices.missing(&missing).is_empty(), "once");
        let back = FeedEvent::TopicAppeared { topic: "lab.results".to_owned() };
        assert!(notices.line(&Notice::Feed(back)).is_some());
        assert_eq!(notices.missing(&missing).len(), 1, "gone again is news again");
    }

    #[test]
    fn an_alert_says_what_to_do_and_a_repeated_line_comes_once() {
        let raised = Alert {
            plate: Arc::new(PlateKey::new("R", "BR\x1b[2J1")),
            feature: "Cells_Count".into(),
            rule: "z_prime".into(),
            spot: Spot::default(),
            positive: Role::Positive,
            negative: Role::Negative,
            level: AlertLevel::Fail,
            value: Some(0.123_456),
            limit: Some(0.4),
            counts: (12, 24),
            cause_seq: 7,
            rules: "x".into(),
        };
        let line = alert(&raised);
        assert!(
            line.starts_with(
                "plate R/BR\u{fffd}[2J1: fail (z_prime): Z' is low, Cells_Count: 0.1235 (limit 0.4000; 12"
            ),
            "{line}"
        );
        assert!(line.contains("Look at the control wells first"), "{line}");
        let spot = Spot { well: Well::new(0, 5), site: Some(2), channel: None };
        let of_sites =
            Alert { spot, feature: "".into(), rule: "out_of_focus".into(), limit: None, counts: (3, 90), ..raised };
        let line = alert(&of_sites);
        assert!(line.contains("Site out of focus: 0.1235 (A06, site 2, and 2 more of 90)"), "{line}");
        let mut notices = Notices::default();
        let down = Notice::Feed(FeedEvent::BrokerDown { reason: "refused".to_owned() });
        assert!(notices.line(&down).is_some());
        assert_eq!(notices.line(&down), None);
    }
}
