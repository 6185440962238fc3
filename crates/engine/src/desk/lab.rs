//! Connections as the window fills them in, and settings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wire::Kind;

use super::Desk;
use super::chosen::{
    CheckOutcome, CheckStep, CheckedTopic, Connection, ConnectionArgs, Connections, NameArgs, NoArgs, Preview,
    SettingsArgs, StartChoice, TopicChoice, WindowSettings,
};
use super::failure::{Answer, Failure};
use super::told::Level;
use crate::check::{self, CheckStepName, CheckStepState};
use crate::connections::{self, StartAt};
use crate::profile::Profile;
use crate::settings::{ColourMap, Settings, Theme};

impl Desk {
    /// The saved connections, and what a new one begins with.
    ///
    /// # Errors
    /// `io`: the folder is there and cannot be read.
    pub async fn connections(&self, _: NoArgs) -> Answer<Connections> {
        let mut known = Connections { saved: Vec::new(), blank: blank(), unreadable: Vec::new() };
        for saved in self.saved.list()? {
            match saved.connection {
                Ok(connection) => known.saved.push(from_engine(&connection)),
                Err(error) => known.unreadable.push(error.into()),
            }
        }
        Ok(known)
    }

    /// Keeps a connection under its name.
    ///
    /// # Errors
    /// `invalid` with the field in `detail`; `io`.
    pub async fn save_connection(&self, args: ConnectionArgs) -> Answer<()> {
        Ok(self.saved.save(&to_engine(&args.connection)?)?)
    }

    /// Deletes a saved connection.
    ///
    /// # Errors
    /// `unknown_connection`, `io`.
    pub async fn forget_connection(&self, args: NameArgs) -> Answer<()> {
        Ok(self.saved.remove(&args.name)?)
    }

    /// Tests a connection; `tell` hears each step when it begins and when it ends. Leaves no trace.
    ///
    /// # Errors
    /// `invalid` with the field in `detail`: nothing was tried.
    pub async fn check(&self, args: ConnectionArgs, mut tell: impl FnMut(CheckStep) + Send) -> Answer<CheckOutcome> {
        let connection = to_engine(&args.connection)?;
        let worker = self.options.worker.clone();
        let checked = check::check(&connection, worker, |step| tell(step_from_engine(step))).await?;
        let took = checked.steps.iter().map(|step| step.took_ms).sum::<u64>();
        Ok(CheckOutcome {
            level: checked.steps.iter().map(|step| step_level(step.state)).max().unwrap_or(Level::Unknown),
            says: checked.verdict(),
            took_ms: u32::try_from(took).unwrap_or(u32::MAX),
            topics: checked.topics.iter().map(topic_from_engine).collect(),
            visible: checked.visible,
            preview: checked.preview.map(|preview| Preview {
                kind: preview.kind.as_str().to_owned(),
                topic: preview.topic,
                partition: preview.partition,
                offset: preview.offset,
                timestamp_ms: Some(preview.timestamp_ms).filter(|ms| *ms >= 0),
                text: preview.text,
                bytes: u32::try_from(preview.bytes).unwrap_or(u32::MAX),
            }),
        })
    }

    /// Keeps the window's settings.
    ///
    /// # Errors
    /// `invalid`, `settings`.
    pub async fn save_settings(&self, args: SettingsArgs) -> Answer<WindowSettings> {
        let wanted = args.settings;
        let unknown = |what: &str, value: &str| Failure::new("invalid", format!("There is no {what} \"{value}\"."));
        let config = &self.options.folders.config;
        let mut settings = Settings::read(config)?;
        settings.window.theme = match wanted.theme.as_str() {
            "system" => Theme::System,
            "dark" => Theme::Dark,
            "light" => Theme::Light,
            other => return Err(unknown("theme", other)),
        };
        settings.window.colour_map = match wanted.map.as_str() {
            "viridis" => ColourMap::Viridis,
            "cividis" => ColourMap::Cividis,
            "magma" => ColourMap::Magma,
            other => return Err(unknown("colour map", other)),
        };
        settings.window.single_key_shortcuts = wanted.letter_keys;
        settings.write(config)?;
        self.theme.send_replace(settings.window.theme);
        Ok(self.window_settings(&settings))
    }

    pub(crate) fn window_settings(&self, settings: &Settings) -> WindowSettings {
        WindowSettings {
            theme: match settings.window.theme {
                Theme::System => "system",
                Theme::Dark => "dark",
                Theme::Light => "light",
            }
            .to_owned(),
            letter_keys: settings.window.single_key_shortcuts,
            map: match settings.window.colour_map {
                ColourMap::Viridis => "viridis",
                ColourMap::Cividis => "cividis",
                ColourMap::Magma => "magma",
            }
            .to_owned(),
            last_connection: self.saved.last_used(),
        }
    }
}

fn step_level(state: CheckStepState) -> Level {
    match state {
        CheckStepState::Running => Level::Unknown,
        CheckStepState::Ok => Level::Ok,
        CheckStepState::Skipped => Level::Info,
        CheckStepState::Warn => Level::Attention,
        CheckStepState::Failed => Level::Fail,
    }
}

fn step_from_engine(step: &check::CheckStep) -> CheckStep {
    let name = match step.name {
        CheckStepName::ResolveNames => "resolve",
        CheckStepName::Reach => "reach",
        CheckStepName::Cluster => "cluster",
        CheckStepName::Topics => "topics",
        CheckStepName::Messages => "positions",
        CheckStepName::FirstMessage => "first_message",
    };
    CheckStep {
        step: name.to_owned(),
        level: step_level(step.state),
        running: step.state == CheckStepState::Running,
        took_ms: u32::try_from(step.took_ms).unwrap_or(u32::MAX),
        says: step.says.clone(),
        words: step.broker_words.clone(),
        advice: step.try_this.clone(),
    }
}

fn topic_from_engine(topic: &check::CheckedTopic) -> CheckedTopic {
    let there = topic.problem.is_none();
    CheckedTopic {
        kind: topic.kind.as_str().to_owned(),
        topic: topic.name.clone(),
        partitions: there.then_some(topic.partitions),
        messages: there.then_some(topic.available),
        problem: topic.problem.clone(),
        suggestions: topic.suggestions.clone(),
    }
}

/// The form of a new connection: the native contract's topics on this machine's broker.
fn blank() -> Connection {
    let topics = Profile::default().topics();
    Connection {
        name: String::new(),
        brokers: "localhost:9092".to_owned(),
        topics: topics.into_iter().map(|(kind, topic)| TopicChoice { kind: kind.as_str().to_owned(), topic }).collect(),
        start: StartChoice::Earliest,
        folder: None,
        profile: String::new(),
    }
}

/// The form as the engine keeps it.
pub(crate) fn to_engine(form: &Connection) -> Answer<connections::Connection> {
    let mut topics = BTreeMap::new();
    for choice in form.topics.iter().filter(|choice| !choice.topic.trim().is_empty()) {
        let kind = Kind::from_name(&choice.kind).ok_or_else(|| Failure {
            code: "invalid".to_owned(),
            message: format!("\"{}\" is no kind of topic.", choice.kind),
            detail: Some("topics".to_owned()),
        })?;
        topics.insert(kind, choice.topic.trim().to_owned());
    }
    Ok(connections::Connection {
        name: form.name.trim().to_owned(),
        brokers: form.brokers.clone(),
        topics,
        start: match form.start {
            StartChoice::Earliest => StartAt::Earliest,
            StartChoice::Latest => StartAt::Latest,
            StartChoice::Time { ms } => StartAt::TimeMs(ms),
        },
        session_folder: form.folder.as_deref().map(str::trim).filter(|folder| !folder.is_empty()).map(PathBuf::from),
        profile: form.profile.clone(),
    })
}

fn from_engine(kept: &connections::Connection) -> Connection {
    Connection {
        name: kept.name.clone(),
        brokers: kept.brokers.clone(),
        topics: kept
            .topics
            .iter()
            .map(|(kind, topic)| TopicChoice { kind: kind.as_str().to_owned(), topic: topic.clone() })
            .collect(),
        start: match kept.start {
            StartAt::Earliest => StartChoice::Earliest,
            StartAt::Latest => StartChoice::Latest,
            StartAt::TimeMs(ms) => StartChoice::Time { ms },
        },
        folder: kept.session_folder.as_ref().map(|folder| folder.display().to_string()),
        profile: kept.profile.clone(),
    }
}
