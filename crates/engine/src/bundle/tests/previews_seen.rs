//! Previews on the desk: shown as what they are, and measured by nobody.

use std::time::Duration;

use session::BundlePixels;

use super::lab::*;
use crate::desk::chosen::{NoArgs, SessionArgs};
use crate::desk::composite::CompositeAsked;
use crate::desk::pictured::{PlaneArgs, PlaneState, ReadoutArgs, SpotCheckArgs};
use crate::desk::shown::WellArgs;
use crate::desk::told::Told;
use crate::desk::{Desk, DeskOptions};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_shows_previews_and_measures_none() {
    let folder = tempfile::tempdir().unwrap();
    let [sessions, live, file] = ["sessions", "live", "a.plateside"].map(|name| folder.path().join(name));
    narrow(&live).await;
    bundled(&live, &file, BundlePixels::Previews).await;
    std::fs::create_dir(&sessions).unwrap();
    open(&file, &sessions.join("opened")).await.unwrap();
    let desk = Desk::new(DeskOptions::under(folder.path()));
    let session = desk.sessions(NoArgs {}).await.unwrap().rows[0].session.clone();
    desk.open_session(SessionArgs { session }).await.unwrap();
    let first_plate = async || {
        let (mut page, mut drawn) = (0, 0);
        loop {
            let heard = desk.told(page, drawn).await.unwrap();
            page = heard.page;
            for told in heard.told {
                let Told::Tick(tick) = told else { continue };
                drawn = tick.number;
                if let Some(tile) = tick.plates.first() {
                    return tile.plate.clone();
                }
            }
        }
    };
    let plate = tokio::time::timeout(Duration::from_secs(20), first_plate()).await.unwrap();

    let images = desk.images(WellArgs { plate: plate.clone(), well: 0 }).await.unwrap();
    let shown = &images.sites[0].planes[0];
    let says = "A preview of 500 x 2 pixels: this bundle was made with previews.";
    assert_eq!((shown.state, shown.says.as_deref()), (PlaneState::Preview, Some(says)));
    let place =
        |channel: &str| PlaneArgs { plate: plate.clone(), well: 0, site: 1, channel: channel.into(), z: None, t: 0 };
    let plane = desk.plane(place("DNA")).await.unwrap();
    assert_eq!((plane.width, plane.height, plane.preview.as_deref()), (4000, 12, Some(says)), "the image's own size");
    assert_eq!((plane.saturated_percent, plane.focus_slope), (None, None), "nothing is measured");
    assert_eq!(plane.counts.iter().sum::<u32>(), 500 * 2, "contrast is set by what is seen");

    let channel = vision::Channel { rgb: [255, 255, 255], low: 0, high: 65_535, gamma: 1.0 };
    let asked = CompositeAsked {
        site: place(""),
        level: 0,
        part: (0, 0, 1 << 20, 1 << 20),
        view: "main".into(),
        channels: vec![("DNA".to_owned(), channel)],
    };
    let bytes = desk.composite(asked).await.unwrap();
    let head: Vec<u32> = bytes[..32].chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
    assert_eq!(head, [500, 2, 4000, 12, 3, 0, 1, 0], "its own level, and the image's size");

    let at = ReadoutArgs { plate: plate.clone(), well: 0, site: 1, z: None, t: 0, x: 7, y: 1 };
    let readout = desk.readout(at).await.unwrap();
    assert_eq!(readout.values, [("DNA".to_owned(), None)]);
    assert!(readout.says.is_some_and(|says| says.contains("a preview, not the image")));
    let asked = SpotCheckArgs { plate, well: 0, site: 1, channel: Some("DNA".to_owned()), z: None, t: 0 };
    let refused = desk.spot_check(asked).await.unwrap_err();
    assert_eq!(refused.code, "preview_only", "{refused:?}");
}
