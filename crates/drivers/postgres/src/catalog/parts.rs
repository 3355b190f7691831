//! Relations and what belongs to one relation.

use std::collections::HashSet;

use catalog::{
    Action, Column, Constraint, ConstraintKind, Enabled, ForeignKey, Generated, Identity, Index, IndexKey, Kind, Known,
    Policy, PolicyCommand, Relation, RelationId, RelationKind, RowSecurity, SchemaId, Trigger,
};

use super::{
    Reading,
    column_types::TypeOfColumn,
    rows::{Row, Rows, oids},
};
use crate::control::Failure;

/// Before 14 a relation that was never counted has 0 rows in 0 pages, as an empty one; since then it has -1 rows.
const COUNTS_UNKNOWN_AS_NEGATIVE: u32 = 140_000;

impl Reading<'_> {
    pub(super) fn relations(&mut self, rows: &Rows) {
        self.relation_ids.reserve(rows.len());
        for row in rows.iter() {
            let Some(schema) = self.schema_of(row, 1) else { continue };
            let oid = row.oid(0);
            let id = self.catalog.push_relation(described(row, schema, self.version));
            self.relation_ids.insert(oid, id);
            self.relation_oids.push(oid);
            self.parents.push((row.oid(13) != 0).then(|| row.oid(13)));
        }
    }

    fn relation_of(&self, row: Row<'_>) -> Option<(u32, RelationId)> {
        let oid = row.oid(0);
        Some((oid, *self.relation_ids.get(&oid)?))
    }

    pub(super) fn columns(&mut self, rows: &Rows) {
        let wanted = self.scope.wants(Kind::Columns);
        self.column_names.reserve(rows.len());
        if wanted {
            self.catalog.columns.reserve(rows.len());
        }
        for row in rows.iter() {
            let Some((oid, relation)) = self.relation_of(row) else { continue };
            let number = row.int(1).and_then(|number| i16::try_from(number).ok()).unwrap_or(0);
            let name = row.name(2);
            self.column_names.insert((oid, number), name.clone());
            if !wanted {
                continue;
            }
            let generated = matches!(row.letter(7), b's' | b'v');
            let expression = row.string(10);
            if row.flag(9) && expression.is_none() {
                self.cover(Kind::Columns, Known::NotLoaded);
            }
            let mut column = Column::new(relation, u32::from(number.unsigned_abs()), &name, "");
            column.nullable = row.maybe(5).map_or(Known::NotLoaded, |not_null| Known::Value(!not_null));
            column.identity = match row.letter(6) {
                b'a' => Some(Identity::Always),
                b'd' => Some(Identity::ByDefault),
                _ => None,
            };
            column.comment = row.string(11);
            column.inherited = row.flag(12);
            if generated {
                column.generated = Some(Generated { expression, stored: row.letter(7) == b's' });
            } else {
                column.default = expression;
            }
            self.catalog.columns.push(column);
            self.column_types.push(TypeOfColumn {
                oid: row.oid(3),
                modifier: row.int(4).unwrap_or(-1),
                collation: row.oid(8),
            });
        }
    }

    fn named(&self, relation: u32, numbers: &[i16]) -> Vec<String> {
        numbers.iter().filter_map(|number| self.column_names.get(&(relation, *number)).cloned()).collect()
    }

    pub(super) fn constraints(&mut self, rows: &Rows) {
        let mut unproven = HashSet::new();
        for row in rows.iter() {
            let Some((oid, relation)) = self.relation_of(row) else { continue };
            let kind = match row.letter(2) {
                b'p' => ConstraintKind::PrimaryKey,
                b'u' => ConstraintKind::Unique,
                b'c' => ConstraintKind::Check,
                b'x' => ConstraintKind::Exclusion,
                b'n' => ConstraintKind::NotNull,
                _ => continue,
            };
            let columns = self.named(oid, &row.numbers(3));
            let validated = row.maybe(6).unwrap_or(true);
            if kind == ConstraintKind::NotNull && !validated {
                unproven.extend(columns.iter().map(|column| (relation, column.clone())));
            }
            self.catalog.constraints.push(Constraint {
                relation,
                name: row.string(1),
                kind,
                columns,
                definition: row.string(7).map_or(Known::NotLoaded, Known::Value),
                deferrable: row.flag(4),
                initially_deferred: row.flag(5),
                validated,
                inherited: row.flag(9),
                comment: row.string(8),
            });
        }
        // NOT NULL NOT VALID: rows from before it may still hold NULL.
        if !unproven.is_empty() {
            for column in &mut self.catalog.columns {
                if unproven.contains(&(column.relation, column.name.clone())) {
                    column.nullable = Known::Value(true);
                }
            }
        }
    }

    pub(super) async fn foreign_keys(&mut self, rows: &Rows) -> Result<(), Failure> {
        let outside: HashSet<u32> =
            rows.iter().map(|row| row.oid(3)).filter(|oid| !self.relation_ids.contains_key(oid)).collect();
        if !outside.is_empty() {
            let numbers = oids(outside);
            let names = include_str!("../queries/attributes.sql");
            if let Some(names) = self.ask(Kind::ForeignKeys, names, &[Some(&numbers)]).await? {
                for row in names.iter() {
                    let number = row.int(1).and_then(|number| i16::try_from(number).ok()).unwrap_or(0);
                    self.column_names.insert((row.oid(0), number), row.name(2));
                }
            }
        }
        for row in rows.iter() {
            let Some((oid, relation)) = self.relation_of(row) else { continue };
            let referenced = row.oid(3);
            self.catalog.foreign_keys.push(ForeignKey {
                relation,
                name: row.string(1),
                columns: self.named(oid, &row.numbers(2)),
                references: (row.name(4), row.name(5)),
                referenced: self.relation_ids.get(&referenced).copied(),
                referenced_columns: self.named(referenced, &row.numbers(6)),
                on_delete: action(row.letter(7)),
                on_update: action(row.letter(8)),
                deferrable: row.flag(9),
                initially_deferred: row.flag(10),
                validated: row.maybe(11).unwrap_or(true),
                definition: row.string(12).map_or(Known::NotLoaded, Known::Value),
                comment: row.string(13),
            });
        }
        Ok(())
    }

    pub(super) fn indexes(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let Some((oid, relation)) = self.relation_of(row) else { continue };
            let (keys, included) = self.index_keys(oid, row);
            let predicate = row.string(11);
            if self.busy.contains(&oid)
                && (row.flag(10) && predicate.is_none() || keys.iter().any(|key| key.text.is_empty()))
            {
                self.cover(Kind::Indexes, Known::NotLoaded);
            }
            self.index_oids.push(row.oid(1));
            self.catalog.indexes.push(Index {
                relation,
                name: row.name(2),
                unique: row.flag(3),
                primary: row.flag(4),
                method: row.string(5),
                keys,
                included,
                predicate,
                valid: row.maybe(12).map_or(Known::NotLoaded, Known::Value),
                scans: row.int(13).map_or(Known::NotLoaded, Known::Value),
                bytes: Known::NotLoaded,
                definition: row.string(14).map_or(Known::NotLoaded, Known::Value),
                inherited: row.flag(16),
                comment: row.string(15),
            });
        }
    }

    /// Key columns and included columns; an expression that could not be read has an empty text.
    fn index_keys(&self, relation: u32, row: Row<'_>) -> (Vec<IndexKey>, Vec<String>) {
        let numbers = row.numbers(6);
        let count = row.int(7).and_then(|count| usize::try_from(count).ok()).unwrap_or(numbers.len());
        let options = row.numbers(8);
        let mut expressions = row.list(9).into_iter();
        let mut keys = Vec::with_capacity(count);
        let mut included = Vec::new();
        for (place, number) in numbers.iter().enumerate() {
            let name = match number {
                0 => None,
                number => self.column_names.get(&(relation, *number)).cloned(),
            };
            if place >= count {
                included.extend(name);
                continue;
            }
            let option = options.get(place).copied().unwrap_or(0);
            let (descending, nulls_first) = (option & 1 != 0, option & 2 != 0);
            let expression = *number == 0;
            keys.push(IndexKey {
                text: if expression { expressions.next().unwrap_or_default() } else { name.unwrap_or_default() },
                expression,
                descending,
                nulls_first: (descending != nulls_first).then_some(nulls_first),
            });
        }
        (keys, included)
    }

    pub(super) fn triggers(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let Some((_, relation)) = self.relation_of(row) else { continue };
            let bits = row.int(2).unwrap_or(0);
            let events = [(4, "INSERT"), (16, "UPDATE"), (8, "DELETE"), (32, "TRUNCATE")];
            self.catalog.triggers.push(Trigger {
                relation,
                name: row.name(1),
                timing: Some(
                    match bits & (2 | 64) {
                        0 => "AFTER",
                        2 => "BEFORE",
                        _ => "INSTEAD OF",
                    }
                    .to_owned(),
                ),
                events: events.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| (*name).to_owned()).collect(),
                for_each_row: bits & 1 != 0,
                enabled: match row.letter(3) {
                    b'A' => Enabled::Always,
                    b'R' => Enabled::Replica,
                    b'D' => Enabled::Disabled,
                    _ => Enabled::Origin,
                },
                function: row.string(4),
                definition: row.string(5).map_or(Known::NotLoaded, Known::Value),
                comment: row.string(6),
            });
        }
    }

    pub(super) fn policies(&mut self, rows: &Rows) {
        for row in rows.iter() {
            let Some((_, relation)) = self.relation_of(row) else { continue };
            let (using, with_check) = (row.string(7), row.string(8));
            if row.flag(5) && using.is_none() || row.flag(6) && with_check.is_none() {
                // Without its expression a policy would look as if it let everything through.
                self.cover(Kind::Policies, Known::NotLoaded);
            }
            self.catalog.policies.push(Policy {
                relation,
                name: row.name(1),
                command: match row.letter(2) {
                    b'r' => PolicyCommand::Select,
                    b'a' => PolicyCommand::Insert,
                    b'w' => PolicyCommand::Update,
                    b'd' => PolicyCommand::Delete,
                    _ => PolicyCommand::All,
                },
                permissive: row.maybe(3).unwrap_or(true),
                roles: row.list(4),
                using,
                with_check,
                comment: row.string(9),
            });
        }
    }
}

fn described(row: Row<'_>, schema: SchemaId, version: u32) -> Relation {
    let letter = row.letter(3);
    let partition = row.flag(4);
    let kind = match letter {
        _ if partition => RelationKind::Partition,
        b'p' => RelationKind::PartitionedTable,
        b'v' => RelationKind::View,
        b'm' => RelationKind::MaterializedView,
        b'f' => RelationKind::ForeignTable,
        _ => RelationKind::Table,
    };
    let mut relation = Relation::new(schema, &row.name(2), kind);
    let (rows, pages) = (row.int(8), row.int(9));
    relation.estimated_rows = match (letter, rows) {
        (b'v', _) => Known::Unsupported,
        (_, None) => Known::NotLoaded,
        (_, Some(rows)) if rows < 0 => Known::Value(None),
        (_, Some(0)) if version < COUNTS_UNKNOWN_AS_NEGATIVE && pages == Some(0) => Known::Value(None),
        (_, rows) => Known::Value(rows),
    };
    if matches!(letter, b'v' | b'f') {
        relation.bytes = Known::Unsupported;
    }
    relation.row_security = match letter {
        b'r' | b'p' => Known::Value(RowSecurity { enabled: row.flag(10), forced: row.flag(11) }),
        _ => Known::Unsupported,
    };
    relation.owner = row.string(6);
    relation.comment = row.string(7);
    relation.options = row.list(12);
    if row.letter(5) == b'u' {
        relation.options.insert(0, "UNLOGGED".to_owned());
    }
    relation.partition_of = row.string(14).zip(row.string(15));
    relation.partition_key = row.string(16);
    relation.partition_bound = row.string(17);
    relation.parents = row.list(21).into_iter().zip(row.list(22)).collect();
    relation.has_children = row.flag(19);
    relation.rewritten = row.flag(20);
    relation.may_select = row.maybe(18).map_or(Known::NotLoaded, Known::Value);
    if !matches!(letter, b'v' | b'm') {
        relation.definition = Known::Unsupported;
    }
    relation.rename_hint = Some(u64::from(row.oid(0)));
    relation
}

fn action(letter: u8) -> Action {
    match letter {
        b'r' => Action::Restrict,
        b'c' => Action::Cascade,
        b'n' => Action::SetNull,
        b'd' => Action::SetDefault,
        _ => Action::NoAction,
    }
}
