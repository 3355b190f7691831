//! What kind of server it is.

use std::collections::BTreeMap;

use driver::{Error, Server};

use crate::{
    control::{Failure, Rows, query},
    dialect::Facts,
    wire::{Client, Started},
};

/// Asked one by one where a server that imitates MySQL does not have them all.
const FACTS: [(&str, &str); 10] = [
    ("version", "VERSION()"),
    ("version_comment", "@@version_comment"),
    ("lower_case_table_names", "@@lower_case_table_names"),
    ("encoding", "@@character_set_server"),
    ("collation", "@@collation_server"),
    ("sql_mode", "@@global.sql_mode"),
    ("read_only", "@@global.read_only"),
    ("max_allowed_packet", "@@global.max_allowed_packet"),
    ("system_time_zone", "@@system_time_zone"),
    ("user", "CURRENT_USER()"),
];

/// Asks the server what it is. `guarded` where sessions are made read-only.
pub(super) async fn server(client: &mut Client, started: &Started, guarded: bool) -> Result<(Server, Facts), Error> {
    let mut facts = BTreeMap::new();
    let all: Vec<&str> = FACTS.iter().map(|(_, expression)| *expression).collect();
    match ask(client, &format!("SELECT {}", all.join(", "))).await? {
        Some(rows) => {
            let row = rows.into_iter().next().unwrap_or_default();
            facts.extend(FACTS.iter().zip(row).filter_map(|((name, _), value)| Some(((*name).to_owned(), value?))));
        }
        None => {
            for (name, expression) in FACTS {
                let rows = ask(client, &format!("SELECT {expression}")).await?;
                if let Some(value) = rows.and_then(|rows| rows.into_iter().next()?.into_iter().next()?) {
                    facts.insert(name.to_owned(), value);
                }
            }
        }
    }
    let version = facts.remove("version").unwrap_or_else(|| started.version.clone());
    let comment = facts.get("version_comment").map_or("", String::as_str);
    let product = if version.contains("TiDB") {
        "TiDB"
    } else if version.contains("MariaDB") || started.mariadb {
        "MariaDB"
    } else if comment.contains("Percona") {
        "Percona Server"
    } else {
        "MySQL"
    };
    let version_number = number(&version);
    let dialect = Facts {
        version_number,
        mariadb: product == "MariaDB",
        lower_case_table_names: facts.get("lower_case_table_names").and_then(|text| text.parse().ok()).unwrap_or(0),
    };
    if let Some(secured) = &started.secured
        && let Some(session) = &secured.session
    {
        facts.insert("tls".to_owned(), format!("{} {}", session.version, session.cipher));
    }
    let read_only = match (guarded, facts.get("read_only").map(String::as_str)) {
        (true, _) => "session",
        (false, None | Some("0" | "OFF")) => "no",
        (false, Some(_)) => "read_only is on",
    };
    facts.insert("read_only".to_owned(), read_only.to_owned());
    facts.insert("authentication".to_owned(), started.authentication.to_owned());
    Ok((Server { product: product.to_owned(), version, version_number, facts }, dialect))
}

/// The rows, or nothing where the server does not understand.
async fn ask(client: &mut Client, text: &str) -> Result<Option<Rows>, Error> {
    match query(client, text).await {
        Ok(rows) => Ok(Some(rows)),
        Err(Failure::Refused(report)) if !report.is_fatal() => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// `10.11.19-MariaDB` is 101119, `8.0.36` is 80036.
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
        for (version, number) in
            [("10.11.19-MariaDB-0+deb12u1", 101_119), ("8.0.36", 80_036), ("5.7.44-log", 50_744), ("x", 0)]
        {
            assert_eq!(super::number(version), number);
        }
    }
}
