use std::collections::{HashMap, HashSet};

use catalog::{RelationId, RelationKind, RelationWalker};
use policy::rights::Privileges;

use crate::{
    Context, Fix, Level, Lock, Object,
    rule::{Found, Reason, told},
};

/// The first version whose views can ask with the rights of who reads them.
const INVOKER_SINCE: u32 = 150_000;

crate::rule::rule! {
    /// A view shows rows of a table with row security as its owner sees them.
    ///
    /// **Why.** A view asks with the rights of its owner unless told otherwise: policies are asked as if the owner were reading, and mostly do not
    /// apply to the owner at all. Whoever may read the view reads every row.
    ///
    /// **How to fix it.** `security_invoker`, from PostgreSQL 15 on; whoever reads the view then needs the privileges on the tables.
    ///
    /// **False positives.** A view that is meant to show more than its readers may see, such as a count. A view that reads no table with row
    /// security, through other views either, or that nobody but its owner may read, is left alone.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create view all_notes as select * from notes;
    /// grant select on all_notes to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create view my_notes with (security_invoker) as select * from notes;
    /// grant select on my_notes to web_user;
    /// ```
    "S-13" "security_definer_view" Error "View that passes row security by"
    on [Postgres] needs [Schemas, Relations, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let sources = sources(context)?;
    for view in context.relations().filter(|relation| relation.row().kind == RelationKind::View) {
        let option = invoker(view);
        if option == Some(true) {
            continue;
        }
        let Some(table) = secured_below(context, &sources, view.id()) else { continue };
        let granted = context.grants_on(view).iter().any(|grant| Some(&grant.grantee) != view.row().owner.as_ref());
        let exposed = match context.exposed() {
            Ok(_) => !context.reaching(view, &[Privileges::SELECT, Privileges::UPDATE, Privileges::DELETE])?.is_empty(),
            Err(_) => false,
        };
        if !granted && !exposed {
            continue;
        }
        let owner = view.row().owner.as_deref().unwrap_or("its owner");
        let message = format!(
            "{} reads {} as {owner}, whoever asks: policies are not asked for who reads it.",
            view.row().name,
            table.row().name
        );
        let finding = found.add(Object::of(view), message);
        if !exposed {
            finding.level(Level::Warning);
        }
        let path = context.path_of(view);
        let back = match option {
            Some(_) => format!("ALTER VIEW {path} SET (security_invoker = false);"),
            None => format!("ALTER VIEW {path} RESET (security_invoker);"),
        };
        let fix = Fix::new(format!("ALTER VIEW {path} SET (security_invoker = true);"))
            .undo(back)
            .lock(Lock::AccessExclusive);
        finding.fix((context.facts.version >= INVOKER_SINCE).then_some(fix));
    }
    Ok(())
}

/// What views and materialized views read.
pub(super) fn sources(context: &Context<'_>) -> Result<HashMap<RelationId, Vec<RelationId>>, Reason> {
    let mut sources: HashMap<RelationId, Vec<RelationId>> = HashMap::new();
    for source in told(&context.facts.views, "sources of views")? {
        let find = |(schema, name): &(String, String)| context.find(schema, name).map(RelationWalker::id);
        if let (Some(view), Some(reads)) = (find(&source.view), find(&source.reads)) {
            sources.entry(view).or_default().push(reads);
        }
    }
    Ok(sources)
}

/// A table with row security that the view reads, through other views too.
pub(super) fn secured_below<'a>(
    context: &Context<'a>,
    sources: &HashMap<RelationId, Vec<RelationId>>,
    view: RelationId,
) -> Option<RelationWalker<'a>> {
    let (mut seen, mut next) = (HashSet::from([view]), vec![view]);
    while let Some(id) = next.pop() {
        for source in sources.get(&id).into_iter().flatten().filter(|source| seen.insert(**source)) {
            let relation = context.catalog.relation(*source)?;
            if relation.row().row_security.value().is_some_and(|security| security.enabled) {
                return Some(relation);
            }
            next.push(*source);
        }
    }
    None
}

/// Whether the view asks with the rights of who reads it; `None` where it does not say.
fn invoker(view: RelationWalker<'_>) -> Option<bool> {
    view.row().options.iter().find_map(|option| {
        let (name, value) = option.split_once('=').unwrap_or((option, "true"));
        (name == "security_invoker").then(|| ["true", "on", "1", "yes"].contains(&value.to_lowercase().as_str()))
    })
}
