//! Figures of several plates, of doses and of runs, out of a session by the program itself: what they say, and the pixels
//! of wells that are known.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{
    AssayCard, Concentration, ExclusionEvent, FeatureList, Features, Format, Headline, Layout, LayoutWell, Limits,
    LocalBody, LocalRecord, Pair, PlateKey, ResultRecord, Role, SiteAggregate, Transform, Value, Well,
};
use plateside_tests::command::{Ended, Plateside};
use plateside_tests::lab::Lab;
use plateside_tests::producer::Message;
use plateside_tests::runtime;
use plateside_tests::seed::Seed;
use plateside_tests::written::Written;
use wire::{Kind, encode_result};

const FORMAT: Format = Format::F96;
/// A headline feature, and one that no card names.
const FEATURES: [&str; 2] = ["Response", "Other"];
/// Where the highest and the lowest value of the first plate lie.
const HIGHEST: usize = 6 * 12 + 1;
const LOWEST: usize = 7 * 12 + 1;

fn well(at: usize) -> Well {
    Well::at_index(at, FORMAT).unwrap()
}

/// Negatives in the first column, positives in the last; each row between them is a compound with ten doses, or with one.
fn layout(has_doses: bool) -> Arc<Layout> {
    let wells = (0..96).map(|at| {
        let (role, compound) = match at % 12 {
            0 => (Role::Negative, "DMSO".to_owned()),
            11 => (Role::Positive, "MG-132".to_owned()),
            _ => (Role::Sample, format!("CMP-{}", at / 12)),
        };
        let dose = || Concentration { value: dose(at), unit: "uM".into() };
        let concentration = (role == Role::Sample && has_doses).then(dose);
        LayoutWell { well: well(at), role, compound: Some(compound.into()), concentration, replicate: None }
    });
    Arc::new(Layout::new(FORMAT, Some("Viability".into()), None, wells.collect()).unwrap())
}

fn dose(at: usize) -> f64 {
    0.01 * 3_f64.powi((at % 12) as i32 - 1)
}

/// 100 at the negatives, 10 at the positives; compounds fall from one to the other about 1 uM.
fn response(at: usize, seed: &mut Seed) -> f64 {
    let middle = match at % 12 {
        0 => 100.0,
        11 => 10.0,
        _ => 10.0 + 90.0 / (1.0 + dose(at)),
    };
    middle + 4.0 * (seed.unit() - 0.5)
}

struct Bench {
    lab: Lab,
    seed: Seed,
    names: Arc<FeatureList>,
}

impl Bench {
    /// So many wells of a plate, each value changed by `change`.
    fn plate(
        &mut self,
        key: (&str, &str),
        layout: Option<Arc<Layout>>,
        wells: usize,
        change: impl Fn(usize, f64) -> f64,
    ) -> Vec<(Kind, Message)> {
        let plate = Arc::new(PlateKey::new(key.0, key.1));
        let mut messages = Vec::new();
        if let Some(layout) = layout {
            messages.push((Kind::Layouts, self.lab.layout_of(&plate, layout)));
        }
        for at in 0..wells {
            let value = change(at, response(at, &mut self.seed));
            let record = ResultRecord {
                plate: Arc::clone(&plate),
                format: FORMAT,
                well: well(at),
                site: None,
                read_at_ms: None,
                features: Features::new(Arc::clone(&self.names), [value, 2.0 * value].map(Value::Number)).unwrap(),
            };
            let body = encode_result(&record).unwrap();
            messages.push((Kind::Results, self.lab.message(Kind::Results, &plate, Some(body))));
        }
        messages
    }
}

/// RUN-1: six replicates with doses, the last of them high, and a plate that is half read. RUN-2: a plate alone, without
/// doses. RUN-3: a plate without a layout.
async fn session(dir: &Path) {
    let kinds = [Kind::Results, Kind::Layouts];
    let lab = Lab::on(&kinds.map(|kind| (kind, kind.default_topic())), 1);
    let names = Arc::new(FeatureList::new(FEATURES.map(Into::into).to_vec()));
    let mut bench = Bench { lab, seed: Seed::new(7), names };
    let mut written = Written::create(dir).await;
    let headline = Headline {
        feature: FEATURES[0].to_owned(),
        unit: Some("%".to_owned()),
        direction: None,
        transform: Transform::default(),
        aggregate: SiteAggregate::default(),
    };
    let card = AssayCard {
        name: "Viability".to_owned(),
        headline: vec![headline],
        pair: vec![Pair { positive: Role::Positive, negative: Role::Negative }],
        limits: Limits::default(),
    };
    written.judge_by(vec![card]).await;
    let layout = [layout(true), layout(false)];
    for number in 1..=6 {
        let change = |at, value| match (number, at) {
            (1, HIGHEST) => 900.0,
            (1, LOWEST) => -900.0,
            (6, at) if at % 12 == 0 => value + 60.0,
            _ => value,
        };
        let name = format!("PL{number}");
        written.messages(bench.plate(("RUN-1", &name), Some(Arc::clone(&layout[0])), 96, change)).await;
    }
    written.messages(bench.plate(("RUN-1", "HALF"), Some(Arc::clone(&layout[0])), 48, |_, value| value)).await;
    written.messages(bench.plate(("RUN-2", "ALONE"), Some(Arc::clone(&layout[1])), 96, |_, value| value)).await;
    written.messages(bench.plate(("RUN-3", "BARE"), None, 10, |_, value| value)).await;
    let plate = Arc::new(PlateKey::new("RUN-1", "PL2"));
    let (reason, event) = ("bubble".into(), ExclusionEvent::Excluded);
    let body = LocalBody::Exclusion { plate, wells: [well(14)].into(), event, reason };
    written.local(LocalRecord { at_ms: 1, by: "tester".into(), body }).await;
    written.close().await;
}

/// A session with a folder for pictures beside it.
struct Sight {
    folder: tempfile::TempDir,
}

impl Sight {
    fn new() -> Sight {
        let folder = tempfile::tempdir().unwrap();
        runtime().block_on(session(&folder.path().join("session")));
        Sight { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn figure(&self, plate: &str, kind: &str, out: &str) -> Plateside {
        let command = Plateside::new("figure").arg(self.path("session")).args(["--plate", plate, "--kind", kind]);
        command.args(["--feature", FEATURES[0], "--out"]).arg(self.path(out))
    }

    /// A figure as SVG and, a pixel a CSS pixel, as PNG.
    fn drawn(&self, plate: &str, kind: &str, more: &[&str]) -> Drawn {
        for out in ["x.svg", "x.png"] {
            let ended = self.figure(plate, kind, out).args(["--dpi", "96"]).args(more).run();
            assert_eq!(ended.code(), Some(0), "{kind} {more:?}: {}", ended.stderr);
        }
        let document = std::fs::read_to_string(self.path("x.svg")).unwrap();
        let file = std::io::BufReader::new(std::fs::File::open(self.path("x.png")).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut rgb).unwrap();
        Drawn { document, rgb, width: frame.width as usize }
    }
}

struct Drawn {
    document: String,
    rgb: Vec<u8>,
    width: usize,
}

impl Drawn {
    fn words(&self) -> String {
        let parsed = roxmltree::Document::parse(&self.document).unwrap();
        let texts = parsed.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
        texts.map(str::trim).collect::<Vec<_>>().join(" ")
    }

    fn says(&self, parts: &[&str]) {
        let said = self.words();
        for part in parts {
            assert!(said.contains(part), "{part} in: {said}");
        }
    }

    /// A place and the colour of the squares of wells, above to the right of the middle, where neither a number nor a
    /// control's sign stands; plate after plate in row order: of all filled rectangles those of the
    /// size that is there most often.
    fn wells(&self) -> Vec<(f64, f64, String)> {
        let parsed = roxmltree::Document::parse(&self.document).unwrap();
        let of = |node: roxmltree::Node<'_, '_>| {
            let number = |name: &str| node.attribute(name)?.parse::<f64>().ok();
            let (x, y, width, height) = (number("x")?, number("y")?, number("width")?, number("height")?);
            let fill = node.attribute("fill").filter(|fill| fill.starts_with('#'))?;
            (width == height && width >= 4.0).then(|| (width, (x + 0.8 * width, y + 0.2 * height, fill.to_owned())))
        };
        let all: Vec<(f64, _)> = parsed.descendants().filter(|node| node.has_tag_name("rect")).filter_map(of).collect();
        let n = |size: f64| all.iter().filter(|(width, _)| *width == size).count();
        let size = all.iter().map(|(width, _)| *width).max_by_key(|width| n(*width)).unwrap();
        all.into_iter().filter(|(width, _)| *width == size).map(|(_, well)| well).collect()
    }

    fn pixel(&self, x: f64, y: f64) -> String {
        let at = (y as usize * self.width + x as usize) * 3;
        let [red, green, blue] = self.rgb[at..at + 3].try_into().unwrap();
        format!("#{red:02X}{green:02X}{blue:02X}")
    }

    /// The well has this colour, in the document and on the pixels.
    fn has_colour(&self, at: usize, colour: &str) {
        let (x, y, fill) = &self.wells()[at];
        assert_eq!((fill.as_str(), self.pixel(*x, *y).as_str()), (colour, colour), "well {at} at {x}, {y}");
    }

    /// Middles of discs, whose documents are laid out in tenths of a pixel, and what colour their pixels have.
    fn discs(&self) -> Vec<String> {
        let parsed = roxmltree::Document::parse(&self.document).unwrap();
        let of = |node: roxmltree::Node<'_, '_>| {
            let number = |name: &str| node.attribute(name)?.parse::<f64>().ok();
            Some(self.pixel(number("cx")? / 10.0, number("cy")? / 10.0))
        };
        parsed.descendants().filter(|node| node.has_tag_name("circle")).filter_map(of).collect()
    }
}

fn assert_refused(ended: &Ended, code: i32, parts: &[&str]) {
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(code), ""), "{}", ended.stderr);
    for part in parts {
        assert!(ended.stderr.contains(part), "{part} in: {}", ended.stderr);
    }
}

const VIRIDIS: [&str; 2] = ["#440154", "#FDE725"];
const TIDE: [&str; 2] = ["#0B3C7C", "#7D2C0A"];

#[test]
fn every_kind_says_what_it_shows_and_wells_have_the_colours_of_their_values() {
    let sight = Sight::new();
    let verified = Plateside::new("verify").arg(sight.path("session")).json();
    let digest = format!("Session content {}.", &verified["digest"]["content"].as_str().unwrap()[..12]);

    for (method, says, [low, high]) in [
        ("raw", "Response (%)", VIRIDIS),
        ("percent_of_control", "Response, % of negative controls", VIRIDIS),
        ("percent_activity", "Response, % activity", [VIRIDIS[1], VIRIDIS[0]]),
        ("z", "Response, z", TIDE),
        ("robust_z", "Response, robust z", TIDE),
        ("b_score", "Response, B-score", TIDE),
        ("plate_median", "Response, of the plate's median", VIRIDIS),
    ] {
        let drawn = sight.drawn("PL1", "heatmap", &["--method", method]);
        drawn.says(&["Plate PL1, run RUN-1, 96 wells: 96 of 96 read", says, "No well is excluded.", &digest]);
        drawn.has_colour(HIGHEST, high);
        drawn.has_colour(LOWEST, low);
    }
    // A logarithm that a value does not have is said, not drawn.
    sight.drawn("PL1", "heatmap", &["--method", "log2"]).says(&["log2 Response", "values not above 0 have none"]);
    let both = sight.drawn("PL1", "heatmap-and-histogram", &[]);
    both.says(&["Response (%)", "negative", "wells", &digest]);
    both.has_colour(HIGHEST, VIRIDIS[1]);

    let sheet = sight.drawn("PL1", "multiples", &[]);
    sheet.says(&[
        "7 plates, run RUN-1",
        "One colour scale for all plates",
        "HALF",
        "1 well is excluded",
        "PL2 B03",
        &digest,
    ]);
    sheet.has_colour(HIGHEST, VIRIDIS[1]);
    sheet.has_colour(LOWEST, VIRIDIS[0]);
    assert_eq!(sheet.wells().len(), 7 * 96);
    let each = sight.drawn("PL3", "multiples", &["--each-own-scale", "--method", "robust_z"]);
    each.says(&["Each plate has a colour scale (tide) of its own", "each plate's negative controls"]);
    each.has_colour(HIGHEST, TIDE[1]);

    let pair = sight.drawn("PL3", "replicates", &["--other", "PL4"]);
    let said =
        ["Plates PL3 (run RUN-1, to the right) and PL4 (run RUN-1, upwards)", "96 wells that count", "Pearson r 0.99"];
    pair.says(&said);
    pair.says(&["negative control (8)", "sample (80)", &digest]);
    let best = sight.drawn("PL2", "replicates", &[]);
    best.says(&["Plates PL2 (run RUN-1", "1 well is excluded and counts in no statistic: B03.", "95 matched wells"]);
    assert!(!best.words().contains("PL1") && !best.words().contains("PL6"), "the best one is drawn: {}", best.words());

    let doses = sight.drawn("PL2", "doses", &["--compound", "CMP-3", "--compound", "CMP-1"]);
    doses.says(&["2 compounds (CMP-3, CMP-1)", "of 7 plates", "EC50", "95 % interval", "µM", "1 well is excluded"]);
    doses.says(&["Means of controls, dotted: negative", &digest]);
    assert!(doses.discs().iter().any(|colour| colour == "#33373B"), "means of doses are there: {:?}", doses.discs());
    let all = sight.drawn("PL2", "doses", &[]);
    all.says(&["8 compounds", "All panels have the same two axes."]);

    let chart = sight.drawn("PL1", "control-chart", &["--statistic", "mean_negative"]);
    chart.says(&["7 plates, run RUN-1", "Response (%): mean of negative controls", "1-3s rejects: PL6."]);
    chart.says(&["Baseline of the run's first complete plates (5 plates)", "48 of 96 wells are read (HALF)", &digest]);
    sight.drawn("PL1", "control-chart", &[]).says(&["Z′ of Response", "(from 16 wells each)"]);
    sight.drawn("PL1", "control-chart", &["--statistic", "ssmd"]).says(&["SSMD of Response: (mean − mean)"]);
    // A feature that no card names: its values are not on the board.
    let other = sight.figure("PL1", "multiples", "o.svg").args(["--feature", "Other"]).run();
    assert_eq!(other.code(), Some(2), "--feature stands once: {}", other.stderr);
    let other = Plateside::new("figure").arg(sight.path("session")).args(["--plate", "PL1", "--kind", "control-chart"]);
    let other = other.args(["--feature", "Other", "--out"]).arg(sight.path("x.svg")).run();
    assert_eq!(other.code(), Some(0), "{}", other.stderr);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    let sight = Sight::new();
    let refused = |plate: &str, kind: &str, more: &[&str], code, parts: &[&str]| {
        assert_refused(&sight.figure(plate, kind, "r.svg").args(more).run(), code, parts);
        assert!(!sight.path("r.svg").exists(), "no file stays");
    };
    let no_other = "no other plate of this run has the same compounds in the same wells";
    refused("ALONE", "replicates", &[], 1, &["\"ALONE\"", no_other]);
    refused("BARE", "replicates", &[], 1, &["\"BARE\"", "no layout has been received"]);
    refused("PL1", "replicates", &["--other", "ALONE"], 2, &["\"ALONE\" is no replicate of \"PL1\""]);
    refused("PL1", "replicates", &["--other", "PL9"], 2, &["no plate \"PL9\""]);
    refused("ALONE", "doses", &[], 1, &["\"ALONE\"", "\"Response\"", "gives no compound doses"]);
    refused("BARE", "doses", &[], 1, &["\"BARE\"", "no layout has been received"]);
    refused("PL1", "doses", &["--compound", "CMP-X"], 2, &["\"CMP-X\"", "CMP-0"]);
    refused("ALONE", "control-chart", &[], 1, &["\"ALONE\"", "z_prime", "1 of at least 5 complete plates"]);
    refused("BARE", "control-chart", &[], 1, &["\"BARE\"", "0 of at least 5 complete plates"]);
    refused("PL1", "control-chart", &["--statistic", "z_primes"], 2, &["\"z_primes\"", "z_prime"]);
    refused("PL1", "control-chart", &["--method", "z"], 2, &["--method does not apply"]);
    for (more, kind) in [
        (["--other", "PL2"], "replicates"),
        (["--statistic", "ssmd"], "control-chart"),
        (["--compound", "CMP-1"], "doses"),
    ] {
        refused("PL1", "heatmap", &more, 2, &[more[0], &format!("--kind {kind}")]);
    }
    refused("PL1", "heatmap", &["--each-own-scale"], 2, &["--each-own-scale", "--kind multiples"]);
    refused("BARE", "multiples", &["--method", "percent_of_control"], 1, &["\"BARE\"", "no negative well"]);
    refused("PL1", "sunburst", &[], 2, &["sunburst", "heatmap-and-histogram", "control-chart"]);
}
