//! One case: made on a scratch database, looked at, mended, looked at, taken back, looked at.

use std::collections::BTreeMap;

use advisor::{Context, Exposure, Facts, Finding, Fix, Verdict};
use catalog::{Catalog, Extension, Known, Scope};
use driver::{Connection, Role, Session};
use serde_json::{Value, json};

use super::{
    case::{Case, Expected, Fixes, On},
    engines::{Server, run},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub async fn hold(server: &Server, case: &Case) -> Result<(), String> {
    let scratch = server.scratch().await;
    let result = {
        let connection = server.connect_to(&scratch, None).await;
        let session = connection.open(Role::Session).await.unwrap();
        let result =
            Trial { case, server, scratch: &scratch, connection: &*connection, session: &*session }.all().await;
        drop(session);
        connection.close().await;
        result
    };
    server.drop(scratch).await;
    result
}

struct Trial<'a> {
    case: &'a Case,
    server: &'a Server,
    scratch: &'a super::engines::Scratch,
    connection: &'a dyn Connection,
    session: &'a dyn Session,
}

impl Trial<'_> {
    async fn all(&self) -> Result<(), String> {
        if let Some(extension) = &self.case.needs {
            match run(self.session, &format!("create extension {extension}")).await {
                Err(error) if error.contains("is not available") => {
                    eprintln!("SKIPPED {}: this server has no {extension}", self.case.name);
                    return Ok(());
                }
                made => made?,
            }
        }
        self.script(&self.case.script, self.case.errors_allowed).await?;
        let findings = match (self.verdict().await, self.case.expected) {
            (Verdict::Fail { findings, partly: None }, Expected::Fires) => findings,
            (Verdict::Pass, Expected::Silent) | (Verdict::NotEvaluated(_), Expected::Unseen) => return Ok(()),
            (verdict, expected) => return Err(format!("expected {expected:?}, but it says {verdict:#?}")),
        };
        if self.case.example {
            return Ok(());
        }
        self.described(&findings)?;
        let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        match self.case.fixes {
            Fixes::None if fixes.is_empty() => return Ok(()),
            Fixes::None => return Err(format!("a fix, though there is to be none: {fixes:#?}")),
            Fixes::Run | Fixes::NotRun if fixes.len() != findings.len() => {
                return Err(format!("not all have a fix: {findings:#?}"));
            }
            Fixes::NotRun => return Ok(()),
            Fixes::Run => {}
        }
        for fix in &fixes {
            self.apply(&fix.sql, fix.transaction_safe).await?;
        }
        match self.verdict().await {
            Verdict::Pass => {}
            verdict => return Err(format!("after the fix {fixes:#?} it says {verdict:#?}")),
        }
        let undo: Vec<(&str, bool)> =
            fixes.iter().rev().filter_map(|fix| Some((fix.undo.as_deref()?, fix.transaction_safe))).collect();
        if undo.is_empty() == self.case.undo {
            return Err(format!("what takes the fix back: {undo:?}"));
        }
        for (sql, transaction_safe) in &undo {
            self.apply(sql, *transaction_safe).await?;
        }
        match self.verdict().await {
            Verdict::Fail { findings: again, .. } if keys(&again) == keys(&findings) || !self.case.undo => Ok(()),
            Verdict::Pass if !self.case.undo => Ok(()),
            verdict => Err(format!("after {undo:?} it says {verdict:#?}")),
        }
    }

    fn described(&self, findings: &[Finding]) -> Result<(), String> {
        if findings.len() != self.case.finds {
            return Err(format!("{} findings and not {}: {findings:#?}", findings.len(), self.case.finds));
        }
        let keys = keys(findings);
        if keys.len() != findings.len() {
            return Err(format!("keys that are the same: {findings:#?}"));
        }
        let level = self.case.level.unwrap_or(self.case.rule.level);
        match findings.iter().find(|finding| finding.level != level) {
            Some(other) => Err(format!("not of the level {level}: {other:#?}")),
            None => Ok(()),
        }
    }

    async fn verdict(&self) -> Verdict {
        let (catalog, facts) = match self.case.asks.as_deref() {
            None => self.read(self.connection).await,
            Some(user) => {
                let connection = self.server.connect_to(self.scratch, Some(user)).await;
                let read = self.read(&*connection).await;
                connection.close().await;
                read
            }
        };
        let exposure = Exposure {
            schemas: vec!["public".to_owned()],
            anonymous: vec!["web_anon".to_owned()],
            signed_in: vec!["web_user".to_owned()],
            guessed_from: None,
        };
        self.case.rule.check(&Context::new(&catalog, &facts, self.case.exposed.then_some(&exposure)))
    }

    async fn read(&self, connection: &dyn Connection) -> (Catalog, Facts) {
        let control = connection.control();
        // MariaDB's catalog has every database of the server, those of other tests too.
        let schemas = (self.case.on == On::MariaDb).then(|| vec![self.scratch.name.clone()]);
        let mut catalog = control.catalog(&Scope { schemas, ..Scope::complete() }).await.unwrap();
        let mut facts = control.advice().unwrap().facts().await.unwrap();
        if !self.case.settings.is_empty() {
            let mut settings: BTreeMap<String, String> = facts.settings.value().cloned().unwrap_or_default();
            settings.extend(self.case.settings.iter().cloned());
            facts.settings = Known::Value(settings);
        }
        for fact in &self.case.emptied {
            match fact.as_str() {
                "host_rules" => facts.host_rules = Known::Value(Vec::new()),
                "weak_passwords" => facts.weak_passwords = Known::Value(Vec::new()),
                other => panic!("no fact {other}"),
            }
        }
        for (name, value) in &self.case.facts {
            facts = with_fact(&facts, name, value);
        }
        for name in &self.case.extensions {
            catalog.extensions.push(Extension { name: name.clone(), version: None, schema: None, comment: None });
        }
        if !self.case.facts.iter().any(|(name, _)| name == "index_costs") {
            let trials = advisor::index_trials(&Context::new(&catalog, &facts, None));
            facts.index_costs = control.advice().unwrap().index_costs(&trials).await.unwrap();
        }
        if let Some(days) = self.case.counted_days {
            facts.counted_since_ms = Known::Value(Some(catalog.as_of_ms - days * DAY_MS));
        }
        (catalog, facts)
    }

    async fn apply(&self, sql: &str, in_transaction: bool) -> Result<(), String> {
        let text = if in_transaction { format!("BEGIN;\n{sql}\nCOMMIT;") } else { sql.to_owned() };
        self.script(&text, false).await.map_err(|error| format!("{error}\nin {sql}"))
    }

    async fn script(&self, text: &str, errors_allowed: bool) -> Result<(), String> {
        let dialect = match self.case.on {
            On::Postgres => sql::dialect::postgres(),
            On::Sqlite => sql::dialect::sqlite(),
            On::MariaDb => sql::dialect::mysql(),
        };
        for statement in sql::split(text, dialect) {
            let one = statement.text(text);
            match run(self.session, one).await {
                Err(error) if !errors_allowed => return Err(format!("{error}: {one}")),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The facts, of which one is what the case says of it: what a server tells, or why it does not.
fn with_fact(facts: &Facts, name: &str, value: &str) -> Facts {
    let mut all = serde_json::to_value(facts).unwrap();
    let value: Value = serde_json::from_str(value).unwrap();
    let fact = all.get_mut(name).unwrap_or_else(|| panic!("no fact {name}"));
    let told = ["statements", "bloat", "index_costs"].contains(&name);
    *fact = match value {
        Value::String(why) if told => json!({"not_evaluated": why}),
        Value::String(why) => json!({"known": why}),
        value if told => json!({"known": value}),
        value => json!({"known": "value", "value": value}),
    };
    serde_json::from_value(all).unwrap()
}

fn keys(findings: &[Finding]) -> std::collections::BTreeSet<&str> {
    findings.iter().map(|finding| finding.key.as_str()).collect()
}
