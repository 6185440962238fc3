//! A screen of any size: so many plates of one format, every well with so many features, well after well on all plates.

use std::sync::Arc;

use plate::{FeatureList, Features, Format, Layout, LayoutRecord, LayoutWell, ResultRecord, Role, Value, Well};
use wire::{Kind, encode_layout, encode_result};

use crate::lab::{FEATURES, Lab, plate};
use crate::producer::Message;
use crate::seed::Seed;

/// A screen and what its plates look like.
#[derive(Debug, Clone)]
pub struct Screening {
    plates: u32,
    format: Format,
    names: Arc<FeatureList>,
}

impl Screening {
    /// So many plates of a format; the first feature of every well is `Cells_Count`.
    #[must_use]
    pub fn new(plates: u32, format: Format, features: usize) -> Screening {
        let name = |number: usize| -> Box<str> {
            FEATURES.get(number).map_or_else(|| format!("Feature_{number:04}").into(), |name| (*name).into())
        };
        Screening { plates, format, names: Arc::new(FeatureList::new((0..features).map(name).collect())) }
    }

    /// Results until every well of every plate has one.
    #[must_use]
    pub fn results(&self) -> u64 {
        u64::from(self.plates) * u64::from(self.format.wells())
    }

    /// A layout for each plate: the first and last columns are controls, all others samples.
    pub fn layouts(&self, lab: &mut Lab) -> Vec<Message> {
        let wells = (0..usize::from(self.format.wells())).map(|index| {
            let well = Well::at_index(index, self.format).unwrap();
            let (role, compound) = match self.role(well) {
                Role::Negative => (Role::Negative, "DMSO"),
                Role::Positive => (Role::Positive, "MG-132"),
                role => (role, "CMP-0048390"),
            };
            LayoutWell { well, role, compound: Some(compound.into()), concentration: None, replicate: None }
        });
        let layout =
            Layout::new(self.format, Some("Cell Painting".into()), Some("A549".into()), wells.collect()).unwrap();
        let layout = Arc::new(layout);
        let message = |number| {
            let plate = plate(number);
            let record = LayoutRecord { plate: Arc::clone(&plate), layout: Arc::clone(&layout) };
            let body = encode_layout(&record).unwrap();
            lab.message(Kind::Layouts, &plate, Some(body))
        };
        (0..self.plates).map(message).collect()
    }

    /// The `number`-th result: all plates fill at the same pace, well after well, and then once more.
    pub fn result(&self, lab: &mut Lab, number: u64, seed: &mut Seed) -> Message {
        let (plate_number, index) = (number % u64::from(self.plates), number / u64::from(self.plates));
        let well = Well::at_index((index % u64::from(self.format.wells())) as usize, self.format).unwrap();
        let plate = plate(plate_number as u32);
        let middle = match self.role(well) {
            Role::Negative => 600.0,
            Role::Positive => 40.0,
            _ => 450.0,
        };
        let values =
            (0..self.names.names().len()).map(|_| Value::Number((middle * (0.95 + 0.1 * seed.unit())).round()));
        let record = ResultRecord {
            plate: Arc::clone(&plate),
            format: self.format,
            well,
            site: None,
            read_at_ms: Some(lab.clock_ms),
            features: Features::new(Arc::clone(&self.names), values).unwrap(),
        };
        let body = encode_result(&record).unwrap();
        lab.message(Kind::Results, &plate, Some(body))
    }

    fn role(&self, well: Well) -> Role {
        let (column, columns) = (u32::from(well.column()), u32::from(self.format.columns()));
        match column {
            0 => Role::Negative,
            _ if column + 1 == columns => Role::Positive,
            _ => Role::Sample,
        }
    }
}
