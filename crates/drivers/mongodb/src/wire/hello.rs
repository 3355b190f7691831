//! What a server says of itself, before anybody signs in.

use super::Login;
use crate::bson;

/// What a server is among others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// One server alone.
    #[default]
    Standalone,
    /// The member of a replica set that takes writes.
    Primary,
    /// A member that follows.
    Secondary,
    /// A member that holds no data for us: an arbiter, a hidden one, one that starts up.
    Other,
    /// A router of a sharded cluster.
    Router,
}

/// The reply to `hello`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hello {
    /// What it is.
    pub part: Part,
    /// Whether it takes writes.
    pub writable: bool,
    /// The replica set's name.
    pub set_name: Option<String>,
    /// The members of the set, `host:port`.
    pub hosts: Vec<String>,
    /// The member that takes writes, as this one knows.
    pub primary: Option<String>,
    /// How the set calls this one.
    pub me: Option<String>,
    /// The newest version of the protocol that it speaks.
    pub wire: i64,
    /// The oldest version that it still speaks.
    pub least_wire: i64,
    /// The server's number for this connection, since 4.2.
    pub connection: Option<i64>,
    /// Whether it knows sessions.
    pub sessions: bool,
    /// How the user may sign in, where one was named.
    pub mechanisms: Option<Vec<String>>,
}

impl Hello {
    /// The command; `name` is `hello` or what it was called before.
    pub(super) fn ask(name: &str, login: &Login) -> Vec<u8> {
        bson::document(|writer| {
            writer.int32(name, 1).bool("helloOk", true).with("client", |client| {
                // The server takes no more than 128 bytes of a name.
                let cut = (0..=login.application_name.len().min(128)).rev();
                let end = cut.into_iter().find(|at| login.application_name.is_char_boundary(*at)).unwrap_or(0);
                let name = login.application_name.get(..end).unwrap_or_default();
                client.with("application", |application| _ = application.string("name", name));
                client.with("driver", |driver| {
                    driver.string("name", "rowhouse").string("version", env!("CARGO_PKG_VERSION"));
                });
                client.with("os", |os| _ = os.string("type", std::env::consts::OS));
            });
            if let Some(user) = &login.user {
                writer.string("saslSupportedMechs", &format!("{}.{user}", login.source));
            }
            writer.string("$db", "admin");
        })
    }

    pub(super) fn read(reply: &[u8]) -> Hello {
        let text = |name: &str| bson::get(reply, name).and_then(|field| field.text().map(|text| text.into_owned()));
        let truth = |name: &str| bson::get(reply, name).is_some_and(|field| field.truth());
        let number = |name: &str| bson::get(reply, name).and_then(|field| field.integer()).unwrap_or_default();
        let list = |name: &str| -> Option<Vec<String>> {
            let field = bson::get(reply, name)?;
            let elements = bson::elements(field.document()?).ok()?;
            Some(elements.map_while(Result::ok).filter_map(|element| Some(element.text()?.into_owned())).collect())
        };
        let set_name = text("setName");
        let writable = truth("isWritablePrimary") || truth("ismaster");
        let part = match (text("msg").as_deref(), &set_name) {
            (Some("isdbgrid"), _) => Part::Router,
            (_, None) if truth("isreplicaset") => Part::Other,
            (_, None) => Part::Standalone,
            (_, Some(_)) if truth("hidden") => Part::Other,
            (_, Some(_)) if writable => Part::Primary,
            (_, Some(_)) if truth("secondary") => Part::Secondary,
            (_, Some(_)) => Part::Other,
        };
        let hosts = ["hosts", "passives"].into_iter().filter_map(list).flatten().collect();
        Hello {
            part,
            writable,
            set_name,
            hosts,
            primary: text("primary"),
            me: text("me"),
            wire: number("maxWireVersion"),
            least_wire: number("minWireVersion"),
            connection: bson::get(reply, "connectionId").and_then(|field| field.integer()),
            sessions: bson::get(reply, "logicalSessionTimeoutMinutes").is_some_and(|field| field.integer().is_some()),
            mechanisms: list("saslSupportedMechs"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_apart() {
        let of = |set: &[(&str, bool)], texts: &[(&str, &str)]| {
            Hello::read(&bson::document(|writer| {
                for (name, value) in set {
                    writer.bool(name, *value);
                }
                for (name, value) in texts {
                    writer.string(name, value);
                }
                writer.int32("maxWireVersion", 21);
            }))
            .part
        };
        assert_eq!(of(&[("isWritablePrimary", true)], &[]), Part::Standalone);
        assert_eq!(of(&[("ismaster", true)], &[("setName", "rs")]), Part::Primary);
        assert_eq!(of(&[("secondary", true)], &[("setName", "rs")]), Part::Secondary);
        assert_eq!(of(&[("arbiterOnly", true)], &[("setName", "rs")]), Part::Other);
        assert_eq!(of(&[("hidden", true), ("secondary", true)], &[("setName", "rs")]), Part::Other);
        assert_eq!(of(&[("isreplicaset", true)], &[]), Part::Other);
        assert_eq!(of(&[("ismaster", true)], &[("msg", "isdbgrid")]), Part::Router);
    }
}
