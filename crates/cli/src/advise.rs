//! Prints what the advisor says of a database.

use app::App;

use crate::{
    arguments::Advise,
    failure::{Exit, Failure, Outcome},
    output::print,
    target,
};

/// Runs the rules and prints what they said.
pub(crate) async fn run(app: &App, advise: &Advise) -> Outcome {
    if let Some(path) = &advise.baseline {
        std::fs::metadata(path).map_err(|error| Failure::file(&error, path, "read"))?;
    }
    let terminal = target::open(app, &advise.target, true, advise.password).await?;
    let said = terminal.advise(advise.format, advise.baseline.as_deref()).await;
    let (text, worst) = said.map_err(failed)?;
    print(advise.output.as_deref(), &text)?;
    match advise.fail_on.0 {
        Some(level) if worst.is_some_and(|worst| worst >= level) => Err(Failure::silent(Exit::Found)),
        _ => Ok(()),
    }
}

/// What is asked for is not to be had, or the server failed.
pub(crate) fn failed(error: app::api::AppError) -> Failure {
    use app::api::ErrorCode;
    match error.code {
        ErrorCode::Unsupported | ErrorCode::InvalidStatement if error.native.is_none() => {
            Failure::new(Exit::Usage, error)
        }
        _ => Failure::statement(error, false),
    }
}
