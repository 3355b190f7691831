//! Names in drafts that mean nothing: found in the catalog, each with its place, then held against the server. The catalog may be
//! older than what somebody has just made, and names have meanings that it does not tell, so the server has the last word.

use std::collections::BTreeSet;

use advisor::{Missing, MissingKind, missing_names, missing_roles};
use catalog::{Kind, RelationId, Scope};
use driver::row_security::{Checked, ExpressionCheck};
use policy::{
    change::{Change, ChangeSet},
    expression::Names,
    listing::{Draft, Table},
};

use super::words;
use crate::{api::*, explorer::Place, text::Positions};

/// Expressions that the server is asked about; what is in more of them is told as not certain.
const MOST_ASKED: usize = 50;
/// What the server says of a name that means nothing: a column, table, function, type or schema
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
const UNDEFINED: [&str; 5] = ["42703", "42P01", "42883", "42704", "3F000"];

/// What of a set of changes is to be looked at: the names that the catalog lacks, and the roles that are named.
#[derive(Clone, Debug, Default)]
pub(super) struct Suspects {
    expressions: Vec<Suspect>,
    roles: Vec<Named>,
}

/// What the catalog lacks of what policies for a table name, each once. The server is not asked.
pub(super) fn notes(names: &Names<'_>, relation: RelationId, policies: &[Draft]) -> BTreeSet<String> {
    let of = |policy: &Draft| {
        let expressions = [&policy.using, &policy.with_check].into_iter().flatten();
        let mut missing: Vec<Missing> = expressions.flat_map(|text| missing_names(names, relation, text)).collect();
        missing.extend(missing_roles(names.catalog(), &policy.roles));
        missing
    };
    policies.iter().flat_map(of).map(|missing| format!("{missing}, as far as the catalog tells.")).collect()
}

/// An expression with names that the catalog lacks.
#[derive(Clone, Debug)]
struct Suspect {
    on: Table,
    policy: String,
    part: PolicyExpression,
    text: String,
    missing: Vec<Missing>,
}

/// The roles of a draft, but for those that its policy has already.
#[derive(Clone, Debug)]
struct Named {
    on: Table,
    policy: String,
    roles: Vec<String>,
}

impl Suspects {
    /// What a set makes or changes.
    pub(super) fn of(names: &Names<'_>, set: &ChangeSet) -> Self {
        let mut suspects = Suspects::default();
        for change in &set.changes {
            match change {
                Change::Create { on, policy } => suspects.add(names, on, policy, None),
                Change::Alter { on, before, after } => suspects.add(names, on, after, Some(before)),
                Change::Drop { .. } | Change::RowSecurity { .. } => {}
            }
        }
        suspects
    }

    /// What one draft names.
    pub(super) fn of_draft(names: &Names<'_>, on: &Table, policy: &Draft) -> Self {
        let mut suspects = Suspects::default();
        suspects.add(names, on, policy, None);
        suspects
    }

    /// What the server has of a policy already means something.
    fn add(&mut self, names: &Names<'_>, on: &Table, policy: &Draft, before: Option<&Draft>) {
        let Some(relation) = names.catalog().find_relation(Some(&on.schema), &on.table) else { return };
        let was = |part: fn(&Draft) -> &Option<String>| before.and_then(|before| part(before).as_ref());
        for (part, text, was) in [
            (PolicyExpression::Using, &policy.using, was(|draft| &draft.using)),
            (PolicyExpression::WithCheck, &policy.with_check, was(|draft| &draft.with_check)),
        ] {
            let Some(text) = text.as_ref().filter(|text| Some(*text) != was) else { continue };
            let missing = missing_names(names, relation, text);
            if !missing.is_empty() {
                let (on, policy, text) = (on.clone(), policy.name.clone(), text.clone());
                self.expressions.push(Suspect { on, policy, part, text, missing });
            }
        }
        let known = before.map_or(&[][..], |before| before.roles.as_slice());
        let roles: Vec<String> = policy.roles.iter().filter(|role| !known.contains(role)).cloned().collect();
        if !roles.is_empty() {
            self.roles.push(Named { on: on.clone(), policy: policy.name.clone(), roles });
        }
    }

    /// What of it the server does not know either. Nothing is locked but for reading.
    ///
    /// # Errors
    /// As connecting and as the server says.
    pub(super) async fn asked(self, place: &Place) -> Result<Vec<PolicyMissing>, AppError> {
        let facet = super::facet(place)?;
        let mut told = Vec::new();
        for (number, suspect) in self.expressions.into_iter().enumerate() {
            let asked = ExpressionCheck {
                schema: suspect.on.schema.clone(),
                table: suspect.on.table.clone(),
                expression: suspect.text.clone(),
            };
            let certain = match number < MOST_ASKED {
                true => match facet.check(&asked).await? {
                    Checked::Fine => continue,
                    Checked::Wrong { said } => UNDEFINED.contains(&said.native.code.as_str()),
                    Checked::NotChecked { .. } => false,
                },
                false => false,
            };
            told.extend(suspect.told(certain));
        }
        if !self.roles.is_empty() {
            // A role comes and goes without the catalog of this database changing.
            let scope = Scope { kinds: vec![Kind::Roles], ..Scope::default() };
            let catalog = place.opened.shelf.ask(place.opened.connection.as_ref(), &scope).await?;
            for named in self.roles {
                told.extend(missing_roles(&catalog, &named.roles).into_iter().map(|missing| named.told(missing)));
            }
        }
        Ok(told)
    }
}

impl Suspect {
    fn told(self, certain: bool) -> Vec<PolicyMissing> {
        let Suspect { on, policy, part, text, missing } = self;
        let positions = Positions::new(&text);
        let word = words::expression(part);
        let one = |missing: Missing| {
            let at = missing.at.unwrap_or_default();
            PolicyMissing {
                on: words::on(&on),
                policy: policy.clone(),
                kind: kind(missing.kind),
                range: Some(positions.range(at, end_of(&text, at))),
                words: format!("{missing}: {word} of {policy} on {}, {}.", on.sql(), line_and_column(&text, at)),
                name: missing.name,
                part: Some(part),
                certain,
            }
        };
        missing.into_iter().map(one).collect()
    }
}

impl Named {
    fn told(&self, missing: Missing) -> PolicyMissing {
        PolicyMissing {
            on: words::on(&self.on),
            policy: self.policy.clone(),
            kind: kind(missing.kind),
            words: format!("{missing}: {} on {}.", self.policy, self.on.sql()),
            name: missing.name,
            part: None,
            range: None,
            certain: true,
        }
    }
}

fn kind(kind: MissingKind) -> PolicyMissingKind {
    match kind {
        MissingKind::Column => PolicyMissingKind::Column,
        MissingKind::Relation => PolicyMissingKind::Relation,
        MissingKind::Function => PolicyMissingKind::Function,
        MissingKind::Type => PolicyMissingKind::Type,
        MissingKind::Role => PolicyMissingKind::Role,
    }
}

/// Where the name that begins there ends, with what stands before its dots.
fn end_of(text: &str, at: usize) -> usize {
    let mut quoted = false;
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(|character: char| {
        quoted ^= character == '"';
        !(quoted || character == '"' || character == '.' || character == '_' || character.is_alphanumeric())
    });
    at + end.unwrap_or(rest.len())
}

/// A place as people count it, from 1.
fn line_and_column(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!("line {}, column {}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_columns_and_ends_with_the_name() {
        let text = "é = 1\n  and app.\"odd name\".gone (x)";
        let at = text.find("app").unwrap();
        assert_eq!(line_and_column(text, at), "line 2, column 7");
        assert_eq!(&text[at..end_of(text, at)], "app.\"odd name\".gone");
        assert_eq!((line_and_column(text, 0), end_of(text, 0)), ("line 1, column 1".to_owned(), 2));
    }
}
