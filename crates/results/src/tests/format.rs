use std::io::{self, ErrorKind};

use driver::{Code, fake::binary_batch};

use super::*;
use crate::{BytesForm, Format, FormatOptions, RowWriter, SqlTarget, TextForms, WriteError, write_hold};

fn cell(text: &str) -> Option<Vec<u8>> {
    Some(text.as_bytes().to_vec())
}

fn written(format: Format, batch: &RecordBatch, change: impl FnOnce(&mut FormatOptions<'_>)) -> String {
    let cast = super::local::cast();
    let mut options = FormatOptions::new(&*cast);
    change(&mut options);
    let mut writer = RowWriter::new(format, &batch.schema(), &options).unwrap();
    let mut out = Vec::new();
    if batch.num_rows() > 0 {
        writer.batch(batch, &mut out).unwrap();
    }
    writer.finish(&mut out).unwrap();
    String::from_utf8_lossy(&out).into_owned()
}

fn plain(format: Format, batch: &RecordBatch) -> String {
    written(format, batch, |_| {})
}

#[test]
fn csv_quotes_as_copy_does() {
    let values = ["", "plain", "a,b", "say \"hi\"", "two\nlines", "a\rb", "\\.", " padded ", "tab\tbed", "'"];
    let mut cells: Vec<_> = values.iter().map(|value| cell(value)).collect();
    cells.push(None);
    let two = binary_batch(&[("a", "text", cells.clone()), ("b,c", "text", cells.clone())]);
    let expected = concat!(
        "a,\"b,c\"\n",
        "\"\",\"\"\n",
        "plain,plain\n",
        "\"a,b\",\"a,b\"\n",
        "\"say \"\"hi\"\"\",\"say \"\"hi\"\"\"\n",
        "\"two\nlines\",\"two\nlines\"\n",
        "\"a\rb\",\"a\rb\"\n",
        "\\.,\\.\n",
        " padded , padded \n",
        "tab\tbed,tab\tbed\n",
        "','\n",
        ",\n"
    );
    assert_eq!(plain(Format::Csv, &two), expected);
    // Alone on its line the end mark is quoted.
    let one = binary_batch(&[("a", "text", vec![cell("\\."), None])]);
    assert_eq!(plain(Format::Csv, &one), "a\n\"\\.\"\n\n");
}

#[test]
fn booleans_print_as_the_server_prints_them() {
    let rows = batch(0..200);
    let csv = written(Format::Csv, &rows, |options| options.columns = Some(vec![1]));
    let expected: String = (0..200).map(|n| row(n).1.map_or("\n", |flag| if flag { "t\n" } else { "f\n" })).collect();
    assert_eq!(csv, format!("flag\n{expected}"));
    let numbers = written(Format::Csv, &rows, |options| {
        options.columns = Some(vec![1]);
        options.forms = TextForms { true_text: "1", false_text: "0", bytes: BytesForm::AsSent };
    });
    assert_eq!(numbers, csv.replace("t\n", "1\n").replace("f\n", "0\n"));
    let json = written(Format::Ndjson, &rows, |options| options.columns = Some(vec![1]));
    assert!(json.lines().all(|line| ["{\"flag\":true}", "{\"flag\":false}", "{\"flag\":null}"].contains(&line)));
}

#[test]
fn bytes_that_are_not_utf_8_leave_csv_as_they_came() {
    let rows = binary_batch(&[("a", "text", vec![Some(vec![0xff, b',', 0xfe])])]);
    let cast = super::local::cast();
    let mut writer = RowWriter::new(Format::Csv, &rows.schema(), &FormatOptions::new(&*cast)).unwrap();
    let mut out = Vec::new();
    writer.batch(&rows, &mut out).unwrap();
    writer.finish(&mut out).unwrap();
    assert_eq!(out, b"a\n\"\xff,\xfe\"\n");
    for format in [Format::Json, Format::Ndjson, Format::Table, Format::Markdown] {
        assert!(plain(format, &rows).contains('\u{fffd}'), "{format:?}");
    }
}

#[test]
fn json_numbers_are_the_servers_digits_and_all_else_is_a_string() {
    let rows = binary_batch(&[
        ("n", "numeric", ["12.50", "1e400", "NaN", "-0.10", "007", ".5"].map(cell).into()),
        ("t", "text", ["12.50", "a\"b\\c\n\u{1}\u{7f}", "日本", "", "true", "null"].map(cell).into()),
        ("j", "json", ["{\"a\": 1.0}", "[1,\n2]", "{bad", "null", "\"s\"", "1e400"].map(cell).into()),
    ]);
    let expected = "[\n{\"n\":12.50,\"t\":\"12.50\",\"j\":{\"a\": 1.0}},\n\
        {\"n\":1e400,\"t\":\"a\\\"b\\\\c\\n\\u0001\u{7f}\",\"j\":[1,\n2]},\n\
        {\"n\":\"NaN\",\"t\":\"日本\",\"j\":\"{bad\"},\n\
        {\"n\":-0.10,\"t\":\"\",\"j\":null},\n\
        {\"n\":\"007\",\"t\":\"true\",\"j\":\"s\"},\n\
        {\"n\":\".5\",\"t\":\"null\",\"j\":1e400}\n]\n";
    assert_eq!(plain(Format::Json, &rows), expected);
    let lines = plain(Format::Ndjson, &rows);
    assert_eq!(lines.lines().count(), 6);
    assert!(lines.contains("\"j\":[1, 2]"));
    for line in lines.lines().filter(|line| !line.contains("1e400")) {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn json_with_two_columns_of_one_name_is_columns_and_rows() {
    let rows = binary_batch(&[("a", "text", vec![cell("1")]), ("a", "text", vec![cell("2")])]);
    assert_eq!(plain(Format::Json, &rows), "{\"columns\":[\"a\",\"a\"],\"rows\":[\n[\"1\",\"2\"]\n]}\n");
    assert_eq!(plain(Format::Ndjson, &rows), "[\"1\",\"2\"]\n");
}

#[test]
fn results_without_rows_are_well_formed() {
    let none = binary_batch(&[("a", "text", vec![]), ("b", "text", vec![])]);
    assert_eq!(plain(Format::Csv, &none), "a,b\n");
    assert_eq!(plain(Format::Json, &none), "[]\n");
    assert_eq!(plain(Format::Ndjson, &none), "");
    assert_eq!(plain(Format::Table, &none), " a | b\n---+---\n(0 rows)\n");
    let no_columns = RecordBatch::new_empty(Arc::new(Schema::empty()));
    assert_eq!(plain(Format::Csv, &no_columns), "\n");
}

#[test]
fn classes_decide_in_mixed_columns() {
    let fields = vec![arrow::field("v", DataType::Binary, ""), arrow::class_field(0)];
    let cells: Vec<Option<&[u8]>> =
        vec![None, Some(b"12"), Some(b"12"), Some(&[0xab, 0x01]), Some(b"1.5"), Some(b"Inf")];
    let columns: Vec<ArrayRef> =
        vec![Arc::new(BinaryArray::from_iter(cells)), Arc::new(UInt8Array::from(vec![0, 3, 1, 2, 4, 4]))];
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let expected = "{\"v\":null}\n{\"v\":12}\n{\"v\":\"12\"}\n{\"v\":\"\\\\xab01\"}\n{\"v\":1.5}\n{\"v\":\"Inf\"}\n";
    assert_eq!(plain(Format::Ndjson, &rows), expected);
    let hex = written(Format::Csv, &rows, |options| options.forms.bytes = BytesForm::Hex);
    assert_eq!(hex, "v\n\n12\n12\n\\xab01\n1.5\nInf\n");
    let target = SqlTarget { table: "t".into(), columns: vec!["v".into()], ..SqlTarget::default() };
    let inserts = written(Format::SqlInsert, &rows, |options| options.target = Some(target));
    assert!(inserts.contains("VALUES (X'ab01');") && inserts.contains("VALUES (12);") && inserts.contains("('12')"));
}

#[test]
fn inserts_quote_text_and_need_a_target() {
    let rows = binary_batch(&[("n", "numeric", vec![cell("1.50"), None]), ("t", "text", vec![cell("it's"), cell("")])]);
    let target =
        SqlTarget { table: "\"my table\"".into(), columns: vec!["n".into(), "\"T\"".into()], ..SqlTarget::default() };
    let expected = "INSERT INTO \"my table\" (n, \"T\") VALUES (1.50, 'it''s');\n\
        INSERT INTO \"my table\" (n, \"T\") VALUES (NULL, '');\n";
    assert_eq!(written(Format::SqlInsert, &rows, |options| options.target = Some(target)), expected);
    let cast = super::local::cast();
    let error = RowWriter::new(Format::SqlInsert, &rows.schema(), &FormatOptions::new(&*cast)).err().unwrap();
    assert_eq!(error.code, Code::InvalidStatement);
}

/// A database whose binary columns hold their bytes, and whose literals have escapes.
pub(super) struct RawCast;

impl driver::Cast for RawCast {
    fn class(&self, native_type: &str) -> driver::ValueClass {
        if native_type == "blob" { driver::ValueClass::Bytes } else { driver::ValueClass::Text }
    }

    fn forms(&self) -> driver::Forms {
        driver::Forms { booleans: ("1", "0"), raw_bytes: true }
    }

    fn cast(&self, _: &str, _: &driver::ValueContext, _: &[u8], _: driver::CastTarget) -> driver::Scalar {
        driver::Scalar::Unrepresentable
    }
}

#[test]
fn raw_bytes_and_backslashes_are_written_as_the_database_reads_them() {
    let rows = binary_batch(&[
        ("b", "blob", vec![Some(vec![0, 0xff]), Some(b"text".to_vec()), None]),
        ("t", "text", vec![cell("C:\\'x"), cell("\\"), cell("plain")]),
    ]);
    let written = |format: Format, backslash_escapes: bool| {
        let columns = vec!["b".into(), "t".into()];
        let target = Some(SqlTarget { table: "t".into(), columns, backslash_escapes, ..SqlTarget::default() });
        let options = FormatOptions { target, ..FormatOptions::new(&RawCast) };
        let mut writer = RowWriter::new(format, &rows.schema(), &options).unwrap();
        let mut out = Vec::new();
        writer.batch(&rows, &mut out).unwrap();
        writer.finish(&mut out).unwrap();
        out
    };
    let inserts = |escapes: bool| String::from_utf8(written(Format::SqlInsert, escapes)).unwrap();
    let head = "INSERT INTO t (b, t) VALUES (";
    let escaped = [r"X'00ff', 'C:\\''x'", r"X'74657874', '\\'", "NULL, 'plain'"].map(|row| format!("{head}{row});\n"));
    assert_eq!(inserts(true), escaped.concat());
    assert_eq!(inserts(false), escaped.concat().replace(r"\\", r"\"));
    assert_eq!(written(Format::Csv, true), b"b,t\n\0\xff,C:\\'x\ntext,\\\n,plain\n");
    let json = String::from_utf8(written(Format::Ndjson, true)).unwrap();
    assert!(json.starts_with(r#"{"b":"\\x00ff""#), "{json}");
}

#[test]
fn tables_align_wide_characters_and_show_controls_as_escapes() {
    let rows = binary_batch(&[
        ("name", "text", ["日本", "a", "🚀"].map(cell).into()),
        ("n", "numeric", vec![cell("1"), cell("200"), None]),
        ("x", "text", vec![cell("one\ntwo"), cell("\u{1b}[31mred"), cell("")]),
    ]);
    let expected = [
        " name | n    | x",
        "------+------+---------------",
        " 日本 |    1 | one\\ntwo",
        " a    |  200 | \\u{1b}[31mred",
        " 🚀   | NULL | ",
        "(3 rows)\n",
    ];
    assert_eq!(plain(Format::Table, &rows), expected.join("\n"));
}

#[test]
fn markdown_and_tsv_escape_what_would_break_them() {
    let rows = binary_batch(&[("a|b", "text", vec![cell("x|y"), cell("1\n2"), None])]);
    assert_eq!(plain(Format::Markdown, &rows), "| a\\|b |\n| --- |\n| x\\|y |\n| 1<br>2 |\n| NULL |\n");
    let rows = binary_batch(&[("a", "text", vec![cell("x\ty"), cell("q\"")]), ("b", "text", vec![None, cell("z")])]);
    assert_eq!(plain(Format::Tsv, &rows), "a\tb\n\"x\ty\"\t\n\"q\"\"\"\tz\n");
}

#[test]
fn held_rows_are_written_whole_and_in_the_order_of_the_view() {
    let store = store();
    let hold = hold_of(&store, 20_000);
    let cast = super::local::cast();
    let options = FormatOptions::new(&*cast);
    let (mut held, mut direct) = (Vec::new(), Vec::new());
    write_hold(&hold, None, 0..u64::MAX, Format::Csv, &options, &mut held).unwrap();
    let mut writer = RowWriter::new(Format::Csv, &schema(), &options).unwrap();
    for first in (0..20_000).step_by(5000) {
        writer.batch(&batch(first..first + 5000), &mut direct).unwrap();
    }
    writer.finish(&mut direct).unwrap();
    assert_eq!(held.len(), direct.len());
    assert!(held == direct);
    let view = crate::View::new(&hold, vec![19_999, 3, 7], 20_000, true);
    let mut out = Vec::new();
    let ids = FormatOptions { columns: Some(vec![0]), header: false, ..FormatOptions::new(&*cast) };
    write_hold(&hold, Some(&view), 0..2, Format::Csv, &ids, &mut out).unwrap();
    let text = |n: u64| row(n).0.map_or(String::new(), |id| id.to_string());
    assert_eq!(String::from_utf8(out).unwrap(), format!("{}\n{}\n", text(19_999), text(3)));
}

#[test]
fn a_closed_pipe_is_told_apart() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let cast = super::local::cast();
    let mut writer = RowWriter::new(Format::Csv, &schema(), &FormatOptions::new(&*cast)).unwrap();
    let error = writer.batch(&batch(0..5000), &mut Closed).unwrap_err();
    assert!(matches!(error, WriteError::Output(error) if error.kind() == ErrorKind::BrokenPipe));
}

fn sql(columns: &[&str], keys: &[(usize, &str)]) -> SqlTarget {
    SqlTarget {
        table: "t".into(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        keys: keys.iter().map(|(at, name)| (*at, (*name).to_owned())).collect(),
        ..SqlTarget::default()
    }
}

#[test]
fn updates_set_what_is_no_key_and_find_the_row_by_it() {
    let rows = binary_batch(&[
        ("id", "numeric", ["1", "2"].map(cell).into()),
        ("t", "text", vec![cell("it's"), None]),
        ("u", "text", vec![cell(""), cell("x")]),
    ]);
    let updates = |columns: Vec<usize>, target: SqlTarget| {
        written(Format::SqlUpdate, &rows, |options| {
            options.columns = Some(columns);
            options.target = Some(target);
        })
    };
    let expected = "UPDATE t SET t = 'it''s', u = '' WHERE id = 1;\nUPDATE t SET t = NULL, u = 'x' WHERE id = 2;\n";
    assert_eq!(updates(vec![0, 1, 2], sql(&["t", "u"], &[(0, "id")])), expected);
    let by_two =
        "UPDATE t SET u = '' WHERE id = 1 AND t = 'it''s';\nUPDATE t SET u = 'x' WHERE id = 2 AND t IS NULL;\n";
    assert_eq!(updates(vec![2], sql(&["u"], &[(0, "id"), (1, "t")])), by_two);
    let cast = super::local::cast();
    for target in [sql(&["t"], &[]), sql(&[], &[(0, "id")])] {
        let options = FormatOptions { columns: Some(vec![0]), target: Some(target), ..FormatOptions::new(&*cast) };
        assert!(RowWriter::new(Format::SqlUpdate, &rows.schema(), &options).is_err());
    }
}

#[test]
fn an_in_list_has_each_value_once_and_no_null() {
    let rows = binary_batch(&[("t", "text", vec![cell("b"), None, cell("it's"), cell("b"), None])]);
    let cast = super::local::cast();
    let options = FormatOptions { target: Some(sql(&[], &[])), ..FormatOptions::new(&*cast) };
    let mut writer = RowWriter::new(Format::InList, &rows.schema(), &options).unwrap();
    let mut out = Vec::new();
    writer.batch(&rows, &mut out).unwrap();
    assert_eq!(writer.left_out(), 2);
    writer.finish(&mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "('b', 'it''s')");
    let zero = binary_batch(&[("n", "numeric", ["-0", "-0.0", "0", "-10"].map(cell).into())]);
    let list = written(Format::InList, &zero, |options| options.target = Some(sql(&[], &[])));
    assert_eq!(list, "('-0', '-0.0', 0, -10)", "a decimal has no minus zero");
    let none = binary_batch(&[("t", "text", vec![None])]);
    assert_eq!(written(Format::InList, &none, |options| options.target = Some(sql(&[], &[]))), "(NULL)");
    let two = binary_batch(&[("a", "text", vec![]), ("b", "text", vec![])]);
    assert!(RowWriter::new(Format::InList, &two.schema(), &options).is_err());
}

#[test]
fn html_escapes_and_csv_follows_its_options() {
    let rows =
        binary_batch(&[("a<b", "text", vec![cell("<i>&\r"), None]), ("n", "numeric", ["1", "2"].map(cell).into())]);
    let html = plain(Format::Html, &rows);
    assert!(html.contains("<th>a&lt;b</th><th>n</th>"), "{html}");
    assert!(html.contains("<tr><td>&lt;i&gt;&amp;&#13;</td><td class=\"number\">1</td></tr>"), "{html}");
    assert!(html.contains("<td class=\"null\">NULL</td>"), "{html}");
    let rows = binary_batch(&[("a", "text", vec![cell("x;y"), None, cell("NULL"), cell(""), cell("a,b")])]);
    let csv = |change: fn(&mut FormatOptions<'_>)| written(Format::Csv, &rows, change);
    let marked = csv(|options| {
        options.delimiter = b';';
        options.null_text = Some("NULL".into());
    });
    assert_eq!(marked, "a\n\"x;y\"\nNULL\n\"NULL\"\n\"\"\na,b\n");
    let quoted = csv(|options| options.quote_all = true);
    assert_eq!(quoted, "\"a\"\n\"x;y\"\n\n\"NULL\"\n\"\"\n\"a,b\"\n");
}

#[test]
fn literals_the_database_could_not_read_are_written_by_their_bytes() {
    let fields = vec![arrow::field("v", DataType::Binary, ""), arrow::class_field(0)];
    let cells: Vec<Option<&[u8]>> = vec![Some(b"Inf"), Some(b"-Inf"), Some(b"a\0b"), Some(b"\xff"), Some(b"Inf")];
    let columns: Vec<ArrayRef> =
        vec![Arc::new(BinaryArray::from_iter(cells)), Arc::new(UInt8Array::from(vec![4, 4, 1, 5, 1]))];
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let literals = driver::Literals {
        nul_ends: true,
        infinities: &[("Inf", "9e999"), ("-Inf", "-9e999")],
        ..driver::Literals::default()
    };
    let target = SqlTarget { literals, ..sql(&["v"], &[]) };
    let inserts = written(Format::SqlInsert, &rows, |options| options.target = Some(target));
    let values: Vec<&str> = inserts.lines().map(|line| line.split("VALUES ").nth(1).unwrap()).collect();
    let expected = ["(9e999);", "(-9e999);", "(CAST(X'610062' AS TEXT));", "(CAST(X'ff' AS TEXT));", "('Inf');"];
    assert_eq!(values, expected);
}
