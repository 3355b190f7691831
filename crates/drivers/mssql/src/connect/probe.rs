//! What kind of server it is.

use std::collections::BTreeMap;

use driver::{Error, Server};

use crate::{
    control::{Failure, query},
    wire::{Client, Started},
};

/// What is asked, and what it is called.
const FACTS: [(&str, &str); 11] = [
    ("version", "CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))"),
    ("edition", "CAST(SERVERPROPERTY('Edition') AS nvarchar(128))"),
    ("engine_edition", "CAST(SERVERPROPERTY('EngineEdition') AS nvarchar(10))"),
    ("collation", "CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128))"),
    ("updateability", "CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(128))"),
    ("database", "DB_NAME()"),
    ("user", "SUSER_SNAME()"),
    ("superuser", "CAST(IS_SRVROLEMEMBER('sysadmin') AS nvarchar(10))"),
    ("view_server_state", "CAST(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') AS nvarchar(10))"),
    ("kill", "CAST(HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY CONNECTION') AS nvarchar(10))"),
    ("max_text", "CAST(@@TEXTSIZE AS nvarchar(20))"),
];

/// Asks the server what it is. `guarded` where sessions are to be read-only.
pub(super) async fn server(client: &mut Client, started: &Started, guarded: bool) -> Result<Server, Error> {
    let mut facts = BTreeMap::new();
    let all: Vec<&str> = FACTS.iter().map(|(_, expression)| *expression).collect();
    match query(client, &format!("SELECT {}", all.join(", "))).await {
        Ok(rows) => {
            let row = rows.into_iter().next().unwrap_or_default();
            facts.extend(FACTS.iter().zip(row).filter_map(|((name, _), value)| Some(((*name).to_owned(), value?))));
        }
        // A server that imitates this one may not have them all.
        Err(Failure::Refused(report)) if !report.is_fatal() => {}
        Err(failure) => return Err(failure.into()),
    }
    let [major, minor, build] = started.version;
    let version = facts.remove("version").unwrap_or_else(|| format!("{major}.{minor}.{build}"));
    let product = match facts.get("engine_edition").map(String::as_str) {
        Some("5") => "Azure SQL Database",
        Some("6" | "11") => "Azure Synapse",
        Some("8") => "Azure SQL Managed Instance",
        Some("9") => "Azure SQL Edge",
        Some("12") => "Fabric SQL Database",
        _ => "SQL Server",
    };
    if let Some((_, session)) = &started.secured {
        facts.insert("tls".to_owned(), format!("{} {}", session.version, session.cipher));
    }
    if let Some(place) = &started.routed {
        facts.insert("routed".to_owned(), place.clone());
    }
    // This server has no session that only reads: a guard of ours stands before it.
    let read_only = match (guarded, facts.get("updateability").map(String::as_str)) {
        (_, Some("READ_ONLY")) => "the database only reads",
        (true, _) => "guard",
        (false, _) => "no",
    };
    facts.insert("read_only".to_owned(), read_only.to_owned());
    let version_number = major.saturating_mul(1_000_000).saturating_add(build);
    Ok(Server { product: product.to_owned(), version, version_number, facts })
}
