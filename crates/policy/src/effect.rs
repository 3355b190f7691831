//! What row security does to a statement: which policies apply to a role and a command, combined as the server does it.
//!
//! The server takes the policies of the command and of ALL that name the role, one it has the rights of, or PUBLIC, and
//! combines them as (any permissive) AND (all restrictive); without a permissive one nothing passes, and NULL counts as
//! false. A statement that also reads, by WHERE, RETURNING or the target of ON CONFLICT, needs the SELECT policies besides
//! (<https://www.postgresql.org/docs/current/sql-createpolicy.html#SQL-CREATEPOLICY-SUMMARY>, the server's `rowsecurity.c`).
//! Rows that USING hides are passed over in silence; rows that a check refuses are an error (42501).

use std::cell::OnceCell;

use catalog::{Catalog, Known, PolicyCommand, RelationId};
use serde::{Deserialize, Serialize};

use crate::expression::{Expression, Truth};
use crate::rights::{Held, Powers, Privileges, Rights};

/// What a statement does to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Reads rows.
    Select,
    /// Adds rows.
    Insert,
    /// Changes rows.
    Update,
    /// Removes rows.
    Delete,
}

impl Command {
    /// Each of them.
    pub const ALL: [Command; 4] = [Command::Select, Command::Insert, Command::Update, Command::Delete];

    /// The privilege it needs.
    pub fn privilege(self) -> Privileges {
        match self {
            Command::Select => Privileges::SELECT,
            Command::Insert => Privileges::INSERT,
            Command::Update => Privileges::UPDATE,
            Command::Delete => Privileges::DELETE,
        }
    }

    /// Its word in SQL.
    pub fn words(self) -> &'static str {
        match self {
            Command::Select => "SELECT",
            Command::Insert => "INSERT",
            Command::Update => "UPDATE",
            Command::Delete => "DELETE",
        }
    }

    fn is(self, command: PolicyCommand) -> bool {
        matches!(
            (self, command),
            (_, PolicyCommand::All)
                | (Command::Select, PolicyCommand::Select)
                | (Command::Insert, PolicyCommand::Insert)
                | (Command::Update, PolicyCommand::Update)
                | (Command::Delete, PolicyCommand::Delete)
        )
    }
}

/// What an INSERT does about rows that are there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Nothing was said.
    #[default]
    None,
    /// `ON CONFLICT DO NOTHING`.
    DoNothing,
    /// `ON CONFLICT (column) DO NOTHING`: it reads the column.
    TargetDoNothing,
    /// `ON CONFLICT (column) DO UPDATE`.
    DoUpdate,
}

/// A statement, as far as row security asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// What it does.
    pub command: Command,
    /// It reads a column of the table: by WHERE, RETURNING or an expression of SET. `RETURNING 1` and `UPDATE t SET v = 1`
    /// read none.
    pub reads: bool,
    /// SELECT … FOR UPDATE or one of its kin, which the UPDATE policies concern too.
    pub locks: bool,
    /// What an INSERT does about rows that are there already.
    pub on_conflict: OnConflict,
}

impl Shape {
    /// As statements mostly are: UPDATE and DELETE with a WHERE, INSERT without RETURNING.
    pub fn usual(command: Command) -> Self {
        Shape { command, reads: command != Command::Insert, locks: false, on_conflict: OnConflict::None }
    }
}

/// What one WHEN of a MERGE does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Adds a row.
    Insert,
    /// Changes the row it met.
    Update,
    /// Removes the row it met.
    Delete,
    /// Nothing.
    DoNothing,
}

/// A MERGE (PostgreSQL 15 and newer), as far as row security asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// What each WHEN does, in order.
    pub whens: Vec<When>,
    /// It reads a column of the target, mostly by ON.
    pub reads: bool,
    /// It has RETURNING with a column of the target (PostgreSQL 17 and newer).
    pub returns: bool,
}

/// A policy's part in a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The policy's name.
    pub policy: String,
    /// Its expression; `None` where it has none, so that a permissive one adds nothing and a restrictive one asks nothing.
    pub expression: Option<String>,
    /// It is the USING expression although rows are written: WITH CHECK is missing.
    pub using_as_check: bool,
    /// What it can be.
    pub truth: Truth,
    /// Its expression could not be read, so that nothing is known of it.
    pub unreadable: bool,
}

/// What a combined condition is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Rows that are there; those that do not pass are passed over in silence.
    Existing,
    /// Rows as they would be written; one that does not pass is an error.
    New,
    /// The row that an INSERT or a MERGE met; where it does not pass that is an error.
    Conflicting,
}

/// Policies of one command, combined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it is asked of.
    pub asked: Asked,
    /// The command whose policies these are.
    pub command: Command,
    /// Any of these has to be true.
    pub permissive: Vec<Part>,
    /// And all of these.
    pub restrictive: Vec<Part>,
}

impl Condition {
    /// What the whole can be.
    pub fn truth(&self) -> Truth {
        let any = self.permissive.iter().filter(|part| part.expression.is_some());
        let any = any.fold(Truth::FALSE, |all, part| all.or(part.truth));
        let all = self.restrictive.iter().filter(|part| part.expression.is_some());
        all.fold(any, |all, part| all.and(part.truth))
    }

    /// In words of SQL, for people: `(a OR b) AND (c)`.
    pub fn text(&self) -> String {
        let texts = |parts: &[Part]| -> Vec<String> {
            parts.iter().filter_map(|part| Some(format!("({})", part.expression.as_deref()?.trim()))).collect()
        };
        let any = texts(&self.permissive);
        let mut all = texts(&self.restrictive);
        let any = match any.as_slice() {
            [] => "false".to_owned(),
            [one] => one.clone(),
            several if all.is_empty() => several.join(" OR "),
            several => format!("({})", several.join(" OR ")),
        };
        all.insert(0, any);
        all.join(" AND ")
    }
}

/// Why row security does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bypass {
    /// The role is a superuser.
    Superuser,
    /// The role has BYPASSRLS.
    BypassRowSecurity,
    /// The role owns the table, or has its owner's rights, and row security is not forced on the owner.
    Owner,
}

/// What row security does to a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// The statement is refused before any policy is asked: this privilege is missing.
    Refused {
        /// What is missing, such as `SELECT` or `USAGE on the schema`.
        missing: String,
    },
    /// Row security is off: every row.
    Off,
    /// Row security is on and does not apply: every row.
    Bypassed {
        /// Why.
        why: Bypass,
    },
    /// Policies decide.
    Decided {
        /// All of these have to hold.
        conditions: Vec<Condition>,
    },
    /// Whether row security is on was not read.
    NotKnown,
}

impl Effect {
    /// What is known of all rows: always true, never true, or it depends. Only where policies decide.
    pub fn truth(&self) -> Option<Truth> {
        match self {
            Effect::Decided { conditions } => {
                Some(conditions.iter().fold(Truth::TRUE, |all, condition| all.and(condition.truth())))
            }
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Read {
    using: Part,
    check: Part,
}

/// Policies of a catalog with the rights of its roles; made once, expressions are read when they are first needed.
#[derive(Debug)]
pub struct Effects<'a> {
    rights: Rights<'a>,
    read: Vec<OnceCell<Read>>,
}

impl<'a> Effects<'a> {
    /// The policies of that catalog.
    pub fn new(catalog: &'a Catalog) -> Self {
        let read = catalog.policies.iter().map(|_| OnceCell::new()).collect();
        Effects { rights: Rights::new(catalog), read }
    }

    /// The rights of its roles.
    pub fn rights(&self) -> &Rights<'a> {
        &self.rights
    }

    /// What row security does to a statement of a role on a relation.
    pub fn of(&self, relation: RelationId, powers: &Powers, shape: Shape) -> Effect {
        let held = self.rights.held(powers, relation);
        match missing(held, shape) {
            Some(missing) => Effect::Refused { missing },
            None => self.without_rights(relation, powers, shape),
        }
    }

    /// What row security does to a MERGE, for each of its WHENs. A privilege that one of them needs is needed by the whole.
    ///
    /// Rows are found by the SELECT policies alone; that the row met passes USING of the UPDATE or DELETE policies is asked when
    /// it is to be changed, and where it does not that is an error, not silence
    /// (<https://www.postgresql.org/docs/current/sql-createpolicy.html>, the server's `rowsecurity.c`).
    pub fn of_merge(&self, relation: RelationId, powers: &Powers, merge: &Merge) -> Vec<Effect> {
        let held = self.rights.held(powers, relation);
        let shape = |command| Shape { reads: merge.reads || merge.returns, ..Shape::usual(command) };
        let command = |when| match when {
            When::Insert => Command::Insert,
            When::Update => Command::Update,
            When::Delete => Command::Delete,
            When::DoNothing => Command::Select,
        };
        let asked = merge.whens.iter().filter(|when| **when != When::DoNothing || merge.reads);
        if let Some(missing) = asked.clone().find_map(|when| missing(held, shape(command(*when)))) {
            return merge.whens.iter().map(|_| Effect::Refused { missing: missing.clone() }).collect();
        }
        let unfiltered = self.unfiltered(relation, powers);
        merge
            .whens
            .iter()
            .map(|when| unfiltered.clone().unwrap_or_else(|| self.merged(relation, powers, merge, *when)))
            .collect()
    }

    fn merged(&self, relation: RelationId, powers: &Powers, merge: &Merge, when: When) -> Effect {
        let condition = |asked, command| self.condition(relation, powers, asked, command);
        let mut conditions = Vec::new();
        let reads = merge.reads || merge.returns;
        if reads {
            conditions.push(condition(Asked::Existing, Command::Select));
        }
        match when {
            When::Update => {
                conditions.push(condition(Asked::Conflicting, Command::Update));
                conditions.push(condition(Asked::New, Command::Update));
                if reads {
                    conditions.push(condition(Asked::New, Command::Select));
                }
            }
            When::Delete => conditions.push(condition(Asked::Conflicting, Command::Delete)),
            When::Insert => {
                conditions.push(condition(Asked::New, Command::Insert));
                if merge.returns {
                    conditions.push(condition(Asked::New, Command::Select));
                }
            }
            When::DoNothing => {}
        }
        Effect::Decided { conditions }
    }

    /// The effect where policies are not asked at all.
    fn unfiltered(&self, relation: RelationId, powers: &Powers) -> Option<Effect> {
        let Some(row) = self.rights.catalog().relations.get(relation.0 as usize) else { return Some(Effect::NotKnown) };
        let security = match &row.row_security {
            Known::Value(security) => *security,
            Known::Unsupported => return Some(Effect::Off),
            Known::NotLoaded | Known::Denied => return Some(Effect::NotKnown),
        };
        if !security.enabled {
            return Some(Effect::Off);
        }
        let why = if powers.superuser {
            Bypass::Superuser
        } else if powers.bypass_row_security {
            Bypass::BypassRowSecurity
        } else if !security.forced && self.rights.owns(powers, relation) {
            Bypass::Owner
        } else {
            return None;
        };
        Some(Effect::Bypassed { why })
    }

    /// The same as [`Effects::of`], without asking for privileges.
    pub fn without_rights(&self, relation: RelationId, powers: &Powers, shape: Shape) -> Effect {
        if let Some(effect) = self.unfiltered(relation, powers) {
            return effect;
        }
        let condition = |asked, command| self.condition(relation, powers, asked, command);
        let mut conditions = Vec::new();
        let Shape { command, reads, locks, on_conflict } = shape;
        match command {
            Command::Select => {
                conditions.push(condition(Asked::Existing, Command::Select));
                if locks {
                    conditions.push(condition(Asked::Existing, Command::Update));
                }
            }
            Command::Insert => {
                conditions.push(condition(Asked::New, Command::Insert));
                if reads || matches!(on_conflict, OnConflict::TargetDoNothing | OnConflict::DoUpdate) {
                    conditions.push(condition(Asked::New, Command::Select));
                }
                if on_conflict == OnConflict::DoUpdate {
                    conditions.push(condition(Asked::Conflicting, Command::Update));
                    conditions.push(condition(Asked::Conflicting, Command::Select));
                    conditions.push(condition(Asked::New, Command::Update));
                }
            }
            Command::Update => {
                conditions.push(condition(Asked::Existing, Command::Update));
                if reads {
                    conditions.push(condition(Asked::Existing, Command::Select));
                }
                conditions.push(condition(Asked::New, Command::Update));
                if reads {
                    conditions.push(condition(Asked::New, Command::Select));
                }
            }
            Command::Delete => {
                conditions.push(condition(Asked::Existing, Command::Delete));
                if reads {
                    conditions.push(condition(Asked::Existing, Command::Select));
                }
            }
        }
        Effect::Decided { conditions }
    }

    /// Policies of one command that concern a role, as indexes into the catalog's.
    pub fn applying<'p>(
        &'p self,
        relation: RelationId,
        powers: &'p Powers,
        command: Command,
    ) -> impl Iterator<Item = usize> + use<'p, 'a> {
        let policies = &self.rights.catalog().policies;
        let first = policies.partition_point(|policy| policy.relation < relation);
        let own = policies.iter().enumerate().skip(first).take_while(move |(_, policy)| policy.relation == relation);
        own.filter_map(move |(index, policy)| {
            let concerns = policy.roles.iter().any(|role| self.rights.is_or_has(powers, role));
            (command.is(policy.command) && concerns).then_some(index)
        })
    }

    fn condition(&self, relation: RelationId, powers: &Powers, asked: Asked, command: Command) -> Condition {
        let mut condition = Condition { asked, command, permissive: Vec::new(), restrictive: Vec::new() };
        for index in self.applying(relation, powers, command) {
            let (Some(policy), Some(read)) = (self.rights.catalog().policies.get(index), self.read(index)) else {
                continue;
            };
            // That a written row can be read again is asked with USING, too.
            let part = if asked == Asked::New && command != Command::Select { &read.check } else { &read.using };
            let parts = if policy.permissive { &mut condition.permissive } else { &mut condition.restrictive };
            parts.push(part.clone());
        }
        condition
    }

    fn read(&self, index: usize) -> Option<&Read> {
        let policy = self.rights.catalog().policies.get(index)?;
        let cell = self.read.get(index)?;
        Some(cell.get_or_init(|| {
            let names = self.rights.names();
            let part = |text: Option<&String>, using_as_check| {
                let read = text.map(|text| Expression::parse(text, &names.of(policy.relation)));
                Part {
                    policy: policy.name.clone(),
                    expression: text.cloned(),
                    using_as_check,
                    truth: read.as_ref().and_then(|read| read.as_ref().ok()).map_or(Truth::ANY, |read| read.truth),
                    unreadable: matches!(read, Some(Err(_))),
                }
            };
            let using = part(policy.using.as_ref(), false);
            let check = match &policy.with_check {
                None => Part { using_as_check: using.expression.is_some(), ..using.clone() },
                text if *text == policy.using => using.clone(),
                text => part(text.as_ref(), false),
            };
            Read { using, check }
        }))
    }
}

/// The privilege that a statement lacks, in words.
fn missing(held: Held, shape: Shape) -> Option<String> {
    if !held.schema {
        return Some("USAGE on the schema".to_owned());
    }
    let has = |privilege| held.any().has(privilege);
    // Rows are removed as a whole; everything else can be granted by column.
    let may = match shape.command {
        Command::Delete => held.table.has(Privileges::DELETE),
        command => has(command.privilege()),
    };
    if !may {
        return Some(shape.command.words().to_owned());
    }
    let reads = shape.reads || matches!(shape.on_conflict, OnConflict::TargetDoNothing | OnConflict::DoUpdate);
    if shape.command != Command::Select && reads && !has(Privileges::SELECT) {
        return Some("SELECT".to_owned());
    }
    let updates = shape.locks || shape.on_conflict == OnConflict::DoUpdate;
    (updates && !has(Privileges::UPDATE)).then(|| "UPDATE".to_owned())
}

#[cfg(test)]
mod tests;
