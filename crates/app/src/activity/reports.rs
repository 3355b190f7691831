//! What a server says of itself, and the statements it found slow.

use driver::report;

use super::Watched;
use crate::{App, api::*, audit::Deed, store::now_ms, terminal::Terminal};

/// Slow statements that are asked of each server.
const MOST_SLOW: u32 = 500;

impl App {
    /// What a connection's server says of itself.
    ///
    /// # Errors
    /// `Unreachable` where the connection is not open; `Unsupported` for a database that tells nothing; `Forbidden` where the
    /// login may read nothing of it.
    pub async fn server_report(&self, profile_id: &str) -> Result<ServerTold, AppError> {
        self.watched(profile_id)?.report().await
    }

    /// The statements a connection's server found slow.
    ///
    /// # Errors
    /// As [`App::server_report`].
    pub async fn slow_statements(&self, profile_id: &str) -> Result<SlowRows, AppError> {
        self.watched(profile_id)?.slow().await
    }

    /// Lets a server forget the statements it found slow, after a person said yes.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and then nothing was sent; otherwise as [`App::server_report`].
    pub async fn forget_slow(&self, profile_id: &str, confirmed: bool) -> Result<ServerDeed, AppError> {
        self.watched(profile_id)?.forget_slow(self, confirmed).await
    }
}

impl Terminal {
    /// As [`App::server_report`].
    ///
    /// # Errors
    /// As [`App::server_report`].
    pub async fn server_report(&self) -> Result<ServerTold, AppError> {
        self.watched().report().await
    }

    /// As [`App::slow_statements`].
    ///
    /// # Errors
    /// As [`App::slow_statements`].
    pub async fn slow_statements(&self) -> Result<SlowRows, AppError> {
        self.watched().slow().await
    }
}

impl Watched {
    fn without(&self, what: &str) -> AppError {
        AppError::new(ErrorCode::Unsupported, format!("{} {what}.", self.connected.driver.label()))
    }

    async fn report(&self) -> Result<ServerTold, AppError> {
        let facet = self.opened.connection.control().report();
        let facet = facet.ok_or_else(|| self.without("does not tell of itself in figures"))?;
        let told = self.told(facet.report().await)?;
        let member = |part: report::ServerPart| ServerMember {
            name: part.name,
            sections: part.sections.into_iter().map(section).collect(),
        };
        let word = |report::ServerAdvice { asked, part, text }| ServerWord { asked, part, text };
        Ok(ServerTold {
            at_ms: now_ms(),
            headline: told.headline.into_iter().map(fact).collect(),
            members: told.parts.into_iter().map(member).collect(),
            advice: told.advice.into_iter().map(word).collect(),
            unseen: told.unseen,
        })
    }

    fn slow_log(&self) -> Result<&dyn driver::SlowLog, AppError> {
        let facet = self.opened.connection.control().slow_log();
        facet.ok_or_else(|| self.without("keeps no slow statements that could be listed"))
    }

    async fn slow(&self) -> Result<SlowRows, AppError> {
        let told = self.told(self.slow_log()?.slow(MOST_SLOW).await)?;
        let row = |one: report::SlowStatement| SlowRow {
            id: one.id,
            part: one.part,
            at_ms: one.at_s.saturating_mul(1000),
            took_us: one.took_us,
            statement: one.statement,
            cut: one.cut,
            client: one.client,
            application: one.application,
        };
        Ok(SlowRows {
            at_ms: now_ms(),
            statements: told.statements.into_iter().map(row).collect(),
            thresholds: told.thresholds.into_iter().map(fact).collect(),
            off: told.off,
            unseen: told.unseen,
        })
    }

    async fn forget_slow(&self, app: &App, confirmed: bool) -> Result<ServerDeed, AppError> {
        let facet = self.slow_log()?;
        let statement = facet.forgetting();
        let profile = &self.connected.profile;
        if self.connected.read_only {
            let message = format!("{statement} was not sent: this connection is read-only.");
            return Err(AppError::new(ErrorCode::Forbidden, message)
                .with_hint("Change the connection's safety level to allow writes."));
        }
        if !confirmed {
            let production = match profile.environment {
                Environment::Production => format!("{} is production. ", profile.name),
                _ => String::new(),
            };
            return Ok(ServerDeed::Confirm {
                title: "Forget the slow statements?".to_owned(),
                description: format!("{production}The server forgets them for everybody; it begins to keep new ones."),
                statement,
                confirm: "Forget them".to_owned(),
            });
        }
        let database = self.opened.database();
        let record = Deed {
            profile_id: Some(profile.id.as_str()).filter(|id| !id.is_empty()),
            profile_name: &profile.name,
            database: database.as_deref(),
            kind: AuditKind::Write,
            command: statement.split_whitespace().next().unwrap_or_default(),
            target: "slow statements",
            acting: None,
            text: &statement,
        };
        app.on_record(&record, facet.forget()).await?;
        Ok(ServerDeed::Done { message: "The server has forgotten its slow statements.".to_owned() })
    }
}

fn section(section: report::FactSection) -> ServerSection {
    ServerSection { label: section.label, facts: section.facts.into_iter().map(fact).collect() }
}

fn fact(fact: report::Fact) -> ServerFact {
    use report::{FactUnit as Unit, Trend};
    ServerFact {
        name: fact.name,
        label: fact.label,
        value: fact.value,
        unit: match fact.unit {
            Unit::Text => FactUnit::Text,
            Unit::Count => FactUnit::Count,
            Unit::Bytes => FactUnit::Bytes,
            Unit::Seconds => FactUnit::Seconds,
            Unit::Milliseconds => FactUnit::Milliseconds,
            Unit::Microseconds => FactUnit::Microseconds,
            Unit::PerSecond => FactUnit::PerSecond,
            Unit::Ratio => FactUnit::Ratio,
            Unit::Moment => FactUnit::Moment,
        },
        trend: match fact.trend {
            Trend::None => FactTrend::None,
            Trend::Level => FactTrend::Level,
            Trend::Counter => FactTrend::Counter,
        },
        about: fact.about,
        computed: fact.computed,
        minor: fact.minor,
    }
}
