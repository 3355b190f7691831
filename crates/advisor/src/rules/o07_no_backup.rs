use crate::{
    Context, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

crate::rule::rule! {
    /// The log is to be archived, and that fails or never happened.
    ///
    /// **Why.** A server is recovered from a base backup and the log since. Where files of the log cannot be archived, what happened since is lost
    /// with the disk, and they pile up on it until it is full.
    ///
    /// **How to fix it.** Look into the server's log for what `archive_command` says, and mend that. Then recover from the backup somewhere: one
    /// that was never tried is none.
    ///
    /// **False positives.** A failure that was mended since the scan began. No database knows of dumps, of copies of its disk, nor whether a backup
    /// was ever recovered from: where the log is not archived, the rule is not evaluated, and it never says more than that the log arrives.
    ///
    /// ```sql,fires
    /// -- fact: archiving={"on": true, "archived": 7, "failed": 3, "last_archived_ms": 1000, "last_failed_ms": 2000}
    /// select 1;
    /// ```
    "O-07" "log_not_archived" Error "Log that is not archived"
    on [Postgres, MySql, Sqlite] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let archiving = match told(&context.facts.archiving, "backups") {
        Err(Reason::Unsupported(_)) => {
            return Err(Reason::Unready("no database of this kind knows of its backups".to_owned()));
        }
        other => other?,
    };
    if !archiving.on {
        let why =
            "the log is not archived (archive_mode), and whether there are other backups the server does not know";
        return Err(Reason::Unready(why.to_owned()));
    }
    let name = context.catalog.database.as_deref().unwrap_or("this database");
    let object = || Object::alone(ObjectType::Setting, "archive_mode");
    match (archiving.last_archived_ms, archiving.last_failed_ms) {
        (archived, Some(failed)) if archived.is_none_or(|archived| archived < failed) => {
            let message = format!("Archiving the log of the server of {name} fails: it could not be recovered to now.");
            let finding = found.add(object(), message);
            finding
                .evidence(format!("{} files were archived, {} times it failed", archiving.archived, archiving.failed));
        }
        (None, _) => {
            let message = "The log is to be archived, and no file of it ever was.".to_owned();
            found.add(object(), message).level(Level::Warning);
        }
        (Some(archived), _) if context.catalog.as_of_ms - archived > DAY_MS => {
            let days = (context.catalog.as_of_ms - archived) / DAY_MS;
            let message = format!("No file of the log was archived for {days} days.");
            found.add(object(), message).level(Level::Info);
        }
        _ => {}
    }
    Ok(())
}
