//! Numbers of a column of doses: a decimal comma is only taken for one where the column shows that it is.

use crate::text::{read_number, says_missing};

use super::problem::Reason;

/// How a column writes its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decimals {
    Point,
    Comma,
    /// Only commas before three digits, which may be thousands.
    Unsettled,
}

/// Looks at a whole column; one point settles it, else one comma that cannot separate thousands.
pub(crate) fn decimals<'a>(cells: impl Iterator<Item = &'a str>) -> Decimals {
    let (mut comma, mut unsettled) = (false, false);
    for cell in cells {
        if cell.contains('.') && cell.parse::<f64>().is_ok() {
            return Decimals::Point;
        }
        if let Some((whole, rest)) = cell.split_once(',') {
            let thousands = rest.len() == 3 && !matches!(whole.trim_start_matches(['-', '+']), "0" | "");
            comma |= !thousands && !rest.contains(',');
            unsettled |= thousands;
        }
    }
    match (comma, unsettled) {
        (true, _) => Decimals::Comma,
        (false, true) => Decimals::Unsettled,
        (false, false) => Decimals::Point,
    }
}

/// One number of such a column; `None` where there is none.
pub(crate) fn dose(cell: &str, decimals: Decimals) -> Result<Option<f64>, Reason> {
    if says_missing(cell) {
        return Ok(None);
    }
    if decimals == Decimals::Unsettled && cell.contains(',') {
        return Err(Reason::AmbiguousComma);
    }
    read_number(cell, decimals == Decimals::Comma).map_err(|_| Reason::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_decimal_only_where_the_column_shows_it() {
        let read = |cells: &[&str]| -> Vec<Result<Option<f64>, Reason>> {
            let decimals = decimals(cells.iter().copied());
            cells.iter().map(|cell| dose(cell, decimals)).collect()
        };
        assert_eq!(read(&["1,5", "1,250", "NA"]), [Ok(Some(1.5)), Ok(Some(1.25)), Ok(None)]);
        assert_eq!(read(&["0,125", "2"]), [Ok(Some(0.125)), Ok(Some(2.0))]);
        assert_eq!(read(&["1,250", "3"]), [Err(Reason::AmbiguousComma), Ok(Some(3.0))]);
        assert_eq!(read(&["1,250", "0.5"]), [Err(Reason::NotANumber), Ok(Some(0.5))]);
        assert_eq!(read(&["1e-3", "x", "inf"]), [Ok(Some(0.001)), Err(Reason::NotANumber), Err(Reason::NotANumber)]);
    }
}
