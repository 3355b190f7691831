//! Prints row security, and makes it as a list says.

use std::fmt::Write as _;

use app::{
    App, LIST_HEADS, MATRIX_HEADS, PolicyProposal,
    api::{AdvisorFormat, AppError, ErrorCode, PolicyApplied, PolicyFate, PolicyPlan, PolicyTable, PolicyTrial},
    terminal::Terminal,
};

use crate::{
    advise::failed,
    arguments::{
        PasswordInput, Policy, PolicyApply, PolicyCheck, PolicyFormat, PolicyLast, PolicyList, PolicyMatrix,
        PolicyShow, PolicyTest, TestFormat,
    },
    consent,
    failure::{Exit, Failure, Outcome},
    input,
    output::print,
    say::{self, clean},
    table::aligned,
    target,
};

/// Does what was asked for.
pub(crate) async fn run(app: &App, policy: &Policy) -> Outcome {
    match policy {
        Policy::List(wanted) => list(app, wanted).await,
        Policy::Show(wanted) => show(app, wanted).await,
        Policy::Matrix(wanted) => matrix(app, wanted).await,
        Policy::Apply(wanted) => apply(app, wanted).await,
        Policy::Last(wanted) => last(app, wanted).await,
        Policy::Check(wanted) => check(app, wanted).await,
        Policy::Test(wanted) => test(app, wanted).await,
    }
}

fn say_unread(unread: &[String]) {
    for what in unread {
        say::line(&format!("warning: the login may not read all {what}"));
    }
}

/// Opens a target, and says what became of changes whose answer was lost.
async fn open(app: &App, target: &str, read_only: bool, password: PasswordInput) -> Outcome<Terminal> {
    let terminal = target::open(app, target, read_only, password).await?;
    if let Some(last) = terminal.policy_last().await.map_err(failed)? {
        say::line(&format!("warning: {}", last.words));
        say::line("hint: rowhouse policy last TARGET prints what was sent; with --forget this is said no more.");
    }
    Ok(terminal)
}

async fn list(app: &App, wanted: &PolicyList) -> Outcome {
    let terminal = open(app, &wanted.target, true, wanted.password).await?;
    let list = terminal.policy_list(&wanted.schemas).await.map_err(failed)?;
    say_unread(&list.unread);
    let text = match wanted.format {
        PolicyFormat::Table => aligned(&LIST_HEADS, &list.rows()),
        PolicyFormat::Json => list.json(),
        PolicyFormat::Sql => list.sql(),
    };
    print(wanted.output.as_deref(), &text)
}

async fn show(app: &App, wanted: &PolicyShow) -> Outcome {
    let terminal = target::open(app, &wanted.target, true, wanted.password).await?;
    let (list, table) = terminal.policy_show(&wanted.table).await.map_err(failed)?;
    say_unread(&list.unread);
    let text = match wanted.format {
        PolicyFormat::Table => described(&table),
        PolicyFormat::Json => list.json(),
        PolicyFormat::Sql => list.sql(),
    };
    print(None, &text)
}

/// One table in words.
fn described(table: &PolicyTable) -> String {
    let row = &table.row;
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = writeln!(text, "{}.{}", clean(&row.on.schema), clean(&row.on.table));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<13} {}", clean(value));
    };
    line("row security", &row.words);
    line("owner", row.owner.as_deref().unwrap_or("not known"));
    if let Some(parent) = &row.partition_of {
        line("partition of", &format!("{}.{}", parent.schema, parent.table));
    }
    for view in &table.views {
        let name = format!("{}.{}", view.view.schema, view.view.table);
        let owner = view.owner.as_deref().unwrap_or("its owner");
        line(
            "read by",
            &match (view.materialized, view.invoker) {
                (true, _) => format!("materialized view {name}: its rows are stored, no policy filters them"),
                (false, true) => format!("view {name}, with the rights of who asks"),
                (false, false) => format!("view {name}, with the rights of {owner}"),
            },
        );
    }
    for partition in &table.partitions {
        line("partition", &format!("{}.{}: {}", partition.on.schema, partition.on.table, partition.words));
    }
    for card in &table.policies {
        let policy = &card.policy;
        let kind = if policy.permissive { "permissive" } else { "restrictive" };
        let command = format!("{:?}", policy.command).to_uppercase();
        let roles = if policy.roles.is_empty() { "PUBLIC".to_owned() } else { policy.roles.join(", ") };
        let _ = writeln!(text, "\n  {}: {kind}, {command}, to {}", clean(&policy.name), clean(&roles));
        for (part, expression) in [("using", &policy.using), ("with check", &policy.with_check)] {
            if let Some(expression) = expression {
                let _ = writeln!(text, "    {part:<11} {}", clean(expression));
            }
        }
        if let Some(comment) = &policy.comment {
            let _ = writeln!(text, "    {:<11} {}", "comment", clean(comment));
        }
        for unreadable in &card.unreadable {
            let _ = writeln!(text, "    {} could not be read: {}", unreadable.part, clean(&unreadable.message));
        }
        for remark in &card.remarks {
            let _ = writeln!(text, "    {}", clean(remark));
        }
    }
    if !table.findings.is_empty() {
        text.push('\n');
    }
    for finding in &table.findings {
        let level = format!("{:?}", finding.level).to_lowercase();
        let _ = writeln!(text, "  {level:<7} {} {}", finding.rule, clean(&finding.message));
    }
    text
}

async fn matrix(app: &App, wanted: &PolicyMatrix) -> Outcome {
    let terminal = target::open(app, &wanted.target, true, wanted.password).await?;
    let cells = terminal.policy_matrix(&wanted.schemas, &wanted.roles, wanted.format.0).await.map_err(failed)?;
    say_unread(&cells.unread);
    let text = cells.text.unwrap_or_else(|| aligned(&MATRIX_HEADS, &cells.rows));
    print(wanted.output.as_deref(), &text)
}

/// What is worth knowing of a plan, and each name in it that is not there, but for what the refusal says itself.
fn say_doubts(plan: &PolicyPlan) {
    for warning in &plan.warnings {
        say::line(&format!("warning: {}", clean(warning)));
    }
    for missing in &plan.missing {
        let told = plan.refusal.as_ref().is_some_and(|refusal| refusal.starts_with(&missing.words));
        match missing.certain {
            true if told => {}
            true => say::line(&clean(&missing.words)),
            false => say::line(&format!("warning: {} The server was not sure.", clean(&missing.words))),
        }
    }
}

async fn apply(app: &App, wanted: &PolicyApply) -> Outcome {
    let text = input::text(&wanted.file).await?;
    let terminal = open(app, &wanted.target, wanted.dry_run, wanted.password).await?;
    let proposal = terminal.policy_change(&text, wanted.lock_timeout).await.map_err(failed)?;
    if proposal.is_empty() {
        say::line("Nothing to do: everything is like this already.");
        return Ok(());
    }
    let plan = proposal.plan();
    say_doubts(&plan);
    if let Some(refusal) = &plan.refusal {
        return Err(Failure::new(Exit::Usage, AppError::new(ErrorCode::InvalidStatement, refusal.clone())));
    }
    if wanted.dry_run {
        return print(None, &planned(&plan));
    }
    say::line(planned(&plan).trim_end());
    make(&terminal, &proposal, wanted).await
}

/// A plan as a script that could be run, with what it does as comments.
fn planned(plan: &PolicyPlan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        let _ = writeln!(
            text,
            "-- {}.{}: {}; {}. {}",
            clean(&step.on.schema),
            clean(&step.on.table),
            clean(&step.what),
            step.lock,
            clean(&step.waits)
        );
    }
    for change in &plan.coverage {
        let command = format!("{:?}", change.command).to_uppercase();
        let level = |level: app::api::PolicyLevel| format!("{level:?}").to_lowercase();
        let changed = match (level(change.before), level(change.after)) {
            (before, after) if before == after => format!("{before}, by other policies"),
            (before, after) => format!("{before} → {after}"),
        };
        let loses = if change.loses { "  LOSES ALL ACCESS" } else { "" };
        let table = format!("{}.{}", change.on.schema, change.on.table);
        let _ = writeln!(text, "-- {} {command} {}: {changed}{loses}", clean(&change.role), clean(&table));
    }
    text.push_str(&plan.sql);
    text
}

/// What Rowhouse itself refused before it sent anything is told apart from what the server refused.
fn refused(error: AppError) -> Failure {
    match error.code {
        ErrorCode::Forbidden if error.native.is_none() => Failure::new(Exit::Refused, error),
        _ => failed(error),
    }
}

async fn make(terminal: &Terminal, proposal: &PolicyProposal, wanted: &PolicyApply) -> Outcome {
    let not_kept = |error: AppError| match error.code {
        ErrorCode::Unreachable if !terminal.profile().id.is_empty() => {
            failed(error.with_hint("rowhouse policy last TARGET finds out whether it was kept."))
        }
        _ => refused(error),
    };
    let mut answer = terminal.policy_apply(proposal, &wanted.acknowledged, None).await.map_err(not_kept)?;
    if let PolicyApplied::Confirm { question } = &answer {
        let consent = consent::obtain(question, wanted.yes, "row security is changed").await?;
        answer = terminal.policy_apply(proposal, &wanted.acknowledged, Some(&consent)).await.map_err(not_kept)?;
    }
    match answer {
        PolicyApplied::Applied { changes, elapsed_ms, .. } => {
            let plural = if changes == 1 { "change" } else { "changes" };
            say::line(&format!("Applied {changes} {plural} in {elapsed_ms} ms."));
            Ok(())
        }
        PolicyApplied::Confirm { .. } => Err(consent::declined()),
        PolicyApplied::Locked { error, blockers, .. } => {
            blockers.iter().for_each(say::blocker);
            Err(Failure::new(Exit::Statement, error))
        }
        PolicyApplied::Refused { error, .. } => Err(Failure::statement(error, terminal.read_only())),
    }
}

async fn last(app: &App, wanted: &PolicyLast) -> Outcome {
    let terminal = target::open(app, &wanted.target, true, wanted.password).await?;
    let Some(last) = terminal.policy_last().await.map_err(failed)? else {
        say::line("The answer to every change of row security is known.");
        return Ok(());
    };
    say::line(&last.words);
    let statements: String = last.statements.iter().map(|statement| format!("{};\n", clean(statement))).collect();
    print(None, &statements)?;
    if wanted.forget {
        app.forget_policy_apply(&terminal.profile().id, last.id).await.map_err(Failure::local)?;
    }
    match last.state {
        PolicyFate::Unknown => Err(Failure::silent(Exit::Found)),
        PolicyFate::Applied | PolicyFate::NotApplied => Ok(()),
    }
}

async fn check(app: &App, wanted: &PolicyCheck) -> Outcome {
    let Some(file) = &wanted.file else {
        let terminal = target::open(app, &wanted.target, true, wanted.password).await?;
        let (text, worst) = terminal.advise_rows(AdvisorFormat::Table).await.map_err(failed)?;
        print(None, &text)?;
        return match worst {
            Some(app::api::AdvisorLevel::Error) => Err(Failure::silent(Exit::Found)),
            _ => Ok(()),
        };
    };
    let text = input::text(file).await?;
    let terminal = open(app, &wanted.target, false, wanted.password).await?;
    let proposal = terminal.policy_change(&text, wanted.lock_timeout).await.map_err(failed)?;
    let plan = proposal.plan();
    say_doubts(&plan);
    if let Some(refusal) = &plan.refusal {
        return Err(Failure::new(Exit::Found, AppError::new(ErrorCode::InvalidStatement, refusal.clone())));
    }
    let trial = match proposal.is_empty() {
        true => PolicyTrial::Fine,
        false => terminal.policy_trial(&proposal).await.map_err(refused)?,
    };
    match trial {
        PolicyTrial::Fine => {
            say::line("The server takes it; nothing was changed.");
            Ok(())
        }
        PolicyTrial::Locked { error, blockers } => {
            blockers.iter().for_each(say::blocker);
            Err(Failure::new(Exit::Statement, error))
        }
        PolicyTrial::Refused { error, .. } => Err(Failure::new(Exit::Found, error)),
    }
}

async fn test(app: &App, wanted: &PolicyTest) -> Outcome {
    let suite = input::text(&wanted.suite).await?;
    let terminal = target::open(app, &wanted.target, false, wanted.password).await?;
    let (json, rows, failures) = terminal.policy_test(&suite).await.map_err(failed)?;
    let text = match wanted.format {
        TestFormat::Json => json,
        TestFormat::Table => aligned(&["RESULT", "CASE", "WHY"], &rows),
    };
    print(None, &text)?;
    let passed = rows.len().saturating_sub(failures);
    say::line(&format!("{passed} passed, {failures} failed."));
    if failures > 0 { Err(Failure::silent(Exit::Found)) } else { Ok(()) }
}
