//! The window's pages keep the rules of the house, and its shell gives the web view nothing but our own commands.

use std::path::{Path, PathBuf};

use plateside_tests::clone_folder;
use plateside_tests::house::pages::{capability_violations, import_violations, remote_addresses};
use serde_json::{Value, json};

fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut waiting = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.push((path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"), path));
            }
        }
    }
    files.sort();
    files
}

fn json_file(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(clone_folder().join(path)).unwrap()).unwrap()
}

#[test]
fn the_pages_import_only_along_the_arrows() {
    let mut found = Vec::new();
    for (name, path) in files(&clone_folder().join("ui/src")) {
        if name.ends_with(".ts") || name.ends_with(".svelte") {
            found.extend(import_violations(&name, &std::fs::read_to_string(path).unwrap()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    for (name, text) in [
        ("views/live/Live.svelte", "import Heat from \"../plate/Heat.svelte\";"),
        ("views/live/Live.svelte", "import {\n  a,\n} from '../../ipc/tauri';"),
        ("state/desk.svelte.ts", "import Live from \"../views/live/Live.svelte\";"),
        ("shared/format.ts", "import { desk } from '../state/desk.svelte';"),
        ("state/desk.svelte.ts", "import { invoke } from \"@tauri-apps/api/core\";"),
        ("views/live/Tile.svelte", concat!("<p>{@", "html text}</p>")),
    ] {
        assert_eq!(import_violations(name, text).len(), 1, "found: {name}: {text}");
    }
    assert!(import_violations("views/live/Live.svelte", "import type { A } from '../../ipc/generated';").is_empty());
}

#[test]
fn the_web_view_may_call_our_commands_and_nothing_else() {
    let commands = std::fs::read_to_string(clone_folder().join("src-tauri/commands.txt")).unwrap();
    let commands: Vec<&str> = commands.split_whitespace().collect();
    let capabilities = files(&clone_folder().join("src-tauri/capabilities"));
    assert_eq!(capabilities.len(), 1, "one window, one capability");
    let capability = json_file("src-tauri/capabilities/main.json");
    assert_eq!(capability_violations(&capability, &commands), Vec::<String>::new());
    for permission in ["core:default", "fs:allow-read", "shell:allow-open", "http:default", "allow-*", "*"] {
        let wide = json!({ "windows": ["main"], "permissions": [permission] });
        assert_eq!(capability_violations(&wide, &commands).len(), 1, "{permission}");
    }
    let remote = json!({ "windows": ["main"], "permissions": [], "remote": { "urls": ["https://*"] } });
    assert_eq!(capability_violations(&remote, &commands).len(), 1);

    let security = json_file("src-tauri/tauri.conf.json")["app"]["security"].clone();
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(security["capabilities"], json!(["main"]));
    assert_eq!(security["csp"]["default-src"], "'none'");
    let policy = security["csp"].to_string();
    for wide in ["unsafe-inline", "unsafe-eval", "*", "https:", "data:", "wasm-unsafe-eval"] {
        assert!(!policy.contains(wide), "the policy has {wide}");
    }
    let manifest = std::fs::read_to_string(clone_folder().join("src-tauri/Cargo.toml")).unwrap();
    for plugin in ["tauri-plugin-fs", "tauri-plugin-shell", "tauri-plugin-http", "tauri-plugin-opener"] {
        assert!(!manifest.contains(plugin), "the shell has {plugin}");
    }
}

#[test]
fn nothing_remote_stands_in_the_pages_or_the_shell() {
    let configuration = std::fs::read_to_string(clone_folder().join("src-tauri/tauri.conf.json")).unwrap();
    assert_eq!(remote_addresses(&configuration), Vec::<String>::new());
    let built = files(&clone_folder().join("ui/dist"));
    let page = std::fs::read_to_string(clone_folder().join("ui/dist/index.html")).unwrap();
    assert!(!page.contains("<style") && !page.contains("<script>"), "nothing is inlined:\n{page}");
    for (name, path) in built {
        if [".js", ".css", ".html", ".svg"].iter().any(|end| name.ends_with(end)) {
            let text = std::fs::read_to_string(path).unwrap();
            assert_eq!(remote_addresses(&text), Vec::<String>::new(), "{name}");
            assert!(!text.contains("url(data:") && !text.contains("eval("), "{name} has inlined data or eval");
        }
    }
    assert_eq!(remote_addresses("fetch('https://example.org/x')"), ["https://example.org/x"]);
}
