//! How alerts reach people, as it is kept: what is turned on, the quiet hours, and where a webhook is.

use std::path::Path;

use feed::webhook;
use serde::{Deserialize, Serialize};

use crate::files::read_bounded;
use crate::settings::write_whole;
use crate::toml_words;

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
    pub(super) fn holds(self, minute: u16) -> bool {
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
    pub(super) fn address(&self) -> Result<Option<String>, String> {
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
        assert!(crate::calls::Calls::in_config(folder.path()).known().last_problem.is_some());
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let night = Quiet { from_minute: 1320, to_minute: 360 };
        assert!(night.holds(1320) && night.holds(0) && night.holds(359) && !night.holds(360) && !night.holds(720));
        let noon = Quiet { from_minute: 720, to_minute: 780 };
        assert!(noon.holds(720) && !noon.holds(780) && !noon.holds(0));
    }
}
