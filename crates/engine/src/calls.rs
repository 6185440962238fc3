//! Calls: alerts that reach people beyond the screen, by a notification of the desktop, a webhook, or the lab's flags topic.
//! All of it is off until a person turns it on.
//!
//! Only alerts that were raised since the recording began call, only those of rules that may, and none whose cause was more
//! than two minutes old when it came (`DATA.md` 9). Alerts of one rule go out together, at most once in ten seconds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use feed::outbox::{Outbox, Outgoing};
use feed::webhook;
use plate::rules::Rules;
use plate::{Alert, AlertLevel, FlagEvent, FlagRecord, Severity};
use serde::{Deserialize, Serialize};
use serde_json::json;
use session::Reader;

use crate::clock::{minute_of_day, now_us, rfc3339};
use crate::files::read_bounded;
use crate::road::Road;
use crate::rules::words;
use crate::settings::write_whole;
use crate::toml_words;

/// Alerts that come together are one call.
const GATHERED: Duration = Duration::from_secs(1);
/// A rule calls at most once in so long.
const PAUSE: Duration = Duration::from_secs(10);
/// An alert whose cause was older when it came does not call.
const OLDEST_MS: i64 = 120_000;
/// Alerts of one call that are named.
const NAMED: usize = 100;
/// The file, in the folder of settings, and what it may weigh.
const FILE: &str = "calls.toml";
const LONGEST_FILE: u64 = 64 << 10;

/// How alerts reach people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallSettings {
    /// A notification of the desktop.
    pub desktop: bool,
    /// A short sound, which the window plays.
    pub sound: bool,
    /// Minutes of the local day from and to which nothing but the screen calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// Where alerts go as JSON; `env:NAME` takes the address from the environment, so that no file holds it. Empty for nowhere.
    pub webhook: String,
    /// Alerts go to the lab's flags topic.
    pub flags_topic: bool,
}

/// A part of the day; `from_minute` may lie after `to_minute`, over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// The first quiet minute of the local day.
    pub from_minute: u16,
    /// The first one that is not.
    pub to_minute: u16,
}

impl Quiet {
    fn holds(self, minute: u16) -> bool {
        if self.from_minute <= self.to_minute {
            (self.from_minute..self.to_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.to_minute
        }
    }
}

impl CallSettings {
    /// Reads them; a file that is not there means that all is off.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong.
    pub fn read(folder: &Path) -> Result<CallSettings, String> {
        let path = folder.join(FILE);
        let bytes = match read_bounded(&path, LONGEST_FILE) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(format!("{} is longer than {LONGEST_FILE} bytes", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(CallSettings::default()),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let text = String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", path.display()))?;
        let read: CallSettings =
            toml::from_str(&text).map_err(|error| format!("{}: {}", path.display(), toml_words::of(&text, &error)))?;
        read.check().map_err(|reason| format!("{}: {reason}", path.display()))?;
        Ok(read)
    }

    /// Keeps them.
    ///
    /// # Errors
    /// A sentence: what is wrong with them, or the file and why it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        self.check()?;
        let path = folder.join(FILE);
        let failed = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
        let text = toml::to_string(self).map_err(|error| error.to_string())?;
        write_whole(&path, text.as_bytes()).map_err(failed)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(quiet) = self.quiet
            && (quiet.from_minute >= 1440 || quiet.to_minute >= 1440 || quiet.from_minute == quiet.to_minute)
        {
            return Err("quiet hours begin and end at two different minutes of the day".to_owned());
        }
        match self.webhook.strip_prefix("env:") {
            Some(name) if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
                Err("env: is followed by the name of an environment variable".to_owned())
            }
            None if !self.webhook.is_empty() && !webhook::is_address(&self.webhook) => {
                Err(webhook::WebhookError::Address.to_string())
            }
            _ => Ok(()),
        }
    }

    /// The webhook's address now.
    fn address(&self) -> Result<Option<String>, String> {
        match self.webhook.strip_prefix("env:") {
            _ if self.webhook.is_empty() => Ok(None),
            None => Ok(Some(self.webhook.clone())),
            Some(name) => match std::env::var(name) {
                Ok(address) => Ok(Some(address)),
                Err(_) => Err(format!("the environment variable {name} is not set")),
            },
        }
    }
}

/// Alerts of one rule that go out together.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The rule's stable name.
    pub rule: String,
    /// What it found.
    pub title: String,
    /// What to do.
    pub guidance: String,
    /// The alerts, with the `seq` of their causes.
    pub alerts: Vec<Alert>,
}

impl Call {
    /// What a notification says: what was found, and where.
    #[must_use]
    pub fn says(&self) -> (String, String) {
        let worst = self.alerts.iter().any(|alert| alert.level == AlertLevel::Fail);
        let title = format!("{}{}", if worst { "■ " } else { "▲ " }, self.title);
        let mut plates: Vec<&str> = self.alerts.iter().map(|alert| &*alert.plate.barcode).collect();
        plates.dedup();
        let place = match plates.as_slice() {
            [] => String::new(),
            [plate] => (*plate).to_owned(),
            [plate, others @ ..] => format!("{plate} and {} more", others.len()),
        };
        (title, if self.guidance.is_empty() { place } else { format!("{place}. {}", self.guidance) })
    }

    fn json(&self, session: &str) -> String {
        let alert = |alert: &Alert| {
            json!({
                "run": alert.plate.run, "plate": alert.plate.barcode,
                "well": alert.spot.well.map(|well| well.to_string()), "site": alert.spot.site, "feature": alert.feature,
                "level": alert.level.as_str(), "value": alert.value, "limit": alert.limit, "cause_seq": alert.cause_seq,
            })
        };
        let (text, _) = self.says();
        json!({
            "schema": "plateside.alert/1", "text": text, "rule": self.rule, "title": self.title,
            "guidance": self.guidance, "session": session, "at": rfc3339(now_us() / 1000), "count": self.alerts.len(),
            "alerts": self.alerts.iter().take(NAMED).map(alert).collect::<Vec<_>>(),
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

    /// Sends a call by everything that is turned on. Blocks for some seconds at most.
    pub fn deliver(&self, call: &Call, place: &Lab) {
        let settings = self.settings();
        let count = u32::try_from(call.alerts.len()).unwrap_or(u32::MAX);
        let mut problems = Vec::new();
        let mut went_out = false;
        if settings.desktop {
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
        match settings.address() {
            Ok(None) => {}
            Ok(Some(address)) => match webhook::post(&address, &call.json(&place.session)) {
                Ok(()) => went_out = true,
                Err(problem) => problems.push(problem.to_string()),
            },
            Err(problem) => problems.push(problem),
        }
        if settings.flags_topic {
            match place.flag(call) {
                Ok(()) => went_out = true,
                Err(problem) => problems.push(problem),
            }
        }
        self.note(|known| {
            known.sent += if went_out { count } else { 0 };
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

/// Where a recording's calls go and come from.
#[derive(Debug, Clone, Default)]
pub struct Lab {
    /// The session's name.
    pub session: String,
    /// The brokers, for the flags topic.
    pub brokers: String,
    /// The flags topic, where the lab has one.
    pub flags: Option<String>,
    /// This installation.
    pub installation: String,
}

impl Lab {
    /// Puts a call's alerts on the flags topic.
    fn flag(&self, call: &Call) -> Result<(), String> {
        let Some(topic) = &self.flags else { return Err("the connection names no flags topic".to_owned()) };
        let flags: Vec<FlagRecord> = call.alerts.iter().map(|alert| self.flag_of(call, alert)).collect();
        let bodies: Result<Vec<Vec<u8>>, _> = flags.iter().map(wire::encode_flag).collect();
        let bodies = bodies.map_err(|error| format!("an alert cannot be written as a flag: {error}"))?;
        let keys: Vec<String> = flags.iter().map(|flag| wire::message_key(&flag.plate)).collect();
        let headers = wire::Headers::default();
        let batch: Vec<Outgoing<'_>> = keys
            .iter()
            .zip(&bodies)
            .map(|(key, body)| Outgoing { key: key.as_bytes(), headers: &headers, body })
            .collect();
        let name = format!("plateside-flags-{}", self.installation);
        let mut outbox = Outbox::open(&self.brokers, &name).map_err(|error| format!("the flags topic: {error}"))?;
        let refused = outbox.send(topic, &batch).into_iter().find_map(Result::err);
        refused.map_or(Ok(()), |error| Err(format!("the flags topic: {error}")))
    }

    fn flag_of(&self, call: &Call, alert: &Alert) -> FlagRecord {
        FlagRecord {
            plate: Arc::clone(&alert.plate),
            spot: alert.spot.clone(),
            // The same alert of the same session is the same flag, however often it is sent.
            id: format!("{}/{}/{}/{}", self.installation, self.session, alert.cause_seq, call.rule).into(),
            event: FlagEvent::Raised,
            reason: call.rule.as_str().into(),
            severity: match alert.level {
                AlertLevel::Fail => Severity::Error,
                AlertLevel::Attention => Severity::Warning,
                AlertLevel::Info | AlertLevel::Cleared => Severity::Info,
            },
            score: alert.value.filter(|value| value.is_finite()),
            source: "rule".into(),
            at_ms: now_us() / 1000,
            guidance: Some(call.guidance.as_str()).filter(|text| !text.is_empty()).map(Into::into),
        }
    }
}

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
        let (dir, after) = (road.dir().to_owned(), road.progress().borrow().seq);
        Caller(tokio::spawn(run(Arc::downgrade(road), Arc::clone(calls), lab, dir, after)))
    }
}

async fn run(road: Weak<Road>, calls: Arc<Calls>, lab: Lab, dir: PathBuf, mut after: i64) {
    let Ok(mut reader) = Reader::open(&dir).await else { return };
    let Some(mut progress) = road.upgrade().map(|road| road.progress()) else { return };
    let mut waiting: BTreeMap<Box<str>, Vec<Alert>> = BTreeMap::new();
    let mut sent: BTreeMap<Box<str>, Instant> = BTreeMap::new();
    let mut held = 0;
    let mut alerts = progress.borrow().alerts;
    loop {
        tokio::time::sleep(GATHERED).await;
        let now = progress.borrow_and_update().clone();
        if now.alerts != alerts {
            alerts = now.alerts;
            // What cannot be read now is read with the next look.
            let Some(found) = news(&road, &mut reader, after, now.seq).await else { continue };
            for alert in found {
                waiting.entry(alert.rule.clone()).or_default().push(alert);
            }
        }
        after = after.max(now.seq);
        if road.strong_count() == 0 {
            return;
        }
        if calls.is_quiet() {
            held += waiting.values().map(Vec::len).sum::<usize>();
            waiting.clear();
            calls.note(|known| known.held = u32::try_from(held).unwrap_or(u32::MAX));
            continue;
        }
        if held > 0 {
            let title = format!("{held} alerts during the quiet hours");
            let guidance = "They are listed on the Live screen.".to_owned();
            let call = Call { rule: "quiet_hours".to_owned(), title, guidance, alerts: Vec::new() };
            deliver(&calls, call, &lab).await;
            held = 0;
            calls.note(|known| known.held = 0);
        }
        let due: Vec<Box<str>> =
            waiting.keys().filter(|rule| sent.get(*rule).is_none_or(|last| last.elapsed() >= PAUSE)).cloned().collect();
        for rule in due {
            let Some(alerts) = waiting.remove(&rule) else { continue };
            sent.insert(rule.clone(), Instant::now());
            let words = words(rules_of(&road).await.as_deref(), &rule);
            let call = Call { rule: rule.to_string(), title: words.title, guidance: words.guidance, alerts };
            deliver(&calls, call, &lab).await;
        }
    }
}

async fn rules_of(road: &Weak<Road>) -> Option<Arc<Rules>> {
    // The road is asked and let go at once: whoever ends it waits for that.
    let road = road.upgrade()?;
    road.look(|board| board.rules_in_force().cloned()).await.ok()?
}

/// Alerts between two places that call: raised, by a rule that may, with a cause that was not old when it came.
async fn news(road: &Weak<Road>, reader: &mut Reader, after: i64, upto: i64) -> Option<Vec<Alert>> {
    let rules = rules_of(road).await;
    let mut found = Vec::new();
    for (_, alert) in reader.alerts_between(after, upto).await.ok()? {
        let may = rules.as_ref().and_then(|rules| rules.rule(&alert.rule)).is_none_or(|rule| rule.entry().notify);
        if alert.level == AlertLevel::Cleared || !may {
            continue;
        }
        // A person's own record, or the clock's, is never old.
        let is_old = reader.message_line(alert.cause_seq).await.ok()?.is_some_and(|line| {
            let made_ms = line.origin.timestamp_ms;
            made_ms >= 0 && line.received_at_us / 1000 - made_ms > OLDEST_MS
        });
        if !is_old {
            found.push(alert);
        }
    }
    Some(found)
}

async fn deliver(calls: &Arc<Calls>, call: Call, lab: &Lab) {
    let (calls, lab) = (Arc::clone(calls), lab.clone());
    // However it ends, the next call is made.
    let _ = tokio::task::spawn_blocking(move || calls.deliver(&call, &lab)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_and_those_that_cannot_be_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(CallSettings::read(folder.path()), Ok(CallSettings::default()), "all is off");
        let settings = CallSettings {
            desktop: true,
            sound: true,
            quiet: Some(Quiet { from_minute: 1320, to_minute: 360 }),
            webhook: "env:LAB_HOOK".to_owned(),
            flags_topic: true,
        };
        settings.write(folder.path()).unwrap();
        assert_eq!(CallSettings::read(folder.path()).unwrap(), settings);
        for (change, says) in [
            (CallSettings { webhook: "http://hooks.example/x".to_owned(), ..settings.clone() }, "https://"),
            (CallSettings { webhook: "env:A B".to_owned(), ..settings.clone() }, "environment variable"),
            (
                CallSettings { quiet: Some(Quiet { from_minute: 0, to_minute: 1440 }), ..settings.clone() },
                "quiet hours",
            ),
        ] {
            let error = change.write(folder.path()).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        std::fs::write(folder.path().join(FILE), "desktpo = true").unwrap();
        let error = CallSettings::read(folder.path()).unwrap_err();
        assert!(error.contains("calls.toml") && error.contains("desktpo"), "{error}");
        assert!(Calls::in_config(folder.path()).known().last_problem.is_some());
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let night = Quiet { from_minute: 1320, to_minute: 360 };
        assert!(night.holds(1320) && night.holds(0) && night.holds(359) && !night.holds(360) && !night.holds(720));
        let noon = Quiet { from_minute: 720, to_minute: 780 };
        assert!(noon.holds(720) && !noon.holds(780) && !noon.holds(0));
    }

    #[test]
    fn a_missing_variable_is_named_and_its_value_never_said() {
        let calls = Calls::default();
        calls.set(CallSettings { webhook: "env:PLATESIDE_NO_SUCH_HOOK".to_owned(), ..CallSettings::default() });
        let call = Call { rule: "r".into(), title: "Z′ fails".into(), guidance: String::new(), alerts: Vec::new() };
        calls.deliver(&call, &Lab::default());
        let known = calls.known();
        assert_eq!(known.sent, 0);
        assert!(known.last_problem.unwrap().contains("PLATESIDE_NO_SUCH_HOOK"));
    }
}
