//! MariaDB and its client, which prints XML here: the one form of its in which NULL and every byte are told apart.

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use catalog::ObjectKey;
use driver::{Cast, ConnectContext, Connection, Driver, Profile, Secret};
use driver_mysql::MySql;
use url::Url;

use crate::{
    CLOCKS, ZONES,
    desk::{Engine, Printed},
};

const SCHEMA: &str = "rowhouse_fidelity";

/// Types and literals. Those of bytes are hexadecimal: `X'…'`.
const TYPES: &[(&str, &[&str])] = &[
    ("tinyint", &["127", "-128", "0"]),
    ("tinyint unsigned", &["255", "0"]),
    ("smallint unsigned", &["65535"]),
    ("mediumint", &["8388607", "-8388608"]),
    ("int", &["2147483647", "-2147483648"]),
    ("int(6) unsigned zerofill", &["42", "4294967295"]),
    ("bigint", &["9223372036854775807", "-9223372036854775808", "326335020369620480"]),
    ("bigint unsigned", &["18446744073709551615", "0"]),
    ("decimal(65,30)", &["'99999999999999999999999999999999999.999999999999999999999999999999'", "'-0.10'", "'1.0'"]),
    ("decimal(5,2)", &["'1.00'", "'-999.99'"]),
    ("float", &["46.45", "0.1", "-0e0", "3.40282e38", "1e-30"]),
    ("double", &["0.1", "0.30000000000000004", "1.7976931348623157e308", "5e-324", "-0e0"]),
    ("bit(1)", &["b'1'", "b'0'"]),
    ("bit(8)", &["b'1000001'", "b'11111111'"]),
    ("bit(64)", &["X'FFFFFFFFFFFFFFFF'", "X'4142434445464748'"]),
    ("year", &["1901", "2155", "0"]),
    ("date", &["'0000-00-00'", "'1000-01-01'", "'9999-12-31'", "'2024-02-29'", "'2024-00-00'"]),
    ("time", &["'838:59:59'", "'-838:59:59'", "'00:00:00'"]),
    ("time(6)", &["'-00:00:00.000001'", "'838:59:59.999999'"]),
    ("datetime", &["'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'", "'2040-03-25 02:00:00'"]),
    ("datetime(6)", &["'2024-03-31 02:30:00.123456'", "'1000-01-01 00:00:00.000000'"]),
    ("timestamp null", &["'1970-01-02 00:00:01'", "'2024-10-27 00:30:00'", "'2024-10-27 01:30:00'"]),
    ("timestamp(6) null", &["'2024-03-31 01:00:00.5'"]),
    ("char(5)", &["'ab'", "''", "'AB'"]),
    ("varchar(20)", &["'a'", "'A'", "'a '", "''", "'NULL'", "'it''s \\\\ \"q\" <&>'", "'é🚀'", "'line\\nbreak\\ttab'"]),
    ("varchar(20) character set latin1", &["'é'", "'ÿ'"]),
    ("varchar(20) character set utf8mb3", &["'é€'"]),
    ("varchar(20) collate utf8mb4_bin", &["'a'", "'A'"]),
    ("text", &["'x'", "repeat('é', 3000)"]),
    ("longtext", &["'{\"a\": 1.0}'"]),
    ("json", &["'{\"b\": 1,  \"a\": 1.0, \"a\": 1.00}'", "'[1.10, 1e2, -0]'", "'null'", "'12345678901234567890.10'"]),
    ("binary(4)", &["X'00FF'", "'ab'"]),
    ("varbinary(20)", &["X'00FF27225C'", "X''", "'text'"]),
    ("blob", &["X'DEADBEEF00'", "''"]),
    ("enum('a','it''s \"so\"','')", &["'a'", "'it''s \"so\"'", "''"]),
    ("set('x','y','z w')", &["'x,z w'", "''"]),
    ("point", &["ST_GeomFromText('POINT(1 -0.5)')"]),
    ("geometry", &["ST_GeomFromText('LINESTRING(0 0,1 1)', 4326)"]),
    ("uuid", &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]),
    ("inet6", &["'::1'", "'::ffff:1.2.3.4'"]),
    ("inet4", &["'10.0.0.1'"]),
];

pub struct MariaDb {
    url: Url,
    socketless: u16,
}

impl MariaDb {
    pub fn prepare() -> Option<MariaDb> {
        let name = "ROWHOUSE_TEST_MARIADB_URL";
        let Some(url) = env::var(name).ok().filter(|url| !url.is_empty()) else {
            assert!(!tests::servers::required(), "{name} is required");
            eprintln!("SKIPPED fidelity: no MariaDB; set {name} (scripts/servers start)");
            return None;
        };
        let url = Url::parse(&url).unwrap();
        let engine = MariaDb { socketless: url.port().unwrap(), url };
        let columns: Vec<String> =
            TYPES.iter().enumerate().map(|(place, (native, _))| format!("c{place} {native}")).collect();
        let mut script = format!(
            "drop database if exists {SCHEMA}; create database {SCHEMA} character set utf8mb4; use {SCHEMA}; set sql_mode = '';
             create table every (id int primary key, other int, {}); create table copied like every;\n",
            columns.join(", ")
        );
        let longest = TYPES.iter().map(|(_, values)| values.len()).max().unwrap();
        for row in 0..=longest {
            let found = TYPES.iter().enumerate().filter_map(|(place, (_, values))| Some((place, values.get(row)?)));
            let (mut names, mut values) = (vec!["id".to_owned()], vec![row.to_string()]);
            for (place, value) in found {
                names.push(format!("c{place}"));
                values.push((*value).to_owned());
            }
            script.push_str(&format!("insert into every ({}) values ({});\n", names.join(", "), values.join(", ")));
        }
        engine.run("UTC", &script);
        Some(engine)
    }

    fn client(&self, zone: &str, text: &str) -> Vec<u8> {
        let place = ZONES.iter().position(|known| *known == zone).unwrap_or(0);
        let mut child = Command::new("mariadb")
            .args(["--no-defaults", "--xml", "--binary-mode", "--default-character-set=utf8mb4", "-h", "127.0.0.1"])
            .args([format!("-P{}", self.socketless), format!("-u{}", self.url.username())])
            .env("MYSQL_PWD", self.url.password().unwrap_or_default())
            .env("TZ", CLOCKS[place])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = format!("SET time_zone = '{}';\n{text}", offset(zone));
        let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// A server whose tables of time zones were not filled knows offsets alone.
fn offset(zone: &str) -> &'static str {
    match zone {
        "Europe/Berlin" => "+01:00",
        "America/St_Johns" => "-03:30",
        "Asia/Tokyo" => "+09:00",
        _ => "+00:00",
    }
}

impl Engine for MariaDb {
    async fn connect(&self, _zone: &str) -> Arc<dyn Connection> {
        let values = [
            ("host", "127.0.0.1".to_owned()),
            ("port", self.socketless.to_string()),
            ("user", self.url.username().to_owned()),
            ("schema", SCHEMA.to_owned()),
        ];
        let profile = Profile {
            name: "fidelity".to_owned(),
            driver: "mysql".to_owned(),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        let password = self.url.password().unwrap_or_default().to_owned();
        MySql.connect(&profile, ConnectContext::unattended(Some(Secret::new(password)))).await.unwrap()
    }

    fn settings(&self, zone: &str) -> Vec<String> {
        vec![format!("SET time_zone = '{}'", offset(zone))]
    }

    fn relation(&self) -> ObjectKey {
        ObjectKey::relation(None, Some(SCHEMA), "every")
    }

    fn names(&self) -> (String, String) {
        (format!("{SCHEMA}.every"), format!("{SCHEMA}.copied"))
    }

    fn types(&self) -> Vec<String> {
        TYPES.iter().map(|(native, _)| (*native).to_owned()).collect()
    }

    fn printed(&self, zone: &str, table: &str) -> Printed {
        // In XML the client prints NUL as a blank, so that of bytes it is asked for their digits.
        let outputs = TYPES.iter().enumerate().map(|(place, (native, _))| match is_bytes(native) {
            true => format!("HEX(c{place})"),
            false => format!("c{place}"),
        });
        let outputs = outputs.collect::<Vec<_>>().join(", ");
        let output = self.client(zone, &format!("SELECT id, other, {outputs} FROM {table} ORDER BY id;\n"));
        let mut rows = Vec::new();
        let mut rest = output.as_slice();
        while let Some((row, after)) = between(rest, b"<row>", b"</row>") {
            rest = after;
            let (mut fields, mut row) = (Vec::new(), row);
            while let Some(at) = find(row, b"<field name=\"") {
                row = row.get(at..).unwrap();
                let head = find(row, b">").unwrap();
                let (tag, value) = row.split_at(head + 1);
                if tag.ends_with(b"/>") {
                    assert!(find(tag, b"xsi:nil").is_some());
                    fields.push(None);
                    row = value;
                } else {
                    let end = find(value, b"</field>").unwrap();
                    fields.push(Some(unescaped(value.get(..end).unwrap())));
                    row = value.get(end..).unwrap();
                }
            }
            for (field, (native, _)) in fields.iter_mut().skip(2).zip(TYPES) {
                if let Some(digits) = field.as_mut().filter(|_| is_bytes(native)) {
                    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
                    *digits = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
                }
            }
            rows.push(fields);
        }
        rows
    }

    fn run(&self, zone: &str, script: &str) {
        self.client(zone, &format!("SET sql_mode = '';\n{script}"));
    }

    fn cast(&self) -> &'static dyn Cast {
        MySql.cast()
    }
}

fn is_bytes(native: &str) -> bool {
    ["bit", "binary", "varbinary", "blob", "point", "geometry"].iter().any(|word| native.starts_with(word))
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|part| part == word)
}

fn between<'t>(text: &'t [u8], begin: &[u8], end: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let text = text.get(find(text, begin)? + begin.len()..)?;
    let at = find(text, end)?;
    Some((text.get(..at)?, text.get(at + end.len()..)?))
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    let entities: [(&[u8], u8); 4] = [(b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&amp;", b'&')];
    while let Some((first, after)) = rest.split_first() {
        match entities.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, byte)) => {
                out.push(*byte);
                rest = rest.get(entity.len()..).unwrap();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}
