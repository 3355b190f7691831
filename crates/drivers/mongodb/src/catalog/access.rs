//! Users and roles, of all databases where the login may see them.

use catalog::{Catalog, Coverage, Known, Role};
use driver::Error;

use super::{denied, text};
use crate::{
    bson::{self, Element},
    control::ControlSession,
};

pub(super) async fn read(session: &ControlSession, catalog: &mut Catalog) -> Result<Coverage, Error> {
    let users = bson::document(|writer| _ = writer.with("usersInfo", |all| _ = all.bool("forAllDBs", true)));
    let roles = bson::document(|writer| {
        writer.int32("rolesInfo", 1).bool("showBuiltinRoles", false);
    });
    for (command, list, login) in [(users, "users", true), (roles, "roles", false)] {
        let reply = match session.run("admin", &command).await {
            Ok(reply) => reply,
            Err(error) => return denied(error),
        };
        let found = bson::get(&reply, list);
        let elements = found.as_ref().and_then(Element::document).and_then(|list| bson::elements(list).ok());
        for element in elements.into_iter().flatten().map_while(Result::ok) {
            let Some(one) = element.document() else { continue };
            let name = text(one, if login { "user" } else { "role" }).unwrap_or_default();
            let database = text(one, "db").unwrap_or_default();
            let member_of =
                bson::get(one, "roles").and_then(|roles| roles.document()).and_then(|roles| bson::elements(roles).ok());
            let member_of = member_of.into_iter().flatten().map_while(Result::ok).filter_map(|role| {
                let role = role.document()?;
                Some(format!("{}@{}", text(role, "role")?, text(role, "db").unwrap_or_default()))
            });
            let member_of: Vec<String> = member_of.collect();
            let superuser = member_of.iter().any(|role| matches!(role.as_str(), "root@admin" | "__system@admin"));
            catalog.roles.push(Role {
                name: format!("{name}@{database}"),
                login,
                inherit: true,
                superuser,
                member_of,
                ..Role::default()
            });
        }
    }
    Ok(Known::Value(()))
}
