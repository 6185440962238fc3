//! Alerts as flags of the lab's topic: raised while a state holds, cleared when it is over.

use std::collections::HashMap;
use std::sync::Arc;

use feed::outbox::{Outbox, Outgoing, SendError};
use plate::rules::Rules;
use plate::{Alert, AlertLevel, FlagEvent, FlagRecord, Severity, Spot};
use session::Reader;

use super::is_call;
use crate::rules::{State, state_of, words};

/// Flags of one transaction.
const BATCH: usize = 100;

/// Where a recording's calls go and come from.
#[derive(Debug, Clone, Default)]
pub struct Lab {
    /// The session's name.
    pub session: String,
    /// The brokers, for the flags topic; empty where nothing is recorded.
    pub brokers: String,
    /// The flags topic, where the lab has one.
    pub flags: Option<String>,
    /// This installation.
    pub installation: String,
}

impl Lab {
    /// Puts flags on the flags topic, in their order. Blocks for some seconds at most.
    ///
    /// # Errors
    /// A sentence, also where there is nothing to send and no topic to send it to.
    pub(super) fn send(&self, flags: &[FlagRecord]) -> Result<(), String> {
        let Some(topic) = &self.flags else { return Err("the connection names no flags topic".to_owned()) };
        if flags.is_empty() {
            return Ok(());
        }
        let bodies: Result<Vec<Vec<u8>>, _> = flags.iter().map(wire::encode_flag).collect();
        let bodies = bodies.map_err(|error| format!("an alert cannot be written as a flag: {error}"))?;
        let keys: Vec<String> = flags.iter().map(|flag| wire::message_key(&flag.plate)).collect();
        let headers = wire::Headers::default();
        let messages: Vec<Outgoing<'_>> = keys
            .iter()
            .zip(&bodies)
            .map(|(key, body)| Outgoing { key: key.as_bytes(), headers: &headers, body })
            .collect();
        let name = format!("plateside-flags-{}", self.installation);
        let failed = |error: SendError| format!("the flags topic: {error}");
        let mut outbox = Outbox::open(&self.brokers, &name).map_err(failed)?;
        for batch in messages.chunks(BATCH) {
            outbox.send(topic, batch).into_iter().collect::<Result<Vec<_>, _>>().map_err(failed)?;
        }
        Ok(())
    }

    /// What the lab is told of an alert that calls or does not: its flag, and that the flag before it is over.
    pub(super) fn flags_of(
        &self,
        rules: Option<&Rules>,
        (seq, alert): (i64, &Alert),
        (calls, before): (bool, Option<Raise>),
        at_ms: i64,
    ) -> Vec<FlagRecord> {
        let flag = |of: i64, spot: &Spot| FlagRecord {
            plate: Arc::clone(&alert.plate),
            spot: spot.clone(),
            // The same alert of the same session is the same flag, however often it is sent.
            id: FlagRecord::id_of_alert(&self.installation, &self.session, of),
            event: FlagEvent::Cleared,
            reason: alert.rule.clone(),
            severity: Severity::Info,
            score: None,
            source: "rule".into(),
            at_ms,
            guidance: None,
        };
        let raised = calls.then(|| FlagRecord {
            event: FlagEvent::Raised,
            severity: match alert.level {
                AlertLevel::Fail => Severity::Error,
                AlertLevel::Attention => Severity::Warning,
                AlertLevel::Info | AlertLevel::Cleared => Severity::Info,
            },
            score: alert.value.filter(|value| value.is_finite()),
            guidance: Some(words(rules, &alert.rule).guidance).filter(|text| !text.is_empty()).map(Into::into),
            ..flag(seq, &alert.spot)
        });
        // Raised first: while a state holds there is a flag of it. What is over is where it was raised.
        let over = before.filter(|raise| raise.calls).map(|raise| flag(raise.seq, &raise.spot));
        raised.into_iter().chain(over).collect()
    }
}

/// An alert that was raised and is not over.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raise {
    seq: i64,
    spot: Spot,
    /// It called, so the lab has a flag of it.
    calls: bool,
}

/// The states that hold, by the alert that raised each.
#[derive(Debug, Default)]
pub(super) struct Open {
    upto: i64,
    raised: HashMap<State, Raise>,
}

impl Open {
    /// Reads what was raised up to there and is not known yet: a recording that goes on clears what it flagged before. The
    /// first time that is every alert of the session.
    ///
    /// # Errors
    /// [`session::Error`]: nothing is known more than before.
    pub(super) async fn catch_up(
        &mut self,
        reader: &mut Reader,
        rules: Option<&Rules>,
        upto: i64,
    ) -> Result<(), session::Error> {
        if upto <= self.upto {
            return Ok(());
        }
        let before = reader.alerts_between(self.upto, upto).await?;
        let causes: Vec<i64> = before.iter().map(|(_, alert)| alert.cause_seq).collect();
        let ages = reader.ages_ms(&causes).await?;
        for ((seq, alert), age_ms) in before.iter().zip(ages) {
            // What it takes the place of was told then.
            let _ = self.take(*seq, alert, is_call(rules, alert, age_ms));
        }
        self.upto = upto;
        Ok(())
    }

    /// Takes the next alert in; the raise that it ends, or whose place it takes.
    pub(super) fn take(&mut self, seq: i64, alert: &Alert, calls: bool) -> Option<Raise> {
        self.upto = self.upto.max(seq);
        match alert.level {
            AlertLevel::Cleared => self.raised.remove(&state_of(alert)),
            _ => self.raised.insert(state_of(alert), Raise { seq, spot: alert.spot.clone(), calls }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::tests::alert;

    fn lab() -> Lab {
        Lab { session: "night".into(), installation: "0199".into(), ..Lab::default() }
    }

    /// What the lab hears of alerts that call: event, end of the id, severity, site.
    fn told(alerts: &[(i64, Alert)], open: &mut Open) -> Vec<(FlagEvent, String, Severity, Option<u16>)> {
        let heard = alerts.iter().flat_map(|(seq, alert)| {
            let calls = is_call(None, alert, Some(0));
            let before = open.take(*seq, alert, calls);
            lab().flags_of(None, (*seq, alert), (calls, before), 5)
        });
        heard.map(|flag| (flag.event, flag.id.to_string(), flag.severity, flag.spot.site)).collect()
    }

    #[test]
    fn every_alert_is_a_flag_of_its_own_however_many_one_record_causes() {
        // One clock record judges three plates, and two features of one.
        let of_feature = |feature: &str| Alert { feature: feature.into(), ..alert("P1", AlertLevel::Fail) };
        let alerts = [(11, of_feature("a")), (12, of_feature("b")), (13, alert("P2", AlertLevel::Fail))];
        let heard = told(&alerts, &mut Open::default());
        let ids: Vec<&str> = heard.iter().map(|(_, id, ..)| &**id).collect();
        assert_eq!(
            ids,
            ["plateside-alert/0199/night/11", "plateside-alert/0199/night/12", "plateside-alert/0199/night/13"]
        );
    }

    #[test]
    fn what_is_over_is_cleared_by_the_id_and_at_the_place_of_its_raise() {
        let spot = Spot { well: Some("B03".parse().unwrap()), site: Some(2), channel: None };
        let raised = Alert { spot, ..alert("P1", AlertLevel::Attention) };
        let mut open = Open::default();
        let alerts = [(7, raised), (9, alert("P1", AlertLevel::Fail)), (12, alert("P1", AlertLevel::Cleared))];
        let heard = told(&alerts, &mut open);
        let id = |seq: i64| format!("plateside-alert/0199/night/{seq}");
        assert_eq!(
            heard,
            [
                (FlagEvent::Raised, id(7), Severity::Warning, Some(2)),
                (FlagEvent::Raised, id(9), Severity::Error, None),
                (FlagEvent::Cleared, id(7), Severity::Info, Some(2)),
                (FlagEvent::Cleared, id(9), Severity::Info, None),
            ]
        );
        assert_eq!(told(&[(14, alert("P1", AlertLevel::Cleared))], &mut open), [], "it is over once");
    }

    #[test]
    fn of_what_never_called_nothing_is_said_when_it_is_over() {
        let (raised, cleared) = (alert("P1", AlertLevel::Fail), alert("P1", AlertLevel::Cleared));
        let mut open = Open::default();
        assert_eq!(open.take(7, &raised, false), None);
        let before = open.take(8, &cleared, false);
        assert!(before.is_some() && lab().flags_of(None, (8, &cleared), (false, before), 5).is_empty());
    }

    #[test]
    fn a_flag_that_is_sent_is_known_as_an_alert() {
        let raised = alert("P1", AlertLevel::Fail);
        let flags = lab().flags_of(None, (7, &raised), (true, None), 5);
        assert_eq!(flags.iter().map(FlagRecord::alert_seq).collect::<Vec<_>>(), [Some(7)]);
    }
}
