//! A session along time: bins, marks, and the way between moments and places.

use plate::LocalBody;
use session::{AlertMark, Reader, Span, Timeline};

use crate::support::*;

#[tokio::test]
async fn an_empty_session_is_no_moment() {
    let folder = tempfile::tempdir().unwrap();
    let _writer = new_session(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let empty = Timeline { first_us: 0, last_us: 0, last_seq: 0, counts: vec![0; 3] };
    assert_eq!(reader.timeline(3).await.unwrap(), empty);
    assert_eq!(reader.span().await.unwrap(), Span::default());
    assert_eq!((reader.seq_at_time(i64::MAX).await.unwrap(), reader.time_of_seq(1).await.unwrap()), (0, None));
    assert!(reader.alert_marks().await.unwrap().is_empty());
}

#[tokio::test]
async fn bins_count_messages_and_moments_are_places() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    // Commit k: k + 1 messages, one alert and one local record, at 0, 10, 20 … ms.
    let mut ends = Vec::new();
    for k in 0..10_i64 {
        let mut draft = Draft::after(&writer);
        draft.local(note("seen"));
        for message in 0..=k {
            draft.records(0, k * 100 + message, vec![count("P1", "A01", 1.0)]);
        }
        let cause = writer.next_seq() + k;
        draft.alert(alert("P1", cause));
        writer.commit(&draft.at(NOW_US + k * 10_000)).await.unwrap();
        ends.push(writer.next_seq() - 1);
    }
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let timeline = reader.timeline(5).await.unwrap();
    assert_eq!(timeline.counts, [3, 7, 11, 15, 19], "alerts and local records are no messages");
    assert_eq!((timeline.first_us, timeline.last_us), (NOW_US, NOW_US + 90_000));
    assert_eq!(reader.timeline(0).await.unwrap().counts, [55]);
    let marks = reader.alert_marks().await.unwrap();
    assert_eq!(marks.len(), 10);
    assert_eq!(marks[3], AlertMark { seq: ends[3], at_us: NOW_US + 30_000, level: plate::AlertLevel::Fail });
    for (k, end) in (0_i64..).zip(&ends) {
        let at_us = NOW_US + k * 10_000;
        assert_eq!(reader.seq_at_time(at_us).await.unwrap(), *end);
        assert_eq!(reader.seq_at_time(at_us - 1).await.unwrap(), if k == 0 { 0 } else { ends[k as usize - 1] });
        assert_eq!(reader.time_of_seq(*end).await.unwrap(), Some(at_us));
        assert_eq!(reader.time_of_seq(end - k).await.unwrap(), Some(at_us));
    }
    assert_eq!(reader.time_of_seq(ends[9] + 1).await.unwrap(), None);
    let between = reader.entries_between(ends[1] - 1, ends[2] - 2).await.unwrap();
    assert_eq!(between.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (ends[1]..=ends[2] - 2).collect::<Vec<_>>());
    let locals = reader.locals(ends[4]).await.unwrap();
    assert_eq!(locals.len(), 5);
    assert!(matches!(&locals[0].1.body, LocalBody::Note { .. }));
    assert_eq!(reader.alerts_between(ends[3], ends[5]).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_message_knows_how_old_it_was_when_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    let young = draft.records(0, 0, vec![count("P1", "A01", 1.0)]);
    let note = draft.local(note("seen"));
    let old = draft.records(0, 7, vec![count("P1", "A02", 1.0)]);
    let made_ms = origin("results", 0, 0).timestamp_ms;
    writer.commit(&draft.at((made_ms + 130_000) * 1000)).await.unwrap();
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let ages = reader.ages_ms(&[old, note, young, old + 1]).await.unwrap();
    assert_eq!(ages, [Some(129_993), None, Some(130_000), None]);
}
