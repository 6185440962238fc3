//! Rules of wells and sites. What they find on a plate makes one alert, whatever number of wells or sites it is.

use std::collections::{BTreeSet, HashSet};

use super::outcome::numbers;
use super::{Bench, Latched, Subject, Subjects};
use crate::card::{Headline, SiteAggregate};
use crate::column::TrackedColumn;
use crate::drift::Others;
use crate::layout::Role;
use crate::rules::{CompiledRule, Facts, LatchEvent, Scope, SiteFacts, WellFacts};
use crate::spot::Spot;
use crate::standing::{PlateStanding, focus_of};
use crate::well::Well;

/// Observations at one moment that a count can tell apart: no rule counts further.
const MOST_NEW: usize = crate::rules::MAX_COUNT as usize;

/// Where on a plate a well or site is.
pub(super) fn spot(plate: &PlateStanding, (at, site): Subject) -> Spot {
    let well = plate.format().and_then(|format| Well::at_index(at.into(), format));
    Spot { site: site.filter(|_| well.is_some()), well, channel: None }
}

/// Takes of which wells or sites a rule holds now: each new one is an observation, and it is over when there is none.
pub(super) fn observe(
    standing: &mut Latched,
    rule: &CompiledRule,
    held: &BTreeSet<Subject>,
    now: i64,
) -> Option<LatchEvent> {
    let new = held.difference(&standing.held).count().min(MOST_NEW);
    standing.held.clone_from(held);
    let timing = rule.timing();
    let latch = &mut standing.latch;
    if timing.count <= 1 || held.is_empty() {
        return latch.observe(&timing, !held.is_empty(), now);
    }
    if new == 0 {
        return latch.tick(&timing, now);
    }
    // Only the first of these can be news: they come at one moment.
    (0..new).filter_map(|_| latch.observe(&timing, true, now)).fold(None, |first, event| first.or(Some(event)))
}

/// Of which wells or sites a rule holds.
pub(super) struct Holders {
    pub(super) held: BTreeSet<Subject>,
    /// How many were judged; 0 where only one was.
    pub(super) judged: u32,
    /// What the first asked for first: its number and its limit.
    pub(super) numbers: (Option<f64>, Option<f64>),
}

/// A plate whose wells or sites are judged, with what is the same for all of them.
pub(super) struct Ground<'p> {
    pub(super) plate: &'p PlateStanding,
    tracked: &'p [Box<str>],
    which: Subjects,
    /// The tracked columns of the features that rules name.
    named: Vec<Option<&'p TrackedColumn>>,
    focus: Option<&'p TrackedColumn>,
    focus_feature: Option<&'p str>,
    /// The plate's sites, to hold one against.
    sharpness: Option<Others>,
    flagged: HashSet<(Well, Option<u16>)>,
    compounds: Vec<Option<&'p str>>,
    asks_for_names: bool,
    asks_for_sites: bool,
}

impl<'p> Ground<'p> {
    pub(super) fn of(plate: &'p PlateStanding, bench: &'p Bench<'_>, which: Subjects) -> Ground<'p> {
        let rules = &bench.set.rules;
        let column_of = |name: &str| {
            let at = bench.tracked.iter().position(|tracked| **tracked == *name)?;
            plate.column(at)
        };
        let flagged = plate.flags.values().filter_map(|(well, site)| Some(((*well)?, *site)));
        let mut compounds = Vec::new();
        if let (true, Some(layout)) = (rules.asks_for("well.compound"), plate.layout()) {
            compounds = vec![None; usize::from(layout.format.wells())];
            for entry in &layout.wells {
                if let Some(slot) = entry.well.index_in(layout.format).and_then(|at| compounds.get_mut(at)) {
                    *slot = entry.compound.as_deref();
                }
            }
        }
        Ground {
            plate,
            tracked: bench.tracked,
            which,
            named: rules.named_features().iter().map(|name| column_of(name)).collect(),
            focus: plate.focus.as_ref().map(|focus| &focus.column),
            focus_feature: plate.focus.as_ref().map(|focus| &*focus.feature),
            sharpness: plate.focus.as_ref().and_then(|focus| focus.sites),
            flagged: flagged.collect(),
            compounds,
            asks_for_names: rules.asks_for("well.name"),
            asks_for_sites: rules.asks_for("well.sites_in") || rules.asks_for("well.sites_expected"),
        }
    }

    /// Of which wells or sites a rule holds, `known` of before. Where one alone is judged, the others stay as they are.
    pub(super) fn holders(
        &self,
        rule: &CompiledRule,
        facts: &Facts<'_>,
        headline: Option<&Headline>,
        known: Option<&BTreeSet<Subject>>,
    ) -> Holders {
        let of_sites = rule.entry().scope == Scope::Site;
        let headline = headline.map(|headline| {
            let column = self.tracked.iter().position(|name| **name == *headline.feature);
            (column, headline)
        });
        let mut found = Holders { held: BTreeSet::new(), judged: 0, numbers: (None, None) };
        let subjects: Vec<Subject> = match self.which {
            Subjects::None => Vec::new(),
            Subjects::One(at, site) => {
                found.held = known.cloned().unwrap_or_default();
                let one = (at, site.filter(|_| of_sites));
                found.held.remove(&one);
                // Excluded wells count nowhere; a rule about wells may ask whether one is.
                if of_sites && self.plate.is_excluded_at(at.into()) { Vec::new() } else { vec![one] }
            }
            Subjects::All if of_sites => self.sites(),
            Subjects::All => self.plate.wells_read().map(|at| (at, None)).collect(),
        };
        if self.judges_alike(rule) && self.which == Subjects::All {
            // What it says of one it says of all.
            found.judged = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
            let site = SiteFacts::default();
            let facts = Facts { site: Some(&site), ..*facts };
            if rule.holds(&facts).unwrap_or(false) {
                found.numbers = numbers(&rule.evidence(&facts));
                found.held.extend(subjects);
            }
            return found;
        }
        let sites_expected =
            headline.and_then(|(column, _)| self.plate.column(column?)).filter(|_| self.asks_for_sites);
        let sites_expected = sites_expected.map(TrackedColumn::most_sites);
        for subject in &subjects {
            let Some(well) = self.plate.format().and_then(|format| Well::at_index(subject.0.into(), format)) else {
                continue;
            };
            let name = if self.asks_for_names { well.to_string() } else { String::new() };
            let well_facts = WellFacts {
                name: self.asks_for_names.then_some(&*name),
                sites_expected: sites_expected.map(f64::from),
                ..self.well(subject.0, well, headline)
            };
            let site_facts = if of_sites { self.site(*subject, well) } else { SiteFacts::default() };
            let named: Vec<Option<f64>> = self.named.iter().map(|column| value_of(*column, *subject)).collect();
            let facts =
                Facts { well: Some(&well_facts), site: of_sites.then_some(&site_facts), named: &named, ..*facts };
            if rule.holds(&facts).unwrap_or(false) {
                if found.numbers == (None, None) {
                    found.numbers = numbers(&rule.evidence(&facts));
                }
                found.held.insert(*subject);
            }
        }
        if self.which == Subjects::All {
            found.judged = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
        }
        found
    }

    /// Whether a rule asks for nothing that tells one site from another: for focus alone, of which the pipeline says nothing.
    fn judges_alike(&self, rule: &CompiledRule) -> bool {
        let is_of_focus = |path: &str| matches!(path, "site.focus" | "site.focus_mads" | "site.focus_feature");
        let is_same =
            |path: &str| path.starts_with("plate.") || path.starts_with("run.") || path.starts_with("limits.");
        self.focus.is_none() && rule.asks_for().all(|path| is_of_focus(path) || is_same(path))
    }

    /// Every site that has a result, in well order; a well whose pipeline knows no sites counts as one without a number.
    /// Excluded wells count nowhere.
    fn sites(&self) -> Vec<Subject> {
        let tracked = (0..self.tracked.len()).filter_map(|at| self.plate.column(at));
        let mut columns = self.focus.into_iter().chain(self.named.iter().copied().flatten()).chain(tracked);
        let sites = columns.find(|column| column.has_sites()).map(|column| column.sites().collect());
        let all: Vec<Subject> = sites.unwrap_or_else(|| self.plate.wells_read().map(|at| (at, None)).collect());
        all.into_iter().filter(|(at, _)| !self.plate.is_excluded_at(usize::from(*at))).collect()
    }

    fn well(&self, at: u16, well: Well, headline: Option<(Option<usize>, &Headline)>) -> WellFacts<'_> {
        let place = usize::from(at);
        let column = headline.and_then(|(column, _)| self.plate.column(column?)).filter(|_| self.asks_for_sites);
        let value = |(column, headline): (Option<usize>, &Headline)| self.plate.number_at(column?, place, headline);
        WellFacts {
            name: None,
            role: self.plate.role(well).map(Role::as_str),
            compound: self.compounds.get(place).copied().flatten(),
            row: Some(f64::from(well.row()) + 1.0),
            column: Some(f64::from(well.column()) + 1.0),
            value: headline.and_then(value),
            sites_in: column.map(|column| column.sites_in(place).into()),
            sites_expected: None,
            flagged: Some(self.is_flagged(well, None)),
            excluded: Some(self.plate.is_excluded(well)),
        }
    }

    fn site(&self, subject: Subject, well: Well) -> SiteFacts<'_> {
        let focus = value_of(self.focus, subject);
        let mads = focus.zip(self.sharpness).and_then(|(focus, sites)| sites.distance(focus, 0.0).ok());
        SiteFacts {
            focus_feature: self.focus_feature,
            number: subject.1.map(f64::from),
            focus,
            focus_mads: mads.map(|distance| distance.mads),
            flagged: Some(self.is_flagged(well, subject.1)),
        }
    }

    /// A flag on a site is one on its well, too.
    fn is_flagged(&self, well: Well, site: Option<u16>) -> bool {
        match site {
            Some(_) => self.flagged.contains(&(well, site)),
            None => self.flagged.iter().any(|(flagged, _)| *flagged == well),
        }
    }
}

/// The finite number of a feature in a well, or in one of its sites.
fn value_of(column: Option<&TrackedColumn>, (at, site): Subject) -> Option<f64> {
    let column = column?;
    let value = match site {
        Some(site) => column.site_value(at, site),
        None => column.value_at(at.into(), SiteAggregate::default()),
    };
    value.filter(|value| value.is_finite())
}

/// What the plate's sites say of focus, to hold one against: worked out when all of them are judged.
pub(super) fn settle_sharpness(plate: &mut PlateStanding) {
    let sites = focus_of(plate);
    if let Some(focus) = &mut plate.focus {
        focus.sites = sites;
    }
}
