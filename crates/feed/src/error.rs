//! What can go wrong before a source runs. Afterwards everything is an event: a source does not fail, it says what it sees.

/// Why a source cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// No broker was named.
    #[error("no broker is named: give at least one as HOST:PORT")]
    NoBrokers,
    /// No topic was named.
    #[error("no topic is named: give at least one with its kind, as results=plateside.results")]
    NoTopics,
    /// One topic, two kinds.
    #[error("topic \"{0}\" is named twice: a topic carries one kind of message")]
    TopicTwice(String),
    /// More topics than a frame can number.
    #[error("{0} topics are named; one source reads at most 1,000")]
    TooManyTopics(usize),
    /// A property of librdkafka that this crate decides.
    #[error(
        "the client property \"{0}\" is set by Plateside itself (a viewer leaves no trace): remove it from the profile"
    )]
    Reserved(String),
    /// The child process did not start.
    #[error("the Kafka worker \"{program}\" cannot be started: {reason}; check that the file is there and may be run")]
    Worker {
        /// The program's path.
        program: String,
        /// The system's words.
        reason: std::io::Error,
    },
    /// The demo lab's broker or its data.
    #[error("the demo lab cannot be started: {0}")]
    Demo(String),
}
