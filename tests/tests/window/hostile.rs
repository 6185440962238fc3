//! Five hundred script payloads in every text field of every kind of message, through all views: text stays text.

use std::sync::Arc;
use std::time::Duration;

use plate::PlateKey;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::hostile::{PAYLOADS, messages, payload};
use plateside_tests::lab::Lab;
use plateside_tests::producer::Producer;
use plateside_tests::window::{Launch, css, is_ready, test_id};
use wire::Kind;

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn no_text_of_a_message_is_ever_run() {
    let Some(broker) = Broker::for_test("no text of a message is ever run") else { return };
    if !is_ready("no text of a message is ever run") {
        return;
    }
    let kinds = [Kind::Results, Kind::Layouts, Kind::Stages, Kind::Images];
    let topics = Topics::create(&broker, "hostile", &kinds.map(|kind| (kind, 1)));
    let (mut lab, producer) = (Lab::new(&topics, 1), Producer::new(&broker));
    for number in 0..PAYLOADS {
        let text = payload(number);
        let plate = Arc::new(PlateKey::new(&text, &text));
        for (kind, body) in kinds.into_iter().zip(messages(number)) {
            let mut message = lab.message(kind, &plate, Some(body.to_string().into_bytes()));
            message.headers = vec![
                ("plateside-note".to_owned(), Some(text.clone().into_bytes())),
                (text.clone(), Some(text.clone().into_bytes())),
            ];
            producer.send(&message);
        }
        // Undecodable too: its reason and its body are shown.
        producer.send(&lab.message(Kind::Results, &plate, Some(text.into_bytes())));
    }
    let _all = producer.ledger();

    let window = Launch::new("hostile").start();
    window.connect(broker.address(), &topics);
    window.await_sight(&test_id("tile"));
    let known = "return document.querySelector('[data-testid=strip-lag]').textContent";
    window.wait_until("everything has come", PATIENCE, || window.js(known, vec![]).as_str().unwrap().contains("Lag 0"));

    // The wall, from its first plate to its last.
    let walk = "const wall = document.querySelector('[data-testid=wall]'), seen = new Set();
        for (let y = 0; y <= wall.scrollHeight; y += 300) {
          wall.scrollTop = y; await new Promise(r => setTimeout(r, 40));
          for (const tile of document.querySelectorAll('[data-testid=tile]')) seen.add(tile.dataset.barcode);
        }
        wall.scrollTop = 0; return [...seen];";
    let seen = window.js_async(walk, vec![]);
    let seen: Vec<&str> = seen.as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    assert!(seen.len() > 400, "the wall showed the plates: {}", seen.len());
    let shown = (0..PAYLOADS).filter(|number| seen.contains(&payload(*number).as_str())).count();
    assert!(shown > 400, "barcodes are shown as they were written: {shown}");
    let _kept = window.screenshot("wall");

    // Every plate large, with a well, its layout, its messages and their bodies.
    window.js("document.querySelector('[data-testid=wall]').focus()", vec![]);
    window.keys("ArrowRight");
    window.keys("Enter");
    window.await_sight(&test_id("plate-canvas"));
    let canvas = window.rect(&test_id("plate-canvas"));
    window.click_at(canvas.x + 4.0, canvas.y + 4.0);
    window.await_sight(&test_id("message-row"));
    // Within the driver's patience, whatever else this machine does: a third of a minute at a time.
    let plates = "const pause = ms => new Promise(r => setTimeout(r, ms)), until = performance.now() + 20000; let opened = 0, bodies = 0;
        const find = name => document.querySelector(`[data-testid=${name}]`);
        const there = async name => { for (let n = 0; n < 100 && !find(name); n += 1) await pause(20); return find(name); };
        while (performance.now() < until) {
          find('plate-after').click();
          await pause(20);
          const canvas = await there('plate-canvas');
          if (!canvas) continue;
          opened += 1;
          const box = canvas.getBoundingClientRect();
          canvas.dispatchEvent(new MouseEvent('click', { clientX: box.x + 4, clientY: box.y + 4, bubbles: true }));
          const row = opened % 5 === 0 && await there('message-row');
          if (row) { row.click(); if (await there('message-body')) bodies += 1; }
        }
        return [opened, bodies];";
    let (mut opened, mut bodies) = (0, 0);
    for _ in 0..3 {
        let counts = window.js_async(plates, vec![]);
        opened += counts[0].as_u64().unwrap();
        bodies += counts[1].as_u64().unwrap();
        if opened >= 100 && bodies >= 20 {
            break;
        }
    }
    assert!(opened >= 100 && bodies >= 20, "plates and bodies were shown: {opened}, {bodies}");
    let _kept = window.screenshot("plate");
    window.fill(&test_id("feature-search"), "executed");
    let _kept = window.screenshot("features");
    window.keys("Escape");

    // What was rejected, the menu, the library, the test of a connection with its preview.
    window.click(&test_id("rail-live"));
    window.await_sight(&test_id("banner-undecoded"));
    window.js("document.querySelector('[data-testid=banner-undecoded] button').click()", vec![]);
    window.await_sight(&test_id("undecoded"));
    // The sheet is there before the desk has answered what stands in it.
    window.await_sight(&css("[data-testid=undecoded] td button"));
    let bodies = "const pause = ms => new Promise(r => setTimeout(r, ms)); let n = 0;
        for (const button of [...document.querySelectorAll('[data-testid=undecoded] td button')].slice(0, 40)) { button.click(); n += 1; await pause(40); }
        return n;";
    assert!(window.js_async(bodies, vec![]).as_u64().unwrap() > 20, "rejected bodies were shown");
    let _kept = window.screenshot("rejected");
    window.keys("Escape");
    window.keys("ctrl+k");
    window.await_sight(&test_id("command-menu"));
    window.type_text("executed");
    let _kept = window.screenshot("menu");
    window.keys("Escape");
    window.click(&test_id("rail-sessions"));
    window.click(&test_id("sessions-row"));
    let _kept = window.screenshot("sessions");
    window.click(&test_id("rail-connect"));
    window.await_sight(&test_id("connect-brokers"));

    let heard = window.heard();
    assert_eq!(heard.executed, Vec::<String>::new(), "no text became a script");
    window.assert_quiet();
    let strays = "return document.querySelectorAll('img, iframe, object, embed, video, form[action], meta[http-equiv=refresh], marquee').length";
    assert_eq!(window.js(strays, vec![]), 0, "no text became an element");
    window.close();
}
