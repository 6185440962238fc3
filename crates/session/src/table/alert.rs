//! `alert`: changes of a rule's state on a plate.

use std::str::FromStr as _;

use plate::{Alert, AlertLevel, Role, Spot, Well};

use super::number;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::names::Names;
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str = "INSERT INTO alert (seq, plate, feature, rule, positive, negative, level, value_bits, \
     limit_bits, n_positive, n_negative, cause_seq, rules) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub(crate) const INSERT_SPOT: &str = "INSERT INTO alert_spot (seq, well, site) VALUES (?, ?, ?)";

/// Columns for [`read`], by `seq`.
pub(crate) const IN_RANGE: &str = "SELECT a.seq, a.plate, a.feature, a.rule, a.positive, a.negative, a.level, \
     a.value_bits, a.limit_bits, a.n_positive, a.n_negative, a.cause_seq, a.rules, s.well, s.site \
     FROM alert a LEFT JOIN alert_spot s ON s.seq = a.seq WHERE a.seq BETWEEN ? AND ? ORDER BY a.seq";

pub(crate) fn insert(inserts: &mut Inserts<'_>, seq: i64, plate: i64, alert: &Alert) -> Result<(), Fault> {
    inserts.run(
        Insert::Alert,
        &[
            Bound::Int(seq),
            Bound::Int(plate),
            Bound::Text(&alert.feature),
            Bound::Text(&alert.rule),
            Bound::Text(alert.positive.as_str()),
            Bound::Text(alert.negative.as_str()),
            Bound::Text(alert.level.as_str()),
            Bound::optional_int(alert.value.map(|value| value.to_bits().cast_signed())),
            // The column is older than rules without a limit.
            Bound::Int(alert.limit.unwrap_or(f64::NAN).to_bits().cast_signed()),
            Bound::Int(alert.counts.0.into()),
            Bound::Int(alert.counts.1.into()),
            Bound::Int(alert.cause_seq),
            Bound::Text(&alert.rules),
        ],
    )?;
    if let Some(well) = alert.spot.well {
        let site = alert.spot.site.map(i64::from);
        let values = [Bound::Int(seq), Bound::Int(well.packed().into()), Bound::optional_int(site)];
        inserts.run(Insert::AlertSpot, &values)?;
    }
    Ok(())
}

pub(crate) fn read(raw: &Raw, names: &mut Names, row: &Row<'_>) -> Result<(i64, Alert), Fault> {
    let seq = row.int(0);
    let wrong = |field| Fault::field("alert", seq, field);
    let role = |column, field| row.text(column).and_then(|t| Role::from_str(t).ok()).ok_or_else(|| wrong(field));
    let packed = |well: i64| u16::try_from(well).ok().and_then(Well::from_packed).ok_or_else(|| wrong("well"));
    let spot = Spot {
        well: row.optional_int(13).map(packed).transpose()?,
        site: row.optional_int(14).map(|site| u16::try_from(site).map_err(|_| wrong("site"))).transpose()?,
        channel: None,
    };
    let alert = Alert {
        plate: names.plate(raw, row.int(1))?,
        spot,
        feature: row.text(2).ok_or_else(|| wrong("feature"))?.into(),
        rule: row.text(3).filter(|rule| !rule.is_empty()).ok_or_else(|| wrong("rule"))?.into(),
        positive: role(4, "positive")?,
        negative: role(5, "negative")?,
        level: row.text(6).and_then(AlertLevel::from_name).ok_or_else(|| wrong("level"))?,
        value: row.optional_int(7).map(|bits| f64::from_bits(bits.cast_unsigned())),
        limit: Some(f64::from_bits(row.int(8).cast_unsigned())).filter(|limit| !limit.is_nan()),
        counts: (number(row.int(9), "alert", seq, "n_positive")?, number(row.int(10), "alert", seq, "n_negative")?),
        cause_seq: row.int(11),
        rules: row.text(12).ok_or_else(|| wrong("rules"))?.into(),
    };
    Ok((seq, alert))
}
