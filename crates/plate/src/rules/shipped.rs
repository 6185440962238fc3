//! The rules that come with the program, as TOML: what a lab starts from and edits.

/// The shipped rules file. It keeps every bound of a rules file, and compiles.
pub const SHIPPED: &str = include_str!("shipped.toml");
