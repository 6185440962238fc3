//! A plate's features out of a session: winning values (`DATA.md` 8), for any feature, not only tracked ones.

use std::collections::BTreeMap;

use plate::{PlateKey, SiteAggregate, Well};
use session::Reader;

/// The winning values of one plate, by feature.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlateColumns {
    columns: BTreeMap<Box<str>, Column>,
}

/// The values of one feature. A feature that was only ever cleared or no number is there, with no values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Column {
    /// Well and number, row-major; the number of the whole well and those of its sites, in site order.
    wells: Vec<(Well, WellValue)>,
}

#[derive(Debug, Clone, Default)]
struct WellValue {
    whole: Option<f64>,
    sites: Vec<f64>,
}

impl PlateColumns {
    /// Reads the features that `wanted` names, or all. Memory holds the numbers of these features of one plate.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub(crate) async fn read(
        reader: &mut Reader,
        plate: &PlateKey,
        wanted: Option<&[Box<str>]>,
    ) -> Result<PlateColumns, session::Error> {
        let mut columns = PlateColumns::default();
        let mut after = None;
        loop {
            let page = reader.wells(plate, after).await?;
            for row in &page.rows {
                for value in &row.values {
                    if wanted.is_none_or(|wanted| wanted.iter().any(|name| **name == *value.name())) {
                        columns.push(value.name(), row.well, row.site, value.value.number());
                    }
                }
            }
            after = page.next_after;
            if after.is_none() {
                return Ok(columns);
            }
        }
    }

    /// The features' names, sorted.
    pub(crate) fn features(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(|name| &**name)
    }

    /// One feature, if any message of this plate names it.
    #[must_use]
    pub(crate) fn column(&self, feature: &str) -> Option<&Column> {
        self.columns.get(feature)
    }

    pub(crate) fn push(&mut self, feature: &str, well: Well, site: Option<u16>, number: Option<f64>) {
        if !self.columns.contains_key(feature) {
            self.columns.insert(feature.into(), Column::default());
        }
        let (Some(column), Some(number)) = (self.columns.get_mut(feature), number) else { return };
        // Rows come well by well, so that a well is the last or a new one.
        if column.wells.last().is_none_or(|(last, _)| *last != well) {
            column.wells.push((well, WellValue::default()));
        }
        let Some((_, value)) = column.wells.last_mut() else { return };
        match site {
            None => value.whole = Some(number),
            Some(_) => value.sites.push(number),
        }
    }
}

impl Column {
    /// One number a well, row-major: the well's own, else its sites' aggregate (`DATA.md` 12).
    pub(crate) fn numbers(&self, aggregate: SiteAggregate) -> impl Iterator<Item = (Well, f64)> {
        self.wells.iter().filter_map(move |(well, value)| {
            let number = value.whole.or_else(|| aggregate.apply(value.sites.iter().copied()))?;
            Some((*well, number))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_level_value_wins_over_its_sites() {
        let well = |text: &str| text.parse::<Well>().unwrap();
        let mut columns = PlateColumns::default();
        for (name, site, number) in [
            ("A01", None, Some(10.0)),
            ("A01", Some(1), Some(1.0)),
            ("A02", None, None),
            ("A02", Some(1), Some(2.0)),
            ("A02", Some(2), None),
            ("A02", Some(3), Some(4.0)),
            ("A03", Some(1), None),
        ] {
            columns.push("f", well(name), site, number);
        }
        let numbers = |aggregate| columns.column("f").unwrap().numbers(aggregate).collect::<Vec<_>>();
        assert_eq!(numbers(SiteAggregate::Mean), [(well("A01"), 10.0), (well("A02"), 3.0)]);
        assert_eq!(numbers(SiteAggregate::Sum), [(well("A01"), 10.0), (well("A02"), 6.0)]);
        columns.push("cleared", well("A01"), None, None);
        assert_eq!(columns.features().collect::<Vec<_>>(), ["cleared", "f"], "a feature without values is one too");
    }
}
