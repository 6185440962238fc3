//! What can go wrong on a row, before anyone has said which file it is in.

use std::path::Path;

use crate::Error;
use crate::raw::RawError;

/// A failure inside a database whose path the caller knows.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite refused.
    Sql(RawError),
    /// A row makes no sense.
    Damaged(String),
    /// Anything that names itself already.
    Told(Error),
}

impl From<RawError> for Fault {
    fn from(error: RawError) -> Fault {
        Fault::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Told(error)
    }
}

impl Fault {
    /// The error for people, naming the database file.
    pub(crate) fn at(self, path: &Path) -> Error {
        match self {
            Fault::Sql(error) => Error::raw(path, &error),
            Fault::Damaged(reason) => Error::Damaged { path: path.to_owned(), reason },
            Fault::Told(error) => error,
        }
    }

    /// A row of `table` whose `field` cannot be.
    pub(crate) fn field(table: &str, id: i64, field: &str) -> Fault {
        Fault::Damaged(format!("row {id} of table {table} has an impossible {field}"))
    }
}
