//! The window as a person has it: the real app, drawn by the real engine, driven by clicks and keys.

mod opens;
mod refused;
mod story;
