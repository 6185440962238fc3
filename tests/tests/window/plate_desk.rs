//! The plate desk in the real window: an alert is taken note of, a layout is edited and taken back, wells are left out to see
//! what if, a rule is tried and put in force, the run is seen at once, doses have curves, and a figure is saved and looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use plateside_tests::window::{Launch, Picture, Window, is_ready, test_id};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(60);
/// Viridis as its authors publish it (matplotlib, CC0): its first and its last entry.
const LOWEST: [u8; 3] = [0x44, 0x01, 0x54];
const HIGHEST: [u8; 3] = [0xfd, 0xe7, 0x25];

fn says(window: &Window, id: &str) -> String {
    let text = "return document.querySelector(`[data-testid=${arguments[0]}]`)?.textContent ?? ''";
    window.js(text, vec![json!(id)]).as_str().unwrap_or_default().to_owned()
}

fn is_disabled(window: &Window, id: &str) -> bool {
    let state = "return document.querySelector(`[data-testid=${arguments[0]}]`)?.disabled ?? true";
    window.js(state, vec![json!(id)]) == true
}

/// Clicks a button as soon as it may be pressed.
fn press(window: &Window, id: &str) {
    window.wait_until(&format!("{id} may be pressed"), PATIENCE, || !is_disabled(window, id));
    window.click(&test_id(id));
}

fn open_plate(window: &Window, barcode: &str) {
    window.click(&test_id("rail-live"));
    window.await_sight(&test_id("tile"));
    let open = "const tile = [...document.querySelectorAll('[data-testid=tile]')].find(t => t.textContent.includes(arguments[0]));
        tile?.click(); return tile !== undefined";
    assert_eq!(window.js(open, vec![json!(barcode)]), true, "{barcode} is on the wall");
    window.await_text(&test_id("plate-barcode"), barcode, PATIENCE, |text| text.contains(barcode));
    window.await_sight(&test_id("plate-canvas"));
}

/// The chosen alert is acknowledged by its button: it says so, and is among the acknowledged.
fn take_note(window: &Window) {
    window.click(&test_id("rail-live"));
    window.await_sight(&test_id("alert"));
    let seq = window.attribute(&test_id("alert"), "data-seq").unwrap();
    // Others may come meanwhile: it is found by its number.
    let press = "const own = document.querySelector(`[data-testid=alert][data-seq='${arguments[0]}']`);
        const ack = [...(own?.querySelectorAll('.acts button') ?? [])].find(b => b.textContent.startsWith('Ack'));
        if (ack) ack.click(); else own?.querySelector('.what').click();
        return ack !== undefined";
    window.wait_until("it can be acknowledged", PATIENCE, || window.js(press, vec![json!(seq)]) == true);
    let gone = "return document.querySelector(`[data-testid=alert][data-seq='${arguments[0]}']`) === null";
    window.wait_until("it is not among the open ones any more", PATIENCE, || window.js(gone, vec![json!(seq)]) == true);
    let _kept = window.screenshot("acknowledged");
}

/// A negative control becomes a sample by keys and a reason; Z' changes, and is what it was when that is taken back.
fn edit_layout(window: &Window) {
    let before = window.await_text(&test_id("qc-z_prime"), "has a Z'", PATIENCE, |text| text.contains('.'));
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("l");
    window.await_sight(&test_id("layout-canvas"));
    assert_eq!(says(window, "layout-origin"), "From the topic");
    // B02 is a negative control of the demo's plates.
    window.fill(&test_id("wells-named"), "B02");
    window.keys("Enter");
    window.await_text(&test_id("layout-selected"), "one well", PATIENCE, |text| {
        text.contains("B02") || text.contains('1')
    });
    window.click(&test_id("role-positive"));
    window.await_text(&test_id("layout-differs"), "one well differs", PATIENCE, |text| text.contains("1 well differs"));
    window.keys("ctrl+z");
    window.await_sight(&test_id("layout-same"));
    window.keys("ctrl+y");
    window.await_text(&test_id("layout-differs"), "it differs again", PATIENCE, |text| text.contains("1 well differs"));
    assert!(is_disabled(window, "layout-plate"), "without a reason nothing is set");
    window.fill(&test_id("layout-reason"), "the tip dripped positive control");
    let _kept = window.screenshot("layout-edited");
    press(window, "layout-plate");
    window.await_text(&test_id("layout-origin"), "set here", PATIENCE, |text| text.contains("the tip dripped"));
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("Escape");
    window.await_sight(&test_id("plate-canvas"));
    let swapped =
        window.await_text(&test_id("qc-z_prime"), "another Z'", PATIENCE, |text| text != before && text.contains('.'));
    assert_ne!(before, swapped);
    window.keys("l");
    window.await_sight(&test_id("layout-canvas"));
    press(window, "back-plate");
    window.fill(&test_id("layout-reason"), "it did not");
    press(window, "layout-back");
    window.await_text(&test_id("layout-origin"), "the topic's again", PATIENCE, |text| text == "From the topic");
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("Escape");
    window.await_text(&test_id("qc-z_prime"), "the Z' of before", PATIENCE, |text| text == before);
}

/// Without the outer ring: seen first, then written, then taken back.
fn what_if(window: &Window) {
    let before = window.text(&test_id("qc-z_prime"));
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("q");
    window.await_sight(&test_id("what-if"));
    window.click(&test_id("what-edge-1"));
    window.await_sight(&test_id("what-table"));
    assert_eq!(window.text(&test_id("qc-z_prime")), before, "nothing is written yet");
    let _kept = window.screenshot("what-if");
    press(window, "what-exclude");
    window.await_text(&test_id("qc-z_prime"), "another Z'", PATIENCE, |text| text != before);
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("ctrl+z");
    window.await_text(&test_id("qc-z_prime"), "the Z' of before", PATIENCE, |text| text == before);
}

/// A stricter limit is refused while it does not read, tried on the session, and put in force: it calls.
fn edit_rules(window: &Window) {
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("j");
    window.await_sight(&test_id("judging"));
    window.click(&test_id("tab-rules"));
    window.await_sight(&test_id("rules-text"));
    let write = "const field = document.querySelector('[data-testid=rules-text]');
        field.value = field.value.replace(arguments[0], arguments[1]); field.dispatchEvent(new Event('input', { bubbles: true }));
        return field.value.includes(arguments[1])";
    let own = |when: &str| {
        format!(
            "[[rule]]\nid = \"ours_whole\"\ntitle = \"A plate is whole\"\nscope = \"plate\"\nwhen = \"{when}\"\nseverity = \"info\"\nguidance = \"Take it out.\"\n\n[[rule]]"
        )
    };
    let wrong = own("plate.compleet");
    assert_eq!(window.js(write, vec![json!("[[rule]]"), json!(wrong)]), true);
    window.await_text(&test_id("problem"), "what is wrong", PATIENCE, |text| text.contains("compleet"));
    window.fill(&test_id("judging-reason"), "plates are fetched by hand today");
    assert!(is_disabled(window, "judging-send"), "what does not read cannot be in force");
    assert_eq!(window.js(write, vec![json!("plate.compleet"), json!("plate.complete")]), true);
    window.wait_until("nothing is wrong", PATIENCE, || !window.sees(&test_id("problem")));
    press(window, "dry-run");
    let tried = window.await_text(&test_id("dry-says"), "what it would have said", PATIENCE, |text| !text.is_empty());
    assert!(says(window, "dry-rules").contains("A plate is whole"), "{tried}");
    let _kept = window.screenshot("dry-run");
    press(window, "judging-send");
    window.await_text(&test_id("judging-state"), "in force", PATIENCE, |text| text == "In force");
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("Escape");
    window.click(&test_id("rail-live"));
    let calls = "return [...document.querySelectorAll('[data-testid=alerts]')].some(list => list.textContent.includes('A plate is whole'))";
    window.wait_until("the new rule calls", PATIENCE, || window.js(calls, vec![]) == true);
}

/// Every picture under a folder.
fn pictures(home: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "png") {
                found.push(path);
            }
        }
    }
    found
}

/// A heatmap as PNG in the folder of pictures: it has both ends of the map, as the plate on the screen.
fn save_figure(window: &Window) {
    let before = pictures(window.home());
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("ctrl+s");
    window.await_sight(&test_id("figure-menu"));
    window.click(&test_id("figure-heatmap"));
    let choose = "const format = document.querySelector('[data-testid=figure-format]'); format.value = '1';
        format.dispatchEvent(new Event('change', { bubbles: true })); return format.value";
    window.js(choose, vec![]);
    press(window, "figure-save");
    window.wait_until("a picture is saved", PATIENCE, || pictures(window.home()).len() > before.len());
    let saved = pictures(window.home()).into_iter().find(|path| !before.contains(path)).unwrap();
    let picture = Picture::decode(&std::fs::read(&saved).unwrap(), 0.0);
    let has = [LOWEST, HIGHEST].map(|colour| picture.count_near(colour, 3));
    assert!(has.iter().all(|pixels| *pixels > 200), "both ends of the map are there: {has:?}");
}

#[test]
fn a_plate_is_judged_corrected_and_shown() {
    if !is_ready("a plate is judged, corrected and shown") {
        return;
    }
    let window = Launch::new("plate-desk").args(["--demo", "--speed", "1000"]).start();
    window.await_sight(&test_id("tile"));
    let wells = "return [...document.querySelectorAll('[data-testid=tile]')].filter(t => / 38[34] of 384 wells/.test(t.textContent)).length";
    window.wait_until("eight plates are read", PATIENCE, || window.js(wells, vec![]).as_u64() == Some(8));
    take_note(&window);
    open_plate(&window, "SQ00015194");
    edit_layout(&window);
    what_if(&window);

    // Doses over the plate and its replicates, with curves.
    window.click(&test_id("tab-replicates"));
    window.await_sight(&test_id("dose-plot"));
    let _kept = window.screenshot("doses");

    // The run's plates at once, one scale or each its own.
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("g");
    window.await_sight(&test_id("multiples"));
    window.wait_until("every plate of the run is small", PATIENCE, || window.count(&test_id("small")) >= 8);
    let small = window.rect(&test_id("multiples"));
    window.wait_until("they have colours", PATIENCE, || window.screenshot("multiples").colours(small) > 60);
    let one = says(&window, "multiples-range");
    window.click(&test_id("multiples-own"));
    window.wait_until("each has its own range", PATIENCE, || says(&window, "multiples-range") != one);
    window.js("document.activeElement?.blur()", vec![]);
    window.keys("g");
    window.await_sight(&test_id("plate-canvas"));

    save_figure(&window);
    edit_rules(&window);
    window.assert_quiet();
    window.close();
}
