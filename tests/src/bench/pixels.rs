//! `plateside-bench pixels`: decoding and compositing against tifffile, OpenCV and NumPy, on the same files, two threads a
//! side, interleaved.

mod click;
mod drag;
mod ingest;
mod spot;

use std::path::Path;
use std::time::Instant;

use serde_json::{Map, Value, json};
use vision::{Channel, Grey, ImageFile, Limits, compose, decode_file};

use super::figures::{Ratio, median};
use super::machine;
use super::python::Python;
use crate::broker::Broker;

/// The parts, in the order they run.
pub const PARTS: [&str; 6] = ["decode", "compose", "click", "drag", "spot", "ingest"];

const THREADS: usize = 2;
const MOST_BYTES: u64 = 256 << 20;
/// File, its peer, and what must be and is aimed for.
const FILES: [(&str, &str, f64, f64); 4] = [
    ("none.tif", "tifffile", 1.0, 1.5),
    ("lzw.tif", "tifffile", 0.7, 1.5),
    ("deflate.tif", "tifffile", 0.7, 1.5),
    ("png16.png", "opencv", 1.0, 1.5),
];
/// DNA blue, ER green, RNA yellow, AGP red, Mito magenta: red, green, blue, low, high, gamma.
const CHANNELS: [([u8; 3], u16, u16, f32); 5] = [
    ([0, 0, 255], 220, 7000, 1.0),
    ([0, 255, 0], 230, 6000, 1.0),
    ([255, 255, 0], 240, 8000, 1.4),
    ([255, 0, 0], 220, 7500, 1.0),
    ([255, 0, 200], 250, 9000, 1.2),
];

/// Runs the parts and prints a line for each result; returns everything as JSON.
#[must_use]
pub fn run(parts: &[String], pairs: u32) -> Value {
    let folder = tempfile::Builder::new().prefix("plateside-bench-").tempdir().unwrap();
    let mut result = Map::new();
    let machine = machine::describe(folder.path());
    println!("machine: {machine}");
    result.insert("machine".into(), machine);
    let mut python = Python::start("python_pixels.py", &[]);
    let _made = python.ask(&json!({ "do": "make", "folder": folder.path() }));
    for part in PARTS.iter().filter(|part| parts.is_empty() || parts.iter().any(|name| name == *part)) {
        let figures = match *part {
            "decode" => decode_part(&mut python, folder.path(), pairs),
            "compose" => compose_part(&mut python, folder.path(), pairs),
            "spot" => spot::run(&mut python, folder.path(), pairs),
            part => match Broker::for_test("the bench of pixels") {
                Some(broker) if part == "click" => click::run(&broker, folder.path(), pairs),
                Some(broker) if part == "drag" => drag::run(&broker, folder.path()),
                Some(broker) => ingest::run(&broker, folder.path(), pairs),
                None => Value::Null,
            },
        };
        result.insert((*part).to_owned(), figures);
    }
    Value::Object(result)
}

/// The file is read from the disk's cache on both sides: it is the decoding that is compared.
fn decode(path: &Path) -> (f64, u64) {
    let began = Instant::now();
    let mut file = std::fs::File::open(path).unwrap();
    let plane = decode_file(&mut file, MOST_BYTES, 0, &Limits::default(), THREADS).unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let vision::Samples::U16(samples) = plane.samples else { panic!("16 bits") };
    (seconds, samples.iter().map(|&sample| u64::from(sample)).sum())
}

fn decode_part(python: &mut Python, folder: &Path, pairs: u32) -> Value {
    let mut figures = Map::new();
    for (name, peer, must, aim) in FILES {
        let path = folder.join(name);
        let asked = json!({ "do": peer, "path": path });
        let told = python.ask(&asked);
        let (_, sum) = decode(&path);
        assert_eq!(told["sum"], sum, "{name}: both sides decode the same pixels");
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for pair in 0..pairs {
            if pair % 2 == 0 {
                ours.push(decode(&path).0);
                theirs.push(python.seconds(&asked));
            } else {
                theirs.push(python.seconds(&asked));
                ours.push(decode(&path).0);
            }
        }
        let ratio = Ratio::of(&theirs.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>());
        println!(
            "decode {name}, 2160 x 2160 x 16 bits: {:.1} ms; {peer} {:.1} ms; ratio {ratio} (must {must}, aim {aim})",
            1e3 * median(&ours),
            1e3 * median(&theirs)
        );
        figures.insert(
            name.to_owned(),
            json!({ "peer": peer, "ours_s": ours, "theirs_s": theirs, "ratio": ratio.json() }),
        );
    }
    Value::Object(figures)
}

fn compose_part(python: &mut Python, folder: &Path, pairs: u32) -> Value {
    let paths: Vec<_> = (0..CHANNELS.len()).map(|channel| folder.join(format!("channel-{channel}.tif"))).collect();
    let greys: Vec<Grey> = paths
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let file = ImageFile::open(&bytes, &Limits::default()).unwrap();
            file.decode(0, THREADS).unwrap().grey(0).unwrap()
        })
        .collect();
    let channels = CHANNELS.map(|(rgb, low, high, gamma)| Channel { rgb, low, high, gamma });
    let planes: Vec<(&Grey, Channel)> = greys.iter().zip(channels).collect();
    let told: Vec<Value> =
        CHANNELS.iter().map(|([r, g, b], low, high, gamma)| json!([r, g, b, low, high, gamma])).collect();
    let ask = |what: &str| json!({ "do": what, "paths": paths, "channels": told });
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for pair in 0..pairs as usize {
        for turn in 0..3 {
            let which = (pair + turn) % 3;
            times[which].push(match which {
                0 => {
                    let began = Instant::now();
                    let picture = compose(&planes, THREADS);
                    let seconds = began.elapsed().as_secs_f64();
                    assert_eq!(picture.len(), 2160 * 2160 * 4);
                    seconds
                }
                1 => python.seconds(&ask("numpy")),
                _ => python.seconds(&ask("opencv_compose")),
            });
        }
    }
    let ratio =
        |other: &[f64]| Ratio::of(&other.iter().zip(&times[0]).map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>());
    let (numpy, opencv) = (ratio(&times[1]), ratio(&times[2]));
    println!(
        "composite of 5 channels, 2160 x 2160: {:.1} ms; NumPy {:.1} ms, ratio {numpy} (must 5, aim 10); OpenCV {:.1} ms, ratio {opencv} (must 1, aim 2)",
        1e3 * median(&times[0]),
        1e3 * median(&times[1]),
        1e3 * median(&times[2])
    );
    json!({ "ours_s": times[0], "numpy_s": times[1], "opencv_s": times[2], "numpy": numpy.json(), "opencv": opencv.json() })
}
