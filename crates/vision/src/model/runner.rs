//! A model, loaded and run: a plane in, objects or judged patches out.
//!
//! What runs here may be a stranger's: it is to be run in a process that may die (`engine::infer`).

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

use super::backend::{self, Started};
use super::{
    Backend, Card, ModelError, ModelFolder, Normalised, Objects, Outline, PatchRules, Task, focus_value, normalise,
    outlines, patches, run_patches,
};
use crate::Grey;

/// Pixels of a plane: 8,192 x 8,192.
pub const MOST_PIXELS: usize = 64 << 20;
/// Characters of what a backend says that are handed on.
const MOST_SAID: usize = 300;

/// A model that is loaded.
pub struct Runner {
    pub(super) folder: ModelFolder,
    session: Session,
    started: &'static Started,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("model", &self.folder.card.name).field("backend", &self.backend()).finish()
    }
}

/// What a model saw in a plane.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A model that segments.
    Objects {
        /// Labels, and each object measured.
        objects: Objects,
        /// The outline of each object.
        outlines: Vec<Outline>,
    },
    /// A model that classifies.
    Classes(Judged),
}

/// A plane judged by its patches.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Side of a patch, in pixels.
    pub size_px: usize,
    /// Patches across.
    pub across: usize,
    /// Patches down.
    pub down: usize,
    /// The probability of the card's class for each patch, rows first from the top left; `None` where it shows too little.
    pub patches: Vec<Option<f32>>,
    /// The plane's value: the median over the patches that were judged; `None` where there is none.
    pub value: Option<f64>,
    /// Names of the card's class and of its opposite.
    pub classes: [String; 2],
    /// One of them, or `undecided` without a value.
    pub class: String,
}

impl Seen {
    /// How many objects; `None` of a model that classifies.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match self {
            Seen::Objects { objects, .. } => Some(objects.seen.len()),
            Seen::Classes(_) => None,
        }
    }

    /// What a self-test expects: the count, or the value.
    pub(super) fn measure(&self) -> Option<f64> {
        match self {
            Seen::Objects { objects, .. } => Some(objects.seen.len() as f64),
            Seen::Classes(judged) => judged.value,
        }
    }
}

impl Runner {
    /// Loads a model from its folder, or from its file beside its card. `library` is ONNX Runtime's; without it, or where it
    /// cannot be used, tract runs the model. The first call of a process decides that for all. `threads` work on one look.
    ///
    /// # Errors
    /// [`ModelError`]: nothing of the model runs before its card, its digest and its graph are found good.
    pub fn load(path: &Path, library: Option<&Path>, threads: usize) -> Result<Runner, ModelError> {
        let folder = ModelFolder::open(path)?;
        let (bytes, _facts) = folder.graph()?;
        let started = backend::start(library)?;
        let name = folder.card.name.clone();
        let session = session(&bytes, started, threads).map_err(|said| {
            let reason = shortened(&said);
            if is_memory(&said) {
                return ModelError::Memory { name: name.clone(), reason };
            }
            ModelError::Load { name: name.clone(), backend: started.backend.name(), reason }
        })?;
        Ok(Runner { folder, session, started })
    }

    /// Its card.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.folder.card
    }

    /// What runs it.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.started.backend
    }

    /// The backend's own words about its version.
    #[must_use]
    pub fn build(&self) -> &str {
        &self.started.build
    }

    /// Why the library that was given is not used.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.started.note.as_deref()
    }

    /// Looks at a plane.
    ///
    /// # Errors
    /// [`ModelError`]: it failed, or gave something else than its card says, or numbers that are none.
    pub fn look(&mut self, grey: &Grey) -> Result<Seen, ModelError> {
        let plane = self.normalised(grey)?;
        match self.folder.card.task {
            Task::Segment { tiling, rules } => {
                let output = tiling.run(&plane, |tile| self.run(tile))?;
                let objects = Objects::of(&output, plane.width, plane.height, &rules);
                let outlines = outlines(&objects);
                Ok(Seen::Objects { objects, outlines })
            }
            Task::Classify { rules, from } => Ok(Seen::Classes(self.judge(&plane, &rules, from)?)),
        }
    }

    /// The plane as the model wants it, where there is one and it is not too large.
    pub(super) fn normalised(&self, grey: &Grey) -> Result<Normalised, ModelError> {
        let pixels = grey.width as usize * grey.height as usize;
        let reason = if pixels == 0 {
            "it has no pixels"
        } else if pixels > MOST_PIXELS {
            "it is too large; look at a smaller one"
        } else if pixels != grey.values.len() {
            "its values are not as many as its pixels"
        } else {
            let (low, high) = self.folder.card.input.percentiles;
            return Ok(normalise(grey, low, high));
        };
        let name = self.folder.card.name.clone();
        Err(ModelError::Plane { name, width: grey.width, height: grey.height, reason })
    }

    fn judge(&mut self, plane: &Normalised, rules: &PatchRules, from: f32) -> Result<Judged, ModelError> {
        let cut = patches(plane, rules.size);
        let usable: Vec<bool> = cut.iter().map(|patch| rules.has_content(patch)).collect();
        let shown: Vec<Vec<f32>> =
            cut.into_iter().zip(&usable).filter(|(_, yes)| **yes).map(|(patch, _)| patch).collect();
        let found = run_patches(&shown, rules, |batch| self.run(batch))?;
        let value = focus_value(&found);
        let mut found = found.into_iter();
        let patches = usable.into_iter().map(|yes| if yes { found.next() } else { None }).collect();
        let classes = self.class_names();
        let class = match value {
            Some(value) if value >= f64::from(from) => classes[0].clone(),
            Some(_) => classes[1].clone(),
            None => "undecided".to_owned(),
        };
        let (across, down) = ((plane.width / rules.size).max(1), (plane.height / rules.size).max(1));
        Ok(Judged { size_px: rules.size, across, down, patches, value, classes, class })
    }

    /// The card's class, and what a plane is that is not of it.
    fn class_names(&self) -> [String; 2] {
        let class = self.folder.card.output.classes.first().map_or("out_of_focus", String::as_str);
        let opposite = if class == "out_of_focus" { "in_focus".to_owned() } else { format!("not_{class}") };
        [class.to_owned(), opposite]
    }

    /// Runs the graph once: as many numbers as the card's input has, in the same order.
    ///
    /// # Errors
    /// [`ModelError`], as [`Runner::look`].
    pub fn run(&mut self, input: &[f32]) -> Result<Vec<f32>, ModelError> {
        let card = &self.folder.card;
        let failed = |error: ort::Error| {
            let said = error.to_string();
            let (name, reason) = (card.name.clone(), shortened(&said));
            if is_memory(&said) { ModelError::Memory { name, reason } } else { ModelError::Run { name, reason } }
        };
        let tensor = TensorRef::from_array_view((card.input.shape.clone(), input)).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![card.input.name.as_str() => tensor]).map_err(failed)?;
        let Some(output) = outputs.get(&card.output.name) else {
            let reason = format!("it has no output {:?}", card.output.name);
            return Err(ModelError::Run { name: card.name.clone(), reason });
        };
        let (shape, numbers) = output.try_extract_tensor::<f32>().map_err(failed)?;
        let as_stated = shape.len() == card.output.shape.len()
            && shape.iter().zip(&card.output.shape).all(|(found, stated)| usize::try_from(*found) == Ok(*stated));
        if !as_stated {
            let (found, stated) = (shape.to_vec(), card.output.shape.clone());
            return Err(ModelError::Shape { name: card.name.clone(), found, stated });
        }
        let bad = numbers.iter().filter(|number| !number.is_finite()).count();
        if bad > 0 {
            return Err(ModelError::NotANumber { name: card.name.clone(), bad, all: numbers.len() });
        }
        Ok(numbers.to_vec())
    }
}

/// Loads a graph; what the backend says where it does not.
fn session(bytes: &[u8], started: &Started, threads: usize) -> Result<Session, String> {
    let builder = Session::builder(&started.environment).map_err(|error| error.to_string())?;
    let builder = builder.with_optimization_level(GraphOptimizationLevel::Level3);
    let mut builder = builder.map_err(|error| error.to_string())?;
    if started.backend == Backend::OnnxRuntime {
        // tract has one thread and one format, and refuses the questions.
        let threads = threads.max(1);
        builder = builder.with_config_entry("session.load_model_format", "ONNX").map_err(|error| error.to_string())?;
        builder = builder.with_intra_threads(threads).map_err(|error| error.to_string())?;
        builder = builder.with_inter_threads(1).map_err(|error| error.to_string())?;
        builder = builder.with_intra_op_spinning(false).map_err(|error| error.to_string())?;
    }
    builder.commit_from_memory(bytes).map_err(|error| error.to_string())
}

/// Whether a backend's words are about memory.
fn is_memory(said: &str) -> bool {
    ["bad_alloc", "Failed to allocate", "out of memory", "bad allocation"].iter().any(|words| said.contains(words))
}

/// What a backend said, in one line and not too long.
fn shortened(said: &str) -> String {
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_SAID) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models").join(name)
    }

    fn shipped(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name)
    }

    /// Patches of 8 x 8: dark, bright, flat.
    fn three_patches() -> Grey {
        let value = |at: usize| match (at % 24) / 8 {
            0 => (at % 2) as u16 * 10,
            1 => 1000 - (at % 2) as u16 * 10,
            _ => 500,
        };
        Grey { width: 24, height: 8, values: (0..192).map(value).collect(), span: (0.0, 65_535.0) }
    }

    #[test]
    fn patches_are_judged_and_the_median_is_the_value() {
        let mut runner = Runner::load(&fixture("bright"), None, 1).unwrap();
        assert_eq!((runner.backend(), runner.card().name.as_str()), (Backend::Tract, "bright"));
        let Seen::Classes(judged) = runner.look(&three_patches()).unwrap() else { panic!("it classifies") };
        assert_eq!((judged.size_px, judged.across, judged.down, judged.patches.len()), (8, 3, 1, 3));
        let values: Vec<f32> = judged.patches.iter().map(|value| value.unwrap()).collect();
        for (found, expected) in values.iter().zip([0.005, 0.995, 0.5]) {
            assert!((found - expected).abs() < 1e-5, "{values:?}");
        }
        assert_eq!((judged.value, judged.class.as_str()), (Some(f64::from(values[2])), "bright"));
        assert_eq!(judged.classes, ["bright", "not_bright"]);
    }

    #[test]
    fn what_is_no_plane_is_not_shown() {
        let mut runner = Runner::load(&fixture("bright"), None, 1).unwrap();
        let plane = |width, height, values| Grey { width, height, values, span: (0.0, 65_535.0) };
        for (grey, part) in [
            (plane(0, 4, Vec::new()), "no pixels"),
            (plane(4, 4, vec![0; 15]), "not as many"),
            (plane(1 << 14, 1 << 14, Vec::new()), "too large"),
        ] {
            let error = runner.look(&grey).unwrap_err().to_string();
            assert!(error.contains(part) && error.contains("bright"), "{error}");
        }
        // One pixel is mirrored up to a patch.
        assert!(matches!(runner.look(&plane(1, 1, vec![7])), Ok(Seen::Classes(judged)) if judged.value == Some(0.0)));
    }

    #[test]
    fn a_nan_and_another_shape_are_errors_that_say_so() {
        let mut runner = Runner::load(&fixture("nan"), None, 1).unwrap();
        let error = runner.look(&three_patches()).unwrap_err().to_string();
        assert!(error.contains("Model gave NaN") && error.contains("4 of the 4") && error.contains("nan"), "{error}");
        let error = match Runner::load(&fixture("shape"), None, 1) {
            Ok(mut runner) => runner.look(&three_patches()).unwrap_err(),
            Err(error) => error,
        };
        assert!(error.to_string().contains("shape"), "{error}");
    }

    #[test]
    fn the_shipped_models_give_here_what_they_gave_where_they_were_made() {
        for (name, count) in [("focus", None), ("nuclei-seg", Some(24_usize))] {
            let mut runner = Runner::load(&shipped(name), None, 1).unwrap();
            runner.self_test().unwrap();
            let bytes = std::fs::read(shipped(name).join("test-input.png")).unwrap();
            let file = crate::ImageFile::open(&bytes, &crate::Limits::default()).unwrap();
            let seen = runner.look(&file.decode(0, 1).unwrap().grey(0).unwrap()).unwrap();
            assert_eq!(seen.count().is_some(), count.is_some());
            match seen {
                Seen::Objects { objects, outlines } => {
                    assert!(count.unwrap().abs_diff(objects.seen.len()) <= 1, "{}", objects.seen.len());
                    assert_eq!(outlines.len(), objects.seen.len());
                }
                Seen::Classes(judged) => {
                    assert!((judged.value.unwrap() - 0.0052).abs() < 0.01, "{judged:?}");
                    assert_eq!(judged.class, "in_focus");
                }
            }
        }
    }

    #[test]
    fn words_of_a_backend_are_one_line() {
        assert_eq!(shortened("a\n  b\tc"), "a b c");
        assert_eq!(shortened(&"é".repeat(400)).chars().count(), MOST_SAID + 1);
        assert!(is_memory("std::bad_alloc") && !is_memory("shape"));
    }
}
