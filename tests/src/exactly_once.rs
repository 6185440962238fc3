//! A recording against the producer's ledger: every message once, at its offset, with its bytes.

use std::path::Path;

use plate::digest::message_digest;
use session::{ReplayItem, ReplaySource};
use wire::Envelope;

use crate::producer::Sent;
use crate::runtime;

/// Every message of a session in the order of its commits, read as a replay reads them.
#[must_use]
pub fn envelopes(dir: &Path) -> Vec<Envelope> {
    let mut all = Vec::new();
    for_each(dir, |envelope| all.push(envelope));
    all
}

/// Where every message of a session lay and what it was; sorted.
#[must_use]
pub fn recorded(dir: &Path) -> Vec<Sent> {
    let mut all = Vec::new();
    for_each(dir, |envelope| all.push(place(&envelope)));
    all.sort_unstable();
    all
}

fn for_each(dir: &Path, mut what: impl FnMut(Envelope)) {
    runtime().block_on(async {
        let mut source = ReplaySource::open(dir).await.unwrap();
        while let Some(item) = source.next().await.unwrap() {
            if let ReplayItem::Batch(batch) = item {
                batch.envelopes.into_iter().for_each(&mut what);
            }
        }
    });
}

fn place(envelope: &Envelope) -> Sent {
    let body = envelope.body.as_deref();
    let timestamp_ms = envelope.origin.timestamp_ms;
    Sent {
        topic: (*envelope.origin.source.topic).into(),
        incarnation: envelope.origin.source.incarnation,
        partition: envelope.origin.partition,
        offset: envelope.origin.offset,
        digest: message_digest(timestamp_ms, envelope.key.as_deref(), envelope.headers.as_bytes(), body),
    }
}

/// Asserts that the session holds what the ledger says, no more, no less, nothing twice.
///
/// # Panics
/// Otherwise, naming the first difference.
pub fn assert_exactly_once(dir: &Path, ledger: &[Sent]) {
    let (recorded, mut ledger) = (recorded(dir), ledger.to_vec());
    ledger.sort_unstable();
    let twice = recorded.windows(2).filter(|pair| same_place(&pair[0], &pair[1])).count();
    assert_eq!(twice, 0, "no message is stored twice");
    let difference = recorded.iter().zip(&ledger).find(|(stored, sent)| stored != sent);
    assert!(difference.is_none(), "the first difference between session and ledger: {difference:?}");
    assert_eq!(recorded.len(), ledger.len(), "every message that was sent is stored, and nothing else");
}

fn same_place(a: &Sent, b: &Sent) -> bool {
    (&a.topic, a.incarnation, a.partition, a.offset) == (&b.topic, b.incarnation, b.partition, b.offset)
}
