//! What we evaluate and what the `cel` crate's own interpreter evaluates are the same, on random expressions and facts.

use std::collections::HashMap;
use std::sync::Arc;

use cel::extractors::Arguments;
use cel::{Context, ExecutionError, Value};
use proptest::prelude::*;

use super::compile_tests::rule;
use super::*;

/// A random expression of one type; divisors are never 0, so that no infinity is met, which CEL has and rules have not.
fn number() -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec![
        "feature.z_prime",
        "feature.ssmd",
        "feature.n_sample",
        "plate.format",
        "limits.signal_ratio",
        "0.5",
        "3.0",
        "-2.25",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(3, 12, 2, |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                (pair.clone(), prop::sample::select(vec!["+", "-", "*"]))
                    .prop_map(|((a, b), o)| format!("({a} {o} {b})")),
                inner.clone().prop_map(|a| format!("{a} / 4.0")),
                inner.clone().prop_map(|a| format!("-({a})")),
                inner.clone().prop_map(|a| format!("abs({a})")),
                pair.clone().prop_map(|(a, b)| format!("min({a}, {b}, 1.0)")),
                pair.clone().prop_map(|(a, b)| format!("max({a}, {b})")),
                pair.prop_map(|(a, b)| format!("(plate.reading ? {a} : {b})")),
            ]
        })
        .boxed()
}

fn text() -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec!["plate.barcode", "plate.stage", "'P1'", "\"Пл'1\"", "'read\\\\er'", "''"]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(1, 3, 2, |inner| {
            (inner.clone(), inner).prop_map(|(a, b)| format!("(plate.complete ? {a} : {b})"))
        })
        .boxed()
}

fn truth() -> BoxedStrategy<String> {
    let comparison = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let whole = prop::sample::select(vec!["3", "-1", "2 * 2", "7 / 2 - 1", "7 % 4", "0"]);
    let leaf = prop_oneof![
        (number(), comparison.clone(), number()).prop_map(|(a, o, b)| format!("{a} {o} {b}")),
        (number(), comparison.clone(), whole).prop_map(|(a, o, b)| format!("{a} {o} {b}")),
        (text(), comparison, text()).prop_map(|(a, o, b)| format!("{a} {o} {b}")),
        prop::sample::select(vec!["plate.reading", "plate.complete", "true", "false"]).prop_map(str::to_owned),
        prop::sample::select(vec!["feature.z_prime", "limits.signal_ratio", "plate.stage", "plate.complete"])
            .prop_map(|path| format!("has({path})")),
        text().prop_map(|a| format!("{a} in ['P1', 'reader', '']")),
        number().prop_map(|a| format!("{a} in [0.5, 3.0, 384.0]")),
        (text(), text()).prop_map(|(a, b)| format!("{a}.startsWith({b})")),
        (text(), text()).prop_map(|(a, b)| format!("{a}.endsWith({b})")),
        (text(), text()).prop_map(|(a, b)| format!("{a}.contains({b})")),
    ];
    leaf.prop_recursive(3, 16, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            3 => pair.clone().prop_map(|(a, b)| format!("({a} && {b})")),
            3 => pair.clone().prop_map(|(a, b)| format!("({a} || {b})")),
            1 => inner.clone().prop_map(|a| format!("!({a})")),
            1 => pair.clone().prop_map(|(a, b)| format!("(({a}) == ({b}))")),
            1 => (pair, inner).prop_map(|((a, b), c)| format!("(({a}) ? ({b}) : ({c}))")),
        ]
    })
    .boxed()
}

type Known = (Vec<Option<f64>>, Vec<Option<bool>>, Vec<Option<&'static str>>);

fn known() -> impl Strategy<Value = Known> {
    let number =
        prop::option::weighted(0.8, prop::sample::select(vec![0.0, 0.5, -0.5, 3.0, -2.25, 384.0, 1e-9, 7.125]));
    let text = prop::option::weighted(0.8, prop::sample::select(vec!["P1", "Пл'1", "", "reader", "read\\er"]));
    (
        prop::collection::vec(number, 5),
        prop::collection::vec(prop::option::weighted(0.8, any::<bool>()), 2),
        prop::collection::vec(text, 2),
    )
}

fn numbers_of(Arguments(arguments): &Arguments) -> Result<Vec<f64>, ExecutionError> {
    let number = |value: &Value| match value {
        Value::Float(number) => Ok(*number),
        Value::Int(whole) => Ok(*whole as f64),
        _ => Err(ExecutionError::function_error("number", "no number")),
    };
    arguments.iter().map(number).collect()
}

/// The crate's own answer: facts as maps that lack what is unknown; `None` where it ends in an error.
fn by_the_crate(when: &str, known: &Known) -> Option<bool> {
    let (numbers, truths, texts) = known;
    let mut maps: HashMap<&str, HashMap<String, Value>> = HashMap::new();
    let mut put = |path: &'static str, value: Option<Value>| {
        let (variable, name) = path.split_once('.').unwrap();
        let map = maps.entry(variable).or_default();
        value.map(|value| map.insert(name.to_owned(), value));
    };
    let number = |at: usize| numbers[at].map(Value::Float);
    put("feature.z_prime", number(0));
    put("feature.ssmd", number(1));
    put("feature.n_sample", number(2));
    put("plate.format", number(3));
    put("limits.signal_ratio", number(4));
    put("plate.reading", truths[0].map(Value::Bool));
    put("plate.complete", truths[1].map(Value::Bool));
    put("plate.barcode", texts[0].map(|text| Value::String(Arc::new(text.to_owned()))));
    put("plate.stage", texts[1].map(|text| Value::String(Arc::new(text.to_owned()))));
    let mut context = Context::default();
    for (variable, map) in maps {
        context.add_variable_from_value(variable, map);
    }
    let least = |numbers: Arguments| numbers_of(&numbers).map(|n| n.into_iter().fold(f64::INFINITY, f64::min));
    let greatest = |numbers: Arguments| numbers_of(&numbers).map(|n| n.into_iter().fold(f64::NEG_INFINITY, f64::max));
    let _ = context.add_function("abs", |number: f64| number.abs());
    let _ = context.add_function("min", least);
    let _ = context.add_function("max", greatest);
    let program = cel::Program::compile(when).unwrap_or_else(|refused| panic!("{when}: {refused}"));
    match program.execute(&context) {
        Ok(Value::Bool(truth)) => Some(truth),
        Ok(other) => panic!("{when} gave {other:?}"),
        Err(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn both_evaluators_agree(when in truth(), many_known in prop::collection::vec(known(), 8)) {
        // An expression without a fact is refused; a fact that changes nothing makes it a rule.
        let when = format!("({when}) && (plate.format > 1e9 || true)");
        let rules = match Rules::compile(&RuleFile { rules: vec![rule("r", &when)] }) {
            Ok(rules) => rules,
            Err(problems) => {
                prop_assert!(problems.iter().all(|p| p.reason.contains("nests") || p.reason.contains("parts")), "{:?}", problems);
                return Ok(());
            }
        };
        for known in many_known {
            let (n, t, s) = &known;
            let plate = PlateFacts { format: n[3], reading: t[0], complete: t[1], barcode: s[0], stage: s[1], ..PlateFacts::default() };
            let feature = FeatureFacts { z_prime: n[0], ssmd: n[1], n_sample: n[2], ..FeatureFacts::default() };
            let limits = LimitFacts { signal_ratio: n[4], ..LimitFacts::default() };
            let facts = Facts { plate: Some(&plate), feature: Some(&feature), limits: Some(&limits), ..Facts::default() };
            let ours = match rules.rules()[0].judge(&facts) {
                Outcome::Holds(_) => Some(true),
                Outcome::Not => Some(false),
                Outcome::Undecided(Undecided::Unknown(_)) => None,
                Outcome::Undecided(Undecided::NoNumber) => panic!("{when}: nothing here divides by zero"),
            };
            prop_assert_eq!(ours, by_the_crate(&when, &known), "{} with {:?}", &when, &known);
        }
    }
}
