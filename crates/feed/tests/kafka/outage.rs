//! A broker that goes away, and one that never was there.

use std::time::Duration;

use feed::{FeedEvent, FeedState, KafkaSource};

use crate::lab::{self, Lab, Seen, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_may_go_and_come_back() {
    let lab = Lab::alone();
    lab.topic("results", 1);
    // Before the mock accepts the producer: an accepted connection would be inherited by the worker, and live on.
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    lab.send("results", 0, "before");
    lab.flush();
    let mut seen = Seen::default();
    seen.until_messages(&mut source, 1).await;
    lab.mock.broker_down(1).unwrap();
    seen.until_event(&mut source, "down", |e| matches!(e, FeedEvent::BrokerDown { .. })).await;
    assert!(matches!(source.status().borrow().state, FeedState::BrokerDown { .. }));
    assert!(source.status().borrow().offline_since_us.is_some());
    lab.send("results", 0, "after");
    lab.mock.broker_up(1).unwrap();
    lab.flush();
    seen.until_messages(&mut source, 2).await;
    seen.until_event(&mut source, "up", |e| *e == FeedEvent::BrokerUp).await;
    assert_eq!(seen.bodies(), ["before", "after"]);
    assert_eq!(source.status().borrow().offline_since_us, None);
    assert_eq!(source.status().borrow().worker_restarts, 0, "the worker waits, it does not die");
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_not_there_is_named_with_its_address() {
    let _company = lab::beside();
    // Port 1 is reserved and nobody listens.
    let mut source = KafkaSource::start(settings("127.0.0.1:1", &["results"])).unwrap();
    let mut seen = Seen::default();
    let down = |e: &FeedEvent| matches!(e, FeedEvent::BrokerDown { reason } if reason.contains("127.0.0.1:1"));
    seen.until_event(&mut source, "down with the address", down).await;
    assert!(seen.cluster.is_none());
    let cpu = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        // User and system time are the 14th and 15th field; the second is a name in brackets.
        let after = stat.rsplit(") ").next().unwrap().split(' ').collect::<Vec<_>>();
        after[11].parse::<u64>().unwrap() + after[12].parse::<u64>().unwrap()
    };
    let pid = source.status().borrow().worker_pid.unwrap();
    let before = cpu(pid);
    seen.for_a_while(&mut source, Duration::from_secs(2)).await;
    assert!(cpu(pid) - before < 40, "waiting is not spinning: {} ticks in 2 s", cpu(pid) - before);
    source.stop().await;
}
