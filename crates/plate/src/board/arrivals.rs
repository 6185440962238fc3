//! Messages come: plates and runs begin, results find their columns, and what is to be judged after them is marked.

use std::sync::Arc;

use super::{Board, REMEMBERED_LISTS};
use crate::by_rules::{Heard, Point, RunStanding, Subjects};
use crate::feature::FeatureList;
use crate::flag::FlagRecord;
use crate::key::PlateKey;
use crate::offers::Streams;
use crate::origin::Origin;
use crate::record::ResultRecord;
use crate::standing::PlateStanding;

/// Where in a message's features what is of use stands.
#[derive(Debug)]
pub(super) struct Positions {
    /// (Position in the message, position in `tracked`.)
    tracked: Box<[(usize, usize)]>,
    /// The first feature that looks like a measure of focus.
    focus: Option<usize>,
}

impl Board {
    /// Takes in a plate that is not there yet; its offers speak of `streams`, which go on from this board's.
    pub(crate) fn put(&mut self, streams: Streams, plate: PlateStanding) {
        self.streams = streams;
        let last_ms = plate.last_ms();
        let index = self.add(plate);
        let run = self.plates[index].run;
        self.runs[run].heard(index, last_ms.unwrap_or(-1), None);
    }

    /// What was heard so far, and the run that was heard of last.
    pub(crate) fn heard_so_far(&self) -> (Heard, Option<usize>) {
        (self.heard, self.last_run)
    }

    pub(crate) fn runs(&self) -> &[RunStanding] {
        &self.runs
    }

    pub(crate) fn place_of_run(&self, name: &str) -> Option<usize> {
        self.run_by_name.get(name).copied()
    }

    /// Runs stand as they are given; their plates stay.
    pub(crate) fn put_runs(&mut self, heard: Heard, last_run: Option<usize>, runs: Vec<(usize, RunStanding)>) {
        (self.heard, self.last_run) = (heard, last_run);
        for (place, mut run) in runs {
            run.plates = std::mem::take(&mut self.runs[place].plates);
            self.runs[place] = run;
        }
    }

    fn add(&mut self, mut plate: PlateStanding) -> usize {
        let (index, name) = (self.plates.len(), &plate.key().run);
        let run = match self.run_by_name.get(name) {
            Some(run) => *run,
            None => {
                // Somebody may speak of a plate before any message does: then it is the run's last one.
                let mut run = RunStanding::new(name, self.heard);
                run.last_plate = index;
                self.runs.push(run);
                self.run_by_name.insert(name.clone(), self.runs.len() - 1);
                self.runs.len() - 1
            }
        };
        self.runs[run].plates.push(index);
        self.runs[run].forget_compared();
        plate.run = run;
        self.by_key.insert(Arc::clone(plate.key()), index);
        self.plates.push(plate);
        index
    }

    /// A record of this message is of this plate.
    pub(super) fn hear(&mut self, index: usize, origin: &Origin) {
        if self.last_message.as_ref() != Some(origin) {
            self.heard.messages += 1;
            self.last_message = Some(origin.clone());
        }
        let run = self.plates[index].run;
        if self.runs[run].heard(index, origin.timestamp_ms, self.clock_ms) {
            self.due_runs.push(run);
        }
        self.last_run = Some(run);
    }

    pub(super) fn take_flag(&mut self, index: usize, flag: &FlagRecord) {
        let is_asked_for = self.rule_set.as_ref().is_some_and(|set| set.asks_for_flags);
        if self.plates[index].take_flag(flag) && is_asked_for {
            self.mark_due(index, Point::ALL);
        }
    }

    pub(super) fn apply_result(&mut self, index: usize, origin: &Origin, result: &ResultRecord) {
        let stream = self.streams.number(origin);
        let positions = self.positions_of(result.features.list());
        let (of_focus, has_subjects) = self
            .rule_set
            .as_ref()
            .map_or((None, false), |set| (positions.focus.filter(|_| set.asks_for_focus), set.has_subjects));
        let plate = &mut self.plates[index];
        let mut is_new = false;
        for &(at, column) in &positions.tracked {
            if let Some(value) = result.features.value(at) {
                is_new |= plate.offer_value(&self.streams, stream, origin, column, result.well, result.site, value);
            }
        }
        if let Some((at, value)) = of_focus.and_then(|at| Some((at, result.features.value(at)?))) {
            let feature = result.features.list().names().get(at).map_or("", |name| name);
            is_new |= plate.offer_focus(&self.streams, (stream, origin), feature, result, value);
        }
        let mut point = plate.count_result(result.well, result.site, is_new);
        if !has_subjects {
            point.subjects = Subjects::None;
        }
        self.mark_due(index, point);
    }

    /// Hears again of a result that came before: what it says of features that are tracked only now.
    pub fn tell(&mut self, origin: &Origin, result: &ResultRecord) {
        let Some((index, _)) = self.placed(&result.plate) else { return };
        let stream = self.streams.number(origin);
        let positions = self.positions_of(result.features.list());
        let plate = &mut self.plates[index];
        for &(at, column) in &positions.tracked {
            if let Some(value) = result.features.value(at)
                && self.untold.features.contains(&self.tracked[column])
            {
                plate.offer_value(&self.streams, stream, origin, column, result.well, result.site, value);
            }
        }
        if self.untold.focus
            && let Some(at) = positions.focus
            && let Some(value) = result.features.value(at)
        {
            let feature = result.features.list().names().get(at).map_or("", |name| name);
            plate.offer_focus(&self.streams, (stream, origin), feature, result, value);
        }
    }

    pub(super) fn mark_due(&mut self, index: usize, point: Point) {
        if point == Point::NONE {
            return;
        }
        match self.due.iter_mut().find(|(at, _)| *at == index) {
            Some((_, known)) => *known = known.and(point),
            None => self.due.push((index, point)),
        }
    }

    pub(super) fn index_of(&mut self, key: &Arc<PlateKey>) -> usize {
        if let Some(index) = self.by_key.get(key) {
            return *index;
        }
        let mut plate = PlateStanding::new(Arc::clone(key));
        plate.of_run = self.run_layouts.get(&key.run).cloned();
        self.add(plate)
    }

    fn positions_of(&mut self, list: &Arc<FeatureList>) -> Arc<Positions> {
        if let Some(positions) = self.positions.get(list) {
            return Arc::clone(positions);
        }
        if self.positions.len() >= REMEMBERED_LISTS {
            self.positions.clear();
        }
        let column_of = |name: &str| self.tracked.iter().position(|tracked| **tracked == *name);
        let names = list.names();
        let tracked = names.iter().enumerate().filter_map(|(at, name)| Some((at, column_of(name)?))).collect();
        let focus = names.iter().position(|name| says_focus(name));
        let positions = Arc::new(Positions { tracked, focus });
        self.positions.insert(Arc::clone(list), Arc::clone(&positions));
        positions
    }
}

/// Whether a feature is a pipeline's own measure of focus, larger where it is sharper: CellProfiler's `FocusScore` and
/// `PowerLogLogSlope` (`MeasureImageQuality`), and what other pipelines call their focus.
fn says_focus(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["focusscore", "focus_score", "powerloglogslope", "sharpness"].iter().any(|part| name.contains(part))
        || name == "focus"
        || name.ends_with("_focus")
}
