//! The connection test on a real broker: it finds what is there, says what to try where it is not, and leaves no trace.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use engine::check::{CheckStep, CheckStepName, CheckStepState, Checked, check};
use engine::{Connection, StartAt};
use feed::WorkerCommand;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::program;
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::Producer;
use plateside_tests::runtime;
use plateside_tests::seed::Seed;
use wire::Kind;

fn worker() -> WorkerCommand {
    WorkerCommand { program: program(), args: ["worker", "consume"].map(Into::into).to_vec() }
}

/// Runs a check; what was told must be what is in the outcome, each step first as running.
fn checked(connection: &Connection) -> Checked {
    let mut told: Vec<CheckStep> = Vec::new();
    let checked = runtime().block_on(check(connection, worker(), |step| told.push(step.clone()))).unwrap();
    let ended: Vec<&CheckStep> = told.iter().filter(|step| step.state != CheckStepState::Running).collect();
    assert_eq!(ended, checked.steps.iter().collect::<Vec<_>>());
    for step in checked.steps.iter().filter(|step| step.state != CheckStepState::Skipped) {
        assert!(step.took_ms < 6000, "{step:?}");
    }
    let tried = checked.steps.iter().filter(|step| step.took_ms > 0 || step.state != CheckStepState::Skipped);
    assert!(tried.count() <= told.iter().filter(|step| step.state == CheckStepState::Running).count(), "{told:?}");
    let names: Vec<CheckStepName> = checked.steps.iter().map(|step| step.name).collect();
    assert_eq!(names, CheckStepName::ALL, "every step is accounted for");
    checked
}

fn states(checked: &Checked) -> Vec<CheckStepState> {
    checked.steps.iter().map(|step| step.state).collect()
}

fn step(checked: &Checked, name: CheckStepName) -> &CheckStep {
    checked.steps.iter().find(|step| step.name == name).unwrap()
}

fn connection(broker: &Broker, topics: &[(Kind, &str)]) -> Connection {
    let topics: BTreeMap<Kind, String> = topics.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect();
    Connection { topics, ..Connection::new("test", broker.address()) }
}

#[test]
fn a_good_connection_is_found_good_and_nothing_is_left_behind() {
    let Some(broker) = Broker::for_test("testing a connection") else { return };
    let topics = Topics::create(&broker, "check", &[(Kind::Results, 3), (Kind::Layouts, 1)]);
    let (results, layouts) = (topics.of(Kind::Results), topics.of(Kind::Layouts));
    let (mut lab, mut seed) = (Lab::new(&topics, 1), Seed::new(3));
    let producer = Producer::new(&broker);
    producer.send(&lab.layout(&lab::plate(1)));
    producer.send_all(&lab.full_plate(&lab::plate(1), &mut seed));
    let _sent = producer.ledger();
    let ours = |broker: &Broker| {
        let all = broker.topics().into_iter();
        all.filter(|(name, _)| topics.all().iter().any(|(_, topic)| topic == name)).collect::<Vec<_>>()
    };
    let before = (broker.groups(), ours(&broker), broker.watermarks(results, 0));

    let lab = connection(&broker, &[(Kind::Results, results), (Kind::Layouts, layouts)]);
    let checked = checked(&lab);
    assert_eq!(states(&checked), [CheckStepState::Ok; 6], "{:#?}", checked.steps);
    assert!(checked.is_ready() && checked.verdict().starts_with("Ready"));
    let says = |name| step(&checked, name).says.as_str();
    assert!(says(CheckStepName::Reach).contains("1 of 1 broker"), "{}", says(CheckStepName::Reach));
    assert!(says(CheckStepName::Topics).contains(&format!("{results} (3 partitions)")));
    assert!(says(CheckStepName::Messages).contains("results: up to 384"), "{}", says(CheckStepName::Messages));
    let first = says(CheckStepName::FirstMessage);
    assert!(first.contains("decoded plate PL00001 of run RUN-1, well P24: 3 features (Cells_Count"), "{first}");
    let counts: Vec<_> = checked.topics.iter().map(|topic| (topic.kind, topic.partitions, topic.available)).collect();
    assert_eq!(counts, [(Kind::Results, 3, 384), (Kind::Layouts, 1, 1)]);
    let preview = checked.preview.as_ref().unwrap();
    assert!(preview.text.as_ref().unwrap().contains("plateside.result/1") && preview.offset == 383, "{preview:?}");

    let from_now = Connection { start: StartAt::Latest, ..lab };
    let latest = self::checked(&from_now);
    assert_eq!(step(&latest, CheckStepName::Messages).state, CheckStepState::Ok);
    assert_eq!(latest.topics[0].available, 0, "what was there is not read");
    assert_eq!(latest.topics[1].available, 1, "layouts are always read from the earliest offset");
    let after = (broker.groups(), ours(&broker), broker.watermarks(results, 0));
    assert_eq!(after, before, "no group, no topic, no message of ours");
}

#[test]
fn what_does_not_work_says_what_to_try() {
    let Some(broker) = Broker::for_test("testing a connection that does not work") else { return };
    let topics = Topics::create(&broker, "wrong", &[(Kind::Results, 1), (Kind::Stages, 1)]);
    let results = topics.of(Kind::Results);
    let misspelt = results.replace("results", "result");
    let wrong = checked(&connection(&broker, &[(Kind::Results, &misspelt)]));
    let said = step(&wrong, CheckStepName::Topics);
    assert_eq!(said.state, CheckStepState::Failed, "{said:?}");
    assert!(said.try_this.as_ref().unwrap().starts_with(&format!("Did you mean {results}")), "{said:?}");
    assert!(said.broker_words.as_ref().unwrap().contains("Unknown topic"), "{said:?}");
    assert!(wrong.topics[0].suggestions.contains(&results.to_owned()));
    assert_eq!(states(&wrong)[4..], [CheckStepState::Skipped; 2]);
    assert!(!broker.topics().contains_key(&misspelt), "asking does not make it");

    let empty = checked(&connection(&broker, &[(Kind::Results, results)]));
    let last_two = [CheckStepState::Warn, CheckStepState::Skipped];
    assert_eq!(states(&empty)[4..], last_two, "an empty topic is to be waited for: {:#?}", empty.steps);
    assert!(empty.is_ready());

    let producer = Producer::new(&broker);
    let mut lab = Lab::new(&topics, 1);
    producer.send(&lab.message(Kind::Results, &lab::plate(1), Some(b"{\"plate\": 7}".to_vec())));
    let _sent = producer.ledger();
    let strange = checked(&connection(&broker, &[(Kind::Results, results)]));
    let said = step(&strange, CheckStepName::FirstMessage);
    assert!(said.state == CheckStepState::Warn && said.broker_words.is_some(), "{said:?}");
    assert!(strange.is_ready(), "such messages are kept and counted: {}", strange.verdict());
}

#[test]
fn a_dead_port_and_an_unknown_name_are_said_in_time() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let begun = Instant::now();
    let refused = checked(&Connection::new("", &dead.to_string()));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let said = step(&refused, CheckStepName::Reach);
    assert_eq!(said.state, CheckStepState::Failed);
    assert!(said.try_this.as_ref().unwrap().contains("nothing listens on that port"), "{said:?}");
    assert_eq!(states(&refused)[2..], [CheckStepState::Skipped; 4]);

    let nobody = checked(&Connection::new("", "no-such-host.invalid:9092"));
    let said = step(&nobody, CheckStepName::ResolveNames);
    assert!(said.state == CheckStepState::Failed && said.broker_words.is_some(), "{said:?}");
    assert!(said.try_this.as_ref().unwrap().contains("Check the spelling of no-such-host.invalid"), "{said:?}");

    // It takes connections and does not speak Kafka.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = checked(&Connection::new("", &silent.local_addr().unwrap().to_string()));
    assert_eq!(step(&mute, CheckStepName::Reach).state, CheckStepState::Ok);
    let said = step(&mute, CheckStepName::Cluster);
    assert!(said.state == CheckStepState::Failed && said.try_this.is_some(), "{said:?}");

    let fault = runtime().block_on(check(&Connection::new("", "me:secret@kafka:9092"), worker(), |_| {})).unwrap_err();
    assert!(fault.to_string().contains("write kafka:9092 alone"), "{fault}");
}
