//! The benches: what is timed, how pairs are compared, and what the machine can do at all.

pub mod drain;
pub mod figures;
pub mod latency;
pub mod load;
pub mod machine;
pub mod memory;
pub mod pixels;
pub mod plate;
pub mod python;
pub mod record;
pub mod road;
pub mod window;
