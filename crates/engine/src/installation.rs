//! Who this installation is among those that write to one topic: an id made once, and a number for each event.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::files::put_whole;

const FILE: &str = "installation.toml";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    id: String,
    sequence: u64,
    /// The name in full that was signed with last.
    #[serde(default)]
    full_name: String,
}

/// This installation. It is made when it is first needed.
#[derive(Debug)]
pub struct Installation {
    folder: PathBuf,
    kept: Mutex<Option<Kept>>,
}

impl Installation {
    /// The installation whose settings lie in `folder`.
    #[must_use]
    pub fn in_config(folder: &Path) -> Installation {
        Installation { folder: folder.to_owned(), kept: Mutex::default() }
    }

    /// Its id.
    ///
    /// # Errors
    /// What the system said, where it can neither be read nor made.
    pub fn id(&self) -> std::io::Result<String> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.load(&mut kept)?.id.clone())
    }

    /// The numbers of the next `count` events: the first of them. They are on disk before they are given, so that none is ever
    /// given twice.
    ///
    /// # Errors
    /// What the system said.
    pub fn next_sequence(&self, count: u64) -> std::io::Result<u64> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.load(&mut kept)?.clone();
        let after = Kept { sequence: before.sequence + count, ..before.clone() };
        self.save(&after)?;
        *kept = Some(after);
        Ok(before.sequence + 1)
    }

    /// The name in full that was signed with last; empty before.
    #[must_use]
    pub fn full_name(&self) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A name to begin with is a help, no more.
        self.load(&mut kept).map(|kept| kept.full_name.clone()).unwrap_or_default()
    }

    /// Remembers the name that was signed with.
    ///
    /// # Errors
    /// What the system said.
    pub fn set_full_name(&self, name: &str) -> std::io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.load(&mut kept)?.clone();
        if before.full_name != name {
            let after = Kept { full_name: name.to_owned(), ..before };
            self.save(&after)?;
            *kept = Some(after);
        }
        Ok(())
    }

    fn load<'k>(&self, kept: &'k mut Option<Kept>) -> std::io::Result<&'k Kept> {
        if kept.is_none() {
            let path = self.folder.join(FILE);
            let read = match std::fs::read_to_string(&path) {
                Ok(text) => toml::from_str(&text).map_err(|error| {
                    std::io::Error::other(format!("{} is damaged: {}", path.display(), error.message()))
                })?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let made = Kept { id: Uuid::new_v4().to_string(), sequence: 0, full_name: String::new() };
                    self.save(&made)?;
                    made
                }
                Err(error) => return Err(error),
            };
            *kept = Some(read);
        }
        kept.as_ref().ok_or_else(|| std::io::Error::other("no installation"))
    }

    fn save(&self, kept: &Kept) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let text = toml::to_string(kept).map_err(std::io::Error::other)?;
        put_whole(&tempfile::Builder::new(), &self.folder, &self.folder.join(FILE), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_stays_itself_and_never_gives_a_number_twice() {
        let folder = tempfile::tempdir().unwrap();
        let first = Installation::in_config(&folder.path().join("config"));
        let id = first.id().unwrap();
        assert_eq!((first.next_sequence(2).unwrap(), first.next_sequence(1).unwrap()), (1, 3));
        let again = Installation::in_config(&folder.path().join("config"));
        assert_eq!((again.id().unwrap(), again.next_sequence(1).unwrap()), (id, 4));
        std::fs::write(folder.path().join("config").join(FILE), "id = 3").unwrap();
        let damaged = Installation::in_config(&folder.path().join("config"));
        assert!(damaged.id().unwrap_err().to_string().contains("damaged"));
    }
}
