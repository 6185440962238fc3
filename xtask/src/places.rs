//! Folders: this clone, cargo's target folder, and our cache of what package managers brought.
use std::env;
use std::path::PathBuf;

/// The root of the clone that `cargo xtask` was called in.
pub(crate) fn clone() -> PathBuf {
    // cargo sets the variable anew at each run; the compiled-in one serves a binary that is started by hand.
    let manifest = env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let mut root = PathBuf::from(manifest);
    root.pop();
    root
}

/// Cargo's target folder, wherever `CARGO_TARGET_DIR` or a configuration put it: xtask itself lies in `<target>/debug/`.
pub(crate) fn target() -> PathBuf {
    let from_xtask = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.to_path_buf()));
    from_xtask.unwrap_or_else(|| clone().join("target"))
}

/// What was downloaded or built once and is found warm at a rerun: `$XDG_CACHE_HOME/plateside` or `~/.cache/plateside`.
pub(crate) fn cache() -> PathBuf {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    base.unwrap_or_else(env::temp_dir).join("plateside")
}

/// A folder of the cache for what `text` decides: another text, such as a raised version, is another folder.
pub(crate) fn cache_for(kind: &str, text: &str) -> PathBuf {
    // FNV-1a: a name for a text, not a safeguard.
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    cache().join(kind).join(format!("{hash:016x}"))
}

/// A program that cargo built, such as `plateside`; `profile` is `debug` or `release`.
pub(crate) fn built(profile: &str, program: &str) -> PathBuf {
    target().join(profile).join(program)
}

/// The folder of design and test data that lies beside some clones, if it does.
pub(crate) fn shared() -> Option<PathBuf> {
    let shared = clone().parent()?.join("shared");
    shared.is_dir().then_some(shared)
}
