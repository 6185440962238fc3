//! The history digest: a hash chain over all entries in the order of `seq`, in segments of fixed length.
//!
//! `head(0)` is zeros; `head(k + 1)` = SHA-256 of `head(k)` and (seq, kind, digest) of each entry of segment k. Segments end
//! at fixed seqs, so that the digest depends neither on batches nor on the times of checkpoints; an open segment's head
//! covers what is there.

use plate::digest::{FieldHasher, feed_alert, feed_origin, feed_record};
use plate::{Alert, Origin};
use wire::Decoded;

/// Entries of one segment.
pub(crate) const SEGMENT: i64 = 4096;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Message = 1,
    Alert = 2,
    Local = 3,
}

/// The chain up to some `seq`.
#[derive(Debug, Clone)]
pub(crate) struct History {
    /// The head after the last closed segment.
    closed: [u8; 32],
    open: FieldHasher,
    last_seq: i64,
}

impl History {
    /// The chain after the closed segments before number `segment`, whose head is `closed`.
    pub(crate) fn after(segment: i64, closed: [u8; 32]) -> History {
        History { closed, open: opened(&closed), last_seq: segment * SEGMENT }
    }

    /// The last entry that is in it.
    pub(crate) fn last_seq(&self) -> i64 {
        self.last_seq
    }

    /// Takes the next entry; where it closes a segment, that one's number and head.
    pub(crate) fn push(&mut self, kind: EntryKind, digest: &[u8; 32]) -> Option<(i64, [u8; 32])> {
        self.last_seq += 1;
        self.open.number(self.last_seq);
        self.open.number(kind as i64);
        self.open.fixed(digest);
        (self.last_seq % SEGMENT == 0).then(|| {
            self.closed = std::mem::take(&mut self.open).finish();
            self.open = opened(&self.closed);
            (self.last_seq / SEGMENT - 1, self.closed)
        })
    }

    /// The digest of all entries so far; zeros without any.
    pub(crate) fn head(&self) -> [u8; 32] {
        if self.last_seq % SEGMENT == 0 { self.closed } else { self.open.clone().finish() }
    }
}

fn opened(head: &[u8; 32]) -> FieldHasher {
    let mut hasher = FieldHasher::default();
    hasher.fixed(head);
    hasher
}

/// The digest of what became of one message: its place, its bytes' digest, and every record, or that there is none. The
/// reason why there is none does not count: a later version may word it better.
///
/// It is the message's part in the history digest. Whoever changes an outcome (as for a conflicting format) computes it
/// from the changed one.
#[must_use]
pub fn outcome_digest(origin: &Origin, message_digest: &[u8; 32], outcome: &Decoded) -> [u8; 32] {
    let records = match outcome {
        Decoded::Records(records) => Some(records.iter()),
        Decoded::Undecoded(_) => None,
    };
    outcome_of(origin, message_digest, records)
}

/// As [`outcome_digest`], over borrowed records.
pub(crate) fn outcome_of<'a>(
    origin: &Origin,
    message_digest: &[u8; 32],
    records: Option<impl Iterator<Item = &'a plate::Record>>,
) -> [u8; 32] {
    let mut hasher = FieldHasher::new("plateside outcome 1");
    feed_origin(&mut hasher, origin);
    hasher.fixed(message_digest);
    match records {
        Some(records) => {
            hasher.number(1);
            records.for_each(|record| feed_record(&mut hasher, record));
        }
        None => hasher.number(0),
    }
    hasher.finish()
}

/// An alert's part in the history digest.
pub(crate) fn alert_digest(alert: &Alert) -> [u8; 32] {
    let mut hasher = FieldHasher::new("plateside alert 1");
    feed_alert(&mut hasher, alert);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_taken_up_at_a_segment_goes_on_the_same() {
        let mut whole = History::after(0, [0; 32]);
        assert_eq!(whole.head(), [0; 32]);
        let mut closed = Vec::new();
        for seq in 1..=SEGMENT * 2 + 5 {
            closed.extend(whole.push(EntryKind::Message, &[seq as u8; 32]));
        }
        assert_eq!(closed.iter().map(|(segment, _)| *segment).collect::<Vec<_>>(), [0, 1]);
        let mut resumed = History::after(2, closed[1].1);
        assert_eq!(resumed.head(), closed[1].1, "between segments the head is the closed one's");
        for seq in SEGMENT * 2 + 1..=SEGMENT * 2 + 5 {
            resumed.push(EntryKind::Message, &[seq as u8; 32]);
        }
        assert_eq!((resumed.head(), resumed.last_seq()), (whole.head(), whole.last_seq()));
        resumed.push(EntryKind::Alert, &[1; 32]);
        whole.push(EntryKind::Local, &[1; 32]);
        assert_ne!(resumed.head(), whole.head(), "the kind counts");
    }
}
