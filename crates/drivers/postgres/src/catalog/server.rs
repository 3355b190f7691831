//! What belongs to the whole database or server.

use catalog::{
    Enabled, EventTrigger, Extension, ExtensionMember, Kind, Known, Membership, ObjectKey, ObjectKind, Others,
    Publication, PublishedTable, Role, RoleSetting,
};

use super::{
    Reading,
    rows::{Row, Rows},
};

impl Reading<'_> {
    pub(super) fn roles(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let memberships = memberships(row);
            let mut member_of: Vec<String> = memberships.iter().map(|one| one.role.clone()).collect();
            member_of.dedup();
            self.catalog.roles.push(Role {
                name: row.name(0),
                superuser: row.flag(1),
                login: row.flag(2),
                inherit: row.flag(3),
                bypass_row_security: row.flag(4),
                create_database: row.flag(5),
                create_role: row.flag(6),
                replication: row.flag(7),
                connection_limit: row.int(9).filter(|limit| *limit >= 0),
                valid_until: row.string(10),
                settings: settings(row),
                member_of,
                memberships,
                comment: row.string(8),
            });
        }
    }

    pub(super) fn extensions(&mut self, rows: &Rows) {
        for row in rows.iter() {
            self.catalog.extensions.push(Extension {
                name: row.name(0),
                version: row.string(1),
                schema: row.string(2),
                comment: row.string(3),
            });
            let names = row.list(6).into_iter().zip(row.list(7));
            for ((kind, schema), (name, signature)) in row.list(4).into_iter().zip(row.list(5)).zip(names) {
                let (kind, signature) = match kind.as_str() {
                    "relation" => (ObjectKind::Relation, None),
                    "sequence" => (ObjectKind::Sequence, None),
                    "routine" => (ObjectKind::Routine, Some(signature)),
                    _ => (ObjectKind::Type, None),
                };
                let database = self.catalog.database.clone();
                let object = ObjectKey { database, schema: Some(schema), kind, name, signature };
                self.catalog.extension_members.push(ExtensionMember { extension: row.name(0), object });
            }
        }
    }

    pub(super) fn publications(&mut self, rows: &Rows) {
        let mut all: Vec<Publication> = Vec::new();
        for row in rows.iter() {
            let name = row.name(0);
            if all.last().is_none_or(|last| last.name != name) {
                all.push(Publication {
                    name,
                    owner: row.string(1),
                    all_tables: row.flag(2),
                    insert: row.flag(3),
                    update: row.flag(4),
                    delete: row.flag(5),
                    truncate: row.flag(6),
                    via_root: row.flag(7),
                    generated_columns: row.flag(8),
                    schemas: row.list(9),
                    tables: Vec::new(),
                    comment: row.string(10),
                });
            }
            let (Some(schema), Some(name)) = (row.string(11), row.string(12)) else { continue };
            let filter = row.string(15);
            if row.flag(14) && filter.is_none() {
                // Without it, the publication would look as if it let every row out.
                self.cover(Kind::Publications, Known::NotLoaded);
            }
            let columns = Some(row.list(13)).filter(|columns| !columns.is_empty());
            if let Some(last) = all.last_mut() {
                last.tables.push(PublishedTable { schema, name, columns, filter });
            }
        }
        self.catalog.publications = all;
    }

    pub(super) fn others(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let (schema, relation) = (row.string(0), row.string(1));
            self.catalog.others.push(Others { schema, relation, what: row.name(2), names: row.list(3) });
        }
    }

    pub(super) fn event_triggers(&mut self, rows: &Rows) {
        for row in rows.iter() {
            self.catalog.event_triggers.push(EventTrigger {
                name: row.name(0),
                event: row.name(1),
                tags: row.list(2),
                function: row.string(3),
                enabled: match row.letter(4) {
                    b'A' => Enabled::Always,
                    b'R' => Enabled::Replica,
                    b'D' => Enabled::Disabled,
                    _ => Enabled::Origin,
                },
                owner: row.string(5),
                comment: row.string(6),
            });
        }
    }
}

/// By role, then by who granted it.
fn memberships(row: Row<'_>) -> Vec<Membership> {
    let (admins, inherits, sets, grantors) = (row.list(12), row.list(13), row.list(14), row.list(15));
    let said = |list: &[String], at: usize| match list.get(at).map(String::as_str) {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    };
    let one = |(at, role)| Membership {
        role,
        admin: said(&admins, at) == Some(true),
        inherit: said(&inherits, at),
        set: said(&sets, at),
        grantor: grantors.get(at).filter(|grantor| !grantor.is_empty()).cloned(),
    };
    row.list(11).into_iter().enumerate().map(one).collect()
}

/// Those of every database first.
fn settings(row: Row<'_>) -> Vec<RoleSetting> {
    let databases = row.list(16).into_iter().map(|name| Some(name).filter(|name| !name.is_empty()));
    let one = |(database, setting): (Option<String>, String)| {
        let (name, value) = setting.split_once('=')?;
        Some(RoleSetting { database, name: name.to_owned(), value: value.to_owned() })
    };
    databases.zip(row.list(17)).filter_map(one).collect()
}
