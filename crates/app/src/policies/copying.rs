//! A policy of one table as a draft for another, with what does not hold there: told before it is staged.

use catalog::{Catalog, RelationId};
use policy::{
    copy::{Misfit, copied},
    expression::Names,
};

use super::{missing::Suspects, table, words};
use crate::{App, api::*, explorer::blocking};

impl App {
    /// A policy of a table as a draft for another one: its own name before columns becomes the new one. Nothing is staged.
    ///
    /// # Errors
    /// As [`App::policy_table`], for either table.
    pub async fn policy_copy(
        &self,
        profile_id: &str,
        database: Option<&str>,
        from: PolicyOn,
        to: PolicyOn,
        policy: PolicyDraft,
    ) -> Result<PolicyCopied, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let judged = looked.judged;
        let made = blocking(move || {
            let catalog = &judged.examined.catalog;
            let (from, id) = (table::relation(catalog, &from)?, table::relation(catalog, &to)?);
            Ok::<_, AppError>(made(catalog, &policy, (from, id), &to))
        });
        let (policy, notes, suspects) = made.await??;
        Ok(PolicyCopied { policy, notes, missing: suspects.asked(&looked.place).await? })
    }
}

fn made(
    catalog: &Catalog,
    policy: &PolicyDraft,
    (from, to): (RelationId, RelationId),
    on: &PolicyOn,
) -> (PolicyDraft, Vec<String>, Suspects) {
    let copied = copied(catalog, &words::to_draft(policy), from, to);
    // Columns that are not there are told with everything else that is not.
    let notes = copied.misfits.iter().filter(|misfit| !matches!(misfit, Misfit::NoColumn { .. }));
    let notes = notes.map(|misfit| format!("{misfit}.")).collect();
    let suspects = Suspects::of_draft(&Names::new(catalog), &words::table(on), &copied.draft);
    (words::draft(&copied.draft), notes, suspects)
}
