//! `figure`: a plate, its run, its replicates or its doses as a picture in a file.

use std::io::Write as _;

use engine::figures::{self, FigureQuestion, Form, Kind, PlateName, Shows};
use engine::plate::normalise::Scale;

use crate::arguments::figure::{Figure, FigureKind, FigureMethod};
use crate::failure::Failure;
use crate::output::{Format, print_one};
use crate::printed::Printed;
use crate::report::Node;

pub(crate) async fn run(arguments: Figure) -> Result<(), Failure> {
    let shows = shows(&arguments)?;
    let Figure { dir, plate, feature, run, method, out, dpi, format, .. } = arguments;
    if out.path.is_dir() {
        return Err(Failure::usage(format!("--out {} is a folder: name a file in it", out.path.display())));
    }
    let question = FigureQuestion {
        plate: PlateName { run, barcode: plate },
        feature,
        scale: scale(method),
        shows,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let form = if out.is_svg { Form::Svg } else { Form::Png { dpi } };
    let bytes = figures::draw(&dir, &question, form).await?;
    figures::write(&out.path, &bytes)?;
    let path = out.path.display().to_string();
    match format.get() {
        // The path and nothing else, for whoever copies it.
        Format::Table => Ok(writeln!(Printed::stdout(), "{path}")?),
        format => print_one(format, &Node::object([("path", path.into())])),
    }
}

const fn scale(method: FigureMethod) -> Scale {
    match method {
        FigureMethod::Raw => Scale::Raw,
        FigureMethod::PercentOfControl => Scale::Percent,
        FigureMethod::PercentActivity => Scale::PercentActivity,
        FigureMethod::Z => Scale::Z,
        FigureMethod::RobustZ => Scale::RobustZ,
        FigureMethod::BScore => Scale::BScore,
        FigureMethod::Log2 => Scale::Log2,
        FigureMethod::PlateMedian => Scale::PlateMedian,
    }
}

/// What is drawn; an argument that this kind of figure does not have is refused, not passed over.
fn shows(arguments: &Figure) -> Result<Shows, Failure> {
    let Figure { kind, other, statistic, compound, each_own_scale, method, run, .. } = arguments;
    let only_of = |given: bool, argument: &str, of: FigureKind| match given && *kind != of {
        true => Err(Failure::usage(format!("{argument} is an argument of --kind {}", of.as_str()))),
        false => Ok(()),
    };
    only_of(other.is_some(), "--other", FigureKind::Replicates)?;
    only_of(statistic.is_some(), "--statistic", FigureKind::ControlChart)?;
    only_of(!compound.is_empty(), "--compound", FigureKind::Doses)?;
    only_of(*each_own_scale, "--each-own-scale", FigureKind::Multiples)?;
    Ok(match kind {
        FigureKind::Heatmap => Shows::Plate(Kind::Heatmap),
        FigureKind::Histogram => Shows::Plate(Kind::Histogram),
        FigureKind::HeatmapAndHistogram => Shows::Plate(Kind::HeatmapAndHistogram),
        FigureKind::Multiples => Shows::Multiples { has_one_scale: !each_own_scale },
        FigureKind::Replicates => {
            let named = |barcode: &String| PlateName { run: run.clone(), barcode: barcode.clone() };
            Shows::Replicates { other: other.as_ref().map(named) }
        }
        FigureKind::Doses => Shows::Doses { compounds: compound.clone() },
        FigureKind::ControlChart if *method != FigureMethod::Raw => {
            let says = "a control chart is of statistics of the values as received: --method does not apply to it";
            return Err(Failure::usage(says));
        }
        FigureKind::ControlChart => Shows::ControlChart { statistic: statistic.clone().unwrap_or_default() },
    })
}
