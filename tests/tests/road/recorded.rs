//! What the desk answers on the demo lab, kept for browser tests of the pages (`ui/tests-browser/recorded/demo.json`).
//! `UPDATE=1` records it anew; otherwise the kept one must have the shape of what the desk answers today.

use std::collections::BTreeSet;

use engine::desk::bytes::Scale;
use engine::desk::chosen::{DemoArgs, NoArgs, SessionArgs, TimelineArgs};
use engine::desk::shown::{AfterArgs, MessageArgs, PlateArgs, WellArgs};
use plateside_tests::clone_folder;
use serde_json::{Value, json};

use crate::desk::Sight;

/// Every path to a value, array places left out: `calls.plate.result.qc.lines.value`.
fn paths(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                into.insert(format!("{at}.{name}"));
                paths(field, &format!("{at}.{name}"), into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, at, into)),
        _ => {}
    }
}

/// The shape of each command's and channel's answers, by name.
fn shape(recording: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in recording["calls"].as_array().unwrap() {
        paths(&call["result"], call["command"].as_str().unwrap(), &mut found);
    }
    for told in recording["told"].as_array().unwrap() {
        paths(told, told["kind"].as_str().unwrap(), &mut found);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_desk_has_the_shape_of_the_real_one() {
    let sight = Sight::new().await;
    let desk = &sight.desk;
    desk.start_demo(DemoArgs { speed: 2000.0 }).await.unwrap();
    let read =
        |sight: &Sight| (sight.plates().iter().map(|plate| plate.wells_in).sum::<u32>() == 8 * 384 - 1).then_some(());
    sight.until("eight plates", read).await;

    let mut calls = Vec::new();
    let mut keep = |command: &str, args: Value, result: Value| {
        calls.push(json!({ "command": command, "args": args, "result": result }));
    };
    keep("boot", json!({}), json!(desk.boot(NoArgs {}).await.unwrap()));
    keep("connections", json!({}), json!(desk.connections(NoArgs {}).await.unwrap()));
    keep("alerts", json!({}), json!(desk.alerts(NoArgs {}).await.unwrap()));
    keep("undecoded", json!({ "after_seq": 0 }), json!(desk.undecoded(AfterArgs { after_seq: 0 }).await.unwrap()));
    keep("timeline", json!({ "bins": 400 }), json!(desk.timeline(TimelineArgs { bins: 400 }).await.unwrap()));
    let sessions = desk.sessions(NoArgs {}).await.unwrap();
    for row in &sessions.rows {
        let detail = desk.session(SessionArgs { session: row.session.clone() }).await.unwrap();
        keep("session", json!({ "session": row.session }), json!(detail));
    }
    keep("sessions", json!({}), json!(sessions));

    // Two plates whole: their columns in every scale, some wells, the newest message behind one of them.
    let plates = sight.plates();
    let mut columns = Vec::new();
    let mut bodies = Vec::new();
    for (n, tile) in plates.iter().enumerate() {
        let args = PlateArgs { plate: tile.plate.clone() };
        let detail = desk.plate(args.clone()).await.unwrap();
        keep("plate", json!({ "plate": tile.plate }), json!(detail));
        if n > 1 {
            continue;
        }
        keep("features", json!({ "plate": tile.plate }), json!(desk.features(args).await.unwrap()));
        for headline in &detail.headlines {
            for (name, scale) in [
                ("raw", Scale::Raw),
                ("percent", Scale::Percent),
                ("robust_z", Scale::RobustZ),
                ("b_score", Scale::BScore),
            ] {
                let bytes = desk.column(&tile.plate, &headline.feature, scale).await.unwrap();
                columns.push(json!({ "plate": tile.plate, "feature": headline.feature, "scale": name, "hex": hex::encode(bytes) }));
            }
        }
        for well in [0u16, 1, 24, 25] {
            let detail = desk.well(WellArgs { plate: tile.plate.clone(), well }).await.unwrap();
            if well == 0 {
                for row in &detail.messages {
                    let message = desk.message(MessageArgs { seq: row.seq }).await.unwrap();
                    if let Some(handle) = &message.body {
                        bodies.push(json!({ "handle": handle, "hex": hex::encode(desk.body(handle).await.unwrap()) }));
                    }
                    keep("message", json!({ "seq": row.seq }), json!(message));
                }
            }
            keep("well", json!({ "plate": tile.plate, "well": well }), json!(detail));
        }
    }
    let handles: Vec<&str> = plates.iter().map(|tile| tile.plate.as_str()).collect();
    let wall = json!({ "plates": handles, "hex": hex::encode(desk.wall("", &handles).await.unwrap()) });

    // A window that opens now hears everything in its first tick.
    let (mut page, mut told): (u32, Vec<Value>) = (0, Vec::new());
    let both =
        |told: &[Value]| ["tick", "strip"].map(|kind| told.iter().rev().find(|one| one["kind"] == kind).cloned());
    let heard = loop {
        let heard = desk.told(page, 0).await.unwrap();
        page = heard.page;
        told.extend(heard.told.iter().map(|one| serde_json::to_value(one).unwrap()));
        if let [Some(tick), Some(strip)] = both(&told) {
            break vec![strip, tick];
        }
    };
    let recording = json!({ "calls": calls, "columns": columns, "bodies": bodies, "wall": wall, "told": heard });

    let kept = clone_folder().join("ui/tests-browser/recorded/demo.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        std::fs::write(&kept, format!("{}\n", serde_json::to_string(&recording).unwrap())).unwrap();
    }
    let known: Value = serde_json::from_slice(&std::fs::read(&kept).unwrap()).unwrap();
    let (known, now) = (shape(&known), shape(&recording));
    let differ: Vec<&String> = known.symmetric_difference(&now).collect();
    assert!(differ.is_empty(), "record anew with UPDATE=1 (see the head of this file): {differ:?}");
}
