//! One broker: format its storage, start it on free ports of 127.0.0.1, wait until it answers.
//!
//! Measured on 2 cores: format 0.7 s, start to answer 2 s.
use super::state::Running;
use crate::process::{self, Outcome};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// A port that was free may be taken before the broker gets to it: then others are tried.
const TRIES: u32 = 3;

/// A Java command that starts quickly: our runs are short, the second compiler never pays.
pub(super) fn java(program: &Path, class_path: &OsStr) -> Command {
    let mut java = Command::new(program);
    java.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]);
    java.arg("-cp").arg(class_path);
    java
}

/// Starts a broker with empty data in a fresh folder under the temporary one.
pub(super) fn start(program: &Path, class_path: &OsStr) -> Outcome<Running> {
    let mut last = String::new();
    for attempt in 1..=TRIES {
        let data = std::env::temp_dir().join(format!("plateside-kafka-{}-{attempt}", std::process::id()));
        match start_in(&data, program, class_path) {
            Ok(running) => return Ok(running),
            Err(error) => last = error,
        }
        let _best_effort = fs::remove_dir_all(&data);
    }
    Err(last)
}

fn start_in(data: &Path, program: &Path, class_path: &OsStr) -> Outcome<Running> {
    let failed = |what: &str, error: std::io::Error| format!("Apache Kafka: {what} {}: {error}", data.display());
    fs::create_dir_all(data).map_err(|error| failed("cannot make", error))?;
    let (port, controller) = free_ports().map_err(|error| failed("no free port for", error))?;
    let settings = data.join("server.properties");
    fs::write(&settings, properties(port, controller, data)).map_err(|error| failed("cannot write in", error))?;

    let id = process::read(java(program, class_path).args(["kafka.tools.StorageTool", "random-uuid"]))?;
    let mut format = java(program, class_path);
    format.args(["kafka.tools.StorageTool", "format", "--standalone", "--cluster-id"]);
    format.args([id.trim(), "--config"]).arg(&settings);
    process::read(&mut format)?;

    let log = data.join("log");
    let file = File::create(&log).map_err(|error| failed("cannot write in", error))?;
    let again = file.try_clone().map_err(|error| failed("cannot write in", error))?;
    let mut broker = java(program, class_path);
    broker.args(["-Xms256m", "-Xmx512m", "-Dorg.slf4j.simpleLogger.showDateTime=true"]);
    // Each thread keeps a direct buffer as large as the largest message that it ever wrote, unless told: after an hour of
    // large messages the broker had none left and answered nobody.
    broker.args(["-XX:MaxDirectMemorySize=1g", "-Djdk.nio.maxCachedBufferSize=1048576"]);
    broker.arg("-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info");
    broker.arg("kafka.Kafka").arg(&settings).current_dir(data);
    // A process group of its own: it outlives this call, and Ctrl-C at the terminal is not meant for it.
    broker.process_group(0).stdin(Stdio::null()).stdout(file).stderr(again);
    let mut child = broker.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
    let pid = child.id();
    let ended = || format!("Apache Kafka ended while starting; the end of its log:\n{}", tail(&log));
    let since = process::born(pid).ok_or_else(ended)?;

    let asked = Instant::now();
    while !answers(port, &log) {
        if !matches!(child.try_wait(), Ok(None)) {
            return Err(ended());
        }
        if asked.elapsed() > PATIENCE {
            process::end(&[(pid, since)], Duration::from_secs(5));
            return Err(format!(
                "Apache Kafka did not answer within {} s; the end of its log:\n{}",
                PATIENCE.as_secs(),
                tail(&log)
            ));
        }
        sleep(Duration::from_millis(50));
    }
    Ok(Running { pid, since, port, data: data.to_path_buf() })
}

fn answers(port: u16, log: &Path) -> bool {
    let started = fs::read_to_string(log).is_ok_and(|text| text.contains("Kafka Server started"));
    started && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

fn free_ports() -> std::io::Result<(u16, u16)> {
    let (first, second) = (TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
    Ok((first.local_addr()?.port(), second.local_addr()?.port()))
}

/// Settings of a broker that is also its own controller. Small counts, because every internal partition costs start time.
fn properties(port: u16, controller: u16, data: &Path) -> String {
    let logs: PathBuf = data.join("data");
    format!(
        "\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
log.dirs={logs}
# No super user: what a test denies to everyone is denied to it too.
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
auto.create.topics.enable=false
delete.topic.enable=true
message.max.bytes=67108864
replica.fetch.max.bytes=67108864
socket.request.max.bytes=134217728
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
# Tests that set a topic's retention wait for it.
log.retention.check.interval.ms=1000
log.segment.delete.delay.ms=500
log.initial.task.delay.ms=500
log.cleaner.backoff.ms=500
",
        logs = logs.display()
    )
}
