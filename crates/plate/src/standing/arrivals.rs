//! What comes for a plate: values, what a pipeline says of focus, flags, stages, exclusions.

use super::{KEPT_STAGES, PlateStanding, StageVisit};
use crate::by_rules::{Point, Subjects};
use crate::card::SiteAggregate;
use crate::column::TrackedColumn;
use crate::drift::Others;
use crate::feature::Value;
use crate::flag::{FlagEvent, FlagRecord};
use crate::layout::Role;
use crate::offers::{StreamNumber, Streams};
use crate::origin::Origin;
use crate::record::{ExclusionEvent, ResultRecord, StageRecord};
use crate::well::Well;

/// Open flags that are remembered a plate; one more is not counted.
const KEPT_FLAGS: usize = 4096;

/// The pipeline's own measure of focus, site by site.
#[derive(Debug, Clone)]
pub(crate) struct Focus {
    /// The feature's name: the first one that came.
    pub(crate) feature: Box<str>,
    pub(crate) column: TrackedColumn,
    /// What all sites said when they were last judged: their middle and scatter.
    pub(crate) sites: Option<Others>,
}

/// What the sites of a plate say of focus; `None` with fewer than five of them. Excluded wells count nowhere.
pub(crate) fn focus_of(plate: &PlateStanding) -> Option<Others> {
    let column = &plate.focus.as_ref()?.column;
    let counts = |at: u16| !plate.is_excluded_at(usize::from(at));
    let of_sites = column.sites().filter(|(at, _)| counts(*at)).filter_map(|(at, site)| column.site_value(at, site?));
    let of_wells = plate.wells_read().filter(|at| counts(*at) && !column.has_sites());
    let of_wells = of_wells.filter_map(|at| column.value_at(at.into(), SiteAggregate::default()));
    Others::of(of_sites.chain(of_wells)).ok()
}

impl PlateStanding {
    #[allow(clippy::too_many_arguments, reason = "the place of one value, spelled out")]
    pub(crate) fn offer_value(
        &mut self,
        streams: &Streams,
        stream: StreamNumber,
        origin: &Origin,
        column: usize,
        well: Well,
        site: Option<u16>,
        value: Value,
    ) -> bool {
        let (Some(at), Some(format)) = (self.position(well), self.format) else { return false };
        let Some(column) = self.columns.get_mut(column) else { return false };
        let is_new = column.offers_at(format, at, site).offer(streams, stream, origin, value.to_bits());
        if is_new && !self.is_control_at(at) {
            self.worked_out.samples_revision += 1;
        }
        is_new
    }

    fn is_control_at(&self, at: usize) -> bool {
        matches!(self.roles.get(at), Some(Role::Negative | Role::Positive | Role::Reference))
    }

    /// Takes what the pipeline says of the focus of a site; `true` where that is new.
    pub(crate) fn offer_focus(
        &mut self,
        streams: &Streams,
        (stream, origin): (StreamNumber, &Origin),
        feature: &str,
        result: &ResultRecord,
        value: Value,
    ) -> bool {
        let (Some(at), Some(format)) = (self.position(result.well), self.format) else { return false };
        let focus = self.focus.get_or_insert_with(|| Focus {
            feature: feature.into(),
            column: TrackedColumn::default(),
            sites: None,
        });
        if *focus.feature != *feature {
            return false;
        }
        focus.column.offers_at(format, at, result.site).offer(streams, stream, origin, value.to_bits())
    }

    /// Takes a flag that was raised or cleared; `true` where that is new.
    pub(crate) fn take_flag(&mut self, flag: &FlagRecord) -> bool {
        match flag.event {
            FlagEvent::Cleared => self.flags.remove(&flag.id).is_some(),
            FlagEvent::Raised if self.flags.len() >= KEPT_FLAGS => false,
            FlagEvent::Raised => {
                let spot = (flag.spot.well, flag.spot.site);
                self.flags.insert(flag.id.clone(), spot) != Some(spot)
            }
        }
    }

    /// Notes that a result of this timestamp belongs to the plate.
    pub(crate) fn result_at(&mut self, timestamp_ms: i64) {
        if timestamp_ms >= 0 {
            self.last_result_ms = self.last_result_ms.max(Some(timestamp_ms));
        }
    }

    /// Counts a result, and says what is to be judged after it: a control well with a new tracked value is a judging point of
    /// the plate; a sixteenth of the wells and the last one are of its wells and sites too. On a complete plate a site that
    /// has something new is judged alone.
    pub(crate) fn count_result(&mut self, well: Well, site: Option<u16>, value_changed: bool) -> Point {
        self.revision += 1;
        self.results += 1;
        let Some(at) = self.position(well) else { return Point::NONE };
        let was_complete = self.is_complete();
        let mut point = Point { plate: self.is_control_at(at) && value_changed, subjects: Subjects::None };
        if !self.seen[at] {
            self.seen[at] = true;
            if self.roles.get(at) != Some(&Role::Empty) {
                let sixteenth = |n: u32| u64::from(n) * 16 / u64::from(self.expected.max(1));
                if sixteenth(self.seen_expected) != sixteenth(self.seen_expected + 1) {
                    point = Point::ALL;
                }
                self.seen_expected += 1;
            }
        }
        if was_complete && value_changed {
            point.subjects = Subjects::One(at as u16, site);
        }
        point
    }

    pub(crate) fn count_image(&mut self, _well: Well) {
        self.revision += 1;
        self.images += 1;
    }

    /// What was said is read from the session; here only that there is something new.
    pub(crate) fn note_said(&mut self) {
        self.revision += 1;
    }

    pub(crate) fn push_stage(&mut self, stage: &StageRecord) {
        self.revision += 1;
        if self.stages.len() == KEPT_STAGES {
            self.stages.remove(0);
        }
        self.stages.push(StageVisit {
            stage: stage.stage.clone(),
            event: stage.event,
            at_ms: stage.at_ms,
            instrument: stage.instrument.clone(),
        });
    }

    pub(crate) fn exclude(&mut self, wells: &[Well], event: ExclusionEvent) {
        self.revision += 1;
        self.worked_out.forget_wells();
        for well in wells {
            match event {
                ExclusionEvent::Excluded => self.excluded.insert(*well),
                ExclusionEvent::Restored => self.excluded.remove(well),
            };
        }
    }
}
