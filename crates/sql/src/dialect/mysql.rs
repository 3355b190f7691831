use super::{Dialect, Folding, IdentifierQuote, Words};
use crate::{classify::Class, transaction::TransactionWords};

pub(super) const QUOTES: &[IdentifierQuote] = &[IdentifierQuote { open: '`', close: '`', doubled: true }];
pub(super) const ANSI_QUOTES: &[IdentifierQuote] = &[
    IdentifierQuote { open: '`', close: '`', doubled: true },
    IdentifierQuote { open: '"', close: '"', doubled: true },
];

pub(super) fn facts() -> Dialect {
    Dialect {
        name: "mysql",
        identifier_quotes: QUOTES,
        double_quoted_strings: true,
        double_quotes_vary: true,
        varied_quotes: [QUOTES, ANSI_QUOTES],
        backslash_escapes: true,
        backslash_escapes_vary: true,
        escape_strings: false,
        unicode_escapes: false,
        national_strings: true,
        alternative_quotes: false,
        bit_strings: true,
        hex_strings: true,
        dollar_quotes: false,
        string_continuation: false,
        adjacent_strings: true,
        charset_introducers: true,
        blob_literals: true,
        conditions_are_values: true,
        text_type: "CHAR",
        nested_comments: false,
        hash_comments: true,
        dashes_need_space: true,
        return_ends_comment: false,
        conditional_comments: true,
        conditional_server: None,
        open_comment_allowed: false,
        backslash_commands: false,
        backslash_terminators: true,
        delimiter_command: true,
        batch_separator: None,
        folding: Folding::AsWritten,
        names_ignore_case: true,
        table_names_ignore_case: false,
        identifier_dollar: true,
        identifier_digits: true,
        variables: true,
        identifier_start_extra: "",
        // The limit is 64 characters, and a longer name is an error rather than cut.
        max_identifier_bytes: None,
        reserved: Words::new(include_str!("words/mysql.reserved")),
        quoted_words: Words::new(""),
        keywords: Words::new(include_str!("words/mysql.keywords")),
        functions: Words::new(include_str!("words/mysql.functions")),
        call_like: Words::new(CALL_LIKE),
        default_schema: None,
        operator_bytes: "+-*/<>=~!%^&|",
        dollar_number_placeholders: false,
        question_placeholders: true,
        question_number_placeholders: false,
        named_placeholder_prefixes: "",
        batches: false,
        slash_bodies: false,
        parentheses_hold_semicolons: false,
        atomic_bodies: false,
        trigger_bodies: false,
        compound_bodies: true,
        copy_inline_data: false,
        explain_words: &["EXPLAIN", "DESCRIBE", "DESC"],
        analyze_explains: true,
        explain_analyze_runs: true,
        nested_writes: false,
        write_modifiers: &["LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE"],
        multi_table_writes: true,
        plain_engines: &["MyISAM", "MRG_MyISAM", "Aria", "MEMORY", "CSV", "ARCHIVE", "BLACKHOLE"],
        pipes_mean_or: true,
        select_into_table: false,
        set_assigns: true,
        committing_commands: COMMITTING_COMMANDS,
        transactions: TransactionWords {
            begin: "START TRANSACTION",
            commit: "COMMIT",
            rollback: "ROLLBACK",
            savepoint: None,
        },
        outside_transactions: &[],
        commands: COMMANDS,
        // Without the binary log a change is lost to every replica, which is as bad as a change.
        read_only_settings: &[
            "transaction_read_only",
            "tx_read_only",
            "read_only",
            "super_read_only",
            "innodb_read_only",
            "sql_log_bin",
        ],
        lexical_settings: &["sql_mode", "character_set_client"],
        set_function: None,
        escaping_functions: Words::new(ESCAPING_FUNCTIONS),
        only_known_functions: true,
        reading_pragmas: &[],
        acting_pragmas: &[],
        session_pragmas: &[],
        pragma_function_prefix: None,
    }
}

const COMMANDS: &[(&str, Class)] = &[
    ("SELECT", Class::Read),
    ("VALUES", Class::Read),
    ("TABLE", Class::Read),
    ("WITH", Class::Read),
    ("SHOW", Class::Read),
    ("EXPLAIN", Class::Read),
    ("DESCRIBE", Class::Read),
    ("DESC", Class::Read),
    ("HELP", Class::Read),
    ("HANDLER", Class::Read),
    ("CHECKSUM", Class::Read),
    ("INSERT", Class::Write),
    ("REPLACE", Class::Write),
    ("UPDATE", Class::Write),
    ("DELETE", Class::Write),
    ("TRUNCATE", Class::Write),
    ("LOAD", Class::Write),
    ("IMPORT", Class::Write),
    ("CALL", Class::Write),
    ("DO", Class::Write),
    ("LOCK", Class::Write),
    ("CHECK", Class::Write),
    ("OPTIMIZE", Class::Write),
    ("ANALYZE", Class::Write),
    ("REPAIR", Class::Write),
    ("CACHE", Class::Write),
    ("FLUSH", Class::Write),
    ("RESET", Class::Write),
    ("PURGE", Class::Write),
    ("KILL", Class::Write),
    ("INSTALL", Class::Write),
    ("UNINSTALL", Class::Write),
    ("SHUTDOWN", Class::Write),
    ("RESTART", Class::Write),
    ("CHANGE", Class::Write),
    ("STOP", Class::Write),
    ("BINLOG", Class::Write),
    ("CLONE", Class::Write),
    ("BACKUP", Class::Write),
    ("EXECUTE", Class::Unknown),
    ("CREATE", Class::Ddl),
    ("ALTER", Class::Ddl),
    ("DROP", Class::Ddl),
    ("RENAME", Class::Ddl),
    ("GRANT", Class::Ddl),
    ("REVOKE", Class::Ddl),
    ("SET", Class::Session),
    ("USE", Class::Session),
    ("UNLOCK", Class::Session),
    ("PREPARE", Class::Session),
    ("DEALLOCATE", Class::Session),
    ("SIGNAL", Class::Session),
    ("RESIGNAL", Class::Session),
    ("GET", Class::Session),
    ("BEGIN", Class::Transaction),
    ("START", Class::Transaction),
    ("COMMIT", Class::Transaction),
    ("ROLLBACK", Class::Transaction),
    ("SAVEPOINT", Class::Transaction),
    ("RELEASE", Class::Transaction),
    ("XA", Class::Transaction),
];

/// Those that change the catalog commit too, except on temporary tables.
const COMMITTING_COMMANDS: &[&str] = &[
    "BEGIN",
    "START",
    "LOCK",
    "UNLOCK",
    "TRUNCATE",
    "ANALYZE",
    "CACHE",
    "CHECK",
    "OPTIMIZE",
    "REPAIR",
    "FLUSH",
    "RESET",
    "INSTALL",
    "UNINSTALL",
    "IMPORT",
    "STOP",
    "CHANGE",
    "BACKUP",
    "CLONE",
];

const CALL_LIKE: &str = "
    AGAINST ANY BIT COLUMNS DATETIME ENUM FIXED GEOMETRY JSON NATIONAL NCHAR NUMBER NVARCHAR PARTITION ROLLUP SERIAL SIGNED
    SOME TEXT VECTOR WINDOW
";

/// A READ ONLY transaction lets these through, and what they do outlives it.
const ESCAPING_FUNCTIONS: &str = "
    get_lock release_lock release_all_locks service_get_read_locks service_get_write_locks service_release_locks
    nextval setval
    sys_exec sys_eval sys_set sys_bineval udf_exec
    keyring_key_generate keyring_key_remove keyring_key_store
    group_replication_set_as_primary group_replication_switch_to_multi_primary_mode
    group_replication_switch_to_single_primary_mode group_replication_set_write_concurrency
    group_replication_set_communication_protocol group_replication_enable_member_action
    group_replication_disable_member_action group_replication_reset_member_actions
    asynchronous_connection_failover_add_managed asynchronous_connection_failover_add_source
    asynchronous_connection_failover_delete_managed asynchronous_connection_failover_delete_source
    asynchronous_connection_failover_reset
    audit_log_filter_flush audit_log_filter_remove_filter audit_log_filter_remove_user audit_log_filter_set_filter
    audit_log_filter_set_user audit_log_encryption_password_set audit_log_rotate
    set_firewall_mode set_firewall_group_mode mysql_firewall_flush_status
    version_tokens_set version_tokens_edit version_tokens_delete version_tokens_lock_exclusive
    version_tokens_lock_shared version_tokens_unlock
    mask_dictionary_remove mask_dictionary_term_add mask_dictionary_term_remove gen_dictionary_load gen_dictionary_drop
    spider_bg_direct_sql spider_direct_sql spider_copy_tables spider_flush_table_mon_cache
";
