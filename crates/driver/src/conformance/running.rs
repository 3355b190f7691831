//! Statements, values and errors.

use std::time::Duration;

use super::{
    ErrorText, Verdict,
    bench::{Bench, SOON, brief, check, fail, offered, within},
};
use crate::{Code, Error, Event, Statement, arrow};

pub(super) async fn script(bench: &Bench<'_>) -> Result<(), Verdict> {
    let script = offered(&bench.texts().script)?;
    let statements = bench.subject.split(&script.text);
    check(statements.len() == script.statements, || {
        format!("split into {} statements instead of {}", statements.len(), script.statements)
    })?;
    let (_connection, session) = bench.session().await?;
    let mut last = None;
    for text in &statements {
        last = bench.succeed(&*session, Statement::new(text.as_str())).await?.sets.pop();
    }
    let Some(last) = last else { return fail("the last statement has no result") };
    let cell = last.first(0)?;
    check(cell.as_deref() == Some(script.last.as_bytes()), || format!("the last cell is {cell:?}"))
}

pub(super) async fn several_results(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, count) = offered(&bench.texts().several_results)?;
    let (_connection, session) = bench.session().await?;
    let finished = bench.succeed(&*session, Statement::new(text.as_str())).await?;
    check(finished.sets.len() == *count, || format!("{} result sets instead of {count}", finished.sets.len()))
}

pub(super) async fn empty_result(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, names) = offered(&bench.texts().empty_result)?;
    let (_connection, session) = bench.session().await?;
    let finished = bench.succeed(&*session, Statement::new(text.as_str())).await?;
    let Some(set) = finished.sets.first() else { return fail("no head") };
    let visible = set.schema.fields().iter().take(arrow::visible_columns(&set.schema));
    let found: Vec<_> = visible.map(|field| field.name().clone()).collect();
    check(found == *names, || format!("columns {found:?} instead of {names:?}"))?;
    check(set.batches.is_empty(), || "it has rows".to_owned())
}

pub(super) async fn no_columns(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, rows) = offered(&bench.texts().no_columns)?;
    let (_connection, session) = bench.session().await?;
    let finished = bench.succeed(&*session, Statement::new(text.as_str())).await?;
    let Some(set) = finished.sets.first() else { return fail("no head") };
    check(set.schema.fields().is_empty(), || format!("{} columns", set.schema.fields().len()))?;
    let found: usize = set.batches.iter().map(|batch| batch.num_rows()).sum();
    check(found as u64 == *rows, || format!("{found} rows instead of {rows}"))
}

pub(super) async fn every_type(bench: &Bench<'_>) -> Result<(), Verdict> {
    let values = offered(&bench.texts().values)?;
    let (_connection, session) = bench.session().await?;
    let mut wrong = Vec::new();
    for value in values {
        let finished = bench.succeed(&*session, Statement::new(value.statement.as_str())).await?;
        let Some(set) = finished.sets.first() else { return fail(format!("`{}`: no head", value.statement)) };
        let Some(field) = set.schema.fields().first() else { return fail(format!("`{}`: no column", value.statement)) };
        let found = set.first(0)?;
        if field.data_type() != &value.data_type
            || arrow::native_type(field) != value.native_type
            || found != value.expected
        {
            let text = |cell: &Option<Vec<u8>>| cell.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            wrong.push(format!(
                "`{}`: {} {} {:?} instead of {} {} {:?}",
                brief(&value.statement),
                arrow::native_type(field),
                field.data_type(),
                text(&found),
                value.native_type,
                value.data_type,
                text(&value.expected)
            ));
        }
    }
    check(wrong.is_empty(), || wrong.join("; "))
}

pub(super) async fn nulls(bench: &Bench<'_>) -> Result<(), Verdict> {
    let text = offered(&bench.texts().nulls)?;
    let (_connection, session) = bench.session().await?;
    let finished = bench.succeed(&*session, Statement::new(text.as_str())).await?;
    let Some(set) = finished.sets.first() else { return fail("no head") };
    let cells = (set.first(0)?, set.first(1)?);
    check(cells == (None, Some(Vec::new())), || format!("{cells:?} instead of NULL and empty text"))
}

pub(super) async fn notices(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, words) = offered(&bench.texts().notice)?;
    let (_connection, session) = bench.session().await?;
    let finished = bench.succeed(&*session, Statement::new(text.as_str())).await?;
    let Some(notice) = finished.notices.iter().find(|notice| notice.message.contains(words.as_str())) else {
        return fail(format!("no notice with {words:?} among {:?}", finished.notices));
    };
    check(!notice.label.is_empty(), || "the notice has no severity label".to_owned())
}

pub(super) async fn parameters(bench: &Bench<'_>) -> Result<(), Verdict> {
    let text = offered(&bench.texts().parameters)?;
    let (_connection, session) = bench.session().await?;
    let awkward = "a'b\"c\\d;--e\n$1 ? 日本 🚀";
    for (first, second) in [(Some(awkward), None), (Some(""), Some("'; drop table x; --"))] {
        let statement = Statement::new(text.as_str()).with_values([first, second]);
        let finished = bench.succeed(&*session, statement).await?;
        let Some(set) = finished.sets.first() else { return fail("no head") };
        let sent = [first, second].map(|value| value.map(|text| text.as_bytes().to_vec()));
        let found = [set.first(0)?, set.first(1)?];
        check(found == sent, || format!("{found:?} came back for {sent:?}"))?;
    }
    Ok(())
}

async fn failure(bench: &Bench<'_>, text: &ErrorText, code: Code) -> Result<Error, Verdict> {
    let (_connection, session) = bench.session().await?;
    bench.all(&*session, &text.setup).await?;
    let error = bench.error(&*session, &text.statement).await?;
    check(error.code == code, || format!("{:?} instead of {code:?}: {}", error.code, error.message))?;
    if let Some(span) = text.span {
        check(error.span == Some(span), || format!("{:?} instead of {span:?}", error.span))?;
    }
    let Some(native) = &error.native else { return fail("nothing of what the server said") };
    check(!native.code.is_empty() && !native.message.is_empty(), || format!("the server's words: {native:?}"))?;
    bench.works(&*session).await?;
    Ok(error)
}

pub(super) async fn syntax_error(bench: &Bench<'_>) -> Result<(), Verdict> {
    failure(bench, offered(&bench.texts().syntax_error)?, Code::InvalidStatement).await.map(drop)
}

pub(super) async fn missing_relation(bench: &Bench<'_>) -> Result<(), Verdict> {
    failure(bench, offered(&bench.texts().missing_relation)?, Code::NotFound).await.map(drop)
}

pub(super) async fn unique_violation(bench: &Bench<'_>) -> Result<(), Verdict> {
    failure(bench, offered(&bench.texts().unique_violation)?, Code::ConstraintViolated).await.map(drop)
}

pub(super) async fn hint(bench: &Bench<'_>) -> Result<(), Verdict> {
    let text = offered(&bench.texts().hint)?;
    let (_connection, session) = bench.session().await?;
    bench.all(&*session, &text.setup).await?;
    let error = bench.error(&*session, &text.statement).await?;
    check(error.hint.as_deref().is_some_and(|hint| !hint.is_empty()), || format!("no hint in {error:?}"))
}

pub(super) async fn queue(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    let one = || Statement::new(bench.texts().one.as_str());
    let mut first = bench.start_endless(&*session).await?;
    let mut second = session.run(one());
    let early = tokio::time::timeout(Duration::from_millis(300), second.next()).await;
    check(early.is_err(), || "the second run began before the first ended".to_owned())?;
    // A waiting run can be given up without being started.
    drop(session.run(one()));
    first.cancel.cancel().await.map_err(|error| Verdict::Failed(format!("cancel: {error}")))?;
    while let Some(event) = within(SOON, "the first run", first.next()).await? {
        if matches!(event, Ok(Event::Done(_)) | Err(_)) {
            break;
        }
    }
    let finished = bench.finish(second).await?;
    check(finished.end.is_ok(), || format!("the second run: {:?}", finished.end))?;
    bench.works(&*session).await
}

pub(super) async fn timeout(bench: &Bench<'_>) -> Result<(), Verdict> {
    let text = offered(&bench.texts().sleep)?;
    let (_connection, session) = bench.session().await?;
    let statement = Statement::new(text.as_str()).with_timeout(Duration::from_millis(400));
    match bench.finish(session.run(statement)).await?.end {
        Err(error) if error.code == Code::TimedOut => {}
        other => return fail(format!("{other:?} instead of TimedOut")),
    }
    bench.until_active(&*session, false).await?;
    bench.works(&*session).await
}
