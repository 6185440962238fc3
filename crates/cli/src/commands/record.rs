//! `record`: a broker's topics into a session folder, until interrupted or idle.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use engine::feed::{FeedEvent, Start, WorkerCommand};
use engine::session::Reader;
use engine::wire::Kind;
use engine::{Finished, Folders, Notice, Opening, Profile, RecordSettings, Road, Settings, Ticks};
use tokio::time::MissedTickBehavior;

use super::summary::{self, PartitionNode};
use crate::arguments::Record;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::live::Voice;
use crate::notices::Notices;
use crate::output::print_one;
use crate::report::Node;

/// A broker gets at least this long to answer before `--until-idle` gives up.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often the head line and the missing topics are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a person hears of a recording.
struct Account {
    voice: Voice,
    notices: Notices,
    /// A broker has answered.
    opened: bool,
    /// The broker's last words while it could not be reached.
    broker_down: Option<String>,
    /// Why the client does not take its settings.
    refused: Option<String>,
    where_to: String,
}

pub(crate) async fn run(arguments: Record) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen().map_err(|error| Failure::io(format!("signals: {error}")))?;
    let (settings, defaults) = settings(&arguments)?;
    let mut account = Account {
        voice: Voice::on_stderr(),
        notices: Notices::new(defaults),
        opened: false,
        broker_down: None,
        refused: None,
        where_to: format!("{} to {}", arguments.brokers, arguments.out.display()),
    };
    let opened = open(settings, &arguments, &mut interrupts, &mut account).await;
    let recorded = match opened {
        Ok(road) => record(road, arguments.until_idle, &mut interrupts, &mut account).await,
        Err(failure) => Err(failure),
    };
    account.voice.end();
    let finished = recorded?;
    print_one(arguments.format.get(), &summary(&finished).await?)
}

/// Waits for the broker, telling why.
async fn open(
    settings: RecordSettings,
    arguments: &Record,
    interrupts: &mut Interrupts,
    account: &mut Account,
) -> Result<Road, Failure> {
    let patience = arguments.until_idle.map(|idle| idle.max(PATIENCE));
    let too_long = async {
        match patience {
            Some(patience) => tokio::time::sleep(patience).await,
            None => std::future::pending().await,
        }
    };
    let opened = tokio::select! {
        road = engine::record(settings, |Opening::Feed(event)| account.hear(&Notice::Feed(event))) => Some(road),
        () = interrupts.next() => return Err(Failure::io("ended before a broker answered: nothing was recorded")),
        () = too_long => None,
    };
    match opened {
        Some(Ok(road)) => Ok(road),
        Some(Err(error)) => Err(account.refused.take().map_or_else(|| error.into(), Failure::bad)),
        None => {
            let words = account.broker_down.take().map_or_else(String::new, |reason| format!(" ({reason})"));
            let seconds = patience.unwrap_or(PATIENCE).as_secs_f64();
            Err(Failure::io(format!(
                "no broker answered at {} within {seconds:.0} s{words}. Check the address, that the broker runs, and what it \
                 advertises to its clients; without --until-idle this waits for as long as it takes",
                arguments.brokers
            )))
        }
    }
}

/// Records until it is idle, interrupted, or the source ends.
async fn record(
    road: Road,
    until_idle: Option<Duration>,
    interrupts: &mut Interrupts,
    account: &mut Account,
) -> Result<Finished, Failure> {
    account.opened = true;
    let mut ticks = road.ticks().await?;
    follow(&road, &mut ticks, until_idle, interrupts, account).await;
    let finish = road.finish();
    tokio::pin!(finish);
    loop {
        tokio::select! {
            biased;
            () = interrupts.next() => {
                return Err(Failure::io("ended at once, as asked: what was committed is safe, and recording into the same \
                                        folder goes on behind it"));
            }
            Some(tick) = ticks.recv() => account.voice.tick(&tick),
            finished = &mut finish => {
                while let Some(tick) = ticks.try_recv() {
                    account.voice.tick(&tick);
                }
                return match (finished, account.refused.take()) {
                    (Ok(finished), None) => Ok(finished),
                    (_, Some(reason)) => Err(Failure::bad(reason)),
                    (Err(error), None) => Err(error.into()),
                };
            }
        }
    }
}

/// Tells what happens until the recording should end.
async fn follow(
    road: &Road,
    ticks: &mut Ticks,
    until_idle: Option<Duration>,
    interrupts: &mut Interrupts,
    account: &mut Account,
) {
    let mut notices = road.notices();
    let (progress, feed) = (road.progress(), road.feed_status());
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let idle = async {
        match until_idle {
            Some(idle) => road.until_idle(idle).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(idle);
    loop {
        tokio::select! {
            () = interrupts.next() => {
                account.voice.say("ending: what was received is being stored (once more ends at once)");
                return;
            }
            () = &mut idle => return,
            notice = notices.recv() => match notice {
                Ok(notice) => account.hear(&notice),
                Err(tokio::sync::broadcast::error::RecvError::Lagged(missed)) => {
                    account.voice.say(&format!("{missed} notices came faster than they could be told"));
                }
                // The road holds the other end.
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            },
            tick = ticks.recv() => match tick {
                Some(tick) => account.voice.tick(&tick),
                // The writer ended by itself: its reason comes with the end of the road.
                None => return,
            },
            _ = look.tick() => {
                let feed = feed.as_ref().map(|feed| feed.borrow().clone());
                if let Some(feed) = &feed {
                    for line in account.notices.missing(&feed.missing_topics) {
                        account.voice.say(&line);
                    }
                }
                let progress = progress.borrow().clone();
                account.voice.head(&account.where_to, &progress, feed.as_ref());
                if road.source_ended() {
                    return;
                }
            }
        }
    }
}

impl Account {
    fn hear(&mut self, notice: &Notice) {
        match notice {
            Notice::Feed(FeedEvent::BrokerDown { reason }) => self.broker_down = Some(reason.clone()),
            Notice::Feed(FeedEvent::BrokerUp) => self.broker_down = None,
            Notice::Feed(event @ FeedEvent::Refused { .. }) => self.refused = Some(event.to_string()),
            // Without a broker librdkafka repeats what one line has said.
            Notice::Feed(FeedEvent::Log { .. }) if !self.opened || self.broker_down.is_some() => return,
            _ => {}
        }
        if let Some(line) = self.notices.line(notice) {
            if matches!(notice, Notice::Note { .. }) {
                self.voice.note(&line);
            }
            self.voice.say(&line);
        }
    }
}

/// The engine's settings, and the topics that nobody named.
fn settings(arguments: &Record) -> Result<(RecordSettings, Vec<String>), Failure> {
    let (profile, profile_text) = match &arguments.profile {
        Some(path) => Profile::read(path)?,
        None => (Profile::default(), String::new()),
    };
    if arguments.from == Start::Stored && !engine::session::exists(&arguments.out)? {
        return Err(Failure::usage(format!(
            "--from stored goes on with an existing session, and {} holds none: choose earliest, latest or a time",
            arguments.out.display()
        )));
    }
    let (topics, defaults) = topics(&profile, &arguments.topics);
    let installed = match Folders::of_this_machine() {
        Some(folders) => Settings::read(&folders.config)?,
        None => Settings::default(),
    };
    let program = std::env::current_exe()
        .map_err(|error| Failure::io(format!("the path of this program is not to be had: {error}")))?;
    let worker = WorkerCommand { program, args: ["worker", "consume"].map(OsString::from).to_vec() };
    let usual = RecordSettings::new(&arguments.brokers, &arguments.out, worker).with(installed);
    let group = arguments.group.clone();
    Ok((RecordSettings { topics, profile, profile_text, start: arguments.from, group, ..usual }, defaults))
}

/// What to read, and which of it nobody named.
fn topics(profile: &Profile, named: &[(Kind, String)]) -> (Vec<(Kind, String)>, Vec<String>) {
    if named.is_empty() && profile.topics.is_empty() {
        let topics = profile.topics();
        let defaults = topics.iter().map(|(_, topic)| topic.clone()).collect();
        return (topics, defaults);
    }
    let mut topics = if profile.topics.is_empty() { Vec::new() } else { profile.topics() };
    topics.retain(|(kind, _)| named.iter().all(|(other, _)| other != kind));
    topics.extend_from_slice(named);
    (topics, Vec::new())
}

/// Counts and offsets of the whole session; bytes and seconds of this recording.
async fn summary(finished: &Finished) -> Result<Node, Failure> {
    let dir: &Path = &finished.dir;
    let digests = engine::digests(dir, &finished.board).await?;
    let mut reader = Reader::open(dir).await?;
    let counts = reader.counts().await?;
    let positions = reader.stored_positions().await?;
    let offsets = positions.iter().map(|position| PartitionNode {
        source: &position.source,
        partition: position.partition,
        node: Node::Integer(position.next),
    });
    Ok(Node::object([
        ("messages", Node::count(counts.messages)),
        ("records", Node::count(counts.records)),
        ("results", Node::count(counts.results)),
        ("images", Node::count(counts.images)),
        ("undecoded", Node::count(counts.undecoded)),
        ("bytes", Node::count(finished.progress.bytes)),
        ("seconds", Node::from(finished.seconds)),
        ("offsets", summary::by_topic(offsets)),
        ("digest", summary::digests(&digests)),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(text: &str) -> Profile {
        Profile::parse(text, Path::new("p.toml")).unwrap()
    }

    #[test]
    fn topics_come_from_the_line_then_the_profile_then_the_defaults() {
        let (topics, defaults) = topics(&profile(""), &[]);
        assert_eq!((topics.len(), defaults.len()), (7, 7));
        let lab = profile("[topics]\nresults = 'r'\nlayouts = 'l'");
        assert_eq!(super::topics(&lab, &[]).0, [(Kind::Layouts, "l".to_owned()), (Kind::Results, "r".to_owned())]);
        let named = [(Kind::Results, "x".to_owned()), (Kind::Results, "y".to_owned())];
        let (topics, defaults) = super::topics(&lab, &named);
        let expected = [(Kind::Layouts, "l"), (Kind::Results, "x"), (Kind::Results, "y")];
        assert_eq!(topics, expected.map(|(kind, topic)| (kind, topic.to_owned())));
        assert!(defaults.is_empty(), "all of them were named");
        assert_eq!(super::topics(&profile(""), &named).0, named, "only what was named");
    }
}
