//! The rules of the window's pages and of its shell: who imports whom in `ui/src`, what the web view may do, what its files name.

use serde_json::Value;

/// The part of `ui/src` that a file belongs to: `views/live`, `state`, …; the frame itself is "".
fn room(file: &str) -> String {
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        [_] | [] => String::new(),
        ["views", view, _, ..] => format!("views/{view}"),
        [first, ..] => (*first).to_owned(),
    }
}

fn may(from: &str, to: &str, types_only: bool) -> bool {
    match from {
        "" => true,
        _ if from == to => true,
        _ if from.starts_with("views/") => to == "state" || to == "shared" || (to == "ipc" && types_only),
        "state" => to == "ipc" || to == "shared",
        _ => false,
    }
}

/// Every import in one file of `ui/src` that the house does not have; `name` is its path below `ui/src`.
#[must_use]
pub fn import_violations(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Imports may run over lines; each ends with its module in quotes.
    for statement in text.split("import ").skip(1) {
        let Some(module) = quoted(statement) else { continue };
        let types_only = statement.starts_with("type ");
        if module.starts_with("@tauri-apps/") && room(name) != "ipc" {
            found.push(format!("{name} imports {module}: only ipc talks to the app"));
        }
        if module.starts_with('.') {
            let target = resolved(name, module);
            let (from, to) = (room(name), room(&target));
            if !may(&from, &to, types_only) {
                found.push(format!("{name} ({from}) may not import {target} ({to})"));
            }
        }
    }
    for (word, why) in [
        (concat!("{@", "html"), "a message's text is never markup"),
        (concat!("inner", "HTML"), "a message's text is never markup"),
        (concat!(" style", "=\""), "the security policy refuses style attributes"),
    ] {
        if text.contains(word) {
            found.push(format!("{name} has {word}: {why}"));
        }
    }
    found
}

/// The first text in quotes of an import, if it ends the statement.
fn quoted(statement: &str) -> Option<&str> {
    let end = statement.find(';').unwrap_or(statement.len());
    let statement = &statement[..end];
    let close = statement.rfind(['"', '\''])?;
    let open = statement[..close].rfind(['"', '\''])?;
    Some(&statement[open + 1..close])
}

fn resolved(from: &str, module: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in module.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Everything in a capability file that gives the web view more than our own commands by name.
#[must_use]
pub fn capability_violations(capability: &Value, commands: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    if capability["remote"] != Value::Null {
        found.push("a remote page is given permissions".to_owned());
    }
    if capability["windows"] != serde_json::json!(["main"]) || capability["webviews"] != Value::Null {
        found.push("permissions are for the one window `main`".to_owned());
    }
    let allowed: Vec<String> = commands.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    for permission in capability["permissions"].as_array().into_iter().flatten() {
        match permission.as_str() {
            Some(name) if allowed.iter().any(|allowed| allowed == name) => {}
            _ => found.push(format!("{permission} is no command of ours")),
        }
    }
    found
}

/// Every address in a text that is neither this machine nor a name that only identifies a format.
#[must_use]
pub fn remote_addresses(text: &str) -> Vec<String> {
    // Names of formats and of messages that libraries print; nothing fetches them, and the security policy would refuse.
    let names = ["http://www.w3.org/", "https://svelte.dev/e/", "http://ipc.localhost", "http://plateside.localhost"];
    let starts =
        text.match_indices("http://").chain(text.match_indices("https://")).chain(text.match_indices("wss://"));
    let addresses = starts.map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| c.is_whitespace() || "\"'`<>)\\;,$".contains(c)).unwrap_or(rest.len());
        rest[..end].to_owned()
    });
    addresses.filter(|address| !names.iter().any(|name| address.starts_with(name))).collect()
}
