//! How long a child may work. A model gives way to everybody (`worker.rs`), so time in which it wanted a processor and got
//! none is not held against it, up to a bound.

use std::collections::BTreeMap;
use std::fs;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Whatever it got of the processors, a child is not waited for longer than this many times its limit.
pub(super) const LONGEST: u32 = 4;
/// Less than this is not worth another wait.
const STEP: Duration = Duration::from_millis(50);

/// What `work` gives; `None` where the child with this process id took longer than `limit`, not counting the time that it
/// spent waiting for a processor.
pub(super) async fn within<T>(limit: Duration, pid: Option<u32>, work: impl Future<Output = T>) -> Option<T> {
    let (began, before) = (Instant::now(), kept_waiting(pid));
    let mut work = pin!(work);
    let mut allowed = limit;
    loop {
        if let Ok(done) = timeout_at(began + allowed, work.as_mut()).await {
            return Some(done);
        }
        let now = kept_waiting(pid);
        let waited = now.iter().map(|(thread, ns)| ns.saturating_sub(before.get(thread).copied().unwrap_or(0))).max();
        let may = (limit + Duration::from_nanos(waited.unwrap_or(0))).min(limit * LONGEST);
        if may < allowed + STEP {
            return None;
        }
        allowed = may;
    }
}

/// For each thread of a process, nanoseconds that it was ready to run and did not; empty where the system does not tell.
fn kept_waiting(pid: Option<u32>) -> BTreeMap<u32, u64> {
    let Some(tasks) = pid.and_then(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok()) else {
        return BTreeMap::new();
    };
    // `schedstat`: nanoseconds on a processor, nanoseconds waiting for one, turns.
    let of = |task: fs::DirEntry| {
        let thread = task.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        Some((thread, text.split_whitespace().nth(1)?.parse().ok()?))
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
        while kept_waiting(Some(last.id())).values().sum::<u64>() < 20_000_000 {
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
        assert!(took > limit + STEP, "it waited for a processor, and that counts as work: {took:?}");
        // Who asks shares the same processors: it may itself be late, and is never waited for without end.
        assert!(took < limit * LONGEST + Duration::from_secs(20), "{took:?}");
    }
}
