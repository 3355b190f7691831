//! ALTER TABLE and its kin.

use policy::{
    grammar::{
        NodeEnum,
        protobuf::{
            self, AlterTableCmd, AlterTableStmt, AlterTableType as Change, ColumnDef, ConstrType, DropBehavior, Node,
            NullTestType, RangeVar,
        },
    },
    name,
    statement::Named,
};

use super::{effect, functions, online, tree};
use crate::{
    Lock,
    migration::{
        Migration, Work,
        action::{Action, Constraint, ConstraintKind, Filling, NewColumn, What},
    },
};

/// A lock by its number (<https://www.postgresql.org/docs/current/explicit-locking.html>, in that order).
pub(super) fn lock_of_mode(mode: i32) -> Lock {
    match mode {
        1 => Lock::AccessShare,
        2 => Lock::RowShare,
        3 => Lock::RowExclusive,
        4 => Lock::ShareUpdateExclusive,
        5 => Lock::Share,
        6 => Lock::ShareRowExclusive,
        7 => Lock::Exclusive,
        _ => Lock::AccessExclusive,
    }
}

pub(super) fn actions(migration: &Migration<'_>, major: u16, alter: &AlterTableStmt) -> Vec<Action> {
    let Some(relation) = &alter.relation else { return Vec::new() };
    let changes = alter.cmds.iter().filter_map(|node| match node.node.as_ref() {
        Some(NodeEnum::AlterTableCmd(change)) => Some(change),
        _ => None,
    });
    let reader = Reader { migration, major, alter, relation, on: tree::named(relation) };
    changes.map(|change| reader.change(change)).collect()
}

struct Reader<'a> {
    migration: &'a Migration<'a>,
    major: u16,
    alter: &'a AlterTableStmt,
    relation: &'a RangeVar,
    on: Named,
}

impl Reader<'_> {
    fn action(&self, what: What, words: String) -> Action {
        Action::new(what, Some(self.on.clone()), format!("ALTER TABLE {} {words}", self.on.sql()))
    }

    fn other(&self, words: &str, lock: Lock, cost: Work) -> Action {
        self.action(What::Alter { lock, cost }, words.to_owned())
    }

    fn change(&self, change: &AlterTableCmd) -> Action {
        let quoted = name::quote(&change.name);
        let column = change.name.clone();
        let cascade = change.behavior() == DropBehavior::DropCascade;
        let definition = change.def.as_deref().and_then(|def| def.node.as_ref());
        match (change.subtype(), definition) {
            (Change::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => self.add_column(column, change.missing_ok),
            (Change::AtDropColumn, _) => self.action(
                What::DropColumn { column, cascade, if_exists: change.missing_ok },
                format!("DROP COLUMN {quoted}"),
            ),
            (Change::AtAlterColumnType, Some(NodeEnum::ColumnDef(new))) => self.set_type(&change.name, new),
            (Change::AtSetNotNull, _) => {
                let proven = effect::never_null(self.migration, &self.on, &column, self.major);
                let mut action =
                    self.action(What::SetNotNull { column, proven }, format!("ALTER COLUMN {quoted} SET NOT NULL"));
                action.online = online::not_null(self.relation, &change.name, self.major).filter(|_| !proven);
                action
            }
            (Change::AtDropNotNull, _) => {
                self.action(What::DropNotNull { column }, format!("ALTER COLUMN {quoted} DROP NOT NULL"))
            }
            (Change::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => self.add_constraint(constraint),
            (Change::AtValidateConstraint, _) => {
                let references = self.referenced_by(&change.name);
                self.action(What::Validate { name: column, references }, format!("VALIDATE CONSTRAINT {quoted}"))
            }
            (Change::AtDropConstraint, _) => {
                let references = self.referenced_by(&change.name);
                self.action(
                    What::DropConstraint { name: column, references, cascade, if_exists: change.missing_ok },
                    format!("DROP CONSTRAINT {quoted}"),
                )
            }
            (Change::AtAttachPartition, Some(NodeEnum::PartitionCmd(part))) => {
                let Some(partition) = part.name.as_ref().map(tree::named) else {
                    return self.other("ATTACH PARTITION", Lock::AccessExclusive, Work::Scan);
                };
                let default = part.bound.as_ref().is_none_or(|bound| !bound.is_default);
                let default = default.then(|| effect::default_partition(self.migration, &self.on)).flatten();
                let words = format!("ATTACH PARTITION {}", partition.sql());
                self.action(What::Attach { partition, default }, words)
            }
            (Change::AtDetachPartition, Some(NodeEnum::PartitionCmd(part))) => self.detach(change, part),
            (Change::AtDetachPartitionFinalize, _) => {
                self.other("DETACH PARTITION FINALIZE", Lock::ShareUpdateExclusive, Work::Nothing)
            }
            (Change::AtEnableTrig | Change::AtEnableAlwaysTrig | Change::AtEnableReplicaTrig, _) => {
                self.action(What::SwitchTrigger { on: true, name: Some(column) }, format!("ENABLE TRIGGER {quoted}"))
            }
            (Change::AtDisableTrig, _) => {
                self.action(What::SwitchTrigger { on: false, name: Some(column) }, format!("DISABLE TRIGGER {quoted}"))
            }
            (Change::AtEnableTrigAll | Change::AtEnableTrigUser, _) => {
                self.action(What::SwitchTrigger { on: true, name: None }, "ENABLE TRIGGER of all".to_owned())
            }
            (Change::AtDisableTrigAll | Change::AtDisableTrigUser, _) => {
                self.action(What::SwitchTrigger { on: false, name: None }, "DISABLE TRIGGER of all".to_owned())
            }
            (Change::AtSetStatistics | Change::AtSetOptions | Change::AtResetOptions, _) => {
                self.other("options of a column", Lock::ShareUpdateExclusive, Work::Nothing)
            }
            (Change::AtClusterOn | Change::AtDropCluster, _) => {
                self.other("CLUSTER ON", Lock::ShareUpdateExclusive, Work::Nothing)
            }
            (Change::AtSetRelOptions | Change::AtResetRelOptions, Some(NodeEnum::List(options))) => {
                // Those of views, and this one of tables, are for everybody at once
                // (https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS).
                let exclusive = options.items.iter().filter_map(tree::option).any(|option| {
                    ["user_catalog_table", "security_barrier", "security_invoker", "check_option"]
                        .contains(&option.defname.as_str())
                });
                let lock = if exclusive { Lock::AccessExclusive } else { Lock::ShareUpdateExclusive };
                self.other("storage parameters", lock, Work::Nothing)
            }
            (Change::AtSetLogged, _) => self.other("SET LOGGED", Lock::AccessExclusive, Work::Rewrite),
            (Change::AtSetUnLogged, _) => self.other("SET UNLOGGED", Lock::AccessExclusive, Work::Rewrite),
            (Change::AtSetTableSpace, _) => self.other("SET TABLESPACE", Lock::AccessExclusive, Work::Rewrite),
            (Change::AtSetAccessMethod, _) => self.other("SET ACCESS METHOD", Lock::AccessExclusive, Work::Rewrite),
            (Change::AtAddIdentity, _) => {
                self.other(&format!("ALTER COLUMN {quoted} ADD IDENTITY"), Lock::AccessExclusive, Work::Nothing)
            }
            (Change::AtSetExpression, _) => self.other(
                &format!("ALTER COLUMN {quoted} SET EXPRESSION"),
                Lock::AccessExclusive,
                self.expression(&column),
            ),
            (Change::AtColumnDefault, definition) => {
                let words = if definition.is_some() { "SET DEFAULT" } else { "DROP DEFAULT" };
                self.other(&format!("ALTER COLUMN {quoted} {words}"), Lock::AccessExclusive, Work::Nothing)
            }
            (Change::AtEnableRowSecurity, _) => {
                self.other("ENABLE ROW LEVEL SECURITY", Lock::AccessExclusive, Work::Nothing)
            }
            (other, _) => {
                let words = other.as_str_name().trim_start_matches("AT_").to_owned();
                self.other(&words, Lock::AccessExclusive, Work::Nothing)
            }
        }
    }

    /// The table that a foreign key of that name refers to, by the catalog.
    fn referenced_by(&self, constraint: &str) -> Option<Named> {
        let table = self.migration.relation(self.on.schema.as_deref(), &self.on.name)?;
        let key = table.foreign_keys().iter().find(|key| key.name.as_deref() == Some(constraint))?;
        Some(Named { schema: Some(key.references.0.clone()), name: key.references.1.clone() })
    }

    /// A stored column is computed anew, one computed when read is not.
    fn expression(&self, column: &str) -> Work {
        let table = self.migration.relation(self.on.schema.as_deref(), &self.on.name);
        let found = table.and_then(|table| table.columns().iter().find(|one| one.name == column));
        match found.and_then(|column| column.generated.as_ref()) {
            Some(generated) if !generated.stored => Work::Nothing,
            _ => Work::Rewrite,
        }
    }

    fn detach(&self, change: &AlterTableCmd, part: &protobuf::PartitionCmd) -> Action {
        let Some(partition) = part.name.as_ref().map(tree::named) else {
            return self.other("DETACH PARTITION", Lock::AccessExclusive, Work::Nothing);
        };
        let words = format!("DETACH PARTITION {}", partition.sql());
        let what = What::Detach { partition: partition.clone(), concurrently: part.concurrent };
        let mut action = self.action(what, words);
        action.alone = part.concurrent;
        // https://www.postgresql.org/docs/14/release-14.html: CONCURRENTLY since 14, and not beside a default partition.
        let default = effect::default_partition(self.migration, &self.on);
        if !part.concurrent && self.major >= 14 && default.is_none() {
            let concurrent = protobuf::PartitionCmd { concurrent: true, ..part.clone() };
            let change = AlterTableCmd {
                def: Some(Box::new(Node { node: Some(NodeEnum::PartitionCmd(concurrent)) })),
                ..change.clone()
            };
            action.online = online::altered(self.alter, change).and_then(online::alone);
        }
        action
    }

    fn add_column(&self, column: &ColumnDef, if_not_exists: bool) -> Action {
        let mut new = NewColumn {
            name: column.colname.clone(),
            if_not_exists,
            filling: Filling::Nothing,
            not_null: column.is_not_null,
            numbered: false,
            stored: None,
            constrained_domain: false,
            constraints: Vec::new(),
        };
        if let Some(of_type) = &column.type_name {
            let names = tree::strings(&of_type.names);
            let serial = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];
            new.numbered = matches!(names.as_slice(), [only] if serial.contains(&only.as_str()));
            new.constrained_domain = effect::constrained_domain(self.migration, &names);
        }
        for constraint in column.constraints.iter().filter_map(|node| match node.node.as_ref() {
            Some(NodeEnum::Constraint(constraint)) => Some(constraint),
            _ => None,
        }) {
            match constraint.contype() {
                ConstrType::ConstrNotnull => new.not_null = true,
                ConstrType::ConstrDefault => {
                    if let Some(expression) = constraint.raw_expr.as_deref() {
                        new.filling = functions::filling(self.migration, expression);
                    }
                }
                ConstrType::ConstrIdentity => new.numbered = true,
                ConstrType::ConstrGenerated => new.stored = Some(constraint.generated_kind != "v"),
                _ => {
                    if let Some(mut read) = self.constraint(constraint) {
                        read.columns = vec![column.colname.clone()];
                        new.not_null |= read.kind == ConstraintKind::Primary;
                        new.constraints.push(read);
                    }
                }
            }
        }
        let each = matches!(new.filling, Filling::Each(_) | Filling::Unknown(_)) || self.major < 11;
        let words = format!("ADD COLUMN {}", name::quote(&new.name));
        let split = each && new.filling != Filling::Nothing && !new.numbered && new.stored.is_none();
        let mut action = self.action(What::AddColumn(new), words);
        if split {
            action.online = online::column_then_default(self.alter, self.relation, column);
        }
        action
    }

    fn set_type(&self, column: &str, new: &ColumnDef) -> Action {
        let (cost, unless) = effect::retyped(self.migration, &self.on, column, new);
        let words = format!("ALTER COLUMN {} TYPE", name::quote(column));
        self.action(What::SetType { column: column.to_owned(), cost, unless }, words)
    }

    fn constraint(&self, constraint: &protobuf::Constraint) -> Option<Constraint> {
        let (kind, columns) = match constraint.contype() {
            ConstrType::ConstrCheck => (ConstraintKind::Check, only_not_null(constraint).into_iter().collect()),
            ConstrType::ConstrNotnull => (ConstraintKind::NotNull, tree::strings(&constraint.keys)),
            ConstrType::ConstrPrimary => (ConstraintKind::Primary, tree::strings(&constraint.keys)),
            ConstrType::ConstrUnique => (ConstraintKind::Unique, tree::strings(&constraint.keys)),
            ConstrType::ConstrExclusion => (ConstraintKind::Exclusion, Vec::new()),
            ConstrType::ConstrForeign => (ConstraintKind::Foreign, tree::strings(&constraint.fk_attrs)),
            _ => return None,
        };
        Some(Constraint {
            kind,
            name: tree::some(&constraint.conname),
            columns,
            unchecked: constraint.skip_validation || !constraint.is_enforced && enforceable(kind),
            using_index: !constraint.indexname.is_empty(),
            references: constraint.pktable.as_ref().map(tree::named),
        })
    }

    fn add_constraint(&self, written: &protobuf::Constraint) -> Action {
        let Some(read) = self.constraint(written) else {
            return self.other("ADD CONSTRAINT", Lock::AccessExclusive, Work::Scan);
        };
        let ending = match read.kind {
            ConstraintKind::Foreign => "fkey",
            ConstraintKind::NotNull => "not_null",
            _ => "check",
        };
        let named = || read.name.clone().unwrap_or_else(|| online::name_for(self.relation, &read.columns, ending));
        let online = match read.kind {
            _ if read.unchecked || read.using_index => None,
            ConstraintKind::Check => {
                online::validated_later(self.alter, self.relation, written, named(), Lock::AccessExclusive)
            }
            ConstraintKind::NotNull if self.major >= 18 => {
                online::validated_later(self.alter, self.relation, written, named(), Lock::AccessExclusive)
            }
            // Not of partitioned tables before 18 (https://www.postgresql.org/docs/18/release-18.html).
            ConstraintKind::Foreign if self.major >= 18 || !effect::is_partitioned(self.migration, &self.on) => {
                online::validated_later(self.alter, self.relation, written, named(), Lock::ShareRowExclusive)
            }
            ConstraintKind::Primary => online::index_first(self.relation, written, true),
            ConstraintKind::Unique => online::index_first(self.relation, written, false),
            _ => None,
        };
        let called = read.name.as_deref().map(name::quote).unwrap_or_default();
        let words = format!("ADD CONSTRAINT {called} ({})", read.kind.name());
        let mut action = self.action(What::AddConstraint(read), words);
        action.online = online.filter(|_| {
            // No index can be built concurrently over partitions.
            !(matches!(written.contype(), ConstrType::ConstrPrimary | ConstrType::ConstrUnique)
                && effect::is_partitioned(self.migration, &self.on))
        });
        action
    }
}

/// Those that can be NOT ENFORCED.
fn enforceable(kind: ConstraintKind) -> bool {
    matches!(kind, ConstraintKind::Check | ConstraintKind::Foreign)
}

/// The column of which a check says nothing but `IS NOT NULL`.
fn only_not_null(constraint: &protobuf::Constraint) -> Option<String> {
    match constraint.raw_expr.as_deref()?.node.as_ref()? {
        NodeEnum::NullTest(test) if test.nulltesttype() == NullTestType::IsNotNull => {
            match test.arg.as_deref()?.node.as_ref()? {
                NodeEnum::ColumnRef(column) => match column.fields.as_slice() {
                    [only] => tree::string(only),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}
