//! What is wrong with a TOML text, in one line: the parser's own words draw the place over several.

/// `line 3: unknown field "nmae" …`, of what a text was refused for.
pub(crate) fn of(text: &str, error: &toml::de::Error) -> String {
    let words = error.message().lines().map(str::trim).collect::<Vec<_>>().join(", ");
    match error.span().and_then(|span| text.get(..span.start)) {
        None => words,
        Some(before) => format!("line {}: {words}", before.bytes().filter(|&b| b == b'\n').count() + 1),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_line_is_named_and_all_stands_in_one() {
        for (text, begins) in [
            ("a = 1\n[b]\nc = = 2\n", "line 3: "),
            ("a = \"é\n", "line 1: "),
            ("", "missing field"),
            ("a = 1\r\nb = 'x'\r\n", "line 2: "),
        ] {
            #[derive(Debug, serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Known {
                #[expect(dead_code, reason = "only what is refused is looked at")]
                a: u8,
            }
            let says = super::of(text, &toml::from_str::<Known>(text).unwrap_err());
            assert!(says.contains(begins) && !says.contains('\n'), "{text:?}: {says:?}");
        }
    }
}
