//! `source`: topics in their lives, and what they carry.

use std::sync::Arc;

use plate::Source;
use wire::Kind;

use super::number;
use crate::fault::Fault;
use crate::raw::{Bound, Raw};

/// A partition of a source: the source's number, and the partition.
pub(crate) type StreamKey = (i64, i32);

/// A row. There are as many as topics.
#[derive(Debug, Clone)]
pub(crate) struct SourceRow {
    pub(crate) id: i64,
    pub(crate) source: Arc<Source>,
    pub(crate) kind: Kind,
}

pub(crate) fn insert(raw: &Raw, source: &Source, kind: Kind) -> Result<i64, Fault> {
    let mut statement = raw.prepare("INSERT INTO source (cluster, topic, incarnation, kind) VALUES (?, ?, ?, ?)")?;
    statement.run(&[
        Bound::Text(&source.cluster),
        Bound::Text(&source.topic),
        Bound::Int(source.incarnation.into()),
        Bound::Text(kind.as_str()),
    ])?;
    Ok(raw.last_rowid())
}

pub(crate) fn load(raw: &Raw) -> Result<Vec<SourceRow>, Fault> {
    let mut statement = raw.prepare("SELECT id, cluster, topic, incarnation, kind FROM source ORDER BY id")?;
    let mut rows = statement.rows(&[])?;
    let mut sources = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.int(0);
        let (Some(cluster), Some(topic)) = (row.text(1), row.text(2)) else {
            return Err(Fault::field("source", id, "name"));
        };
        let source = Source {
            cluster: cluster.into(),
            topic: topic.into(),
            incarnation: number(row.int(3), "source", id, "incarnation")?,
        };
        let kind = row.text(4).and_then(Kind::from_name).ok_or_else(|| Fault::field("source", id, "kind"))?;
        sources.push(SourceRow { id, source: Arc::new(source), kind });
    }
    Ok(sources)
}
