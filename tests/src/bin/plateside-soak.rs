//! `plateside-soak kill [--times N] [--seed N]`: recorder and worker die at random moments while a lab's messages arrive.

use std::process::ExitCode;
use std::time::Duration;

use plateside_tests::broker::Broker;
use plateside_tests::storm::Storm;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((times, seed)) = asked(&arguments) else {
        eprintln!("usage: plateside-soak kill [--times N] [--seed N]");
        return ExitCode::from(2);
    };
    let Some(broker) = Broker::for_test("the soak") else { return ExitCode::from(3) };
    let folder = tempfile::Builder::new().prefix("plateside-soak-").tempdir().unwrap();
    let arriving = Duration::from_millis(600) * times;
    let weathered = Storm { results: 200_000, images: 500, kills: times, arriving, seed }.blow(&broker, folder.path());
    println!(
        "{} kills ({} of the recorder, {} of the worker, {} while messages arrived): {} messages exactly once, verified, \
         the content of an undisturbed recording; {:.0} s, seed {seed}",
        times,
        weathered.recorder_kills,
        weathered.worker_kills,
        weathered.while_arriving,
        weathered.messages,
        weathered.seconds
    );
    ExitCode::SUCCESS
}

fn asked(arguments: &[String]) -> Option<(u32, u64)> {
    let mut words = arguments.iter();
    if words.next()? != "kill" {
        return None;
    }
    let (mut times, mut seed) = (50, 50);
    while let Some(word) = words.next() {
        let number = words.next()?;
        match word.as_str() {
            "--times" => times = number.parse().ok().filter(|times| *times > 0)?,
            "--seed" => seed = number.parse().ok()?,
            _ => return None,
        }
    }
    Some((times, seed))
}
