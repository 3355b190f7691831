//! What a server is doing now, for whom, and who waits for whom; cancelling and ending what others do, where the connection's
//! safety level lets one; sizes and use of tables and indexes.
//!
//! A connection that is not open is not opened for it: a window that refreshes by itself must not dial.

mod reports;

use std::{sync::Arc, time::Instant};

use driver::{Activity, Blocker, Doing, Moment, ServerSession, Signal, Signalled, Sizes, Target};

use crate::{
    App,
    api::*,
    audit::{Deed, End},
    connections::{Connected, Opened},
    explorer::to_ref,
    profiles::dial::elapsed_ms,
    store::now_ms,
    terminal::Terminal,
};

/// Most letters of a statement that are quoted in a question.
const QUOTED: usize = 2_000;

impl App {
    /// The sessions of a connection's server and who waits for whom.
    ///
    /// # Errors
    /// `Unreachable` where the connection is not open; `Unsupported` for a database without sessions; otherwise as the
    /// driver says.
    pub async fn activity(&self, profile_id: &str) -> Result<ActivityMoment, AppError> {
        let watched = self.watched(profile_id)?;
        watched.told(watched.facet()?.now().await).map(moment)
    }

    /// Sizes and use of the tables and indexes of a connection's database.
    ///
    /// # Errors
    /// As [`App::activity`].
    pub async fn activity_sizes(&self, profile_id: &str) -> Result<ActivitySizes, AppError> {
        let watched = self.watched(profile_id)?;
        watched.told(watched.facet()?.sizes().await).map(|found| sizes(found, watched.database().as_deref()))
    }

    /// Cancels what a session does, or ends it. Ending one, and whatever is done on production, is asked about first.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and then nothing was sent, or where the server refuses; otherwise as
    /// [`App::activity`].
    pub async fn signal_session(&self, request: SignalRequest) -> Result<SignalAnswer, AppError> {
        let watched = self.watched(&request.profile_id)?;
        watched.signal(self, &request).await
    }

    /// An open connection.
    fn watched(&self, profile_id: &str) -> Result<Watched, AppError> {
        let not_open =
            || AppError::new(ErrorCode::Unreachable, "The connection is not open.").with_hint("Connect first.");
        let connected = self.live.find(profile_id).ok_or_else(not_open)?;
        match connected.state().phase {
            ConnectionPhase::Lost { error, .. } | ConnectionPhase::Failed { error } => return Err(error),
            ConnectionPhase::Closed | ConnectionPhase::Connecting | ConnectionPhase::Open => {}
        }
        let opened = connected.main().ok_or_else(not_open)?;
        Ok(Watched { connected, opened })
    }
}

impl Terminal {
    /// As [`App::activity`].
    ///
    /// # Errors
    /// As [`App::activity`].
    pub async fn activity(&self) -> Result<ActivityMoment, AppError> {
        let watched = self.watched();
        watched.told(watched.facet()?.now().await).map(moment)
    }

    /// As [`App::activity_sizes`].
    ///
    /// # Errors
    /// As [`App::activity`].
    pub async fn activity_sizes(&self) -> Result<ActivitySizes, AppError> {
        let watched = self.watched();
        watched.told(watched.facet()?.sizes().await).map(|found| sizes(found, watched.database().as_deref()))
    }

    /// As [`App::signal_session`]; the request's connection is this one.
    ///
    /// # Errors
    /// As [`App::signal_session`].
    pub async fn signal_session(&self, request: &SignalRequest) -> Result<SignalAnswer, AppError> {
        self.watched().signal(self.app(), request).await
    }

    fn watched(&self) -> Watched {
        let (connected, opened) = self.place();
        Watched { connected: Arc::clone(connected), opened: Arc::clone(opened) }
    }
}

/// An open connection whose server is looked at.
struct Watched {
    connected: Arc<Connected>,
    opened: Arc<Opened>,
}

impl Watched {
    fn facet(&self) -> Result<&dyn Activity, AppError> {
        self.opened.connection.control().activity().ok_or_else(|| {
            let label = self.connected.driver.label();
            AppError::new(ErrorCode::Unsupported, format!("{label} keeps no sessions that others could watch."))
                .with_hint("Activity is there for PostgreSQL, MySQL and MariaDB.")
        })
    }

    /// The database as objects name it, where the server has several.
    fn database(&self) -> Option<String> {
        self.opened.database().filter(|_| self.connected.has_databases())
    }

    /// An answer; one that tells of a lost server is looked into at once.
    fn told<T>(&self, answer: Result<T, driver::Error>) -> Result<T, AppError> {
        if matches!(&answer, Err(error) if error.code == driver::Code::Unreachable) {
            self.connected.look_now();
        }
        answer.map_err(AppError::from)
    }

    async fn signal(&self, app: &App, request: &SignalRequest) -> Result<SignalAnswer, AppError> {
        let facet = self.facet()?;
        let signal = match request.signal {
            SessionSignal::Cancel => Signal::Cancel,
            SessionSignal::Kill => Signal::Kill,
        };
        let text = facet.statement(&request.session, signal)?;
        if self.connected.read_only {
            return Err(AppError::new(
                ErrorCode::Forbidden,
                format!("{text} was not sent: this connection is read-only."),
            )
            .with_hint("Change the connection's safety level to allow writes."));
        }
        let seen = self.told(facet.now().await)?.sessions.into_iter().find(|session| session.id == request.session);
        let production = self.connected.profile.environment == Environment::Production;
        if !request.confirmed && (production || signal == Signal::Kill) {
            return Ok(match seen {
                Some(seen) => question(&seen, signal, production.then_some(self.connected.profile.name.as_str())),
                None => SignalAnswer::Needless { message: gone(&request.session) },
            });
        }
        let target = Target {
            session: request.session.clone(),
            opened: request.opened.clone(),
            statement_id: request.statement_id.clone(),
        };
        let whose = seen.as_ref().map_or_else(|| format!("session {}", request.session), whose);
        let line = self.begin(app, &text, signal, &whose).await;
        let begun = Instant::now();
        let became = self.told(facet.signal(&target, signal).await);
        self.end(app, line, &became, begun).await;
        Ok(answer(&request.session, signal, became?))
    }

    async fn begin(&self, app: &App, text: &str, signal: Signal, whose: &str) -> Option<i64> {
        let profile = &self.connected.profile;
        let id = Some(profile.id.as_str()).filter(|id| !id.is_empty());
        if let Some(id) = id
            && !app.is_recorded(id).await.unwrap_or(true)
        {
            return None;
        }
        let database = self.opened.database();
        let deed = Deed {
            profile_id: id,
            profile_name: &profile.name,
            database: database.as_deref(),
            kind: AuditKind::Write,
            command: match signal {
                Signal::Cancel => "CANCEL",
                Signal::Kill => "KILL",
            },
            target: whose,
            acting: None,
            text,
        };
        match app.audit_deed(&deed).await {
            Ok(line) => Some(line),
            Err(error) => {
                tracing::warn!(%error, "a signal to a session is missing in the audit trail");
                None
            }
        }
    }

    async fn end(&self, app: &App, line: Option<i64>, became: &Result<Signalled, AppError>, begun: Instant) {
        let Some(line) = line else { return };
        let elapsed_ms = i64::try_from(elapsed_ms(begun)).unwrap_or(i64::MAX);
        let (outcome, error) = match became {
            Ok(Signalled::Done | Signalled::Accepted) => ("completed", None),
            Ok(Signalled::Idle) => ("failed", Some("Nothing was sent: it ran no statement.".to_owned())),
            Ok(Signalled::Another) => ("failed", Some("Nothing was sent: it ran another statement.".to_owned())),
            Ok(Signalled::Gone) => ("failed", Some("The session was gone.".to_owned())),
            Err(error) if error.code == ErrorCode::Unreachable => ("lost", None),
            Err(error) => {
                let code = error.native.as_ref().map(|native| format!(" ({})", native.code)).unwrap_or_default();
                ("failed", Some(format!("{}{code}", error.message)))
            }
        };
        let end = End { outcome, rows: None, elapsed_ms, error: error.as_deref() };
        if let Err(error) = app.audit_deed_end(line, &end).await {
            tracing::warn!(%error, "the audit trail does not say how a signal ended");
        }
    }
}

/// A session, in a few words.
fn whose(session: &ServerSession) -> String {
    let of =
        |word: &str, value: &Option<String>| value.as_ref().map(|value| format!(" {word} {value}")).unwrap_or_default();
    format!("session {}{}{}", session.id, of("of", &session.user), of("on", &session.database))
}

fn gone(session: &str) -> String {
    format!("Session {session} is gone.")
}

fn question(session: &ServerSession, signal: Signal, production: Option<&str>) -> SignalAnswer {
    let whose = whose(session);
    let (title, cost, confirm) = match signal {
        Signal::Kill => (
            format!("End {whose}?"),
            match session.transaction_ms {
                Some(_) => "Its connection is closed and its open transaction rolled back.",
                None => "Its connection is closed; a transaction it has open is rolled back.",
            },
            "End session",
        ),
        Signal::Cancel => {
            (format!("Cancel the statement of {whose}?"), "The session and its connection stay.", "Cancel statement")
        }
    };
    let mut description = cost.to_owned();
    if let Some(from) = [&session.application, &session.client].into_iter().flatten().reduce(|name, _| name) {
        let at = session.client.as_ref().filter(|client| *client != from);
        let at = at.map(|client| format!(" at {client}")).unwrap_or_default();
        description.push_str(&format!(" Its client is {from}{at}."));
    }
    if session.background.is_some() {
        description.push_str(" It is work of the server's own.");
    }
    if let Some(name) = production {
        description.push_str(&format!(" {name} is production."));
    }
    SignalAnswer::Confirm {
        title,
        description,
        statement: session.statement.as_ref().map(|text| match text.char_indices().nth(QUOTED) {
            Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
            None => text.clone(),
        }),
        confirm: confirm.to_owned(),
    }
}

fn answer(session: &str, signal: Signal, became: Signalled) -> SignalAnswer {
    let message = match (became, signal) {
        (Signalled::Done, Signal::Cancel) => format!("The statement of session {session} was cancelled."),
        (Signalled::Done, Signal::Kill) => format!("Session {session} was ended."),
        (Signalled::Accepted, Signal::Cancel) => {
            format!("The server accepted the cancel, and session {session} is still at it.")
        }
        (Signalled::Accepted, Signal::Kill) => {
            format!("The server accepted to end session {session}, which is still there.")
        }
        (Signalled::Idle, _) => format!("Session {session} runs no statement."),
        (Signalled::Another, _) => format!("Session {session} runs another statement by now: nothing was cancelled."),
        (Signalled::Gone, _) => gone(session),
    };
    match became {
        Signalled::Done | Signalled::Accepted => SignalAnswer::Sent { done: became == Signalled::Done, message },
        Signalled::Idle | Signalled::Another | Signalled::Gone => SignalAnswer::Needless { message },
    }
}

fn moment(moment: Moment) -> ActivityMoment {
    let session = |session: ServerSession| ActivitySession {
        id: session.id,
        opened: session.opened,
        user: session.user,
        database: session.database,
        client: session.client,
        application: session.application,
        doing: match session.doing {
            Doing::Active => SessionDoing::Active,
            Doing::Idle => SessionDoing::Idle,
            Doing::IdleInTransaction => SessionDoing::IdleInTransaction,
            Doing::IdleInFailedTransaction => SessionDoing::IdleInFailedTransaction,
            Doing::Ending => SessionDoing::Ending,
            Doing::Background => SessionDoing::Background,
            Doing::Hidden => SessionDoing::Hidden,
            Doing::Unknown => SessionDoing::Unknown,
        },
        doing_ms: session.doing_ms,
        transaction_ms: session.transaction_ms,
        waits_for: session.waits_for,
        statement: session.statement,
        statement_ms: session.statement_ms,
        statement_id: session.statement_id,
        cut: session.cut,
        background: session.background,
        ours: session.ours,
        asking: session.asking,
    };
    let wait = |wait: driver::Wait| {
        let (blocker, prepared) = match wait.blocker {
            Blocker::Session(id) => (Some(id), None),
            Blocker::Prepared(name) => (None, Some(name)),
            Blocker::Unknown => (None, None),
        };
        let driver::Wait { waiter, object, wanted, held, waiting_ms, .. } = wait;
        ActivityWait { waiter, blocker, prepared, object, wanted, held, waiting_ms }
    };
    ActivityMoment {
        at_ms: now_ms(),
        sessions: moment.sessions.into_iter().map(session).collect(),
        waits: moment.waits.into_iter().map(wait).collect(),
        unseen: moment.unseen,
    }
}

fn sizes(sizes: Sizes, database: Option<&str>) -> ActivitySizes {
    let object = |key| ObjectRef { database: database.map(str::to_owned), ..to_ref(key) };
    let table = |table: driver::TableSize| TableUse {
        object: object(table.key),
        kind: table.kind,
        rows: table.rows,
        total_bytes: table.total_bytes,
        table_bytes: table.table_bytes,
        index_bytes: table.index_bytes,
        free_bytes: table.free_bytes,
        busy: table.busy,
        seq_scans: table.seq_scans,
        index_scans: table.index_scans,
        dead_rows: table.dead_rows,
        vacuumed_ms: table.vacuumed_ms,
        analyzed_ms: table.analyzed_ms,
    };
    let index = |index: driver::IndexSize| IndexUse {
        object: object(index.key),
        bytes: index.bytes,
        busy: index.busy,
        scans: index.scans,
        used_ms: index.used_ms,
        primary: index.primary,
        unique: index.unique,
        valid: index.valid,
    };
    ActivitySizes {
        at_ms: now_ms(),
        tables: sizes.tables.into_iter().map(table).collect(),
        indexes: sizes.indexes.into_iter().map(index).collect(),
        counted_since_ms: sizes.counted_since_ms,
        counts_rows: sizes.counts_rows,
        unseen: sizes.unseen,
    }
}

#[cfg(test)]
mod tests;
