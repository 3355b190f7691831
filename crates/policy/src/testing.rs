//! Catalogs for tests, in a few words.

use catalog::{
    Catalog, Column, Database, Grant, Known, Membership, ObjectKey, ObjectKind, Policy, PolicyCommand, Relation,
    RelationId, RelationKind, Role, RowSecurity, Schema, SchemaId,
};

/// One schema `app` that everyone may use, and what is put into it.
pub(crate) struct Sketch {
    catalog: Catalog,
    pub(crate) roles: Vec<Role>,
}

impl Sketch {
    pub(crate) fn new() -> Self {
        let mut catalog = Catalog { search_path: vec!["app".to_owned()], ..Catalog::default() };
        catalog.databases.push(Database { name: "d".to_owned(), current: true, ..Database::default() });
        catalog.push_schema(Schema { owner: Some("postgres".to_owned()), ..Schema::named("app") });
        let object = ObjectKey {
            database: None,
            schema: None,
            kind: ObjectKind::Schema,
            name: "app".to_owned(),
            signature: None,
        };
        catalog.grants.push(grant_of(object, "PUBLIC", "USAGE"));
        Sketch { catalog, roles: Vec::new() }
    }

    pub(crate) fn catalog(&self) -> Catalog {
        let mut catalog = self.catalog.clone();
        catalog.roles = self.roles.clone();
        catalog.seal();
        catalog
    }

    pub(crate) fn relation(&self, name: &str) -> RelationId {
        self.catalog.find_relation(Some("app"), name).unwrap()
    }

    pub(crate) fn row(&mut self, name: &str) -> &mut Relation {
        let id = self.relation(name);
        &mut self.catalog.relations[id.0 as usize]
    }

    pub(crate) fn inner(&mut self) -> &mut Catalog {
        &mut self.catalog
    }

    /// A table with row security off.
    pub(crate) fn table(&mut self, name: &str, owner: &str) -> &mut Self {
        self.relation_of(name, owner, RelationKind::Table)
    }

    pub(crate) fn relation_of(&mut self, name: &str, owner: &str, kind: RelationKind) -> &mut Self {
        let mut row = Relation::new(SchemaId(0), name, kind);
        row.owner = Some(owner.to_owned());
        row.row_security = Known::Value(RowSecurity::default());
        self.catalog.push_relation(row);
        self
    }

    pub(crate) fn columns(&mut self, table: &str, columns: &[(&str, &str)]) -> &mut Self {
        let id = self.relation(table);
        for (ordinal, (name, native)) in columns.iter().enumerate() {
            let mut column = Column::new(id, ordinal as u32 + 1, name, native.trim_end_matches(" not null"));
            column.nullable = Known::Value(!native.ends_with(" not null"));
            self.catalog.columns.push(column);
        }
        self
    }

    pub(crate) fn secured(&mut self, table: &str, forced: bool) -> &mut Self {
        self.row(table).row_security = Known::Value(RowSecurity { enabled: true, forced });
        self
    }

    pub(crate) fn role(&mut self, name: &str) -> &mut Self {
        self.roles.push(Role { name: name.to_owned(), inherit: true, ..Role::default() });
        self
    }

    pub(crate) fn member(&mut self, member: &str, of: &str, inherit: Option<bool>) -> &mut Self {
        let role = self.roles.iter_mut().find(|role| role.name == member).unwrap();
        role.member_of.push(of.to_owned());
        let membership = Membership { role: of.to_owned(), admin: false, inherit, set: None, grantor: None };
        role.memberships.push(membership);
        self
    }

    /// Grants, and with the first of them the owner's own, as the server lists them.
    pub(crate) fn grant(&mut self, table: &str, grantee: &str, privileges: &str) -> &mut Self {
        let owner = self.row(table).owner.clone().unwrap();
        let listed = self.catalog.grants.iter().any(|grant| grant.object.name == table && grant.grantee == owner);
        if grantee != owner && !listed {
            self.grant(table, &owner, "SELECT, INSERT, UPDATE, DELETE, TRUNCATE");
        }
        for privilege in privileges.split(", ") {
            let object = ObjectKey::relation(None, Some("app"), table);
            self.catalog.grants.push(grant_of(object, grantee, privilege));
        }
        self
    }

    /// A permissive policy; restrictive where the name begins with `r_`.
    pub(crate) fn policy(
        &mut self,
        table: &str,
        name: &str,
        command: PolicyCommand,
        roles: &[&str],
        using: Option<&str>,
        with_check: Option<&str>,
    ) -> &mut Self {
        let relation = self.relation(table);
        self.catalog.policies.push(Policy {
            relation,
            name: name.to_owned(),
            command,
            permissive: !name.starts_with("r_"),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            using: using.map(str::to_owned),
            with_check: with_check.map(str::to_owned),
            comment: None,
        });
        self
    }
}

pub(crate) fn grant_of(object: ObjectKey, grantee: &str, privilege: &str) -> Grant {
    Grant {
        object,
        column: None,
        grantee: grantee.to_owned(),
        grantor: None,
        privilege: privilege.to_owned(),
        grantable: false,
    }
}
