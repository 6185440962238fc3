//! The bytes of a snapshot: numbers of variable length, texts with theirs, a version before and a checksum behind.
//!
//! Reading trusts nothing: what a length says is held against the bytes that are left before anything is made room for.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::offers::{Offered, Offers, StreamNumber, Streams};
use crate::origin::Source;

/// Bytes cannot be taken for a snapshot. It is thrown away and made again from the session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Something else, or made by another version.
    #[error("not a snapshot of this version of Plateside: it is made again")]
    Foreign,
    /// The bytes are not those that were written.
    #[error("the snapshot is damaged (its checksum differs): it is made again")]
    Damaged,
    /// A part that cannot be.
    #[error("the snapshot makes no sense ({0}): it is made again")]
    Impossible(&'static str),
    /// Made under other cards or with other tracked features than the board has.
    #[error("the snapshot was made under another profile than the board has: it is made again")]
    OtherProfile,
    /// Names a layout that was not given.
    #[error("the snapshot's layout is not there: it is made again")]
    NoLayout,
}

/// Bytes of the checksum: enough against accidents.
const CHECK: usize = 8;

/// Being written.
#[derive(Debug, Default)]
pub(crate) struct Out {
    bytes: Vec<u8>,
    /// The streams that are spoken of, by their number on the board, in the order of their number here.
    streams: Vec<StreamNumber>,
    /// The last offset and timestamp: the next ones are written as the difference.
    before: (i64, i64),
}

impl Out {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(crate) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(crate) fn signed(&mut self, number: i64) {
        self.number((number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
    }

    pub(crate) fn optional(&mut self, number: Option<i64>) {
        self.byte(u8::from(number.is_some()));
        self.signed(number.unwrap_or(0));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn fixed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Yes and no, eight to a byte.
    pub(crate) fn flags(&mut self, flags: &[bool]) {
        self.number(flags.len() as u64);
        for eight in flags.chunks(8) {
            self.byte(eight.iter().enumerate().fold(0, |byte, (at, flag)| byte | u8::from(*flag) << at));
        }
    }

    pub(crate) fn offers<T>(&mut self, offers: &Offers<T>, mut value: impl FnMut(&mut Out, &T)) {
        let offered: Vec<Offered<&T>> = offers.offered().collect();
        self.number(offered.len() as u64);
        for Offered { value: said, offset, timestamp_ms, stream } in offered {
            let known = self.streams.iter().position(|known| *known == stream);
            let number = known.unwrap_or_else(|| {
                self.streams.push(stream);
                self.streams.len() - 1
            });
            self.number(number as u64);
            self.signed(offset.wrapping_sub(self.before.0));
            self.signed(timestamp_ms.wrapping_sub(self.before.1));
            self.before = (offset, timestamp_ms);
            value(self, said);
        }
    }

    /// The whole: kind and version, the streams by name, what was written, the checksum.
    pub(crate) fn finish(self, kind: [u8; 4], streams: &Streams) -> Vec<u8> {
        let mut whole = Out::default();
        whole.fixed(&kind);
        whole.number(self.streams.len() as u64);
        for stream in &self.streams {
            let (cluster, topic, incarnation, partition) = match streams.name(*stream) {
                Some((source, partition)) => (&*source.cluster, &*source.topic, source.incarnation, partition),
                None => ("", "", 0, 0),
            };
            whole.text(cluster);
            whole.text(topic);
            whole.number(incarnation.into());
            whole.signed(partition.into());
        }
        whole.fixed(&self.bytes);
        let check = Sha256::digest(&whole.bytes);
        whole.fixed(&check[..CHECK]);
        whole.bytes
    }
}

/// Being read.
#[derive(Debug)]
pub(crate) struct In<'a> {
    rest: &'a [u8],
    streams: Vec<StreamNumber>,
    before: (i64, i64),
}

/// Fewest bytes of one offer without its value.
const OFFER_BYTES: usize = 3;

impl<'a> In<'a> {
    /// Checks the whole and reads the streams, which get numbers of `streams`.
    pub(crate) fn open(bytes: &'a [u8], kind: [u8; 4], streams: &mut Streams) -> Result<In<'a>, SnapshotError> {
        let (content, check) = bytes.split_last_chunk::<CHECK>().ok_or(SnapshotError::Foreign)?;
        let rest = content.strip_prefix(&kind).ok_or(SnapshotError::Foreign)?;
        if Sha256::digest(content)[..CHECK] != *check {
            return Err(SnapshotError::Damaged);
        }
        let mut bytes = In { rest, streams: Vec::new(), before: (0, 0) };
        let count = bytes.count(4, "streams")?;
        for _ in 0..count {
            let (cluster, topic) = (bytes.text()?.into(), bytes.text()?.into());
            let incarnation = bytes.small("incarnation")?;
            let partition = i32::try_from(bytes.signed()?).map_err(|_| SnapshotError::Impossible("partition"))?;
            let number = streams.number_of(&Arc::new(Source { cluster, topic, incarnation }), partition);
            bytes.streams.push(number);
        }
        Ok(bytes)
    }

    /// Everything was read.
    pub(crate) fn end(self) -> Result<(), SnapshotError> {
        if self.rest.is_empty() { Ok(()) } else { Err(SnapshotError::Impossible("bytes are left over")) }
    }

    pub(crate) fn byte(&mut self) -> Result<u8, SnapshotError> {
        Ok(self.fixed::<1>()?[0])
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(SnapshotError::Impossible("it ends too early"))?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(crate) fn number(&mut self) -> Result<u64, SnapshotError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(SnapshotError::Impossible("a number without end"))
    }

    /// A number of a smaller type.
    pub(crate) fn small<T: TryFrom<u64>>(&mut self, what: &'static str) -> Result<T, SnapshotError> {
        T::try_from(self.number()?).map_err(|_| SnapshotError::Impossible(what))
    }

    pub(crate) fn signed(&mut self) -> Result<i64, SnapshotError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    pub(crate) fn optional(&mut self) -> Result<Option<i64>, SnapshotError> {
        let there = self.byte()? != 0;
        let number = self.signed()?;
        Ok(there.then_some(number))
    }

    /// How many things follow of at least `bytes` each.
    pub(crate) fn count(&mut self, bytes: usize, what: &'static str) -> Result<usize, SnapshotError> {
        let count: usize = self.small(what)?;
        if count > self.rest.len() / bytes.max(1) { Err(SnapshotError::Impossible(what)) } else { Ok(count) }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, SnapshotError> {
        let length = self.count(1, "a text's length")?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| SnapshotError::Impossible("a text that is none"))
    }

    pub(crate) fn flags(&mut self, expected: usize) -> Result<Vec<bool>, SnapshotError> {
        let count: usize = self.small("flags")?;
        let bytes = count.div_ceil(8);
        if count != expected || bytes > self.rest.len() {
            return Err(SnapshotError::Impossible("flags"));
        }
        let (flags, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        Ok((0..count).map(|at| flags[at / 8] >> (at % 8) & 1 == 1).collect())
    }

    pub(crate) fn offers<T>(
        &mut self,
        mut value: impl FnMut(&mut In<'a>) -> Result<T, SnapshotError>,
    ) -> Result<Offers<T>, SnapshotError> {
        let count = self.count(OFFER_BYTES, "offers")?;
        let mut offered = Vec::with_capacity(count);
        for _ in 0..count {
            let stream = self.number()?;
            let stream = usize::try_from(stream).ok().and_then(|at| self.streams.get(at).copied());
            let stream = stream.ok_or(SnapshotError::Impossible("a stream without a name"))?;
            let offset = self.before.0.wrapping_add(self.signed()?);
            let timestamp_ms = self.before.1.wrapping_add(self.signed()?);
            self.before = (offset, timestamp_ms);
            offered.push(Offered { value: value(self)?, offset, timestamp_ms, stream });
        }
        Ok(Offers::from_offered(offered))
    }
}
