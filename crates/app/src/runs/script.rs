//! One script from its first statement to its last.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use driver::{Language, Notice, Severity, Transaction};
use sql::Class;
use tokio::sync::mpsc;

use super::{
    Seat, Sent, guard, prepare,
    prepare::class_word,
    reading::{self, Ended, ResultTitle},
    tabs::{Running, Tab},
    tell,
    transactions::Around,
};
use crate::{
    App,
    acting::{acting, words},
    api::*,
    connections::Connected,
    history::{Ending, Sending},
    profiles::dial::elapsed_ms,
    store::now_ms,
    text::Positions,
};

/// What a script needs.
pub(super) struct Play {
    pub(super) app: Arc<App>,
    pub(super) connected: Arc<Connected>,
    pub(super) tab: Arc<Tab>,
    pub(super) running: Arc<Running>,
    pub(super) request: RunRequest,
    pub(super) events: mpsc::UnboundedSender<RunEvent>,
    /// Results so far that have no name.
    pub(super) nameless: AtomicU32,
}

/// Whether the script goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    On,
    Skip,
}

/// The statements of a text as faces list them.
pub(crate) fn marks(
    text: &str,
    pieces: &[sql::Statement],
    positions: &Positions<'_>,
    language: &Language,
) -> Vec<StatementMark> {
    let mark = |(index, piece): (usize, &sql::Statement)| {
        let own = piece.text(text);
        let title = match piece.title {
            Some(title) => comment_of(title.of(text)),
            None => language.title(own),
        };
        StatementMark {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            range: positions.range(piece.span.start, piece.span.end),
            title,
            class: class_word(language.classify(own).class).to_owned(),
        }
    };
    pieces.iter().enumerate().map(mark).collect()
}

fn comment_of(comment: &str) -> String {
    sql::comment_title(comment).chars().take(80).collect()
}

/// What a statement's rows are called.
fn result_title(text: &str, piece: &sql::Statement, language: &Language) -> ResultTitle {
    let comment = || piece.title.map(|title| comment_of(title.of(text)));
    ResultTitle { name: language.result_title(piece.text(text)).or_else(comment) }
}

/// Plays a script; everything that happens is told by its events.
pub(super) async fn play(play: Play) {
    let begun = Instant::now();
    let language = play.language();
    let text: Arc<str> = play.request.text.as_str().into();
    let positions = Positions::new(&text);
    let pieces = language.split(&text);
    let statements = marks(&text, &pieces, &positions, &language);
    play.emit(RunEvent::Started { run_id: play.running.id.clone(), statements });
    let mut next = Next::On;
    let mut seat = None;
    for (index, piece) in pieces.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        // `GO 0` sends nothing.
        if next == Next::Skip || play.running.is_cancelled() || piece.repeats == 0 {
            play.emit(RunEvent::StatementDone { index, outcome: StatementOutcome::Skipped });
            continue;
        }
        play.emit(RunEvent::StatementStarted { index });
        let began = Instant::now();
        let mut sent = 0;
        // A batch with `GO 3` behind it is sent that often, unless one of them fails.
        let outcome = loop {
            sent += 1;
            let outcome = match play.one(&mut seat, index, piece, &text, &positions).await {
                Ok(outcome) => outcome,
                Err(error) if error.code == ErrorCode::Cancelled && play.running.is_cancelled() => {
                    StatementOutcome::Cancelled { elapsed_ms: elapsed_ms(began) }
                }
                Err(error) => StatementOutcome::Failed { error, elapsed_ms: elapsed_ms(began) },
            };
            let completed = matches!(outcome, StatementOutcome::Completed { .. });
            if !completed || sent >= piece.repeats || play.running.is_cancelled() {
                break outcome;
            }
        };
        let lost = seat.as_ref().is_none_or(|seat: &Arc<Seat>| !seat.is_up());
        next = match &outcome {
            StatementOutcome::Completed { .. } => Next::On,
            StatementOutcome::Failed { .. } if play.request.go_on && !lost => Next::On,
            _ => Next::Skip,
        };
        play.emit(RunEvent::StatementDone { index, outcome });
    }
    if let Some(seat) = &seat {
        seat.touch();
    }
    play.tab.finish(&play.app, &play.running);
    play.emit(RunEvent::Finished { elapsed_ms: elapsed_ms(begun) });
    if let Some(seat) = seat {
        if play.tab.seat().is_some_and(|current| Arc::ptr_eq(&current, &seat)) {
            tell(&play.app, &play.tab, &seat);
        }
        // What the control connection can see by now.
        if seat.transaction() == Transaction::Idle && seat.stale_catalog.swap(false, Ordering::AcqRel) {
            seat.opened.shelf.read_in_background(&seat.opened, &seat.connected);
        }
    }
}

impl Play {
    pub(super) fn emit(&self, event: RunEvent) {
        // Whoever listened may have closed its window; the run goes on.
        drop(self.events.send(event));
    }

    fn language(&self) -> Language {
        self.connected.language_of(self.request.database.as_deref())
    }

    /// The tab's session, opened where there is none that answers.
    async fn seat(&self, index: u32) -> Result<Arc<Seat>, AppError> {
        let database = self.request.database.as_deref();
        if let Some(seat) = self.tab.seat() {
            if seat.serves(&self.connected, database) {
                return Ok(seat);
            }
            let lost = seat.is_lost();
            self.tab.stand();
            seat.close();
            if lost {
                let words = "The tab's former session was lost, and with it its transaction, temporary tables and \
                             settings. This runs in a new session.";
                self.emit(RunEvent::Notice { index, notice: own_notice(Severity::Warning, words) });
            }
        }
        tokio::select! {
            () = self.running.until_cancelled() => Err(driver::Error::cancelled().into()),
            seat = Seat::open(&self.app, &self.connected, &self.tab, database) => seat,
        }
    }

    async fn one(
        &self,
        kept: &mut Option<Arc<Seat>>,
        index: u32,
        piece: &sql::Statement,
        text: &Arc<str>,
        positions: &Positions<'_>,
    ) -> Result<StatementOutcome, AppError> {
        if self.connected.read_only {
            // Before anything is opened for it.
            guard(piece.text(text), &self.language(), positions, piece.span.start)?;
        }
        let seat = match kept {
            Some(seat) => Arc::clone(seat),
            None => Arc::clone(kept.insert(self.seat(index).await?)),
        };
        let seconds = self.app.current_settings().statement_timeout_s;
        let limit = (seconds > 0).then(|| Duration::from_secs(seconds.into()));
        let mut sent = prepare(text, piece, &seat.opened.language, &self.request.parameters, limit)?;
        sent.statement.actor = acting(&seat.connected, &seat.opened, self.request.actor.as_ref())?;
        let database = seat.session.state().borrow().database.clone();
        let recorded = self
            .app
            .history_begin(Sending {
                profile_id: Some(&self.connected.profile.id),
                profile_name: &self.connected.profile.name,
                database: database.as_deref(),
                text: piece.text(text),
                language: &seat.opened.language,
                acting: sent.statement.actor.as_deref().map(words).as_deref(),
                file: None,
            })
            .await;
        let began = Instant::now();
        seat.note(&sent.answer);
        let title = result_title(text, piece, &seat.opened.language);
        let around = Around::before(self, &seat, &sent, piece.text(text)).await;
        let ended = match around {
            Ok(around) => {
                let ended = reading::read(self, &seat, index, title, &sent, positions).await;
                if let Some(around) = around {
                    around.after(self, &seat, index, &sent, &ended.outcome).await;
                }
                ended
            }
            // Its transaction could not be opened: it was not sent.
            Err(error) => Ended { outcome: StatementOutcome::Failed { error, elapsed_ms: elapsed_ms(began) } },
        };
        note_catalog(&seat, &sent, piece.text(text), &ended);
        let lost = seat.is_lost();
        match recorded {
            Ok(recorded) => {
                let finished = self.app.history_finish(recorded, ending(&ended, lost), elapsed_ms(began)).await;
                if let Err(error) = finished {
                    tracing::warn!(%error, "the history does not say how a statement ended");
                }
            }
            Err(error) => tracing::warn!(%error, "a statement is missing in the history"),
        }
        Ok(ended.outcome)
    }
}

/// Notes that the catalog may have changed.
fn note_catalog(seat: &Seat, sent: &Sent, text: &str, ended: &Ended) {
    let tag = match &ended.outcome {
        StatementOutcome::Completed { tag, .. } => tag.as_deref(),
        _ => return,
    };
    let told = match tag {
        Some(tag) => sql::command_tag_changes_catalog(tag),
        // A server without tags does not say what ran: the statement does.
        None => seat.opened.language.changes_catalog(text),
    };
    if told || matches!(sent.answer.class, Class::Ddl) || sent.answer.effect.select_into.is_some() {
        seat.stale_catalog.store(true, Ordering::Release);
    }
}

fn ending(ended: &Ended, lost: bool) -> Ending<'_> {
    match &ended.outcome {
        StatementOutcome::Completed { affected_rows, rows, .. } => {
            Ending::Completed { rows: Some(affected_rows.unwrap_or(0).max(*rows)) }
        }
        StatementOutcome::Failed { .. } if lost => Ending::Lost,
        StatementOutcome::Failed { error, .. } => {
            Ending::Failed { message: &error.message, code: error.native.as_ref().map(|native| native.code.as_str()) }
        }
        StatementOutcome::Cancelled { .. } | StatementOutcome::Skipped => Ending::Cancelled,
    }
}

/// A notice of our own.
pub(crate) fn own_notice(severity: Severity, message: &str) -> NoticeRow {
    let notice = Notice {
        severity,
        label: "ROWHOUSE".to_owned(),
        code: None,
        message: message.to_owned(),
        detail: None,
        hint: None,
        context: None,
        span: None,
    };
    notice_row(notice, None)
}

/// A notice as faces see it.
pub(crate) fn notice_row(notice: Notice, range: Option<TextRange>) -> NoticeRow {
    NoticeRow {
        severity: match notice.severity {
            Severity::Debug => "debug",
            Severity::Info => "info",
            Severity::Notice => "notice",
            Severity::Warning => "warning",
        }
        .to_owned(),
        label: notice.label,
        code: notice.code,
        message: notice.message,
        detail: notice.detail,
        hint: notice.hint,
        context: notice.context,
        range,
        at_ms: now_ms(),
    }
}
