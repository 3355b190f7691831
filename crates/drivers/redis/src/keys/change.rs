//! One change of one key, under WATCH: what is there is compared with what was seen, and nothing is changed where it differs.

use std::collections::HashMap;

use driver::{
    Code, Error,
    keys::{Element, KeyChange},
};
use route::Endpoint;
use tokio::sync::Mutex;

use super::{
    Browsing, gone, kind,
    plan::{Seen, commands},
    read::entry,
};
use crate::{
    control::Words,
    error::{broken, refused},
    wire::{Client, Said, Value},
    words,
};

/// Bytes of a string that are compared at a time.
const CHUNK: usize = 1 << 20;
/// Most redirections.
const REDIRECTIONS: u32 = 16;

/// Connections for changes: none is shared with what reads, because WATCH and MULTI belong to a connection.
#[derive(Default)]
pub(super) struct Editing(Mutex<HashMap<Endpoint, Client>>);

/// Why a change was not made.
enum Refusal {
    /// The key is on another node.
    Elsewhere(Said),
    /// Anything else. `true` where the connection is of further use.
    Told(Box<Error>, bool),
}

impl From<crate::wire::Error> for Refusal {
    fn from(error: crate::wire::Error) -> Self {
        Refusal::Told(Box::new(broken(error)), false)
    }
}

fn told(error: Error) -> Refusal {
    Refusal::Told(Box::new(error), true)
}

fn conflict() -> Refusal {
    told(
        Error::new(Code::Conflict, "The key is not as it was seen: somebody else has changed it.")
            .with_hint("Nothing was changed. Read it anew."),
    )
}

fn there(what: &str) -> Refusal {
    told(Error::new(Code::AlreadyExists, format!("There is such a {what} already.")))
}

fn unfit() -> Refusal {
    told(Error::new(Code::Unsupported, "A value of this kind is not changed in this way."))
}

pub(super) async fn make(browsing: &Browsing, key: &[u8], change: &KeyChange) -> Result<(), Error> {
    let nodes = &browsing.nodes;
    let mut endpoint = nodes.of(key).await?;
    let mut asking = false;
    for _ in 0..=REDIRECTIONS {
        let mut client = connection(browsing, &endpoint).await?;
        let made = apply(&mut client, browsing, key, change, asking).await;
        let usable = !matches!(made, Err(Refusal::Told(_, false)));
        if usable {
            browsing.editing.0.lock().await.insert(endpoint.clone(), client);
        }
        match made {
            Ok(()) => return Ok(()),
            Err(Refusal::Told(error, _)) => return Err(*error),
            Err(Refusal::Elsewhere(said)) => match nodes.redirected(&said, &endpoint) {
                Some((to, ask)) => {
                    nodes.forget();
                    (endpoint, asking) = (to, ask);
                }
                None => return Err(refused(&said, &[])),
            },
        }
    }
    Err(Error::new(Code::Conflict, "The cluster's nodes send each other's keys around.").with_hint("Try again."))
}

/// A connection that works: nothing of a change is sent twice, so it is tried before.
async fn connection(browsing: &Browsing, endpoint: &Endpoint) -> Result<Client, Error> {
    let kept = browsing.editing.0.lock().await.remove(endpoint);
    if let Some(mut client) = kept.filter(|client| !client.is_hung_up())
        && client.ask(&["PING"]).await.is_ok()
    {
        return Ok(client);
    }
    browsing.opener.open_at(endpoint, "edit", browsing.opener.database()).await
}

async fn apply(
    client: &mut Client,
    browsing: &Browsing,
    key: &[u8],
    change: &KeyChange,
    asking: bool,
) -> Result<(), Refusal> {
    if asking {
        // A slot that is on its way is asked for before each command: what watches over a key cannot be.
        return Err(told(
            Error::new(Code::Conflict, "The key is on its way to another node.").with_hint("Try again in a moment."),
        ));
    }
    if *change == KeyChange::Expire(Some(0)) {
        return Err(told(
            Error::new(Code::InvalidStatement, "A time to live is more than nothing.")
                .with_hint("Delete the key instead."),
        ));
    }
    asked(client, words!["WATCH", key]).await?;
    let seen = match compare(client, browsing, key, change).await {
        Ok(seen) => seen,
        Err(refusal @ Refusal::Told(_, false)) => return Err(refusal),
        Err(refusal) => {
            client.ask(&["UNWATCH"]).await?;
            return Err(refusal);
        }
    };
    let commands = commands(key, change, &seen);
    let mut sent: Vec<Words> = vec![words!["MULTI"]];
    sent.extend(commands);
    sent.push(words!["EXEC"]);
    let mut answers = client.ask_all(&sent).await?;
    let done = answers.pop().unwrap_or(Value::Null);
    // A command that was refused when it was queued says why; EXEC only says that there was one.
    if let Some(said) = answers.iter().find_map(Value::error) {
        return Err(redirected(said));
    }
    match done {
        Value::Null => Err(conflict()),
        Value::Error(said) => Err(redirected(&said)),
        Value::List(replies) => {
            if let Some(said) = replies.iter().find_map(Value::error) {
                return Err(told(refused(said, &[])));
            }
            let none = replies.first().and_then(Value::integer) == Some(0);
            match change {
                KeyChange::Rename(_) if none => Err(there("key")),
                KeyChange::Expire(Some(_)) | KeyChange::Delete(_) if none => Err(told(gone())),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn redirected(said: &Said) -> Refusal {
    match said.code.as_str() {
        "MOVED" | "ASK" => Refusal::Elsewhere(said.clone()),
        _ => told(refused(said, &[])),
    }
}

async fn asked(client: &mut Client, words: Words) -> Result<Value, Refusal> {
    match client.ask(&words).await? {
        Value::Error(said) => Err(redirected(&said)),
        value => Ok(value),
    }
}

/// Compares what is there with what was seen.
async fn compare(client: &mut Client, browsing: &Browsing, key: &[u8], change: &KeyChange) -> Result<Seen, Refusal> {
    let held = asked(client, words!["TYPE", key]).await?.text().unwrap_or_default();
    let held = kind(&held);
    let mut seen = Seen { mark: mark(), ..Seen::default() };
    match (change, held) {
        (KeyChange::Create { .. }, None) => {}
        (KeyChange::Create { .. }, Some(_)) => return Err(there("key")),
        (_, None) => return Err(told(gone())),
        (KeyChange::Delete(kind), Some(held)) if *kind != held => return Err(conflict()),
        (KeyChange::Replace { seen: before, .. }, Some(held)) => {
            seen.json = held == driver::keys::KeyKind::Json;
            same_bytes(client, key, before, seen.json).await?;
        }
        (KeyChange::Put { seen: before, new }, Some(_)) => put(client, browsing, key, before, new, &mut seen).await?,
        (KeyChange::Add(element), Some(_)) => absent(client, key, element).await?,
        (KeyChange::Remove(element), Some(_)) => same(client, key, element).await?,
        (KeyChange::Rename(_) | KeyChange::Expire(_) | KeyChange::Delete(_), Some(_)) => {}
    }
    Ok(seen)
}

/// What no item of a list will be like.
fn mark() -> Vec<u8> {
    format!("rowhouse-removed-{}", driver::RunId::new().0).into_bytes()
}

/// Compares a string part by part, so that it is not held twice.
async fn same_bytes(client: &mut Client, key: &[u8], before: &[u8], json: bool) -> Result<(), Refusal> {
    if json {
        let now = asked(client, words!["JSON.GET", key]).await?;
        return if now.bytes() == Some(before) { Ok(()) } else { Err(conflict()) };
    }
    let length = asked(client, words!["STRLEN", key]).await?.count();
    if length != Some(before.len() as u64) {
        return Err(conflict());
    }
    for (index, chunk) in before.chunks(CHUNK).enumerate() {
        let start = index * CHUNK;
        let end = start + chunk.len() - 1;
        let now = asked(client, words!["GETRANGE", key, start.to_string(), end.to_string()]).await?;
        if now.bytes() != Some(chunk) {
            return Err(conflict());
        }
    }
    Ok(())
}

/// Whether an element is there as it was seen.
async fn same(client: &mut Client, key: &[u8], element: &Element) -> Result<(), Refusal> {
    let (words, before) = match element {
        Element::Field { name, value, .. } => (words!["HGET", key, name.as_slice()], value.as_slice()),
        Element::Item(place, value) => (words!["LINDEX", key, place.to_string()], value.as_slice()),
        Element::Member(member) => {
            let is = asked(client, words!["SISMEMBER", key, member.as_slice()]).await?;
            return if is.integer() == Some(1) { Ok(()) } else { Err(conflict()) };
        }
        Element::Scored(member, score) => {
            let now = asked(client, words!["ZSCORE", key, member.as_slice()]).await?.text();
            let number = |text: &str| text.parse::<f64>().ok();
            let same = now.is_some_and(|now| now == *score || number(&now).is_some() && number(&now) == number(score));
            return if same { Ok(()) } else { Err(conflict()) };
        }
        Element::Entry(id, _) => {
            let now = asked(client, words!["XRANGE", key, id.as_str(), id.as_str()]).await?;
            let now = now.into_list().into_iter().next().and_then(entry);
            return if now.as_ref() == Some(element) { Ok(()) } else { Err(conflict()) };
        }
        Element::Bytes(_) | Element::Counted(_) => return Err(unfit()),
    };
    let now = asked(client, words).await?;
    if now.bytes() == Some(before) { Ok(()) } else { Err(conflict()) }
}

/// Whether an element is not there yet.
async fn absent(client: &mut Client, key: &[u8], element: &Element) -> Result<(), Refusal> {
    let (words, what) = match element {
        Element::Field { name, .. } => (words!["HEXISTS", key, name.as_slice()], "field"),
        Element::Member(member) => (words!["SISMEMBER", key, member.as_slice()], "member"),
        Element::Scored(member, _) => (words!["ZSCORE", key, member.as_slice()], "member"),
        // A list takes anything, and a stream refuses by itself an id that is not the greatest.
        Element::Item(..) | Element::Entry(..) => return Ok(()),
        Element::Counted(_) => return counts(client, key).await,
        Element::Bytes(_) => return Err(unfit()),
    };
    match asked(client, words).await? {
        Value::Null | Value::Integer(0) => Ok(()),
        _ => Err(there(what)),
    }
}

/// Whether a string counts: `PFADD` itself refuses only some of those that do not.
async fn counts(client: &mut Client, key: &[u8]) -> Result<(), Refusal> {
    match asked(client, words!["GETRANGE", key, "0", "3"]).await?.bytes() {
        Some(b"HYLL") => Ok(()),
        _ => Err(unfit()),
    }
}

async fn put(
    client: &mut Client,
    browsing: &Browsing,
    key: &[u8],
    before: &Element,
    new: &Element,
    seen: &mut Seen,
) -> Result<(), Refusal> {
    let elsewhere = || told(Error::new(Code::InvalidStatement, "What is replaced keeps its field or its place."));
    same(client, key, before).await?;
    match (before, new) {
        (Element::Field { name, .. }, Element::Field { name: other, .. }) if name == other => {
            if browsing.language.has("HPEXPIRETIME") {
                let ends = asked(client, words!["HPEXPIRETIME", key, "FIELDS", "1", name.as_slice()]).await?;
                seen.field_ends = ends.list().first().and_then(Value::count);
            }
            Ok(())
        }
        (Element::Item(place, _), Element::Item(other, _)) if place == other => Ok(()),
        (Element::Field { .. }, Element::Field { .. }) | (Element::Item(..), Element::Item(..)) => Err(elsewhere()),
        (Element::Member(one), Element::Member(other)) | (Element::Scored(one, _), Element::Scored(other, _)) => {
            if one == other { Ok(()) } else { absent(client, key, new).await }
        }
        _ => Err(unfit()),
    }
}
