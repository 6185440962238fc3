//! Westgard's rules over a Levey-Jennings chart (`QC.md`; Westgard, Barry, Hunt & Groth, *Clin Chem* 27:493, 1981).
//!
//! One control mean a plate, in plate order, as positions in sd of a frozen baseline; a plate without one is passed
//! over, so that consecutive means consecutive plates with a value. Each rule is judged at each point, over that
//! point and the ones before it. "Beyond" is strict: a point on a line has not crossed it.

use std::fmt;

/// A rule of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WestgardRule {
    /// The point is beyond +2 sd or -2 sd. Warns.
    OneTwoS,
    /// The point is beyond +3 sd or -3 sd. Rejects.
    OneThreeS,
    /// The point and the one before it are both beyond +2 sd, or both beyond -2 sd. Rejects.
    TwoTwoS,
    /// Of the point and the one before it, one is beyond +2 sd and the other beyond -2 sd. A plate gives one point,
    /// so that the run of Westgard's definition is here two consecutive plates. Rejects.
    RFourS,
    /// The point and the three before it are all beyond +1 sd, or all beyond -1 sd. Rejects.
    FourOneS,
    /// The point and the nine before it lie on one side of the mean, none on it. Rejects.
    TenX,
}

impl WestgardRule {
    /// Every rule, in the order in which they are tried.
    pub const ALL: [WestgardRule; 6] = [
        WestgardRule::OneTwoS,
        WestgardRule::OneThreeS,
        WestgardRule::TwoTwoS,
        WestgardRule::RFourS,
        WestgardRule::FourOneS,
        WestgardRule::TenX,
    ];

    /// The rule's name among people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            WestgardRule::OneTwoS => "1-2s",
            WestgardRule::OneThreeS => "1-3s",
            WestgardRule::TwoTwoS => "2-2s",
            WestgardRule::RFourS => "R-4s",
            WestgardRule::FourOneS => "4-1s",
            WestgardRule::TenX => "10x",
        }
    }

    /// Whether it rejects; 1-2s only warns.
    #[must_use]
    pub const fn rejects(self) -> bool {
        !matches!(self, WestgardRule::OneTwoS)
    }

    /// How many consecutive points it looks at, the judged one included.
    #[must_use]
    pub const fn points(self) -> usize {
        match self {
            WestgardRule::OneTwoS | WestgardRule::OneThreeS => 1,
            WestgardRule::TwoTwoS | WestgardRule::RFourS => 2,
            WestgardRule::FourOneS => 4,
            WestgardRule::TenX => 10,
        }
    }

    /// Whether these points, oldest first and as many as [`WestgardRule::points`], break the rule.
    fn is_broken_by(self, points: &[(usize, f64)]) -> bool {
        let all_beyond = |limit: f64| {
            points.iter().all(|(_, position)| *position > limit)
                || points.iter().all(|(_, position)| *position < -limit)
        };
        match self {
            WestgardRule::OneTwoS | WestgardRule::TwoTwoS => all_beyond(2.0),
            WestgardRule::OneThreeS => all_beyond(3.0),
            WestgardRule::FourOneS => all_beyond(1.0),
            WestgardRule::TenX => all_beyond(0.0),
            WestgardRule::RFourS => {
                points.iter().any(|(_, position)| *position > 2.0)
                    && points.iter().any(|(_, position)| *position < -2.0)
            }
        }
    }
}

impl fmt::Display for WestgardRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule that a point broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: WestgardRule,
    /// The points that made it, as indices into the series, oldest first; the last one is the point that was judged.
    pub points: Vec<usize>,
}

/// Every rule broken, at each point in turn. `positions_sd` are plates in order: (control mean - baseline mean) /
/// baseline sd, `None` where a plate has none. Sorted by the judged point, then in the order of
/// [`WestgardRule::ALL`].
#[must_use]
pub fn violations(positions_sd: &[Option<f64>]) -> Vec<Violation> {
    let known: Vec<(usize, f64)> = positions_sd
        .iter()
        .enumerate()
        .filter_map(|(at, position)| Some((at, position.filter(|position| position.is_finite())?)))
        .collect();
    let mut found = Vec::new();
    for end in 1..=known.len() {
        for rule in WestgardRule::ALL {
            let window = end.checked_sub(rule.points()).and_then(|start| known.get(start..end));
            if let Some(window) = window.filter(|window| rule.is_broken_by(window)) {
                found.push(Violation { rule, points: window.iter().map(|(at, _)| *at).collect() });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Days (from 1) at which `rule` is broken.
    fn days(rule: WestgardRule, positions: &[f64]) -> Vec<usize> {
        let some: Vec<Option<f64>> = positions.iter().copied().map(Some).collect();
        let of_rule = violations(&some).into_iter().filter(|violation| violation.rule == rule);
        of_rule.filter_map(|violation| Some(violation.points.last()? + 1)).collect()
    }

    /// Exercise and answers of "QC: The Levey-Jennings control chart" (P. L. Barry, westgard.com, lesson 12 and its
    /// answers): cholesterol over 28 days, control 1 with mean 200 and sd 4 mg/dL, control 2 with mean 250 and sd 5.
    const CONTROL_1: [f64; 28] = [
        200., 205., 195., 202., 186., 207., 194., 209., 200., 196., 190., 204., 196., 207., 200., 205., 209., 197.,
        196., 198., 197., 195., 198., 199., 191., 197., 190., 202.,
    ];
    const CONTROL_2: [f64; 28] = [
        247., 250., 255., 243., 254., 263., 251., 264., 253., 244., 261., 254., 239., 236., 250., 259., 257., 256.,
        249., 257., 241., 255., 250., 259., 247., 242., 256., 246.,
    ];

    #[test]
    fn the_published_exercise_has_its_published_answers() {
        let one = CONTROL_1.map(|value| (value - 200.0) / 4.0);
        let two = CONTROL_2.map(|value| (value - 250.0) / 5.0);
        // As the lesson has it, a day's run is both controls: control 1, then control 2.
        let both: Vec<f64> = one.iter().zip(&two).flat_map(|(one, two)| [*one, *two]).collect();
        let runs = |rule| -> Vec<usize> {
            let mut runs: Vec<usize> = days(rule, &both).iter().map(|point| point.div_ceil(2)).collect();
            runs.dedup();
            runs
        };
        assert_eq!(runs(WestgardRule::OneTwoS), [5, 6, 8, 11, 13, 14, 17, 25, 27], "nine runs beyond 2 sd");
        assert_eq!(runs(WestgardRule::OneThreeS), [5], "one run beyond 3 sd");
        assert_eq!(runs(WestgardRule::TwoTwoS), [8], "both exceed +2 sd");
        assert_eq!(runs(WestgardRule::RFourS), [11], "both exceed 2 sd in opposite directions");
        assert_eq!(days(WestgardRule::TwoTwoS, &two), [14], "two days in a row beyond -2 sd");
        assert_eq!(days(WestgardRule::TwoTwoS, &one), [0; 0]);
        // The lesson's table speaks of a negative shift at the end; it is the ten days below the mean, 18 to 27.
        assert_eq!(days(WestgardRule::TenX, &one), [27]);
        assert_eq!(days(WestgardRule::FourOneS, &one), [0; 0]);
    }

    #[test]
    fn a_point_on_a_line_has_not_crossed_it() {
        assert!(violations(&[Some(2.0), Some(-2.0), Some(2.0)]).is_empty());
        assert!(violations(&[Some(1.0); 4]).is_empty());
        let mut side = [Some(0.5); 10];
        assert_eq!(violations(&side), [Violation { rule: WestgardRule::TenX, points: (0..10).collect() }]);
        side[4] = Some(0.0);
        assert!(violations(&side).is_empty());
    }

    #[test]
    fn the_points_that_made_it_are_named_and_gaps_passed_over() {
        let series = [Some(2.1), None, Some(2.2), Some(f64::NAN), Some(-2.3)];
        let found = violations(&series);
        let said: Vec<String> =
            found.iter().map(|violation| format!("{} {:?}", violation.rule, violation.points)).collect();
        assert_eq!(said, ["1-2s [0]", "1-2s [2]", "2-2s [0, 2]", "1-2s [4]", "R-4s [2, 4]"]);
        assert_eq!(found.iter().filter(|violation| violation.rule.rejects()).count(), 2);
        assert!(violations(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_mirrored_chart_breaks_the_same_rules_and_the_past_is_not_changed(
            series in prop::collection::vec(prop::option::of(-4.0..4.0), 0..60), cut in 0_usize..60,
        ) {
            let found = violations(&series);
            let mirrored: Vec<Option<f64>> = series.iter().map(|position| position.map(|position| -position)).collect();
            prop_assert_eq!(&violations(&mirrored), &found);
            let cut = cut.min(series.len());
            let before: Vec<Violation> =
                found.into_iter().filter(|violation| violation.points.iter().all(|at| *at < cut)).collect();
            prop_assert_eq!(violations(&series[..cut]), before, "what comes later changes nothing of what was judged");
        }
    }
}
