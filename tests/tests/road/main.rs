//! The whole road, end to end: one binary, a module for each promise.

mod bad;
mod bundle;
mod cards;
mod check;
mod demo;
mod desk;
mod figure;
mod figure_kinds;
mod folders;
mod full_disk;
mod incarnation;
mod kills;
mod normalise;
mod order;
mod outage;
mod pages;
mod pixels;
mod qc;
mod record;
mod recorded;
mod replay;
mod review;
mod rules;
mod said;
mod score;
mod trace;
