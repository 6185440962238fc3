//! A spot check of one megapixel through the child, and one run of the model against Python's ONNX Runtime: the same library,
//! the same threads, the same numbers.

use std::path::Path;
use std::time::Instant;

use engine::feed::WorkerCommand;
use engine::infer::{Infer, InferSettings};
use serde_json::{Value, json};
use vision::model::Runner;
use vision::{Limits, decode_file};

use super::super::figures::{Ratio, median};
use super::{MOST_BYTES, Python, THREADS};
use crate::{clone_folder, command, runtime};

pub(super) fn run(python: &mut Python, folder: &Path, pairs: u32) -> Value {
    let model = clone_folder().join("models/nuclei-seg");
    let library = std::env::var_os("PLATESIDE_ONNXRUNTIME").map(std::path::PathBuf::from);
    let mut file = std::fs::File::open(folder.join("site-1-0.tif")).unwrap();
    let plane = decode_file(&mut file, MOST_BYTES, 0, &Limits::default(), THREADS).unwrap();
    let grey = plane.into_grey(0).unwrap();
    let program = WorkerCommand { program: command::program(), args: ["worker", "infer"].map(Into::into).to_vec() };
    let looks: Vec<f64> = runtime().block_on(async {
        let infer = Infer::start(InferSettings::new(program, model.clone(), library.clone())).await.unwrap();
        let mut looks = Vec::new();
        for _ in 0..pairs {
            let began = Instant::now();
            infer.look(&grey).await.unwrap();
            looks.push(1e3 * began.elapsed().as_secs_f64());
        }
        looks
    });
    let mut runner = Runner::load(&model, library.as_deref(), THREADS).unwrap();
    let (backend, shape) = (runner.backend().name(), runner.card().input.shape.clone());
    let numbers: Vec<f32> = (0..shape.iter().product::<usize>()).map(|at| (at % 97) as f32 / 97.0).collect();
    let asked = json!({ "do": "run", "model": model.join("model.onnx"), "shape": shape });
    let mut once = || {
        let began = Instant::now();
        let _output = runner.run(&numbers).unwrap();
        began.elapsed().as_secs_f64()
    };
    let (_, _) = (once(), python.seconds(&asked));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for pair in 0..pairs {
        if pair % 2 == 0 {
            ours.push(once());
            theirs.push(python.seconds(&asked));
        } else {
            theirs.push(python.seconds(&asked));
            ours.push(once());
        }
    }
    let ratio = Ratio::of(&ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>());
    println!(
        "spot check of 1024 x 1024, {backend}, two threads: {:.0} ms (must 800); one run of the model {:.1} ms, Python {:.1} ms, ours / theirs {ratio} (must 1.03)",
        median(&looks),
        1e3 * median(&ours),
        1e3 * median(&theirs)
    );
    json!({ "backend": backend, "looks_ms": looks, "ours_s": ours, "theirs_s": theirs, "ratio": ratio.json() })
}
