//! The window's command line.

use std::path::PathBuf;

use clap::Parser;

/// Plateside: watches a screening lab's plates fill in, live.
#[derive(Debug, Clone, Parser)]
#[command(name = "plateside-app", version, about)]
pub(crate) struct Arguments {
    /// Opens the demo lab: real plates (LINCS, CC0), no robot, no network.
    #[arg(long, conflicts_with = "open")]
    pub(crate) demo: bool,
    /// How many times faster than a lab the demo reads plates.
    #[arg(long, value_name = "N", default_value_t = 60.0, requires = "demo", value_parser = speed)]
    pub(crate) speed: f64,
    /// Opens a recorded session read-only.
    #[arg(long, value_name = "DIR")]
    pub(crate) open: Option<PathBuf>,
    /// Begins on this screen.
    #[arg(long, value_name = "NAME", value_parser = ["live", "plate", "images", "review", "sessions", "connect"])]
    pub(crate) screen: Option<String>,
    /// For benches: writes a line for every tick that was drawn.
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) measure: Option<PathBuf>,
}

/// The demo's speed.
fn speed(text: &str) -> Result<f64, String> {
    let known = text.parse().ok().filter(|speed| engine::desk::DEMO_SPEEDS.contains(speed));
    known.ok_or_else(|| "a number from 0.01 to 10,000 is wanted".to_owned())
}
