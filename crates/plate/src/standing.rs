//! One plate as it stands: its layout, what arrived, its tracked values, what people excluded.

mod arrivals;
mod worked_out;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) use self::arrivals::{Focus, focus_of};
pub(crate) use self::worked_out::WorkedOut;
use crate::alert::{AlertLevel, Rule};
use crate::by_rules::{Latched, Place, Settled};
use crate::card::{AssayCard, Headline, Pair, SiteAggregate};
use crate::column::TrackedColumn;
use crate::counted::CountedWells;
use crate::format::Format;
use crate::key::PlateKey;
use crate::layout::{Layout, Role};
use crate::offers::{Offers, StreamNumber, Streams};
use crate::origin::Origin;
use crate::record::StageEvent;
use crate::statistics::Groups;
use crate::well::Well;

/// A stage that the plate entered or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageVisit {
    /// The stage's name.
    pub stage: Box<str>,
    /// Entered or left.
    pub event: StageEvent,
    /// When.
    pub at_ms: i64,
    /// Where, if the message said it.
    pub instrument: Option<Box<str>>,
}

/// Where a layout comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutOrigin {
    /// By a message.
    Topic,
    /// A person set it for the plate.
    Plate,
    /// A person set it for the run.
    Run,
}

/// Stages that are kept a plate; a workflow has some ten.
pub(crate) const KEPT_STAGES: usize = 256;

/// (headline, pair, rule) of the plate's card: what an alert's state belongs to.
pub(crate) type RuleState = BTreeMap<(usize, usize, Rule), AlertLevel>;

/// Where rules stand on a plate at one moment; equal where none of them says or waits for anything else.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesStanding(BTreeMap<Place, Latched>);

/// One plate as it stands.
#[derive(Debug, Clone)]
pub struct PlateStanding {
    pub(crate) key: Arc<PlateKey>,
    pub(crate) format: Option<Format>,
    /// What the topic says.
    pub(crate) layout: Offers<Arc<Layout>>,
    /// What a person set for this plate, and for its run.
    pub(crate) set_here: Option<Arc<Layout>>,
    pub(crate) of_run: Option<Arc<Layout>>,
    /// Row-major positions of each role's wells, by `Role as usize`; empty without a layout.
    wells_by_role: [Vec<u16>; 5],
    roles: Vec<Role>,
    card: Option<usize>,
    pub(crate) columns: Vec<TrackedColumn>,
    pub(crate) seen: Vec<bool>,
    pub(crate) seen_expected: u32,
    pub(crate) expected: u32,
    pub(crate) excluded: BTreeSet<Well>,
    pub(crate) results: u64,
    pub(crate) images: u64,
    pub(crate) stages: Vec<StageVisit>,
    pub(crate) states: RuleState,
    /// Plain limits that had called and are judged no more: over with the next judgement.
    pub(crate) over: Vec<(Box<str>, Pair, Rule)>,
    /// Rules that stand other than quiet, by their place.
    pub(crate) latches: BTreeMap<Place, Latched>,
    /// What it measured whenever it was judged complete, the last at the end.
    pub(crate) settled: Vec<Settled>,
    pub(crate) last_ms: Option<i64>,
    pub(crate) last_result_ms: Option<i64>,
    pub(crate) revision: u64,
    /// Where its run stands on the board.
    pub(crate) run: usize,
    /// What the pipeline says of focus, where rules ask for it.
    pub(crate) focus: Option<Focus>,
    /// Flags that are raised and not cleared, by their id.
    pub(crate) flags: BTreeMap<Box<str>, (Option<Well>, Option<u16>)>,
    pub(crate) worked_out: WorkedOut,
}

impl PlateStanding {
    pub(crate) fn new(key: Arc<PlateKey>) -> PlateStanding {
        PlateStanding {
            key,
            format: None,
            layout: Offers::none(),
            set_here: None,
            of_run: None,
            wells_by_role: Default::default(),
            roles: Vec::new(),
            card: None,
            columns: Vec::new(),
            seen: Vec::new(),
            seen_expected: 0,
            expected: 0,
            excluded: BTreeSet::new(),
            results: 0,
            images: 0,
            stages: Vec::new(),
            states: BTreeMap::new(),
            over: Vec::new(),
            latches: BTreeMap::new(),
            settled: Vec::new(),
            last_ms: None,
            last_result_ms: None,
            revision: 0,
            run: 0,
            focus: None,
            flags: BTreeMap::new(),
            worked_out: WorkedOut::default(),
        }
    }

    /// Who it is.
    #[must_use]
    pub fn key(&self) -> &Arc<PlateKey> {
        &self.key
    }

    /// The newest Kafka timestamp of its messages (`DATA.md` 9: a running maximum), milliseconds since 1970 UTC.
    #[must_use]
    pub fn last_ms(&self) -> Option<i64> {
        self.last_ms
    }

    /// The newest Kafka timestamp of its results, milliseconds since 1970 UTC.
    #[must_use]
    pub fn last_result_ms(&self) -> Option<i64> {
        self.last_result_ms
    }

    /// Notes that a message of this timestamp belongs to the plate.
    pub(crate) fn heard_at(&mut self, timestamp_ms: i64) {
        if timestamp_ms >= 0 {
            self.last_ms = self.last_ms.max(Some(timestamp_ms));
        }
    }

    /// Its format, once a message said it.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// The layout in force: what a person set for it, else what the topic says, else what a person set for the run. One for
    /// plates of another size is none.
    #[must_use]
    pub fn layout(&self) -> Option<&Arc<Layout>> {
        self.layout_in_force().map(|(_, layout)| layout)
    }

    /// Where the layout in force comes from.
    #[must_use]
    pub fn layout_origin(&self) -> Option<LayoutOrigin> {
        self.layout_in_force().map(|(origin, _)| origin)
    }

    /// Whether a person set a layout for it, in force or not.
    #[must_use]
    pub fn has_own_layout(&self) -> bool {
        self.set_here.is_some()
    }

    /// What the topic says, whatever is in force.
    #[must_use]
    pub fn layout_of_topic(&self) -> Option<&Arc<Layout>> {
        self.layout.value()
    }

    fn layout_in_force(&self) -> Option<(LayoutOrigin, &Arc<Layout>)> {
        let fits = |layout: &&Arc<Layout>| Some(layout.format) == self.format;
        let set_here = self.set_here.as_ref().filter(fits).map(|layout| (LayoutOrigin::Plate, layout));
        let topic = || self.layout.value().map(|layout| (LayoutOrigin::Topic, layout));
        let of_run = || self.of_run.as_ref().filter(fits).map(|layout| (LayoutOrigin::Run, layout));
        set_here.or_else(topic).or_else(of_run)
    }

    /// The position of its assay card in the board's list.
    #[must_use]
    pub fn card(&self) -> Option<usize> {
        self.card
    }

    /// Wells with a result, among those that the layout names (all wells without a layout).
    #[must_use]
    pub fn wells_in(&self) -> u32 {
        self.seen_expected
    }

    /// Wells from which a result is expected.
    #[must_use]
    pub fn wells_expected(&self) -> u32 {
        self.expected
    }

    /// Whether every expected well has a result.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.expected > 0 && self.seen_expected == self.expected
    }

    /// Whether a result of this well arrived.
    #[must_use]
    pub fn has_result(&self, well: Well) -> bool {
        self.position(well).is_some_and(|at| self.seen[at])
    }

    /// The well's role; `None` without a layout or outside the format.
    #[must_use]
    pub fn role(&self, well: Well) -> Option<Role> {
        self.roles.get(self.position(well)?).copied()
    }

    /// Whether a person excluded the well.
    #[must_use]
    pub fn is_excluded(&self, well: Well) -> bool {
        self.excluded.contains(&well)
    }

    /// How many wells a person excluded.
    #[must_use]
    pub fn excluded_wells(&self) -> u32 {
        u32::try_from(self.excluded.len()).unwrap_or(u32::MAX)
    }

    /// Messages with results, planes, and applied changes so far.
    #[must_use]
    pub fn arrivals(&self) -> (u64, u64) {
        (self.results, self.images)
    }

    /// Grows with every change of this plate.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Stages in order of arrival.
    #[must_use]
    pub fn stages(&self) -> &[StageVisit] {
        &self.stages
    }

    /// The rules that have spoken, each with what it says now.
    pub fn alerts(&self) -> impl Iterator<Item = (&str, AlertLevel)> {
        let plain = self.states.iter().map(|((_, _, rule), level)| (rule.as_str(), *level));
        plain.chain(self.latches.iter().filter_map(|((_, _, rule), standing)| Some((&**rule, standing.level?))))
    }

    /// Where rules stand on it: to be compared with where they stood.
    #[must_use]
    pub fn rules_standing(&self) -> RulesStanding {
        RulesStanding(self.latches.clone())
    }

    /// A tracked column, by its place in [`crate::Board::tracked`].
    #[must_use]
    pub fn column(&self, column: usize) -> Option<&TrackedColumn> {
        self.columns.get(column)
    }

    /// The value of a tracked column in a well: the well's own, else its sites' aggregate (`DATA.md` 12).
    #[must_use]
    pub fn value(&self, column: usize, well: Well, aggregate: SiteAggregate) -> Option<f64> {
        self.value_at(column, self.position(well)?, aggregate)
    }

    /// Values of one headline feature by group: row-major order, without excluded wells, after the transform.
    #[must_use]
    pub fn groups(&self, column: usize, headline: &Headline, pair: Pair) -> Groups {
        Groups {
            sample: self.values_of_role(column, headline, Role::Sample),
            excluded: u32::try_from(self.excluded.len()).unwrap_or(u32::MAX),
            ..self.control_groups(column, headline, pair)
        }
    }

    /// The controls alone: what is judged at every control well.
    pub(crate) fn control_groups(&self, column: usize, headline: &Headline, pair: Pair) -> Groups {
        Groups {
            positive: self.values_of_role(column, headline, pair.positive),
            negative: self.values_of_role(column, headline, pair.negative),
            ..Groups::default()
        }
    }

    fn values_of_role(&self, column: usize, headline: &Headline, role: Role) -> Vec<f64> {
        let wells = self.wells_by_role[role as usize].iter().map(|at| usize::from(*at));
        wells
            .filter(|at| self.excluded.is_empty() || !self.is_excluded_at(*at))
            .filter_map(|at| headline.transform.apply(self.value_at(column, at, headline.aggregate)?))
            .filter(|number| number.is_finite())
            .collect()
    }

    /// Control wells that the layout names for a role: the second number of "14 of 32 controls in".
    #[must_use]
    pub fn wells_of_role(&self, role: Role) -> usize {
        self.wells_by_role[role as usize].len()
    }

    fn value_at(&self, column: usize, at: usize, aggregate: SiteAggregate) -> Option<f64> {
        self.columns.get(column)?.value_at(at, aggregate)
    }

    /// Row-major positions of wells with a result.
    pub(crate) fn wells_read(&self) -> impl Iterator<Item = u16> + '_ {
        // A format has at most 3,456 wells.
        self.seen.iter().enumerate().filter(|(_, seen)| **seen).map(|(at, _)| at as u16)
    }

    /// Wells of a role with a result.
    pub(crate) fn wells_in_of(&self, role: Role) -> u64 {
        let wells = &self.wells_by_role[role as usize];
        wells.iter().filter(|at| self.seen.get(usize::from(**at)) == Some(&true)).count() as u64
    }

    pub(crate) fn is_excluded_at(&self, at: usize) -> bool {
        self.format.and_then(|format| Well::at_index(at, format)).is_some_and(|well| self.excluded.contains(&well))
    }

    fn position(&self, well: Well) -> Option<usize> {
        well.index_in(self.format?)
    }

    /// Takes in what a message says of the format; `true` where a layout that a person set came into force by that.
    pub(crate) fn settle_format(&mut self, format: Format, tracked: usize) -> bool {
        let is_first = self.format.is_none();
        if is_first {
            let wells = usize::from(format.wells());
            self.worked_out.forget_wells();
            self.format = Some(format);
            self.seen = vec![false; wells];
            self.expected = u32::from(format.wells());
        }
        if self.columns.len() < tracked {
            self.columns.resize_with(tracked, TrackedColumn::default);
        }
        let came_into_force = is_first && self.layout_in_force().is_some();
        if came_into_force {
            self.take_layout();
        }
        came_into_force
    }

    /// Takes a layout that a person set for it; `true` where another one is in force now.
    pub(crate) fn set_layout_here(&mut self, layout: Option<Arc<Layout>>) -> bool {
        self.set_layout(|plate| plate.set_here = layout)
    }

    /// Takes the layout that a person set for its run; `true` where another one is in force now.
    pub(crate) fn set_layout_of_run(&mut self, layout: Option<Arc<Layout>>) -> bool {
        self.set_layout(|plate| plate.of_run = layout)
    }

    fn set_layout(&mut self, set: impl FnOnce(&mut PlateStanding)) -> bool {
        let before = self.layout().cloned();
        set(self);
        if self.layout() == before.as_ref() {
            return false;
        }
        self.revision += 1;
        self.take_layout();
        true
    }

    pub(crate) fn offer_layout(
        &mut self,
        streams: &Streams,
        stream: StreamNumber,
        origin: &Origin,
        layout: &Arc<Layout>,
    ) -> bool {
        self.revision += 1;
        if !self.layout.offer(streams, stream, origin, Arc::clone(layout)) {
            return false;
        }
        // What a person set goes before it.
        self.take_layout();
        true
    }

    /// Works out what follows from the winning layout.
    pub(crate) fn take_layout(&mut self) {
        self.worked_out.forget_wells();
        self.roles = self.layout().map(|layout| layout.roles()).unwrap_or_default();
        self.wells_by_role = Default::default();
        for (at, role) in self.roles.iter().enumerate() {
            // A format has at most 3,456 wells.
            self.wells_by_role[*role as usize].push(at as u16);
        }
        let expected = |at: usize| self.roles.get(at).is_none_or(|role| *role != Role::Empty);
        self.expected = (0..self.seen.len()).filter(|at| expected(*at)).count() as u32;
        self.seen_expected = (0..self.seen.len()).filter(|at| self.seen[*at] && expected(*at)).count() as u32;
    }

    pub(crate) fn choose_card(&mut self, cards: &[AssayCard]) {
        let assay = self.layout().and_then(|layout| layout.assay.as_deref());
        let chosen = assay.and_then(|assay| cards.iter().position(|card| card.name == assay));
        if self.card != chosen {
            let lifted = self.lift_states(self.card.and_then(|card| cards.get(card)));
            self.settled.clear();
            self.worked_out.samples.clear();
            self.card = chosen;
            let card = chosen.and_then(|card| cards.get(card));
            self.place_states(lifted, card);
            self.place_latches(card);
        }
    }

    /// Takes out what plain limits stand at, by feature and roles: places are of one card.
    pub(crate) fn lift_states(&mut self, card: Option<&AssayCard>) -> Vec<(Box<str>, Pair, Rule, AlertLevel)> {
        let named = |((headline, pair, rule), level): ((usize, usize, Rule), AlertLevel)| {
            let (headline, pair) = (card?.headline.get(headline)?, card?.pair.get(pair)?);
            Some((headline.feature.as_str().into(), *pair, rule, level))
        };
        std::mem::take(&mut self.states).into_iter().filter_map(named).collect()
    }

    /// Puts them to the places that they have on this card; what has none, and had called, is over.
    pub(crate) fn place_states(&mut self, lifted: Vec<(Box<str>, Pair, Rule, AlertLevel)>, card: Option<&AssayCard>) {
        for (feature, pair, rule, level) in lifted {
            let place = card.and_then(|card| {
                let headline = card.headline.iter().position(|known| *known.feature == *feature)?;
                Some((headline, card.pair.iter().position(|known| *known == pair)?))
            });
            match place {
                Some((headline, pair)) => {
                    self.states.insert((headline, pair, rule), level);
                }
                None if level != AlertLevel::Cleared => self.over.push((feature, pair, rule)),
                None => {}
            }
        }
    }

    /// Which of its wells count as what, for a pair of roles; every well is empty without a layout. `None` while its format
    /// is not known.
    #[must_use]
    pub fn counted_wells(&self, pair: Pair) -> Option<CountedWells> {
        let format = self.format?;
        let roles: Vec<Role> = Well::all_of(format).map(|well| self.role(well).unwrap_or(Role::Empty)).collect();
        let excluded: Vec<bool> = Well::all_of(format).map(|well| self.is_excluded(well)).collect();
        Some(CountedWells::new(format, &roles, &excluded, pair))
    }

    /// The plate as it would be if some more wells counted nowhere: for looking at, before anything is decided.
    #[must_use]
    pub fn without(&self, wells: &[Well]) -> PlateStanding {
        let mut without = self.clone();
        without.excluded.extend(wells);
        without.worked_out.forget_wells();
        without
    }

    pub(crate) fn take_columns(&mut self) -> Vec<TrackedColumn> {
        std::mem::take(&mut self.columns)
    }

    pub(crate) fn put_columns(&mut self, columns: Vec<Option<TrackedColumn>>) {
        self.revision += 1;
        self.worked_out.forget_wells();
        self.worked_out.samples.clear();
        self.columns = columns.into_iter().map(Option::unwrap_or_default).collect();
    }
}
