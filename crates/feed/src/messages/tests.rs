//! Frames read back, and what is none does no harm.

use std::sync::Arc;

use bytes::Bytes;
use plate::Source;
use plate::digest::message_digest;
use wire::envelope::Kind;

use super::*;
use crate::frame::HEAD;
use proptest::prelude::*;

type Sent = (u16, i32, i64, Option<Vec<u8>>, Vec<u8>, Option<Vec<u8>>);

fn look_up(topic: u16, incarnation: u32) -> Option<(Arc<Source>, Kind)> {
    let source = Source { cluster: "c".into(), topic: format!("t{topic}").into(), incarnation };
    (topic < 3).then(|| (Arc::new(source), Kind::Results))
}

fn frame_of(sent: &[Sent]) -> (Bytes, Vec<Tail>) {
    let mut builder = FrameBuilder::default();
    for (index, (topic, partition, timestamp_ms, key, header, body)) in sent.iter().enumerate() {
        let (topic, partition, timestamp_ms) = (*topic, *partition, *timestamp_ms);
        let place = Place { topic, incarnation: 7, partition, offset: index as i64, timestamp_ms };
        let push = |bytes: &mut Vec<u8>| {
            if !header.is_empty() {
                wire::envelope::push_header(bytes, "h", Some(header));
            }
        };
        builder.push(place, key.as_deref(), push, body.as_deref());
    }
    let (frame, tails) = builder.take(Vec::new()).unwrap();
    assert!(builder.is_empty(), "the builder begins anew");
    (Bytes::from(frame).slice(HEAD..), tails)
}

fn messages() -> impl Strategy<Value = Vec<Sent>> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..20);
    let optional = move || proptest::option::of(bytes());
    proptest::collection::vec((0u16..3, -1i32..4, -1i64..9, optional(), bytes(), optional()), 0..30)
}

proptest! {
    #[test]
    fn messages_read_back_and_tails_name_the_last_of_each_partition(sent in messages()) {
        let (payload, written) = frame_of(&sent);
        let (envelopes, tails) = read(&payload, look_up).unwrap();
        prop_assert_eq!(envelopes.len(), sent.len());
        for (index, (envelope, (topic, partition, timestamp_ms, key, header, body))) in envelopes.iter().zip(&sent).enumerate() {
            prop_assert_eq!(&*envelope.origin.source.topic, format!("t{topic}"));
            prop_assert_eq!(envelope.origin.source.incarnation, 7);
            prop_assert_eq!((envelope.origin.partition, envelope.origin.offset), (*partition, index as i64));
            prop_assert_eq!(envelope.origin.timestamp_ms, *timestamp_ms);
            prop_assert_eq!(envelope.key.as_deref(), key.as_deref());
            prop_assert_eq!(envelope.body.as_deref(), body.as_deref());
            prop_assert_eq!(envelope.headers.last("h").unwrap_or_default(), header.as_slice());
        }
        prop_assert_eq!(&tails, &written);
        for tail in &tails {
            let last = envelopes.iter().rfind(|e| (e.origin.partition, &*e.origin.source.topic) == (tail.partition, &*format!("t{}", tail.topic))).unwrap();
            prop_assert_eq!(last.origin.offset, tail.offset);
            prop_assert_eq!(tail.digest, message_digest(last.origin.timestamp_ms, last.key.as_deref(), last.headers.as_bytes(), last.body.as_deref()));
        }
    }

    #[test]
    fn no_truncation_reads(sent in messages(), cut in 1usize..400) {
        let (payload, _) = frame_of(&sent);
        let cut = cut.min(payload.len());
        prop_assert!(read(&payload.slice(..payload.len() - cut), look_up).is_err());
    }

    #[test]
    fn any_damage_is_survived(sent in messages(), at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut bytes = frame_of(&sent).0.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = with;
        let _ = read(&Bytes::from(bytes), look_up);
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&Bytes::from(bytes), look_up);
    }
}

#[test]
fn a_frame_around_a_message_is_the_frame_with_it() {
    let place = Place { topic: 1, incarnation: 7, partition: 2, offset: 3, timestamp_ms: 4 };
    let headers = |bytes: &mut Vec<u8>| wire::envelope::push_header(bytes, "h", Some(b"v"));
    let mut builder = FrameBuilder::default();
    builder.push(place, Some(b"key"), headers, Some(b"body"));
    let (frame, tails) = builder.take(Vec::new()).unwrap();
    let around = around(place, Some(b"key"), headers, b"body").unwrap();
    assert_eq!([around.before.as_slice(), b"body", &around.after].concat(), frame);
    assert_eq!([around.tail].as_slice(), tails);
}

#[test]
fn a_count_of_four_billion_allocates_nothing() {
    let error = read(&Bytes::from_static(&[0xff; 64]), look_up).unwrap_err();
    assert_eq!(error, MalformedMessages::Lengths);
}
