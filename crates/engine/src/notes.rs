//! Notes on the runs of a session, live or recorded: read from its messages' headers, a stretch at a time.

use session::{Reader, RunNote};

/// Entries that one step looks at: a few milliseconds.
const STRETCH: i64 = 32_768;
/// More notes than this are not remembered.
const MOST_NOTES: usize = 1024;

/// The notes of one session, as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct RunNotes {
    notes: Vec<RunNote>,
    upto_seq: i64,
}

impl RunNotes {
    /// Reads one stretch more, up to `upto_seq`; whether there is more to read.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn step(&mut self, reader: &mut Reader, upto_seq: i64) -> Result<bool, session::Error> {
        if self.upto_seq >= upto_seq {
            return Ok(false);
        }
        let upto = upto_seq.min(self.upto_seq + STRETCH);
        for note in reader.run_notes(self.upto_seq, upto).await? {
            let is_known = self.notes.iter().any(|known| known.run == note.run && known.text == note.text);
            if !is_known && self.notes.len() < MOST_NOTES {
                self.notes.push(note);
            }
        }
        self.upto_seq = upto;
        Ok(upto < upto_seq)
    }

    /// Reads all of a session up to `upto_seq` that was not read yet, letting others run in between.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn catch_up(&mut self, reader: &mut Reader, upto_seq: i64) -> Result<(), session::Error> {
        while self.step(reader, upto_seq).await? {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// All notes that were said at or before `seq`, in order.
    pub fn at(&self, seq: i64) -> impl Iterator<Item = &RunNote> {
        self.notes.iter().filter(move |note| note.seq <= seq)
    }

    /// The last note on a run at or before `seq`.
    #[must_use]
    pub fn of_run(&self, run: &str, seq: i64) -> Option<&RunNote> {
        self.at(seq).filter(|note| *note.run == *run).last()
    }
}
