//! How much there is of a database's row security, and what the rules said of it, from what is kept: a face may show it at any
//! time, since no server is asked and nothing is read.

use advisor::Level;

use super::overview;
use crate::{App, advisor::number, api::*};

impl App {
    /// What is known of a database; nothing of one that is not open.
    pub fn security_figures(&self, profile_id: &str, database: Option<&str>) -> SecurityFigures {
        let Some(opened) = self.live.find(profile_id).and_then(|connected| connected.opened(database)) else {
            return SecurityFigures::default();
        };
        let version = opened.shelf.latest();
        let judged = opened.examined.last();
        let roles = match (opened.overview.latest(), &judged) {
            (Some(overview), _) => Some(overview.roles()),
            (None, Some(judged)) => Some(overview::roles(&judged.examined.catalog, None, |_| true).len()),
            (None, None) => None,
        };
        SecurityFigures {
            tables: version.as_ref().map(|version| number(overview::declared(&version.catalog).count())),
            roles: roles.map(number),
            found: judged.map(|judged| {
                let count =
                    |level| number(judged.report.findings.iter().filter(|finding| finding.level == level).count());
                SecurityFound {
                    errors: count(Level::Error),
                    warnings: count(Level::Warning),
                    at_ms: judged.examined.at_ms,
                    current: version.is_some_and(|version| opened.examined.has(&version)),
                }
            }),
        }
    }
}
