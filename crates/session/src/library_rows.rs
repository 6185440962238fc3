//! Rows of `library.db`: how what is known of a session is written and read.

use std::path::{Path, PathBuf};

use crate::bundle::BundlePixels;
use crate::library::{LibraryEntry, LibraryVerification, Stamp};
use crate::raw::{Bound, Raw, RawError, Row};
use crate::summary::SessionSummary;

pub(crate) const COLUMNS: &str = "path, db_bytes, db_mtime_ns, wal_bytes, wal_mtime_ns, unreadable, id, created_at_us, cluster, \
     profile_name, overlay_of, first_us, last_us, last_seq, messages, undecoded, images, locals, decisions, unsent, \
     attention, fail, database_bytes, images_bytes, activity, plates_seq, verified_at_us, verified_stamp, problems, \
     finding, first_bad, bundle";

pub(crate) fn put(raw: &Raw, entry: &LibraryEntry) -> Result<(), RawError> {
    let LibraryEntry { stamp, summary, verified, .. } = entry;
    let path = text(&entry.path);
    let activity: Vec<u8> = summary.activity.iter().flat_map(|count| count.to_le_bytes()).collect();
    let verified_stamp = verified.as_ref().map(|verified| written(&verified.stamp));
    let count = |number: u64| Bound::Int(number.cast_signed());
    let marks = ["?"; 32].join(", ");
    raw.prepare(&format!("INSERT OR REPLACE INTO session ({COLUMNS}) VALUES ({marks})"))?.run(&[
        Bound::Text(&path),
        Bound::Int(stamp.db_bytes),
        Bound::Int(stamp.db_mtime_ns),
        Bound::Int(stamp.wal_bytes),
        Bound::Int(stamp.wal_mtime_ns),
        Bound::optional_text(entry.unreadable.as_deref()),
        Bound::Text(&summary.id),
        Bound::Int(summary.created_at_us),
        Bound::Text(&summary.cluster),
        Bound::Text(&summary.profile_name),
        Bound::optional_text(summary.overlay_of.as_deref()),
        Bound::optional_int(summary.first_us),
        Bound::optional_int(summary.last_us),
        Bound::Int(summary.last_seq),
        count(summary.messages),
        count(summary.undecoded),
        count(summary.images),
        count(summary.locals),
        count(summary.decisions),
        count(summary.unsent),
        count(summary.attention),
        count(summary.fail),
        count(summary.database_bytes),
        count(summary.images_bytes),
        Bound::Blob(&activity),
        Bound::Int(entry.plates_seq),
        Bound::optional_int(verified.as_ref().map(|verified| verified.at_us)),
        Bound::optional_text(verified_stamp.as_deref()),
        Bound::optional_int(verified.as_ref().map(|verified| verified.problems.cast_signed())),
        Bound::optional_text(verified.as_ref().and_then(|verified| verified.finding.as_deref())),
        Bound::optional_int(verified.as_ref().and_then(|verified| verified.first_bad)),
        Bound::optional_text(summary.bundle.map(BundlePixels::as_str)),
    ])?;
    // Plates never leave a session; a folder whose session was exchanged has another id and came without them.
    let mut names = raw.prepare(
        "INSERT OR IGNORE INTO plate (path, run, barcode, wells_in, wells_expected, complete, images) \
         VALUES (?, ?, ?, 0, 0, 0, 0)",
    )?;
    for (run, barcode) in &summary.plates {
        names.run(&[Bound::Text(&path), Bound::Text(run), Bound::Text(barcode)])?;
    }
    Ok(())
}

pub(crate) fn entry(row: &Row<'_>) -> Option<LibraryEntry> {
    let owned = |column| row.optional_text(column).map(str::to_owned);
    let count = |column| row.int(column).cast_unsigned();
    let bins = row.blob(24).as_chunks::<4>().0;
    let summary = SessionSummary {
        id: owned(6)?,
        created_at_us: row.int(7),
        cluster: owned(8)?,
        profile_name: owned(9)?,
        overlay_of: owned(10),
        bundle: match row.optional_text(31) {
            // A name that is not known is not one of this library's.
            Some(name) => Some(BundlePixels::from_name(name)?),
            None => None,
        },
        first_us: row.optional_int(11),
        last_us: row.optional_int(12),
        last_seq: row.int(13),
        messages: count(14),
        undecoded: count(15),
        images: count(16),
        locals: count(17),
        decisions: count(18),
        unsent: count(19),
        attention: count(20),
        fail: count(21),
        database_bytes: count(22),
        images_bytes: count(23),
        activity: bins.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect(),
        plates: Vec::new(),
    };
    let verified = match (row.optional_int(26), row.optional_text(27)) {
        (Some(at_us), Some(stamp)) => {
            let (finding, first_bad) = (owned(29), row.optional_int(30));
            Some(LibraryVerification { at_us, stamp: read_stamp(stamp)?, problems: count(28), finding, first_bad })
        }
        _ => None,
    };
    Some(LibraryEntry {
        path: PathBuf::from(row.text(0)?),
        stamp: Stamp { db_bytes: row.int(1), db_mtime_ns: row.int(2), wal_bytes: row.int(3), wal_mtime_ns: row.int(4) },
        unreadable: owned(5),
        summary,
        plates_seq: row.int(25),
        verified,
    })
}

fn written(stamp: &Stamp) -> String {
    format!("{} {} {} {}", stamp.db_bytes, stamp.db_mtime_ns, stamp.wal_bytes, stamp.wal_mtime_ns)
}

fn read_stamp(text: &str) -> Option<Stamp> {
    let mut numbers = text.split(' ').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(Stamp { db_bytes: next()?, db_mtime_ns: next()?, wal_bytes: next()?, wal_mtime_ns: next()? })
}

/// A path as the library keeps it. One that is no text is kept in the letters that can be shown.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
