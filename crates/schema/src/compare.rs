//! What differs between two definitions.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use catalog::ObjectKey;
use serde::Serialize;

use crate::definition::{Body, Definition, Object, TableKind, TypeBody};

/// The differences of two definitions, by identity.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Each object that is not the same on both sides; parts of one that is new or gone come with it.
    pub differences: Vec<Difference>,
}

/// An object that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Which; by its name on the side that is to be.
    pub key: ObjectKey,
    /// How.
    #[serde(flatten)]
    pub what: What,
}

/// How an object differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed {
        /// What of it.
        facets: Vec<Facet>,
    },
}

/// One thing that is said of an object, before and after; `None` is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// What it is called.
    pub name: &'static str,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

impl Comparison {
    /// What makes `from` into `to`.
    pub fn between(from: &Definition, to: &Definition) -> Self {
        let differences = aligned(from, to).filter_map(|(key, before, after)| {
            let what = match (before, after) {
                (_, None) => What::Removed,
                (None, Some(_)) => What::Added,
                (Some(before), Some(after)) => {
                    let facets = facets(before, after);
                    if facets.is_empty() {
                        return None;
                    }
                    What::Changed { facets }
                }
            };
            Some(Difference { key: key.clone(), what })
        });
        Comparison { differences: differences.collect() }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }
}

/// The objects of both sides by identity, in its order, each as it is on either side.
pub(crate) fn aligned<'a>(
    from: &'a Definition,
    to: &'a Definition,
) -> impl Iterator<Item = (&'a ObjectKey, Option<&'a Object>, Option<&'a Object>)> {
    let (mut old, mut new) = (from.objects.iter().peekable(), to.objects.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let before = if order.is_le() { old.next() } else { None };
        let after = if order.is_ge() { new.next() } else { None };
        let key = before.or(after).map(|(key, _)| key)?;
        Some((key, before.map(|(_, object)| object), after.map(|(_, object)| object)))
    })
}

/// What is said differently of two objects of one identity.
pub(crate) fn facets(from: &Object, to: &Object) -> Vec<Facet> {
    if from == to {
        return Vec::new();
    }
    let (before, after) = (said(from), said(to));
    let names = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
    names
        .into_iter()
        .filter_map(|name| {
            let (before, after) = (before.get(name).cloned(), after.get(name).cloned());
            (before != after).then_some(Facet { name, before, after })
        })
        .collect()
}

/// All that is said of an object. What makes no difference (a column's place) is not.
fn said(object: &Object) -> BTreeMap<&'static str, String> {
    let mut said = BTreeMap::new();
    let mut say = |name: &'static str, text: Option<String>| {
        if let Some(text) = text {
            said.insert(name, text);
        }
    };
    let yes = |yes: bool| yes.then(|| "yes".to_owned());
    let list = |all: &[String]| (!all.is_empty()).then(|| all.join(", "));
    say("owner", object.owner.clone());
    say("comment", object.comment.clone());
    let rights: Vec<String> = object
        .privileges
        .iter()
        .map(|one| {
            let column = one.column.as_ref().map(|column| format!(" ({column})")).unwrap_or_default();
            let grantable = if one.grantable { " with grant option" } else { "" };
            format!("{}{column} to {}{grantable}", one.privilege, one.grantee)
        })
        .collect();
    say("privileges", list(&rights));
    match &object.body {
        Body::Schema => {}
        Body::Extension { version, schema } => {
            say("version", version.clone());
            say("schema", schema.clone());
        }
        Body::Type(TypeBody::Enum { labels }) => say("labels", Some(labels.join(", "))),
        Body::Type(TypeBody::Domain(domain)) => {
            say("type", Some(domain.base.clone()));
            say("default", domain.default.clone());
            say("not null", yes(domain.not_null));
            let checks: Vec<String> = domain.checks.iter().map(|(name, text)| format!("{name} {text}")).collect();
            say("checks", list(&checks));
        }
        Body::Type(TypeBody::Composite { attributes }) => {
            let all: Vec<String> = attributes.iter().map(|(name, of)| format!("{name} {of}")).collect();
            say("attributes", Some(all.join(", ")));
        }
        Body::Type(TypeBody::Range { subtype }) => say("type", Some(subtype.clone())),
        Body::Sequence(one) => {
            say("type", one.data_type.clone());
            let number = |number: Option<i64>| number.map(|number| number.to_string());
            say("start", number(one.start));
            say("minimum", number(one.minimum));
            say("maximum", number(one.maximum));
            say("increment", number(one.increment));
            say("cache", number(one.cache));
            say("cycle", yes(one.cycle));
            let column = one.owned_by.as_ref();
            say("owned by", column.map(|key| format!("{}.{}", key.signature.as_deref().unwrap_or_default(), key.name)));
        }
        Body::Table(table) => {
            if let TableKind::Partitioned { by } = &table.kind {
                say("partitioned by", Some(by.clone()));
            }
            say(
                "partition of",
                table.partition.as_ref().map(|(parent, bound)| format!("{} {bound}", qualified(parent))),
            );
            let parents: Vec<String> = table.parents.iter().map(qualified).collect();
            say("inherits", list(&parents));
            say("unlogged", yes(table.unlogged));
            say("options", list(&table.options));
            say("row security", yes(table.row_security.enabled));
            say("row security for the owner", yes(table.row_security.forced));
        }
        Body::Column(column) => {
            say("type", Some(column.native_type.clone()));
            say("definition", column.text.clone());
            say("collation", column.collation.clone());
            say("not null", yes(!column.nullable));
            say("default", column.default.clone());
            say("identity", column.identity.as_ref().map(identity));
            say(
                "generated",
                column.generated.as_ref().map(|one| {
                    let kept = if one.stored { "stored" } else { "virtual" };
                    format!("{} {kept}", one.expression.as_deref().unwrap_or_default())
                }),
            );
        }
        Body::Constraint(one) => say("text", Some(one.text.clone())),
        Body::ForeignKey(one) => say("text", Some(one.text.clone())),
        Body::Index(one) => say("text", Some(one.text.clone())),
        Body::View(view) => {
            say("materialized", yes(view.materialized));
            say("options", list(&view.options));
            say("query", Some(view.query.clone()));
            let comments: Vec<String> =
                view.column_comments.iter().map(|(name, text)| format!("{name}: {text}")).collect();
            say("comments of columns", list(&comments));
        }
        Body::Routine(one) => say("text", Some(one.text.clone())),
        Body::Trigger(one) => {
            say("text", Some(one.text.clone()));
            say("enabled", Some(format!("{:?}", one.enabled).to_lowercase()));
        }
        Body::Event(text) => say("text", Some(text.clone())),
        Body::Role(role) => {
            say("login", yes(role.login));
            say("superuser", yes(role.superuser));
            say("may make databases", yes(role.create_database));
            say("may make roles", yes(role.create_role));
            say("inherits", yes(role.inherit));
            say("replication", yes(role.replication));
            say("bypasses row security", yes(role.bypass_row_security));
            say("most sessions", role.connection_limit.map(|limit| limit.to_string()));
            say("valid until", role.valid_until.clone());
            let one = |(name, own): (&String, &crate::Membership)| {
                let option = |word: &str, on: Option<bool>| on.map(|on| format!(", {word} {on}")).unwrap_or_default();
                let admin = if own.admin { ", admin" } else { "" };
                format!("{name}{admin}{}{}", option("inherit", own.inherit), option("set", own.set))
            };
            let all: Vec<String> = role.member_of.iter().map(one).collect();
            say("member of", (!all.is_empty()).then(|| all.join("; ")));
        }
        Body::Policy(draft) => {
            say("command", Some(format!("{:?}", draft.command).to_lowercase()));
            say("kind", Some(if draft.permissive { "permissive" } else { "restrictive" }.to_owned()));
            say("roles", list(&draft.role_names()));
            say("using", draft.using.clone());
            say("with check", draft.with_check.clone());
        }
    }
    said
}

fn identity(one: &crate::IdentityColumn) -> String {
    let when = match one.when {
        catalog::Identity::Always => "always",
        catalog::Identity::ByDefault => "by default",
    };
    let bounds = one.bounds.map(|(least, greatest)| format!(" from {least} to {greatest}")).unwrap_or_default();
    let cycle = if one.cycle { ", cycle" } else { "" };
    format!("{when}, start {}, increment {}{bounds}, cache {}{cycle}", one.start, one.increment, one.cache)
}

fn qualified(key: &ObjectKey) -> String {
    match key.schema.as_deref() {
        Some(schema) if !schema.is_empty() => format!("{schema}.{}", key.name),
        _ => key.name.clone(),
    }
}
