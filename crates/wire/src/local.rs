//! Local records as text: what the audit chain hashes. The order of fields never changes, and numbers read back to the
//! same bits.

use std::sync::{Arc, Mutex, PoisonError};

use plate::rules::{RuleFile, Rules};
use plate::{AssayCard, ExclusionEvent, Layout, LocalBody, PlateKey, Record, Well};
use serde::{Deserialize, Serialize};

use crate::encode::EncodeError;
use crate::envelope::Kind;
use crate::local_spot_check::SpotCheckJson;
use crate::reason::{capped, quoted};

/// The text is no local record of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a local record that this version of Plateside knows: {reason}")]
pub struct LocalJsonError {
    /// What is wrong with it.
    pub reason: String,
}

/// The word for a body's kind, as `exclusion`.
#[must_use]
pub fn local_kind(body: &LocalBody) -> &'static str {
    match body {
        LocalBody::Profile { .. } => "profile",
        LocalBody::Exclusion { .. } => "exclusion",
        LocalBody::Layout { .. } => "layout",
        LocalBody::RunLayout { .. } => "runlayout",
        LocalBody::Clock { .. } => "clock",
        LocalBody::Note { .. } => "note",
        LocalBody::Acknowledgement { .. } => "acknowledgement",
        LocalBody::Track { .. } => "track",
        LocalBody::Event(_) => "event",
        LocalBody::Flag(_) => "flag",
        LocalBody::SpotCheck(_) => "spotcheck",
        LocalBody::Delivered { .. } => "delivered",
    }
}

/// A body as canonical JSON; `kind` stands first.
///
/// # Errors
/// [`EncodeError::NotFinite`] for an assay card with a limit that is NaN or infinite.
pub fn local_to_json(body: &LocalBody) -> Result<String, EncodeError> {
    Ok(serde_json::to_string(&match body {
        LocalBody::Profile { name, cards, rules } => {
            for card in cards.iter() {
                finite(card)?;
            }
            LocalJson::Profile {
                name: name.clone(),
                cards: cards.to_vec(),
                rules: rules.as_ref().map(|rules| rules.file().clone()),
            }
        }
        LocalBody::Exclusion { plate, wells, event, reason } => LocalJson::Exclusion {
            run: plate.run.clone(),
            plate: plate.barcode.clone(),
            wells: wells.iter().map(Well::to_string).collect(),
            event: match event {
                ExclusionEvent::Excluded => EventJson::Excluded,
                ExclusionEvent::Restored => EventJson::Restored,
            },
            reason: reason.clone(),
        },
        LocalBody::Layout { plate, layout, reason } => LocalJson::Layout {
            run: plate.run.clone(),
            plate: plate.barcode.clone(),
            layout: layout.as_deref().map(layout_value).transpose()?,
            reason: reason.clone(),
        },
        LocalBody::RunLayout { run, layout, reason } => LocalJson::RunLayout {
            run: run.clone(),
            layout: layout.as_deref().map(layout_value).transpose()?,
            reason: reason.clone(),
        },
        LocalBody::Clock { stream_ms } => LocalJson::Clock { stream_ms: *stream_ms },
        LocalBody::Note { text } => LocalJson::Note { text: text.clone() },
        LocalBody::Acknowledgement { alert_seq } => LocalJson::Acknowledgement { alert_seq: *alert_seq },
        LocalBody::Track { features } => LocalJson::Track { features: features.to_vec() },
        LocalBody::Event(event) => LocalJson::Event { event: serde_json::from_str(&crate::review_to_json(event)?)? },
        LocalBody::Flag(flag) => LocalJson::Flag { flag: serde_json::from_slice(&crate::encode_flag(flag)?)? },
        LocalBody::SpotCheck(check) => LocalJson::SpotCheck(SpotCheckJson::of(check)?),
        LocalBody::Delivered { event, topic, partition, offset } => {
            LocalJson::Delivered { event: event.clone(), topic: topic.clone(), partition: *partition, offset: *offset }
        }
    })?)
}

/// Reads what [`local_to_json`] wrote.
///
/// # Errors
/// [`LocalJsonError`] for an unknown kind or field (as of a newer version) and for anything malformed.
pub fn local_from_json(text: &str) -> Result<LocalBody, LocalJsonError> {
    let json: LocalJson =
        serde_json::from_str(text).map_err(|error| LocalJsonError { reason: capped(error.to_string()) })?;
    Ok(match json {
        LocalJson::Profile { name, cards, rules } => {
            LocalBody::Profile { name, cards: cards.into(), rules: rules.map(compiled).transpose()? }
        }
        LocalJson::Exclusion { run, plate, wells, event, reason } => LocalBody::Exclusion {
            plate: Arc::new(PlateKey { run, barcode: plate }),
            wells: wells.iter().map(|text| well(text)).collect::<Result<_, _>>()?,
            event: match event {
                EventJson::Excluded => ExclusionEvent::Excluded,
                EventJson::Restored => ExclusionEvent::Restored,
            },
            reason,
        },
        LocalJson::Layout { run, plate, layout, reason } => LocalBody::Layout {
            plate: Arc::new(PlateKey { run, barcode: plate }),
            layout: layout.map(|value| a_layout(&value)).transpose()?,
            reason,
        },
        LocalJson::RunLayout { run, layout, reason } => {
            LocalBody::RunLayout { run, layout: layout.map(|value| a_layout(&value)).transpose()?, reason }
        }
        LocalJson::Clock { stream_ms } => LocalBody::Clock { stream_ms },
        LocalJson::Note { text } => LocalBody::Note { text },
        LocalJson::Acknowledgement { alert_seq } => LocalBody::Acknowledgement { alert_seq },
        LocalJson::Track { features } => LocalBody::Track { features: features.into() },
        LocalJson::Event { event } => match kept(Kind::Reviews, &event)? {
            Record::Review(event) => LocalBody::Event(Arc::new(event)),
            _ => return Err(LocalJsonError { reason: "\"event\" is no event".to_owned() }),
        },
        LocalJson::Flag { flag } => match kept(Kind::Flags, &flag)? {
            Record::Flag(flag) => LocalBody::Flag(Arc::new(flag)),
            _ => return Err(LocalJsonError { reason: "\"flag\" is no flag".to_owned() }),
        },
        LocalJson::SpotCheck(check) => LocalBody::SpotCheck(Arc::new(check.record()?)),
        LocalJson::Delivered { event, topic, partition, offset } => {
            LocalBody::Delivered { event, topic, partition, offset }
        }
    })
}

/// A flag or an event out of its own text.
fn kept(kind: Kind, json: &serde_json::Value) -> Result<Record, LocalJsonError> {
    crate::said_from_json(kind, &json.to_string()).map_err(|error| LocalJsonError { reason: error.reason })
}

fn layout_value(layout: &Layout) -> Result<serde_json::Value, EncodeError> {
    Ok(serde_json::from_str(&crate::layout_to_json(layout)?)?)
}

fn a_layout(value: &serde_json::Value) -> Result<Arc<Layout>, LocalJsonError> {
    let layout = crate::layout_from_json(&value.to_string());
    layout.map(Arc::new).map_err(|error| LocalJsonError { reason: error.to_string() })
}

fn well(text: &str) -> Result<Well, LocalJsonError> {
    text.parse().map_err(|_| LocalJsonError { reason: format!("\"wells\": {} is no well", quoted(text)) })
}

fn finite(card: &AssayCard) -> Result<(), EncodeError> {
    let limits = &card.limits;
    let named = [
        ("z_prime_good", limits.z_prime_good),
        ("z_prime_attention", limits.z_prime_attention),
        ("ssmd_magnitude", limits.ssmd_magnitude),
        ("signal_ratio", limits.signal_ratio),
        ("cv_negative_percent", limits.cv_negative_percent),
    ];
    let optional = [
        ("edge_effect_percent", limits.edge_effect_percent),
        ("edge_strength", limits.edge_strength),
        ("gradient_percent", limits.gradient_percent),
        ("line_percent", limits.line_percent),
    ];
    let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
    match named.into_iter().chain(optional).find(|(_, value)| !value.is_finite()) {
        Some((name, _)) => {
            Err(EncodeError::NotFinite(format!("the limit {name} of assay card {}", quoted(&card.name))))
        }
        None => Ok(()),
    }
}

/// The rules that were read last: a session's records are read again and again, and its rules hardly change.
static LAST: Mutex<Option<Arc<Rules>>> = Mutex::new(None);

fn compiled(file: RuleFile) -> Result<Arc<Rules>, LocalJsonError> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = last.as_ref().filter(|known| *known.file() == file) {
        return Ok(Arc::clone(known));
    }
    let rules = Rules::compile(&file).map_err(|problems| {
        let problem = problems.first().map_or_else(String::new, ToString::to_string);
        LocalJsonError { reason: capped(format!("its rules are not valid: {problem}")) }
    })?;
    Ok(Arc::clone(last.insert(Arc::new(rules))))
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum LocalJson {
    Profile {
        name: Box<str>,
        cards: Vec<AssayCard>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rules: Option<RuleFile>,
    },
    Exclusion {
        run: Box<str>,
        plate: Box<str>,
        wells: Vec<String>,
        event: EventJson,
        reason: Box<str>,
    },
    Layout {
        run: Box<str>,
        plate: Box<str>,
        layout: Option<serde_json::Value>,
        reason: Box<str>,
    },
    RunLayout {
        run: Box<str>,
        layout: Option<serde_json::Value>,
        reason: Box<str>,
    },
    Clock {
        stream_ms: i64,
    },
    Note {
        text: Box<str>,
    },
    Acknowledgement {
        alert_seq: i64,
    },
    Track {
        features: Vec<Box<str>>,
    },
    Event {
        event: serde_json::Value,
    },
    Flag {
        flag: serde_json::Value,
    },
    SpotCheck(SpotCheckJson),
    Delivered {
        event: Box<str>,
        topic: Box<str>,
        partition: i32,
        offset: i64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EventJson {
    Excluded,
    Restored,
}
