//! A model's folder: `model.toml`, and the file that it names. Both are read up to a limit and believed in nothing.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{Card, MOST_BYTES, ModelError, OnnxFacts, inspect};

/// The card's name in its folder.
const CARD: &str = "model.toml";
/// Bytes of a card.
const MOST_CARD_BYTES: u64 = 1 << 20;

/// A model's folder whose card has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFolder {
    /// The folder.
    pub path: PathBuf,
    /// Its card.
    pub card: Card,
}

impl ModelFolder {
    /// Opens a folder, or the folder of a model's file: then the card must be about that file.
    ///
    /// # Errors
    /// [`ModelError`]: there is no card, or it cannot be used.
    pub fn open(path: &Path) -> Result<ModelFolder, ModelError> {
        let (folder, file) = if path.is_dir() {
            (path, None)
        } else {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            (parent.unwrap_or(Path::new(".")), path.file_name())
        };
        let at = folder.join(CARD);
        let unreadable = |source| ModelError::Unreadable { path: at.clone(), source };
        let bytes = read(&at, MOST_CARD_BYTES)?;
        let text = String::from_utf8(bytes).map_err(|error| unreadable(std::io::Error::other(error.utf8_error())))?;
        let card = Card::parse(&text).map_err(|source| ModelError::Card { path: at.clone(), source })?;
        match file {
            Some(file) if *file != *card.file => {
                Err(ModelError::AnotherFile { path: path.to_owned(), file: card.file })
            }
            _ => Ok(ModelFolder { path: folder.to_owned(), card }),
        }
    }

    /// The bytes of its graph, which are those that the card is about, and what is in them; nothing else is loaded later.
    ///
    /// # Errors
    /// [`ModelError`]: it cannot be read, it is another file, or [`inspect`] refuses it.
    pub fn graph(&self) -> Result<(Vec<u8>, OnnxFacts), ModelError> {
        let name = || self.card.name.clone();
        let bytes = read(&self.path.join(&self.card.file), MOST_BYTES as u64)?;
        let found: [u8; 32] = Sha256::digest(&bytes).into();
        if found != self.card.sha256 {
            return Err(ModelError::Changed { name: name(), stated: hex(&self.card.sha256), found: hex(&found) });
        }
        let facts = inspect(&bytes).map_err(|source| ModelError::Refused { name: name(), source })?;
        if facts.inputs != [self.card.input.name.as_str()] {
            let (asked, stated) = (facts.inputs.join(", "), self.card.input.name.clone());
            return Err(ModelError::Inputs { name: name(), asked, stated });
        }
        Ok((bytes, facts))
    }

    /// A file beside the card, of at most so many bytes.
    pub(super) fn beside(&self, file: &str, most: u64) -> Result<Vec<u8>, ModelError> {
        read(&self.path.join(file), most)
    }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, ModelError> {
    let unreadable = |source| ModelError::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let data = file.metadata().map_err(unreadable)?;
    if !data.is_file() {
        return Err(unreadable(std::io::Error::other("it is no file")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(data.len().min(most)).unwrap_or(0));
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(ModelError::TooLong { path: path.to_owned(), most_bytes: most });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models").join(name)
    }

    /// A copy of the fixture `bright` whose file and card were changed.
    fn changed(change: impl Fn(&mut Vec<u8>), hashed: bool) -> (tempfile::TempDir, ModelFolder) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = std::fs::read(fixture("bright/model.onnx")).unwrap();
        let card = std::fs::read_to_string(fixture("bright/model.toml")).unwrap();
        let before = hex(&Sha256::digest(&bytes));
        change(&mut bytes);
        let after = if hashed { hex(&Sha256::digest(&bytes)) } else { before.clone() };
        std::fs::write(folder.path().join("model.onnx"), &bytes).unwrap();
        std::fs::write(folder.path().join(CARD), card.replace(&before, &after)).unwrap();
        let opened = ModelFolder::open(folder.path()).unwrap();
        (folder, opened)
    }

    #[test]
    fn a_folder_and_its_file_are_the_same_model() {
        let folder = ModelFolder::open(&fixture("bright")).unwrap();
        assert_eq!(ModelFolder::open(&fixture("bright/model.onnx")).unwrap(), folder);
        let (bytes, facts) = folder.graph().unwrap();
        assert_eq!((facts.nodes, facts.inputs.as_slice()), (1, &["input".to_owned()][..]));
        assert!(bytes.len() < 200);
        let error = ModelFolder::open(&fixture("bright/other.onnx")).unwrap_err().to_string();
        assert!(error.contains("other.onnx") && error.contains("\"model.onnx\""), "{error}");
        let error = ModelFolder::open(&fixture("nowhere")).unwrap_err().to_string();
        assert!(error.contains("model.toml cannot be read"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_the_cards_is_not_loaded() {
        let (_kept, folder) = changed(|bytes| bytes[40] ^= 1, false);
        let error = folder.graph().unwrap_err().to_string();
        assert!(error.contains("bright") && error.contains("SHA-256"), "{error}");
        let (_kept, folder) = changed(|bytes| bytes.truncate(60), false);
        assert!(folder.graph().unwrap_err().to_string().contains("SHA-256"));
        // A card that knows the damage does not make a model of it.
        let (_kept, folder) = changed(|bytes| bytes.truncate(60), true);
        assert!(folder.graph().unwrap_err().to_string().contains("no ONNX file"));
        let (_kept, folder) = changed(|bytes| *bytes = b"Dear diary, ".repeat(9), true);
        assert!(folder.graph().unwrap_err().to_string().contains("no ONNX file"));
    }

    #[test]
    fn hostile_files_are_refused_before_anything_loads_them() {
        for (name, parts) in [
            ("external", ["weights", "outside its own file"]),
            ("domain", ["com.evil", "only ONNX's own"]),
            ("oversize", ["numbers in its tensors", "allowed"]),
        ] {
            let error = ModelFolder::open(&fixture(name)).unwrap().graph().unwrap_err().to_string();
            assert!(parts.iter().all(|part| error.contains(part)), "{name}: {error}");
        }
    }

    #[test]
    fn a_long_card_and_a_folder_for_a_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CARD), vec![b'#'; (1 << 20) + 1]).unwrap();
        assert!(ModelFolder::open(folder.path()).unwrap_err().to_string().contains("longer than"));
        std::fs::remove_file(folder.path().join(CARD)).unwrap();
        std::fs::create_dir(folder.path().join(CARD)).unwrap();
        assert!(ModelFolder::open(folder.path()).is_err());
    }
}
