//! What a board knows of its runs, as bytes, and back: beside its plates' snapshots, so that rules about runs go on too.

use std::sync::Arc;

use crate::board::Board;
use crate::by_rules::RunStanding;
use crate::key::PlateKey;
use crate::snapshot::{read_latched, write_latched};
use crate::snapshot_bytes::{In, Out, SnapshotError};

/// Begins the bytes: a name and a version. It changes with anything below, or with what the bytes mean.
const KIND: [u8; 4] = *b"RUN1";

impl Board {
    /// Messages of the session and its runs as they stand, after judging.
    #[must_use]
    pub fn snapshot_runs(&self) -> Vec<u8> {
        let mut out = Out::default();
        let (heard, last_run) = self.heard_so_far();
        for n in [heard.messages, heard.undecoded] {
            out.number(n);
        }
        out.number(last_run.map_or(0, |run| run as u64 + 1));
        out.number(self.runs().len() as u64);
        for run in self.runs() {
            out.text(&run.name);
            for n in [run.began.messages, run.began.undecoded] {
                out.number(n);
            }
            out.text(self.barcode_at(run.last_plate));
            out.optional(run.last_ms);
            out.number(run.latches.len() as u64);
            for (rule, (standing, plate)) in &run.latches {
                out.text(rule);
                write_latched(&mut out, standing);
                out.text(self.barcode_at(*plate));
            }
        }
        out.finish(KIND, self.streams())
    }

    /// Puts runs where they stood, on a board that has their plates already; of runs and plates that it has not, nothing is
    /// taken: they come with what is applied yet.
    ///
    /// # Errors
    /// [`SnapshotError`]: the board is as before.
    pub fn restore_runs(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let mut streams = self.streams().clone();
        let mut bytes = In::open(bytes, KIND, &mut streams)?;
        let (messages, undecoded): (u64, u64) = (bytes.number()?, bytes.number()?);
        let last: usize = bytes.small("the last run")?;
        let (mut found, mut last_run) = (Vec::new(), None);
        for at in 0..bytes.count(8, "runs")? {
            let name: Box<str> = bytes.text()?.into();
            let place = self.place_of_run(&name);
            let mut run = RunStanding::new(&name, crate::by_rules::Heard::default());
            (run.began.messages, run.began.undecoded) = (bytes.number()?, bytes.number()?);
            let plate_of = |barcode: &str| {
                let key = PlateKey { run: name.clone(), barcode: barcode.into() };
                self.placed(&key).map(|(index, _)| index)
            };
            let last_plate = plate_of(bytes.text()?);
            run.last_ms = bytes.optional()?;
            for _ in 0..bytes.count(9, "rules of a run")? {
                let rule: Box<str> = bytes.text()?.into();
                let standing = read_latched(&mut bytes, 0)?;
                if let Some(plate) = plate_of(bytes.text()?) {
                    run.latches.insert(rule, (standing, plate));
                }
            }
            if last == at + 1 {
                last_run = place;
            }
            if let (Some(place), Some(last_plate)) = (place, last_plate) {
                run.last_plate = last_plate;
                found.push((place, run));
            }
        }
        bytes.end()?;
        self.put_runs(crate::by_rules::Heard { messages, undecoded }, last_run, found);
        Ok(())
    }

    fn barcode_at(&self, plate: usize) -> &str {
        self.plates().nth(plate).map_or("", |plate| &Arc::as_ref(plate.key()).barcode)
    }
}
