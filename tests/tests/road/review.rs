//! Images, spot checks and decisions at a desk without a window: pixels as computed, outlines as `score` counts, a decision made
//! without a broker that arrives once when it is back, and is seen at another desk.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use engine::desk::chosen::{Connection, ConnectionArgs, NoArgs, StartChoice, TopicChoice};
use engine::desk::composite::CompositeAsked;
use engine::desk::pictured::{PlaneArgs, PlaneState, ReadoutArgs, SpotCheckArgs, WellImages};
use engine::desk::reviewed::{
    DecideArgs, DraftArgs, DrawnShape, FlagArgs, FlagStanding, RaiseArgs, ReviewDraft, ReviewQueue,
};
use engine::desk::shown::WellArgs;
use plate::Well;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::Plateside;
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::Producer;
use plateside_tests::{clone_folder, runtime};
use rdkafka::mocking::MockCluster;
use vision::{Channel, ImageFile, Limits, compose};
use wire::Kind;

use crate::desk::Sight;

const KINDS: [Kind; 5] = [Kind::Results, Kind::Layouts, Kind::Images, Kind::Flags, Kind::Reviews];
/// An image of nuclei, CC0 (models/data/SOURCE.md).
const NUCLEI: &str = "models/data/images/2a2032c4ed78f3fc.png";

fn well() -> Well {
    "B10".parse().unwrap()
}

fn connection(brokers: &str, topics: &Topics) -> ConnectionArgs {
    let topics =
        topics.all().iter().map(|(kind, topic)| TopicChoice { kind: kind.as_str().to_owned(), topic: topic.clone() });
    ConnectionArgs {
        connection: Connection {
            name: "lab".into(),
            brokers: brokers.into(),
            topics: topics.collect(),
            start: StartChoice::Earliest,
            folder: None,
            profile: String::new(),
        },
    }
}

async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "not seen within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn queue_of(sight: &Sight, flags: usize) -> ReviewQueue {
    let begun = Instant::now();
    loop {
        let found = sight.desk.queue(NoArgs {}).await;
        match found {
            Ok(queue) if queue.items.len() == flags => return queue,
            other => assert!(begun.elapsed() < Duration::from_secs(30), "{flags} flags: {other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn drawn() -> ReviewDraft {
    ReviewDraft {
        verdict: Some("reimage".into()),
        reasons: vec!["F1".into()],
        comment: "soft at the left".into(),
        shapes: vec![DrawnShape {
            id: "shape-1".into(),
            kind: "box".into(),
            numbers: vec![10.0, 20.0, 100.0, 80.5],
            label: String::new(),
        }],
        saved_ms: 0,
    }
}

#[test]
fn pictures_are_as_computed_and_spot_checks_as_scored() {
    let Some(broker) = Broker::for_test("pictures of a well") else { return };
    let kinds: Vec<(Kind, i32)> = KINDS.iter().map(|kind| (*kind, 1)).collect();
    let topics = Topics::create(&broker, "pictures", &kinds);
    let (mut lab, plate) = (Lab::new(&topics, 1), lab::plate(1));
    let path = clone_folder().join(NUCLEI);
    let file = std::fs::read(&path).unwrap();
    let producer = Producer::new(&broker);
    producer.send_all(&[
        lab.layout(&plate),
        lab.picture(&plate, well(), 1, "DNA", &file),
        lab.picture(&plate, well(), 1, "ER", &file),
        lab.picture(&plate, well(), 2, "DNA", b"no image at all"),
        lab.flag(&plate, well(), 2),
    ]);
    runtime().block_on(async {
        let sight = Sight::new().await;
        sight.desk.connect(connection(broker.address(), &topics)).await.unwrap();
        let handle = sight.until("the plate", |sight| sight.plates().first().map(|tile| tile.plate.clone())).await;
        let index = u16::try_from(well().index_in(plate::Format::F384).unwrap()).unwrap();
        let args = || WellArgs { plate: handle.clone(), well: index };
        let images: WellImages = until("three planes", async || {
            let images = sight.desk.images(args()).await.ok()?;
            let planes: usize = images.sites.iter().map(|site| site.planes.len()).sum();
            (planes == 3 && images.sites.iter().any(|site| !site.flags.is_empty())).then_some(images)
        })
        .await;
        assert_eq!((images.name.as_str(), images.pixel_um, &*images.imaged), ("B10", Some(0.65), &[index][..]));
        assert_eq!(images.channels.iter().map(|channel| &*channel.name).collect::<Vec<_>>(), ["DNA", "ER"]);
        assert_eq!(images.sites[1].flags, ["out_of_focus"]);
        assert!(images.sites[0].planes.iter().all(|plane| plane.state == PlaneState::Stored));

        // A part of the picture, as it is computed here.
        let grey = ImageFile::open(&file, &Limits::default()).unwrap().decode(0, 1).unwrap().grey(0).unwrap();
        let blue = Channel { rgb: [0, 0, 255], low: 10, high: 120, gamma: 1.0 };
        let green = Channel { rgb: [0, 255, 0], low: 0, high: 200, gamma: 1.5 };
        let site = |channel: &str, site| PlaneArgs {
            plate: handle.clone(),
            well: index,
            site,
            channel: channel.into(),
            z: Some(0),
            t: 0,
        };
        let ask = |of: u16, channels: &[(&str, Channel)]| CompositeAsked {
            site: site("", of),
            level: 1,
            part: (0, 0, 1 << 20, 1 << 20),
            view: "main".into(),
            channels: channels.iter().map(|(name, channel)| ((*name).to_owned(), *channel)).collect(),
        };
        let bytes = sight.desk.composite(ask(1, &[("DNA", blue), ("AGP", green), ("ER", green)])).await.unwrap();
        let head: Vec<u32> = bytes[..24].chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        assert_eq!(head, [180, 180, 360, 360, 1, 0b010], "half the size, without the channel that is not there");
        let small = grey.smaller(2);
        assert!(
            bytes[32..] == compose(&[(&small, blue), (&small, green)], 1),
            "the pixels are those of the definition"
        );
        let many = sight.desk.composite(ask(1, &[("DNA", blue); 9])).await.unwrap();
        assert_eq!(
            &many[20..32],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
            "there is no room for the ninth, and it is said"
        );
        let undecodable = sight.desk.composite(ask(2, &[("DNA", blue)])).await.unwrap_err();
        assert_eq!(undecodable.code, "undecodable", "{undecodable:?}");
        let missing = sight.desk.plane(site("ER", 2)).await.unwrap_err();
        assert_eq!(missing.code, "missing_plane");
        let plane = sight.desk.plane(site("DNA", 1)).await.unwrap();
        assert_eq!((plane.width, plane.height, plane.format.as_str(), plane.top), (360, 360, "png", 255));
        assert_eq!(plane.counts.iter().map(|count| u64::from(*count)).sum::<u64>(), 360 * 360);
        let at = ReadoutArgs { plate: handle.clone(), well: index, site: 1, z: Some(0), t: 0, x: 7, y: 11 };
        let values = sight.desk.readout(at).await.unwrap().values;
        assert_eq!(values[0], ("DNA".to_owned(), Some(f64::from(grey.values[11 * 360 + 7]))));

        // A model counts what `score` counts, outlines as many, and the record says which model it was.
        let asked = SpotCheckArgs { plate: handle.clone(), well: index, site: 1, channel: None, z: Some(0), t: 0 };
        let checked = sight.desk.spot_check(asked).await.unwrap();
        let seen = checked.scores.iter().find(|score| score.task == "segment").unwrap();
        let scored = Plateside::new("score").arg(clone_folder().join("models/nuclei-seg")).arg(&path).json();
        assert_eq!(u64::from(seen.count.unwrap()), scored["count"].as_u64().or(scored[0]["count"].as_u64()).unwrap());
        let outlines = sight.desk.outlines(&checked.outlines.unwrap()).await.unwrap();
        assert_eq!(u32::from_le_bytes(outlines[..4].try_into().unwrap()), seen.count.unwrap());
        assert!(seen.seq.is_some() && seen.sha256.len() == 64 && seen.pipeline.is_none());
        let told = sight.desk.spot_check(SpotCheckArgs {
            plate: handle.clone(),
            well: index,
            site: 2,
            channel: None,
            z: Some(0),
            t: 0,
        });
        assert_eq!(told.await.unwrap_err().code, "undecodable");
        sight.desk.close().await.unwrap();
    });
}

#[test]
fn a_decision_made_without_a_broker_arrives_once_and_is_seen_elsewhere() {
    let cluster = MockCluster::new(1).unwrap();
    let broker = Broker::at(&cluster.bootstrap_servers());
    let topics = Topics::named(&broker, "decided", KINDS).left_behind();
    for kind in KINDS {
        cluster.create_topic(topics.of(kind), 1, 1).unwrap();
    }
    let (mut lab, plate) = (Lab::new(&topics, 1), lab::plate(1));
    let file = std::fs::read(clone_folder().join(NUCLEI)).unwrap();
    let producer = Producer::new(&broker);
    producer.send_all(&[
        lab.layout(&plate),
        lab.picture(&plate, well(), 3, "DNA", &file),
        lab.picture(&plate, well(), 4, "DNA", &file),
        lab.flag(&plate, well(), 3),
        lab.flag(&plate, well(), 4),
    ]);
    runtime().block_on(async {
        let sight = Sight::new().await;
        sight.desk.connect(connection(broker.address(), &topics)).await.unwrap();
        let queue = queue_of(&sight, 2).await;
        assert_eq!((queue.waiting, queue.user.as_str(), queue.read_only.as_deref()), (2, "tester", None));
        let of_site =
            |queue: &ReviewQueue, site: u16| queue.items.iter().find(|item| item.site == Some(site)).cloned().unwrap();
        let flag = of_site(&queue, 3).flag;

        // The cable is out: what is begun is kept, what is signed waits.
        cluster.broker_down(1).unwrap();
        let draft = |draft| DraftArgs { flag: flag.clone(), draft };
        let kept = sight.desk.keep_draft(draft(Some(ReviewDraft { verdict: None, ..drawn() }))).await.unwrap();
        let case = sight.desk.case(FlagArgs { flag: flag.clone() }).await.unwrap();
        assert_eq!(case.draft.as_ref().map(|draft| draft.shapes.len()), Some(1), "{case:?}");
        assert!(kept.at_ms > 0 && case.item.has_draft && case.chain.holds);
        let decide = |flag: &str, draft: ReviewDraft| DecideArgs {
            flag: flag.to_owned(),
            draft,
            name: "Ada Lovelace".into(),
            confidence: Some(0.8),
        };
        let nothing = ReviewDraft { verdict: None, ..drawn() };
        assert_eq!(sight.desk.decide(decide(&flag, nothing)).await.unwrap_err().code, "no_verdict");
        sight.desk.decide(decide(&flag, drawn())).await.unwrap();
        let queue = queue_of(&sight, 2).await;
        assert_eq!((queue.waiting, queue.decided, queue.full_name.as_str()), (1, 1, "Ada Lovelace"));
        let item = of_site(&queue, 3);
        assert_eq!((item.standing, item.verdict.as_deref()), (FlagStanding::Decided, Some("reimage")));
        until("the outbox is offline", async || {
            let outbox = sight.desk.outbox(NoArgs {}).await.unwrap();
            (outbox.waiting == 2 && outbox.rows.len() == 2 && outbox.state != "empty").then_some(())
        })
        .await;
        let raised = RaiseArgs {
            plate: item.plate.clone(),
            wells: vec![item.well.unwrap()],
            site: Some(4),
            channel: None,
            reason: "Debris".into(),
        };
        sight.desk.raise_flag(raised.clone()).await.unwrap();
        assert_eq!(queue_of(&sight, 3).await.waiting, 2);
        let refused = async |wrong| sight.desk.raise_flag(wrong).await.unwrap_err().code;
        assert_eq!(
            refused(RaiseArgs { wells: vec![0, 1], ..raised.clone() }).await,
            "invalid",
            "a site is of one well"
        );
        assert_eq!(refused(RaiseArgs { wells: vec![], ..raised.clone() }).await, "invalid");
        assert_eq!(refused(RaiseArgs { wells: vec![9999], ..raised.clone() }).await, "no_such_well");
        let mixed = RaiseArgs { wells: vec![0, 9999], site: None, ..raised.clone() };
        assert_eq!(refused(mixed).await, "no_such_well", "all of them or none");
        assert_eq!(refused(RaiseArgs { reason: " ".into(), ..raised.clone() }).await, "invalid");
        assert_eq!(queue_of(&sight, 3).await.waiting, 2, "nothing of what was refused is there");

        // The window goes down, and comes up while the cable is still out: everything is there.
        sight.desk.close().await.unwrap();
        let row = sight.desk.sessions(NoArgs {}).await.unwrap().rows.remove(0);
        assert_eq!((row.decisions, row.unsent), (1, 2), "the library says what a closed session has not sent");
        let outbox = sight.desk.outbox(NoArgs {}).await.unwrap();
        assert_eq!((outbox.waiting, outbox.elsewhere), (0, vec![(row.name, 2)]));
        sight.desk.connect(connection(broker.address(), &topics)).await.unwrap();
        let queue = queue_of(&sight, 3).await;
        assert_eq!(queue.decided, 1, "{queue:?}");
        let flag = of_site(&queue, 3).flag;
        let again = ReviewDraft { verdict: Some("reject".into()), shapes: Vec::new(), ..drawn() };
        sight.desk.decide(decide(&flag, again)).await.unwrap();
        let case = sight.desk.case(FlagArgs { flag: flag.clone() }).await.unwrap();
        assert_eq!(
            case.decisions.iter().map(|row| (&*row.verdict, row.superseded)).collect::<Vec<_>>(),
            [("reject", false), ("reimage", true)]
        );
        let labels: Vec<&str> = case.annotations.iter().map(|row| &*row.shape.label).collect();
        assert_eq!(labels, ["F1 Out of focus"], "a shape without a word is marked for the verdict's reason");
        assert!(case.trail.iter().any(|row| row.did == "decided" && row.link.is_some()), "{:?}", case.trail);

        // The cable is back: each event is there once, and a second desk shows it.
        cluster.broker_up(1).unwrap();
        until("the outbox is empty", async || {
            sight.desk.outbox(NoArgs {}).await.ok().filter(|outbox| outbox.waiting == 0)
        })
        .await;
        let sent = broker.events(topics.of(Kind::Reviews));
        let mut kinds: Vec<(&str, usize)> = sent.values().map(|(kind, times)| (kind.as_str(), *times)).collect();
        kinds.sort_unstable();
        let (decision, annotation) = ("plateside.decision.v1", "plateside.annotation.v1");
        assert_eq!(kinds, [(annotation, 1), (decision, 1), (decision, 1)], "each once");
        let other = Sight::new().await;
        other.desk.connect(connection(broker.address(), &topics)).await.unwrap();
        let seen = until("the decision elsewhere", async || {
            let queue = other.desk.queue(NoArgs {}).await.ok()?;
            queue.items.iter().find(|item| item.standing == FlagStanding::Decided).cloned()
        })
        .await;
        assert_eq!((seen.verdict.as_deref(), seen.decided_by.as_deref()), (Some("reject"), Some("Ada Lovelace")));
        // What was read back counts as delivered, and nothing is sent again.
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(broker.events(topics.of(Kind::Reviews)), sent);
        // A plate as a whole, and wells of it, each once however often it is named.
        let whole = RaiseArgs { plate: of_site(&queue, 3).plate, wells: vec![], site: None, ..raised };
        sight.desk.raise_flag(whole.clone()).await.unwrap();
        sight.desk.raise_flag(RaiseArgs { wells: vec![5, 2, 5], ..whole }).await.unwrap();
        let queue = queue_of(&sight, 6).await;
        let mine = queue.items.iter().filter(|item| item.reason == "Debris" && item.site.is_none());
        assert_eq!(mine.map(|item| item.well).collect::<BTreeSet<_>>(), BTreeSet::from([None, Some(2), Some(5)]));
        other.desk.close().await.unwrap();
        sight.desk.close().await.unwrap();
        let rows = sight.desk.sessions(NoArgs {}).await.unwrap().rows;
        assert_eq!((rows[0].decisions, rows[0].unsent), (2, 0));
    });
}
