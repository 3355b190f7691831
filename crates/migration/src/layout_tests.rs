use super::*;

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn words(folder: &Folder) -> Vec<&str> {
    folder.problems.iter().map(|problem| problem.words.as_str()).collect()
}

#[test]
fn a_folder_of_sqlx_is_read_with_its_ways_back() {
    let folder = Folder::read(
        "db",
        &[
            file("10_add_note.down.sql", "drop table note;"),
            file("10_add_note.up.sql", "-- no-transaction\ncreate index concurrently i on t (a);"),
            file("2_first_table.up.sql", "create table t (a int);"),
            file("README.md", "nothing"),
            file("seed.sql", "insert"),
        ],
    );
    assert_eq!(folder.tool, Some(Tool::Sqlx));
    let told: Vec<_> =
        folder.migrations.iter().map(|one| (one.version.as_str(), one.name.as_str(), one.up.transaction)).collect();
    assert_eq!(told, [("2", "first table", true), ("10", "add note", false)]);
    assert!(
        folder.migrations[1].down.as_ref().is_some_and(|down| down.transaction && down.file == "10_add_note.down.sql")
    );
    assert_eq!(folder.obstacle(), None);
    assert_eq!(
        words(&folder),
        [
            "“seed.sql” is passed over: its name is not one of a migration (VERSION_name.sql).",
            "“2_first_table.up.sql” has no file that takes it back."
        ]
    );
    // SHA-384 of "abc": FIPS 180-2, appendix D.1.
    assert!(sha384(b"abc").starts_with("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"));
}

#[test]
fn what_cannot_be_used_is_said() {
    let folder = Folder::read(
        "db",
        &[
            file("1_a.sql", "select 1"),
            file("01_b.sql", "select 1"),
            file("2_c.up.sql", ""),
            file("3_d.down.sql", "drop table d"),
            file("x_e.sql", "select 1"),
            File { path: "4_f.sql".to_owned(), bytes: vec![0xff, 0xfe] },
            file("5_g.sql", "\n-- no-transaction\nselect 1"),
        ],
    );
    let said = words(&folder).join("\n");
    for part in [
        "“01_b.sql” and “1_a.sql” have the same version.",
        "“2_c.up.sql” is empty.",
        "“3_d.down.sql” takes back what is not there.",
        "“x_e.sql” does not begin with a version, a number.",
        "“4_f.sql” is not UTF-8.",
        "“5_g.sql” says -- no-transaction, but not as its very first characters: that does not count.",
        "Some migrations are of one file and others of two",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(folder.obstacle().is_some());
}

#[test]
fn other_tools_are_known_by_their_names() {
    let flyway = Folder::read(
        "db",
        &[
            file("V1_10__Later.sql", "select 2;\n"),
            file("V1.2__Create_t.sql", "create table t (a int);\r\nselect 1;\n"),
            file("U1.2__Create_t.sql", "drop table t;"),
            file("R__Views.sql", "create view v"),
            file("notes.sql", ""),
        ],
    );
    assert_eq!(flyway.tool, Some(Tool::Flyway));
    let told: Vec<_> =
        flyway.migrations.iter().map(|one| (one.version.as_str(), one.name.as_str(), one.repeatable)).collect();
    assert_eq!(told, [("1.2", "Create t", false), ("1.10", "Later", false), ("", "Views", true)]);
    assert!(flyway.migrations[0].down.is_some());
    // CRC-32 of the lines without their ends: of "123456789" it is 0xCBF43926, as a signed number.
    assert_eq!(flyway_checksum("\u{feff}1234\r\n56\r789\n"), 0xCBF4_3926_u32.cast_signed().to_string());

    let prisma =
        Folder::read("db", &[file("20240101000000_init/migration.sql", "a;\n"), file("migration_lock.toml", "")]);
    assert_eq!(prisma.tool, Some(Tool::Prisma));
    assert_eq!(prisma.migrations[0].version, "20240101000000_init");
    assert!(is_prisma_checksum("a;\r\n", prisma.migrations[0].checksum.as_deref().unwrap_or_default()));

    let journal = r#"{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1700000000000,"tag":"0000_one","breakpoints":true}]}"#;
    let drizzle = Folder::read(
        "db",
        &[file("meta/_journal.json", journal), file("0000_one.sql", "x"), file("0001_two.sql", "y")],
    );
    assert_eq!(drizzle.tool, Some(Tool::Drizzle));
    assert_eq!(drizzle.migrations[0].journal_ms, Some(1_700_000_000_000));
    assert_eq!(words(&drizzle), ["“0001_two.sql” is passed over: it is not in the journal."]);

    let files = [file("20240101000000_init.sql", "x")];
    let supabase = Folder::read("app/supabase/migrations/", &files);
    assert_eq!(supabase.tool, Some(Tool::Supabase));
    assert_eq!(supabase.migrations[0].checksum, None);
    let beside = Folder::read("db", &files).beside(&[Tool::Supabase]);
    assert_eq!(beside.tool, Some(Tool::Supabase));
    assert_eq!(Folder::read("db", &files).beside(&[Tool::Sqlx, Tool::Supabase]).tool, Some(Tool::Sqlx));
    assert_eq!(Folder::read("db", &[]), Folder { tool: None, migrations: Vec::new(), problems: Vec::new() });
}
