//! What kind of server it is.

use std::collections::BTreeMap;

use driver::{Code, Error, Server};

use super::Settings;
use crate::{
    bson,
    error::broken,
    wire::{self, Client, Mechanism, Part},
};

/// Products that speak the protocol, by a field of their build information.
const PRODUCTS: &[(&str, &str)] = &[
    ("psmdbVersion", "Percona Server for MongoDB"),
    ("ferretdb", "FerretDB"),
    ("ferretdbVersion", "FerretDB"),
    ("secantusVersion", "SecantusDB"),
];

/// Asks the server what it is. `guarded` where a guard of ours refuses writes.
pub(super) async fn server(
    client: &mut Client,
    settings: &Settings,
    mechanism: Option<Mechanism>,
    guarded: bool,
) -> Result<Server, Error> {
    let build =
        client.run("admin", &bson::document(|writer| _ = writer.int32("buildInfo", 1))).await.map_err(broken)?;
    // Who is nobody may ask that much and nothing else, where the server wants somebody.
    if mechanism.is_none() {
        let names = bson::document(|writer| {
            writer.int32("listDatabases", 1).bool("nameOnly", true);
        });
        if let Err(wire::Error::Server(report)) = client.run("admin", &names).await
            && report.code == 13
        {
            return Err(Error::new(Code::Unauthenticated, "The server wants somebody to sign in.")
                .with_hint("Give a user and a password."));
        }
    }
    let text = |name: &str| bson::get(&build, name).and_then(|field| field.text().map(|text| text.into_owned()));
    let version = text("version").unwrap_or_default();
    let product = PRODUCTS.iter().find(|(field, _)| bson::get(&build, field).is_some());
    let hello = client.hello();
    let mut facts = BTreeMap::new();
    let mut fact = |name: &str, value: String| {
        facts.insert(name.to_owned(), value);
    };
    let topology = match hello.part {
        Part::Standalone => "standalone",
        Part::Router => "sharded cluster",
        Part::Primary => "replica set, primary",
        Part::Secondary => "replica set, secondary",
        Part::Other => "replica set, other",
    };
    fact("topology", topology.to_owned());
    fact("read_preference", settings.preference.name().to_owned());
    // Guarded by us: the server has no read-only sessions.
    let read_only = match (guarded, hello.writable || matches!(hello.part, Part::Router | Part::Standalone)) {
        (true, _) => "guarded",
        (false, true) => "no",
        (false, false) => "secondary",
    };
    fact("read_only", read_only.to_owned());
    fact("authentication", mechanism.map_or("none", Mechanism::name).to_owned());
    fact("sessions", hello.sessions.to_string());
    if let Some(name) = &hello.set_name {
        fact("replica_set", name.clone());
    }
    if let Some(me) = &hello.me {
        fact("member", me.clone());
    }
    if let Some(session) = client.secured().and_then(|secured| secured.session.as_ref()) {
        fact("tls", format!("{} {}", session.version, session.cipher));
    }
    if let Some((field, _)) = product
        && let Some(own) = text(field)
    {
        fact("product_version", own);
    }
    // Only those who may look at the server's status are told.
    let status = bson::document(|writer| {
        writer.int32("serverStatus", 1);
    });
    if let Ok(status) = client.run("admin", &status).await
        && let Some(engine) = bson::get_path(&status, &["storageEngine", "name"]).and_then(|name| name.text())
    {
        facts.insert("storage_engine".to_owned(), engine.into_owned());
    }
    let product = product.map_or("MongoDB", |(_, product)| product).to_owned();
    Ok(Server { product, version_number: number(&version), version, facts })
}

/// `8.2.11` is 80211.
fn number(version: &str) -> u32 {
    let mut parts = version
        .split(|sign: char| !sign.is_ascii_digit() && sign != '.')
        .next()
        .unwrap_or_default()
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0).min(99));
    let mut next = || parts.next().unwrap_or(0);
    next() * 10_000 + next() * 100 + next()
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_become_numbers_that_order() {
        for (version, number) in [("8.2.11", 80_211), ("4.4.0-rc1", 40_400), ("10.0", 100_000), ("", 0)] {
            assert_eq!(super::number(version), number);
        }
    }
}
