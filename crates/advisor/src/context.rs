use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use catalog::{
    Catalog, Column, ForeignKey, Grant, Index, ObjectKind, Policy, RelationId, RelationKind, RelationWalker, Role,
    TypeKind, TypeObject,
    facts::{Engine, Facts, IndexState, TableStatistics},
};
use policy::{
    effect::Effects,
    rights::{Powers, Privileges},
};
use sql::Dialect;

use crate::{Exposure, policies::ReadPolicy, rule::Reason};

/// Whoever is in no other role.
pub(crate) const PUBLIC: &str = "PUBLIC";

/// What rules look at: a catalog with definitions, facts beyond it, and what untrusted clients reach. What they look up is
/// indexed here, once.
pub struct Context<'a> {
    /// The catalog; its coverage decides what can be evaluated.
    pub catalog: &'a Catalog,
    /// Facts beyond it.
    pub facts: &'a Facts,
    /// What untrusted clients reach; `None` where nobody said so and nothing hints at it.
    pub exposure: Option<&'a Exposure>,
    relations: HashMap<(&'a str, &'a str), RelationId>,
    grants: HashMap<RelationId, Vec<&'a Grant>>,
    schema_grants: HashMap<&'a str, Vec<&'a Grant>>,
    routine_grants: HashMap<(&'a str, &'a str, &'a str), Vec<&'a Grant>>,
    roles: HashMap<&'a str, &'a Role>,
    index_states: HashMap<(&'a str, &'a str), &'a IndexState>,
    table_statistics: HashMap<(&'a str, &'a str), &'a TableStatistics>,
    members: HashSet<(ObjectKind, &'a str, &'a str, &'a str)>,
    types: HashMap<(&'a str, &'a str), &'a TypeObject>,
    taken: HashSet<(&'a str, &'a str)>,
    effects: OnceCell<Effects<'a>>,
    powers: OnceCell<Vec<Powers>>,
    read: OnceCell<Vec<ReadPolicy>>,
}

impl<'a> Context<'a> {
    /// Indexes a catalog and facts.
    pub fn new(catalog: &'a Catalog, facts: &'a Facts, exposure: Option<&'a Exposure>) -> Self {
        let mut context = Context {
            catalog,
            facts,
            exposure,
            relations: HashMap::with_capacity(catalog.relations.len()),
            grants: HashMap::new(),
            schema_grants: HashMap::new(),
            routine_grants: HashMap::new(),
            roles: catalog.roles.iter().map(|role| (role.name.as_str(), role)).collect(),
            index_states: HashMap::new(),
            table_statistics: HashMap::new(),
            members: HashSet::new(),
            types: HashMap::new(),
            taken: HashSet::new(),
            effects: OnceCell::new(),
            powers: OnceCell::new(),
            read: OnceCell::new(),
        };
        for relation in catalog.walk_relations() {
            context.relations.insert((relation.schema(), &relation.row().name), relation.id());
            context.taken.insert((relation.schema(), &relation.row().name));
            for index in relation.indexes() {
                context.taken.insert((relation.schema(), &index.name));
            }
        }
        for grant in &catalog.grants {
            let schema = grant.object.schema.as_deref().unwrap_or("");
            let name = grant.object.name.as_str();
            match grant.object.kind {
                ObjectKind::Relation => {
                    if let Some(id) = context.relations.get(&(schema, name)) {
                        context.grants.entry(*id).or_default().push(grant);
                    }
                }
                ObjectKind::Schema => context.schema_grants.entry(name).or_default().push(grant),
                ObjectKind::Routine => {
                    let signature = grant.object.signature.as_deref().unwrap_or("");
                    context.routine_grants.entry((schema, name, signature)).or_default().push(grant);
                }
                _ => {}
            }
        }
        for state in facts.indexes.value().into_iter().flatten() {
            context.index_states.insert((&state.schema, &state.name), state);
        }
        for table in facts.tables.value().into_iter().flatten() {
            context.table_statistics.insert((&table.schema, &table.name), table);
        }
        for key in facts.extension_members.value().into_iter().flatten() {
            let signature = key.signature.as_deref().unwrap_or("");
            context.members.insert((key.kind, key.schema.as_deref().unwrap_or(""), &key.name, signature));
        }
        for object in &catalog.types {
            context.types.insert((catalog.schema_name(object.schema), &object.name), object);
        }
        context
    }

    /// The dialect of the engine, for texts of the server and for fixes.
    pub(crate) fn dialect(&self) -> &'static Dialect {
        match self.facts.engine {
            Engine::Postgres => sql::dialect::postgres(),
            Engine::MySql => sql::dialect::mysql(),
            Engine::Sqlite => sql::dialect::sqlite(),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.facts.engine == Engine::Postgres
    }

    /// A name, in quotes where needed.
    pub(crate) fn quote(&self, name: &str) -> String {
        self.dialect().quote_identifier_if_needed(name)
    }

    /// Names, in quotes where needed, between commas.
    pub(crate) fn quote_all<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> String {
        names.into_iter().map(|name| self.quote(name)).collect::<Vec<_>>().join(", ")
    }

    /// A qualified name.
    pub(crate) fn path(&self, schema: &str, name: &str) -> String {
        self.dialect().quote_path([schema, name])
    }

    /// A relation's qualified name.
    pub(crate) fn path_of(&self, relation: RelationWalker<'_>) -> String {
        self.path(relation.schema(), &relation.row().name)
    }

    /// A role, as statements name it.
    pub(crate) fn role_name(&self, role: &str) -> String {
        if role == PUBLIC { PUBLIC.to_owned() } else { self.quote(role) }
    }

    /// Relations that people made here: none of the server's and none of an extension's.
    pub(crate) fn relations(&self) -> impl Iterator<Item = RelationWalker<'a>> {
        self.catalog.walk_relations().filter(|relation| self.is_own(*relation))
    }

    /// Tables that people declared: partitions are their parent's.
    pub(crate) fn tables(&self) -> impl Iterator<Item = RelationWalker<'a>> {
        self.relations()
            .filter(|relation| matches!(relation.row().kind, RelationKind::Table | RelationKind::PartitionedTable))
    }

    /// Whether people made it here.
    pub(crate) fn is_own(&self, relation: RelationWalker<'_>) -> bool {
        let system = self.catalog.schemas.get(relation.row().schema.0 as usize).is_some_and(|schema| schema.system);
        !system && !self.is_member(ObjectKind::Relation, relation.schema(), &relation.row().name, "")
    }

    /// Whether it came with an extension.
    pub(crate) fn is_member(&self, kind: ObjectKind, schema: &str, name: &str, signature: &str) -> bool {
        self.members.contains(&(kind, schema, name, signature))
    }

    /// The relation of this name.
    pub(crate) fn find(&self, schema: &str, name: &str) -> Option<RelationWalker<'a>> {
        self.relations.get(&(schema, name)).and_then(|id| self.catalog.relation(*id))
    }

    /// The relation that a foreign key refers to.
    pub(crate) fn referenced(&self, key: &ForeignKey) -> Option<RelationWalker<'a>> {
        key.referenced.and_then(|id| self.catalog.relation(id))
    }

    /// What else is known of an index.
    pub(crate) fn index_state(&self, relation: RelationWalker<'_>, index: &Index) -> Option<&'a IndexState> {
        self.index_states.get(&(relation.schema(), index.name.as_str())).copied()
    }

    /// What is known of a table's use.
    pub(crate) fn table_statistics(&self, relation: RelationWalker<'_>) -> Option<&'a TableStatistics> {
        self.table_statistics.get(&(relation.schema(), relation.row().name.as_str())).copied()
    }

    /// A name for an index of this table that no relation or index of its schema has.
    pub(crate) fn free_index_name(&self, relation: RelationWalker<'_>, parts: &[&str], ending: &str) -> String {
        let mut all = vec![relation.row().name.as_str()];
        all.extend(parts);
        crate::names::free(&all, ending, |name| self.taken.contains(&(relation.schema(), name)))
    }

    /// Privileges on a relation, its columns' too.
    pub(crate) fn grants_on(&self, relation: RelationWalker<'_>) -> &[&'a Grant] {
        self.grants.get(&relation.id()).map_or(&[], Vec::as_slice)
    }

    /// Privileges on a schema.
    pub(crate) fn grants_on_schema(&self, schema: &str) -> &[&'a Grant] {
        self.schema_grants.get(schema).map_or(&[], Vec::as_slice)
    }

    /// Privileges on a routine.
    pub(crate) fn grants_on_routine(&self, schema: &str, name: &str, signature: &str) -> Vec<&'a Grant> {
        self.routine_grants.get(&(schema, name, signature)).cloned().unwrap_or_default()
    }

    /// The role of this name.
    pub(crate) fn role(&self, name: &str) -> Option<&'a Role> {
        self.roles.get(name).copied()
    }

    /// What row security does, and who has which rights.
    pub(crate) fn effects(&self) -> &Effects<'a> {
        self.effects.get_or_init(|| Effects::new(self.catalog))
    }

    /// Whose rights everybody has.
    pub(crate) fn everybody(&self) -> Powers {
        self.effects().rights().powers(PUBLIC)
    }

    /// Policies of relations that people made, with their expressions as the server's grammar reads them.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (RelationWalker<'a>, &'a Policy, &ReadPolicy)> {
        let read = self.read.get_or_init(|| {
            let names = self.effects().rights().names();
            self.catalog.policies.iter().map(|policy| ReadPolicy::of(policy, names)).collect()
        });
        self.catalog.policies.iter().zip(read).filter_map(|(policy, read)| {
            let relation = self.catalog.relation(policy.relation).filter(|relation| self.is_own(*relation))?;
            Some((relation, policy, read))
        })
    }

    /// What untrusted clients reach.
    pub(crate) fn exposed(&self) -> Result<&'a Exposure, Reason> {
        self.exposure.ok_or(Reason::Exposure)
    }

    /// The roles of untrusted clients, anonymous ones first, with their rights.
    pub(crate) fn exposed_powers(&self) -> Result<&[Powers], Reason> {
        let exposure = self.exposed()?;
        Ok(self.powers.get_or_init(|| exposure.roles().map(|role| self.effects().rights().powers(role)).collect()))
    }

    /// Which of these powers reach a relation with any of these privileges on it or a column of it, in a schema that untrusted
    /// clients can name.
    pub(crate) fn reaching(
        &self,
        relation: RelationWalker<'_>,
        privileges: &[Privileges],
    ) -> Result<Vec<&Powers>, Reason> {
        if !self.exposed()?.has_schema(relation.schema()) {
            return Ok(Vec::new());
        }
        let reaches = |powers: &&Powers| {
            let held = self.effects().rights().held(powers, relation.id());
            held.schema && privileges.iter().any(|one| held.any().has(*one))
        };
        Ok(self.exposed_powers()?.iter().filter(reaches).collect())
    }

    /// What was granted on a relation and reaches any of these powers.
    pub(crate) fn grants_to(
        &self,
        relation: RelationWalker<'_>,
        powers: &[&Powers],
        privileges: &[&str],
    ) -> Vec<&'a Grant> {
        let rights = self.effects().rights();
        let reaches = |grant: &&&'a Grant| {
            privileges.contains(&grant.privilege.as_str())
                && powers.iter().any(|powers| rights.is_or_has(powers, &grant.grantee))
        };
        self.grants_on(relation).iter().filter(reaches).copied().collect()
    }

    /// A column's type without what a domain adds: `numeric(9,2)` of a domain over it.
    pub(crate) fn underlying<'c>(&'c self, column: &'c Column) -> &'c str {
        let mut native = column.native_type.as_str();
        // A domain over a domain prints the inner one; the bound is against a loop that no honest server has.
        for _ in 0..16 {
            let domain = native
                .split_once('.')
                .and_then(|(schema, name)| self.types.get(&(schema.trim_matches('"'), name.trim_matches('"'))));
            match domain.filter(|object| object.kind == TypeKind::Domain).and_then(|object| object.base_type.as_deref())
            {
                Some(base) => native = base,
                None => break,
            }
        }
        native
    }

    /// The same without modifiers, in small letters: `numeric` of `numeric(9,2)`.
    pub(crate) fn base_type(&self, column: &Column) -> String {
        let native = self.underlying(column);
        let Some((before, rest)) = native.split_once('(') else { return native.to_lowercase() };
        let after = rest.split_once(')').map_or("", |(_, after)| after);
        format!("{before}{after}").to_lowercase()
    }
}
