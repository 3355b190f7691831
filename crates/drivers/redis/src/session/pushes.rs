//! What the server says without being asked: messages of channels, and confirmations of subscriptions.

use std::collections::HashSet;

use driver::{Message, Severity};
use tokio::sync::broadcast;

use crate::{error::remark, wire::Value};

/// A subscription was begun or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// As the server says it: `subscribe`, `punsubscribe` …
    pub kind: String,
    /// The channel or pattern; `None` where there was none to leave.
    pub channel: Option<Vec<u8>>,
    /// Subscriptions there are now.
    pub left: i64,
}

/// What the session listens to.
#[derive(Debug, Default)]
pub(crate) struct Subscribed {
    channels: HashSet<Vec<u8>>,
    patterns: HashSet<Vec<u8>>,
    shards: HashSet<Vec<u8>>,
}

/// Bytes as text: the contract's messages are text.
fn text(value: Option<&Value>) -> String {
    value.and_then(Value::text).unwrap_or_default()
}

impl Subscribed {
    /// How many confirmations a command is answered with; `None` where it is no such command. `named` is how many channels it
    /// names.
    pub(super) fn expected(&self, command: &str, named: usize) -> Option<usize> {
        let all = |set: &HashSet<Vec<u8>>| if named > 0 { named } else { set.len().max(1) };
        Some(match command {
            "SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE" => named.max(1),
            "UNSUBSCRIBE" => all(&self.channels),
            "PUNSUBSCRIBE" => all(&self.patterns),
            "SUNSUBSCRIBE" => all(&self.shards),
            _ => return None,
        })
    }

    /// Takes a push: hands messages on, and gives back a confirmation.
    pub(super) fn hear(&mut self, push: Value, messages: &broadcast::Sender<Message>) -> Option<Confirmed> {
        let parts = push.list();
        let kind = text(parts.first());
        // Without a reader nobody misses it.
        let tell = |channel: String, payload: String, sender: Option<String>| {
            let _ = messages.send(Message::Notification { channel, payload, sender });
        };
        match kind.as_str() {
            "message" | "smessage" => tell(text(parts.get(1)), text(parts.get(2)), None),
            // What was subscribed to is the sender of what fits it.
            "pmessage" => tell(text(parts.get(2)), text(parts.get(3)), Some(text(parts.get(1)))),
            "invalidate" => {
                let keys = parts.get(1).map(Value::list).unwrap_or_default();
                let names: Vec<String> = keys.iter().filter_map(Value::text).collect();
                let what = if names.is_empty() { "all keys".to_owned() } else { names.join(", ") };
                let _ = messages.send(Message::Notice(remark(Severity::Info, format!("Changed by another: {what}."))));
            }
            "subscribe" | "psubscribe" | "ssubscribe" | "unsubscribe" | "punsubscribe" | "sunsubscribe" => {
                let channel = parts.get(1).cloned().and_then(Value::into_bytes);
                if let Some(channel) = &channel {
                    let set = match kind.trim_end_matches("subscribe") {
                        "p" | "pun" => &mut self.patterns,
                        "s" | "sun" => &mut self.shards,
                        _ => &mut self.channels,
                    };
                    if kind.contains("un") {
                        set.remove(channel)
                    } else {
                        set.insert(channel.clone())
                    };
                }
                let left = parts.get(2).and_then(Value::integer).unwrap_or(0);
                return Some(Confirmed { kind, channel, left });
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn push(parts: &[&str], count: i64) -> Value {
        let mut list: Vec<Value> = parts.iter().map(|part| Value::Text(part.as_bytes().to_vec())).collect();
        list.push(Value::Integer(count));
        Value::List(list)
    }

    #[test]
    fn confirmations_are_counted_and_messages_handed_on() {
        let (sender, mut receiver) = broadcast::channel(8);
        let mut subscribed = Subscribed::default();
        assert_eq!(subscribed.expected("SUBSCRIBE", 2), Some(2));
        assert_eq!(subscribed.expected("UNSUBSCRIBE", 0), Some(1));
        assert_eq!(subscribed.expected("GET", 1), None);
        for (index, channel) in ["a", "b"].iter().enumerate() {
            let confirmed = subscribed.hear(push(&["subscribe", channel], index as i64 + 1), &sender).unwrap();
            assert_eq!((confirmed.kind.as_str(), confirmed.left), ("subscribe", index as i64 + 1));
        }
        subscribed.hear(push(&["psubscribe", "a*"], 3), &sender);
        assert_eq!(subscribed.expected("UNSUBSCRIBE", 0), Some(2));
        assert_eq!(subscribed.expected("PUNSUBSCRIBE", 0), Some(1));
        subscribed.hear(push(&["unsubscribe", "a"], 2), &sender);
        assert_eq!(subscribed.expected("UNSUBSCRIBE", 0), Some(1));
        let list = ["pmessage", "a*", "ab", "hello"].map(|part| Value::Text(part.as_bytes().to_vec()));
        assert_eq!(subscribed.hear(Value::List(list.to_vec()), &sender), None);
        let Message::Notification { channel, payload, sender } = receiver.try_recv().unwrap() else { unreachable!() };
        assert_eq!((channel.as_str(), payload.as_str(), sender.as_deref()), ("ab", "hello", Some("a*")));
    }
}
