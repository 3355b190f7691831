//! What the server says of itself: `serverStatus` and `hostInfo`. What this server does not tell is left out, not made up.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    Code, Error, Report,
    documents::TextStyle,
    report::{Fact, FactSection, FactUnit, ServerPart, ServerReport, Trend},
};

use crate::{
    bson::{self, Element, kind},
    control::ControlSession,
    documents::print,
};

use FactUnit::{Bytes, Count, Seconds, Text};
use Trend::{Counter, Level, None as Never};

/// A known figure: where it stands, label, unit, how its number is scaled, trend, meaning.
type Known = (&'static str, &'static str, FactUnit, i64, Trend, &'static str);

/// The figures worth a name, in the order they are shown.
const KNOWN: &[Known] = &[
    ("host", "Host", Text, 1, Never, ""),
    ("version", "Version", Text, 1, Never, ""),
    ("process", "Program", Text, 1, Never, ""),
    ("uptime", "Running for", Seconds, 1, Never, ""),
    ("connections.current", "Connections", Count, 1, Level, ""),
    ("connections.available", "Connections left", Count, 1, Level, ""),
    ("connections.active", "Active connections", Count, 1, Level, "They run something now."),
    ("connections.totalCreated", "Connections in all", Count, 1, Counter, "Many new ones: clients do not keep theirs."),
    ("mem.resident", "Memory of the process", Bytes, 1 << 20, Level, "What it has in the computer's memory."),
    ("mem.virtual", "Address space", Bytes, 1 << 20, Never, ""),
    ("opcounters.insert", "Inserts", Count, 1, Counter, "Since the server began."),
    ("opcounters.query", "Queries", Count, 1, Counter, "Since the server began."),
    ("opcounters.update", "Updates", Count, 1, Counter, "Since the server began."),
    ("opcounters.delete", "Deletes", Count, 1, Counter, "Since the server began."),
    ("opcounters.getmore", "Cursor reads", Count, 1, Counter, "Since the server began."),
    ("opcounters.command", "Commands", Count, 1, Counter, "Since the server began."),
    ("network.bytesIn", "Bytes received", Bytes, 1, Counter, ""),
    ("network.bytesOut", "Bytes sent", Bytes, 1, Counter, ""),
    ("network.numRequests", "Requests", Count, 1, Counter, ""),
    ("asserts.user", "Errors answered", Count, 1, Counter, "Mistakes of clients, mostly."),
    ("globalLock.currentQueue.total", "Waiting for a lock", Count, 1, Level, ""),
    ("globalLock.activeClients.total", "At work", Count, 1, Level, ""),
    ("wiredTiger.cache.bytes currently in the cache", "Cache used", Bytes, 1, Level, ""),
    ("wiredTiger.cache.maximum bytes configured", "Cache at most", Bytes, 1, Never, ""),
    ("wiredTiger.cache.tracked dirty bytes in the cache", "Cache not written yet", Bytes, 1, Level, ""),
    ("repl.setName", "Replica set", Text, 1, Never, ""),
    ("repl.primary", "Primary", Text, 1, Never, ""),
    ("system.hostname", "Computer", Text, 1, Never, ""),
    ("system.numCores", "Processors", Count, 1, Never, ""),
    ("system.memSizeMB", "Memory of the computer", Bytes, 1 << 20, Never, ""),
    ("system.cpuArch", "Architecture", Text, 1, Never, ""),
    ("os.name", "Operating system", Text, 1, Never, ""),
    ("os.version", "Its version", Text, 1, Never, ""),
];

/// What one looks at first.
const HEADLINE: [&str; 6] = [
    "connections.current",
    "mem.resident",
    "opcounters.query",
    "opcounters.insert",
    "network.bytesOut",
    "globalLock.currentQueue.total",
];
/// Parts of the reply that are no figures of the server: about the reply, and too much to be read as a list.
const LEFT_OUT: [&str; 6] = ["ok", "$clusterTime", "operationTime", "metrics", "transportSecurity", "pid"];
/// How deep figures are looked for, and how many of one section are shown.
const DEEP: usize = 3;
const MOST: usize = 80;

/// The facet, over the control session.
pub(crate) struct Telling {
    session: Arc<ControlSession>,
}

/// A figure as a fact.
fn fact(path: &str, element: &Element<'_>) -> Fact {
    let known = KNOWN.iter().find(|(known, ..)| *known == path);
    let number = element.integer();
    let text = match element.text() {
        Some(text) => text.into_owned(),
        None => print(element.kind, element.raw, TextStyle::Relaxed, false),
    };
    let (label, unit, scale, trend, about) = match known {
        Some((_, label, unit, scale, trend, about)) => ((*label).to_owned(), *unit, *scale, *trend, *about),
        None => (path.split_once('.').map_or(path, |(_, rest)| rest).replace('.', " · "), Text, 1, Never, ""),
    };
    let value = match number.filter(|_| scale != 1).and_then(|number| number.checked_mul(scale)) {
        Some(scaled) => scaled.to_string(),
        None => text,
    };
    Fact {
        name: path.to_owned(),
        label,
        unit: if value.parse::<f64>().is_ok() { unit } else { Text },
        value,
        trend,
        about: Some(about.to_owned()).filter(|about| !about.is_empty()),
        computed: None,
        minor: known.is_none(),
    }
}

/// Figures of a document and of those in it.
fn gather(document: &[u8], path: &str, deep: usize, facts: &mut Vec<Fact>) {
    let Ok(elements) = bson::elements(document) else { return };
    for element in elements.map_while(Result::ok) {
        let path = format!("{path}{}", element.name());
        match element.document() {
            Some(inner) if element.kind == kind::DOCUMENT && deep > 1 => {
                gather(inner, &format!("{path}."), deep - 1, facts);
            }
            Some(_) => {}
            None => facts.push(fact(&path, &element)),
        }
    }
}

fn place(name: &str) -> usize {
    KNOWN.iter().position(|(known, ..)| *known == name).unwrap_or(KNOWN.len())
}

/// The sections of a reply: what stands beside each other at its top, and each document in it.
fn sections(reply: &[u8], top: &str) -> Vec<FactSection> {
    let mut sections = vec![FactSection { label: top.to_owned(), facts: Vec::new() }];
    let Ok(elements) = bson::elements(reply) else { return Vec::new() };
    for element in elements.map_while(Result::ok) {
        let name = element.name().into_owned();
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        match element.document().filter(|_| element.kind == kind::DOCUMENT) {
            Some(inner) => {
                let mut facts = Vec::new();
                gather(inner, &format!("{name}."), DEEP, &mut facts);
                sections.push(FactSection { label: name, facts });
            }
            None if element.document().is_none() => {
                if let Some(first) = sections.first_mut() {
                    first.facts.push(fact(&name, &element));
                }
            }
            None => {}
        }
    }
    for section in &mut sections {
        section.facts.sort_by_key(|fact| place(&fact.name));
        section.facts.truncate(MOST);
    }
    sections.retain(|section| !section.facts.is_empty());
    // Those with figures that have a name first.
    sections.sort_by_key(|section| section.facts.first().map_or(usize::MAX, |fact| place(&fact.name)));
    sections
}

impl Telling {
    pub(crate) fn new(session: Arc<ControlSession>) -> Self {
        Telling { session }
    }
}

#[async_trait]
impl Report for Telling {
    async fn report(&self) -> Result<ServerReport, Error> {
        let ask = |name: &'static str| bson::document(|writer| _ = writer.int32(name, 1));
        let status = self.session.run("admin", &ask("serverStatus")).await.map_err(|error| match error.code {
            Code::Forbidden => error.with_hint("The role clusterMonitor may read it."),
            _ => error,
        })?;
        let mut report = ServerReport::default();
        let mut found = sections(&status, "Server");
        match self.session.run("admin", &ask("hostInfo")).await {
            Ok(host) => found.extend(sections(&host, "Computer")),
            Err(error) if error.code == Code::Unreachable || error.code == Code::TimedOut => return Err(error),
            Err(error) => report.unseen.push(format!("What computer it runs on is not told: {}", error.message)),
        }
        let all = || found.iter().flat_map(|section| &section.facts);
        report.headline = HEADLINE.iter().filter_map(|name| all().find(|fact| fact.name == *name).cloned()).collect();
        let name =
            all().find(|fact| fact.name == "host").map_or_else(|| "server".to_owned(), |fact| fact.value.clone());
        report.parts.push(ServerPart { name, sections: found });
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_reply_becomes_sections_with_figures_that_have_a_name_first() {
        let reply = bson::document(|writer| {
            writer.string("host", "db:27017").double("uptime", 125.0).double("ok", 1.0);
            writer.with("odd", |odd| _ = odd.string("what", "ever"));
            writer.with("mem", |mem| {
                mem.int32("bits", 64).int32("resident", 512);
            });
            writer.with("metrics", |metrics| _ = metrics.int32("much", 1));
        });
        let sections = sections(&reply, "Server");
        let labels: Vec<&str> = sections.iter().map(|section| section.label.as_str()).collect();
        assert_eq!(labels, ["Server", "mem", "odd"]);
        let memory = &sections[1].facts[0];
        assert_eq!((memory.value.as_str(), memory.unit), ("536870912", Bytes), "megabytes are told as bytes");
        assert_eq!((sections[1].facts[1].minor, sections[2].facts[0].label.as_str()), (true, "what"));
        assert_eq!(sections[0].facts[1].label, "Running for");
    }
}
