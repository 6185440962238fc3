//! Files whose samples are known.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vision::{ImageFile, Limits, Plane};

/// Files that are refused, with a part of the reason.
pub(crate) const REFUSED: [(&str, &str); 3] = [
    ("libtiffpic_off_luv32.tif", "unknown photometric interpretation"),
    ("libtiffpic_smallliz.tif", "compression 6"),
    ("libtiffpic_ycbcr-cat.tif", "chroma of fewer pixels"),
];
/// Lossy ones: held against their decoder's samples elsewhere, within a few levels.
pub(crate) const LOSSY: [&str; 2] = ["imagetiff_quad-tile.jpg.tiff", "imagetiff_tiled-jpeg-rgb-u8.tif"];

/// The digest that the reference has of a plane: it puts planar channels one after the other.
pub(crate) fn as_reference(plane: &Plane, is_planar: bool) -> String {
    let mut bytes = Vec::new();
    plane.samples.in_le_bytes(|some| bytes.extend_from_slice(some));
    if is_planar {
        let (wide, channels) = (plane.samples.sample_type().bytes(), usize::from(plane.channels));
        bytes = (0..channels)
            .flat_map(|channel| bytes.chunks_exact(wide).skip(channel).step_by(channels).flatten().copied())
            .collect();
    }
    hex::encode(Sha256::digest(&bytes))
}

/// Every file of a folder against its reference: what differs, in words.
pub(crate) fn differences(folder: &Path, reference: &BTreeMap<String, Value>) -> (usize, Vec<String>) {
    let mut equal = 0;
    let mut different = Vec::new();
    for (name, known) in reference {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let page = known.get("tifffile_page0").unwrap_or(known);
        let decoded =
            ImageFile::open(&bytes, &Limits::default()).and_then(|file| Ok((file.planes(), file.decode(0, 2)?)));
        let (planes, plane) = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                let reason = error.to_string();
                match REFUSED.iter().find(|(refused, _)| refused == name) {
                    Some((_, part)) if reason.contains(part) => equal += 1,
                    _ => different.push(format!("{name}: {reason}")),
                }
                continue;
            }
        };
        if u64::try_from(planes).unwrap() != known["pages"].as_u64().unwrap() {
            different.push(format!("{name}: {planes} pages of {}", known["pages"]));
        }
        if LOSSY.contains(&name.as_str()) {
            equal += 1;
            continue;
        }
        let shape: Vec<u64> = page["shape"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        let is_planar = plane.channels > 1 && shape.first() == Some(&u64::from(plane.channels)) && shape.len() == 3;
        if as_reference(&plane, is_planar) == page["sha256_le"].as_str().unwrap() {
            equal += 1;
        } else {
            different.push(format!(
                "{name}: {} x {} x {}, {:?}: {known}",
                plane.width,
                plane.height,
                plane.channels,
                plane.samples.sample_type()
            ));
        }
    }
    (equal, different)
}

#[test]
fn samples_equal_those_of_another_decoder() {
    let text = std::fs::read_to_string(crate::images().join("reference.json")).unwrap();
    let reference: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let (equal, different) = differences(&crate::images(), &reference);
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(equal > 50, "{equal}");
}

#[test]
fn threads_change_nothing() {
    for name in ["knowndev_u16_deflate_tiled.tif", "knowndev_u16_lzw_pred.tif", "imagetiff_rgb-3c-16b.tiff"] {
        let bytes = crate::image(name);
        let file = ImageFile::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(file.decode(0, 1).unwrap(), file.decode(0, 4).unwrap(), "{name}");
    }
}

#[test]
fn all_pages_are_there_and_no_more() {
    let bytes = crate::image("knowndev_ome_czyx_u16.tif");
    let file = ImageFile::open(&bytes, &Limits::default()).unwrap();
    assert_eq!(file.planes(), 3);
    assert!(file.decode(2, 1).is_ok());
    let error = file.decode(3, 1).unwrap_err().to_string();
    assert!(error.contains("plane 3") && error.contains("has 3"), "{error}");
    let two = Limits { planes: 2, ..Limits::default() };
    assert!(ImageFile::open(&bytes, &two).unwrap_err().to_string().contains("at most 2 is allowed"));
}
