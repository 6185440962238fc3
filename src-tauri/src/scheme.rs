//! `plateside://localhost/…`: bytes, and what the desk tells by itself, for the window's own pages and nobody else.
//! Never a path of a file.

use std::borrow::Cow;
use std::sync::Arc;

use engine::desk::bytes::Scale;
use engine::desk::composite::CompositeAsked;
use engine::desk::pictured::PlaneArgs;
use engine::desk::{Answer, Desk, Failure};
use engine::vision::Channel;
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{Manager as _, Runtime, UriSchemeContext, UriSchemeResponder};

/// The scheme's name.
pub(crate) const NAME: &str = "plateside";
/// The one window's label, and the one origin whose pages may ask.
const WINDOW: &str = "main";
#[cfg(not(any(windows, target_os = "android")))]
const ORIGIN: &str = "tauri://localhost";
#[cfg(any(windows, target_os = "android"))]
const ORIGIN: &str = "http://tauri.localhost";
/// A question is never longer: handles and a feature's name. URIs of over 65,534 bytes do not parse at all.
const LONGEST_QUESTION: usize = 32 * 1024;

/// Answers a request on a task of its own.
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let desk = context.app_handle().try_state::<Arc<Desk>>().map(|desk| Arc::clone(desk.inner()));
    let refused = refusal(context.webview_label(), &request);
    tauri::async_runtime::spawn(async move {
        let answer = match (refused, desk) {
            (Some(failure), _) => Err(failure),
            (None, None) => Err(Failure::new("starting", "The window is not ready yet.")),
            (None, Some(desk)) => answer(&desk, &request).await,
        };
        responder.respond(response(answer));
    });
}

/// Why a request is not answered: another window, another origin, another method.
fn refusal(label: &str, request: &Request<Vec<u8>>) -> Option<Failure> {
    let origin = request.headers().get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if label != WINDOW || origin != Some(ORIGIN) || request.method() != Method::GET {
        return Some(Failure::new("forbidden", "Only Plateside's own pages may ask this."));
    }
    (request.uri().to_string().len() > LONGEST_QUESTION).then(|| Failure::new("too_long", "The question is too long."))
}

async fn answer(desk: &Arc<Desk>, request: &Request<Vec<u8>>) -> Answer<Vec<u8>> {
    let asked: Vec<(String, String)> = pairs(request.uri().query().unwrap_or_default());
    let of = |name: &str| asked.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    match request.uri().path() {
        "/wall" => {
            let plates: Vec<&str> = of("plates").split(',').filter(|handle| !handle.is_empty()).collect();
            desk.wall(of("feature"), &plates).await
        }
        "/column" => {
            let unknown = || Failure::new("bad_question", format!("There is no scale \"{}\".", of("scale")));
            let scale = Scale::from_name(of("scale")).ok_or_else(unknown)?;
            desk.column(of("plate"), of("feature"), scale).await
        }
        "/composite" => desk.composite(composite(&asked)?).await,
        "/outlines" => desk.outlines(of("handle")).await,
        "/body" => desk.body(of("handle")).await,
        "/told" => {
            let number = |name: &str| of(name).parse::<u32>().unwrap_or_default();
            let heard = desk.told(number("page"), number("drawn")).await?;
            serde_json::to_vec(&heard).map_err(|error| Failure::new("told", error.to_string()))
        }
        _ => Err(Failure::new("not_found", "There is nothing here.")),
    }
}

/// A picture's question: which site, which part of it, and a `c` for each channel: colour, range, gamma, name.
fn composite(asked: &[(String, String)]) -> Answer<CompositeAsked> {
    let of = |name: &str| asked.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let bad = |name: &str| Failure::new("bad_question", format!("\"{name}\" of a picture is not understood."));
    let number = |name: &str| of(name).parse::<u32>().map_err(|_| bad(name));
    let small = |name: &str| of(name).parse::<u16>().map_err(|_| bad(name));
    let channel = |text: &str| -> Option<(String, Channel)> {
        let mut fields = text.splitn(5, ',');
        let colour = fields.next().filter(|colour| colour.len() == 6 && colour.is_ascii())?;
        let level = |at: usize| u8::from_str_radix(colour.get(at..at + 2)?, 16).ok();
        let rgb = [level(0)?, level(2)?, level(4)?];
        let (low, high, gamma) =
            (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((fields.next()?.to_owned(), Channel { rgb, low, high, gamma }))
    };
    let channels = asked.iter().filter(|(name, _)| name == "c").map(|(_, text)| channel(text).ok_or_else(|| bad("c")));
    Ok(CompositeAsked {
        site: PlaneArgs {
            plate: of("plate").to_owned(),
            well: small("well")?,
            site: small("site")?,
            channel: String::new(),
            z: if of("z") == "max" { None } else { Some(small("z")?) },
            t: number("t")?,
        },
        level: of("level").parse().map_err(|_| bad("level"))?,
        part: (number("x")?, number("y")?, number("w")?, number("h")?),
        view: of("view").to_owned(),
        channels: channels.collect::<Answer<_>>()?,
    })
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (owned(name), owned(value))).collect()
}

fn owned(text: Cow<'_, str>) -> String {
    text.into_owned()
}

fn response(answer: Answer<Vec<u8>>) -> Response<Cow<'static, [u8]>> {
    let (status, kind, body) = match answer {
        Ok(bytes) => (StatusCode::OK, "application/octet-stream", bytes),
        Err(failure) => {
            let status = match failure.code.as_str() {
                "forbidden" => StatusCode::FORBIDDEN,
                "not_found" | "missing_plane" | "no_such_plate" | "no_such_body" | "nothing_open" => {
                    StatusCode::NOT_FOUND
                }
                _ => StatusCode::BAD_REQUEST,
            };
            (status, "application/json", serde_json::to_vec(&failure).unwrap_or_default())
        }
    };
    let mut response = Response::new(Cow::Owned(body));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(origin: Option<&str>, method: Method, uri: &str) -> Request<Vec<u8>> {
        let mut builder = Request::builder().method(method).uri(uri);
        if let Some(origin) = origin {
            builder = builder.header(header::ORIGIN, origin);
        }
        builder.body(Vec::new()).unwrap()
    }

    #[test]
    fn only_our_own_pages_are_answered() {
        let uri = "plateside://localhost/wall?plates=a";
        assert!(refusal("main", &request(Some(ORIGIN), Method::GET, uri)).is_none());
        for (label, origin, method) in [
            ("other", Some(ORIGIN), Method::GET),
            ("main", Some("https://evil.example"), Method::GET),
            ("main", Some("null"), Method::GET),
            ("main", None, Method::GET),
            ("main", Some(ORIGIN), Method::POST),
        ] {
            assert!(refusal(label, &request(origin, method.clone(), uri)).is_some(), "{label} {origin:?} {method}");
        }
        let long = format!("{uri}{}", "a".repeat(LONGEST_QUESTION));
        assert!(refusal("main", &request(Some(ORIGIN), Method::GET, &long)).is_some());
    }

    #[test]
    fn a_picture_is_asked_for_by_site_part_and_channels() {
        let query =
            "plate=p&well=3&site=2&z=max&t=0&level=1&x=0&y=4&w=640&h=480&view=main&c=5b8ff9,100,4000,1.25,DNA%2C%201";
        let asked = composite(&pairs(query)).unwrap();
        assert_eq!((asked.site.well, asked.site.site, asked.site.z, asked.part), (3, 2, None, (0, 4, 640, 480)));
        let channel = Channel { rgb: [0x5b, 0x8f, 0xf9], low: 100, high: 4000, gamma: 1.25 };
        assert_eq!(asked.channels, [("DNA, 1".to_owned(), channel)]);
        for (from, to) in
            [("w=640", "w=-1"), ("c=5b8ff9", "c=5b8ffx"), ("1.25,", ""), ("well=3", "well=70000"), ("t=0", "")]
        {
            assert_eq!(composite(&pairs(&query.replace(from, to))).unwrap_err().code, "bad_question", "{to}");
        }
    }

    #[test]
    fn questions_are_decoded() {
        assert_eq!(
            pairs("feature=a%26b%20%C2%B5&plates=x,y"),
            [("feature".into(), "a&b µ".into()), ("plates".into(), "x,y".into())]
        );
    }
}
