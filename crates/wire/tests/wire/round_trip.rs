//! What is written reads back to the same record, and fits its schema.

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use plate::{
    AssayCard, Chunk, Concentration, Direction, ExclusionEvent, FeatureList, Features, Format, Headline, ImageRecord,
    Layout, LayoutRecord, LayoutWell, Limits, LocalBody, Pair, Pixels, PlateKey, Record, ResultRecord, Role,
    SiteAggregate, StageEvent, StageRecord, Transform, Value, Well,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use wire::{Headers, Kind};

use crate::schemas::schema;
use crate::{decode, envelope, message};

/// Any text of up to a few dozen characters, control characters and all.
fn text() -> BoxedStrategy<Box<str>> {
    vec(any::<char>(), 1..30).prop_map(|chars| chars.into_iter().collect::<String>().into()).boxed()
}

fn plate() -> BoxedStrategy<Arc<PlateKey>> {
    (of(text()), text()).prop_map(|(run, barcode)| Arc::new(PlateKey { run: run.unwrap_or_default(), barcode })).boxed()
}

fn place() -> BoxedStrategy<(Format, Well)> {
    (0..Format::ALL.len(), any::<prop::sample::Index>())
        .prop_map(|(format, index)| {
            let format = Format::ALL[format];
            (format, Well::at_index(index.index(format.wells().into()), format).unwrap())
        })
        .boxed()
}

/// Years 1970 to 9999, and some before.
fn time() -> BoxedStrategy<i64> {
    (-60_000_000_000_000..253_370_764_800_000_i64).boxed()
}

/// Every finite number, whatever its bits.
fn finite() -> BoxedStrategy<f64> {
    any::<u64>()
        .prop_map(f64::from_bits)
        .prop_filter("JSON has finite numbers only", |number| number.is_finite())
        .boxed()
}

prop_compose! {
    fn result()(plate in plate(), (format, well) in place(), site in of(1..=u16::MAX), read_at_ms in of(time()),
                features in btree_map(text(), of(finite()), 0..20)) -> ResultRecord {
        let list = Arc::new(FeatureList::new(features.keys().cloned().collect()));
        let values = features.values().map(|number| number.map_or(Value::Cleared, Value::Number));
        let features = Features::new(list, values).unwrap();
        ResultRecord { plate, format, well, site, read_at_ms, features }
    }
}

prop_compose! {
    fn layout()(format in 0..Format::ALL.len(), assay in of(text()), cells in of(text()),
                wells in vec((any::<prop::sample::Index>(), 0..5_usize, of(text()), of((finite(), text())), of(any::<u32>())), 0..20))
                -> Layout {
        let format = Format::ALL[format];
        let mut entries: Vec<LayoutWell> = wells.into_iter().map(|(index, role, compound, dose, replicate)| LayoutWell {
            well: Well::at_index(index.index(format.wells().into()), format).unwrap(),
            role: Role::ALL[role],
            compound,
            concentration: dose.map(|(value, unit)| Concentration { value, unit }),
            replicate,
        }).collect();
        entries.sort_by_key(|entry| entry.well);
        entries.dedup_by_key(|entry| entry.well);
        Layout::new(format, assay, cells, entries).unwrap()
    }
}

prop_compose! {
    fn stage()(plate in plate(), stage in text(), left in any::<bool>(), at_ms in time(), instrument in of(text()),
               by in of(text()), note in of(text()), correlation in of(text())) -> StageRecord {
        let event = if left { StageEvent::Left } else { StageEvent::Entered };
        StageRecord { plate, stage, event, at_ms, instrument, by, note, correlation }
    }
}

prop_compose! {
    /// The planes of one file: a piece of one in the message, or a whole one elsewhere.
    fn image()(plate in plate(), (format, well) in place(), site in 1..=u16::MAX, z in any::<u16>(), t in any::<u32>(),
               channels in prop::collection::btree_set("[A-Za-z0-9 ]{0,8}[A-Za-z0-9]", 1..6), sha256 in of(any::<[u8; 32]>()),
               link in of("(s3|gs|az|https|file)://[!-~]{1,40}"), content_type in of(text()),
               chunk in (text(), 1..=65_536_u32, any::<prop::sample::Index>()), chunked in any::<bool>(),
               pixel_um in of(1e-300..1e300_f64), acquired_at_ms in of(time())) -> Vec<ImageRecord> {
        let (id, count, index) = chunk;
        let chunk = (chunked || link.is_none()).then(|| Chunk { id, index: index.index(count as usize) as u32, count });
        let pixels = match link {
            Some(link) => Pixels::Linked { link: link.into() },
            None => Pixels::Inline { content_type, bytes: 5 },
        };
        let mut names: Vec<&str> = channels.iter().map(|name| name.trim()).collect();
        names.sort_unstable();
        names.dedup();
        (0..).zip(names).map(|(page, channel)| ImageRecord {
            plate: plate.clone(), format, well, site, z, t, channel: channel.into(), page, pixels: pixels.clone(), sha256,
            chunk: chunk.clone(), pixel_um, acquired_at_ms,
        }).collect()
    }
}

/// Decodes what was written, after the schema has seen it.
fn read_back(kind: Kind, body: Vec<u8>, schema: &Validator) -> Vec<Record> {
    let value = serde_json::from_slice(&body).unwrap();
    let findings: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(findings.is_empty(), "{findings:?} in {value}");
    decode(&envelope(kind, body)).unwrap()
}

static SCHEMAS: LazyLock<[Validator; 4]> =
    LazyLock::new(|| [Kind::Results, Kind::Layouts, Kind::Stages, Kind::Images].map(schema));

proptest! {
    #[test]
    fn results_read_back(record in result()) {
        let body = wire::encode_result(&record).unwrap();
        prop_assert_eq!(read_back(Kind::Results, body, &SCHEMAS[0]), vec![Record::Result(record)]);
    }

    #[test]
    fn layouts_read_back(plate in plate(), layout in layout()) {
        let text = wire::layout_to_json(&layout).unwrap();
        prop_assert_eq!(&wire::layout_from_json(&text).unwrap(), &layout);
        let record = LayoutRecord { plate, layout: Arc::new(layout) };
        let body = wire::encode_layout(&record).unwrap();
        prop_assert_eq!(read_back(Kind::Layouts, body, &SCHEMAS[1]), vec![Record::Layout(record)]);
    }

    #[test]
    fn stages_read_back(record in stage()) {
        let body = wire::encode_stage(&record).unwrap();
        prop_assert_eq!(read_back(Kind::Stages, body, &SCHEMAS[2]), vec![Record::Stage(record)]);
    }

    #[test]
    fn images_read_back(planes in image()) {
        let records = |planes: &[ImageRecord]| planes.iter().cloned().map(Record::Image).collect::<Vec<_>>();
        if let Pixels::Linked { .. } = planes[0].pixels {
            let body = wire::encode_image(&planes).unwrap();
            prop_assert_eq!(read_back(Kind::Images, body, &SCHEMAS[3]), records(&planes));
            prop_assert!(wire::encode_image_headers(&planes).is_err());
        } else {
            let mut message = envelope(Kind::Images, "piece");
            message.headers = wire::encode_image_headers(&planes).unwrap();
            prop_assert_eq!(decode(&message).unwrap(), records(&planes));
            prop_assert!(wire::encode_image(&planes).is_err());
        }
    }

    /// 17 significant digits say which f64 is meant, however they are written.
    #[test]
    fn numbers_keep_their_bits(number in finite()) {
        for text in [format!("{number:?}"), format!("{number:e}"), format!("{number:.16e}")] {
            let found = decode(&envelope(Kind::Results, message(Kind::Results, "features", &format!("{{\"a\":{text}}}"))));
            let Ok([Record::Result(result)]) = found.as_deref() else { panic!("{found:?}") };
            prop_assert_eq!(result.features.bits()[0], number.to_bits(), "{}", text);
        }
    }

    #[test]
    fn local_bodies_read_back(plate in plate(), wells in vec(place(), 0..9), names in vec(text(), 0..9), limit in finite(), which in 0..8) {
        let body = match which {
            0 => LocalBody::Note { text: plate.barcode.clone() },
            1 => LocalBody::Track { features: names.into() },
            2 => LocalBody::Acknowledgement { alert_seq: limit.to_bits().cast_signed() },
            3 => LocalBody::Exclusion {
                wells: wells.into_iter().map(|(_, well)| well).collect(),
                event: if names.is_empty() { ExclusionEvent::Excluded } else { ExclusionEvent::Restored },
                reason: plate.run.clone(),
                plate,
            },
            4 => LocalBody::Clock { stream_ms: limit.to_bits().cast_signed() },
            5 => LocalBody::Layout { layout: (limit > 0.0).then(|| a_layout(&names, limit)), reason: plate.run.clone(), plate },
            6 => LocalBody::RunLayout { layout: (limit > 0.0).then(|| a_layout(&names, limit)), reason: "".into(), run: plate.run.clone() },
            _ => {
                let headline = |name: &str| Headline {
                    feature: name.to_string(),
                    unit: Some("µm".to_owned()).filter(|_| limit > 0.0),
                    direction: Some(Direction::Down).filter(|_| limit < 0.0),
                    transform: Transform::Log2,
                    aggregate: SiteAggregate::Sum,
                };
                let limits = Limits { z_prime_good: limit, signal_ratio: -limit, minimum_n: 5, ..Limits::default() };
                let pair = vec![Pair { positive: Role::Reference, negative: Role::Sample }];
                let card = AssayCard { name: plate.run.to_string(), headline: names.iter().map(|name| headline(name)).collect(), pair, limits };
                LocalBody::Profile { name: plate.barcode.clone(), cards: Arc::new([card]), rules: None }
            }
        };
        let text = wire::local_to_json(&body).unwrap();
        let back = wire::local_from_json(&text).unwrap();
        prop_assert_eq!(&back, &body);
        prop_assert_eq!(wire::local_to_json(&back).unwrap(), text, "canonical");
    }

    #[test]
    fn keys_tell_plates_apart(one in plate(), other in plate()) {
        let keys = [&one, &other].map(|plate| wire::message_key(plate));
        prop_assert_eq!(one == other, keys[0] == keys[1]);
        prop_assert!(keys[0].bytes().filter(|byte| *byte == b'/').count() == 1 && keys[0].is_ascii());
    }
}

fn a_layout(names: &[Box<str>], dose: f64) -> Arc<Layout> {
    let wells = names.iter().zip(Well::all_of(Format::F96)).enumerate().map(|(at, (name, well))| LayoutWell {
        well,
        role: Role::ALL[at % Role::ALL.len()],
        compound: (at % 2 == 0).then(|| name.clone()),
        concentration: (at % 3 == 0).then(|| Concentration { value: dose, unit: "uM".into() }),
        replicate: (at % 4 == 0).then_some(at as u32),
    });
    Arc::new(Layout::new(Format::F96, names.first().cloned(), names.last().cloned(), wells.collect()).unwrap())
}

#[test]
fn written_texts_are_as_they_were() {
    let key = PlateKey::new("run 1/ä", "BR~00-1._");
    assert_eq!(wire::message_key(&key), "run%201%2F%C3%A4/BR~00-1._");
    assert_eq!(wire::message_key(&PlateKey::new("", "BR1")), "/BR1");
    let body = LocalBody::Exclusion {
        plate: Arc::new(PlateKey::new("r", "BR1")),
        wells: Box::new(["A1".parse().unwrap()]),
        event: ExclusionEvent::Excluded,
        reason: "bubble".into(),
    };
    let text = r#"{"kind":"exclusion","run":"r","plate":"BR1","wells":["A01"],"event":"excluded","reason":"bubble"}"#;
    assert_eq!(wire::local_to_json(&body).unwrap(), text, "the audit chain hashes these bytes");
    let newer = wire::local_from_json(r#"{"kind":"verdict"}"#).unwrap_err().to_string();
    assert!(newer.contains("this version of Plateside") && newer.contains("verdict"), "{newer}");
}

#[test]
fn what_json_cannot_say_is_refused() {
    let list = Arc::new(FeatureList::new(vec!["a".into()]));
    let features = Features::new(list, [Value::NotANumber]).unwrap();
    let well = "A1".parse().unwrap();
    let plate = Arc::new(PlateKey::new("", "BR1"));
    let result =
        ResultRecord { plate: plate.clone(), format: Format::F96, well, site: None, read_at_ms: None, features };
    assert!(wire::encode_result(&result).unwrap_err().to_string().starts_with("feature \"a\" is not finite"));
    let card = AssayCard {
        name: "x".into(),
        headline: vec![],
        pair: vec![],
        limits: Limits { z_prime_good: f64::NAN, ..Limits::default() },
    };
    let profile = LocalBody::Profile { name: "p".into(), cards: Arc::new([card]), rules: None };
    assert!(wire::local_to_json(&profile).unwrap_err().to_string().contains("z_prime_good"));
    assert!(wire::encode_image_headers(&[]).is_err());
    assert_eq!(Headers::default().last("schema"), None);
}
