//! Changes of raw documents. What nobody touches is copied as bytes.

use driver::{
    Code, Error,
    documents::{Patch, Step},
};

use super::corrupt;
use crate::{
    bson::{self, Element, Writer, kind},
    language::{self, Literal, Node, put, read_value},
};

/// A document with changes, each on what the one before made.
pub(super) fn apply(raw: &[u8], patches: &[Patch]) -> Result<Vec<u8>, Error> {
    // Only the document's own frame: what stands behind it is no part of it.
    bson::elements(raw).map_err(corrupt)?;
    let mut bytes = raw.to_vec();
    for patch in patches {
        bytes = one(&bytes, patch)?;
    }
    Ok(bytes)
}

/// Where an element was found.
struct Place<'a> {
    element: Element<'a>,
    /// Where its kind stands in the whole document.
    start: usize,
    /// Where each document or array around it begins, the outermost first.
    around: Vec<usize>,
    /// Whether what it is in is an array.
    in_array: bool,
}

fn nowhere() -> Error {
    Error::new(Code::NotFound, "There is no such field in the document.")
}

fn find<'a>(bytes: &'a [u8], path: &[Step]) -> Result<Place<'a>, Error> {
    let (mut inner, mut origin, mut around) = (bytes, 0, vec![0]);
    let mut in_array = false;
    let mut steps = path.iter().peekable();
    while let Some(step) = steps.next() {
        let mut found = None;
        for (place, element) in bson::elements(inner).map_err(corrupt)?.enumerate() {
            let element = element.map_err(corrupt)?;
            let is = match step {
                Step::At(at) => *at == place,
                Step::Name(name) => name.as_bytes() == element.name,
            };
            if is {
                found = Some(element);
                break;
            }
        }
        let element = found.ok_or_else(nowhere)?;
        let start = origin + element.start;
        if steps.peek().is_none() {
            return Ok(Place { element, start, around, in_array });
        }
        inner = element.document().ok_or_else(nowhere)?;
        in_array = element.kind == kind::ARRAY;
        origin = start + 2 + element.name.len();
        around.push(origin);
    }
    Err(nowhere())
}

fn one(bytes: &[u8], patch: &Patch) -> Result<Vec<u8>, Error> {
    match patch {
        Patch::Set(path, text) => set(bytes, path, &value(text)?),
        Patch::SetAlike(path, text) => {
            let place = find(bytes, path)?;
            let literal = match language::alike(place.element.kind, place.element.raw, text) {
                Some(literal) => literal,
                None => value(text)?,
            };
            set(bytes, path, &literal)
        }
        Patch::Remove(path) => {
            let place = find(bytes, path)?;
            let (start, end) = (place.start, place.start + length(&place.element));
            if !place.in_array {
                return splice(bytes, start, end, &[], &place.around);
            }
            // The names of an array are places: those behind move up.
            let origin = place.around.last().copied().unwrap_or_default();
            let mut renamed = Writer::new();
            let array = bytes.get(origin..).unwrap_or_default();
            let mut stop = end;
            for (at, element) in bson::elements(array).map_err(corrupt)?.enumerate() {
                let element = element.map_err(corrupt)?;
                if origin + element.start >= end {
                    renamed.raw(element.kind, (at - 1).to_string().as_bytes(), element.raw);
                    stop = origin + element.end();
                }
            }
            let written = renamed.finish();
            let written = written.get(4..written.len() - 1).unwrap_or_default();
            splice(bytes, start, stop, written, &place.around)
        }
        Patch::Rename(path, name) => {
            let place = find(bytes, path)?;
            if place.in_array {
                return Err(Error::new(Code::InvalidStatement, "The elements of an array have no names."));
            }
            check_name(name)?;
            let start = place.start + 1;
            splice(bytes, start, start + place.element.name.len(), name.as_bytes(), &place.around)
        }
        Patch::Append(path, name, text) => {
            let literal = value(text)?;
            let (origin, inner, mut around, array) = match path.is_empty() {
                true => (0, bytes, Vec::new(), false),
                false => {
                    let place = find(bytes, path)?;
                    let inner = place.element.document().ok_or_else(nowhere)?;
                    let origin = place.start + 2 + place.element.name.len();
                    (origin, inner, place.around, place.element.kind == kind::ARRAY)
                }
            };
            let mut elements = bson::elements(inner).map_err(corrupt)?;
            let mut count = 0;
            for element in elements.by_ref() {
                element.map_err(corrupt)?;
                count += 1;
            }
            let end = origin + elements.position();
            around.push(origin);
            let name = if array { count.to_string() } else { name.clone() };
            check_name(&name)?;
            splice(bytes, end, end, &written(&name, &literal), &around)
        }
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    match name.contains('\0') {
        true => Err(Error::new(Code::InvalidStatement, "A field's name cannot hold a NUL.")),
        false => Ok(()),
    }
}

fn value(text: &str) -> Result<Literal, Error> {
    Ok(read_value(text)?.value)
}

fn length(element: &Element<'_>) -> usize {
    2 + element.name.len() + element.raw.len()
}

/// An element as bytes.
fn written(name: &str, literal: &Literal) -> Vec<u8> {
    let mut writer = Writer::new();
    put(&mut writer, name, &Node { value: literal.clone(), span: driver::Span { start: 0, end: 0 } });
    let bytes = writer.finish();
    bytes.get(4..bytes.len() - 1).unwrap_or_default().to_vec()
}

fn set(bytes: &[u8], path: &[Step], literal: &Literal) -> Result<Vec<u8>, Error> {
    let place = find(bytes, path)?;
    let nameless = written("", literal);
    let (kind, raw) = (nameless.first().copied().unwrap_or(kind::NULL), nameless.get(2..).unwrap_or_default());
    // The name is copied as it stands: it may be no UTF-8.
    let element = [&[kind], place.element.name, &[0], raw].concat();
    splice(bytes, place.start, place.start + length(&place.element), &element, &place.around)
}

/// Other bytes in the place of some, and the lengths of all that is around them.
fn splice(bytes: &[u8], start: usize, end: usize, with: &[u8], around: &[usize]) -> Result<Vec<u8>, Error> {
    let (before, after) = (bytes.get(..start).unwrap_or_default(), bytes.get(end..).unwrap_or_default());
    let mut changed = [before, with, after].concat();
    for origin in around {
        let Some(place) = changed.get_mut(*origin..origin + 4) else { continue };
        let old = <[u8; 4]>::try_from(&*place).map(i32::from_le_bytes).unwrap_or_default();
        let new = i64::from(old) + with.len() as i64 - (end - start) as i64;
        let new =
            i32::try_from(new).map_err(|_| Error::new(Code::InvalidStatement, "The document becomes too long."))?;
        place.copy_from_slice(&new.to_le_bytes());
    }
    Ok(changed)
}
