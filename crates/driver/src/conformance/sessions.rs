//! What a session says of itself, and its neighbours.

use std::time::{Duration, Instant};

use super::{
    Verdict,
    bench::{Bench, SOON, check, fail, offered, unexpected, within},
};
use crate::{Code, Link, Message, Role, Session, Statement, Transaction};

async fn told(bench: &Bench<'_>, session: &dyn Session, text: &str, wanted: Transaction) -> Result<(), Verdict> {
    let finished = bench.succeed(session, Statement::new(text)).await?;
    let summary = finished.end.map_err(|error| unexpected(text, &error))?;
    check(summary.transaction == wanted, || format!("`{text}` ends {:?} instead of {wanted:?}", summary.transaction))?;
    seen(bench, session, wanted).await
}

async fn seen(bench: &Bench<'_>, session: &dyn Session, wanted: Transaction) -> Result<(), Verdict> {
    let what = format!("the state {wanted:?}");
    bench.until_state(&mut session.state(), &what, |state| state.transaction == wanted).await.map(drop)
}

pub(super) async fn transaction(bench: &Bench<'_>) -> Result<(), Verdict> {
    let texts = offered(&bench.texts().transactions)?;
    let (_connection, session) = bench.session().await?;
    for end in [&texts.commit, &texts.rollback] {
        seen(bench, &*session, Transaction::Idle).await?;
        told(bench, &*session, &texts.begin, Transaction::Open).await?;
        told(bench, &*session, &bench.texts().one, Transaction::Open).await?;
        told(bench, &*session, end, Transaction::Idle).await?;
    }
    Ok(())
}

pub(super) async fn failed_transaction(bench: &Bench<'_>) -> Result<(), Verdict> {
    let texts = offered(&bench.texts().transactions)?;
    let failing = offered(&bench.texts().failed_transaction)?;
    let (_connection, session) = bench.session().await?;
    told(bench, &*session, &texts.begin, Transaction::Open).await?;
    bench.error(&*session, failing).await?;
    seen(bench, &*session, Transaction::Failed).await?;
    told(bench, &*session, &texts.rollback, Transaction::Idle).await?;
    bench.works(&*session).await
}

pub(super) async fn notifications(bench: &Bench<'_>) -> Result<(), Verdict> {
    let texts = offered(&bench.texts().listening)?;
    let (connection, session) = bench.session().await?;
    let other = connection.open(Role::Session).await.map_err(|error| unexpected("open", &error))?;
    let mut messages = session.messages();
    bench.succeed(&*session, Statement::new(texts.listen.as_str())).await?;
    bench.succeed(&*other, Statement::new(texts.notify.as_str())).await?;
    loop {
        match within(SOON, "the notification", messages.recv()).await? {
            Ok(Message::Notification { channel, payload, .. }) => {
                return check(channel == texts.channel && payload == texts.payload, || {
                    format!("{channel:?} {payload:?} instead of {:?} {:?}", texts.channel, texts.payload)
                });
            }
            Ok(_) => {}
            Err(error) => return fail(format!("the messages ended: {error}")),
        }
    }
}

pub(super) async fn parameter_status(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, name, value) = offered(&bench.texts().parameter_status)?;
    let (_connection, session) = bench.session().await?;
    let mut messages = session.messages();
    bench.succeed(&*session, Statement::new(text.as_str())).await?;
    let wanted = Message::Parameter { name: name.clone(), value: value.clone() };
    loop {
        match within(SOON, "the parameter", messages.recv()).await? {
            Ok(message) if message == wanted => return Ok(()),
            Ok(_) => {}
            Err(error) => return fail(format!("the messages ended: {error}")),
        }
    }
}

pub(super) async fn two_sessions(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (connection, first) = bench.session().await?;
    let second = connection.open(Role::Session).await.map_err(|error| unexpected("open", &error))?;
    if let Ok(probe) = &bench.texts().probe {
        bench.all(&*first, &probe.setup).await?;
        let finished = bench.finish(second.run(Statement::new(probe.check.as_str()))).await?;
        let same = finished.end.is_ok()
            && finished
                .sets
                .last()
                .is_some_and(|set| set.first(0).is_ok_and(|cell| cell.as_deref() == Some(probe.expected.as_bytes())));
        check(!same, || "the second session sees what only the first one knows".to_owned())?;
    }
    let sleep = bench.start_sleep(&*first).await?;
    let began = Instant::now();
    bench.works(&*second).await?;
    check(began.elapsed() < Duration::from_secs(10), || "the second session waited for the first".to_owned())?;
    sleep.cancel.cancel().await.map_err(|error| unexpected("cancel", &error))?;
    bench.cancelled(sleep).await?;
    second.close().await;
    bench.works(&*first).await
}

pub(super) async fn read_only(bench: &Bench<'_>) -> Result<(), Verdict> {
    let texts = offered(&bench.texts().writing)?;
    let (_connection, writer) = bench.session().await?;
    bench.all(&*writer, &texts.setup).await?;
    let login = bench.subject.login();
    let guarded = bench.try_connect(login, true).await.map_err(|error| unexpected("connect read-only", &error))?;
    let reader = guarded.open(Role::Session).await.map_err(|error| unexpected("open", &error))?;
    check(reader.state().borrow().read_only, || "the state does not say that it is read-only".to_owned())?;
    bench.works(&*reader).await?;
    let refused = bench.error(&*reader, &texts.write).await;
    let found = bench.scalar(&*writer, &texts.check).await?;
    check(found.as_deref() == Some(texts.unchanged.as_str()), || format!("it was written: {found:?}"))?;
    let refused = refused?;
    check(refused.code == Code::Forbidden, || format!("{:?} instead of Forbidden: {refused}", refused.code))?;
    bench.works(&*reader).await
}

pub(super) async fn close(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, idle) = bench.session().await?;
    let (_other, busy) = bench.session().await?;
    let mut run = bench.start_endless(&*busy).await?;
    for session in [&idle, &busy] {
        let mut state = session.state();
        let began = Instant::now();
        within(Duration::from_secs(2), "close", session.close()).await?;
        bench.until_state(&mut state, "the state Closed", |state| state.link == Link::Closed).await?;
        check(began.elapsed() < Duration::from_secs(2), || format!("it took {:?}", began.elapsed()))?;
    }
    // What was sent already may still be read; then the run is over.
    let mut left = 0;
    while let Some(event) = within(SOON, "the closed run", run.next()).await? {
        left += 1;
        check(left < 100, || "the run goes on after the close".to_owned())?;
        if event.is_err() {
            break;
        }
    }
    let error = bench.error(&*idle, &bench.texts().one).await?;
    check(matches!(error.code, Code::Unreachable | Code::Cancelled), || format!("a closed session: {:?}", error.code))
}

pub(super) async fn ping(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (connection, session) = bench.session().await?;
    within(SOON, "ping", session.ping()).await?.map_err(|error| unexpected("ping", &error))?;
    within(SOON, "ping", connection.control().ping()).await?.map_err(|error| unexpected("control ping", &error))?;
    bench.works(&*session).await?;
    session.close().await;
    check(within(SOON, "ping", session.ping()).await?.is_err(), || "a closed session answers a ping".to_owned())
}
