//! The desk without a window: the demo lab from its first well to a replay of its middle.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engine::desk::bytes::Scale;
use engine::desk::chosen::{DemoArgs, NoArgs, SeekArgs, SessionArgs, TimelineArgs};
use engine::desk::shown::{AlertArgs, ExcludeArgs, MessageArgs, PlateArgs, WellArgs};
use engine::desk::told::{Mode, PlateTile, Strip, Told, WindowTick};
use engine::desk::{Desk, DeskOptions};
use engine::feed::WorkerCommand;
use engine::{Folders, Settings};
use plateside_tests::command;

/// A desk with a window that draws at once.
pub(crate) struct Sight {
    pub(crate) desk: Arc<Desk>,
    ticks: Arc<Mutex<Vec<WindowTick>>>,
    strip: Arc<Mutex<Option<Strip>>>,
    folder: tempfile::TempDir,
}

impl Sight {
    pub(crate) async fn new() -> Sight {
        let folder = tempfile::tempdir().unwrap();
        let program = command::program();
        let desk = Desk::new(DeskOptions {
            folders: Folders {
                config: folder.path().join("config"),
                sessions: folder.path().join("sessions"),
                pictures: folder.path().join("pictures"),
                documents: folder.path().join("documents"),
                bundles: ["documents", "downloads"].map(|place| folder.path().join(place)).to_vec(),
            },
            settings: Settings {
                disk_warn_mib: 1,
                disk_pause_mib: 1,
                spot_checks_per_minute: 0.0,
                ..Settings::default()
            },
            worker: WorkerCommand { program, args: ["worker", "consume"].map(Into::into).to_vec() },
            user: "tester".to_owned(),
            version: "0".to_owned(),
            screen: None,
            problem: None,
            measure: None,
        });
        let sight = Sight { desk, ticks: Arc::default(), strip: Arc::default(), folder };
        let (ticks, strip) = (Arc::clone(&sight.ticks), Arc::clone(&sight.strip));
        let desk = Arc::clone(&sight.desk);
        tokio::spawn(async move {
            let (mut page, mut drawn) = (0, 0);
            while let Ok(heard) = desk.told(page, drawn).await {
                page = heard.page;
                for told in heard.told {
                    match told {
                        Told::Tick(tick) => {
                            drawn = tick.number;
                            ticks.lock().unwrap().push(tick);
                        }
                        Told::Strip(now) => *strip.lock().unwrap() = Some(*now),
                    }
                }
            }
        });
        sight
    }

    /// Where its settings and sessions lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The plates as the window holds them now.
    pub(crate) fn plates(&self) -> Vec<PlateTile> {
        let mut plates: Vec<PlateTile> = Vec::new();
        for tick in self.ticks.lock().unwrap().iter() {
            if tick.reset {
                plates.clear();
            }
            for tile in &tick.plates {
                match plates.iter_mut().find(|known| known.plate == tile.plate) {
                    Some(known) => *known = tile.clone(),
                    None => plates.push(tile.clone()),
                }
            }
        }
        plates.sort_by(|a, b| a.barcode.cmp(&b.barcode));
        plates
    }

    pub(crate) async fn until<T>(&self, what: &str, seen: impl Fn(&Sight) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = seen(self) {
                return found;
            }
            let wells =
                || self.plates().iter().map(|p| (p.barcode.clone(), p.wells_in, p.wells_expected)).collect::<Vec<_>>();
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "not seen within a minute: {what}; there is {:?}",
                wells()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn column(bytes: &[u8]) -> (usize, Vec<f64>, Vec<u8>) {
    let wells = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
    let values = bytes[32..32 + wells * 8].chunks(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    (wells, values, bytes[32 + wells * 16..32 + wells * 17].to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_lab_from_its_first_well_to_a_replay_of_its_middle() {
    let sight = Sight::new().await;
    let desk = &sight.desk;
    assert_eq!(desk.alerts(NoArgs {}).await.unwrap_err().code, "nothing_open");
    desk.start_demo(DemoArgs { speed: 2000.0 }).await.unwrap();
    // One of the real plates was read without one of its wells.
    let complete = |sight: &Sight| {
        let plates = sight.plates();
        (plates.iter().map(|plate| plate.wells_in).sum::<u32>() == 8 * 384 - 1).then_some(plates)
    };
    let plates = sight.until("eight complete plates", complete).await;
    assert!(plates.iter().all(|plate| plate.headline.as_ref().is_some_and(|headline| headline.z_prime.is_some())));
    let strip = sight.until("a strip", |sight| sight.strip.lock().unwrap().clone()).await;
    assert_eq!((strip.mode, strip.session.as_ref().map(|session| session.demo)), (Mode::Live, Some(true)));
    assert!(strip.source.is_some_and(|source| !source.topics.is_empty()));

    // The wall's bytes and the plate's column say the same.
    let first = plates[0].clone();
    let feature = first.headline.as_ref().unwrap().feature.clone();
    let (wells, values, states) = column(&desk.column(&first.plate, &feature, Scale::Raw).await.unwrap());
    assert_eq!((wells, states.len()), (384, 384));
    let wall = desk.wall("", &["nobody", &first.plate]).await.unwrap();
    assert_eq!(u32::from_le_bytes(wall[..4].try_into().unwrap()), 1, "an unknown handle is left out");
    let on_wall = wall[16..16 + 384 * 4].chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    assert!(
        on_wall
            .zip(&values)
            .all(|(small, value)| (f64::from(small) - value).abs() <= value.abs() * 1e-6 || value.is_nan())
    );
    for scale in [Scale::Percent, Scale::RobustZ, Scale::BScore] {
        desk.column(&first.plate, &feature, scale).await.unwrap();
    }

    // A negative control leaves; Z' changes; it comes back; Z' is the same to the bit.
    let plate = PlateArgs { plate: first.plate.clone() };
    let before = desk.plate(plate.clone()).await.unwrap();
    assert!(before.unjudged.is_none() && before.qc.len() == before.headlines.len() && !before.notes.is_empty());
    let control = before.layout.iter().find(|entry| entry.role == "negative").unwrap().well;
    let exclude = |excluded| ExcludeArgs {
        plate: first.plate.clone(),
        wells: vec![control],
        excluded,
        reason: "bubble in the well".to_owned(),
    };
    desk.exclude(exclude(true)).await.unwrap();
    let without = desk.plate(plate.clone()).await.unwrap();
    assert_ne!(without.qc[0].lines[0].value, before.qc[0].lines[0].value);
    assert_eq!(without.excluded[0].reason.as_deref(), Some("bubble in the well"));
    assert_eq!(without.excluded[0].well, control);
    desk.exclude(exclude(false)).await.unwrap();
    assert_eq!(desk.plate(plate.clone()).await.unwrap().qc, before.qc);
    assert_eq!(desk.exclude(ExcludeArgs { reason: " ".into(), ..exclude(true) }).await.unwrap_err().code, "no_reason");
    assert_eq!(
        desk.exclude(ExcludeArgs { wells: vec![9999], ..exclude(true) }).await.unwrap_err().code,
        "no_such_well"
    );

    // The message behind a well, to its bytes.
    let well = desk.well(WellArgs { plate: first.plate.clone(), well: control }).await.unwrap();
    let shown = well.values.iter().find(|value| value.feature == feature).unwrap();
    assert_eq!(shown.value, Some(values[usize::from(control)]));
    let result = well.messages.iter().find(|message| message.kind == "results" && message.wins).unwrap();
    let message = desk.message(MessageArgs { seq: result.seq }).await.unwrap();
    let body = desk.body(message.body.as_deref().unwrap()).await.unwrap();
    assert_eq!(body.len() as u64, message.bytes);
    assert!(String::from_utf8(body).unwrap().contains(&first.barcode));
    assert!(desk.features(plate.clone()).await.unwrap().contains(&feature));

    // Alerts, acknowledged once.
    let alerts = desk.alerts(NoArgs {}).await.unwrap();
    let open = alerts.iter().find(|alert| alert.open).expect("the demo has a plate that fails");
    desk.acknowledge(AlertArgs { seq: open.seq }).await.unwrap();
    sight
        .until("the acknowledgement", |sight| {
            let ticks = sight.ticks.lock().unwrap();
            ticks
                .iter()
                .rev()
                .flat_map(|tick| &tick.alerts)
                .find(|alert| alert.seq == open.seq && alert.acknowledged)?;
            Some(())
        })
        .await;

    // Rewind to the middle while the recording goes on: earlier plates are there, later ones not.
    let timeline = desk.timeline(TimelineArgs { bins: 100 }).await.unwrap();
    assert!(timeline.counts.iter().map(|n| u64::from(*n)).sum::<u64>() > 3000);
    let middle = (timeline.first_ms.unwrap() + timeline.last_ms.unwrap()) / 2;
    desk.seek(SeekArgs::Time { ms: middle }).await.unwrap();
    let seen = |sight: &Sight| {
        let wells: u32 = sight.plates().iter().map(|plate| plate.wells_in).sum();
        (wells > 0 && wells < 8 * 384 - 1).then_some(wells)
    };
    sight.until("the middle", seen).await;
    let rewound = sight.plates()[0].plate.clone();
    assert_eq!(desk.exclude(ExcludeArgs { plate: rewound, ..exclude(true) }).await.unwrap_err().code, "rewound");
    desk.live_edge(NoArgs {}).await.unwrap();
    sight.until("the live edge", complete).await;

    // Ended, the session is in the library, verifies, and opens read-only.
    desk.disconnect(NoArgs {}).await.unwrap();
    sight.until("the ended session", complete).await;
    let sessions = desk.sessions(NoArgs {}).await.unwrap();
    assert_eq!(sessions.rows.len(), 1);
    let verified = desk.verify_session(SessionArgs { session: sessions.rows[0].session.clone() }).await.unwrap();
    assert!(
        verified.checks.iter().all(|check| check.level != engine::desk::told::Level::Fail),
        "{:?}",
        verified.checks
    );
    assert_eq!(verified.plates.len(), 8);
    desk.close_session(NoArgs {}).await.unwrap();
    sight.until("the empty desk", |sight| sight.plates().is_empty().then_some(())).await;
    desk.open_session(SessionArgs { session: sessions.rows[0].session.clone() }).await.unwrap();
    sight.until("the recorded session", complete).await;
    assert_eq!(
        desk.exclude(ExcludeArgs { plate: sight.plates()[0].plate.clone(), ..exclude(true) }).await.unwrap_err().code,
        "read_only"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_later_takes_over_and_a_tick_waits_for_the_last_one() {
    let sight = Sight::new().await;
    let desk = &sight.desk;
    desk.start_demo(DemoArgs { speed: 2000.0 }).await.unwrap();
    // To the last stage: whatever comes later is what this test does.
    let complete = |sight: &Sight| {
        let plates = sight.plates();
        let is_over = plates.iter().all(|plate| plate.stage.as_deref() == Some("left analysed"));
        (is_over && plates.iter().map(|plate| plate.wells_in).sum::<u32>() == 8 * 384 - 1).then_some(())
    };
    sight.until("eight plates, analysed", complete).await;

    // It hears everything in its first answer, and the page before it nothing more.
    let first = desk.told(0, 0).await.unwrap();
    let ticks = |told: &[Told]| -> Vec<(u32, bool, usize)> {
        told.iter()
            .filter_map(|told| match told {
                Told::Tick(tick) => Some((tick.number, tick.reset, tick.plates.len())),
                Told::Strip(_) => None,
            })
            .collect()
    };
    let [(number, true, 8)] = ticks(&first.told)[..] else { panic!("{:?}", first.told) };
    assert!(first.told.iter().any(|told| matches!(told, Told::Strip(_))), "the strip comes with it");
    assert_eq!(desk.told(first.page - 1, 0).await.unwrap_err().code, "superseded");

    // What changes is not told before the last tick is drawn, and then at once.
    let plate = sight.plates()[0].plate.clone();
    let exclude = ExcludeArgs { plate, wells: vec![3], excluded: true, reason: "dust".to_owned() };
    desk.exclude(exclude).await.unwrap();
    let mut early = Vec::new();
    for _ in 0..3 {
        let heard = tokio::time::timeout(Duration::from_millis(700), desk.told(first.page, number - 1)).await;
        early.extend(heard.map(|heard| heard.unwrap().told).unwrap_or_default());
    }
    assert_eq!(ticks(&early), [], "one tick is in flight");
    let next = loop {
        let heard = desk.told(first.page, number).await.unwrap();
        if let [tick] = ticks(&heard.told)[..] {
            break tick;
        }
    };
    assert_eq!((next.0 > number, next.1, next.2), (true, false, 1));
}
