//! The worker's limits on itself: what it may take before it dies instead of the window.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Stack of a thread in bytes. A worker has 12 threads for one broker and two more for each further one; the system's
/// usual 8 MiB each would fill the data limit with address space that nobody touches (96 MiB of 256). With these the
/// whole of an idle worker counts 17 MiB.
const STACK_BYTES: u64 = 1 << 20;

/// Sees to small thread stacks: the C library reads that limit when a program starts, so this one starts itself again,
/// once, in the same process. Where that fails the worker goes on with the stacks it has.
#[cfg(target_os = "linux")]
pub(super) fn small_stacks() {
    use std::os::unix::process::CommandExt;
    let stack = getrlimit(Resource::Stack);
    if stack.current.is_some_and(|bytes| bytes <= STACK_BYTES) {
        return;
    }
    if setrlimit(Resource::Stack, Rlimit { current: Some(STACK_BYTES), maximum: stack.maximum }).is_err() {
        return;
    }
    let mut arguments = std::env::args_os();
    let mut again = std::process::Command::new("/proc/self/exe");
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    let error = again.args(arguments).exec();
    eprintln!("the worker keeps large thread stacks: {error}");
}

#[cfg(not(target_os = "linux"))]
pub(super) fn small_stacks() {}

/// Limits the data that this process may allocate, for good.
pub(super) fn limit_data(bytes: u64) {
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    if let Err(error) = setrlimit(Resource::Data, limit) {
        eprintln!("the worker runs without a memory limit: {error}");
    }
}
