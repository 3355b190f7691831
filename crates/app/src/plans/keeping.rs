//! Plans that are kept: with their line of the history, and gone with it.

use driver::Language;
use sha2::{Digest as _, Sha256};
use sql::TokenKind;

use crate::{App, api::*};

/// Most plans that are kept; the oldest go.
const MOST_PLANS: i64 = 500;
/// Most bytes of one plan.
const MOST_OF_ONE: usize = 16 << 20;
/// Most bytes of all of them; the oldest go.
const MOST_OF_ALL: i64 = 256 << 20;
const MOST_LISTED: u32 = 500;

/// What names a statement however it is written: without comments, line ends, and the case of its words.
pub(super) fn digest(statement: &str, language: &Language) -> String {
    let mut digest = Sha256::new();
    let Some(dialect) = language.sql() else {
        digest.update(statement.trim());
        return short(digest);
    };
    for token in sql::tokenize(statement, dialect) {
        let text = token.span.of(statement);
        match token.kind {
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Semicolon => continue,
            TokenKind::Word => digest.update(text.to_lowercase()),
            _ => digest.update(text),
        }
        digest.update([0]);
    }
    short(digest)
}

fn short(digest: Sha256) -> String {
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    history_id: i64,
    at_ms: i64,
    profile_id: Option<String>,
    profile_name: String,
    database: Option<String>,
    statement: String,
    digest: String,
    options: String,
    server: String,
    undone: Option<String>,
    plan: String,
}

#[derive(sqlx::FromRow)]
struct Line {
    id: i64,
    at_ms: i64,
    profile_name: String,
    database: Option<String>,
    statement: String,
    options: String,
    same: bool,
    execution_ns: Option<i64>,
    nodes: i64,
}

impl App {
    /// Keeps a plan with its line of the history; answers why not, where it is not.
    pub(crate) async fn keep_plan(
        &self,
        id: i64,
        explained: &ExplainedPlan,
        statement: &str,
        language: &Language,
    ) -> Result<Option<String>, AppError> {
        if !language.secret_spans(statement).is_empty() {
            return Ok(Some("It is not kept: the statement holds a secret.".to_owned()));
        }
        let plan = serde_json::to_string(&explained.plan)
            .map_err(|_| AppError::new(ErrorCode::Internal, "A plan could not be written down."))?;
        if plan.len() > MOST_OF_ONE {
            return Ok(Some("It is not kept: it is larger than 16 MB.".to_owned()));
        }
        let mut change = self.store.write().await?;
        sqlx::query(
            "INSERT INTO plans (history_id, statement, digest, options, server, measured, undone, nodes, execution_ns, plan, bytes) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(&explained.statement)
        .bind(&explained.digest)
        .bind(&explained.options)
        .bind(&explained.server)
        .bind(explained.plan.measured)
        .bind(&explained.undone)
        .bind(i64::try_from(explained.plan.nodes.len()).unwrap_or(i64::MAX))
        .bind(explained.plan.execution_ns.map(|ns| i64::try_from(ns).unwrap_or(i64::MAX)))
        .bind(&plan)
        .bind(i64::try_from(plan.len()).unwrap_or(i64::MAX))
        .execute(&mut *change)
        .await?;
        sqlx::query(
            "DELETE FROM plans WHERE history_id IN (SELECT history_id FROM (SELECT history_id, \
             sum(bytes) OVER (ORDER BY history_id DESC) AS total, row_number() OVER (ORDER BY history_id DESC) AS place \
             FROM plans) WHERE total > ?1 OR place > ?2)",
        )
        .bind(MOST_OF_ALL)
        .bind(MOST_PLANS)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(None)
    }

    /// A kept plan, by its line of the history.
    ///
    /// # Errors
    /// `NotFound` when it was forgotten; `Corrupt` when another version kept it in a way this one does not read.
    pub async fn plan(&self, id: i64) -> Result<ExplainedPlan, AppError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT p.history_id, h.at_ms, h.profile_id, h.profile_name, h.database, p.statement, p.digest, p.options, \
             p.server, p.undone, p.plan FROM plans p JOIN history h ON h.id = p.history_id WHERE p.history_id = ?",
        )
        .bind(id)
        .fetch_optional(self.store.read())
        .await?;
        let row = row.ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, "This plan is not kept any more.")
                .with_hint("It was forgotten with the history, or made room for newer ones.")
        })?;
        let plan: Plan = serde_json::from_str(&row.plan).map_err(|_| {
            AppError::new(ErrorCode::Corrupt, "This plan was kept by another version of Rowhouse and cannot be read.")
                .with_hint("Explain the statement again.")
        })?;
        let mut explained = ExplainedPlan {
            id: Some(row.history_id),
            not_kept: None,
            profile_id: row.profile_id,
            profile_name: row.profile_name,
            database: row.database,
            server: row.server,
            statement: row.statement,
            digest: row.digest,
            options: row.options,
            at_ms: row.at_ms,
            undone: row.undone,
            warnings: Vec::new(),
            notices: Vec::new(),
            plan,
            outline: String::new(),
        };
        explained.outline = super::outline(&explained);
        Ok(explained)
    }

    /// Kept plans: those of the same statement first, then others, newest first.
    ///
    /// # Errors
    /// As the store says.
    pub async fn plans(&self, query: PlanQuery) -> Result<Vec<PlanLine>, AppError> {
        let lines: Vec<Line> = sqlx::query_as(
            "SELECT p.history_id AS id, h.at_ms, h.profile_name, h.database, substr(p.statement, 1, 2000) AS statement, \
             p.options, coalesce(p.digest = ?1, 0) AS same, p.execution_ns, p.nodes \
             FROM plans p JOIN history h ON h.id = p.history_id WHERE ?2 IS NULL OR h.profile_id = ?2 \
             ORDER BY same DESC, p.history_id DESC LIMIT ?3",
        )
        .bind(query.digest)
        .bind(query.profile_id)
        .bind(query.limit.clamp(1, MOST_LISTED))
        .fetch_all(self.store.read())
        .await?;
        let line = |line: Line| {
            let Line { id, at_ms, profile_name, database, statement, options, same, execution_ns, nodes } = line;
            PlanLine { id, at_ms, profile_name, database, statement, options, same, execution_ns, nodes }
        };
        Ok(lines.into_iter().map(line).collect())
    }
}
