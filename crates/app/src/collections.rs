//! Documents of a collection: changing them one by one, trying a pipeline out, what fields there are.
//!
//! A change patches the bytes of the document that is held, so that what nobody touched stays as it was, and replaces it only
//! while it is on the server what is held.

mod rules;

use std::time::Instant;

use driver::{
    Documents,
    documents::{DOCUMENT, DocumentChange, Patch, Step, TextStyle},
};

use crate::{
    App,
    api::*,
    audit::{Deed, End},
    explorer::{Place, to_key},
    holds::blocking,
    profiles::dial::elapsed_ms,
};

/// Documents that are looked at for their fields.
const SAMPLED: u32 = 1_000;

impl Place {
    fn documents(&self) -> Result<&dyn Documents, AppError> {
        self.opened
            .connection
            .control()
            .documents()
            .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "This database has no collections of documents."))
    }
}

impl App {
    /// What fields the documents of a collection have, by a sample.
    ///
    /// # Errors
    /// As connecting, and as the driver says.
    pub async fn collection_fields(
        &self,
        profile_id: &str,
        collection: &ObjectRef,
    ) -> Result<CollectionFields, AppError> {
        let place = self.place(profile_id, collection).await?;
        let sample = place.documents()?.sample(&to_key(collection)?, SAMPLED).await?;
        let field = |field: driver::documents::SampledField| CollectionField {
            path: field.path,
            present: field.present,
            types: field.types.into_iter().map(|(native_type, times)| FieldType { native_type, times }).collect(),
        };
        Ok(CollectionFields {
            sampled: sample.sampled,
            of: sample.of.value().copied(),
            fields: sample.fields.into_iter().map(field).collect(),
        })
    }

    /// What a document becomes by changes, without sending anything.
    ///
    /// # Errors
    /// `InvalidStatement` for a text that is no value; `NotFound` for a document or a field that is not there.
    pub async fn document_preview(&self, edit: DocumentEdit) -> Result<DocumentPreview, AppError> {
        let held = self.live.holds.get(&edit.hold_id)?;
        blocking(move || {
            let (form, seen) = held.document(edit.row)?;
            let new = form.patch(&seen, &patches(&edit))?;
            Ok(DocumentPreview {
                before: form.text(DOCUMENT, &seen, TextStyle::Shell, true),
                after: form.text(DOCUMENT, &new, TextStyle::Shell, true),
            })
        })
        .await
    }

    /// Changes a held document on the server. Where the connection's safety level says so, a person is asked first.
    ///
    /// # Errors
    /// `Conflict` where it is not what is held any more; `Forbidden` on a read-only connection; as the driver says.
    pub async fn document_change(&self, request: DocumentChangeRequest) -> Result<DocumentAnswer, AppError> {
        let place = self.place(&request.profile_id, &request.collection).await?;
        let facet = place.documents()?;
        let collection = to_key(&request.collection)?;
        let driver = std::sync::Arc::clone(&place.connected.driver);
        let form = driver
            .documents()
            .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "This database has no documents."))?;
        let change = match &request.deed {
            DocumentDeed::Insert { text } => {
                DocumentChange::Insert(form.parse(text).map_err(|error| placed(error, text))?)
            }
            DocumentDeed::Replace { edit } => {
                let (held, edit) = (self.live.holds.get(&edit.hold_id)?, edit.clone());
                let (seen, new) = blocking(move || {
                    let (form, seen) = held.document(edit.row)?;
                    let new = form.patch(&seen, &patches(&edit))?;
                    Ok((seen, new))
                })
                .await?;
                DocumentChange::Replace { seen, new }
            }
            DocumentDeed::Text { hold_id, row, text } => {
                let (held, row) = (self.live.holds.get(hold_id)?, *row);
                let (_, seen) = blocking(move || held.document(row)).await?;
                DocumentChange::Replace { seen, new: form.parse(text).map_err(|error| placed(error, text))? }
            }
            DocumentDeed::Delete { hold_id, row } => {
                let (held, row) = (self.live.holds.get(hold_id)?, *row);
                DocumentChange::Delete(blocking(move || held.document(row)).await?.1)
            }
        };
        let statement = facet.describe(&collection, &change);
        if place.connected.read_only {
            return Err(AppError::new(ErrorCode::Forbidden, "The change was not sent: this connection is read-only.")
                .with_hint("Change the connection's safety level to allow writes."));
        }
        let deletes = matches!(change, DocumentChange::Delete(_));
        let profile = &place.connected.profile;
        let careful = profile.safety == Safety::ConfirmWrites || profile.environment == Environment::Production;
        if !request.confirmed && (deletes || careful) {
            let what = if deletes { "Delete this document" } else { "Send this change" };
            return Ok(DocumentAnswer::Confirm { title: format!("{what}?"), statement });
        }
        let became =
            self.document_on_record(&place, &collection.name, &statement, facet.change(&collection, &change)).await?;
        let text = became.map(|raw| form.text(DOCUMENT, &raw, TextStyle::Shell, true));
        Ok(DocumentAnswer::Done { text })
    }

    /// The statement that tries the first stages of a pipeline out, to be run like any other.
    ///
    /// # Errors
    /// `InvalidStatement` for a stage that is none; as connecting.
    pub async fn pipeline_preview(&self, request: PipelineRequest) -> Result<String, AppError> {
        let place = self.place(&request.profile_id, &request.collection).await?;
        let statement = place.documents()?.preview(&to_key(&request.collection)?, &request.stages, request.limit)?;
        Ok(statement.text.to_string())
    }

    async fn document_on_record<T>(
        &self,
        place: &Place,
        target: &str,
        text: &str,
        deed: impl Future<Output = Result<T, driver::Error>>,
    ) -> Result<T, AppError> {
        let profile = &place.connected.profile;
        let database = place.opened.database();
        let record = Deed {
            profile_id: Some(&profile.id),
            profile_name: &profile.name,
            database: database.as_deref(),
            kind: AuditKind::Write,
            command: "DOCUMENT",
            target,
            acting: None,
            text,
        };
        self.on_record(&record, deed).await
    }

    /// Does something that the audit trail has a line of.
    pub(crate) async fn on_record<T>(
        &self,
        record: &Deed<'_>,
        deed: impl Future<Output = Result<T, driver::Error>>,
    ) -> Result<T, AppError> {
        let recorded = match record.profile_id {
            Some(id) => self.is_recorded(id).await.unwrap_or(true),
            None => true,
        };
        let line = match recorded {
            true => {
                self.audit_deed(record).await.map_err(|error| tracing::warn!(%error, "a change is not on record")).ok()
            }
            false => None,
        };
        let begun = Instant::now();
        let became = deed.await;
        if let Some(line) = line {
            let elapsed_ms = i64::try_from(elapsed_ms(begun)).unwrap_or(i64::MAX);
            let (outcome, error) = match &became {
                Ok(_) => ("completed", None),
                Err(error) if error.code == driver::Code::Unreachable => ("lost", None),
                Err(error) => ("failed", Some(error.message.as_str())),
            };
            if let Err(error) = self.audit_deed_end(line, &End { outcome, rows: None, elapsed_ms, error }).await {
                tracing::warn!(%error, "the audit trail does not say how a change ended");
            }
        }
        became.map_err(AppError::from)
    }
}

fn placed(error: driver::Error, text: &str) -> AppError {
    let range = error.span.map(|span| crate::text::Positions::new(text).range(span.start, span.end));
    AppError { range, ..AppError::from(error) }
}

fn patches(edit: &DocumentEdit) -> Vec<Patch> {
    let steps = |path: &[u32]| path.iter().map(|step| Step::At(*step as usize)).collect();
    edit.patches
        .iter()
        .map(|patch| match patch {
            DocumentPatch::Set { path, text, alike: true } => Patch::SetAlike(steps(path), text.clone()),
            DocumentPatch::Set { path, text, alike: false } => Patch::Set(steps(path), text.clone()),
            DocumentPatch::Remove { path } => Patch::Remove(steps(path)),
            DocumentPatch::Rename { path, name } => Patch::Rename(steps(path), name.clone()),
            DocumentPatch::Append { path, name, text } => Patch::Append(steps(path), name.clone(), text.clone()),
        })
        .collect()
}
