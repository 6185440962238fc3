//! Builders for sessions: messages, records and commits in few words.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use plate::digest::message_digest;
use plate::{
    Alert, AlertLevel, Concentration, FeatureList, Features, Format, ImageRecord, Layout, LayoutRecord, LayoutWell,
    LocalBody, LocalRecord, Origin, Pixels, PlateKey, Record, ResultRecord, Role, Rule, Source, Spot, StageEvent,
    StageRecord, Value, Well,
};
use session::{Commit, Entry, SessionMeta, Writer, WriterOptions, outcome_digest};
use wire::{Decoded, Envelope, Headers, Kind, Undecoded};

/// A moment to count from, microseconds.
pub(crate) const NOW_US: i64 = 1_795_000_000_000_000;

pub(crate) fn meta() -> SessionMeta {
    SessionMeta {
        id: "0199a0b2-0000-7000-8000-000000000001".to_owned(),
        created_at_us: NOW_US,
        cluster: "lab".to_owned(),
        profile_name: "cell painting".to_owned(),
        profile_toml: "name = \"cell painting\"\n".to_owned(),
        overlay_of: None,
    }
}

pub(crate) async fn new_session(folder: &Path) -> Writer {
    Writer::create(folder, &meta(), &WriterOptions::default()).await.unwrap()
}

pub(crate) async fn open_session(folder: &Path) -> Writer {
    Writer::open(folder, &WriterOptions::default()).await.unwrap()
}

pub(crate) fn source(topic: &str) -> Arc<Source> {
    Arc::new(Source { cluster: "lab".into(), topic: topic.into(), incarnation: 0 })
}

pub(crate) fn origin(topic: &str, partition: i32, offset: i64) -> Origin {
    Origin { source: source(topic), partition, offset, timestamp_ms: 1_795_000_000_000 + offset }
}

/// A message with a body that tells its place.
pub(crate) fn envelope(kind: Kind, origin: Origin) -> Envelope {
    let body = format!("{} {} {}", origin.source.topic, origin.partition, origin.offset);
    Envelope { origin, kind, key: Some("r/p".into()), headers: Headers::default(), body: Some(body.into()) }
}

pub(crate) fn plate(barcode: &str) -> Arc<PlateKey> {
    Arc::new(PlateKey::new("run", barcode))
}

pub(crate) fn well(address: &str) -> Well {
    address.parse().unwrap()
}

pub(crate) fn features(values: &[(&str, Value)]) -> Features {
    let list = FeatureList::new(values.iter().map(|(name, _)| (*name).into()).collect());
    Features::new(Arc::new(list), values.iter().map(|(_, value)| *value)).unwrap()
}

pub(crate) fn result(barcode: &str, address: &str, site: Option<u16>, values: &[(&str, Value)]) -> Record {
    Record::Result(ResultRecord {
        plate: plate(barcode),
        format: Format::F384,
        well: well(address),
        site,
        read_at_ms: Some(1_795_000_000_123),
        features: features(values),
    })
}

/// A result of one well with one number.
pub(crate) fn count(barcode: &str, address: &str, number: f64) -> Record {
    result(barcode, address, None, &[("Cells_Count", Value::Number(number))])
}

pub(crate) fn layout(barcode: &str) -> Record {
    let wells = vec![
        LayoutWell {
            well: well("A01"),
            role: Role::Negative,
            compound: Some("DMSO".into()),
            concentration: None,
            replicate: None,
        },
        LayoutWell {
            well: well("D09"),
            role: Role::Sample,
            compound: Some("CMP-0048390".into()),
            concentration: Some(Concentration { value: 0.1 + 0.2, unit: "uM".into() }),
            replicate: Some(2),
        },
    ];
    let layout = Layout::new(Format::F384, Some("Cell Painting".into()), Some("A549".into()), wells).unwrap();
    Record::Layout(LayoutRecord { plate: plate(barcode), layout: Arc::new(layout) })
}

pub(crate) fn image(barcode: &str, channel: &str, pixels: Pixels, sha256: Option<[u8; 32]>) -> ImageRecord {
    ImageRecord {
        plate: plate(barcode),
        format: Format::F384,
        well: well("D09"),
        site: 3,
        z: 1,
        t: 70_000,
        channel: channel.into(),
        page: 1,
        pixels,
        sha256,
        chunk: None,
        pixel_um: Some(0.325),
        acquired_at_ms: Some(1_795_000_000_456),
    }
}

pub(crate) fn stage(barcode: &str, event: StageEvent) -> Record {
    Record::Stage(StageRecord {
        plate: plate(barcode),
        stage: "imaged".into(),
        event,
        at_ms: -5,
        instrument: Some("imager-2".into()),
        by: None,
        note: Some("with\0a NUL, an \u{e9} and \u{1f9ea}".into()),
        correlation: Some("".into()),
    })
}

pub(crate) fn alert(barcode: &str, cause_seq: i64) -> Alert {
    Alert {
        plate: plate(barcode),
        spot: Spot::default(),
        feature: "Cells_Count".into(),
        rule: Rule::ZPrime.as_str().into(),
        positive: Role::Positive,
        negative: Role::Negative,
        level: AlertLevel::Fail,
        value: Some(-0.0),
        limit: Some(0.4),
        counts: (14, 16),
        cause_seq,
        rules: "0123456789abcdef".into(),
    }
}

pub(crate) fn note(text: &str) -> LocalRecord {
    LocalRecord { at_ms: 1_795_000_000_789, by: "mara".into(), body: LocalBody::Note { text: text.into() } }
}

/// Entries on their way into a commit.
pub(crate) struct Draft {
    next_seq: i64,
    entries: Vec<Entry>,
}

impl Draft {
    pub(crate) fn after(writer: &Writer) -> Draft {
        Draft { next_seq: writer.next_seq(), entries: Vec::new() }
    }

    fn seq(&mut self) -> i64 {
        self.next_seq += 1;
        self.next_seq - 1
    }

    pub(crate) fn message(&mut self, envelope: Envelope, outcome: Decoded) -> i64 {
        let seq = self.seq();
        let digest = message_digest(
            envelope.origin.timestamp_ms,
            envelope.key.as_deref(),
            envelope.headers.as_bytes(),
            envelope.body.as_deref(),
        );
        let outcome_digest = outcome_digest(&envelope.origin, &digest, &outcome);
        self.entries.push(Entry::Message { seq, envelope, digest, outcome, outcome_digest, left_out: None });
        seq
    }

    /// A message of the topic that its records' kind suggests.
    pub(crate) fn records(&mut self, partition: i32, offset: i64, records: Vec<Record>) -> i64 {
        let kind = match records.first() {
            Some(Record::Layout(_)) => Kind::Layouts,
            Some(Record::Image(_)) => Kind::Images,
            Some(Record::Stage(_)) => Kind::Stages,
            _ => Kind::Results,
        };
        self.message(envelope(kind, origin(kind.as_str(), partition, offset)), Decoded::Records(records))
    }

    pub(crate) fn undecoded(&mut self, partition: i32, offset: i64, reason: &str) -> i64 {
        let outcome = Decoded::Undecoded(Undecoded { reason: reason.to_owned() });
        self.message(envelope(Kind::Results, origin("results", partition, offset)), outcome)
    }

    pub(crate) fn alert(&mut self, alert: Alert) -> i64 {
        let seq = self.seq();
        self.entries.push(Entry::Alert { seq, alert });
        seq
    }

    pub(crate) fn local(&mut self, record: LocalRecord) -> i64 {
        let seq = self.seq();
        self.entries.push(Entry::Local { seq, record });
        seq
    }

    pub(crate) fn at(self, received_at_us: i64) -> Commit {
        Commit { received_at_us, entries: self.entries }
    }
}

/// Commits `n` results from `offset` on in one transaction.
pub(crate) async fn commit_results(writer: &mut Writer, offset: i64, n: i64) {
    let mut draft = Draft::after(writer);
    for offset in offset..offset + n {
        let address = Well::at_index(usize::try_from(offset % 384).unwrap(), Format::F384).unwrap().to_string();
        draft.records(0, offset, vec![count("P1", &address, offset as f64)]);
    }
    writer.commit(&draft.at(NOW_US + offset)).await.unwrap();
}

/// A session with one of everything, closed: two result messages, a layout, an inline and a linked image, a large body, a
/// piece, a stage, an undecoded message, an alert and two local records.
pub(crate) async fn record_everything(folder: &Path) {
    let mut writer = new_session(folder).await;
    let mut draft = Draft::after(&writer);
    draft.local(note("begin"));
    writer.commit(&draft.at(NOW_US)).await.unwrap();

    let mut draft = Draft::after(&writer);
    draft.records(0, 0, vec![layout("P1")]);
    let cause = draft.records(0, 10, vec![count("P1", "A01", 1.5), count("P1", "A02", 2.5)]);
    draft.alert(alert("P1", cause));
    draft.records(
        0,
        12,
        vec![result("P1", "A01", Some(2), &[("Cells_Count", Value::Cleared), ("Area", Value::NotANumber)])],
    );
    draft.undecoded(1, 4, "\"well\": \"Z99\" is outside a 384-well plate");
    draft.records(0, 0, vec![stage("P1", StageEvent::Entered)]);
    writer.commit(&draft.at(NOW_US + 1_000)).await.unwrap();

    let mut draft = Draft::after(&writer);
    image_messages(&mut draft);
    draft.local(note("end"));
    writer.commit(&draft.at(NOW_US + 2_000)).await.unwrap();
    writer.close(NOW_US + 3_000).await.unwrap();
}

/// A small inline image, a large one in a file, a link, and a piece of a file.
fn image_messages(draft: &mut Draft) {
    let inline = |bytes: u64| Pixels::Inline { content_type: Some("image/tiff".into()), bytes };
    for (offset, body) in [(0, vec![1; 2_000]), (1, vec![2; 100_000])] {
        let mut message = envelope(Kind::Images, origin("images", 0, offset));
        let sha256 = sha256(&body);
        message.headers = Headers::from_pairs([("schema", Some(&b"plateside.image/1"[..])), ("null", None)]);
        let pixels = inline(body.len() as u64);
        message.body = Some(Bytes::from(body));
        let records = vec![Record::Image(image("P1", &format!("C{offset}"), pixels, Some(sha256)))];
        draft.message(message, Decoded::Records(records));
    }
    let link = Pixels::Linked { link: "s3://lab/plate/D09.tiff".into() };
    draft.records(0, 2, vec![Record::Image(image("P1", "ER", link, None))]);
    let mut piece = image("P1", "AGP", inline(8), None);
    piece.chunk = Some(plate::Chunk { id: "file-1".into(), index: 1, count: 4 });
    draft.records(0, 3, vec![Record::Image(piece)]);
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

/// Changes the database behind the session's back.
pub(crate) async fn tamper(folder: &Path, sql: &'static str) {
    use sqlx::ConnectOptions as _;
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("session.db"));
    let mut connection = options.connect().await.unwrap();
    let done = sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    assert!(done.rows_affected() > 0 || sql.starts_with("PRAGMA"), "{sql} changes something");
    connection.close().await.unwrap();
}
