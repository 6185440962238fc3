//! The TypeScript side of the contract and the shell's list of commands, made from the Rust declarations.
//!
//! Both are committed; a test fails when they differ. `UPDATE=1 cargo test -p engine typescript` writes them again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ts_rs::{Config, TS, TypeVisitor};

use super::calls::*;
use super::cards::*;
use super::chosen::*;
use super::compared::*;
use super::drawn::*;
use super::failure::Failure;
use super::gaps::GapLedger;
use super::layouts::*;
use super::packed::*;
use super::pictured::*;
use super::reviewed::*;
use super::rule_book::*;
use super::shown::*;
use super::told::*;
use super::trace::{Trace, TraceArgs};

/// Declarations by name.
struct Collector<'a> {
    config: &'a Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            let name = T::ident(self.config);
            if self.found.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            self.found.insert(name, format!("{docs}export {}", T::decl(self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

macro_rules! describe {
    ($($name:ident: $args:ty => $result:ty, $says:literal;)*) => {
        fn commands(collector: &mut Collector<'_>) -> (String, Vec<&'static str>) {
            let mut text = String::from(
                "/** Every command with what it takes and gives. */\nexport interface Commands {\n",
            );
            let mut names = Vec::new();
            $(
                collector.visit::<$args>();
                collector.visit::<$result>();
                let args = <$args as TS>::name(collector.config);
                let result = match <$result as TS>::name(collector.config) {
                    unit if unit == "null" => "null".to_owned(),
                    other => other,
                };
                let name = stringify!($name);
                writeln!(text, "  /** {} */\n  {name}: {{ args: {args}; result: {result} }};", $says).unwrap();
                names.push(name);
            )*
            text.push_str("}\n");
            (text, names)
        }
    };
}
crate::with_commands!(describe);

fn compare_or_write(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "{} differs from the Rust declarations: run UPDATE=1 cargo test -p engine typescript",
        path.display()
    );
}

#[test]
fn the_committed_typescript_equals_the_declarations() {
    let config = Config::new().with_large_int("number");
    let mut collector = Collector { config: &config, found: BTreeMap::new() };
    let (commands, names) = commands(&mut collector);
    collector.visit::<Heard>();
    collector.visit::<CheckStep>();
    collector.visit::<CheckOutcome>();
    collector.visit::<Failure>();
    let mut text = String::from(
        "// Made from crates/engine/src/desk by UPDATE=1 cargo test -p engine typescript. Do not edit.\n\n",
    );
    for declaration in collector.found.values() {
        writeln!(text, "{declaration}\n").unwrap();
    }
    text.push_str(&commands);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    compare_or_write(&root.join("ui/src/ipc/generated.ts"), &text);
    let names = names.into_iter().chain(["check"]).map(|name| format!("{name}\n")).collect::<String>();
    compare_or_write(&root.join("src-tauri/commands.txt"), &names);
}
