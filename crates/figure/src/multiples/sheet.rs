//! The sheet: plates in rows, each with its barcode and Z′ below, one colour scale at their right.

use plate::Format;

use super::{Multiples, Span, Tile, words};
use crate::colour::{INK, Map, Range};
use crate::drawing::{Anchor, At, Drawing, Finished, Style};
use crate::heatmap;
use crate::key;
use crate::legend::Legend;
use crate::number::{count, fixed, value};
use crate::page::{self, LABEL, MARGIN};
use crate::wells::{self, Look, SIGN_ROOM, Square};

/// A plate's barcode.
const BARCODE: Style = Style { size: 11.0, is_bold: true, ink: INK };
/// From the wells to the plate's edge, and the cut corner by A01, in CSS pixels.
const RIM: f64 = 3.0;
const CUT: f64 = 6.0;
/// From plate to plate, across and down.
const BETWEEN: (f64, f64) = (18.0, 18.0);
/// From a plate's edge to the barcode's baseline, and from line to line.
const TO_BARCODE: f64 = 15.0;
const LEADING: f64 = 15.0;
/// From the plates to the colour scale; how high that is at most.
const TO_LEGEND: f64 = 22.0;
const LEGEND_HIGH: f64 = 340.0;
/// A caption needs lines of this length at least.
const LEAST_WIDTH: f64 = 600.0;
/// A sheet is about so much wider than high.
const ASPECT: f64 = 1.4;
/// Narrower wells have no gap between them.
const GAP_FROM: f64 = 4.0;

/// How wide a plate is, by the number of plates, in CSS pixels: multiples of 24 columns.
const fn plate_width(plates: usize) -> f64 {
    match plates {
        0..=4 => 288.0,
        5..=30 => 192.0,
        31..=80 => 144.0,
        _ => 96.0,
    }
}

/// The grid of one format, in device pixels.
#[derive(Debug, Clone, Copy)]
struct Grid {
    pitch: i32,
    gap: i32,
    wide: i32,
    high: i32,
}

impl Grid {
    fn of(format: Format, width: f64, drawing: &Drawing<'_>) -> Grid {
        let (rows, columns) = (i32::from(format.rows()), i32::from(format.columns()));
        let css = width / f64::from(columns);
        let pitch = drawing.line(css);
        let gap = if css >= GAP_FROM && pitch > 2 { drawing.line(1.0) } else { 0 };
        Grid { pitch, gap, wide: columns * pitch - gap, high: rows * pitch - gap }
    }

    fn has_signs(self, drawing: &Drawing<'_>) -> bool {
        self.pitch - self.gap >= drawing.px(SIGN_ROOM)
    }
}

/// Draws the page.
pub(crate) fn draw(figure: &Multiples, mut drawing: Drawing<'_>) -> Finished {
    let n = figure.plates.len();
    let grid = |format| Grid::of(format, plate_width(n), &drawing);
    let grids: Vec<Grid> = figure.plates.iter().map(|tile| grid(tile.format)).collect();
    let rims = 2 * drawing.px(RIM);
    let wide = grids.iter().map(|grid| grid.wide).max().unwrap_or(0) + rims;
    let high = grids.iter().map(|grid| grid.high).max().unwrap_or(0) + rims;
    let lines = if figure.span == Span::Each { 2.0 } else { 1.0 };
    let under = drawing.px(TO_BARCODE + lines * LEADING);
    let (step_x, step_y) = (wide + drawing.px(BETWEEN.0), high + under + drawing.px(BETWEEN.1));

    let map = Map::for_values(figure.quantity.is_signed());
    let common = Range::of(figure.values(), figure.quantity.is_signed());
    let legend = legend(figure, map, common);
    let beside = drawing.px(TO_LEGEND) + legend.width(&drawing);
    let columns = columns(n, (step_x, step_y), (beside, drawing.px(80.0)));
    let margin = drawing.px(MARGIN);
    let least = drawing.px(LEAST_WIDTH);
    let grid_wide = columns * step_x - drawing.px(BETWEEN.0);
    let width = (grid_wide + beside).max(least) + 2 * margin;
    let (name, quantity) = (words::name(figure), figure.quantity.axis());
    let top = page::head(&mut drawing, width, &name, &quantity) + drawing.px(6.0);
    let ranges = words::own_ranges(figure, common);
    let is_named_by_run = words::are_barcodes_shared(figure);
    for (at, ((tile, grid), range)) in figure.plates.iter().zip(&grids).zip(&ranges).enumerate() {
        let at = i32::try_from(at).unwrap_or_default();
        let (left, top) = (margin + at % columns * step_x, top + at / columns * step_y);
        draw_plate(&mut drawing, tile, *grid, (left, top), (map, *range));
        let mut labels = vec![standing(tile)];
        if figure.span == Span::Each && tile.values().next().is_some() {
            labels.push(format!("{} to {}", value(range.low), value(range.high)));
        }
        let barcode = words::barcode(tile, is_named_by_run);
        draw_labels(&mut drawing, &barcode, &labels, (left, top + high), wide);
    }
    let rows = (i32::try_from(n).unwrap_or(1) - 1) / columns + 1;
    let bottom = top + rows * step_y - drawing.px(BETWEEN.1);
    let legend_high = (bottom - under - top).min(drawing.px(LEGEND_HIGH));
    let legend_left = margin + grid_wide + drawing.px(TO_LEGEND);
    legend.draw(&mut drawing, (legend_left, top), legend_high);
    let has_signs = grids.iter().any(|grid| grid.has_signs(&drawing));
    let mut entries = key::entries(figure.wells(), true);
    entries.retain(|entry| has_signs || !entry.is_of_role());
    let below = key::under(&mut drawing, (margin, bottom), width - 2 * margin, entries);
    let told = words::lines(figure, map, common, has_signs);
    page::finish(drawing, below, width, format!("{name}, {quantity}"), &told)
}

fn legend(figure: &Multiples, map: Map, range: Range) -> Legend {
    let name = figure.quantity.axis();
    match figure.span {
        Span::All => Legend::of(figure.values(), map, range, name),
        Span::Each => Legend::of_each(map, figure.values().next().is_some(), ["low", "high"], name),
    }
}

/// How many plates stand side by side, so that the sheet comes out about as wide as a slide.
fn columns(plates: usize, step: (i32, i32), (beside, head): (i32, i32)) -> i32 {
    let n = i32::try_from(plates).unwrap_or(1).max(1);
    let off = |columns: i32| {
        let aspect = f64::from(columns * step.0 + beside) / f64::from(((n - 1) / columns + 1) * step.1 + head);
        (aspect / ASPECT).max(ASPECT / aspect)
    };
    (1..=n).min_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or(1)
}

fn draw_plate(drawing: &mut Drawing<'_>, tile: &Tile, grid: Grid, (left, top): At, (map, range): (Map, Range)) {
    let rim = drawing.px(RIM);
    let (wide, high) = (grid.wide + 2 * rim, grid.high + 2 * rim);
    heatmap::outline(drawing, (left, top), (wide, high), drawing.px(CUT));
    let columns = i32::from(tile.format.columns());
    for (at, well) in tile.wells.iter().enumerate() {
        let at = i32::try_from(at).unwrap_or_default();
        let (x, y) = (at % columns * grid.pitch, at / columns * grid.pitch);
        let square = Square { left: left + rim + x, top: top + rim + y, side: grid.pitch - grid.gap };
        wells::draw_small(drawing, square, Look::of(well, map, range), well.role, well.is_excluded);
    }
}

/// "Z′ 0.62"; how much is read, where not all is.
fn standing(tile: &Tile) -> String {
    let z = match tile.quality.z_prime {
        Ok(z) => format!("Z\u{2032} {}", fixed(z, 2)),
        Err(_) => "Z\u{2032} n/a".to_owned(),
    };
    if tile.read == tile.expected {
        return z;
    }
    format!("{z}, {}/{}", count(tile.read as usize), count(tile.expected as usize))
}

fn draw_labels(drawing: &mut Drawing<'_>, barcode: &str, labels: &[String], (left, bottom): At, wide: i32) {
    let mut baseline = bottom + drawing.px(TO_BARCODE);
    let name = drawing.ruler(BARCODE).fit_middle(barcode, f64::from(wide));
    drawing.words(name, (left, baseline), Anchor::Start, BARCODE);
    for label in labels {
        baseline += drawing.px(LEADING);
        let label = drawing.ruler(LABEL).fit(label, f64::from(wide));
        drawing.words(label, (left, baseline), Anchor::Start, LABEL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_about_as_wide_as_slides() {
        let of = |n| columns(n, (116, 112), (80, 80));
        assert_eq!([of(1), of(2), of(12), of(200)], [1, 2, 4, 17]);
    }
}
