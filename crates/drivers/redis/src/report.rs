//! What the servers say of themselves: INFO, and what MEMORY DOCTOR and LATENCY DOCTOR advise.

mod known;
mod slow;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use driver::{
    Error, Report,
    report::{Fact, FactSection, FactUnit, ServerAdvice, ServerPart, ServerReport},
};

pub(crate) use slow::SlowCommands;

use crate::{
    cluster::{Nodes, checked},
    connect::info,
    wire::Value,
    words,
};

/// What is asked for advice, and since when a server knows it.
const DOCTORS: [(&str, &str); 2] = [("MEMORY", "4.0"), ("LATENCY", "2.8.13")];
/// Sections whose lines are too many to be looked at as figures.
const LEFT_OUT: [&str; 3] = ["Modules", "Commandstats", "Latencystats"];

/// The facet, over the control sessions of all servers.
pub(crate) struct Telling {
    nodes: Arc<Nodes>,
}

/// The sections of INFO as they came.
fn sections(text: &str) -> Vec<FactSection> {
    let mut sections: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix('#'), line.split_once(':')) {
            (Some(head), _) => sections.push((head.trim(), Vec::new())),
            (None, Some(pair)) => match sections.last_mut() {
                Some((_, lines)) => lines.push(pair),
                None => sections.push(("Server", vec![pair])),
            },
            (None, None) => {}
        }
    }
    let shown = sections.into_iter().filter(|(head, lines)| !lines.is_empty() && !LEFT_OUT.contains(head));
    shown
        .map(|(head, lines)| {
            let mut facts = known::facts(head, &lines);
            let count =
                |name: &str| lines.iter().find(|(line, _)| *line == name).and_then(|(_, value)| value.parse().ok());
            if let (Some(hits), Some(misses)) = (count("keyspace_hits"), count("keyspace_misses"))
                && let Some(ratio) = known::hit_ratio(hits, misses)
            {
                let after =
                    facts.iter().position(|fact| fact.name == "keyspace_misses").map_or(facts.len(), |at| at + 1);
                facts.insert(after, ratio);
            }
            FactSection { label: head.to_owned(), facts }
        })
        .collect()
}

/// What one looks at first, of all servers together.
fn headline(texts: &[String]) -> Vec<Fact> {
    let lines: Vec<BTreeMap<&str, &str>> = texts.iter().map(|text| info(text)).collect();
    let sum = |name: &str| -> Option<u64> {
        let counts = lines.iter().map(|lines| lines.get(name)?.trim().parse::<u64>().ok());
        counts.collect::<Option<Vec<_>>>().map(|counts| counts.iter().sum())
    };
    let of_all = match texts.len() {
        0 | 1 => None,
        servers => Some(format!("the sum of {servers} masters")),
    };
    let summed = |name: &str| {
        let value = sum(name)?;
        Some(Fact { computed: of_all.clone(), ..known::fact(name, &value.to_string()) })
    };
    let mut facts: Vec<Fact> = ["instantaneous_ops_per_sec", "used_memory", "connected_clients"]
        .iter()
        .filter_map(|name| summed(name))
        .collect();
    if let (Some(hits), Some(misses)) = (sum("keyspace_hits"), sum("keyspace_misses")) {
        facts.extend(known::hit_ratio(hits, misses));
    }
    let keys = lines.iter().flat_map(|lines| lines.iter()).filter_map(|(name, value)| {
        name.strip_prefix("db").filter(|number| number.parse::<u32>().is_ok())?;
        value.split(',').find_map(|pair| pair.strip_prefix("keys="))?.trim().parse::<u64>().ok()
    });
    let from = "the keys of all databases";
    facts.push(known::computed("keys", "Keys", keys.sum::<u64>().to_string(), FactUnit::Count, from));
    facts.extend(["evicted_keys", "blocked_clients"].iter().filter_map(|name| summed(name)));
    facts
}

impl Telling {
    pub(crate) fn new(nodes: Arc<Nodes>) -> Self {
        Telling { nodes }
    }
}

#[async_trait]
impl Report for Telling {
    async fn report(&self) -> Result<ServerReport, Error> {
        let mut report = ServerReport::default();
        let mut texts = Vec::new();
        for endpoint in self.nodes.masters().await? {
            let asked = [words!["INFO"], words!["MEMORY", "DOCTOR"], words!["LATENCY", "DOCTOR"]];
            let mut answers = self.nodes.at(&endpoint).ask_all(&asked).await.map_err(Error::from)?.into_iter();
            let told = checked(answers.next().unwrap_or(Value::Null))?.text().unwrap_or_default();
            let part = self.nodes.is_cluster().then(|| endpoint.to_string());
            for (name, since) in DOCTORS {
                let asked = format!("{name} DOCTOR");
                match answers.next().unwrap_or(Value::Null) {
                    Value::Error(said) if said.code == "NOPERM" => {
                        report.unseen.push(format!("This login may not ask {asked}."));
                    }
                    Value::Error(said) => {
                        report.unseen.push(format!("{asked} (since {since}) was refused: {}", said.message));
                    }
                    answer => {
                        let text = answer.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                        report.advice.extend(text.map(|text| ServerAdvice { asked, part: part.clone(), text }));
                    }
                }
            }
            report.parts.push(ServerPart { name: endpoint.to_string(), sections: sections(&told) });
            texts.push(told);
        }
        if self.nodes.is_cluster() {
            report.unseen.push("Of the cluster the masters are shown, not their replicas.".to_owned());
        }
        report.unseen.dedup();
        report.headline = headline(&texts);
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TOLD: &str = "# Clients\r\nconnected_clients:3\r\n\r\n# Stats\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\nother:x\r\n\
                        \r\n# Modules\r\n\r\n# Keyspace\r\ndb0:keys=5,expires=0,avg_ttl=0\r\ndb9:keys=8,expires=1,avg_ttl=7\r\n";

    #[test]
    fn info_becomes_sections_with_the_hit_ratio_among_what_it_is_made_of() {
        let sections = sections(TOLD);
        let labels: Vec<&str> = sections.iter().map(|section| section.label.as_str()).collect();
        assert_eq!(labels, ["Clients", "Stats", "Keyspace"]);
        let names: Vec<&str> = sections[1].facts.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(names, ["keyspace_hits", "keyspace_misses", "hit_ratio", "other"]);
    }

    #[test]
    fn figures_of_several_servers_are_added_up_and_said_to_be() {
        let one = headline(&[TOLD.to_owned()]);
        let of = |facts: &[Fact], name: &str| facts.iter().find(|fact| fact.name == name).cloned();
        assert_eq!(of(&one, "connected_clients").unwrap().computed, None);
        assert_eq!(of(&one, "keys").unwrap().value, "13");
        assert!(of(&one, "used_memory").is_none(), "what is not told is not made up");
        let two = headline(&[TOLD.to_owned(), TOLD.to_owned()]);
        let clients = of(&two, "connected_clients").unwrap();
        assert_eq!((clients.value.as_str(), clients.computed.as_deref()), ("6", Some("the sum of 2 masters")));
        assert_eq!(of(&two, "hit_ratio").unwrap().value, "0.7500");
    }
}
