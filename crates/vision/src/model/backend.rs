//! What runs models in this process: ONNX Runtime where its library is there, else pure Rust. Chosen once a process.

use std::path::Path;
use std::sync::OnceLock;

use ort::environment::Environment;

use super::ModelError;

/// What runs models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Microsoft's library, loaded from a file.
    OnnxRuntime,
    /// tract, compiled in: about a third as fast.
    Tract,
}

impl Backend {
    /// As `onnxruntime`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Backend::OnnxRuntime => "onnxruntime",
            Backend::Tract => "tract",
        }
    }
}

/// The backend, started.
pub(super) struct Started {
    pub(super) backend: Backend,
    /// ONNX Runtime's own version and build, in its words.
    pub(super) build: String,
    /// Why a library that was given is not used.
    pub(super) note: Option<String>,
    pub(super) environment: Environment,
}

static STARTED: OnceLock<Result<Started, String>> = OnceLock::new();

/// Starts the backend; the first call decides for the whole process.
pub(super) fn start(library: Option<&Path>) -> Result<&'static Started, ModelError> {
    let started = STARTED.get_or_init(|| match library.map(|library| (library, onnx_runtime(library))) {
        Some((_, Ok(started))) => Ok(started),
        Some((library, Err(reason))) => {
            let note = format!("{} is not used: {reason}", library.display());
            tract().map(|started| Started { note: Some(note), ..started })
        }
        None => tract(),
    });
    started.as_ref().map_err(|reason| ModelError::Backend { reason: reason.clone() })
}

fn onnx_runtime(library: &Path) -> Result<Started, String> {
    // A relative path would be looked for where libraries lie.
    let library = std::path::absolute(library).map_err(|error| error.to_string())?;
    if !library.is_file() {
        return Err("there is no such file".to_owned());
    }
    let builder = ort::init_from(&library).map_err(|error| error.to_string())?;
    started(Backend::OnnxRuntime, builder)
}

fn tract() -> Result<Started, String> {
    if !ort::set_api(ort_tract::api()) {
        return Err("this process runs models in another way already".to_owned());
    }
    started(Backend::Tract, ort::init())
}

fn started(backend: Backend, builder: ort::environment::EnvironmentBuilder) -> Result<Started, String> {
    let builder = builder.with_name("plateside").with_telemetry(false);
    let environment = builder.build().map_err(|error| error.to_string())?;
    Ok(Started { backend, build: ort::info().to_owned(), note: None, environment })
}
