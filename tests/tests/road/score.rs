//! `score` as anybody runs it: what the shipped models see on either backend, and models that would do harm.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plateside_tests::clone_folder;
use plateside_tests::command::{Ended, Plateside};
use plateside_tests::left_out::skipped;
use plateside_tests::processes::children;
use serde_json::Value;

const VARIABLE: &str = "PLATESIDE_ONNXRUNTIME";

fn shipped(name: &str) -> PathBuf {
    clone_folder().join("models").join(name)
}

fn hostile(name: &str) -> PathBuf {
    clone_folder().join("tests/fixtures/models").join(name)
}

/// `plateside score MODEL IMAGE…` on tract, with a cache of its own.
fn score(model: &Path, images: &[PathBuf], cache: &Path) -> Plateside {
    let command = Plateside::new("score").arg(model).args(images);
    command.env("XDG_CACHE_HOME", cache).env(VARIABLE, "none")
}

fn test_image(model: &str) -> PathBuf {
    shipped(model).join("test-input.png")
}

/// What an ended `score` says is wrong with its first image.
fn first_error(ended: &Ended) -> String {
    assert_eq!(ended.code(), Some(1), "{}\n{}", ended.stderr, ended.stdout);
    ended.json()[0]["error"].as_str().unwrap_or_else(|| panic!("{}", ended.stdout)).to_owned()
}

/// A model that is not run: exit 1, nothing on stdout, and why.
fn assert_not_run(ended: &Ended, parts: &[&str]) {
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(1), ""), "{}", ended.stderr);
    for part in parts {
        assert!(ended.stderr.contains(part), "{part} in: {}", ended.stderr);
    }
}

/// ONNX Runtime's library, where `cargo xtask test` has fetched it.
fn library() -> Option<std::ffi::OsString> {
    let library = std::env::var_os(VARIABLE).filter(|library| !library.is_empty() && library != "none");
    if library.is_none() {
        skipped("models on ONNX Runtime", "PLATESIDE_ONNXRUNTIME is not set: cargo xtask test fetches the library");
    }
    library
}

#[test]
fn the_shipped_models_see_what_their_cards_say() {
    let cache = tempfile::tempdir().unwrap();
    let found = score(&shipped("nuclei-seg"), &[test_image("nuclei-seg")], cache.path()).args(["--objects"]).json();
    let nuclei = &found[0];
    let count = nuclei["count"].as_u64().unwrap();
    assert!(count.abs_diff(24) <= 1, "{nuclei}");
    assert_eq!(
        (&nuclei["model"], &nuclei["version"], &nuclei["task"]),
        (&"nuclei-seg".into(), &"1.0.0".into(), &"segment".into())
    );
    assert_eq!((&nuclei["backend"], &nuclei["class"], &nuclei["error"]), (&"tract".into(), &Value::Null, &Value::Null));
    assert!(nuclei["sha256"].as_str().unwrap().len() == 64 && nuclei["ms"].as_f64().unwrap() > 0.0);
    let objects = nuclei["objects"].as_array().unwrap();
    assert_eq!(objects.len() as u64, count);
    for object in objects {
        let bounds: Vec<f64> = object["bounds"].as_array().unwrap().iter().map(|edge| edge.as_f64().unwrap()).collect();
        let (x, y) = (object["centre"][0].as_f64().unwrap(), object["centre"][1].as_f64().unwrap());
        assert!((bounds[0]..bounds[2]).contains(&x) && (bounds[1]..bounds[3]).contains(&y), "{object}");
        assert!(object["area_px"].as_f64().unwrap() <= (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]));
    }

    // By the name of a shipped model too, which is written into the cache.
    let focus = score(Path::new("focus"), &[test_image("focus")], cache.path()).json();
    assert!((focus[0]["value"].as_f64().unwrap() - 0.0052).abs() < 0.01, "{focus}");
    assert_eq!((&focus[0]["class"], &focus[0]["count"]), (&"in_focus".into(), &Value::Null));
    let probabilities = focus[0]["probabilities"].as_object().unwrap();
    let sum = probabilities["in_focus"].as_f64().unwrap() + probabilities["out_of_focus"].as_f64().unwrap();
    assert!((sum - 1.0).abs() < 1e-9, "{focus}");
    assert!(cache.path().join("plateside/models/focus-1.0.0/model.onnx").is_file());

    // The file beside its card is the same model.
    let file = score(&shipped("focus").join("model.onnx"), &[test_image("focus")], cache.path()).json();
    assert_eq!(file[0]["value"], focus[0]["value"], "the same model gives the same number");
}

#[test]
fn both_backends_agree() {
    let Some(library) = library() else { return };
    let cache = tempfile::tempdir().unwrap();
    for model in ["nuclei-seg", "focus"] {
        let on = |library: &std::ffi::OsStr| {
            let found = score(&shipped(model), &[test_image(model)], cache.path()).env(VARIABLE, library).json();
            let number = |name: &str| found[0][name].as_f64().unwrap_or(0.0);
            (found[0]["backend"].as_str().unwrap().to_owned(), number("count"), number("value"))
        };
        let (runtime, tract) = (on(&library), on("none".as_ref()));
        assert_eq!((runtime.0.as_str(), tract.0.as_str()), ("onnxruntime", "tract"));
        assert!((runtime.1 - tract.1).abs() <= 1.0, "{runtime:?}, {tract:?}");
        assert!((runtime.2 - tract.2).abs() < 0.002, "{runtime:?}, {tract:?}");
    }
}

#[test]
fn images_are_scored_one_by_one_whatever_the_others_are() {
    let folder = tempfile::tempdir().unwrap();
    let (diary, gone) = (folder.path().join("diary.tif"), folder.path().join("gone.tif"));
    std::fs::write(&diary, "Dear diary").unwrap();
    let ended = score(&shipped("focus"), &[diary.clone(), test_image("focus")], folder.path()).run();
    assert!(first_error(&ended).contains("no image format"), "{}", ended.stdout);
    let found = ended.json();
    assert_eq!((&found[1]["class"], &found[1]["error"]), (&"in_focus".into(), &Value::Null));
    let ended = score(&shipped("focus"), &[gone], folder.path()).run();
    assert_eq!(ended.code(), Some(3), "a file that is not there: {}", ended.stderr);
    let ended = score(&shipped("focus"), &[test_image("focus")], folder.path()).args(["--plane", "1"]).run();
    assert!(first_error(&ended).contains("plane"), "{}", ended.stdout);
    let ended = score(&shipped("focus"), &[diary, test_image("focus")], folder.path()).args(["--format", "csv"]).run();
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("image,model,version,sha256,task,count,class,"), "{lines:?}");
}

#[test]
fn a_bad_model_is_not_run_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let image = [test_image("focus")];
    let run = |model: &Path| score(model, &image, folder.path()).run();
    assert_not_run(&run(&hostile("external")), &["external", "weights", "outside its own file"]);
    assert_not_run(&run(&hostile("domain")), &["com.evil", "only ONNX's own"]);
    assert_not_run(&run(&hostile("oversize")), &["oversize", "numbers in its tensors"]);
    assert_not_run(&run(&folder.path().join("nowhere")), &["no model of that name; known are"]);

    // A copy of a good model, changed: its digest, then a card that knows the change.
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for file in ["model.onnx", "model.toml", "test-input.png", "test-output.f32"] {
        std::fs::copy(shipped("focus").join(file), copy.join(file)).unwrap();
    }
    let good = std::fs::read(copy.join("model.onnx")).unwrap();
    let card = std::fs::read_to_string(copy.join("model.toml")).unwrap();
    let mut changed = good.clone();
    changed[50_000] ^= 0x40;
    std::fs::write(copy.join("model.onnx"), &changed).unwrap();
    assert_not_run(&run(&copy), &["focus", "not the one of its card", "SHA-256"]);
    std::fs::write(copy.join("model.onnx"), &good[..good.len() / 2]).unwrap();
    assert_not_run(&run(&copy), &["SHA-256"]);
    let digest = |bytes: &[u8]| {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest(bytes))
    };
    let text = b"Dear diary, nothing happened today.".to_vec();
    for (bytes, part) in [(text, "no ONNX file"), (good[..good.len() / 2].to_vec(), "no ONNX file")] {
        std::fs::write(copy.join("model.onnx"), &bytes).unwrap();
        std::fs::write(copy.join("model.toml"), card.replace(&digest(&good), &digest(&bytes))).unwrap();
        assert_not_run(&run(&copy), &["focus", part]);
    }
    std::fs::write(copy.join("model.onnx"), &good).unwrap();
    std::fs::write(copy.join("model.toml"), card.replace("expected = 0.0052", "expected = 0.7")).unwrap();
    assert_not_run(&run(&copy), &["failed its self-test and is not run", "0.7 within 0.01 is expected"]);
}

#[test]
fn a_model_that_does_harm_is_stopped_and_says_how() {
    let folder = tempfile::tempdir().unwrap();
    let image = [test_image("focus")];
    let backends = [Some("none".into()), library()];
    for library in backends.into_iter().flatten() {
        let run = |name: &str, more: [&str; 2]| {
            score(&hostile(name), &image, folder.path()).env(VARIABLE, &library).args(more).run()
        };
        let ended = run("nan", ["--threads", "1"]);
        assert!(first_error(&ended).contains("Model gave NaN"), "{}", ended.stdout);

        let ended = run("memory", ["--memory-mib", "1024"]);
        let told = format!("{}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code(), Some(1), "{told}");
        assert!(told.contains("ran out of memory: it may use 1024 MiB"), "{told}");

        // tract may already need longer to load it.
        let began = Instant::now();
        let ended = run("slow", ["--time-limit", "3s"]);
        let told = format!("{}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code(), Some(1), "{told}");
        assert!(told.contains("within 3 s and was ended"), "{told}");
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    }
    if let Some(library) = library() {
        let loops = score(&hostile("loop"), &image, folder.path()).env(VARIABLE, &library);
        let ended = loops.args(["--time-limit", "3s"]).run();
        assert!(first_error(&ended).contains("did not answer within 3 s and was ended"), "{}", ended.stdout);
    }
}

#[test]
fn a_worker_ends_with_the_command_that_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let slow = score(&hostile("slow"), &[test_image("focus")], folder.path()).args(["--time-limit", "2m"]).start();
    let alive = |child: u32| {
        std::fs::read_to_string(format!("/proc/{child}/cmdline")).is_ok_and(|line| line.contains("worker\0infer"))
    };
    let began = Instant::now();
    let child = loop {
        if let Some(child) = children(slow.id()).into_iter().find(|child| alive(*child)) {
            break child;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no child runs `worker infer`; it said: {}", slow.said());
        std::thread::sleep(Duration::from_millis(10));
    };
    let _killed = slow.kill();
    let began = Instant::now();
    while alive(child) {
        assert!(began.elapsed() < Duration::from_secs(10), "the child outlives a command that was killed");
        std::thread::sleep(Duration::from_millis(10));
    }
}
