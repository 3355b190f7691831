//! The schema for reading: what the window's pages say of each relation and object, privileges and use of indexes too.

use std::io::Write;

use app::api::{ColumnRow, GrantRow, ListState, ObjectPage, PartRow, PolicyRow, ReferenceRow, RelationPage};
use catalog::Catalog;

use crate::{
    failure::Outcome,
    output::Output,
    say::{clean, grouped},
    table::aligned,
    target::Source,
};

/// Writes every page of the catalog; of one relation only where one was asked for.
pub(super) fn write(source: &Source, catalog: &Catalog, only: bool, output: &mut Output) -> Outcome {
    let (relations, objects) = source.pages(catalog);
    let objects = if only { Vec::new() } else { objects };
    let texts = relations.iter().map(relation).chain(objects.iter().map(object));
    for (at, text) in texts.enumerate() {
        let text = if at == 0 { text } else { format!("\n{text}") };
        output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    }
    Ok(())
}

/// One page in making.
struct Page(String);

impl Page {
    fn new(kind: &str, schema: Option<&str>, name: &str) -> Self {
        let place = schema.map(|schema| format!("{}.", clean(schema))).unwrap_or_default();
        Page(format!("{kind} {place}{}\n", clean(name)))
    }

    fn line(&mut self, text: &str) {
        self.0.push_str(&format!("  {}\n", clean(text).replace('\n', "\n  ")));
    }

    /// A list under its head; columns in which nothing stands are left out.
    fn list(&mut self, label: &str, heads: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let told = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()));
        let kept: Vec<usize> = (0..heads.len()).filter(|at| told(*at)).collect();
        let pick = |row: &[String]| kept.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>();
        let heads: Vec<&str> = kept.iter().filter_map(|at| heads.get(*at).copied()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| pick(row)).collect();
        self.0.push_str(&format!("\n  {label}\n"));
        for line in aligned(&heads, &rows).lines() {
            self.0.push_str(&format!("    {line}\n"));
        }
    }

    fn grants(&mut self, rows: &[GrantRow], state: ListState) {
        let cells = rows.iter().map(|grant| {
            vec![
                grant.grantee.clone(),
                grant.privileges.join(", "),
                grant.column.clone().unwrap_or_default(),
                yes(grant.grantable),
                grant.grantor.clone().unwrap_or_default(),
                grant.through.clone().unwrap_or_default(),
            ]
        });
        let heads = ["GRANTEE", "PRIVILEGES", "COLUMN", "GRANT OPTION", "GRANTED BY", "GRANTED ON"];
        self.list("Privileges", &heads, cells.collect());
        match state {
            ListState::Denied => self.line("Its privileges may not be read."),
            ListState::Unread => self.line("Its privileges were not read."),
            ListState::Read | ListState::Absent => {}
        }
    }
}

fn yes(flag: bool) -> String {
    if flag { "yes".to_owned() } else { String::new() }
}

fn relation(relation: &RelationPage) -> String {
    let mut page = Page::new(&relation.kind, relation.object.schema.as_deref(), &relation.object.name);
    let mut facts = Vec::new();
    facts.extend(relation.owner.as_ref().map(|owner| format!("owner {owner}")));
    let rows = relation.estimated_rows.and_then(|rows| u64::try_from(rows).ok());
    facts.extend(rows.map(|rows| format!("about {} rows", grouped(rows))));
    facts.extend(relation.bytes.map(|bytes| format!("{} bytes", grouped(bytes))));
    facts.extend(relation.row_security.as_ref().map(|security| format!("row security {security}")));
    facts.extend(relation.options.iter().cloned());
    if !facts.is_empty() {
        page.line(&facts.join(" · "));
    }
    relation.comment.iter().for_each(|comment| page.line(comment));
    relation.denied.iter().for_each(|sentence| page.line(sentence));
    let heads = ["NAME", "TYPE", "NULL", "DEFAULT", "REFERENCES", "COLLATION", "COMMENT"];
    page.list("Columns", &heads, relation.columns.iter().map(column).collect());
    let index_heads = ["NAME", "KIND", "COLUMNS", "SCANS", "REMARKS", "COMMENT"];
    page.list("Indexes", &index_heads, relation.indexes.iter().map(index).collect());
    let part_heads = ["NAME", "KIND", "COLUMNS", "DEFINITION", "REMARKS", "COMMENT"];
    page.list("Constraints", &part_heads, relation.constraints.iter().map(part).collect());
    page.list("Triggers", &part_heads, relation.triggers.iter().map(part).collect());
    let policy_heads = ["NAME", "COMMAND", "KIND", "ROLES", "USING", "CHECK", "COMMENT"];
    page.list("Policies", &policy_heads, relation.policies.iter().map(policy).collect());
    page.grants(&relation.grants, relation.grants_state);
    page.0
}

fn reference(reference: &ReferenceRow) -> String {
    let schema = reference.object.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    format!("{schema}{} ({})", reference.object.name, reference.columns.join(", "))
}

fn column(column: &ColumnRow) -> Vec<String> {
    let default = match (&column.identity, &column.generated) {
        (Some(identity), _) => format!("identity {identity}"),
        (None, Some(generated)) => format!("generated {generated}"),
        (None, None) => column.default.clone().unwrap_or_default(),
    };
    vec![
        column.name.clone(),
        column.native_type.clone(),
        column.nullable.map_or("", |nullable| if nullable { "yes" } else { "no" }).to_owned(),
        default,
        column.references.as_ref().map(reference).unwrap_or_default(),
        column.collation.clone().unwrap_or_default(),
        column.comment.clone().unwrap_or_default(),
    ]
}

fn index(index: &PartRow) -> Vec<String> {
    let scans = index.scans.and_then(|scans| u64::try_from(scans).ok());
    vec![
        index.name.clone().unwrap_or_default(),
        index.kind.clone(),
        index.columns.join(", "),
        scans.map(grouped).unwrap_or_default(),
        index.remarks.join(", "),
        index.comment.clone().unwrap_or_default(),
    ]
}

fn part(part: &PartRow) -> Vec<String> {
    vec![
        part.name.clone().unwrap_or_default(),
        part.kind.clone(),
        part.columns.join(", "),
        part.definition.clone().or_else(|| part.references.as_ref().map(reference)).unwrap_or_default(),
        part.remarks.join(", "),
        part.comment.clone().unwrap_or_default(),
    ]
}

fn policy(policy: &PolicyRow) -> Vec<String> {
    vec![
        policy.name.clone(),
        policy.command.clone(),
        if policy.permissive { "permissive" } else { "restrictive" }.to_owned(),
        policy.roles.join(", "),
        policy.using.clone().unwrap_or_default(),
        policy.check.clone().unwrap_or_default(),
        policy.comment.clone().unwrap_or_default(),
    ]
}

fn object(object: &ObjectPage) -> String {
    let signature = object.object.signature.as_ref().filter(|_| object.object.kind == "routine");
    let name = signature.map_or_else(|| object.object.name.clone(), |list| format!("{}({list})", object.object.name));
    let mut page = Page::new(&object.kind, object.object.schema.as_deref(), &name);
    object.owner.iter().for_each(|owner| page.line(&format!("Owner: {owner}")));
    object.comment.iter().for_each(|comment| page.line(comment));
    for fact in &object.facts {
        page.line(&format!("{}: {}", fact.label, fact.value));
        fact.warning.iter().for_each(|warning| page.line(&format!("  warning: {warning}")));
    }
    for list in &object.lists {
        let heads: Vec<String> = list.heads.iter().map(|head| head.to_uppercase()).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        page.list(&list.label, &heads, list.rows.clone());
    }
    page.grants(&object.grants, object.grants_state);
    page.0
}
