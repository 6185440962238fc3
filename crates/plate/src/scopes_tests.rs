//! Rules about runs, wells and sites: what a board makes of them.

use std::sync::Arc;

use crate::rules::{RuleEntry, RuleFile, Rules, Scope, View};
use crate::set_here_tests::card;
use crate::*;

const FORMAT: Format = Format::F24;
const FOCUS: &str = "ImageQuality_FocusScore_DNA";

fn rule(scope: Scope, when: &str) -> RuleEntry {
    RuleEntry {
        id: "rule".into(),
        title: "A rule".into(),
        scope,
        per_feature: false,
        when: when.into(),
        severity: Severity::Warning,
        for_s: 0,
        count: 1,
        within_s: None,
        guidance: "Look.".into(),
        opens: View::Plate,
        notify: true,
        enabled: true,
    }
}

struct Lab {
    board: Board,
    seq: i64,
    alerts: Vec<Alert>,
}

impl Lab {
    fn new(rules: Vec<RuleEntry>) -> Lab {
        let rules = Arc::new(Rules::compile(&RuleFile { rules }).unwrap());
        let card = AssayCard { limits: Limits::default(), ..card() };
        let mut lab = Lab { board: Board::new(), seq: 0, alerts: Vec::new() };
        lab.local(LocalBody::Profile { name: "lab".into(), cards: vec![card].into(), rules: Some(rules) });
        lab
    }

    fn local(&mut self, body: LocalBody) {
        self.board.apply_local(&LocalRecord { at_ms: 0, by: "mara".into(), body }, &mut Vec::new());
        self.judge();
    }

    fn judge(&mut self) {
        self.seq += 1;
        self.alerts.extend(self.board.judge(self.seq));
    }

    fn stream(&mut self, at_ms: i64, record: &Record) {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let origin = Origin { source, partition: 0, offset: self.seq, timestamp_ms: at_ms };
        self.board.apply(&origin, record, &mut Vec::new()).unwrap();
        self.judge();
    }

    fn well(&mut self, at: usize, cells: f64) {
        self.stream(self.seq * 100, &result("P1", at, None, &[("Cells", cells)]));
    }

    fn site(&mut self, at: usize, site: u16, focus: f64) {
        self.stream(self.seq * 100, &result("P1", at, Some(site), &[("Cells", 1.0), (FOCUS, focus)]));
    }

    fn undecoded(&mut self) {
        self.board.hear_undecoded();
        self.judge();
    }

    fn said(&mut self) -> Vec<(AlertLevel, String, (u32, u32))> {
        let spot = |spot: &Spot| match (spot.well, spot.site) {
            (Some(well), Some(site)) => format!("{well}/{site}"),
            (Some(well), None) => well.to_string(),
            (None, _) => String::new(),
        };
        self.alerts.drain(..).map(|alert| (alert.level, spot(&alert.spot), alert.counts)).collect()
    }
}

fn result(plate: &str, at: usize, site: Option<u16>, features: &[(&str, f64)]) -> Record {
    let list = FeatureList::new(features.iter().map(|(name, _)| (*name).into()).collect());
    Record::Result(ResultRecord {
        plate: Arc::new(PlateKey::new("run", plate)),
        format: FORMAT,
        well: Well::at_index(at, FORMAT).unwrap(),
        site,
        read_at_ms: None,
        features: Features::new(Arc::new(list), features.iter().map(|(_, value)| Value::Number(*value))).unwrap(),
    })
}

fn layout() -> Record {
    let wells = Well::all_of(FORMAT).map(|well| LayoutWell {
        well,
        role: match well.column() {
            0 => Role::Negative,
            5 => Role::Positive,
            _ => Role::Sample,
        },
        compound: (well.column() == 2).then(|| "nocodazole".into()),
        concentration: None,
        replicate: None,
    });
    let layout = Layout::new(FORMAT, Some("Viability".into()), None, wells.collect()).unwrap();
    Record::Layout(LayoutRecord { plate: Arc::new(PlateKey::new("run", "P1")), layout: Arc::new(layout) })
}

fn layout_of(plate: &str) -> Record {
    let Record::Layout(layout) = layout() else { unreachable!() };
    Record::Layout(LayoutRecord { plate: Arc::new(PlateKey::new("run", plate)), ..layout })
}

#[test]
fn messages_that_nobody_can_read_call_for_the_run_that_was_heard_of_last() {
    let mut lab = Lab::new(vec![rule(Scope::Run, "run.messages >= 100.0 && run.undecoded_percent > 1.0")]);
    lab.undecoded();
    for at in 0..99 {
        lab.well(at % 24, 1.0);
    }
    assert_eq!(lab.said(), [], "what came before the run is not the run's");
    lab.undecoded();
    assert_eq!(lab.said(), [], "1 of 100 is not more than 1 %");
    lab.undecoded();
    let alert = lab.alerts[0].clone();
    assert_eq!((&*alert.plate.barcode, &*alert.feature, alert.level), ("P1", "", AlertLevel::Attention));
    assert_eq!(alert.value, Some(101.0), "what it asks for first: messages");
    assert_eq!(alert.cause_seq, lab.seq);
    assert_eq!(lab.said().len(), 1, "it is said once");
    // Another plate of the run, whose points are the run's too.
    for at in 0..600 {
        lab.stream(1_000_000, &result("P2", at % 24, None, &[("Cells", f64::from(u32::try_from(at).unwrap()))]));
        if at == 0 {
            lab.stream(1_000_000, &layout_of("P2"));
        }
    }
    let over = lab.alerts.first().cloned().unwrap();
    assert_eq!((over.level, &*over.plate.barcode), (AlertLevel::Cleared, "P1"), "said of the plate it was raised with");
    lab.said();
    lab.board.acknowledge(alert.cause_seq + 1);
    for _ in 0..20 {
        lab.undecoded();
    }
    assert_eq!(lab.alerts.first().map(|alert| &*alert.plate.barcode), Some("P2"));
}

#[test]
fn a_run_that_falls_silent_calls_and_is_over_with_its_next_message() {
    let mut lab = Lab::new(vec![rule(Scope::Run, "run.reading_plates > 0.0 && run.silent_s >= 60.0")]);
    lab.well(0, 1.0);
    let last = lab.board.plates().filter_map(PlateStanding::last_ms).max().unwrap();
    assert!(!lab.board.is_time_due(last + 59_999) && lab.board.is_time_due(last + 60_000));
    lab.local(LocalBody::Clock { stream_ms: last + 60_000 });
    assert_eq!(lab.said(), [(AlertLevel::Attention, String::new(), (0, 0))]);
    lab.stream(last + 61_000, &result("P2", 3, None, &[("Cells", 1.0)]));
    assert_eq!(lab.said(), [(AlertLevel::Cleared, String::new(), (0, 0))]);
}

#[test]
fn sites_far_less_sharp_than_their_plates_make_one_alert() {
    let mut lab = Lab::new(vec![rule(Scope::Site, "has(site.focus) && site.focus_mads < -3.0")]);
    for at in 0..23 {
        for site in 1..=4 {
            let blurred = matches!((at, site), (5, 2) | (7, 1));
            lab.site(at, site, if blurred { 1.0 } else { 50.0 + f64::from(site) });
        }
    }
    assert_eq!(lab.said(), [(AlertLevel::Attention, "A06/2".into(), (2, 29))], "both, at a sixteenth of the plate");
    // The last well: the plate is complete with its first site; its others are judged one by one.
    lab.site(23, 1, 52.0);
    lab.site(5, 2, 51.0);
    assert_eq!(lab.said(), [], "one was mended, one is left");
    lab.site(7, 1, 51.0);
    assert_eq!(lab.said(), [(AlertLevel::Cleared, String::new(), (0, 0))]);
    lab.site(23, 3, 2.0);
    assert_eq!(lab.said(), [(AlertLevel::Attention, "D06/3".into(), (1, 0))]);
    lab.local(LocalBody::Exclusion {
        plate: Arc::new(PlateKey::new("run", "P1")),
        wells: [Well::at_index(23, FORMAT).unwrap()].into(),
        event: ExclusionEvent::Excluded,
        reason: "a bubble".into(),
    });
    assert_eq!(lab.said(), [(AlertLevel::Cleared, String::new(), (0, 92))], "excluded wells count nowhere");
}

#[test]
fn a_rule_may_count_sites() {
    let counted = RuleEntry { count: 3, within_s: Some(3600), ..rule(Scope::Site, "site.focus < 10.0") };
    let mut lab = Lab::new(vec![counted]);
    for at in 0..24 {
        lab.site(at, 1, if at % 8 == 0 { 1.0 } else { 50.0 });
    }
    let said = lab.said();
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].0, &*said[0].1, said[0].2.0), (AlertLevel::Attention, "A01/1", 3), "with the third");
}

#[test]
fn wells_are_asked_for_what_the_layout_and_people_say() {
    let dim = RuleEntry {
        per_feature: true,
        ..rule(Scope::Well, "well.compound == 'nocodazole' && well.value < 10.0 && !well.excluded && !well.flagged")
    };
    let mut lab = Lab::new(vec![dim]);
    lab.stream(0, &layout());
    for at in 0..24 {
        lab.well(at, if at == 8 || at == 9 { 5.0 } else { 50.0 });
    }
    assert_eq!(lab.said(), [(AlertLevel::Attention, "B03".into(), (1, 9))], "B04 has no compound");
    lab.stream(9_000, &flag("f1", "pipeline", FlagEvent::Raised));
    assert_eq!(lab.said(), [(AlertLevel::Cleared, String::new(), (0, 24))]);
    lab.stream(9_000, &flag("f1", "pipeline", FlagEvent::Cleared));
    assert_eq!(lab.said(), [(AlertLevel::Attention, "B03".into(), (1, 24))]);
}

/// A flag of B03.
fn flag(id: &str, source: &str, event: FlagEvent) -> Record {
    Record::Flag(FlagRecord {
        plate: Arc::new(PlateKey::new("run", "P1")),
        spot: Spot { well: Well::at_index(8, FORMAT), site: None, channel: None },
        id: id.into(),
        event,
        reason: "saturated".into(),
        severity: Severity::Info,
        score: None,
        source: source.into(),
        at_ms: 0,
        guidance: None,
    })
}

#[test]
fn an_alert_that_comes_back_as_a_flag_is_no_news_to_rules() {
    let flagged = RuleEntry { id: "flagged".into(), ..rule(Scope::Plate, "plate.flags >= 1.0") };
    let named = RuleEntry { id: "named".into(), ..rule(Scope::Well, "well.flagged") };
    let mut lab = Lab::new(vec![flagged, named]);
    lab.stream(0, &layout());
    lab.well(8, 1.0);
    let key = PlateKey::new("run", "P1");
    let (id, of_others) =
        (FlagRecord::id_of_alert("ours", "session", 7), FlagRecord::id_of_alert("theirs", "session", 7));
    let before = lab.board.plate(&key).unwrap();
    let (heard_ms, revision) = (before.last_ms(), before.revision());
    lab.stream(90_000, &flag(&id, "rule", FlagEvent::Raised));
    lab.stream(90_000, &flag(&of_others, "rule", FlagEvent::Raised));
    let plate = lab.board.plate(&key).unwrap();
    assert_eq!(plate.last_ms(), heard_ms, "it does not end a silence");
    assert!(plate.revision() > revision, "people see it");
    lab.well(9, 1.0);
    assert_eq!(lab.said(), []);
    // Sessions of before have flags with other ids: they are judged as they were.
    lab.stream(91_000, &flag("ours/session/7/z_prime", "rule", FlagEvent::Raised));
    assert_eq!(lab.said().len(), 2);
}

#[test]
fn a_plate_may_ask_for_its_run_and_its_flags() {
    let mut lab = Lab::new(vec![rule(Scope::Plate, "run.plates >= 2.0 && plate.controls_in >= 1.0")]);
    lab.stream(0, &layout());
    lab.well(0, 1.0);
    assert_eq!(lab.said(), []);
    lab.stream(100, &result("P2", 0, None, &[("Cells", 1.0)]));
    lab.well(5, 1.0);
    assert_eq!(lab.said().len(), 1);
}

/// A plate whose numbers are in another unit (1,000 nM are 1 uM), and one in the middle of which the unit changes: nobody tells,
/// but the rules that are shipped do. A card that changes with it judges everything anew, and nothing else.
#[test]
fn a_feature_whose_unit_changes_in_the_middle_of_a_run_is_noticed() {
    let shipped: RuleFile = toml::from_str(crate::rules::SHIPPED).unwrap();
    let watched = ["control_drift", "z_prime_fail"];
    let mut lab = Lab::new(shipped.rules.into_iter().filter(|rule| watched.contains(&rule.id.as_str())).collect());
    let read = |lab: &mut Lab, plate: &str, unit: &dyn Fn(usize) -> f64| {
        lab.stream(lab.seq * 100, &layout_of(plate));
        for at in 0..24 {
            let scatter = f64::from(u32::try_from((at * 7 + plate.len() * 3 + lab.seq as usize) % 11).unwrap()) - 5.0;
            let middle = if at % 6 == 5 { 100.0 } else { 1000.0 };
            lab.stream(lab.seq * 100, &result(plate, at, None, &[("Cells", (middle + 2.0 * scatter) * unit(at))]));
        }
    };
    for plate in ["P1", "P2", "P3", "P4", "P5", "P6"] {
        read(&mut lab, plate, &|_| 1.0);
    }
    assert_eq!(lab.alerts.drain(..).collect::<Vec<_>>(), [], "good plates");
    read(&mut lab, "P7", &|_| 0.001);
    let called = |lab: &mut Lab| {
        let alerts = lab.alerts.drain(..).filter(|alert| alert.level != AlertLevel::Cleared);
        alerts.map(|alert| (alert.plate.barcode.to_string(), alert.rule.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(called(&mut lab), [("P7".to_owned(), "control_drift".to_owned())]);
    read(&mut lab, "P8", &|at| if at < 12 { 1.0 } else { 0.001 });
    assert!(called(&mut lab).contains(&("P8".to_owned(), "z_prime_fail".to_owned())));
    let quality = |lab: &Lab, plate: &str| {
        let standing = lab.board.plate(&PlateKey::new("run", plate)).unwrap();
        lab.board.first_tables(standing)[0].table.z_prime.ok()
    };
    let before: Vec<_> = ["P1", "P7", "P8"].map(|plate| quality(&lab, plate)).into();
    let rules = Some(Arc::new(Rules::compile(&RuleFile { rules: vec![] }).unwrap()));
    let mut changed = AssayCard { limits: Limits::default(), ..card() };
    changed.headline[0].unit = Some("uM".into());
    lab.local(LocalBody::Profile { name: "lab".into(), cards: vec![changed].into(), rules });
    assert_eq!(
        ["P1", "P7", "P8"].map(|plate| quality(&lab, plate)).to_vec(),
        before,
        "a unit is a word: no number moves"
    );
    assert!(before.iter().all(Option::is_some), "{before:?}");
}

fn read_whole(lab: &mut Lab, plate: &str, value: impl Fn(usize) -> f64) {
    for at in 0..24 {
        lab.stream(lab.seq * 100, &result(plate, at, None, &[("Cells", value(at))]));
    }
}

/// A value near 1000 with a scatter of its own for each well and plate; controls in column 6 are near 100.
fn near(plate: u32, at: usize) -> f64 {
    let middle = if at % 6 == 5 { 100.0 } else { 1000.0 };
    middle + f64::from((u32::try_from(at).unwrap() * 7 + plate * 5) % 13)
}

/// A limit that has nothing to do with it is changed: plates that stand apart from their run stand apart still.
#[test]
fn another_profile_judges_plates_against_whole_runs() {
    let apart = RuleEntry { per_feature: true, ..rule(Scope::Plate, "abs(feature.mean_negative_mads) > 3.0") };
    let mut lab = Lab::new(vec![apart.clone()]);
    for plate in 0..8 {
        let name = format!("P{plate}");
        lab.stream(lab.seq * 100, &layout_of(&name));
        // The first of them is the one that stands apart.
        read_whole(&mut lab, &name, |at| near(plate, at) * if plate == 0 { 3.0 } else { 1.0 });
    }
    // A word of it comes once the others are there: a well is read again.
    lab.stream(lab.seq * 100, &result("P0", 0, None, &[("Cells", 3.0 * near(0, 0))]));
    let called = |lab: &mut Lab| {
        let alerts = lab.alerts.drain(..);
        alerts.map(|alert| (alert.plate.barcode.to_string(), alert.level)).collect::<Vec<_>>()
    };
    assert_eq!(called(&mut lab), [("P0".to_owned(), AlertLevel::Attention)]);
    let limits = Limits { cv_negative_percent: 25.0, ..Limits::default() };
    let changed = AssayCard { limits, ..card() };
    let rules = Some(Arc::new(Rules::compile(&RuleFile { rules: vec![apart] }).unwrap()));
    lab.local(LocalBody::Profile { name: "lab".into(), cards: vec![changed].into(), rules });
    assert_eq!(called(&mut lab), [], "it stands apart from the same seven plates");
    lab.local(LocalBody::Track { features: vec!["Area".into()].into() });
    assert_eq!(called(&mut lab), []);
}

#[test]
fn time_is_due_for_a_plate_that_asks_for_its_run() {
    let mut lab = Lab::new(vec![rule(Scope::Plate, "plate.reading && run.silent_s >= 60.0")]);
    lab.stream(0, &layout());
    lab.well(0, 1.0);
    let last = lab.board.plates().filter_map(PlateStanding::last_ms).max().unwrap();
    assert!(!lab.board.is_time_due(last + 59_000) && lab.board.is_time_due(last + 60_000));
    lab.local(LocalBody::Clock { stream_ms: last + 60_000 });
    assert_eq!(lab.said(), [(AlertLevel::Attention, String::new(), (0, 0))]);
    assert!(!lab.board.is_time_due(last + 61_000), "it was said: no record a second");
}

#[test]
fn a_late_site_of_an_excluded_well_calls_nobody() {
    let mut lab = Lab::new(vec![rule(Scope::Site, "site.focus < 10.0")]);
    for at in 0..24 {
        lab.site(at, 1, 50.0);
    }
    lab.local(LocalBody::Exclusion {
        plate: Arc::new(PlateKey::new("run", "P1")),
        wells: [Well::at_index(23, FORMAT).unwrap()].into(),
        event: ExclusionEvent::Excluded,
        reason: "a bubble".into(),
    });
    lab.site(23, 2, 1.0);
    assert_eq!(lab.said(), [], "excluded wells count nowhere");
    lab.site(22, 2, 1.0);
    assert_eq!(lab.said().len(), 1);
}

#[test]
fn what_is_held_still_is_no_new_observation_after_a_person_took_note() {
    let counted = RuleEntry { count: 3, within_s: Some(1), ..rule(Scope::Site, "site.focus < 10.0") };
    let mut lab = Lab::new(vec![counted]);
    let mut raised = 0;
    for at in 0..20 {
        lab.site(at, 1, if at < 3 { 1.0 } else { 50.0 });
        raised = lab.alerts.first().map_or(raised, |alert| alert.cause_seq + 1);
    }
    lab.said();
    lab.local(LocalBody::Acknowledgement { alert_seq: raised });
    for at in 20..24 {
        lab.site(at, 1, 50.0);
    }
    assert!(lab.said().iter().all(|(level, ..)| *level == AlertLevel::Cleared), "nothing new was found");
}

#[test]
fn what_plain_limits_called_is_over_once_rules_judge() {
    let mut lab = Lab { board: Board::new(), seq: 0, alerts: Vec::new() };
    let plain = |limits: Limits| LocalBody::Profile {
        name: "lab".into(),
        cards: vec![AssayCard { limits, ..card() }].into(),
        rules: None,
    };
    lab.local(plain(Limits::default()));
    lab.stream(0, &layout());
    for at in 0..24 {
        lab.well(at, if at % 6 == 5 { 900.0 } else { 1000.0 } + 50.0 * f64::from(u32::try_from(at).unwrap() % 5));
    }
    let standing = |lab: &Lab| {
        let mut levels = std::collections::BTreeMap::new();
        for alert in &lab.alerts {
            levels.insert(alert.rule.clone(), alert.level);
        }
        levels.into_iter().filter(|(_, level)| *level != AlertLevel::Cleared).map(|(rule, _)| rule).collect::<Vec<_>>()
    };
    assert!(standing(&lab).contains(&"z_prime".into()), "{:?}", standing(&lab));
    let before = lab.alerts.len();
    lab.local(plain(Limits { cv_negative_percent: 21.0, ..Limits::default() }));
    assert_eq!(lab.alerts.len(), before, "what stands by the new limits, too, is not said again");
    let rules = Some(Arc::new(Rules::compile(&RuleFile { rules: vec![] }).unwrap()));
    lab.local(LocalBody::Profile { name: "lab".into(), cards: vec![card()].into(), rules });
    assert_eq!(standing(&lab), Vec::<Box<str>>::new(), "it can be acknowledged and rest");
}

/// Values that are all the same have themselves as their mean, and what differs by rounding alone does not scatter.
#[test]
fn rounding_is_neither_distance_nor_scatter() {
    use crate::normalise::{Method, Options, Unscaled, normalised};
    let roles: Vec<Role> = Well::all_of(FORMAT)
        .map(|well| match well.column() {
            0 => Role::Negative,
            5 => Role::Positive,
            _ => Role::Sample,
        })
        .collect();
    let pair = Pair { positive: Role::Positive, negative: Role::Negative };
    let wells = CountedWells::new(FORMAT, &roles, &[false; 24], pair);
    let values: Vec<Option<f64>> = (0..24).map(|at| Some(if matches!(at % 6, 0 | 5) { 0.1 } else { 0.5 })).collect();
    let mut three = values.clone();
    three[5] = None;
    let found = normalised(Method::PercentActivity, &Options::default(), &three, &wells);
    assert_eq!(found.map(|_| ()), Err(Unscaled::SameMean), "3 and 4 values of 0.1");
    let almost = [100.0, 100.0 + 1.4e-14, 100.0 - 1.4e-14, 100.0, 100.0 + 2.8e-14, 100.0];
    let others = drift::Others::of(almost.into_iter()).unwrap();
    assert_eq!(others.distance(100.0 + 9e-14, 0.0), Err(drift::NoDrift::NoScatter));
    assert!(others.distance(100.0 + 9e-14, 1.0).is_ok());
}
