//! Decimal128 as text, both ways exactly: IEEE 754-2008 binary integer decimal, by the rules of the drivers' specification
//! "BSON Decimal128" (`source/bson-decimal128/decimal128.md` of mongodb/specifications).

/// Most digits of a coefficient.
const DIGITS: usize = 34;
/// What is added to an exponent before it is stored.
const BIAS: i64 = 6176;
/// Greatest exponent of a coefficient of whole digits.
const MOST: i64 = 6111;
/// Least exponent.
const LEAST: i64 = -6176;
/// The greatest coefficient, 10^34 - 1.
const GREATEST: u128 = 9_999_999_999_999_999_999_999_999_999_999_999;

/// The text: digits with a point where the exponent is small, else scientific (`1.5E+9`). Trailing zeros are kept: they are part
/// of the value as it was stored.
pub fn to_text(bytes: [u8; 16]) -> String {
    let bits = u128::from_le_bytes(bytes);
    let sign = if bits >> 127 == 1 { "-" } else { "" };
    let combination = (bits >> 122) & 0x1f;
    if combination == 0x1f {
        return "NaN".to_owned();
    }
    if combination == 0x1e {
        return format!("{sign}Infinity");
    }
    let (exponent, coefficient) = match combination >> 3 {
        // This form only holds coefficients that are too great, which count as zero.
        3 => ((bits >> 111) & 0x3fff, 0),
        _ => ((bits >> 113) & 0x3fff, bits & ((1 << 113) - 1)),
    };
    let coefficient = if coefficient > GREATEST { 0 } else { coefficient };
    let exponent = i64::try_from(exponent).unwrap_or_default() - BIAS;
    let digits = coefficient.to_string();
    let count = i64::try_from(digits.len()).unwrap_or_default();
    let adjusted = exponent + count - 1;
    if exponent > 0 || adjusted < -6 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}E{adjusted:+}");
    }
    if exponent == 0 {
        return format!("{sign}{digits}");
    }
    let after = usize::try_from(-exponent).unwrap_or_default();
    if digits.len() > after {
        let (whole, fraction) = digits.split_at(digits.len() - after);
        return format!("{sign}{whole}.{fraction}");
    }
    format!("{sign}0.{}{digits}", "0".repeat(after - digits.len()))
}

/// Reads a number, `NaN` or an infinity. `None` for what is no number, and for one that has no exact place in 34 digits.
pub fn from_text(text: &str) -> Option<[u8; 16]> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let sign = u128::from(negative) << 127;
    if rest.eq_ignore_ascii_case("nan") {
        return Some((0x1f_u128 << 122).to_le_bytes());
    }
    if rest.eq_ignore_ascii_case("inf") || rest.eq_ignore_ascii_case("infinity") {
        return Some((sign | 0x1e_u128 << 122).to_le_bytes());
    }
    let (mantissa, mut exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, whole(exponent)?),
        None => (rest, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if before.is_empty() && after.is_empty() || ![before, after].iter().all(|part| is_digits(part)) {
        return None;
    }
    exponent = exponent.checked_sub(i64::try_from(after.len()).ok()?)?;
    let all: String = [before, after].concat();
    let mut digits = all.trim_start_matches('0').to_owned();
    // Zeros at the end may go where the number would not fit otherwise.
    while (digits.len() > DIGITS || exponent < LEAST) && digits.ends_with('0') {
        digits.pop();
        exponent = exponent.checked_add(1)?;
    }
    if digits.is_empty() {
        exponent = exponent.clamp(LEAST, MOST);
    }
    while exponent > MOST && digits.len() < DIGITS {
        digits.push('0');
        exponent -= 1;
    }
    if digits.len() > DIGITS || !(LEAST..=MOST).contains(&exponent) {
        return None;
    }
    let coefficient: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let biased = u128::try_from(exponent + BIAS).ok()?;
    Some((sign | biased << 113 | coefficient).to_le_bytes())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A whole number with a sign; one beyond all exponents is held at a bound that is beyond them too.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !is_digits(digits) {
        return None;
    }
    let value = digits.parse::<i64>().unwrap_or(1 << 40).min(1 << 40);
    Some(if text.starts_with('-') { -value } else { value })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hex(bytes: [u8; 16]) -> String {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// From the corpus of the specification (`decimal128-1.json` and `-2.json`): bytes and canonical text.
    const CORPUS: [(&str, &str); 21] = [
        ("00000000000000000000000000004030", "0"),
        ("01000000000000000000000000004030", "1"),
        ("010000000000000000000000000040B0", "-1"),
        ("000000000000000000000000000040B0", "-0"),
        ("F2AF967ED05C82DE3297FF6FDE3C4030", "1234567890123456789012345678901234"),
        ("4E000000000000000000000000004030", "78"),
        ("D2040000000000000000000000003430", "0.001234"),
        ("40E20100000000000000000000003C30", "1234.56"),
        ("01000000000000000000000000004230", "1E+1"),
        ("FFFFFFFF638E8D37C087ADBE09EDFF5F", "9.999999999999999999999999999999999E+6144"),
        ("000000000A5BC138938D44C64D31FE5F", "1.000000000000000000000000000000000E+6144"),
        ("01000000000000000000000000000000", "1E-6176"),
        ("000000000000000000000000000000F8", "-Infinity"),
        ("00000000000000000000000000000078", "Infinity"),
        ("0000000000000000000000000000007C", "NaN"),
        ("0A000000000000000000000000004230", "1.0E+2"),
        ("64000000000000000000000000003C30", "1.00"),
        ("0A000000000000000000000000000000", "1.0E-6175"),
        ("F2AF967ED05C82DE3297FF6FDE3CF22F", "0.000001234567890123456789012345678901234"),
        ("393000000000000000000000000024B0", "-1.2345E-10"),
        ("0C000000000000000000000000000A00", "1.2E-6170"),
    ];

    #[test]
    fn the_corpus_prints_and_reads_back() {
        for (wanted, text) in &CORPUS {
            let bytes = from_text(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&hex(bytes), wanted, "{text}");
            assert_eq!(&to_text(bytes), text);
        }
    }

    #[test]
    fn other_spellings_are_the_same_numbers() {
        for (text, canonical) in [
            ("+1.50", "1.50"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1E+3"),
            ("0.0000001", "1E-7"),
            ("0.000001", "0.000001"),
            ("1E6144", "1.000000000000000000000000000000000E+6144"),
            ("0E99999", "0E+6111"),
            ("-0E-99999", "-0E-6176"),
            ("1000E-6178", "1.0E-6175"),
            ("10000000000000000000000000000000000", "1.000000000000000000000000000000000E+34"),
            ("inf", "Infinity"),
            ("-INFINITY", "-Infinity"),
            ("nan", "NaN"),
            ("-NaN", "NaN"),
        ] {
            assert_eq!(from_text(text).map(to_text).as_deref(), Some(canonical), "{text}");
        }
    }

    #[test]
    fn what_has_no_exact_place_is_refused() {
        for text in [
            "",
            ".",
            "e",
            "E02",
            "1e",
            "1e+",
            "--1",
            "+-1",
            "1..2",
            "1.2.3",
            "x",
            "1x",
            "0x1",
            " 1",
            "Infinit",
            "1E6145",
            "12345678901234567890123456789012345",
            "1E-6177",
            "1.5E-6176",
            "9e99999999999999999999",
            "1e-99999999999999999999",
        ] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    #[test]
    fn every_pattern_of_bits_prints_and_reads_back_as_the_same_number() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            let mut next = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                u128::from(state)
            };
            let bits = next() << 64 | next();
            let text = to_text(bits.to_le_bytes());
            let again = from_text(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(to_text(again), text);
        }
        // A coefficient that is too great counts as zero.
        assert_eq!(to_text(((6176_u128 << 113) | (GREATEST + 1)).to_le_bytes()), "0");
    }
}
