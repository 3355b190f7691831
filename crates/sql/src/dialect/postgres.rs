use super::{Dialect, Folding, IdentifierQuote, Words};
use crate::classify::Class;

pub(super) fn facts() -> Dialect {
    Dialect {
        name: "postgresql",
        identifier_quotes: &[IdentifierQuote { open: '"', close: '"', doubled: true }],
        double_quoted_strings: false,
        double_quotes_vary: false,
        backslash_escapes: false,
        backslash_escapes_vary: true,
        escape_strings: true,
        unicode_escapes: true,
        national_strings: true,
        bit_strings: true,
        hex_strings: true,
        dollar_quotes: true,
        string_continuation: true,
        adjacent_strings: false,
        charset_introducers: false,
        blob_literals: false,
        nested_comments: true,
        hash_comments: false,
        dashes_need_space: false,
        return_ends_comment: true,
        conditional_comments: false,
        conditional_server: None,
        open_comment_allowed: false,
        backslash_commands: true,
        backslash_terminators: false,
        delimiter_command: false,
        batch_separator: None,
        folding: Folding::Lower,
        names_ignore_case: false,
        table_names_ignore_case: false,
        identifier_dollar: true,
        identifier_digits: false,
        variables: false,
        identifier_start_extra: "",
        max_identifier_bytes: Some(63),
        reserved: Words::new(include_str!("words/postgres.reserved")),
        quoted_words: Words::new(include_str!("words/postgres.quoted")),
        keywords: Words::new(include_str!("words/postgres.keywords")),
        functions: Words::new(include_str!("words/postgres.functions")),
        call_like: Words::new(""),
        default_schema: Some("public"),
        operator_bytes: "+-*/<>=~!@#%^&|`?",
        dollar_number_placeholders: true,
        question_placeholders: false,
        question_number_placeholders: false,
        named_placeholder_prefixes: "",
        parentheses_hold_semicolons: true,
        atomic_bodies: true,
        trigger_bodies: false,
        compound_bodies: false,
        copy_inline_data: true,
        explain_words: &["EXPLAIN"],
        analyze_explains: false,
        explain_analyze_runs: true,
        nested_writes: true,
        write_modifiers: &[],
        multi_table_writes: false,
        plain_engines: &[],
        pipes_mean_or: false,
        select_into_table: true,
        set_assigns: false,
        committing_commands: &[],
        commands: COMMANDS,
        read_only_settings: &["transaction_read_only", "default_transaction_read_only"],
        lexical_settings: &["standard_conforming_strings", "client_encoding"],
        set_function: Some("set_config"),
        escaping_functions: Words::new(ESCAPING_FUNCTIONS),
        only_known_functions: false,
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
    ("FETCH", Class::Read),
    ("EXPLAIN", Class::Read),
    ("INSERT", Class::Write),
    ("UPDATE", Class::Write),
    ("DELETE", Class::Write),
    ("MERGE", Class::Write),
    ("TRUNCATE", Class::Write),
    ("COPY", Class::Write),
    ("CALL", Class::Write),
    ("DO", Class::Write),
    ("NOTIFY", Class::Write),
    ("LOCK", Class::Write),
    ("VACUUM", Class::Write),
    ("ANALYZE", Class::Write),
    ("ANALYSE", Class::Write),
    ("CLUSTER", Class::Write),
    ("REINDEX", Class::Write),
    ("CHECKPOINT", Class::Write),
    ("LOAD", Class::Write),
    ("REFRESH", Class::Write),
    ("EXECUTE", Class::Unknown),
    ("CREATE", Class::Ddl),
    ("ALTER", Class::Ddl),
    ("DROP", Class::Ddl),
    ("COMMENT", Class::Ddl),
    ("SECURITY", Class::Ddl),
    ("GRANT", Class::Ddl),
    ("REVOKE", Class::Ddl),
    ("REASSIGN", Class::Ddl),
    ("IMPORT", Class::Ddl),
    ("SET", Class::Session),
    ("RESET", Class::Session),
    ("DISCARD", Class::Session),
    ("LISTEN", Class::Session),
    ("UNLISTEN", Class::Session),
    ("PREPARE", Class::Session),
    ("DEALLOCATE", Class::Session),
    ("DECLARE", Class::Session),
    ("MOVE", Class::Session),
    ("CLOSE", Class::Session),
    ("BEGIN", Class::Transaction),
    ("START", Class::Transaction),
    ("COMMIT", Class::Transaction),
    ("END", Class::Transaction),
    ("ROLLBACK", Class::Transaction),
    ("ABORT", Class::Transaction),
    ("SAVEPOINT", Class::Transaction),
    ("RELEASE", Class::Transaction),
];

/// A READ ONLY transaction lets these through on some supported version, and what they do outlives it.
const ESCAPING_FUNCTIONS: &str = "
    lo_creat lo_create lo_export lo_from_bytea lo_import lo_put lo_truncate lo_truncate64 lo_unlink lowrite
    dblink dblink_exec dblink_send_query dblink_open
    pg_cancel_backend pg_terminate_backend pg_reload_conf pg_rotate_logfile pg_logfile_rotate pg_promote
    pg_switch_wal pg_switch_xlog pg_create_restore_point pg_wal_replay_pause pg_wal_replay_resume
    pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup
    pg_file_write pg_file_sync pg_file_rename pg_file_unlink
    pg_create_logical_replication_slot pg_create_physical_replication_slot pg_drop_replication_slot
    pg_copy_logical_replication_slot pg_copy_physical_replication_slot pg_replication_slot_advance
    pg_logical_slot_get_changes pg_logical_slot_get_binary_changes pg_logical_emit_message
    pg_replication_origin_create pg_replication_origin_drop pg_replication_origin_advance
    pg_replication_origin_session_setup pg_replication_origin_session_reset
    pg_replication_origin_xact_setup pg_replication_origin_xact_reset
    pg_stat_reset pg_stat_reset_shared pg_stat_reset_slru pg_stat_reset_single_table_counters
    pg_stat_reset_single_function_counters pg_stat_reset_replication_slot pg_stat_reset_subscription_stats
    pg_stat_statements_reset pg_notify pg_import_system_collations pg_log_backend_memory_contexts
    gin_clean_pending_list brin_summarize_new_values brin_summarize_range brin_desummarize_range
    pg_restore_relation_stats pg_restore_attribute_stats pg_clear_relation_stats pg_clear_attribute_stats
";
