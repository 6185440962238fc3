//! What a board judges by: cards, rules and the features that they ask for.

use super::Board;
use crate::by_rules::{self, Point, RuleSet, RunStanding};
use crate::card::AssayCard;
use crate::column::TrackedColumn;
use crate::digest::FieldHasher;
use crate::judge;

/// What judging asks for since a change of cards or rules, though results came before it: the board keeps nothing of the
/// thousands of features that nobody asked for (`DATA.md` 5).
#[derive(Debug, Clone, Default)]
pub(super) struct Untold {
    pub(super) features: Vec<Box<str>>,
    pub(super) focus: bool,
}

impl Board {
    /// Whether features are tracked since the last record of which earlier results may tell: until [`Board::end_telling`] nothing is
    /// judged.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        self.untold.focus || !self.untold.features.is_empty()
    }

    /// The board has been told of all earlier results.
    pub fn end_telling(&mut self) {
        self.untold = Untold::default();
    }

    pub(super) fn asks_for_focus(&self) -> bool {
        self.rule_set.as_ref().is_some_and(|set| set.asks_for_focus)
    }

    pub(super) fn note_untold_focus(&mut self, asked_before: bool) {
        self.untold.focus |= !asked_before && self.asks_for_focus() && self.has_results();
    }

    fn has_results(&self) -> bool {
        self.plates.iter().any(|plate| plate.results > 0)
    }

    /// Tracks the cards' headline features and the extra ones; values of features that stay are kept, and so is what plain
    /// limits stood at by the cards `before`, where they still decide.
    pub(super) fn retrack(&mut self, before: &[AssayCard]) {
        let mut tracked: Vec<Box<str>> = Vec::new();
        let headline = self.cards.iter().flat_map(|card| &card.headline).map(|headline| headline.feature.as_str());
        let named = self.rule_set.iter().flat_map(|set| set.rules.named_features());
        for name in headline.chain(self.extra.iter().chain(named).map(|name| &**name)) {
            if !tracked.iter().any(|known| **known == *name) {
                tracked.push(name.into());
            }
        }
        let mut due = Vec::with_capacity(self.plates.len());
        for (index, plate) in self.plates.iter_mut().enumerate() {
            let mut old: Vec<Option<TrackedColumn>> = plate.take_columns().into_iter().map(Some).collect();
            let kept = tracked.iter().map(|name| {
                let before = self.tracked.iter().position(|known| known == name);
                before.and_then(|at| old.get_mut(at)?.take())
            });
            plate.put_columns(kept.collect());
            let lifted = plate.lift_states(plate.card().and_then(|card| before.get(card)));
            plate.settled.clear();
            plate.choose_card(&self.cards);
            let card = plate.card().and_then(|card| self.cards.get(card));
            plate.place_states(lifted, card.filter(|_| self.rule_set.is_none()));
            plate.place_latches(card);
            due.push(index);
        }
        self.runs.iter_mut().for_each(RunStanding::forget_compared);
        due.into_iter().for_each(|index| self.mark_due(index, Point::ALL));
        self.due_runs.extend(0..self.runs.len());
        if self.has_results() {
            let known = |name| self.tracked.contains(name) || self.untold.features.contains(name);
            let new: Vec<Box<str>> = tracked.iter().filter(|name| !known(*name)).cloned().collect();
            self.untold.features.extend(new);
        }
        self.tracked = tracked;
        self.positions.clear();
        self.rules = rules_digest(self.version(), &self.cards, self.rule_set.as_deref());
    }

    fn version(&self) -> &'static str {
        if self.rule_set.is_some() { by_rules::VERSION } else { judge::VERSION }
    }

    /// The stamps of alerts that earlier versions of the judging made by the cards and rules in force now.
    pub fn earlier_stamps(&self) -> impl Iterator<Item = Box<str>> + '_ {
        let earlier = if self.rule_set.is_some() { by_rules::EARLIER } else { judge::EARLIER };
        earlier.iter().map(|version| rules_digest(version, &self.cards, self.rule_set.as_deref()))
    }
}

/// 16 hex digits that name what is judged by: the rules, the cards with every limit, and the version of the judging.
fn rules_digest(version: &str, cards: &[AssayCard], rules: Option<&RuleSet>) -> Box<str> {
    let mut hasher = FieldHasher::new(version);
    if let Some(set) = rules {
        hasher.text(set.rules.digest());
    }
    for card in cards {
        hasher.text(&card.name);
        for headline in &card.headline {
            hasher.text(&headline.feature);
            hasher.text(&format!("{:?} {:?} {:?}", headline.direction, headline.transform, headline.aggregate));
        }
        for pair in &card.pair {
            hasher.text(pair.positive.as_str());
            hasher.text(pair.negative.as_str());
        }
        let l = &card.limits;
        for limit in [l.z_prime_good, l.z_prime_attention, l.ssmd_magnitude, l.signal_ratio, l.cv_negative_percent] {
            hasher.bits(limit.to_bits());
        }
        hasher.number(l.minimum_n.into());
        hasher.number(l.replicates.into());
        if rules.is_some() {
            for limit in [l.edge_effect_percent, l.edge_strength, l.gradient_percent, l.line_percent] {
                hasher.bits(limit.map_or(u64::MAX, f64::to_bits));
            }
        }
    }
    hasher.finish()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
