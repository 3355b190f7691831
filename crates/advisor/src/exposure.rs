use catalog::Catalog;
use serde::{Deserialize, Serialize};

/// The setting with which PostgREST is told its schemas: https://docs.postgrest.org/en/stable/references/configuration.html.
const SCHEMAS: &str = "pgrst.db_schemas";
/// The setting with which it is told whose rights it uses for who has not signed in.
const ANONYMOUS: &str = "pgrst.db_anon_role";

/// Which schemas and roles untrusted clients can reach: a person says so once per connection, or it is guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// Schemas that they can name.
    pub schemas: Vec<String>,
    /// Roles with whose rights anybody's statements run, signed in or not.
    pub anonymous: Vec<String>,
    /// Roles with whose rights statements of who has signed in run.
    pub signed_in: Vec<String>,
    /// What it was guessed from, as a sentence; `None` where a person said so.
    pub guessed_from: Option<String>,
}

impl Exposure {
    /// A guess from the settings of PostgREST, or from the roles that Supabase makes; `None` where nothing hints at any.
    pub fn guess(catalog: &Catalog) -> Option<Self> {
        let has = |name: &str| catalog.roles.iter().any(|role| role.name == name);
        let setting = |wanted: &str| {
            catalog.roles.iter().find_map(|role| {
                let setting = role.settings.iter().find(|setting| {
                    setting.name == wanted && (setting.database.is_none() || setting.database == catalog.database)
                })?;
                Some((role, setting.value.as_str()))
            })
        };
        if let Some((gateway, schemas)) = setting(SCHEMAS) {
            let anonymous = setting(ANONYMOUS).map_or("anon", |(_, role)| role).to_owned();
            // The gateway becomes one of the roles that it is a member of.
            let may_become = gateway.member_of.iter().filter(|name| **name != anonymous).filter(|name| {
                catalog.roles.iter().any(|role| role.name == **name && !role.superuser && !role.bypass_row_security)
            });
            return Some(Exposure {
                schemas: list(schemas),
                signed_in: may_become.cloned().collect(),
                anonymous: if has(&anonymous) { vec![anonymous] } else { Vec::new() },
                guessed_from: Some(format!("the setting {SCHEMAS} of the role {}", gateway.name)),
            });
        }
        (has("anon") && has("authenticated")).then(|| Exposure {
            schemas: vec!["public".to_owned()],
            anonymous: vec!["anon".to_owned()],
            signed_in: vec!["authenticated".to_owned()],
            guessed_from: Some("the roles anon and authenticated".to_owned()),
        })
    }

    /// Whether this schema can be named.
    pub fn has_schema(&self, schema: &str) -> bool {
        self.schemas.iter().any(|name| name == schema)
    }

    /// The roles, anonymous ones first.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.anonymous.iter().chain(&self.signed_in).map(String::as_str)
    }
}

fn list(text: &str) -> Vec<String> {
    let names = text.split(',').map(|name| name.trim().trim_matches('"').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use catalog::{Role, RoleSetting};

    use super::*;

    fn role(name: &str) -> Role {
        Role { name: name.to_owned(), ..Role::default() }
    }

    #[test]
    fn a_gateway_s_settings_tell_what_is_exposed() {
        let set = |name: &str, value: &str| RoleSetting { database: None, name: name.into(), value: value.into() };
        let mut catalog = Catalog::default();
        assert_eq!(Exposure::guess(&catalog), None);
        catalog.roles = vec![
            Role {
                settings: vec![set(SCHEMAS, "api, \"Odd\""), set(ANONYMOUS, "guest")],
                member_of: vec!["guest".into(), "customer".into(), "admin".into()],
                ..role("gateway")
            },
            role("guest"),
            role("customer"),
            Role { bypass_row_security: true, ..role("admin") },
        ];
        let guess = Exposure::guess(&catalog).expect("a guess");
        assert_eq!(guess.schemas, ["api", "Odd"]);
        assert_eq!((guess.anonymous, guess.signed_in), (vec!["guest".to_owned()], vec!["customer".to_owned()]));
        assert!(guess.guessed_from.is_some_and(|from| from.contains("gateway")));
    }
}
