//! What Rust's test programs and Vitest print, read while it streams by: counts, and what the tests say they left out.

/// Start of a line by which a test says that it left something out: `SKIPPED: what (why)`.
const SKIPPED: &str = "SKIPPED: ";
/// Start of a line by which a test says that it needs the folder beside this clone: `LEFT OUT: what: no ../shared …`.
const LEFT_OUT: &str = "LEFT OUT: ";

/// Counts over any number of test programs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests marked `#[ignore]`, and `SKIPPED:` lines: each is a failure in CI.
    pub(crate) skipped: Vec<String>,
    /// `LEFT OUT:` lines: no failure in a clone that stands alone.
    pub(crate) left_out: Vec<String>,
    names: Names,
}

/// With `--show-output` a test program lists the names of all tests that passed a second time; that list is not echoed.
#[derive(Debug, Default, PartialEq, Eq)]
enum Names {
    #[default]
    No,
    /// After `successes:`, which opens both the outputs and the list.
    Perhaps,
    Yes,
}

impl Tally {
    /// Takes one line without its end and returns what to show of it.
    pub(crate) fn hear<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        self.count(line);
        let (names, echo) = match (&self.names, line) {
            (Names::No, "successes:") => (Names::Perhaps, false),
            (Names::Perhaps | Names::Yes, line) if line.starts_with("    ") => (Names::Yes, false),
            (Names::Yes, "") => (Names::No, false),
            _ => (Names::No, true),
        };
        self.names = names;
        echo.then_some(line)
    }

    fn count(&mut self, line: &str) {
        let text = line.trim();
        if text.starts_with(SKIPPED) {
            self.skipped.push(text.to_owned());
        } else if text.starts_with(LEFT_OUT) {
            self.left_out.push(text.to_owned());
        } else if let Some(name) = text.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ignored")) {
            self.skipped.push(format!("{SKIPPED}{} (marked as ignored)", name.0));
        } else if let Some((passed, failed)) = result(text) {
            self.passed += passed;
            self.failed += failed;
        } else if let Some(counts) = text.strip_prefix("Tests  ").and_then(|rest| rest.split_once(" (")).map(|(c, _)| c)
        {
            self.count_pages(counts);
        }
    }

    /// Vitest's sums, such as `1 failed | 14 passed | 2 skipped | 1 todo`.
    fn count_pages(&mut self, counts: &str) {
        for part in counts.split(" | ") {
            let Some((number, word)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                _ => self.skipped.push(format!("{SKIPPED}{number} tests of the pages ({word})")),
            }
        }
    }
}

/// Passed and failed out of `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn result(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
    Some((count(" passed")?, count(" failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 4 tests
test a::b ... ok
test c ... FAILED
test slow ... ignored, takes a day
test d ... ok

successes:

---- d stdout ----
SKIPPED: disk full (no quota here)
LEFT OUT: the reference plates: no ../shared beside this clone

successes:
    a::b
    d

failures:

---- c stdout ----
it broke

failures:
    c

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.02s
test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.02s";

    #[test]
    fn counts_add_up_over_programs_and_every_omission_is_kept() {
        let mut tally = Tally::default();
        for line in OUTPUT.lines() {
            tally.hear(line);
        }
        assert_eq!((tally.passed, tally.failed), (42, 1));
        assert_eq!(tally.skipped, ["SKIPPED: slow (marked as ignored)", "SKIPPED: disk full (no quota here)"]);
        assert_eq!(tally.left_out, ["LEFT OUT: the reference plates: no ../shared beside this clone"]);
    }

    #[test]
    fn the_second_list_of_names_is_not_shown_but_outputs_and_failures_are() {
        let mut tally = Tally::default();
        let shown: Vec<&str> = OUTPUT.lines().filter_map(|line| tally.hear(line)).collect();
        assert!(!shown.contains(&"    a::b"), "the name stands above already");
        assert!(shown.contains(&"    c"), "failures are listed at the end");
        assert!(shown.contains(&"---- d stdout ----") && shown.contains(&"it broke"), "outputs are shown");
    }

    #[test]
    fn tests_of_the_pages_are_counted_and_their_skips_kept() {
        let mut tally = Tally::default();
        for line in [" Test Files  6 passed (6)", "      Tests  1 failed | 14 passed | 2 skipped (17)", "Tests  x (y)"]
        {
            tally.hear(line);
        }
        assert_eq!((tally.passed, tally.failed), (14, 1));
        assert_eq!(tally.skipped, ["SKIPPED: 2 tests of the pages (skipped)"]);
    }

    #[test]
    fn lines_that_only_look_like_a_result_count_nothing() {
        for line in [
            "test result: ok.",
            "test result: ok. x passed; 0 failed",
            "result: ok. 3 passed; 0 failed",
            "test result: 3 passed",
        ] {
            assert_eq!(result(line), None, "{line:?}");
        }
    }
}
