//! `open`: a session out of a bundle.

use engine::bundle::{OpenLimits, open_bundle};

use super::bundle::Bar;
use super::summary;
use crate::arguments::bundle::Open;
use crate::failure::Failure;
use crate::output::print_one;
use crate::report::Node;
use crate::terminal::{plain, say};

pub(crate) async fn run(arguments: Open) -> Result<(), Failure> {
    let Open { file, out, max_bytes, max_files, format } = arguments;
    let limits = OpenLimits { bytes: max_bytes, files: max_files };
    let bar = Bar::new();
    let opened = open_bundle(&file, &out, &limits, |at| bar.show(at)).await;
    bar.end();
    let opened = opened?;
    opened.notes.iter().for_each(|note| say(&plain(note, 400)));
    let result = Node::object([
        ("session", opened.dir.display().to_string().into()),
        ("messages", Node::count(opened.counts.messages)),
        ("records", Node::count(opened.counts.records)),
        ("images", Node::count(opened.counts.images)),
        ("digest", summary::digests(&opened.digests)),
    ]);
    print_one(format.get(), &result)
}
