//! Hits: samples beyond a threshold on one normalised feature, in bands, and the pick list (`QC.md`, "across plates").

use serde::{Deserialize, Serialize};

use crate::format::Format;
use crate::well::Well;

/// On which side of the centre hits lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HitDirection {
    /// Above.
    Up,
    /// Below.
    Down,
    /// On either side.
    Both,
}

/// What a hit is. Distances are magnitudes on the normalised feature's scale, counted from `centre` in `direction`;
/// at a distance is within it. Conventions of the lab, from the assay card or from whoever looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HitLimits {
    /// The side.
    pub direction: HitDirection,
    /// Where "no effect" lies: 0 for z, robust z, B-score and percent activity, 100 for percent of control.
    #[serde(default)]
    pub centre: f64,
    /// A sample this far out is a weak hit: the threshold. Above 0.
    pub weak: f64,
    /// This far out, a medium one; at least `weak`.
    pub medium: f64,
    /// This far out, a strong one; at least `medium`.
    pub strong: f64,
}

/// How strong a hit is; the greater, the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Beyond the threshold.
    Weak,
    /// Beyond the medium limit.
    Medium,
    /// Beyond the strong limit.
    Strong,
}

impl Band {
    /// The band's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Band::Weak => "weak",
            Band::Medium => "medium",
            Band::Strong => "strong",
        }
    }
}

/// Why hits cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoHits {
    /// The limits are not 0 < weak <= medium <= strong, or not finite.
    #[error("hit limits must be finite, above 0 and in the order weak, medium, strong")]
    Limits,
    /// Values or samples are not one a well.
    #[error("{given} values for the wells of a {format}-well plate")]
    OtherFormat {
        /// How many came.
        given: usize,
        /// The plate's format.
        format: Format,
    },
    /// No sample has a value, so there is no percentage.
    #[error("no sample has a value")]
    NoSamples,
}

/// One hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Where.
    pub well: Well,
    /// Its normalised value.
    pub value: f64,
    /// How strong.
    pub band: Band,
}

/// The hits of one plate.
#[derive(Debug, Clone, PartialEq)]
pub struct PickList {
    /// Samples with a value: what the percentage is of.
    pub samples: u32,
    /// 100 x hits / samples.
    pub percent: Result<f64, NoHits>,
    /// The furthest from the centre first, ties in well order.
    pub hits: Vec<Hit>,
}

impl PickList {
    /// Hits of one band.
    #[must_use]
    pub fn count(&self, band: Band) -> usize {
        self.hits.iter().filter(|hit| hit.band == band).count()
    }
}

impl HitLimits {
    /// Whether the limits are in order.
    ///
    /// # Errors
    /// [`NoHits::Limits`].
    pub fn check(&self) -> Result<(), NoHits> {
        let finite = self.centre.is_finite() && self.strong.is_finite();
        let ordered = self.weak > 0.0 && self.weak <= self.medium && self.medium <= self.strong;
        if finite && ordered { Ok(()) } else { Err(NoHits::Limits) }
    }

    /// How far out a value lies, in the direction; below 0 on the other side.
    fn distance(&self, value: f64) -> f64 {
        match self.direction {
            HitDirection::Up => value - self.centre,
            HitDirection::Down => self.centre - value,
            HitDirection::Both => (value - self.centre).abs(),
        }
    }

    /// The band of a finite value; `None` where it is no hit.
    #[must_use]
    pub fn band(&self, value: f64) -> Option<Band> {
        let distance = self.distance(value);
        if distance >= self.strong {
            Some(Band::Strong)
        } else if distance >= self.medium {
            Some(Band::Medium)
        } else if distance >= self.weak {
            Some(Band::Weak)
        } else {
            None
        }
    }
}

/// The hits among the samples of a plate. `values` are normalised, in row-major well order, `None` where undefined;
/// `samples` says which wells are samples that count (none that are excluded).
///
/// # Errors
/// [`NoHits`]: limits out of order, or not one value and one flag a well.
pub fn pick(values: &[Option<f64>], samples: &[bool], format: Format, limits: &HitLimits) -> Result<PickList, NoHits> {
    limits.check()?;
    let wells = usize::from(format.wells());
    if let Some(given) = [values.len(), samples.len()].into_iter().find(|given| *given != wells) {
        return Err(NoHits::OtherFormat { given, format });
    }
    let (mut counted, mut hits) = (0_u32, Vec::new());
    for (index, (value, sample)) in values.iter().zip(samples).enumerate() {
        let Some(value) = value.filter(|value| *sample && value.is_finite()) else { continue };
        counted += 1;
        if let (Some(band), Some(well)) = (limits.band(value), Well::at_index(index, format)) {
            hits.push(Hit { well, value, band });
        }
    }
    hits.sort_by(|a, b| limits.distance(b.value).total_cmp(&limits.distance(a.value)).then(a.well.cmp(&b.well)));
    let percent = match counted {
        0 => Err(NoHits::NoSamples),
        counted => Ok(100.0 * hits.len() as f64 / f64::from(counted)),
    };
    Ok(PickList { samples: counted, percent, hits })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const Z: HitLimits = HitLimits { direction: HitDirection::Both, centre: 0.0, weak: 3.0, medium: 5.0, strong: 8.0 };

    fn plate(wells: &[(&str, f64)]) -> Vec<Option<f64>> {
        let mut values = vec![Some(0.0); 96];
        for (well, value) in wells {
            values[Well::parse_in(well, Format::F96).unwrap().index_in(Format::F96).unwrap()] = Some(*value);
        }
        values
    }

    fn said(list: &PickList) -> Vec<String> {
        list.hits.iter().map(|hit| format!("{} {} {}", hit.well, hit.value, hit.band.as_str())).collect()
    }

    #[test]
    fn the_strongest_come_first_and_ties_in_well_order() {
        let wells =
            [("H12", 4.0), ("B03", -4.0), ("A01", 3.0), ("C07", 2.999), ("D04", -12.0), ("D05", 5.0), ("A02", 8.0)];
        let values = plate(&wells);
        let list = pick(&values, &[true; 96], Format::F96, &Z).unwrap();
        let expected = ["D04 -12 strong", "A02 8 strong", "D05 5 medium", "B03 -4 weak", "H12 4 weak", "A01 3 weak"];
        assert_eq!(said(&list), expected);
        assert_eq!((list.samples, list.percent), (96, Ok(6.25)));
        assert_eq!([Band::Strong, Band::Medium, Band::Weak].map(|band| list.count(band)), [2, 1, 3]);
        let up = pick(&values, &[true; 96], Format::F96, &HitLimits { direction: HitDirection::Up, ..Z }).unwrap();
        assert_eq!(said(&up), ["A02 8 strong", "D05 5 medium", "H12 4 weak", "A01 3 weak"]);
        let down = pick(&values, &[true; 96], Format::F96, &HitLimits { direction: HitDirection::Down, ..Z }).unwrap();
        assert_eq!(said(&down), ["D04 -12 strong", "B03 -4 weak"]);
    }

    #[test]
    fn percent_of_control_counts_from_100() {
        let limits = HitLimits { direction: HitDirection::Down, centre: 100.0, weak: 50.0, medium: 70.0, strong: 90.0 };
        let mut values = plate(&[("A01", 50.0), ("A02", 5.0), ("A03", 51.0), ("A04", 190.0)]);
        values[4..].fill(Some(100.0));
        let list = pick(&values, &[true; 96], Format::F96, &limits).unwrap();
        assert_eq!(said(&list), ["A02 5 strong", "A01 50 weak"]);
    }

    #[test]
    fn excluded_and_undefined_wells_count_nowhere() {
        let mut values = plate(&[("A01", 9.0), ("A02", 9.0), ("A03", 9.0)]);
        values[1] = None;
        values[2] = Some(f64::NAN);
        let mut samples = [true; 96];
        samples[0] = false;
        samples[50] = false;
        let list = pick(&values, &samples, Format::F96, &Z).unwrap();
        assert_eq!((list.samples, list.percent, list.hits.len()), (92, Ok(0.0), 0));
        let none = pick(&values, &[false; 96], Format::F96, &Z).unwrap();
        assert_eq!((none.samples, none.percent), (0, Err(NoHits::NoSamples)));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (weak, medium, strong) in
            [(0.0, 1.0, 2.0), (3.0, 2.0, 4.0), (3.0, 4.0, 3.5), (1.0, 2.0, f64::INFINITY), (f64::NAN, 2.0, 3.0)]
        {
            assert_eq!(
                HitLimits { weak, medium, strong, ..Z }.check(),
                Err(NoHits::Limits),
                "{weak} {medium} {strong}"
            );
        }
        assert_eq!(HitLimits { centre: f64::NAN, ..Z }.check(), Err(NoHits::Limits));
        let other = pick(&[None; 96], &[true; 384], Format::F96, &Z);
        assert_eq!(other, Err(NoHits::OtherFormat { given: 384, format: Format::F96 }));
    }

    proptest! {
        #[test]
        fn a_list_is_its_samples_beyond_the_threshold(
            values in prop::collection::vec(prop::option::of(-12_i32..12), 24),
            samples in prop::collection::vec(any::<bool>(), 24),
        ) {
            let values: Vec<Option<f64>> = values.into_iter().map(|value| value.map(f64::from)).collect();
            let list = pick(&values, &samples, Format::F24, &Z).unwrap();
            let is_hit = |value: Option<f64>, sample: bool| sample && value.is_some_and(|value| value.abs() >= 3.0);
            let beyond = values.iter().zip(&samples).filter(|(value, sample)| is_hit(**value, **sample)).count();
            prop_assert_eq!(list.hits.len(), beyond);
            let in_order = |a: &Hit, b: &Hit| (b.value.abs(), a.well) <= (a.value.abs(), b.well);
            prop_assert!(list.hits.windows(2).all(|pair| in_order(&pair[0], &pair[1])));
            prop_assert!(list.hits.windows(2).all(|pair| pair[0].band >= pair[1].band));
        }
    }
}
