//! Arguments of `bundle` and `open`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{EXIT_CODES, FormatChoice};

/// Put a whole session into one file, for another desk
///
/// Rows, image files and digests, as of one moment: the session may be recorded meanwhile. It is verified first; a broken
/// one is not bundled. The file is written beside its place and gets its name when it is whole. Its last bytes are the
/// SHA-256 of all before them, so that any byte that changes on its way is found.
///
/// Messages are kept byte for byte, and the links to images in them too. A link with a query string may be signed and open
/// the image to whoever reads it: such a session is refused unless --keep-link-queries says otherwise.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside bundle monday --out monday.plateside
  plateside bundle monday --out small.plateside --pixels previews

It prints: bundle (its path), bytes, files, pixels, left_out:{{files,bytes}}, previews:{{files,bytes,without}} (without: images
that are left out and could not be read), digest:{{content,history,judgement}}.

{EXIT_CODES}"))]
pub(crate) struct Bundle {
    /// The session's folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The bundle's file
    #[arg(long, value_name = "F.plateside")]
    pub(crate) out: PathBuf,
    /// What of the images goes along
    #[arg(long, value_name = "WHAT", default_value = "full")]
    pub(crate) pixels: BundlePixels,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Bundle links with query strings as they are
    #[arg(long)]
    pub(crate) keep_link_queries: bool,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// What of the images goes into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BundlePixels {
    /// Every image that the session holds
    Full,
    /// Small pictures of the images over 64 KiB in their place, of at most 512 pixels a side: good to look at, not to measure
    Previews,
    /// No image over 64 KiB: references stay, and the digests are the same
    None,
}

/// Make a session of a bundle again
///
/// The file is looked at before anything is written: its seal, every name, every size. Then it is unpacked beside its place
/// and verified like any session, and its digests compared with those that were bundled; only then the folder gets its name.
/// Where anything is wrong nothing is left. No broker and no network are needed. The session is read-only: it can be looked
/// at, replayed, verified, exported and bundled, and not be recorded into.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Example:
  plateside open monday.plateside --out from-the-lab && plateside replay from-the-lab

It prints: session (its folder), messages, records, images, digest:{{content,history,judgement}}.

{EXIT_CODES}"))]
pub(crate) struct Open {
    /// The bundle's file
    #[arg(value_name = "F.plateside")]
    pub(crate) file: PathBuf,
    /// The session's folder: a new or an empty one
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Refuse a bundle that unpacks to more bytes
    #[arg(long, value_name = "N", default_value_t = engine::bundle::OpenLimits::default().bytes)]
    pub(crate) max_bytes: u64,
    /// Refuse a bundle of more files
    #[arg(long, value_name = "N", default_value_t = engine::bundle::OpenLimits::default().files)]
    pub(crate) max_files: u64,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}
