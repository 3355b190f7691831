//! Routines, types, sequences and events in words.

use catalog::{Catalog, Enabled, Known, ObjectKey, RoutineKind, SchemaId, Sequence, TypeKind, Volatility};

use super::Told;
use crate::api::ObjectIcon;

/// A sequence of which as much is used up is worth a word.
const NEARLY_USED_UP: f64 = 0.75;

fn within(catalog: &Catalog, schema: SchemaId, key: &ObjectKey) -> bool {
    key.schema.as_deref().is_none_or(|wanted| catalog.schema_name(schema) == wanted)
}

pub(super) fn routine(catalog: &Catalog, key: &ObjectKey, on_path: bool) -> Option<Told> {
    let routine = catalog.routines.iter().find(|one| {
        one.name == key.name && within(catalog, one.schema, key) && one.identity_arguments == key.signature
    })?;
    let (icon, kind) = match routine.kind {
        RoutineKind::Function => (ObjectIcon::Function, "function"),
        RoutineKind::Procedure => (ObjectIcon::Procedure, "procedure"),
        RoutineKind::Aggregate => (ObjectIcon::Function, "aggregate function"),
        RoutineKind::Window => (ObjectIcon::Function, "window function"),
    };
    let mut told = Told::new(icon, kind);
    let arguments = routine.arguments.as_deref().map(|list| if list.is_empty() { "none" } else { list });
    match arguments {
        Some("none") => told.says("Arguments", "none"),
        arguments => told.code("Arguments", arguments),
    }
    told.code("Returns", routine.returns.as_deref());
    told.code("Language", routine.language.as_deref());
    told.says("Runs as", if routine.security_definer { "its owner (definer)" } else { "its caller (invoker)" });
    let path = routine.settings.iter().any(|setting| setting.starts_with("search_path="));
    // What is compiled looks up no names.
    let looks_up = !matches!(routine.language.as_deref(), Some("c" | "internal"));
    if routine.security_definer && on_path && looks_up && !path {
        told.warn(
            "It runs with its owner's rights but finds names along the caller's search_path: who may make objects in a schema \
             on that path decides what it does. Set search_path on it.",
        );
    }
    if routine.kind != RoutineKind::Procedure
        && let Some(volatility) = routine.volatility
    {
        let word = match volatility {
            Volatility::Immutable => "immutable: the same arguments give the same result for ever",
            Volatility::Stable => "stable: the same within one statement",
            Volatility::Volatile => "volatile: it may change between calls",
        };
        told.says("Volatility", word);
    }
    let settings = routine.settings.iter().map(|setting| {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        vec![name.to_owned(), value.to_owned()]
    });
    told.list("Settings", &["Setting", "Value"], settings.collect());
    told.owner = routine.owner.clone();
    told.comment = routine.comment.clone();
    Some(told)
}

pub(super) fn type_object(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let object = catalog.types.iter().find(|one| one.name == key.name && within(catalog, one.schema, key))?;
    let mut told = Told::new(
        ObjectIcon::Type,
        match object.kind {
            TypeKind::Enum => "enum",
            TypeKind::Domain => "domain",
            TypeKind::Composite => "composite type",
            TypeKind::Range => "range type",
            TypeKind::Base => "base type",
        },
    );
    match object.kind {
        TypeKind::Domain => {
            told.code("Base type", object.base_type.as_deref());
            let required = object.constraints.iter().any(|text| text == "NOT NULL");
            told.says("NULL", if required { "not allowed" } else { "allowed" });
            told.code("Default", object.default.as_deref());
            let checks = object.constraints.iter().filter(|text| *text != "NOT NULL");
            told.list("Checks", &["Check"], checks.map(|text| vec![text.clone()]).collect());
        }
        TypeKind::Range => told.code("Subtype", object.base_type.as_deref()),
        TypeKind::Enum => told.says("Labels", object.labels.len().to_string()),
        TypeKind::Composite => told.says("Attributes", object.attributes.len().to_string()),
        TypeKind::Base => {}
    }
    let labels = object.labels.iter().enumerate();
    told.list("Labels", &["#", "Label"], labels.map(|(at, label)| vec![(at + 1).to_string(), label.clone()]).collect());
    let attributes = object.attributes.iter().map(|(name, native_type)| vec![name.clone(), native_type.clone()]);
    told.list("Attributes", &["Name", "Type"], attributes.collect());
    told.owner = object.owner.clone();
    told.comment = object.comment.clone();
    Some(told)
}

pub(super) fn sequence(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let sequence = catalog.sequences.iter().find(|one| one.name == key.name && within(catalog, one.schema, key))?;
    let mut told = Told::new(ObjectIcon::Sequence, "sequence");
    told.code("Type", sequence.data_type.as_deref());
    match &sequence.last_value {
        Known::Value(Some(last)) => {
            told.code("Last value", Some(last.to_string()));
            if let Some(share) = used_up(sequence, *last).filter(|share| *share >= NEARLY_USED_UP) {
                let after = if sequence.cycle { "then it starts over" } else { "then it fails" };
                // Rounded down: what is not used up is not said to be.
                told.warn(format!("{:.0} % of its values are used up; {after}.", (share * 100.0).floor()));
            }
        }
        Known::Value(None) => told.says("Last value", "not used yet"),
        Known::Denied => told.says("Last value", "the login may not read it"),
        Known::NotLoaded | Known::Unsupported => {}
    }
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    told.code("Start", number(sequence.start));
    told.code("Minimum", number(sequence.minimum));
    told.code("Maximum", number(sequence.maximum));
    told.code("Increment", number(sequence.increment));
    told.says("At its end", if sequence.cycle { "starts over" } else { "fails" });
    if let Some((schema, relation, column)) = &sequence.owned_by {
        told.code("Owned by", Some(format!("{schema}.{relation}.{column}")));
    }
    told.owner = sequence.owner.clone();
    told.comment = sequence.comment.clone();
    Some(told)
}

/// How much of what a sequence can give it has given.
fn used_up(sequence: &Sequence, last: i64) -> Option<f64> {
    let (least, most) = (sequence.minimum?, sequence.maximum?);
    let (first, end) = if sequence.increment? >= 0 { (least, most) } else { (most, least) };
    let whole = (i128::from(end) - i128::from(first)).unsigned_abs();
    let done = (i128::from(last) - i128::from(first)).unsigned_abs();
    (whole > 0).then(|| done as f64 / whole as f64)
}

/// Whether something runs by itself, in words.
pub(super) fn enabled(told: &mut Told, enabled: Enabled) {
    told.says(
        "Enabled",
        match enabled {
            Enabled::Origin => "yes",
            Enabled::Always => "always, on replicas too",
            Enabled::Replica => "on replicas only",
            Enabled::Disabled => "no",
        },
    );
    if enabled == Enabled::Disabled {
        told.warn("It does not run.");
    }
}

pub(super) fn event(catalog: &Catalog, key: &ObjectKey) -> Option<Told> {
    let event = catalog.events.iter().find(|one| one.name == key.name && within(catalog, one.schema, key))?;
    let mut told = Told::new(ObjectIcon::Event, "event");
    told.code("Schedule", Some(event.schedule.as_str()));
    told.code("Time zone", event.time_zone.as_deref());
    match event.enabled {
        // It was made on another server, and runs there.
        Enabled::Replica => told.says("Enabled", "on the server it was made on"),
        other => enabled(&mut told, other),
    }
    match &event.last_run {
        Known::Value(Some(at)) => told.says("Last run", at),
        Known::Value(None) => told.says("Last run", "never"),
        Known::Denied => told.says("Last run", "the login may not read it"),
        Known::NotLoaded | Known::Unsupported => {}
    }
    told.says("After its last run", if event.preserved { "stays" } else { "is dropped" });
    told.owner = event.owner.clone();
    told.comment = event.comment.clone();
    Some(told)
}
