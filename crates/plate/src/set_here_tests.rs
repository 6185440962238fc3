//! Layouts that people set, and silence: what a board makes of them.

use std::sync::Arc;

use crate::rules::{RuleEntry, RuleFile, Rules, Scope, View};
use crate::*;

const FORMAT: Format = Format::F24;

fn layout(assay: &str, negative_column: u8) -> Arc<Layout> {
    let wells = Well::all_of(FORMAT).map(|well| LayoutWell {
        well,
        role: match well.column() {
            column if column == negative_column => Role::Negative,
            5 => Role::Positive,
            _ => Role::Sample,
        },
        compound: None,
        concentration: None,
        replicate: None,
    });
    Arc::new(Layout::new(FORMAT, Some(assay.into()), None, wells.collect()).unwrap())
}

pub(crate) fn card() -> AssayCard {
    AssayCard {
        name: "Viability".into(),
        headline: vec![Headline {
            feature: "Cells".into(),
            unit: None,
            direction: None,
            transform: Transform::None,
            aggregate: SiteAggregate::Mean,
        }],
        pair: vec![Pair { positive: Role::Positive, negative: Role::Negative }],
        limits: Limits { minimum_n: 2, ..Limits::default() },
    }
}

fn silence(for_s: u32) -> Arc<Rules> {
    let rule = RuleEntry {
        id: "silence".into(),
        title: "Nothing comes".into(),
        scope: Scope::Plate,
        per_feature: false,
        when: "plate.reading && plate.silent_s >= 30.0".into(),
        severity: Severity::Warning,
        for_s,
        count: 1,
        within_s: None,
        guidance: "Look at the reader.".into(),
        opens: View::Connect,
        notify: true,
        enabled: true,
    };
    Arc::new(Rules::compile(&RuleFile { rules: vec![rule] }).unwrap())
}

struct Lab {
    board: Board,
    seq: i64,
    alerts: Vec<(AlertLevel, i64)>,
    changes: Vec<Change>,
}

impl Lab {
    fn new(rules: Option<Arc<Rules>>) -> Lab {
        let mut lab = Lab { board: Board::new(), seq: 0, alerts: Vec::new(), changes: Vec::new() };
        lab.local(LocalBody::Profile { name: "lab".into(), cards: vec![card()].into(), rules });
        lab
    }

    fn local(&mut self, body: LocalBody) {
        self.seq += 1;
        self.changes.clear();
        self.board.apply_local(&LocalRecord { at_ms: 0, by: "mara".into(), body }, &mut self.changes);
        self.judge();
    }

    fn stream(&mut self, timestamp_ms: i64, record: &Record) {
        self.seq += 1;
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let origin = Origin { source, partition: 0, offset: self.seq, timestamp_ms };
        self.board.apply(&origin, record, &mut self.changes).unwrap();
        self.judge();
    }

    fn judge(&mut self) {
        let alerts = self.board.judge(self.seq);
        self.alerts.extend(alerts.iter().map(|alert| (alert.level, alert.cause_seq)));
    }

    fn well(&mut self, plate: &str, at: usize, timestamp_ms: i64) {
        let list = Arc::new(FeatureList::new(vec!["Cells".into()]));
        let well = Well::at_index(at, FORMAT).unwrap();
        let value = Value::Number(if well.column() == 5 { 10.0 } else { 100.0 } + at as f64 / 10.0);
        self.stream(
            timestamp_ms,
            &Record::Result(ResultRecord {
                plate: key(plate),
                format: FORMAT,
                well,
                site: None,
                read_at_ms: None,
                features: Features::new(list, [value]).unwrap(),
            }),
        );
    }

    fn z_prime(&self, plate: &str) -> Option<f64> {
        let standing = self.board.plate(&key(plate)).unwrap();
        self.board.first_tables(standing).first().and_then(|judged| judged.table.z_prime.ok())
    }

    fn origin(&self, plate: &str) -> Option<LayoutOrigin> {
        self.board.plate(&key(plate)).unwrap().layout_origin()
    }
}

fn key(plate: &str) -> Arc<PlateKey> {
    Arc::new(PlateKey::new("run", plate))
}

fn set(plate: &str, layout: Option<Arc<Layout>>) -> LocalBody {
    LocalBody::Layout { plate: key(plate), layout, reason: "the controls stand elsewhere".into() }
}

fn set_run(layout: Option<Arc<Layout>>) -> LocalBody {
    LocalBody::RunLayout { run: "run".into(), layout, reason: "the library's".into() }
}

#[test]
fn a_plate_has_its_own_layout_else_the_topics_else_the_runs() {
    let mut lab = Lab::new(None);
    for at in 0..24 {
        lab.well("P1", at, 1000);
    }
    assert_eq!((lab.z_prime("P1"), lab.origin("P1")), (None, None), "without a layout nothing is claimed");
    lab.local(set_run(Some(layout("Viability", 0))));
    assert_eq!(lab.changes, [Change::Layout(key("P1"))]);
    let of_run = lab.z_prime("P1").unwrap();
    assert_eq!(lab.origin("P1"), Some(LayoutOrigin::Run));
    // A plate that begins later has it from its first message on.
    lab.well("P2", 0, 1000);
    assert_eq!(lab.origin("P2"), Some(LayoutOrigin::Run));
    assert_eq!(lab.board.plate(&key("P2")).unwrap().card(), Some(0));
    let theirs = LayoutRecord { plate: key("P1"), layout: layout("Viability", 1) };
    lab.stream(1000, &Record::Layout(theirs));
    assert_eq!(lab.origin("P1"), Some(LayoutOrigin::Topic), "late layouts judge again");
    let of_topic = lab.z_prime("P1").unwrap();
    assert_ne!(of_topic, of_run);
    lab.local(set("P1", Some(layout("Viability", 2))));
    assert_eq!(lab.origin("P1"), Some(LayoutOrigin::Plate));
    assert_ne!(lab.z_prime("P1").unwrap(), of_topic);
    lab.local(set_run(Some(layout("Other", 3))));
    assert_eq!(lab.changes, [Change::Layout(key("P2"))], "only plates without a layout of their own are concerned");
    lab.local(set("P1", None));
    assert_eq!((lab.z_prime("P1"), lab.origin("P1")), (Some(of_topic), Some(LayoutOrigin::Topic)));
    lab.local(set_run(None));
    assert_eq!(lab.origin("P2"), None);
}

#[test]
fn a_layout_for_another_format_is_not_in_force() {
    let mut lab = Lab::new(None);
    lab.well("P1", 0, 1000);
    let wells = Well::all_of(Format::F96).map(|well| LayoutWell {
        well,
        role: Role::Negative,
        compound: None,
        concentration: None,
        replicate: None,
    });
    let other = Arc::new(Layout::new(Format::F96, None, None, wells.collect()).unwrap());
    lab.local(set("P1", Some(Arc::clone(&other))));
    lab.local(set_run(Some(other)));
    assert_eq!(lab.origin("P1"), None);
    assert!(lab.changes.is_empty());
}

#[test]
fn silence_calls_by_the_clock_and_ends_with_the_next_message() {
    for for_s in [0, 10] {
        let mut lab = Lab::new(Some(silence(for_s)));
        lab.local(set_run(Some(layout("Viability", 0))));
        lab.well("P1", 0, 100_000);
        assert!(!lab.board.is_time_due(129_999), "not yet");
        assert!(lab.board.is_time_due(130_000));
        lab.local(LocalBody::Clock { stream_ms: 130_000 });
        if for_s > 0 {
            assert!(lab.alerts.is_empty() && !lab.board.is_time_due(139_999), "it has to last");
            assert!(lab.board.is_time_due(140_000));
            lab.local(LocalBody::Clock { stream_ms: 140_000 });
        }
        assert_eq!(lab.alerts, [(AlertLevel::Attention, lab.seq)]);
        assert!(!lab.board.is_time_due(200_000), "it has called");
        lab.well("P1", 1, 150_000);
        assert_eq!(lab.alerts[1..], [(AlertLevel::Cleared, lab.seq)], "the next message ends it");
        lab.well("P1", 2, 151_000);
        assert!(lab.board.is_time_due(181_000));
        assert!(!lab.board.is_time_due(151_000 + 3_600_001), "nobody waits for a plate of yesterday");
        for at in 3..24 {
            lab.well("P1", at, 152_000);
        }
        assert!(!lab.board.is_time_due(200_000), "a complete plate may be silent");
        assert_eq!(lab.alerts.len(), 2);
    }
}
