//! What the advisor's rules need beyond the catalog, over the control session: each fact in a short statement of its own, so
//! that one that is refused or takes too long leaves the others.

mod rows;
mod trial;
mod workload;

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{
    Known, Told,
    facts::{Engine, Facts, IndexCost, IndexTrial},
};
use driver::{Advice, Error};

use crate::{
    catalog::rows::Rows,
    control::{ControlSession, Failure, finish, send},
    queries,
    wire::Client,
};

/// The longest that a fact may take, as the server reads it.
const PATIENCE: &str = "5s";
/// query_canceled: it took longer.
const CANCELED: &str = "57014";

/// The facet, over the control session.
pub(crate) struct Advising {
    session: Arc<ControlSession>,
    version: u32,
}

impl Advising {
    /// For a server of this version (`180004`).
    pub(crate) fn new(session: Arc<ControlSession>, version: u32) -> Self {
        Advising { session, version }
    }

    /// Runs a question for as long as a fact may take.
    async fn ask(&self, text: &str) -> Result<Rows, Failure> {
        loop {
            let mut lent = self.session.lend().await?;
            match self.session.unless_silent(bounded(lent.client(), text)).await {
                Err(failure) if lent.reused && failure.may_be_old() => {}
                result => return lent.give_back(result),
            }
        }
    }

    /// What a question tells, or why the server refuses to tell.
    async fn told<T>(&self, text: &'static str, read: impl Fn(&Rows) -> T) -> Result<Known<T>, Error> {
        match self.ask(&queries::at(text, self.version)).await {
            Ok(rows) => Ok(Known::Value(read(&rows))),
            Err(failure) => refusal(failure),
        }
    }

    /// The same where there is one row to be read.
    async fn one<T>(
        &self,
        text: &'static str,
        read: impl Fn(crate::catalog::rows::Row<'_>) -> Option<T>,
    ) -> Result<Known<T>, Error> {
        Ok(present(self.told(text, |rows| rows.first().and_then(&read)).await?))
    }

    /// The same for each row.
    async fn all<T>(
        &self,
        text: &'static str,
        read: impl Fn(crate::catalog::rows::Row<'_>) -> T,
    ) -> Result<Known<Vec<T>>, Error> {
        self.told(text, |rows| rows.iter().map(&read).collect()).await
    }

    /// Buckets of Supabase's storage that are public, where there is a storage and all of its rows may be seen.
    async fn public_buckets(&self) -> Result<Known<Vec<String>>, Error> {
        let seen =
            self.told(include_str!("queries/advice_buckets_there.sql"), |rows| rows.first().map(|row| row.flag(0)));
        match seen.await? {
            Known::Value(Some(true)) => self.all(include_str!("queries/advice_buckets.sql"), |row| row.name(0)).await,
            Known::Value(Some(false)) => Ok(Known::Denied),
            Known::Value(None) => Ok(Known::Unsupported),
            Known::NotLoaded => Ok(Known::NotLoaded),
            Known::Denied => Ok(Known::Denied),
            Known::Unsupported => Ok(Known::Unsupported),
        }
    }
}

/// All four are on their way at once; every answer is read, whatever the first says.
async fn bounded(client: &mut Client, text: &str) -> Result<Rows, Failure> {
    send(client, "BEGIN", &[]).await?;
    send(client, "select set_config('statement_timeout', $1, true)", &[Some(PATIENCE)]).await?;
    send(client, text, &[]).await?;
    send(client, "COMMIT", &[]).await?;
    let began = finish(client).await;
    let limited = finish(client).await;
    let rows = finish(client).await;
    let ended = finish(client).await;
    began.and(limited).and(match rows {
        Ok(rows) => ended.map(|_| rows),
        Err(failure) => Err(failure),
    })
}

/// A refusal says something of the fact; anything else is an error.
fn refusal<T>(failure: Failure) -> Result<Known<T>, Error> {
    match failure.state() {
        // insufficient_privilege
        "42501" => Ok(Known::Denied),
        // undefined_table, undefined_column, undefined_function
        "42P01" | "42703" | "42883" => Ok(Known::Unsupported),
        // lock_not_available: somebody holds what would be read.
        "55P03" | CANCELED => Ok(Known::NotLoaded),
        _ => Err(failure.into()),
    }
}

#[async_trait]
impl Advice for Advising {
    async fn facts(&self) -> Result<Facts, Error> {
        Ok(Facts {
            version: self.version,
            login: self.one(include_str!("queries/advice_login.sql"), |row| Some(rows::login(row))).await?,
            settings: self
                .told(include_str!("queries/advice_settings.sql"), |rows| {
                    rows.iter().map(|row| (row.name(0), row.name(1))).collect()
                })
                .await?,
            counted_since_ms: self
                .told(include_str!("queries/activity_counted.sql"), |rows| rows.first().and_then(|row| row.int(0)))
                .await?,
            has_replicas: self
                .told(include_str!("queries/advice_replicas.sql"), |rows| rows.first().is_some_and(|row| row.flag(0)))
                .await?,
            tables: self.all(include_str!("queries/advice_tables.sql"), rows::table).await?,
            indexes: self.all(include_str!("queries/advice_indexes.sql"), rows::index).await?,
            sequences: self.all(include_str!("queries/advice_sequences.sql"), rows::sequence).await?,
            views: self.all(include_str!("queries/advice_views.sql"), rows::view).await?,
            extensions: self.all(include_str!("queries/advice_extensions.sql"), rows::extension).await?,
            extension_members: self
                .told(include_str!("queries/advice_members.sql"), |found| {
                    found.iter().filter_map(rows::member).collect()
                })
                .await?,
            default_privileges: self
                .all(include_str!("queries/advice_default_privileges.sql"), rows::default_privilege)
                .await?,
            host_rules: self.all(include_str!("queries/advice_host_rules.sql"), rows::host_rule).await?,
            weak_passwords: self.all(include_str!("queries/advice_passwords.sql"), |row| row.name(0)).await?,
            oldest_transaction: self.one(include_str!("queries/advice_age.sql"), |row| row.int(0)).await?,
            columns: self.all(include_str!("queries/advice_columns.sql"), rows::column).await?,
            extended_statistics: self
                .all(include_str!("queries/advice_extended_statistics.sql"), rows::extended_statistics)
                .await?,
            transactions: self.told(include_str!("queries/advice_transactions.sql"), rows::transactions).await?,
            connections: self.one(include_str!("queries/advice_connections.sql"), rows::connections).await?,
            followers: self.all(include_str!("queries/advice_followers.sql"), rows::follower).await?,
            archiving: self.one(include_str!("queries/advice_archiving.sql"), rows::archiving).await?,
            public_buckets: self.public_buckets().await?,
            statements: self.statements().await?,
            bloat: self.bloat().await?,
            ..Facts::of(Engine::Postgres)
        })
    }

    async fn facts_of_login(&self) -> Result<Facts, Error> {
        let login = self.one(include_str!("queries/advice_login.sql"), |row| Some(rows::login(row))).await?;
        Ok(Facts { version: self.version, login, ..Facts::of(Engine::Postgres) })
    }

    async fn index_costs(&self, trials: &[IndexTrial]) -> Result<Told<Vec<IndexCost>>, Error> {
        self.tried(trials).await
    }
}

/// A row that should have been there.
fn present<T>(known: Known<Option<T>>) -> Known<T> {
    match known {
        Known::Value(Some(value)) => Known::Value(value),
        Known::Value(None) | Known::NotLoaded => Known::NotLoaded,
        Known::Denied => Known::Denied,
        Known::Unsupported => Known::Unsupported,
    }
}
