//! A check of brokers and topics against the mock cluster, a port that is dead, and one that says nothing.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use feed::reach::{Unreached, connect, resolve};
use feed::{BrokerCheck, CheckFinding, CheckNews, CheckSettings, Start, TopicStanding, WorkerCommand};
use wire::envelope::Kind;

use crate::lab::{self, Lab};

fn settings(brokers: &str) -> CheckSettings {
    CheckSettings {
        brokers: brokers.to_owned(),
        topics: vec![(Kind::Results, "results".to_owned()), (Kind::Stages, "not-there".to_owned())],
        start: Start::Earliest,
        worker: lab::worker(),
        memory_limit_bytes: 256 << 20,
    }
}

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_finds_the_cluster_its_topics_and_the_newest_message() {
    let lab = Lab::new();
    lab.topic("results", 2);
    for n in 0..10 {
        lab.send("results", n % 2, &n.to_string());
    }
    lab.flush();
    std::thread::sleep(Duration::from_millis(5));
    lab.send("results", 0, "newest");
    lab.flush();
    let mut check = BrokerCheck::start(&settings(&lab.mock.bootstrap_servers())).await.unwrap();
    let CheckNews::Found(CheckFinding::Answered { brokers, topics, .. }) = check.next(PATIENCE).await else {
        panic!("no answer");
    };
    assert_eq!(brokers.len(), 1);
    assert_eq!(topics, [("results".to_owned(), 2)]);
    let CheckNews::Found(CheckFinding::Topic { topic: 0, standing: TopicStanding::There { partitions } }) =
        check.next(PATIENCE).await
    else {
        panic!("results is there");
    };
    let ranges: Vec<_> = partitions.iter().map(|p| (p.partition, p.low, p.begin, p.end)).collect();
    assert_eq!(ranges, [(0, 0, 0, 6), (1, 0, 0, 5)]);
    let news = check.next(PATIENCE).await;
    assert!(
        matches!(&news, CheckNews::Found(CheckFinding::Topic { topic: 1, standing: TopicStanding::Missing { .. } })),
        "{news:?}"
    );
    let CheckNews::Message(envelope) = check.next(PATIENCE).await else { panic!("no message") };
    assert_eq!((lab::body(&envelope).as_str(), envelope.origin.partition, envelope.origin.offset), ("newest", 0, 5));
    assert_eq!(envelope.key.as_deref(), Some("run/plate".as_bytes()));
    assert!(matches!(check.next(PATIENCE).await, CheckNews::Found(CheckFinding::Done)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_dead_silent_or_no_worker_is_said_in_time() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = closed.local_addr().unwrap();
    drop(closed);
    let begun = Instant::now();
    let mut check = BrokerCheck::start(&settings(&dead.to_string())).await.unwrap();
    let CheckNews::Found(CheckFinding::NoAnswer { reason }) = check.next(PATIENCE).await else { panic!("an answer?") };
    assert!(reason.contains("refused") && begun.elapsed() < Duration::from_secs(6), "{reason} {:?}", begun.elapsed());
    let address: IpAddr = dead.ip();
    assert!(matches!(connect(&[address], dead.port(), PATIENCE).await, Err(Unreached::Refused(_))));

    // It takes connections and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    connect(&[address], port, PATIENCE).await.unwrap();
    let begun = Instant::now();
    let mut check = BrokerCheck::start(&settings(&format!("127.0.0.1:{port}"))).await.unwrap();
    let news = check.next(PATIENCE).await;
    assert!(matches!(news, CheckNews::Found(CheckFinding::NoAnswer { .. })), "{news:?}");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());

    let program = WorkerCommand { program: "/bin/false".into(), args: Vec::new() };
    if let Ok(mut check) = BrokerCheck::start(&CheckSettings { worker: program, ..settings("127.0.0.1:1") }).await {
        let news = check.next(PATIENCE).await;
        assert!(matches!(news, CheckNews::Died(_)), "{news:?}");
    }
    assert_eq!(resolve("127.0.0.1", PATIENCE).await.unwrap(), [address]);
    resolve("no-such-host.invalid", PATIENCE).await.unwrap_err();
}
