//! What a test says to people: what was found in each step, and what to try.

use feed::reach::Unreached;
use feed::{CheckFinding, CheckNews, TopicStanding};
use wire::{Decoded, Decoder, Envelope, Kind};

use super::topics::{TopicCheck, suggestions};
use super::{
    CheckStep, CheckStepName, CheckStepState, Host, Preview, Reached, StartAt, begins_at_end, is_there, preview,
};
use crate::connections::addresses;

use CheckStepState::{Failed, Ok as Well, Skipped, Warn};

/// Host and port of an address that was checked before; 9092 where none is named.
pub(super) fn host_and_port(address: &str) -> (String, u16) {
    match address.rsplit_once(':') {
        Some((host, port)) => (host.to_owned(), port.parse().unwrap_or(9092)),
        None => (address.to_owned(), 9092),
    }
}

pub(super) fn names(hosts: &[Host]) -> CheckStep {
    let name = CheckStepName::ResolveNames;
    let failed: Vec<&Host> = hosts.iter().filter(|host| host.found.is_err()).collect();
    let found = hosts.iter().filter_map(|host| {
        let addresses = host.found.as_ref().ok()?;
        let numbers: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        Some(if numbers.contains(&host.name) {
            host.name.clone()
        } else {
            format!("{} is {}", host.name, numbers.join(" and "))
        })
    });
    let mut says: Vec<String> = found.collect();
    says.dedup();
    if failed.is_empty() {
        return CheckStep::new(name, Well, &says.join(", "));
    }
    let unknown: Vec<&str> = failed.iter().map(|host| host.name.as_str()).collect();
    let words = failed.iter().filter_map(|host| host.found.as_ref().err()).next().cloned().unwrap_or_default();
    let advice = format!(
        "Check the spelling of {}. If it is right, this computer may not be in the lab's network or VPN: ask which address \
         the broker has there",
        unknown.join(", ")
    );
    says.insert(0, format!("{} cannot be found", unknown.join(", ")));
    let state = if failed.len() == hosts.len() { Failed } else { Warn };
    CheckStep::new(name, state, &says.join("; ")).words(words).try_this(advice)
}

pub(super) fn reached(reached: &[Reached]) -> CheckStep {
    let (says, unreached) = counted(reached, "broker");
    let Some((address, why)) = unreached.first() else {
        return CheckStep::new(CheckStepName::Reach, Well, &says);
    };
    let state = if unreached.len() == reached.len() { Failed } else { Warn };
    CheckStep::new(CheckStepName::Reach, state, &says).words(own_words(why)).try_this(match why {
        Unreached::Refused(_) => format!(
            "The computer of {address} is there, but nothing listens on that port. Check the port, and that the broker runs"
        ),
        Unreached::Silent => format!(
            "Nothing answers at {address}. The address may be wrong, the computer off, or a firewall in between: ask whether \
             this computer may reach that port"
        ),
        Unreached::Other(_) => format!("Check the network of this computer, and the address {address}"),
    })
}

/// "2 of 3 brokers on …", and those that were not reached.
fn counted<'a>(reached: &'a [Reached], what: &str) -> (String, Vec<(&'a str, &'a Unreached)>) {
    let unreached: Vec<(&str, &Unreached)> =
        reached.iter().filter_map(|one| Some((one.address.as_str(), one.outcome.as_ref().err()?))).collect();
    let (good, all) = (reached.len() - unreached.len(), reached.len());
    let plural = if all == 1 { "" } else { "s" };
    let mut says = format!("{good} of {all} {what}{plural} reached");
    if !unreached.is_empty() {
        let names: Vec<&str> = unreached.iter().map(|(address, _)| *address).take(5).collect();
        says = format!("{says}; not {}", names.join(", "));
    }
    (says, unreached)
}

fn own_words(why: &Unreached) -> &str {
    match why {
        Unreached::Refused(words) | Unreached::Other(words) => words,
        Unreached::Silent => "no answer in time",
    }
}

pub(super) fn cluster(cluster: &str, brokers: &[Reached]) -> CheckStep {
    let plural = if brokers.len() == 1 { "" } else { "s" };
    let names: Vec<&str> = brokers.iter().map(|broker| broker.address.as_str()).take(5).collect();
    let id = if cluster.is_empty() { "without an id".to_owned() } else { cluster.to_owned() };
    let says = format!("Cluster {id}, {} broker{plural}: {}", brokers.len(), names.join(", "));
    let (counts, unreached) = counted(brokers, "broker");
    let Some((address, why)) = unreached.first() else {
        return CheckStep::new(CheckStepName::Cluster, Well, &says);
    };
    let state = if unreached.len() == brokers.len() { Failed } else { Warn };
    CheckStep::new(CheckStepName::Cluster, state, &format!("{says}; {counts}")).words(own_words(why)).try_this(format!(
        "The cluster answers, but names {address} as its own address, and this computer cannot reach that. Ask for \
         advertised.listeners to be an address that is known here, or add that name to this computer's network"
    ))
}

/// No answer of the cluster, however that came about.
pub(super) fn no_answer(brokers: &str, news: CheckNews) -> CheckStep {
    let failed = |says: &str| CheckStep::new(CheckStepName::Cluster, Failed, says);
    let first = addresses(brokers).next().unwrap_or_default();
    let advice = format!(
        "Something listens at {first}, but it does not speak plain Kafka to us. Another port may be the right one; a port \
         that asks for TLS or a sign-in cannot be used yet"
    );
    match news {
        CheckNews::Found(CheckFinding::NoAnswer { reason }) => {
            failed("No broker answers as Kafka does").words(reason).try_this(advice)
        }
        CheckNews::Silent => failed("No broker answers as Kafka does within 5 s").try_this(advice),
        CheckNews::Died(words) => failed("The process that speaks to Kafka ended").words(words).try_this(
            "Test again. If it happens again, what the broker sent is not what Kafka sends: check the address and the port",
        ),
        CheckNews::Found(_) | CheckNews::Message(_) => failed("The answers came in no order that makes sense").try_this(advice),
    }
}

pub(super) fn topics(topics: &[TopicCheck], visible: &[(String, u32)]) -> CheckStep {
    let name = CheckStepName::Topics;
    let there: Vec<&TopicCheck> = topics.iter().filter(|topic| is_there(topic)).collect();
    // A default that is not there was never promised.
    let wanted = |topic: &&TopicCheck| topic.is_named || topic.kind == Kind::Results;
    let problems: Vec<&TopicCheck> = topics.iter().filter(|topic| !is_there(topic)).filter(wanted).collect();
    let partitions = |topic: &TopicCheck| match &topic.standing {
        Some(TopicStanding::There { partitions }) => partitions.len(),
        _ => 0,
    };
    let mut says: Vec<String> = Vec::new();
    if !there.is_empty() {
        let read = there.iter().map(|topic| {
            let n = partitions(topic);
            format!("{} ({n} partition{})", topic.name, if n == 1 { "" } else { "s" })
        });
        says.push(format!("Read on {}", read.collect::<Vec<_>>().join(", ")));
    }
    says.extend(problems.iter().map(|topic| match &topic.standing {
        Some(TopicStanding::Missing { .. }) => format!("{} ({}) is not there", topic.name, topic.kind.as_str()),
        Some(TopicStanding::Denied { .. }) => format!("{} ({}) may not be read", topic.name, topic.kind.as_str()),
        _ => format!("{} ({}) cannot be read now", topic.name, topic.kind.as_str()),
    }));
    let optional: Vec<&str> =
        topics.iter().filter(|topic| !is_there(topic) && !wanted(topic)).map(|topic| topic.name.as_str()).collect();
    if !optional.is_empty() && !there.is_empty() {
        says.push(format!("not there, and not needed: {}", optional.join(", ")));
    }
    let says = says.join("; ");
    let Some(first) = problems.first() else {
        return CheckStep::new(name, Well, &says);
    };
    let state = if there.is_empty() { Failed } else { Warn };
    let words = first.problem().unwrap_or_default().to_owned();
    let step = CheckStep::new(name, state, &says).words(words);
    match &first.standing {
        Some(TopicStanding::Denied { .. }) => step.try_this(format!(
            "Ask for the rights DESCRIBE and READ on the topic {} (no right on any group is needed)",
            first.name
        )),
        Some(TopicStanding::Missing { .. }) => {
            let meant = suggestions(first.kind, &first.name, visible);
            let others = match (meant.is_empty(), visible.len()) {
                (false, _) => format!("Did you mean {}? ", meant.join(" or ")),
                (true, 0) => "No topic at all is to be seen there: rights may be missing. ".to_owned(),
                (true, n) => format!("{n} topics are to be seen there. "),
            };
            step.try_this(format!("{others}Name the topic of {}, or let the lab create it", first.kind.as_str()))
        }
        _ => step.try_this("Test again in a moment: the broker may be starting, or electing a leader"),
    }
}

pub(super) fn messages(topics: &[TopicCheck], start: StartAt) -> CheckStep {
    let name = CheckStepName::Messages;
    let counts = topics.iter().filter(|topic| is_there(topic)).map(|topic| match topic.available() {
        0 if begins_at_end(topic.kind, start) => format!("{}: what comes from now on", topic.kind.as_str()),
        0 => format!("{}: none yet", topic.kind.as_str()),
        n => format!("{}: up to {}", topic.kind.as_str(), grouped(n)),
    });
    let from = match start {
        StartAt::Earliest => "From the earliest offset".to_owned(),
        StartAt::Latest => "From now on".to_owned(),
        StartAt::TimeMs(_) => format!("From {start}"),
    };
    let says = format!("{from}; messages of {}", counts.collect::<Vec<_>>().join(", "));
    let waiting = topics.iter().any(|topic| topic.available() > 0) || start == StartAt::Latest;
    if waiting {
        return CheckStep::new(name, Well, &says);
    }
    CheckStep::new(name, Warn, &says)
        .try_this("Nothing is there to show yet: plates appear with the first message. An earlier start may hold more")
}

/// The first message and what is in it; `now_ms` is for its age.
pub(super) fn first_message(news: CheckNews, now_ms: i64) -> (CheckStep, Option<Preview>) {
    let step = |state, says: &str| CheckStep::new(CheckStepName::FirstMessage, state, says);
    let envelope = match news {
        CheckNews::Message(envelope) => envelope,
        CheckNews::Found(CheckFinding::NoMessage { reason }) => {
            return (step(Skipped, &format!("No message to look at: {reason}")), None);
        }
        CheckNews::Died(words) => {
            let says = "The process that speaks to Kafka ended while it read the newest message";
            let advice = "Recording starts that process again each time, and goes on with the other topics. Have the \
                          producer of that message looked at";
            return (step(Warn, says).words(words).try_this(advice), None);
        }
        CheckNews::Found(_) | CheckNews::Silent => {
            let advice = "Test again. If it happens again, the broker that leads this partition may be out of reach";
            return (step(Warn, "The newest message did not come within 5 s").try_this(advice), None);
        }
    };
    let shown = preview(&envelope);
    let place = place(&envelope, now_ms);
    let outcome = match Decoder::default().decode(&envelope) {
        Decoded::Records(records) => {
            let what = records.first().map_or_else(|| "nothing".to_owned(), record);
            step(Well, &format!("{place}: decoded {what}"))
        }
        Decoded::Undecoded(undecoded) => step(Warn, &format!("{place}: it cannot be read")).words(undecoded.reason).try_this(
            format!(
                "Check that this topic carries {} in the native contract. Recording keeps such messages, counts and lists \
                 them",
                envelope.kind.as_str()
            ),
        ),
    };
    (outcome, Some(shown))
}

fn place(envelope: &Envelope, now_ms: i64) -> String {
    let origin = &envelope.origin;
    let age = match origin.timestamp_ms {
        ..0 => String::new(),
        ms => format!(", {} ago", age(now_ms.saturating_sub(ms).max(0))),
    };
    format!(
        "{} partition {}, offset {}{age}",
        origin.source.topic,
        origin.partition,
        grouped(origin.offset.cast_unsigned())
    )
}

/// What a record is about.
fn record(record: &plate::Record) -> String {
    let key = record.plate();
    let run = if key.run.is_empty() { "no run".to_owned() } else { format!("run {}", key.run) };
    let of = format!("plate {} of {run}", key.barcode);
    match record {
        plate::Record::Result(result) => {
            let names = result.features.list().names();
            let some: Vec<&str> = names.iter().take(3).map(|name| &**name).collect();
            let more = if names.len() > some.len() { ", …" } else { "" };
            format!("{of}, well {}: {} features ({}{more})", result.well, names.len(), some.join(", "))
        }
        plate::Record::Layout(_) => format!("the layout of {of}"),
        plate::Record::Image(image) => {
            format!("{of}, well {}, site {}, channel {}", image.well, image.site, image.channel)
        }
        plate::Record::Stage(stage) => format!("{of}: {} {}", stage.event.as_str(), stage.stage),
        plate::Record::Flag(flag) => format!("{of}: flag {} {}", flag.reason, flag.event.as_str()),
        plate::Record::Task(task) => format!("{of}: task {} ({})", task.task, task.kind),
        plate::Record::Review(review) => {
            format!("{of}: what {} did", review.by.as_ref().map_or("somebody", |by| &by.user))
        }
    }
}

/// 1234567 as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn age(ms: i64) -> String {
    match ms {
        0..60_000 => format!("{:.1} s", ms as f64 / 1000.0),
        60_000..3_600_000 => format!("{} min", ms / 60_000),
        3_600_000..172_800_000 => format!("{} h", ms / 3_600_000),
        _ => format!("{} days", ms / 86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use feed::PartitionRange;

    use super::*;

    fn topic(kind: Kind, is_named: bool, standing: TopicStanding) -> TopicCheck {
        TopicCheck { kind, name: format!("lab.{}", kind.as_str()), is_named, standing: Some(standing) }
    }

    fn there(begin: i64, end: i64) -> TopicStanding {
        TopicStanding::There { partitions: vec![PartitionRange { partition: 0, low: 0, begin, end }] }
    }

    fn missing() -> TopicStanding {
        TopicStanding::Missing { reason: "Unknown topic".to_owned() }
    }

    #[test]
    fn each_standing_of_topics_says_what_to_try() {
        let visible = vec![("lab.result".to_owned(), 3)];
        let step = topics(&[topic(Kind::Results, true, missing())], &visible);
        assert_eq!((step.state, step.broker_words.as_deref()), (Failed, Some("Unknown topic")));
        assert!(step.try_this.unwrap().starts_with("Did you mean lab.result?"));
        let good = topic(Kind::Results, true, there(0, 5));
        let step = topics(&[good.clone(), topic(Kind::Layouts, true, missing())], &visible);
        assert_eq!(step.state, Warn, "the others are read");
        let step = topics(&[good.clone(), topic(Kind::Flags, false, missing())], &visible);
        assert_eq!(step.state, Well, "a default was not promised: {}", step.says);
        assert!(step.says.contains("not needed: lab.flags"), "{}", step.says);
        let denied = TopicStanding::Denied { reason: "Topic authorization failed".to_owned() };
        let step = topics(&[topic(Kind::Results, true, denied)], &visible);
        assert!(step.state == Failed && step.try_this.unwrap().contains("DESCRIBE and READ"));
        assert!(messages(&[good], StartAt::Earliest).says.contains("results: up to 5"));
        assert_eq!(messages(&[topic(Kind::Results, true, there(5, 5))], StartAt::Earliest).state, Warn);
        assert_eq!(messages(&[topic(Kind::Results, true, there(5, 5))], StartAt::Latest).state, Well);
    }

    #[test]
    fn connections_say_how_many_and_why_not() {
        let one = |address: &str, outcome| Reached { address: address.to_owned(), outcome };
        let good = one("a:1", Ok(Duration::from_millis(3)));
        assert_eq!(reached(&[good]).says, "1 of 1 broker reached");
        let both = [one("a:1", Ok(Duration::ZERO)), one("b:2", Err(Unreached::Silent))];
        let step = reached(&both);
        assert_eq!((step.state, step.says.as_str()), (Warn, "1 of 2 brokers reached; not b:2"));
        assert!(step.try_this.unwrap().contains("firewall"));
        let refused = [one("a:1", Err(Unreached::Refused("Connection refused (os error 111)".to_owned())))];
        let step = reached(&refused);
        assert!(step.state == Failed && step.broker_words.unwrap().contains("refused"));
        let step = cluster("id", &both);
        assert!(step.state == Warn && step.try_this.unwrap().contains("advertised.listeners"));
    }

    #[test]
    fn numbers_and_ages_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let ages = [400, 61_000, 7_200_000, 259_200_000].map(age);
        assert_eq!(ages, ["0.4 s", "1 min", "2 h", "3 days"]);
        assert_eq!(host_and_port("[::1]:9093"), ("[::1]".to_owned(), 9093));
        assert_eq!(host_and_port("kafka"), ("kafka".to_owned(), 9092));
    }
}
