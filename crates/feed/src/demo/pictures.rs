//! The pictures of `demo/images.csv`, compiled in (`demo/SOURCE.md` says where they come from): which file stands for which
//! plane of the demo's plates.

use plate::Well;

use super::data::{FORMAT, rows};

/// One plane of the play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) barcode: String,
    pub(super) well: Well,
    pub(super) site: u16,
    pub(super) channel: Box<str>,
    pub(super) file: &'static [u8],
    pub(super) content_type: &'static str,
    /// Nuclei of the mask that came with it.
    pub(super) nuclei: Option<u32>,
    /// The Gaussian's sigma, in pixels, where it was blurred for the demo.
    pub(super) blurred_px: Option<u32>,
}

const PLACES: &str = include_str!("../../../../demo/images.csv");

macro_rules! files {
    ($($folder:literal: $($name:literal)+;)+) => {
        &[$($(($name, include_bytes!(concat!("../../../../", $folder, "/", $name)))),+),+]
    };
}

const FILES: &[(&str, &[u8])] = files! {
    "models/data/images": "0532c64c2fd0c4d3.png" "08151b19806eebd5.png" "1023509cf8d4c155.png" "2a2032c4ed78f3fc.png"
        "3a22fe593d9606d4.png" "4948e3dfe0483c21.png" "4c032609d377bd98.png" "50a7ea80dd73232a.png"
        "516a0e20327d6dfc.png" "56d0da5b663ddd49.png" "6fc83b33896f58a4.png" "797945873ca2a95f.png"
        "9facc652efe19f63.png" "bc115ff727e997a8.png" "c169a7782a69ea2f.png" "c901794d1a421d52.png"
        "c96109cbebcf206f.png" "cdab367b30db4706.png" "d4d88391bc399a37.png" "d7d12a2acc47a949.png"
        "f113626a04125d97.png";
    "demo/images": "blurred-2a2032c4ed78f3fc.png" "blurred-4948e3dfe0483c21.png" "blurred-4c032609d377bd98.png"
        "blurred-6fc83b33896f58a4.png" "blurred-bc115ff727e997a8.png" "blurred-c169a7782a69ea2f.png"
        "blurred-c96109cbebcf206f.png" "blurred-cdab367b30db4706.png" "ht29-0.tif" "ht29-1.tif" "ht29-2.tif"
        "nf1-B7-1.tif" "nf1-B7-2.tif" "nf1-B7-3.tif" "nf1-D6-1.tif" "nf1-D6-2.tif" "nf1-D6-3.tif";
};

/// The pictures in the order of the table.
pub(super) fn pictures() -> Result<Vec<Picture>, String> {
    let mut pictures = Vec::new();
    for row in rows(PLACES) {
        let row = row?;
        let cell = |index: usize| row.get(index).unwrap_or_default();
        let number = |index: usize| match cell(index) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("demo data: {text:?} is no number")),
        };
        let name = cell(4);
        let found = FILES.iter().find(|(known, _)| *known == name);
        let (_, file) = found.ok_or_else(|| format!("demo data: no picture {name:?}"))?;
        pictures.push(Picture {
            barcode: cell(0).to_owned(),
            well: Well::parse_in(cell(1), FORMAT).map_err(|error| format!("demo data: {error}"))?,
            site: cell(2).parse().map_err(|_| format!("demo data: {:?} is no site", cell(2)))?,
            channel: cell(3).into(),
            file,
            content_type: if name.ends_with(".png") { "image/png" } else { "image/tiff" },
            nuclei: number(5)?,
            blurred_px: number(6)?,
        });
    }
    Ok(pictures)
}
