//! A save in the history and in the audit trail: what was sent, and what would take it back.

use std::collections::HashMap;

use driver::{CellValue, Frame, NewValue, Original, RowDelete, RowInsert, RowUpdate};
use results::Hold;

use super::{
    binding::whole_cell,
    plan::{Doing, Piece, Planned},
    saving::{Before, Written, unseen},
    target::Target,
    words::and,
};
use crate::{App, Face, acting::words, api::*, audit, store::now_ms};

/// Bytes of a save's text that are recorded.
const MOST_BYTES: usize = 1 << 20;
/// Bytes of the statements that take a save back.
pub(super) const MOST_INVERSE: usize = 8 << 20;

/// A save's places in the history and in the audit trail.
#[derive(Clone, Copy)]
pub(super) struct Recorded {
    history: i64,
    audit: i64,
}

/// How it ended.
pub(super) enum End<'a> {
    /// So many rows were changed.
    Done(u64),
    Refused(&'a str),
    Failed(&'a AppError),
    Lost,
}

/// Statements as a script, cut where it grows too long.
pub(super) fn script<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> String {
    let mut script = String::new();
    let mut left = 0u64;
    for text in texts {
        if script.len() + text.len() > most {
            left += 1;
            continue;
        }
        script.push_str(text);
        script.push_str(";\n");
    }
    if left > 0 {
        script.push_str(&format!("-- … {left} more statements\n"));
    }
    script
}

/// Records a save before anything of it stays, unless the connection is not recorded. Values are part of it as of any statement.
pub(super) async fn begin(
    app: &App,
    target: &Target,
    object: &ObjectRef,
    frame: &Frame,
    planned: &[Planned],
) -> Option<Recorded> {
    match record(app, target, object, frame, planned).await {
        Ok(recorded) => recorded,
        Err(error) => {
            tracing::warn!(%error, "a save is missing in the history");
            None
        }
    }
}

async fn record(
    app: &App,
    target: &Target,
    object: &ObjectRef,
    frame: &Frame,
    planned: &[Planned],
) -> Result<Option<Recorded>, AppError> {
    let profile = &target.place.connected.profile;
    if !app.is_recorded(&profile.id).await? {
        return Ok(None);
    }
    let begin = frame.begin.iter().map(String::as_str);
    let changes = planned.iter().map(|planned| planned.change.text.as_str());
    let text = script(begin.chain(changes).chain(frame.commit.iter().map(String::as_str)), MOST_BYTES);
    // A long script takes its time: the statements are on their way meanwhile.
    let language = target.place.opened.language.clone();
    let text = tokio::task::spawn_blocking(move || language.redact(&text))
        .await
        .map_err(|_| AppError::internal("a save's text could not be read"))?;
    let face = match app.face() {
        Face::Window => "window",
        Face::Cli => "cli",
    };
    let database = object.database.clone().or_else(|| target.place.opened.database());
    let acting = target.place.acting.as_deref().map(words);
    let audit = app
        .audit_deed(&audit::Deed {
            profile_id: Some(&profile.id),
            profile_name: &profile.name,
            database: database.as_deref(),
            kind: AuditKind::Write,
            command: "EDIT ROWS",
            target: &object.name,
            text: &text,
            acting: acting.as_deref(),
        })
        .await?;
    let mut change = app.store.write().await?;
    let done = sqlx::query(
        "INSERT INTO history (at_ms, profile_id, profile_name, database, text, outcome, face, process, kind, acting) \
         VALUES (?, ?, ?, ?, ?, 'running', ?, ?, 'edits', ?)",
    )
    .bind(now_ms())
    .bind(&profile.id)
    .bind(&profile.name)
    .bind(&database)
    .bind(&text)
    .bind(face)
    .bind(app.process())
    .bind(&acting)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(Some(Recorded { history: done.last_insert_rowid(), audit }))
}

impl End<'_> {
    /// The outcome's word, the rows and what went wrong.
    fn told(&self) -> (&'static str, Option<i64>, Option<&str>) {
        match self {
            End::Done(rows) => ("completed", i64::try_from(*rows).ok(), None),
            End::Refused(message) => ("failed", None, Some(*message)),
            End::Failed(error) => ("failed", None, Some(error.message.as_str())),
            End::Lost => ("lost", None, None),
        }
    }
}

/// Records how a save ended that left nothing to take back.
pub(super) async fn finish(app: &App, recorded: Option<Recorded>, end: &End<'_>, elapsed_ms: u64) {
    let Some(recorded) = recorded else { return };
    finish_audit(app, recorded, end, elapsed_ms).await;
    finish_history(app, recorded, end, elapsed_ms, None).await;
}

/// Tells the audit trail how a save ended.
pub(super) async fn finish_audit(app: &App, recorded: Recorded, end: &End<'_>, elapsed_ms: u64) {
    let (outcome, rows, error) = end.told();
    let elapsed_ms = i64::try_from(elapsed_ms).unwrap_or(i64::MAX);
    let end = audit::End { outcome, rows, elapsed_ms, error };
    if let Err(error) = app.audit_deed_end(recorded.audit, &end).await {
        tracing::warn!(%error, "the audit trail does not say how a save ended");
    }
}

/// Tells the history how a save ended, and what takes it back. The row is written as a whole, and a large save's is large.
pub(super) async fn finish_history(
    app: &App,
    recorded: Recorded,
    end: &End<'_>,
    elapsed_ms: u64,
    inverse: Option<String>,
) {
    let (outcome, rows, error) = end.told();
    let kept = async {
        let mut change = app.store.write().await?;
        sqlx::query(
            "UPDATE history SET outcome = ?, rows = ?, elapsed_ms = ?, error = ?, inverse = ?, process = NULL WHERE id = ?",
        )
        .bind(outcome)
        .bind(rows)
        .bind(i64::try_from(elapsed_ms).unwrap_or(i64::MAX))
        .bind(error)
        .bind(inverse)
        .bind(recorded.history)
        .execute(&mut *change)
        .await?;
        change.commit().await.map_err(AppError::from)
    };
    if let Err(error) = kept.await {
        tracing::warn!(%error, "the history does not say how a save ended");
    }
}

/// The statements that take a save back, in reverse order, each as exact as those of the save. `before` has deleted rows that were
/// not seen whole, `fresh` the others as they are now. Blocks on the disk.
pub(super) fn inverse(
    target: &Target,
    frame: &Frame,
    pieces: &[Piece],
    written: &[Written],
    before: &Before,
    fresh: Option<&Hold>,
) -> String {
    let done: HashMap<u32, &Written> = written.iter().map(|written| (written.id, written)).collect();
    let mut texts: Vec<String> = frame.begin.clone();
    let (mut length, mut left) = (0, 0u64);
    for piece in pieces.iter().rev() {
        let Some(written) = done.get(&piece.id) else { continue };
        // What would not be kept need not be made.
        if length > MOST_INVERSE {
            left += 1;
            continue;
        }
        let text = back(target, piece, written, before, fresh)
            .unwrap_or_else(|| "-- a row that cannot be taken back: what it became could not be read".to_owned());
        length += text.len();
        texts.push(text);
    }
    if left > 0 {
        texts.push(format!("-- … {left} more rows"));
    }
    texts.extend(frame.commit.iter().cloned());
    let text = script(texts.iter().map(String::as_str), MOST_INVERSE);
    target.place.opened.language.redact(&text)
}

fn back(target: &Target, piece: &Piece, written: &Written, before: &Before, fresh: Option<&Hold>) -> Option<String> {
    let edit = target.edit().ok()?;
    let (catalog, relation) = (&target.catalog, &target.relation);
    let now = |column: &str| -> Option<CellValue> {
        let position = target.about.columns.iter().position(|about| about.name == column)?;
        whole_cell(fresh?, written.fresh?, position).ok()
    };
    let change = match &piece.doing {
        Doing::Update(update) => {
            let key = written.key.clone()?;
            let set: Vec<(String, NewValue)> = update
                .set
                .iter()
                .filter_map(|(column, _)| {
                    let before = update.originals.iter().find(|original| original.column == *column)?;
                    Some((column.clone(), NewValue::Held(before.value.clone())))
                })
                .collect();
            let originals = set
                .iter()
                .map(|(column, _)| Some(Original { column: column.clone(), value: now(column)? }))
                .collect::<Option<Vec<_>>>()?;
            edit.update(catalog, relation, &RowUpdate { key, originals, set }).ok()?
        }
        Doing::Insert(_) => {
            let key = written.key.clone()?;
            let columns = target.about.columns.iter();
            let originals = columns
                .map(|about| Some(Original { column: about.name.clone(), value: now(&about.name)? }))
                .collect::<Option<Vec<_>>>()?;
            edit.delete(catalog, relation, &RowDelete { key, originals }).ok()?
        }
        Doing::Delete(delete) => {
            let takes = |column: &str| {
                target.about.columns.iter().any(|about| about.name == column && about.not_inserted.is_none())
            };
            let seen = delete.originals.iter().filter(|original| takes(&original.column));
            let seen = seen.map(|original| (original.column.clone(), NewValue::Held(original.value.clone())));
            let mut values: Vec<(String, NewValue)> = seen.collect();
            let whole = before.get(&piece.id);
            for column in unseen(target, delete) {
                match whole.and_then(|whole| whole.get(column)) {
                    Some(value) => values.push((column.to_owned(), NewValue::Held(value.clone()))),
                    None => return Some(lost(target, delete)),
                }
            }
            edit.insert(catalog, relation, &[RowInsert { values }]).ok()?
        }
    };
    Some(change.text)
}

/// Says of a deleted row that it cannot be taken back, and why.
fn lost(target: &Target, delete: &RowDelete) -> String {
    let columns: Vec<String> = unseen(target, delete).map(|name| name.escape_debug().to_string()).collect();
    format!("-- a deleted row that cannot be taken back: what it held in {} could not be read", and(&columns))
}
