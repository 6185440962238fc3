//! Figures out of recorded sessions, by the program itself: what they say is what `qc` and `verify` say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::desk::chosen::{DemoArgs, NoArgs};
use engine::desk::drawn::{DrawFigureArgs, SaveFiguresArgs};
use engine::desk::shown::{ExcludeArgs, PlateArgs};
use plate::PlateKey;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::{Ended, Plateside};
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use wire::Kind;

use crate::desk::Sight;

/// `plateside figure DIR --plate P --feature F --out X`.
fn figure(dir: &Path, plate: &str, feature: &str, out: &Path) -> Plateside {
    Plateside::new("figure").arg(dir).args(["--plate", plate, "--feature", feature, "--out"]).arg(out)
}

/// All text of an SVG, in one line.
fn words(path: &Path) -> String {
    let document = std::fs::read_to_string(path).unwrap();
    let parsed = roxmltree::Document::parse(&document).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let texts = parsed.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
    texts.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Width, height and dots per metre of a PNG that decodes to its end.
fn size(path: &Path) -> (u32, u32, u32) {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    (frame.width, frame.height, reader.info().pixel_dims.unwrap().xppu)
}

fn assert_refused(ended: &Ended, code: i32, parts: &[&str]) {
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(code), ""), "{}", ended.stderr);
    for part in parts {
        assert!(ended.stderr.contains(part), "{part} in: {}", ended.stderr);
    }
}

/// The demo as the window recorded it, with two wells of its first plate excluded: the folder, and that plate.
async fn recorded_demo(sight: &Sight) -> (PathBuf, String) {
    let desk = &sight.desk;
    desk.start_demo(DemoArgs { speed: 2000.0 }).await.unwrap();
    let complete = |sight: &Sight| {
        let plates = sight.plates();
        (plates.iter().map(|plate| plate.wells_in).sum::<u32>() == 8 * 384 - 1).then_some(plates)
    };
    let first = sight.until("eight complete plates", complete).await.remove(0);
    let layout = desk.plate(PlateArgs { plate: first.plate.clone() }).await.unwrap().layout;
    let wells = ["negative", "sample"].map(|role| layout.iter().find(|entry| entry.role == role).unwrap().well);
    let reason = "bubble in the well".to_owned();
    desk.exclude(ExcludeArgs { plate: first.plate, wells: wells.to_vec(), excluded: true, reason }).await.unwrap();
    desk.disconnect(NoArgs {}).await.unwrap();
    let sessions = std::fs::read_dir(sight.folder().join("sessions")).unwrap();
    let mut folders = sessions.map(|entry| entry.unwrap().path()).filter(|path| path.join("session.db").is_file());
    (folders.next().expect("the demo's session"), first.barcode)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plate_of_the_demo_is_drawn_with_what_qc_and_verify_say() {
    let sight = Sight::new().await;
    let (dir, plate) = recorded_demo(&sight).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);

    let drawn = figure(&dir, &plate, "Cells_Count", &path("a.svg")).json();
    assert_eq!(drawn, serde_json::json!({"path": path("a.svg").to_str().unwrap()}), "it prints the path");
    let said = words(&path("a.svg"));
    let qc = Plateside::new("qc").arg(&dir).args(["--plate", &plate, "--feature", "Cells_Count"]).json();
    let verified = Plateside::new("verify").arg(&dir).json();
    let z = qc[0]["z_prime"].as_f64().unwrap();
    let counts = format!("{} positive, {} negative wells", qc[0]["n"]["positive"], qc[0]["n"]["negative"]);
    for part in [
        format!("Z′ {} ({counts})", format!("{z:.2}").replace('-', "−")),
        format!("Session content {}.", &verified["digest"]["content"].as_str().unwrap()[..12]),
        "2 wells are excluded and count in no statistic: ".to_owned(),
        "excluded (2)".to_owned(),
        "of 384 read".to_owned(),
        "Cells_Count (cells)".to_owned(),
        "run DEMO-".to_owned(),
        "1st to 98.5th percentile".to_owned(),
        plate.clone(),
    ] {
        assert!(said.contains(&part), "{part} in: {said}");
    }
    let _again = figure(&dir, &plate, "Cells_Count", &path("b.svg")).json();
    let read = |name: &str| std::fs::read(path(name)).unwrap();
    assert_eq!(read("a.svg"), read("b.svg"), "the same session gives the same bytes");

    // Every method and kind, as pixels; a larger resolution is the same picture, larger.
    let mut pictures = vec![read("a.svg")];
    let methods = ["raw", "percent_of_control", "percent_activity", "z", "robust_z", "b_score", "log2", "plate_median"];
    for method in methods {
        for kind in ["heatmap", "histogram"] {
            let out = path("c.png");
            let more = ["--method", method, "--kind", kind];
            let _drawn = figure(&dir, &plate, "Cells_Count", &out).args(more).json();
            assert_eq!(size(&out).2, 5906, "150 dots an inch");
            pictures.push(std::fs::read(out).unwrap());
        }
    }
    pictures.sort();
    pictures.dedup();
    assert_eq!(pictures.len(), 17, "each is a picture of its own");
    let _fine = figure(&dir, &plate, "Cells_Count", &path("d.png")).args(["--dpi", "300"]).json();
    let _coarse = figure(&dir, &plate, "Cells_Count", &path("e.png")).json();
    let ((width, height, dots), coarse) = (size(&path("d.png")), size(&path("e.png")));
    assert_eq!(dots, 11_811);
    assert!(width.abs_diff(2 * coarse.0) < 40 && height.abs_diff(2 * coarse.1) < 40, "{width}x{height}, {coarse:?}");

    what_cannot_be_drawn_says_why(&dir, &plate, folder.path());
    the_desk_draws_every_kind(&sight, &plate).await;
}

/// The session is still on the desk: its recording has ended.
async fn the_desk_draws_every_kind(sight: &Sight, barcode: &str) {
    let (desk, plates) = (&sight.desk, sight.plates());
    let plate = plates.iter().find(|plate| plate.barcode == barcode).unwrap().plate.clone();
    let asked = |kind: &str, format: &str| DrawFigureArgs {
        plate: plate.clone(),
        feature: "Cells_Count".to_owned(),
        scale: "robust_z".to_owned(),
        kind: kind.to_owned(),
        other: None,
        statistic: String::new(),
        compounds: Vec::new(),
        one_scale: true,
        format: format.to_owned(),
        dpi: 150,
    };
    let saved = desk.draw_figure(asked("multiples", "svg")).await.unwrap();
    assert!(saved.path.contains(&format!("{barcode} Cells_Count multiples ")), "{}", saved.path);
    assert!(words(Path::new(&saved.path)).contains("8 plates, run DEMO-"));

    let copied = desk.copy_figure(asked("heatmap", "png")).await.unwrap();
    let again = desk.draw_figure(asked("heatmap", "png")).await.unwrap();
    let bytes = std::fs::read(&again.path).unwrap();
    assert_eq!((copied.width, copied.height), (size(Path::new(&again.path)).0, size(Path::new(&again.path)).1));
    assert!(copied.base64.starts_with("iVBORw0KGgo") && copied.base64.len() == bytes.len().div_ceil(3) * 4);
    let large = desk.copy_figure(DrawFigureArgs { dpi: 1200, ..asked("multiples", "png") }).await.unwrap();
    assert!(u64::from(large.width) * u64::from(large.height) <= 16_000_000 && large.width > 2000, "{}", large.width);

    let (feature, scale, format) = ("Cells_Count".to_owned(), "raw".to_owned(), "svg".to_owned());
    let args = SaveFiguresArgs { plate: plate.clone(), feature, scale, format, dpi: 150 };
    let saved = desk.save_figures(args).await.unwrap();
    assert!(saved.folder.contains(&format!("{barcode} Cells_Count 20")), "{}", saved.folder);
    let kinds = ["heatmap", "histogram", "heatmap_and_histogram", "multiples", "replicates", "doses", "control_chart"];
    for kind in kinds {
        let file = format!("{kind}.svg");
        let is_left_out = saved.left_out.iter().any(|left| left.starts_with(&format!("{kind}: ")));
        assert!(saved.files.contains(&file) != is_left_out, "{kind}: {saved:?}");
        assert_eq!(Path::new(&saved.folder).join(&file).is_file(), !is_left_out, "{kind}");
    }
    assert!(saved.files.len() >= 5, "{:?}", saved.left_out);

    for (args, code, said) in [
        (asked("sunburst", "svg"), "invalid", "such kind"),
        (asked("heatmap", "gif"), "invalid", "such format"),
        (DrawFigureArgs { statistic: "zz".to_owned(), ..asked("control_chart", "svg") }, "figure", "\"zz\""),
        (DrawFigureArgs { compounds: vec!["water".to_owned()], ..asked("doses", "svg") }, "figure", "water"),
    ] {
        let failure = desk.draw_figure(args).await.unwrap_err();
        assert!(failure.code == code && failure.message.contains(said), "{failure:?}");
    }
}

fn what_cannot_be_drawn_says_why(dir: &Path, plate: &str, folder: &Path) {
    let out = folder.join("refused.svg");
    let typo = format!("{}X", &plate[..plate.len() - 1]);
    assert_refused(&figure(dir, &typo, "Cells_Count", &out).run(), 2, &["no plate", &typo, plate, "the nearest of 8"]);
    let ended = figure(dir, plate, "Cell_Count", &out).run();
    assert_refused(&ended, 2, &["no feature \"Cell_Count\"", "Cells_Count"]);
    let ended = figure(dir, plate, "Cells_Count", &out).args(["--run", "RUN-9"]).run();
    assert_refused(&ended, 2, &["not in a run \"RUN-9\"", "\"DEMO-"]);
    for method in ["zz", "percent", "loess"] {
        let ended = figure(dir, plate, "Cells_Count", &out).args(["--method", method]).run();
        let all = "raw, percent_of_control, percent_activity, z, robust_z, b_score, log2, plate_median";
        assert_refused(&ended, 2, &[method, all]);
    }
    assert_refused(&figure(dir, plate, "Cells_Count", &folder.join("x.pdf")).run(), 2, &[".svg or .png"]);
    let png = folder.join("refused.png");
    assert_refused(&figure(dir, plate, "Cells_Count", &png).args(["--dpi", "1200"]).run(), 2, &["pixels", "fits"]);
    assert_refused(&figure(dir, plate, "Cells_Count", &png).args(["--dpi", "0"]).run(), 2, &["--dpi"]);
    let missing = folder.join("nowhere/x.svg");
    assert_refused(&figure(dir, plate, "Cells_Count", &missing).run(), 3, &["nowhere/x.svg cannot be written"]);
    let taken = folder.join("taken.svg");
    std::fs::create_dir(&taken).unwrap();
    assert_refused(&figure(dir, plate, "Cells_Count", &taken).run(), 2, &["is a folder"]);
    let ended = figure(folder, plate, "Cells_Count", &out).run();
    assert!(matches!(ended.code(), Some(1 | 3)), "no session: {}", ended.stderr);
    assert!(!out.exists() && !png.exists(), "what is refused leaves no file");
    // An existing file is replaced, and nothing else stays in its folder.
    let kept = folder.join("kept");
    std::fs::create_dir(&kept).unwrap();
    std::fs::write(kept.join("x.svg"), "old").unwrap();
    let _drawn = figure(dir, plate, "Cells_Count", &kept.join("x.svg")).json();
    assert!(words(&kept.join("x.svg")).contains(plate));
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_barcode_in_two_runs_asks_which_and_strangers_names_are_only_text() {
    let Some(broker) = Broker::for_test("figures of two runs") else { return };
    let topics = Topics::create(&broker, "figure", &[(Kind::Results, 1), (Kind::Layouts, 1)]);
    let (mut lab, producer, mut seed) = (Lab::new(&topics, 1), Producer::new(&broker), Seed::new(5));
    let script = "<script>alert('1')</script>&\"\u{202e}שלום😀";
    let plates =
        [("RUN-1", "PL1"), ("RUN-2", "PL1"), ("", script)].map(|(run, plate)| Arc::new(PlateKey::new(run, plate)));
    for plate in &plates[..2] {
        producer.send(&lab.layout(plate));
    }
    for plate in &plates {
        // The third has one well, no layout and no run.
        let wells = if plate.run.is_empty() { 1 } else { 384 };
        lab.full_plate(plate, &mut seed).iter().take(wells).for_each(|message| producer.send(message));
    }
    assert_eq!(producer.ledger().len(), 2 + 2 * 384 + 1);
    let folder = tempfile::tempdir().unwrap();
    let (dir, out) = (folder.path().join("session"), folder.path().join("x.svg"));
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();

    let feature = lab::FEATURES[0];
    assert_refused(&figure(&dir, "PL1", feature, &out).run(), 2, &["in 2 runs", "--run", "\"RUN-1\", \"RUN-2\""]);
    for run in ["RUN-1", "RUN-2"] {
        let _drawn = figure(&dir, "PL1", feature, &out).args(["--run", run]).json();
        let said = words(&out);
        assert!(said.contains(&format!("run {run}, 384 wells: 384 of 384 read")), "{said}");
        assert!(said.contains("no assay card applies") && said.contains("(32 positive, 32 negative wells"), "{said}");
    }
    let _drawn = figure(&dir, script, feature, &out).json();
    let said = words(&out);
    assert!(said.contains("<script>alert('1')</script>&\"\u{fffd}שלום😀"), "as text: {said}");
    assert!(said.contains("no run, 384 wells: 1 of 384 read") && said.contains("not read (383)"), "{said}");
    assert!(said.contains("Z′ n/a: 0 of at least 3 positive wells have a value"), "{said}");
    let ended = figure(&dir, script, feature, &out).args(["--method", "robust_z"]).run();
    assert_refused(&ended, 1, &["cannot be scaled so", "no negative well has a value", "--method raw"]);
}
