//! One topic as the worker reads it: a state machine from surveys and messages to steps. Pure: no client, no clock.

use std::collections::BTreeMap;

use super::survey::{Answer, PartitionFacts, Question};
use super::verdict::{Found, Known, Verdict, judge};
use crate::control::{Begin, EndRow, Last, Report, TopicPlan};

/// What the reader is to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Tell the parent.
    Tell(Report),
    /// Stop reading these partitions.
    Stop { topic: u16, partitions: Vec<i32> },
    /// Read these partitions from these offsets.
    Read { topic: u16, partitions: Vec<(i32, i64)> },
}

#[derive(Debug, Clone)]
struct Partition {
    /// The next offset; `None` until it is known where the partition begins.
    next: Option<i64>,
    last: Option<Last>,
    /// Whether `last` is small enough to be fetched again and again.
    last_is_small: bool,
    begin: Begin,
    reading: bool,
    low: i64,
    end: i64,
    /// librdkafka reported an end since the last message.
    saw_end: bool,
    /// A message came since the last survey.
    moved: bool,
    /// Nothing readable lies between `next` and `end`.
    at_end: bool,
}

impl Partition {
    fn new(begin: Begin) -> Partition {
        Partition {
            next: None,
            last: None,
            last_is_small: false,
            begin,
            reading: false,
            low: 0,
            end: 0,
            saw_end: false,
            moved: false,
            at_end: false,
        }
    }
}

/// A topic and what is known of it.
#[derive(Debug)]
pub(super) struct Topic {
    number: u16,
    name: String,
    begin: Begin,
    incarnation: u32,
    /// Its partitions have been seen, now or before a restart.
    known: bool,
    /// A survey has answered for it.
    surveyed: bool,
    missing: bool,
    /// The broker would not say anything about it last time.
    unavailable: bool,
    /// librdkafka saw its id change.
    id_changed: bool,
    /// Offsets once looked like those of another topic.
    suspected: bool,
    partitions: BTreeMap<i32, Partition>,
    /// What was known when the question in flight was asked.
    asked: BTreeMap<i32, Known>,
    asked_after_change: bool,
}

impl Topic {
    pub(super) fn new(number: u16, plan: &TopicPlan) -> Topic {
        let position = |p: &crate::control::Position| {
            (p.partition, Partition { next: Some(p.next), last: p.last, ..Partition::new(Begin::Earliest) })
        };
        Topic {
            number,
            name: plan.name.clone(),
            begin: plan.begin,
            incarnation: plan.incarnation,
            known: plan.known,
            surveyed: false,
            missing: false,
            unavailable: false,
            id_changed: false,
            suspected: false,
            partitions: plan.positions.iter().map(position).collect(),
            asked: BTreeMap::new(),
            asked_after_change: false,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The incarnation to stamp a message with, if its partition is read and the offset is a new one.
    pub(super) fn accept(&mut self, partition: i32, offset: i64) -> Option<u32> {
        let partition = self.partitions.get_mut(&partition).filter(|partition| partition.reading)?;
        // Behind a resumed pause librdkafka goes on where it was; were it to repeat itself, once is enough.
        if partition.next.is_some_and(|next| offset < next) {
            return None;
        }
        partition.next = Some(offset + 1);
        partition.saw_end = false;
        partition.moved = true;
        partition.at_end = false;
        Some(self.incarnation)
    }

    /// The last message of a partition that was handed over, and whether it is small.
    pub(super) fn handed_over(&mut self, partition: i32, last: Last, small: bool) {
        if let Some(partition) = self.partitions.get_mut(&partition) {
            partition.last = Some(last);
            partition.last_is_small = small;
        }
    }

    /// librdkafka reached the end of this partition of some topic: it does not say of which.
    pub(super) fn saw_end(&mut self, partition: i32) {
        if let Some(partition) = self.partitions.get_mut(&partition) {
            partition.saw_end = true;
        }
    }

    /// librdkafka saw another id under this name: nothing more is read until the new life has been looked at.
    pub(super) fn id_changed(&mut self) -> Step {
        self.id_changed = true;
        self.stop()
    }

    /// Stops all partitions; the next survey verifies them as after a restart.
    pub(super) fn stop(&mut self) -> Step {
        let reading = self.partitions.iter_mut().filter(|(_, partition)| partition.reading);
        let stop = |(number, partition): (&i32, &mut Partition)| {
            partition.reading = false;
            *number
        };
        Step::Stop { topic: self.number, partitions: reading.map(stop).collect() }
    }

    /// The question to ask about it now. `compare`: whether the last message is to be compared while reading goes on.
    pub(super) fn question(&mut self, compare: bool) -> Question {
        let known = |(number, p): (&i32, &Partition)| p.next.map(|next| (*number, Known { next, last: p.last }));
        self.asked = self.partitions.iter().filter_map(known).collect();
        self.asked_after_change = self.id_changed;
        let offset = |p: &Partition| p.last.map(|last| last.offset);
        let mut probes: Vec<(i32, i64)> = self
            .partitions
            .iter()
            .filter(|(_, partition)| !partition.reading)
            .filter_map(|(number, partition)| Some((*number, offset(partition)?)))
            .collect();
        if compare {
            // One partition is enough to know a topic by; the one that was read furthest is the least likely to be
            // rewritten with the same offset reached.
            let reading = self.partitions.iter().filter(|(_, p)| p.reading && p.last_is_small);
            probes.extend(
                reading
                    .filter_map(|(number, partition)| Some((*number, offset(partition)?)))
                    .max_by_key(|(_, offset)| *offset),
            );
        }
        let time_ms = match self.begin {
            Begin::TimeMs(ms) if self.partitions.values().any(|p| p.next.is_none()) || !self.known => Some(ms),
            Begin::Earliest | Begin::Latest | Begin::TimeMs(_) => None,
        };
        Question { topic: self.number, name: self.name.clone(), time_ms, probes }
    }

    /// Whether the next survey should not wait for its usual time.
    pub(super) fn is_waiting(&self) -> bool {
        self.id_changed || !self.missing && (!self.known || self.partitions.values().any(|p| !p.reading))
    }

    /// Whether everything that was there at the last survey has been handed over.
    pub(super) fn is_at_end(&self) -> bool {
        let at_end = |p: &Partition| p.reading && (p.at_end || p.next.is_some_and(|next| next >= p.end));
        self.surveyed && (self.missing || self.known && self.partitions.values().all(at_end))
    }

    /// Rows about all partitions; those that are not read yet, or could not be looked at, say so.
    pub(super) fn ends(&self) -> impl Iterator<Item = EndRow> {
        let there = self.partitions.iter().filter(|_| !self.missing);
        there.map(|(number, p)| EndRow {
            topic: self.number,
            partition: *number,
            low: p.low,
            end: p.end,
            at_end: !p.reading || p.at_end || p.next.is_some_and(|next| next >= p.end),
            is_known: p.reading && !self.unavailable,
        })
    }

    /// Learns from a survey.
    pub(super) fn learn(&mut self, answer: Answer) -> Vec<Step> {
        match answer {
            Answer::Unavailable(reason) if !std::mem::replace(&mut self.unavailable, true) => {
                let text = format!("topic \"{}\" cannot be looked at now: {reason}", self.name);
                vec![Step::Tell(Report::Log { level: 4, text })]
            }
            Answer::Unavailable(_) => Vec::new(),
            Answer::Missing(reason) => self.is_missing(reason),
            Answer::There(facts) => {
                self.unavailable = false;
                self.is_there(&facts)
            }
        }
    }

    fn is_missing(&mut self, reason: String) -> Vec<Step> {
        self.surveyed = true;
        if !self.known {
            // Whatever comes into a topic that appears later is later than any start that could be meant.
            self.begin = Begin::Earliest;
        }
        if self.missing {
            return Vec::new();
        }
        self.missing = true;
        vec![self.stop(), Step::Tell(Report::Missing { topic: self.number, reason })]
    }

    fn is_there(&mut self, facts: &[PartitionFacts]) -> Vec<Step> {
        let mut steps = Vec::new();
        self.surveyed = true;
        if std::mem::take(&mut self.missing) {
            steps.push(Step::Tell(Report::Appeared { topic: self.number }));
        }
        if self.id_changed {
            // An answer that was on its way when the id changed may be about the old life.
            if self.asked_after_change {
                self.begin_anew("its id changed".to_owned(), facts, &mut steps);
            }
            return steps;
        }
        let verdicts = self.verdicts(facts);
        let made_again = verdicts.values().find_map(|verdict| match verdict {
            Verdict::MadeAgain { reason, by_bytes } => Some((reason.clone(), *by_bytes)),
            Verdict::Same | Verdict::GoOnAt { .. } | Verdict::AskAgain => None,
        });
        match made_again {
            Some((reason, by_bytes)) if by_bytes || self.suspected => {
                self.begin_anew(reason, facts, &mut steps);
                return steps;
            }
            Some(_) => {
                self.suspected = true;
                steps.push(self.stop());
                return steps;
            }
            None => self.suspected = false,
        }
        self.go_on(facts, &verdicts, &mut steps);
        steps
    }

    fn verdicts(&self, facts: &[PartitionFacts]) -> BTreeMap<i32, Verdict> {
        let mut verdicts = BTreeMap::new();
        for (&number, &known) in &self.asked {
            let Some(fact) = facts.iter().find(|fact| fact.partition == number) else {
                let reason = format!("it has {} partitions, and partition {number} was read", facts.len());
                verdicts.insert(number, Verdict::MadeAgain { reason, by_bytes: false });
                continue;
            };
            let Some((low, end)) = fact.range else { continue };
            let reading = self.partitions.get(&number).is_some_and(|partition| partition.reading);
            // While it is read and was not asked about, only its offsets can speak.
            let known = if reading && fact.found == Found::NotAsked { Known { last: None, ..known } } else { known };
            verdicts.insert(number, judge(known, low, end, fact.found));
        }
        verdicts
    }

    /// Starts what is verified or new, and keeps up with what is read.
    fn go_on(&mut self, facts: &[PartitionFacts], verdicts: &BTreeMap<i32, Verdict>, steps: &mut Vec<Step>) {
        let was_known = std::mem::replace(&mut self.known, true);
        let (mut new, mut started, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for fact in facts {
            let number = fact.partition;
            let partition = self.partitions.entry(number).or_insert_with(|| {
                if was_known {
                    new.push(number);
                }
                Partition::new(if was_known { Begin::Earliest } else { self.begin })
            });
            let Some((low, end)) = fact.range else { continue };
            partition.at_end = partition.saw_end && !partition.moved && partition.end == end;
            (partition.low, partition.end, partition.moved) = (low, end, false);
            let Some(next) = partition.next else {
                let first = match (partition.begin, fact.at_time) {
                    (Begin::Earliest, _) => low,
                    (Begin::Latest, _) => end,
                    (Begin::TimeMs(_), Some(offset)) => offset,
                    (Begin::TimeMs(_), None) => continue,
                };
                partition.next = Some(first);
                partition.reading = true;
                started.push((number, first));
                read.push((number, first));
                continue;
            };
            match verdicts.get(&number) {
                Some(Verdict::Same) if !partition.reading => {
                    partition.reading = true;
                    read.push((number, next));
                }
                Some(Verdict::GoOnAt { next: to, reason }) if !partition.reading || *to > next => {
                    let to = (*to).max(next);
                    if std::mem::replace(&mut partition.reading, true) {
                        steps.push(Step::Stop { topic: self.number, partitions: vec![number] });
                    }
                    (partition.next, partition.last) = (Some(to), None);
                    let reason = (*reason).to_owned();
                    let doubt = Report::Doubt { topic: self.number, partition: number, from: next, to, reason };
                    steps.push(Step::Tell(doubt));
                    read.push((number, to));
                }
                // The last message is gone while reading goes on: what is read next takes its place.
                Some(Verdict::GoOnAt { .. }) if self.asked.get(&number).is_some_and(|k| k.last == partition.last) => {
                    partition.last = None;
                }
                Some(Verdict::Same | Verdict::GoOnAt { .. } | Verdict::AskAgain | Verdict::MadeAgain { .. }) | None => {
                }
            }
        }
        if !new.is_empty() {
            steps.push(Step::Tell(Report::NewPartitions { topic: self.number, partitions: new }));
        }
        self.start(started, read, steps);
    }

    fn start(&self, started: Vec<(i32, i64)>, read: Vec<(i32, i64)>, steps: &mut Vec<Step>) {
        if !started.is_empty() {
            let (topic, incarnation) = (self.number, self.incarnation);
            steps.push(Step::Tell(Report::Started { topic, incarnation, partitions: started }));
        }
        if !read.is_empty() {
            steps.push(Step::Read { topic: self.number, partitions: read });
        }
    }

    /// Begins the topic's next life at its oldest message.
    fn begin_anew(&mut self, reason: String, facts: &[PartitionFacts], steps: &mut Vec<Step>) {
        steps.push(self.stop());
        self.incarnation += 1;
        (self.begin, self.known) = (Begin::Earliest, true);
        (self.id_changed, self.suspected) = (false, false);
        self.asked.clear();
        let (topic, incarnation) = (self.number, self.incarnation);
        steps.push(Step::Tell(Report::Incarnation { topic, incarnation, reason }));
        let fresh = |fact: &PartitionFacts| {
            let mut partition = Partition::new(Begin::Earliest);
            if let Some((low, end)) = fact.range {
                (partition.next, partition.reading) = (Some(low), true);
                (partition.low, partition.end) = (low, end);
            }
            (fact.partition, partition)
        };
        self.partitions = facts.iter().map(fresh).collect();
        let read: Vec<(i32, i64)> = facts.iter().filter_map(|fact| Some((fact.partition, fact.range?.0))).collect();
        self.start(read.clone(), read, steps);
    }
}
