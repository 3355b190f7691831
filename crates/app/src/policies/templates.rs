//! Templates offered for a table, bound to its own columns, and form and SQL as two views of one policy.

use catalog::{Catalog, RelationId};
use policy::{
    expression::{Names, Problem},
    listing::{Draft, Listing, TablePolicies, Unreadable},
    template::{Made, Members, Template, Who, suggested},
};

use super::{missing, words};
use crate::{api::*, text::Positions};

fn who(who: &Who) -> PolicyWho {
    PolicyWho { user: who.user.clone(), authenticated: who.authenticated.clone(), anonymous: who.anonymous.clone() }
}

fn made(names: &Names<'_>, relation: RelationId, made: &Made) -> PolicyMade {
    PolicyMade {
        policies: made.policies.iter().map(words::draft).collect(),
        indexes: made.indexes.clone(),
        notes: made.notes.iter().cloned().chain(missing::notes(names, relation, &made.policies)).collect(),
    }
}

fn told(template: Template) -> PolicyTemplate {
    match template {
        Template::OwnRows { owner } => PolicyTemplate::OwnRows { owner },
        Template::Membership { group, members } => PolicyTemplate::Membership {
            group,
            members: words::on(&members.table),
            members_group: members.group,
            members_user: members.user,
        },
        Template::Role { role } => PolicyTemplate::Role { role },
        Template::PublicRead => PolicyTemplate::PublicRead,
        Template::AuthenticatedRead => PolicyTemplate::AuthenticatedRead,
        Template::OwnerWrites { owner } => PolicyTemplate::OwnerWrites { owner },
        Template::AdminAll { condition } => PolicyTemplate::AdminAll { condition },
        Template::SoftDeleted { column, boolean } => PolicyTemplate::SoftDeleted { column, boolean },
        Template::TimeLimited { from, until } => PolicyTemplate::TimeLimited { from, until },
        Template::Guard { condition } => PolicyTemplate::Guard { condition },
        Template::TenantFence { tenant, session } => PolicyTemplate::TenantFence { tenant, session },
        Template::InsertOnly { owner } => PolicyTemplate::InsertOnly { owner },
    }
}

fn meant(template: PolicyTemplate) -> Template {
    match template {
        PolicyTemplate::OwnRows { owner } => Template::OwnRows { owner },
        PolicyTemplate::Membership { group, members, members_group, members_user } => Template::Membership {
            group,
            members: Members { table: words::table(&members), group: members_group, user: members_user },
        },
        PolicyTemplate::Role { role } => Template::Role { role },
        PolicyTemplate::PublicRead => Template::PublicRead,
        PolicyTemplate::AuthenticatedRead => Template::AuthenticatedRead,
        PolicyTemplate::OwnerWrites { owner } => Template::OwnerWrites { owner },
        PolicyTemplate::AdminAll { condition } => Template::AdminAll { condition },
        PolicyTemplate::SoftDeleted { column, boolean } => Template::SoftDeleted { column, boolean },
        PolicyTemplate::TimeLimited { from, until } => Template::TimeLimited { from, until },
        PolicyTemplate::Guard { condition } => Template::Guard { condition },
        PolicyTemplate::TenantFence { tenant, session } => Template::TenantFence { tenant, session },
        PolicyTemplate::InsertOnly { owner } => Template::InsertOnly { owner },
    }
}

/// A template's title and what it does with these columns.
fn titled(template: &Template) -> (&'static str, String) {
    match template {
        Template::OwnRows { owner } => ("Own rows", format!("by {owner}")),
        Template::Membership { group, members } => {
            ("Rows of my groups", format!("{group} through {}", members.table.table))
        }
        Template::Role { role } => ("Everything for a role", role.clone()),
        Template::PublicRead => ("Public read", "everyone reads every row".to_owned()),
        Template::AuthenticatedRead => ("Read for signed-in users", "every row".to_owned()),
        Template::OwnerWrites { owner } => ("Owner writes", format!("by {owner}; reading is left to others")),
        Template::AdminAll { condition } => ("Admins do everything", condition.clone()),
        Template::SoftDeleted { column, .. } => ("Deleted rows are hidden", format!("{column}; restrictive")),
        Template::TimeLimited { from, until } => {
            let columns: Vec<&str> = [from, until].into_iter().flatten().map(String::as_str).collect();
            ("Within their time", format!("{}; restrictive", columns.join(" to ")))
        }
        Template::Guard { condition } => ("Guard", format!("{condition}; restrictive")),
        Template::TenantFence { tenant, .. } => ("Tenant fence", format!("by {tenant}; restrictive")),
        Template::InsertOnly { .. } => ("Insert-only log", "rows are added and never changed".to_owned()),
    }
}

/// The role of those who are signed in, as the catalog suggests; `None` where there is none of that name.
pub(super) fn signed_in(catalog: &Catalog) -> Option<String> {
    let guess = Who::guess(catalog).authenticated;
    catalog.roles.iter().any(|role| role.name == guess).then_some(guess)
}

/// Templates for a table: those its columns suggest, then those that want something a catalog does not tell.
pub(super) fn offer(catalog: &Catalog, relation: RelationId) -> PolicyTemplates {
    let (guess, names) = (Who::guess(catalog), Names::new(catalog));
    let fitting = suggested(catalog, relation).into_iter().map(|template| (template, true));
    let is_admin = catalog.routines.iter().find(|routine| routine.name == "is_admin");
    let admin = match is_admin {
        Some(routine) => policy::name::qualified(catalog.schema_name(routine.schema), &routine.name) + "()",
        None => "current_setting('app.is_admin', true) = 'true'".to_owned(),
    };
    let second_factor = "(current_setting('request.jwt.claims', true)::jsonb ->> 'aal') = 'aal2'".to_owned();
    let others = [
        (Template::Role { role: guess.authenticated.clone() }, true),
        (Template::AdminAll { condition: admin }, is_admin.is_some()),
        (Template::Guard { condition: second_factor }, false),
    ];
    let offers = fitting.chain(others).map(|(template, fits)| {
        let (title, detail) = titled(&template);
        PolicyTemplateOffer {
            title: title.to_owned(),
            detail,
            fits,
            made: made(&names, relation, &template.on(catalog, relation, &guess)),
            template: told(template),
        }
    });
    PolicyTemplates { offers: offers.collect(), who: who(&guess) }
}

/// What a template makes of a table with these columns and expressions.
pub(super) fn make(catalog: &Catalog, relation: RelationId, template: PolicyTemplate, asks: &PolicyWho) -> PolicyMade {
    let asks =
        Who { user: asks.user.clone(), authenticated: asks.authenticated.clone(), anonymous: asks.anonymous.clone() };
    made(&Names::new(catalog), relation, &meant(template).on(catalog, relation, &asks))
}

/// A policy as SQL.
pub(super) fn write(on: &PolicyOn, policy: &PolicyDraft) -> String {
    let table = TablePolicies {
        schema: on.schema.clone(),
        table: on.table.clone(),
        row_security: None,
        forced: None,
        policies: vec![words::to_draft(policy)],
    };
    Listing { version: 1, tables: vec![table] }.to_sql().trim_end().to_owned() + "\n"
}

/// A policy from SQL: exactly one.
pub(super) fn read(text: &str, default_schema: &str) -> PolicyRead {
    match Listing::from_sql(text, default_schema) {
        Ok(listing) => one(&listing).map_or_else(
            |error| PolicyRead::Problem { error },
            |(on, policy)| PolicyRead::Policy { on, policy: words::draft(policy) },
        ),
        Err(error) => PolicyRead::Problem { error: unreadable(&error, text) },
    }
}

fn one(listing: &Listing) -> Result<(PolicyOn, &Draft), AppError> {
    let wrong = |message: &str| Err(AppError::new(ErrorCode::InvalidStatement, message));
    let [table] = listing.tables.as_slice() else {
        return wrong("This is not the policy of one table.");
    };
    match table.policies.as_slice() {
        [policy] if table.row_security.is_none() && table.forced.is_none() => Ok((words::on(&table.names()), policy)),
        [] => wrong("There is no CREATE POLICY."),
        [_] => wrong("Row security itself is turned on and off beside the policy, not in its text."),
        _ => wrong("These are several policies: write one at a time."),
    }
}

/// Why a list cannot be read, with the place.
pub(super) fn unreadable(error: &Unreadable, text: &str) -> AppError {
    let positions = Positions::new(text);
    let at = match error {
        Unreadable::Sql { problem: Problem::Syntax { at: Some(within), .. }, at } => Some(at + within),
        Unreadable::Sql { at, .. } => Some(*at),
        Unreadable::Statement { at, .. } => Some(*at),
        _ => None,
    };
    let mut message = error.to_string().trim_end_matches('.').to_owned();
    if let Some(first) = message.get(..1) {
        message = first.to_uppercase() + message.get(1..).unwrap_or_default();
    }
    let mut told = AppError::new(ErrorCode::InvalidStatement, format!("{message}."));
    told.range = at.map(|at| positions.range(at, text.len().min(at + 1)));
    told
}
