//! Which models there are: a person's own, those beside the program, and those that Plateside ships.

use std::path::{Path, PathBuf};

use vision::model::{Card, ModelFolder, Task};

use super::shipped;

/// Where models lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPlaces {
    /// Plateside's config folder: a person's own models lie in `models/` there.
    pub config: PathBuf,
    /// Plateside's cache folder: shipped models are written into `models/` there, tools lie in `tools/`.
    pub cache: PathBuf,
    /// The folder of this program: more models lie in `models/` there.
    pub program: Option<PathBuf>,
}

impl ModelPlaces {
    /// This machine's; `None` where it has no home folder. Nothing is created.
    #[must_use]
    pub fn of_this_machine() -> Option<ModelPlaces> {
        let folders = directories::ProjectDirs::from("", "", "plateside")?;
        let program = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
        Some(ModelPlaces { config: folders.config_dir().to_owned(), cache: folders.cache_dir().to_owned(), program })
    }
}

/// Who a model is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelOrigin {
    /// Plateside ships it.
    Shipped,
    /// It lies beside the program.
    Installed,
    /// A person put it there.
    Own,
}

/// A model that was found. That it is listed does not say that it runs: its file has not been looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCardRow {
    /// Its folder, for [`super::InferSettings::model_dir`].
    pub folder: PathBuf,
    /// Who it is from.
    pub origin: ModelOrigin,
    /// The card's name; the folder's where the card cannot be used.
    pub name: String,
    /// The card; `None` where it cannot be used.
    pub card: Option<Card>,
    /// Why it cannot be used.
    pub problem: Option<String>,
}

impl ModelCardRow {
    /// `segment` or `classify`; `None` where its card cannot be used.
    #[must_use]
    pub fn task(&self) -> Option<&'static str> {
        self.card.as_ref().map(|card| match card.task {
            Task::Segment { .. } => "segment",
            Task::Classify { .. } => "classify",
        })
    }
}

/// Folders that are looked at in one place.
const MOST_FOLDERS: usize = 1000;

/// Every model there is, by name and version; shipped ones are written out first. Blocks on the disk.
#[must_use]
pub fn models(places: &ModelPlaces) -> Vec<ModelCardRow> {
    let mut rows = shipped_models(places);
    rows.extend(below(&places.config.join("models"), ModelOrigin::Own));
    if let Some(program) = &places.program {
        rows.extend(below(&program.join("models"), ModelOrigin::Installed));
    }
    let version = |row: &ModelCardRow| row.card.as_ref().map(|card| card.version.clone());
    rows.sort_by(|a, b| (&a.name, version(a), &a.folder).cmp(&(&b.name, version(b), &b.folder)));
    // A shipped model that somebody copied is the same model.
    rows.dedup_by(|b, a| match (&a.card, &b.card) {
        (Some(first), Some(second)) => first == second,
        _ => false,
    });
    rows
}

/// The model that a person names: a folder, a file beside its card, or else the name of one that is known.
#[must_use]
pub fn find_model(named: &Path, places: Option<&ModelPlaces>) -> PathBuf {
    if named.exists() {
        return named.to_owned();
    }
    let of_that_name = |row: &ModelCardRow| row.card.is_some() && named == Path::new(&row.name);
    let known = places.into_iter().flat_map(models).filter(of_that_name);
    known.reduce(|_, later| later).map_or_else(|| named.to_owned(), |row| row.folder)
}

fn shipped_models(places: &ModelPlaces) -> Vec<ModelCardRow> {
    let row = |written: shipped::Written| ModelCardRow {
        name: written.card.name.clone(),
        problem: written.problem.map(|error| format!("{} cannot be written: {error}", written.folder.display())),
        folder: written.folder,
        origin: ModelOrigin::Shipped,
        card: Some(written.card),
    };
    // A test reads their cards: they are part of the program.
    shipped::write_out(&places.cache.join("models")).unwrap_or_default().into_iter().map(row).collect()
}

/// Model folders in a folder: those that hold a card.
fn below(folder: &Path, origin: ModelOrigin) -> Vec<ModelCardRow> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_FOLDERS);
    let folders = entries.map(|entry| entry.path()).filter(|path| path.join("model.toml").exists());
    let row = |folder: PathBuf| match ModelFolder::open(&folder) {
        Ok(model) => {
            ModelCardRow { folder, origin, name: model.card.name.clone(), card: Some(model.card), problem: None }
        }
        Err(error) => {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            ModelCardRow { folder, origin, name, card: None, problem: Some(error.to_string()) }
        }
    };
    folders.map(row).collect()
}

#[cfg(test)]
mod models_tests {
    use super::*;

    fn places(folder: &Path) -> ModelPlaces {
        ModelPlaces { config: folder.join("config"), cache: folder.join("cache"), program: Some(folder.join("bin")) }
    }

    #[test]
    fn shipped_models_are_written_out_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let rows = models(&places);
        let names: Vec<(&str, Option<&str>)> = rows.iter().map(|row| (row.name.as_str(), row.task())).collect();
        assert_eq!(names, [("focus", Some("classify")), ("nuclei-seg", Some("segment"))]);
        for row in &rows {
            assert_eq!((row.origin, row.problem.as_deref()), (ModelOrigin::Shipped, None));
            let (_bytes, facts) = ModelFolder::open(&row.folder).unwrap().graph().unwrap();
            assert!(facts.nodes > 10 && row.folder.join("test-output.f32").is_file());
        }
        let graph = rows[0].folder.join("model.onnx");
        let good = std::fs::read(&graph).unwrap();
        std::fs::write(&graph, vec![0; good.len()]).unwrap();
        std::fs::remove_file(rows[1].folder.join("test-input.png")).unwrap();
        assert_eq!(models(&places), rows);
        assert!(std::fs::read(&graph).unwrap() == good && rows[1].folder.join("test-input.png").is_file());
        assert_eq!(std::fs::read_dir(&rows[0].folder).unwrap().count(), 4, "no temporary file stays");
    }

    #[test]
    fn own_models_are_listed_and_a_bad_card_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let own = places.config.join("models");
        for (name, card) in [("mine", None), ("broken", Some("format = 7"))] {
            std::fs::create_dir_all(own.join(name)).unwrap();
            let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models/bright/model.toml");
            let text = card.map_or_else(|| std::fs::read_to_string(fixture).unwrap(), str::to_owned);
            std::fs::write(own.join(name).join("model.toml"), text).unwrap();
        }
        std::fs::create_dir_all(own.join("no-model")).unwrap();
        let rows = models(&places);
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["bright", "broken", "focus", "nuclei-seg"]);
        assert!(rows[1].card.is_none() && rows[1].problem.as_ref().unwrap().contains("model.toml"), "{:?}", rows[1]);
        assert_eq!(find_model(Path::new("focus"), Some(&places)), rows[2].folder);
        assert_eq!(find_model(Path::new("nowhere"), Some(&places)), Path::new("nowhere"));
        assert_eq!(find_model(folder.path(), Some(&places)), folder.path());
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        std::fs::write(folder.path().join("cache"), b"a file").unwrap();
        let rows = models(&places);
        assert!(rows.len() == 2 && rows.iter().all(|row| row.problem.as_ref().unwrap().contains("cannot be written")));
    }
}
