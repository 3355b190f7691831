//! Differences for reading: a line for each object, and under one that changed what of it.

use std::fmt::Write as _;

use app::compare::{dotted, is_part, kind_words};
use schema::{Comparison, Rename, What};

use super::{sign, whole};
use crate::say::clean;

pub(super) fn listed(comparison: &Comparison, renames: &[Rename]) -> String {
    let mut text = String::new();
    for one in renames {
        let kind = kind_words(&one.from, None);
        let _ = writeln!(text, "> {kind} {} is now {}", clean(&dotted(&one.from)), clean(&one.to.name));
    }
    let whole = whole(&comparison.differences);
    for one in &comparison.differences {
        let table = one.key.signature.as_deref().filter(|_| is_part(&one.key));
        if table.is_some_and(|table| whole.contains(&(one.key.schema.as_deref(), table))) {
            continue;
        }
        let _ = writeln!(text, "{} {} {}", sign(&one.what), kind_words(&one.key, None), clean(&dotted(&one.key)));
        let What::Changed { facets, .. } = &one.what else { continue };
        for facet in facets {
            for (sign, side) in [('-', &facet.before), ('+', &facet.after)] {
                if let Some(side) = side {
                    let side = clean(side).replace('\n', "\n        ");
                    let _ = writeln!(text, "    {sign} {}: {side}", facet.name);
                }
            }
        }
    }
    if text.is_empty() { "Nothing differs.\n".to_owned() } else { text }
}
