//! Before the window is compiled: its pages must be built, and each command must be permitted by name.
use std::path::Path;

/// One command a line, written by the engine's generator: what is not listed in a capability cannot be called.
const COMMANDS: &str = include_str!("commands.txt");

fn main() {
    println!("cargo:rerun-if-changed=commands.txt");
    println!("cargo:rerun-if-changed=capabilities");
    println!("cargo:rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").is_file() {
        println!(
            "cargo::error=the window's pages are not built: cargo xtask run builds them, or npm ci && npm run build in ui"
        );
        return;
    }
    let names: Vec<&'static str> = COMMANDS.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let manifest = tauri_build::AppManifest::new().commands(Box::leak(names.into_boxed_slice()));
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
