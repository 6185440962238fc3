//! A session with one of everything, recorded as the road records, and what tests do with bundles of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{
    Chunk, FeatureList, Features, Format, ImageRecord, Layout, LayoutRecord, LayoutWell, LocalBody, LocalRecord,
    Origin, Pixels, PlateKey, ResultRecord, Role, Source, Value,
};
use session::{BundlePixels, SessionMeta, Writer, WriterOptions};
use vision::Grey;
use wire::{Batch, Decoder, Envelope, Headers, Kind};

use super::super::{BundleError, BundleSettings, Bundled, OpenLimits, Opened, bundle, open_bundle};
use crate::committer::Committer;
use crate::digests::Digests;
use crate::prepared::prepare;
use crate::{Pace, digests};

/// Bytes of an image that lies in a file.
pub(super) const LARGE: usize = 70_000;

const PROFILE: &str = "[[assay]]\nname = 'A'\n[[assay.headline]]\nfeature = 'f'";

pub(super) struct Lab {
    committer: Committer,
    decoder: Decoder,
    offsets: i64,
    now_us: i64,
    pub(super) plate: Arc<PlateKey>,
}

impl Lab {
    pub(super) async fn new(dir: &Path) -> Lab {
        let meta = SessionMeta {
            id: "0199a0b2-0000-7000-8000-00000000000b".to_owned(),
            created_at_us: 1_000_000,
            cluster: "lab".to_owned(),
            profile_name: "p".to_owned(),
            profile_toml: PROFILE.to_owned(),
            overlay_of: None,
        };
        let writer = Writer::create(dir, &meta, &WriterOptions::default()).await.unwrap();
        let committer = Committer::new(dir, writer).await.unwrap();
        let plate = Arc::new(PlateKey::new("run", "P1"));
        let mut lab = Lab { committer, decoder: Decoder::default(), offsets: 0, now_us: 2_000_000, plate };
        let cards = crate::Profile::parse(PROFILE, Path::new("p.toml")).unwrap().assay.into();
        lab.local(LocalBody::Profile { name: "p".into(), cards, rules: None }).await;
        lab
    }

    pub(super) async fn local(&mut self, body: LocalBody) {
        self.now_us += 1_000_000;
        let record = LocalRecord { at_ms: self.now_us / 1000, by: "mara".into(), body };
        self.committer.append(self.now_us, vec![record]).await.unwrap();
    }

    pub(super) async fn send(&mut self, messages: Vec<(Kind, Headers, Vec<u8>)>) {
        self.now_us += 1_000_000;
        let mut envelopes = Vec::new();
        for (kind, headers, body) in messages {
            self.offsets += 1;
            let source = Arc::new(Source { cluster: "lab".into(), topic: kind.as_str().into(), incarnation: 0 });
            let offset = self.offsets;
            let origin = Origin { source, partition: 0, offset, timestamp_ms: 1000 + offset };
            envelopes.push(Envelope { origin, kind, key: Some("run/P1".into()), headers, body: Some(body.into()) });
        }
        let batch = Batch { received_at_us: self.now_us, envelopes };
        let prepared = prepare(&mut self.decoder, batch);
        self.committer.commit(self.now_us, prepared).await.unwrap();
    }

    /// Three negative wells, whose values lie so wide that the third raises an alert.
    pub(super) async fn small(&mut self) {
        let wells = ["A01", "A02", "A03"].map(|well| well.parse().unwrap());
        let named =
            |well| LayoutWell { well, role: Role::Negative, compound: None, concentration: None, replicate: None };
        let layout = Layout::new(Format::F96, Some("A".into()), None, wells.map(named).to_vec()).unwrap();
        let layout = LayoutRecord { plate: Arc::clone(&self.plate), layout: Arc::new(layout) };
        let mut messages = vec![(Kind::Layouts, Headers::default(), wire::encode_layout(&layout).unwrap())];
        let list = Arc::new(FeatureList::new(vec!["f".into()]));
        for (well, number) in wells.into_iter().zip([1.0, 5.0, 9.0]) {
            let record = ResultRecord {
                plate: Arc::clone(&self.plate),
                format: Format::F96,
                well,
                site: None,
                read_at_ms: None,
                features: Features::new(Arc::clone(&list), [Value::Number(number)]).unwrap(),
            };
            messages.push((Kind::Results, Headers::default(), wire::encode_result(&record).unwrap()));
        }
        messages.push((Kind::Results, Headers::default(), b"{".to_vec()));
        self.send(messages).await;
    }

    fn plane(&self, channel: &str, pixels: Pixels, chunk: Option<Chunk>) -> ImageRecord {
        ImageRecord {
            plate: Arc::clone(&self.plate),
            format: Format::F96,
            well: "A01".parse().unwrap(),
            site: 1,
            z: 0,
            t: 0,
            channel: channel.into(),
            page: 0,
            pixels,
            sha256: None,
            chunk,
            pixel_um: None,
            acquired_at_ms: None,
        }
    }

    /// A message with an image of so many bytes, or with a piece of one.
    pub(super) fn image(&self, channel: &str, bytes: usize, chunk: Option<Chunk>) -> (Kind, Headers, Vec<u8>) {
        let mut file: Vec<u8> = (0..bytes).map(|at| (at * 7 + channel.len()) as u8).collect();
        file[..4].copy_from_slice(b"II*\0");
        let pixels = Pixels::Inline { content_type: Some("image/tiff".into()), bytes: bytes as u64 };
        let headers = wire::encode_image_headers(&[self.plane(channel, pixels, chunk)]).unwrap();
        (Kind::Images, headers, file)
    }

    /// A message with an image file, and a plane of it for each channel and page.
    pub(super) fn file(&self, planes: &[(&str, u16)], file: Vec<u8>) -> (Kind, Headers, Vec<u8>) {
        let bytes = file.len() as u64;
        let planes = planes.iter().map(|(channel, page)| {
            let pixels = Pixels::Inline { content_type: None, bytes };
            ImageRecord { page: *page, ..self.plane(channel, pixels, None) }
        });
        (Kind::Images, wire::encode_image_headers(&planes.collect::<Vec<_>>()).unwrap(), file)
    }

    pub(super) fn linked(&self, channel: &str, link: &str) -> (Kind, Headers, Vec<u8>) {
        let plane = self.plane(channel, Pixels::Linked { link: link.into() }, None);
        (Kind::Images, Headers::default(), wire::encode_image(&[plane]).unwrap())
    }

    /// Images in rows, in files, in pieces and elsewhere; and a message that is no image and too long for a row.
    pub(super) async fn images(&mut self) {
        let piece = |index| Some(Chunk { id: "c".into(), index, count: 2 });
        let mut undecoded = vec![b' '; LARGE];
        undecoded[0] = b'{';
        let messages = vec![
            self.image("small", 2_000, None),
            self.image("large", LARGE, None),
            self.image("pieces", LARGE + 1, piece(0)),
            self.image("pieces", LARGE + 2, piece(1)),
            self.linked("elsewhere", "s3://lab/P1/A01.tiff"),
            (Kind::Results, Headers::default(), undecoded),
        ];
        self.send(messages).await;
        self.local(LocalBody::Note { text: "looked at".into() }).await;
    }

    pub(super) async fn close(self) {
        self.committer.close(9_000_000_000).await.unwrap();
    }
}

/// A closed session with one of everything.
pub(super) async fn everything(dir: &Path) {
    let mut lab = Lab::new(dir).await;
    lab.small().await;
    lab.images().await;
    lab.close().await;
}

/// A closed session without anything that is large.
pub(super) async fn small(dir: &Path) {
    let mut lab = Lab::new(dir).await;
    lab.small().await;
    lab.close().await;
}

/// Noise, so that no packing makes it small: the same for the same size.
pub(super) fn noise(width: u32, height: u32) -> Grey {
    let mut state = 0x5eed_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as u16
    };
    let values = (0..width * height).map(|_| next()).collect();
    Grey { width, height, values, span: (0.0, 65_535.0) }
}

/// A closed session whose one image is long and narrow: over 64 KiB, with a small preview.
pub(super) async fn narrow(dir: &Path) {
    let mut lab = Lab::new(dir).await;
    lab.small().await;
    lab.send(vec![lab.file(&[("DNA", 0)], noise(4000, 12).to_png().unwrap())]).await;
    lab.close().await;
}

pub(super) fn settings(pixels: BundlePixels) -> BundleSettings {
    BundleSettings { pixels, force: false, keep_link_queries: false, now_us: 7, version: "0.0.7".to_owned() }
}

pub(super) async fn bundled(dir: &Path, out: &Path, pixels: BundlePixels) -> Bundled {
    bundle(dir, out, &settings(pixels), |_| ()).await.unwrap()
}

pub(super) async fn open(file: &Path, out: &Path) -> Result<Opened, BundleError> {
    open_bundle(file, out, &OpenLimits::default(), |_| ()).await
}

/// The digests of what is on disk.
pub(super) async fn digests_of(dir: &Path) -> Digests {
    digests(dir, &crate::rebuild::board(dir).await.unwrap()).await.unwrap()
}

/// The digests of a replay.
pub(super) async fn replayed(dir: &Path) -> Digests {
    let replay = crate::replay(dir, Pace { speed: None, until_us: None }).await.unwrap();
    replay.finish().await.unwrap().digests
}

/// Everything in a folder, sorted.
pub(super) fn names(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}
