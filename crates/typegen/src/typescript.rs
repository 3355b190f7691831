//! Interfaces of TypeScript: of each relation what is read, and of tables what is put in and changed.

use std::fmt::Write as _;

use crate::{
    javascript::{TypeNames, Used, comment, given, head, property, read, remark, union},
    model::{Column, Given, Model},
};

pub(crate) fn write(model: &Model) -> String {
    let names = TypeNames::of(model, &["Row", "Insert", "Update"]);
    let mut text = head(model);
    text.push_str(&Used::of(model).declared());
    enumerations(model, &names, &mut text);
    for (relation, name) in model.relations.iter().zip(&names.relations) {
        let mut interface = |end: &str, of: &dyn Fn(&Column) -> String| {
            let _ = write!(text, "\n{}", comment(relation.comment.as_deref(), ""));
            let _ = writeln!(text, "export interface {name}{end} {{");
            for column in &relation.columns {
                text.push_str(&comment(remark(column, model.engine).as_deref(), "  "));
                let _ = writeln!(text, "  {}{};", property(&column.name), of(column));
            }
            text.push_str("}\n");
        };
        let null = |column: &Column| if column.nullable { " | null" } else { "" };
        interface("Row", &|column| format!(": {}{}", read(&column.r#type, model.engine, &names), null(column)));
        if !relation.is_writable() {
            continue;
        }
        let taken = |column: &Column| format!("{}{}", given(&column.r#type, model.engine, &names), null(column));
        interface("Insert", &|column| match column.given {
            Given::Required => format!(": {}", taken(column)),
            Given::Optional => format!("?: {}", taken(column)),
            Given::Never => "?: never".to_owned(),
        });
        interface("Update", &|column| match column.given {
            Given::Required | Given::Optional => format!("?: {}", taken(column)),
            Given::Never => "?: never".to_owned(),
        });
    }
    text
}

pub(crate) fn enumerations(model: &Model, names: &TypeNames, text: &mut String) {
    for one in &model.enumerations {
        let Some(name) = names.enumerations.get(&one.name) else { continue };
        let _ = write!(text, "\n{}", comment(one.comment.as_deref(), ""));
        let _ = writeln!(text, "export type {name} = {};", union(&one.labels));
    }
}
