//! The Review screen's questions: what waits, one case, drafts, decisions, flags of people.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use plate::review::{Annotation, Decision, Person, ReviewBody, Verdict};
use plate::{FlagEvent, FlagRecord, LocalBody, PlateKey, ReviewRecord, Severity, Spot, Well};
use uuid::Uuid;

use super::Desk;
use super::chosen::NoArgs;
use super::failure::{Answer, Failure};
use super::plates::no_such_well;
use super::review_rows::{Formats, annotation_row, decision_row, item, score_row, trail};
use super::reviewed::*;
use super::shapes;
use super::showing::Showing;
use super::shown::Written;
use crate::clock::now_us;
use crate::review::{FlagBook, FlagKey, Flagged, Standing};

/// Flags in one answer.
const MOST_ITEMS: usize = 2000;
/// Characters of a comment.
const LONGEST_COMMENT: usize = 4000;
/// Characters of a reason for a flag.
const LONGEST_REASON: usize = 200;
/// Shapes of one review.
const MOST_SHAPES: usize = 500;

/// Codes of reasons that can be given, with what they say.
pub(super) const CODES: [(&str, &str); 6] = [
    ("F1", "Out of focus"),
    ("D2", "Debris"),
    ("S1", "Saturated"),
    ("B1", "Bubble"),
    ("C3", "Low cell count"),
    ("T2", "Tilt"),
];

impl Desk {
    /// The flags of the session.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn queue(&self, _: NoArgs) -> Answer<ReviewQueue> {
        let showing = self.showing()?;
        let drafts: HashSet<String> =
            showing.reader.lock().await.drafts().await?.into_iter().map(|(name, ..)| name).collect();
        let read_only = showing.road().err().map(|failure| failure.message);
        let book = showing.flags().await?;
        let formats = showing.formats(&book).await?;
        let mut items: Vec<FlagItem> =
            book.flags().map(|flagged| item(&showing, &book, flagged, &drafts, &formats)).collect();
        let count = |standing| items.iter().filter(|item| item.standing == standing).count() as u32;
        let (waiting, second_reader) = (count(FlagStanding::Waiting), count(FlagStanding::SecondReader));
        let decided = count(FlagStanding::Decided);
        items.sort_by_key(|item| {
            let severity = match item.severity.as_str() {
                "error" => 0,
                "warning" => 1,
                _ => 2,
            };
            let waits = matches!(item.standing, FlagStanding::Waiting);
            (item.standing, if waits { severity } else { 0 }, Reverse(item.at_ms), item.flag.clone())
        });
        let left_out = items.len().saturating_sub(MOST_ITEMS) as u32;
        items.truncate(MOST_ITEMS);
        Ok(ReviewQueue {
            items,
            waiting,
            second_reader,
            decided,
            left_out,
            user: self.options.user.clone(),
            full_name: self.installation.full_name(),
            read_only,
            codes: CODES.iter().map(|(code, says)| ReasonCode { code: (*code).into(), says: (*says).into() }).collect(),
        })
    }

    /// One flag with everything about its site.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_flag`, `session`.
    pub async fn case(&self, args: FlagArgs) -> Answer<ReviewCase> {
        let showing = self.showing()?;
        let key = showing.flag_key(&args.flag)?;
        let (drafts, chain, audit) = {
            let mut reader = showing.reader.lock().await;
            let (chain, audit) = super::review_rows::chain(&mut reader, showing.upto()).await?;
            (reader.drafts().await?, chain, audit)
        };
        let book = showing.flags().await?;
        let flagged = book.flag_of(&key).ok_or_else(no_such_flag)?;
        let (plate, spot) = (&flagged.flag.plate, &flagged.flag.spot);
        let name = draft_name(&key);
        let draft = drafts.iter().find(|(known, ..)| *known == name).and_then(|(_, at_ms, body)| {
            let draft: ReviewDraft = serde_json::from_str(body).ok()?;
            Some(ReviewDraft { saved_ms: *at_ms, ..draft })
        });
        let names: HashSet<String> = drafts.into_iter().map(|(name, ..)| name).collect();
        let mut decisions: Vec<DecisionRow> =
            book.events(plate, spot).filter_map(|said| decision_row(&book, said)).collect();
        decisions.sort_by_key(|row| Reverse(row.at_ms));
        let annotations = book.annotations(plate, spot);
        let mut checks: Vec<_> = book.checks(plate, spot).map(score_row).collect();
        checks.reverse();
        Ok(ReviewCase {
            item: item(&showing, &book, flagged, &names, &showing.formats(&book).await?),
            draft,
            decisions,
            annotations: annotations.iter().map(|(said, annotation)| annotation_row(said, annotation)).collect(),
            checks,
            trail: trail(&showing, &book, flagged, &audit).await?,
            chain,
        })
    }

    /// Keeps what was begun, or lets it go.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_flag`, `invalid`.
    pub async fn keep_draft(&self, args: DraftArgs) -> Answer<Kept> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let key = showing.flag_key(&args.flag)?;
        let body = match &args.draft {
            None => None,
            Some(draft) => {
                check(draft)?;
                Some(serde_json::to_string(draft).map_err(|error| Failure::new("invalid", error.to_string()))?)
            }
        };
        road.keep_draft(&draft_name(&key), body).await?;
        Ok(Kept { at_ms: now_us() / 1000 })
    }

    /// Signs a verdict with its shapes: the events, their places in the outbox, all or nothing.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_flag`, `no_verdict`, `invalid`, `io`.
    pub async fn decide(&self, args: DecideArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let key = showing.flag_key(&args.flag)?;
        let DecideArgs { draft, name, confidence, .. } = args;
        check(&draft)?;
        let verdict = Verdict::ALL.into_iter().find(|verdict| Some(verdict.as_str()) == draft.verdict.as_deref());
        let verdict = verdict.ok_or_else(|| Failure::new("no_verdict", "Choose a verdict first: 1 to 4."))?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(Failure::new("invalid", "A decision is signed with a name of 1 to 200 characters."));
        }
        if confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
            return Err(Failure::new("invalid", "A confidence lies between 0 and 1."));
        }
        let (spot, supersedes) = {
            let book = showing.flags().await?;
            let flagged = book.flag_of(&key).ok_or_else(no_such_flag)?;
            let (_, before) = book.standing(flagged);
            // Only one's own word is taken back; another person's stands beside.
            let ours = before.filter(|said| said.is_ours).map(|said| said.event.id.clone());
            (flagged.flag.spot.clone(), ours)
        };
        let by = Some(Person { user: self.options.user.as_str().into(), name: Some(name.into()) });
        let at_ms = now_us() / 1000;
        let seen_seq = Some(showing.upto());
        // What nobody put a word to is marked for what the verdict is given for.
        let first = draft.reasons.first().and_then(|code| CODES.iter().find(|(known, _)| known == code));
        let usual = first.map_or_else(|| "Unlabelled".to_owned(), |(code, says)| format!("{code} {says}"));
        let bodies: Vec<(Option<Box<str>>, ReviewBody)> = draft
            .shapes
            .iter()
            .map(|drawn| {
                let shape = shapes::shape(drawn)?;
                let label = Some(drawn.label.trim()).filter(|label| !label.is_empty()).unwrap_or(&usual).into();
                let annotation = drawn.id.as_str().into();
                Ok((None, ReviewBody::Annotation(Annotation { annotation, shape, label, is_deleted: false })))
            })
            .chain([Ok((
                supersedes,
                ReviewBody::Decision(Decision {
                    verdict,
                    reasons: draft.reasons.iter().map(|code| code.as_str().into()).collect(),
                    comment: Some(draft.comment.trim()).filter(|text| !text.is_empty()).map(Into::into),
                    confidence,
                    seen_seq,
                    task: None,
                }),
            ))])
            .collect::<Answer<_>>()?;
        let source = self.event_source(&showing).await?;
        let first = self.installation.next_sequence(bodies.len() as u64)?;
        let events = (first..).zip(bodies).map(|(number, (supersedes, body))| {
            // A verdict is about a site; a shape about the channel as well.
            let channel = spot.channel.clone().filter(|_| matches!(body, ReviewBody::Annotation(_)));
            LocalBody::Event(Arc::new(ReviewRecord {
                plate: Arc::clone(&key.0),
                spot: Spot { channel, ..spot.clone() },
                id: Uuid::now_v7().to_string().into(),
                source: source.clone(),
                at_ms,
                sequence: Some(number),
                correlation: None,
                supersedes,
                by: by.clone(),
                body,
            }))
        });
        let seq = road.append_all(&self.options.user, events.collect()).await?;
        // Signed is signed; a draft that stays is only shown again.
        let _ = road.keep_draft(&draft_name(&key), None).await;
        // Not remembered is only typed again.
        let _ = self.installation.set_full_name(name);
        self.nudge_outbox().await;
        Ok(Written { seq })
    }

    /// A person wants a plate, wells of it or a site reviewed: all of the flags are written, or none.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_plate`, `no_such_well`, `invalid`.
    pub async fn raise_flag(&self, args: RaiseArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let plate = showing.plate(&args.plate)?;
        let reason = args.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            let message = format!("A reason of 1 to {LONGEST_REASON} characters is kept with the flag.");
            return Err(Failure::new("invalid", message));
        }
        if args.wells.len() != 1 && (args.site.is_some() || args.channel.is_some()) {
            return Err(Failure::new("invalid", "A site and a channel are of one well.".to_owned()));
        }
        let asked = Arc::clone(&plate);
        let format = showing.look(move |board| board.plate(&asked).and_then(plate::PlateStanding::format)).await?;
        let spots: Vec<Spot> = if args.wells.is_empty() {
            vec![Spot::default()]
        } else {
            let at = |index: u16| Well::at_index(usize::from(index), format?);
            let channel = args.channel.map(Box::from);
            let spot = |index| Some(Spot { well: Some(at(index)?), site: args.site, channel: channel.clone() });
            let wells: BTreeSet<u16> = args.wells.into_iter().collect();
            wells.into_iter().map(spot).collect::<Option<_>>().ok_or_else(no_such_well)?
        };
        let at_ms = now_us() / 1000;
        let flags = spots.into_iter().map(|spot| {
            LocalBody::Flag(Arc::new(FlagRecord {
                plate: Arc::clone(&plate),
                spot,
                id: Uuid::now_v7().to_string().into(),
                event: FlagEvent::Raised,
                reason: reason.into(),
                severity: Severity::Warning,
                score: None,
                source: "person".into(),
                at_ms,
                guidance: None,
            }))
        });
        Ok(Written { seq: road.append_all(&self.options.user, flags.collect()).await? })
    }

    /// `ce_source` of what is made here: which installation, which session.
    pub(super) async fn event_source(&self, showing: &Showing) -> Answer<Box<str>> {
        let id = self.installation.id()?;
        let session = showing.reader.lock().await.meta().id.clone();
        Ok(format!("plateside/{id}/{session}").into())
    }
}

impl Showing {
    /// The flags up to where the desk stands.
    pub(super) async fn flags(&self) -> Answer<tokio::sync::MutexGuard<'_, FlagBook>> {
        let mut book = self.flag_book.lock().await;
        book.advance(&mut *self.reader.lock().await, self.upto()).await?;
        Ok(book)
    }

    /// The flags up to the entry `seq` of a tick, or of a later moment that was read already; of none but this one where
    /// `jumped` says that time has moved.
    pub(super) async fn flags_at(&self, seq: i64, jumped: bool) -> Answer<tokio::sync::MutexGuard<'_, FlagBook>> {
        let mut book = self.flag_book.lock().await;
        let upto = if jumped { seq } else { seq.max(book.upto()) };
        book.advance(&mut *self.reader.lock().await, upto).await?;
        Ok(book)
    }

    /// The formats of plates with flags, as far as they are known.
    async fn formats(&self, book: &FlagBook) -> Answer<Formats> {
        let plates: HashSet<Arc<PlateKey>> = book.flags().map(|flagged| Arc::clone(&flagged.flag.plate)).collect();
        let question = move |board: &plate::Board| {
            plates.into_iter().filter_map(|key| board.plate(&key)?.format().map(|format| (key, format))).collect()
        };
        self.look(question).await
    }

    /// A flag's handle: its plate's, and its id there.
    pub(super) fn flag_handle(&self, flagged: &Flagged) -> String {
        format!("{}:{}", self.handle(&flagged.flag.plate), flagged.flag.id)
    }

    fn flag_key(&self, handle: &str) -> Answer<FlagKey> {
        let (plate, id) = handle.split_once(':').ok_or_else(no_such_flag)?;
        Ok((self.plate(plate).map_err(|_| no_such_flag())?, id.into()))
    }
}

fn no_such_flag() -> Failure {
    Failure::new("no_such_flag", "This flag is not in the session that is open now.")
}

/// Drafts go by the flag's plate and id: handles change from day to day.
pub(super) fn draft_name((plate, id): &FlagKey) -> String {
    format!("review {}/{}/{id}", plate.run, plate.barcode)
}

/// What stands in a draft can be kept, and later be signed.
fn check(draft: &ReviewDraft) -> Answer<()> {
    let invalid = |message: String| Err(Failure::new("invalid", message));
    if draft.comment.chars().count() > LONGEST_COMMENT {
        return invalid(format!("A comment has at most {LONGEST_COMMENT} characters."));
    }
    if draft.shapes.len() > MOST_SHAPES {
        return invalid(format!("{} shapes were drawn; at most {MOST_SHAPES} are kept.", draft.shapes.len()));
    }
    if let Some(code) = draft.reasons.iter().find(|code| CODES.iter().all(|(known, _)| known != code)) {
        return invalid(format!("There is no reason {code:?}."));
    }
    draft.shapes.iter().try_for_each(|drawn| shapes::shape(drawn).map(drop))
}

pub(super) fn standing(standing: Standing) -> FlagStanding {
    match standing {
        Standing::Waiting => FlagStanding::Waiting,
        Standing::SecondReader => FlagStanding::SecondReader,
        Standing::Decided => FlagStanding::Decided,
        Standing::Cleared => FlagStanding::Cleared,
    }
}
