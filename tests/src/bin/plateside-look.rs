//! `plateside-look FOLDER`: a picture of every screen in both themes and two sizes, from one recorded session.

use std::path::PathBuf;
use std::process::ExitCode;

use plateside_tests::window::{is_ready, look};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: plateside-look FOLDER");
        return ExitCode::from(2);
    };
    if !is_ready("a look at the window") {
        return ExitCode::from(3);
    }
    for file in look::take(&folder) {
        println!("{}", file.display());
    }
    ExitCode::SUCCESS
}
