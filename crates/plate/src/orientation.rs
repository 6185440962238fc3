//! Plates laid wrongly: turned by 180 degrees, or with positive and negative controls exchanged.
//!
//! How far the controls stand apart is their SSMD in the card's direction. A plate is suspect where they stand
//! clearly apart (at least [`CLEAR`], Zhang 2007's limit of a strong effect) under another reading of the layout, and
//! do not under the layout itself. A finding is a reason to look, with the numbers of both readings; it changes
//! nothing by itself.

use crate::card::{Direction, Pair};
use crate::format::Format;
use crate::generator::SplitMix64;
use crate::layout::Role;
use crate::statistics::{Controls, Groups, Statistic, Undefined};

/// Controls that each role needs, under either reading.
pub const MINIMUM_CONTROLS: u32 = 4;
/// SSMD from which controls stand clearly apart.
pub const CLEAR: f64 = 3.0;
/// SSMD that turning must gain.
pub const MARGIN: f64 = 2.0;
/// At most this share of random choices of as many wells may stand as far apart.
pub const CHANCE: f64 = 0.005;
const CHOICES: u32 = 999;
const SEED: u64 = 0x7475_726e_6564;

/// One feature of a plate and the layout it was read with.
#[derive(Debug, Clone, Copy)]
pub struct LaidOut<'a> {
    /// Values in row-major well order; `None` where a well has none or is excluded.
    pub values: &'a [Option<f64>],
    /// Roles in row-major well order.
    pub roles: &'a [Role],
    /// The plate's format.
    pub format: Format,
    /// Which roles stand against each other.
    pub pair: Pair,
    /// Where positives lie, seen from the negatives.
    pub direction: Option<Direction>,
}

/// How the controls stand apart under one reading of the layout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Separation {
    /// Positive controls with a value.
    pub positive: u32,
    /// Negative controls with a value.
    pub negative: u32,
    /// Z'.
    pub z_prime: Statistic,
    /// (mean_p - mean_n) / sqrt(sd_p^2 + sd_n^2); its sign says on which side the positives lie.
    pub ssmd: Statistic,
}

/// The positives lie on the wrong side, clearly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swapped {
    /// The controls as the layout names them.
    pub as_laid_out: Separation,
    /// With positives and negatives exchanged.
    pub as_swapped: Separation,
}

/// The controls stand clearly apart where a turned plate would have them, and not where the layout has them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotated {
    /// The controls where the layout has them.
    pub as_laid_out: Separation,
    /// The controls where they are if the plate was turned by 180 degrees.
    pub as_turned: Separation,
    /// (b + 1) / (B + 1): b of B = 999 random choices of as many wells stand as far apart.
    pub p: f64,
    /// Turning mostly exchanges positives and negatives on this layout: the plate may be swapped instead.
    pub or_swapped: bool,
}

/// Why a check cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotTell {
    /// Not one value and one role a well.
    #[error("{given} values or roles for a {format}-well plate")]
    OtherFormat {
        /// How many came.
        given: usize,
        /// The plate's format.
        format: Format,
    },
    /// Nobody said on which side the positives lie.
    #[error("the assay card does not say on which side the positives lie")]
    NoDirection,
    /// Too few controls have a value, as laid out or as turned.
    #[error("{n} of at least {minimum} {role} wells have a value")]
    TooFew {
        /// Which role.
        role: Role,
        /// How many wells have a value.
        n: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// The layout looks the same when it is turned.
    #[error("the layout looks the same when it is turned: {moving} of at least {minimum} controls move")]
    Symmetric {
        /// Wells that are a control and get another role by turning.
        moving: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// The controls have no statistics.
    #[error("the controls cannot be compared: {0}")]
    Undefined(Undefined),
}

/// Whether positives and negatives are exchanged: as laid out they stand at least [`CLEAR`] apart, on the wrong side.
///
/// # Errors
/// [`CannotTell`]: without a direction, with too few controls, or without statistics.
pub fn swapped(plate: &LaidOut<'_>) -> Result<Option<Swapped>, CannotTell> {
    plate.check()?;
    if plate.direction.is_none() {
        return Err(CannotTell::NoDirection);
    }
    let groups = plate.groups(plate.roles.iter())?;
    let apart = plate.apart(&groups)?;
    let exchanged =
        Groups { positive: groups.negative.clone(), negative: groups.positive.clone(), ..Groups::default() };
    let found = Swapped { as_laid_out: Separation::of(&groups), as_swapped: Separation::of(&exchanged) };
    Ok((apart <= -CLEAR).then_some(found))
}

/// Whether the plate was turned by 180 degrees: as turned the controls stand at least [`CLEAR`] apart, [`MARGIN`]
/// further than as laid out, where they do not stand [`CLEAR`] apart, and hardly ever by chance ([`CHANCE`]).
///
/// # Errors
/// [`CannotTell`]: for a layout that looks the same when it is turned, with too few controls, or without statistics.
pub fn rotated(plate: &LaidOut<'_>) -> Result<Option<Rotated>, CannotTell> {
    plate.check()?;
    let is_control = |role: &Role| [plate.pair.positive, plate.pair.negative].contains(role);
    let turned_pairs = || plate.roles.iter().zip(plate.roles.iter().rev());
    let moving = count(turned_pairs().filter(|(role, turned)| is_control(role) && role != turned).count());
    if moving < MINIMUM_CONTROLS {
        return Err(CannotTell::Symmetric { moving, minimum: MINIMUM_CONTROLS });
    }
    let laid_out = plate.groups(plate.roles.iter())?;
    // Row-major order backwards is the plate turned by 180 degrees.
    let turned = plate.groups(plate.roles.iter().rev())?;
    let (apart_laid_out, apart_turned) = (plate.apart(&laid_out)?, plate.apart(&turned)?);
    if apart_laid_out >= CLEAR || apart_turned < CLEAR || apart_turned - apart_laid_out < MARGIN {
        return Ok(None);
    }
    let p = plate.chance(turned.positive.len(), turned.negative.len(), apart_turned);
    let exchanged =
        count(turned_pairs().filter(|(role, turned)| is_control(role) && is_control(turned) && role != turned).count());
    let found = Rotated {
        as_laid_out: Separation::of(&laid_out),
        as_turned: Separation::of(&turned),
        p,
        or_swapped: exchanged * 2 > moving,
    };
    Ok((p <= CHANCE).then_some(found))
}

impl Separation {
    fn of(groups: &Groups) -> Separation {
        let controls = Controls::of(groups, MINIMUM_CONTROLS);
        Separation {
            positive: count(groups.positive.len()),
            negative: count(groups.negative.len()),
            z_prime: controls.z_prime(),
            ssmd: controls.ssmd(),
        }
    }
}

impl LaidOut<'_> {
    fn check(&self) -> Result<(), CannotTell> {
        let wells = usize::from(self.format.wells());
        match [self.values.len(), self.roles.len()].into_iter().find(|given| *given != wells) {
            Some(given) => Err(CannotTell::OtherFormat { given, format: self.format }),
            None => Ok(()),
        }
    }

    fn groups<'r>(&self, roles: impl Iterator<Item = &'r Role>) -> Result<Groups, CannotTell> {
        let mut groups = Groups::default();
        for (value, role) in self.values.iter().zip(roles) {
            let Some(value) = value.filter(|value| value.is_finite()) else { continue };
            if *role == self.pair.positive {
                groups.positive.push(value);
            } else if *role == self.pair.negative {
                groups.negative.push(value);
            }
        }
        for (role, values) in [(self.pair.positive, &groups.positive), (self.pair.negative, &groups.negative)] {
            let n = count(values.len());
            if n < MINIMUM_CONTROLS {
                return Err(CannotTell::TooFew { role, n, minimum: MINIMUM_CONTROLS });
            }
        }
        Ok(groups)
    }

    /// SSMD in the card's direction; without one, its magnitude. Groups that do not scatter at all stand as far apart
    /// as a number can say, or not at all.
    fn apart(&self, groups: &Groups) -> Result<f64, CannotTell> {
        let ssmd = match Controls::of(groups, MINIMUM_CONTROLS).ssmd() {
            Err(Undefined::NoScatterAtAll) => match (groups.positive.first(), groups.negative.first()) {
                (Some(p), Some(n)) if p > n => f64::MAX,
                (Some(p), Some(n)) if p < n => f64::MIN,
                _ => 0.0,
            },
            other => other.map_err(CannotTell::Undefined)?,
        };
        Ok(match self.direction {
            Some(Direction::Up) => ssmd,
            Some(Direction::Down) => -ssmd,
            None => ssmd.abs(),
        })
    }

    /// How often as many wells, chosen at random among all with a value, stand as far apart.
    fn chance(&self, positive: usize, negative: usize, apart: f64) -> f64 {
        let mut values: Vec<f64> = self.values.iter().flatten().copied().filter(|value| value.is_finite()).collect();
        let mut generator = SplitMix64::new(SEED);
        let mut as_far = 0;
        for _ in 0..CHOICES {
            // The first wells of a shuffle: as many as are needed.
            for at in 0..positive + negative {
                let left = count(values.len().saturating_sub(at));
                values.swap(at, at + generator.below(left) as usize);
            }
            let (Some(p), Some(n)) = (values.get(..positive), values.get(positive..positive + negative)) else {
                continue;
            };
            let groups = Groups { positive: p.to_vec(), negative: n.to_vec(), ..Groups::default() };
            if self.apart(&groups).is_ok_and(|by_chance| by_chance >= apart) {
                as_far += 1;
            }
        }
        f64::from(as_far + 1) / f64::from(CHOICES + 1)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "orientation_tests.rs"]
mod tests;
