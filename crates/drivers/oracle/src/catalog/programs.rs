//! Functions, procedures, packages, sequences, and what is told by its name only.

use catalog::{Coverage, Known, Others, Routine, RoutineKind, Sequence};
use driver::Error;

use super::{Reading, Row, spelled};

impl Reading<'_, '_> {
    pub(super) fn routines(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/routines.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, name, kind, authority) = (row.text(), row.text(), row.text(), row.text());
            let Some(schema_id) = self.schemas.get(&schema).copied() else { continue };
            let (place, parameter, way) = (row.number::<u32>(), row.some(), row.text());
            let native_type = spelled(&mut row);
            if kind == "PACKAGE" {
                self.other(Some(schema), "packages", name);
                continue;
            }
            let last = self.catalog.routines.last();
            if !last.is_some_and(|last| last.schema == schema_id && last.name == name) {
                self.catalog.routines.push(Routine {
                    schema: schema_id,
                    kind: if kind == "PROCEDURE" { RoutineKind::Procedure } else { RoutineKind::Function },
                    arguments: Some(String::new()),
                    // Names are not shared outside of packages.
                    identity_arguments: None,
                    returns: None,
                    language: Some("PL/SQL".to_owned()),
                    volatility: None,
                    security_definer: authority != "CURRENT_USER",
                    settings: Vec::new(),
                    owner: Some(schema),
                    definition: Known::NotLoaded,
                    comment: None,
                    name,
                });
            }
            let Some(routine) = self.catalog.routines.last_mut() else { continue };
            match (place, parameter) {
                (Some(0), _) => routine.returns = Some(native_type),
                (Some(_), Some(parameter)) => {
                    let arguments = routine.arguments.get_or_insert_default();
                    if !arguments.is_empty() {
                        arguments.push_str(", ");
                    }
                    let way = match way.as_str() {
                        "IN" => "",
                        "IN/OUT" => "IN OUT ",
                        _ => "OUT ",
                    };
                    arguments.push_str(&format!("{parameter} {way}{native_type}"));
                }
                // Nothing is taken.
                (None, _) | (Some(_), None) => {}
            }
        }
        Ok(Known::Value(()))
    }

    pub(super) fn sequences(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/sequences.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, name) = (row.text(), row.text());
            let Some(schema_id) = self.schemas.get(&schema).copied() else { continue };
            // Limits of 28 digits do not fit: those are not told.
            let (minimum, maximum, increment) = (row.number(), row.number(), row.number());
            let (cycle, cache, last) = (row.is("Y"), row.number(), row.number());
            self.catalog.sequences.push(Sequence {
                schema: schema_id,
                name,
                data_type: None,
                start: None,
                minimum,
                maximum,
                increment,
                cache,
                cycle,
                last_value: Known::Value(last),
                owned_by: None,
                owner: Some(schema),
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }

    pub(super) fn others(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/others.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, what, name) = (row.some(), row.text(), row.text());
            self.other(schema, &what, name);
        }
        Ok(Known::Value(()))
    }

    fn other(&mut self, schema: Option<String>, what: &str, name: String) {
        match self.catalog.others.iter_mut().find(|known| known.schema == schema && known.what == what) {
            Some(known) => known.names.push(name),
            None => {
                let names = vec![name];
                self.catalog.others.push(Others { schema, relation: None, what: what.to_owned(), names });
            }
        }
    }
}
