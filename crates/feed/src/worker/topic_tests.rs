//! What a topic does about each answer.

use super::survey::{Answer, PartitionFacts};
use super::topic::{Step, Topic};
use super::verdict::Found;
use crate::control::{Begin, Last, Position, Report, TopicPlan};

fn last(offset: i64) -> Last {
    Last { offset, timestamp_ms: offset * 10, digest: [offset as u8; 32] }
}

fn plan(begin: Begin) -> TopicPlan {
    TopicPlan { name: "results".to_owned(), begin, incarnation: 0, known: false, positions: Vec::new() }
}

/// A topic that goes on behind `offsets`, one a partition.
fn resumed(offsets: &[i64]) -> Topic {
    let position = |(partition, &offset): (usize, &i64)| Position {
        partition: partition as i32,
        next: offset + 1,
        last: Some(last(offset)),
    };
    let positions = offsets.iter().enumerate().map(position).collect();
    Topic::new(3, &TopicPlan { known: true, incarnation: 5, positions, ..plan(Begin::Earliest) })
}

fn fact(partition: i32, low: i64, end: i64, found: Found) -> PartitionFacts {
    PartitionFacts { partition, range: Some((low, end)), at_time: None, found }
}

fn there(facts: Vec<PartitionFacts>) -> Answer {
    Answer::There(facts)
}

fn read(topic: u16, partitions: &[(i32, i64)]) -> Step {
    Step::Read { topic, partitions: partitions.to_vec() }
}

fn told(steps: &[Step]) -> Vec<&Report> {
    let mut told = Vec::new();
    for step in steps {
        if let Step::Tell(report) = step {
            told.push(report);
        }
    }
    told
}

#[test]
fn a_first_look_begins_where_it_was_asked_to() {
    for (begin, first) in [(Begin::Earliest, 4), (Begin::Latest, 9), (Begin::TimeMs(1), 7)] {
        let mut topic = Topic::new(0, &plan(begin));
        let asked = topic.question(false);
        assert_eq!(asked.time_ms.is_some(), begin == Begin::TimeMs(1));
        let facts = PartitionFacts { at_time: Some(7), ..fact(0, 4, 9, Found::NotAsked) };
        let steps = topic.learn(there(vec![facts]));
        let started = Report::Started { topic: 0, incarnation: 0, partitions: vec![(0, first)] };
        assert_eq!(steps, [Step::Tell(started), read(0, &[(0, first)])], "{begin:?}");
        assert_eq!(topic.is_at_end(), begin == Begin::Latest);
    }
}

#[test]
fn a_partition_without_a_leader_keeps_its_begin_and_a_new_one_begins_early() {
    let mut topic = Topic::new(0, &plan(Begin::Latest));
    topic.question(false);
    let leaderless = PartitionFacts { partition: 1, range: None, at_time: None, found: Found::NotAsked };
    topic.learn(there(vec![fact(0, 0, 9, Found::NotAsked), leaderless]));
    assert!(topic.is_waiting() && !topic.is_at_end());
    topic.question(false);
    let facts = vec![fact(0, 0, 9, Found::NotAsked), fact(1, 0, 30, Found::NotAsked), fact(2, 0, 2, Found::NotAsked)];
    let steps = topic.learn(there(facts));
    assert!(steps.contains(&Step::Tell(Report::NewPartitions { topic: 0, partitions: vec![2] })), "{steps:?}");
    assert!(steps.contains(&read(0, &[(1, 30), (2, 0)])), "{steps:?}");
}

#[test]
fn nothing_is_read_before_the_last_message_was_compared() {
    let mut topic = resumed(&[9, 19]);
    assert_eq!(topic.question(false).probes, [(0, 9), (1, 19)]);
    let steps = topic.learn(there(vec![fact(0, 0, 50, Found::Unclear), fact(1, 0, 50, Found::Unclear)]));
    assert_eq!(steps, [], "what is unclear is asked again");
    assert!(topic.is_waiting());
    topic.question(false);
    let steps = topic.learn(there(vec![fact(0, 0, 50, Found::Message(last(9))), fact(1, 0, 50, Found::Unclear)]));
    assert_eq!(steps, [read(3, &[(0, 10)])]);
    assert_eq!((topic.accept(0, 10), topic.accept(1, 20)), (Some(5), None));
    assert_eq!(topic.accept(0, 10), None, "once is enough");
}

#[test]
fn another_message_begins_the_next_life_for_all_partitions() {
    let mut topic = resumed(&[9, 19]);
    topic.question(false);
    let other = Found::Message(Last { digest: [0xee; 32], ..last(19) });
    let steps = topic.learn(there(vec![fact(0, 2, 50, Found::Message(last(9))), fact(1, 3, 50, other)]));
    assert!(matches!(told(&steps)[0], Report::Incarnation { topic: 3, incarnation: 6, .. }), "{steps:?}");
    assert_eq!(steps.last(), Some(&read(3, &[(0, 2), (1, 3)])));
    assert_eq!(topic.accept(1, 3), Some(6));
}

#[test]
fn a_log_that_is_too_short_is_believed_the_second_time() {
    let mut topic = resumed(&[9]);
    topic.question(false);
    topic.learn(there(vec![fact(0, 0, 10, Found::Message(last(9)))]));
    topic.question(false);
    let steps = topic.learn(there(vec![fact(0, 0, 4, Found::NotAsked)]));
    assert_eq!(
        steps,
        [Step::Stop { topic: 3, partitions: vec![0] }],
        "a broker that catches up may show this for a moment"
    );
    topic.question(false);
    let mut well_again = resumed(&[9]);
    well_again.question(false);
    let steps = topic.learn(there(vec![fact(0, 0, 4, Found::NotAsked)]));
    assert!(matches!(told(&steps)[0], Report::Incarnation { incarnation: 6, .. }), "{steps:?}");
    let steps = well_again.learn(there(vec![fact(0, 0, 10, Found::Message(last(9)))]));
    assert_eq!(steps, [read(3, &[(0, 10)])]);
}

#[test]
fn a_changed_id_waits_for_an_answer_that_was_asked_for_after_it() {
    let mut topic = resumed(&[9]);
    topic.question(false);
    topic.learn(there(vec![fact(0, 0, 10, Found::Message(last(9)))]));
    topic.question(true);
    assert_eq!(topic.id_changed(), Step::Stop { topic: 3, partitions: vec![0] });
    assert_eq!(topic.accept(0, 10), None, "a message of the next life does not pass for one of this");
    assert_eq!(topic.learn(there(vec![fact(0, 0, 10, Found::Message(last(9)))])), [], "that answer was on its way");
    topic.question(false);
    let steps = topic.learn(there(vec![fact(0, 0, 99, Found::Message(last(9)))]));
    assert!(matches!(told(&steps)[0], Report::Incarnation { incarnation: 6, .. }), "even if the bytes are the same");
    assert_eq!(steps.last(), Some(&read(3, &[(0, 0)])));
}

#[test]
fn a_missing_topic_is_named_once_and_compared_when_it_is_back() {
    let mut topic = resumed(&[9]);
    topic.question(false);
    topic.learn(there(vec![fact(0, 0, 10, Found::Message(last(9)))]));
    let missing = || Answer::Missing("gone".to_owned());
    assert_eq!(told(&topic.learn(missing())), [&Report::Missing { topic: 3, reason: "gone".to_owned() }]);
    assert_eq!(topic.learn(missing()), []);
    assert!(topic.is_at_end(), "what is not there does not hold up the rest");
    assert_eq!(topic.question(false).probes, [(0, 9)]);
    let steps = topic.learn(there(vec![fact(0, 0, 12, Found::Message(last(9)))]));
    assert_eq!(steps, [Step::Tell(Report::Appeared { topic: 3 }), read(3, &[(0, 10)])]);
}

#[test]
fn retention_behind_the_reader_is_nothing_and_before_it_is_a_doubt() {
    let mut topic = resumed(&[9]);
    topic.question(false);
    topic.learn(there(vec![fact(0, 0, 10, Found::Message(last(9)))]));
    topic.question(true);
    assert_eq!(topic.learn(there(vec![fact(0, 10, 10, Found::NotAsked)])), [], "all of it expired, all of it was read");
    assert_eq!(topic.question(true).probes, [], "there is nothing left to compare with");
    let steps = topic.learn(there(vec![fact(0, 25, 40, Found::NotAsked)]));
    assert!(matches!(told(&steps)[0], Report::Doubt { from: 10, to: 25, .. }), "{steps:?}");
    assert_eq!(steps.last(), Some(&read(3, &[(0, 25)])));
}

#[test]
fn markers_behind_the_last_message_do_not_look_like_lag_for_long() {
    let mut topic = Topic::new(0, &plan(Begin::Earliest));
    let look = |topic: &mut Topic| {
        topic.question(false);
        topic.learn(there(vec![fact(0, 0, 11, Found::NotAsked)]));
    };
    look(&mut topic);
    (0..10).for_each(|offset| _ = topic.accept(0, offset));
    topic.saw_end(0);
    assert!(!topic.is_at_end(), "offset 10 may be a message");
    look(&mut topic);
    look(&mut topic);
    assert!(topic.is_at_end(), "it is a transaction's marker: the end was seen, and nothing came");
}
