//! Keys that order decimal numbers of any length as bytes.

/// Groups of a number's key, in order.
const NEGATIVE_INFINITY: u8 = 1;
const NEGATIVE: u8 = 2;
const ZERO: u8 = 3;
const POSITIVE: u8 = 4;
const INFINITY: u8 = 5;
const NAN: u8 = 6;

/// Appends the key of a number's text (`-12.50`, `1e+100`, `NaN`, `-Infinity`); `false` when it is no number.
/// Keys compare as the numbers do; NaN is greater than all, as databases have it.
pub(crate) fn push_key(text: &[u8], key: &mut Vec<u8>) -> bool {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.eq_ignore_ascii_case(b"nan") {
        key.push(NAN);
        return true;
    }
    if digits.eq_ignore_ascii_case(b"inf") || digits.eq_ignore_ascii_case(b"infinity") {
        key.push(if negative { NEGATIVE_INFINITY } else { INFINITY });
        return true;
    }
    let Some((mantissa, exponent)) = parse(digits) else { return false };
    if mantissa.is_empty() {
        key.push(ZERO);
        return true;
    }
    key.push(if negative { NEGATIVE } else { POSITIVE });
    let flip = |byte: u8| if negative { !byte } else { byte };
    // The sign bit is turned so that exponents order as unsigned bytes.
    let ordered = u64::from_be_bytes(exponent.to_be_bytes()) ^ (1 << 63);
    key.extend(ordered.to_be_bytes().map(flip));
    // Digits stand one above their value, so that the end of the shorter mantissa is the least digit.
    key.extend(mantissa.into_iter().map(|digit| flip(digit - b'0' + 1)));
    key.push(flip(0));
    true
}

/// A number as `value / 10^scale`; `None` where it is none, is not finite, or needs more than 128 bits.
pub(crate) fn exact(text: &[u8]) -> Option<(i128, u32)> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mantissa, exponent) = parse(digits)?;
    let mut value = 0i128;
    for digit in &mantissa {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let scale = i64::try_from(mantissa.len()).ok()?.checked_sub(exponent)?;
    let value = if negative { -value } else { value };
    match u32::try_from(scale) {
        Ok(scale) => (scale <= MOST_SCALE).then_some((value, scale)),
        Err(_) => Some((value.checked_mul(power(u32::try_from(scale.checked_neg()?).ok()?)?)?, 0)),
    }
}

/// Digits behind the point of a number that is reckoned with exactly.
const MOST_SCALE: u32 = 30;

/// A power of ten.
pub(crate) fn power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

/// `value / 10^scale` in digits, without needless zeros.
pub(crate) fn text(value: i128, scale: u32) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The significant digits, without zeros at either end, and the exponent of `0.DIGITS`.
fn parse(text: &[u8]) -> Option<(Vec<u8>, i64)> {
    let split = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (number, exponent) = match split {
        Some(at) => (text.get(..at)?, std::str::from_utf8(text.get(at + 1..)?).ok()?.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let point = number.iter().position(|byte| *byte == b'.').unwrap_or(number.len());
    let whole = number.get(..point)?;
    let fraction = number.get(point + 1..).unwrap_or_default();
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    let mut digits = Vec::with_capacity(whole.len() + fraction.len());
    digits.extend_from_slice(whole);
    digits.extend_from_slice(fraction);
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let leading = digits.iter().take_while(|digit| **digit == b'0').count();
    let trailing = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    if leading == digits.len() {
        return Some((Vec::new(), 0));
    }
    digits.truncate(digits.len() - trailing);
    digits.drain(..leading);
    let position = i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(leading).ok()?)?;
    Some((digits, position.checked_add(exponent)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::{exact, push_key, text};

    fn key(text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        assert!(push_key(text.as_bytes(), &mut key), "{text}");
        key
    }

    #[test]
    fn keys_order_as_numbers_do() {
        let ordered = [
            "-Infinity",
            "-1e+300",
            "-100",
            "-99.99",
            "-12.51",
            "-12.5",
            "-0.001",
            "0",
            "1e-300",
            "0.0009",
            "0.001",
            "9",
            "10",
            "10.000000000000000000000000001",
            "12.5",
            "99999999999999999999999999999",
            "1e+300",
            "Infinity",
            "NaN",
        ];
        for pair in ordered.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn the_same_number_written_differently_has_one_key() {
        for (left, right) in
            [("1.50", "1.5"), ("-0", "0.00"), ("+7", "7"), ("1500", "1.5e3"), (".5", "0.5"), ("5.", "5")]
        {
            assert_eq!(key(left), key(right), "{left} {right}");
        }
    }

    #[test]
    fn what_is_no_number_has_no_key() {
        for text in ["", "-", ".", "1.2.3", "0x10", "1e", "twelve", "1 ", "1e99999999999999999999"] {
            assert!(!push_key(text.as_bytes(), &mut Vec::new()), "{text}");
        }
    }

    #[test]
    fn numbers_are_reckoned_exactly_or_not_at_all() {
        for (given, wanted) in [
            ("-12.50", Some((-125, 1))),
            ("1e3", Some((1000, 0))),
            ("0.00", Some((0, 0))),
            ("9223372036854775808", Some((9_223_372_036_854_775_808, 0))),
            ("1.5e-7", Some((15, 8))),
            ("1e300", None),
            ("1e-300", None),
            ("NaN", None),
            ("Infinity", None),
            ("twelve", None),
        ] {
            assert_eq!(exact(given.as_bytes()), wanted, "{given}");
        }
        for (value, scale, wanted) in [(-125, 1, "-12.5"), (5, 3, "0.005"), (0, 4, "0"), (1200, 2, "12"), (7, 0, "7")] {
            assert_eq!(text(value, scale), wanted);
        }
    }
}
