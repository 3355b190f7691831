//! Values of the client library as the server's own tools print them. What it has no exact form of is named and not guessed.

use std::fmt::Write as _;

use driver::{Code, Error};
use oracledb::{
    DbType, JsonValue, Metadata, OracleIntervalDS, OracleIntervalYM, OracleNumber, OracleTimestamp, Row, Vector,
    VectorData,
};

use super::translated;

/// One cell; nothing for NULL.
///
/// # Errors
/// Those of a broken connection: long values are fetched here.
pub(super) fn cell(row: &Row, at: usize, column: &Metadata) -> Result<Option<Vec<u8>>, Error> {
    let kind = Kind::of(column.db_type());
    let text = match kind {
        Kind::Text => get::<String>(row, at)?,
        Kind::Bytes => return get::<Vec<u8>>(row, at),
        Kind::Number => get::<OracleNumber>(row, at)?.map(|number| number.to_string()),
        Kind::Float => get::<f32>(row, at)?.map(|float| real(f64::from(float), &float.to_string())),
        Kind::Double => get::<f64>(row, at)?.map(|float| real(float, &float.to_string())),
        Kind::Boolean => get::<bool>(row, at)?.map(|flag| if flag { "TRUE" } else { "FALSE" }.to_owned()),
        Kind::Moment => {
            let digits =
                if column.db_type().is_date_type() && column.data_type() == "DATE" { 0 } else { column.scale() };
            get::<OracleTimestamp>(row, at)?.map(|moment| timestamp(&moment, digits))
        }
        Kind::Days => get::<OracleIntervalDS>(row, at)?.map(|interval| days(&interval, column.scale())),
        Kind::Months => get::<OracleIntervalYM>(row, at)?.map(|interval| months(&interval)),
        Kind::Json => get::<JsonValue>(row, at)?.map(|value| {
            let mut text = String::new();
            json(&mut text, &value);
            text
        }),
        Kind::Vector => get::<Vector>(row, at)?.map(|value| vector(&value)),
        Kind::NotShown => Some(format!("({} is not shown)", column.data_type())),
    };
    Ok(text.map(String::into_bytes))
}

fn get<'a, T: oracledb::FromDbValue<'a>>(row: &'a Row, at: usize) -> Result<Option<T>, Error> {
    row.get::<Option<T>>(at).map_err(|error| translated(error, ""))
}

/// How values of a type are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Bytes,
    Number,
    Float,
    Double,
    Boolean,
    Moment,
    Days,
    Months,
    Json,
    Vector,
    NotShown,
}

impl Kind {
    fn of(kind: &DbType) -> Kind {
        let is = |other: &DbType| kind.num() == other.num();
        let any = |others: &[&DbType]| others.iter().any(|other| is(other));
        if any(&[oracledb::DB_TYPE_NUMBER, oracledb::DB_TYPE_BINARY_INTEGER]) {
            Kind::Number
        } else if any(&[
            oracledb::DB_TYPE_CHAR,
            oracledb::DB_TYPE_NCHAR,
            oracledb::DB_TYPE_VARCHAR,
            oracledb::DB_TYPE_NVARCHAR,
            oracledb::DB_TYPE_LONG,
            oracledb::DB_TYPE_LONG_NVARCHAR,
            oracledb::DB_TYPE_CLOB,
            oracledb::DB_TYPE_NCLOB,
            oracledb::DB_TYPE_ROWID,
            oracledb::DB_TYPE_UROWID,
        ]) {
            Kind::Text
        } else if any(&[oracledb::DB_TYPE_RAW, oracledb::DB_TYPE_LONG_RAW, oracledb::DB_TYPE_BLOB]) {
            Kind::Bytes
        } else if any(&[
            oracledb::DB_TYPE_DATE,
            oracledb::DB_TYPE_TIMESTAMP,
            oracledb::DB_TYPE_TIMESTAMP_TZ,
            oracledb::DB_TYPE_TIMESTAMP_LTZ,
        ]) {
            Kind::Moment
        } else if is(oracledb::DB_TYPE_BINARY_FLOAT) {
            Kind::Float
        } else if is(oracledb::DB_TYPE_BINARY_DOUBLE) {
            Kind::Double
        } else if is(oracledb::DB_TYPE_BOOLEAN) {
            Kind::Boolean
        } else if is(oracledb::DB_TYPE_INTERVAL_DS) {
            Kind::Days
        } else if is(oracledb::DB_TYPE_INTERVAL_YM) {
            Kind::Months
        } else if is(oracledb::DB_TYPE_JSON) {
            Kind::Json
        } else if is(oracledb::DB_TYPE_VECTOR) {
            Kind::Vector
        } else {
            Kind::NotShown
        }
    }
}

fn real(number: f64, shortest: &str) -> String {
    if number.is_nan() {
        "Nan".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Inf" } else { "-Inf" }.to_owned()
    } else {
        shortest.to_owned()
    }
}

/// `2024-02-29 12:00:00.123456`, with as many digits as the column has. Moments with a zone come in UTC: the library keeps no other.
fn timestamp(moment: &OracleTimestamp, digits: i8) -> String {
    let sign = if moment.year() < 0 { "-" } else { "" };
    let mut text = format!(
        "{sign}{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        moment.year().unsigned_abs(),
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    );
    fraction(&mut text, moment.nanoseconds(), digits);
    if moment.is_utc() {
        text.push_str(" +00:00");
    }
    text
}

fn fraction(text: &mut String, nanoseconds: u32, digits: i8) {
    let digits = usize::try_from(digits).unwrap_or(0).min(9);
    if digits > 0 {
        let all = format!("{nanoseconds:09}");
        let _ = write!(text, ".{}", all.get(..digits).unwrap_or(&all));
    }
}

/// `+02 03:04:05.000000`.
fn days(interval: &OracleIntervalDS, digits: i8) -> String {
    let parts = [i32::from(interval.hours()), i32::from(interval.minutes()), i32::from(interval.seconds())];
    let negative = interval.days() < 0 || parts.iter().any(|part| *part < 0) || interval.nanoseconds() < 0;
    let [hours, minutes, seconds] = parts.map(i32::unsigned_abs);
    let sign = if negative { '-' } else { '+' };
    let mut text = format!("{sign}{:02} {hours:02}:{minutes:02}:{seconds:02}", interval.days().unsigned_abs());
    fraction(&mut text, interval.nanoseconds().unsigned_abs(), digits);
    text
}

/// `+01-06`.
fn months(interval: &OracleIntervalYM) -> String {
    let sign = if interval.years() < 0 || interval.months() < 0 { '-' } else { '+' };
    format!("{sign}{:02}-{:02}", interval.years().unsigned_abs(), interval.months().unsigned_abs())
}

fn vector(value: &Vector) -> String {
    fn list<T: ToString>(numbers: &[T]) -> String {
        format!("[{}]", numbers.iter().map(T::to_string).collect::<Vec<_>>().join(","))
    }
    match value {
        Vector::Dense(VectorData::Float32(numbers)) => list(numbers),
        Vector::Dense(VectorData::Float64(numbers)) => list(numbers),
        Vector::Dense(VectorData::Int8(numbers)) => list(numbers),
        Vector::Dense(VectorData::Binary(bytes)) => list(bytes),
        Vector::Sparse(_) => "(a sparse vector is not shown)".to_owned(),
    }
}

/// JSON on one line; the server itself keeps no order of names.
fn json(text: &mut String, value: &JsonValue) {
    match value {
        JsonValue::Null => text.push_str("null"),
        JsonValue::Boolean(flag) => text.push_str(if *flag { "true" } else { "false" }),
        JsonValue::Number(number) => text.push_str(&number.to_string()),
        JsonValue::BinaryFloat(float) => text.push_str(&float.to_string()),
        JsonValue::BinaryDouble(float) => text.push_str(&float.to_string()),
        JsonValue::String(string) => quoted(text, string),
        JsonValue::Timestamp(moment) => quoted(text, &timestamp(moment, 9).replacen(' ', "T", 1)),
        JsonValue::IntervalDS(interval) => quoted(text, &days(interval, 9)),
        JsonValue::IntervalYM(interval) => quoted(text, &months(interval)),
        JsonValue::Raw(bytes) | JsonValue::JsonId(bytes) => {
            quoted(text, &bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>())
        }
        JsonValue::Vector(value) => text.push_str(&vector(value)),
        JsonValue::JsonArray(values) => {
            text.push('[');
            for (at, value) in values.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                json(text, value);
            }
            text.push(']');
        }
        JsonValue::JsonObject(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            text.push('{');
            for (at, name) in names.into_iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                quoted(text, name);
                text.push(':');
                if let Some(value) = fields.get(name) {
                    json(text, value);
                }
            }
            text.push('}');
        }
    }
}

fn quoted(text: &mut String, string: &str) {
    text.push('"');
    for sign in string.chars() {
        match sign {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            sign if sign < ' ' => {
                let _ = write!(text, "\\u{:04x}", u32::from(sign));
            }
            sign => text.push(sign),
        }
    }
    text.push('"');
}

/// A value that cannot be had.
pub(super) fn broken(what: &str) -> Error {
    Error::new(Code::Internal, what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_intervals_print_as_the_servers_tools_do() {
        let moment = OracleTimestamp::new_timestamp(2024, 2, 29, 12, 0, 1, 123_456_789);
        assert_eq!(timestamp(&moment, 6), "2024-02-29 12:00:01.123456");
        assert_eq!(timestamp(&moment, 0), "2024-02-29 12:00:01");
        let zoned = OracleTimestamp::new_utc_timestamp(-44, 3, 15, 0, 0, 0, 0);
        assert_eq!(timestamp(&zoned, 3), "-0044-03-15 00:00:00.000 +00:00");
        assert_eq!(days(&OracleIntervalDS::new(2, 3, 4, 5, 6_000_000), 6), "+02 03:04:05.006000");
        assert_eq!(days(&OracleIntervalDS::new(0, 0, -4, -5, 0), 0), "-00 00:04:05");
        assert_eq!(months(&OracleIntervalYM::new(-1, -6)), "-01-06");
    }

    #[test]
    fn json_is_written_on_one_line() {
        let object = [("b".to_owned(), JsonValue::Null), ("a\n".to_owned(), JsonValue::Boolean(true))];
        let value =
            JsonValue::JsonArray(vec![JsonValue::JsonObject(object.into()), JsonValue::String("\"\u{1}".to_owned())]);
        let mut text = String::new();
        json(&mut text, &value);
        assert_eq!(text, r#"[{"a\n":true,"b":null},"\"\u0001"]"#);
    }
}
