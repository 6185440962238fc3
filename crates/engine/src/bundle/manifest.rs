//! The manifest: what a bundle says about itself, its first entry.

use serde::{Deserialize, Serialize};
use session::{BundleMark, BundlePixels};

use crate::digests::Digests;

/// The format that is written, and the newest that is read.
pub(super) const FORMAT: u32 = 1;
/// Its entry.
pub(super) const MANIFEST: &str = "manifest.json";
/// The entry of the rows.
pub(super) const DATABASE: &str = "session.db";
/// A manifest is no longer than this.
pub(super) const MOST_BYTES: u64 = 256 << 20;

/// What a bundle says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// [`FORMAT`].
    pub(super) format: u32,
    /// The version of Plateside that made it.
    pub(super) plateside: String,
    /// The session's UUID.
    pub(super) session: String,
    /// The cluster that it was recorded from.
    pub(super) cluster: String,
    /// When the session was begun, microseconds since 1970 UTC.
    pub(super) created_at_us: i64,
    /// When the bundle was made, microseconds since 1970 UTC.
    pub(super) made_at_us: i64,
    /// `full`, `previews` or `none`.
    pub(super) pixels: String,
    /// The last entry.
    pub(super) last_seq: i64,
    /// The head of the audit chain, hexadecimal.
    pub(super) audit_head: String,
    /// What verification must find.
    pub(super) digest: DigestsHex,
    /// Bodies that are not in it.
    pub(super) left_out: LeftOut,
    /// Small pictures of them; a bundle of before there were any says nothing.
    #[serde(default)]
    pub(super) previews: Previews,
    /// Every entry after this one, in order.
    pub(super) files: Vec<ManifestFile>,
}

/// The three digests, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DigestsHex {
    pub(super) content: String,
    pub(super) history: String,
    pub(super) judgement: String,
}

/// How much is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeftOut {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// How much stands for what is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previews {
    /// Previews.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bodies that are left out and of which some page that a plane uses has no preview.
    pub without: u64,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ManifestFile {
    /// Its name: `session.db`, `images/ab/cdef…` or `previews/ab/cdef…-P.png`.
    pub(super) path: String,
    /// Its length, unpacked.
    pub(super) bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub(super) sha256: String,
}

impl DigestsHex {
    pub(super) fn of(digests: &Digests) -> DigestsHex {
        let Digests { content, history, judgement } = digests;
        DigestsHex { content: hex::encode(content), history: hex::encode(history), judgement: hex::encode(judgement) }
    }

    /// The first digest in which two differ.
    pub(super) fn differs(&self, other: &DigestsHex) -> Option<&'static str> {
        [
            ("content", self.content != other.content),
            ("history", self.history != other.history),
            ("judgement", self.judgement != other.judgement),
        ]
        .into_iter()
        .find_map(|(name, differs)| differs.then_some(name))
    }
}

impl Manifest {
    /// The mark that the session in it must bear.
    pub(super) fn mark(&self) -> Option<BundleMark> {
        let pixels = BundlePixels::from_name(&self.pixels)?;
        Some(BundleMark { made_at_us: self.made_at_us, made_by: self.plateside.clone(), pixels })
    }
}

/// The entry of a body.
pub(super) fn image_entry(sha256: &[u8; 32]) -> String {
    let name = hex::encode(sha256);
    format!("images/{}/{}", &name[..2], &name[2..])
}

/// The digest that the name of a body's entry says; `None` for any name that is none.
pub(super) fn image_sha256(entry: &str) -> Option<[u8; 32]> {
    let (first, rest) = entry.strip_prefix("images/")?.split_once('/')?;
    let mut sha256 = [0; 32];
    hex::decode_to_slice(format!("{first}{rest}"), &mut sha256).ok()?;
    // Only the one way of writing it: capitals, or the slash elsewhere, would be another name for the same file.
    (image_entry(&sha256) == entry).then_some(sha256)
}

/// The entry of the preview of a page of a body.
pub(super) fn preview_entry(body: &[u8; 32], page: u16) -> String {
    let name = hex::encode(body);
    format!("previews/{}/{}-{page}.png", &name[..2], &name[2..])
}

/// The body and the page that the name of a preview's entry says; `None` for any name that is none.
pub(super) fn preview_page(entry: &str) -> Option<([u8; 32], u16)> {
    let (first, rest) = entry.strip_prefix("previews/")?.strip_suffix(".png")?.split_once('/')?;
    let (rest, page) = rest.split_once('-')?;
    let (mut body, page) = ([0; 32], page.parse().ok()?);
    hex::decode_to_slice(format!("{first}{rest}"), &mut body).ok()?;
    // As above: no zeros before the page, no plus.
    (preview_entry(&body, page) == entry).then_some((body, page))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_image_has_one_name() {
        let sha256 = [0xab; 32];
        let name = image_entry(&sha256);
        assert_eq!(name, format!("images/ab/{}", "ab".repeat(31)));
        assert_eq!(image_sha256(&name), Some(sha256));
        let rest = "ab".repeat(31);
        for wrong in [
            format!("images/AB/{rest}"),
            format!("images/aba/{}", &rest[1..]),
            format!("images//ab{rest}"),
            format!("images/ab/{rest}a"),
            format!("images/ab/{}", &rest[1..]),
            format!("images/ab/../ab/{rest}"),
            format!("/images/ab/{rest}"),
            format!("images\\ab\\{rest}"),
            format!("./images/ab/{rest}"),
            format!("images/ab/{}é", &rest[2..]),
            "session.db".to_owned(),
            String::new(),
        ] {
            assert_eq!(image_sha256(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_preview_has_one_name() {
        let (body, rest) = ([0xab; 32], "ab".repeat(31));
        for page in [0, 7, 10, u16::MAX] {
            assert_eq!(preview_page(&preview_entry(&body, page)), Some((body, page)));
        }
        assert_eq!(preview_entry(&body, 7), format!("previews/ab/{rest}-7.png"));
        for wrong in [
            format!("previews/ab/{rest}.png"),
            format!("previews/ab/{rest}-.png"),
            format!("previews/ab/{rest}-07.png"),
            format!("previews/ab/{rest}-+7.png"),
            format!("previews/ab/{rest}--7.png"),
            format!("previews/ab/{rest}-65536.png"),
            format!("previews/ab/{rest}-7"),
            format!("previews/ab/{rest}-7.PNG"),
            format!("previews/ab/{rest}-7.png/"),
            format!("previews/AB/{rest}-7.png"),
            format!("previews/ab/../ab/{rest}-7.png"),
            format!("previews/{}-7.png", "ab".repeat(32)),
            format!("/previews/ab/{rest}-7.png"),
            format!("images/ab/{rest}-7.png"),
            "session.db".to_owned(),
            String::new(),
        ] {
            assert_eq!(preview_page(&wrong), None, "{wrong}");
            assert_eq!(image_sha256(&wrong), None, "{wrong}");
        }
    }
}
