//! Notes on runs: what a header `plateside-note` on a message says, to be shown wherever the run's plates are shown.

use std::collections::HashSet;

use bytes::Bytes;
use wire::Headers;

use crate::Error;
use crate::fault::Fault;
use crate::raw::{Bound, Raw};
use crate::reader::Reader;
use crate::table::{batch, id_range};
use crate::window;

/// The header.
const HEADER: &str = "plateside-note";
/// A note is shown to people: of a longer one this many bytes are kept.
const LONGEST: usize = 4096;
/// Notes that one call gives at most.
const MOST: usize = 1024;

/// A note on a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunNote {
    /// The run.
    pub run: Box<str>,
    /// What it says.
    pub text: Box<str>,
    /// The first message that says so, of those that were looked at.
    pub seq: i64,
}

impl Reader {
    /// Notes on messages `after_seq < seq <= upto_seq`, each once, in the order of `seq`. It looks at the headers of each:
    /// some tenths of a second a million messages. Messages with the same key are taken to be of one run.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn run_notes(&mut self, after_seq: i64, upto_seq: i64) -> Result<Vec<RunNote>, Error> {
        self.look(|raw, names, _| {
            let upto = upto_seq.min(batch::last_seq(raw)?);
            let mut notes: Vec<RunNote> = Vec::new();
            let mut seen: HashSet<(Vec<u8>, Box<str>)> = HashSet::new();
            let mut statement =
                raw.prepare("SELECT seq, key, headers FROM message WHERE seq BETWEEN ? AND ? AND headers IS NOT NULL")?;
            let mut rows = statement.rows(&window::seqs(after_seq.max(0), upto))?;
            while let Some(row) = rows.next()? {
                // Headers that are damaged are found by verifying.
                let Ok(headers) = Headers::from_bytes(Bytes::copy_from_slice(row.blob(2))) else { continue };
                let Some(text) = headers.last(HEADER).and_then(|text| std::str::from_utf8(text).ok()) else { continue };
                let text = &text[..text.floor_char_boundary(LONGEST)];
                let (seq, key) = (row.int(0), row.blob(1).to_vec());
                if !key.is_empty() && !seen.insert((key, text.into())) {
                    continue;
                }
                let Some(plate) = plate_of(raw, seq)? else { continue };
                let run = names.plate(raw, plate)?.run.clone();
                if notes.len() < MOST && !notes.iter().any(|note| note.run == run && *note.text == *text) {
                    notes.push(RunNote { run, text: text.into(), seq });
                }
            }
            Ok(notes)
        })
    }
}

impl Reader {
    /// The notes on some messages, each text once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn notes_on(&mut self, seqs: &[i64]) -> Result<Vec<Box<str>>, Error> {
        self.look(|raw, _, _| {
            let mut notes: Vec<Box<str>> = Vec::new();
            let mut statement = raw.prepare("SELECT headers FROM message WHERE seq = ? AND headers IS NOT NULL")?;
            for seq in seqs {
                let mut rows = statement.rows(&[Bound::Int(*seq)])?;
                let Some(row) = rows.next()? else { continue };
                let Ok(headers) = Headers::from_bytes(Bytes::copy_from_slice(row.blob(0))) else { continue };
                let Some(text) = headers.last(HEADER).and_then(|text| std::str::from_utf8(text).ok()) else { continue };
                let text = &text[..text.floor_char_boundary(LONGEST)];
                if !notes.iter().any(|known| **known == *text) {
                    notes.push(text.into());
                }
            }
            Ok(notes)
        })
    }
}

/// The plate of a message's first record.
fn plate_of(raw: &Raw, seq: i64) -> Result<Option<i64>, Fault> {
    for table in ["result", "layout", "image", "stage", "said"] {
        let mut statement = raw.prepare(&format!("SELECT plate FROM {table} WHERE id BETWEEN ? AND ? LIMIT 1"))?;
        let mut rows = statement.rows(&id_range(seq - 1, seq))?;
        if let Some(row) = rows.next()? {
            return Ok(Some(row.int(0)));
        }
    }
    // Nothing could be read in it: it is of no run.
    Ok(None)
}
