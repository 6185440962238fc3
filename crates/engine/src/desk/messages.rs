//! Messages: one with its headers and body, and those from which nothing could be read.

use session::MessageLine;

use super::Desk;
use super::failure::{Answer, Failure};
use super::shown::{AfterArgs, MessageArgs, MessageDetail, MessageRow, UndecodedRow};

/// Bytes of a body that the window is given.
const BODY_BYTES: usize = 1 << 20;
/// Undecoded messages in one answer.
const UNDECODED: usize = 200;
/// Bytes of a key, and of a header's value, that are shown.
const SHOWN_BYTES: usize = 4096;

impl Desk {
    /// One message.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_message`, `session`.
    pub async fn message(&self, args: MessageArgs) -> Answer<MessageDetail> {
        let showing = self.showing()?;
        let mut reader = showing.reader.lock().await;
        let (Some(line), Some(envelope)) = (reader.message_line(args.seq).await?, reader.message(args.seq).await?)
        else {
            return Err(Failure::new("no_such_message", format!("Entry {} of this session is no message.", args.seq)));
        };
        let left_out = if envelope.body.is_none() { reader.left_out_bytes(args.seq).await? } else { None };
        let undecoded = reader.undecoded(args.seq - 1, 1).await?.into_iter().find(|message| message.seq == args.seq);
        drop(reader);
        let mut handles = showing.handles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let header = |(name, value): (&str, Option<&[u8]>)| (name.to_owned(), value.map(text));
        Ok(MessageDetail {
            incarnation: envelope.origin.source.incarnation,
            key: envelope.key.as_deref().map(text),
            headers: envelope.headers.iter().map(header).collect(),
            bytes: envelope.body.as_ref().map_or(left_out.unwrap_or(0), |body| body.len() as u64),
            body: envelope.body.is_some().then(|| handles.body(args.seq)),
            undecoded: undecoded.map(|message| message.reason),
            row: message_row(&line),
        })
    }

    /// Messages that could not be decoded, in the order of `seq`.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn undecoded(&self, args: AfterArgs) -> Answer<Vec<UndecodedRow>> {
        let showing = self.showing()?;
        let mut reader = showing.reader.lock().await;
        let mut rows = Vec::new();
        for message in reader.undecoded(args.after_seq, UNDECODED).await? {
            if let Some(line) = reader.message_line(message.seq).await? {
                rows.push(UndecodedRow { row: message_row(&line), reason: message.reason });
            }
        }
        Ok(rows)
    }

    /// The first [`BODY_BYTES`] of a message's body.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_body`, `session`.
    pub async fn body(&self, handle: &str) -> Answer<Vec<u8>> {
        let showing = self.showing()?;
        let seq = showing.handles.lock().unwrap_or_else(std::sync::PoisonError::into_inner).message(handle);
        let gone = || Failure::new("no_such_body", "This message is no longer at hand. Open it again.");
        let envelope = showing.reader.lock().await.message(seq.ok_or_else(gone)?).await?;
        let body = envelope.and_then(|envelope| envelope.body).ok_or_else(gone)?;
        Ok(body[..body.len().min(BODY_BYTES)].to_vec())
    }
}

fn text(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(SHOWN_BYTES)];
    let more = if bytes.len() > SHOWN_BYTES { "…" } else { "" };
    format!("{}{more}", String::from_utf8_lossy(cut))
}

/// A message in short.
pub(crate) fn message_row(line: &MessageLine) -> MessageRow {
    MessageRow {
        seq: line.seq,
        kind: line.kind.as_str().to_owned(),
        topic: line.origin.source.topic.to_string(),
        partition: line.origin.partition,
        offset: line.origin.offset,
        timestamp_ms: Some(line.origin.timestamp_ms).filter(|ms| *ms >= 0),
        received_ms: line.received_at_us / 1000,
        wins: true,
    }
}
