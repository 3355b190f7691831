//! The control side of the fake.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{Catalog, ObjectKey, Scope};

use super::Shared;
use crate::{
    Activity, Code, Condition, Control, Ddl, Error, Explain, Filter, KeySource, Language, Live, Lookup, Page,
    PageRequest, Report, Scan, Server, SlowLog, Statement,
};

/// Answers from what the builder was given.
pub(crate) struct FakeControl {
    pub(crate) shared: Arc<Shared>,
}

#[async_trait]
impl Control for FakeControl {
    fn server(&self) -> &Server {
        &self.shared.server
    }

    fn language(&self) -> Language {
        self.shared.dialect.into()
    }

    async fn catalog(&self, _scope: &Scope) -> Result<Catalog, Error> {
        Ok(self.shared.catalog.clone())
    }

    async fn ping(&self) -> Result<(), Error> {
        Ok(())
    }

    fn scan(&self) -> Option<&dyn Scan> {
        self.shared.pages.is_some().then_some(self as &dyn Scan)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        self.shared.definition.is_some().then_some(self as &dyn Ddl)
    }

    fn activity(&self) -> Option<&dyn Activity> {
        self.shared.activity.then_some(self as &dyn Activity)
    }

    fn explain(&self) -> Option<&dyn Explain> {
        self.shared.explain.as_deref()
    }

    fn report(&self) -> Option<&dyn Report> {
        self.shared.tells.then_some(self as &dyn Report)
    }

    fn slow_log(&self) -> Option<&dyn SlowLog> {
        self.shared.tells.then_some(self as &dyn SlowLog)
    }

    fn live(&self) -> Option<&dyn Live> {
        self.shared.tells.then_some(self as &dyn Live)
    }
}

#[async_trait]
impl Ddl for FakeControl {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        match &self.shared.definition {
            Some((known, text)) if known == key => Ok(Arc::clone(text)),
            _ => Err(Error::new(Code::NotFound, "There is no such object.")),
        }
    }
}

impl FakeControl {
    fn rows(&self, relation: &ObjectKey) -> Result<u64, Error> {
        match &self.shared.pages {
            Some((known, rows)) if known == relation => Ok(*rows),
            _ => Err(Error::new(Code::NotFound, "There is no such relation.")),
        }
    }
}

/// Its page statement is `page FIRST LAST`, which the session answers by itself; so is `count N`.
impl Scan for FakeControl {
    fn page(&self, _catalog: &Catalog, request: &PageRequest) -> Result<Page, Error> {
        let rows = self.rows(&request.relation)?;
        let after = request.after.as_ref().and_then(|key| key.first()).and_then(|text| text.as_deref());
        let first: u64 = after.and_then(|text| text.parse().ok()).map_or(1, |last: u64| last.saturating_add(1));
        let last = rows.min(first.saturating_add(u64::from(request.limit)).saturating_sub(1));
        Ok(Page {
            statement: Statement::new(format!("page {first} {last}")),
            source: KeySource::PrimaryKey,
            key: vec![0],
            visible_columns: 1,
            identity: None,
        })
    }

    fn count(&self, _catalog: &Catalog, relation: &ObjectKey, _filters: &[Condition]) -> Result<Statement, Error> {
        let rows = self.rows(relation)?;
        Ok(Statement::new(format!("page {rows} {rows}")))
    }

    fn count_up_to(
        &self,
        _catalog: &Catalog,
        relation: &ObjectKey,
        _filters: &[Filter],
        cap: u32,
    ) -> Result<Statement, Error> {
        let rows = self.rows(relation)?.min(u64::from(cap));
        Ok(Statement::new(format!("page {rows} {rows}")))
    }

    fn lookup(&self, _catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
        let rows = self.rows(&request.relation)?.min(u64::from(request.limit));
        Ok(Statement::new(format!("page 1 {rows}")))
    }
}
