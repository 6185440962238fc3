//! Snapshots of plates in `cache.db`, and how far they hold everything.

use std::collections::HashMap;
use std::sync::Arc;

use plate::snapshot::Layouts;
use plate::{PlateKey, PlateSnapshot};

use crate::cache::Cache;
use crate::fault::Fault;
use crate::raw::{Bound, Raw};
use crate::reader::Reader;
use crate::table;

/// A place of the session at which plates were looked at: each one's last snapshot holds all of its records up to
/// `from_seq`, and the records `from_seq < seq <= seq` that a snapshot lacks are few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Where.
    pub seq: i64,
    /// How far back one has to read.
    pub from_seq: i64,
}

/// A plate as it was kept.
#[derive(Debug, Clone)]
pub struct CachedPlate {
    /// After which entry.
    pub seq: i64,
    /// Its place on the board, from 0.
    pub ordinal: usize,
    /// For [`plate::Board::restore`].
    pub bytes: Vec<u8>,
}

/// A plate to keep.
#[derive(Debug, Clone)]
pub struct PlateToKeep {
    /// Which one.
    pub plate: Arc<PlateKey>,
    /// As it stands.
    pub snapshot: PlateSnapshot,
}

impl Cache {
    /// The last pass at or before `seq`.
    pub fn pass_at(&mut self, seq: i64) -> Option<Pass> {
        self.reading(|raw| {
            let mut statement =
                raw.prepare("SELECT seq, from_seq FROM pass WHERE seq <= ? ORDER BY seq DESC LIMIT 1")?;
            let mut rows = statement.rows(&[Bound::Int(seq)])?;
            Ok(rows.next()?.map(|row| Pass { seq: row.int(0), from_seq: row.int(1) }))
        })?
    }

    /// Where the last pass was; 0 without any.
    pub fn last_pass(&mut self) -> i64 {
        self.pass_at(i64::MAX).map_or(0, |pass| pass.seq)
    }

    /// Every plate's last snapshot at or before `seq`, in the order of the board; layouts that are not in `layouts` are
    /// added to it.
    pub fn plates_at(&mut self, seq: i64, layouts: &mut Layouts) -> Option<Vec<CachedPlate>> {
        self.reading(|raw| {
            read_layouts(raw, layouts)?;
            let mut last = Vec::new();
            {
                let mut statement =
                    raw.prepare("SELECT plate, max(seq) FROM snapshot WHERE seq <= ? GROUP BY plate")?;
                let mut rows = statement.rows(&[Bound::Int(seq)])?;
                while let Some(row) = rows.next()? {
                    last.push((row.int(0), row.int(1)));
                }
            }
            let mut statement = raw.prepare("SELECT ordinal, bytes FROM snapshot WHERE plate = ? AND seq = ?")?;
            let mut plates = Vec::with_capacity(last.len());
            for (plate, seq) in last {
                let mut rows = statement.rows(&[Bound::Int(plate), Bound::Int(seq)])?;
                if let Some(row) = rows.next()? {
                    let ordinal = table::number(row.int(0), "snapshot", plate, "ordinal")?;
                    plates.push(CachedPlate { seq, ordinal, bytes: row.blob(1).to_vec() });
                }
            }
            plates.sort_by_key(|plate| plate.ordinal);
            Ok(plates)
        })
    }

    /// For [`plate::Board::restore_runs`]: runs as they stood at a pass.
    pub fn runs_at(&mut self, pass: Pass) -> Option<Vec<u8>> {
        self.reading(|raw| {
            let mut statement = raw.prepare("SELECT runs FROM pass WHERE seq = ?")?;
            let mut rows = statement.rows(&[Bound::Int(pass.seq)])?;
            Ok(rows.next()?.map(|row| row.blob(0).to_vec()))
        })?
    }

    /// Keeps plates and runs as they stand at `pass.seq`, and that the pass was made; whether it worked.
    pub fn keep_plates(&mut self, reader: &mut Reader, pass: Pass, plates: &[PlateToKeep], runs: &[u8]) -> bool {
        self.writing(reader, pass.seq, |raw| {
            let mut known: HashMap<[u8; 32], ()> = HashMap::new();
            for PlateToKeep { plate, snapshot } in plates {
                for (digest, layout) in &snapshot.layouts {
                    if known.insert(*digest, ()).is_none() {
                        keep_layout(raw, digest, layout)?;
                    }
                }
                let id = table::plate::number_of(raw, plate)?;
                raw.prepare("INSERT OR REPLACE INTO snapshot (plate, seq, ordinal, bytes) VALUES (?, ?, ?, ?)")?.run(
                    &[
                        Bound::Int(id),
                        Bound::Int(pass.seq),
                        Bound::Int(i64::try_from(snapshot.ordinal).unwrap_or(i64::MAX)),
                        Bound::Blob(&snapshot.bytes),
                    ],
                )?;
            }
            raw.prepare("INSERT OR IGNORE INTO pass (seq, from_seq, runs) VALUES (?, ?, ?)")?.run(&[
                Bound::Int(pass.seq),
                Bound::Int(pass.from_seq),
                Bound::Blob(runs),
            ])?;
            Ok(())
        })
    }
}

fn keep_layout(raw: &Raw, digest: &[u8; 32], layout: &plate::Layout) -> Result<(), Fault> {
    {
        let mut statement = raw.prepare("SELECT 1 FROM layout WHERE digest = ?")?;
        if statement.rows(&[Bound::Blob(digest)])?.next()?.is_some() {
            return Ok(());
        }
    }
    let body = wire::layout_to_json(layout).map_err(|error| Fault::Damaged(error.to_string()))?;
    raw.prepare("INSERT OR IGNORE INTO layout (digest, body) VALUES (?, ?)")?
        .run(&[Bound::Blob(digest), Bound::Text(&body)])?;
    Ok(())
}

fn read_layouts(raw: &Raw, layouts: &mut Layouts) -> Result<(), Fault> {
    let mut statement = raw.prepare("SELECT digest, body FROM layout")?;
    let mut rows = statement.rows(&[])?;
    while let Some(row) = rows.next()? {
        let digest = table::digest(row.blob(0), "layout", 0, "digest")?;
        if layouts.contains_key(&digest) {
            continue;
        }
        let layout = row.text(1).and_then(|body| wire::layout_from_json(body).ok());
        let layout = layout.filter(|layout| plate::digest::layout_digest(layout) == digest);
        let layout = layout.ok_or_else(|| Fault::Damaged("a layout in cache.db cannot be read".to_owned()))?;
        layouts.insert(digest, Arc::new(layout));
    }
    Ok(())
}
