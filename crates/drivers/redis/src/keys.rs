//! Browsing and changing keys ([`driver::Keys`]). Listing is by SCAN and never by KEYS; values are read by windows; a change is
//! made on a connection of its own, under WATCH, against what was seen.

mod change;
mod facts;
mod groups;
mod list;
mod plan;
mod read;
mod sample;

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    Code, Error, Keys,
    keys::{KeyChange, KeyFacts, KeyKind, KeyListing, KeyPage, KeySample, StreamGroup, ValuePart, ValueWindow},
};

use crate::{
    cluster::{Nodes, checked, slot},
    connect::Opener,
    control::Words,
    language::RedisCommands,
    words,
};

pub(crate) use plan::text;

/// Keys of one UNLINK.
const UNLINKED: usize = 500;

/// The facet.
pub(crate) struct Browsing {
    nodes: Arc<Nodes>,
    opener: Arc<Opener>,
    language: Arc<RedisCommands>,
    read_only: bool,
    editing: change::Editing,
}

impl Browsing {
    pub(crate) fn new(nodes: Arc<Nodes>, opener: Arc<Opener>, language: Arc<RedisCommands>, read_only: bool) -> Self {
        let editing = change::Editing::default();
        Browsing { nodes, opener, language, read_only, editing }
    }

    fn may_write(&self) -> Result<(), Error> {
        match self.read_only {
            true => Err(Error::new(Code::Forbidden, "Refused: this connection is read-only.")),
            false => Ok(()),
        }
    }
}

/// The kind that TYPE tells; `None` for a key that is not there.
fn kind(name: &str) -> Option<KeyKind> {
    Some(match name {
        "none" => return None,
        "string" => KeyKind::String,
        "hash" => KeyKind::Hash,
        "list" => KeyKind::List,
        "set" => KeyKind::Set,
        "zset" => KeyKind::SortedSet,
        "stream" => KeyKind::Stream,
        "ReJSON-RL" => KeyKind::Json,
        other => KeyKind::Other(other.to_owned()),
    })
}

/// The name that TYPE and SCAN have for a kind.
fn kind_name(kind: &KeyKind) -> &str {
    match kind {
        KeyKind::String => "string",
        KeyKind::Hash => "hash",
        KeyKind::List => "list",
        KeyKind::Set => "set",
        KeyKind::SortedSet => "zset",
        KeyKind::Stream => "stream",
        KeyKind::Json => "ReJSON-RL",
        KeyKind::Other(name) => name,
    }
}

fn gone() -> Error {
    Error::new(Code::NotFound, "The key is not there any more.").with_hint("It was deleted, or its time was over.")
}

#[async_trait]
impl Keys for Browsing {
    async fn count(&self) -> Result<u64, Error> {
        self.nodes.sum(words!["DBSIZE"]).await
    }

    async fn list(&self, listing: &KeyListing) -> Result<KeyPage, Error> {
        list::page(&self.nodes, listing).await
    }

    async fn facts(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<KeyFacts>>, Error> {
        facts::read(&self.nodes, keys).await
    }

    async fn read(&self, key: &[u8], kind: &KeyKind, window: &ValueWindow) -> Result<ValuePart, Error> {
        read::part(&self.nodes, &self.language, key, kind, window).await
    }

    async fn change(&self, key: &[u8], change: &KeyChange) -> Result<(), Error> {
        self.may_write()?;
        change::make(self, key, change).await
    }

    fn describe(&self, key: &[u8], change: &KeyChange) -> Vec<String> {
        plan::commands(key, change, &plan::Seen::default()).iter().map(|words| plan::text(words)).collect()
    }

    async fn remove(&self, keys: &[Vec<u8>]) -> Result<u64, Error> {
        self.may_write()?;
        let mut removed = 0;
        for chunk in keys.chunks(UNLINKED) {
            // Keys of one command must be in one slot.
            let mut groups: std::collections::BTreeMap<u16, Vec<&Vec<u8>>> = std::collections::BTreeMap::new();
            for key in chunk {
                let group = if self.nodes.is_cluster() { slot(key) } else { 0 };
                groups.entry(group).or_default().push(key);
            }
            for group in groups.into_values() {
                let Some(first) = group.first().copied() else { continue };
                let mut command: Words = words!["UNLINK"];
                command.extend(group.iter().map(|key| (*key).clone()));
                let answer = self.nodes.ask(first, &[command]).await?.pop();
                removed += checked(answer.ok_or_else(|| Error::lost(crate::error::PRODUCT))?)?.count().unwrap_or(0);
            }
        }
        Ok(removed)
    }

    async fn sample(&self, separator: &[u8], budget: u64) -> Result<KeySample, Error> {
        sample::take(&self.nodes, separator, budget).await
    }

    async fn groups(&self, key: &[u8]) -> Result<Vec<StreamGroup>, Error> {
        groups::read(&self.nodes, key).await
    }
}
