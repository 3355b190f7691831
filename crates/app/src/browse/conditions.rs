//! What a person wants of rows, as drivers take it; and where in what a person wrote the server found an error.

use driver::{Comparison, Condition, Filter, Language};

use crate::{api::*, text::Positions};

/// Conditions as drivers take them, once what is written by hand was looked at.
///
/// # Errors
/// `InvalidStatement` for a text that is not one condition, with its place in that text.
pub(crate) fn checked(conditions: &[BrowseCondition], language: &Language) -> Result<Vec<Condition>, AppError> {
    conditions.iter().map(|one| condition(one, language)).collect()
}

fn condition(one: &BrowseCondition, language: &Language) -> Result<Condition, AppError> {
    Ok(match one {
        BrowseCondition::One { filter: given } => Condition::One(filter(given)),
        BrowseCondition::All { conditions } => Condition::All(checked(conditions, language)?),
        BrowseCondition::Any { conditions } => Condition::Any(checked(conditions, language)?),
        BrowseCondition::Where { text } => {
            // What is no SQL its driver reads before it makes a statement of it.
            if let Some(dialect) = language.sql() {
                sql::check_condition(text, dialect).map_err(|refused| AppError {
                    range: Some(Positions::new(text).range(refused.span.start, refused.span.end)),
                    ..AppError::new(ErrorCode::InvalidStatement, refused.to_string())
                })?;
            }
            Condition::Text(text.clone())
        }
    })
}

/// A server's error about a statement of ours, with its place in the text that a person wrote as a condition, if that is where
/// it is.
pub(super) fn located(error: driver::Error, conditions: &[BrowseCondition], statement: &str) -> AppError {
    let written = conditions.iter().find_map(|one| match one {
        BrowseCondition::Where { text } => Some(text),
        _ => None,
    });
    let range = written.zip(error.span).and_then(|(text, span)| {
        let begin = Condition::place_in(text, statement)?;
        let (from, to) = (span.start.checked_sub(begin)?, span.end.checked_sub(begin)?);
        (from <= text.len()).then(|| Positions::new(text).range(from, to.min(text.len())))
    });
    AppError { range, ..AppError::from(error) }
}

pub(crate) fn filter(filter: &BrowseFilter) -> Filter {
    Filter {
        column: filter.column.clone(),
        comparison: match filter.operator {
            FilterOperator::Equal => Comparison::Equal,
            FilterOperator::NotEqual => Comparison::NotEqual,
            FilterOperator::Less => Comparison::Less,
            FilterOperator::LessOrEqual => Comparison::LessOrEqual,
            FilterOperator::Greater => Comparison::Greater,
            FilterOperator::GreaterOrEqual => Comparison::GreaterOrEqual,
            FilterOperator::Contains => Comparison::Contains,
            FilterOperator::NotContains => Comparison::NotContains,
            FilterOperator::StartsWith => Comparison::StartsWith,
            FilterOperator::EndsWith => Comparison::EndsWith,
            FilterOperator::Like => Comparison::Like,
            FilterOperator::In => Comparison::In,
            FilterOperator::NotIn => Comparison::NotIn,
            FilterOperator::Between => Comparison::Between,
            FilterOperator::IsEmpty => Comparison::IsEmpty,
            FilterOperator::IsNotEmpty => Comparison::IsNotEmpty,
            FilterOperator::IsNull => Comparison::IsNull,
            FilterOperator::IsNotNull => Comparison::IsNotNull,
        },
        values: filter.values.clone(),
    }
}
