//! How many judgements a second the shipped rules make: `cargo run --release --example rules_speed`.

use std::time::Instant;

use plate::rules::{Facts, FeatureFacts, LimitFacts, Outcome, PlateFacts, RuleFile, Rules, SHIPPED, Scope};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file: RuleFile = toml::from_str(SHIPPED)?;
    let start = Instant::now();
    let rules = Rules::compile(&file).map_err(|problems| format!("{problems:?}"))?;
    say(&format!("{} rules checked in {:?}", rules.rules().len(), start.elapsed()));

    let limits = LimitFacts { z_prime_good: Some(0.5), z_prime_attention: Some(0.4), ..LimitFacts::default() };
    let plate = PlateFacts { reading: Some(true), silent_s: Some(2.0), ..PlateFacts::default() };
    let feature =
        |z_prime| FeatureFacts { z_prime: Some(z_prime), edge_effect_mads: Some(1.0), ..FeatureFacts::default() };
    let features = [feature(0.7), feature(0.3)];
    for id in ["z_prime_fail", "edge_effect"] {
        let rule = rules.rule(id).ok_or("no such rule")?;
        let start = Instant::now();
        let (mut held, rounds) = (0_u64, 5_000_000_u64);
        for round in 0..rounds {
            let feature = &features[(round % 2) as usize];
            let facts =
                Facts { plate: Some(&plate), feature: Some(feature), limits: Some(&limits), ..Facts::default() };
            held += u64::from(matches!(std::hint::black_box(rule.judge(&facts)), Outcome::Holds(_)));
        }
        say(&format!("{id}: {:.0} judgements/s, {held} held", rounds as f64 / start.elapsed().as_secs_f64()));
    }
    let start = Instant::now();
    let rounds = 300_000_u64;
    let mut judged = 0_u64;
    for round in 0..rounds {
        let feature = &features[(round % 2) as usize];
        let facts = Facts { plate: Some(&plate), feature: Some(feature), limits: Some(&limits), ..Facts::default() };
        for (_, rule) in rules.of_scope(Scope::Plate) {
            std::hint::black_box(rule.judge(&facts));
            judged += 1;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    say(&format!(
        "all plate rules: {:.0} plates/s, {:.0} judgements/s",
        rounds as f64 / seconds,
        judged as f64 / seconds
    ));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a measurement is for reading")]
fn say(line: &str) {
    println!("{line}");
}
