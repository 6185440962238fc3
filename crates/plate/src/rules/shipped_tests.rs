//! The shipped rules: they compile, keep the bounds, and speak exactly when `QC.md` says so.

use super::*;
use crate::card::{AssayCard, Limits};

fn shipped() -> Rules {
    check_size(SHIPPED).unwrap();
    let file: RuleFile = toml::from_str(SHIPPED).unwrap();
    let again: RuleFile = toml::from_str(&toml::to_string(&file).unwrap()).unwrap();
    assert_eq!(again, file, "what an editor writes is read back");
    Rules::compile(&file).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Which rules hold and which cannot be told.
fn judged(rules: &Rules, scope: Scope, facts: &Facts<'_>) -> (Vec<String>, Vec<String>) {
    let (mut holds, mut undecided) = (Vec::new(), Vec::new());
    for (_, rule) in rules.of_scope(scope) {
        match rule.judge(facts) {
            Outcome::Holds(_) => holds.push(rule.entry().id.clone()),
            Outcome::Undecided(_) => undecided.push(rule.entry().id.clone()),
            Outcome::Not => {}
        }
    }
    (holds, undecided)
}

fn good() -> FeatureFacts<'static> {
    FeatureFacts {
        z_prime: Some(0.7),
        ssmd: Some(-12.0),
        signal_ratio: Some(8.0),
        cv_negative: Some(6.0),
        edge_effect_percent: Some(-4.0),
        worst_row_percent: Some(3.0),
        worst_column_percent: Some(-5.0),
        row_gradient_percent: Some(6.0),
        column_gradient_percent: Some(-7.0),
        edge_effect_mads: Some(-0.6),
        worst_row_mads: Some(1.0),
        worst_column_mads: Some(-1.0),
        row_gradient_mads: Some(2.9),
        column_gradient_mads: Some(-2.9),
        mean_negative_mads: Some(0.3),
        mean_positive_mads: Some(-0.8),
        median_sample_mads: Some(3.0),
        ..FeatureFacts::default()
    }
}

#[test]
fn they_speak_where_the_card_and_qc_say() {
    let rules = shipped();
    let card = AssayCard { name: "A".to_owned(), headline: vec![], pair: vec![], limits: Limits::default() };
    let controls = |controls_in: f64| PlateFacts {
        reading: Some(false),
        controls_in: Some(controls_in),
        controls_expected: Some(48.0),
        ..PlateFacts::default()
    };
    let (limits, plate) = (LimitFacts::of(&card), controls(48.0));
    let on = |plate: &PlateFacts<'_>, feature: FeatureFacts<'_>, limits: LimitFacts<'_>| {
        let facts = Facts { plate: Some(plate), feature: Some(&feature), limits: Some(&limits), ..Facts::default() };
        let (holds, undecided) = judged(&rules, Scope::Plate, &facts);
        (holds.join(" "), undecided.join(" "))
    };
    let speak = |feature: FeatureFacts<'_>, limits: LimitFacts<'_>| on(&plate, feature, limits);
    let drifts = FeatureFacts { mean_positive_mads: Some(3.1), ..good() };
    assert_eq!(on(&controls(47.0), drifts, limits).0, "", "few controls have another mean by chance");
    let said = |feature, limits| speak(feature, limits).0;
    assert_eq!(speak(good(), limits), (String::new(), String::new()), "a good plate is silent");
    let cases: [(FeatureFacts<'_>, &str); 16] = [
        (FeatureFacts { z_prime: Some(0.5), ..good() }, ""),
        (FeatureFacts { z_prime: Some(0.499), ..good() }, "z_prime_attention"),
        (FeatureFacts { z_prime: Some(0.4), ..good() }, "z_prime_attention"),
        (FeatureFacts { z_prime: Some(0.399), ..good() }, "z_prime_fail"),
        (FeatureFacts { ssmd: Some(4.9), ..good() }, "ssmd"),
        (FeatureFacts { signal_ratio: Some(2.9), ..good() }, "signal_ratio"),
        (FeatureFacts { cv_negative: Some(20.1), ..good() }, "cv_negative"),
        (FeatureFacts { edge_effect_mads: Some(-3.1), edge_effect_percent: Some(-20.1), ..good() }, "edge_effect"),
        (FeatureFacts { edge_effect_percent: Some(40.0), ..good() }, ""),
        (FeatureFacts { edge_effect_mads: Some(9.0), ..good() }, ""),
        (FeatureFacts { worst_row_mads: Some(3.1), worst_row_percent: Some(-10.1), ..good() }, "row_line"),
        (FeatureFacts { worst_column_mads: Some(3.1), worst_column_percent: Some(10.1), ..good() }, "column_line"),
        (FeatureFacts { row_gradient_mads: Some(-3.1), row_gradient_percent: Some(20.1), ..good() }, "row_gradient"),
        (
            FeatureFacts { column_gradient_mads: Some(3.1), column_gradient_percent: Some(-20.1), ..good() },
            "column_gradient",
        ),
        (FeatureFacts { mean_positive_mads: Some(3.1), ..good() }, "control_drift"),
        (FeatureFacts { median_sample_mads: Some(-3.1), ..good() }, "sample_drift"),
    ];
    for (feature, expected) in cases {
        assert_eq!(said(feature, limits), expected, "{feature:?}");
    }

    // Before 5 plates are complete nothing large is unusual yet; a card's absolute limit is judged from the first on.
    let early = FeatureFacts {
        edge_effect_percent: Some(-25.0),
        worst_column_percent: Some(-12.0),
        row_gradient_percent: Some(21.0),
        ..FeatureFacts {
            z_prime: good().z_prime,
            ssmd: good().ssmd,
            signal_ratio: good().signal_ratio,
            cv_negative: good().cv_negative,
            worst_row_percent: Some(1.0),
            column_gradient_percent: Some(1.0),
            ..FeatureFacts::default()
        }
    };
    let (holds, undecided) = speak(early, limits);
    assert_eq!(holds, "");
    assert_eq!(
        undecided, "edge_effect column_line row_gradient control_drift sample_drift",
        "only what is large waits"
    );
    let mut all: RuleFile = toml::from_str(SHIPPED).unwrap();
    all.rules.iter_mut().for_each(|rule| rule.enabled = true);
    let all = Rules::compile(&all).unwrap();
    let facts = Facts { plate: Some(&plate), feature: Some(&early), limits: Some(&limits), ..Facts::default() };
    assert_eq!(
        judged(&all, Scope::Plate, &facts).0.join(" "),
        "edge_effect_seen line_seen gradient_seen",
        "switched on"
    );
    assert!(all.rules().iter().filter(|rule| rule.entry().id.ends_with("_seen")).all(|rule| !rule.entry().notify));
    let absolute = LimitFacts {
        edge_effect_percent: Some(20.0),
        line_percent: Some(10.0),
        gradient_percent: Some(20.0),
        ..limits
    };
    assert_eq!(said(early, absolute), "edge_effect column_line row_gradient");

    let (holds, undecided) = speak(FeatureFacts::default(), LimitFacts::default());
    assert!(holds.is_empty() && undecided.starts_with("z_prime_fail z_prime_attention ssmd"), "{holds} {undecided}");
}

#[test]
fn silence_undecoded_messages_and_focus() {
    let rules = shipped();
    let silent = |reading, silent_s| {
        let plate = PlateFacts { reading: Some(reading), silent_s: Some(silent_s), ..PlateFacts::default() };
        let facts = Facts { plate: Some(&plate), ..Facts::default() };
        judged(&rules, Scope::Plate, &facts).0.join(" ")
    };
    assert_eq!([silent(true, 29.9), silent(true, 30.0), silent(false, 300.0)], ["", "silence", ""]);
    let undecoded = |messages, percent| {
        let run = RunFacts { messages: Some(messages), undecoded_percent: Some(percent), ..RunFacts::default() };
        judged(&rules, Scope::Run, &Facts { run: Some(&run), ..Facts::default() }).0.join(" ")
    };
    assert_eq!([undecoded(99.0, 50.0), undecoded(100.0, 1.1), undecoded(1e6, 1.0)], ["", "undecoded", ""]);
    let focus = |focus, focus_mads| {
        let site = SiteFacts { focus, focus_mads, ..SiteFacts::default() };
        let (holds, undecided) = judged(&rules, Scope::Site, &Facts { site: Some(&site), ..Facts::default() });
        (holds.len(), undecided.len())
    };
    assert_eq!(focus(Some(1.0), Some(-3.1)), (1, 0));
    assert_eq!(focus(Some(1.0), Some(3.1)), (0, 0), "sharper than the others is no fault");
    assert_eq!(focus(None, None), (0, 0), "a pipeline that sends none has no such rule");
    assert_eq!(focus(Some(1.0), None), (0, 1));
}

#[test]
fn toml_with_something_unknown_is_refused() {
    let one = SHIPPED.split("[[rule]]").nth(1).unwrap();
    let rule = format!("[[rule]]{one}");
    assert!(toml::from_str::<RuleFile>(&rule).is_ok());
    for (from, to) in [
        ("severity = \"error\"", "severity = \"fatal\""),
        ("scope = \"plate\"", "scope = \"planet\""),
        ("title =", "tilte ="),
        ("[[rule]]", "[[rules]]"),
        ("per_feature = true", "per_feature = 1"),
    ] {
        assert!(rule.contains(from), "{from}");
        assert!(toml::from_str::<RuleFile>(&rule.replace(from, to)).is_err(), "{to}");
    }
}
