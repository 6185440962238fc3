//! Sessions without a broker: a lab's messages decoded and written straight into `session.db`, as the road would.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use plate::digest::message_digest;
use plate::{AssayCard, Board, LocalBody, LocalRecord, Origin, Record, Source};
use session::{Commit, Entry, SessionMeta, Writer, WriterOptions};
use wire::{Decoded, Decoder, Envelope, Headers, Kind, encode_layout, encode_result};

use crate::producer::Message;

/// A session that is being written, judged as it grows.
pub struct Written {
    writer: Writer,
    board: Board,
    decoder: Decoder,
    sources: HashMap<Arc<str>, Arc<Source>>,
    next: HashMap<(Arc<str>, i32), i64>,
    keeps_bodies: bool,
}

/// The cluster of such a session.
const CLUSTER: &str = "by-hand";
/// When its first message was sent, where nobody says: 2025-10-09, milliseconds since 1970 UTC.
const FIRST_MS: i64 = 1_760_000_000_000;

fn meta() -> SessionMeta {
    SessionMeta {
        id: CLUSTER.into(),
        created_at_us: 0,
        cluster: CLUSTER.into(),
        profile_name: String::new(),
        profile_toml: String::new(),
        overlay_of: None,
    }
}

impl Written {
    /// Begins one in a new or empty folder.
    pub async fn create(dir: &Path) -> Written {
        Written::on(Writer::create(dir, &meta(), &WriterOptions::default()).await.unwrap(), true)
    }

    /// Begins one that keeps messages by their digest only.
    pub async fn without_bodies(dir: &Path) -> Written {
        Written::on(Writer::scratch(dir, &meta()).await.unwrap(), false)
    }

    fn on(writer: Writer, keeps_bodies: bool) -> Written {
        Written {
            writer,
            board: Board::new(),
            decoder: Decoder::default(),
            sources: HashMap::new(),
            next: HashMap::new(),
            keeps_bodies,
        }
    }

    /// Puts a profile in force: its cards, and the rules that Plateside ships with.
    pub async fn judge_by(&mut self, cards: Vec<AssayCard>) {
        let rules = Some(Arc::new(shipped_rules()));
        let body = LocalBody::Profile { name: CLUSTER.into(), cards: cards.into(), rules };
        self.local(LocalRecord { at_ms: 0, by: "tester".into(), body }).await;
    }

    /// Writes a local record.
    pub async fn local(&mut self, record: LocalRecord) {
        let seq = self.writer.next_seq();
        self.board.apply_local(&record, &mut Vec::new());
        let mut entries = vec![Entry::Local { seq, record }];
        self.judge(seq, &mut entries);
        self.writer.commit(&Commit { received_at_us: 1, entries }).await.unwrap();
    }

    /// Writes messages in one transaction.
    pub async fn messages(&mut self, messages: Vec<(Kind, Message)>) {
        let (mut seq, mut entries) = (self.writer.next_seq(), Vec::with_capacity(messages.len()));
        for (kind, message) in messages {
            entries.push(self.entry(seq, kind, message));
            seq = self.judge(seq, &mut entries);
        }
        self.writer.commit(&Commit { received_at_us: 1, entries }).await.unwrap();
    }

    /// Writes records, each as the message that would have brought it, in one transaction.
    pub async fn records(&mut self, records: Vec<(Kind, Record)>) {
        let (mut seq, mut entries) = (self.writer.next_seq(), Vec::with_capacity(records.len()));
        for (kind, record) in records {
            let body = match &record {
                Record::Result(result) if self.keeps_bodies => Some(encode_result(result).unwrap()),
                Record::Layout(layout) if self.keeps_bodies => Some(encode_layout(layout).unwrap()),
                _ => None,
            };
            let key = Some(record.plate().barcode.as_bytes().to_vec());
            let topic = kind.default_topic().into();
            let message = Message { topic, partition: 0, key, headers: Vec::new(), body, timestamp_ms: FIRST_MS + seq };
            let (envelope, digest) = self.envelope(kind, message);
            self.board.apply(&envelope.origin, &record, &mut Vec::new()).unwrap();
            let outcome = Decoded::Records(vec![record]);
            let outcome_digest = session::outcome_digest(&envelope.origin, &digest, &outcome);
            entries.push(Entry::Message { seq, envelope, digest, outcome, outcome_digest, left_out: None });
            seq = self.judge(seq, &mut entries);
        }
        self.writer.commit(&Commit { received_at_us: 1, entries }).await.unwrap();
    }

    /// Ends it well.
    pub async fn close(self) {
        self.writer.close(2).await.unwrap();
    }

    /// Judges after the entry `seq`; returns the next free one.
    fn judge(&mut self, seq: i64, entries: &mut Vec<Entry>) -> i64 {
        let alerts = self.board.judge(seq);
        entries.extend((seq + 1..).zip(alerts).map(|(seq, alert)| Entry::Alert { seq, alert }));
        entries.last().map_or(seq, Entry::seq) + 1
    }

    fn entry(&mut self, seq: i64, kind: Kind, message: Message) -> Entry {
        let (envelope, digest) = self.envelope(kind, message);
        let outcome = self.decoder.decode(&envelope);
        match &outcome {
            Decoded::Records(records) => {
                for record in records {
                    self.board.apply(&envelope.origin, record, &mut Vec::new()).unwrap();
                }
            }
            Decoded::Undecoded(_) => self.board.hear_undecoded(),
        }
        let outcome_digest = session::outcome_digest(&envelope.origin, &digest, &outcome);
        Entry::Message { seq, envelope, digest, outcome, outcome_digest, left_out: None }
    }

    fn envelope(&mut self, kind: Kind, message: Message) -> (Envelope, [u8; 32]) {
        let Message { topic, partition, key, headers, body, timestamp_ms } = message;
        let offset = self.next.entry((Arc::clone(&topic), partition)).or_default();
        *offset += 1;
        let new = || Arc::new(Source { cluster: CLUSTER.into(), topic: (&*topic).into(), incarnation: 0 });
        let source = Arc::clone(self.sources.entry(Arc::clone(&topic)).or_insert_with(new));
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
        let envelope = Envelope {
            origin: Origin { source, partition, offset: *offset - 1, timestamp_ms },
            kind,
            key: key.map(Bytes::from),
            headers: Headers::from_pairs(pairs),
            body: body.map(Bytes::from),
        };
        let (key, body) = (envelope.key.as_deref(), envelope.body.as_deref());
        let digest = message_digest(timestamp_ms, key, envelope.headers.as_bytes(), body);
        (envelope, digest)
    }
}

/// The rules that Plateside ships with, compiled.
#[must_use]
pub fn shipped_rules() -> plate::rules::Rules {
    plate::rules::Rules::compile(&engine::rules::shipped()).unwrap()
}
