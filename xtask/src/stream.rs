//! One test program's output: shown as it comes, counted along, within a limit of time.
use crate::leash::Leash;
use crate::libtest::Tally;
use crate::process::{self, Outcome};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long output may still come after the program itself has ended.
const LINGER: Duration = Duration::from_secs(2);

/// Runs the command, shows its stdout and counts; `true` for exit code 0. Past the limit it is ended, which is an error.
pub(crate) fn stream(leash: &mut Leash, command: &mut Command, tally: &mut Tally, limit: Duration) -> Outcome<bool> {
    let mut child = leash.start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let stdout = child.stdout.take().ok_or("a child without stdout")?;
    let lines = lines(stdout);
    let began = Instant::now();
    let mut late = false;
    let mut ended = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                if let Some(shown) = tally.hear(&line) {
                    println!("{shown}");
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // A process that a test left behind may keep the output open for ever.
            Err(RecvTimeoutError::Timeout) => {
                if ended.is_none() && !matches!(child.try_wait(), Ok(None)) {
                    ended = Some(Instant::now());
                }
                if ended.is_some_and(|ended| ended.elapsed() > LINGER) {
                    eprintln!(
                        "xtask: {} ended, but left a process behind that holds its output",
                        process::shown(command)
                    );
                    break;
                }
            }
        }
        if !late && ended.is_none() && began.elapsed() > limit {
            late = true;
            process::end_family(child.id(), Duration::from_secs(5));
        }
    }
    let good = leash.wait(child)?;
    if late { Err(format!("ended after {} s, because it did not come to an end", limit.as_secs())) } else { Ok(good) }
}

/// Lines without their ends, read by a thread of their own. Lossy: a test may print anything.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = mpsc::sync_channel(1000);
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_whatever_bytes_they_hold() {
        let lines: Vec<String> = lines(&b"one\r\ntw\xffo\n\nlast"[..]).iter().collect();
        assert_eq!(lines, ["one", "tw\u{fffd}o", "", "last"]);
    }
}
