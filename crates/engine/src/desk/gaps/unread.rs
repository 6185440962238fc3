//! Results that could not be decoded, by the key of their message. Their bodies are kept, and often say which well they are of
//! though something else in them is wrong.

use std::collections::{BTreeSet, HashMap};

use plate::Well;
use serde::Deserialize;
use session::Reader;
use tokio::sync::Mutex;
use wire::Kind;

/// Keys that are told apart: a stranger may send a new one each time.
const KEYS: usize = 16_384;
/// A longer key names no plate.
const LONGEST_KEY: usize = 1024;
/// Messages that are read before others may ask the session.
const PAGE: usize = 2048;

/// All of them up to a `seq`: each message is read once.
#[derive(Debug, Default)]
pub(super) struct Unread {
    upto: i64,
    by_key: HashMap<Box<[u8]>, OfKey>,
}

/// The messages with one key.
#[derive(Debug, Default)]
pub(super) struct OfKey {
    /// The wells that they name, each once.
    pub(super) wells: BTreeSet<Well>,
    /// Messages whose well cannot be told.
    pub(super) unknown: u32,
}

impl Unread {
    /// Reads what came since; begins anew where `upto` lies before what it has.
    pub(super) async fn advance(&mut self, reader: &Mutex<Reader>, upto: i64) -> Result<(), session::Error> {
        if upto < self.upto {
            *self = Unread::default();
        }
        while self.upto < upto {
            let range = (self.upto, upto);
            let mut reader = reader.lock().await;
            let page = reader.undecoded_of(Kind::Results, range, PAGE, |key, body| self.take(key, body));
            let read = page.await?;
            self.upto = read;
        }
        Ok(())
    }

    /// The messages with a key.
    pub(super) fn of(&self, key: &[u8]) -> Option<&OfKey> {
        self.by_key.get(key)
    }

    fn take(&mut self, key: &[u8], body: Option<&[u8]>) {
        let has_room = self.by_key.len() < KEYS || self.by_key.contains_key(key);
        if key.len() > LONGEST_KEY || !has_room {
            return;
        }
        let of_key = self.by_key.entry(key.into()).or_default();
        match body.and_then(well_of) {
            Some(well) => _ = of_key.wells.insert(well),
            None => of_key.unknown = of_key.unknown.saturating_add(1),
        }
    }
}

/// The well that a body names: the field `well` of JSON, else the first text of that name in what is broken, cut short or
/// framed JSON.
fn well_of(body: &[u8]) -> Option<Well> {
    const NAME: &[u8] = b"\"well\"";
    /// `"AF48"` and a little.
    const LONGEST: usize = 8;

    #[derive(Deserialize)]
    struct Named {
        well: String,
    }
    if let Ok(named) = serde_json::from_slice::<Named>(body) {
        return named.well.parse().ok();
    }
    let at = body.windows(NAME.len()).position(|part| part == NAME)?;
    let value = body[at + NAME.len()..].trim_ascii_start().strip_prefix(b":")?;
    let text = value.trim_ascii_start().strip_prefix(b"\"")?;
    let end = text.iter().take(LONGEST).position(|byte| *byte == b'"')?;
    std::str::from_utf8(&text[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_cannot_be_decoded_may_still_name_its_well() {
        let named = |body: &str| well_of(body.as_bytes()).map(|well| well.to_string());
        let read = [
            (r#"{"plate":"P1","well":"D09","features":{"Cells":"many"}}"#, Some("D09")),
            (r#"{"well": "D09", "features": {"Cells": NaN}}"#, Some("D09")),
            (r#"{"features":{"Cells":1.5,"well":3},"well":"af48"}"#, Some("AF48")),
            ("\0\0\0\0\u{7}{\"well\" : \"B02\"", Some("B02")),
            (r#"{"well":"D09","features":{"Cel"#, Some("D09")),
            (r#"{"well":7}"#, None),
            (r#"{"well":"north"}"#, None),
            (r#"{"well":"D0"#, None),
            (r#"{"plate":"P1"}"#, None),
            ("", None),
        ];
        for (body, well) in read {
            assert_eq!(named(body).as_deref(), well, "{body}");
        }
        assert_eq!(well_of(&[0xff; 64]), None);
    }

    #[test]
    fn sites_of_one_well_are_one_well_and_what_names_none_is_counted_apart() {
        let mut unread = Unread::default();
        for site in 1..=9 {
            let body = format!(r#"{{"well":"D09","site":{site},"features":{{"Cells":NaN}}}}"#);
            unread.take(b"run/P1", Some(body.as_bytes()));
        }
        unread.take(b"run/P1", Some(b"nothing"));
        unread.take(b"run/P1", None);
        let of_plate = unread.of(b"run/P1").unwrap();
        assert_eq!((of_plate.wells.len(), of_plate.unknown), (1, 2));
        assert!(unread.of(b"run/P2").is_none());
        unread.take(&[b'x'; LONGEST_KEY + 1], None);
        for n in 0..KEYS {
            unread.take(n.to_string().as_bytes(), None);
        }
        assert_eq!(unread.by_key.len(), KEYS, "a stranger fills no memory");
        unread.take(b"run/P1", None);
        assert_eq!(unread.of(b"run/P1").unwrap().unknown, 3, "what is known goes on");
    }
}
