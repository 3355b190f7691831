use std::{collections::HashSet, fmt};

use catalog::RelationWalker;
use policy::{
    coverage::{self, level_of},
    effect::Command,
};
use serde::{Deserialize, Serialize};

use crate::{Context, Finding, Level, Verdict, report::RuleReport};

/// Rules by which a client that has not signed in, or everybody, can write.
const ANYBODY_WRITES: &str = "S-09";
/// Of more than one exposed table in so many that has an error, the grade is E.
const MANY: usize = 4;
/// Of more than one table in so many that has a warning, the grade is C.
const SOME: usize = 10;

/// How safe rows are, A best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "they are what they are called")]
pub enum Grade {
    A,
    B,
    C,
    D,
    E,
    F,
}

/// A grade for how safe rows are, from the rules on row security and exposure (group S):
///
/// | Grade | When |
/// |---|---|
/// | F | anonymous clients or PUBLIC can write to a table |
/// | E | more than a quarter of the exposed relations have an error |
/// | D | an exposed relation has an error |
/// | C | something else has an error, or more than a tenth of the tables have a warning |
/// | B | something has a warning |
/// | A | none of these |
///
/// The first line that fits counts. `?` is added where a rule of the group was not evaluated, or not in full. What is accepted in
/// a baseline counts as what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The grade.
    pub grade: Grade,
    /// Whether a rule was not evaluated, or not in full: it may be worse than that.
    pub uncertain: bool,
    /// Tables that rows are stored in, partitions not counted.
    pub tables: usize,
    /// How many of them no error is about, and none that an exposed role gets every row of.
    pub secured: usize,
    /// Findings of these rules that are warnings.
    pub warnings: usize,
    /// Findings of these rules that are errors.
    pub errors: usize,
}

impl Score {
    pub(crate) fn of(context: &Context<'_>, rules: &[RuleReport], findings: &[Finding]) -> Self {
        let of_group = |finding: &&Finding| finding.rule.starts_with('S');
        let at = |level: Level| findings.iter().filter(of_group).filter(move |finding| finding.level == level);
        let is_exposed = |schema: &str| context.exposure.is_some_and(|exposure| exposure.has_schema(schema));
        // The relation that a finding is about, whatever part of it.
        let relation = |finding: &Finding| -> Option<(String, String)> {
            let name = finding.object.relation.as_ref().unwrap_or(&finding.object.name);
            let schema = finding.object.schema.as_ref()?;
            context.find(schema, name).map(|_| (schema.clone(), name.clone()))
        };
        let wrong: HashSet<_> = at(Level::Error).filter_map(relation).collect();
        let warned: HashSet<_> = at(Level::Warning).filter_map(relation).collect();
        let exposed_wrong = wrong.iter().filter(|(schema, _)| is_exposed(schema)).count();
        let exposed = context.relations().filter(|relation| is_exposed(relation.schema())).count();
        let tables = context.tables().count();
        let is_secured = |table: &RelationWalker<'_>| {
            let is_open = || is_exposed(table.schema()) && gets_every_row(context, *table);
            !wrong.contains(&(table.schema().to_owned(), table.row().name.clone())) && !is_open()
        };
        let secured = context.tables().filter(is_secured).count();
        let (errors, warnings) = (at(Level::Error).count(), at(Level::Warning).count());
        let grade = if findings.iter().any(|finding| finding.rule == ANYBODY_WRITES) {
            Grade::F
        } else if exposed_wrong * MANY > exposed {
            Grade::E
        } else if exposed_wrong > 0 {
            Grade::D
        } else if errors > 0 || warned.len() * SOME > tables {
            Grade::C
        } else if warnings > 0 {
            Grade::B
        } else {
            Grade::A
        };
        let uncertain = rules
            .iter()
            .filter(|rule| rule.id.starts_with('S'))
            .any(|rule| matches!(rule.verdict, Verdict::NotEvaluated(_) | Verdict::Fail { partly: Some(_), .. }));
        Score { grade, uncertain, tables, secured, warnings, errors }
    }
}

/// Whether an exposed role sees, changes or removes whatever row it likes.
fn gets_every_row(context: &Context<'_>, table: RelationWalker<'_>) -> bool {
    let commands = [Command::Select, Command::Update, Command::Delete];
    context.exposed_powers().unwrap_or_default().iter().any(|powers| {
        let level = |command| level_of(context.effects(), table.id(), powers, command);
        commands.into_iter().any(|command| matches!(level(command), coverage::Level::All | coverage::Level::Bypass))
    })
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}{}", self.grade, if self.uncertain { "?" } else { "" })
    }
}
