//! Doubles as texts.

/// The shortest digits that read back the same, with a point or an exponent, so that nobody takes it for an integer. What has
/// no digits is `NaN`, `Infinity`, `-Infinity`.
pub fn double_to_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if exponent.starts_with('-') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}E+{exponent}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::double_to_text;

    #[test]
    fn digits_are_the_shortest_that_read_back() {
        for (value, text) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e16, "1E+16"),
            (1.234_567_892_123_2e18, "1.2345678921232E+18"),
            (5e-324, "5E-324"),
            (f64::MAX, "1.7976931348623157E+308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(double_to_text(value), text);
            if value.is_finite() {
                assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
            }
        }
    }
}
