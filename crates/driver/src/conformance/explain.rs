//! Plans: read without running, and what was measured is undone.

use super::{
    Verdict,
    bench::{Bench, ResultSet, check, fail, offered, unexpected},
};
use crate::{Capabilities, Explain, ExplainOptions, Plan, Session, Statement, Transaction};

/// The rows of a result as the facet reads them.
fn rows(set: &ResultSet<'_>) -> Result<Vec<Vec<Option<String>>>, Verdict> {
    let mut rows = Vec::new();
    for batch in &set.batches {
        for row in 0..batch.num_rows() {
            let columns = crate::arrow::visible_columns(&set.schema);
            let texts: Result<Vec<_>, Verdict> = (0..columns)
                .map(|column| {
                    Ok(set.printed(batch, row, column)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
                })
                .collect();
            rows.push(texts?);
        }
    }
    Ok(rows)
}

async fn plan(
    bench: &Bench<'_>,
    session: &dyn Session,
    explain: &dyn Explain,
    statement: &str,
    analyze: bool,
) -> Result<Plan, Verdict> {
    let question =
        explain.ask(statement, ExplainOptions { analyze }).map_err(|error| unexpected("the question", &error))?;
    check(question.text.get(question.shift..).is_some_and(|rest| rest.starts_with(statement)), || {
        format!("the statement is not in {:?} as it was given", question.text)
    })?;
    if let Some(mode) = &question.mode {
        bench.succeed(session, Statement::new(mode.on)).await?;
    }
    let finished = bench.succeed(session, Statement::new(question.text.clone())).await?;
    if let Some(mode) = &question.mode {
        bench.succeed(session, Statement::new(mode.off)).await?;
    }
    let Some(set) = finished.sets.iter().rfind(|set| question.answers(&set.schema)) else {
        return fail("a plan without a result");
    };
    explain.read(&question, &rows(set)?).map_err(|error| unexpected("reading the plan", &error))
}

/// What the tree must keep, whoever made it.
fn whole(plan: &Plan) -> Result<(), Verdict> {
    check(!plan.raw.is_empty(), || "the server's own answer is gone".to_owned())?;
    for (place, node) in plan.nodes.iter().enumerate() {
        let earlier = node.parent.is_none_or(|parent| (parent as usize) < place);
        check(earlier, || format!("node {place} stands before the one it belongs to"))?;
        check(!node.kind.is_empty(), || format!("node {place} does not say what it is"))?;
    }
    Ok(())
}

pub(super) async fn explain(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (connection, session) = bench.session().await?;
    let control = connection.control();
    let Some(explain) = control.explain() else {
        check(!Capabilities::of(control).explain, || "offered but not there".to_owned())?;
        return Err(Verdict::Absent("no explain facet".to_owned()));
    };
    check(Capabilities::of(control).explain, || "there but not offered".to_owned())?;
    let paging = offered(&bench.texts().paging)?;
    for text in &paging.setup {
        drop(bench.finish(session.run(Statement::new(text.as_str()))).await?);
    }
    let (key, select) = (&paging.relation, paging.read.as_str());
    let read = plan(bench, &*session, explain, select, false).await?;
    whole(&read)?;
    check(!read.measured, || "measured though nothing was run".to_owned())?;
    check(read.nodes.iter().any(|node| node.relation.as_deref() == Some(key.name.as_str())), || {
        format!("{} is not in the plan: {}", key.name, read.raw)
    })?;
    if explain.measures() {
        let read = plan(bench, &*session, explain, select, true).await?;
        whole(&read)?;
        check(read.measured, || "not measured though it was run".to_owned())?;
        check(read.nodes.iter().any(|node| node.actual.is_some()), || format!("nothing was counted: {}", read.raw))?;
        undone(bench, &*session, explain).await?;
    }
    let missing = offered(&bench.texts().missing_relation)?;
    let Some(place) = missing.span else { return Ok(()) };
    let question = explain
        .ask(&missing.statement, ExplainOptions { analyze: false })
        .map_err(|error| unexpected("the question", &error))?;
    let error = bench.error(&*session, &question.text).await?;
    let found = error.span.map(|span| (span.start.checked_sub(question.shift), span.end.checked_sub(question.shift)));
    check(found == Some((Some(place.start), Some(place.end))), || {
        format!("the error is at {:?} of the question, {} bytes of which stand before", error.span, question.shift)
    })
}

/// A measured write leaves nothing behind, by itself and inside a transaction that goes on.
async fn undone(bench: &Bench<'_>, session: &dyn Session, explain: &dyn Explain) -> Result<(), Verdict> {
    let writing = offered(&bench.texts().writing)?;
    let transactions = bench.texts().transactions.as_ref().ok();
    for text in &writing.setup {
        drop(bench.finish(session.run(Statement::new(text.as_str()))).await?);
    }
    for inside in [false, true] {
        let state = if inside { Transaction::Open } else { Transaction::Idle };
        let Some(undo) = explain.undo(state) else { return fail("what it runs it cannot undo") };
        match transactions {
            Some(transactions) if inside => {
                bench.succeed(session, Statement::new(transactions.begin.as_str())).await?;
            }
            // There are none to be inside of.
            None if inside => continue,
            _ => {}
        }
        for text in &undo.before {
            bench.succeed(session, Statement::new(*text)).await?;
        }
        whole(&plan(bench, session, explain, &writing.write, true).await?)?;
        for text in &undo.after {
            bench.succeed(session, Statement::new(*text)).await?;
        }
        let now = session.state().borrow().transaction;
        check(now == state, || format!("the transaction is {now:?} afterwards"))?;
        let stayed = bench.scalar(session, &writing.check).await?;
        check(stayed.as_deref() == Some(writing.unchanged.as_str()), || format!("{stayed:?} stayed behind"))?;
        if let Some(transactions) = transactions.filter(|_| inside) {
            bench.succeed(session, Statement::new(transactions.commit.as_str())).await?;
        }
    }
    Ok(())
}
