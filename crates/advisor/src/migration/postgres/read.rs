//! What a statement does, from its tree.

use policy::{
    grammar::{
        NodeEnum,
        protobuf::{
            ConstrType, CreateStmt, DefElem, DefElemAction, DropBehavior, DropStmt, Node, ObjectType,
            ReindexObjectType, ReindexStmt, RenameStmt, TransactionStmtKind, VariableSetKind,
        },
    },
    name,
    statement::Named,
};

use super::{alter, online, tree};
use crate::migration::{
    Migration,
    action::{Action, Kind, What},
};

/// What a statement does.
///
/// # Errors
/// Why it cannot be said.
pub(super) fn actions(
    migration: &Migration<'_>,
    major: u16,
    statement: &NodeEnum,
) -> Result<Vec<Action>, &'static str> {
    let one = |what: What, on: Option<Named>, words: String| Ok(vec![Action::new(what, on, words)]);
    let other = |words: &str| Ok(vec![Action::new(What::Other, None, words)]);
    match statement {
        NodeEnum::AlterTableStmt(statement) => Ok(alter::actions(migration, major, statement)),
        NodeEnum::IndexStmt(index) => {
            let on = index.relation.as_ref().map(tree::named);
            let mut action = Action::new(
                What::CreateIndex {
                    name: tree::some(&index.idxname),
                    unique: index.unique,
                    concurrently: index.concurrent,
                    if_not_exists: index.if_not_exists,
                },
                on.clone(),
                format!("CREATE INDEX {} on {}", index.idxname, on.as_ref().map(Named::sql).unwrap_or_default()),
            );
            action.alone = index.concurrent;
            if !index.concurrent {
                let mut concurrent = index.clone();
                concurrent.concurrent = true;
                action.online = online::written(NodeEnum::IndexStmt(concurrent)).and_then(online::alone);
            }
            Ok(vec![action])
        }
        NodeEnum::DropStmt(drop) => Ok(dropped(drop)),
        NodeEnum::RenameStmt(rename) => Ok(vec![renamed(rename)]),
        NodeEnum::ReindexStmt(reindex) => Ok(vec![reindexed(reindex, major)]),
        NodeEnum::RefreshMatViewStmt(refresh) => {
            let on = refresh.relation.as_ref().map(tree::named);
            let what = What::Refresh { concurrently: refresh.concurrent, with_data: !refresh.skip_data };
            let mut action = Action::new(what, on, "REFRESH MATERIALIZED VIEW");
            if !refresh.concurrent && !refresh.skip_data {
                let mut concurrent = refresh.clone();
                concurrent.concurrent = true;
                action.online = online::written(NodeEnum::RefreshMatViewStmt(concurrent))
                    .and_then(|sql| online::steps(sql, crate::Lock::Exclusive));
            }
            Ok(vec![action])
        }
        NodeEnum::TruncateStmt(truncate) => {
            let cascade = truncate.behavior() == DropBehavior::DropCascade;
            let tables = truncate.relations.iter().filter_map(range);
            Ok(tables.map(|table| Action::new(What::Truncate { cascade }, Some(table), "TRUNCATE")).collect())
        }
        NodeEnum::CreateStmt(create) => Ok(vec![created(create)]),
        NodeEnum::CreateForeignTableStmt(create) => {
            let base = create.base_stmt.as_ref();
            Ok(base.map(created).into_iter().collect())
        }
        NodeEnum::CreateTableAsStmt(create) => {
            let on = create.into.as_ref().and_then(|into| into.rel.as_ref()).map(tree::named);
            let what = What::CreateTable {
                if_not_exists: create.if_not_exists,
                references: Vec::new(),
                partition_of: None,
                inherits: Vec::new(),
            };
            one(what, on, "CREATE TABLE AS".to_owned())
        }
        NodeEnum::UpdateStmt(update) => {
            let every_row = update.where_clause.is_none() && update.from_clause.is_empty();
            one(What::Update { every_row }, update.relation.as_ref().map(tree::named), "UPDATE".to_owned())
        }
        NodeEnum::DeleteStmt(delete) => {
            let every_row = delete.where_clause.is_none() && delete.using_clause.is_empty();
            one(What::Delete { every_row }, delete.relation.as_ref().map(tree::named), "DELETE".to_owned())
        }
        NodeEnum::InsertStmt(insert) => {
            one(What::Write, insert.relation.as_ref().map(tree::named), "INSERT".to_owned())
        }
        NodeEnum::MergeStmt(merge) => one(What::Write, merge.relation.as_ref().map(tree::named), "MERGE".to_owned()),
        NodeEnum::CopyStmt(copy) if copy.is_from => {
            one(What::Write, copy.relation.as_ref().map(tree::named), "COPY FROM".to_owned())
        }
        NodeEnum::TransactionStmt(transaction) => match transaction.kind() {
            TransactionStmtKind::TransStmtBegin | TransactionStmtKind::TransStmtStart => {
                one(What::Begin, None, "BEGIN".to_owned())
            }
            TransactionStmtKind::TransStmtCommit | TransactionStmtKind::TransStmtPrepare => {
                one(What::Commit, None, "COMMIT".to_owned())
            }
            TransactionStmtKind::TransStmtRollback => one(What::Rollback, None, "ROLLBACK".to_owned()),
            _ => other("part of a transaction"),
        },
        NodeEnum::VariableSetStmt(set) => {
            let value = matches!(set.kind(), VariableSetKind::VarSetValue);
            let off = !value || set.args.first().is_none_or(tree::is_zero);
            one(What::Set { name: set.name.to_ascii_lowercase(), off }, None, format!("SET {}", set.name))
        }
        NodeEnum::AlterEnumStmt(change) if change.old_val.is_empty() => {
            let name = tree::named_by(&change.type_name).map(|name| name.sql()).unwrap_or_default();
            let mut action = Action::new(
                What::AddEnumValue {
                    name: name.clone(),
                    placed: !change.new_val_neighbor.is_empty(),
                    if_not_exists: change.skip_if_new_val_exists,
                },
                None,
                format!("ALTER TYPE {name} ADD VALUE"),
            );
            // https://www.postgresql.org/docs/12/release-12.html: in a transaction since 12.
            action.alone = major < 12;
            Ok(vec![action])
        }
        NodeEnum::AlterEnumStmt(_) => other("ALTER TYPE RENAME VALUE"),
        NodeEnum::CreateEnumStmt(create) => {
            let name = tree::named_by(&create.type_name).map(|name| name.sql()).unwrap_or_default();
            one(What::CreateEnum { name: name.clone() }, None, format!("CREATE TYPE {name} AS ENUM"))
        }
        NodeEnum::CreateDomainStmt(create) => {
            let domain = tree::named_by(&create.domainname).map(|name| name.sql()).unwrap_or_default();
            let held = create.constraints.iter().any(|node| {
                matches!(&node.node, Some(NodeEnum::Constraint(constraint))
                    if [ConstrType::ConstrCheck, ConstrType::ConstrNotnull].contains(&constraint.contype()))
            });
            let words = format!("CREATE DOMAIN {domain}");
            if held {
                one(What::DomainConstraint { domain, added: false, unchecked: false }, None, words)
            } else {
                one(What::Create { kind: Kind::Type, name: domain, may_exist: false }, None, words)
            }
        }
        NodeEnum::AlterDomainStmt(change) => {
            let on = tree::named_by(&change.type_name);
            let domain = on.as_ref().map(Named::sql).unwrap_or_default();
            let unchecked = matches!(change.def.as_ref().and_then(|def| def.node.as_ref()),
                Some(NodeEnum::Constraint(constraint)) if constraint.skip_validation);
            let words = format!("ALTER DOMAIN {domain}");
            match change.subtype.as_str() {
                // C adds a constraint, O sets NOT NULL, V validates.
                "C" | "O" => one(What::DomainConstraint { domain, added: true, unchecked }, on, words),
                "V" => one(What::ValidateDomain { domain }, on, words),
                _ => other(&words),
            }
        }
        NodeEnum::CreateTrigStmt(create) => {
            let on = create.relation.as_ref().map(tree::named);
            let what = What::Alter { lock: crate::Lock::ShareRowExclusive, cost: crate::migration::Work::Nothing };
            one(what, on, format!("CREATE TRIGGER {}", create.trigname))
        }
        NodeEnum::CreatePolicyStmt(create) => {
            Ok(vec![exclusive(create.table.as_ref().map(tree::named), "CREATE POLICY")])
        }
        NodeEnum::AlterPolicyStmt(change) => {
            Ok(vec![exclusive(change.table.as_ref().map(tree::named), "ALTER POLICY")])
        }
        NodeEnum::RuleStmt(rule) => Ok(vec![exclusive(rule.relation.as_ref().map(tree::named), "CREATE RULE")]),
        NodeEnum::AlterObjectSchemaStmt(change) if change.relation.is_some() => {
            Ok(vec![exclusive(change.relation.as_ref().map(tree::named), "SET SCHEMA")])
        }
        NodeEnum::CreateStatsStmt(create) => {
            let what = What::Alter { lock: crate::Lock::ShareUpdateExclusive, cost: crate::migration::Work::Nothing };
            one(what, create.relations.first().and_then(range), "CREATE STATISTICS".to_owned())
        }
        NodeEnum::CommentStmt(comment) => {
            let parts = comment.object.as_deref().and_then(|object| match object.node.as_ref() {
                Some(NodeEnum::List(list)) => Some(list.items.as_slice()),
                _ => None,
            });
            let on = match (comment.objtype(), parts) {
                (ObjectType::ObjectTable, Some(parts)) => tree::named_by(parts),
                (ObjectType::ObjectColumn, Some([parts @ .., _])) => tree::named_by(parts),
                _ => None,
            };
            let what = What::Alter { lock: crate::Lock::ShareUpdateExclusive, cost: crate::migration::Work::Nothing };
            one(what, on, "COMMENT".to_owned())
        }
        NodeEnum::VacuumStmt(vacuum) => {
            let tables: Vec<Option<Named>> = vacuum.rels.iter().map(vacuumed).collect();
            let what = || match vacuum.is_vacuumcmd && tree::is_on(&vacuum.options, "full") {
                true => What::VacuumFull,
                // They read as much as changed, or a sample.
                false => What::Alter { lock: crate::Lock::ShareUpdateExclusive, cost: crate::migration::Work::Nothing },
            };
            let words = if vacuum.is_vacuumcmd { "VACUUM" } else { "ANALYZE" };
            let tables = if tables.is_empty() { vec![None] } else { tables };
            let action = |on| Action { alone: vacuum.is_vacuumcmd, ..Action::new(what(), on, words) };
            Ok(tables.into_iter().map(action).collect())
        }
        NodeEnum::ClusterStmt(cluster) => {
            let on = cluster.relation.as_ref().map(tree::named);
            let alone = on.is_none();
            Ok(vec![Action { alone, ..Action::new(What::Cluster, on, "CLUSTER") }])
        }
        NodeEnum::LockStmt(lock) => {
            let level = alter::lock_of_mode(lock.mode);
            let what = || What::Alter { lock: level, cost: crate::migration::Work::Nothing };
            let tables = lock.relations.iter().filter_map(range);
            Ok(tables.map(|table| Action::new(what(), Some(table), "LOCK TABLE")).collect())
        }
        NodeEnum::DropdbStmt(drop) => {
            let what = What::Drop {
                kind: Kind::Database,
                names: vec![name::quote(&drop.dbname)],
                cascade: false,
                if_exists: drop.missing_ok,
                concurrently: false,
            };
            Ok(vec![Action { alone: true, ..Action::new(what, None, "DROP DATABASE") }])
        }
        NodeEnum::CreatedbStmt(_)
        | NodeEnum::CreateTableSpaceStmt(_)
        | NodeEnum::DropTableSpaceStmt(_)
        | NodeEnum::AlterSystemStmt(_) => {
            Ok(vec![Action { alone: true, ..Action::new(What::Other, None, "a statement about the whole server") }])
        }
        NodeEnum::CreateSchemaStmt(create) => {
            let what = What::Create {
                kind: Kind::Schema,
                name: name::quote(&create.schemaname),
                may_exist: create.if_not_exists,
            };
            one(what, None, "CREATE SCHEMA".to_owned())
        }
        NodeEnum::CreateSeqStmt(create) => {
            let name = create.sequence.as_ref().map(tree::named);
            let sql = name.as_ref().map(Named::sql).unwrap_or_default();
            one(
                What::Create { kind: Kind::Sequence, name: sql, may_exist: create.if_not_exists },
                name,
                "CREATE SEQUENCE".to_owned(),
            )
        }
        NodeEnum::ViewStmt(view) => {
            let name = view.view.as_ref().map(tree::named);
            let sql = name.as_ref().map(Named::sql).unwrap_or_default();
            one(What::Create { kind: Kind::View, name: sql, may_exist: view.replace }, name, "CREATE VIEW".to_owned())
        }
        NodeEnum::DoStmt(_) => Err("a DO block: what it does is not seen"),
        NodeEnum::CallStmt(_) => Err("a procedure: what it does is not seen"),
        NodeEnum::ExecuteStmt(_) => Err("a prepared statement: what it does is not seen"),
        // A query, rights, functions, settings of roles: nothing that others would wait for.
        _ => other("takes no lock that others wait for"),
    }
}

fn exclusive(on: Option<Named>, words: &str) -> Action {
    let what = What::Alter { lock: crate::Lock::AccessExclusive, cost: crate::migration::Work::Nothing };
    Action::new(what, on, words)
}

fn range(node: &Node) -> Option<Named> {
    match node.node.as_ref()? {
        NodeEnum::RangeVar(range) => Some(tree::named(range)),
        _ => None,
    }
}

fn vacuumed(node: &Node) -> Option<Named> {
    match node.node.as_ref()? {
        NodeEnum::VacuumRelation(relation) => relation.relation.as_ref().map(tree::named),
        _ => None,
    }
}

fn created(create: &CreateStmt) -> Action {
    let on = create.relation.as_ref().map(tree::named);
    let elements = create.table_elts.iter().filter_map(|node| node.node.as_ref());
    let constraints = elements.flat_map(|element| match element {
        NodeEnum::ColumnDef(column) => column.constraints.iter().filter_map(|node| node.node.as_ref()).collect(),
        other => vec![other],
    });
    let references = constraints
        .filter_map(|node| match node {
            NodeEnum::Constraint(constraint) => constraint.pktable.as_ref().map(tree::named),
            _ => None,
        })
        .filter(|name| Some(name) != on.as_ref())
        .collect();
    let mut inherits: Vec<Named> = create.inh_relations.iter().filter_map(range).collect();
    let partition_of = if create.partbound.is_some() { inherits.pop() } else { None };
    let what = What::CreateTable { if_not_exists: create.if_not_exists, references, partition_of, inherits };
    let words = format!("CREATE TABLE {}", on.as_ref().map(Named::sql).unwrap_or_default());
    Action::new(what, on, words)
}

fn dropped(drop: &DropStmt) -> Vec<Action> {
    let kind = tree::kind(drop.remove_type());
    let cascade = drop.behavior() == DropBehavior::DropCascade;
    let what = |names| What::Drop { kind, names, cascade, if_exists: drop.missing_ok, concurrently: drop.concurrent };
    let only_one = drop.objects.len() == 1;
    drop.objects
        .iter()
        .map(|object| {
            let parts = match object.node.as_ref() {
                Some(NodeEnum::List(list)) => list.items.as_slice(),
                Some(NodeEnum::TypeName(kind)) => kind.names.as_slice(),
                Some(NodeEnum::ObjectWithArgs(function)) => function.objname.as_slice(),
                Some(NodeEnum::String(_)) => std::slice::from_ref(object),
                _ => &[],
            };
            // A trigger's last part is its own name, those before are its table's.
            let (name, on) = match (kind, parts) {
                (Kind::Trigger | Kind::Policy | Kind::Rule, [table @ .., own]) => {
                    (tree::string(own).map(|own| name::quote(&own)), tree::named_by(table))
                }
                (Kind::Schema, parts) => (tree::named_by(parts).map(|name| name.sql()), None),
                (_, parts) => {
                    let found = tree::named_by(parts);
                    (found.as_ref().map(Named::sql), found)
                }
            };
            let relation = !matches!(kind, Kind::Type | Kind::Function | Kind::Other);
            let words = format!("DROP {} {}", kind.name().to_ascii_uppercase(), name.clone().unwrap_or_default());
            let mut action = Action::new(what(name.into_iter().collect()), on.filter(|_| relation), words);
            action.alone = drop.concurrent;
            if kind == Kind::Index && !drop.concurrent && !cascade && only_one {
                let mut concurrent = drop.clone();
                concurrent.concurrent = true;
                action.online = online::written(NodeEnum::DropStmt(concurrent)).and_then(online::alone);
            }
            action
        })
        .collect()
}

fn renamed(rename: &RenameStmt) -> Action {
    let kind = match rename.rename_type() {
        ObjectType::ObjectTable => tree::kind(ObjectType::ObjectTable),
        other => tree::kind(other),
    };
    let on = rename.relation.as_ref().map(tree::named);
    let from = match tree::some(&rename.subname) {
        Some(part) => part,
        None => on.as_ref().map(|on| on.name.clone()).unwrap_or_default(),
    };
    let words = format!("RENAME {} {} TO {}", kind.name(), name::quote(&from), name::quote(&rename.newname));
    Action::new(What::Rename { kind, from, to: rename.newname.clone() }, on, words)
}

fn reindexed(reindex: &ReindexStmt, major: u16) -> Action {
    let one = matches!(reindex.kind(), ReindexObjectType::ReindexObjectIndex | ReindexObjectType::ReindexObjectTable);
    let concurrently = tree::is_on(&reindex.params, "concurrently");
    let on = reindex.relation.as_ref().map(tree::named);
    let mut action = Action::new(What::Reindex { concurrently, one }, on, "REINDEX");
    action.alone = concurrently || !one;
    // https://www.postgresql.org/docs/12/release-12.html: REINDEX CONCURRENTLY since 12; never of system catalogs.
    if !concurrently && major >= 12 && reindex.kind() != ReindexObjectType::ReindexObjectSystem {
        let mut concurrent = reindex.clone();
        concurrent.params.push(Node {
            node: Some(NodeEnum::DefElem(Box::new(DefElem {
                defname: "concurrently".to_owned(),
                defaction: DefElemAction::DefelemUnspec as i32,
                ..DefElem::default()
            }))),
        });
        action.online = online::written(NodeEnum::ReindexStmt(concurrent)).and_then(online::alone);
    }
    action
}
