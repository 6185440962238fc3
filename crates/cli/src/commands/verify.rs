//! `verify`: whether a session is whole and unchanged.

use std::time::Duration;

use engine::verify::{Verified, verify};
use indicatif::ProgressBar;

use super::summary::{self, PartitionNode};
use crate::arguments::Verify;
use crate::failure::{BAD, Failure};
use crate::output::print_one;
use crate::report::Node;

pub(crate) async fn run(arguments: Verify) -> Result<(), Failure> {
    // Hidden where stderr is no terminal.
    let spinner = ProgressBar::new_spinner().with_message("reading every row and file again");
    spinner.enable_steady_tick(Duration::from_millis(120));
    let verified = verify(&arguments.dir).await;
    spinner.finish_and_clear();
    let verified = verified?;
    print_one(arguments.format.get(), &object(&verified))?;
    if verified.ok() { Ok(()) } else { Err(Failure::Shown(BAD)) }
}

fn object(verified: &Verified) -> Node {
    let texts = |texts: &[String]| Node::List(texts.iter().map(|text| text.as_str().into()).collect());
    let offsets = verified.offsets.iter().map(|range| PartitionNode {
        source: &range.source,
        partition: range.partition,
        node: Node::object([
            ("first", Node::Integer(range.first)),
            ("next", Node::Integer(range.next)),
            ("gaps", Node::count(range.gaps)),
        ]),
    });
    Node::object([
        ("ok", Node::Bool(verified.ok())),
        ("messages", Node::count(verified.counts.messages)),
        ("records", Node::count(verified.counts.records)),
        ("images", Node::count(verified.counts.images)),
        ("undecoded", Node::count(verified.counts.undecoded)),
        ("digest", verified.digests.as_ref().map_or(Node::Null, summary::digests)),
        ("offsets", summary::by_topic(offsets)),
        ("problems", texts(&verified.problems)),
        ("notes", texts(&verified.notes)),
    ])
}
