//! A plate as bytes, and back: so that a board of a moment need not be made from the first message on.
//!
//! A snapshot holds all of a plate that judging goes on from, save its layouts (named by digest: most plates share a few)
//! and what is the board's, not the plate's: cards and tracked features, which come from the session's local records.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::alert::{AlertLevel, Rule};
use crate::board::Board;
use crate::by_rules::{Latched, Settled};
use crate::card::Pair;
use crate::column::TrackedColumn;
use crate::drift::Others;
use crate::format::Format;
use crate::key::PlateKey;
use crate::layout::{Layout, Role};
use crate::measures::{MEASURES, Measures};
use crate::offers::Offers;
use crate::record::StageEvent;
use crate::rules::Latch;
use crate::snapshot_bytes::{In, Out, SnapshotError};
use crate::standing::{Focus, KEPT_STAGES, PlateStanding, StageVisit};
use crate::well::Well;

/// Begins a plate's bytes: a name and a version. It changes with anything below, or with what the bytes mean.
const KIND: [u8; 4] = *b"PLS5";

/// Layouts by their digest ([`crate::digest::layout_digest`]).
pub type Layouts = HashMap<[u8; 32], Arc<Layout>>;

/// One plate of a board.
#[derive(Debug, Clone)]
pub struct PlateSnapshot {
    /// Its place on the board, from 0.
    pub ordinal: usize,
    /// For [`Board::restore`].
    pub bytes: Vec<u8>,
    /// The layouts that it names.
    pub layouts: Vec<([u8; 32], Arc<Layout>)>,
}

impl Board {
    /// One plate as it stands, after judging.
    #[must_use]
    pub fn snapshot(&self, plate: &PlateKey) -> Option<PlateSnapshot> {
        let (ordinal, standing) = self.placed(plate)?;
        let (mut out, mut layouts) = (Out::default(), Vec::new());
        out.text(self.rules());
        out.number(self.tracked().len() as u64);
        for name in self.tracked() {
            out.text(name);
        }
        standing.write(&mut out, &mut layouts);
        Some(PlateSnapshot { ordinal, bytes: out.finish(KIND, self.streams()), layouts })
    }

    /// Takes in layouts that plates are about to be restored with, so that later plates share them.
    pub fn share_layouts(&mut self, layouts: &Layouts) {
        for (digest, layout) in layouts {
            self.know_layout(*digest, layout);
        }
    }

    /// Puts a plate where it stood, on a board that has the cards and tracked features of then and not this plate yet.
    /// Plates stand in the order in which they are restored.
    ///
    /// # Errors
    /// [`SnapshotError`]: the board is as before.
    pub fn restore(&mut self, bytes: &[u8], layouts: &Layouts) -> Result<Arc<PlateKey>, SnapshotError> {
        let mut streams = self.streams().clone();
        let standing = {
            let mut bytes = In::open(bytes, KIND, &mut streams)?;
            let same_rules = bytes.text()? == self.rules();
            let tracked: usize = bytes.count(1, "tracked features")?;
            let mut names = Vec::with_capacity(tracked);
            for _ in 0..tracked {
                names.push(bytes.text()?);
            }
            if !same_rules || !self.tracked().iter().map(|name| &**name).eq(names) {
                return Err(SnapshotError::OtherProfile);
            }
            let standing = PlateStanding::read(&mut bytes, self, layouts)?;
            bytes.end()?;
            standing
        };
        if self.plate(standing.key()).is_some() {
            return Err(SnapshotError::Impossible("the plate is on the board already"));
        }
        let key = Arc::clone(standing.key());
        self.put(streams, standing);
        Ok(key)
    }
}

impl PlateStanding {
    fn write(&self, out: &mut Out, layouts: &mut Vec<([u8; 32], Arc<Layout>)>) {
        out.text(&self.key.run);
        out.text(&self.key.barcode);
        out.number(self.format.map_or(0, |format| format.wells().into()));
        out.offers(&self.layout, |out, layout| {
            out.fixed(&named(layout, layouts));
        });
        for set in [&self.set_here, &self.of_run] {
            out.byte(set.is_some().into());
            if let Some(layout) = set {
                out.fixed(&named(layout, layouts));
            }
        }
        out.number(self.columns.len() as u64);
        for column in &self.columns {
            column.write(out);
        }
        out.flags(&self.seen);
        out.number(self.excluded.len() as u64);
        for well in &self.excluded {
            out.number(well.packed().into());
        }
        out.number(self.results);
        out.number(self.images);
        out.number(self.stages.len() as u64);
        for stage in &self.stages {
            out.text(&stage.stage);
            out.byte(u8::from(stage.event == StageEvent::Left));
            out.signed(stage.at_ms);
            out.byte(u8::from(stage.instrument.is_some()));
            out.text(stage.instrument.as_deref().unwrap_or_default());
        }
        out.number(self.states.len() as u64);
        for ((headline, pair, rule), level) in &self.states {
            out.number(*headline as u64);
            out.number(*pair as u64);
            out.byte(Rule::ALL.iter().position(|known| known == rule).unwrap_or(0) as u8);
            out.byte(place_of(*level).unwrap_or(0));
        }
        out.number(self.latches.len() as u64);
        for ((headline, pair, rule), standing) in &self.latches {
            out.number((*headline).into());
            out.number((*pair).into());
            out.text(rule);
            write_latched(out, standing);
        }
        out.number(self.settled.len() as u64);
        for Settled { seq, measures } in &self.settled {
            out.signed(*seq);
            out.number(measures.len() as u64);
            for measures in measures {
                for value in measures.values {
                    out.fixed(&value.map_or(u64::MAX, f64::to_bits).to_le_bytes());
                }
                let (positive, negative, sample) = measures.counts;
                [positive, negative, sample].into_iter().for_each(|n| out.number(n.into()));
            }
        }
        out.byte(self.focus.is_some().into());
        if let Some(Focus { feature, column, sites }) = &self.focus {
            out.text(feature);
            column.write(out);
            out.byte(sites.is_some().into());
            if let Some(Others { n, median, mad }) = sites {
                out.number((*n).into());
                out.fixed(&median.to_le_bytes());
                out.fixed(&mad.to_le_bytes());
            }
        }
        out.number(self.flags.len() as u64);
        for (id, (well, site)) in &self.flags {
            out.text(id);
            out.number(well.map_or(0, |well| u64::from(well.packed()) + 1));
            out.number(site.map_or(0, |site| u64::from(site) + 1));
        }
        out.optional(self.last_ms);
        out.optional(self.last_result_ms);
        out.number(self.revision);
    }

    fn read(bytes: &mut In<'_>, board: &Board, layouts: &Layouts) -> Result<PlateStanding, SnapshotError> {
        let key = Arc::new(PlateKey { run: bytes.text()?.into(), barcode: bytes.text()?.into() });
        let mut plate = PlateStanding::new(key);
        plate.format = match bytes.number()? {
            0 => None,
            wells => Some(Format::from_wells(wells).map_err(|_| SnapshotError::Impossible("format"))?),
        };
        let layout = bytes.offers(|bytes| {
            let layout = layouts.get(&bytes.fixed::<32>()?).cloned().ok_or(SnapshotError::NoLayout)?;
            if Some(layout.format) == plate.format { Ok(layout) } else { Err(SnapshotError::Impossible("layout")) }
        })?;
        for of_run in [false, true] {
            let digest = if bytes.byte()? == 0 { None } else { Some(bytes.fixed::<32>()?) };
            let set = digest.map(|digest| layouts.get(&digest).cloned().ok_or(SnapshotError::NoLayout)).transpose()?;
            *(if of_run { &mut plate.of_run } else { &mut plate.set_here }) = set;
        }
        if plate.of_run.as_ref() != board.layout_of_run(&plate.key.run) {
            return Err(SnapshotError::OtherProfile);
        }
        let tracked = board.tracked().len();
        let columns: usize = bytes.small("columns")?;
        if columns > tracked {
            return Err(SnapshotError::Impossible("columns"));
        }
        for _ in 0..columns {
            plate.columns.push(TrackedColumn::read(bytes, plate.format)?);
        }
        plate.seen = bytes.flags(plate.format.map_or(0, |format| format.wells().into()))?;
        for _ in 0..bytes.count(1, "excluded wells")? {
            let well = Well::from_packed(bytes.small("an excluded well")?);
            plate.excluded.insert(well.ok_or(SnapshotError::Impossible("an excluded well"))?);
        }
        plate.results = bytes.number()?;
        plate.images = bytes.number()?;
        let stages = bytes.count(5, "stages")?;
        if stages > KEPT_STAGES {
            return Err(SnapshotError::Impossible("stages"));
        }
        for _ in 0..stages {
            let stage = bytes.text()?.into();
            let event = if bytes.byte()? == 0 { StageEvent::Entered } else { StageEvent::Left };
            let at_ms = bytes.signed()?;
            let has_instrument = bytes.byte()? != 0;
            let instrument = bytes.text()?;
            plate.stages.push(StageVisit {
                stage,
                event,
                at_ms,
                instrument: has_instrument.then(|| instrument.into()),
            });
        }
        plate.put_layout(layout);
        plate.choose_card(board.cards());
        for _ in 0..bytes.count(4, "states of rules")? {
            let place = (bytes.small("a headline")?, bytes.small("a pair")?);
            let rule = Rule::ALL.get(usize::from(bytes.byte()?)).ok_or(SnapshotError::Impossible("a rule"))?;
            let level = LEVELS.get(usize::from(bytes.byte()?)).ok_or(SnapshotError::Impossible("a level"))?;
            plate.states.insert((place.0, place.1, *rule), *level);
        }
        for _ in 0..bytes.count(9, "rules")? {
            let place = (bytes.small("a headline")?, bytes.small("a pair")?, bytes.text()?.into());
            let standing = read_latched(bytes, plate.format.map_or(0, |format| format.wells()))?;
            plate.latches.insert(place, standing);
        }
        for _ in 0..bytes.count(2, "measures of a plate")? {
            let seq = bytes.signed()?;
            let count = bytes.count(8 * MEASURES, "measures of a feature")?;
            let measures = (0..count).map(|_| read_measures(bytes)).collect::<Result<_, _>>()?;
            plate.settled.push(Settled { seq, measures });
        }
        if bytes.byte()? != 0 {
            let (feature, column) = (bytes.text()?.into(), TrackedColumn::read(bytes, plate.format)?);
            let sites = if bytes.byte()? == 0 { None } else { Some(read_others(bytes)?) };
            plate.focus = Some(Focus { feature, column, sites });
        }
        for _ in 0..bytes.count(3, "flags")? {
            let id = bytes.text()?.into();
            let well = match read_one_more(bytes, "a flag's well")? {
                Some(packed) => Some(Well::from_packed(packed).ok_or(SnapshotError::Impossible("a flag's well"))?),
                None => None,
            };
            plate.flags.insert(id, (well, read_one_more(bytes, "a flag's site")?));
        }
        plate.last_ms = bytes.optional()?;
        plate.last_result_ms = bytes.optional()?;
        plate.revision = bytes.number()?;
        Ok(plate)
    }

    /// Takes offers of layouts as they are, and works out what follows from the winner.
    fn put_layout(&mut self, layout: Offers<Arc<Layout>>) {
        self.layout = layout;
        self.expected = self.seen.len() as u32;
        self.seen_expected = self.seen.iter().filter(|seen| **seen).count() as u32;
        if self.layout().is_some() {
            self.take_layout();
        }
    }
}

/// Where a rule stands.
pub(crate) fn write_latched(out: &mut Out, standing: &Latched) {
    out.text(&standing.feature);
    out.byte(standing.pair.positive as u8);
    out.byte(standing.pair.negative as u8);
    out.signed(standing.raised_seq);
    out.byte(standing.level.and_then(place_of).map_or(0, |place| place + 1));
    let numbers = standing.latch.to_numbers();
    out.number(numbers.len() as u64);
    numbers.into_iter().for_each(|number| out.signed(number));
    out.number(standing.held.len() as u64);
    for (at, site) in &standing.held {
        out.number((*at).into());
        out.number(site.map_or(0, |site| u64::from(site) + 1));
    }
}

/// The same, on a plate of so many wells.
pub(crate) fn read_latched(bytes: &mut In<'_>, wells: u16) -> Result<Latched, SnapshotError> {
    let feature = bytes.text()?.into();
    let pair = Pair { positive: read_role(bytes)?, negative: read_role(bytes)? };
    let raised_seq = bytes.signed()?;
    let level = match bytes.byte()? {
        0 => None,
        n => Some(*LEVELS.get(usize::from(n) - 1).ok_or(SnapshotError::Impossible("a level"))?),
    };
    let count = bytes.count(1, "times of a rule")?;
    let numbers = (0..count).map(|_| bytes.signed()).collect::<Result<Vec<_>, _>>()?;
    let latch = Latch::from_numbers(&numbers).ok_or(SnapshotError::Impossible("a rule's state"))?;
    let mut held = BTreeSet::new();
    for _ in 0..bytes.count(2, "wells of a rule")? {
        let (at, site) = (bytes.small("a well of a rule")?, read_one_more(bytes, "a site of a rule")?);
        if at >= wells || !held.insert((at, site)) {
            return Err(SnapshotError::Impossible("a well of a rule"));
        }
    }
    Ok(Latched { latch, feature, pair, raised_seq, level, held })
}

/// A layout's digest; it goes among those that are named.
fn named(layout: &Arc<Layout>, layouts: &mut Vec<([u8; 32], Arc<Layout>)>) -> [u8; 32] {
    let digest = crate::digest::layout_digest(layout);
    if !layouts.iter().any(|(known, _)| *known == digest) {
        layouts.push((digest, Arc::clone(layout)));
    }
    digest
}

/// Levels by their number in the bytes.
const LEVELS: [AlertLevel; 4] = [AlertLevel::Cleared, AlertLevel::Info, AlertLevel::Attention, AlertLevel::Fail];

fn read_role(bytes: &mut In<'_>) -> Result<Role, SnapshotError> {
    Role::ALL.get(usize::from(bytes.byte()?)).copied().ok_or(SnapshotError::Impossible("a role"))
}

fn place_of(level: AlertLevel) -> Option<u8> {
    LEVELS.iter().position(|known| *known == level).and_then(|place| u8::try_from(place).ok())
}

/// A number that was written as one more, 0 for none.
fn read_one_more(bytes: &mut In<'_>, what: &'static str) -> Result<Option<u16>, SnapshotError> {
    match bytes.number()? {
        0 => Ok(None),
        n => u16::try_from(n - 1).map(Some).map_err(|_| SnapshotError::Impossible(what)),
    }
}

fn read_others(bytes: &mut In<'_>) -> Result<Others, SnapshotError> {
    let n = bytes.small("sites of a plate")?;
    let (median, mad) = (f64::from_le_bytes(bytes.fixed()?), f64::from_le_bytes(bytes.fixed()?));
    if !median.is_finite() || !mad.is_finite() {
        return Err(SnapshotError::Impossible("focus of a plate"));
    }
    Ok(Others { n, median, mad })
}

fn read_measures(bytes: &mut In<'_>) -> Result<Measures, SnapshotError> {
    let mut values = [None; MEASURES];
    for value in &mut values {
        let bits = u64::from_le_bytes(bytes.fixed()?);
        *value = (bits != u64::MAX).then(|| f64::from_bits(bits));
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(SnapshotError::Impossible("a measure"));
        }
    }
    let counts = (bytes.small("positives")?, bytes.small("negatives")?, bytes.small("samples")?);
    // Only what a complete plate measured is kept.
    Ok(Measures { values, counts, is_complete: true })
}
