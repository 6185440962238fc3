//! The text that a session keeps of a layout that a person set.

use std::sync::Arc;

use plate::{Concentration, Format, Layout, LayoutWell, Role};
use serde::{Deserialize, Serialize};

use crate::encode::EncodeError;
use crate::local::LocalJsonError;
use crate::reason::quoted;

/// Fields in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayoutJson {
    format: u64,
    assay: Option<Box<str>>,
    cells: Option<Box<str>>,
    wells: Vec<WellJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WellJson {
    well: String,
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compound: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    concentration: Option<ConcentrationJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replicate: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConcentrationJson {
    value: f64,
    unit: Box<str>,
}

impl LayoutJson {
    /// # Errors
    /// [`EncodeError::NotFinite`].
    pub(crate) fn of(layout: &Layout) -> Result<LayoutJson, EncodeError> {
        let well = |entry: &LayoutWell| {
            let concentration = match &entry.concentration {
                Some(dose) if !dose.value.is_finite() => {
                    return Err(EncodeError::NotFinite(format!("the concentration of well {}", entry.well)));
                }
                dose => dose.as_ref().map(|dose| ConcentrationJson { value: dose.value, unit: dose.unit.clone() }),
            };
            Ok(WellJson {
                well: entry.well.to_string(),
                role: entry.role,
                compound: entry.compound.clone(),
                concentration,
                replicate: entry.replicate,
            })
        };
        Ok(LayoutJson {
            format: layout.format.wells().into(),
            assay: layout.assay.clone(),
            cells: layout.cells.clone(),
            wells: layout.wells.iter().map(well).collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn layout(self) -> Result<Arc<Layout>, LocalJsonError> {
        let wrong = |reason: String| LocalJsonError { reason };
        let format = Format::from_wells(self.format).map_err(|_| wrong(format!("\"format\": {}", self.format)))?;
        let well = |json: WellJson| {
            let well = json.well.parse().map_err(|_| wrong(format!("\"well\": {} is no well", quoted(&json.well))))?;
            let dose = json.concentration.map(|dose| Concentration { value: dose.value, unit: dose.unit });
            Ok(LayoutWell {
                well,
                role: json.role,
                compound: json.compound,
                concentration: dose,
                replicate: json.replicate,
            })
        };
        let wells = self.wells.into_iter().map(well).collect::<Result<_, _>>()?;
        let layout = Layout::new(format, self.assay, self.cells, wells).map_err(|error| wrong(error.to_string()))?;
        Ok(Arc::new(layout))
    }
}
