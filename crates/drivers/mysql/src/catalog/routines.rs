//! Functions, procedures, sequences and events.

use std::collections::HashMap;

use catalog::{Coverage, Enabled, Event, Known, Routine, RoutineKind, Sequence, Volatility};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

/// Sequences that one query looks at: each is a table of its own, and a query opens only so many.
const SEQUENCES_AT_ONCE: usize = 100;

impl Reading<'_> {
    pub(super) async fn routines(&mut self) -> Result<Coverage, Error> {
        let text = format!(
            "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, IS_DETERMINISTIC, SQL_DATA_ACCESS, \
             SECURITY_TYPE, DEFINER, ROUTINE_COMMENT, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE {} \
             ORDER BY ROUTINE_SCHEMA, ROUTINE_NAME",
            self.within("ROUTINE_SCHEMA", None)
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        if rows.is_empty() {
            return Ok(Known::Value(()));
        }
        let arguments = self.arguments().await?;
        for row in rows {
            let mut row = Row(row);
            let (schema, name, kind) = (row.text(), row.text(), row.text());
            let Some(schema_id) = self.schemas.get(&schema).copied() else { continue };
            let (returns, deterministic, access) = (row.some(), row.text() == "YES", row.text());
            let (security, owner, comment, body) = (row.text(), row.some(), row.some(), row.some());
            let arguments = arguments.get(&(schema, kind.clone(), name.clone())).map(|list| list.join(", "));
            self.catalog.routines.push(Routine {
                schema: schema_id,
                name,
                kind: if kind == "FUNCTION" { RoutineKind::Function } else { RoutineKind::Procedure },
                arguments: Some(arguments.unwrap_or_default()),
                // There is one routine of a kind and name; its kind tells namesakes apart.
                identity_arguments: Some(kind.to_ascii_lowercase()),
                returns,
                language: Some("SQL".to_owned()),
                volatility: Some(match (deterministic, access.as_str()) {
                    (true, _) => Volatility::Immutable,
                    (false, "READS SQL DATA" | "NO SQL") => Volatility::Stable,
                    _ => Volatility::Volatile,
                }),
                security_definer: security == "DEFINER",
                settings: Vec::new(),
                owner,
                definition: match (self.scope.definitions, body) {
                    (false, _) => Known::NotLoaded,
                    (true, Some(body)) => Known::Value(body),
                    (true, None) => Known::Denied,
                },
                comment,
            });
        }
        Ok(Known::Value(()))
    }

    /// The arguments of each routine, in order.
    async fn arguments(&self) -> Result<HashMap<(String, String, String), Vec<String>>, Error> {
        let text = format!(
            "SELECT SPECIFIC_SCHEMA, ROUTINE_TYPE, SPECIFIC_NAME, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER \
             FROM information_schema.PARAMETERS WHERE {} AND ORDINAL_POSITION > 0 \
             ORDER BY SPECIFIC_SCHEMA, ROUTINE_TYPE, SPECIFIC_NAME, ORDINAL_POSITION",
            self.within("SPECIFIC_SCHEMA", None)
        );
        let mut all: HashMap<_, Vec<String>> = HashMap::new();
        let Ok(rows) = self.ask(&text).await? else { return Ok(all) };
        for row in rows {
            let mut row = Row(row);
            let key = (row.text(), row.text(), row.text());
            let (mode, name, native_type) = (row.some(), row.text(), row.text());
            let mode = mode.filter(|mode| mode != "IN").map(|mode| format!("{mode} ")).unwrap_or_default();
            all.entry(key).or_default().push(format!("{mode}{name} {native_type}"));
        }
        Ok(all)
    }

    pub(super) async fn sequences(&mut self) -> Result<Coverage, Error> {
        if !self.facts.mariadb {
            return Ok(Known::Unsupported);
        }
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE {} AND TABLE_TYPE = 'SEQUENCE' \
             ORDER BY TABLE_SCHEMA, TABLE_NAME",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut found = Vec::new();
        for row in rows {
            let mut row = Row(row);
            let (schema, name) = (row.text(), row.text());
            let Some(schema_id) = self.schemas.get(&schema).copied() else { continue };
            let sequence = Sequence {
                schema: schema_id,
                data_type: Some("bigint".to_owned()),
                start: None,
                minimum: None,
                maximum: None,
                increment: None,
                cache: None,
                cycle: false,
                last_value: Known::NotLoaded,
                owned_by: None,
                owner: None,
                comment: None,
                name,
            };
            found.push((schema, sequence));
        }
        for some in found.chunks_mut(SEQUENCES_AT_ONCE) {
            self.numbers(some).await?;
        }
        self.catalog.sequences.extend(found.into_iter().map(|(_, sequence)| sequence));
        Ok(Known::Value(()))
    }

    /// The numbers of these sequences. Where one of them may not be read or has just gone, each is asked for alone.
    async fn numbers(&self, sequences: &mut [(String, Sequence)]) -> Result<(), Error> {
        let one = |at: usize, schema: &str, name: &str| {
            format!(
                "SELECT {at}, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM {}.{}",
                quote::name(schema),
                quote::name(name)
            )
        };
        let texts: Vec<_> =
            sequences.iter().enumerate().map(|(at, (schema, sequence))| one(at, schema, &sequence.name)).collect();
        let rows = match self.ask(&texts.join(" UNION ALL ")).await? {
            Ok(rows) => rows,
            Err(_) => {
                let mut rows = Vec::new();
                for text in &texts {
                    rows.extend(self.ask(text).await?.unwrap_or_default());
                }
                rows
            }
        };
        for row in rows {
            let mut row = Row(row);
            let at = row.number::<usize>();
            let Some((_, sequence)) = at.and_then(|at| sequences.get_mut(at)) else { continue };
            (sequence.start, sequence.minimum) = (row.number(), row.number());
            (sequence.maximum, sequence.increment) = (row.number(), row.number());
            sequence.cache = row.number();
            sequence.cycle = row.text() == "1";
        }
        Ok(())
    }

    pub(super) async fn events(&mut self) -> Result<Coverage, Error> {
        let text = format!(
            "SELECT EVENT_SCHEMA, EVENT_NAME, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS, ENDS, TIME_ZONE, STATUS, \
             ON_COMPLETION, LAST_EXECUTED, DEFINER, EVENT_COMMENT, EVENT_DEFINITION \
             FROM information_schema.EVENTS WHERE {} ORDER BY EVENT_SCHEMA, EVENT_NAME",
            self.within("EVENT_SCHEMA", None)
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row(row);
            let (schema, name) = (row.text(), row.text());
            let Some(schema) = self.schemas.get(&schema).copied() else { continue };
            let schedule = schedule(row.some(), row.some(), row.text(), row.some(), row.some());
            let time_zone = row.some();
            let enabled = match row.text().as_str() {
                "ENABLED" => Enabled::Origin,
                // Made on the other side of a replication, where it runs.
                "SLAVESIDE_DISABLED" | "REPLICA_SIDE_DISABLED" => Enabled::Replica,
                _ => Enabled::Disabled,
            };
            let (preserved, last_run) = (row.text() == "PRESERVE", row.some());
            let (owner, comment, body) = (row.some(), row.some(), row.some());
            self.catalog.events.push(Event {
                schema,
                name,
                schedule,
                time_zone,
                enabled,
                preserved,
                last_run: Known::Value(last_run),
                owner,
                definition: match (self.scope.definitions, body) {
                    (false, _) => Known::NotLoaded,
                    (true, Some(body)) => Known::Value(body),
                    (true, None) => Known::Denied,
                },
                comment,
            });
        }
        Ok(Known::Value(()))
    }
}

/// When an event runs, as `CREATE EVENT` takes it.
fn schedule(
    at: Option<String>,
    every: Option<String>,
    field: String,
    starts: Option<String>,
    ends: Option<String>,
) -> String {
    let Some(every) = every else { return at.map(|at| format!("AT {}", quote::text(&at))).unwrap_or_default() };
    // A length of several parts (`1:30`) is a text.
    let every = if every.bytes().all(|digit| digit.is_ascii_digit()) { every } else { quote::text(&every) };
    let mut text = format!("EVERY {every} {field}");
    for (word, moment) in [("STARTS", starts), ("ENDS", ends)] {
        if let Some(moment) = moment {
            text.push_str(&format!(" {word} {}", quote::text(&moment)));
        }
    }
    text
}
