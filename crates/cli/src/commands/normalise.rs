//! `normalise`: a feature of each plate on a scale.

use engine::normalised::{NormaliseQuestion, NormalisedPlate, of_session, of_table};
use engine::plate::normalise::{Method, Options};
use engine::wire::table::WellTable;

use super::qc::{bad_table, is_session, no_answer, read_layout, read_table};
use crate::arguments::normalise::Normalise;
use crate::failure::Failure;
use crate::output::{Format, columns, print_several, rounded};
use crate::report::Node;
use crate::terminal::{plain, say, stdout_is_terminal};

/// Columns of a session's wells; a table knows no runs.
const COLUMNS: [&str; 4] = ["run", "plate", "well", "value"];

pub(crate) async fn run(arguments: Normalise) -> Result<(), Failure> {
    let options = options(&arguments);
    let Normalise { source, layout, feature, method, plate, run, format, .. } = arguments;
    let is_session = is_session(&source, layout.is_some(), run.is_some())?;
    let question = NormaliseQuestion { run, plate, feature, method, options };
    let plates = if is_session {
        of_session(&source, &question).await?
    } else {
        let wells = WellTable::read(&read_table(&source)?).map_err(|error| bad_table(&source, &error))?;
        let layout = layout.as_deref().map(read_layout).transpose()?;
        let answer = of_table(&wells, layout.as_ref(), &question).map_err(|error| no_answer(&source, error))?;
        answer.notes.iter().for_each(|note| say(&plain(&format!("{}: {note}", source.display()), 400)));
        answer.plates
    };
    let name_of = |plate: &NormalisedPlate| match plate.plate.is_empty() {
        true => plain(&source.display().to_string(), 80),
        false => plain(&plate.plate, 80),
    };
    for plate in &plates {
        let name = name_of(plate);
        plate.remarks.iter().for_each(|remark| say(&format!("{name}: {remark}")));
    }
    let objects: Vec<Node> = plates.iter().flat_map(rows).collect();
    // Rows are for spreadsheets unless somebody says otherwise.
    let format = match format.told() {
        Some(format) => format,
        None if stdout_is_terminal() => Format::Table,
        None => Format::Csv,
    };
    print_several(format, if is_session { &COLUMNS } else { &COLUMNS[1..] }, &objects, |_| table(&plates))?;
    let undefined: Vec<_> = plates.iter().filter_map(|plate| Some((plate, plate.undefined?))).collect();
    if undefined.is_empty() {
        return Ok(());
    }
    let wrong = undefined.iter().map(|(plate, reason)| format!("{}: {reason}", name_of(plate)));
    Err(Failure::bad(format!(
        "{} of {} cannot be had for {}",
        question.method.as_str(),
        plain(&question.feature, 80),
        Failure::first_of(wrong, "plates")
    )))
}

/// How the method is applied; of an argument that it has no use for it says so.
fn options(arguments: &Normalise) -> Options {
    let Normalise { method, against, fit, eps, sweeps, .. } = arguments;
    let scores = [Method::Z, Method::RobustZ];
    for (given, argument, of) in [
        (against.is_some(), "--against", &scores[..]),
        (fit.is_some(), "--fit", &[Method::BScore][..]),
        (eps.is_some(), "--eps", &[Method::BScore][..]),
        (sweeps.is_some(), "--sweeps", &[Method::BScore][..]),
    ] {
        if given && !of.contains(method) {
            say(&format!("{argument} changes nothing about {}", method.as_str()));
        }
    }
    let usual = Options::default();
    Options {
        against: against.unwrap_or(usual.against),
        fit: fit.unwrap_or(usual.fit),
        epsilon: eps.unwrap_or(usual.epsilon),
        sweeps: sweeps.unwrap_or(usual.sweeps),
    }
}

fn rows(plate: &NormalisedPlate) -> impl Iterator<Item = Node> + '_ {
    plate.wells.iter().map(|(well, value)| {
        let mut fields = Vec::with_capacity(4);
        if let Some(run) = &plate.run {
            fields.push(("run".to_owned(), (&**run).into()));
        }
        fields.push(("plate".to_owned(), (&*plate.plate).into()));
        fields.push(("well".to_owned(), well.to_string().as_str().into()));
        // A residual of -0 is none; 0 is what people expect to read.
        fields.push(("value".to_owned(), value.map_or(Node::Null, |value| Node::from(value + 0.0))));
        Node::Object(fields)
    })
}

fn table(plates: &[NormalisedPlate]) -> String {
    let line = |plate: &NormalisedPlate, (well, value): &(engine::plate::Well, Option<f64>)| {
        vec![plain(&plate.plate, 40), well.to_string(), rounded(&value.map_or(Node::Null, Node::from))]
    };
    let lines: Vec<Vec<String>> =
        plates.iter().flat_map(|plate| plate.wells.iter().map(move |row| line(plate, row))).collect();
    columns(&["plate", "well", "value"], &lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_without_wells_is_that_of_wells() {
        let mut plate = NormalisedPlate {
            run: Some("R".into()),
            plate: "P".into(),
            wells: vec![("A01".parse().unwrap(), Some(1.0))],
            remarks: Vec::new(),
            undefined: None,
        };
        let names = |plate: &NormalisedPlate| -> Vec<String> {
            rows(plate).flat_map(|row| row.cells()).map(|(name, _)| name).collect()
        };
        assert_eq!(names(&plate), COLUMNS);
        plate.run = None;
        assert_eq!(names(&plate), COLUMNS[1..]);
    }
}
