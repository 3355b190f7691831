//! A server in memory with a few schemas, which tells what it was asked and can be made to wait.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use catalog::{
    Catalog, Column, Enabled, Kind, Known, ObjectKey, ObjectKind, Relation, RelationKind, Routine, RoutineKind, Schema,
    Scope, Trigger,
};
use driver::{
    Cast, Code, ConnectContext, Connection, Control, Ddl, Driver, Error, Field, Limits, Model, ParsedUrl, Profile,
    Role, Server, Session, fake::FakeDriver,
};
use tokio::sync::Semaphore;

use crate::connections::lock;

/// What the server holds and what it was asked. Shared by every connection.
pub(super) struct World {
    /// Tables by schema.
    pub(super) tables: Mutex<BTreeMap<&'static str, BTreeSet<&'static str>>>,
    /// Ends every definition text.
    pub(super) edition: Mutex<&'static str>,
    /// What was asked behind a person's back: schemas and `texts`.
    pub(super) behind: Mutex<Vec<String>>,
    /// How often one relation was asked for, as a person does.
    pub(super) asked: Mutex<u32>,
    pub(super) let_behind: Semaphore,
    pub(super) let_person: Semaphore,
    pub(super) gone: AtomicBool,
}

impl World {
    pub(super) fn new() -> Arc<World> {
        let tables = BTreeMap::from([("a", BTreeSet::from(["one", "two"])), ("b", BTreeSet::from(["three"]))]);
        Arc::new(World {
            tables: Mutex::new(tables),
            edition: Mutex::new("first"),
            behind: Mutex::default(),
            asked: Mutex::default(),
            let_behind: Semaphore::new(Semaphore::MAX_PERMITS),
            let_person: Semaphore::new(Semaphore::MAX_PERMITS),
            gone: AtomicBool::new(false),
        })
    }

    pub(super) fn behind(&self) -> Vec<String> {
        lock(&self.behind).clone()
    }

    pub(super) fn text(&self, key: &ObjectKey) -> String {
        format!("create {:?} {} -- {}", key.kind, key.name, lock(&self.edition))
    }

    fn catalog(&self, scope: &Scope) -> Catalog {
        let now = crate::store::now_ms();
        let mut catalog = Catalog { database: Some("shop".to_owned()), as_of_ms: now, ..Catalog::default() };
        let wanted = |name: &str| scope.schemas.as_ref().is_none_or(|all| all.iter().any(|schema| schema == name));
        for (schema, tables) in lock(&self.tables).iter().filter(|(schema, _)| wanted(schema)) {
            let id = catalog.push_schema(Schema::named(schema));
            for table in tables.iter().filter(|table| scope.relation.as_deref().is_none_or(|own| own == **table)) {
                let own = Relation {
                    estimated_rows: Known::Value(Some(now)),
                    ..Relation::new(id, table, RelationKind::Table)
                };
                let relation = catalog.push_relation(own);
                catalog.columns.push(Column::new(relation, 1, "id", "int"));
                if scope.wants(Kind::Triggers) {
                    let key = ObjectKey::relation(None, Some(schema), table);
                    catalog.triggers.push(Trigger {
                        relation,
                        name: "stamp".to_owned(),
                        timing: Some("BEFORE".to_owned()),
                        events: vec!["INSERT".to_owned()],
                        for_each_row: true,
                        enabled: Enabled::Origin,
                        function: None,
                        definition: Known::Value(self.text(&ObjectKey { kind: ObjectKind::Trigger, ..key })),
                        comment: None,
                    });
                }
            }
            catalog.routines.push(Routine {
                schema: id,
                name: "work".to_owned(),
                kind: RoutineKind::Function,
                arguments: Some("n int".to_owned()),
                identity_arguments: Some("n int".to_owned()),
                returns: None,
                language: None,
                volatility: None,
                security_definer: false,
                settings: Vec::new(),
                owner: None,
                definition: Known::NotLoaded,
                comment: None,
            });
        }
        let none = [Kind::Policies, Kind::Roles, Kind::Extensions, Kind::Publications, Kind::EventTriggers];
        let covered = |kind: &Kind| (*kind, if none.contains(kind) { Known::Unsupported } else { Known::Value(()) });
        catalog.coverage = scope.kinds.iter().map(covered).collect();
        catalog.seal();
        catalog
    }
}

pub(super) struct Watched {
    pub(super) inner: FakeDriver,
    pub(super) world: Arc<World>,
}

struct WatchedConnection {
    inner: Arc<dyn Connection>,
    world: Arc<World>,
}

#[async_trait]
impl Driver for Watched {
    fn id(&self) -> &'static str {
        self.inner.id()
    }
    fn label(&self) -> &'static str {
        self.inner.label()
    }
    fn model(&self) -> Model {
        self.inner.model()
    }
    fn language(&self) -> driver::Language {
        self.inner.language()
    }
    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn fields(&self) -> &'static [Field] {
        self.inner.fields()
    }
    fn schemes(&self) -> &'static [&'static str] {
        self.inner.schemes()
    }
    fn cast(&self) -> &'static dyn Cast {
        self.inner.cast()
    }
    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        self.inner.parse_url(text)
    }
    fn target(&self, profile: &Profile) -> String {
        self.inner.target(profile)
    }
    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        if self.world.gone.load(Ordering::Acquire) {
            return Err(Error::new(Code::Unreachable, "Nothing listens there."));
        }
        let inner = self.inner.connect(profile, context).await?;
        Ok(Arc::new(WatchedConnection { inner, world: Arc::clone(&self.world) }))
    }
}

#[async_trait]
impl Connection for WatchedConnection {
    fn control(&self) -> &dyn Control {
        self
    }
    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        self.inner.open(role).await
    }
    async fn close(&self) {
        self.inner.close().await;
    }
}

#[async_trait]
impl Control for WatchedConnection {
    fn server(&self) -> &Server {
        self.inner.control().server()
    }
    fn language(&self) -> driver::Language {
        self.inner.control().language()
    }
    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        if scope.relation.is_some() {
            *lock(&self.world.asked) += 1;
            let _pass = self.world.let_person.acquire().await;
        } else if scope.definitions {
            let schema = scope.schemas.as_ref().and_then(|all| all.first().cloned());
            lock(&self.world.behind).push(schema.unwrap_or_default());
            let _pass = self.world.let_behind.acquire().await;
        }
        Ok(self.world.catalog(scope))
    }
    async fn ping(&self) -> Result<(), Error> {
        Ok(())
    }
    fn ddl(&self) -> Option<&dyn Ddl> {
        Some(self)
    }
}

#[async_trait]
impl Ddl for WatchedConnection {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        Ok(self.world.text(key).into())
    }
}
