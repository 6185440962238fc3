//! What the parser never sees: hostile and half-written expressions, and that everything else is cut as CEL cuts it.

use std::time::{Duration, Instant};

use cel::parser::Parser;
use proptest::prelude::*;

use super::file::{MAX_EXPRESSION_BYTES, MAX_NESTING};
use super::scan::scan;

fn refused(text: &str) -> (usize, String) {
    let refused = scan(text).expect_err(text);
    (refused.at, format!("{} ({})", refused.reason, refused.hint.unwrap_or_default()))
}

#[test]
fn what_people_write_is_let_through() {
    for text in [
        "feature.z_prime < 0.4",
        "abs(feature.ssmd) < limits.ssmd_magnitude || feature.cv_negative > 2e1",
        "has(limits.line_percent) ? -plate.a > 1.5 : !(plate.reading && true)",
        "well.role in [\"positive\", 'reference']",
        "plate.barcode.startsWith('Ж\\'\\\\') ? a.b : c.d ? e.f : g.h",
        "site.features[\"a ) ] } ( [ // \"] > -5",
        " \t\n a.b\r\n == 'c' ",
        "max(1, min(a.b, c.d), 3.5) >= a.b - -2.0",
        "a.b in['x'] && 'y'in['y']",
    ] {
        assert_eq!(scan(text), Ok(()), "{text}");
        Parser::new().parse(text).unwrap_or_else(|refused| panic!("{text}: {refused}"));
    }
}

#[test]
fn what_is_half_written_is_refused_at_its_place() {
    for (text, at, why) in [
        ("", 0, "there is no expression"),
        ("   ", 3, "there is no expression"),
        ("a.b <", 5, "a number or a text is missing"),
        ("a.b < < 3", 6, "does not belong here"),
        ("(a.b < 3", 8, "before a bracket is closed"),
        ("a.b < 3)", 7, "does not belong here"),
        ("(a.b]", 4, "does not belong here"),
        ("f.x[1)", 5, "does not belong here"),
        ("a.b ? 1.0", 9, "before the : of a question"),
        ("a.b : 1.0", 4, "an operator is missing"),
        ("a.b ? c.d ? 1 : 2 : 3", 10, "put the inner question into brackets"),
        ("a.b c.d", 4, "an operator is missing"),
        ("a, b", 1, "does not belong here"),
        ("abs()", 4, "is missing before it"),
        ("a.b in []", 8, "is missing before it"),
        ("abs(a.b,)", 8, "is missing before it"),
        ("a.", 1, "a name belongs behind the point"),
        ("a.3", 1, "a name belongs behind the point"),
        (".a", 0, "is missing before it"),
        ("--a.b", 1, "one sign is enough"),
        ("!-a.b", 1, "one sign is enough"),
        ("a.b = 3", 4, "did you mean ==?"),
        ("a.b & c.d", 4, "did you mean &&?"),
        ("a.b < 3 // why", 8, "write them behind # in the file"),
        ("{'a': 1}", 0, "has no place outside a text"),
        ("a.b < 3; 1", 7, "has no place outside a text"),
        ("Жук < 3", 0, "has no place outside a text"),
        ("a.b\u{a0}< 3", 3, "has no place outside a text"),
        ("a.b == 'x", 7, "this text does not end"),
        ("a.b == 'x\ny'", 9, "no line breaks"),
        ("a.b == 'x\\n'", 9, "come only"),
        ("a.b == r'x'", 7, "no letters before their quotation marks"),
        ("a.b == b\"x\"", 7, "no letters before their quotation marks"),
        ("a.b == '''x'''", 9, "an operator is missing"),
        ("a.b < 0x10", 6, "does not end like one"),
        ("a.b < 10u", 6, "does not end like one"),
        ("a.b < 1.", 6, "does not end like one"),
        ("a.b < 1.e5", 6, "does not end like one"),
        ("a.b < .5", 6, "is missing before it"),
        ("a.b == null", 7, "has(fact) says whether it is known"),
        ("[1].all(x, x > 0)", 4, "a rule goes through no lists"),
        ("a.b.map(x, x)", 4, "a rule goes through no lists"),
        ("a.b.matches('(a+)+$')", 4, "regular expressions are not bounded"),
        ("abz(a.b)", 0, "did you mean abs?"),
        ("a.b.startwith('x')", 4, "did you mean startsWith?"),
        ("a.b('x')", 2, "there are startsWith"),
        ("'x'('y')", 3, "an operator is missing"),
        ("true(1)", 0, "there is no function"),
    ] {
        let (found, said) = refused(text);
        assert!(said.contains(why), "{text}: {said}");
        assert_eq!(found, at, "{text}: {said}");
    }
}

#[test]
fn depth_is_bounded_before_anything_recurses() {
    let brackets = |n: usize| format!("{}a.b{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(scan(&brackets(15)), Ok(()), "and one for the point of the fact");
    assert!(refused(&brackets(16)).1.contains("nests deeper than 16"));
    let shapes: [(&str, String); 9] = [
        ("brackets", brackets(1000)),
        ("open ones", "(".repeat(2000)),
        ("lists", "[".repeat(2000)),
        ("calls", "abs(".repeat(500)),
        ("signs", format!("{}a", "-(".repeat(500))),
        ("a sum", vec!["a.b"; 400].join("+")),
        ("a comparison of comparisons", vec!["a"; 400].join("<")),
        ("points", format!("a{}", ".b".repeat(1000))),
        ("questions", format!("{}c", "a?b:".repeat(400))),
    ];
    for (what, text) in shapes {
        let start = Instant::now();
        assert!(text.len() <= MAX_EXPRESSION_BYTES, "{what}: it is refused by its depth, not by its size");
        assert!(refused(&text).1.contains("nests deeper than 16"), "{what}");
        assert!(start.elapsed() < Duration::from_millis(100), "{what} took {:?}", start.elapsed());
    }
    // What nests to the left is seen when it is behind its brackets, not only within.
    let leaning = (0..8).fold("a".to_owned(), |inner, _| format!("({inner}+b+c+d)"));
    assert!(refused(&leaning).1.contains("nests deeper"), "{leaning}");
}

#[test]
fn size_is_looked_at_first() {
    let long = |n: usize| format!("a.b == '{}'", "x".repeat(n - 9));
    assert_eq!(long(MAX_EXPRESSION_BYTES).len(), MAX_EXPRESSION_BYTES);
    assert_eq!(scan(&long(MAX_EXPRESSION_BYTES)), Ok(()));
    assert!(refused(&long(MAX_EXPRESSION_BYTES + 1)).1.contains("2049 bytes; at most 2048"));
    assert!(refused(&"(".repeat(1 << 20)).1.contains("1048576 bytes"));
}

/// The depth of the tree that CEL makes, without `&&` and `||`, which it balances.
fn depth(expr: &cel::IdedExpr) -> u32 {
    use cel::common::ast::Expr;
    match &expr.expr {
        Expr::Call(call) => {
            let inner = call.args.iter().chain(call.target.as_deref()).map(depth).max().unwrap_or(0);
            inner + u32::from(!matches!(call.func_name.as_str(), "_&&_" | "_||_"))
        }
        Expr::Select(select) => 1 + depth(&select.operand),
        Expr::List(list) => 1 + list.elements.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Words of expressions in any order.
fn soup() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        "feature.z_prime",
        "plate.barcode",
        "plate",
        ".",
        "has",
        "abs",
        "min",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        ",",
        "?",
        ":",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "<",
        "<=",
        ">",
        "==",
        "!=",
        "&&",
        "||",
        "in",
        "true",
        "null",
        "'x'",
        "\"y\"",
        "'",
        "\\",
        "3",
        "0.5",
        "1e9",
        "startsWith",
        "all",
        " ",
        "\n",
        "Ж",
        "for",
        "9223372036854775807",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

/// Well-formed expressions that need not make sense.
fn grown() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["a.b", "3", "0.5", "'x'", "true", "limits.x", "s.features['q']"]);
    leaf.prop_map(str::to_owned).prop_recursive(6, 48, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "<", "==", "&&", "||", "in"]);
        prop_oneof![
            (pair.clone(), operator).prop_map(|((a, b), operator)| format!("{a} {operator} {b}")),
            pair.clone().prop_map(|(a, b)| format!("({a}).startsWith({b})")),
            (pair.clone(), inner.clone()).prop_map(|((a, b), c)| format!("({a}) ? ({b}) : {c}")),
            pair.prop_map(|(a, b)| format!("max({a}, [{b}])")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_looked_at_without_a_panic(text in any::<String>()) {
        let _ = scan(&text);
    }

    #[test]
    fn what_is_let_through_the_parser_reads_and_its_tree_is_shallow(text in prop_oneof![soup(), grown()]) {
        if scan(&text).is_ok() {
            let start = Instant::now();
            match Parser::new().max_recursion_depth(64).error_recovery_limit(0).parse(&text) {
                Ok(tree) => prop_assert!(depth(&tree) <= MAX_NESTING, "{} nests {}", text, depth(&tree)),
                // What is well-formed and still no expression: whole numbers too large, reserved words, has() of no fact.
                Err(refused) => {
                    let said = refused.to_string();
                    let known = ["invalid int literal", "reserved identifier", "invalid argument to has()"];
                    prop_assert!(known.iter().any(|known| said.contains(known)), "{}: {}", text, said);
                }
            }
            prop_assert!(start.elapsed() < Duration::from_secs(5), "{} took {:?}", text, start.elapsed());
        }
    }
}
