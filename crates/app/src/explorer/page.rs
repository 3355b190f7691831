//! Everything about one relation but its rows.

use catalog::{
    Action, Catalog, ConstraintKind, Enabled, ForeignKey, Identity, Index, Kind, Known, ObjectKey, Policy,
    PolicyCommand, Relation, RelationWalker, Scope, Trigger,
};

use super::{Place, Shelved, grants, icon, kind_words, to_ref, tree::bytes};
use crate::api::{AppError, ColumnRow, ErrorCode, PartRow, PolicyRow, ReferenceRow, ReferencedByRow, RelationPage};

/// Reads a relation anew with its definition texts.
pub(super) async fn relation(place: &Place, key: &ObjectKey) -> Result<RelationPage, AppError> {
    let opened = &place.opened;
    let mut scope = Scope::relation(key.schema.as_deref(), &key.name);
    scope.kinds.push(Kind::Grants);
    let catalog = opened.shelf.ask(opened.connection.as_ref(), &scope).await?;
    let relation = catalog
        .find_relation(key.schema.as_deref(), &key.name)
        .and_then(|id| catalog.relation(id))
        .ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, format!("There is no relation “{}” any more.", key.name))
                .with_hint("Refresh the explorer.")
        })?;
    // Who refers to it is known to the whole catalog only.
    let referenced_by = match opened.shelf.get(opened, &place.connected).await {
        Ok(shelved) => {
            let id = shelved.relation(key.schema.as_deref(), &key.name);
            let walker = id.and_then(|id| shelved.catalog.relation(id));
            walker.map(|walker| referring(&shelved.catalog, walker)).unwrap_or_default()
        }
        Err(_) => Vec::new(),
    };
    Ok(page(&catalog, relation, referenced_by))
}

/// What a catalog that is at hand says of a relation: no server is asked. What only a full reading tells is missing, and
/// said to be.
pub(super) fn at_hand(shelved: &Shelved, key: &ObjectKey) -> Option<RelationPage> {
    let id = shelved.relation(key.schema.as_deref(), &key.name)?;
    let relation = shelved.catalog.relation(id)?;
    let page = page(&shelved.catalog, relation, referring(&shelved.catalog, relation));
    Some(RelationPage { kept: true, ..page })
}

/// What was kept of a relation, whose catalog has nothing else, with those that refer to it in the whole one.
pub(super) fn within(catalog: &Catalog, whole: &Shelved) -> Option<RelationPage> {
    let relation = catalog.walk_relations().next()?;
    let id = whole.relation(Some(relation.schema()), &relation.row().name)?;
    let page = page(catalog, relation, referring(&whole.catalog, whole.catalog.relation(id)?));
    Some(RelationPage { kept: true, ..page })
}

fn page(catalog: &Catalog, relation: RelationWalker<'_>, referenced_by: Vec<ReferencedByRow>) -> RelationPage {
    let row = relation.row();
    let mut options = row.options.clone();
    options.extend(row.partition_key.as_ref().map(|key| format!("partitioned by {key}")));
    options.extend(row.partition_of.as_ref().map(|(schema, name)| format!("partition of {schema}.{name}")));
    options.extend(row.partition_bound.clone());
    let (grants, grants_state) = grants::of(catalog, &relation.key());
    let mut constraints: Vec<PartRow> = relation.constraints().iter().map(constraint).collect();
    constraints.extend(relation.foreign_keys().iter().map(|key| foreign_key(catalog, relation, key)));
    RelationPage {
        object: to_ref(relation.key()),
        icon: icon(row.kind),
        kind: kind_words(row.kind).to_owned(),
        comment: row.comment.clone(),
        owner: row.owner.clone(),
        estimated_rows: row.estimated_rows.value().copied().flatten(),
        bytes: row.bytes.value().copied(),
        row_security: row.row_security.value().map(|security| {
            match (security.enabled, security.forced) {
                (false, _) => "off",
                (true, false) => "on",
                (true, true) => "forced",
            }
            .to_owned()
        }),
        options,
        columns: columns(catalog, relation),
        indexes: relation.indexes().iter().map(index).collect(),
        constraints,
        referenced_by,
        triggers: relation.triggers().iter().map(trigger).collect(),
        policies: relation.policies().iter().map(policy).collect(),
        grants,
        grants_state,
        as_of_ms: catalog.as_of_ms,
        kept: false,
        denied: denied(catalog),
        unread: unread(catalog, row),
    }
}

/// An empty list of what was never asked for would look like none.
fn unread(catalog: &Catalog, relation: &Relation) -> Option<String> {
    let asked = |kind| catalog.coverage.contains_key(&kind);
    let mut missing = Vec::new();
    missing.extend((!asked(Kind::Triggers)).then_some("triggers"));
    let secured = relation.row_security != Known::Unsupported;
    missing.extend((secured && !asked(Kind::Policies)).then_some("policies"));
    (!missing.is_empty()).then(|| {
        missing.push("definition texts");
        let (last, others) = missing.split_last().unwrap_or((&"", &[]));
        format!("This is what was kept of the last reading: {} and {last} were not read.", others.join(", "))
    })
}

fn denied(catalog: &Catalog) -> Vec<String> {
    // Privileges say it in their own place.
    let kinds =
        catalog.coverage.iter().filter(|(kind, coverage)| **coverage == Known::Denied && **kind != Kind::Grants);
    kinds.map(|(kind, _)| format!("The login may not read the {}.", kind.words())).collect()
}

fn columns(catalog: &Catalog, relation: RelationWalker<'_>) -> Vec<ColumnRow> {
    let key = relation.primary_key().map(|key| key.columns.as_slice()).unwrap_or_default();
    let row = |column: &catalog::Column| ColumnRow {
        ordinal: column.ordinal,
        name: column.name.clone(),
        native_type: column.native_type.clone(),
        nullable: column.nullable.value().copied(),
        default: column.default.clone(),
        identity: column.identity.map(|identity| {
            match identity {
                Identity::Always => "always",
                Identity::ByDefault => "by default",
            }
            .to_owned()
        }),
        generated: column.generated.as_ref().map(|generated| {
            let kept = if generated.stored { "stored" } else { "virtual" };
            generated.expression.as_ref().map_or_else(|| kept.to_owned(), |expression| format!("{expression} {kept}"))
        }),
        collation: column.collation.clone(),
        comment: column.comment.clone(),
        primary_key: key.contains(&column.name),
        references: relation
            .foreign_keys()
            .iter()
            .find(|key| key.columns.contains(&column.name))
            .map(|key| reference(catalog, relation, key)),
    };
    relation.columns().iter().map(row).collect()
}

/// What becomes of referring rows, in words.
pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::NoAction => "no action",
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set null",
        Action::SetDefault => "set default",
    }
}

/// Empty where both are the usual.
fn actions(key: &ForeignKey) -> String {
    let mut words = Vec::new();
    if key.on_delete != Action::NoAction {
        words.push(format!("on delete {}", action(key.on_delete)));
    }
    if key.on_update != Action::NoAction {
        words.push(format!("on update {}", action(key.on_update)));
    }
    words.join(", ")
}

fn reference(catalog: &Catalog, relation: RelationWalker<'_>, key: &ForeignKey) -> ReferenceRow {
    let (schema, name) = &key.references;
    let schema = if schema.is_empty() { relation.schema() } else { schema };
    ReferenceRow {
        object: to_ref(ObjectKey::relation(catalog.database.as_deref(), Some(schema), name)),
        columns: key.referenced_columns.clone(),
        actions: actions(key),
    }
}

fn referring(catalog: &Catalog, relation: RelationWalker<'_>) -> Vec<ReferencedByRow> {
    let row = |key: &ForeignKey| {
        Some(ReferencedByRow {
            object: to_ref(catalog.relation_key(key.relation)?),
            columns: key.columns.clone(),
            referenced_columns: key.referenced_columns.clone(),
            name: key.name.clone(),
            actions: actions(key),
        })
    };
    relation.referenced_by().filter_map(row).collect()
}

fn constraint(constraint: &catalog::Constraint) -> PartRow {
    PartRow {
        name: constraint.name.clone(),
        kind: match constraint.kind {
            ConstraintKind::PrimaryKey => "primary key",
            ConstraintKind::Unique => "unique",
            ConstraintKind::Check => "check",
            ConstraintKind::Exclusion => "exclusion",
            ConstraintKind::NotNull => "not null",
        }
        .to_owned(),
        columns: constraint.columns.clone(),
        definition: constraint.definition.value().cloned(),
        remarks: remarks(constraint.deferrable, constraint.initially_deferred, constraint.validated),
        comment: constraint.comment.clone(),
        references: None,
        scans: None,
    }
}

fn remarks(deferrable: bool, deferred: bool, validated: bool) -> Vec<String> {
    let deferral = match (deferrable, deferred) {
        (true, true) => Some("deferrable, initially deferred"),
        (true, false) => Some("deferrable"),
        (false, _) => None,
    };
    deferral.into_iter().chain((!validated).then_some("not validated")).map(str::to_owned).collect()
}

fn foreign_key(catalog: &Catalog, relation: RelationWalker<'_>, key: &ForeignKey) -> PartRow {
    PartRow {
        name: key.name.clone(),
        kind: "foreign key".to_owned(),
        columns: key.columns.clone(),
        definition: key.definition.value().cloned(),
        remarks: remarks(key.deferrable, key.initially_deferred, key.validated),
        comment: key.comment.clone(),
        references: Some(reference(catalog, relation, key)),
        scans: None,
    }
}

fn index(index: &Index) -> PartRow {
    let mut remarks = Vec::new();
    remarks.extend(index.primary.then(|| "primary".to_owned()));
    remarks.extend((index.unique && !index.primary).then(|| "unique".to_owned()));
    remarks.extend(index.predicate.as_ref().map(|predicate| format!("partial: {predicate}")));
    remarks.extend((!index.included.is_empty()).then(|| format!("includes {}", index.included.join(", "))));
    remarks.extend((index.valid == Known::Value(false)).then(|| "invalid".to_owned()));
    remarks.extend(index.bytes.value().map(|size| bytes(*size)));
    let key = |key: &catalog::IndexKey| {
        let nulls = match key.nulls_first {
            Some(true) => " nulls first",
            Some(false) => " nulls last",
            None => "",
        };
        format!("{}{}{nulls}", key.text, if key.descending { " desc" } else { "" })
    };
    PartRow {
        name: Some(index.name.clone()),
        kind: index.method.clone().unwrap_or_else(|| "index".to_owned()),
        columns: index.keys.iter().map(key).collect(),
        definition: index.definition.value().cloned(),
        remarks,
        comment: index.comment.clone(),
        references: None,
        scans: index.scans.value().copied(),
    }
}

fn trigger(trigger: &Trigger) -> PartRow {
    let timing = trigger.timing.clone().unwrap_or_default();
    let mut remarks = vec![if trigger.for_each_row { "for each row" } else { "for each statement" }.to_owned()];
    remarks.extend(match trigger.enabled {
        Enabled::Origin => None,
        Enabled::Always => Some("always".to_owned()),
        Enabled::Replica => Some("on replicas only".to_owned()),
        Enabled::Disabled => Some("disabled".to_owned()),
    });
    remarks.extend(trigger.function.as_ref().map(|function| format!("calls {function}")));
    PartRow {
        name: Some(trigger.name.clone()),
        kind: format!("{timing} {}", trigger.events.join(" or ")).trim().to_lowercase(),
        columns: Vec::new(),
        definition: trigger.definition.value().cloned(),
        remarks,
        comment: trigger.comment.clone(),
        references: None,
        scans: None,
    }
}

fn policy(policy: &Policy) -> PolicyRow {
    let command = match policy.command {
        PolicyCommand::All => "all",
        PolicyCommand::Select => "select",
        PolicyCommand::Insert => "insert",
        PolicyCommand::Update => "update",
        PolicyCommand::Delete => "delete",
    };
    PolicyRow {
        name: policy.name.clone(),
        command: command.to_owned(),
        permissive: policy.permissive,
        roles: policy.roles.clone(),
        using: policy.using.clone(),
        check: policy.with_check.clone(),
        comment: policy.comment.clone(),
    }
}

/// The page of every relation of a catalog, in its order.
pub(crate) fn pages(catalog: &Catalog) -> Vec<RelationPage> {
    catalog.walk_relations().map(|relation| page(catalog, relation, referring(catalog, relation))).collect()
}
