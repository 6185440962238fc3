//! `cargo xtask bench` and `cargo xtask soak`: long programs of the tests package, built for release, against a real broker.
use crate::leash::Leash;
use crate::process::{self, Outcome};
use crate::{needs, onnxruntime, places, window};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The Python stacks that benches are compared with: the bench, the file of versions and its text, and what must load.
const PYTHON: [(&str, &str, &str, &str); 3] = [
    ("road", "requirements.txt", include_str!("../bed/requirements.txt"), "import confluent_kafka"),
    (
        "pixels",
        "requirements-pixels.txt",
        include_str!("../bed/requirements-pixels.txt"),
        "import cv2, imagecodecs, numpy, onnxruntime, tifffile",
    ),
    ("plate", "requirements-plate.txt", include_str!("../bed/requirements-plate.txt"), "import numpy"),
];

/// Runs a bench in the foreground.
pub(crate) fn bench_command(args: &[String]) -> Outcome<()> {
    let name = args.first().ok_or("usage: cargo xtask bench NAME [ARGS…]   (road, window, pixels or plate)")?;
    let python = PYTHON.iter().find(|(bench, ..)| bench == name).map(python_stack).transpose()?;
    let mut leash = Leash::new()?;
    // One build for all of it: for other packages cargo would choose other features, and build the dependencies twice.
    let (peers, window): (Vec<_>, &[&str]) = match name.as_str() {
        "window" => (window_peers()?, &["--package", "plateside-app", "--examples"]),
        "pixels" => (window_app()?, &["--package", "plateside-app"]),
        _ => (Vec::new(), &[]),
    };
    let mut bench = release(&mut leash, "plateside-bench", window, args)?;
    bench.envs(python.map(|python| ("PLATESIDE_PYTHON", python))).envs(peers);
    // What a bench makes once and finds again.
    bench.env("PLATESIDE_CACHE", places::cache());
    leash.run(&mut bench)
}

/// What the window is built and driven with.
fn window_app() -> Outcome<Vec<(&'static str, PathBuf)>> {
    needs::compilers()?;
    window::libraries()?;
    window::pages()?;
    let app = places::built("release", "plateside-app");
    Ok(vec![("PLATESIDE_APP", app), ("PLATESIDE_TAURI_DRIVER", window::display()?)])
}

/// The same, and what it is compared with: a bare window and ECharts.
fn window_peers() -> Outcome<Vec<(&'static str, PathBuf)>> {
    let mut peers = window_app()?;
    window::bench_pages()?;
    peers.extend([
        ("PLATESIDE_BARE", places::built("release", "examples/bare")),
        ("PLATESIDE_REPAINT", places::clone().join("ui/dist-bench/repaint.js")),
        ("PLATESIDE_ECHARTS", echarts()?),
    ]);
    Ok(peers)
}

/// ECharts as npm brings it, the version that `bed/echarts` pins; never part of the app.
fn echarts() -> Outcome<PathBuf> {
    let lock = places::clone().join("xtask/bed/echarts/package-lock.json");
    let text = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let folder = places::cache_for("echarts", &text);
    let script = folder.join("node_modules/echarts/dist/echarts.min.js");
    if !script.is_file() {
        eprintln!("xtask: fetching ECharts to compare with (once)");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for name in ["package.json", "package-lock.json"] {
            let from = places::clone().join("xtask/bed/echarts").join(name);
            fs::copy(&from, folder.join(name)).map_err(|error| format!("{}: {error}", from.display()))?;
        }
        let mut npm = Command::new("npm");
        process::run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    }
    Ok(script)
}

/// Runs a soak in the foreground.
pub(crate) fn soak_command(args: &[String]) -> Outcome<()> {
    if args.is_empty() {
        return Err("usage: cargo xtask soak NAME [--times N]   (for instance: kill)".to_owned());
    }
    let mut leash = Leash::new()?;
    let mut command = soak(&mut leash, args)?;
    leash.run(&mut command)
}

/// The soak program with its broker and environment, built and ready to run.
pub(crate) fn soak(leash: &mut Leash, args: &[String]) -> Outcome<Command> {
    release(leash, "plateside-soak", &[], args)
}

fn release(leash: &mut Leash, program: &str, more: &[&str], args: &[String]) -> Outcome<Command> {
    needs::compilers()?;
    let packages = ["--package", "plateside-cli", "--package", "plateside-tests"];
    let mut build = Command::new(needs::cargo());
    build.args(["build", "--release", "--locked", "--bins"]).args(packages).args(more).current_dir(places::clone());
    leash.run(&mut build)?;
    let broker = leash.broker()?;
    let mut command = Command::new(places::built("release", program));
    command.args(args).current_dir(places::clone());
    command.env("PLATESIDE_KAFKA", broker.bootstrap()).env("PLATESIDE_BIN", places::built("release", "plateside"));
    command.envs(onnxruntime::variable());
    Ok(command)
}

/// The interpreter of a virtual environment with what the file of versions pins.
fn python_stack(&(_, file, text, loads): &(&str, &str, &str, &str)) -> Outcome<PathBuf> {
    let folder = places::cache_for("python", text);
    let python = folder.join("bin/python");
    // Also an environment whose system Python went away with an upgrade is made anew.
    if !process::works(&python.to_string_lossy(), &["-c", loads]) {
        needs::python()?;
        eprintln!("xtask: fetching the Python stack to compare with (once)");
        process::read(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
        process::read(pip.arg("--requirement").arg(places::clone().join("xtask/bed").join(file)))?;
    }
    Ok(python)
}
