//! The XML within a workbook, an event at a time: no event, no depth and no part longer than its bound.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::WorkbookError;

/// Bytes of one tag or one run of text: a cell's text has at most 32,767 characters.
const EVENT_BYTES: usize = 1 << 20;
/// Elements within elements: a sheet needs five.
const DEEPEST: usize = 64;

/// Lets an event read so much and no more.
pub(crate) struct Metered<R> {
    inner: BufReader<R>,
    left: usize,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(std::io::Error::other("one tag or text is longer than 1 MiB"));
        }
        let available = self.inner.fill_buf()?;
        Ok(&available[..available.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}

/// A part of a workbook being read.
pub(crate) struct Xml<R> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    depth: usize,
    part: &'static str,
}

/// What comes next.
pub(crate) enum Next {
    /// An element begins.
    Start(BytesStart<'static>),
    /// An element ends: its name without a prefix.
    End(String),
    /// Text, with entities resolved.
    Text(String),
    /// The part is over.
    Over,
}

impl<R: Read> Xml<R> {
    /// `part` is what a person calls it.
    pub(crate) fn new(read: R, part: &'static str) -> Xml<R> {
        let mut reader = Reader::from_reader(Metered { inner: BufReader::new(read), left: EVENT_BYTES });
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = false;
        Xml { reader, buffer: Vec::new(), depth: 0, part }
    }

    /// The next start, end or text.
    pub(crate) fn next(&mut self) -> Result<Next, WorkbookError> {
        let part = self.part;
        let broken = |reason: String| WorkbookError::Broken { part, reason };
        loop {
            self.buffer.clear();
            self.reader.get_mut().left = EVENT_BYTES;
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| broken(shortened(&error)))?;
            let next = match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Err(broken(format!("more than {DEEPEST} elements lie within each other")));
                    }
                    Next::Start(start.into_owned())
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Next::End(end.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Next::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Next::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => {
                    let resolved = match entity.resolve_char_ref().map_err(|error| broken(shortened(&error)))? {
                        Some(c) => c.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&entity)
                            .ok_or_else(|| broken("it has an entity of its own".to_owned()))?
                            .to_owned(),
                    };
                    Next::Text(resolved)
                }
                Event::DocType(_) => return Err(broken("it has a document type".to_owned())),
                Event::Eof if self.depth > 0 => return Err(broken("it ends too early".to_owned())),
                Event::Eof => Next::Over,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => continue,
            };
            return Ok(next);
        }
    }

    /// Passes over the element that has just begun.
    pub(crate) fn skip(&mut self) -> Result<(), WorkbookError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if matches!(self.next()?, Next::Over) {
                break;
            }
        }
        Ok(())
    }

    /// How deep the reader is; the element that has just begun counts.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }
}

/// The reader's own words, which quote the file at any length.
fn shortened(error: &quick_xml::Error) -> String {
    error.to_string().chars().take(120).flat_map(char::escape_debug).collect()
}

/// An attribute's value by its name without a prefix.
pub(crate) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    // Unchecked: to compare each name with all before it is quadratic in a tag of a megabyte.
    let mut attributes = start.attributes();
    let found =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// Whether an element has this name, whatever its prefix.
pub(crate) fn is(start: &BytesStart<'_>, name: &str) -> bool {
    start.local_name().as_ref() == name
}
