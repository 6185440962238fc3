//! The insert statements of one commit, each prepared when its first row comes.

use crate::raw::{Bound, Raw, RawError, Statement};
use crate::table;

/// Which insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Insert {
    Message,
    Result,
    PlateSegment,
    Layout,
    Image,
    Stage,
    Said,
    Undecoded,
    Alert,
    AlertSpot,
    Local,
    Outbox,
    Delivered,
    Batch,
    BatchRange,
    Position,
    History,
    Checkpoint,
    CheckpointRange,
}

impl Insert {
    const COUNT: usize = Insert::CheckpointRange as usize + 1;

    const fn sql(self) -> &'static str {
        match self {
            Insert::Message => table::message::INSERT,
            Insert::Result => table::result::INSERT,
            Insert::PlateSegment => table::plate_segment::INSERT,
            Insert::Layout => table::layout::INSERT,
            Insert::Image => table::image::INSERT,
            Insert::Stage => table::stage::INSERT,
            Insert::Said => table::said::INSERT,
            Insert::Undecoded => table::undecoded::INSERT,
            Insert::Alert => table::alert::INSERT,
            Insert::AlertSpot => table::alert::INSERT_SPOT,
            Insert::Local => table::local::INSERT,
            Insert::Outbox => table::outbox::INSERT,
            Insert::Delivered => table::outbox::DELIVERED,
            Insert::Batch => table::batch::INSERT,
            Insert::BatchRange => table::batch::INSERT_RANGE,
            Insert::Position => table::position::UPSERT,
            Insert::History => table::history::INSERT,
            Insert::Checkpoint => table::checkpoint::INSERT,
            Insert::CheckpointRange => table::checkpoint::INSERT_RANGE,
        }
    }
}

/// The statements, on one locked connection.
pub(crate) struct Inserts<'r> {
    raw: &'r Raw,
    prepared: [Option<Statement<'r>>; Insert::COUNT],
}

impl<'r> Inserts<'r> {
    /// None prepared yet.
    pub(crate) fn new(raw: &'r Raw) -> Inserts<'r> {
        Inserts { raw, prepared: [const { None }; Insert::COUNT] }
    }

    /// Inserts one row.
    pub(crate) fn run(&mut self, insert: Insert, values: &[Bound<'_>]) -> Result<(), RawError> {
        let slot = &mut self.prepared[insert as usize];
        let statement = match slot {
            Some(statement) => statement,
            None => slot.insert(self.raw.prepare(insert.sql())?),
        };
        statement.run(values)
    }
}
