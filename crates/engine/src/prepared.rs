//! The decode stage: envelopes to records, with the digests that the session keeps.
//!
//! It runs on a thread of its own and depends on nothing but the message, so that replay decodes the same.

use plate::digest::message_digest;
use wire::Decoder;
use wire::envelope::{Batch, Decoded, Envelope};

/// One message, decoded and digested, waiting to be judged and committed.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// The message as received.
    pub(crate) envelope: Envelope,
    /// What was read in it.
    pub(crate) outcome: Decoded,
    /// SHA-256 of the message.
    pub(crate) digest: [u8; 32],
    /// SHA-256 of place, message and records: what the history chain takes in.
    pub(crate) outcome_digest: [u8; 32],
    /// The SHA-256 of a body that was left out of the bundle that is replayed.
    pub(crate) left_out: Option<[u8; 32]>,
}

/// Decodes a batch in order.
pub(crate) fn prepare(decoder: &mut Decoder, batch: Batch) -> Vec<Prepared> {
    batch.envelopes.into_iter().map(|envelope| prepare_one(decoder, envelope)).collect()
}

fn prepare_one(decoder: &mut Decoder, envelope: Envelope) -> Prepared {
    let digest = message_digest(
        envelope.origin.timestamp_ms,
        envelope.key.as_deref(),
        envelope.headers.as_bytes(),
        envelope.body.as_deref(),
    );
    let outcome = decoder.decode(&envelope);
    let outcome_digest = session::outcome_digest(&envelope.origin, &digest, &outcome);
    Prepared { envelope, outcome, digest, outcome_digest, left_out: None }
}

/// A message of a bundle without its body: what was read in it is taken over.
pub(crate) fn taken_over(message: session::LeftOutMessage) -> Prepared {
    let session::LeftOutMessage { envelope, digest, body_sha256, records, .. } = message;
    let outcome = Decoded::Records(records);
    let outcome_digest = session::outcome_digest(&envelope.origin, &digest, &outcome);
    Prepared { envelope, outcome, digest, outcome_digest, left_out: Some(body_sha256) }
}
