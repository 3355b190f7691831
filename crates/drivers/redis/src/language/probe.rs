//! What the server tells of its commands: `COMMAND` and, from 7.0 on, `COMMAND DOCS`.
//!
//! Source: <https://redis.io/docs/latest/commands/command/>, <https://redis.io/docs/latest/commands/command-docs/>.

use std::collections::BTreeMap;

use crate::wire::Value;

/// All that was told. Empty where no server was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Whether a server was asked: then a command that is not here is none of its.
    pub probed: bool,
    /// By name in lower case.
    pub commands: BTreeMap<String, Spec>,
}

/// One command or subcommand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    pub write: bool,
    pub readonly: bool,
    /// Place of the first key, 0 for none.
    pub first_key: i64,
    /// Place of the last key; negative counts from the end.
    pub last_key: i64,
    pub key_step: i64,
    /// By name in lower case.
    pub subcommands: BTreeMap<String, Spec>,
    pub summary: Option<String>,
    pub arguments: Vec<Argument>,
}

/// One argument.
#[derive(Debug, Clone, Default)]
pub(crate) struct Argument {
    /// What stands for it (`key`, `seconds`).
    pub name: String,
    /// `block`, `oneof`, `pure-token`, `key`, `integer` …
    pub kind: String,
    /// The word before it, or all of it.
    pub token: Option<String>,
    pub optional: bool,
    pub multiple: bool,
    pub multiple_token: bool,
    /// Of a block or a choice.
    pub arguments: Vec<Argument>,
}

/// What is asked, at once.
pub(crate) fn questions() -> Vec<Vec<&'static str>> {
    vec![vec!["COMMAND"], vec!["COMMAND", "DOCS"]]
}

impl Known {
    /// Reads the answers to [`questions`].
    pub(crate) fn read(commands: &Value, docs: &Value) -> Self {
        let mut known = Known { probed: commands.error().is_none(), commands: BTreeMap::new() };
        for command in commands.list() {
            if let Some((name, spec)) = spec(command) {
                known.commands.insert(name, spec);
            }
        }
        let mut pairs = docs.list().iter();
        while let (Some(name), Some(about)) = (pairs.next(), pairs.next()) {
            if let Some(spec) = name.text().and_then(|name| known.commands.get_mut(&name.to_ascii_lowercase())) {
                document(spec, about);
            }
        }
        known
    }

    /// A command by its first word.
    pub(crate) fn command(&self, name: &[u8]) -> Option<&Spec> {
        self.commands.get(&String::from_utf8_lossy(name).to_ascii_lowercase())
    }
}

fn spec(command: &Value) -> Option<(String, Spec)> {
    let parts = command.list();
    let name = parts.first()?.text()?.to_ascii_lowercase();
    // A subcommand is named whole: `config|get`.
    let name = name.rsplit('|').next().unwrap_or_default().to_owned();
    let flags: Vec<String> = parts.get(2)?.list().iter().filter_map(Value::text).collect();
    let has = |flag: &str| flags.iter().any(|one| one == flag);
    let place = |index: usize| parts.get(index).and_then(Value::integer).unwrap_or(0);
    let subcommands = parts.get(9).map(|subs| subs.list().iter().filter_map(spec).collect()).unwrap_or_default();
    let (first_key, last_key, key_step) = (place(3), place(4), place(5));
    let (write, readonly) = (has("write"), has("readonly"));
    Some((name, Spec { write, readonly, first_key, last_key, key_step, subcommands, ..Spec::default() }))
}

fn document(spec: &mut Spec, about: &Value) {
    spec.summary = about.at("summary").and_then(Value::text);
    spec.arguments = about.at("arguments").map(arguments).unwrap_or_default();
    let Some(subcommands) = about.at("subcommands") else { return };
    let mut pairs = subcommands.list().iter();
    while let (Some(name), Some(about)) = (pairs.next(), pairs.next()) {
        let name = name.text().unwrap_or_default().to_ascii_lowercase();
        if let Some(sub) = spec.subcommands.get_mut(name.rsplit('|').next().unwrap_or_default()) {
            document(sub, about);
        }
    }
}

fn arguments(list: &Value) -> Vec<Argument> {
    let one = |about: &Value| {
        let text = |name: &str| about.at(name).and_then(Value::text);
        let flags: Vec<String> =
            about.at("flags").map(|flags| flags.list().iter().filter_map(Value::text).collect()).unwrap_or_default();
        let has = |flag: &str| flags.iter().any(|one| one == flag);
        Argument {
            name: text("display_text").or_else(|| text("name")).unwrap_or_default(),
            kind: text("type").unwrap_or_default(),
            token: text("token").filter(|token| !token.is_empty()),
            optional: has("optional"),
            multiple: has("multiple"),
            multiple_token: has("multiple_token"),
            arguments: about.at("arguments").map(arguments).unwrap_or_default(),
        }
    };
    list.list().iter().map(one).collect()
}

impl Argument {
    /// As a manual would print it: `[EX seconds | PX milliseconds]`.
    pub(crate) fn syntax(&self) -> String {
        let inner = match self.kind.as_str() {
            "oneof" => self.arguments.iter().map(Argument::syntax).collect::<Vec<_>>().join(" | "),
            "block" => syntax(&self.arguments),
            "pure-token" => self.token.clone().unwrap_or_default(),
            _ => self.name.clone(),
        };
        let mut text = match &self.token {
            Some(token) if self.kind != "pure-token" => format!("{token} {inner}"),
            _ => inner.clone(),
        };
        if self.multiple {
            let again = if self.multiple_token { &text } else { &inner };
            text = format!("{text} [{again} ...]");
        }
        match self.optional {
            true => format!("[{text}]"),
            false if self.kind == "oneof" => format!("<{text}>"),
            false => text,
        }
    }
}

/// The arguments of a command as a manual would print them.
pub(crate) fn syntax(arguments: &[Argument]) -> String {
    arguments.iter().map(Argument::syntax).collect::<Vec<_>>().join(" ")
}
