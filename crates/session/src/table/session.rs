//! `session`: the one row that says what this session is.

use crate::fault::Fault;
use crate::raw::{Bound, Raw};

/// What a session is, fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMeta {
    /// A UUID.
    pub id: String,
    /// When it was made, microseconds since 1970 UTC.
    pub created_at_us: i64,
    /// The broker's cluster id: a session has one.
    pub cluster: String,
    /// The profile's name.
    pub profile_name: String,
    /// The profile as text, at the time the session was made; later changes are local records.
    pub profile_toml: String,
    /// The id of the session that this one's decisions are about (`DATA.md` 3).
    pub overlay_of: Option<String>,
}

pub(crate) fn insert(raw: &Raw, meta: &SessionMeta, keeps_bodies: bool) -> Result<(), Fault> {
    let mut statement = raw.prepare(
        "INSERT INTO session (one, id, created_at_us, cluster, profile_name, profile_toml, overlay_of, keeps_bodies) \
         VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    statement.run(&[
        Bound::Text(&meta.id),
        Bound::Int(meta.created_at_us),
        Bound::Text(&meta.cluster),
        Bound::Text(&meta.profile_name),
        Bound::Text(&meta.profile_toml),
        Bound::optional_text(meta.overlay_of.as_deref()),
        Bound::Int(i64::from(keeps_bodies)),
    ])?;
    Ok(())
}

/// The row, and whether messages keep their bodies.
pub(crate) fn load(raw: &Raw) -> Result<(SessionMeta, bool), Fault> {
    let mut statement = raw.prepare(
        "SELECT id, created_at_us, cluster, profile_name, profile_toml, overlay_of, keeps_bodies FROM session",
    )?;
    let mut rows = statement.rows(&[])?;
    let row = rows.next()?.ok_or_else(|| Fault::Damaged("table session is empty".to_owned()))?;
    let text = |column, name| row.text(column).map(str::to_owned).ok_or_else(|| Fault::field("session", 1, name));
    let meta = SessionMeta {
        id: text(0, "id")?,
        created_at_us: row.int(1),
        cluster: text(2, "cluster")?,
        profile_name: text(3, "profile_name")?,
        profile_toml: text(4, "profile_toml")?,
        overlay_of: row.optional_text(5).map(str::to_owned),
    };
    Ok((meta, row.int(6) != 0))
}
