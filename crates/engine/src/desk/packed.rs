//! What Sessions shows and asks about bundles: where one would go, which there are, how far one is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a bundle of a session would go, and what the session weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BundlePlace {
    /// A path at which nothing is: in the person's folder of bundles, by the session's name.
    pub path: String,
    /// Bytes of the session's rows; a bundle packs them.
    pub database_bytes: u64,
    /// Bytes of its image files; a bundle takes them as they are, or leaves them out.
    pub images_bytes: u64,
    /// Bytes left on that disk, `null` where it does not say.
    pub free_bytes: Option<u64>,
}

/// Which bundle to write.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportBundleArgs {
    /// The session's handle.
    pub session: String,
    /// The file, as a whole path; one that is there is never replaced.
    pub path: String,
    /// What of pixels goes into it: `full`, `previews` or `none`.
    pub pixels: String,
    /// Links with query strings, which may be signatures, go along as they are.
    pub keep_link_queries: bool,
}

/// A bundle was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ExportedBundle {
    /// Where it lies.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// Bytes of images that are not in it.
    pub left_out_bytes: u64,
}

/// Files that are named as bundles are; nobody has looked into them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BundlesFound {
    /// Newest first, at most 200.
    pub files: Vec<BundleFile>,
    /// How many more there are.
    pub left_out: u32,
    /// The folders that were looked through.
    pub folders: Vec<String>,
}

/// A file that is named as a bundle is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BundleFile {
    /// Its whole path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The folder that it lies in.
    pub folder: String,
    /// Its bytes.
    pub bytes: u64,
    /// When it was last changed; `null` where the disk does not say.
    pub changed_ms: Option<i64>,
}

/// Which bundle to open.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ImportBundleArgs {
    /// Its file, as a whole path.
    pub path: String,
}

/// A bundle's session is in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImportedBundle {
    /// The session's handle.
    pub session: String,
    /// Its folder's name.
    pub name: String,
    /// It was there before with everything that the bundle says it holds: nothing was opened.
    pub already: bool,
}

/// The one bundle that is being written or opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BundleWork {
    /// Written or opened.
    pub doing: BundleDoing,
    /// The session's name, or the file's.
    pub name: String,
    /// The file.
    pub path: String,
    /// What is being done.
    pub step: BundleStep,
    /// So much of it: entries of the session while it is verified, else bytes.
    pub done: u64,
    /// Of so much; 0 while that is not known.
    pub total: u64,
    /// Somebody had enough: it ends soon.
    pub stopping: bool,
}

/// What is done with a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BundleDoing {
    /// It is written.
    Export,
    /// It is opened.
    Import,
}

/// The parts of writing and of opening a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BundleStep {
    /// Rows are copied, or the file is looked at.
    Preparing,
    /// Everything is read and judged again.
    Verifying,
    /// Previews are made of the images that stay behind.
    Shrinking,
    /// Files go into the bundle.
    Packing,
    /// The digest over the whole file is computed.
    Sealing,
    /// Files come out of the bundle.
    Unpacking,
}

impl From<crate::bundle::BundleStep> for BundleStep {
    fn from(step: crate::bundle::BundleStep) -> BundleStep {
        use crate::bundle::BundleStep as Step;
        match step {
            Step::Verifying => BundleStep::Verifying,
            Step::Shrinking => BundleStep::Shrinking,
            Step::Packing => BundleStep::Packing,
            Step::Sealing => BundleStep::Sealing,
            Step::Unpacking => BundleStep::Unpacking,
        }
    }
}
