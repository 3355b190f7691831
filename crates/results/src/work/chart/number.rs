//! Exact decimal numbers: read, compared, added up and put into buckets.

use std::{cmp::Ordering, fmt};

use num_bigint::{BigInt, Sign};

/// Digits beyond which a number is not worked with.
const DIGITS: u32 = 20_000;
/// Digits that surely fit 128 bits.
const SMALL: u32 = 37;
/// Digits an average has beyond those of its values.
const MORE_DIGITS: u32 = 6;

/// What a text is as a number.
#[derive(Clone, Debug)]
pub(super) enum Read {
    Number(Number),
    /// NaN or one of the infinities.
    Infinite,
    Unreadable,
}

#[derive(Clone, Debug)]
enum Digits {
    Small(i128),
    Big(BigInt),
}

/// A whole number of `10^-scale`.
#[derive(Clone, Debug)]
pub(super) struct Number {
    digits: Digits,
    scale: u32,
}

impl Number {
    pub(super) fn whole(value: i128) -> Self {
        Number { digits: Digits::Small(value), scale: 0 }
    }

    /// Reads `-12.50`, `1e+100`, `NaN`.
    pub(super) fn read(text: &[u8]) -> Read {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let is = |word: &[u8]| rest.eq_ignore_ascii_case(word);
        if is(b"nan") || is(b"inf") || is(b"infinity") {
            return Read::Infinite;
        }
        parse(rest, negative).map_or(Read::Unreadable, Read::Number)
    }

    /// Whether it has no digits behind the point.
    pub(super) fn is_whole(&self) -> bool {
        self.scale == 0
    }

    fn big(&self) -> BigInt {
        match &self.digits {
            Digits::Small(value) => BigInt::from(*value),
            Digits::Big(value) => value.clone(),
        }
    }

    /// The same number with this many digits behind the point, which are no fewer.
    fn scaled(&self, scale: u32) -> Digits {
        let more = scale.saturating_sub(self.scale);
        match &self.digits {
            digits if more == 0 => digits.clone(),
            Digits::Small(0) => Digits::Small(0),
            Digits::Small(value) => match 10i128.checked_pow(more).and_then(|power| value.checked_mul(power)) {
                Some(value) => Digits::Small(value),
                None => Digits::Big(BigInt::from(*value) * BigInt::from(10).pow(more)),
            },
            Digits::Big(value) => Digits::Big(value * BigInt::from(10).pow(more)),
        }
    }

    /// Adds another number.
    pub(super) fn add(&mut self, other: &Number) {
        if let (Digits::Small(left), Digits::Small(right)) = (&self.digits, &other.digits)
            && self.scale == other.scale
            && let Some(sum) = left.checked_add(*right)
        {
            self.digits = Digits::Small(sum);
            return;
        }
        let scale = self.scale.max(other.scale);
        self.digits = match (self.scaled(scale), other.scaled(scale)) {
            (Digits::Small(left), Digits::Small(right)) => match left.checked_add(right) {
                Some(sum) => Digits::Small(sum),
                None => Digits::Big(BigInt::from(left) + BigInt::from(right)),
            },
            (Digits::Small(small), Digits::Big(big)) | (Digits::Big(big), Digits::Small(small)) => {
                Digits::Big(big + BigInt::from(small))
            }
            (Digits::Big(left), Digits::Big(right)) => Digits::Big(left + right),
        };
        self.scale = scale;
    }

    /// A share of it, rounded half away from zero to six digits more than it has; without zeros at the end.
    pub(super) fn over(&self, count: u64) -> Number {
        let count = BigInt::from(count.max(1));
        let whole = self.big() * BigInt::from(10).pow(MORE_DIGITS);
        let half = BigInt::from(if whole.sign() == Sign::Minus { -1 } else { 1 });
        // Twice the number plus one count, halved by truncation, rounds half away from zero.
        let doubled: BigInt = whole * 2 + half * &count;
        let rounded: BigInt = doubled / (count * 2);
        let mut average = Number { digits: small(rounded), scale: self.scale.saturating_add(MORE_DIGITS) };
        average.trim();
        average
    }

    fn trim(&mut self) {
        while self.scale > 0 {
            let shorter = match &self.digits {
                Digits::Small(value) if value % 10 == 0 => Digits::Small(value / 10),
                Digits::Big(value) if value % 10 == BigInt::ZERO => Digits::Big(value / 10),
                _ => return,
            };
            self.digits = shorter;
            self.scale -= 1;
        }
    }

    /// The nearest double; `None` where it would be infinite.
    pub(super) fn position(&self) -> Option<f64> {
        /// Powers of ten a double holds exactly.
        const EXACT: u32 = 22;
        if let Digits::Small(value) = self.digits
            && value.unsigned_abs() < 1 << 53
            && self.scale <= EXACT
        {
            #[allow(clippy::cast_precision_loss, reason = "below 2^53 it is exact")]
            return Some(value as f64 / 10f64.powi(self.scale.cast_signed()));
        }
        self.to_string().parse::<f64>().ok().filter(|value| value.is_finite())
    }

    /// How many whole steps it is above zero, rounded down; `None` beyond 128 bits.
    pub(super) fn steps(&self, step: &Step) -> Option<i128> {
        let down = i64::from(self.scale) + i64::from(step.exponent);
        let whole = if down <= 0 {
            let up = u32::try_from(-down).ok().filter(|up| *up <= DIGITS)?;
            match (Number { digits: self.digits.clone(), scale: 0 }).scaled(up) {
                Digits::Small(value) => value,
                Digits::Big(value) => i128::try_from(value).ok()?,
            }
        } else {
            let down = u32::try_from(down).ok().filter(|down| *down <= 2 * DIGITS)?;
            match &self.digits {
                Digits::Small(value) => match 10i128.checked_pow(down) {
                    Some(power) => value.div_euclid(power),
                    None => -i128::from(*value < 0),
                },
                Digits::Big(value) => {
                    let power = BigInt::from(10).pow(down);
                    let quotient = value / &power;
                    let exact = &quotient * &power == *value;
                    let below = BigInt::from(u8::from(value.sign() == Sign::Minus && !exact));
                    i128::try_from(quotient - below).ok()?
                }
            }
        };
        Some(whole.div_euclid(i128::from(step.multiple)))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.scaled(scale), other.scaled(scale)) {
            (Digits::Small(left), Digits::Small(right)) => left.cmp(&right),
            (left, right) => {
                let big = |digits| match digits {
                    Digits::Small(value) => BigInt::from(value),
                    Digits::Big(value) => value,
                };
                big(left).cmp(&big(right))
            }
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match &self.digits {
            Digits::Small(value) => value.to_string(),
            Digits::Big(value) => value.to_string(),
        };
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
        let scale = self.scale as usize;
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

fn small(value: BigInt) -> Digits {
    match i128::try_from(&value) {
        Ok(value) => Digits::Small(value),
        Err(_) => Digits::Big(value),
    }
}

fn parse(text: &[u8], negative: bool) -> Option<Number> {
    let (mut value, mut digits, mut seen) = (0i128, 0u32, false);
    let (mut scale, mut point, mut exponent) = (0i64, false, 0i64);
    let mut end = text.len();
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                scale += i64::from(point);
                if digits > 0 || *byte != b'0' {
                    digits += 1;
                }
                if digits <= SMALL {
                    value = value * 10 + i128::from(byte - b'0');
                }
            }
            b'.' if !point => point = true,
            b'e' | b'E' if seen => {
                exponent = std::str::from_utf8(text.get(at + 1..)?).ok()?.parse().ok()?;
                end = at;
                break;
            }
            _ => return None,
        }
    }
    if !seen || digits > DIGITS {
        return None;
    }
    let mut read = if digits <= SMALL {
        Digits::Small(if negative { -value } else { value })
    } else {
        let plain: Vec<u8> = text.get(..end)?.iter().copied().filter(|byte| *byte != b'.').collect();
        let value = BigInt::parse_bytes(&plain, 10)?;
        Digits::Big(if negative { -value } else { value })
    };
    let mut scale = scale.checked_sub(exponent)?;
    if scale < 0 {
        let up = u32::try_from(-scale).ok().filter(|up| *up <= DIGITS)?;
        read = Number { digits: read, scale: 0 }.scaled(up);
        scale = 0;
    }
    let scale = u32::try_from(scale).ok().filter(|scale| *scale <= DIGITS)?;
    Some(Number { digits: read, scale })
}

/// The width of a bucket: `multiple × 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    multiple: u64,
    exponent: i32,
}

impl Step {
    /// A width a person gave; `None` where it is not above zero or too long.
    pub(super) fn read(text: &str) -> Option<Step> {
        let Read::Number(mut number) = Number::read(text.trim().as_bytes()) else { return None };
        number.trim();
        let Digits::Small(value) = number.digits else { return None };
        let multiple = u64::try_from(value).ok().filter(|multiple| *multiple > 0)?;
        Some(Step { multiple, exponent: -i32::try_from(number.scale).ok()? })
    }

    /// The step of 1, 2 or 5 times a power of ten that cuts a range into at most this many buckets or a few more.
    pub(super) fn nice(range: f64, buckets: u32, whole: bool) -> Step {
        let one = Step { multiple: 1, exponent: 0 };
        let raw = range / f64::from(buckets.max(1));
        if !raw.is_finite() || raw <= 0.0 {
            return one;
        }
        let exponent = raw.log10().floor();
        let lead = raw / 10f64.powf(exponent);
        // A hair below the next step is that step.
        let (multiple, carry) = match lead {
            lead if lead <= 1.000_001 => (1, 0),
            lead if lead <= 2.000_001 => (2, 0),
            lead if lead <= 5.000_001 => (5, 0),
            _ => (1, 1),
        };
        #[allow(clippy::cast_possible_truncation, reason = "the logarithm of a double is below 400")]
        let exponent = exponent as i32 + carry;
        if whole && exponent < 0 { one } else { Step { multiple, exponent } }
    }

    /// Where a bucket begins.
    pub(super) fn edge(&self, index: i128) -> Option<Number> {
        let multiple = index.checked_mul(i128::from(self.multiple))?;
        let edge = Number { digits: Digits::Small(multiple), scale: 0 };
        Some(match u32::try_from(self.exponent) {
            Ok(up) => Number { digits: edge.scaled(up), scale: 0 },
            Err(_) => Number { digits: edge.digits, scale: self.exponent.unsigned_abs() },
        })
    }

    /// The width as a number.
    pub(super) fn width(&self) -> Option<Number> {
        self.edge(1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::{Number, Read, Step};

    fn number(text: &str) -> Number {
        match Number::read(text.as_bytes()) {
            Read::Number(number) => number,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn sums_are_exact_whatever_the_length() {
        let mut sum = number("0.1");
        sum.add(&number("0.2"));
        assert_eq!(sum.to_string(), "0.3");
        let long = "9".repeat(1000);
        let mut sum = number(&long);
        sum.add(&number("1"));
        assert_eq!(sum.to_string(), format!("1{}", "0".repeat(1000)));
        sum.add(&number(&format!("-{long}")));
        assert_eq!(sum.to_string(), "1");
        let mut sum = number("170141183460469231731687303715884105727");
        sum.add(&number("0.01"));
        assert_eq!(sum.to_string(), "170141183460469231731687303715884105727.01");
        let mut sum = number("1e+20");
        sum.add(&number("2.50"));
        assert_eq!(sum.to_string(), "100000000000000000002.50");
    }

    #[test]
    fn averages_are_rounded_away_from_zero() {
        for (sum, count, wanted) in [
            ("10", 4, "2.5"),
            ("1", 3, "0.333333"),
            ("2", 3, "0.666667"),
            ("-2", 3, "-0.666667"),
            ("10.00", 3, "3.33333333"),
            ("0", 5, "0"),
        ] {
            assert_eq!(number(sum).over(count).to_string(), wanted, "{sum} / {count}");
        }
    }

    #[test]
    fn buckets_have_exact_edges() {
        let tenth = Step::read("0.1").unwrap();
        for (text, bucket) in [("0.3", 3), ("0.29999", 2), ("-0.1", -1), ("-0.05", -1), ("0", 0), ("1e3", 10_000)] {
            assert_eq!(number(text).steps(&tenth), Some(bucket), "{text}");
        }
        assert_eq!(tenth.edge(3).unwrap().to_string(), "0.3");
        let wide = Step::read("25").unwrap();
        assert_eq!(number("-1").steps(&wide), Some(-1));
        assert_eq!(number("49.999").steps(&wide), Some(1));
        let long = number(&format!("-{}.5", "9".repeat(60)));
        assert_eq!(long.steps(&Step { multiple: 1, exponent: 60 }), Some(-1));
        assert_eq!(long.steps(&wide), None);
        for refused in ["0", "-1", "x", ""] {
            assert!(Step::read(refused).is_none(), "{refused}");
        }
    }

    #[test]
    fn nice_steps_are_one_two_or_five() {
        for (range, buckets, whole, wanted) in
            [(100.0, 20, false, "5"), (1.0, 20, false, "0.05"), (3.0, 20, true, "1"), (1e9, 30, false, "50000000")]
        {
            assert_eq!(Step::nice(range, buckets, whole).width().unwrap().to_string(), wanted, "{range}");
        }
        assert_eq!(Step::nice(0.0, 20, false).width().unwrap().to_string(), "1");
        assert_eq!(Step::nice(f64::INFINITY, 20, false).width().unwrap().to_string(), "1");
    }

    #[test]
    fn numbers_compare_by_value_and_stand_where_a_double_stands() {
        assert!(number("1.50") == number("1.5"));
        assert!(number("-1e30") < number("-999"));
        assert!(number(&"9".repeat(50)) > number("1e49"));
        assert_eq!(number("0.1").position(), Some(0.1));
        assert_eq!(number("123456789012345678901234567890").position(), Some(1.234_567_890_123_456_8e29));
        assert_eq!(number("1e400").position(), None);
        for text in ["", "-", ".", "1.2.3", "0x10", "1e", "twelve", "1e99999999"] {
            assert!(matches!(Number::read(text.as_bytes()), Read::Unreadable), "{text}");
        }
        assert!(matches!(Number::read(b"-Infinity"), Read::Infinite));
    }
}
