//! Policies that lead back to their own table.
//!
//! While a query is rewritten the server puts the policies of every table into it, those of tables in their sub-selects too;
//! when it comes to a table whose policies it is putting in already, it gives up with 42P17, "infinite recursion detected in
//! policy". Which policies those are depends on who asks: the owner of a table that is not forced, a superuser and BYPASSRLS
//! meet none. What a view reads is read with its owner's rights unless it is `security_invoker`; functions end it, since
//! they are not looked into before they run.

use std::collections::{BTreeSet, HashMap};

use catalog::{RelationId, RelationKind};
use serde::{Deserialize, Serialize};

use crate::coverage::{body, is_invoker};
use crate::effect::{Command, Effect, Effects, Shape};
use crate::expression::{Expression, Query, Unscoped};
use crate::listing::Table;
use crate::rights::Powers;

/// A way from a table back to itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// The tables, each read by a policy of the one before; the last one's policies read the first.
    pub tables: Vec<Table>,
    /// A policy of each of these tables that reads the next.
    pub policies: Vec<String>,
}

/// What was found for a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The cycle that a statement would meet first.
    pub cycle: Option<Cycle>,
    /// Policies and views that could not be read, behind which there may be one.
    pub unread: Vec<String>,
}

/// A table as it is met: with whose rights.
type Met = (RelationId, String);

/// Whether a role's statement on a table would fail with 42P17.
pub fn of(effects: &Effects<'_>, relation: RelationId, powers: &Powers, shape: Shape) -> Found {
    let mut search = Search { effects, found: Found::default(), done: BTreeSet::new(), powers: HashMap::new() };
    let mut path = Vec::new();
    search.table(relation, &powers.role, shape, &mut path);
    search.found
}

struct Search<'e, 'a> {
    effects: &'e Effects<'a>,
    found: Found,
    /// Tables whose policies lead to no cycle.
    done: BTreeSet<Met>,
    powers: HashMap<String, Powers>,
}

/// Deeper than any chain of tables that is meant.
const MOST_TABLES: usize = 500;

impl Search<'_, '_> {
    fn table(&mut self, relation: RelationId, role: &str, shape: Shape, path: &mut Vec<(Met, String)>) {
        let met = (relation, role.to_owned());
        if self.found.cycle.is_some() || path.len() > MOST_TABLES {
            return;
        }
        // What the statement asks of the first table differs; of all others it only reads.
        if !path.is_empty() && self.done.contains(&met) {
            return;
        }
        let effects = self.effects;
        let powers = self.powers.entry(role.to_owned()).or_insert_with(|| effects.rights().powers(role)).clone();
        let Effect::Decided { conditions } = effects.without_rights(relation, &powers, shape) else { return };
        let scope = effects.rights().names().of(relation);
        let mut reads: Vec<(String, RelationId)> = Vec::new();
        let mut looks = false;
        let parts = conditions.iter().flat_map(|condition| condition.permissive.iter().chain(&condition.restrictive));
        for part in parts {
            let Some(text) = &part.expression else { continue };
            let Ok(expression) = Expression::parse(text, &scope) else {
                self.unread(format!("policy {} of {}", part.policy, self.named(relation).sql()));
                continue;
            };
            looks |= !expression.reading.selects.is_empty();
            for read in &expression.reading.relations {
                let next = effects.rights().names().relation(read.schema.as_deref(), &read.name);
                let Some(next) = next.map(|next| (part.policy.clone(), next)) else { continue };
                if !reads.contains(&next) {
                    reads.push(next);
                }
            }
        }
        // Policies without sub-selects are put in as often as one likes. The server tells tables apart here, not with whose
        // rights they are met.
        if let Some(from) = path.iter().position(|((before, _), _)| *before == relation).filter(|_| looks) {
            let cycle = path.get(from..).unwrap_or_default();
            self.found.cycle = Some(Cycle {
                tables: cycle.iter().map(|((id, _), _)| self.named(*id)).collect(),
                policies: cycle.iter().map(|(_, policy)| policy.clone()).collect(),
            });
            return;
        }
        for (policy, next) in reads {
            path.push((met.clone(), policy));
            match effects.rights().catalog().relation(next).map(|walker| walker.row().kind) {
                Some(RelationKind::View) => self.view(next, role, path, 0),
                Some(_) => self.table(next, role, Shape::usual(Command::Select), path),
                None => {}
            }
            path.pop();
        }
        self.done.insert(met);
    }

    fn view(&mut self, view: RelationId, role: &str, path: &mut Vec<(Met, String)>, depth: usize) {
        let effects = self.effects;
        let names = effects.rights().names();
        let Some(walker) = effects.rights().catalog().relation(view).filter(|_| depth < MOST_TABLES) else { return };
        let row = walker.row();
        let query = row.definition.value().and_then(|text| Query::parse(body(text), &Unscoped).ok());
        let Some(query) = query else {
            self.unread(format!("view {}", self.named(view).sql()));
            return;
        };
        // Of nested views each is read with its own rights: an invoker view with those of who asks.
        let reader = if is_invoker(&row.options) { role } else { row.owner.as_deref().unwrap_or(role) };
        for read in &query.reading.relations {
            let Some(next) = names.relation(read.schema.as_deref(), &read.name) else { continue };
            match effects.rights().catalog().relation(next).map(|walker| walker.row().kind) {
                Some(RelationKind::View) => self.view(next, role, path, depth + 1),
                Some(_) => self.table(next, reader, Shape::usual(Command::Select), path),
                None => {}
            }
        }
    }

    fn unread(&mut self, what: String) {
        if !self.found.unread.contains(&what) {
            self.found.unread.push(what);
        }
    }

    fn named(&self, id: RelationId) -> Table {
        let walker = self.effects.rights().catalog().relation(id);
        walker.map_or_else(|| Table::new("", ""), |walker| Table::new(walker.schema(), &walker.row().name))
    }
}

#[cfg(test)]
mod tests {
    use catalog::{Known, PolicyCommand};

    use super::*;
    use crate::testing::Sketch;

    fn sketch() -> Sketch {
        let mut sketch = Sketch::new();
        sketch.role("owner").role("ann").role("other");
        for table in ["docs", "members", "teams"] {
            sketch.table(table, "owner").grant(table, "PUBLIC", "SELECT, INSERT, UPDATE").secured(table, false);
        }
        sketch
    }

    fn policy(sketch: &mut Sketch, table: &str, roles: &[&str], text: &str) {
        sketch.policy(table, &format!("of {table}"), PolicyCommand::Select, roles, Some(text), None);
    }

    fn found(sketch: &Sketch, table: &str, role: &str) -> String {
        let catalog = sketch.catalog();
        let effects = Effects::new(&catalog);
        let powers = effects.rights().powers(role);
        let found = of(&effects, sketch.relation(table), &powers, Shape::usual(Command::Select));
        let cycle = found.cycle.map(|cycle| {
            let tables: Vec<_> = cycle.tables.into_iter().map(|table| table.table).collect();
            tables.join(" > ")
        });
        [cycle.unwrap_or_default(), found.unread.join(", ")].join("|")
    }

    #[test]
    fn cycles_are_found_for_who_meets_them() {
        let mut sketch = sketch();
        policy(&mut sketch, "members", &["PUBLIC"], "team_id in (select team_id from app.members m where true)");
        assert_eq!(found(&sketch, "members", "ann"), "members|");
        assert_eq!(found(&sketch, "members", "owner"), "|", "who is not filtered meets no policy");
        sketch.secured("members", true);
        assert_eq!(found(&sketch, "members", "owner"), "members|");
        policy(&mut sketch, "docs", &["ann"], "exists (select from members where members.id = docs.id)");
        policy(&mut sketch, "teams", &["PUBLIC"], "id in (select 1)");
        assert_eq!(found(&sketch, "docs", "ann"), "members|", "a cycle further on");
        assert_eq!(found(&sketch, "docs", "other"), "|", "a policy of another role");
    }

    #[test]
    fn a_cycle_goes_through_other_tables_and_ends_at_views_of_owners() {
        let mut sketch = sketch();
        policy(&mut sketch, "docs", &["PUBLIC"], "exists (select from teams)");
        policy(&mut sketch, "teams", &["PUBLIC"], "exists (with a as (select from seen) select from a)");
        sketch.relation_of("seen", "owner", RelationKind::View);
        sketch.row("seen").definition = Known::Value(" SELECT 1 FROM docs".to_owned());
        assert_eq!(found(&sketch, "docs", "ann"), "|", "the owner of the view meets no policy of docs");
        sketch.row("seen").options = vec!["security_invoker=true".to_owned()];
        assert_eq!(found(&sketch, "docs", "ann"), "docs > teams|");
        assert_eq!(found(&sketch, "teams", "ann"), "teams > docs|");
        sketch.row("seen").options.clear();
        sketch.secured("docs", true);
        assert_eq!(found(&sketch, "docs", "ann"), "docs > teams|", "unless it is forced on the owner");
        sketch.row("seen").definition = Known::NotLoaded;
        assert_eq!(found(&sketch, "docs", "ann"), "|view app.seen");
    }
}
