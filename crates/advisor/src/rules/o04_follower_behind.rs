use catalog::facts::{Follower, FollowerKind};

use crate::{
    Context, Fix, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

/// So far behind, in bytes of the log and in milliseconds.
const BYTES: i64 = 1 << 30;
const LATE_MS: i64 = 5 * 60_000;
/// What is kept for a slot that nobody uses.
const KEPT: i64 = 256 << 20;

crate::rule::rule! {
    /// A replica is far behind, or the log is kept for somebody who does not come.
    ///
    /// **Why.** What is read from a replica that is behind is old, and what it lacks is lost where this server is. For a replication slot the log
    /// is kept until somebody fetches it: where nobody does, it fills the disk, and then the server stops. From a slot whose log was thrown away
    /// nobody can follow any more.
    ///
    /// **How to fix it.** Look why the replica is behind: its disk, the network, a long statement there. Drop a slot that nobody needs; the fix of
    /// a slot does that, and there is no way back, so whoever followed by it has to be set up anew.
    ///
    /// **False positives.** A replica that is behind on purpose (`recovery_min_apply_delay`).
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// ```
    "O-04" "follower_behind" Warning "Replica or slot that is behind"
    on [Postgres] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for follower in told(&context.facts.followers, "who follows this server")? {
        match follower.kind {
            FollowerKind::Slot => slot(follower, found),
            FollowerKind::Replica | FollowerKind::Itself => replica(follower, found),
        }
    }
    Ok(())
}

fn slot(slot: &Follower, found: &mut Found) {
    let name = &slot.name;
    let kept = slot.behind_bytes.unwrap_or(0);
    let (message, level) = if slot.lost {
        (format!("The log for the slot {name} is gone: nobody can follow by it any more."), Level::Error)
    } else if slot.active == Some(false) && kept >= KEPT {
        (format!("{} MB of the log are kept for the slot {name}, and nobody fetches them.", kept >> 20), Level::Warning)
    } else if kept >= BYTES {
        (format!("Who follows by the slot {name} is {} MB behind.", kept >> 20), Level::Warning)
    } else {
        return;
    };
    let unused = slot.active == Some(false);
    let finding = found.add(Object::alone(ObjectType::Database, name), message);
    finding.told_apart_by("slot").level(level);
    if let Some(trouble) = &slot.trouble {
        finding.evidence(format!("the server says: {trouble}"));
    }
    let literal = sql::dialect::postgres().quote_literal(name);
    finding.fix(
        unused.then(|| {
            Fix::new(format!("SELECT pg_catalog.pg_drop_replication_slot({literal});")).outside_transactions()
        }),
    );
}

fn replica(replica: &Follower, found: &mut Found) {
    let (bytes, late) = (replica.behind_bytes, replica.behind_ms);
    let Some(active) = replica.active else {
        found.unseen(Reason::Denied("how far replicas are behind".to_owned()));
        return;
    };
    let name = &replica.name;
    let message = match (bytes.filter(|bytes| *bytes >= BYTES), late.filter(|late| *late >= LATE_MS)) {
        (Some(bytes), _) => format!("{name} is {} MB behind.", bytes >> 20),
        (None, Some(late)) => format!("{name} is {} minutes behind.", late / 60_000),
        (None, None) if !active && replica.kind == FollowerKind::Itself => {
            format!("{name} follows another, and is not connected to it.")
        }
        (None, None) => return,
    };
    found.add(Object::alone(ObjectType::Database, name), message).told_apart_by("replica");
}
