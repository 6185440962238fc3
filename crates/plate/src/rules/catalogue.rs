//! The facts, group by group. The comment of a fact is also what the rule editor says of it.
//!
//! A statistic that is undefined is `None`, whatever the reason. Names that end with `_mads` say how far the plate lies
//! from the run's other complete plates, or from a frozen baseline, in their MADs (`QC.md`): (value - their median) /
//! their MAD. They are `None` before there are 5 such plates and where these do not scatter; an artefact's MAD is no less than
//! a third of its default alarm.

use super::facts::{Fact, Facts, Read, Variable};
use crate::card::AssayCard;

macro_rules! kind {
    ($life:lifetime number) => { Option<f64> };
    ($life:lifetime truth) => { Option<bool> };
    ($life:lifetime text) => { Option<&$life str> };
}

macro_rules! read {
    (number $variable:ident $field:ident) => {
        Read::Number(|facts: &Facts<'_>| facts.$variable?.$field)
    };
    (truth $variable:ident $field:ident) => {
        Read::Truth(|facts: &Facts<'_>| facts.$variable?.$field)
    };
    (text $variable:ident $field:ident) => {
        Read::Text(|facts| facts.$variable?.$field)
    };
}

/// One list for the struct, its names and its readers, so that they cannot drift apart.
macro_rules! facts {
    ($(#[$about:meta])* $shape:ident, $group:ident, $variable:ident { $($(#[doc = $meaning:literal])+ $field:ident: $kind:ident,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        pub struct $shape<'a> {
            $($(#[doc = $meaning])+ pub $field: kind!('a $kind),)+
        }

        impl $shape<'_> {
            /// What a rule may ask of it.
            pub const CATALOGUE: &'static [Fact] = &[$(Fact {
                variable: Variable::$group,
                name: stringify!($field),
                path: concat!(stringify!($variable), ".", stringify!($field)),
                meaning: concat!($($meaning),+).trim_ascii(),
                read: read!($kind $variable $field),
            },)+];
        }
    };
}

facts! {
    /// What is known of a run.
    RunFacts, Run, run {
        /// The run's name.
        name: text,
        /// Plates that have sent anything.
        plates: number,
        /// Plates with a result of every expected well.
        complete_plates: number,
        /// Plates that are being read: begun, not complete.
        reading_plates: number,
        /// Messages of the session since the run began, unreadable ones too.
        messages: number,
        /// Those of them that could not be read: they name no run.
        undecoded: number,
        /// Their share of these messages, in percent.
        undecoded_percent: number,
        /// Seconds since the run's last message.
        silent_s: number,
    }
}

facts! {
    /// What is known of a plate.
    PlateFacts, Plate, plate {
        /// The barcode.
        barcode: text,
        /// The assay that its layout names.
        assay: text,
        /// The stage that it entered last.
        stage: text,
        /// The instrument that said so.
        instrument: text,
        /// Wells of its format.
        format: number,
        /// Wells from which a result is expected.
        wells_expected: number,
        /// Expected wells with a result.
        wells_in: number,
        /// Control wells that its layout names.
        controls_expected: number,
        /// Control wells with a result.
        controls_in: number,
        /// Wells that a person excluded.
        excluded: number,
        /// Images so far.
        images: number,
        /// Flags that are raised and not cleared.
        flags: number,
        /// Whether it is being read: begun, not complete, not left by a stage.
        reading: truth,
        /// Whether every expected well has a result.
        complete: truth,
        /// Seconds since its last message; unknown after an hour, when nobody waits for it any more.
        silent_s: number,
    }
}

facts! {
    /// What is known of one headline feature on a plate, for one pair of controls.
    FeatureFacts, Feature, feature {
        /// The feature's name.
        name: text,
        /// Its unit.
        unit: text,
        /// Where positives lie, seen from the negatives: up or down.
        direction: text,
        /// The role that stands as positive.
        positive_role: text,
        /// The role that stands as negative.
        negative_role: text,
        /// Positive controls with a value.
        n_positive: number,
        /// Negative controls with a value.
        n_negative: number,
        /// Samples with a value.
        n_sample: number,
        /// Z': 1 is perfect, below 0 the controls overlap.
        z_prime: number,
        /// Z' from medians and MADs.
        robust_z_prime: number,
        /// Distance of the controls in their scatter, with its sign.
        ssmd: number,
        /// SSMD from medians and MADs.
        robust_ssmd: number,
        /// The larger of S/B and its inverse.
        signal_ratio: number,
        /// Mean of the positives / mean of the negatives.
        signal_to_background: number,
        /// CV of the negatives, in percent.
        cv_negative: number,
        /// CV of the positives, in percent.
        cv_positive: number,
        /// Outer ring against the inner wells, samples only, in percent of the inner median.
        edge_effect_percent: number,
        /// The same in MADs of the inner wells.
        edge_strength: number,
        /// Drift from the first to the last row, in percent.
        row_gradient_percent: number,
        /// Drift from the first to the last column, in percent.
        column_gradient_percent: number,
        /// The row that lies farthest from the plate's mean, with its sign, in percent.
        worst_row_percent: number,
        /// The column that lies farthest from the plate's mean, with its sign, in percent.
        worst_column_percent: number,
        /// Mean of the negatives.
        mean_negative: number,
        /// Mean of the positives.
        mean_positive: number,
        /// Median of the samples.
        median_sample: number,
        /// Complete plates that the `_mads` compare with.
        plates_compared: number,
        /// Z' against the run's other plates, in MADs.
        z_prime_mads: number,
        /// Robust Z' against the run's other plates, in MADs.
        robust_z_prime_mads: number,
        /// SSMD against the run's other plates, in MADs.
        ssmd_mads: number,
        /// Robust SSMD against the run's other plates, in MADs.
        robust_ssmd_mads: number,
        /// Signal ratio against the run's other plates, in MADs.
        signal_ratio_mads: number,
        /// S/B against the run's other plates, in MADs.
        signal_to_background_mads: number,
        /// CV of the negatives against the run's other plates, in MADs.
        cv_negative_mads: number,
        /// CV of the positives against the run's other plates, in MADs.
        cv_positive_mads: number,
        /// Edge effect against the run's other plates, in MADs.
        edge_effect_mads: number,
        /// Edge strength against the run's other plates, in MADs.
        edge_strength_mads: number,
        /// Row gradient against the run's other plates, in MADs.
        row_gradient_mads: number,
        /// Column gradient against the run's other plates, in MADs.
        column_gradient_mads: number,
        /// Size of the worst row against the run's other plates, in MADs; above 0 is worse.
        worst_row_mads: number,
        /// Size of the worst column against the run's other plates, in MADs; above 0 is worse.
        worst_column_mads: number,
        /// Mean of the negatives against the run's other plates, in MADs.
        mean_negative_mads: number,
        /// Mean of the positives against the run's other plates, in MADs.
        mean_positive_mads: number,
        /// Median of the samples against the run's other plates, in MADs.
        median_sample_mads: number,
    }
}

facts! {
    /// What is known of a well.
    WellFacts, Well, well {
        /// As it is written: B07.
        name: text,
        /// Its role.
        role: text,
        /// Its compound.
        compound: text,
        /// Its row, from 1.
        row: number,
        /// Its column, from 1.
        column: number,
        /// The headline feature's value, after its transform.
        value: number,
        /// Sites with a value.
        sites_in: number,
        /// Sites that are expected.
        sites_expected: number,
        /// Whether a flag on it is raised and not cleared.
        flagged: truth,
        /// Whether a person excluded it.
        excluded: truth,
    }
}

facts! {
    /// What is known of a site.
    SiteFacts, Site, site {
        /// The pipeline's name of its focus feature.
        focus_feature: text,
        /// Its number, from 1.
        number: number,
        /// The pipeline's own measure of focus, where it sends one (FocusScore, PowerLogLogSlope, sharpness); larger is sharper.
        focus: number,
        /// Focus against the plate's sites so far, in their MADs; below 0 is less sharp. Known from 5 sites on.
        focus_mads: number,
        /// Whether a flag on it is raised and not cleared.
        flagged: truth,
    }
}

facts! {
    /// The limits of the plate's assay card. Those of artefacts are known only where the card sets them.
    LimitFacts, Limits, limits {
        /// The assay card's name.
        assay: text,
        /// Z' at or above is good.
        z_prime_good: number,
        /// Z' below fails.
        z_prime_attention: number,
        /// SSMD, without its sign, below wants attention.
        ssmd_magnitude: number,
        /// The larger of S/B and its inverse; below wants attention.
        signal_ratio: number,
        /// CV of the negatives in percent; above wants attention.
        cv_negative_percent: number,
        /// Wells that each group of a statistic needs.
        minimum_n: number,
        /// Replicates per compound in production.
        replicates: number,
        /// Edge effect in percent, without its sign.
        edge_effect_percent: number,
        /// Edge strength, without its sign.
        edge_strength: number,
        /// Row or column gradient in percent, without its sign.
        gradient_percent: number,
        /// Row or column line in percent, without its sign.
        line_percent: number,
    }
}

impl<'a> LimitFacts<'a> {
    /// The limits that a card has.
    #[must_use]
    pub fn of(card: &'a AssayCard) -> LimitFacts<'a> {
        let limits = &card.limits;
        LimitFacts {
            assay: Some(&card.name),
            z_prime_good: Some(limits.z_prime_good),
            z_prime_attention: Some(limits.z_prime_attention),
            ssmd_magnitude: Some(limits.ssmd_magnitude),
            signal_ratio: Some(limits.signal_ratio),
            cv_negative_percent: Some(limits.cv_negative_percent),
            minimum_n: Some(f64::from(limits.minimum_n)),
            replicates: Some(f64::from(limits.replicates)),
            edge_effect_percent: limits.edge_effect_percent,
            edge_strength: limits.edge_strength,
            gradient_percent: limits.gradient_percent,
            line_percent: limits.line_percent,
        }
    }
}
