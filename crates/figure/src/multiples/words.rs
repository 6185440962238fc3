//! What stands on a sheet of plates: names, and the sentences beneath.

use std::collections::BTreeMap;

use super::{Multiples, Span, Tile};
use crate::caption;
use crate::colour::{Map, Range};
use crate::names::clean;
use crate::number::{count, counted};

/// "12 plates, run RUN-7".
pub(super) fn name(figure: &Multiples) -> String {
    let plates = counted(figure.plates.len(), "plate", "plates");
    let mut runs: Vec<&str> = figure.plates.iter().map(|tile| &*tile.key.run).collect();
    runs.sort_unstable();
    runs.dedup();
    match (runs.as_slice(), figure.plates.first()) {
        ([_], Some(tile)) => format!("{plates}, {}", caption::run(&tile.key)),
        _ => format!("{plates} of {}", counted(runs.len(), "run", "runs")),
    }
}

/// Whether two of the plates have one barcode and are told apart by their runs.
pub(super) fn are_barcodes_shared(figure: &Multiples) -> bool {
    let mut barcodes: Vec<&str> = figure.plates.iter().map(|tile| &*tile.key.barcode).collect();
    barcodes.sort_unstable();
    let n = barcodes.len();
    barcodes.dedup();
    barcodes.len() < n
}

/// A plate's name.
pub(super) fn barcode(tile: &Tile, is_named_by_run: bool) -> String {
    if is_named_by_run { clean(&tile.key.to_string()) } else { clean(&tile.key.barcode) }
}

/// The range of the colours of each plate.
pub(super) fn own_ranges(figure: &Multiples, common: Range) -> Vec<Range> {
    let own = |tile: &Tile| match figure.span {
        Span::All => common,
        Span::Each => Range::of(tile.values(), figure.quantity.is_signed()),
    };
    figure.plates.iter().map(own).collect()
}

/// All sentences.
pub(super) fn lines(figure: &Multiples, map: Map, common: Range, has_signs: bool) -> Vec<String> {
    let excluded = figure.wells().filter(|well| well.is_excluded).count();
    let signs = if has_signs { "" } else { " Controls are not marked: there is no room." };
    vec![
        format!("{}{}", plates(figure), left_out(figure)),
        format!("{} {}{signs}", figure.quantity.scaling_of_each(), colours(figure, map, common)),
        caption::exclusions(excluded, || excluded_wells(figure)),
        z_prime(figure),
        figure.provenance.told(),
    ]
}

/// Which plates, of which formats, how far they are read.
fn plates(figure: &Multiples) -> String {
    let is_named_by_run = are_barcodes_shared(figure);
    let names: Vec<String> = figure.plates.iter().map(|tile| barcode(tile, is_named_by_run)).collect();
    let mut formats = BTreeMap::new();
    for tile in &figure.plates {
        *formats.entry(tile.format).or_insert(0_usize) += 1;
    }
    let wells = |format: plate::Format| count(usize::from(format.wells()));
    let of_formats: Vec<String> =
        formats.iter().map(|(format, n)| format!("{n} of {} wells", wells(*format))).collect();
    let formats = match formats.keys().next() {
        Some(format) if formats.len() == 1 => format!("{} wells each", wells(*format)),
        _ => format!("{}, each in its own grid", of_formats.join(", ")),
    };
    let sum = |of: fn(&Tile) -> u32| count(figure.plates.iter().map(|tile| of(tile) as usize).sum());
    format!(
        "{} ({}), {formats}: {} of {} read, {} with a value.",
        name(figure),
        caption::few(&names),
        sum(|tile| tile.read),
        sum(|tile| tile.expected),
        count(figure.values().count())
    )
}

/// The plates that are not there, by the reason.
fn left_out(figure: &Multiples) -> String {
    let plates = figure.left_out.iter().map(|(key, why)| (clean(why), clean(&key.barcode)));
    caption::by_reason(plates).map(|reasons| format!(" Not drawn: {reasons}.")).unwrap_or_default()
}

fn colours(figure: &Multiples, map: Map, common: Range) -> String {
    let all = caption::colours(figure.values(), &figure.quantity, map, common);
    match figure.span {
        _ if figure.values().next().is_none() => all,
        Span::All => format!("One colour scale for all plates. {all}"),
        Span::Each => {
            let how = if figure.quantity.is_signed() { "symmetric about 0, from its own" } else { "its own" };
            let is_named_by_run = are_barcodes_shared(figure);
            let ranges = figure.plates.iter().zip(own_ranges(figure, common));
            let widened: Vec<String> = ranges
                .filter(|(_, range)| range.around.is_some())
                .map(|(tile, _)| barcode(tile, is_named_by_run))
                .collect();
            let widened = match widened.is_empty() {
                true => String::new(),
                false => format!(
                    " Where both percentiles are one value the colours run to both sides of it: {}.",
                    caption::few(&widened)
                ),
            };
            format!(
                "Each plate has a colour scale ({}) of its own, {how} 1st to 98.5th percentile as written below it: \
                 colours of different plates do not compare.{widened}",
                map.name()
            )
        }
    }
}

/// Asked for where they are few.
fn excluded_wells(figure: &Multiples) -> Vec<String> {
    let is_named_by_run = are_barcodes_shared(figure);
    let of = |tile: &Tile| {
        let wells = caption::names(tile.format, |at| tile.wells.get(at).is_some_and(|well| well.is_excluded));
        let plate = barcode(tile, is_named_by_run);
        wells.into_iter().map(move |well| format!("{plate} {well}")).collect::<Vec<String>>()
    };
    figure.plates.iter().flat_map(of).collect()
}

/// From which wells Z′ is, and where there is none.
fn z_prime(figure: &Multiples) -> String {
    let Some(first) = figure.plates.first().map(|tile| &tile.quality) else { return String::new() };
    let qualities = || figure.plates.iter().map(|tile| &tile.quality);
    let between = |of: fn(&plate::Counts) -> u32| {
        let (low, high) =
            qualities().map(|quality| of(&quality.counts)).fold((u32::MAX, 0), |(l, h), n| (l.min(n), h.max(n)));
        if low == high { count(low as usize) } else { format!("{} to {}", count(low as usize), count(high as usize)) }
    };
    let (positive, negative) = (between(|counts| counts.positive), between(|counts| counts.negative));
    let mut told = if qualities().all(|quality| quality.pair == first.pair) {
        format!("Z\u{2032} of {positive} {}, {negative} {} wells a plate", first.pair.positive, first.pair.negative)
    } else {
        format!("Z\u{2032} of {positive} against {negative} wells a plate, of the roles that its assay card pairs")
    };
    if qualities().all(|quality| quality.is_log2 == first.is_log2) {
        told += caption::values_of(first, figure.quantity.scale);
    } else {
        told += ", of some plates of binary logarithms of the raw values";
    }
    match qualities().filter(|quality| !quality.has_card).count() {
        0 => {}
        n if n == figure.plates.len() => told += "; no assay card applies",
        n => told += &format!("; no assay card applies to {}", counted(n, "plate", "plates")),
    }
    told.push('.');
    if let Some(missing) = missing(figure) {
        told += &format!(" n/a: {missing}.");
    }
    told
}

/// The plates without Z′ by the reason.
fn missing(figure: &Multiples) -> Option<String> {
    let is_named_by_run = are_barcodes_shared(figure);
    let without = figure.plates.iter().filter_map(|tile| {
        let why = tile.quality.z_prime.err()?;
        Some((why.to_string(), barcode(tile, is_named_by_run)))
    });
    caption::by_reason(without)
}
