//! Bundles of sessions with one of everything: they come out as they went in, or not at all.

mod changed;
mod desk;
mod forged;
mod hostile;
mod lab;
mod previewed;
mod previews_forged;
mod previews_seen;
mod round_trip;
