//! Checks beside the walk: SQLite's own, rows that belong to nothing, files that no message names.

use crate::fault::Fault;
use crate::raw::{Bound, Raw};
use crate::table::{self, plate_segment, preview};
use crate::{Error, images, previews};

use super::walk::Verifier;

impl Verifier<'_> {
    /// Where plates have results is what the results say.
    pub(super) fn segments(&mut self, raw: &Raw) -> Result<(), Fault> {
        let wrong = plate_segment::count_wrong(raw)?;
        if wrong > 0 {
            self.problems.add(|| format!("{wrong} rows of table plate_segment are missing or too many"));
        }
        Ok(())
    }

    pub(super) fn quick_check(&mut self, raw: &Raw) -> Result<(), Fault> {
        let mut statement = raw.prepare("PRAGMA quick_check(20)")?;
        let mut rows = statement.rows(&[])?;
        while let Some(row) = rows.next()? {
            let told = row.text(0).unwrap_or_default().to_owned();
            if told != "ok" {
                self.problems.add(|| format!("SQLite finds session.db damaged: {told}"));
            }
        }
        Ok(())
    }

    /// Records of messages that are not there.
    pub(super) fn orphans(&mut self, raw: &Raw) -> Result<(), Fault> {
        for table in ["result", "layout", "image", "stage", "said", "undecoded"] {
            let mut statement = raw.prepare(&format!(
                "SELECT count(*), min(id >> 16) FROM {table} \
                 WHERE NOT EXISTS (SELECT 1 FROM message WHERE seq = id >> 16)"
            ))?;
            let mut rows = statement.rows(&[])?;
            if let Some(row) = rows.next()?
                && row.int(0) > 0
            {
                let (count, seq) = (row.int(0), row.int(1));
                self.problems
                    .add(|| format!("{count} rows of table {table} belong to no message (the first to entry {seq})"));
            }
        }
        let mut statement = raw.prepare(
            "SELECT count(*), min(seq) FROM alert_spot s WHERE NOT EXISTS (SELECT 1 FROM alert a WHERE a.seq = s.seq)",
        )?;
        let mut rows = statement.rows(&[])?;
        if let Some(row) = rows.next()?
            && row.int(0) > 0
        {
            let (count, seq) = (row.int(0), row.int(1));
            self.problems.add(|| format!("{count} rows of table alert_spot belong to no alert (the first to {seq})"));
        }
        Ok(())
    }

    /// Pieces of image files: their rows name the digest of the body.
    pub(super) fn pieces(&mut self, raw: &Raw) -> Result<(), Fault> {
        let mut statement = raw.prepare(
            "SELECT i.id >> 16, i.piece_sha256, m.body_sha, m.body FROM image i CROSS JOIN message m ON m.seq = i.id >> 16 \
             WHERE i.piece_sha256 IS NOT NULL AND (m.digest IS NULL OR m.body_sha IS NOT NULL)",
        )?;
        let mut rows = statement.rows(&[])?;
        while let Some(row) = rows.next()? {
            let Some(named) = row.optional_blob(1) else { continue };
            let is_so = match row.optional_blob(2) {
                Some(sha256) => sha256 == named,
                None => images::sha256(row.blob(3)) == named,
            };
            if !is_so {
                self.problems
                    .add(|| format!("image piece of message {} was changed: its digest is not its body's", row.int(0)));
            }
        }
        Ok(())
    }

    /// Previews: each is of a body that was left out, and its file is what its row says. How many there are.
    pub(super) fn previews(&mut self, raw: &Raw) -> Result<usize, Fault> {
        let (previews, mut files) = (preview::load(raw)?, previews::list(self.folder)?);
        for preview in &previews {
            let path = previews::path_of(self.folder, &preview.body, preview.page);
            if table::bundle::left_out(raw, &preview.body)?.is_none() {
                self.problems.add(|| format!("{} is a preview of no image that was left out", path.display()));
            }
            files.remove(&path);
            match previews::load(self.folder, preview) {
                Ok(_) => {}
                Err(damaged @ Error::Damaged { .. }) => self.problems.add(|| damaged.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        for path in files {
            self.notes.add(|| format!("{} is no preview that the session knows of", path.display()));
        }
        Ok(previews.len())
    }

    /// Files that no message names: left by commits that failed, or put there by someone.
    pub(super) fn strange_files(&mut self) -> Result<(), Fault> {
        for images::ImageFile { path, name } in images::list(self.folder)? {
            if name.is_none_or(|sha256| !self.files.contains(&sha256)) {
                self.notes
                    .add(|| format!("{} belongs to no message: a commit failed after it was written", path.display()));
            }
        }
        Ok(())
    }
}

/// Entries after the last that a commit covers.
pub(super) fn beyond(raw: &Raw, last_seq: i64) -> Result<i64, Fault> {
    let mut statement = raw.prepare(
        "SELECT (SELECT count(*) FROM message WHERE seq > ?1) + (SELECT count(*) FROM alert WHERE seq > ?1) \
         + (SELECT count(*) FROM local WHERE seq > ?1)",
    )?;
    let mut rows = statement.rows(&[Bound::Int(last_seq)])?;
    Ok(rows.next()?.map_or(0, |row| row.int(0)))
}
