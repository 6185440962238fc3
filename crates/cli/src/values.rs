//! Texts of the command line to values: durations, topics, starting points, speeds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::feed::Start;
use engine::wire::Kind;

/// Reads `500ms`, `5s`, `2m`, `1h`; a number alone is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let number_ends = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(number_ends);
    let seconds = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("not a duration (as 500ms, 5s, 2m, 1h)".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "not a duration (as 500ms, 5s, 2m, 1h)".to_owned())?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|duration| *duration <= Duration::from_secs(7 * 86_400))
        .ok_or_else(|| "longer than a week".to_owned())
}

/// Checks `HOST:PORT,…`.
pub(crate) fn brokers(text: &str) -> Result<String, String> {
    if text.split(',').any(|address| address.trim().is_empty()) {
        return Err("an address is missing beside a comma (HOST:PORT,HOST:PORT)".to_owned());
    }
    engine::connections::check_brokers(text)
}

/// Reads `results=my.topic`.
pub(crate) fn topic(text: &str) -> Result<(Kind, String), String> {
    let (kind, topic) = text.split_once('=').ok_or("not KIND=TOPIC (as results=plateside.results)")?;
    let kind = Kind::from_name(kind).ok_or_else(|| {
        let kinds = Kind::ALL.map(Kind::as_str).join(", ");
        format!("{kind:?} is not a kind of message ({kinds})")
    })?;
    engine::check_topic(topic)?;
    Ok((kind, topic.to_owned()))
}

/// Reads `earliest`, `latest`, `stored` or a time.
pub(crate) fn start(text: &str) -> Result<Start, String> {
    match text {
        "earliest" => Ok(Start::Earliest),
        "latest" => Ok(Start::Latest),
        "stored" => Ok(Start::Stored),
        _ => engine::parse_time_ms(text)
            .map(Start::TimeMs)
            .map_err(|error| format!("earliest, latest, stored or a time: {error}")),
    }
}

/// Reads a time into milliseconds since 1970 UTC.
pub(crate) fn time_ms(text: &str) -> Result<i64, String> {
    engine::parse_time_ms(text)
}

/// The slowest and fastest speed: a second a fortnight, two weeks a second.
const SPEEDS: (f64, f64) = (1e-6, 1e6);

/// Reads a factor of time.
pub(crate) fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| (SPEEDS.0..=SPEEDS.1).contains(speed));
    speed.ok_or_else(|| format!("not a speed between {} and {} (1 is as it was)", SPEEDS.0, SPEEDS.1))
}

/// Reads a factor of time, or `max` (`None`).
pub(crate) fn speed_or_max(text: &str) -> Result<ReplaySpeed, String> {
    if text == "max" { Ok(ReplaySpeed(None)) } else { speed(text).map(|speed| ReplaySpeed(Some(speed))) }
}

/// A factor of time; `None` is as fast as it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ReplaySpeed(pub(crate) Option<f64>);

/// A picture's file, and which kind its ending says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) path: PathBuf,
    /// Vectors, not pixels.
    pub(crate) is_svg: bool,
}

/// Reads a path that ends with `.svg` or `.png`.
pub(crate) fn picture(text: &str) -> Result<Picture, String> {
    let path = Path::new(text);
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let is_svg = match ending.as_deref() {
        Some("svg") => true,
        Some("png") => false,
        _ => return Err("the file's name must end with .svg or .png".to_owned()),
    };
    Ok(Picture { path: path.to_owned(), is_svg })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_brokers() {
        for good in ["a", "a:1", "kafka-1:9092, kafka-2:9092", "[::1]:9092", "127.0.0.1:65535"] {
            assert!(brokers(good).is_ok(), "{good}");
        }
        for bad in ["", ",", "a:1,", "127.0.0.1:99999", "http://x:9092", "a:b", ":9092", "me:secret@a:1"] {
            assert!(brokers(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn pictures() {
        assert_eq!(picture("a/b.svg"), Ok(Picture { path: "a/b.svg".into(), is_svg: true }));
        assert_eq!(picture("b.PNG"), Ok(Picture { path: "b.PNG".into(), is_svg: false }));
        for text in ["", ".svg", "a", "a.pdf", "a.svg/", "svg"] {
            assert_eq!(picture(text).is_err(), text != "a.svg/", "{text:?}");
        }
    }

    #[test]
    fn durations() {
        for (text, ms) in [("500ms", 500), ("5s", 5000), ("5", 5000), ("0.5s", 500), ("2m", 120_000), ("1h", 3_600_000)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "s", "-1s", "5 s", "5d", "1e3s", "nan", "99999h", "1..2s"] {
            assert!(duration(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn topics_name_the_kind_or_say_which_there_are() {
        assert_eq!(topic("results=a.b"), Ok((Kind::Results, "a.b".to_owned())));
        assert!(topic("result=a").unwrap_err().contains("results, images, layouts"));
        assert!(topic("results").unwrap_err().contains("KIND=TOPIC"));
        assert!(topic("results=a b").unwrap_err().contains("no topic name"));
    }

    #[test]
    fn starts_and_speeds() {
        assert_eq!(start("latest"), Ok(Start::Latest));
        assert_eq!(start("1970-01-01T01:00:01+01:00"), Ok(Start::TimeMs(1000)));
        assert!(start("yesterday").unwrap_err().contains("RFC 3339"));
        assert_eq!(speed_or_max("max"), Ok(ReplaySpeed(None)));
        assert_eq!(speed("0.5"), Ok(0.5));
        for text in ["0", "-1", "inf", "nan", "1e-300", "fast"] {
            assert!(speed_or_max(text).is_err(), "{text}");
        }
    }
}
