//! What is staged, for drawing.

use std::collections::BTreeSet;

use catalog::ObjectKey;
use erd::Change;
use schema::{Engine, Mark, Sketch};

use super::{keeping, telling::Wanted};
use crate::{
    App,
    advisor::database_of,
    api::*,
    explorer::{Shelved, blocking},
};

/// A catalog with what is staged in it.
pub(crate) struct Sketched {
    sketch: Sketch,
    /// Relations that stay and get other parts.
    touched: BTreeSet<ObjectKey>,
    engine: Engine,
}

impl Sketched {
    /// What is drawn.
    pub(crate) fn catalog(&self) -> &catalog::Catalog {
        &self.sketch.catalog
    }

    /// A relation of the catalog as marks name it.
    fn home(&self, key: &ObjectKey) -> ObjectKey {
        let of_mysql = matches!(self.engine, Engine::MySql | Engine::MariaDb);
        ObjectKey { database: None, schema: key.schema.clone().filter(|_| !of_mysql), ..key.clone() }
    }

    /// What becomes of a relation, or of something it has.
    pub(crate) fn relation(&self, key: &ObjectKey) -> Option<Change> {
        let key = self.home(key);
        let renamed = self.sketch.names.contains_key(&key) || self.touched.contains(&key);
        self.mark(&key).or_else(|| renamed.then_some(Change::Changed))
    }

    /// What becomes of a column.
    pub(crate) fn column(&self, relation: &ObjectKey, name: &str) -> Option<Change> {
        self.mark(&ObjectKey::column(&self.home(relation), name))
    }

    /// What becomes of a foreign key; one that stands in its column goes with that.
    pub(crate) fn foreign_key(&self, relation: &ObjectKey, name: Option<&str>, columns: &[String]) -> Option<Change> {
        let own = name.and_then(|name| {
            self.mark(&super::parts::part(catalog::ObjectKind::Constraint, &self.home(relation), name))
        });
        let with_column = || columns.iter().find_map(|column| self.column(relation, column));
        let of_relation = self.mark(&self.home(relation)).filter(|change| *change != Change::Changed);
        own.or(of_relation).or_else(|| with_column().filter(|change| name.is_none() || *change == Change::Removed))
    }

    /// The name that a relation gets.
    pub(crate) fn name(&self, key: &ObjectKey) -> Option<&str> {
        self.sketch.names.get(&self.home(key)).map(String::as_str)
    }

    fn mark(&self, key: &ObjectKey) -> Option<Change> {
        self.sketch.marks.get(key).map(|mark| match mark {
            Mark::Added => Change::Added,
            Mark::Changed => Change::Changed,
            Mark::Removed => Change::Removed,
        })
    }
}

impl App {
    /// What is staged of a database over the catalog that a diagram draws; `None` where nothing is, or it cannot be read.
    pub(crate) async fn structure_sketch(
        &self,
        profile_id: &str,
        database: Option<&str>,
        shelved: &std::sync::Arc<Shelved>,
    ) -> Option<Sketched> {
        let sketched = async {
            let place = self.structure_place(profile_id, database).await?;
            let kept = keeping::load(&self.store, profile_id, &database_of(&place)).await?;
            if kept.is_empty() {
                return Ok(None);
            }
            let defined = self.defined(&place, false).await?;
            let shelved = std::sync::Arc::clone(shelved);
            blocking(move || {
                let wanted = Wanted::of(&kept, &defined);
                let (there, engine) = (&defined.definition, defined.engine());
                let sketch = schema::sketch(&shelved.catalog, there, &wanted.definition, &wanted.renames)
                    .map_err(|refusal| AppError::new(ErrorCode::Conflict, refusal.to_string()))?;
                let mut touched = BTreeSet::new();
                for one in super::telling::differing(&defined, &wanted) {
                    let object = wanted.definition.objects.get(&one).or_else(|| there.objects.get(&one));
                    touched.extend(
                        object.and_then(|object| object.relation(&one)).map(|relation| wanted.origin(&relation)),
                    );
                }
                Ok(Some(Sketched { sketch, touched, engine }))
            })
            .await?
        };
        match sketched.await {
            Ok(sketched) => sketched,
            Err(error) => {
                let error: AppError = error;
                tracing::warn!(%error, "a diagram is drawn without what is staged");
                None
            }
        }
    }
}
