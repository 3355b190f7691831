use serde::{Deserialize, Serialize};

use crate::Finding;

/// Somebody accepted a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The finding's key.
    pub key: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub author: String,
    /// When, as `2026-11-22`.
    pub date: String,
}

/// A file of findings that were accepted, kept beside the code: JSON, one suppression a line, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// What was accepted.
    pub suppressed: Vec<Suppression>,
}

impl Baseline {
    /// Accepts all of these, for one reason.
    pub fn of(findings: &[Finding], reason: &str, author: &str, date: &str) -> Self {
        let one = |finding: &Finding| Suppression {
            key: finding.key.clone(),
            reason: reason.to_owned(),
            author: author.to_owned(),
            date: date.to_owned(),
        };
        let mut suppressed: Vec<Suppression> = findings.iter().map(one).collect();
        suppressed.sort_by(|a, b| a.key.cmp(&b.key));
        suppressed.dedup_by(|a, b| a.key == b.key);
        Baseline { suppressed }
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// Where it is no such file, with the place.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self
            .suppressed
            .iter()
            .map(|one| {
                format!(
                    "    {}",
                    serde_json::json!({
                        "key": one.key, "reason": one.reason, "author": one.author, "date": one.date,
                    })
                )
            })
            .collect();
        format!("{{\n  \"suppressed\": [\n{}\n  ]\n}}\n", lines.join(",\n"))
    }
}
