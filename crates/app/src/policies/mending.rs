//! Fixes of the advisor's findings as drafts: what is row security is staged, for a person to review and apply; the rest is a script.

use advisor::Finding;

use super::{drafts, plan::Planned, words};
use crate::{
    App,
    advisor::{database_of, review, still_found},
    api::*,
    explorer::blocking,
};

impl App {
    /// Stages the fixes of these findings as far as they are changes of row security; the others come back as a script. Nothing
    /// is applied. Fixes of several findings that change one policy are staged one at a time.
    ///
    /// # Errors
    /// `NotFound` where none of them is found any more; otherwise as [`App::policy_stage`].
    pub async fn advisor_drafts(
        &self,
        profile_id: &str,
        database: Option<&str>,
        keys: Vec<String>,
    ) -> Result<AdvisorDrafted, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let texts = self.texts(&looked).await?;
        let of = database_of(&looked.place);
        let catalog = &looked.judged.examined.catalog;
        let found = still_found(&looked.judged, &keys)?;
        let draftable = |finding: &&Finding| finding.fix.as_ref().is_some_and(|fix| !fix.changes.is_empty());
        let (drafts, others): (Vec<&Finding>, Vec<&Finding>) = found.into_iter().partition(draftable);
        let fixes: Vec<&[policy::change::Change]> =
            drafts.iter().filter_map(|finding| finding.fix.as_ref()).map(|fix| fix.changes.as_slice()).collect();
        let (staged, mended) = drafts::mend(&self.store, profile_id, &of, &fixes, catalog, &texts).await?;
        let (mut drafted, mut later, mut tables) = (Vec::new(), Vec::new(), Vec::new());
        for ((finding, fix), is_staged) in drafts.iter().zip(&fixes).zip(mended) {
            if is_staged { &mut drafted } else { &mut later }.push(finding.key.clone());
            tables.extend(fix.iter().map(|change| words::on(words::changed(change))).filter(|_| is_staged));
        }
        tables.sort();
        tables.dedup();
        let script = (!others.is_empty()).then(|| review(others.into_iter()));
        self.events.changed(&[Topic::Security], Some(profile_id));
        let changes = staged.told(catalog, None);
        let judged = std::sync::Arc::clone(&looked.judged);
        let last = self.last_apply(&looked.place).await?;
        let planned = blocking(move || Planned::new(&judged.examined.catalog, staged.set(), None)).await?;
        let plan = planned.asked(&looked.place).await?.told();
        Ok(AdvisorDrafted { staged: PolicyDrafts { changes, last }, tables, drafted, later, plan, script })
    }
}
