//! Before the window: is there a display, and which way of drawing is quick on it.

use std::path::Path;

/// Draws in software where there is no GPU: WebKitGTK's shared-memory path is several times quicker there than its
/// DMA-BUF one. The variable must be set before any thread starts, so the program starts itself once more with it.
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Checks the display and chooses the renderer.
///
/// # Errors
/// A sentence for a person: there is no display.
#[cfg(target_os = "linux")]
pub(crate) fn prepare() -> Result<(), String> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err(
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); the command line, plateside, works \
                    without one"
                .to_owned(),
        );
    }
    if is_set(NO_DMABUF) || has_gpu() {
        return Ok(());
    }
    use std::os::unix::process::CommandExt as _;
    let program = std::env::current_exe().map_err(|error| format!("this program cannot be found again: {error}"))?;
    // Only returns where it fails; then the window is slower and works.
    let _ = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(NO_DMABUF, "1").exec();
    Ok(())
}

/// Nothing to choose elsewhere.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare() -> Result<(), String> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn has_gpu() -> bool {
    let nodes = std::fs::read_dir(Path::new("/dev/dri")).into_iter().flatten().flatten();
    nodes.into_iter().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}
