//! `figure`: a plate as a picture in a file.

use std::io::Write as _;

use engine::figures::{self, FigureQuestion, Form, Kind};
use engine::plate::normalise::Scale;

use crate::arguments::figure::{Figure, FigureKind, FigureMethod};
use crate::failure::Failure;
use crate::output::{Format, print_one};
use crate::printed::Printed;
use crate::report::Node;

pub(crate) async fn run(arguments: Figure) -> Result<(), Failure> {
    let Figure { dir, plate, feature, run, method, kind, out, dpi, format } = arguments;
    if out.path.is_dir() {
        return Err(Failure::usage(format!("--out {} is a folder: name a file in it", out.path.display())));
    }
    let question = FigureQuestion {
        run,
        plate,
        feature,
        scale: match method {
            FigureMethod::Raw => Scale::Raw,
            FigureMethod::PercentOfControl => Scale::Percent,
            FigureMethod::RobustZ => Scale::RobustZ,
            FigureMethod::BScore => Scale::BScore,
        },
        kind: match kind {
            FigureKind::Heatmap => Kind::Heatmap,
            FigureKind::Histogram => Kind::Histogram,
        },
        form: if out.is_svg { Form::Svg } else { Form::Png { dpi } },
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let bytes = figures::draw(&dir, &question).await?;
    figures::write(&out.path, &bytes)?;
    let path = out.path.display().to_string();
    match format.get() {
        // The path and nothing else, for whoever copies it.
        Format::Table => Ok(writeln!(Printed::stdout(), "{path}")?),
        format => print_one(format, &Node::object([("path", path.into())])),
    }
}
