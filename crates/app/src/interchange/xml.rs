//! XML as a flat walk over elements. There are no document types and no entities but the five of XML itself, so a file can
//! neither fetch nor multiply anything.

use quick_xml::{Reader, escape::unescape, events::Event};

use crate::api::{AppError, ErrorCode};

/// Deepest nesting.
const DEEPEST: usize = 64;

/// An element with what stands in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of this name.
    pub(super) fn said(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    /// Every element of this name, at any depth.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> Vec<&'a Element> {
        let mut found = Vec::new();
        let mut rest: Vec<&Element> = vec![self];
        while let Some(next) = rest.pop() {
            if next.name == name {
                found.push(next);
            }
            rest.extend(next.children.iter().rev());
        }
        found
    }
}

/// The root element.
///
/// # Errors
/// `Corrupt` for broken XML, a document type, or one nested too deeply. The text is never repeated.
pub(super) fn parse(text: &str) -> Result<Element, AppError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        let at = reader.buffer_position();
        let broken = |what: &str| AppError::new(ErrorCode::Corrupt, format!("The XML {what} at byte {at}."));
        let event = reader.read_event().map_err(|_| broken("is broken"))?;
        match event {
            Event::DocType(_) => return Err(broken("has a document type, which a list of connections never has,")),
            Event::Start(start) | Event::Empty(start) if open.len() > DEEPEST => {
                let _ = start;
                return Err(broken("is nested too deeply"));
            }
            Event::Start(start) => open.push(element(&start).ok_or_else(|| broken("is broken"))?),
            Event::Empty(start) => {
                let element = element(&start).ok_or_else(|| broken("is broken"))?;
                if let Some(parent) = open.last_mut() {
                    parent.children.push(element);
                }
            }
            Event::End(_) => {
                let (Some(ended), Some(parent)) = (open.pop(), open.last_mut()) else {
                    return Err(broken("is broken"));
                };
                parent.children.push(ended);
            }
            Event::Text(text) => {
                let plain = unescape(&text).map_err(|_| broken("has an unknown entity"))?;
                if let Some(parent) = open.last_mut() {
                    parent.text.push_str(&plain);
                }
            }
            Event::GeneralRef(reference) => {
                let plain =
                    unescape(&format!("&{};", &*reference)).map_err(|_| broken("has an unknown entity"))?.into_owned();
                if let Some(parent) = open.last_mut() {
                    parent.text.push_str(&plain);
                }
            }
            Event::CData(text) => {
                if let Some(parent) = open.last_mut() {
                    parent.text.push_str(&text);
                }
            }
            Event::Eof if open.len() == 1 => return open.pop().ok_or_else(|| broken("is empty")),
            Event::Eof => return Err(broken("ends in the middle")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Option<Element> {
    let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = unescape(&attribute.value).ok()?.into_owned();
        element.attributes.push((attribute.key.as_ref().to_owned(), value));
    }
    Some(element)
}
