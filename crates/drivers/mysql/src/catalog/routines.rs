//! Functions, procedures and sequences.

use std::collections::HashMap;

use catalog::{Coverage, Known, Routine, RoutineKind, Sequence, Volatility};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

/// Each sequence costs a look at its own table.
const SEQUENCES_READ: usize = 200;

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
        for (at, row) in rows.into_iter().enumerate() {
            let mut row = Row(row);
            let (schema, name) = (row.text(), row.text());
            let Some(schema_id) = self.schemas.get(&schema).copied() else { continue };
            let mut sequence = Sequence {
                schema: schema_id,
                data_type: Some("bigint".to_owned()),
                start: None,
                minimum: None,
                maximum: None,
                increment: None,
                cycle: false,
                last_value: Known::NotLoaded,
                owned_by: None,
                owner: None,
                comment: None,
                name,
            };
            if at < SEQUENCES_READ {
                let text = format!(
                    "SELECT start_value, minimum_value, maximum_value, increment, cycle_option FROM {}.{}",
                    quote::name(&schema),
                    quote::name(&sequence.name)
                );
                if let Ok(rows) = self.ask(&text).await? {
                    let mut row = Row(rows.into_iter().next().unwrap_or_default());
                    (sequence.start, sequence.minimum) = (row.number(), row.number());
                    (sequence.maximum, sequence.increment) = (row.number(), row.number());
                    sequence.cycle = row.text() == "1";
                }
            }
            self.catalog.sequences.push(sequence);
        }
        Ok(Known::Value(()))
    }
}
