//! What can be followed, and over which connections.

use driver::{
    Code, Error,
    live::{LiveKind, LiveLimit, LiveTopic, LiveWanted},
};
use route::Endpoint;

use crate::{cluster::Nodes, control::Words, session::MONITORED, words};

pub(super) const CHANNELS: &str = "channels";
pub(super) const SHARDS: &str = "sharded_channels";
pub(super) const KEYSPACE: &str = "keyspace";
pub(super) const MONITOR: &str = "monitor";

/// How long MONITOR runs.
const LIMIT: LiveLimit = LiveLimit { usual_s: 30, most_s: 600 };
/// The first release with sharded channels.
const SHARDED: u32 = 70_000;

/// What a server of this version offers.
pub(super) fn kinds(version: u32) -> Vec<LiveKind> {
    let channels = LiveKind {
        id: CHANNELS.to_owned(),
        label: "Channels".to_owned(),
        about: "Messages that are published, of all databases. What was sent before is not kept by the server."
            .to_owned(),
        topic: Some(LiveTopic {
            label: "Channels".to_owned(),
            placeholder: "orders.* news".to_owned(),
            initial: "*".to_owned(),
            about: "Names or patterns with * ? and [ ], separated by blanks.".to_owned(),
            optional: false,
            several: true,
        }),
        publishes: true,
        ..LiveKind::default()
    };
    let shards = LiveKind {
        id: SHARDS.to_owned(),
        label: "Sharded channels".to_owned(),
        about: "Messages of channels that stay on the node of their slot.".to_owned(),
        topic: Some(LiveTopic {
            label: "Sharded channels".to_owned(),
            placeholder: "orders".to_owned(),
            about: "Names, separated by blanks: there are no patterns.".to_owned(),
            several: true,
            ..LiveTopic::default()
        }),
        publishes: true,
        ..LiveKind::default()
    };
    let keyspace = LiveKind {
        id: KEYSPACE.to_owned(),
        label: "Keyspace notifications".to_owned(),
        about: "Commands that change keys of this database, and keys that expire: the key and what happened to it."
            .to_owned(),
        topic: Some(LiveTopic {
            label: "Keys".to_owned(),
            placeholder: "session:*".to_owned(),
            initial: "*".to_owned(),
            about: "Names or patterns with * ? and [ ], separated by blanks.".to_owned(),
            optional: false,
            several: true,
        }),
        ..LiveKind::default()
    };
    let monitor = LiveKind {
        id: MONITOR.to_owned(),
        label: "Every command (MONITOR)".to_owned(),
        about: "Every command of every client, of all databases, as the server works on it.".to_owned(),
        caution: Some(
            "MONITOR makes the server copy every command to this connection: a busy server may lose half of its throughput \
             meanwhile. It shows what others write, values included. It ends by itself."
                .to_owned(),
        ),
        limit: Some(LIMIT),
        ..LiveKind::default()
    };
    let mut kinds = vec![channels, keyspace, monitor];
    if version >= SHARDED {
        kinds.insert(1, shards);
    }
    kinds
}

/// What one connection is told to listen to.
#[derive(Debug)]
pub(super) struct Source {
    /// `None` is any server of the place.
    pub(super) endpoint: Option<Endpoint>,
    pub(super) commands: Vec<Words>,
    /// How many confirmations come before it listens.
    pub(super) confirmations: usize,
    /// Which server, where there are several.
    pub(super) part: Option<String>,
}

/// The columns of a kind.
pub(super) fn columns(kind: &str, cluster: bool) -> Vec<&'static str> {
    match kind {
        CHANNELS => vec!["received", "channel", "message", "pattern"],
        SHARDS => vec!["received", "channel", "message"],
        KEYSPACE => vec!["received", "key", "event", "database"],
        _ => MONITORED.iter().copied().chain(cluster.then_some("node")).collect(),
    }
}

/// Whether it is a pattern.
fn is_pattern(topic: &str) -> bool {
    topic.contains(['*', '?', '[', '\\'])
}

/// The channel on which the server tells what happens to keys of a database.
pub(super) fn keyspace_prefix(database: u32) -> String {
    format!("__keyspace@{database}__:")
}

fn subscription(command: &str, topics: &[String]) -> Option<(Words, usize)> {
    let mut words = words![command];
    words.extend(topics.iter().map(|topic| topic.as_bytes().to_vec()));
    (!topics.is_empty()).then_some((words, topics.len()))
}

/// The connections that are needed now: where keys are, or were, may change.
///
/// # Errors
/// `InvalidStatement` for a kind that is none, or that wants a topic and has none; as reading the map of a cluster.
pub(super) async fn sources(nodes: &Nodes, wanted: &LiveWanted, database: u32) -> Result<Vec<Source>, Error> {
    let missing = || Error::new(Code::InvalidStatement, "What is to be followed is missing.");
    if wanted.kind != MONITOR && wanted.topics.iter().all(|topic| topic.is_empty()) {
        return Err(missing().with_hint("Name a channel or a key; * is all of them."));
    }
    let source = |endpoint: Option<Endpoint>, parts: Vec<(Words, usize)>| {
        let part = endpoint.as_ref().filter(|_| nodes.is_cluster()).map(Endpoint::to_string);
        let (commands, counts): (Vec<Words>, Vec<usize>) = parts.into_iter().unzip();
        Source { endpoint, commands, confirmations: counts.iter().sum(), part }
    };
    let everywhere = async |parts: Vec<(Words, usize)>| -> Result<Vec<Source>, Error> {
        match nodes.is_cluster() {
            false => Ok(vec![source(None, parts)]),
            true => {
                let masters = nodes.masters().await?;
                Ok(masters.into_iter().map(|endpoint| source(Some(endpoint), parts.clone())).collect())
            }
        }
    };
    match wanted.kind.as_str() {
        CHANNELS => {
            let (patterns, names): (Vec<String>, Vec<String>) =
                wanted.topics.iter().cloned().partition(|topic| is_pattern(topic));
            let parts = [subscription("PSUBSCRIBE", &patterns), subscription("SUBSCRIBE", &names)];
            Ok(vec![source(None, parts.into_iter().flatten().collect())])
        }
        SHARDS => {
            let mut sources: Vec<Source> = Vec::new();
            for topic in &wanted.topics {
                let endpoint = match nodes.is_cluster() {
                    true => Some(nodes.of(topic.as_bytes()).await?),
                    false => None,
                };
                // One command each: channels of two slots are refused together.
                let command = words!["SSUBSCRIBE", topic.as_str()];
                match sources.iter_mut().find(|one| one.endpoint == endpoint) {
                    Some(one) => {
                        one.commands.push(command);
                        one.confirmations += 1;
                    }
                    None => sources.push(source(endpoint, vec![(command, 1)])),
                }
            }
            Ok(sources)
        }
        KEYSPACE => {
            let prefix = keyspace_prefix(database);
            let patterns: Vec<String> = wanted.topics.iter().map(|topic| format!("{prefix}{topic}")).collect();
            everywhere(subscription("PSUBSCRIBE", &patterns).into_iter().collect()).await
        }
        MONITOR => everywhere(vec![(words!["MONITOR"], 1)]).await,
        other => Err(Error::new(Code::InvalidStatement, format!("There is no {other} to follow."))),
    }
}

/// What the setting must become so that changes of keys are told; `None` where they are.
pub(super) fn notifying(flags: &str) -> Option<String> {
    let classes = |flag: char| !"KE".contains(flag);
    match (flags.contains('K'), flags.chars().any(classes)) {
        (true, true) => None,
        (true, false) => Some(format!("{flags}A")),
        (false, true) => Some(format!("K{flags}")),
        (false, false) => Some(format!("K{flags}A")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_in_the_setting_is_added_to_what_is_there() {
        for (flags, wanted) in
            [("", Some("KA")), ("E", Some("KEA")), ("Ex", Some("KEx")), ("K", Some("KA")), ("AK", None), ("xKE", None)]
        {
            assert_eq!(notifying(flags).as_deref(), wanted, "{flags}");
        }
    }

    #[test]
    fn only_servers_with_sharded_channels_offer_them() {
        let ids = |version: u32| kinds(version).into_iter().map(|kind| kind.id).collect::<Vec<_>>();
        assert_eq!(ids(60_200), [CHANNELS, KEYSPACE, MONITOR]);
        assert_eq!(ids(70_000), [CHANNELS, SHARDS, KEYSPACE, MONITOR]);
        assert!(is_pattern("a*") && is_pattern("a[b]") && !is_pattern("orders:1"));
    }
}
