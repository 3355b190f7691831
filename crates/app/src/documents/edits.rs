//! Applying edits to a text, counted as editors count: in UTF-16 units.

use crate::api::{TextEdit, TextRange};

/// A text with a gap where it was edited last: edits near each other cost what they change, not what the text holds.
#[derive(Debug)]
pub(super) struct Buffer {
    before: Vec<u16>,
    /// Backwards, so that its first unit is the last element.
    after: Vec<u16>,
}

impl Buffer {
    pub(super) fn new(text: &str) -> Self {
        Buffer { before: text.encode_utf16().collect(), after: Vec::new() }
    }

    /// The length, in UTF-16 units.
    pub(super) fn units(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// Applies the edits of one moment, or none of them and says `false` when they do not fit.
    pub(super) fn apply(&mut self, edits: &[TextEdit]) -> bool {
        if !fit(edits, self.units()) {
            return false;
        }
        // From the last: every range counts in the text before all of them.
        for edit in edits.iter().rev() {
            let (from, to) = (edit.range.from as usize, edit.range.to as usize);
            self.move_to(to);
            self.before.truncate(from);
            self.before.extend(edit.insert.encode_utf16());
        }
        true
    }

    fn move_to(&mut self, place: usize) {
        if place <= self.before.len() {
            self.after.extend(self.before.drain(place..).rev());
        } else {
            let units = (place - self.before.len()).min(self.after.len());
            let rest = self.after.len() - units;
            self.before.extend(self.after.drain(rest..).rev());
        }
    }

    /// The text, unless half a surrogate pair stands in it.
    pub(super) fn into_exact_text(mut self) -> Option<String> {
        self.move_to(self.units());
        String::from_utf16(&self.before).ok()
    }

    /// The text. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD: as long, so that positions stay.
    pub(super) fn into_text(mut self) -> String {
        self.move_to(self.units());
        String::from_utf16_lossy(&self.before)
    }
}

/// Whether the ranges are in order, apart, and inside a text of so many units.
pub(super) fn fit(edits: &[TextEdit], units: usize) -> bool {
    let mut end = 0;
    edits.iter().all(|edit| {
        let TextRange { from, to } = edit.range;
        let fits = end <= from && from <= to && to as usize <= units;
        end = to;
        fits
    })
}

/// The length after edits that fit.
pub(super) fn length_after(edits: &[TextEdit], units: usize) -> usize {
    edits.iter().fold(units, |units, edit| {
        let removed = edit.range.to.saturating_sub(edit.range.from) as usize;
        units.saturating_sub(removed) + edit.insert.encode_utf16().count()
    })
}

/// As kept in the store: `[[from, to, insert], …]`.
pub(super) fn write(edits: &[TextEdit]) -> Result<String, serde_json::Error> {
    let rows: Vec<_> = edits.iter().map(|edit| (edit.range.from, edit.range.to, edit.insert.as_str())).collect();
    serde_json::to_string(&rows)
}

pub(super) fn read(stored: &str) -> Option<Vec<TextEdit>> {
    let rows: Vec<(u32, u32, String)> = serde_json::from_str(stored).ok()?;
    Some(rows.into_iter().map(|(from, to, insert)| TextEdit { range: TextRange { from, to }, insert }).collect())
}
