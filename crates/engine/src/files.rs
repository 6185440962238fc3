//! Files of people: read no further than a limit, written whole or not at all.

use std::io::{Read as _, Write as _};
use std::path::Path;

/// All bytes of a file; `None` where there are more than `most`, even of one that grows meanwhile.
///
/// # Errors
/// What the system said; a pipe or a device is refused.
pub fn read_bounded(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    refuse_streams(path)?;
    let file = std::fs::File::open(path)?;
    let stated = file.metadata()?.len();
    if stated > most {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(stated).unwrap_or(0));
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// A pipe without a writer would be waited for without end, and a device may go on without end.
///
/// # Errors
/// It is one, or what the system said.
pub(crate) fn refuse_streams(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = std::fs::metadata(path)?.file_type();
        let refused = |says| Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, says));
        if kind.is_fifo() || kind.is_socket() {
            return refused("it is a pipe, and no file");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return refused("it is a device, and no file");
        }
    }
    Ok(())
}

/// Writes a file into a folder that is there, so that after any crash the old one or the new one is there, and nothing
/// between. `builder` says with which rights.
///
/// # Errors
/// What the system said.
pub(crate) fn put_whole(
    builder: &tempfile::Builder<'_, '_>,
    folder: &Path,
    path: &Path,
    bytes: &[u8],
) -> std::io::Result<()> {
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("four");
        put_whole(&tempfile::Builder::new(), folder.path(), &path, b"four").unwrap();
        assert_eq!(read_bounded(&path, 4).unwrap().as_deref(), Some(&b"four"[..]));
        assert_eq!(read_bounded(&path, 3).unwrap(), None);
        assert!(read_bounded(&folder.path().join("none"), 4).is_err());
        #[cfg(unix)]
        assert!(read_bounded(Path::new("/dev/zero"), 1000).unwrap_err().to_string().contains("a device"));
    }
}
