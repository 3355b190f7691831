//! What is looked at before a command is sent, and what is known after its reply.

use driver::{Code, Error, Event, Severity, Span, Transaction};

use super::{Awaiting, Run, monitor_head};
use crate::{
    error::remark,
    language::{Problem, only, words},
    session::{
        shape::{Shape, shape},
        task::{End, Task},
    },
};

/// After these the connection speaks something else, or says nothing any more.
const UNSUPPORTED: [&str; 4] = ["CLIENT REPLY", "SYNC", "PSYNC", "REPLCONF"];
/// Errors that refuse a command without failing the transaction it was sent in.
const HARMLESS: [&str; 2] = ["ERR MULTI calls can not be nested", "ERR WATCH inside MULTI"];

impl Run {
    /// How the reply is laid out.
    pub(super) fn shape(&self) -> Shape {
        shape(&self.command, |word| self.words.iter().skip(1).any(|one| one.is(word)))
    }
}

impl Task {
    /// Reads the command and looks whether it may be sent.
    ///
    /// # Errors
    /// `InvalidStatement`, `Forbidden`, `Unsupported`.
    pub(super) fn prepare(&self, run: &mut Run) -> Result<(), Error> {
        if run.has_parameters {
            return Err(Error::new(Code::InvalidStatement, "Commands of this server have no placeholders."));
        }
        if self.read_only
            && let Err(refusal) = driver::Commands::read_only_verdict(&*self.language, &run.text)
        {
            let span = Span { start: refusal.span.start, end: refusal.span.end };
            return Err(Error::new(Code::Forbidden, format!("Refused: {refusal}.")).with_span(span));
        }
        let Some(line) = only(&run.text) else {
            return Err(Error::new(Code::InvalidStatement, "A run is one command on one line."));
        };
        let text = line.of(&run.text);
        let mut found = words(text).map_err(|problem| {
            let (message, span) = match problem {
                Problem::Unterminated(span) => ("A quote is not closed.", span),
                Problem::Glued(span) => ("A blank must follow the closing quote.", span),
            };
            let span = Span { start: line.start + span.start, end: line.start + span.end };
            Error::new(Code::InvalidStatement, message).with_span(span)
        })?;
        for word in &mut found {
            word.span = sql::Span::new(line.start + word.span.start, line.start + word.span.end);
        }
        run.command = self.language.command(&found);
        run.words = found;
        self.consider(run)
    }

    fn consider(&self, run: &mut Run) -> Result<(), Error> {
        let command = run.command.clone();
        let command = command.as_str();
        if UNSUPPORTED.contains(&command) {
            let text = format!("{command} would leave this session without replies.");
            return Err(Error::new(Code::Unsupported, text));
        }
        let idle = self.transaction == Transaction::Idle;
        if let (Some(count), true) = (self.subscribed.expected(command, run.words.len() - 1), idle) {
            if self.client.protocol() < 3 {
                let text = "Subscriptions need RESP3, which this server does not speak (6.0).";
                return Err(Error::new(Code::Unsupported, text));
            }
            run.awaiting = Awaiting::Confirmations(count);
            run.rows.head(vec!["kind", "channel", "subscriptions"]);
        }
        if command == "MONITOR" && idle {
            run.awaiting = Awaiting::Monitor;
            run.rows.head(monitor_head());
            let mut text = "MONITOR shows every command of every client, and slows the server down".to_owned();
            if run.timeout.is_none() {
                text.push_str(&format!("; it is stopped after {} s", super::MONITOR.as_secs()));
            }
            text.push('.');
            run.put(Event::Notice(remark(Severity::Warning, text)));
        }
        if command == "KEYS" {
            let text = "KEYS looks at every key and stops the server meanwhile; SCAN does not.";
            run.put(Event::Notice(remark(Severity::Warning, text)));
        }
        Ok(())
    }

    /// Takes over what the reply says of the session.
    pub(super) async fn follow(&mut self, run: &mut Run) -> Result<(), End> {
        let failed = run.said.is_some();
        let was_open = self.transaction != Transaction::Idle;
        let alone = run.words.len() == 1;
        let argument = || run.words.get(1).and_then(|word| std::str::from_utf8(&word.bytes).ok()?.parse::<u32>().ok());
        match run.command.as_str() {
            "MULTI" if !failed => self.transaction = Transaction::Open,
            "EXEC" | "DISCARD" if alone => {
                if let (true, false, Some(database)) = (run.command == "EXEC", failed, self.queued_database)
                    && run.rows.sent > 0
                {
                    self.database = database;
                }
                self.queued_database = None;
                self.transaction = Transaction::Idle;
            }
            "RESET" if !failed => {
                self.transaction = Transaction::Idle;
                self.database = 0;
                self.client.protocol = 2;
                self.subscribed = Default::default();
                self.refresh_user().await?;
            }
            "SELECT" if !failed && was_open => self.queued_database = argument(),
            "SELECT" if !failed => self.database = argument().unwrap_or(self.database),
            "HELLO" if !failed && !was_open => {
                if let Some(version) = argument() {
                    self.client.protocol = u8::try_from(version).unwrap_or(2);
                }
                self.refresh_user().await?;
            }
            "AUTH" if !failed && !was_open => self.refresh_user().await?,
            _ if failed && was_open => {
                let harmless = |said: &crate::wire::Said| HARMLESS.iter().any(|text| said.message.starts_with(text));
                if !run.said.as_ref().is_some_and(harmless) {
                    self.transaction = Transaction::Failed;
                }
            }
            _ => {}
        }
        self.tell();
        Ok(())
    }
}
