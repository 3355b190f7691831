//! What a chart counts and sums, as a statement that asks the server for it: of all rows, where a chart has only the first.

use sql::{Computed, Grouping};

use crate::{
    App,
    api::*,
    holds::{Held, not_wrapped},
};

impl App {
    /// The groups of a chart as a statement of their own, around the one its rows are from.
    ///
    /// # Errors
    /// `NotFound` for released rows. That it cannot be made is an answer.
    pub async fn chart_on_server(&self, hold_id: &str, spec: ChartSpec) -> Result<ServerQuery, AppError> {
        let held = self.live.holds.get(hold_id)?;
        Ok(match asked(&held, &spec) {
            Ok(text) => ServerQuery { text: Some(text), refused: None },
            Err(why) => ServerQuery { text: None, refused: Some(why) },
        })
    }
}

/// # Errors
/// Why it cannot be made, as part of a sentence.
fn asked(held: &Held, spec: &ChartSpec) -> Result<String, String> {
    let again = held.again.get().ok_or("the rows are not those of a statement")?;
    if again.set > 1 {
        return Err("the statement gave several results".to_owned());
    }
    if spec.bucket != ChartBucket::Each {
        return Err("values along x are put together here: choose “Every value”".to_owned());
    }
    let fields = held.hold.schema().fields();
    let computed = spec.measures.iter().map(|measure| {
        let column = || measure.column.map(|at| at as usize).ok_or("a measure has no column");
        Ok(match measure.aggregate {
            ChartAggregate::None => return Err("each row is a point of its own".to_owned()),
            ChartAggregate::Rows => Computed::Rows,
            ChartAggregate::Values => Computed::Values(column()?),
            ChartAggregate::Sum => Computed::Sum(column()?),
            ChartAggregate::Average => Computed::Average(column()?),
            ChartAggregate::Least => Computed::Least(column()?),
            ChartAggregate::Greatest => Computed::Greatest(column()?),
        })
    });
    let wanted = Grouping {
        columns: fields.iter().take(held.visible).map(|field| field.name().as_str()).collect(),
        computed: computed.collect::<Result<_, String>>()?,
        by: std::iter::once(spec.x).chain(spec.series).map(|at| at as usize).collect(),
    };
    let dialect = held.language.sql().ok_or("this database is not asked in SQL")?;
    sql::grouped(&again.statement.text, dialect, &wanted).map_err(not_wrapped)
}
