use catalog::{Known, PolicyCommand, RelationKind};
use policy::rights::Privileges;

use crate::{
    Context, Fix, Level, Lock, Object, ObjectType,
    context::PUBLIC,
    privileges,
    rule::{Found, Reason, told},
};

/// The schema of the queues of pgmq, and the one whose functions show them to clients.
const QUEUES: &str = "pgmq";
const QUEUE_FUNCTIONS: &str = "pgmq_public";
/// The extension that answers GraphQL from what its caller may read.
const GRAPHQL: &str = "pg_graphql";

crate::rule::rule! {
    /// Untrusted clients reach what an extension shows: queues of `pgmq`, files in public buckets, tables by GraphQL.
    ///
    /// **Why.** Where the schema `pgmq_public` is exposed, whoever may use a queue whose table has no row security reads and sends anything in it
    /// (`insecure_queue_exposed_in_api`). Files of a public bucket can be fetched by whoever knows their names; a policy on `storage.objects` that
    /// only names the bucket lets anybody list the names too (`public_bucket_allows_listing`). `pg_graphql` shows each table that its caller may
    /// read, with its columns: to who has not signed in (`pg_graphql_anon_table_exposed`), and to who has
    /// (`pg_graphql_authenticated_table_exposed`).
    ///
    /// **How to fix it.** Turn row security on for the queue's table. Drop the policy that lists: a public bucket's files are fetched without it.
    /// Take the privilege on the table away, or the extension where nobody uses it.
    ///
    /// **False positives.** Tables that are meant to be seen. Where none of these extensions and schemas is there, there is nothing to find.
    ///
    /// ```sql,fires
    /// create schema pgmq;
    /// create schema pgmq_public;
    /// create table pgmq.q_mails (msg_id bigint primary key, message jsonb);
    /// grant usage on schema pgmq to web_user;
    /// grant select on pgmq.q_mails to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// grant select on notes to web_user;
    /// ```
    "S-18" "exposed_extension" Warning "What an extension shows to untrusted clients"
    on [Postgres] needs [Schemas, Relations, Policies, Roles, Grants, Extensions]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let has_schema = |name: &str| context.catalog.schemas.iter().any(|schema| schema.name == name);
    let queues = has_schema(QUEUES) && has_schema(QUEUE_FUNCTIONS);
    let graphql = context.catalog.extensions.iter().any(|extension| extension.name == GRAPHQL);
    let buckets = !matches!(context.facts.public_buckets, Known::Unsupported);
    if !queues && !graphql && !buckets {
        return Ok(());
    }
    context.exposed()?;
    if queues {
        open_queues(context, found)?;
    }
    if buckets {
        listed_buckets(context, found)?;
    }
    if graphql {
        shown_tables(context, found)?;
    }
    Ok(())
}

/// The tables of queues belong to the extension, so that they are none of those that people made.
fn open_queues(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let powers = context.exposed_powers()?;
    let rights = context.effects().rights();
    for queue in context.catalog.walk_relations().filter(|relation| relation.schema() == QUEUES) {
        let name = &queue.row().name;
        if queue.row().kind != RelationKind::Table || !name.starts_with("q_") {
            continue;
        }
        let Some(security) = queue.row().row_security.value() else {
            found.unseen(Reason::NotLoaded("states of row security".to_owned()));
            continue;
        };
        let reached = powers.iter().any(|powers| {
            let held = rights.held(powers, queue.id());
            held.schema && [Privileges::SELECT, Privileges::INSERT].iter().any(|one| held.any().has(*one))
        });
        if security.enabled || !reached {
            continue;
        }
        let message =
            format!("The queue {} has no row security, and clients may use it.", name.trim_start_matches("q_"));
        let alter = |what: &str| format!("ALTER TABLE {} {what} ROW LEVEL SECURITY;", context.path_of(queue));
        let fix = Fix::new(alter("ENABLE")).undo(alter("DISABLE")).lock(Lock::AccessExclusive);
        let finding = found.add(Object::of(queue), message);
        finding.named("insecure_queue_exposed_in_api").level(Level::Error).fix(fix);
    }
    Ok(())
}

fn listed_buckets(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let buckets = match told(&context.facts.public_buckets, "buckets of files") {
        Ok(buckets) => buckets,
        Err(reason) => {
            found.unseen(reason);
            return Ok(());
        }
    };
    if buckets.is_empty() {
        return Ok(());
    }
    let exposed: Vec<&str> = context.exposed()?.roles().collect();
    // The table is the storage's own; its policies are people's.
    let Some(objects) = context.find("storage", "objects") else { return Ok(()) };
    for (relation, policy, read) in context.policies().filter(|(relation, _, _)| relation.id() == objects.id()) {
        let reads = matches!(policy.command, PolicyCommand::Select | PolicyCommand::All) && policy.permissive;
        let open = policy.roles.is_empty()
            || policy.roles.iter().any(|role| role == PUBLIC || exposed.contains(&role.as_str()));
        let _ = read.readings(policy, found).count();
        let Some(using) = read.using.as_ref().filter(|_| reads && open) else { continue };
        let reading = &using.reading;
        let only_bucket = reading.calls.is_empty()
            && reading.selects.is_empty()
            && reading.columns.iter().all(|column| column.name == "bucket_id");
        let always = using.truth.is_always_true();
        if !only_bucket && !always {
            continue;
        }
        let named = |bucket: &&String| reading.constants.iter().any(|text| text.text.as_ref() == Some(*bucket));
        let listed: Vec<&str> = buckets.iter().filter(|bucket| always || named(bucket)).map(String::as_str).collect();
        if !listed.is_empty() {
            let message =
                format!("{} lets anybody list the files of the public bucket {}.", policy.name, listed.join(", "));
            let finding = found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
            finding.named("public_bucket_allows_listing");
        }
    }
    Ok(())
}

fn shown_tables(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let anonymous = context.exposed()?.anonymous.len();
    let (without, with) = context.exposed_powers()?.split_at(anonymous);
    for relation in context.relations() {
        let reaching = context.reaching(relation, &[Privileges::SELECT])?;
        for (those, name, who) in [
            (without, "pg_graphql_anon_table_exposed", "Who has not signed in"),
            (with, "pg_graphql_authenticated_table_exposed", "Who has signed in"),
        ] {
            let powers: Vec<_> =
                reaching.iter().copied().filter(|powers| those.iter().any(|one| std::ptr::eq(one, *powers))).collect();
            if powers.is_empty() {
                continue;
            }
            let grants = context.grants_to(relation, &powers, &["SELECT"]);
            let message = format!("{who} sees {} and its columns by GraphQL.", relation.row().name);
            let fix = privileges::revoked(context, &format!("TABLE {}", context.path_of(relation)), grants);
            found.add(Object::of(relation), message).named(name).told_apart_by(name).fix(fix);
        }
    }
    Ok(())
}
