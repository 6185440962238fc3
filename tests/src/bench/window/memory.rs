//! Memory of a window beyond a bare one: 24 plates live, a flood, half an hour, and 200 plates of 1,500 features looked at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plate::Format;
use serde_json::{Value, json};

use super::stage::{Stage, bare_window, opening};
use crate::bench::figures::median;
use crate::broker::Broker;
use crate::made::Run;
use crate::processes::family_pss_bytes;
use crate::window::{Launch, Window, test_id};

/// Results a second of a busy lab.
const RATE: u32 = 1000;
/// Results a second of half an hour: a plate of 384 wells every two seconds.
const SOAK_RATE: u32 = 200;
/// Results that lie on the broker before the window connects: a flood.
const FLOOD: u64 = 1_000_000;
const MB: f64 = 1e6;

/// Peak of all processes of the app less a bare window, with 24 plates x 1,536 wells live, and through a flood.
#[must_use]
pub(super) fn run(broker: &Broker, runs: u32) -> Value {
    let bare = bare_mb(runs);
    let live = live_mb(broker, 0, Duration::from_secs(60));
    let flood = live_mb(broker, FLOOD, Duration::from_secs(20));
    println!(
        "memory (PSS) above a bare window of {bare:.0} MB: 24 plates x 1,536 wells live +{:.0} MB (ceiling +200), a flood of {FLOOD} results +{:.0} MB (ceiling +512)",
        live - bare,
        flood - bare
    );
    json!({ "bare_mb": bare, "live_mb": live, "flood_mb": flood })
}

/// The same with 200 plates x 1,536 wells x 1,500 features on the desk (a session made once, 4 GB).
#[must_use]
pub(super) fn plates(runs: u32) -> Value {
    let (bare, large) = (bare_mb(runs), large_mb());
    println!(
        "memory (PSS) above a bare window of {bare:.0} MB: 200 plates x 1,536 wells x 1,500 features looked at +{:.0} MB \
         (ceiling +500)",
        large - bare
    );
    json!({ "bare_mb": bare, "large_mb": large })
}

/// The median of so many bare windows.
fn bare_mb(runs: u32) -> f64 {
    let one = |_| {
        let window = bare_window("bench-bare-memory");
        std::thread::sleep(Duration::from_secs(3));
        family_pss_bytes(window.id().unwrap()) as f64 / MB
    };
    median(&(0..runs.max(1)).map(one).collect::<Vec<f64>>())
}

/// Peak with 200 plates x 1,536 wells x 1,500 features on the desk, while somebody goes along the wall and looks at plates,
/// each with another feature.
fn large_mb() -> f64 {
    let run = Run { plates: 200, format: Format::F1536, features: 1_500, bodies: false };
    let window = opening("bench-large", &run.session()).start();
    window.wait_until("plates on the wall", Duration::from_secs(300), || window.sees(&test_id("tile")));
    let id = window.app_id().unwrap();
    let stop = AtomicBool::new(false);
    let peak = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut peak = 0.0_f64;
            while !stop.load(Ordering::Acquire) {
                peak = peak.max(family_pss_bytes(id) as f64 / MB);
                std::thread::sleep(Duration::from_millis(200));
            }
            peak
        });
        for plate in 0..12 {
            window.click(&test_id("rail-live"));
            window.await_sight(&test_id("tile"));
            let _focused = window.js("document.querySelector('[data-testid=wall]').focus()", vec![]);
            for _ in 0..=plate {
                window.keys("ArrowRight");
            }
            window.keys("Enter");
            window.await_sight(&test_id("plate-canvas"));
            let feature = crate::made::name(100 * plate + 7);
            window.fill(&test_id("feature-search"), &feature);
            window.keys("Enter");
            window.wait_until("the feature on the plate", Duration::from_secs(20), || {
                let shown =
                    window.js("return document.querySelector('[data-testid=feature-search]').placeholder", vec![]);
                shown.as_str() == Some(&*feature)
            });
            std::thread::sleep(Duration::from_secs(2));
        }
        stop.store(true, Ordering::Release);
        watching.join().unwrap()
    });
    window.close();
    peak
}

fn live_mb(broker: &Broker, before: u64, look: Duration) -> f64 {
    let stage = Stage::new(broker, "memory", 24, Format::F1536, 3);
    stage.fill(before);
    let window = Launch::new("bench-memory").start();
    stage.connect(&window);
    let stop = AtomicBool::new(false);
    let peak = std::thread::scope(|scope| {
        let sending = scope.spawn(|| stage.flow(RATE, before, &stop));
        window.await_sight(&test_id("tile"));
        let peak = peak_mb(&window, look);
        stop.store(true, Ordering::Release);
        let _sent = sending.join().unwrap();
        peak
    });
    window.close();
    peak
}

fn peak_mb(window: &Window, look: Duration) -> f64 {
    let (id, began, mut peak) = (window.app_id().unwrap(), Instant::now(), 0.0_f64);
    while began.elapsed() < look {
        peak = peak.max(family_pss_bytes(id) as f64 / MB);
        std::thread::sleep(Duration::from_millis(250));
    }
    peak
}

/// So many minutes of a live lab; the memory of each minute, and how much more the last has than the tenth.
#[must_use]
pub(super) fn soak(broker: &Broker, minutes: u32) -> Value {
    let stage = Stage::new(broker, "soak", 24, Format::F384, 3);
    stage.fill(0);
    let window = Launch::new("bench-soak").start();
    stage.connect(&window);
    let stop = AtomicBool::new(false);
    let mut by_minute = Vec::new();
    let sent = std::thread::scope(|scope| {
        let sending = scope.spawn(|| stage.flow(SOAK_RATE, 0, &stop));
        window.await_sight(&test_id("tile"));
        for minute in 1..=minutes {
            let mb = peak_mb(&window, Duration::from_secs(60));
            println!("minute {minute}: {mb:.1} MB at most");
            by_minute.push(mb);
        }
        stop.store(true, Ordering::Release);
        sending.join().unwrap()
    });
    window.assert_quiet();
    window.close();
    let at = |minute: usize| by_minute.get(minute - 1).copied().unwrap_or(f64::NAN);
    let grown = at(by_minute.len()) - at(10);
    println!(
        "{minutes} minutes at {SOAK_RATE}/s ({sent} results): minute 10 {:.1} MB, last {:.1} MB, {grown:+.1} MB (must <= +16)",
        at(10),
        at(by_minute.len())
    );
    json!({ "minutes": minutes, "results": sent, "mb_by_minute": by_minute, "grown_mb": grown })
}
