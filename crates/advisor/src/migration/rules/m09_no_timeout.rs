use crate::{
    Fix, Lock,
    migration::{action::What, rule::Found, scene::Scene},
};

crate::migration::rule::rule! {
    /// A lock that others wait for is asked for without `lock_timeout`, or held in a transaction without `statement_timeout` or
    /// `idle_in_transaction_session_timeout`.
    ///
    /// **Why.** While the statement waits for a long query to end, everybody who comes later waits behind it: one slow report and an
    /// `ALTER TABLE` of a millisecond are an outage.
    ///
    /// **How to fix it.** `SET lock_timeout = '2s'` first, and try again when it fails.
    ///
    /// **False positives.** The role or the tool sets it.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// -- migration
    /// alter table orders add column note text;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column note text;
    /// ```
    "M-09" "no_timeout" Info "Lock without a time limit"
}

/// That readers or writers wait for.
const LEAST: Lock = Lock::Share;

fn check(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    let mut limited = Vec::new();
    for (index, statement) in scene.statements.iter().enumerate() {
        for action in &statement.actions {
            if let What::Set { name, off } = &action.what {
                limited.retain(|known| known != name);
                if !off {
                    limited.push(name.clone());
                }
            }
        }
        let locks = statement.actions.iter().find(|action| action.locks_as_strong_as(LEAST));
        let Some(action) = locks else { continue };
        let has = |name: &str| limited.iter().any(|known| known == name);
        let local = if statement.transaction.is_some() { " LOCAL" } else { "" };
        if !has("lock_timeout") {
            let message = format!(
                "While it waits for the lock on {}, all who come later wait behind it. Limit that with lock_timeout, and try again.",
                action.place()
            );
            found.add(index, statement, message).fix(Fix::new(format!("SET{local} lock_timeout = '2s';")));
        } else if statement.transaction.is_some()
            && !has("statement_timeout")
            && !has("idle_in_transaction_session_timeout")
        {
            let message = format!(
                "The lock on {} is held until the transaction ends, however long that takes. Limit it with statement_timeout and \
                 idle_in_transaction_session_timeout.",
                action.place()
            );
            let limits = format!(
                "SET{local} statement_timeout = '5min';\nSET{local} idle_in_transaction_session_timeout = '10s';"
            );
            found.add(index, statement, message).fix(Fix::new(limits));
        } else {
            continue;
        }
        // Once is enough.
        return;
    }
}
