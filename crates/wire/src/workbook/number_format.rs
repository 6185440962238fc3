//! Which numbers of a workbook are dates: spreadsheets store days, and only the cell's format says so.

/// Whether a format's code shows a date or time (ECMA-376 part 1, 18.8.31): letters of dates outside quotes, colours
/// and escapes.
pub(crate) fn code_is_date(code: &str) -> bool {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                // Hours, minutes and seconds that go on beyond a day.
                if !inside.is_empty() && inside.chars().all(|c| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's')) {
                    return true;
                }
            }
            // Of what is left only "General" has letters that are not of dates.
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// Whether a format that every workbook has without naming it is one of dates (ECMA-376 part 1, 18.8.30).
pub(crate) fn builtin_is_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers() {
        for code in ["yyyy-mm-dd", "[$-409]d-mmm-yy;@", "[h]:mm:ss", "h:mm AM/PM", "mmm-yy", "[Red]dd/mm"] {
            assert!(code_is_date(code), "{code}");
        }
        for code in
            ["General", "0.00", "0.00E+00", "#,##0.00 \"days\"", "[Red]-0.0", "0\\d", "@", "0%", "_-* #,##0.00", ""]
        {
            assert!(!code_is_date(code), "{code}");
        }
        assert!(builtin_is_date(14) && builtin_is_date(47) && !builtin_is_date(0) && !builtin_is_date(49));
    }
}
