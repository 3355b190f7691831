//! Completion: a table of texts with a caret in `cases/`, and properties over every prefix of real queries.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{CompletionContext, DerivedColumn, Dialect, Place, RelationSource, ScopeRelation, complete_context, dialect};

fn relation(relation: &ScopeRelation) -> String {
    let source = match &relation.source {
        RelationSource::Named(parts) => parts.join("."),
        RelationSource::Cte(name) => name.clone(),
        RelationSource::Select => String::new(),
        RelationSource::Function(parts) => format!("{}()", parts.join(".")),
    };
    let mut shown = "^".repeat(relation.level);
    match &relation.alias {
        Some(alias) if source.is_empty() => shown.push_str(alias),
        Some(alias) => shown.push_str(&format!("{alias}={source}")),
        None => shown.push_str(&source),
    }
    if let Some(columns) = &relation.columns {
        let columns: Vec<_> = columns
            .iter()
            .map(|column| match column {
                DerivedColumn::Named(name) => name.clone(),
                DerivedColumn::AllOf(parts) => format!("{}.*", parts.join(".")),
            })
            .collect();
        shown.push_str(&format!("({})", columns.join(", ")));
    }
    shown
}

fn list(relations: &[ScopeRelation]) -> String {
    relations.iter().map(relation).collect::<Vec<_>>().join(", ")
}

fn shown(context: &CompletionContext) -> String {
    let qualified = |place: &str, parts: &[String]| format!("{place} {}", parts.join(".")).trim().to_owned();
    let mut shown = match &context.place {
        Place::Nothing => "Nothing".to_owned(),
        Place::Keyword => "Keyword".to_owned(),
        Place::Schema => "Schema".to_owned(),
        Place::Table { qualifier } => qualified("Table", qualifier),
        Place::Function { qualifier } => qualified("Function", qualifier),
        Place::Type { qualifier } => qualified("Type", qualifier),
        Place::Column { qualifier } => qualified("Column", qualifier.as_deref().unwrap_or(&[])),
        Place::JoinCondition { left, right } => format!("Join {} ~ {}", list(left), relation(right)),
        Place::JoinColumns { left, right } => format!("JoinColumns {} ~ {}", list(left), relation(right)),
        Place::TargetColumn { relation: target, listed } if listed.is_empty() => format!("Target {}", relation(target)),
        Place::TargetColumn { relation: target, listed } => {
            format!("Target {} has {}", relation(target), listed.join(", "))
        }
    };
    if context.quoted {
        shown.push_str(" \"");
    }
    if !context.scope.is_empty() {
        shown.push_str(&format!(" < {}", list(&context.scope)));
    }
    if !context.ctes.is_empty() {
        let names: Vec<_> = context.ctes.iter().filter_map(ScopeRelation::name).collect();
        shown.push_str(&format!(" with {}", names.join(", ")));
    }
    if !context.output_names.is_empty() {
        shown.push_str(&format!(" as {}", context.output_names.join(", ")));
    }
    shown
}

#[test]
fn the_caret_s_place_and_scope_are_found() {
    let mut wrong = Vec::new();
    for line in include_str!("cases/complete.postgresql.txt").lines() {
        if line.starts_with('#') {
            continue;
        }
        let (text, expected) = line.split_once(" => ").or_else(|| line.split_once("=> ")).unwrap();
        let caret = text.find('¦').unwrap();
        let found = shown(&complete_context(&text.replace('¦', ""), caret, dialect::postgres()));
        if found != expected {
            wrong.push(format!("{text}\n    found    {found}\n    expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_suggestion_replaces_is_the_typed_part() {
    let check = |text: &str, facts: &Dialect, replaced: &str, prefix: &str| {
        let caret = text.find('¦').unwrap();
        let text = text.replace('¦', "");
        let context = complete_context(&text, caret, facts);
        assert_eq!((context.replace.of(&text), context.prefix.as_str()), (replaced, prefix), "{text}");
    };
    check("SELECT 1; SELECT nam¦e FROM t", dialect::postgres(), "nam", "nam");
    check("SELECT \"we\"\"i¦rd\" FROM t", dialect::postgres(), "\"we\"\"ird\"", "we\"i");
    check("SELECT \"we¦ FROM \"T\"", dialect::postgres(), "\"we", "we");
    check("SELECT t.¦ FROM t", dialect::postgres(), "", "");
    check("SELECT [na¦ FROM t", dialect::sqlite(), "[na", "na");
    check("SELECT `na¦` FROM t", dialect::sqlite(), "`na`", "na");
    check("-- 🚀\nSELECT sü¦ FROM 表", dialect::postgres(), "sü", "sü");
}

#[test]
fn sqlite_names_keep_their_case_and_pragmas_take_tables() {
    let at = |text: &str| {
        let caret = text.find('¦').unwrap();
        shown(&complete_context(&text.replace('¦', ""), caret, dialect::sqlite()))
    };
    assert_eq!(at("SELECT ¦ FROM Orders O"), "Column < O=Orders");
    assert_eq!(at("WITH Abc AS (SELECT 1 x) SELECT ¦ FROM abc"), "Column < Abc(x) with Abc");
    assert_eq!(at("PRAGMA table_info(¦"), "Table");
    assert_eq!(at("REPLACE INTO t (¦"), "Target t < t");
    assert_eq!(at("CREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE b SET ¦; END"), "Target b < b");
}

#[test]
fn every_caret_of_every_prefix_has_an_answer_with_sound_spans() {
    for line in include_str!("cases/complete.postgresql.txt").lines() {
        let text = line.split("=>").next().unwrap().replace('¦', "");
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let typed = &text[..end];
            for facts in [dialect::postgres(), dialect::sqlite()] {
                let context = complete_context(typed, end, facts);
                assert!(typed.get(context.replace.start..context.replace.end).is_some(), "{typed}");
                let context = complete_context(&text, end, facts);
                assert!(context.replace.start <= end, "{text} at {end}");
            }
        }
    }
}
