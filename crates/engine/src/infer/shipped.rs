//! The models that Plateside ships: within the program, and written out where the child can read them.

use std::path::{Path, PathBuf};

use vision::model::{Card, CardError};

use crate::settings::write_whole;

/// A model within the program.
struct Shipped {
    card: &'static str,
    /// Names and bytes of all its files.
    files: [(&'static str, &'static [u8]); 4],
}

macro_rules! shipped {
    ($folder:literal) => {
        Shipped {
            card: include_str!(concat!("../../../../models/", $folder, "/model.toml")),
            files: [
                ("model.toml", include_bytes!(concat!("../../../../models/", $folder, "/model.toml"))),
                ("model.onnx", include_bytes!(concat!("../../../../models/", $folder, "/model.onnx"))),
                ("test-input.png", include_bytes!(concat!("../../../../models/", $folder, "/test-input.png"))),
                ("test-output.f32", include_bytes!(concat!("../../../../models/", $folder, "/test-output.f32"))),
            ],
        }
    };
}

static SHIPPED: [Shipped; 2] = [shipped!("nuclei-seg"), shipped!("focus")];

/// A shipped model's folder.
pub(super) struct Written {
    pub(super) folder: PathBuf,
    pub(super) card: Card,
    /// Why it is not there.
    pub(super) problem: Option<std::io::Error>,
}

/// Writes each shipped model into `NAME-VERSION` below `folder`; a file that is there and the same is left as it is.
pub(super) fn write_out(folder: &Path) -> Result<Vec<Written>, CardError> {
    let write = |shipped: &Shipped| {
        let card = Card::parse(shipped.card)?;
        let folder = folder.join(format!("{}-{}", card.name, card.version));
        let problem = shipped.files.iter().find_map(|(name, bytes)| put(&folder.join(name), bytes).err());
        Ok(Written { folder, card, problem })
    };
    SHIPPED.iter().map(write).collect()
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let same_length = std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() == bytes.len() as u64);
    if same_length && std::fs::read(path)? == bytes {
        return Ok(());
    }
    write_whole(path, bytes)
}
