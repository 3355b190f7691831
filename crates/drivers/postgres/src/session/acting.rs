//! Statements that run as somebody else than the login.
//!
//! Outside of a transaction a statement gets one of its own: what begins it, what becomes the actor, a look who that is, the
//! statement and another look go out together, so that nothing of the statement runs where one of the first is refused. A
//! transaction that a person begins is the actor's from its beginning. All of it ends with the transaction: that is what makes it
//! right behind a pooler.

use std::{collections::VecDeque, sync::Arc};

use driver::{Code, Error, LeftActor, row_security::Actor};
use sql::TransactionKind;

use super::{
    running::Run,
    task::{End, Task},
};
use crate::{
    acting::{self, Own, Step},
    error::{broken, refused},
    wire::{self, Bound, Report, TransactionStatus},
};

/// What one of the answers that come together is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Something of ours that says nothing.
    Ours,
    /// A step to the actor.
    Step(Step),
    /// A look who the session is.
    Look,
    /// The statement.
    Theirs,
}

/// Answers that come together, in their order. Without any the statement was sent alone.
#[derive(Debug, Default)]
pub(super) struct Parts {
    awaited: VecDeque<Part>,
    row: Vec<Option<String>>,
    looks: VecDeque<Vec<Option<String>>>,
}

impl Parts {
    /// Keeps what is an answer to something of ours; gives back what the run has to look at.
    pub(super) fn hear(&mut self, event: wire::Event) -> Option<wire::Event> {
        use wire::Event;
        let Some(part) = self.awaited.front().copied() else { return Some(event) };
        let ended = matches!(event, Event::Complete(_) | Event::Empty);
        if ended {
            self.awaited.pop_front();
        }
        match event {
            Event::Columns(_) | Event::NoColumns | Event::Complete(_) | Event::Empty | Event::Batch(_)
                if part != Part::Theirs =>
            {
                if let Event::Batch(batch) = &event
                    && self.row.is_empty()
                {
                    self.row = batch.columns.iter().map(|column| super::task::first_text(column)).collect();
                }
                if ended {
                    let row = std::mem::take(&mut self.row);
                    if part == Part::Look {
                        self.looks.push_back(row);
                    }
                }
                None
            }
            event => Some(event),
        }
    }

    /// The step that failed, where it was one of ours.
    pub(super) fn step(&self) -> Option<Step> {
        match self.awaited.front() {
            Some(Part::Step(step)) => Some(*step),
            _ => None,
        }
    }

    /// Whether what failed is the statement.
    pub(super) fn is_theirs(&self) -> bool {
        matches!(self.awaited.front(), None | Some(Part::Theirs))
    }
}

/// Who the open transaction is.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    actor: Arc<Actor>,
    /// What a look found when it had become the actor.
    was: Vec<Option<String>>,
    /// It was left: what was set instead may outlive the transaction.
    left: bool,
}

impl Standing {
    /// How what a look finds now differs.
    fn left(&self, now: &[Option<String>], undone: bool) -> Option<LeftActor> {
        let differs = |index: usize| self.was.get(index) != now.get(index);
        let user = (differs(0) || differs(1)).then(|| now.first().cloned().flatten()).flatten();
        let settings = acting::settings(&self.actor).into_iter().enumerate();
        let settings: Vec<String> =
            settings.filter(|(index, _)| differs(index + 2)).map(|(_, (name, _))| name.to_owned()).collect();
        (user.is_some() || !settings.is_empty()).then_some(LeftActor { user, settings, undone })
    }
}

/// What is sent together.
#[derive(Default)]
struct Sending {
    own: Vec<(Part, Own)>,
    /// How many of them go in front of the statement.
    before: usize,
}

/// How a statement of somebody's is sent.
pub(super) enum Way {
    /// As one of the login's.
    Plain,
    /// Together with what becomes the actor and looks who that is.
    Together(Together),
}

pub(super) struct Together {
    sending: Sending,
    /// In a transaction of ours, that is begun with it.
    begun: bool,
}

impl Together {
    /// Whether a transaction of ours is begun with it.
    pub(super) fn begins(&self) -> bool {
        self.begun
    }
}

impl Task {
    /// How the statement is sent; `wrapped` says that it is in a transaction of ours already.
    ///
    /// # Errors
    /// `Conflict` for a statement that is to run as somebody else than the open transaction; `InvalidStatement` for claims that
    /// are no JSON.
    pub(super) fn way(&self, run: &Run, wrapped: bool) -> Result<Way, Error> {
        let standing = self.standing.as_ref();
        if run.actor.is_none() && standing.is_none() {
            return Ok(Way::Plain);
        }
        let effect = sql::classify(&run.text, &self.dialect).effect;
        let control = effect.transaction;
        if self.status == TransactionStatus::Failed || control.is_some_and(|kind| kind != TransactionKind::Begin) {
            return Ok(Way::Plain);
        }
        let inside = self.status == TransactionStatus::Open && !wrapped;
        if inside {
            let same = run.actor.as_ref() == standing.map(|standing| &standing.actor);
            if !same && control.is_none() {
                return Err(Error::new(Code::Conflict, "The open transaction runs as somebody else.")
                    .with_hint("Commit it or roll it back first; or act as before."));
            }
        }
        let Some(actor) = &run.actor else { return Ok(Way::Plain) };
        acting::claims(actor)?;
        let mut sending = Sending::default();
        let becoming = || acting::becoming(actor).into_iter().map(|(step, own)| (Part::Step(step), own));
        let look = || (Part::Look, acting::look(actor));
        let own = |text: &str| (Part::Ours, Own { text: text.to_owned(), values: Vec::new() });
        // The server takes nothing else while it waits for copied rows.
        let copies = effect.copy.is_some();
        let begun = !inside && !wrapped && control.is_none();
        if begun {
            sending.own.push(own("BEGIN"));
        }
        if begun || wrapped {
            sending.own.extend(becoming());
            sending.own.push(look());
        }
        sending.before = sending.own.len();
        if control.is_some() && !inside {
            sending.own.extend(becoming());
            sending.own.push(look());
        } else if control.is_none() && !copies {
            sending.own.push(look());
        }
        Ok(Way::Together(Together { sending, begun }))
    }

    /// Sends the statement together with what belongs to it.
    pub(super) async fn send_together(
        &mut self,
        run: &mut Run,
        together: &Together,
        values: &[Option<&[u8]>],
    ) -> Result<(), wire::Error> {
        let text = Arc::clone(&run.text);
        let Sending { own, before } = &together.sending;
        let bytes: Vec<_> = own.iter().map(|(_, own)| own.bytes()).collect();
        let mut parts: VecDeque<Part> = own.iter().map(|(part, _)| *part).collect();
        let mut bound: Vec<Bound<'_>> = own.iter().zip(&bytes).map(|((_, own), bytes)| own.bound(bytes)).collect();
        parts.insert(*before, Part::Theirs);
        bound.insert(*before, Bound { text: &text, types: &[], values });
        if let Some(first) = self.client.prelude_before(&bound) {
            parts.insert(first, Part::Ours);
        }
        run.parts = Parts { awaited: parts, ..Parts::default() };
        self.client.pipeline(&bound).await
    }

    /// The error for a refusal of something of ours.
    pub(super) fn not_become(&self, run: &Run, report: &Report) -> Error {
        let login = self.state.borrow().user.clone();
        match (run.parts.step(), &run.actor) {
            (Some(step), Some(actor)) => acting::not_become(step, report, actor, login.as_deref()),
            _ => Error { span: None, ..refused(report, "") },
        }
    }

    /// What comes after a statement: looks whether it left the actor, and ends a transaction of ours. `wrapped` says that there
    /// is one.
    pub(super) async fn settle_actor(&mut self, wrapped: bool, run: &mut Run) -> Result<(), End> {
        if self.standing.is_none() && run.actor.is_none() {
            return Ok(());
        }
        match (wrapped, self.status) {
            (true, TransactionStatus::Open) => self.settle_ours(run).await,
            (true, TransactionStatus::Failed) => {
                self.explain_refusal(run);
                self.own("rollback").await.map(drop)
            }
            (true, TransactionStatus::Idle) => {
                if run.failure.is_none() {
                    run.failure = Some(escaped("ended the transaction in which it ran as the actor", ""));
                }
                Ok(())
            }
            (false, TransactionStatus::Idle) => match self.standing.take() {
                Some(standing) if standing.left => self.forget_what_was_set(&standing).await,
                _ => Ok(()),
            },
            (false, TransactionStatus::Open) => self.settle_theirs(run).await,
            (false, TransactionStatus::Failed) => {
                // A transaction that never became the actor's is none to go on with.
                if self.standing.is_none() && run.has_begun() {
                    drop(self.own("rollback").await?);
                }
                Ok(())
            }
        }
    }

    /// Ends a transaction of ours: what is the actor's is kept.
    async fn settle_ours(&mut self, run: &mut Run) -> Result<(), End> {
        let Some(actor) = run.actor.clone() else { return Ok(()) };
        let Some(was) = run.parts.looks.pop_front().filter(|_| run.failure.is_none()) else {
            return self.own("rollback").await.map(drop);
        };
        let standing = Standing { actor, was, left: false };
        let now = match run.parts.looks.pop_front() {
            Some(now) => now,
            None => match self.look(&standing.actor).await? {
                Ok(now) => now,
                Err(report) => {
                    run.failure = Some(Error { span: None, ..refused(&report, "") });
                    return self.own("rollback").await.map(drop);
                }
            },
        };
        let Some(left) = standing.left(&now, true) else {
            if let Err(report) = self.own("commit").await? {
                // What waits for the end, such as deferred constraints.
                run.failure = Some(Error { span: None, ..refused(&report, "") });
            }
            return Ok(());
        };
        drop(self.own("rollback").await?);
        let switches = run.tag.as_deref().is_some_and(|tag| matches!(tag, "SET" | "RESET"));
        if switches {
            run.left = Some(left);
        } else {
            let ended = match (&left.user, left.settings.as_slice()) {
                (Some(user), _) => format!("It ended as “{user}”."),
                (None, settings) => format!("It changed {}.", settings.join(", ")),
            };
            run.failure = Some(escaped("left the actor it ran as", &ended));
        }
        Ok(())
    }

    /// Looks after a statement of a person's own transaction.
    async fn settle_theirs(&mut self, run: &mut Run) -> Result<(), End> {
        let control = sql::classify(&run.text, &self.dialect).effect.transaction;
        if let Some(standing) = self.standing.clone() {
            if matches!(control, Some(TransactionKind::Commit | TransactionKind::Rollback)) {
                // AND CHAIN: another transaction, which is to be the actor's too.
                if standing.left {
                    self.forget_what_was_set(&standing).await?;
                }
                return self.become_again(&standing, run).await;
            }
            let now = match run.parts.looks.pop_front() {
                Some(now) => now,
                None if control.is_some() || run.failure.is_some() => return Ok(()),
                None => match self.look(&standing.actor).await? {
                    Ok(now) => now,
                    Err(_) => return Ok(()),
                },
            };
            run.left = standing.left(&now, false);
            if run.left.is_some() {
                self.standing = Some(Standing { left: true, ..standing });
            }
            return Ok(());
        }
        // What was refused, because somebody else began the transaction, leaves it alone.
        let Some(actor) = run.actor.clone().filter(|_| run.has_begun()) else { return Ok(()) };
        match run.parts.looks.pop_front() {
            Some(was) => self.standing = Some(Standing { actor, was, left: false }),
            None => drop(self.own("rollback").await?),
        }
        Ok(())
    }

    async fn become_again(&mut self, standing: &Standing, run: &mut Run) -> Result<(), End> {
        for (step, own) in acting::becoming(&standing.actor) {
            if let Err(report) = self.own_bound(&own).await? {
                let login = self.state.borrow().user.clone();
                run.failure = Some(acting::not_become(step, &report, &standing.actor, login.as_deref()));
                self.standing = None;
                return self.own("rollback").await.map(drop);
            }
        }
        match self.look(&standing.actor).await? {
            Ok(was) => self.standing = Some(Standing { was, left: false, ..standing.clone() }),
            Err(report) => {
                run.failure = Some(Error { span: None, ..refused(&report, "") });
                self.standing = None;
                drop(self.own("rollback").await?);
            }
        }
        Ok(())
    }

    /// Takes back what a person's transaction set for the session in place of the actor's: nobody who comes next meant it.
    async fn forget_what_was_set(&mut self, standing: &Standing) -> Result<(), End> {
        let mut texts: Vec<Own> = ["reset session authorization", "reset role"]
            .map(|text| Own { text: text.to_owned(), values: Vec::new() })
            .into();
        texts.extend(acting::settings(&standing.actor).into_iter().map(|(name, _)| Own {
            text: "select pg_catalog.set_config($1, null, false)".to_owned(),
            values: vec![Some(name.to_owned())],
        }));
        for own in texts {
            if let Err(report) = self.own_bound(&own).await? {
                tracing::debug!(code = report.code, "what was set in place of an actor stays");
            }
        }
        Ok(())
    }

    /// Says what a statement that no transaction takes is refused for.
    fn explain_refusal(&self, run: &mut Run) {
        let Some(error) = &mut run.failure else { return };
        let code = error.native.as_ref().map(|native| native.code.as_str());
        if !self.read_only && matches!(code, Some("25001" | "2D000")) {
            error.code = Code::Unsupported;
            error.hint = Some(
                "Each statement of an actor runs in a transaction of its own, and this one cannot. Run it as the login."
                    .to_owned(),
            );
        }
    }

    async fn look(&mut self, actor: &Actor) -> Result<Result<Vec<Option<String>>, Box<Report>>, End> {
        self.own_bound(&acting::look(actor)).await
    }

    async fn own_bound(&mut self, own: &Own) -> Result<Result<Vec<Option<String>>, Box<Report>>, End> {
        match self.client.pipeline(&[own.bound(&own.bytes())]).await {
            Ok(()) => self.own_answer().await,
            Err(error) if error.is_fatal() => Err(self.lost(error)),
            Err(error) => Err(End::Lost(Box::new(broken(error)))),
        }
    }
}

impl Run {
    /// Whether it was the beginning of a transaction, and the server took it.
    fn has_begun(&self) -> bool {
        matches!(self.tag.as_deref(), Some("BEGIN" | "START TRANSACTION"))
    }
}

fn escaped(what: &str, how: &str) -> Error {
    let message = format!("The statement {what} and was taken back. {how}");
    Error::new(Code::Forbidden, message.trim_end())
        .with_hint("Look at the functions and triggers that it runs, or run it as the login.")
}
