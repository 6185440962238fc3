//! The compound file that an old workbook lies in ([MS-CFB]): sectors in chains, named streams.
//!
//! A chain that does not end, or that visits a sector twice, is refused before it is followed.

use super::WorkbookError;

/// How every compound file begins.
pub(crate) const SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

const END_OF_CHAIN: u32 = 0xffff_fffe;
/// Numbers from here on name no sector.
const NO_SECTOR: u32 = 0xffff_fffa;
/// A file below this size would be a workbook without a cell.
const HEADER: usize = 512;
const ENTRY: usize = 128;

fn broken(reason: &str) -> WorkbookError {
    WorkbookError::Broken { part: "compound file", reason: reason.to_owned() }
}

/// Two bytes, little-endian, if they are there.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Four bytes, little-endian, if they are there.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    next: Vec<u32>,
}

impl<'a> Sectors<'a> {
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        // Sector 0 follows the header, which takes one sector's room.
        let from = (number as usize).checked_add(1)?.checked_mul(self.size)?;
        let to = from.checked_add(self.size)?.min(self.bytes.len());
        self.bytes.get(from..to).filter(|sector| !sector.is_empty())
    }

    /// The bytes of a chain, at most `longest`.
    fn chain(&self, first: u32, longest: usize) -> Result<Vec<u8>, WorkbookError> {
        let mut out = Vec::new();
        let mut at = first;
        while at != END_OF_CHAIN && out.len() < longest {
            // More bytes than the file has is a chain that goes round.
            if out.len() > self.bytes.len() {
                return Err(broken("a chain of sectors goes round"));
            }
            let sector = self.sector(at).ok_or_else(|| broken("a sector lies beyond the end of the file"))?;
            out.extend_from_slice(sector);
            at = *self.next.get(at as usize).ok_or_else(|| broken("a chain of sectors has no end"))?;
        }
        out.truncate(longest);
        Ok(out)
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four))
}

/// One named stream of a compound file, the first of `names` that is there.
pub(crate) fn stream(bytes: &[u8], names: &[&str]) -> Result<Option<Vec<u8>>, WorkbookError> {
    let short = || broken("its header is cut");
    if bytes.len() < HEADER || !bytes.starts_with(&SIGNATURE) {
        return Err(short());
    }
    let size = match u16_at(bytes, 30) {
        Some(9) => 512,
        Some(12) => 4096,
        _ => return Err(broken("its sectors have a size that none has")),
    };
    let field = |at: usize| u32_at(bytes, at).ok_or_else(short);
    let mut sectors = Sectors { bytes, size, next: Vec::new() };
    sectors.next = allocation(&sectors, field(68)?)?;
    let directory = sectors.chain(field(48)?, usize::MAX)?;
    let (entries, _) = directory.as_chunks::<ENTRY>();
    let root = entries.first().ok_or_else(|| broken("it has no directory"))?;
    let place =
        |entry: &[u8; ENTRY]| (u32_at(entry, 116).unwrap_or(NO_SECTOR), u32_at(entry, 120).unwrap_or(0) as usize);
    for wanted in names {
        let Some(entry) = entries.iter().find(|entry| name(entry).eq_ignore_ascii_case(wanted)) else { continue };
        let (first, length) = place(entry);
        if length > bytes.len() {
            return Err(broken("a stream is longer than the file"));
        }
        if length >= field(56)? as usize {
            return sectors.chain(first, length).map(Some);
        }
        // Small streams lie in sectors of 64 bytes within the root's stream.
        let (root_first, root_length) = place(root);
        let mut small = vec![0; 64];
        small.extend(sectors.chain(root_first, root_length.min(bytes.len()))?);
        let next = numbers(&sectors.chain(field(60)?, usize::MAX)?).collect();
        return Sectors { bytes: &small, size: 64, next }.chain(first, length).map(Some);
    }
    Ok(None)
}

/// The table that says for each sector which one follows it.
fn allocation(sectors: &Sectors<'_>, first_list: u32) -> Result<Vec<u32>, WorkbookError> {
    let bytes = sectors.bytes;
    let most = bytes.len() / sectors.size + 1;
    let mut tables: Vec<u32> = numbers(bytes.get(76..HEADER).unwrap_or_default()).collect();
    let mut list = first_list;
    let mut lists = 0;
    while list < NO_SECTOR {
        lists += 1;
        let sector = sectors.sector(list).ok_or_else(|| broken("a sector lies beyond the end of the file"))?;
        let mut more: Vec<u32> = numbers(sector).collect();
        list = more.pop().unwrap_or(END_OF_CHAIN);
        tables.extend(more);
        if lists > most || tables.len() > HEADER + 2 * most {
            return Err(broken("the list of its sectors goes round"));
        }
    }
    let mut next = Vec::new();
    for table in tables.into_iter().filter(|table| *table < NO_SECTOR) {
        let sector = sectors.sector(table).ok_or_else(|| broken("a sector lies beyond the end of the file"))?;
        next.extend(numbers(sector));
        if next.len() > 2 * most + sectors.size {
            return Err(broken("it has tables for more sectors than there are"));
        }
    }
    Ok(next)
}

fn name(entry: &[u8; ENTRY]) -> String {
    let length = usize::from(u16_at(entry, 64).unwrap_or(0)).saturating_sub(2).min(62);
    let units = entry[..length].as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
