//! The headless face of Rowhouse: the same core as the window, for terminals, scripts and CI.
//!
//! stdout is data, stderr is for people. It must not know any driver, nor how a connection is opened or a script is
//! read: the core decides, this translates.
#![deny(missing_docs)]

mod activity;
mod advise;
mod arguments;
mod audit;
mod connections;
mod consent;
mod diff;
mod docs;
mod doctor;
mod erd;
mod explain;
mod export;
mod failure;
mod forget;
mod generate;
mod import;
mod input;
mod interrupt;
mod migrate;
mod open;
mod output;
mod policy;
mod prompt;
mod query;
mod saved;
mod say;
mod schema;
mod table;
mod target;
mod types;

use std::{process::ExitCode, sync::Arc};

use app::{App, Face, Options};
use clap::{Parser, error::ErrorKind};

use crate::{
    arguments::{Arguments, Command, Migrate, Policy},
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody to tell is no error.
            match error.use_stderr() {
                // What is said of a word that is out of place has the word, which may be an address with a password.
                true => say::line(app::terminal::without_passwords(error.render().to_string().trim_end()).as_str()),
                false => drop(error.print()),
            }
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Usage,
            }
            .into();
        }
    };
    if std::env::var_os("ROWHOUSE_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_env("ROWHOUSE_LOG");
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say::line(&format!("error: the program could not start: {error}"));
            return Exit::Local.into();
        }
    };
    let exit = match runtime.block_on(run(arguments)) {
        Ok(()) => Exit::Done,
        Err(Failure { exit, error }) => {
            if let Some(error) = error {
                say::error(&error, None);
            }
            exit
        }
    };
    prompt::restore();
    output::abandon();
    // What a blocked call still does (a question, a hung keychain) must not keep the process.
    runtime.shutdown_background();
    exit.into()
}

async fn run(arguments: Arguments) -> Outcome {
    let interrupt = Interrupt::listen();
    match arguments.command {
        Command::Open(open) => open::run(&open),
        Command::Doctor(doctor) => stoppable(&interrupt, doctor::run(&doctor)).await,
        command => {
            let opened = App::open(Options { home: None, face: Face::Cli }).await;
            let app = opened.map_err(|error| Failure::new(Exit::Local, error))?;
            let done = with_core(command, &app, &interrupt).await;
            app.close().await;
            done
        }
    }
}

async fn with_core(command: Command, app: &Arc<App>, interrupt: &Interrupt) -> Outcome {
    match command {
        // These have their own way to stop: something may be running on a server.
        Command::Query(query) => query::run(app, &query, interrupt).await,
        Command::Import(import) => import::run(app, &import, interrupt).await,
        Command::Generate(generate) => generate::run(app, &generate, interrupt).await,
        Command::Export(export) => export::run(app, &export, interrupt).await,
        Command::Explain(explain) => explain::run(app, &explain, interrupt).await,
        Command::Schema(schema) => stoppable(interrupt, schema::run(app, &schema)).await,
        Command::Erd(asked) => stoppable(interrupt, erd::run(app, &asked)).await,
        Command::Diff(asked) => stoppable(interrupt, diff::run(app, &asked)).await,
        Command::Docs(asked) => stoppable(interrupt, docs::run(app, &asked)).await,
        Command::Types(asked) => stoppable(interrupt, types::run(app, &asked)).await,
        Command::Activity(activity) => stoppable(interrupt, activity::run(app, &activity)).await,
        Command::Saved(command) => saved::run(app, command, interrupt).await,
        // Half-way through a change is worse than either end; what waits for a lock does not wait long.
        Command::Policy(command @ Policy::Apply(_)) => policy::run(app, &command).await,
        Command::Migrate(command @ (Migrate::Up(_) | Migrate::Down(_))) => migrate::run(app, &command).await,
        Command::Migrate(command) => stoppable(interrupt, migrate::run(app, &command)).await,
        Command::Policy(command) => stoppable(interrupt, policy::run(app, &command)).await,
        Command::Advise(advise) => stoppable(interrupt, advise::run(app, &advise)).await,
        Command::Audit(audit) => stoppable(interrupt, audit::run(app, &audit)).await,
        // Half-way is worse than either end.
        Command::Forget(forget) => forget::run(app, &forget).await,
        Command::Connections(connections) => stoppable(interrupt, connections::run(app, connections)).await,
        Command::Open(_) | Command::Doctor(_) => Ok(()),
    }
}

/// A command that may be given up where it stands.
async fn stoppable(interrupt: &Interrupt, command: impl Future<Output = Outcome>) -> Outcome {
    tokio::select! {
        biased;
        () = interrupt.asked() => Err(Failure::interrupted()),
        done = command => done,
    }
}
