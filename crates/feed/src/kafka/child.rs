//! One life of the worker, from its start to its last words.

use std::process::Stdio;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

use super::settings::WorkerCommand;
use crate::error::FeedError;
use crate::frame::{self, FrameKind, HEAD};

/// How long a worker may take to end by itself once its stdin is closed.
const GRACE: Duration = Duration::from_secs(1);
/// Longest line kept of what it writes to stderr, in bytes.
const LINE: usize = 2048;

/// A running worker and its three pipes.
pub(super) struct Child {
    process: tokio::process::Child,
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl Child {
    pub(super) fn spawn(command: &WorkerCommand) -> Result<Child, FeedError> {
        let failed = |reason| FeedError::Worker { program: command.program.display().to_string(), reason };
        let mut process = Command::new(&command.program)
            .args(&command.args)
            // Its last line is to be its reason.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        match (process.stdin.take(), process.stdout.take(), process.stderr.take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => Ok(Child { process, stdin, stdout, stderr }),
            _ => Err(failed(std::io::Error::other("its pipes are missing"))),
        }
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// The process apart from its pipes.
    pub(super) fn split(self) -> (Process, ChildStdin, ChildStdout, ChildStderr) {
        (Process(self.process), self.stdin, self.stdout, self.stderr)
    }
}

/// The process of a worker.
/// The process of a worker.
#[derive(Debug)]
pub(super) struct Process(tokio::process::Child);

impl Process {
    /// Waits for its end, and sees to it; says how it was.
    pub(super) async fn end(mut self) -> String {
        let exit = match tokio::time::timeout(GRACE, self.0.wait()).await {
            Ok(exit) => exit,
            Err(_) => {
                // It may have ended in between.
                let _ = self.0.start_kill();
                self.0.wait().await
            }
        };
        match exit {
            Ok(status) => status.to_string(),
            Err(error) => format!("its end is not known: {error}"),
        }
    }
}

/// Reads a frame's head; `None` where the stream ended.
pub(super) async fn read_head(stdout: &mut ChildStdout) -> std::io::Result<Option<(FrameKind, usize)>> {
    let mut head = [0; HEAD];
    match stdout.read_exact(&mut head).await {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    frame::parse_head(head).map(Some).map_err(std::io::Error::other)
}

/// Reads a frame's payload, `length` bytes.
pub(super) async fn read_payload(stdout: &mut ChildStdout, length: usize) -> std::io::Result<Bytes> {
    let mut payload = BytesMut::with_capacity(length);
    let mut limited = stdout.take(length as u64);
    while payload.len() < length {
        if limited.read_buf(&mut payload).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(payload.freeze())
}

/// Writes a frame.
pub(super) async fn write(stdin: &mut ChildStdin, kind: FrameKind, payload: &[u8]) -> std::io::Result<()> {
    let frame = frame::whole(kind, payload).map_err(std::io::Error::other)?;
    stdin.write_all(&frame).await
}

/// Lines of stderr, each cut at [`LINE`] bytes.
pub(super) struct Lines(BufReader<ChildStderr>);

impl Lines {
    pub(super) fn new(stderr: ChildStderr) -> Lines {
        Lines(BufReader::new(stderr))
    }

    /// The next line that is not empty; `None` where it closes.
    pub(super) async fn next(&mut self) -> Option<String> {
        loop {
            let mut bytes = Vec::new();
            let read = (&mut self.0).take(LINE as u64).read_until(b'\n', &mut bytes).await;
            if !matches!(read, Ok(1..)) {
                return None;
            }
            let text = String::from_utf8_lossy(&bytes);
            if !text.trim().is_empty() && !text.starts_with("note: run with") {
                return Some(text.trim().to_owned());
            }
        }
    }
}
