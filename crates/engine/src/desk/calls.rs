//! How alerts reach people beyond the screen, as the window asks and sets it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use wire::Kind;

use super::Desk;
use super::chosen::NoArgs;
use super::failure::{Answer, Failure};
use crate::calls::{Call, CallSettings, Caller, Lab, Quiet};
use crate::record::RecordSettings;
use crate::road::Road;

/// How alerts reach people beyond the screen. All is off until somebody turns it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NotifySettings {
    /// A notification of the desktop.
    pub desktop: bool,
    /// A short sound.
    pub sound: bool,
    /// When nothing but the screen calls; `null` for never.
    pub quiet: Option<QuietHours>,
    /// Alerts go to this address as JSON: `https://`, `http://` to this machine, or `env:NAME` for an address that the
    /// environment holds; empty for none.
    pub webhook: String,
    /// Alerts go to the flags topic of the lab as `plateside.flag/1`.
    pub flags_topic: bool,
}

/// A part of the local day; it may go over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first quiet minute of the day.
    pub from_minute: u16,
    /// The first one that is not.
    pub to_minute: u16,
}

/// How alerts reach people, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NotifyDetail {
    /// The settings.
    pub settings: NotifySettings,
    /// Why the desktop shows no notifications here; `null` where it does, or nobody tried.
    pub desktop_problem: Option<String>,
    /// The last thing that could not be delivered, in words.
    pub last_problem: Option<String>,
    /// Alerts that went out since the start.
    pub sent: u32,
    /// Alerts that are quiet until the quiet hours end.
    pub held: u32,
}

/// Settings to keep.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NotifyArgs {
    /// The settings.
    pub settings: NotifySettings,
}

impl Desk {
    /// How alerts reach people.
    ///
    /// # Errors
    /// None.
    pub async fn notify(&self, _: NoArgs) -> Answer<NotifyDetail> {
        let (settings, known) = (self.calls.settings(), self.calls.known());
        Ok(NotifyDetail {
            settings: NotifySettings {
                desktop: settings.desktop,
                sound: settings.sound,
                quiet: settings
                    .quiet
                    .map(|quiet| QuietHours { from_minute: quiet.from_minute, to_minute: quiet.to_minute }),
                webhook: settings.webhook,
                flags_topic: settings.flags_topic,
            },
            desktop_problem: known.desktop_problem,
            last_problem: known.last_problem,
            sent: known.sent,
            held: known.held,
        })
    }

    /// Keeps how alerts reach people.
    ///
    /// # Errors
    /// `invalid` with the reason.
    pub async fn save_notify(&self, args: NotifyArgs) -> Answer<NotifyDetail> {
        let NotifySettings { desktop, sound, quiet, webhook, flags_topic } = args.settings;
        let quiet = quiet.map(|quiet| Quiet { from_minute: quiet.from_minute, to_minute: quiet.to_minute });
        let settings = CallSettings { desktop, sound, quiet, webhook: webhook.trim().to_owned(), flags_topic };
        settings.write(&self.options.folders.config).map_err(|reason| Failure::new("invalid", capitalised(&reason)))?;
        self.calls.set(settings);
        self.notify(NoArgs {}).await
    }

    /// Sends a test by everything that is turned on, whatever the hour, but not to the flags topic: other systems act on what
    /// they read there, and a flag names a plate.
    ///
    /// # Errors
    /// None: what could not be delivered is part of the answer.
    pub async fn try_notify(&self, _: NoArgs) -> Answer<NotifyDetail> {
        let call = Call {
            rule: "test".to_owned(),
            title: "A test of Plateside".to_owned(),
            guidance: "Alerts will look like this.".to_owned(),
            alerts: Vec::new(),
            count: 0,
        };
        let calls = Arc::clone(&self.calls);
        let lab = match self.recording.lock().await.as_ref() {
            Some(recording) => recording.lab.clone(),
            None => Lab::default(),
        };
        let sent = tokio::task::spawn_blocking(move || {
            calls.set(calls.settings());
            calls.deliver(Some(&call), &[], &lab);
        });
        sent.await.map_err(|_| Failure::new("stopped", "The test was broken off."))?;
        self.notify(NoArgs {}).await
    }

    /// Where a recording's calls go.
    pub(super) fn lab_of(&self, name: String, settings: &RecordSettings) -> Lab {
        let flags = settings.topics.iter().find(|(kind, _)| *kind == Kind::Flags).map(|(_, topic)| topic.clone());
        Lab {
            session: name,
            brokers: settings.brokers.clone(),
            flags,
            installation: self.installation.id().unwrap_or_default(),
        }
    }

    pub(super) fn caller(&self, road: &Arc<Road>, lab: &Lab) -> Caller {
        Caller::start(road, &self.calls, lab.clone())
    }
}

fn capitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
