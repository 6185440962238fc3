//! How an element is named: by test id, by role and name as a person with a screen reader knows it, or by a selector.

use std::fmt;

use fantoccini::key::Key;
use serde_json::{Value, json};

/// One way to an element; the first that answers is meant.
#[derive(Debug, Clone)]
pub enum By {
    /// `data-testid`.
    TestId(String),
    /// A role, explicit or of the element itself, and its accessible name (all of it, or its beginning).
    Role(String, String),
    /// A CSS selector.
    Css(String),
}

/// An element with this `data-testid`.
#[must_use]
pub fn test_id(id: &str) -> By {
    By::TestId(id.to_owned())
}

/// An element with this role whose name is, or begins with, `name`.
#[must_use]
pub fn role(role: &str, name: &str) -> By {
    By::Role(role.to_owned(), name.to_owned())
}

/// An element that a selector finds.
#[must_use]
pub fn css(selector: &str) -> By {
    By::Css(selector.to_owned())
}

impl By {
    pub(super) fn json(&self) -> Value {
        match self {
            By::TestId(id) => json!({ "css": format!("[data-testid=\"{id}\"]") }),
            By::Role(role, name) => json!({ "role": role, "name": name }),
            By::Css(selector) => json!({ "css": selector }),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::TestId(id) => write!(f, "[{id}]"),
            By::Role(role, name) => write!(f, "{role} \"{name}\""),
            By::Css(selector) => write!(f, "{selector}"),
        }
    }
}

/// Finds by the first argument and answers the question that is the second.
pub(super) const FIND: &str = r#"
const [by, question, name] = arguments;
const own = { button: 'button,summary', link: 'a[href]', heading: 'h1,h2,h3,h4', textbox: 'input:not([type]),input[type=text],input[type=search],textarea',
  combobox: 'select', checkbox: 'input[type=checkbox]', navigation: 'nav', main: 'main', row: 'tr', cell: 'td', table: 'table', img: 'img,canvas' };
const flat = text => (text || '').replace(/\s+/g, ' ').trim();
const called = e => {
  const label = e.getAttribute('aria-label');
  if (label) return flat(label);
  const ids = e.getAttribute('aria-labelledby');
  if (ids) return flat(ids.split(/\s+/).map(id => document.getElementById(id)?.textContent).join(' '));
  if (e.labels && e.labels.length) return flat(e.labels[0].textContent);
  return flat(e.textContent) || flat(e.getAttribute('title')) || flat(e.getAttribute('placeholder'));
};
const seen = e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e); return r.width > 0 && r.height > 0 && s.visibility !== 'hidden' && s.display !== 'none'; };
let all;
if (by.css) all = [...document.querySelectorAll(by.css)];
else {
  const list = [...document.querySelectorAll(`[role="${by.role}"]` + (own[by.role] ? ',' + own[by.role] : ''))];
  const exact = list.filter(e => called(e) === by.name);
  all = exact.length ? exact : list.filter(e => called(e).startsWith(by.name));
}
if (question === 'count') return all.length;
const e = all.find(seen);
if (question === 'sees') return !!e;
if (!e) return null;
if (question === 'text') return flat(e.innerText ?? e.textContent);
if (question === 'attribute') return e.getAttribute(name);
if (question === 'rect') { const r = e.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }
return e;
"#;

/// The keys of a chord such as `ctrl+shift+ArrowDown`, in the order of pressing.
pub(super) fn chord(text: &str) -> Vec<char> {
    // A lone plus is the key itself.
    let words: Vec<&str> = if text == "+" { vec!["+"] } else { text.split('+').collect() };
    words.iter().map(|word| key(word)).collect()
}

fn key(word: &str) -> char {
    let special = match word.to_ascii_lowercase().as_str() {
        "ctrl" | "control" => Key::Control,
        "shift" => Key::Shift,
        "alt" => Key::Alt,
        "enter" => Key::Enter,
        "escape" | "esc" => Key::Escape,
        "tab" => Key::Tab,
        "space" => return ' ',
        "backspace" => Key::Backspace,
        "delete" => Key::Delete,
        "home" => Key::Home,
        "end" => Key::End,
        "pageup" => Key::PageUp,
        "pagedown" => Key::PageDown,
        "arrowup" | "up" => Key::Up,
        "arrowdown" | "down" => Key::Down,
        "arrowleft" | "left" => Key::Left,
        "arrowright" | "right" => Key::Right,
        "f5" => Key::F5,
        "f6" => Key::F6,
        _ => {
            let mut letters = word.chars();
            return match (letters.next(), letters.next()) {
                (Some(letter), None) => letter,
                _ => panic!("no key {word:?}"),
            };
        }
    };
    char::from(special)
}
