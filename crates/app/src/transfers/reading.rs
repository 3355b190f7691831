//! What a file holds, and what is known of the table it goes to.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use catalog::{Catalog, Kind, Known, ObjectKey, RelationWalker, Scope};
use driver::{ColumnKind, Load};
use transfer::{Analysis, ColumnProfile, FileKind, ReadError, ReadOptions, Source};

use super::{Tally, export::delimiter};
use crate::{
    App,
    api::*,
    connections::{Connected, Opened},
    explorer::to_key,
};

impl From<SourceKind> for FileKind {
    fn from(kind: SourceKind) -> Self {
        match kind {
            SourceKind::Delimited => FileKind::Delimited,
            SourceKind::Lines => FileKind::Lines,
            SourceKind::Sheet => FileKind::Sheet,
        }
    }
}

pub(super) fn refused(path: &Path, error: ReadError) -> AppError {
    match error {
        ReadError::File(error) => AppError::file(&error, path, "read"),
        ReadError::Content { message, hint } => AppError::new(ErrorCode::InvalidStatement, message).with_hint(hint),
        ReadError::Stopped => AppError::new(ErrorCode::Cancelled, "Stopped."),
    }
}

/// The options a person gave.
fn options(file: &SourceFile) -> Result<ReadOptions, AppError> {
    let given = file.delimiter.as_deref().filter(|text| !text.is_empty());
    Ok(ReadOptions {
        kind: file.kind.map(FileKind::from),
        encoding: file.encoding.clone().filter(|name| !name.is_empty()),
        delimiter: given.map(|text| delimiter(Some(text))).transpose()?,
        header: file.header,
        null: file.null_text.clone(),
        sheet: file.sheet.clone(),
    })
}

/// The file as it was found to be.
fn found(source: &Source) -> SourceFile {
    SourceFile {
        path: source.path.to_string_lossy().into_owned(),
        kind: Some(match source.kind {
            FileKind::Delimited => SourceKind::Delimited,
            FileKind::Lines => SourceKind::Lines,
            FileKind::Sheet => SourceKind::Sheet,
        }),
        encoding: (source.kind != FileKind::Sheet).then(|| source.encoding.to_owned()),
        delimiter: (source.kind == FileKind::Delimited).then(|| char::from(source.delimiter).to_string()),
        header: source.header,
        null_text: source.null.clone(),
        sheet: source.sheet.clone(),
    }
}

/// Does what reads a file where nobody waits for it.
async fn reading<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, AppError> {
    let work = move || work(&path).map_err(|error| refused(&path, error));
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal("reading a file was interrupted"))?
}

/// Finds out how a file is to be read.
pub(super) async fn source(file: &SourceFile) -> Result<Source, AppError> {
    let options = options(file)?;
    let path = std::path::absolute(&file.path).map_err(|error| AppError::file(&error, file.path.as_ref(), "found"))?;
    reading(path, move |path| transfer::look(path, &options)).await
}

/// Reads a whole file for what its records are and, where `kinds` says so, what its columns are.
pub(super) async fn analyse(source: Source, kinds: bool, tally: Option<Arc<Tally>>) -> Result<Analysis, AppError> {
    let analyse = if kinds { transfer::analyse } else { transfer::survey };
    let mut go_on = move |_| tally.as_ref().is_none_or(|tally| !tally.is_stopped());
    reading(source.path.clone(), move |_| analyse(&source, &mut go_on)).await
}

/// The columns that the beginning of a file names.
pub(super) async fn columns(source: Source) -> Result<Vec<ColumnProfile>, AppError> {
    reading(source.path.clone(), move |_| transfer::columns(&source)).await
}

/// The facet that loads.
///
/// # Errors
/// `Unsupported` for databases without it.
pub(crate) fn loader(opened: &Opened) -> Result<&dyn Load, AppError> {
    opened
        .connection
        .control()
        .load()
        .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "Rows cannot be put into tables of this database yet."))
}

/// The table as the server has it.
pub(super) struct Into {
    pub(super) columns: Vec<TargetColumn>,
    /// The storage engine, where no ROLLBACK reaches its tables.
    pub(super) plain_engine: Option<String>,
    /// Its own name and schema, as the server keeps them.
    pub(super) key: ObjectKey,
}

/// The table a statement would mean: without a schema, the first along the path that has one of this name.
pub(crate) fn meant<'c>(opened: &Opened, catalog: &'c Catalog, table: &ObjectKey) -> Option<RelationWalker<'c>> {
    let named = || catalog.walk_relations().filter(|relation| relation.row().name == table.name);
    if let Some(schema) = &table.schema {
        return named().find(|relation| relation.schema() == schema);
    }
    let path: Vec<String> = catalog
        .search_path
        .iter()
        .cloned()
        .chain(opened.database())
        .chain(opened.language.default_schema().map(str::to_owned))
        .collect();
    path.iter().find_map(|schema| named().find(|relation| relation.schema() == schema))
}

/// The columns of a table's primary key; none where it has none.
///
/// # Errors
/// `NotFound` for a table that is not there; as the driver says.
pub(crate) async fn primary_key(opened: &Opened, key: &ObjectKey) -> Result<Vec<String>, AppError> {
    let catalog: Catalog = opened.shelf.ask(opened.connection.as_ref(), &scope(key)).await?;
    let relation = meant(opened, &catalog, key).ok_or_else(|| {
        AppError::new(ErrorCode::NotFound, format!("There is no table or view “{}”.", key.name))
            .with_hint("Names are compared letter by letter.")
    })?;
    Ok(relation.primary_key().map(|key| key.columns.clone()).unwrap_or_default())
}

fn scope(table: &ObjectKey) -> Scope {
    Scope {
        kinds: vec![Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Constraints, Kind::Indexes],
        definitions: false,
        sizes: false,
        ..Scope::relation(table.schema.as_deref(), &table.name)
    }
}

/// Looks a table up; `None` where there is none of this name.
pub(super) async fn table(opened: &Opened, table: &ObjectKey) -> Result<Option<Into>, AppError> {
    let catalog: Catalog = opened.shelf.ask(opened.connection.as_ref(), &scope(table)).await?;
    let Some(relation) = meant(opened, &catalog, table) else { return Ok(None) };
    let engine = relation.row().options.iter().find_map(|option| option.strip_prefix("ENGINE="));
    let plain =
        engine.filter(|engine| opened.language.plain_engines().iter().any(|one| engine.eq_ignore_ascii_case(one)));
    let columns = relation.columns().iter().map(|column| TargetColumn {
        name: column.name.clone(),
        native_type: column.native_type.clone(),
        required: column.nullable == Known::Value(false)
            && column.default.is_none()
            && column.identity.is_none()
            && column.generated.is_none(),
        generated: column.generated.is_some(),
    });
    Ok(Some(Into {
        columns: columns.collect(),
        plain_engine: plain.map(str::to_owned),
        key: ObjectKey {
            schema: Some(relation.schema().to_owned()).filter(|schema| !schema.is_empty()),
            ..relation.key()
        },
    }))
}

pub(crate) fn plain_engine_note(engine: &str) -> String {
    format!("Tables of the engine {engine} have no transactions: what was inserted stays, whatever happens.")
}

impl App {
    /// Reads a whole file for what its columns are, and looks the table up.
    ///
    /// # Errors
    /// As the file system says; `InvalidStatement` for a file that is not what it is read as; as connecting.
    pub async fn import_look(&self, look: FileLook) -> Result<FileContents, AppError> {
        let place = self.place(&look.profile_id, &look.table).await?;
        preview(&place.connected, &place.opened, &look).await
    }
}

/// What there is to be seen before anything is imported.
pub(crate) async fn preview(connected: &Connected, opened: &Opened, look: &FileLook) -> Result<FileContents, AppError> {
    let load = loader(opened)?;
    let key = to_key(&look.table)?;
    let into = if key.name.is_empty() { None } else { table(opened, &key).await? };
    let analysis = analyse(source(&look.file).await?, true, None).await?;
    let column = |column: &transfer::ColumnProfile| {
        let kind = column.kind();
        SourceColumn {
            name: column.name.clone(),
            words: transfer::kind_words(kind).to_owned(),
            native_type: load.native_type(kind),
            nulls: column.nulls,
            empty: column.empty,
            longest: column.longest as u64,
            odd: column
                .odd
                .as_ref()
                .filter(|_| kind == ColumnKind::Text)
                .map(|(line, text)| format!("line {line}: {text}")),
        }
    };
    Ok(FileContents {
        file: found(&analysis.source),
        sheets: analysis.source.sheets.clone(),
        columns: analysis.columns.iter().map(column).collect(),
        rows: analysis.rows,
        bad: analysis.bad,
        problems: analysis
            .problems
            .iter()
            .map(|problem| FileProblem { line: problem.line, reason: problem.reason.clone() })
            .collect(),
        preview: analysis.preview.clone(),
        notes: into.iter().filter_map(|into| into.plain_engine.as_deref().map(plain_engine_note)).collect(),
        into: into.map(|into| into.columns),
        asks: super::asks(connected),
    })
}
