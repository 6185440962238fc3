//! A network of a test's own, on a cable (veth) that can be pulled: only this cable leads to the real broker.
//!
//! The test runs twice: outside it lays the cable and starts itself again in a new network namespace; inside, 127.0.0.1 is a
//! loopback of its own, and the broker's port there leads over the cable. What is inside (window, driver, app, workers) has no
//! other network.

use std::io::{BufRead as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::left_out::skipped;

/// Says to the test that it is inside.
const INSIDE: &str = "PLATESIDE_TEST_INSIDE";
/// The cable's end that is inside.
const END: &str = "cable";

/// The cable, as it is known inside.
pub struct Cable(());

/// Where a test finds itself.
pub enum Place {
    /// Inside, with the cable plugged in.
    Inside(Cable),
    /// Outside: the inside has run, and passed.
    Outside,
    /// This machine lets nobody lay cables, which has been said.
    Skipped,
}

impl Cable {
    /// Takes the network away.
    pub fn pull(&self) {
        ip(&["link", "set", END, "down"]);
    }

    /// Gives it back.
    pub fn plug(&self) {
        ip(&["link", "set", END, "up"]);
    }
}

/// Runs a test of this binary (its whole name) inside a network of its own, where `broker` is reached over a cable.
///
/// # Panics
/// Where the test fails inside, or the cable cannot be laid though the machine allows networks of one's own.
#[must_use]
pub fn inside(test: &str, broker: &str) -> Place {
    let broker: SocketAddr = broker.parse().expect("a broker on 127.0.0.1");
    if std::env::var_os(INSIDE).is_some() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).unwrap();
        let (own, far) = line.trim().split_once(' ').expect("the cable's addresses");
        ip(&["link", "set", "lo", "up"]);
        ip(&["addr", "add", &format!("{own}/30"), "dev", END]);
        ip(&["link", "set", END, "up"]);
        forward(TcpListener::bind(broker).unwrap(), far.parse().unwrap());
        return Place::Inside(Cable(()));
    }
    let allowed = Command::new("unshare")
        .args(["-n", "ip", "link", "add", "near", "type", "veth", "peer", "name", "far"])
        .output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        skipped(test, "this user may not lay a network of its own (unshare, ip link add): only root may");
        return Place::Skipped;
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "unshare", "-n"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads", "1"]).env(INSIDE, "1").stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (own_net, its_net) = ("/proc/self/ns/net".to_owned(), format!("/proc/{}/ns/net", child.id()));
    let net = |path: &str| std::fs::read_link(path).ok();
    let began = Instant::now();
    while net(&its_net).is_none_or(|its| Some(its) == net(&own_net)) {
        assert!(began.elapsed() < Duration::from_secs(20), "no network namespace");
        thread::sleep(Duration::from_millis(5));
    }
    let number = child.id();
    let (name, third) = (format!("plt{number}"), number % 250);
    ip(&["link", "add", &name, "type", "veth", "peer", "name", END, "netns", &number.to_string()]);
    ip(&["addr", "add", &format!("10.213.{third}.1/30"), "dev", &name]);
    ip(&["link", "set", &name, "up"]);
    // Only the cable's other end can reach this address.
    let listener = TcpListener::bind((format!("10.213.{third}.1"), 0)).unwrap();
    let far = listener.local_addr().unwrap();
    forward(listener, broker);
    writeln!(child.stdin.take().unwrap(), "10.213.{third}.2 {far}").unwrap();
    let ended = child.wait().unwrap();
    assert!(ended.success(), "{test}, inside a network of its own: {ended}");
    Place::Outside
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().unwrap();
    assert!(output.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Carries every connection on to `target`, for as long as the test runs.
fn forward(listener: TcpListener, target: SocketAddr) {
    drop(thread::spawn(move || {
        for near in listener.incoming().flatten() {
            drop(thread::spawn(move || {
                // Nobody there: the near side is closed, as by a refusing host.
                let Ok(far) = TcpStream::connect_timeout(&target, Duration::from_secs(5)) else { return };
                let (near_too, far_too) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                let back = thread::spawn(move || carry(far_too, near_too));
                carry(near, far);
                let _ended = back.join();
            }));
        }
    }));
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    // Broken either way, both sides learn of it.
    let _carried = std::io::copy(&mut from, &mut to);
    let _closed = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
