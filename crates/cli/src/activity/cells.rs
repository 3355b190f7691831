//! Rows as texts: for people ages and sizes in units, for programs whole numbers.

use app::api::{ActivitySession, ActivityWait, IndexUse, SessionDoing, TableUse};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Column;

/// Most letters of a statement in a table.
const WIDEST: usize = 120;

pub(super) const SESSIONS: [Column; 17] = [
    ("id", Some("ID")),
    ("user", Some("USER")),
    ("database", Some("DATABASE")),
    ("application", Some("APPLICATION")),
    ("client", Some("CLIENT")),
    ("doing", Some("STATE")),
    ("doing_ms", Some("FOR")),
    ("transaction_ms", Some("TRANSACTION")),
    ("waits_for", Some("WAITS FOR")),
    ("statement_ms", None),
    ("cut", None),
    ("background", None),
    ("ours", None),
    ("asking", None),
    ("opened", None),
    ("statement_id", None),
    ("statement", Some("STATEMENT")),
];

pub(super) fn session(session: &ActivitySession, people: bool) -> [String; 17] {
    let name = text(&session.application);
    let state = match &session.background {
        Some(kind) if people && session.doing == SessionDoing::Background => kind.clone(),
        _ => doing(session.doing).to_owned(),
    };
    let statement = text(&session.statement);
    [
        session.id.clone(),
        text(&session.user),
        text(&session.database),
        if people && session.asking { "this one".to_owned() } else { name },
        text(&session.client),
        state,
        age(session.doing_ms, people),
        age(session.transaction_ms, people),
        text(&session.waits_for),
        age(session.statement_ms, people),
        session.cut.to_string(),
        text(&session.background),
        session.ours.to_string(),
        session.asking.to_string(),
        text(&session.opened),
        text(&session.statement_id),
        if people { line(&statement) } else { statement },
    ]
}

pub(super) const WAITS: [Column; 7] = [
    ("waiter", None),
    ("blocker", None),
    ("prepared", None),
    ("object", None),
    ("wanted", None),
    ("held", None),
    ("waiting_ms", None),
];

pub(super) fn wait(wait: &ActivityWait, people: bool) -> [String; 7] {
    [
        wait.waiter.clone(),
        text(&wait.blocker),
        text(&wait.prepared),
        text(&wait.object),
        text(&wait.wanted),
        text(&wait.held),
        age(wait.waiting_ms, people),
    ]
}

pub(super) const TABLES: [Column; 14] = [
    ("schema", Some("SCHEMA")),
    ("table", Some("TABLE")),
    ("kind", Some("KIND")),
    ("rows", Some("ROWS (EST.)")),
    ("total_bytes", Some("TOTAL")),
    ("table_bytes", Some("DATA")),
    ("index_bytes", Some("INDEXES")),
    ("free_bytes", Some("FREE")),
    ("seq_scans", Some("FULL SCANS")),
    ("index_scans", Some("BY INDEX")),
    ("dead_rows", Some("DEAD ROWS")),
    ("vacuumed", Some("VACUUMED")),
    ("analyzed", Some("ANALYZED")),
    ("busy", None),
];

pub(super) fn table(table: &TableUse, people: bool) -> [String; 14] {
    [
        text(&table.object.schema),
        table.object.name.clone(),
        text(&table.kind),
        count(table.rows),
        bytes(table.total_bytes, people),
        bytes(table.table_bytes, people),
        bytes(table.index_bytes, people),
        bytes(table.free_bytes, people),
        count(table.seq_scans),
        count(table.index_scans),
        count(table.dead_rows),
        moment(table.vacuumed_ms),
        moment(table.analyzed_ms),
        table.busy.to_string(),
    ]
}

pub(super) const INDEXES: [Column; 10] = [
    ("schema", Some("SCHEMA")),
    ("table", Some("TABLE")),
    ("index", Some("INDEX")),
    ("bytes", Some("SIZE")),
    ("scans", Some("USES")),
    ("used", Some("LAST USED")),
    ("primary", Some("PRIMARY")),
    ("unique", Some("UNIQUE")),
    ("valid", Some("VALID")),
    ("busy", None),
];

pub(super) fn index(index: &IndexUse, people: bool) -> [String; 10] {
    let flag = |on: bool| match (people, on) {
        (true, true) => "yes".to_owned(),
        (true, false) => "no".to_owned(),
        (false, on) => on.to_string(),
    };
    [
        text(&index.object.schema),
        text(&index.object.signature),
        index.object.name.clone(),
        bytes(index.bytes, people),
        count(index.scans),
        moment(index.used_ms),
        flag(index.primary),
        flag(index.unique),
        flag(index.valid),
        index.busy.to_string(),
    ]
}

/// What works comes first, then what holds something, then the rest; the longest first.
pub(super) fn order(session: &ActivitySession) -> (u8, std::cmp::Reverse<u64>) {
    let rank = match session.doing {
        SessionDoing::Active => 0,
        SessionDoing::Ending => 1,
        SessionDoing::IdleInFailedTransaction | SessionDoing::IdleInTransaction => 2,
        SessionDoing::Idle => 3,
        SessionDoing::Unknown | SessionDoing::Hidden => 4,
        SessionDoing::Background => 5,
    };
    (rank, std::cmp::Reverse(session.transaction_ms.or(session.doing_ms).unwrap_or(0)))
}

pub(super) fn doing(doing: SessionDoing) -> &'static str {
    match doing {
        SessionDoing::Active => "active",
        SessionDoing::Idle => "idle",
        SessionDoing::IdleInTransaction => "idle in transaction",
        SessionDoing::IdleInFailedTransaction => "idle in failed transaction",
        SessionDoing::Ending => "ending",
        SessionDoing::Background => "background",
        SessionDoing::Hidden => "not visible",
        SessionDoing::Unknown => "not known",
    }
}

pub(super) fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

/// A statement in one line, cut where it is long.
pub(super) fn line(statement: &str) -> String {
    let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", flat.get(..end).unwrap_or_default()),
        None => flat,
    }
}

fn count(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn age(ms: Option<u64>, people: bool) -> String {
    let Some(ms) = ms else { return String::new() };
    let seconds = ms / 1000;
    match seconds {
        _ if !people => ms.to_string(),
        0..60 => format!("{}.{} s", seconds, ms % 1000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

fn bytes(value: Option<u64>, people: bool) -> String {
    let Some(value) = value else { return String::new() };
    let units = [("TB", 1_000_000_000_000u64), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.into_iter().find(|(_, size)| people && value >= *size) {
        Some((unit, size)) => format!("{}.{} {unit}", value / size, value % size / (size / 10)),
        None if people => format!("{value} B"),
        None => value.to_string(),
    }
}

/// In UTC, to the second.
fn moment(ms: Option<i64>) -> String {
    let at = ms.and_then(|ms| OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok());
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_are_read_by_people_and_counted_by_programs() {
        assert_eq!(age(Some(1_250), true), "1.2 s");
        assert_eq!(age(Some(125_000), true), "2 min 5 s");
        assert_eq!(age(Some(7_260_000), true), "2 h 1 min");
        assert_eq!(age(Some(90_000_000), true), "1 d 1 h");
        assert_eq!(age(Some(1_250), false), "1250");
        assert_eq!(bytes(Some(1_536), true), "1.5 kB");
        assert_eq!(bytes(Some(u64::MAX), true), "18446744.0 TB");
        assert_eq!(bytes(Some(12), true), "12 B");
        assert_eq!((bytes(Some(1_536), false), bytes(None, true)), ("1536".to_owned(), String::new()));
        assert_eq!(line("select\n  1"), "select 1");
        assert_eq!(line(&"é".repeat(200)).chars().count(), WIDEST + 1);
    }
}
