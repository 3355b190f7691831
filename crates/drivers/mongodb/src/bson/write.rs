//! Writing documents piece by piece.

use super::{Element, kind};

/// A document that is being written. Lengths of what is open are filled in when it is closed.
#[derive(Debug, Clone)]
pub struct Writer {
    bytes: Vec<u8>,
    open: Vec<usize>,
}

impl Default for Writer {
    fn default() -> Self {
        Writer { bytes: vec![0; 4], open: vec![0] }
    }
}

/// A document of what is written.
pub fn document(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::default();
    fill(&mut writer);
    writer.finish()
}

impl Writer {
    /// An empty document.
    pub fn new() -> Self {
        Writer::default()
    }

    /// A document that begins with the elements of another.
    pub fn continuing(document: &[u8]) -> Self {
        match super::elements(document) {
            Ok(_) => Writer { bytes: document.get(..document.len() - 1).unwrap_or_default().to_vec(), open: vec![0] },
            Err(_) => Writer::new(),
        }
    }

    /// The bytes, everything closed.
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.close();
        }
        self.bytes
    }

    fn head(&mut self, kind: u8, name: &[u8]) -> &mut Self {
        self.bytes.push(kind);
        // A NUL would end the name: what comes after it cannot be kept.
        self.bytes.extend(name.iter().copied().take_while(|byte| *byte != 0));
        self.bytes.push(0);
        self
    }

    /// An element whose value is these bytes.
    pub fn raw(&mut self, kind: u8, name: &[u8], raw: &[u8]) -> &mut Self {
        self.head(kind, name).bytes.extend_from_slice(raw);
        self
    }

    /// An element as it stands elsewhere.
    pub fn element(&mut self, element: &Element<'_>) -> &mut Self {
        self.raw(element.kind, element.name, element.raw)
    }

    /// A 64-bit float.
    pub fn double(&mut self, name: &str, value: f64) -> &mut Self {
        self.raw(kind::DOUBLE, name.as_bytes(), &value.to_le_bytes())
    }

    /// A text.
    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        self.head(kind::STRING, name.as_bytes()).text(value.as_bytes());
        self
    }

    /// Appends the bytes of a text value.
    pub fn text(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(&length(value.len() + 1));
        self.bytes.extend_from_slice(value);
        self.bytes.push(0);
    }

    /// Bytes with a subtype.
    pub fn binary(&mut self, name: &str, subtype: u8, value: &[u8]) -> &mut Self {
        self.head(kind::BINARY, name.as_bytes());
        self.bytes.extend_from_slice(&length(value.len()));
        self.bytes.push(subtype);
        self.bytes.extend_from_slice(value);
        self
    }

    /// An object id.
    pub fn object_id(&mut self, name: &str, value: [u8; 12]) -> &mut Self {
        self.raw(kind::OBJECT_ID, name.as_bytes(), &value)
    }

    /// A truth.
    pub fn bool(&mut self, name: &str, value: bool) -> &mut Self {
        self.raw(kind::BOOL, name.as_bytes(), &[u8::from(value)])
    }

    /// Null.
    pub fn null(&mut self, name: &str) -> &mut Self {
        self.raw(kind::NULL, name.as_bytes(), &[])
    }

    /// A 32-bit integer.
    pub fn int32(&mut self, name: &str, value: i32) -> &mut Self {
        self.raw(kind::INT32, name.as_bytes(), &value.to_le_bytes())
    }

    /// A 64-bit integer.
    pub fn int64(&mut self, name: &str, value: i64) -> &mut Self {
        self.raw(kind::INT64, name.as_bytes(), &value.to_le_bytes())
    }

    /// The smallest integer type that holds it.
    pub fn integer(&mut self, name: &str, value: i64) -> &mut Self {
        match i32::try_from(value) {
            Ok(value) => self.int32(name, value),
            Err(_) => self.int64(name, value),
        }
    }

    /// A document that is written already.
    pub fn document(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.raw(kind::DOCUMENT, name.as_bytes(), value)
    }

    /// An array that is written already.
    pub fn array(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.raw(kind::ARRAY, name.as_bytes(), value)
    }

    /// Opens a document or an array inside; close it with [`Writer::close`].
    pub fn open(&mut self, kind: u8, name: &[u8]) -> &mut Self {
        self.head(kind, name);
        self.begin();
        self
    }

    /// Opens a document that has no name here: the scope of a code.
    pub fn begin(&mut self) {
        self.open.push(self.bytes.len());
        self.bytes.extend_from_slice(&[0; 4]);
    }

    /// Closes what was opened last.
    pub fn close(&mut self) -> &mut Self {
        if let Some(start) = self.open.pop() {
            self.bytes.push(0);
            self.fill(start);
        }
        self
    }

    /// Where the next byte goes.
    pub fn position(&self) -> usize {
        self.bytes.len()
    }

    /// Appends bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes the length of what began at `start` over its first four bytes.
    pub fn fill(&mut self, start: usize) {
        let size = length(self.bytes.len().saturating_sub(start));
        if let Some(place) = self.bytes.get_mut(start..start + 4) {
            place.copy_from_slice(&size);
        }
    }

    /// A document inside.
    pub fn with(&mut self, name: &str, fill: impl FnOnce(&mut Writer)) -> &mut Self {
        self.open(kind::DOCUMENT, name.as_bytes());
        fill(self);
        self.close()
    }

    /// An array of documents.
    pub fn documents<D: AsRef<[u8]>>(&mut self, name: &str, documents: impl IntoIterator<Item = D>) -> &mut Self {
        self.open(kind::ARRAY, name.as_bytes());
        for (place, document) in documents.into_iter().enumerate() {
            self.raw(kind::DOCUMENT, place.to_string().as_bytes(), document.as_ref());
        }
        self.close()
    }
}

/// Lengths beyond what the format can say are refused by every server; here they only must not wrap around.
fn length(bytes: usize) -> [u8; 4] {
    i32::try_from(bytes).unwrap_or(i32::MAX).to_le_bytes()
}
