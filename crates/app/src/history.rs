//! Every statement that was run, without its secrets.

mod telling;

use driver::Language;

use crate::{
    App, Face,
    api::{AppError, ForgetRequest, HistoryEntry, HistoryQuery},
    audit::{self, End},
    store::now_ms,
};

pub(crate) use telling::Telling;

/// As many characters of a text as its index of words covers; see the first migration.
const INDEXED: i64 = 20_000;
const MOST_LISTED: u32 = 1_000;

/// A statement that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sending<'a> {
    /// The connection.
    pub(crate) profile_id: Option<&'a str>,
    /// Its name now.
    pub(crate) profile_name: &'a str,
    /// The database.
    pub(crate) database: Option<&'a str>,
    /// The text as sent. Values of parameters are never recorded.
    pub(crate) text: &'a str,
    /// How the text is read.
    pub(crate) language: &'a Language,
    /// As whom it runs, in words.
    pub(crate) acting: Option<&'a str>,
    /// The file that takes the rows, where one does.
    pub(crate) file: Option<&'a str>,
}

/// A recorded statement that has not ended.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// `None` where the connection is not recorded.
    id: Option<i64>,
    /// Its line of the audit trail, where it is one.
    audit: Option<i64>,
    /// What was redacted: a server may quote it in its error.
    secrets: Vec<driver::Secret>,
}

impl Recorded {
    /// Its line of the history, where there is one.
    pub(crate) fn id(&self) -> Option<i64> {
        self.id
    }
}

/// How a recorded statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending<'a> {
    /// To its end; rows sent or changed.
    Completed {
        /// How many.
        rows: Option<u64>,
    },
    /// It failed, with the error's message and native code.
    Failed {
        /// The message.
        message: &'a str,
        /// The server's code.
        code: Option<&'a str>,
    },
    /// The user stopped it, and the server confirmed it.
    Cancelled,
    /// Nobody knows: the link was lost.
    Lost,
}

impl App {
    /// Records a statement before it is sent, unless its connection is not recorded.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn history_begin(&self, sending: Sending<'_>) -> Result<Recorded, AppError> {
        if let Some(profile_id) = sending.profile_id
            && !self.is_recorded(profile_id).await?
        {
            return Ok(Recorded { id: None, audit: None, secrets: Vec::new() });
        }
        let text = sending.language.redact(sending.text);
        let face = match self.face() {
            Face::Window => "window",
            Face::Cli => "cli",
        };
        let mut change = self.store.write().await?;
        let audit = audit::begin(&mut change, &sending, &text, face).await?;
        let done = sqlx::query(
            "INSERT INTO history (at_ms, profile_id, profile_name, database, text, outcome, face, process, acting) \
             VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?)",
        )
        .bind(now_ms())
        .bind(sending.profile_id)
        .bind(sending.profile_name)
        .bind(sending.database)
        .bind(&*text)
        .bind(face)
        .bind(self.process())
        .bind(sending.acting)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        if let Some(profile_id) = sending.profile_id {
            self.used.note(profile_id, &text);
        }
        self.history_changed();
        Ok(Recorded { id: Some(done.last_insert_rowid()), audit, secrets: secrets(sending.text, sending.language) })
    }

    /// Records how it ended, `elapsed_ms` after it was sent.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn history_finish(
        &self,
        recorded: Recorded,
        ending: Ending<'_>,
        elapsed_ms: u64,
    ) -> Result<(), AppError> {
        let Some(id) = recorded.id else { return Ok(()) };
        let (outcome, rows, error) = match ending {
            Ending::Completed { rows } => ("completed", rows, None),
            Ending::Failed { message, code } => {
                let message = code.map_or_else(|| message.to_owned(), |code| format!("{message} ({code})"));
                ("failed", None, Some(without(message, &recorded.secrets)))
            }
            Ending::Cancelled => ("cancelled", None, None),
            Ending::Lost => ("lost", None, None),
        };
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let mut change = self.store.write().await?;
        sqlx::query("UPDATE history SET outcome = ?, rows = ?, elapsed_ms = ?, error = ?, process = NULL WHERE id = ?")
            .bind(outcome)
            .bind(rows.map(number))
            .bind(number(elapsed_ms))
            .bind(&error)
            .bind(id)
            .execute(&mut *change)
            .await?;
        if let Some(line) = recorded.audit {
            let (rows, error) = (rows.map(number), error.as_deref());
            audit::end(&mut change, line, &End { outcome, rows, elapsed_ms: number(elapsed_ms), error }).await?;
        }
        change.commit().await?;
        self.history_changed();
        Ok(())
    }

    /// Executed statements, newest first.
    ///
    /// # Errors
    /// As the store says.
    pub async fn history(&self, query: HistoryQuery) -> Result<Vec<HistoryEntry>, AppError> {
        self.edits.behind.told().await;
        let limit = query.limit.clamp(1, MOST_LISTED);
        let mut select = sqlx::QueryBuilder::<sqlx::Sqlite>::new(
            "SELECT id, at_ms, profile_id, profile_name, database, text, outcome, rows, elapsed_ms, error, face, acting, \
             EXISTS (SELECT 1 FROM plans WHERE plans.history_id = history.id) AS plan FROM history WHERE true",
        );
        if let Some(profile) = query.profile_id {
            select.push(" AND profile_id = ").push_bind(profile);
        }
        if let Some(outcome) = query.outcome {
            select.push(" AND outcome = ").push_bind(outcome);
        }
        if let Some(since) = query.since_ms {
            select.push(" AND at_ms >= ").push_bind(since);
        }
        if let Some(until) = query.until_ms {
            select.push(" AND at_ms < ").push_bind(until);
        }
        if let Some(before) = query.before {
            select.push(" AND id < ").push_bind(before);
        }
        // Signs that cannot be seen are no part of a word, and a NUL would end the index's query.
        let apart = |character: char| character.is_whitespace() || character.is_control();
        let words: Vec<&str> = query.text.split(apart).filter(|word| !word.is_empty()).take(32).collect();
        // Three letters are the least the index knows.
        let (long, short): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| word.chars().count() >= 3);
        if !long.is_empty() {
            let quoted: Vec<String> = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
            select
                .push(" AND (id IN (SELECT rowid FROM history_words WHERE history_words MATCH ")
                .push_bind(quoted.join(" AND "))
                .push(") OR (length(text) > ")
                .push_bind(INDEXED);
            for word in long {
                select.push(" AND text LIKE ").push_bind(pattern(word)).push(" ESCAPE '\\'");
            }
            select.push("))");
        }
        for word in short {
            select.push(" AND text LIKE ").push_bind(pattern(word)).push(" ESCAPE '\\'");
        }
        select.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        let rows: Vec<Row> = select.build_query_as().fetch_all(self.store.read()).await?;
        Ok(rows.into_iter().map(HistoryEntry::from).collect())
    }

    /// Forgets one entry, or all.
    ///
    /// # Errors
    /// As the store says.
    pub async fn forget_history(&self, id: Option<i64>) -> Result<(), AppError> {
        let Some(id) = id else {
            return self.forget(ForgetRequest { history: true, ..ForgetRequest::default() }).await.map(drop);
        };
        let mut change = self.store.write().await?;
        sqlx::query("DELETE FROM history WHERE id = ?").bind(id).execute(&mut *change).await?;
        change.commit().await?;
        self.history_changed();
        Ok(())
    }

    /// Forgets what is older than the settings say.
    pub(crate) async fn forget_old_history(&self) -> Result<(), AppError> {
        let days = i64::from(self.current_settings().history_days);
        if days == 0 {
            return Ok(());
        }
        let mut change = self.store.write().await?;
        let done = sqlx::query("DELETE FROM history WHERE at_ms < ?")
            .bind(now_ms() - days * 86_400_000)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        if done.rows_affected() > 0 {
            self.history_changed();
        }
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at_ms: i64,
    profile_id: Option<String>,
    profile_name: String,
    database: Option<String>,
    text: String,
    outcome: String,
    rows: Option<i64>,
    elapsed_ms: Option<i64>,
    error: Option<String>,
    face: String,
    acting: Option<String>,
    plan: bool,
}

impl From<Row> for HistoryEntry {
    fn from(row: Row) -> Self {
        let Row {
            id,
            at_ms,
            profile_id,
            profile_name,
            database,
            text,
            outcome,
            rows,
            elapsed_ms,
            error,
            face,
            acting,
            plan,
        } = row;
        HistoryEntry {
            id,
            at_ms,
            profile_id,
            profile_name,
            database,
            acting,
            text,
            outcome,
            rows,
            elapsed_ms,
            error,
            face,
            plan,
        }
    }
}

/// Any text that holds the word, for `LIKE … ESCAPE '\'`.
pub(crate) fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for character in word.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The contents of the literals that set secrets.
fn secrets(text: &str, language: &Language) -> Vec<driver::Secret> {
    language
        .secret_spans(text)
        .into_iter()
        .map(|span| span.of(text).trim_matches(['\'', '"', '$', ' ']))
        .filter(|secret| !secret.is_empty())
        .map(|secret| driver::Secret::new(secret.to_owned()))
        .collect()
}

fn without(message: String, secrets: &[driver::Secret]) -> String {
    secrets.iter().fold(message, |message, secret| message.replace(secret.expose(), "***"))
}

#[cfg(test)]
mod tests;
