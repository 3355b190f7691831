//! Connecting, and failing to.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    Login, Offer, Verdict,
    bench::{Bench, SOON, check, fail, unexpected, within},
};
use crate::{Code, ConnectContext, Error, HopOutcome, Profile};

pub(super) async fn connect(bench: &Bench<'_>) -> Result<(), Verdict> {
    let connection = bench.connect().await?;
    let server = connection.control().server();
    let expected = bench.subject.expected_version();
    check(!server.product.is_empty(), || "the server has no product name".to_owned())?;
    check(server.version.starts_with(expected), || {
        format!("the server is {} {}, expected {expected}", server.product, server.version)
    })?;
    check(server.version_number > 0, || "the version has no number".to_owned())?;
    connection.close().await;
    Ok(())
}

pub(super) async fn hops(bench: &Bench<'_>) -> Result<(), Verdict> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&seen);
    let login = bench.subject.login();
    let context = ConnectContext {
        hops: Arc::new(move |hop| to.lock().unwrap_or_else(PoisonError::into_inner).push(hop)),
        ..ConnectContext::unattended(login.password)
    };
    let connected = bench.subject.driver().connect(&login.profile, context).await;
    let connection = connected.map_err(|error| unexpected("connect", &error))?;
    connection.close().await;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    check(!seen.is_empty(), || "no hop was reported".to_owned())?;
    check(seen.iter().all(|hop| !hop.name.is_empty()), || "a hop has no name".to_owned())?;
    // A hop may fail where another way was tried next, but not the last one.
    check(seen.last().is_some_and(|hop| hop.outcome == HopOutcome::Done), || format!("the last hop failed: {seen:?}"))
}

async fn refused(bench: &Bench<'_>, login: Offer<Login>, code: Code) -> Result<Error, Verdict> {
    let error = match within(SOON * 2, "the attempt", bench.try_connect(login?, false)).await? {
        Ok(_) => return fail("it connected"),
        Err(error) => error,
    };
    check(error.code == code, || format!("{:?} instead of {code:?}: {}", error.code, error.message))?;
    check(!error.message.is_empty(), || "the error says nothing".to_owned())?;
    Ok(error)
}

pub(super) async fn wrong_password(bench: &Bench<'_>) -> Result<(), Verdict> {
    let login = bench.subject.wrong_password()?;
    let password = login.password.clone();
    let error = refused(bench, Ok(login), Code::Unauthenticated).await?;
    let shown = format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap_or_default());
    check(password.is_none_or(|secret| secret.is_empty() || !shown.contains(secret.expose())), || {
        "the error repeats the password".to_owned()
    })
}

pub(super) async fn unknown_host(bench: &Bench<'_>) -> Result<(), Verdict> {
    refused(bench, bench.subject.unknown_host(), Code::Unreachable).await.map(drop)
}

pub(super) async fn refused_port(bench: &Bench<'_>) -> Result<(), Verdict> {
    refused(bench, bench.subject.refused_port(), Code::Unreachable).await.map(drop)
}

pub(super) async fn unknown_database(bench: &Bench<'_>) -> Result<(), Verdict> {
    refused(bench, bench.subject.unknown_database(), Code::NotFound).await.map(drop)
}

pub(super) async fn bad_url(bench: &Bench<'_>) -> Result<(), Verdict> {
    let driver = bench.subject.driver();
    let text = "nosuchscheme://someone:s3cr3t-w0rd@host/name";
    match driver.parse_url(text) {
        Ok(_) => return fail(format!("{text} was accepted")),
        Err(error) => {
            check(error.code == Code::InvalidStatement, || format!("{:?} instead of InvalidStatement", error.code))?;
            check(!format!("{error:?}").contains("s3cr3t-w0rd"), || "the error repeats the password".to_owned())?;
        }
    }
    let profile = Profile { driver: driver.id().to_owned(), ..bench.subject.login().profile };
    check(!driver.target(&profile).is_empty(), || "the target line is empty".to_owned())
}
