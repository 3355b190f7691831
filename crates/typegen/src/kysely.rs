//! The database of Kysely: <https://kysely-org.github.io/kysely-apidoc/types/ColumnType.html>.

use std::fmt::Write as _;

use crate::{
    javascript::{TypeNames, Used, comment, given, head, property, read, remark},
    model::{Column, Given, Model, Relation},
    typescript::enumerations,
};

pub(crate) fn write(model: &Model) -> String {
    let names = TypeNames::of(model, &[""]);
    let mut body = Used::of(model).declared();
    enumerations(model, &names, &mut body);
    for (relation, name) in model.relations.iter().zip(&names.relations) {
        let _ = write!(body, "\n{}", comment(relation.comment.as_deref(), ""));
        let _ = writeln!(body, "export interface {name} {{");
        for column in &relation.columns {
            body.push_str(&comment(remark(column, model.engine).as_deref(), "  "));
            let _ = writeln!(body, "  {}: {};", property(&column.name), of(column, relation, model, &names));
        }
        body.push_str("}\n");
    }
    body.push_str("\nexport interface Database {\n");
    for (relation, name) in model.relations.iter().zip(&names.relations) {
        let key = match model.is_elsewhere(&relation.name) {
            true => format!("{}.{}", relation.name.schema, relation.name.name),
            false => relation.name.name.clone(),
        };
        let _ = writeln!(body, "  {}: {name};", property(&key));
    }
    body.push_str("}\n");
    let import = if body.contains("ColumnType<") { "\nimport type { ColumnType } from \"kysely\";\n" } else { "" };
    head(model) + import + &body
}

fn of(column: &Column, relation: &Relation, model: &Model, names: &TypeNames) -> String {
    let null = if column.nullable { " | null" } else { "" };
    let read = read(&column.r#type, model.engine, names) + null;
    if !relation.is_writable() || column.given == Given::Never {
        return format!("ColumnType<{read}, never, never>");
    }
    let given = given(&column.r#type, model.engine, names) + null;
    // Kysely lets what may be NULL be left out by itself.
    let left_out = column.given == Given::Optional && !column.nullable;
    match (left_out, given == read) {
        (false, true) => read,
        (false, false) => format!("ColumnType<{read}, {given}, {given}>"),
        (true, _) => format!("ColumnType<{read}, {given} | undefined, {given}>"),
    }
}
