//! Whether a session is whole and unchanged: every digest derived again from rows and files.
//!
//! What this detects: any change to messages, records, local records, alerts and image files that does not also compute
//! all later digests anew. Someone who rewrites the whole chain is found only by comparing its head with one that was
//! kept elsewhere (`DATA.md` 18).

mod leftovers;
mod walk;

use std::ops::ControlFlow;
use std::sync::Arc;

use plate::Source;

use crate::Error;
use crate::reader::Reader;
use crate::stored::Counts;
use walk::{Found, Verifier};

/// Problems and notes that are listed; the rest is counted.
const LISTED: usize = 1000;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Whether there is no problem.
    pub ok: bool,
    /// How much was looked at.
    pub counts: Counts,
    /// Offsets of each partition, sorted by source and partition.
    pub offsets: Vec<PartitionOffsets>,
    /// The history digest of what is there.
    pub history: [u8; 32],
    /// What is wrong, each a sentence that names the thing.
    pub problems: Vec<String>,
    /// What is worth knowing and harmless.
    pub notes: Vec<String>,
    /// The first entry with which something is wrong: all before it is as it was committed. Of a segment whose digest
    /// differs it is the first; `None` where what is wrong has no place among the entries.
    pub first_bad: Option<i64>,
}

/// The stored offsets of one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionOffsets {
    /// The topic and its incarnation.
    pub source: Arc<Source>,
    /// The partition.
    pub partition: i32,
    /// The first stored offset.
    pub first: i64,
    /// The first offset after the stored ones.
    pub next: i64,
    /// Offsets in between that are not stored: compaction, retention and transactions make such gaps in any topic.
    pub gaps: u64,
}

impl Reader {
    /// Reads everything and derives every digest again. Seconds a million messages, on the calling thread; memory grows
    /// with the number of image files only.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`]: it could not be looked at. What is wrong inside is in the result.
    pub async fn verify(&mut self) -> Result<Verification, Error> {
        self.verify_telling(&mut |_, _| ControlFlow::Continue(())).await
    }

    /// As [`Reader::verify`]; `tell` hears the last `seq` that was looked at, and the last of all, and says whether to go on.
    ///
    /// # Errors
    /// As [`Reader::verify`], and [`Error::Stopped`].
    pub async fn verify_telling(
        &mut self,
        tell: &mut (dyn FnMut(i64, i64) -> ControlFlow<()> + Send),
    ) -> Result<Verification, Error> {
        let counts = match self.counts().await {
            Err(Error::Damaged { .. }) => Counts::default(),
            counts => counts?,
        };
        let verified = self.look(|raw, names, folder| Verifier::start(raw, folder)?.run(raw, names, tell));
        let found = match verified {
            Ok(found) => found,
            // A file too broken to walk is a finding about the session, not a failure of this function.
            Err(damaged @ Error::Damaged { .. }) => {
                let mut found = Found::default();
                found.problems.add(|| damaged.to_string());
                found
            }
            Err(error) => return Err(error),
        };
        let Found { problems, notes, first_bad, offsets, history } = found;
        let (problems, notes) = (problems.into_list(), notes.into_list());
        Ok(Verification { ok: problems.is_empty(), counts, offsets, history, problems, notes, first_bad })
    }
}

/// A bounded list of sentences.
#[derive(Debug, Default)]
struct Findings {
    listed: Vec<String>,
    more: u64,
}

impl Findings {
    fn add(&mut self, finding: impl FnOnce() -> String) {
        if self.listed.len() < LISTED {
            self.listed.push(finding());
        } else {
            self.more += 1;
        }
    }

    fn count(&self) -> u64 {
        self.listed.len() as u64 + self.more
    }

    fn into_list(mut self) -> Vec<String> {
        if self.more > 0 {
            self.listed.push(format!("and {} more", self.more));
        }
        self.listed
    }
}
