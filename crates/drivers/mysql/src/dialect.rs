//! The dialect, with what was probed of the server and what a session can change.

use sql::{
    Dialect,
    dialect::{ConditionalRule, ConditionalServer},
};

/// What a server's dialect depends on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Facts {
    /// `5.7.44` is 50744, `10.11.19` is 101119.
    pub version_number: u32,
    pub mariadb: bool,
    /// `lower_case_table_names`
    pub lower_case_table_names: u8,
}

/// The dialect of a session with this `sql_mode`.
pub(crate) fn probed(facts: Facts, sql_mode: &str) -> Dialect {
    let mode = |name: &str| sql_mode.split(',').any(|one| one.eq_ignore_ascii_case(name));
    let rule = match facts {
        Facts { mariadb: true, .. } => ConditionalRule::MariaDb,
        Facts { version_number: ..=80_033, .. } => ConditionalRule::FiveDigits,
        _ => ConditionalRule::SixBeforeSpace,
    };
    sql::dialect::mysql()
        .with_backslash_escapes(!mode("NO_BACKSLASH_ESCAPES"))
        .with_ansi_quotes(mode("ANSI_QUOTES"))
        .with_lower_case_table_names(facts.lower_case_table_names)
        .with_conditional_server(Some(ConditionalServer { version: facts.version_number, rule }))
}
