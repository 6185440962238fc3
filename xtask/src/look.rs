//! `cargo xtask look`: a picture of every screen, in both themes and two sizes, under `target/look`.
use crate::leash::Leash;
use crate::process::Outcome;
use crate::{needs, places, window};
use std::fs;
use std::process::Command;

const USAGE: &str = "usage: cargo xtask look [--again] [--readme]";
/// The picture that the README shows.
const README: (&str, &str) = ("live-dark-1440x900.png", "docs/live-dark.png");

/// Builds the window and takes its pictures; `--again` records the session anew, `--readme` renews the README's picture.
pub(crate) fn command(args: &[String]) -> Outcome<()> {
    if args.iter().any(|arg| arg != "--again" && arg != "--readme") {
        return Err(USAGE.to_owned());
    }
    let asked = |option: &str| args.iter().any(|arg| arg == option);
    needs::compilers()?;
    window::libraries()?;
    window::pages()?;
    let driver = window::display()?;
    let mut leash = Leash::new()?;
    let mut build = Command::new(needs::cargo());
    // As the tests build them, so that neither builds what the other has.
    build.args(["build", "--workspace", "--bins", "--locked"]).current_dir(places::clone());
    leash.run(&mut build)?;
    let folder = places::target().join("look");
    if asked("--again") && folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut look = Command::new(places::built("debug", "plateside-look"));
    look.arg(&folder).current_dir(places::clone());
    look.env("PLATESIDE_BIN", places::built("debug", "plateside"));
    look.env("PLATESIDE_APP", places::built("debug", "plateside-app")).env("PLATESIDE_TAURI_DRIVER", driver);
    leash.run(&mut look)?;
    if asked("--readme") {
        let to = places::clone().join(README.1);
        let copied =
            fs::create_dir_all(places::clone().join("docs")).and_then(|()| fs::copy(folder.join(README.0), &to));
        copied.map_err(|error| format!("{}: {error}", to.display()))?;
        let images = places::clone().join("docs/images-dark.png");
        fs::copy(folder.join("images-dark-1440x900.png"), &images)
            .map_err(|error| format!("{}: {error}", images.display()))?;
    }
    Ok(())
}
