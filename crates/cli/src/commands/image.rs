//! `image info` and `image qc`: files looked at without a session.

use std::path::Path;

use engine::image_files::{self, ImageFacts, ImageProblem, PlaneQuality};

use crate::arguments::image::{Image, ImageCommand, Info, Qc};
use crate::failure::{BAD, Failure, IO};
use crate::output::{columns, print_several, rounded};
use crate::report::Node;

pub(crate) fn run(arguments: &Image) -> Result<(), Failure> {
    match &arguments.command {
        ImageCommand::Info(arguments) => info(arguments),
        ImageCommand::Qc(arguments) => qc(arguments),
    }
}

/// The worst of what happened: the way to a file counts more than what is in it.
#[derive(Default)]
pub(super) struct Worst(u8);

impl Worst {
    pub(super) fn hear(&mut self, problem: &ImageProblem) {
        self.0 = self.0.max(if problem.is_of_the_file() { BAD } else { IO });
    }

    /// Something else is bad.
    pub(super) fn bad(&mut self) {
        self.0 = self.0.max(BAD);
    }

    pub(super) fn end(self) -> Result<(), Failure> {
        if self.0 == 0 { Ok(()) } else { Err(Failure::Shown(self.0)) }
    }
}

fn info(arguments: &Info) -> Result<(), Failure> {
    let mut worst = Worst::default();
    let mut objects = Vec::new();
    for file in &arguments.files {
        let found = image_files::facts(file);
        found.as_ref().err().into_iter().for_each(|problem| worst.hear(problem));
        objects.push(facts(file, &found));
    }
    // There is a row a file at least.
    print_several(arguments.format.get(), &[], &objects, |objects| {
        let names = ["file", "format", "width", "height", "planes", "channels", "sample_type", "error"];
        table(&names, objects)
    })?;
    worst.end()
}

fn facts(path: &Path, found: &Result<ImageFacts, ImageProblem>) -> Node {
    let known = found.as_ref().ok();
    let count = |of: fn(&ImageFacts) -> u64| known.map_or(Node::Null, |facts| Node::count(of(facts)));
    let planes = known.map_or_else(Vec::new, |facts| facts.digests.planes.iter().map(|one| Node::hex(one)).collect());
    Node::object([
        ("file", path.display().to_string().into()),
        ("ok", Node::Bool(known.is_some())),
        ("format", known.map(|facts| facts.format).into()),
        ("width", count(|facts| facts.head.width.into())),
        ("height", count(|facts| facts.head.height.into())),
        ("planes", count(|facts| facts.planes as u64)),
        ("channels", count(|facts| facts.head.channels.into())),
        ("sample_type", known.map(|facts| facts.head.sample_type.name()).into()),
        ("sha256_samples", known.map_or(Node::Null, |facts| Node::hex(&facts.digests.all))),
        ("sha256_planes", Node::List(planes)),
        ("error", found.as_ref().err().map(says).into()),
    ])
}

fn qc(arguments: &Qc) -> Result<(), Failure> {
    let mut worst = Worst::default();
    let mut objects = Vec::new();
    for file in &arguments.files {
        match image_files::quality(file) {
            Ok(planes) => objects.extend(planes.iter().map(|plane| quality(file, plane))),
            Err(problem) => {
                worst.hear(&problem);
                objects.push(Node::object([
                    ("file", file.display().to_string().into()),
                    ("error", says(&problem).into()),
                ]));
            }
        }
    }
    // There is a row a file at least.
    print_several(arguments.format.get(), &[], &objects, |objects| {
        let names =
            ["file", "plane", "channel", "focus_slope", "laplacian_variance", "saturated_percent", "mean", "error"];
        table(&names, objects)
    })?;
    worst.end()
}

fn quality(path: &Path, measured: &PlaneQuality) -> Node {
    let quality = &measured.quality;
    let missing =
        |name: &str, value: Option<f64>, reason: &str| value.is_none().then(|| (name.to_owned(), reason.to_owned()));
    let reasons = [
        missing("focus_slope", quality.focus_slope, "the plane is too small, or of one intensity"),
        missing("laplacian_variance", quality.laplacian_variance, "the plane is too small, or black"),
    ];
    Node::object([
        ("file", path.display().to_string().into()),
        ("plane", Node::count(measured.plane as u64)),
        ("channel", Node::count(measured.channel.into())),
        ("focus_slope", quality.focus_slope.into()),
        ("laplacian_variance", quality.laplacian_variance.into()),
        ("saturated_percent", quality.saturated_percent.into()),
        ("mean", quality.mean.into()),
        ("error", Node::Null),
        ("undefined", Node::Reasons(reasons.into_iter().flatten().collect())),
    ])
}

/// The reason without the file's name, which stands beside it.
pub(super) fn says(problem: &ImageProblem) -> String {
    match problem {
        ImageProblem::Undecodable { source, .. } => source.to_string(),
        ImageProblem::Unreadable { source, .. } => format!("it cannot be read: {source}"),
        ImageProblem::TooLong { .. } | ImageProblem::NoChannel { .. } => problem.to_string(),
    }
}

pub(super) fn table(names: &[&str], objects: &[Node]) -> String {
    let rows: Vec<Vec<String>> = objects
        .iter()
        .map(|object| {
            let cells = object.cells();
            let of = |name: &&str| cells.iter().find(|(known, _)| known == name).map(|(_, cell)| rounded(cell));
            names.iter().map(|name| of(name).unwrap_or_default()).collect()
        })
        .collect();
    columns(names, &rows)
}
