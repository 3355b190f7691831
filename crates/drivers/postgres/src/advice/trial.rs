//! What the planner makes of indexes that are not there, with the extension hypopg (<https://hypopg.readthedocs.io>): it tells the
//! planner of an index without building one, in one session alone.
//!
//! On a connection of its own that may not write, in one transaction for each trial, as the role that the search is for. Statements
//! are explained and never run.

use std::time::{Duration, Instant};

use catalog::{
    Told,
    facts::{IndexCost, IndexTrial, MOST},
};
use driver::Error;
use serde_json::Value;

use super::{Advising, workload::untold};
use crate::{
    control::{CONTROL_SETTINGS, Failure, query},
    wire::Client,
};

/// The longest that all trials together may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Nothing of one trial may wait or take longer, as the server reads it.
const LIMITS: [(&str, &str); 2] = [("statement_timeout", "1s"), ("lock_timeout", "200ms")];
const OF: &str = "plans with indexes that are not there";

impl Advising {
    /// The costs without and with each index; the first [`MOST`] of them, and no more than there is time for.
    pub(super) async fn tried(&self, trials: &[IndexTrial]) -> Result<Told<Vec<IndexCost>>, Error> {
        let found = match self.ask(include_str!("../queries/advice_hypopg.sql")).await {
            Ok(found) => found,
            Err(failure) => return untold(failure, OF),
        };
        let Some(schema) = found.first().map(|row| row.name(0)) else {
            return Ok(Told::NotEvaluated("the extension hypopg is not installed".to_owned()));
        };
        if trials.is_empty() {
            return Ok(Told::Known(Vec::new()));
        }
        let settings = CONTROL_SETTINGS.into_iter().filter(|(name, _)| LIMITS.iter().all(|(limit, _)| limit != name));
        let settings: Vec<(&str, &str)> = settings.chain(LIMITS).collect();
        let mut client = self.session.opener().open(&settings).await?;
        let hypopg = sql::dialect::postgres().quote_identifier(&schema);
        let begun = Instant::now();
        let mut costs = Vec::new();
        for trial in trials.iter().take(MOST) {
            if begun.elapsed() > PATIENCE {
                break;
            }
            let answer = compared(&mut client, &hypopg, trial).await;
            // What is left of it would serve the next one.
            for text in ["ROLLBACK", "DEALLOCATE ALL", &format!("select {hypopg}.hypopg_reset()")] {
                query(&mut client, text, &[]).await?;
            }
            match answer {
                Ok(Some((before, after))) => costs.push(IndexCost { trial: trial.clone(), before, after }),
                Ok(None) => {}
                Err(failure) if failure.ended() => return Err(failure.into()),
                // It may not become that role, or the policy needs settings that nobody made: nothing is known of this one.
                Err(_) => {}
            }
        }
        client.close().await;
        Ok(Told::Known(costs))
    }
}

async fn compared(client: &mut Client, hypopg: &str, trial: &IndexTrial) -> Result<Option<(f64, f64)>, Failure> {
    let dialect = sql::dialect::postgres();
    let names = |names: &[String]| -> Vec<String> { names.iter().map(|name| dialect.quote_identifier(name)).collect() };
    let table = dialect.quote_path([trial.schema.as_str(), trial.table.as_str()]);
    let wanted: Vec<String> =
        names(&trial.compared).iter().enumerate().map(|(place, name)| format!("t.{name} = ${}", place + 1)).collect();
    let search = if wanted.is_empty() {
        format!("SELECT FROM {table} t")
    } else {
        format!("SELECT FROM {table} t WHERE {}", wanted.join(" AND "))
    };
    query(client, "BEGIN READ ONLY", &[]).await?;
    // Whatever the values are.
    query(client, "SET LOCAL plan_cache_mode = force_generic_plan", &[]).await?;
    let before = planned(client, trial, &search).await?;
    let index = format!("CREATE INDEX ON {table} ({})", names(&trial.columns).join(", "));
    query(client, &format!("select from {hypopg}.hypopg_create_index($1)"), &[Some(&index)]).await?;
    let after = planned(client, trial, &search).await?;
    Ok(before.zip(after))
}

/// The cost of a search as the role.
async fn planned(client: &mut Client, trial: &IndexTrial, search: &str) -> Result<Option<f64>, Failure> {
    query(client, "select set_config('role', $1, true)", &[Some(&trial.role)]).await?;
    query(client, &format!("PREPARE search AS {search}"), &[]).await?;
    let values = vec!["NULL"; trial.compared.len()].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    let rows = query(client, &format!("EXPLAIN (FORMAT JSON) EXECUTE search{values}"), &[]).await?;
    query(client, "DEALLOCATE search", &[]).await?;
    query(client, "select set_config('role', 'none', true)", &[]).await?;
    let plan: Option<Value> = rows.first().and_then(|row| serde_json::from_str(&row.text(0)?).ok());
    Ok(plan.and_then(|plan| plan.pointer("/0/Plan/Total Cost")?.as_f64()))
}
