//! Hostile names and strange values on every figure of several plates; and the same bytes for the same data.

use plate::{Format, PlateKey};

use crate::chart::tests::{breach, chart};
use crate::dose::tests::curves;
use crate::font::Fonts;
use crate::multiples::tests::sheet;
use crate::scatter::tests::scatter;
use crate::strange_tests::{assert_on_page, hostile};
use crate::{Figure, Span};

/// Every kind of figure of several plates, with one name everywhere that a stranger may give one.
fn figures(name: &str) -> Vec<Figure> {
    let (key, text) = (PlateKey::new(name, name), name.to_owned());
    let mut sheets = [Span::All, Span::Each].map(|span| sheet(5, Format::F96, span));
    for sheet in &mut sheets {
        sheet.plates.iter_mut().for_each(|tile| tile.key = key.clone());
        (sheet.quantity.feature, sheet.quantity.unit) = (text.clone(), Some(text.clone()));
        sheet.plates[1].wells[3].is_excluded = true;
    }
    let mut scatter = scatter();
    (scatter.x, scatter.y, scatter.quantity.feature) = (key.clone(), key.clone(), text.clone());
    (scatter.quantity.unit, scatter.agreement.pearson) = (Some(text.clone()), Err(text.clone()));
    let mut curves = curves(5);
    (curves.plates, curves.unit, curves.quantity.feature) = (vec![key.clone(); 30], text.clone(), text.clone());
    for compound in &mut curves.compounds {
        compound.name = text.clone();
    }
    curves.compounds[1].fit = Err(text.clone());
    let mut chart = chart(30);
    chart.plates.iter_mut().for_each(|plate| plate.key = key.clone());
    chart.plates[3].value = Err(text.clone());
    chart.plates[4].breaches = vec![breach(name, false), breach("1-2s", true)];
    chart.quantity.feature = text.clone();
    chart.provenance.version = text.clone();
    if let Ok(baseline) = &mut chart.baseline {
        baseline.name = text;
    }
    let [all, each] = sheets;
    vec![
        Figure::Multiples(all),
        Figure::Multiples(each),
        Figure::Scatter(scatter),
        Figure::DoseCurves(curves),
        Figure::ControlChart(chart),
    ]
}

#[test]
fn no_name_leaves_the_page_or_becomes_anything_but_text() {
    let fonts = Fonts::load().unwrap();
    for name in hostile() {
        for figure in figures(&name) {
            for unit in [0.5, 1.0, 1.5625, 10.0] {
                assert_on_page(&figure.lay_out(&fonts, unit).unwrap(), &format!("{name:.20?} {unit}"));
            }
            let document = figure.svg().unwrap();
            let parsed = roxmltree::Document::parse(&document).unwrap_or_else(|error| panic!("{name:?}: {error}"));
            assert!(!parsed.descendants().any(|node| node.has_tag_name("script")), "{name}");
            assert!(!document.contains('\u{202e}'), "nobody turns our text");
        }
    }
}

#[test]
fn the_same_figure_is_the_same_bytes_in_both_forms() {
    for figure in figures("BR1") {
        assert_eq!(figure.svg().unwrap(), figure.clone().svg().unwrap());
        let png = figure.png(96).unwrap();
        assert_eq!(png, figure.clone().png(96).unwrap());
        assert!(png.len() > 1000 && matches!(figure.png(47), Err(crate::FigureError::Dpi(47))));
    }
}

#[test]
fn an_svg_laid_out_in_tenths_is_as_large_as_its_picture() {
    for figure in figures("BR1") {
        let document = figure.svg().unwrap();
        let parsed = roxmltree::Document::parse(&document).unwrap();
        let size = |side| parsed.root_element().attribute(side).unwrap().parse::<f64>().unwrap();
        let page = figure.lay_out(&Fonts::load().unwrap(), 1.0).unwrap();
        for (side, pixels) in [("width", page.width), ("height", page.height)] {
            // Rounded lengths add up a little differently.
            assert!((size(side) - f64::from(pixels)).abs() < 12.0, "{side}: {} and {pixels}", size(side));
        }
    }
}
