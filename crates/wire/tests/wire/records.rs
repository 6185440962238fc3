//! What stands in a message stands in its record.

use plate::{Format, Record, Role, StageEvent, Value};
use wire::{Decoded, Decoder, Kind};

use crate::{decode, envelope, message};

fn one(kind: Kind, text: &str) -> Record {
    let mut records = decode(&envelope(kind, text)).unwrap();
    assert_eq!(records.len(), 1);
    records.remove(0)
}

#[test]
fn a_result_as_in_the_contract() {
    let Record::Result(result) = one(Kind::Results, &message(Kind::Results, "", "")) else { panic!() };
    assert_eq!((&*result.plate.run, &*result.plate.barcode), ("CP-A549-0412", "BR00117010"));
    assert_eq!((result.format, result.well.to_string().as_str(), result.site), (Format::F384, "D09", None));
    assert_eq!(result.read_at_ms, Some(1_795_350_198_120));
    let features: Vec<_> = result.features.iter().collect();
    let expected = [("Cells_Count", 662.0), ("Nuclei_AreaShape_Area_mean", 246.1), ("Morphology_Distance", 19.8)];
    assert_eq!(features, expected.map(|(name, number)| (name, Value::Number(number))));
}

#[test]
fn null_clears_and_absence_says_nothing() {
    let text = message(Kind::Results, "features", r#"{"a":null,"b":-0,"c":18446744073709551615}"#);
    let Record::Result(result) = one(Kind::Results, &text) else { panic!() };
    assert_eq!(result.features.value(0), Some(Value::Cleared));
    assert_eq!(result.features.bits()[1], (-0.0_f64).to_bits(), "the sign of zero is kept");
    assert_eq!(result.features.value(2), Some(Value::Number(18_446_744_073_709_551_616.0)));
}

#[test]
fn a_layout_as_in_the_contract() {
    let Record::Layout(record) = one(Kind::Layouts, &message(Kind::Layouts, "", "")) else { panic!() };
    let layout = record.layout;
    assert_eq!((layout.assay.as_deref(), layout.cells.as_deref()), (Some("Cell Painting"), Some("A549")));
    assert_eq!(layout.wells.iter().map(|entry| entry.role).collect::<Vec<_>>(), [Role::Negative, Role::Sample]);
    let dose = layout.wells[1].concentration.as_ref().unwrap();
    assert_eq!((dose.value, &*dose.unit, layout.wells[1].replicate), (5.0, "uM", Some(1)));
    assert_eq!(layout.wells[0].compound.as_deref(), Some("DMSO"));
}

#[test]
fn a_stage_as_in_the_contract() {
    let Record::Stage(stage) = one(Kind::Stages, &message(Kind::Stages, "", "")) else { panic!() };
    assert_eq!((&*stage.stage, stage.event, stage.at_ms), ("imaged", StageEvent::Entered, 1_795_348_920_000));
    assert_eq!(
        (stage.by.as_deref(), stage.note, stage.correlation.as_deref()),
        (Some("scheduler"), None, Some("wf-77812"))
    );
}

#[test]
fn messages_share_their_names() {
    let mut decoder = Decoder::default();
    let mut next = |well: &str, features: &str| {
        let text = message(Kind::Results, "well", well).replace("{\"Cells_Count\":662,", &format!("{{{features}"));
        match decoder.decode(&envelope(Kind::Results, text)) {
            Decoded::Records(mut records) => match records.remove(0) {
                Record::Result(result) => result,
                other => panic!("{other:?}"),
            },
            Decoded::Undecoded(undecoded) => panic!("{}", undecoded.reason),
        }
    };
    let first = next("\"A01\"", "\"Cells_Count\":1,");
    let other = next("\"A02\"", "\"Cells_Sum\":1,");
    let again = next("\"A03\"", "\"Cells_Count\":2,");
    assert!(std::sync::Arc::ptr_eq(&first.plate, &again.plate), "one plate for all its messages");
    assert!(std::sync::Arc::ptr_eq(first.features.list(), again.features.list()), "also with other lists between");
    assert_ne!(first.features.list(), other.features.list());
}

#[test]
fn a_failed_message_leaves_no_trace_in_the_next() {
    let mut decoder = Decoder::default();
    let good = envelope(Kind::Results, message(Kind::Results, "", ""));
    let expected = decoder.decode(&good);
    for bad in [
        message(Kind::Results, "features", r#"{"Cells_Count":1,"Nuclei_AreaShape_Area_mean":"x"}"#),
        message(Kind::Results, "features", r#"{"Cells_Count":1,"Cells_Count":1}"#),
        message(Kind::Results, "features", r#"{"Cells_Count":1"#),
        message(Kind::Results, "features", ""),
    ] {
        assert!(matches!(decoder.decode(&envelope(Kind::Results, bad)), Decoded::Undecoded(_)));
        assert_eq!(decoder.decode(&good), expected);
    }
}
