//! Assay cards as people edit them: what a plate is judged by.

use std::collections::BTreeSet;
use std::sync::Arc;

use plate::quality::Terms;
use plate::{
    AssayCard, Board, CountedWells, Direction, Headline, Limits, LocalBody, Pair, Role, SiteAggregate, Transform,
    quality_of_all,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Desk;
use super::chosen::NoArgs;
use super::failure::{Answer, Failure};
use super::plates::a_reason;
use super::shown::{PlateArgs, Written};
use crate::plate_columns::PlateColumns;
use crate::profile::Profile;
use crate::qc::{DEFAULT_MINIMUM_N, PLAIN_PAIR};

/// Cards of one profile.
const MOST_CARDS: usize = 200;
/// Headline features of one card: each is judged at every control well.
const MOST_HEADLINES: usize = 64;
/// Characters of a name.
const LONGEST_NAME: usize = 500;
/// Features that are computed at a time.
const AT_A_TIME: usize = 512;

/// The assay cards in force.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AssayCards {
    /// The profile's name.
    pub profile: String,
    /// The cards, in the profile's order.
    pub cards: Vec<CardDetail>,
    /// Names of assays that layouts of the session say and that no card has.
    pub missing: Vec<String>,
}

/// How one assay is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CardDetail {
    /// The assay's name, as layouts say it.
    pub name: String,
    /// The judged features, the most important first.
    pub headline: Vec<CardHeadline>,
    /// Which roles stand against each other.
    pub pairs: Vec<CardPair>,
    /// What is good, what wants attention, what fails.
    pub limits: CardLimits,
}

/// One judged feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CardHeadline {
    /// Its name on the wire.
    pub feature: String,
    /// Its unit.
    pub unit: Option<String>,
    /// Where positives lie: `up`, `down` or `null`.
    pub direction: Option<String>,
    /// `none` or `log2`.
    pub transform: String,
    /// `mean` or `sum`: how sites become a well.
    pub aggregate: String,
}

/// Two control roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CardPair {
    /// The role that counts as positive.
    pub positive: String,
    /// The role that counts as negative.
    pub negative: String,
}

/// A card's limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CardLimits {
    /// Z' at or above is good.
    pub z_prime_good: f64,
    /// Z' at or above, and below good, wants attention; below fails.
    pub z_prime_attention: f64,
    /// SSMD without its sign; below wants attention.
    pub ssmd_magnitude: f64,
    /// The larger of S/B and its inverse; below wants attention.
    pub signal_ratio: f64,
    /// CV of the negatives in percent; above wants attention.
    pub cv_negative_percent: f64,
    /// Wells that each group needs.
    pub minimum_n: u32,
    /// Replicates per compound in production.
    pub replicates: u32,
    /// Edge effect in percent; `null`: a plate is held against the run's others.
    pub edge_effect_percent: Option<f64>,
    /// Edge strength.
    pub edge_strength: Option<f64>,
    /// Gradient over rows or columns in percent.
    pub gradient_percent: Option<f64>,
    /// A row's or column's distance from the plate's mean in percent.
    pub line_percent: Option<f64>,
}

/// Cards to judge by from now on, in place of all that are in force.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetCardsArgs {
    /// The cards.
    pub cards: Vec<CardDetail>,
    /// Why.
    pub reason: String,
}

/// Features of a plate by how well they tell its controls apart, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CardFeatures {
    /// How many features the plate's messages name.
    pub total: u32,
    /// All of them.
    pub rows: Vec<CardFeature>,
}

/// One feature of a plate.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CardFeature {
    /// Its name.
    pub feature: String,
    /// Z' of its controls as received.
    pub z_prime: Option<f64>,
    /// SSMD of them.
    pub ssmd: Option<f64>,
    /// Mean of the positives.
    pub mean_positive: Option<f64>,
    /// Mean of the negatives.
    pub mean_negative: Option<f64>,
}

impl Desk {
    /// The assay cards in force, and assays that have none.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn cards(&self, _: NoArgs) -> Answer<AssayCards> {
        let showing = self.showing()?;
        let profile = showing.reader.lock().await.meta().profile_name.clone();
        let question = |board: &Board| {
            let cards: Vec<CardDetail> = board.cards().iter().map(CardDetail::from).collect();
            let assays = board.plates().filter_map(|plate| plate.layout()?.assay.as_deref().map(str::to_owned));
            let missing: BTreeSet<String> =
                assays.filter(|assay| cards.iter().all(|card| card.name != *assay)).collect();
            (cards, missing)
        };
        let (cards, missing) = showing.look(question).await?;
        Ok(AssayCards { profile, cards, missing: missing.into_iter().collect() })
    }

    /// Judges by other cards from now on: a record of the session. The connection that is recorded keeps them for the next
    /// one.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_reason`, `invalid` with the card and the reason.
    pub async fn set_cards(&self, args: SetCardsArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let reason = a_reason(&args.reason, "change of cards")?;
        if args.cards.len() > MOST_CARDS {
            return Err(Failure::new("invalid", format!("A profile has at most {MOST_CARDS} assay cards.")));
        }
        let cards: Arc<[AssayCard]> = args.cards.iter().map(CardDetail::card).collect::<Answer<_>>()?;
        for card in cards.iter() {
            if cards.iter().filter(|other| other.name == card.name).count() > 1 {
                return Err(Failure::new("invalid", format!("Two assay cards are named \"{}\".", card.name)));
            }
        }
        let rules = showing.look(|board| board.rules_in_force().cloned()).await?;
        let name = showing.reader.lock().await.meta().profile_name.as_str().into();
        let kept = Arc::clone(&cards);
        let note = LocalBody::Note { text: format!("Assay cards changed: {reason}").into() };
        let seq = road.append_all(&self.options.user, vec![LocalBody::Profile { name, cards, rules }, note]).await?;
        self.keep_profile(|text| Profile::with_cards(text, &kept)).await;
        Ok(Written { seq })
    }

    /// Features of a plate by how well they tell its controls apart: for choosing what a card judges.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_format`, `session`.
    pub async fn card_features(&self, args: PlateArgs) -> Answer<CardFeatures> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let asked = Arc::clone(&key);
        let question = move |board: &Board| {
            let plate = board.plate(&asked)?;
            let limits = plate.card().and_then(|card| board.cards().get(card)).map(|card| card.limits.clone());
            Some((plate.counted_wells(PLAIN_PAIR), limits))
        };
        let (wells, limits) = showing.look(question).await?.ok_or_else(Failure::no_such_plate)?;
        let no_format = || Failure::new("no_format", "The plate's format is not known yet: no message has said it.");
        let wells = wells.ok_or_else(no_format)?;
        let columns = PlateColumns::read(&mut *showing.reader.lock().await, &key, None).await?;
        let terms = Terms {
            minimum_n: limits.as_ref().map_or(DEFAULT_MINIMUM_N, |limits| limits.minimum_n),
            replicates: limits.as_ref().map_or(1, |limits| limits.replicates),
            permutations: 0,
        };
        let rank = move || ranked(&columns, &wells, terms);
        let rows = tokio::task::spawn_blocking(rank).await;
        let rows = rows.map_err(|_| Failure::new("stopped", "The features could not be compared."))?;
        Ok(CardFeatures { total: u32::try_from(rows.len()).unwrap_or(u32::MAX), rows })
    }
}

/// Every feature with the quality of its controls, the best first.
fn ranked(columns: &PlateColumns, wells: &CountedWells, terms: Terms) -> Vec<CardFeature> {
    let format = wells.format();
    let of = usize::from(format.wells());
    let names: Vec<&str> = columns.features().collect();
    let mut rows = Vec::with_capacity(names.len());
    for names in names.chunks(AT_A_TIME) {
        let mut values = vec![f64::NAN; names.len() * of];
        for (name, room) in names.iter().zip(values.chunks_mut(of)) {
            let numbers = columns.column(name).into_iter().flat_map(|column| column.numbers(SiteAggregate::Mean));
            for (well, number) in numbers {
                if let Some(place) = well.index_in(format).and_then(|at| room.get_mut(at)) {
                    *place = number;
                }
            }
        }
        let quality = quality_of_all(&values, wells, terms, 2);
        for ((name, quality), values) in names.iter().zip(quality).zip(values.chunks(of)) {
            rows.push(CardFeature {
                feature: (*name).to_owned(),
                z_prime: quality.table.z_prime.ok(),
                ssmd: quality.table.ssmd.ok(),
                mean_positive: mean(values, wells.positive()),
                mean_negative: mean(values, wells.negative()),
            });
        }
    }
    // Those without a Z' come last, by name.
    let rank = |row: &CardFeature| row.z_prime.filter(|z| z.is_finite()).unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.feature.cmp(&b.feature)));
    rows
}

fn mean(values: &[f64], places: &[u16]) -> Option<f64> {
    let known = places.iter().filter_map(|at| values.get(usize::from(*at)).copied()).filter(|value| value.is_finite());
    SiteAggregate::Mean.apply(known).filter(|mean| mean.is_finite())
}

impl From<&AssayCard> for CardDetail {
    fn from(card: &AssayCard) -> CardDetail {
        let limits = &card.limits;
        CardDetail {
            name: card.name.clone(),
            headline: card
                .headline
                .iter()
                .map(|headline| CardHeadline {
                    feature: headline.feature.clone(),
                    unit: headline.unit.clone(),
                    direction: headline.direction.map(|direction| direction.as_str().to_owned()),
                    transform: match headline.transform {
                        Transform::None => "none",
                        Transform::Log2 => "log2",
                    }
                    .to_owned(),
                    aggregate: match headline.aggregate {
                        SiteAggregate::Mean => "mean",
                        SiteAggregate::Sum => "sum",
                    }
                    .to_owned(),
                })
                .collect(),
            pairs: card
                .pair
                .iter()
                .map(|pair| CardPair {
                    positive: pair.positive.as_str().to_owned(),
                    negative: pair.negative.as_str().to_owned(),
                })
                .collect(),
            limits: CardLimits {
                z_prime_good: limits.z_prime_good,
                z_prime_attention: limits.z_prime_attention,
                ssmd_magnitude: limits.ssmd_magnitude,
                signal_ratio: limits.signal_ratio,
                cv_negative_percent: limits.cv_negative_percent,
                minimum_n: limits.minimum_n,
                replicates: limits.replicates,
                edge_effect_percent: limits.edge_effect_percent,
                edge_strength: limits.edge_strength,
                gradient_percent: limits.gradient_percent,
                line_percent: limits.line_percent,
            },
        }
    }
}

impl CardDetail {
    /// The card that a person asks for.
    fn card(&self) -> Answer<AssayCard> {
        let invalid = |reason: String| Failure::new("invalid", format!("Assay card \"{}\": {reason}.", self.name));
        let is_name = |name: &str| {
            !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control)
        };
        if !is_name(&self.name) {
            return Err(invalid(format!("its name has 1 to {LONGEST_NAME} characters")));
        }
        if !(1..=MOST_HEADLINES).contains(&self.headline.len()) {
            return Err(invalid(format!("it names 1 to {MOST_HEADLINES} headline features")));
        }
        if self.pairs.is_empty() {
            return Err(invalid("it names no pair of controls".to_owned()));
        }
        let mut headline = Vec::with_capacity(self.headline.len());
        for asked in &self.headline {
            if !is_name(&asked.feature) || headline.iter().any(|known: &Headline| known.feature == asked.feature) {
                return Err(invalid(format!("\"{}\" is no feature, or stands twice", asked.feature)));
            }
            let word = |word: &str| invalid(format!("\"{word}\" is unknown for {}", asked.feature));
            headline.push(Headline {
                feature: asked.feature.clone(),
                unit: asked.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty()).map(str::to_owned),
                direction: match asked.direction.as_deref() {
                    None => None,
                    Some("up") => Some(Direction::Up),
                    Some("down") => Some(Direction::Down),
                    Some(other) => return Err(word(other)),
                },
                transform: match asked.transform.as_str() {
                    "none" => Transform::None,
                    "log2" => Transform::Log2,
                    other => return Err(word(other)),
                },
                aggregate: match asked.aggregate.as_str() {
                    "mean" => SiteAggregate::Mean,
                    "sum" => SiteAggregate::Sum,
                    other => return Err(word(other)),
                },
            });
        }
        let role = |name: &str| name.parse::<Role>().map_err(|error| invalid(format!("\"{name}\" is {error}")));
        let mut pair = Vec::with_capacity(self.pairs.len());
        for asked in &self.pairs {
            let (positive, negative) = (role(&asked.positive)?, role(&asked.negative)?);
            if positive == negative || pair.contains(&Pair { positive, negative }) {
                return Err(invalid(format!("{positive} against {negative} is no pair, or stands twice")));
            }
            pair.push(Pair { positive, negative });
        }
        Ok(AssayCard { name: self.name.trim().to_owned(), headline, pair, limits: self.limits.limits(&invalid)? })
    }
}

impl CardLimits {
    fn limits(&self, invalid: &dyn Fn(String) -> Failure) -> Answer<Limits> {
        let named = [
            ("Z' good", self.z_prime_good),
            ("Z' attention", self.z_prime_attention),
            ("SSMD", self.ssmd_magnitude),
            ("the signal ratio", self.signal_ratio),
            ("the CV of negatives", self.cv_negative_percent),
        ];
        let optional = [
            ("the edge effect", self.edge_effect_percent),
            ("the edge strength", self.edge_strength),
            ("the gradient", self.gradient_percent),
            ("rows and columns", self.line_percent),
        ];
        let sizes = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (name, value) in named.into_iter().chain(sizes.clone()) {
            if !value.is_finite() {
                return Err(invalid(format!("the limit of {name} is no number")));
            }
        }
        if let Some((name, value)) = named.into_iter().skip(2).chain(sizes).find(|(_, value)| *value < 0.0) {
            return Err(invalid(format!("the limit of {name} is a size, and {value} is below 0")));
        }
        if self.z_prime_attention > self.z_prime_good {
            return Err(invalid("a Z' that wants attention lies below one that is good".to_owned()));
        }
        if self.minimum_n < 2 || self.replicates < 1 {
            return Err(invalid("each group needs 2 wells at least, and a compound 1 replicate".to_owned()));
        }
        Ok(Limits {
            z_prime_good: self.z_prime_good,
            z_prime_attention: self.z_prime_attention,
            ssmd_magnitude: self.ssmd_magnitude,
            signal_ratio: self.signal_ratio,
            cv_negative_percent: self.cv_negative_percent,
            minimum_n: self.minimum_n,
            replicates: self.replicates,
            edge_effect_percent: self.edge_effect_percent,
            edge_strength: self.edge_strength,
            gradient_percent: self.gradient_percent,
            line_percent: self.line_percent,
        })
    }
}

#[cfg(test)]
mod tests {
    use plate::Well;

    use super::*;

    #[test]
    fn a_card_goes_there_and_back_and_one_that_cannot_be_is_refused() {
        let demo = Profile::parse(include_str!("../../../../demo/profile.toml"), std::path::Path::new("demo")).unwrap();
        let detail = CardDetail::from(&demo.assay[0]);
        assert_eq!(detail.card().unwrap(), demo.assay[0]);
        let refused = |change: &dyn Fn(&mut CardDetail)| {
            let mut detail = detail.clone();
            change(&mut detail);
            detail.card().unwrap_err().message
        };
        for (says, change) in [
            ("its name", &(|card: &mut CardDetail| card.name = " ".to_owned()) as &dyn Fn(&mut CardDetail)),
            ("1 to 64 headline", &|card| card.headline.clear()),
            ("stands twice", &|card| card.headline.push(card.headline[0].clone())),
            ("\"sideways\"", &|card| card.headline[0].direction = Some("sideways".to_owned())),
            ("no pair of controls", &|card| card.pairs.clear()),
            ("positive against positive", &|card| card.pairs[0].negative = "positive".to_owned()),
            ("no number", &|card| card.limits.ssmd_magnitude = f64::INFINITY),
            ("below 0", &|card| card.limits.edge_effect_percent = Some(-1.0)),
            ("lies below one that is good", &|card| card.limits.z_prime_attention = 0.9),
            ("2 wells", &|card| card.limits.minimum_n = 1),
        ] {
            let message = refused(change);
            assert!(message.contains(says), "{message}");
        }
    }

    #[test]
    fn features_are_ranked_by_how_well_they_tell_controls_apart() {
        let format = plate::Format::F24;
        let roles: Vec<Role> = Well::all_of(format)
            .map(|well| match well.column() {
                0 => Role::Negative,
                5 => Role::Positive,
                _ => Role::Sample,
            })
            .collect();
        let wells = CountedWells::new(format, &roles, &[false; 24], PLAIN_PAIR);
        let mut columns = PlateColumns::default();
        for (name, apart) in [("a_flat", 0.0), ("b_good", 100.0), ("c_fair", 20.0)] {
            for (at, well) in Well::all_of(format).enumerate() {
                let signal = if well.column() == 5 { apart } else { 0.0 };
                columns.push(name, well, None, Some(10.0 + signal + (at % 7) as f64));
            }
        }
        columns.push("d_none", "A01".parse().unwrap(), None, None);
        let terms = Terms { minimum_n: 3, replicates: 1, permutations: 0 };
        let rows = ranked(&columns, &wells, terms);
        let names: Vec<&str> = rows.iter().map(|row| row.feature.as_str()).collect();
        assert_eq!(names, ["b_good", "c_fair", "a_flat", "d_none"]);
        assert!(rows[0].z_prime.unwrap() > 0.5 && rows[3].z_prime.is_none());
        assert!(rows[0].mean_positive.unwrap() > 100.0);
    }
}
