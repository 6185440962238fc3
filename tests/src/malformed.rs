//! Messages that cannot be read, in every shape that a lab has sent or an enemy would.

use std::sync::Arc;

use plate::PlateKey;
use wire::Kind;

use crate::lab::Lab;
use crate::producer::Message;
use crate::seed::Seed;

/// What is wrong, and a part of the reason that must be given for it.
pub const SHAPES: [(&str, &str); 12] = [
    ("broken JSON", "not JSON"),
    ("deep nesting in a feature", "Cells_Count"),
    ("a barcode that is too long", "plate"),
    ("a format that no plate has", "385"),
    ("a well outside the plate", "\"Z99\" is outside a 384-well plate"),
    ("a number where a text must be", "plate"),
    ("a text where a number must be", "Cells_Count"),
    ("a bare NaN", "NaN"),
    ("a tombstone", "tombstone"),
    ("a newer schema", "plateside.result/2"),
    ("bytes that are no text", ""),
    ("another kind's schema", "plateside.layout/1"),
];

/// A result message of shape number `number` modulo [`SHAPES`], one of its own. `huge` ones are as large as they get.
#[must_use]
pub fn malformed(lab: &mut Lab, plate: &Arc<PlateKey>, number: u32, huge: bool, seed: &mut Seed) -> Message {
    let shape = number as usize % SHAPES.len();
    let start = format!(r#"{{"schema":"plateside.result/1","run":"RUN-1","number":{number}"#);
    let place = r#""plate":"PL00001","format":384,"well":"A01""#;
    let body = match shape {
        0 => format!("{start},{place},\"features\":{{\"Cells_Count\":"),
        1 => {
            let depth = if huge { 100_000 } else { 300 };
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            format!("{start},{place},\"features\":{{\"Cells_Count\":{open}{close}}}}}")
        }
        2 => {
            let barcode = "B".repeat(if huge { 1 << 20 } else { 2000 });
            format!(r#"{start},"plate":"{barcode}","format":384,"well":"A01","features":{{"Cells_Count":1}}}}"#)
        }
        3 => format!(r#"{start},"plate":"PL00001","format":385,"well":"A01","features":{{"Cells_Count":1}}}}"#),
        4 => format!(r#"{start},"plate":"PL00001","format":384,"well":"Z99","features":{{"Cells_Count":1}}}}"#),
        5 => format!(r#"{start},"plate":5,"format":384,"well":"A01","features":{{"Cells_Count":1}}}}"#),
        6 => format!(r#"{start},{place},"features":{{"Cells_Count":"many"}}}}"#),
        7 => format!(r#"{start},{place},"features":{{"Cells_Count":NaN}}}}"#),
        8 => return lab.message(Kind::Results, plate, None),
        9 => format!(r#"{{"schema":"plateside.result/2","number":{number},{place},"features":{{}}}}"#),
        10 => return lab.message(Kind::Results, plate, Some(seed.bytes(200))),
        _ => format!(r#"{{"schema":"plateside.layout/1","number":{number},{place},"wells":[]}}"#),
    };
    lab.message(Kind::Results, plate, Some(body.into_bytes()))
}

/// A good result with a field that nobody knows, nested so deeply that reading it by recursion would end the stack.
#[must_use]
pub fn deep_but_ignored(lab: &mut Lab, plate: &Arc<PlateKey>) -> Message {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let body = format!(
        r#"{{"schema":"plateside.result/1","run":"{}","plate":"{}","format":384,"well":"A01","x":{open}{close},"features":{{}}}}"#,
        plate.run, plate.barcode
    );
    lab.message(Kind::Results, plate, Some(body.into_bytes()))
}
