//! Which column of a table is what: names that people use, in the order in which they are preferred.

/// What a column, or a block of a drawn plate, says about a well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// The well's address.
    Well,
    /// What the well is for.
    Role,
    /// The plate's barcode.
    Plate,
    /// The name of a platemap that several plates share.
    Platemap,
    /// The compound's id or name.
    Compound,
    /// The compound's dose.
    Concentration,
    /// The unit of the dose.
    Unit,
    /// Which replicate of the compound.
    Replicate,
    /// What the compound is dissolved in.
    Solvent,
    /// The plate's number of wells.
    Format,
    /// The assay's name.
    Assay,
    /// The cells' name.
    Cells,
}

impl Property {
    /// Every property.
    pub const ALL: [Property; 12] = [
        Property::Well,
        Property::Role,
        Property::Plate,
        Property::Platemap,
        Property::Compound,
        Property::Concentration,
        Property::Unit,
        Property::Replicate,
        Property::Solvent,
        Property::Format,
        Property::Assay,
        Property::Cells,
    ];

    /// Names of columns, the preferred first, in lower case without spaces, dots, dashes and underscores.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Property::Well => &["well", "wellposition", "wellid", "wellname", "welladdress", "position"],
            Property::Role => &["role", "wellrole", "welltype", "controltype", "perttype", "contenttype"],
            Property::Plate => &["plate", "barcode", "platebarcode", "assayplatebarcode", "plateid", "platename"],
            Property::Platemap => &["platemapname", "platemap", "platemapid"],
            Property::Compound => &["compound", "compoundid", "compoundname", "broadsample", "pertiname", "substance"],
            Property::Concentration => &["concentration", "conc", "dose", "mmolesperliter"],
            Property::Unit => &["unit", "units", "concentrationunit", "concunit", "doseunit"],
            Property::Replicate => &["replicate", "rep", "replicateid", "replicatenumber"],
            Property::Solvent => &["solvent", "vehicle"],
            Property::Format => &["format", "plateformat"],
            Property::Assay => &["assay", "assayname"],
            Property::Cells => &["cells", "cellline", "celltype"],
        }
    }
}

/// A name without what people vary, and the unit that it gives in brackets: `Conc. [uM]` is `conc` and `uM`.
pub(crate) fn plain(name: &str) -> (String, Option<&str>) {
    let name = name.trim();
    let bracketed = name.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '[']));
    let (name, unit) = match bracketed {
        Some((before, unit)) => (before, Some(unit.trim()).filter(|unit| !unit.is_empty())),
        None => (name, None),
    };
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.' | ':'));
    (kept.flat_map(char::to_lowercase).collect(), unit)
}

/// One column that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedColumn {
    /// What it says.
    pub property: Property,
    /// Its name as the header gives it.
    pub name: String,
    /// The unit that its name gives: in brackets, or `mmol/L` for `mmoles_per_liter`.
    pub unit: Option<String>,
    /// Its place, from 0.
    pub(crate) at: usize,
}

/// A header's columns: those that are used, and the names of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) used: Vec<UsedColumn>,
    pub(crate) unused: Vec<String>,
}

impl Columns {
    /// Finds for each property the column whose name is preferred; `chosen` names columns that a person chose.
    pub(crate) fn of<'a>(header: impl Iterator<Item = &'a str>, chosen: &[(Property, String)]) -> Columns {
        let header: Vec<&str> = header.collect();
        let names: Vec<(String, Option<&str>)> = header.iter().map(|name| plain(name)).collect();
        let mut columns = Columns::default();
        for property in Property::ALL {
            let by_choice = chosen.iter().find(|(of, _)| *of == property).map(|(_, name)| name.trim());
            let place = match by_choice {
                Some(name) => header.iter().position(|column| column.eq_ignore_ascii_case(name)),
                None => property.names().iter().find_map(|known| names.iter().position(|(name, _)| name == known)),
            };
            let Some(at) = place else { continue };
            let (name, bracketed) = &names[at];
            let unit = match bracketed {
                Some(unit) => Some((*unit).to_owned()),
                None => (name == "mmolesperliter").then(|| "mmol/L".to_owned()),
            };
            columns.used.push(UsedColumn { property, name: header[at].to_owned(), unit, at });
        }
        let unused = header
            .iter()
            .enumerate()
            .filter(|(at, name)| !name.is_empty() && !columns.used.iter().any(|column| column.at == *at));
        columns.unused = unused.map(|(_, name)| (*name).to_owned()).collect();
        columns
    }

    pub(crate) fn find(&self, property: Property) -> Option<&UsedColumn> {
        self.used.iter().find(|column| column.property == property)
    }

    pub(crate) fn at(&self, property: Property) -> Option<usize> {
        self.find(property).map(|column| column.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_the_names_people_use() {
        let header = ["Well Position", "Conc. [µM]", "control_type", "pert_type", "note", "broad_sample", "pert_iname"];
        let columns = Columns::of(header.into_iter(), &[]);
        let name = |property| columns.find(property).map(|column| column.name.as_str());
        assert_eq!(name(Property::Well), Some("Well Position"));
        assert_eq!(name(Property::Role), Some("control_type"), "preferred to pert_type");
        assert_eq!(name(Property::Compound), Some("broad_sample"));
        assert_eq!(columns.find(Property::Concentration).unwrap().unit.as_deref(), Some("µM"));
        assert_eq!(columns.unused, ["pert_type", "note", "pert_iname"]);
        let chosen = Columns::of(header.into_iter(), &[(Property::Compound, "PERT_INAME".to_owned())]);
        assert_eq!(chosen.find(Property::Compound).unwrap().name, "pert_iname");
        let lincs = Columns::of(["mmoles_per_liter"].into_iter(), &[]);
        assert_eq!(lincs.find(Property::Concentration).unwrap().unit.as_deref(), Some("mmol/L"));
    }
}
