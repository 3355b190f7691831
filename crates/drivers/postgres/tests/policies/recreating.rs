//! Every policy of a large schema, taken away and made again from what was read of it: the catalog is as it was, to the byte.

use policy::{
    change::ChangeSet,
    listing::{Listing, TablePolicies},
};

use crate::{
    desk::Desk,
    server::{TestServer, servers},
};

/// What policies of all kinds say, of the columns of `SCHEMA`.
const EXPRESSIONS: [&str; 30] = [
    "true",
    "owner = current_user",
    "owner = (select current_setting('app.user', true))",
    "tenant = (current_setting('request.jwt.claims', true)::jsonb ->> 'tenant')::uuid",
    "id in (1, 2, 3) or id between -5 and 9",
    "owner in ('a', 'it''s', E'back\\\\slash', U&'d\\0061t')",
    "tags && array['x', 'y'] and 'z' <> all (tags)",
    "exists (select from big.members m where m.doc = id and m.person = owner and not m.gone)",
    "id = any (array(select m.doc from big.members m where m.person = (select current_user)))",
    "(select count(*) from big.members m where m.doc = docs_id) > 0",
    "meta @> '{\"public\": true}' or meta ? 'shared' or meta #>> '{a,b}' is not null",
    "at > now() - interval '7 days 02:00' and at at time zone 'UTC' < timestamp '2030-01-01'",
    "case when amount > 10.50 then owner = 'x' when amount is null then null else false end",
    "coalesce(parent, -1) = nullif(id, 7) and greatest(id, parent) is distinct from least(1, 2)",
    "\"Odd \"\"col\" like 'a\\_%' escape '\\' and owner !~* '^x' and code similar to '[a-z]+'",
    "(id, owner) = (select m.doc, m.person from big.members m limit 1)",
    "row(id, parent) > row(1, 2) or (parent is null) = (owner is not null)",
    "big.may_see(id, who => owner)",
    "pg_has_role(current_user, 'pg_read_all_data', 'member') and session_user <> 'nobody'",
    "owner collate \"C\" < 'm' and code::text || owner > 'a'",
    "tags[1] = 'a' and tags[2:3] = '{b,c}' and cardinality(tags) > 0",
    "extract(year from at) = 2026 and date_trunc('day', at) <= localtimestamp",
    "not (id % 2 = 0) and -id < ~5 and id << 1 > 4 and 2 ^ 3 = 8",
    "(with mine as (select m.doc from big.members m) select id in (table mine))",
    "(select bool_or(s.n > 1) over (order by s.n) from generate_series(1, 3) s(n) limit 1)",
    "mood = 'fine' and mood <> any (enum_range(null::big.mood))",
    "price > 3 and price::numeric < 1e3 and 0.5 < 16 and amount::money > '$1'",
    "exists (select 1 from big.members m join lateral (select m.doc * 2 as twice) t on t.twice = id left join big.members n using (doc))",
    "owner is not distinct from current_setting('a.b', true) or overlay(owner placing 'x' from 2) = substring(owner, 1)",
    "xmlexists('//a' passing by value note) is not true and span @> id and trim(both 'x' from owner) <> ''",
];

const SCHEMA: &str = "
create schema big;
create type big.mood as enum ('fine', 'it''s');
create domain big.price as numeric(10, 2) check (value > 0);
create table big.members (doc int, person text, gone boolean not null default false);
create function big.may_see(doc int, who text default 'x') returns boolean language sql stable as 'select true';
create table big.everything (id int, docs_id int, owner text, tenant uuid, code varchar(10), tags text[], at timestamptz,
  meta jsonb, \"Odd \"\"col\" text, amount numeric(12, 2), parent int, mood big.mood, price big.price, note xml, span int4range);";

const TABLES: [&str; 4] = ["docs", "d.o\"cs 🚀", "kept", "SELECT"];

/// The policies, comments and flags as the server's own tables hold them; an object's number is another when it was made again.
const CATALOG: &str = "
select (c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polcmd, p.polpermissive,
  (select array_agg(coalesce(r.rolname, 'public') order by n) from unnest(p.polroles) with ordinality as u(role, n) left join pg_roles r on r.oid = u.role),
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), obj_description(p.oid, 'pg_policy'),
  (select array_agg((d.classid::regclass, d.refclassid::regclass, d.refobjid, d.refobjsubid, d.deptype)::text order by 1) from pg_depend d
   where d.classid = 'pg_policy'::regclass and d.objid = p.oid))::text
from pg_class c join pg_policy p on p.polrelid = c.oid where c.relnamespace = 'big'::regnamespace order by 1";

/// Five policies of each expression, each of another command; kinds, roles and comments differ.
fn statements(roles: &[String]) -> Vec<String> {
    let mut made = Vec::new();
    for (number, expression) in EXPRESSIONS.iter().enumerate() {
        for (at, (command, parts)) in
            [("all", "uc"), ("select", "u"), ("insert", "c"), ("update", "uc"), ("delete", "u")].into_iter().enumerate()
        {
            let table = TABLES[(number + at) % TABLES.len()].replace('"', "\"\"");
            let name = format!("{number} \"\"{command}\"\" é🚀's");
            let kind = if (number + at) % 3 == 0 { "restrictive" } else { "permissive" };
            let to = match (number + at) % 4 {
                0 => "public".to_owned(),
                1 => format!("\"{}\"", roles[0]),
                2 => format!("\"{}\", \"{}\"", roles[1], roles[0]),
                _ => "current_user".to_owned(),
            };
            let using = if parts.contains('u') { format!(" using ({expression})") } else { String::new() };
            let check = if parts.contains('c') { format!(" with check ({expression})") } else { String::new() };
            made.push(format!(
                "create policy \"{name}\" on big.\"{table}\" as {kind} for {command} to {to}{using}{check}"
            ));
            if at % 2 == 0 {
                made.push(format!(
                    "comment on policy \"{name}\" on big.\"{table}\" is E'it''s \\\\ {number}\\n-- é🚀'"
                ));
            }
        }
    }
    made
}

async fn made(server: &TestServer) -> Desk {
    let mut desk = Desk::new(server).await;
    let roles = vec![desk.role("plain", "").await, desk.role("Odd 🚀", "").await];
    desk.run(SCHEMA).await;
    for (number, table) in TABLES.iter().enumerate() {
        let table = table.replace('"', "\"\"");
        desk.run(&format!("create table big.\"{table}\" (like big.everything)")).await;
        let forced = if number % 2 == 0 { ", force row level security" } else { "" };
        desk.run(&format!("alter table big.\"{table}\" enable row level security{forced}")).await;
    }
    desk.run(&statements(&roles).join(";")).await;
    desk
}

async fn listed(desk: &Desk) -> Listing {
    let mut listing = Listing::of(&desk.policies().await, |_| true);
    listing.tables.sort_by_key(TablePolicies::names);
    listing
}

#[tokio::test]
async fn a_schema_of_150_policies_made_again_is_the_same_to_the_byte() {
    for server in servers() {
        let mut desk = made(&server).await;
        let before = desk.ask(CATALOG).await.unwrap();
        assert_eq!(before.len(), EXPRESSIONS.len() * 5);
        let first = listed(&desk).await;
        let mut without = first.clone();
        for table in &mut without.tables {
            table.policies.clear();
            (table.row_security, table.forced) = (Some(false), Some(false));
        }
        let ways = [
            ("the model", first.clone()),
            ("JSON", Listing::from_json(&first.to_json()).unwrap()),
            ("SQL", Listing::from_sql(&first.to_sql(), "public").unwrap()),
        ];
        for (way, again) in ways {
            desk.run(&ChangeSet::between(&first, &without).render(500).unwrap().transaction()).await;
            assert!(desk.ask(CATALOG).await.unwrap().is_empty());
            desk.run(&ChangeSet::between(&without, &again).render(500).unwrap().transaction()).await;
            let after = desk.ask(CATALOG).await.unwrap();
            for (one, other) in before.iter().zip(&after) {
                assert_eq!(one, other, "PostgreSQL {}, from {way}", server.major);
            }
            assert_eq!(before.len(), after.len());
            assert_eq!(listed(&desk).await, first, "PostgreSQL {}, from {way}", server.major);
        }
        desk.drop().await;
    }
}

/// What the server prints of such a list is read by it as something else, which it prints otherwise: `pg_dump` meets the same.
#[tokio::test]
async fn a_list_of_varchars_is_written_otherwise_once_and_then_stays() {
    for server in servers() {
        let mut desk = Desk::new(&server).await;
        desk.run(
            "create schema big; create table big.t (code varchar(10));
             create policy p on big.t using (code in ('a', 'b'))",
        )
        .await;
        let mut printed = Vec::new();
        for _ in 0..3 {
            let listing = listed(&desk).await;
            printed.push(desk.ask("select qual from pg_policies where schemaname = 'big'").await.unwrap());
            let mut without = listing.clone();
            without.tables[0].policies.clear();
            desk.run(&ChangeSet::between(&listing, &without).render(500).unwrap().transaction()).await;
            desk.run(&ChangeSet::between(&without, &listing).render(500).unwrap().transaction()).await;
        }
        assert_ne!(printed[0], printed[1], "PostgreSQL {}", server.major);
        assert_eq!(printed[1], printed[2], "PostgreSQL {}", server.major);
        desk.drop().await;
    }
}
