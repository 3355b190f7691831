//! Who waits for whom: for rows, as InnoDB tells, and for tables, as performance_schema tells where it is on.

use std::collections::{BTreeMap, HashSet};

use driver::{Blocker, Error, ServerSession, Wait};

use super::{Told, Watching, number, text};

/// MySQL 8 moved the locks of rows to performance_schema.
const ROWS_SINCE_8: &str = "SELECT rt.PROCESSLIST_ID, bt.PROCESSLIST_ID, \
     CONCAT(l.OBJECT_SCHEMA, '.', l.OBJECT_NAME), l.LOCK_TYPE, l.LOCK_MODE, \
     IF(k.LOCK_STATUS = 'GRANTED', k.LOCK_MODE, NULL), \
     GREATEST(TIMESTAMPDIFF(MICROSECOND, x.trx_wait_started, NOW(6)), 0) DIV 1000, NULL \
     FROM performance_schema.data_lock_waits w \
     JOIN performance_schema.threads rt ON rt.THREAD_ID = w.REQUESTING_THREAD_ID \
     LEFT JOIN performance_schema.threads bt ON bt.THREAD_ID = w.BLOCKING_THREAD_ID \
     LEFT JOIN performance_schema.data_locks l ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID AND l.ENGINE = w.ENGINE \
     LEFT JOIN performance_schema.data_locks k ON k.ENGINE_LOCK_ID = w.BLOCKING_ENGINE_LOCK_ID AND k.ENGINE = w.ENGINE \
     LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = rt.PROCESSLIST_ID";
/// A lock that the blocker itself waits for only stands ahead in the queue.
const ROWS: &str = "SELECT r.trx_mysql_thread_id, b.trx_mysql_thread_id, l.lock_table, l.lock_type, l.lock_mode, \
     IF(b.trx_requested_lock_id <=> w.blocking_lock_id, NULL, k.lock_mode), \
     GREATEST(TIMESTAMPDIFF(MICROSECOND, r.trx_wait_started, NOW(6)), 0) DIV 1000, b.trx_id \
     FROM information_schema.INNODB_LOCK_WAITS w \
     JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id \
     JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id \
     LEFT JOIN information_schema.INNODB_LOCKS l ON l.lock_id = w.requested_lock_id \
     LEFT JOIN information_schema.INNODB_LOCKS k ON k.lock_id = w.blocking_lock_id";
const METADATA: &str = "SELECT t.PROCESSLIST_ID, m.OBJECT_TYPE, m.OBJECT_SCHEMA, m.OBJECT_NAME, m.LOCK_TYPE, m.LOCK_STATUS \
     FROM performance_schema.metadata_locks m JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID \
     WHERE t.PROCESSLIST_ID IS NOT NULL AND m.LOCK_STATUS IN ('GRANTED', 'PENDING')";

pub(super) async fn read(
    watching: &Watching,
    sessions: &[ServerSession],
    unseen: &mut Vec<String>,
) -> Result<Vec<Wait>, Error> {
    let since_8 = !watching.facts.mariadb && watching.facts.version_number >= 80_000;
    let rows = match watching.ask(if since_8 { ROWS_SINCE_8 } else { ROWS }).await? {
        Told::Rows(rows) => rows,
        // That the login lacks PROCESS is said already.
        Told::Denied if !since_8 => Vec::new(),
        Told::Denied => {
            unseen.push("Who waits for whose rows is in performance_schema, which this login may not read.".to_owned());
            Vec::new()
        }
        Told::Absent => {
            unseen.push("This server does not tell who waits for whose rows.".to_owned());
            Vec::new()
        }
    };
    let mut waits: Vec<Wait> = rows.iter().filter_map(|row| of_row(row)).collect();
    waits.sort_by(|one, other| {
        (&one.waiter, order(one), &one.object).cmp(&(&other.waiter, order(other), &other.object))
    });
    waits.dedup_by(|one, other| {
        let same = one.waiter == other.waiter && one.blocker == other.blocker && one.object == other.object;
        if same {
            other.held = other.held.take().or(one.held.take());
        }
        same
    });
    let queued: Vec<&ServerSession> = sessions.iter().filter(|session| waits_for_table(session)).collect();
    if !queued.is_empty() {
        let told = watching.ask(METADATA).await?;
        let on = matches!(&told, Told::Rows(rows) if !rows.is_empty());
        waits.extend(of_metadata(&told.rows()));
        let known: HashSet<String> = waits.iter().map(|wait| wait.waiter.clone()).collect();
        let unknown = queued.iter().filter(|session| !known.contains(&session.id));
        let before = waits.len();
        waits.extend(unknown.map(|session| Wait {
            waiter: session.id.clone(),
            blocker: Blocker::Unknown,
            object: None,
            wanted: session.waits_for.clone(),
            held: None,
            waiting_ms: session.doing_ms,
        }));
        if waits.len() > before && !on {
            unseen.push(
                "Who holds a table that others wait for is told by performance_schema, which is off here or may not be read."
                    .to_owned(),
            );
        }
    }
    Ok(waits)
}

/// Whether it waits for what only metadata locks tell of.
fn waits_for_table(session: &ServerSession) -> bool {
    let state = session.waits_for.as_deref().unwrap_or_default();
    state == "User lock" || state.starts_with("Waiting for") && state.ends_with("lock")
}

fn order(wait: &Wait) -> (u8, &str) {
    match &wait.blocker {
        Blocker::Session(id) => (0, id),
        Blocker::Prepared(id) => (1, id),
        Blocker::Unknown => (2, ""),
    }
}

fn of_row(row: &[Option<String>]) -> Option<Wait> {
    let table = text(row, 2).map(|name| name.replace('`', ""));
    let record = text(row, 3).is_some_and(|kind| kind == "RECORD");
    let blocker = match text(row, 1) {
        Some(id) if id != "0" => Blocker::Session(id),
        // Of a transaction that was prepared before its session ended.
        _ => text(row, 7).map_or(Blocker::Unknown, Blocker::Prepared),
    };
    Some(Wait {
        waiter: text(row, 0)?,
        blocker,
        object: table.map(|table| if record { format!("row of {table}") } else { table }),
        wanted: text(row, 4),
        held: text(row, 5),
        waiting_ms: number(row, 6),
    })
}

/// One metadata lock.
struct Held {
    session: String,
    mode: String,
    granted: bool,
}

fn of_metadata(rows: &[Vec<Option<String>>]) -> Vec<Wait> {
    let mut objects: BTreeMap<(String, String), Vec<Held>> = BTreeMap::new();
    for row in rows {
        let (Some(session), Some(kind), Some(mode)) = (text(row, 0), text(row, 1), text(row, 4)) else { continue };
        let name: Vec<String> =
            [text(row, 2), text(row, 3)].into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let granted = text(row, 5).is_some_and(|status| status == "GRANTED");
        objects.entry((kind, name.join("."))).or_default().push(Held { session, mode, granted });
    }
    let mut waits = Vec::new();
    for ((kind, name), locks) in objects {
        let object = match (kind.as_str(), name.as_str()) {
            ("TABLE", _) => name,
            (_, "") => kind.to_lowercase(),
            _ => format!("{} {name}", kind.to_lowercase()),
        };
        for waiter in locks.iter().filter(|lock| !lock.granted) {
            let conflicting = |lock: &&Held| {
                lock.granted && lock.session != waiter.session && !together(&kind, &waiter.mode, &lock.mode)
            };
            let mut seen = HashSet::new();
            for lock in locks.iter().filter(conflicting) {
                if seen.insert(&lock.session) {
                    waits.push(Wait {
                        waiter: waiter.session.clone(),
                        blocker: Blocker::Session(lock.session.clone()),
                        object: Some(object.clone()),
                        wanted: Some(waiter.mode.clone()),
                        held: Some(lock.mode.clone()),
                        waiting_ms: None,
                    });
                }
            }
        }
    }
    waits
}

/// Modes of a lock of an object, in the order of [`TOGETHER`].
const MODES: [&str; 10] = [
    "SHARED",
    "SHARED_HIGH_PRIO",
    "SHARED_READ",
    "SHARED_WRITE",
    "SHARED_WRITE_LOW_PRIO",
    "SHARED_UPGRADABLE",
    "SHARED_READ_ONLY",
    "SHARED_NO_WRITE",
    "SHARED_NO_READ_WRITE",
    "EXCLUSIVE",
];

/// By the mode that is wanted: which granted modes it goes together with, as the server's source has it.
const TOGETHER: [[bool; 10]; 10] = {
    const Y: bool = true;
    const N: bool = false;
    [
        [Y, Y, Y, Y, Y, Y, Y, Y, Y, N],
        [Y, Y, Y, Y, Y, Y, Y, Y, Y, N],
        [Y, Y, Y, Y, Y, Y, Y, Y, N, N],
        [Y, Y, Y, Y, Y, Y, N, N, N, N],
        [Y, Y, Y, Y, Y, Y, N, N, N, N],
        [Y, Y, Y, Y, Y, N, Y, N, N, N],
        [Y, Y, Y, N, N, Y, Y, Y, N, N],
        [Y, Y, Y, N, N, N, Y, N, N, N],
        [Y, Y, N, N, N, N, N, N, N, N],
        [N, N, N, N, N, N, N, N, N, N],
    ]
};

/// Whether a lock may be granted beside another. One of an unknown mode is taken to be in the way.
fn together(kind: &str, wanted: &str, granted: &str) -> bool {
    // Locks of a scope are intentions, which go together, or hold it whole.
    if matches!(kind, "GLOBAL" | "SCHEMA" | "COMMIT" | "BACKUP" | "BACKUP LOCK") && wanted == granted {
        return wanted == "INTENTION_EXCLUSIVE" || wanted == "SHARED";
    }
    let place = |mode: &str| MODES.iter().position(|known| *known == mode);
    match (place(wanted), place(granted)) {
        (Some(wanted), Some(granted)) => {
            TOGETHER.get(wanted).and_then(|row| row.get(granted)).copied().unwrap_or(false)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<Option<String>> {
        cells.iter().map(|cell| (*cell != "-").then(|| (*cell).to_owned())).collect()
    }

    #[test]
    fn only_who_is_in_the_way_of_a_table_is_named() {
        let waits = of_metadata(&[
            row(&["10", "TABLE", "shop", "orders", "SHARED_READ", "GRANTED"]),
            row(&["11", "TABLE", "shop", "orders", "SHARED_UPGRADABLE", "GRANTED"]),
            row(&["11", "TABLE", "shop", "orders", "EXCLUSIVE", "PENDING"]),
            row(&["12", "TABLE", "shop", "orders", "SHARED_WRITE", "PENDING"]),
            row(&["13", "TABLE", "shop", "lines", "SHARED_READ", "GRANTED"]),
            row(&["14", "GLOBAL", "-", "-", "INTENTION_EXCLUSIVE", "GRANTED"]),
            row(&["15", "GLOBAL", "-", "-", "SHARED", "PENDING"]),
            row(&["16", "USER LEVEL LOCK", "-", "job", "EXCLUSIVE", "GRANTED"]),
            row(&["17", "USER LEVEL LOCK", "-", "job", "EXCLUSIVE", "PENDING"]),
            row(&["-", "TABLE", "shop", "orders", "EXCLUSIVE", "GRANTED"]),
        ]);
        let found: Vec<_> = waits
            .iter()
            .map(|wait| (wait.waiter.as_str(), wait.blocker.clone(), wait.object.as_deref().unwrap_or_default()))
            .collect();
        let session = |id: &str| Blocker::Session(id.to_owned());
        assert_eq!(
            found,
            [
                ("15", session("14"), "global"),
                ("11", session("10"), "shop.orders"),
                ("17", session("16"), "user level lock job"),
            ],
            "12 waits behind 11, which holds nothing against it yet"
        );
    }

    #[test]
    fn a_wait_for_a_row_tells_its_table_and_who_only_stands_ahead() {
        let wait = of_row(&row(&["5", "4", "`shop`.`orders`", "RECORD", "X", "-", "1200", "88"]));
        let wait = wait.unwrap_or_else(|| unreachable!());
        assert_eq!(wait.object.as_deref(), Some("row of shop.orders"));
        assert_eq!((wait.blocker, wait.held, wait.waiting_ms), (Blocker::Session("4".into()), None, Some(1200)));
        let prepared = of_row(&row(&["5", "0", "`s`.`t`", "TABLE", "IX", "X", "-", "88"]));
        assert_eq!(prepared.map(|wait| wait.blocker), Some(Blocker::Prepared("88".into())));
        assert_eq!(of_row(&[]), None);
    }
}
