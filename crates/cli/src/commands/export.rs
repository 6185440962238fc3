//! `export`: wells or undecoded messages, written as they are read.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use engine::export::{
    AuditExport, ExportedWell, RecordsExport, RecordsWanted, UndecodedExport, WellsExport, WellsWanted,
};
use engine::plate::Value;
use engine::rfc3339;
use engine::session::{StoredBody, UndecodedMessage};

use super::export_records;
use crate::arguments::{Export, ExportFormat, ExportWhat};
use crate::failure::Failure;
use crate::output::{line, spreadsheet::harmless};
use crate::printed::Printed;
use crate::report::{Node, exact, hex};
use crate::terminal;

/// A body is shown as text up to this many bytes, else its beginning as hex.
const SHOWN_BYTES: usize = 4096;

pub(crate) async fn run(arguments: Export) -> Result<(), Failure> {
    let Export { dir, what, format, run, plate } = arguments;
    if matches!(what, ExportWhat::Undecoded | ExportWhat::Audit) && (run.is_some() || plate.is_some()) {
        return Err(Failure::usage(
            "--run and --plate choose by plate: what could not be decoded, and the audit chain, have none",
        ));
    }
    let format = match format {
        Some(format) => format,
        None if terminal::stdout_is_terminal() => ExportFormat::Csv,
        None => ExportFormat::Json,
    };
    let mut sheet = Sheet::new(format, BufWriter::with_capacity(1 << 16, Printed::stdout()));
    match what {
        ExportWhat::Wells => {
            let mut wells = WellsExport::open(&dir, WellsWanted { run, plate }).await?;
            let features = wells.features().to_vec();
            let names = WELL_COLUMNS.into_iter().chain(features.iter().map(|name| &**name));
            sheet.begin(names)?;
            while let Some(well) = wells.next().await? {
                match format {
                    ExportFormat::Csv => sheet.cells(well_cells(&well))?,
                    ExportFormat::Json | ExportFormat::Jsonl => sheet.object(&well_object(&well, &features))?,
                }
            }
        }
        ExportWhat::Undecoded => {
            let mut messages = UndecodedExport::open(&dir).await?;
            sheet.begin(UNDECODED_COLUMNS.into_iter())?;
            while let Some(message) = messages.next().await? {
                sheet.node(&undecoded_object(&message))?;
            }
        }
        ExportWhat::Audit => {
            let mut audit = AuditExport::open(&dir).await?;
            sheet.begin(export_records::columns(what).iter().copied())?;
            while let Some(line) = audit.next().await? {
                sheet.node(&export_records::audit(&line))?;
            }
        }
        _ => records(&mut sheet, &dir, what, &WellsWanted { run, plate }).await?,
    }
    sheet.end()
}

/// Records of one kind, of the plates that are wanted.
async fn records<W: Write>(
    sheet: &mut Sheet<W>,
    dir: &Path,
    what: ExportWhat,
    wanted: &WellsWanted,
) -> Result<(), Failure> {
    let kind = match what {
        ExportWhat::Images => RecordsWanted::Images,
        ExportWhat::Layouts => RecordsWanted::Layouts,
        _ => RecordsWanted::Said,
    };
    let mut records = RecordsExport::open(dir, kind).await?;
    sheet.begin(export_records::columns(what).iter().copied())?;
    while let Some(entry) = records.next().await? {
        let StoredBody::Stream { origin, record } = &entry.body else { continue };
        if wanted.is_about(record.plate()) {
            for object in export_records::objects(what, entry.seq, origin, record) {
                sheet.node(&object)?;
            }
        }
    }
    Ok(())
}

/// A document that grows: CSV lines, JSON lines, or one JSON array.
struct Sheet<W: Write> {
    format: ExportFormat,
    out: W,
    objects: u64,
}

impl<W: Write> Sheet<W> {
    const fn new(format: ExportFormat, out: W) -> Sheet<W> {
        Sheet { format, out, objects: 0 }
    }

    fn begin<'a>(&mut self, columns: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
        match self.format {
            ExportFormat::Csv => self.cells(columns.map(|name| harmless(name).into_owned())),
            ExportFormat::Json => Ok(self.out.write_all(b"[")?),
            ExportFormat::Jsonl => Ok(()),
        }
    }

    fn cells(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), Failure> {
        let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 10).from_writer(&mut self.out);
        csv.write_record(cells.into_iter().map(String::into_bytes)).map_err(io::Error::from)?;
        csv.flush()?;
        Ok(())
    }

    /// An object whose fields are the columns.
    fn node(&mut self, object: &Node) -> Result<(), Failure> {
        match self.format {
            ExportFormat::Csv => self.cells(text_cells(object)),
            ExportFormat::Json | ExportFormat::Jsonl => self.object(object),
        }
    }

    fn object(&mut self, object: &Node) -> Result<(), Failure> {
        match self.format {
            ExportFormat::Json => {
                self.out.write_all(if self.objects == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut self.out, object).map_err(io::Error::from)?;
            }
            ExportFormat::Jsonl | ExportFormat::Csv => line(&mut self.out, object)?,
        }
        self.objects += 1;
        Ok(())
    }

    fn end(mut self) -> Result<(), Failure> {
        if self.format == ExportFormat::Json {
            self.out.write_all(if self.objects == 0 { b"]\n" } else { b"\n]\n" })?;
        }
        Ok(self.out.flush()?)
    }
}

const WELL_COLUMNS: [&str; 8] = ["run", "plate", "well", "site", "read_at", "topic", "partition", "offset"];

fn well_cells(well: &ExportedWell) -> impl Iterator<Item = String> {
    let text = |text: &str| harmless(text).into_owned();
    let fixed = [
        text(&well.plate.run),
        text(&well.plate.barcode),
        well.well.to_string(),
        well.site.map(|site| site.to_string()).unwrap_or_default(),
        well.read_at_ms.map(rfc3339).unwrap_or_default(),
        text(&well.origin.source.topic),
        well.origin.partition.to_string(),
        well.origin.offset.to_string(),
    ];
    let number = |value: &Option<Value>| value.and_then(Value::number).map(exact).unwrap_or_default();
    fixed.into_iter().chain(well.values.iter().map(number).collect::<VecDeque<_>>())
}

fn well_object(well: &ExportedWell, features: &[Box<str>]) -> Node {
    let values = features.iter().zip(&well.values).filter_map(|(name, value)| {
        let value = (*value)?;
        Some((name.to_string(), value.number().into()))
    });
    Node::object([
        ("run", (&*well.plate.run).into()),
        ("plate", (&*well.plate.barcode).into()),
        ("well", well.well.to_string().into()),
        ("site", well.site.map_or(Node::Null, |site| Node::Integer(site.into()))),
        ("read_at", well.read_at_ms.map(rfc3339).into()),
        ("topic", (&*well.origin.source.topic).into()),
        ("partition", Node::Integer(well.origin.partition.into())),
        ("offset", Node::Integer(well.origin.offset)),
        ("features", Node::Object(values.collect())),
    ])
}

const UNDECODED_COLUMNS: [&str; 10] =
    ["seq", "topic", "partition", "offset", "timestamp", "reason", "key", "body_bytes", "body", "body_hex"];

/// `body` is the text of a body that is UTF-8 of at most [`SHOWN_BYTES`], else `body_hex` is its beginning; a null body
/// (a tombstone) has neither, and no `body_bytes`. `key` likewise is text, or hex after `0x`.
fn undecoded_object(message: &UndecodedMessage) -> Node {
    let envelope = &message.envelope;
    let origin = &envelope.origin;
    let body = envelope.body.as_deref();
    let as_text = body.filter(|body| body.len() <= SHOWN_BYTES).and_then(|body| std::str::from_utf8(body).ok());
    let as_hex = body.filter(|_| as_text.is_none()).map(|body| hex(&body[..body.len().min(SHOWN_BYTES)]));
    let key = envelope.key.as_deref().map(|key| match std::str::from_utf8(key) {
        Ok(text) if text.len() <= SHOWN_BYTES => text.to_owned(),
        _ => format!("0x{}", hex(&key[..key.len().min(SHOWN_BYTES)])),
    });
    Node::object([
        ("seq", Node::Integer(message.seq)),
        ("topic", (&*origin.source.topic).into()),
        ("partition", Node::Integer(origin.partition.into())),
        ("offset", Node::Integer(origin.offset)),
        ("timestamp", (origin.timestamp_ms >= 0).then(|| rfc3339(origin.timestamp_ms)).into()),
        ("reason", message.reason.as_str().into()),
        ("key", key.into()),
        ("body_bytes", body.map_or(Node::Null, |body| Node::count(body.len() as u64))),
        ("body", as_text.into()),
        ("body_hex", as_hex.into()),
    ])
}

fn text_cells(object: &Node) -> impl Iterator<Item = String> {
    object.cells().into_iter().map(|(_, node)| match node {
        Node::Text(text) => harmless(&text).into_owned(),
        list @ Node::List(_) => harmless(&list.cell()).into_owned(),
        other => other.cell(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::plate::{Origin, PlateKey, Source};
    use engine::wire::{Envelope, Headers, Kind};

    use super::*;

    fn origin() -> Origin {
        let source = Arc::new(Source { cluster: "c".into(), topic: "lab.results".into(), incarnation: 0 });
        Origin { source, partition: 2, offset: 41, timestamp_ms: 0 }
    }

    fn well() -> ExportedWell {
        ExportedWell {
            plate: Arc::new(PlateKey::new("=R", "BR1")),
            well: "D09".parse().unwrap(),
            site: Some(3),
            read_at_ms: Some(1500),
            origin: origin(),
            values: vec![Some(Value::Number(0.1)), None, Some(Value::Cleared)],
        }
    }

    fn written(format: ExportFormat, fill: impl FnOnce(&mut Sheet<&mut Vec<u8>>)) -> String {
        let mut bytes = Vec::new();
        let mut sheet = Sheet::new(format, &mut bytes);
        fill(&mut sheet);
        sheet.end().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_well_as_csv_and_as_json() {
        let names = ["a", "b", "c"].map(Box::<str>::from);
        let csv = written(ExportFormat::Csv, |sheet| {
            sheet.begin(WELL_COLUMNS.into_iter().chain(names.iter().map(|name| &**name))).unwrap();
            sheet.cells(well_cells(&well())).unwrap();
        });
        assert_eq!(
            csv,
            "run,plate,well,site,read_at,topic,partition,offset,a,b,c\n\
             '=R,BR1,D09,3,1970-01-01T00:00:01.500Z,lab.results,2,41,0.1,,\n"
        );
        let json = written(ExportFormat::Json, |sheet| {
            sheet.begin(WELL_COLUMNS.into_iter()).unwrap();
            sheet.object(&well_object(&well(), &names)).unwrap();
            sheet.object(&well_object(&well(), &names)).unwrap();
        });
        let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            parsed[1]["features"],
            serde_json::json!({"a": 0.1, "c": null}),
            "cleared is null, unsaid is absent"
        );
        assert_eq!(parsed[0]["run"], "=R", "JSON has texts as they came");
        assert_eq!(written(ExportFormat::Json, |sheet| sheet.begin(std::iter::empty()).unwrap()), "[]\n");
    }

    #[test]
    fn an_undecoded_body_is_text_or_the_beginning_as_hex() {
        let object = |body: Option<Vec<u8>>| {
            let (key, headers, body) = (Some(vec![0xff].into()), Headers::default(), body.map(Into::into));
            let envelope = Envelope { origin: origin(), kind: Kind::Results, key, headers, body };
            let message = UndecodedMessage { seq: 7, envelope, reason: "why".to_owned() };
            serde_json::to_value(undecoded_object(&message)).unwrap()
        };
        let text = object(Some(b"{oops".to_vec()));
        assert_eq!((&text["body"], &text["body_bytes"], &text["key"]), (&"{oops".into(), &5.into(), &"0xff".into()));
        assert!(text["body_hex"].is_null());
        let binary = object(Some(vec![0x00, 0xfe]));
        assert_eq!((binary["body_hex"].as_str(), binary["body"].is_null()), (Some("00fe"), true));
        let long = object(Some(vec![b'a'; 5000]));
        assert_eq!(long["body_hex"].as_str().map(str::len), Some(8192), "its beginning");
        assert_eq!(long["body_bytes"], 5000);
        assert!(object(None)["body_bytes"].is_null(), "a tombstone has no body");
    }
}
