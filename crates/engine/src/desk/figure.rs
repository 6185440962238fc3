//! Figures for people: into their own folder of pictures, one or every kind of a plate, or onto the clipboard.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Desk;
use super::drawn::{DrawFigureArgs, DrawnFigure, SaveFiguresArgs, SavedFigures};
use super::failure::{Answer, Failure};
use super::replicates::scale;
use super::showing::Showing;
use super::shown::SavedFigure;
use crate::clock::{now_us, rfc3339};
use crate::figures::{self, FigureQuestion, FiguresError, Form, Opened, PlateName, Shows, plate_kind};

/// Figures of one name and second.
const MOST_OF_A_NAME: u32 = 100;
/// Characters of a feature's name in a file's name.
const LONGEST_PART: usize = 60;
/// Pixels of a picture on the clipboard: three bytes each in the program that it is pasted into, and in between.
const MOST_COPIED: u64 = 16_000_000;

/// Every kind, in the order in which they are written.
const KINDS: [&str; 7] =
    ["heatmap", "histogram", "heatmap_and_histogram", "multiples", "replicates", "doses", "control_chart"];

impl Desk {
    /// Draws a figure of any kind and writes the picture.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `rewound` before the session's end, `invalid`, `figure` with the reason, `io`.
    pub async fn draw_figure(&self, args: DrawFigureArgs) -> Answer<SavedFigure> {
        let showing = self.showing()?;
        at_its_end(&showing).await?;
        let (form, ending) = form(&args.format, args.dpi)?;
        let question = self.question(&showing, &args)?;
        let bytes = figures::draw(&showing.dir, &question, form).await.map_err(told)?;
        let folder = self.options.folders.pictures.clone();
        std::fs::create_dir_all(&folder)?;
        let barcode = plain(&question.plate.barcode);
        let path = free(&folder, &format!("{barcode} {} {} {}", plain(&args.feature), args.kind, stamp()), ending)?;
        figures::write(&path, &bytes).map_err(told)?;
        Ok(SavedFigure { path: path.display().to_string() })
    }

    /// Draws a figure as a PNG for the clipboard: with fewer dots an inch where it would be too large for one.
    ///
    /// # Errors
    /// As [`Desk::draw_figure`], but for `io`.
    pub async fn copy_figure(&self, args: DrawFigureArgs) -> Answer<DrawnFigure> {
        let showing = self.showing()?;
        at_its_end(&showing).await?;
        let question = self.question(&showing, &args)?;
        let figure = Opened::open(&showing.dir).await.map_err(told)?.figure(&question).await.map_err(told)?;
        let (bytes, width, height) = figures::png_within(figure, args.dpi, MOST_COPIED).await.map_err(told)?;
        Ok(DrawnFigure { base64: STANDARD.encode(&bytes), width, height })
    }

    /// Draws every kind of a plate's figures into a folder of their own; what cannot be drawn says why.
    ///
    /// # Errors
    /// As [`Desk::draw_figure`]; `figure` only where none can be drawn.
    pub async fn save_figures(&self, args: SaveFiguresArgs) -> Answer<SavedFigures> {
        let showing = self.showing()?;
        at_its_end(&showing).await?;
        let (form, ending) = form(&args.format, args.dpi)?;
        let of_kind = |kind: &str| DrawFigureArgs {
            plate: args.plate.clone(),
            feature: args.feature.clone(),
            scale: args.scale.clone(),
            kind: kind.to_owned(),
            other: None,
            statistic: String::new(),
            compounds: Vec::new(),
            one_scale: true,
            format: args.format.clone(),
            dpi: args.dpi,
        };
        let mut opened = Opened::open(&showing.dir).await.map_err(told)?;
        let (mut drawn, mut left_out, mut first) = (Vec::new(), Vec::new(), None);
        for kind in KINDS {
            let question = self.question(&showing, &of_kind(kind))?;
            let bytes = match opened.figure(&question).await {
                Ok(figure) => figures::bytes(figure, form).await,
                Err(error) => Err(error),
            };
            match bytes {
                Ok(bytes) => drawn.push((format!("{kind}.{ending}"), bytes)),
                Err(error @ FiguresError::Session(_)) => return Err(told(error)),
                Err(error) => {
                    left_out.push(format!("{kind}: {error}"));
                    first.get_or_insert(error);
                }
            }
        }
        if let (true, Some(error)) = (drawn.is_empty(), first) {
            return Err(told(error));
        }
        let pictures = &self.options.folders.pictures;
        let name = format!("{} {} {}", plain(&showing.plate(&args.plate)?.barcode), plain(&args.feature), stamp());
        let folder = free(pictures, &name, "")?;
        std::fs::create_dir_all(&folder)?;
        let mut files = Vec::with_capacity(drawn.len());
        for (name, bytes) in drawn {
            figures::write(&folder.join(&name), &bytes).map_err(told)?;
            files.push(name);
        }
        Ok(SavedFigures { folder: folder.display().to_string(), files, left_out })
    }

    /// What is asked of the session.
    fn question(&self, showing: &Showing, args: &DrawFigureArgs) -> Answer<FigureQuestion> {
        let plate = |handle: &str| -> Answer<PlateName> {
            let key = showing.plate(handle)?;
            Ok(PlateName { run: Some(key.run.to_string()), barcode: key.barcode.to_string() })
        };
        let shows = match args.kind.as_str() {
            "multiples" => Shows::Multiples { has_one_scale: args.one_scale },
            "replicates" => Shows::Replicates { other: args.other.as_deref().map(plate).transpose()? },
            "doses" => Shows::Doses { compounds: args.compounds.clone() },
            "control_chart" => Shows::ControlChart { statistic: args.statistic.clone() },
            kind => Shows::Plate(plate_kind(kind).ok_or_else(|| invalid("such kind"))?),
        };
        Ok(FigureQuestion {
            plate: plate(&args.plate)?,
            feature: args.feature.clone(),
            scale: scale(&args.scale)?,
            shows,
            version: self.options.version.clone(),
        })
    }
}

/// A figure is of everything that the session holds: its digest says so.
async fn at_its_end(showing: &Showing) -> Answer<()> {
    let last = showing.reader.lock().await.last_seq().await?;
    if showing.upto() < last && !showing.at_live_edge() {
        let message = "A figure is of everything that the session holds: go to its end first (End).";
        return Err(Failure::new("rewound", message));
    }
    Ok(())
}

fn invalid(what: &str) -> Failure {
    Failure::new("invalid", format!("There is no {what} of a figure."))
}

fn told(error: FiguresError) -> Failure {
    Failure::new("figure", error.to_string())
}

/// How it is written, and what such a file's name ends with.
fn form(format: &str, dpi: u32) -> Answer<(Form, &'static str)> {
    match format {
        "svg" => Ok((Form::Svg, "svg")),
        "png" => Ok((Form::Png { dpi }, "png")),
        _ => Err(invalid("such format")),
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

/// A name that nothing in the folder has; a folder's has no ending.
pub(super) fn free(folder: &Path, name: &str, ending: &str) -> Answer<PathBuf> {
    let dot = if ending.is_empty() { "" } else { "." };
    for number in 1..MOST_OF_A_NAME {
        let path = match number {
            1 => folder.join(format!("{name}{dot}{ending}")),
            _ => folder.join(format!("{name} ({number}){dot}{ending}")),
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
        std::fs::create_dir(folder.path().join("a")).unwrap();
        assert!(free(folder.path(), "a", "").unwrap().ends_with("a (2)"));
    }

    #[test]
    fn bytes_become_letters() {
        // RFC 4648, section 10.
        let vectors =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")];
        for (bytes, letters) in vectors {
            assert_eq!(STANDARD.encode(bytes), letters);
        }
        assert_eq!(STANDARD.encode([0xff, 0xef, 0xbe]), "/+++");
    }
}
