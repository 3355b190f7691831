//! Some keys, by SCAN under a budget; in a cluster over all masters, one after another.

use driver::{
    Code, Error,
    keys::{KeyListing, KeyPage},
};
use route::Endpoint;

use super::kind_name;
use crate::{
    cluster::{Nodes, checked},
    control::Words,
    wire::Value,
    words,
};

/// Keys that one SCAN looks at: it holds the server up for as long.
const COUNT: u64 = 1000;

/// Where a scan is: at a server, and which servers it has been to. Written `cursor`, in a cluster
/// `cursor@host:port;host:port,…`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    cursor: u64,
    at: Option<String>,
    done: Vec<String>,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let Some((cursor, rest)) = text.split_once('@') else {
            return Some(Place { cursor: text.parse().ok()?, ..Place::default() });
        };
        let (at, done) = rest.split_once(';')?;
        let done = done.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect();
        Some(Place { cursor: cursor.parse().ok()?, at: Some(at.to_owned()), done })
    }

    fn text(&self) -> String {
        match &self.at {
            None => self.cursor.to_string(),
            Some(at) => format!("{}@{at};{}", self.cursor, self.done.join(",")),
        }
    }
}

/// Goes through the keys of all servers.
pub(super) struct Scan<'a> {
    nodes: &'a Nodes,
    place: Place,
    pattern: Option<&'a [u8]>,
    kind: Option<&'a str>,
}

impl<'a> Scan<'a> {
    /// From the beginning, over every key.
    pub(super) fn all(nodes: &'a Nodes) -> Self {
        Scan { nodes, place: Place::default(), pattern: None, kind: None }
    }

    /// The next keys, after at most `count` were looked at; `None` behind the last. A server that has gone away is an error or
    /// has a successor, never the end.
    ///
    /// # Errors
    /// Of the server that is asked.
    pub(super) async fn next(&mut self, count: u64) -> Result<Option<Vec<Vec<u8>>>, Error> {
        for _ in 0..2 {
            let Some(endpoint) = self.endpoint().await? else { return Ok(None) };
            let mut command: Words = words!["SCAN", self.place.cursor.to_string(), "COUNT", count.to_string()];
            if let Some(pattern) = self.pattern {
                command.extend(words!["MATCH", pattern]);
            }
            if let Some(kind) = self.kind {
                command.extend(words!["TYPE", kind]);
            }
            let answer = match self.nodes.at(&endpoint).ask(command).await {
                Ok(answer) => answer,
                // A cursor is of one server's own table: its successor begins anew.
                Err(error) if self.nodes.is_cluster() && error.native.is_none() => {
                    if self.nodes.lost(&endpoint).await? {
                        return Err(error);
                    }
                    (self.place.at, self.place.cursor) = (None, 0);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut parts = answer.into_list().into_iter();
            let (Some(cursor), Some(keys)) = (parts.next().and_then(|cursor| cursor.count()), parts.next()) else {
                return Err(Error::new(Code::Internal, "The server's answer to SCAN has no cursor."));
            };
            self.place.cursor = cursor;
            if cursor == 0 {
                self.place.done.push(endpoint.to_string());
                self.place.at = None;
            }
            return Ok(Some(keys.into_list().into_iter().filter_map(Value::into_bytes).collect()));
        }
        Err(Error::new(Code::Unreachable, "The cluster's masters change faster than they can be read.")
            .with_hint("Try again in a moment."))
    }

    /// The server to ask: the one the scan is at, or the next that it has not been to.
    async fn endpoint(&mut self) -> Result<Option<Endpoint>, Error> {
        let masters = self.nodes.masters().await?;
        if !self.nodes.is_cluster() {
            return Ok(masters.into_iter().next().filter(|_| self.place.done.is_empty()));
        }
        let named = |name: &str| masters.iter().find(|endpoint| endpoint.to_string() == name);
        if let Some(endpoint) = self.place.at.as_deref().and_then(named) {
            return Ok(Some(endpoint.clone()));
        }
        // It has just begun, or the server it was at is no master any more.
        self.place.cursor = 0;
        let next = masters.iter().find(|endpoint| !self.place.done.contains(&endpoint.to_string()));
        self.place.at = next.map(Endpoint::to_string);
        Ok(next.cloned())
    }

    /// Where to go on; `None` at the end.
    async fn place(&mut self) -> Result<Option<String>, Error> {
        Ok(self.endpoint().await?.map(|_| self.place.text()))
    }
}

/// One page.
pub(super) async fn page(nodes: &Nodes, listing: &KeyListing) -> Result<KeyPage, Error> {
    let place = match &listing.from {
        None => Place::default(),
        Some(text) => Place::read(text).filter(|place| place.at.is_some() == nodes.is_cluster()).ok_or_else(|| {
            Error::new(Code::InvalidStatement, "This is no place in a list of keys.").with_hint("Begin anew.")
        })?,
    };
    let kind = listing.kind.as_ref().map(kind_name);
    let mut scan = Scan { nodes, place, pattern: listing.pattern.as_deref(), kind };
    let mut page = KeyPage::default();
    while page.looked_at < listing.budget.max(1) {
        let count = (listing.budget.max(1) - page.looked_at).clamp(1, COUNT);
        let Some(keys) = scan.next(count).await? else { return Ok(page) };
        // As the server reckons: it may look at a few more or less.
        page.looked_at += count.max(keys.len() as u64);
        page.keys.extend(keys);
    }
    page.next = scan.place().await?;
    Ok(page)
}

/// The answers for each of these keys, asked of their servers in as few round trips as there are servers. `ask` gives the same
/// number of commands for every key.
///
/// # Errors
/// Where a server cannot be asked.
pub(super) async fn each(
    nodes: &Nodes,
    keys: &[&[u8]],
    ask: impl Fn(usize) -> Vec<Words>,
) -> Result<Vec<Vec<Value>>, Error> {
    let mut found: Vec<Vec<Value>> = vec![Vec::new(); keys.len()];
    let mut servers: Vec<(Endpoint, Vec<usize>)> = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let endpoint = nodes.of(key).await?;
        match servers.iter_mut().find(|(at, _)| *at == endpoint) {
            Some((_, places)) => places.push(index),
            None => servers.push((endpoint, vec![index])),
        }
    }
    for (endpoint, places) in servers {
        let commands: Vec<Words> = places.iter().flat_map(|place| ask(*place)).collect();
        let answers = match nodes.at(&endpoint).ask_all(&commands).await {
            Ok(answers) => answers,
            // Each is asked by itself: then a successor is found.
            Err(_) if nodes.is_cluster() => Vec::new(),
            Err(failure) => return Err(failure.into()),
        };
        let mut answers = answers.into_iter();
        for place in places {
            let own: Vec<Value> = answers.by_ref().take(ask(place).len()).collect();
            let moved =
                own.iter().any(|answer| answer.error().is_some_and(|said| nodes.redirected(said, &endpoint).is_some()));
            let missing = own.len() < ask(place).len();
            let own = match (moved || missing, keys.get(place)) {
                (true, Some(key)) => nodes.ask(key, &ask(place)).await?,
                _ => own,
            };
            if let Some(slot) = found.get_mut(place) {
                *slot = own;
            }
        }
    }
    Ok(found)
}

/// The first answer, or its refusal as an error.
pub(super) fn first(answers: &mut Vec<Value>) -> Result<Value, Error> {
    match answers.is_empty() {
        true => Err(Error::lost(crate::error::PRODUCT)),
        false => checked(answers.remove(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nonsense_is_none() {
        for text in ["0", "18446744073709551615", "7@a:1;", "7@[::1]:1;b:2,c:3"] {
            assert_eq!(Place::read(text).map(|place| place.text()).as_deref(), Some(text));
        }
        for nonsense in ["", "x", "-1", "1@a:1", "@a:1;", "1; DEL x"] {
            assert_eq!(Place::read(nonsense), None, "{nonsense}");
        }
    }
}
