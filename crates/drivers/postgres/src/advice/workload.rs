//! What the server does most, and what takes room for nothing.

use catalog::{
    Told,
    facts::{Bloat, StatementUse},
};
use driver::Error;

use super::{Advising, CANCELED, rows};
use crate::{catalog::rows::Rows, control::Failure, queries};

/// Where the times of planning and of running are counted apart.
const APART_SINCE: (u32, u32) = (1, 8);

impl Advising {
    /// The statements of this database that took longest.
    pub(super) async fn statements(&self) -> Result<Told<Vec<StatementUse>>, Error> {
        const OF: &str = "statements that were counted";
        let found = match self.ask(include_str!("../queries/advice_statements_there.sql")).await {
            Ok(found) => found,
            Err(failure) => return untold(failure, OF),
        };
        let Some(extension) = found.first() else {
            return Ok(Told::NotEvaluated("the extension pg_stat_statements is not installed".to_owned()));
        };
        let text = counted(&extension.name(0), &extension.name(1));
        told(self.ask(&text).await, OF, rows::statement)
    }

    /// The tables and indexes of this database that waste most.
    pub(super) async fn bloat(&self) -> Result<Told<Vec<Bloat>>, Error> {
        let text = queries::at(include_str!("../queries/advice_bloat.sql"), self.version);
        told(self.ask(&text).await, "sizes and statistics of tables", rows::bloat)
    }
}

/// The extension's view may be in any schema, and names its columns by its own version, not the server's.
fn counted(schema: &str, version: &str) -> String {
    let schema = sql::dialect::postgres().quote_identifier(schema);
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let version: (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let time = if version >= APART_SINCE { "exec_time" } else { "time" };
    format!(
        "select left(s.query, 4000), r.rolname::text, s.calls::int8, s.total_{time}::text, s.mean_{time}::text, s.rows::int8 \
         from {schema}.pg_stat_statements s left join pg_roles r on r.oid = s.userid \
         where s.dbid = (select oid from pg_database where datname = current_database()) \
         order by s.total_{time} desc limit 50"
    )
}

fn told<T>(
    answer: Result<Rows, Failure>,
    of: &str,
    read: impl Fn(crate::catalog::rows::Row<'_>) -> T,
) -> Result<Told<Vec<T>>, Error> {
    match answer {
        Ok(found) => Ok(Told::Known(found.iter().map(read).collect())),
        Err(failure) => untold(failure, of),
    }
}

/// Why it is not told; what says nothing of it is an error.
pub(super) fn untold<T>(failure: Failure, of: &str) -> Result<Told<T>, Error> {
    let reason = match failure.state() {
        "42501" => format!("this login may not read {of}"),
        // object_not_in_prerequisite_state: the extension is there, its library is not.
        "55000" => "pg_stat_statements is not in shared_preload_libraries, so that nothing is counted".to_owned(),
        "42P01" | "42703" | "42883" => format!("this server does not tell {of}"),
        "55P03" => format!("somebody holds {of}"),
        CANCELED => format!("reading {of} took too long"),
        _ => return Err(failure.into()),
    };
    Ok(Told::NotEvaluated(reason))
}
