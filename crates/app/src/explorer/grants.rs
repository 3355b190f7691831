//! Who may do what with one object, from the privileges that a catalog lists.

use catalog::{Catalog, Grant, Kind, Known, ObjectKey, ObjectKind};

use crate::api::{GrantRow, ListState};

/// What a privilege over a whole schema, or over everything, may mean for a relation in it.
const OF_RELATIONS: [&str; 14] = [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
    "MAINTAIN",
    "CREATE",
    "DROP",
    "ALTER",
    "INDEX",
    "SHOW VIEW",
    "DELETE HISTORY",
];

/// The same for a routine.
const OF_ROUTINES: [&str; 2] = ["EXECUTE", "ALTER ROUTINE"];

/// Privileges on an object, one row for each grantee, column, grantor and way; and how far they are known.
pub(super) fn of(catalog: &Catalog, key: &ObjectKey) -> (Vec<GrantRow>, ListState) {
    let state = match catalog.coverage.get(&Kind::Grants) {
        Some(Known::Value(())) => ListState::Read,
        Some(Known::Denied) => ListState::Denied,
        Some(Known::Unsupported) => ListState::Absent,
        // An engine with neither routines nor types nor sequences has nobody to grant to.
        Some(Known::NotLoaded) | None => match [Kind::Routines, Kind::Types, Kind::Sequences]
            .iter()
            .all(|kind| catalog.coverage.get(kind) == Some(&Known::Unsupported))
        {
            true => ListState::Absent,
            false => ListState::Unread,
        },
    };
    let mut rows: Vec<GrantRow> = Vec::new();
    for grant in &catalog.grants {
        let Some(through) = reaches(catalog, grant, key) else { continue };
        let same = |row: &GrantRow| {
            row.grantee == grant.grantee
                && row.column == grant.column
                && row.grantable == grant.grantable
                && row.grantor == grant.grantor
                && row.through == through
        };
        // The server lists what belongs together together: the row is among the last ones.
        match rows.iter_mut().rev().find(|row| same(row)) {
            Some(row) => row.privileges.push(grant.privilege.clone()),
            None => rows.push(GrantRow {
                grantee: grant.grantee.clone(),
                column: grant.column.clone(),
                privileges: vec![grant.privilege.clone()],
                grantable: grant.grantable,
                grantor: grant.grantor.clone(),
                through,
            }),
        }
    }
    // What is on the object itself first, then its columns, then what comes from above.
    rows.sort_by(|a, b| {
        let key = |row: &GrantRow| (row.through.is_some(), row.column.is_some());
        key(a).cmp(&key(b)).then_with(|| (&a.grantee, &a.column).cmp(&(&b.grantee, &b.column)))
    });
    (rows, state)
}

/// Whether a grant concerns an object: `Some(None)` on itself, `Some(Some(…))` on what holds it.
fn reaches(catalog: &Catalog, grant: &Grant, key: &ObjectKey) -> Option<Option<String>> {
    let on = &grant.object;
    if on.kind == key.kind && on.schema == key.schema && on.name == key.name && on.signature == key.signature {
        return Some(None);
    }
    // Only where databases are schemas does the server hand privileges on them down.
    if catalog.database.is_some() {
        return None;
    }
    let matters = match key.kind {
        ObjectKind::Relation | ObjectKind::Sequence => OF_RELATIONS.contains(&grant.privilege.as_str()),
        ObjectKind::Routine => OF_ROUTINES.contains(&grant.privilege.as_str()),
        ObjectKind::Event => grant.privilege == "EVENT",
        _ => false,
    };
    match (matters, on.kind) {
        (true, ObjectKind::Database) => Some(Some("everything".to_owned())),
        (true, ObjectKind::Schema) => {
            let schema = key.schema.as_deref().unwrap_or_default();
            covers(&on.name, schema).then(|| Some(format!("schema {}", on.name)))
        }
        _ => None,
    }
}

/// Whether a schema's name is meant by the pattern a privilege was given on (`%`, `_`, `\` before one of them).
fn covers(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last `%` stood, and what it has taken.
    let mut back: Option<(usize, usize)> = None;
    while n < name.len() {
        let escaped = pattern.get(p) == Some(&'\\') && pattern.get(p + 1).is_some();
        let wanted = pattern.get(if escaped { p + 1 } else { p });
        if !escaped && wanted == Some(&'%') {
            back = Some((p, n));
            p += 1;
        } else if wanted.is_some_and(|wanted| (!escaped && *wanted == '_') || name.get(n) == Some(wanted)) {
            p += if escaped { 2 } else { 1 };
            n += 1;
        } else if let Some((at, taken)) = back {
            back = Some((at, taken + 1));
            (p, n) = (at + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|letter| *letter == '%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(object: ObjectKey, column: Option<&str>, privilege: &str, grantable: bool) -> Grant {
        Grant {
            object,
            column: column.map(str::to_owned),
            grantee: "app".to_owned(),
            grantor: Some("owner".to_owned()),
            privilege: privilege.to_owned(),
            grantable,
        }
    }

    #[test]
    fn a_pattern_means_what_the_server_reads_in_it() {
        for (pattern, name, expected) in [
            ("shop", "shop", true),
            ("shop", "shops", false),
            ("shop_", "shops", true),
            (r"shop\_", "shops", false),
            (r"shop\_%", "shop_eu", true),
            ("%", "", true),
            ("%p%", "shop", true),
            ("%x", "shop", false),
            ("a%b%c", "aXbYbZc", true),
            (r"\", r"\", true),
        ] {
            assert_eq!(covers(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn privileges_are_joined_by_who_has_them_and_columns_stay_apart() {
        let key = ObjectKey::relation(Some("d"), Some("public"), "orders");
        let other = ObjectKey::relation(Some("d"), Some("public"), "others");
        let schema = ObjectKey { kind: ObjectKind::Schema, ..ObjectKey::relation(Some("d"), None, "public") };
        let mut catalog = Catalog { database: Some("d".to_owned()), ..Catalog::default() };
        assert_eq!(of(&catalog, &key), (Vec::new(), ListState::Unread));
        catalog.coverage.insert(Kind::Grants, Known::Value(()));
        catalog.grants = vec![
            grant(key.clone(), Some("note"), "UPDATE", false),
            grant(key.clone(), None, "SELECT", false),
            grant(key.clone(), None, "INSERT", false),
            grant(key.clone(), None, "DELETE", true),
            grant(other, None, "SELECT", false),
            grant(schema, None, "CREATE", false),
        ];
        let (rows, state) = of(&catalog, &key);
        assert_eq!(state, ListState::Read);
        let told: Vec<_> =
            rows.iter().map(|row| (row.column.as_deref(), row.privileges.join(" "), row.grantable)).collect();
        let expected = [(None, "SELECT INSERT", false), (None, "DELETE", true), (Some("note"), "UPDATE", false)];
        assert_eq!(told, expected.map(|(column, list, grantable)| (column, list.to_owned(), grantable)));
    }

    #[test]
    fn where_databases_are_schemas_their_privileges_reach_what_is_in_them() {
        let key = ObjectKey::relation(None, Some("shop"), "orders");
        let schema = ObjectKey { kind: ObjectKind::Schema, ..ObjectKey::relation(None, None, "sh%") };
        let all = ObjectKey { kind: ObjectKind::Database, ..ObjectKey::relation(None, None, "*") };
        let mut catalog = Catalog::default();
        catalog.coverage.insert(Kind::Grants, Known::Value(()));
        catalog.grants = vec![
            grant(schema.clone(), None, "SELECT", false),
            grant(schema, None, "EXECUTE", false),
            grant(all.clone(), None, "DROP", false),
            grant(all, None, "SHUTDOWN", false),
        ];
        let told = |key: &ObjectKey| -> Vec<_> {
            of(&catalog, key)
                .0
                .into_iter()
                .map(|row| (row.through.unwrap_or_default(), row.privileges.join(" ")))
                .collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(told(&key), [pair("schema sh%", "SELECT"), pair("everything", "DROP")]);
        let routine = ObjectKey { kind: ObjectKind::Routine, ..key };
        assert_eq!(told(&routine), [pair("schema sh%", "EXECUTE")]);
    }
}
