//! One step of a connection test.

/// A step, as it runs or as it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckStep {
    /// Which.
    pub name: CheckStepName,
    /// How it stands.
    pub state: CheckStepState,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What was found, with numbers.
    pub says: String,
    /// The words of the broker, librdkafka or the system, as they are.
    pub broker_words: Option<String>,
    /// What a person may try.
    pub try_this: Option<String>,
}

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckStepName {
    /// The hosts' names to addresses.
    ResolveNames,
    /// A TCP connection to each.
    Reach,
    /// Kafka answers: the cluster and its brokers.
    Cluster,
    /// The topics are there and may be read.
    Topics,
    /// How many messages there are from the start position on.
    Messages,
    /// The newest message is read and decoded.
    FirstMessage,
}

impl CheckStepName {
    /// All of them, in order.
    pub const ALL: [CheckStepName; 6] = [
        CheckStepName::ResolveNames,
        CheckStepName::Reach,
        CheckStepName::Cluster,
        CheckStepName::Topics,
        CheckStepName::Messages,
        CheckStepName::FirstMessage,
    ];

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            CheckStepName::ResolveNames => "Resolve names",
            CheckStepName::Reach => "TCP",
            CheckStepName::Cluster => "Kafka cluster",
            CheckStepName::Topics => "Topics and rights",
            CheckStepName::Messages => "Start position",
            CheckStepName::FirstMessage => "First message",
        }
    }
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStepState {
    /// It runs.
    Running,
    /// All is well.
    Ok,
    /// It works, and something is to be known.
    Warn,
    /// It does not work.
    Failed,
    /// It was not tried.
    Skipped,
}

impl CheckStep {
    pub(super) fn new(name: CheckStepName, state: CheckStepState, says: &str) -> CheckStep {
        CheckStep { name, state, took_ms: 0, says: says.to_owned(), broker_words: None, try_this: None }
    }

    pub(super) fn words(self, words: impl Into<String>) -> CheckStep {
        CheckStep { broker_words: Some(words.into()).filter(|words| !words.is_empty()), ..self }
    }

    pub(super) fn try_this(self, advice: impl Into<String>) -> CheckStep {
        CheckStep { try_this: Some(advice.into()), ..self }
    }
}
