//! The whole road, end to end: one binary, a module for each promise.

mod rules;
