//! Fixtures and builders for the tests of the whole road, its benches and its soaks.
//!
//! Everything here panics where a product would return an error: what calls it is a test.

pub mod bench;
pub mod broker;
pub mod cable;
pub mod cells;
pub mod command;
pub mod exactly_once;
pub mod hostile;
pub mod house;
pub mod lab;
pub mod left_out;
pub mod made;
pub mod malformed;
pub mod processes;
pub mod producer;
pub mod screening;
pub mod seed;
pub mod storm;
pub mod window;
pub mod written;

use std::path::{Path, PathBuf};

/// The clone that this was built from.
#[must_use]
pub fn clone_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A runtime for the asynchronous calls of a test that is not asynchronous itself.
#[must_use]
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
