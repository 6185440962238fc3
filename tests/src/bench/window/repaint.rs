//! 24 plates x 1,536 wells painted anew, against an ECharts heatmap in the same window.

use serde_json::{Value, json};

use crate::bench::figures::{Ratio, median};
use crate::window::Launch;

/// Our painter and ECharts are put into the app's own window; `PLATESIDE_REPAINT` and `PLATESIDE_ECHARTS` name the scripts.
#[must_use]
pub(super) fn run(pairs: u32) -> Value {
    let script = |name: &str| {
        let path = std::env::var_os(name).unwrap_or_else(|| panic!("{name} names a script: cargo xtask bench window"));
        std::fs::read_to_string(path).unwrap()
    };
    let window = Launch::new("bench-repaint").start();
    // The page's prototypes are frozen, and ECharts sets what it inherits from them: both run in a frame of this window.
    window.enter_own_frame();
    for name in ["PLATESIDE_ECHARTS", "PLATESIDE_REPAINT"] {
        let _loaded = window.js(&script(name), vec![]);
    }
    let rounds = pairs.max(11);
    let times = window.js_async("return await globalThis.repaint(arguments[0])", vec![json!(rounds)]);
    window.close();
    let list = |name: &str| -> Vec<f64> { times[name].as_array().unwrap().iter().filter_map(Value::as_f64).collect() };
    let (ours, theirs) = (list("ours_ms"), list("echarts_ms"));
    assert!(ours.iter().all(|ms| *ms > 0.0), "the clock saw something: {ours:?}");
    let ratio = Ratio::of(&theirs.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>());
    println!(
        "24 plates x 1,536 wells repainted: {:.1} ms; ECharts {:.0} ms; ratio {ratio} (must >= 20)",
        median(&ours),
        median(&theirs)
    );
    json!({ "rounds": rounds, "ours_ms": ours, "echarts_ms": theirs, "ratio": ratio.json() })
}
