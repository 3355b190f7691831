//! What was found, page by page: finding by finding, or by the table or other object that the findings are about.

use std::{cmp::Reverse, collections::HashMap};

use advisor::{Finding, Level, ObjectType, Suppression};
use catalog::{Known, RelationWalker};
use policy::listing::Table;

use super::{
    examined::Judged,
    words::{self, finding as told_finding, number},
};
use crate::api::*;

/// A finding, and who accepted it.
type Listed<'j> = (&'j Finding, Option<&'j Suppression>);

/// Findings that pass a filter, from a place on.
pub(super) fn findings(judged: &Judged, filter: &AdvisorFilter, offset: usize, limit: usize) -> AdvisorFindingPage {
    let all: Vec<Listed<'_>> = listed(judged).filter(|(_, by)| by.is_some() == filter.accepted).collect();
    let kinds = kinds(&all);
    let passes = passes(filter);
    let mut found: Vec<Listed<'_>> = all.into_iter().filter(|(finding, _)| passes(finding)).collect();
    // Stable: within a level they stay as the rules and the catalog have them.
    found.sort_by_key(|(finding, _)| Reverse(finding.level));
    AdvisorFindingPage {
        total: number(found.len()),
        findings: found.into_iter().skip(offset).take(limit).map(|(finding, by)| told_finding(finding, by)).collect(),
        kinds,
    }
}

/// What findings that pass a filter are about, whoever accepted them; the worst first, then by name.
pub(super) fn objects(judged: &Judged, filter: &AdvisorFilter, offset: usize, limit: usize) -> AdvisorObjectPage {
    let all: Vec<Listed<'_>> = listed(judged).collect();
    let kinds = kinds(&all);
    let passes = passes(filter);
    let mut tallies: HashMap<Owner<'_>, Tally<'_>> = HashMap::new();
    for (finding, by) in all.into_iter().filter(|(finding, _)| passes(finding)) {
        tallies.entry(Owner::of(finding)).or_default().add(finding, by);
    }
    let mut rows: Vec<(Owner<'_>, Tally<'_>)> = tallies.into_iter().collect();
    rows.sort_by_key(|(owner, tally)| (Reverse(tally.rank()), *owner));
    AdvisorObjectPage {
        total: number(rows.len()),
        objects: rows.into_iter().skip(offset).take(limit).map(|(owner, tally)| told(judged, owner, &tally)).collect(),
        kinds,
    }
}

/// The relation that a finding is about, whatever part of it.
pub(crate) fn relation_of(finding: &Finding) -> Option<Table> {
    match Owner::of(finding) {
        Owner { schema: Some(schema), name, other: None } => Some(Table::new(schema, name)),
        _ => None,
    }
}

/// What a finding counts for: the relation that its object is or belongs to, or else the object itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Owner<'j> {
    schema: Option<&'j str>,
    name: &'j str,
    /// What it is where it is no relation: two of these may share a name.
    other: Option<&'static str>,
}

impl<'j> Owner<'j> {
    fn of(finding: &'j Finding) -> Self {
        let object = &finding.object;
        let schema = object.schema.as_deref();
        match &object.relation {
            Some(relation) => Owner { schema, name: relation, other: None },
            None => {
                Owner { schema, name: &object.name, other: (!is_relation(object.kind)).then(|| object.kind.name()) }
            }
        }
    }

    /// Whether a face means this one.
    fn is(&self, object: &AdvisorObject) -> bool {
        let same = |kind: &str| object.kind == kind;
        self.name == object.name
            && self.schema == object.schema.as_deref()
            && self.other.map_or_else(|| RELATIONS.iter().any(|kind| same(kind.name())), same)
    }
}

const RELATIONS: [ObjectType; 4] =
    [ObjectType::Table, ObjectType::View, ObjectType::MaterializedView, ObjectType::ForeignTable];

fn is_relation(kind: ObjectType) -> bool {
    RELATIONS.contains(&kind)
}

/// The findings of one object, counted.
#[derive(Default)]
struct Tally<'j> {
    errors: u32,
    warnings: u32,
    infos: u32,
    accepted: u32,
    /// Of those that nobody accepted.
    worst: Option<&'j Finding>,
    /// What it is, where one of them is about the object itself.
    itself: Option<ObjectType>,
}

impl<'j> Tally<'j> {
    fn add(&mut self, finding: &'j Finding, by: Option<&Suppression>) {
        if finding.object.relation.is_none() {
            self.itself = Some(finding.object.kind);
        }
        if by.is_some() {
            self.accepted += 1;
            return;
        }
        *match finding.level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
            Level::Info => &mut self.infos,
        } += 1;
        if self.worst.is_none_or(|worst| worst.level < finding.level) {
            self.worst = Some(finding);
        }
    }

    fn rank(&self) -> [u32; 4] {
        [self.errors, self.warnings, self.infos, self.accepted]
    }
}

/// Everything that was found, accepted or not.
fn listed(judged: &Judged) -> impl Iterator<Item = Listed<'_>> {
    let report = &judged.report;
    let accepted = report.suppressed.iter().map(|one| (&one.finding, Some(&one.by)));
    report.findings.iter().map(|finding| (finding, None)).chain(accepted)
}

/// The kinds of objects there is a choice of, whatever else the filter says.
fn kinds(all: &[Listed<'_>]) -> Vec<String> {
    let mut kinds: Vec<String> = all.iter().map(|(finding, _)| finding.object.kind.name().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Whether a finding passes a filter, accepted or not.
fn passes(filter: &AdvisorFilter) -> impl Fn(&Finding) -> bool {
    let text = filter.text.trim().to_lowercase();
    let wanted = |words: &[String], word: &str| words.is_empty() || words.iter().any(|one| one == word);
    move |finding| {
        (filter.levels.is_empty() || filter.levels.contains(&words::level(finding.level)))
            && wanted(&filter.groups, finding.rule.get(..1).unwrap_or_default())
            && wanted(&filter.rules, finding.rule)
            && wanted(&filter.kinds, finding.object.kind.name())
            && filter.schema.as_ref().is_none_or(|schema| finding.object.schema.as_ref() == Some(schema))
            && filter.about.as_ref().is_none_or(|object| Owner::of(finding).is(object))
            && (text.is_empty()
                || [&finding.object.to_string(), finding.rule, finding.name, &finding.message]
                    .iter()
                    .any(|part| part.to_lowercase().contains(&text)))
    }
}

fn told(judged: &Judged, owner: Owner<'_>, tally: &Tally<'_>) -> AdvisorObjectRow {
    let catalog = &judged.examined.catalog;
    let relation = match owner.other {
        None => catalog.find_relation(owner.schema, owner.name).and_then(|id| catalog.relation(id)),
        Some(_) => None,
    };
    let kind = match (owner.other, tally.itself, relation) {
        (Some(kind), ..) => kind,
        (None, Some(kind), _) => kind.name(),
        // Only parts of it were found wanting: the catalog says what it is itself.
        (None, None, relation) => {
            relation.map_or(ObjectType::Table, |relation| ObjectType::of(relation.row().kind)).name()
        }
    };
    let names = [owner.schema, Some(owner.name)].into_iter().flatten();
    AdvisorObjectRow {
        object: AdvisorObject {
            schema: owner.schema.map(str::to_owned),
            name: owner.name.to_owned(),
            kind: kind.to_owned(),
            relation: None,
            label: names.collect::<Vec<_>>().join("."),
        },
        errors: tally.errors,
        warnings: tally.warnings,
        infos: tally.infos,
        accepted: tally.accepted,
        worst: tally.worst.map(|finding| finding.message.clone()),
        row_security: relation.and_then(row_security),
    }
}

/// How row security stands on a table; `None` of what cannot have it, and where that was not read.
fn row_security(relation: RelationWalker<'_>) -> Option<AdvisorRowSecurity> {
    let Known::Value(security) = &relation.row().row_security else { return None };
    (ObjectType::of(relation.row().kind) == ObjectType::Table).then(|| AdvisorRowSecurity {
        enabled: security.enabled,
        forced: security.forced,
        policies: number(relation.policies().len()),
    })
}
