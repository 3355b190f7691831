//! Databases, schemas, and what belongs to a schema but not to one relation; privileges.

use catalog::{
    Database, Grant, Known, ObjectKey, ObjectKind, Routine, RoutineKind, Schema, SchemaId, Sequence, TypeKind,
    TypeObject, Volatility,
};

use super::{
    Reading,
    rows::{Row, Rows},
};

impl Reading<'_> {
    pub(super) fn databases(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let bytes = match (self.scope.definitions, row.maybe(6)) {
                (false, _) => Known::NotLoaded,
                (true, Some(false)) => Known::Denied,
                (true, _) => unsigned(row, 7),
            };
            self.catalog.databases.push(Database {
                name: row.name(0),
                owner: row.string(1),
                encoding: row.string(2),
                collation: row.string(3),
                current: row.flag(4),
                may_connect: row.maybe(5).map_or(Known::NotLoaded, Known::Value),
                bytes,
                comment: row.string(8),
            });
        }
    }

    pub(super) fn schemas(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let id = self.catalog.push_schema(Schema {
                name: row.name(1),
                owner: row.string(2),
                comment: row.string(3),
                system: row.flag(4),
                may_use: row.maybe(5).map_or(Known::NotLoaded, Known::Value),
                ..Schema::default()
            });
            self.schema_ids.insert(row.oid(0), id);
        }
    }

    pub(super) fn schema_of(&self, row: Row<'_>, column: usize) -> Option<SchemaId> {
        self.schema_ids.get(&row.oid(column)).copied()
    }

    pub(super) fn types(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let Some(schema) = self.schema_of(row, 0) else { continue };
            let mut constraints = row.list(9);
            if row.flag(10) {
                constraints.insert(0, "NOT NULL".to_owned());
            }
            self.catalog.types.push(TypeObject {
                schema,
                name: row.name(1),
                kind: match row.letter(2) {
                    b'e' => TypeKind::Enum,
                    b'd' => TypeKind::Domain,
                    b'c' => TypeKind::Composite,
                    b'r' => TypeKind::Range,
                    _ => TypeKind::Base,
                },
                labels: row.list(6),
                base_type: row.string(5),
                attributes: row.list(7).into_iter().zip(row.list(8)).collect(),
                constraints,
                check_names: row.list(12),
                default: row.string(11),
                owner: row.string(3),
                comment: row.string(4),
            });
        }
    }

    pub(super) fn routines(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let Some(schema) = self.schema_of(row, 0) else { continue };
            let kind = match row.letter(2) {
                b'p' => RoutineKind::Procedure,
                b'a' => RoutineKind::Aggregate,
                b'w' => RoutineKind::Window,
                _ => RoutineKind::Function,
            };
            self.catalog.routines.push(Routine {
                schema,
                name: row.name(1),
                kind,
                arguments: row.string(3),
                identity_arguments: row.string(4),
                returns: row.string(5),
                language: row.string(6),
                volatility: match row.letter(7) {
                    b'i' => Some(Volatility::Immutable),
                    b's' => Some(Volatility::Stable),
                    b'v' => Some(Volatility::Volatile),
                    _ => None,
                },
                security_definer: row.flag(8),
                settings: row.list(9),
                owner: row.string(10),
                // The server prints no text for an aggregate.
                definition: match kind {
                    RoutineKind::Aggregate => Known::Unsupported,
                    _ => row.string(11).map_or(Known::NotLoaded, Known::Value),
                },
                comment: row.string(12),
            });
        }
    }

    pub(super) fn sequences(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let Some(schema) = self.schema_of(row, 1) else { continue };
            let owned_by = match (row.string(10), row.string(11), row.string(12)) {
                (Some(schema), Some(relation), Some(column)) => Some((schema, relation, column)),
                _ => None,
            };
            self.catalog.sequences.push(Sequence {
                schema,
                name: row.name(3),
                data_type: row.string(4),
                start: row.int(5),
                minimum: row.int(6),
                maximum: row.int(7),
                increment: row.int(8),
                cache: row.int(16),
                cycle: row.flag(9),
                last_value: if row.maybe(15) == Some(false) { Known::Denied } else { Known::NotLoaded },
                owned_by,
                owner: row.string(13),
                comment: row.string(14),
            });
        }
    }

    pub(super) fn grants(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let kind = match row.text(0).as_deref() {
                Some("relation") => ObjectKind::Relation,
                Some("sequence") => ObjectKind::Sequence,
                Some("schema") => ObjectKind::Schema,
                Some("routine") => ObjectKind::Routine,
                Some("type") => ObjectKind::Type,
                Some("database") => ObjectKind::Database,
                _ => continue,
            };
            let database = self.catalog.database.clone().filter(|_| kind != ObjectKind::Database);
            let object =
                ObjectKey { database, schema: row.string(1), kind, name: row.name(2), signature: row.string(3) };
            self.catalog.grants.push(Grant {
                object,
                column: row.string(4),
                grantee: row.name(5),
                grantor: row.string(6),
                privilege: row.name(7),
                grantable: row.flag(8),
            });
        }
    }
}

fn unsigned(row: Row<'_>, column: usize) -> Known<u64> {
    row.int(column).and_then(|bytes| u64::try_from(bytes).ok()).map_or(Known::NotLoaded, Known::Value)
}
