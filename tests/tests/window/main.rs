//! The window as a person has it: the real app, drawn by the real engine, driven by clicks and keys.

mod cable;
mod hostile;
mod lab;
mod opens;
mod pictures;
mod plate_desk;
mod refused;
mod sizes;
mod states;
mod story;
