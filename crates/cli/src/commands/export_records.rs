//! Columns and objects of exported records: images, layouts, flags, decisions, annotations, the audit chain.

use engine::pixels::shown_link;
use engine::plate::review::{Person, ReviewBody};
use engine::plate::{FlagRecord, ImageRecord, LayoutRecord, Origin, Pixels, PlateKey, Record, ReviewRecord, Spot};
use engine::rfc3339;
use engine::session::AuditLine;

use crate::arguments::ExportWhat;
use crate::report::Node;

/// What a record becomes: none where it is not wanted, one object, or one for each well of a layout.
pub(crate) fn objects(what: ExportWhat, seq: i64, origin: &Origin, record: &Record) -> Vec<Node> {
    match (what, record) {
        (ExportWhat::Images, Record::Image(image)) => vec![of_image(seq, origin, image)],
        (ExportWhat::Layouts, Record::Layout(layout)) => of_layout(seq, origin, layout),
        (ExportWhat::Flags, Record::Flag(flag)) => vec![of_flag(seq, origin, flag)],
        (ExportWhat::Decisions, Record::Review(review)) => decision(seq, origin, review).into_iter().collect(),
        (ExportWhat::Annotations, Record::Review(review)) => annotation(seq, origin, review).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The columns of these objects.
pub(crate) fn columns(what: ExportWhat) -> &'static [&'static str] {
    match what {
        ExportWhat::Images => &[
            "seq",
            "run",
            "plate",
            "well",
            "site",
            "channel",
            "z",
            "t",
            "page",
            "format",
            "bytes",
            "content_type",
            "link",
            "sha256",
            "pixel_um",
            "acquired_at",
            "chunk_id",
            "chunk_index",
            "chunk_count",
            "topic",
            "partition",
            "offset",
        ],
        ExportWhat::Layouts => &[
            "seq",
            "run",
            "plate",
            "format",
            "assay",
            "cells",
            "well",
            "role",
            "compound",
            "concentration",
            "unit",
            "replicate",
            "topic",
            "partition",
            "offset",
        ],
        ExportWhat::Flags => &[
            "seq",
            "id",
            "event",
            "run",
            "plate",
            "well",
            "site",
            "channel",
            "reason",
            "severity",
            "score",
            "source",
            "at",
            "guidance",
            "topic",
            "partition",
            "offset",
        ],
        ExportWhat::Decisions => &[
            "seq",
            "id",
            "run",
            "plate",
            "well",
            "site",
            "channel",
            "verdict",
            "reasons",
            "comment",
            "confidence",
            "user",
            "name",
            "at",
            "seen_seq",
            "task",
            "supersedes",
            "topic",
            "partition",
            "offset",
        ],
        ExportWhat::Annotations => &[
            "seq",
            "id",
            "annotation",
            "run",
            "plate",
            "well",
            "site",
            "channel",
            "shape",
            "coordinates",
            "label",
            "deleted",
            "user",
            "name",
            "at",
            "supersedes",
            "topic",
            "partition",
            "offset",
        ],
        ExportWhat::Audit => &["seq", "at", "by", "kind", "body", "previous", "hash", "holds"],
        ExportWhat::Wells | ExportWhat::Undecoded => &[],
    }
}

/// A link of the audit chain.
pub(crate) fn audit(line: &AuditLine) -> Node {
    Node::object([
        ("seq", Node::Integer(line.seq)),
        ("at", rfc3339(line.at_ms).into()),
        ("by", line.by.as_str().into()),
        ("kind", line.kind.as_str().into()),
        ("body", line.body.as_str().into()),
        ("previous", Node::hex(&line.prev_hash)),
        ("hash", Node::hex(&line.hash)),
        ("holds", Node::Bool(line.holds)),
    ])
}

fn text(value: Option<&str>) -> Node {
    value.into()
}

fn whole(value: Option<impl Into<i64>>) -> Node {
    value.map_or(Node::Null, |number| Node::Integer(number.into()))
}

fn time(at_ms: Option<i64>) -> Node {
    at_ms.map(rfc3339).into()
}

type Fields = Vec<(&'static str, Node)>;

fn node(fields: Fields) -> Node {
    Node::Object(fields.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
}

fn plate_fields(plate: &PlateKey) -> Fields {
    vec![("run", (&*plate.run).into()), ("plate", (&*plate.barcode).into())]
}

fn spot_fields(plate: &PlateKey, spot: &Spot) -> Fields {
    let mut fields = plate_fields(plate);
    fields.extend([
        ("well", spot.well.map(|well| well.to_string()).into()),
        ("site", whole(spot.site)),
        ("channel", text(spot.channel.as_deref())),
    ]);
    fields
}

fn origin_fields(origin: &Origin) -> Fields {
    vec![
        ("topic", (&*origin.source.topic).into()),
        ("partition", Node::Integer(origin.partition.into())),
        ("offset", Node::Integer(origin.offset)),
    ]
}

fn of_image(seq: i64, origin: &Origin, image: &ImageRecord) -> Node {
    let (bytes, content_type, link) = match &image.pixels {
        Pixels::Inline { content_type, bytes } => (Node::count(*bytes), content_type.as_deref(), None),
        Pixels::Linked { link } => (Node::Null, None, Some(shown_link(link))),
    };
    let chunk = image.chunk.as_ref();
    let mut fields = vec![("seq", Node::Integer(seq))];
    fields.extend(plate_fields(&image.plate));
    fields.extend([
        ("well", image.well.to_string().into()),
        ("site", Node::Integer(image.site.into())),
        ("channel", (&*image.channel).into()),
        ("z", Node::Integer(image.z.into())),
        ("t", Node::Integer(image.t.into())),
        ("page", Node::Integer(image.page.into())),
        ("format", Node::Integer(image.format.wells().into())),
        ("bytes", bytes),
        ("content_type", text(content_type)),
        ("link", text(link.as_deref())),
        ("sha256", image.sha256.map_or(Node::Null, |sha| Node::hex(&sha))),
        ("pixel_um", image.pixel_um.into()),
        ("acquired_at", time(image.acquired_at_ms)),
        ("chunk_id", text(chunk.map(|chunk| &*chunk.id))),
        ("chunk_index", whole(chunk.map(|chunk| chunk.index))),
        ("chunk_count", whole(chunk.map(|chunk| chunk.count))),
    ]);
    fields.extend(origin_fields(origin));
    node(fields)
}

fn of_layout(seq: i64, origin: &Origin, record: &LayoutRecord) -> Vec<Node> {
    let layout = &record.layout;
    let of = |entry: &engine::plate::layout::LayoutWell| {
        let dose = entry.concentration.as_ref();
        let mut fields = vec![("seq", Node::Integer(seq))];
        fields.extend(plate_fields(&record.plate));
        fields.extend([
            ("format", Node::Integer(layout.format.wells().into())),
            ("assay", text(layout.assay.as_deref())),
            ("cells", text(layout.cells.as_deref())),
            ("well", entry.well.to_string().into()),
            ("role", entry.role.as_str().into()),
            ("compound", text(entry.compound.as_deref())),
            ("concentration", dose.map(|dose| dose.value).into()),
            ("unit", text(dose.map(|dose| &*dose.unit))),
            ("replicate", whole(entry.replicate)),
        ]);
        fields.extend(origin_fields(origin));
        node(fields)
    };
    layout.wells.iter().map(of).collect()
}

fn of_flag(seq: i64, origin: &Origin, flag: &FlagRecord) -> Node {
    let mut fields =
        vec![("seq", Node::Integer(seq)), ("id", (&*flag.id).into()), ("event", flag.event.as_str().into())];
    fields.extend(spot_fields(&flag.plate, &flag.spot));
    fields.extend([
        ("reason", (&*flag.reason).into()),
        ("severity", flag.severity.as_str().into()),
        ("score", flag.score.into()),
        ("source", (&*flag.source).into()),
        ("at", time(Some(flag.at_ms))),
        ("guidance", text(flag.guidance.as_deref())),
    ]);
    fields.extend(origin_fields(origin));
    node(fields)
}

fn decision(seq: i64, origin: &Origin, review: &ReviewRecord) -> Option<Node> {
    let ReviewBody::Decision(decision) = &review.body else { return None };
    let mut fields = vec![("seq", Node::Integer(seq)), ("id", (&*review.id).into())];
    fields.extend(spot_fields(&review.plate, &review.spot));
    fields.extend([
        ("verdict", decision.verdict.as_str().into()),
        ("reasons", Node::List(decision.reasons.iter().map(|reason| (&**reason).into()).collect())),
        ("comment", text(decision.comment.as_deref())),
        ("confidence", decision.confidence.into()),
    ]);
    fields.extend(person_fields(review.by.as_ref()));
    fields.extend([
        ("at", time(Some(review.at_ms))),
        ("seen_seq", whole(decision.seen_seq)),
        ("task", text(decision.task.as_deref())),
        ("supersedes", text(review.supersedes.as_deref())),
    ]);
    fields.extend(origin_fields(origin));
    Some(node(fields))
}

fn annotation(seq: i64, origin: &Origin, review: &ReviewRecord) -> Option<Node> {
    let ReviewBody::Annotation(annotation) = &review.body else { return None };
    let numbers = annotation.shape.numbers();
    let mut fields = vec![
        ("seq", Node::Integer(seq)),
        ("id", (&*review.id).into()),
        ("annotation", (&*annotation.annotation).into()),
    ];
    fields.extend(spot_fields(&review.plate, &review.spot));
    fields.extend([
        ("shape", annotation.shape.kind().into()),
        ("coordinates", Node::List(numbers.into_iter().map(Node::from).collect())),
        ("label", (&*annotation.label).into()),
        ("deleted", Node::Bool(annotation.is_deleted)),
    ]);
    fields.extend(person_fields(review.by.as_ref()));
    fields.extend([("at", time(Some(review.at_ms))), ("supersedes", text(review.supersedes.as_deref()))]);
    fields.extend(origin_fields(origin));
    Some(node(fields))
}

fn person_fields(by: Option<&Person>) -> Fields {
    vec![("user", text(by.map(|by| &*by.user))), ("name", text(by.and_then(|by| by.name.as_deref())))]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::plate::review::{Annotation, Decision, Shape, Verdict};
    use engine::plate::{FlagEvent, Format, Layout, LayoutWell, Role, Severity, Source};

    use super::*;

    fn spot() -> Spot {
        Spot { well: "D09".parse().ok(), site: Some(3), channel: Some("DNA".into()) }
    }

    fn review(body: ReviewBody) -> Record {
        let plate = Arc::new(PlateKey::new("R", "P"));
        let (id, source) = ("e".into(), "s".into());
        let (sequence, correlation, supersedes, by) = (None, None, None, None);
        let spot = spot();
        Record::Review(ReviewRecord { plate, spot, id, source, at_ms: 0, sequence, correlation, supersedes, by, body })
    }

    /// A header and its cells are two lists: one out of step would put every value under another's name.
    #[test]
    fn every_object_has_the_columns_of_its_export() {
        let plate = Arc::new(PlateKey::new("R", "P"));
        let well: engine::plate::Well = "D09".parse().unwrap();
        let layout = Layout::new(
            Format::F384,
            None,
            None,
            vec![LayoutWell { well, role: Role::Sample, compound: None, concentration: None, replicate: None }],
        );
        let image = ImageRecord {
            plate: plate.clone(),
            format: Format::F384,
            well,
            site: 1,
            z: 0,
            t: 0,
            channel: "DNA".into(),
            page: 0,
            pixels: Pixels::Linked { link: "s3://a/b".into() },
            sha256: None,
            chunk: None,
            pixel_um: None,
            acquired_at_ms: None,
        };
        let flag = FlagRecord {
            plate: plate.clone(),
            spot: spot(),
            id: "f".into(),
            event: FlagEvent::Raised,
            reason: "r".into(),
            severity: Severity::Info,
            score: None,
            source: "s".into(),
            at_ms: 0,
            guidance: None,
        };
        let decision = Decision {
            verdict: Verdict::Pass,
            reasons: [].into(),
            comment: None,
            confidence: None,
            seen_seq: None,
            task: None,
        };
        let annotation = Annotation {
            annotation: "a".into(),
            shape: Shape::Point([1.0, 2.0]),
            label: "l".into(),
            is_deleted: false,
        };
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let origin = Origin { source, partition: 0, offset: 0, timestamp_ms: 0 };
        for (what, record) in [
            (ExportWhat::Images, Record::Image(image)),
            (ExportWhat::Layouts, Record::Layout(LayoutRecord { plate, layout: Arc::new(layout.unwrap()) })),
            (ExportWhat::Flags, Record::Flag(flag)),
            (ExportWhat::Decisions, review(ReviewBody::Decision(decision))),
            (ExportWhat::Annotations, review(ReviewBody::Annotation(annotation))),
        ] {
            let objects = objects(what, 1, &origin, &record);
            let names: Vec<String> = objects[0].cells().into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, columns(what), "{what:?}");
        }
        let line = AuditLine {
            seq: 1,
            at_ms: 0,
            by: "ada".to_owned(),
            kind: "note".to_owned(),
            body: "{}".to_owned(),
            prev_hash: [0; 32],
            hash: [1; 32],
            holds: true,
        };
        let names: Vec<String> = audit(&line).cells().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, columns(ExportWhat::Audit));
    }

    #[test]
    fn a_signed_link_loses_its_signature() {
        assert_eq!(shown_link("https://h/a/b.tif?X-Amz-Signature=abc#x"), "https://h/a/b.tif");
        assert_eq!(shown_link("s3://lab/a.tif"), "s3://lab/a.tif");
        assert_eq!(shown_link("https://me:secret@h:9/a@b.tif"), "https://h:9/a@b.tif");
    }
}
