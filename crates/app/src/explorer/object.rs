//! Everything about one object that is not a relation.

mod facts;
mod server;
#[cfg(test)]
mod tests;

use catalog::{Catalog, Kind, ObjectKey, ObjectKind, Scope};

use super::{grants, kept, thorough, to_key, to_ref};
use crate::{
    App,
    api::{AppError, ErrorCode, ListState, ObjectFact, ObjectIcon, ObjectList, ObjectPage, ObjectRef},
};

/// What is particular to one kind of object.
struct Told {
    icon: ObjectIcon,
    kind: &'static str,
    owner: Option<String>,
    comment: Option<String>,
    facts: Vec<ObjectFact>,
    lists: Vec<ObjectList>,
}

impl Told {
    fn new(icon: ObjectIcon, kind: &'static str) -> Self {
        Told { icon, kind, owner: None, comment: None, facts: Vec::new(), lists: Vec::new() }
    }

    /// A fact in words.
    fn says(&mut self, label: &str, value: impl Into<String>) {
        self.facts.push(ObjectFact { label: label.to_owned(), value: value.into(), code: false, warning: None });
    }

    /// A fact whose value is code; nothing where there is none.
    fn code(&mut self, label: &str, value: Option<impl Into<String>>) {
        let Some(value) = value else { return };
        self.facts.push(ObjectFact { label: label.to_owned(), value: value.into(), code: true, warning: None });
    }

    /// A warning to the last fact.
    fn warn(&mut self, warning: impl Into<String>) {
        if let Some(last) = self.facts.last_mut() {
            last.warning = Some(warning.into());
        }
    }

    /// A list; nothing where it is empty.
    fn list(&mut self, label: &str, heads: &[&str], rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            let heads = heads.iter().map(|head| (*head).to_owned()).collect();
            self.lists.push(ObjectList { label: label.to_owned(), heads, rows });
        }
    }
}

impl App {
    /// Everything about one object that is not a relation; while the server cannot be reached, what its last catalog says.
    ///
    /// # Errors
    /// As connecting; `NotFound` for an object that is gone, `Unsupported` for a kind that has no page of its own.
    pub async fn object(&self, profile_id: &str, object: &ObjectRef) -> Result<ObjectPage, AppError> {
        let key = to_key(object)?;
        let scope = scope(&key)?;
        if let Some(page) = self.kept_object(profile_id, &key).await {
            return Ok(page);
        }
        match self.asked_object(profile_id, object, &key, &scope).await {
            Ok(page) => Ok(page),
            // It may have turned out only now that the server cannot be reached.
            Err(error) => self.kept_object(profile_id, &key).await.ok_or(error),
        }
    }

    async fn asked_object(
        &self,
        profile_id: &str,
        object: &ObjectRef,
        key: &ObjectKey,
        scope: &Scope,
    ) -> Result<ObjectPage, AppError> {
        let place = self.place(profile_id, object).await?;
        let catalog = place.opened.shelf.ask(place.opened.connection.as_ref(), scope).await?;
        page(&catalog, key, place.opened.language.default_schema().is_some()).ok_or_else(|| gone(&catalog, scope, key))
    }

    /// The page of an object from what was kept, where the server is not to be asked.
    async fn kept_object(&self, profile_id: &str, key: &ObjectKey) -> Option<ObjectPage> {
        let connected = self.live.find(profile_id).filter(|connected| !connected.may_try())?;
        let database = key.database.as_deref();
        let on_path = connected.driver.language().default_schema().is_some();
        if is_of_the_server(key.kind) {
            let at = kept::place(&connected, database).await?;
            return page(&thorough::server(&self.kept, &at).await?, key, on_path);
        }
        let latest = connected.opened(database).and_then(|opened| opened.shelf.latest());
        let shown = match latest {
            Some(latest) => latest,
            None => kept::of(&connected, database).await?,
        };
        page(&shown.catalog, key, on_path)
    }
}

/// Whether objects of this kind belong to no schema: they are not in the catalog at hand, but are kept by themselves.
fn is_of_the_server(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Role | ObjectKind::Extension | ObjectKind::Publication | ObjectKind::EventTrigger)
}

/// What to read for a page.
fn scope(key: &ObjectKey) -> Result<Scope, AppError> {
    let kinds = match key.kind {
        ObjectKind::Routine => vec![Kind::Schemas, Kind::Routines, Kind::Grants],
        ObjectKind::Type => vec![Kind::Schemas, Kind::Types, Kind::Grants],
        ObjectKind::Sequence => vec![Kind::Schemas, Kind::Sequences, Kind::Grants],
        ObjectKind::Event => vec![Kind::Schemas, Kind::Events],
        ObjectKind::Role => vec![Kind::Roles],
        ObjectKind::Extension => vec![Kind::Extensions],
        ObjectKind::Publication => vec![Kind::Publications],
        ObjectKind::EventTrigger => vec![Kind::EventTriggers],
        _ => {
            return Err(AppError::new(
                ErrorCode::Unsupported,
                format!("“{}” is part of something else and has no page of its own.", key.name),
            ));
        }
    };
    Ok(Scope {
        kinds,
        schemas: key.schema.clone().map(|schema| vec![schema]),
        // A sequence is found as relations are, and its value is read with it.
        relation: (key.kind == ObjectKind::Sequence).then(|| key.name.clone()),
        include_system: true,
        definitions: false,
        sizes: true,
    })
}

/// An object that is not there, or that could not be seen.
fn gone(catalog: &Catalog, scope: &Scope, key: &ObjectKey) -> AppError {
    if catalog.complete(&scope.kinds).is_err_and(|(kind, _)| kind != Kind::Grants) {
        return AppError::new(ErrorCode::Forbidden, format!("The login may not read what “{}” is.", key.name));
    }
    AppError::new(ErrorCode::NotFound, format!("There is no “{}” any more.", key.name))
        .with_hint("Refresh the explorer.")
}

/// The page of every object that has one, in the catalog's order. `on_path`: a name without a schema is looked up along a
/// path that the session may choose.
pub(crate) fn pages(catalog: &Catalog, on_path: bool) -> Vec<ObjectPage> {
    let key = |kind, schema: Option<&str>, name: &str, signature: Option<&String>| ObjectKey {
        kind,
        signature: signature.cloned(),
        ..ObjectKey::relation(catalog.database.as_deref(), schema, name)
    };
    let within = |id| Some(catalog.schema_name(id));
    let mut keys: Vec<ObjectKey> = Vec::new();
    let routines = catalog.routines.iter();
    keys.extend(
        routines.map(|one| key(ObjectKind::Routine, within(one.schema), &one.name, one.identity_arguments.as_ref())),
    );
    keys.extend(catalog.types.iter().map(|one| key(ObjectKind::Type, within(one.schema), &one.name, None)));
    keys.extend(catalog.sequences.iter().map(|one| key(ObjectKind::Sequence, within(one.schema), &one.name, None)));
    keys.extend(catalog.events.iter().map(|one| key(ObjectKind::Event, within(one.schema), &one.name, None)));
    keys.extend(catalog.extensions.iter().map(|one| key(ObjectKind::Extension, None, &one.name, None)));
    keys.extend(catalog.publications.iter().map(|one| key(ObjectKind::Publication, None, &one.name, None)));
    keys.extend(catalog.event_triggers.iter().map(|one| key(ObjectKind::EventTrigger, None, &one.name, None)));
    keys.extend(catalog.roles.iter().map(|one| key(ObjectKind::Role, None, &one.name, None)));
    keys.iter().filter_map(|key| page(catalog, key, on_path)).collect()
}

/// The page of one object, from any catalog that has it.
fn page(catalog: &Catalog, key: &ObjectKey, on_path: bool) -> Option<ObjectPage> {
    let told = match key.kind {
        ObjectKind::Routine => facts::routine(catalog, key, on_path),
        ObjectKind::Type => facts::type_object(catalog, key),
        ObjectKind::Sequence => facts::sequence(catalog, key),
        ObjectKind::Event => facts::event(catalog, key),
        ObjectKind::Role => server::role(catalog, key),
        ObjectKind::Extension => server::extension(catalog, key),
        ObjectKind::Publication => server::publication(catalog, key),
        ObjectKind::EventTrigger => server::event_trigger(catalog, key),
        _ => None,
    }?;
    let (grants, grants_state) = match key.kind {
        ObjectKind::Routine | ObjectKind::Type | ObjectKind::Sequence => grants::of(catalog, key),
        _ => (Vec::new(), ListState::Absent),
    };
    Some(ObjectPage {
        object: to_ref(key.clone()),
        icon: told.icon,
        kind: told.kind.to_owned(),
        comment: told.comment,
        owner: told.owner,
        facts: told.facts,
        lists: told.lists,
        grants,
        grants_state,
        as_of_ms: catalog.as_of_ms,
    })
}
