//! Steps as they are kept: JSON, in which texts stay texts and bytes become base64.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use driver::{CellValue, NewValue, RowKey};
use serde::{Deserialize, Serialize};

use super::model::{Fate, Replayed, StagedRow, Step};

/// A step: what its rows are after it. What they were before, the steps before it say.
#[derive(Serialize, Deserialize)]
struct KeptStep<'a> {
    label: Cow<'a, str>,
    rows: Vec<(u32, Option<KeptRow<'a>>)>,
}

#[derive(Serialize, Deserialize)]
struct KeptRow<'a> {
    fate: Fate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Cow<'a, RowKey>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Cow<'a, RowKey>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    held: BTreeMap<u32, KeptCell>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    set: BTreeMap<u32, KeptValue<'a>>,
}

/// NULL has neither text nor bytes. Equal for equal values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptCell {
    #[serde(default, rename = "t", skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, rename = "b", skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    #[serde(default, rename = "c", skip_serializing_if = "Option::is_none")]
    class: Option<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptValue<'a> {
    Null,
    Default,
    Text(Cow<'a, str>),
    Number(Cow<'a, str>),
    Bytes(String),
    Held(KeptCell),
}

/// A step as it is kept.
///
/// # Errors
/// None in practice: everything in it can be written as JSON.
pub(super) fn write(step: &Step) -> Result<String, serde_json::Error> {
    let rows = step.changes.iter().map(|change| (change.id, change.after.as_deref().and_then(KeptRow::of))).collect();
    serde_json::to_string(&KeptStep { label: Cow::Borrowed(&step.label), rows })
}

/// A step that was kept; `None` for one that is no step.
pub(super) fn read(text: &str) -> Option<Replayed> {
    let kept: KeptStep<'_> = serde_json::from_str(text).ok()?;
    let row = |(id, row): (u32, Option<KeptRow<'_>>)| match row {
        Some(row) => Some((id, Some(row.back()?))),
        None => Some((id, None)),
    };
    Some((kept.label.into_owned(), kept.rows.into_iter().map(row).collect::<Option<_>>()?))
}

impl<'a> KeptRow<'a> {
    /// None for a row that was saved: that is no edit any more, it was only shown.
    fn of(row: &'a StagedRow) -> Option<Self> {
        row.fate.is_pending().then(|| KeptRow {
            fate: row.fate,
            key: row.key.as_ref().map(Cow::Borrowed),
            after: row.after.as_ref().map(Cow::Borrowed),
            held: row.originals.iter().map(|(column, cell)| (*column, KeptCell::of(cell))).collect(),
            set: row.set.iter().map(|(column, value)| (*column, KeptValue::of(value))).collect(),
        })
    }

    fn back(self) -> Option<StagedRow> {
        let held = self.held.into_iter().map(|(column, cell)| Some((column, cell.back()?)));
        let set = self.set.into_iter().map(|(column, value)| Some((column, value.back()?)));
        Some(StagedRow {
            after: self.after.map(Cow::into_owned),
            originals: held.collect::<Option<_>>()?,
            set: set.collect::<Option<_>>()?,
            ..StagedRow::new(self.fate, self.key.map(Cow::into_owned))
        })
    }
}

impl KeptCell {
    pub(super) fn of(cell: &CellValue) -> Self {
        let text = cell.text().map(str::to_owned);
        let bytes = match &text {
            Some(_) => None,
            None => cell.bytes.as_ref().map(|bytes| STANDARD.encode(bytes)),
        };
        KeptCell { text, bytes, class: cell.class }
    }

    fn back(self) -> Option<CellValue> {
        let bytes = match (self.text, self.bytes) {
            (Some(text), _) => Some(text.into_bytes()),
            (None, Some(bytes)) => Some(STANDARD.decode(bytes).ok()?),
            (None, None) => None,
        };
        Some(CellValue { bytes, class: self.class })
    }
}

impl<'a> KeptValue<'a> {
    fn of(value: &'a NewValue) -> Self {
        match value {
            NewValue::Null => KeptValue::Null,
            NewValue::Default => KeptValue::Default,
            NewValue::Text(text) => KeptValue::Text(Cow::Borrowed(text)),
            NewValue::Number(text) => KeptValue::Number(Cow::Borrowed(text)),
            NewValue::Bytes(bytes) => KeptValue::Bytes(STANDARD.encode(bytes)),
            NewValue::Held(cell) => KeptValue::Held(KeptCell::of(cell)),
        }
    }

    fn back(self) -> Option<NewValue> {
        Some(match self {
            KeptValue::Null => NewValue::Null,
            KeptValue::Default => NewValue::Default,
            KeptValue::Text(text) => NewValue::Text(text.into_owned()),
            KeptValue::Number(text) => NewValue::Number(text.into_owned()),
            KeptValue::Bytes(bytes) => NewValue::Bytes(STANDARD.decode(bytes).ok()?),
            KeptValue::Held(cell) => NewValue::Held(cell.back()?),
        })
    }
}
