//! A model's card (`model.toml`): how it is run and tested, and what it is for. Scores and the like are for people and pass by.

use serde::Deserialize;

use super::card_text::{Text, digest, is_plain};
use super::self_test::SelfTest;
use super::{ObjectRules, PatchRules, Tiling};

/// The newest format of a card that is read.
const FORMAT: u32 = 1;

/// Why a card cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// It is no card.
    #[error("model.toml cannot be read: {reason}")]
    Unreadable {
        /// Where and why.
        reason: String,
    },
    /// Its numbers contradict each other, or are of another version.
    #[error("model.toml: {reason}")]
    Wrong {
        /// What.
        reason: String,
    },
}

/// A card.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The model's name, as `nuclei-seg`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file beside the card; a plain name.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: [u8; 32],
    /// The graph's input, its shape, and the percentiles between which a plane is stretched.
    pub input: Input,
    /// The graph's output.
    pub output: Output,
    /// What it does.
    pub task: Task,
    /// How it is tested before it is run; a stranger's card may have none.
    pub test: Option<SelfTest>,
    /// A title, what it is for, and when not to use it.
    pub about: About,
}

/// What goes in.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The name in the graph.
    pub name: String,
    /// The shape, fixed.
    pub shape: Vec<usize>,
    /// Percentiles that become 0 and 1.
    pub percentiles: (f64, f64),
    /// The channel that it was made for.
    pub channel: Option<String>,
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name in the graph.
    pub name: String,
    /// The shape, fixed.
    pub shape: Vec<usize>,
    /// Names of its classes; may be empty.
    pub classes: Vec<String>,
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Task {
    /// Finds objects.
    Segment {
        /// How it sees a plane.
        tiling: Tiling,
        /// How its output becomes objects.
        rules: ObjectRules,
    },
    /// Judges patches.
    Classify {
        /// Which patches.
        rules: PatchRules,
        /// The plane is of the class from this value on.
        from: f32,
    },
}

/// What people should know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct About {
    /// A title.
    #[serde(default)]
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: String,
    /// When not to trust it.
    #[serde(default)]
    pub limits: Vec<String>,
    /// What it was trained on.
    #[serde(default)]
    pub trained_on: String,
    /// Who made it.
    #[serde(default)]
    pub author: String,
    /// Its licence.
    #[serde(default)]
    pub licence: String,
}

impl Card {
    /// Reads a card.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn parse(text: &str) -> Result<Card, CardError> {
        let unreadable = |error: toml::de::Error| CardError::Unreadable { reason: error.message().to_owned() };
        let text: Text = toml::from_str(text).map_err(unreadable)?;
        let wrong = |reason: String| CardError::Wrong { reason };
        if text.format != FORMAT {
            return Err(wrong(format!("it is of format {}, and this version reads {FORMAT}", text.format)));
        }
        if !is_plain(&text.file) {
            return Err(wrong(format!("file {:?} is no plain name of a file beside it", text.file)));
        }
        let sha256 = digest(&text.sha256).ok_or_else(|| wrong("sha256 is not 64 hexadecimal digits".to_owned()))?;
        let percentiles = (text.input.normalise.low, text.input.normalise.high);
        let (low, high) = percentiles;
        if text.input.normalise.kind != "percentile" || !(0.0 <= low && low < high && high <= 100.0) {
            return Err(wrong("[input.normalise] is not between two percentiles".to_owned()));
        }
        let (task, test) = (text.task()?, text.self_test()?);
        Ok(Card {
            name: text.name,
            version: text.version,
            file: text.file,
            sha256,
            input: Input { name: text.input.name, shape: text.input.shape, percentiles, channel: text.input.channel },
            output: Output { name: text.output.name, shape: text.output.shape, classes: text.output.classes },
            task,
            test,
            about: text.card,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = include_str!("../../../../models/nuclei-seg/model.toml");

    #[test]
    fn the_shipped_cards_read() {
        let card = Card::parse(CARD).unwrap();
        let Task::Segment { tiling, rules } = card.task else { panic!("{card:?}") };
        assert_eq!((tiling.tile, tiling.margin, tiling.classes, rules.grow_rounds), (576, 32, 3, 3));
        assert!(!card.about.limits.is_empty() && card.file == "model.onnx");
        let focus = Card::parse(include_str!("../../../../models/focus/model.toml")).unwrap();
        assert!(matches!(focus.task, Task::Classify { rules, .. } if rules.size == 96 && rules.batch == 16));
    }

    #[test]
    fn what_does_not_fit_says_so() {
        for (from, to, part) in [
            ("format = 1", "format = 2", "format 2"),
            ("file = \"model.onnx\"", "file = \"../model.onnx\"", "no plain name"),
            ("file = \"model.onnx\"", "file = \"C:model.onnx\"", "no plain name"),
            ("sha256 = \"b", "sha256 = \"x", "64 hexadecimal"),
            ("task = \"segment\"", "task = \"guess\"", "none of segment, classify"),
            ("tile = 576", "tile = 5760", "do not fit"),
            ("margin = 32", "margin = 288", "do not fit"),
            ("interior = 1", "interior = 3", "has not"),
            ("low = 1.0", "low = 99.9", "two percentiles"),
            ("[objects]", "[things]", "has [objects]"),
            ("name = \"nuclei-seg\"", "", "missing field"),
        ] {
            assert!(CARD.contains(from), "{from}");
            let error = Card::parse(&CARD.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(part), "{to}: {error}");
        }
    }
}
