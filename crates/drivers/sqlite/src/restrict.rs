//! What a connection may do: enforced by SQLite's authorizer while it compiles a statement, on top of the open flags.
//!
//! Read-only refuses every change to the file and everything that reaches other files or stays behind: `ATTACH`,
//! `DETACH`, `VACUUM` in every form, virtual tables, and every `PRAGMA` that is not known to only read or to change
//! nothing but this session. Temporary tables are allowed: SQLite drops them with the session. Extensions are never
//! loaded, whatever the mode.

use std::cell::{Cell, RefCell};

use rusqlite::{
    Connection,
    hooks::{AuthAction, AuthContext, Authorization},
};

thread_local! {
    static REFUSED: RefCell<Option<String>> = const { RefCell::new(None) };
    static EXPLAINING: Cell<bool> = const { Cell::new(false) };
}

/// How the tables behind an R*Tree end. What would write them is compiled as soon as the R*Tree is read
/// (<https://www.sqlite.org/rtree.html>), so it is for the file, which is opened read-only, to refuse what runs.
const OF_RTREES: [&str; 3] = ["_node", "_parent", "_rowid"];

/// Pragmas that only read, whatever their argument.
const READING: &[&str] = &[
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "module_list",
    "page_count",
    "pragma_list",
    "quick_check",
    "stats",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// Pragmas whose argument changes only this session, and nothing that read-only rests on.
const SESSION: &[&str] = &[
    "analysis_limit",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "case_sensitive_like",
    "cell_size_check",
    "count_changes",
    "defer_foreign_keys",
    "empty_result_callbacks",
    "foreign_keys",
    "full_column_names",
    "mmap_size",
    "recursive_triggers",
    "reverse_unordered_selects",
    "short_column_names",
    "soft_heap_limit",
    "temp_store",
    "threads",
];

/// Pragmas that read without an argument and change something with one.
const READING_BARE: &[&str] = &[
    "application_id",
    "auto_vacuum",
    "cache_spill",
    "checkpoint_fullfsync",
    "encoding",
    "fullfsync",
    "hard_heap_limit",
    "ignore_check_constraints",
    "journal_mode",
    "journal_size_limit",
    "legacy_alter_table",
    "legacy_file_format",
    "locking_mode",
    "max_page_count",
    "page_size",
    "query_only",
    "read_uncommitted",
    "schema_version",
    "secure_delete",
    "synchronous",
    "trusted_schema",
    "user_version",
    "wal_autocheckpoint",
    "writable_schema",
];

/// Installs the authorizer.
pub(crate) fn install(connection: &Connection, read_only: bool) -> Result<(), rusqlite::Error> {
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        let refused = if read_only { refusal(&context) } else { extension(&context.action) };
        match refused {
            None => Authorization::Allow,
            Some(what) => {
                REFUSED.with(|slot| *slot.borrow_mut() = Some(what));
                Authorization::Deny
            }
        }
    }))
}

/// For as long as it lives, changes of rows may be compiled on this thread: what is compiled explains and changes nothing.
pub(crate) struct OnlyExplains;

impl OnlyExplains {
    /// Begins it where `explains`: the text's first word is `EXPLAIN`, so that SQLite makes no program that writes of it.
    pub(crate) fn begin(explains: bool) -> Self {
        EXPLAINING.set(explains);
        OnlyExplains
    }
}

impl Drop for OnlyExplains {
    fn drop(&mut self) {
        EXPLAINING.set(false);
    }
}

/// What was refused last on this thread, for the error's hint.
pub(crate) fn take_refused() -> Option<String> {
    REFUSED.with(|slot| slot.borrow_mut().take())
}

fn extension(action: &AuthAction<'_>) -> Option<String> {
    match action {
        AuthAction::Function { function_name }
            if ["load_extension", "fts3_tokenizer"].iter().any(|name| function_name.eq_ignore_ascii_case(name)) =>
        {
            Some(format!("The function {function_name} is switched off."))
        }
        _ => None,
    }
}

fn refusal(context: &AuthContext<'_>) -> Option<String> {
    let temporary = context.database_name == Some("temp");
    let allowed = match context.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Recursive
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempView { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::DropTempTable { .. }
        | AuthAction::DropTempIndex { .. }
        | AuthAction::DropTempView { .. }
        | AuthAction::DropTempTrigger { .. } => true,
        AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name } => {
            temporary || EXPLAINING.get() || OF_RTREES.iter().any(|end| table_name.ends_with(end))
        }
        AuthAction::Reindex { .. } => temporary,
        AuthAction::AlterTable { database_name, .. } => database_name == "temp",
        AuthAction::Function { .. } => return extension(&context.action),
        AuthAction::Pragma { pragma_name, pragma_value } => {
            let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(pragma_name));
            is(READING) || is(SESSION) || (pragma_value.is_none() && is(READING_BARE))
        }
        _ => false,
    };
    (!allowed).then(|| match context.action {
        AuthAction::Attach { .. } => "ATTACH and VACUUM are refused on a read-only connection.".to_owned(),
        AuthAction::Detach { .. } => "DETACH is refused on a read-only connection.".to_owned(),
        AuthAction::Pragma { pragma_name, .. } => {
            format!("This use of PRAGMA {pragma_name} is refused on a read-only connection.")
        }
        AuthAction::CreateVtable { .. } | AuthAction::DropVtable { .. } => {
            "Virtual tables are neither made nor dropped on a read-only connection.".to_owned()
        }
        _ => "The connection is read-only.".to_owned(),
    })
}
