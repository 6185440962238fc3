//! Bundles taken apart and put together otherwise, with a good seal.

use std::io::{Cursor, Read as _, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use session::BundlePixels;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::super::seal;
use super::lab::*;

/// A bundle taken apart, to be put together otherwise.
pub(super) struct Parts {
    pub(super) manifest: Value,
    pub(super) rows: Vec<u8>,
    /// Entries after the rows; those that end with `/` are folders, those with a target links.
    pub(super) more: Vec<(String, Vec<u8>, Option<&'static str>)>,
}

impl Parts {
    pub(super) fn of(bundle: &[u8]) -> Parts {
        let mut zip = ZipArchive::new(Cursor::new(bundle)).unwrap();
        let mut entry = |index| {
            let mut bytes = Vec::new();
            zip.by_index(index).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let (manifest, rows) = (serde_json::from_slice(&entry(0)).unwrap(), entry(1));
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let more = names.into_iter().enumerate().skip(2);
        let more = more.map(|(index, name)| {
            let mut bytes = Vec::new();
            zip.by_index(index).unwrap().read_to_end(&mut bytes).unwrap();
            (name, bytes, None)
        });
        Parts { manifest, rows, more: more.collect() }
    }

    /// With another file of rows, of which the manifest knows.
    pub(super) fn with_rows(mut self, rows: Vec<u8>) -> Parts {
        self.manifest["files"][0]["bytes"] = json!(rows.len());
        self.manifest["files"][0]["sha256"] = json!(hex::encode(Sha256::digest(&rows)));
        self.rows = rows;
        self
    }

    pub(super) fn with(mut self, name: &str, bytes: &[u8], link: Option<&'static str>) -> Parts {
        self.more.push((name.to_owned(), bytes.to_vec(), link));
        self
    }

    /// Puts a file into the manifest.
    pub(super) fn listing(mut self, name: &str, bytes: u64, sha256: &str) -> Parts {
        let file = json!({"path": name, "bytes": bytes, "sha256": sha256});
        self.manifest["files"].as_array_mut().unwrap().push(file);
        self
    }

    pub(super) fn saying(mut self, key: &str, value: Value) -> Parts {
        self.manifest[key] = value;
        self
    }

    pub(super) fn sealed(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.set_raw_comment(seal::unsealed()).unwrap();
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644);
        for (name, bytes) in
            [("manifest.json", &serde_json::to_vec(&self.manifest).unwrap()), ("session.db", &self.rows)]
        {
            zip.start_file(name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        for (name, bytes, link) in &self.more {
            match link {
                Some(target) => zip.add_symlink(name, target, options).unwrap(),
                None if name.ends_with('/') => zip.add_directory(name, options).unwrap(),
                None => {
                    zip.start_file(name, options).unwrap();
                    zip.write_all(bytes).unwrap();
                }
            }
        }
        resealed(zip.finish().unwrap().into_inner())
    }
}

pub(super) fn resealed(bytes: Vec<u8>) -> Vec<u8> {
    let mut file = Cursor::new(bytes);
    seal::seal(&mut file, &mut |_| ControlFlow::Continue(())).unwrap();
    file.into_inner()
}

/// Changes bytes in an archive wherever they stand.
pub(super) fn replaced(mut archive: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..archive.len() - from.len()).filter(|at| archive[*at..].starts_with(from)).collect();
    assert!(!places.is_empty(), "{from:?} is in it");
    places.iter().for_each(|at| archive[*at..at + to.len()].copy_from_slice(to));
    resealed(archive)
}

/// Sets bytes of the headers, local and in the directory, of the entry `index`.
pub(super) fn header(mut archive: Vec<u8>, index: usize, local: usize, directory: usize, value: &[u8]) -> Vec<u8> {
    for (magic, at) in [(b"PK\x03\x04", local), (b"PK\x01\x02", directory)] {
        let found = (0..archive.len() - 4).filter(|at| archive[*at..].starts_with(magic)).nth(index).unwrap();
        archive[found + at..found + at + value.len()].copy_from_slice(value);
    }
    resealed(archive)
}

pub(super) struct Desk {
    pub(super) folder: tempfile::TempDir,
    pub(super) bundle: Vec<u8>,
}

impl Desk {
    pub(super) async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let [dir, file] = ["live", "a.plateside"].map(|name| folder.path().join(name));
        small(&dir).await;
        bundled(&dir, &file, BundlePixels::Full).await;
        Desk::of(folder, &file)
    }

    /// With a bundle of one image, of which only the preview is in it.
    pub(super) async fn with_preview() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let [dir, file] = ["live", "a.plateside"].map(|name| folder.path().join(name));
        narrow(&dir).await;
        assert_eq!(bundled(&dir, &file, BundlePixels::Previews).await.previews.files, 1);
        Desk::of(folder, &file)
    }

    fn of(folder: tempfile::TempDir, file: &Path) -> Desk {
        std::fs::create_dir(folder.path().join("in")).unwrap();
        let bundle = std::fs::read(file).unwrap();
        Desk { folder, bundle }
    }

    pub(super) fn parts(&self) -> Parts {
        Parts::of(&self.bundle)
    }

    pub(super) fn put(&self, archive: &[u8]) -> PathBuf {
        let file = self.folder.path().join("hostile.plateside");
        std::fs::write(&file, archive).unwrap();
        file
    }

    /// Opens it, which must fail for this reason and leave nothing.
    pub(super) async fn refuses(&self, archive: &[u8], reason: &str) {
        let (file, out) = (self.put(archive), self.folder.path().join("in/opened"));
        let before = (names(self.folder.path()), names(&self.folder.path().join("in")));
        let outside = Path::new("/tmp/plateside-evil").exists();
        let error = open(&file, &out).await.expect_err(reason);
        assert!(error.to_string().contains(reason), "{reason} in: {error}");
        let after = (names(self.folder.path()), names(&self.folder.path().join("in")));
        assert_eq!(before, after, "{reason}: nothing is written");
        assert_eq!(Path::new("/tmp/plateside-evil").exists(), outside);
    }
}
