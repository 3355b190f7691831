//! The commands the server took long for.
//!
//! Source: <https://redis.io/docs/latest/commands/slowlog-get/>.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    Code, Error, SlowLog,
    report::{Fact, FactUnit, SlowStatement, SlowStatements, Trend},
};

use crate::{
    cluster::{Nodes, checked},
    language::covered,
    session::quote,
    wire::Value,
    words,
};

/// The facet, over the control sessions of all servers.
pub(crate) struct SlowCommands {
    nodes: Arc<Nodes>,
    read_only: bool,
}

impl SlowCommands {
    pub(crate) fn new(nodes: Arc<Nodes>, read_only: bool) -> Self {
        SlowCommands { nodes, read_only }
    }
}

/// A setting as a fact.
fn setting(name: &str, value: &str) -> Fact {
    let (label, unit, about) = match name {
        "slowlog-log-slower-than" => {
            let about = "A command is kept where the server worked on it for longer; 0 keeps every command.";
            ("Kept from", FactUnit::Microseconds, about)
        }
        _ => ("Kept at most", FactUnit::Count, "The oldest goes where one more comes."),
    };
    Fact {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        unit,
        trend: Trend::None,
        about: Some(about.to_owned()),
        computed: None,
        minor: false,
    }
}

/// Whether the server cut this argument, or stands it in for others.
fn is_cut(argument: &[u8]) -> bool {
    let text = String::from_utf8_lossy(argument);
    text.ends_with("more bytes)") || text.starts_with("... (") && text.ends_with("more arguments)")
}

/// A word as a person would type it.
fn typed(word: &[u8]) -> String {
    if !word.is_empty() && word.iter().all(|byte| byte.is_ascii_graphic() && !b"\"'\\".contains(byte)) {
        return String::from_utf8_lossy(word).into_owned();
    }
    let mut out = Vec::new();
    quote(&mut out, word);
    String::from_utf8_lossy(&out).into_owned()
}

/// An entry: id, moment, microseconds, arguments, client's address and name.
fn entry(value: &Value, part: Option<&str>) -> Option<SlowStatement> {
    let parts = value.list();
    let arguments: Vec<&[u8]> = parts.get(3)?.list().iter().filter_map(Value::bytes).collect();
    let line = arguments.iter().map(|argument| typed(argument)).collect::<Vec<_>>().join(" ");
    let text = |index: usize| parts.get(index).and_then(Value::text).filter(|text| !text.is_empty());
    Some(SlowStatement {
        id: parts.first()?.integer()?.to_string(),
        part: part.map(str::to_owned),
        at_s: parts.get(1)?.count()?,
        took_us: parts.get(2)?.count()?,
        statement: covered(&line),
        cut: arguments.iter().any(|argument| is_cut(argument)),
        client: text(4),
        application: text(5),
    })
}

#[async_trait]
impl SlowLog for SlowCommands {
    async fn slow(&self, most: u32) -> Result<SlowStatements, Error> {
        let mut told = SlowStatements::default();
        for (index, endpoint) in self.nodes.masters().await?.into_iter().enumerate() {
            let part = self.nodes.is_cluster().then(|| endpoint.to_string());
            let asked = [words!["SLOWLOG", "GET", most.to_string()], words!["CONFIG", "GET", "slowlog-*"]];
            let mut answers = self.nodes.at(&endpoint).ask_all(&asked).await.map_err(Error::from)?.into_iter();
            let list = checked(answers.next().unwrap_or(Value::Null))?;
            told.statements.extend(list.list().iter().filter_map(|one| entry(one, part.as_deref())));
            if index > 0 {
                continue;
            }
            let settings = answers.next().unwrap_or(Value::Null);
            let names = ["slowlog-log-slower-than", "slowlog-max-len"];
            let values = names.map(|name| settings.at(name).and_then(Value::text));
            if let Value::Error(said) = &settings {
                told.unseen.push(format!("From when on a command is kept may not be read: {}", said.message));
            }
            told.off = match &values {
                [Some(limit), _] if limit.starts_with('-') => Some(
                    "No command is kept: slowlog-log-slower-than is negative. CONFIG SET slowlog-log-slower-than 10000 \
                     keeps what takes over 10 ms."
                        .to_owned(),
                ),
                [_, Some(length)] if length == "0" => {
                    Some("No command is kept: slowlog-max-len is 0. CONFIG SET slowlog-max-len 128 keeps 128.".to_owned())
                }
                _ => None,
            };
            let found = names.iter().zip(values).filter_map(|(name, value)| Some(setting(name, &value?)));
            told.thresholds.extend(found);
        }
        told.statements.sort_by_key(|one| std::cmp::Reverse(one.at_s));
        Ok(told)
    }

    fn forgetting(&self) -> String {
        "SLOWLOG RESET".to_owned()
    }

    async fn forget(&self) -> Result<(), Error> {
        if self.read_only {
            return Err(Error::new(Code::Forbidden, "Refused: this connection is read-only."));
        }
        for endpoint in self.nodes.masters().await? {
            self.nodes.at(&endpoint).ask(words!["SLOWLOG", "RESET"]).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn bytes(text: &str) -> Value {
        Value::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn an_entry_is_shown_as_it_was_kept_and_without_its_secrets() {
        let arguments = ["CONFIG", "SET", "requirepass", "s3cret", "... (12 more arguments)"].map(bytes);
        let head = [Value::Integer(14), Value::Integer(1_795_460_689), Value::Integer(15_000)];
        let tail = [Value::List(arguments.to_vec()), bytes("10.0.0.1:5"), bytes("")];
        let found = entry(&Value::List(head.into_iter().chain(tail).collect()), Some("db:1")).unwrap();
        assert_eq!((found.id.as_str(), found.took_us, found.cut), ("14", 15_000, true));
        assert!(!found.statement.contains("s3cret"), "{}", found.statement);
        assert!(found.statement.starts_with("CONFIG SET requirepass *** "), "{}", found.statement);
        assert_eq!(
            (found.client.as_deref(), found.application, found.part.as_deref()),
            (Some("10.0.0.1:5"), None, Some("db:1"))
        );
        assert_eq!(entry(&Value::Null, None), None);
        // Four parts is what servers before 4.0 tell.
        let old =
            Value::List(vec![Value::Integer(1), Value::Integer(2), Value::Integer(3), Value::List(vec![bytes("GET")])]);
        assert_eq!(entry(&old, None).unwrap().client, None);
        assert!(is_cut(b"aaa... (5 more bytes)") && !is_cut(b"GET"));
    }
}
