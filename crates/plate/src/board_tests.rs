//! The board under real shapes of trouble: results before layouts, disorder, corrections, exclusions, conflicts.

use std::sync::Arc;

use proptest::prelude::*;

use crate::*;

struct Lab {
    board: Board,
    seq: i64,
    alerts: Vec<Alert>,
    list: Arc<FeatureList>,
    plate: Arc<PlateKey>,
}

fn card() -> AssayCard {
    AssayCard {
        name: "Viability".into(),
        headline: vec![Headline {
            feature: "Cells".into(),
            unit: None,
            direction: Some(Direction::Down),
            transform: Transform::None,
            aggregate: SiteAggregate::Sum,
        }],
        pair: vec![Pair { positive: Role::Positive, negative: Role::Negative }],
        limits: Limits::default(),
    }
}

fn local(body: LocalBody) -> LocalRecord {
    LocalRecord { at_ms: 0, by: "test".into(), body }
}

impl Lab {
    fn new() -> Lab {
        let mut lab = Lab {
            board: Board::new(),
            seq: 0,
            alerts: Vec::new(),
            list: Arc::new(FeatureList::new(vec!["Other".into(), "Cells".into()])),
            plate: Arc::new(PlateKey::new("run", "P1")),
        };
        lab.local(LocalBody::Profile { name: "lab".into(), cards: vec![card()].into(), rules: None });
        lab
    }

    fn local(&mut self, body: LocalBody) {
        self.seq += 1;
        self.board.apply_local(&local(body), &mut Vec::new());
        self.alerts.extend(self.board.judge(self.seq));
    }

    fn stream(&mut self, partition: i32, offset: i64, record: Record) -> Result<Vec<Change>, FormatConflict> {
        self.seq += 1;
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let origin = Origin { source, partition, offset, timestamp_ms: 1000 + offset };
        let mut changes = Vec::new();
        self.board.apply(&origin, &record, &mut changes)?;
        self.alerts.extend(self.board.judge(self.seq));
        Ok(changes)
    }

    fn cells(&self, well: &str, site: Option<u16>, value: Value) -> Record {
        Record::Result(ResultRecord {
            plate: Arc::clone(&self.plate),
            format: Format::F96,
            well: well.parse().unwrap(),
            site,
            read_at_ms: None,
            features: Features::new(Arc::clone(&self.list), [Value::Number(-1.0), value]).unwrap(),
        })
    }

    /// Row A negative, row H positive, the rest samples.
    fn layout(&self) -> Record {
        let wells = (0..96).filter_map(|index| Well::at_index(index, Format::F96)).map(|well| LayoutWell {
            well,
            role: match well.row() {
                0 => Role::Negative,
                7 => Role::Positive,
                _ => Role::Sample,
            },
            compound: None,
            concentration: None,
            replicate: None,
        });
        let layout = Layout::new(Format::F96, Some("Viability".into()), None, wells.collect()).unwrap();
        Record::Layout(LayoutRecord { plate: Arc::clone(&self.plate), layout: Arc::new(layout) })
    }

    fn standing(&self) -> &PlateStanding {
        self.board.plate(&self.plate).unwrap()
    }

    fn z_prime(&self) -> Statistic {
        self.board.first_tables(self.standing())[0].table.z_prime
    }

    fn fill(&mut self, negative: impl Fn(u8) -> f64) {
        for index in 0..96 {
            let well = Well::at_index(index, Format::F96).unwrap();
            let value = match well.row() {
                0 => negative(well.column()),
                7 => 10.0 + f64::from(well.column() % 3),
                _ => 80.0,
            };
            let record = self.cells(&well.to_string(), None, Value::Number(value));
            self.stream(0, index as i64 + 10, record).unwrap();
        }
    }
}

#[test]
fn a_good_plate_is_silent_and_complete() {
    let mut lab = Lab::new();
    let layout = lab.layout();
    lab.stream(1, 0, layout).unwrap();
    lab.fill(|column| 100.0 + f64::from(column % 4));
    assert!(lab.standing().is_complete());
    assert!(lab.z_prime().unwrap() > 0.9);
    assert_eq!(lab.alerts, [], "no rule has anything to say");
}

#[test]
fn results_before_their_layout_count_when_it_comes() {
    let mut lab = Lab::new();
    lab.fill(|column| 100.0 + 20.0 * f64::from(column % 4));
    assert!(lab.board.first_tables(lab.standing()).is_empty(), "without a card no Z' is claimed");
    let layout = lab.layout();
    lab.stream(1, 0, layout).unwrap();
    let late = lab.z_prime();
    let mut early = Lab::new();
    let layout = early.layout();
    early.stream(1, 0, layout).unwrap();
    early.fill(|column| 100.0 + 20.0 * f64::from(column % 4));
    assert_eq!(late, early.z_prime(), "the path does not show in the statistic");
    assert!(lab.alerts.iter().all(|alert| alert.cause_seq == lab.seq), "judged at the layout");
}

#[test]
fn a_bad_control_alerts_and_its_exclusion_clears() {
    let mut lab = Lab::new();
    let layout = lab.layout();
    lab.stream(1, 0, layout).unwrap();
    lab.fill(|column| if column == 5 { 0.0 } else { 100.0 + f64::from(column % 2) });
    let fail = lab.alerts.iter().find(|alert| *alert.rule == *Rule::ZPrime.as_str()).unwrap().clone();
    assert_eq!((fail.level, fail.counts.1), (AlertLevel::Fail, 12));
    let wells: Box<[Well]> = [Well::parse_in("A06", Format::F96).unwrap()].into();
    let body = |event| LocalBody::Exclusion {
        plate: Arc::new(PlateKey::new("run", "P1")),
        wells: wells.clone(),
        event,
        reason: "bubble".into(),
    };
    let before = lab.z_prime();
    lab.local(body(ExclusionEvent::Excluded));
    let cleared = lab.alerts.last().unwrap();
    assert_eq!((cleared.level, cleared.cause_seq), (AlertLevel::Cleared, lab.seq));
    assert!(lab.z_prime().unwrap() > 0.9);
    lab.local(body(ExclusionEvent::Restored));
    assert_eq!(lab.z_prime(), before, "restored exactly");
}

#[test]
fn sites_add_up_and_a_well_value_wins() {
    let mut lab = Lab::new();
    for (offset, site) in [(1, 2), (2, 1)] {
        let record = lab.cells("B02", Some(site), Value::Number(f64::from(site) * 10.0));
        lab.stream(0, offset, record).unwrap();
    }
    let well: Well = "B02".parse().unwrap();
    let value = |lab: &Lab| lab.standing().value(0, well, SiteAggregate::Sum);
    assert_eq!(value(&lab), Some(30.0));
    let record = lab.cells("B02", None, Value::Number(7.0));
    lab.stream(0, 3, record).unwrap();
    assert_eq!(value(&lab), Some(7.0));
    let record = lab.cells("B02", None, Value::Cleared);
    lab.stream(0, 4, record).unwrap();
    assert_eq!(value(&lab), Some(30.0), "a cleared well value lets the sites speak again");
}

#[test]
fn another_format_is_refused_and_changes_nothing() {
    let mut lab = Lab::new();
    let record = lab.cells("A01", None, Value::Number(1.0));
    lab.stream(0, 0, record).unwrap();
    let Record::Result(mut result) = lab.cells("A02", None, Value::Number(2.0)) else { unreachable!() };
    result.format = Format::F384;
    let revision = lab.standing().revision();
    let conflict = lab.stream(0, 1, Record::Result(result)).unwrap_err();
    assert_eq!(conflict.to_string(), "\"format\": 384, but plate run/P1 is a 96-well plate");
    assert_eq!(lab.standing().revision(), revision);
}

#[test]
fn a_repeated_layout_does_not_repeat_alerts() {
    let mut lab = Lab::new();
    let layout = lab.layout();
    lab.stream(1, 0, layout.clone()).unwrap();
    lab.fill(|column| 50.0 * f64::from(column % 3));
    let spoken = lab.alerts.len();
    assert!(spoken > 0);
    lab.stream(1, 1, layout).unwrap();
    assert_eq!(lab.alerts.len(), spoken);
}

/// A flag of a person, as it is appended here.
fn flag_here(plate: &Arc<PlateKey>) -> LocalBody {
    LocalBody::Flag(Arc::new(FlagRecord {
        plate: Arc::clone(plate),
        spot: Spot::default(),
        id: "f".into(),
        event: FlagEvent::Raised,
        reason: "seal".into(),
        severity: Severity::Warning,
        score: None,
        source: "person".into(),
        at_ms: 0,
        guidance: None,
    }))
}

#[test]
fn what_is_said_here_about_a_plate_is_a_change_of_it() {
    let mut lab = Lab::new();
    let record = lab.cells("A01", None, Value::Number(1.0));
    lab.stream(0, 0, record).unwrap();
    let (revision, mut changes) = (lab.standing().revision(), Vec::new());
    let plate = Arc::clone(&lab.plate);
    lab.board.apply_local(&local(flag_here(&plate)), &mut changes);
    assert_eq!(changes, [Change::Said(Arc::clone(&plate))]);
    assert!(lab.standing().revision() > revision, "a tile that is shown is drawn anew");
    let mut hasher = digest::FieldHasher::new("test");
    lab.board.feed_judgement(&mut hasher);
    let mut without = Lab::new();
    let record = without.cells("A01", None, Value::Number(1.0));
    without.stream(0, 0, record).unwrap();
    let mut same = digest::FieldHasher::new("test");
    without.board.feed_judgement(&mut same);
    assert_eq!(hasher.finish(), same.finish(), "and nothing of what is judged moves");
    changes.clear();
    lab.board.apply_local(&local(flag_here(&Arc::new(PlateKey::new("run", "unheard of")))), &mut changes);
    assert!(changes.is_empty(), "a flag brings no plate onto the board");
}

#[test]
fn only_results_move_the_time_of_the_last_result() {
    let mut lab = Lab::new();
    let layout = lab.layout();
    lab.stream(1, 500, layout).unwrap();
    assert_eq!((lab.standing().last_ms(), lab.standing().last_result_ms()), (Some(1_500), None));
    let record = lab.cells("A01", None, Value::Number(1.0));
    lab.stream(0, 7, record).unwrap();
    let layout = lab.layout();
    lab.stream(1, 900, layout).unwrap();
    assert_eq!((lab.standing().last_ms(), lab.standing().last_result_ms()), (Some(1_900), Some(1_007)));
}

proptest! {
    #[test]
    fn the_final_board_does_not_depend_on_arrival(order in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle()) {
        // 40 messages in 4 partitions, several for the same wells; any order across and within partitions.
        let run = |order: &[usize]| {
            let mut lab = Lab::new();
            let layout = lab.layout();
            for &i in order {
                let well = Well::at_index(if i % 2 == 0 { i % 5 } else { 84 + i % 7 }, Format::F96).unwrap();
                let value = if i % 11 == 0 { Value::Cleared } else { Value::Number(i as f64 * if i % 2 == 0 { 9.0 } else { 1.0 }) };
                let record = lab.cells(&well.to_string(), None, value);
                lab.stream((i % 4) as i32, (i / 4) as i64, record).unwrap();
            }
            lab.stream(9, 0, layout).unwrap();
            let mut hasher = digest::FieldHasher::new("test");
            lab.board.feed_judgement(&mut hasher);
            hasher.finish()
        };
        prop_assert_eq!(run(&order), run(&(0..40).collect::<Vec<_>>()));
    }
}

#[test]
fn a_feature_that_is_judged_only_later_has_what_came_before() {
    let other =
        || AssayCard { headline: vec![Headline { feature: "Other".into(), ..card().headline.remove(0) }], ..card() };
    let profile = |card: AssayCard| LocalBody::Profile { name: "lab".into(), cards: vec![card].into(), rules: None };
    let digest = |lab: &Lab| {
        let mut hasher = digest::FieldHasher::new("test");
        lab.board.feed_judgement(&mut hasher);
        hasher.finish()
    };
    let results = |lab: &mut Lab, offsets: std::ops::Range<i64>| {
        for offset in offsets {
            let well = Well::at_index(usize::try_from(offset % 96).unwrap(), Format::F96).unwrap().to_string();
            let record = lab.cells(&well, None, Value::Number((offset * 37 % 101) as f64));
            lab.stream(0, offset, record).unwrap();
        }
    };
    // The reference knew from the beginning that both would be judged.
    let (mut late, mut early) = (Lab::new(), Lab::new());
    early.local(LocalBody::Track { features: ["Other".into()].into() });
    for lab in [&mut late, &mut early] {
        let layout = lab.layout();
        lab.stream(1, 0, layout).unwrap();
        // The plate, and a second time half of it: the later messages win.
        results(lab, 0..140);
    }
    early.local(profile(other()));
    late.seq += 1;
    late.board.apply_local(&local(profile(other())), &mut Vec::new());
    assert!(late.board.is_untold());
    let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
    for offset in 0..140 {
        let well = Well::at_index(usize::try_from(offset % 96).unwrap(), Format::F96).unwrap().to_string();
        let Record::Result(result) = late.cells(&well, None, Value::Number((offset * 37 % 101) as f64)) else {
            panic!()
        };
        let origin = Origin { source: Arc::clone(&source), partition: 0, offset, timestamp_ms: 1000 + offset };
        late.board.tell(&origin, &result);
    }
    late.board.end_telling();
    assert!(!late.board.is_untold());
    late.board.judge(late.seq);
    // The extra feature stays tracked on one of them: what is judged is the same.
    assert_eq!(digest(&late), digest(&early));
    assert!(!late.board.first_tables(late.board.plate(&late.plate).unwrap()).is_empty());
    // A board without results has nothing to be told.
    let mut fresh = Lab::new();
    fresh.board.apply_local(&local(profile(other())), &mut Vec::new());
    assert!(!fresh.board.is_untold());
}
