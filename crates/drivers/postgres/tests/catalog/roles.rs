//! Roles: what they may, what they are in and how, and the statements that make them again.

use catalog::{Catalog, Kind, Known, Membership, ObjectKey, ObjectKind, Role, RoleSetting, Scope};

use crate::server::{Database, run, servers};

/// Roles belong to the server, which other tests use as well: each run has names of its own.
fn named(text: &str, tag: &str) -> String {
    text.replace("TAG", tag)
}

async fn roles(database: &Database) -> Catalog {
    let scope = Scope { kinds: vec![Kind::Roles], ..Scope::default() };
    let catalog = database.open().await.control().catalog(&scope).await.unwrap();
    assert_eq!(catalog.coverage.get(&Kind::Roles), Some(&Known::Value(())));
    catalog
}

fn one(catalog: &Catalog, name: &str) -> Role {
    catalog.roles.iter().find(|role| role.name == name).unwrap_or_else(|| panic!("no role {name}")).clone()
}

async fn definition(database: &Database, name: &str) -> String {
    let key =
        ObjectKey { database: None, schema: None, kind: ObjectKind::Role, name: name.to_owned(), signature: None };
    database.open().await.control().ddl().unwrap().definition(&key).await.unwrap().to_string()
}

const MAKE: &str = r#"
    create role "TAG group" nologin;
    create role TAG_admins nologin;
    create role "TAG it's ""me""" with login password 'very secret' createdb createrole noinherit connection limit 7
      valid until '2031-02-03 04:05:06+00';
    grant "TAG group" to "TAG it's ""me""";
    grant TAG_admins to "TAG it's ""me""" with admin option;
    alter role "TAG it's ""me""" set search_path to "$user", "Odd ""Schema", public;
    alter role "TAG it's ""me""" set work_mem to '64MB';
    alter role "TAG it's ""me""" in database DATABASE set statement_timeout to '5s';
    alter role "TAG it's ""me""" in database DATABASE set application_name to 'it''s, "quoted"';
    comment on role "TAG it's ""me""" is 'it''s a role';
"#;

#[tokio::test]
async fn roles_are_read_with_memberships_limits_and_settings_and_made_again_from_their_texts() {
    for server in servers() {
        let database = server.database().await;
        let tag = format!("r{}", database.name.trim_start_matches("rowhouse_catalog_"));
        let me = named("TAG it's \"me\"", &tag);
        let drop_me = format!("drop role \"{}\"", me.replace('"', "\"\""));
        database.run(&named(MAKE, &tag).replace("DATABASE", &database.name)).await;
        let catalog = roles(&database).await;
        let role = one(&catalog, &me);
        let options = |value| (server.major >= 16).then_some(value);
        let membership = |name: &str, admin| Membership {
            role: named(name, &tag),
            admin,
            inherit: options(false),
            set: options(true),
            grantor: Some("postgres".to_owned()),
        };
        let setting = |database: Option<&str>, name: &str, value: &str| RoleSetting {
            database: database.map(str::to_owned),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let here = Some(database.name.as_str());
        assert_eq!(
            role,
            Role {
                name: me.clone(),
                login: true,
                create_database: true,
                create_role: true,
                connection_limit: Some(7),
                valid_until: role.valid_until.clone().filter(|until| until.starts_with("2031-02-03")),
                settings: vec![
                    setting(None, "search_path", r#""$user", "Odd ""Schema", public"#),
                    setting(None, "work_mem", "64MB"),
                    setting(here, "statement_timeout", "5s"),
                    setting(here, "application_name", "it's, \"quoted\""),
                ],
                member_of: vec![named("TAG group", &tag), named("TAG_admins", &tag)],
                memberships: vec![membership("TAG group", false), membership("TAG_admins", true)],
                comment: Some("it's a role".to_owned()),
                ..Role::default()
            }
        );
        assert!(role.valid_until.is_some());
        let group = one(&catalog, &named("TAG group", &tag));
        assert_eq!((group.login, group.inherit, group.connection_limit, group.valid_until), (false, true, None, None));
        assert!(catalog.roles.iter().all(|role| !role.name.starts_with("pg_")), "the server's own were not asked for");

        let text = definition(&database, &me).await;
        println!("{text}");
        assert!(!text.to_lowercase().contains("secret") && !text.contains("SCRAM"), "{text}");
        database.run(&drop_me).await;
        database.run(&text).await;
        assert_eq!(one(&roles(&database).await, &me), role, "on {}:\n{text}", server.major);
        assert_eq!(
            definition(&database, &named("TAG group", &tag)).await,
            named("CREATE ROLE \"TAG group\" WITH NOLOGIN;\n", &tag)
        );
        database.run(&format!("{drop_me}; drop role \"{tag} group\"; drop role {tag}_admins")).await;
        database.drop().await;
    }
}

#[tokio::test]
async fn one_role_granted_by_two_others_is_two_memberships_of_one_group() {
    for server in servers().into_iter().filter(|server| server.major >= 16) {
        let database = server.database().await;
        let tag = format!("g{}", database.name.trim_start_matches("rowhouse_catalog_"));
        let text = "create role TAG_group; create role TAG_giver; create role TAG_member;
                    grant TAG_group to TAG_giver with admin option;
                    grant TAG_group to TAG_member with inherit false, set false;
                    grant TAG_group to TAG_member with set true, inherit true granted by TAG_giver";
        let mut client = database.connect().await;
        run(&mut client, &named(text, &tag)).await;
        let member = named("TAG_member", &tag);
        let role = one(&roles(&database).await, &member);
        assert_eq!(role.member_of, [named("TAG_group", &tag)], "a name stands once");
        let said: Vec<_> =
            role.memberships.iter().map(|one| (one.admin, one.inherit, one.set, one.grantor.clone())).collect();
        let (giver, first) = (named("TAG_giver", &tag), "postgres".to_owned());
        let wanted =
            [(false, Some(true), Some(true), Some(giver.clone())), (false, Some(false), Some(false), Some(first))];
        let mut wanted = wanted.to_vec();
        wanted.sort_by(|a, b| a.3.cmp(&b.3));
        assert_eq!(said, wanted);
        let text = definition(&database, &member).await;
        assert!(text.contains(&format!("GRANTED BY {giver}")), "{text}");
        run(&mut client, &format!("drop role {member}; {text}")).await;
        assert_eq!(one(&roles(&database).await, &member), role, "{text}");
        run(&mut client, &named("drop role TAG_member; drop role TAG_giver; drop role TAG_group", &tag)).await;
        client.close().await;
        database.drop().await;
    }
}
