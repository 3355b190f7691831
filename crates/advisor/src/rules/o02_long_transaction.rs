use std::collections::BTreeMap;

use catalog::facts::OpenTransaction;

use crate::{
    Context, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

const MINUTE_MS: i64 = 60_000;
/// Idle so long, a transaction was forgotten.
const IDLE_MS: i64 = 5 * MINUTE_MS;
/// Open so long, it holds back the cleaning up of everything that changed since.
const OPEN_MS: i64 = 60 * MINUTE_MS;
/// Others wait for one that is so old.
const HOLDING_MS: i64 = MINUTE_MS;

crate::rule::rule! {
    /// A transaction was left open: it has done nothing for minutes, has been open for an hour, or others wait for it.
    ///
    /// **Why.** What it has locked stays locked, and every session that wants it waits, and whoever wants what those have. Rows that were changed
    /// or deleted since it began cannot be cleaned up, in no table.
    ///
    /// **How to fix it.** End it: *Activity* shows what it did last and who waits for it, and cancels it or ends its session. In the program, commit
    /// before waiting for anything else; `idle_in_transaction_session_timeout` ends what is forgotten all the same.
    ///
    /// **False positives.** A report or a dump that takes an hour. What is seen is the moment of the scan. Of sessions of others a login
    /// without the right sees nothing (PostgreSQL: `pg_read_all_stats`; MySQL: `PROCESS`): then it is not evaluated in full.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// ```
    "O-02" "long_transaction" Warning "Transaction that was left open"
    on [Postgres, MySql] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let open = told(&context.facts.transactions, "open transactions")?;
    // The number of a session is another tomorrow; who left it open is not.
    let mut by: BTreeMap<(&str, &str, bool), Vec<&OpenTransaction>> = BTreeMap::new();
    for one in open.old.iter().filter(|one| is_left(one)) {
        by.entry((&one.user, &one.application, one.session.is_none())).or_default().push(one);
    }
    let database = context.catalog.database.as_deref().unwrap_or("this database");
    for ((user, application, prepared), all) in by {
        let oldest = all.iter().map(|one| one.age_ms).max().unwrap_or(0);
        let waiting: i64 = all.iter().map(|one| one.waiting).sum();
        let what = match (prepared, all.len()) {
            (true, _) => format!("The prepared transaction {application} of {user} has"),
            (false, 1) => format!("A transaction of {user} has"),
            (false, count) => format!("{count} transactions of {user} have"),
        };
        let holds = match waiting {
            0 => String::new(),
            1 => ", and a session waits for it".to_owned(),
            count => format!(", and {count} sessions wait for it"),
        };
        let message = format!("{what} been open for {} minutes{holds}.", oldest / MINUTE_MS);
        let finding = found.add(Object::alone(ObjectType::Database, database), message);
        finding.told_apart_by(user).told_apart_by(application);
        if waiting > 0 {
            finding.level(Level::Error);
        }
        for one in all {
            let number = one.session.as_deref().unwrap_or("prepared");
            let idle = one.idle_ms.map(|ms| format!(", idle for {} s", ms / 1000)).unwrap_or_default();
            finding.evidence(format!(
                "{number}: {} s{idle}, {} waiting ({application})",
                one.age_ms / 1000,
                one.waiting
            ));
        }
    }
    if open.hidden > 0 {
        found.unseen(Reason::Denied("sessions of others".to_owned()));
    }
    Ok(())
}

fn is_left(one: &OpenTransaction) -> bool {
    one.idle_ms.is_some_and(|idle| idle >= IDLE_MS)
        || one.age_ms >= OPEN_MS
        || one.waiting > 0 && one.age_ms >= HOLDING_MS
}
