//! Held documents: their fields as columns, which are inferred from the first of them, and the documents themselves.

use std::{ops::Range, sync::Arc};

use arrow_array::{Array, cast::AsArray};
use driver::{
    DocumentForm, Driver, Language,
    documents::{DOCUMENT, TextStyle},
};
use results::{
    Hold,
    documents::{Flattened, holds_documents},
};

use super::{Head, Held, Source, blocking, head};
use crate::{App, api::*};

/// Documents that are looked at for columns when a result begins, and when somebody asks for it again.
const FIRST: u64 = 1_000;
const AGAIN: u64 = 20_000;
/// Bytes of one document's text that are sent; a longer one is cut, and opened as a tree.
const TEXT: usize = 256 << 10;
/// Documents that are sent at once, and bytes of all of them.
const MOST_TEXTS: u32 = 500;
const TEXTS: usize = 4 << 20;
/// Fields that are sent at once, and bytes of a value among them.
const MOST_FIELDS: u32 = 1_000;
const VALUE: usize = 4 << 10;

/// What a hold of flattened documents is made of.
#[derive(Clone)]
pub(crate) struct Documents {
    /// The documents as they came.
    pub(super) raw: Hold,
    form: &'static dyn DocumentForm,
    sampled: u64,
    left_out: u32,
}

impl Documents {
    pub(super) fn told(&self) -> DocumentsHead {
        DocumentsHead { sampled: self.sampled, left_out: self.left_out }
    }
}

/// A hold's rows as faces look at them: documents by their fields.
///
/// # Errors
/// `Corrupt` for a damaged disk.
pub(crate) async fn seen(
    hold: Hold,
    driver: &Arc<dyn Driver>,
    language: &Language,
    source: Source,
) -> Result<Arc<Held>, AppError> {
    let form = driver.documents().filter(|_| holds_documents(hold.schema()));
    let Some(form) = form else {
        let visible = hold.visible_columns();
        return Ok(Held::new(hold, driver, language, visible, source));
    };
    let mut progress = hold.progress();
    // Without a document there is nothing to infer columns from.
    drop(progress.wait_for(|progress| progress.rows > 0 || progress.state.is_final()).await);
    let (driver, language) = (Arc::clone(driver), language.clone());
    blocking(move || flattened(hold, form, FIRST, &driver, &language, source)).await
}

fn flattened(
    raw: Hold,
    form: &'static dyn DocumentForm,
    most: u64,
    driver: &Arc<dyn Driver>,
    language: &Language,
    source: Source,
) -> Result<Arc<Held>, AppError> {
    let lens = Flattened::infer(form, &raw, most)?;
    let documents = Documents {
        raw: raw.clone(),
        form,
        sampled: lens.sampled,
        left_out: u32::try_from(lens.left_out).unwrap_or(u32::MAX),
    };
    let hold = raw.through(Arc::new(lens));
    let visible = hold.visible_columns();
    Ok(Arc::new(Held { documents: Some(documents), ..Held::parts(hold, driver, language, visible, source) }))
}

impl Held {
    fn documents(&self) -> Result<&Documents, AppError> {
        self.documents.as_ref().ok_or_else(|| AppError::new(ErrorCode::Unsupported, "These rows are no documents."))
    }

    /// The column of the documents' `_id`, where every row is one.
    pub(crate) fn document_key(&self) -> Option<usize> {
        self.documents.as_ref()?;
        self.hold.schema().fields().iter().take(self.visible).position(|field| field.name() == "_id")
    }

    /// A row's document as a text that reads back to the same; `None` where rows are no documents.
    ///
    /// # Errors
    /// `NotFound` for a row that is not there, `Corrupt` for a damaged disk.
    pub(crate) fn document_text(&self, row: u64) -> Result<Option<String>, AppError> {
        if self.documents.is_none() {
            return Ok(None);
        }
        let (form, raw) = self.document(row)?;
        Ok(Some(form.text(DOCUMENT, &raw, TextStyle::Canonical, false)))
    }

    /// A row's document as it came, and how it is read.
    ///
    /// # Errors
    /// `NotFound` for a row that is not there, `Unsupported` where rows are no documents, `Corrupt` for a damaged disk.
    pub(crate) fn document(&self, row: u64) -> Result<(&'static dyn DocumentForm, Vec<u8>), AppError> {
        let form = self.documents()?.form;
        Ok((form, self.raw(row..row.saturating_add(1))?.pop().flatten().ok_or_else(no_row)?))
    }

    /// The documents of some rows as they came.
    fn raw(&self, rows: Range<u64>) -> Result<Vec<Option<Vec<u8>>>, AppError> {
        let documents = self.documents()?;
        let mut found = Vec::new();
        let mut take = |batch: arrow_array::RecordBatch| {
            if let Some(column) = batch.columns().first().and_then(|column| column.as_binary_opt::<i32>()) {
                found.extend((0..column.len()).map(|at| column.is_valid(at).then(|| column.value(at).to_vec())));
            }
        };
        match self.view() {
            None => documents.raw.batches(rows).try_for_each(|batch| batch.map(&mut take))?,
            Some(view) => {
                let chosen = usize::try_from(rows.start).unwrap_or(usize::MAX);
                let count = usize::try_from(rows.end.saturating_sub(rows.start)).unwrap_or(usize::MAX);
                for row in view.rows().iter().skip(chosen).take(count) {
                    let row = u64::from(*row);
                    documents.raw.batches(row..row + 1).try_for_each(|batch| batch.map(&mut take))?;
                }
            }
        }
        Ok(found)
    }
}

/// The first number of the first document: a count.
pub(crate) fn number(form: &'static dyn DocumentForm, batch: &arrow_array::RecordBatch) -> Option<u64> {
    let column = batch.columns().first()?.as_binary_opt::<i32>()?;
    let raw = (!column.is_empty() && column.is_valid(0)).then(|| column.value(0))?;
    form.fields(DOCUMENT, raw).ok()?.iter().find_map(|field| {
        let (text, _) = form.cell(field.native_type, field.raw);
        std::str::from_utf8(&text).ok()?.parse().ok()
    })
}

fn style(style: DocumentStyle) -> TextStyle {
    match style {
        DocumentStyle::Canonical => TextStyle::Canonical,
        DocumentStyle::Relaxed => TextStyle::Relaxed,
        DocumentStyle::Shell => TextStyle::Shell,
    }
}

/// The beginning of a text, whole characters of it, and whether that is all.
fn beginning(mut text: String, most: usize) -> (String, bool) {
    let cut = text.len() > most;
    if cut {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    (text, cut)
}

impl App {
    /// Documents of a hold as texts, from `first` on; fewer where they are long.
    ///
    /// # Errors
    /// `NotFound` for released rows, `Unsupported` for rows that are no documents, `Corrupt` for a damaged disk.
    pub async fn hold_documents(
        &self,
        hold_id: &str,
        first: u64,
        count: u32,
        wanted: DocumentStyle,
    ) -> Result<Vec<DocumentText>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        blocking(move || {
            let form = held.documents()?.form;
            let (mut texts, mut bytes) = (Vec::new(), 0);
            for row in first..first.saturating_add(count.min(MOST_TEXTS).into()) {
                let Some(raw) = held.raw(row..row + 1)?.pop() else { break };
                let raw = raw.unwrap_or_default();
                let (text, cut) = beginning(form.text(DOCUMENT, &raw, style(wanted), true), TEXT);
                bytes += text.len();
                texts.push(DocumentText { row, text, bytes: raw.len() as u64, cut });
                if bytes > TEXTS {
                    break;
                }
            }
            Ok(texts)
        })
        .await
    }

    /// The whole text of one document.
    ///
    /// # Errors
    /// As [`App::hold_documents`]; `NotFound` for a row that is not there.
    pub async fn hold_document(&self, hold_id: &str, row: u64, wanted: DocumentStyle) -> Result<String, AppError> {
        let held = self.live.holds.get(hold_id)?;
        blocking(move || {
            let (form, raw) = held.document(row)?;
            Ok(form.text(DOCUMENT, &raw, style(wanted), true))
        })
        .await
    }

    /// Fields of a document, or of what is inside it where `path` leads: places among the fields, from 0.
    ///
    /// # Errors
    /// As [`App::hold_document`]; `NotFound` for a path that leads nowhere, `Corrupt` for a damaged document.
    pub async fn hold_document_fields(&self, request: DocumentFieldsRequest) -> Result<DocumentFields, AppError> {
        let held = self.live.holds.get(&request.hold_id)?;
        blocking(move || {
            let (form, raw) = held.document(request.row)?;
            let fields = fields_at(form, &raw, &request.path)?;
            let total = u32::try_from(fields.len()).unwrap_or(u32::MAX);
            let shown = fields.iter().skip(request.offset as usize).take(request.limit.min(MOST_FIELDS) as usize);
            let field = |field: &driver::documents::DocumentField<'_>| {
                let text = match field.children {
                    Some(_) => String::new(),
                    None => form.text(field.native_type, field.raw, TextStyle::Shell, false),
                };
                let (text, cut) = beginning(text, VALUE);
                DocumentFieldRow {
                    name: field.name.clone().into_owned(),
                    native_type: field.native_type.to_owned(),
                    text,
                    children: field.children.map(|children| u32::try_from(children).unwrap_or(u32::MAX)),
                    cut,
                }
            };
            Ok(DocumentFields { total, fields: shown.map(field).collect() })
        })
        .await
    }

    /// The same documents with columns for the fields of more of them.
    ///
    /// # Errors
    /// As [`App::hold_documents`].
    pub async fn hold_infer(&self, hold_id: &str) -> Result<ResultHead, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let title = held.title.get().cloned().unwrap_or_default();
        let again = held.again.get().cloned();
        let new = blocking(move || {
            let Documents { raw, form, .. } = held.documents()?.clone();
            let source = match &held.base().source {
                Source::Run { controller, reads, fails_transaction } => {
                    Source::Run { controller: controller.clone(), reads: *reads, fails_transaction: *fails_transaction }
                }
                Source::Pages(pages) => Source::Pages(Arc::clone(pages)),
                Source::View(_) => return Err(AppError::internal("a view of a view")),
            };
            let new = flattened(raw, form, AGAIN, &held.driver, &held.language, source)?;
            if let Some(again) = again {
                new.again.get_or_init(|| again);
            }
            if let Some(took) = held.base().took_ms.get() {
                new.took_ms.get_or_init(|| *took);
            }
            Ok(new)
        })
        .await?;
        self.live.holds.keep(&new);
        let about = Head { title, shelved: None, relation: None, profile_id: "", database: None, statement: None };
        Ok(head(&new, &about))
    }
}

fn no_row() -> AppError {
    AppError::new(ErrorCode::NotFound, "There is no such document among these.")
}

fn fields_at<'a>(
    form: &'static dyn DocumentForm,
    raw: &'a [u8],
    path: &[u32],
) -> Result<Vec<driver::documents::DocumentField<'a>>, AppError> {
    let mut fields = form.fields(DOCUMENT, raw)?;
    for step in path {
        let inside = fields.get(*step as usize).filter(|field| field.children.is_some());
        let (native_type, raw) = inside.map(|field| (field.native_type, field.raw)).ok_or_else(no_row)?;
        fields = form.fields(native_type, raw)?;
    }
    Ok(fields)
}
