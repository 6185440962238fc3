//! Counts what passes, and makes the snapshots that [`super::FeedStatus`] is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use wire::envelope::Kind;

use super::event::Reading;
use super::status::{FeedState, FeedStatus, PartitionLag, TopicFlow};
use crate::control::EndRow;
use crate::messages::Tail;

/// Samples that rates are taken over; one is taken at each tick.
const SAMPLES: usize = 5;

#[derive(Default)]
struct Partition {
    next: i64,
    end: i64,
    at_end: bool,
    /// It is read.
    reads: bool,
    /// `end` is of a look that was had since it could last be read.
    is_known: bool,
}

/// What had been delivered at one moment.
struct Sample {
    at: Instant,
    messages: u64,
    bytes: u64,
    by_topic: Vec<u64>,
}

/// What is known of the source at this moment.
#[derive(Default)]
pub(super) struct Meter {
    pub(super) cluster: Option<String>,
    pub(super) connected: bool,
    pub(super) broker_down: Option<String>,
    pub(super) paused: Option<String>,
    /// The engine does not take what was delivered.
    pub(super) behind: Option<String>,
    pub(super) restarting: Option<String>,
    pub(super) refused: Option<String>,
    pub(super) stopped: bool,
    pub(super) restarts: u64,
    pub(super) pid: Option<u32>,
    pub(super) missing: BTreeSet<Arc<str>>,
    pub(super) caught_up: bool,
    pub(super) stuck_at: Vec<Reading>,
    pub(super) brokers: Vec<String>,
    offline_since_us: Option<i64>,
    next_try_at_us: Option<i64>,
    /// Messages delivered of each topic, by its number.
    by_topic: Vec<u64>,
    partitions: BTreeMap<(u16, i32), Partition>,
    messages: u64,
    bytes: u64,
    last_message_at_us: Option<i64>,
    last_message_timestamp_ms: Option<i64>,
    samples: VecDeque<Sample>,
}

impl Meter {
    /// Messages were delivered: so many of each topic.
    pub(super) fn delivered(&mut self, counts: &[(u16, usize)], bytes: usize, at_us: i64, tails: &[Tail]) {
        for &(topic, count) in counts {
            let topic = usize::from(topic);
            if self.by_topic.len() <= topic {
                self.by_topic.resize(topic + 1, 0);
            }
            self.by_topic[topic] += count as u64;
            self.messages += count as u64;
        }
        self.bytes += bytes as u64;
        self.last_message_at_us = Some(at_us);
        self.last_message_timestamp_ms = tails.iter().map(|tail| tail.timestamp_ms).max();
        for tail in tails {
            let partition = self.partitions.entry((tail.topic, tail.partition)).or_default();
            (partition.next, partition.reads) = (tail.offset + 1, true);
        }
        self.stuck_at.clear();
    }

    /// The worker looked where the partitions end. `next` says where each is.
    pub(super) fn ends(&mut self, rows: &[EndRow], next: impl Fn(u16, i32) -> Option<i64>) {
        self.partitions = rows
            .iter()
            .map(|row| {
                let next = next(row.topic, row.partition).unwrap_or(row.low);
                let was_read = self.partitions.get(&(row.topic, row.partition)).is_some_and(|known| known.reads);
                let EndRow { end, at_end, is_known, .. } = *row;
                let reads = is_known || was_read;
                ((row.topic, row.partition), Partition { next, end, at_end, reads, is_known })
            })
            .collect();
        if self.lag() > 0 {
            self.caught_up = false;
        }
    }

    /// Nothing can be read from here on.
    pub(super) fn offline(&mut self, now_us: i64) {
        // What comes meanwhile is not seen: where they end is learnt again.
        self.partitions.values_mut().for_each(|partition| partition.is_known = false);
        self.offline_since_us.get_or_insert(now_us);
    }

    /// It can be read again.
    pub(super) fn online(&mut self) {
        (self.offline_since_us, self.next_try_at_us) = (None, None);
    }

    /// The worker runs (again).
    pub(super) fn worker_runs(&mut self, pid: Option<u32>) {
        (self.pid, self.restarting, self.next_try_at_us) = (pid, None, None);
    }

    /// The worker is gone: what it knew will be learnt again. It is started again at `next_try_at_us`.
    pub(super) fn worker_is_gone(&mut self, exit: String, now_us: i64, next_try_at_us: i64) {
        self.offline(now_us);
        self.next_try_at_us = Some(next_try_at_us);
        (self.connected, self.caught_up, self.pid) = (false, false, None);
        (self.broker_down, self.behind) = (None, None);
        self.restarting = Some(exit);
    }

    /// Messages delivered since the start.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// Whether a partition has more to come, as far as is known.
    pub(super) fn has_more(&self, topic: u16, partition: i32) -> bool {
        self.partitions.get(&(topic, partition)).is_some_and(|partition| partition.lag() > 0)
    }

    fn lag(&self) -> u64 {
        self.partitions.values().map(Partition::lag).sum()
    }

    /// Takes a sample for the rates; whether anything moved since the one before.
    pub(super) fn tick(&mut self, now: Instant) -> bool {
        let moved = self.samples.back().is_none_or(|sample| sample.messages != self.messages)
            || self.samples.front().is_some_and(|sample| sample.messages != self.messages);
        let by_topic = self.by_topic.clone();
        self.samples.push_back(Sample { at: now, messages: self.messages, bytes: self.bytes, by_topic });
        if self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
        moved
    }

    fn state(&self) -> FeedState {
        let reason = |reason: &Option<String>| reason.clone();
        if self.stopped {
            FeedState::Stopped
        } else if let Some(reason) = reason(&self.refused) {
            FeedState::Refused { reason }
        } else if let Some(exit) = reason(&self.restarting) {
            FeedState::Restarting { exit }
        } else if let Some(reason) = reason(&self.paused) {
            FeedState::Paused { reason }
        } else if let Some(reason) = reason(&self.broker_down) {
            FeedState::BrokerDown { reason }
        } else if let Some(reason) = reason(&self.behind) {
            FeedState::Paused { reason }
        } else if self.connected {
            FeedState::Reading
        } else {
            FeedState::Connecting
        }
    }

    fn rate(&self, of: impl Fn(&Sample) -> u64) -> f64 {
        match (self.samples.front(), self.samples.back()) {
            (Some(first), Some(last)) if last.at > first.at => {
                (of(last) - of(first)) as f64 / (last.at - first.at).as_secs_f64()
            }
            _ => 0.0,
        }
    }

    /// A topic as it flows.
    fn flow(&self, number: usize, name: &Arc<str>, kind: Kind) -> TopicFlow {
        let count = |by_topic: &[u64]| by_topic.get(number).copied().unwrap_or(0);
        let partitions = self.partitions.iter().filter(|((topic, _), _)| usize::from(*topic) == number);
        TopicFlow {
            topic: name.clone(),
            kind,
            partitions: partitions.clone().filter(|(_, partition)| partition.reads).count() as u32,
            messages: count(&self.by_topic),
            messages_per_s: self.rate(|sample| count(&sample.by_topic)),
            lag: partitions.map(|(_, partition)| partition.lag()).sum(),
            is_missing: self.missing.contains(name),
        }
    }

    /// The snapshot; `topics` are the names and kinds of topics, by their numbers.
    pub(super) fn snapshot(&self, topics: &[(Arc<str>, Kind)]) -> FeedStatus {
        let row = |(&(topic, partition), state): (&(u16, i32), &Partition)| {
            let topic = topics.get(usize::from(topic))?.0.clone();
            let Partition { next, end, is_known, .. } = *state;
            Some(PartitionLag { topic, partition, next, end, lag: state.lag(), is_known })
        };
        FeedStatus {
            state: self.state(),
            cluster: self.cluster.clone(),
            lag: self.partitions.iter().filter_map(row).collect(),
            lag_total: self.lag(),
            topics: topics.iter().enumerate().map(|(number, (name, kind))| self.flow(number, name, *kind)).collect(),
            brokers: self.brokers.clone(),
            offline_since_us: self.offline_since_us,
            next_try_at_us: self.next_try_at_us,
            messages: self.messages,
            bytes: self.bytes,
            messages_per_s: self.rate(|sample| sample.messages),
            bytes_per_s: self.rate(|sample| sample.bytes),
            last_message_at_us: self.last_message_at_us,
            last_message_timestamp_ms: self.last_message_timestamp_ms,
            worker_restarts: self.restarts,
            worker_pid: self.pid,
            missing_topics: self.missing.iter().map(ToString::to_string).collect(),
            caught_up: self.caught_up,
            stuck_at: self.stuck_at.clone(),
        }
    }
}

impl Partition {
    fn lag(&self) -> u64 {
        if self.at_end { 0 } else { u64::try_from(self.end - self.next).unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(topic: u16, partition: i32, end: i64) -> EndRow {
        EndRow { topic, partition, low: 0, end, at_end: false, is_known: true }
    }

    #[test]
    fn a_lag_is_known_once_every_partition_was_looked_at_and_no_more_while_nothing_is_read() {
        let topics: [(Arc<str>, Kind); 2] = [("results".into(), Kind::Results), ("images".into(), Kind::Images)];
        let mut meter = Meter { connected: true, ..Meter::default() };
        let lag = |meter: &Meter, topic: &str| meter.snapshot(&topics).known_lag(topic);
        assert_eq!(lag(&meter, "results"), None, "no partition was heard of: the sum of nothing is not 0");
        let tail = Tail { topic: 0, partition: 0, offset: 4, timestamp_ms: 0, digest: [0; 32] };
        meter.delivered(&[(0, 5)], 50, 1, &[tail]);
        assert_eq!(lag(&meter, "results"), None, "read, and nobody knows where it ends");
        meter.ends(&[row(0, 0, 9), row(0, 1, 3)], |_, partition| Some(if partition == 0 { 5 } else { 3 }));
        assert_eq!((lag(&meter, "results"), lag(&meter, "images")), (Some(4), None));
        let silent = EndRow { is_known: false, at_end: true, ..row(0, 1, 0) };
        meter.ends(&[row(0, 0, 9), silent], |_, partition| (partition == 0).then_some(5));
        assert_eq!(lag(&meter, "results"), None, "one partition of two cannot be looked at");
        meter.ends(&[row(0, 0, 9), row(0, 1, 3)], |_, partition| Some(if partition == 0 { 5 } else { 3 }));
        meter.missing.insert("results".into());
        assert_eq!(lag(&meter, "results"), None, "a topic that is not to be seen has no lag");
        meter.missing.clear();
        meter.broker_down = Some("no route".into());
        meter.offline(2);
        assert_eq!(lag(&meter, "results"), None);
        meter.broker_down = None;
        meter.online();
        assert_eq!(lag(&meter, "results"), None, "back, and where it ends is of before");
        meter.ends(&[row(0, 0, 20), row(0, 1, 3)], |_, partition| Some(if partition == 0 { 5 } else { 3 }));
        assert_eq!(lag(&meter, "results"), Some(15));
        meter.refused = Some("another cluster".into());
        assert_eq!(lag(&meter, "results"), None);
    }
}
