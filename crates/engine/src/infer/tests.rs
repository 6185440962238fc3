//! Models in real children: these tests are the child themselves, so that no other program has to be built for them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use feed::WorkerCommand;
use vision::{Grey, ImageFile, Limits};

use super::patience::LONGEST;
use super::{Infer, InferError, InferSettings, ModelPlaces, find_library, worker};

/// Set in the child.
const CHILD: &str = "PLATESIDE_TEST_CHILD";

fn shell(script: &str) -> WorkerCommand {
    WorkerCommand { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] }
}

/// This test program, whose frames go round what its harness prints.
fn this_program() -> WorkerCommand {
    let program = std::env::current_exe().unwrap();
    let test = "--exact infer::tests::the_child --nocapture";
    shell(&format!("exec 3>&1 1>/dev/null; exec env {CHILD}=1 '{}' {test}", program.display()))
}

/// Nothing but the child of the tests below.
#[test]
fn the_child() {
    if std::env::var_os(CHILD).is_some() {
        let mut output = File::options().write(true).open("/dev/fd/3").unwrap();
        worker::run(std::io::stdin(), &mut output).unwrap();
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models").join(name)
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name)
}

fn settings(model: PathBuf, library: Option<PathBuf>) -> InferSettings {
    InferSettings::new(this_program(), model, library)
}

/// tract, and ONNX Runtime where it is on this machine.
fn backends() -> Vec<Option<PathBuf>> {
    let library = ModelPlaces::of_this_machine().and_then(|places| find_library(&places.cache));
    if library.is_none() {
        println!("LEFT OUT: ONNX Runtime: its library is not on this machine; cargo xtask test fetches it");
    }
    [None].into_iter().chain(library.map(Some)).collect()
}

fn plane() -> Grey {
    let values = (0..16 * 8).map(|at| (at * 37 % 256) as u16).collect();
    Grey { width: 16, height: 8, values, span: (0.0, 65_535.0) }
}

fn test_image(model: &str) -> Grey {
    let bytes = std::fs::read(shipped(model).join("test-input.png")).unwrap();
    ImageFile::open(&bytes, &Limits::default()).unwrap().decode(0, 1).unwrap().grey(0).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_models_see_what_their_cards_say_on_either_backend() {
    let mut counts = Vec::new();
    for library in backends() {
        let name = if library.is_some() { "onnxruntime" } else { "tract" };
        let nuclei = Infer::start(settings(shipped("nuclei-seg"), library.clone())).await.unwrap();
        let ready = nuclei.ready();
        assert_eq!((ready.backend.as_str(), ready.task.as_str(), ready.tested), (name, "segment", true), "{ready:?}");
        assert_eq!((ready.version.as_str(), &ready.sha256[..8], &ready.note), ("1.0.0", "b359bbce", &None));
        let looked = nuclei.look(&test_image("nuclei-seg")).await.unwrap();
        counts.push(looked.count.unwrap());
        assert_eq!((looked.objects.len(), looked.outlines.len()), (looked.objects.len(), looked.objects.len()));
        for (object, outline) in looked.objects.iter().zip(&looked.outlines) {
            let (left, top, right, below) = object.bounds;
            let least = |of: fn(&(f32, f32)) -> f32| outline.iter().map(of).fold(f32::INFINITY, f32::min);
            let most = |of: fn(&(f32, f32)) -> f32| outline.iter().map(of).fold(0.0, f32::max);
            let bounds = (least(|c| c.0), least(|c| c.1), most(|c| c.0), most(|c| c.1));
            assert_eq!(bounds, (left as f32, top as f32, right as f32, below as f32));
        }
        let focus = Infer::start(settings(shipped("focus"), library)).await.unwrap();
        let looked = focus.look(&test_image("focus")).await.unwrap();
        assert!((looked.value.unwrap() - 0.0052).abs() < 0.01 && looked.ms > 0.0, "{looked:?}");
        assert_eq!(looked.class.as_deref(), Some("in_focus"));
        assert!(looked.patches.unwrap().values.iter().flatten().all(|value| (0.0..=1.0).contains(value)));
        let flat = Grey { width: 300, height: 200, values: vec![9; 60_000], span: (0.0, 65_535.0) };
        let looked = focus.look(&flat).await.unwrap();
        assert_eq!((looked.class.as_deref(), looked.value), (Some("undecided"), None), "nothing to see");
    }
    assert!(counts.iter().all(|count| count.abs_diff(24) <= 1 && count.abs_diff(counts[0]) <= 1), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looks_wait_for_each_other_and_a_model_that_gives_nan_goes_on() {
    let bright = Infer::start(settings(fixture("bright"), None)).await.unwrap();
    let grey = plane();
    let both = tokio::join!(bright.look(&grey), bright.look(&grey));
    assert_eq!(both.0.unwrap().value, both.1.unwrap().value);
    assert_eq!((bright.restarts(), bright.ready().tested), (0, false));
    let nan = Infer::start(settings(fixture("nan"), None)).await.unwrap();
    let pid = nan.pid().await;
    for _ in 0..2 {
        let error = nan.look(&plane()).await.unwrap_err();
        assert!(matches!(&error, InferError::NotANumber { .. }) && !error.ended_the_process(), "{error:?}");
        assert!(error.to_string().contains("Model gave NaN"), "{error}");
    }
    assert_eq!(nan.pid().await, pid, "the same child goes on");
    let none = Grey { width: 0, height: 3, values: Vec::new(), span: (0.0, 0.0) };
    assert!(nan.look(&none).await.unwrap_err().to_string().contains("no pixels"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_model_is_said_and_it_is_not_run() {
    for (name, part) in [
        ("external", "outside its own file"),
        ("domain", "com.evil"),
        ("oversize", "numbers in its tensors"),
        ("nowhere", "model.toml cannot be read"),
    ] {
        let error = Infer::start(settings(fixture(name), None)).await.unwrap_err();
        assert!(matches!(&error, InferError::Refused { reason } if reason.contains(part)), "{name}: {error:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    for file in ["model.toml", "model.onnx", "test-input.png", "test-output.f32"] {
        std::fs::copy(shipped("focus").join(file), folder.path().join(file)).unwrap();
    }
    std::fs::write(folder.path().join("test-output.f32"), [0; 64]).unwrap();
    let error = Infer::start(settings(folder.path().to_owned(), None)).await.unwrap_err();
    assert!(error.to_string().contains("failed its self-test and is not run"), "{error}");
    // A library that is none is not used, and that is said.
    let told = settings(fixture("bright"), Some(folder.path().join("model.onnx")));
    let ready = Infer::start(told).await.unwrap().ready().clone();
    assert!(ready.backend == "tract" && ready.note.as_ref().unwrap().contains("is not used"), "{ready:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_hangs_is_ended_and_others_are_tried_after_a_pause() {
    for library in backends() {
        // Only ONNX Runtime knows loops; tract refuses them.
        let names: &[&str] = if library.is_some() { &["slow", "loop"] } else { &["slow"] };
        for name in names {
            let patient =
                InferSettings { time_limit: Duration::from_secs(8), ..settings(fixture(name), library.clone()) };
            let began = Instant::now();
            let hanging = match Infer::start(patient).await {
                Ok(hanging) => hanging,
                Err(error) => {
                    assert!(matches!(error, InferError::TimedOut { doing: "start", .. }), "{name}: {error:?}");
                    continue;
                }
            };
            let pid = hanging.pid().await.unwrap();
            let error = hanging.look(&plane()).await.unwrap_err();
            assert!(error.to_string().contains("did not answer within 8 s and was ended"), "{name}: {error}");
            // On a busy machine a model may be given more time than its limit.
            assert!(error.ended_the_process() && began.elapsed() < Duration::from_secs(8) * (LONGEST + 1) * 2);
            assert!(!Path::new(&format!("/proc/{pid}")).exists(), "the child is gone");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_eats_memory_is_stopped_by_its_limit() {
    for library in backends() {
        let frugal = InferSettings { memory_bytes: 1 << 30, ..settings(fixture("memory"), library) };
        let error = match Infer::start(frugal).await {
            Ok(eating) => eating.look(&plane()).await.unwrap_err(),
            Err(error) => error,
        };
        assert!(matches!(&error, InferError::OutOfMemory { .. }), "{error:?}");
        assert!(error.to_string().contains("ran out of memory: it may use 1024 MiB"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_is_killed_is_started_again_and_ends_with_its_owner() {
    let bright = Infer::start(settings(fixture("bright"), None)).await.unwrap();
    let before = bright.look(&plane()).await.unwrap();
    let kill = |pid: u32| {
        let pid = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    };
    let first = bright.pid().await.unwrap();
    kill(first);
    // Whoever comes in that moment may be told; the next is served.
    let after = match bright.look(&plane()).await {
        Err(error) => {
            assert!(matches!(&error, InferError::Died { exit, .. } if exit.contains("9")), "{error:?}");
            bright.look(&plane()).await.unwrap()
        }
        Ok(after) => after,
    };
    assert_eq!((after.value, bright.restarts()), (before.value, 1));
    let second = bright.pid().await.unwrap();
    assert_ne!(first, second);
    drop(bright);
    let gone = || !Path::new(&format!("/proc/{second}/exe")).exists();
    let began = Instant::now();
    while !gone() {
        assert!(began.elapsed() < Duration::from_secs(5), "the child outlives its owner");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_no_worker_is_told_apart() {
    let with =
        |program| InferSettings { program, time_limit: Duration::from_secs(2), ..settings(fixture("bright"), None) };
    let of = |script: &str| Infer::start(with(shell(script)));
    let error = of("echo 'it is broken' >&2; exit 3").await.unwrap_err();
    assert!(matches!(&error, InferError::Died { exit, .. } if exit.contains("3")), "{error:?}");
    assert!(error.to_string().contains("it is broken"), "{error}");
    let error = of("exec sleep 60").await.unwrap_err();
    assert!(error.to_string().contains("did not start within 2 s"), "{error}");
    let error = of("printf 'Dear diary'; exec sleep 60").await.unwrap_err();
    assert!(matches!(error, InferError::Garbled { .. }), "{error:?}");
    let error = of("echo 'memory allocation of 17179869184 bytes failed' >&2; kill -ABRT $$").await.unwrap_err();
    assert!(matches!(error, InferError::OutOfMemory { .. }), "{error:?}");
    let nobody = WorkerCommand { program: "/nowhere/plateside".into(), args: Vec::new() };
    let error = Infer::start(with(nobody)).await.unwrap_err();
    assert!(matches!(&error, InferError::Unstartable { .. }) && error.to_string().contains("/nowhere"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pause_before_a_child_grows() {
    // It says that it is ready, and dies of every plane.
    let folder = tempfile::tempdir().unwrap();
    let ready = serde_json::to_vec(&super::Ready {
        backend: "none".to_owned(),
        build: String::new(),
        note: None,
        name: "dies".to_owned(),
        version: "1".to_owned(),
        sha256: String::new(),
        task: "classify".to_owned(),
        tested: false,
    });
    let mut frame = Vec::new();
    super::frames::write(&mut frame, super::frames::FrameKind::Ready, &ready.unwrap()).unwrap();
    std::fs::write(folder.path().join("ready"), frame).unwrap();
    let script = format!("cat '{}'; head -c 5000 >/dev/null; exit 7", folder.path().join("ready").display());
    let dying =
        Infer::start(InferSettings { program: shell(&script), ..settings(fixture("bright"), None) }).await.unwrap();
    let large = Grey { width: 100, height: 100, values: vec![1; 10_000], span: (0.0, 65_535.0) };
    let began = Instant::now();
    for life in 0..4 {
        let error = dying.look(&large).await.unwrap_err();
        assert!(matches!(&error, InferError::Died { exit, .. } if exit.contains('7')), "{life}: {error:?}");
    }
    assert_eq!(dying.restarts(), 3);
    assert!(began.elapsed() >= Duration::from_millis(100 + 200 + 400), "{:?}", began.elapsed());
}
