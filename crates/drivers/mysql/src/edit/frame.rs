//! What stands around a save: settings under which texts mean one thing and nothing is cut, and a transaction or a lock.

use driver::{Code, Error, Frame, ValueContext};

use super::{MySqlEdit, Table, form};

/// A value that does not fit is refused and not cut; a zero in an AUTO_INCREMENT column and a date of zeros are what they say.
const MODE: &str = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
/// Seconds that a save waits for rows, or for the table, that another transaction holds.
const PATIENCE: u32 = 5;
/// The settings that a save changes.
const SETTINGS: [&str; 7] = [
    "sql_mode",
    "time_zone",
    "innodb_lock_wait_timeout",
    "lock_wait_timeout",
    "character_set_client",
    "character_set_results",
    "collation_connection",
];

pub(super) fn of(edit: &MySqlEdit, table: &Table<'_>, context: &ValueContext, within: bool) -> Result<Frame, Error> {
    let settings = settings(edit, context);
    let savepoint = ["SAVEPOINT rowhouse_row", "RELEASE SAVEPOINT rowhouse_row", "ROLLBACK TO SAVEPOINT rowhouse_row"];
    let owned = |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
    if !table.can_roll_back() {
        if within {
            return Err(Error::new(
                Code::Unsupported,
                "The table's engine knows no transactions, and locking the table would commit the one that is open.",
            )
            .with_hint("End the transaction first, then save."));
        }
        let lock = format!("LOCK TABLES {} WRITE", table.name());
        return Ok(Frame {
            begin: vec![settings, lock],
            commit: owned(&["UNLOCK TABLES"]),
            rollback: owned(&["UNLOCK TABLES"]),
            savepoint: None,
        });
    }
    let savepoint = Some(savepoint.map(str::to_owned));
    if !within {
        return Ok(Frame {
            begin: vec![settings, "START TRANSACTION".to_owned()],
            commit: owned(&["COMMIT"]),
            rollback: owned(&["ROLLBACK"]),
            savepoint,
        });
    }
    // A person's own session gets its settings back.
    let kept: Vec<String> = SETTINGS.iter().map(|name| format!("@rowhouse_{name} = @@SESSION.{name}")).collect();
    let back: Vec<String> = SETTINGS.iter().map(|name| format!("{name} = @rowhouse_{name}")).collect();
    let back = format!("SET SESSION {}", back.join(", "));
    let release = "RELEASE SAVEPOINT rowhouse_save".to_owned();
    Ok(Frame {
        begin: vec![format!("SET {}", kept.join(", ")), settings, "SAVEPOINT rowhouse_save".to_owned()],
        commit: vec![release.clone(), back.clone()],
        rollback: vec!["ROLLBACK TO SAVEPOINT rowhouse_save".to_owned(), release, back],
        savepoint,
    })
}

/// One statement, so that a session is never left halfway.
fn settings(edit: &MySqlEdit, context: &ValueContext) -> String {
    let mut text = format!("SET SESSION sql_mode = '{MODE}'");
    let zone = context.time_zone.as_str();
    if !zone.is_empty() {
        // The zone of the server's machine has a name that need not be known as one.
        let system = edit.system_time_zone.as_deref() == Some(zone);
        text.push_str(&format!(", time_zone = {}", if system { "'SYSTEM'".to_owned() } else { form::text(zone) }));
    }
    text.push_str(&format!(
        ", innodb_lock_wait_timeout = {PATIENCE}, lock_wait_timeout = {PATIENCE}, character_set_client = utf8mb4, \
         character_set_results = utf8mb4, collation_connection = utf8mb4_general_ci"
    ));
    text
}
