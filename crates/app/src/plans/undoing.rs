//! Whether what a statement does could be undone: only then is it run to be measured.

use std::time::Duration;

use catalog::{Kind, Scope};
use driver::{Explain, Transaction, Undo};
use sql::{Class, Classification, QualifiedName};

use super::Place;
use crate::{
    api::{AppError, ErrorCode},
    explorer::Shelved,
};

/// How long the server is given to say what its tables are kept by.
const PATIENCE: Duration = Duration::from_secs(10);

fn refused(message: String) -> AppError {
    AppError::new(ErrorCode::Unsupported, message).with_hint("Explain it without running it: that only plans.")
}

impl Place<'_> {
    /// What stands around the statement, so that nothing of it stays.
    ///
    /// # Errors
    /// `Unsupported` where it could not be undone, or nobody can tell.
    pub(super) async fn undo(
        &self,
        explain: &dyn Explain,
        answer: &Classification,
        transaction: Transaction,
    ) -> Result<Undo, AppError> {
        let command = match answer.effect.command.as_str() {
            "" => "The statement",
            command => command,
        };
        let undo = explain.undo(transaction);
        let undo =
            undo.ok_or_else(|| refused(format!("{command} was not run: what it does here could not be undone.")))?;
        if answer.effect.commits_implicitly {
            return Err(refused(format!("{command} was not run: it commits by itself and could not be rolled back.")));
        }
        if answer.effect.file.is_some() {
            return Err(refused(format!("{command} was not run: a file that it writes could not be taken back.")));
        }
        let engines = self.opened.language.plain_engines();
        if engines.is_empty() || !answer.class.is_write() {
            return Ok(undo);
        }
        if answer.class == Class::Unknown {
            return Err(refused(format!(
                "{command} was not run: which tables it changes cannot be told from its text."
            )));
        }
        let effect = &answer.effect;
        if effect.writes.iter().any(|write| write.target.is_none()) || effect.writes.is_empty() {
            return Err(refused(format!(
                "{command} was not run: which tables it changes cannot be told from its text."
            )));
        }
        let targets = effect.writes.iter().filter_map(|write| write.target.as_ref()).chain(&effect.targets);
        for name in targets {
            let shown = self.opened.language.quote_path(name.parts.iter().map(String::as_str));
            match self.engine(name).await? {
                Some(engine) if engines.iter().any(|plain| engine.eq_ignore_ascii_case(plain)) => {
                    return Err(refused(format!(
                        "{command} was not run: {shown} is a {engine} table, which has no transactions, so that what it \
                         changes could not be rolled back."
                    )));
                }
                Some(_) => {}
                None => {
                    return Err(refused(format!(
                        "{command} was not run: it cannot be told whether changes of {shown} could be rolled back."
                    )));
                }
            }
        }
        Ok(undo)
    }

    /// What keeps a table, as the server says now.
    async fn engine(&self, name: &QualifiedName) -> Result<Option<String>, AppError> {
        let database = self.session.state().borrow().database.clone();
        let schema = name.schema().or(database.as_deref());
        let scope = Scope {
            kinds: vec![Kind::Schemas, Kind::Relations],
            definitions: false,
            sizes: false,
            ..Scope::relation(schema, name.name())
        };
        let asked = self.opened.shelf.ask(self.opened.connection.as_ref(), &scope);
        let catalog = tokio::time::timeout(PATIENCE, asked).await.map_err(|_| {
            AppError::new(ErrorCode::TimedOut, "The server did not say in time what keeps the table. Nothing was run.")
        })??;
        let shelved = Shelved::new(catalog, Vec::new());
        let path: Vec<String> = database.into_iter().collect();
        let same = |a: &str, b: &str| self.opened.language.same_table_name(a, b);
        let id = shelved.meant(same, &path, name.schema(), name.name());
        let relation = id.and_then(|id| shelved.catalog.relations.get(id.0 as usize));
        let engine =
            relation.and_then(|relation| relation.options.iter().find_map(|option| option.strip_prefix("ENGINE=")));
        Ok(engine.map(str::to_owned))
    }
}
