//! The servers that hold the keys: one, or the masters of a cluster, found by the slot of a key.
//!
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use driver::{Code, Error};
use route::Endpoint;

use crate::{
    connect::{Opener, node},
    control::{ControlSession, Words},
    error::refused,
    wire::{Said, Value},
    words,
};

/// Slots of a cluster.
const SLOTS: u16 = 16_384;
/// Most redirections of one question, as the server's own client has it.
const REDIRECTIONS: u32 = 16;

/// Who holds which slots.
#[derive(Debug, Default, Clone)]
struct Map {
    /// First slot, last slot, master.
    ranges: Vec<(u16, u16, Endpoint)>,
}

/// The servers of a connection.
pub(crate) struct Nodes {
    opener: Arc<Opener>,
    main: Arc<ControlSession>,
    map: Mutex<Map>,
    sessions: Mutex<HashMap<Endpoint, Arc<ControlSession>>>,
}

/// The slot of a key: CRC16 (XMODEM) of it, or of what stands between its first braces.
pub(crate) fn slot(key: &[u8]) -> u16 {
    let tag = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let rest = key.get(open + 1..)?;
        let close = rest.iter().position(|byte| *byte == b'}').filter(|length| *length > 0)?;
        rest.get(..close)
    });
    let crc = tag.unwrap_or(key).iter().fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    });
    crc % SLOTS
}

impl Nodes {
    pub(crate) fn new(opener: Arc<Opener>, main: Arc<ControlSession>) -> Self {
        Nodes { opener, main, map: Mutex::default(), sessions: Mutex::default() }
    }

    /// Whether keys are in several servers.
    pub(crate) fn is_cluster(&self) -> bool {
        self.opener.is_cluster()
    }

    /// The session of one server.
    pub(crate) fn at(&self, endpoint: &Endpoint) -> Arc<ControlSession> {
        if !self.is_cluster() {
            return Arc::clone(&self.main);
        }
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(ControlSession::at(Arc::clone(&self.opener), endpoint.clone()));
        Arc::clone(sessions.entry(endpoint.clone()).or_insert_with(made))
    }

    /// The masters, in the order of their slots; the one server where it is no cluster.
    ///
    /// # Errors
    /// Where no node tells the map.
    pub(crate) async fn masters(&self) -> Result<Vec<Endpoint>, Error> {
        if !self.is_cluster() {
            return Ok(vec![self.main.endpoint()]);
        }
        let known = self.known();
        let map = if known.ranges.is_empty() { self.refresh().await? } else { known };
        let mut masters: Vec<Endpoint> = Vec::new();
        for (_, _, endpoint) in map.ranges {
            if !masters.contains(&endpoint) {
                masters.push(endpoint);
            }
        }
        Ok(masters)
    }

    /// The server of a key.
    ///
    /// # Errors
    /// As [`Nodes::masters`]; `Unreachable` where nobody serves its slot.
    pub(crate) async fn of(&self, key: &[u8]) -> Result<Endpoint, Error> {
        if !self.is_cluster() {
            return Ok(self.main.endpoint());
        }
        let slot = slot(key);
        let find = |map: &Map| {
            map.ranges.iter().find(|(first, last, _)| (*first..=*last).contains(&slot)).map(|(_, _, at)| at.clone())
        };
        if let Some(endpoint) = find(&self.known()) {
            return Ok(endpoint);
        }
        find(&self.refresh().await?).ok_or_else(|| {
            Error::new(Code::Unreachable, format!("No node of the cluster serves slot {slot}."))
                .with_hint("CLUSTER INFO tells the state of the cluster.")
        })
    }

    fn known(&self) -> Map {
        self.map.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the map anew, from whichever node tells it.
    ///
    /// # Errors
    /// Of the last node that was asked.
    async fn refresh(&self) -> Result<Map, Error> {
        let mut nodes: Vec<Endpoint> = Vec::new();
        for (_, _, endpoint) in self.known().ranges {
            if !nodes.contains(&endpoint) {
                nodes.push(endpoint);
            }
        }
        let mut sessions = vec![Arc::clone(&self.main)];
        sessions.extend(nodes.iter().map(|endpoint| self.at(endpoint)));
        let mut failed = Error::new(Code::Unreachable, "No node of the cluster answers.");
        for session in sessions {
            match session.ask(words!["CLUSTER", "SLOTS"]).await {
                Ok(slots) => {
                    let map = Map { ranges: ranges(&slots, &session.endpoint()) };
                    *self.map.lock().unwrap_or_else(PoisonError::into_inner) = map.clone();
                    return Ok(map);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// Reads the map anew after a node did not answer; whether that node is still a master.
    ///
    /// # Errors
    /// Where no node tells the map.
    pub(crate) async fn lost(&self, endpoint: &Endpoint) -> Result<bool, Error> {
        let map = self.refresh().await?;
        Ok(map.ranges.iter().any(|(_, _, at)| at == endpoint))
    }

    /// Asks the server of a key, wherever it has moved. Refusals are among the answers. Everything in `commands` only reads.
    ///
    /// # Errors
    /// Where no server can be asked.
    pub(crate) async fn ask(&self, key: &[u8], commands: &[Words]) -> Result<Vec<Value>, Error> {
        let mut endpoint = self.of(key).await?;
        let mut asking = false;
        for _ in 0..=REDIRECTIONS {
            let session = self.at(&endpoint);
            let asked: Vec<Words> = match asking {
                false => commands.to_vec(),
                true => commands.iter().flat_map(|command| [words!["ASKING"], command.clone()]).collect(),
            };
            let answers = match session.ask_all(&asked).await {
                Ok(answers) => answers,
                Err(failure) if self.is_cluster() => {
                    // Somebody else may be the master by now.
                    if self.lost(&endpoint).await? {
                        return Err(failure.into());
                    }
                    endpoint = self.of(key).await?;
                    continue;
                }
                Err(failure) => return Err(failure.into()),
            };
            let answers: Vec<Value> = match asking {
                false => answers,
                true => answers.into_iter().skip(1).step_by(2).collect(),
            };
            match answers.iter().find_map(|answer| self.redirected(answer.error()?, &endpoint)) {
                Some((to, ask)) => {
                    if !ask {
                        self.refresh().await?;
                    }
                    (endpoint, asking) = (to, ask);
                }
                None => return Ok(answers),
            }
        }
        Err(Error::new(Code::Conflict, "The cluster's nodes send each other's keys around.")
            .with_hint("Try again in a moment."))
    }

    /// Where an error of a cluster's node sends who asked, and whether only for now.
    pub(crate) fn redirected(&self, said: &Said, asked: &Endpoint) -> Option<(Endpoint, bool)> {
        let asking = said.code == "ASK";
        if !self.is_cluster() || !(asking || said.code == "MOVED") {
            return None;
        }
        Some((self.opener.redirected(&said.message, asked)?, asking))
    }

    /// Forgets the map, so that it is read anew.
    pub(crate) fn forget(&self) {
        *self.map.lock().unwrap_or_else(PoisonError::into_inner) = Map::default();
    }

    /// The sum of a number that each master tells.
    ///
    /// # Errors
    /// Of any master: part of a sum would be wrong.
    pub(crate) async fn sum(&self, words: Words) -> Result<u64, Error> {
        let mut sum = 0;
        for endpoint in self.masters().await? {
            let counted = self.at(&endpoint).ask(words.clone()).await;
            let counted = match counted {
                Err(error) if self.is_cluster() && error.native.is_none() => {
                    self.forget();
                    Err(error)
                }
                counted => counted,
            };
            sum += counted?.count().unwrap_or(0);
        }
        Ok(sum)
    }
}

/// The ranges that CLUSTER SLOTS tells: first, last, master, replicas.
fn ranges(slots: &Value, asked: &Endpoint) -> Vec<(u16, u16, Endpoint)> {
    let range = |range: &Value| {
        let parts = range.list();
        let bound = |index: usize| parts.get(index)?.integer().and_then(|slot| u16::try_from(slot).ok());
        let master = parts.get(2)?.list();
        let (host, port) = (master.first().and_then(Value::text).unwrap_or_default(), master.get(1)?.integer()?);
        Some((bound(0)?, bound(1)?, node(&format!("{host}:{port}"), asked)?))
    };
    slots.list().iter().filter_map(range).collect()
}

/// A refusal as an error; anything else as it is.
pub(crate) fn checked(value: Value) -> Result<Value, Error> {
    match value {
        Value::Error(said) => Err(refused(&said, &[])),
        value => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        for (key, wanted) in [("123456789", 0x31c3), ("foo", 12182), ("{user1000}.following", 3443), ("", 0)] {
            assert_eq!(slot(key.as_bytes()), wanted % SLOTS, "{key}");
        }
        assert_eq!(slot(b"foo{}{bar}"), slot(b"foo{}{bar}"));
        assert_ne!(slot(b"foo{}{bar}"), slot(b"bar"), "empty braces are no tag");
        assert_eq!(slot(b"foo{{bar}}zap"), slot(b"{bar"));
        assert_eq!(slot(b"{a}1"), slot(b"{a}2"));
    }
}
