//! Files that are cut short, or have bytes changed: refused or decoded, in time, and never a panic.

use std::time::{Duration, Instant};

use crate::{decode_all, image, images};

/// No file of this size takes longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Strips, tiles, every compression, both byte orders, palettes, predictors, packed bits; none over 64 KiB.
const CUT: [&str; 10] = [
    "imagetiff_seq-1c-8b-lzw-hpredict-20f3db0c.tiff",
    "imagetiff_seq-1c-16b-deflate-68f373a0.tiff",
    "imagetiff_seq-1c-32f-deflate-fpredict-390fe673.tiff",
    "imagetiff_seq-1c-8b-tiled-bigtiff-20f3db0c.tiff",
    "imagetiff_seq-3c-12b-planar-e29e8e25.tiff",
    "imagetiff_minisblack-2c-8b-alpha.tiff",
    "imagetiff_palette-1c-4b.tiff",
    "imagetiff_BigTIFFMotorola.tif",
    "imagetiff_quad-tile.jpg.tiff",
    "knowndev_u16_lzw_pred.tif",
];

#[test]
fn ten_files_cut_at_every_byte() {
    for name in CUT {
        let whole = image(name);
        assert!(whole.len() <= 64 << 10);
        // Some files end in bytes that nothing points at.
        let mut decoded = 0;
        for cut in 0..whole.len() {
            let began = Instant::now();
            decoded += usize::from(decode_all(&whole[..cut], 1).is_ok());
            assert!(began.elapsed() < PATIENCE, "{name} cut at {cut}");
        }
        assert!(decoded < whole.len() / 2, "{name}: {decoded} cuts of {} still decode", whole.len());
    }
}

#[test]
fn thousands_of_files_with_bytes_changed() {
    let mut names: Vec<_> = std::fs::read_dir(images()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|end| end == "tif" || end == "tiff"));
    names.sort();
    let mut state = 20_261_126_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for path in names {
        let whole = std::fs::read(&path).unwrap();
        for round in 0..150 {
            let mut changed = whole.clone();
            for _ in 0..=random(6) {
                // Mostly within the directory, which lies at the beginning or the end.
                let at = match random(3) {
                    0 => random(changed.len()),
                    1 => random(changed.len().min(300)),
                    _ => changed.len() - 1 - random(changed.len().min(300)),
                };
                changed[at] = [0, 1, 0xff, 0x7f, 0x80, u8::try_from(random(256)).unwrap()][random(6)];
            }
            let began = Instant::now();
            drop(decode_all(&changed, 1));
            assert!(began.elapsed() < PATIENCE, "{} round {round}", path.display());
        }
    }
}
