//! `plateside-bench road [PART…] [--pairs N] [--messages N] [--images N] [--json FILE]`: the road against what is usual, never in tests.

use std::process::ExitCode;

use plateside_tests::bench::road::{Asked, PARTS, run};
use plateside_tests::broker::Broker;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((asked, json)) = asked(&arguments) else {
        eprintln!(
            "usage: plateside-bench road [{}] [--pairs N] [--messages N] [--images N] [--json FILE]",
            PARTS.join("|")
        );
        return ExitCode::from(2);
    };
    let Some(broker) = Broker::for_test("the bench") else { return ExitCode::from(3) };
    let result = run(&broker, &asked);
    println!("{result}");
    if let Some(path) = json {
        std::fs::write(&path, format!("{result:#}\n")).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    ExitCode::SUCCESS
}

fn asked(arguments: &[String]) -> Option<(Asked, Option<String>)> {
    let mut words = arguments.iter();
    if words.next()? != "road" {
        return None;
    }
    let mut asked = Asked { parts: Vec::new(), pairs: 7, messages: None, images: 2000 };
    let mut json = None;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--pairs" => asked.pairs = words.next()?.parse().ok().filter(|pairs| *pairs > 0)?,
            "--messages" => asked.messages = Some(words.next()?.parse().ok()?),
            "--images" => asked.images = words.next()?.parse().ok()?,
            "--json" => json = Some(words.next()?.clone()),
            part if PARTS.contains(&part) => asked.parts.push(part.to_owned()),
            _ => return None,
        }
    }
    Some((asked, json))
}
