//! A column's default as an expression: an UPDATE has no word for it.

use catalog::Column;

use crate::{
    lexer::{self, Kind},
    quote,
};

/// What the column becomes when nothing is said. The catalog has the text as it was declared, where a bare or quoted name is a text.
pub(super) fn expression(column: &Column) -> String {
    let Some(text) = column.default.as_deref() else { return "NULL".to_owned() };
    let mut tokens = lexer::solid(text);
    let (Some(first), None) = (tokens.next(), tokens.next()) else { return format!("({text})") };
    let special = ["null", "true", "false", "current_time", "current_date", "current_timestamp"];
    let name = match first.kind {
        Kind::Quoted => true,
        Kind::Word => !special.iter().any(|word| first.is_word(text, word)),
        _ => false,
    };
    if name { quote::text(&lexer::unquote(first.of(text))) } else { first.of(text).to_owned() }
}
