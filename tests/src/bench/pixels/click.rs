//! From a click on a well to its picture: nine sites of three channels of one megapixel, out of a session.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engine::desk::chosen::{NoArgs, SessionArgs};
use engine::desk::composite::CompositeAsked;
use engine::desk::pictured::PlaneArgs;
use engine::desk::shown::WellArgs;
use engine::desk::told::Told;
use engine::desk::{Desk, DeskOptions};
use engine::feed::WorkerCommand;
use engine::{Folders, Settings};
use plate::Well;
use serde_json::{Value, json};
use vision::Channel;
use wire::Kind;

use super::super::figures::median;
use crate::broker::{Broker, Topics};
use crate::command::{self, Plateside};
use crate::lab::{self, Lab};
use crate::producer::Producer;
use crate::runtime;
use crate::seed::Seed;

const CHANNELS: [&str; 3] = ["DNA", "ER", "AGP"];
const SITES: u16 = 9;
/// Long enough for the sites beside the first to be decoded.
const REST: Duration = Duration::from_secs(2);

pub(super) fn run(broker: &Broker, folder: &Path, pairs: u32) -> Value {
    let sessions = folder.join("sessions");
    record(broker, &sessions.join("clicks"), &nine_sites(folder, "D09".parse().unwrap()));
    let (mut first, mut ahead) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        // A desk that has seen nothing.
        let (cold, warm) = runtime().block_on(clicks(folder, &sessions));
        first.push(cold);
        ahead.push(warm);
    }
    println!(
        "click to picture, 9 sites x 3 channels of 1 Mpx out of the session: {:.0} ms (must 500, aim 300); decoded ahead {:.0} ms (must 150, aim 100)",
        median(&first),
        median(&ahead)
    );
    json!({ "first_ms": first, "ahead_ms": ahead })
}

/// Records a plate with these planes: well, site, channel and file.
pub(super) fn record(broker: &Broker, dir: &Path, planes: &[(Well, u16, &str, PathBuf)]) {
    let topics = Topics::create(broker, "clicks", &[(Kind::Layouts, 1), (Kind::Results, 1), (Kind::Images, 1)]);
    let (mut lab, plate, mut seed) = (Lab::new(&topics, 1), lab::plate(1), Seed::new(9));
    let producer = Producer::new(broker);
    producer.send(&lab.layout(&plate));
    producer.send_all(&lab.full_plate(&plate, &mut seed));
    for (well, site, channel, file) in planes {
        producer.send(&lab.picture(&plate, *well, *site, channel, &std::fs::read(file).unwrap()));
    }
    let _all = producer.ledger();
    let summary = Plateside::record(broker, &topics, dir).args(["--until-idle", "2s"]).json();
    assert_eq!(summary["images"], planes.len(), "{summary}");
}

/// Nine sites of three channels in a well.
pub(super) fn nine_sites(folder: &Path, well: Well) -> Vec<(Well, u16, &'static str, PathBuf)> {
    let planes = (1..=SITES).flat_map(|site| (0..3).map(move |channel| (site, channel)));
    let plane = |(site, channel): (u16, usize)| {
        (well, site, CHANNELS[channel], folder.join(format!("site-{site}-{channel}.tif")))
    };
    planes.map(plane).collect()
}

/// Milliseconds to the first site's picture, and to the second one's after a rest.
async fn clicks(folder: &Path, sessions: &Path) -> (f64, f64) {
    let desk = Desk::new(DeskOptions {
        folders: Folders {
            config: folder.join("config"),
            sessions: sessions.to_owned(),
            pictures: folder.join("pictures"),
            documents: folder.join("documents"),
            bundles: Vec::new(),
        },
        settings: Settings { disk_warn_mib: 1, disk_pause_mib: 1, ..Settings::default() },
        worker: WorkerCommand { program: command::program(), args: ["worker", "consume"].map(Into::into).to_vec() },
        user: "bench".to_owned(),
        version: "0".to_owned(),
        screen: None,
        problem: None,
        measure: None,
    });
    let session = desk.sessions(NoArgs {}).await.unwrap().rows[0].session.clone();
    desk.open_session(SessionArgs { session }).await.unwrap();
    let plate = 'found: {
        let (mut page, mut drawn) = (0, 0);
        loop {
            let heard = desk.told(page, drawn).await.unwrap();
            page = heard.page;
            for told in heard.told {
                if let Told::Tick(tick) = told {
                    drawn = tick.number;
                    if let Some(tile) = tick.plates.first() {
                        break 'found tile.plate.clone();
                    }
                }
            }
        }
    };
    let well = 3 * 24 + 8;
    let picture = async |site: u16| {
        let began = Instant::now();
        let images = desk.images(WellArgs { plate: plate.clone(), well }).await.unwrap();
        assert_eq!(images.sites.len(), usize::from(SITES));
        let channels =
            [[0, 0, 255], [0, 255, 0], [255, 0, 0]].map(|rgb| Channel { rgb, low: 220, high: 7000, gamma: 1.0 });
        let asked = CompositeAsked {
            site: PlaneArgs { plate: plate.clone(), well, site, channel: String::new(), z: Some(0), t: 0 },
            level: 0,
            part: (0, 0, 1024, 1024),
            view: "main".into(),
            channels: CHANNELS.iter().map(|name| (*name).to_owned()).zip(channels).collect(),
        };
        let bytes = desk.composite(asked).await.unwrap();
        assert_eq!(bytes.len(), 32 + 4 * 1024 * 1024);
        1e3 * began.elapsed().as_secs_f64()
    };
    let first = picture(1).await;
    tokio::time::sleep(REST).await;
    (first, picture(2).await)
}
