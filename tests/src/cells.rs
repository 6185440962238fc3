//! Real cells as messages: the pictures that `demo/images.csv` places on a plate, on topics of a test's own.

use std::path::PathBuf;
use std::sync::Arc;

use plate::PlateKey;

use crate::clone_folder;
use crate::lab::Lab;
use crate::producer::Message;

/// A plate that has pictures, a blurred one at site 3 of B10.
pub const PLATE: &str = "SQ00015194";

/// Pictures of [`PLATE`]'s wells as `plate`'s, and flags on the blurred ones.
pub fn cells(lab: &mut Lab, plate: &Arc<PlateKey>) -> Vec<Message> {
    let mut table = csv::Reader::from_path(clone_folder().join("demo/images.csv")).unwrap();
    let mut messages = Vec::new();
    for row in table.records().map(Result::unwrap).filter(|row| &row[0] == PLATE) {
        let (well, site) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        let file = std::fs::read(file(&row[4])).unwrap();
        messages.push(lab.picture(plate, well, site, &row[3], &file));
        if !row[6].is_empty() {
            messages.push(lab.flag(plate, well, site));
        }
    }
    messages
}

/// The file of a picture of the demo.
#[must_use]
pub fn file(name: &str) -> PathBuf {
    let folders = ["demo/images", "models/data/images"].map(|folder| clone_folder().join(folder).join(name));
    folders.into_iter().find(|path| path.is_file()).unwrap_or_else(|| panic!("no picture {name}"))
}
