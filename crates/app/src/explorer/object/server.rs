//! Roles, extensions, publications and event triggers in words: what belongs to no schema.

use catalog::{Catalog, Kind, Known, ObjectKey};

use super::{Told, facts::enabled};
use crate::api::ObjectIcon;

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

pub(super) fn role(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let role = catalog.roles.iter().find(|role| role.name == key.name)?;
    let mut told = Told::new(ObjectIcon::Role, if role.login { "login role" } else { "role" });
    told.says("Can log in", yes(role.login));
    told.says("Superuser", yes(role.superuser));
    if role.superuser {
        told.warn("No check of privileges applies to it.");
    }
    // What there is no such thing of is not told as if it were refused or granted.
    let has = |kind: Kind| catalog.coverage.get(&kind) != Some(&Known::Unsupported);
    if has(Kind::Policies) {
        told.says("Bypasses row security", yes(role.bypass_row_security || role.superuser));
    }
    if has(Kind::Grants) {
        told.says("Makes databases", yes(role.create_database || role.superuser));
        told.says("Makes roles", yes(role.create_role || role.superuser));
        told.says("Replicates", yes(role.replication || role.superuser));
        told.says("Has its groups' rights", if role.inherit { "at once" } else { "after SET ROLE" });
    }
    if let Some(limit) = role.connection_limit {
        told.says("Sessions at most", limit.to_string());
    }
    if let Some(until) = &role.valid_until {
        told.says("Password good until", until);
    }
    let option = |flag: Option<bool>| flag.map_or(String::new(), |flag| yes(flag).to_owned());
    let memberships = role.memberships.iter().map(|one| {
        let grantor = one.grantor.clone().unwrap_or_default();
        vec![one.role.clone(), yes(one.admin).to_owned(), option(one.inherit), option(one.set), grantor]
    });
    let mut memberships: Vec<Vec<String>> = memberships.collect();
    if memberships.is_empty() {
        let bare = |name: &String| vec![name.clone(), String::new(), String::new(), String::new(), String::new()];
        memberships = role.member_of.iter().map(bare).collect();
    }
    let heads = ["Role", "May make members", "Inherits", "May become it", "Granted by"];
    told.list("Member of", &heads, memberships);
    let members = catalog.roles.iter().filter(|other| other.member_of.contains(&role.name));
    told.list("Members", &["Role"], members.map(|other| vec![other.name.clone()]).collect());
    let settings = role.settings.iter().map(|setting| {
        vec![
            setting.name.clone(),
            setting.value.clone(),
            setting.database.clone().unwrap_or_else(|| "every".to_owned()),
        ]
    });
    told.list("Settings", &["Setting", "Value", "Database"], settings.collect());
    told.comment = role.comment.clone();
    Some(told)
}

pub(super) fn extension(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let extension = catalog.extensions.iter().find(|one| one.name == key.name)?;
    let mut told = Told::new(ObjectIcon::Extension, "extension");
    told.code("Version", extension.version.as_deref());
    told.code("Schema", extension.schema.as_deref());
    told.comment = extension.comment.clone();
    Some(told)
}

pub(super) fn publication(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let publication = catalog.publications.iter().find(|one| one.name == key.name)?;
    let mut told = Told::new(ObjectIcon::Publication, "publication");
    told.says("Tables", if publication.all_tables { "all, later ones too" } else { "those listed" });
    let changes = [
        ("insert", publication.insert),
        ("update", publication.update),
        ("delete", publication.delete),
        ("truncate", publication.truncate),
    ];
    let changes: Vec<&str> = changes.into_iter().filter(|(_, on)| *on).map(|(word, _)| word).collect();
    told.says("Publishes", if changes.is_empty() { "nothing".to_owned() } else { changes.join(", ") });
    told.says("Partitions as their root", yes(publication.via_root));
    told.says("Stored generated columns", yes(publication.generated_columns));
    let schemas = publication.schemas.iter().map(|schema| vec![schema.clone()]);
    told.list("Whole schemas", &["Schema"], schemas.collect());
    let tables = publication.tables.iter().map(|table| {
        let columns = table.columns.as_ref().map_or_else(|| "all".to_owned(), |columns| columns.join(", "));
        let rows = table.filter.clone().unwrap_or_else(|| "all".to_owned());
        vec![format!("{}.{}", table.schema, table.name), columns, rows]
    });
    told.list("Published tables", &["Table", "Columns", "Rows"], tables.collect());
    told.owner = publication.owner.clone();
    told.comment = publication.comment.clone();
    Some(told)
}

pub(super) fn event_trigger(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let trigger = catalog.event_triggers.iter().find(|one| one.name == key.name)?;
    let mut told = Told::new(ObjectIcon::EventTrigger, "event trigger");
    told.code("Event", Some(trigger.event.as_str()));
    let tags = if trigger.tags.is_empty() { "every statement".to_owned() } else { trigger.tags.join(", ") };
    told.says("Statements", tags);
    told.code("Calls", trigger.function.as_deref());
    enabled(&mut told, trigger.enabled);
    told.owner = trigger.owner.clone();
    told.comment = trigger.comment.clone();
    Some(told)
}
