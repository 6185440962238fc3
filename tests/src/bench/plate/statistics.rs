//! Everything about one plate of 1,536 wells and 1,500 features, and its B-scores, against numpy in a process that is kept
//! running (`tests/bench/plate_numpy.py`): one thread a side, the same numbers.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use plate::normalise::{Options, b_scores_of_all};
use plate::quality::{Terms, quality_of_all};
use plate::{CountedWells, Format, Pair, Role};
use serde_json::{Map, Value, json};

use crate::bench::figures::{Ratio, median};
use crate::bench::python::Python;

const FEATURES: u32 = 1_500;
const THREADS: usize = 1;
/// As its peer calls the work; who the peer is; what must be and is aimed for.
const WORK: [(&str, &str, f64, f64); 3] = [
    ("all_statistics_and_artefacts", "numpy, all features abreast", 10.0, 20.0),
    ("b_scores_each", "the numpy port of medpolish, nanmedian over rows and columns, a feature at a time", 10.0, 20.0),
    ("b_scores_all", "numpy sweeping all features at once, which no library does", 1.0, 10.0),
];

/// A plate as the script made it.
struct Plate {
    values: Vec<f64>,
    wells: CountedWells,
}

impl Plate {
    fn read(path: &Path) -> Plate {
        let bytes = std::fs::read(path).unwrap();
        let roles = std::fs::read(path.with_extension("f64.roles")).unwrap();
        let role = |byte| match byte {
            0 => Role::Negative,
            1 => Role::Positive,
            3 => Role::Sample,
            _ => Role::Empty,
        };
        let roles: Vec<Role> = roles.into_iter().map(role).collect();
        let format = Format::from_wells(roles.len() as u64).unwrap();
        let pair = Pair { positive: Role::Positive, negative: Role::Negative };
        let values = bytes.chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
        Plate { values, wells: CountedWells::new(format, &roles, &[], pair) }
    }

    fn work(&self, name: &str) -> f64 {
        let began = Instant::now();
        match name {
            "all_statistics_and_artefacts" => {
                let all = quality_of_all(&self.values, &self.wells, Terms::default(), THREADS);
                assert_eq!(all.len(), FEATURES as usize);
            }
            _ => {
                let scores = b_scores_of_all(&self.values, &self.wells, &Options::default(), THREADS);
                assert_eq!(scores.scores.len(), self.values.len());
            }
        }
        began.elapsed().as_secs_f64()
    }

    /// Our numbers as the script reads them: 20 a feature, then the scores.
    fn write(&self, path: &Path) {
        let all = quality_of_all(&self.values, &self.wells, Terms::default(), THREADS);
        let scores = b_scores_of_all(&self.values, &self.wells, &Options::default(), THREADS);
        let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        for (quality, polish) in all.iter().zip(&scores.polishes) {
            let p = quality.artefacts.morans_i.map(|moran| moran.p);
            let (row, column) = (quality.artefacts.worst_row, quality.artefacts.worst_column);
            let sweeps = polish.as_ref().map_or(0.0, |polish| f64::from(polish.sweeps));
            let more = [p, row.map(|line| line.percent), column.map(|line| line.percent), Ok(sweeps)];
            for number in quality.named().into_iter().map(|(_, statistic)| statistic).chain(more) {
                out.write_all(&number.unwrap_or(f64::NAN).to_le_bytes()).unwrap();
            }
        }
        for score in &scores.scores {
            out.write_all(&score.to_le_bytes()).unwrap();
        }
        out.flush().unwrap();
    }
}

/// Runs the pairs and prints a line for each piece of work.
pub(super) fn run(folder: &Path, pairs: u32) -> Value {
    let path = folder.join("plate.f64");
    let mut python = Python::start("plate_numpy.py", &["serve".as_ref(), path.as_os_str()]);
    let _made = python.ask(&json!({ "do": "make", "features": FEATURES }));
    let plate = Plate::read(&path);
    let mut figures = Map::new();
    for (name, peer, must, aim) in WORK {
        let asked = json!({ "do": name });
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for pair in 0..pairs {
            if pair % 2 == 0 {
                ours.push(plate.work(name));
                theirs.push(python.seconds(&asked));
            } else {
                theirs.push(python.seconds(&asked));
                ours.push(plate.work(name));
            }
        }
        let ratio = Ratio::of(&theirs.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>());
        println!(
            "{name}, 1,536 wells x {FEATURES} features: {:.3} s; {peer} {:.2} s; ratio {ratio} (must {must}, aim {aim})",
            median(&ours),
            median(&theirs)
        );
        figures.insert(
            name.to_owned(),
            json!({ "peer": peer, "ours_s": ours, "theirs_s": theirs, "ratio": ratio.json() }),
        );
    }
    plate.write(&path.with_extension("f64.ours"));
    let farthest = python.ask(&json!({ "do": "compare" }));
    println!("farthest from numpy, relative (p: absolute, other permutations): {farthest}");
    for (name, far) in farthest.as_object().unwrap().iter().filter(|(_, far)| far.is_number()) {
        let most = if name == "p" { 0.1 } else { 1e-6 };
        assert!(far.as_f64().unwrap() < most, "{name}: both sides compute the same");
    }
    figures.insert("farthest".to_owned(), farthest);
    Value::Object(figures)
}
