//! What must be there before an object can be: found in the texts, as names.
//!
//! A name that merely looks like an object's counts as one. That orders more strictly than it must, and never too little;
//! circles that come of it are broken where an order is made ([`crate::order`]).

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
};

use catalog::{ObjectKey, ObjectKind};
use sql::{TokenKind, tokenize};

use crate::definition::*;

/// What objects of a definition need, each found out when it is asked.
pub(crate) struct Needs<'a> {
    definition: &'a Definition,
    dialect: &'static sql::Dialect,
    /// Objects that others speak of, by name as it is compared.
    by_name: HashMap<Cow<'a, str>, Vec<&'a ObjectKey>>,
    /// Columns by relation and name, both in lower case, where case makes no difference.
    columns: Option<HashMap<(String, String), &'a ObjectKey>>,
    /// What tells rows of a relation (schema and name) apart, with the columns that do.
    keys: HashMap<(Option<&'a str>, &'a str), Vec<Unique<'a>>>,
}

/// A key or a unique index, and its columns.
type Unique<'a> = (&'a ObjectKey, &'a [String]);

/// Whether an object may need one of these names: it is a part of one, or has it in a text, be it within another word.
pub(crate) fn speaks_of(key: &ObjectKey, object: &Object, names: &HashSet<&str>) -> bool {
    let is = |name: &str| names.contains(name);
    // Of very many names, each object is looked at as if it did.
    let said = |text: &str| names.len() > MANY || names.iter().any(|name| name.contains(QUOTES) || text.contains(name));
    let of_relation = || match (&object.body, key.kind) {
        (Body::Index(index), _) => is(&index.relation.name),
        (_, ObjectKind::Routine) => false,
        _ => key.signature.as_deref().is_some_and(is),
    };
    key.schema.as_deref().is_some_and(is) || of_relation() || object.body.texts().into_iter().any(said)
}

/// More names than this are not looked for one by one.
const MANY: usize = 200;
/// Names with these stand otherwise in texts.
const QUOTES: [char; 3] = ['"', '`', ']'];

/// Names of a text, each with the one before its dot.
pub(crate) fn mentioned(text: &str, dialect: &sql::Dialect) -> Vec<(Option<String>, String)> {
    let mut found: Vec<(Option<String>, String)> = Vec::new();
    let mut after_dot = false;
    for token in tokenize(text, dialect) {
        let written = text.get(token.span.start..token.span.end).unwrap_or_default();
        match token.kind {
            TokenKind::Word | TokenKind::QuotedName => {
                let name = unquoted(written, token.kind, dialect);
                let before = after_dot.then(|| found.last().map(|(_, name)| name.clone())).flatten();
                found.push((before, name));
                after_dot = false;
            }
            TokenKind::Dot => after_dot = !found.is_empty(),
            // A literal that a cast makes an object of: `'app.orders_id_seq'::regclass`.
            TokenKind::String | TokenKind::EscapeString => {
                let inner = written.trim_matches('\'');
                if inner.len() < 200 && inner.contains('.') && !inner.contains(char::is_whitespace) {
                    found.extend(mentioned(inner, dialect));
                }
                after_dot = false;
            }
            kind if kind.is_trivia() => {}
            _ => after_dot = false,
        }
    }
    found
}

fn unquoted(written: &str, kind: TokenKind, dialect: &sql::Dialect) -> String {
    if kind == TokenKind::Word {
        return dialect.fold(written);
    }
    let mut signs = written.chars();
    let (open, close) = (signs.next(), signs.next_back());
    match (open, close) {
        (Some('['), Some(']')) => signs.as_str().replace("]]", "]"),
        (Some(quote @ ('"' | '`')), Some(_)) => signs.as_str().replace(&format!("{quote}{quote}"), &quote.to_string()),
        _ => written.to_owned(),
    }
}

impl<'a> Needs<'a> {
    pub(crate) fn new(definition: &'a Definition) -> Self {
        let mut needs = Needs {
            definition,
            dialect: definition.server.dialect(),
            by_name: HashMap::new(),
            columns: (definition.server.engine == Engine::Sqlite).then(HashMap::new),
            keys: HashMap::new(),
        };
        for (key, object) in &definition.objects {
            match (&object.body, key.kind) {
                (_, ObjectKind::Relation | ObjectKind::Type | ObjectKind::Routine | ObjectKind::Sequence) => {
                    let name = needs.compared(&key.name);
                    needs.by_name.entry(name).or_default().push(key);
                }
                (Body::Column(_), _) => {
                    let relation = key.signature.as_deref().unwrap_or_default().to_lowercase();
                    if let Some(columns) = &mut needs.columns {
                        columns.insert((relation, key.name.to_lowercase()), key);
                    }
                }
                (Body::Constraint(one), _) if !one.columns.is_empty() => {
                    let relation = (key.schema.as_deref(), key.signature.as_deref().unwrap_or_default());
                    needs.keys.entry(relation).or_default().push((key, &one.columns));
                }
                (Body::Index(one), _) if one.unique => {
                    let relation = (one.relation.schema.as_deref(), one.relation.name.as_str());
                    needs.keys.entry(relation).or_default().push((key, &one.keys));
                }
                _ => {}
            }
        }
        needs
    }

    /// What an object needs.
    pub(crate) fn of(&self, key: &ObjectKey) -> BTreeSet<&'a ObjectKey> {
        match self.definition.objects.get_key_value(key) {
            Some((key, object)) => self.of_object(key, object),
            None => BTreeSet::new(),
        }
    }

    /// A name as names are compared.
    fn compared<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match self.definition.server.engine {
            Engine::Sqlite => Cow::Owned(name.to_lowercase()),
            _ => Cow::Borrowed(name),
        }
    }

    fn column(&self, relation: &ObjectKey, name: &str) -> Option<&'a ObjectKey> {
        match &self.columns {
            Some(columns) => columns.get(&(relation.name.to_lowercase(), name.to_lowercase())).copied(),
            None => self.key(&ObjectKey::column(relation, name)),
        }
    }

    fn key(&self, key: &ObjectKey) -> Option<&'a ObjectKey> {
        self.definition.objects.get_key_value(key).map(|(key, _)| key)
    }

    fn of_object(&self, key: &'a ObjectKey, object: &'a Object) -> BTreeSet<&'a ObjectKey> {
        let mut found = BTreeSet::new();
        if let Some(schema) = &key.schema {
            found.extend(self.schema(schema));
        }
        let relation = object.relation(key);
        found.extend(relation.as_ref().and_then(|relation| self.key(relation)));
        match &object.body {
            Body::Schema => {}
            Body::Extension { schema, .. } => found.extend(schema.as_ref().and_then(|schema| self.schema(schema))),
            Body::Type(TypeBody::Enum { .. }) => {}
            Body::Type(TypeBody::Domain(domain)) => {
                self.text(&domain.base, &mut found);
                domain.default.iter().chain(domain.checks.values()).for_each(|text| self.text(text, &mut found));
            }
            Body::Type(TypeBody::Composite { attributes }) => {
                attributes.iter().for_each(|(_, of)| self.text(of, &mut found));
            }
            Body::Type(TypeBody::Range { subtype }) => self.text(subtype, &mut found),
            Body::Sequence(_) => {}
            Body::Table(table) => {
                let parents = table.partition.iter().map(|(parent, _)| parent).chain(&table.parents);
                found.extend(parents.filter_map(|parent| self.key(parent)));
            }
            Body::Column(column) => {
                self.text(&column.native_type, &mut found);
                column.default.iter().for_each(|text| self.text(text, &mut found));
                let computed = column.generated.as_ref().and_then(|generated| generated.expression.as_deref());
                if let Some(text) = computed {
                    self.text(text, &mut found);
                    self.columns_in(text, relation.as_ref(), &mut found);
                }
            }
            Body::Constraint(one) => {
                self.text(&one.text, &mut found);
                self.columns_in(&one.text, relation.as_ref(), &mut found);
            }
            Body::ForeignKey(one) => self.foreign_key(one, relation.as_ref(), &mut found),
            Body::Index(one) => {
                self.text(&one.text, &mut found);
                self.columns_in(&one.text, relation.as_ref(), &mut found);
            }
            Body::View(view) => self.with_columns(&view.query, &mut found),
            Body::Routine(one) => self.with_columns(&one.text, &mut found),
            Body::Trigger(one) => {
                self.text(&one.text, &mut found);
                self.columns_in(&one.text, relation.as_ref(), &mut found);
            }
            Body::Event(text) => self.text(text, &mut found),
            Body::Role(role) => {
                let there = |name: &String| self.definition.objects.get_key_value(&crate::role::key(name));
                found.extend(role.member_of.keys().filter_map(there).map(|(key, _)| key));
            }
            Body::Policy(draft) => {
                for text in draft.using.iter().chain(&draft.with_check) {
                    self.with_columns(text, &mut found);
                    self.columns_in(text, relation.as_ref(), &mut found);
                }
            }
        }
        found.remove(key);
        found
    }

    fn schema(&self, name: &str) -> Option<&'a ObjectKey> {
        let key = ObjectKey {
            database: None,
            schema: None,
            kind: ObjectKind::Schema,
            name: name.to_owned(),
            signature: None,
        };
        self.key(&key)
    }

    /// Objects that a text speaks of: with their schema, or without it where it is on the path.
    fn text(&self, text: &str, found: &mut BTreeSet<&'a ObjectKey>) {
        for (before, name) in mentioned(text, self.dialect) {
            for key in self.by_name.get(&self.compared(&name)).into_iter().flatten() {
                let schema = key.schema.as_deref().unwrap_or_default();
                let meant = match &before {
                    Some(before) => before == schema,
                    None => self.definition.search_path.iter().any(|one| one == schema),
                };
                if meant {
                    found.insert(key);
                }
            }
        }
    }

    /// Columns of one relation that a text names.
    fn columns_in(&self, text: &str, relation: Option<&ObjectKey>, found: &mut BTreeSet<&'a ObjectKey>) {
        let Some(relation) = relation else { return };
        for (_, name) in mentioned(text, self.dialect) {
            found.extend(self.column(relation, &name));
        }
    }

    /// A query's objects, and those columns of its relations that it names.
    fn with_columns(&self, text: &str, found: &mut BTreeSet<&'a ObjectKey>) {
        let mut objects = BTreeSet::new();
        self.text(text, &mut objects);
        let names: BTreeSet<String> = mentioned(text, self.dialect).into_iter().map(|(_, name)| name).collect();
        for object in objects.iter().filter(|object| object.kind == ObjectKind::Relation) {
            found.extend(names.iter().filter_map(|name| self.column(object, name)));
        }
        found.extend(objects);
    }

    fn foreign_key(&self, one: &ForeignKey, relation: Option<&ObjectKey>, found: &mut BTreeSet<&'a ObjectKey>) {
        let column = |table: &ObjectKey, name: &String| self.key(&ObjectKey::column(table, name));
        found.extend(one.columns.iter().filter_map(|name| column(relation?, name)));
        found.extend(self.key(&one.references));
        found.extend(one.referenced_columns.iter().filter_map(|name| column(&one.references, name)));
        // The key that it leans on: one over the same columns.
        let wanted: BTreeSet<&String> = one.referenced_columns.iter().collect();
        let relation = (one.references.schema.as_deref(), one.references.name.as_str());
        let keys = self.keys.get(&relation).into_iter().flatten();
        found
            .extend(keys.filter(|(_, columns)| columns.iter().collect::<BTreeSet<_>>() == wanted).map(|(key, _)| *key));
    }
}
