//! Policies that are not there yet: created on a temporary copy that is called as the table is, so that their expressions mean
//! there what they would mean on the table. The real table is not touched.

use driver::row_security::{Actor, DraftPolicy, Drafts, JudgedPolicy};
use policy::{
    change::{Change, ChangeSet},
    expression::{Expression, Unscoped},
    listing::{Draft, Table},
};

use super::{
    Policies,
    judge::{COPY, Ground, NUMBER, approximate},
    subject::{Subject, become_actor},
};
use crate::{catalog::rows::array, control::Failure, error::refused, scan::quote, trial::Trial};

/// The drafts, each with whether it concerns the actor.
pub(super) async fn read(
    policies: &Policies,
    trial: &mut Trial,
    subject: &Subject,
    drafts: &Drafts,
) -> Result<Vec<JudgedPolicy>, Failure> {
    let names = array(drafts.policies.iter().flat_map(|policy| &policy.roles));
    let text = policies.text(include_str!("../queries/policy_members.sql"));
    let rows = trial.query(&text, &[Some(&names), Some(&subject.oid.to_string())]).await?;
    let concerned: Vec<String> = rows.iter().filter(|row| row.flag(1)).map(|row| row.name(0)).collect();
    Ok(drafts.policies.iter().map(|draft| judged(draft, &concerned)).collect())
}

fn judged(draft: &DraftPolicy, concerned: &[String]) -> JudgedPolicy {
    let everyone = draft.roles.is_empty() || draft.roles.iter().any(|role| role == "PUBLIC");
    let mut policy = JudgedPolicy {
        name: draft.name.clone(),
        command: draft.command,
        permissive: draft.permissive,
        applies: everyone || draft.roles.iter().any(|role| concerned.contains(role)),
        using: draft.using.clone(),
        with_check: draft.with_check.clone(),
        approximate: None,
        failed: None,
    };
    // Only what is one expression may stand in a statement of ours.
    let problem = |text: &Option<String>, name: &str| {
        let problem = Expression::parse(text.as_deref()?, &Unscoped).err()?;
        Some(format!("{name}: {problem}."))
    };
    policy.failed = problem(&policy.using, "USING").or_else(|| problem(&policy.with_check, "WITH CHECK"));
    policy.approximate = approximate(&policy);
    policy
}

/// The numbers of the rows that the actor would see. `None` where a draft cannot be made, which is said of it.
pub(super) async fn seen(
    trial: &mut Trial,
    actor: &Actor,
    ground: &Ground,
    wanted: &Drafts,
    judged: &mut [JudgedPolicy],
) -> Result<Option<Vec<i64>>, Failure> {
    if judged.iter().any(|policy| policy.failed.is_some()) {
        return Ok(None);
    }
    let name = quote(&ground.table);
    trial.query(&format!("CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT * FROM {COPY}"), &[]).await?;
    // The login owns the copy: what the actor has of its rights must not count.
    for what in ["ENABLE", "FORCE"] {
        trial.query(&format!("ALTER TABLE pg_temp.{name} {what} ROW LEVEL SECURITY"), &[]).await?;
    }
    trial.query(&format!("GRANT SELECT ON pg_temp.{name} TO PUBLIC"), &[]).await?;
    for (draft, policy) in wanted.policies.iter().zip(judged.iter_mut()) {
        let texts = match create(&ground.table, draft) {
            Ok(texts) => texts,
            Err(why) => {
                policy.failed = Some(why);
                return Ok(None);
            }
        };
        for text in texts {
            trial.ask(&text, &[]).await?;
            match trial.rows().await {
                Ok(_) => {}
                Err(Failure::Refused(report)) => {
                    policy.failed = Some(refused(&report, "").message);
                    return Ok(None);
                }
                Err(failure) => return Err(failure),
            }
        }
    }
    let sent = become_actor(trial, actor).await?;
    trial.ask(&format!("SELECT {NUMBER} FROM pg_temp.{name}"), &[]).await?;
    trial.settled(sent).await?;
    match trial.rows().await {
        Ok(rows) => Ok(Some(rows.iter().filter_map(|row| row.int(0)).collect())),
        // Which of them it was, each tells by itself.
        Err(Failure::Refused(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The statements that make a draft on the copy, or why it is none.
fn create(table: &str, draft: &DraftPolicy) -> Result<Vec<String>, String> {
    let policy = Draft {
        permissive: draft.permissive,
        roles: draft.roles.clone(),
        using: draft.using.clone(),
        with_check: draft.with_check.clone(),
        ..Draft::new(&draft.name, draft.command)
    };
    let changes = vec![Change::Create { on: Table::new("pg_temp", table), policy }];
    let plan = ChangeSet { changes }.render(0).map_err(|refusal| refusal.to_string())?;
    Ok(plan.up().into_iter().map(str::to_owned).collect())
}
