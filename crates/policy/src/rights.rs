//! Who is whom, and who has which rights, as PostgreSQL decides it.
//!
//! A role has the rights of the roles it is a member of where the membership inherits: from PostgreSQL 16 that is an option
//! of the membership, before it is the member's own INHERIT attribute
//! (<https://www.postgresql.org/docs/current/role-membership.html>). Superuser and BYPASSRLS are never inherited. Whoever has
//! the rights of an owner counts as one.

use std::collections::HashMap;

use catalog::{Catalog, Grant, ObjectKind, RelationId, Role};
use serde::{Deserialize, Serialize};

use crate::expression::Names;

/// A set of privileges on a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privileges(u8);

impl Privileges {
    /// Reading rows.
    pub const SELECT: Privileges = Privileges(1);
    /// Adding rows.
    pub const INSERT: Privileges = Privileges(2);
    /// Changing rows.
    pub const UPDATE: Privileges = Privileges(4);
    /// Removing rows.
    pub const DELETE: Privileges = Privileges(8);
    /// Removing all rows at once, whatever policies say.
    pub const TRUNCATE: Privileges = Privileges(16);
    /// Each of these.
    pub const ALL: Privileges = Privileges(31);

    /// Whether all of those are among these.
    pub fn has(self, other: Privileges) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and those.
    #[must_use]
    pub fn with(self, other: Privileges) -> Privileges {
        Privileges(self.0 | other.0)
    }

    fn named(name: &str) -> Privileges {
        match name {
            "SELECT" => Privileges::SELECT,
            "INSERT" => Privileges::INSERT,
            "UPDATE" => Privileges::UPDATE,
            "DELETE" => Privileges::DELETE,
            "TRUNCATE" => Privileges::TRUNCATE,
            _ => Privileges::default(),
        }
    }
}

/// What a role may do with a table, before any policy is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// On the whole table.
    pub table: Privileges,
    /// On some of its columns at least.
    pub columns: Privileges,
    /// It may use the schema, without which the table cannot be named.
    pub schema: bool,
}

impl Held {
    /// On the table or some of its columns.
    pub fn any(self) -> Privileges {
        self.table.with(self.columns)
    }
}

/// Number of a role's name; 0 is everyone.
type Number = usize;
const EVERYONE: Number = 0;

/// A role with all whose rights it has.
#[derive(Clone, Debug)]
pub struct Powers {
    /// Its name.
    pub role: String,
    /// Whether the catalog holds it.
    pub known: bool,
    /// Checks do not apply to it.
    pub superuser: bool,
    /// Row security does not apply to it.
    pub bypass_row_security: bool,
    has: Vec<bool>,
    reads_all: bool,
    writes_all: bool,
}

impl Powers {
    fn has(&self, number: Number) -> bool {
        self.superuser || self.has.get(number).copied().unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug)]
struct Right {
    grantee: Number,
    table: Privileges,
    columns: Privileges,
}

/// The rights of a catalog, by object; made once.
#[derive(Clone, Debug)]
pub struct Rights<'a> {
    names: Names<'a>,
    roles: HashMap<&'a str, &'a Role>,
    numbers: HashMap<&'a str, Number>,
    relations: Vec<Vec<Right>>,
    owners: Vec<Option<Number>>,
    /// Who may use a schema; `None` where nobody was granted anything, so that only its owner may.
    schemas: HashMap<&'a str, Vec<Number>>,
    /// Who may run a routine, by schema, name and identity arguments.
    routines: HashMap<(&'a str, &'a str, &'a str), Vec<Number>>,
}

impl<'a> Rights<'a> {
    /// Reads the rights of a catalog. Relations, roles and grants have to have been read in full
    /// ([`Catalog::complete`]), or what follows is of what was read.
    pub fn new(catalog: &'a Catalog) -> Self {
        let names = Names::new(catalog);
        let mut numbers: HashMap<&str, Number> = HashMap::from([("PUBLIC", EVERYONE)]);
        let mut number = |name: &'a str| {
            let next = numbers.len();
            *numbers.entry(name).or_insert(next)
        };
        let roles = catalog.roles.iter().map(|role| (role.name.as_str(), role)).collect();
        for role in &catalog.roles {
            number(&role.name);
            for group in &role.member_of {
                number(group);
            }
        }
        let owners = catalog.relations.iter().map(|relation| relation.owner.as_deref().map(&mut number)).collect();
        let mut relations: Vec<Vec<Right>> = vec![Vec::new(); catalog.relations.len()];
        let mut schemas: HashMap<&str, Vec<Number>> = HashMap::new();
        let mut routines: HashMap<(&str, &str, &str), Vec<Number>> = HashMap::new();
        // Grants of one object stand together.
        let mut last: Option<(&Grant, RelationId)> = None;
        for grant in &catalog.grants {
            let grantee = number(&grant.grantee);
            let object = &grant.object;
            match object.kind {
                ObjectKind::Relation => {
                    let id = match last {
                        Some((before, id)) if before.object == *object => Some(id),
                        _ => object.schema.as_deref().and_then(|schema| names.relation(Some(schema), &object.name)),
                    };
                    let Some(id) = id else { continue };
                    last = Some((grant, id));
                    let Some(rights) = relations.get_mut(id.0 as usize) else { continue };
                    let privileges = Privileges::named(&grant.privilege);
                    let of_column = grant.column.is_some();
                    let (table, columns) = if of_column {
                        (Privileges::default(), privileges)
                    } else {
                        (privileges, Privileges::default())
                    };
                    match rights.iter_mut().find(|right| right.grantee == grantee) {
                        Some(right) => {
                            right.table = right.table.with(table);
                            right.columns = right.columns.with(columns);
                        }
                        None => rights.push(Right { grantee, table, columns }),
                    }
                }
                ObjectKind::Schema => {
                    let users = schemas.entry(object.name.as_str()).or_default();
                    if grant.privilege == "USAGE" {
                        users.push(grantee);
                    }
                }
                ObjectKind::Routine if grant.privilege == "EXECUTE" => {
                    let schema = object.schema.as_deref().unwrap_or_default();
                    let arguments = object.signature.as_deref().unwrap_or_default();
                    routines.entry((schema, object.name.as_str(), arguments)).or_default().push(grantee);
                }
                _ => {}
            }
        }
        for schema in &catalog.schemas {
            schema.owner.as_deref().map(&mut number);
        }
        for routine in &catalog.routines {
            routine.owner.as_deref().map(&mut number);
        }
        Rights { names, roles, numbers, relations, owners, schemas, routines }
    }

    /// The catalog.
    pub fn catalog(&self) -> &'a Catalog {
        self.names.catalog()
    }

    /// Its relations by name.
    pub fn names(&self) -> &Names<'a> {
        &self.names
    }

    /// Whose rights a role has: its own, everyone's, and those of the roles it inherits from.
    pub fn powers(&self, role: &str) -> Powers {
        let known = self.roles.get(role);
        let mut has = vec![false; self.numbers.len()];
        let mut mark = |name: &str| match self.numbers.get(name).and_then(|number| has.get_mut(*number)) {
            Some(slot) => !std::mem::replace(slot, true),
            None => false,
        };
        mark("PUBLIC");
        mark(role);
        let mut to_follow = vec![role];
        let (mut reads_all, mut writes_all) = (false, false);
        while let Some(name) = to_follow.pop() {
            reads_all |= name == "pg_read_all_data";
            writes_all |= name == "pg_write_all_data";
            let Some(role) = self.roles.get(name) else { continue };
            for group in &role.member_of {
                let mut options = role.memberships.iter().filter(|membership| membership.role == *group).peekable();
                // One role may be granted by several, and any that inherits will do.
                let inherits = if options.peek().is_some() {
                    options.any(|membership| membership.inherit.unwrap_or(role.inherit))
                } else {
                    role.inherit
                };
                if inherits && mark(group) {
                    to_follow.push(group);
                }
            }
        }
        // The owner of the database is a member of this role, which nobody can be made one of.
        let database = self.catalog().databases.iter().find(|database| database.current);
        let owner = database.and_then(|database| database.owner.as_deref());
        if owner.and_then(|owner| self.numbers.get(owner)).is_some_and(|number| has[*number])
            && let Some(number) = self.numbers.get("pg_database_owner")
        {
            has[*number] = true;
        }
        Powers {
            role: role.to_owned(),
            known: known.is_some(),
            superuser: known.is_some_and(|role| role.superuser),
            bypass_row_security: known.is_some_and(|role| role.bypass_row_security),
            has,
            reads_all,
            writes_all,
        }
    }

    /// Whether what is granted to `role` is granted to these powers too.
    pub fn is_or_has(&self, powers: &Powers, role: &str) -> bool {
        powers.superuser || self.numbers.get(role).is_some_and(|number| powers.has(*number))
    }

    /// Whether they are the table's owner's.
    pub fn owns(&self, powers: &Powers, relation: RelationId) -> bool {
        let owner = self.owners.get(relation.0 as usize).copied().flatten();
        owner.is_some_and(|owner| powers.has(owner))
    }

    /// What they may do with a table.
    pub fn held(&self, powers: &Powers, relation: RelationId) -> Held {
        let Some(walker) = self.catalog().relation(relation) else { return Held::default() };
        if powers.superuser {
            return Held { table: Privileges::ALL, columns: Privileges::ALL, schema: true };
        }
        let mut held = Held { schema: self.uses_schema(powers, walker.schema()), ..Held::default() };
        let rights = self.relations.get(relation.0 as usize).map_or(&[][..], Vec::as_slice);
        for right in rights.iter().filter(|right| powers.has(right.grantee)) {
            held.table = held.table.with(right.table);
            held.columns = held.columns.with(right.columns);
        }
        // Without a list of its own a table has the server's defaults: everything for its owner.
        if self.owns(powers, relation) && rights.iter().all(|right| right.table == Privileges::default()) {
            held.table = Privileges::ALL;
        }
        if powers.reads_all {
            held.table = held.table.with(Privileges::SELECT);
        }
        if powers.writes_all {
            held.table = held.table.with(Privileges(2 | 4 | 8));
        }
        held
    }

    /// Whether they may use what is in a schema.
    pub fn uses_schema(&self, powers: &Powers, schema: &str) -> bool {
        if powers.superuser || powers.reads_all || powers.writes_all {
            return true;
        }
        match self.schemas.get(schema) {
            Some(users) => users.iter().any(|user| powers.has(*user)),
            None => {
                let row = self.catalog().schemas.iter().find(|row| row.name == schema);
                let owner = row.and_then(|row| row.owner.as_deref());
                owner.is_some_and(|owner| self.is_or_has(powers, owner))
            }
        }
    }

    /// Whether they may run a routine, its schema included.
    pub fn runs(&self, powers: &Powers, routine: &catalog::Routine) -> bool {
        let schema = self.catalog().schema_name(routine.schema);
        let arguments = routine.identity_arguments.as_deref().unwrap_or_default();
        let users = self.routines.get(&(schema, routine.name.as_str(), arguments));
        let owner = routine.owner.as_deref().is_some_and(|owner| self.is_or_has(powers, owner));
        let allowed = users.is_some_and(|users| users.iter().any(|user| powers.has(*user))) || owner;
        allowed && self.uses_schema(powers, schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Sketch;

    #[test]
    fn rights_come_through_memberships_that_inherit() {
        let mut sketch = Sketch::new();
        sketch.table("t", "owner").grant("t", "readers", "SELECT").grant("t", "PUBLIC", "INSERT");
        sketch.role("readers").role("ann").role("bob").role("cy").role("dee").role("owner").role("deputy");
        sketch.member("ann", "readers", None).member("bob", "readers", Some(false)).member("cy", "ann", None);
        sketch.member("dee", "bob", Some(true)).member("deputy", "owner", Some(true));
        let catalog = sketch.catalog();
        let rights = Rights::new(&catalog);
        let t = catalog.find_relation(None, "t").unwrap();
        for (role, select, owns) in [
            ("readers", true, false),
            ("ann", true, false),
            ("bob", false, false),
            ("cy", true, false),
            ("dee", false, false),
            ("owner", true, true),
            ("deputy", true, true),
            ("nobody", false, false),
        ] {
            let powers = rights.powers(role);
            let held = rights.held(&powers, t);
            assert_eq!(held.table.has(Privileges::SELECT), select, "{role}");
            assert_eq!(rights.owns(&powers, t), owns, "{role}");
            assert!(held.table.has(Privileges::INSERT), "everyone has what PUBLIC has");
        }
    }

    #[test]
    fn before_16_the_member_decides_whether_it_inherits() {
        let mut sketch = Sketch::new();
        sketch.table("t", "owner").grant("t", "readers", "SELECT");
        sketch.role("readers").role("ann").role("bob").member("ann", "readers", None).member("bob", "ann", None);
        sketch.roles.iter_mut().find(|role| role.name == "ann").unwrap().inherit = false;
        let catalog = sketch.catalog();
        let rights = Rights::new(&catalog);
        let t = catalog.find_relation(None, "t").unwrap();
        for role in ["ann", "bob"] {
            assert_eq!(rights.held(&rights.powers(role), t).table, Privileges::default(), "{role}");
        }
    }

    #[test]
    fn an_owner_has_everything_until_rights_are_listed() {
        let mut sketch = Sketch::new();
        sketch.table("free", "owner").table("listed", "owner").role("owner");
        sketch.grant("listed", "owner", "INSERT");
        let catalog = sketch.catalog();
        let rights = Rights::new(&catalog);
        let owner = rights.powers("owner");
        let held = |name: &str| rights.held(&owner, catalog.find_relation(None, name).unwrap()).table;
        assert_eq!(held("free"), Privileges::ALL);
        assert_eq!(held("listed"), Privileges::INSERT);
    }
}
