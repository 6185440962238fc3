//! *Save figure*: a plate as a picture in the person's own folder of pictures.

use std::path::{Path, PathBuf};

use super::Desk;
use super::bytes::Scale;
use super::failure::{Answer, Failure};
use super::shown::{SaveFigureArgs, SavedFigure};
use crate::clock::{now_us, rfc3339};
use crate::figures::{self, FigureQuestion, Form, Kind};

/// Figures of one name and second.
const MOST_OF_A_NAME: u32 = 100;
/// Characters of a feature's name in a file's name.
const LONGEST_PART: usize = 60;

impl Desk {
    /// Draws a plate and writes the picture.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `rewound` before the session's end, `invalid`, `figure` with the reason, `io`.
    pub async fn save_figure(&self, args: SaveFigureArgs) -> Answer<SavedFigure> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let last = showing.reader.lock().await.last_seq().await?;
        if showing.upto() < last && !showing.at_live_edge() {
            let message = "A figure is of everything that the session holds: go to its end first (End).";
            return Err(Failure::new("rewound", message));
        }
        let invalid = |what: &str| Failure::new("invalid", format!("There is no {what} of a figure."));
        let kind = match args.kind.as_str() {
            "heatmap" => Kind::Heatmap,
            "histogram" => Kind::Histogram,
            _ => return Err(invalid("such kind")),
        };
        let (form, ending) = match args.format.as_str() {
            "svg" => (Form::Svg, "svg"),
            "png" => (Form::Png { dpi: args.dpi }, "png"),
            _ => return Err(invalid("such format")),
        };
        let question = FigureQuestion {
            run: Some(key.run.to_string()),
            plate: key.barcode.to_string(),
            feature: args.feature.clone(),
            scale: Scale::from_name(&args.scale).ok_or_else(|| invalid("such scale"))?,
            kind,
            form,
            version: self.options.version.clone(),
        };
        let told = |error: figures::FiguresError| Failure::new("figure", error.to_string());
        let bytes = figures::draw(&showing.dir, &question).await.map_err(told)?;
        let folder = self.options.folders.pictures.clone();
        std::fs::create_dir_all(&folder)?;
        let name = format!("{} {} {} {}", plain(&key.barcode), plain(&args.feature), args.kind, stamp());
        let path = free(&folder, &name, ending)?;
        figures::write(&path, &bytes).map_err(told)?;
        Ok(SavedFigure { path: path.display().to_string() })
    }
}

/// This moment as a part of a file's name on every system.
pub(super) fn stamp() -> String {
    rfc3339(now_us() / 1000).chars().take(19).map(|c| if c == ':' { '.' } else { c }).collect()
}

/// A name as a part of a file's name on every system.
pub(super) fn plain(name: &str) -> String {
    let kept = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' });
    kept.take(LONGEST_PART).collect::<String>().trim_start_matches('.').to_owned()
}

/// A name that no file of the folder has.
pub(super) fn free(folder: &Path, name: &str, ending: &str) -> Answer<PathBuf> {
    for number in 1..MOST_OF_A_NAME {
        let path = match number {
            1 => folder.join(format!("{name}.{ending}")),
            _ => folder.join(format!("{name} ({number}).{ending}")),
        };
        if !path.exists() {
            return Ok(path);
        }
    }
    Err(Failure::new("io", "There are too many figures of this name: wait a second."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_names_of_files() {
        assert_eq!(plain("../../etc/Ünï µ"), "_.._etc_Ünï_µ");
        assert_eq!(plain("Cells_Count"), "Cells_Count");
        assert_eq!(plain(&"x".repeat(500)).len(), LONGEST_PART);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.svg"), "").unwrap();
        assert!(free(folder.path(), "a", "svg").unwrap().ends_with("a (2).svg"));
    }
}
