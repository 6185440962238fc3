//! How long a child may work. A model gives way to everybody (`worker.rs`), so time in which it wanted a processor and got
//! none is not held against it, up to a bound.

use std::collections::BTreeMap;
use std::fs;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Whatever it got of the processors, a child is not waited for longer than this many times its limit.
pub(super) const LONGEST: u32 = 4;
/// Less than this is not worth another wait, and who stands in line is looked at again after it.
const STEP: Duration = Duration::from_millis(50);

/// What one thread got of the processors since it began.
#[derive(Clone, Copy, Default)]
struct Turn {
    /// Nanoseconds on a processor.
    ran: u64,
    /// Nanoseconds ready to run, without a processor. The system adds a wait when it ends: one that lasts is not in it yet.
    waited: u64,
    /// It runs, or stands in line.
    ready: bool,
}

/// What `work` gives; `None` where the child with this process id took longer than `limit`, not counting the time that it
/// spent waiting for a processor.
pub(super) async fn within<T>(limit: Duration, pid: Option<u32>, work: impl Future<Output = T>) -> Option<T> {
    let (began, before) = (Instant::now(), turns(pid));
    let longest = limit * LONGEST;
    let mut work = pin!(work);
    let mut allowed = limit;
    // What was seen a step ago of who may stand in line.
    let mut line: Option<BTreeMap<u32, Turn>> = None;
    loop {
        if let Ok(done) = timeout_at(began + allowed, work.as_mut()).await {
            return Some(done);
        }
        let now = turns(pid);
        let waited = now.iter().map(|(thread, turn)| turn.waited.saturating_sub(was(&before, *thread).waited)).max();
        let earned = (limit + Duration::from_nanos(waited.unwrap_or(0))).min(longest);
        if earned >= allowed + STEP {
            (allowed, line) = (earned, None);
            continue;
        }
        // A wait that lasts is not counted yet.
        if !line.as_ref().map_or_else(|| now.values().any(|turn| turn.ready), |seen| stands(seen, &now))
            || allowed + STEP > longest
        {
            return None;
        }
        (allowed, line) = (allowed + STEP, Some(now));
    }
}

/// Whether a thread stood in line at the last look and stands in it still, having run for nothing since. Where the system keeps
/// no account nobody does.
fn stands(seen: &BTreeMap<u32, Turn>, now: &BTreeMap<u32, Turn>) -> bool {
    let is_kept = |turn: &Turn| turn.ran > 0 || turn.waited > 0;
    let mut ready = now.iter().filter(|(_, turn)| turn.ready && is_kept(turn));
    ready.any(|(thread, turn)| seen.get(thread).is_some_and(|before| before.ready && before.ran == turn.ran))
}

fn was(turns: &BTreeMap<u32, Turn>, thread: u32) -> Turn {
    turns.get(&thread).copied().unwrap_or_default()
}

/// What each thread of a process got; empty where the system does not tell.
fn turns(pid: Option<u32>) -> BTreeMap<u32, Turn> {
    let Some(tasks) = pid.and_then(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok()) else {
        return BTreeMap::new();
    };
    let of = |task: fs::DirEntry| {
        let thread = task.file_name().to_str()?.parse().ok()?;
        // `schedstat`: nanoseconds on a processor, nanoseconds waiting for one, turns.
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        let mut fields = text.split_whitespace().map(str::parse);
        let (ran, waited) = (fields.next()?.ok()?, fields.next()?.ok()?);
        // `stat`: number, (name), state. A name may hold spaces and brackets.
        let text = fs::read_to_string(task.path().join("stat")).ok()?;
        let ready = text.rsplit_once(')')?.1.trim_start().starts_with('R');
        Some((thread, Turn { ran, waited, ready }))
    };
    tasks.filter_map(|task| of(task.ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use super::*;

    fn busy() -> Child {
        Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap()
    }

    #[tokio::test]
    async fn who_sleeps_is_waited_for_only_as_long_as_the_limit() {
        let mut sleeping = Command::new("sleep").arg("60").spawn().unwrap();
        let began = Instant::now();
        let limit = Duration::from_millis(300);
        assert_eq!(within(limit, Some(sleeping.id()), std::future::pending::<()>()).await, None);
        assert!(began.elapsed() >= limit && began.elapsed() < limit * LONGEST, "{:?}", began.elapsed());
        assert_eq!(within(limit, Some(sleeping.id()), async { 7 }).await, Some(7));
        sleeping.kill().unwrap();
        sleeping.wait().unwrap();
        assert_eq!(within(limit, Some(sleeping.id()), std::future::pending::<()>()).await, None, "nobody is there");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn who_gets_no_processor_is_given_more_time_and_not_for_ever() {
        // One works on each processor, and one more that gives way to them, as a model does.
        let cores = std::thread::available_parallelism().unwrap().get();
        let mut crowd: Vec<Child> = (0..cores * 2).map(|_| busy()).collect();
        let mut last = Command::new("nice").args(["-n", "19", "sh", "-c", "while :; do :; done"]).spawn().unwrap();
        // It wants a processor once it is in its loop: until then it may wait for a disk.
        while turns(Some(last.id())).values().map(|turn| turn.waited).sum::<u64>() < 20_000_000 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let began = Instant::now();
        let limit = Duration::from_millis(400);
        let answer = within(limit, Some(last.id()), std::future::pending::<()>()).await;
        let took = began.elapsed();
        for child in crowd.iter_mut().chain([&mut last]) {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert_eq!(answer, None);
        // Who runs gets a step more at most.
        assert!(took > limit + STEP * 2, "it waited for a processor, and that counts as work: {took:?}");
        // Who asks shares the same processors: it may itself be late, and is never waited for without end.
        assert!(took < limit * LONGEST + Duration::from_secs(20), "{took:?}");
    }

    #[test]
    fn who_stands_in_line_is_told_from_who_runs_sleeps_or_has_just_woken() {
        let turn = |ran, waited, ready| BTreeMap::from([(7, Turn { ran, waited, ready })]);
        assert!(stands(&turn(5, 1, true), &turn(5, 1, true)), "it was ready, is ready, and did not run");
        assert!(!stands(&turn(5, 1, true), &turn(9, 1, true)), "it runs");
        assert!(!stands(&turn(5, 1, false), &turn(5, 1, true)), "it has just woken");
        assert!(!stands(&turn(5, 1, true), &turn(5, 1, false)), "it sleeps");
        assert!(!stands(&turn(0, 0, true), &turn(0, 0, true)), "the system keeps no account");
        assert!(!stands(&BTreeMap::new(), &turn(5, 1, true)), "it was not there");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn who_runs_is_waited_for_a_step_longer_than_the_limit_at_most() {
        let mut running = busy();
        while turns(Some(running.id())).values().all(|turn| turn.ran < 20_000_000) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let (began, before) = (Instant::now(), turns(Some(running.id())));
        let limit = Duration::from_secs(1);
        assert_eq!(within(limit, Some(running.id()), std::future::pending::<()>()).await, None);
        let (took, after) = (began.elapsed(), turns(Some(running.id())));
        running.kill().unwrap();
        running.wait().unwrap();
        let of = |turns: &BTreeMap<u32, Turn>| turns.values().map(|turn| turn.waited).sum::<u64>();
        // On a busy machine it stood in line too, and for as long it is waited for.
        let waited = Duration::from_nanos(of(&after) - of(&before));
        // Who asks shares the processors and may be late itself; the longest wait would be four seconds.
        assert!(took < limit + waited + Duration::from_millis(1500), "{took:?}, of which it waited {waited:?}");
    }
}
