//! Types, functions, procedures and sequences.

use catalog::{Coverage, Known, Others, Routine, RoutineKind, Sequence, TypeKind, TypeObject};
use driver::Error;

use super::{Reading, Row, spelled};

impl Reading<'_> {
    pub(super) async fn types(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/types.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, name, base) = (row.text(), row.text(), row.some());
            let mut next = || row.number().unwrap_or(0);
            let (bytes, precision, scale) = (next(), next(), next());
            let (nullable, owner) = (row.flag(), row.some());
            let Some(schema) = self.schemas.get(&schema).copied() else { continue };
            // One without a base is an assembly's.
            let kind = if base.is_some() { TypeKind::Domain } else { TypeKind::Base };
            self.catalog.types.push(TypeObject {
                schema,
                name,
                kind,
                labels: Vec::new(),
                base_type: base.map(|base| spelled(None, &base, bytes, precision, scale)),
                attributes: Vec::new(),
                constraints: if nullable { Vec::new() } else { vec!["NOT NULL".to_owned()] },
                check_names: Vec::new(),
                default: None,
                owner,
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }

    pub(super) async fn routines(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/routines.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, name, code) = (row.text(), row.text(), row.text());
            let Some(schema_id) = self.schemas.get(&schema).copied() else { continue };
            let (owner, comment, place, parameter) = (row.some(), row.some(), row.number::<u32>(), row.text());
            let native_type = row.native_type();
            let (output, read_only, executes_as) = (row.flag(), row.flag(), row.some());
            let last = self.catalog.routines.last();
            if !last.is_some_and(|last| last.schema == schema_id && last.name == name) {
                let code = code.trim();
                self.catalog.routines.push(Routine {
                    schema: schema_id,
                    kind: match code {
                        "P" | "PC" | "X" => RoutineKind::Procedure,
                        "AF" => RoutineKind::Aggregate,
                        _ => RoutineKind::Function,
                    },
                    arguments: Some(String::new()),
                    // Names are not shared here.
                    identity_arguments: None,
                    returns: matches!(code, "IF" | "TF" | "FT").then(|| "TABLE".to_owned()),
                    language: Some(if matches!(code, "PC" | "FS" | "FT" | "AF") { "CLR" } else { "T-SQL" }.to_owned()),
                    volatility: None,
                    security_definer: executes_as.is_some(),
                    settings: Vec::new(),
                    owner,
                    definition: self.text_of(&schema, &name),
                    comment,
                    name,
                });
            }
            let Some(routine) = self.catalog.routines.last_mut() else { continue };
            match place {
                None => {}
                Some(0) => routine.returns = Some(native_type),
                Some(_) => {
                    let arguments = routine.arguments.get_or_insert_default();
                    if !arguments.is_empty() {
                        arguments.push_str(", ");
                    }
                    arguments.push_str(&format!("{parameter} {native_type}"));
                    arguments.push_str(if output { " OUTPUT" } else { "" });
                    arguments.push_str(if read_only { " READONLY" } else { "" });
                }
            }
        }
        Ok(Known::Value(()))
    }

    /// Synonyms, table types, assemblies.
    pub(super) async fn others(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/others.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, what, name) = (row.some(), row.text(), row.text());
            match self.catalog.others.last_mut().filter(|last| last.schema == schema && last.what == what) {
                Some(last) => last.names.push(name),
                None => self.catalog.others.push(Others { schema, relation: None, what, names: vec![name] }),
            }
        }
        Ok(Known::Value(()))
    }

    pub(super) async fn sequences(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/sequences.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, name, data_type) = (row.text(), row.text(), row.some());
            let Some(schema) = self.schemas.get(&schema).copied() else { continue };
            // One of a decimal type may have values that do not fit: those are not told.
            let (start, minimum, maximum, increment) = (row.number(), row.number(), row.number(), row.number());
            let (cache, cycle, last, owner) = (row.number(), row.flag(), row.number(), row.some());
            self.catalog.sequences.push(Sequence {
                schema,
                name,
                data_type,
                start,
                minimum,
                maximum,
                increment,
                cache,
                cycle,
                last_value: Known::Value(last),
                owned_by: None,
                owner,
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }
}
