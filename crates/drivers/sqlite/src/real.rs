//! Numbers as text.

use std::io::Write;

/// Appends an integer's digits.
pub(crate) fn push_integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(at..).unwrap_or(&[]));
}

/// Appends a real: the shortest digits that read back as the same number, laid out as SQLite's `%!.15g`.
///
/// SQLite itself prints 15 digits, which turns 0.30000000000000004 into 0.3; here such a number keeps all
/// of its digits. Numbers that 15 digits describe exactly print as SQLite prints them, but for negative
/// zero, which keeps its sign.
pub(crate) fn push_real(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        out.extend_from_slice(if value > 0.0 { b"Inf" } else { b"-Inf" });
        return;
    }
    let mut text = [0u8; 40];
    let mut free = text.as_mut_slice();
    // Below the normal range the shortest digits are fewer than SQLite's 15, which are then the ones to print.
    let subnormal = value != 0.0 && value.abs() < f64::MIN_POSITIVE;
    let formatted = if subnormal { write!(free, "{value:.14e}") } else { write!(free, "{value:e}") };
    if formatted.is_err() {
        return;
    }
    let left = free.len();
    let written = text.get(..text.len() - left).unwrap_or(&[]);
    let (negative, written) = match written.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    let split = written.iter().position(|byte| *byte == b'e').unwrap_or(written.len());
    let (mantissa, exponent) = written.split_at(split);
    let exponent = exponent.get(1..).and_then(|text| std::str::from_utf8(text).ok()).and_then(|text| text.parse().ok());
    let exponent: i32 = exponent.unwrap_or(0);
    let lead = mantissa.get(..1).unwrap_or(b"0");
    let tail = mantissa.get(2..).unwrap_or(&[]);
    if negative {
        out.push(b'-');
    }
    if !(-4..=14).contains(&exponent) {
        out.extend_from_slice(lead);
        out.push(b'.');
        out.extend_from_slice(if tail.is_empty() { b"0" } else { tail });
        out.push(b'e');
        out.push(if exponent < 0 { b'-' } else { b'+' });
        if exponent.abs() < 10 {
            out.push(b'0');
        }
        push_integer(out, i64::from(exponent.abs()));
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', usize::try_from(-exponent - 1).unwrap_or(0)));
        out.extend_from_slice(lead);
        out.extend_from_slice(tail);
    } else {
        let whole = usize::try_from(exponent).unwrap_or(0);
        out.extend_from_slice(lead);
        out.extend(tail.iter().copied().chain(std::iter::repeat(b'0')).take(whole));
        out.push(b'.');
        match tail.get(whole..) {
            Some(fraction) if !fraction.is_empty() => out.extend_from_slice(fraction),
            _ => out.push(b'0'),
        }
    }
}

/// A real as text.
pub(crate) fn real_text(value: f64) -> String {
    let mut out = Vec::new();
    push_real(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn integers_print_at_their_ends() {
        for value in [0, 7, -7, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            push_integer(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
        }
    }

    #[test]
    fn reals_of_at_most_15_digits_print_as_sqlite_prints_them() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut seed = 88_172_645_463_325_252_u64;
        let mut values =
            vec![0.0, 1.0, -1.5, 1e14, 1e15, 123456789012345.0, 1e20, 1e-4, 1e-5, 0.1, 2.5e-7, 1e300, 5e-324];
        for _ in 0..2000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let digits = (seed % 1_000_000_000_000) as f64;
            values.push(digits / 10f64.powi((seed >> 50) as i32 % 20));
        }
        for value in values {
            let native: String = connection.query_row("SELECT CAST(?1 AS TEXT)", [value], |row| row.get(0)).unwrap();
            let ours = real_text(value);
            assert_eq!(ours.parse::<f64>().unwrap(), value, "{ours} reads back");
            if native.parse::<f64>().unwrap() == value {
                assert_eq!(ours, native);
            }
        }
    }

    #[test]
    fn reals_that_need_17_digits_keep_them() {
        assert_eq!(real_text(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(real_text(1234567890123456.0), "1.234567890123456e+15");
        assert_eq!(real_text(f64::INFINITY), "Inf");
        assert_eq!(real_text(f64::NEG_INFINITY), "-Inf");
        assert_eq!(real_text(-0.0), "-0.0");
    }
}
