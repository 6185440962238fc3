//! What is written reads back equal, and what would not is refused.

use plate::{Concentration, Format, Layout, LayoutWell, Role, Well};
use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use wire::layout_file::{WriteError, write_layouts};

use crate::{fixture, read};

fn text() -> impl Strategy<Value = String> {
    // Without spaces around it; separators, quotes, line ends and letters of all kinds within.
    "[^\\s\u{0}-\u{1f}\u{85}]([^\u{0}\u{feff}]{0,8}[^\\s\u{0}-\u{1f}\u{85}])?"
}

/// What a well is for, as of A01; the layout puts it in its place.
fn entry() -> impl Strategy<Value = LayoutWell> {
    let unit = prop_oneof![Just(String::new()), text()];
    let dose = (any::<f64>().prop_filter("finite", |n| n.is_finite()), unit)
        .prop_map(|(value, unit)| Concentration { value, unit: unit.into() });
    let role = prop::sample::select(&Role::ALL[..]);
    (role, option::of(text()), option::of(dose), option::of(any::<u32>())).prop_map(
        |(role, compound, concentration, replicate)| LayoutWell {
            well: "A01".parse().unwrap(),
            role,
            compound: compound.map(Into::into),
            concentration,
            replicate,
        },
    )
}

fn layout() -> impl Strategy<Value = Layout> {
    (prop::sample::select(&Format::ALL[..]), option::of(text()), option::of(text())).prop_flat_map(
        |(format, assay, cells)| {
            btree_map(0..usize::from(format.wells()), entry(), 1..20).prop_map(move |wells| {
                let wells = wells
                    .into_iter()
                    .map(|(index, entry)| LayoutWell { well: Well::at_index(index, format).unwrap(), ..entry });
                let of = |text: &Option<String>| text.as_deref().map(Into::into);
                Layout::new(format, of(&assay), of(&cells), wells.collect()).unwrap()
            })
        },
    )
}

proptest! {
    #[test]
    fn any_layouts_read_back_equal(layouts in btree_map(text(), layout(), 1..4)) {
        let written = write_layouts(layouts.iter().map(|(plate, layout)| (plate.as_str(), layout))).unwrap();
        let found = read(&written).map_err(|error| TestCaseError::fail(format!("{error}\n{written}")))?;
        prop_assert_eq!(&found.problems, &[], "{}", written);
        prop_assert_eq!(found.layouts.len(), layouts.len());
        for read in &found.layouts {
            prop_assert_eq!(&*read.layout, &layouts[&*read.plate], "{}", written);
        }
    }
}

#[test]
fn the_fixtures_read_back_equal() {
    for name in ["long.csv", "matrix.xlsx"] {
        let found = read(fixture(name)).unwrap();
        let written = write_layouts(found.layouts.iter().map(|l| (&*l.plate, &*l.layout))).unwrap();
        let again = read(&written).unwrap();
        assert_eq!(
            again.layouts.iter().map(|l| &l.layout).collect::<Vec<_>>(),
            found.layouts.iter().map(|l| &l.layout).collect::<Vec<_>>()
        );
        assert_eq!(
            written,
            write_layouts(again.layouts.iter().map(|l| (&*l.plate, &*l.layout))).unwrap(),
            "to the byte"
        );
    }
}

#[test]
fn what_would_not_read_back_is_refused() {
    let well = |compound: &str| LayoutWell {
        well: "A01".parse().unwrap(),
        role: Role::Sample,
        compound: Some(compound.into()),
        concentration: None,
        replicate: None,
    };
    let layout = |wells| Layout::new(Format::F96, None, None, wells).unwrap();
    let good = layout(vec![well("x")]);
    assert_eq!(write_layouts([("P", &layout(vec![]))]), Err(WriteError::NoWells("P".to_owned())));
    assert_eq!(write_layouts([("P", &good), ("P", &good)]), Err(WriteError::Twice("P".to_owned())));
    assert_eq!(write_layouts([("", &good), ("P", &good)]), Err(WriteError::Unnamed));
    for text in ["", " x", "x\n", "a\0"] {
        let error = write_layouts([("P", &layout(vec![well(text)]))]).unwrap_err();
        assert!(matches!(error, WriteError::Text { what: "the compound", .. }), "{text:?}: {error}");
    }
    let unnamed = read(write_layouts([("", &good)]).unwrap()).unwrap();
    assert_eq!((&*unnamed.layouts[0].plate, &*unnamed.layouts[0].layout), ("", &good));
}
