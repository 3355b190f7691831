//! The arrows between the crates, and what may never be reached from below.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::checkout::{none, root};

/// What each package of the workspace may depend on directly. A new crate gets its line here; a new arrow needs a reason
/// in ARCHITECTURE.md. Drivers never see each other; nothing below `app` knows Tauri; the two faces know no driver.
const ARROWS: &[(&str, &[&str])] = &[
    ("catalog", &[]),
    ("sql", &[]),
    ("generate", &[]),
    ("advisor", &["catalog", "policy", "sql"]),
    ("policy", &["catalog"]),
    ("erd", &["catalog"]),
    ("schema", &["catalog", "policy", "sql"]),
    ("migration", &["schema", "sql"]),
    ("typegen", &["catalog"]),
    ("dictionary", &["catalog"]),
    ("driver", &["catalog", "generate", "sql"]),
    ("route", &[]),
    ("dial", &["driver", "route"]),
    ("driver-mongodb", &["catalog", "sql", "driver", "dial", "route"]),
    ("driver-mssql", &["catalog", "sql", "driver", "dial", "policy", "route"]),
    ("driver-oracle", &["catalog", "sql", "driver", "dial", "route"]),
    ("driver-mysql", &["catalog", "sql", "driver", "generate", "dial", "route"]),
    ("driver-postgres", &["catalog", "sql", "driver", "generate", "dial", "policy", "route"]),
    ("driver-redis", &["catalog", "sql", "driver", "dial", "route"]),
    ("driver-sqlite", &["catalog", "sql", "driver", "generate", "route"]),
    ("results", &["catalog", "sql", "driver"]),
    ("transfer", &["catalog", "sql", "driver", "results"]),
    (
        "app",
        &[
            "advisor",
            "catalog",
            "sql",
            "driver",
            "driver-mongodb",
            "driver-mssql",
            "driver-mysql",
            "driver-oracle",
            "driver-postgres",
            "driver-redis",
            "driver-sqlite",
            "erd",
            "generate",
            "migration",
            "policy",
            "results",
            "route",
            "schema",
            "transfer",
        ],
    ),
    ("cli", &["app", "catalog", "dictionary", "driver", "erd", "results", "schema", "transfer", "typegen"]),
    ("rowhouse-desktop", &["app", "catalog", "driver", "results"]),
    (
        "tests",
        &[
            "advisor",
            "app",
            "catalog",
            "cli",
            "driver",
            "driver-mongodb",
            "driver-mysql",
            "driver-postgres",
            "driver-redis",
            "driver-sqlite",
            "results",
            "route",
            "schema",
            "sql",
            "transfer",
        ],
    ),
];

/// Packages that must not be anywhere in the tree of a package.
struct Ban {
    why: &'static str,
    of: fn(&Package) -> bool,
    /// In what is linked or needed to build.
    within: fn(&Package) -> &BTreeSet<String>,
    banned: fn(&str) -> bool,
}

const BANS: &[Ban] = &[
    Ban {
        why: "nothing under crates/ knows the window",
        of: |package| package.folder.starts_with("crates/"),
        within: |package| &package.tree,
        banned: |name| name == "tauri" || name.starts_with("tauri-") || name == "wry" || name == "tao",
    },
    Ban {
        why: "a pure crate does no I/O",
        of: |package| {
            ["catalog", "sql", "generate", "advisor", "policy", "erd", "schema", "migration", "typegen", "dictionary"]
                .contains(&package.name.as_str())
        },
        // What makes bindings at build time writes files.
        within: |package| &package.linked,
        banned: |name| ["tokio", "sqlx", "rusqlite", "mio", "rustls", "reqwest", "tempfile"].contains(&name),
    },
    Ban {
        why: "sqlx is the store's client, not a driver's",
        of: |package| package.folder.starts_with("crates/drivers/") || package.name == "driver",
        within: |package| &package.tree,
        banned: |name| name.starts_with("sqlx"),
    },
];

#[derive(Default)]
struct Package {
    name: String,
    /// From the root, with `/`; empty for the root package.
    folder: String,
    /// Direct dependencies inside the workspace, of every kind.
    arrows: BTreeSet<String>,
    /// Direct dependencies, of every kind.
    direct: BTreeSet<String>,
    /// Everything the package needs to run or build, however far down.
    tree: BTreeSet<String>,
    /// Everything that is linked into it, however far down.
    linked: BTreeSet<String>,
}

fn metadata() -> Value {
    let host = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Of this platform only: the packages of others are not downloaded.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> Vec<Package> {
    let list = metadata["packages"].as_array().unwrap();
    let names: BTreeMap<&str, &str> =
        list.iter().map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap())).collect();
    let members: BTreeSet<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let member_names: BTreeSet<&str> = members.iter().map(|id| names[id]).collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();
    let workspace = metadata["workspace_root"].as_str().unwrap();
    list.iter()
        .filter(|package| members.contains(package["id"].as_str().unwrap()))
        .map(|package| {
            let id = package["id"].as_str().unwrap();
            let manifest = package["manifest_path"].as_str().unwrap();
            let folder = manifest.strip_prefix(workspace).unwrap().strip_suffix("Cargo.toml").unwrap();
            Package {
                name: names[id].to_owned(),
                folder: folder.trim_matches(['/', '\\']).replace('\\', "/"),
                arrows: package["dependencies"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|dependency| dependency["name"].as_str())
                    .filter(|name| member_names.contains(name))
                    .map(str::to_owned)
                    .collect(),
                direct: package["dependencies"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|dependency| dependency["name"].as_str())
                    .map(str::to_owned)
                    .collect(),
                tree: tree(id, &nodes, &names, &["build"]),
                linked: tree(id, &nodes, &names, &[]),
            }
        })
        .collect()
}

/// Follows normal dependencies and those of these other kinds; a development dependency reaches no user.
fn tree(from: &str, nodes: &BTreeMap<&str, &Value>, names: &BTreeMap<&str, &str>, kinds: &[&str]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(id) = next.pop() {
        for dependency in nodes[id.as_str()]["deps"].as_array().unwrap() {
            let shipped = dependency["dep_kinds"]
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| kind["kind"].as_str().is_none_or(|kind| kinds.contains(&kind)));
            let id = dependency["pkg"].as_str().unwrap();
            if shipped && seen.insert(id.to_owned()) {
                next.push(id.to_owned());
            }
        }
    }
    seen.iter().map(|id| names[id.as_str()].to_owned()).collect()
}

fn wrong_arrows(packages: &[Package], table: &[(&str, &[&str])]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in packages {
        let Some((_, allowed)) = table.iter().find(|(name, _)| *name == package.name) else {
            findings.push(format!("{} has no line in ARROWS (tests/architecture/dependencies.rs)", package.name));
            continue;
        };
        for to in &package.arrows {
            if !allowed.contains(&to.as_str()) {
                findings.push(format!("{} depends on {to}; it may depend on {allowed:?}", package.name));
            }
        }
    }
    for (name, _) in table {
        if !packages.iter().any(|package| package.name == *name) {
            findings.push(format!("ARROWS names {name}, which is not in the workspace"));
        }
    }
    findings
}

fn drivers_together(packages: &[Package]) -> Vec<String> {
    let drivers: Vec<&Package> =
        packages.iter().filter(|package| package.folder.starts_with("crates/drivers/")).collect();
    let mut findings = Vec::new();
    for one in &drivers {
        for other in &drivers {
            if one.name != other.name && (one.arrows.contains(&other.name) || one.tree.contains(&other.name)) {
                findings.push(format!("{} reaches {}: drivers never see each other", one.name, other.name));
            }
        }
    }
    findings
}

fn banned(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for ban in BANS {
        for package in packages.iter().filter(|package| (ban.of)(package)) {
            for name in (ban.within)(package).iter().filter(|name| (ban.banned)(name)) {
                findings.push(format!("{} reaches {name}: {}", package.name, ban.why));
            }
        }
    }
    findings
}

/// An error that only carries text cannot be acted on.
fn untyped_errors(packages: &[Package]) -> Vec<String> {
    let untyped = ["anyhow", "eyre", "color-eyre", "failure"];
    packages
        .iter()
        .flat_map(|package| package.direct.iter().map(move |name| (package, name)))
        .filter(|(_, name)| untyped.contains(&name.as_str()))
        .map(|(package, name)| format!("{} depends on {name}: errors are typed", package.name))
        .collect()
}

/// The names of the workspace's packages, with their folders.
pub fn package_names() -> Vec<(String, String)> {
    packages(&metadata()).into_iter().map(|package| (package.name, package.folder)).collect()
}

#[test]
fn crates_depend_only_along_the_arrows() {
    none(&wrong_arrows(&packages(&metadata()), ARROWS));
}

#[test]
fn drivers_are_apart() {
    none(&drivers_together(&packages(&metadata())));
}

#[test]
fn errors_are_typed() {
    none(&untyped_errors(&packages(&metadata())));
}

#[test]
fn nothing_below_app_reaches_the_window_or_more_than_it_needs() {
    let packages = packages(&metadata());
    // If the window's own tree does not hold tauri, the walk is broken and the check would pass by itself.
    let desktop = packages.iter().find(|package| package.name == "rowhouse-desktop").unwrap();
    assert!(desktop.tree.contains("tauri") && desktop.tree.contains("wry"));
    none(&banned(&packages));
}

#[cfg(test)]
mod fixtures {
    use super::*;

    fn package(name: &str, folder: &str, arrows: &[&str], tree: &[&str]) -> Package {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Package {
            name: name.into(),
            folder: folder.into(),
            arrows: set(arrows),
            direct: set(arrows),
            tree: set(tree),
            linked: set(tree),
        }
    }

    #[test]
    fn a_wrong_arrow_an_unknown_crate_and_a_vanished_one_are_found() {
        let table: &[(&str, &[&str])] = &[("low", &[]), ("high", &["low"]), ("gone", &[])];
        let packages = [
            package("low", "crates/low", &["high"], &[]),
            package("high", "crates/high", &["low"], &[]),
            package("new", "crates/new", &[], &[]),
        ];
        let findings = wrong_arrows(&packages, table);
        assert_eq!(findings.len(), 3, "{findings:?}");
        assert!(findings[0].starts_with("low depends on high"));
        assert!(findings[1].starts_with("new has no line"));
        assert!(findings[2].contains("gone"));
    }

    #[test]
    fn a_driver_that_sees_another_is_found_however_far_down() {
        let packages = [
            package("driver-a", "crates/drivers/a", &[], &["between", "driver-b"]),
            package("driver-b", "crates/drivers/b", &[], &[]),
        ];
        assert_eq!(drivers_together(&packages).len(), 1);
    }

    #[test]
    fn an_untyped_error_is_found() {
        assert_eq!(untyped_errors(&[package("app", "crates/app", &["anyhow", "driver"], &[])]).len(), 1);
    }

    #[test]
    fn tauri_under_crates_and_io_in_a_pure_crate_are_found() {
        let packages = [
            package("app", "crates/app", &[], &["serde", "tauri-plugin-dialog"]),
            package("sql", "crates/sql", &[], &["tokio"]),
            package("rowhouse-desktop", "", &[], &["tauri"]),
        ];
        let findings = banned(&packages);
        assert_eq!(findings.len(), 2, "{findings:?}");
        let builds_with_files = Package { linked: BTreeSet::new(), ..package("sql", "crates/sql", &[], &["tempfile"]) };
        assert!(banned(&[builds_with_files]).is_empty());
    }
}
