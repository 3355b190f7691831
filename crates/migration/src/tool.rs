//! Tools, the tables in which they keep what they applied, and the queries that read these.

use schema::Engine;

/// A tool for migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tool {
    /// <https://docs.rs/sqlx/latest/sqlx/migrate/index.html>
    Sqlx,
    /// <https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html>
    Flyway,
    /// <https://docs.liquibase.com/concepts/tracking-tables/databasechangelog-table.html>
    Liquibase,
    /// <https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories>
    Prisma,
    /// <https://orm.drizzle.team/docs/drizzle-kit-migrate>
    Drizzle,
    /// <https://guides.rubyonrails.org/active_record_migrations.html>
    Rails,
    /// <https://docs.djangoproject.com/en/stable/topics/migrations/>
    Django,
    /// <https://supabase.com/docs/guides/deployment/database-migrations>
    Supabase,
}

/// A history that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose it is.
    pub tool: Tool,
    /// Its schema, on PostgreSQL.
    pub schema: Option<String>,
    /// Its table.
    pub table: String,
    /// Whether a statement finds it without its schema.
    pub visible: bool,
}

/// Every name that a history has where nobody says otherwise; Liquibase writes its own in upper case on MySQL.
const TABLES: [&str; 8] = [
    "_sqlx_migrations",
    "flyway_schema_history",
    "databasechangelog",
    "_prisma_migrations",
    "__drizzle_migrations",
    "schema_migrations",
    "django_migrations",
    "ar_internal_metadata",
];

impl Tool {
    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Tool::Sqlx => "sqlx",
            Tool::Flyway => "Flyway",
            Tool::Liquibase => "Liquibase",
            Tool::Prisma => "Prisma",
            Tool::Drizzle => "Drizzle",
            Tool::Rails => "Rails",
            Tool::Django => "Django",
            Tool::Supabase => "Supabase",
        }
    }

    /// The query that looks which histories are there: schema, table, its columns with commas between, and whether it is found without
    /// its schema (`true`).
    pub fn looking(engine: Engine) -> String {
        let names: Vec<String> = TABLES.iter().map(|name| format!("'{name}'")).collect();
        let names = names.join(", ");
        match engine {
            Engine::Postgres => format!(
                "SELECT n.nspname, c.relname, pg_catalog.string_agg(a.attname::pg_catalog.text, ',' ORDER BY a.attnum), \
                 pg_catalog.pg_table_is_visible(c.oid)::pg_catalog.text \
                 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.relname IN ({names}) \
                 GROUP BY n.nspname, c.relname, c.oid ORDER BY 1, 2"
            ),
            Engine::MySql | Engine::MariaDb => format!(
                "SELECT NULL, TABLE_NAME, GROUP_CONCAT(LOWER(COLUMN_NAME) ORDER BY ORDINAL_POSITION), 'true' \
                 FROM information_schema.COLUMNS \
                 WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) IN ({names}) GROUP BY TABLE_NAME ORDER BY 2"
            ),
            Engine::Sqlite => format!(
                "SELECT NULL, m.name, (SELECT lower(group_concat(name)) FROM pragma_table_info(m.name)), 'true' \
                 FROM main.sqlite_master m WHERE m.type = 'table' AND lower(m.name) IN ({names}) ORDER BY 2"
            ),
        }
    }

    /// The histories among what [`Tool::looking`] found. A table that has the name and not the columns is none: `schema_migrations`
    /// is of many tools.
    pub fn found(rows: &[Vec<Option<String>>]) -> Vec<Found> {
        let all: Vec<(Option<&str>, &str, Vec<&str>, bool)> = rows
            .iter()
            .filter_map(|row| match row.as_slice() {
                [schema, Some(table), Some(columns), visible] => {
                    let columns = columns.split(',').collect();
                    Some((schema.as_deref(), table.as_str(), columns, visible.as_deref() == Some("true")))
                }
                _ => None,
            })
            .collect();
        let rails = |schema: Option<&str>| {
            all.iter().any(|(own, table, ..)| *own == schema && table.eq_ignore_ascii_case("ar_internal_metadata"))
        };
        let found = all.iter().filter_map(|(schema, table, columns, visible)| {
            let has = |names: &[&str]| names.iter().all(|name| columns.contains(name));
            let lower = table.to_ascii_lowercase();
            let tool = match lower.as_str() {
                "_sqlx_migrations" if has(&["version", "description", "success", "checksum"]) => Tool::Sqlx,
                "flyway_schema_history" if has(&["installed_rank", "version", "checksum", "success"]) => Tool::Flyway,
                "databasechangelog" if has(&["id", "author", "filename", "exectype"]) => Tool::Liquibase,
                "_prisma_migrations" if has(&["migration_name", "checksum", "finished_at"]) => Tool::Prisma,
                "__drizzle_migrations" if has(&["hash", "created_at"]) => Tool::Drizzle,
                "django_migrations" if has(&["app", "name", "applied"]) => Tool::Django,
                "schema_migrations" if *schema == Some("supabase_migrations") => Tool::Supabase,
                "schema_migrations" if columns.as_slice() == ["version"] && rails(*schema) => Tool::Rails,
                _ => return None,
            };
            let table = (*table).to_owned();
            Some(Found { tool, schema: schema.map(str::to_owned), table, visible: *visible })
        });
        let mut found: Vec<Found> = found.collect();
        // Of several of one tool the one that statements find.
        found.sort_by_key(|one| (one.tool, !one.visible));
        found.dedup_by_key(|one| one.tool);
        found
    }
}

impl Found {
    /// Its name as written in SQL.
    pub fn quoted(&self, engine: Engine) -> String {
        let dialect = crate::script::dialect(engine);
        dialect.quote_path(self.schema.as_deref().into_iter().chain([self.table.as_str()]))
    }

    /// The query that reads it: rows for [`crate::Applied::of_row`], in the order in which they were applied.
    pub fn query(&self, engine: Engine) -> String {
        let table = self.quoted(engine);
        let text = |column: &str| match engine {
            Engine::Postgres => format!("{column}::pg_catalog.text"),
            Engine::MySql | Engine::MariaDb => format!("CAST({column} AS CHAR)"),
            Engine::Sqlite => format!("CAST({column} AS TEXT)"),
        };
        let hex = |column: &str| match engine {
            Engine::Postgres => format!("pg_catalog.encode({column}, 'hex')"),
            Engine::MySql | Engine::MariaDb | Engine::Sqlite => format!("lower(hex({column}))"),
        };
        // A moment as ms since the epoch.
        let ms = |column: &str| match engine {
            Engine::Postgres => {
                format!(
                    "pg_catalog.floor(extract(epoch FROM {column}::timestamptz) * 1000)::pg_catalog.int8::pg_catalog.text"
                )
            }
            Engine::MySql | Engine::MariaDb => format!("CAST(FLOOR(UNIX_TIMESTAMP({column}) * 1000) AS CHAR)"),
            // Prisma writes numbers there, all others texts in UTC.
            Engine::Sqlite => format!(
                "CASE typeof({column}) WHEN 'integer' THEN CAST({column} AS TEXT) \
                 ELSE CAST(CAST(round((julianday({column}) - 2440587.5) * 86400000) AS INTEGER) AS TEXT) END"
            ),
        };
        let whole = |ns: &str| match engine {
            Engine::MySql | Engine::MariaDb => format!("CAST({ns} DIV 1000000 AS CHAR)"),
            _ => text(&format!("({ns} / 1000000)")),
        };
        let joined = |parts: &[&str]| match engine {
            Engine::MySql | Engine::MariaDb => format!("CONCAT({})", parts.join(", ")),
            _ => parts.join(" || "),
        };
        let (columns, order) = match self.tool {
            Tool::Sqlx => {
                let took = format!("CASE WHEN execution_time >= 0 THEN {} END", whole("execution_time"));
                let ended = "CASE WHEN success THEN 'applied' ELSE 'failed' END";
                let at = ms("installed_on");
                (
                    [
                        text("version"),
                        "description".to_owned(),
                        hex("checksum"),
                        at,
                        took,
                        ended.to_owned(),
                        "NULL".to_owned(),
                    ],
                    "version",
                )
            }
            Tool::Flyway => {
                // Undone ones and those that `repair` struck out come as rows of their own, after the one they are about.
                let ended = "CASE WHEN NOT success THEN 'failed' WHEN type IN ('DELETE', 'UNDO_SQL', 'UNDO_JDBC', 'UNDO_SCRIPT') \
                             THEN 'reverted' ELSE 'applied' END";
                let (checksum, at, took) = (text("checksum"), ms("installed_on"), text("execution_time"));
                (
                    [
                        "version".to_owned(),
                        "description".to_owned(),
                        checksum,
                        at,
                        took,
                        ended.to_owned(),
                        "type".to_owned(),
                    ],
                    "installed_rank",
                )
            }
            Tool::Liquibase => {
                let version = joined(&["filename", "'::'", "id", "'::'", "author"]);
                let ended = "CASE WHEN exectype = 'FAILED' THEN 'failed' ELSE 'applied' END";
                let at = ms("dateexecuted");
                let name = "description".to_owned();
                (
                    [
                        version,
                        name,
                        "md5sum".to_owned(),
                        at,
                        "NULL".to_owned(),
                        ended.to_owned(),
                        "exectype".to_owned(),
                    ],
                    "dateexecuted, orderexecuted",
                )
            }
            Tool::Prisma => {
                let ended = "CASE WHEN rolled_back_at IS NOT NULL THEN 'reverted' WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END";
                let at = ms("started_at");
                let (version, checksum) = ("migration_name".to_owned(), "checksum".to_owned());
                (
                    [version, "NULL".to_owned(), checksum, at, "NULL".to_owned(), ended.to_owned(), "NULL".to_owned()],
                    "started_at",
                )
            }
            Tool::Drizzle => {
                let none = || "NULL".to_owned();
                (
                    [text("created_at"), none(), "hash".to_owned(), none(), none(), "'applied'".to_owned(), none()],
                    "created_at",
                )
            }
            Tool::Rails => {
                let none = || "NULL".to_owned();
                ([text("version"), none(), none(), none(), none(), "'applied'".to_owned(), none()], "version")
            }
            Tool::Django => {
                let none = || "NULL".to_owned();
                let version = joined(&["app", "'.'", "name"]);
                ([version, none(), none(), ms("applied"), none(), "'applied'".to_owned(), none()], "id")
            }
            Tool::Supabase => {
                let none = || "NULL".to_owned();
                (
                    [text("version"), "name".to_owned(), none(), none(), none(), "'applied'".to_owned(), none()],
                    "version",
                )
            }
        };
        format!("SELECT {} FROM {table} ORDER BY {order}", columns.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(schema: Option<&str>, table: &str, columns: &str, visible: bool) -> Vec<Option<String>> {
        vec![schema.map(str::to_owned), Some(table.to_owned()), Some(columns.to_owned()), Some(visible.to_string())]
    }

    #[test]
    fn histories_are_told_by_names_and_columns() {
        let found = Tool::found(&[
            row(Some("public"), "schema_migrations", "version", true),
            row(Some("public"), "ar_internal_metadata", "key,value", true),
            row(Some("app"), "schema_migrations", "version,dirty", false),
            row(Some("supabase_migrations"), "schema_migrations", "version,statements,name", false),
            row(
                Some("old"),
                "_sqlx_migrations",
                "version,description,installed_on,success,checksum,execution_time",
                false,
            ),
            row(
                Some("public"),
                "_sqlx_migrations",
                "version,description,installed_on,success,checksum,execution_time",
                true,
            ),
            row(Some("public"), "django_migrations", "anything", true),
        ]);
        let told: Vec<(Tool, Option<&str>)> = found.iter().map(|one| (one.tool, one.schema.as_deref())).collect();
        assert_eq!(
            told,
            [
                (Tool::Sqlx, Some("public")),
                (Tool::Rails, Some("public")),
                (Tool::Supabase, Some("supabase_migrations"))
            ]
        );
        let plain = Tool::found(&[row(None, "schema_migrations", "version", true)]);
        assert!(plain.is_empty(), "without Rails' other table it may be anybody's");
        let upper = Tool::found(&[row(None, "DATABASECHANGELOG", "id,author,filename,dateexecuted,exectype", true)]);
        assert_eq!(upper[0].quoted(Engine::MariaDb), "DATABASECHANGELOG");
    }
}
