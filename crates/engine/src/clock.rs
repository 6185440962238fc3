//! The one place of the engine that reads the wall clock: everything below takes time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970 UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the engine's edge: everything below is told the time")]
pub fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// The minute of the local day, from 0 to 1439.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "quiet hours are those of where this machine stands")]
pub(crate) fn minute_of_day() -> u16 {
    let now = jiff::Zoned::now();
    u16::try_from(i16::from(now.hour()) * 60 + i16::from(now.minute())).unwrap_or(0)
}

/// A time as people write it, RFC 3339 in UTC; empty where it cannot be written.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|time| format!("{time:.3}")).unwrap_or_default()
}

/// Reads an RFC 3339 time with a zone into milliseconds since 1970 UTC.
///
/// # Errors
/// A sentence that names the text.
pub fn parse_time_ms(text: &str) -> Result<i64, String> {
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| format!("{text:?} is not an RFC 3339 time with a zone (as 2026-11-22T13:00:00+01:00)"))?;
    Ok(time.as_millisecond())
}
