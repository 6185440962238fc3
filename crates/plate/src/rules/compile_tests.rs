//! Rules files: what is refused and where, what is found, and that the bounds hold.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::file::{MAX_EXPRESSION_BYTES, MAX_FILE_BYTES, MAX_RULES};
use super::*;
use crate::card::{AssayCard, Limits};
use crate::flag::Severity;

pub(super) fn rule(id: &str, when: &str) -> RuleEntry {
    RuleEntry {
        id: id.to_owned(),
        title: "Title".to_owned(),
        scope: Scope::Plate,
        per_feature: true,
        when: when.to_owned(),
        severity: Severity::Warning,
        for_s: 0,
        count: 1,
        within_s: None,
        guidance: "Look.".to_owned(),
        opens: View::Plate,
        notify: true,
        enabled: true,
    }
}

fn compiled(when: &str) -> Rules {
    Rules::compile(&RuleFile { rules: vec![rule("r", when)] }).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn problem(entry: RuleEntry) -> RuleProblem {
    let problems = Rules::compile(&RuleFile { rules: vec![entry.clone()] }).expect_err(&entry.when);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.into_iter().next().unwrap()
}

#[test]
fn names_and_types_are_refused_at_their_column_with_what_was_meant() {
    for (when, column, why) in [
        ("feature.edge_efect_percent > 3.0", 1, "did you mean feature.edge_effect_percent?"),
        ("1.0 < feature.zprime", 7, "did you mean feature.z_prime?"),
        ("feature.edge > 3", 1, "did you mean feature.edge_effect_percent?"),
        ("featur.z_prime < 0.4", 1, "did you mean feature?"),
        ("z_prime < 0.4", 1, "did you mean feature.z_prime?"),
        ("humidity > 60", 1, "facts begin with one of run, plate"),
        ("well.value > 3", 1, "scope must be well or site"),
        ("site.focus > 3", 1, "scope must be site"),
        ("site.features['x'] > 3", 1, "site.features in the scope site"),
        ("feature > 3", 1, "feature is a group of facts"),
        ("feature.z_prime.x > 3", 1, "this is no fact"),
        ("feature.features > 3", 1, "this is no fact"),
        ("'x'.y > 3", 1, "only facts have names"),
        ("feature.z_prime", 1, "gives a number, and a rule needs true or false"),
        ("feature.z_prime && true", 1, "true or false belongs here, not a number"),
        ("!feature.z_prime", 2, "true or false belongs here"),
        ("plate.reading && plate.barcode", 18, "not a text"),
        ("feature.z_prime < 'low'", 17, "a number and a text cannot be compared"),
        ("plate.reading < true", 15, "cannot be compared"),
        ("feature.z_prime == plate.reading", 17, "cannot be compared"),
        ("abs(plate.barcode) > 1", 5, "a number belongs here, not a text"),
        ("abs(1, feature.z_prime) > 1", 4, "abs() takes one number"),
        ("2 * feature.z_prime > 1.0", 3, "write 2.0 for 2"),
        ("feature.z_prime % 2.0 > 1.0", 17, "only whole numbers have a remainder"),
        ("(plate.reading ? 1 : 2) > 1", 16, "write 2.0 for 2"),
        ("(plate.reading ? 1.0 : 'x') > 1", 16, "both must be of one kind"),
        ("plate.barcode + 'x' == 'ax'", 15, "texts are compared, not put together"),
        ("feature.z_prime / 0.0 > 1.0", 17, "this divides by zero"),
        ("feature.z_prime > 1 / 0", 21, "this divides by zero"),
        ("feature.z_prime > 1 % 0", 21, "this divides by zero"),
        ("feature.z_prime > 9223372036854775807 + 1", 39, "too large"),
        ("feature.z_prime > -9223372036854775808 - 1", 40, "too large"),
        ("feature.z_prime > 9223372036854775807", 17, "too large"),
        ("feature.z_prime > 9223372036854775808", 19, "it cannot be read: invalid int literal"),
        ("feature.z_prime > 1e308 * 10.0", 25, "no finite number"),
        ("feature.z_prime > 1e999", 19, "it cannot be read"),
        ("1 < 2", 1, "it asks for no fact"),
        ("plate.barcode in ['a', 3]", 18, "a text cannot be in this list"),
        ("plate.barcode in [plate.stage]", 19, "only written numbers or texts"),
        ("plate.barcode in plate.stage", 18, "behind \"in\" stands a list"),
        ("['a'] == plate.barcode", 1, "a list stands only behind \"in\""),
        ("plate.barcode.startsWith(3)", 26, "compares texts"),
        ("has(plate) && true", 5, "invalid argument to has()"),
        ("has(plate.barcod)", 5, "did you mean plate.barcode?"),
        ("'Жук' == plate.barcod", 10, "did you mean plate.barcode?"),
        ("for > 3", 1, "reserved identifier"),
    ] {
        let found = problem(rule("r", when));
        let said = found.to_string();
        assert!(said.contains(why), "{when}: {said}");
        assert_eq!(found.place, Some(Place { line: 1, column }), "{when}: {said}");
        assert!(said.starts_with("rule r, when, column "), "{said}");
    }
    let second_line = problem(rule("r", "plate.reading &&\n  plate.redaing"));
    assert_eq!(second_line.place, Some(Place { line: 2, column: 3 }));
    assert!(second_line.to_string().contains("line 2, column 3: there is no fact plate.redaing"));
}

#[test]
fn a_scope_knows_what_is_around_it_and_nothing_else() {
    let with = |scope, per_feature, when: &str| {
        let entry = RuleEntry { scope, per_feature, ..rule("r", when) };
        Rules::compile(&RuleFile { rules: vec![entry] }).map(|_| ()).map_err(|problems| problems[0].to_string())
    };
    let has = |paths: &[&str]| paths.iter().map(|path| format!("has({path})")).collect::<Vec<_>>().join(" && ");
    assert_eq!(with(Scope::Run, false, &has(&["run.plates"])), Ok(()));
    assert_eq!(with(Scope::Plate, true, &has(&["run.plates", "plate.stage", "feature.name", "limits.assay"])), Ok(()));
    assert_eq!(with(Scope::Well, true, &has(&["run.plates", "plate.stage", "feature.name", "well.value"])), Ok(()));
    assert_eq!(with(Scope::Site, false, &has(&["plate.stage", "well.value", "site.focus", "limits.assay"])), Ok(()));
    for (scope, per_feature, path) in [
        (Scope::Run, false, "plate.stage"),
        (Scope::Run, false, "limits.assay"),
        (Scope::Plate, false, "feature.name"),
        (Scope::Plate, true, "well.value"),
        (Scope::Well, true, "site.focus"),
        (Scope::Site, false, "feature.name"),
    ] {
        assert!(with(scope, per_feature, &has(&[path])).unwrap_err().contains("is not known here"), "{scope:?} {path}");
    }
    // Nothing would tell when its time has come.
    for (scope, per_feature) in [(Scope::Plate, true), (Scope::Well, false), (Scope::Site, false)] {
        for path in ["plate.silent_s", "run.silent_s"] {
            let refused = with(scope, per_feature, &format!("{path} >= 30.0")).unwrap_err();
            assert!(refused.contains("is asked by rules about a run"), "{scope:?} {path}: {refused}");
        }
    }
    assert_eq!(with(Scope::Plate, false, "plate.silent_s + run.silent_s > 60.0"), Ok(()));
}

#[test]
fn every_fact_can_be_asked_for_and_reads_its_own_field() {
    let names: Vec<&str> = FACTS.iter().flat_map(|group| group.iter()).map(|fact| fact.path).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len(), "no path twice");
    for fact in FACTS.iter().flat_map(|group| group.iter()) {
        let scope = match fact.variable {
            Variable::Run => Scope::Run,
            _ if fact.path.ends_with(".silent_s") => Scope::Plate,
            _ => Scope::Site,
        };
        let (scope, per_feature) =
            if fact.variable == Variable::Feature { (Scope::Plate, true) } else { (scope, false) };
        let when = format!("has({})", fact.path);
        let entry = RuleEntry { scope, per_feature, ..rule("r", &when) };
        let rules = Rules::compile(&RuleFile { rules: vec![entry] }).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(rules.asks_for(fact.path));
        assert!(fact.meaning.len() > 3 && !fact.meaning.contains('\n'), "{}: {}", fact.path, fact.meaning);
        assert_eq!(rules.rules()[0].judge(&Facts::default()), Outcome::Not, "nothing is known, {}", fact.path);
    }
    let feature = FeatureFacts { z_prime: Some(0.25), ssmd: Some(f64::NAN), ..FeatureFacts::default() };
    let facts = Facts { feature: Some(&feature), ..Facts::default() };
    let known: Vec<_> = FACTS.iter().flat_map(|group| group.iter()).filter(|f| f.value(&facts).is_some()).collect();
    assert_eq!(known.len(), 1, "a NaN that slipped in is unknown");
    assert_eq!(known[0].path, "feature.z_prime");
}

#[test]
fn what_holds_says_why_and_what_is_unknown_is_undecided() {
    let card = AssayCard { name: "A".to_owned(), headline: vec![], pair: vec![], limits: Limits::default() };
    let limits = LimitFacts::of(&card);
    let judge = |rules: &Rules, feature: FeatureFacts<'_>| {
        let facts = Facts { feature: Some(&feature), limits: Some(&limits), ..Facts::default() };
        format!("{:?}", rules.rules()[0].judge(&facts))
    };
    let rules = compiled("feature.z_prime < limits.z_prime_attention || abs(feature.ssmd) < limits.ssmd_magnitude");
    let z = |z_prime: f64| FeatureFacts { z_prime: Some(z_prime), ..FeatureFacts::default() };
    assert_eq!(
        judge(&rules, z(0.1)),
        "Holds([Evidence { name: \"feature.z_prime\", value: Number(0.1) }, \
         Evidence { name: \"limits.z_prime_attention\", value: Number(0.4) }, \
         Evidence { name: \"limits.ssmd_magnitude\", value: Number(5.0) }])",
        "the other side need not be known where this one decides"
    );
    assert_eq!(judge(&rules, z(0.9)), "Undecided(Unknown(\"feature.ssmd\"))");
    assert_eq!(judge(&rules, FeatureFacts { ssmd: Some(-9.0), ..z(0.9) }), "Not");
    assert!(judge(&rules, FeatureFacts { ssmd: Some(-4.0), ..z(0.9) }).contains("Holds"));

    let edge = compiled(
        "has(limits.edge_effect_percent) ? abs(feature.edge_effect_percent) > limits.edge_effect_percent \
         : abs(feature.edge_effect_mads) > 3.0",
    );
    let feature = FeatureFacts { edge_effect_percent: Some(-50.0), ..FeatureFacts::default() };
    assert_eq!(judge(&edge, feature), "Undecided(Unknown(\"feature.edge_effect_mads\"))", "4 plates are too few");
    assert!(judge(&edge, FeatureFacts { edge_effect_mads: Some(-3.5), ..feature }).starts_with("Holds"));
    let absolute = LimitFacts { edge_effect_percent: Some(20.0), ..limits };
    let facts = Facts { feature: Some(&feature), limits: Some(&absolute), ..Facts::default() };
    assert!(matches!(edge.rules()[0].judge(&facts), Outcome::Holds(_)), "the card's own limit goes first");

    let ratio = compiled("feature.n_positive / feature.n_negative < 0.5");
    let counts = FeatureFacts { n_positive: Some(1.0), n_negative: Some(0.0), ..FeatureFacts::default() };
    assert_eq!(judge(&ratio, counts), "Undecided(NoNumber)");
    assert!(judge(&ratio, FeatureFacts { n_negative: Some(4.0), ..counts }).starts_with("Holds"), "1 / 4 is not 0");
}

#[test]
fn features_are_asked_for_by_name() {
    let site = |id: &str, when: &str| RuleEntry { scope: Scope::Site, per_feature: false, ..rule(id, when) };
    let file = RuleFile {
        rules: vec![
            RuleEntry { enabled: false, ..site("off", "site.features['Nobody'] > 1.0") },
            site("a", "site.features['Cells Count'] < 5.0 && has(site.features.Area)"),
            site("b", "'Area' in site.features && site.features.Area > 2.0"),
        ],
    };
    let rules = Rules::compile(&file).unwrap();
    assert_eq!(rules.named_features(), [Box::from("Cells Count"), Box::from("Area")]);
    let judge = |at: usize, named: &[Option<f64>]| {
        format!("{:?}", rules.rules()[at].judge(&Facts { named, ..Facts::default() }))
    };
    assert!(judge(0, &[Some(3.0), Some(0.0)]).contains("site.features[\\\"Cells Count\\\"]\", value: Number(3.0)"));
    assert_eq!(judge(0, &[Some(3.0), None]), "Not");
    assert_eq!(judge(0, &[None, Some(1.0)]), "Undecided(Unknown(\"site.features[\\\"Cells Count\\\"]\"))");
    assert_eq!(judge(1, &[]), "Not", "fewer values than names are unknown ones");
    let asked: Vec<&str> = rules.rules()[1].asks_for().collect();
    assert_eq!(asked, ["site.features[\"Area\"]"], "both spellings are one");
    let many = (0..65).map(|n| site(&format!("r{n}"), &format!("site.features.f{n} > 1.0"))).collect();
    assert!(Rules::compile(&RuleFile { rules: many }).unwrap_err()[0].to_string().contains("more than 64 features"));
}

#[test]
fn a_file_has_bounds_and_every_problem_is_told() {
    assert_eq!(check_size(&"x".repeat(MAX_FILE_BYTES)), Ok(()));
    let start = Instant::now();
    let large = check_size(&"x".repeat(1 << 20)).unwrap_err();
    assert!(large.to_string().contains("1048576 bytes; a rules file has at most 65536") && large.rule.is_none());
    assert!(start.elapsed() < Duration::from_millis(200));

    let many = |n: usize| RuleFile { rules: (0..n).map(|at| rule(&format!("r{at}"), "plate.reading")).collect() };
    assert_eq!(Rules::compile(&many(MAX_RULES)).unwrap().rules().len(), 256);
    assert!(Rules::compile(&many(MAX_RULES + 1)).unwrap_err()[0].to_string().contains("257 rules; at most 256"));

    let wide = format!("plate.format in [{}]", vec!["1"; 254].join(","));
    assert!(Rules::compile(&RuleFile { rules: vec![rule("r", &wide)] }).is_ok());
    let wider = wide.replacen('1', "1,1", 1);
    assert!(problem(rule("r", &wider)).to_string().contains("more than 256 parts"));
    let together = RuleFile { rules: (0..17).map(|at| rule(&format!("r{at}"), &wide)).collect() };
    assert!(Rules::compile(&together).unwrap_err()[0].to_string().contains("4352 parts together; at most 4096"));

    let broken = RuleFile {
        rules: vec![
            rule("twice", "plate.reading"),
            RuleEntry { enabled: false, ..rule("twice", "plate.reading &&") },
            RuleEntry { title: " ".to_owned(), guidance: "x".repeat(1001), ..rule("Z′", "plate.reading") },
            RuleEntry { scope: Scope::Run, for_s: 86_401, ..rule("a", "run.plates > 1.0") },
            RuleEntry { count: 5, ..rule("b", "plate.reading") },
            RuleEntry { within_s: Some(5), ..rule("c", "plate.reading") },
            RuleEntry { count: 5, within_s: Some(10), for_s: 5, ..rule("d", "plate.reading") },
            RuleEntry { count: 0, ..rule("e", "plate.reading") },
            RuleEntry { count: 2, within_s: Some(0), ..rule(&"f".repeat(99), "plate.reading") },
        ],
    };
    let said: Vec<String> = Rules::compile(&broken).unwrap_err().iter().map(ToString::to_string).collect();
    let expected = [
        "rule twice, id: another rule has this name",
        "rule twice, when, column 17: it ends where",
        "rule Z′, id: a name is small letters",
        "rule Z′, title: ",
        "rule Z′, guidance: it has 1001",
        "rule a, per_feature: a run has no",
        "rule a, for_s: 86401 s is longer",
        "rule b, within_s: 5 times within",
        "rule c, within_s: it needs a count",
        "rule d, for_s: for_s waits",
        "rule e, count: 0 is not",
        "rule ffffffff",
        "rule ffffffff",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn the_digest_names_what_is_judged() {
    let digest = |rules: Vec<RuleEntry>| Rules::compile(&RuleFile { rules }).unwrap().digest().to_owned();
    let (a, b) = (rule("a", "plate.reading"), rule("b", "plate.complete"));
    let both = digest(vec![a.clone(), b.clone()]);
    assert!(both.len() == 16 && both.bytes().all(|byte| byte.is_ascii_hexdigit()), "{both}");
    assert_eq!(digest(vec![a.clone(), RuleEntry { enabled: false, ..rule("off", "plate.reading") }, b.clone()]), both);
    let changed = [
        vec![b.clone(), a.clone()],
        vec![a.clone()],
        vec![a.clone(), RuleEntry { for_s: 1, ..b.clone() }],
        vec![a.clone(), RuleEntry { count: 2, within_s: Some(1), ..b.clone() }],
        vec![a.clone(), RuleEntry { severity: Severity::Info, ..b.clone() }],
        vec![a.clone(), RuleEntry { notify: false, ..b.clone() }],
        vec![a, RuleEntry { when: "plate.complete ".to_owned(), ..b }],
    ];
    let mut digests: Vec<String> = changed.into_iter().map(digest).collect();
    digests.push(both);
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 8, "each is another");
}

#[test]
fn the_heaviest_accepted_expressions_fit_a_small_stack() {
    let heavy = vec![
        format!("{}plate.format{} > 1.0", "(".repeat(14), ")".repeat(14)),
        format!("plate.format > {}", vec!["1.0"; 15].join(" + ")),
        (0..7).fold("plate.format".to_owned(), |inner, _| format!("-({inner})")) + " > 1.0",
        format!("{}plate.reading", "plate.reading ? plate.complete : ".repeat(14)),
        vec!["plate.reading"; 120].join(" && "),
        format!("plate.format in [{}]", vec!["1"; 250].join(",")),
        format!("plate.barcode == '{}'", "x".repeat(MAX_EXPRESSION_BYTES - 19)),
    ];
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let handle = small.spawn(move || {
        let plate = PlateFacts { format: Some(384.0), reading: Some(true), ..PlateFacts::default() };
        for when in heavy {
            let start = Instant::now();
            let rules = Rules::compile(&RuleFile { rules: vec![rule("r", &when)] });
            let rules = rules.unwrap_or_else(|problems| panic!("{when}: {problems:?}"));
            let facts = Facts { plate: Some(&plate), ..Facts::default() };
            assert!(!matches!(rules.rules()[0].judge(&facts), Outcome::Undecided(Undecided::NoNumber)));
            assert!(start.elapsed() < Duration::from_secs(3), "{when} took {:?}", start.elapsed());
        }
    });
    handle.unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn no_text_breaks_a_rules_file(id in any::<String>(), when in any::<String>(), title in any::<String>()) {
        let entry = RuleEntry { title, ..rule(&id, &when) };
        let start = Instant::now();
        if let Err(problems) = Rules::compile(&RuleFile { rules: vec![entry] }) {
            problems.iter().for_each(|problem| drop(problem.to_string()));
        }
        prop_assert!(start.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn what_decided_is_the_first_of_the_evidence() {
    let when = "(feature.z_prime < 0.4 || feature.ssmd < 5.0) && plate.controls_in >= 4.0";
    let compiled =
        Rules::compile(&RuleFile { rules: vec![RuleEntry { per_feature: true, ..rule("either", when) }] }).unwrap();
    let names = |z_prime: f64, ssmd: f64, controls_in: f64| -> Vec<String> {
        let feature = FeatureFacts { z_prime: Some(z_prime), ssmd: Some(ssmd), ..FeatureFacts::default() };
        let plate = PlateFacts { controls_in: Some(controls_in), ..PlateFacts::default() };
        let facts = Facts { feature: Some(&feature), plate: Some(&plate), ..Facts::default() };
        compiled.rules()[0].evidence(&facts).iter().map(|known| known.name.to_owned()).collect()
    };
    let [z, s, n] = ["feature.z_prime", "feature.ssmd", "plate.controls_in"];
    assert_eq!(names(0.1, 9.0, 8.0), [z, n, s], "the side that holds");
    assert_eq!(names(0.9, 1.0, 8.0), [s, n, z]);
    assert_eq!(names(0.1, 1.0, 8.0), [z, s, n], "both");
    assert_eq!(names(0.9, 9.0, 8.0), [z, s, n], "neither: none of them holds");
    assert_eq!(names(0.1, 9.0, 0.0), [n, z, s], "what stands in the way");
}
