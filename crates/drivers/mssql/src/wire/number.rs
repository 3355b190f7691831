//! Numbers as the server's own tools print them, exactly.

use std::fmt::Write;

/// A whole number with a point before the last `scale` digits.
pub(crate) fn decimal(out: &mut String, negative: bool, magnitude: u128, scale: u8) {
    let digits = magnitude.to_string();
    let scale = usize::from(scale);
    if negative && magnitude != 0 {
        out.push('-');
    }
    if scale == 0 {
        out.push_str(&digits);
        return;
    }
    let whole = digits.len().saturating_sub(scale);
    out.push_str(if whole == 0 { "0" } else { digits.get(..whole).unwrap_or("0") });
    out.push('.');
    for _ in digits.len()..scale {
        out.push('0');
    }
    out.push_str(digits.get(whole..).unwrap_or_default());
}

/// Money: ten-thousandths.
pub(crate) fn money(out: &mut String, value: i64) {
    decimal(out, value < 0, u128::from(value.unsigned_abs()), 4);
}

/// The shortest digits that read back the same, with an exponent where the server prints one.
pub(crate) fn double(out: &mut String, value: f64) {
    let plain = value == 0.0 || (1e-5..1e15).contains(&value.abs());
    // Writing to a String cannot fail.
    let _ = if plain || !value.is_finite() { write!(out, "{value}") } else { write!(out, "{value:E}") };
    signed_exponent(out);
}

/// As [`double`], of four bytes.
pub(crate) fn single(out: &mut String, value: f32) {
    let plain = value == 0.0 || (1e-5..1e7).contains(&value.abs());
    let _ = if plain || !value.is_finite() { write!(out, "{value}") } else { write!(out, "{value:E}") };
    signed_exponent(out);
}

fn signed_exponent(out: &mut String) {
    if let Some(at) = out.rfind('E').filter(|at| !out.get(at + 1..).unwrap_or_default().starts_with('-')) {
        out.insert(at + 1, '+');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn decimals_keep_every_digit_at_every_scale() {
        let most = 10u128.pow(38) - 1;
        assert_eq!(shown(|out| decimal(out, true, most, 0)), format!("-{}", "9".repeat(38)));
        assert_eq!(shown(|out| decimal(out, false, most, 38)), format!("0.{}", "9".repeat(38)));
        assert_eq!(shown(|out| decimal(out, true, 1, 38)), format!("-0.{}1", "0".repeat(37)));
        assert_eq!(shown(|out| decimal(out, true, 0, 2)), "0.00");
        assert_eq!(shown(|out| decimal(out, false, 1234, 2)), "12.34");
        // More than the server's type holds is printed all the same.
        assert_eq!(shown(|out| decimal(out, false, u128::MAX, 0)), u128::MAX.to_string());
        assert_eq!(shown(|out| money(out, i64::MIN)), "-922337203685477.5808");
    }

    #[test]
    fn floats_read_back_the_same() {
        for value in [0.1 + 0.2, 1e300, -2.5e-300, 1e15, 123456.789, f64::MAX, f64::MIN_POSITIVE, -0.0] {
            assert_eq!(shown(|out| double(out, value)).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(shown(|out| double(out, 1e300)), "1E+300");
        assert_eq!(shown(|out| single(out, 16777216.0)), "1.6777216E+7");
        assert_eq!(shown(|out| single(out, 0.1)), "0.1");
    }
}
