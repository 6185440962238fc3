//! The end of `cargo xtask test`: a table of suites, what was left out, and the verdict.
use crate::libtest::Tally;
use crate::process::Outcome;

/// One suite's result.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    /// Why the suite failed as a whole.
    pub(crate) problem: Option<String>,
    pub(crate) seconds: f64,
    pub(crate) budget_s: u64,
}

/// The table, then every omission and every problem by name.
pub(crate) fn print(rows: &[Row]) {
    println!("\n{:<10}{:>8}{:>8}{:>9}{:>11}{:>10}", "suite", "passed", "failed", "skipped", "seconds", "budget");
    for row in rows {
        let Row { name, tally, problem, seconds, budget_s } = row;
        let late = if *seconds > *budget_s as f64 { "  over budget" } else { "" };
        let failed = if problem.is_some() { "  FAILED" } else { "" };
        let (passed, lost, skipped) = (tally.passed, tally.failed, skipped(tally));
        println!("{name:<10}{passed:>8}{lost:>8}{skipped:>9}{seconds:>11.1}{budget_s:>10}{failed}{late}");
    }
    let (passed, failed, skipped) = totals(rows);
    let seconds: f64 = rows.iter().map(|row| row.seconds).sum();
    let budget_s: u64 = rows.iter().map(|row| row.budget_s).sum();
    println!("{:<10}{passed:>8}{failed:>8}{skipped:>9}{seconds:>11.1}{budget_s:>10}", "total");

    if skipped > 0 {
        println!("\nleft out:");
        for line in rows.iter().flat_map(|row| row.tally.skipped.iter().chain(&row.tally.left_out)) {
            println!("  {line}");
        }
    }
    for row in rows {
        if let Some(problem) = &row.problem {
            println!("\n{}: {problem}", row.name);
        }
    }
}

/// Prints the closing line; an error says why the run is not good.
pub(crate) fn verdict(rows: &[Row], in_ci: bool, has_shared: bool) -> Outcome<()> {
    let (passed, failed, skipped) = totals(rows);
    let problem = problem(rows, in_ci, has_shared);
    if let Some(problem) = &problem {
        println!("\n{problem}");
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    match problem {
        Some(_) => Err(String::new()),
        None => Ok(()),
    }
}

fn problem(rows: &[Row], in_ci: bool, has_shared: bool) -> Option<&'static str> {
    let any = |what: fn(&Row) -> bool| rows.iter().any(what);
    if any(|row| row.problem.is_some() || row.tally.failed > 0) {
        Some("Not good: see what failed above.")
    } else if in_ci && any(|row| !row.tally.skipped.is_empty()) {
        Some("Not good: in CI nothing may be skipped.")
    } else if has_shared && any(|row| !row.tally.left_out.is_empty()) {
        Some("Not good: ../shared is there, so nothing may be left out for want of it.")
    } else {
        None
    }
}

fn totals(rows: &[Row]) -> (u64, u64, usize) {
    rows.iter().fold((0, 0, 0), |(passed, failed, left), row| {
        (passed + row.tally.passed, failed + row.tally.failed, left + skipped(&row.tally))
    })
}

fn skipped(tally: &Tally) -> usize {
    tally.skipped.len() + tally.left_out.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: &str) -> Row {
        let mut tally = Tally::default();
        tally.hear(line);
        Row { name: "road", tally, problem: None, seconds: 1.0, budget_s: 1 }
    }

    #[test]
    fn a_skip_fails_only_in_ci() {
        let rows = [row("SKIPPED: x (y)")];
        assert!(problem(&rows, true, false).is_some(), "CI runs everything");
        assert_eq!(problem(&rows, false, true), None, "a person may lack something");
    }

    #[test]
    fn what_needs_the_folder_beside_fails_only_where_the_folder_is() {
        let rows = [row("LEFT OUT: x: no ../shared beside this clone")];
        assert_eq!(problem(&rows, true, false), None, "a clone that stands alone is good");
        assert!(problem(&rows, false, true).is_some(), "the test did not look");
    }

    #[test]
    fn a_failed_test_or_suite_fails_everywhere() {
        assert!(problem(&[row("test result: FAILED. 1 passed; 1 failed; 0 ignored")], false, false).is_some());
        let broken = Row { problem: Some("no compiler".to_owned()), ..row("") };
        assert!(problem(&[broken], false, false).is_some());
        assert_eq!(problem(&[row("test result: ok. 1 passed; 0 failed; 0 ignored")], true, true), None);
    }
}
