//! `bundle`: a whole session in one file.

use engine::bundle::{BundleProgress, BundleSettings, BundleStep, bundle};
use engine::session;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::summary;
use crate::arguments::bundle::{Bundle, BundlePixels};
use crate::failure::Failure;
use crate::output::print_one;
use crate::report::Node;

pub(crate) async fn run(arguments: Bundle) -> Result<(), Failure> {
    let Bundle { dir, out, pixels, force, keep_link_queries, format } = arguments;
    let settings = BundleSettings {
        pixels: match pixels {
            BundlePixels::Full => session::BundlePixels::Full,
            BundlePixels::Previews => session::BundlePixels::Previews,
            BundlePixels::None => session::BundlePixels::None,
        },
        force,
        keep_link_queries,
        now_us: engine::now_us(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let bar = Bar::new();
    let bundled = bundle(&dir, &out, &settings, |at| bar.show(at)).await;
    bar.end();
    let bundled = bundled?;
    let result = Node::object([
        ("bundle", bundled.path.display().to_string().into()),
        ("bytes", Node::count(bundled.bytes)),
        ("files", Node::count(bundled.files)),
        ("pixels", bundled.pixels.as_str().into()),
        (
            "left_out",
            Node::object([("files", Node::count(bundled.left_out.0)), ("bytes", Node::count(bundled.left_out.1))]),
        ),
        (
            "previews",
            Node::object([
                ("files", Node::count(bundled.previews.files)),
                ("bytes", Node::count(bundled.previews.bytes)),
                ("without", Node::count(bundled.previews.without)),
            ]),
        ),
        ("digest", summary::digests(&bundled.digests)),
    ]);
    print_one(format.get(), &result)
}

/// A bar on a terminal, nothing in a pipe.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Bar {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}");
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        Bar(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(super) fn show(&self, at: BundleProgress) {
        let doing = match at.step {
            BundleStep::Verifying => "verifying",
            BundleStep::Shrinking => "making previews",
            BundleStep::Packing => "packing",
            BundleStep::Sealing => "computing the digest",
            BundleStep::Unpacking => "unpacking",
        };
        if self.0.message() != doing {
            self.0.set_message(doing);
        }
        self.0.set_length(at.total);
        self.0.set_position(at.done);
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
