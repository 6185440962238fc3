//! What is computed across the plates of a run: replicates, doses over them, one statistic of every plate. Of data alone, so
//! that the window's answers and the figures are the same numbers.

pub(crate) mod doses;
pub(crate) mod replicates;
pub(crate) mod statistic;
