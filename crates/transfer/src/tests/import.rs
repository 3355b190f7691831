use std::path::PathBuf;

use driver::ColumnKind;
use results::{Format, FormatOptions};

use super::{PLAIN, Plain};
use crate::{
    Analysis, Export, ExportFormat, ExportOptions, FileKind, ReadError, ReadOptions, analyse, look, read, survey,
};

struct Folder(tempfile::TempDir);

type Rows = Vec<(u64, Vec<Option<String>>)>;

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn analysis(&self, name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Analysis {
        let path = self.file(name, bytes);
        analyse(&look(&path, options).unwrap(), &mut |_| true).unwrap()
    }

    /// Lines and values as a second reading gives them, and the lines that cannot be read.
    fn rows(&self, name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions) -> (Rows, Vec<(u64, String)>) {
        let found = self.analysis(name, bytes, options);
        let names: Vec<String> = found.columns.iter().map(|column| column.name.clone()).collect();
        let (mut rows, mut problems) = (Rows::new(), Vec::new());
        read(&found.source, &names, &mut |record| {
            match record {
                Ok(record) => {
                    let mut values = Vec::new();
                    record.values(&found.source.null, &mut values)?;
                    rows.push((record.line, values.iter().map(|value| value.map(str::to_owned)).collect()));
                }
                Err(problem) => problems.push((problem.line, problem.reason)),
            }
            Ok(())
        })
        .unwrap();
        assert_eq!((found.rows, found.bad), (rows.len() as u64, problems.len() as u64));
        (rows, problems)
    }
}

fn some(values: &[&str]) -> Vec<Option<String>> {
    values.iter().map(|value| Some((*value).to_owned())).collect()
}

fn kinds(found: &Analysis) -> Vec<ColumnKind> {
    found.columns.iter().map(|column| column.kind()).collect()
}

#[test]
fn one_empty_cell_makes_neither_the_rest_null_nor_the_column_text() {
    let folder = Folder::new();
    let text = "id,n,t\n1,5,a\n2,,b\n3,7,\"\"\n";
    let found = folder.analysis("p81.csv", text, &ReadOptions::default());
    assert_eq!(kinds(&found), [ColumnKind::Integer, ColumnKind::Integer, ColumnKind::Text]);
    assert_eq!((found.columns[1].nulls, found.columns[2].empty), (1, 1));
    let (rows, _) = folder.rows("p81.csv", text, &ReadOptions::default());
    assert_eq!(rows[1], (3, vec![Some("2".into()), None, Some("b".into())]));
    assert_eq!(rows[2].1[2].as_deref(), Some(""), "quotes are an empty text, nothing is NULL");
    let marked = ReadOptions { null: "NULL".into(), ..ReadOptions::default() };
    let (rows, _) = folder.rows("null.csv", "a,b,c\nNULL,\"NULL\",\n", &marked);
    assert_eq!(rows[0].1, [None, Some("NULL".into()), Some(String::new())]);
}

#[test]
fn for_a_table_that_is_there_only_booleans_are_told() {
    let folder = Folder::new();
    let path = folder.file("b.csv", "b,n\ntrue,1\nF,2\n,3\nx\n");
    let found = survey(&look(&path, &ReadOptions::default()).unwrap(), &mut |_| true).unwrap();
    assert_eq!(kinds(&found), [ColumnKind::Boolean, ColumnKind::Text]);
    assert_eq!((found.rows, found.bad, found.columns[0].nulls), (3, 1, 1));
}

#[test]
fn a_type_is_what_the_whole_file_holds_and_not_its_beginning() {
    let folder = Folder::new();
    let mut text = String::from("n,t\n");
    for number in 0..20_000 {
        text.push_str(&format!("{number},short\n"));
    }
    text.push_str(&format!("12.5,{}\nn/a,x\n", "long ".repeat(100)));
    let found = folder.analysis("late.csv", &text, &ReadOptions::default());
    assert_eq!(kinds(&found), [ColumnKind::Text, ColumnKind::Text]);
    assert_eq!(found.columns[0].odd, Some((20_003, "n/a".to_owned())));
    assert_eq!(found.columns[1].longest, 500, "no length is guessed from the first rows");
}

#[test]
fn quotes_line_ends_and_lines_are_read_as_everybody_writes_them() {
    let folder = Folder::new();
    let text = "a,b\r\n\"two\r\nlines\",\"say \"\"hi\"\"\"\r\nplain \"quote\",\"x\"y\r\n\r\n last ,\r\nend,z";
    let (rows, problems) = folder.rows("q.csv", text, &ReadOptions::default());
    let expected: Rows = vec![
        (2, some(&["two\r\nlines", "say \"hi\""])),
        (4, some(&["plain \"quote\"", "xy"])),
        (6, vec![Some(" last ".into()), None]),
        (7, some(&["end", "z"])),
    ];
    assert_eq!(rows, expected);
    assert!(problems.is_empty());
    let (rows, _) = folder.rows("mac.csv", "a,b\r1,2\r3,4\r", &ReadOptions::default());
    assert_eq!(rows, [(2, some(&["1", "2"])), (3, some(&["3", "4"]))]);
    let (rows, problems) = folder.rows("open.csv", "a,b\n1,2\n3,\"never\nclosed\n", &ReadOptions::default());
    assert_eq!(rows.len(), 1);
    assert_eq!(problems[0].0, 3);
    assert!(problems[0].1.contains("opens in line 3"), "{problems:?}");
}

#[test]
fn a_record_with_other_values_than_columns_is_told_by_its_line() {
    let folder = Folder::new();
    let (rows, problems) = folder.rows("ragged.csv", "a,b\n1,2\n3\n\"x\ny\",4,5\n6,7\n", &ReadOptions::default());
    assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 6]);
    assert_eq!(
        problems,
        [
            (3, "It has 1 value; there are 2 columns.".to_owned()),
            (4, "It has 3 values; there are 2 columns.".to_owned()),
        ]
    );
}

#[test]
fn encodings_are_found_and_can_be_said() {
    let folder = Folder::new();
    let text = "name,city\nZoë,Köln\n日本,Ελλάδα\n";
    let utf16 = |little: bool, mark: bool| {
        let units = text.encode_utf16();
        let mark = mark.then_some(0xfeff);
        mark.into_iter()
            .chain(units)
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect::<Vec<u8>>()
    };
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    for (name, bytes, encoding) in [
        ("plain.csv", text.as_bytes().to_vec(), "UTF-8"),
        ("marked.csv", marked, "UTF-8"),
        ("le.csv", utf16(true, true), "UTF-16LE"),
        ("be.csv", utf16(false, true), "UTF-16BE"),
    ] {
        let found = folder.analysis(name, &bytes, &ReadOptions::default());
        assert_eq!((found.source.encoding, found.columns[0].name.as_str()), (encoding, "name"), "{name}");
        let (rows, _) = folder.rows(name, &bytes, &ReadOptions::default());
        assert_eq!(rows[1].1, some(&["日本", "Ελλάδα"]), "{name}");
    }
    let latin = b"name,city\nZo\xeb,K\xf6ln\nAndr\xe9,M\xfcnchen\n";
    let (rows, _) = folder.rows("latin.csv", latin, &ReadOptions::default());
    assert_eq!(rows[0].1, some(&["Zoë", "Köln"]));
    let said = ReadOptions { encoding: Some("utf-8".into()), ..ReadOptions::default() };
    let path = folder.file("wrong.csv", latin);
    let error = look(&path, &said).unwrap_err().to_string();
    assert!(error.contains("byte 12"), "{error}");
    let unknown = ReadOptions { encoding: Some("klingon".into()), ..ReadOptions::default() };
    assert!(matches!(look(&path, &unknown), Err(ReadError::Content { .. })));
}

#[test]
fn delimiters_are_found_by_what_cuts_every_record_alike() {
    let folder = Folder::new();
    for (text, delimiter) in [
        ("a;b;c\n1,5;2;\"x;y\"\n2,5;3;z\n", b';'),
        ("a\tb\n1, 2\t3\n", b'\t'),
        ("a|b\n1|2\n", b'|'),
        ("a,b\n1,2\n", b','),
        ("only one\nvalue; per\nline\n", b','),
    ] {
        let found = folder.analysis("d.csv", text, &ReadOptions::default());
        assert_eq!(found.source.delimiter, delimiter, "{text:?}");
    }
    let said = ReadOptions { delimiter: Some(b','), ..ReadOptions::default() };
    assert_eq!(folder.analysis("d.csv", "a;b\n1;2\n", &said).columns.len(), 1);
}

#[test]
fn heads_are_optional_and_every_column_has_a_name_of_its_own() {
    let folder = Folder::new();
    let found = folder.analysis("h.csv", "a,,a, b \n1,2,3,4\n", &ReadOptions::default());
    let names: Vec<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "column_2", "a_2", "b"]);
    let headless = ReadOptions { header: false, ..ReadOptions::default() };
    let found = folder.analysis("n.csv", "1,x\n2,y\n", &headless);
    assert_eq!((found.rows, found.columns[1].name.as_str()), (2, "column_2"));
    let path = folder.file("empty.csv", "");
    assert!(analyse(&look(&path, &headless).unwrap(), &mut |_| true).is_err());
}

#[test]
fn a_cell_of_twenty_megabytes_arrives_whole() {
    let folder = Folder::new();
    let cell = "x\"\n,é".repeat(4 << 20);
    let text = format!("a,b\n1,\"{}\"\n2,y\n", cell.replace('"', "\"\""));
    let (rows, _) = folder.rows("big.csv", text, &ReadOptions::default());
    assert_eq!(rows[0].1[1].as_deref().map(str::len), Some(cell.len()));
    assert!(rows[0].1[1].as_deref() == Some(&cell));
    assert_eq!(rows[1].0, 3 + (4 << 20));
}

#[test]
fn json_lines_keep_digits_and_find_columns_that_come_late() {
    let folder = Folder::new();
    let text = "{\"a\": 12345678901234567890.10, \"b\": \"x\\n\"}\n\n{\"b\": null, \"c\": {\"k\": [1, 2.0]}}\n[1]\n{\"a\": 1e2, \"d\": true}\n";
    let (rows, problems) = folder.rows("x.ndjson", text, &ReadOptions::default());
    assert_eq!(rows[0], (1, vec![Some("12345678901234567890.10".into()), Some("x\n".into()), None, None]));
    assert_eq!(rows[1].1, [None, None, Some("{\"k\": [1, 2.0]}".into()), None]);
    assert_eq!(rows[2].1, [Some("1e2".into()), None, None, Some("true".into())]);
    assert_eq!(problems[0].0, 4);
    let found = folder.analysis("x.ndjson", text, &ReadOptions::default());
    assert_eq!(kinds(&found), [ColumnKind::Text, ColumnKind::Text, ColumnKind::Json, ColumnKind::Boolean]);
    assert_eq!(found.columns[3].nulls, 2);
}

#[test]
fn a_sheet_that_was_exported_is_read_back() {
    let folder = Folder::new();
    let cells = |texts: [Option<&str>; 3]| texts.map(|text| text.map(|text| text.as_bytes().to_vec())).to_vec();
    let batch = driver::fake::binary_batch(&[
        ("n", "number", cells([Some("12.50"), Some("-3"), None])),
        ("t", "text", cells([Some("007"), Some("a\r\nb"), Some("x")])),
        ("d", "text", cells([Some("2026-11-21"), Some("2026-11-22"), None])),
    ]);
    let options = ExportOptions {
        format: FormatOptions::new(&PLAIN as &'static Plain),
        cast: &PLAIN,
        context: &driver::ValueContext::default(),
        title: "sheet",
    };
    let mut export = Export::new(ExportFormat::Excel, &batch.schema(), &options, Vec::new()).unwrap();
    export.batch(&batch).unwrap();
    let (bytes, _) = export.finish().unwrap();
    let (rows, _) = folder.rows("book.xlsx", &bytes, &ReadOptions::default());
    assert_eq!(rows[0], (2, some(&["12.5", "007", "2026-11-21"])));
    assert_eq!(rows[1].1, some(&["-3", "a\r\nb", "2026-11-22"]));
    assert_eq!(rows[2].1, [None, Some("x".into()), None]);
    let found = folder.analysis("book.bin", &bytes, &ReadOptions::default());
    assert_eq!(found.source.kind, FileKind::Sheet, "by its bytes, whatever its name");
    assert_eq!(kinds(&found)[2], ColumnKind::Date);
    let other = ReadOptions { sheet: Some("nothing".into()), ..ReadOptions::default() };
    let error = look(&found.source.path, &other).unwrap_err();
    assert!(matches!(&error, ReadError::Content { hint, .. } if hint.contains("sheet")), "{error:?}");
}

#[test]
fn what_was_exported_as_csv_is_read_back_value_by_value() {
    let folder = Folder::new();
    let nasty = ["", " ", "a,b", "\"", "two\nlines", "\\N", "NULL", "日本🚀", "\u{1}"];
    let mut cells: Vec<_> = nasty.iter().map(|text| Some(text.as_bytes().to_vec())).collect();
    cells.push(None);
    let batch = driver::fake::binary_batch(&[("a", "text", cells.clone()), ("b", "text", cells)]);
    for null in ["", "NULL", "\\N"] {
        let mut options = FormatOptions::new(&PLAIN as &'static Plain);
        options.null_text = Some(null.to_owned());
        let context = driver::ValueContext::default();
        let options = ExportOptions { format: options, cast: &PLAIN, context: &context, title: "" };
        let mut export = Export::new(ExportFormat::Text(Format::Csv), &batch.schema(), &options, Vec::new()).unwrap();
        export.batch(&batch).unwrap();
        let (bytes, _) = export.finish().unwrap();
        let (rows, _) =
            folder.rows("back.csv", &bytes, &ReadOptions { null: null.to_owned(), ..ReadOptions::default() });
        let read: Vec<Option<&str>> = rows.iter().map(|(_, row)| row[0].as_deref()).collect();
        let wanted: Vec<Option<&str>> = nasty.iter().copied().map(Some).chain([None]).collect();
        assert_eq!(read, wanted, "{null}");
    }
}
