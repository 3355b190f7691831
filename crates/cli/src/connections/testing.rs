//! Trying a connection.

use app::{
    App,
    api::{AppError, DraftPassword, ErrorCode, PasswordPolicy, ProfileDraft, TestReport},
};
use serde::Serialize;

use super::{drafting, json};
use crate::{
    arguments::{ListFormat, PasswordInput},
    failure::{Exit, Failure, Outcome},
    output::print,
    prompt, table,
};

/// Names the one attempt of this process; Ctrl+C ends it with the process.
const TEST: &str = "terminal";

/// How a test went in `--format json`: stable, documented in docs/cli.md.
#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    server: Option<&'a app::api::ServerFacts>,
    hops: &'a [app::api::HopReport],
    error: Option<&'a AppError>,
    elapsed_ms: u64,
}

/// Connects, says how each hop went, and closes again.
pub(super) async fn test(app: &App, target: &str, format: ListFormat, input: PasswordInput) -> Outcome {
    let mut draft = match app.profile_named(target).await.map_err(Failure::local)? {
        Some(profile) => {
            if profile.sample {
                app.open_sample().await.map_err(Failure::local)?;
            }
            ProfileDraft { id: (!profile.sample).then(|| profile.id.clone()), ..drafting::draft_of(profile) }
        }
        None => {
            let (driver, values, password) = drafting::parsed(app, target).await?;
            ProfileDraft {
                id: None,
                name: String::new(),
                group: None,
                colour: None,
                environment: app::api::Environment::Local,
                safety: app::api::Safety::Free,
                driver,
                values,
                password_policy: PasswordPolicy::Keychain,
                password,
                ..ProfileDraft::default()
            }
        }
    };
    let given = prompt::given(input)?;
    let mut askable = given.is_none() && draft.password_policy != PasswordPolicy::Command && prompt::is_possible();
    if let Some(secret) = given {
        draft.password = DraftPassword::Set { secret };
    } else if draft.password_policy == PasswordPolicy::Ask && askable {
        askable = ask(&mut draft).await;
    }
    let mut report = app.test_profile(draft.clone(), TEST, |_| {}).await.map_err(Failure::connecting)?;
    if askable && report.error.as_ref().is_some_and(wants_password) && ask(&mut draft).await {
        report = app.test_profile(draft, TEST, |_| {}).await.map_err(Failure::connecting)?;
    }
    tell(&report, format)?;
    match report.error {
        None => Ok(()),
        Some(error) if format == ListFormat::Json => Err(Failure::silent(Failure::connecting(error).exit)),
        Some(error) => Err(Failure { exit: Exit::Connection, ..Failure::connecting(error) }),
    }
}

fn wants_password(error: &AppError) -> bool {
    matches!(error.code, ErrorCode::Unauthenticated | ErrorCode::Cancelled)
}

async fn ask(draft: &mut ProfileDraft) -> bool {
    match prompt::password("Password: ").await {
        Some(secret) => {
            draft.password = DraftPassword::Set { secret };
            true
        }
        None => false,
    }
}

fn tell(report: &TestReport, format: ListFormat) -> Outcome {
    if format == ListFormat::Json {
        let report = Report {
            ok: report.error.is_none(),
            server: report.server.as_ref(),
            hops: &report.hops,
            error: report.error.as_ref(),
            elapsed_ms: report.elapsed_ms,
        };
        return print(None, &json(&report)?);
    }
    let row = |hop: &app::api::HopReport| {
        let outcome = if hop.ok { "ok" } else { "failed" };
        vec![hop.name.clone(), outcome.to_owned(), format!("{} ms", hop.elapsed_ms), hop.detail.clone()]
    };
    let mut text =
        table::aligned(&["HOP", "OUTCOME", "TIME", "FOUND"], &report.hops.iter().map(row).collect::<Vec<_>>());
    if let Some(server) = &report.server {
        text.push_str(&format!("{} {}, in {} ms\n", server.product, server.version, report.elapsed_ms));
    }
    print(None, &text)
}
