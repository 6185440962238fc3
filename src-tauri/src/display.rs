//! Before the window: is there a display, which way of drawing is quick on it, and how its page is collected.

use std::path::Path;

/// Draws in software where there is no GPU: WebKitGTK's shared-memory path is several times quicker there than its
/// DMA-BUF one.
#[cfg(target_os = "linux")]
const NO_DMABUF: (&str, &str) = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
/// The page's collector comes for each 16 MiB, and for half as much again as lives. WebKitGTK itself lets garbage grow to
/// four times what lives where there is much memory: a page that hears 25 ticks a second grew to 650 MB between two
/// collections, and stays at 75 MB with these.
#[cfg(target_os = "linux")]
const COLLECTOR: [(&str, &str); 2] = [("JSC_largeHeapSize", "16777216"), ("JSC_heapGrowthMaxIncrease", "0.5")];

/// Checks the display and chooses how WebKitGTK draws and collects; what a person set stays. To be called before any
/// thread starts: these are variables of the environment, which the page's process takes over.
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
    let renderer = (!has_gpu()).then_some(NO_DMABUF);
    for (name, value) in COLLECTOR.into_iter().chain(renderer).filter(|(name, _)| !is_set(name)) {
        // Where it fails the window is slower or larger, and works.
        let _ = glib::setenv(name, value, false);
    }
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
