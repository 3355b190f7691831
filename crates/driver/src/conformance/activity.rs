//! The activity facet: another's session is seen, cancelled and ended, and nobody else's.

use std::time::Duration;

use super::{
    Verdict,
    bench::{Bench, check, fail, is_lost, unexpected},
};
use crate::{
    Activity, Capabilities, Code, Doing, Moment, Outcome, Role, ServerSession, Signal, Signalled, Statement, Target,
};

async fn now(activity: &dyn Activity) -> Result<Moment, Verdict> {
    activity.now().await.map_err(|error| unexpected("the sessions", &error))
}

/// Waits until the server says that this session does this.
async fn until(activity: &dyn Activity, id: &str, doing: Doing) -> Result<ServerSession, Verdict> {
    let mut last = None;
    for _ in 0..200 {
        last = now(activity).await?.sessions.into_iter().find(|session| session.id == id);
        match &last {
            Some(session) if session.doing == doing => return Ok(session.clone()),
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    fail(format!("20 s later session {id} is still {last:?} instead of {doing:?}"))
}

async fn signal(activity: &dyn Activity, target: &Target, signal: Signal) -> Result<Signalled, Verdict> {
    activity.signal(target, signal).await.map_err(|error| unexpected("the signal", &error))
}

pub(super) async fn activity(bench: &Bench<'_>) -> Result<(), Verdict> {
    let connection = bench.connect().await?;
    let control = connection.control();
    let Some(activity) = control.activity() else {
        check(!Capabilities::of(control).activity, || "offered but not there".to_owned())?;
        return Err(Verdict::Absent("no activity facet".to_owned()));
    };
    check(Capabilities::of(control).activity, || "there but not offered".to_owned())?;
    activity.sizes().await.map_err(|error| unexpected("the sizes", &error))?;

    let session = connection.open(Role::Session).await.map_err(|error| unexpected("open", &error))?;
    let id = session.state().borrow().server_id.clone().unwrap_or_default();
    let listed = now(activity).await?.sessions;
    if !listed.iter().any(|session| session.id == id) {
        let why = "the session does not know which of the server's it is";
        return Err(Verdict::Unverifiable(why.to_owned()));
    }
    let run = bench.start_sleep(&*session).await?;
    let seen = until(activity, &id, Doing::Active).await?;
    check(seen.statement.is_some(), || "its statement is not told".to_owned())?;
    check(seen.ours, || "it is not told to be ours".to_owned())?;
    let target = Target { session: id.clone(), opened: seen.opened.clone(), statement_id: seen.statement_id.clone() };
    if target.opened.is_some() {
        let other = Target { opened: Some("never".to_owned()), ..target.clone() };
        for what in [Signal::Cancel, Signal::Kill] {
            let became = signal(activity, &other, what).await?;
            check(became == Signalled::Gone, || format!("{became:?} for one that came before"))?;
        }
    }
    if target.statement_id.is_some() {
        let other = Target { statement_id: Some("never".to_owned()), ..target.clone() };
        let became = signal(activity, &other, Signal::Cancel).await?;
        check(became == Signalled::Another, || format!("{became:?} for another statement"))?;
    }
    until(activity, &id, Doing::Active).await?;

    let became = signal(activity, &target, Signal::Cancel).await?;
    check(matches!(became, Signalled::Done | Signalled::Accepted), || format!("the cancel became {became:?}"))?;
    let stopped = bench.finish(run).await?.end;
    let completed = matches!(&stopped, Ok(summary) if summary.outcome != Outcome::Cancelled);
    check(!completed, || "the statement ran to its end".to_owned())?;
    bench.works(&*session).await?;

    until(activity, &id, Doing::Idle).await?;
    let became = signal(activity, &Target { statement_id: None, ..target.clone() }, Signal::Cancel).await?;
    check(became == Signalled::Idle, || format!("{became:?} where nothing runs"))?;
    bench.works(&*session).await?;

    match activity.signal(&target, Signal::Kill).await {
        // A server may have no way to end another's session; then it must not seem to have one.
        Err(error) if error.code == Code::Unsupported => bench.works(&*session).await?,
        became => {
            let became = became.map_err(|error| unexpected("the signal", &error))?;
            check(matches!(became, Signalled::Done | Signalled::Accepted), || format!("the kill became {became:?}"))?;
            let mut state = session.state();
            bench.until_state(&mut state, "the end of the killed session", is_lost).await?;
            check(bench.finish(session.run(Statement::new(bench.texts().one.as_str()))).await?.end.is_err(), || {
                "a killed session works".to_owned()
            })?;
        }
    }

    if let Some(asking) = now(activity).await?.sessions.into_iter().find(|session| session.asking) {
        let own = Target { session: asking.id, ..Target::default() };
        let refused = activity.signal(&own, Signal::Kill).await;
        check(matches!(&refused, Err(error) if error.code == Code::Forbidden), || {
            format!("{refused:?} for the session this is asked over")
        })?;
    }
    for nonsense in ["", "1 or 1=1", "x'"] {
        let refused =
            activity.signal(&Target { session: nonsense.to_owned(), ..Target::default() }, Signal::Kill).await;
        check(matches!(&refused, Err(error) if error.code == Code::InvalidStatement), || {
            format!("{refused:?} for a session called {nonsense:?}")
        })?;
    }
    Ok(())
}
