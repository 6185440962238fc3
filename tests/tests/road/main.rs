//! The whole road, end to end: one binary, a module for each promise.

mod bad;
mod incarnation;
mod kills;
mod record;
mod replay;
mod rules;
mod trace;
