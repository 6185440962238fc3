//! Recording: a broker's topics into a session folder, begun or gone on with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use feed::{Delivery, KafkaSettings, KafkaSource, Start, WorkerCommand};
use plate::{LocalBody, LocalRecord};
use session::{SessionMeta, Writer, WriterOptions};
use wire::envelope::Kind;

use crate::clock::now_us;
use crate::committer::Committer;
use crate::disk::DiskLimits;
use crate::intake::Intake;
use crate::profile::Profile;
use crate::road::{Road, RoadError};
use crate::settings::Settings;

/// What to record, from where, into which folder.
#[derive(Debug, Clone)]
pub struct RecordSettings {
    /// Bootstrap servers.
    pub brokers: String,
    /// The session's folder: absent or empty to begin one, a session to go on with it.
    pub dir: PathBuf,
    /// Kinds and topics.
    pub topics: Vec<(Kind, String)>,
    /// How the lab's plates are judged.
    pub profile: Profile,
    /// The profile as it was written, kept in the session.
    pub profile_text: String,
    /// Where topics begin that the session does not know yet.
    pub start: Start,
    /// The program that becomes the worker.
    pub worker: WorkerCommand,
    /// The worker may use this much memory.
    pub worker_memory_bytes: u64,
    /// Messages in flight between worker and commit may weigh this much.
    pub queue_bytes: usize,
    /// How often new partitions and topics are looked for.
    pub metadata_refresh_ms: u64,
    /// When to stop for want of room.
    pub disk: DiskLimits,
    /// The session's own limits.
    pub session: WriterOptions,
    /// A consumer group to name instead of a random one; it is never joined and nothing is committed.
    pub group: Option<String>,
}

impl RecordSettings {
    /// Settings with the usual limits.
    #[must_use]
    pub fn new(brokers: &str, dir: &Path, worker: WorkerCommand) -> RecordSettings {
        let profile = Profile::default();
        RecordSettings {
            brokers: brokers.to_owned(),
            dir: dir.to_owned(),
            topics: profile.topics(),
            profile,
            profile_text: String::new(),
            start: Start::Earliest,
            worker,
            worker_memory_bytes: 0,
            queue_bytes: 0,
            metadata_refresh_ms: 0,
            disk: DiskLimits::default(),
            session: WriterOptions::default(),
            group: None,
        }
        .with(Settings::default())
    }

    /// The same with an installation's limits.
    #[must_use]
    pub fn with(self, settings: Settings) -> RecordSettings {
        RecordSettings {
            worker_memory_bytes: settings.worker_memory_mib.saturating_mul(1 << 20),
            queue_bytes: usize::try_from(settings.queue_mib << 20).unwrap_or(usize::MAX),
            metadata_refresh_ms: settings.metadata_refresh_ms,
            disk: settings.disk(),
            ..self
        }
    }
}

/// What happens before the first message.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// The source speaks while the broker is not there yet.
    Feed(feed::FeedEvent),
}

/// A session that is there is opened without its broker after this long.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// Opens the session and the source, and joins them. A new session waits for the broker as long as it takes; `tell` hears why.
/// One that is there waits two seconds, and goes on when the broker comes.
///
/// # Errors
/// [`RoadError`]: the folder is refused, it belongs to another cluster, or the worker cannot be started.
pub async fn record(settings: RecordSettings, mut tell: impl FnMut(Opening)) -> Result<Road, RoadError> {
    let existing = match session::exists(&settings.dir)? {
        true => Some(Writer::open(&settings.dir, &settings.session).await?),
        false => None,
    };
    let stored = existing.as_ref().map(|session| session.stored_positions().iter().map(to_feed).collect());
    let mut client = std::collections::BTreeMap::new();
    if let Some(group) = &settings.group {
        client.insert("group.id".to_owned(), group.clone());
    }
    let mut source = KafkaSource::start(KafkaSettings {
        brokers: settings.brokers.clone(),
        topics: settings.topics.clone(),
        start: settings.start,
        stored: stored.unwrap_or_default(),
        worker: settings.worker.clone(),
        memory_limit_bytes: settings.worker_memory_bytes,
        queue_bytes: settings.queue_bytes,
        metadata_refresh_ms: settings.metadata_refresh_ms,
        client,
    })?;
    let known = existing.as_ref().map(|session| session.meta().cluster.clone());
    let begun = tokio::time::Instant::now();
    let cluster = loop {
        // A session that is there is worked on without its broker: decisions wait in its outbox. If another cluster
        // answers later, the source refuses it, for it knows whose positions it was given.
        let next = match &known {
            Some(cluster) => match tokio::time::timeout_at(begun + PATIENCE, source.next()).await {
                Ok(next) => next,
                Err(_) => break cluster.clone(),
            },
            None => source.next().await,
        };
        match next {
            Some(Delivery::Connected { cluster }) => break cluster,
            Some(Delivery::Event(event)) => tell(Opening::Feed(event)),
            // Messages come only after the cluster is known.
            Some(Delivery::Batch { .. }) => {}
            None => return Err(RoadError::Stopped("source")),
        }
    };
    let writer = match existing {
        Some(writer) if writer.meta().cluster != cluster => {
            source.stop().await;
            let has = writer.meta().cluster.clone();
            return Err(RoadError::OtherCluster { dir: settings.dir, has, found: cluster });
        }
        Some(writer) => writer,
        None => Writer::create(&settings.dir, &meta(&settings, &cluster), &settings.session).await?,
    };
    let mut committer = Committer::new(&settings.dir, writer).await?;
    // The profile in force is the first record of a session, and another one when it changed since.
    // A profile whose rules are not valid was refused when it was read.
    let rules = plate::rules::Rules::compile(&settings.profile.rule_file()).ok().map(Arc::new);
    let digest = |rules: Option<&Arc<plate::rules::Rules>>| rules.map(|rules| rules.digest().to_owned());
    let has_changed = committer.board().cards() != settings.profile.assay.as_slice()
        || digest(committer.board().rules_in_force()) != digest(rules.as_ref());
    if committer.session().next_seq() == 1 || has_changed {
        let cards: Arc<[plate::AssayCard]> = settings.profile.assay.clone().into();
        let body = LocalBody::Profile { name: settings.profile.name.as_str().into(), cards, rules };
        let record = LocalRecord { at_ms: now_us() / 1000, by: "plateside".into(), body };
        committer.append(now_us(), vec![record]).await?;
    }
    let status = source.status();
    Ok(Road::open(
        &settings.dir,
        Intake::Kafka(Box::new(source), settings.topics),
        committer,
        Some(settings.disk),
        Some(status),
    ))
}

fn meta(settings: &RecordSettings, cluster: &str) -> SessionMeta {
    SessionMeta {
        id: uuid::Uuid::now_v7().to_string(),
        created_at_us: now_us(),
        cluster: cluster.to_owned(),
        profile_name: settings.profile.name.clone(),
        profile_toml: settings.profile_text.clone(),
        overlay_of: None,
    }
}

/// The session's positions are the feed's starting points.
fn to_feed(position: &session::StoredPosition) -> feed::StoredPosition {
    feed::StoredPosition {
        source: Arc::clone(&position.source),
        kind: position.kind,
        partition: position.partition,
        next: position.next,
        last_offset: position.last_offset,
        last_timestamp_ms: position.last_timestamp_ms,
        last_digest: position.last_digest,
    }
}
