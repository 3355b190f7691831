//! Columns of every type with extreme, odd and nearly equal values.

/// A type and its values.
pub type Typed = (String, Vec<String>);

/// What the types need; `{schema}` is where.
pub const SETUP: &str = r#"
create type mood as enum ('sad', 'it''s "so, so" \', '', 'ok (é)');
create domain positive as integer check (value > 0);
create domain price as numeric(7,2);
create domain feeling as mood;
create collation folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create domain folded_text as text collate folded;
create type pair as (a integer, b text);
create type nested as (p pair, q pair[], "r s" numeric);
create domain strict_pair as pair check ((value).a is distinct from 7);
create table "Odd ""name""" (i integer);
"#;

/// Types and literals; what is wrong for a server is left out by its version.
pub const TYPES: &[(u16, &str, &[&str])] = &[
    (0, "smallint", &["32767", "-32768", "0", "-1"]),
    (0, "integer", &["2147483647", "-2147483648", "0"]),
    (0, "bigint", &["9223372036854775807", "-9223372036854775808", "326335020369620480"]),
    (0, "numeric", &["1.0", "1.00", "1", "NaN", "Infinity", "-Infinity", "-0.0", "0.10", "1e-1000", "THOUSAND"]),
    (0, "numeric(7,2)", &["1.00", "-99999.99", "0.00", "NaN"]),
    (0, "numeric(1000,0)", &["THOUSAND", "0"]),
    (0, "real", &["46.45", "-0", "0", "NaN", "Infinity", "1e-45", "3.4028235e38", "0.1"]),
    (
        0,
        "double precision",
        &["0.1", "-0", "0", "NaN", "-Infinity", "5e-324", "1.7976931348623157e308", "0.30000000000000004", "0.3"],
    ),
    (0, "money", &["1234.50", "-92233720368547758.08", "92233720368547758.07", "0"]),
    (0, "boolean", &["t", "f"]),
    (
        0,
        "text",
        &[
            "a",
            "A",
            "",
            "NULL",
            "a ",
            " a",
            "it's \\ \"q\"",
            "line\nbreak\ttab",
            "\\.",
            "\u{1}",
            "é🚀",
            "e\u{301}",
            "$1 %s %%",
        ],
    ),
    (0, "text collate folded", &["a", "A", "á"]),
    (0, "folded_text", &["a", "A"]),
    (0, "text collate \"C\"", &["a", "A"]),
    (0, "character varying(5)", &["ab", "ab ", "AB", ""]),
    (0, "character(4)", &["ab", "a", "", "abcd"]),
    (0, "\"char\"", &["a", "", "\\", "'"]),
    (16, "\"char\"", &["\\303", "b"]),
    (0, "name", &["x", "X", "it's"]),
    (0, "citext", &["a", "A"]),
    (0, "bytea", &["\\x", "\\x00", "\\xdeadbeef00ff", "\\x27275c5c", "\\x6162"]),
    (0, "uuid", &["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    (
        0,
        "date",
        &["0044-03-15 BC", "4713-01-01 BC", "5874897-12-31", "infinity", "-infinity", "2024-02-29", "2024-03-04"],
    ),
    (0, "time", &["24:00:00", "00:00:00", "23:59:59.999999", "23:59:60"]),
    (0, "time(0)", &["12:00:01", "24:00"]),
    (0, "timetz", &["24:00:00-15:59:59", "00:00:00+15:59", "10:00+02", "08:00+00", "12:00:00.5-03:30"]),
    (
        0,
        "timestamp",
        &[
            "294276-12-31 23:59:59.999999",
            "4713-01-01 00:00:00 BC",
            "infinity",
            "-infinity",
            "2040-03-25 02:00:00",
            "2024-03-31 02:30:00.1",
        ],
    ),
    (0, "timestamp(3)", &["2024-02-29 23:59:59.9996", "0001-01-01 00:00 BC"]),
    (
        0,
        "timestamptz",
        &[
            "2024-10-27 00:30:00+00",
            "2024-10-27 01:30:00+00",
            "2024-03-31 01:00:00+00",
            "2040-03-25 01:00:00+00",
            "1800-01-01 00:00:00+00",
            "1883-11-18 17:00:00+00",
            "0044-03-15 12:00:00+00 BC",
            "294276-12-30 00:00:00+00",
            "infinity",
            "-infinity",
            "2016-12-31 23:59:60+00",
        ],
    ),
    (
        0,
        "interval",
        &[
            "1 mon",
            "30 days",
            "720:00:00",
            "-1 year 2 mons -3 days 04:05:06.789",
            "178000000 years",
            "-00:00:00.000001",
            "0",
            "1 day -00:00:01",
            "-1 day 00:00:01",
            "999999999:59:59.999999",
        ],
    ),
    (17, "interval", &["infinity", "-infinity"]),
    (0, "interval(0)", &["1.5 seconds", "2 seconds"]),
    (
        0,
        "json",
        &[
            "{\"b\": 1,  \"a\": 1.0, \"a\": 1.00}",
            "[1.10, 1e2, -0]",
            "null",
            "\"\\u0041\\\\\"",
            "12345678901234567890.10",
            "[1.10,1e2,-0]",
        ],
    ),
    (0, "jsonb", &["{\"b\": 1, \"a\": 1.00}", "{\"b\": 1, \"a\": 1.0}", "null", "\"é\\\\ '\"", "[]"]),
    (0, "jsonpath", &["$.\"a\"[*] ? (@ > 1)", "strict $"]),
    (0, "xml", &["<a>1</a>", "<a >1</a>", "text &amp; more", "<?xml version=\"1.0\"?><a/>", "<a b='1'/>", ""]),
    (0, "inet", &["10.0.0.1", "10.0.0.1/24", "::1", "::ffff:1.2.3.4/128"]),
    (0, "cidr", &["10.0.0.0/8", "2001:db8::/32"]),
    (0, "macaddr", &["08:00:2b:01:02:03"]),
    (0, "macaddr8", &["08:00:2b:01:02:03:04:05"]),
    (0, "point", &["(1,2)", "(-0,0)", "(NaN,Infinity)", "(0.1,0.30000000000000004)", "(0,0)"]),
    (0, "line", &["{1,-1,0}"]),
    (0, "lseg", &["[(0,0),(1,1)]"]),
    (0, "box", &["(1,1),(0,0)", "(2,0.5),(0,0)"]),
    (0, "path", &["((0,0),(1,1))", "[(0,0),(1,1)]"]),
    (0, "polygon", &["((0,0),(1,1),(1,0))"]),
    (0, "circle", &["<(0,0),1>", "<(5,5),1>"]),
    (0, "bit(4)", &["1010", "0000"]),
    (0, "bit varying(6)", &["1", "01", ""]),
    (0, "tsvector", &["'it''s':1A,2 'a b':3B 'back\\\\slash'", "a b", ""]),
    (0, "tsquery", &["'a' & !('b c' | 'd':*A)", ""]),
    (0, "oid", &["0", "4294967295"]),
    (0, "regclass", &["pg_class", "4294967290", "-"]),
    (0, "regtype", &["integer", "\"char\"", "timestamp with time zone"]),
    (0, "regprocedure", &["lower(text)", "format(text)"]),
    (0, "xid", &["0", "4294967295"]),
    (0, "xid8", &["18446744073709551615", "3"]),
    (0, "cid", &["7"]),
    (0, "tid", &["(0,1)", "(4294967295,65535)"]),
    (0, "pg_lsn", &["0/16B3748", "FFFFFFFF/FFFFFFFF"]),
    (0, "pg_snapshot", &["10:20:10,14,15"]),
    (0, "int2vector", &["1 2 3", ""]),
    (0, "oidvector", &["23 25"]),
    (0, "aclitem", &["postgres=r*w/postgres", "=r/postgres"]),
    (0, "refcursor", &["c 1"]),
    (0, "int4range", &["[1,10)", "empty", "(,)", "[5,)"]),
    (0, "numrange", &["[1.0,2.00]", "(1.00,2.00]", "[1.00,2.00]", "empty"]),
    (0, "tstzrange", &["[2024-10-27 00:30:00+00,2024-10-27 01:30:00+00)", "(,infinity]", "empty"]),
    (0, "daterange", &["[2024-01-01,)", "(-infinity,infinity)"]),
    (0, "int4multirange", &["{[1,2),[5,)}", "{}"]),
    (0, "nummultirange", &["{[1.0,2.0]}", "{[1.00,2.0]}"]),
    (0, "mood", &["sad", "it's \"so, so\" \\", "", "ok (é)"]),
    (0, "feeling", &["sad", ""]),
    (0, "positive", &["1", "2147483647"]),
    (0, "price", &["1.00", "99999.99"]),
    (0, "pair", &["(,)", "(1,)", "(1,\"\")", "(-1,\"a, \"\"b\"\" \\\\ (c)\")"]),
    (0, "strict_pair", &["(,)", "(1,a)"]),
    (0, "nested", &["(,,)", "(\"(1,\"\"x, y\"\")\",\"{\"\"(2,)\"\",NULL}\",1.50)", "(\"(,)\",{},1.5)"]),
    (0, "integer[]", &["{}", "{1,NULL,3}", "[0:1]={1,2}", "{{1,2},{3,4}}", "{1,2}"]),
    (0, "bigint[]", &["{9223372036854775807,-9223372036854775808}"]),
    (0, "numeric(5,2)[]", &["{1.00,NaN}", "{1.01}"]),
    (0, "real[]", &["{-0,0,NaN,46.45}", "{0,0,NaN,46.45}"]),
    (0, "text[]", &["{}", "{\"\"}", "{NULL,\"NULL\"}", "{\"a,b\",\"c\\\"d\",\"e\\\\f\",\" g\"}", "{a}", "{A}"]),
    (0, "citext[]", &["{a}", "{A}"]),
    (0, "character(3)[]", &["{ab}", "{\"a  \"}"]),
    (0, "bytea[]", &["{\"\\\\x00\",\"\\\\xff\"}"]),
    (0, "boolean[]", &["{t,f,NULL}"]),
    (0, "timestamp[]", &["{\"2024-03-31 02:30:00\",infinity}", "{\"0044-03-15 00:00:00 BC\"}"]),
    (
        0,
        "timestamptz[]",
        &["{\"2024-10-27 00:30:00+00\",\"2024-10-27 01:30:00+00\"}", "{\"2024-03-31 01:00:00+00\",-infinity}"],
    ),
    (0, "interval[]", &["{\"1 mon\",\"30 days\"}", "{\"30 days\",\"30 days\"}"]),
    (0, "money[]", &["{$1.50}"]),
    (0, "json[]", &["{\"{\\\"a\\\": 1.0}\",NULL}"]),
    (0, "xml[]", &["{<a/>,\"<b>x y</b>\"}"]),
    (0, "point[]", &["{\"(1,2)\",\"(3,4)\"}"]),
    (0, "box[]", &["{(1,1),(0,0);(2,2),(1,1)}"]),
    (0, "int4range[]", &["{\"[1,2)\",empty}"]),
    (0, "mood[]", &["{sad,\"it's \\\"so, so\\\" \\\\\"}", "{\"\"}"]),
    (0, "pair[]", &["{\"(1,a)\",\"(,)\",NULL}", "{\"(1,A)\"}"]),
    (0, "tsvector[]", &["{\"'a' 'b'\"}"]),
];

/// The literal as it is written for the server: one value stands for a long one.
pub fn literal(value: &str) -> String {
    match value {
        "THOUSAND" => format!("1{}", "7".repeat(999)),
        value => value.to_owned(),
    }
}

/// The types of a server, with their values; `citext` where it can be had.
pub fn of(major: u16, citext: bool) -> Vec<Typed> {
    TYPES
        .iter()
        .filter(|(since, ..)| *since <= major)
        .filter(|(_, native, _)| citext || !native.starts_with("citext"))
        .map(|(_, native, values)| ((*native).to_owned(), values.iter().map(|value| literal(value)).collect()))
        .collect()
}

/// Statements that make and fill a table `every` with a key, a number, and a column `c0`, `c1` … of each type.
pub fn script(types: &[Typed]) -> String {
    let columns: Vec<String> =
        types.iter().enumerate().map(|(place, (native, _))| format!("c{place} {native}")).collect();
    let mut script =
        format!("{SETUP} create table every (id integer primary key, other integer, {});", columns.join(", "));
    let longest = types.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    for row in 0..=longest {
        let mut names = vec!["id".to_owned()];
        let mut values = vec![row.to_string()];
        for (place, (_, of_type)) in types.iter().enumerate() {
            if let Some(value) = of_type.get(row) {
                names.push(format!("c{place}"));
                values.push(sql::dialect::postgres().quote_literal(value));
            }
        }
        script.push_str(&format!("insert into every ({}) values ({});", names.join(", "), values.join(", ")));
    }
    script
}
