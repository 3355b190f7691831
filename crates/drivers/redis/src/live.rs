//! Following channels, changes of keys and the commands of everybody, over connections of its own.
//!
//! In a cluster a message of a channel reaches every node, so that one connection hears it; changes of keys and commands are told
//! by the node they happen on, so that there is one connection to each master.

mod kinds;
mod stream;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use driver::{
    Code, Error, Live, ValueContext,
    live::{Following, LiveKind, LiveMessage, LiveWanted, Outlook},
};

use self::{
    kinds::{CHANNELS, KEYSPACE, MONITOR, SHARDS},
    stream::Stream,
};
use crate::{
    cluster::{Nodes, checked},
    connect::Opener,
    control::Words,
    error::broken,
    keys::text,
    types::Columns,
    wire::Value,
    words,
};

/// The setting that says which changes of keys are told.
const NOTIFY: &str = "notify-keyspace-events";

/// The facet.
pub(crate) struct Happening {
    nodes: Arc<Nodes>,
    opener: Arc<Opener>,
    version: u32,
    read_only: bool,
}

impl Happening {
    pub(crate) fn new(nodes: Arc<Nodes>, opener: Arc<Opener>, version: u32, read_only: bool) -> Self {
        Happening { nodes, opener, version, read_only }
    }

    fn may_write(&self) -> Result<(), Error> {
        match self.read_only {
            true => Err(Error::new(Code::Forbidden, "Refused: this connection is read-only.")),
            false => Ok(()),
        }
    }

    fn kind(&self, wanted: &LiveWanted) -> Result<LiveKind, Error> {
        self.kinds()
            .into_iter()
            .find(|kind| kind.id == wanted.kind)
            .ok_or_else(|| Error::new(Code::InvalidStatement, format!("This server has no {} to follow.", wanted.kind)))
    }

    /// The servers on which the setting must change, and to what.
    async fn silent(&self) -> Result<Vec<(route::Endpoint, String)>, Error> {
        let mut silent = Vec::new();
        for endpoint in self.nodes.masters().await? {
            let answer = self.nodes.at(&endpoint).ask(words!["CONFIG", "GET", NOTIFY]).await?;
            let flags = answer.at(NOTIFY).and_then(Value::text).unwrap_or_default();
            silent.extend(kinds::notifying(&flags).map(|wanted| (endpoint, wanted)));
        }
        Ok(silent)
    }

    fn setting(flags: &str) -> Words {
        words!["CONFIG", "SET", NOTIFY, flags]
    }

    fn message(message: &LiveMessage) -> Option<Words> {
        let command = match message.kind.as_str() {
            CHANNELS => "PUBLISH",
            SHARDS => "SPUBLISH",
            _ => return None,
        };
        Some(words![command, message.topic.as_str(), message.payload.as_slice()])
    }
}

#[async_trait]
impl Live for Happening {
    fn kinds(&self) -> Vec<LiveKind> {
        kinds::kinds(self.version)
    }

    async fn outlook(&self, wanted: &LiveWanted) -> Result<Outlook, Error> {
        self.kind(wanted)?;
        if wanted.kind != KEYSPACE {
            return Ok(Outlook::Ready);
        }
        let silent = match self.silent().await {
            Ok(silent) => silent,
            Err(error) if error.code == Code::Forbidden => {
                let why = format!(
                    "Whether the server tells of changes of keys may not be read with this login: {NOTIFY} must contain K \
                     and the classes of events."
                );
                return Ok(Outlook::Unknown { why });
            }
            Err(error) => return Err(error),
        };
        let Some((_, flags)) = silent.first() else { return Ok(Outlook::Ready) };
        let on = match (silent.len(), self.nodes.is_cluster()) {
            (1, true) => "on one master of the cluster",
            (_, true) => "on masters of the cluster",
            (_, false) => "on this server",
        };
        Ok(Outlook::Off {
            why: format!("Keyspace notifications are off {on}, so that nothing would be heard."),
            statement: Some(text(&Happening::setting(flags))),
        })
    }

    async fn switch_on(&self, wanted: &LiveWanted, statement: &str) -> Result<(), Error> {
        self.may_write()?;
        self.kind(wanted)?;
        let silent = if wanted.kind == KEYSPACE { self.silent().await? } else { Vec::new() };
        let shown = silent.first().map(|(_, flags)| text(&Happening::setting(flags)));
        if shown.as_deref() != Some(statement) {
            return Err(Error::new(Code::Conflict, "The setting has changed meanwhile. Nothing was sent.")
                .with_hint("Look at it again."));
        }
        for (endpoint, flags) in silent {
            self.nodes.at(&endpoint).ask(Happening::setting(&flags)).await?;
        }
        Ok(())
    }

    async fn follow(&self, wanted: &LiveWanted) -> Result<Following, Error> {
        let kind = self.kind(wanted)?;
        let limit = kind.limit.map(|limit| {
            let (usual, most) = (Duration::from_secs(limit.usual_s.into()), Duration::from_secs(limit.most_s.into()));
            wanted.limit.unwrap_or(usual).min(most)
        });
        let cluster = self.nodes.is_cluster() && wanted.kind == MONITOR;
        let columns = Columns::new(&kinds::columns(&wanted.kind, cluster), &[], true);
        let schema = columns.schema();
        let (nodes, opener) = (Arc::clone(&self.nodes), Arc::clone(&self.opener));
        let stream = Stream { nodes, opener, wanted: wanted.clone(), columns };
        let ears = stream.listen().await?;
        let (tell, events) = stream::channel();
        tokio::spawn(stream.tell(ears, tell, limit));
        Ok(Following { schema, context: ValueContext::default(), events })
    }

    fn publishing(&self, message: &LiveMessage) -> Option<String> {
        Happening::message(message).map(|words| text(&words))
    }

    async fn publish(&self, message: &LiveMessage) -> Result<Option<u64>, Error> {
        let words = Happening::message(message)
            .ok_or_else(|| Error::new(Code::Unsupported, "Nothing can be sent to what is followed here."))?;
        self.may_write()?;
        // Over a connection of its own: a message is never sent twice.
        let database = self.opener.database();
        let mut client = match (message.kind.as_str(), self.nodes.is_cluster()) {
            (SHARDS, true) => {
                let endpoint = self.nodes.of(message.topic.as_bytes()).await?;
                self.opener.open_at(&endpoint, "publish", database).await?
            }
            _ => self.opener.open("publish", database).await?,
        };
        let answer = checked(client.ask(&words).await.map_err(broken)?)?;
        client.close().await;
        Ok(answer.count())
    }
}
