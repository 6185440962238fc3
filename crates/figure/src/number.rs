//! Numbers as people read them: true minus, thousands parted, powers of ten raised (`ui/DESIGN.md`, "Number format").

/// A value of unknown size with about four digits that matter, as the window writes it.
pub(crate) fn value(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e7).contains(&size) {
        scientific(number, 2)
    } else {
        fixed(
            number,
            if size >= 100.0 {
                0
            } else if size >= 10.0 {
                1
            } else if size >= 1.0 {
                2
            } else {
                3
            },
        )
    }
}

/// So many digits after the point.
pub(crate) fn fixed(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut parted = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if number < 0.0 && !is_zero { "\u{2212}" } else { "" };
    match fraction {
        Some(fraction) => format!("{sign}{parted}.{fraction}"),
        None => format!("{sign}{parted}"),
    }
}

/// A count.
pub(crate) fn count(n: usize) -> String {
    fixed(n as f64, 0)
}

/// "1 well", "1,536 wells".
pub(crate) fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { several })
}

/// A mantissa and a raised power of ten: 1.25×10⁻⁷.
pub(crate) fn scientific(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let raised: String = exponent.chars().map(raised).collect();
    let sign = if number < 0.0 { "\u{2212}" } else { "" };
    format!("{sign}{mantissa}×10{raised}")
}

/// A digit times a power of ten: 10⁻⁷, 5×10⁻⁷.
pub(crate) fn power_of_ten(digit: u8, power: i32) -> String {
    let exponent: String = power.to_string().chars().map(raised).collect();
    if digit == 1 { format!("10{exponent}") } else { format!("{digit}×10{exponent}") }
}

fn raised(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32('⁰' as u32 + (digit as u32 - '0' as u32)).unwrap_or(digit),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let cases = [
            (0.0, "0"),
            (612.4, "612"),
            (1234.5, "1,234"),
            (-45.67, "−45.7"),
            (1.005, "1.00"),
            (-0.25, "−0.250"),
            (0.000_123, "1.23×10⁻⁴"),
            (-2.5e17, "−2.50×10¹⁷"),
            (9_999_999.0, "9,999,999"),
        ];
        for (number, text) in cases {
            assert_eq!(value(number), text);
        }
        assert_eq!(fixed(-0.001, 2), "0.00", "no minus before nothing");
        assert_eq!(counted(1536, "well", "wells"), "1,536 wells");
        assert_eq!(scientific(4.06e9, 2), "4.06×10⁹");
    }
}
