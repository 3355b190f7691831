//! What is asked of the server, and in which order. The next questions are on their way while an answer is read: the server
//! need not wait for us, nor we for the way there.

use std::{borrow::Cow, collections::VecDeque};

use catalog::{Kind, Known};

use super::{PARTS, Reading, flag, rows::Rows};
use crate::{
    control::{Failure, finish, query, send},
    queries,
};

/// Questions on their way at a time.
const AHEAD: usize = 3;
/// What they may be long together. A server that cannot get rid of an answer reads no question, so what it has not read
/// must have room between it and us: less than the smallest buffer of a socket.
const AHEAD_BYTES: usize = 12 << 10;

/// One kind's query.
struct Question {
    kind: Kind,
    text: Cow<'static, str>,
    values: Vec<Option<String>>,
}

impl Question {
    fn bytes(&self) -> usize {
        self.text.len() + self.values.iter().flatten().map(String::len).sum::<usize>()
    }

    /// Whether its answer may lead to another question, which must come before the next ones.
    fn leads_on(&self) -> bool {
        self.kind == Kind::ForeignKeys
    }
}

impl Reading<'_> {
    /// Begins the transaction and learns what the questions depend on.
    ///
    /// # Errors
    /// As the server says; a list of locks that the login may not read is done without.
    pub(super) async fn begin_and_look_around(&mut self) -> Result<(), Failure> {
        for text in [BEGIN, "select current_database()", include_str!("../queries/busy.sql")] {
            send(self.client, text, &[]).await?;
        }
        // All are read, whatever the first says: the connection is to be usable after it.
        let (began, database, busy) = (self.answer().await?, self.answer().await?, self.answer().await?);
        began?;
        self.catalog.database = database?.first().and_then(|row| row.string(0));
        match busy {
            Ok(rows) => self.set_busy(rows.iter().map(|row| row.oid(0)).collect()),
            // Without the list, locks are found out by waiting for them.
            Err(failure) if failure.state() == "42501" => self.begin_anew().await?,
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// The server's answer to the first question that has none; an error of its own only where no other answer follows.
    async fn answer(&mut self) -> Result<Result<Rows, Failure>, Failure> {
        match finish(self.client).await {
            Err(failure) if failure.ended() => Err(failure),
            answer => Ok(answer),
        }
    }

    async fn begin_anew(&mut self) -> Result<(), Failure> {
        query(self.client, "rollback", &[]).await?;
        query(self.client, BEGIN, &[]).await.map(drop)
    }

    /// Asks for every wanted kind within the transaction.
    ///
    /// # Errors
    /// As the server says. Nothing is on its way then, unless the connection broke.
    pub(super) async fn consistent_kinds(&mut self) -> Result<(), Failure> {
        let mut questions: VecDeque<Question> = self.questions().into();
        let mut asked: VecDeque<Question> = VecDeque::new();
        loop {
            while asked.len() < AHEAD && !asked.back().is_some_and(Question::leads_on) {
                let bytes: usize = asked.iter().map(Question::bytes).sum();
                let fits = |next: &Question| asked.is_empty() || bytes + next.bytes() <= AHEAD_BYTES;
                let Some(next) = questions.front().is_some_and(fits).then(|| questions.pop_front()).flatten() else {
                    break;
                };
                let values: Vec<Option<&str>> = next.values.iter().map(Option::as_deref).collect();
                send(self.client, &next.text, &values).await?;
                asked.push_back(next);
            }
            let Some(question) = asked.pop_front() else { return Ok(()) };
            match self.answer().await? {
                Ok(rows) => {
                    self.cover(question.kind, Known::Value(()));
                    self.take(question.kind, &rows).await?;
                }
                Err(failure) => {
                    // Those behind it failed with it.
                    for _ in &asked {
                        drop(self.answer().await?);
                    }
                    if failure.state() != "42501" {
                        return Err(failure);
                    }
                    self.cover(question.kind, Known::Denied);
                    asked.drain(..).rev().for_each(|again| questions.push_front(again));
                    self.begin_anew().await?;
                }
            }
        }
    }

    async fn take(&mut self, kind: Kind, rows: &Rows) -> Result<(), Failure> {
        match kind {
            Kind::Databases => self.databases(rows),
            Kind::Schemas => self.schemas(rows),
            Kind::Relations => self.relations(rows),
            Kind::Columns => self.columns(rows),
            Kind::Constraints => self.constraints(rows),
            Kind::ForeignKeys => self.foreign_keys(rows).await?,
            Kind::Indexes => self.indexes(rows),
            Kind::Triggers => self.triggers(rows),
            Kind::Policies => self.policies(rows),
            Kind::Types => self.types(rows),
            Kind::Routines => self.routines(rows),
            Kind::Sequences => self.sequences(rows),
            Kind::Roles => self.roles(rows),
            Kind::Grants => self.grants(rows),
            Kind::Extensions => self.extensions(rows),
            Kind::Publications => self.publications(rows),
            Kind::EventTriggers => self.event_triggers(rows),
            Kind::Others => self.others(rows),
            Kind::Events => {}
        }
        Ok(())
    }

    /// Asks one more question for a kind, while no other is on its way; `None` where the login may not read it.
    ///
    /// # Errors
    /// As the server says.
    pub(super) async fn ask(
        &mut self,
        kind: Kind,
        text: &str,
        values: &[Option<&str>],
    ) -> Result<Option<Rows>, Failure> {
        match query(self.client, text, values).await {
            Ok(rows) => Ok(Some(rows)),
            Err(failure) if failure.state() == "42501" => {
                self.cover(kind, Known::Denied);
                self.begin_anew().await?;
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The questions, in an order in which each answer finds what it refers to.
    fn questions(&self) -> Vec<Question> {
        let wants = |kinds: &[Kind]| kinds.iter().any(|kind| self.scope.wants(*kind));
        let parts = wants(&PARTS);
        let needed = |kind: &Kind| match kind {
            Kind::Schemas => parts || wants(&[Kind::Schemas, Kind::Types, Kind::Routines, Kind::Sequences]),
            Kind::Relations => parts,
            Kind::Columns => wants(&[Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes]),
            kind => self.scope.wants(*kind),
        };
        // What leads on comes last, where nothing waits behind it.
        let (last, first): (Vec<Question>, Vec<Question>) =
            Kind::ALL.into_iter().filter(needed).filter_map(|kind| self.question(kind)).partition(Question::leads_on);
        first.into_iter().chain(last).collect()
    }

    /// `None` for what this server has none of.
    fn question(&self, kind: Kind) -> Option<Question> {
        let schemas = || self.scope.schemas.as_ref().map(super::rows::array);
        let relation = || self.scope.relation.clone();
        let types_of = || relation().filter(|_| self.scope.wants(Kind::Types));
        let text = |value: bool| Some(flag(value).to_owned());
        let system = || text(self.scope.include_system);
        let definitions = || text(self.scope.definitions);
        let busy = || Some(self.busy_text.clone());
        let (text, values) = match kind {
            Kind::Databases => (include_str!("../queries/databases.sql"), vec![system(), definitions()]),
            Kind::Schemas => (include_str!("../queries/schemas.sql"), vec![schemas(), system(), types_of()]),
            Kind::Relations => (include_str!("../queries/relations.sql"), vec![schemas(), relation(), system()]),
            Kind::Columns => (include_str!("../queries/columns.sql"), vec![schemas(), relation(), system(), busy()]),
            Kind::Constraints => {
                (include_str!("../queries/constraints.sql"), vec![schemas(), relation(), system(), definitions()])
            }
            Kind::ForeignKeys => {
                (include_str!("../queries/foreign_keys.sql"), vec![schemas(), relation(), system(), definitions()])
            }
            Kind::Indexes => {
                (include_str!("../queries/indexes.sql"), vec![schemas(), relation(), system(), busy(), definitions()])
            }
            Kind::Triggers => {
                (include_str!("../queries/triggers.sql"), vec![schemas(), relation(), system(), definitions()])
            }
            Kind::Policies => (include_str!("../queries/policies.sql"), vec![schemas(), relation(), system(), busy()]),
            Kind::Types => (include_str!("../queries/types.sql"), vec![schemas(), system(), relation()]),
            Kind::Routines => (include_str!("../queries/routines.sql"), vec![schemas(), system(), definitions()]),
            Kind::Sequences => (include_str!("../queries/sequences.sql"), vec![schemas(), system(), relation()]),
            Kind::Roles => (include_str!("../queries/roles.sql"), vec![system()]),
            Kind::Grants => (include_str!("../queries/grants.sql"), vec![schemas(), relation(), system()]),
            Kind::Extensions => (include_str!("../queries/extensions.sql"), Vec::new()),
            Kind::Publications => (include_str!("../queries/publications.sql"), vec![busy()]),
            Kind::EventTriggers => (include_str!("../queries/event_triggers.sql"), Vec::new()),
            Kind::Others => (include_str!("../queries/others.sql"), vec![schemas(), relation(), system()]),
            Kind::Events => return None,
        };
        Some(Question { kind, text: queries::at(text, self.version), values })
    }
}

const BEGIN: &str = "begin isolation level repeatable read, read only";
