#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]
//! Sessions and locks of a scripted server. No SQL Server has been asked.

#[allow(dead_code)]
mod common {
    pub mod scripted;
    pub mod tokens;
}

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use common::{
    scripted::{Encryption, Reply, Scripted},
    tokens,
};
use driver::{Blocker, Code, ConnectContext, Connection, Doing, Driver, Profile, Secret, Signal, Signalled, Target};
use driver_mssql::SqlServer;

const OPENED: &str = "2024-02-29T12:00:00.003";

async fn connect(server: &Scripted) -> Arc<dyn Connection> {
    let values = [("host", "localhost"), ("user", "ann"), ("sslmode", "disable")];
    let mut values: std::collections::BTreeMap<String, String> =
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    values.insert("port".into(), server.port.to_string());
    let profile = Profile { name: "scripted".into(), driver: "mssql".into(), values };
    SqlServer.connect(&profile, ConnectContext::unattended(Some(Secret::new("x".to_owned())))).await.unwrap()
}

fn rows(lines: &[&str]) -> Reply {
    let cells: Vec<Vec<Option<&str>>> =
        lines.iter().map(|line| line.split('|').map(|cell| Some(cell).filter(|cell| *cell != "∅")).collect()).collect();
    let names = vec![""; cells.first().map_or(1, Vec::len)];
    Reply::Tokens(tokens::texts(&names, &cells.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

#[tokio::test]
async fn sessions_are_shown_with_who_waits_for_whom() {
    let server = Scripted::start(Encryption::Off, |request| {
        if request.text().starts_with("-- Sessions of clients") {
            return rows(&[
                "9|2024-01-01T00:00:00|sa|master|∅|∅|background|LAZY WRITER|0|∅|∅|∅|∅|∅|∅|0|∅|∅|0|0|0",
                "51|2024-02-29T12:00:00.003|ann|shop|10.0.0.7|app|sleeping|∅|1|60000|90000|61000|x|∅|∅|∅|∅|update t set a = 1|1|0|0",
                "52|2024-02-29T12:00:01|bob|shop|10.0.0.8|app|suspended|UPDATE|1|5000|5000|5000|y|LCK_M_X|KEY: 5:72057 (8194)|51|4900|update t set a = 2|1|0|0",
                "57|2024-02-29T12:00:02|ann|shop|127.0.0.1|rowhouse control|running|SELECT|0|0|∅|0|z|∅|∅|0|0|select|1|1|1",
            ]);
        }
        Reply::Tokens(tokens::done(0, 0, 0))
    })
    .await;
    let connection = connect(&server).await;
    let moment = connection.control().activity().unwrap().now().await.unwrap();
    let doing: Vec<_> = moment.sessions.iter().map(|session| session.doing).collect();
    assert_eq!(doing, [Doing::Background, Doing::IdleInTransaction, Doing::Active, Doing::Active]);
    assert_eq!(moment.sessions[2].waits_for.as_deref(), Some("LCK_M_X KEY: 5:72057 (8194)"));
    assert!(moment.sessions[3].asking && moment.sessions[3].ours);
    let [wait] = moment.waits.as_slice() else { panic!("{:?}", moment.waits) };
    assert_eq!((wait.waiter.as_str(), &wait.blocker), ("52", &Blocker::Session("51".into())));
    assert_eq!((wait.wanted.as_deref(), wait.waiting_ms), (Some("X"), Some(4900)));
    assert!(moment.unseen.is_empty());
}

#[tokio::test]
async fn who_may_not_look_sees_itself_and_is_told_so() {
    let server = Scripted::start(Encryption::Off, |request| {
        let text = request.text();
        if text.starts_with("-- Sessions of clients") {
            let refusal = tokens::error(300, 14, "VIEW SERVER STATE permission was denied on object 'server'.", 1);
            return Reply::Tokens([refusal, tokens::done(2, 0, 0)].concat());
        }
        if text.starts_with("-- Sessions that a login") {
            return rows(&["57|x|ann|shop|∅|rowhouse|running|∅|0|∅|∅|∅|∅|∅|∅|∅|∅|∅|1|1|1"]);
        }
        Reply::Tokens(tokens::done(0, 0, 0))
    })
    .await;
    let moment = connect(&server).await.control().activity().unwrap().now().await.unwrap();
    assert_eq!((moment.sessions.len(), moment.unseen.len()), (1, 1));
}

#[tokio::test]
async fn a_session_is_ended_only_if_it_is_the_one_that_was_seen() {
    let ended = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ended);
    let server = Scripted::start(Encryption::Off, move |request| {
        let text = request.text();
        if text.contains("s.login_time") && text.ends_with("= 51") {
            return if seen.load(Ordering::SeqCst) {
                Reply::Tokens(tokens::done(0, 0, 0))
            } else {
                rows(&["2024-02-29T12:00:00.003|0"])
            };
        }
        if text.contains("s.login_time") && text.ends_with("= 57") {
            return rows(&["x|1"]);
        }
        if text == "KILL 51" {
            seen.store(true, Ordering::SeqCst);
        }
        Reply::Tokens(tokens::done(0, 0, 0))
    })
    .await;
    let connection = connect(&server).await;
    let activity = connection.control().activity().unwrap();
    let target = |session: &str, opened: &str| Target {
        session: session.into(),
        opened: Some(opened.into()),
        statement_id: None,
    };
    assert_eq!(activity.signal(&target("51", "another"), Signal::Kill).await.unwrap(), Signalled::Gone);
    assert!(!ended.load(Ordering::SeqCst), "nothing was sent");
    assert_eq!(activity.signal(&target("57", "x"), Signal::Kill).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(activity.signal(&target("51", OPENED), Signal::Kill).await.unwrap(), Signalled::Done);
    assert_eq!(activity.signal(&target("51", OPENED), Signal::Kill).await.unwrap(), Signalled::Gone);
    assert_eq!(activity.signal(&target("51", OPENED), Signal::Cancel).await.unwrap_err().code, Code::Unsupported);
    assert_eq!(activity.statement("1; drop table x", Signal::Kill).unwrap_err().code, Code::InvalidStatement);
}

#[tokio::test]
async fn sizes_are_told_with_what_is_not() {
    let server = Scripted::start(Encryption::Off, |request| {
        let text = request.text();
        if text.starts_with("-- Sizes of tables") {
            return rows(&["shop|dbo|t|CLUSTERED|5|81920|40960|8192|32768"]);
        }
        if text.starts_with("-- Sizes of indexes") {
            return rows(&["shop|dbo|t|PK_t|8192|1|1|0", "shop|dbo|t|off|∅|0|0|1"]);
        }
        Reply::Tokens(tokens::done(0, 0, 0))
    })
    .await;
    let sizes = connect(&server).await.control().activity().unwrap().sizes().await.unwrap();
    assert_eq!((sizes.tables[0].total_bytes, sizes.tables[0].free_bytes), (Some(81_920), Some(32_768)));
    assert_eq!((sizes.indexes[0].primary, sizes.indexes[1].valid, sizes.indexes[1].bytes), (true, false, None));
    assert_eq!(sizes.unseen.len(), 1);
}
