//! Wells by name, and the hits of a plate as a pick list.

use plate::hits::{HitDirection, HitLimits, pick};
use plate::normalise::Scale;
use plate::{Board, LayoutWell, PlateStanding, Well};

use super::Desk;
use super::column::ScaledColumn;
use super::compared::{PickListArgs, WellsNamedArgs};
use super::failure::{Answer, Failure};
use super::figure::{free, plain, stamp};
use super::replicates::scale;
use super::shown::SavedFigure;

impl Desk {
    /// Wells by the well syntax, row-major numbers in order.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_format`, `bad_wells` naming the part and the reason.
    pub async fn wells_named(&self, args: WellsNamedArgs) -> Answer<Vec<u16>> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let format = showing.look(move |board: &Board| board.plate(&key).and_then(PlateStanding::format)).await?;
        let no_format = || Failure::new("no_format", "No message of this plate has said its format yet.");
        let format = format.ok_or_else(no_format)?;
        let bad = |error: plate::well_list::WellListError| Failure::new("bad_wells", error.to_string());
        let wells = plate::well_list::parse(&args.text, format).map_err(bad)?;
        Ok(wells.into_iter().filter_map(|well| u16::try_from(well.index_in(format)?).ok()).collect())
    }

    /// Writes the hits of a plate as CSV into the person's folder of documents.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `invalid`, `unscaled`, `session`, `io`.
    pub async fn pick_list(&self, args: PickListArgs) -> Answer<SavedFigure> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let scale = scale(&args.scale)?;
        let direction = match args.direction.as_str() {
            "up" => HitDirection::Up,
            "down" => HitDirection::Down,
            "both" => HitDirection::Both,
            other => return Err(Failure::new("invalid", format!("{other:?} is no direction: up, down or both."))),
        };
        let column = showing.scaled_column(&key, &args.feature, scale).await?;
        let asked = std::sync::Arc::clone(&key);
        let layout = showing.look(move |board: &Board| board.plate(&asked).and_then(PlateStanding::layout).cloned());
        let layout = layout.await?;
        let weak = args.threshold;
        let limits =
            HitLimits { direction, centre: centre(scale), weak, medium: weak / 3.0 * 4.0, strong: weak / 3.0 * 5.0 };
        let samples: Vec<bool> = (0..column.shown.len()).map(|at| column.is_sample(at)).collect();
        let invalid = |error: plate::hits::NoHits| Failure::new("invalid", format!("{error}."));
        let picked = pick(&column.shown, &samples, column.format, &limits).map_err(invalid)?;
        let mut text = String::from("plate,well,compound,concentration,unit,value,scaled,scale,band\n");
        for hit in &picked.hits {
            let entry = layout.as_ref().and_then(|layout| layout.wells.iter().find(|entry| entry.well == hit.well));
            text.push_str(&line(&key.barcode, &column, hit, entry, &args.scale));
        }
        let folder = self.options.folders.documents.clone();
        std::fs::create_dir_all(&folder)?;
        let name = format!("{} {} hits {}", plain(&key.barcode), plain(&args.feature), stamp());
        let path = free(&folder, &name, "csv")?;
        let unwritable = |error: crate::figures::FiguresError| Failure::new("io", error.to_string());
        crate::figures::write(&path, text.as_bytes()).map_err(unwritable)?;
        Ok(SavedFigure { path: path.display().to_string() })
    }
}

/// Where "no effect" lies.
const fn centre(scale: Scale) -> f64 {
    match scale {
        Scale::Percent => 100.0,
        _ => 0.0,
    }
}

fn line(
    barcode: &str,
    column: &ScaledColumn,
    hit: &plate::hits::Hit,
    entry: Option<&LayoutWell>,
    scale: &str,
) -> String {
    let at = |well: Well| well.index_in(column.format).and_then(|at| column.values.get(at).copied().flatten());
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let compound = entry.and_then(|entry| entry.compound.as_deref()).unwrap_or_default();
    let dose = entry.and_then(|entry| entry.concentration.as_ref());
    let cells = [
        cell(barcode),
        hit.well.to_string(),
        cell(compound),
        number(dose.map(|dose| dose.value)),
        cell(dose.map_or("", |dose| &dose.unit)),
        number(at(hit.well)),
        hit.value.to_string(),
        scale.to_owned(),
        hit.band.as_str().to_owned(),
    ];
    let mut line = cells.join(",");
    line.push('\n');
    line
}

/// A text as a cell: quoted where it must be, and never a formula of a spreadsheet.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names_in_a_spreadsheet() {
        assert_eq!(cell("DMSO"), "DMSO");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("@x\ny"), "\"'@x\ny\"");
    }
}
