//! Cancels, dropped runs and dying servers.

use std::time::Duration;

use super::{
    Verdict,
    bench::{Bench, SOON, check, fail, is_lost, offered, unexpected, within},
};
use crate::{Code, Event, Link, Run, Session, Statement};

async fn kill(bench: &Bench<'_>, session: &dyn Session) -> Result<(), Verdict> {
    let state = session.state().borrow().clone();
    Ok(bench.subject.kill(&state).await?)
}

async fn ends_unreachable(mut run: Run) -> Result<(), Verdict> {
    let mut rows = 0;
    while let Some(event) = within(SOON, "the run of a dead session", run.next()).await? {
        match event {
            Err(error) => {
                return check(error.code == Code::Unreachable, || format!("{:?}: {error}", error.code));
            }
            Ok(Event::Done(summary)) => return fail(format!("it ended well: {summary:?}")),
            Ok(_) => {
                rows += 1;
                check(rows < 10_000, || "rows go on".to_owned())?;
            }
        }
    }
    // The channel had no room for the error; the state tells it.
    Ok(())
}

pub(super) async fn lost_while_idle(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    bench.works(&*session).await?;
    let mut state = session.state();
    kill(bench, &*session).await?;
    bench.until_state(&mut state, "the state Lost", is_lost).await?;
    let error = bench.error(&*session, &bench.texts().one).await?;
    check(error.code == Code::Unreachable, || format!("{:?} instead of Unreachable", error.code))
}

pub(super) async fn lost_while_running(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    let run = bench.start_sleep(&*session).await?;
    let mut state = session.state();
    kill(bench, &*session).await?;
    ends_unreachable(run).await?;
    bench.until_state(&mut state, "the state Lost", is_lost).await.map(drop)
}

pub(super) async fn lost_while_paused(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    let run = bench.start_endless(&*session).await?;
    let mut state = session.state();
    kill(bench, &*session).await?;
    // Nobody reads the run: the session has to notice by itself.
    bench.until_state(&mut state, "the state Lost while paused", is_lost).await?;
    ends_unreachable(run).await
}

pub(super) async fn dropped_half_read(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (connection, session) = bench.session().await?;
    for _ in 0..3 {
        drop(bench.start_endless(&*session).await?);
        let state = session.state().borrow().link.clone();
        if state != Link::Up {
            break;
        }
        match bench.works(&*session).await {
            // A driver may close the session instead of draining it.
            Err(_) if session.state().borrow().link != Link::Up => break,
            other => other?,
        }
    }
    drop(connection);
    match bench.until_active(&*session, false).await {
        Err(Verdict::Unverifiable(_) | Verdict::Absent(_)) | Ok(()) => Ok(()),
        other => other,
    }
}

async fn cancel(run: &Run) -> Result<(), Verdict> {
    within(SOON, "the cancel", run.cancel.cancel()).await?.map_err(|error| unexpected("cancel", &error))
}

pub(super) async fn cancel_early(bench: &Bench<'_>) -> Result<(), Verdict> {
    let text = offered(&bench.texts().sleep)?;
    let (_connection, session) = bench.session().await?;
    let run = session.run(Statement::new(text.as_str()));
    cancel(&run).await?;
    bench.cancelled(run).await?;
    bench.works(&*session).await
}

pub(super) async fn cancel_running(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    let run = bench.start_sleep(&*session).await?;
    cancel(&run).await?;
    bench.cancelled(run).await?;
    bench.until_active(&*session, false).await?;
    bench.works(&*session).await
}

pub(super) async fn cancel_paused(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    let run = bench.start_endless(&*session).await?;
    cancel(&run).await?;
    bench.cancelled(run).await?;
    bench.until_active(&*session, false).await?;
    bench.works(&*session).await
}

pub(super) async fn cancel_late(bench: &Bench<'_>) -> Result<(), Verdict> {
    let sleep = offered(&bench.texts().sleep)?;
    let (_connection, session) = bench.session().await?;
    let ended = session.run(Statement::new(bench.texts().one.as_str()));
    let late = ended.cancel.clone();
    bench.finish(ended).await?;
    // Late but before the next run: it must not be remembered.
    within(SOON, "the late cancel", late.cancel()).await?.map_err(|error| unexpected("late cancel", &error))?;
    let mut next = session.run(Statement::new(sleep.as_str()));
    // And once more while the next one runs.
    within(SOON, "the late cancel", late.cancel()).await?.map_err(|error| unexpected("late cancel", &error))?;
    match tokio::time::timeout(Duration::from_millis(700), next.next()).await {
        Err(_) | Ok(Some(Ok(Event::ResultSet(..) | Event::Notice(_)))) => {}
        Ok(event) => return fail(format!("the next run was hit: {event:?}")),
    }
    cancel(&next).await?;
    bench.cancelled(next).await?;
    bench.works(&*session).await
}

pub(super) async fn survive_cancel(bench: &Bench<'_>) -> Result<(), Verdict> {
    let probe = offered(&bench.texts().probe)?;
    let (_connection, session) = bench.session().await?;
    bench.all(&*session, &probe.setup).await?;
    let before = session.state().borrow().server_id.clone();
    let run = bench.start_sleep(&*session).await?;
    cancel(&run).await?;
    bench.cancelled(run).await?;
    let found = bench.scalar(&*session, &probe.check).await?;
    check(found.as_deref() == Some(probe.expected.as_str()), || format!("the session gives {found:?} now"))?;
    let after = session.state().borrow().server_id.clone();
    check(before == after, || format!("the session was {before:?} and is {after:?}"))
}
