//! Rows of the Review screen: flags, decisions, annotations, spot checks, and what happened to a site.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use plate::review::{Annotation, ReviewBody};
use plate::{Format, Pixels, PlateKey, SpotCheckRecord, Well};
use session::{AuditLine, Reader};

use super::failure::Answer;
use super::pictured::ModelScore;
use super::review::{draft_name, standing};
use super::reviewed::*;
use super::shapes;
use super::showing::Showing;
use crate::digests::hex;
use crate::review::{FlagBook, Flagged, Said};

/// Links that are read at a time.
const PAGE: usize = 1024;
/// Rows of a trail.
const MOST_ROWS: usize = 200;
/// Digits of a link that are shown.
const DIGITS: usize = 6;

/// Formats of plates.
pub(super) type Formats = HashMap<Arc<PlateKey>, Format>;

/// A flag as the queue shows it.
pub(super) fn item(
    showing: &Showing,
    book: &FlagBook,
    flagged: &Flagged,
    drafts: &HashSet<String>,
    formats: &Formats,
) -> FlagItem {
    let flag = &flagged.flag;
    let (stands, decision) = book.standing(flagged);
    let verdict = decision.and_then(|said| match &said.event.body {
        ReviewBody::Decision(decision) => Some(decision.verdict.as_str().to_owned()),
        _ => None,
    });
    let index = |well: Well| u16::try_from(well.index_in(*formats.get(&flag.plate)?)?).ok();
    FlagItem {
        flag: showing.flag_handle(flagged),
        plate: showing.handle(&flag.plate),
        run: flag.plate.run.to_string(),
        barcode: flag.plate.barcode.to_string(),
        well: flag.spot.well.and_then(index),
        well_name: flag.spot.well.map(|well| well.to_string()),
        site: flag.spot.site,
        channel: flag.spot.channel.as_deref().map(str::to_owned),
        reason: flag.reason.to_string(),
        severity: flag.severity.as_str().to_owned(),
        source: flag.source.to_string(),
        score: flag.score,
        guidance: flag.guidance.as_deref().map(str::to_owned),
        at_ms: flag.at_ms,
        standing: standing(stands),
        has_draft: drafts.contains(&draft_name(&(Arc::clone(&flag.plate), flag.id.clone()))),
        verdict,
        decided_by: decision.and_then(by),
        decided_ms: decision.map(|said| said.event.at_ms),
    }
}

/// Who made an event.
fn by(said: &Said) -> Option<String> {
    said.event.by.as_ref().map(|person| person.name.as_deref().unwrap_or(&person.user).to_owned())
}

pub(super) fn decision_row(book: &FlagBook, said: &Said) -> Option<DecisionRow> {
    let ReviewBody::Decision(decision) = &said.event.body else { return None };
    Some(DecisionRow {
        event: said.event.id.to_string(),
        verdict: decision.verdict.as_str().to_owned(),
        reasons: decision.reasons.iter().map(|code| code.to_string()).collect(),
        comment: decision.comment.as_deref().map(str::to_owned),
        by: by(said),
        at_ms: said.event.at_ms,
        ours: said.is_ours,
        superseded: book.is_superseded(&said.event.id),
    })
}

pub(super) fn annotation_row(said: &Said, annotation: &Annotation) -> AnnotationRow {
    AnnotationRow {
        shape: shapes::drawn(&annotation.annotation, &annotation.shape, &annotation.label),
        by: by(said),
        at_ms: said.event.at_ms,
        ours: said.is_ours,
    }
}

pub(super) fn score_row((seq, at_ms, check): &(i64, i64, Arc<SpotCheckRecord>)) -> ModelScore {
    let pipeline = check.pipeline.as_ref();
    ModelScore {
        model: check.model.to_string(),
        version: check.version.to_string(),
        sha256: hex(&check.sha256),
        channel: check.spot.channel.as_deref().unwrap_or_default().to_owned(),
        task: if check.count.is_some() { "segment" } else { "classify" }.to_owned(),
        count: check.count,
        class: check.class.as_deref().map(str::to_owned),
        value: check.value,
        pipeline: pipeline.map(|(_, value)| *value),
        pipeline_feature: pipeline.map(|(name, _)| name.to_string()),
        agrees: check.agrees,
        difference_percent: difference_percent(check),
        ms: check.ms,
        backend: check.backend.to_string(),
        at_ms: *at_ms,
        seq: Some(*seq),
    }
}

/// How far the model's count lies from the pipeline's, in percent of that.
pub(super) fn difference_percent(check: &SpotCheckRecord) -> Option<f64> {
    let (count, (_, pipeline)) = (f64::from(check.count?), check.pipeline.as_ref()?);
    (*pipeline != 0.0).then(|| 100.0 * (count - pipeline) / pipeline)
}

/// The session's chain of records up to an entry: whether it holds, and its links.
pub(super) async fn chain(reader: &mut Reader, upto: i64) -> Answer<(ChainState, Vec<AuditLine>)> {
    let (mut links, mut after): (Vec<AuditLine>, i64) = (Vec::new(), 0);
    loop {
        let page = reader.audit(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        let is_over = after >= upto;
        links.extend(page.into_iter().filter(|line| line.seq <= upto));
        if is_over {
            break;
        }
    }
    let mut before = [0; 32];
    for line in &links {
        if !line.holds || line.prev_hash != before {
            let says = format!("The record at entry {} was changed, or one before it is missing.", line.seq);
            return Ok((ChainState { holds: false, says }, links));
        }
        before = line.hash;
    }
    let says = match links.len() {
        1 => "1 record, linked to the session's beginning.".to_owned(),
        count => format!("{count} records, each linked to the one before it."),
    };
    Ok((ChainState { holds: true, says }, links))
}

/// What happened to a flag's site, newest first.
pub(super) async fn trail(
    showing: &Showing,
    book: &FlagBook,
    flagged: &Flagged,
    audit: &[AuditLine],
) -> Answer<Vec<TrailRow>> {
    let (plate, spot) = (&flagged.flag.plate, &flagged.flag.spot);
    let link = |seq: i64| {
        let line = audit.binary_search_by_key(&seq, |line| line.seq).ok().and_then(|at| audit.get(at))?;
        Some(hex(&line.hash).chars().take(DIGITS).collect::<String>())
    };
    let row = |at_ms, who: String, did: &str, says: String, seq| TrailRow {
        at_ms,
        who,
        did: did.to_owned(),
        says,
        seq,
        link: link(seq),
    };
    let flag = &flagged.flag;
    let mut rows = vec![row(flag.at_ms, flag.source.to_string(), "flagged", flag.reason.to_string(), flagged.seq)];
    for said in book.events(plate, spot) {
        let who = by(said).unwrap_or_else(|| "somebody".to_owned());
        let (did, says) = match &said.event.body {
            ReviewBody::Decision(decision) => {
                let codes = decision.reasons.join(", ");
                let separator = if codes.is_empty() { "" } else { ": " };
                ("decided", format!("{}{separator}{codes}", decision.verdict.as_str()))
            }
            ReviewBody::Annotation(annotation) => {
                ("annotated", format!("{} {}", annotation.shape.kind(), annotation.label))
            }
            ReviewBody::Exclusion { reason, .. } => ("excluded", reason.to_string()),
            ReviewBody::Other { kind } => ("wrote", kind.to_string()),
        };
        rows.push(row(said.event.at_ms, who, did, says, said.seq));
    }
    for (seq, at_ms, check) in book.checks(plate, spot) {
        let found = match (check.count, &check.class) {
            (Some(count), _) => format!("{count} objects"),
            (None, Some(class)) => class.to_string(),
            (None, None) => String::new(),
        };
        rows.push(row(*at_ms, format!("{} {}", check.model, check.version), "looked", found, *seq));
    }
    if let (Some(well), Some(site)) = (spot.well, spot.site) {
        for plane in showing.pixels.planes(plate, well, showing.upto()).await? {
            if plane.image.site == site {
                let from = match &plane.image.pixels {
                    Pixels::Inline { .. } => "image",
                    Pixels::Linked { .. } => "reference to an image",
                };
                let at_ms = plane.image.acquired_at_ms.unwrap_or_default();
                let says = format!("{from} of {}", plane.image.channel);
                rows.push(row(at_ms, "instrument".to_owned(), "acquired", says, plane.seq));
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.at_ms, row.seq)));
    rows.truncate(MOST_ROWS);
    Ok(rows)
}
