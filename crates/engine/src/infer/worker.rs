//! The child process that runs one model. It knows a folder and a pipe, nothing else: no SQLite, no session, no state that
//! would be missed. It ends when its stdin closes, however its parent ended, even while the model works.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use rustix::process::{Resource, Rlimit, setrlimit};
#[cfg(target_os = "linux")]
use thread_priority::ThreadPriority;
#[cfg(target_os = "linux")]
use thread_priority::unix::{
    NormalThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};
use vision::model::{ModelError, Runner, Task};

use crate::digests::hex;

use super::frames::{self, FrameKind};
use super::looked;
use super::messages::{Failed, FailedKind, Ready, Start};

/// Runs the child on stdin and stdout until the parent closes them: the hidden command `worker infer`.
#[must_use]
pub fn serve() -> ExitCode {
    match run(io::stdin(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Obeys the frames of `input` and answers in `output`.
pub(super) fn run(mut input: impl Read + Send + 'static, output: &mut impl Write) -> Result<(), String> {
    let start = match frames::read(&mut input) {
        Ok(Some((FrameKind::Start, payload))) => serde_json::from_slice::<Start>(&payload)
            .map_err(|error| format!("which model to run does not read: {error}"))?,
        Ok(None) => return Ok(()),
        Ok(Some((kind, _))) => return Err(format!("the first frame is {kind:?}, and not which model to run")),
        Err(error) => return Err(format!("which model to run was not said: {error}")),
    };
    limit_memory(start.memory_bytes);
    step_back();
    // One plane may wait while another is looked at.
    let (send, planes) = sync_channel(1);
    std::thread::Builder::new()
        .name("planes".to_owned())
        .spawn(move || listen(input, &send))
        .map_err(|error| format!("the worker cannot listen to its parent: {error}"))?;
    let mut runner = match load(&start) {
        Ok(runner) => runner,
        Err(error) => {
            tell(output, FrameKind::Failed, &Failed::of(&error, true))?;
            return Err(error.to_string());
        }
    };
    tell(output, FrameKind::Ready, &ready(&runner))?;
    look(&mut runner, &planes, output)
}

/// Recording and drawing go before a second opinion: whoever wakes up gets the processor from a model at once. Threads
/// that the model's library starts inherit this.
///
/// Linux gives sessions of processes equal shares before it looks at the threads in them (autogroup, `sched(7)`), so the
/// model has a session of its own, with the least share: in ours, or in one of normal weight, it would take from a broker
/// of another session whatever its own class. Where the system does not grant any of this, the model is only as quick as
/// others.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::process::setsid();
        let _ = std::fs::write("/proc/self/autogroup", "19");
        let _ = set_thread_priority_and_policy(
            thread_native_id(),
            ThreadPriority::Min,
            ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle),
        );
    }
    #[cfg(all(unix, not(target_os = "linux")))]
    let _ = rustix::process::nice(19);
}

fn load(start: &Start) -> Result<Runner, ModelError> {
    let mut runner = Runner::load(&start.model, start.library.as_deref(), start.threads)?;
    runner.self_test()?;
    Ok(runner)
}

fn ready(runner: &Runner) -> Ready {
    let card = runner.card();
    let task = match card.task {
        Task::Segment { .. } => "segment",
        Task::Classify { .. } => "classify",
    };
    Ready {
        backend: runner.backend().name().to_owned(),
        build: runner.build().to_owned(),
        note: runner.note().map(str::to_owned),
        name: card.name.clone(),
        version: card.version.clone(),
        sha256: hex(&card.sha256),
        task: task.to_owned(),
        tested: card.test.is_some(),
    }
}

/// Looks at plane after plane.
fn look(runner: &mut Runner, planes: &Receiver<Vec<u8>>, output: &mut impl Write) -> Result<(), String> {
    while let Ok(payload) = planes.recv() {
        let grey = frames::parse_plane(&payload).map_err(|error| error.to_string())?;
        drop(payload);
        let began = Instant::now();
        let seen = match runner.look(&grey) {
            Ok(seen) => seen,
            Err(error) => {
                tell(output, FrameKind::Failed, &Failed::of(&error, false))?;
                continue;
            }
        };
        let ms = began.elapsed().as_secs_f64() * 1000.0;
        let answer = looked::write(seen, ms).map_err(|error| format!("an answer cannot be written: {error}"))?;
        if answer.len() > FrameKind::Seen.limit() {
            let reason = format!("{} bytes of objects and outlines are more than is handed on", answer.len());
            tell(output, FrameKind::Failed, &Failed { kind: FailedKind::Failed, reason })?;
            continue;
        }
        frames::write(output, FrameKind::Seen, &answer).map_err(unheard)?;
    }
    Ok(())
}

fn tell(output: &mut impl Write, kind: FrameKind, message: &impl serde::Serialize) -> Result<(), String> {
    let payload = serde_json::to_vec(message).map_err(|error| format!("an answer cannot be written: {error}"))?;
    frames::write(output, kind, &payload).map_err(unheard)
}

fn unheard(error: io::Error) -> String {
    format!("the parent does not listen: {error}")
}

/// Hands planes on, and ends the process with the parent: however the parent ends, its end of the pipe closes.
fn listen(mut input: impl Read, planes: &SyncSender<Vec<u8>>) {
    while let Ok(Some((FrameKind::Look, payload))) = frames::read(&mut input) {
        if planes.send(payload).is_err() {
            // The model's side is ending by itself, with its reason.
            return;
        }
    }
    // A model that works or hangs is not waited for, and what its library would do at the end is not wanted.
    let myself = rustix::process::getpid();
    if let Err(error) = rustix::process::kill_process(myself, rustix::process::Signal::KILL) {
        eprintln!("the worker cannot end itself: {error}");
    }
}

/// Limits the data that this process may allocate, for good.
fn limit_memory(bytes: u64) {
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    if let Err(error) = setrlimit(Resource::Data, limit) {
        eprintln!("the model runs without a memory limit: {error}");
    }
}
