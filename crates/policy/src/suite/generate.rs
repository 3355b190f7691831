//! A suite for a table whose rows belong to users: what one may see and do with another's.
//!
//! The cases say what a table of users' own rows is mostly meant to do, and what the catalog knows already: where a privilege is
//! missing, that error is expected. They are a beginning, to be read and changed: of a table that everyone may read, the cases of
//! reading fail, as they should.

mod rows;

use catalog::{Action, Catalog, Kind, RelationId};
use serde::Serialize;

use super::{As, Case, Expect, Rows as Expected, Suite, Then};
use crate::effect::{Asked, Command, Condition, Effect, Effects, Shape};
use crate::expression::Truth;
use crate::name;
use crate::rights::{Powers, Privileges};
use crate::template::{Template, suggested};
use rows::{Row, Rows};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    /// What the cases call them.
    pub name: String,
    /// What the column that names the owner holds for them, as the server prints it.
    pub id: String,
    /// How their statements are sent.
    pub actor: As,
}

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actors {
    /// Who tries.
    pub one: User,
    /// Whose rows are out of reach.
    pub other: User,
    /// Who has not signed in; `None` leaves those cases out.
    pub anonymous: Option<As>,
}

/// What was generated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generated {
    /// The suite.
    pub suite: Suite,
    /// What has to be looked at before it can run.
    pub notes: Vec<String>,
}

/// The most cases of rows that go with others, in each direction.
const MOST_CASCADES: usize = 3;

/// The column that names the owner of a table's rows, as far as its name tells.
pub fn owner_column(catalog: &Catalog, relation: RelationId) -> Option<String> {
    suggested(catalog, relation).into_iter().find_map(|template| match template {
        Template::OwnRows { owner } => Some(owner),
        _ => None,
    })
}

/// A suite for a table whose column `owner` names the user that a row belongs to.
pub fn generate(catalog: &Catalog, relation: RelationId, owner: &str, actors: &Actors) -> Generated {
    let Some(walker) = catalog.relation(relation) else {
        let suite = Suite { name: String::new(), claims_setting: None, setup: Vec::new(), cases: Vec::new() };
        return Generated { suite, notes: vec!["The table is not there.".to_owned()] };
    };
    let key = walker.primary_key().map_or_else(|| vec![owner.to_owned()], |key| key.columns.clone());
    let mut make = Maker {
        catalog,
        effects: Effects::new(catalog),
        rows: Rows::new(catalog),
        relation,
        table: name::qualified(walker.schema(), &walker.row().name),
        owner,
        key,
        cases: Vec::new(),
    };
    if catalog.complete(&[Kind::Policies, Kind::Roles, Kind::Grants]).is_err() {
        make.rows.note("Roles and grants were not read in full: which privileges are missing is not known.".to_owned());
    }
    if make.key.as_slice() == [owner] && walker.primary_key().is_none() {
        make.rows.note(format!("{} has no primary key: rows are told apart by {owner} alone.", make.table));
    }
    let (mine, theirs) = (make.row_of(&actors.one), make.row_of(&actors.other));
    make.isolation(actors);
    make.cross_user(actors, &theirs);
    make.anonymous(actors);
    make.insert_for_another(actors);
    make.move_to_another(actors, &mine);
    make.cascades(actors, &theirs);
    let mut setup = mine.statements();
    setup.extend(theirs.statements());
    let suite = Suite { name: walker.row().name.clone(), claims_setting: None, setup, cases: make.cases };
    Generated { suite, notes: make.rows.notes }
}

struct Maker<'a> {
    catalog: &'a Catalog,
    effects: Effects<'a>,
    rows: Rows<'a>,
    relation: RelationId,
    table: String,
    owner: &'a str,
    /// The columns that tell rows apart.
    key: Vec<String>,
    cases: Vec<Case>,
}

impl<'a> Maker<'a> {
    fn push(&mut self, name: String, actor: &As, statement: String, expect: Expect) {
        let case = Case { name, actor: actor.clone(), statement, expect, setup: Vec::new(), then: None };
        self.cases.push(case);
    }

    /// A row of a user, with all that others can go with.
    fn row_of(&mut self, user: &User) -> Row {
        let given = [(self.owner.to_owned(), name::literal(&user.id))];
        let mut wanted = self.key.clone();
        wanted.extend(self.cascading_keys().into_iter().flat_map(|key| key.columns.iter().cloned()));
        self.rows.row(self.relation, &given, &wanted)
    }

    fn powers(&self, actor: &As) -> Option<Powers> {
        actor.role.as_deref().map(|role| self.effects.rights().powers(role)).filter(|powers| powers.known)
    }

    /// The error of a missing privilege where the catalog says that one is missing, else what was meant.
    fn unless_missing(&self, relation: RelationId, actor: &As, command: Command, meant: Expect) -> Expect {
        let effect = self.powers(actor).map(|powers| self.effects.of(relation, &powers, Shape::usual(command)));
        if matches!(effect, Some(Effect::Refused { .. })) { not_allowed() } else { meant }
    }

    fn isolation(&mut self, actors: &Actors) {
        for user in [&actors.one, &actors.other] {
            let statement = format!("SELECT DISTINCT {} FROM {}", name::quote(self.owner), self.table);
            let expect = Expect::Rows(Expected::First(vec![Some(user.id.clone())]));
            let expect = self.unless_missing(self.relation, &user.actor, Command::Select, expect);
            self.push(
                format!("isolation: {} sees their own rows and no others", user.name),
                &user.actor,
                statement,
                expect,
            );
        }
    }

    fn cross_user(&mut self, actors: &Actors, theirs: &Row) {
        let (one, other) = (&actors.one, &actors.other);
        let (table, row) = (self.table.clone(), theirs.is(&self.key));
        let title = |does: &str| format!("cross-user: {} does not {does} a row of {}", one.name, other.name);
        let still = Then { statement: format!("SELECT 1 FROM {table} WHERE {row}"), expect: Expect::Count(1) };
        let expect = self.unless_missing(self.relation, &one.actor, Command::Select, Expect::Count(0));
        self.push(title("see"), &one.actor, format!("SELECT 1 FROM {table} WHERE {row}"), expect);
        let column = name::quote(&self.changeable(&one.actor));
        let expect = self.unless_missing(self.relation, &one.actor, Command::Update, Expect::Affected(0));
        let update = format!("UPDATE {table} SET {column} = {column} WHERE {row}");
        self.push(title("change"), &one.actor, update, expect);
        let expect = self.unless_missing(self.relation, &one.actor, Command::Delete, Expect::Affected(0));
        self.push(title("remove"), &one.actor, format!("DELETE FROM {table} WHERE {row}"), expect);
        if let Some(case) = self.cases.last_mut() {
            case.then = Some(still);
        }
    }

    /// A column that the actor may change: the owner's, or where only some are granted the first of those.
    fn changeable(&self, actor: &As) -> String {
        let whole = |powers: &Powers| self.effects.rights().held(powers, self.relation).table.has(Privileges::UPDATE);
        let key = self.catalog.relation_key(self.relation);
        let granted = self.powers(actor).filter(|powers| !whole(powers)).and_then(|powers| {
            let grants = self.catalog.grants.iter().filter(|grant| Some(&grant.object) == key.as_ref());
            let mut columns = grants.filter(|grant| {
                grant.privilege == "UPDATE" && self.effects.rights().is_or_has(&powers, &grant.grantee)
            });
            columns.find_map(|grant| grant.column.clone())
        });
        granted.unwrap_or_else(|| self.owner.to_owned())
    }

    fn anonymous(&mut self, actors: &Actors) {
        let Some(nobody) = &actors.anonymous else { return };
        let expect = self.unless_missing(self.relation, nobody, Command::Select, Expect::Count(0));
        let select = format!("SELECT 1 FROM {}", self.table);
        self.push("anonymous: who has not signed in sees nothing".to_owned(), nobody, select, expect);
        let row = self.row_of(&actors.one);
        self.push("anonymous: who has not signed in adds nothing".to_owned(), nobody, row.insert, not_allowed());
        if let Some(case) = self.cases.last_mut() {
            case.setup = row.before;
        }
    }

    fn insert_for_another(&mut self, actors: &Actors) {
        let (one, other) = (&actors.one, &actors.other);
        let row = self.row_of(other);
        let title = format!("insert for another: {} adds no row of {}", one.name, other.name);
        self.push(title, &one.actor, row.insert, not_allowed());
        if let Some(case) = self.cases.last_mut() {
            case.setup = row.before;
        }
    }

    fn move_to_another(&mut self, actors: &Actors, mine: &Row) {
        let (one, other) = (&actors.one, &actors.other);
        let effect = self
            .powers(&one.actor)
            .map(|powers| self.effects.of(self.relation, &powers, Shape::usual(Command::Update)));
        let existing = match &effect {
            Some(Effect::Decided { conditions }) => conditions
                .iter()
                .find(|condition| condition.asked == Asked::Existing && condition.command == Command::Update)
                .map(Condition::truth),
            _ => None,
        };
        let none = existing.is_some_and(Truth::is_never_true);
        let set = format!("UPDATE {} SET {} = {}", self.table, name::quote(self.owner), name::literal(&other.id));
        let title =
            |how: &str| format!("move to another: {} does not make a row of theirs {}'s{how}", one.name, other.name);
        // Where no policy lets a row be changed at all, the statement passes over it.
        let expect = if none { Expect::Affected(0) } else { not_allowed() };
        self.push(title(""), &one.actor, format!("{set} WHERE {}", mine.is(&self.key)), expect);
        // A statement that does not look at rows is held by WITH CHECK alone: the moved row need not be seen. It would change
        // all rows where policies filtered none.
        if existing.is_some_and(|truth| !truth.is_never_true() && !truth.is_always_true()) {
            self.push(title(", nor blindly"), &one.actor, set, not_allowed());
        }
    }

    /// Foreign keys of the table by which its rows go with others.
    fn cascading_keys(&self) -> Vec<&'a catalog::ForeignKey> {
        let keys = self.catalog.relation(self.relation).map_or(&[][..], |walker| walker.foreign_keys());
        keys.iter()
            .filter(|key| key.on_delete == Action::Cascade && key.referenced.is_some())
            .take(MOST_CASCADES)
            .collect()
    }

    /// Policies do not stop what goes with a removed row, so that the row it goes with has to be out of reach.
    fn cascades(&mut self, actors: &Actors, theirs: &Row) {
        let (one, other) = (&actors.one, &actors.other);
        let (catalog, relation) = (self.catalog, self.relation);
        let Some(walker) = catalog.relation(relation) else { return };
        let still = Then {
            statement: format!("SELECT 1 FROM {} WHERE {}", self.table, theirs.is(&self.key)),
            expect: Expect::Count(1),
        };
        for key in self.cascading_keys() {
            let Some(parent) = key.referenced.and_then(|id| catalog.relation(id)) else { continue };
            let referred = name::qualified(parent.schema(), &parent.row().name);
            let expect = self.unless_missing(parent.id(), &one.actor, Command::Delete, Expect::Affected(0));
            let condition = pairs(&key.referenced_columns, &key.columns, theirs);
            let title = format!("cascade: {} does not remove a row of {} by way of {referred}", one.name, other.name);
            self.push(title, &one.actor, format!("DELETE FROM {referred} WHERE {condition}"), expect);
            if let Some(case) = self.cases.last_mut() {
                case.then = Some(still.clone());
            }
        }
        let children =
            walker.referenced_by().filter(|key| key.on_delete == Action::Cascade && key.relation != relation);
        for key in children.take(MOST_CASCADES) {
            let Some(child) = catalog.relation(key.relation) else { continue };
            let values: Option<Vec<(String, String)>> = key
                .columns
                .iter()
                .zip(&key.referenced_columns)
                .map(|(column, referred)| Some((column.clone(), theirs.value(referred)?.to_owned())))
                .collect();
            let referring = name::qualified(child.schema(), &child.row().name);
            let Some(values) = values else {
                self.rows
                    .note(format!("{referring} refers to columns that the rows made here leave to their defaults."));
                continue;
            };
            self.rows.there = Some(self.relation);
            let row = self.rows.row(child.id(), &values, &[]);
            self.rows.there = None;
            let expect = self.unless_missing(self.relation, &one.actor, Command::Delete, Expect::Affected(0));
            let title =
                format!("cascade: {} does not remove what in {referring} goes with a row of {}", one.name, other.name);
            let statement = format!("DELETE FROM {} WHERE {}", self.table, theirs.is(&self.key));
            self.push(title, &one.actor, statement, expect);
            let there =
                format!("SELECT 1 FROM {referring} WHERE {}", pairs(&key.columns, &key.referenced_columns, theirs));
            if let Some(case) = self.cases.last_mut() {
                case.setup = row.statements();
                case.then = Some(Then { statement: there, expect: Expect::Count(1) });
            }
        }
    }
}

fn not_allowed() -> Expect {
    Expect::Error("42501".to_owned())
}

/// `a = value of x in the row`, for columns of another table and this row's.
fn pairs(columns: &[String], of_row: &[String], row: &Row) -> String {
    let sides = columns
        .iter()
        .zip(of_row)
        .map(|(column, own)| format!("{} = {}", name::quote(column), row.value(own).unwrap_or("NULL")));
    sides.collect::<Vec<_>>().join(" AND ")
}
