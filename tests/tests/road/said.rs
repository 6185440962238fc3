//! Flags, tasks and reviews on a real broker: recorded, replayed to the same digests, exported; and the audit chain.

use std::sync::Arc;

use plate::review::{Annotation, Decision, Person, ReviewBody, Shape, Verdict};
use plate::{FlagEvent, FlagRecord, PlateKey, ReviewRecord, Severity, Spot, TaskRecord};
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::Plateside;
use plateside_tests::exactly_once::assert_exactly_once;
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::{Message, Producer};
use wire::Kind;

const KINDS: [(Kind, i32); 7] = [
    (Kind::Results, 1),
    (Kind::Layouts, 1),
    (Kind::Stages, 1),
    (Kind::Images, 1),
    (Kind::Flags, 1),
    (Kind::Tasks, 1),
    (Kind::Reviews, 1),
];

fn spot(site: Option<u16>) -> Spot {
    Spot { well: Some("D09".parse().unwrap()), site, channel: site.map(|_| "DNA".into()) }
}

fn flag(lab: &mut Lab, plate: &Arc<PlateKey>, event: FlagEvent) -> Message {
    let record = FlagRecord {
        plate: Arc::clone(plate),
        spot: spot(Some(3)),
        id: "flag-1".into(),
        event,
        reason: "saturated".into(),
        severity: Severity::Warning,
        score: Some(0.041),
        source: "pipeline".into(),
        at_ms: lab.clock_ms,
        guidance: Some("=Check the exposure".into()),
    };
    let body = wire::encode_flag(&record).unwrap();
    lab.message(Kind::Flags, plate, Some(body))
}

fn task(lab: &mut Lab, plate: &Arc<PlateKey>) -> Message {
    let record = TaskRecord {
        plate: Arc::clone(plate),
        spot: spot(None),
        task: "wf-1/review".into(),
        kind: "review".into(),
        asked_of: Some("qa".into()),
        due_ms: None,
        correlation: None,
    };
    let body = wire::encode_task(&record).unwrap();
    lab.message(Kind::Tasks, plate, Some(body))
}

fn review(lab: &mut Lab, plate: &Arc<PlateKey>, id: &str, body: ReviewBody) -> Message {
    let record = ReviewRecord {
        plate: Arc::clone(plate),
        spot: spot(Some(3)),
        id: id.into(),
        source: "plateside/lab-7/monday".into(),
        at_ms: lab.clock_ms,
        sequence: Some(1),
        correlation: None,
        supersedes: None,
        by: Some(Person { user: "ada".into(), name: Some("Ada L.".into()) }),
        body,
    };
    let (headers, body) = wire::encode_review(&record).unwrap();
    let mut message = lab.message(Kind::Reviews, plate, Some(body));
    message.headers = headers.iter().map(|(name, value)| (name.to_owned(), value.map(<[u8]>::to_vec))).collect();
    message
}

#[test]
fn what_is_said_is_recorded_replayed_and_exported() {
    let Some(broker) = Broker::for_test("flags, tasks and reviews") else { return };
    let topics = Topics::create(&broker, "said", &KINDS);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut lab = Lab::new(&topics, 1);
    let (plate, other) = (lab::plate(1), lab::plate(2));
    let decision = ReviewBody::Decision(Decision {
        verdict: Verdict::Reimage,
        reasons: ["out_of_focus".into()].into(),
        comment: Some("blurred".into()),
        confidence: Some(0.9),
        seen_seq: Some(7),
        task: Some("wf-1/review".into()),
    });
    let annotation = ReviewBody::Annotation(Annotation {
        annotation: "a-1".into(),
        shape: Shape::Box([10.0, 20.5, 5.0, 4.0]),
        label: "debris".into(),
        is_deleted: false,
    });
    let producer = Producer::new(&broker);
    producer.send_all(&[
        lab.layout(&plate),
        lab.result(&plate, "D09".parse().unwrap(), [1.0, 2.0, 3.0]),
        lab.linked_image(&plate, "D09".parse().unwrap(), 3),
        flag(&mut lab, &plate, FlagEvent::Raised),
        flag(&mut lab, &other, FlagEvent::Raised),
        flag(&mut lab, &plate, FlagEvent::Cleared),
        task(&mut lab, &plate),
        review(&mut lab, &plate, "event-1", decision),
        review(&mut lab, &plate, "event-2", annotation),
        lab.message(Kind::Reviews, &plate, Some(b"{}".to_vec())),
    ]);
    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "1s"]).json();
    assert_eq!((&summary["messages"], &summary["records"], &summary["undecoded"]), (&10.into(), &9.into(), &1.into()));
    assert_exactly_once(&dir, &producer.ledger());
    assert_eq!(Plateside::new("verify").arg(&dir).json()["ok"], true);
    let replayed = Plateside::new("replay").arg(&dir).json();
    assert_eq!(replayed["digest"], summary["digest"], "a replay says the same");

    let export =
        |what: &str, more: &[&str]| Plateside::new("export").arg(&dir).args(["--what", what]).args(more).json();
    let flags = export("flags", &["--format", "json"]);
    assert_eq!(flags.as_array().unwrap().len(), 3);
    assert_eq!(
        (&flags[0]["event"], &flags[0]["well"], &flags[0]["score"]),
        (&"raised".into(), &"D09".into(), &0.041.into())
    );
    assert_eq!(export("flags", &["--plate", "PL00002", "--format", "json"]).as_array().unwrap().len(), 1);
    let decisions = export("decisions", &["--format", "json"]);
    assert_eq!(
        (&decisions[0]["verdict"], &decisions[0]["user"], &decisions[0]["id"]),
        (&"reimage".into(), &"ada".into(), &"event-1".into())
    );
    assert_eq!(decisions.as_array().unwrap().len(), 1, "an annotation is no decision");
    let annotations = export("annotations", &["--format", "json"]);
    assert_eq!(annotations[0]["coordinates"], serde_json::json!([10.0, 20.5, 5.0, 4.0]));
    let layouts = export("layouts", &["--format", "json"]);
    assert_eq!(layouts.as_array().unwrap().len(), 384, "a line a well");
    assert_eq!((&layouts[0]["well"], &layouts[0]["role"]), (&"A01".into(), &"negative".into()));
    let images = export("images", &["--format", "json"]);
    assert!(images[0]["link"].as_str().unwrap().starts_with("s3://plates/"), "{images}");
    let audit = export("audit", &["--format", "json"]);
    let lines = audit.as_array().unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| line["holds"] == true), "{audit}");
    assert!(lines.windows(2).all(|pair| pair[1]["previous"] == pair[0]["hash"]), "each names the one before");
    let csv = Plateside::new("export").arg(&dir).args(["--what", "flags", "--format", "csv"]).run();
    assert!(csv.stdout.contains("'=Check the exposure"), "no formula for a spreadsheet: {}", csv.stdout);
    let refused = Plateside::new("export").arg(&dir).args(["--what", "audit", "--plate", "PL00001"]).run();
    assert_eq!(refused.code(), Some(2), "{}", refused.stderr);
}
