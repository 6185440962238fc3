//! Texts that an enemy would write into a lab's messages: each would call `__executed`, were it ever run or parsed.

use serde_json::{Value, json};

/// How a script is smuggled in; `X` is the call.
const SHAPES: [&str; 25] = [
    "<script>X</script>",
    "<img src=x onerror=X>",
    "<svg onload=X>",
    "<svg><script>X</script></svg>",
    "\"><img src=x onerror=X>",
    "'><img src=x onerror=X>",
    "javascript:X",
    "<iframe srcdoc=\"<script>parent.X</script>\"></iframe>",
    "<a href=\"javascript:X\">plate</a>",
    "<body onload=X>",
    "<details open ontoggle=X>",
    "<input autofocus onfocus=X>",
    "<video><source onerror=X></video>",
    "<math><mtext><img src=x onerror=X></mtext></math>",
    "{{constructor.constructor('X')()}}",
    "${X}",
    "{@html \"<img src=x onerror=X>\"}",
    "<style>*{background:url(javascript:X)}</style>",
    "<object data=\"javascript:X\"></object>",
    "<embed src=\"javascript:X\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:X\">",
    "<form><button formaction=\"javascript:X\">ok</button></form>",
    "--><script>X</script>",
    "</textarea></title><script>X</script>",
    "<template shadowrootmode=open><img src=x onerror=X></template>",
];

/// What stands around it: other letters, directions, encodings, lengths.
const DRESSES: usize = 20;

/// So many there are.
pub const PAYLOADS: usize = SHAPES.len() * DRESSES;

/// The text of a number below [`PAYLOADS`]; no two are the same.
#[must_use]
pub fn payload(number: usize) -> String {
    let plain = SHAPES[number % SHAPES.len()].replace('X', &format!("__executed({number})"));
    match number / SHAPES.len() {
        0 => plain,
        1 => plain.replace("script", "ScRiPt").replace("onerror", "OnErRoR"),
        2 => format!("\u{202e}{plain}"),
        3 => format!("🧫{plain}🧬"),
        4 => format!("פלטה {plain}"),
        5 => format!("{plain}{}", "x".repeat(300 - plain.len().min(299))),
        6 => plain.replace('<', "&lt;").replace('>', "&gt;"),
        7 => plain.replace('<', "&#60;"),
        8 => plain.replace('<', "%3C").replace('>', "%3E"),
        9 => plain.replace('<', "\\u003c"),
        10 => format!("</{plain}"),
        11 => format!("{plain}{plain}"),
        12 => plain.replace(' ', "\u{a0}"),
        13 => plain.replace('<', "<\u{200b}"),
        14 => format!("\u{feff}{plain}"),
        15 => format!("`{plain}`"),
        16 => format!("\\\"{plain}"),
        17 => plain.replace('<', "＜"),
        18 => format!("../../{plain}"),
        _ => format!("%00{plain}"),
    }
}

/// One message of each kind with the text in every field that takes one: results, layout, stage, image.
#[must_use]
pub fn messages(number: usize) -> [Value; 4] {
    let text = payload(number);
    let at = "2026-11-22T13:23:18.120+01:00";
    let [mut result, mut layout, mut stage, mut image] = [
        json!({ "schema": "plateside.result/1", "well": "A01", "read_at": at, "instrument": text, "pipeline": text, text.clone(): text,
            "features": { "Cells_Count": number, text.clone(): number } }),
        json!({ "schema": "plateside.layout/1", "assay": text, "cells": text, "wells": [
            { "well": "A01", "role": "sample", "compound": text, "concentration": { "value": 5, "unit": text }, "replicate": 1 },
            { "well": "A02", "role": "negative", "compound": text } ] }),
        json!({ "schema": "plateside.stage/1", "stage": text, "event": "entered", "at": at, "instrument": text, "by": text, "note": text, "correlation": text }),
        json!({ "schema": "plateside.image/1", "well": "A01", "site": 1, "z": 0, "t": 0, "channels": text, "content-type": text, "instrument": text,
            "link": format!("s3://plates/{text}") }),
    ];
    for message in [&mut result, &mut layout, &mut stage, &mut image] {
        (message["run"], message["plate"], message["format"]) = (json!(text), json!(text), json!(96));
    }
    [result, layout, stage, image]
}
