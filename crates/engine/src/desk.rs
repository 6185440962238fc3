//! The desk: what the window shows and asks, without a window. One desk shows one session at a time, live or recorded.

pub mod chosen;
mod commands;
pub mod shown;
pub mod told;
#[cfg(test)]
mod typescript;
