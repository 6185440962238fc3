//! Figures of a session's plates: the values, roles and figures of merit out of the session, the picture out of `figure`.

mod chart;
mod curves;
mod error;
mod opened;
mod pair;
mod sheet;

use std::fs;
use std::io::Write as _;
use std::path::Path;

pub use error::FiguresError;
pub use figure::{Figure, FigureError, Kind, LEAST_DPI, MOST_DPI, USUAL_DPI};
pub use opened::Opened;
pub(crate) use opened::plate_kind;
use plate::normalise::Scale;

use crate::files::put_whole;

/// Which figure.
#[derive(Debug, Clone)]
pub struct FigureQuestion {
    /// The plate.
    pub plate: PlateName,
    /// The feature.
    pub feature: String,
    /// How values are scaled. Of a control chart they are as received, whatever this says.
    pub scale: Scale,
    /// What is drawn of it.
    pub shows: Shows,
    /// Plateside's version, for the caption.
    pub version: String,
}

/// A plate as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlateName {
    /// The run; `None` where the barcode alone says which plate.
    pub run: Option<String>,
    /// The barcode.
    pub barcode: String,
}

/// What a figure shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shows {
    /// The plate: its heatmap, its histogram, or both.
    Plate(Kind),
    /// Every plate of its run.
    Multiples {
        /// One colour scale for all of them, or each its own.
        has_one_scale: bool,
    },
    /// The plate against a replicate.
    Replicates {
        /// Which; `None` is the one that agrees best.
        other: Option<PlateName>,
    },
    /// Values over the doses of its compounds, on the plate and its replicates.
    Doses {
        /// Which compounds; those that a curve describes best where none is named.
        compounds: Vec<String>,
    },
    /// A statistic of the run's plates in order.
    ControlChart {
        /// Its name, as the window and `qc` have it; `""` is Z′.
        statistic: String,
    },
}

/// How a figure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An SVG document.
    Svg,
    /// A PNG at so many dots per inch.
    Png {
        /// [`LEAST_DPI`] to [`MOST_DPI`].
        dpi: u32,
    },
}

/// A figure as the bytes of its file. The same session and question give the same bytes.
///
/// # Errors
/// [`FiguresError`].
pub async fn draw(dir: &Path, question: &FigureQuestion, form: Form) -> Result<Vec<u8>, FiguresError> {
    bytes(Opened::open(dir).await?.figure(question).await?, form).await
}

/// The bytes of a figure's file; 200 plates take seconds to paint, on a thread that nobody waits for.
///
/// # Errors
/// [`FiguresError::Figure`], [`FiguresError::Stopped`].
pub async fn bytes(figure: Figure, form: Form) -> Result<Vec<u8>, FiguresError> {
    let paint = move || match form {
        Form::Svg => figure.svg().map(String::into_bytes),
        Form::Png { dpi } => figure.png(dpi),
    };
    Ok(tokio::task::spawn_blocking(paint).await??)
}

/// A figure as a PNG of at most so many pixels, with its width and height.
///
/// # Errors
/// As [`bytes`].
pub async fn png_within(figure: Figure, dpi: u32, most: u64) -> Result<(Vec<u8>, u32, u32), FiguresError> {
    Ok(tokio::task::spawn_blocking(move || figure.png_within(dpi, most)).await??)
}

/// Writes a figure's file, whole or not at all; one that is there is replaced. A link is followed, as a shell would; a pipe or
/// a device (`/dev/stdout`) is written into.
///
/// # Errors
/// [`FiguresError::Unwritable`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FiguresError> {
    put(path, bytes).map_err(|source| FiguresError::Unwritable { path: path.to_owned(), source })
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    // What a link leads to is replaced, and not the link; one that leads to nothing yet is what it says.
    let path = &match fs::canonicalize(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && path.is_symlink() => {
            path.with_file_name("").join(fs::read_link(path)?)
        }
        led if path.is_symlink() => led?,
        _ => path.to_owned(),
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "its folder is not there"));
    }
    let mut builder = tempfile::Builder::new();
    // A picture is for others too: the usual rights of a new file, where settings keep theirs to themselves.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    put_whole(&builder, folder, path, bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    use super::*;

    #[test]
    fn a_link_is_followed_and_a_pipe_is_written_into() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("slide.png"), b"old").unwrap();
        symlink("slide.png", at("link.png")).unwrap();
        symlink("later.png", at("dangling.png")).unwrap();
        for (link, target) in [("link.png", "slide.png"), ("dangling.png", "later.png")] {
            write(&at(link), b"new").unwrap();
            assert!(at(link).is_symlink(), "{link} is a link still");
            assert_eq!(fs::read(at(target)).unwrap(), b"new");
        }
        symlink("loop.png", at("loop.png")).unwrap();
        assert!(write(&at("loop.png"), b"new").is_err());
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        let reader = std::thread::spawn({
            let pipe = at("pipe");
            move || fs::read(pipe).unwrap()
        });
        write(&at("pipe"), b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::metadata(at("pipe")).unwrap().file_type().is_fifo(), "it was not replaced");
    }
}
