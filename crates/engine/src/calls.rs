//! Calls: alerts that reach people beyond the screen, by a notification of the desktop, a webhook, or the lab's flags topic.
//! All of it is off until a person turns it on.
//!
//! Only alerts that were raised since the recording began call, only those of rules that may, and none whose cause was more
//! than two minutes old when it came (`DATA.md` 9). Alerts of one rule go out together, at most once in ten seconds.

mod caller;
mod flags;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use feed::webhook;
use plate::rules::Rules;
use plate::{Alert, AlertLevel, FlagRecord, PlateKey};
use serde_json::json;

pub(crate) use self::caller::Caller;
pub use self::flags::Lab;
pub use self::settings::{CallSettings, Quiet};
use crate::clock::{minute_of_day, now_us, rfc3339};

/// An alert whose cause was older when it came does not call.
const OLDEST_MS: i64 = 120_000;
/// Alerts of one call that are named to machines, and plates that are named to people.
const NAMED: usize = 100;
const NAMED_PLATES: usize = 5;

/// Whether an alert calls beyond the screen: it was raised, by a rule that may, and its cause was not old when it came. What a
/// person did, or the clock, has no age (`None`) and is never old.
pub(crate) fn is_call(rules: Option<&Rules>, alert: &Alert, age_ms: Option<i64>) -> bool {
    let may = rules.and_then(|rules| rules.rule(&alert.rule)).is_none_or(|rule| rule.entry().notify);
    alert.level != AlertLevel::Cleared && may && age_ms.is_none_or(|age| age <= OLDEST_MS)
}

/// Alerts that go out together: of one rule, or of the quiet hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The rule's stable name; `quiet_hours` for what came in these, `test` for a test.
    pub rule: String,
    /// What it found.
    pub title: String,
    /// What to do.
    pub guidance: String,
    /// The alerts, oldest first, with the `seq` of their causes.
    pub alerts: Vec<Alert>,
    /// How many there were: more than `alerts` where there was no room for the oldest.
    pub count: usize,
}

impl Call {
    /// What a notification says: what was found, and where.
    #[must_use]
    pub fn says(&self) -> (String, String) {
        let worst = self.alerts.iter().any(|alert| alert.level == AlertLevel::Fail);
        let title = format!("{}{}", if worst { "■ " } else { "▲ " }, self.title);
        let place = self.plates();
        let body = match (place.is_empty(), self.guidance.is_empty()) {
            (_, true) => place,
            (true, false) => self.guidance.clone(),
            (false, false) => format!("{place}. {}", self.guidance),
        };
        (title, body)
    }

    /// The plates, each once, in the order in which they were first called for: a few names, and how many more there are.
    fn plates(&self) -> String {
        let mut runs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut plates: Vec<&PlateKey> = Vec::new();
        for plate in self.alerts.iter().map(|alert| &*alert.plate) {
            if runs.entry(&plate.barcode).or_default().insert(&plate.run) {
                plates.push(plate);
            }
        }
        let name = |plate: &&PlateKey| match runs.get(&*plate.barcode) {
            Some(runs) if runs.len() > 1 && plate.run.is_empty() => format!("{} of no run", plate.barcode),
            Some(runs) if runs.len() > 1 => format!("{} of run {}", plate.barcode, plate.run),
            _ => plate.barcode.to_string(),
        };
        let names: Vec<String> = plates.iter().take(NAMED_PLATES).map(name).collect();
        let more = match plates.len().saturating_sub(NAMED_PLATES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more}", names.join(", "))
    }

    fn json(&self, session: &str) -> String {
        let alert = |alert: &Alert| {
            json!({
                "rule": alert.rule, "run": alert.plate.run, "plate": alert.plate.barcode,
                "well": alert.spot.well.map(|well| well.to_string()), "site": alert.spot.site, "feature": alert.feature,
                "level": alert.level.as_str(), "value": alert.value, "limit": alert.limit, "cause_seq": alert.cause_seq,
            })
        };
        let (text, _) = self.says();
        json!({
            "schema": "plateside.alert/1", "text": text, "rule": self.rule, "title": self.title,
            "guidance": self.guidance, "session": session, "at": rfc3339(now_us() / 1000), "count": self.count,
            "alerts": self.alerts.iter().skip(self.alerts.len().saturating_sub(NAMED)).map(alert).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

/// What is known of calls: shared by the window's questions and the recording's task.
#[derive(Debug, Clone, Default)]
pub struct CallsKnown {
    /// Alerts that went out since the start.
    pub sent: u32,
    /// Alerts that are quiet until the quiet hours end.
    pub held: u32,
    /// The last thing that could not be delivered, in words.
    pub last_problem: Option<String>,
    /// Why the desktop shows no notifications here.
    pub desktop_problem: Option<String>,
}

/// Settings and what came of them.
#[derive(Debug, Default)]
pub struct Calls {
    settings: Mutex<CallSettings>,
    known: Mutex<CallsKnown>,
}

impl Calls {
    /// With the settings of a folder; a file that cannot be read is a problem that is told, and all is off.
    #[must_use]
    pub fn in_config(folder: &Path) -> Calls {
        let (settings, problem) = match CallSettings::read(folder) {
            Ok(settings) => (settings, None),
            Err(problem) => (CallSettings::default(), Some(problem)),
        };
        let known = CallsKnown { last_problem: problem, ..CallsKnown::default() };
        Calls { settings: Mutex::new(settings), known: Mutex::new(known) }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> CallSettings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes other settings; what was wrong under the old ones is forgotten.
    pub fn set(&self, settings: CallSettings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        self.note(|known| (known.last_problem, known.desktop_problem) = (None, None));
    }

    /// What is known.
    #[must_use]
    pub fn known(&self) -> CallsKnown {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut CallsKnown)) {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether nothing but the screen calls at this moment.
    fn is_quiet(&self) -> bool {
        self.settings().quiet.is_some_and(|quiet| quiet.holds(minute_of_day()))
    }

    /// Sends a call to people and flags to the lab's topic, by everything that is turned on. Blocks for some seconds at most.
    pub fn deliver(&self, call: Option<&Call>, flags: &[FlagRecord], place: &Lab) {
        let settings = self.settings();
        let count = call.map_or(0, |call| u32::try_from(call.count).unwrap_or(u32::MAX));
        let mut problems = Vec::new();
        let mut went_out = false;
        if let Some(call) = call.filter(|_| settings.desktop) {
            match notify(call) {
                Ok(()) => {
                    went_out = true;
                    self.note(|known| known.desktop_problem = None);
                }
                Err(problem) => {
                    self.note(|known| known.desktop_problem = Some(problem.clone()));
                    problems.push(problem);
                }
            }
        }
        if let Some(call) = call {
            match settings.address() {
                Ok(None) => {}
                Ok(Some(address)) => match webhook::post(&address, &call.json(&place.session)) {
                    Ok(()) => went_out = true,
                    Err(problem) => problems.push(problem.to_string()),
                },
                Err(problem) => problems.push(problem),
            }
        }
        // Where nothing is recorded there is no topic to miss.
        if settings.flags_topic && !place.brokers.is_empty() {
            match place.send(flags) {
                Ok(()) => went_out |= !flags.is_empty(),
                Err(problem) => problems.push(problem),
            }
        }
        self.note(|known| {
            known.sent = known.sent.saturating_add(if went_out { count } else { 0 });
            if !problems.is_empty() {
                known.last_problem = Some(problems.join("; "));
            }
        });
    }
}

fn notify(call: &Call) -> Result<(), String> {
    let (title, body) = call.says();
    // A notification's body is read as markup by some desktops.
    let body = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let shown = notify_rust::Notification::new().appname("Plateside").summary(&title).body(&body).show();
    shown.map(drop).map_err(|_| "this desktop shows no notifications: none of its programs takes them".to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use plate::{Role, Spot};

    use super::*;

    /// What a rule says of a plate of no run.
    pub(crate) fn alert(barcode: &str, level: AlertLevel) -> Alert {
        Alert {
            plate: Arc::new(PlateKey::new("", barcode)),
            spot: Spot::default(),
            feature: "Cells_Count".into(),
            rule: "z_prime".into(),
            positive: Role::Positive,
            negative: Role::Negative,
            level,
            value: Some(0.3),
            limit: Some(0.4),
            counts: (16, 16),
            cause_seq: 4,
            rules: "0123456789abcdef".into(),
        }
    }

    fn call(alerts: Vec<Alert>) -> Call {
        let count = alerts.len();
        Call { rule: "z_prime".into(), title: "Z\u{2032} is low".into(), guidance: String::new(), alerts, count }
    }

    #[test]
    fn a_missing_variable_is_named_and_its_value_never_said() {
        let calls = Calls::default();
        calls.set(CallSettings { webhook: "env:PLATESIDE_NO_SUCH_HOOK".to_owned(), ..CallSettings::default() });
        calls.deliver(Some(&call(Vec::new())), &[], &Lab::default());
        let known = calls.known();
        assert_eq!(known.sent, 0);
        assert!(known.last_problem.unwrap().contains("PLATESIDE_NO_SUCH_HOOK"));
    }

    #[test]
    fn every_plate_is_named_once_and_by_its_run_where_two_have_its_barcode() {
        let says = |barcodes: &[&str]| {
            call(barcodes.iter().map(|barcode| alert(barcode, AlertLevel::Fail)).collect()).says().1
        };
        assert_eq!(says(&[]), "");
        assert_eq!(says(&["P1", "P2", "P1"]), "P1, P2");
        assert_eq!(says(&["P7", "P6", "P5", "P4", "P3", "P2", "P1", "P7"]), "P7, P6, P5, P4, P3 and 2 more");
        let of_run = |run: &str| Alert { plate: Arc::new(PlateKey::new(run, "P1")), ..alert("", AlertLevel::Fail) };
        let two = call(vec![of_run("A"), of_run("B"), of_run("A"), of_run("")]);
        assert_eq!(two.says().1, "P1 of run A, P1 of run B, P1 of no run");
    }

    #[test]
    fn a_webhook_gets_the_newest_alerts_and_the_count_of_all() {
        let mut many = call((0..130).map(|n| alert(&format!("P{n}"), AlertLevel::Fail)).collect());
        many.count = 6_000;
        let told: serde_json::Value = serde_json::from_str(&many.json("night")).unwrap();
        assert_eq!((&told["count"], told["alerts"].as_array().unwrap().len()), (&json!(6_000), NAMED));
        assert_eq!((&told["alerts"][0]["plate"], &told["alerts"][99]["plate"]), (&json!("P30"), &json!("P129")));
        assert_eq!(told["alerts"][0]["rule"], "z_prime", "one call may be of several rules");
    }

    #[test]
    fn an_alert_calls_where_its_rule_may_and_its_cause_was_young() {
        let entry = |id: &str, notify: bool| {
            format!(
                "[[rule]]\nid='{id}'\ntitle='T'\nscope='plate'\nwhen='plate.complete'\nseverity='error'\nguidance='g'\nnotify={notify}\n"
            )
        };
        let (_, rules) = crate::rules::read(&(entry("loud", true) + &entry("hushed", false))).unwrap();
        let of = |rule: &str, level| Alert { rule: rule.into(), ..alert("P1", level) };
        let calls = |rule, level, age_ms| is_call(Some(&rules), &of(rule, level), age_ms);
        assert!(calls("loud", AlertLevel::Fail, Some(OLDEST_MS)) && calls("loud", AlertLevel::Info, None));
        assert!(!calls("loud", AlertLevel::Fail, Some(OLDEST_MS + 1)), "a stream that catches up");
        assert!(!calls("loud", AlertLevel::Cleared, Some(0)) && !calls("hushed", AlertLevel::Fail, Some(0)));
        assert!(is_call(None, &of("hushed", AlertLevel::Fail), Some(0)), "without rules the card's limits call");
    }

    #[test]
    fn a_test_is_no_flag_and_a_missing_topic_is_told_where_something_is_recorded() {
        let calls = Calls::default();
        calls.set(CallSettings { flags_topic: true, ..CallSettings::default() });
        calls.deliver(Some(&call(Vec::new())), &[], &Lab::default());
        assert_eq!((calls.known().sent, calls.known().last_problem), (0, None));
        let lab = Lab { brokers: "127.0.0.1:1".into(), ..Lab::default() };
        calls.deliver(Some(&call(Vec::new())), &[], &lab);
        assert!(calls.known().last_problem.unwrap().contains("names no flags topic"));
        calls.set(calls.settings());
        // With a topic, nothing is sent: this broker is not there, and nobody misses it.
        calls.deliver(Some(&call(Vec::new())), &[], &Lab { flags: Some("flags".into()), ..lab });
        assert_eq!((calls.known().sent, calls.known().last_problem), (0, None));
    }
}
