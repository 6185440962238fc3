//! `plateside-bench road|window|pixels|plate [PART…] [OPTIONS]`: the product against what is usual, never in tests.

use std::process::ExitCode;

use plateside_tests::bench::{pixels, plate, road, window};
use plateside_tests::broker::Broker;

/// What the command line asked for.
#[derive(Default)]
struct Asked {
    parts: Vec<String>,
    pairs: Option<u32>,
    messages: Option<u32>,
    images: Option<u32>,
    minutes: Option<u32>,
    json: Option<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((bench, asked)) = asked(&arguments) else {
        eprintln!(
            "usage: plateside-bench road [{}] [--pairs N] [--messages N] [--images N] [--json FILE]\n       \
             plateside-bench window [{}] [--pairs N] [--minutes N] [--json FILE]\n       \
             plateside-bench pixels [{}] [--pairs N] [--json FILE]\n       \
             plateside-bench plate [{}] [--pairs N] [--messages N] [--json FILE]",
            road::PARTS.join("|"),
            window::PARTS.join("|"),
            pixels::PARTS.join("|"),
            plate::PARTS.join("|")
        );
        return ExitCode::from(2);
    };
    let pairs = asked.pairs.unwrap_or(7);
    let broker = || Broker::for_test("the bench");
    let result = match bench {
        "pixels" => pixels::run(&asked.parts, asked.pairs.unwrap_or(15)),
        "plate" => {
            let messages = asked.messages.unwrap_or(300_000);
            plate::run(&plate::Asked { parts: asked.parts, pairs: asked.pairs.unwrap_or(5), messages })
        }
        "road" => {
            let Some(broker) = broker() else { return ExitCode::from(3) };
            let images = asked.images.unwrap_or(2000);
            road::run(&broker, &road::Asked { parts: asked.parts, pairs, messages: asked.messages, images })
        }
        _ => {
            let Some(broker) = broker() else { return ExitCode::from(3) };
            let minutes = asked.minutes.unwrap_or(31);
            window::run(&broker, &window::Asked { parts: asked.parts, pairs, minutes })
        }
    };
    println!("{result}");
    if let Some(path) = asked.json {
        std::fs::write(&path, format!("{result:#}\n")).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    ExitCode::SUCCESS
}

fn asked(arguments: &[String]) -> Option<(&str, Asked)> {
    let mut words = arguments.iter();
    let (bench, parts): (&str, &[&str]) = match words.next()?.as_str() {
        "road" => ("road", &road::PARTS),
        "window" => ("window", &window::PARTS),
        "pixels" => ("pixels", &pixels::PARTS),
        "plate" => ("plate", &plate::PARTS),
        _ => return None,
    };
    let mut asked = Asked::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--pairs" => asked.pairs = Some(words.next()?.parse().ok().filter(|pairs| *pairs > 0)?),
            "--messages" => asked.messages = Some(words.next()?.parse().ok()?),
            "--images" => asked.images = Some(words.next()?.parse().ok()?),
            "--minutes" => asked.minutes = Some(words.next()?.parse().ok().filter(|minutes| *minutes > 10)?),
            "--json" => asked.json = Some(words.next()?.clone()),
            part if parts.contains(&part) => asked.parts.push(part.to_owned()),
            _ => return None,
        }
    }
    Some((bench, asked))
}
