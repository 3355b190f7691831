//! Looks whether everything Rowhouse needs is there.

use app::{App, Face, Options, api::AppError, terminal::Opening};
use driver::NeverAsk;
use serde::Serialize;
use std::sync::Arc;

use crate::{
    arguments::{Doctor, ListFormat},
    connections::json,
    failure::{Exit, Failure, Outcome},
    open,
    output::print,
    table,
};

/// How one thing was found; documented in docs/cli.md.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    /// `ok`; `missing`, which Rowhouse can do without; `failed`, which it cannot.
    state: State,
    found: String,
    hint: Option<String>,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Missing,
    Failed,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Missing => "missing",
            State::Failed => "failed",
        }
    }
}

fn ok(check: &'static str, found: impl Into<String>) -> Finding {
    Finding { check, state: State::Ok, found: found.into(), hint: None }
}

fn failed(check: &'static str, error: AppError) -> Finding {
    Finding { check, state: State::Failed, found: error.message, hint: error.hint }
}

/// Looks at everything and says what was found.
pub(crate) async fn run(doctor: &Doctor) -> Outcome {
    let mut findings = vec![ok("version", format!("rowhouse {}, {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS))];
    match App::open(Options { home: None, face: Face::Cli }).await {
        Ok(app) => {
            findings.push(ok("store", app.home().display().to_string()));
            findings.push(keychain(&app).await);
            findings.push(sample(&app).await);
            for form in app.drivers() {
                let schemes: Vec<String> = form.schemes.iter().map(|scheme| format!("{scheme}:")).collect();
                findings.push(ok("driver", format!("{} ({})", form.label, schemes.join(" "))));
            }
            findings.push(display());
            findings.push(ok("drawing", app.about().await.rendering));
            app.close().await;
        }
        Err(error) => {
            findings.push(failed("store", error));
            findings.push(display());
        }
    }
    findings.push(window());
    let text = match doctor.format {
        ListFormat::Json => json(&findings)?,
        ListFormat::Table => {
            let mut rows = Vec::new();
            for finding in &findings {
                rows.push(vec![finding.check.to_owned(), finding.state.word().to_owned(), finding.found.clone()]);
                if let Some(hint) = &finding.hint {
                    rows.push(vec![String::new(), String::new(), hint.clone()]);
                }
            }
            table::aligned(&["CHECK", "STATE", "FOUND"], &rows)
        }
    };
    print(None, &text)?;
    match findings.iter().any(|finding| finding.state == State::Failed) {
        true => Err(Failure::silent(Exit::Local)),
        false => Ok(()),
    }
}

/// Without a keychain passwords are asked for every time: a pity, not a fault.
async fn keychain(app: &App) -> Finding {
    let state = app.probe_keychain().await;
    match state.works {
        true => ok("keychain", format!("{}: wrote, read and deleted a test entry", state.name)),
        false => Finding {
            check: "keychain",
            state: State::Missing,
            found: format!("{}: {}", state.name, state.reason.unwrap_or_default()),
            hint: Some("Passwords are asked for every time, or come from ROWHOUSE_PASSWORD.".to_owned()),
        },
    }
}

async fn sample(app: &App) -> Finding {
    let opening = Opening {
        target: "sample".to_owned(),
        database: None,
        read_only: true,
        password: None,
        ask: Arc::new(NeverAsk),
        warn: |_| {},
    };
    match app.open_target(opening).await {
        Ok(terminal) => {
            let server = terminal.server();
            ok("sample", format!("{} ({} {})", terminal.profile().target, server.product, server.version))
        }
        Err(error) => failed("sample", error),
    }
}

fn display() -> Finding {
    match open::has_display() {
        true => ok("display", "there is one"),
        false => Finding {
            check: "display",
            state: State::Missing,
            found: "none: DISPLAY and WAYLAND_DISPLAY are not set".to_owned(),
            hint: Some("The terminal commands work without one; the window needs it.".to_owned()),
        },
    }
}

fn window() -> Finding {
    match open::find() {
        Some(program) => ok("window", program.display().to_string()),
        None => Finding {
            check: "window",
            state: State::Missing,
            found: "rowhouse-desktop is neither beside this program nor on PATH".to_owned(),
            hint: Some("`make run` in a checkout builds and opens it.".to_owned()),
        },
    }
}
