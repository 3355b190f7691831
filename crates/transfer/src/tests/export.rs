use std::{
    io::{self, Cursor, Write},
    sync::Arc,
};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Int64Array, RecordBatch, StringArray, UInt8Array, UInt64Array,
};
use arrow_schema::{DataType, Schema};
use calamine::{Data, Reader, Xlsx};
use driver::{ValueContext, arrow, fake::binary_batch};
use results::{Format, FormatOptions, SqlTarget, WriteError};

use super::{PLAIN, Plain};
use crate::{Export, ExportFormat, ExportOptions, SHEET_CELL, Target};

type Texts<'a> = Vec<Option<&'a str>>;

fn cells(texts: &[Option<&str>]) -> Vec<Option<Vec<u8>>> {
    texts.iter().map(|text| text.map(|text| text.as_bytes().to_vec())).collect()
}

fn written(format: ExportFormat, batch: &RecordBatch, change: impl FnOnce(&mut FormatOptions<'_>)) -> Vec<u8> {
    try_written(format, batch, change).unwrap()
}

fn try_written(
    format: ExportFormat,
    batch: &RecordBatch,
    change: impl FnOnce(&mut FormatOptions<'_>),
) -> Result<Vec<u8>, WriteError> {
    let mut options = FormatOptions::new(&PLAIN as &'static Plain);
    change(&mut options);
    let context = ValueContext { bytea_output: "hex".into(), time_zone: "UTC".into(), ..ValueContext::default() };
    let options = ExportOptions { format: options, cast: &PLAIN, context: &context, title: "odd [name]" };
    let mut export = Export::new(format, &batch.schema(), &options, Vec::new())?;
    if batch.num_rows() > 0 {
        export.batch(batch)?;
    }
    export.finish().map(|(out, written)| {
        assert_eq!(written.rows, batch.num_rows() as u64);
        out
    })
}

fn read_parquet(bytes: Vec<u8>) -> (RecordBatch, Vec<(String, String)>) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let said = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let said = said.into_iter().map(|pair| (pair.key, pair.value.unwrap_or_default())).collect();
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    (arrow_select::concat::concat_batches(&schema, &batches).unwrap(), said)
}

fn texts(batch: &RecordBatch, column: usize) -> Vec<Option<String>> {
    let array = batch.column(column).as_any().downcast_ref::<StringArray>().unwrap();
    array.iter().map(|text| text.map(str::to_owned)).collect()
}

fn read_sheet(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let (rows, columns) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
    let cell = |row, column| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect()
}

const NASTY: [&str; 16] = [
    "",
    " padded ",
    "two\nlines",
    "a\r\nb\rc",
    "tab\tbed",
    "<b>&amp;</b>\"'",
    "_x000D_ and _x41_",
    "\u{1}\u{b}\u{1f}\u{7f}",
    "日本🚀e\u{301}",
    "007",
    "1e5",
    "=1+1",
    "infinity",
    "0044-03-15 BC",
    "NULL",
    "\u{feff}mark",
];

#[test]
fn every_text_comes_back_from_a_sheet_and_from_parquet() {
    let nasty: Texts<'_> = NASTY.iter().copied().map(Some).chain([None]).collect();
    let batch = binary_batch(&[("t", "text", cells(&nasty)), ("n", "number", cells(&nasty))]);
    let sheet = read_sheet(written(ExportFormat::Excel, &batch, |_| {}));
    assert_eq!(sheet[0], [Data::String("t".into()), Data::String("n".into())]);
    let (parquet, _) = read_parquet(written(ExportFormat::Parquet, &batch, |_| {}));
    for (row, text) in nasty.iter().enumerate() {
        let wanted = match text {
            Some(text) => Data::String((*text).to_owned()),
            None => Data::Empty,
        };
        // Readers tell no empty text from an empty cell.
        if text != &Some("") {
            // Rows without a cell are no rows for a reader.
            let read = sheet.get(row + 1).cloned().unwrap_or_else(|| vec![Data::Empty; 2]);
            assert_eq!(read, [wanted.clone(), wanted], "{text:?}");
        }
        assert_eq!(texts(&parquet, 0)[row].as_deref(), *text);
        assert_eq!(texts(&parquet, 1)[row].as_deref(), *text);
    }
}

#[test]
fn a_sheet_has_numbers_where_every_digit_survives_and_text_where_not() {
    let lexemes = ["12.50", "-3", "0.001", "123456789012345", "1234567890123456", "9007199254740993", "NaN", "1e+20"];
    let batch = binary_batch(&[("n", "number", cells(&lexemes.map(Some)))]);
    let sheet = read_sheet(written(ExportFormat::Excel, &batch, |_| {}));
    let read: Vec<&Data> = sheet.iter().skip(1).map(|row| &row[0]).collect();
    let number = |value: f64| Data::Float(value);
    let text = |value: &str| Data::String(value.to_owned());
    let expected = [
        number(12.5),
        number(-3.0),
        number(0.001),
        number(123_456_789_012_345.0),
        text("1234567890123456"),
        text("9007199254740993"),
        text("NaN"),
        text("1e+20"),
    ];
    assert_eq!(read, expected.iter().collect::<Vec<_>>());
}

#[test]
fn parquet_is_typed_where_that_says_the_same_and_names_the_native_type() {
    let fields = vec![
        arrow::field("big", DataType::Int64, "bigint"),
        arrow::field("unsigned", DataType::UInt64, "bigint unsigned"),
        arrow::field("flag", DataType::Boolean, "boolean"),
        arrow::field("bytes", DataType::Binary, "blob"),
        arrow::field("exact", DataType::Binary, "number"),
        arrow::field("mixed", DataType::Binary, "blob"),
        arrow::class_field(5),
    ];
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![Some(i64::MAX), Some(i64::MIN), None])),
        Arc::new(UInt64Array::from(vec![Some(u64::MAX), Some(0), None])),
        Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        Arc::new(BinaryArray::from(vec![Some(&b"\\x00ff"[..]), Some(b"\\x"), None])),
        Arc::new(BinaryArray::from(vec![Some(&b"1.500"[..]), Some(b"NaN"), None])),
        Arc::new(BinaryArray::from(vec![Some(&[0xff, 0][..]), Some(b"12"), None])),
        Arc::new(UInt8Array::from(vec![2, 3, 0])),
    ];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let (read, said) = read_parquet(written(ExportFormat::Parquet, &batch, |options| {
        options.note = Some("first 3 rows, not all".into());
    }));
    assert_eq!(read.num_columns(), 6, "what a class says is no column of a file");
    assert_eq!(read.column(0).as_ref(), batch.column(0).as_ref());
    assert_eq!(read.column(1).as_ref(), batch.column(1).as_ref());
    assert_eq!(read.column(2).as_ref(), batch.column(2).as_ref());
    let bytes = read.column(3).as_any().downcast_ref::<BinaryArray>().unwrap();
    assert_eq!(bytes.iter().collect::<Vec<_>>(), [Some(&[0, 0xff][..]), Some(&[][..]), None]);
    assert_eq!(texts(&read, 4), [Some("1.500".to_owned()), Some("NaN".to_owned()), None]);
    assert_eq!(texts(&read, 5), [Some("\\xff00".to_owned()), Some("12".to_owned()), None]);
    let natives: Vec<&str> = read.schema_ref().fields().iter().map(|field| arrow::native_type(field)).collect();
    assert_eq!(natives, ["bigint", "bigint unsigned", "boolean", "blob", "number", "blob"]);
    assert!(said.contains(&("rowhouse.note".into(), "first 3 rows, not all".into())), "{said:?}");
    assert!(said.contains(&("rowhouse.time_zone".into(), "UTC".into())));
}

#[test]
fn odd_names_and_1600_columns_arrive_and_a_name_that_repeats_gets_a_number() {
    let names: Vec<String> = (0..1600).map(|at| format!("c\"{at}\n.<&日")).collect();
    let columns: Vec<_> = names.iter().map(|name| (name.as_str(), "text", cells(&[Some("x"), None]))).collect();
    let batch = binary_batch(&columns);
    let (parquet, _) = read_parquet(written(ExportFormat::Parquet, &batch, |_| {}));
    assert!(parquet.schema().fields().iter().zip(&names).all(|(field, name)| field.name() == name));
    let sheet = read_sheet(written(ExportFormat::Excel, &batch, |_| {}));
    let heads: Vec<_> = names.iter().map(|name| Data::String(name.clone())).collect();
    assert_eq!(sheet[0], heads);
    let twice = binary_batch(&[("a", "text", cells(&[Some("1")])), ("a", "text", cells(&[Some("2")]))]);
    let (parquet, _) = read_parquet(written(ExportFormat::Parquet, &twice, |_| {}));
    let names: Vec<_> = parquet.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["a", "a_2"]);
}

#[test]
fn results_without_rows_are_files_all_the_same() {
    let none = binary_batch(&[("a", "text", vec![])]);
    assert_eq!(read_parquet(written(ExportFormat::Parquet, &none, |_| {})).0.num_rows(), 0);
    assert_eq!(read_sheet(written(ExportFormat::Excel, &none, |_| {})), [[Data::String("a".into())]]);
    let no_columns = RecordBatch::new_empty(Arc::new(Schema::empty()));
    let error = try_written(ExportFormat::Parquet, &no_columns, |_| {}).unwrap_err();
    assert!(error.to_string().contains("at least one column"), "{error}");
}

#[test]
fn a_value_that_no_cell_holds_is_refused_and_never_cut() {
    let fits = "é".repeat(SHEET_CELL);
    let batch = binary_batch(&[("doc", "text", cells(&[Some(&fits)]))]);
    assert_eq!(read_sheet(written(ExportFormat::Excel, &batch, |_| {}))[1][0], Data::String(fits.clone()));
    let batch = binary_batch(&[("doc", "text", cells(&[Some("x"), Some(&format!("{fits}é"))]))]);
    let error = try_written(ExportFormat::Excel, &batch, |_| {}).unwrap_err().to_string();
    assert!(error.contains("Row 2 has 32768 characters in “doc”"), "{error}");
}

#[test]
fn rows_beyond_a_sheet_go_to_another() {
    let row = binary_batch(&[("n", "number", cells(&[Some("7"); 500]))]);
    let options = FormatOptions::new(&PLAIN as &'static Plain);
    let context = ValueContext::default();
    let options = ExportOptions { format: options, cast: &PLAIN, context: &context, title: "many" };
    let mut export = Export::new(ExportFormat::Excel, &row.schema(), &options, Vec::new()).unwrap();
    for _ in 0..10 {
        export.batch(&row).unwrap();
    }
    let (bytes, _) = export.finish().unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["many", "many (2)"]);
    let rows: Vec<usize> = (0..2).map(|at| book.worksheet_range_at(at).unwrap().unwrap().height()).collect();
    assert_eq!(rows, [5000, 2], "every sheet has its head");
}

#[test]
fn what_is_said_of_the_rows_stands_where_the_format_has_a_place() {
    let batch = binary_batch(&[("a", "text", cells(&[Some("1")]))]);
    let target = SqlTarget { table: "t".into(), columns: vec!["a".into()], ..SqlTarget::default() };
    for format in [Format::Markdown, Format::Html, Format::SqlInsert, Format::Csv, Format::Json] {
        let format = ExportFormat::Text(format);
        let text = written(format, &batch, |options| {
            options.note = Some("first 1 rows, not all".into());
            options.target = Some(target.clone());
        });
        let told = String::from_utf8(text).unwrap().contains("first 1 rows, not all");
        assert_eq!(told, format.has_place_for_note(), "{format:?}");
    }
}

/// Takes so many bytes, then the disk is full.
struct Small(usize);

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_as_one_by_every_format() {
    let value = "0123456789".repeat(100);
    let batch = binary_batch(&[("a", "text", cells(&vec![Some(value.as_str()); 4000]))]);
    let formats = [ExportFormat::Text(Format::Csv), ExportFormat::Parquet, ExportFormat::Excel];
    for format in formats {
        let context = ValueContext::default();
        let options = FormatOptions::new(&PLAIN as &'static Plain);
        let options = ExportOptions { format: options, cast: &PLAIN, context: &context, title: "" };
        let wrote = Export::new(format, &batch.schema(), &options, Small(600)).and_then(|mut export| {
            for _ in 0..20 {
                export.batch(&batch)?;
            }
            export.finish().map(|(_, written)| written)
        });
        match wrote {
            Err(WriteError::Output(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{format:?}"),
            other => panic!("{format:?}: {other:?}"),
        }
    }
}

#[test]
fn a_file_has_its_name_only_once_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, "old").unwrap();
    let mut target = Target::create(&path).unwrap();
    target.write_all(b"new").unwrap();
    target.flush().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    drop(target);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    let mut target = Target::create(&path).unwrap();
    target.write_all(b"new").unwrap();
    target.finish().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    assert!(Target::create(folder.path()).is_err());
    assert_eq!(Target::create(&folder.path().join("no/rows.csv")).err().unwrap().kind(), io::ErrorKind::NotFound);
}
