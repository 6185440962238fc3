//! One life of the child that runs a model, from its start to its end.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use vision::Grey;

use super::error::InferError;
use super::frames::{self, FrameKind, HEAD};
use super::lane::InferSettings;
use super::looked::{self, Looked};
use super::messages::{Failed, Ready, Start};
use super::patience::within;

/// How long a dying child's last words are waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// Longest line kept of what it writes to stderr, in bytes.
const LINE: u64 = 2048;
/// Lines kept.
const LINES: usize = 4;

/// A child that has loaded its model. Dropping it kills it.
pub(super) struct Child {
    process: tokio::process::Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    said: Arc<Mutex<VecDeque<String>>>,
    listening: JoinHandle<()>,
}

/// What came from the child.
enum Answer {
    Frame(FrameKind, Vec<u8>),
    /// It is gone, or its pipe is.
    Ended,
}

impl Child {
    /// Starts a child and waits until its model is loaded and tested.
    pub(super) async fn start(settings: &InferSettings) -> Result<(Child, Ready), InferError> {
        let mut child = Child::spawn(settings)?;
        let started = within(settings.time_limit, child.pid(), child.introduce(settings)).await;
        match started {
            Some(Ok(Some(ready))) => Ok((child, ready)),
            Some(Ok(None)) => Err(child.post_mortem(settings.memory_bytes).await),
            Some(Err(error)) => {
                child.kill().await;
                Err(error)
            }
            None => {
                child.kill().await;
                Err(InferError::TimedOut { doing: "start", limit: settings.time_limit })
            }
        }
    }

    fn spawn(settings: &InferSettings) -> Result<Child, InferError> {
        let program = &settings.program.program;
        let failed = |source| InferError::Unstartable { program: program.clone(), source };
        let mut process = Command::new(program)
            .args(&settings.program.args)
            // Its last line is to be its reason.
            .env("RUST_BACKTRACE", "0")
            // Which library runs models is said in the first frame and nowhere else.
            .env_remove("ORT_DYLIB_PATH")
            .env_remove("ORT_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (process.stdin.take(), process.stdout.take(), process.stderr.take())
        else {
            return Err(failed(std::io::Error::other("its pipes are missing")));
        };
        let said = Arc::new(Mutex::new(VecDeque::new()));
        let listening = tokio::spawn(listen(stderr, Arc::clone(&said)));
        Ok(Child { process, stdin, stdout, said, listening })
    }

    /// Says which model to run; `None` where the child died of it.
    async fn introduce(&mut self, settings: &InferSettings) -> Result<Option<Ready>, InferError> {
        let start = Start {
            model: settings.model_dir.clone(),
            library: settings.library.clone(),
            threads: settings.threads,
            memory_bytes: settings.memory_bytes,
        };
        let refused = |error: serde_json::Error| InferError::Refused {
            reason: format!("{} cannot be named to the process that runs it: {error}", settings.model_dir.display()),
        };
        let payload = serde_json::to_vec(&start).map_err(refused)?;
        self.write(FrameKind::Start, &payload).await;
        match self.answer().await? {
            Answer::Frame(FrameKind::Ready, payload) => {
                serde_json::from_slice(&payload).map(Some).map_err(|error| garbled(&error.to_string()))
            }
            Answer::Frame(FrameKind::Failed, payload) => Err(told(&payload, settings.memory_bytes)),
            Answer::Frame(kind, _) => Err(garbled(&format!("{kind:?} before it was ready"))),
            Answer::Ended => Ok(None),
        }
    }

    /// Shows a plane. The first error is about the plane, and the child lives; the second is about the child, which is then
    /// to be ended; `None` where it died.
    pub(super) async fn look(
        &mut self,
        grey: &Grey,
        memory_bytes: u64,
    ) -> Result<Option<Result<Looked, InferError>>, InferError> {
        self.write(FrameKind::Look, &frames::plane(grey)).await;
        match self.answer().await? {
            Answer::Frame(FrameKind::Seen, payload) => {
                let looked = looked::parse(&payload).ok_or_else(|| garbled("what the model saw does not read"))?;
                Ok(Some(Ok(looked)))
            }
            Answer::Frame(FrameKind::Failed, payload) => Ok(Some(Err(told(&payload, memory_bytes)))),
            Answer::Frame(kind, _) => Err(garbled(&format!("{kind:?} to a plane"))),
            Answer::Ended => Ok(None),
        }
    }

    /// Writes a frame. That a child does not take it shows in its answer: there is none.
    async fn write(&mut self, kind: FrameKind, payload: &[u8]) {
        if let Ok(head) = frames::head(kind, payload.len())
            && self.stdin.write_all(&head).await.is_ok()
        {
            let _shows_in_its_answer = self.stdin.write_all(payload).await;
        }
    }

    async fn answer(&mut self) -> Result<Answer, InferError> {
        let mut head = [0; HEAD];
        if self.stdout.read_exact(&mut head).await.is_err() {
            return Ok(Answer::Ended);
        }
        let (kind, length) = frames::parse_head(head).map_err(|error| garbled(&error.to_string()))?;
        match payload(&mut self.stdout, length).await {
            Some(payload) => Ok(Answer::Frame(kind, payload)),
            None => Ok(Answer::Ended),
        }
    }

    /// Its process id, while it lives.
    pub(super) fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.process.try_wait(), Ok(None))
    }

    pub(super) async fn kill(mut self) {
        // It may have ended in between.
        let _ = self.process.kill().await;
    }

    /// Waits for a child that closed its pipe, and says why it died.
    pub(super) async fn post_mortem(mut self, memory_bytes: u64) -> InferError {
        let exit = match tokio::time::timeout(Duration::from_secs(1), self.process.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(error)) => format!("its end is not known: {error}"),
            Err(_) => {
                // It may have ended in between.
                let _ = self.process.kill().await;
                "it closed its pipe and did not end".to_owned()
            }
        };
        // What it wrote last is why it died. A grandchild could hold the pipe open: none is expected, or waited for.
        let _ = tokio::time::timeout(LAST_WORDS, &mut self.listening).await;
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).make_contiguous().join(" / ");
        InferError::died(exit, said, memory_bytes)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn garbled(reason: &str) -> InferError {
    InferError::Garbled { reason: reason.to_owned() }
}

fn told(payload: &[u8], memory_bytes: u64) -> InferError {
    match serde_json::from_slice::<Failed>(payload) {
        Ok(failed) => InferError::told(failed, memory_bytes),
        Err(error) => garbled(&error.to_string()),
    }
}

/// `length` bytes, allocated as they come; `None` where the stream ends before.
async fn payload(stdout: &mut (impl AsyncRead + Unpin), length: usize) -> Option<Vec<u8>> {
    let mut payload = Vec::with_capacity(length.min(1 << 20));
    let read = stdout.take(length as u64).read_to_end(&mut payload).await;
    (matches!(read, Ok(read) if read == length)).then_some(payload)
}

/// Keeps the first and the last lines of stderr, so that the child never waits for a reader.
async fn listen(stderr: ChildStderr, said: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(stderr);
    loop {
        let mut bytes = Vec::new();
        if !matches!((&mut lines).take(LINE).read_until(b'\n', &mut bytes).await, Ok(1..)) {
            return;
        }
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        if text.is_empty() || text.starts_with("note: run with") {
            continue;
        }
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        // Of a long farewell (a panic that cannot unwind lists its callers) the first lines say what happened.
        if said.len() == LINES {
            said.remove(2);
        }
        said.push_back(text);
    }
}
