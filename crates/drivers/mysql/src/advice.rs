//! What the advisor's rules need beyond the catalog, over the control session.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{
    Known,
    facts::{Engine, Facts, SequencePosition},
};
use driver::{Advice, Error};

use crate::control::ControlSession;

/// Counters of AUTO_INCREMENT columns; the next value is told, not the last.
const COUNTERS: &str = "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, c.COLUMN_NAME, t.AUTO_INCREMENT
FROM information_schema.TABLES t
JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.AUTO_INCREMENT IS NOT NULL AND c.EXTRA LIKE '%auto_increment%'
AND t.TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
ORDER BY 1, 2";

/// The facet, over the control session.
pub(crate) struct Advising {
    session: Arc<ControlSession>,
}

impl Advising {
    pub(crate) fn new(session: Arc<ControlSession>) -> Self {
        Advising { session }
    }
}

#[async_trait]
impl Advice for Advising {
    async fn facts(&self) -> Result<Facts, Error> {
        let rows = self.session.query(COUNTERS).await.map_err(Error::from)?;
        let sequences = rows.iter().filter_map(|row| {
            let text = |place: usize| row.get(place).cloned().flatten();
            Some(SequencePosition {
                schema: text(0)?,
                relation: text(1)?,
                column: text(2)?,
                sequence: None,
                last: text(3)?.parse::<u64>().ok().map(|next| i64::try_from(next).unwrap_or(i64::MAX) - 1),
                most: i64::MAX,
                step: 1,
                cycles: false,
            })
        });
        Ok(Facts {
            sequences: Known::Value(sequences.collect()),
            extension_members: Known::Value(Vec::new()),
            ..Facts::of(Engine::MySql)
        })
    }
}
