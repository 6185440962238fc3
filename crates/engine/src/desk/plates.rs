//! The Plate screen's questions: one plate, its features, one well, exclusions, acknowledgements.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plate::artefacts::PERMUTATIONS;
use plate::{Board, ExclusionEvent, LayoutWell, LocalBody, PlateKey, PlateStanding, Role, Value, Well, normalise};
use session::WellRow;

use super::Desk;
use super::alerts::Known;
use super::chosen::NoArgs;
use super::failure::{Answer, Failure};
use super::messages::message_row;
use super::quality::Judged;
use super::showing::Showing;
use super::shown::*;
use super::told::AlertItem;

/// Alerts of a plate that are listed.
const ALERTS: usize = 100;
/// Alerts of a session that are listed.
const ALL_ALERTS: usize = 500;
/// Messages behind a well that are listed.
const MESSAGES: usize = 200;
/// A reason has at most this many characters.
const LONGEST_REASON: usize = 500;

impl Desk {
    /// One plate.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `session`.
    pub async fn plate(&self, args: PlateArgs) -> Answer<PlateDetail> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let upto = showing.upto();
        let told = self.notes_of(&showing, &key.run).await;
        let (reasons, alerts) = {
            let mut reader = showing.reader.lock().await;
            let reasons = exclusions(&reader.locals(upto).await?, &key);
            showing.ledger.lock().await.advance(&mut reader, upto).await?;
            drop(reader);
            (reasons, plate_alerts(&showing, &key).await?)
        };
        let handle = args.plate;
        let question = move |board: &Board| {
            let plate = board.plate(&key)?;
            Some((detail(board, plate, handle, &reasons), Judged::of(board, plate)))
        };
        let (mut detail, judged) = showing.look(question).await?.ok_or_else(Failure::no_such_plate)?;
        // Intervals and permutations are for looking at: the board does not wait for them.
        detail.qc = judged.map_or_else(Vec::new, |judged| judged.quality(PERMUTATIONS));
        detail.alerts = alerts;
        detail.notes = told;
        Ok(detail)
    }

    /// Every feature that a message of the plate named.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `session`.
    pub async fn features(&self, args: PlateArgs) -> Answer<Vec<String>> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let at = if showing.at_live_edge() { None } else { Some(showing.upto()) };
        let names = showing.columns.features(&key, at).await?;
        Ok(names.into_iter().map(String::from).collect())
    }

    /// One well with its values and the messages behind them.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `session`.
    pub async fn well(&self, args: WellArgs) -> Answer<WellDetail> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let upto = showing.upto();
        let asked = Arc::clone(&key);
        let (well, mut detail, z) = showing.look(move |board| well_of_board(board, &asked, args.well)).await??;
        let mut reader = showing.reader.lock().await;
        let behind = reader.behind(&key, well, upto, MESSAGES).await?;
        if detail.excluded.is_some() {
            detail.excluded = exclusions(&reader.locals(upto).await?, &key).remove(&args.well).map(|mut found| {
                found.well = args.well;
                found
            });
        }
        drop(reader);
        let wins: BTreeSet<i64> = behind.rows.iter().flat_map(|row| row.values.iter().map(|value| value.seq)).collect();
        detail.read_at_ms = behind.rows.iter().filter_map(|row| row.read_at_ms).max();
        detail.values = named_values(&behind.rows, &z);
        detail.messages_left_out = u32::try_from(behind.left_out).unwrap_or(u32::MAX);
        let rows = behind.messages.iter().map(|line| {
            let is_result = line.kind == wire::Kind::Results;
            MessageRow { wins: !is_result || wins.contains(&line.seq), ..message_row(line) }
        });
        detail.messages = rows.collect();
        Ok(detail)
    }

    /// Excludes or restores wells; everything recomputes with the commit of the record.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_plate`, `no_such_well`, `no_reason`.
    pub async fn exclude(&self, args: ExcludeArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let plate = showing.plate(&args.plate)?;
        let reason = a_reason(&args.reason, "exclusion")?;
        let asked = Arc::clone(&plate);
        let format = showing.look(move |board| board.plate(&asked).and_then(PlateStanding::format)).await?;
        let well = |index: &u16| Well::at_index(usize::from(*index), format?);
        let wells: Option<Box<[Well]>> = args.wells.iter().map(well).collect();
        let Some(wells) = wells.filter(|wells| !wells.is_empty()) else { return Err(no_such_well()) };
        let event = if args.excluded { ExclusionEvent::Excluded } else { ExclusionEvent::Restored };
        let told = self.exclusion_event(&showing, &plate, &wells, event, &reason).await?;
        let body = LocalBody::Exclusion { plate, wells, event, reason };
        let seq = road.append_all(&self.options.user, vec![body, told]).await?;
        self.nudge_outbox().await;
        Ok(Written { seq })
    }

    /// The newest alerts.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn alerts(&self, _: NoArgs) -> Answer<Vec<AlertItem>> {
        let showing = self.showing()?;
        let known = showing.look(Known::of).await?;
        let mut reader = showing.reader.lock().await;
        let mut ledger = showing.ledger.lock().await;
        ledger.advance(&mut reader, showing.upto()).await?;
        let item = |entry| {
            let entry: &super::alerts::Entry = entry;
            ledger.item(entry, showing.handle(&entry.alert.plate), &known, Vec::new())
        };
        Ok(ledger.newest().take(ALL_ALERTS).map(item).collect())
    }

    /// Says that somebody has seen an alert.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_alert`.
    pub async fn acknowledge(&self, args: AlertArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        if showing.ledger.lock().await.get(args.seq).is_none() {
            return Err(Failure::new("no_such_alert", "This alert is not in the session that is open now."));
        }
        let body = LocalBody::Acknowledgement { alert_seq: args.seq };
        Ok(Written { seq: road.append(&self.options.user, body).await? })
    }
}

/// A reason as it is kept.
///
/// # Errors
/// `no_reason`.
pub(super) fn a_reason(typed: &str, of: &str) -> Answer<Box<str>> {
    let reason = typed.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let message = format!("A reason of 1 to {LONGEST_REASON} characters is kept with the {of}.");
        return Err(Failure::new("no_reason", message));
    }
    Ok(reason.into())
}

pub(super) fn no_such_well() -> Failure {
    Failure::new("no_such_well", "The plate has no such well, or its format is not known yet.")
}

/// The reasons of the wells that are excluded in the end.
fn exclusions(locals: &[(i64, plate::LocalRecord)], of: &PlateKey) -> BTreeMap<u16, ExcludedWell> {
    let mut found = BTreeMap::new();
    for (_, record) in locals {
        let LocalBody::Exclusion { plate, wells, event, reason } = &record.body else { continue };
        if **plate != *of {
            continue;
        }
        for well in wells {
            match event {
                ExclusionEvent::Excluded => found.insert(
                    well.packed(),
                    ExcludedWell {
                        well: 0,
                        reason: Some(reason.to_string()),
                        by: Some(record.by.to_string()),
                        at_ms: Some(record.at_ms),
                    },
                ),
                ExclusionEvent::Restored => found.remove(&well.packed()),
            };
        }
    }
    found
}

async fn plate_alerts(showing: &Showing, key: &Arc<PlateKey>) -> Answer<Vec<AlertItem>> {
    let known = showing.look(Known::of).await?;
    let ledger = showing.ledger.lock().await;
    let of_plate = ledger.newest().filter(|entry| entry.alert.plate == *key).take(ALERTS);
    Ok(of_plate.map(|entry| ledger.item(entry, showing.handle(key), &known, Vec::new())).collect())
}

fn detail(board: &Board, plate: &PlateStanding, handle: String, reasons: &BTreeMap<u16, ExcludedWell>) -> PlateDetail {
    let format = plate.format();
    let index = |well: Well| format.and_then(|format| u16::try_from(well.index_in(format)?).ok());
    let card = plate.card().and_then(|card| board.cards().get(card));
    let layout = plate.layout();
    let (_, images) = plate.arrivals();
    let excluded = format.into_iter().flat_map(|format| {
        Well::all_of(format).filter(|well| plate.is_excluded(*well)).filter_map(|well| {
            let blank = ExcludedWell { well: 0, reason: None, by: None, at_ms: None };
            let known = reasons.get(&well.packed()).cloned().unwrap_or(blank);
            Some(ExcludedWell { well: index(well)?, ..known })
        })
    });
    PlateDetail {
        plate: handle,
        run: plate.key().run.to_string(),
        barcode: plate.key().barcode.to_string(),
        format: format.map(|format| format.wells()),
        rows: format.map_or(0, |format| format.rows().into()),
        columns: format.map_or(0, |format| format.columns().into()),
        revision: plate.revision(),
        assay: layout.and_then(|layout| layout.assay.as_deref().map(str::to_owned)),
        cells: layout.and_then(|layout| layout.cells.as_deref().map(str::to_owned)),
        layout: layout.map_or_else(Vec::new, |layout| {
            layout.wells.iter().filter_map(|entry| Some(layout_entry(index(entry.well)?, entry))).collect()
        }),
        has_layout: layout.is_some(),
        headlines: card.map_or_else(Vec::new, |card| {
            let info = |headline: &plate::Headline| HeadlineInfo {
                feature: headline.feature.clone(),
                unit: headline.unit.clone(),
                direction: headline.direction.map(|direction| direction.as_str().to_owned()),
                transform: match headline.transform {
                    plate::Transform::None => "none",
                    plate::Transform::Log2 => "log2",
                }
                .to_owned(),
            };
            card.headline.iter().map(info).collect()
        }),
        qc: Vec::new(),
        unjudged: unjudged(layout.is_some(), card.is_some(), board.cards().is_empty()),
        excluded: excluded.collect(),
        alerts: Vec::new(),
        stages: plate
            .stages()
            .iter()
            .map(|visit| StageRow {
                stage: visit.stage.to_string(),
                event: visit.event.as_str().to_owned(),
                at_ms: visit.at_ms,
                instrument: visit.instrument.as_deref().map(str::to_owned),
            })
            .collect(),
        wells_in: plate.wells_in(),
        wells_expected: plate.wells_expected(),
        images,
        notes: Vec::new(),
    }
}

/// Why nothing is judged, naming the missing part.
fn unjudged(has_layout: bool, has_card: bool, no_cards: bool) -> Option<String> {
    match (has_layout, has_card, no_cards) {
        (_, true, _) => None,
        (_, _, true) => Some("The connection's profile has no assay card, so no quality is claimed.".to_owned()),
        (false, ..) => Some("No layout has been received for this plate: its controls are not known.".to_owned()),
        (true, false, _) => Some("No assay card in the profile is for the assay that the layout names.".to_owned()),
    }
}

pub(super) fn layout_entry(well: u16, entry: &LayoutWell) -> LayoutEntry {
    LayoutEntry {
        well,
        role: entry.role.as_str().to_owned(),
        compound: entry.compound.as_deref().map(str::to_owned),
        concentration: entry.concentration.as_ref().map(|dose| dose.value),
        unit: entry.concentration.as_ref().map(|dose| dose.unit.to_string()),
        replicate: entry.replicate,
    }
}

/// Robust z of a well by tracked feature.
type ZByFeature = BTreeMap<String, f64>;

/// What the board knows of a well.
fn well_of_board(board: &Board, key: &PlateKey, index: u16) -> Answer<(Well, WellDetail, ZByFeature)> {
    let plate = board.plate(key).ok_or_else(Failure::no_such_plate)?;
    let format = plate.format().ok_or_else(no_such_well)?;
    let well = Well::at_index(usize::from(index), format).ok_or_else(no_such_well)?;
    let entry = plate.layout().and_then(|layout| layout.wells.iter().find(|entry| entry.well == well));
    let card = plate.card().and_then(|card| board.cards().get(card));
    let mut z = ZByFeature::new();
    for (column, feature) in board.tracked().iter().enumerate() {
        let headline = card.and_then(|card| card.headline.iter().find(|headline| *headline.feature == **feature));
        let aggregate = headline.map_or_else(Default::default, |headline| headline.aggregate);
        let negatives = (0..usize::from(format.wells())).filter_map(|at| {
            let at = Well::at_index(at, format)?;
            let counts = plate.role(at) == Some(Role::Negative) && !plate.is_excluded(at);
            plate.value(column, at, aggregate).filter(|_| counts)
        });
        let negatives: Vec<f64> = negatives.collect();
        let scaled = normalise::robust_z(&[plate.value(column, well, aggregate)], &negatives);
        if let Ok([Some(value)]) = scaled.as_deref() {
            z.insert(feature.to_string(), *value);
        }
    }
    let detail = WellDetail {
        well: index,
        name: well.to_string(),
        row: index / u16::from(format.columns()) + 1,
        column: index % u16::from(format.columns()) + 1,
        role: plate.layout().and(plate.role(well)).map(|role| role.as_str().to_owned()),
        layout: entry.map(|entry| layout_entry(index, entry)),
        excluded: plate.is_excluded(well).then_some(ExcludedWell { well: index, reason: None, by: None, at_ms: None }),
        values: Vec::new(),
        read_at_ms: None,
        messages: Vec::new(),
        messages_left_out: 0,
    };
    Ok((well, detail, z))
}

/// The winning values of a well: its own, else the mean of its sites (`DATA.md` 12); tracked ones first.
fn named_values(rows: &[WellRow], z: &ZByFeature) -> Vec<NamedValue> {
    #[derive(Default)]
    struct Gathered {
        whole: Option<Value>,
        sites: Vec<f64>,
        of: u32,
    }
    let mut gathered: BTreeMap<&str, Gathered> = BTreeMap::new();
    for row in rows {
        for value in &row.values {
            let found = gathered.entry(value.name()).or_default();
            match row.site {
                None => found.whole = Some(value.value),
                Some(_) => {
                    found.of += 1;
                    found.sites.extend(value.value.number());
                }
            }
        }
    }
    let mut values: Vec<NamedValue> = gathered
        .into_iter()
        .map(|(name, found)| {
            let whole = found.whole.and_then(Value::number);
            let from_sites = plate::SiteAggregate::Mean.apply(found.sites.iter().copied());
            let value = whole.or(from_sites);
            NamedValue {
                feature: name.to_owned(),
                value,
                missing: value.is_none().then(|| "no number was sent".to_owned()),
                robust_z: z.get(name).copied(),
                sites: (whole.is_none() && found.of > 0)
                    .then(|| (u32::try_from(found.sites.len()).unwrap_or(u32::MAX), found.of)),
            }
        })
        .collect();
    values.sort_by_key(|value| !z.contains_key(&value.feature));
    values
}
