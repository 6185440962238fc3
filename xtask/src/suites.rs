//! `cargo xtask test`: every suite runs whatever the others did, and the end says how many tests ran and how long each took.
use crate::leash::Leash;
use crate::libtest::Tally;
use crate::process::{self, Outcome};
use crate::report::{self, Row};
use crate::stream::stream;
use crate::{chores, deny, needs, onnxruntime, places, window as pages};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

const USAGE: &str = "usage: cargo xtask test [--all] [FILTER]   (FILTER: a suite, or part of tests' names)";

/// How a suite is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    /// Vitest prints one line of sums; filters of Rust's tests are not for it.
    Pages,
    /// Its exit code is the one check.
    One,
    /// Test programs print how many tests they ran.
    Tests,
}

struct Suite {
    name: &'static str,
    count: Count,
    /// Seconds on 2 cores, with dependencies built; over it a suite is marked and does not fail.
    budget_s: u64,
    run: fn(&mut Leash, &str) -> Outcome<Command>,
}

const SUITES: [Suite; 12] = [
    Suite { name: "fmt", count: Count::One, budget_s: 10, run: fmt },
    Suite { name: "deny", count: Count::One, budget_s: 15, run: deny },
    Suite { name: "eslint", count: Count::One, budget_s: 60, run: eslint },
    Suite { name: "svelte", count: Count::One, budget_s: 60, run: svelte },
    Suite { name: "vitest", count: Count::Pages, budget_s: 60, run: vitest },
    Suite { name: "browser", count: Count::Pages, budget_s: 450, run: browser },
    Suite { name: "clippy", count: Count::One, budget_s: 600, run: clippy },
    Suite { name: "build", count: Count::One, budget_s: 800, run: build },
    Suite { name: "unit", count: Count::Tests, budget_s: 120, run: unit },
    Suite { name: "doc", count: Count::Tests, budget_s: 60, run: doc },
    Suite { name: "road", count: Count::Tests, budget_s: 600, run: road },
    Suite { name: "window", count: Count::Tests, budget_s: 300, run: window },
];
/// For the first half of a build, which compiles all dependencies on a fresh machine.
const FIRST_BUILD: Duration = Duration::from_secs(3600);
const SOAK: Suite = Suite { name: "soak", count: Count::One, budget_s: 900, run: soak };

/// What `cargo xtask test` was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    all: bool,
    /// Only this suite.
    suite: Option<&'a str>,
    /// Only tests whose name holds this; empty for all.
    filter: &'a str,
}

/// Runs what was asked for; any failure is an error after the table.
pub(crate) fn command(args: &[String]) -> Outcome<()> {
    let asked = asked(args)?;
    let mut rows = vec![install(&asked)];
    let soak = asked.all.then_some(&SOAK);
    for suite in SUITES.iter().chain(soak).filter(|suite| asked.wants(suite)) {
        println!("\n== {}", suite.name);
        rows.push(timed(suite, asked.filter));
    }
    report::print(&rows);
    report::verdict(&rows, in_ci(), places::shared().is_some())
}

fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

fn asked(args: &[String]) -> Outcome<Asked<'_>> {
    let mut asked = Asked { all: false, suite: None, filter: "" };
    for arg in args {
        match arg.as_str() {
            "--all" => asked.all = true,
            name if SUITES.iter().any(|suite| suite.name == name) => asked.suite = Some(name),
            option if option.starts_with('-') || !asked.filter.is_empty() => return Err(USAGE.to_owned()),
            filter => asked.filter = filter,
        }
    }
    Ok(asked)
}

impl Asked<'_> {
    /// A filter is about tests: then only the suites of tests run, and what they need.
    fn wants(&self, suite: &Suite) -> bool {
        let filtered = !self.filter.is_empty();
        match self.suite {
            Some(name) => suite.name == name || (["road", "window"].contains(&name) && suite.name == "build"),
            None => !filtered || suite.count == Count::Tests || suite.name == "build",
        }
    }
}

/// What the suites need; its time stands apart so that theirs can be compared from run to run.
fn install(asked: &Asked<'_>) -> Row {
    let began = Instant::now();
    let wants = |name| SUITES.iter().any(|suite| suite.name == name && asked.wants(suite));
    let mut problems = Vec::new();
    problems.extend(needs::compilers().err());
    if wants("fmt") {
        problems.extend(needs::component("rustfmt", "fmt").err());
    }
    if wants("clippy") {
        problems.extend(needs::component("clippy", "clippy").err());
    }
    if wants("deny") {
        problems.extend(deny::program().err());
    }
    if ["eslint", "svelte", "vitest", "browser"].into_iter().any(wants) {
        problems.extend(pages::packages().err());
    }
    if ["clippy", "build", "unit"].into_iter().any(wants) {
        problems.extend(pages::libraries().err());
        problems.extend(pages::pages().err());
    }
    if wants("browser") {
        problems.extend(pages::chromium().err());
    }
    if wants("window") {
        problems.extend(pages::display().err());
    }
    if wants("road") || wants("window") {
        problems.extend(needs::broker().err());
    }
    // Models run without it too, and slower: only in CI is that a failure.
    if ["unit", "road", "window"].into_iter().any(wants) {
        match onnxruntime::library() {
            Err(error) if in_ci() => problems.push(error),
            Err(error) => println!("{error}; models run on tract"),
            Ok(_) => {}
        }
    }
    Row {
        name: "install",
        tally: Tally::default(),
        problem: Some(problems.join("\n")).filter(|problems| !problems.is_empty()),
        seconds: began.elapsed().as_secs_f64(),
        budget_s: 300,
    }
}

fn timed(suite: &Suite, filter: &str) -> Row {
    let began = Instant::now();
    let mut tally = Tally::default();
    let outcome = Leash::new().and_then(|mut leash| {
        let mut command = (suite.run)(&mut leash, filter)?;
        println!("{}", process::shown(&command));
        stream(&mut leash, &mut command, &mut tally, limit(suite))
    });
    if suite.count == Count::One {
        (tally.passed, tally.failed) = if outcome == Ok(true) { (1, 0) } else { (0, 1) };
    }
    let problem = match outcome {
        Ok(true) => None,
        Ok(false) => Some("failed, see above".to_owned()),
        Err(error) => Some(error),
    };
    // Counted as a failure even where no test did, for instance because nothing could be built.
    if problem.is_some() && tally.failed == 0 {
        tally.failed = 1;
    }
    Row { name: suite.name, tally, problem, seconds: began.elapsed().as_secs_f64(), budget_s: suite.budget_s }
}

/// A suite that hangs must not hide the ones after it.
fn limit(suite: &Suite) -> Duration {
    Duration::from_secs((4 * suite.budget_s).max(600))
}

/// A filter as an argument, unless it is empty.
fn only(filter: &str) -> Option<&str> {
    Some(filter).filter(|filter| !filter.is_empty())
}

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(needs::cargo());
    cargo.args(args).current_dir(places::clone());
    cargo
}

fn fmt(_: &mut Leash, _: &str) -> Outcome<Command> {
    Ok(cargo(&["fmt", "--all", "--check"]))
}

fn deny(_: &mut Leash, _: &str) -> Outcome<Command> {
    let mut deny = Command::new(deny::program()?);
    println!("advisories are not checked: their database comes from no package manager (cargo deny check advisories)");
    deny.args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
        .current_dir(places::clone());
    Ok(deny)
}

fn eslint(_: &mut Leash, _: &str) -> Outcome<Command> {
    Ok(pages::npm(&["run", "--silent", "lint"]))
}

fn svelte(_: &mut Leash, _: &str) -> Outcome<Command> {
    Ok(pages::npm(&["run", "--silent", "check"]))
}

fn vitest(_: &mut Leash, _: &str) -> Outcome<Command> {
    Ok(pages::npm(&["run", "--silent", "test"]))
}

/// The pages in Chromium on the recorded desk, with axe.
fn browser(_: &mut Leash, _: &str) -> Outcome<Command> {
    let mut browser = pages::npm(&["run", "--silent", "test:browser"]);
    browser.env("CHROMIUM", pages::chromium()?);
    Ok(browser)
}

fn clippy(_: &mut Leash, _: &str) -> Outcome<Command> {
    Ok(cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

/// Everything that the suites after it run, so that their times are those of tests and not of the compiler.
fn build(leash: &mut Leash, _: &str) -> Outcome<Command> {
    let mut bins = cargo(&["build", "--workspace", "--bins", "--locked"]);
    if !stream(leash, &mut bins, &mut Tally::default(), FIRST_BUILD)? {
        return Err("the programs could not be built, see above".to_owned());
    }
    Ok(cargo(&["test", "--workspace", "--no-run", "--locked"]))
}

/// Always of the whole workspace: for fewer packages cargo would choose other features, and build all dependencies anew.
fn unit(_: &mut Leash, filter: &str) -> Outcome<Command> {
    let mut unit = cargo(&["test", "--workspace", "--lib", "--bins", "--locked"]);
    for name in integration_tests()? {
        unit.args(["--test", &name]);
    }
    unit.args(["--no-fail-fast", "--", "--show-output"]).args(only(filter));
    unit.envs(onnxruntime::known());
    Ok(unit)
}

/// The test programs of the rooms: `crates/ROOM/tests/NAME/main.rs`.
fn integration_tests() -> Outcome<Vec<String>> {
    let below = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let programs = below(places::clone().join("crates")).flat_map(|room| below(room.join("tests")));
    let programs = programs.filter(|program| program.join("main.rs").is_file());
    let names = programs.filter_map(|program| Some(program.file_name()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    if names.is_empty() { Err("no test program was found under crates".to_owned()) } else { Ok(names) }
}

fn doc(_: &mut Leash, filter: &str) -> Outcome<Command> {
    let mut doc = cargo(&["test", "--workspace", "--doc", "--locked", "--no-fail-fast"]);
    doc.arg("--").args(only(filter));
    Ok(doc)
}

fn road(leash: &mut Leash, filter: &str) -> Outcome<Command> {
    let broker = leash.broker()?;
    let mut road = cargo(&["test", "--workspace", "--test", "road", "--locked"]);
    road.args(["--no-fail-fast", "--", "--show-output"]).args(only(filter));
    road.env("PLATESIDE_KAFKA", broker.bootstrap()).env("PLATESIDE_BIN", places::built("debug", "plateside"));
    road.envs(onnxruntime::known());
    Ok(road)
}

/// Windows share two cores: one after the other, so that none waits for another's frames.
fn window(leash: &mut Leash, filter: &str) -> Outcome<Command> {
    let broker = leash.broker()?;
    let mut window = cargo(&["test", "--workspace", "--test", "window", "--locked"]);
    window.args(["--no-fail-fast", "--", "--show-output", "--test-threads=1"]).args(only(filter));
    window.env("PLATESIDE_KAFKA", broker.bootstrap()).env("PLATESIDE_BIN", places::built("debug", "plateside"));
    window.env("PLATESIDE_APP", places::built("debug", "plateside-app"));
    window.env("PLATESIDE_TAURI_DRIVER", pages::display()?).envs(onnxruntime::known());
    Ok(window)
}

fn soak(leash: &mut Leash, _: &str) -> Outcome<Command> {
    chores::soak(leash, &["kill", "--times", "5"].map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_word_names_a_suite_or_else_filters_tests() {
        let (nothing, suite, filter) = (words(""), words("road"), words("--all well_"));
        assert_eq!(asked(&nothing), Ok(Asked { all: false, suite: None, filter: "" }));
        assert_eq!(asked(&suite), Ok(Asked { all: false, suite: Some("road"), filter: "" }));
        assert_eq!(asked(&filter), Ok(Asked { all: true, suite: None, filter: "well_" }));
        for wrong in ["--everything", "one two"] {
            assert!(asked(&words(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_filter_leaves_out_the_suites_that_have_no_tests() {
        let chosen = |text: &str| {
            let args = words(text);
            let asked = asked(&args).expect("a good command line");
            SUITES.iter().filter(|suite| asked.wants(suite)).map(|suite| suite.name).collect::<Vec<_>>()
        };
        assert_eq!(chosen("").len(), SUITES.len(), "all");
        assert_eq!(chosen("well_"), ["build", "unit", "doc", "road", "window"]);
        assert_eq!(chosen("fmt"), ["fmt"]);
        assert_eq!(chosen("road"), ["build", "road"], "the road runs the built program");
    }
}
