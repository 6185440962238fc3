//! Bursts: many alerts of one rule that were raised together are one line with a count.

use std::collections::BTreeMap;

/// Alerts of one rule that were raised together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst<'r> {
    /// The rule's name.
    pub rule: &'r str,
    /// When the first was raised, in milliseconds.
    pub first_ms: i64,
    /// When the last was raised.
    pub last_ms: i64,
    /// Their places in what was given, in its order; never none.
    pub members: Vec<usize>,
}

/// Groups alerts, given as (rule, time raised) in the order of their records, so that each lies within `window_ms` of
/// its group's first: a rule that keeps calling gets a new line each window, not one that never ends. Groups come in
/// the order of their first members, and every alert is in exactly one.
#[must_use]
pub fn collapse<'r>(raised: impl IntoIterator<Item = (&'r str, i64)>, window_ms: i64) -> Vec<Burst<'r>> {
    let mut bursts: Vec<Burst<'r>> = Vec::new();
    // The open group of each rule, with the time that opened it.
    let mut open: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for (member, (rule, at_ms)) in raised.into_iter().enumerate() {
        let joins = |opened_ms: i64| at_ms.abs_diff(opened_ms) <= window_ms.max(0).unsigned_abs();
        let group = open.get(rule).filter(|(_, opened_ms)| joins(*opened_ms)).map(|(group, _)| *group);
        match group.and_then(|group| bursts.get_mut(group)) {
            Some(burst) => {
                burst.first_ms = burst.first_ms.min(at_ms);
                burst.last_ms = burst.last_ms.max(at_ms);
                burst.members.push(member);
            }
            None => {
                open.insert(rule, (bursts.len(), at_ms));
                bursts.push(Burst { rule, first_ms: at_ms, last_ms: at_ms, members: vec![member] });
            }
        }
    }
    bursts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_of_one_rule_is_one_line_and_another_rule_is_its_own() {
        let raised = [("edge", 0), ("focus", 100), ("focus", 900), ("edge", 10_001), ("focus", 10_100), ("focus", 500)];
        let lines: Vec<_> = collapse(raised, 10_000).into_iter().map(|b| (b.rule, b.members, b.last_ms)).collect();
        let expected = [("edge", vec![0], 0), ("focus", vec![1, 2, 4, 5], 10_100), ("edge", vec![3], 10_001)];
        assert_eq!(lines, expected, "a window of 10 s reaches 10,000 ms and not one more");
        assert!(collapse([], 10_000).is_empty());
        assert_eq!(collapse([("a", i64::MIN), ("a", i64::MAX)], i64::MAX).len(), 2, "no overflow at the ends of time");
    }

    proptest::proptest! {
        #[test]
        fn every_alert_is_in_one_line_and_none_is_longer_than_the_window(
            raised in proptest::collection::vec((0..3_usize, 0..50_i64), 0..60),
            window_ms in 0..20_i64,
        ) {
            let mut clock = 0;
            let raised: Vec<(&str, i64)> = raised.into_iter().map(|(rule, step)| {
                clock += step / 10;
                (["a", "b", "c"][rule], clock)
            }).collect();
            let bursts = collapse(raised.clone(), window_ms);
            let mut members: Vec<usize> = bursts.iter().flat_map(|burst| burst.members.clone()).collect();
            members.sort_unstable();
            assert_eq!(members, (0..raised.len()).collect::<Vec<_>>());
            for burst in &bursts {
                assert!(burst.last_ms - burst.first_ms <= window_ms);
                assert!(burst.members.iter().all(|member| raised[*member].0 == burst.rule));
            }
        }
    }
}
