//! One message of librdkafka, in the parts that are handed on.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plate::digest::message_digest;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers, Timestamp};
use wire::envelope::push_header;

use crate::control::Last;

thread_local! {
    static READING_A_HEADER: Cell<bool> = const { Cell::new(false) };
}

/// Kafka's timestamp in milliseconds, -1 for none.
pub(super) fn timestamp_ms(message: &BorrowedMessage<'_>) -> i64 {
    match message.timestamp() {
        Timestamp::NotAvailable => -1,
        Timestamp::CreateTime(ms) | Timestamp::LogAppendTime(ms) => ms,
    }
}

/// Appends the stored form of a message's headers.
///
/// The binding panics on a name that is not UTF-8, and a stranger may send one: such a header is kept in its place as
/// `U+FFFD` without a value.
pub(super) fn push_headers(message: &BorrowedMessage<'_>, bytes: &mut Vec<u8>) {
    let Some(headers) = message.headers() else { return };
    for index in 0..headers.count() {
        READING_A_HEADER.set(true);
        let header = catch_unwind(AssertUnwindSafe(|| headers.try_get(index)));
        READING_A_HEADER.set(false);
        match header {
            Ok(Some(header)) => push_header(bytes, header.key, header.value),
            Ok(None) | Err(_) => push_header(bytes, "\u{fffd}", None),
        }
    }
}

/// Keeps the panics that [`push_headers`] catches off stderr.
pub(super) fn quiet_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !READING_A_HEADER.get() {
            usual(panic);
        }
    }));
}

/// A message in short.
pub(super) fn in_short(message: &BorrowedMessage<'_>) -> Last {
    let mut headers = Vec::new();
    push_headers(message, &mut headers);
    let timestamp_ms = timestamp_ms(message);
    let digest = message_digest(timestamp_ms, message.key(), &headers, message.payload());
    Last { offset: message.offset(), timestamp_ms, digest }
}
