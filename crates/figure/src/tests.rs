//! Whole figures: what the pixels are, what the text says, and that both are always the same.

use plate::normalise::Scale;
use plate::{Counts, Format, Pair, PlateKey, Role};

use crate::colour::{Ink, Map, NEGATIVE, POSITIVE, Range, SERIES_2};
use crate::drawing::{Finished, Mark};
use crate::font::Fonts;
use crate::{FigureError, FigureWell, Kind, PlateFigure, Quality, lay_out, png, svg};

/// A plate with a slope, controls in its first and last column, and no two wells alike.
pub(crate) fn plate(format: Format) -> PlateFigure {
    let columns = usize::from(format.columns());
    let wells = (0..usize::from(format.wells())).map(|at| {
        let role = match at % columns {
            0 => Role::Negative,
            column if column + 1 == columns => Role::Positive,
            _ => Role::Sample,
        };
        FigureWell { value: Some(at as f64 * 1.5 + 10.0), is_read: true, is_excluded: false, role: Some(role) }
    });
    let rows = u32::from(format.rows());
    PlateFigure {
        key: PlateKey::new("RUN-7", "BR00117010"),
        format,
        feature: "Cells_Count".to_owned(),
        unit: Some("cells".to_owned()),
        scale: Scale::Raw,
        wells: wells.collect(),
        read: format.wells().into(),
        expected: format.wells().into(),
        quality: Quality {
            z_prime: Ok(0.617),
            counts: Counts { positive: rows, negative: rows, sample: 300, excluded: 0 },
            pair: Pair { positive: Role::Positive, negative: Role::Negative },
            has_card: true,
            is_log2: false,
        },
        content: [0xab; 32],
        is_growing: false,
        version: "0.1.0".to_owned(),
    }
}

pub(crate) fn drawn(figure: &PlateFigure, kind: Kind, unit: f64) -> Finished {
    lay_out(figure, kind, &Fonts::load().unwrap(), unit).unwrap()
}

/// Texts of an SVG as a reader of XML finds them.
pub(crate) fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("no XML: {error}"));
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

/// Width, height and pixels of a PNG.
pub(crate) fn pixels(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width as usize, info.height as usize, pixels)
}

/// Squares of wells with a colour, as (left, top, side): the ones that are as large as the format's wells.
pub(crate) fn squares(drawn: &Finished, side: i32) -> Vec<(i32, i32)> {
    let of_well = |mark: &Mark| match mark {
        Mark::Box { left, top, width, height, .. } if *width == side && *height == side => Some((*left, *top)),
        _ => None,
    };
    drawn.marks.iter().filter_map(of_well).collect()
}

#[test]
fn pixels_of_wells_are_the_colours_of_their_values() {
    for (format, side) in [(Format::F96, 52), (Format::F384, 29), (Format::F1536, 17)] {
        let mut figure = plate(format);
        // No marks in the middle of a well: neither roles nor words.
        figure.wells.iter_mut().for_each(|well| well.role = None);
        let places = squares(&drawn(&figure, Kind::Heatmap, 1.0), side);
        assert_eq!(places.len(), usize::from(format.wells()), "a square a well");
        let (width, _, rgb) = pixels(&png(&figure, Kind::Heatmap, 96).unwrap());
        let range = Range::of(figure.values(), false);
        let columns = usize::from(format.columns());
        let (first, pitch) = (places[0], places[1].0 - places[0].0);
        for (at, (left, top)) in places.iter().enumerate() {
            let (row, column) = ((at / columns) as i32, (at % columns) as i32);
            assert_eq!((*left, *top), (first.0 + column * pitch, first.1 + row * pitch), "{format}: well {at}");
            let expected = Map::Viridis.at(range.place(figure.wells[at].value.unwrap()));
            for (dx, dy) in [(0, 0), (side - 1, 0), (1, side - 1)] {
                let pixel = ((top + dy) as usize * width + (left + dx) as usize) * 3;
                assert_eq!(rgb[pixel..pixel + 3], expected, "{format}: well {at} at {dx}, {dy}");
            }
        }
    }
}

#[test]
fn the_histogram_stands_beside_the_heatmap_with_the_same_marks() {
    for format in Format::ALL {
        let figure = plate(format);
        let both = drawn(&figure, Kind::HeatmapAndHistogram, 1.0);
        let heatmap = drawn(&figure, Kind::Heatmap, 1.0);
        let wells = |drawn: &Finished| -> Vec<Mark> {
            // The head, the labels, the plate and its scale come first.
            let is_key = |mark: &Mark| matches!(mark, Mark::Words(words) if words.text.starts_with("Cells_Count"));
            let last = drawn.marks.iter().enumerate().filter(|(_, mark)| is_key(mark)).nth(1).unwrap().0;
            drawn.marks[..last].to_vec()
        };
        assert_eq!(wells(&both), wells(&heatmap), "{format}");
        let found = texts(&svg(&figure, Kind::HeatmapAndHistogram).unwrap());
        for panel in ["Negative controls (−)", "Samples", "Positive controls (+)"] {
            assert!(found.contains(&panel.to_owned()), "{format}: {panel}");
        }
        let caption = found.join(" ");
        assert!(caption.contains("1st to 98.5th percentile") && caption.contains("wide over"), "{caption}");
        // As many pixels of each kind of control as its bars have.
        let area = |drawn: &Finished, wanted: Ink| -> i32 {
            let of = |mark: &Mark| match mark {
                Mark::Box { width, height, ink, .. } if *ink == wanted => width * height,
                _ => 0,
            };
            drawn.marks.iter().map(of).sum()
        };
        assert!(area(&both, NEGATIVE) > 0 && area(&both, POSITIVE) > 0 && area(&both, SERIES_2) > 0, "{format}");
    }
}

#[test]
fn an_svg_has_the_same_colours_and_a_text_for_every_label() {
    for format in Format::ALL {
        let document = svg(&plate(format), Kind::Heatmap).unwrap();
        let found = texts(&document);
        let last = plate::Well::at_index(usize::from(format.wells()) - 1, format).unwrap().to_string();
        let (letters, number) = last.split_at(last.find(|c: char| c.is_ascii_digit()).unwrap());
        let labels: Vec<String> = (0..format.rows())
            .map(|row| plate::Well::new(row, 0).unwrap().to_string().trim_end_matches("01").to_owned())
            .collect();
        for label in &labels {
            assert!(found.contains(label), "{format}: row {label}");
        }
        assert_eq!(labels.last().map(String::as_str), Some(letters));
        let every = if format == Format::F3456 { 2 } else { 1 };
        for column in (1..=number.parse::<usize>().unwrap()).step_by(every) {
            assert!(found.contains(&column.to_string()), "{format}: column {column}");
        }
        for said in ["BR00117010", "Cells_Count (cells)"] {
            assert!(found.contains(&said.to_owned()), "{format}: {said}");
        }
        let caption = found.join(" ");
        let wells = crate::number::count(usize::from(format.wells()));
        for said in [
            "run RUN-7",
            &format!("{wells} of {wells} read"),
            "raw: values as received",
            "1st to 98.5th percentile",
            "No well is excluded.",
            "Z′ 0.62",
            "Session content abababababab.",
            "Plateside 0.1.0.",
        ] {
            assert!(caption.contains(said), "{format}: {said} in {caption}");
        }
        assert!(document.contains("#440154") && document.contains("#FDE725"), "both ends of viridis");
        assert!(document.contains("font-family=\"Inter, "), "text is text");
    }
}

#[test]
fn the_same_figure_is_the_same_bytes() {
    let figure = plate(Format::F384);
    for kind in [Kind::Heatmap, Kind::Histogram, Kind::HeatmapAndHistogram] {
        assert_eq!(svg(&figure, kind).unwrap(), svg(&figure, kind).unwrap());
        assert_eq!(png(&figure, kind, 150).unwrap(), png(&figure, kind, 150).unwrap());
    }
}

#[test]
fn a_signed_scale_has_its_white_at_zero() {
    let mut figure = plate(Format::F96);
    figure.scale = Scale::RobustZ;
    let signed = |at: usize| (at as f64 - 47.5) / 10.0;
    figure.wells.iter_mut().enumerate().for_each(|(at, well)| well.value = Some(signed(at)));
    let document = svg(&figure, Kind::Heatmap).unwrap();
    let found = texts(&document);
    for tick in ["−4", "−2", "0", "2", "4"] {
        assert!(found.contains(&tick.to_owned()), "{tick} in {found:?}");
    }
    assert!(found.contains(&"Cells_Count, robust z".to_owned()));
    assert!(found.join(" ").contains("symmetric about 0"));
    assert!(document.contains("#0B3C7C") && document.contains("#7D2C0A"), "both ends of tide");
    assert!(!document.contains("#440154"), "and no viridis");
}

#[test]
fn a_png_says_its_resolution_and_never_grows_beyond_its_limits() {
    let figure = plate(Format::F1536);
    let bytes = png(&figure, Kind::Heatmap, 300).unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    let dims = reader.info().pixel_dims.unwrap();
    assert_eq!((dims.xppu, dims.yppu), (11811, 11811), "300 dots an inch");
    let told = reader.info().utf8_text.iter().map(|chunk| chunk.get_text().unwrap()).collect::<Vec<_>>().join(" ");
    assert!(told.contains("Session content abababababab"), "{told}");
    for dpi in [0, 47, 1201, u32::MAX] {
        assert!(matches!(png(&figure, Kind::Heatmap, dpi), Err(FigureError::Dpi(_))), "{dpi}");
    }
    let Err(FigureError::TooLarge { fits, .. }) = png(&figure, Kind::Heatmap, 1200) else {
        panic!("120 million pixels")
    };
    assert!((400..1000).contains(&fits), "{fits} dpi is said to fit");
    let fitting = drawn(&figure, Kind::Heatmap, f64::from(fits) / 96.0);
    assert!(u64::from(fitting.width) * u64::from(fitting.height) <= crate::error::MOST_PIXELS, "and does");
    let mut wrong = figure;
    wrong.wells.pop();
    assert!(matches!(svg(&wrong, Kind::Heatmap), Err(FigureError::Wells { has: 1535, needs: 1536 })));
}
