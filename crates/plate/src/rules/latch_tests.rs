//! The latch: worked courses of events, and what must hold of any course.

use proptest::prelude::*;

use super::latch::{Latch, LatchEvent, LatchEventKind, LatchState, Timing};

const AT_ONCE: Timing = Timing { delay_ms: 0, count: 1, within_ms: 0 };
const AFTER_30_S: Timing = Timing { delay_ms: 30_000, count: 1, within_ms: 0 };
const FIVE_IN_TEN: Timing = Timing { delay_ms: 0, count: 5, within_ms: 10_000 };

/// What comes to a latch: a judgement, time alone, or a person.
#[derive(Debug, Clone, Copy)]
enum Input {
    Holds(bool),
    Tick,
    Acknowledge,
}

fn give(latch: &mut Latch, timing: &Timing, input: Input, at_ms: i64) -> Option<LatchEvent> {
    match input {
        Input::Holds(holds) => latch.observe(timing, holds, at_ms),
        Input::Tick => latch.tick(timing, at_ms),
        Input::Acknowledge => latch.acknowledge(at_ms),
    }
}

/// The events of a course, written short: `R30<0` was raised at 30 about what began at 0.
fn course(timing: &Timing, inputs: &[(Input, i64)]) -> (Vec<String>, LatchState) {
    let mut latch = Latch::default();
    let events = inputs.iter().filter_map(|(input, at_ms)| give(&mut latch, timing, *input, *at_ms));
    let short = |event: LatchEvent| {
        let letter = match event.kind {
            LatchEventKind::Raised => 'R',
            LatchEventKind::Cleared => 'C',
            LatchEventKind::Acknowledged => 'A',
        };
        format!("{letter}{}<{}", event.at_ms, event.since_ms)
    };
    let events = events.map(short).collect();
    (events, latch.state())
}

const YES: Input = Input::Holds(true);
const NO: Input = Input::Holds(false);
const TICK: Input = Input::Tick;
const ACK: Input = Input::Acknowledge;

#[test]
fn it_stays_until_it_is_over_and_acknowledged() {
    let (events, state) = course(&AT_ONCE, &[(NO, 1), (YES, 5), (YES, 6), (NO, 7), (NO, 8), (ACK, 9), (ACK, 10)]);
    assert_eq!(events, ["R5<5", "C7<5", "A9<5"]);
    assert_eq!(state, LatchState::Quiet);
    let (events, state) = course(&AT_ONCE, &[(YES, 5), (ACK, 6), (ACK, 7), (YES, 8), (NO, 9), (ACK, 10)]);
    assert_eq!(events, ["R5<5", "A6<5", "C9<5"]);
    assert_eq!(state, LatchState::Quiet);
    let (events, state) = course(&AT_ONCE, &[(YES, 5), (NO, 7), (YES, 8), (NO, 9)]);
    assert_eq!(events, ["R5<5", "C7<5", "R8<8", "C9<8"], "it calls again before anybody acknowledged");
    assert_eq!(state, LatchState::Cleared { since_ms: 8, again_ms: None });
}

#[test]
fn a_delay_wants_an_unbroken_condition() {
    let (events, _) = course(&AFTER_30_S, &[(YES, 0), (TICK, 29_999), (TICK, 30_000), (TICK, 31_000)]);
    assert_eq!(events, ["R30000<0"]);
    let (events, _) = course(&AFTER_30_S, &[(YES, 0), (NO, 20_000), (YES, 20_000), (TICK, 30_000), (YES, 50_000)]);
    assert_eq!(events, ["R50000<20000"], "a break of no length is a break");
    let (events, _) = course(&AFTER_30_S, &[(YES, 0), (NO, 40_000)]);
    assert!(events.is_empty(), "nobody was there to see that it held for 30 s");
    let again = [(YES, 0), (TICK, 30_000), (NO, 40_000), (YES, 50_000), (ACK, 60_000), (TICK, 79_999), (TICK, 80_000)];
    let (events, state) = course(&AFTER_30_S, &again);
    assert_eq!(events, ["R30000<0", "C40000<0", "A60000<0", "R80000<50000"], "what waits again goes on waiting");
    assert_eq!(state, LatchState::Raised { since_ms: 50_000 });
}

#[test]
fn a_count_looks_back_over_its_window() {
    let hits: Vec<(Input, i64)> = [0, 3_000, 6_000, 9_000, 10_000].map(|at| (YES, at)).to_vec();
    let (events, _) = course(&FIVE_IN_TEN, &hits);
    assert_eq!(events, ["R10000<0"], "10 s apart are within 10 s");
    let (events, _) = course(&FIVE_IN_TEN, &[(YES, 0), (YES, 3_000), (YES, 6_000), (YES, 9_000), (YES, 10_001)]);
    assert!(events.is_empty());
    let (events, _) = course(&FIVE_IN_TEN, &[(YES, 0), (NO, 0), (YES, 0), (YES, 0), (NO, 0), (YES, 0), (YES, 0)]);
    assert_eq!(events, ["R0<0"], "five records of one time are five");
    let (events, state) =
        course(&FIVE_IN_TEN, [hits, vec![(NO, 10_000), (TICK, 10_001), (ACK, 10_002)]].concat().as_slice());
    assert_eq!(events, ["R10000<0", "C10001<0", "A10002<0"], "over when the window has left the first one behind");
    assert_eq!(state, LatchState::Quiet);
}

#[test]
fn time_does_not_run_backwards() {
    let (events, _) = course(&AFTER_30_S, &[(YES, 100_000), (YES, 10), (TICK, 129_999), (TICK, i64::MAX)]);
    assert_eq!(events, ["R9223372036854775807<100000"]);
    let (events, _) = course(&AFTER_30_S, &[(YES, i64::MIN), (YES, i64::MAX)]);
    assert_eq!(events.len(), 1, "no overflow");
}

fn inputs() -> impl Strategy<Value = Vec<(Input, i64)>> {
    let input = prop_oneof![4 => Just(YES), 3 => Just(NO), 3 => Just(TICK), 2 => Just(ACK)];
    prop::collection::vec((input, prop_oneof![Just(0), 0..7_i64]), 0..80).prop_map(|steps| {
        let mut clock = 0;
        let mut at = |step| {
            clock += step;
            clock
        };
        steps.into_iter().map(|(input, step)| (input, at(step))).collect()
    })
}

fn timing() -> impl Strategy<Value = Timing> {
    prop_oneof![
        (0..20_i64).prop_map(|delay_ms| Timing { delay_ms, count: 1, within_ms: 0 }),
        (2..6_u32, 1..20_i64).prop_map(|(count, within_ms)| Timing { delay_ms: 0, count, within_ms }),
    ]
}

/// Whether the condition of a rule, delay and count included, is met after a course: from the whole course, by its
/// definition, not step by step.
fn is_met(timing: &Timing, seen: &[(Input, i64)]) -> bool {
    let now = seen.last().map_or(0, |(_, at)| *at);
    let judged = seen.iter().filter_map(|(input, at)| match input {
        Input::Holds(holds) => Some((*holds, *at)),
        Input::Tick | Input::Acknowledge => None,
    });
    if timing.count > 1 {
        let within = judged.filter(|(holds, at)| *holds && *at >= now - timing.within_ms).count();
        return within >= timing.count as usize;
    }
    let unbroken: Vec<i64> =
        judged.collect::<Vec<_>>().into_iter().rev().take_while(|(holds, _)| *holds).map(|(_, at)| at).collect();
    unbroken.last().is_some_and(|began| now - began >= timing.delay_ms)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_course_keeps_its_promises(timing in timing(), inputs in inputs()) {
        let mut latch = Latch::default();
        let mut lit: Option<bool> = None; // Acknowledged or not, while the condition stands.
        let mut owed = false; // An alert that is over and not acknowledged.
        for (n, (input, at_ms)) in inputs.iter().enumerate() {
            let seen = &inputs[..=n];
            let met = is_met(&timing, seen);
            let restored = Latch::from_numbers(&latch.to_numbers());
            prop_assert_eq!(restored.as_ref(), Some(&latch), "a snapshot is the state");
            let event = give(&mut latch, &timing, *input, *at_ms);
            // What the definitions say, beside the machine.
            let expected = match (input, lit, met) {
                (Input::Acknowledge, Some(false), _) => {
                    lit = Some(true);
                    Some(LatchEventKind::Acknowledged)
                }
                (Input::Acknowledge, None, _) if owed => {
                    owed = false;
                    Some(LatchEventKind::Acknowledged)
                }
                (Input::Acknowledge, ..) => None,
                (_, None, true) => {
                    (lit, owed) = (Some(false), false);
                    Some(LatchEventKind::Raised)
                }
                (_, Some(acknowledged), false) => {
                    (lit, owed) = (None, !acknowledged);
                    Some(LatchEventKind::Cleared)
                }
                _ => None,
            };
            prop_assert_eq!(event.map(|event| event.kind), expected, "{:?} after {:?}", latch, seen);
            if let Some(event) = event {
                prop_assert_eq!(event.at_ms, *at_ms);
                prop_assert!(event.since_ms <= event.at_ms);
                let waited = event.at_ms - event.since_ms;
                prop_assert!(event.kind != LatchEventKind::Raised || waited >= timing.delay_ms);
            }
            prop_assert_eq!(latch.is_lit(), lit.is_some() || owed);
            prop_assert!(latch.to_numbers().len() <= 4 + 64);
        }
    }

    #[test]
    fn strange_numbers_are_no_latch(numbers in prop::collection::vec(any::<i64>(), 0..80)) {
        if let Some(mut latch) = Latch::from_numbers(&numbers) {
            prop_assert_eq!(latch.to_numbers(), numbers);
            latch.observe(&FIVE_IN_TEN, true, 0);
        }
    }
}
