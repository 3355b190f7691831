//! What a statement may do that no rollback undoes: found by its tree and the catalog. NOTIFY is none of it, since it is sent
//! when a transaction is kept.

use driver::row_security::{Lasting, LastingKind};
use policy::statement::{Kind, Statement};

use crate::trial::Trial;
use crate::{
    catalog::rows::{Row, array, array_with_nulls},
    control::Failure,
};

/// The server's own functions that reach outside of the transaction, by their beginnings
/// (<https://www.postgresql.org/docs/current/functions-admin.html>).
const OUTSIDE: &[&str] = &[
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_promote",
    "pg_switch_wal",
    "pg_create_restore_point",
    "pg_backup_",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_logical_emit_message",
    "pg_logical_slot_get_",
    "pg_create_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_drop_replication_slot",
    "pg_replication_",
    "pg_wal_replay_",
    "pg_stat_reset",
    "pg_stat_force_next_flush",
    "pg_log_backend_memory_contexts",
    "lo_export",
];

/// Asks what a statement may do.
pub(super) async fn ask(trial: &mut Trial, text: &str, statement: &Statement) -> Result<(), Failure> {
    let schemas = array_with_nulls(statement.calls.iter().map(|call| call.schema.as_deref()));
    let names = array(statement.calls.iter().map(|call| &call.name));
    let target = statement.target.as_ref().map(policy::statement::Named::sql);
    let adds = matches!(statement.kind, Kind::Insert | Kind::Merge);
    let adds = if adds { "true" } else { "false" };
    trial.ask(text, &[Some(&schemas), Some(&names), target.as_deref(), Some(adds)]).await
}

/// What one row of the answer says. In a transaction that only reads no sequence moves.
pub(super) fn told(row: Row<'_>, reads_only: bool) -> Option<Lasting> {
    let (schema, name) = (row.name(1), row.name(2));
    let (kind, message) = match row.text(0).as_deref() {
        Some("sequence") => {
            let message = format!("The sequence {schema}.{name} moves on and stays there.");
            (LastingKind::Sequence, message)
        }
        Some("trigger") => {
            let trigger = row.name(3);
            let message = format!("The trigger {trigger} runs {schema}.{name}, whose own text was not looked into.");
            (LastingKind::Unseen, message)
        }
        _ if schema == "pg_catalog" => of_the_server(&name, reads_only)?,
        _ => match row.text(3).as_deref() {
            Some("sql" | "plpgsql") => {
                let message = format!("{schema}.{name} is called, whose own text was not looked into.");
                (LastingKind::Unseen, message)
            }
            language => {
                let language = language.unwrap_or("another language");
                let message =
                    format!("{schema}.{name} is written in {language}: what it does outside of the database stays.");
                (LastingKind::Outside, message)
            }
        },
    };
    Some(Lasting { kind, message })
}

fn of_the_server(name: &str, reads_only: bool) -> Option<(LastingKind, String)> {
    match name {
        "nextval" | "setval" if !reads_only => {
            Some((LastingKind::Sequence, format!("{name} moves a sequence, which stays there.")))
        }
        "pg_advisory_lock"
        | "pg_advisory_lock_shared"
        | "pg_try_advisory_lock"
        | "pg_try_advisory_lock_shared"
        | "pg_advisory_unlock_all" => Some((
            LastingKind::AdvisoryLock,
            format!("{name} is about locks of the session: they are held until its connection is closed."),
        )),
        name if OUTSIDE.iter().any(|known| name.starts_with(known)) => {
            Some((LastingKind::Outside, format!("{name} reaches outside of the transaction, and stays done.")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_a_rollback_does_not_undo_are_known() {
        let kind = |name: &str, reads_only| of_the_server(name, reads_only).map(|(kind, _)| kind);
        assert_eq!(kind("nextval", false), Some(LastingKind::Sequence));
        assert_eq!(kind("nextval", true), None);
        assert_eq!(kind("pg_try_advisory_lock", true), Some(LastingKind::AdvisoryLock));
        assert_eq!(kind("pg_advisory_xact_lock", true), None);
        assert_eq!(kind("pg_backup_start", true), Some(LastingKind::Outside));
        for harmless in ["random", "clock_timestamp", "pg_notify", "set_config", "now"] {
            assert_eq!(kind(harmless, false), None, "{harmless}");
        }
    }
}
