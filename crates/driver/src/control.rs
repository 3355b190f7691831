use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use catalog::{Catalog, ObjectKey, Scope};
use serde::{Deserialize, Serialize};

use crate::{
    ActAs, Activity, Advice, Alter, Documents, Edit, Error, Explain, Generate, Keys, Language, Live, Load, Report,
    RowSecurity, Scan, Scratch, SlowLog,
};

/// The server behind a connection, as probed when it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The product, variants told apart (`PostgreSQL`, `CockroachDB`).
    pub product: String,
    /// Its version as it prints it (`18.4`).
    pub version: String,
    /// Its version as a number that orders (`180004`).
    pub version_number: u32,
    /// Other probed facts by name: `read_only`, `encoding`, `superuser`, `foreign_keys` …
    pub facts: BTreeMap<String, String>,
}

/// The control side of a connection: what is there. It never joins the user's transactions.
#[async_trait]
pub trait Control: Send + Sync {
    /// The server.
    fn server(&self) -> &Server;
    /// The language, with what was probed.
    fn language(&self) -> Language;
    /// Reads the catalog: one query per kind. What the login may not read is `Denied` in the coverage, not an error.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`; `Forbidden` only when nothing at all may be read.
    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error>;
    /// Whether the server is there; reconnects a lost control connection first.
    ///
    /// # Errors
    /// As [`crate::Driver::connect`].
    async fn ping(&self) -> Result<(), Error>;

    /// Reading a relation page by page.
    fn scan(&self) -> Option<&dyn Scan> {
        None
    }
    /// Changing rows one by one.
    fn edit(&self) -> Option<&dyn Edit> {
        None
    }
    /// Putting rows of a file into a table.
    fn load(&self) -> Option<&dyn Load> {
        None
    }
    /// What made-up rows need to know.
    fn generate(&self) -> Option<&dyn Generate> {
        None
    }
    /// Definition texts.
    fn ddl(&self) -> Option<&dyn Ddl> {
        None
    }
    /// Sessions of the server, locks and sizes.
    fn activity(&self) -> Option<&dyn Activity> {
        None
    }
    /// What the server says of itself.
    fn report(&self) -> Option<&dyn Report> {
        None
    }
    /// The statements it found slow.
    fn slow_log(&self) -> Option<&dyn SlowLog> {
        None
    }
    /// Following what happens, as it happens.
    fn live(&self) -> Option<&dyn Live> {
        None
    }
    /// What the advisor's rules need beyond the catalog.
    fn advice(&self) -> Option<&dyn Advice> {
        None
    }
    /// Plans of statements.
    fn explain(&self) -> Option<&dyn Explain> {
        None
    }
    /// Trying out and changing row security.
    fn row_security(&self) -> Option<&dyn RowSecurity> {
        None
    }
    /// Changing definitions.
    fn alter(&self) -> Option<&dyn Alter> {
        None
    }
    /// Making databases that go again.
    fn scratch(&self) -> Option<&dyn Scratch> {
        None
    }
    /// Browsing and changing collections of documents.
    fn documents(&self) -> Option<&dyn Documents> {
        None
    }
    /// Browsing and changing keys.
    fn keys(&self) -> Option<&dyn Keys> {
        None
    }
    /// Acting as somebody else than the login.
    fn act_as(&self) -> Option<&dyn ActAs> {
        None
    }
}

/// Definition texts of objects.
#[async_trait]
pub trait Ddl: Send + Sync {
    /// The statements that would make this object again, as the server prints them or rendered from the catalog.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Unsupported` for a kind that has no text.
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error>;

    /// The texts of many objects, each as [`Ddl::definition`] gives it, in the order of the keys. One that is gone, held by
    /// somebody, may not be seen or has no text is left out ([`Error::is_about_one_object`]). The control session is held for
    /// as long as this takes: a caller asks for some hundreds.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut` and whatever else is not about one object.
    async fn definitions(&self, keys: &[ObjectKey]) -> Result<Vec<(ObjectKey, Arc<str>)>, Error> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            match self.definition(key).await {
                Ok(text) => found.push((key.clone(), text)),
                Err(error) if error.is_about_one_object() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Which facets a connection offers: derived from the objects, the only form that crosses to the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Relations can be browsed page by page.
    pub scan: bool,
    /// Rows can be changed one by one.
    pub edit: bool,
    /// Rows of a file can be put into a table.
    #[serde(default)]
    pub load: bool,
    /// Rows can be made up for its tables.
    #[serde(default)]
    pub generate: bool,
    /// Definition texts can be shown.
    pub ddl: bool,
    /// The server's sessions can be watched.
    pub activity: bool,
    /// The server tells of itself.
    #[serde(default)]
    pub report: bool,
    /// The server keeps the statements it found slow.
    #[serde(default)]
    pub slow_log: bool,
    /// What happens can be followed.
    #[serde(default)]
    pub live: bool,
    /// The advisor's rules can look at it.
    #[serde(default)]
    pub advice: bool,
    /// Statements can be explained.
    #[serde(default)]
    pub explain: bool,
    /// Row security can be tried out and changed.
    #[serde(default)]
    pub row_security: bool,
    /// Definitions can be changed.
    #[serde(default)]
    pub alter: bool,
    /// Statements can run as somebody else than the login.
    #[serde(default)]
    pub act_as: bool,
    /// Collections of documents can be browsed and changed.
    #[serde(default)]
    pub documents: bool,
    /// Keys can be browsed and changed.
    #[serde(default)]
    pub keys: bool,
}

impl Capabilities {
    /// Looks which facets are there.
    pub fn of(control: &dyn Control) -> Self {
        Capabilities {
            scan: control.scan().is_some(),
            edit: control.edit().is_some(),
            load: control.load().is_some(),
            generate: control.generate().is_some(),
            ddl: control.ddl().is_some(),
            activity: control.activity().is_some(),
            report: control.report().is_some(),
            slow_log: control.slow_log().is_some(),
            live: control.live().is_some(),
            advice: control.advice().is_some(),
            explain: control.explain().is_some(),
            row_security: control.row_security().is_some(),
            alter: control.alter().is_some(),
            act_as: control.act_as().is_some(),
            documents: control.documents().is_some(),
            keys: control.keys().is_some(),
        }
    }
}
