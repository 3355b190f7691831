//! What the server is doing: its operations and connections from `$currentOp`, sizes from `collStats`.
//!
//! A session here is a connection; what it runs is an operation with a number of its own, which `killOp` ends. The server has no
//! command that ends another's connection.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Instant,
};

use async_trait::async_trait;
use bytes::Bytes;
use catalog::{ObjectKey, ObjectKind};
use driver::{
    Activity, Code, Doing, Error, IndexSize, Moment, SIGNAL_PATIENCE, ServerSession, Session, Signal, Signalled, Sizes,
    TableSize, Target, documents::TextStyle,
};

use crate::{
    bson::{self, Element, kind},
    catalog::{list, text},
    control::ControlSession,
    documents::print,
};

/// Bytes of a statement that is shown.
const STATEMENT: usize = 4096;

/// The sessions that one connection has opened.
#[derive(Default)]
pub(crate) struct Own(Mutex<Vec<Weak<dyn Session>>>);

impl Own {
    pub(crate) fn note(&self, session: &Arc<dyn Session>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|session| session.strong_count() > 0);
        all.push(Arc::downgrade(session));
    }

    fn numbers(&self) -> HashSet<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(|session| session.upgrade()?.state().borrow().server_id.clone()).collect()
    }
}

/// Watches one server.
pub(crate) struct Watching {
    session: Arc<ControlSession>,
    own: Arc<Own>,
    database: String,
}

fn current(all: bool) -> Vec<u8> {
    bson::document(|writer| {
        writer.int32("aggregate", 1).open(kind::ARRAY, b"pipeline");
        writer.with("0", |stage| {
            stage.with("$currentOp", |what| {
                what.bool("allUsers", all).bool("idleConnections", true);
            });
        });
        writer.close().with("cursor", |_| {});
    })
}

impl Watching {
    pub(crate) fn new(session: Arc<ControlSession>, own: Arc<Own>, database: String) -> Self {
        Watching { session, own, database }
    }

    /// The operations there are, and whether those of others are among them.
    async fn operations(&self) -> Result<(Vec<Bytes>, bool), Error> {
        match self.session.all("admin", &current(true)).await {
            Ok(all) => Ok((all, true)),
            Err(error) if error.code == Code::Forbidden => {
                Ok((self.session.all("admin", &current(false)).await?, false))
            }
            Err(error) => Err(error),
        }
    }

    async fn seen(&self, id: &str) -> Result<Option<ServerSession>, Error> {
        Ok(self.now().await?.sessions.into_iter().find(|session| session.id == id))
    }
}

fn number(id: &str) -> Result<i64, Error> {
    id.parse().map_err(|_| Error::new(Code::InvalidStatement, "This is no connection of the server."))
}

/// An operation as a session.
fn session(operation: &[u8], own: &HashSet<String>, asking: Option<i64>) -> Option<ServerSession> {
    let integer = |name: &str| bson::get(operation, name).and_then(|field| field.integer());
    let id = integer("connectionId");
    let active = bson::get(operation, "active").is_some_and(|active| active.truth());
    let operation_id = bson::get(operation, "opid").map(|id| print(id.kind, id.raw, TextStyle::Relaxed, false));
    // What has neither is the server's own bookkeeping.
    let shown = id.map(|id| id.to_string()).or_else(|| operation_id.as_ref().map(|id| format!("op {id}")))?;
    let command =
        bson::get(operation, "command").filter(|command| command.document().is_some_and(|inner| inner.len() > 5));
    let statement = command.map(|command| print(command.kind, command.raw, TextStyle::Shell, false));
    let cut = statement.as_ref().is_some_and(|text| text.len() > STATEMENT);
    let statement = statement.map(|text| text.chars().take(STATEMENT).collect());
    let namespace = text(operation, "ns").filter(|name| !name.is_empty());
    let users = bson::get(operation, "effectiveUsers");
    let users = users
        .as_ref()
        .and_then(Element::document)
        .and_then(|users| bson::elements(users).ok()?.next()?.ok()?.document());
    let ms = integer("microsecs_running").map(|us| us / 1000).or_else(|| integer("secs_running").map(|s| s * 1000));
    let ms = ms.and_then(|ms| u64::try_from(ms).ok());
    let client = text(operation, "client").or_else(|| text(operation, "client_s"));
    let application = text(operation, "appName").or_else(|| {
        bson::get_path(operation, &["clientMetadata", "application", "name"])?.text().map(|name| name.into_owned())
    });
    let waiting = bson::get(operation, "waitingForLock").is_some_and(|waiting| waiting.truth());
    Some(ServerSession {
        opened: None,
        user: users.and_then(|user| text(user, "user")),
        database: namespace.as_deref().map(|name| name.split('.').next().unwrap_or(name).to_owned()),
        background: client.is_none().then(|| text(operation, "desc")).flatten(),
        doing: match (client.is_some() || id.is_some(), active) {
            (false, _) => Doing::Background,
            (true, true) => Doing::Active,
            (true, false) => Doing::Idle,
        },
        doing_ms: ms.filter(|_| active),
        client,
        application,
        transaction_ms: None,
        waits_for: waiting.then(|| "lock".to_owned()),
        statement: statement.filter(|_| active),
        statement_ms: ms.filter(|_| active),
        statement_id: operation_id.filter(|_| active),
        cut,
        ours: own.contains(&shown),
        asking: id.is_some() && id == asking,
        id: shown,
    })
}

#[async_trait]
impl Activity for Watching {
    async fn now(&self) -> Result<Moment, Error> {
        let asking = self.session.number();
        let (operations, all) = self.operations().await?;
        let own = self.own.numbers();
        let sessions = operations.iter().filter_map(|operation| session(operation, &own, asking)).collect();
        let unseen = match all {
            true => Vec::new(),
            false => vec![
                "Only operations of this login are shown: the role clusterMonitor shows those of others.".to_owned(),
            ],
        };
        Ok(Moment { sessions, waits: Vec::new(), unseen })
    }

    async fn sizes(&self) -> Result<Sizes, Error> {
        let mut sizes = Sizes::default();
        for info in list(&self.session, &self.database, None).await? {
            let name = text(&info, "name").unwrap_or_default();
            if text(&info, "type").as_deref() == Some("view") {
                continue;
            }
            let command = bson::document(|writer| _ = writer.string("collStats", &name));
            let stats = match self.session.run(&self.database, &command).await {
                Ok(stats) => stats,
                Err(error) if error.is_about_one_object() => {
                    sizes.unseen.push(format!("{name}: {error}"));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let count =
                |name: &str| bson::get(&stats, name).and_then(|n| n.integer()).and_then(|n| u64::try_from(n).ok());
            let (data, indexes) = (count("storageSize"), count("totalIndexSize"));
            sizes.tables.push(TableSize {
                key: ObjectKey::relation(None, Some(&self.database), &name),
                kind: text(&info, "type"),
                rows: count("count"),
                total_bytes: data.zip(indexes).map(|(data, indexes)| data + indexes),
                table_bytes: data,
                index_bytes: indexes,
                free_bytes: count("freeStorageSize"),
                busy: false,
                seq_scans: None,
                index_scans: None,
                dead_rows: None,
                vacuumed_ms: None,
                analyzed_ms: None,
            });
            let all = bson::get(&stats, "indexSizes");
            let all = all.as_ref().and_then(Element::document).and_then(|all| bson::elements(all).ok());
            for index in all.into_iter().flatten().map_while(Result::ok) {
                let index_name = index.name().into_owned();
                sizes.indexes.push(IndexSize {
                    primary: index_name == "_id_",
                    unique: index_name == "_id_",
                    key: ObjectKey {
                        database: None,
                        schema: Some(self.database.clone()),
                        kind: ObjectKind::Index,
                        name: index_name,
                        signature: Some(name.clone()),
                    },
                    bytes: index.integer().and_then(|bytes| u64::try_from(bytes).ok()),
                    busy: false,
                    scans: None,
                    used_ms: None,
                    valid: true,
                });
            }
        }
        Ok(sizes)
    }

    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error> {
        number(session)?;
        match signal {
            Signal::Cancel => Ok(format!("db.killOp(the operation of connection {session})")),
            Signal::Kill => Err(unsupported()),
        }
    }

    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error> {
        let id = number(&target.session)?;
        if self.session.number() == Some(id) {
            return Err(Error::new(Code::Forbidden, "This connection is the one that asks."));
        }
        if signal == Signal::Kill {
            return Err(unsupported());
        }
        let Some(seen) = self.seen(&target.session).await? else { return Ok(Signalled::Gone) };
        let Some(operation) = &seen.statement_id else { return Ok(Signalled::Idle) };
        if target.statement_id.as_ref().is_some_and(|wanted| wanted != operation) {
            return Ok(Signalled::Another);
        }
        // The number of an operation on a shard is a text.
        let command = bson::document(|writer| {
            writer.int32("killOp", 1);
            match operation.parse::<i64>() {
                Ok(number) => writer.integer("op", number),
                Err(_) => writer.string("op", operation.trim_matches('"')),
            };
        });
        self.session.write("admin", &command).await?;
        let began = Instant::now();
        while began.elapsed() < SIGNAL_PATIENCE {
            match self.seen(&target.session).await? {
                Some(now) if now.statement_id.as_ref() == Some(operation) => {}
                _ => return Ok(Signalled::Done),
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Ok(Signalled::Accepted)
    }
}

fn unsupported() -> Error {
    Error::new(Code::Unsupported, "MongoDB has no command that ends another's connection.")
        .with_hint("Cancel what it runs instead.")
}
