//! How the values of a column that refers to nothing are made: by its type, its name and its checks.

use crate::calendar::{self, DAY};
use crate::check::{Comparison, Rule};
use crate::meaning::{self, Measure, Occasion, Topic};
use crate::mix::{Draw, Permutation, count, join, place};
use crate::moment::{Moment, PAST};
use crate::number::{Form, Number, Spread};
use crate::schema::{BytesForm, Kind};
use crate::text::{self, Text};
use crate::words;

/// The first and the last day that every server holds, in days since 1970: the years 1000 to 9999.
const DAYS: (i128, i128) = (-354_285, 2_932_896);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Maker {
    Number(Number),
    /// One of some words. The first comes `eighths` times of eight when that is said, else all come alike.
    Choice {
        words: Vec<String>,
        eighths: Option<u64>,
    },
    Text(Text),
    Uuid,
    Json,
    Bytes {
        form: BytesForm,
        most: Option<u32>,
    },
    Array(Box<Maker>),
}

/// What values follow from besides the column itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The key of the column.
    pub(crate) key: u64,
    /// The key of the moments of a row.
    pub(crate) life: u64,
    /// The day that counts as today, in days since 1970.
    pub(crate) anchor: i128,
}

/// Where a column stands: what its name is read against.
pub(crate) struct Standing<'a> {
    pub(crate) table: &'a str,
    pub(crate) column: &'a str,
    /// The words of the names of all columns of the table.
    pub(crate) neighbours: &'a [Vec<String>],
    /// The key of the table.
    pub(crate) key: u64,
    pub(crate) anchor: i128,
}

impl Maker {
    /// How values of a type are made; `None` when the type is not known.
    pub(crate) fn of(kind: &Kind, standing: &Standing<'_>) -> Option<Self> {
        Some(match kind {
            Kind::Boolean { yes, no } => Self::Choice {
                words: vec![yes.clone(), no.clone()],
                eighths: Some(meaning::eighths_true(standing.column)),
            },
            Kind::Integer { min, max } => Self::Number(measured((*min, *max), 0, standing)),
            Kind::Decimal { precision, scale } => {
                // More digits after the point than these are zeros, which servers add themselves.
                let shown = (*scale).min(30);
                let digits = precision.map_or(36, |all| all.saturating_add(shown).saturating_sub(*scale).min(36));
                let most = 10_i128.pow(digits) - 1;
                Self::Number(measured((-most, most), shown, standing))
            }
            Kind::Float => {
                let most = 10_i128.pow(15);
                Self::Number(measured((-most, most), 4, standing))
            }
            Kind::Text { max, ascii } => {
                let (topic, subject) = meaning::topic(standing.table, standing.column, standing.neighbours);
                let most = max.map_or(usize::MAX, |max| place(u64::from(max)));
                match meaning::written_moment(standing.column) {
                    Some(true) if topic == Topic::Words && most >= 19 => return Self::of(&Kind::Timestamp, standing),
                    Some(false) if topic == Topic::Words && most >= 10 => return Self::of(&Kind::Date, standing),
                    _ => {}
                }
                let subject = text::subject(standing.key, &subject);
                Self::Text(Text { topic, least: 0, most, ascii: *ascii, subject })
            }
            Kind::Choice(words) => Self::Choice { words: words.clone(), eighths: None },
            Kind::Date => Self::Number(timed(Form::Date, 1, standing)),
            Kind::Timestamp => Self::Number(timed(Form::Timestamp { zone: false }, DAY, standing)),
            Kind::TimestampTz => Self::Number(timed(Form::Timestamp { zone: true }, DAY, standing)),
            Kind::Time => Self::Number(Number {
                form: Form::Time,
                allowed: (0, DAY - 1),
                likely: (0, DAY - 1),
                spread: Spread::Even,
            }),
            Kind::Interval => Self::Number(Number {
                form: Form::Interval,
                allowed: (0, 36_500 * DAY),
                likely: (60, 30 * DAY),
                spread: Spread::Log,
            }),
            Kind::Uuid => Self::Uuid,
            Kind::Json => Self::Json,
            Kind::Bytes { form, max } => Self::Bytes { form: *form, most: *max },
            // PostgreSQL does not tell lists from lists of lists, and so neither does this.
            Kind::Array(inner) => match Self::of(inner, standing)? {
                list @ Self::Array(_) => list,
                inner => Self::Array(Box::new(inner)),
            },
            Kind::Other => return None,
        })
    }

    /// Obeys a rule. `None` when it cannot.
    pub(crate) fn narrow(&mut self, rule: &Rule) -> Option<()> {
        match (&mut *self, rule) {
            (_, Rule::Present) => Some(()),
            (Self::Number(number), Rule::Compare(comparison, literal)) => number.narrow(*comparison, literal),
            (Self::Number(number), Rule::In(wanted)) => {
                let (least, most) = number.allowed;
                let fits = |word: &&String| {
                    number
                        .read(word)
                        .is_some_and(|(floor, ceiling)| floor == ceiling && least <= floor && floor <= most)
                };
                *self = Self::choice(wanted.iter().filter(fits).cloned().collect());
                Some(())
            }
            (Self::Text(text), Rule::In(wanted)) => {
                let fits = |word: &&String| (text.least..=text.most).contains(&word.chars().count());
                *self = Self::choice(wanted.iter().filter(fits).cloned().collect());
                Some(())
            }
            (Self::Text(text), Rule::Length(comparison, characters)) => text.narrow(*comparison, *characters),
            (Self::Text(text), Rule::Compare(Comparison::Unequal, literal)) if literal.is_empty() => {
                text.least = text.least.max(1);
                Some(())
            }
            (Self::Text(_), Rule::Compare(Comparison::Equal, literal)) => self.narrow(&Rule::In(vec![literal.clone()])),
            (Self::Choice { words, .. }, Rule::In(wanted)) => {
                words.retain(|word| wanted.contains(word));
                Some(())
            }
            (Self::Choice { words, .. }, Rule::Compare(Comparison::Equal, literal)) => {
                words.retain(|word| word == literal);
                Some(())
            }
            (Self::Choice { words, .. }, Rule::Compare(Comparison::Unequal, literal)) => {
                words.retain(|word| word != literal);
                Some(())
            }
            (Self::Choice { words, .. }, Rule::Length(comparison, characters)) => {
                words.retain(|word| holds(*comparison, i128::try_from(word.chars().count()).unwrap_or(0), *characters));
                Some(())
            }
            _ => None,
        }
    }

    fn choice(words: Vec<String>) -> Self {
        let mut kept: Vec<String> = Vec::new();
        for word in words {
            if !kept.contains(&word) {
                kept.push(word);
            }
        }
        Self::Choice { words: kept, eighths: None }
    }

    /// To be called when all rules are obeyed. False when no value is left.
    pub(crate) fn settle(&mut self) -> bool {
        match self {
            Self::Number(number) => number.settle(),
            Self::Choice { words, eighths } => {
                if words.len() != 2 {
                    *eighths = None;
                }
                !words.is_empty()
            }
            Self::Text(text) => text.least <= text.most,
            Self::Array(inner) => inner.settle(),
            Self::Uuid | Self::Json | Self::Bytes { .. } => true,
        }
    }

    /// How many different values there are.
    pub(crate) fn capacity(&self) -> u64 {
        match self {
            Self::Number(number) => number.capacity(),
            Self::Choice { words, .. } => count(words.len()),
            Self::Text(text) => text.capacity(),
            Self::Uuid => 1 << 62,
            Self::Json => u64::MAX,
            Self::Bytes { most, .. } => bytes(unique_width(*most)),
            Self::Array(inner) => inner.capacity(),
        }
    }

    /// Whether values of this sort can be counted through within a group (lines of an order, days of a sensor), so
    /// that each group begins anew.
    pub(crate) fn countable(&self) -> bool {
        match self {
            Self::Number(number) => matches!(number.form, Form::Decimal(0) | Form::Date),
            Self::Choice { .. } => true,
            _ => false,
        }
    }

    /// The value of a row.
    pub(crate) fn draw(&self, setting: Setting, row: u64) -> String {
        let mut draw = Draw::new(setting.key, row);
        self.drawn(setting, row, &mut draw)
    }

    fn drawn(&self, setting: Setting, row: u64, draw: &mut Draw) -> String {
        match self {
            Self::Number(number) => number.draw(draw, &mut Draw::new(setting.life, row), setting.anchor),
            Self::Choice { words, eighths } => match (eighths, words.as_slice()) {
                (Some(eighths), [first, second]) => if draw.below(8) < *eighths { first } else { second }.clone(),
                _ => draw.pick(words).cloned().unwrap_or_default(),
            },
            Self::Text(text) => text.draw(draw, row),
            Self::Uuid => uuid(draw.next(), draw.next() >> 2),
            Self::Json => json(draw, None),
            Self::Bytes { form, most } => {
                let width = most.map_or(16, |most| most.min(16));
                hexadecimal(*form, (0..width).map(|_| draw.next().to_be_bytes()[0]))
            }
            Self::Array(inner) => {
                let elements = draw.below(3) + 1;
                // Each element draws anew; those of one row must not be told apart by the moments of the row alone.
                list((0..elements).map(|at| {
                    let life = join(setting.life, at);
                    inner.drawn(Setting { life, ..setting }, row, draw)
                }))
            }
        }
    }

    /// The value with a place among `wanted` distinct ones, in no visible order.
    pub(crate) fn distinct(&self, setting: Setting, at: u64, wanted: u64) -> String {
        let key = setting.key;
        match self {
            Self::Number(number) => number.distinct(at, wanted, key),
            Self::Choice { words, .. } => {
                let chosen = Permutation::new(count(words.len()), key).at(at);
                words.get(place(chosen)).cloned().unwrap_or_default()
            }
            Self::Text(text) => text.distinct(at, wanted, key),
            Self::Uuid => uuid(Draw::new(key, at).next(), Permutation::new(1 << 62, key).at(at)),
            Self::Json => json(&mut Draw::new(key, at), Some(at + 1)),
            Self::Bytes { form, most } => {
                let width = unique_width(*most);
                let number = Permutation::new(bytes(width), key).at(at).to_be_bytes();
                hexadecimal(*form, number.into_iter().skip(8_usize.saturating_sub(width)))
            }
            Self::Array(inner) => list(std::iter::once(inner.distinct(setting, at, wanted))),
        }
    }

    /// As [`Maker::distinct`], in order.
    pub(crate) fn counted(&self, setting: Setting, at: u64, wanted: u64) -> String {
        match self {
            Self::Number(number) => number.counted(at, wanted),
            Self::Choice { words, .. } => words.get(place(at)).cloned().unwrap_or_default(),
            _ => self.distinct(setting, at, wanted),
        }
    }

    /// How often a nullable column of this sort is NULL: once in so many rows.
    pub(crate) fn null_share(&self) -> Nulls {
        match self {
            Self::Number(Number { spread: Spread::Moment(Moment::Deleted), .. }) => Nulls::MostlyNull,
            _ => Nulls::NowAndThen,
        }
    }

    /// What a preview says.
    pub(crate) fn called(&self) -> String {
        match self {
            Self::Number(number) => match number.form {
                Form::Decimal(_) => {
                    format!("numbers from {} to {}", number.write(number.likely.0), number.write(number.likely.1))
                }
                Form::Date => "dates".to_owned(),
                Form::Time => "times of day".to_owned(),
                Form::Timestamp { .. } => "dates and times".to_owned(),
                Form::Interval => "spans of time".to_owned(),
            },
            Self::Choice { words, .. } => match words.as_slice() {
                [only] => format!("always {only}"),
                words => format!("one of {} values", words.len()),
            },
            Self::Text(text) => text.topic.called().to_owned(),
            Self::Uuid => "random UUIDs".to_owned(),
            Self::Json => "JSON objects".to_owned(),
            Self::Bytes { .. } => "random bytes".to_owned(),
            Self::Array(inner) => format!("lists: {}", inner.called()),
        }
    }
}

/// How often a nullable column is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Never,
    /// Once in eight rows.
    NowAndThen,
    /// Nine times in ten.
    MostlyNull,
}

impl Nulls {
    /// Whether a row's value is NULL. `key` is the key of the column.
    pub(crate) fn falls_on(self, key: u64, row: u64) -> bool {
        let mut draw = Draw::new(join(key, 0x4e), row);
        match self {
            Self::Never => false,
            Self::NowAndThen => draw.once_in(8),
            Self::MostlyNull => !draw.once_in(10),
        }
    }
}

fn holds(comparison: Comparison, left: i128, right: i128) -> bool {
    match comparison {
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::Equal => left == right,
        Comparison::Unequal => left != right,
        Comparison::AtLeast => left >= right,
        Comparison::More => left > right,
    }
}

/// A number by what it measures. The likely range is given in whole numbers and hundredths of them.
fn measured(allowed: (i128, i128), scale: u32, standing: &Standing<'_>) -> Number {
    let measure = meaning::measure(standing.column);
    let unit = 10_i128.checked_pow(scale.min(30)).unwrap_or(1);
    let this_year = calendar::year(standing.anchor);
    let (low, high, spread) = match measure {
        Measure::Latitude => (-60, 70, Spread::Even),
        Measure::Longitude => (-180, 180, Spread::Even),
        Measure::Price => (1, 2000, if scale == 2 { Spread::Price } else { Spread::Log }),
        Measure::Salary => (24_000, 96_000, Spread::Even),
        Measure::Percent => (0, 100, Spread::Even),
        Measure::Quantity => (1, 500, Spread::Log),
        Measure::Age => (18, 90, Spread::Even),
        Measure::Year => (this_year - 30, this_year, Spread::Even),
        Measure::Month => (1, 12, Spread::Even),
        Measure::Rating => (1, 5, Spread::Even),
        Measure::Flag => (0, 1, Spread::Even),
        Measure::Plain => (1, 1000, Spread::Log),
    };
    // A share that has no room for a hundred is one of one.
    let high = if measure == Measure::Percent && high * unit > allowed.1 { 1 } else { high };
    Number { form: Form::Decimal(scale), allowed, likely: (low * unit, high * unit), spread }
}

/// A day or moment; `unit` is how many units a day has.
fn timed(form: Form, unit: i128, standing: &Standing<'_>) -> Number {
    let anchor = standing.anchor;
    let (low, high, spread) = match meaning::occasion(standing.column) {
        Occasion::Born => (anchor - 80 * 365, anchor - 18 * 366, Spread::Even),
        Occasion::In(moment) => (anchor - PAST, anchor - 1, Spread::Moment(moment)),
    };
    Number {
        form,
        allowed: (DAYS.0 * unit, DAYS.1 * unit + (unit - 1)),
        likely: (low * unit, high * unit + (unit - 1)),
        spread,
    }
}

/// A UUID of version 4 and the variant of RFC 9562, from 64 and 62 bits.
fn uuid(high: u64, low: u64) -> String {
    let high = (high & !0xf000) | 0x4000;
    let low = (low & (u64::MAX >> 2)) | (1 << 63);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

fn json(draw: &mut Draw, number: Option<u64>) -> String {
    let number = number.unwrap_or_else(|| draw.below(1000));
    let colour = draw.word(words::COLOURS);
    let thing = draw.word(words::THINGS);
    let kept = draw.below(2) == 0;
    format!(r#"{{"number": {number}, "item": "{thing}", "tags": ["{colour}"], "kept": {kept}, "note": null}}"#)
}

/// How many bytes tell distinct values apart.
fn unique_width(most: Option<u32>) -> usize {
    most.map_or(8, |most| place(u64::from(most)).min(8))
}

/// How many values so many bytes have.
fn bytes(width: usize) -> u64 {
    256_u64.checked_pow(u32::try_from(width).unwrap_or(8)).unwrap_or(u64::MAX)
}

fn hexadecimal(form: BytesForm, bytes: impl Iterator<Item = u8>) -> String {
    let start = match form {
        BytesForm::Backslash => "\\x",
        BytesForm::Zero => "0x",
        BytesForm::Plain => "",
    };
    bytes.fold(start.to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// A list in PostgreSQL's notation, every element in quotes.
fn list(elements: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> =
        elements.map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    format!("{{{}}}", quoted.join(","))
}
