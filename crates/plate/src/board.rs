//! The board: every plate of a session as it stands, a pure state machine over records.
//!
//! No clock, no I/O, no randomness. It holds layouts, counts, exclusions and the *tracked* features (`DATA.md` 5);
//! the thousands of others are read from the session when someone looks. Looking never changes it.

mod arrivals;
mod judged_by;
mod judging;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::by_rules::{Heard, Point, RuleSet, RunStanding};
use crate::card::{AssayCard, Headline, Pair};
use crate::digest::layout_digest;
use crate::feature::FeatureList;
use crate::format::Format;
use crate::key::PlateKey;
use crate::layout::Layout;
use crate::offers::Streams;
use crate::origin::Origin;
use crate::quality;
use crate::record::{LocalBody, LocalRecord, Record};
use crate::rules::Rules;
use crate::standing::PlateStanding;
use crate::statistics::FirstTable;
use crate::well::Well;

/// What an applied record changed, for whoever is watching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A well has other values, or a first one.
    Well {
        /// Which plate.
        plate: Arc<PlateKey>,
        /// Which well.
        well: Well,
    },
    /// The plate has another layout.
    Layout(Arc<PlateKey>),
    /// A plane of this plate arrived.
    Image(Arc<PlateKey>),
    /// The plate moved through the workflow.
    Stage(Arc<PlateKey>),
    /// Somebody said something about this plate: a flag, a task, a review.
    Said(Arc<PlateKey>),
    /// Wells were excluded or restored.
    Exclusion(Arc<PlateKey>),
    /// A person acknowledged the alert with this `seq`; no plate changed.
    Acknowledgement(i64),
    /// Cards or tracked features changed: every plate looks different.
    Profile,
}

impl Change {
    /// The plate that changed; `None` for all of them, or for none.
    #[must_use]
    pub fn plate(&self) -> Option<&Arc<PlateKey>> {
        match self {
            Change::Well { plate, .. }
            | Change::Layout(plate)
            | Change::Image(plate)
            | Change::Stage(plate)
            | Change::Said(plate)
            | Change::Exclusion(plate) => Some(plate),
            Change::Acknowledgement(_) | Change::Profile => None,
        }
    }
}

/// A record says another format than the plate has (`DATA.md` 8): it is kept as undecoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"format\": {says}, but plate {plate} is a {has}-well plate")]
pub struct FormatConflict {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// The format that its first message said.
    pub has: Format,
    /// The format that this message says.
    pub says: Format,
}

/// Every plate of a session.
#[derive(Debug, Clone, Default)]
pub struct Board {
    cards: Arc<[AssayCard]>,
    rules: Box<str>,
    /// The rules in force; without any the cards' plain limits are judged.
    rule_set: Option<Arc<RuleSet>>,
    tracked: Vec<Box<str>>,
    extra: Box<[Box<str>]>,
    /// What is asked for from now on, of which results came before.
    untold: judged_by::Untold,
    /// For each feature list met: where what is of use stands in it.
    positions: HashMap<Arc<FeatureList>, Arc<arrivals::Positions>>,
    /// What people set for runs, by run.
    run_layouts: BTreeMap<Box<str>, Arc<Layout>>,
    /// The last committed moment without a message.
    clock_ms: Option<i64>,
    /// Layouts by their digest: most plates of a run share a few.
    layouts: HashMap<[u8; 32], Arc<Layout>>,
    streams: Streams,
    by_key: HashMap<Arc<PlateKey>, usize>,
    plates: Vec<PlateStanding>,
    /// Alerts that a person acknowledged, by `seq`.
    acknowledged: BTreeSet<i64>,
    runs: Vec<RunStanding>,
    run_by_name: HashMap<Box<str>, usize>,
    /// Messages so far, and the last of them: a message may bring several records.
    heard: Heard,
    last_message: Option<Origin>,
    /// The run that was heard of last.
    last_run: Option<usize>,
    /// Plates at a judging point since the last [`Board::judge`], in order, and runs besides those of these plates.
    due: Vec<(usize, Point)>,
    due_runs: Vec<usize>,
    /// They are judged because time has passed.
    due_by_clock: bool,
    statistics: Scratch,
}

/// Room to work in: what is in it means nothing.
#[derive(Debug, Default)]
struct Scratch(quality::Bench);

impl Clone for Scratch {
    fn clone(&self) -> Scratch {
        Scratch::default()
    }
}

/// The first table of one headline feature and pair.
#[derive(Debug, Clone)]
pub struct HeadlineTable<'a> {
    /// The card's line.
    pub headline: &'a Headline,
    /// Which roles stood against each other.
    pub pair: Pair,
    /// The statistics.
    pub table: FirstTable,
}

/// More feature lists than this are not remembered (a stranger could send a new one each time).
const REMEMBERED_LISTS: usize = 4096;

/// More layouts than this are not shared; a run has a few dozen.
const SHARED_LAYOUTS: usize = 1024;

/// The same layout as some other plate's, if one has it.
fn share(layouts: &mut HashMap<[u8; 32], Arc<Layout>>, layout: &Arc<Layout>) -> Arc<Layout> {
    if layouts.len() >= SHARED_LAYOUTS {
        layouts.clear();
    }
    Arc::clone(layouts.entry(layout_digest(layout)).or_insert_with(|| Arc::clone(layout)))
}

impl Board {
    /// An empty board: nothing is tracked, no card applies.
    #[must_use]
    pub fn new() -> Board {
        Board::default()
    }

    /// Whether a record may be applied.
    ///
    /// # Errors
    /// [`FormatConflict`] if it says another format than its plate has.
    pub fn check(&self, record: &Record) -> Result<(), FormatConflict> {
        let (Some(says), Some(plate)) = (record.format(), self.plate(record.plate())) else { return Ok(()) };
        match plate.format() {
            Some(has) if has != says => Err(FormatConflict { plate: Arc::clone(plate.key()), has, says }),
            _ => Ok(()),
        }
    }

    /// Applies one record of a stream, pushing what it changed. Call [`Board::judge`] after each record.
    ///
    /// # Errors
    /// [`FormatConflict`]: nothing was changed.
    pub fn apply(&mut self, origin: &Origin, record: &Record, changes: &mut Vec<Change>) -> Result<(), FormatConflict> {
        self.check(record)?;
        let index = self.index_of(record.plate());
        if let Record::Flag(flag) = record
            && flag.alert_seq().is_some()
        {
            // What rules said themselves comes back from the lab's topic, as it comes from others': if they heard it, it would
            // end the silence that it speaks of, and be a flag of their own making.
            self.plates[index].note_said();
            changes.push(Change::Said(Arc::clone(self.plates[index].key())));
            return Ok(());
        }
        self.hear(index, origin);
        let plate = &mut self.plates[index];
        if let Some(format) = record.format()
            && plate.settle_format(format, self.tracked.len())
        {
            self.choose_card(index);
        }
        let plate = &mut self.plates[index];
        // The first messages after a silence end it.
        let was_silent = plate.last_ms() < self.clock_ms && plate.has_latches();
        plate.heard_at(origin.timestamp_ms);
        let key = Arc::clone(plate.key());
        if was_silent {
            self.mark_due(index, Point::PLATE);
        }
        let plate = &mut self.plates[index];
        match record {
            Record::Result(result) => {
                plate.result_at(origin.timestamp_ms);
                self.apply_result(index, origin, result);
                changes.push(Change::Well { plate: key, well: result.well });
            }
            Record::Layout(layout) => {
                let stream = self.streams.number(origin);
                let shared = share(&mut self.layouts, &layout.layout);
                if plate.offer_layout(&self.streams, stream, origin, &shared) {
                    self.choose_card(index);
                    self.mark_due(index, Point::ALL);
                    changes.push(Change::Layout(key));
                }
            }
            Record::Image(image) => {
                plate.count_image(image.well);
                changes.push(Change::Image(key));
            }
            Record::Stage(stage) => {
                plate.push_stage(stage);
                changes.push(Change::Stage(key));
            }
            Record::Flag(flag) => {
                plate.note_said();
                self.take_flag(index, flag);
                changes.push(Change::Said(key));
            }
            Record::Task(_) | Record::Review(_) => {
                plate.note_said();
                changes.push(Change::Said(key));
            }
        }
        Ok(())
    }

    /// Applies what a person did or the session decided, pushing what it changed. Where [`Board::is_untold`] then, the board is
    /// to be told of the results before it, and judged only after that.
    pub fn apply_local(&mut self, record: &LocalRecord, changes: &mut Vec<Change>) {
        match &record.body {
            LocalBody::Profile { cards, rules, .. } => {
                let before = std::mem::replace(&mut self.cards, Arc::clone(cards));
                let asked_for_focus = self.asks_for_focus();
                self.rule_set = rules.as_ref().map(|rules| Arc::new(RuleSet::new(Arc::clone(rules))));
                self.retrack(&before);
                self.note_untold_focus(asked_for_focus);
                changes.push(Change::Profile);
            }
            LocalBody::Track { features } => {
                self.extra = features.clone();
                self.retrack(&Arc::clone(&self.cards));
                changes.push(Change::Profile);
            }
            LocalBody::Exclusion { plate, wells, event, .. } => {
                let index = self.index_of(plate);
                self.plates[index].exclude(wells, *event);
                self.mark_due(index, Point::ALL);
                changes.push(Change::Exclusion(Arc::clone(self.plates[index].key())));
            }
            LocalBody::Layout { plate, layout, .. } => {
                let index = self.index_of(plate);
                let shared = layout.as_ref().map(|layout| share(&mut self.layouts, layout));
                if self.plates[index].set_layout_here(shared) {
                    self.judge_anew(index, changes);
                }
            }
            LocalBody::RunLayout { run, layout, .. } => {
                let shared = layout.as_ref().map(|layout| share(&mut self.layouts, layout));
                match &shared {
                    Some(layout) => self.run_layouts.insert(run.clone(), Arc::clone(layout)),
                    None => self.run_layouts.remove(run),
                };
                for index in 0..self.plates.len() {
                    if self.plates[index].key().run == *run && self.plates[index].set_layout_of_run(shared.clone()) {
                        self.judge_anew(index, changes);
                    }
                }
            }
            LocalBody::Clock { stream_ms } => {
                self.clock_ms = self.clock_ms.max(Some(*stream_ms));
                let waiting: Vec<usize> =
                    (0..self.plates.len()).filter(|index| self.plates[*index].waits_for_time()).collect();
                let runs: Vec<usize> = match self.bench() {
                    Some(bench) => {
                        let waits = |at: &usize| self.runs[*at].waits_for_time(&bench);
                        (0..self.runs.len()).filter(waits).collect()
                    }
                    None => Vec::new(),
                };
                self.due_by_clock = self.due.is_empty() && !(waiting.is_empty() && runs.is_empty());
                waiting.into_iter().for_each(|index| self.mark_due(index, Point::PLATE));
                self.due_runs.extend(runs);
            }
            LocalBody::Acknowledgement { alert_seq } => {
                self.acknowledged.insert(*alert_seq);
                self.acknowledge(*alert_seq);
                changes.push(Change::Acknowledgement(*alert_seq));
            }
            LocalBody::Flag(flag) => {
                if let Some((index, _)) = self.placed(&flag.plate) {
                    self.take_flag(index, flag);
                }
                self.note_said(&flag.plate, changes);
            }
            // A decision settles flags: nothing moves on the board, but the plate is to be looked at anew.
            LocalBody::Event(event) => self.note_said(&event.plate, changes),
            // What was said here is not the board's: it neither moves a value nor a limit.
            LocalBody::Note { .. } | LocalBody::SpotCheck(_) | LocalBody::Delivered { .. } => {}
        }
    }

    /// What a person set for a run.
    #[must_use]
    pub fn layout_of_run(&self, run: &str) -> Option<&Arc<Layout>> {
        self.run_layouts.get(run)
    }

    /// Chooses a plate's card anew: what it measured by another one is forgotten.
    fn choose_card(&mut self, index: usize) {
        let plate = &mut self.plates[index];
        plate.choose_card(&self.cards);
        self.runs[plate.run].forget_compared();
    }

    /// Something was said here about a plate, if it is on the board.
    fn note_said(&mut self, plate: &PlateKey, changes: &mut Vec<Change>) {
        if let Some(index) = self.by_key.get(plate).copied() {
            self.plates[index].note_said();
            changes.push(Change::Said(Arc::clone(self.plates[index].key())));
        }
    }

    /// Another layout is in force on a plate.
    fn judge_anew(&mut self, index: usize, changes: &mut Vec<Change>) {
        self.choose_card(index);
        self.mark_due(index, Point::ALL);
        changes.push(Change::Layout(Arc::clone(self.plates[index].key())));
    }

    /// The rules in force; `None` where the cards' plain limits are judged.
    #[must_use]
    pub fn rules_in_force(&self) -> Option<&Arc<Rules>> {
        self.rule_set.as_ref().map(|set| &set.rules)
    }

    /// One plate, if anything of it arrived.
    #[must_use]
    pub fn plate(&self, key: &PlateKey) -> Option<&PlateStanding> {
        self.by_key.get(key).map(|index| &self.plates[*index])
    }

    /// A plate with its place among all.
    pub(crate) fn placed(&self, key: &PlateKey) -> Option<(usize, &PlateStanding)> {
        self.by_key.get(key).map(|index| (*index, &self.plates[*index]))
    }

    /// Every plate, in the order in which they were first heard of.
    pub fn plates(&self) -> impl Iterator<Item = &PlateStanding> {
        self.plates.iter()
    }

    /// The cards in force.
    #[must_use]
    pub fn cards(&self) -> &[AssayCard] {
        &self.cards
    }

    /// The tracked features, in the order of their columns.
    #[must_use]
    pub fn tracked(&self) -> &[Box<str>] {
        &self.tracked
    }

    /// The alerts that a person acknowledged, by `seq`.
    #[must_use]
    pub fn acknowledged(&self) -> &BTreeSet<i64> {
        &self.acknowledged
    }

    /// The first table of every headline feature and pair of the plate's card; none without a card.
    #[must_use]
    pub fn first_tables(&self, plate: &PlateStanding) -> Vec<HeadlineTable<'_>> {
        let Some(card) = plate.card().and_then(|index| self.cards.get(index)) else { return Vec::new() };
        let mut tables = Vec::new();
        for headline in &card.headline {
            let Some(column) = self.tracked.iter().position(|name| **name == *headline.feature) else { continue };
            for pair in &card.pair {
                let groups = plate.groups(column, headline, *pair);
                let table = FirstTable::of(&groups, card.limits.minimum_n, card.limits.replicates);
                tables.push(HeadlineTable { headline, pair: *pair, table });
            }
        }
        tables
    }

    /// The digest of rules and cards, as alerts carry it.
    #[must_use]
    pub fn judged_by(&self) -> &str {
        &self.rules
    }

    /// The rules in force, by digest.
    pub(crate) fn rules(&self) -> &str {
        &self.rules
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Remembers a layout under its digest, for plates to share.
    pub(crate) fn know_layout(&mut self, digest: [u8; 32], layout: &Arc<Layout>) {
        if self.layouts.len() < SHARED_LAYOUTS {
            self.layouts.entry(digest).or_insert_with(|| Arc::clone(layout));
        }
    }
}
