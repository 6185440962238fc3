//! Is a partition still the one that was read? Pure: from what was asked and what the broker answered (`DATA.md` 2).
//!
//! | what the broker shows | what it means |
//! | --- | --- |
//! | the log ends before the next offset | the topic was made again |
//! | the last message, same bytes and timestamp | the same topic: go on |
//! | another message at its offset | the topic was made again |
//! | the log begins behind it (retention) | go on at the later of next and the log's begin, with a doubt |
//! | a gap at its offset, in a log that goes on past it (compaction) | go on at next, with a doubt when resuming |
//!
//! A compacted log cannot prove that it is the same one. Taking it for another would store all of it a second time,
//! taking it for the same loses at most a doubt: and the topic's other partitions are asked too.

use crate::control::Last;

/// What was known when the broker was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// The next offset to read.
    pub(super) next: i64,
    /// The last message that was read.
    pub(super) last: Option<Last>,
}

/// What reading the last message again gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It was not tried.
    NotAsked,
    /// The first message at its offset or later.
    Message(Last),
    /// No message from its offset to the end of the log.
    Nothing,
    /// No answer in time.
    Unclear,
}

/// What to do with the partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same: go on at `next`.
    Same,
    /// Go on at this offset; the last message cannot be compared any more.
    GoOnAt { next: i64, reason: &'static str },
    /// The topic was deleted and made again. Offsets alone (`by_bytes` false) are believed when seen twice: right after
    /// a broker's death its successor may show too short a log for a moment.
    MadeAgain { reason: String, by_bytes: bool },
    /// It cannot be told now: ask again.
    AskAgain,
}

/// Judges one partition whose log begins at `low` and ends before `end`.
pub(super) fn judge(known: Known, low: i64, end: i64, found: Found) -> Verdict {
    let Known { next, last } = known;
    if end < next {
        let reason = format!("its log ends at offset {end}, and {next} was to come next");
        return Verdict::MadeAgain { reason, by_bytes: false };
    }
    let Some(last) = last else {
        let reason = "the broker's retention removed messages that were not read yet";
        return if low > next { Verdict::GoOnAt { next: low, reason } } else { Verdict::Same };
    };
    if low > next {
        let reason = "the broker's retention removed messages that were not read yet, and the last one that was";
        return Verdict::GoOnAt { next: low, reason };
    }
    if low > last.offset {
        let reason = "the broker's retention removed the last message that was read: it cannot be compared";
        return Verdict::GoOnAt { next, reason };
    }
    match found {
        Found::Message(found) if found == last => Verdict::Same,
        Found::Message(found) if found.offset == last.offset => {
            let reason = format!("another message stands at offset {}", last.offset);
            Verdict::MadeAgain { reason, by_bytes: true }
        }
        Found::Message(_) | Found::Nothing => Verdict::GoOnAt {
            next,
            reason: "the last message that was read is gone (compaction): it cannot be compared",
        },
        Found::NotAsked | Found::Unclear => Verdict::AskAgain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST: Last = Last { offset: 9, timestamp_ms: 5, digest: [1; 32] };
    const KNOWN: Known = Known { next: 10, last: Some(LAST) };

    #[test]
    fn each_answer_has_its_verdict() {
        assert_eq!(judge(KNOWN, 0, 10, Found::Message(LAST)), Verdict::Same);
        assert_eq!(judge(KNOWN, 0, 500, Found::Message(LAST)), Verdict::Same);
        for other in [Last { timestamp_ms: 6, ..LAST }, Last { digest: [2; 32], ..LAST }] {
            assert!(matches!(judge(KNOWN, 0, 10, Found::Message(other)), Verdict::MadeAgain { .. }), "{other:?}");
        }
        assert!(matches!(judge(KNOWN, 0, 9, Found::Message(LAST)), Verdict::MadeAgain { .. }), "the log is too short");
        assert!(matches!(judge(KNOWN, 0, 0, Found::NotAsked), Verdict::MadeAgain { .. }), "the log is empty");
    }

    #[test]
    fn retention_and_compaction_are_not_a_new_life() {
        let go_on = |verdict| match verdict {
            Verdict::GoOnAt { next, .. } => next,
            other => panic!("{other:?}"),
        };
        assert_eq!(go_on(judge(KNOWN, 10, 10, Found::NotAsked)), 10, "all of it expired, nothing was missed");
        assert_eq!(go_on(judge(KNOWN, 40, 60, Found::NotAsked)), 40, "30 messages were missed");
        assert_eq!(go_on(judge(KNOWN, 0, 60, Found::Message(Last { offset: 12, ..LAST }))), 10);
        assert_eq!(go_on(judge(KNOWN, 0, 60, Found::Nothing)), 10);
        assert_eq!(go_on(judge(Known { next: 10, last: None }, 20, 60, Found::NotAsked)), 20);
    }

    #[test]
    fn what_cannot_be_told_is_asked_again() {
        assert_eq!(judge(KNOWN, 0, 10, Found::Unclear), Verdict::AskAgain);
        assert_eq!(judge(KNOWN, 0, 10, Found::NotAsked), Verdict::AskAgain);
        assert_eq!(judge(Known { next: 10, last: None }, 0, 10, Found::NotAsked), Verdict::Same);
    }
}
