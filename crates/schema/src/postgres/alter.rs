//! Statements that change objects where they are.

use catalog::{Enabled, ObjectKey, RowSecurity};
use policy::{
    change::statements::{self, alter_policy},
    listing::Table as PolicyTable,
    name::{literal, quote},
};

use super::{Action, Planner, create, has_named_not_null, name, replace, table_of, word};
use crate::{
    definition::*,
    plan::{Loss, Step, Verb},
    widening::widens,
};

impl<'a> Planner<'a> {
    pub(super) fn alter(&mut self, key: &'a ObjectKey, before: &'a Object, after: &'a Object) {
        match (&before.body, &after.body) {
            (Body::Extension { version: from, schema: home }, Body::Extension { version, schema }) => {
                if let Some(version) = version.as_ref().filter(|_| from != version) {
                    self.push(
                        key,
                        Verb::Change,
                        format!("ALTER EXTENSION {} UPDATE TO {}", name(key), literal(version)),
                    );
                }
                if let Some(schema) = schema.as_ref().filter(|_| home != schema) {
                    self.push(key, Verb::Change, format!("ALTER EXTENSION {} SET SCHEMA {}", name(key), quote(schema)));
                }
            }
            (Body::Type(from), Body::Type(to)) => self.alter_type(key, from, to),
            (Body::Sequence(from), Body::Sequence(to)) => {
                let options = create::sequence(to, Some(from));
                if !options.is_empty() {
                    self.push(key, Verb::Change, format!("ALTER SEQUENCE {}{options}", name(key)));
                }
            }
            (Body::Table(from), Body::Table(to)) => self.alter_table(key, from, to),
            (Body::Column(from), Body::Column(to)) => self.alter_column(key, from, to),
            (
                Body::Constraint(Constraint { text: from, .. }) | Body::ForeignKey(ForeignKey { text: from, .. }),
                Body::Constraint(Constraint { text: to, .. }) | Body::ForeignKey(ForeignKey { text: to, .. }),
            ) if replace::becomes_valid(from, to) => {
                let sql = format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", table_of(key), quote(&key.name));
                self.push(key, Verb::Change, sql);
            }
            (Body::Role(from), Body::Role(to)) => self.alter_role(key, from, to),
            (Body::View(from), Body::View(to)) => self.alter_view(key, from, to),
            (Body::Routine(from), Body::Routine(to)) if from.text != to.text => {
                self.push(key, Verb::Change, to.text.clone());
            }
            (Body::Trigger(from), Body::Trigger(to)) if from.enabled != to.enabled => {
                let sql = enabled(key, to.enabled)
                    .unwrap_or_else(|| format!("ALTER TABLE {} ENABLE TRIGGER {}", table_of(key), quote(&key.name)));
                self.push(key, Verb::Change, sql);
            }
            (Body::Policy(from), Body::Policy(to)) => {
                let roles = Some(to.role_names()).filter(|roles| *roles != from.role_names());
                let using = to.using.as_deref().filter(|_| to.using != from.using);
                let with_check = to.with_check.as_deref().filter(|_| to.with_check != from.with_check);
                if roles.is_some() || using.is_some() || with_check.is_some() {
                    let sql = alter_policy(&policy_table(key), &key.name, roles.as_deref(), using, with_check);
                    self.push(key, Verb::Change, sql);
                }
            }
            _ => {}
        }
        self.comment_if_another(key, before, after);
        self.change_access(key, before, after);
    }

    fn alter_type(&mut self, key: &ObjectKey, from: &TypeBody, to: &TypeBody) {
        match (from, to) {
            (TypeBody::Enum { labels: from }, TypeBody::Enum { labels: to }) => {
                let mut before: Option<&String> = None;
                for label in to {
                    if !from.contains(label) {
                        let place = match before {
                            Some(before) => format!(" AFTER {}", literal(before)),
                            None => from.first().map(|first| format!(" BEFORE {}", literal(first))).unwrap_or_default(),
                        };
                        let sql = format!("ALTER TYPE {} ADD VALUE {}{place}", name(key), literal(label));
                        // A new label can be used once its transaction has committed
                        // (https://www.postgresql.org/docs/current/sql-altertype.html).
                        let used = self.to.objects.values().any(|object| mentions(&object.body, &literal(label)));
                        let step = Step::new(key, Verb::Change, sql);
                        self.steps.push(Step { commits_before_next: used, ..step });
                    }
                    before = Some(label);
                }
            }
            (TypeBody::Domain(from), TypeBody::Domain(to)) => {
                let mut say = |what: String| self.push(key, Verb::Change, format!("ALTER DOMAIN {} {what}", name(key)));
                if from.default != to.default {
                    say(to.default.as_ref().map_or("DROP DEFAULT".to_owned(), |text| format!("SET DEFAULT {text}")));
                }
                if from.not_null != to.not_null {
                    say(format!("{} NOT NULL", if to.not_null { "SET" } else { "DROP" }));
                }
                for (name, _) in from.checks.iter().filter(|(name, text)| to.checks.get(*name) != Some(text)) {
                    say(format!("DROP CONSTRAINT {}", quote(name)));
                }
                for (name, text) in to.checks.iter().filter(|(name, text)| from.checks.get(*name) != Some(text)) {
                    say(format!("ADD CONSTRAINT {} {text}", quote(name)));
                }
            }
            (TypeBody::Composite { attributes: from }, TypeBody::Composite { attributes: to }) => {
                for (attribute, _) in from.iter().filter(|one| !to.contains(one)) {
                    let sql = format!("ALTER TYPE {} DROP ATTRIBUTE {}", name(key), quote(attribute));
                    self.steps.push(Step::new(key, Verb::Change, sql).losing(Loss::Values));
                }
                for (attribute, of) in to.iter().filter(|one| !from.contains(one)) {
                    let sql = format!("ALTER TYPE {} ADD ATTRIBUTE {} {of}", name(key), quote(attribute));
                    self.push(key, Verb::Change, sql);
                }
            }
            _ => {}
        }
    }

    fn alter_table(&mut self, key: &ObjectKey, from: &Table, to: &Table) {
        let table = name(key);
        if from.partition != to.partition {
            if let Some((parent, _)) = &from.partition {
                self.detach(key, parent, to);
            }
            if let Some((parent, bound)) = &to.partition {
                self.push(key, Verb::Change, format!("ALTER TABLE {} ATTACH PARTITION {table} {bound}", name(parent)));
            }
        }
        for parent in from.parents.iter().filter(|parent| !to.parents.contains(parent)) {
            self.push(key, Verb::Change, format!("ALTER TABLE {table} NO INHERIT {}", name(parent)));
        }
        for parent in to.parents.iter().filter(|parent| !from.parents.contains(parent)) {
            self.push(key, Verb::Change, format!("ALTER TABLE {table} INHERIT {}", name(parent)));
        }
        if from.unlogged != to.unlogged {
            let word = if to.unlogged { "UNLOGGED" } else { "LOGGED" };
            self.push(key, Verb::Change, format!("ALTER TABLE {table} SET {word}"));
        }
        self.options(key, "TABLE", &from.options, &to.options);
        for sql in row_security(key, from.row_security, to.row_security) {
            self.push(key, Verb::Change, sql);
        }
    }

    fn options(&mut self, key: &ObjectKey, word: &str, from: &[String], to: &[String]) {
        let named = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
        let set: Vec<&str> = to.iter().filter(|option| !from.contains(option)).map(String::as_str).collect();
        let kept: Vec<String> = to.iter().map(named).collect();
        let reset: Vec<String> = from.iter().map(named).filter(|name| !kept.contains(name)).collect();
        if !set.is_empty() {
            self.push(key, Verb::Change, format!("ALTER {word} {} SET ({})", name(key), set.join(", ")));
        }
        if !reset.is_empty() {
            self.push(key, Verb::Change, format!("ALTER {word} {} RESET ({})", name(key), reset.join(", ")));
        }
    }

    fn alter_view(&mut self, key: &ObjectKey, from: &View, to: &View) {
        let word = word(Some(&Body::View(to.clone())));
        if from.query != to.query {
            self.push(key, Verb::Change, create::of_view(key, to, true));
        } else {
            self.options(key, word, &from.options, &to.options);
        }
        for (column, _) in &to.columns {
            let comment = to.column_comments.get(column);
            if from.column_comments.get(column) != comment {
                let text = comment.map_or_else(|| "NULL".to_owned(), |text| literal(text));
                let sql = format!("COMMENT ON COLUMN {}.{} IS {text}", name(key), quote(column));
                self.push(key, Verb::Change, sql);
            }
        }
    }

    fn alter_column(&mut self, key: &ObjectKey, from: &Column, to: &Column) {
        let retyped = from.native_type != to.native_type
            || from.collation != to.collation
            || self.is(key, &[Action::Retype])
            || self.needs_a_new_type(key);
        // The default was taken away where it would be in the way.
        let gone = self.default_is_in_the_way(key);
        let start = format!("ALTER TABLE {} ALTER COLUMN {}", table_of(key), quote(&key.name));
        if from.identity.is_some() && to.identity.is_none() {
            self.push(key, Verb::Change, format!("{start} DROP IDENTITY"));
        }
        if from.generated.is_some() && to.generated.is_none() {
            self.push(key, Verb::Change, format!("{start} DROP EXPRESSION"));
        }
        let has_default = from.default.is_some() && !gone;
        if has_default && (retyped || to.default.is_none()) {
            self.push(key, Verb::Change, format!("{start} DROP DEFAULT"));
        }
        if retyped {
            let collation =
                to.collation.as_ref().map(|name| format!(" COLLATE {}", collation(name))).unwrap_or_default();
            let direct = !self.needs_a_new_type(key) && has_cast(&from.native_type, &to.native_type);
            let text = if direct { "" } else { "::text" };
            let by_name = self.by_attributes(key, &to.native_type);
            let loses = by_name.as_ref().is_some_and(|(_, loses)| *loses);
            let usual = by_name
                .and_then(|(text, _)| text)
                .unwrap_or_else(|| format!("{}{text}::{}", quote(&key.name), to.native_type));
            let conversion = self.conversions.get(key).map_or(usual, |text| (*text).to_owned());
            // A computed column's values are computed again.
            let using = if to.generated.is_some() { String::new() } else { format!(" USING {conversion}") };
            let step = Step::new(key, Verb::Change, format!("{start} TYPE {}{collation}{using}", to.native_type));
            let narrower = to.generated.is_none() && (loses || !widens(&from.native_type, &to.native_type));
            self.steps.push(if narrower { step.losing(Loss::Precision) } else { step });
        }
        let expression = |column: &Column| column.generated.as_ref().and_then(|one| one.expression.clone());
        if let (Some(_), Some(text)) = (&from.generated, expression(to))
            && expression(from).as_ref() != Some(&text)
        {
            self.push(key, Verb::Change, format!("{start} SET EXPRESSION AS ({text})"));
        }
        if let Some(text) = to.default.as_ref().filter(|_| to.default != from.default || retyped || gone) {
            self.push(key, Verb::Change, format!("{start} SET DEFAULT {text}"));
        }
        if from.nullable != to.nullable
            && !has_named_not_null(&self.parts_from, key)
            && !has_named_not_null(&self.parts_to, key)
        {
            let word = if to.nullable { "DROP" } else { "SET" };
            self.push(key, Verb::Change, format!("{start} {word} NOT NULL"));
        }
        self.alter_identity(key, &start, from.identity.as_ref(), to.identity.as_ref());
    }

    /// How the values of a column of a composite type that is made anew become those of the new one: attribute by attribute, for a
    /// row's text says its values by their places only. With it whether some of them go, or, of lists and of types within types, may
    /// come to stand in another place.
    fn by_attributes(&self, key: &ObjectKey, native_type: &str) -> Option<(Option<String>, bool)> {
        let attributes = |object: Option<&'a Object>| match object.map(|one| &one.body) {
            Some(Body::Type(TypeBody::Composite { attributes })) => Some(attributes),
            _ => None,
        };
        let needed = self.needs_from.of(key).into_iter().filter(|one| self.is_swapped(one));
        let (before, after) =
            needed.into_iter().find_map(|one| Some((attributes(self.before(one))?, attributes(self.after(one))?)))?;
        let goes = before.iter().any(|(name, _)| !after.iter().any(|(other, _)| other == name));
        if native_type.ends_with(']') {
            return Some((None, !after.starts_with(before)));
        }
        let column = quote(&key.name);
        let values = after.iter().map(|(name, wanted)| match before.iter().find(|(other, _)| other == name) {
            Some((_, own)) if own == wanted => format!("({column}).{}", quote(name)),
            Some(_) => format!("({column}).{}::text::{wanted}", quote(name)),
            None => format!("NULL::{wanted}"),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let text =
            format!("CASE WHEN {column} IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW({values})::{native_type} END");
        Some((Some(text), goes))
    }

    /// A type of this column stepped aside for a new one of its name.
    fn needs_a_new_type(&self, key: &ObjectKey) -> bool {
        self.needs_from.of(key).into_iter().any(|one| self.is_swapped(one))
    }

    fn alter_identity(
        &mut self,
        key: &ObjectKey,
        start: &str,
        from: Option<&IdentityColumn>,
        to: Option<&IdentityColumn>,
    ) {
        let Some(to) = to else { return };
        let Some(from) = from else {
            let sql = format!("{start} ADD GENERATED {} AS IDENTITY{}", create::when(to.when), create::numbers(to));
            return self.push(key, Verb::Change, sql);
        };
        let mut parts = Vec::new();
        if from.when != to.when {
            parts.push(format!("SET GENERATED {}", create::when(to.when)));
        }
        if from.start != to.start {
            parts.push(format!("SET START WITH {}", to.start));
        }
        if from.increment != to.increment {
            parts.push(format!("SET INCREMENT BY {}", to.increment));
        }
        if from.bounds != to.bounds {
            match to.bounds {
                Some((least, greatest)) => parts.push(format!("SET MINVALUE {least} SET MAXVALUE {greatest}")),
                None => parts.push("SET NO MINVALUE SET NO MAXVALUE".to_owned()),
            }
        }
        if from.cache != to.cache {
            parts.push(format!("SET CACHE {}", to.cache));
        }
        if from.cycle != to.cycle {
            parts.push(format!("SET {}CYCLE", if to.cycle { "" } else { "NO " }));
        }
        if !parts.is_empty() {
            self.push(key, Verb::Change, format!("{start} {}", parts.join(" ")));
        }
    }
}

/// Whether the server casts one type to the other without help; what it does not is read from its text.
fn has_cast(from: &str, to: &str) -> bool {
    let family = |name: &str| {
        let base = name.split('(').next().unwrap_or_default().trim();
        match base {
            "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => 1,
            "date" => 2,
            _ if base.starts_with("timestamp") => 2,
            "text" | "character varying" | "character" | "citext" => 3,
            _ if name.contains(" with") => 2,
            _ => 0,
        }
    };
    let base = |name: &str| name.split('(').next().unwrap_or_default().to_owned();
    match (family(from), family(to)) {
        (3, _) | (_, 3) => true,
        (0, 0) => base(from) == base(to),
        (one, other) => one == other,
    }
}

/// Whether a body's texts have this literal.
fn mentions(body: &Body, literal: &str) -> bool {
    let has = |text: &String| text.contains(literal);
    match body {
        Body::Column(one) => {
            one.default.as_ref().is_some_and(has)
                || one.generated.as_ref().and_then(|one| one.expression.as_ref()).is_some_and(has)
        }
        Body::Constraint(one) => has(&one.text),
        Body::Index(one) => has(&one.text),
        Body::View(view) => has(&view.query),
        Body::Policy(draft) => draft.using.iter().chain(&draft.with_check).any(has),
        Body::Table(table) => table.partition.as_ref().is_some_and(|(_, bound)| has(bound)),
        Body::Routine(one) => has(&one.text),
        _ => false,
    }
}

/// The statement that makes a trigger fire when it should; none where it is as every new one.
pub(super) fn enabled(key: &ObjectKey, enabled: Enabled) -> Option<String> {
    let word = match enabled {
        Enabled::Origin => return None,
        Enabled::Always => "ENABLE ALWAYS",
        Enabled::Replica => "ENABLE REPLICA",
        Enabled::Disabled => "DISABLE",
    };
    Some(format!("ALTER TABLE {} {word} TRIGGER {}", table_of(key), quote(&key.name)))
}

pub(super) fn policy_table(key: &ObjectKey) -> PolicyTable {
    PolicyTable::new(key.schema.as_deref().unwrap_or_default(), key.signature.as_deref().unwrap_or(&key.name))
}

pub(super) fn row_security(key: &ObjectKey, from: RowSecurity, to: RowSecurity) -> Vec<String> {
    let table = PolicyTable::new(key.schema.as_deref().unwrap_or_default(), &key.name);
    statements::row_security(&table, from, to)
}

/// A collation as the catalog names it (`pg_catalog."C"`, `C`).
pub(super) fn collation(name: &str) -> String {
    if name.contains('"') || name.contains('.') { name.to_owned() } else { quote(name) }
}
