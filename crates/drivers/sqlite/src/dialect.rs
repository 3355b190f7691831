//! The language's facts, for whoever reads SQLite's SQL.

/// SQLite's dialect.
pub(crate) fn dialect() -> &'static sql::Dialect {
    sql::dialect::sqlite()
}
